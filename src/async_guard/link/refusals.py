"""Functions that raise where an event loop runs: whatever stands behind a call of one is for code off the loop."""

from __future__ import annotations

from typing import Any

from async_guard.link import calls
from async_guard.link.program import Fn
from async_guard.model import facts as F


def refuses_loop(fn: Fn) -> bool:
    """Whether a plain function always raises when it is called on a running event loop."""
    if fn.refuses_loop is None:
        fn.refuses_loop = not fn.is_async and not fn.head.is_generator and _refuses(fn.body["body"])
    return fn.refuses_loop


def _refuses(body: list[Any]) -> bool:
    loops: set[str] = set()
    for stmt in body:
        tag: int = stmt[0]
        if tag == F.S_RETURN:
            return False
        if tag == F.S_TRY and stmt[2] and calls.probes_running_loop(stmt[1]):
            if raises(stmt[3]):
                return True
            if any(each[0] == F.S_RETURN for each in stmt[1]):
                return False
            loops |= {
                target[1] for each in stmt[1] if each[0] == F.S_ASSIGN for target in each[1] if target[0] == F.E_NAME
            }
        elif tag == F.S_IF and _is_there(stmt[1][0][0], loops) and raises(stmt[1][0][1]):
            return True
    return False


def _is_there(test: Any, names: set[str]) -> bool:
    """``loop``, ``loop is not None``, ``loop and loop.is_running()``: true where there is a loop."""
    if test[0] == F.E_BOOL:
        return test[1] == "and" and all(_is_there(part, names) for part in test[2])
    if test[0] == F.E_CMP:
        none = len(test[2]) == 1 and test[2][0] == "is not" and test[3][0][:2] == [F.E_CONST, None]
        return none and _is_there(test[1], names)
    if test[0] == F.E_CALL:
        return bool(test[1][0] == F.E_ATTR and test[1][2] == "is_running" and _is_there(test[1][1], names))
    return bool(test[0] == F.E_NAME and test[1] in names)


def raises(body: list[Any]) -> bool:
    """Whether a block, which is empty where it only says ``pass``, ends in ``raise``."""
    return bool(body) and body[-1][0] == F.S_RAISE


def comes_first(stmt: Any, call: Any) -> bool:
    """Whether a statement does nothing but a call, and perhaps keep its result, so that all behind it comes after the call."""
    value = (
        stmt[1]
        if stmt[0] == F.S_EXPR
        else stmt[2]
        if stmt[0] == F.S_ASSIGN
        else stmt[3]
        if stmt[0] == F.S_ANN
        else None
    )
    return value is call


__all__ = ["comes_first", "raises", "refuses_loop"]
