"""The judgement behind AG301, AG302 and AG305: coroutines that nobody awaits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from async_guard.link.frames import Frame
from async_guard.link.linked import Linked, text
from async_guard.link.program import Fn, Module
from async_guard.link.values import (
    AWAITABLE,
    BOUND,
    CLASS,
    CORO,
    DECORATOR,
    EXT,
    EXTMETH,
    FUNC,
    GEN,
    LIMIT,
    PARTIAL,
    STATIC,
    UNKNOWN,
    VS,
    WRAP,
    V,
)  # fmt: skip
from async_guard.model import facts as F
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.mistakes import at_site, mistake, unique
from async_guard.rules.judgement.scopes import Scope, body_of, notes
from async_guard.rules.judgement.syntax import Use, is_pairwise, mentions, shares, statements, uses

_FINISHING = frozenset(("close", "send", "throw", "__await__", "add_done_callback"))
"""Methods by which code deals with a coroutine object itself."""
_OF_FUTURES = frozenset(("cancel", "cancelled", "done", "exception", "result", "remove_done_callback", "get_loop"))
"""Methods of futures, which what is declared as awaitable may be."""
_INSPECTING = ("cr_", "ag_", "gi_", "__")
_SHOWING = frozenset(
    (
        "print",
        "str",
        "repr",
        "len",
        "bool",
        "int",
        "float",
        "sorted",
        "sum",
        "any",
        "all",
        "min",
        "max",
        "enumerate",
        "abs",
        "round",
    )
)
"""Builtins that use a value and await nothing."""
_ANSWERING = frozenset(("route", "websocket"))
_SPOILING = {
    "test": "is tested for truth, and a coroutine always is true",
    "compare": "is compared, and a coroutine equals nothing else",
    "operand": "is used as if it were the result",
    "attribute": "is used as if it were the result",
    "iterate": "is used as if it were the result",
    "enter": "is used as if it were the result",
}

_ANSWERED = "is returned to the framework, which does not await it"
_RELATED = 2
"""Names among which one call may choose: a method and what wraps it."""

Mark = tuple[Any, ...]


def discarded(linked: Linked, meta: RuleMeta) -> Iterator[Finding]:
    """AG301: coroutines made by a statement of their own."""
    return unique(_discarded(linked, meta))


def _discarded(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    for _scope, frame, mark, use in _coroutines(linked):
        if use[0] == "statement":
            yield _lost(linked, meta, frame, mark, "is never awaited, so nothing of it runs")
    for _scope, marks in notes(linked).of_kind("callback-coroutine"):
        for frame, mark in marks:
            if not _is_mixed(mark[3]) and not any(
                r.a.fn is not None and is_opaque(linked, r.a.fn, r.a) for r in mark[3]
            ):
                yield _dropped_by_loop(linked, meta, frame, mark)
    for frame, mark, use in _generators(linked):
        if use[0] == "statement":
            why = "is never iterated, so nothing of it runs"
            yield _never_iterated(linked, meta, frame, mark, why)


def forgotten(linked: Linked, meta: RuleMeta) -> Iterator[Finding]:
    """AG302: coroutines that are put into a variable nobody awaits, or used in place of their results."""
    return unique(_forgotten(linked, meta))


def _forgotten(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    for scope, frame, mark, use in _coroutines(linked):
        why = _spoiled(linked, scope, frame, mark, use)
        if why:
            yield _lost(linked, meta, frame, mark, why)
    for frame, mark, use in _generators(linked):
        if use == ("iterate", False):
            why = "is iterated without `async for`, which raises `TypeError`"
            yield _never_iterated(linked, meta, frame, mark, why)


def _dropped_by_loop(linked: Linked, meta: RuleMeta, frame: Frame, mark: Mark) -> Finding | None:
    name = _made(mark[3], mark[1].node)
    message = (
        f"the event loop calls `{name}` as a callback and drops the coroutine that it gives, so nothing of it runs"
    )
    return mistake(
        meta, linked, frame, at_site(mark, name), message,
        help=f"pass a plain function that starts a task: `lambda: keep(asyncio.create_task({name.rpartition('.')[2]}()))`",
    )  # fmt: skip


def _generators(linked: Linked) -> Iterator[tuple[Frame, Mark, Use]]:
    """Calls that make an asynchronous generator of the project, each with what becomes of it."""
    for scope, marks in notes(linked).of_kind("async-generator"):
        by_node = {id(mark[1].node): (frame, mark) for frame, mark in marks if not _is_mixed(mark[2])}
        for e, use in uses(body_of(scope)) if by_node else ():
            found = by_node.get(id(e))
            if found is not None and not any(is_opaque(linked, v.a.fn, v.a) for v in found[1][2]):
                yield *found, use


def _never_iterated(linked: Linked, meta: RuleMeta, frame: Frame, mark: Mark, why: str) -> Finding | None:
    node = mark[1].node
    message = f"the asynchronous generator of `{text(node)}(...)` {why}"
    return mistake(
        meta, linked, frame, at_site(mark, _made(mark[2], node)), message,
        help=f"iterate it: `async for ... in {text(node)}(...)`",
    )  # fmt: skip


def _lost(linked: Linked, meta: RuleMeta, frame: Frame, mark: Mark, why: str) -> Finding | None:
    site, value = mark[1], mark[2]
    made = _made(value, site.node)
    shown = f"`{text(site.node)}(...)`" if text(site.node) else "a coroutine"
    return mistake(
        meta, linked, frame, at_site(mark, made), f"the coroutine of {shown} {why}",
        help=f"write `await {text(site.node)}(...)`" if frame.is_async else "call it where it can be awaited, or hand it to the event loop",
    )  # fmt: skip


def _made(value: VS, node: Any) -> str:
    """What a coroutine is of, where that says more than the words of the call."""
    names = {v.a.name for v in value if v.k in (CORO, GEN)}
    return names.pop() if len(names) == 1 else text(node)


def _coroutines(linked: Linked) -> Iterator[tuple[Scope, Frame, Mark, Use]]:
    """Calls that make a coroutine, each with what becomes of it."""
    for scope, marks in notes(linked).of_kind("coroutine"):
        by_node = {id(mark[1].node): (frame, mark) for frame, mark in marks if not _is_opaque(linked, mark[2])}
        if not by_node:
            continue
        for e, use in uses(body_of(scope)):
            found = by_node.get(id(e))
            if found is not None:
                yield scope, *found, use


def _spoiled(linked: Linked, scope: Scope, frame: Frame, mark: Mark, use: Use) -> str:
    """Why a coroutine that code keeps or uses is never awaited; empty when it may be."""
    how, detail = use
    value: VS = mark[2]
    if how in ("test", "compare"):
        return _SPOILING[how]
    if how == "assign":
        answers = isinstance(scope, Fn) and _answers(linked, scope, frame)
        return _unused(scope, str(detail), value, answers) if isinstance(scope, Fn) else ""
    if how == "attribute":
        return "" if _is_of_awaitables(detail, value) else _SPOILING[how]
    if how in ("iterate", "enter"):
        return "" if detail else _SPOILING[how]
    if how == "operand":
        return _SPOILING[how]
    if how == "argument":
        return _SPOILING["operand"] if _shows(detail) and _is_builtin(frame, detail[1][1]) else ""
    if how in ("return", "part") and isinstance(scope, Fn) and _answers(linked, scope, frame):
        return _ANSWERED
    return ""


def _is_of_awaitables(attribute: Any, value: VS) -> bool:
    """Whether an attribute is one that coroutines and other awaitables have themselves."""
    if attribute in _FINISHING or str(attribute).startswith(_INSPECTING):
        return True
    return attribute in _OF_FUTURES and not all(v.k == CORO for v in value)


def _answers(linked: Linked, fn: Fn, frame: Frame) -> bool:
    """Whether a function's result is an answer that the framework makes a response of, and does not await."""
    if fn.is_lambda:
        return False
    entries = [entry for entry in linked.entries if entry.fn is fn]
    # A plain wrapper that the framework calls on the loop stands for a coroutine function: what it returns is awaited.
    awaited = not fn.is_async and any(entry.runs == "loop" for entry in entries)
    return (
        bool(entries) and not awaited and {e.kind for e in entries} <= _ANSWERING and not is_opaque(linked, fn, frame)
    )


