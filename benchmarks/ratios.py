"""Ratios, not seconds: async-guard against `ast.parse`, an empty Python, and peers, on the same trees in one run.

usage: python benchmarks/ratios.py TREE [TREE ...] [--runs N] [--peer NAME=COMMAND ...]

A peer's command is run in the tree, ``{tree}`` standing for it. Every figure is the median of the runs; commands are run in turn, so that a
machine that slows down slows all of them. CPU and peak memory are the operating system's own account of the process and its children.
"""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PARSE = "import ast,sys,gc;gc.disable()\nfor p in sys.stdin.read().split('\\n'):\n  try: ast.parse(open(p,'rb').read())\n  except Exception: pass\n"
REGRESSION = 1.2
"""CPU per MB against `ast.parse` beyond this multiple of the recorded ratio is called out."""
RECORDED = {"cold": 16.0}
"""Ratios to compare with: cold CPU over the CPU of `ast.parse` on the same files."""


@dataclass(frozen=True)
class Measure:
    """Median wall and CPU seconds and peak megabytes of one command."""

    wall: float
    cpu: float
    peak: float


def run_once(command: list[str], tree: Path, stdin: bytes = b"") -> Measure:
    """Run a command in a tree."""
    import time

    with tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=tree, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = 0
    return Measure(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def medians(measures: list[Measure]) -> Measure:
    """The median of each figure."""
    return Measure(
        statistics.median(m.wall for m in measures),
        statistics.median(m.cpu for m in measures),
        max(m.peak for m in measures),
    )


def measure(tree: Path, runs: int, peers: dict[str, str]) -> dict[str, Measure]:
    """All commands on one tree, in turn."""
    files = "\n".join(str(p) for p in sorted(tree.rglob("*.py"))).encode()
    with tempfile.TemporaryDirectory() as cache:
        guard = [sys.executable, "-m", "async_guard", "check", ".", "--format", "concise", "--output-file", os.devnull]
        commands = {
            "python -c pass": ([sys.executable, "-c", "pass"], b""),
            "ast.parse": ([sys.executable, "-c", PARSE], files),
            "cold": ([*guard, "--no-cache"], b""),
            "warm": ([*guard, "--cache-dir", cache], b""),
            **{name: (shlex.split(text.replace("{tree}", str(tree))), b"") for name, text in peers.items()},
        }
        run_once(*_placed(commands["warm"], tree))  # fills the cache
        found: dict[str, list[Measure]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                found[name].append(run_once(*_placed(command, tree)))
    return {name: medians(measures) for name, measures in found.items()}


def _placed(command: tuple[list[str], bytes], tree: Path) -> tuple[list[str], Path, bytes]:
    return command[0], tree, command[1]


def main() -> None:
    """Print one table per tree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", nargs="+", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND")
    given = parser.parse_args()
    peers = dict(text.split("=", 1) for text in given.peer)
    for tree in given.trees:
        megabytes = sum(p.stat().st_size for p in tree.rglob("*.py")) / 1e6
        found = measure(tree.resolve(), given.runs, peers)
        parse, empty = found["ast.parse"], found["python -c pass"]
        print(f"{tree} ({megabytes:.1f} MB of Python, {given.runs} runs)")
        print(
            f"  {'':16}{'wall s':>9}{'CPU s':>9}{'CPU s/MB':>10}{'peak MB':>9}{'CPU / ast.parse':>17}{'wall / empty':>14}"
        )
        for name, m in found.items():
            ratio = m.cpu / max(parse.cpu, 1e-9)
            print(
                f"  {name:16}{m.wall:9.3f}{m.cpu:9.3f}{m.cpu / megabytes:10.3f}{m.peak:9.0f}{ratio:17.2f}{m.wall / empty.wall:14.1f}"
            )
            if name in RECORDED and ratio > RECORDED[name] * REGRESSION:
                print(f"  REGRESSION: {name} took {ratio:.1f} x ast.parse, recorded {RECORDED[name]:.1f}")


if __name__ == "__main__":
    main()
