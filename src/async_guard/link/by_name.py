"""What a framework hands by name to a wrapper whose signature is that of what it wraps: ``db = kwargs.get("db")`` under ``functools.wraps``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_guard.link import callers, hints
from async_guard.link.frames import Args
from async_guard.link.values import FUNC, VS, V
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator
    from async_guard.link.program import Fn


def handed(ev: Evaluator, func: V) -> Args | None:
    """The arguments of a wrapper that looks into its ``**kwargs``, as the parameters of what it wraps say; None for any other function."""
    fn: Fn = func.a
    rest = next((name for name, kind, *_ in fn.body["params"] if kind == "**"), "")
    if not rest or func.c is None or func.c.k != FUNC or not _looks_into(fn, rest):
        return None
    inner: V = func.c
    while inner.c is not None and inner.c.k == FUNC:
        inner = inner.c
    frame = ev.generic_frame(inner.a, inner.b)
    keywords: dict[str, VS] = {}
    for name, kind, annotation, default in inner.a.body["params"]:
        if kind in ("a", "k"):
            keywords[name] = hints.parameter(ev, annotation, default, frame) or ev.values.why("parameter")
    return Args([], keywords) if keywords else None


def _looks_into(fn: Fn, name: str) -> bool:
    """Whether a function does more with the rest of its keywords than to hand all of them on (``func(*args, **kwargs)``)."""
    uses = 0
    for node in callers.parts([fn.body["body"]]):
        if node[0] == F.E_NAME and len(node) == F.NAME_PARTS and node[1] == name:
            uses += 1
        elif callers.is_call(node):
            uses -= sum(word is None and value[:2] == [F.E_NAME, name] for word, value in node[3])
    return uses > 0


__all__ = ["handed"]
