"""What the fields are given where an object is made: ``Message(text="hi")``.

A field that is left out has its default, which pydantic does not validate unless it is told to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes
from async_guard.link.program import Class, Fn
from async_guard.link.values import CONST, VS, V
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator
    from async_guard.link.frames import Args, Site


def is_left_out(ev: Evaluator, cls: Class, hook: V, args: Args) -> bool:
    """Whether a method checks fields only that an object is surely made without."""
    fn = hook.a
    if fn.__class__ is not Fn or args.positional or args.more_positional is not None or args.more_keywords is not None:
        return False
    names = _checked(fn)
    if not names or any(name in args.keywords for name in names):
        return False
    fields = _fields(ev, cls)
    return bool(fields) and all(name in fields for name in args.keywords) and all(name in fields for name in names)


def lasting(ev: Evaluator, cls: Class, given: tuple[tuple[str, VS], ...], site: Site) -> tuple[tuple[str, VS], ...]:
    """What the fields of an object are given, without what is None in a dictionary that the function may go on filling."""
    if not any(is_none(value) for _, value in given) or not attributes.is_typed_dict(ev, cls):
        return given
    fn = site.frame.fn
    if fn is not None and any(returned is site.node for returned in F.returned(fn.body["body"])):
        return given
    return tuple((name, value) for name, value in given if not is_none(value))


def is_none(value: VS) -> bool:
    """Whether something is None, and nothing else."""
    return len(value) == 1 and value[0].k == CONST and value[0].a is None


def _checked(fn: Fn) -> tuple[str, ...]:
    """The fields that a validator names, where it runs for these only if they are given."""
    for decorator in fn.body["decorators"]:
        if decorator[0] != F.E_CALL or F.last_name(decorator[1]) not in _OF_FIELDS:
            continue
        names = [e[1] if e[0] == F.E_CONST else None for e in decorator[2]]
        options = [name for name, value in decorator[3] if name != "mode" and value[:2] != [F.E_CONST, False]]
        if not set(options) <= _HARMLESS or not all(isinstance(name, str) and name != "*" for name in names):
            return ()
        return tuple(str(name) for name in names)
    return ()


def _fields(ev: Evaluator, cls: Class) -> frozenset[str]:
    """The fields of a model by their names; none where it has a constructor of its own, other names or defaults that are validated."""
    found: frozenset[str] | None = cls.cache.get(_KEPT)
    if found is None:
        names: set[str] = set()
        for c in attributes.mro(ev, cls):
            if isinstance(c, Class):
                names.update(name for name, bindings in c.bindings.items() if bindings[-1].annotation is not None)
                if "__init__" in c.own_methods() or "__new__" in c.own_methods() or _renames(c):
                    names = set()
                    break
        found = cls.cache[_KEPT] = frozenset(names)
    return found


def _renames(cls: Class) -> bool:
    """Whether a class gives fields other names, or has defaults validated."""
    todo: list[Any] = [cls.body["body"], cls.body["keywords"]]
    while todo:
        part = todo.pop()
        if part.__class__ is str:
            if part in _RENAMING:
                return True
        elif part.__class__ is list or part.__class__ is tuple:
            todo += part
    return False


_KEPT: Final = "fields by their names"
_OF_FIELDS: Final = ("field_validator", "validator")
_HARMLESS: Final = frozenset(("check_fields", "allow_reuse", "pre"))
_RENAMING: Final = frozenset((
    "alias", "validation_alias", "alias_generator", "validate_default", "validate_all",
))  # fmt: skip

__all__ = ["is_left_out", "is_none", "lasting"]
