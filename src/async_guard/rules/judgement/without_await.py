"""The judgement behind AG201 to AG204: functions that await nothing, what they do instead, and what a change of ``async def`` would break."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from async_guard.link import attributes, callers
from async_guard.link.entries import Entry
from async_guard.link.frames import CALL, CORO, LOOP, SINK, Frame
from async_guard.link.linked import Chain, Linked
from async_guard.link.program import Class, Fn
from async_guard.link.values import BOUND, DECORATOR, EXT, EXTINST, FUNC, STATIC, V, without_unknown
from async_guard.model import facts as F
from async_guard.model.findings import Severity
from async_guard.rules.judgement import uses
from async_guard.rules.judgement.long_loops import Long, long_calls, long_loops
from async_guard.rules.judgement.places import allowed

_HANDLED: Final = frozenset(("route", "dependency"))
ANSWERING: Final = _HANDLED | {"exception_handler"}
"""Kinds of entry points that requests wait for."""
BLOCKING: Final = ANSWERING | {"background"}
"""Those for which a plain ``def`` helps where they block."""
_EITHER: Final = frozenset(("route", "dependency", "background", "exception_handler", "response", "stream"))
"""Kinds of entry points that may be ``def`` as well as ``async def``."""
_LIGHT: Final = frozenset(
    ("fastapi", "starlette", "pydantic", "typing_extensions", "pydantic_settings", "annotated_types")
)
"""Libraries whose own functions cost microseconds where the catalogue says nothing else."""
_LIGHT_METHODS: Final = frozenset((
    "get", "items", "keys", "values", "append", "extend", "add", "update", "pop", "setdefault", "strip", "split", "lower", "upper", "replace",
    "startswith", "endswith", "join", "format", "dict", "model_dump", "model_dump_json", "isoformat", "encode", "decode", "copy", "debug", "info",
    "warning", "error", "exception", "log", "critical", "remove", "discard", "total_seconds", "hexdigest", "timestamp", "strftime", "title",
))  # fmt: skip
_KEEPING: Final = frozenset(("staticmethod", "classmethod", "override", "final"))
"""Decorators under which a function stays what its callers call."""
_FARTHEST: Final = 300
_CALLERS: Final = 25
_HARMLESS: Final = frozenset((
    "typing.override", "typing_extensions.override", "typing.final", "typing_extensions.deprecated", "warnings.deprecated", "builtins.staticmethod",
    "builtins.classmethod", "typing.no_type_check",
))  # fmt: skip


@dataclass
class Work:
    """What a function does without awaiting."""

    chains: list[Chain] = field(default_factory=list)
    """Ways to calls that block, the one to name first."""
    needs_loop: bool = False
    """Something in it looks for the running loop, makes a coroutine, or belongs to this thread."""
    unknown: bool = False
    """It calls something that nobody knows, which may be slow."""
    hidden: bool = False
    """It blocks only where that is allowed, or only the first time."""
    loops: list[tuple[Frame, Long]] = field(default_factory=list)
    """Loops in it that surely keep the processor busy for long."""

    @property
    def heavy(self) -> list[Chain]:
        """The chains that cost a millisecond and more."""
        return [c for c in self.chains if c.sink.effect.severity in (Severity.ERROR, Severity.WARNING)]

    @property
    def trivial(self) -> bool:
        """Whether it surely does nothing slow."""
        return not self.chains and not self.unknown and not self.hidden and not self.loops


class Survey:
    """Who calls and runs what, as far as a change between ``def`` and ``async def`` would touch it."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.kinds: dict[Fn, list[Entry]] = {}
        for entry in linked.entries:
            self.kinds.setdefault(entry.fn, []).append(entry)
        self.awaited: set[Fn] = set()
        self.called: set[Fn] = set()
        self.frames: dict[Fn, list[Frame]] = {}
        self._look()

    def _look(self) -> None:
        ev = self.linked.evaluator
        for frame in [*ev.frames, *(m.frame for m in self.linked.program)]:
            if frame.fn is not None:
                self.frames.setdefault(frame.fn, []).append(frame)
            for event in frame.events:
                if event.target is not None and event.target.fn is not None:
                    if event.kind in (CORO, LOOP):
                        self.awaited.add(event.target.fn)
                    elif event.kind == CALL:
                        self.called.add(event.target.fn)

    def handled(self, is_async: bool, kinds: frozenset[str]) -> Iterator[tuple[Fn, list[Entry]]]:
        """Entry points of these kinds that may be ``def`` as well as ``async def``."""
        for fn, entries in self.kinds.items():
            if fn.is_async is not is_async or fn.is_lambda or not any(e.kind in kinds for e in entries):
                continue
            others = (e for e in entries if e.kind not in ("validator", "serializer", "response"))
            if all(e.hops and e.kind in _EITHER for e in others):
                yield fn, entries

    def is_awaited(self, fn: Fn, *, handler: bool = False) -> bool:
        """Whether code of the project calls a coroutine function by name (and so waits for it).

        Of a method that is a handler (``get`` of a view) a call on an object that nobody knows says nothing.
        """
        if fn in self.awaited:
            return True
        ev = self.linked.evaluator
        users = self.linked.program.callers(fn.name)
        if len(users) > _CALLERS:
            return fn.owner is not None and not handler
        for module, user in users:
            frame = module.frame if user < 0 else ev.generic_frame(module.functions[user])
            ev.read(frame)
            for event in frame.events:
                if event.target is not None and event.target.fn is fn and event.kind != SINK:
                    return True
            if (
                fn.owner is not None
                and not handler
                and any(_last(node[1]) == fn.name for _, _, node, _ in frame.unresolved if node and node[0] == F.E_CALL)
            ):
                return True
        return False

    def is_called(self, fn: Fn) -> bool:
        """Whether plain or asynchronous code of the project calls a function by itself."""
        return fn in self.called or self.is_awaited(fn)

    def work(self, frames: list[Frame]) -> Work:
        """What frames of one function do, helpers included."""
        out = Work()
        for frame in frames:
            self.linked.evaluator.read(frame)
            self._own(frame, out)
            self._around(frame, out)
        out.chains.sort(key=_rank)
        return out

    def _own(self, frame: Frame, out: Work) -> None:
        for event in frame.events:
            if event.off_loop:
                continue
            chains: list[Chain] = []
            if event.kind == SINK:
                chains = [Chain(frame, ((frame, event),))]
            elif event.kind == CALL and event.target is not None and not event.target.is_async:
                chains = [Chain(frame, ((frame, event), *links)) for links in self.linked.reach(event.target)]
            for chain in chains:
                if chain.sink.effect.severity is Severity.NEGLIGIBLE or chain.gives_way:
                    continue
                if chain.lowered or any(_is_allowed(f) for f, _ in chain.links[1:]):
                    out.hidden = True
                else:
                    out.chains.append(chain)

    def _around(self, frame: Frame, out: Work) -> None:
        queue, done = deque([frame]), {frame}
        while queue:
            current = queue.popleft()
            out.loops.extend((current, loop) for loop in long_loops(self.linked.evaluator, current))
            for event, loop in long_calls(self.linked.evaluator, current):
                if event.target is not None:
                    out.loops.append((event.target, loop))
            if any(m[0] == "needs-loop" and m[1].on == "now" for m in current.marks):
                out.needs_loop = True
            if any(v.k == EXTINST and v.a == "contextvars.ContextVar" and name == "set" for v, name in current.touched):
                out.needs_loop = True  # what a worker thread sets there, nobody else sees
            if not out.unknown and not all(_is_light(node, reason) for _, _, node, reason in current.unresolved):
                out.unknown = True
            for event in current.events:
                if event.kind in (CORO, LOOP):
                    out.needs_loop = True
                elif (
                    event.kind == CALL
                    and event.target is not None
                    and event.target not in done
                    and len(done) < _FARTHEST
                ):
                    done.add(event.target)
                    queue.append(event.target)


