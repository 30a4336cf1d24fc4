"""Brackets, strings and statements without a parser."""

from __future__ import annotations

import ast
import sys
import sysconfig
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from async_guard.extract.skeleton import DEEPEST, LONGEST, skeleton
from async_guard.extract.source import decode


def lines(text: str) -> list[int]:
    """The lines where statements of the top level begin."""
    return [text.count("\n", 0, start) + 1 for start in skeleton(text).statements]


def _library() -> list[Path]:
    folder = Path(sysconfig.get_paths()["stdlib"])
    return sorted([*folder.glob("*.py"), *folder.glob("asyncio/*.py"), *folder.glob("unittest/*.py")])


def test_statements_of_the_standard_library_begin_where_the_parser_says() -> None:
    """In real files the statements begin exactly where ``ast`` has them, decorators included."""
    compared = 0
    for path in _library():
        text = decode(path.read_bytes())
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue
        expected = {
            min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))]) for node in tree.body
        }
        assert set(lines(text)) == expected, path
        compared += 1
    assert compared > 100


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("# a\n\n  # b\n", []),
        ("a\nb", [1, 2]),
        ("a; b\nc", [1, 2]),
        ("if a:\n    b\nelse:\n    c\nd", [1, 5]),
        ("try: a\nexcept A, B: b\nelse: c\nfinally: d\ne", [1, 5]),
        ("elsewhere = 1\nexception = 2", [1, 2]),
        ("@a\n@b(\nc)\n\n# d\ndef f(): pass\ng", [1, 7]),
        ("x = (\n1\n)\ny", [1, 4]),
        ("x = 1 + \\\n2\ny", [1, 3]),
        ("x = '''\ny\n'''\nz", [1, 4]),
        ("x = 'a\\\nb'\nc", [1, 3]),
        ("x = r'\\'\ny'\nz", [1, 2, 3]),
        ('x = f"{a["b"]}"\ny', [1, 2]),
        ("x = f'''{a\n}'''\ny", [1, 3]),
        ("x = f'{a:{b}\n}'\ny", [1, 2, 3]),
        ("x = f'{{('\ny", [1, 2]),
        ("x = f'}}('\ny", [1, 2]),
        ("x = f'{a:{{b}}}('\ny", [1, 2]),
        ("x = f'\\N{LEFT PARENTHESIS}('\ny", [1, 2]),
        ("x = f'\\{a}('\ny", [1, 2]),
        ("x = rf'\\{a}\\'('\ny", [1, 2]),
        ("x = f'{a!r:>{b}}('\ny", [1, 2]),
        ("x = f'{lambda_[1:2]}('\ny", [1, 2]),
        ("x = t'{f\"{'''\n'''}\"}('\ny", [1, 3]),
        ("x = f'{a  # )\n}'\ny", [1, 3]),
        ("x = if'('\ny", [1, 2]),
        ("x = 'unended\ny", [1, 2]),
        ("x = '''unended\ny", [1]),
        ("x = (\ny", [1]),
        ("x = )\ny", [1, 2]),
    ],
)
def test_statements(text: str, expected: list[int]) -> None:
    """Strings, brackets, continued lines and broken ones."""
    assert lines(text) == expected


@pytest.mark.parametrize("opening", ["(", "[", "{", "f(", "a[", "f'{", 'f"{(', "f'''{a:{"])
def test_too_deep(opening: str) -> None:
    """Brackets of every kind count, also those in formatted strings; the line is where it becomes too much."""
    text = "x = 1\ny = " + opening * (DEEPEST + 1)
    assert skeleton(text).too_deep == 2
    assert skeleton("x = '" + "(" * 300 + "'\n# " + "(" * 300 + "\n" + "(\n" * 199).too_deep is None


def test_long_lines() -> None:
    """A logical line over many lines is one."""
    text = "a\nx = [\n" + "1,\n" * (LONGEST // 3) + "]\nb\n"
    seen = skeleton(text)
    assert seen.long_lines == [2]
    assert seen.longest_line == 2
    assert skeleton("a\n" * LONGEST).long_lines == []


@settings(max_examples=300, deadline=None)
@example("f'" * 5000)
@example('f"{' * 5000 + '"}' * 5000)
@example("f'{a:" + "{" * 5000 + "}" * 5000)
@example("\\")
@example("f'\\")
@given(st.text(alphabet="fr'\"{}()[]:\\\n#a@ N=!", max_size=120))
def test_any_text_is_scanned(text: str) -> None:
    """No text raises, and what begins, begins at the start of a line, in order."""
    seen = skeleton(text)
    assert seen.statements == sorted(set(seen.statements))
    assert all(start == 0 or text[start - 1] == "\n" for start in seen.statements)


@pytest.mark.parametrize("unit", ["f'{", "'''", '"', "f'''", "(", "f'{a:", "\\\n", "f'{x}' ", "{", "x = r'''\\'''\n"])
def test_time_grows_with_the_text_alone(unit: str) -> None:
    """No unit repeated is read more often than a few times: counted in steps of the interpreter, not in seconds."""

    def steps(text: str) -> int:
        count = 0

        def count_line(frame: object, event: str, arg: object) -> object:
            nonlocal count
            count += 1
            return count_line

        sys.settrace(count_line)  # type: ignore[arg-type]
        try:
            skeleton(text)
        finally:
            sys.settrace(None)
        return count

    assert steps(unit * 2000) < 2.2 * steps(unit * 1000) + 100
