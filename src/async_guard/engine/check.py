"""One run: from paths or sources to a report."""

from __future__ import annotations

import difflib
import gc
import os
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from zlib import crc32

from async_guard import __version__
from async_guard.cache import verdicts as verdicts_kept
from async_guard.cache.moved import Moves, Unknown, moved, moves
from async_guard.cache.outcome import build_identity
from async_guard.cache.store import Store
from async_guard.cache.verdicts import KeptVerdicts
from async_guard.cache.watch import Watch, digest
from async_guard.catalogue import extra
from async_guard.catalogue.load import Catalogue
from async_guard.catalogue.schema import CatalogueError, Document
from async_guard.config.settings import Settings
from async_guard.engine.discover import SourceFile, discover, module_names, other_names
from async_guard.engine.environment import Environment, site_packages
from async_guard.engine.extraction import Extracted, Progress, extract_files, extract_one, read_source
from async_guard.engine.pipeline import default_jobs, judge, linked_project, rules_asked
from async_guard.engine.room import roomy
from async_guard.engine.versions import versions_in_force, versions_in_sources
from async_guard.extract.codec import decode
from async_guard.link.linked import Linked, entry_point, text
from async_guard.model.facts import FACTS_VERSION, FileFacts
from async_guard.model.findings import (
    Confidence,
    Finding,
    Place,
    Report,
    Severity,
    Statistics,
    Step,
    Unreadable,
    Unresolved,
)  # fmt: skip
from async_guard.model.suppressions import Suppressions
from async_guard.model.verdicts import Allowance, Verdicts
from async_guard.policy.keep import keep, unused
from async_guard.rules.registry import RULES
from async_guard.visit.comments import read as read_comments

META = {code: rule.meta for code, rule in RULES.items()}


@dataclass
class Run:
    """Everything a run knows before policy: for callers that keep it."""

    verdicts: Verdicts
    extracted: Extracted
    seconds: dict[str, float]
    told_again: bool = False
    """Whether the verdicts are those of an earlier run."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What rules found, sorted."""
        return self.verdicts.findings


class CatalogueWarning(UserWarning):
    """A document that an installed library ships is left out, as something in it is wrong."""


class ContractWarning(UserWarning):
    """A contract in the configuration is about no function of the files read, and so says nothing."""


@lru_cache(maxsize=1)
def shipped_catalogue() -> Catalogue:
    """The catalogue that comes with the package."""
    return Catalogue()


def catalogue_for(settings: Settings) -> Catalogue:
    """The shipped catalogue, what installed libraries say of themselves, and a project's own entries.

    Raises `CatalogueError` for a mistake in the project's own entries; a broken document of a library is left out, with a warning.
    """
    return _with_documents(_documents(settings))


def _documents(settings: Settings, watch: Watch | None = None) -> tuple[Document, ...]:
    """What `catalogue_for` adds to the shipped catalogue; raises and warns as it says.

    The libraries of a named environment say what they ship too: this program is often installed apart from what it checks.
    """
    search = [*site_packages(settings.python), *sys.path] if settings.python else None
    found = extra.load(settings.catalogue, settings.catalogue_files, search=search)
    if watch is not None:
        for file in found.files:
            watch.file(file)
    for problem in found.problems:
        warnings.warn(problem, CatalogueWarning, stacklevel=3)
    return found.documents


def _with_documents(documents: tuple[Document, ...]) -> Catalogue:
    return shipped_catalogue().with_extra(documents) if documents else shipped_catalogue()


def run_paths(
    paths: Sequence[str],
    settings: Settings,
    jobs: int | None = None,
    progress: Progress | None = None,
    cache: str | None = None,
    watch: Watch | None = None,
    executor: Executor | None = None,
) -> tuple[Run, list[SourceFile]]:
    """Discover, extract, link and judge.

    Args:
        paths: files and folders.
        settings: what is wanted.
        jobs: processes of this machine.
        progress: called with (stage, done, total).
        cache: the folder where facts are kept.
        watch: takes down what the outcome depends on.
        executor: extracts facts instead of this machine's processes.
    """
    start = time.perf_counter()
    links: dict[str, str] = {}
    files = discover(paths, settings.exclude, watch=watch, links=links)
    discovered = time.perf_counter() - start
    store = Store(cache, facts_identity()) if cache is not None else None
    extracted = extract_files(files, jobs or default_jobs(), progress, store, executor)
    extracted.discover_seconds = discovered
    if watch is not None:
        watch.digests.update(extracted.digests)
    names = module_names(files, settings.src, extracted.facts)
    others = other_names(files, names, links, settings.src, extracted.facts)
    versions = versions_in_force(paths, settings)
    documents = _documents(settings, watch)
    environment = Environment(site_packages(settings.python), store, watch) if settings.python else None
    shelf: Shelf | None = None
    if cache and store and environment is None:  # which files of an environment decide is known only after linking
        shelf = Shelf(cache, store, files, identity_of_linking(names, settings, versions, documents, others))
    found = shelf.find(extracted, settings) if shelf is not None else None
    if found is not None:
        return found, files
    try:
        run = _judged(extracted, names, settings, versions, documents, progress, environment, others)
        if environment is not None:
            environment.keep()
        if not run.verdicts.defects or not _is_from_cache(extracted, environment):
            if shelf is not None:
                shelf.keep(extracted, run.verdicts)
            return run, files
    except (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError) as error:
        if isinstance(error, CatalogueError) or not _is_from_cache(extracted, environment):
            raise
    # Facts from an earlier run that do not fit (a damaged cache) must not cost the run: read everything again.
    extracted = extract_files(files, jobs or default_jobs(), progress, None, executor)
    if environment is not None:
        environment = Environment(environment.folders, None, watch)
    return _judged(extracted, names, settings, versions, documents, progress, environment, others), files


