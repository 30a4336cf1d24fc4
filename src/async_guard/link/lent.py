"""Containers that are handed to a function which puts something into them: ``install(HOOKS)``, ``wire(bus.handlers)``.

What a reading of the function put into its parameter goes into what the call names; and who asks what such a container holds has the scopes read
that hand it to somebody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes, callers, containers
from async_guard.link.frames import CALL, Filling, Frame
from async_guard.link.program import Class, Fn, Module
from async_guard.link.values import DICT, SEQ, VS, has_key, key_of, known
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_LENT: Final = "[] of "
"""Before the name of a parameter, among a frame's attributes: what this reading put into what it was handed."""
_CONTAINERS: Final = (F.E_NAME, F.E_ATTR)


def put(fr: Frame, name: str, extra: VS) -> None:
    """A function puts something into the container that it was handed as a parameter."""
    if fr.fn is not None and any(p[0] == name and p[1] not in ("*", "**") for p in fr.fn.body["params"]):
        fr.keep_attribute(_LENT + name, extra)


def give_back(ev: Evaluator, e: Any, since: int, fr: Frame) -> None:
    """After a call: what the functions that it ran put into their parameters is in the containers that it names.

    In a function that is so of its own containers, of its object's and of its module's: what somebody else's holds would depend on when the
    function is read.
    """
    for event in fr.events[since:]:
        target = event.target
        if event.node is not e or event.kind != CALL or target is None or target.fn is None or not target.attrs:
            continue
        for name, value in list(target.attrs.items()):
            if name.startswith(_LENT):
                lender = _argument(e, target, name[len(_LENT) :])
                if lender is None:
                    continue
                if fr.fn is None or _is_own(lender, fr) or _is_of_self(lender, fr.fn) or _is_of_module(lender, fr):
                    _fill(ev, lender, value, fr)
                elif lender[0] == F.E_NAME and lender[1] in fr.params:
                    put(fr, lender[1], value)  # it is handed on


def _is_own(e: Any, fr: Frame) -> bool:
    """Whether an expression names a container that this reading has made."""
    if e[0] != F.E_NAME or e[1] not in fr.vars or e[1] in fr.params:
        return False
    return all(v.k in (SEQ, DICT) for v in fr.vars[e[1]])


def _is_of_module(e: Any, fr: Frame) -> bool:
    """Whether an expression names what the function's module binds."""
    return (
        e[0] == F.E_NAME
        and e[1] in fr.module.bindings
        and e[1] not in fr.vars
        and e[1] not in fr.params
        and fr.closure is None
    )


def _is_of_self(e: Any, fn: Fn) -> bool:
    """Whether an expression names what the object (or class) holds whose method this is: ``self.handlers``."""
    return fn.owner is not None and bool(fn.body["params"]) and _is_attribute_of(e, fn.body["params"][0][0])


def _argument(e: Any, target: Frame, name: str) -> Any:
    """The expression that a call hands as a parameter, where it names a container."""
    for keyword, a in e[3]:
        if keyword == name:
            return a if a[0] in _CONTAINERS else None
    assert target.fn is not None
    names = [p[0] for p in target.fn.body["params"] if p[1] in ("/", "a")]
    if name not in names or any(a[0] == F.E_STAR for a in e[2]):
        return None
    number = names.index(name) - (target.self_value is not None)
    return e[2][number] if 0 <= number < len(e[2]) and e[2][number][0] in _CONTAINERS else None


def _fill(ev: Evaluator, lender: Any, value: VS, fr: Frame) -> None:
    for v in value:
        if v.k == SEQ:
            containers.put(ev, lender, None, v.c, fr)
        elif v.k == DICT:
            told = {key_of(k): k for k in v.c if has_key(k)}
            for key, item in v.a:
                if key in told:
                    containers.put(ev, lender, (told[key],), item, fr)
            if v.b:
                containers.put(ev, lender, v.c, v.b, fr)


def is_bare(value: VS) -> bool:
    """Whether containers are made with nothing in them, whatever may be in them later."""
    return bool(value) and all(
        (v.k == SEQ and not known(v.c)) or (v.k == DICT and not v.a and not known(v.b)) for v in value
    )


