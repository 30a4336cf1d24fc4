"""Coroutines that run on a loop of a worker thread's own: what blocks there stalls that thread and nobody else.

A handler that is a plain ``def`` may run a coroutine with ``asyncio.run(...)``: a new loop in the worker thread, which is gone when the
coroutine is done. A loop that a thread runs for good (``run_forever``, a server, a coroutine with an endless loop that starts tasks) has others to
stall and counts like any other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import mains
from async_guard.link.frames import CALL, CORO, LOOP, WORKER, Event, Frame
from async_guard.link.values import BOUND, FUNC, PARTIAL
from async_guard.link.values import CORO as COROUTINE
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator
    from async_guard.link.program import Fn

_NOT_ITS_OWN: Final = ("run_forever", "uvicorn.", "from_thread.")
"""Loops that a thread runs for good, and calls that only wait for the loop of another."""
_HANDED: Final = (CORO, LOOP)
_A_LOOP_OF_SOMEBODY: Final = "run_until_complete"
_BRINGS_OTHERS: Final = ("makes-task", "needs-loop")
_AT_ONCE: Final = frozenset(
    ("gather", "wait", "as_completed", "TaskGroup", "create_task_group", "start_soon", "run_coroutine_threadsafe")
)
"""What is called to run several coroutines at once."""
_NEAR: Final = 300
"""Scopes looked through for others that run on a loop."""


def coroutines(
    ev: Evaluator,
    roots: Iterable[Frame],
    alone: Iterable[Frame],
    holders: Iterable[Frame],
    in_worker: Mapping[Frame, None],
    jobs: Iterable[Frame],
) -> set[Frame]:
    """Of the frames that loops run, those that only loops of worker threads run.

    Args:
        ev: has read everything.
        roots: entry points on the loop.
        alone: coroutines read for themselves because no caller was known then.
        holders: all frames that loops run themselves.
        in_worker: frames that worker threads run.
        jobs: coroutines that a framework runs one after the other, each on a loop of its own.
    """
    in_worker = _in_threads(ev, in_worker)
    driven, pairs = _driven(ev, in_worker)
    own: dict[Frame, None] = {}
    handed: list[Frame] = []
    alone, jobs = list(alone), set(jobs)
    for frame in in_worker:
        if frame in jobs:
            continue  # what it makes, it awaits
        starts = [mark for mark in frame.marks if _is_short(mark)]
        places = {mark[1].pos for mark in starts}
        anything = any(not _says_what(mark) for mark in starts)
        own_fn = {frame.fn}
        for event in frame.events:
            if event.kind in _HANDED and event.target is not None:
                if driven.get(event.target, own_fn) <= own_fn and _is_returned(frame, event):
                    # `return work() if is_async else asyncio.run(work())`: for whoever awaits it.
                    handed.append(event.target)
                elif anything or event.pos in places or event.target in driven:
                    own[event.target] = None
                elif not event.off_loop:
                    handed.append(event.target)
    own.update((target, None) for _, target in pairs)
    sealed = _sealed(ev)
    for frame in [frame for frame in own if frame.fn is not None and _lasts(frame.fn.body["body"])]:
        if frame not in sealed or not _stays_alone(frame):
            del own[frame]
            handed.append(frame)
    own.update((frame, None) for frame in jobs)
    if not own:
        return set()
    functions = {frame.fn for frame in own if frame.fn is not None}
    known = {frame.fn for frame in (*holders, *in_worker)}
    uses = mains.Uses(ev)
    functions = {fn for fn in functions if not _others_call(ev, fn, known, _only_hand_over(fn, pairs), uses)}
    functions |= _only_called_by(ev, {frame.fn for frame in alone if frame.fn is not None}, functions, uses)
    first = [frame for frame in (*alone, *own) if frame.fn not in functions]
    # What tests await runs there and stalls nobody else, unless it is theirs.
    tests = _reached((frame for frame in first if frame.module.is_test), pairs)
    reached = _reached((*roots, *handed, *(frame for frame in first if not frame.module.is_test)), pairs)
    reached |= {frame for frame in tests if frame.module.is_test}
    there = _reached((*own, *(frame for frame in alone if frame.fn in functions)), pairs)
    tested = {frame.fn for frame in there}
    return {
        frame
        for frame in holders
        if frame not in reached and (frame in there or (frame in tests and frame.fn in tested))
    }


def _is_returned(frame: Frame, event: Event) -> bool:
    """Whether a function gives back what a call gives, instead of doing something with it; a lambda is there for the call itself."""
    fn = frame.fn
    return fn is not None and not fn.is_lambda and any(event.node is given for given in F.returned(fn.body["body"]))


def _in_threads(ev: Evaluator, known: Mapping[Frame, None]) -> dict[Frame, None]:
    """What worker threads run, also those that are started where nobody knows what runs it: by a function that only a command calls."""
    found = dict(known)
    queue = deque(found)
    queue += [
        event.target
        for frame in ev.frames
        for event in frame.events
        if event.kind == WORKER and event.target is not None and not event.target.is_async
    ]
    while queue:
        frame = queue.popleft()
        found[frame] = None
        queue += [
            event.target
            for event in frame.events
            if event.kind == CALL
            and event.target is not None
            and event.target not in found
            and not event.target.is_async
        ]
    return found


def _driven(
    ev: Evaluator, in_worker: Mapping[Frame, None]
) -> tuple[dict[Frame, set[Fn | None]], set[tuple[Frame, Frame]]]:
    """Coroutines that worker threads run to their end, with the functions that do; scopes with the coroutines that they have a thread run.

    The latter: ``to_thread(asyncio.run, f())``, ``Thread(target=run_to_the_end, args=(f(),))``.
    """
    driven: dict[Frame, set[Fn | None]] = {}
    pairs: set[tuple[Frame, Frame]] = set()
    for frame in ev.frames:
        for mark in frame.marks:
            if not _is_short(mark):
                continue
            for v in mark[5] if len(mark) > 5 else ():
                if v.k == COROUTINE and mark[1].on == "worker":
                    pairs.add((frame, v.a))
                elif v.k == COROUTINE and frame in in_worker:
                    driven.setdefault(v.a, set()).add(frame.fn)
    for frame in ev.frames if driven else ():
        pairs.update((frame, target) for target in _handed_over(frame, driven))
    return driven, pairs


def _handed_over(frame: Frame, driven: dict[Frame, set[Fn | None]]) -> list[Frame]:
    """Coroutines that a scope makes only to hand them, where it does so, to what a worker thread runs, and that this runs to their end."""
    handed = [event for event in frame.events if event.kind == WORKER and event.target is not None]
    made: dict[Frame, list[Event]] = {}
    for event in frame.events if handed else ():
        if event.kind == CORO and event.target in driven and event.target is not None:
            made.setdefault(event.target, []).append(event)
    return [
        target
        for target, events in made.items()
        if all(
            any(
                thread.pos <= event.pos
                and event.end <= thread.end
                and thread.target is not None
                and _comes_to(thread.target, driven[target])
                for thread in handed
            )
            for event in events
        )
    ]


def _comes_to(frame: Frame, fns: set[Fn | None], depth: int = 3) -> bool:
    """Whether a function is one of some, or calls one of them within a few steps."""
    return frame.fn in fns or (
        depth > 0
        and any(
            event.kind == CALL and event.target is not None and _comes_to(event.target, fns, depth - 1)
            for event in frame.events
        )
    )


def _sealed(ev: Evaluator) -> set[Frame]:
    """Coroutines that a call runs on a loop which it makes for them (``asyncio.run(f())``), so that others can hand nothing to that loop."""
    return {
        v.a
        for frame in ev.frames
        for mark in frame.marks
        if _is_short(mark) and _A_LOOP_OF_SOMEBODY not in mark[3]
        for v in (mark[5] if len(mark) > 5 else ())
        if v.k == COROUTINE
    }


def _stays_alone(coroutine: Frame) -> bool:
    """Whether nothing else ever runs on the loop of a coroutine: neither it nor what it reaches starts a task or tells others of the loop."""
    seen = {coroutine}
    queue = [coroutine]
    while queue:
        frame = queue.pop()
        if any(mark[0] in _BRINGS_OTHERS for mark in frame.marks):
            return False
        if frame.fn is not None and _calls_any(frame.fn, _AT_ONCE):
            return False
        for event in frame.events:
            if event.kind == LOOP or len(seen) > _NEAR:
                return False
            if event.target is not None and event.target not in seen and event.kind != WORKER:
                seen.add(event.target)
                queue.append(event.target)
    return True


def _calls_any(fn: Fn, names: Iterable[str]) -> bool:
    calls = fn.module.facts.calls
    return any(fn.index in calls.get(name, ()) for name in names)


def _is_short(mark: tuple[Any, ...]) -> bool:
    """Whether a call runs a loop that ends with what it was started for, be it where no loop runs only (behind `get_running_loop`)."""
    return mark[0] == "runs-loop" and not any(word in mark[3] for word in _NOT_ITS_OWN)


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


def _only_called_by(ev: Evaluator, fns: set[Fn], known: set[Fn], uses: mains.Uses) -> set[Fn]:
    """Of some functions those that no other scopes call by their name than some known ones, or than these."""
    found: set[Fn] = set()
    while True:
        more = {fn for fn in fns - known - found if _is_called_by(ev, fn, known | found, uses)}
        if not more:
            return found
        found |= more


def _is_called_by(ev: Evaluator, fn: Fn, known: set[Fn], uses: mains.Uses) -> bool:
    users = _users(ev, fn, uses)
    return bool(users) and all(user in known for user in users)


def _users(ev: Evaluator, fn: Fn, uses: mains.Uses) -> list[Fn | None]:
    """Functions with a call that may mean this one; None for the body of a module. What tests call happens there and stalls nobody else."""
    return [
        scope
        for module, scope in mains.scopes_that_call(ev, fn)
        if any(True for _ in uses.of(fn, module, scope, known_only=False))
    ]


def _only_hand_over(fn: Fn, pairs: set[tuple[Frame, Frame]]) -> set[Fn | None]:
    """Scopes that have threads run every coroutine of a function that they make: wherever such a scope runs, these run on no loop of others."""
    over: set[Fn | None] = {frame.fn for frame, target in pairs if target.fn is fn}
    made = [
        (scope, frame, event)
        for scope in over
        if scope is not None
        for frame in scope.contexts.values()
        for event in frame.events
        if event.target is not None and event.target.fn is fn
    ]
    return over - {scope for scope, frame, event in made if _leads(frame, event, pairs)}


def _others_call(ev: Evaluator, fn: Fn, known: set[Fn | None], over: set[Fn | None], uses: mains.Uses) -> bool:
    """Whether a scope of which nobody knows where it runs, and which is not one of ``over``, may call a function."""
    return any(user is None or (user not in known and user not in over) for user in _users(ev, fn, uses))
