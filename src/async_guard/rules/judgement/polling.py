"""The judgement behind AG309: loops that wait for a state without letting anybody change it, or that poll it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from async_guard.link.frames import SINK, Event, Frame
from async_guard.link.linked import Linked, text
from async_guard.link.program import Fn
from async_guard.link.values import BOUND, CLASS, EXT, EXTINST, FUNC, INST, MODULE
from async_guard.model import facts as F
from async_guard.model.findings import Finding, Severity
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.long_loops import Long, long_calls, long_loops
from async_guard.rules.judgement.mistakes import Way, mistake, unique, ways_to
from async_guard.rules.judgement.places import at
from async_guard.rules.judgement.scopes import body_of
from async_guard.rules.judgement.syntax import Use, callee_name, expressions, statements, suspends, walk, yields
from async_guard.rules.judgement.uses import path_to

_ASKING: Final = frozenset((
    "is_set", "done", "is_alive", "empty", "full", "is_running", "is_closed", "locked", "cancelled", "finished", "running", "ready", "is_ready",
    "is_connected", "is_done", "is_finished", "poll", "all", "any", "len", "not_", "bool", "isinstance", "get", "qsize", "closed", "started",
))  # fmt: skip
"""Calls in a condition that ask for a state and make no progress themselves."""
_ON_LOOP: Final = frozenset(("is_set", "done", "empty", "full", "locked", "cancelled"))
"""Those that objects of asyncio and queues answer, for which asyncio has something to await."""
_CHANGING: Final = frozenset((
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "popleft", "remove", "setdefault", "update",
))  # fmt: skip
"""Methods that change a container."""
_WORKING: Final = frozenset((F.E_CALL, F.E_AWAIT, F.E_WALRUS, F.E_LAMBDA, F.E_COMP))
"""Expressions that do more than look at a value."""
_CLOCKS: Final = frozenset((
    "time.time", "time.monotonic", "time.perf_counter", "time.time_ns", "time.monotonic_ns", "time.perf_counter_ns", "time.process_time",
    "datetime.datetime.now", "datetime.datetime.utcnow",
))  # fmt: skip
_TELLING: Final = frozenset(("print", "debug", "info", "warning", "error", "log", "write", "flush", "critical"))
_SHOWING: Final = frozenset(
    ("str", "repr", "format", "round", "int", "time", "monotonic", "perf_counter", "now", "isoformat")
)
_SLEEPING: Final = frozenset(("sleep", "checkpoint", "sleep_forever"))
_CALM: Final = frozenset((F.S_PASS, F.S_CONTINUE, F.S_BREAK))


@dataclass(frozen=True)
class Loop:
    """One ``while`` that waits."""

    frame: Frame
    stmt: Any
    polls: bool
    """It awaits a sleep between its looks."""
    spins: bool = False
    """The sleep takes no time."""

    @property
    def place(self) -> tuple[int, int]:
        """Where its line starts and the condition ends."""
        return self.stmt[4], self.stmt[5]


def busy_waits(linked: Linked, meta: RuleMeta) -> Iterator[Finding]:
    """AG309."""
    return unique((*_waiting(linked, meta), *_busy(linked, meta)))


def keeps_waiting(linked: Linked, fn: Fn) -> bool:
    """Whether a function waits for a state in a loop that never lets go of the event loop."""
    whiles = [stmt for stmt in statements(body_of(fn)) if stmt[0] == F.S_WHILE]
    frames = [frame for frame in fn.contexts.values() if frame in linked.on_loop] if whiles else []
    return any(_judged(linked, frame, stmt) for frame in frames for stmt in whiles)


def _busy(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """Loops that run long without an await."""
    found: dict[Frame, list[tuple[Event | None, Long]]] = {}
    for frame in linked.on_loop:
        if frame.fn is not None and not frame.module.is_test:
            ev = linked.evaluator
            loops = [*((None, loop) for loop in long_loops(ev, frame)), *long_calls(ev, frame)]
            if loops:
                found[frame] = loops
    for frame, way in ways_to(linked, found):
        for event, loop in found[frame]:
            home = frame if event is None or event.target is None else event.target
            if home.fn is not None and _is_measured(home, home.fn, loop.pos):
                continue
            whole = way if event is None else (*way, (frame, event))
            message = f"a loop of {loop.rounds:,} rounds without an await keeps the event loop from everything else"
            if whole:
                message = f"`{text(whole[0][1].node)}` leads to {message}"
            yield mistake(
                meta, linked, home, at(home, loop.pos, loop.end, None, loop.words), message, way=whole,
                help="do the work in a process or a thread, or `await asyncio.sleep(0)` every few thousand rounds",
            )  # fmt: skip


def _is_measured(frame: Frame, fn: Fn, pos: int) -> bool:
    """Whether a loop is a measurement: the clock is read before it, and how long it took is printed after it."""
    way = path_to(body_of(fn), pos)
    block, index = way[-1] if way else ([], 0)
    if not any(
        stmt[0] == F.S_ASSIGN and stmt[2][0] == F.E_CALL and _is_clock(frame, stmt[2]) for stmt in block[:index]
    ):
        return False
    return any(stmt[0] == F.S_EXPR and callee_name(stmt[1]) == "print" for stmt in block[index + 1 :])


def _waiting(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    found: dict[Frame, list[Loop]] = {}
    whiles: dict[Fn, list[Any]] = {}
    for frame in linked.on_loop:
        fn = frame.fn
        if fn is None:
            continue
        if fn not in whiles:
            whiles[fn] = [stmt for stmt in statements(body_of(fn)) if stmt[0] == F.S_WHILE]
        loops = [loop for stmt in whiles[fn] if (loop := _judged(linked, frame, stmt))]
        if frame.module.is_test:
            loops = [loop for loop in loops if not loop.polls]  # tests look again and again on purpose
        if loops:
            found[frame] = loops
    for frame, way in ways_to(linked, found):
        if frame.module.is_test and way and not way[0][0].module.is_test:
            continue  # only the test hands this to the code that runs it
        for loop in found[frame]:
            yield _finding(linked, meta, loop, way)


def _finding(linked: Linked, meta: RuleMeta, loop: Loop, way: Way) -> Finding | None:
    pos, end = loop.place
    words = f"while {_shown(loop.stmt[1])}".strip()
    if loop.spins:
        message = f"`{words}` spins: `sleep(0)` lets others run, and the loop takes all the time that they leave"
        return mistake(
            meta, linked, loop.frame, at(loop.frame, pos, end, None, words), message, way=way,
            severity=Severity.WARNING, help="wait for an `asyncio.Event` that is set where the state changes",
        )  # fmt: skip
    if loop.polls:
        message = f"`{words}` polls a state that code of this process changes: it answers late and wakes up for nothing"
        return mistake(
            meta, linked, loop.frame, at(loop.frame, pos, end, None, words), message, way=way, severity=Severity.INFO,
            help="wait for an `asyncio.Event` that is set where the state changes",
        )  # fmt: skip
    message = (
        f"`{words}` waits on the event loop without an await: nothing else runs meanwhile, not even what it waits for"
    )
    if way:
        message = f"`{text(way[0][1].node)}` leads to a loop that waits: {message}"
    return mistake(
        meta, linked, loop.frame, at(loop.frame, pos, end, None, words), message, way=way,
        help="wait for an `asyncio.Event` with `await`, or `await asyncio.sleep(...)` in the loop",
    )  # fmt: skip


def _shown(test: Any) -> str:
    if test[0] == F.E_UNARY and test[1] == "not":
        return f"not {_shown(test[2])}"
    if test[0] == F.E_CALL:
        return f"{text(test)}()"
    return text(test) or "..."


# -- which loops wait


def _judged(linked: Linked, frame: Frame, stmt: Any) -> Loop | None:
    if _watches_clock(frame, stmt):
        return Loop(frame, stmt, False)
    if frame.is_async and _comes_back_for(linked, frame, stmt):
        return Loop(frame, stmt, True)
    sleeps = _Body(linked, frame, stmt[2])
    tests = [stmt[1], *sleeps.tests] if sleeps.calm else []
    if not tests or (sleeps.awaits and not frame.is_async):
        return None
    states = [test for test in tests if not _is_constant(test)]
    if not states:
        # `while True: pass` waits for nothing and never ends; with a sleep in it, it keeps something alive.
        return (
            None
            if sleeps.awaits or sleeps.leaves or not _is_true(stmt[1]) or sleeps.pauses
            else Loop(frame, stmt, False)
        )
    if sleeps.awaits and not sleeps.rests and all(_only_asks(linked, frame, test) for test in states):
        return Loop(frame, stmt, True, spins=True)
    if sleeps.awaits:
        # `while not self.ready and time.monotonic() < deadline`: that it ends at some time makes it no other way to wait.
        asked = [part for test in states for part in _parts(test) if not _is_deadline(frame, part)]
        return Loop(frame, stmt, True) if asked and all(_changes_inside(linked, frame, e) for e in asked) else None
    if all(_only_asks(linked, frame, test) for test in states):
        return Loop(frame, stmt, False)
    return None


def _comes_back_for(linked: Linked, frame: Frame, stmt: Any) -> bool:
    """Whether a loop asks a queue of asyncio for an item, and sleeps and asks again where there is none."""
    for inner in statements(stmt[2]):
        if inner[0] != F.S_TRY:
            continue
        asked = any(
            callee_name(e) == "get_nowait" and e[1][0] == F.E_ATTR and _is_queue(linked, frame, e[1][1])
            for s in inner[1]
            for top, _ in expressions(s)
            for e, _ in walk(top)
        )
        sleeps = any(
            F.last_name(kind) == "QueueEmpty"
            and any(
                e[0] == F.E_AWAIT and callee_name(e[1]) in _SLEEPING
                for s in body
                for top, _ in expressions(s)
                for e, _ in walk(top)
            )
            for kind, _, body, _ in inner[2]
            if kind is not None
        )
        if asked and sleeps and not any(suspends(s) for s in inner[1]):
            return True
    return False


def _is_queue(linked: Linked, frame: Frame, e: Any) -> bool:
    value = linked.evaluator.ev(e, frame)
    return bool(value) and all(v.k == EXTINST and v.a.startswith("asyncio.") for v in value)


def _watches_clock(frame: Frame, stmt: Any) -> bool:
    """Whether a loop works until a moment in time, and neither awaits nor blocks: nothing else runs before that moment."""
    if not _asks(frame, stmt[1]) or not any(e[0] == F.E_CALL and _is_clock(frame, e) for e, _ in walk(stmt[1])):
        return False
    inside = list(statements(stmt[2]))
    if any(suspends(s) or yields(s) or s[0] in (F.S_BREAK, F.S_RETURN, F.S_RAISE) for s in inside):
        return False
    if any(_makes_progress(frame, s, stmt[1]) for s in inside):
        return False
    calls = {id(e) for s in inside for top, _ in expressions(s) for e, _ in walk(top) if e[0] == F.E_CALL}
    # What blocks has a finding of its own, and what nobody knows may leave by an exception.
    return not any(event.kind == SINK and id(event.node) in calls for event in frame.events) and not any(
        id(node) in calls for _, _, node, _ in frame.unresolved
    )


def _makes_progress(frame: Frame, stmt: Any, test: Any) -> bool:
    """Whether a statement changes what the condition of its loop looks at, so that the loop ends by its own work."""
    asked = {text(e) for e, _ in walk(test) if e[0] in (F.E_NAME, F.E_ATTR)}
    targets = stmt[1] if stmt[0] in (F.S_ASSIGN, F.S_DEL) else [stmt[1]] if stmt[0] == F.S_AUG else []
    if any(text(target[1] if target[0] == F.E_SUB else target) in asked for target in targets):
        return True
    calls = [e for top, _ in expressions(stmt) for e, _ in walk(top) if e[0] == F.E_CALL]
    if any(text(e[1][1]) in asked for e in calls if e[1][0] == F.E_ATTR and e[1][2] in _CHANGING):
        return True
    # `while heap and heap[0].due <= time.time(): heappop(heap)`: what is asked besides the clock is handed to what changes it.
    owned = _asked_besides_clock(frame, test)
    owners = {path.rpartition(".")[0] for path in owned}
    return any(
        any(text(argument) in owned for argument in e[2] if argument[0] in (F.E_NAME, F.E_ATTR))
        or (e[1][0] == F.E_ATTR and text(e[1][1]) in owners)
        for e in calls
        if callee_name(e) not in _ASKING and callee_name(e) not in _TELLING
    )


def _asked_besides_clock(frame: Frame, test: Any) -> set[str]:
    """Names and attributes that parts of a condition ask for which do not ask for the time."""
    if test[0] == F.E_BOOL and test[1] == "and":
        return {path for part in test[2] for path in _asked_besides_clock(frame, part)}
    if any(e[0] == F.E_CALL and _is_clock(frame, e) for e, _ in walk(test)):
        return {text(e[1]) for e, _ in walk(test) if e[0] == F.E_SUB}  # `heap[0].due <= time.time()`
    return {text(e) for e, _ in walk(test) if e[0] in (F.E_NAME, F.E_ATTR)}


class _Body:
    """What the body of a loop does, if it does nothing but wait."""

    def __init__(self, linked: Linked, frame: Frame, body: list[Any]) -> None:
        self.linked = linked
        self.frame = frame
        self.tests: list[Any] = []
        self.awaits = False
        self.rests = False
        """Some sleep that it awaits takes time."""
        self.pauses = False
        self.leaves = False
        self.calm = all(self._is_calm(stmt) for stmt in body)

    def _is_calm(self, stmt: Any) -> bool:
        tag: int = stmt[0]
        if tag in _CALM:
            self.leaves = self.leaves or tag == F.S_BREAK
            return True
        if tag in (F.S_RETURN, F.S_RAISE):
            self.leaves = True
            return True
        if tag == F.S_EXPR:
            return self._is_calm_call(stmt[1])
        if tag == F.S_IF:
            self.tests.extend(test for test, _ in stmt[1])
            return all(self._is_calm(inner) for body in (*(b for _, b in stmt[1]), stmt[2]) for inner in body)
        return False

    def _is_calm_call(self, e: Any) -> bool:
        if e[0] == F.E_AWAIT:
            self.awaits = True
            self.rests = self.rests or e[1][0] != F.E_CALL or e[1][2] != [[F.E_CONST, 0]]
            return callee_name(e[1]) in _SLEEPING or self._sleeps(e[1])
        if e[0] != F.E_CALL:
            return e[0] in (F.E_CONST, F.E_OPAQUE)
        if callee_name(e) in _TELLING:
            return all(_is_harmless(part) for part, _ in walk(e) if part is not e)
        if _is_clock(self.frame, e) and not e[2]:
            return True
        for event in self.frame.events:
            if event.kind == SINK and event.node is e and event.effect.category == "sleep":
                self.pauses = True
                return True
        return False

    def _sleeps(self, call: Any) -> bool:
        """Whether a call is of a sleep under another name (``from asyncio import sleep as pause``)."""
        if call[0] != F.E_CALL or call[1][0] != F.E_NAME:
            return False
        found = self.linked.evaluator.ev(call[1], self.frame)
        return bool(found) and all(v.k == EXT and v.a.rpartition(".")[2] in _SLEEPING for v in found)


def _is_harmless(e: Any) -> bool:
    """Whether an expression in what a loop tells makes no progress: ``print(queue.pop())`` works, and does not wait."""
    if e[0] == F.E_CALL:
        name = callee_name(e)
        return name in _SHOWING or (name in _ASKING and name != "get")
    return e[0] not in _WORKING


def _is_constant(test: Any) -> bool:
    return bool(test[0] == F.E_CONST)


def _is_true(test: Any) -> bool:
    return bool(test[0] == F.E_CONST and test[1])


def _asks(frame: Frame, test: Any) -> bool:
    """Whether a condition only looks at a state or the clock."""
    for e, _ in walk(test):
        if e[0] in (F.E_AWAIT, F.E_WALRUS, F.E_YIELD, F.E_LAMBDA):
            return False
        if e[0] == F.E_CALL and callee_name(e) not in _ASKING and not _is_clock(frame, e):
            return False
    return True


def _only_asks(linked: Linked, frame: Frame, test: Any) -> bool:
    """The same, be it through functions of the project that do nothing but give back what such a condition says."""
    if _asks(frame, test):
        return True
    calls = [e for e, _ in walk(test) if e[0] == F.E_CALL and callee_name(e) not in _ASKING and not _is_clock(frame, e)]
    return bool(calls) and _asks(frame, _without(test, calls)) and all(_only_looks(linked, frame, e) for e in calls)


def _without(e: Any, calls: list[Any]) -> Any:
    """An expression with something harmless in place of calls."""
    if any(e is call for call in calls):
        return [F.E_CONST, None]
    return [_without(part, calls) for part in e] if e.__class__ is list else e


def _only_looks(linked: Linked, frame: Frame, call: Any) -> bool:
    """Whether a call runs plain functions of the project of which each only gives back what it looks at."""
    called = linked.evaluator.ev(call[1], frame) if not any(a[0] in _WORKING for a in call[2]) else ()
    for v in called:
        fn = v.b.a if v.k == BOUND and v.b.k == FUNC else v.a if v.k == FUNC else None
        if fn is None or fn.is_async or fn.head.is_generator or fn.body["decorators"]:
            return False
        body = [stmt for stmt in fn.body["body"] if stmt[0] != F.S_EXPR or stmt[1][0] not in (F.E_CONST, F.E_OPAQUE)]
        if len(body) != 1 or body[0][0] != F.S_RETURN or body[0][1] is None or not _asks(fn.module.frame, body[0][1]):
            return False
    return bool(called)


def _is_clock(frame: Frame, call: Any) -> bool:
    callee = call[1]
    name = text(callee)
    if name in _CLOCKS or name.endswith(("loop.time", "loop().time")):
        return True
    if callee[0] == F.E_NAME:
        bindings = frame.module.bindings.get(callee[1], ())
        return any(b.kind == "from" and f"{b.data[0]}.{b.data[2]}" in _CLOCKS for b in bindings)
    return False


def _parts(test: Any) -> list[Any]:
    """The conditions that all have to hold."""
    return list(test[2]) if test[0] == F.E_BOOL and test[1] == "and" else [test]


def _is_deadline(frame: Frame, test: Any) -> bool:
    """Whether a condition compares the time with something that was worked out before."""
    calls = [e for e, _ in walk(test) if e[0] in _WORKING]
    return bool(test[0] == F.E_CMP and calls) and all(e[0] == F.E_CALL and _is_clock(frame, e) for e in calls)


def _changes_inside(linked: Linked, frame: Frame, test: Any) -> bool:
    """Whether a polled condition is about names, attributes and objects that code of this process changes."""
    states = 0
    keys: set[int] = set()
    for e, use in walk(test):
        if id(e) in keys:
            if e[0] in _WORKING:
                return False
            continue
        container, key = _looked_up(e)
        if container is not None:
            if not _is_filled(linked, frame, container):
                return False
            keys.update(id(part) for each in (container, *key) for part, _ in walk(each) if part is not e)
            if e[0] == F.E_CALL:
                keys.add(id(e[1]))
            states += 1
            continue
        if e[0] == F.E_CALL and _looks(linked, frame, e):
            keys.update(id(part) for part, _ in walk(e[1]))
            states += 1
            continue
        told = _tells_state(linked, frame, test, e, use)
        if told is None:
            return False
        states += told
    return states > 0


def _looks(linked: Linked, frame: Frame, call: Any) -> bool:
    """``event.is_set()``, ``self.queue.empty()``: what objects of asyncio and queues answer."""
    return callee_name(call) in _ON_LOOP and call[1][0] == F.E_ATTR and _is_of_asyncio(linked, frame, call[1][1])


def _tells_state(linked: Linked, frame: Frame, test: Any, e: Any, use: Use) -> bool | None:
    """Whether an expression of a condition is a state that somebody changes; None where it is something else than a look at one."""
    tag: int = e[0]
    if tag == F.E_ATTR:
        changes = (_is_assigned(linked, frame, e) and _is_ours(linked, frame, e[1])) or _is_filled(linked, frame, e)
        return True if changes else None
    if tag == F.E_NAME and use[0] != "attribute" and not _is_callee(test, e):
        return True if _is_shared(frame, e[1]) or _is_filled(linked, frame, e) else None
    return None if tag in _WORKING or tag == F.E_BIN else False


def _looked_up(e: Any) -> tuple[Any, list[Any]]:
    """The container in which an expression looks something up, and the key; None for other expressions."""
    if e[0] == F.E_SUB:
        return e[1], [e[2]]
    if e[0] == F.E_CMP and len(e[2]) == 1 and e[2][0] in ("in", "not in"):
        return e[3][0], [e[1]]
    if e[0] == F.E_CALL and e[1][0] == F.E_ATTR and e[1][2] == "get" and not e[3]:
        return e[1][1], list(e[2])
    if e[0] == F.E_CALL and e[1][0] == F.E_NAME and e[1][1] == "len" and len(e[2]) == 1:
        return e[2][0], [e[1]]
    return None, []


def _is_filled(linked: Linked, frame: Frame, container: Any) -> bool:
    """Whether functions other than this one put things into a container: a global of the module, or an attribute of a project's object."""
    while container[0] == F.E_SUB:
        container = container[1]
    if container[0] == F.E_NAME:
        if container[1] in frame.vars:
            return False
        modules = [frame.module]
    elif container[0] == F.E_ATTR and _is_ours(linked, frame, container[1]):
        modules = list(linked.program)
    else:
        return False
    last = container[1] if container[0] == F.E_NAME else container[2]
    return any(
        fn is not frame.fn
        and fn.name != "__init__"
        and any(_fills(stmt, container[0], last) for stmt in statements(body_of(fn)))
        for module in modules
        for fn in module.functions
    )


