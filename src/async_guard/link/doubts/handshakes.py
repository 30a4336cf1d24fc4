"""What waits for a thread that has hardly anything left to do: one that was just started to say so, or that was told to end and only waits for that.

``thread.start()`` and ``ready.wait()``, where the thread's function begins with ``ready.set()``; ``stop.set()`` and ``thread.join()``, where all that
the thread does is to wait for ``stop``. Both take as long as another thread needs to get its turn, less than a millisecond; that nothing else
keeps it is likely, not sure. Asked, as in `given`, of chains that would be reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from async_guard.link.callers import is_await, is_call, parts
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Fn
from async_guard.model import facts as F

_SAYING: Final = frozenset(("set", "set_result"))
_WAITING: Final = frozenset(("wait", "result"))


def is_short(links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether a chain ends with waiting for a thread that was just started to say so, or that only waits to be told to end."""
    frame, event = links[-1]
    if frame.fn is None or event.effect.category != "wait" or not is_call(event.node) or event.node[1][0] != F.E_ATTR:
        return False
    method, waited = event.node[1][2], F.last_name(event.node[1][1])
    if not waited:
        return False
    before = [call for call in _calls(frame.fn) if call[4] < event.pos and call[1][0] == F.E_ATTR]
    if method in _WAITING:
        started = any(call[1][2] == "start" and not call[2] for call in before)
        return started and any(_begins_with_saying(fn, waited) for fn in _others(frame.fn))
    if method != "join":
        return False
    told = {F.last_name(call[1][1]) for call in before if call[1][2] == "set"} - {""}
    return bool(told) and any(_only_waits(fn, told) for fn in _run_by_threads(frame.fn))


def _calls(fn: Fn) -> list[Any]:
    return [node for node in parts([fn.body["body"]]) if is_call(node)]


def _others(fn: Fn) -> Iterator[Fn]:
    """The other functions of a module: what its threads run."""
    return (other for other in fn.module.functions if other is not fn)


def _begins_with_saying(fn: Fn, name: str) -> bool:
    """Whether a function sets an event, or the result of a future, before it does anything else than to assign."""
    body = fn.body["body"]
    while body:
        stmt = body[0]
        if stmt[0] == F.S_TRY:
            body = [*stmt[1], *body[1:]]
        elif stmt[0] == F.S_EXPR and is_call(stmt[1]):
            callee = stmt[1][1]
            return callee[0] == F.E_ATTR and callee[2] in _SAYING and F.last_name(callee[1]) == name
        elif stmt[0] in (F.S_ASSIGN, F.S_ANN, F.S_EXPR, F.S_GLOBAL) and not _awaits(stmt):
            body = body[1:]
        else:
            return False
    return False


def _awaits(stmt: Any) -> bool:
    return any(map(is_await, parts([stmt])))


def _run_by_threads(fn: Fn) -> list[Fn]:
    """The functions of a module that it hands to something as its ``target``."""
    handed = {
        F.last_name(value)
        for other in fn.module.functions
        for call in _calls(other)
        for keyword, value in call[3]
        if keyword == "target"
    }
    return [other for other in _others(fn) if other.name in handed]


def _only_waits(fn: Fn, told: set[str]) -> bool:
    """Whether the first thing that a function does is to wait, outside a loop, to be told something."""
    for stmt in fn.body["body"]:
        tests = [test for test, _ in stmt[1]] if stmt[0] == F.S_IF else [stmt[1]] if stmt[0] == F.S_EXPR else []
        if any(_is_wait(node, told) for node in parts(list(tests)) if is_call(node)):
            return True
        if stmt[0] not in (F.S_ASSIGN, F.S_ANN, F.S_EXPR):
            return False
    return False


def _is_wait(call: Any, told: set[str]) -> bool:
    return call[1][0] == F.E_ATTR and call[1][2] == "wait" and F.last_name(call[1][1]) in told


__all__ = ["is_short"]
