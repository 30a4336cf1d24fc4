"""The judgement behind AG305: coroutine functions and coroutines that are handed to a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from async_guard.link.frames import CALL, CORO, Event, Frame
from async_guard.link.linked import Linked, text
from async_guard.link.program import Fn
from async_guard.link.values import AWAITABLE, BOUND, EXTMETH, FUNC, PARTIAL, VS, WRAP, V
from async_guard.link.values import CORO as COROUTINE
from async_guard.model import facts as F
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.coroutines import is_asynchronous, is_mixed, parameter_for
from async_guard.rules.judgement.mistakes import Way, at_site, mistake, unique
from async_guard.rules.judgement.places import at
from async_guard.rules.judgement.scopes import Scope, body_of, notes
from async_guard.rules.judgement.syntax import callee_name, statements, uses

Mark = tuple[Any, ...]
_DEEPEST: Final = 4
"""Functions through which a callable is followed back to who first passes it on."""


def offloaded(linked: Linked, meta: RuleMeta) -> Iterator[Finding]:
    """AG305: coroutine functions and coroutines that are handed to a thread."""
    return unique((*_offloaded(linked, meta), *_dropped(linked, meta)))


def _dropped(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """Jobs and tasks that are coroutine functions, given to what calls plain ones in a thread or process."""
    for entry in linked.entries:
        site = entry.dropped_at
        if site is None or site.frame.module.is_test:
            continue
        name = entry.origin.name
        last = at(site.frame, site.pos, site.end, site.node, entry.origin.dotted)
        message = f"`{entry.origin.dotted}` is a coroutine function: who runs it only builds the coroutine, and nothing of it runs"
        yield mistake(meta, linked, site.frame, last, message, help=_INSTEAD.format(name=name))


def _offloaded(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    judge: dict[str, Callable[[Mark], tuple[str, str] | None]] = {
        "offloaded-coroutine": _function, "offloaded-call": _ready_made, "offloaded-result": _built,
        "offloaded-awaitable": _of_library,
    }  # fmt: skip
    passed = _Passed(linked)
    for scope, marks in notes(linked).of_kind(*judge):
        unsure = {
            id(mark[1].node)
            for _, mark in notes(linked).of(scope, "offloaded-one-of")
            if not all(map(is_asynchronous, mark[2]))
        }
        for frame, mark in marks:
            if _is_asked_for(scope, mark[1].node):
                continue
            found = judge[mark[0]](mark) or _dropped_result(scope, mark)
            if found is None:
                continue
            given = passed.to(frame, mark)
            if not given and id(mark[1].node) in unsure:
                continue
            for way, (name, message) in given or [((), found)]:
                yield mistake(
                    meta, linked, frame, at_site(mark, name),
                    f"`{text(way[0][1].node)}` leads to a thread: {message}" if way else message, way=way,
                    help=_INSTEAD.format(name=name.rpartition(".")[2]),
                )  # fmt: skip


class _Passed:
    """Who passes what a function hands to a thread."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.calls: dict[Frame, list[tuple[Frame, Event]]] | None = None

    def to(self, frame: Frame, mark: Mark) -> list[tuple[Way, tuple[str, str]]]:
        """The calls that lead to an offloading call in a frame, each from where a coroutine function or a coroutine is passed, with its
        name and what is wrong; none where the function does not get it from its callers.
        """
        call = mark[1].node
        if frame.fn is None or call[0] != F.E_CALL:
            return []
        for argument in _arguments(call):
            name = _parameter_in(frame.fn, argument)
            if name and any(_gives_coroutine(v) for v in self.linked.evaluator.ev(argument, frame)):
                return list(self._back(frame, name, mark, (), {frame.fn}))
        return []

    def _back(
        self, frame: Frame, name: str, mark: Mark, onward: Way, seen: set[Fn]
    ) -> Iterator[tuple[Way, tuple[str, str]]]:
        fn = frame.fn
        for caller, event in self._calls_of(frame) if fn is not None else ():
            if fn is None or _is_asked_for(caller.fn or caller.module, event.node):
                continue
            for argument in _arguments(event.node):
                found = parameter_for(fn, event.node, argument, _takes_self(fn))
                if (found[0] if found is not None else _rest(fn)) != name:
                    continue
                handed = _parameter_in(caller.fn, argument) if caller.fn is not None else ""
                if handed and caller.fn is not None and len(seen) < _DEEPEST:
                    if caller.fn not in seen:
                        way = ((caller, event), *onward)
                        yield from self._back(caller, handed, mark, way, {*seen, caller.fn})
                    continue
                said = _said(self.linked.evaluator.ev(argument, caller), mark)
                if said is not None:
                    yield ((caller, event), *onward), said

    def _calls_of(self, frame: Frame) -> list[tuple[Frame, Event]]:
        if self.calls is None:
            self.calls = {}
            for caller in self.linked.evaluator.frames:
                for event in caller.events:
                    is_call = event.kind in (CALL, CORO) and event.node is not None and event.node[0] == F.E_CALL
                    if is_call and event.target is not None:
                        self.calls.setdefault(event.target, []).append((caller, event))
        return self.calls.get(frame, [])


def _said(value: VS, mark: Mark) -> tuple[str, str] | None:
    """The name of what is passed to a function that hands it to a thread, and what is wrong; None where something else may be passed."""
    if not value or not all(_gives_coroutine(v) for v in value):
        return None
    v = value[0]
    while v.k == PARTIAL:
        v = v.a
    if v.k in (COROUTINE, AWAITABLE):
        return _ready_made((mark[0], mark[1], v))
    return _of_function(v.b.a.dotted if v.k == BOUND else v.a.dotted) if is_asynchronous(v) else _built(mark)


