"""Functions that give back what they are given: decorators that mark or register something, checks that raise.

Hundreds of functions may go through one of them. What a call gives is its own argument, whatever else the function was called with.
"""

from __future__ import annotations

from typing import Final

from async_guard.link import narrowing
from async_guard.link.frames import Args
from async_guard.link.program import Fn
from async_guard.link.values import BOUND, CLASS, FUNC, PARTIAL, VS, WRAP
from async_guard.model import facts as F


def only_own(fn: Fn, args: Args, is_method: bool, result: VS) -> VS:
    """Of what a function gives, read for several calls at once, what this call can have handed in.

    Args:
        fn: what is called.
        args: of this call.
        is_method: the first parameter is the object, which is none of the arguments.
        result: what the function was found to give.
    """
    if len(result) < _SEVERAL:
        return result
    position = _position(fn)
    if position is None or position < is_method:
        return result
    given = args.get(fn.body["params"][position][0], position - is_method)
    if given is None:
        return result
    own = tuple(v for v in result if v in given)
    # Read for others alone, as it is beyond the limit of readings, the function says nothing of what this call hands in.
    return own or (given if any(v.k in _CALLABLES for v in given) else result)


_SEVERAL: Final = 2
_CALLABLES: Final = frozenset((FUNC, WRAP, CLASS, PARTIAL, BOUND))


def _position(fn: Fn) -> int | None:
    """Which parameter a function gives back whenever it gives anything; None where it gives something else, too."""
    if fn.given_back is None:
        fn.given_back = _found(fn)
    return fn.given_back if fn.given_back >= 0 else None


def _found(fn: Fn) -> int:
    body = fn.body["body"]
    given = list(F.returned(body))
    if (
        not given
        or body[-1][0] != F.S_RETURN
        or any(e is None or e[0] != F.E_NAME or e[1] != given[0][1] for e in given)
    ):
        return _NONE
    name = given[0][1]
    names = [p[0] for p in fn.body["params"] if p[1] in ("/", "a")]
    return names.index(name) if name in names and not narrowing.is_bound_anew(fn, name) else _NONE


_NONE: Final = -1


__all__ = ["only_own"]
