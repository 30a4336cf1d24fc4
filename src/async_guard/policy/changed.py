"""Findings that touch lines changed since a revision."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping

from async_guard.model.findings import Finding

_HUNK = re.compile(r"^@@ -\S+ \+(?P<start>\d+)(?:,(?P<count>\d+))? @@")


class DiffError(ValueError):
    """The changed lines could not be found out; the message says why."""


def lines_changed(revision: str) -> dict[str, set[int]]:
    """Lines added or changed since a revision, by path relative to the working directory."""
    if revision.startswith("-"):
        raise DiffError(f"--diff-base: {revision!r} is no revision")
    command = [
        "git",
        "diff",
        "--no-ext-diff",
        "--no-color",
        "--no-textconv",
        "--relative",
        "-U0",
        revision,
        "--",
        "*.py",
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DiffError(f"--diff-base: git could not be run: {error}") from None
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip()
        raise DiffError(f"--diff-base {revision}: {told.splitlines()[0] if told else 'git failed'}")
    return parse(done.stdout.decode("utf-8", "replace"))


def parse(diff: str) -> dict[str, set[int]]:
    """Changed lines in a unified diff."""
    out: dict[str, set[int]] = {}
    path = ""
    for line in diff.splitlines():
        if line.startswith("+++ "):
            path = line[6:] if line.startswith("+++ b/") else ""
        elif path and (hunk := _HUNK.match(line)):
            start, count = int(hunk["start"]), int(hunk["count"] or 1)
            out.setdefault(path, set()).update(range(start, start + max(count, 1)))
    return out


def touching(findings: Iterable[Finding], changed: Mapping[str, set[int]]) -> tuple[Finding, ...]:
    """Findings one of whose steps lies on a changed line."""
    return tuple(
        f for f in findings
        if any(not changed.get(s.place.path, set()).isdisjoint(range(s.place.line, s.place.end_line + 1)) for s in f.chain)
    )  # fmt: skip
