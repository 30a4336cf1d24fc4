"""The judgement behind AG301 and AG302: coroutines that nobody awaits."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any, Final

from async_guard.link import attributes, callers, hints, names
from async_guard.link.evaluator import Evaluator
from async_guard.link.frames import Event, Frame
from async_guard.link.linked import Linked, text
from async_guard.link.program import Class, Fn, Module
from async_guard.link.values import (
    AWAITABLE,
    BOUND,
    CLASS,
    CORO,
    DECORATOR,
    DICT,
    EXT,
    EXTINST,
    EXTMETH,
    FUNC,
    GEN,
    INST,
    LIMIT,
    MANAGER,
    PARTIAL,
    SEQ,
    STATIC,
    UNKNOWN,
    VS,
    WRAP,
    V,
    without_none,
)  # fmt: skip
from async_guard.model import facts as F
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.begun import begins
from async_guard.rules.judgement.beside_await import beside_await
from async_guard.rules.judgement.data import is_of_data, takes_data
from async_guard.rules.judgement.mistakes import at_site, mistake, unique
from async_guard.rules.judgement.older_release import may_be_older
from async_guard.rules.judgement.overrides import overrides
from async_guard.rules.judgement.places import at
from async_guard.rules.judgement.scopes import Scope, body_of, notes
from async_guard.rules.judgement.syntax import (
    Use,
    assignment,
    blocks,
    callee_name,
    inner_functions,
    is_pairwise,
    mentions,
    shares,
    statements,
    takes_attribute,
    uses,
    walk,
)  # fmt: skip
from async_guard.rules.judgement.uses import holds, path_to

_FINISHING: Final = frozenset(("close", "send", "throw", "__await__", "add_done_callback"))
"""Methods by which code deals with a coroutine object itself."""
_DRIVEN: Final = frozenset(("send", "throw"))
"""Methods of coroutines that only event loops call."""
_OF_FUTURES: Final = frozenset(
    ("cancel", "cancelled", "done", "exception", "result", "remove_done_callback", "get_loop")
)
"""Methods of futures, which what is declared as awaitable may be."""
_OF_TASKS: Final = frozenset(
    ("set_name", "get_name", "get_coro", "get_context", "cancelling", "uncancel", "set_result", "set_exception")
)
_INSPECTING: Final = ("cr_", "ag_", "gi_", "__")
_SHOWING: Final = frozenset(
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
_GATHERING: Final = frozenset(("list", "tuple", "set", "any", "all"))
"""Builtins that ask an iterator for everything it has."""
_ASKING: Final = {
    "filter": ("", 0), "sorted": ("key", -2), "sort": ("key", -2), "min": ("key", -2), "max": ("key", -2), "filterfalse": ("predicate", 0),
    "takewhile": ("predicate", 0), "dropwhile": ("predicate", 0), "groupby": ("key", 1), "reduce": ("", 0),
}  # fmt: skip
"""Calls that use the results of a function they are given: the keyword and the position of that argument, negative for none."""
_DRIVING: Final = frozenset((
    "gather", "create_task", "ensure_future", "run", "wait", "wait_for", "shield", "as_completed", "run_until_complete",
    "run_coroutine_threadsafe", "isawaitable", "iscoroutine", "isfuture", "start_soon", "from_coroutine", "maybe_await",
))  # fmt: skip
"""Functions to which code gives coroutines, or asks them whether something is one."""
_PLAIN_DATA: Final = frozenset((
    *(f"builtins.{name}" for name in ("str", "int", "float", "bool", "bytes", "dict", "list", "tuple", "set")),
    *(f"datetime.{name}" for name in ("datetime", "date", "time", "timedelta")), "decimal.Decimal", "uuid.UUID", "pathlib.Path",
    "pathlib.PurePath",
))  # fmt: skip
_AWAITED: Final = ("Future", "Task", "Awaitable", "Coroutine", "Generator", "Promise", "Deferred")
"""How classes of libraries are called whose objects may be awaited."""
_PLAIN_BASES: Final = frozenset(
    ("builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "contextlib.AbstractAsyncContextManager")
)
"""Bases that read no attributes of their subclasses and cannot be entered by a plain ``with``."""
_BUILTIN_TYPES: Final = (str, bytes, bytearray, int, float, complex, list, tuple, dict, set)
_UNTYPED: Final = frozenset(
    ("unknown", "parameter", "iteration of an unknown object", "item of an unknown object", "attribute not found")
)
"""Why nothing is known of an object that is no library's, or of what somebody has put on one of the project's."""
_KEEPING: Final = frozenset(("staticmethod", "classmethod", "abstractmethod", "override", "overrides", "wraps"))
"""Decorators under which a function takes what it is called with."""
_COROUTINES: Final = frozenset((CORO, AWAITABLE))
"""Coroutines of the project and those of libraries."""
_ANSWERING: Final = frozenset(("route", "websocket"))
SPOILING: Final = {
    "test": "is tested for truth, and a coroutine always is true",
    "compare": "is compared, and a coroutine equals nothing else",
    "operand": "is used as if it were the result",
    "attribute": "is used as if it were the result",
    "iterate": "is used as if it were the result",
    "enter": "is used as if it were the result",
}

ANSWERED: Final = "is returned to the framework, which does not await it"
_UNAWAITED: Final = "is returned without being awaited, by a function that is declared to give something else"
_NEAR: Final = 2
"""Calls through which what a thread gives is followed."""
_RELATED: Final = 2
"""Names among which one call may choose: a method and what wraps it."""

Mark = tuple[Any, ...]


def discarded(linked: Linked, meta: RuleMeta) -> Iterator[Finding]:
    """AG301: coroutines made by a statement of their own."""
    return unique((*_discarded(linked, meta), *overrides(linked, meta)))


def _discarded(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    for _scope, frame, mark, use in _coroutines(linked):
        if use[0] == "statement":
            yield lost(linked, meta, frame, mark, "is never awaited, so nothing of it runs")
    for scope, marks in notes(linked).of_kind("callback-coroutine"):
        for frame, mark in marks:
            is_unsure = any(r.a.fn is not None and is_opaque(linked, r.a.fn, r.a) for r in mark[3])
            if not is_mixed(mark[3]) and not is_unsure and not _is_chosen_by_kind(scope, mark[1].node):
                yield _dropped_by_loop(linked, meta, frame, mark)
    for frame, mark, use in _generators(linked):
        if use[0] == "statement":
            why = "is never iterated, so nothing of it runs"
            yield _never_iterated(linked, meta, frame, mark, why)
    yield from _dropped_lists(linked, meta)
    yield from _dropped_maps(linked, meta)
    yield from _dropped_by_name(linked, meta)
    yield from beside_await(linked, meta)


def _is_chosen_by_kind(scope: Scope, call: Any) -> bool:
    """Whether a condition asks the object whose callable is handed over what else it keeps, which may be the kind of the callable.

    ``if job.kind is Kind.CALLBACK: loop.call_soon(job.target)``.
    """
    owners = {text(e[1]) for e in call[2] if e[0] == F.E_ATTR} - {"", "self"}
    way = path_to(body_of(scope), call[4]) if owners else []
    tests = [test for block, index in way if block[index][0] == F.S_IF for test, _ in block[index][1]]
    return any(e[0] == F.E_ATTR and text(e[1]) in owners for test in tests for e, _ in walk(test))


def _dropped_by_name(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """Statements that call a method of an object nobody could type, where the project's only functions of that name are coroutine functions."""
    for frame, fn, by_node in _of_untyped(linked):
        for stmt in statements(body_of(fn)):
            found = by_node.get(id(stmt[1])) if stmt[0] == F.S_EXPR else None
            if found is not None and _means_coroutine(linked, found[2]):
                call = text(found[2])
                message = f"the coroutine of `{call}(...)` is never awaited, so nothing of it runs"
                yield mistake(
                    meta, linked, frame, at(frame, *found, call), message, probable=True, help=f"write `await {call}(...)`",
                )  # fmt: skip


