"""Exit stacks whose callbacks move to another stack: ``self.stack = stack.pop_all()`` leaves nothing for the first one to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from async_guard.link import callers
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.frames import Site


def is_moved(site: Site) -> bool:
    """Whether what a call puts on a stack is surely moved to another stack, which the function does not leave itself.

    The exit runs then where somebody else closes that stack, or where the function fails before.
    """
    fn, node = site.frame.fn, site.node
    if fn is None or not callers.is_call(node) or node[1][0] != F.E_ATTR or node[1][1][0] != F.E_NAME:
        return False
    name = node[1][1][1]
    body = fn.body["body"]
    for block in _blocks_around(body, node, name):
        for number, stmt in enumerate(block):
            popped = (e for e in _own_calls(stmt) if e[1][0] == F.E_ATTR and e[1][1][:2] == [F.E_NAME, name])
            if any(e[1][2] == "pop_all" and e[4] > site.pos for e in popped):
                is_left_before = any(each[0] == F.S_RETURN for each in F.statements(block[:number]))
                return not is_left_before and not _is_closed_here(stmt, body)
    return False


def _blocks_around(body: list[Any], node: Any, name: str) -> list[list[Any]]:
    """The blocks around an expression that run to their end where nothing is raised, but for those around the ``with`` of the stack."""
    for stmt in body:
        if stmt[0] == F.S_WITH and any(part is node for part in callers.parts([stmt[2]])):
            inner = _blocks_around(stmt[2], node, name)
            is_of_stack = any(target is not None and target[:2] == [F.E_NAME, name] for _, target, *_ in stmt[1])
            return inner if is_of_stack else [body, *inner]
    return [body]


def _own_calls(stmt: Any) -> list[Any]:
    """The calls of a plain statement."""
    if stmt[0] not in (F.S_EXPR, F.S_ASSIGN, F.S_ANN, F.S_RETURN):
        return []
    return [e for e in callers.parts([stmt]) if callers.is_call(e)]


def _is_closed_here(stmt: Any, body: list[Any]) -> bool:
    """Whether a function does something itself with the stack that a statement gets by ``pop_all``."""
    if any(e[1][0] == F.E_ATTR and callers.is_call(e[1][1]) for e in _own_calls(stmt)):
        return True  # `stack.pop_all().close()`
    kept = {target[1] for target in stmt[1] if target[0] == F.E_NAME} if stmt[0] == F.S_ASSIGN else set()
    if not kept:
        return False
    asked = (e[1] for e in callers.parts([body]) if e[0] == F.E_ATTR and len(e) == F.ATTR_PARTS)
    managers = (each[0] for s in F.statements(body) if s[0] == F.S_WITH for each in s[1])
    return any(e[:1] == [F.E_NAME] and e[1] in kept for e in (*asked, *managers))


__all__ = ["is_moved"]
