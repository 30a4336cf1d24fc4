"""What was asked for before on the same way, by other calls: ``headers(params)``, then ``url(params)``, both of which ask ``token(params)``.

The first of the two has a token fetched, or renewed because it has run out, and keeps it; that the second finds it missing, or run out again,
hardly happens. That both ask for the same is seen by what they are handed: the same names of the place, and none of its literals another.

Asked, as in `given`, of chains that would be reported.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from async_guard.link import callers, narrowing
from async_guard.link.callers import is_call
from async_guard.link.doubts import filled, given
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Fn
from async_guard.model import facts as F

Links = tuple[tuple[Frame, Event], ...]
Handed = frozenset[str]
"""The names and literals of a place that a call is handed, by itself or by what it is made of."""

_DEPTH: Final = 3
"""Calls followed from what was called before."""
_MOST: Final = 40
"""Calls looked at for it."""


def is_asked_again(links: Links) -> bool:
    """Whether the place has called before what leads to a function of the chain with the same, which keeps what it then has to fetch."""
    frame, event = links[0]
    seldom = [number for number in range(1, len(links)) if _is_seldom(links[number][0].fn, links[number][1])]
    if frame.fn is None or not seldom or not is_call(event.node):
        return False
    wanted = _on_the_way(links, seldom[-1])
    if not wanted:
        return False
    before = filled.surely_before(frame.fn, event.node)
    return any(_leads_to(frame, call, wanted) for call in before if _receiver(call) == _receiver(event.node))


def _receiver(call: Any) -> str:
    """The words of the object whose method is called."""
    return filled.words(call[1][1]) if call[1][0] == F.E_ATTR else ""


def _on_the_way(links: Links, last: int) -> dict[Frame, Handed]:
    """What each function of the chain, up to one, is handed of the place."""
    found: dict[Frame, Handed] = {}
    handed: dict[str, Handed] | None = None
    for number in range(last):
        frame, event = links[number]
        target = links[number + 1][0]
        if frame.fn is None or target.fn is None or event.target is not target or not is_call(event.node):
            return found
        handed = _passed(frame.fn, event.node, target.fn, handed)
        found[target] = frozenset().union(*handed.values())
    return found


def _leads_to(frame: Frame, call: Any, wanted: dict[Frame, Handed]) -> bool:
    """Whether a call of a place surely leads to one of some functions, and hands it the same of the place."""
    queue: deque[tuple[Frame, Any, dict[str, Handed] | None, int]] = deque([(frame, call, None, 0)])
    looked = 0
    while queue and looked < _MOST:
        looked += 1
        caller, made, known, depth = queue.popleft()
        for target in {e.target for e in caller.events if e.pos == made[4] and e.end == made[5]}:
            if target is None or target.fn is None or caller.fn is None:
                continue
            handed = _passed(caller.fn, made, target.fn, known)
            if target in wanted and frozenset().union(*handed.values()) == wanted[target]:
                return True
            if depth < _DEPTH:
                queue += [(target, each, handed, depth + 1) for each in filled.surely_before(target.fn, None)]
    return False


def _passed(caller: Fn, call: Any, target: Fn, known: dict[str, Handed] | None) -> dict[str, Handed]:
    """What a call hands each parameter, in names and literals of the place; ``known`` is what the caller was handed, None for the place itself."""
    passed, _ = given.handed(call, target)
    return {param: frozenset(_roots(caller, argument, known, 0)) for param, argument in passed.items()}


def _roots(fn: Fn, e: Any, known: dict[str, Handed] | None, depth: int) -> set[str]:
    """The names and literals of the place that an expression of a function is made of."""
    own = given.own(fn)
    found: set[str] = set()
    called: list[Any] = []
    for node in callers.parts([e]):
        if is_call(node):
            called.append(node[1])  # `dict` of `dict(params)` says nothing of what it is made of
        if node[0] == F.E_CONST and node[1] and node[1].__class__ is str and known is None:
            found.add(repr(node[1]))
        if node[0] != F.E_NAME or node[1] == own or any(node is each for each in called):
            continue
        name = str(node[1])
        if known is None:
            found.add(name)
        elif name in known:
            found |= known[name]
        elif depth < _DEPTH:
            for value in narrowing.assigned(fn, name):
                found |= _roots(fn, value, known, depth + 1) if value is not None else set()
    return found


# -- what hardly happens again


def _is_seldom(fn: Fn | None, event: Event) -> bool:
    """Whether something happens only where what is kept is missing or has run out, and is put there then."""
    if fn is None:
        return False
    tests = _around(fn.body["body"], event.node)
    return any(_has_run_out(test, truth) for test, truth in tests) or (
        any(_is_missing(fn, test, truth) for test, truth in tests) and _keeps(fn)
    )


def _around(body: list[Any], node: Any) -> list[tuple[Any, bool]]:
    """The conditions around a node, and those that leave the blocks it stands in, each with the outcome that leads to it."""
    found: list[tuple[Any, bool]] = []
    for stmt in body:
        here = any(part is node for part in callers.parts([stmt]))
        if stmt[0] == F.S_IF:
            arms = [*stmt[1], (None, stmt[2])]
            for number, (test, block) in enumerate(arms):
                if here and any(part is node for part in callers.parts([block])):
                    found += [(each, False) for each, _ in stmt[1][:number]]
                    return [*found, *([(test, True)] if test is not None else []), *_around(block, node)]
            if not here and not stmt[2] and len(stmt[1]) == 1 and filled.leaves(stmt[1][0][1]):
                found.append((stmt[1][0][0], False))
        elif here:
            inner = (b for b in F.blocks(stmt) if any(part is node for part in callers.parts([b])))
            return [*found, *_around(next(inner, []), node)]
    return found


def _has_run_out(test: Any, truth: bool) -> bool:
    """Whether a condition with this outcome says that what was made for some time has run out: ``credentials.expired``."""
    while test[0] == F.E_UNARY and test[1] == "not":
        test, truth = test[2], not truth
    asked = test[1] if test[0] == F.E_CALL and not test[2] else test
    word = F.last_name(asked).lstrip("_").removeprefix("is_") if asked[0] == F.E_ATTR else ""
    return (word in _RUN_OUT) is truth and (word in _RUN_OUT or word in _LASTING)


_RUN_OUT: Final = frozenset(("expired", "stale", "outdated"))
_LASTING: Final = frozenset(("valid", "fresh"))
"""How it is asked whether what was made for some time can still be used."""


def _is_missing(fn: Fn, test: Any, truth: bool) -> bool:
    """Whether a condition with this outcome says that what was looked for in something kept is not there."""
    while test[0] == F.E_UNARY and test[1] == "not":
        test, truth = test[2], not truth
    if test[0] == F.E_CMP and len(test[2]) == 1:
        if test[3][0][:2] != [F.E_CONST, None] or (test[2][0] in ("is", "==")) is not truth:
            return False
        test, truth = test[1], False
    if truth or test[0] != F.E_NAME:
        return False
    return any(_looks(value) for value in _given(fn.body["body"], test[1]))


def _given(body: list[Any], name: str) -> list[Any]:
    """What statements give a name, alone or with others."""
    found = []
    for stmt in F.statements(body):
        targets = stmt[1] if stmt[0] == F.S_ASSIGN else [stmt[1]] if stmt[0] == F.S_ANN else []
        if any(node[:2] == [F.E_NAME, name] for target in targets for node in callers.parts([target])):
            found.append(stmt[2] if stmt[0] == F.S_ASSIGN else stmt[3])
    return found


def _looks(value: Any) -> bool:
    """Whether an expression looks for something: ``self._kept.get(key)``, ``self._cached(key)``."""
    if value is None or value[0] != F.E_CALL or value[1][0] != F.E_ATTR or not (value[2] or value[3]):
        return False
    words = F.last_name(value[1]).lower().split("_")
    return "get" in words or any(word.startswith("cache") for word in words)


def _keeps(fn: Fn) -> bool:
    """Whether a function puts something somewhere under a key: ``self._kept[key] = made``, ``self._cache(key, made)``."""
    for node in callers.parts([fn.body["body"]]):
        if node[0] == F.S_ASSIGN and node[1].__class__ is list and any(t and t[0] == F.E_SUB for t in node[1]):
            return True
        if is_call(node) and node[1][0] == F.E_ATTR and len(node[2]) + len(node[3]) > 1:
            words = F.last_name(node[1]).lower().strip("_").split("_")
            if words[0] in _PUTTING:
                return True
    return False


_PUTTING: Final = frozenset(("set", "put", "save", "store", "cache", "remember", "keep"))
"""How methods begin that put something under a key."""


__all__ = ["is_asked_again"]