def _rank(chain: Chain) -> tuple[int, int, int, int]:
    return (int(chain.probable), -chain.sink.effect.severity.rank, len(chain.links), chain.links[0][1].pos)


def _is_allowed(frame: Frame) -> bool:
    return frame.fn is not None and any(
        word.startswith("AG1") or word == "AG" for word in frame.fn.head.allows.split(",")
    )


def _last(e: object) -> str:
    if isinstance(e, list) and e and e[0] in (F.E_NAME, F.E_ATTR):
        return str(e[1] if e[0] == F.E_NAME else e[2])
    return ""


def _is_light(node: object, reason: str) -> bool:
    """Whether a call that nobody resolved is one of those that cost microseconds wherever they occur."""
    known = reason.removeprefix("not in the catalogue: ")
    if known is not reason and known != reason:
        top = known.partition(".")[0]
        return top in sys.stdlib_module_names or top in _LIGHT
    return isinstance(node, list) and bool(node) and node[0] == F.E_CALL and _last(node[1]) in _LIGHT_METHODS


def survey(linked: Linked) -> Survey:
    """The survey of a linked project, made once."""
    return linked.once(Survey)


def is_plain(linked: Linked, fn: Fn, frame: Frame) -> bool:
    """Whether no decorator but registrations and markers stands between a function and whoever calls it."""
    ev = linked.evaluator
    scope = ev.definition_frame(fn, frame)
    for decorator in fn.body["decorators"]:
        found = without_unknown(ev.ev(decorator, scope))  # an `app` that begins as None has no decorators there
        if not found or not all(_keeps(d) for d in found):
            return False
    return True


