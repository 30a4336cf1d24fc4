"""What ``functools.partial`` has handed to a callable before a framework runs it: ``add_get("/", partial(handler, store))``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_guard.link import hints
from async_guard.link.frames import Args
from async_guard.link.values import PARTIAL, VS, V

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
    """All arguments of a function that a framework runs: those that it comes with, what the framework passes behind them by position,
    and what annotations and defaults say of the others.
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


__all__ = ["arguments", "behind", "given"]
