"""The event loop waits for a result that only the event loop can produce: a deadlock.

## What it finds

`asyncio.run_coroutine_threadsafe(coro, loop).result()` in code that runs on that loop, directly or inside a
synchronous helper; `concurrent.futures.wait` for such a future; and waiting for an executor or a thread whose work
needs the loop, also by leaving the block of the executor (`with ThreadPoolExecutor() as pool: pool.submit(...)`) or by `list(pool.map(...))`.

## Why it matters

The thread that must run the coroutine is the one that waits for it. The whole server hangs for good: not one more
request is answered, and no time-out of asyncio can fire.

## Instead of

```python
import asyncio

async def fetch() -> bytes:
    await asyncio.sleep(0.1)
    return b""


async def show() -> bytes:
    return asyncio.run_coroutine_threadsafe(fetch(), asyncio.get_running_loop()).result()
```

## Write

```python
import asyncio


async def fetch() -> bytes:
    await asyncio.sleep(0.1)
    return b""


async def show() -> bytes:
    return await fetch()
```

## When not to use it

When the future belongs to a second loop that runs in another thread: that call blocks (AG108) but does end.

## Known misses and false alarms

Which loop a variable holds is not always visible; a loop that is certainly another thread's is not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.loops import loop_waits

META = RuleMeta(code="AG306", name="loop-waits-for-itself", since="0.1.0")


def check(linked: Linked) -> Iterator[Finding]:
    """Findings of this rule."""
    return loop_waits(linked, META)
