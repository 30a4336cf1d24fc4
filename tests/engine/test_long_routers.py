"""A function that makes a router is long for the handlers it holds: each of its callers' arguments counts for them."""

from __future__ import annotations

import pytest

from async_guard.api import check_sources

ROUTER = """
import requests
from fastapi import APIRouter, FastAPI

def get_router(title, server=None):
    router = APIRouter()
{filler}
    @router.get("/visits")
    async def visits(project: str):
        if server:
            return server.registry.get(project)
        return []

    return router

def register(app: FastAPI, title, server=None):
    app.include_router(get_router(title, server))
"""

APPLICATIONS = """
import requests
from fastapi import FastAPI
from routers import register

class Registry:
    def get(self, project):
        return {get}

class Short:
    pass

class Full:
    pass

def interface():
    app = FastAPI()
    register(app, Short())
    return app

def preview():
    app = FastAPI()
    register(app, Full())
    return app

class Server:
    def __init__(self, registry: Registry):
        self.registry = registry
        self.app = FastAPI()
        register(self.app, Full(), self)
"""


@pytest.mark.parametrize("lines", [10, 100, 300])
@pytest.mark.parametrize(("get", "found"), [("requests.get(project)", ["AG102"]), ("project", [])])
def test_each_caller_of_a_long_router_counts(lines: int, get: str, found: list[str]) -> None:
    """Two callers leave the server out, the last one hands it over."""
    filler = "\n".join(f"    # route {number} is gone" for number in range(lines))
    sources = {"routers.py": ROUTER.format(filler=filler), "applications.py": APPLICATIONS.format(get=get)}
    assert [each.code for each in check_sources(sources, select=["AG102"]).findings] == found
