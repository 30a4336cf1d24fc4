"""Growth: what a doubling of the input does to time and memory.

usage: python benchmarks/growth.py [KIND ...] [--copies TREE] [--largest 8] [--runs 1]

Every kind of generated project is measured at an eighth, a quarter, half and all of the size that has to be borne, every tree at 1, 2, 4 and 8
copies, without a cache. Linear growth doubles: a ratio beyond 2.1 is called out (of processor time less that of an empty project, so that the
start counts for nothing; ratios of less than a second are noise). A run that fails is called out, too.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import projects
from measure import Measure, middle, run

LIMIT = 2.1
_NOISE = 1.0


def measured(folder: Path, runs: int) -> Measure:
    """A cold run over a folder."""
    command = [sys.executable, "-m", "async_guard", "check", ".", "--format", "json", "--no-cache"]
    return middle([run(command, folder) for _ in range(runs)])


def row(name: str, size: int, folder: Path, now: Measure, before: Measure | None, start: float) -> str:
    """One line of a table, with the ratio to the line before."""
    megabytes = sum(p.stat().st_size for p in folder.rglob("*.py")) / 1e6
    text = f"| {name} | {size:,} | {megabytes:.1f} | {now.wall:.1f} | {now.cpu:.1f} | {now.peak:.0f} |"
    if before is not None:
        ratio = (now.cpu - start) / max(before.cpu - start, 1e-9)
        text += f" {ratio:.2f} |" + (" BEYOND LINEAR" if ratio > LIMIT and now.cpu > start + _NOISE else "")
    else:
        text += " |"
    return text + (f" FAILED with status {now.status}" if now.status not in (0, 1) else "")


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", choices=[*projects.KINDS, []], metavar="KIND")
    parser.add_argument("--copies", action="append", default=[], metavar="TREE")
    parser.add_argument("--largest", type=int, default=8, help="copies of a tree")
    parser.add_argument("--runs", type=int, default=1)
    given = parser.parse_args()
    plan = {kind: [projects.KINDS[kind][1] // part for part in (8, 4, 2, 1)] for kind in given.kinds}
    if not given.kinds and not given.copies:
        plan = {kind: [size // part for part in (8, 4, 2, 1)] for kind, (_, size) in projects.KINDS.items()}
    for tree in given.copies:
        plan[f"copies:{tree}"] = [n for n in (1, 2, 4, 8) if n <= given.largest]
    print("| project | size | MB | wall s | CPU s | peak MB | CPU ratio |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "project"
        folder.mkdir()
        (folder / "empty.py").write_text("")
        start = measured(folder, max(given.runs, 3)).cpu
        for kind, sizes in plan.items():
            before = None
            for size in sizes:
                projects.make(kind, size, folder)
                now = measured(folder, given.runs)
                print(row(kind, size, folder, now, before, start), flush=True)
                before = now


if __name__ == "__main__":
    main()
