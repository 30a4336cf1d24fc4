"""Which of several objects a condition leaves: ``if trigger.blocks: pool.submit(trigger.observe)``, and behind ``else`` those that do not block."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes, calls
from async_guard.link.frames import Args, Frame, Site
from async_guard.link.values import INST, VS, V
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_MOST: Final = 12
"""Objects that are asked one by one."""

Asked = Callable[[VS], "bool | None"]
"""What tells the only outcome that a value can have, if there is one."""


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
    call = test if test[0] == F.E_CALL else None
    e = test if call is None else call[1]
    site = Site(fr, e[3], e[4], e)
    # Asked of an object of this very class: what is declared may be of another.
    found = attributes.get_one(ev, ev.values.make(INST, v.a, v.b, False) if v.c else v, e[2], site)
    return found if call is None else calls.call(ev, found, Args([], {}), site)


__all__ = ["agreeing"]
