"""What the reader noted, by the scope it was noted in: functions, modules and classes, each once however many frames read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from async_guard.link import attributes
from async_guard.link.entries import Entry
from async_guard.link.frames import Frame
from async_guard.link.linked import Linked, text
from async_guard.link.program import Class, Fn, Module
from async_guard.link.values import INST
from async_guard.model import facts as F
from async_guard.model.catalogue import ClassEntry, FunctionEntry, TypeExpr
from async_guard.rules.judgement.syntax import assignment, callee_name, statements, uses

Scope = Fn | Module | Class
_OFFLOADS: Final = frozenset((
    "run_in_executor", "call_soon", "call_later", "call_at", "call_soon_threadsafe", "add_signal_handler", "submit", "Thread", "Timer", "Process",
    "apply_async", "start_new_thread", "add_job", "run_sync", "map", "to_thread", "run_in_threadpool", "signal",
    "register", "do", "message_callback_add",
))  # fmt: skip
_MAKE_TASKS: Final = frozenset(("create_task", "ensure_future"))


class Notes:
    """The marks of all frames, by scope and kind."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        _read_plain_functions(linked)
        self.by_scope: dict[Scope, list[tuple[Frame, Any]]] = {}
        for frame in _frames(linked):
            if frame.marks and not _is_replaced(linked, frame):
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


def _is_replaced(linked: Linked, frame: Frame) -> bool:
    """Whether a frame is a method of a base, read for what it writes to objects of a class that has its own, which nobody is known to call so."""
    fn, owner = frame.fn, frame.self_value
    if fn is None or fn.owner is None or owner is None or not frame.generic or owner.k != INST or owner.c:
        return False
    return owner.a is not fn.owner and attributes.overrides(linked.evaluator, owner.a, fn.owner, fn.name)


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
        called = facts.calls.keys() & (names | _OFFLOADS)
        wanted = {user for name in called for user in facts.calls[name] if user >= 0}
        objects = _asynchronous_objects(linked, module)
        if facts.has_async or objects:
            wanted.update(range(len(module.functions)))
        for index in sorted(wanted):
            fn = module.functions[index]
            if (
                not fn.is_async
                and not any(f.state for f in fn.contexts.values())
                and _may_lose(linked, fn, names, objects)
            ):
                ev.read(ev.generic_frame(fn))


def _asynchronous_objects(linked: Linked, module: Module) -> set[str]:
    """Variables and attributes in which a module keeps objects of asynchronous classes of libraries (``self.http = httpx.AsyncClient()``)."""
    calls = module.facts.calls
    makers: set[str] = set()
    for name, bindings in module.bindings.items():
        for b in bindings:
            if b.kind == "from" and not b.data[1]:
                dotted = f"{b.data[0]}.{b.data[2]}"
                makers.update(n for n in (name,) if n in calls and _makes_asynchronous(linked, dotted))
                entry = linked.evaluator.catalogue.lookup(dotted)
                if isinstance(entry, ClassEntry):
                    made = ((n, m.returns) for n, m in entry.methods.items() if n in calls)
                    makers.update(n for n, returns in made if _is_asynchronous(linked, returns))
            elif b.kind == "import":
                makers.update(n for n in calls if _makes_asynchronous(linked, f"{b.data[0]}.{n}"))
    scopes = {user for name in makers for user in calls[name]}
    bodies = [module.body if user < 0 else body_of(module.functions[user]) for user in scopes]
    found: set[str] = set()
    for stmt in (stmt for body in bodies for stmt in statements(body)):
        given = assignment(stmt)
        if given is not None and callee_name(given[1][1] if given[1][0] == F.E_AWAIT else given[1]) in makers:
            found.update(F.last_name(target) for target in given[0])
    return found - {""}


def _makes_asynchronous(linked: Linked, dotted: str) -> bool:
    """Whether a class of a library, or what a function of it gives, is asynchronous."""
    entry = linked.evaluator.catalogue.lookup(dotted)
    if isinstance(entry, ClassEntry):
        return entry.is_async
    return isinstance(entry, FunctionEntry) and _is_asynchronous(linked, entry.returns)


def _is_asynchronous(linked: Linked, returns: TypeExpr | None) -> bool:
    """Whether what an entry gives is an object of an asynchronous class."""
    names = [part for part in returns or () if isinstance(part, str) and "." in part]
    entries = [linked.evaluator.catalogue.lookup(name) for name in names]
    return any(isinstance(entry, ClassEntry) and entry.is_async for entry in entries)


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


def _may_lose(linked: Linked, fn: Fn, names: set[str], objects: set[str]) -> bool:
    """Whether some statement of a function calls what may be a coroutine function and drops or keeps what it gives.

    Args:
        linked: the linked project.
        fn: the function.
        names: names of coroutine functions.
        objects: names of asynchronous objects, of which a call is taken for one where what it gives is dropped or kept.
    """
    for stmt in statements(fn.body["body"]):
        if stmt[0] == F.S_EXPR:
            value = stmt[1]
            if value[0] == F.E_CALL and value[1][0] == F.E_ATTR and F.last_name(value[1][1]) in objects:
                return True
        elif (given := assignment(stmt)) is not None:
            value = given[1]
            if value[0] == F.E_CALL and value[1][0] == F.E_ATTR and F.last_name(value[1][1]) in objects:
                return True
            if F.last_name(value) in names and any(_is_of_another(target) for target in given[0]):
                return True
        elif stmt[0] == F.S_IF:
            value = stmt[1][0][0]
        else:
            continue
        name = callee_name(value)
        if name and (name in names or _is_known_coroutine(linked, text(value))):
            return True
    return any(callee_name(e) in _OFFLOADS and _hands_over(e, names) for e, _ in uses(fn.body["body"]))


def _is_of_another(target: Any) -> bool:
    """Whether a target is an attribute of another object, which may call what it gets: ``self.client.on_message = self.handle``."""
    return bool(target[0] == F.E_ATTR and target[1][:2] != [F.E_NAME, "self"])


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


def notes(linked: Linked) -> Notes:
    """The notes of a linked project, gathered once."""
    return linked.once(Notes)


def handlers_of(linked: Linked) -> dict[Fn, Entry]:
    """The routes and dependencies of a project, by their functions."""
    return linked.once(_handlers)


def _handlers(linked: Linked) -> dict[Fn, Entry]:
    return {entry.fn: entry for entry in linked.entries if entry.kind in ("route", "dependency")}


__all__ = ["Notes", "Scope", "body_of", "handlers_of", "notes"]
