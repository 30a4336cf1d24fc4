"""The pipeline on one screen: discover, extract, link, judge."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from async_guard.catalogue.load import Catalogue
from async_guard.link.linked import Linked, link
from async_guard.link.program import Module
from async_guard.model.facts import FileFacts
from async_guard.model.findings import Finding


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
