"""The judgement behind AG304 and AG306: a loop inside a loop, and a loop that waits for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from async_guard.link.doubts import awaited
from async_guard.link.frames import CALL, SINK, WORKER, Event, Frame
from async_guard.link.linked import Linked, text
from async_guard.link.values import EXTINST, SEQ, V
from async_guard.model import facts as F
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.mistakes import Way, at_site, mistake, unique, ways_to
from async_guard.rules.judgement.nesting import allows_nesting
from async_guard.rules.judgement.patched import is_through_test
from async_guard.rules.judgement.places import at
from async_guard.rules.judgement.scopes import body_of
from async_guard.rules.judgement.syntax import callee_name, expressions, statements, suspends, walk

_FARTHEST: Final = 200
_WAITING: Final = ("concurrent.futures.Future.result", "concurrent.futures.Future.exception", "threading.Thread.join")
_LEAVING: Final = ("Executor.__exit__",)
_MAPPED: Final = ".map"
_ENDS: Final = (*_WAITING, *_LEAVING, _MAPPED, "futures.wait", "futures.as_completed")
"""How the names of calls end that wait for what a pool or a thread does."""
_SUBMITTING: Final = frozenset(("submit", "map"))


def nested_loops(linked: Linked, meta: RuleMeta) -> Iterator[Finding]:
    """AG304: calls that run an event loop on the thread of a running one."""
    return unique(_nested(linked, meta))


def _nested(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    for frame, way, mark in _marked(linked, "runs-loop", _starts_loop):
        if allows_nesting(linked, [f for f, _ in way] + [frame]) or any(_may_walk_others(event) for _, event in way):
            continue
        name = mark[3]
        message = f"`{name}` runs an event loop on the thread of one that runs already, which fails"
        if way:
            message = f"`{text(way[0][1].node)}` leads to {message}"
        links = (*way, (frame, Event(SINK, mark[1].pos, mark[1].end, mark[1].node)))
        yield mistake(
            meta, linked, frame, at_site(mark, name), message, way=way,
            # What happens only the first time has mostly happened before a loop ran; where it has not, it fails and is seen at once.
            probable=mark[1].probable or any(event.lowered for _, event in way) or _is_once(frame, mark) or awaited.is_other(linked.evaluator, links),
            help="await the coroutine, through coroutine functions up to here, or run this code in a thread",
        )  # fmt: skip


def _is_once(frame: Frame, mark: Any) -> bool:
    """Whether a mark's call happens only the first time: what it makes is kept, as what stands beside it is."""
    once = mark[6] if len(mark) > 6 else None
    return once is not None and (once is True or any(event.lowered for event in frame.events if event.once == once))


def _may_walk_others(event: Event) -> bool:
    """Whether an object is iterated where others may stand as well.

    A loop in a loop fails whenever it is tried: what cannot work in such a place is iterated by somebody else.
    """
    target = event.target
    return target is not None and target.fn is not None and event.choices > 1 and target.fn.name in _STEPS


_STEPS: Final = frozenset(("__iter__", "__next__", "__getitem__"))


def _starts_loop(mark: Any) -> bool:
    return mark[1].on == "now" and not mark[2]


def _marked(linked: Linked, kind: str, wanted: Callable[[Any], bool]) -> Iterator[tuple[Frame, Way, Any]]:
    """Marks of on-loop frames, each with the ways that lead there from code that the loop itself runs."""
    found: dict[Frame, list[Any]] = {}
    for frame in linked.on_loop:
        marks = [mark for mark in frame.marks if mark[0] == kind and wanted(mark)]
        if marks:
            found[frame] = marks
    for frame, way in ways_to(linked, found):
        if is_through_test((*way, (frame, None))):
            continue
        for mark in found[frame]:
            yield frame, way, mark


# -- waiting for oneself


def loop_waits(linked: Linked, meta: RuleMeta) -> Iterator[Finding]:
    """AG306: waiting on the loop for what only this loop can do."""
    return unique((*_waits_for_coroutine(linked, meta), *_waits_for_worker(linked, meta)))


