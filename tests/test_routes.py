"""`async-guard routes` over small projects: every entry point with its kind, place and label, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from async_guard.api import routes
from async_guard.config.settings import Settings
from literate import Case, read_cases

CASES = [case for path in sorted((Path(__file__).parent / "fixtures/routes").glob("*.md")) for case in read_cases(path)]
_ROW = re.compile(r"(?P<kind>\w+) (?P<runs_on>loop|worker) (?P<label>[^;]+)")


def _expected(case: Case) -> set[tuple[str, int, str, str, str]]:
    return {
        (path, number, found["kind"], found["runs_on"], found["label"].strip())
        for path, text in case.files.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if line.lstrip().startswith(("def ", "async def ", "class ")) and "  # " in line
        for found in _ROW.finditer(line.partition("  # ")[2])
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.origin}::{case.heading}")
def test_rows_are_exactly_those_that_the_cases_say(case: Case, tmp_path: Path) -> None:
    """File, line, kind, place and label of every row."""
    for path, text in case.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    wanted = _expected(case)
    assert wanted
    rows = routes([str(tmp_path)], Settings(), jobs=1, cache_dir=False)
    found = {
        (
            Path(row.entry.path).relative_to(tmp_path).as_posix(),
            row.entry.line,
            row.entry.kind,
            row.entry.runs_on,
            row.entry.label,
        )
        for row in rows
    }
    assert found == wanted
