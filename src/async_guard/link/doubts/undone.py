"""What is done only to undo something before the exception goes on: ``except Exception: release(channel); raise``.

Where what was tried waits for nothing, it hardly ever fails: something is not configured, and then nothing works at all. What was tried and asks
a server or a database fails in operation, and so does what is awaited: what undoes it counts, as behind a handler that names what it expects.
Asked, as in `given`, of chains that would be reported.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from async_guard.link.callers import is_call, parts
from async_guard.link.frames import CALL, SINK, Event, Frame
from async_guard.link.program import Fn
from async_guard.model import facts as F
from async_guard.model.findings import Severity

_DEPTH: Final = 5
"""Calls followed from what was tried."""
_MOST: Final = 200
"""Frames looked at for it."""
_WAITS: Final = (F.E_AWAIT, F.E_YIELD, F.E_YIELD_FROM)


def is_undoing(links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether some call of a chain stands in a handler that raises again, and what was tried there waits for nothing."""
    return any(
        frame.fn is not None
        and event.handled
        and any(not _may_fail(frame, tried) for tried in _undoes(frame.fn).get((event.pos, event.end), ()))
        for frame, event in links
    )


def _undoes(fn: Fn) -> dict[tuple[int, int], list[Any]]:
    """The calls of a function in handlers that end with raising what they handle: each with what was tried."""
    if fn.undoes is None:
        fn.undoes = {}
        _note(fn.body["body"], fn.undoes)
    return fn.undoes


def _note(body: list[Any], found: dict[tuple[int, int], list[Any]]) -> None:
    for stmt in body:
        for handler in stmt[2] if stmt[0] == F.S_TRY else ():
            if _is_of_anything(handler[0]) and _ends_with_raising(handler[2], handler[1]):
                for node in parts(list(handler[2])):
                    if is_call(node) or (node[0] == F.E_ATTR and len(node) == F.ATTR_PARTS):
                        found.setdefault((node[-2], node[-1]), []).append(stmt[1])
        for block in F.blocks(stmt):
            _note(block, found)


def _is_of_anything(kind: Any) -> bool:
    """Whether a handler deals with whatever is raised: one that names what it expects says that it happens."""
    return kind is None or F.last_name(kind) in _ANYTHING


_ANYTHING: Final = ("Exception", "BaseException")


def _ends_with_raising(body: list[Any], name: str | None) -> bool:
    """Whether a handler ends with raising what it handles."""
    if not body or body[-1][0] != F.S_RAISE:
        return False
    raised = body[-1][1]
    return raised is None or (name is not None and raised[:2] == [F.E_NAME, name])


def _may_fail(frame: Frame, tried: list[Any]) -> bool:
    """Whether what was tried waits for something: it awaits or yields, or a call of it leads to one that blocks."""
    places: set[tuple[int, int]] = set()
    for node in parts(list(tried)):
        if _is_wait(node):
            return True
        if is_call(node) or (node[0] == F.E_ATTR and len(node) == F.ATTR_PARTS):
            places.add((node[-2], node[-1]))
    if any((pos, end) in places for pos, end, _, _ in frame.unresolved):
        return True
    queue = deque((event, 1) for event in frame.events if (event.pos, event.end) in places)
    seen: set[Frame] = set()
    while queue:
        event, depth = queue.popleft()
        if event.kind == SINK and event.effect.severity is not Severity.INFO:
            return True
        target = event.target
        if event.kind != CALL or target is None or target in seen or depth >= _DEPTH or len(seen) >= _MOST:
            continue
        seen.add(target)
        queue.extend((inner, depth + 1) for inner in target.events)
    return False


def _is_wait(node: Any) -> bool:
    """Whether a part is an ``await`` or a ``yield``, and none of the statements that begin with the same numbers."""
    if node[0] not in _WAITS or len(node) == 1:
        return False
    if node[0] == F.E_YIELD and len(node) == _YIELD_PARTS and node[1] is None:
        return True
    return bool(node[1].__class__ is list and node[1] and node[1][0].__class__ is int)


_YIELD_PARTS: Final = 4

__all__ = ["is_undoing"]
