"""Whether what a method of a library gives, like a coroutine, need not be awaited: it begins without, or is none."""

from __future__ import annotations

from typing import Any, Final

from async_guard.link import narrowing
from async_guard.link.frames import Frame
from async_guard.link.linked import Linked
from async_guard.link.values import AWAITABLE
from async_guard.model import facts as F
from async_guard.rules.judgement.syntax import Use

_BEGINS: Final = "begins"
"""Of classes whose methods give futures of what runs in a thread by then (Motor)."""
_WITHOUT_LOOP: Final = "begins-without-loop"
"""Of classes whose methods run to their end by themselves where no loop runs (Pyrogram)."""

_OF_TEXT: Final = frozenset(
    (
        "split",
        "rsplit",
        "splitlines",
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "startswith",
        "endswith",
        "partition",
        "rpartition",
        "isdigit",
    )
)
"""Methods of texts that no object has whose methods are awaited: what was taken for one is a text as well."""


def begins(linked: Linked, frame: Frame, mark: tuple[Any, ...], use: Use) -> bool:
    """Whether nothing is wrong about what a library's method gave: it runs, or has run, though nobody awaits it."""
    node = mark[1].node
    if node[0] != F.E_CALL or node[1][0] != F.E_ATTR or any(v.k != AWAITABLE for v in mark[2]):
        return False
    if node[1][2] in _OF_TEXT:
        return True
    runs_loop = frame.is_async or frame in linked.on_loop
    if use[0] != "statement" and runs_loop:
        return False
    roles = {narrowing.role(linked.evaluator, v) for v in linked.evaluator.ev(node[1][1], frame)}
    if roles == {_BEGINS}:
        return use[0] == "statement"
    return roles == {_WITHOUT_LOOP} and not runs_loop


__all__ = ["begins"]
