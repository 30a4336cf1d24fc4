"""The judgement behind AG501: waits that do not need each other, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from async_guard.link.frames import Frame
from async_guard.link.linked import Linked
from async_guard.link.program import Fn
from async_guard.link.values import BOUND, EXTINST, EXTMETH, FUNC, INST, V
from async_guard.model import facts as F
from async_guard.rules.judgement import uses

_READING: Final = (
    "get",
    "fetch",
    "load",
    "read",
    "find",
    "list",
    "count",
    "search",
    "query",
    "lookup",
    "head",
    "options",
    "download",
    "retrieve",
)
"""How the names of calls begin that ask for something and change nothing."""
_SAFE: Final = frozenset(("get", "head", "options"))
"""Methods of clients that change nothing on the other side."""
_TELLING: Final = frozenset(("raise_for_status", "debug", "info", "warning", "error", "exception", "log", "print"))
"""Calls of which nothing becomes different for others."""
_HARMLESS: Final = frozenset(
    (F.S_EXPR, F.S_ASSIGN, F.S_ANN, F.S_RETURN, F.S_IF, F.S_FOR, F.S_TRY, F.S_RAISE, F.S_PASS, F.S_BREAK, F.S_CONTINUE)
)
"""Statements of functions that only ask."""
_DEEPEST: Final = 3
"""Methods that call methods which are looked into."""


class Sequential(NamedTuple):
    """An await that could wait together with others."""

    frame: Frame
    node: Any
    """The ``await`` expression."""
    in_loop: bool


def sequential(linked: Linked) -> Iterator[Sequential]:
    """The first of several independent awaits in a row, and awaits in loops whose rounds are independent."""
    ev = linked.evaluator
    for module in linked.program:
        if module.is_test:
            continue
        for fn in module.functions:
            if fn.is_async and fn.head.has_await and not fn.is_lambda:
                frame = ev.generic_frame(fn)
                ev.read(frame)
                yield from _Reader(linked, frame).blocks(fn.body["body"])


class _Reader:
    def __init__(self, linked: Linked, frame: Frame) -> None:
        self.linked = linked
        self.frame = frame

    def blocks(self, body: list[Any]) -> Iterator[Sequential]:
        yield from self._row(body)
        for stmt in body:
            for part in uses.own_parts(stmt):
                yield from self._together(part)
            if stmt[0] == F.S_FOR and not stmt[5]:
                found = self._round(stmt)
                if found is not None:
                    yield Sequential(self.frame, found, True)
                    continue
            for inner in uses.blocks(stmt):
                yield from self.blocks(inner)

    def _row(self, body: list[Any]) -> Iterator[Sequential]:
        """Awaits in neighbouring assignments, each used by none that follows in the row."""
        first: Any = None
        bound: set[str] = set()
        told = False
        for stmt in [*body, None]:
            node = _assigned_await(stmt) if stmt is not None else None
            if node is None or not self._is_independent(node) or any(uses.mentions(node, name) for name in bound):
                first, bound, told = None, set(), False
                if node is None or not self._is_independent(node):
                    continue
            if first is None:
                first = node
            elif not told:
                told = True
                yield Sequential(self.frame, first, False)
            bound |= _targets(stmt)

    def _together(self, e: Any) -> Iterator[Sequential]:
        """Awaits side by side in one container or call, and the one await of each round of a comprehension."""
        if e.__class__ is not list or not e:
            return
        found = None
        if e[0] == F.E_COMP and len(e) == 7:
            found = self._each(e)
            if found is not None:
                yield Sequential(self.frame, found, True)
        else:
            parts = [_looked_into(part) for part in _members(e)]
            side_by_side = [part for part in parts if _is_await(part) and self._is_independent(part)]
            if len(side_by_side) > 1:
                found = side_by_side[0]
                yield Sequential(self.frame, found, False)
        for part in e if found is None else ():
            yield from self._together(part)

    def _each(self, comp: Any) -> Any:
        """The await that a comprehension makes in each round, if the rounds do not need each other."""
        generators = comp[2]
        if (
            len(generators) != 1
            or generators[0][3]
            or generators[0][2]
            or not _is_await(comp[3])
            or comp[4] is not None
        ):
            return None
        own: set[str] = set()
        _names(generators[0][0], own)
        used = any(uses.mentions(comp[3], name) for name in own)
        return comp[3] if used and self._is_independent(comp[3]) else None

    def _round(self, stmt: Any) -> Any:
        """The one await of a loop whose rounds do not need each other."""
        awaits: list[Any] = []
        _find_awaits(stmt[3], awaits)
        if len(awaits) != 1 or stmt[4] or awaits[0][1][0] != F.E_CALL:
            return None
        assigned: set[str] = set()
        for inner in uses.statements(stmt[3]):
            if inner[0] not in (F.S_ASSIGN, F.S_ANN, F.S_EXPR):
                return None
            assigned |= _targets(inner)
        node = awaits[0]
        own: set[str] = set()
        _names(stmt[1], own)
        if any(uses.mentions(node, name) for name in assigned - own) or not any(
            uses.mentions(node, name) for name in own
        ):
            return None
        if any(inner[0] == F.S_EXPR and inner[1] is node for inner in stmt[3]):
            return None
        return node if self._is_independent(node) else None

    def _is_independent(self, node: Any) -> bool:
        """Whether an awaited call asks for something over a connection that may be shared."""
        call = node[1]
        if call[0] != F.E_CALL:
            return False
        name = F.last_name(call[1])
        if "raise" in name or name.endswith("_404"):
            return False
        is_reading = name.lstrip("_").startswith(_READING)
        callee = self.linked.evaluator.ev(call[1], self.frame)
        return (
            bool(callee)
            and all(self._shares_nothing(v) if is_reading else self._surely_asks(v) for v in callee)
            and not any(self._is_exclusive(a) for a in [*call[2], *(v for _, v in call[3])])
        )

    def _shares_nothing(self, v: V, depth: int = 0) -> bool:
        if v.k == EXTMETH:
            return v.a.k == EXTINST and self._is_pool(v.a.a)
        func = v.b if v.k == BOUND else v
        if func.k != FUNC or not func.a.is_async or not func.a.head.has_await or func.a.head.is_generator:
            return False
        fn: Fn = func.a
        if fn.owner is None:
            return not fn.is_stub() and not _writes_elsewhere(fn)
        return not fn.is_stub() and depth < _DEEPEST and self._only_asks(fn, depth + 1)

    def _only_asks(self, method: Fn, depth: int) -> bool:
        """Whether a method changes nothing of its object, and waits for what shares nothing either."""
        ev = self.linked.evaluator
        frame = ev.generic_frame(method)
        ev.read(frame)
        awaits: list[Any] = []
        for stmt in uses.statements(method.body["body"]):
            if stmt[0] in (F.S_AUG, F.S_DEL) or (
                stmt[0] in (F.S_FOR, F.S_WITH) and stmt[5 if stmt[0] == F.S_FOR else 3]
            ):
                return False
            if stmt[0] == F.S_ASSIGN and any(target[0] in (F.E_ATTR, F.E_SUB) for target in stmt[1]):
                return False
            for part in uses.own_parts(stmt):
                _find_awaits(part, awaits)
        for node in awaits:
            callee = ev.ev(node[1][1], frame) if node[1][0] == F.E_CALL else ()
            if not callee or not all(self._shares_nothing(v, depth) for v in callee):
                return False
        return bool(awaits)

    def _surely_asks(self, v: V, depth: int = 0) -> bool:
        """Whether a function of the project does nothing but ask clients that may be shared, or that it makes for itself."""
        func = v.b if v.k == BOUND else v
        if func.k != FUNC or depth >= _DEEPEST or not func.a.is_async or func.a.head.is_generator:
            return False
        fn: Fn = func.a
        if fn.is_stub() or fn.body["decorators"]:
            return False
        ev = self.linked.evaluator
        frame = ev.generic_frame(fn)
        ev.read(frame)
        awaits: list[Any] = []
        for stmt in uses.statements(fn.body["body"]):
            if stmt[0] == F.S_WITH and stmt[3]:
                if not all(self._makes_pool(item[0], frame) for item in stmt[1]):
                    return False
                continue
            if stmt[0] not in _HARMLESS or (stmt[0] == F.S_FOR and stmt[5]) or not _is_harmless(stmt):
                return False
            for part in uses.own_parts(stmt):
                _find_awaits(part, awaits)
        return bool(awaits) and all(self._asks(node[1], frame, depth) for node in awaits)

    def _makes_pool(self, e: Any, frame: Frame) -> bool:
        made = self.linked.evaluator.ev(e, frame) if e[0] == F.E_CALL else ()
        return bool(made) and all(v.k == EXTINST and self._is_pool(v.a) for v in made)

    def _asks(self, call: Any, frame: Frame, depth: int) -> bool:
        """Whether an awaited call asks a client for something, or a function that does nothing else."""
        if call[0] != F.E_CALL:
            return False
        callee = self.linked.evaluator.ev(call[1], frame)
        return bool(callee) and all(
            F.last_name(call[1]) in _SAFE and self._shares_nothing(v)
            if v.k == EXTMETH
            else self._surely_asks(v, depth + 1)
            for v in callee
        )

    def _is_pool(self, cls: str) -> bool:
        found = self.linked.evaluator.catalogue.method(cls, "__init__")
        return found is not None and found[1].role == "pools"

    def _is_exclusive(self, e: Any) -> bool:
        """Whether an argument is an object that two waits should not share: a session, a connection, anything unknown."""
        if e[0] == F.E_NAME or e[0] == F.E_ATTR:
            for v in self.linked.evaluator.ev(e, self.frame):
                if v.k in (INST, BOUND) or (
                    v.k == EXTINST and not v.a.startswith("builtins.") and not self._is_pool(v.a)
                ):
                    return True
            word = str(e[1] if e[0] == F.E_NAME else e[2]).lower()
            return any(
                part in word for part in ("db", "session", "conn", "cursor", "tx", "transaction", "lock", "websocket")
            )
        return bool(e[0] == F.E_STAR)


def _writes_elsewhere(fn: Fn) -> bool:
    """Whether a function puts something into what it does not own: a global, an attribute or an entry of what it was given."""
    body = fn.body["body"]
    own: set[str] = set()
    for stmt in uses.statements(body):
        own |= _targets(stmt)
    for stmt in uses.statements(body):
        if stmt[0] == F.S_GLOBAL:
            return True
        targets = stmt[1] if stmt[0] == F.S_ASSIGN else [stmt[1]] if stmt[0] in (F.S_ANN, F.S_AUG) else []
        for target in targets:
            root = target
            while root[0] in (F.E_ATTR, F.E_SUB):
                root = root[1]
            if root is not target and (root[0] != F.E_NAME or root[1] not in own):
                return True
    return False


def _is_harmless(stmt: Any) -> bool:
    """Whether a statement changes nothing but the function's own names: no call for its effect, no attribute or item written."""
    if stmt[0] == F.S_EXPR:
        e = stmt[1]
        return bool(e[0] in (F.E_CONST, F.E_AWAIT) or (e[0] == F.E_CALL and F.last_name(e[1]) in _TELLING))
    targets = stmt[1] if stmt[0] == F.S_ASSIGN else [stmt[1]] if stmt[0] in (F.S_ANN, F.S_FOR) else []
    return all(target[0] in (F.E_NAME, F.E_SEQ) for target in targets)


