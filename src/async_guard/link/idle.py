"""Whether a block leaves nothing to do for the end of a ``with``: ``with sqlite3.connect(path) as db: return db.execute("SELECT ...").fetchall()``.

A transaction that only read has nothing to commit. Read as it is written: any other use of the object leaves the answer open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import callers, narrowing
from async_guard.link.frames import Event, Frame
from async_guard.link.values import CONST
from async_guard.model import facts as F
from async_guard.model.catalogue import Idle

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator
    from async_guard.link.program import Fn


def is_idle(ev: Evaluator, body: list[Any], name: str, allowed: Idle, frame: Frame) -> bool:
    """Whether a block does with what it knows by a name, and with what the methods of that give, only what is allowed.

    What stands before a statement that leaves nothing to do (``db.commit()``) does not count.
    """
    return uses_left(ev, body[_ended(body, name, allowed) :], name, allowed, frame, _cursors(body, name, allowed)) == 0


def is_idle_where_lent(ev: Evaluator, links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether the call at a chain's end has nothing to do, since neither its function nor the block that it lends the object to did anything.

    ``with store.connection() as db: db.execute("SELECT ...")``, where ``connection()`` gives the object by ``yield db`` and then calls
    ``db.commit()``. Asked of chains that would be reported.
    """
    frame, event = links[-1]
    allowed = event.effect.idle
    if allowed is None or frame.fn is None:
        return False
    name = _ending(frame.fn, event.node)
    if not name:
        return False
    body = frame.fn.body["body"]
    allowed = replace(allowed, beside=(*allowed.beside, *allowed.ends), ends=())
    lent = sum(1 for node in callers.parts([body]) if _lends(node, name))
    if uses_left(ev, body, name, allowed, frame, _cursors(body, name, allowed)) != lent:
        return False
    if not lent:
        return True
    outer, at = links[-2] if len(links) > 1 else (None, None)
    if outer is None or at is None or outer.fn is None:
        return False
    for stmt in F.statements(outer.fn.body["body"]):
        for item in stmt[1] if stmt[0] == F.S_WITH else ():
            if item[0] is at.node:
                known = item[1][1] if item[1] is not None and item[1][0] == F.E_NAME else ""
                return item[1] is None or (bool(known) and is_idle(ev, stmt[2], known, allowed, outer))
    return False


def _ending(fn: Fn, node: Any) -> str:
    """The variable whose transaction a call ends, or the leaving of a block; empty where it is no variable."""
    for stmt in F.statements(fn.body["body"]):
        for item in stmt[1] if stmt[0] == F.S_WITH else ():
            if item[0] is node:
                held = item[1] if item[1] is not None else item[0]
                return str(held[1]) if held[0] == F.E_NAME else ""
    if callers.is_call(node) and node[1][0] == F.E_ATTR and node[1][1][0] == F.E_NAME:
        return str(node[1][1][1])
    return ""


def _lends(node: Any, name: str) -> bool:
    return bool(node[0] == F.E_YIELD and node[1].__class__ is list and node[1][:2] == [F.E_NAME, name])


def _cursors(body: list[Any], name: str, allowed: Idle) -> set[str]:
    """The names that what the methods of an object give is kept under."""
    return {made for node in callers.parts([body]) for made in _made(node, name, allowed)}


def uses_left(ev: Evaluator, body: list[Any], name: str, allowed: Idle, frame: Frame, cursors: set[str]) -> int:
    """How often a block uses an object in other ways than are allowed; -1 where it calls a method that is not."""
    known = {name, *cursors}
    uses = 0
    for node in callers.parts([body]):
        if node[0] == F.E_NAME and len(node) == F.NAME_PARTS and node[1] in known:
            uses += 1
        elif node[0] == F.S_ASSIGN and len(node) == F.ASSIGN_PARTS and node[1].__class__ is list:
            uses -= sum(_is_set(target, known) for target in node[1])
        elif (
            callers.is_call(node) and node[1][0] == F.E_ATTR and node[1][1][:1] == [F.E_NAME] and node[1][1][1] in known
        ):
            if not _is_harmless(ev, node, allowed, frame):
                return -1
            uses -= 1
        elif node[0] == F.S_WITH and len(node) == F.WITH_PARTS:
            uses -= sum(_is_set(item[1], known) for item in node[1] if item[1] is not None)
        elif node[0] == F.S_FOR and len(node) == F.FOR_PARTS:
            uses -= _is_row_of(node[2], cursors)
        elif node[0] == F.E_COMP and len(node) == F.COMP_PARTS:
            uses -= sum(_is_row_of(generator[1], cursors) for generator in node[2])
    return uses


def _ended(body: list[Any], name: str, allowed: Idle) -> int:
    """How many statements of a block lead up to the last one that leaves nothing to do, itself included."""
    for index in range(len(body) - 1, -1, -1):
        stmt = body[index]
        if stmt[0] == F.S_EXPR and callers.is_call(stmt[1]) and stmt[1][1][0] == F.E_ATTR:
            callee = stmt[1][1]
            if callee[2] in allowed.ends and callee[1][:2] == [F.E_NAME, name]:
                return index + 1
    return 0


