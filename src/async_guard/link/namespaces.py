"""``vars(thing)`` and ``thing.__dict__``: what an object holds, attribute by attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_guard.link import attributes
from async_guard.link.frames import Site
from async_guard.link.program import Class
from async_guard.link.values import NOTHING, UNKNOWN, VS, V

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator


def of_object(ev: Evaluator, v: V, site: Site) -> VS:
    """What an object's own methods assign, and its fields, by name; nothing is said of one that has very many.

    Where the object's methods put the namespace itself into an attribute, that one is left out.
    """
    if v.a in ev.listing:
        return (ev.values.dict((), NOTHING),)
    names = _names(ev, v.a)
    if not names or len(names) > attributes.SCANNED:
        return (ev.values.dict((), NOTHING),)
    ev.listing.append(v.a)
    found = [(name, attributes.get_one(ev, v, name, site)) for name in names]
    ev.listing.pop()
    return (ev.values.dict(tuple((name, value) for name, value in found if _is_told(value)), NOTHING),)


def _is_told(value: VS) -> bool:
    return bool(value) and any(x.k != UNKNOWN for x in value)


def _names(ev: Evaluator, cls: Class) -> tuple[str, ...]:
    """The attributes that methods of a class and its bases assign, and the fields of data classes among them."""
    found: tuple[str, ...] | None = cls.cache.get("namespace")
    if found is None:
        names: dict[str, None] = {}
        for c in attributes.mro(ev, cls)[::-1]:
            if not isinstance(c, Class):
                continue
            if attributes.is_dataclass(ev, c):
                names.update(
                    dict.fromkeys(name for name, bindings in c.bindings.items() if bindings[-1].annotation is not None)
                )
            names.update(dict.fromkeys(name for name in c.module.facts.attribute_writes if attributes.writers(c, name)))
        found = cls.cache["namespace"] = tuple(names)
    return found