def scopes(ev: Evaluator, owner: Module | Class, name: str, *, anywhere: bool) -> list[tuple[Module, int]]:
    """The bodies of modules, and the methods of its owner, that hand a container of this name to a function which fills a parameter.

    Args:
        ev: the evaluator.
        owner: whose container it is.
        name: of the container.
        anywhere: look in all modules, not only in those that bind the name or hold the owner.
    """
    key = (owner, name)
    found: list[tuple[Module, int]] | None = ev.lenders.get(key)
    if found is None:
        home = owner.module if isinstance(owner, Class) else owner
        found = ev.lenders[key] = [
            (module, -1)
            for module in ev.program
            if (module is home or anywhere or name in module.bindings) and _lends(ev, module, name)
        ]
        if isinstance(owner, Module):
            found += [(owner, fn.index) for fn in owner.functions if fn.owner is None and _hands_own(ev, fn, name)]
        else:
            found += [
                (fn.module, fn.index)
                for cls in attributes.mro(ev, owner)
                if isinstance(cls, Class)
                for fn in cls.own_methods().values()
                if _hands_own(ev, fn, name)
            ]
    return found


def read(ev: Evaluator, owner: Module | Class, name: str, lenders: list[tuple[Module, int]]) -> None:
    """Read the scopes that hand a container to somebody."""
    key = ("lent", owner, name)
    begun = ev.filling.get(key)
    if begun is not None:
        containers.ask_again(ev, begun)
        return
    filling = ev.filling[key] = Filling(ev.tick())
    containers.read_writers(ev, lenders, filling)


def _lends(ev: Evaluator, module: Module, name: str) -> bool:
    if not module.facts.holds(0, f'"{name}"'):
        return False
    for called, calls in callers.sites(ev.program, module).items():
        for call in calls:
            if any(a[0] in _CONTAINERS and F.last_name(a) == name for a in (*call[2], *(a for _, a in call[3]))):
                originals = [original for original, bound in module.facts.aliases.items() if called in bound]
                if any(_is_filler(ev, named) for named in (called, *originals)):
                    return True
    return False


def _hands_own(ev: Evaluator, fn: Fn, name: str) -> bool:
    """Whether a function hands what its object (or its module) holds under a name to something that fills just that parameter.

    Stricter than what is asked of a module's body: reading a function early, because it might fill something, leaves open what it is read inside of.
    """
    if not fn.module.facts.holds(fn.index + 1, f'"{name}"'):
        return False
    first = fn.body["params"][0][0] if fn.owner is not None and fn.body["params"] else ""
    for called, calls in callers.sites(ev.program, fn).items():
        for call in calls:
            callee = call[1]
            if callee[0] != F.E_NAME and not (first and _is_attribute_of(callee, first)):
                continue
            for number, a in enumerate((*call[2], *(a for _, a in call[3]))):
                if F.last_name(a) != name or not (_is_attribute_of(a, first) if first else a[0] == F.E_NAME):
                    continue
                keyword = call[3][number - len(call[2])][0] if number >= len(call[2]) else None
                originals = [original for original, bound in fn.module.facts.aliases.items() if called in bound]
                if any(_fills_one(ev, named, number, keyword) for named in (called, *originals)):
                    return True
    return False


def _is_attribute_of(e: Any, first: str) -> bool:
    return bool(e[0] == F.E_ATTR and e[1][0] == F.E_NAME and e[1][1] == first)


def _fills_one(ev: Evaluator, called: str, number: int, keyword: str | None) -> bool:
    """Whether a function of this name puts something into the parameter that an argument goes to."""
    named, _ = ev.program.called(called)
    for fn in named if len(named) < _COMMON else ():
        params = [p[0] for p in fn.body["params"] if p[1] not in ("*", "**")]
        place = number + (fn.owner is not None)
        name = keyword or (params[place] if place < len(params) else "")
        if name in params and fn.index in fn.module.facts.item_writes.get(name, ()):
            return True
    return False


def _is_filler(ev: Evaluator, called: str, depth: int = 0) -> bool:
    """Whether a function of this name puts something into one of its parameters, or hands it to one that does."""
    named, _ = ev.program.called(called)
    return len(named) < _COMMON and any(_fills(ev, fn, depth) for fn in named)


def _fills(ev: Evaluator, fn: Fn, depth: int = 0) -> bool:
    found = ev.fillers.get(fn)
    if found is None:
        params = {p[0] for p in fn.body["params"]}
        writes = fn.module.facts.item_writes
        found = any(fn.index in writes.get(name, ()) for name in params) or (
            depth < _HANDS
            and any(
                call[1][0] == F.E_NAME
                and any(a[0] == F.E_NAME and a[1] in params for a in call[2])
                and _is_filler(ev, called, depth + 1)
                for called, calls in callers.sites(ev.program, fn).items()
                for call in calls
            )
        )
        if not depth:
            ev.fillers[fn] = found
    return found


_COMMON: Final = 20
"""Functions of one name, from which on the name says nothing."""
_HANDS: Final = 2
"""How often a container is handed on before something is put into it."""

__all__ = ["give_back", "is_bare", "put", "read", "scopes"]
