"""Run the recipes of ``tests/catalogue_proof/recipes``: calls that the catalogue says block, on an event loop beside a task that counts.

    python scripts/prove_catalogue.py standard_library requests     # some files, by name; without any: all

What a file requires is installed in a scratch environment; each recipe runs in a process of its own. The outcome is printed and kept in
``tests/catalogue_proof/runs.json``, by the name that entries point to with ``proof = "recipe:NAME"``. Exit status 1 when a call did not
keep the loop waiting for as long as its recipe says.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "catalogue_proof"
RECIPES = FOLDER / "recipes"
RUNS = FOLDER / "runs.json"
DEFAULT_AT_LEAST = 150.0
"""Milliseconds: half of what the harness keeps a caller waiting, as some of it may pass before the call."""


def recipes(path: Path) -> tuple[list[str], list[dict[str, Any]]]:
    """What a file requires, and its recipes."""
    sys.path.insert(0, str(ROOT / "src"))
    from async_guard.config.load import parse_toml

    content = parse_toml(path.read_bytes(), path.name)
    shared = content.get("prepare", "")
    return content["requires"], [
        {**recipe, "prepare": f"{shared}\n{recipe.get('prepare', '')}", "at_least": recipe.get("at_least", DEFAULT_AT_LEAST)}
        for recipe in content["recipe"]
    ]  # fmt: skip


def run(python: str, recipe: Mapping[str, Any], timeout: float = 90) -> dict[str, Any]:
    """The largest gap in milliseconds that a call made, and what it raised."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        path = Path(scratch) / "recipe.json"
        path.write_text(json.dumps({"prepare": recipe["prepare"], "call": recipe["call"]}), encoding="utf-8")
        try:
            done = subprocess.run(
                [python, "-W", "ignore", str(FOLDER / "harness.py"), str(path)],
                capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL, check=False, cwd=scratch, errors="replace",
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return {"gap": 0.0, "raised": f"took longer than {timeout:.0f} s"}
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"gap"')]
    if not lines:
        return {"gap": 0.0, "raised": (done.stderr.strip().splitlines() or ["ended without an answer"])[-1][:300]}
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer


def waits(recipe: Mapping[str, Any]) -> bool:
    """Whether a call waits for somebody, and so for the same time on every machine; one that computes has a bound of its own."""
    return bool(recipe["at_least"] >= DEFAULT_AT_LEAST)


def holds(recipe: Mapping[str, Any], answer: Mapping[str, Any]) -> bool:
    """Whether a call kept the loop waiting as it must on any machine: of a computation only that it came to its end, the rest is a measurement."""
    if waits(recipe):
        return bool(answer["gap"] >= recipe["at_least"])
    return bool(answer["gap"] > 0 and not answer["raised"])


def environment(folder: Path, requires: Sequence[str]) -> tuple[str, str]:
    """An interpreter that has what is required, and the versions it has."""
    if not requires:
        return sys.executable, f"Python {platform.python_version()}"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
    python = str(folder / "bin" / "python")
    install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *requires]
    subprocess.run(install, check=True, capture_output=True, text=True)
    names = [one.partition("[")[0].partition("=")[0].partition("<")[0] for one in requires]
    code = f"import importlib.metadata as m; print(', '.join(f'{{n}} {{m.version(n)}}' for n in {names!r}))"
    return python, subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, keep."""
    parser = argparse.ArgumentParser(description="Run the recipes that prove entries of the catalogue.")
    parser.add_argument("files", nargs="*", help="files of tests/catalogue_proof/recipes without .toml; default all")
    parser.add_argument("--jobs", type=int, default=2, help="recipes at the same time (default: %(default)s)")
    parser.add_argument("--only", default="", help="only recipes whose name holds this")
    options = parser.parse_args(arguments)
    paths = [RECIPES / f"{name}.toml" for name in options.files] or sorted(RECIPES.glob("*.toml"))
    failed = 0
    for path in paths:
        requires, wanted = recipes(path)
        wanted = [recipe for recipe in wanted if options.only in recipe["name"]]
        with tempfile.TemporaryDirectory(prefix="proof-", ignore_cleanup_errors=True) as scratch:
            try:
                python, versions = environment(Path(scratch) / "venv", requires)
            except subprocess.CalledProcessError as error:
                print(f"{path.stem}: cannot be installed: {(error.stderr or '').strip()[-300:]}")
                failed += 1
                continue
            print(f"{path.stem}: {versions}", flush=True)
            with ThreadPoolExecutor(options.jobs) as pool:
                answers = list(pool.map(lambda recipe: run(python, recipe), wanted))  # noqa: B023 - used up within the turn
        kept: dict[str, Any] = json.loads(RUNS.read_text(encoding="utf-8")) if RUNS.exists() else {}
        for recipe, answer in zip(wanted, answers, strict=True):
            proven = answer["gap"] >= recipe["at_least"]
            failed += not proven
            print(
                f"  {'ok ' if proven else 'NOT'} {answer['gap']:8.1f} ms  {recipe['name']}  {answer['raised'][:90]}",
                flush=True,
            )
            if proven:
                kept[recipe["name"]] = {"file": path.stem, "milliseconds": answer["gap"], "with": versions}
        RUNS.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
