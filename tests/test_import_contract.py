"""Which package may import which, and where third-party packages may be imported at all."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "async_guard"

ALLOWED: dict[str, tuple[str, ...]] = {
    "libcst": ("extract", "visit"),
    "click": ("frontends",),
    "flake8": ("frontends",),
    "distributed": ("frontends",),
    "rich": ("report", "frontends"),
    "pathspec": ("config", "engine", "policy"),
    "tomli": ("config", "catalogue"),
    "tomllib": ("config", "catalogue"),
}
"""Third-party packages (and the standard library's TOML reader) -> the packages of ours that may import them."""

LAZY = frozenset({"rich", "libcst", "flake8", "pathspec", "distributed"})
"""Packages that cost start-up time or may be missing: imported where they are used, never when a module loads, except in `EAGER`."""

EAGER = {"visit": "libcst", "report": "rich"}
"""Our packages that are themselves imported only when needed, and what they may then import at once."""


def _lint_imports(source: Path, work: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the package below ``source``, as a shell would in ``work``, which holds the configuration."""
    script = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": str(source), "COLUMNS": "160"}
    return subprocess.run(
        [str(script), "--no-cache"],
        cwd=work, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def _imports(path: Path) -> list[tuple[str, bool, int]]:
    """Imported top-level packages of a file: (name, whether it happens when the module loads, line)."""
    found: list[tuple[str, bool, int]] = []

    def visit(node: ast.AST, loads: bool) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for other in node.orelse:
                visit(other, loads)
            return
        if isinstance(node, ast.Import):
            found.extend((alias.name.partition(".")[0], loads, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append((node.module.partition(".")[0], loads, node.lineno))
        inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for child in ast.iter_child_nodes(node):
            visit(child, loads and not inside)

    visit(ast.parse(path.read_text(encoding="utf-8")), loads=True)
    return found


def _third_party_breaches(package: Path) -> list[str]:
    """Every import in ``package`` that `ALLOWED` or `LAZY` forbids, one line each."""
    out = []
    own = sys.stdlib_module_names | {package.name}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        room = parts[0]
        for name, loads, line in _imports(path):
            where = f"{'/'.join(parts)}.py:{line}"
            if name in ALLOWED:
                if room not in ALLOWED[name]:
                    out.append(f"{where}: {name} may be imported only in {', '.join(ALLOWED[name])}")
                elif parts[:2] == ("extract", "lowering"):
                    continue  # made of that library throughout, and itself imported only inside the function that needs it
                elif loads and name in LAZY and EAGER.get(room) != name and parts[-1] != "flake8_plugin":
                    out.append(f"{where}: {name} must be imported inside the function that needs it")
            elif name not in own:
                out.append(f"{where}: {name} is no dependency of this package")
    return out


def test_stages_import_only_what_lies_below() -> None:
    """The layers of pyproject.toml hold, and every package is listed in them."""
    done = _lint_imports(ROOT / "src", ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        ("judge/__init__.py", "", "judge"),
        (
            "model/shortcut.py",
            "from async_guard.rules import registry\n",
            "async_guard.model.shortcut -> async_guard.rules",
        ),
        ("policy/shortcut.py", "import async_guard.report\n", "async_guard.policy.shortcut -> async_guard.report"),
    ],
    ids=["a package that no layer lists", "an import upwards", "an import of a stranger"],
)
def test_the_contract_can_fail(tmp_path: Path, file: str, text: str, complaint: str) -> None:
    """A breach of each kind is refused by name."""
    shutil.copytree(PACKAGE, tmp_path / "async_guard", ignore=shutil.ignore_patterns("__pycache__", "*.toml", "*.json"))
    (tmp_path / "async_guard" / file).parent.mkdir(exist_ok=True)
    (tmp_path / "async_guard" / file).write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    done = _lint_imports(tmp_path, tmp_path)
    assert done.returncode == 1
    assert complaint in done.stdout


def test_third_party_packages_stay_in_their_rooms() -> None:
    """libcst, click, rich, flake8 and the TOML readers are imported only where the architecture says."""
    assert _third_party_breaches(PACKAGE) == []


def test_a_third_party_import_in_the_wrong_room_is_found(tmp_path: Path) -> None:
    """The check above sees imports in functions and at module level, and packages nobody declared."""
    package = tmp_path / "async_guard"
    for file, text in {
        "link/a.py": "import libcst\n",
        "rules/b.py": "def f():\n    from rich.console import Console\n    return Console\n",
        "frontends/c.py": "import click\nimport rich\n",
        "model/d.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import libcst\nimport numpy\n",
        "extract/e.py": "def f():\n    import libcst\n",
    }.items():
        (package / file).parent.mkdir(parents=True)
        (package / file).write_text(text, encoding="utf-8")
    assert _third_party_breaches(package) == [
        "frontends/c.py:2: rich must be imported inside the function that needs it",
        "link/a.py:1: libcst may be imported only in extract, visit",
        "model/d.py:4: numpy is no dependency of this package",
        "rules/b.py:2: rich may be imported only in report, frontends",
    ]


@pytest.mark.parametrize("command", ["--version", "--help"])
def test_the_command_line_starts_without_the_heavy_packages(command: str) -> None:
    """Asking for help loads neither libcst nor rich nor flake8."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "async_guard", command],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert loaded.isdisjoint({"libcst", "rich", "flake8"})
