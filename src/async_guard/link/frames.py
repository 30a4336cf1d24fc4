"""Frames: one function read under one set of argument values, and the events that reading it produced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from async_guard.link.program import Class, Fn, Module
from async_guard.link.values import NOTHING, VS, V, interned, union

# Kinds of events
CALL: Final = "call"  # runs the target now, in the same thread
CORO: Final = "coro"  # creates the coroutine of the target, which will run on a loop
LOOP: Final = "loop"  # the loop runs the target later (call_soon, callbacks)
WORKER: Final = "worker"  # another thread or process runs the target
SINK: Final = "sink"  # a call that keeps the thread from returning

# Questions whose answers a frame remembers that is read before they are complete: what, and of whom
RESULT: Final = 0  # frame
YIELDS: Final = 1  # frame
KEEPS: Final = 2  # frame, attribute of its own object


class Event:
    """Something that happens at one place of a frame."""

    __slots__ = (
        "choices",
        "effect",
        "end",
        "forked",
        "greenlet",
        "handled",
        "kind",
        "looped",
        "lowered",
        "name",
        "node",
        "notes",
        "off_loop",
        "once",
        "pos",
        "probable",
        "rare",
        "target",
        "when",
    )

    def __init__(
        self, kind: str, pos: int, end: int, node: Any, *, target: Frame | None = None, effect: Any = None, name: str = "",
        probable: bool = False, off_loop: bool = False, notes: tuple[str, ...] = (), lowered: bool = False, greenlet: bool = False,
        when: str = "",
    ) -> None:  # fmt: skip
        self.when = when
        """The condition under which the receiver is what it is taken for here."""
        self.greenlet = greenlet
        """Runs in a greenlet whose database calls give the loop back."""
        self.kind = kind
        self.pos = pos
        self.end = end
        self.node = node
        self.target = target
        self.effect = effect
        self.name = name
        self.probable = probable
        self.off_loop = off_loop
        self.notes = notes
        self.lowered = lowered
        self.choices = 1
        """How many callables the call may mean, of which the target is one."""
        self.once: Any = None
        """For whom it happens only the first time: the process (True), each object of a class, or nobody (None)."""

        self.rare: Any = None
        """The parameter and the texts of it for which alone it happens, where the text is not known."""

        self.handled = False
        """Whether it happens only after an exception."""
        self.looped = False
        """Whether it stands in the body of a loop."""
        self.forked = False
        """Whether it happens only where a condition has an outcome that is not known."""

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name or self.target} at {self.pos >> 12}>"

    def elsewhere(self) -> Event:
        """The same, where the code that makes it happen does not run on the loop."""
        return Event(
            self.kind, self.pos, self.end, self.node, target=self.target, effect=self.effect, name=self.name, probable=self.probable,
            off_loop=True, notes=self.notes, lowered=self.lowered, greenlet=self.greenlet, when=self.when,
        )  # fmt: skip


_CLOSED: Final[list[Any]] = []
"""What a frame has open that is not being read: one empty list for all of them, as most of a project's frames are not. Nothing is put into it."""
_NO_ATTRS: Final[Mapping[str, VS]] = {}
_NO_NAMES: Final[frozenset[str]] = frozenset()


