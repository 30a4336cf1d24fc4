"""Calls whose result is awaited by a later statement: ``stream = handler(x)``, and behind it ``async for item in stream``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from async_guard.link import callers
from async_guard.link.program import Fn, mentions_type_checking
from async_guard.model import facts as F


def is_awaited(fn: Fn | None, call: Any) -> bool:
    """Whether what a call gives is surely awaited, or gone through by ``async for``, where the function goes on."""
    if fn is None or not fn.is_async:
        return False
    if fn.later is None:
        fn.later = frozenset(_positions(fn.body["body"]))
    return call[4] in fn.later


def _positions(body: list[Any]) -> Iterator[int]:
    for number, stmt in enumerate(body):
        if stmt[0] == F.S_FOR and stmt[5] and stmt[2][0] == F.E_CALL:
            yield stmt[2][4]
        elif stmt[0] == F.S_ASSIGN and stmt[2][0] == F.E_CALL and len(stmt[1]) == 1:
            target = stmt[1][0]
            if target[0] == F.E_NAME and _is_used(body[number + 1 :], target[1]):
                yield stmt[2][4]
        for block in F.blocks(stmt):
            yield from _positions(block)


def _is_used(body: list[Any], name: str) -> bool:
    """Whether statements await a variable whatever it is: not where a condition may have looked at it before."""
    for stmt in body:
        if stmt[0] == F.S_ASSERT or (stmt[0] == F.S_IF and mentions_type_checking(stmt[1][0][0]) and not stmt[2]):
            continue  # says what is meant, and changes nothing
        if stmt[0] == F.S_FOR and stmt[5] and stmt[2][:2] == [F.E_NAME, name]:
            return True
        if stmt[0] in (F.S_TRY, F.S_WITH):
            if _is_used(stmt[1] if stmt[0] == F.S_TRY else stmt[2], name):
                return True
        elif not F.blocks(stmt) and any(_awaits(part, name) for part in callers.parts([stmt])):
            return True
        if any(part[:2] == [F.E_NAME, name] for part in callers.parts([stmt])):
            return False
    return False


def _awaits(part: Any, name: str) -> bool:
    return bool(part[0] == F.E_AWAIT and part[1].__class__ is list and part[1][:2] == [F.E_NAME, name])


__all__ = ["is_awaited"]
