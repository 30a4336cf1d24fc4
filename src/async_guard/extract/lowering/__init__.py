"""Concrete syntax trees lowered to the interpreter's own ``ast`` nodes, positions included.

For syntax that is newer than the running interpreter: libcst reads it, and what comes out is what a newer ``ast.parse`` would give, as far
as this interpreter has nodes for it. Type parameters are dropped and template strings become formatted ones where it has none.
"""

from __future__ import annotations

import ast

import libcst as cst

from async_guard.extract.lowering.cursor import LoweringError
from async_guard.extract.lowering.statements import Statements

__all__ = ["LoweringError", "lower"]


def lower(module: cst.Module, text: str, first_line: int = 1) -> ast.Module:
    """The ``ast`` tree of a parsed module.

    Args:
        module: what libcst made of the text.
        text: the text, lines ended by LF.
        first_line: the number of the text's first line, where the text is a part of a file.

    Raises:
        LoweringError: the tree is not that of the text.
    """
    return ast.Module(body=Statements(text, first_line).body(module.body), type_ignores=[])
