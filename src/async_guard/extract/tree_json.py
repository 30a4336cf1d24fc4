"""Syntax trees as JSON and back: how a tree crosses from a process that may die. Nothing in it can run."""

from __future__ import annotations

import ast
import json
from typing import Any

_KINDS: dict[str, type[ast.AST]] = {
    name: kind for name, kind in vars(ast).items() if isinstance(kind, type) and issubclass(kind, ast.AST)
}
_POSITION = ("lineno", "col_offset", "end_lineno", "end_col_offset")
_LARGEST = 2**53
"""Integers beyond this are written as digits of base 16, for which no interpreter sets a limit."""


def encode(tree: ast.AST) -> bytes:
    """A tree as a list of nodes, children before parents; each is its class, its position and its fields in order.

    A child stands as ``[index]``, a list as ``{"l": [...]}``, constants that JSON does not have as objects with one other key.
    """
    encoder = _Encoder()
    encoder.node(tree)
    return json.dumps(encoder.nodes, separators=(",", ":")).encode("ascii")


class _Encoder:
    def __init__(self) -> None:
        self.nodes: list[list[Any]] = []
        self._plain: dict[type, list[int]] = {}

    def node(self, node: ast.AST) -> list[int]:
        kind = type(node)
        if not kind._fields and not hasattr(node, "lineno"):
            # Operators and contexts: one node each for the whole tree, as ast.parse has them.
            if kind not in self._plain:
                self._plain[kind] = self._add([kind.__name__, None])
            return self._plain[kind]
        values = [self._value(getattr(node, name, None)) for name in kind._fields]
        position = [getattr(node, name) for name in _POSITION] if hasattr(node, "lineno") else None
        return self._add([kind.__name__, position, *values])

    def _add(self, record: list[Any]) -> list[int]:
        self.nodes.append(record)
        return [len(self.nodes) - 1]

    def _value(self, value: Any) -> Any:
        if value is None or isinstance(value, (str, bool)):
            return value
        if isinstance(value, ast.AST):
            return self.node(value)
        if isinstance(value, list):
            return {"l": [self._value(item) for item in value]}
        if isinstance(value, int):
            return value if abs(value) < _LARGEST else {"i": hex(value)}
        if isinstance(value, float):
            return {"f": value.hex()}
        if isinstance(value, complex):
            return {"c": [value.real.hex(), value.imag.hex()]}
        if isinstance(value, bytes):
            return {"b": value.decode("latin-1")}
        if value is ...:
            return {"e": 0}
        raise TypeError(f"no part of a syntax tree: {type(value).__name__}")


def decode(data: bytes) -> ast.Module:
    """The tree again.

    Raises:
        ValueError: the bytes are no tree.
    """
    nodes: list[ast.AST] = []
    try:
        for name, position, *values in json.loads(data):
            kind = _KINDS[name]
            fields = zip(kind._fields, values, strict=True)
            node = kind(**{field: _decoded(value, nodes) for field, value in fields})
            if position is not None:
                node.__dict__.update(zip(_POSITION, position, strict=True))
            nodes.append(node)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no syntax tree: {error!r}") from None
    if not nodes or not isinstance(nodes[-1], ast.Module):
        raise ValueError("no syntax tree: no module")
    return nodes[-1]


def _decoded(value: Any, nodes: list[ast.AST]) -> Any:
    if isinstance(value, list):
        (index,) = value
        if index < 0:
            raise ValueError("a child that is none")
        return nodes[index]
    if not isinstance(value, dict):
        return value
    ((key, inner),) = value.items()
    if key == "l":
        return [_decoded(item, nodes) for item in inner]
    return _CONSTANTS[key](inner)


_CONSTANTS: dict[str, Any] = {
    "i": lambda text: int(text, 16),
    "f": float.fromhex,
    "c": lambda parts: complex(float.fromhex(parts[0]), float.fromhex(parts[1])),
    "b": lambda text: text.encode("latin-1"),
    "e": lambda _: ...,
}
