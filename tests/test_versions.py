"""Which version of a framework is in force, by what a project says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from async_guard.api import check_sources
from async_guard.config.settings import Settings
from async_guard.engine.versions import files_that_name_versions, versions_in_force, versions_in_sources

NEWEST = None
LOCK = """version = 1

[[package]]
name = "fastapi"
version = "0.105.0"
source = { registry = "https://pypi.org/simple" }
"""

SAID = {
    "uv.lock": (LOCK, (0, 105, 0)),
    "poetry.lock": ('[[package]]\nname = "fastapi"\nversion = "0.105.0"\ndescription = ""\n', (0, 105, 0)),
    "pdm.lock": ('[[package]]\nname = "fastapi"\nversion = "0.105.0"\nextras = ["all"]\n', (0, 105, 0)),
    "requirements.txt": ("uvicorn\nfastapi[all]==0.105.0  # pinned\n", (0, 105, 0)),
    "requirements-dev.txt": ("fastapi>=0.100, <0.106\n", (0, 105, 10_000)),
}
PYPROJECT = {
    '[project]\ndependencies = ["fastapi>=0.100,<0.106"]\n': (0, 105, 10_000),
    '[project]\ndependencies = [\n    "uvicorn",\n    "fastapi[standard]~=0.105.0",\n]\n': (0, 105, 10_000),
    '[project]\ndependencies = ["fastapi (>=0.105.0,<0.106.0)"]\n': (0, 105, 10_000),
    '[project]\ndependencies = ["fastapi==0.105.*"]\n': (0, 105, 10_000),
    '[project]\ndependencies = ["fastapi<=0.105.2"]\n': (0, 105, 2),
    '[project]\ndependencies = ["fastapi>=0.105"]\n': NEWEST,
    '[project]\ndependencies = ["fastapi", "fastapi-utils==0.7"]\n': NEWEST,
    '[tool.poetry.dependencies]\nfastapi = "^0.105.1"\n': (0, 105, 10_000),
    '[tool.poetry.dependencies]\nfastapi = "~0.105"\n': (0, 105, 10_000),
    '[tool.poetry.dependencies]\nfastapi = "0.105.1"\n': (0, 105, 1),
    '[tool.poetry.dependencies]\nfastapi = {version = "^0.105", extras = ["all"]}\n': (0, 105, 10_000),
    '[tool.poetry.dependencies]\nfastapi = ">=0.90,<0.106"\n': (0, 105, 10_000),
    '[tool.poetry.dependencies]\nfastapi = "*"\n': NEWEST,
    '[tool.poetry]\nname = "fastapi"\nversion = "3.0"\n': NEWEST,
}


@pytest.mark.parametrize("name", SAID)
def test_locks_and_requirements_say_the_version(name: str, tmp_path: Path) -> None:
    """On disk and in memory; the file is one of those that a cached answer depends on."""
    text, version = SAID[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert versions_in_force([str(tmp_path)], Settings()) == {"fastapi": version}
    assert versions_in_sources({name: text.encode()}, Settings()) == {"fastapi": version}
    assert str(tmp_path / name) in files_that_name_versions([str(tmp_path)])


@pytest.mark.parametrize("text", PYPROJECT)
def test_ranges_mean_the_highest_release_below_their_bound(text: str) -> None:
    """A range without an upper bound means the newest."""
    found = versions_in_sources({"pyproject.toml": text.encode()}, Settings())
    assert found.get("fastapi") == PYPROJECT[text]


def test_a_lock_wins_over_requirements_and_a_setting_over_both(tmp_path: Path) -> None:
    """The project beside the code wins over one below it."""
    (tmp_path / "requirements.txt").write_text("fastapi==0.100.0\n", encoding="utf-8")
    (tmp_path / "uv.lock").write_text(LOCK, encoding="utf-8")
    inner = tmp_path / "backend"
    inner.mkdir()
    (inner / "requirements.txt").write_text("fastapi==0.95.0\n", encoding="utf-8")
    assert versions_in_force([str(tmp_path)], Settings())["fastapi"] == (0, 105, 0)
    assert versions_in_force([str(inner)], Settings())["fastapi"] == (0, 95, 0)
    assert versions_in_force([str(tmp_path)], Settings(fastapi_version="0.130"))["fastapi"] == (0, 130)


def test_a_project_below_the_checked_folder_says_the_version(tmp_path: Path) -> None:
    """`backend/requirements.txt` counts where nothing above says anything."""
    inner = tmp_path / "backend"
    inner.mkdir()
    (inner / "requirements.txt").write_text("fastapi==0.95.0\n", encoding="utf-8")
    assert versions_in_force([str(tmp_path)], Settings())["fastapi"] == (0, 95, 0)
    assert str(inner / "requirements.txt") in files_that_name_versions([str(tmp_path)])


WRAPPED = """import functools
import time

from fastapi import FastAPI

app = FastAPI()


def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        time.sleep(1)
        return function(*args, **kwargs)

    return wrapper


@app.get("/")
@counted
async def index():
    pass
"""


@pytest.mark.parametrize(("requirement", "found"), [("fastapi==0.130.0", 1), ("fastapi==0.115.0", 0), ("fastapi", 1)])
def test_a_finding_that_depends_on_the_version_says_so(requirement: str, found: int) -> None:
    """A plain wrapper around an async handler runs on the loop from 0.123.5 on."""
    report = check_sources({"main.py": WRAPPED, "requirements.txt": requirement}, select=["AG101"])
    assert len(report.findings) == found
    for finding in report.findings:
        (note,) = [note for note in finding.notes if "0.123.5" in note]
        assert ("0.130.0" in note) == ("0.130.0" in requirement)
        assert ("newest" in note) == (requirement == "fastapi")


def test_a_finding_in_every_version_says_nothing_of_versions() -> None:
    """An async handler runs on the loop always."""
    source = "import time\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\nasync def index():\n    time.sleep(1)\n"
    report = check_sources({"main.py": source, "requirements.txt": "fastapi==0.105.0"}, select=["AG101"])
    assert [finding.notes for finding in report.findings if any("version" in n for n in finding.notes)] == []
    assert len(report.findings) == 1
