"""Whether two readings of a file say the same at other positions: the file was formatted, or comments or docstrings in it were changed.

Everything that a linked program knows of a file comes from its facts. Where these are equal but for positions, what was found before holds,
and only has to be shown at the new places.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import pairwise
from typing import Any

from async_guard.model import facts as F
from async_guard.model.facts import FileFacts, FunctionHead
from async_guard.model.findings import EntryPoint, Finding, Place, Step, Unresolved
from async_guard.model.verdicts import Allowance, Verdicts

_FIRST = 1 << 12
"""The smallest position: line 1, column 0."""
_CONSTANT_PARTS = 2
_STATEMENT_PARTS = 4
_VALUES = (F.E_CONST, F.E_OPAQUE)


class Unknown(LookupError):
    """A position that the other reading does not have."""


class Moves:
    """Where the positions of one reading are in another.

    Args:
        positions: old position -> new position, both ``line << 12 | column``; columns 0-based.
        lines: lines of definitions, old -> new.
    """

    def __init__(self, positions: dict[int, int], lines: dict[int, int]) -> None:
        self._positions = positions
        self._lines = lines
        self._sorted = sorted(positions)

    def line(self, line: int) -> int:
        """The new line of a definition. Raises `Unknown`."""
        try:
            return self._lines[line]
        except KeyError:
            raise Unknown(line) from None

    def position(self, position: int) -> int:
        """The new position. One that facts do not hold lies in a word that starts at one they do. Raises `Unknown`."""
        found = self._positions.get(position)
        if found is not None:
            return found
        at = bisect_right(self._sorted, position) - 1
        if at < 0 or self._sorted[at] >> 12 != position >> 12:
            raise Unknown(position)
        return self._positions[self._sorted[at]] + position - self._sorted[at]

    def place(self, place: Place) -> Place:
        """The new place. Raises `Unknown`."""
        start = self.position(place.line << 12 | place.column - 1)
        end = self.position(place.end_line << 12 | place.end_column - 1)
        return Place(place.path, start >> 12, (start & 4095) + 1, end >> 12, (end & 4095) + 1)


def moves(old: FileFacts, new: FileFacts) -> Moves | None:
    """Where the positions of ``old`` are in ``new``; None if the two say different things."""
    if not _same_headers(old, new):
        return None
    positions: dict[int, int] = {}
    lines: dict[int, int] = {}
    for before, after in zip(old.functions, new.functions, strict=True):
        lines[before.line] = after.line
        positions[before.line << 12 | before.column - 1] = after.line << 12 | after.column - 1
    lines.update((before.line, after.line) for before, after in zip(old.classes, new.classes, strict=True))
    pairs = [(old.module_body(), new.module_body())]
    pairs += [(old.function_body(i), new.function_body(i)) for i in range(len(old.functions))]
    pairs += [(old.class_body(i), new.class_body(i)) for i in range(len(old.classes))]
    for one, other in pairs:
        if not _same(one, other, positions):
            return None
    # What stands before something else must still do so.
    if any(positions[a] > positions[b] for a, b in pairwise(sorted(positions))):
        return None
    return Moves(positions, lines)


def _same_headers(old: FileFacts, new: FileFacts) -> bool:
    return (
        len(old.functions) == len(new.functions)
        and len(old.classes) == len(new.classes)
        and all(_same_head(a, b) for a, b in zip(old.functions, new.functions, strict=True))
        and all(replace(a, line=0) == replace(b, line=0) for a, b in zip(old.classes, new.classes, strict=True))
        and old.calls == new.calls
        and old.attribute_writes == new.attribute_writes
        and old.global_writes == new.global_writes
        and old.item_writes == new.item_writes
        and old.aliases == new.aliases
        and old.call_sites == new.call_sites
        and old.has_async == new.has_async
    )


def _same_head(old: FunctionHead, new: FunctionHead) -> bool:
    return replace(old, line=0, end_line=0, column=0) == replace(new, line=0, end_line=0, column=0) and (
        _length(old) == _length(new)
    )


def _length(head: FunctionHead) -> int:
    """How a function's length counts: the linker reads long ones less often."""
    lines = head.end_line - head.line
    return sum(lines >= limit for limit in F.LENGTHS)


def _same(old: Any, new: Any, positions: dict[int, int]) -> bool:
    """Whether two bodies differ in positions and docstrings only; takes down the positions."""
    todo = [(old, new)]
    while todo:
        one, other = todo.pop()
        kind = one.__class__
        if kind is not other.__class__:
            return False
        if kind is dict:
            if one.keys() != other.keys():
                return False
            todo += [(one[key], other[key]) for key in one]
        elif kind is list:
            if len(one) != len(other):
                return False
            if len(one) <= _CONSTANT_PARTS and not any(part.__class__ is list for part in one):
                if one != other or [part.__class__ for part in one] != [part.__class__ for part in other]:
                    return False  # a constant, and what may look like a position in it
            elif _is_words(one) and _is_words(other):
                todo += zip(one[2:], other[2:], strict=True)
            else:
                todo += zip(one, other, strict=True)
        elif kind is int and one >= _FIRST and other >= _FIRST:
            if positions.setdefault(one, other) != other:
                return False
        elif one != other:
            return False
    return True


def _is_words(node: list[Any]) -> bool:
    """Whether a node is a statement that is only a constant, such as a docstring."""
    return (
        len(node) == _STATEMENT_PARTS
        and node[0] == F.S_EXPR
        and node[1].__class__ is list
        and len(node[1]) == _CONSTANT_PARTS
        and node[1][0] in _VALUES
    )


def moved(verdicts: Verdicts, by_path: dict[str, Moves]) -> Verdicts:
    """Verdicts at the new places of the files that changed. Raises `Unknown` where a place cannot be told."""

    def place(old: Place) -> Place:
        found = by_path.get(old.path)
        return old if found is None else found.place(old)

    def step(old: Step) -> Step:
        return old if old.place.path not in by_path else replace(old, place=place(old.place))

    def entry(old: EntryPoint) -> EntryPoint:
        found = by_path.get(old.path)
        return old if found is None else replace(old, line=found.line(old.line))

    def entries(old: tuple[EntryPoint, ...]) -> tuple[EntryPoint, ...]:
        if all(e.path not in by_path for e in old):
            return old
        return tuple(sorted((entry(e) for e in old), key=lambda e: e.sort_key))

    def finding(old: Finding) -> Finding:
        return replace(
            old,
            place=place(old.place),
            chain=tuple(step(s) for s in old.chain),
            entry_points=entries(old.entry_points),
        )

    def unresolved(old: Unresolved) -> Unresolved:
        return old if old.place.path not in by_path else replace(old, place=place(old.place))

    def allowance(old: Allowance) -> Allowance:
        found = by_path.get(old.path)
        return old if found is None else replace(old, line=found.line(old.line))

    return replace(
        verdicts,
        findings=tuple(sorted((finding(f) for f in verdicts.findings), key=lambda f: f.sort_key)),
        entries=entries(verdicts.entries),
        unresolved=tuple(unresolved(u) for u in verdicts.unresolved),
        allowances=tuple(allowance(a) for a in verdicts.allowances),
    )
