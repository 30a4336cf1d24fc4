"""Ratios, not seconds: async-guard against `ast.parse`, an empty Python, and peers, on the same trees in one run.

usage: python benchmarks/ratios.py TREE [TREE ...] [--runs N] [--peer NAME=COMMAND ...] [--record FILE]

Every tree is copied first. A peer's command is run in the copy, ``{tree}`` standing for it. Every figure is the median of the runs; commands
are run in turn, so that a machine that slows down slows all of them. Processor time is the operating system's account of the process and its
children, memory that of the whole process tree. With ``--record`` the ratios to `ast.parse` are compared with those in the file, which is
written if it is missing: a ratio that grew by more than a fifth is called out.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from measure import Measure, append, middle, run

PARSE = "import ast,sys,gc;gc.disable()\nfor p in sys.stdin.read().split('\\n'):\n  try: ast.parse(open(p,'rb').read())\n  except Exception: pass\n"
REGRESSION = 1.2
WATCHED = ("cold", "one file changed")


def measure(tree: Path, runs: int, peers: dict[str, str]) -> dict[str, Measure]:
    """All commands on one tree, in turn."""
    files = sorted(tree.rglob("*.py"))
    names = "\n".join(map(str, files)).encode()
    changed = max(files, key=lambda path: (path.stat().st_size < 50_000, path.stat().st_size))
    check = [sys.executable, "-m", "async_guard", "check", ".", "--format", "json"]

    def nothing() -> None:
        return None

    def comment() -> None:
        append(changed, "# {}")

    def edit() -> None:
        append(changed, "def added_{}(value):\n    return value")

    commands: dict[str, tuple[list[str], bytes, Callable[[], None]]] = {
        "python -c pass": ([sys.executable, "-c", "pass"], b"", nothing),
        "ast.parse": ([sys.executable, "-c", PARSE], names, nothing),
        "cold": ([*check, "--no-cache"], b"", nothing),
        "one file changed": (check, b"", edit),
        "one file commented": (check, b"", comment),
        "nothing changed": (check, b"", nothing),
        **{name: (shlex.split(text.replace("{tree}", str(tree))), b"", nothing) for name, text in peers.items()},
    }
    run(check, tree)  # fills the cache
    found: dict[str, list[Measure]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, (command, stdin, before) in commands.items():
            before()
            found[name].append(run(command, tree, stdin))
    return {name: middle(measures) for name, measures in found.items()}


def table(tree: Path, megabytes: float, runs: int, found: dict[str, Measure]) -> str:
    """The figures of one tree as a Markdown table."""
    parse, empty = found["ast.parse"], found["python -c pass"]
    lines = [f"{tree.name}: {megabytes:.1f} MB of Python, {runs} runs", ""]
    lines += [
        "| | wall s | CPU s | CPU s per MB | peak MB | CPU / `ast.parse` | wall / empty Python |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, m in found.items():
        ratio = m.cpu / max(parse.cpu, 1e-9)
        lines.append(
            f"| {name} | {m.wall:.3f} | {m.cpu:.3f} | {m.cpu / megabytes:.3f} | {m.peak:.0f} | {ratio:.2f} | {m.wall / empty.wall:.1f} |"
        )
    return "\n".join(lines) + "\n"


def regressions(tree: Path, found: dict[str, Measure], record: Path) -> list[str]:
    """What grew against the record, which is extended by trees that it does not hold."""
    known: dict[str, dict[str, float]] = json.loads(record.read_text("utf-8")) if record.exists() else {}
    now = {name: round(found[name].cpu / max(found["ast.parse"].cpu, 1e-9), 3) for name in WATCHED}
    before = known.setdefault(tree.name, now)
    record.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", "utf-8")
    return [
        f"REGRESSION: {tree.name}, {name}: {now[name]:.2f} x ast.parse, recorded {before[name]:.2f}"
        for name in WATCHED
        if name in before and now[name] > before[name] * REGRESSION
    ]


def main() -> None:
    """Print one table per tree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", nargs="+", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--record", type=Path)
    given = parser.parse_args()
    peers = dict(text.split("=", 1) for text in given.peer)
    for tree in given.trees:
        with tempfile.TemporaryDirectory() as work:
            copy = Path(work) / tree.resolve().name
            shutil.copytree(tree, copy, ignore=shutil.ignore_patterns(".async_guard_cache", ".git"), symlinks=True)
            megabytes = sum(p.stat().st_size for p in copy.rglob("*.py")) / 1e6
            found = measure(copy, given.runs, peers)
        print(table(copy, megabytes, given.runs, found), flush=True)
        for line in regressions(copy, found, given.record) if given.record is not None else ():
            print(line)


if __name__ == "__main__":
    main()
