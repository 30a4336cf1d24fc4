"""When a dependency is left: the order in real releases of FastAPI, and what async-guard says of a task that uses what was closed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from async_guard.api import check_sources
from execution_model.environments import fastapi_version, shared
from execution_model.test_placement import APPLICATIONS

AFTER_TASKS = ["sent", "task", "teardown"]
BEFORE_ANYTHING = ["teardown", "sent", "task"]
VERSIONS = {
    "fastapi==0.105.0": AFTER_TASKS,
    "fastapi==0.106.0": BEFORE_ANYTHING,
    "fastapi==0.117.1": BEFORE_ANYTHING,
    "fastapi==0.118.0": AFTER_TASKS,
    "fastapi==0.121.0": AFTER_TASKS,
    "fastapi": AFTER_TASKS,
}
"""On both sides of each release that changed it."""
WITH_SCOPES = ("fastapi==0.121.0", "fastapi")

pytestmark = pytest.mark.proof


@pytest.mark.parametrize("requirement", VERSIONS)
def test_dependencies_are_left_when_async_guard_says(
    requirement: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A task gets something closed in the releases that close it first, and in no other."""
    python = shared(tmp_path_factory, requirement)
    modules = ["teardown", *(["teardown_scoped"] if requirement in WITH_SCOPES else [])]
    for name in ("events", *modules):
        (tmp_path / f"{name}.py").write_text((APPLICATIONS / f"{name}.py.txt").read_text("utf-8"), encoding="utf-8")
    run = [str(python), "-W", "ignore", "events.py", *modules]
    done = subprocess.run(run, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-4000:]
    orders: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    usual = VERSIONS[requirement]
    streamed = ["body", "sent", "teardown"] if usual is AFTER_TASKS else ["teardown", "body", "sent"]
    expected = {"plain": usual, "asynchronous": usual, "streamed": streamed}
    if requirement in WITH_SCOPES:
        expected |= {"of_function": BEFORE_ANYTHING, "of_request": usual}
    assert orders == expected
    version = f'[tool.async-guard]\nfastapi-version = "{fastapi_version(python)}"\n'
    found = set()
    for name in modules:
        source = (tmp_path / f"{name}.py").read_text(encoding="utf-8")
        report = check_sources({f"{name}.py": source, "pyproject.toml": version}, select=["AG404"])
        found |= {finding.function.rpartition(".")[2] for finding in report.findings}
    assert found == {name for name, order in orders.items() if "task" in order and order[0] == "teardown"}
