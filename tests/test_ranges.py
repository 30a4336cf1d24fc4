"""What is reported has the range of a node of the concrete syntax tree, or stands for a definition, though it comes from another parser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from async_guard.api import check_sources
from async_guard.model.findings import Place
from literate import Case, read_cases

FIXTURES = Path(__file__).parent / "fixtures"
CASES = [
    case
    for topic in ("semantics", "resolution", "rules")
    for path in sorted((FIXTURES / topic).glob("*.md"))
    for case in read_cases(path)
]


Range = tuple[int, int, int, int]


def ranges(text: str) -> tuple[set[Range], set[tuple[int, int]]]:
    """Where the nodes of a file stand (line, column, end line, end column, as places count them), and where definitions begin."""
    positions = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True).resolve(PositionProvider)
    return (
        {(p.start.line, p.start.column + 1, p.end.line, p.end.column + 1) for p in positions.values()},
        {(p.start.line, p.start.column + 1) for node, p in positions.items() if isinstance(node, cst.FunctionDef)},
    )


def places(case: Case) -> Iterator[Place]:
    """Every place that the findings for blocking calls of a case show."""
    for finding in check_sources(case.files).findings:
        if finding.code.startswith("AG1"):
            yield from {step.place for step in finding.chain}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.origin}::{case.heading}")
def test_every_place_is_a_node_or_a_definition(case: Case) -> None:
    """Of the findings for blocking calls, with all steps of their chains."""
    seen: dict[str, tuple[set[Range], set[tuple[int, int]]]] = {}
    for place in places(case):
        if place.path not in seen:
            try:
                seen[place.path] = ranges(case.files[place.path])
            except cst.ParserSyntaxError:  # newer than this libcst
                continue
        nodes, definitions = seen[place.path]
        whole = (place.line, place.column, place.end_line, place.end_column)
        assert whole in nodes or (whole[:2] in definitions and place.line == place.end_line), place
