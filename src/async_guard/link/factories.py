"""What a generated constructor runs: the factories of the fields that it is not given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from async_guard.link import attributes, calls, names
from async_guard.link.frames import NO_ARGS, Args, Frame, Site
from async_guard.link.program import Class
from async_guard.link.values import BOUND, EXT, FUNC, MORE, NOTHING, VS, V, union
from async_guard.model import facts as F
from async_guard.model.catalogue import ArgRef, FunctionEntry

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator


def run(ev: Evaluator, v: V, given: tuple[tuple[str, VS], ...], site: Site) -> None:
    """Call the factories of an object's fields, but for those that its constructor was, or may have been, given."""
    factories = of(ev, v.a)
    passed = {name for name, _ in given}
    if not factories or MORE in passed:
        return
    for name, made_by in factories:
        if name in passed:
            continue
        for factory in made_by:
            if factory.k == FUNC and factory.a.owner is not None:
                factory = ev.values.make(BOUND, v, factory)
            takes_object = factory.k == FUNC and _needs_one(factory)
            calls.call(ev, (factory,), Args([(v,)], {}) if takes_object else NO_ARGS, site)


def of(ev: Evaluator, cls: Class) -> list[tuple[str, VS]]:
    """Fields of a class whose values a factory makes, with the factories; of nearer classes first."""
    found: list[tuple[str, VS]] | None = cls.cache.get("factories")
    if found is None:
        found = cls.cache["factories"] = []
        is_model = ev.frameworks.fills_from_outside(ev, cls)
        seen: set[str] = set()
        for c in attributes.mro(ev, cls):
            if isinstance(c, Class):
                # A model runs those of its fields and private attributes where data is validated.
                found += [
                    (name, made_by) for name, made_by in _own(ev, c) if made_by and name not in seen and not is_model
                ]
                seen.update(c.bindings)
    return found


def _own(ev: Evaluator, cls: Class) -> list[tuple[str, VS]]:
    out = []
    for name, bindings in cls.bindings.items():
        b = bindings[-1]
        if b.kind == "value" and not b.path and b.data[0] == F.E_CALL:
            out.append((name, union(_factories(ev, b.data, names.class_frame(ev, cls)), _decorated(ev, cls, name))))
    return out


def _decorated(ev: Evaluator, cls: Class, field: str) -> VS:
    """The method that makes the value of a field: ``@field.default``."""
    return tuple(
        ev.values.make(FUNC, fn, names.class_frame(ev, cls).closure, None)
        for fn in cls.own_methods().values()
        if any(d[0] == F.E_ATTR and d[2] == "default" and d[1][:2] == [F.E_NAME, field] for d in fn.body["decorators"])
    )


def _factories(ev: Evaluator, e: Any, fr: Frame) -> VS:
    """What the library calls later of the arguments of ``field(default_factory=f)``, ``field(default=Factory(f))``."""
    if e[0] != F.E_CALL or len(e[2]) + len(e[3]) == 0:
        return NOTHING
    out: VS = NOTHING
    for v in _quietly(ev, e[1], fr):
        entry = ev.catalogue.lookup(v.a) if v.k == EXT else None
        if isinstance(entry, FunctionEntry):
            for returns in (entry.returns, *(case.returns for _, case in entry.cases)):
                form, ref = returns[:2] if returns is not None and len(returns) > 1 else ("", None)
                argument = _written(e, ref) if isinstance(ref, ArgRef) else None
                if argument is None:
                    continue
                found = _quietly(ev, argument, fr) if form == "call" else NOTHING
                out = union(out, found, _factories(ev, argument, fr) if form == "arg" else NOTHING)
    return out


def _written(e: Any, ref: ArgRef) -> Any:
    """An argument of a call as it is written."""
    named = next((a for name, a in e[3] if name == ref.keyword), None)
    if named is None and ref.position is not None and ref.position < len(e[2]):
        return e[2][ref.position]
    return named


def _quietly(ev: Evaluator, e: Any, fr: Frame) -> VS:
    closed = fr.env is None
    if closed:
        fr.env = {}
    try:
        return ev.ev(e, fr)
    finally:
        if closed:
            fr.env = None


def _needs_one(factory: V) -> bool:
    return any(kind in ("/", "a") and default is None for _, kind, _, default in factory.a.body["params"])


__all__ = ["of", "run"]
