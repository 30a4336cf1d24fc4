"""Objects of a setting that a call excludes: ``POOL = RedisDict() if MANAGER == "redis" else {}``, read behind ``if MANAGER == "redis": return``.

What a module-level name stands for under a condition is known by the words of the condition. A call of the object behind the same words, where they
do not hold, is made with what the name stands for otherwise. Asked, as in `given`, of chains that would be reported.
"""

from __future__ import annotations

import re
from typing import Any, Final

from async_guard.link import narrowing
from async_guard.link.callers import parts
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Fn, words
from async_guard.model import facts as F

Known = dict[str, bool]
"""Conditions in words, and whether they hold."""

_ENDS: Final = (F.S_RETURN, F.S_RAISE, F.S_BREAK, F.S_CONTINUE)
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_NEGATED: Final = re.compile(r"not \((.+)\)|not (\w+)")


def is_excluded(links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether some call of a chain is made with an object that is there only under a condition which does not hold at the call."""
    return any(event.when and frame.fn is not None and _is_excluded(frame.fn, event) for frame, event in links)


def _is_excluded(fn: Fn, event: Event) -> bool:
    negated = _NEGATED.fullmatch(event.when)
    text, holds = _plain(event.when if negated is None else negated[1] or negated[2], negated is None)
    if any(_is_own(fn, name) for name in _NAME.findall(text)):
        return False
    known = _known(fn.body["body"], event.node, {})
    return known is not None and known.get(text) is (not holds)


def _plain(text: str, holds: bool) -> tuple[str, bool]:
    """The same with ``==`` for ``!=``."""
    if text.count(" != ") == 1 and " and " not in text and " or " not in text:
        return text.replace(" != ", " == "), not holds
    return text, holds


def _is_own(fn: Fn, name: str) -> bool:
    """Whether a name may be one of the function's own, or is written by it."""
    return any(p[0] == name for p in fn.body["params"]) or narrowing.is_bound_anew(fn, name)


def _known(body: list[Any], node: Any, known: Known) -> Known | None:
    """What the conditions around an expression, and those that left the block before, say there; None where it is not in the block."""
    for stmt in body:
        if stmt[0] == F.S_IF:
            here = dict(known)
            ends = True
            for test, inner in stmt[1]:
                if _holds(test, node):
                    return here
                found = _known(inner, node, {**here, **_says(test, True)})
                if found is not None:
                    return found
                ends = ends and bool(inner) and inner[-1][0] in _ENDS
                here.update(_says(test, False))
            found = _known(stmt[2], node, here)
            if found is not None:
                return found
            if ends:
                known = here
            continue
        for inner in F.blocks(stmt):
            found = _known(inner, node, known)
            if found is not None:
                return found
        if _holds(stmt, node):
            return known
    return None


def _says(test: Any, holds: bool) -> Known:
    """What is known where a condition holds or does not."""
    if test[0] == F.E_UNARY and test[1] == "not":
        return _says(test[2], not holds)
    text, holds = _plain(words(test), holds)
    return {text: holds} if text else {}


def _holds(part: Any, node: Any) -> bool:
    """Whether an expression stands in a part of a function as it is written."""
    return any(each is node for each in parts([part]))


__all__ = ["is_excluded"]
