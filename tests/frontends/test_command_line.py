"""What a person may type: rules by name, words that are nearly right, and options that every format honours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent.parent / "src"
APPLICATION = """\
import asyncio
import time

from fastapi import FastAPI

app = FastAPI()


async def helper():
    await asyncio.sleep(1)


@app.get("/")
async def handler():
    time.sleep(1)
    helper()
    return app.state.store.unknown()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A service with one blocking call and one coroutine that nobody awaits."""
    (tmp_path / "main.py").write_text(APPLICATION)
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``async-guard`` in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "async_guard", *arguments],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120, env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )  # fmt: skip


def codes(folder: Path, *arguments: str) -> set[str]:
    """The codes of what is found."""
    done = run(folder, "check", ".", "--format", "json", *arguments)
    return {finding["code"] for finding in json.loads(done.stdout)["findings"]}


def configure(folder: Path, text: str) -> None:
    """Write the settings of a project."""
    (folder / "pyproject.toml").write_text(f"[tool.async-guard]\n{text}\n")


def test_rules_are_known_by_name(project: Path) -> None:
    """On the command line and in the configuration, in any case."""
    assert codes(project, "--select", "blocking-sleep") == {"AG101"}
    assert codes(project, "--select", "ag101,Coroutine-Never-Awaited") == {"AG101", "AG301"}
    assert "AG101" not in codes(project, "--ignore", "blocking-sleep")
    configure(project, 'select = ["blocking-sleep", "AG3"]')
    assert codes(project) == {"AG101", "AG301"}
    configure(project, 'per-file-ignores = { "main.py" = ["blocking-sleep"] }')
    assert {"AG101", "AG301"} & codes(project) == {"AG301"}


@pytest.mark.parametrize(
    ("arguments", "configuration", "told"),
    [
        (("--select", "blocking-slep"), "", "select: unknown rule 'blocking-slep'; did you mean 'blocking-sleep'?"),
        (("--ignore", "AG999"), "", "ignore: unknown rule 'AG999'; did you mean 'AG901'?"),
        ((), 'select = ["AG1O1"]', "pyproject.toml: select: unknown rule 'AG1O1'; did you mean 'AG101'?"),
        (
            (),
            'per-file-ignores = { "main.py" = ["AG1O1"] }',
            "pyproject.toml: per-file-ignores: 'main.py': unknown rule 'AG1O1'; did you mean 'AG101'?",
        ),
    ],
)
def test_unknown_rules_are_answered_with_the_nearest(
    project: Path, arguments: tuple[str, ...], configuration: str, told: str
) -> None:
    """The message names the place and what was probably meant."""
    if configuration:
        configure(project, configuration)
    done = run(project, "check", ".", *arguments)
    assert done.returncode == 2
    assert told in done.stderr


@pytest.mark.parametrize(("subject", "near"), [("AG1O1", "AG101"), ("blocking-slep", "blocking-sleep")])
def test_explain_answers_with_the_nearest_rule(project: Path, subject: str, near: str) -> None:
    """Codes and names alike."""
    done = run(project, "explain", subject)
    assert done.returncode == 2
    assert f"did you mean {near}?" in done.stderr


@pytest.mark.parametrize("format_", ["concise", "github", "gitlab", "junit", "sarif"])
def test_calls_that_nobody_resolved_are_told_beside_formats_without_a_place_for_them(
    project: Path, format_: str
) -> None:
    """On standard error, so that the report stays what its readers expect."""
    plain = run(project, "check", ".", "--format", format_)
    for _ in range(2):  # a kept outcome would leave them out
        done = run(project, "check", ".", "--format", format_, "--unresolved")
        assert done.stdout == plain.stdout
        assert "main.py:17:12: unresolved app.state.store.unknown" in done.stderr


def test_statistics_are_told_beside_other_formats(project: Path) -> None:
    """Counts are no part of a report that other programs read."""
    done = run(project, "check", ".", "--format", "concise", "--statistics")
    assert "findings: AG101" in done.stderr
    assert "findings: AG101" not in done.stdout


def test_a_heading_of_pyproject_in_the_file_of_our_own_is_named(project: Path) -> None:
    """The message says what to leave out."""
    (project / "async-guard.toml").write_text('[tool.async-guard]\nselect = ["AG1"]\n')
    done = run(project, "check", ".")
    assert done.returncode == 2
    assert "only pyproject.toml has this heading" in done.stderr


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("pyproject.toml", "[tool.async-guard]\nselct = ['AG1']\n", "[tool.async-guard] selct: unknown key; did you mean 'select'?"),
        ("async-guard.toml", "jbos = 1\n", "jbos: unknown key"),
    ],
)  # fmt: skip
def test_the_file_of_a_wrong_key_is_named_with_its_folder(project: Path, name: str, text: str, told: str) -> None:
    """From where the run was started; a heading is named only where there is one."""
    (project / "service").mkdir()
    (project / "service" / name).write_text(text)
    (project / "main.py").rename(project / "service" / "main.py")
    done = run(project, "check", "service")
    assert f"{Path('service') / name}: {told}" in done.stderr
    assert done.returncode == 2


def test_a_folder_of_sources_that_is_not_there_is_named(project: Path) -> None:
    """A misspelled folder would only show as modules that nobody finds."""
    configure(project, 'src = ["backend"]')
    assert "src: 'backend' is no folder here" in run(project, "check", ".").stderr


def test_only_what_blocks_is_said_to_stall(project: Path) -> None:
    """A coroutine that is never awaited stalls nobody."""
    told = run(project, "check", ".", "--group", "root-cause").stdout
    assert "1 finding, stalls 1 entry point" in told
    assert "1 finding, reached by 1 entry point" in told


def test_one_is_no_plural(project: Path) -> None:
    """Counts read like sentences."""
    assert "1 finding (1 error) in 1 file\n" in run(project, "check", ".", "--select", "AG101").stdout


def test_routes_name_the_kinds_there_are(project: Path) -> None:
    """Where none is of the kind that was asked for."""
    assert "those here are route" in run(project, "routes", ".", "--kind", "rout").stderr
    assert (
        "main.py:14: route GET / [loop] 1 error, 0 warnings\n"
        in run(project, "routes", ".", "--format", "concise").stdout
    )


def test_modules_of_the_project_are_never_imported(project: Path) -> None:
    """Though they have the names of what the program itself needs."""
    for name in ("logging", "json", "rich", "pathspec"):
        (project / name).mkdir()
        (project / name / "__init__.py").write_text("raise SystemExit('imported')\n")
    result = run(project, "check", ".", "--format", "concise", "--no-cache")
    assert result.returncode == 1, result.stderr
    assert "AG101" in result.stdout
