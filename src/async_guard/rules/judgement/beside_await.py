"""Calls of what nobody could type whose result is dropped, where the same function awaits another call of the same thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from async_guard.link.frames import Frame
from async_guard.link.linked import Linked, text
from async_guard.link.program import Fn
from async_guard.model import facts as F
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.mistakes import mistake
from async_guard.rules.judgement.places import at
from async_guard.rules.judgement.scopes import body_of
from async_guard.rules.judgement.syntax import callee_name, mentions, statements, uses
from async_guard.rules.judgement.uses import path_to

_UNTYPED: Final = frozenset(("unknown", "parameter", "attribute not found"))
"""Why nothing is known of what is called."""
_STARTING: Final = (
    "task",
    "future",
    "executor",
    "submit",
    "schedule",
    "spawn",
    "start",
    "run",
    "job",
    "soon",
    "fire",
    "queue",
    "dispatch",
)
"""What the names say of calls that begin by themselves, and give something to wait for."""
_ASKING: Final = ("async", "coroutine", "await", "sync")
"""What the words of a condition say that asks of what kind a callable is."""


def beside_await(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """``say("no")`` in a coroutine function that has ``await say("yes")`` as well, where ``say`` is handed in and nobody knows what it is."""
    known: dict[Fn, tuple[Frame, dict[int, tuple[int, int]]]] = {}
    for frame in linked.evaluator.frames:
        if frame.fn is None or not frame.is_async or frame.state != 2 or frame.module.is_test:
            continue
        untyped = {id(e): (pos, end) for pos, end, e, why in frame.unresolved if why in _UNTYPED and e}
        before = known.get(frame.fn)
        if before is not None:
            untyped = {node: place for node, place in before[1].items() if node in untyped}
        known[frame.fn] = (frame, untyped)
    for fn, (frame, untyped) in known.items():
        for e in _dropped(fn, untyped) if untyped else ():
            call = text(e[1])
            message = f"the coroutine of `{call}(...)` is never awaited, so nothing of it runs"
            yield mistake(
                meta, linked, frame, at(frame, *untyped[id(e)], e, call), message, probable=True, help=f"write `await {call}(...)`"
            )  # fmt: skip


def _dropped(fn: Fn, untyped: dict[int, tuple[int, int]]) -> Iterator[Any]:
    body = body_of(fn)
    found = [stmt[1] for stmt in statements(body) if stmt[0] == F.S_EXPR and id(stmt[1]) in untyped]
    found = [
        e for e in found if _is_handed_in(fn, e[1]) and not any(word in callee_name(e).lower() for word in _STARTING)
    ]
    if not found:
        return
    awaited = [e[1] for e, _ in uses(body) if e[0] == F.E_AWAIT and e[1][0] == F.E_CALL]
    for e in found:
        beside = [other for other in awaited if text(other[1]) == text(e[1])]
        if beside and not _is_chosen(body, e) and not any(_are_alternatives(body, e, other) for other in beside):
            yield e


def _is_handed_in(fn: Fn, callee: Any) -> bool:
    """Whether what is called is a parameter: who gave it knows what it is, and each call is of the same thing."""
    return (
        callee[0] == F.E_NAME
        and any(param[0] == callee[1] for param in fn.body["params"])
        and not any(use == ("assign", callee[1]) for _, use in uses(body_of(fn)))
    )


def _is_chosen(body: list[Any], e: Any) -> bool:
    """Whether a condition around a call asks of what kind the callable is."""
    for block, index in path_to(body, e[4])[:-1]:
        stmt = block[index]
        for test, _ in stmt[1] if stmt[0] == F.S_IF else ():
            if mentions(test, callee_name(e)) or _asks(test):
                return True
    return False


def _asks(part: Any) -> bool:
    if part.__class__ is list:
        return any(_asks(p) for p in part)
    return part.__class__ is str and any(word in part.lower() for word in _ASKING)


def _are_alternatives(body: list[Any], e: Any, other: Any) -> bool:
    """Whether two calls stand in two branches of one condition, or one where the other one has failed."""
    ways = path_to(body, e[4]), path_to(body, other[4])
    for (block, index), (beside, at_other) in zip(*ways, strict=False):
        if block is not beside:
            return True
        if index != at_other:
            return False
    return False


__all__ = ["beside_await"]
