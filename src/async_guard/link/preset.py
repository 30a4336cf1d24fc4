"""What ``functools.partial`` has handed to a callable before a framework runs it: ``add_get("/", partial(handler, store))``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_guard.link import callers, hints, names
from async_guard.link.frames import Args, Frame
from async_guard.link.values import (
    BOUND,
    DICT,
    FUNC,
    NOTHING,
    PARTIAL,
    SEQ,
    VS,
    V,
    union,
    without_none,
    without_unknown,
)
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator
    from async_guard.link.program import Fn


def given(v: V) -> Args | None:
    """The arguments that a callable comes with; None for one that comes with none."""
    if v.k != PARTIAL:
        return None
    positional: list[VS] = []
    keywords: dict[str, VS] = {}
    while v.k == PARTIAL:
        positional = [*v.b, *positional]
        keywords = {**dict(v.c), **keywords}
        v = v.a
    return Args(positional, keywords)


def behind(own: Args, passed: Args) -> Args:
    """These arguments with those that somebody passes behind them."""
    merged = Args([*own.positional, *passed.positional], {**own.keywords, **passed.keywords}, passed.expressions)
    merged.more_positional, merged.more_keywords = passed.more_positional, passed.more_keywords
    return merged


def arguments(ev: Evaluator, func: V, receiver: V | None, own: Args, passes: tuple[str, ...] = ()) -> Args:
    """All arguments of a function that a framework runs: those that it comes with, what the framework passes behind them by position
    (``passes``) and nothing else, or, where it passes them by name, what annotations and defaults say of them.
    """
    fn: Fn = func.a
    frame = ev.generic_frame(fn, func.b)
    positional = list(own.positional)
    keywords: dict[str, VS] = {}
    number = -1 if receiver is not None else 0
    for name, kind, annotation, default in fn.body["params"]:
        place = number - len(own.positional)
        number += kind in ("/", "a")
        if number <= 0 and receiver is not None and kind in ("/", "a"):
            continue  # the object itself
        if kind in ("*", "**") or (kind != "k" and place < 0):
            continue
        value = own.keywords.get(name)
        if value is None and passes and default is not None and (kind == "k" or place >= len(passes)):
            continue
        if value is None:
            told = hints.parameter(ev, annotation, default, frame)
            if not told and kind != "k" and place < len(passes) and passes[place]:
                told = (ev.values.instance(passes[place]),)
            value = told or ev.values.why("parameter")
        if kind == "/":
            positional.append(value)
        else:
            keywords[name] = value
    return Args(positional, {**own.keywords, **keywords})


def listed(args: Args, row: tuple[str | None, int | None], mapping: tuple[str | None, int | None]) -> Args | None:
    """What a callable is called with, where a call says so in a row and a mapping; None where it says nothing that is known."""
    rows, mappings = args.get(*row) or NOTHING, args.get(*mapping) or NOTHING
    if not any(v.k in (SEQ, DICT) for v in (*rows, *mappings)) or len(rows) > 1 or len(mappings) > 1:
        return None
    out = Args([], {})
    for v in rows:
        if v.k == SEQ and v.b is not None:
            out.positional = list(v.b)
        else:
            out.more_positional = v.c if v.k == SEQ else (v,)
    for v in mappings:
        if v.k != DICT or v.b or any(not isinstance(key, str) for key, _ in v.a):
            return None
        out.keywords = dict(v.a)
    return out


def note(ev: Evaluator, v: V, positional: tuple[VS, ...], named: tuple[tuple[str, VS], ...], fr: Frame) -> None:
    """Somebody makes a callable of a coroutine function and some of its arguments: whoever runs it need not be known."""
    func = v.b if v.k == BOUND else v
    if func.k != FUNC or not func.a.is_async or (fr.module.is_test and not func.a.module.is_test):
        return
    fn: Fn = func.a
    params = [p[0] for p in fn.body["params"] if p[1] in ("/", "a")][1 if v.k == BOUND else 0 :]
    for name, value in (*zip(params, positional, strict=False), *named):
        told = without_none(without_unknown(value))
        if told:
            ev.presets[fn, name] = union(ev.presets.get((fn, name), NOTHING), told)


def by_partial(ev: Evaluator, fn: Fn, name: str) -> VS:
    """What ``partial(fn, ...)`` is handed for a parameter, anywhere in the project."""
    if fn.module.library:
        return NOTHING
    if ev.partials is None:
        ev.partials = {}
        for module, user in ev.program.callers("partial"):
            scope = module.functions[user] if user >= 0 else module
            for call in callers.sites(ev.program, scope).get("partial", ()):
                if call[2] and (named := F.last_name(call[2][0])):
                    ev.partials.setdefault(named, {})[module, user] = None
    for module, user in ev.partials.pop(fn.name, {}):
        if user >= 0:
            ev.read_somehow(module.functions[user])
        else:
            names.run_module(ev, module)
    return ev.presets.get((fn, name), NOTHING)


__all__ = ["arguments", "behind", "by_partial", "given", "listed", "note"]
