"""Library objects that a project keeps things in under keys of its own, to read them elsewhere (``app["db"]``, ``self.settings["db"]``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from async_guard.link import attributes, containers
from async_guard.link.frames import Args, Site
from async_guard.link.values import CONST, DICT, EXTINST, NOTHING, VS, V, known, union, without_none

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_READS: Final = ("__getitem__", "get", "pop", "setdefault")
_WRITES: Final = ("__setitem__", "setdefault", "update")
METHODS: Final = frozenset((*_READS, *_WRITES))
_USUAL: Final = ("app", "application", "request", "settings", "scope")
"""What people call such an object where they put something into it."""
_MOST_WRITERS: Final = 100


def access(ev: Evaluator, store: str, name: str, args: Args, site: Site) -> VS:
    """A method of such an object, by what any code keeps in one of its class under the same key."""
    first = args.positional[0] if args.positional else NOTHING
    writes = name in _WRITES and not site.frame.module.is_test
    if writes and name == "update":
        for v in first:
            for key, value in v.a if v.k == DICT else ():
                write(ev, store, key, value)
        for key, value in args.keywords.items():
            write(ev, store, key, value)
    elif writes and len(args.positional) > 1:
        for v in first:
            write(ev, store, _key(v), args.positional[1])
    if name not in _READS:
        return (ev.values.none,)
    _read_writers(ev, store)
    found = union(*(_kept(ev, store, v) for v in first))
    default = args.positional[1] if len(args.positional) > 1 else NOTHING
    if not known(found):
        default = union(without_none(default), ev.values.why("kept at run time"))  # a library may keep something there
    return union(found, without_none(default)) or ev.values.why("kept at run time")


def write(ev: Evaluator, store: str, key: object, value: VS) -> None:
    """Something is kept from now on."""
    if isinstance(key, str) and key:
        attributes.write(ev, (("item", store), key), value)


def _key(v: V) -> str:
    """A text, or an object that is made to be a key; empty for what nobody knows."""
    if v.k == CONST:
        return v.a if isinstance(v.a, str) else ""
    return f"{v.a}@{v.c}" if v.k == EXTINST and v.c is not None else ""


def _kept(ev: Evaluator, store: str, v: V) -> VS:
    found = ev.bags.get((("item", store), _key(v)), NOTHING)
    if known(found):
        return found
    return union(*v.b) if v.k == EXTINST and v.b else found  # what the key was declared for


def _read_writers(ev: Evaluator, store: str) -> None:
    """Read, once, the scopes that may keep something in objects of this class."""
    done = ("writers of", store)
    if done in ev.shared:
        return
    ev.shared.add(done)
    for name in _USUAL:
        containers.read_fillers(ev, name)
    package = store.partition(".")[0]
    left = _MOST_WRITERS
    for module in ev.program:
        if not any(package == word.partition(".")[0] for word in _imported(module)):
            continue
        for user in sorted({user for users in module.facts.item_writes.values() for user in users if user >= 0}):
            left -= 1
            if left < 0:
                return
            ev.read_somehow(module.functions[user])


def _imported(module: object) -> list[str]:
    bindings = getattr(module, "bindings", {})
    return [
        str(b.data[0]) for several in bindings.values() for b in several if b.kind in ("from", "import") and b.data[0]
    ]
