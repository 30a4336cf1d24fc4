"""Tasks that are begun at start-up and run as long as the application serves: what they do again and again stalls whoever it serves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from async_guard.link import callers, mains
from async_guard.link.doubts import given
from async_guard.link.frames import CORO, LOOP, WORKER, Event, Frame
from async_guard.link.program import Fn
from async_guard.model import facts as F

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


def services(frames: Iterable[Frame]) -> set[Frame]:
    """The asynchronous context managers that tasks alone enter, of their own object, around what goes on as long as the task lives."""
    frames = list(frames)
    tasks = {event.target.fn for frame in frames for event in _begun(frame) if event.target is not None}
    found: set[Frame] = set()
    others: set[Frame] = set()
    for frame in frames:
        for event in frame.events:
            if event.target is not None and event.kind in (CORO, LOOP) and event.target.fn is not None:
                is_one = frame.fn is not None and frame.fn in tasks and _is_around_loop(frame, frame.fn, event)
                (found if is_one else others).add(event.target)
    return found - others


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
    node = event.node
    if not callers.is_call(node) or node[1][0] != F.E_ATTR or node[1][1][:2] != [F.E_NAME, given.own(fn)]:
        return False
    body = _managed(fn.body["body"], node)
    if _has_endless(body):
        return True
    inside = {(part[4], part[5]) for part in callers.parts(list(body)) if callers.is_call(part)}
    called = (e.target.fn for e in frame.events if e.target is not None and e.kind == CORO and (e.pos, e.end) in inside)
    return any(each is not None and _has_endless(each.body["body"]) for each in called)


def _managed(body: list[Any], node: Any) -> list[Any]:
    """What stands inside the ``with`` statement that enters what a call gives."""
    for stmt in body:
        if stmt[0] == F.S_WITH and any(item[0] is node for item in stmt[1]):
            return list(stmt[2])
        for block in F.blocks(stmt):
            found = _managed(block, node)
            if found:
                return found
    return []


def _has_endless(body: list[Any]) -> bool:
    return any(
        (stmt[0] == F.S_WHILE and _goes_on(stmt) and any(map(callers.is_await, callers.parts([stmt]))))
        or any(map(_has_endless, F.blocks(stmt)))
        for stmt in body
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
