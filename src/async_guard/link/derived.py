"""Objects of the project's classes that derive from a builtin container (``class Registry(dict)``): what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes, containers, hints, library, names
from async_guard.link.frames import Args, Filling, Frame, Site
from async_guard.link.program import Class
from async_guard.link.values import DICT, INST, NOTHING, SEQ, VS, V, known, union
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_KINDS: Final = {
    "builtins.dict": "dict", "typing.Dict": "dict", "collections.OrderedDict": "dict", "collections.defaultdict": "dict",
    "collections.UserDict": "dict", "typing.OrderedDict": "dict", "typing.DefaultDict": "dict",
    "builtins.list": "list", "typing.List": "list", "collections.UserList": "list", "collections.deque": "list",
    "builtins.set": "set", "typing.Set": "set",
}  # fmt: skip
_WRAPPERS: Final = frozenset(("collections.UserDict", "collections.UserList"))
"""Those that keep their items in an attribute of their own, ``data``."""
_OWN: Final = ("__getitem__", "__setitem__", "__init__")
_ITEMS: Final = "<items>"
"""What the items of an object are kept under, among the containers that each object has for itself."""
_PUTS: Final = {
    "dict": frozenset(("__setitem__", "setdefault", "update", "__init__", "__ior__")),
    "list": frozenset(("append", "extend", "insert", "appendleft", "extendleft", "__init__", "__iadd__")),
    "set": frozenset(("add", "update", "__init__", "__ior__")),
}
_READS: Final = {
    "dict": frozenset(("get", "pop", "items", "values", "keys", "copy", "popitem", "setdefault", "__getitem__")),
    "list": frozenset(("pop", "popleft", "copy", "__getitem__", "__iter__")),
    "set": frozenset(("pop", "copy", "union", "__iter__")),
}


_LOOKUPS: Final = frozenset(("get", "pop", "setdefault"))
"""Methods of a mapping that give what stands under a key."""


def kind_of(ev: Evaluator, cls: Class) -> str:
    """The builtin container that a class derives from: ``dict``, ``list`` or ``set``; empty for any other class."""
    found: str | None = cls.cache.get("container")
    if found is None:
        cls.cache["container"] = ""
        found = next((_KINDS[base] for base in attributes.library_bases(ev, cls) if base in _KINDS), "")
        cls.cache["container"] = found
    return found


def is_method(ev: Evaluator, cls: Class, name: str) -> bool:
    """Whether a class has the method of a builtin container that puts something into it or takes something out."""
    kind = kind_of(ev, cls)
    if not kind:
        return name in _LOOKUPS and attributes.is_typed_dict(ev, cls)
    if name not in _PUTS[kind] and name not in _READS[kind]:
        return False
    if name in _OWN or not any(base in _WRAPPERS for base in attributes.library_bases(ev, cls)):
        return True
    # These are written in Python: what they do they do by the special methods that the class may have in its own way.
    return all(attributes.class_attribute(ev, cls, own) is None for own in _OWN)


def is_data(ev: Evaluator, cls: Class, name: str) -> bool:
    """Whether an attribute is the container that a `collections.UserDict` or `collections.UserList` wraps."""
    return name == "data" and any(base in _WRAPPERS for base in attributes.library_bases(ev, cls))


def held(ev: Evaluator, v: V, node: Any, fr: Frame) -> VS:
    """The builtin container that an object amounts to, with all that is put into it; ``node`` is the expression that stands for it."""
    cls: Class = v.a
    _read_own_fillers(ev, cls)
    for name in dict.fromkeys((F.last_name(node) if node is not None else "", *_names_of(ev, cls))):
        if name and name not in ("self", "cls"):
            containers.read_fillers(ev, name, cls.module if cls.module.library else fr.module)
    kind = kind_of(ev, cls)
    empty = ev.values.dict((), NOTHING) if kind == "dict" else ev.values.seq(kind, None, NOTHING)
    return containers.with_contents(ev, (empty,), containers.own_contents(ev, v, _ITEMS)) or (empty,)


def contain(ev: Evaluator, v: V, extra: VS, fr: Frame) -> None:
    """Something goes into an object."""
    containers.contain_own(ev, v, _ITEMS, extra, fr)


def special(ev: Evaluator, v: V, wanted: tuple[str, ...], args: Args, site: Site) -> VS | None:
    """A special method that an object has from a builtin container; None where that says nothing."""
    kind = kind_of(ev, v.a)
    if not kind:
        return None
    first = args.positional[0] if args.positional else NOTHING
    if "__setitem__" in wanted and len(args.positional) > 1:
        return method(ev, v, "__setitem__", args, site)
    if "__iter__" in wanted:
        holds = held(ev, v, site.node, site.frame)[0]
        items = holds.c if holds.k == SEQ else holds.c or containers.keys_of(ev, holds)
        return (ev.values.seq("iter", None, items),) if items else None
    if "__getitem__" in wanted:
        node = site.node[1] if site.node is not None and site.node[0] == F.E_SUB else None
        holds = held(ev, v, node, site.frame)[0]
        if holds.k == SEQ:
            return holds.c or None
        found = containers.mapping_item(holds, first)
        if not known(found):
            found = _declared(ev, v.a)
        return union(found, _missing(ev, v, args, site)) if known(found) else None
    return None


def method(ev: Evaluator, v: V, name: str, args: Args, site: Site) -> VS:
    """A method that an object has from a builtin container."""
    kind = kind_of(ev, v.a)
    if not kind:
        return _field(ev, v, name, args, site)
    if name in _PUTS[kind]:
        _put(ev, v, name, args, site)
        if name not in _READS[kind]:
            return (ev.values.none,)
    node = args.expressions[1] if args.expressions is not None and args.expressions[0] == F.E_CALL else None
    holds = held(ev, v, node[1] if node is not None and node[0] == F.E_ATTR else None, site.frame)[0]
    if name == "__getitem__":
        return special(ev, v, ("__getitem__",), args, site) or ev.values.why("item of an opaque object")
    if name in ("get", "pop", "setdefault") and kind == "dict" and not holds.a and not holds.b:
        declared = _declared(ev, v.a)
        holds = ev.values.dict((), declared) if known(declared) else holds
    return containers.native_method(ev, holds, name, args, [F.E_OPAQUE, ""], site)


def _field(ev: Evaluator, v: V, name: str, args: Args, site: Site) -> VS:
    """What stands under a key of a typed dictionary (``state.get("store")``), or else the default."""
    keys = args.positional[0] if args.positional else NOTHING
    fields = [attributes.get_one(ev, v, key.a, site) for key in keys if containers.is_text(key)]
    default = args.positional[1] if len(args.positional) > 1 else (ev.values.none,) if name == "get" else NOTHING
    return (
        union(*fields, default) if fields and len(fields) == len(keys) else ev.values.why("entry of an opaque object")
    )


def _put(ev: Evaluator, v: V, name: str, args: Args, site: Site) -> None:
    fr = site.frame
    if name in ("__setitem__", "setdefault"):
        if len(args.positional) > 1:
            contain(ev, v, (containers.entry(ev, args.positional[0], args.positional[1]),), fr)
        return
    kind = kind_of(ev, v.a)
    if kind != "dict":
        for given in args.positional[-1:] if name == "insert" else args.positional:
            several = name not in ("append", "insert", "appendleft", "add")
            items = containers.iterate(ev, given, site, False) if several else given
            contain(ev, v, (ev.values.seq("list", None, items),), fr)
        return
    if args.keywords:
        contain(ev, v, (ev.values.dict(tuple(args.keywords.items()), NOTHING),), fr)
    for given in args.positional:
        for other in given:
            if other.k == INST and other is not v and kind_of(ev, other.a) == "dict":
                other = held(ev, other, None, fr)[0]
            if other.k == DICT:
                contain(ev, v, (other,), fr)
            elif other.k == SEQ:
                for key, value in containers.entries(ev, other, site):
                    contain(ev, v, (containers.entry(ev, key, value),), fr)


def _missing(ev: Evaluator, v: V, args: Args, site: Site) -> VS:
    """What a mapping's own ``__missing__`` gives for a key that it does not have."""
    if attributes.class_attribute(ev, v.a, "__missing__") is None:
        return NOTHING
    for base in attributes.library_bases(ev, v.a):
        result = library.special(ev, ev.values.instance(base), "__getitem__", args, site, v)
        if result is not None:
            return result
    return NOTHING


