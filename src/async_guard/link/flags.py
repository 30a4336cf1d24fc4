"""Which of several objects a condition leaves: ``if trigger.blocks: pool.submit(trigger.observe)``, and behind ``else`` those that do not block."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes, calls
from async_guard.link.frames import Args, Frame, Site
from async_guard.link.values import INST, VS, V, known
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_MOST: Final = 12
"""Objects that are asked one by one."""

Asked = Callable[[VS], "bool | None"]
"""What tells the only outcome that a value can have, if there is one."""


def asks(e: Any) -> Any:
    """The object of which an expression asks a flag, or a method without arguments; None where it asks something else.

    ``x.flag``, ``x.is_ready()``, ``getattr(x, "flag", False)``.
    """
    if e[0] == F.E_ATTR:
        return e[1]
    if e[0] != F.E_CALL or e[3]:
        return None
    if e[1][0] == F.E_ATTR:
        return None if e[2] else e[1][1]
    named = e[1][:2] == [F.E_NAME, "getattr"] and len(e[2]) in (2, 3) and e[2][1][0] == F.E_CONST
    return e[2][0] if named and isinstance(e[2][1][1], str) else None


def agreeing(ev: Evaluator, test: Any, value: VS, outcome: Asked, truth: bool, fr: Frame) -> VS:
    """Of the objects that an expression may be those of which such a test (``x.flag``, ``x.is_ready()``) can have this outcome.

    All of them where it can have it of none: then the flag is another by then than anybody sees.
    """
    if not value or len(value) > _MOST or (len(value) == 1 and not (value[0].k == INST and value[0].c is True)):
        return value
    seen = len(fr.events)
    kept: dict[V, None] = {}
    for v in value:
        if v.k != INST or outcome(_answer(ev, test, v, fr)) is not (not truth):
            kept[v] = None
        elif v.c is True:  # of what it is declared to be it is not: then of one of the classes below
            below = [ev.values.make(INST, c, None, False) for c in attributes.subclasses(ev, v.a)[:_MOST]]
            kept.update(dict.fromkeys(c for c in below if outcome(_answer(ev, test, c, fr)) is not (not truth)))
    del fr.events[seen:]  # the condition itself was read before
    return tuple(kept) or value


def _answer(ev: Evaluator, test: Any, v: V, fr: Frame) -> VS:
    # Asked of an object of this very class: what is declared may be of another.
    whole = ev.values.make(INST, v.a, v.b, False) if v.c else v
    if test[0] == F.E_ATTR:
        return attributes.get_one(ev, whole, test[2], Site(fr, test[3], test[4], test))
    site = Site(fr, test[4], test[5], test)
    if test[1][0] == F.E_ATTR:
        return calls.call(ev, attributes.get_one(ev, whole, test[1][2], site), Args([], {}), site)
    found = attributes.get_one(ev, whole, test[2][1][1], site)
    return found if known(found) or len(test[2]) == 2 else ev.ev(test[2][2], fr)


__all__ = ["agreeing", "asks"]
