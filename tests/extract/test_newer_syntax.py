"""Files with syntax newer than the interpreter: the same tree, whoever reads which part."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from async_guard.extract import guard, newer_syntax
from async_guard.extract.parse import parse
from async_guard.extract.source import UnreadableSource
from extract.tree_difference import comparable, difference

NEWER = "try: a()\nexcept A, B: b()\n"
refuses_newer = pytest.mark.skipif(sys.version_info >= (3, 14), reason="this interpreter reads the example itself")


@pytest.fixture(autouse=True, scope="module")
def _no_process_is_left() -> Iterator[None]:
    yield
    guard.stop()


def expected(text: str) -> ast.Module:
    """The tree of a text whose handlers `A, B` are a name at the same place."""
    return ast.parse(text.replace("except A, B:", "except A__B:"))


def with_names(tree: ast.Module) -> ast.Module:
    """A tree with the types `A, B` of handlers replaced by a name at their place."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is not None and ast.unparse(node.type) == "(A, B)":
            node.type = ast.copy_location(ast.Name("A__B", ast.Load()), node.type)
    return tree


def same(data: bytes, text: str) -> bool:
    """Whether a file's tree is that of a text, read by the interpreter but for the handlers."""
    return difference(comparable(with_names(parse(data))), comparable(expected(text))) is None


@pytest.mark.parametrize(
    "text",
    [
        NEWER,
        "import a\n" + NEWER + "x = f(1)\n",
        "'doc'\n\n\n@d\nasync def f(é):\n  # why\n  'é', [é]\n  try: await g(é)\n  except A, B: 'ü', h(é)\n\n\nclass C:\n  x = 1",
        "x = (\n1)\n" + NEWER * 3 + "y = '''\n\n''', z\n" + NEWER.rstrip("\n"),
        "def f():\n    try: a\n    except A, B:\n        return f'é{x!r:>{y}}'\nx = f'{a}' 'b'\n",
        "if x:\n    try: a\n    except A, B: b\nelif y:\n    c\nelse:\n    d\n\ntry: e\nfinally: f\n",
        "match x:\n    case [1, *_]:\n        try: a\n        except A, B: b\nmatch = case = 1\n",
    ],
)
def test_tree(text: str) -> None:
    """Statements of both parsers are in order and at their places, whatever ends the lines."""
    assert same(text.encode(), text)
    assert same(text.replace("\n", "\r\n").encode(), text)
    assert same(text.replace("\n", "\r").encode(), text)
    assert same(b"\xef\xbb\xbf" + text.encode(), text)


def test_other_encodings() -> None:
    """Columns are those of the text in UTF-8, whatever the file's encoding."""
    text = "# coding: latin-1\nx = 'é', y\ntry: 'é', a\nexcept A, B: 'é', b\n"
    assert same(text.encode("latin-1"), text)


