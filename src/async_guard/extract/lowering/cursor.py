"""Where each token of a concrete syntax tree stands in its text.

libcst's trees carry no positions, and its position provider costs more than parsing. But a tree names every token in source order, and
between two tokens only blanks, comments and continued lines can stand. So whoever walks a tree in source order and takes token after
token knows each place exactly; a token that is not where it must be is noticed at once.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from typing import Any, TypeVar

import libcst as cst

_GAP = re.compile(r"(?:[ \t\f\n]+|\\\n|#[^\n]*)*")
_N = TypeVar("_N", bound=ast.AST)


def known(*names: str) -> tuple[type[cst.CSTNode], ...]:
    """Those of libcst's node types that the installed libcst has; grammar of recent Pythons came in recent releases."""
    return tuple(getattr(cst, name) for name in names if hasattr(cst, name))


class LoweringError(Exception):
    """The tree and the text disagree: a token is not where the walk expects it."""

    def __init__(self, line: int, token: str) -> None:
        super().__init__(f"line {line}: expected {token!r}")
        self.line = line


class Cursor:
    """A place in the text that moves from token to token, and the nodes built on the way.

    Args:
        text: what the tree was parsed from; lines end with LF.
        first_line: the number of the text's first line, 1 unless the text is a part of a file.
    """

    def __init__(self, text: str, first_line: int = 1) -> None:
        self.text = text
        self.at = 0
        self._first_line = first_line
        self._ascii = text.isascii()
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    # -- moving

    def next(self) -> int:
        """The offset of the next token."""
        found = _GAP.match(self.text, self.at)
        return found.end() if found is not None else self.at

    def take(self, token: str) -> int:
        """Step over the next token, which must be this one; its offset."""
        start = self.next()
        if not self.text.startswith(token, start):
            raise LoweringError(self.place(start)[0], token)
        self.at = start + len(token)
        return start

    def took(self, token: str) -> bool:
        """Step over the next token if it is this one. Only for places where the grammar allows no other token to begin with it."""
        start = self.next()
        if self.text.startswith(token, start):
            self.at = start + len(token)
            return True
        return False

    def take_all(self, token: str, count: int) -> None:
        """Step over the same token several times."""
        for _ in range(count):
            self.take(token)

    # -- building

    def place(self, offset: int) -> tuple[int, int]:
        """Line (1-based) and column (0-based, in UTF-8 bytes) of an offset."""
        line = bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        column = offset - start if self._ascii else len(self.text[start:offset].encode("utf-8"))
        return self._first_line + line, column

    def node(self, kind: type[_N], start: int, /, **fields: Any) -> _N:
        """A node that reaches from an offset to the end of the token taken last."""
        return self.spanning(kind, start, self.at, **fields)

    def spanning(self, kind: type[_N], start: int, end: int, /, **fields: Any) -> _N:
        """A node that reaches from one offset to another."""
        line, column = self.place(start)
        end_line, end_column = self.place(end)
        place = {"lineno": line, "col_offset": column, "end_lineno": end_line, "end_col_offset": end_column}
        return kind(**fields, **place)

    # -- what the parts of the grammar ask of each other

    def expression(self, node: cst.BaseExpression, context: ast.expr_context | None = None) -> ast.expr:
        """Lower the next expression, whose tree this is."""
        raise NotImplementedError
