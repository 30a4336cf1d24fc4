"""For people at a terminal: excerpts, carets, chains as trees, a summary."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from async_guard.model.findings import Confidence, Finding, Report, Severity
from async_guard.report.cuts import best_cut, plan
from async_guard.report.shown import ShowOptions, counts, how_many, plain, stages

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan", Severity.NEGLIGIBLE: "dim"}
_ENTRIES_SHOWN = 3
_CUTS_SHOWN = 5
_FOLD_FROM = 3
"""Findings of one root cause in one file beyond this are folded in the view by file."""


def render(report: Report, options: ShowOptions) -> str:
    """The report as text, with colours when wanted."""
    from rich.console import Console

    stream = io.StringIO()
    console = Console(
        file=stream,
        force_terminal=options.color,
        no_color=not options.color,
        width=options.width or 120,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    show(report, options, console)
    return stream.getvalue()


def show(report: Report, options: ShowOptions, console: Any) -> None:
    """Write the report to a rich console."""
    if options.group == "root-cause":
        _by_root_cause(report, options, console)
    elif options.group == "route":
        _by_route(report, options, console)
    else:
        _by_file(report.findings, options, console)
    for file in report.unreadable:
        _line(
            console,
            [("unreadable ", "bold red"), (f"{plain(file.path)}:{file.line}", "bold"), (f" {plain(file.message)}", "")],
        )
    _summary(report, options, console)


def _line(console: Any, parts: Iterable[tuple[str, str]]) -> None:
    from rich.text import Text

    console.print(Text.assemble(*parts), soft_wrap=True)


def _by_file(findings: Sequence[Finding], options: ShowOptions, console: Any) -> None:
    shown: Counter[tuple[str, str, str]] = Counter()
    folded: Counter[tuple[str, str, str]] = Counter()
    for f in findings:
        key = (f.place.path, f.code, f"{f.root_cause.place.path}:{f.root_cause.place.line}")
        shown[key] += 1
        if shown[key] > _FOLD_FROM:
            folded[key] += 1
            continue
        _finding(f, options, console)
    for (path, code, root), count in sorted(folded.items()):
        _line(console, [(f"… {count} more {code} in {plain(path)} with the root cause {plain(root)}", "dim")])


def _finding(f: Finding, options: ShowOptions, console: Any) -> None:
    doubt = " (probable)" if f.confidence is Confidence.PROBABLE else ""
    _line(console, [
        (f"{f.severity.value}", _STYLES[f.severity]), (f"[{f.code}] ", "bold"), (plain(f.message), "bold"), (doubt, "dim"),
    ])  # fmt: skip
    _line(
        console,
        [
            ("  --> ", "blue"),
            (f"{plain(f.place.path)}:{f.place.line}:{f.place.column}", ""),
            (f" in {plain(f.function)}" if f.function else "", "dim"),
        ],
    )
    _excerpt(f, options, console)
    if len(f.chain) > 1:
        _chain(f, console)
    if f.entry_points:
        names = [f"{e.label}" for e in f.entry_points[:_ENTRIES_SHOWN]]
        more = len(f.entry_points) - len(names)
        _line(
            console,
            [
                ("  reached by: ", "blue"),
                (plain(", ".join(names)), ""),
                (f" and {more} more" if more > 0 else "", "dim"),
            ],
        )
    for note in f.notes:
        _line(console, [("  note: ", "blue"), (plain(note), "")])
    if f.help:
        _line(console, [("  help: ", "green"), (plain(f.help), "")])
    console.print()


def _excerpt(f: Finding, options: ShowOptions, console: Any) -> None:
    lines = options.source(f.place.path).splitlines()
    if not 0 < f.place.line <= len(lines):
        return
    line = lines[f.place.line - 1].expandtabs(1)
    gutter = str(f.place.line)
    end = f.place.end_column if f.place.end_line == f.place.line else len(line) + 1
    width = max(1, end - f.place.column)
    _line(console, [(f" {gutter} | ", "blue"), (plain(line), "")])
    _line(
        console,
        [(" " * (len(gutter) + 1) + " | ", "blue"), (" " * (f.place.column - 1) + "^" * width, _STYLES[f.severity])],
    )


def _chain(f: Finding, console: Any) -> None:
    from rich.text import Text
    from rich.tree import Tree

    tree = Tree(Text("chain", style="blue"), guide_style="blue")
    branch: Any = tree
    for step in f.chain:
        text = Text.assemble(
            (f"{plain(step.place.path)}:{step.place.line} ", "dim"),
            (plain(step.function.rpartition(".")[2]), ""),
            (" → ", "blue"),
            (plain(step.call), "bold"),
        )
        branch = branch.add(text)
    console.print(tree, soft_wrap=True)


def _by_root_cause(report: Report, options: ShowOptions, console: Any) -> None:
    groups: dict[tuple[str, int, str], list[Finding]] = {}
    for f in report.findings:
        root = f.root_cause
        groups.setdefault((root.place.path, root.place.line, root.call), []).append(f)

    def stalled(findings: list[Finding]) -> int:
        return len({e for f in findings for e in f.entry_points})

    def reach(findings: list[Finding], entries: int) -> str:
        if not entries:
            return "not reached by a known entry point"
        verb = "stalls" if any(f.code.startswith("AG1") for f in findings) else "reached by"
        return f"{verb} {how_many(entries, 'entry point')}"

    rows = []
    for cause, findings in groups.items():
        worst = max(findings, key=lambda f: f.severity.rank)
        entries = stalled(findings)
        rows.append(((-entries, -worst.severity.rank, -len(findings), cause), findings, worst, entries))

    for (*_, (path, line, call)), findings, worst, entries in sorted(rows, key=lambda row: row[0]):
        _line(console, [
            (worst.severity.value, _STYLES[worst.severity]), (f"[{worst.code}] ", "bold"), (plain(call), "bold"),
            (f" at {plain(path)}:{line}", ""),
            (f"  {how_many(len(findings), 'finding')}, {reach(findings, entries)}", "dim"),
        ])  # fmt: skip
        cut = best_cut(findings)
        if cut is not None:
            _line(
                console,
                [("  best cut: ", "green"), (f"{plain(cut.advice())}: {cut.ends} of {len(findings)} vanish", "")],
            )
        for f in findings[:5]:
            _line(console, [("    ", ""), (f"{plain(f.place.path)}:{f.place.line} {plain(f.function)}", "")])
        if len(findings) > 5:
            _line(console, [(f"    and {len(findings) - 5} more", "dim")])
        if worst.help:
            _line(console, [("  help: ", "green"), (plain(worst.help), "")])
        console.print()
    if len(groups) > 1:
        _plan(report.findings, console)


def _plan(findings: Sequence[Finding], console: Any) -> None:
    """The cuts that take most findings with them, over all root causes: where a team begins."""
    cuts = [cut for cut in plan(findings, _CUTS_SHOWN) if cut.ends > 1]
    if not cuts:
        return
    ended = sum(cut.ends for cut in cuts)
    _line(console, [("where to begin", "bold green"), (f"  {ended} of {len(findings)} findings vanish", "dim")])
    for cut in cuts:
        many = f"{how_many(cut.ends, 'finding')}, {how_many(cut.causes, 'root cause')}"
        _line(console, [("    ", ""), (plain(cut.advice()), ""), (f"  {many}", "dim")])
    console.print()


def _by_route(report: Report, options: ShowOptions, console: Any) -> None:
    groups: dict[tuple[str, str, str, int], list[Finding]] = {}
    for f in report.findings:
        for e in f.entry_points:
            groups.setdefault((e.kind, e.label, e.path, e.line), []).append(f)
    loose = [f for f in report.findings if not f.entry_points]
    for (kind, label, path, line), findings in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0])):
        _line(console, [(plain(label), "bold"), (f"  {kind} at {plain(path)}:{line}", "dim")])
        for f in findings:
            _line(
                console,
                [
                    ("  ", ""),
                    (f.severity.value, _STYLES[f.severity]),
                    (f"[{f.code}] {plain(f.message)}", ""),
                    (f"  {plain(f.place.path)}:{f.place.line}", "dim"),
                ],
            )
        console.print()
    if loose:
        _line(console, [("not reached by a known entry point", "bold")])
        _by_file(loose, options, console)


def _summary(report: Report, options: ShowOptions, console: Any) -> None:
    found = Counter(f.severity.value for f in report.findings)
    if not report.findings and not report.unreadable:
        _line(console, [("no findings", "bold green"), (f" in {how_many(report.statistics.files, 'file')}", "")])
    else:
        told = ", ".join(f"{found[s]} {s}" for s in ("error", "warning", "info", "negligible") if found[s])
        unread = f", {len(report.unreadable)} unreadable" if report.unreadable else ""
        _line(
            console,
            [
                (how_many(len(report.findings), "finding"), "bold"),
                (f" ({told}) in {how_many(report.statistics.files, 'file')}{unread}" if told else unread, ""),
            ],
        )
    if report.suppressed:
        _line(console, [(f"{report.suppressed} suppressed", "dim")])
    if options.statistics:
        _statistics(report, console)
    for u in report.unresolved:
        _line(
            console,
            [(f"unresolved {plain(u.place.path)}:{u.place.line} ", "dim"), (f"{plain(u.call)}: {plain(u.reason)}", "")],
        )


def _statistics(report: Report, console: Any) -> None:
    stats = report.statistics
    for name, value in counts(stats):
        _line(console, [(f"  {name:44} ", "dim"), (str(value), "")])
    for line in stages(stats.stages):
        _line(console, [(f"  {line}", "")])


def routes(rows: Sequence[Any], *, color: bool, width: int | None) -> str:
    """Entry points as a table."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    stream = io.StringIO()
    console = Console(
        file=stream, force_terminal=color, no_color=not color, width=width or 140, highlight=False, emoji=False
    )
    table = Table(box=None, pad_edge=False)
    for name in ("kind", "entry point", "runs on", "errors", "warnings", "function", "place"):
        table.add_column(name, justify="right" if name in ("errors", "warnings") else "left", overflow="fold")
    for row in rows:
        e = row.entry
        errors, warnings = row.blocking.get("error", 0), row.blocking.get("warning", 0)
        table.add_row(
            e.kind,
            Text(plain(e.label)),
            e.runs_on,
            Text(str(errors), style="bold red" if errors else "dim"),
            Text(str(warnings), style="yellow" if warnings else "dim"),
            Text(plain(e.function)),
            Text(f"{plain(e.path)}:{e.line}"),
        )
    console.print(table)
    console.print(f"{len(rows)} entry points")
    return stream.getvalue()
