"""The judgement behind AG402 and AG403: background tasks that no response will run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from async_guard.frameworks.fastapi import ENDS_DEPENDENCIES_EARLY
from async_guard.link import hints
from async_guard.link.entries import Entry
from async_guard.link.frames import Event, Frame, Site
from async_guard.link.linked import Linked, text
from async_guard.link.program import Fn
from async_guard.link.values import BOUND, CLASS, EXT, EXTINST, FUNC, INST, MARK, V
from async_guard.model import facts as F
from async_guard.rules.judgement import uses
from async_guard.rules.judgement.background import Task, tasks
from async_guard.rules.judgement.mistakes import Way
from async_guard.rules.judgement.scopes import handlers_of
from async_guard.rules.judgement.syntax import callee_name

_ADDING: Final = frozenset(("add_task",))
_HELPERS: Final = 3
"""Functions inside functions that tasks are followed into."""


@dataclass(frozen=True)
class Idle:
    """Background work that never runs: where, what is called there, and why."""

    frame: Frame
    pos: int
    end: int
    node: Any
    words: str
    why: str
    help: str


# -- AG402: nobody attached it


def unattached(linked: Linked) -> Iterator[Idle]:
    """Background work that belongs to no response."""
    found: dict[tuple[str, int], Idle] = {}
    for idle in (*_built_by_hand(linked), *_on_injected_response(linked), *_out_of_place(linked)):
        found.setdefault((idle.frame.module.path, idle.pos), idle)
    yield from found.values()


def _built_by_hand(linked: Linked) -> Iterator[Idle]:
    done: set[tuple[str, int]] = set()
    for frame in linked.evaluator.frames:
        for mark in frame.marks:
            if mark[0] != "background-made" or frame.fn is None or (frame.module.path, mark[1].pos) in done:
                continue
            site: Site = mark[1]
            done.add((frame.module.path, site.pos))
            if site.node[0] == F.E_CALL and goes_nowhere(linked, frame, frame.fn, site.node, site.pos):
                name = text(site.node[1])
                yield Idle(frame, site.pos, site.end, site.node, name, f"`{name}` is built here and attached to no response: its tasks never run",
                           "take `BackgroundTasks` as a parameter, or return a response with `background=...`")  # fmt: skip


def goes_nowhere(linked: Linked, frame: Frame, fn: Fn, node: Any, pos: int) -> bool:
    """Whether what is built at a place is dropped, or bound to a local name that is only added to, here or by helpers."""
    body = fn.body["body"]
    way = uses.path_to(body, pos)
    if not way:
        return False
    block, index = way[-1]
    stmt = block[index]
    if not frame.module.is_test and any(_is_lost_in(linked, frame, part, node) for part in uses.own_parts(stmt)):
        return True
    if stmt[0] == F.S_EXPR:
        return bool(bare(stmt[1]) == node) or (callee_name(stmt[1]) == "add_task" and bare(stmt[1][1][1]) == node)
    if stmt[0] not in (F.S_ASSIGN, F.S_ANN):
        return False
    value = stmt[2] if stmt[0] == F.S_ASSIGN else stmt[3]
    targets = stmt[1] if stmt[0] == F.S_ASSIGN else [stmt[1]]
    if value is None or bare(value) != node or len(targets) != 1 or targets[0][0] != F.E_NAME:
        return False
    name = targets[0][1]
    if is_shared(fn, name):
        return False
    others = [other for other in uses.statements(body) if other is not stmt]
    if any(p[0] == name for p in fn.body["params"]):
        # Injected tasks that a function's own ones replace whatever happens: what was done before is about the injected ones.
        if len(way) > 1 or any(_rebinds(other, name) for other in others):
            return False
        others = list(uses.statements(block[index + 1 :]))
    return is_only_added_to(linked, frame, others, name, 0)


def _is_lost_in(linked: Linked, frame: Frame, part: Any, node: Any) -> bool:
    """Whether a call gets the collection as an argument, of functions of the project that add to it and do nothing else with it."""
    for call in _calls(part):
        if any(argument is node for argument in _arguments(call)):
            return _helper_only_adds(linked, frame, call, node, 0) and _helper_adds(linked, frame, call, node, 0)
    return False


def _helper_adds(linked: Linked, frame: Frame, call: Any, given: Any, depth: int) -> bool:
    """Whether a function that a call hands a collection to adds a task to it, or hands it on to one that does."""
    for v in linked.evaluator.ev(call[1], frame):
        fn: Fn = v.b.a if v.k == BOUND else v.a
        param = passed_as(fn, call, given)
        scope = linked.evaluator.generic_frame(fn)
        for stmt in uses.statements(fn.body["body"]):
            for inner in _calls(list(uses.own_parts(stmt))):
                callee = inner[1]
                if callee[0] == F.E_ATTR and callee[2] in _ADDING and _is_name(callee[1], param):
                    return True
                is_handed_on = depth < _HELPERS and any(_is_name(a, param) for a in _arguments(inner))
                if is_handed_on and _helper_adds(linked, scope, inner, param, depth + 1):
                    return True
    return False


def bare(e: Any) -> Any:
    """An expression without an ``await`` in front of it."""
    return e[1] if e[0] == F.E_AWAIT else e


def is_only_added_to(linked: Linked, frame: Frame, stmts: Iterable[Any], name: str, depth: int) -> bool:
    """Whether statements use a name for ``name.add_task(...)`` only, or hand it to functions that do."""
    for stmt in stmts:
        if stmt[0] == F.S_GLOBAL and name in stmt[1]:
            return False
        for part in uses.own_parts(stmt):
            given = [call for call in _calls(part) if any(_is_name(a, name) for a in _arguments(call))]
            if not given:
                if uses.escapes(part, name, _ADDING):
                    return False
            elif not all(_helper_only_adds(linked, frame, call, name, depth) for call in given):
                return False
    return True


def _calls(part: Any) -> Iterator[Any]:
    if part.__class__ is list and part:
        if len(part) == 6 and part[0] == F.E_CALL:
            yield part
        for inner in part:
            yield from _calls(inner)


def _arguments(call: Any) -> list[Any]:
    return [*call[2], *(value for _, value in call[3])]


def _is_name(e: Any, name: str) -> bool:
    return bool(e[0] == F.E_NAME and e[1] == name)


def _helper_only_adds(linked: Linked, frame: Frame, call: Any, given: Any, depth: int) -> bool:
    """Whether a call hands a name, or an expression, to functions of the project that only add to it."""
    targets = [v.b if v.k == BOUND else v for v in linked.evaluator.ev(call[1], frame)]
    if depth >= _HELPERS or not targets or any(v.k != FUNC or v.a.head.is_generator for v in targets):
        return False
    for fn in (v.a for v in targets):
        param = passed_as(fn, call, given)
        if not param or is_shared(fn, param):
            return False
        scope = linked.evaluator.generic_frame(fn)
        if not is_only_added_to(linked, scope, uses.statements(fn.body["body"]), param, depth + 1):
            return False
    return True


def _is_given(e: Any, given: Any) -> bool:
    """Whether an argument is the name that is asked about, or the very expression."""
    return _is_name(e, given) if given.__class__ is str else e is given


def passed_as(fn: Fn, call: Any, given: Any) -> str:
    """The parameter that a call gives a name, or an expression, to; empty when it is not plain to see."""
    params = [p[0] for p in fn.body["params"] if p[1] in ("/", "a")]
    if params and params[0] in ("self", "cls"):
        params = params[1:]
    for index, e in enumerate(call[2]):
        if e[0] == F.E_STAR:
            return ""
        if _is_given(e, given):
            return str(params[index]) if index < len(params) else ""
    return next((str(keyword) for keyword, e in call[3] if keyword and _is_given(e, given)), "")


def is_shared(fn: Fn, name: str) -> bool:
    """Whether a function or class inside reads the name."""
    for inner in fn.module.functions:
        up: Fn | None = inner
        while up is not None and up is not fn:
            up = up.parent
        if up is fn and inner is not fn and uses.mentions(inner.body["body"], name):
            return True
    return any(cls.head.parent == fn.index for cls in fn.module.classes)


def _on_injected_response(linked: Linked) -> Iterator[Idle]:
    for entry in linked.entries:
        fn = entry.fn
        if entry.kind not in ("route", "dependency") or fn.is_lambda:
            continue
        for name, _kind, annotation, default in fn.body["params"]:
            if annotation is None or default is not None or not _is_response(linked, fn, entry.frame, annotation):
                continue
            body = fn.body["body"]
            if any(
                (s[0] == F.S_RETURN and s[1] is not None and uses.mentions(s[1], name)) or _rebinds(s, name)
                for s in uses.statements(body)
            ):
                continue
            for stmt in uses.statements(body):
                if stmt[0] == F.S_ASSIGN and len(stmt[1]) == 1:
                    target = stmt[1][0]
                    if (
                        target[0] == F.E_ATTR
                        and target[2] == "background"
                        and target[1][0] == F.E_NAME
                        and target[1][1] == name
                    ):
                        value = stmt[2]
                        if value[0] == F.E_CONST:
                            continue
                        at = (value[4], value[5]) if value[0] == F.E_CALL else (target[3], target[4])
                        words = text(value[1]) if value[0] == F.E_CALL else text(target)
                        yield Idle(entry.frame, *at, value, words, f"FastAPI ignores the `background` of the injected response: `{words}` never runs",
                                   "take `BackgroundTasks` as a parameter and add the task to it")  # fmt: skip


def _is_response(linked: Linked, fn: Fn, frame: Frame, annotation: Any) -> bool:
    declared = hints.of(linked.evaluator, annotation, linked.evaluator.definition_frame(fn, frame))
    names = {linked.frameworks.canonical(linked.evaluator.catalogue, v.a) for v in declared if v.k == EXTINST}
    return "starlette.responses.Response" in names


def _is_of_websockets(linked: Linked, fn: Fn, frame: Frame) -> bool:
    """Whether a function takes a websocket, which only the endpoint of one can be given."""
    scope = linked.evaluator.definition_frame(fn, frame)
    for _name, _kind, annotation, default in fn.body["params"]:
        declared = hints.of(linked.evaluator, annotation, scope) if annotation is not None and default is None else ()
        names = {linked.frameworks.canonical(linked.evaluator.catalogue, v.a) for v in declared if v.k == EXTINST}
        if names == {"starlette.websockets.WebSocket"}:
            return True
    return False


def _is_asked_by_websockets(askers: dict[Fn, set[Fn | None]], kinds: dict[Fn, set[str]], fn: Fn, seen: set[Fn]) -> bool:
    """Whether only endpoints of websockets ask for a dependency, be it through other dependencies."""
    seen.add(fn)
    asking = askers.get(fn, set()) - seen
    return bool(asking) and all(
        asker is not None
        and (
            kinds.get(asker) == {"websocket"}
            or (kinds.get(asker) == {"dependency"} and _is_asked_by_websockets(askers, kinds, asker, seen))
        )
        for asker in asking
    )


def _rebinds(stmt: Any, name: str) -> bool:
    if stmt[0] == F.S_ASSIGN:
        return any(t[0] == F.E_NAME and t[1] == name for t in stmt[1])
    return bool(stmt[0] == F.S_ANN and stmt[1][0] == F.E_NAME and stmt[1][1] == name)


def _out_of_place(linked: Linked) -> Iterator[Idle]:
    kinds: dict[Fn, set[str]] = {}
    askers: dict[Fn, set[Fn | None]] = {}
    for entry in linked.entries:
        kinds.setdefault(entry.fn, set()).add(entry.kind)
        askers.setdefault(entry.fn, set()).update(entry.askers)
    scoped = function_scoped(linked)
    for task in tasks(linked):
        fn = task.frame.fn
        if fn is None or not task.is_added or not task.is_injected or not _is_parameter(fn, task.holder):
            continue
        found = kinds.get(fn, set())
        words = f"{task.holder}.add_task"
        if found == {"websocket"}:
            yield Idle(task.frame, task.site.pos, task.site.end, task.site.node, words, f"`{words}` in a websocket endpoint: no response runs it",
                       "run it here, or as a task that something keeps")  # fmt: skip
        elif found == {"dependency"} and (
            _is_of_websockets(linked, fn, task.frame) or _is_asked_by_websockets(askers, kinds, fn, set())
        ):
            yield Idle(task.frame, task.site.pos, task.site.end, task.site.node, words,
                       f"`{words}` in a dependency of a websocket endpoint: no response runs it",
                       "run it here, or as a task that something keeps")  # fmt: skip
        elif found == {"dependency"} and fn.head.is_generator and fn not in scoped and not _runs_after_yield(linked):
            after = uses.yields(fn.body["body"])
            if after and task.site.pos > min(after):
                yield Idle(task.frame, task.site.pos, task.site.end, task.site.node, words, f"`{words}` after the `yield` comes too late",
                           "add the task before the `yield`, or do the work here")  # fmt: skip
    yield from _in_websocket_helpers(linked, kinds)


def _in_websocket_helpers(linked: Linked, kinds: dict[Fn, set[str]]) -> Iterator[Idle]:
    """Calls of helpers that add to the injected tasks of a websocket endpoint."""
    adders: dict[Fn, list[Task]] = {}
    for task in tasks(linked):
        fn = task.frame.fn
        if fn is not None and fn not in kinds and task.is_added and _is_parameter(fn, task.holder):
            adders.setdefault(fn, []).append(task)
    for frame in linked.holders if adders else ():
        if frame.fn is None or kinds.get(frame.fn) != {"websocket"}:
            continue
        for event in frame.events:
            target = event.target.fn if event.target is not None else None
            if target in adders and any(_handed(frame.fn, event, task) for task in adders[target]):
                words = text(event.node[1])
                yield Idle(frame, event.pos, event.end, event.node, words, f"`{words}` adds tasks in a websocket endpoint: no response runs them",
                           "run them here, or as tasks that something keeps")  # fmt: skip


def _is_parameter(fn: Fn, name: str) -> bool:
    return any(p[0] == name for p in fn.body["params"])


def _runs_after_yield(linked: Linked) -> bool:
    return linked.frameworks.does(ENDS_DEPENDENCIES_EARLY)


def dependencies(linked: Linked, entry: Entry) -> Iterator[tuple[str, V]]:
    """Parameters of an entry point with the marker that says what is passed to them."""
    ev = linked.evaluator
    fn = entry.fn
    scope = ev.definition_frame(fn, entry.frame)
    for name, _kind, annotation, default in fn.body["params"]:
        values: tuple[V, ...] = ()
        if annotation is not None:
            values = hints.of(ev, annotation, scope)
        if default is not None and default[0] == F.E_CALL:
            values += ev.ev(default, scope)
        for v in values:
            if v.k == MARK and v.a in linked.frameworks.markers:
                # `Depends()` without an argument is for the class that the annotation names.
                declared = tuple(ev.values.make(CLASS, d.a, None) for d in values if d.k == INST)
                yield name, v if v.b else ev.values.make(MARK, v.a, declared, v.c)
                break


def function_scoped(linked: Linked) -> set[Fn]:
    """Dependencies that end with the function they are for, before the response (``scope="function"``)."""
    out: set[Fn] = set()
    for entry in linked.entries:
        if entry.kind in ("route", "dependency", "websocket"):
            for _, mark in dependencies(linked, entry):
                if mark.c == "function":
                    out.update(
                        func.a for v in mark.b for func, _ in linked.frameworks.functions_of(linked.evaluator, v)
                    )
    return out


# -- AG403: the response has its own, or there is none


def lost(linked: Linked) -> Iterator[tuple[Task, Way, str]]:
    """Tasks added to the injected tasks on paths that all end without running them; with the calls that lead to a helper, and the reason."""
    handlers = handlers_of(linked)
    done: set[tuple[str, int, int]] = set()
    for task in tasks(linked):
        fn = task.frame.fn
        if fn is None or fn not in handlers or not task.is_added or not task.is_injected or task.key in done:
            continue
        if not _is_parameter(fn, task.holder) or any(
            _rebinds(s, task.holder) for s in uses.statements(fn.body["body"])
        ):
            continue
        done.add(task.key)
        body = fn.body["body"]
        way = uses.path_to(body, task.site.pos)
        if not way or way[-1][0][way[-1][1]][0] in (F.S_RETURN, F.S_RAISE):
            continue
        ends = Ends(linked, task.frame, task.holder, body, handlers[fn].kind == "route").after(way)
        if ends and None not in ends:
            yield task, (), min(str(e) for e in ends)
    yield from _lost_in_helpers(linked, handlers)


def _lost_in_helpers(linked: Linked, handlers: dict[Fn, Entry]) -> Iterator[tuple[Task, Way, str]]:
    """Tasks that a helper adds to the injected tasks of a handler that ends without running them."""
    adders: dict[Fn, list[Task]] = {}
    for task in tasks(linked):
        fn = task.frame.fn
        if fn is not None and fn not in handlers and task.is_added and _is_parameter(fn, task.holder):
            adders.setdefault(fn, []).append(task)
    done: set[tuple[tuple[str, int, int], str, int]] = set()
    for frame in linked.holders if adders else ():
        fn = frame.fn
        entry = handlers.get(fn) if fn is not None else None
        if fn is None or entry is None:
            continue
        for event in frame.events:
            added = adders.get(event.target.fn, ()) if event.target is not None and event.target.fn is not None else ()
            for task in added:
                key = (task.key, frame.module.path, event.pos)
                holder = _handed(fn, event, task)
                way = uses.path_to(fn.body["body"], event.pos) if holder and key not in done else []
                if way and not any(block[index][0] == F.S_TRY for block, index in way) and _raises_after(linked, task):
                    done.add(key)
                    yield task, ((frame, event),), _RAISED
                    continue
                if not way or way[-1][0][way[-1][1]][0] in (F.S_RETURN, F.S_RAISE):
                    continue
                ends = Ends(linked, frame, holder, fn.body["body"], entry.kind == "route").after(way)
                if ends and None not in ends:
                    done.add(key)
                    yield task, ((frame, event),), min(str(e) for e in ends)


def _raises_after(linked: Linked, task: Task) -> bool:
    """Whether the function that adds a task raises afterwards on every path."""
    fn = task.frame.fn
    body = fn.body["body"] if fn is not None else []
    way = uses.path_to(body, task.site.pos)
    return bool(way) and Ends(linked, task.frame, task.holder, body, False).after(way) == {_RAISED}


def _handed(fn: Fn, event: Event, task: Task) -> str:
    """The parameter of a handler that a call hands to a helper as what it adds to; empty where it is none."""
    if event.node is None or event.node[0] != F.E_CALL or task.frame.fn is None:
        return ""
    for name, *_ in fn.body["params"]:
        if passed_as(task.frame.fn, event.node, name) == task.holder:
            rebound = any(_rebinds(s, name) for s in uses.statements(fn.body["body"]))
            return "" if rebound else str(name)
    return ""


def _can_raise(body: list[Any]) -> bool:
    return any(stmt[0] == F.S_RAISE for stmt in uses.statements(body)) or any(stmt[0] == F.S_EXPR for stmt in body[-1:])


class Ends:
    """How the paths of a function end for tasks that were added: None where they run, else why not."""

    def __init__(
        self, linked: Linked, frame: Frame, holder: str, body: list[Any], is_route: bool, depth: int = 0
    ) -> None:
        self.linked = linked
        self.frame = frame
        self.holder = holder
        """The name of the injected tasks."""
        self.body = body
        self.is_route = is_route
        """What a handler returns is the response; what a dependency returns is not."""
        self.depth = depth

    def after(self, way: list[tuple[list[Any], int]]) -> set[str | None]:
        """The ends of all paths from behind the statement that a way leads to."""
        ends: set[str | None] = {_ON}
        for level in range(len(way) - 1, -1, -1):
            block, index = way[level]
            if _ON in ends:
                ends = (ends - {_ON}) | self.block(block[index + 1 :])
            if level:
                ends = self._leave(ends, way[level - 1], block)
        return {None if e == _ON else e for e in ends}

    def _leave(self, ends: set[str | None], outer: tuple[list[Any], int], block: list[Any]) -> set[str | None]:
        """What becomes of ends inside a block when its statement is left."""
        stmt = outer[0][outer[1]]
        if stmt[0] in (F.S_FOR, F.S_WHILE):
            return (ends - {_JUMP}) | {_ON} if _JUMP in ends or _ON in ends else ends
        if stmt[0] == F.S_TRY:
            return self._try(ends, stmt, block is stmt[1])
        return ends

    def _try(self, ends: set[str | None], stmt: Any, guarded: bool) -> set[str | None]:
        out = set(ends)
        if guarded:
            if any(h[0] is None or _last(h[0]) in ("Exception", "BaseException") for h in stmt[2]):
                out.discard(_RAISED)
            for handler in stmt[2]:
                out |= self.block(handler[2])
            if _ON in out and stmt[3]:
                out = (out - {_ON}) | self.block(stmt[3])
        final = self.block(stmt[4])
        if final and _ON not in final:
            return final
        return out

    def block(self, body: list[Any]) -> set[str | None]:
        """How a block can end; `_ON` where it runs through."""
        ends: set[str | None] = {_ON}
        for stmt in body:
            ends.discard(_ON)
            ends |= self.statement(stmt)
            if _ON not in ends:
                break
        return ends

    def statement(self, stmt: Any) -> set[str | None]:
        """How one statement can end."""
        tag: int = stmt[0]
        if tag == F.S_RAISE or (tag == F.S_EXPR and self.is_raising(stmt[1])):
            return {_RAISED}
        if tag == F.S_RETURN:
            return {self.returned(stmt[1])}
        if tag in (F.S_BREAK, F.S_CONTINUE):
            return {_JUMP}
        if tag == F.S_IF:
            out = self.block(stmt[2])
            for _, inner in stmt[1]:
                out |= self.block(inner)
            return out
        if tag == F.S_WITH:
            return self.block(stmt[2])
        if tag in (F.S_FOR, F.S_WHILE):
            return (self.block(stmt[3] if tag == F.S_FOR else stmt[2]) - {_JUMP}) | {_ON}
        if tag == F.S_TRY:
            return self._try(self.block(stmt[1]), stmt, True)
        if tag == F.S_MATCH:
            out = {_ON}
            for case in stmt[2]:
                out |= self.block(case[3])
            return out
        return {_ON}

    def is_raising(self, e: Any) -> bool:
        """Whether an expression calls a function of the project that ends with an exception whatever happens."""
        fns = self._called(e)
        return bool(fns) and all(_can_raise(fn.body["body"]) and self._inside(fn, False) == {_RAISED} for fn in fns)

    def _called(self, e: Any) -> list[Fn]:
        """The functions of the project, one or several, that an expression calls and, if they are asynchronous, awaits."""
        is_awaited = e[0] == F.E_AWAIT
        call = e[1] if is_awaited else e
        if call[0] != F.E_CALL or self.depth >= _HELPERS:
            return []
        targets = [v.b if v.k == BOUND else v for v in self.linked.evaluator.ev(call[1], self.frame)]
        if any(v.k != FUNC or v.a.head.is_generator or v.a.is_async is not is_awaited for v in targets):
            return []
        fns = [v.a for v in targets]
        return [] if any(fn.body["decorators"] or fn.is_stub() for fn in fns) else fns

    def _inside(self, fn: Fn, is_route: bool) -> set[str | None]:
        """How the paths of a function that is called end."""
        body = fn.body["body"]
        frame = self.linked.evaluator.generic_frame(fn)
        return Ends(self.linked, frame, "", body, is_route, self.depth + 1).block(body)

    def returned(self, value: Any) -> str | None:
        """None when the tasks run after this response."""
        if value is None or not self.is_route:
            return None
        if value[0] == F.E_NAME:
            made = [s[2] for s in uses.statements(self.body) if _rebinds(s, value[1]) and s[0] == F.S_ASSIGN]
            attached = [
                s[2] for s in uses.statements(self.body) if s[0] == F.S_ASSIGN and len(s[1]) == 1 and s[1][0][0] == F.E_ATTR
                and s[1][0][2] == "background" and s[1][0][1][0] == F.E_NAME and s[1][0][1][1] == value[1]
            ]  # fmt: skip
            if len(made) != 1 or made[0][0] != F.E_CALL or not self._is_response_class(made[0]):
                return None
            if attached:
                return _OWN if len(attached) == 1 and self._is_other(attached[0]) else None
            return self.returned(made[0])
        if value[0] == F.E_CALL and self._is_response_class(value):
            own = next((v for k, v in value[3] if k == "background"), None)
            if own is not None and self._is_other(own):
                return _OWN
        return _OWN if self._answers_with_own(value) else None

    def _answers_with_own(self, value: Any) -> bool:
        """Whether an expression calls a function of the project that answers with work of its own whatever happens."""
        call = value[1] if value[0] == F.E_AWAIT else value
        if uses.mentions(call, self.holder):
            return False
        fns = self._called(value)
        return bool(fns) and all(self._inside(fn, True) == {_OWN} for fn in fns)

    def _is_other(self, e: Any) -> bool:
        """Whether an expression is work other than the injected tasks."""
        if uses.mentions(e, self.holder):
            return False
        if e[0] == F.E_NAME:
            values = self.frame.vars.get(e[1], ())
            made = [s for s in uses.statements(self.body) if _rebinds(s, e[1])]
            if any(uses.mentions(s, self.holder) for s in made):
                return False
            return (
                bool(values)
                and all(v.k == EXTINST and v.a in self.linked.frameworks.after_response for v in values)
                and any(v.c is not None for v in values)
            )
        return bool(e[0] == F.E_CALL and _last(e[1]) in ("BackgroundTask", "BackgroundTasks"))

    def _is_response_class(self, call: Any) -> bool:
        if not _last(call[1]).endswith("Response"):
            return False
        found = self.linked.evaluator.ev(call[1], self.frame)
        return all(v.k in (EXT, CLASS, EXTINST, INST) for v in found) if found else False


def always_raises(linked: Linked, frame: Frame, e: Any) -> bool:
    """Whether an expression calls a function of the project, and awaits it if need be, that ends with an exception whatever happens."""
    return Ends(linked, frame, "", [], False).is_raising(e)


_ON: Final = "runs through"
_JUMP: Final = "leaves the loop"
_RAISED: Final = "an exception follows on every path, and then nothing runs it"
_OWN: Final = "the response brings its own `background`, which replaces the injected tasks"


def _last(e: Any) -> str:
    return str(e[1] if e[0] == F.E_NAME else e[2]) if e and e[0] in (F.E_NAME, F.E_ATTR) else ""


__all__ = [
    "Idle", "always_raises", "bare", "dependencies", "function_scoped", "goes_nowhere", "is_only_added_to", "is_shared", "lost", "passed_as",
    "unattached",
]  # fmt: skip
