"""The linked project: who runs what on the loop, and the questions that rules may ask."""

from __future__ import annotations

import math
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Final, TypeVar

from async_guard.catalogue.load import Catalogue
from async_guard.frameworks import FRAMEWORKS
from async_guard.link import apart, attributes, containers, endings, lookups, mains, names, serving, texts
from async_guard.link.entries import Entry, Frameworks
from async_guard.link.evaluator import Evaluator
from async_guard.link.frames import CALL, CORO, LOOP, SINK, WORKER, Event, Frame
from async_guard.link.program import Class, Fn, Libraries, Module, Program
from async_guard.model import facts as F
from async_guard.model.findings import Defect, EntryPoint, Place, Severity, Step

_T = TypeVar("_T")

_STARTUP: Final = frozenset(("lifespan",))
_LIFE: Final = frozenset((
    "startup", "on_startup", "setup", "initialize", "shutdown", "on_shutdown", "teardown", "cleanup", "lifespan",
))  # fmt: skip
"""What methods are called that run once in the life of an object."""
_ROUNDS: Final = 6
_NEAR: Final = 20
"""Frames looked through for the function that a decorator calls."""
COMBINATIONS: Final = 100
"""Combinations of what the calls of a chain may mean, above which it is only likely that this one happens."""
FORKS: Final = 4
"""Calls of a chain behind conditions of unknown outcome, above which it is only likely that there is a case in which all of them hold."""
LONG: Final = 9
"""Calls of a chain above which one such condition is enough."""
_FARTHEST: Final = 200
"""Blocking calls followed from one place, nearest first: who calls half the project in one step learns nothing from more."""


@dataclass(frozen=True)
class Chain:
    """The evidence that a call on the loop blocks: from the place on the loop to the root cause."""

    holder: Frame
    """The frame on the loop that the chain leaves: an ``async def`` or a ``def`` that the loop itself runs."""
    links: tuple[tuple[Frame, Event], ...]
    """Each frame with the event that leads on; the last event is the blocking call."""
    unsure: bool = False
    """Whether it is only likely that the place is on the loop."""

    @property
    def sink(self) -> Event:
        """The blocking call."""
        return self.links[-1][1]

    @property
    def probable(self) -> bool:
        """Whether some step is a heuristic, or the steps are so many that hardly all of them agree."""
        is_likely = self.choices > COMBINATIONS or is_far(len(self.links), self.forks)
        return self.unsure or is_likely or any(event.probable for _, event in self.links)

    @property
    def choices(self) -> int:
        """How many combinations of callables the calls may mean, of which the chain is one."""
        return math.prod(event.choices for _, event in self.links)

    @property
    def forks(self) -> int:
        """How many of the calls happen only where a condition has an outcome that is not known."""
        return sum(event.forked for _, event in self.links)

    @property
    def gives_way(self) -> bool:
        """Whether a greenlet gives the loop back while the database is waited for."""
        return self.sink.effect.category == "database" and any(event.greenlet for _, event in self.links)

    @property
    def lowered(self) -> bool:
        """Whether the work runs only the first time (behind a cache)."""
        return any(event.lowered for _, event in self.links)

    @property
    def without_worker(self) -> bool:
        """Whether it runs so seldom because a thread does it while that is alive (``memos.without_worker``)."""
        return any(
            event.lowered and frame.fn is not None and frame.fn.index in frame.module.facts.calls.get("is_alive", ())
            for frame, event in self.links
        )


def is_far(length: int, forks: int) -> bool:
    """Whether a chain of ``length`` calls, ``forks`` of them behind conditions, is so long that all of it hardly happens in one run."""
    return forks > FORKS or (forks > 0 and length > LONG)


class Way:
    """One link of a way to a blocking call, with the links before it, or, from the place on the loop, with the way behind it."""

    __slots__ = (
        "before",
        "behind",
        "choices",
        "cost",
        "event",
        "forks",
        "frame",
        "gives_way",
        "handled",
        "length",
        "lowered",
        "probable",
    )

    def __init__(self, frame: Frame, event: Event, before: Way | None, behind: Way | None = None) -> None:
        self.frame = frame
        self.event = event
        self.before = before
        self.behind = behind
        other = before if behind is None else behind
        self.length: int = 1 if other is None else other.length + 1
        self.cost: int = _cost(event) + (0 if other is None else other.cost)
        """Its length, with more for each call that is less plain: of two ways to a call the one that costs less is told."""
        self.choices: int = event.choices * (1 if other is None else other.choices)
        """How many combinations of callables the calls so far may mean."""
        self.forks: int = event.forked + (0 if other is None else other.forks)
        """How many of the calls happen only where a condition has an outcome that is not known."""
        doubtful = self.choices > COMBINATIONS or is_far(self.length, self.forks)
        self.probable: bool = event.probable or (other is not None and other.probable) or doubtful
        self.lowered: bool = event.lowered or (other is not None and other.lowered)
        self.handled: bool = event.handled or (other is not None and other.handled)
        """Whether it happens only after an exception."""
        greenlet = event.greenlet or (before is not None and before.gives_way)
        self.gives_way: bool = greenlet and (event.kind != SINK or event.effect.category == "database")
        """Whether a greenlet gives the loop back while the database is waited for; before the last link: whether it would."""

    @property
    def sink(self) -> tuple[Frame, Event]:
        """The blocking call and the frame it is in."""
        last = self if self.behind is None else self.behind
        return last.frame, last.event

    def links(self) -> tuple[tuple[Frame, Event], ...]:
        """Each frame with the event that leads on; the last event is the blocking call."""
        if self.behind is not None:
            return (self.frame, self.event), *self.behind.links()
        out: list[tuple[Frame, Event]] = []
        way: Way | None = self
        while way is not None:
            out.append((way.frame, way.event))
            way = way.before
        return tuple(reversed(out))


