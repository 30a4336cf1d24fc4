"""Of several ways from one place to one blocking call the plainest is told, though it may be longer."""

from __future__ import annotations

from async_guard.api import check_sources


def _calls(source: str) -> list[list[str]]:
    report = check_sources({"shop.py": source.encode()})
    assert not report.defects
    return [[step.call for step in finding.chain] for finding in report.findings if finding.code == "AG101"]


PARTS = """
import time


def wait():
    time.sleep(1)


def quietly():
    gently()


def gently():
    wait()


class Card:
    def pay(self):
        wait()


class Coupon:
    def pay(self):
        time.sleep(2)
"""


def test_a_call_that_several_classes_answer_is_told_last() -> None:
    """What a call surely reaches is told before a shorter way over a call that may mean another class's method."""
    chains = _calls(
        PARTS
        + """

def settle(card: bool):
    with_what = Card() if card else Coupon()
    with_what.pay()
    quietly()


async def handler(card: bool):
    settle(card)
"""
    )
    assert ["settle", "quietly", "gently", "wait", "time.sleep"] in chains
    assert ["settle", "with_what.pay", "time.sleep"] in chains  # the only way there is
    assert ["settle", "with_what.pay", "wait", "time.sleep"] not in chains


def test_what_happens_after_an_exception_is_told_last() -> None:
    """A way that runs each time is told before a shorter one behind ``except``."""
    chains = _calls(
        PARTS
        + """

def settle(number: str):
    try:
        int(number)
    except ValueError:
        wait()
    quietly()


async def handler(number: str):
    settle(number)
"""
    )
    assert chains == [["settle", "quietly", "gently", "wait", "time.sleep"]]


def test_of_two_plain_ways_the_shorter_one_is_told() -> None:
    """Without a reason to doubt either, length decides."""
    chains = _calls(
        PARTS
        + """

def settle():
    quietly()
    wait()


async def handler():
    settle()
"""
    )
    assert chains == [["settle", "wait", "time.sleep"]]