def _keeps(d: V) -> bool:
    """Whether a decorator leaves a function as it is."""
    if d.k == DECORATOR:
        return isinstance(d.a, tuple) and d.a[0] == "register"
    if d.k == EXT:
        return d.a in _HARMLESS
    if d.k == STATIC:
        return _keeps(d.a)
    if d.k in (FUNC, BOUND):
        func = d if d.k == FUNC else d.b
        if func.k != FUNC or func.a.is_async:
            return False
        return _gives_back(func.a)
    return False


def _gives_back(decorator: Fn) -> bool:
    """Whether a decorator returns what it got, whatever else it does with it."""
    params = decorator.body["params"]
    first = next((p[0] for p in params if p[0] not in ("self", "cls")), "")
    returned = [stmt[1] for stmt in uses.statements(decorator.body["body"]) if stmt[0] == F.S_RETURN]
    return bool(returned) and all(e is not None and e[0] == F.E_NAME and e[1] == first for e in returned)


def obliged(linked: Linked, fn: Fn, *, handler: bool = False) -> bool:
    """Whether a method owes its ``async`` to a base class, a protocol, or (not a handler, which a framework calls for itself) another class
    with the same method.
    """
    owner = fn.owner
    if owner is None:
        return False
    ev = linked.evaluator
    for base in attributes.mro(ev, owner)[1:]:
        if isinstance(base, Class):
            if fn.name in base.own_methods():
                return True
        elif base not in ("builtins.object", "starlette.endpoints.HTTPEndpoint", "abc.ABC", "typing.Generic"):
            return True
    # Whoever calls a special method calls it of one class at a time: another class's owes nothing to this one.
    return (
        not handler
        and not fn.name.startswith("__")
        and any(
            cls is not owner and fn.name in cls.own_methods() and cls.own_methods()[fn.name].is_async
            for cls in linked.program.classes_with_method(fn.name)
        )
    )


