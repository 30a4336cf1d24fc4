"""The shipped catalogue as a whole: every file follows the format, and the compiled file is up to date and quick to load."""

from __future__ import annotations

from pathlib import Path

import pytest

from async_guard.catalogue.compile import COMMAND, COMPILED, compile_files, data_files, digest, main, problems, read
from async_guard.catalogue.index import read_compiled
from async_guard.catalogue.schema import CatalogueError, Document, parse_document, rows


@pytest.mark.parametrize("path", data_files(), ids=lambda path: path.stem)
def test_a_data_file_follows_the_format(path: Path) -> None:
    """Every entry parses."""
    assert parse_document(read(path))


@pytest.mark.parametrize("path", data_files(), ids=lambda path: path.stem)
def test_every_library_has_documentation_of_its_own(path: Path) -> None:
    """None of them is said to be documented where another distribution of the same file is."""
    document = read(path)
    header = next(iter(rows(document))).header
    documented = dict(header.documentation)
    without = {
        header.distribution_of(name)
        for row in rows(document)
        if "docs" not in row.table and row.kind != "value"
        for name in row.names
    }
    assert without - {header.pypi} <= set(documented)
    assert all(url.startswith(("https://", "http://")) for url in documented.values())


def test_no_callable_is_described_twice_and_all_are_right() -> None:
    """Across all files."""
    assert problems(compile_files(data_files())) == []


def test_the_compiled_file_fits_the_data_files() -> None:
    """It is what is loaded."""
    compiled = read_compiled(COMPILED)
    assert compiled is not None, f"there is no {COMPILED.name}: run {COMMAND}"
    assert compiled.digest == digest(data_files()), (
        f"{COMPILED.name} is older than the files in data/: run {COMMAND} and commit it"
    )
    assert COMPILED.read_text(encoding="utf-8") == compile_files(data_files()).to_json(), (
        f"{COMPILED.name} was changed by hand: run {COMMAND}"
    )


def test_the_digest_ignores_line_endings_and_sees_content(tmp_path: Path) -> None:
    """As a checkout on another system changes them."""
    path = tmp_path / "a.toml"
    path.write_bytes(b"a = 1\nb = 2\n")
    unix = digest([path])
    path.write_bytes(b"a = 1\r\nb = 2\r\n")
    assert digest([path]) == unix
    path.write_bytes(b"a = 1\nb = 3\n")
    assert digest([path]) != unix


def test_problems_name_every_wrong_entry_once(tmp_path: Path) -> None:
    """Not only the first."""
    path = tmp_path / "a.toml"
    path.write_text(
        'library = "a"\ncategory = "http"\n'
        '[[function]]\nnames = ["a.f", "a.g"]\nseverity = "x"\n'
        '[[function]]\nnames = ["a.h"]\nseverity = "none"\nfoo = 1\n',
        encoding="utf-8",
    )
    found = problems(compile_files([path]))
    assert [text.split(":")[1].strip() for text in found] == ["function a.f", "function a.g", "function a.h"]


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    """With what is wrong."""
    path = tmp_path / "a.toml"
    path.write_text("a = = 1", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"a\.toml: is no TOML: .*line 1"):
        read(path)
    with pytest.raises(CatalogueError, match=r"shared: cannot be read"):
        read(tmp_path / "b.toml", "shared")


def test_the_command_writes_what_it_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And says what to run when the file is stale."""
    compiled, data = tmp_path / "compiled.json", tmp_path / "data"
    data.mkdir()
    file = data / "a.toml"
    file.write_text(
        'library = "a"\ncategory = "http"\n[[function]]\nnames = ["a.f"]\nseverity = "none"\n', encoding="utf-8"
    )
    monkeypatch.setattr("async_guard.catalogue.compile.DATA", data)
    monkeypatch.setattr("async_guard.catalogue.compile.COMPILED", compiled)
    assert main(["--check"]) == 1
    assert COMMAND in capsys.readouterr().err
    assert main([]) == 0
    assert main(["--check"]) == 0
    file.write_text(file.read_text(encoding="utf-8") + 'instead = "x"\n', encoding="utf-8")
    assert main(["--check"]) == 1
    file.write_text("x", encoding="utf-8")
    assert main([]) == 1
    assert "a.toml: is no TOML" in capsys.readouterr().err


def test_a_document_from_memory_reads_like_a_file(tmp_path: Path) -> None:
    """`read` adds nothing but the name."""
    path = tmp_path / "a.toml"
    path.write_text('library = "a"\n', encoding="utf-8")
    assert read(path) == Document("a.toml", {"library": "a"})


@pytest.mark.parametrize("path", data_files(), ids=lambda path: path.stem)
def test_a_class_whose_every_method_blocks_says_so_of_those_it_names(path: Path) -> None:
    """``blocking = ["*"]`` is of methods named nowhere else: one whose result is stated must say itself whether it blocks."""
    silent = []
    for table in read(path).content.get("class", ()):
        blocking = table.get("blocking", ())
        if "*" in blocking:
            said = {*blocking, *table.get("safe", ()), *table.get("sync", ()), *table.get("methods", ())}
            silent += [f"{table['names'][0]}.{name}" for name in table.get("returns", ()) if name not in said]
    assert silent == []
