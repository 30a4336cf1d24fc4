"""A kept outcome is told again exactly as long as nothing has changed, and a cache folder can do no harm."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from async_guard.cache import folder, outcome
from async_guard.cache.folder import FOLDER
from async_guard.cache.watch import Watch, digest_of
from async_guard.engine.discover import discover

OLD = time.time_ns() - 3_600_000_000_000
KEY = "check\0."


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose files have not been touched for an hour (as far as that can be faked: not their time of change)."""
    root = tmp_path / "project"
    for name, text in {
        "pyproject.toml": "",
        "a.py": "x = 1\n",
        "sub/b.py": "y = 1\n",
        ".gitignore": "gone.py\n",
        "sub/gone.py": "",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / ".git").mkdir()
    age(root)
    monkeypatch.chdir(root)
    return root


def age(root: Path) -> None:
    """Make all files look old."""
    for path in root.rglob("*"):
        os.utime(path, ns=(OLD, OLD))


def kept(root: Path, text: str = "a.py:1:1: AG101 told\n", *others: str) -> None:
    """Keep an outcome, as a run would."""
    watch = Watch([str(root)])
    for file in discover([".", *others], watch=watch):
        found = digest_of(file.location)
        assert found is not None
        watch.digests[file.location] = found
    outcome.keep(FOLDER, KEY, watch, 1, text)


def found(root: Path, key: str = KEY) -> tuple[int, str] | None:
    """What is kept for the command."""
    return outcome.find(FOLDER, key, [str(root)], [str(root)])


def test_an_unchanged_project_is_answered(project: Path) -> None:
    """Even where all files are so young that only their content proves that."""
    kept(project)
    assert found(project) == (1, "a.py:1:1: AG101 told\n")
    assert found(project) == (1, "a.py:1:1: AG101 told\n")
    assert found(project, "check\0elsewhere") is None


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _new_folder(root: Path) -> None:
    (root / "new").mkdir()
    (root / "new" / "c.py").write_text("")


def _folder_for_file(root: Path) -> None:
    (root / "sub" / "gone.py").unlink()
    (root / "sub" / "gone.py").mkdir()