def candidates(linked: Linked, code: str, kinds: frozenset[str]) -> Iterator[tuple[Fn, list[Entry], Work]]:
    """Entry points of these kinds that are ``async def``, await nothing and could be ``def``; not those with an ``allow`` of the code."""
    seen = survey(linked)
    for fn, entries in seen.handled(True, kinds):
        head = fn.head
        if head.has_await or fn.is_stub() or head.contract or allowed(code, head.allows):
            continue
        if head.is_generator and any(e.kind != "dependency" for e in entries):
            continue
        frames = [f for f in seen.frames.get(fn, ()) if f in linked.holders] or [entries[0].frame]
        is_handler = bool(fn.body["decorators"]) and all(e.kind == "route" for e in entries)
        if (
            obliged(linked, fn, handler=is_handler)
            or not is_plain(linked, fn, frames[0])
            or seen.is_awaited(fn, handler=is_handler)
        ):
            continue
        work = seen.work(frames)
        if not work.needs_loop:
            yield fn, entries, work


def hopping(linked: Linked, code: str) -> Iterator[tuple[Fn, list[Entry]]]:
    """Handlers and dependencies that are plain ``def``, called by frameworks alone, and surely do nothing slow."""
    seen = survey(linked)
    for fn, entries in seen.handled(False, _HANDLED):
        head = fn.head
        if fn.name == "__init__" or head.is_generator or head.contract or fn.is_stub() or allowed(code, head.allows):
            continue
        if (
            any(e.runs != "worker" for e in entries)
            or seen.is_called(fn)
            or obliged(linked, fn)
            or not is_plain(linked, fn, entries[0].frame)
        ):
            continue
        work = seen.work([entries[0].frame])
        if work.trivial and not work.needs_loop and not _offloads(entries[0].frame):
            yield fn, entries


def _offloads(frame: Frame) -> bool:
    return any(event.kind not in (CALL, SINK) for event in frame.events)


def helpers(linked: Linked, code: str) -> Iterator[tuple[Fn, Work]]:
    """Coroutine functions that await nothing, that nobody's interface asks for, and that are only ever called and awaited."""
    seen = survey(linked)
    found: list[tuple[Fn, Work]] = []
    for module in linked.program:
        if module.is_test:
            continue
        for fn in module.functions:
            head = fn.head
            if (
                not fn.is_async
                or head.has_await
                or head.is_generator
                or head.contract
                or fn.is_lambda
                or fn in seen.kinds
            ):
                continue
            if (
                fn.name.startswith("__")
                or not all(_last(d) in _KEEPING for d in fn.body["decorators"])
                or fn.is_stub()
                or _is_hook(fn)
                or _is_for_others(linked, fn)
                or allowed(code, head.allows)
            ):
                continue
            if obliged(linked, fn) or (fn.owner is not None and (_others(linked, fn) or _is_found_by_name(linked, fn))):
                continue
            work = seen.work(seen.frames.get(fn, []))
            if not work.needs_loop:
                found.append((fn, work))
    names = {fn.name for fn, _ in found}
    handed = _handed_on(linked, names)
    shared = _of_several_modules(linked, names)
    yield from (
        (fn, work) for fn, work in found if fn.name not in handed and not (fn.owner is None and fn.name in shared)
    )


def _of_several_modules(linked: Linked, names: set[str]) -> set[str]:
    """Which names are those of coroutine functions of several modules: one module may stand for the other."""
    owners: dict[str, set[str]] = {}
    for module in linked.program:
        for fn in module.functions:
            if fn.name in names and fn.is_async and fn.owner is None and fn.parent is None:
                owners.setdefault(fn.name, set()).add(module.path)
    return {name for name, paths in owners.items() if len(paths) > 1}


def _others(linked: Linked, fn: Fn) -> list[Class]:
    """Other classes with a method of the same name: one may stand for the other."""
    return [cls for cls in linked.program.classes_with_method(fn.name) if cls is not fn.owner]


def _is_for_others(linked: Linked, fn: Fn) -> bool:
    """Whether a function is there for somebody who finds it by its name, outside of the project.

    A plug-in's function that gets an object of the application (`async def async_setup(hass: HomeAssistant)`), and a method of a class that
    stands for another object (`__getattr__`).
    """
    if fn.owner is not None:
        return "__getattr__" in fn.owner.own_methods() or "__getattribute__" in fn.owner.own_methods()
    if fn.parent is not None or linked.program.callers(fn.name):
        return False
    return any(_is_of_library(linked, fn, p[2]) for p in fn.body["params"] if p[2] is not None)


