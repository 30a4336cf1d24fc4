"""What the reader noted, by the scope it was noted in: functions, modules and classes, each once however many frames read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from async_guard.link.frames import Frame
from async_guard.link.linked import Linked, text
from async_guard.link.program import Class, Fn, Module
from async_guard.model import facts as F
from async_guard.model.catalogue import FunctionEntry
from async_guard.rules.judgement.syntax import assignment, callee_name, statements, uses

Scope = Fn | Module | Class
_OFFLOADS = frozenset((
    "run_in_executor", "call_soon", "call_later", "call_at", "call_soon_threadsafe", "add_signal_handler", "submit", "Thread", "Timer", "Process",
    "apply_async", "start_new_thread", "add_job", "run_sync", "map", "to_thread", "run_in_threadpool",
))  # fmt: skip
_MAKE_TASKS = frozenset(("create_task", "ensure_future"))


class Notes:
    """The marks of all frames, by scope and kind."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        _read_plain_functions(linked)
        self.by_scope: dict[Scope, list[tuple[Frame, Any]]] = {}
        for frame in _frames(linked):
            if frame.marks:
                scope = frame.fn or frame.owner or frame.module
                self.by_scope.setdefault(scope, []).extend((frame, mark) for mark in frame.marks)

    def of_kind(self, *kinds: str) -> Iterator[tuple[Scope, list[tuple[Frame, Any]]]]:
        """Scopes with marks of these kinds, and the marks with their frames."""
        for scope in self.by_scope:
            found = self.of(scope, *kinds)
            if found:
                yield scope, found

    def of(self, scope: Scope, *kinds: str) -> list[tuple[Frame, Any]]:
        """The marks of these kinds in one scope."""
        return [(frame, mark) for frame, mark in self.by_scope.get(scope, ()) if mark[0] in kinds]


def _frames(linked: Linked) -> Iterator[Frame]:
    yield from list(linked.evaluator.frames)
    for module in linked.program:
        yield module.frame
        for cls in module.classes:
            frame = cls.cache.get("frame")
            if frame is not None:
                yield frame


def body_of(scope: Scope) -> list[Any]:
    """The statements of a scope."""
    if isinstance(scope, Module):
        return scope.body
    body: list[Any] = scope.body["body"]
    return body


def _read_plain_functions(linked: Linked) -> None:
    """Read those functions nobody on the loop calls in which a coroutine or a task may get lost."""
    ev = linked.evaluator
    names = {fn.name for module in linked.program for fn in module.functions if fn.is_async}
    names.update(_other_names(linked, names))
    names.update(_MAKE_TASKS)
    for module in linked.program:
        facts = module.facts
        called = (names | _OFFLOADS) & facts.calls.keys()
        wanted = {user for name in called for user in facts.calls[name] if user >= 0}
        if facts.has_async:
            wanted.update(range(len(module.functions)))
        for index in sorted(wanted):
            fn = module.functions[index]
            if not fn.is_async and not any(f.state for f in fn.contexts.values()) and _may_lose(linked, fn, names):
                ev.read(ev.generic_frame(fn))


def _other_names(linked: Linked, names: set[str]) -> set[str]:
    """Names that modules and classes give to what goes by one of these names: ``alias = method``, ``import send as deliver``."""
    found: set[str] = set()
    for module in linked.program:
        for name, bindings in module.bindings.items():
            if any(b.kind == "from" and b.data[2] in names for b in bindings):
                found.add(name)
        for body in (module.body, *(cls.body["body"] for cls in module.classes)):
            for stmt in statements(body):
                given = assignment(stmt)
                if given is not None and _stands_for(given[1], names):
                    found.update(target[1] for target in given[0] if target[0] == F.E_NAME)
    return found


def _stands_for(value: Any, names: set[str]) -> bool:
    """Whether a value is something of one of these names, or made of it by a call (``partial(send)``)."""
    if value[0] == F.E_CALL:
        return any(F.last_name(argument) in names for argument in (*value[2], *(v for _, v in value[3])))
    return F.last_name(value) in names


def _may_lose(linked: Linked, fn: Fn, names: set[str]) -> bool:
    """Whether some statement of a function calls what may be a coroutine function and drops or keeps what it gives."""
    for stmt in statements(fn.body["body"]):
        if stmt[0] == F.S_EXPR:
            value = stmt[1]
        elif (given := assignment(stmt)) is not None:
            value = given[1]
        elif stmt[0] == F.S_IF:
            value = stmt[1][0][0]
        else:
            continue
        name = callee_name(value)
        if name and (name in names or _is_known_coroutine(linked, text(value))):
            return True
    return any(callee_name(e) in _OFFLOADS and _hands_over(e, names) for e, _ in uses(fn.body["body"]))


def _hands_over(call: Any, names: set[str]) -> bool:
    """Whether an argument of a call may be a coroutine function, or a call of one."""
    for argument in (*call[2], *(value for _, value in call[3])):
        last = argument[1] if argument[0] == F.E_NAME else argument[2] if argument[0] == F.E_ATTR else ""
        if last in names or argument[0] == F.E_LAMBDA or callee_name(argument) in names:
            return True
    return False


def _is_known_coroutine(linked: Linked, dotted: str) -> bool:
    entry = linked.evaluator.catalogue.lookup(dotted) if "." in dotted else None
    return isinstance(entry, FunctionEntry) and (entry.returns or ("",))[0] == "awaitable"


_NOTES: WeakKeyDictionary[Linked, Notes] = WeakKeyDictionary()


def notes(linked: Linked) -> Notes:
    """The notes of a linked project, gathered once."""
    found = _NOTES.get(linked)
    if found is None:
        found = _NOTES[linked] = Notes(linked)
    return found


__all__ = ["Notes", "Scope", "body_of", "notes"]
