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


THROTTLE = """
from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol


class Store(Protocol):
    def get(self, key: str) -> object: ...


class Memory:
    def get(self, key):
        return key


class Far:
    def get(self, key):
        time.sleep(1)


@dataclass(frozen=True)
class Near:
    name: str
    store: Store

    @classmethod
    def made(cls, name):
        return cls(name=name, store=Memory())

    def count(self, name):
        return self.store.get(name)


@dataclass(frozen=True)
class Away:
    name: str
    store: Store

    @classmethod
    def made(cls, name):
        return cls(name=name, store=Far())

    def count(self, name):
        return self.store.get(name)
"""
STEP = """
async def step_{number}(near: Near, away: Away):
    return await step_{further}(near, away)
"""
LAST = """
async def step_{number}(near: Near, away: Away):
    return near.count("a"), away.count("a")


@app.get("/a")
async def start(request):
    return await step_0(request.state.near, request.state.away)


@app.get("/b")
async def make(name):
    return Near.made(name).count("a"), Away.made(name).count("a")
"""


@pytest.mark.parametrize("depth", range(DEPTH_LIMIT - 6, DEPTH_LIMIT + 2))
def test_what_objects_are_made_with_is_known(depth: int) -> None:
    """A field that is a protocol is first asked for where what makes such objects cannot be opened any more."""
    start = ["from fastapi import FastAPI", "from throttle import Away, Near", "", "app = FastAPI()", ""]
    steps = [STEP.format(number=number, further=number + 1) for number in range(depth)]
    app = "\n".join(start) + "".join(steps) + LAST.format(number=depth)
    report = api.check_sources({"app.py": app, "throttle.py": THROTTLE})
    found = {(f.function, f.chain[1].function.split(".")[1]) for f in report.findings if f.code == "AG101"}
    assert found == {(f"app.step_{depth}", "Away"), ("app.make", "Away")}
