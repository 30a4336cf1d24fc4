"""What a generated constructor runs: the factories of the fields that it is not given, what converts and checks what it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from async_guard.link import attributes, calls, names
from async_guard.link.frames import NO_ARGS, Args, Frame, Site
from async_guard.link.program import Class, Fn
from async_guard.link.values import BOUND, CLASS, EXT, FUNC, INST, MORE, NOTHING, SEQ, VS, V, known, union
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


def is_spared(ev: Evaluator, cls: Class, hook: V, args: Args) -> bool:
    """Whether validation runs a function only for fields that are left out, and an object is made with each of these."""
    if not args.keywords or hook.a.__class__ is not Fn or hook.a.body["decorators"]:
        return False
    makes = [
        name
        for name, factories in _named(ev, cls, "default_factory").items()
        if any(factory.k == FUNC and factory.a is hook.a for factory in factories)
    ]
    return bool(makes) and all(name in args.keywords and not name.startswith("_") for name in makes)


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


def _decorated(ev: Evaluator, cls: Class, field: str, role: str = "default") -> VS:
    """The method that makes or checks the value of a field: ``@field.default``, ``@field.validator``."""
    return tuple(
        ev.values.make(FUNC, fn, names.class_frame(ev, cls).closure, None)
        for fn in cls.own_methods().values()
        if any(d[0] == F.E_ATTR and d[2] == role and d[1][:2] == [F.E_NAME, field] for d in fn.body["decorators"])
    )


def made(ev: Evaluator, v: V, name: str, site: Site) -> VS:
    """What a method of an object's class gives that makes the value of a field; nothing for other attributes."""
    for c in attributes.mro(ev, v.a):
        if isinstance(c, Class) and name in c.bindings:
            b = c.bindings[name][-1]
            is_call = b.kind == "value" and not b.path and b.data[0] == F.E_CALL
            methods = _decorated(ev, c, name) if is_call else NOTHING
            bound = tuple(ev.values.make(BOUND, v, method) for method in methods)
            return calls.call(ev, bound, NO_ARGS, site.running("never")) if bound else NOTHING
    return NOTHING


def converted(ev: Evaluator, cls: Class, given: tuple[tuple[str, VS], ...], site: Site) -> tuple[tuple[str, VS], ...]:
    """Arguments of a generated constructor as the fields keep them, behind the converters that the fields name."""
    converters = _named(ev, cls, "converter")
    if not converters:
        return given
    out = []
    for name, value in given:
        for converter in converters.get(name, NOTHING):
            result = calls.call(ev, (converter,), Args([value], {}), site)
            value = result if known(result) else value
        out.append((name, value))
    return tuple(out)


def check(ev: Evaluator, v: V, given: tuple[tuple[str, VS], ...], site: Site) -> None:
    """Run the validators of an object's fields, which get the object, the field and its value."""
    values = dict(given)
    for name, validators in _named(ev, v.a, "validator").items():
        value = values.get(name, ev.values.unknown)
        for validator in validators:
            if validator.k == FUNC and validator.a.owner is not None:
                bound = ev.values.make(BOUND, v, validator)
                calls.call(ev, (bound,), Args([ev.values.unknown, value], {}), site)
            else:
                calls.call(ev, (validator,), Args([(v,), ev.values.unknown, value], {}), site)


def _named(ev: Evaluator, cls: Class, role: str) -> dict[str, VS]:
    """Fields of a class -> the callables of the project that they name for this role: ``field(converter=f)``, ``@field.validator``."""
    found: dict[str, VS] | None = cls.cache.get(role)
    if found is None:
        found = cls.cache[role] = {}
        for c in attributes.mro(ev, cls)[::-1]:
            for name, bindings in c.bindings.items() if isinstance(c, Class) else ():
                b = bindings[-1]
                if b.kind != "value" or b.path or b.data[0] != F.E_CALL:
                    continue
                frame = names.class_frame(ev, c)
                written = next((argument for keyword, argument in b.data[3] if keyword == role), None)
                value = _quietly(ev, written, frame) if written is not None else NOTHING
                each = union(*(x.c if x.k == SEQ else (x,) for x in value), _decorated(ev, c, name, role))
                if callables := tuple(x for x in each if x.k in (FUNC, CLASS, INST)):
                    found[name] = callables
    return found


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


__all__ = ["check", "converted", "is_spared", "made", "of", "run"]
