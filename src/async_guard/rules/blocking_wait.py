"""The event loop waits for a lock, queue, event, thread, process, future or pool.

## What it finds

`Future.result()`, `Thread.join()`, `queue.Queue.get()`, `threading.Event.wait()`, `Lock.acquire()` and `with
lock:`, `concurrent.futures.wait`, iterating `Executor.map`, leaving `with ThreadPoolExecutor()`, and
`multiprocessing` counterparts, in code that runs on the event loop.

## Why it matters

These calls wait for somebody else without bound. `executor.submit(work).result()` looks like an offload but stalls
the loop for as long as the work takes: 300 ms of work, 300 ms of stall. If the other side needs the loop to make
progress, the whole server hangs for good.

## Instead of

```python
from concurrent.futures import ThreadPoolExecutor

executor = ThreadPoolExecutor()


def render(report_id: int) -> bytes:
    return b"..."


async def show(report_id: int) -> bytes:
    return executor.submit(render, report_id).result()
```

## Write

```python
import asyncio
from concurrent.futures import ThreadPoolExecutor

executor = ThreadPoolExecutor()


def render(report_id: int) -> bytes:
    return b"..."


async def show(report_id: int) -> bytes:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(executor, render, report_id)
```

## When not to use it

For a lock that is only ever held for a few instructions and never across I/O: an uncontended `threading.Lock` costs
less than a microsecond.

## Known misses and false alarms

`acquire(blocking=False)`, `get(block=False)`, `get_nowait()`, `result(timeout=0)` and `shutdown(wait=False)` return
at once and are not reported; nor is `put` on a queue without a bound. The result of a future that is known to be
done (inside its own done callback) is not reported.
"""

from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG108", name="blocking-wait", since="0.1.0", category="wait")