class Frame:
    """One scope under one set of argument values.

    ``env`` holds what names are at the point being read (None: unreachable), ``vars`` what they are anywhere in the frame.
    """

    __slots__ = (
        "announced", "asked", "asks_for_loop", "attrs", "begun", "captured", "closure", "decided", "declared_global", "ended", "env",
        "events", "exits", "fn", "forks", "generic", "given", "handling", "hints", "is_async", "is_open", "is_step", "marks", "module",
        "nexts", "off_loop", "once", "only_tested", "outer_names", "owner", "params", "rare", "rebound", "refreshed", "refused", "ret",
        "returns_more", "row", "seen", "self_value", "state", "sure", "told", "touched", "tries", "unlikely", "unresolved",
        "vars", "vouched", "waits", "yields",
    )  # fmt: skip

    def __init__(self, module: Module, fn: Fn | None, closure: Frame | None, owner: Class | None = None) -> None:
        self.module = module
        self.fn = fn
        self.closure = closure
        self.owner = owner
        self.is_async = fn is not None and fn.head.is_async
        """Whether the scope is an ``async def``."""
        self.params: dict[str, VS] = {}
        self.given: tuple[Any, ...] | None = None
        """Of the parameters, what the caller gave where that is not what they are (name, value or None, name, ...): another reading may learn more
        of these. None before the first reading."""
        self.env: Any = {}
        self.vars: dict[str, VS] = {}
        self.attrs: Mapping[str, VS] = _NO_ATTRS
        """What its own object has in its attributes from reading it; see `keep_attribute`."""
        self.announced: dict[str, VS] | None = None
        """Attributes that begin as None -> the objects of the project that their annotation allows."""
        self.events: list[Event] = []
        self.marks: Sequence[Any] = ()
        """What rules want to know of; see `mark`."""
        self.unresolved: Sequence[tuple[int, int, Any, str]] = ()
        """Calls that nobody can follow; see `leave_open`."""
        self.seen: set[Any] | None = None
        """What tells its events apart; made of them when it is needed."""
        self.ret: VS = NOTHING
        self.returns_more = False
        """Whether a ``return`` was come by that is not of a literal None."""
        self.yields: VS = NOTHING
        self.state = 0
        self.is_open = False
        """Whether it is being read, for the first time or again."""
        self.is_step = False
        """Whether only the first item of a generator is asked for, which is then thrown away."""
        self.generic = True
        self.self_value: V | None = None
        self.declared_global = _NO_NAMES
        self.outer_names: dict[str, Frame] | None = None
        """Names declared ``nonlocal`` -> the scope whose variables they are."""
        self.rebound: dict[str, VS] | None = None
        """Variables that functions inside write after ``nonlocal`` -> what they write."""
        self.off_loop = 0
        self.refused: Any = None
        """The call that was just read, if it always raises where a loop runs."""
        self.row = 0
        """Loops being read whose body is read for each item by itself."""
        self.forks = 0
        """Conditions of unknown outcome that what is being read stands behind."""
        self.decided = 0
        """Conditions read so far that could have one outcome only."""
        self.once: Any = None
        """For whom what is being read runs only the first time, because its result is kept."""
        self.exits: list[dict[str, VS] | None] = _CLOSED
        """What is known where a loop is left early (``break``), one per open loop."""
        self.nexts: list[dict[str, VS] | None] = _CLOSED
        """The same where a round is (``continue``)."""
        self.tries: list[dict[str, VS]] = _CLOSED
        """What got a value inside each open statement that may be left in the middle (``try``, some ``with``): the values, by name."""
        self.handling = 0
        """Handlers of exceptions that what is being read stands in."""
        self.touched: Sequence[tuple[V, str]] = ()
        """Methods of libraries' objects that are called; see `touch`."""
        self.captured: dict[Fn, dict[str, VS]] | None = None
        """Functions defined where a condition on a parameter holds -> what the parameter is there."""
        self.begun = 0
        """When reading it began: of things being read, whichever began first ends last."""
        self.waits: Any = None
        """Of what was not complete when this frame needed it (frames and searches, each with a ``state``), whichever ends last."""
        self.asked: dict[tuple[int, Frame, str], VS] | None = None
        """What that told it, if all of it can be compared with what it says later; see `Evaluator.asked`."""
        self.asks_for_loop = False
        """Whether it does one thing where a loop runs in its thread, and another elsewhere: it was read for the first."""
        self.refreshed = 0
        self.hints: dict[str, Any] | None = None
        """Annotations of variables that begin as None."""
        self.rare: Any = None
        """The parameter and the texts of it for which alone what is being read runs, where the text is not known."""
        self.ended = 0
        """Where the statement being read calls a function that always raises."""
        self.vouched: tuple[Any, Any, bool] | None = None
        """The last call of a function that has asked something of its parameters, that function, and whether it is a method."""
        self.unlikely = 0
        """Branches being read that run in tests only."""
        self.sure: frozenset[str] = _NO_NAMES
        """Parameters that may be left out, for which all callers of this frame surely give an object."""
        self.told: dict[int, bool] | None = None
        """Conditions, by identity, that the callers have asked already, and what they found."""
        self.only_tested = False
        """Whether nobody but tests calls a function of the application like this, by what was read so far."""

    def __repr__(self) -> str:
        return f"<frame {self.name}>"

    @property
    def name(self) -> str:
        """Dotted name of the scope."""
        if self.fn is not None:
            return self.fn.dotted
        return self.owner.dotted if self.owner is not None else self.module.name

    def handed(self) -> set[str]:
        """Names of parameters, its own and those of the functions around it."""
        names: set[str] = set()
        frame: Frame | None = self
        while frame is not None:
            names.update(frame.params)
            frame = frame.closure
        return names

    def bind(self, name: str, value: VS) -> None:
        """A name gets a value at the point being read."""
        if len(value) == 1:  # as `interned`, which is called too often for a call
            alone = value[0].alone
            if alone is None:
                value[0].alone = value
            else:
                value = alone
        env: dict[str, VS] | None = self.env
        if env is not None:
            env[name] = value
        if self.tries:
            self.noted(name, value)
        old = self.vars.get(name)
        self.vars[name] = value if old is None else union(old, value)

    def announce(self, name: str, allowed: VS) -> None:
        """An attribute that begins as None is declared to hold such objects later."""
        if self.announced is None:
            self.announced = {}
        self.announced[name] = allowed

    def put(self, name: str, value: VS) -> None:
        """The attribute of a name (``job.state``) gets a value, for what is read from here on only."""
        self.env[name] = value
        if self.tries:
            self.noted(name, value)

    def noted(self, name: str, value: VS) -> None:
        """What ends an open ``try`` early may leave a name (or ``x.attribute``) with this value."""
        inside = self.tries[-1]
        old = inside.get(name)
        inside[name] = value if old is None else union(old, value)

    def open_loop(self) -> None:
        """A loop's body begins."""
        if self.exits is _CLOSED:
            self.exits, self.nexts = [], []
        self.exits.append(None)
        self.nexts.append(None)

    def open_try(self) -> None:
        """A statement begins that may be left in the middle."""
        if self.tries is _CLOSED:
            self.tries = []
        self.tries.append({})

    def close_try(self) -> dict[str, VS]:
        """What got a value inside the innermost open ``try``, which ends here; the one around it sees the same."""
        inside = self.tries.pop()
        if self.tries:
            for name, value in inside.items():
                self.noted(name, value)
        return inside

    def rebind(self, name: str, value: VS) -> None:
        """A function inside writes a variable of this scope, at a point nobody knows."""
        if self.rebound is None:
            self.rebound = {}
        self.rebound[name] = union(self.rebound.get(name, NOTHING), value)
        self.vars[name] = union(self.vars.get(name, NOTHING), value)

    def holder(self, name: str) -> Frame | None:
        """The scope, this one or one around it, that has a variable of this name."""
        frame: Frame | None = self
        while frame is not None and name not in frame.vars:
            frame = frame.closure
        return frame

    def keep_attribute(self, name: str, value: VS) -> None:
        """Its own object has something in an attribute."""
        attrs = self.attrs
        if attrs is _NO_ATTRS:
            self.attrs = {name: value}
            return
        assert isinstance(attrs, dict)
        attrs[name] = union(attrs.get(name, NOTHING), value)

    def replace_attribute(self, name: str, value: VS) -> None:
        """What its own object has in an attribute is something else from now on, and was nothing else for anybody before."""
        self.attrs = {**self.attrs, name: value}

    def mark(self, mark: Any) -> None:
        """Note something that rules want to know of."""
        marks = self.marks
        if isinstance(marks, list):
            marks.append(mark)
        else:
            self.marks = [*marks, mark]

    def leave_open(self, pos: int, end: int, node: Any, reason: str) -> None:
        """Note a call that nobody can follow."""
        unresolved = self.unresolved
        if isinstance(unresolved, list):
            unresolved.append((pos, end, node, reason))
        else:
            self.unresolved = [*unresolved, (pos, end, node, reason)]

    def touch(self, v: V, name: str) -> None:
        """A method of a library's object is called."""
        touched = self.touched
        if isinstance(touched, list):
            touched.append((v, name))
        else:
            self.touched = [*touched, (v, name)]

    def begin(self) -> dict[str, VS]:
        """It is read now: what the caller gave for its parameters. Those begin with that; see `learned`."""
        before = self.given
        if before is None:
            self.given = ()
            given = self.params
            self.params = dict(given)
            return given
        return self.passed()

    def passed(self) -> dict[str, VS]:
        """What the caller gave for its parameters, whether it was read meanwhile or not."""
        before = self.given or ()
        given = dict(self.params)
        for number in range(0, len(before), 2):
            if before[number + 1] is None:
                del given[before[number]]
            else:
                given[before[number]] = before[number + 1]
        return given

    def learned(self, given: dict[str, VS]) -> None:
        """What the parameters are is known: keep what the caller gave where that is something else."""
        out: list[Any] = []
        for name, value in self.params.items():
            before = given.get(name)
            if before is not value:
                out += (name, before)
        self.given = tuple(out)

    def close(self) -> None:
        """It was read: keep what others ask for, and that in as little room as it needs."""
        if not self.exits and not self.nexts:
            self.exits = self.nexts = _CLOSED
        if not self.tries:
            self.tries = _CLOSED
        if self.seen is not None and len(self.seen) == len(self.events):
            self.seen = None
        self.ret = interned(self.ret)
        self.touched = tuple(dict.fromkeys(self.touched))
        self.unresolved = tuple(self.unresolved)
        self.marks = tuple(self.marks)

    def release(self) -> None:
        """Nobody asks what it holds any more."""
        self.events = []
        self.params, self.vars, self.attrs = {}, {}, _NO_ATTRS
        self.marks = self.unresolved = self.touched = ()
        self.seen = self.closure = self.asked = None

    def add_chosen(self, choices: int, event: Event) -> None:
        """Enter an event of a call that may mean any of several callables."""
        event.choices = choices
        self.add(event)

    def add(self, event: Event) -> None:
        """Enter an event once per kind, place and target."""
        seen = self.seen
        if seen is None:
            seen = self.seen = {_told_by(one) for one in self.events}
        key = _told_by(event)
        if key in seen:
            return
        seen.add(key)
        event.off_loop = event.off_loop or self.off_loop > 0
        event.probable = event.probable or self.unlikely > 0
        event.once = self.once
        event.rare = self.rare
        event.handled = self.handling > 0
        event.looped = bool(self.exits)
        event.forked = self.forks > 0 or self.handling > 0
        self.events.append(event)


