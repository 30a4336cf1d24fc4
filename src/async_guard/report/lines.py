"""One line per finding: for people, editors, and the annotation formats of CI systems."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape, quoteattr

from async_guard.model.findings import Finding, Report, Severity
from async_guard.report.shown import ShowOptions, plain


def concise(report: Report, options: ShowOptions) -> str:
    """``path:line:column: CODE message``."""
    lines = [
        f"{plain(f.place.path)}:{f.place.line}:{f.place.column}: {f.code} {plain(f.message)}" for f in report.findings
    ]
    return "".join(line + "\n" for line in lines)


_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice", Severity.NEGLIGIBLE: "notice"}


def github(report: Report, options: ShowOptions) -> str:
    """Workflow commands that annotate a pull request."""
    out = []
    for f in report.findings:
        title = _property(f"{f.code} {f.name}")
        where = f"file={_property(plain(f.place.path))},line={f.place.line},col={f.place.column},endLine={f.place.end_line},title={title}"
        out.append(f"::{_LEVELS[f.severity]} {where}::{_data(_told(f))}\n")
    return "".join(out)


def _told(f: Finding) -> str:
    lines = [f.message]
    if len(f.chain) > 1:
        lines += [f"{s.place.path}:{s.place.line} {s.function} -> {s.call}" for s in f.chain]
    if f.help:
        lines.append(f"help: {f.help}")
    return "\n".join(map(plain, lines))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


_GITLAB = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info", Severity.NEGLIGIBLE: "info"}


def gitlab(report: Report, options: ShowOptions) -> str:
    """A code quality report."""
    seen: dict[str, int] = {}
    out = []
    for f in report.findings:
        count = seen[f.fingerprint] = seen.get(f.fingerprint, 0) + 1
        out.append({
            "description": f"{f.code} {f.message}", "check_name": f.name, "fingerprint": f"{f.fingerprint}-{count}",
            "severity": _GITLAB[f.severity], "location": {"path": f.place.path, "lines": {"begin": f.place.line, "end": f.place.end_line}},
        })  # fmt: skip
    return json.dumps(out, indent=1) + "\n"


def junit(report: Report, options: ShowOptions) -> str:
    """A test report in which every finding is a failure."""
    cases = []
    for f in report.findings:
        name = quoteattr(f"{f.code} {plain(f.place.path)}:{f.place.line}:{f.place.column}")
        text = escape(_told(f))
        failure = f"<failure message={quoteattr(plain(f.message))}>{text}</failure>"
        cases.append(f"  <testcase name={name} classname={quoteattr(plain(f.place.path))}>{failure}</testcase>\n")
    count = len(report.findings)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<testsuites><testsuite name="async-guard" tests="{count}" failures="{count}">\n{"".join(cases)}</testsuite></testsuites>\n'
