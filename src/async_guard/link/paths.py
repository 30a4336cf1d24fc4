"""Paths of routes as a person reads them: literals, constants, sums and formats, with what is not known in braces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.frameworks.tables import Arg
from async_guard.link import containers
from async_guard.link.frames import Args, Frame, Site
from async_guard.link.values import CONST, VS
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_LONGEST: Final = 200


def written(ev: Evaluator, args: Args, ref: Arg | None, site: Site) -> str:
    """The path that an argument names; empty when it is not given, ``{name}`` for a part that only the run decides."""
    found = alternatives(ev, args, ref, site)
    return found[0] if found else ""


def alternatives(ev: Evaluator, args: Args, ref: Arg | None, site: Site) -> list[str]:
    """Every path that an argument may name: a router can be included once for each of several prefixes."""
    if ref is None:
        return []
    e = _expression(args, ref)
    if e is not None and e[0] == F.E_SUB:
        entry = _literal_entry(ev, e, site.frame)
        if entry is not None:
            return [entry]
    found = [v.a for v in args.get(*ref) or () if v.k == CONST and isinstance(v.a, str)]
    if not found and e is not None and e[0] in (F.E_FSTR, F.E_BIN):
        found = [_rendered(ev, e, site.frame)[:_LONGEST]]
    return found


def named(args: Args, ref: Arg) -> str:
    """In braces, the name of what gives a path that only the run decides; empty for a path that is written out or not given."""
    e = _expression(args, ref)
    while e is not None and e[0] == F.E_CALL:
        e = e[1]
    if e is None or e[0] not in (F.E_NAME, F.E_ATTR):
        return ""
    return f"{{{e[1] if e[0] == F.E_NAME else e[2]}}}"


def attribute(args: Args, ref: Arg) -> str:
    """The attribute that an argument names, as written."""
    e = _expression(args, ref)
    return str(e[2]) if e is not None and e[0] == F.E_ATTR else ""


def _literal_entry(ev: Evaluator, e: Any, frame: Frame) -> str | None:
    """``PATHS[Kind.ONE]`` where the mapping is a literal with that very key: members of an enumeration are one value otherwise."""
    if e[1][0] != F.E_NAME or e[2][0] != F.E_ATTR:
        return None
    module, name = containers.home(ev, frame.module, e[1][1])
    bindings = module.bindings.get(name)
    literal = bindings[-1].data if bindings and bindings[-1].kind == "value" else None
    if literal is None or literal[0] != F.E_DICT:
        return None
    for key, value in zip(literal[1], literal[2], strict=True):
        if key is not None and key[0] == F.E_ATTR and key[2] == e[2][2] and value[0] == F.E_CONST:
            return str(value[1])
    return None


def _text(value: VS | None) -> str | None:
    if value and value[0].k == CONST and isinstance(value[0].a, str):
        return value[0].a
    return None


def _expression(args: Args, ref: Arg) -> Any:
    if args.expressions is None:
        return None
    keyword, position = ref
    for name, value in args.expressions[3]:
        if keyword is not None and name == keyword:
            return value
    given = args.expressions[2]
    return given[position] if position is not None and position < len(given) else None


def _rendered(ev: Evaluator, e: Any, frame: Frame) -> str:
    if e[0] == F.E_FSTR:
        return "".join(_rendered(ev, part, frame) for part in e[1])
    if e[0] == F.E_BIN and e[1] == "+":
        return _rendered(ev, e[2], frame) + _rendered(ev, e[3], frame)
    text = _text(ev.ev(e, frame)) if e[0] in (F.E_CONST, F.E_NAME, F.E_ATTR) else None
    if text is not None:
        return text
    name = e[1] if e[0] == F.E_NAME else e[2] if e[0] == F.E_ATTR else ""
    return f"{{{name}}}" if name else "{...}"