def _told_by(event: Event) -> tuple[str, int, int, Any]:
    return event.kind, event.pos, event.end, event.target if event.target is not None else event.name


class Lazy(Frame):
    """What an iterator does when its items are asked for: the body of a generator expression, the function of a ``map``."""

    __slots__ = ("maker", "node", "taken")

    def __init__(self, maker: Frame, node: Any) -> None:
        super().__init__(maker.module, None, maker)
        self.node = node
        """The expression that makes it."""
        self.maker = maker
        """The scope that makes the iterator; whoever iterates it there runs it in place."""
        self.taken = False
        """Whether some place is known that iterates it; else it counts as iterated where it is made."""
        self.state = 2
        self.env = None

    @property
    def name(self) -> str:
        """Dotted name of the scope that the code stands in."""
        return self.maker.name


class Filling:
    """The search for what goes into containers of one name."""

    __slots__ = ("begun", "pending", "state")

    def __init__(self, begun: int) -> None:
        self.state = 1
        self.begun = begun
        self.pending: list[Frame] = []
        """What was in the middle of being read when it was looked through: it had not yet come to where it puts something in."""


class Args:
    """Arguments of one call as value sets."""

    __slots__ = ("expressions", "keywords", "more_keywords", "more_positional", "positional")

    def __init__(self, positional: list[VS], keywords: dict[str, VS], expressions: Any = None) -> None:
        self.positional = positional
        self.keywords = keywords
        self.more_positional: VS | None = None
        """Values of further positional arguments from ``*args`` of unknown length."""
        self.more_keywords: VS | None = None
        self.expressions = expressions
        """The call expression, for conditions on what an argument mentions."""

    def get(self, keyword: str | None, position: int | None) -> VS | None:
        """The argument, or None when it is not given."""
        if keyword is not None and keyword in self.keywords:
            return self.keywords[keyword]
        if position is not None and 0 <= position < len(self.positional):
            return self.positional[position]
        return None


