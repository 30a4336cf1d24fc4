"""Parts that an object was made without, where a way to a blocking call needs them: ``Stream(items)`` and ``if self.load is not None: self.load()``.

Objects are told apart by what they were made with, up to a limit of readings. Beyond it the object that a function makes for itself and uses at
once still says, as the code is written, which parts its constructor was left without. Asked, as in `given`, of chains that would be reported.
"""

from __future__ import annotations

from typing import Any

from async_guard.link import attributes, callers, narrowing
from async_guard.link.doubts import given
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Class, Fn
from async_guard.link.values import INST
from async_guard.model import facts as F


def is_missing(links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether some call of a chain is made only where its object has a part that it was made without, or lacks one that it was made with."""
    parts: given.Known = {}
    for frame, event in links:
        fn = frame.fn
        if fn is None:
            parts = {}
            continue
        if parts and given.is_denied(fn, event, parts):
            return True
        target = event.target
        receiver = _receiver(event.node)
        if target is None or target.self_value is None or target.self_value.k != INST or receiver is None:
            parts = {}
        elif receiver[1] != given.own(fn):
            parts = _made(fn, receiver[1], target.self_value.a)
    return False


def _receiver(node: Any) -> Any:
    """The variable whose method a call calls, or that is iterated; None where it is none."""
    if callers.is_call(node):
        node = node[1][1] if node[1][0] == F.E_ATTR else None
    return node if node.__class__ is list and len(node) == F.NAME_PARTS and node[0] == F.E_NAME else None


def _made(fn: Fn, name: str, cls: Class) -> given.Known:
    """What is known of the attributes of an object that a function makes for itself, by one call of its class."""
    made = narrowing.assigned(fn, name)
    init = cls.own_methods().get("__init__")
    if len(made) != 1 or init is None or not callers.is_call(made[0]) or F.last_name(made[0][1]) != cls.name:
        return {}
    says = given.arguments(fn, made[0], init, {})
    return {
        f".{attribute}": says[param]
        for attribute, param in _kept(init)
        if param in says and attributes.writers(cls, attribute) == [init]
    }


def _kept(init: Fn) -> list[tuple[str, str]]:
    """The attributes to which a constructor gives one of its parameters as it is, and which."""
    own = given.own(init)
    params = {p[0] for p in init.body["params"] if not narrowing.is_bound_anew(init, p[0])}
    out = []
    for stmt in init.body["body"]:
        targets, value = (
            (stmt[1], stmt[2]) if stmt[0] == F.S_ASSIGN else ([stmt[1]], stmt[3]) if stmt[0] == F.S_ANN else ([], None)
        )
        if len(targets) == 1 and value is not None and value[0] == F.E_NAME and value[1] in params:
            attribute = given.path(targets[0]).removeprefix(f"{own}.")
            if attribute != given.path(targets[0]):
                out.append((attribute, value[1]))
    return out


__all__ = ["is_missing"]