def _shows(call: Any) -> bool:
    """Whether a call is one of those builtins that use a value and await nothing."""
    return bool(call[1][0] == F.E_NAME and call[1][1] in _SHOWING)


def _is_builtin(frame: Frame, name: str) -> bool:
    return name not in frame.vars and name not in frame.module.bindings


def _unused(scope: Fn, name: str, value: VS, answers: bool) -> str:
    """Why a coroutine in a local variable is never awaited; empty when it may be awaited or handed on.

    Args:
        scope: the function.
        name: the variable.
        value: what it holds.
        answers: whether what the function returns becomes a response.
    """
    body = body_of(scope)
    bound = 0
    spoiling = ""
    handed_back = False
    for e, use in uses(body):
        if use == ("assign", name):
            bound += 1
        if e[0] != F.E_NAME or e[1] != name:
            continue
        how, detail = use
        if how == "statement":
            continue
        if how == "argument" and _shows(detail):
            how = "operand"
        if how in ("return", "part"):
            handed_back = handed_back or not answers
            spoiling = spoiling or (_ANSWERED if answers else "")
            continue
        if how not in _SPOILING or (how in ("iterate", "enter") and detail):
            return ""
        if how == "attribute" and _is_of_awaitables(detail, value):
            return ""
        spoiling = _SPOILING[how]
    if shares(scope, name) or _is_declared(body, name):
        return ""
    if spoiling and (bound > 1 or _is_bound_otherwise(body, name)):
        return ""
    if handed_back:  # whoever gets it may await it, unless it was used as the result before
        return spoiling if spoiling == _SPOILING["attribute"] else ""
    return spoiling or f"is put into `{name}` and never awaited"