def _arguments(call: Any) -> list[Any]:
    return [a for a in (*call[2], *(v for name, v in call[3] if name is not None)) if a[0] != F.E_STAR]


def _parameter_in(fn: Fn, e: Any) -> str:
    """The parameter of a function that an expression hands over, itself or wrapped: ``f``, ``partial(f, x)``, ``lambda: f(x)``."""
    if e[0] == F.E_LAMBDA:
        body = fn.module.functions[e[1]].body["body"]
        e = body[0][1] if body and body[0][0] == F.S_RETURN else e
    if e[0] == F.E_CALL:
        e = e[2][0] if callee_name(e) == "partial" and e[2] else e[1]
    return next((str(p[0]) for p in fn.body["params"] if e[:2] == [F.E_NAME, p[0]]), "")


def _rest(fn: Fn) -> str:
    """The parameter that takes positional arguments for which there is no other."""
    return next((p[0] for p in fn.body["params"] if p[1] == "*"), "")


def _takes_self(fn: Fn) -> bool:
    """Whether a function is a method that gets its object without being given it."""
    return fn.owner is not None and not any(F.last_name(d) == "staticmethod" for d in fn.body["decorators"])


def _gives_coroutine(v: V) -> bool:
    """Whether something is a coroutine, or may give one when it is called."""
    if v.k in (COROUTINE, AWAITABLE):
        return True
    if v.k == PARTIAL:
        return _gives_coroutine(v.a)
    func = v.b if v.k == BOUND else v
    return is_asynchronous(v) or (func.k == FUNC and func.a.is_lambda)


_INSTEAD: Final = "`await {name}(...)` on the loop, or run it in the thread with `asyncio.run`"


_ASKING: Final = frozenset(("isawaitable", "iscoroutine", "isfuture", "maybe_await"))
"""Functions that say whether what a thread gave is something to await, or see to it."""


def _is_asked_for(scope: Scope, call: Any) -> bool:
    """Whether the scope asks of what an offloading call gave whether it can be awaited, and so is made for both kinds of functions."""
    everything = list(uses(body_of(scope)))
    held = {use[1] for e, use in everything if e[0] == F.E_AWAIT and e[1] is call and use[0] == "assign"}
    return any(
        use[0] == "argument"
        and callee_name(use[1]) in _ASKING
        and ((e[0] == F.E_NAME and e[1] in held) or _gives(e, call))
        for e, use in everything
    )


def _gives(e: Any, call: Any) -> bool:
    """``await call(...)`` or ``name := await call(...)``."""
    value = e[2] if e[0] == F.E_WALRUS else e
    return bool(value[0] == F.E_AWAIT and value[1] is call)


def _function(mark: Mark) -> tuple[str, str] | None:
    target: Frame = mark[2]
    if target.fn is None or target.fn.head.contract:
        return None
    return _of_function(target.name)


def _of_library(mark: Mark) -> tuple[str, str] | None:
    v: V = mark[2]
    while v.k == PARTIAL:
        v = v.a
    return _of_function(f"{v.a.a}.{v.b}" if v.k == EXTMETH else str(v.a))


def _of_function(name: str) -> tuple[str, str]:
    return name, f"`{name}` is a coroutine function: the thread only builds the coroutine, and nothing of it runs there"


def _ready_made(mark: Mark) -> tuple[str, str] | None:
    v: V = mark[2]
    if v.k not in (COROUTINE, AWAITABLE):
        return None
    name = v.a.name if v.k == COROUTINE else "coroutine"
    return name, f"the coroutine of `{name}` is handed to a thread that can only call functions"


def _dropped_result(scope: Scope, mark: Mark) -> tuple[str, str] | None:
    """A plain function that gives a coroutine, where the statement that hands it to a thread drops what comes back."""
    if mark[0] != "offloaded-result" or is_mixed(mark[3]) or any(r.k != COROUTINE for r in mark[3]):
        return None
    node = mark[1].node
    func = mark[2].b if mark[2].k == BOUND else mark[2]
    if func.k != FUNC or func.a.body["decorators"]:
        return None
    for stmt in statements(body_of(scope)):
        if stmt[0] == F.S_EXPR and (stmt[1] is node or (stmt[1][0] == F.E_AWAIT and stmt[1][1] is node)):
            name = mark[3][0].a.name
            return name, f"`{func.a.name}` only builds the coroutine of `{name}` in the thread, and nothing of it runs"
    return None


def _built(mark: Mark) -> tuple[str, str] | None:
    """A lambda, or a wrapper around a coroutine function, whose coroutine comes back from the thread."""
    v: V = mark[2]
    names = [r.a.name for r in mark[3] if r.k == COROUTINE]
    while v.k in (BOUND, PARTIAL, WRAP) and isinstance(v.b if v.k == BOUND or v.k == WRAP else v.a, V):
        v = v.b if v.k in (BOUND, WRAP) else v.a
    if is_mixed(mark[3]):
        return None
    wrapped = v.k == FUNC and (v.a.is_lambda or (v.c is not None and v.c.k == FUNC and v.c.a.is_async))
    if not wrapped or len(names) != len(mark[3]):
        return None
    return names[0], f"the thread only builds the coroutine of `{names[0]}`, and nothing of it runs there"


__all__ = ["offloaded"]
