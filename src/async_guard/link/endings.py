"""Coroutines that end the program they run in: ``sys.exit(1)`` at the end of ``exit_forcefully``, ``loop.stop()`` at that of ``close``.

What they wait for is waited for once, when hardly anything else needs the loop any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import callers, mains
from async_guard.link.frames import CORO, LOOP, Event, Frame
from async_guard.link.program import Fn
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.linked import Linked


def coroutines(linked: Linked) -> set[Fn]:
    """The coroutines at whose end the program ends, and those that only these await."""
    held = {frame.fn for frame in linked.holders if frame.fn is not None and frame.is_async}
    known = {fn for fn in held if _ends(fn.body["body"])}
    begun = {frame.fn for frame in linked.begun_once}
    uses = mains.Uses(linked.evaluator)
    known |= {fn for fn in held if fn in begun and _is_run_last(linked, fn, uses)}
    if not known:
        return known
    entered = {entry.frame.fn for entry in linked.entries}
    incoming: dict[Fn, list[tuple[Frame, Event]]] = {}
    for frame in linked.evaluator.frames:
        for event in frame.events:
            if event.kind in (CORO, LOOP) and event.target is not None and event.target.fn is not None:
                incoming.setdefault(event.target.fn, []).append((frame, event))
    while True:
        more = {
            fn
            for fn in held - known - entered
            if fn in incoming
            and all(frame.fn in known for frame, _ in incoming[fn])
            and mains.is_only_called_in(linked.evaluator, fn, known, uses)
        }
        if not more:
            return known
        known |= more


def _is_run_last(linked: Linked, fn: Fn, uses: mains.Uses) -> bool:
    """Whether whoever runs a loop for a coroutine does so in a ``finally``: when what the program is there for is over."""
    found = False
    known_only = uses.is_made_where(fn, set())
    for module, scope in mains.scopes_that_call(linked.evaluator, fn):
        calls = list(uses.of(fn, module, scope, known_only=known_only))
        if not calls:
            continue
        if scope is None or scope.is_async:
            return False
        endings = [stmt[4] for stmt in F.statements(scope.body["body"]) if stmt[0] == F.S_TRY and stmt[4]]
        last = {id(part) for part in callers.parts(endings)}
        if any(id(call) not in last for call in calls):
            return False
        found = True
    return found


def _ends(body: list[Any]) -> bool:
    """Whether statements end, whatever they were about, with leaving the program or with stopping the loop that runs them."""
    for stmt in body[::-1]:
        if stmt[0] == F.S_EXPR:
            called = stmt[1] if stmt[1][0] == F.E_CALL else None
            if called is not None and _is_end(called):
                return True
        elif (
            stmt[0] == F.S_IF and len(stmt[1]) == 1 and not stmt[2] and F.last_name(stmt[1][0][0]).strip("_") in _LOOPS
        ):
            if _ends(stmt[1][0][1]):  # `if self._loop: self._loop.stop()`
                return True
        elif stmt[0] == F.S_TRY and (_ends(stmt[4]) or _ends(stmt[1])):
            return True
        if stmt[0] != F.S_EXPR or any(callers.is_call(part) and _waits(part) for part in callers.parts([stmt])):
            return False
    return False


def _is_end(call: Any) -> bool:
    callee = call[1]
    if callee[0] == F.E_ATTR:
        whose = F.last_name(callee[1]).strip("_")
        return bool(whose in _LOOPS and callee[2] == "stop") or (
            whose in ("sys", "os") and callee[2] in ("exit", "_exit")
        )
    return bool(callee[:2] == [F.E_NAME, "exit"])


def _waits(call: Any) -> bool:
    """Whether a call is none of those that only say something: ``logger.info("bye")``, ``print()``."""
    return F.last_name(call[1]) not in _SAYING


_LOOPS: Final = frozenset(("loop", "event_loop", "ioloop", "io_loop"))
_SAYING: Final = frozenset(
    ("print", "debug", "info", "warning", "warn", "error", "exception", "critical", "log", "echo", "secho")
)

__all__ = ["coroutines"]
