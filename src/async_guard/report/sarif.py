"""SARIF 2.1.0, with the chain as a code flow."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from async_guard.model.findings import Finding, Place, Report, Severity, Step
from async_guard.report.shown import ShowOptions

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note", Severity.NEGLIGIBLE: "note"}


def render(report: Report, options: ShowOptions) -> str:
    """The report as one SARIF log."""
    codes = sorted(options.rules) or sorted({f.code for f in report.findings})
    rules = [_rule(code, options) for code in codes]
    index = {code: number for number, code in enumerate(codes)}
    run = {
        "tool": {"driver": {"name": "async-guard", "version": options.version, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(f, index) for f in report.findings],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=True, indent=1) + "\n"


def _rule(code: str, options: ShowOptions) -> dict[str, Any]:
    meta = options.rules.get(code)
    out: dict[str, Any] = {"id": code}
    if meta is not None:
        out["name"] = "".join(word.capitalize() for word in meta.name.split("-"))
        out["defaultConfiguration"] = {"level": _LEVELS[meta.severity], "enabled": meta.on_by_default}
    doc = options.docs.get(code, "")
    if doc:
        out["shortDescription"] = {"text": doc.partition("\n")[0]}
        out["help"] = {"text": doc, "markdown": doc}
    return out


def _result(f: Finding, index: dict[str, int]) -> dict[str, Any]:
    text = f.message + (f"; {f.help}" if f.help else "")
    out: dict[str, Any] = {
        "ruleId": f.code, "level": _LEVELS[f.severity], "message": {"text": text}, "locations": [{"physicalLocation": _physical(f.place)}],
        "partialFingerprints": {"asyncGuard/v1": f.fingerprint}, "properties": {"confidence": f.confidence.value, "severity": f.severity.value},
    }  # fmt: skip
    if f.code in index:
        out["ruleIndex"] = index[f.code]
    if len(f.chain) > 1:
        flow = [{"location": _location(step), "nestingLevel": depth} for depth, step in enumerate(f.chain)]
        out["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    return out


def _location(step: Step) -> dict[str, Any]:
    return {"physicalLocation": _physical(step.place), "message": {"text": f"{step.function} calls {step.call}"}}


def _physical(place: Place) -> dict[str, Any]:
    return {
        "artifactLocation": {"uri": quote(place.path.encode("utf-8", "surrogateescape"))},
        "region": {
            "startLine": max(1, place.line), "startColumn": max(1, place.column),
            "endLine": max(1, place.end_line), "endColumn": max(1, place.end_column),
        },
    }  # fmt: skip
