"""A scope that is first read deep inside others, where no further one can be opened, says as much as any once it is its turn."""

from __future__ import annotations

import pytest

from async_guard import api
from async_guard.link.evaluator import DEPTH_LIMIT

LEVELS = range(DEPTH_LIMIT + 3)
STORE = """
import time


class Item:
    pass


class Store:
    def create(self):
        time.sleep(1)
        return Item()
"""
LEVEL = """
def level_{number}(item):
    item.tone_{number}
    return level_{further}(item)
"""
HANDLER = """
def given_{number}():
    {gives} Store()


@app.post("/{number}")
async def handler_{number}(store=Depends(given_{number})):
    item = store.create()
    item.tone_{number} = 1
"""


@pytest.mark.parametrize("gives", ["return", "yield"])
def test_every_handler_is_understood(gives: str) -> None:
    """Each level asks for an attribute that one handler writes, so that this handler is read inside of as many others."""
    start = ["from fastapi import Depends, FastAPI", "from store import Item, Store", "", "app = FastAPI()", ""]
    start += ["@app.get('/')", "def start():", "    return level_0(Item())", ""]
    levels = [LEVEL.format(number=number, further=number + 1) for number in LEVELS]
    handlers = [HANDLER.format(number=number, gives=gives) for number in LEVELS]
    last = f"\ndef level_{len(LEVELS)}(item):\n    return item\n"
    app = "\n".join(start) + "".join(levels) + last + "".join(handlers)
    report = api.check_sources({"app.py": app, "store.py": STORE})
    found = {f.function for f in report.findings if f.code == "AG101"}
    assert [number for number in LEVELS if f"app.handler_{number}" not in found] == []
