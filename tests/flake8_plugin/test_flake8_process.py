"""The plugin as its users meet it: through the real flake8 process."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src"
EXAMPLE = ROOT / "examples" / "orders_service"
ENTRY_POINT = "async_guard.frontends.flake8_plugin:Flake8Plugin"

MAIN = """\
from fastapi import FastAPI

from shop.repository import load

app = FastAPI()


@app.get("/items")
async def items():
    return load()
"""
REPOSITORY = """\
import time


def load():
    time.sleep(1)
    return []
"""

_LINE = re.compile(r"^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?P<code>AG\d{3}) (?P<text>.+)$")

SPY = """\
import os
import sys


class Spy:
    def find_spec(self, name, path=None, target=None):
        if name == "async_guard.engine":
            with open(os.environ["SPY_LOG"], "a") as log:
                log.write(f"{os.getpid()}\\n")


sys.meta_path.insert(0, Spy())
"""
"""A ``sitecustomize`` that notes which processes load the engine, that is, analyse."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A package whose handler blocks through another file."""
    root = tmp_path / "project"
    (root / "shop").mkdir(parents=True)
    (root / "pyproject.toml").write_text("")
    (root / "shop" / "__init__.py").write_text("")
    (root / "shop" / "main.py").write_text(MAIN)
    (root / "shop" / "repository.py").write_text(REPOSITORY)
    if not any(point.value == ENTRY_POINT for point in entry_points(group="flake8.extension")):
        # Not installed (a source tree on the path): say by hand what the distribution's metadata would say.
        (root / ".flake8").write_text(f"[flake8:local-plugins]\nextension =\n    AG = {ENTRY_POINT}\n")
    return root


def flake8(
    *arguments: str,
    cwd: Path,
    stdin: str | None = None,
    launcher: tuple[str, ...] = ("-m", "flake8"),
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Run flake8 in ``cwd``."""
    path = os.pathsep.join(
        filter(None, [environment.pop("PYTHONPATH", ""), str(SOURCE), os.environ.get("PYTHONPATH", "")])
    )
    return subprocess.run(
        [sys.executable, *launcher, *arguments],
        cwd=cwd, input=stdin, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": path, **environment},
    )  # fmt: skip


def findings(done: subprocess.CompletedProcess[str]) -> list[tuple[str, int, str]]:
    """Path, line and code of what the plugin reported."""
    assert done.returncode in (0, 1), done.stderr
    assert not done.stderr, done.stderr
    found = [_LINE.match(line) for line in done.stdout.splitlines()]
    return [(os.path.normpath(hit["path"]), int(hit["line"]), hit["code"]) for hit in found if hit]


IN_MAIN = ("shop/main.py", 10, "AG101")
HANDLER = ("shop/main.py", 9, "AG201")


def test_a_chain_through_another_file_is_reported_where_it_starts(project: Path) -> None:
    """In the handler's file, with the place of the sleep; nothing in the file that sleeps."""
    done = flake8(cwd=project)
    assert findings(done) == [HANDLER, IN_MAIN]
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if "AG101" in line]
    assert line.startswith("./shop/main.py:10:12: AG101 ")
    assert "time.sleep" in line
    assert "shop/repository.py:5" in line


def test_a_single_file_is_seen_with_its_project(project: Path) -> None:
    """Editors and hooks name one file; the chain still runs through the others."""
    assert findings(flake8("shop/main.py", cwd=project)) == [HANDLER, IN_MAIN]
    assert findings(flake8("shop/repository.py", cwd=project)) == []
    elsewhere = flake8(
        "--config", str(project / ".flake8") if (project / ".flake8").exists() else os.devnull,
        str(project / "shop" / "main.py"), cwd=project.parent,
    )  # fmt: skip
    assert [(line, code) for _, line, code in findings(elsewhere)] == [(9, "AG201"), (10, "AG101")]


@pytest.mark.parametrize("comment", ["# noqa", "# noqa: AG101", "# NOQA:E501,AG101"])
def test_noqa_at_the_call_is_flake8s_own(project: Path, comment: str) -> None:
    """It silences the finding, and ``--disable-noqa`` brings it back."""
    (project / "shop" / "main.py").write_text(MAIN.replace("return load()", f"return load()  {comment}"))
    assert IN_MAIN not in findings(flake8(cwd=project))
    assert IN_MAIN in findings(flake8("--disable-noqa", cwd=project))


