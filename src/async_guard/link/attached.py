"""Objects that a project hands to a library for it to call: when that counts, and which of their methods run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from async_guard.frameworks.tables import Registration
from async_guard.link import attributes, names, paths, stores
from async_guard.link.frames import Args, Site
from async_guard.link.values import CLASS, CONST, DICT, EXTINST, FUNC, INST, NOTHING, SEQ, VS, V, union

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator
    from async_guard.link.program import Module

_MADE_BY: Final = ("()", "class")
"""Keys of a logging configuration that say what makes an object."""
_SECTIONS: Final = ("handlers", "filters", "formatters")


def applies(ev: Evaluator, spec: Registration, args: Args) -> bool:
    """Whether a call registers what it is given: some do only for certain objects, or in certain projects."""
    if spec.of is not None and paths.attribute(args, spec.of[0]) != spec.of[1]:
        return False
    if spec.unless is not None:
        ref, attribute, classes = spec.unless
        if paths.attribute(args, ref) == attribute:
            return False
        if any(v.k == EXTINST and ev.catalogue.canonical(v.a) in classes for v in args.get(*ref) or ()):
            return False
    if any(name in args.keywords for name in spec.unless_given):
        return False
    if spec.calls and not ev.program.callers(spec.calls):
        return False
    return not spec.imports or imported(ev, spec.imports)


def drops(ev: Evaluator, spec: Registration, args: Args | None) -> bool:
    """Whether a coroutine function that a call registers is called like a plain one, and nobody awaits what it gives."""
    how = spec.drops
    if how is None or (args is not None and any(name in args.keywords for name in how.unless_given)):
        return False
    if any(imported(ev, module) for module in how.unless_imported):
        return False
    return not how.unless_calls or not _calls_its_own(ev, how.unless_calls)


def _calls_its_own(ev: Evaluator, base: str) -> bool:
    """Whether a class of the project with a base of this name says what calling one of its objects does."""
    key = f"__call__ {base}"
    found: bool | None = ev.frameworks.imports.get(key)
    if found is None:
        found = ev.frameworks.imports[key] = any(
            base in cls.head.bases and "__call__" in cls.own_methods()
            for module in ev.program
            for cls in module.classes
        )
    return found


def imported(ev: Evaluator, dotted: str) -> bool:
    """Whether a module of the project, tests aside, imports a library's module or something of it."""
    found: bool | None = ev.frameworks.imports.get(dotted)
    if found is None:
        inner = f"{dotted}."
        found = ev.frameworks.imports[dotted] = any(
            f"{word}.".startswith(inner)
            for module in ev.program
            if not module.is_test
            for bindings in module.bindings.values()
            for b in bindings
            if b.kind in ("from", "import")
            for word in _imports(b)
        )
    return found


def _imports(b: Any) -> tuple[str, ...]:
    if b.kind == "from":
        return (f"{b.data[0]}.{b.data[2]}",) if not b.data[1] else ()
    return tuple(part for part in (b.data if isinstance(b.data, (tuple, list)) else (b.data,)) if isinstance(part, str))


def methods(ev: Evaluator, spec: Registration, v: V) -> Iterator[tuple[V, V, str]]:
    """The methods of a registered object that a library calls: function, object, and where."""
    receiver = ev.values.make(INST, v.a, None, False) if v.k == CLASS else v
    for name, place in spec.object_methods:
        found = attributes.class_attribute(ev, v.a, name)
        for f in found[1] if found is not None else ():
            if f.k == FUNC:
                yield f, receiver, place


def hand_rows(ev: Evaluator, spec: Registration, args: Args) -> None:
    """Methods of classes in a table get what stands beside the class; what else the call is given is kept for them."""
    assert spec.row is not None
    assert spec.arg is not None
    at, beside, method = spec.row
    value = args.get(*spec.arg) or NOTHING
    rows = [part.b for v in value for item in (v.b or (v.c,) if v.k == SEQ else ()) for part in item if part.k == SEQ]
    if any(v.k == CLASS for v in value):  # the row is the call itself
        rows.append(tuple(args.positional))
    for row in rows:
        if row is None or len(row) <= beside:
            continue
        for cls in row[at]:
            for passed in row[beside]:
                if cls.k == CLASS and passed.k == DICT:
                    named = {key: given for key, given in passed.a if isinstance(key, str)}
                    found = attributes.class_attribute(ev, cls.a, method)
                    for f in found[1] if found is not None else ():
                        if f.k == FUNC:
                            ev.frame(f, ev.values.make(INST, cls.a, None, False), Args([], named))
    if spec.keeps:
        for name, kept in args.keywords.items():
            if name != spec.arg[0]:
                stores.write(ev, spec.keeps, name, kept)


def counts(ev: Evaluator, module: Module) -> bool:
    """Whether what a module hands over is likely to be called on a loop: the project has coroutines, and this is no test."""
    if module.is_test:
        return False
    found: bool | None = ev.frameworks.imports.get("")
    if found is None:
        found = ev.frameworks.imports[""] = _has_coroutines(ev)
    return found


def _has_coroutines(ev: Evaluator) -> bool:
    return any(fn.is_async for module in ev.program if not module.is_test for fn in module.functions)


def configured(ev: Evaluator, value: VS, site: Site) -> VS:
    """The classes that a mapping names whose keys say what makes each object (``{"handlers": {"x": {"class": "app.logs.Mail"}}}``)."""
    out: VS = NOTHING
    for config in value:
        for section, objects in config.a if config.k == DICT else ():
            for described in (d for v in objects if v.k == DICT and section in _SECTIONS for _, d in v.a):
                for key, made in (pair for d in described if d.k == DICT for pair in d.a):
                    if key in _MADE_BY:
                        out = union(out, *(_named(ev, v, site) for v in made))
    return out


def _named(ev: Evaluator, v: V, site: Site) -> VS:
    if v.k != CONST or not isinstance(v.a, str):
        return (v,) if v.k == CLASS else NOTHING
    module, _, name = v.a.rpartition(".")
    ours = ev.program.find(module, site.frame.module) if module else None
    found = names.member(ev, ours, name) if ours is not None else None
    return tuple(x for x in found or NOTHING if x.k == CLASS)