def _cost(event: Event) -> int:
    """What a link of a way counts: one that several callables answer is less plain, and one behind an exception rare."""
    return 1 + 2 * (event.choices > 1) + 4 * event.handled


class Linked:
    """All facts together with catalogue and frameworks."""

    def __init__(self, program: Program, evaluator: Evaluator, frameworks: Frameworks) -> None:
        self.program = program
        self.evaluator = evaluator
        self.frameworks = frameworks
        self.entries: list[Entry] = []
        self.on_loop: dict[Frame, None] = {}
        """Every frame that runs on a loop, coroutines and what they call alike."""
        self.holders: dict[Frame, None] = {}
        """Frames that the loop itself runs: coroutines, callbacks, loop-run entry points."""
        self.in_worker: dict[Frame, None] = {}
        self.apart: set[Frame] = set()
        """Of the holders, those that run on a short-lived loop of a worker thread's own and on no other."""
        self.begun_once: set[Frame] = set()
        """Of the holders, those that run once in a program: its main coroutine, and what that awaits."""
        self.commands: set[Frame] = set()
        """Of these, those that only commands of a command line run."""
        self.lonely: set[Frame] = set()
        """Of the holders, those that begin while nothing else runs on their loop, as what a script awaits."""
        self._named_nowhere: dict[Fn, bool] = {}
        self.unsure: dict[Frame, tuple[bool, bool]] = {}
        """Frames of entry points -> whether it is only likely that they run on a loop, and whether they run in a greenlet of it."""
        self.allowed: dict[Fn, set[str]] = {}
        """Codes of findings that an ``allow[...]`` on a definition cut off."""
        self._spread_already: set[Frame] = set()
        self.defects: list[Defect] = evaluator.defects
        """What broke on the way."""
        self.negligible = False
        """Whether calls that cost microseconds are asked for."""
        self._again: set[Frame] | None = None
        self._reach: dict[Frame, list[Way]] = {}
        self._leads: dict[Frame, list[Event]] = {}
        self._no_sinks: set[Frame] | None = None
        self._masks: dict[Frame, int] | None = None
        self._by_fn: dict[Fn, int] = {}
        self._reaching: dict[int, list[Entry]] = {}
        self._shown: dict[int, tuple[EntryPoint, ...]] = {}
        self._points: dict[int, EntryPoint] = {}
        self._made: dict[Any, Any] = {}

    # -- building

    def build(self) -> None:
        """Read the project: modules for what they register, then everything reachable from what runs on a loop."""
        ev = self.evaluator
        modules = list(self.program)
        for module in modules:
            names.run_module(ev, module)
        names.forget_containers(ev)
        self.frameworks.read_loops(ev)
        for module in modules:
            for index in self._registering(module):
                ev.read_somehow(module.functions[index])
        known = -1
        alone: list[Frame] = []
        for number in range(_ROUNDS):
            self.entries = self.frameworks.entries(ev)
            self._spread(())
            if number == 0:
                # Coroutines that some caller reaches are read as that caller calls them; the others for themselves, those whose name
                # nobody calls first, those that other functions make last: whoever calls them knows what they were made with. Tests come
                # behind: what they hand over says nothing of what the application does.
                of_tests = [module for module in modules if module.is_test]
                others = [module for module in modules if not module.is_test]
                for some in (others, of_tests):
                    self._read_alone(some, alone)
                self._read_scheduling(others)
            if len(self.frameworks.seen) == known:
                break
            known = len(self.frameworks.seen)
        roots = [entry.frame for entry in self.entries if entry.runs == "loop"]
        jobs = [entry.frame for entry in self.entries if entry.alone]
        self._forget()
        self.apart = apart.coroutines(ev, roots, alone, self.holders, self.in_worker, jobs)
        entries = [entry.frame for entry in self.entries]
        self.begun_once, self.commands, self.lonely = mains.coroutines(ev, self.holders, entries)
        self._lower_kept()
        self._doubt_rare()
        self._doubt_lookups()
        for entry in self.entries:
            if entry.shown is not None:
                entry.shown_runs = self._where_shown(entry, entry.shown)
        # Where it is not sure what a decorator gives, a function is registered as it is, too: one row for both.
        wrapped = {(e.kind, e.label, e.shown): e.shown_runs for e in self.entries if e.shown is not None}
        for entry in self.entries:
            if entry.shown is None:
                entry.shown_runs = wrapped.get((entry.kind, entry.label, entry.fn), entry.shown_runs)

    def _read_alone(self, modules: list[Module], alone: list[Frame]) -> None:
        """Read the coroutines of some modules for themselves that nothing read so far reaches; they join ``alone``."""
        for turn in range(4):
            for module in modules:
                for fn in module.functions:
                    if not fn.is_async or self._turn(fn) != turn or self._is_idle(fn):
                        continue
                    if not any(frame in self.on_loop for frame in fn.contexts.values()):
                        alone.append(self.evaluator.generic_frame(fn))
                        self._spread(alone[-1:])

    def _read_scheduling(self, modules: list[Module]) -> None:
        """Read the plain code of some modules that nothing read so far reaches and that hands callbacks to a loop: before it runs, or from
        wherever somebody else calls it. The loop runs what it is handed.
        """
        ev = self.evaluator
        for module in modules:
            users = {user for name in self.frameworks.schedules for user in module.facts.calls.get(name, ())}
            frames: list[Frame] = [module.frame] if -1 in users else []
            for index in sorted(users - {-1}):
                fn = module.functions[index]
                if not fn.is_async and not any(f in self.on_loop or f in self.in_worker for f in fn.contexts.values()):
                    ev.read_somehow(fn)
                    frames.extend(fn.contexts.values())
            queue: deque[Frame] = deque()
            for frame in frames:
                for event in frame.events:
                    if event.kind == LOOP and event.target is not None and not event.off_loop:
                        self._hold(event.target, queue)
            self._follow(queue, deque())

    def _forget(self) -> None:
        """Drop what was looked up in facts to read them, and can be looked up again: rules need its room."""
        for module in self.program:
            for fn in module.functions:
                fn.shares = fn.assigned = None
        self.program.sites.clear()
        self.evaluator.assigning.clear()
        self.evaluator.values.forget()

    def release(self) -> None:
        """Give back what was read, when nobody has any more questions: the report of a large project takes much room, too.

        With the collector off, what refers to each other in circles would stay otherwise.
        """
        for frame in self.evaluator.frames:
            frame.release()
        for module in self.program:
            module.release()
        self.evaluator.frames.clear()
        self.evaluator.values.forget()

    def _is_idle(self, fn: Fn) -> bool:
        """Whether a function is only registered, and where nothing runs it."""
        return fn in self.frameworks.idle and not self.program.callers(fn.name)

    def _turn(self, fn: Fn) -> int:
        """When a coroutine is read that no caller is known to reach so far."""
        if fn.parent is not None:
            return 3
        if not self.program.callers(fn.name):
            return 0
        # Whoever calls a method of a class that others derive from knows of which of them the object is.
        owner = fn.owner
        return 2 if owner is not None and self.program.classes_naming_base(owner.name, owner.module) else 1

    def _lower_kept(self) -> None:
        """What an object does only the first time counts less, unless the loop makes such objects again and again.

        What is made where something runs only the first time is not made again and again either, so that each round may find more.
        """
        lasts: dict[Any, bool] = {True: True, None: False}
        todo = [event for frame in self.on_loop for event in frame.events if event.once is not None]
        while todo:
            repeated = self._repeated()
            for once in dict.fromkeys(event.once for event in todo):
                if not lasts.get(once):
                    lasts[once] = self._lasts(once, lasts, repeated)
            kept = [event for event in todo if lasts[event.once]]
            for event in kept:
                event.lowered = True
            if not kept:
                break
            todo = [event for event in todo if not lasts[event.once]]

    def _repeated(self) -> set[Frame]:
        """The frames that the loop runs again and again, as far as is known."""
        seen = {
            holder
            for holder in self.holders
            if holder not in self.begun_once and not self.only_at_startup(self.entries_reaching(holder))
        }
        for frame in self.begun_once:
            for event in frame.events:
                if event.looped and event.target is not None and mains.is_repeated(frame, event):
                    seen.add(event.target)
        queue = list(seen)
        while queue:
            for event in queue.pop().events:
                target = event.target
                if target is None or target in seen or event.kind != CALL or event.lowered or event.off_loop:
                    continue
                seen.add(target)
                queue.append(target)
        return seen

    def _doubt_rare(self) -> None:
        """What runs only for texts that no known caller passes is a guess where the text is not known."""
        for frame in self.evaluator.frames:
            for event in frame.events:
                if event.rare is not None and frame.fn is not None and texts.is_rare(frame.fn, *event.rare):
                    event.probable = True

    def _doubt_lookups(self) -> None:
        """What runs only where a mapping has an entry is a guess in a function that many coroutines pass their own mappings to."""
        held = {holder.fn for holder in self.holders}
        frames: dict[Fn, list[Frame]] = {}
        callers: dict[Frame, list[Frame]] = {}
        for frame in self.on_loop:
            if frame.fn is not None and frame.fn not in held and lookups.mappings(frame.fn):
                frames.setdefault(frame.fn, []).append(frame)
            for event in frame.events:
                if event.target is not None and event.kind == CALL and not (event.off_loop or event.probable):
                    callers.setdefault(event.target, []).append(frame)
        harmless = self._harmless()
        for fn, own in frames.items():
            leading = [e for frame in own for e in frame.events if e.target is None or e.target not in harmless]
            places = lookups.places(fn, {event.pos for event in leading})
            doubtful = [event for event in leading if event.pos in places]
            if doubtful and self._is_called_by_many(own, callers):
                for event in doubtful:
                    event.probable = True

    def _is_called_by_many(self, frames: list[Frame], callers: dict[Frame, list[Frame]]) -> bool:
        """Whether as many coroutines lead to one of these frames as `lookups.MANY` says."""
        found: set[Fn | None] = set()
        queue, seen = list(frames), set(frames)
        while queue and len(found) < lookups.MANY:
            for caller in callers.get(queue.pop(), ()):
                if caller in self.holders:
                    found.add(caller.fn)
                elif caller not in seen:
                    seen.add(caller)
                    queue.append(caller)
        return len(found) >= lookups.MANY

    def is_named_nowhere(self, fn: Fn) -> bool:
        """Whether a function is private and nothing in the project names it: nobody awaits it, unless a library's class does."""
        found = self._named_nowhere.get(fn)
        if found is None:
            found = self._named_nowhere[fn] = self._is_named_nowhere(fn)
        return found

    def _is_named_nowhere(self, fn: Fn) -> bool:
        if not fn.name.startswith("_") or fn.name.startswith("__") or fn.parent is not None or fn.body["decorators"]:
            return False
        if fn.owner is not None and any(
            base not in attributes.PLAIN_BASES for base in attributes.library_bases(self.evaluator, fn.owner)
        ):
            return False
        return not any(True for module in self.program for _ in module.facts.mentions(f'"{fn.name}"'))

    def is_life_cycle(self, fn: Fn) -> bool:
        """Whether a method is called as what begins or ends the life of an object (``setup``), which the loop does not make again and again."""
        if fn.owner is None or fn.name.removeprefix("async_").removesuffix("_async").strip("_") not in _LIFE:
            return False
        return self.lasts(fn.owner)

    def lasts(self, cls: Class) -> bool:
        """Whether the objects of a class live as long as the process: the loop does not make them again and again."""
        if self._again is None:
            self._again = self._repeated()
        return self._lasts(cls, {True: True, None: False}, self._again)

    def _lasts(self, once: Class | Frame, lasts: dict[Any, bool], repeated: set[Frame]) -> bool:
        """Whether what keeps results lives as long as the process: a scope that no request runs, a class of which none makes objects."""
        if isinstance(once, Frame):
            return once not in repeated or once in self.once(_factories)
        below = (once, *attributes.subclasses(self.evaluator, once))
        makers = (maker for c in below for maker in self.evaluator.makers.get(c, {}).items())
        return all(frame not in repeated or lasts.get(kept, False) for frame, kept in makers)

    def _where_shown(self, entry: Entry, shown: Fn) -> str:
        """Where a decorated function itself runs: its decorators may hand it to another thread."""
        if shown.is_async:
            return "loop"
        if shown.head.is_generator:
            return "worker" if entry.hops else entry.runs
        queue: deque[tuple[Frame, str]] = deque([(entry.frame, entry.runs)])
        done = {entry.frame}
        while queue and len(done) < _NEAR:
            frame, runs = queue.popleft()
            for event in frame.events:
                target = event.target
                if target is None or target in done:
                    continue
                there = "worker" if event.kind == WORKER else runs
                if target.fn is shown:
                    return there
                done.add(target)
                queue.append((target, there))
        return entry.runs

    def _registering(self, module: Module) -> list[int]:
        found: dict[int, None] = {}
        for name in self.frameworks.registers:
            for index in module.facts.calls.get(name, ()):
                if index >= 0:
                    found[index] = None
        for index, head in enumerate(module.facts.functions):
            if head.has_inner:
                found[index] = None
        return sorted(found)

    def _spread(self, roots: Sequence[Frame]) -> None:
        """Read every frame that runs on a loop, and what worker threads run."""
        loop: deque[Frame] = deque()
        worker: deque[Frame] = deque()
        for frame in roots:
            self._hold(frame, loop)
        for entry in self.entries if not roots else ():
            if entry.runs == "loop":
                self._hold(entry.frame, loop)
                known_before = self.unsure.get(entry.frame, (True, True))
                self.unsure[entry.frame] = known_before[0] and entry.probable, known_before[1] and entry.greenlet
            elif entry.frame not in self.in_worker:
                self.in_worker[entry.frame] = None
                worker.append(entry.frame)
        self._follow(loop, worker)
        while again := self._settle():
            for frame in again:
                if frame in self.on_loop:
                    self._spread_already.discard(frame)
                    loop.append(frame)
                else:
                    worker.append(frame)
            self._follow(loop, worker)

    def _settle(self) -> list[Frame]:
        """Take iterators that nobody is known to iterate for iterated where they are made; gives the scopes that say more now."""
        again = self.evaluator.reread_stale()
        changed = dict.fromkeys(frame for frame in again if frame in self.on_loop or frame in self.in_worker)
        for lazy in self.evaluator.lazies.values():
            if not lazy.taken and (lazy.maker in self.on_loop or lazy.maker in self.in_worker):
                lazy.taken = True
                if not containers.is_dropped(lazy) and containers.in_place(lazy):
                    changed[lazy.maker] = None
        return list(changed)

    def _follow(self, loop: deque[Frame], worker: deque[Frame]) -> None:
        ev = self.evaluator
        seen_loop = self._spread_already
        while loop or worker:
            on_loop = bool(loop)
            frame = loop.popleft() if on_loop else worker.popleft()
            if on_loop:
                if frame in seen_loop:
                    continue
                seen_loop.add(frame)
            ev.read(frame)
            if frame.waits is not None:
                ev.refresh(frame)
            for event in frame.events:
                target = event.target
                if target is None or event.off_loop:
                    continue
                if event.kind == CORO or event.kind == LOOP:
                    self._hold(target, loop)
                elif event.kind == CALL:
                    table, queue = (self.on_loop, loop) if on_loop else (self.in_worker, worker)
                    if target not in table:
                        table[target] = None
                        queue.append(target)
                elif event.kind == WORKER and target not in self.in_worker:
                    self.in_worker[target] = None
                    worker.append(target)

    def _hold(self, frame: Frame, queue: deque[Frame]) -> None:
        fn = frame.fn
        if fn is not None and "runs-in-thread" in (fn.head.contract, self.evaluator.contracts.get(fn.dotted)):
            self.in_worker[frame] = None
            return
        if frame not in self.holders and not frame.module.library:
            self.holders[frame] = None
        if frame not in self.on_loop:
            self.on_loop[frame] = None
        queue.append(frame)

    # -- questions

    def once(self, make: Callable[[Linked], _T]) -> _T:
        """What ``make`` makes of the linked project, made when it is first asked for: several rules share it."""
        found = self._made.get(make)
        if found is None:
            found = self._made[make] = make(self)
        return found

    def blocking_ways(self) -> Iterator[Way]:
        """Every way from on-loop code to a blocking call, shortest per place and root cause."""
        for holder in self.holders:
            if holder in self.apart:
                continue
            probable, greenlet = self.unsure.get(holder, (False, False))
            for way in self._ways_of(holder, greenlet):
                way.probable = way.probable or probable
                yield way

    def _ways_of(self, holder: Frame, greenlet: bool) -> Iterator[Way]:
        for event in holder.events:
            if event.off_loop:
                continue
            if event.kind == SINK:
                if self._counts(holder, event) and not (greenlet and event.effect.category == "database"):
                    yield Way(holder, event, None)
            elif event.target is not None and event.target not in self.holders and _is_followed(event):
                for way in self._ways(event.target):
                    gives_way = (event.greenlet or greenlet) and way.event.effect.category == "database"
                    if not (way.gives_way or gives_way):
                        yield Way(holder, event, None, way)

    def _counts(self, frame: Frame, event: Event) -> bool:
        if frame.module.library:
            # A library reads its tables and imports its parts when first asked: of what nobody listed only what makes the loop wait is told.
            return event.effect.severity is Severity.ERROR and not event.lowered
        return self.negligible or event.effect.severity is not Severity.NEGLIGIBLE

    def reach(self, start: Frame) -> list[tuple[tuple[Frame, Event], ...]]:
        """Shortest chains from a synchronous frame to each blocking call it leads to."""
        return [way.links() for way in self._ways(start)]

    def _ways(self, start: Frame) -> list[Way]:
        """The same, with what comes before each link instead of whole chains."""
        found = self._reach.get(start)
        if found is not None:
            return found
        came: set[Frame] = {start}
        # Links that run only the first time, and those that are a heuristic, are followed when all others were.
        later: tuple[deque[Way], deque[Way]] = (deque(), deque())
        out: list[Way] = []
        sinks: set[Any] = set()
        order = 0
        ahead: list[tuple[int, int, Way]] = []
        frame: Frame | None = start
        before: Way | None = None
        while len(out) < _FARTHEST:
            if frame is not None:
                for event in self._leading(frame):
                    if event.target not in came:
                        way = Way(frame, event, before)
                        if event.lowered or event.probable:
                            later[event.probable].append(way)
                        else:
                            order += 1
                            heappush(ahead, (way.cost, order, way))
            if ahead:
                before = heappop(ahead)[2]
            elif later[0] or later[1]:
                before = (later[0] or later[1]).popleft()
            else:
                break
            frame = before.event.target
            if frame is None:
                key = (before.frame.module.path, before.event.pos, before.event.end, before.event.name)
                if key not in sinks:
                    sinks.add(key)
                    out.append(before)
            elif frame in came:
                frame = None
            else:
                came.add(frame)
        self._reach[start] = out
        return out

    def _leading(self, frame: Frame) -> list[Event]:
        """The events of a frame that block or call what may lead to a blocking call."""
        found = self._leads.get(frame)
        if found is None:
            useless = self._harmless()
            found = self._leads[frame] = [
                event
                for event in frame.events
                if not event.off_loop
                and (
                    self._counts(frame, event)
                    if event.kind == SINK
                    else event.target is not None
                    and _is_followed(event)
                    and not (event.lowered and frame.module.library)
                    and (not event.target.is_async or event.target.module.library)
                    and event.target not in useless
                )
            ]
        return found

    def _harmless(self) -> set[Frame]:
        """Frames from which no calls lead to a blocking call; those read after this was asked first are not among them."""
        if self._no_sinks is None:
            callers: dict[Frame, list[Frame]] = {}
            blocking: list[Frame] = []
            for frame in self.evaluator.frames:
                for event in frame.events:
                    if event.kind == SINK:
                        blocking.append(frame)
                    elif event.target is not None and _is_followed(event):
                        callers.setdefault(event.target, []).append(frame)
            leading = set(blocking)
            while blocking:
                for caller in callers.get(blocking.pop(), ()):
                    if caller not in leading:
                        leading.add(caller)
                        blocking.append(caller)
            self._no_sinks = {frame for frame in self.evaluator.frames if frame.state == 2 and frame not in leading}
        return self._no_sinks

    def entries_reaching(self, frame: Frame) -> list[Entry]:
        """The entry points whose handling comes through a function."""
        if self._masks is None:
            self._spread_entries()
        mask = self._by_fn.get(frame.fn, 0) if frame.fn is not None else 0
        cached = self._reaching.get(mask)
        if cached is not None:
            return cached
        out: list[Entry] = []
        left = mask
        while left:
            low = left & -left
            out.append(self.entries[low.bit_length() - 1])
            left ^= low
        self._reaching[mask] = out
        return out

    def shown_entries(self, frame: Frame) -> tuple[EntryPoint, ...]:
        """The same as findings show them, sorted; one tuple for all functions that the same entry points reach."""
        entries = self.entries_reaching(frame)
        mask = self._by_fn.get(frame.fn, 0) if frame.fn is not None else 0
        found = self._shown.get(mask)
        if found is None:
            points = {self._point(e) for e in entries}
            found = self._shown[mask] = tuple(sorted(points, key=lambda e: e.sort_key))
        return found

    def _point(self, entry: Entry) -> EntryPoint:
        found = self._points.get(id(entry))
        if found is None:
            found = self._points[id(entry)] = entry_point(entry)
        return found

    def _spread_entries(self) -> None:
        masks: dict[Frame, int] = {}
        same: dict[int, int] = {}
        """Each mask as one object: with thousands of entry points one takes hundreds of bytes."""
        queue: deque[Frame] = deque()
        for number, entry in enumerate(self.entries):
            masks[entry.frame] = masks.get(entry.frame, 0) | 1 << number
            queue.append(entry.frame)
        while queue:
            frame = queue.popleft()
            mask = masks[frame]
            for event in frame.events:
                target = event.target
                if target is None or event.off_loop:
                    continue
                before = masks.get(target, 0)
                if before is mask:
                    continue
                after = before | mask
                if after != before:
                    masks[target] = same.setdefault(after, after)
                    queue.append(target)
        self._masks = masks
        for frame, mask in masks.items():
            if frame.fn is not None:
                after = self._by_fn.get(frame.fn, 0) | mask
                self._by_fn[frame.fn] = same.setdefault(after, after)

    def is_begun_once(self, holder: Frame) -> bool:
        """Whether all that leads from entry points to a frame happens when the process starts or stops, or only the first time."""
        entries = self.entries_reaching(holder)
        if not entries or self.only_at_startup(entries):
            return bool(entries)
        return holder.fn not in self.once(_again_and_again)

    def is_asked_by_commands(self, holder: Frame) -> bool:
        """Whether all that is known to await a reading of a coroutine are commands, and what runs once in a program."""
        users = self.once(awaiting).get(holder)
        return users is not None and all(
            user in self.begun_once or mains.is_command(user.module.path) for user, _ in users
        )

    def is_typed_for_commands(self, holder: Frame) -> bool:
        """Whether only commands await a coroutine, and neither it nor these start tasks themselves, which would wait while a person types."""
        if self.entries_reaching(holder) or not self.is_asked_by_commands(holder):
            return False
        users = self.once(awaiting)
        seen = {holder}
        queue = [holder]
        while queue:
            frame = queue.pop()
            if mains.starts_tasks(frame):
                return False
            for user, _ in users.get(frame, ()):
                if user not in seen:
                    seen.add(user)
                    queue.append(user)
        return True

    def is_kept_running(self, holder: Frame, event: Event) -> bool:
        """Whether something happens again and again in a task that start-up begins: as long as the application serves."""
        tasks, again = self.once(_begun_tasks)
        return holder in again or (holder in tasks and serving.is_again(holder, event))

    def only_at_startup(self, entries: Iterable[Entry]) -> bool:
        """Whether all of these entry points run when the process starts or stops."""
        entries = list(entries)
        return bool(entries) and all(entry.once or entry.kind in _STARTUP for entry in entries)