def _used_by_name(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """The same calls where what they give is used as the result, at once or out of a variable."""
    for frame, fn, by_node in _of_untyped(linked):
        body = body_of(fn)
        for e, use in uses(body):
            found = by_node.get(id(e))
            if found is None or use[0] in ("await", "statement"):
                continue
            why = _taken_as_result(linked, frame, fn, use, e)
            if why and _means_coroutine(linked, e):
                call = text(e)
                yield mistake(
                    meta, linked, frame, at(frame, *found, call), f"the coroutine of `{call}(...)` {why}", probable=True,
                    help=f"write `await {call}(...)`",
                )  # fmt: skip


def _taken_as_result(linked: Linked, frame: Frame, fn: Fn, use: Use, e: Any) -> str:
    """Why what a call gives can be no coroutine here: all that is done with it is what can be done with none."""
    body = body_of(fn)
    if use[0] != "assign":
        return _as_result(linked, frame, body, e, use)
    name = str(use[1])
    is_once = sum(other == use for _, other in uses(body)) == 1
    if not is_once or shares(fn, name) or is_declared(body, name) or is_bound_otherwise(body, name):
        return ""
    whys = [_as_result(linked, frame, body, x, how) for x, how in uses(body) if x[:2] == [F.E_NAME, name]]
    return whys[0] if whys and all(whys) else ""


def _as_result(linked: Linked, frame: Frame, body: list[Any], e: Any, use: Use) -> str:
    """Why one use of an expression is none of a coroutine: not for what somebody may ask of anything."""
    return misuse(linked, frame, body, e, use, ()) if use[0] in ("attribute", "operand", "iterate", "argument") else ""


def _of_untyped(linked: Linked) -> Iterator[tuple[Frame, Fn, dict[int, tuple[int, int, Any]]]]:
    """Readings of coroutine functions, with the calls of methods with telling names of objects that no reading could type."""
    known: dict[Fn, set[int]] = {}
    for frame in linked.evaluator.frames:
        if frame.fn is not None and frame.state == 2:
            at_all = {id(e) for _, _, e, why in frame.unresolved if why in _UNTYPED and e and _has_telling_name(e)}
            known[frame.fn] = known[frame.fn] & at_all if frame.fn in known else at_all
    for frame in linked.evaluator.frames:
        wanted = known.get(frame.fn) if frame.fn is not None and frame.is_async else None
        if not wanted or frame.fn is None or frame.module.is_test:
            continue
        yield frame, frame.fn, {id(e): (pos, end, e) for pos, end, e, _ in frame.unresolved if id(e) in wanted}


def _has_telling_name(e: Any) -> bool:
    """Whether a call is of a method with a name that says more than what libraries call theirs."""
    name = callee_name(e)
    return (
        "_" in name
        and e[1][0] == F.E_ATTR
        and not name.startswith(("_", "async_"))
        and not any(hasattr(kind, name) for kind in _BUILTIN_TYPES)
    )


def _means_coroutine(linked: Linked, call: Any) -> bool:
    """Whether every function of the name that a call has is a method that is a coroutine function, and one can be called like this."""
    name = callee_name(call)
    if not linked.program.classes_with_method(name) or linked.program.attribute_writers(name):
        return False
    fns, _ = linked.program.called(name)
    if not all(fn.is_async and not fn.head.is_generator and not fn.body["decorators"] for fn in fns):
        return False
    # Asked last: for the names of all methods of libraries every table is looked through.
    return any(fn.owner is not None and callers.takes(fn, call) for fn in fns) and not (
        linked.evaluator.catalogue.mentions(name)
    )


def _dropped_maps(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """Statements such as ``list(map(send, users))`` that call a coroutine function for each item and drop what comes out."""
    for frame in linked.evaluator.frames:
        if frame.fn is None or "map" not in frame.module.facts.calls:
            continue
        for stmt in statements(body_of(frame.fn)):
            node = _mapped(frame, stmt[1]) if stmt[0] == F.S_EXPR else None
            if node is None:
                continue
            targets = linked.evaluator.ev(node[2][0], frame)
            if not targets or not all(map(is_asynchronous, targets)):
                continue
            fns = [v.b if v.k == BOUND else v for v in targets]
            if any(f.a.head.is_generator or is_opaque(linked, f.a, linked.evaluator.generic_frame(f.a)) for f in fns):
                continue
            name = text(node[2][0])
            message = f"the coroutines of `{name}` are never awaited, so nothing of them runs"
            yield mistake(
                meta, linked, frame, at(frame, node[4], node[5], node, name), message,
                help=f"write `await asyncio.gather(*map({name}, ...))`",
            )  # fmt: skip


def _mapped(frame: Frame, e: Any) -> Any:
    """The call of ``map`` that a statement makes, alone or inside ``list(...)``; None for other expressions."""
    if e[0] == F.E_CALL and e[1][0] == F.E_NAME and e[1][1] in _GATHERING and len(e[2]) == 1 and not e[3]:
        e = e[2][0]
    is_map = e[0] == F.E_CALL and e[1][:2] == [F.E_NAME, "map"] and len(e[2]) > 1 and _is_builtin(frame, "map")
    return e if is_map else None


def _dropped_lists(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """Statements that call a function of the project which gives coroutines in a list, and drop the list.

    Or that await a coroutine function which gives another coroutine.
    """
    makers = {frame for frame in linked.evaluator.frames if frame.fn is not None and _gives_coroutines(linked, frame)}
    for frame in linked.evaluator.frames if makers else ():
        called: dict[int, list[Event]] = {}
        for event in frame.events:
            if event.target is not None and event.node is not None:
                called.setdefault(id(event.node), []).append(event)
        for stmt in statements(body_of(frame.fn or frame.module)) if called else ():
            is_awaited = stmt[0] == F.S_EXPR and stmt[1][0] == F.E_AWAIT
            node = stmt[1][1] if is_awaited else stmt[1] if stmt[0] == F.S_EXPR else None
            events = called.get(id(node), [])
            if events and all(e.target in makers and e.target.is_async is is_awaited for e in events):
                step = at(frame, events[0].pos, events[0].end, node)
                call = f"{text(node)}(...)"
                if all(v.k in _COROUTINES for e in events if e.target is not None for v in e.target.ret):
                    message = f"what `{call}` gives is a coroutine again, which is never awaited, so nothing of it runs"
                    advice = f"write `await (await {call})`, or return a result and no coroutine"
                else:
                    message = f"the coroutines in what `{call}` gives are never awaited, so nothing of them runs"
                    advice = f"write `await asyncio.gather(*{call})`"
                yield mistake(meta, linked, frame, step, message, help=advice)


def _gives_coroutines(linked: Linked, frame: Frame) -> bool:
    """Whether a function gives lists of coroutines and nothing else, or when awaited nothing but a coroutine."""
    fn = frame.fn
    return (
        fn is not None
        and not fn.head.is_generator
        and not fn.body["decorators"]
        and bool(frame.ret)
        and (
            all(v.k == SEQ and v.c and all(item.k == CORO for item in v.c) for v in frame.ret)
            or (fn.is_async and all(v.k in _COROUTINES for v in frame.ret) and not _comes_from_thread(frame, _NEAR))
        )
        and not any(is_unclear(linked, v.c if v.k == SEQ else (v,)) for v in frame.ret)
    )


def _comes_from_thread(frame: Frame, depth: int) -> bool:
    """Whether a thread gave the coroutine that a function gives, itself or through what it calls: of that AG305 speaks."""
    return any(mark[0].startswith("offloaded-") for mark in frame.marks) or (
        depth > 0
        and any(
            event.target is not None and event.target.is_async and _comes_from_thread(event.target, depth - 1)
            for event in frame.events
        )
    )


def forgotten(linked: Linked, meta: RuleMeta) -> Iterator[Finding]:
    """AG302: coroutines that are put into a variable nobody awaits, or used in place of their results."""
    return unique(_forgotten(linked, meta))


def _forgotten(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    for scope, frame, mark, use in _coroutines(linked):
        why = _spoiled(linked, scope, frame, mark, use)
        if why:
            yield lost(linked, meta, frame, mark, why)
    for frame, mark, user in _returned(linked):
        node = mark[1].node
        message = (
            f"what `{text(node)}(...)` gives is returned without being awaited, and `{user}` uses it as the result"
        )
        yield mistake(
            meta, linked, frame, at_site(mark, text(node)), message, help=f"write `return await {text(node)}(...)`",
        )  # fmt: skip
    for frame, mark, use in _generators(linked):
        if use == ("iterate", False):
            why = "is iterated without `async for`, which raises `TypeError`"
            yield _never_iterated(linked, meta, frame, mark, why)
    for frame, mark, name in _kept_on_objects(linked):
        yield lost(linked, meta, frame, mark, f"is put into `{name}` and never awaited")
    yield from _asked_functions(linked, meta)
    yield from _used_by_name(linked, meta)
    for frame, mark in _entered(linked):
        name = text(mark[1].node) + ("(...)" if mark[1].node[0] == F.E_CALL else "")
        message = f"`{name}` can only be entered with `async with`: a plain `with` raises `TypeError`"
        yield mistake(
            meta, linked, frame, at_site(mark, text(mark[1].node)), message, help=f"write `async with {name}`"
        )


def _asked_functions(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """Coroutine functions of whose results a call takes the truth or the order: ``filter(is_allowed, users)``."""
    for frame in linked.evaluator.frames:
        if frame.fn is None or not _ASKING.keys() & frame.module.facts.calls.keys():
            continue
        written = callers.sites(linked.program, frame.fn)
        for e in [e for name in _ASKING.keys() & written.keys() for e in written[name]]:
            keyword, position = _ASKING[callee_name(e)]
            given = [value for name, value in e[3] if name == keyword] if keyword else []
            if position >= 0 and not given and len(e[2]) > position and e[2][position][0] != F.E_STAR:
                given = [e[2][position]]
            if not given or not _is_of_python(linked, frame, e[1]):
                continue
            targets = linked.evaluator.ev(given[0], frame)
            fns = [v.b if v.k == BOUND else v for v in targets]
            if not targets or not all(map(is_asynchronous, targets)) or any(f.a.head.is_generator for f in fns):
                continue
            if any(is_opaque(linked, f.a, linked.evaluator.generic_frame(f.a)) for f in fns):
                continue
            name = text(given[0])
            message = f"the coroutines of `{name}` are used by `{callee_name(e)}` as if they were the results"
            yield mistake(
                meta, linked, frame, at(frame, e[4], e[5], e, name), message,
                help=f"await `{name}(...)` for each item first",
            )  # fmt: skip


def _is_of_python(linked: Linked, frame: Frame, callee: Any) -> bool:
    """Whether a callee is a builtin, of the standard library's tools for iterators, or a list's ``sort``."""
    if callee[0] == F.E_NAME and _is_builtin(frame, callee[1]):
        return True
    found = linked.evaluator.ev(callee, frame)
    if callee[0] == F.E_ATTR and callee[2] == "sort":
        return all(v.k not in (FUNC, BOUND, CLASS) for v in found)
    return bool(found) and all(v.k == EXT and v.a.startswith(("itertools.", "functools.", "builtins.")) for v in found)


def _entered(linked: Linked) -> Iterator[tuple[Frame, Mark]]:
    """Plain ``with`` statements over what only an ``async with`` can enter."""
    for _scope, marks in notes(linked).of_kind("with"):
        for frame, mark in marks:
            if mark[3] and all(_is_only_asynchronous(linked, v) for v in mark[3]):
                yield frame, mark


def _is_only_asynchronous(linked: Linked, v: V) -> bool:
    """Whether an object has ``__aenter__`` and surely no ``__enter__``."""
    ev = linked.evaluator
    if v.k == MANAGER:
        return isinstance(v.a, V) and v.a.k == GEN and bool(v.b)
    if v.k == INST:
        return (
            attributes.class_attribute(ev, v.a, "__aenter__") is not None
            and attributes.class_attribute(ev, v.a, "__enter__") is None
            and all(base in _PLAIN_BASES for base in attributes.library_bases(ev, v.a))
        )
    if v.k != EXTINST or not any(part.lower().startswith(("async", "aio")) for part in v.a.split(".")):
        return False
    # Of other libraries' classes the catalogue does not say whether they can be entered in both ways.
    found = ev.catalogue.method(v.a, "__aenter__")
    return found is not None and found[0].is_async and ev.catalogue.method(v.a, "__exit__") is None


def _kept_on_objects(linked: Linked) -> Iterator[tuple[Frame, Mark, str]]:
    """Coroutines that a method puts into an attribute of its object which nobody reads but as if it were the result."""
    for scope, marks in notes(linked).of_kind("coroutine"):
        if not isinstance(scope, Fn) or scope.owner is None or scope.is_lambda:
            continue
        by_node = {id(mark[1].node): (frame, mark) for frame, mark in marks if not is_unclear(linked, mark[2])}
        for stmt in statements(body_of(scope)) if by_node else ():
            given = assignment(stmt)
            found = by_node.get(id(given[1])) if given is not None else None
            target = given[0][0] if given is not None and len(given[0]) == 1 else None
            if given is None or found is None or target is None or target[0] != F.E_ATTR:
                continue
            if target[1][:2] != [F.E_NAME, "self"]:
                continue
            if _is_misread(linked, scope.owner, str(target[2]), found[1][2]) or _is_awaited_first(
                scope.owner, str(target[2]), text(given[1])
            ):
                yield *found, text(target)


def _is_awaited_first(cls: Class, name: str, call: str) -> bool:
    """Whether another method of the class puts the result of the same call into the attribute, and none awaits what it finds there."""
    found = False
    for fn in cls.module.functions:
        body = body_of(fn) if fn.owner is cls else []
        if not body or not takes_attribute(body, name):
            continue
        if any(use[0] == "await" and e[0] == F.E_ATTR and e[2] == name for e, use in uses(body)):
            return False
        for stmt in statements(body):
            given = assignment(stmt)
            if given is not None and given[1][0] == F.E_AWAIT and text(given[1][1]) == call:
                found = found or any(
                    t[0] == F.E_ATTR and t[1][:2] == [F.E_NAME, "self"] and t[2] == name for t in given[0]
                )
    return found


def _is_misread(linked: Linked, cls: Class, name: str, value: VS) -> bool:
    """Whether everybody who reads an attribute of a class uses it as no coroutine can be used, and somebody does."""
    if any(base not in _PLAIN_BASES for base in attributes.library_bases(linked.evaluator, cls)):
        return False
    own = [fn for fn in cls.module.functions if fn.owner is cls]
    others = [fn for module in linked.program for fn in module.functions if fn.owner is not cls]
    read = False
    for scope in (*own, *others, *linked.program):
        body = body_of(scope)
        if not takes_attribute(body, name):
            continue
        everything = list(uses(body))
        called = {id(e[1]) for e, _ in everything if e[0] == F.E_CALL}  # that raises, or is a method of another class
        for e, (how, detail) in everything:
            if e[0] != F.E_ATTR or e[2] != name or id(e) in called or (how == "value" and _is_target(body, e)):
                continue
            if how not in ("operand", "attribute", "iterate") or (how == "iterate" and detail):
                return False
            if how == "attribute" and _is_of_awaitables(detail, value):
                return False
            read = True
    return read


def _is_target(body: list[Any], e: Any) -> bool:
    """Whether an expression is what an assignment gives a value."""
    return any(
        any(target is e for target in given[0]) for stmt in statements(body) if (given := assignment(stmt)) is not None
    )


def _returned(linked: Linked) -> Iterator[tuple[Frame, Mark, str]]:
    """Coroutines and futures that coroutine functions return, where somebody awaits once and uses what comes as the result."""
    made: dict[Fn, list[tuple[Frame, Mark]]] = {}
    for scope, marks in notes(linked).of_kind("coroutine", "future"):
        if not isinstance(scope, Fn) or not scope.is_async or scope.head.is_generator or not _keeps(scope):
            continue
        by_node = {id(mark[1].node): (frame, mark) for frame, mark in marks if not is_unclear(linked, mark[2])}
        returned = [
            s[1]
            for s in statements(body_of(scope))
            if s[0] == F.S_RETURN and s[1] is not None and s[1][:2] != [F.E_CONST, None]
        ]
        given = [call for e in returned for call in _calls_returned(scope, e)]
        dropped = [found for call in given if (found := by_node.get(id(call))) is not None]
        # A branch that nothing enters has no marks; what it calls is told by its words.
        same = {text(mark[1].node) for _, mark in dropped}
        if dropped and all(id(call) in by_node or (call[0] == F.E_CALL and text(call) in same) for call in given):
            made[scope] = dropped
    if made:
        users = _users(linked, made)
        yield from ((*each, users[fn]) for fn, found in made.items() if fn in users for each in found)


def _calls_returned(fn: Fn, e: Any) -> list[Any]:
    """What a ``return`` gives: its expression, or the calls of which the result was put into the local variable that it names.

    The expression itself where the variable may hold anything else, or somebody else may have awaited what is in it.
    """
    body = body_of(fn)
    if e[0] != F.E_NAME or shares(fn, e[1]) or is_declared(body, e[1]) or is_bound_otherwise(body, e[1]):
        return [e]
    name = e[1]
    calls: list[Any] = []
    allowed = _behind_class(body, name)
    for stmt in statements(body):
        given = assignment(stmt)
        if given is not None and any(mentions(target, name) for target in given[0]):
            if given[1][0] == F.E_CALL:
                calls.append(given[1])
            elif given[1][:2] != [F.E_CONST, None]:
                return [e]
            allowed.update(map(id, given[0]))
    is_only_returned = all(
        how in ("return", "test") or id(other) in allowed
        for other, (how, _) in uses(body)
        if other[:2] == [F.E_NAME, name]
    )
    return calls if calls and is_only_returned else [e]


def _asks_class(test: Any) -> bool:
    """``isinstance(x, Model)``, of a class that is not called like one of what can be awaited."""
    return bool(
        test[0] == F.E_CALL
        and test[1][:2] == [F.E_NAME, "isinstance"]
        and len(test[2]) == 2
        and test[2][1][0] in (F.E_NAME, F.E_ATTR)
        and not text(test[2][1]).endswith(_AWAITED)
    )


def _behind_class(body: list[Any], name: str) -> set[int]:
    """Uses of a name in ``if isinstance(name, Model)`` and below it, where it is no coroutine."""
    return {
        id(e)
        for stmt in statements(body)
        for test, block in (stmt[1] if stmt[0] == F.S_IF else ())
        if _asks_class(test) and test[2][0][:2] == [F.E_NAME, name]
        for e in (test[2][0], *(e for e, _ in uses(block)))
    }


def _users(linked: Linked, made: Container[Fn]) -> dict[Fn, str]:
    """Which of some functions somebody awaits once only, and who does."""
    users: dict[Fn, str] = {}
    for frame in linked.evaluator.frames:
        targets: dict[int, set[Fn | None]] = {}
        for event in frame.events:
            if event.target is not None:
                targets.setdefault(id(event.node), set()).add(event.target.fn)
        wanted = {node: fns for node, fns in targets.items() if all(fn is not None and fn in made for fn in fns)}
        if wanted and frame.fn is not None:
            for node in _used_after_one_await(linked, frame, frame.fn, wanted):
                users.update((fn, frame.name) for fn in wanted[node] if fn is not None and fn not in users)
    return users


def _used_after_one_await(linked: Linked, frame: Frame, fn: Fn, calls: Container[int]) -> Iterator[int]:
    body = body_of(fn)
    is_handler = answers(linked, fn, frame)
    everything = list(uses(body))
    indexed = {id(e[1]) for e, _ in everything if e[0] == F.E_SUB}
    for e, use in everything:
        if e[0] != F.E_AWAIT or id(e[1]) not in calls:
            continue
        if use[0] == "assign":
            name = str(use[1])
            if shares(fn, name) or is_declared(body, name):
                continue
            after = [pair for pair in reached(body, name, e[1][4]) if pair[0][:2] == [F.E_NAME, name]]
            told = [pair for pair in after if pair[1][0] != "test"]
            if not told or not all(is_answer(other, how, indexed) for other, how in told):
                continue
        elif not is_answer(e, use, indexed) and not (is_handler and use[0] == "return"):
            continue
        yield id(e[1])


def _is_result(e: Any, use: Use, indexed: set[int]) -> bool:
    """Whether an expression is used as no future can be: an item of it is taken, or a plain loop goes over it."""
    return use == ("iterate", False) or (use[0] == "operand" and id(e) in indexed)


def is_answer(e: Any, use: Use, indexed: set[int]) -> bool:
    """Whether an expression is used as neither a coroutine nor a future can be: also for an attribute that they do not have."""
    how, name = use
    if how != "attribute":
        return _is_result(e, use, indexed)
    return not (name in _FINISHING or name in _OF_FUTURES or name in _OF_TASKS or str(name).startswith(_INSPECTING))


def _dropped_by_loop(linked: Linked, meta: RuleMeta, frame: Frame, mark: Mark) -> Finding | None:
    name, site = _made(mark[3], mark[1].node), mark[1]
    by, advice = (
        "the event loop",
        f"that starts a task: `lambda: keep(asyncio.create_task({name.rpartition('.')[2]}()))`",
    )
    if mark[4] == "never":
        by, advice = f"`{text(site.node)}`", "that hands the coroutine to an event loop"
    message = f"{by} calls `{name}` as a callback and drops the coroutine that it gives, so nothing of it runs"
    return mistake(meta, linked, frame, at_site(mark, name), message, help=f"pass a plain function {advice}")


def _generators(linked: Linked) -> Iterator[tuple[Frame, Mark, Use]]:
    """Calls that make an asynchronous generator of the project, each with what becomes of it."""
    for scope, marks in notes(linked).of_kind("async-generator"):
        by_node = {id(mark[1].node): (frame, mark) for frame, mark in marks if not is_mixed(mark[2])}
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


def lost(linked: Linked, meta: RuleMeta, frame: Frame, mark: Mark, why: str) -> Finding | None:
    """The finding that a coroutine made at a mark's place is lost, and why."""
    site, value = mark[1], mark[2]
    made = _made(value, site.node)
    words = text(site.node) + ("" if site.node[0] == F.E_ATTR else "(...)")
    shown = f"`{words}`" if text(site.node) else "a coroutine"
    return mistake(
        meta, linked, frame, at_site(mark, made), f"the coroutine of {shown} {why}",
        probable=may_be_older(linked, frame, site.node, value),
        help=f"write `await {words}`" if frame.is_async else "call it where it can be awaited, or hand it to the event loop",
    )  # fmt: skip


def _made(value: VS, node: Any) -> str:
    """What a coroutine is of, where that says more than the words of the call."""
    names = {v.a.name for v in value if v.k in (CORO, GEN)}
    return names.pop() if len(names) == 1 else text(node)


def _coroutines(linked: Linked) -> Iterator[tuple[Scope, Frame, Mark, Use]]:
    """Calls that make a coroutine, each with what becomes of it."""
    plain = linked.frameworks.plain_methods(linked.evaluator)
    for scope, marks in notes(linked).of_kind("coroutine"):
        by_node = {id(mark[1].node): (frame, mark) for frame, mark in marks if not is_unclear(linked, mark[2])}
        if not by_node:
            continue
        for e, use in uses(body_of(scope)):
            found = by_node.get(id(e))
            if found is None or use[0] == "await" or _is_declared_plain(linked, scope, found[1]):
                continue
            if begins(linked, *found, use) or _is_handed_back(linked, *found) or _is_put_over_plain(linked, *found):
                continue
            if _is_told_apart(scope, e):
                continue
            if callee_name(e) not in plain or any(v.k == CORO for v in found[1][2]):
                yield scope, *found, use


def _is_told_apart(scope: Scope, e: Any) -> bool:
    """Whether a function asks of what class the item is that is called, which nobody keeps: ``isinstance(row[1], ref) and row[1]() is None``."""
    if e[0] != F.E_CALL or e[1][0] != F.E_SUB:
        return False
    return any(
        asked[0] == F.E_CALL
        and asked[1][:2] == [F.E_NAME, "isinstance"]
        and len(asked[2]) == 2
        and asked[2][0][0] == F.E_SUB
        and text(asked[2][0]) == text(e[1])
        for asked, _ in uses(body_of(scope))
    )


def _is_put_over_plain(linked: Linked, frame: Frame, mark: Mark) -> bool:
    """Whether a method that gives the coroutine is a wrapper that awaits what it wraps, and the class itself has a plain one of the name.

    What puts wrappers on classes in a loop over their methods leaves the plain ones as they are, by whatever it asks of them.
    """
    node = mark[1].node
    if node[0] != F.E_CALL or node[1][0] != F.E_ATTR:
        return False
    wrappers = [v.a for v in mark[2] if v.k == CORO and v.a.fn is not None and _awaits_what_it_wraps(v.a.fn)]
    return any(
        (fn := cls.own_methods().get(node[1][2])) is not None and not fn.is_async and fn is not frame.fn
        for wrapper in wrappers
        for cls in _classes_around(linked.evaluator, wrapper)
    )


def _classes_around(ev: Evaluator, frame: Frame) -> list[Class]:
    """The classes of the object that a method is for, which it or the scopes around it are handed first, with their bases."""
    found: list[Class] = [frame.self_value.a] if frame.self_value is not None and frame.self_value.k == INST else []
    around = frame.closure
    while around is not None and around.fn is not None:
        found += [v.a for value in list(around.params.values())[:1] for v in value if v.k == INST]
        around = around.closure
    return [base for cls in found for base in attributes.mro(ev, cls) if isinstance(base, Class)]


def _awaits_what_it_wraps(fn: Fn) -> bool:
    """Whether a coroutine function awaits what a parameter of a function around it gives: ``return await function(self, *args)``."""
    around: set[str] = set()
    outer = fn.parent
    while outer is not None:
        around.update(p[0] for p in outer.body["params"])
        outer = outer.parent
    return bool(around) and any(
        e[0] == F.E_AWAIT and e[1][0] == F.E_CALL and e[1][1][0] == F.E_NAME and e[1][1][1] in around
        for e in callers.parts([body_of(fn)])
    )


def _spoiled(linked: Linked, scope: Scope, frame: Frame, mark: Mark, use: Use) -> str:
    """Why a coroutine that code keeps or uses is never awaited; empty when it may be."""
    how, detail = use
    value: VS = mark[2]
    if how in ("test", "compare"):
        return SPOILING[how]
    if how == "assign":
        if not isinstance(scope, Fn):
            return ""
        if _is_assigned_as_data(linked, scope, frame, mark[1].node, value):
            return f"is put into `{detail}`, which is declared as something else"
        if all(v.k == CORO for v in value) and _is_left_behind(scope, str(detail), mark[1].node):
            return f"is put into `{detail}` and forgotten where the function is left before it is awaited"
        return _unused(linked, scope, frame, str(detail), mark, answers(linked, scope, frame))
    if how == "attribute":
        is_own = _is_of_awaitables(detail, value) and not _is_awaited_method(body_of(scope), mark[1].node, value)
        return "" if is_own else SPOILING[how]
    if how in ("iterate", "enter"):
        is_own = all(v.k == CORO for v in value) and any(_gives_result(v) for v in value)
        return "" if detail and not is_own else SPOILING[how]
    if how == "operand":
        return SPOILING[how]
    if how == "argument":
        if _shows(detail) and _is_builtin(frame, detail[1][1]):
            return SPOILING["operand"]
        return _misused(linked, frame, detail, mark[1].node, value)
    if how == "within":
        return within_data(linked, frame, detail)
    if how in ("return", "part") and isinstance(scope, Fn) and answers(linked, scope, frame):
        return ANSWERED
    return _contradicted(linked, scope, value) if how == "return" and isinstance(scope, Fn) else ""


def _gives_result(v: V) -> bool:
    """Whether a coroutine is of a function that does something: a mere placeholder stands for what others implement otherwise."""
    fn = v.a.fn if v.k == CORO else None
    return fn is not None and not is_placeholder(fn)


def is_placeholder(fn: Fn) -> bool:
    """Whether a function is there to be overridden: it does nothing, and gives nothing but a constant."""
    for stmt in statements(body_of(fn)):
        is_word = stmt[0] == F.S_EXPR and stmt[1][0] in (F.E_CONST, F.E_OPAQUE)
        is_answer = stmt[0] == F.S_RETURN and (stmt[1] is None or stmt[1][0] == F.E_CONST)
        if not (is_word or is_answer or stmt[0] in (F.S_PASS, F.S_RAISE)):
            return False
    return True


def _is_left_behind(fn: Fn, name: str, call: Any) -> bool:
    """Whether a branch leaves the function between where a coroutine is put into a variable and where somebody first looks at that."""
    body = body_of(fn)
    if shares(fn, name) or is_declared(body, name):
        return False
    if any(stmt[0] == F.S_TRY and mentions([*(h[2] for h in stmt[2]), stmt[4]], name) for stmt in statements(body)):
        return False  # who tidies up may close it
    return _leaves_without(body, name, call) is True


def _leaves_without(body: list[Any], name: str, call: Any) -> bool | None:
    """Whether the block that assigns a call is left so; None where none of these statements assigns it."""
    for index, stmt in enumerate(body):
        given = assignment(stmt)
        if given is not None and given[1] is call:
            for following in body[index + 1 :]:
                if following[0] == F.S_IF and not any(mentions(test, name) for test, _ in following[1]):
                    branches = [branch for _, branch in following[1]]
                    if any(_leaves(branch) and not mentions(branch, name) for branch in branches):
                        return True
                if mentions(following, name):
                    return False
            return False
        for inner in blocks(stmt):
            found = _leaves_without(inner, name, call)
            if found is not None:
                return found
    return None


def _leaves(branch: list[Any]) -> bool:
    return bool(branch) and branch[-1][0] in (F.S_RETURN, F.S_RAISE)


def _is_assigned_as_data(linked: Linked, fn: Fn, frame: Frame, call: Any, value: VS) -> bool:
    """``name: str = load()`` where all that comes after takes it for what it is declared as."""
    annotation = next((stmt[2] for stmt in statements(body_of(fn)) if stmt[0] == F.S_ANN and stmt[3] is call), None)
    return annotation is not None and all(v.k == CORO for v in value) and _is_declared_data(linked, annotation, frame)


def _contradicted(linked: Linked, fn: Fn, value: VS) -> str:
    """Why a coroutine function must not return a coroutine: it is its own, or the function is declared to give something else."""
    if not fn.is_async or fn.head.is_generator or not _keeps(fn) or not all(v.k == CORO for v in value):
        return ""
    if all(v.a.fn is fn for v in value):
        return "is returned without being awaited, by the function itself"
    if all(v.a.fn is not None and v.a.fn.name == fn.name and _is_continued(linked, fn, v.a.fn) for v in value):
        return "is returned without being awaited, by the method that overrides it"
    annotation = fn.body["returns"]
    if annotation is None:
        return ""
    scope = linked.evaluator.definition_frame(fn, linked.evaluator.generic_frame(fn))
    declared = hints.of(linked.evaluator, annotation, scope)
    some = without_none(declared)
    return _UNAWAITED if declared and all(_is_data(linked, d) for d in some) else ""


def _is_continued(linked: Linked, fn: Fn, base: Fn) -> bool:
    """Whether a method overrides another one: whoever awaits it once has what awaiting the other one gives."""
    if fn.owner is None or base.owner is None or fn.owner is base.owner:
        return False
    return base.owner in attributes.mro(linked.evaluator, fn.owner)


def _keeps(fn: Fn) -> bool:
    """Whether nobody else's decorator stands around a function, which might await once more."""
    return all(
        (callee_name(d) or (d[1] if d[0] == F.E_NAME else d[2] if d[0] == F.E_ATTR else "")) in _KEEPING
        for d in fn.body["decorators"]
    )


def _is_of_awaitables(attribute: Any, value: VS) -> bool:
    """Whether an attribute is one that coroutines and other awaitables have themselves."""
    if attribute in _FINISHING or str(attribute).startswith(_INSPECTING):
        return True
    return attribute in _OF_FUTURES and not all(v.k == CORO for v in value)


def _is_awaited_method(body: list[Any], receiver: Any, value: VS) -> bool:
    """Whether an expression stands in ``await receiver.close()``: the methods of a coroutine itself give nothing to await.

    What a library's call gives may be an object that can be awaited and closed; nobody awaits what sending into it gives.
    """
    return any(
        e[0] == F.E_AWAIT
        and e[1][0] == F.E_CALL
        and e[1][1][0] == F.E_ATTR
        and e[1][1][1] is receiver
        and (all(v.k == CORO for v in value) or (e[1][1][2] in _DRIVEN and all(v.k in _COROUTINES for v in value)))
        for e, _ in uses(body)
    )


def answers(linked: Linked, fn: Fn, frame: Frame) -> bool:
    """Whether a function's result is an answer that the framework makes a response of, and does not await."""
    if fn.is_lambda:
        return False
    entries = [entry for entry in linked.entries if entry.fn is fn]
    # A plain wrapper that the framework calls on the loop stands for a coroutine function: what it returns is awaited.
    awaited = not fn.is_async and any(entry.runs == "loop" for entry in entries)
    return (
        bool(entries) and not awaited and {e.kind for e in entries} <= _ANSWERING and not is_opaque(linked, fn, frame)
    )


def _looks_at(call: Any) -> bool:
    """Whether a call asks what something is, or runs it: code behind it may know that this is a coroutine."""
    return callee_name(call) in _DRIVING or callee_name(call) in ("isinstance", "hasattr", "type", "callable")


def _shows(call: Any) -> bool:
    """Whether a call is one of those builtins that use a value and await nothing."""
    return bool(call[1][0] == F.E_NAME and call[1][1] in _SHOWING)


def _is_builtin(frame: Frame, name: str) -> bool:
    return name not in frame.vars and name not in frame.module.bindings


def _unused(linked: Linked, scope: Fn, frame: Frame, name: str, mark: Mark, is_answer: bool) -> str:
    """Why a coroutine in a local variable is never awaited; empty when it may be awaited or handed on.

    Args:
        linked: the project.
        scope: the function.
        frame: a reading of it.
        name: the variable.
        mark: the call that makes the coroutine.
        is_answer: whether what the function returns becomes a response.
    """
    body = body_of(scope)
    value: VS = mark[2]
    bound = sum(use == ("assign", name) for _, use in uses(body))
    one_of_several = bound > 1 or is_bound_otherwise(body, name)
    is_only = bound == 1 or not (is_bound_otherwise(body, name) or _is_bound_to_more(body, name))
    spoiling = ""
    handed_back = False
    handed_on = False
    is_certain = False
    used_whatever = False
    elsewhere = _of_others(linked, frame, body, name)
    for e, use in reached(body, name, mark[1].pos) if one_of_several else uses(body):
        if e[0] != F.E_NAME or e[1] != name or id(e) in elsewhere:
            continue
        how = use[0]
        if how == "statement":
            continue
        if how in ("return", "part"):
            handed_back = handed_back or not is_answer
            spoiling = spoiling or (ANSWERED if is_answer else "")
            continue
        why = misuse(linked, frame, body, e, use, value)
        if why:
            spoiling = why
            is_sure = how == "attribute" or (how == "argument" and takes_data(linked, frame, use[1], e))
            is_certain = is_certain or is_sure or how == "operand" or why == SPOILING["attribute"]
            used_whatever = used_whatever or (is_sure and _is_used_whatever(body, e))
        elif how == "argument" and is_only and not _looks_at(use[1]):
            handed_on = True
        else:
            return ""
    if is_declared(body, name):
        return ""
    if shares(scope, name):
        is_kept = bound == 1 and not (one_of_several or handed_on or handed_back) and all(v.k == CORO for v in value)
        return _used_inside(linked, frame, scope, name, value) if is_kept else ""
    if handed_on:  # whoever gets it may await it, but it never becomes its result
        return spoiling if is_certain and all(v.k == CORO for v in value) else ""
    if handed_back:  # whoever gets it may await it, unless it was used as the result before
        if used_whatever or one_of_several or spoiling == SPOILING["attribute"]:
            return "" if one_of_several and not used_whatever else spoiling
        is_direct = any(
            (given := assignment(stmt)) is not None and given[1] is mark[1].node for stmt in statements(body)
        )
        if not is_direct or not all(v.k == CORO for v in value):
            return ""
        return spoiling if spoiling == SPOILING["test"] else _contradicted(linked, scope, value)
    return spoiling or f"is put into `{name}` and never awaited"


def _used_inside(linked: Linked, frame: Frame, fn: Fn, name: str, value: VS) -> str:
    """Why no function inside another does what can be done with the coroutine in a variable of the outer one; empty where one may."""
    why = ""
    for inner in inner_functions(fn):
        body = body_of(inner)
        if any(param[0] == name for param in inner.body["params"]) or not mentions(body, name):
            continue
        if is_declared(body, name) or is_bound_otherwise(body, name):
            return ""
        for e, use in uses(body):
            if use == ("assign", name):
                return ""
            if e[:2] != [F.E_NAME, name]:
                continue
            why = misuse(linked, frame, body, e, use, value) if use[0] in ("attribute", "operand") else ""
            if not why:
                return ""
    return why


def _is_used_whatever(body: list[Any], e: Any) -> bool:
    """Whether a use of a name stands behind no other conditions than such on the name itself."""
    return all(
        block[index][0] != F.S_MATCH
        and (block[index][0] != F.S_IF or all(mentions(test, e[1]) for test, _ in block[index][1]))
        for block, index in path_to(body, e[2])[:-1]
    )


def misuse(linked: Linked, frame: Frame, body: list[Any], e: Any, use: Use, value: VS) -> str:
    """Why what becomes of an expression that stands for a coroutine is nothing that can be done with one; empty where it may be."""
    how, detail = use
    if how == "argument" and _sets_attribute_of(detail, e) and _is_builtin(frame, "setattr"):
        return SPOILING["attribute"]
    if how == "argument":
        return SPOILING["operand"] if _shows(detail) else _misused(linked, frame, detail, e, value)
    if how == "within":
        return within_data(linked, frame, detail)
    if how not in SPOILING or (how in ("iterate", "enter") and detail):
        return ""
    if how == "attribute" and _is_of_awaitables(detail, value) and not _is_awaited_method(body, e, value):
        return ""
    return SPOILING[how]


def _sets_attribute_of(call: Any, e: Any) -> bool:
    """``setattr(thing, name, value)`` of an expression."""
    return bool(call[1][:2] == [F.E_NAME, "setattr"] and call[2] and call[2][0] is e)


def within_data(linked: Linked, frame: Frame, within: Any) -> str:
    """Why what stands in a container that a call is given is lost there; empty where the call may await it."""
    call, argument = within
    return _passed_to(call) if takes_data(linked, frame, call, argument) else ""


def _of_others(linked: Linked, frame: Frame, body: list[Any], name: str) -> set[int]:
    """Expressions with a name that run only where it stands for plain data: below ``if isinstance(name, str)``."""
    found: set[int] = set()
    for stmt in statements(body):
        for test, block in stmt[1] if stmt[0] == F.S_IF else ():
            asked = test[0] == F.E_CALL and test[1][:2] == [F.E_NAME, "isinstance"] and len(test[2]) == 2
            if asked and test[2][0][:2] == [F.E_NAME, name] and _misused(linked, frame, test, test[2][0], ()):
                found.update(id(e) for e, _ in uses(block))
    return found


def reached(body: list[Any], name: str, pos: int) -> Iterator[tuple[Any, Use]]:
    """The expressions that may come after an assignment to a name at a position, up to where the name surely has another value."""
    found: list[tuple[Any, Use]] = []
    _after(body, name, pos, found)
    yield from found


def _after(body: list[Any], name: str, pos: int, found: list[tuple[Any, Use]]) -> bool | None:
    """Gather what may come after a position; None when the position is not in these statements, True when nothing behind them is reached."""
    for index, stmt in enumerate(body):
        inner = [block for block in blocks(stmt) if any(holds(part, pos) for part in block)]
        if not inner:
            if not holds(stmt, pos):
                continue
            ends = False
            if stmt[0] in (F.S_FOR, F.S_WHILE, F.S_IF, F.S_WITH, F.S_TRY, F.S_MATCH):
                found += uses([stmt])
        elif stmt[0] in (F.S_FOR, F.S_WHILE):
            found += uses([stmt])  # what stands before it comes again
            ends = False
        elif stmt[0] == F.S_TRY:
            _after(inner[0], name, pos, found)
            if inner[0] is stmt[1]:
                for block in (*(handler[2] for handler in stmt[2]), stmt[3]):
                    found += uses(block)
            if inner[0] is not stmt[4]:
                found += uses(stmt[4])
            ends = False  # a handler may go on
        else:
            ends = bool(_after(inner[0], name, pos, found))
        return ends or _follows(body[index + 1 :], name, found)
    return None


def _follows(stmts: list[Any], name: str, found: list[tuple[Any, Use]]) -> bool:
    for stmt in stmts:
        found += uses([stmt])
        given = assignment(stmt)
        if stmt[0] in (F.S_RETURN, F.S_RAISE) or (
            given is not None and any(target[:2] == [F.E_NAME, name] for target in given[0])
        ):
            return True
    return False


def _misused(linked: Linked, frame: Frame, call: Any, argument: Any, value: VS) -> str:
    """Why what a call is given cannot be a coroutine: its parameter is declared as something else, or used as the result."""
    if call[1][:2] == [F.E_NAME, "isinstance"]:
        wanted = call[2][1:2]
        is_sure = (
            wanted
            and argument is call[2][0]
            and _is_builtin(frame, "isinstance")
            and _are_data(linked, frame, wanted[0])
        )
        return SPOILING["operand"] if is_sure else ""
    if any(a[0] == F.E_STAR for a in call[2]) or any(name is None for name, _ in call[3]):
        return ""
    if not takes_data(linked, frame, call, argument):
        targets = linked.evaluator.ev(call[1], frame)
        if not targets or not all(
            is_of_data(linked, v) or _cannot_take(linked, v, call, argument, value) for v in targets
        ):
            return ""
    return _passed_to(call)


def _passed_to(call: Any) -> str:
    return f"is passed to `{text(call[1]) or callee_name(call)}`, which uses it as the result"


def _are_data(linked: Linked, frame: Frame, classes: Any) -> bool:
    """Whether an expression names classes no object of which can be awaited."""
    if classes[0] == F.E_SEQ:
        return bool(classes[2]) and all(_are_data(linked, frame, each) for each in classes[2])
    found = linked.evaluator.ev(classes, frame)
    return bool(found) and all(
        (v.k == EXT and v.a in _PLAIN_DATA)
        or (v.k == CLASS and _is_data(linked, linked.evaluator.values.make(INST, v.a)))
        for v in found
    )


def _is_data(linked: Linked, v: V) -> bool:
    """Whether what an annotation allows surely is no coroutine."""
    if v.k == INST:
        ev = linked.evaluator
        return (
            not attributes.is_protocol(v.a)
            and attributes.class_attribute(ev, v.a, "__await__") is None
            and not any(base.endswith(_AWAITED) for base in attributes.library_bases(ev, v.a))
        )
    return (v.k == EXTINST and v.a in _PLAIN_DATA) or v.k == DICT or (v.k == SEQ and v.a in ("list", "tuple", "set"))


def _cannot_take(linked: Linked, v: V, call: Any, argument: Any, value: VS) -> bool:
    """Whether a function of the project uses a parameter as something that is no coroutine."""
    if v.k == CLASS:
        return _is_field_of_data(linked, v.a, call, argument)
    method = v.k == BOUND
    func = v.b if method else v
    if func.k != FUNC or func.a.is_lambda:
        return False
    fn: Fn = func.a
    if not _keeps(fn):
        return False
    found = parameter_for(fn, call, argument, method)
    if found is None:
        return False
    name, annotation = found
    inside = [use for e, use in uses(fn.body["body"]) if e[:2] == [F.E_NAME, name]]
    driven = any(how == "await" or (how == "argument" and callee_name(detail) in _DRIVING) for how, detail in inside)
    if driven or shares(fn, name):
        return False
    if annotation is not None:
        scope = linked.evaluator.definition_frame(fn, linked.evaluator.generic_frame(fn))
        return _is_declared_data(linked, annotation, scope)
    how_used = [
        how in SPOILING
        and not (how in ("iterate", "enter") and detail)
        and not (how == "attribute" and _is_of_awaitables(detail, value))
        for how, detail in inside
    ]
    return bool(how_used) and all(how_used)


def _is_field_of_data(linked: Linked, cls: Class, call: Any, argument: Any) -> bool:
    """Whether a class whose fields are its constructor's keywords declares the one that takes an argument as something else."""
    keyword = next((name for name, given in call[3] if given is argument), None)
    ev = linked.evaluator
    if keyword is None or attributes.class_attribute(ev, cls, "__init__") is not None:
        return False
    for each in attributes.mro(ev, cls):
        for stmt in () if isinstance(each, str) else statements(body_of(each)):
            if stmt[0] == F.S_ANN and stmt[1][:2] == [F.E_NAME, keyword]:
                return _is_declared_data(linked, stmt[2], names.class_frame(ev, each))
    return False


def _is_declared_data(linked: Linked, annotation: Any, scope: Frame) -> bool:
    """Whether an annotation allows nothing that can be awaited."""
    declared = without_none(hints.of(linked.evaluator, annotation, scope))
    return bool(declared) and all(_is_data(linked, d) for d in declared)


def parameter_for(fn: Fn, call: Any, argument: Any, method: bool) -> tuple[str, Any] | None:
    """The parameter that takes an argument, with its annotation."""
    params = fn.body["params"]
    keyword = next((name for name, given in call[3] if given is argument), None)
    if keyword is not None:
        return next(((p[0], p[2]) for p in params if p[0] == keyword and p[1] in ("a", "k")), None)
    positional = [p for p in params if p[1] in ("/", "a")][1 if method else 0 :]
    position = next((index for index, given in enumerate(call[2]) if given is argument), len(positional))
    return (positional[position][0], positional[position][2]) if position < len(positional) else None


def is_declared(body: list[Any], name: str) -> bool:
    """``global name`` or ``nonlocal name``."""
    return any((stmt[0] == F.S_GLOBAL and name in stmt[1]) or (stmt[0] == F.S_CLASS) for stmt in statements(body))


def _is_bound_to_more(body: list[Any], name: str) -> bool:
    """Whether more than one assignment gives a name something else than None."""
    given = 0
    for stmt in statements(body):
        targets, value = assignment(stmt) or ([], None)
        if value is not None and any(target[:2] == [F.E_NAME, name] for target in targets):
            given += value[:2] != [F.E_CONST, None]
    return given > 1


def is_bound_otherwise(body: list[Any], name: str) -> bool:
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


def _is_declared_plain(linked: Linked, scope: Scope, mark: Mark) -> bool:
    """Whether a library's method is called on a parameter that is declared as of another class, whose method gives no coroutine.

    What some caller hands over against the declaration need not be for this function: it may be for another override of it.
    """
    node = mark[1].node
    if (
        not isinstance(scope, Fn)
        or any(v.k != AWAITABLE for v in mark[2])
        or node[0] != F.E_CALL
        or node[1][0] != F.E_ATTR
    ):
        return False
    holder = node[1][1]
    annotation = next((p[2] for p in scope.body["params"] if holder[0] == F.E_NAME and p[0] == holder[1]), None)
    if annotation is None:
        return False
    ev = linked.evaluator
    frame = ev.generic_frame(scope)
    ev.read(frame)
    declared = without_none(hints.of(ev, annotation, ev.definition_frame(scope, frame)))
    is_known = bool(declared) and all(v.k in (EXTINST, INST) for v in declared)
    if not is_known or any(other[1].node is node for other in frame.marks if other[0] == mark[0]):
        return False
    return not (all(v.k == EXTINST for v in declared) and _is_used_as_asynchronous(linked, scope, frame, holder[1]))


def _is_used_as_asynchronous(linked: Linked, scope: Fn, frame: Frame, name: str) -> bool:
    """Whether a function awaits, or enters with `async with`, what a parameter gives that gives nothing to await as it is declared."""
    body = body_of(scope)
    waited = [e for e, use in uses(body) if use[0] == "await"]
    waited += [item[0] for stmt in statements(body) if stmt[0] == F.S_WITH and stmt[3] for item in stmt[1]]
    return any(
        call[0] == F.E_CALL
        and call[1][0] == F.E_ATTR
        and call[1][1][:2] == [F.E_NAME, name]
        and not any(v.k in (CORO, AWAITABLE, UNKNOWN) for v in linked.evaluator.ev(call, frame))
        for call in waited
    )


def _is_handed_back(linked: Linked, frame: Frame, mark: Mark) -> bool:
    """Whether a plain function gives back what a library's method gave to its caller, and is declared to give no coroutine.

    Where that came from something that is declared otherwise, this function is not where the mistake is.
    """
    node = mark[1].node
    if node[0] != F.E_CALL or any(v.k != AWAITABLE for v in mark[2]):
        return False
    ev = linked.evaluator
    called = [v.b if v.k == BOUND else v for v in ev.ev(node[1], frame)]
    return bool(called) and all(v.k == FUNC and _gives_what_it_takes(linked, v.a) for v in called)


def _gives_what_it_takes(linked: Linked, fn: Fn) -> bool:
    """Whether a plain function gives back one of its parameters, and its annotation says that this is nothing to await."""
    returns = fn.body["returns"]
    params = {p[0] for p in fn.body["params"]}
    if (
        fn.is_async
        or returns is None
        or not any(e is not None and e[0] == F.E_NAME and e[1] in params for e in F.returned(fn.body["body"]))
    ):
        return False
    ev = linked.evaluator
    frame = ev.generic_frame(fn)
    declared = without_none(hints.of(ev, returns, ev.definition_frame(fn, frame)))
    return bool(declared) and all(v.k in (EXTINST, INST, DICT, SEQ) for v in declared)


# -- decorators


def is_asynchronous(v: V) -> bool:
    """Whether something to call is a coroutine function, or a method that is one."""
    func = v.b if v.k == BOUND else v
    return func.k == FUNC and bool(func.a.is_async)


def is_unclear(linked: Linked, value: VS) -> bool:
    """Whether some decorator that nobody can see through may await or schedule the coroutine by itself."""
    return is_mixed(value) or any(v.k == CORO and v.a.fn is not None and is_opaque(linked, v.a.fn, v.a) for v in value)


def is_mixed(value: VS) -> bool:
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


_HARMLESS: Final = (
    "abc.", "builtins.", "functools.", "typing.", "typing_extensions.", "contextlib.", "asyncio.coroutine", "types.coroutine", "warnings.deprecated",
    "tenacity.", "backoff.", "pytest.", "anyio.", "async_lru.", "aiocache.",
)  # fmt: skip


def _is_clear(linked: Linked, d: V) -> bool:
    if d.k in (FUNC, BOUND, CLASS, DECORATOR, WRAP, PARTIAL, STATIC):
        return True
    if d.k == EXT:
        return d.a.startswith(_HARMLESS) or linked.evaluator.catalogue.lookup(d.a) is not None
    return d.k != UNKNOWN and d.k != EXTMETH


__all__ = [
    "ANSWERED", "SPOILING", "Mark", "Module", "answers", "discarded", "forgotten", "is_answer", "is_asynchronous", "is_bound_otherwise",
    "is_declared", "is_mixed", "is_opaque", "is_unclear", "lost", "misuse", "parameter_for", "reached", "within_data",
]  # fmt: skip
