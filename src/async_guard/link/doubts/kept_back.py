"""Objects that nobody hands on, taken for a parameter that is declared as a base of their class: ``async def send(config: BaseConfig)``.

Where all that says who a parameter is, is its annotation, it may be of every class below. One of which the project makes objects only to call them
itself (``config = LegacyConfig()`` at module level, then ``config.headers()``) never comes that far. What is called on such an object elsewhere is
called only by what its own methods call. Asked, as in `given`, of chains that would be reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from async_guard.link import attributes, narrowing
from async_guard.link.callers import is_call, is_use, parts
from async_guard.link.doubts import given
from async_guard.link.frames import CALL, CORO, Event, Frame
from async_guard.link.program import Class, Fn, Module
from async_guard.link.values import INST
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator


def is_kept_back(ev: Evaluator, links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether some call of a chain is of a method of an object that nobody hands on to there."""
    for number in range(len(links) - 1):
        frame, event = links[number]
        called = links[number + 1][0]
        made = called.self_value
        if made is None or made.k != INST or event.kind not in (CALL, CORO) or not is_call(event.node):
            continue
        callee = event.node[1]
        if callee[0] != F.E_ATTR or called.fn is None or called.fn.owner is None or not isinstance(made.a, Class):
            continue
        cls: Class = made.a
        if frame.fn is not None and _is_kept_back(ev, cls, frame.fn, callee):
            return True
    return False


def _is_kept_back(ev: Evaluator, cls: Class, fn: Fn, callee: Any) -> bool:
    """Whether an object of a class, or of one below it, is never what a function calls a method of."""
    if fn.owner is not None and callee[1][0] == F.E_NAME and callee[1][1] == given.own(fn):
        below = (cls, *attributes.subclasses(ev, cls))
        return fn.owner is not cls and all(
            (runs := _runs(ev, each)) is not None and fn.name not in runs for each in below
        )
    if callee[1][0] not in (F.E_NAME, F.E_ATTR) or fn.module is cls.module:
        return False
    if callee[1][0] == F.E_NAME and not any(p[0] == callee[1][1] for p in fn.body["params"]):
        return False
    return all(_runs(ev, each) is not None for each in (cls, *attributes.subclasses(ev, cls)))


def _runs(ev: Evaluator, cls: Class) -> frozenset[str] | None:
    """The methods that are called on the objects of a class, all of which stay where they are made; None where some are handed on, or none made."""
    if "kept back" not in cls.cache:
        cls.cache["kept back"] = None
        cls.cache["kept back"] = _called(ev, cls)
    found: frozenset[str] | None = cls.cache["kept back"]
    return found


def _called(ev: Evaluator, cls: Class) -> frozenset[str] | None:
    if cls.head.qualname != cls.name or ev.program.only_class(cls.name) is not cls or ev.program.aliases(cls.name):
        return None
    line = [c for c in attributes.mro(ev, cls) if isinstance(c, Class)]
    if any(_makes_own(method) for c in line for method in c.own_methods().values()):
        return None
    keepers: list[tuple[Module, str]] = []
    called: set[str] = set()
    for module in ev.program:
        for scope in () if module.is_test else module.mentioning(cls.name):
            kept = _kept(module) if scope[0] is module.body else {}
            for use, outer, outermost in _uses(list(scope), cls.name):
                if outer is not None and is_call(outer) and outer[1] is use:
                    if outermost is not None and outermost[0] == F.E_ATTR and outermost[1] is outer:
                        called.add(str(outermost[2]))
                    elif id(outer) in kept:
                        keepers.append((module, kept[id(outer)]))
                    else:
                        return None
                elif outer is None or outer[0] != F.E_ATTR or outer[1] is not use:
                    return None
    if not keepers or not all(_stays(ev, module, name, called) for module, name in keepers):
        return None
    todo = list(called)
    while todo:
        name = todo.pop()
        for c in line:
            method = c.own_methods().get(name)
            for each in _on_own(method) if method is not None else ():
                if each not in called:
                    called.add(each)
                    todo.append(each)
    return frozenset(called)


def _kept(module: Module) -> dict[int, str]:
    """What a module makes and keeps under a name, by the identity of the call that makes it."""
    return {
        id(bound[0].data): name
        for name, bound in module.bindings.items()
        if len(bound) == 1 and bound[0].kind == "value" and not bound[0].path and is_call(bound[0].data)
    }


def _uses(todo: list[Any], name: str) -> list[tuple[Any, Any, Any]]:
    """The uses of a name, each with the expression that it is the first part of, and the one that that is the first part of."""
    outer: dict[int, Any] = {}
    found = []
    for node in parts(todo):
        if (node[0] == F.E_ATTR and len(node) == F.ATTR_PARTS) or is_call(node):
            outer[id(node[1])] = node
        if is_use(node, name):
            found.append(node)
    return [(use, around := outer.get(id(use)), outer.get(id(around))) for use in found]


def _stays(ev: Evaluator, home: Module, name: str, called: set[str]) -> bool:
    """Whether all that is done with what a module keeps under a name is to call its methods or read its attributes, which are noted."""
    bound = 0
    for module in ev.program:
        is_named = module is home or _imports(module, home, name)
        for slot in () if module.is_test else module.facts.mentions(f'"{name}"'):
            fn = module.functions[slot - 1] if 0 < slot <= len(module.functions) else None
            is_own = fn is not None and (
                any(p[0] == name for p in fn.body["params"]) or narrowing.is_bound_anew(fn, name)
            )
            for use, outer, _ in _uses(module.scope(slot), name):
                if use[0] == F.E_NAME and (is_own or not is_named):
                    continue
                if use[0] == F.E_ATTR and F.last_name(use[1]) != home.name.rpartition(".")[2]:
                    continue
                if outer is not None and outer[0] == F.E_ATTR and not is_call(outer):
                    called.add(str(outer[2]))
                elif slot or module is not home or bound:
                    return False
                else:
                    bound += 1  # by the one statement that binds it
    return True


def _imports(module: Module, home: Module, name: str) -> bool:
    """Whether a module may mean by a name what another one keeps under it."""
    if module.stars:
        return True
    last = home.name.rpartition(".")[2]
    return any(b.kind == "from" and b.data[2] == name and last in b.data[0] for b in module.bindings.get(name, ()))


def _makes_own(method: Fn) -> bool:
    """Whether a class method makes an object of whatever class it is called on, or a method one of its own class."""
    first = given.own(method)
    return any(
        is_call(node)
        and (
            (node[1][0] == F.E_NAME and node[1][1] == first and method.is_class_method)
            or (node[1][0] == F.E_ATTR and node[1][2] == "__class__")
        )
        for node in parts([method.body["body"]])
    )


def _on_own(method: Fn) -> set[str]:
    """The attributes of its own object, and of its bases, that a method names."""
    first = given.own(method)
    return {
        str(node[2])
        for node in parts([method.body["body"]])
        if node[0] == F.E_ATTR
        and len(node) == F.ATTR_PARTS
        and (node[1][0] == F.E_CALL or node[1][:2] == [F.E_NAME, first])
    }


__all__ = ["is_kept_back"]
