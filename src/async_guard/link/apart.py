"""Coroutines that run on a loop of a worker thread's own: what blocks there stalls that thread and nobody else.

A handler that is a plain ``def`` may run a coroutine with ``asyncio.run(...)``: a new loop in the worker thread, which is gone when the
coroutine is done. A loop that a thread runs for good (``run_forever``, a server, a coroutine with an endless loop) has others to stall and counts
like any other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from async_guard.link.frames import CORO, LOOP, WORKER, Event, Frame
from async_guard.link.values import BOUND, FUNC, PARTIAL
from async_guard.link.values import CORO as COROUTINE
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator
    from async_guard.link.program import Fn, Program

_NOT_ITS_OWN = ("run_forever", "uvicorn.", "from_thread.")
"""Loops that a thread runs for good, and calls that only wait for the loop of another."""
_HANDED = (CORO, LOOP)


def coroutines(
    ev: Evaluator,
    roots: Iterable[Frame],
    alone: Iterable[Frame],
    holders: Iterable[Frame],
    in_worker: Mapping[Frame, None],
) -> set[Frame]:
    """Of the frames that loops run, those that only loops of worker threads run.

    Args:
        ev: has read everything.
        roots: entry points on the loop.
        alone: coroutines read for themselves because no caller was known then.
        holders: all frames that loops run themselves.
        in_worker: frames that worker threads run.
    """
    driven, pairs = _driven(ev, in_worker)
    own: dict[Frame, None] = {}
    handed: list[Frame] = []
    for frame in in_worker:
        starts = [mark for mark in frame.marks if _is_short(mark)]
        places = {mark[1].pos for mark in starts}
        anything = any(not _says_what(mark) for mark in starts)
        for event in frame.events:
            if event.kind in _HANDED and event.target is not None and not event.off_loop:
                if anything or event.pos in places or event.target in driven:
                    own[event.target] = None
                else:
                    handed.append(event.target)
    own.update((target, None) for _, target in pairs)
    for frame in [frame for frame in own if frame.fn is not None and _lasts(frame.fn.body["body"])]:
        del own[frame]
        handed.append(frame)
    if not own:
        return set()
    functions = {frame.fn for frame in own if frame.fn is not None}
    known = {frame.fn for frame in (*holders, *in_worker)}
    functions = {fn for fn in functions if not _others_call(ev.program, fn, known)}
    first = [frame for frame in (*alone, *own) if frame.fn not in functions]
    reached = _reached((*roots, *handed, *first), pairs)
    return {frame for frame in holders if frame not in reached}


def _driven(ev: Evaluator, in_worker: Mapping[Frame, None]) -> tuple[set[Frame], set[tuple[Frame, Frame]]]:
    """Coroutines that worker threads run to their end; scopes with the coroutines that they have a thread run (``to_thread(asyncio.run, f())``)."""
    driven: set[Frame] = set()
    pairs: set[tuple[Frame, Frame]] = set()
    for frame in ev.frames:
        for mark in frame.marks:
            if not _is_short(mark):
                continue
            for v in mark[5] if len(mark) > 5 else ():
                if v.k == COROUTINE and mark[1].on == "worker":
                    pairs.add((frame, v.a))
                elif v.k == COROUTINE and frame in in_worker:
                    driven.add(v.a)
    return driven, pairs


def _is_short(mark: tuple[Any, ...]) -> bool:
    """Whether a call runs a loop that ends with what it was started for."""
    return mark[0] == "runs-loop" and not mark[2] and not any(word in mark[3] for word in _NOT_ITS_OWN)


def _says_what(mark: tuple[Any, ...]) -> bool:
    """Whether it is known what the loop runs; a future (``run_until_complete(gather(...))``) may stand for any coroutine made there."""
    first = mark[5] if len(mark) > 5 else ()
    return not first or any(v.k in (COROUTINE, FUNC, BOUND, PARTIAL) for v in first)


def _lasts(body: list[Any]) -> bool:
    """Whether a coroutine may go on as long as the program does: ``while True``."""
    return any(
        (stmt[0] == F.S_WHILE and stmt[1][0] == F.E_CONST and bool(stmt[1][1]))
        or any(_lasts(inner) for inner in F.blocks(stmt))
        for stmt in body
    )


def _reached(first: Iterable[Frame], pairs: set[tuple[Frame, Frame]]) -> set[Frame]:
    """Everything that runs because these do, on their thread or, once it is back on their loop, from another."""
    reached = set(first)
    queue: deque[Frame] = deque(reached)
    while queue:
        frame = queue.popleft()
        for event in frame.events:
            target = event.target
            if target is not None and target not in reached and _leads(frame, event, pairs):
                reached.add(target)
                queue.append(target)
    return reached


def _leads(frame: Frame, event: Event, pairs: set[tuple[Frame, Frame]]) -> bool:
    return not event.off_loop and event.kind != WORKER and (frame, event.target) not in pairs


def _others_call(program: Program, fn: Fn, known: set[Fn | None]) -> bool:
    """Whether a scope of which nobody knows where it runs calls something of a function's name."""
    scopes = program.callers(fn.name)
    return any(index < 0 or module.functions[index] not in known for module, index in scopes)
