"""Where findings that are about a whole function or one call stand."""

from __future__ import annotations

from typing import Any

from async_guard.link.frames import Frame
from async_guard.link.linked import text
from async_guard.link.program import Fn
from async_guard.model.findings import Place, Step


def definition(fn: Fn) -> Place:
    """The ``def`` or ``async def`` with its name."""
    head = fn.head
    words = "async def " if head.is_async else "def "
    return Place(fn.module.path, head.line, head.column, head.line, head.column + len(words) + len(fn.name))


def span(path: str, pos: int, end: int) -> Place:
    """Two positions of facts as a place."""
    return Place(path, pos >> 12, (pos & 4095) + 1, end >> 12, (end & 4095) + 1)


def at(frame: Frame, pos: int, end: int, node: Any, words: str = "") -> Step:
    """One link of a chain: what stands at a position of a frame."""
    return Step(span(frame.module.path, pos, end), frame.name, words or text(node))


def allowed(code: str, allows: str) -> bool:
    """Whether the codes of an ``allow[...]`` comment name a code or a prefix of it."""
    return any(word and code.startswith(word) for word in allows.split(","))


__all__ = ["allowed", "at", "definition", "span"]
