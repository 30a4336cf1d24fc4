"""A report as text: one function per format, each seeing only the model."""

from __future__ import annotations

from collections.abc import Callable

from async_guard.model.findings import Report
from async_guard.report import json_v1, lines, sarif, terminal
from async_guard.report.shown import ShowOptions

FORMATS: dict[str, Callable[[Report, ShowOptions], str]] = {
    "rich": terminal.render,
    "concise": lines.concise,
    "json": json_v1.render,
    "sarif": sarif.render,
    "github": lines.github,
    "gitlab": lines.gitlab,
    "junit": lines.junit,
}
