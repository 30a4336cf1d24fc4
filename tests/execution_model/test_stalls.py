"""What frees the loop and what only looks so: every idiom is run beside a counting task, and read by async-guard."""

from __future__ import annotations

import ast
import json
import subprocess
from pathlib import Path

import pytest

from async_guard.api import check_sources
from async_guard.catalogue.load import Catalogue
from async_guard.model.catalogue import FunctionEntry
from execution_model.environments import installed

APPLICATIONS = Path(__file__).parent / "applications"
REQUIREMENTS = ("fastapi", "sqlalchemy[asyncio]", "aiosqlite", "asgiref", "asyncer")
MODULES = ("stalls", "stalls_of_libraries")
STALL = 0.25
"""Seconds: the idioms wait for 0.3; noise of the machine stays below."""
ATTEMPTS = 3
"""A busy machine may stall a loop that nothing blocks: the shortest of several runs counts."""

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def stalls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """The longest stall of each idiom in seconds."""
    folder = tmp_path_factory.mktemp("stalls")
    python = installed(folder / "environment", *REQUIREMENTS)
    for name in (*MODULES, "stopwatch"):
        (folder / f"{name}.py").write_text((APPLICATIONS / f"{name}.py.txt").read_text("utf-8"), encoding="utf-8")
    found: dict[str, float] = {}
    for _ in range(ATTEMPTS):
        run = [str(python), "-W", "ignore", "stopwatch.py", *MODULES]
        done = subprocess.run(run, cwd=folder, check=False, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr[-4000:]
        for name, seconds in json.loads(done.stdout.splitlines()[-1]).items():
            found[name] = min(seconds, found.get(name, seconds))
        if all((seconds > STALL) == name.startswith("stalls_") for name, seconds in found.items()):
            break
    return found


def test_idioms_do_what_their_names_say(stalls: dict[str, float]) -> None:
    """The measurement itself: no stall of a third of a second where the loop is freed, one where it is not."""
    assert len(stalls) > 60
    wrong = {name: round(s, 2) for name, s in stalls.items() if (s > STALL) != name.startswith("stalls_")}
    assert not wrong


@pytest.mark.parametrize("module", MODULES)
def test_findings_are_where_the_loop_stalls(stalls: dict[str, float], module: str) -> None:
    """A coroutine leads to a finding if it stalled, and only then."""
    source = (APPLICATIONS / f"{module}.py.txt").read_text("utf-8")
    wrong = {}
    for name in [n for n in stalls if f"async def {n}(" in source]:
        report = check_sources({f"{module}.py": alone(source, name)}, select=["AG1"])
        if bool(report.findings) != (stalls[name] > STALL):
            wrong[name] = [(f.place.line, f.root_cause.call) for f in report.findings]
    assert not wrong


LOCKS = {
    "json_loads": "json.loads",
    "json_dumps": "json.dumps",
    "pickle_loads": "pickle.loads",
    "gc_collect": "gc.collect",
    "pbkdf2": "hashlib.pbkdf2_hmac",
    "zlib_compress": "zlib.compress",
}
"""Coroutines that hand one call to a thread -> what the catalogue calls it."""
HELD_AND_NOT_LISTED = {"re_match", "sorted"}
"""How long these take depends on the pattern and the data: nobody can tell from the source, and nothing is reported."""


def test_a_thread_helps_where_the_interpreter_lock_is_released(tmp_path: Path) -> None:
    """Calls that hold the lock stall the loop from a thread too: the catalogue says which."""
    for name in ("interpreter_lock", "stopwatch"):
        (tmp_path / f"{name}.py").write_text((APPLICATIONS / f"{name}.py.txt").read_text("utf-8"), encoding="utf-8")
    python = installed(tmp_path / "environment", "anyio")
    run = [str(python), "stopwatch.py", "interpreter_lock"]
    done = subprocess.run(run, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-4000:]
    *shares, stalled = (json.loads(line) for line in done.stdout.splitlines())
    took = {name: seconds for share in shares for name, seconds in share.items()}
    held = {name.partition("_")[2]: seconds > took[name] / 2 for name, seconds in stalled.items()}
    listed = {name: _gil(dotted) == "held" for name, dotted in LOCKS.items()}
    assert held == {**listed, **dict.fromkeys(HELD_AND_NOT_LISTED, True)}
    source = (tmp_path / "interpreter_lock.py").read_text("utf-8")
    for name in HELD_AND_NOT_LISTED:
        assert not check_sources({"a.py": alone(source, f"stalls_{name}")}, select=["AG1"]).findings
    assert {_gil(dotted) for dotted in LOCKS.values()} == {"held", "released"}


def _gil(dotted: str) -> str:
    entry = Catalogue().lookup(dotted)
    assert isinstance(entry, FunctionEntry)
    assert entry.effect is not None
    return entry.effect.gil


def alone(source: str, name: str) -> str:
    """The source with one coroutine and what it needs: the helpers are on the loop for some idioms, and in threads for others."""
    tree = ast.parse(source)
    definitions = {n.name: n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
    needed: set[str] = set()
    queue = [name]
    while queue:
        each = queue.pop()
        if each in needed or each not in definitions:
            continue
        needed.add(each)
        queue += [n.id for n in ast.walk(definitions[each]) if isinstance(n, ast.Name)]
    lines = source.splitlines()
    for node in definitions.values():
        if node.name not in needed:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            lines[first - 1 : node.end_lineno] = [""] * ((node.end_lineno or first) - first + 1)
    return "\n".join(lines) + "\n"