def _made(node: Any, name: str, allowed: Idle) -> Iterator[str]:
    """The name that what a method of the object gives, such as a cursor, is kept under."""
    if node[0] == F.S_ASSIGN and len(node) == F.ASSIGN_PARTS and callers.is_call(node[2]) and node[1].__class__ is list:
        made = node[2][1]
        if (
            made[0] == F.E_ATTR
            and (made[2] in allowed.calls or made[2] in allowed.beside)
            and made[1][:2] == [F.E_NAME, name]
        ):
            yield from (target[1] for target in node[1] if target[0] == F.E_NAME)


def _is_row_of(e: Any, made: set[str]) -> int:
    """Whether the rows of a cursor are gone through."""
    return int(e.__class__ is list and e[0] == F.E_NAME and e[1] in made)


def _is_set(target: Any, known: set[str]) -> int:
    """How often an assignment names the objects: as what it gives a value to, or whose attribute (``db.row_factory``)."""
    if target[0] == F.E_ATTR:
        target = target[1]
    return int(target[0] == F.E_NAME and target[1] in known)


def _is_harmless(ev: Evaluator, call: Any, allowed: Idle, frame: Frame) -> bool:
    method: str = call[1][2]
    if method not in allowed.calls:
        return method in allowed.beside
    texts = _texts(ev, call[2][0], frame) if call[2] else [""]
    return all(text.lstrip().upper().startswith(allowed.begins) for text in texts)


def _texts(ev: Evaluator, e: Any, frame: Frame) -> list[str]:
    """What an argument may be; an empty text where nobody knows."""
    e = _first_part(e)
    head = _head(e)
    if head:
        return [head]
    values = ev.ev(e, frame) if e[0] == F.E_NAME else ()
    if e[0] == F.E_NAME and frame.fn is not None and not (values and all(v.k == CONST for v in values)):
        return _composed(frame.fn, e[1]) or _handed(ev, frame.fn, e[1])
    return [str(v.a) if v.k == CONST else "" for v in values] or [""]


def _composed(fn: Fn, name: str) -> list[str]:
    """What a text begins with that a function puts together in a variable: ``query = "SELECT ..."``, ``query += " WHERE ..."``."""
    found: list[str] = []
    for stmt in F.statements(fn.body["body"]):
        if stmt[0] == F.S_ASSIGN and [F.E_NAME, name] in [target[:2] for target in stmt[1]]:
            value = stmt[2]
            grown = value[0] == F.E_BIN and value[2][:2] == [F.E_NAME, name]  # `query = query + " LIMIT 1"`
            if not grown:
                found.append(_head(value))
        elif stmt[0] == F.S_ANN and stmt[1][:2] == [F.E_NAME, name] and stmt[3] is not None:
            found.append(_head(stmt[3]))
    return found


def _handed(ev: Evaluator, fn: Fn, name: str) -> list[str]:
    """What the calls that may mean a function hand it for a parameter, as they are written: it is read for many callers together.

    What is handed no text calls something else of the name.
    """
    params = [p[0] for p in fn.body["params"] if p[1] in ("/", "a")]
    if name not in params or narrowing.is_bound_anew(fn, name):
        return [""]
    wanted = callers.Wanted(ev, fn, fn.name)
    found: list[str] = []
    for module, index in ev.program.callers(fn.name, fn.module):
        scope = module.functions[index] if index >= 0 else None
        sites = callers.sites(ev.program, scope if scope is not None else module)
        for call in (call for each in wanted.names for call in sites.get(each, ())):
            if scope is None or wanted.means(call, scope):
                given = _argument(call, name, params.index(name) - int(wanted.is_method))
                if given is None or given[0] != F.E_CONST or given[1].__class__ is str:
                    found.append(_head(given) if given is not None else "")
    return found or [""]


def _argument(call: Any, name: str, place: int) -> Any:
    """What a call hands over by a name or at a place, as it is written; None where it spreads its arguments, or leaves that out."""
    named = next((value for keyword, value in call[3] if keyword == name), None)
    if named is None and 0 <= place < len(call[2]) and all(a[0] != F.E_STAR for a in call[2]):
        named = call[2][place]
    return named


def _head(e: Any) -> str:
    """What a text begins with; empty where nobody knows."""
    e = _first_part(e)
    return str(e[1]) if e[0] == F.E_CONST else ""


def _first_part(e: Any) -> Any:
    """What the first part of a composed text is: of ``query + " LIMIT 5"``, ``f"SELECT {names}"`` and ``"SELECT {}".format(names)``."""
    while True:
        if e[0] == F.E_FSTR and e[1]:
            e = e[1][0]
        elif e[0] == F.E_BIN and e[1] in ("+", "%"):
            e = e[2]
        elif callers.is_call(e) and e[1][0] == F.E_ATTR and e[1][2] in _FORMATTING:
            e = e[1][1]
        else:
            return e


_FORMATTING: Final = ("format", "strip", "lstrip")


__all__ = ["is_idle", "is_idle_where_lent", "uses_left"]
