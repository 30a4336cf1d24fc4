"""What tests hand over takes no readings from what the application hands over."""

from __future__ import annotations

from async_guard.engine.check import shipped_catalogue
from async_guard.engine.discover import SourceFile, module_names
from async_guard.engine.extraction import extract_one
from async_guard.engine.pipeline import linked_project
from async_guard.extract.codec import decode

SERVICE = """
def refresh(store, low=40):
    rows = []
{lines}
    for row in store.rows:
        rows.append(row.load(low))
    return rows
"""

MAIN = """
from fastapi import FastAPI
from app.service import refresh

app = FastAPI()

class Store:
    def __init__(self):
        self.rows = []

@app.get("/")
async def show():
    return refresh(Store())
"""

TEST = """
from app.service import refresh

{doubles}
"""

DOUBLE = """
class Double{number}:
    rows = []

def test_{number}():
    def low():
        return {number}

    assert refresh(Double{number}(), low())
"""


def test_a_long_function_is_read_for_the_application_beside_its_tests() -> None:
    """Four tests with doubles of their own take none of the readings that such a function has for different callers."""
    sources = {
        "app/__init__.py": "",
        "app/main.py": MAIN,
        "app/service.py": SERVICE.format(lines="    rows.append(low)\n" * 100),
        "tests/test_service.py": TEST.format(doubles="".join(DOUBLE.format(number=n) for n in range(4))),
    }
    facts = {}
    for path, text in sources.items():
        encoded, _ = extract_one(path, text.encode())
        assert encoded is not None
        facts[path] = decode(encoded)
    names = module_names([SourceFile(path, path, 0, 0) for path in sorted(sources)], ())
    linked = linked_project(facts, names, shipped_catalogue())
    refresh = linked.program.modules["app.service"].functions[0]
    handed = [value.a.name for frame in refresh.contexts.values() for value in frame.passed().get("store", ())]
    assert handed == ["Store", "Double0", "Double1", "Double2", "Double3"]
    # What counts against the limit of an application's readings: the handler's, and the one that stands for unknown callers.
    assert refresh.counts[None] == len(refresh.contexts) - 4
