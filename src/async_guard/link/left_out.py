"""What has been taken out of a mapping of its own by a function that hands the rest on: ``kwargs.pop("value", None)`` before ``make(**kwargs)``.

Such a key is kept with nothing under it: whoever is called gets nothing of that name, whatever else the mapping may hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from async_guard.link.frames import Frame
from async_guard.link.values import DICT, NOTHING, UNKNOWN, V
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator


def popped(ev: Evaluator, e: Any, fr: Frame) -> None:
    """After ``name.pop("key", ...)``."""
    if e[0] == F.E_CALL and e[1][0] == F.E_ATTR and e[1][2] == "pop" and e[2]:
        taken(ev, e[1][1], e[2][0], fr)


def taken(ev: Evaluator, container: Any, key: Any, fr: Frame) -> None:
    """After ``del name["key"]`` or the like."""
    is_told = container[0] == F.E_NAME and key[0] == F.E_CONST and key[1].__class__ is str
    if not is_told or fr.fn is None or fr.env is None:
        return
    held = fr.env.get(container[1])
    if held is not None:
        fr.env[container[1]] = tuple(_without(ev, v, key[1]) for v in held)


def _without(ev: Evaluator, v: V, key: str) -> V:
    if v.k == UNKNOWN:
        return ev.values.dict(((key, NOTHING),), ev.values.unknown)
    if v.k != DICT or (not v.b and all(k != key for k, _ in v.a)):
        return v
    return ev.values.dict((*((k, x) for k, x in v.a if k != key), (key, NOTHING)), v.b, v.c)


__all__ = ["popped", "taken"]
