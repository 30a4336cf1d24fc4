"""The judgement behind AG302 where several coroutines are kept together: in a list, a tuple, a set or the values of a mapping."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from async_guard.link.frames import Frame
from async_guard.link.linked import Linked
from async_guard.link.program import Fn
from async_guard.link.values import VS
from async_guard.model import facts as F
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import coroutines
from async_guard.rules.judgement.scopes import body_of, notes
from async_guard.rules.judgement.syntax import Use, assignment, callee_name, is_dict, shares, statements, uses

Made = dict[int, tuple[Frame, Any]]
"""Calls of one scope that make coroutines, by identity -> frame and mark."""

_LOST: Final = "is put into `{name}` and never awaited"
_ADDING: Final = frozenset(("append", "add"))
_FILLING: Final = frozenset(("update", "setdefault", "append", "extend", "add"))
"""Methods that put something into a container and tell nothing of what it holds."""
_NOTHING_MORE: Final = frozenset(("len", "bool"))
"""Builtins that say something of a container and nothing of what is in it."""


def kept_together(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """Coroutines in a container of a function's own whose items nobody awaits, or uses as results."""
    for scope, marks in notes(linked).of_kind("coroutine"):
        if not isinstance(scope, Fn) or scope.is_lambda:
            continue
        made = {id(mark[1].node): (frame, mark) for frame, mark in marks if not coroutines.is_unclear(linked, mark[2])}
        if made:
            for found, why in _Scope(linked, scope, made).lost():
                yield coroutines.lost(linked, meta, *found[0], why)


