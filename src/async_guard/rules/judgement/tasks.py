"""The judgement behind AG303: tasks that nobody keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from async_guard.catalogue.load import Catalogue
from async_guard.link import callers
from async_guard.link.frames import CALL, CORO, Event, Frame
from async_guard.link.linked import Linked, text
from async_guard.link.program import Fn
from async_guard.link.values import CORO as COROUTINE
from async_guard.link.values import EXT, EXTINST, EXTMETH, UNKNOWN, VS, V
from async_guard.model import facts as F
from async_guard.model.catalogue import FunctionEntry
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import loop_in_worker
from async_guard.rules.judgement.coroutines import is_opaque
from async_guard.rules.judgement.mistakes import at_site, mistake, unique
from async_guard.rules.judgement.places import at
from async_guard.rules.judgement.scopes import Scope, body_of, notes
from async_guard.rules.judgement.syntax import assignment, blocks, callee_name, shares, statements, uses, walk, yields

_HELP: Final = "keep the task where it lives on (a set, an attribute, a TaskGroup) until it is done"
_ENDLESS: Final = frozenset(
    (
        "serve",
        "serve_forever",
        "run_forever",
        "wait",
        "wait_closed",
        "run_until_disconnected",
        "idle",
        "run_polling",
        "join",
    )
)
"""Awaited calls that last as long as the program: the local variable lives as long as they do."""
_RUNNING: Final = frozenset(("run_forever", "run_until_complete"))
"""Plain calls that last as long as the loop runs: what starts a task before keeps it in its variable until then."""
_PASSING: Final = frozenset(("add_done_callback", "set_name", "get_name"))
"""Methods of a task that keep no reference to it, whatever they get."""
_NAMING: Final = frozenset(("set_name", "get_name"))
_ASKING: Final = frozenset(("done", "cancelled"))
_TELLING: Final = frozenset(
    ("print", "str", "repr", "len", "debug", "info", "warning", "error", "critical", "exception")
)
"""Calls that tell of a task, or of how many there are, and keep no reference to it."""
_WRAPPING: Final = frozenset(("gather", "shield"))
"""Functions that start coroutines as tasks which only their own future knows."""
_STARTING: Final = frozenset(("create_task", "ensure_future"))
_CALLBACKS: Final = frozenset(
    ("call_soon", "call_soon_threadsafe", "call_later", "call_at", "add_signal_handler", "add_done_callback")
)
"""Methods of loops and futures that drop what the function they get returns."""
Dropped = tuple[Frame, Event, Frame, Any]
"""A call that drops a task: frame and event, and frame and mark of the place that starts it."""
_LOOKS_LIKE_LOOP: Final = ("loop", "_loop", "event_loop", "_event_loop")


def tasks_not_kept(linked: Linked, meta: RuleMeta) -> Iterator[Finding]:
    """Tasks whose only strong reference is the event loop's weak one."""
    return unique(_not_kept(linked, meta))


