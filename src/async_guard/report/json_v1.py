"""JSON, schema version 1: a contract with other programs, so every field is written out here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from async_guard.model.findings import EntryPoint, Finding, Fix, Report, Step
from async_guard.report.shown import ShowOptions

ENTRY_POINTS = 25
"""Entry points written per finding; ``entry_point_count`` says how many there are (a helper of a large service has thousands)."""


def render(report: Report, options: ShowOptions) -> str:
    """The report as one JSON object."""
    around = document(replace(report, findings=()), options)
    before, found, behind = json.dumps(around, ensure_ascii=True).partition(_NO_FINDINGS)
    assert found
    # Finding by finding: those of a large project as plain values take more room than all of the text.
    parts = [before, _NO_FINDINGS[:-1]]
    for number, f in enumerate(report.findings):
        parts += (", " if number else "", json.dumps(finding(f), ensure_ascii=True))
    return "".join([*parts, "]", behind, "\n"])


_NO_FINDINGS = '"findings": []'


def document(report: Report, options: ShowOptions) -> dict[str, Any]:
    """The report as plain values."""
    stats = report.statistics
    out: dict[str, Any] = {
        "schema_version": 1,
        "tool": {"name": "async-guard", "version": options.version},
        "root": report.root,
        "findings": [finding(f) for f in report.findings],
        "unreadable": [{"path": u.path, "line": u.line, "message": u.message} for u in report.unreadable],
        "statistics": {
            "files": stats.files, "functions": stats.functions, "call_sites": stats.call_sites,
            "resolved_call_sites": stats.resolved_call_sites, "entry_points": stats.entry_points, "findings": stats.findings,
            "seconds": stats.seconds, "unresolved": stats.unresolved, "suppressed": report.suppressed,
        },
    }  # fmt: skip
    if options.unresolved:
        out["unresolved"] = [
            {
                "path": u.place.path,
                "line": u.place.line,
                "column": u.place.column,
                "function": u.function,
                "call": u.call,
                "reason": u.reason,
            }
            for u in report.unresolved
        ]
    return out


def finding(f: Finding) -> dict[str, Any]:
    """One finding as plain values."""
    return {
        "code": f.code, "name": f.name, "severity": f.severity.value, "confidence": f.confidence.value, "message": f.message,
        "path": f.place.path, "line": f.place.line, "column": f.place.column, "end_line": f.place.end_line,
        "end_column": f.place.end_column, "function": f.function, "root_cause": _root(f.root_cause),
        "chain": [_step(s) for s in f.chain],
        "entry_points": [entry_point(e) for e in f.entry_points[:ENTRY_POINTS]], "entry_point_count": len(f.entry_points),
        "help": f.help, "notes": list(f.notes), "fix": _fix(f.fix), "fingerprint": f.fingerprint,
    }  # fmt: skip


def _step(step: Step) -> dict[str, Any]:
    return {
        "path": step.place.path,
        "line": step.place.line,
        "column": step.place.column,
        "function": step.function,
        "call": step.call,
    }


def _root(step: Step) -> dict[str, Any]:
    return {
        "call": step.call,
        "path": step.place.path,
        "line": step.place.line,
        "column": step.place.column,
        "function": step.function,
    }


def entry_point(e: EntryPoint) -> dict[str, Any]:
    """An entry point as findings name it."""
    return {"kind": e.kind, "label": e.label, "path": e.path, "line": e.line, "function": e.function}


def _fix(fix: Fix | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    edits = [
        {
            "path": e.place.path,
            "start_line": e.place.line,
            "start_column": e.place.column,
            "end_line": e.place.end_line,
            "end_column": e.place.end_column,
            "text": e.text,
        }
        for e in fix.edits
    ]
    return {"safety": fix.safety.value, "title": fix.title, "edits": edits}


def routes(rows: Sequence[Any]) -> str:
    """Entry points as one JSON object; each row has ``entry`` and ``blocking``."""
    points = [
        {"kind": r.entry.kind, "label": r.entry.label, "path": r.entry.path, "line": r.entry.line, "function": r.entry.function,
         "runs_on": r.entry.runs_on, "blocking": dict(r.blocking)}
        for r in rows
    ]  # fmt: skip
    return json.dumps({"schema_version": 1, "entry_points": points}, ensure_ascii=True, indent=1) + "\n"