class _Scope:
    """One function in which coroutines are made."""

    def __init__(self, linked: Linked, fn: Fn, made: Made) -> None:
        self.linked = linked
        self.fn = fn
        self.made = made
        self.body = body_of(fn)
        self.everything = list(uses(self.body))

    def lost(self) -> Iterator[tuple[list[tuple[Frame, Any]], str]]:
        """Coroutines that are lost together, and why."""
        for stmt in statements(self.body):
            given = assignment(stmt)
            if given is None or len(given[0]) != 1 or given[0][0][0] != F.E_NAME:
                continue
            name = str(given[0][0][1])
            found = self._held(given[1])
            if found is None and _is_empty(given[1]):
                found = self._added(name)
            if found and self._is_own(name):
                why = self._fate(name, found[0], _is_mapping(given[1]))
                if why:
                    yield found, why
        yield from self._among_others()
        yield from self._at_once()

    def _among_others(self) -> Iterator[tuple[list[tuple[Frame, Any]], str]]:
        """Coroutines that stand beside other things in what is only answered, serialized or sent: ``row["name"] = load(); return row``."""
        held: dict[str, dict[Any, list[tuple[Frame, Any]]]] = {}
        targets: set[int] = set()
        for stmt in statements(self.body):
            given = assignment(stmt)
            if given is None or len(given[0]) != 1:
                continue
            target, value = given[0][0], given[1]
            if target[0] == F.E_NAME and (value[0] in (F.E_DICT, F.E_SEQ) or is_dict(value)):
                for key, part in _keyed(value):
                    held.setdefault(str(target[1]), {}).setdefault(_key(key), []).extend(self._made_in(part))
            elif target[0] == F.E_SUB and target[1][0] == F.E_NAME:
                targets.add(id(target))
                held.setdefault(str(target[1][1]), {}).setdefault(_key(target[2]), []).extend(self._made_in(value))
        for name, by_key in held.items():
            found = [made for several in by_key.values() for made in several]
            if found and self._is_own(name):
                why = self._fate_of_some(name, found[0][0], {key for key, made in by_key.items() if made}, targets)
                if why:
                    yield found, why

    def _made_in(self, e: Any) -> list[tuple[Frame, Any]]:
        """The coroutines that an expression is, or that displays in it hold."""
        if id(e) in self.made:
            return [self.made[id(e)]]
        if is_dict(e):
            return [made for _, part in e[3] for made in self._made_in(part)]
        return [made for part in e[2] for made in self._made_in(part)] if e[0] in (F.E_DICT, F.E_SEQ) else []

    def _fate_of_some(self, name: str, frame: Frame, keys: set[Any], targets: set[int]) -> str:
        """Why nobody awaits the coroutines that a container holds under some keys; empty when somebody may."""
        handled: set[int] = set()
        why = ""
        for e, (how, detail) in self.everything:
            if e[0] == F.E_SUB and e[1][:2] == [F.E_NAME, name]:
                if id(e) not in targets and (e[2][0] != F.E_CONST or _key(e[2]) in keys):
                    return ""
                handled.add(id(e[1]))
            elif e[:2] == [F.E_NAME, name] and id(e) not in handled and how != "statement":
                if how == "attribute" and detail in _FILLING:
                    continue
                sunk = self._sunk(frame, e, (how, detail))
                if not sunk:
                    return ""
                why = why or sunk
        return why

    def _sunk(self, frame: Frame, e: Any, use: Use) -> str:
        """Why what a container holds is lost where the container goes; empty where somebody may await it."""
        how, detail = use
        if how in ("return", "part"):
            return coroutines.ANSWERED if coroutines.answers(self.linked, self.fn, frame) else ""
        if how == "argument":
            return coroutines.within_data(self.linked, frame, (detail, e))
        return coroutines.within_data(self.linked, frame, detail) if how == "within" else ""

    def _held(self, e: Any) -> list[tuple[Frame, Any]] | None:
        """The coroutines that a display or a comprehension holds, if it holds nothing else."""
        if e[0] == F.E_SEQ or (e[0] == F.E_DICT and None not in e[1]):
            parts = list(e[2])
        elif e[0] == F.E_COMP and e[1] != "gen":
            parts = [e[3] if e[4] is None else e[4]]
        else:
            return None
        found = [self.made[id(part)] for part in parts if id(part) in self.made]
        return found if found and len(found) == len(parts) else None

    def _added(self, name: str) -> list[tuple[Frame, Any]]:
        """The coroutines that statements add to an empty container, if they add nothing else."""
        found = []
        for e, _ in self.everything:
            if _adds_to(e, name):
                if len(e[2]) != 1 or id(e[2][0]) not in self.made:
                    return []
                found.append(self.made[id(e[2][0])])
        return found

    def _is_own(self, name: str) -> bool:
        """Whether a name stands for one container only, which no other scope sees."""
        bound = sum(use == ("assign", name) for _, use in self.everything)
        return (
            bound == 1
            and not shares(self.fn, name)
            and not coroutines.is_declared(self.body, name)
            and not coroutines.is_bound_otherwise(self.body, name)
            and all(param[0] != name for param in self.fn.body["params"])
        )

    def _fate(self, name: str, one: tuple[Frame, Any], is_mapping: bool) -> str:
        """Why nobody awaits what a container holds; empty when somebody may."""
        frame, mark = one
        seen: list[str] = []
        handled = {id(e[1][1]) for e, _ in self.everything if _adds_to(e, name)}
        for e, use in self.everything:
            if e[0] == F.E_SUB and e[1][:2] == [F.E_NAME, name] and e[2][0] != F.E_SLICE:
                handled.add(id(e[1]))
                why = self._misuse(frame, e, use, mark[2])
                if not why:
                    return ""
                seen.append(why)
        for walked, fate in self._walks(name, frame, mark[2]):
            handled.add(id(walked))
            if is_mapping:
                continue  # that gives keys
            if fate is None:
                return ""
            seen.append(fate)
        for e, (how, detail) in self.everything:
            if e[:2] != [F.E_NAME, name] or id(e) in handled:
                continue
            if how == "test" or (how == "argument" and callee_name(detail) in _NOTHING_MORE):
                continue
            why = self._sunk(frame, e, (how, detail))
            if not why:
                return ""
            seen.append(why)
        told = [why for why in seen if why]
        return told[0] if told else "" if seen else _LOST.format(name=name)

    def _walks(self, name: str, frame: Frame, value: VS) -> Iterator[tuple[Any, str | None]]:
        """The loops and comprehensions over what a name stands for: the expression that is iterated, and what becomes of the items."""
        for stmt in statements(self.body):
            if stmt[0] == F.S_FOR and not stmt[5] and stmt[2][:2] == [F.E_NAME, name]:
                yield stmt[2], self._of_items(stmt[1], list(uses(stmt[3])), frame, value)
        for e, _ in self.everything:
            if e[0] == F.E_COMP and e[2][0][1][:2] == [F.E_NAME, name]:
                yield e[2][0][1], self._of_rounds(e, frame, value)

    def _at_once(self) -> Iterator[tuple[list[tuple[Frame, Any]], str]]:
        """``for row in [load(1), load(2)]``, ``[row.name for row in [load(k) for k in keys]]``."""
        for stmt in statements(self.body):
            is_walk = stmt[0] == F.S_FOR and not stmt[5] and not _is_mapping(stmt[2])
            found = self._held(stmt[2]) if is_walk else None
            if found:
                why = self._of_items(stmt[1], list(uses(stmt[3])), found[0][0], found[0][1][2])
                if why:
                    yield found, why
        for e, _ in self.everything:
            is_walk = e[0] == F.E_COMP and not e[2][0][3] and not _is_mapping(e[2][0][1])
            found = self._held(e[2][0][1]) if is_walk else None
            if found:
                why = self._of_rounds(e, found[0][0], found[0][1][2])
                if why:
                    yield found, why

    def _of_rounds(self, comp: Any, frame: Frame, value: VS) -> str | None:
        """The same as for a loop, of a comprehension with one part."""
        if len(comp[2]) != 1 or comp[2][0][3]:
            return None
        inside = {id(e) for part in (comp[3], comp[4], *comp[2][0][2]) if part is not None for e in _all(part)}
        return self._of_items(comp[2][0][0], [u for u in self.everything if id(u[0]) in inside], frame, value)

    def _of_items(self, target: Any, inside: list[tuple[Any, Use]], frame: Frame, value: VS) -> str | None:
        """How a loop uses each item as a result: empty where it does not use them, None where somebody may await them."""
        if target[0] != F.E_NAME:
            return coroutines.SPOILING["iterate"] if target[0] == F.E_SEQ else None
        name = str(target[1])
        if any(use == ("assign", name) for _, use in inside) or shares(self.fn, name):
            return None
        found = ""
        for e, use in inside:
            if e[:2] == [F.E_NAME, name]:
                why = self._misuse(frame, e, use, value)
                if not why:
                    return None
                found = found or why
        return found

    def _misuse(self, frame: Frame, e: Any, use: Use, value: VS) -> str:
        return coroutines.misuse(self.linked, frame, self.body, e, use, value)


