"""What a decorator marks and gives back is what it was given, however many functions it marks."""

from __future__ import annotations

from async_guard import api

METHODS = range(700)
MARK = """
from typing import Callable, TypeVar

_F = TypeVar("_F", bound=Callable)
KNOWN = []


def marked(arg: _F) -> _F:
    KNOWN.append(arg.__name__)
    return arg


def apply(mark, function):
    return mark(function)
"""
SHOP = """
import time

from app.marks import apply, marked


def _slow(self):
    time.sleep(1)


def _quick(self):
    return 0


class Shop:
    slow = apply(marked, _slow)
{methods}

    quick = apply(marked, _quick)
"""
USER = """
from app.shop import Shop


async def quick(shop: Shop):
    return [shop.quick(), shop.make699()]


async def slow(shop: Shop):
    return shop.slow()
"""


def test_many_functions_behind_one_mark() -> None:
    """The slow one is found where it is called, and nowhere else."""
    methods = "\n".join(f"    @marked\n    def make{i}(self):\n        return {i}\n" for i in METHODS)
    files = {"app/marks.py": MARK, "app/shop.py": SHOP.format(methods=methods), "app/main.py": USER}
    found = [(f.code, f.function) for f in api.check_sources(files).findings]
    assert found == [("AG101", "app.main.slow")]