def _declared(ev: Evaluator, cls: Class) -> VS:
    """What a class says that it maps to: ``class Clients(dict[str, Client])``."""
    for c in attributes.mro(ev, cls):
        for base in c.body["bases"] if isinstance(c, Class) else ():
            if base[0] == F.E_SUB and base[2][0] == F.E_SEQ and len(base[2][2]) == 2:
                frame = names.class_frame(ev, c)
                return hints.of(ev, base[2][2][1], frame.closure if frame.closure is not None else c.module.frame)
    return NOTHING


def _names_of(ev: Evaluator, cls: Class) -> list[str]:
    """Names of modules' objects of a class: code anywhere puts things into those by name."""
    found: list[str] | None = cls.cache.get("names of objects")
    if found is None:
        found = cls.cache["names of objects"] = [
            name
            for module, user in ev.program.callers(cls.name, cls.module)
            if user < 0
            for name, bindings in module.bindings.items()
            for b in bindings
            if b.kind == "value" and b.data[0] == F.E_CALL and F.last_name(b.data[1]) == cls.name
        ]
    return found


def _read_own_fillers(ev: Evaluator, cls: Class) -> None:
    """Read the methods of a class that put something into the object itself, and those that call them."""
    key = ("held", cls)
    begun = ev.filling.get(key)
    if begun is not None:
        containers.ask_again(ev, begun)
        return
    filling = ev.filling[key] = Filling(ev.tick())
    for c in attributes.mro(ev, cls):
        if not isinstance(c, Class):
            continue
        facts = c.module.facts
        users = {user for name in ("self", "data") for user in facts.item_writes.get(name, ())}
        users.update(user for name in _PUTS[kind_of(ev, cls)] for user in facts.calls.get(name, ()))
        for user in sorted(users):
            if user >= 0 and containers.class_around(c.module.functions[user]) is c:
                containers.read_filler(ev, c.module.functions[user], filling)
                outer = c.module.functions[user].parent
                while outer is not None:
                    ev.read_callers(outer)
                    outer = outer.parent
    filling.state = 2


__all__ = ["contain", "held", "is_data", "is_method", "kind_of", "method", "special"]
