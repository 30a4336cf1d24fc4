"""The judgement behind AG302 where what is not awaited is a future: what an executor or several coroutines together give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from async_guard.link.frames import Frame
from async_guard.link.linked import Linked, text
from async_guard.link.program import Fn
from async_guard.model import facts as F
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import coroutines
from async_guard.rules.judgement.coroutines import SPOILING, Mark
from async_guard.rules.judgement.data import takes_data
from async_guard.rules.judgement.mistakes import at_site, mistake
from async_guard.rules.judgement.scopes import body_of, notes
from async_guard.rules.judgement.syntax import Use, assignment, callee_name, shares, statements, uses

_SHOWING: Final = frozenset(("print", "str", "repr", "bool"))
"""Builtins that anything may be given: of a future they tell that it is there."""
_LOGGING: Final = frozenset(
    ("log", "debug", "info", "warning", "warn", "error", "exception", "critical", "format", "join")
)
_HARMLESS: Final = ""
"""What becomes of a future by a use that neither is a mistake nor lets anybody await it."""
_EQUAL: Final = frozenset(("==", "!="))
_TESTED: Final = "is tested for truth, and a future always is true"
_COMPARED: Final = "is compared, and a future equals nothing else"
_SPOILED: Final = SPOILING["operand"]


def used(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    """Futures that coroutine functions use as if they were their results, and that nobody awaits, asks or gets."""
    for scope, marks in notes(linked).of_kind("future"):
        by_node = {id(mark[1].node): (frame, mark) for frame, mark in marks if frame.is_async}
        if not by_node or not isinstance(scope, Fn):
            continue
        reading = _Scope(linked, scope)
        for e, use in reading.everything:
            found = by_node.get(id(e))
            why = reading.misused(*found, use) if found is not None else None
            if found is not None and why:
                frame, mark = found
                words = text(e)
                yield mistake(
                    meta, linked, frame, at_site(mark, words), f"the future of `{words}(...)` {why}",
                    help=f"write `await {words}(...)`",
                )  # fmt: skip


class _Scope:
    """One function in which futures are made."""

    def __init__(self, linked: Linked, fn: Fn) -> None:
        self.linked = linked
        self.fn = fn
        self.body = body_of(fn)
        self.everything = list(uses(self.body))
        self.indexed: set[int] = set()
        self.shown: set[int] = set()
        self.compared: dict[int, tuple[str, Any]] = {}
        for e, _ in self.everything:
            if e[0] == F.E_SUB:
                self.indexed.add(id(e[1]))
            elif e[0] == F.E_FSTR:
                self.shown.update(map(id, e[1]))
            elif e[0] == F.E_BIN and (e[2][0] == F.E_FSTR or (e[2][0] == F.E_CONST and isinstance(e[2][1], str))):
                if e[1] == "%":
                    self.shown.add(id(e[3]))
            elif e[0] == F.E_CMP and len(e[2]) == 1:
                self.compared[id(e[1])] = (e[2][0], e[3][0])
                self.compared[id(e[3][0])] = (e[2][0], e[1])
        for stmt in statements(self.body):
            given = assignment(stmt)
            whole = given[1] if given is not None else stmt[1] if stmt[0] == F.S_RETURN else None
            if whole is not None and whole[0] == F.E_FSTR:  # a text that is no message
                self.shown.difference_update(map(id, whole[1]))

    def misused(self, frame: Frame, mark: Mark, use: Use) -> str | None:
        """Why what is done with a future can only be done with its result; empty or None where that is not sure."""
        node = mark[1].node
        if use[0] != "assign":
            return self._wrong(frame, mark, node, use)
        name = str(use[1])
        if shares(self.fn, name) or coroutines.is_declared(self.body, name):
            return None
        is_only = sum(how == ("assign", name) for _, how in self.everything) == 1 and any(
            (given := assignment(stmt)) is not None and given[1] is node for stmt in statements(self.body)
        )
        found = ""
        own = self._set_attributes(name)
        for e, how in coroutines.reached(self.body, name, mark[1].pos):
            if e[:2] != [F.E_NAME, name]:
                continue
            if how[0] == "attribute" and how[1] in own:
                return None
            why = self._wrong(frame, mark, e, how)
            if why is None:
                return None
            if why != _TESTED or is_only:  # who also puts None there asks whether there is one
                found = found or why
        return found

    def _set_attributes(self, name: str) -> set[Any]:
        """Attributes that the function itself gives what a name stands for: ``task.owner = user``."""
        targets = [t for stmt in statements(self.body) if (given := assignment(stmt)) is not None for t in given[0]]
        return {t[2] for t in targets if t[0] == F.E_ATTR and t[1][:2] == [F.E_NAME, name]}

    def _wrong(self, frame: Frame, mark: Mark, e: Any, use: Use) -> str | None:
        """Why a use takes a future for its result; empty where it tells nothing, None where the future may be awaited then."""
        how, detail = use
        if how == "test":
            return _TESTED
        if how == "compare":
            return self._compared(e)
        if how == "operand":
            return _HARMLESS if id(e) in self.shown else _SPOILED
        if how in ("attribute", "iterate"):
            is_own = str(detail).startswith("_") if how == "attribute" else bool(detail)
            return _SPOILED if not is_own and coroutines.is_answer(e, use, self.indexed) else None
        if how in ("return", "part") and coroutines.answers(self.linked, self.fn, frame):
            return coroutines.ANSWERED
        if how == "argument":
            return self._given(frame, mark, e, use)
        if how == "within" and takes_data(self.linked, frame, *detail):
            return _HARMLESS if self._is_shown_by(detail[0]) else coroutines.within_data(self.linked, frame, detail)
        return None

    def _compared(self, e: Any) -> str | None:
        operator, other = self.compared.get(id(e), ("", None))
        # Another future, or a list of some, may hold this one where the call gave what somebody else has as well.
        if operator in _EQUAL and other is not None and other[:2] != [F.E_CONST, None]:
            is_plain = other[0] in (F.E_CONST, F.E_FSTR) or (other[0] == F.E_NAME and other[1].isupper())
            return _COMPARED if is_plain else None
        return _COMPARED if operator[:1] in "<>" and operator else None

    def _given(self, frame: Frame, mark: Mark, e: Any, use: Use) -> str | None:
        call = use[1]
        if callee_name(call) == "isinstance":
            return None
        if call[1][0] == F.E_NAME and call[1][1] in _SHOWING and call[1][1] not in frame.module.bindings:
            return _HARMLESS
        if self._is_shown_by(call) and takes_data(self.linked, frame, call, e):
            return _HARMLESS
        return coroutines.misuse(self.linked, frame, self.body, e, use, mark[2]) or None

    def _is_shown_by(self, call: Any) -> bool:
        """Whether a call makes a message, of a log or an exception, in which a future may be named."""
        name = callee_name(call)
        return name in _LOGGING or name.endswith(("Error", "Exception", "Warning"))


__all__ = ["used"]