def _all(e: Any) -> Iterator[Any]:
    if e.__class__ is list:
        yield e
        for part in e:
            yield from _all(part)


def _key(e: Any) -> Any:
    """What tells the places of a container apart: a constant, or None for any other expression."""
    return e if isinstance(e, int) else e[1] if e is not None and e[0] == F.E_CONST else None


def _adds_to(e: Any, name: str) -> bool:
    """``name.append(...)``."""
    return callee_name(e) in _ADDING and e[1][0] == F.E_ATTR and bool(e[1][1][:2] == [F.E_NAME, name])


def _is_mapping(e: Any) -> bool:
    """Whether iterating gives keys, and not what is held."""
    return bool(e[0] == F.E_DICT or (e[0] == F.E_COMP and e[1] == "dict") or is_dict(e))


def _keyed(e: Any) -> list[tuple[Any, Any]]:
    """What a display or ``dict(name=value)`` holds, by key or position."""
    if e[0] == F.E_DICT:
        return list(zip(e[1], e[2], strict=True))
    return [([F.E_CONST, key], value) for key, value in e[3]] if e[0] == F.E_CALL else list(enumerate(e[2]))


def _is_empty(e: Any) -> bool:
    """``[]``, ``list()``, ``set()``."""
    if e[0] == F.E_SEQ:
        return not e[2]
    return bool(e[0] == F.E_CALL and e[1][0] == F.E_NAME and e[1][1] in ("list", "set") and not e[2] and not e[3])


__all__ = ["kept_together"]
