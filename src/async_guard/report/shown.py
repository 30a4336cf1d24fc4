"""What a person asked to see, and text made safe to show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from async_guard.model.findings import Statistics
from async_guard.model.rules import RuleMeta


@dataclass(frozen=True)
class ShowOptions:
    """How a report is shown."""

    group: str = "file"
    statistics: bool = False
    unresolved: bool = False
    color: bool = False
    width: int | None = None
    rules: Mapping[str, RuleMeta] = field(default_factory=dict)
    """Identities of the rules, for formats that list them."""
    docs: Mapping[str, str] = field(default_factory=dict)
    """Pages of the rules by code."""
    source: Callable[[str], str] = lambda _path: ""
    """The text of a file by its shown path."""
    version: str = ""


def plain(text: str) -> str:
    """Text from the analysed project with control characters made visible, so that it cannot steer a terminal."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c == "\t" else f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}" for c in text
    )


def stages(stages: Mapping[str, Mapping[str, float]]) -> list[str]:
    """What each stage took and did, a line per stage and one for the sum."""
    lines = []
    for name, told in stages.items():
        counts = ", ".join(f"{value:,} {what}" for what, value in told.items() if what != "seconds")
        lines.append(f"{name:9} {told['seconds']:8.3f} s  {counts}")
    if lines:
        lines.append(f"{'all':9} {sum(told['seconds'] for told in stages.values()):8.3f} s")
    return lines


def counts(stats: Statistics) -> list[tuple[str, int]]:
    """What a run counted, each count with what it is of."""
    rows = [
        ("files", stats.files),
        ("functions", stats.functions),
        ("call sites", stats.call_sites),
        ("resolved call sites", stats.resolved_call_sites),
    ]
    rows += [(f"entry points: {kind}", count) for kind, count in stats.entry_points.items()]
    rows += [(f"findings: {code}", count) for code, count in stats.findings.items()]
    rows += [(f"unresolved on the loop: {reason}", count) for reason, count in stats.unresolved.items()]
    return rows


def how_many(count: int, what: str) -> str:
    """A count with its noun.

    >>> how_many(1, "finding"), how_many(2, "finding")
    ('1 finding', '2 findings')
    """
    return f"{count} {what}{'s' * (count != 1)}"