def _waits_for_coroutine(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    for frame, way, mark in _marked(linked, "waits", _on_the_spot):
        verdicts = [_is_this_loop(linked, future, bool(way)) for future in _futures(mark)]
        if not verdicts or all(verdict is None for verdict in verdicts) or _has_ended(frame, mark[1].node):
            continue
        sure = True in verdicts
        name = mark[3]
        message = f"`{name}` waits for a coroutine that this very event loop must run: it never ends"
        if way:
            message = f"`{text(way[0][1].node)}` leads to {message}"
        yield mistake(meta, linked, frame, at_site(mark, name), message, way=way, probable=not sure, help=_HELP)


_HELP: Final = "await the coroutine, or `await asyncio.wrap_future(...)`"


def _on_the_spot(mark: Any) -> bool:
    return mark[1].on == "now" and not mark[2] and bool(_futures(mark))


def _futures(mark: Any) -> list[V]:
    """What a call waits for: the future whose method it is, or those in its first argument."""
    if mark[4] is not None:
        return [mark[4]]
    return [item for v in mark[5] if v.k == SEQ for item in v.c] if len(mark) > 5 else []


def _has_ended(frame: Frame, call: Any) -> bool:
    """Whether what a call waits for is done by then: the function asks ``future.done()`` first, or awaits it by ``wrap_future``."""
    if frame.fn is None or call is None or call[0] != F.E_CALL or call[1][0] != F.E_ATTR:
        return False
    future = text(call[1][1])
    for stmt in statements(body_of(frame.fn)):
        if any(part is call for e, _ in expressions(stmt) for part, _ in walk(e)):
            return False
        for e, _ in expressions(stmt):
            for part, use in walk(e):
                asked = callee_name(part) == "done" and part[1][0] == F.E_ATTR and text(part[1][1]) == future
                awaited = use[0] == "argument" and callee_name(use[1]) == "wrap_future" and text(part) == future
                if (asked and stmt[0] in (F.S_WHILE, F.S_IF)) or (awaited and suspends(stmt)):
                    return True
    return False


def _role(linked: Linked, v: V) -> str:
    return (
        next((entry.role for entry in linked.evaluator.catalogue.line(v.a) if entry.role), "") if v.k == EXTINST else ""
    )


def _is_this_loop(linked: Linked, future: V, through_helper: bool) -> bool | None:
    """True when the future's loop surely is the running one, False when it may be, None when it is another one or nobody knows."""
    if _role(linked, future) != "loop-future":
        return None
    loops = future.b[1] if len(future.b) > 1 else ()
    roles = {_role(linked, v) for v in loops if v.k == EXTINST}
    if "own-loop" in roles:
        return None
    if "running-loop" in roles:
        return True
    # Code that waits through a helper for a loop it was given mostly has one in another thread.
    return None if through_helper or not loops else False


def _waits_for_worker(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """A thread whose work waits for the loop, and for which the loop waits."""
    for frame in linked.holders:
        workers = [
            event for event in frame.events if event.kind == WORKER and event.target is not None and not event.off_loop
        ]
        waits = (
            [
                event
                for event in frame.events
                if event.kind == SINK and event.name.endswith(_ENDS) and not event.off_loop
            ]
            if workers
            else []
        )
        if not waits:
            continue
        for worker in workers:
            if worker.target is not None and _needs_loop(linked, worker.target):
                for wait in waits:
                    if _waits_for(wait, worker):
                        yield _deadlock(linked, meta, frame, worker, wait)


def _waits_for(wait: Event, worker: Event) -> bool:
    """Whether a wait may be for work that is handed to a thread: it comes after it, goes around it, or is the end of the pool's block."""
    if wait.name.endswith(_LEAVING):
        return callee_name(worker.node) in _SUBMITTING
    if wait.name.endswith(_MAPPED) and callee_name(worker.node) != "map":
        return False
    return wait.pos >= worker.pos or wait.end >= worker.end


def _deadlock(linked: Linked, meta: RuleMeta, frame: Frame, worker: Event, wait: Event) -> Finding | None:
    name = worker.target.name if worker.target is not None else ""
    message = f"`{wait.name}` waits for a thread in which `{name}` waits for this very event loop: it never ends"
    return mistake(
        meta,
        linked,
        frame,
        at(frame, wait.pos, wait.end, wait.node, wait.name),
        message,
        help="await `asyncio.to_thread(...)`",
    )


def _needs_loop(linked: Linked, start: Frame) -> bool:
    """Whether code in a worker thread waits for a coroutine that the main loop runs."""
    queue, done = [start], {start}
    while queue and len(done) < _FARTHEST:
        frame = queue.pop()
        for mark in frame.marks:
            if mark[0] == "waits" and any(_is_this_loop(linked, future, True) for future in _futures(mark)):
                return True
        for event in frame.events:
            if event.kind == CALL and event.target is not None and event.target not in done:
                done.add(event.target)
                queue.append(event.target)
    return False


__all__ = ["loop_waits", "nested_loops"]
