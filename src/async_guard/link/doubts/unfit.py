"""Calls that leave out an argument which the function cannot do without: ``service.create(response, db)`` of ``create(self, tasks, response, db)``.

Such a call raises, or means another function than the one that was found. Of several functions those that do not fit are left out where the call is
read (`calls.call`); of one there is nothing else to take. Asked, as in `given`, of chains that would be reported.
"""

from __future__ import annotations

from typing import Any, Final

from async_guard.link.callers import is_call, is_parameter
from async_guard.link.doubts import given
from async_guard.link.frames import CALL, CORO, Event, Frame
from async_guard.link.program import Fn
from async_guard.model import facts as F

_PLAIN: Final = frozenset(("staticmethod", "classmethod", "abstractmethod", "override"))
"""Decorators behind which a function takes what it is written to take."""


def is_unfit(links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether some call of a chain leaves out an argument that the function needs."""
    return any(
        event.kind in (CALL, CORO) and event.target is not None and _lacks(frame.fn, event.node, event.target.fn)
        for frame, event in links
    )


def _lacks(caller: Fn | None, node: Any, fn: Fn | None) -> bool:
    if fn is None or not is_call(node) or fn.is_lambda or F.last_name(node[1]) != fn.name:
        return False
    if (node[1][0] == F.E_ATTR) is not (fn.owner is not None):
        return False  # an attribute that keeps a function may keep a part of its arguments, too
    if node[1][0] == F.E_NAME and is_parameter(node[1][1], caller):
        return False  # so may what a function was handed under the name of another
    if any(F.last_name(decorator) not in _PLAIN for decorator in fn.body["decorators"]):
        return False
    passed, left = given.handed(node, fn)
    if any(argument[0] == F.E_STAR for argument in (*node[2], *passed.values())):
        return False
    return any(kind in ("/", "a", "k") and default is None for _, kind, _, default in left)


__all__ = ["is_unfit"]