def _is_from_cache(extracted: Extracted, environment: Environment | None) -> bool:
    return bool(extracted.kept or (environment is not None and environment.kept))


def identity_of_linking(
    names: Mapping[str, tuple[str, bool]],
    settings: Settings,
    versions: Mapping[str, tuple[int, ...]],
    documents: tuple[Document, ...],
    others: Mapping[str, str],
) -> str:
    """Everything that decides about verdicts besides the facts of the files: another catalogue or contract makes kept ones void."""
    decides = (
        build_identity(__version__), sorted(names.items()), sorted(others.items()), sorted(versions.items()), sorted(settings.contracts().items()),
        settings.negligible, [(document.source, repr(document.content)) for document in documents],
    )  # fmt: skip
    return digest(repr(decides).encode("utf-8", "surrogatepass"))


class Shelf:
    """Where a run's verdicts are kept for the next one.

    Args:
        folder: the cache folder.
        store: the facts of earlier runs.
        files: the files of this run.
        identity: see `identity_of_linking`.
    """

    def __init__(self, folder: str, store: Store, files: Sequence[SourceFile], identity: str) -> None:
        self._folder = folder
        self._store = store
        self._locations = {file.path: file.location for file in files}
        self._identity = identity

    def find(self, extracted: Extracted, settings: Settings) -> Run | None:
        """The verdicts of an earlier run, if no file says anything else now; shown at their new places."""
        start = time.perf_counter()
        kept = verdicts_kept.find(self._folder, self._identity)
        if kept is None or not _asked(settings) <= kept.verdicts.asked:
            return None
        digests = self._digests(extracted)
        if digests.keys() != kept.files.keys():
            return None
        by_path: dict[str, Moves] = {}
        for path, now in digests.items():
            if now != kept.files[path]:
                found = self._moves(path, kept.files[path], extracted.facts[path])
                if found is None:
                    return None
                by_path[path] = found
        verdicts = kept.verdicts
        if by_path:
            try:
                verdicts = moved(verdicts, by_path)
            except Unknown:
                return None
            verdicts_kept.keep(self._folder, self._identity, KeptVerdicts(verdicts, digests))
        for problem in verdicts.problems:
            warnings.warn(problem, ContractWarning, stacklevel=2)
        unwanted = verdicts.asked - _asked(settings)
        if unwanted:
            verdicts = replace(verdicts, findings=tuple(f for f in verdicts.findings if f.code not in unwanted))
        seconds = {"extract": extracted.seconds, "link": time.perf_counter() - start, "judge": 0.0}
        return Run(verdicts, extracted, seconds, told_again=True)

    def keep(self, extracted: Extracted, verdicts: Verdicts) -> None:
        """Keep what a run found."""
        verdicts_kept.keep(self._folder, self._identity, KeptVerdicts(verdicts, self._digests(extracted)))

    def _digests(self, extracted: Extracted) -> dict[str, str]:
        return {path: extracted.digests.get(self._locations[path], "") for path in extracted.facts}

    def _moves(self, path: str, before: str, facts: FileFacts) -> Moves | None:
        old = self._store.entries.get(self._locations[path])
        if old is None or not before or old.digest != before:
            return None
        try:
            return moves(decode(old.pack, old.start, old.end, old.check), facts)
        except (ValueError, TypeError, LookupError, RecursionError):  # damaged facts
            return None


def _asked(settings: Settings) -> frozenset[str]:
    """Codes of the rules, besides those for blocking calls, that these settings have asked."""
    return frozenset(rules_asked(settings.selects))


