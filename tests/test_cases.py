"""The specification by example: every case file is a set of small projects whose findings are known line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from async_guard.api import check_sources
from async_guard.rules.registry import RULES
from literate import Case, CaseFileError, Mark, actual_marks, difference, read_cases, selection

FIXTURES = Path(__file__).parent / "fixtures"
CODES = {rule.meta.name.replace("-", "_"): code for code, rule in RULES.items()}
RULE_CASES = [case for path in sorted((FIXTURES / "rules").glob("*.md")) for case in read_cases(path)]
TOPIC_CASES = [
    case
    for topic in ("semantics", "resolution")
    for path in sorted((FIXTURES / topic).glob("*.md"))
    for case in read_cases(path)
]


def _check(case: Case, select: tuple[str, ...] | None) -> None:
    report = check_sources(case.files, select=select)
    assert not report.defects, f"{case.origin}: {case.heading}: {report.defects}"
    if problem := difference(case.expected, actual_marks(report)):
        pytest.fail(f"{case.origin}: {case.heading}{problem}", pytrace=False)


@pytest.mark.parametrize("case", RULE_CASES, ids=lambda case: f"{case.origin}::{case.heading}")
def test_rule_reports_exactly_what_its_cases_say(case: Case) -> None:
    """A rule run alone finds every marked line of its cases and nothing else."""
    _check(case, selection(CODES[case.origin]))


@pytest.mark.parametrize("case", TOPIC_CASES, ids=lambda case: f"{case.origin}::{case.heading}")
def test_default_rules_report_exactly_what_the_cases_say(case: Case) -> None:
    """All rules that are on by default together find every marked line and nothing else."""
    _check(case, None)


def test_a_missing_and_an_unexpected_finding_both_fail_a_case() -> None:
    """The comparison is two-sided, and the words must match."""
    want = Mark("a.py", 1, "AG101", "error", False, "time.sleep")
    have = Mark("a.py", 1, "AG101", "error", False, "time.sleep | waits")
    assert difference([want], [have]) == ""
    assert "missing" in difference([want], [])
    assert "unexpected" in difference([], [have])
    assert "missing" in difference([want], [Mark("a.py", 2, "AG101", "error", False, "time.sleep")])
    assert "missing" in difference([want], [Mark("a.py", 1, "AG101", "warning", False, "time.sleep")])
    assert "missing" in difference([want], [Mark("a.py", 1, "AG101", "error", True, "time.sleep")])
    assert "missing" in difference([want], [Mark("a.py", 1, "AG101", "error", False, "requests.get")])
    assert "missing" in difference([want, want], [have])
    anything = Mark("a.py", 1, "AG101", "error", False, "")
    other = Mark("a.py", 1, "AG101", "error", False, "socket.recv | waits")
    assert difference([anything, want], [have, other]) == ""


def test_case_files_with_a_mistake_are_refused(tmp_path: Path) -> None:
    """A mistyped expectation must not turn a case into one that expects silence."""
    path = tmp_path / "x.md"
    for text in ("## A\n", "```python\n```\n", '## A\n```python\nf()  # error: AG1 "x"\n```\n', "## A\n```python\n"):
        path.write_text(text)
        with pytest.raises(CaseFileError):
            read_cases(path)
