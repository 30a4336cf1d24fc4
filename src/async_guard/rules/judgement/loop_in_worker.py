"""The judgement behind AG205: a call that looks for the running loop, in a thread that has none."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, Final

from async_guard.link.frames import CALL, WORKER, Event, Frame
from async_guard.link.linked import Linked
from async_guard.link.values import EXTINST
from async_guard.model import facts as F
from async_guard.model.catalogue import LOOP_BOUND
from async_guard.rules.judgement import uses
from async_guard.rules.judgement.syntax import callee_name

Link = tuple[Frame, int, int, Any]
"""A frame with the call in it that leads on: position, end, node."""
_FARTHEST: Final = 400
_LINKS: Final = 3
"""Calls from the thread's function to the one that fails: further away, what decides whether it comes to that is out of sight."""
_NO_CURRENT: Final = "There is no current event loop in thread"
"""What the main thread of a process is not told: it is given a loop (before Python 3.14, with a warning since 3.12)."""
_SETS_LOOP: Final = ("set_event_loop", "Runner")
_RUNS_LOOP: Final = (
    *_SETS_LOOP,
    "new_event_loop",
    "run_forever",
    "run_until_complete",
    "run",
    "get_running_loop",
    "get_event_loop",
)
"""What is called by functions that have a loop of their own, or ask for one, which is an error by itself or guarded."""
_UNSAFE: Final = frozenset((
    "AbstractEventLoop.call_soon", "AbstractEventLoop.call_later", "AbstractEventLoop.call_at", "AbstractEventLoop.create_task",
    "AbstractEventLoop.add_reader", "AbstractEventLoop.add_writer", "Future.set_result", "Future.set_exception", "Event.set",
    "Queue.put_nowait", "LifoQueue.put_nowait", "PriorityQueue.put_nowait",
))  # fmt: skip
"""Methods of asyncio's objects that only the loop's own thread may call: they neither lock anything nor wake the loop."""
_OWN_LOOP: Final = "asyncio._OwnLoop"


class Failing:
    """Calls that fail because a worker thread makes them, found once."""

    def __init__(self, linked: Linked) -> None:
        self.calls: list[tuple[Frame, list[Link], str, str]] = []
        """Function that a worker thread runs, the way to the call, its name, and the words of the error."""
        self.unsafe: list[tuple[Frame, list[Link], str]] = []
        """The same of calls that only the loop's own thread may make, which disturb it instead of failing."""
        for root, in_main in roots(linked).items():
            for way, mark in _marks(root):
                if mark[3] != LOOP_BOUND:
                    if not (in_main and mark[3] == _NO_CURRENT) and not _has_loop(way, _SETS_LOOP):
                        self.calls.append((root, way, mark[2], mark[3]))
                elif not in_main and not root.module.is_test and _is_unsafe(linked, way, mark):
                    self.unsafe.append((root, way, mark[2]))
        ways = (*(way for _, way, _, _ in self.calls), *(way for _, way, _ in self.unsafe))
        self.places = {(way[-1][0].fn, way[-1][1]) for way in ways}
        """Function and position of each."""


def _is_unsafe(linked: Linked, way: list[Link], mark: Any) -> bool:
    """Whether a way leads to a call that only the loop's own thread may make."""
    frame, _pos, _end, node = way[-1]
    is_named = mark[2].rpartition("asyncio.")[2] in _UNSAFE
    if not is_named or node is None or node[0] != F.E_CALL or node[1][0] != F.E_ATTR:
        return False
    holders = linked.evaluator.ev(node[1][1], frame)
    is_sure = bool(holders) and all(
        v.k == EXTINST and v.a != _OWN_LOOP and v.a.startswith(("asyncio.", "uvloop.")) for v in holders
    )
    return is_sure and not _has_loop(way, _RUNS_LOOP)


def _has_loop(way: list[Link], names: tuple[str, ...]) -> bool:
    """Whether somebody on a way is ready for what happens without a loop, or calls something by one of these names."""
    return _is_guarded(way) or any(_calls(f, names) for f, *_ in way)


