"""A coroutine function is handed to a thread, which only builds the coroutine and runs nothing.

## What it finds

`asyncio.to_thread(async_fn)`, `loop.run_in_executor(None, async_fn)`, `run_in_threadpool(async_fn)`,
`Thread(target=async_fn)`, a lambda or partial that builds a coroutine, and coroutines handed over ready-made:
`to_thread(async_fn())`. A helper of the project that hands what it is given to a thread (`await in_thread(async_fn)`) is followed to those who
call it with a coroutine function or a coroutine, which is where the finding stands. Likewise a coroutine function that is a job of a scheduler
with threads (`BackgroundScheduler().add_job(async_fn)`) or a task of Celery, which call it and drop the coroutine.

## Why it matters

The thread calls `async_fn()`, gets a coroutine object and is done; the body never runs, or, if somebody awaits the
result, runs on the event loop after all. `to_thread(async_fn())` fails with a `TypeError`, because a coroutine
cannot be called.

## Instead of

```python
import asyncio


async def export(report_id: int) -> None:
    await asyncio.sleep(0.1)


async def show(report_id: int) -> None:
    await asyncio.to_thread(export, report_id)
```

## Write

```python
import asyncio


async def export(report_id: int) -> None:
    await asyncio.sleep(0.1)


async def show(report_id: int) -> None:
    await export(report_id)
```

## When not to use it

Never: it is always a mistake.

## Known misses and false alarms

A thread target that is a coroutine function only in some subclass is missed. A helper that asks of the result whether it can be awaited
(`inspect.isawaitable`) is for both kinds of functions, and not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.offloading import offloaded

META = RuleMeta(code="AG305", name="coroutine-function-offloaded", since="0.1.0")


def check(linked: Linked) -> Iterator[Finding]:
    """Findings of this rule."""
    return offloaded(linked, META)
