"""The judgement behind AG401: what stands where a background task's function should."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from async_guard.link import attributes
from async_guard.link.doubts import given
from async_guard.link.frames import CALL, SINK, Frame, Site
from async_guard.link.linked import Linked
from async_guard.link.values import (
    AWAITABLE,
    BOUND,
    CLASS,
    CONST,
    CORO,
    DICT,
    EXT,
    EXTINST,
    EXTMETH,
    FUNC,
    INST,
    PARTIAL,
    SEQ,
    VS,
    V,
)
from async_guard.model import facts as F
from async_guard.rules.judgement import uses
from async_guard.rules.judgement.syntax import assignment, statements

RESULT: Final = "result"
"""The result of a call stands there, which nobody can call."""
COROUTINE: Final = "coroutine"
"""A coroutine stands there."""
BUILDS: Final = "builds"
"""A plain function stands there that only builds a coroutine, which nobody awaits."""


@dataclass(frozen=True)
class Task:
    """One place where a background task is made or added."""

    frame: Frame
    site: Site
    receiver: V | None
    func: VS
    through: str = ""
    """The function that is called here and adds what it is handed; empty where this place adds the task itself."""

    @property
    def key(self) -> tuple[str, int, int]:
        """The place in the project."""
        return (self.frame.module.path, self.site.pos, self.site.end)

    @property
    def is_added(self) -> bool:
        """``tasks.add_task(...)``, not ``BackgroundTask(...)``."""
        callee = self.site.node[1]
        return bool(callee[0] == F.E_ATTR and callee[2] == "add_task")

    @property
    def holder(self) -> str:
        """The name that the task is added to; empty where it is no plain name."""
        callee = self.site.node[1]
        return str(callee[1][1]) if callee[0] == F.E_ATTR and callee[1][0] == F.E_NAME else ""

    @property
    def is_injected(self) -> bool:
        """Whether what it is added to came from outside (nobody in sight built it)."""
        return self.receiver is not None and self.receiver.k == EXTINST and self.receiver.c is None

    def expression(self) -> Any:
        """What stands where the function should; None when it cannot be seen."""
        node = self.site.node
        if node[2]:
            return node[2][0]
        return next((value for name, value in node[3] if name == "func"), None)

    def arguments(self) -> Iterator[Any]:
        """Everything that is handed over, the function included."""
        yield from self.site.node[2]
        for _, value in self.site.node[3]:
            yield value


def tasks(linked: Linked) -> Iterator[Task]:
    """Every place that makes or adds a background task, once per reading of its function."""
    for frame in [*linked.evaluator.frames, *(m.frame for m in linked.program)]:
        for mark in frame.marks:
            if mark[0] == "background" and mark[1].node is not None and mark[1].node[0] == F.E_CALL:
                yield Task(frame, mark[1], mark[2], mark[3])


def wrong_functions(linked: Linked) -> Iterator[tuple[Task, Any, str]]:
    """Tasks whose function was called instead of passed: the task, the expression, and what stands there instead."""
    verdicts: dict[tuple[str, int, int], list[tuple[Task, Any, str]]] = {}
    for task in tasks(linked):
        e = task.expression()
        if e is not None:
            made = _call_in_variable(task, e)
            verdict = _verdict(linked, task, made or e)
            verdicts.setdefault(task.key, []).append((task, made or e, verdict))
    for found in verdicts.values():
        if all(verdict for _, _, verdict in found):
            yield found[0]
    yield from _from_callers(linked)


def _from_callers(linked: Linked) -> Iterator[tuple[Task, Any, str]]:
    """Coroutines that callers make for a function that adds its parameter as the task: each with the place where it is made."""
    adding: dict[Frame, tuple[Task, str]] = {}
    for task in tasks(linked):
        e = task.expression()
        fn = task.frame.fn
        if fn is None or e is None or e[0] != F.E_NAME or all(e[1] != p[0] for p in fn.body["params"]):
            continue
        if task.func and all(v.k == CORO for v in task.func):
            adding[task.frame] = task, e[1]
    seen: set[tuple[str, int, int]] = set()
    for frame in linked.evaluator.frames if adding else ():
        for event in frame.events:
            if event.kind != CALL or event.target not in adding or event.node[0] != F.E_CALL:
                continue
            task, name = adding[event.target]
            assert event.target.fn is not None
            made = given.handed(event.node, event.target.fn)[0].get(name)
            here = Task(
                frame, Site(frame, event.pos, event.end, event.node), task.receiver, task.func, event.target.fn.name
            )
            if made is not None and made[0] == F.E_CALL and here.key not in seen:
                seen.add(here.key)
                yield here, made, COROUTINE


def _call_in_variable(task: Task, e: Any) -> Any:
    """The call whose result a local variable holds, and nothing else ever; None for other expressions."""
    fn = task.frame.fn
    if fn is None or e[0] != F.E_NAME or any(p[0] == e[1] for p in fn.body["params"]):
        return None
    bound = [stmt for stmt in uses.statements(fn.body["body"]) if _binds(stmt, e[1])]
    assigned = assignment(bound[0]) if len(bound) == 1 else None
    if assigned is None or len(assigned[0]) != 1 or assigned[0][0][0] != F.E_NAME:
        return None
    value = assigned[1]
    return value if value[0] == F.E_CALL or (value[0] == F.E_AWAIT and value[1][0] == F.E_CALL) else None


def _binds(stmt: Any, name: str) -> bool:
    """Whether a statement itself gives a name a value, or says that it belongs elsewhere."""
    tag: int = stmt[0]
    if tag == F.S_ASSIGN:
        return any(uses.mentions(target, name) for target in stmt[1])
    if tag in (F.S_ANN, F.S_AUG, F.S_FOR):
        return uses.mentions(stmt[1], name)
    if tag == F.S_WITH:
        return any(item[1] is not None and uses.mentions(item[1], name) for item in stmt[1])
    return bool(tag == F.S_GLOBAL and name in stmt[1])


def _verdict(linked: Linked, task: Task, e: Any) -> str:
    value = task.func
    if not value:
        return ""
    if _waits(task.frame, e) and all(v.k not in _CALLABLE for v in value):
        return RESULT
    if e[0] == F.E_CALL or (e[0] == F.E_AWAIT and e[1][0] == F.E_CALL):
        if all(v.k in (CORO, AWAITABLE) for v in value):
            return COROUTINE
        return RESULT if all(v.k in (CORO, AWAITABLE) or _is_no_function(linked, v) for v in value) else ""
    return BUILDS if all(_builds(linked, v) for v in value) else ""


_CALLABLE: Final = frozenset((FUNC, BOUND, PARTIAL, CLASS, EXT, EXTMETH))
_RUNNING: Final = frozenset(("asyncio.Future", "asyncio.Task", "concurrent.futures.Future"))
"""What stands for work that runs already: `add_task(asyncio.create_task(f()))`."""
_HANDED_BACK: Final = 3
"""Functions followed that give back what another gives."""


def _waits(frame: Frame, e: Any, followed: int = 0) -> bool:
    """Whether an expression is a blocking call of a library, or of a function that gives back what such a call gives.

    What those give, an answer or nothing, is no function.
    """
    if e[0] != F.E_CALL:
        return False
    for event in frame.events:
        if event.node is not e:
            continue
        if event.kind == SINK:
            return True
        target = event.target if event.kind == CALL else None
        if target is not None and target.fn is not None and followed < _HANDED_BACK:
            body = target.fn.body["body"]
            gives = [s[1] for s in statements(body) if s[0] == F.S_RETURN and s[1] is not None and s[1][0] != F.E_CONST]
            if gives and all(_waits(target, part, followed + 1) for part in gives):
                return True
    return False


def _is_no_function(linked: Linked, v: V) -> bool:
    if v.k in (SEQ, DICT):
        return True
    if v.k == CONST:
        return not isinstance(v.a, type)
    if v.k == EXTINST:
        if v.a in _RUNNING:
            return True
        return bool(v.a.startswith("builtins.")) and v.a not in (
            "builtins.object",
            "builtins.type",
            "builtins.function",
        )
    if v.k == INST:
        ev = linked.evaluator
        return not attributes.special(ev, v, "__call__") and all(
            b in ("builtins.object", "abc.ABC") for b in attributes.library_bases(ev, v.a)
        )
    return False


def _builds(linked: Linked, v: V) -> bool:
    """Whether calling a plain function gives a coroutine and does nothing else with it."""
    if v.k == PARTIAL:
        return _builds(linked, v.a)
    func = v.b if v.k == BOUND else v
    if func.k != FUNC or func.a.is_async or func.a.head.is_generator or func.c is not None:
        return False
    frames = [f for f in func.a.contexts.values() if f.state == 2]
    return bool(frames) and all(f.ret and all(r.k == CORO for r in f.ret) for f in frames)


__all__ = ["BUILDS", "COROUTINE", "RESULT", "Task", "tasks", "wrong_functions"]