def _dropped(linked: Linked) -> set[Fn]:
    """The coroutines that a function defines and gives back, of which all known callers drop what they are given: nobody awaits them."""
    made: dict[Fn, list[tuple[Frame, Event]]] = {}
    asked: dict[Fn, list[tuple[Frame, Event]]] = {}
    for frame in linked.evaluator.frames:
        for event in frame.events:
            fn = event.target.fn if event.target is not None else None
            if fn is not None:
                (made if fn.parent is not None and fn.is_async else asked).setdefault(fn, []).append((frame, event))
    entered = {entry.frame.fn for entry in linked.entries} | {entry.origin for entry in linked.entries}

    def is_dropped(fn: Fn) -> bool:
        maker = fn.parent
        if maker is None or maker.is_async or maker in entered or fn in entered or maker not in asked:
            return False
        given = list(F.returned(maker.body["body"]))
        if not all(frame.fn is maker and any(event.node is each for each in given) for frame, event in made[fn]):
            return False
        return all(event.kind == CALL and mains.is_statement(frame, event) for frame, event in asked[maker])

    return {fn for fn in made if is_dropped(fn)}


def awaiting(linked: Linked) -> dict[Frame, list[tuple[Frame, Event]]]:
    """The frames that loops run which await each frame, with where they do."""
    users: dict[Frame, list[tuple[Frame, Event]]] = {}
    for holder in linked.holders:
        for event in holder.events:
            if event.kind in (CORO, LOOP) and event.target is not None:
                users.setdefault(event.target, []).append((holder, event))
    return users


