"""The judgement behind AG404 for tasks of the loop: what a request closes at its end, while a task that it started still uses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from async_guard.link.frames import Frame
from async_guard.link.linked import Linked
from async_guard.link.program import Fn
from async_guard.model import facts as F
from async_guard.rules.judgement import uses
from async_guard.rules.judgement.closed_resources import deleted_paths, holders, left_before, names_in, torn_down
from async_guard.rules.judgement.scopes import body_of, handlers_of, notes
from async_guard.rules.judgement.syntax import callee_name, statements, suspends
from async_guard.rules.judgement.syntax import uses as every_use

_KEEPING: Final = frozenset(("add", "append"))
_PASSING: Final = frozenset(("add_done_callback", "set_name", "get_name"))


class Outlived(NamedTuple):
    """A task that gets a name whose object is closed while it runs."""

    frame: Frame
    name: str
    pos: int
    by: str
    probable: bool


def outlived(linked: Linked) -> Iterator[Outlived]:
    """Every name that a task gets for which nobody waits, and that is closed by whoever started the task, or by the request."""
    handlers = handlers_of(linked)
    done: set[tuple[str, int]] = set()
    for scope, marks in notes(linked).of_kind("makes-task"):
        if not isinstance(scope, Fn):
            continue
        for frame, mark in marks:
            site = mark[1]
            made = site.node[2][0] if site.node[0] == F.E_CALL and site.node[2] else None
            if site.on != "now" or made is None or made[0] != F.E_CALL or (scope.module.path, site.pos) in done:
                continue
            if not _is_left(scope, site.node):
                continue
            arguments = (*made[2], *(value for _, value in made[3]))
            gone = [found for e in arguments for found in deleted_paths(linked, frame, scope, e, site.pos)]
            if gone:
                done.add((scope.module.path, site.pos))
                yield Outlived(frame, *gone[0], _waits_inside(scope, site.pos))
                continue
            given = dict(_given(scope, made))
            left = left_before(linked, frame, scope, site.pos) if given else {}
            entry = handlers.get(scope)
            torn = torn_down(linked, entry, handlers, late=True) if given and entry is not None and not left else {}
            by_name = holders(linked, frame, scope, left or torn)
            for name, pos in given.items():
                if name in by_name:
                    done.add((scope.module.path, site.pos))
                    yield Outlived(frame, name, pos, by_name[name], not left or _waits_inside(scope, site.pos))


def _given(fn: Fn, made: Any) -> Iterator[tuple[str, int]]:
    """Names that the coroutine of a task gets, as an argument or as the object of its method."""
    if made[1][0] == F.E_ATTR and made[1][1][0] == F.E_NAME:
        yield made[1][1][1], made[1][1][2]
    for e in (*made[2], *(value for _, value in made[3])):
        yield from names_in(fn, e)


def _is_left(fn: Fn, call: Any) -> bool:
    """Whether nothing in the function waits for a task, or hands it to somebody who may."""
    everything = list(every_use(body_of(fn)))
    how, detail = next((use for e, use in everything if e is call), ("", None))
    if how == "statement":
        return True
    if how == "argument":
        return _keeps(fn, detail)
    if how != "assign":
        return False
    others = [use for e, use in everything if e[0] == F.E_NAME and e[1] == detail]
    return all(
        (how == "attribute" and what in _PASSING) or (how == "argument" and _keeps(fn, what)) for how, what in others
    )


def _keeps(fn: Fn, call: Any) -> bool:
    """``self.tasks.add(task)``, ``TASKS.append(task)``: a container that outlives the function."""
    if callee_name(call) not in _KEEPING or call[1][0] != F.E_ATTR:
        return False
    owner = call[1][1]
    if owner[0] != F.E_NAME:
        return True
    bound = [stmt for stmt in statements(body_of(fn)) if stmt[0] in (F.S_ASSIGN, F.S_ANN, F.S_FOR, F.S_WITH)]
    return not any(_binds(stmt, owner[1]) for stmt in bound)


def _binds(stmt: Any, name: str) -> bool:
    if stmt[0] == F.S_WITH:
        return any(item[1] is not None and uses.mentions(item[1], name) for item in stmt[1])
    targets = stmt[1] if stmt[0] == F.S_ASSIGN else [stmt[1]]
    return any(uses.mentions(target, name) for target in targets)


def _waits_inside(fn: Fn, pos: int) -> bool:
    """Whether something is awaited behind a position before the ``with`` around it ends: the task may be through by then."""
    way = uses.path_to(fn.body["body"], pos)
    for block, index in way[::-1]:
        if block[index][0] == F.S_WITH and (block, index) != way[-1]:
            return False
        if any(suspends(stmt) for stmt in statements(block[index + 1 :])) or block[index][0] in (F.S_FOR, F.S_WHILE):
            return True
    return False


__all__ = ["outlived"]
