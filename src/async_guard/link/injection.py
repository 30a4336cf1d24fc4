"""Dependency injection: what a marker such as ``Depends(f)`` passes to a parameter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from async_guard.link import attributes, hints
from async_guard.link.frames import Frame
from async_guard.link.values import (
    AWAITABLE,
    BOUND,
    CLASS,
    CORO,
    EXTINST,
    FUNC,
    GEN,
    INST,
    MANAGER,
    MARK,
    NOTHING,
    PARTIAL,
    VS,
    WRAP,
    V,
    known,
    union,
    without_none,
    without_unknown,
)  # fmt: skip

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator


def value(ev: Evaluator, mark: V, declared: VS, fr: Frame) -> VS:
    """The values a dependency gives; the declared type where the dependency says nothing."""
    targets: VS = mark.b
    asked = targets or tuple(ev.values.make(CLASS, v.a, None) for v in declared if v.k == INST)
    instead = without_none(without_unknown(_instead(ev, asked)))
    if not targets:
        if known(instead):
            return instead
        return tuple(ev.values.make(INST, v.a, None, False) if v.k == INST else v for v in declared)
    given = without_none(without_unknown(union(*(result_of(ev, v) for v in targets), instead)))
    return given if known(given) else declared


def _instead(ev: Evaluator, asked: VS) -> VS:
    """What comes from the callables that the project has run instead of those that are asked for."""
    return union(*(result_of(ev, r) for v in asked for r in ev.frameworks.replacements(ev, v)))


def result_of(ev: Evaluator, v: V) -> VS:
    """What somebody unknown gets who calls this value and waits for it."""
    if v.k == FUNC:
        return _frame_result(ev, ev.frame(v, None, None) if v.a.owner is None else ev.generic_frame(v.a))
    if v.k == BOUND and v.b.k == FUNC:
        return _frame_result(ev, ev.frame(v.b, v.a if v.b.a.owner is not None else None, None))
    if v.k == CLASS:
        return (ev.values.make(INST, v.a, None, False),)
    if v.k == PARTIAL:
        return result_of(ev, v.a)
    if v.k == WRAP:
        if v.a == "returns":
            return v.b  # type: ignore[no-any-return]
        return result_of(ev, v.b) if isinstance(v.b, V) else NOTHING
    if v.k == MARK:  # `Depends(Provide[Container.service])`
        return union(*(result_of(ev, provider) for provider in v.b))
    if v.k == INST:
        return union(*(result_of(ev, b) for b in attributes.special(ev, v, "__call__")))
    return NOTHING


def providers(mark: V) -> Iterator[V]:
    """What a marker has somebody call that a container made: providers of objects."""
    for v in mark.b or ():
        if v.k == MARK:
            yield from providers(v)
        elif v.k == WRAP and v.a == "returns" and v.c is not None:
            yield v


def _frame_result(ev: Evaluator, frame: Frame) -> VS:
    fn = frame.fn
    assert fn is not None
    if fn.head.is_generator:
        yields = ev.yielded(frame)
        if known(yields):
            return yields
        returns = fn.body["returns"]
        if returns is None:
            return yields

        declared = hints.of(ev, returns, ev.definition_frame(fn, frame))
        return union(*(v.c if v.k == 16 else (v,) for v in declared))
    out = []
    for v in ev.result(frame):
        if v.k in (AWAITABLE, MANAGER) and isinstance(v.a, tuple):
            out.append(v.a)
        elif v.k == CORO:
            out.append(ev.result(v.a))
        elif v.k == GEN:
            out.append(ev.yielded(v.a))
        else:
            out.append((v,))
    return union(*out)


__all__ = ["EXTINST", "MARK", "providers", "result_of", "value"]