def _factories(linked: Linked) -> set[Frame]:
    """The scopes that define what others run: what they share with it lives as long as the application."""
    return {entry.frame.closure for entry in linked.entries if entry.frame.closure is not None}


def _begun_tasks(linked: Linked) -> tuple[set[Frame], set[Frame]]:
    """The tasks that start-up begins, and what runs again and again in them."""
    return serving.tasks_of(entry.frame for entry in linked.entries if linked.only_at_startup((entry,)))


def _services(linked: Linked) -> tuple[set[Frame], set[Fn]]:
    """What is entered around what goes on until it is stopped, and the methods that start an object and do so."""
    return serving.services(linked.evaluator.frames)


def _again_and_again(linked: Linked) -> set[Fn | None]:
    """The functions that entry points, and coroutines that none is known to lead to, run each time."""
    queue = [entry.frame for entry in linked.entries if not linked.only_at_startup((entry,))]
    queue += [holder for holder in linked.holders if not linked.entries_reaching(holder)]
    seen = set(queue)
    while queue:
        for event in queue.pop().events:
            target = event.target
            if target is not None and target not in seen and not event.off_loop and not event.lowered:
                seen.add(target)
                queue.append(target)
    return {frame.fn for frame in seen}


def _is_all_examples(linked: Linked) -> bool:
    """Whether a project holds nothing but examples: then these are what somebody wants to know about."""
    return all(attributes.is_example_path(module.path) for module in linked.program)


