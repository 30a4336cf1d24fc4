"""Local names that stand for a container of somebody else: ``items = self.items``, ``room = ROOMS.setdefault(key, [])``.

What goes into the name goes into the container.
"""

from __future__ import annotations

from typing import Any

from async_guard.link import narrowing
from async_guard.link.program import Fn
from async_guard.model import facts as F


def stands_for(fn: Fn, name: str) -> Any:
    """The expression that names the container, or what is in one; None where the name stands for a container of its own.

    ``room = ROOMS.get(key)`` and ``if room is None: room = ROOMS[key] = []`` name the same.
    """
    found = None
    for e in narrowing.assigned(fn, name):
        if _is_held(e) and _root(e) != name:
            found = found or e
        elif not _is_empty(e):
            return None
    return found


def _is_empty(e: Any) -> bool:
    return e is not None and (e[0] == F.E_CONST or (e[0] == F.E_SEQ and not e[2]) or (e[0] == F.E_DICT and not e[1]))


def _is_held(e: Any) -> bool:
    if e is None:
        return False
    if e[0] == F.E_ATTR:
        return True
    if e[0] == F.E_SUB:
        return e[1][0] in (F.E_NAME, F.E_ATTR) or _is_held(e[1])
    return e[0] == F.E_CALL and e[1][0] == F.E_ATTR and e[1][2] in F.HOLDERS and bool(e[2])


def _root(e: Any) -> str:
    while e[0] in (F.E_ATTR, F.E_SUB, F.E_CALL):
        e = e[1]
    return str(e[1]) if e[0] == F.E_NAME else ""


__all__ = ["stands_for"]
