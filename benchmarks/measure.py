"""Runs a command and measures it: wall, processor time, and peak memory of the whole process tree.

Memory is the sum over all processes of the tree of their proportional set size (shared pages are counted once), looked at every few
milliseconds; where the system does not tell it, the largest process's peak stands in.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_EVERY = 0.03


@dataclass(frozen=True)
class Measure:
    """Wall and processor seconds, peak megabytes of the tree, and the exit status."""

    wall: float
    cpu: float
    peak: float
    status: int = 0


def run(command: list[str], folder: Path, stdin: bytes = b"", *, memory: bool = True) -> Measure:
    """Run a command in a folder once."""
    with tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        watch = _Memory(process.pid) if memory else None
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    peak = watch.stop() if watch is not None else 0.0
    return Measure(
        wall,
        usage.ru_utime + usage.ru_stime,
        max(peak, usage.ru_maxrss / 1024 if not peak else 0.0),
        process.returncode,
    )


def middle(measures: list[Measure]) -> Measure:
    """The median of wall and processor time, the largest peak, the last status."""
    return Measure(
        median(m.wall for m in measures),
        median(m.cpu for m in measures),
        max(m.peak for m in measures),
        measures[-1].status,
    )


class _Memory:
    """Looks at a process tree until it is stopped."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._done.wait(_EVERY):
            self._peak = max(self._peak, sum(_proportional(pid) for pid in _tree(self._pid)))

    def stop(self) -> float:
        """Peak megabytes."""
        self._done.set()
        self._thread.join()
        return self._peak / 1024


def _tree(pid: int) -> list[int]:
    found = [pid]
    for process in found:
        found += _children(process)
    return found


def _children(pid: int) -> list[int]:
    out: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            out += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text("ascii").split())
    except (OSError, ValueError):
        return out
    return out


def _proportional(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as told:
            return next((int(line.split()[1]) for line in told if line.startswith("Pss:")), 0)
    except (OSError, ValueError):
        return 0


def append(file: Path, words: str) -> None:
    """Add a line or more to a file that it did not have before; ``{}`` in the words stands for something new each time."""
    with file.open("a", encoding="utf-8") as open_file:
        open_file.write(f"\n\n{words.replace('{}', os.urandom(4).hex())}\n")
