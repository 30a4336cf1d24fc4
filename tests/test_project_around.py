"""Which files are read when single files are named, and which findings then concern them."""

from __future__ import annotations

from pathlib import Path

import pytest

from async_guard.frontends.project_around import paths_to_read, project_root, touching
from async_guard.model.findings import Confidence, Finding, Place, Report, Severity, Step, Unreadable


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two projects, one of them below a folder without a marker."""
    for file in (
        "repo/.git/HEAD",
        "repo/shop/pyproject.toml",
        "repo/shop/src/shop/main.py",
        "repo/tools/run.py",
        "loose/a.py",
    ):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path / "repo")
    return tmp_path


def test_a_file_belongs_to_the_nearest_marked_folder(tree: Path) -> None:
    """The inner project wins; files outside of it belong to the repository."""
    assert project_root("shop/src/shop/main.py") == str(tree / "repo" / "shop")
    assert project_root("tools/run.py") == str(tree / "repo")


def test_without_a_marker_the_outermost_package_is_the_project(tree: Path) -> None:
    """A package is read whole; a file on its own stays alone."""
    for file in ("loose/pkg/__init__.py", "loose/pkg/sub/__init__.py", "loose/pkg/sub/m.py"):
        (tree / file).parent.mkdir(parents=True, exist_ok=True)
        (tree / file).write_text("")
    assert project_root(str(tree / "loose" / "pkg" / "sub" / "m.py")) == str(tree / "loose" / "pkg")
    assert project_root(str(tree / "loose" / "a.py")) is None


def test_a_marker_in_the_home_folder_is_no_project(tree: Path) -> None:
    """Many people keep their home folder in git."""
    (tree / ".git").mkdir()
    assert project_root(str(tree / "loose" / "a.py")) is None


def test_folders_are_read_as_given_and_files_with_their_project(tree: Path) -> None:
    """Relative where that is possible, once each, and the file itself as well."""
    assert paths_to_read(["tools"]) == ["tools"]
    assert paths_to_read(["tools", "tools/run.py"]) == ["tools", "tools/run.py"]
    assert paths_to_read(["shop/src/shop/main.py"]) == ["shop", "shop/src/shop/main.py"]
    assert paths_to_read(["tools/run.py", "tools/run.py"]) == [".", "tools/run.py"]
    outside = str(tree / "loose" / "a.py")
    assert paths_to_read([outside]) == [outside]


def _finding(*paths: str) -> Finding:
    steps = tuple(Step(Place(path, 1, 1, 1, 2), "f", "g") for path in paths)
    return Finding("AG101", "blocking-sleep", Severity.ERROR, Confidence.CERTAIN, "", steps[0].place, "f", steps)


def test_a_finding_concerns_every_file_its_chain_passes(tree: Path) -> None:
    """A change of the repository concerns the handler that calls it."""
    direct, chained = _finding("a.py"), _finding("a.py", "b.py", "c.py")
    report = Report(".", (direct, chained), unreadable=(Unreadable("a.py", 1, "x"), Unreadable("b.py", 1, "x")))
    assert touching(report, ["./b.py"]).findings == (chained,)
    assert touching(report, ["b.py"]).unreadable == (Unreadable("b.py", 1, "x"),)
    assert touching(report, ["a.py"]).findings == (direct, chained)
    assert touching(report, [str(tree / "repo" / "d.py")]).findings == ()
