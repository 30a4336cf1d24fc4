"""Where a function's statements use a name, and how its paths end: questions about facts alone."""

from __future__ import annotations

from typing import Any

from async_guard.model import facts as F
from async_guard.rules.judgement.syntax import blocks, statements


def mentions(part: Any, name: str) -> bool:
    """Whether a piece of facts reads a name; lambdas and nested functions are not looked into."""
    if part.__class__ is not list:
        return False
    if len(part) == 3 and part[0] == F.E_NAME and part[1] == name:
        return True
    return any(mentions(p, name) for p in part)


def escapes(part: Any, name: str, methods: frozenset[str]) -> bool:
    """Whether a name is used otherwise than as ``name.method(...)`` with one of these methods, or as a target of an assignment."""
    if part.__class__ is not list or not part:
        return False
    if part[0] == F.E_CALL and len(part) == 6:
        callee = part[1]
        if callee[0] == F.E_ATTR and callee[2] in methods and callee[1][0] == F.E_NAME and callee[1][1] == name:
            return any(escapes(p, name, methods) for p in part[2:4])
    if part[0] == F.E_NAME and len(part) == 3 and part[1] == name:
        return True
    return any(escapes(p, name, methods) for p in part)


def own_parts(stmt: Any) -> list[Any]:
    """The expressions of a statement without the statements inside it."""
    tag: int = stmt[0]
    if tag == F.S_IF:
        return [test for test, _ in stmt[1]]
    if tag == F.S_FOR:
        return [stmt[1], stmt[2]]
    if tag == F.S_WHILE:
        return [stmt[1]]
    if tag == F.S_WITH:
        return [item[:2] for item in stmt[1]]
    if tag == F.S_TRY:
        return [h[0] for h in stmt[2]]
    if tag == F.S_MATCH:
        return [stmt[1], *(case[2] for case in stmt[2])]
    return list(stmt[1:])


def holds(part: Any, pos: int) -> bool:
    """Whether a piece of facts has something at a position."""
    if part.__class__ is list:
        return any(holds(p, pos) for p in part)
    return part.__class__ is int and part == pos


def path_to(body: list[Any], pos: int) -> list[tuple[list[Any], int]]:
    """The blocks that lead to the statement at a position, outermost first, each with the statement's index."""
    for index, stmt in enumerate(body):
        if any(holds(part, pos) for part in own_parts(stmt)):
            return [(body, index)]
        for inner in blocks(stmt):
            found = path_to(inner, pos)
            if found:
                return [(body, index), *found]
    return []


def yields(body: list[Any]) -> list[int]:
    """Positions of the ``yield`` expressions of a body."""
    out: list[int] = []
    _find_yields(body, out)
    return out


def _find_yields(part: Any, out: list[int]) -> None:
    if part.__class__ is not list or not part:
        return
    if (
        part[0] in (F.E_YIELD, F.E_YIELD_FROM)
        and len(part) == 4
        and part[2].__class__ is int
        and part[3].__class__ is int
        and part[2] > 4095
    ):
        out.append(part[2])
    for p in part:
        _find_yields(p, out)


__all__ = ["blocks", "escapes", "holds", "mentions", "own_parts", "path_to", "statements", "yields"]
