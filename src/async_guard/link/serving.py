"""Tasks that are begun at start-up and run as long as the application serves: what they do again and again stalls whoever it serves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes, callers, mains, memos
from async_guard.link.doubts import given
from async_guard.link.frames import CORO, LOOP, WORKER, Event, Frame
from async_guard.link.program import Class, Fn
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_COMPARED: Final = frozenset((F.E_CMP, F.E_CALL))
"""Conditions of a loop that is over at some time, such as ``attempt < 5``; ``running`` and ``True`` are none."""


def tasks_of(begun: Iterable[Frame]) -> tuple[set[Frame], set[Frame]]:
    """What runs in tasks that start-up begins, and of that what runs again and again.

    Args:
        begun: the scopes that the process runs when it starts.
    """
    tasks: set[Frame] = set()
    seen = set(begun)
    queue = list(seen)
    while queue:
        frame = queue.pop()
        for event in _followed(frame):
            if frame in tasks or (event.kind in (CORO, LOOP) and event.pos not in mains.joined_calls(frame)):
                if event.target not in tasks:
                    tasks.add(event.target)
                    queue.append(event.target)
            elif event.target not in seen:
                seen.add(event.target)
                queue.append(event.target)
    return tasks, _again(tasks)


def _again(tasks: set[Frame]) -> set[Frame]:
    again = {event.target for frame in tasks for event in _followed(frame) if is_again(frame, event)}
    queue = list(again)
    while queue:
        for event in _followed(queue.pop()):
            if event.target not in again:
                again.add(event.target)
                queue.append(event.target)
    return again


def _followed(frame: Frame) -> list[Any]:
    return [e for e in frame.events if e.target is not None and not e.off_loop and e.kind != WORKER]


def is_again(frame: Frame, event: Event) -> bool:
    """Whether something in a task stands in a loop that waits for what comes, and does not end with the first time that it succeeds."""
    return mains.is_endless(frame, event) and any(map(_goes_on, mains.loops_of(frame, event)))


def services(frames: Iterable[Frame]) -> tuple[set[Frame], set[Fn]]:
    """What is entered around what goes on until it is stopped, and the methods that enter their own object so.

    Either tasks alone enter it, for as long as they live, or a method that starts an object enters the object itself (`_STARTING`).
    """
    frames = list(frames)
    tasks = {event.target.fn for frame in frames for event in _begun(frame) if event.target is not None}
    found: set[Frame] = set()
    others: set[Frame] = set()
    starting: set[Fn] = set()
    for frame in frames:
        fn = frame.fn
        for event in frame.events:
            if event.target is not None and event.kind in (CORO, LOOP) and event.target.fn is not None:
                starts = fn is not None and _starts(fn)
                is_one = fn is not None and (starts or fn in tasks) and _is_around_loop(frame, fn, event)
                (found if is_one else others).add(event.target)
                if is_one and starts and fn is not None:
                    starting.add(fn)
    entered = found - others
    elsewhere = {frame.fn for frame in others}
    known = {frame.fn for frame in entered} - elsewhere
    return entered | {frame for frame in frames if frame.fn in known}, starting


def _starts(fn: Fn) -> bool:
    """Whether a coroutine method starts its object, by its name; a generator leaves what it has entered when whoever uses it is done."""
    return fn.is_async and not fn.head.is_generator and fn.owner is not None and fn.name in _STARTING


_STARTING: Final = frozenset(("start", "astart", "serve", "aserve", "serve_forever", "run_forever"))


def kept_on_class(ev: Evaluator, service: Frame) -> bool:
    """Whether a class of a service makes its objects and keeps them: ``cls._instances[key] = cls(key)``."""
    owner = service.fn.owner if service.fn is not None else None
    if owner is None:
        return False
    line = [cls for cls in attributes.mro(ev, owner) if isinstance(cls, Class)]
    return any(
        memos.keeps_on_class(fn)
        for cls in line
        for fn in cls.own_methods().values()
        if any(each[:2] == [F.E_NAME, "classmethod"] for each in fn.body["decorators"])
    )


def _begun(frame: Frame) -> list[Event]:
    """The coroutines that a scope starts as tasks."""
    calls = [mark[1] for mark in frame.marks if mark[0] == "makes-task"]
    return [
        event
        for event in frame.events
        if event.target is not None
        and (
            event.kind == LOOP or (event.kind == CORO and any(c.pos <= event.pos and event.end <= c.end for c in calls))
        )
    ]


def _is_around_loop(frame: Frame, fn: Fn, event: Event) -> bool:
    """Whether an event enters the own object, or what a method of it gives, around what has no end that is sure to come."""
    node = event.node
    if not any(_is_own(each, given.own(fn)) for each in _alternatives(node)):
        return False
    return _goes_on_in(frame, _managed(fn.body["body"], node), _STEPS, feeds=_starts(fn))


_STEPS: Final = 2
"""Calls from what is entered to the loop that it is entered around."""


def _alternatives(node: Any) -> list[Any]:
    """What an expression may give, as written: ``self if self.idle else nothing()``."""
    if node is None:
        return []
    return [*_alternatives(node[2]), *_alternatives(node[3])] if node[0] == F.E_IF else [node]


def _is_own(node: Any, own: str) -> bool:
    whose = node[1][1] if callers.is_call(node) and node[1][0] == F.E_ATTR else node
    return bool(own) and whose[:2] == [F.E_NAME, own]


def _goes_on_in(frame: Frame, body: list[Any], steps: int, *, feeds: bool) -> bool:
    """Whether statements, or coroutines that they run, have a loop without an end that is sure to come, with ``feeds`` also ``async for``."""
    if _has_endless(body, feeds):
        return True
    if not steps:
        return False
    inside = {(part[4], part[5]) for part in callers.parts(list(body)) if callers.is_call(part)}
    called = {e.target for e in frame.events if e.target is not None and e.kind == CORO and (e.pos, e.end) in inside}
    return any(
        each.fn is not None and _goes_on_in(each, each.fn.body["body"], steps - 1, feeds=feeds) for each in called
    )


def _managed(body: list[Any], node: Any) -> list[Any]:
    """What stands inside the ``with`` statement that enters what an expression gives."""
    for stmt in body:
        if stmt[0] == F.S_WITH and any(item[0] is node for item in stmt[1]):
            return list(stmt[2])
        for block in F.blocks(stmt):
            found = _managed(block, node)
            if found:
                return found
    return []


def _has_endless(body: list[Any], feeds: bool) -> bool:
    return any(
        (stmt[0] == F.S_WHILE and _goes_on(stmt) and any(map(callers.is_await, callers.parts([stmt]))))
        or (feeds and stmt[0] == F.S_FOR and stmt[5])
        or any(_has_endless(block, feeds) for block in F.blocks(stmt))
        for stmt in body
    )


def goes_on_to_serve(frame: Frame, event: Event, starting: set[Fn]) -> bool:
    """Whether a coroutine goes on, behind something that it does once, to await what starts an object and serves until it is stopped."""
    if mains.is_repeated(frame, event):
        return False
    joined = mains.joined_calls(frame)
    return any(
        e.kind == CORO and e.target is not None and e.target.fn in starting and e.pos > event.pos and e.pos in joined
        for e in frame.events
    )


def _goes_on(loop: Any) -> bool:
    """Whether a loop has no end that is sure to come: ``async for``, or ``while`` without a comparison, and without ``break`` outside conditions."""
    if loop[0] == F.S_FOR:
        return bool(loop[5])
    if len(loop) == 1 or loop[1][0] in _COMPARED:
        return False
    return not _leaves(loop[2])


def _leaves(body: list[Any]) -> bool:
    """Whether statements, or the ones tried among them, end with leaving the loop."""
    for stmt in body:
        if stmt[0] in (F.S_BREAK, F.S_RETURN, F.S_RAISE):
            return True
        if stmt[0] == F.S_TRY and (_leaves(stmt[1]) or _leaves(stmt[3])):
            return True
        if stmt[0] == F.S_WITH and _leaves(stmt[2]):
            return True
    return False
