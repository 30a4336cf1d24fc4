"""Results that a function keeps under what it is asked for, where a caller asks for the same each time: ``setting("PM")``, ``if key in _cache``.

For each user that is passed as a key the work is done anew, for a text that a caller writes it is done once (`memos` tells of keys that nobody
passes). Entries that others take out again are looked for once more, which is as seldom as they are changed. Asked of chains that would be reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import narrowing
from async_guard.link.callers import is_call, parts
from async_guard.link.doubts import given
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Class, Fn
from async_guard.link.values import INST
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.linked import Linked

_Kept = dict[tuple[int, int], list[tuple[str, Any]]]
"""Call -> the parameters for which it is made only the first time, each with the table that keeps what came of it."""


def is_kept(linked: Linked, links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether some call of a chain is made only the first time for a key that the call before writes as a literal."""
    for number in range(1, len(links)):
        frame, event = links[number]
        kept = _kept(frame.fn).get((event.pos, event.end), ()) if frame.fn is not None else ()
        before = links[number - 1][1]
        if not kept or frame.fn is None or not is_call(before.node):
            continue
        passed = given.handed(before.node, frame.fn)[0]
        for param, table in kept:
            key = passed.get(param)
            if key is not None and key[0] == F.E_CONST and key[1] is not None and _lasts(linked, frame, table):
                return True
    return False


def _lasts(linked: Linked, frame: Frame, table: Any) -> bool:
    """Whether a table is kept as long as the process: by a module, or by an object that no request makes."""
    while table[0] == F.E_SUB:
        table = table[1]
    if table[0] == F.E_NAME:
        fn = frame.fn
        is_local = fn is None or table[1] in frame.vars or any(p[0] == table[1] for p in fn.body["params"])
        return not is_local and table[1] in frame.module.bindings
    own, fn = frame.self_value, frame.fn
    if own is None or own.k != INST or fn is None or table[1][:2] != [F.E_NAME, given.own(fn)]:
        return False
    cls: Class = own.a
    return linked.lasts(cls)


def _kept(fn: Fn) -> _Kept:
    if fn.kept is None:
        fn.kept = {}
        params = {str(p[0]) for p in fn.body["params"] if not narrowing.is_bound_anew(fn, p[0])}
        if params:
            _block(fn.body["body"], params, fn.kept)
    return fn.kept  # type: ignore[no-any-return]


def _block(body: list[Any], params: set[str], out: _Kept) -> None:
    """Collect the calls of statements that are made only where a table lacks a key, and that put something there."""
    found: dict[str, tuple[Any, str]] = {}
    for number, stmt in enumerate(body, start=1):
        rest = body[number:]
        tag: int = stmt[0]
        if tag == F.S_ASSIGN and len(stmt[1]) == 1 and stmt[1][0][0] == F.E_NAME:
            found.pop(stmt[1][0][1], None)
            if (looked := _looked_up(stmt[2])) is not None:
                found[stmt[1][0][1]] = looked
        elif tag == F.S_IF and len(stmt[1]) == 1:
            test, inner = stmt[1][0]
            for region, truth in ((inner, True), (stmt[2] or (rest if _returns(inner) else []), False)):
                for table, key in _missing(test, truth, found):
                    _enter(region, table, key, params, out)
        elif tag == F.S_TRY and len(stmt[1]) == 1:
            table, key = _sought(stmt[1][0])
            for kind, _, handler, _ in stmt[2] if key else ():
                if kind is not None and not _LACKS_KEY.isdisjoint(F.last_name(each) for each in F.handled(kind)):
                    _enter(handler, table, key, params, out)
        for block in F.blocks(stmt):
            _block(block, params, out)


def _sought(stmt: Any) -> tuple[Any, str]:
    """The table and the key of a statement that does nothing but look for an entry."""
    value = stmt[2] if stmt[0] == F.S_ASSIGN else stmt[1] if stmt[0] == F.S_RETURN else None
    return (value[1], _name(value[2])) if value is not None and value[0] == F.E_SUB else (None, "")


def _missing(test: Any, truth: bool, found: dict[str, tuple[Any, str]]) -> list[tuple[Any, str]]:
    """The table that lacks a key where a condition has an outcome."""
    while test[0] == F.E_UNARY and test[1] == "not":
        test, truth = test[2], not truth
    if test[0] == F.E_NAME:
        return [found[test[1]]] if not truth and test[1] in found else []
    if test[0] != F.E_CMP or len(test[2]) != 1:
        return []
    word, right = test[2][0], test[3][0]
    if right[:2] == [F.E_CONST, None] and test[1][0] == F.E_NAME and test[1][1] in found:
        return [found[test[1][1]]] if word in (("is", "==") if truth else ("is not", "!=")) else []
    return [(right, _name(test[1]))] if word == ("not in" if truth else "in") else []


def _looked_up(value: Any) -> tuple[Any, str] | None:
    """The table and the key of ``table.get(key)``."""
    if value[0] != F.E_CALL or value[1][0] != F.E_ATTR or value[1][2] != "get" or len(value[2]) != 1:
        return None
    return value[1][1], _name(value[2][0])


def _enter(region: list[Any], table: Any, key: str, params: set[str], out: _Kept) -> None:
    if key not in params or table[0] not in (F.E_NAME, F.E_ATTR, F.E_SUB) or not _puts(region, table, key):
        return
    for node in parts([region]):
        if is_call(node):
            out.setdefault((node[4], node[5]), []).append((key, table))


def _puts(region: list[Any], table: Any, key: str) -> bool:
    """Whether statements put something into a table under a key."""
    for node in parts([region]):
        if node[0] == F.S_ASSIGN and len(node) == F.ASSIGN_PARTS and node[1].__class__ is list:
            if any(
                t[0] == F.E_SUB and _name(t[2]) == key and _same(t[1], table) for t in node[1] if t.__class__ is list
            ):
                return True
        elif is_call(node) and node[1][0] == F.E_ATTR and node[2] and _same(node[1][1], table):
            first = node[2][0]
            if node[1][2] in ("setdefault", "add") and _name(first) == key:
                return True
            if (
                node[1][2] == "update"
                and first[0] == F.E_DICT
                and any(_name(k) == key for k in first[1] if k is not None)
            ):
                return True
    return False


def _same(one: Any, other: Any) -> bool:
    """Whether two expressions are the same names, attributes and entries, wherever they stand."""
    if one[0] != other[0]:
        return False
    if one[0] == F.E_NAME:
        return bool(one[1] == other[1])
    if one[0] == F.E_ATTR:
        return bool(one[2] == other[2]) and _same(one[1], other[1])
    return (
        bool(one[0] == F.E_SUB) and _name(one[2]) != "" and _name(one[2]) == _name(other[2]) and _same(one[1], other[1])
    )


def _name(e: Any) -> str:
    return str(e[1]) if e[0] == F.E_NAME else ""


def _returns(body: list[Any]) -> bool:
    return bool(body) and body[-1][0] in (F.S_RETURN, F.S_RAISE)


_LACKS_KEY: Final = frozenset(("KeyError", "LookupError"))

__all__ = ["is_kept"]
