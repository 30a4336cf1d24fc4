"""What the distribution promises: entry points that exist, dependencies that are used, data that is shipped."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from test_import_contract import ALLOWED

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OPTIONAL = {"flake8", "distributed"}
"""Imported only where an extra or the host itself provides it."""


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w-]", requirement, maxsplit=1)[0] for requirement in requirements}


@pytest.mark.parametrize(
    "target", [*PROJECT["scripts"].values(), *PROJECT["entry-points"]["flake8.extension"].values()], ids=str
)
def test_entry_points_exist(target: str) -> None:
    """Every command and plugin of the metadata is there to be called."""
    module, _, name = target.partition(":")
    assert callable(getattr(import_module(module), name))


def test_dependencies_are_what_the_code_may_import() -> None:
    """Nothing is required that no room may import, and nothing is imported that is not required."""
    imported = set(ALLOWED) - set(sys.stdlib_module_names) - {"tomllib"}
    assert _names(PROJECT["dependencies"]) == imported - OPTIONAL
    extras = PROJECT["optional-dependencies"]
    assert {name for extra, needs in extras.items() if extra != "dev" for name in _names(needs)} >= OPTIONAL


def test_each_supported_python_is_declared() -> None:
    """The classifiers start at the oldest Python that installs."""
    oldest = PROJECT["requires-python"].removeprefix(">=")
    declared = [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", c)]
    assert declared[0] == oldest
    assert (ROOT / "src" / "async_guard" / "py.typed").is_file()


def test_python_3_10_is_enough() -> None:
    """No file uses syntax newer than the oldest supported Python."""
    import ast

    for path in (ROOT / "src").rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 10))
