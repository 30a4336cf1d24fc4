"""Generators that a function asks for their first item and for no other."""

from __future__ import annotations

from typing import Any, Final

from async_guard.link import callers
from async_guard.link.program import Fn
from async_guard.model import facts as F


def is_asked_once(fn: Fn | None, asked: Any, pos: int) -> bool:
    """Whether nobody can ask for more what ``next`` is given: ``next(made())``, ``rows = made()`` and one ``next(rows)`` outside of loops."""
    if asked[0] == F.E_CALL:
        return True
    if fn is None or asked[0] != F.E_NAME:
        return False
    name = asked[1]
    uses = 0
    is_made = False
    for part in callers.parts([fn.body["body"]]):
        if part[0] == F.E_NAME and len(part) == F.NAME_PARTS and part[1] == name:
            uses += 1
        elif _is_assignment(part, name):
            is_made = True
        elif (part[0] in _SCOPES and part[1].__class__ is int) or (part[0] == F.S_GLOBAL and name in part[1]):
            return False  # a function inside, or the whole module, may use the name as well
    return is_made and uses == _ASSIGNED_AND_ASKED and not _is_in_loop(fn.body["body"], pos)


def _is_assignment(part: Any, name: str) -> bool:
    if part[0] != F.S_ASSIGN or len(part) != F.ASSIGN_PARTS or part[1].__class__ is not list or len(part[1]) != 1:
        return False
    return bool(part[1][0][:2] == [F.E_NAME, name] and callers.is_call(part[2]))


def _is_in_loop(body: list[Any], pos: int) -> bool:
    """Whether a call stands in a loop of a function, or in a comprehension."""
    for stmt in F.statements(body):
        if stmt[0] in (F.S_FOR, F.S_WHILE):
            inside = stmt[3] if stmt[0] == F.S_FOR else [stmt[1], stmt[2]]
            if _calls_at(inside, pos):
                return True
    repeated = [part for part in callers.parts([body]) if part[0] == F.E_COMP and len(part) == F.COMP_PARTS]
    return _calls_at(repeated, pos)


def _calls_at(parts: list[Any], pos: int) -> bool:
    return any(callers.is_call(part) and part[4] == pos for part in callers.parts([parts]))


_SCOPES: Final = (F.E_LAMBDA, F.S_DEF, F.S_CLASS)
_ASSIGNED_AND_ASKED: Final = 2
"""How often a function names a generator that it makes and asks once."""

__all__ = ["is_asked_once"]
