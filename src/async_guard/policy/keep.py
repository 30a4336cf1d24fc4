"""From all findings to those that are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from async_guard.config.settings import Settings
from async_guard.model.findings import Confidence, Finding, Place, Severity, Step
from async_guard.model.rules import RuleMeta
from async_guard.model.suppressions import Suppressions
from async_guard.model.verdicts import Allowance

_RANKS = {"error": 3, "warning": 2, "info": 1, "negligible": 0}


@dataclass(frozen=True)
class Kept:
    """Findings to show, and how many were silenced."""

    findings: tuple[Finding, ...]
    suppressed: int


def keep(
    findings: Iterable[Finding],
    settings: Settings,
    rules: Mapping[str, RuleMeta],
    comments: Callable[[str], Suppressions],
    *,
    noqa: bool = True,
) -> Kept:
    """Apply selection, thresholds, per-file ignores and comments.

    Args:
        findings: all findings, sorted.
        settings: what is wanted.
        rules: identities of all rules by code.
        comments: suppressions of a file by its shown path (read only for files that have findings).
        noqa: honour ``# noqa`` at the primary place (another program, such as flake8, may do that itself).
    """
    ignores = _FileIgnores(settings.per_file_ignores)
    lowest = 0 if settings.negligible else max(1, _RANKS[settings.severity])
    kept: list[Finding] = []
    used: dict[tuple[str, int], set[str]] = {}
    suppressed = 0
    for finding in findings:
        meta = rules[finding.code]
        if not settings.selects(finding.code, meta.on_by_default) or finding.severity.rank < lowest:
            continue
        if settings.confidence == "certain" and finding.confidence is Confidence.PROBABLE:
            continue
        if ignores.silences(finding.place.path, finding.code):
            suppressed += 1
            continue
        silenced = _silenced(finding, comments, noqa)
        if silenced:
            for place in silenced:
                used.setdefault(place, set()).add(finding.code)
            suppressed += 1
            continue
        kept.append(finding)
    return Kept(tuple(kept), suppressed)


def unused(
    paths: Iterable[str],
    all_findings: Iterable[Finding],
    settings: Settings,
    rules: Mapping[str, RuleMeta],
    comments: Callable[[str], Suppressions],
    allowances: Iterable[Allowance] = (),
) -> list[Finding]:
    """AG901: comments that name codes of ours and silence nothing.

    Args:
        paths: files whose comments are looked at.
        all_findings: before any was silenced.
        settings: what is wanted; codes that are not selected are not judged.
        rules: identities of all rules by code.
        comments: suppressions of a file by its shown path.
        allowances: each ``allow[...]`` on a definition.
    """
    meta = rules.get("AG901")
    if meta is None or not settings.selects("AG901", meta.on_by_default):
        return []
    used: dict[tuple[str, int], set[str]] = {}
    for finding in all_findings:
        for place in _silenced(finding, comments, True):
            used.setdefault(place, set()).add(finding.code)
    out = []
    for path in paths:
        found = comments(path)
        for line, codes in sorted(found.codes.items()):
            idle = [c for c in codes if _is_idle(c, used.get((path, line), set()), settings, rules)]
            if idle:
                out.append(_idle(meta, path, line, f"`# noqa: {', '.join(idle)}` {_reason(idle, rules)}", "remove it"))
        for line, message, help_ in found.mistakes:
            out.append(_idle(meta, path, line, message, help_))
    for allowed in allowances:
        words = [word for word in allowed.codes.split(",") if word]
        idle = [c for c in words if not c.startswith("AG") or _is_idle(c, allowed.used, settings, rules)]
        if idle:
            message = f"`allow[{', '.join(idle)}]` {_reason(idle, rules)}"
            named = [code for code, rule in rules.items() if rule.name in map(str.lower, idle)]
            help_ = f"write `allow[{', '.join(named)}]`" if named else "remove it"
            out.append(_idle(meta, allowed.path, allowed.line, message, help_))
    return out


def _reason(idle: list[str], rules: Mapping[str, RuleMeta]) -> str:
    """Why codes in a comment silence nothing."""
    strange = [word for word in idle if not any(code.startswith(word) for code in rules)]
    if strange == idle:
        return (
            "silences nothing: there is no such rule" if len(idle) == 1 else "silences nothing: there are no such rules"
        )
    return "silences nothing here"


def _is_idle(word: str, used: Iterable[str], settings: Settings, rules: Mapping[str, RuleMeta]) -> bool:
    """Whether a code (or prefix) in a comment silences nothing, although its rules are asked for."""
    if not word.startswith("AG") or any(code.startswith(word) for code in used):
        return False
    meant = [code for code in rules if code.startswith(word)]
    return not meant or any(settings.selects(code, rules[code].on_by_default) for code in meant)


def _idle(meta: RuleMeta, path: str, line: int, message: str, help_: str) -> Finding:
    place = Place(path, line, 1, line, 1)
    return Finding(
        meta.code,
        meta.name,
        Severity.WARNING,
        Confidence.CERTAIN,
        message,
        place,
        "",
        (Step(place, "", "noqa"),),
        help=help_,
    )


def _silenced(finding: Finding, comments: Callable[[str], Suppressions], noqa: bool) -> list[tuple[str, int]]:
    out = []
    if noqa:
        places = [finding.place, finding.root_cause.place]
    else:  # another program judges the primary place; a direct call is its own root cause
        places = [finding.root_cause.place] if finding.root_cause.place != finding.place else []
    for place in places:
        for line in dict.fromkeys((place.line, place.end_line)):
            at = comments(place.path).silences(line, finding.code)
            if at:
                out.append((place.path, at))
    return out


class _FileIgnores:
    def __init__(self, patterns: Mapping[str, tuple[str, ...]]) -> None:
        self._specs: list[tuple[Any, tuple[str, ...]]] = []
        if patterns:
            from pathspec import GitIgnoreSpec

            self._specs = [(GitIgnoreSpec.from_lines([pattern]), codes) for pattern, codes in patterns.items()]

    def silences(self, path: str, code: str) -> bool:
        return any(code.startswith(codes) and spec.match_file(path) for spec, codes in self._specs)
