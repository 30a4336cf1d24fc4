"""Scratch environments with a real FastAPI, and what runs in them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COMPANIONS = ("uvicorn", "httpx", "websockets", "asgiref", "jinja2", "python-multipart", "itsdangerous")
"""What the applications are served and asked with, and what they use."""
_SHARED: dict[tuple[tuple[str, ...], str], Path] = {}
KEPT = os.environ.get("ASYNC_GUARD_ENVIRONMENTS", "")
"""A folder in which environments are kept from one session to the next; they are not renewed when something newer is
released, and two sessions must not make the same ones at the same time."""


def interpreter(version: str) -> str:
    """A Python of this version (``3.13``) on this machine; the test is skipped where there is none."""
    kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for each in (*map(str, reversed(kept)), shutil.which(f"python{version}")):
        if each and subprocess.run([each, "-c", ""], check=False, capture_output=True).returncode == 0:
            return each
    pytest.skip(f"no Python {version} here")


def installed(folder: Path, *requirements: str, under: str = "") -> Path:
    """A new environment with these requirements under a version of Python (none for this one), or one that was kept; its Python."""
    if KEPT:
        told = (under or sys.version, *sorted(requirements))
        folder = Path(KEPT) / hashlib.sha256(" ".join(told).encode()).hexdigest()[:16]
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    complete = folder / "complete"
    if complete.exists():
        return python
    base = interpreter(under) if under else sys.executable
    subprocess.run([base, "-m", "venv", str(folder)], check=True, capture_output=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    done = subprocess.run(install, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    complete.touch()
    return python


def shared(folders: pytest.TempPathFactory, *requirements: str, under: str = "") -> Path:
    """The Python of an environment with these requirements, made once for all tests that ask for the same."""
    asked = (requirements, under)
    if asked not in _SHARED:
        _SHARED[asked] = installed(folders.mktemp("environment"), *requirements, under=under)
    return _SHARED[asked]


def fastapi_version(python: Path) -> str:
    """The version of FastAPI there."""
    code = "import importlib.metadata as m; print(m.version('fastapi'))"
    return subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def observed(python: Path, folder: Path, modules: list[str], runner: str = "server.py") -> dict[str, str]:
    """Run the applications in the folder, under a server if nothing else is said; where each marked callable ran: ``loop`` or ``worker``."""
    # NiceGUI behaves differently where it sees that pytest runs.
    around = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [str(python), "-W", "ignore", runner, *modules],
        cwd=folder, check=False, capture_output=True, text=True, timeout=900, env=around,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    places: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    assert all(len(where) == 1 for where in places.values()), places
    return {name: where[0] for name, where in places.items()}
