"""The judgement behind AG302 where a coroutine is what a mapping gives for want of an entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from async_guard.link.frames import Frame
from async_guard.link.linked import Linked, text
from async_guard.link.program import Fn
from async_guard.link.values import DICT, EXTINST, UNKNOWN
from async_guard.model import facts as F
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import coroutines
from async_guard.rules.judgement.coroutines import SPOILING, Mark
from async_guard.rules.judgement.mistakes import at_site, mistake
from async_guard.rules.judgement.scopes import body_of, notes
from async_guard.rules.judgement.syntax import Use, callee_name, shares, uses

_ASKING: Final = frozenset(("get", "pop"))
_SHOWING: Final = frozenset(("print", "str", "repr", "bool"))
"""Builtins that say something of any value."""


def given_instead(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """Coroutines that are the default of what a mapping is asked for, where nobody awaits what it gives.

    ``path = options.get(KEY, find_path(hass))``. An entry is data then, and the coroutine is lost where there is one as well.
    """
    for scope, marks in notes(linked).of_kind("coroutine"):
        if not isinstance(scope, Fn) or scope.is_lambda:
            continue
        made = {id(mark[1].node): (frame, mark) for frame, mark in marks if not coroutines.is_unclear(linked, mark[2])}
        if not made:
            continue
        body = body_of(scope)
        everything = list(uses(body))
        become = {id(e): use for e, use in everything if e[0] == F.E_CALL}
        for e, (how, call) in everything:
            found = made.get(id(e))
            if found is None or how != "argument" or id(call) in made or not _is_default(linked, found[0], call, e):
                continue
            if _is_never_awaited(linked, scope, found, call, become[id(call)]):
                words = f"{text(e)}(...)"
                message = f"the coroutine of `{words}` is what `{text(call)}(...)` gives for want of an entry, and nobody awaits that"
                yield mistake(
                    meta, linked, found[0], at_site(found[1], text(e)), message, probable=True, help=f"write `await {words}`",
                )  # fmt: skip


def _is_default(linked: Linked, frame: Frame, call: Any, e: Any) -> bool:
    """Whether an argument is what a mapping, or an object nobody knows, is to give where it has no such entry."""
    if call[1][0] != F.E_ATTR or call[1][2] not in _ASKING or len(call[2]) != 2 or call[2][1] is not e or call[3]:
        return False
    receiver = linked.evaluator.ev(call[1][1], frame)
    return bool(receiver) and all(
        v.k in (UNKNOWN, DICT) or (v.k == EXTINST and v.a.startswith("builtins.dict")) for v in receiver
    )


def _is_never_awaited(linked: Linked, fn: Fn, found: tuple[Frame, Mark], call: Any, use: Use) -> bool:
    """Whether what such a call gives is only used as no coroutine can be used, and is so at least once."""
    frame, mark = found
    if use[0] != "assign":
        return use[0] in SPOILING and use[0] != "test" and bool(_why(linked, fn, frame, mark, call, use))
    name = str(use[1])
    if shares(fn, name) or coroutines.is_declared(body_of(fn), name):
        return False
    after = [pair for pair in coroutines.reached(body_of(fn), name, call[4]) if pair[0][:2] == [F.E_NAME, name]]
    told = [
        bool(_why(linked, fn, frame, mark, e, how))
        for e, how in after
        if how[0] != "test" and not _is_shown(frame, how)
    ]
    return all(told) and (bool(told) or not any(how[0] == "test" for _, how in after))


def _is_shown(frame: Frame, use: Use) -> bool:
    is_builtin = use[0] == "argument" and use[1][1][0] == F.E_NAME and use[1][1][1] in _SHOWING
    return is_builtin and callee_name(use[1]) not in frame.module.bindings


def _why(linked: Linked, fn: Fn, frame: Frame, mark: Mark, e: Any, use: Use) -> str:
    if use[0] == "argument" and callee_name(use[1]) in ("isinstance", "hasattr"):
        return ""
    return coroutines.misuse(linked, frame, body_of(fn), e, use, mark[2])


__all__ = ["given_instead"]
