"""Paths of routes as a person reads them: literals, constants, sums and formats, with what is not known in braces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from async_guard.frameworks.tables import Arg
from async_guard.link.frames import Args, Frame, Site
from async_guard.link.values import CONST, VS
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_LONGEST = 200


def written(ev: Evaluator, args: Args, ref: Arg | None, site: Site) -> str:
    """The path that an argument names; empty when it is not given, ``{name}`` for a part that only the run decides."""
    if ref is None:
        return ""
    found = _text(args.get(*ref))
    if found is not None:
        return found
    e = _expression(args, ref)
    return _rendered(ev, e, site.frame)[:_LONGEST] if e is not None and e[0] in (F.E_FSTR, F.E_BIN) else ""


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
