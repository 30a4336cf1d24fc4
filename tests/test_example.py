"""The bundled example: what its EXPECTED.md promises is what the tool finds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from async_guard.api import check_paths
from async_guard.config.load import load_settings
from async_guard.model.findings import Finding, Report

EXAMPLE = Path(__file__).parent.parent / "examples" / "orders_service"

_ROW = re.compile(
    r"^\| (?P<place>\S+:\d+) \| (?P<code>AG\d{3}) \| (?P<severity>\w+) \| (?P<function>\w+) \| (?P<chain>.+) \|$"
)
_STEP = re.compile(r"^`(?P<call>\w+)` (?P<place>\S+:\d+)$")
_FINE = re.compile(r"^\| (?P<path>\S+):(?P<line>\d+) `(?P<name>\w+)` \| .+ \|$")


@dataclass(frozen=True, order=True)
class Promise:
    """One row of the table."""

    place: str
    code: str
    severity: str
    function: str
    chain: tuple[tuple[str, str], ...]


def promised() -> list[Promise]:
    """The rows of EXPECTED.md."""
    rows = []
    for line in (EXAMPLE / "EXPECTED.md").read_text(encoding="utf-8").splitlines():
        if row := _ROW.match(line):
            steps = [_STEP.match(step) for step in row["chain"].split(" → ")]
            chain = tuple((step["call"], step["place"]) for step in steps if step)
            assert len(chain) == len(steps), f"cannot read the chain of {line}"
            rows.append(Promise(row["place"], row["code"], row["severity"], row["function"], chain))
    return sorted(rows)


def found(finding: Finding) -> Promise:
    """A finding as a row. Calls are compared by their last name, because how a chain spells receivers is the formats' business."""
    chain = tuple((step.call.rpartition(".")[2], f"{step.place.path}:{step.place.line}") for step in finding.chain)
    place = f"{finding.place.path}:{finding.place.line}"
    return Promise(place, finding.code, finding.severity.value, finding.function.rpartition(".")[2], chain)


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Report:
    """The outcome of a run inside the example's folder."""
    monkeypatch.chdir(EXAMPLE)
    return check_paths(["."], load_settings(EXAMPLE), cache_dir=tmp_path)


def test_the_example_is_found_as_its_table_says(report: Report) -> None:
    """Place, code, severity, function and every step of every chain."""
    assert promised()
    assert sorted(map(found, report.findings)) == promised()


def test_the_example_is_readable_and_certain(report: Report) -> None:
    """Nothing in it is guessed or skipped."""
    assert report.unreadable == ()
    assert {finding.confidence.value for finding in report.findings} == {"certain"}


def test_what_the_table_calls_fine_is_there() -> None:
    """The second table names real lines, so that it cannot go stale."""
    rows = [
        row for line in (EXAMPLE / "EXPECTED.md").read_text(encoding="utf-8").splitlines() if (row := _FINE.match(line))
    ]
    assert rows
    for row in rows:
        text = (EXAMPLE / row["path"]).read_text(encoding="utf-8").splitlines()[int(row["line"]) - 1]
        assert row["name"] in text


def test_prices_are_valid() -> None:
    """The example's data file is what the service loads at its start."""
    assert all(isinstance(price, int) for price in json.loads((EXAMPLE / "prices.json").read_text()).values())
