"""What linking and judging say of a state of the files: plain values that outlive the linked program, so that they can be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from async_guard.model.findings import Defect, EntryPoint, Finding, Unresolved


@dataclass(frozen=True)
class Allowance:
    """An ``allow[...]`` comment on a definition."""

    path: str
    line: int
    codes: str
    """As written, separated by commas."""
    used: frozenset[str]
    """Codes of the findings that it cut off."""


@dataclass(frozen=True)
class Verdicts:
    """Everything that a report needs of linking and judging, before policy."""

    findings: tuple[Finding, ...] = ()
    """Of all rules in ``asked`` and of those for blocking calls, sorted."""
    asked: frozenset[str] = frozenset()
    """Codes of the other rules that were asked."""
    entries: tuple[EntryPoint, ...] = ()
    """Sorted, each once."""
    entry_kinds: Mapping[str, int] = field(default_factory=dict)
    """How many entry points of each kind there are; a callable that several routes run counts several times."""
    unresolved: tuple[Unresolved, ...] = ()
    reasons: Mapping[str, int] = field(default_factory=dict)
    """How many calls on the loop could not be resolved, by reason."""
    unresolved_sites: int = 0
    """Places of these calls."""
    on_loop: int = 0
    """Functions that run on a loop."""
    allowances: tuple[Allowance, ...] = ()
    problems: tuple[str, ...] = ()
    """What is wrong with the project's contracts."""
    defects: tuple[Defect, ...] = ()