@refuses_newer
def test_only_what_is_refused_goes_to_libcst(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is slow: what the interpreter reads, it does not see."""
    asked = []
    read = guard.read

    def noted(text: str, first_line: int, seconds: float) -> ast.Module:
        asked.append(text)
        return read(text, first_line, seconds)

    monkeypatch.setattr(guard, "read", noted)
    parse(("import a\n" * 50 + NEWER + "\n# comment\nclass C:\n    x = 1\n" + NEWER).encode())
    assert asked == [NEWER + "\n# comment\n", NEWER]


@pytest.mark.parametrize(
    "name", ["dataclasses.py", "contextlib.py", "asyncio/tasks.py", "json/decoder.py", "typing.py"]
)
def test_real_files_with_something_newer(name: str) -> None:
    """The whole of a real file with something newer at its end or in its midst."""
    text = (Path(sysconfig.get_paths()["stdlib"]) / name).read_text("utf-8")
    assert same((text + NEWER).encode(), text + NEWER)
    at = text.index("\ndef ") + 1
    inserted = text[:at] + NEWER + text[at:]
    assert same(inserted.encode(), inserted)


def test_a_text_that_falls_in_no_parts_is_read_as_a_whole() -> None:
    """Where the parts do not add up libcst gets everything: the same tree."""
    text = "x = 1\ndef f(a, *b): return a[b]\n"
    assert difference(newer_syntax.read(text), ast.parse(text)) is None


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (NEWER + "x = = 1\n", 3, "invalid syntax"),
        ("x = = 1\n" + NEWER, 1, "invalid syntax"),
        ("y = 1\n" + NEWER + "\ndef f():\n    x = = 1\n" + NEWER, 6, "invalid syntax"),
        ("print 'x'\n" + NEWER, 1, "print"),
        (NEWER + "x = (1,\n", 3, "never closed"),
        (NEWER + "x = " + "(" * 2000, 3, "nested too deeply"),
        (NEWER + "x = " + "(" * 2000 + ")" * 2000, 3, "nested too deeply"),
        ("try: a\nexcept A, B: b = [\n" + "1,\n" * 100_000 + "]\n", 2, "a logical line of enormous length"),
    ],
)
def test_unreadable(text: str, line: int, message: str) -> None:
    """What no Python reads is unreadable, with the line and reason of its own error, not of the newer syntax before it."""
    with pytest.raises(UnreadableSource) as caught:
        parse(text.encode())
    if sys.version_info < (3, 14) or caught.value.line == line:
        assert caught.value.line == line
        assert message in caught.value.message


@refuses_newer
def test_too_large_for_libcst() -> None:
    """A part beyond libcst's size is refused with both reasons."""
    text = "try: a\nexcept A, B:\n" + "    b = 1  # a comment, so that it grows\n" * 30_000
    with pytest.raises(UnreadableSource) as caught:
        parse(text.encode())
    assert caught.value.line == 2
    assert caught.value.message.endswith("(too large)")


@refuses_newer
def test_a_bomb_with_newer_syntax_costs_its_own_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash in libcst makes one file unreadable; the next is read."""
    monkeypatch.setattr(guard, "SECONDS", 1.0)
    monkeypatch.setattr(guard, "SECONDS_PER_MEGABYTE", 1.0)
    text = "try: a\nexcept A, B: x = " + "f(" * 150 + "a" + ".b()" * 30_000 + ")" * 150
    with pytest.raises(UnreadableSource) as caught:
        parse(text.encode())
    assert caught.value.line == 2
    assert "nested too deeply" in caught.value.message or "too long" in caught.value.message
    monkeypatch.undo()
    assert same(NEWER.encode(), NEWER)


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 2000 + ")" * 2000,
        "x = 1\ny = " + "[" * 2000,
        "y = " + "a + " * 100_000 + "a",
        "y = a" + ".b()" * 100_000,
        "y = a" + ".b" * 500_000,
        "y = (a" + "\n.b" * 300_000 + ")",
        "y = " + "not " * 100_000 + "a",
        "y = " + "-" * 100_000 + "1",
        "y = " + "lambda: " * 10_000 + "1",
        "if a: b\n" + "elif a: b\n" * 10_000,
        "y = f'{" * 500,
        "y = " + "{1: " * 1000,
        "match x:\n case " + "[" * 1000,
        "x = y[" * 5000,
    ],
)
def test_bombs_without_newer_syntax(text: str) -> None:
    """Deep texts are read or unreadable; never a crash, never another error."""
    try:
        tree = parse(text.encode())
    except UnreadableSource as error:
        found: UnreadableSource | None = error
    else:
        found = None
        assert tree.body
    assert found is None or (found.message and 1 <= found.line <= text.count("\n") + 1)


def test_the_deepest_line_is_named() -> None:
    """A file of 2,000 nested parentheses names the line where they stand."""
    with pytest.raises(UnreadableSource) as caught:
        parse(b"x = 1\n\ny = " + b"(" * 2000 + b")" * 2000)
    assert (caught.value.line, caught.value.message) == (3, "nested too deeply")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("a[*b]", (3, 11)),
        ("try: a\nexcept* A: b", (3, 11)),
        ('f"{a["b"]}"', (3, 12)),
        ("x = rF'{a}'", (3, 12)),
        ("def f[T](): pass", (3, 12)),
        ("class C [T]: pass", (3, 12)),
        ("  type X = int", (3, 12)),
        ("type X[T] = int", (3, 12)),
        ("def f[T = int](): pass", (3, 13)),
        ("try: a\nexcept A, B: b", (3, 14)),
        ("x = t'{a}'", (3, 14)),
        ("x = (rT'''{a}''')", (3, 14)),
        ("lazy import a", (3, 15)),
        ("lazy from a import b", (3, 15)),
        ("[*a for a in b]", (3, 15)),
        ("{**a for a in b}", (3, 15)),
    ],
)
def test_signs_of_newer_syntax(text: str, version: tuple[int, int]) -> None:
    """Each kind of new syntax is seen by the versions before it, and by none that knows it."""
    assert newer_syntax.may_be_newer(text, (version[0], version[1] - 1))
    assert newer_syntax.may_be_newer(text, (3, 10))
    assert not newer_syntax.may_be_newer(text, (3, 15))


def test_wrong_files_without_signs_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is merely wrong never reaches libcst."""
    monkeypatch.setattr(guard, "read", lambda *_: pytest.fail("libcst was asked"))
    for text in ("x = (", "print 'x'", "def f(:\n  pass", "x = 1 1"):
        with pytest.raises(UnreadableSource):
            parse(text.encode())


def test_ordinary_files_import_nothing_heavy() -> None:
    """Neither libcst nor what starts processes is loaded before a file needs it."""
    code = (
        "import sys\nfrom async_guard.extract.parse import parse\nparse(b'x = 1')\n"
        "print([name for name in ('libcst', 'subprocess', 'async_guard.extract.guard') if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(guard.__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
