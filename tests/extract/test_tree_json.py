"""Trees cross from process to process unharmed, and nothing else does."""

from __future__ import annotations

import ast
import json
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_guard.extract.tree_json import decode, encode
from extract.tree_difference import difference


@pytest.mark.parametrize("name", ["ast.py", "asyncio/tasks.py", "dataclasses.py", "typing.py"])
def test_whole_files(name: str) -> None:
    """A tree is the same afterwards, positions included."""
    tree = ast.parse((Path(sysconfig.get_paths()["stdlib"]) / name).read_bytes())
    assert difference(decode(encode(tree)), tree) is None


@pytest.mark.parametrize(
    "text",
    [
        "None, True, False, ..., 0, -1",
        "1.5, 1e999, 0.1, 3j, 1e999j",
        "0x" + "f" * 6000,
        str(2**53) + ", " + str(2**53 - 1),
        "b'\\x00\\xff', 'é\\ud800\\n', '\\x00'",
        "u'a'",
        "a[::1], lambda *, x=1, y: 2, {**a, 1: 2}",
        "async def f(): return [x async for x in y if z]",
    ],
)
def test_constants_and_gaps(text: str) -> None:
    """Constants that JSON does not have, and fields that hold nothing."""
    tree = ast.parse(text)
    again = decode(encode(tree))
    assert difference(again, tree) is None
    compile(again, "again", "exec")


def test_deep_trees_need_no_depth() -> None:
    """The way back is a loop: a tree deeper than Python's recursion limit arrives."""
    node: ast.expr = ast.parse("a", mode="eval").body
    records = [["Load", None], ["Name", [1, 0, 1, 1], "a", [0]]]
    records += [["Attribute", [1, 0, 1, 1], [index + 1], "b", [0]] for index in range(5000)]
    records += [["Expr", [1, 0, 1, 1], [len(records) - 1]], ["Module", None, {"l": [[len(records)]]}, {"l": []}]]
    tree = decode(json.dumps(records).encode())
    (statement,) = tree.body
    assert isinstance(statement, ast.Expr)
    node, depth = statement.value, 0
    while isinstance(node, ast.Attribute):
        node, depth = node.value, depth + 1
    assert depth == 5000


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"[1]",
        b'[["Load", null]]',
        b'[["NodeVisitor", null]]',
        b'[["Module", null]]',
        b'[["Module", null, [0], [0]]]',
        b'[["Module", null, {"l": [[-1]]}, {"l": []}]]',
        b'[["Module", null, {"x": 1}, {"l": []}]]',
        b'[["Module", [1], {"l": []}, {"l": []}]]',
        b"\xff",
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    """Whatever is no tree is a ValueError."""
    with pytest.raises(ValueError, match="no syntax tree"):
        decode(data)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists, max_leaves=10))
def test_any_json_is_a_tree_or_refused(value: object) -> None:
    """No JSON raises anything but ValueError."""
    with pytest.raises(ValueError, match="no syntax tree"):
        decode(json.dumps(value).encode())