def test_noqa_at_a_direct_call_is_flake8s_own_too(project: Path) -> None:
    """There the reported call and the root cause are one place, and flake8 decides about it."""
    text = "import time\n\n\nasync def run():\n    time.sleep(1)  # noqa: AG101\n"
    (project / "shop" / "main.py").write_text(text)
    assert findings(flake8(cwd=project)) == []
    assert findings(flake8("--disable-noqa", cwd=project)) == [("shop/main.py", 5, "AG101")]


def test_a_comment_that_silences_nothing_is_reported(project: Path) -> None:
    """flake8 itself does not look for those."""
    (project / "shop" / "main.py").write_text(MAIN.replace("return load()", "return load()  # noqa: AG101,AG102"))
    assert ("shop/main.py", 10, "AG901") in findings(flake8(cwd=project))


def test_noqa_at_the_root_cause_silences_every_chain_to_it(project: Path) -> None:
    """flake8 cannot know that line belongs to a finding in another file; the plugin does."""
    (project / "shop" / "repository.py").write_text(REPOSITORY.replace("sleep(1)", "sleep(1)  # noqa: AG101"))
    assert IN_MAIN not in findings(flake8(cwd=project))


def test_selection_is_flake8s_own(project: Path) -> None:
    """Codes and prefixes select and ignore as for any plugin."""
    assert findings(flake8("--select", "AG1", cwd=project)) == [IN_MAIN]
    assert findings(flake8("--extend-ignore", "AG2", cwd=project)) == [IN_MAIN]
    assert findings(flake8("--per-file-ignores", "shop/main.py:AG", cwd=project)) == []


def test_naming_a_rule_turns_it_on(project: Path) -> None:
    """AG203 is off by default."""
    (project / "shop" / "main.py").write_text("async def double(n):\n    return 2 * n\n")
    assert findings(flake8(cwd=project)) == []
    assert findings(flake8("--select", "AG203", cwd=project)) == [("shop/main.py", 1, "AG203")]


def test_the_projects_configuration_counts(project: Path) -> None:
    """What ``[tool.async-guard]`` ignores is not handed over."""
    (project / "pyproject.toml").write_text('[tool.async-guard]\nignore = ["AG101"]\n')
    assert findings(flake8(cwd=project)) == [HANDLER]


def test_a_mistake_in_the_configuration_is_told_by_name(project: Path) -> None:
    """flake8 stops with the message of async-guard and status 1, without a traceback."""
    (project / "pyproject.toml").write_text('[tool.async-guard]\nignroe = ["AG101"]\n')
    done = flake8(cwd=project)
    assert done.returncode == 1
    assert "ignroe" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_lowest_severity(project: Path) -> None:
    """As an option on the command line and in flake8's configuration file."""
    assert findings(flake8("--async-guard-severity", "error", cwd=project)) == [IN_MAIN]
    with (project / ".flake8").open("a") as config:
        config.write("[flake8]\nasync-guard-severity = error\n")
    assert findings(flake8(cwd=project)) == [IN_MAIN]


def test_standard_input(project: Path) -> None:
    """An unsaved text is analysed alone, under the name that it is given."""
    text = REPOSITORY + "\n\nasync def run():\n    load()\n"
    named = flake8("--stdin-display-name", "shop/new.py", "-", cwd=project, stdin=text)
    assert findings(named) == [("shop/new.py", 10, "AG101")]
    assert findings(flake8("-", cwd=project, stdin=text)) == [("stdin", 10, "AG101")]


def test_a_broken_file_is_flake8s_and_the_others_are_checked(project: Path) -> None:
    """flake8 reports the syntax error itself."""
    (project / "shop" / "broken.py").write_text("def (:\n")
    done = flake8(cwd=project)
    assert findings(done) == [HANDLER, IN_MAIN]
    assert "shop/broken.py:1:6: E999" in done.stdout or "broken.py:1" in done.stdout


