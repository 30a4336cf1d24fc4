"""The judgement behind AG502: a pool of connections that is made for every request."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from async_guard.link.frames import Event, Frame, Site
from async_guard.link.linked import Linked
from async_guard.link.program import Fn
from async_guard.model import facts as F
from async_guard.rules.judgement import uses

_PER_REQUEST: Final = frozenset(
    (
        "route", "dependency", "websocket", "middleware", "background", "exception_handler", "route_class", "resolver",
        "mcp_tool", "mcp_resource", "mcp_prompt", "mcp_request", "tool",
    )
)  # fmt: skip


_FARTHEST: Final = 4
_CALLERS: Final = 10
_KEPT, _HANDED_UP, _DROPPED = "kept", "handed up", "dropped"


class Made(NamedTuple):
    """One place where a request makes a pool."""

    frame: Frame
    site: Site
    name: str


def made(linked: Linked) -> Iterator[Made]:
    """Every place in what requests run that makes a pool and keeps it nowhere."""
    done: set[tuple[str, int]] = set()
    ways = _reached(linked)
    kinds: dict[Frame, set[str]] = {}
    for entry in linked.entries:
        kinds.setdefault(entry.frame, set()).add(entry.kind)
    for frame in ways:
        for mark in frame.marks:
            if mark[0] != "pools" or frame.fn is None or (frame.module.path, mark[1].pos) in done:
                continue
            if kinds.get(frame) == {"websocket"} and _is_once(frame.fn, mark[1].pos):
                continue  # one for each connection, which may last as long as the client stays
            if not _is_shared(frame, mark[1].pos, ways, 0):
                done.add((frame.module.path, mark[1].pos))
                yield Made(frame, mark[1], mark[3])


def _is_once(fn: Fn, pos: int) -> bool:
    """Whether a function comes to a position once only, and not for each message in a loop."""
    way = uses.path_to(fn.body["body"], pos)
    return not any(block[index][0] in (F.S_FOR, F.S_WHILE) for block, index in way)


Ways = dict[Frame, list[tuple[Frame, Event]]]
"""What requests run, each with the calls that lead there; none for what the framework itself calls."""


def _reached(linked: Linked) -> Ways:
    """What requests run, without what a cache runs only the first time."""
    found: Ways = {e.frame: [] for e in linked.entries if e.kind in _PER_REQUEST and not e.once}
    queue = deque(found)
    while queue:
        frame = queue.popleft()
        for event in frame.events:
            if event.target is None or event.lowered:
                continue
            if event.target not in found:
                found[event.target] = []
                queue.append(event.target)
            found[event.target].append((frame, event))
    return found


def _is_shared(frame: Frame, pos: int, ways: Ways, depth: int) -> bool:
    """Whether other requests may find what is made at a position: it is kept somewhere, or whoever gets it may keep it."""
    fn = frame.fn
    if fn is None:
        return True
    fate = _fate(fn, pos)
    if fate != _HANDED_UP:
        return fate == _KEPT
    callers = ways[frame]
    if not callers:  # the framework: what a dependency gives lives as long as the request
        return False
    if depth >= _FARTHEST or len(callers) > _CALLERS:
        return True
    return any(_is_shared(caller, event.pos, ways, depth + 1) for caller, event in callers)


def _fate(fn: Fn, pos: int) -> str:
    """What becomes of what a function makes at a position: kept, handed to the caller, or neither."""
    if fn.name in ("__new__", "__post_init__"):
        return _KEPT
    way = uses.path_to(fn.body["body"], pos)
    if not way:
        return _KEPT
    stmt = way[-1][0][way[-1][1]]
    if stmt[0] == F.S_RETURN:
        return _HANDED_UP
    if fn.name == "__init__":
        is_own = stmt[0] == F.S_ASSIGN and all(_is_attribute_of_self(t) for t in stmt[1])
        return _HANDED_UP if is_own else _KEPT
    return _KEPT if _is_kept(fn, pos) else _DROPPED


def _is_attribute_of_self(target: Any) -> bool:
    return bool(target[0] == F.E_ATTR and target[1][0] == F.E_NAME and target[1][1] == "self")


def _is_kept(fn: Fn, pos: int) -> bool:
    """Whether what is made at a position goes where other requests find it: a global, an attribute, a table."""
    body = fn.body["body"]
    way = uses.path_to(body, pos)
    if not way:
        return True
    stmt = way[-1][0][way[-1][1]]
    if stmt[0] == F.S_RETURN:
        return True  # whoever calls this may keep it
    if stmt[0] not in (F.S_ASSIGN, F.S_ANN):
        return False
    targets = stmt[1] if stmt[0] == F.S_ASSIGN else [stmt[1]]
    names = [t[1] for t in targets if t[0] == F.E_NAME]
    if len(names) != len(targets):
        return True
    for other in uses.statements(body):
        if other[0] == F.S_GLOBAL and any(name in other[1] for name in names):
            return True
        if other[0] == F.S_RETURN and any(uses.mentions(other[1], n) for n in names if _is_handed_out(other[1], n)):
            return True
        if any(_stores(part, n) for part in uses.own_parts(other) for n in names):
            return True
        if (
            other[0] == F.S_ASSIGN
            and any(t[0] in (F.E_ATTR, F.E_SUB) for t in other[1])
            and any(uses.mentions(other[2], n) for n in names)
        ):
            return True
    return False


def _is_handed_out(value: Any, name: str) -> bool:
    """Whether an expression gives the object itself, alone or among others."""
    if value is None:
        return False
    if value[0] == F.E_NAME:
        return bool(value[1] == name)
    return value[0] == F.E_SEQ and any(_is_handed_out(item, name) for item in value[2])


def _stores(part: Any, name: str) -> bool:
    """Whether a call whose name speaks of keeping gets the object."""
    if part.__class__ is not list or not part:
        return False
    if len(part) == 6 and part[0] == F.E_CALL and part[1].__class__ is list:
        callee = part[1]
        last = str(callee[1] if callee[0] == F.E_NAME else callee[2] if callee[0] == F.E_ATTR else "").lower()
        if any(word in last for word in ("cache", "store", "register", "set", "put", "append", "add")):
            return any(_is_handed_out(a, name) for a in [*part[2], *(v for _, v in part[3])])
    return any(_stores(p, name) for p in part)


__all__ = ["Made", "made"]
