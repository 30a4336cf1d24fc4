"""The first place where two syntax trees differ, positions included."""

from __future__ import annotations

import ast
import sys
from typing import Any

_POSITIONS = ("lineno", "col_offset", "end_lineno", "end_col_offset")


def difference(actual: Any, expected: Any, path: str = "") -> str | None:
    """Where and how two trees, lists or values differ first; None where they do not."""
    if type(actual) is not type(expected):
        return f"{path}: {_shown(actual)} instead of {_shown(expected)}"
    if isinstance(actual, ast.AST):
        names = actual._fields + actual._attributes
        pairs = [(f"{path}.{name}", getattr(actual, name, None), getattr(expected, name, None)) for name in names]
    elif isinstance(actual, list):
        if len(actual) != len(expected):
            return f"{path}: {len(actual)} items instead of {len(expected)}"
        pairs = [(f"{path}[{index}]", *both) for index, both in enumerate(zip(actual, expected, strict=True))]
    else:
        same = actual == expected or repr(actual) == repr(expected)
        return None if same else f"{path}: {actual!r} instead of {expected!r}"
    return next((found for where, one, other in pairs if (found := difference(one, other, where))), None)


def comparable(tree: ast.Module) -> ast.Module:
    """A tree without what CPython itself gives differently from one version to the next.

    Before 3.12 positions inside formatted strings are wrong; 3.12 keeps empty texts in format specifications.
    """
    return _Comparable().visit(tree) if sys.version_info < (3, 13) else tree


class _Comparable(ast.NodeTransformer):
    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.JoinedStr:
        self.generic_visit(node)
        node.values = [part for part in node.values if not (isinstance(part, ast.Constant) and part.value == "")]
        if sys.version_info < (3, 12):
            for part in ast.walk(node):
                if part is not node and hasattr(part, "lineno"):
                    for name in _POSITIONS:
                        setattr(part, name, 0)
                if isinstance(part, ast.Constant):
                    part.kind = None
        return node


def _shown(value: Any) -> str:
    return ast.dump(value)[:80] if isinstance(value, ast.AST) else repr(value)[:80]
