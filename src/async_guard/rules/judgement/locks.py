"""The judgement behind AG307: locks of threads that are held while a coroutine waits, or that a waiting thread holds while the loop asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from async_guard.link import attributes
from async_guard.link.frames import CALL, SINK, Event, Frame, Site
from async_guard.link.linked import Linked, text
from async_guard.link.narrowing import role
from async_guard.link.values import BOUND, CONST, EXTINST, FUNC, GEN, INST, MANAGER, VS, V
from async_guard.model import facts as F
from async_guard.model.findings import Finding, Severity
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.lets_go import lets_go
from async_guard.rules.judgement.mistakes import at_site, mistake, unique, ways_to
from async_guard.rules.judgement.scopes import body_of, notes
from async_guard.rules.judgement.syntax import callee_name, expressions, statements, walk, yields
from async_guard.rules.judgement.uses import holds

_LOCKS: Final = frozenset(("lock", "reentrant-lock", "slots", "file-lock"))
_NEAR: Final = 3
"""Calls within which the two sides of a lock are looked for: who meets half the project on the way waits for much else."""
_DEEPEST: Final = 4
"""Context managers inside context managers that are looked into for a lock."""


@dataclass(frozen=True)
class Held:
    """A stretch of code in which a lock is held."""

    frame: Frame
    mark: Any
    """Of the ``with`` item or the call that takes the lock."""
    locks: tuple[V, ...]
    """Library locks, or the project's context managers that hold one."""
    body: tuple[Any, ...]
    """Statements, as far as they are known."""
    last: int
    """Position up to which it is held."""
    waits: bool
    """Whether it awaits something."""

    @property
    def first(self) -> int:
        """Position from which it is held."""
        pos: int = self.mark[1].pos
        return pos


def held_locks(linked: Linked, meta: RuleMeta) -> Iterator[Finding]:
    """AG307."""
    held = [h for frame, marks in _noted(linked) for h in _held(linked, frame, marks)]
    return unique((*_over_await(linked, meta, held), *_by_worker(linked, meta, held)))


def _noted(linked: Linked) -> Iterator[tuple[Frame, list[Any]]]:
    for _scope, marks in notes(linked).of_kind("with", "stacked", "acquires"):
        by_frame: dict[Frame, list[Any]] = {}
        for frame, mark in marks:
            if frame.fn is not None:
                by_frame.setdefault(frame, []).append(mark)
        yield from by_frame.items()


# -- where locks are held


def _held(linked: Linked, frame: Frame, marks: list[Any]) -> Iterator[Held]:
    taken = {}
    for mark in marks:
        if mark[0] == "acquires":
            if mark[1].on == "now" and mark[4] is not None and role(linked.evaluator, mark[4]) in _LOCKS:
                taken[id(mark[1].node)] = mark
            continue
        locks = _locks_of(linked, mark[3], 0)
        if locks:
            body = mark[4][2] if mark[0] == "with" else _behind(frame, mark[1])
            yield Held(frame, mark, locks, tuple(body), _end(body), _waits(linked, frame, body))
    if taken and frame.fn is not None:
        yield from _between(linked, frame, taken)


def _behind(frame: Frame, site: Site) -> list[Any]:
    """The statements of a ``with`` over a stack that come after something was put on it."""
    assert frame.fn is not None
    callee = site.node[1]
    name = callee[1][1] if callee[0] == F.E_ATTR and callee[1][0] == F.E_NAME else None
    found: list[Any] = []
    for stmt in statements(body_of(frame.fn)) if name is not None else ():
        if stmt[0] == F.S_WITH and any(item[1] is not None and item[1][:2] == [F.E_NAME, name] for item in stmt[1]):
            index = next((i for i, inner in enumerate(stmt[2]) if holds(inner, site.pos)), None)
            found = found if index is None else stmt[2][index + 1 :]
    return found


def _waits(linked: Linked, frame: Frame, body: list[Any]) -> bool:
    return any(lets_go(linked, frame, stmt) or (frame.is_async and yields(stmt)) for stmt in statements(body))


