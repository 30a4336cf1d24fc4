"""A method of a base class that is said to run for a class which has its own: ``Base.acheck`` calls ``self.check()``, and ``Cloud`` has both.

Classes that have their own are left out where a method is read, as long as it may be read for each class. What a method of ``Base`` calls on its own
object is a method of ``Cloud`` only if some class keeps the one and has the other, or if its own one calls that of the base.
Asked, as in `given`, of chains that would be reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from async_guard.link import attributes
from async_guard.link.callers import is_call, parts
from async_guard.link.doubts import given
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Class, Fn
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator


def is_other_class(ev: Evaluator, links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether some method of a chain calls one of its own object that no class has which runs the first."""
    for number in range(len(links) - 1):
        frame, event = links[number]
        target = links[number + 1][0].fn
        if frame.fn is not None and target is not None and _is_own_call(frame.fn, event.node):
            below = target.owner
            if below is None or below is frame.fn.owner or frame.fn.owner not in attributes.mro(ev, below):
                continue
            if not any(_runs(ev, cls, frame.fn) for cls in (below, *attributes.subclasses(ev, below))):
                return True
    return False


def _is_own_call(fn: Fn, node: Any) -> bool:
    """Whether a call is of a method of the own object."""
    own = given.own(fn)
    return bool(own) and is_call(node) and node[1][0] == F.E_ATTR and node[1][1][:2] == [F.E_NAME, own]


def _runs(ev: Evaluator, cls: Class, fn: Fn) -> bool:
    """Whether objects of a class may run a method of a base: they have no other one of its name, or one that calls that of a base."""
    for c in attributes.mro(ev, cls):
        found = c.own_methods().get(fn.name) if isinstance(c, Class) else None
        if found is fn:
            return True
        if found is not None and not _calls_base(found, fn.name):
            return False
    return True


def _calls_base(fn: Fn, name: str) -> bool:
    """Whether a method names one of the same name, of `super()` or of a class."""
    return any(
        node[0] == F.E_ATTR and len(node) == F.ATTR_PARTS and node[2] == name for node in parts([fn.body["body"]])
    )


__all__ = ["is_other_class"]
