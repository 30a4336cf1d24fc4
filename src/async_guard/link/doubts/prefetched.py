"""What a coroutine has done by an asynchronous twin before it calls the code that would do it: ``build(await async_inline(messages))``.

``build`` leads to ``convert(url)``, which fetches; ``async_inline`` leads to ``async_convert(url)``, which fetches the same and puts it into what it
gives back. That ``build`` finds anything left to fetch is a guess. Twins go by their names. Asked, as in `given`, of chains that would be reported.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from async_guard.link import callers, narrowing
from async_guard.link.frames import Event, Frame
from async_guard.model import facts as F

_DEPTH: Final = 4
"""Calls followed from what is awaited."""
_MOST: Final = 150
"""Frames looked at for it."""
_STEPS: Final = 3
"""Calls of the shortest chain in which something between the place and the blocking call can have a twin."""


def is_done_before(links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether the place hands on what it awaited from a coroutine that leads to the twin of a function of the chain."""
    frame, event = links[0]
    if len(links) < _STEPS or frame.fn is None or not frame.fn.is_async or not callers.is_call(event.node):
        return False
    places = _awaited(frame, event.node)
    if not places:
        return False
    names = {link.fn.name for link, _ in links[1:] if link.fn is not None and not link.fn.is_async}
    return not names.isdisjoint(_done_by(frame, places))


def _awaited(frame: Frame, call: Any) -> set[int]:
    """Where the calls stand whose results, awaited, are arguments of a call, or of variables among these."""
    found: list[Any] = []
    for argument in (*call[2], *(value for _, value in call[3])):
        for each in (argument, _preferred(argument)):
            found.append(each)
            if each[0] == F.E_NAME and frame.fn is not None:
                found += [value for value in narrowing.assigned(frame.fn, each[1]) if value is not None]
    return {e[1][4] for e in found if e[0] == F.E_AWAIT and e[1][0] == F.E_CALL}


def _preferred(e: Any) -> Any:
    """What an expression is where that is not None: ``fetched`` of ``url if fetched is None else fetched`` and of ``fetched or url``."""
    if e[0] == F.E_BOOL and e[1] == "or":
        return e[2][0]
    if e[0] != F.E_IF:
        return e
    test = e[1]
    while (test[0] == F.E_UNARY and test[1] == "not") or (test[0] == F.E_CMP and test[3][0][:2] == [F.E_CONST, None]):
        test = test[2] if test[0] == F.E_UNARY else test[1]
    return next((arm for arm in e[2:4] if arm[:2] == test[:2] and test[0] == F.E_NAME), e)


def _done_by(frame: Frame, places: set[int]) -> set[str]:
    """The names of what the coroutines that are called at some places do asynchronously, as their twins are called."""
    queue = deque((e.target, 1) for e in frame.events if e.target is not None and e.pos in places)
    seen = {target for target, _ in queue}
    names: set[str] = set()
    while queue:
        target, depth = queue.popleft()
        if target.fn is not None and target.fn.is_async:
            names |= _twins(target.fn.name)
        for event in target.events if depth < _DEPTH and len(seen) < _MOST else ():
            if event.target is not None and event.target not in seen:
                seen.add(event.target)
                queue.append((event.target, depth + 1))
    return names


def _twins(name: str) -> set[str]:
    """What a function may be called that does the same synchronously."""
    plain = {name.removeprefix("async_"), name.removesuffix("_async"), name.removeprefix("_async")}
    if name[:1] == "a":
        plain.add(name[1:])
    return plain - {name}


__all__ = ["is_done_before"]
