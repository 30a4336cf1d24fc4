"""Numbers that a way to a blocking call needs a parameter to be, although a caller on the way writes another one.

``find(limit=20)`` does not come to what ``if limit > 0: ... else: everything()`` does without a limit. Functions are not read once per number that
they are called with. Asked, as in `given`, of chains that would be reported.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

from async_guard.link import narrowing
from async_guard.link.callers import is_call
from async_guard.link.doubts import given
from async_guard.link.doubts.walked import Walked
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Fn
from async_guard.model import facts as F

_Numbers = dict[str, float]


class Numbers(Walked):
    """How one function compares names with numbers around each of its calls, once somebody asked."""

    def says(self, test: Any, truth: bool) -> dict[str, Any]:
        """How a name must compare with a number."""
        if test[0] != F.E_CMP or len(test[2]) != 1 or test[2][0] not in _COMPARED:
            return {}
        left, right, word = test[1], test[3][0], str(test[2][0])
        if left[0] != F.E_NAME:
            left, right, word = right, left, _TURNED.get(word, word)
        number = _number(right)
        return {str(left[1]): (word, number, truth)} if left[0] == F.E_NAME and number is not None else {}


def is_other_number(links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether some call of a chain is made only where a parameter is a number that the one which a call before writes is not."""
    known: _Numbers = {}
    for number, (frame, event) in enumerate(links):
        fn = frame.fn
        if fn is None:
            known = {}
            continue
        known = {name: said for name, said in known.items() if not narrowing.is_bound_anew(fn, name)}
        if known:
            for name, (word, wanted, truth) in _numbers(fn).at.get((event.pos, event.end), {}).items():
                if name in known and _COMPARED[word](known[name], wanted) is not truth:
                    return True
        target = event.target.fn if event.target is not None and number + 1 < len(links) else None
        known = _passed(event.node, target, known) if target is not None and is_call(event.node) else {}
    return False


def _passed(call: Any, fn: Fn, known: _Numbers) -> _Numbers:
    """The numbers that a call says parameters to be, or leaves them to be."""
    passed, left = given.handed(call, fn)
    found: _Numbers = {}
    for param, argument in (*passed.items(), *((p[0], p[3]) for p in left if p[3] is not None)):
        number = _number(argument)
        if number is None and argument[0] == F.E_NAME and param in passed:
            number = known.get(argument[1])
        if number is not None:
            found[param] = number
    return found


def _number(e: Any) -> float | None:
    """A number as it is written."""
    if e[0] == F.E_UNARY and e[1] == "-":
        inner = _number(e[2])
        return None if inner is None else -inner
    if e[0] != F.E_CONST or e[1].__class__ is bool or not isinstance(e[1], (int, float)) or abs(e[1]) > _LARGEST:
        return None
    return float(e[1])


def _numbers(fn: Fn) -> Numbers:
    if fn.compared is None:
        fn.compared = Numbers(fn)
    return fn.compared  # type: ignore[no-any-return]


_LARGEST: Final = 2**53
"""Up to here whole numbers are the same as floating ones."""
_COMPARED: Final[dict[str, Callable[[float, float], bool]]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""How a comparison reads from the other side."""

__all__ = ["is_other_number"]
