"""The judgement behind AG205: a call that looks for the running loop, in a thread that has none."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from async_guard.link.frames import CALL, WORKER, Event, Frame
from async_guard.link.linked import Linked
from async_guard.model import facts as F
from async_guard.model.catalogue import LOOP_BOUND
from async_guard.rules.judgement import uses

Link = tuple[Frame, int, int, Any]
"""A frame with the call in it that leads on: position, end, node."""
_FARTHEST = 400
_SETS_LOOP = ("set_event_loop", "Runner")


def lost_calls(linked: Linked) -> Iterator[tuple[Frame, list[Link], str, str]]:
    """Function that a worker thread runs, the way to the call, its name, and the words of the error."""
    for root in roots(linked):
        came: dict[Frame, tuple[Frame, Event] | None] = {root: None}
        queue = deque([root])
        while queue and len(came) < _FARTHEST:
            frame = queue.popleft()
            for mark in frame.marks:
                if mark[0] == "needs-loop" and mark[3] != LOOP_BOUND and not mark[4] and mark[1].on == "now" and not mark[1].probable:
                    site = mark[1]
                    way = [*_way(came, frame), (frame, site.pos, site.end, site.node)]
                    if not _is_guarded(way) and not any(_makes_loop(f) for f, *_ in way):
                        yield root, way, mark[2], mark[3]
            for event in frame.events:
                target = event.target
                if event.kind == CALL and target is not None and not event.off_loop and not event.probable and target not in came and not target.is_async:
                    came[target] = (frame, event)
                    queue.append(target)


def roots(linked: Linked) -> list[Frame]:
    """Frames that worker threads start with, each function once."""
    found: dict[Frame, None] = {}
    for entry in linked.entries:
        if entry.runs == "worker" and not entry.fn.is_async and not entry.probable:
            found[entry.frame] = None
    for frame in linked.evaluator.frames:
        for event in frame.events:
            if event.kind == WORKER and event.target is not None and not event.target.is_async and not event.probable:
                found[event.target] = None
    return [f for f in found if f.fn is not None]


def _way(came: dict[Frame, tuple[Frame, Event] | None], frame: Frame) -> list[Link]:
    way: list[Link] = []
    step = came[frame]
    while step is not None:
        way.append((step[0], step[1].pos, step[1].end, step[1].node))
        step = came[step[0]]
    return way[::-1]


def _makes_loop(frame: Frame) -> bool:
    """Whether a function gives its thread a loop of its own."""
    facts = frame.module.facts
    index = frame.fn.index if frame.fn is not None else -1
    return any(index in facts.calls.get(name, ()) for name in _SETS_LOOP)


def _is_guarded(way: list[Link]) -> bool:
    """Whether the error is expected: caught by name on the way, or by any handler right at the call."""
    for number, (frame, pos, _end, _node) in enumerate(way):
        if frame.fn is not None and caught(frame.fn.body["body"], pos, narrow=number < len(way) - 1):
            return True
    return False


def caught(body: list[Any], pos: int, narrow: bool) -> bool:
    """Whether a position stands in a ``try`` whose handlers catch ``RuntimeError``; by that name if ``narrow``."""
    for stmt in body:
        if stmt[0] == F.S_TRY and stmt[1] and _covers(stmt[1], pos) and any(_catches(h[0], narrow) for h in stmt[2]):
            return True
        if any(caught(inner, pos, narrow) for inner in uses.blocks(stmt)):
            return True
    return False


def _covers(part: Any, pos: int) -> bool:
    """Whether some expression in a piece of facts stands at a position."""
    if isinstance(part, list):
        return any(_covers(p, pos) for p in part)
    return part.__class__ is int and part == pos


def _catches(kind: Any, narrow: bool) -> bool:
    if kind is None:
        return not narrow
    if kind[0] == F.E_SEQ:
        return any(_catches(item, narrow) for item in kind[2])
    name = kind[1] if kind[0] == F.E_NAME else kind[2] if kind[0] == F.E_ATTR else ""
    return name == "RuntimeError" or (not narrow and name in ("Exception", "BaseException"))


__all__ = ["caught", "lost_calls", "roots"]