def _end(body: list[Any]) -> int:
    """The last position that the statements of a block mention."""
    last = 0
    for stmt in statements(body):
        for e, _ in expressions(stmt):
            for part, _ in walk(e):
                if part[0] in (F.E_CALL, F.E_CMP):
                    last = max(last, part[5])
                elif part[0] == F.E_NAME:
                    last = max(last, part[2])
    return last


def _between(linked: Linked, frame: Frame, taken: dict[int, Any]) -> Iterator[Held]:
    """From ``acquire()`` to the first ``release()`` of the same lock in the order of the source; who releases elsewhere hands the lock on."""
    assert frame.fn is not None
    open_: dict[str, list[Any]] = {}
    for stmt in statements(body_of(frame.fn)):
        if lets_go(linked, frame, stmt):
            for entry in open_.values():
                entry[1] = True
        for e, _ in expressions(stmt):
            for part, _ in walk(e):
                if part[0] != F.E_CALL or part[1][0] != F.E_ATTR:
                    continue
                name = text(part[1][1])
                if id(part) in taken:
                    open_[name] = [taken[id(part)], False]
                elif callee_name(part) == "release" and name in open_:
                    mark, waits = open_.pop(name)
                    yield Held(frame, mark, (mark[4],), (), part[4], waits)


def _locks_of(linked: Linked, value: VS, depth: int) -> tuple[V, ...]:
    """The locks that entering a value takes; nothing where some alternative takes none."""
    out: list[V] = []
    for v in value:
        if v.k == CONST and v.a is None:
            continue
        found = _lock_of(linked, v, depth)
        if not found:
            return ()
        out.extend(found)
    return tuple(out)


def _lock_of(linked: Linked, v: V, depth: int) -> tuple[V, ...]:
    ev = linked.evaluator
    if v.k == EXTINST:
        return (v,) if role(ev, v) in _LOCKS else ()
    if depth >= _DEEPEST:
        return ()
    if v.k == MANAGER and isinstance(v.a, V) and v.a.k == GEN and not v.b:
        return _around_yield(linked, v.a.a, depth)
    if v.k == INST:
        for base in attributes.library_bases(ev, v.a):
            if role(ev, ev.values.instance(base)) in _LOCKS:
                return (ev.values.instance(base),)
        return _taken_by_enter(linked, v)
    return ()


def _around_yield(linked: Linked, frame: Frame, depth: int) -> tuple[V, ...]:
    """The locks that a generator holds where it hands control to the ``with`` block."""
    linked.evaluator.read(frame)
    for mark in frame.marks:
        if mark[0] == "with" and any(yields(stmt) for stmt in statements(mark[4][2])):
            found = _locks_of(linked, mark[3], depth + 1)
            if found:
                return found
    return tuple(
        h.locks[0]
        for h in _held(linked, frame, [m for m in frame.marks if m[0] == "acquires"])
        if _spans_yield(frame, h)
    )


def _spans_yield(frame: Frame, held: Held) -> bool:
    assert frame.fn is not None
    for stmt in statements(body_of(frame.fn)):
        for e, _ in expressions(stmt):
            for part, _ in walk(e):
                if part[0] == F.E_YIELD and held.first < part[2] < held.last:
                    return True
    return False


def _taken_by_enter(linked: Linked, v: V) -> tuple[V, ...]:
    """The locks that ``__enter__`` of a project class takes and leaves taken."""
    found = attributes.special(linked.evaluator, v, "__enter__")
    out: list[V] = []
    for method in found or ():
        if method.k != BOUND or method.b.k != FUNC:
            return ()
        fn = method.b.a
        if any(
            callee_name(e) == "release"
            for stmt in statements(fn.body["body"])
            for top, _ in expressions(stmt)
            for e, _ in walk(top)
        ):
            return ()
        for frame in list(fn.contexts.values()):
            out.extend(m[4] for m in frame.marks if m[0] == "acquires" and m[4] is not None and m[1].on == "now")
    return tuple(dict.fromkeys(v for v in out if role(linked.evaluator, v) in _LOCKS))


# -- held over an await


