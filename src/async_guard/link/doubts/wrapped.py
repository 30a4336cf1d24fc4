"""Wrappers that run another function than the one they were made for: of ``@trace def proxy()`` a call runs ``proxy`` and nothing else.

A decorator that many use has readings that several of them share, in which what a wrapper calls may be any of their functions. Asked, as in
`given`, of chains that would be reported.
"""

from __future__ import annotations

from typing import Any, Final

from async_guard.link import callers, narrowing
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Fn, Program
from async_guard.model import facts as F

_PLAIN: Final = frozenset(
    ("staticmethod", "classmethod", "abstractmethod", "override", "overload", "final", "property")
)
"""Decorators that make no wrapper."""


def is_another(program: Program, links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether some wrapper of a chain runs a function that it was not made for."""
    for number in range(len(links) - 1):
        (frame, event), (inner, call) = links[number], links[number + 1]
        if frame.fn is None or inner.fn is None or inner.fn.parent is None or call.target is None:
            continue
        run = call.target.fn
        if not callers.is_call(event.node) or not callers.is_call(call.node) or run is None or run.parent is not None:
            continue
        name, taken = F.last_name(event.node[1]), _taken(inner.fn, call.node[1])
        if not taken or name in ("", run.name, inner.fn.name):
            continue
        made_for = _decorated(program, frame.fn, event.node[1], name)
        if made_for and not any(
            _hands_over(decorator, taken, run.name) for fn in made_for for decorator in fn.body["decorators"]
        ):
            return True
    return False


def _taken(wrapper: Fn, callee: Any) -> str:
    """The first parameter of a function around a wrapper that a callee in it names, as decorators are handed what they wrap; empty for any other."""
    if callee[0] != F.E_NAME or any(p[0] == callee[1] for p in wrapper.body["params"]):
        return ""
    outer = wrapper.parent
    while outer is not None:
        params = outer.body["params"]
        if any(p[0] == callee[1] for p in params):
            return str(callee[1]) if params[0][0] == callee[1] and outer.owner is None else ""
        outer = outer.parent
    return ""


def _decorated(program: Program, fn: Fn, callee: Any, name: str) -> list[Fn]:
    """The functions that a callee may mean, if each of them is decorated; none where it may be anything else."""
    functions, classes = program.called(name)
    if callee[0] == F.E_NAME:
        own = [each for each in functions if each.parent is fn]
        if any(p[0] == name for p in fn.body["params"]) or narrowing.is_bound_anew(fn, name):
            return []
        functions = own or [each for each in functions if each.owner is None and each.parent is None]
    elif program.attribute_writers(name):
        return []
    is_made = all(any(F.last_name(_maker(d)) not in _PLAIN for d in each.body["decorators"]) for each in functions)
    return functions if is_made and not classes else []


def _maker(decorator: Any) -> Any:
    return decorator[1] if decorator[0] == F.E_CALL else decorator


def _hands_over(decorator: Any, taken: str, name: str) -> bool:
    """Whether a decorator is handed a function besides the one it is put on, which may be the one that runs."""
    if not callers.is_call(decorator):
        return False
    if any(e[0] not in (F.E_CONST, F.E_OPAQUE, F.E_FSTR) for e in decorator[2]):
        return True
    return any(
        keyword is None or keyword == taken or any(callers.is_use(part, name) for part in callers.parts([[e]]))
        for keyword, e in decorator[3]
    )


__all__ = ["is_another"]
