"""Coroutine functions that override what a library calls as a plain method: it drops the coroutine, or takes it for the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from async_guard.link import attributes
from async_guard.link.frames import Frame
from async_guard.link.linked import Linked
from async_guard.link.program import Class, Fn
from async_guard.model import facts as F
from async_guard.model.findings import Finding, Step
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.mistakes import mistake
from async_guard.rules.judgement.places import definition
from async_guard.rules.judgement.scopes import body_of
from async_guard.rules.judgement.syntax import callee_name, takes_attribute, uses

_OF_NO_MATTER: Final = frozenset(("builtins.object", "abc.ABC"))
_OF_PYTHON: Final = frozenset((
    "__init__", "__post_init__", "__del__", "__enter__", "__exit__", "__repr__", "__str__", "__format__", "__len__", "__bool__", "__contains__",
    "__hash__", "__int__", "__float__", "__setattr__", "__delattr__", "__setitem__", "__delitem__", "__set_name__", "__init_subclass__",
))  # fmt: skip
"""Methods that Python calls itself, and of which it drops what they give or takes nothing but a certain kind of object."""
_LEAVING_IT: Final = ("dataclass", "final", "total_ordering", "runtime_checkable")
"""Decorators of classes that leave the methods that a class has as they are."""
_HARMLESS: Final = _OF_NO_MATTER | {"typing.Generic", "typing.Protocol"}
_CALLERS: Final = 40
"""Callers looked through; a name that more code calls is taken for awaited."""


def overrides(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """Coroutine functions where a library calls a plain method."""
    for bases, methods in linked.evaluator.catalogue.overridden:
        for cls in _below(linked, bases):
            for fn in cls.own_methods().values():
                if fn.name in methods and fn.is_async and _is_plain(fn) and not _is_called(linked, fn):
                    base = next(b for b in attributes.library_bases(linked.evaluator, cls) if b in bases)
                    yield _finding(linked, meta, fn, base)
    yield from _special(linked, meta)


def _special(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """Coroutine functions where Python itself calls a plain method: ``async def __init__``."""
    for module in linked.program:
        for fn in module.functions:
            cls = fn.owner if fn.is_async and fn.name in _OF_PYTHON else None
            if (
                cls is not None
                and _is_plain(fn)
                and not _is_made_otherwise(linked, cls)
                and not _is_awaited(linked, fn.name)
            ):
                yield _finding(linked, meta, fn, "Python")


def _is_made_otherwise(linked: Linked, cls: Class) -> bool:
    """Whether a decorator, a metaclass, a base of a library or a ``__new__`` may make something else of a class and its objects."""
    ev = linked.evaluator
    line = [each for each in attributes.mro(ev, cls) if isinstance(each, Class)]
    return any(
        any(F.last_name(d[1] if d[0] == F.E_CALL else d) not in _LEAVING_IT for d in each.body["decorators"])
        or each.body["keywords"]
        or "__new__" in each.own_methods()
        for each in line
    ) or not set(attributes.library_bases(ev, cls)).issubset(_HARMLESS)


def _is_awaited(linked: Linked, name: str) -> bool:
    """Whether code of the project calls a method of that name by itself and awaits it: ``await made.__init__()``."""
    for module, user in linked.program.callers(name):
        body = body_of(module.functions[user] if user >= 0 else module)
        if any(callee_name(e) == name and how == "await" for e, (how, _) in uses(body)):
            return True
    return False


def _finding(linked: Linked, meta: RuleMeta, fn: Fn, base: str) -> Finding | None:
    frame: Frame = linked.evaluator.generic_frame(fn)
    shown = base if base == "Python" else f"`{base}`"
    message = (
        f"{shown} calls `{fn.name}` as a plain method and does not await it, so nothing of this coroutine function runs"
    )
    last = Step(definition(fn), frame.name, fn.dotted)
    return mistake(meta, linked, frame, last, message, help=f"make `{fn.name}` a plain `def`")


def _below(linked: Linked, bases: tuple[str, ...]) -> list[Class]:
    """Classes of the project that derive from one of these classes, and from nothing else that is not of the project."""
    found: dict[Class, None] = {}
    queue = list(dict.fromkeys(base.rpartition(".")[2] for base in bases))
    while queue:
        for cls in linked.program.classes_naming_base(queue.pop()):
            outside = set(attributes.library_bases(linked.evaluator, cls)) - _OF_NO_MATTER
            if cls not in found and outside and outside.issubset(bases):
                found[cls] = None
                queue.append(cls.name)
    return [cls for cls in found if not cls.body["decorators"]]


def _is_plain(fn: Fn) -> bool:
    return not fn.body["decorators"] and not fn.head.is_generator


def _is_called(linked: Linked, fn: Fn) -> bool:
    """Whether code of the project may call or hand on the method by itself, and so await it: whatever goes by its name counts."""
    callers = linked.program.callers(fn.name)
    if len(callers) > _CALLERS:
        return True
    ours = {(fn.module, fn.index)}
    if any((module, user) not in ours for module, user in callers):
        return True
    siblings = [other for other in fn.module.functions if other is not fn and other.owner is fn.owner]
    return any(takes_attribute(other.body["body"], fn.name) for other in siblings)


__all__ = ["overrides"]
