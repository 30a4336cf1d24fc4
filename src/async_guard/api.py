"""What other programs call: check paths or sources, list routes."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from async_guard.cache.folder import FOLDER
from async_guard.cache.watch import Watch
from async_guard.catalogue.schema import CatalogueError
from async_guard.config import load
from async_guard.config.settings import Settings
from async_guard.engine import check
from async_guard.engine.discover import MissingPath
from async_guard.engine.environment import NoEnvironment
from async_guard.engine.extraction import Progress, WorkersDiffer, WorkersLost
from async_guard.model.findings import EntryPoint, Report
from async_guard.rules.registry import NAMES

load.CODES = NAMES


class UsageError(ValueError):
    """A request that cannot be carried out; the message names what is wrong."""


class DefectWarning(UserWarning):
    """A mistake of async-guard's own cost a part of the result."""


@dataclass(frozen=True)
class RouteRow:
    """One entry point and what blocks it: counts of findings by severity (``error``, ``warning``)."""

    entry: EntryPoint
    blocking: Mapping[str, int]


def check_paths(
    paths: Sequence[str], settings: Settings | None = None, *, jobs: int | None = None, cache_dir: Path | bool | None = None,
    progress: Progress | None = None, noqa: bool = True, unresolved: bool = False, executor: Executor | None = None,
    watch: Watch | None = None,
) -> Report:  # fmt: skip
    """Check files and folders.

    Args:
        paths: files or folders; everything below a folder that gitignore files leave in.
        settings: what to report; None reads the configuration above the first path.
        jobs: processes to use; None for as many as there are processors.
        cache_dir: where facts are kept between runs; None for ``.async_guard_cache`` in the working directory, False to keep nothing.
        progress: called with (stage, done, total) during long stages.
        noqa: honour ``# noqa`` at the primary place.
        unresolved: list calls that could not be resolved.
        executor: extracts facts instead of this machine's processes; files are read here and sent, so that its workers need no shared disk,
            only the same versions of this package and of Python.
        watch: takes down what the outcome depends on, for who keeps it.

    Raises:
        UsageError: a path does not exist, or the executor does not work.
    """
    settings = settings if settings is not None else load.load_settings(Path(paths[0]))
    with check.collector_off():
        run = _run(paths, settings, jobs, progress, cache_folder(cache_dir), watch, executor)
        return check.report(run, settings, " ".join(paths), noqa=noqa, unresolved=unresolved)


def cache_folder(cache_dir: Path | bool | None) -> str | None:
    """The folder that a ``cache_dir`` argument means."""
    if cache_dir is False:
        return None
    return str(cache_dir) if isinstance(cache_dir, Path) else FOLDER


def _run(
    paths: Sequence[str],
    settings: Settings,
    jobs: int | None,
    progress: Progress | None,
    cache: str | None,
    watch: Watch | None = None,
    executor: Executor | None = None,
) -> check.Run:
    try:
        return check.run_paths(paths, settings, jobs, progress, cache, watch, executor)[0]
    except MissingPath as error:
        raise UsageError(f"no such file or folder: {error}") from None
    except (NoEnvironment, CatalogueError, WorkersDiffer, WorkersLost) as error:
        raise UsageError(str(error)) from None


def check_sources(
    files: Mapping[str, str | bytes], settings: Settings | None = None, *, select: Sequence[str] | None = None
) -> Report:
    """Check sources in memory, by path. A ``pyproject.toml`` or ``async-guard.toml`` among them is honoured."""
    sources = {
        path: data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data for path, data in files.items()
    }
    if settings is None:
        settings = Settings()
        for name in ("pyproject.toml", "async-guard.toml"):
            if name in sources:
                settings = load.settings_from(load.parse(sources[name], name), name)
    if select is not None:
        settings = replace(settings, select=tuple(select))
    return check.report(check.run_sources(sources, settings), settings, ".", sources)


def routes(
    paths: Sequence[str],
    settings: Settings | None = None,
    *,
    jobs: int | None = None,
    cache_dir: Path | bool | None = None,
) -> tuple[RouteRow, ...]:
    """Every entry point, where it runs, and what blocks it. Warns (`DefectWarning`) of each part that a mistake of our own cost.

    Args:
        paths, settings, jobs, cache_dir: as for `check_paths`.

    Raises:
        UsageError: a path does not exist.
    """
    settings = settings if settings is not None else load.load_settings(Path(paths[0]))
    run = _run(paths, settings, jobs, None, cache_folder(cache_dir))
    report = check.report(run, settings, " ".join(paths))
    for defect in report.defects:
        warnings.warn(str(defect), DefectWarning, stacklevel=2)
    counts: dict[EntryPoint, dict[str, int]] = {entry: {"error": 0, "warning": 0} for entry in report.entry_points}
    for finding in report.findings:
        if finding.severity.value not in ("error", "warning") or not finding.code.startswith("AG1"):
            continue
        for entry in finding.entry_points:
            if entry in counts:
                counts[entry][finding.severity.value] += 1
    return tuple(RouteRow(entry, counts[entry]) for entry in sorted(counts, key=lambda e: e.sort_key))
