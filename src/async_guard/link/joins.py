"""Tasks that the function which starts them waits for by a later statement: ``tasks.append(create_task(f()))``, then ``await gather(*tasks)``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from async_guard.link import callers
from async_guard.link.program import Fn
from async_guard.model import facts as F

Held = dict[str, set[int]]
"""Variable, or attribute of one -> the positions of the calls whose results are in it."""

Waited = set[Any]
"""Variables whose contents are waited for, and positions of calls whose results are."""


def over(fn: Fn | None) -> dict[int, int]:
    """The positions of calls whose results a later statement surely waits for, with the position behind which they are over."""
    if fn is None or not fn.is_async:
        return {}
    if fn.joins is None:
        fn.joins = {}
        if any(callers.is_await(part) for part in callers.parts([fn.body["body"]])):
            _scan(fn.body["body"], {}, fn.joins)
    return fn.joins


def _scan(body: list[Any], held: Held, found: dict[int, int]) -> None:
    """Note what the statements of a block put into variables, and what they wait for of what the same block has put there before.

    Args:
        body: the block.
        held: what variables hold; a block inside begins with what holds before it.
        found: what `over` gives.
    """
    since: set[int] = set()  # what this block has begun, and no statement could leave it since
    for stmt in body:
        for waited, pos in _waits(stmt):
            for call in _named(waited, held) & since | {each for each in waited if each.__class__ is int}:
                found.setdefault(call, pos)
        before = set().union(*held.values())
        if stmt[0] == F.S_TRY and stmt[4]:
            _ended(stmt, held, found)
        for block in F.blocks(stmt):
            inner = {key: set(calls) for key, calls in held.items()}
            _scan(block, inner, found)
            for key, calls in inner.items():
                held.setdefault(key, set()).update(calls)
        _hold(stmt, held)
        if _leaves(stmt):
            since = set()
        else:
            since |= set().union(*held.values()) - before


def _ended(stmt: Any, held: Held, found: dict[int, int]) -> None:
    """Note what a ``finally`` waits for of what was put into variables by the statements that it ends, however these are left."""
    inner: Held = {}
    for each in F.statements(stmt[1]):
        _hold(each, inner)
    for each in stmt[4]:
        for waited, pos in _waits(each):
            for call in _named(waited, inner):
                found.setdefault(call, pos)


def _named(waited: Waited, held: Held) -> set[int]:
    return set().union(*(held.get(each, ()) for each in waited if each.__class__ is str))


def _hold(stmt: Any, held: Held) -> None:
    """Note what a statement itself puts into variables."""
    if stmt[0] == F.S_ASSIGN:
        for target in stmt[1]:
            _bind(target, stmt[2], held)
    elif stmt[0] == F.S_ANN and stmt[3] is not None:
        _bind(stmt[1], stmt[3], held)
    elif stmt[0] == F.S_AUG and (key := _key(stmt[1])):
        held.setdefault(key, set()).update(_made(stmt[3], held))
    elif stmt[0] == F.S_EXPR and callers.is_call(stmt[1]):
        callee = stmt[1][1]
        if callee[0] == F.E_ATTR and callee[2] in _PUTS and (key := _key(callee[1])):
            for arg in stmt[1][2]:
                held.setdefault(key, set()).update(_made(arg, held))


def _bind(target: Any, value: Any, held: Held) -> None:
    if target[0] == F.E_SEQ and value[0] == F.E_SEQ and len(target[2]) == len(value[2]):
        for one, part in zip(target[2], value[2], strict=True):
            _bind(one, part, held)
    elif target[0] == F.E_SUB and (key := _key(target[1])):
        held.setdefault(key, set()).update(_made(value, held))
    elif key := _key(target):
        held[key] = _made(value, held)


def _made(e: Any, held: Held) -> set[int]:
    """The positions of the calls whose results are what an expression gives, or are in it."""
    made = {part[4] for part in _through(e) if callers.is_call(part)}
    return made.union(*(held.get(key, ()) for part in _through(e) if (key := _key(part))))


def _waits(stmt: Any) -> Iterator[tuple[Waited, int]]:
    """The variables and calls for which a statement waits whenever it runs, with the position behind which that is over."""
    tag = stmt[0]
    if tag == F.S_TRY:
        for each in (*stmt[1], *stmt[4]):
            yield from _waits(each)
    elif tag == F.S_WITH:
        for each in stmt[2]:
            yield from _waits(each)
    elif tag == F.S_IF:
        if len(stmt[1]) == 1 and not stmt[2] and (asked := _key(stmt[1][0][0])):  # `if tasks:`: there are none else
            for each in stmt[1][0][1]:
                for waited, pos in _waits(each):
                    if asked in waited:
                        yield {asked}, pos
    elif tag == F.S_FOR:
        if not any(map(_leaves, stmt[3])) and _is_awaited(stmt[1], stmt[3], is_async=bool(stmt[5])):
            yield _given(stmt[2]), _last(stmt)
    elif tag == F.S_WHILE:
        if (asked := _key(stmt[1])) and not any(map(_leaves, stmt[2])) and _is_waited(asked, stmt[2]):
            yield {asked}, _last(stmt)
    elif not F.blocks(stmt):
        waits: Waited = set()
        for part in callers.parts([stmt]):
            if callers.is_await(part):
                waits |= _given(part[1])
            elif part[0] == F.E_COMP and len(part) == F.COMP_PARTS and len(part[2]) == 1:
                target, iterable, conditions, is_async = part[2][0][:4]
                if not conditions and _is_awaited(
                    target, [[F.S_EXPR, e] for e in part[3:5] if e], is_async=bool(is_async)
                ):
                    waits |= _given(iterable)
        if waits:
            yield waits, _last(stmt)


def _is_awaited(target: Any, body: list[Any], *, is_async: bool) -> bool:
    """Whether each of what a loop goes through is awaited; ``async for`` waits for what ``as_completed`` gives by itself."""
    if is_async:
        return True
    awaited = (part[1] for part in callers.parts(list(_plain(body))) if callers.is_await(part))
    targets = {key for each in _through(target) if (key := _key(each))}
    return any(_key(e) in targets for value in awaited for e in _through(value))


def _plain(body: list[Any]) -> Iterator[Any]:
    """The statements of a block that run whenever it does, without blocks of their own: those of ``try`` and ``with``, too."""
    for stmt in body:
        if stmt[0] in (F.S_TRY, F.S_WITH):
            yield from _plain(stmt[1] if stmt[0] == F.S_TRY else stmt[2])
        elif not F.blocks(stmt):
            yield stmt


def _is_waited(name: str, body: list[Any]) -> bool:
    """Whether a loop waits for some of what is left: ``done, tasks = await asyncio.wait(tasks, return_when=FIRST_COMPLETED)``."""
    for stmt in body:
        if stmt[0] == F.S_ASSIGN and callers.is_await(stmt[2]) and callers.is_call(stmt[2][1]):
            call = stmt[2][1]
            if F.last_name(call[1]) == "wait" and call[2] and _key(call[2][0]) == name:
                target = stmt[1][0]
                return bool(
                    target[0] == F.E_SEQ and len(target[2]) == len(("done", "pending")) and _key(target[2][1]) == name
                )
    return False


def _given(e: Any) -> Waited:
    """The variables and calls whose contents and results an expression gives or holds."""
    found: Waited = {key for part in _through(e) if (key := _key(part))}
    found.update(part[4] for part in _through(e) if callers.is_call(part))
    return found


def _through(e: Any) -> Iterator[Any]:
    """An expression, and what it gives or holds: items, elements, and what ``gather`` and its like are given."""
    yield e
    tag = e[0]
    inner: list[Any] = []
    if tag == F.E_SEQ or tag == F.E_DICT:
        inner = e[2]
    elif tag == F.E_COMP:
        inner = [e[4] if e[1] == "dict" else e[3]]
    elif tag == F.E_IF:
        inner = e[2:4]
    elif tag == F.E_STAR:
        inner = [e[1]]
    elif tag == F.E_BIN:
        inner = e[2:4]
    elif callers.is_call(e):
        name = F.last_name(e[1])
        if name in _WAITS and (name not in _PARTLY or not any(keyword in _IN_PART for keyword, _ in e[3])):
            inner = e[2]
        elif name in _VIEWS and e[1][0] == F.E_ATTR:
            inner = [e[1][1]]
    for each in inner:
        yield from _through(each)


def _key(e: Any) -> str:
    """A variable, or an attribute of one, as written; empty for anything else."""
    if e[0] == F.E_NAME:
        return str(e[1])
    if e[0] == F.E_ATTR and e[1].__class__ is list and (base := _key(e[1])):
        return f"{base}.{e[2]}"
    return ""


def _leaves(stmt: Any) -> bool:
    """Whether a statement may leave the block that it stands in, but for exceptions, which leave what stands behind, too."""
    if stmt[0] in (F.S_RETURN, F.S_BREAK, F.S_CONTINUE):
        return True
    if stmt[0] in (F.S_FOR, F.S_WHILE):
        return any(each[0] == F.S_RETURN for each in F.statements([stmt]))
    return any(_leaves(each) for block in F.blocks(stmt) for each in block)


def _last(stmt: Any) -> int:
    """The last position of a call or an ``await`` in a statement."""
    found = [part[2] if callers.is_await(part) else part[4] for part in callers.parts([stmt]) if _is_placed(part)]
    return int(max(found, default=0))


def _is_placed(part: Any) -> bool:
    return callers.is_await(part) or callers.is_call(part)


_PUTS: Final = ("append", "add", "extend", "insert", "update", "appendleft")
_VIEWS: Final = ("values", "items", "copy")
_WAITS: Final = ("gather", "wait", "wait_for", "as_completed", "list", "tuple", "set")
"""What waits for what it is given, or gives it on."""
_PARTLY: Final = ("wait", "as_completed")
_IN_PART: Final = ("return_when", "timeout")
"""Options with which these may leave some of it running; `wait_for` ends it."""

__all__ = ["over"]
