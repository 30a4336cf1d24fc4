"""The pre-commit hook as its users meet it: ``pre-commit try-repo`` installs it into an environment of its own and runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pre_commit")

ROOT = Path(__file__).parent.parent.parent
SHIPPED = ("src", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")

HANDLER = """\
from fastapi import FastAPI

from shop.repository import load

app = FastAPI()


@app.get("/items")
async def items():
    return load()
"""
SLEEPS = "import time\n\n\ndef load():\n    time.sleep(1)\n    return []\n"
RETURNS = "def load():\n    return []\n"

pytestmark = pytest.mark.slow


def git(*arguments: str, cwd: Path) -> None:
    """Run git with an author, which a bare machine has not set."""
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=cwd, check=True, capture_output=True)


def repository(folder: Path, files: dict[str, str]) -> Path:
    """A git repository with one commit."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git("init", "--quiet", cwd=folder)
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--message", "all", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def hook_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project as a repository that pre-commit can clone."""
    folder = tmp_path_factory.mktemp("hook")
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return repository(folder, {})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One pre-commit home for all runs, so that the hook's environment is built once."""
    return tmp_path_factory.mktemp("home")


def try_repo(hook: Path, home: Path, project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the hook in ``project``, with nothing of this environment in its way."""
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "try-repo", str(hook), "async-guard", "--verbose", "--color=never", *arguments],
        cwd=project, env={**clean, "PRE_COMMIT_HOME": str(home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_hook_follows_chains_through_files_that_did_not_change(
    hook_repository: Path, home: Path, tmp_path: Path
) -> None:
    """A changed repository is blamed for the handler it now blocks; unrelated files pass; a corrected file passes."""
    project = repository(
        tmp_path,
        {
            "pyproject.toml": "",
            "shop/__init__.py": "",
            "shop/main.py": HANDLER,
            "shop/repository.py": SLEEPS,
            "shop/names.py": "NAMES = ()\n",
        },
    )
    changed = try_repo(hook_repository, home, project, "--files", "shop/repository.py")
    assert changed.returncode == 1, changed.stdout + changed.stderr
    assert "exit code: 1" in changed.stdout
    assert "AG101" in changed.stdout
    assert "shop/main.py" in changed.stdout

    unrelated = try_repo(hook_repository, home, project, "--files", "shop/names.py")
    assert unrelated.returncode == 0, unrelated.stdout + unrelated.stderr
    assert "Passed" in unrelated.stdout

    everything = try_repo(hook_repository, home, project, "--all-files")
    assert everything.returncode == 1
    assert "AG101" in everything.stdout

    (project / "shop" / "repository.py").write_text(RETURNS)
    corrected = try_repo(hook_repository, home, project, "--files", "shop/repository.py", "shop/main.py")
    assert corrected.returncode == 0, corrected.stdout + corrected.stderr
    assert "Passed" in corrected.stdout
