"""The pipeline on one screen: discover, extract, link, judge."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping

from async_guard.catalogue.load import Catalogue
from async_guard.engine.environment import Environment
from async_guard.link.linked import Linked, link
from async_guard.link.program import Libraries, Module
from async_guard.model.facts import FileFacts
from async_guard.model.findings import Defect, Finding, defect_in


def linked_project(
    facts: Mapping[str, FileFacts], modules: Mapping[str, tuple[str, bool]], catalogue: Catalogue,
    versions: dict[str, tuple[int, ...]] | None = None, contracts: Mapping[str, str] | None = None,
    environment: Environment | None = None, others: Mapping[str, str] | None = None,
) -> Linked:  # fmt: skip
    """Link facts by shown path."""
    return link(
        [Module(modules[path][0], path, facts[path], modules[path][1]) for path in sorted(facts)],
        catalogue,
        versions,
        contracts,
        _libraries(environment) if environment is not None else None,
        others,
    )


def _libraries(environment: Environment) -> Libraries:
    def read(dotted: str, is_known: Callable[[str], bool]) -> Module | None:
        found = environment.module(dotted, is_known)
        return Module(dotted, *found, environment.root(dotted)) if found is not None else None

    return read


def judge(linked: Linked, selects: Callable[[str, bool], bool] | None = None) -> list[Finding]:
    """What rules find, sorted. ``selects`` says of a code, and whether it is on by default, if anybody wants it; others are not asked.

    A rule that breaks is left out, and noted in ``linked.defects``: the others still say what they find.
    """
    from async_guard.rules.judgement.blocking import blocking_findings

    findings: list[Finding] = []
    checks: list[tuple[str, Callable[[Linked], Iterable[Finding]]]] = [
        ("the rules for blocking calls", blocking_findings)
    ]
    checks += [(code, check) for code, check in rules_asked(selects).items()]
    for name, check in checks:
        findings.extend(_asked(linked, name, check))
    return sorted(findings, key=lambda f: f.sort_key)


def rules_asked(selects: Callable[[str, bool], bool] | None = None) -> dict[str, Callable[[Linked], Iterable[Finding]]]:
    """The rules that are asked one by one, by code; those for blocking calls always share one search."""
    from async_guard.rules.registry import RULES

    return {
        rule.meta.code: rule.check
        for rule in RULES.values()
        if rule.check is not None
        and not rule.meta.category
        and (selects is None or selects(rule.meta.code, rule.meta.on_by_default))
    }


def _asked(linked: Linked, name: str, check: Callable[[Linked], Iterable[Finding]]) -> list[Finding]:
    try:
        return [finding for finding in check(linked) if not _is_about_library(linked, finding)]
    except Exception as error:  # noqa: BLE001 - told to the user, who gets what the other rules find
        linked.evaluator.level = 0
        linked.defects.append(Defect("", 0, name, defect_in(error)))
        return []


def _is_about_library(linked: Linked, finding: Finding) -> bool:
    """Whether a finding is at a place in a library; of libraries only what blocks is told, where the project calls it."""
    files = linked.program.library_paths
    if not files or finding.code.startswith("AG1"):
        return finding.place.path in files
    return finding.place.path in files or any(step.place.path in files for step in finding.chain)


def default_jobs() -> int:
    """As many processes as this process may use processors."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
