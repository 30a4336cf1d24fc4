"""What the pre-commit hook and the flake8 plugin add, warm, with one file changed before every run.

usage: python benchmarks/hooks.py TREE [--runs N]

The hook is measured by the command that pre-commit runs: what it takes is what a commit takes longer. The plugin is measured as the difference
between the same flake8 with and without it, on one file (what a process pays) and on all files (what a file pays), when nothing has changed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from measure import Measure, append, middle, run

WITHOUT = """
import importlib.metadata as metadata
every = metadata.distributions
metadata.distributions = lambda **given: (d for d in every(**given) if d.metadata["Name"] != "async-guard")
from flake8.main.cli import main
raise SystemExit(main())
"""


def main() -> None:
    """Print what is added."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        tree = Path(work) / given.tree.resolve().name
        shutil.copytree(given.tree, tree, ignore=shutil.ignore_patterns(".async_guard_cache", ".git"), symlinks=True)
        (tree / "pyproject.toml").touch()
        files = sorted(str(p.relative_to(tree)) for p in tree.rglob("*.py"))
        changed = max(files, key=lambda name: ((tree / name).stat().st_size < 50_000, (tree / name).stat().st_size))
        hook = [sys.executable, "-m", "async_guard", "check", "--touching", "--format", "concise", changed]
        few = ["--jobs", "1", "--isolated"]
        commands = {
            "hook, one file changed": hook,
            "hook, one file commented": hook,
            "flake8 without, one file": [sys.executable, "-c", WITHOUT, *few, changed],
            "flake8 with, one file": [sys.executable, "-m", "flake8", *few, changed],
            "flake8 without, all files": [sys.executable, "-c", WITHOUT, *few, "."],
            "flake8 with, all files": [sys.executable, "-m", "flake8", *few, "."],
        }
        for command in commands.values():
            run(command, tree)
        found: dict[str, list[Measure]] = {name: [] for name in commands}
        for _ in range(given.runs):
            for name, command in commands.items():
                if name.startswith("hook"):
                    words = "# {}" if name.endswith("commented") else "def added_{}(value):\n    return value"
                    append(tree / changed, words)
                elif name == "flake8 with, one file" or name == "flake8 with, all files":
                    run(command, tree)  # what is measured is the run after a change has been seen
                found[name].append(run(command, tree, memory=False))
        print("| | wall s | CPU s |\n|---|---|---|")
        middles = {name: middle(measures) for name, measures in found.items()}
        for name, m in middles.items():
            print(f"| {name} | {m.wall:.3f} | {m.cpu:.3f} |")
        one = middles["flake8 with, one file"].wall - middles["flake8 without, one file"].wall
        every = middles["flake8 with, all files"].wall - middles["flake8 without, all files"].wall
        print(
            f"\nThe plugin adds {one:.3f} s to a process and {max(0.0, every - one) / len(files) * 1000:.2f} ms to a file."
        )


if __name__ == "__main__":
    main()
