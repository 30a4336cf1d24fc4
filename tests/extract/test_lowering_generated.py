"""Generated texts: both ways to the tree give the same, whatever the nesting, the blanks and the parentheses."""

from __future__ import annotations

import ast
import os
import warnings
from collections.abc import Callable

import libcst as cst

from async_guard.extract.lowering import lower
from async_guard.extract.skeleton import skeleton
from extract.generated_python import Generator
from extract.tree_difference import comparable, difference

SEEDS = int(os.environ.get("ASYNC_GUARD_SEEDS", "400"))


def check(text: str) -> bool:
    """Whether Python reads a text; then both trees are the same, and the statements begin where the skeleton says."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = ast.parse(text)
        except (SyntaxError, ValueError):
            return False
        actual = lower(cst.parse_module(text), text)
    assert difference(comparable(actual), comparable(expected)) is None, text
    starts = {text.count("\n", 0, start) + 1 for start in skeleton(text).statements}
    expected_starts = {min([n.lineno, *(d.lineno for d in getattr(n, "decorator_list", []))]) for n in expected.body}
    assert starts <= expected_starts, text
    return True


def check_all(make: Callable[[Generator], str]) -> None:
    """Most texts are Python, and those are read alike."""
    read = sum(check(make(Generator(seed))) for seed in range(SEEDS))
    assert read > SEEDS // 2


def test_expressions() -> None:
    """Expressions with parentheses, comments and ends of lines in odd places."""
    check_all(lambda generator: f"x = ({generator.expression(4)}\n)")


def test_modules() -> None:
    """Modules of nested blocks."""
    check_all(lambda generator: generator.module(3))