def _is_declared(body: list[Any], name: str) -> bool:
    """``global name`` or ``nonlocal name``."""
    return any((stmt[0] == F.S_GLOBAL and name in stmt[1]) or (stmt[0] == F.S_CLASS) for stmt in statements(body))


def _is_bound_otherwise(body: list[Any], name: str) -> bool:
    """Whether loops, with statements or unpacking bind the name as well."""
    for stmt in statements(body):
        if stmt[0] == F.S_FOR and mentions(stmt[1], name):
            return True
        if stmt[0] == F.S_WITH and any(item[1] is not None and mentions(item[1], name) for item in stmt[1]):
            return True
        unpacks = stmt[0] == F.S_ASSIGN and not is_pairwise(stmt[1], stmt[2])
        if unpacks and any(t[0] in (F.E_SEQ, F.E_STAR) and mentions(t, name) for t in stmt[1]):
            return True
    return False


# -- decorators


def _is_opaque(linked: Linked, value: VS) -> bool:
    """Whether some decorator that nobody can see through may await or schedule the coroutine by itself."""
    return _is_mixed(value) or any(v.k == CORO and v.a.fn is not None and is_opaque(linked, v.a.fn, v.a) for v in value)


def _is_mixed(value: VS) -> bool:
    """Whether a reading shared by many functions (as that of a decorator may be) gave coroutines of functions with nothing in common."""
    names = {v.a.fn.name for v in value if v.k in (CORO, GEN) and v.a.fn is not None}
    return len(value) >= LIMIT or len(names) > _RELATED