def _touch(root: Path) -> None:
    for path in root.rglob("*.py"):
        os.utime(path)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a content": lambda root: (root / "sub" / "b.py").write_text("y = 2\n"),
    "a length": lambda root: (root / "sub" / "b.py").write_text("y = 100\n"),
    "a new file": lambda root: (root / "sub" / "c.py").write_text(""),
    "a new file in a new folder": _new_folder,
    "a file gone": lambda root: (root / "sub" / "b.py").unlink(),
    "a file renamed": lambda root: (root / "sub" / "b.py").rename(root / "sub" / "c.py"),
    "an ignore file": lambda root: (root / ".gitignore").write_text("b.py\n"),
    "a new ignore file": lambda root: (root / "sub" / ".gitignore").write_text("b.py\n"),
    "the configuration": lambda root: (root / "pyproject.toml").write_text("[tool.async-guard]\n"),
    "a new configuration": lambda root: (root / "async-guard.toml").write_text(""),
    "a configuration above": lambda root: (root.parent / "pyproject.toml").write_text(""),
    "a lock file": lambda root: (root / "uv.lock").write_text(""),
    "requirements": lambda root: (root / "requirements-dev.txt").write_text("fastapi==0.100.0"),
    "a file turned into a pipe": lambda root: _pipe(root / "a.py"),
    "an ignored file turned into a folder": _folder_for_file,
    "a new link to a folder": lambda root: (root / "linked").symlink_to("sub"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen(project: Path, change: str) -> None:
    """Whatever changes, the outcome is no longer told."""
    kept(project)
    CHANGES[change](project)
    age(project)  # time stamps prove nothing
    assert found(project) is None


HARMLESS: dict[str, Callable[[Path], object]] = {
    "touched files": _touch,
    "another kind of file": lambda root: (root / "notes.md").write_text(""),
    "a hidden folder": lambda root: (root / ".pytest_cache").mkdir(),
    "a change of an ignored file": lambda root: (root / "sub" / "gone.py").write_text("z = 1\n"),
}


@pytest.mark.parametrize("change", HARMLESS)
def test_what_changes_nothing_is_no_change(project: Path, change: str) -> None:
    """New time stamps on the same content, and files that nobody reads."""
    kept(project)
    HARMLESS[change](project)
    assert found(project) is not None
    assert found(project) is not None


def test_an_edit_that_restores_size_and_time_is_seen(project: Path) -> None:
    """The time of change cannot be restored."""
    kept(project)
    (project / "a.py").write_text("x = 2\n")
    os.utime(project / "a.py", ns=(OLD, OLD))
    assert found(project) is None


def test_a_state_that_changes_during_the_run_is_not_kept(project: Path) -> None:
    """The configuration was read before it changed."""
    watch = Watch([str(project)])
    discover(["."], watch=watch)
    (project / "pyproject.toml").write_text("[tool.async-guard]\n")
    outcome.keep(FOLDER, KEY, watch, 0, "")
    assert found(project) is None


def test_damage_is_a_miss(project: Path) -> None:
    """Any byte that differs, any length, any other file in its place."""
    kept(project)
    (path,) = (project / FOLDER).glob("outcome-*")
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert found(project) is None
        path.write_bytes(whole[:at])
        assert found(project) is None
    path.unlink()
    path.mkdir()
    assert found(project) is None
    path.rmdir()
    os.mkfifo(path)
    assert found(project) is None


def test_control_characters_are_not_told(project: Path) -> None:
    """Colours are all that a kept outcome may bring to a terminal."""
    for text, harmless in (
        ("\x1b[1;31mred\x1b[0m\n", True),
        ("\x1b]0;title\x07", False),
        ("\x1b[2J", False),
        ("\x9b2J", False),
        ("a\rb", False),
        ("a\u202e\n", True),
        ("a" * 200_000 + "\x07", False),
        ("a" * 200_000 + "\x9b2J", False),
        ("a" * 65_535 + "\xe9\n", True),
        ("a" * 200_000 + "\x1b[0m" + "a" * 200_000, True),
    ):
        kept(project, text)
        assert (found(project) is not None) is harmless, text[-10:]


def test_links_are_not_followed(project: Path, tmp_path: Path) -> None:
    """Neither a folder nor files that are links make us write or read elsewhere."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (project / FOLDER).symlink_to(elsewhere)
    kept(project)
    assert found(project) is None
    assert list(elsewhere.iterdir()) == []
    (project / FOLDER).unlink()

    kept(project)
    (path,) = (project / FOLDER).glob("outcome-*")
    path.rename(elsewhere / "outcome")
    path.symlink_to(elsewhere / "outcome")
    before = (elsewhere / "outcome").read_bytes()
    assert found(project) is None
    kept(project, "another")
    assert (elsewhere / "outcome").read_bytes() == before
    assert found(project) == (1, "another")
    (project / FOLDER / "CACHEDIR.TAG").unlink()
    (project / FOLDER / "CACHEDIR.TAG").symlink_to(elsewhere / "tag")
    kept(project)
    assert not (elsewhere / "tag").exists()


def test_a_recorded_folder_elsewhere_is_not_looked_at(project: Path, tmp_path: Path) -> None:
    """A state that names folders outside of the project is no state of it."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "c.py").write_text("")
    kept(project, "told\n", str(tmp_path / "other"))
    assert found(project) is None
    assert outcome.find(FOLDER, KEY, [str(project)], [str(project), str(tmp_path / "other")]) is not None


def test_the_folder_marks_itself(project: Path) -> None:
    """For git, and for programs that leave caches out."""
    kept(project)
    assert (project / FOLDER / ".gitignore").read_text() == "*\n"
    assert (project / FOLDER / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")


def test_old_outcomes_go(project: Path) -> None:
    """Only so many are kept."""
    watch = Watch([str(project)])
    for number in range(40):
        outcome.keep(FOLDER, f"{KEY}\0{number}", watch, 0, "")
    assert len(list((project / FOLDER).glob("outcome-*"))) <= 25
    assert not list((project / FOLDER).glob(".outcome-*"))


def test_a_place_that_cannot_be_written_is_no_failure(project: Path) -> None:
    """A file where the folder should be."""
    (project / FOLDER).write_text("")
    kept(project)
    assert found(project) is None
    assert not folder.prepare(FOLDER)
