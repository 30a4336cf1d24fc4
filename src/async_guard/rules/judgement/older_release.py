"""Whether a library may be there in a release whose methods were not coroutine functions yet."""

from __future__ import annotations

from typing import Any, Final

from async_guard.link.frames import Frame
from async_guard.link.linked import Linked
from async_guard.link.program import Module
from async_guard.link.values import AWAITABLE, EXT, EXTINST, VS
from async_guard.model import facts as F

_ALWAYS: Final = ("async", "aio")
"""What the names of classes and modules say that never were anything else."""


def may_be_older(linked: Linked, frame: Frame, node: Any, value: VS) -> bool:
    """Whether code that awaits nothing uses a library that nothing of the project uses from coroutines.

    `telegram.Bot` became asynchronous with release 20: a program that is plain from end to end may well be right, with the release before.
    """
    if frame.module.facts.has_async or not value or any(v.k != AWAITABLE for v in value):
        return False
    tops = _tops(linked, frame.module)
    if node[0] == F.E_CALL and node[1][0] == F.E_ATTR:
        of = [v.a for v in linked.evaluator.ev(node[1][1], frame) if v.k in (EXT, EXTINST)]
        if any(word in name.lower() for name in of for word in _ALWAYS):
            return False
        tops = {name.partition(".")[0] for name in of} or tops
    if any(word in top.lower() for top in tops for word in _ALWAYS):
        return False
    return bool(tops) and not any(
        module.facts.has_async and not tops.isdisjoint(_tops(linked, module)) for module in linked.program
    )


def _tops(linked: Linked, module: Module) -> set[str]:
    """The libraries that a module imports at its top level."""
    return {
        str(b.data[0]).partition(".")[0]
        for bindings in module.bindings.values()
        for b in bindings
        if (b.kind == "import" or (b.kind == "from" and not b.data[1]))
        and linked.program.find(str(b.data[0]), module) is None
    }


__all__ = ["may_be_older"]