def _is_of_library(linked: Linked, fn: Fn, annotation: Any) -> bool:
    """Whether an annotation names a class of a library, not of Python's own."""
    root = annotation
    while root[0] == F.E_ATTR:
        root = root[1]
    bound = fn.module.bindings.get(root[1], ()) if root[0] == F.E_NAME else ()
    return any(
        (b.kind == "import" or (b.kind == "from" and not b.data[1]))
        and str(b.data[0]).partition(".")[0] not in sys.stdlib_module_names
        and linked.program.find(str(b.data[0]), fn.module) is None
        for b in bound
    )


def _is_hook(fn: Fn) -> bool:
    """Whether a method only gives back what it gets, or says yes or no: it is there for subclasses to do something with it."""
    body = [stmt for stmt in fn.body["body"] if stmt[0] != F.S_EXPR or stmt[1][0] != F.E_CONST]
    is_return = fn.owner is not None and len(body) == 1 and body[0][0] == F.S_RETURN and body[0][1] is not None
    if not is_return:
        return False
    is_answer = body[0][1][0] == F.E_CONST and (body[0][1][1] is None or body[0][1][1].__class__ is bool)
    return is_answer or any(body[0][1][:2] == [F.E_NAME, p[0]] for p in fn.body["params"][1:])


def _is_found_by_name(linked: Linked, fn: Fn) -> bool:
    """Whether a class may find a method by a computed name: ``await getattr(self, f"{name}_one")()``, ``getattr(self, "on_" + event)``."""
    return any(
        (method.is_async or not fn.name.startswith("_"))
        and any(map(_computes, callers.sites(linked.program, method).get("getattr", ())))
        for each in (attributes.mro(linked.evaluator, fn.owner) if fn.owner is not None else ())
        if isinstance(each, Class)
        for method in each.own_methods().values()
    )


def _computes(call: Any) -> bool:
    is_found = call[1][0] == F.E_NAME and len(call[2]) > 1
    return is_found and call[2][0][:2] == [F.E_NAME, "self"] and bool(call[2][1][0] != F.E_CONST)


def _handed_on(linked: Linked, names: set[str]) -> set[str]:
    """Which names occur otherwise than as what is called and awaited: as an argument, in a table, as a coroutine that goes somewhere."""
    out: set[str] = set()
    for module in linked.program:
        for body in [module.body, *(fn.body for fn in module.functions), *(cls.body for cls in module.classes)]:
            _references(list(body.values()) if isinstance(body, dict) else body, names, out)
    return out


def _references(part: object, names: set[str], out: set[str], *, awaited: bool = False) -> None:
    if part.__class__ is not list:
        return
    assert isinstance(part, list)
    inner = part
    # An `if` has the number of an `await`, and as many parts: a list of branches in place of an expression.
    if (
        len(part) == 4
        and part[0] == F.E_AWAIT
        and isinstance(part[1], list)
        and part[1][:1]
        and part[1][0].__class__ is not list
    ):
        _references(part[1], names, out, awaited=True)
        return
    if len(part) == 6 and part[0] == F.E_CALL and isinstance(part[1], list):
        callee = part[1]
        if not awaited and callee and _last(callee) in names:
            out.add(_last(callee))
        inner = [
            callee[1] if callee and callee[0] == F.E_ATTR else None if callee and callee[0] == F.E_NAME else callee,
            *part[2:],
        ]
    elif part and part[0] in (F.E_NAME, F.E_ATTR):
        last = _last(part)
        if last in names:
            out.add(last)
    for p in inner:
        _references(p, names, out)


__all__ = [
    "ANSWERING",
    "BLOCKING",
    "Survey",
    "Work",
    "candidates",
    "helpers",
    "hopping",
    "is_plain",
    "obliged",
    "survey",
]
