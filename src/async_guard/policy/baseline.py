"""Known findings kept in a file, so that only new ones are shown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from async_guard.model.findings import Finding


class BaselineError(ValueError):
    """The file holds no baseline; the message names it."""


def document(findings: Iterable[Finding]) -> str:
    """Findings as a baseline file: fingerprints with counts, sorted."""
    counts = Counter(f.fingerprint for f in findings)
    return json.dumps({"schema_version": 1, "findings": dict(sorted(counts.items()))}, indent=1) + "\n"


def read(path: Path) -> Counter[str]:
    """Counts by fingerprint. Raises `BaselineError` for anything that is no baseline."""
    try:
        loaded = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BaselineError(f"{path}: cannot be read: {error.strerror}; write it with `async-guard baseline`") from None
    except ValueError:
        raise BaselineError(f"{path}: no baseline file; write it with `async-guard baseline`") from None
    found = loaded.get("findings") if isinstance(loaded, dict) else None
    if (
        not isinstance(found, dict)
        or loaded.get("schema_version") != 1
        or not all(isinstance(n, int) for n in found.values())
    ):
        raise BaselineError(f"{path}: no baseline file of version 1; write it with `async-guard baseline`")
    return Counter(found)


def only_new(findings: Iterable[Finding], known: Counter[str]) -> tuple[tuple[Finding, ...], int]:
    """Findings beyond the known counts, and how many known ones are gone."""
    left = Counter(known)
    new = []
    for finding in findings:
        if left[finding.fingerprint] > 0:
            left[finding.fingerprint] -= 1
        else:
            new.append(finding)
    return tuple(new), sum(left.values())
