"""Which argument sets of a function need a reading of their own.

A function is read anew for each set of argument values, and most of these readings give the same: a text that is only passed on, an object
built with another address. Where two readings of a function gave the same although an argument differed, that argument is not told apart
any more, as long as it is of the same sort; where they gave different things it is.
"""

from __future__ import annotations

from typing import Any

from async_guard.link.frames import Frame
from async_guard.link.program import Fn
from async_guard.link.values import (
    AWAITABLE,
    BOUND,
    CLASS,
    CONST,
    CORO,
    DECORATOR,
    EXT,
    EXTINST,
    FUNC,
    GEN,
    INST,
    MARK,
    NOTHING,
    PARTIAL,
    SEQ,
    SLOT,
    VS,
    WRAP,
    V,
)  # fmt: skip

_SELF = "\0self"
_PLAIN = "plain"
_DATA = frozenset((SLOT, MARK))
"""Methods of builtin values, and markers: they lead nowhere by themselves."""
_CALLABLE = frozenset((FUNC, BOUND, CLASS, EXT, PARTIAL, WRAP, DECORATOR, CORO))
_RUNNING = frozenset((CORO, GEN))
LITERAL_READINGS = 5
"""Readings of a function before a text is taken to be only passed on."""
_DEEP = 12
"""Levels of calls that are compared; what lies below is taken for different."""
_COMPARED = 12
"""Readings of one function that are compared with each other and with a further argument set."""
_LESSONS = frozenset((2, 3, 4, 6, 9, _COMPARED))
"""Numbers of readings at which what they say is looked at anew."""


def alike(fn: Fn, closure: Frame | None, self_value: V | None, bound: dict[str, VS]) -> Frame | None:
    """A context that was read already and whose reading would not differ under these arguments."""
    frames: list[Frame] = []
    for context in fn.contexts.values():
        if context.state == 2 and not context.waits and context.closure is closure and context.given is not None:
            frames.append(context)
            if len(frames) == _COMPARED:
                break
    if len(frames) < 2:
        return None
    known = fn.telling.get(closure)
    if known is None or (len(frames) in _LESSONS and known.count != len(frames)):
        known = fn.telling[closure] = Learned(frames)
    if known.same or known.blind:
        for frame in frames:
            if _fits(frame, self_value, bound, known):
                return frame
    return None


class Learned:
    """What the readings of one function say of its parameters (the receiver among them).

    ``same``: values of one sort made no difference. ``blind``: not even the sort did.
    """

    __slots__ = ("blind", "count", "same")

    def __init__(self, frames: list[Frame]) -> None:
        self.count = len(frames)
        self.same: set[str] = set()
        self.blind: set[str] = set()
        conflicts: list[set[str]] = []
        results = [outcome(f) for f in frames]
        for i, one in enumerate(frames):
            for j in range(i):
                alike, unlike = _differing(one, frames[j])
                if results[i] == results[j]:
                    self.same |= alike
                    self.blind |= unlike
                else:
                    conflicts.append(alike | unlike)
        for different in conflicts:
            # A difference in results comes from a parameter that nothing else cleared; from all of them where all were cleared.
            if different <= self.same | self.blind:
                self.same -= different
                self.blind -= different


def _fits(frame: Frame, self_value: V | None, bound: dict[str, VS], known: Learned) -> bool:
    given: dict[str, VS] = frame.given
    if frame.self_value is not self_value and not (
        _SELF in known.same
        and frame.self_value is not None
        and self_value is not None
        and _sort(frame.self_value) == _sort(self_value)
    ):
        return False
    if given.keys() != bound.keys():
        return False
    for name, value in bound.items():
        mine = given[name]
        if mine == value:
            continue
        if _decides(mine, known.count) or _decides(value, known.count):
            return False
        if name in known.blind:
            if any(v.k in _CALLABLE for v in value):
                return False
        elif name not in known.same or sorts(mine) != sorts(value):
            return False
    return True


def _decides(value: VS, readings: int) -> bool:
    """Whether a literal may close or open a branch: two flags that made no difference say nothing of the third value."""
    return any(v.k == CONST and (v.b == "bool" or (v.b == "str" and readings < LITERAL_READINGS)) for v in value)


def _differing(one: Frame, other: Frame) -> tuple[set[str], set[str]]:
    """Parameters that differ in value but not in sort, and those that differ in sort."""
    alike: set[str] = set()
    unlike: set[str] = set()
    mine, theirs = one.self_value, other.self_value
    if mine is not theirs:
        same = mine is not None and theirs is not None and _sort(mine) == _sort(theirs)
        (alike if same else unlike).add(_SELF)
    for name, value in one.given.items():
        their = other.given.get(name, NOTHING)
        if their != value:
            (alike if sorts(their) == sorts(value) else unlike).add(name)
    return alike, unlike


def sorts(value: VS) -> tuple[Any, ...]:
    """The sorts of values: plain data is one sort, an object is of the sort of its class, callables are their own."""
    found = dict.fromkeys(_sort(v) for v in value)
    if len(found) > 1:
        found.pop(_PLAIN, None)
    return tuple(found) or (_PLAIN,)


def _sort(v: V) -> Any:
    k = v.k
    if not v.live or k in _DATA:
        return _PLAIN
    if k == INST:
        # What it was built with counts as far as it can be called or can block.
        parts = tuple((n, sorts(x)) for n, x in v.b if any(p.live for p in x)) if v.b is not None else ()
        return v.a, v.c, parts
    if k == EXTINST:
        return v.a
    if k in _RUNNING and isinstance(v.a, Frame):
        return k, v.a.fn
    if k == BOUND:
        return k, _sort(v.a), v.b
    if k == AWAITABLE:
        return k, sorts(v.a)
    if k == SEQ:
        return k, v.a, sorts(v.c)
    return v


def outcome(frame: Frame, depth: int = 0) -> Any:
    """What a reading gave, comparable: results, attributes, and events with what their targets gave."""
    if frame.outcome is not None:
        return frame.outcome
    if frame.state != 2 or frame.waits or depth > _DEEP:
        return id(frame)
    frame.outcome = id(frame.fn)  # a function that calls itself
    events = tuple(
        (e.kind, e.pos, e.end, e.name, e.off_loop, e.lowered, e.probable, _target(e.target, depth))
        for e in frame.events
    )
    attrs = tuple((name, sorts(value)) for name, value in frame.attrs.items())
    found = (sorts(frame.ret), sorts(frame.yields), attrs, events, len(frame.marks))
    frame.outcome = hash(found)
    return frame.outcome


def _target(frame: Frame | None, depth: int) -> Any:
    if frame is None:
        return None
    return id(frame.fn), outcome(frame, depth + 1)
