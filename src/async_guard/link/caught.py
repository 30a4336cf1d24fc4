"""Which exceptions a function catches around a call: ``except BlockingIOError`` says that the socket in the ``try`` never waits."""

from __future__ import annotations

from typing import Any

from async_guard.link import callers
from async_guard.link.frames import Site
from async_guard.model import facts as F


def is_caught(site: Site, exception: str) -> bool:
    """Whether a ``try`` of the same function around a call has a handler that names an exception."""
    fn = site.frame.fn
    return fn is not None and _is_caught(fn.body["body"], site.pos, exception)


def _is_caught(body: list[Any], pos: int, exception: str) -> bool:
    for stmt in body:
        if stmt[0] == F.S_TRY and any(_names(kind, exception) for kind, *_ in stmt[2]) and _holds(stmt[1], pos):
            return True
        if any(_is_caught(block, pos, exception) for block in F.blocks(stmt)):
            return True
    return False


def _names(kind: Any, exception: str) -> bool:
    """Whether the classes of a handler have one of this name."""
    return any(F.last_name(each) == exception for each in F.handled(kind))


def _holds(body: list[Any], pos: int) -> bool:
    return any(callers.is_call(part) and part[4] == pos for part in callers.parts([body]))


__all__ = ["is_caught"]