def _spawning(linked: Linked) -> set[Frame]:
    """What starts tasks, and all that calls it."""
    return mains.spawning(linked.evaluator.frames)


def seldom(linked: Linked, holder: Frame, first: Event) -> str:
    """Why what an event of a frame on the loop leads to happens while hardly anything else waits for the loop; empty where it is not known to be so.

    Either outside a loop in a coroutine that runs once, in a program before anything else runs or for an object, or in a command or a test.
    """
    fn = holder.fn
    if fn is None:
        return ""
    if fn.module.is_test or _is_test(fn):
        return "a test has the loop to itself"
    if attributes.is_example_path(fn.module.path) and not linked.once(_is_all_examples):
        return "an example, by the name of its folder"
    if linked.is_named_nowhere(fn):
        return "a private coroutine that nothing names"
    if fn.parent is not None and fn in linked.once(_dropped):
        return "a coroutine that whoever is given it drops"
    alone = linked.once(_spawning)
    is_command = mains.is_command(fn.module.path)
    if is_command or (holder in linked.commands and not mains.is_endless(holder, first)):
        if mains.is_alone(holder, first.pos, alone):
            return "a command has the loop to itself"
        if is_command:
            return ""
    if holder in linked.lonely and mains.is_lonely(holder, first, alone):
        once = holder in linked.begun_once and not first.looped
        return "runs once, when the program starts" if once else "a program that runs nothing else on its loop by then"
    if first.looped:
        return ""
    if holder in linked.begun_once:
        if mains.is_alone(holder, first.pos, alone):
            return "runs once, when the program starts"
        is_last = mains.is_last(holder, first) or fn in linked.once(endings.coroutines)
        return "runs once, when the program ends" if is_last else ""
    if mains.begins_server(holder, first) or serving.goes_on_to_serve(holder, first, linked.once(_services)[1]):
        return "runs once, before the server that is begun"
    if fn in linked.once(endings.coroutines):
        return "runs once, when the program ends"
    if linked.is_life_cycle(fn):
        return "runs once for an object, by its name"
    return _AROUND if holder in linked.once(_services)[0] else ""