def is_opaque(linked: Linked, fn: Fn, frame: Frame) -> bool:
    """Whether a decorator of a coroutine function is unknown, so that calling it may give anything."""
    ev = linked.evaluator
    if not fn.body["decorators"]:
        return False
    scope = ev.definition_frame(fn, frame)
    for decorator in fn.body["decorators"]:
        found = ev.ev(decorator, scope)
        if not found or not all(_is_clear(linked, d) for d in found):
            return True
    return False


_HARMLESS = (
    "abc.", "builtins.", "functools.", "typing.", "typing_extensions.", "contextlib.", "asyncio.coroutine", "types.coroutine", "warnings.deprecated",
    "tenacity.", "backoff.", "pytest.", "anyio.", "async_lru.", "aiocache.",
)  # fmt: skip


def _is_clear(linked: Linked, d: V) -> bool:
    if d.k in (FUNC, BOUND, CLASS, DECORATOR, WRAP, PARTIAL, STATIC):
        return True
    if d.k == EXT:
        return d.a.startswith(_HARMLESS) or linked.evaluator.catalogue.lookup(d.a) is not None
    return d.k != UNKNOWN and d.k != EXTMETH


# -- offloading


def offloaded(linked: Linked, meta: RuleMeta) -> Iterator[Finding]:
    """AG305: coroutine functions and coroutines that are handed to a thread."""
    return unique(_offloaded(linked, meta))


def _offloaded(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    judge: dict[str, Callable[[Mark], tuple[str, str] | None]] = {
        "offloaded-coroutine": _function, "offloaded-call": _ready_made, "offloaded-result": _built,
    }  # fmt: skip
    for scope, marks in notes(linked).of_kind(*judge):
        unsure = {
            id(mark[1].node)
            for _, mark in notes(linked).of(scope, "offloaded-one-of")
            if not all(map(_is_asynchronous, mark[2]))
        }
        for frame, mark in marks:
            if id(mark[1].node) in unsure:
                continue
            found = judge[mark[0]](mark)
            if found is not None:
                name, message = found
                yield mistake(
                    meta,
                    linked,
                    frame,
                    at_site(mark, name),
                    message,
                    help=_INSTEAD.format(name=name.rpartition(".")[2]),
                )


_INSTEAD = "`await {name}(...)` on the loop, or run it in the thread with `asyncio.run`"


def _is_asynchronous(v: V) -> bool:
    func = v.b if v.k == BOUND else v
    return func.k == FUNC and bool(func.a.is_async)


def _function(mark: Mark) -> tuple[str, str] | None:
    target: Frame = mark[2]
    if target.fn is None or target.fn.head.contract:
        return None
    return (
        target.name,
        f"`{target.name}` is a coroutine function: the thread only builds the coroutine, and nothing of it runs there",
    )


def _ready_made(mark: Mark) -> tuple[str, str] | None:
    v: V = mark[2]
    if v.k not in (CORO, AWAITABLE):
        return None
    name = v.a.name if v.k == CORO else "coroutine"
    return name, f"the coroutine of `{name}` is handed to a thread that can only call functions"


def _built(mark: Mark) -> tuple[str, str] | None:
    """A lambda, or a wrapper around a coroutine function, whose coroutine comes back from the thread."""
    v: V = mark[2]
    names = [r.a.name for r in mark[3] if r.k == CORO]
    while v.k in (BOUND, PARTIAL, WRAP) and isinstance(v.b if v.k == BOUND or v.k == WRAP else v.a, V):
        v = v.b if v.k in (BOUND, WRAP) else v.a
    if _is_mixed(mark[3]):
        return None
    wrapped = v.k == FUNC and (v.a.is_lambda or (v.c is not None and v.c.k == FUNC and v.c.a.is_async))
    if not wrapped or len(names) != len(mark[3]):
        return None
    return names[0], f"the thread only builds the coroutine of `{names[0]}`, and nothing of it runs there"


__all__ = ["Module", "discarded", "forgotten", "is_opaque", "offloaded"]