def _over_await(linked: Linked, meta: RuleMeta, held: list[Held]) -> Iterator[Finding | None]:
    for h in held:
        if not h.waits or not h.frame.is_async or h.mark[2]:
            continue
        name = _name(h)
        kind = "thread lock"
        if all(role(linked.evaluator, v) == "file-lock" for v in h.locks):
            kind = "file lock"
            why = "and other coroutines of this thread either hold it as well or never get it"
        elif all(role(linked.evaluator, v) == "reentrant-lock" for v in h.locks):
            why = "which keeps no other coroutine out, because all of them share one thread"
        else:
            why = "and the next coroutine that asks for it stops the event loop for good"
        yield mistake(
            meta, linked, h.frame, at_site(h.mark, name), f"the {kind} `{name}` is held while the coroutine waits, {why}",
            help="use `asyncio.Lock` with `async with`, or wait outside of the block",
        )  # fmt: skip


def _name(h: Held) -> str:
    node = h.mark[1].node
    if h.mark[0] == "stacked":
        node = node[2][0] if node[2] else node
    return text(node[1][1]) if h.mark[0] == "acquires" and node[1][0] == F.E_ATTR else text(node) or "lock"


# -- held by a worker


def _by_worker(linked: Linked, meta: RuleMeta, held: list[Held]) -> Iterator[Finding | None]:
    """The loop asks for a lock that a thread holds while it waits for somebody else."""
    wanted: dict[Any, list[Held]] = {}
    for h in held:
        if h.frame in linked.on_loop and not h.mark[2]:
            for lock in h.locks:
                if lock.c is not None and role(linked.evaluator, lock) not in ("slots", "file-lock"):
                    wanted.setdefault(lock.c, []).append(h)
    if not wanted:
        return
    on_loop = {frame.fn for frame in linked.on_loop}
    done = set()
    for h in held:
        # What the loop runs as well blocks the loop by itself, lock or no lock.
        if h.frame not in linked.in_worker or h.frame.fn in on_loop or not any(lock.c in wanted for lock in h.locks):
            continue
        worst = _worst(linked, h)
        for lock in h.locks if worst is not None else ():
            for asking in wanted.get(lock.c, ()):
                for found in _asking(linked, meta, asking, h, *worst):  # type: ignore[misc]
                    key = (found.place, lock.c) if found is not None else None
                    if key not in done:
                        done.add(key)
                        yield found


def _worst(linked: Linked, h: Held) -> tuple[Severity, str] | None:
    """The worst blocking call that a thread makes while it holds a lock."""
    sinks: list[Event] = []
    for event in h.frame.events:
        if not h.first < event.pos <= h.last or event.off_loop:
            continue
        if event.kind == SINK:
            sinks.append(event)
        elif event.kind == CALL and event.target is not None:
            sinks.extend(links[-1][1] for links in linked.reach(event.target) if len(links) < _NEAR)
    # Waiting for a condition gives its lock back meanwhile.
    found = [
        sink for sink in sinks if sink.effect.category != "wait" and sink.effect.severity.rank >= Severity.WARNING.rank
    ]
    worst = max(found, key=lambda sink: sink.effect.severity.rank, default=None)
    return None if worst is None else (worst.effect.severity, worst.name)


def _asking(
    linked: Linked, meta: RuleMeta, asking: Held, holder: Held, severity: Severity, sink: str
) -> Iterator[Finding | None]:
    name = _name(asking)
    message = f"the event loop waits for the lock `{name}`, which `{holder.frame.name}` holds in a thread while it calls `{sink}`"
    for frame, way in ways_to(linked, [asking.frame]):
        first = way[0][0] if way else frame
        if len(way) >= _NEAR or (first.module.is_test and not linked.entries_reaching(first)):
            continue  # a test has the loop to itself, and waits for what it has begun
        said = f"`{text(way[0][1].node)}` leads to a lock: {message}" if way else message
        yield mistake(
            meta, linked, frame, at_site(asking.mark, name), said, way=way, severity=severity,
            help="hold the lock for the short part only, or take it in a thread with `asyncio.to_thread`",
        )  # fmt: skip


__all__ = ["held_locks"]
