"""Facts of all files: kept ones where nothing changed, the others in this process, in several, or on any executor."""

from __future__ import annotations

import gc
import os
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from async_guard import __version__
from async_guard.cache.store import Fresh, Store
from async_guard.cache.watch import digest
from async_guard.engine.discover import LARGEST, SourceFile
from async_guard.extract.codec import StaleFacts, decode, encode
from async_guard.extract.facts import extract
from async_guard.extract.source import UnreadableSource
from async_guard.model.facts import FACTS_VERSION, FileFacts
from async_guard.model.findings import Unreadable

PARALLEL_FROM = 3_000_000
"""Bytes to extract from which a second process pays for its start."""
TRIES = 3
"""How often a task is handed out again after its worker was lost, before its files are tried one by one."""
_IN_FLIGHT = 64
"""Tasks that an executor holds at a time, so that no more than these files are in memory."""
_TASK = 400_000
"""Bytes of one task for an executor."""

Progress = Callable[[str, int, int], None]
Stamp = tuple[str, int, tuple[int, int]]
Outcome = tuple[str, str, "bytes | None", "Unreadable | None"]
"""Shown path, digest of the content, encoded facts, and why there are none."""

STAMP: Stamp = (__version__, FACTS_VERSION, (sys.version_info[0], sys.version_info[1]))
"""What decides about facts besides the files: workers elsewhere must have the same."""


class WorkersLost(Exception):
    """An executor does no work; the message says what it says."""


class WorkersDiffer(Exception):
    """The workers of an executor run another version of the program or of Python; the message says which."""


@dataclass
class Extracted:
    """Facts of all files, and what could not be read."""

    facts: dict[str, FileFacts] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)
    seconds: float = 0.0
    discover_seconds: float = 0.0
    kept: int = 0
    """Files whose facts are those of an earlier run."""
    bytes_read: int = 0
    """Bytes of the files that were read anew."""
    digests: dict[str, str] = field(default_factory=dict)
    """Digests of contents by absolute path."""


def extract_one(path: str, data: bytes) -> tuple[bytes | None, Unreadable | None]:
    """Encoded facts of one file's bytes, or why there are none."""
    try:
        return encode(extract(data)), None
    except UnreadableSource as error:
        return None, Unreadable(path, error.line, error.message)