def seldom_asked(linked: Linked, holder: Frame) -> str:
    """The same for what entry points may lead to: what is entered around the loop of a service of which a class keeps one."""
    is_kept = holder in linked.once(_services)[0] and serving.kept_on_class(linked.evaluator, holder)
    return _AROUND if is_kept else ""


_AROUND: Final = "runs once, around what goes on again and again"


def _is_test(fn: Fn) -> bool:
    """Whether a method is a test by its name and that of its class, as packages ship them for those who implement their interfaces."""
    name = fn.owner.name if fn.owner is not None and fn.name.startswith("test_") else ""
    return name.startswith("Test") or name.endswith(("Test", "Tests", "TestCase", "Testing"))


def _is_followed(event: Event) -> bool:
    """Whether what an event leads to is told where the event is: what a coroutine of a library does is told where it is made."""
    return event.kind == CALL or (event.kind == CORO and event.target is not None and bool(event.target.module.library))


def place(frame: Frame, event: Event) -> Place:
    """Where an event happens."""
    return Place(frame.module.path, event.pos >> 12, (event.pos & 4095) + 1, event.end >> 12, (event.end & 4095) + 1)


def step(frame: Frame, event: Event) -> Step:
    """One link of a chain as it is shown."""
    called = (
        event.name
        if event.kind == SINK
        else (text(event.node) or (event.target.name if event.target is not None else ""))
    )
    return Step(place(frame, event), frame.name, called)


