"""The view by root cause: what stalls most comes first, and the functions to begin with are named."""

from __future__ import annotations

import pytest

from async_guard.api import check_sources
from async_guard.report.cuts import Cut, best_cut, plan
from async_guard.report.shown import ShowOptions
from async_guard.report.terminal import render

FILES = {
    "store.py": b"""
import time
import requests


def load(key):
    return requests.get(key)


def settle():
    time.sleep(1)


class Cursor:
    def __len__(self):
        settle()
        return 1
""",
    "service.py": b"""
from store import Cursor, load, settle


def profile(key):
    settle()
    return load(key)


def size():
    return len(Cursor())
""",
    "main.py": b"""
import time
from fastapi import FastAPI
from service import profile, size
from store import load

app = FastAPI()


@app.get("/a")
async def a():
    return profile("a")


@app.get("/b")
async def b():
    return profile("b"), size()


@app.get("/c")
async def c():
    time.sleep(2)
    return load("c")
""",
}


def test_one_cut_after_the_other() -> None:
    """The first ends most; the second the most of what is left; a call in on-loop code itself is nobody's."""
    findings = [f for f in check_sources(FILES).findings if f.code in ("AG101", "AG102")]
    assert len(findings) == 7
    assert plan(findings, 5) == [
        Cut("service.profile", 4, 2),
        Cut("service.size", 1, 1),
        Cut("store.load", 1, 1),
    ]
    assert plan(findings, 1) == [Cut("service.profile", 4, 2)]
    assert best_cut([f for f in findings if f.root_cause.call == "requests.get"]) == Cut("store.load", 3, 1)
    assert best_cut([f for f in findings if len(f.chain) == 1]) is None
    assert plan([], 5) == []


def test_of_equals_the_one_nearest_to_the_loop() -> None:
    """Every chain through `settle` from `size` runs through all of them: one hop at the outermost is enough."""
    findings = [f for f in check_sources(FILES).findings if f.code == "AG101" and "size" in f.message]
    assert [len(f.chain) for f in findings] == [4]
    assert best_cut(findings) == Cut("service.size", 1, 1)


@pytest.mark.parametrize(
    ("function", "advice"),
    [
        ("app.repo.Repo.load", "make app.repo.Repo.load async, or offload it"),
        ("app.repo.Repo.__init__", "offload what calls app.repo.Repo.__init__"),
    ],
)
def test_what_python_calls_itself_cannot_be_awaited(function: str, advice: str) -> None:
    """Nobody awaits a constructor."""
    assert Cut(function, 2, 1).advice() == advice


def test_the_view() -> None:
    """What stalls three routes stands before what stalls two, and the plan before the summary; the advice to write `def` counts as well."""
    shown = render(check_sources(FILES), ShowOptions(group="root-cause"))
    lines = shown.splitlines()
    heads = [line for line in lines if line.startswith("error[")]
    assert [line.partition("  ")[2] for line in heads] == [
        "3 findings, stalls 3 entry points",
        "5 findings, stalls 2 entry points",
        "2 findings, stalls 1 entry point",
    ], shown
    begin = lines.index("where to begin  6 of 10 findings vanish")
    assert lines[begin + 1].split("  ") == [
        "", "", "make service.profile async, or offload it", "6 findings, 2 root causes",
    ]  # fmt: skip
    assert lines[begin + 2] == ""