@lru_cache(maxsize=1)
def facts_identity() -> str:
    """What decides about facts besides files and Python: a changed extractor makes kept facts void, a changed catalogue or rule does not."""
    import async_guard.extract

    total = 0
    for folder in async_guard.extract.__path__:
        for path in sorted(Path(folder).rglob("*.py")):
            total = crc32(path.read_bytes(), total)
    return f"{__version__}:{FACTS_VERSION}:{total:08x}"


def run_sources(sources: Mapping[str, bytes], settings: Settings) -> Run:
    """The same for sources in memory, by path."""
    extracted = Extracted()
    start = time.perf_counter()
    shown = []
    for path, data in sorted(sources.items()):
        if not path.endswith(".py"):
            continue
        shown.append(SourceFile(path, path, len(data), 0))
        facts, why = extract_one(path, data)
        if facts is not None:
            extracted.facts[path] = decode(facts)
        elif why is not None:
            extracted.unreadable.append(why)
    extracted.seconds = time.perf_counter() - start
    names = module_names(shown, settings.src, extracted.facts)
    return _judged(extracted, names, settings, versions_in_sources(sources, settings), _documents(settings))


def _judged(
    extracted: Extracted,
    names: Mapping[str, tuple[str, bool]],
    settings: Settings,
    versions: dict[str, tuple[int, ...]],
    documents: tuple[Document, ...],
    progress: Progress | None = None,
    environment: Environment | None = None,
    others: Mapping[str, str] | None = None,
) -> Run:
    with collector_off():
        return _link_and_judge(extracted, names, settings, versions, documents, progress, environment, others)


