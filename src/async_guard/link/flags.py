"""Which of several objects a condition leaves: ``if trigger.blocks: pool.submit(trigger.observe)``, and behind ``else`` those that do not block."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes
from async_guard.link.doubts import given
from async_guard.link.program import Class, Fn, Module
from async_guard.link.values import FUNC, INST, NOTHING, PROPERTY, VS, V, is_constant
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_MOST: Final = 12
"""Objects that are asked one by one."""

Asked = Callable[[VS], "bool | None"]
"""What tells the only outcome that a value can have, if there is one."""


def asks(e: Any) -> Any:
    """The object of which an expression asks a flag, or a method without arguments; None where it asks something else.

    ``x.flag``, ``x.is_ready()``, ``getattr(x, "flag", False)``.
    """
    if e[0] == F.E_ATTR:
        return e[1]
    if e[0] != F.E_CALL or e[3]:
        return None
    if e[1][0] == F.E_ATTR:
        return None if e[2] else e[1][1]
    named = e[1][:2] == [F.E_NAME, "getattr"] and len(e[2]) in (2, 3) and e[2][1][0] == F.E_CONST
    return e[2][0] if named and isinstance(e[2][1][1], str) else None


def agreeing(ev: Evaluator, test: Any, value: VS, outcome: Asked, truth: bool) -> VS:
    """Of the objects that an expression may be those of which such a test (``x.flag``, ``x.is_ready()``) can have this outcome.

    All of them where it can have it of none: then the flag is another by then than anybody sees.
    """
    if not value or len(value) > _MOST or (len(value) == 1 and not (value[0].k == INST and value[0].c is True)):
        return value
    kept: dict[V, None] = {}
    for v in value:
        if v.k != INST or outcome(_answer(ev, test, v)) is not (not truth):
            kept[v] = None
        elif v.c is True:  # of what it is declared to be it is not: then of one of the classes below
            below = [ev.values.make(INST, c, None, False) for c in attributes.subclasses(ev, v.a)[:_MOST]]
            kept.update(dict.fromkeys(c for c in below if outcome(_answer(ev, test, c)) is not (not truth)))
    return tuple(kept) or value


def _answer(ev: Evaluator, test: Any, v: V) -> VS:
    """What the class of an object says that an attribute of it is, or that a method of it gives; nothing where more than the class says it.

    Nothing is read for it: a condition is no reason to read what it does not run.
    """
    if test[0] == F.E_ATTR:
        return _said(ev, v.a, test[2], is_called=False)
    if test[1][0] == F.E_ATTR:
        return _said(ev, v.a, test[1][2], is_called=True)
    name = test[2][1][1]
    if len(test[2]) == 3 and test[2][2][0] == F.E_CONST and _is_nowhere(ev, v.a, name):
        return ev.ev(test[2][2], v.a.module.frame)
    return _said(ev, v.a, name, is_called=False)


def _line(ev: Evaluator, cls: Class) -> list[Class]:
    return [c for c in attributes.mro(ev, cls) if isinstance(c, Class)]


def _is_nowhere(ev: Evaluator, cls: Class, name: str) -> bool:
    """Whether nothing gives objects of a class an attribute."""
    if any(base not in attributes.PLAIN_BASES for base in attributes.library_bases(ev, cls)):
        return False
    return attributes.class_attribute(ev, cls, name) is None and not any(
        attributes.assigns(c, name) or c.own_methods().keys() & _DYNAMIC for c in _line(ev, cls)
    )


_DYNAMIC: Final = frozenset(("__getattr__", "__getattribute__", "__setattr__"))


def _made_with(ev: Evaluator, cls: Class, name: str) -> VS:
    """The constant that the constructor of a class, or else that of a base, puts into an attribute."""
    for c in _line(ev, cls):
        maker = c.own_methods().get("__init__")
        target = f"{given.own(maker)}.{name}" if maker is not None else ""
        if maker is None or target not in [each for stmt in maker.body["body"] for each in given.bound(stmt)]:
            continue
        put = [s[2] for s in maker.body["body"] if s[0] == F.S_ASSIGN and target in given.bound_by(s)]
        whole = [each for stmt in maker.body["body"] for each in given.bound(stmt)].count(target) == 1
        return ev.ev(put[0], maker.module.frame) if whole and put and put[0][0] == F.E_CONST else NOTHING
    return NOTHING


def _is_of_module(e: Any, fn: Fn) -> bool:
    """Whether an expression in a function is a constant, or a member of something that the module knows."""
    if e[0] == F.E_CONST:
        return True
    return bool(e[0] == F.E_ATTR and e[1][0] == F.E_NAME and all(e[1][1] != p[0] for p in fn.body["params"]))


def _is_set_later(module: Module, index: int) -> bool:
    """Whether a scope that assigns an attribute does so to objects that are made already; what tests do to their doubles does not count."""
    return not module.is_test and (index < 0 or module.functions[index].name != "__init__")


def _said(ev: Evaluator, cls: Class, name: str, *, is_called: bool) -> VS:
    if any(_is_set_later(module, index) for module, index in ev.program.attribute_writers(name)):
        return NOTHING
    if any(attributes.assigns(c, name) for c in _line(ev, cls)):
        return _made_with(ev, cls, name) if not is_called else NOTHING
    own = attributes.class_attribute(ev, cls, name)
    if own is None or own[0].bindings[name][-1].annotation is not None:
        return NOTHING  # a field may be given another value for each object
    if not is_called and own[1] and all(is_constant(v) for v in own[1]):
        return own[1]
    if len(own[1]) != 1:
        return NOTHING
    func = own[1][0] if is_called else own[1][0].a if own[1][0].k == PROPERTY else None
    if func is None or func.k != FUNC or func.a.is_async or func.a.head.is_generator:
        return NOTHING
    body = func.a.body["body"]
    gives = list(F.returned(body))
    if len(gives) != 1 or body[-1][0] != F.S_RETURN or gives[0] is None or not _is_of_module(gives[0], func.a):
        return NOTHING  # it may give something else, or end without giving anything
    found = ev.ev(gives[0], func.a.module.frame)
    return found if found and all(is_constant(v) for v in found) else NOTHING


__all__ = ["agreeing", "asks"]
