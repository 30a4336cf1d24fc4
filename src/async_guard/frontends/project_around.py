"""The project around single files: editors, hooks and flake8 name files, but chains run through whole projects."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # imported for every answer from the cache: the module typing would cost more than the answer
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from async_guard.model.findings import Finding, Report

MARKERS = ("pyproject.toml", "async-guard.toml", "setup.py", "setup.cfg", ".git")
"""A folder that holds one of these is a project's root."""


def paths_to_read(given: Iterable[str]) -> list[str]:
    """What to hand to the analysis so that chains through unnamed files of the same project are seen.

    Folders stay as they are: who names a folder has said what belongs together. Each file brings the project around it and stays in the
    list itself, so that it is read even where the project's ignore files leave it out. Without duplicates; the order is that of ``given``.
    """
    paths = list(dict.fromkeys(given))
    folders = [os.path.abspath(path) for path in paths if os.path.isdir(path)]
    out: dict[str, None] = {}
    for path in paths:
        if not os.path.isdir(path) and not any(_is_below(os.path.abspath(path), folder) for folder in folders):
            root = project_root(path)
            if root is not None:
                out[os.path.relpath(root) if _is_below(root, os.getcwd()) else root] = None
        out[path] = None
    return list(out)


def project_root(path: str) -> str | None:
    """The folder of the project that a file belongs to, absolute; None for a file on its own.

    That is the nearest folder above with a marker, else the outermost package around the file. The home folder and the root of the file
    system are never a project: a stray marker there would have everything read.
    """
    folder = os.path.dirname(os.path.abspath(path))
    for above in _upwards(folder):
        if any(os.path.exists(os.path.join(above, marker)) for marker in MARKERS):
            return above
    return _outermost_package(folder)


def _upwards(folder: str) -> Iterator[str]:
    """``folder`` and those above it, up to the home folder or the root of the file system, both left out."""
    home = os.path.expanduser("~")
    while folder != home and os.path.dirname(folder) != folder:
        yield folder
        folder = os.path.dirname(folder)


def _outermost_package(folder: str) -> str | None:
    found = None
    for above in _upwards(folder):
        if not _is_package(above):
            break
        found = above
    return found


def _is_package(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "__init__.py"))


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))


def touching(report: Report, files: Iterable[str]) -> Report:
    """The report, cut down to the findings whose chain passes through one of the files, and to the unreadable ones among these files.

    A chain counts with all its steps: an edit of a repository is to blame for what it makes a handler in another file do.
    """
    import dataclasses
    from collections import Counter

    wanted = {os.path.realpath(path) for path in files}

    def concerns(finding: Finding) -> bool:
        places = {finding.place.path, *(step.place.path for step in finding.chain)}
        return any(os.path.realpath(place) in wanted for place in places)

    findings = tuple(finding for finding in report.findings if concerns(finding))
    counts = dict(sorted(Counter(finding.code for finding in findings).items()))
    return dataclasses.replace(
        report,
        findings=findings,
        statistics=dataclasses.replace(report.statistics, findings=counts),
        unreadable=tuple(unreadable for unreadable in report.unreadable if os.path.realpath(unreadable.path) in wanted),
    )