def read_source(location: str) -> bytes:
    """The bytes of a plain file. Raises `OSError` for anything else."""
    descriptor = os.open(location, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb", buffering=0) as handle:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "no regular file")
        data = handle.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise OSError(0, f"larger than {LARGEST // 1_000_000} MB")
    return data


def extract_sources(files: Sequence[tuple[str, bytes]]) -> tuple[Stamp, list[Outcome]]:
    """Facts of files whose bytes are at hand. Runs on any executor."""
    return STAMP, [(path, digest(data), *extract_one(path, data)) for path, data in files]


def extract_files_on_disk(files: Sequence[tuple[str, str]]) -> tuple[Stamp, list[Outcome]]:
    """Facts of files by shown path and location. Runs in a worker process of this machine."""
    out: list[Outcome] = []
    enabled = gc.isenabled()
    gc.disable()  # trees die by reference counts; the collector only walks them
    try:
        for path, location in files:
            data = _read_or_why(path, location)
            if isinstance(data, bytes):
                out.append((path, digest(data), *extract_one(path, data)))
            else:
                out.append((path, "", None, data))
    finally:
        if enabled:
            gc.enable()
    return STAMP, out


def _read_or_why(path: str, location: str) -> bytes | Unreadable:
    try:
        return read_source(location)
    except OSError as error:
        return Unreadable(path, 0, f"cannot be read: {error.strerror or error}" if error.errno else str(error.strerror))


def extract_files(
    files: Sequence[SourceFile],
    jobs: int,
    progress: Progress | None = None,
    store: Store | None = None,
    executor: Executor | None = None,
) -> Extracted:
    """Facts of all files.

    Args:
        files: what to read.
        jobs: processes of this machine to use, where that pays.
        progress: called with (stage, done, total).
        store: gives facts of unchanged files and keeps the others'.
        executor: does the work instead of this machine's processes. Files are read here and sent.
    """
    start = time.perf_counter()
    out = Extracted()
    for file in files:
        if file.trouble:
            out.unreadable.append(Unreadable(file.path, 0, file.trouble))
    files = [f for f in files if not f.trouble]
    refreshed: list[Fresh] = []
    if store is not None:
        files = _kept_taken(out, files, store, refreshed)
    by_path = {f.path: f for f in files}
    out.bytes_read = sum(f.size for f in files)
    fresh: list[Fresh] = []
    for done, outcome in enumerate(_outcomes(files, jobs, executor, out.bytes_read), 1):
        _take(out, outcome, by_path, fresh)
        if progress is not None and (not done & 15 or done == len(files)):
            progress("extract", done, len(files))
    if store is not None:
        store.keep([*fresh, *refreshed])
    out.unreadable.sort()
    out.seconds = time.perf_counter() - start
    return out


def _outcomes(files: Sequence[SourceFile], jobs: int, executor: Executor | None, total: int) -> Iterator[Outcome]:
    if executor is not None:
        unread: list[Outcome] = []
        yield from elsewhere(executor, _sent(files, unread))
        yield from unread
    elif jobs > 1 and total >= PARALLEL_FROM and len(files) > 1:
        yield from in_processes(_located(files, jobs, total), jobs)
    else:
        for file in files:
            yield from extract_files_on_disk([(file.path, file.location)])[1]


def _kept_taken(out: Extracted, files: Sequence[SourceFile], store: Store, refreshed: list[Fresh]) -> list[SourceFile]:
    """Take kept facts; what is left has to be read."""
    if not store.entries:
        return list(files)
    left = []
    for file in files:
        kept = store.unchanged(file.location, file.state)
        looked = None
        if kept is None:
            try:
                looked = digest(read_source(file.location))
            except OSError:
                left.append(file)
                continue
            kept = store.of_content(looked)
        facts = None
        if kept is not None:
            try:
                facts = decode(kept.pack, kept.start, kept.end, kept.check)
            except StaleFacts:
                facts = None
        if kept is None or facts is None:
            left.append(file)
            continue
        if looked is not None:
            refreshed.append(Fresh(file.location, file.state, looked, kept.pack[kept.start : kept.end]))
        out.facts[file.path] = facts
        out.digests[file.location] = kept.digest
        out.kept += 1
    return left


def _take(out: Extracted, outcome: Outcome, files: dict[str, SourceFile], fresh: list[Fresh]) -> None:
    path, digest_, facts, why = outcome
    file = files[path]
    if digest_:
        out.digests[file.location] = digest_
    if facts is not None:
        out.facts[path] = decode(facts)
        fresh.append(Fresh(file.location, file.state, digest_, facts))
    elif why is not None:
        out.unreadable.append(why)


# -- tasks


def _located(files: Sequence[SourceFile], jobs: int, total: int) -> Iterator[list[tuple[str, str]]]:
    """Tasks for processes that see the same disk: the largest files first, so that none of them is left for the end."""
    target = max(1, total // (jobs * 16))
    for chunk in _chunks(sorted(files, key=lambda f: (-f.size, f.path)), target):
        yield [(f.path, f.location) for f in chunk]


def _sent(files: Sequence[SourceFile], unread: list[Outcome]) -> Iterator[list[tuple[str, bytes]]]:
    """Tasks that carry their files along; files are read as tasks are handed out."""
    for chunk in _chunks(sorted(files, key=lambda f: (-f.size, f.path)), _TASK):
        task: list[tuple[str, bytes]] = []
        for file in chunk:
            data = _read_or_why(file.path, file.location)
            if isinstance(data, bytes):
                task.append((file.path, data))
            else:
                unread.append((file.path, "", None, data))
        if task:
            yield task


def _chunks(files: Iterable[SourceFile], target: int) -> Iterator[list[SourceFile]]:
    chunk: list[SourceFile] = []
    filled = 0
    for file in files:
        chunk.append(file)
        filled += file.size
        if filled >= target:
            yield chunk
            chunk, filled = [], 0
    if chunk:
        yield chunk


# -- processes of this machine


def in_processes(tasks: Iterator[list[tuple[str, str]]], jobs: int) -> Iterator[Outcome]:
    """Outcomes of tasks in processes of this machine.

    A process that dies takes the others' work along and does not say over which file it died: then the files in flight are tried one by one.
    """
    pool = _pool(jobs)
    if pool is None:
        for task in tasks:
            yield from extract_files_on_disk(task)[1]
        return
    suspects: list[tuple[str, str]] = []
    pending: dict[Future[tuple[Stamp, list[Outcome]]], list[tuple[str, str]]] = {}
    try:
        while True:
            for task in islice(tasks, jobs * 2 - len(pending)):
                pending[_submitted(pool, extract_files_on_disk, task)] = task
            if not pending:
                return
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                task = pending.pop(future)
                outcomes = _unless_broken(future)
                if outcomes is None:
                    suspects += task
                else:
                    yield from outcomes
            if suspects:
                for future, task in pending.items():
                    outcomes = _unless_broken(future)
                    if outcomes is None:
                        suspects += task
                    else:
                        yield from outcomes
                pending.clear()
                pool.shutdown(wait=False)
                yield from _one_by_one(suspects)
                suspects = []
                pool = _pool(jobs) or pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _one_by_one(files: Sequence[tuple[str, str]]) -> Iterator[Outcome]:
    pool = _pool(1)
    for file in files:
        outcomes = None
        for _ in range(2):  # the first death may have been an accident
            if pool is not None and outcomes is None:
                outcomes = _unless_broken(_submitted(pool, extract_files_on_disk, [file]))
                if outcomes is None:
                    pool = _pool(1)
        yield from outcomes or [(file[0], "", None, Unreadable(file[0], 0, "the process that reads it dies"))]
    if pool is not None:
        pool.shutdown()


def _unless_broken(future: Future[tuple[Stamp, list[Outcome]]]) -> list[Outcome] | None:
    """The outcomes of a task; None if its process died."""
    try:
        return future.result()[1]
    except BrokenExecutor:
        return None


def _pool(jobs: int) -> Executor | None:
    """Processes; None where the system does not allow them."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # A fork inherits what is imported already; with other threads about it could inherit a lock that is held.
    fork = sys.platform == "linux" and threading.active_count() == 1
    try:
        return ProcessPoolExecutor(jobs, multiprocessing.get_context("fork" if fork else None))
    except (OSError, ImportError, NotImplementedError):
        return None


# -- any executor


def elsewhere(executor: Executor, tasks: Iterator[list[tuple[str, bytes]]]) -> Iterator[Outcome]:
    """Outcomes of tasks on an executor that may lose workers: what was lost is handed out again.

    Raises:
        WorkersLost: nothing but failures comes back.
        WorkersDiffer: a worker runs another version.
    """
    pending: dict[Future[tuple[Stamp, list[Outcome]]], tuple[list[tuple[str, bytes]], int]] = {}
    again: list[tuple[list[tuple[str, bytes]], int]] = []
    successes = 0
    try:
        while True:
            while len(pending) < _IN_FLIGHT:
                if again:
                    task, tries = again.pop()
                elif (following := next(tasks, None)) is not None:
                    task, tries = following, 0
                else:
                    break
                pending[_submitted(executor, extract_sources, task)] = (task, tries)
            if not pending:
                return
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                task, tries = pending.pop(future)
                try:
                    stamp, outcomes = future.result()
                except (Exception, CancelledError) as error:  # every executor has its own for a lost worker
                    if tries + 1 < TRIES:
                        again.append((task, tries + 1))
                    elif not successes:
                        raise WorkersLost(f"the executor only fails: {error!r}") from error
                    elif len(task) > 1:
                        again += [([file], 0) for file in task]
                    else:
                        yield task[0][0], "", None, Unreadable(task[0][0], 0, "no worker survives reading it")
                    continue
                successes += 1
                if stamp != STAMP:
                    raise WorkersDiffer(f"the executor's workers run {_told(stamp)}, this is {_told(STAMP)}")
                yield from outcomes
    finally:
        for future in pending:
            future.cancel()


def _submitted(executor: Executor, function: Callable[..., Any], task: Any) -> Future[tuple[Stamp, list[Outcome]]]:
    try:
        return executor.submit(function, task)
    except Exception as error:  # noqa: BLE001  # a broken executor refuses in its own words
        failed: Future[tuple[Stamp, list[Outcome]]] = Future()
        failed.set_exception(error)
        return failed


def _told(stamp: Stamp) -> str:
    version, facts, python = stamp
    return f"async-guard {version} (facts {facts}) on Python {python[0]}.{python[1]}"
