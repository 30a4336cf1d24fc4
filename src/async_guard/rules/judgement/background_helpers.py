"""The judgement behind AG402 across functions: background tasks that a helper hands out and callers drop, or that an object keeps for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from async_guard.link.frames import Frame, Site
from async_guard.link.linked import Linked, text
from async_guard.link.program import Class, Fn
from async_guard.link.values import BOUND, FUNC
from async_guard.model import facts as F
from async_guard.rules.judgement import uses
from async_guard.rules.judgement.background_fate import Idle, bare, goes_nowhere, is_only_added_to, is_shared
from async_guard.rules.judgement.syntax import assignment

_ROUNDS: Final = 3
"""Helpers of helpers that tasks are followed through."""
_HELP: Final = "take `BackgroundTasks` as a parameter, or return a response with `background=...`"


def unattached(linked: Linked) -> Iterator[Idle]:
    """Background work that another function made, or an object keeps, and that no response carries."""
    made = list(_made(linked))
    yield from _dropped(linked, {frame.fn for frame, site in made if _is_handed_out(linked, frame, site)})
    for frame, site in made:
        name = _kept_as(frame, site)
        if name and _is_only_filled(linked, frame, name):
            words = text(site.node[1])
            yield Idle(frame, site.pos, site.end, site.node, words,
                       f"`{words}` is kept in `self.{name}`, which nothing attaches to a response: its tasks never run", _HELP)  # fmt: skip


def _made(linked: Linked) -> Iterator[tuple[Frame, Site]]:
    done: set[tuple[str, int]] = set()
    for frame in linked.evaluator.frames:
        for mark in frame.marks:
            if mark[0] == "background-made" and frame.fn is not None and (frame.module.path, mark[1].pos) not in done:
                done.add((frame.module.path, mark[1].pos))
                if mark[1].node is not None and mark[1].node[0] == F.E_CALL:
                    yield frame, mark[1]


# -- handed out


def _is_handed_out(linked: Linked, frame: Frame, site: Site) -> bool:
    """Whether a function gives the collection that it makes, whatever happens, and lets nobody else have it."""
    fn = frame.fn
    return fn is not None and _gives(linked, frame, fn, site.node)


def _gives(linked: Linked, frame: Frame, fn: Fn, node: Any) -> bool:
    body = fn.body["body"]
    returned = list(F.returned(body))
    if fn.head.is_generator or fn.body["decorators"] or not returned or any(e is None for e in returned):
        return False
    if all(bare(e) == node for e in returned):
        return True
    if any(e[0] != F.E_NAME or e[1] != returned[0][1] for e in returned):
        return False
    name = returned[0][1]
    stmts = list(uses.statements(body))
    binds = [
        s for s in stmts if s[0] in (F.S_ASSIGN, F.S_ANN) and (given := assignment(s)) and _is_name(given[0], name)
    ]
    if len(binds) != 1 or is_shared(fn, name) or any(p[0] == name for p in fn.body["params"]):
        return False
    given = assignment(binds[0])
    others = [s for s in stmts if s is not binds[0] and s[0] != F.S_RETURN]
    return given is not None and bare(given[1]) == node and is_only_added_to(linked, frame, others, name, 0)


def _is_name(targets: Any, name: str) -> bool:
    return len(targets) == 1 and targets[0][0] == F.E_NAME and targets[0][1] == name


def _dropped(linked: Linked, makers: set[Fn | None]) -> Iterator[Idle]:
    """Calls of functions that hand out what they made, where it goes nowhere."""
    found = {fn for fn in makers if fn is not None}
    done: set[tuple[str, int]] = set()
    for _ in range(_ROUNDS if found else 0):
        further: set[Fn] = set()
        for frame in linked.evaluator.frames:
            for event in frame.events:
                target = event.target.fn if event.target is not None else None
                key = (frame.module.path, event.pos)
                if (
                    target not in found
                    or frame.fn is None
                    or event.node is None
                    or event.node[0] != F.E_CALL
                    or key in done
                ):
                    continue
                done.add(key)
                called = [v.b if v.k == BOUND else v for v in linked.evaluator.ev(event.node[1], frame)]
                if not called or any(v.k != FUNC or v.a not in found for v in called):
                    continue
                if goes_nowhere(linked, frame, frame.fn, event.node, event.pos):
                    words = text(event.node[1])
                    yield Idle(frame, event.pos, event.end, event.node, words,
                               f"`{words}` gives background tasks that are attached to no response here: they never run", _HELP)  # fmt: skip
                elif _gives(linked, frame, frame.fn, event.node):
                    further.add(frame.fn)
        found = further
        if not found:
            break


# -- kept


def _kept_as(frame: Frame, site: Site) -> str:
    """The attribute of the object itself that a constructor puts the collection into."""
    fn = frame.fn
    if fn is None or fn.name != "__init__" or fn.head.owner < 0:
        return ""
    way = uses.path_to(fn.body["body"], site.pos)
    given = assignment(way[-1][0][way[-1][1]]) if way else None
    params = fn.body["params"]
    if given is None or len(given[0]) != 1 or bare(given[1]) != site.node or not params:
        return ""
    target = given[0][0]
    own = target[0] == F.E_ATTR and target[1][0] == F.E_NAME and target[1][1] == params[0][0]
    return str(target[2]) if own else ""


def _is_only_filled(linked: Linked, frame: Frame, name: str) -> bool:
    """Whether all that the project ever does with an attribute of this name is to put tasks into it, and does so."""
    assert frame.fn is not None
    owner: Class = frame.module.classes[frame.fn.head.owner]
    if any(keyword for keyword, _ in owner.body["keywords"]) or owner.body["decorators"]:
        return False
    filled = False
    for module in linked.program:
        for parts in module.mentioning(name):
            for kind in _done_with(parts, name):
                if kind == _ELSE:
                    return False
                filled = filled or kind == _ADDS
    return filled


_ADDS: Final = "adds"
_ELSE: Final = "else"


def _done_with(parts: list[Any], name: str) -> Iterator[str]:
    """What a scope does with attributes of a name, binding them apart, and with whatever else is called so: its head and its statements."""
    for part in parts[:-1]:
        yield from _uses_of(part, name)
    for stmt in uses.statements(parts[-1]):
        given = assignment(stmt)
        if given is not None and len(given[0]) == 1 and given[0][0][0] == F.E_ATTR and given[0][0][2] == name:
            yield from _uses_of(given[0][0][1], name)
            yield from _uses_of(given[1], name)
        else:
            for part in uses.own_parts(stmt):
                yield from _uses_of(part, name)


def _uses_of(part: Any, name: str) -> Iterator[str]:
    if part.__class__ is str and part == name:
        yield _ELSE
    if part.__class__ is not list or not part:
        return
    if part[0] == F.E_NAME and len(part) == 3 and part[1] == name:
        return  # a variable that is called like the attribute
    if part[0] == name and len(part) == 4 and part[1].__class__ is str:
        part = part[1:]  # a parameter
    if part[0] == F.E_CALL and len(part) == F.CALL_PARTS and part[1].__class__ is list:
        callee = part[1]
        if callee[0] == F.E_ATTR and callee[2] == "add_task" and callee[1][0] == F.E_ATTR and callee[1][2] == name:
            yield _ADDS
            part = [callee[1][1], *part[2:4]]
    for inner in part:
        yield from _uses_of(inner, name)


__all__ = ["unattached"]
