"""What a check of a new object asks of a field that was left out where it was made: ``for image in self.images`` of ``Message(text="hi")``.

A model's validators run when an object is made, so that a field that the call leaves out has its default: nothing is in an empty one, and an
option that is off by default is off. Asked, as in `given`, of chains that would be reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes
from async_guard.link.callers import is_call, parts
from async_guard.link.doubts import given
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Binding, Class
from async_guard.link.values import FUNC, INST
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator


def is_empty(ev: Evaluator, links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether some call of a chain, made while an object is made, needs a field to hold something that the object is made without."""
    for number in range(len(links) - 1):
        event = links[number][1]
        frame, inner = links[number + 1]
        made = frame.self_value
        if frame.fn is None or made is None or made.k != INST or frame.fn.name == "__init__" or not is_call(event.node):
            continue
        cls: Class = made.a
        if F.last_name(event.node[1]) == cls.name and frame.fn.name != cls.name:
            left = _left_out(ev, cls, event.node)
            if left and given.is_denied(frame.fn, inner, left):
                return True
    return False


def _left_out(ev: Evaluator, cls: Class, call: Any) -> given.Known:
    """The fields that a call of a class leaves out and that are None, false or empty then, by ``.name``."""
    if any(keyword is None for keyword, _ in call[3]):
        return {}
    init = attributes.class_attribute(ev, cls, "__init__")
    if call[2] and init is None:
        return {}  # by position: which of them is given what is not asked
    named = {keyword for keyword, _ in call[3]}
    for f in init[1] if init is not None else ():
        if f.k != FUNC:
            return {}
        named |= _words(f.a.body["body"])
    found: given.Known = {}
    for c in attributes.mro(ev, cls):
        for name, bindings in c.bindings.items() if isinstance(c, Class) else ():
            if name not in named and f".{name}" not in found:
                found[f".{name}"] = given.FALSE if _is_off(bindings[-1]) else given.OPEN
    return found


def _words(body: list[Any]) -> set[str]:
    """The names of attributes, keywords and texts of a constructor: fields that it may fill."""
    found: set[str] = set()
    for node in parts([body]):
        if node[0] == F.E_CONST and node[1].__class__ is str:
            found.add(node[1])
        elif node[0] == F.E_ATTR and len(node) == F.ATTR_PARTS:
            found.add(str(node[2]))
        elif is_call(node):
            found.update(str(keyword) for keyword, _ in node[3] if keyword is not None)
    return found


def _is_off(binding: Binding) -> bool:
    """Whether a field that nobody gives a value is None, false or empty: ``x: list = []``, ``Field(default_factory=dict)``."""
    if binding.kind != "value" or binding.path or binding.annotation is None:
        return False
    value = binding.data
    if value[0] == F.E_CALL and F.last_name(value[1]) in _FIELDS:
        keywords = dict(value[3])
        if (factory := keywords.get("default_factory") or keywords.get("factory")) is not None:
            return bool(factory[0] == F.E_NAME and factory[1] in _EMPTY)
        value = value[2][0] if value[2] else keywords.get("default")
    return value is not None and given.is_nothing(value)


_FIELDS: Final = ("Field", "field", "PrivateAttr")
_EMPTY: Final = ("list", "dict", "set", "tuple", "str", "OrderedDict", "defaultdict", "deque")
"""What makes something that is empty."""

__all__ = ["is_empty"]
