"""What is done only with an entry that a full table has pushed out: ``while len(clients) > LIMIT: clients.popitem()[1].close()``.

The same behind what a function gives which takes an entry out only then: ``old = self._evicted()``, and ``if old is not None: old.close()``. A table
is that large for a few, if for anybody: that it overflows is a guess. What is gathered and handed on when there is enough of it is another thing.
Asked, as in `given`, of chains that would be reported.
"""

from __future__ import annotations

from typing import Any, Final

from async_guard.link import narrowing
from async_guard.link.callers import is_call, parts
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Fn
from async_guard.model import facts as F


def is_pushed_out(links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether some call of a chain is made only where a table was full and has lost an entry."""
    return any(frame.fn is not None and _is_behind(frame, frame.fn, event) for frame, event in links)


def _is_behind(frame: Frame, fn: Fn, event: Event) -> bool:
    if fn.pushed is None:
        fn.pushed = {}
        _note(fn, fn.body["body"], fn.pushed)
    made = fn.pushed.get((event.pos, event.end), _NOWHERE)
    if made is _NOWHERE or made is None:
        return made is None
    called = {e.target.fn for e in frame.events if e.target is not None and e.node is made}
    return bool(called) and all(each is not None and _gives_one_taken(each) for each in called)


_NOWHERE: Final = [0]


def _note(fn: Fn, body: list[Any], found: dict[tuple[int, int], Any]) -> None:
    """Enter the calls that are made only where a table was full: with None, or with the call that gives one of its entries only then."""
    for number, stmt in enumerate(body):
        if stmt[0] == F.S_IF:
            if _leaves_unless_full(stmt) and _takes_out(body[number:]):
                _enter(body[number + 1 :], None, found)
                return
            for test, branch in stmt[1]:
                made = _maker(fn, test)
                if _is_full(test, True) and _takes_out(branch):
                    _enter(list(branch), None, found)
                    continue
                if made is not None:
                    _enter(list(branch), made, found)
                _note(fn, branch, found)
            _note(fn, stmt[2], found)
        elif stmt[0] == F.S_WHILE and _is_full(stmt[1], True) and _takes_out(stmt[2]):
            _enter(list(stmt[2]), None, found)
        else:
            for block in F.blocks(stmt):
                _note(fn, block, found)


def _enter(body: list[Any], made: Any, found: dict[tuple[int, int], Any]) -> None:
    for node in parts(body):
        if is_call(node) or (node[0] == F.E_ATTR and len(node) == F.ATTR_PARTS):
            found[(node[-2], node[-1])] = made


def _is_full(test: Any, truth: bool) -> bool:
    """Whether a condition has this outcome only where a table has reached a size: ``len(table) > LIMIT``."""
    while test[0] == F.E_UNARY and test[1] == "not":
        test, truth = test[2], not truth
    if test[0] != F.E_CMP or len(test[2]) != 1:
        return False
    counted, limit = test[1], test[3][0]
    if counted[0] != F.E_CALL or counted[1][:2] != [F.E_NAME, "len"] or len(counted[2]) != 1:
        return False
    return test[2][0] in (_MORE if truth else _FEWER) and (limit[0] in (F.E_NAME, F.E_ATTR) or _is_many(limit))


_MORE: Final = (">", ">=")
_FEWER: Final = ("<", "<=")


def _is_many(limit: Any) -> bool:
    return limit[0] == F.E_CONST and isinstance(limit[1], int) and limit[1] >= _MANY


_MANY: Final = 8
"""Entries of a table that is hardly ever full."""


def _leaves_unless_full(stmt: Any) -> bool:
    """Whether a statement is ``if len(table) <= LIMIT: return``."""
    if stmt[0] != F.S_IF or len(stmt[1]) != 1 or stmt[2]:
        return False
    test, branch = stmt[1][0]
    return _is_full(test, False) and bool(branch) and branch[-1][0] == F.S_RETURN


def _takes_out(body: list[Any]) -> bool:
    """Whether statements take the oldest entry, or one that they look for, out of a table."""
    for node in parts(list(body)):
        if is_call(node) and node[1][0] == F.E_ATTR:
            if node[1][2] == "popitem" or (node[1][2] == "pop" and node[2] and node[2][0][0] == F.E_CALL):
                return True
        elif node[0] == F.S_DEL and len(node) > 1 and node[1].__class__ is list:
            found = (target.__class__ is list and target and target[0] == F.E_SUB for target in node[1])
            if any(found):
                return True
    return False


def _maker(fn: Fn, test: Any) -> Any:
    """The call that gives what a condition asks whether it is there: ``old = self._evicted()``, and ``if old is not None``."""
    if test[0] == F.E_CMP and len(test[2]) == 1 and test[3][0][:2] == [F.E_CONST, None] and test[2][0] in _THERE:
        test = test[1]
    made = [test[2]] if test[0] == F.E_WALRUS else narrowing.assigned(fn, test[1]) if test[0] == F.E_NAME else ()
    return made[0] if len(made) == 1 and made[0] is not None and made[0][0] == F.E_CALL else None


_THERE: Final = ("is not", "!=")


def _gives_one_taken(fn: Fn) -> bool:
    """Whether a function gives nothing unless a table is full, and then takes an entry out of it."""
    for number, stmt in enumerate(fn.body["body"]):
        if _leaves_unless_full(stmt):
            left = stmt[1][0][1][-1][1]
            return (left is None or left[:2] == [F.E_CONST, None]) and _takes_out(fn.body["body"][number:])
        if stmt[0] != F.S_EXPR:
            return False
    return False


__all__ = ["is_pushed_out"]
