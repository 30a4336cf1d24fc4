"""A decorator that hundreds use has readings that several of them share, in which a wrapper may call any of their functions."""

from __future__ import annotations

from async_guard.api import check_sources
from async_guard.model.findings import Confidence

TRACING = """
import time


def trace(func=None, name=None, kind=""):
    {words}

    def decorator(fn):
        {inner}
        return _wrap(fn, name, kind)

    return decorator(func) if func else decorator


def _wrap(fn, name, kind):
    def wrapper(*args, **kwargs):
        print(kind, name)
        return fn(*args, **kwargs)

    return wrapper


def before(first):
    def decorator(fn):
        def wrapper(*args, **kwargs):
            first()
            return fn(*args, **kwargs)

        return wrapper

    return decorator


def slow():
    time.sleep(1)
"""
TRACED = """

class Report{number}:
    @trace(name="report{number}")
    def quick(self):
        return {number}
"""
TOOL = """

class Tool{number}:
    name = "tool"

    def invoke(self):
        time.sleep(1)

    def call(self):
        return trace(name=self.name, kind="tool")(self.invoke)()
"""
MANY = 150
TOOLS = 10


SLEEPER = """

class Sleeper:
    @trace(name="sleeper")
    def sleep_on(self):
        time.sleep(1)

    @before(slow)
    def behind_something_slow(self):
        return 1
"""


def test_a_wrapper_runs_what_it_was_made_for() -> None:
    """What a wrapper is seen to call in a shared reading is a guess, unless it is the function that it was put around, or handed besides."""
    words = "\n    ".join(f"# {number}" for number in range(170))
    inner = "\n        ".join(f"# {number}" for number in range(50))
    source = TRACING.format(words=words, inner=inner) + SLEEPER
    source += "".join(TOOL.format(number=number) for number in range(TOOLS))
    source += "".join(TRACED.format(number=number) for number in range(MANY))
    source += "\n\nasync def handler():\n    Sleeper().sleep_on()\n    Sleeper().behind_something_slow()\n"
    source += "".join(f"    Report{number}().quick()\n" for number in range(MANY))
    report = check_sources({"shop.py": source.encode()})
    assert not report.defects
    found: dict[str, set[Confidence]] = {}
    for finding in report.findings:
        if finding.code == "AG101":
            found.setdefault(finding.chain[0].call, set()).add(finding.confidence)
    assert found.pop("Sleeper().sleep_on") == {Confidence.CERTAIN}
    assert found.pop("Sleeper().behind_something_slow") == {Confidence.CERTAIN}
    assert all(said == {Confidence.PROBABLE} for said in found.values())
