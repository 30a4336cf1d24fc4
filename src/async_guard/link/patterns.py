"""What the names in a ``case`` stand for: parts of the subject, each reached by the steps of its pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from async_guard.link import attributes, containers, narrowing
from async_guard.link.frames import Site
from async_guard.link.program import Class
from async_guard.link.values import CONST, EXTINST, INST, NOTHING, SEQ, UNKNOWN, VS, V, union
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator


def captured(ev: Evaluator, subject: VS, way: list[Any], site: Site) -> VS:
    """What is found at the end of the steps from a subject; reading properties on the way happens at ``site``."""
    value = subject
    for kind, what in way:
        if kind == "is":
            value = narrowing.to_classes(ev, value, ev.ev(what, site.frame))
        elif kind == "attribute":
            value = union(*(_attribute(ev, v, what, site) for v in value))
        elif kind == "field":
            value = union(*(_field(ev, v, what, site) for v in value))
        elif kind == "item":
            part = what if isinstance(what, int) else (what[0], what[1])
            value = containers.unpacked(ev, value, part, Site(site.frame, 0, 0, site.node))
        else:
            node = [F.E_SUB, [F.E_OPAQUE, "dict"], what, site.pos, site.end]
            value = containers.item(ev, value, ev.ev(what, site.frame), node, site)
    return value or ev.values.unknown


def _attribute(ev: Evaluator, v: V, name: str, site: Site) -> VS:
    return NOTHING if v.k in (CONST, UNKNOWN) else attributes.get_one(ev, v, name, site)


def _field(ev: Evaluator, v: V, number: int, site: Site) -> VS:
    """The attribute that a class pattern asks for by position; of a builtin the object itself."""
    if v.k != INST:
        return (v,) if v.k in (CONST, SEQ) or (v.k == EXTINST and v.a.startswith("builtins.")) else NOTHING
    names = match_args(ev, v.a)
    return attributes.get_one(ev, v, names[number], site) if number < len(names) else NOTHING


def match_args(ev: Evaluator, cls: Class) -> list[str]:
    """The attributes of a class that patterns may ask for by position: what it says itself, or else its fields."""
    own = attributes.class_attribute(ev, cls, "__match_args__")
    for v in own[1] if own is not None else ():
        if v.k == SEQ and v.b is not None:
            return [str(item[0].a) if len(item) == 1 and item[0].k == CONST else "" for item in v.b]
    fields: dict[str, None] = {}
    for c in attributes.mro(ev, cls)[::-1]:
        if isinstance(c, Class):
            fields.update((name, None) for name, b in c.bindings.items() if b[-1].annotation is not None)
    return list(fields)
