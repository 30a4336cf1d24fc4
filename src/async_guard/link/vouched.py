"""What a function has made sure of once it gives back: behind ``require_sql(store)``, which raises for any other kind, the store is of that kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from async_guard.link import narrowing, refusals
from async_guard.link.frames import Frame
from async_guard.link.program import Fn
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator


def keep(ev: Evaluator, e: Any, fr: Frame) -> None:
    """Keep, for the names that a statement hands to a function, what that function lets pass."""
    if fr.vouched is None:
        return
    call, fn, is_method = fr.vouched
    fr.vouched = None
    if call is not (e[1] if e[0] == F.E_AWAIT else e):
        return
    given = passed(fn, call, 1 if is_method else 0)
    for param, classes, truth in checks(fn):
        argument = given.get(param)
        if argument is None or not narrowing.path(argument) or fr.env is None:
            continue
        narrowing.keep_instances(ev, argument, ev.ev(classes, fn.module.frame), truth, fr)


def checks(fn: Fn) -> list[tuple[str, Any, bool]]:
    """Parameters that a function asks for their classes before anything else, these classes, and the answer with which it goes on."""
    if fn.vouches is None:
        fn.vouches = _checks(fn) if not fn.head.is_generator else []
    return fn.vouches  # type: ignore[no-any-return]


def _checks(fn: Fn) -> list[tuple[str, Any, bool]]:
    params = {p[0] for p in fn.body["params"] if p[1] in ("/", "a", "k")}
    out = []
    for stmt in fn.body["body"]:
        if stmt[0] == F.S_EXPR and stmt[1][0] in (F.E_CONST, F.E_OPAQUE):
            continue
        if stmt[0] == F.S_ASSERT:
            asked, truth = stmt[1], True
        elif stmt[0] == F.S_IF and len(stmt[1]) == 1 and not stmt[2] and refusals.raises(stmt[1][0][1]):
            asked, truth = stmt[1][0][0], False
        else:
            break
        while asked[0] == F.E_UNARY and asked[1] == "not":
            asked, truth = asked[2], not truth
        if asked[0] != F.E_CALL or asked[1][:2] != [F.E_NAME, "isinstance"] or len(asked[2]) != 2:
            continue
        subject, classes = asked[2]
        if subject[0] == F.E_NAME and subject[1] in params and is_of_module(fn, classes):
            out.append((str(subject[1]), classes, truth))
    return out


def is_of_module(fn: Fn, classes: Any) -> bool:
    """Whether classes are written as names of the function's module."""
    written = classes[2] if classes[0] == F.E_SEQ else [classes]
    names = [e[1] if e[0] == F.E_ATTR else e for e in written]
    own = {p[0] for p in fn.body["params"]}
    return fn.parent is None and all(
        e[0] == F.E_NAME and e[1] not in own and not narrowing.is_bound_anew(fn, e[1]) for e in names
    )


def passed(fn: Fn, call: Any, skipped: int) -> dict[str, Any]:
    """The parameters of a function and what a call passes for them, as far as that is written."""
    placed = [p[0] for p in fn.body["params"] if p[1] in ("/", "a")][skipped:]
    out: dict[str, Any] = {}
    for name, argument in zip(placed, call[2], strict=False):
        if argument[0] == F.E_STAR:
            break
        out[name] = argument
    out.update((keyword, argument) for keyword, argument in call[3] if keyword is not None)
    return out


__all__ = ["checks", "is_of_module", "keep", "passed"]
