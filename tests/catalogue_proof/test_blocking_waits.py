"""Calls of the standard library that stop the event loop, run on it beside a task that counts: while the call waits, the task does not move."""

from __future__ import annotations

import asyncio
import concurrent.futures
import queue
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.proof

WAIT = 0.3
"""Seconds that a blocking call is made to wait."""


async def _largest_gap(call: Callable[[], object]) -> float:
    """The longest time that a task beside the call could not run, in seconds."""
    gaps: list[float] = []

    async def heartbeat() -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.001)
            now = time.monotonic()
            gaps.append(now - last)
            last = now

    task = asyncio.create_task(heartbeat())
    await asyncio.sleep(0.05)
    gaps.clear()
    call()
    await asyncio.sleep(0.01)
    task.cancel()
    return max(gaps)


def _process() -> list[str]:
    return [sys.executable, "-c", f"import time; time.sleep({WAIT})"]


def _contended() -> object:
    lock = threading.Lock()
    lock.acquire()
    threading.Timer(WAIT, lock.release).start()
    return lock.acquire()


def _late_event() -> object:
    event = threading.Event()
    threading.Timer(WAIT, event.set).start()
    return event.wait()


def _late_item() -> object:
    items: queue.Queue[int] = queue.Queue()
    threading.Timer(WAIT, items.put, (1,)).start()
    return items.get()


def _result() -> object:
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return pool.submit(time.sleep, WAIT).result()


def _mapped() -> object:
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return list(pool.map(time.sleep, [WAIT]))


def _leaving_a_pool() -> object:
    with concurrent.futures.ThreadPoolExecutor() as pool:
        pool.submit(time.sleep, WAIT)
    return None


def _joined() -> object:
    thread = threading.Thread(target=time.sleep, args=(WAIT,))
    thread.start()
    thread.join()
    return None


def _late_bytes() -> object:
    here, there = socket.socketpair()
    threading.Timer(WAIT, there.send, (b"x",)).start()
    with here, there:
        return here.recv(1)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda: time.sleep(WAIT), id="time.sleep"),
        pytest.param(lambda: subprocess.run(_process(), check=True), id="subprocess.run"),
        pytest.param(lambda: subprocess.Popen(_process()).wait(), id="subprocess.Popen.wait"),
        pytest.param(_contended, id="threading.Lock.acquire"),
        pytest.param(_late_event, id="threading.Event.wait"),
        pytest.param(_late_item, id="queue.Queue.get"),
        pytest.param(_result, id="concurrent.futures.Future.result"),
        pytest.param(_mapped, id="iterating Executor.map"),
        pytest.param(_leaving_a_pool, id="leaving a thread pool"),
        pytest.param(_joined, id="threading.Thread.join"),
        pytest.param(_late_bytes, id="socket.recv"),
        pytest.param(lambda: select.select([], [], [], WAIT), id="select.select"),
    ],
)
def test_the_loop_stands_still(call: Callable[[], object]) -> None:
    """Nothing else ran for as long as the call waited."""
    assert asyncio.run(_largest_gap(call)) >= WAIT * 0.9


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda: threading.Timer(WAIT, print).start(), id="Timer.start"),
        pytest.param(lambda: concurrent.futures.ThreadPoolExecutor().submit(time.sleep, WAIT), id="Executor.submit"),
        pytest.param(lambda: concurrent.futures.ThreadPoolExecutor().map(time.sleep, [WAIT]), id="Executor.map"),
    ],
)
def test_the_loop_goes_on(call: Callable[[], object]) -> None:
    """Handing work over does not wait for it."""
    assert asyncio.run(_largest_gap(call)) < WAIT * 0.9
