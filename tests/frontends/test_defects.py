"""A mistake of our own costs one function or one rule: the rest is reported, and the exit status tells it apart from findings."""

from __future__ import annotations

import argparse
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from async_guard.api import check_sources, routes
from async_guard.frontends import cli, flake8_plugin
from async_guard.link import evaluator
from async_guard.link.evaluator import Evaluator
from async_guard.link.frames import Frame
from async_guard.model import facts as F
from async_guard.model.findings import Confidence, Defect
from async_guard.rules.judgement import blocking
from async_guard.rules.registry import RULES

SLEEPS = b"import time\n\nasync def %s():\n    time.sleep(1)\n"
FILES = {"one.py": SLEEPS % b"first", "two.py": SLEEPS % b"second"}


@pytest.fixture
def _broken_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading ``first`` breaks."""
    read = evaluator._STATEMENTS[F.S_EXPR]

    def breaking(self: Evaluator, statement: Any, frame: Frame) -> None:
        if frame.fn is not None and frame.fn.name == "first":
            raise KeyError("lost")
        read(self, statement, frame)

    # In the table, as methods of compiled classes cannot be replaced.
    table = [*evaluator._STATEMENTS]
    table[F.S_EXPR] = breaking
    monkeypatch.setattr(evaluator, "_STATEMENTS", table)


@pytest.mark.usefixtures("_broken_function")
def test_other_functions_are_still_read() -> None:
    """The function that could not be read is named with its file."""
    report = check_sources(FILES)
    assert [(f.place.path, f.code) for f in report.findings if f.code == "AG101"] == [("two.py", "AG101")]
    (defect,) = report.defects
    assert (defect.path, defect.line, defect.part) == ("one.py", 3, "one.first")
    assert "KeyError('lost')" in defect.message


def test_other_rules_are_still_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule that broke is named."""

    def breaking(_: Any) -> Any:
        raise ZeroDivisionError

    broken = {**RULES, "AG201": replace(RULES["AG201"], check=breaking)}
    monkeypatch.setattr("async_guard.rules.registry.RULES", broken)
    report = check_sources(FILES)
    assert {f.place.path for f in report.findings if f.code == "AG101"} == {"one.py", "two.py"}
    assert [defect.part for defect in report.defects] == ["AG201"]


def test_a_chain_that_cannot_be_judged_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """What speaks against a chain is asked of each; where asking breaks, the chain is told as a doubtful one."""

    def breaking(links: Any) -> bool:
        if links[0][0].fn.name == "first":
            raise IndexError("list index out of range")
        return False

    monkeypatch.setattr(blocking, "_DOUBTS", (breaking,))
    calls = b"import time\n\ndef wait():\n    time.sleep(1)\n\nasync def %s():\n    wait()\n"
    report = check_sources({"one.py": calls % b"first", "two.py": calls % b"second"})
    found = [(f.place.path, f.confidence) for f in report.findings if f.code == "AG101"]
    assert found == [("one.py", Confidence.PROBABLE), ("two.py", Confidence.CERTAIN)]
    (defect,) = report.defects
    assert (defect.path, defect.part) == ("one.py", "one.first")


def _typed(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    """A project in a folder, and a command as it would be typed there."""
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ASYNC_GUARD_KEEP_PROCESS", "1")
    monkeypatch.setattr("sys.argv", ["async-guard", *words])


@pytest.mark.usefixtures("_broken_function")
def test_no_baseline_is_made_of_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The one that is there stays as it was."""
    (tmp_path / "async-guard-baseline.json").write_text("before")
    _typed(tmp_path, monkeypatch, "baseline", ".")
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 3
    assert "one.first" in capsys.readouterr().err
    assert (tmp_path / "async-guard-baseline.json").read_text() == "before"


@pytest.mark.usefixtures("_broken_function")
def test_the_list_of_routes_warns(tmp_path: Path) -> None:
    """What a lost function blocks is not counted, and that is said."""
    (tmp_path / "one.py").write_bytes(FILES["one.py"])
    with pytest.warns(UserWarning, match=r"one\.py:3: a defect of async-guard itself in .*first"):
        routes([str(tmp_path)], cache_dir=False)


@pytest.mark.usefixtures("_broken_function")
def test_the_command_that_lists_routes_ends_with_the_status_of_a_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is left is listed, what is lost is named, and a script sees it by the status."""
    _typed(tmp_path, monkeypatch, "routes", ".", "--no-cache", "--format", "concise")
    monkeypatch.setattr(cli, "_warned", [])
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        with pytest.raises(SystemExit) as left:
            cli.main()
    assert left.value.code == 3
    assert "one.first" in capsys.readouterr().err
    assert not (tmp_path / ".async_guard_cache").exists()


@pytest.mark.parametrize("broken", [True, False])
def test_flake8_keeps_no_outcome_that_lacks_a_part(
    broken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next process would not say again what is lost."""
    monkeypatch.chdir(tmp_path)
    report = check_sources(FILES)
    if broken:
        report = replace(report, defects=(Defect("one.py", 3, "one.first", "lost"),))
    kept: list[object] = []
    monkeypatch.setattr(flake8_plugin, "_wanted", lambda _: True)
    monkeypatch.setattr(flake8_plugin, "_analysed", lambda *_: report)
    monkeypatch.setattr("async_guard.cache.outcome.keep", lambda *told: kept.append(told))
    options = argparse.Namespace(filenames=["."], async_guard_severity="info", async_guard_confidence="probable")
    assert str(tmp_path / "two.py") in flake8_plugin._kept_or_analysed(options)
    assert len(kept) == (not broken)


@pytest.mark.usefixtures("_broken_function")
def test_the_command_says_so_and_exits_with_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The findings of the other file are on standard output, and nothing is kept for the next run."""
    _typed(tmp_path, monkeypatch, "check", ".", "--format", "concise", "--jobs", "1")
    for _ in range(2):
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsys.readouterr()
        assert left.value.code == 3
        assert "two.py:4" in out
        assert "one.py:3: a defect of async-guard itself in one.first" in err