def _not_kept(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    for scope, marks in notes(linked).of_kind("makes-task"):
        by_node = {
            id(mark[1].node): (frame, mark)
            for frame, mark in marks
            if mark[1].on == "now" and _is_new(mark) and not _fails(linked, frame, mark)
        }
        yield from _judged(linked, meta, scope, by_node)
    yield from _gathered(linked, meta)
    yield from _called_back(linked, meta)
    yield from _handed_back(linked, meta)
    yield from _guessed(linked, meta)


def _fails(linked: Linked, frame: Frame, mark: Any) -> bool:
    """Whether a worker thread makes the call, which raises there: of that AG205 speaks."""
    return not frame.is_async and (frame.fn, mark[1].pos) in linked.once(loop_in_worker.Failing).places


def _gathered(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """``gather(...)`` or ``shield(...)`` as a statement: the coroutines start as tasks for which nobody waits."""
    for scope, marks in notes(linked).of_kind("future"):
        by_node = {id(mark[1].node): (frame, mark) for frame, mark in marks if callee_name(mark[1].node) in _WRAPPING}
        dropped: set[int] = set()
        for e, use in uses(body_of(scope)) if by_node else ():
            if use[0] == "statement" and callee_name(e) == "ensure_future" and len(e[2]) == 1:
                dropped.add(id(e[2][0]))  # what is a future already comes back as it is
            if (
                (use[0] == "statement" or id(e) in dropped)
                and id(e) in by_node
                and _starts_coroutines(linked, by_node[id(e)][0], e)
            ):
                frame, mark = by_node[id(e)]
                message = f"what `{callee_name(e)}` starts is kept and awaited by nobody: it may be collected before it is done"
                yield mistake(
                    meta, linked, frame, at_site(mark, text(e)), message, help=f"write `await {text(e)}(...)`"
                )


def _called_back(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """``loop.call_soon_threadsafe(asyncio.create_task, work())``: the loop starts the task and drops it."""
    for frame in linked.evaluator.frames:
        if frame.fn is None or not frame.module.facts.calls.keys() & _CALLBACKS:
            continue
        written = callers.sites(linked.program, frame.fn)
        for e in [e for name in written.keys() & _CALLBACKS for e in written[name] if e[1][0] == F.E_ATTR]:
            starter = next((a for a in e[2] if F.last_name(a) in _STARTING), None)
            if starter is None or not all(_starts_task(v) for v in linked.evaluator.ev(starter, frame)):
                continue
            message = f"the event loop calls `{text(starter)}` back and nobody keeps the task: it may be collected before it is done"
            help_ = "call back a function that starts the task and keeps it"
            yield mistake(meta, linked, frame, at(frame, e[4], e[5], e, text(starter)), message, help=help_)


def _starts_task(v: V) -> bool:
    """Whether something to call starts a task: a function of asyncio, or a method of what may be a loop."""
    if v.k == EXTMETH:
        return isinstance(v.a, V) and v.a.k == EXTINST and v.a.a.startswith(("asyncio.", "uvloop."))
    return v.k == UNKNOWN or (v.k == EXT and v.a.startswith("asyncio."))


def _starts_coroutines(linked: Linked, frame: Frame, call: Any) -> bool:
    """Whether an argument of a call surely is a coroutine, which becomes a task that only the call knows."""
    return any(
        _are_coroutines(linked.evaluator.ev(e, frame)) or _is_library_coroutine(linked, frame, e)
        for argument in call[2]
        for e in _each(argument)
    )


def _is_library_coroutine(linked: Linked, frame: Frame, e: Any) -> bool:
    """Whether an expression calls coroutine functions of libraries, nothing that gives a future which has begun already."""
    if e[0] != F.E_CALL:
        return False
    ev = linked.evaluator
    called = ev.ev(e[1], frame)
    return bool(called) and all(_is_coroutine_function(ev.catalogue, v) for v in called)


def _is_coroutine_function(catalogue: Catalogue, v: V) -> bool:
    if v.k == EXT:
        entry = catalogue.lookup(v.a)
        return isinstance(entry, FunctionEntry) and (entry.is_awaitable or _gives_coroutine(entry))
    if v.k != EXTMETH or v.a.k != EXTINST:
        return False
    found = catalogue.method(v.a.a, v.b)
    return found is not None and (found[1].is_awaitable or _gives_coroutine(found[1]))


def _gives_coroutine(entry: FunctionEntry) -> bool:
    return entry.returns is not None and entry.returns[0] == "awaitable" and not entry.runs


def _are_coroutines(value: VS) -> bool:
    return bool(value) and all(v.k == COROUTINE for v in value)


def _each(argument: Any) -> list[Any]:
    """The expressions of what an argument, starred or not, hands over."""
    if argument[0] != F.E_STAR:
        return [argument]
    items = argument[1]
    return [items[3]] if items[0] == F.E_COMP else list(items[2]) if items[0] == F.E_SEQ else []


def _judged(
    linked: Linked, meta: RuleMeta, scope: Scope, by_node: dict[int, tuple[Frame, Any]]
) -> Iterator[Finding | None]:
    chained: set[int] = set()
    named: set[int] = set()
    listed = _listed(scope) if by_node and isinstance(scope, Fn) else {}
    for e, use in uses(body_of(scope)) if by_node else ():
        how, detail = use
        if how == "statement" and callee_name(e) == "add_done_callback" and e[1][0] == F.E_ATTR:
            chained.add(id(e[1][1]))  # create_task(...).add_done_callback(...): a callback keeps no task
        elif e[0] == F.E_WALRUS:
            named.add(id(e[2]))
        found = by_node.get(id(e))
        if found is None or _takes_work_of_threads(e):
            continue
        frame, mark = found
        is_used_up = id(e) not in named and (how == "test" or (how == "attribute" and detail in _NAMING))
        if how == "statement" or id(e) in chained or is_used_up or (how == "return" and _is_callback(scope)):
            why = "and nobody keeps it"
        elif how == "argument" and isinstance(scope, Fn) and _is_put_away(scope, detail):
            why = f"and put into `{text(detail[1][1])}`, which nobody keeps or looks into"
        elif how == "assign" and isinstance(scope, Fn) and _is_forgotten(scope, str(detail), e):
            why = f"and put into `{detail}`, which nobody keeps or waits for"
        elif id(e) in listed and isinstance(scope, Fn) and _is_forgotten(scope, *listed[id(e)]):
            why = f"and put into `{listed[id(e)][0]}`, which nobody keeps or looks into"
        else:
            continue
        message = f"the task is started {why}: it may be collected before it is done"
        yield mistake(meta, linked, frame, at_site(mark, mark[3]), message, help=_HELP)


def _takes_work_of_threads(call: Any) -> bool:
    """``ensure_future(loop.run_in_executor(...))``: a future that the pool's thread keeps until its function is done, and no task."""
    first = call[2][0] if call[0] == F.E_CALL and call[2] else None
    return (
        first is not None
        and first[0] == F.E_CALL
        and first[1][0] == F.E_ATTR
        and callee_name(call) == "ensure_future"
        and callee_name(first) == "run_in_executor"
    )


def _listed(scope: Fn) -> dict[int, tuple[str, Any]]:
    """The elements of comprehensions and displays that are all of a local variable, with its name and the whole expression."""
    found: dict[int, tuple[str, Any]] = {}
    for stmt in statements(body_of(scope)):
        given = assignment(stmt)
        if given is None or len(given[0]) != 1 or given[0][0][0] != F.E_NAME:
            continue
        name, value = given[0][0][1], given[1]
        if value[0] == F.E_COMP and value[1] in ("list", "set"):
            found[id(value[3])] = (name, value)
        elif value[0] == F.E_SEQ:
            found.update((id(item), (name, value)) for item in value[2])
    return found


def _is_put_away(scope: Fn, call: Any) -> bool:
    """Whether a task goes into a local list or set into which things are only put (``tasks.append(create_task(...))``)."""
    if callee_name(call) not in ("append", "add") or call[1][0] != F.E_ATTR or call[1][1][0] != F.E_NAME:
        return False
    name = call[1][1][1]
    body = body_of(scope)
    made_here = [
        given[1]
        for stmt in statements(body)
        if (given := assignment(stmt)) and any(target[:2] == [F.E_NAME, name] for target in given[0])
    ]
    if len(made_here) != 1 or not _is_empty(made_here[0]) or shares(scope, name):
        return False
    if any(stmt[0] == F.S_GLOBAL and name in stmt[1] for stmt in statements(body)):
        return False
    if any(_lasts(stmt) for stmt in statements(body)):
        return False
    return all(
        use in (("attribute", "append"), ("attribute", "add"))
        or (use[0] == "argument" and callee_name(use[1]) in _TELLING)
        for e, use in uses(body)
        if e[0] == F.E_NAME and e[1] == name
    )


def _is_empty(e: Any) -> bool:
    """``[]``, ``list()`` or ``set()``."""
    if e[0] == F.E_SEQ:
        return not e[2]
    return bool(e[0] == F.E_CALL and e[1][0] == F.E_NAME and e[1][1] in ("list", "set") and not e[2] and not e[3])


def _is_callback(scope: Scope) -> bool:
    """Whether a lambda is what the event loop calls back, whose result it drops."""
    if not isinstance(scope, Fn) or not scope.is_lambda:
        return False
    return any(
        use[0] == "argument" and e == [F.E_LAMBDA, scope.index] and callee_name(use[1]) in _CALLBACKS
        for e, use in uses(body_of(scope.parent or scope.module))
    )


def _handed_back(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """Calls that drop the task which a function of the project started and only gave back."""
    starters = {fn: found for fn, found in _starters(linked) if not is_opaque(linked, fn, found[0])}
    if not starters:
        return
    calls: dict[Fn, dict[int, Dropped]] = {}
    for frame in linked.evaluator.frames:
        for event in frame.events:
            fn = event.target.fn if event.target is not None else None
            if frame.fn is not None and event.kind in (CALL, CORO) and fn in starters:
                others = [e for e in frame.events if e.node is event.node]
                if all(e.target is not None and e.target.fn in starters for e in others):
                    calls.setdefault(frame.fn, {})[id(event.node)] = (frame, event, *starters[fn])
    for caller, dropped in calls.items():
        for e, kind in _without_result(caller):
            if id(e) in dropped and dropped[id(e)][1].kind == kind:
                frame, event, home, mark = dropped[id(e)]
                message = f"`{text(e)}` starts a task and gives it back, and nobody keeps it: it may be collected before it is done"
                yield mistake(meta, linked, home, at_site(mark, mark[3]), message, way=((frame, event),), help=_HELP)


def _without_result(fn: Fn) -> Iterator[tuple[Any, str]]:
    """Calls whose result a statement throws away, or puts into a variable that nobody uses, with the kind of event: of plain functions,
    awaited ones of coroutine functions.
    """
    for stmt in statements(body_of(fn)):
        given = assignment(stmt)
        value = stmt[1] if stmt[0] == F.S_EXPR else None
        if given is not None and len(given[0]) == 1 and given[0][0][0] == F.E_NAME:
            value = given[1] if _is_forgotten(fn, str(given[0][0][1]), given[1]) else None
        if value is not None:
            yield (value[1], CORO) if value[0] == F.E_AWAIT else (value, CALL)


def _starters(linked: Linked) -> Iterator[tuple[Fn, tuple[Frame, Any]]]:
    """Functions that return the task they started and keep it nowhere, with the place that starts it."""
    for scope, marks in notes(linked).of_kind("makes-task"):
        if not isinstance(scope, Fn) or scope.head.is_generator or scope.is_lambda:
            continue
        by_node = {id(mark[1].node): (frame, mark) for frame, mark in marks if mark[1].on == "now" and _is_new(mark)}
        returned = [stmt[1] for stmt in statements(body_of(scope)) if stmt[0] == F.S_RETURN]
        found = [_started(scope, value, by_node) for value in returned if value is not None]
        if found and len(found) == len(returned) and all(found):
            yield scope, found[0]  # type: ignore[misc]


def _started(scope: Fn, value: Any, by_node: dict[int, tuple[Frame, Any]]) -> tuple[Frame, Any] | None:
    """The place that starts what a function returns, if nothing but the ``return`` gets the task."""
    if value[0] != F.E_NAME:
        return by_node.get(id(value))
    name, made = value[1], None
    for e, use in uses(body_of(scope)):
        if use == ("assign", name):
            if made is not None or id(e) not in by_node:
                return None
            made = by_node[id(e)]
        elif e[0] == F.E_NAME and e[1] == name and use[0] not in ("return", "statement") and not _is_passing(use):
            return None
    return made


def _is_passing(use: Any) -> bool:
    """Whether a use of a task keeps no reference to it: asking for its name, adding a callback, writing it into a log."""
    how, detail = use
    if how == "argument":
        return callee_name(detail) in _TELLING
    return bool(how == "operand" or (how == "attribute" and detail in _PASSING))


def _asked_once(body: list[Any], name: str) -> set[int]:
    """Where conditions outside of loops ask whether a task is done: nobody waits for it there."""
    out: set[int] = set()
    for stmt in body:
        if stmt[0] in (F.S_WHILE, F.S_FOR):
            continue
        for test, _ in stmt[1] if stmt[0] == F.S_IF else ():
            for e, _ in walk(test):
                if e[0] == F.E_CALL and e[1][0] == F.E_ATTR and e[1][2] in _ASKING and e[1][1][:2] == [F.E_NAME, name]:
                    out.add(id(e[1][1]))
        for inner in blocks(stmt):
            out |= _asked_once(inner, name)
    return out


def _is_new(mark: Any) -> bool:
    """Whether the call starts a task, and does not only pass on a future that exists already."""
    return not (len(mark) > 5 and mark[5] and all(v.k == EXTINST for v in mark[5]))


def _is_forgotten(scope: Fn, name: str, made: Any) -> bool:
    """Whether a local variable is never read, and does not live long by itself."""
    body = body_of(scope)
    behind = False
    for stmt in statements(body):
        if stmt[0] == F.S_GLOBAL and name in stmt[1]:
            return False
        if stmt[0] in (F.S_ASSIGN, F.S_ANN) and stmt[2 if stmt[0] == F.S_ASSIGN else 3] is made:
            behind = True
        elif behind and _lasts(stmt):
            return False
    asked = _asked_once(body, name)
    if any(e[0] == F.E_NAME and e[1] == name and not _is_passing(use) and id(e) not in asked for e, use in uses(body)):
        return False
    return not shares(scope, name)


def _lasts(stmt: Any) -> bool:
    """Whether a statement may keep its function alive as long as the program runs."""
    if stmt[0] == F.S_WHILE and stmt[1][0] == F.E_CONST and stmt[1][1]:
        return True
    if yields(stmt):
        return True
    return any(
        callee_name(e[1]) in _ENDLESS if e[0] == F.E_AWAIT else callee_name(e) in _RUNNING for e, _ in uses([stmt])
    )


def _guessed(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """``loop.create_task(...)`` on a receiver that nobody could type, but that is called a loop."""
    for frame in linked.on_loop:
        if not frame.unresolved or frame.fn is None:
            continue
        nodes = {id(node): (pos, end, node) for pos, end, node, _ in frame.unresolved if _is_loop_call(node)}
        if not nodes:
            continue
        for e, use in uses(body_of(frame.fn)):
            found = nodes.get(id(e))
            if found is not None and use[0] == "statement":
                message = "the task is started and nobody keeps it: it may be collected before it is done"
                yield mistake(meta, linked, frame, at(frame, *found), message, probable=True, help=_HELP)


def _is_loop_call(node: Any) -> bool:
    if not node or callee_name(node) != "create_task" or node[1][0] != F.E_ATTR:
        return False
    return text(node[1][1]).rpartition(".")[2] in _LOOKS_LIKE_LOOP


__all__ = ["tasks_not_kept"]
