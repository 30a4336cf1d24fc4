"""Recipes, run here and now: calls that the catalogue says block keep the event loop waiting.

Those of the standard library and of four libraries, in a scratch environment; ``scripts/prove_catalogue.py`` runs those of all.
"""

from __future__ import annotations

import importlib.util
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.proof

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "prove_catalogue.py"
SINCE_REMOVED = (
    "asyncore.",
    "cgi.",
    "crypt.",
    "distutils.",
    "imp.",
    "nntplib.",
    "telnetlib.",
    "ssl.wrap_socket",
    "importlib.resources.",
)
"""Of the standard library, gone or changed in newer versions: not asked of those."""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that runs recipes."""
    spec = importlib.util.spec_from_file_location("prove_catalogue", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["prove_catalogue"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["standard_library", "http_clients", "redis_client"])
def test_each_call_keeps_the_loop_waiting(script: ModuleType, name: str, tmp_path: Path) -> None:
    """For as long as the other side of it takes, on any machine; a call that computes takes what the machine needs, and only has to end."""
    requires, recipes = script.recipes(script.RECIPES / f"{name}.toml")
    if sys.version_info >= (3, 12):
        recipes = [recipe for recipe in recipes if not recipe["name"].startswith(SINCE_REMOVED)]
    python, versions = script.environment(tmp_path / "venv", requires)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda recipe: script.run(python, recipe), recipes))
    # A call that was too short is asked again alone: other work on this machine delays the calls, and those that keep them waiting.
    quick = {
        recipe["name"]: again
        for recipe, answer in zip(recipes, answers, strict=True)
        if not script.holds(recipe, answer) and not script.holds(recipe, again := script.run(python, recipe))
    }
    assert quick == {}, versions
    assert sum(script.waits(recipe) for recipe in recipes) > 3


def test_a_call_that_does_not_wait_is_told_from_one_that_does(script: ModuleType) -> None:
    """The measurement can fail."""
    assert script.run(sys.executable, {"prepare": "", "call": "pass"})["gap"] < script.DEFAULT_AT_LEAST
    assert script.run(sys.executable, {"prepare": "", "call": "time.sleep(WAIT)"})["gap"] >= script.DEFAULT_AT_LEAST
    assert "ZeroDivisionError" in script.run(sys.executable, {"prepare": "1 / 0", "call": ""})["raised"]
