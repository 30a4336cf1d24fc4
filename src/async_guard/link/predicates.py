"""What a function tells of the class of its argument: ``is_remote(store)``, by what it gives back or is annotated with (``TypeGuard``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import hints, narrowing, vouched
from async_guard.link.frames import Frame
from async_guard.link.program import Fn
from async_guard.link.values import CLASS, EXT, EXTINST, FUNC, INST, NOTHING, VS
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_GUARDS: Final = ("TypeGuard", "TypeIs")
Told = tuple[str, Any, bool, bool]
"""A parameter, the classes, whether these stand in an annotation, and whether the answer False tells that the argument is of none of them."""


def keep(ev: Evaluator, call: Any, truth: bool, fr: Frame) -> None:
    """Keep, for the name that a condition hands to such a function, what agrees with the answer."""
    callee = call[1]
    if not call[2] or callee[0] not in (F.E_NAME, F.E_ATTR) or not any(narrowing.path(e) for e in call[2]):
        return
    called = narrowing.value_of(ev, callee, fr)
    if len(called) != 1 or called[0].k != FUNC:
        return
    fn: Fn = called[0].a
    told = _told(fn)
    if told is None or not (truth or told[3]):
        return
    argument = vouched.passed(fn, call, 0).get(told[0])
    if argument is None or not narrowing.path(argument) or fr.env is None:
        return
    scope: Frame = fn.module.frame
    classes = _annotated(ev, told[1], scope) if told[2] else ev.ev(told[1], scope)
    if told[2] and not narrowing.of_classes(ev, narrowing.value_of(ev, argument, fr), classes, truth):
        return  # what an annotation says closes no branch
    narrowing.keep_instances(ev, argument, classes, truth, fr)


def _annotated(ev: Evaluator, annotation: Any, scope: Frame) -> VS:
    found = hints.of(ev, annotation, scope)
    if any(v.k not in (INST, EXTINST) for v in found):
        return NOTHING
    return tuple(ev.values.make(CLASS, v.a, None) if v.k == INST else ev.values.make(EXT, v.a) for v in found)


def _told(fn: Fn) -> Told | None:
    if fn.tells is None:
        fn.tells = (_read(fn),)
    return fn.tells[0]  # type: ignore[no-any-return]


def _read(fn: Fn) -> Told | None:
    params = [p[0] for p in fn.body["params"] if p[1] in ("/", "a")]
    returns = fn.body["returns"]
    if fn.is_async or fn.head.is_generator or fn.owner is not None or fn.parent is not None or not params:
        return None
    if returns is not None and returns[0] == F.E_SUB and F.last_name(returns[1]) in _GUARDS:
        return params[0], returns[2], True, F.last_name(returns[1]) == "TypeIs"
    body = [stmt for stmt in fn.body["body"] if stmt[0] != F.S_EXPR or stmt[1][0] not in (F.E_CONST, F.E_OPAQUE)]
    if not body or body[-1][0] != F.S_RETURN or body[-1][1] is None or not all(_says_no(stmt) for stmt in body[:-1]):
        return None
    missing = [_asks_for_none(stmt) for stmt in body[:-1]]
    given = body[-1][1]
    parts = given[2] if given[0] == F.E_BOOL and given[1] == "and" else [given]
    for part in parts:
        if part[0] == F.E_CALL and part[1][:2] == [F.E_NAME, "isinstance"] and len(part[2]) == 2:
            subject, classes = part[2]
            if subject[0] == F.E_NAME and subject[1] in params and vouched.is_of_module(fn, classes):
                return subject[1], classes, False, len(parts) == 1 and all(name == subject[1] for name in missing)
    return None


def _says_no(stmt: Any) -> bool:
    """``if ...: return False``."""
    return bool(
        stmt[0] == F.S_IF
        and not stmt[2]
        and all(len(body) == 1 and body[0][0] == F.S_RETURN and body[0][1] is not None for _, body in stmt[1])
        and all(body[0][1][:2] in ([F.E_CONST, False], [F.E_CONST, None]) for _, body in stmt[1])
    )


def _asks_for_none(stmt: Any) -> str:
    """The name of which ``if name is None: return False`` asks."""
    test = stmt[1][0][0] if len(stmt[1]) == 1 else None
    if test is None or test[0] != F.E_CMP or list(test[2]) != ["is"] or test[3][0][:2] != [F.E_CONST, None]:
        return ""
    return str(test[1][1]) if test[1][0] == F.E_NAME else ""


__all__ = ["keep"]
