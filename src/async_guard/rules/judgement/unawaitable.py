"""The judgement behind AG302 where something is awaited, or handed over to be awaited, that cannot be: it raises ``TypeError``.

``await close()`` of a plain function, ``asyncio.create_task(work)`` of a function that nobody called, ``asyncio.gather([a(), b()])`` of one list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from async_guard.link import attributes, callers
from async_guard.link.frames import CALL, CORO, Event, Frame
from async_guard.link.linked import Linked, text
from async_guard.link.program import Fn
from async_guard.link.values import BOUND, CONST, DICT, EXT, EXTINST, EXTMETH, INST, SEQ, V
from async_guard.model import facts as F
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.coroutines import is_asynchronous, is_mixed, is_opaque, is_placeholder
from async_guard.rules.judgement.mistakes import at_site, mistake
from async_guard.rules.judgement.places import at
from async_guard.rules.judgement.scopes import body_of, notes
from async_guard.rules.judgement.syntax import callee_name, statements, uses

_TAKING: Final = frozenset(
    ("create_task", "ensure_future", "wait_for", "shield", "run", "run_until_complete", "run_coroutine_threadsafe", "gather")
)  # fmt: skip
"""Functions of asyncio that take something to await as their first argument, or as each of them."""
_EACH: Final = "gather"
_KEEPING: Final = frozenset(("staticmethod", "classmethod"))


def unawaitable(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """What is awaited, or given to ``asyncio`` to await, and is surely nothing that can be awaited."""
    yield from _plain_results(linked, meta)
    yield from _generators(linked, meta)
    for frame in linked.evaluator.frames:
        fn = frame.fn
        if fn is None or frame.module.is_test or _TAKING.isdisjoint(frame.module.facts.calls):
            continue
        for call in _takers(linked, frame, fn):
            yield from _given(linked, meta, frame, call)


def _takers(linked: Linked, frame: Frame, fn: Fn) -> Iterator[Any]:
    """The calls in a function of what ``asyncio`` has to await what it is given."""
    written = callers.sites(linked.program, fn)
    for name in [each for each in sorted(_TAKING) if each in written]:
        for call in written[name]:
            if call[2] and _is_of_asyncio(linked, frame, call[1]):
                yield call


def _to_await(call: Any) -> list[Any]:
    """Of the arguments of such a call those that it awaits."""
    given: list[Any] = call[2]
    return given if callee_name(call) == _EACH else given[:1]


def _given(linked: Linked, meta: RuleMeta, frame: Frame, call: Any) -> Iterator[Finding | None]:
    """Functions that nobody called, and lists, among what a call of asyncio is given to await."""
    name = callee_name(call)
    for e in _to_await(call):
        if e[0] in (F.E_NAME, F.E_ATTR):
            targets = linked.evaluator.ev(e, frame)
            fns = [v.b if v.k == BOUND else v for v in targets]
            if targets and all(map(is_asynchronous, targets)):
                if not any(is_opaque(linked, f.a, linked.evaluator.generic_frame(f.a)) for f in fns):
                    words = text(e)
                    yield mistake(
                        meta, linked, frame, at(frame, call[4], call[5], call, words),
                        f"`{words}` is given to `{text(call[1])}` without being called: a coroutine is expected, and this raises `TypeError`",
                        help=f"write `{words}(...)`",
                    )  # fmt: skip
                continue
            is_list = bool(targets) and all(v.k == SEQ for v in targets)
        else:
            is_list = (e[0] == F.E_SEQ and e[1] in ("list", "tuple")) or e[0] == F.E_COMP
        if is_list and len(call[2]) == 1 and name == _EACH:
            words = text(e) or "..."
            yield mistake(
                meta, linked, frame, at(frame, call[4], call[5], call, text(call[1])),
                f"`{text(call[1])}` is given one list instead of what is in it, which raises `TypeError`",
                help=f"write `{text(call[1])}(*{words})`",
            )  # fmt: skip


def _is_of_asyncio(linked: Linked, frame: Frame, callee: Any) -> bool:
    """Whether a callee is a function of ``asyncio``, or a method of one of its loops or task groups."""
    found = linked.evaluator.ev(callee, frame)
    return bool(found) and all(
        (v.k == EXT and v.a.startswith("asyncio."))
        or (v.k == EXTMETH and isinstance(v.a, V) and v.a.k == EXTINST and v.a.a.startswith("asyncio."))
        for v in found
    )


def _generators(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """Asynchronous generators of the project that are awaited, or given to a function that wants a coroutine."""
    for scope, marks in notes(linked).of_kind("async-generator"):
        by_node = {id(mark[1].node): (frame, mark) for frame, mark in marks if not is_mixed(mark[2])}
        for e, (how, detail) in uses(body_of(scope)) if by_node else ():
            found = by_node.get(id(e))
            if found is None or any(is_opaque(linked, v.a.fn, v.a) for v in found[1][2]):
                continue
            frame, mark = found
            words = text(e)
            why, advice = "", f"iterate it: `async for ... in {words}(...)`"
            if how == "await":
                why = "is awaited"
            elif how == "enter":
                why, advice = (
                    f"is entered by `{'async ' if detail else ''}with`",
                    "put `@asynccontextmanager` on the function",
                )
            elif how == "argument" and callee_name(detail) in _TAKING and any(given is e for given in detail[2]):
                is_given = _is_of_asyncio(linked, frame, detail[1])
                why = f"is given to `{text(detail[1])}`, which wants a coroutine" if is_given else ""
            if why:
                message = f"the asynchronous generator of `{words}(...)` {why}: this raises `TypeError`"
                yield mistake(meta, linked, frame, at_site(mark, words), message, help=advice)


def _plain_results(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """Plain functions of the project whose results are awaited, or given to a function that awaits them, though none of them can be."""
    wanted: dict[Fn, dict[int, Any]] = {}
    found: dict[int, tuple[Frame, Event, Any]] = {}
    spoiled: set[int] = set()
    for frame in linked.evaluator.frames:
        fn = frame.fn
        if fn is None or frame.module.is_test:
            continue
        calls = wanted.get(fn)
        if calls is None:
            calls = wanted[fn] = dict(_awaited(linked, frame, fn))
        if not calls:
            continue
        spoiled.update(id(node) for _, _, node, _ in frame.unresolved if id(node) in calls)
        for event in frame.events:
            key = id(event.node)
            if key in calls:
                if event.kind in (CALL, CORO) and _gives_plain(linked, event):
                    found.setdefault(key, (frame, event, calls[key]))
                else:
                    spoiled.add(key)
    for key, (frame, event, by) in found.items():
        if key not in spoiled:
            words = text(event.node)
            name = event.target.name if event.target is not None else words
            why = f"is given to `{text(by)}`, and" if by is not None else "is awaited, and"
            yield mistake(
                meta, linked, frame, at(frame, event.pos, event.end, event.node, name),
                f"what `{words}(...)` gives {why} a plain function gives nothing that can be awaited: this raises `TypeError`",
                help=f"write `{words}(...)` without `await`, or make `{name.rpartition('.')[2]}` a coroutine function",
            )  # fmt: skip


def _awaited(linked: Linked, frame: Frame, fn: Fn) -> Iterator[tuple[int, Any]]:
    """The calls whose results a function awaits at once, or gives to a function of asyncio that awaits them: that function, or None."""
    for call in _takers(linked, frame, fn):
        for given in _to_await(call):
            if callers.is_call(given):
                yield id(given), call[1]
    for node in callers.parts([fn.body["body"]] if fn.is_async else []):
        if callers.is_await(node) and callers.is_call(node[1]):
            yield id(node[1]), None


def _gives_plain(linked: Linked, event: Event) -> bool:
    """Whether a call is surely one of a plain function, all of whose results are known and none can be awaited."""
    target = event.target
    fn = target.fn if target is not None else None
    if target is None or fn is None or event.probable or target.state != 2 or fn.is_async or fn.head.is_generator:
        return False
    if fn.name != callee_name(event.node):  # what a library's method is given to run (`connection.run_sync(migrate)`)
        return False
    if any(F.last_name(d) not in _KEEPING for d in fn.body["decorators"]):
        return False
    if not all(_is_plain(linked, v) for v in target.ret) or not (target.ret or _gives_nothing(fn)):
        return False
    if (fn.owner is not None and is_placeholder(fn)) or _asks_for_awaitable(fn):
        return False
    others, _ = linked.program.called(fn.name)
    if fn.owner is not None and any(other.is_async for other in others):
        return False  # what it is called on may be of a class that somebody else derives
    return not linked.program.attribute_writers(fn.name)


def _asks_for_awaitable(fn: Fn) -> bool:
    """Whether a function gives what a special method of asynchronous objects gives: ``return items.__anext__()``."""
    given = (stmt[1] for stmt in statements(body_of(fn)) if stmt[0] == F.S_RETURN and stmt[1] is not None)
    return any(callers.is_call(e) and callee_name(e).startswith("__a") for e in given)


def _gives_nothing(fn: Fn) -> bool:
    """Whether a function comes to its end, and returns no value anywhere."""
    body = body_of(fn)
    returned = (stmt[1] for stmt in statements(body) if stmt[0] == F.S_RETURN)
    return not (body and body[-1][0] == F.S_RAISE) and all(e is None for e in returned)


def _is_plain(linked: Linked, v: V) -> bool:
    if v.k == INST:
        ev = linked.evaluator
        return attributes.class_attribute(ev, v.a, "__await__") is None and not attributes.library_bases(ev, v.a)
    return v.k in (CONST, SEQ, DICT) or (v.k == EXTINST and v.a.startswith("builtins."))


__all__ = ["unawaitable"]