def _marks(root: Frame) -> Iterator[tuple[list[Link], Any]]:
    """What asks for the loop in a function that a worker thread runs, or in what that calls, and the way there."""
    came: dict[Frame, tuple[Frame, Event] | None] = {root: None}
    queue = deque([root])
    while queue and len(came) < _FARTHEST:
        frame = queue.popleft()
        for mark in frame.marks:
            if mark[0] == "needs-loop" and not mark[4] and mark[1].on == "now" and not mark[1].probable:
                site = mark[1]
                way = [*_way(came, frame), (frame, site.pos, site.end, site.node)]
                if len(way) <= _LINKS:
                    yield way, mark
        several = _dispatched(frame)
        for event in frame.events:
            target = event.target
            if event.kind != CALL or target is None or event.off_loop or event.probable or event.pos in several:
                continue
            if target not in came and not target.is_async:
                came[target] = (frame, event)
                queue.append(target)


def _dispatched(frame: Frame) -> set[int]:
    """Positions of calls that may mean one of several functions."""
    found: dict[int, Any] = {}
    out: set[int] = set()
    for event in frame.events:
        if (
            event.kind == CALL
            and event.target is not None
            and event.target.fn is not found.setdefault(event.pos, event.target.fn)
        ):
            out.add(event.pos)
    return out


def roots(linked: Linked) -> dict[Frame, bool]:
    """Frames that worker threads start with, each function once, and whether it is the main thread of a process that does so."""
    found: dict[Frame, bool] = {}
    for entry in linked.entries:
        if entry.runs == "worker" and not entry.fn.is_async and not entry.probable:
            found[entry.frame] = entry.main_thread and found.get(entry.frame, True)
    for frame in (*linked.evaluator.frames, *(module.frame for module in linked.program)):
        for event in frame.events:
            if event.kind == WORKER and event.target is not None and not event.target.is_async and not event.probable:
                found[event.target] = False
    return {frame: in_main for frame, in_main in found.items() if frame.fn is not None}


def _way(came: dict[Frame, tuple[Frame, Event] | None], frame: Frame) -> list[Link]:
    way: list[Link] = []
    step = came[frame]
    while step is not None:
        way.append((step[0], step[1].pos, step[1].end, step[1].node))
        step = came[step[0]]
    return way[::-1]


def _calls(frame: Frame, names: tuple[str, ...]) -> bool:
    """Whether a function calls something by one of these names: to give its thread a loop of its own, or to run it."""
    facts = frame.module.facts
    index = frame.fn.index if frame.fn is not None else -1
    return any(index in facts.calls.get(name, ()) for name in names)


def _is_guarded(way: list[Link]) -> bool:
    """Whether the error is expected: caught on the way, or a condition asks about the loop first."""
    for frame, pos, _end, _node in way:
        if frame.fn is not None:
            body = frame.fn.body["body"]
            if caught(body, pos) or any(_asks(block[index]) for block, index in uses.path_to(body, pos)[:-1]):
                return True
    return False


def _asks(stmt: Any) -> bool:
    """Whether a statement is an ``if`` about loops, threads or being asynchronous."""
    return bool(stmt[0] == F.S_IF) and any(_about_loops(test) for test, _ in stmt[1])


def _about_loops(part: Any) -> bool:
    if part.__class__ is list:
        return any(_about_loops(p) for p in part)
    return part.__class__ is str and any(word in part.lower() for word in ("loop", "async", "thread", "running"))


def caught(body: list[Any], pos: int) -> bool:
    """Whether a position stands in a ``try`` whose handlers catch ``RuntimeError``, or where that is suppressed."""
    for stmt in body:
        if stmt[0] == F.S_TRY and stmt[1] and _covers(stmt[1], pos) and any(_catches(h[0]) for h in stmt[2]):
            return True
        if stmt[0] == F.S_WITH and _covers(stmt[2], pos) and any(_suppresses(item[0]) for item in stmt[1]):
            return True
        if any(caught(inner, pos) for inner in uses.blocks(stmt)):
            return True
    return False


def _covers(part: Any, pos: int) -> bool:
    """Whether some expression in a piece of facts stands at a position."""
    if isinstance(part, list):
        return any(_covers(p, pos) for p in part)
    return part.__class__ is int and part == pos


def _suppresses(manager: Any) -> bool:
    """``contextlib.suppress(RuntimeError)``."""
    return callee_name(manager) == "suppress" and any(_catches(kind) for kind in manager[2])


def _catches(kind: Any) -> bool:
    if kind is None:
        return True
    if kind[0] == F.E_SEQ:
        return any(_catches(item) for item in kind[2])
    name = kind[1] if kind[0] == F.E_NAME else kind[2] if kind[0] == F.E_ATTR else ""
    return name in ("RuntimeError", "Exception", "BaseException")


__all__ = ["Failing", "caught", "roots"]
