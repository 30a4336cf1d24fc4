"""Wrappers that hand on all that they are given, unchanged: what they take is what the function takes that they wrap."""

from __future__ import annotations

from async_guard.link import callers
from async_guard.link.program import Fn
from async_guard.model import facts as F


def hands_all_on(fn: Fn) -> bool:
    """Whether a function takes ``*args, **kwargs`` alone and does nothing with them but to pass both on."""
    params = fn.body["params"]
    if [p[1] for p in params] != ["*", "**"]:
        return False
    args, kwargs = ([F.E_NAME, p[0]] for p in params)
    names = (params[0][0], params[1][0])
    uses = passed = 0
    for node in callers.parts([fn.body["body"]]):
        if callers.is_call(node):
            positional = [a for a in node[2] if a[0] == F.E_STAR and a[1][:2] == args]
            keywords = [v for k, v in node[3] if k is None and v[:2] == kwargs]
            if positional or keywords:
                if len(positional) != len(node[2]) or len(keywords) != len(node[3]) or not (positional and keywords):
                    return False
                passed += 1
        elif node[0] == F.E_NAME and len(node) == F.NAME_PARTS and node[1] in names:
            uses += 1
    return passed > 0 and uses == 2 * passed


__all__ = ["hands_all_on"]
