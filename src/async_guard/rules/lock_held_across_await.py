"""A thread lock is held while a coroutine waits.

## What it finds

An `await`, `async for` or `async with` while a `threading.Lock`, `Semaphore`, `Condition`, a lock of
`multiprocessing` or a `FileLock` is held: inside `with lock:`, between `acquire()` and `release()`, or inside a context manager of
the project that holds one. Likewise a lock that code on the loop asks for while a worker thread holds it around a
blocking call: the loop then waits as long as that call takes.

## Why it matters

While the first request waits with the lock in its hand, the second one asks for it and blocks the loop's thread, so
the first can never continue: the event loop is dead, even a health check is not answered. A `threading.RLock` does
not hang but does not exclude anybody either, because all coroutines share one thread. A `FileLock` does the one or the
other: a second object for the same file waits for ever (or raises, in newer versions), the same object lets everybody in.

## Instead of

```python
import asyncio
import threading

lock = threading.Lock()


async def transfer(amount: int) -> None:
    with lock:
        await asyncio.sleep(0.1)
```

## Write

```python
import asyncio

lock = asyncio.Lock()


async def transfer(amount: int) -> None:
    async with lock:
        await asyncio.sleep(0.1)
```

## When not to use it

When only one coroutine of the process can ever ask for the lock, such as in a command that runs alone.

## Known misses and false alarms

A lock that arrives through an untyped parameter is missed where no caller in sight passes one, and so is one on an `ExitStack` that no
`with` of the function opens. A lock that a worker thread holds while it blocks is reported where code on the loop asks for it, not where
the loop runs the same blocking code itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.locks import held_locks

META = RuleMeta(code="AG307", name="lock-held-across-await", since="0.1.0")


def check(linked: Linked) -> Iterator[Finding]:
    """Findings of this rule."""
    return held_locks(linked, META)
