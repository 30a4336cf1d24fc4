"""Scratch environments with a real FastAPI, and what runs in them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMPANIONS = ("uvicorn", "httpx", "websockets", "asgiref", "jinja2", "python-multipart", "itsdangerous")
"""What the applications are served and asked with, and what they use."""
_SHARED: dict[tuple[str, ...], Path] = {}
KEPT = os.environ.get("ASYNC_GUARD_ENVIRONMENTS", "")
"""A folder in which environments are kept from one session to the next; they are not renewed when something newer is
released, and two sessions must not make the same ones at the same time."""


def installed(folder: Path, *requirements: str) -> Path:
    """A new environment with these requirements, or one that was kept; its Python."""
    if KEPT:
        folder = Path(KEPT) / hashlib.sha256(" ".join((sys.version, *sorted(requirements))).encode()).hexdigest()[:16]
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    complete = folder / "complete"
    if complete.exists():
        return python
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    done = subprocess.run(install, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    complete.touch()
    return python


def shared(folders: pytest.TempPathFactory, *requirements: str) -> Path:
    """The Python of an environment with these requirements, made once for all tests that ask for the same."""
    if requirements not in _SHARED:
        _SHARED[requirements] = installed(folders.mktemp("environment"), *requirements)
    return _SHARED[requirements]


def fastapi_version(python: Path) -> str:
    """The version of FastAPI there."""
    code = "import importlib.metadata as m; print(m.version('fastapi'))"
    return subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def observed(python: Path, folder: Path, modules: list[str], runner: str = "server.py") -> dict[str, str]:
    """Run the applications in the folder, under a server if nothing else is said; where each marked callable ran: ``loop`` or ``worker``."""
    done = subprocess.run(
        [str(python), "-W", "ignore", runner, *modules],
        cwd=folder, check=False, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    places: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    assert all(len(where) == 1 for where in places.values()), places
    return {name: where[0] for name, where in places.items()}
