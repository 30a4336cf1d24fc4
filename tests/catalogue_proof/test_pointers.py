"""Every proof that the catalogue names is there: a record of a run against a real server, a measured cost, or a test."""

from __future__ import annotations

import ast
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from async_guard.catalogue.compile import data_files
from async_guard.catalogue.describe import proof_share, table_rows
from async_guard.catalogue.load import Catalogue
from async_guard.config.load import parse_toml

HERE = Path(__file__).parent
MINIMAL_SHARE = 0.85
HARMLESS = "no"
"""The verdict of a step that took less than 4 ms and asked no server."""


def verdicts_by_label() -> dict[str, set[str]]:
    """What the runs found, by label; some labels name the same call of several drivers."""
    found: dict[str, set[str]] = defaultdict(set)
    for record in json.loads((HERE / "verified.json").read_text(encoding="utf-8"))["records"]:
        found[record["label"]].add(record["verdict"])
    return found


def costs_by_label() -> dict[str, dict[str, float]]:
    """Microseconds of a call, by label."""
    costs: dict[str, dict[str, float]] = json.loads((HERE / "costs.json").read_text(encoding="utf-8"))["records"]
    return costs


def runnable_proofs() -> set[str]:
    """The tests of this folder by name, as ``test_standard_library.py::test_the_loop_stands_still``."""
    ids: set[str] = set()
    for path in HERE.glob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        ids |= {
            f"{path.name}::{node.name}"
            for node in ast.walk(tree)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_")
        }
    return ids


def recipes_that_ran() -> set[str]:
    """The recipes of which a run is kept."""
    wanted = {
        recipe["name"]
        for path in (HERE / "recipes").glob("*.toml")
        for recipe in parse_toml(path.read_bytes(), path.name)["recipe"]
    }
    return wanted & set(json.loads((HERE / "runs.json").read_text(encoding="utf-8")))


def stated_proofs(table: Any) -> Iterator[str]:
    """Every value of a key ``proof``, however deep."""
    if isinstance(table, dict):
        for key, value in table.items():
            if key == "proof" and isinstance(value, str):
                yield value
            else:
                yield from stated_proofs(value)
    elif isinstance(table, list):
        for value in table:
            yield from stated_proofs(value)


def missing(proofs: Iterable[str]) -> list[str]:
    """The proofs that point nowhere."""
    known = {
        "verified": set(verdicts_by_label()),
        "cost": set(costs_by_label()),
        "test": runnable_proofs(),
        "recipe": recipes_that_ran(),
    }
    parts = [(proof, *proof.removeprefix("through:").split(":", 1)) for proof in proofs]
    return [proof for proof, kind, label in parts if label not in known[kind]]


@pytest.mark.parametrize("path", data_files(), ids=lambda path: path.stem)
def test_every_proof_exists(path: Path) -> None:
    """A mistyped label would claim a proof that nobody can look up."""
    assert missing(stated_proofs(parse_toml(path.read_bytes(), path.name))) == []


def test_a_mistyped_label_is_noticed() -> None:
    """The check above can fail."""
    proofs = [{"proof": "verified:requests.got(url)"}, {"deep": [{"proof": "test:nothing.py::test_x"}]}]
    assert missing(stated_proofs(proofs)) == ["verified:requests.got(url)", "test:nothing.py::test_x"]
    assert missing(stated_proofs({"proof": "verified:requests.get(url)"})) == []


def test_no_error_rests_on_a_run_that_found_nothing() -> None:
    """An error needs a run that waited or took long. Files are warnings, although a warm cache answers in microseconds."""
    verdicts = verdicts_by_label()
    rows = [row for row in table_rows(Catalogue()) if row.severity == "error" and "verified:" in row.evidence]
    assert len(rows) > 400
    assert [row for row in rows if verdicts[row.evidence.partition("verified:")[2]] == {HARMLESS}] == []


def test_most_reported_entries_are_proven() -> None:
    """The share that ``async-guard catalogue`` prints does not fall unnoticed."""
    rows = table_rows(Catalogue())
    assert proof_share(rows) >= MINIMAL_SHARE
