"""Whether an await gives the event loop a chance to run anything else: a coroutine that awaits nothing itself never does."""

from __future__ import annotations

from typing import Any, Final

from async_guard.link.frames import CORO, Frame
from async_guard.link.linked import Linked
from async_guard.model import facts as F
from async_guard.rules.judgement.scopes import body_of
from async_guard.rules.judgement.syntax import expressions, statements, suspends, walk

_DEEPEST: Final = 4
"""Coroutines that only await each other, followed from one to the next."""


def lets_go(linked: Linked, frame: Frame, stmt: Any, depth: int = _DEEPEST) -> bool:
    """Whether a statement itself (not those inside it) may let other code run on the loop."""
    if not suspends(stmt):
        return False
    if stmt[0] in (F.S_FOR, F.S_WITH) and stmt[5 if stmt[0] == F.S_FOR else 3]:
        return True
    parts = [part for e, _ in expressions(stmt) for part, _ in walk(e)]
    if any(part[0] == F.E_COMP and any(generator[3] for generator in part[2]) for part in parts):
        return True
    return not all(_runs_through(linked, frame, part[1], depth) for part in parts if part[0] == F.E_AWAIT)


def _runs_through(linked: Linked, frame: Frame, awaited: Any, depth: int) -> bool:
    """Whether all that an await may mean are coroutine functions of the project which run to their end without a stop."""
    if awaited[0] != F.E_CALL or depth == 0 or any(node is awaited for _, _, node, _ in frame.unresolved):
        return False
    events = [event for event in frame.events if event.node is awaited]
    targets = [event.target for event in events if event.kind == CORO and event.target is not None]
    if not targets or len(targets) != len(events):
        return False
    for target in targets:
        fn = target.fn
        if fn is None or fn.is_stub() or fn.head.is_generator or fn.body["decorators"]:
            return False
        linked.evaluator.read(target)
        if fn.head.has_await and any(lets_go(linked, target, stmt, depth - 1) for stmt in statements(body_of(fn))):
            return False
    return True


__all__ = ["lets_go"]
