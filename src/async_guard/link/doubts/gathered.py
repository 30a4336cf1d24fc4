"""Plain functions among what is awaited together: ``calls.append(hook(event))`` and ``await asyncio.gather(*calls)``.

What gives nothing cannot be awaited, so that a plain hook among those that a registry holds is not one of those called here. Where several share
one reading all of them are taken to be. Asked, as in `given`, of chains that would be reported.
"""

from __future__ import annotations

from typing import Any, Final

from async_guard.link import narrowing
from async_guard.link.callers import is_call, parts
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Fn
from async_guard.model import facts as F


def is_plain(links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether the first call of a chain is of a plain function that gives nothing, and what it gives is awaited."""
    frame, event = links[0]
    target = event.target.fn if event.target is not None else None
    if (
        frame.fn is None
        or not frame.is_async
        or target is None
        or not is_call(event.node)
        or not _gives_nothing(target)
    ):
        return False
    awaited = _awaited(frame.fn)
    return any(node is event.node for node in awaited)


def _gives_nothing(fn: Fn) -> bool:
    """Whether a plain function gives nothing but None."""
    if fn.is_async or fn.is_lambda or fn.head.is_generator or fn.body["decorators"]:
        return False
    return all(value is None or value[:2] == [F.E_CONST, None] for value in F.returned(fn.body["body"]))


def _awaited(fn: Fn) -> list[Any]:
    """The calls of a function whose results it puts into a list, all of which it awaits together without looking through them."""
    names = _together(fn)
    found: list[Any] = []
    for node in parts([fn.body["body"]]) if names else ():
        if is_call(node):
            if F.last_name(node[1]) in _LOOKING:
                return []
            if node[1][0] == F.E_ATTR and node[1][2] == "append" and F.last_name(node[1][1]) in names:
                found += node[2][:1]
        elif node[0] == F.S_FOR and len(node) == F.FOR_PARTS and F.last_name(node[2]) in names:
            return []
    for name in names:
        found += [value[3] for value in narrowing.assigned(fn, name) if value is not None and value[0] == F.E_COMP]
    return found


def _together(fn: Fn) -> set[str]:
    """The lists of a function all of which it awaits together: ``await asyncio.gather(*calls)``."""
    return {
        name
        for node in parts([fn.body["body"]])
        if is_call(node) and F.last_name(node[1]) in _TOGETHER and (name := _starred(node))
    }


def _starred(call: Any) -> str:
    """``calls`` of ``gather(*calls)``."""
    if len(call[2]) == 1 and call[2][0][0] == F.E_STAR and call[2][0][1][0] == F.E_NAME:
        return str(call[2][0][1][1])
    return ""


_TOGETHER: Final = ("gather",)
_LOOKING: Final = frozenset(("isawaitable", "iscoroutine", "iscoroutinefunction", "ensure_future", "create_task"))

__all__ = ["is_plain"]
