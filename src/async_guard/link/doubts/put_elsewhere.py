"""What somebody else put into an object of the same class: ``bus = Bus(); bus.add(quick); bus.run()`` beside a function that adds what is slow.

Objects that functions make for themselves are not told apart by what is put into them later. Where all that a function hands to such an object
is written there by name, and it hands the object to nobody, nothing else is in it. Asked, as in `given`, of chains that would be reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes, names, narrowing
from async_guard.link.callers import is_call, parts
from async_guard.link.doubts import given
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Class, Fn
from async_guard.link.values import CLASS, EXT, FUNC, INST, MODULE
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_PLAIN: Final = frozenset((F.E_CONST, F.E_OPAQUE, F.E_FSTR, F.E_LAMBDA))


def is_anothers(ev: Evaluator, links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether some call of a chain calls what an object holds, which the function that made the object has not put into it."""
    for number in range(len(links) - 2):
        frame, event = links[number]
        made = links[number + 1][0].self_value
        if (
            frame.fn is None
            or made is None
            or made.k != INST
            or not is_call(event.node)
            or event.node[1][0] != F.E_ATTR
        ):
            continue
        cls: Class = made.a
        line = [c for c in attributes.mro(ev, cls) if isinstance(c, Class)]
        for at in range(number + 1, len(links) - 1):
            inner, call = links[at]
            target = links[at + 1][0].fn
            if inner.fn is None or inner.fn.owner not in line or target is None:
                break
            if target.owner in line:
                continue
            if _is_held(inner.fn, call.node) and _is_told(ev, frame.fn, event.node[1][1], cls):
                return not _is_named(ev, target, frame.fn, line)
            break
    return False


def _is_held(fn: Fn, call: Any) -> bool:
    """Whether a method calls something that it takes out of a container of its object."""
    if not is_call(call):
        return False
    callee, own = call[1], given.own(fn)
    if callee[0] == F.E_SUB:
        return given.path(callee[1]).startswith(f"{own}.")
    return bool(
        callee[0] == F.E_NAME
        and any(
            stmt[0] == F.S_FOR and len(stmt) > 4 and callee[1] in given.bound_by(stmt) and _is_of(stmt[2], own)
            for stmt in _loops(fn.body["body"])
        )
    )


def _is_of(e: Any, own: str) -> bool:
    """``self.steps``, ``list(self.steps)``, ``self.steps.items()``."""
    while e[0] == F.E_CALL:
        e = e[2][0] if e[2] and e[1][0] == F.E_NAME else e[1]
        e = e[1] if e[0] == F.E_ATTR and not given.path(e).startswith(f"{own}.") else e
    return given.path(e).startswith(f"{own}.")


def _loops(body: list[Any]) -> list[Any]:
    return [*body, *(inner for stmt in body for block in F.blocks(stmt) for inner in _loops(block))]


def _is_told(ev: Evaluator, fn: Fn, receiver: Any, cls: Class) -> bool:
    """Whether all that is handed to an object is written in the function that makes it and that hands it to nobody."""
    local = {name for stmt in fn.body["body"] for name in given.bound(stmt)} | {p[0] for p in fn.body["params"]}
    found: list[Any] = []
    if receiver[0] == F.E_NAME:
        name = receiver[1]
        made = narrowing.assigned(fn, name)
        if len(made) != 1 or not is_call(made[0]) or _is_used_inside(fn, name):
            return False
        bases: set[int] = set()
        uses = 0
        for node in parts([fn.body["body"]]):
            if node[0] == F.E_ATTR and len(node) == F.ATTR_PARTS and node[1][:2] == [F.E_NAME, name]:
                bases.add(id(node[1]))
            elif node[0] == F.E_NAME and len(node) == F.NAME_PARTS and node[1] == name:
                uses += id(node) not in bases
            if is_call(node) and _root(node)[:2] == [F.E_NAME, name]:
                found.append(node)
        if uses > 1:  # beside the one that binds it
            return False
        receiver = made[0]
    while receiver[0] == F.E_CALL and receiver[1][0] == F.E_ATTR:
        found.append(receiver)
        receiver = receiver[1][1]
    if receiver[0] != F.E_CALL or F.last_name(receiver[1]) != cls.name:
        return False
    found.append(receiver)
    return all(_is_plain(ev, e, fn, local) for call in found for e in (*call[2], *(value for _, value in call[3])))


def _is_used_inside(fn: Fn, name: str) -> bool:
    """Whether a function that is defined in another one uses a name of it."""
    return any(node[0] == F.E_NAME and len(node) == F.NAME_PARTS and node[1] == name for node in parts(_inside(fn)))


def _inside(fn: Fn) -> list[Any]:
    return [each.body["body"] for each in fn.module.functions if each.parent is fn]


def _root(e: Any) -> Any:
    while e[0] in (F.E_CALL, F.E_ATTR):
        e = e[1]
    return e


def _is_plain(ev: Evaluator, e: Any, fn: Fn, local: set[str]) -> bool:
    """Whether an argument is something that is called by the name that is written, or nothing that can be called."""
    if e[0] in _PLAIN:
        return True
    if e[0] == F.E_SEQ:
        return all(_is_plain(ev, item, fn, local) for item in e[2])
    root = e
    while root[0] == F.E_ATTR:
        root = root[1]
    if root[0] != F.E_NAME or root[1] in local:
        return False
    value = names.lookup(ev, root[1], fn.module.frame)
    return bool(value) and all(v.k in ((FUNC, CLASS, EXT) if root is e else (MODULE, CLASS, EXT)) for v in value)


def _is_named(ev: Evaluator, target: Fn, fn: Fn, line: list[Class]) -> bool:
    """Whether a function is named, or made, in another or in the methods of some classes."""
    outer = target.parent
    if outer is not None:
        return outer is fn or not target.is_lambda  # one that a decorator makes goes by the name of what it decorates
    if target.is_lambda or target.name in ("__call__", "__init__") or ev.program.aliases(target.name):
        return True
    bodies = [
        fn.body["body"],
        *_inside(fn),
        *(method.body["body"] for c in line for method in c.own_methods().values()),
    ]
    return any(
        (node[0] == F.E_NAME and len(node) == F.NAME_PARTS and node[1] == target.name)
        or (node[0] == F.E_ATTR and len(node) == F.ATTR_PARTS and node[2] == target.name)
        or (node[0] == F.E_CONST and node[1] == target.name)
        for node in parts(bodies)
    )


__all__ = ["is_anothers"]
