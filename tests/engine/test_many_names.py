"""A function that imports what a text names is read for every text that it is given, however many there are."""

from __future__ import annotations

import pytest

from async_guard import api

PARTS = range(140)
LOCATE = """
import functools
import importlib


@functools.lru_cache(maxsize=128)
def fetch(module, attribute):
    try:
        return getattr(importlib.import_module(f"extra.{module}"), attribute)
    except ModuleNotFoundError:
        return getattr(importlib.import_module(module), attribute)


def fetch_or_nothing(module, attribute, instead=None):
    if not is_extended():

        def nothing(*args, **kwargs):
            return instead

        return nothing
    try:
        return fetch(module, attribute)
    except Exception as error:
        print("failed to fetch", module, attribute, error)
        raise


def is_extended():
    return bool(input)
"""
HANDLER = """
@app.get("/{number}")
async def handler_{number}():
    {fetch}("parts.part_{number}", "run")()
"""


@pytest.mark.parametrize("fetch", ["fetch", "fetch_or_nothing"])
def test_every_name_is_told_from_the_others(fetch: str) -> None:
    """Handlers call what lies under names that differ; none is lost, none gets another's."""
    start = f"from fastapi import FastAPI\nfrom locate import {fetch}\n\napp = FastAPI()\n"
    files: dict[str, str | bytes] = {
        f"extra/parts/part_{number}.py": "import time\n\n\ndef run():\n    time.sleep(1)\n" for number in PARTS
    }
    files["locate.py"] = LOCATE
    files["app.py"] = start + "".join(HANDLER.format(number=number, fetch=fetch) for number in PARTS)
    report = api.check_sources(files)
    found = {(f.function, f.root_cause.place.path) for f in report.findings if f.code == "AG101"}
    wanted = {(f"app.handler_{number}", f"extra/parts/part_{number}.py") for number in PARTS}
    assert sorted(wanted - found) == []
    assert sorted(found - wanted) == []
