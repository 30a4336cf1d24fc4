"""The pipeline on one screen: discover, extract, link, judge."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from async_guard.cache.store import Store
from async_guard.catalogue.load import Catalogue
from async_guard.engine.discover import SourceFile
from async_guard.extract.codec import StaleFacts, decode, encode
from async_guard.extract.facts import extract
from async_guard.extract.source import UnreadableSource
from async_guard.link.linked import Linked, link
from async_guard.link.program import Module
from async_guard.model.facts import FileFacts
from async_guard.model.findings import Finding, Unreadable

PARALLEL_FROM = 3_000_000
"""Bytes to extract from which a second process pays for its start."""

Progress = Callable[[str, int, int], None]


@dataclass
class Extracted:
    """Facts of all files, and what could not be read."""

    facts: dict[str, FileFacts] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)
    seconds: float = 0.0
    kept: bool = False
    """Whether facts of an earlier run were used."""


def extract_one(path: str, data: bytes) -> tuple[bytes | None, Unreadable | None]:
    """Encoded facts of one file's bytes, or why there are none."""
    try:
        return encode(extract(data)), None
    except UnreadableSource as error:
        return None, Unreadable(path, error.line, error.message)


def extract_many(files: Sequence[tuple[str, str]]) -> list[tuple[str, bytes | None, Unreadable | None]]:
    """Facts of several files, read from disk: (shown path, location) -> (shown path, facts, reason). Runs in a worker process."""
    out: list[tuple[str, bytes | None, Unreadable | None]] = []
    gc.disable()  # trees die by reference counts; the collector only walks them
    try:
        for path, location in files:
            try:
                with open(location, "rb") as handle:
                    data = handle.read()
            except OSError as error:
                out.append((path, None, Unreadable(path, 0, f"cannot be read: {error.strerror or error}")))
                continue
            facts, why = extract_one(path, data)
            out.append((path, facts, why))
    finally:
        gc.enable()
    return out


def extract_files(
    files: Sequence[SourceFile], jobs: int, progress: Progress | None = None, store: Store | None = None
) -> Extracted:
    """Facts of all files, in processes where that pays; the largest files first. ``store`` gives and keeps facts of unchanged files."""
    start = time.perf_counter()
    out = Extracted()
    if store is not None:
        files = _unchanged_taken(out, files, store)
    by_path = {f.path: f for f in files}
    fresh: list[tuple[str, int, int, bytes]] = []
    total = sum(f.size for f in files)
    if jobs > 1 and total >= PARALLEL_FROM:
        for result in _in_processes(files, jobs, progress):
            _take(out, result, by_path, fresh)
    else:
        done = 0
        for chunk in _chunks(files, 64):
            for result in extract_many([(f.path, f.location) for f in chunk]):
                _take(out, result, by_path, fresh)
            done += len(chunk)
            if progress is not None:
                progress("extract", done, len(files))
    if store is not None:
        store.keep_facts(fresh)
    out.unreadable.sort()
    out.seconds = time.perf_counter() - start
    return out


def _unchanged_taken(out: Extracted, files: Sequence[SourceFile], store: Store) -> list[SourceFile]:
    kept = store.facts((f.location, f.size, f.mtime_ns) for f in files)
    changed = []
    for file in files:
        data = kept.get(file.location)
        facts = _decoded(data) if data is not None else None
        if facts is None:
            changed.append(file)
            continue
        out.facts[file.path] = facts
        out.kept = True
    return changed


def _decoded(data: bytes) -> FileFacts | None:
    try:
        return decode(data)
    except StaleFacts:
        return None


def _take(
    out: Extracted,
    result: tuple[str, bytes | None, Unreadable | None],
    files: Mapping[str, SourceFile],
    fresh: list[tuple[str, int, int, bytes]],
) -> None:
    path, facts, why = result
    if facts is not None:
        out.facts[path] = decode(facts)
        file = files[path]
        fresh.append((file.location, file.size, file.mtime_ns, facts))
    elif why is not None:
        out.unreadable.append(why)


def _chunks(files: Sequence[SourceFile], size: int) -> list[Sequence[SourceFile]]:
    return [files[i : i + size] for i in range(0, len(files), size)]


def _in_processes(
    files: Sequence[SourceFile], jobs: int, progress: Progress | None
) -> Iterable[tuple[str, bytes | None, Unreadable | None]]:
    from concurrent.futures import ProcessPoolExecutor, as_completed

    ordered = sorted(files, key=lambda f: (-f.size, f.path))
    target = max(1, sum(f.size for f in ordered) // (jobs * 16))
    chunks: list[list[tuple[str, str]]] = [[]]
    filled = 0
    for file in ordered:
        chunks[-1].append((file.path, file.location))
        filled += file.size
        if filled >= target:
            chunks.append([])
            filled = 0
    with ProcessPoolExecutor(jobs) as pool:
        futures = [pool.submit(extract_many, chunk) for chunk in chunks if chunk]
        done = 0
        for future in as_completed(futures):
            results = future.result()
            done += len(results)
            if progress is not None:
                progress("extract", done, len(files))
            yield from results


def linked_project(
    facts: Mapping[str, FileFacts], modules: Mapping[str, tuple[str, bool]], catalogue: Catalogue,
    versions: dict[str, tuple[int, ...]] | None = None, contracts: Mapping[str, str] | None = None,
) -> Linked:  # fmt: skip
    """Link facts by shown path."""
    return link(
        [Module(modules[path][0], path, facts[path], modules[path][1]) for path in sorted(facts)],
        catalogue,
        versions,
        contracts,
    )


def judge(linked: Linked, selects: Callable[[str, bool], bool] | None = None) -> list[Finding]:
    """What rules find, sorted. ``selects`` says of a code, and whether it is on by default, if anybody wants it; others are not asked."""
    from async_guard.rules.judgement.blocking import blocking_findings
    from async_guard.rules.registry import RULES

    findings = list(blocking_findings(linked))
    for rule in RULES.values():
        if rule.check is None or rule.meta.category:
            continue
        if selects is None or selects(rule.meta.code, rule.meta.on_by_default):
            findings.extend(rule.check(linked))
    return sorted(findings, key=lambda f: f.sort_key)


def default_jobs() -> int:
    """As many processes as this process may use processors."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