@contextmanager
def collector_off() -> Iterator[None]:
    """Without the garbage collector: nothing dies before a run ends, it would only walk a growing heap again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@roomy
def _link_and_judge(
    extracted: Extracted,
    names: Mapping[str, tuple[str, bool]],
    settings: Settings,
    versions: dict[str, tuple[int, ...]],
    documents: tuple[Document, ...],
    progress: Progress | None,
    environment: Environment | None,
    others: Mapping[str, str] | None,
) -> Run:
    if progress is not None:
        progress("link", 0, len(extracted.facts))
    start = time.perf_counter()
    linked = linked_project(
        extracted.facts, names, _with_documents(documents), versions, settings.contracts(), environment, others
    )
    problems = tuple(_idle_contracts(linked, settings))
    for problem in problems:
        warnings.warn(problem, ContractWarning, stacklevel=2)
    middle = time.perf_counter()
    if progress is not None:
        progress("judge", 0, len(extracted.facts))
    linked.negligible = settings.negligible
    findings = judge(linked, settings.selects)
    seconds = {"extract": extracted.seconds, "link": middle - start, "judge": time.perf_counter() - middle}
    verdicts = _verdicts(linked, findings, _asked(settings), problems)
    linked.release()
    return Run(verdicts, extracted, seconds)


def _verdicts(
    linked: Linked, findings: Sequence[Finding], asked: frozenset[str], problems: tuple[str, ...]
) -> Verdicts:
    unresolved: dict[tuple[Place, str], Unresolved] = {}
    reasons: Counter[str] = Counter()
    sites: set[tuple[str, int]] = set()
    ours = [frame for frame in linked.on_loop if not frame.module.library]
    for frame in ours:
        for pos, end, node, reason in frame.unresolved:
            place = Place(frame.module.path, pos >> 12, (pos & 4095) + 1, end >> 12, (end & 4095) + 1)
            unresolved[(place, frame.name)] = Unresolved(place, frame.name, text(node), reason)
            reasons[_reason(reason)] += 1
            sites.add((frame.module.path, pos))
    return Verdicts(
        findings=tuple(findings),
        asked=asked,
        entries=tuple(sorted({entry_point(e) for e in linked.entries}, key=lambda e: e.sort_key)),
        entry_kinds=dict(sorted(Counter(e.kind for e in linked.entries).items())),
        unresolved=tuple(unresolved[key] for key in sorted(unresolved, key=lambda k: (k[0], k[1]))),
        reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        unresolved_sites=len(sites),
        on_loop=len({fr.fn for fr in ours if fr.fn is not None}),
        allowances=tuple(_allowances(linked)),
        problems=problems,
        defects=tuple(linked.defects),
    )


def _idle_contracts(linked: Linked, settings: Settings) -> Iterator[str]:
    """What is wrong with contracts whose names no function has."""
    if not settings.contracts():
        return
    functions = {fn.dotted for module in linked.program for fn in module.functions}
    for key in ("blocking", "nonblocking", "runs-in-thread"):
        for name in getattr(settings, key.replace("-", "_")):
            if name in functions:
                continue
            near = difflib.get_close_matches(name, functions, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield f"[tool.async-guard] {key}: {name!r} names no function of the files checked, so the contract does nothing{hint}"


def report(
    run: Run,
    settings: Settings,
    root: str,
    texts: Mapping[str, bytes] | None = None,
    *,
    noqa: bool = True,
    unresolved: bool = False,
) -> Report:
    """Apply policy to a run. ``texts`` holds sources by path; files not in it are read from disk."""
    start = time.perf_counter()
    comments: dict[str, Suppressions] = {}

    def suppressions(path: str) -> Suppressions:
        if path not in comments:
            comments[path] = read_comments(_text(path, texts))
        return comments[path]

    unread = [_unreadable(u) for u in run.extracted.unreadable]
    verdicts = run.verdicts
    kept = keep([*run.findings, *unread], settings, META, suppressions, noqa=noqa)
    idle = unused(_with_comments(run), run.findings, settings, META, suppressions, verdicts.allowances)
    findings = tuple(sorted((*kept.findings, *idle), key=lambda f: f.sort_key))
    statistics = _statistics(run, findings, kept.suppressed, start)
    return Report(
        root=root, findings=findings, unreadable=tuple(run.extracted.unreadable), entry_points=verdicts.entries,
        statistics=statistics, unresolved=verdicts.unresolved if unresolved else (), suppressed=kept.suppressed, defects=verdicts.defects,
    )  # fmt: skip


def _allowances(linked: Linked) -> Iterator[Allowance]:
    for module in linked.program:
        for fn in module.functions:
            if fn.head.allows:
                used = frozenset(linked.allowed.get(fn, ()))
                yield Allowance(module.path, fn.head.line, fn.head.allows, used)


def _with_comments(run: Run) -> Iterable[str]:
    """Files whose comments may name codes of ours."""
    flagged = {f.place.path for f in run.findings} | {f.root_cause.place.path for f in run.findings}
    return sorted(flagged | {path for path, facts in run.extracted.facts.items() if facts.names_codes})


def _unreadable(file: Unreadable) -> Finding:
    place = Place(file.path, max(1, file.line), 1, max(1, file.line), 1)
    meta = META["AG900"]
    return Finding(
        meta.code, meta.name, Severity.ERROR, Confidence.CERTAIN, file.message, place, "", (Step(place, "", "parse"),)
    )


def _text(path: str, texts: Mapping[str, bytes] | None) -> str:
    data = texts.get(path) if texts is not None else None
    if data is None:
        try:
            data = read_source(path)
        except OSError:
            return ""
    return data.decode("utf-8", "replace")


def _statistics(run: Run, findings: Sequence[Finding], suppressed: int, start: float) -> Statistics:
    verdicts = run.verdicts
    facts = run.extracted.facts.values()
    sites = sum(f.call_sites for f in facts)
    return Statistics(
        files=len(run.extracted.facts), functions=sum(len(f.functions) for f in facts), call_sites=sites,
        resolved_call_sites=max(0, sites - verdicts.unresolved_sites),
        entry_points=dict(verdicts.entry_kinds),
        findings=dict(sorted(Counter(f.code for f in findings).items())),
        seconds={name: round(value, 3) for name, value in run.seconds.items()},
        unresolved=dict(verdicts.reasons),
        stages=_stages(run, len(findings), suppressed, start),
    )  # fmt: skip


def _stages(run: Run, findings: int, suppressed: int, start: float) -> dict[str, dict[str, float]]:
    extracted, verdicts = run.extracted, run.verdicts
    unreadable = len(extracted.unreadable)
    return {
        "discover": {"seconds": round(extracted.discover_seconds, 3), "files": len(extracted.facts) + unreadable},
        "extract": {
            "seconds": round(extracted.seconds, 3), "files read": len(extracted.facts) - extracted.kept + unreadable,
            "bytes read": extracted.bytes_read, "files kept": extracted.kept, "unreadable": unreadable,
        },
        "link": {
            "seconds": round(run.seconds["link"], 3), "functions": sum(len(f.functions) for f in extracted.facts.values()),
            "entry points": sum(verdicts.entry_kinds.values()), "functions on the loop": verdicts.on_loop,
            **({"verdicts kept": len(run.findings)} if run.told_again else {}),
        },
        "judge": {"seconds": round(run.seconds["judge"], 3), "findings": len(run.findings)},
        "policy": {"seconds": round(time.perf_counter() - start, 3), "findings": findings, "suppressed": suppressed},
    }  # fmt: skip


def _reason(reason: str) -> str:
    return reason.partition(":")[0]


def working_directory() -> str:
    """Where shown paths start."""
    return os.getcwd()