def entry_point(entry: Entry) -> EntryPoint:
    """An entry point as it is shown."""
    fn = entry.origin
    return EntryPoint(entry.kind, entry.label, fn.module.path, fn.head.line, fn.dotted, entry.shown_runs or entry.runs)


def text(e: Any) -> str:
    """The words of a callee: ``services.load``."""
    if e is None:
        return ""
    tag: int = e[0]
    if tag == F.E_CALL:
        return text(e[1])
    if tag == F.E_NAME:
        return str(e[1])
    if tag == F.E_ATTR:
        base = text(e[1])
        return f"{base}{'()' if e[1][0] == F.E_CALL else ''}.{e[2]}"
    if tag == F.E_AWAIT:
        return text(e[1])
    if tag == F.E_SUB:
        return f"{text(e[1])}[...]"
    if tag == F.E_BIN:
        return f"{_operand(e[2])} {e[1]} ..."
    if tag == F.E_CMP:
        return f"{_operand(e[1])} {e[2][0]} {_operand(e[3][0])}"
    if tag == F.E_CONST:
        return repr(e[1])
    if tag == F.E_LAMBDA:
        return "lambda"
    return ""


def _operand(e: Any) -> str:
    """The words of what is compared: ``jobs.qsize()``."""
    return f"{text(e)}()" if e[0] == F.E_CALL else text(e)


