"""Bytes to a tree: what Python parses, and a line and a reason for what no Python parses."""

from __future__ import annotations

import ast
import warnings

import pytest

from async_guard.extract.parse import parse
from async_guard.extract.source import UnreadableSource


def test_tree_is_pythons_own() -> None:
    """What the running interpreter accepts is its own tree."""
    data = "async def f(x):\n    return await x['ü'].g()\n".encode()
    assert ast.dump(parse(data), include_attributes=True) == ast.dump(ast.parse(data), include_attributes=True)


def test_doubtful_code_warns_nobody() -> None:
    """The analysed project's doubtful escapes are no business of who runs the analysis, even under -W error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("error")
        parse(b"x = '\\d'\ny = 1 is 1\nz = 0x1for x in y\n")
    assert not caught


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"x = (1,\n 2\n", 1),
        (b"x = 1\nif x:\ny = 2\n", 3),
        (b"def f():\n\tx\n        y\n", 3),
        (b"x = 1\nprint 'hello'\n", 2),
        (b"x = '''abc\n", 1),
        (b"a = 1\nx = \\", 2),
    ],
)
def test_syntax_errors_name_their_line(data: bytes, line: int) -> None:
    """A file that no Python reads is unreadable with a line and words."""
    with pytest.raises(UnreadableSource) as caught:
        parse(data)
    assert caught.value.line == line
    assert caught.value.message
