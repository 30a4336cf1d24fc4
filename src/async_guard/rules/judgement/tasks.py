"""The judgement behind AG303: tasks that nobody keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from async_guard.link.frames import Frame
from async_guard.link.linked import Linked, text
from async_guard.link.program import Fn
from async_guard.link.values import EXTINST
from async_guard.model import facts as F
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.mistakes import at_site, mistake, unique
from async_guard.rules.judgement.places import at
from async_guard.rules.judgement.scopes import Scope, body_of, notes
from async_guard.rules.judgement.syntax import callee_name, inner_functions, mentions, statements, uses, yields

_HELP = "keep the task where it lives on (a set, an attribute, a TaskGroup) until it is done"
_ENDLESS = frozenset(
    (
        "serve",
        "serve_forever",
        "run_forever",
        "wait",
        "wait_closed",
        "run_until_disconnected",
        "idle",
        "run_polling",
        "join",
    )
)
"""Awaited calls that last as long as the program: the local variable lives as long as they do."""
_LOOKS_LIKE_LOOP = ("loop", "_loop", "event_loop", "_event_loop")


def tasks_not_kept(linked: Linked, meta: RuleMeta) -> Iterator[Finding]:
    """Tasks whose only strong reference is the event loop's weak one."""
    return unique(_not_kept(linked, meta))


def _not_kept(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    for scope, marks in notes(linked).of_kind("makes-task"):
        by_node = {id(mark[1].node): (frame, mark) for frame, mark in marks if mark[1].on == "now" and _is_new(mark)}
        yield from _judged(linked, meta, scope, by_node)
    yield from _guessed(linked, meta)


def _judged(
    linked: Linked, meta: RuleMeta, scope: Scope, by_node: dict[int, tuple[Frame, Any]]
) -> Iterator[Finding | None]:
    chained: set[int] = set()
    for e, use in uses(body_of(scope)) if by_node else ():
        how, detail = use
        if how == "statement" and callee_name(e) == "add_done_callback" and e[1][0] == F.E_ATTR:
            chained.add(id(e[1][1]))  # create_task(...).add_done_callback(...): a callback keeps no task
        found = by_node.get(id(e))
        if found is None:
            continue
        frame, mark = found
        if how == "statement" or id(e) in chained:
            why = "and nobody keeps it"
        elif how == "assign" and isinstance(scope, Fn) and _is_forgotten(scope, str(detail), e):
            why = f"and put into `{detail}`, which nobody uses"
        else:
            continue
        message = f"the task is started {why}: it may be collected before it is done"
        yield mistake(meta, linked, frame, at_site(mark, mark[3]), message, help=_HELP)


def _is_new(mark: Any) -> bool:
    """Whether the call starts a task, and does not only pass on a future that exists already."""
    return not (len(mark) > 5 and mark[5] and all(v.k == EXTINST for v in mark[5]))


def _is_forgotten(scope: Fn, name: str, made: Any) -> bool:
    """Whether a local variable is never read, and does not live long by itself."""
    body = body_of(scope)
    behind = False
    for stmt in statements(body):
        if stmt[0] == F.S_GLOBAL and name in stmt[1]:
            return False
        if stmt[0] in (F.S_ASSIGN, F.S_ANN) and stmt[2 if stmt[0] == F.S_ASSIGN else 3] is made:
            behind = True
        elif behind and _lasts(stmt):
            return False
    if any(e[0] == F.E_NAME and e[1] == name for e, _ in uses(body)):
        return False
    return not any(mentions(fn.body["body"], name) for fn in inner_functions(scope))


def _lasts(stmt: Any) -> bool:
    """Whether a statement may keep its function alive as long as the program runs."""
    if stmt[0] == F.S_WHILE and stmt[1][0] == F.E_CONST and stmt[1][1]:
        return True
    if yields(stmt):
        return True
    return any(e[0] == F.E_AWAIT and callee_name(e[1]) in _ENDLESS for e, _ in uses([stmt]))


def _guessed(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """``loop.create_task(...)`` on a receiver that nobody could type, but that is called a loop."""
    for frame in linked.on_loop:
        if not frame.unresolved or frame.fn is None:
            continue
        nodes = {id(node): (pos, end, node) for pos, end, node, _ in frame.unresolved if _is_loop_call(node)}
        if not nodes:
            continue
        for e, use in uses(body_of(frame.fn)):
            found = nodes.get(id(e))
            if found is not None and use[0] == "statement":
                message = "the task is started and nobody keeps it: it may be collected before it is done"
                yield mistake(meta, linked, frame, at(frame, *found), message, probable=True, help=_HELP)


def _is_loop_call(node: Any) -> bool:
    if not node or callee_name(node) != "create_task" or node[1][0] != F.E_ATTR:
        return False
    return text(node[1][1]).rpartition(".")[2] in _LOOKS_LIKE_LOOP


__all__ = ["tasks_not_kept"]
