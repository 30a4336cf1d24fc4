"""What conditions say of names at each call of a function: a walk that the questions of this folder share."""

from __future__ import annotations

from typing import Any

from async_guard.link.callers import is_call
from async_guard.link.doubts import given
from async_guard.link.program import Fn
from async_guard.model import facts as F


class Walked:
    """What holds at each call of one function, by the conditions around it and those before it that leave.

    A kind of question says what a condition tells (`says`), and may look at statements and calls on the way (`sees`, `sees_call`).
    """

    def __init__(self, fn: Fn) -> None:
        self.at: dict[tuple[int, int], dict[str, Any]] = {}
        """Call -> names -> what conditions say of them there."""
        self.block(fn.body["body"], {})

    def says(self, test: Any, truth: bool) -> dict[str, Any]:
        """What names must be where a condition has an outcome."""
        raise NotImplementedError

    def sees(self, stmt: Any) -> None:
        """A statement comes by, without those inside it."""

    def sees_call(self, call: Any) -> None:
        """A call comes by."""

    def block(self, body: list[Any], held: dict[str, Any]) -> None:
        """Read statements one after the other."""
        held = dict(held)
        for stmt in body:
            tag: int = stmt[0]
            self.sees(stmt)
            bound = given.bound(stmt)
            if tag == F.S_IF:
                self.branches(stmt, held)
            elif tag in (F.S_FOR, F.S_WHILE, F.S_TRY, F.S_MATCH):
                for name in bound:
                    held.pop(name, None)
                if tag != F.S_TRY:
                    self.visit(stmt[1:3] if tag == F.S_FOR else stmt[1], held)
                for inner in F.blocks(stmt):
                    self.block(inner, held)
            elif tag == F.S_WITH:
                self.visit(stmt[1], held)
                self.block(stmt[2], held)
            elif tag not in (F.S_DEF, F.S_CLASS, F.S_IMPORT, F.S_FROM, F.S_GLOBAL):
                self.visit(stmt[1:], held)
            for name in bound:
                held.pop(name, None)
            if tag == F.S_IF and len(stmt[1]) == 1 and not stmt[2] and _leaves(stmt[1][0][1]):
                held.update(self.told(stmt[1][0][0], False))

    def branches(self, stmt: Any, held: dict[str, Any]) -> None:
        """Read the branches of an ``if``."""
        after = dict(held)
        for test, body in stmt[1]:
            self.visit(test, after)
            self.block(body, {**after, **self.told(test, True)})
            after.update(self.told(test, False))
        self.block(stmt[2], after)

    def visit(self, part: Any, held: dict[str, Any]) -> None:
        """Note the calls in an expression or in several."""
        if part.__class__ is not list or not part:
            return
        if is_call(part):
            self.at[(part[4], part[5])] = dict(held)
            self.sees_call(part)
        if part[0] == F.E_BOOL and len(part) == F.BOOL_PARTS and part[2].__class__ is list:
            for inner in part[2]:
                self.visit(inner, held)
                held = {**held, **self.told(inner, part[1] == "and")}
            return
        if part[0] == F.E_IF and len(part) == F.IF_PARTS and part[1].__class__ is list:
            self.visit(part[1], held)
            self.visit(part[2], {**held, **self.told(part[1], True)})
            self.visit(part[3], {**held, **self.told(part[1], False)})
            return
        for inner in part:
            self.visit(inner, held)

    def told(self, test: Any, truth: bool) -> dict[str, Any]:
        """What a condition says that may be made of others."""
        if test[0] == F.E_UNARY and test[1] == "not":
            return self.told(test[2], not truth)
        if test[0] == F.E_BOOL:
            found: dict[str, Any] = {}
            for part in test[2] if (test[1] == "and") is truth else ():
                found.update(self.told(part, truth))
            return found
        return self.says(test, truth)


def _leaves(body: list[Any]) -> bool:
    return bool(body) and body[-1][0] in given.LEAVES


__all__ = ["Walked"]
