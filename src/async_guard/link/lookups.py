"""What runs only where a mapping that somebody hands over has an entry: ``row = data.get("row")``, ``if row is None: return``.

Where such a function is there for one or two callers, these pass what it looks for. One that many pass their own mapping to (an observer, a hook)
looks whether it has anything to do at all: of each single caller it is a guess that it has.
"""

from __future__ import annotations

from typing import Any, Final

from async_guard.link.callers import is_call, parts
from async_guard.link.program import Fn
from async_guard.model import facts as F

MANY: Final = 10
"""Functions that pass their mappings on, from which on it is a guess that one of them has the entry."""

_MAPPINGS: Final = frozenset(("dict", "Dict", "Mapping", "MutableMapping"))
_LOOKS: Final = frozenset(("get", "pop"))


def mappings(fn: Fn) -> set[str]:
    """The names of the mappings that a function is given."""
    return {p[0] for p in fn.body["params"] if p[1] == "**" or _is_mapping(p[2])}


def places(fn: Fn, leading: set[int]) -> set[int]:
    """Where the calls of a function stand, by position, that are made only where something is found in a mapping that it is given.

    Args:
        fn: the function.
        leading: which of its calls lead to blocking calls: these do more than to look into a mapping that they are handed.
    """
    walk = _Walk(mappings(fn), leading)
    walk.block(fn.body["body"], False)
    return walk.places


def _is_mapping(annotation: Any) -> bool:
    """Whether an annotation is a mapping, or a mapping or None."""
    if annotation is None:
        return False
    tag: int = annotation[0]
    if tag == F.E_SUB:
        return F.last_name(annotation[1]) in _MAPPINGS or (
            F.last_name(annotation[1]) == "Optional" and _is_mapping(annotation[2])
        )
    if tag == F.E_BIN:
        return _is_mapping(annotation[2]) or _is_mapping(annotation[3])
    return tag in (F.E_NAME, F.E_ATTR) and F.last_name(annotation) in _MAPPINGS


class _Walk:
    """One reading of a function's statements in order.

    Args:
        bags: the names of its mappings.
        leading: as in `places`.
    """

    def __init__(self, bags: set[str], leading: set[int]) -> None:
        self.bags = bags
        self.leading = leading
        self.found: set[str] = set()
        """Names that hold what was looked for, or None."""
        self.places: set[int] = set()

    def block(self, body: list[Any], depends: bool) -> None:
        """Read statements, which run only where something was found if ``depends``."""
        for stmt in body:
            tag: int = stmt[0]
            if tag == F.S_IF:
                depends = self.branches(stmt, depends) or depends
                continue
            inner = F.blocks(stmt)
            if depends:
                self.note([part for part in stmt[1:] if part.__class__ is list and part not in inner])
            for block in inner:
                self.block(block, depends)
            self.bind(stmt)

    def branches(self, stmt: Any, depends: bool) -> bool:
        """Read an ``if``; whether what follows runs only where something was found."""
        leaves = False
        before = depends
        for test, body in stmt[1]:
            if before:
                self.note([test])
            self.block(body, before or self.tells(test, True))
            if self.tells(test, False):
                before = True
                leaves = leaves or bool(body and body[-1][0] == F.S_RETURN)
        self.block(stmt[2], before)
        return leaves

    def note(self, part: list[Any]) -> None:
        """Enter the calls in some parts."""
        for node in parts(part):
            if is_call(node):
                self.places.add(node[4])

    def bind(self, stmt: Any) -> None:
        """Enter what a statement gives to names."""
        if stmt[0] == F.S_ASSIGN:
            targets, value = stmt[1], stmt[2]
        elif stmt[0] == F.S_ANN and stmt[3] is not None:
            targets, value = [stmt[1]], stmt[3]
        else:
            return
        if value[0] == F.E_NAME and value[1] in self.bags and targets[0][0] == F.E_NAME:
            self.bags.add(targets[0][1])  # another name for the same mapping
            return
        is_found = self.looks(value)
        for target in targets:
            for name in target[2] if target[0] == F.E_SEQ else [target]:
                if name[0] == F.E_NAME:
                    (self.found.add if is_found else self.found.discard)(name[1])

    def looks(self, e: Any) -> bool:
        """Whether an expression gives what it finds in a mapping, or hands the mapping to somebody who looks."""
        tag: int = e[0]
        if tag == F.E_IF:
            return self.looks(e[2]) or self.looks(e[3])
        if tag == F.E_BOOL:
            return any(self.looks(part) for part in e[2])
        if tag == F.E_SUB:
            return self.is_bag(e[1]) and e[2][0] == F.E_CONST
        if tag != F.E_CALL:
            return False
        if e[1][0] == F.E_ATTR and self.is_bag(e[1][1]):
            return e[1][2] in _LOOKS
        handed = (*e[2], *(value for name, value in e[3] if name is not None))
        return e[4] not in self.leading and any(a[0] == F.E_NAME and a[1] in self.bags for a in handed)

    def is_bag(self, e: Any) -> bool:
        """Whether an expression is one of the mappings, or something found in one."""
        return bool(e[0] == F.E_NAME and (e[1] in self.bags or e[1] in self.found))

    def tells(self, test: Any, truth: bool) -> bool:
        """Whether a condition has this outcome only where something was found."""
        tag: int = test[0]
        if tag == F.E_NAME:
            return truth and test[1] in self.found
        if tag == F.E_UNARY and test[1] == "not":
            return self.tells(test[2], not truth)
        if tag == F.E_BOOL:
            several = [self.tells(part, truth) for part in test[2]]
            return any(several) if (test[1] == "and") is truth else all(several)
        if tag == F.E_CMP and len(test[2]) == 1:
            op, right = test[2][0], test[3][0]
            if op in ("in", "not in"):
                return test[1][0] == F.E_CONST and self.is_bag(right) and (op == "in") is truth
            is_none = right[:2] == [F.E_CONST, None] and op in ("is", "is not", "==", "!=")
            return is_none and test[1][0] == F.E_NAME and test[1][1] in self.found and (op in ("is not", "!=")) is truth
        return False
