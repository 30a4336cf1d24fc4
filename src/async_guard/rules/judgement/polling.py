"""AG309: loops that wait for a state without ever giving the event loop a chance to change it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from async_guard.link.frames import Frame
from async_guard.link.linked import Linked
from async_guard.link.program import Fn
from async_guard.model import facts as F
from async_guard.model.findings import Finding, Severity
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.mistakes import mistake, unique, ways_to
from async_guard.rules.judgement.places import at
from async_guard.rules.judgement.syntax import statements

_CLOCKS = frozenset(("monotonic", "time", "perf_counter", "monotonic_ns", "time_ns", "now", "utcnow"))
_STATES = frozenset(
    (
        "is_set",
        "done",
        "is_alive",
        "running",
        "locked",
        "empty",
        "full",
        "is_ready",
        "ready",
        "poll",
        "finished",
        "is_done",
    )
)
"""Methods that ask for a state and change nothing."""


def busy_waits(linked: Linked, meta: RuleMeta) -> Iterator[Finding]:
    """``while`` loops of on-loop code whose body does nothing but wait."""
    return unique(_found(linked, meta))


def _found(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    loops: dict[Fn, list[tuple[Any, bool]]] = {}
    frames: list[Frame] = []
    for frame in linked.on_loop:
        fn = frame.fn
        if fn is None:
            continue
        if fn not in loops:
            loops[fn] = list(_waiting_loops(linked, fn))
        if loops[fn]:
            frames.append(frame)
    for frame, way in ways_to(linked, frames):
        assert frame.fn is not None
        for loop, polls in loops[frame.fn]:
            if polls and way:
                continue
            words = "polls a state" if polls else "never lets the event loop run: whatever it waits for cannot happen"
            place = at(frame, loop[4], loop[5], loop[1], "while")
            severity = Severity.INFO if polls else Severity.ERROR
            told = "await an `asyncio.Event` that is set where the state changes"
            yield mistake(meta, linked, frame, place, f"this loop {words}", way=way, severity=severity, help=told)


def _waiting_loops(linked: Linked, fn: Fn) -> Iterator[tuple[Any, bool]]:
    """Loops of a function that only wait, each with whether it gives way (polls) while it does."""
    for stmt in statements(fn.body["body"]):
        if stmt[0] != F.S_WHILE or stmt[3] or _holds_await(stmt[1]):
            continue
        kinds = {_idle_kind(inner) for inner in stmt[2]}
        if None in kinds:
            continue
        if "polls" in kinds:
            if _is_own_state(linked, fn, stmt[1]):
                yield stmt, True
        elif _is_own_state(linked, fn, stmt[1]) or _asks(stmt[1]) or (stmt[1][0] == F.E_CONST and stmt[1][1]):
            yield stmt, False


def _idle_kind(stmt: Any) -> str | None:
    """What a statement of a waiting loop does: nothing, sleep in place, or give way; None for anything else."""
    if stmt[0] in (F.S_PASS, F.S_CONTINUE):
        return "idles"
    if stmt[0] != F.S_EXPR:
        return None
    value = stmt[1]
    if value[0] == F.E_AWAIT and value[1][0] == F.E_CALL and _last(value[1][1]) == "sleep":
        return "polls"
    if value[0] == F.E_CALL and _last(value[1]) == "sleep":
        return "idles"
    return "idles" if value[0] in (F.E_CONST, F.E_OPAQUE) else None


def _last(callee: Any) -> str:
    return str(callee[2]) if callee[0] == F.E_ATTR else str(callee[1]) if callee[0] == F.E_NAME else ""


def _holds_await(e: Any) -> bool:
    if not isinstance(e, list):
        return False
    return bool(e and e[0] == F.E_AWAIT) or any(_holds_await(part) for part in e)


def _is_own_state(linked: Linked, fn: Fn, test: Any) -> bool:
    """Whether a condition is a flag of the project: a global that some function assigns, or an attribute that other code assigns."""
    while test[0] == F.E_UNARY and test[1] == "not":
        test = test[2]
    if test[0] == F.E_CMP and len(test[3]) == 1 and test[3][0][0] in (F.E_CONST, F.E_NAME, F.E_ATTR):
        test = test[1]
    if test[0] == F.E_BOOL:
        return any(_is_own_state(linked, fn, part) for part in test[2])
    if test[0] == F.E_NAME:
        return test[1] in fn.module.facts.global_writes
    if test[0] == F.E_ATTR and test[1][0] == F.E_NAME:
        writers = [(module, user) for module, user in linked.program.attribute_writers(test[2]) if user >= 0]
        return any(
            module.functions[user].name != "__init__" and module.functions[user] is not fn for module, user in writers
        )
    return False


def _asks(test: Any) -> bool:
    """Whether a condition asks a clock, or an object for its state."""
    if not isinstance(test, list) or not test:
        return False
    if test[0] == F.E_CALL and test[1][0] == F.E_ATTR and test[1][2] in (_CLOCKS | _STATES):
        return True
    return any(_asks(part) for part in test[1:] if isinstance(part, list))
