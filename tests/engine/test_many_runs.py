"""A brief function that runs what it is handed is read for each of its callers, however many handlers an application has."""

from __future__ import annotations

from async_guard.api import check_sources

RUNNER = """
import inspect

async def run(operation):
    result = operation() if callable(operation) else operation
    return await result if inspect.isawaitable(result) else result
"""

HANDLERS = """
import os
from fastapi import FastAPI
from app.runner import run

app = FastAPI()

def keep(number):
    with open(str(number), "w") as file:
        file.write("")

def quick(number):
    return os.path.join("a", str(number))

{handlers}
"""

HANDLER = """
@app.get("/{number}")
async def handler_{number}():
    return await run(lambda: {function}({number}))
"""


def test_the_last_of_many_handlers_counts() -> None:
    """A hundred and fifty handlers hand over lambdas, the last one only has one that blocks."""
    found = {}
    for last in ("keep", "quick"):
        handlers = [HANDLER.format(number=n, function="quick") for n in range(150)]
        handlers.append(HANDLER.format(number=150, function=last))
        sources = {
            "app/__init__.py": "",
            "app/runner.py": RUNNER,
            "app/main.py": HANDLERS.format(handlers="".join(handlers)),
        }
        found[last] = [(each.code, len(each.chain)) for each in check_sources(sources, select=["AG104"]).findings]
    assert found == {"keep": [("AG104", 3), ("AG104", 3)], "quick": []}