def _fills(stmt: Any, kind: int, last: str) -> bool:
    """Whether a statement changes what a container of this name holds."""
    if stmt[0] in (F.S_ASSIGN, F.S_AUG, F.S_DEL):
        targets = stmt[1] if stmt[0] != F.S_AUG else [stmt[1]]
        return any(target[0] == F.E_SUB and _goes_by(target[1], kind, last) for target in targets)
    return any(
        e[0] == F.E_CALL and e[1][0] == F.E_ATTR and e[1][2] in _CHANGING and _goes_by(e[1][1], kind, last)
        for top, _ in expressions(stmt)
        for e, _ in walk(top)
    )


def _goes_by(e: Any, kind: int, last: str) -> bool:
    if e[0] == F.E_SUB:
        return _goes_by(e[1], kind, last)
    return bool(e[0] == kind and (e[1] if kind == F.E_NAME else e[2]) == last)


def _is_assigned(linked: Linked, frame: Frame, asked: Any) -> bool:
    """Whether some other function than a constructor assigns this attribute, or this one, which takes what it stands for and gives it back."""
    for module, user in linked.program.attribute_writers(asked[2]):
        fn = module.functions[user] if user >= 0 else None
        if fn is not None and fn.name != "__init__" and (fn is not frame.fn or _is_given_back(fn, asked)):
            return True
    return False


