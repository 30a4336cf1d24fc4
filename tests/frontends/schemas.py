"""What other programs may rely on, as JSON Schemas: the report and the list of entry points of version 1, and what is used of SARIF 2.1.0."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def _object(properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    """An object that has these properties and no others."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


TEXT: Schema = {"type": "string", "pattern": r"^[^\u0000-\u001f\u007f]*$"}
ANY_TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "integer", "minimum": 1}
COUNTS: Schema = {"type": "object", "additionalProperties": COUNT}
CODE: Schema = {"type": "string", "pattern": r"^AG\d{3}$"}
_PLACE: Schema = {"path": ANY_TEXT, "line": NUMBER, "column": NUMBER}
STEP = _object({**_PLACE, "function": ANY_TEXT, "call": ANY_TEXT})
ENTRY_POINT = _object({"kind": TEXT, "label": ANY_TEXT, "path": ANY_TEXT, "line": NUMBER, "function": ANY_TEXT})
EDIT = _object({
    "path": ANY_TEXT, "start_line": NUMBER, "start_column": NUMBER, "end_line": NUMBER, "end_column": NUMBER, "text": ANY_TEXT,
})  # fmt: skip
FIX = _object({"safety": {"enum": ["safe", "unsafe"]}, "title": TEXT, "edits": _list(EDIT)})
FINDING = _object({
    "code": CODE,
    "name": {"type": "string", "pattern": r"^[a-z]+(-[a-z]+)*$"},
    "severity": {"enum": ["error", "warning", "info", "negligible"]},
    "confidence": {"enum": ["certain", "probable"]},
    "message": ANY_TEXT,
    **_PLACE,
    "end_line": NUMBER,
    "end_column": NUMBER,
    "function": ANY_TEXT,
    "root_cause": STEP,
    "chain": {**_list(STEP), "minItems": 1},
    "entry_points": _list(ENTRY_POINT),
    "entry_point_count": COUNT,
    "help": ANY_TEXT,
    "notes": _list(ANY_TEXT),
    "fix": {"anyOf": [{"type": "null"}, FIX]},
    "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
})  # fmt: skip
_SPAN: Schema = {"type": "number", "minimum": 0}
SECONDS = _object({"extract": _SPAN, "link": _SPAN, "judge": _SPAN})
REPORT = _object({
    "schema_version": {"const": 1},
    "tool": _object({"name": {"const": "async-guard"}, "version": TEXT}),
    "root": ANY_TEXT,
    "findings": _list(FINDING),
    "unreadable": _list(_object({"path": ANY_TEXT, "line": COUNT, "message": ANY_TEXT})),
    "statistics": _object({
        "files": COUNT, "functions": COUNT, "call_sites": COUNT, "resolved_call_sites": COUNT, "entry_points": COUNTS,
        "findings": COUNTS, "seconds": SECONDS, "unresolved": COUNTS, "suppressed": COUNT,
    }),
})  # fmt: skip
ROUTES = _object({
    "schema_version": {"const": 1},
    "entry_points": _list(_object({
        "kind": TEXT, "label": ANY_TEXT, "path": ANY_TEXT, "line": NUMBER, "function": ANY_TEXT,
        "runs_on": {"enum": ["loop", "worker"]}, "blocking": _object({"error": COUNT, "warning": COUNT}),
    })),
})  # fmt: skip

_URI: Schema = {"type": "string", "pattern": r"^[A-Za-z0-9._~!$&'()*+,;=:@/%-]*$"}
_MESSAGE = _object({"text": {**ANY_TEXT, "minLength": 1}})
_PHYSICAL = _object({
    "artifactLocation": _object({"uri": _URI}),
    "region": _object({"startLine": NUMBER, "startColumn": NUMBER, "endLine": NUMBER, "endColumn": NUMBER}),
})  # fmt: skip
_LEVEL: Schema = {"enum": ["none", "note", "warning", "error"]}
_FLOW_STEP = _object({"location": _object({"physicalLocation": _PHYSICAL, "message": _MESSAGE}), "nestingLevel": COUNT})
_RULE = _object({
    "id": CODE, "name": TEXT, "defaultConfiguration": _object({"level": _LEVEL, "enabled": {"type": "boolean"}}),
    "shortDescription": _MESSAGE, "help": _object({"text": ANY_TEXT, "markdown": ANY_TEXT}),
})  # fmt: skip
SARIF = _object({
    "$schema": {"type": "string", "format": "uri"},
    "version": {"const": "2.1.0"},
    "runs": {"type": "array", "minItems": 1, "items": _object({
        "tool": _object({"driver": _object({"name": TEXT, "version": TEXT, "rules": {**_list(_RULE), "uniqueItems": True}})}),
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "results": _list(_object({
            "ruleId": CODE, "ruleIndex": COUNT, "level": _LEVEL, "message": _MESSAGE,
            "locations": {**_list(_object({"physicalLocation": _PHYSICAL})), "minItems": 1},
            "partialFingerprints": {"type": "object", "additionalProperties": ANY_TEXT},
            "properties": {"type": "object"},
            "codeFlows": _list(_object({"threadFlows": {**_list(_object({"locations": {**_list(_FLOW_STEP), "minItems": 1}})), "minItems": 1}})),
        }, optional=("codeFlows",))),
    })},
})  # fmt: skip