NO_ARGS: Final = Args([], {})


_NO_CONDITIONS: Final[dict[V, str]] = {}


class Site:
    """Where a call happens."""

    __slots__ = (
        "awaited", "block", "choices", "conditions", "end", "frame", "later", "node", "on", "pos", "probable", "when",
    )  # fmt: skip

    def __init__(
        self,
        frame: Frame,
        pos: int,
        end: int,
        node: Any,
        *,
        awaited: bool = False,
        on: str = "now",
        probable: bool = False,
    ) -> None:
        self.frame = frame
        self.pos = pos
        self.end = end
        self.node = node
        self.awaited = awaited
        self.later = False
        """Whether what is called here, where some alternatives are asynchronous, is awaited by a later statement."""
        self.on = on
        self.probable = probable
        self.choices = 1
        """How many callables are called here, of which only one is meant."""
        self.conditions = _NO_CONDITIONS
        """Receivers -> the condition under which the name called stands for them."""
        self.when = ""
        self.block: tuple[list[Any], str] | None = None
        """Of a ``with``, the statements in it and the name of what was entered."""

    def unawaited(self) -> Site:
        """The same place, for what happens there before anything is awaited."""
        return self.running(self.on)

    def doubtful(self) -> Site:
        """The same place, for a call that only happens if an object is of a certain class below its declared one."""
        site = self.running(self.on)
        site.awaited = self.awaited
        site.probable = True
        return site

    def running(self, on: str) -> Site:
        """The same place, but what is called there runs elsewhere (``worker``, ``loop``, ``never``)."""
        site = Site(self.frame, self.pos, self.end, self.node, on=on, probable=self.probable)
        site.when = self.when
        site.choices = self.choices
        return site
