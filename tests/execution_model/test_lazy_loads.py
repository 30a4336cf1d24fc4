"""Records that a response is made of, with a real SQLAlchemy: in which thread their other records are loaded, and what async-guard says."""

from __future__ import annotations

from pathlib import Path

import pytest

from async_guard.api import check_sources
from execution_model.environments import COMPANIONS, observed, shared
from execution_model.test_placement import write_applications

LOADED_AT_ONCE = {"loaded_at_once", "loaded_by_option"}
"""These come with their record: the dependency that asks for it runs in a worker thread."""

pytestmark = pytest.mark.proof


def test_lazy_loads_run_where_async_guard_says(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A handler leads to a finding if what it returns is loaded on the loop, and only then."""
    python = shared(tmp_path_factory, "fastapi", *COMPANIONS, "sqlalchemy")
    sources = write_applications(tmp_path, ("records",))
    seen = {name.removeprefix("loaded_for_"): where for name, where in observed(python, tmp_path, ["records"]).items()}
    assert seen == {
        "async_handler": "loop",
        "async_handler_with_annotation": "loop",
        "def_handler": "worker",
        **dict.fromkeys(LOADED_AT_ONCE, "worker"),
    }
    report = check_sources(sources, select=["AG103"])
    assert {f.function for f in report.findings} == {f"records.{n}" for n, where in seen.items() if where == "loop"}