def _looked_into(e: Any) -> Any:
    """What an expression takes an attribute, an item or a plain method's result of: ``(await get(url)).json()``."""
    while e.__class__ is list and e:
        if e[0] in (F.E_ATTR, F.E_SUB):
            e = e[1]
        elif e[0] == F.E_CALL and len(e) == 6 and e[1][0] == F.E_ATTR and not e[2] and not e[3]:
            e = e[1][1]
        else:
            break
    return e


def _is_await(e: Any) -> bool:
    return e.__class__ is list and len(e) == 4 and e[0] == F.E_AWAIT and e[1].__class__ is list


def _members(e: Any) -> list[Any]:
    """What stands side by side in an expression: items, values, arguments, operands."""
    if e[0] == F.E_SEQ and len(e) == 3 and e[2].__class__ is list:
        return list(e[2])
    if e[0] == F.E_DICT and len(e) == 3 and e[2].__class__ is list:
        return list(e[2])
    if e[0] == F.E_CALL and len(e) == 6 and e[2].__class__ is list:
        return [*e[2], *(value for _, value in e[3])]
    if e[0] == F.E_BIN and len(e) == 6 and e[1].__class__ is str:
        return [e[2], e[3]]
    return []


def _assigned_await(stmt: Any) -> Any:
    value = stmt[2] if stmt[0] == F.S_ASSIGN else stmt[3] if stmt[0] == F.S_ANN else None
    return value if value is not None and value[0] == F.E_AWAIT else None


def _targets(stmt: Any) -> set[str]:
    out: set[str] = set()
    for target in stmt[1] if stmt[0] == F.S_ASSIGN else [stmt[1]] if stmt[0] == F.S_ANN else []:
        if target[0] in (F.E_NAME, F.E_SEQ, F.E_STAR):
            _names(target, out)
    return out


def _names(part: Any, out: set[str]) -> None:
    if part.__class__ is list:
        if len(part) == 3 and part[0] == F.E_NAME and part[1].__class__ is str:
            out.add(part[1])
        for p in part:
            _names(p, out)


def _find_awaits(part: Any, out: list[Any]) -> None:
    if part.__class__ is list and part:
        if (
            part[0] == F.E_AWAIT
            and len(part) == 4
            and part[1].__class__ is list
            and part[2].__class__ is int
            and part[2] > 4095
        ):
            out.append(part)
        for p in part:
            _find_awaits(p, out)


__all__ = ["Sequential", "sequential"]