def test_hostile_names_cannot_write_to_the_terminal(project: Path, tmp_path: Path) -> None:
    """Control characters in file names never reach the text of a violation (flake8 itself prints the path in front of it)."""
    evil = tmp_path / "evil\x1b[31m"
    project.rename(evil)
    config = str(evil / ".flake8") if (evil / ".flake8").exists() else os.devnull
    done = flake8("--config", config, "--format", "%(row)d: %(code)s %(text)s", str(evil), cwd=tmp_path / "..")
    (line,) = [line for line in done.stdout.splitlines() if "AG101" in line]
    assert "repository.py:5" in line
    assert "\\x1b[31m" in line
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_several_processes_share_one_analysis(project: Path, tmp_path: Path, method: str) -> None:
    """However flake8's workers start, the project is analysed once, and the outcome is the same as with one process."""
    (tmp_path / "spy").mkdir()
    (tmp_path / "spy" / "sitecustomize.py").write_text(SPY)
    launcher = tmp_path / "launch.py"
    launcher.write_text(
        "import multiprocessing, sys\n"
        "if __name__ == '__main__':\n"
        f"    multiprocessing.set_start_method({method!r})\n"
        "    from flake8.main.cli import main\n"
        "    sys.exit(main(sys.argv[1:]))\n"
    )
    for number in range(6):
        (project / "shop" / f"more{number}.py").write_text(MAIN)
    log = tmp_path / "log"
    # A short path: the fork server's socket lies in it, and a socket's name has 107 characters at most.
    with tempfile.TemporaryDirectory() as shared:
        done = flake8(
            "--jobs", "2", cwd=project, launcher=(str(launcher),), PYTHONPATH=str(tmp_path / "spy"), SPY_LOG=str(log), TMPDIR=shared
        )  # fmt: skip
        assert len(findings(done)) == 14
        assert done.stdout == flake8("--jobs", "1", cwd=project).stdout
        assert len(set(log.read_text().split())) == 1
        assert list(Path(shared).glob("async-guard-*")) == []


def test_nothing_is_analysed_when_nothing_would_be_shown(project: Path, tmp_path: Path) -> None:
    """``--select E`` costs no analysis."""
    (tmp_path / "spy").mkdir()
    (tmp_path / "spy" / "sitecustomize.py").write_text(SPY)
    log = tmp_path / "log"
    for arguments in (["--select", "E"], ["--extend-ignore", "AG"]):
        done = flake8(*arguments, cwd=project, PYTHONPATH=str(tmp_path / "spy"), SPY_LOG=str(log))
        assert findings(done) == []
        assert not log.exists()


def test_an_unchanged_project_is_not_analysed_again(project: Path, tmp_path: Path) -> None:
    """The second process answers from what the first kept; a change of any file of the project is seen."""
    (tmp_path / "spy").mkdir()
    (tmp_path / "spy" / "sitecustomize.py").write_text(SPY)
    log = tmp_path / "log"

    def spied() -> list[tuple[str, int, str]]:
        return findings(flake8("shop/main.py", cwd=project, PYTHONPATH=str(tmp_path / "spy"), SPY_LOG=str(log)))

    assert spied() == [HANDLER, IN_MAIN]
    analysed = log.read_text()
    assert spied() == [HANDLER, IN_MAIN]
    assert log.read_text() == analysed
    (project / "shop" / "repository.py").write_text(REPOSITORY.replace("time.sleep(1)", "pass"))
    assert IN_MAIN not in spied()
    assert log.read_text() != analysed


def test_flake8_and_the_command_line_agree_on_the_example() -> None:
    """Finding for finding: path, line, column and code."""
    installed = any(point.value == ENTRY_POINT for point in entry_points(group="flake8.extension"))
    local = [] if installed else ["--append-config", str(ROOT / "tests" / "flake8_plugin" / "local_plugin.cfg")]
    done = flake8("--config", os.devnull, *local, "examples/orders_service", cwd=ROOT)
    plugin = sorted(
        (os.path.normpath(hit["path"]), int(hit["line"]), int(hit["column"]), hit["code"])
        for line in done.stdout.splitlines()
        if (hit := _LINE.match(line))
    )
    checked = subprocess.run(
        [sys.executable, "-m", "async_guard", "check", "examples/orders_service", "--format", "json"],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )  # fmt: skip
    told = json.loads(checked.stdout)["findings"]
    assert plugin
    assert plugin == [(finding["path"], finding["line"], finding["column"], finding["code"]) for finding in told]