def _is_given_back(fn: Fn, asked: Any) -> bool:
    """Whether a function takes something for itself behind a question for it and gives it back: it assigns the attribute twice."""
    set_behind = [
        target
        for stmt in statements(body_of(fn))
        for target in (stmt[1] if stmt[0] == F.S_ASSIGN else [stmt[1]] if stmt[0] == F.S_AUG else ())
        if target[0] == F.E_ATTR and target[2] == asked[2] and target[3] > asked[3]
    ]
    return len(set_behind) > 1


def _is_of_asyncio(linked: Linked, frame: Frame, e: Any) -> bool:
    value = linked.evaluator.ev(e, frame)
    return bool(value) and all(v.k == EXTINST and v.a.startswith(("asyncio.", "queue.")) for v in value)


def _is_ours(linked: Linked, frame: Frame, e: Any) -> bool:
    """Whether an object is of a class of the project."""
    value = linked.evaluator.ev(e, frame)
    return bool(value) and all(v.k in (INST, CLASS, MODULE) for v in value)


def _is_callee(test: Any, e: Any) -> bool:
    return any(part[0] == F.E_CALL and part[1] is e for part, _ in walk(test))


def _is_shared(frame: Frame, name: str) -> bool:
    """Whether functions other than this one assign a name: a module's global, or a variable of an enclosing function."""
    if frame.module.facts.global_writes.get(name):
        return True
    outer = frame.closure
    while outer is not None:
        if name in outer.vars:
            return True
        outer = outer.closure
    return False


__all__ = ["busy_waits"]
