"""Parts that an object was made without, where a way to a blocking call needs them: ``Stream(items)`` and ``if self.load is not None: self.load()``.

Objects are told apart by what they were made with, up to a limit of readings. Beyond it the object that a function makes for itself and uses at
once still says, as the code is written, which parts its constructor was left without. So does a builder that is made and used up in one
expression, ``Builder().with_graph(graph).build()``: what only its other methods fill is missing. Asked, as in `given`, of chains that would
be reported.
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
        if target is None or target.self_value is None or target.self_value.k != INST:
            parts = {}
        elif receiver is None:
            parts = _built(event.node, target.self_value.a) if callers.is_call(event.node) else {}
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


def _built(call: Any, cls: Class) -> given.Known:
    """What is missing in an object that one expression makes and calls: attributes that begin empty and that no method called on it fills."""
    called, made = [], call
    while made[0] == F.E_CALL and made[1][0] == F.E_ATTR and made[1][1][0] == F.E_CALL:
        called.append(str(made[1][2]))
        made = made[1][1]
    methods = cls.own_methods()
    init = methods.get("__init__")
    if len(called) <= 1 or init is None or made[0] != F.E_CALL or F.last_name(made[1]) != cls.name:
        return {}
    if any(name not in methods for name in called):
        return {}
    run = _run_by(methods, called)
    return {
        f".{attribute}": given.FALSE
        for attribute in _begun_empty(init)
        if all(writer is init or writer not in run for writer in attributes.writers(cls, attribute))
        and not any(_fills(fn, attribute) for fn in run)
    }


def _fills(fn: Fn, attribute: str) -> bool:
    """Whether a method puts something into a part of its object, or hands it to somebody who may."""
    name = f"{given.own(fn)}.{attribute}"
    body = fn.body["body"]
    return name in given.filled(body) or any(
        any(given.path(e) == name for e in (*call[2], *(value for _, value in call[3])))
        for call in callers.parts([body])
        if callers.is_call(call)
    )


def _run_by(methods: dict[str, Fn], called: list[str]) -> set[Fn]:
    """The methods that some methods run on their own object, these among them."""
    todo, found = [methods[name] for name in called], set()
    while todo:
        fn = todo.pop()
        if fn not in found:
            found.add(fn)
            own = given.own(fn)
            todo += [
                methods[node[2]]
                for node in callers.parts([fn.body["body"]])
                if node[0] == F.E_ATTR
                and len(node) == F.ATTR_PARTS
                and node[1][:2] == [F.E_NAME, own]
                and node[2] in methods
            ]
    return found


def _begun_empty(init: Fn) -> list[str]:
    """The attributes that a constructor makes None, false or empty, whatever it is handed."""
    own, found = given.own(init), []
    for stmt in init.body["body"]:
        targets, value = (
            (stmt[1], stmt[2]) if stmt[0] == F.S_ASSIGN else ([stmt[1]], stmt[3]) if stmt[0] == F.S_ANN else ([], None)
        )
        if len(targets) == 1 and value is not None and given.is_nothing(value):
            attribute = given.path(targets[0]).removeprefix(f"{own}.")
            if attribute != given.path(targets[0]):
                found.append(attribute)
    return found


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