def link(
    modules: Iterable[Module],
    catalogue: Catalogue,
    versions: dict[str, tuple[int, ...]] | None = None,
    contracts: Mapping[str, str] | None = None,
    libraries: Libraries | None = None,
    others: Mapping[str, str] | None = None,
) -> Linked:
    """Resolve all facts to each other.

    Args:
        modules: every file of the project.
        catalogue: what is known of libraries.
        versions: versions in force by distribution (``{"fastapi": (0, 165, 0)}``); newest where missing.
        contracts: the project's own contracts by dotted function name (``blocking``, ``nonblocking``, ``runs-in-thread``).
        libraries: gives modules of libraries that are to be read like the project's own.
        others: further names of modules and packages of the project, which links between its folders give them.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 20_000))
    frameworks = Frameworks(FRAMEWORKS, versions or {})

    def is_known(library: str) -> bool:
        return (
            frameworks.is_about(library) or catalogue.is_module_prefix(library) or catalogue.lookup(library) is not None
        )

    program = Program(modules, (lambda dotted: libraries(dotted, is_known)) if libraries is not None else None)
    program.other_names.update(others or {})
    program.is_known = is_known
    linked = Linked(program, Evaluator(program, catalogue, frameworks, contracts), frameworks)
    linked.build()
    return linked


__all__ = ["Chain", "Linked", "Severity", "Way", "awaiting", "entry_point", "link", "place", "step", "text"]
