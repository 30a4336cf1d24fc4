"""A task is started and nobody keeps it, so it can disappear half-way and its exception with it.

## What it finds

`asyncio.create_task(...)`, `asyncio.ensure_future(...)` and `loop.create_task(...)` whose result is discarded, or
kept in a local variable that is never used or only gets a callback, or put into a local list that nobody looks into; and
`gather(...)` or `shield(...)` of coroutines as a statement of its own, and `loop.call_soon_threadsafe(asyncio.create_task, work())`, where the
loop drops the task. A helper that gives its task back is followed to
the callers that drop it or put it into a variable that they never use.

## Why it matters

The event loop itself only holds a weak reference to a task. A task that waits and that nobody else refers to may be
collected in the middle of its work: measured, of a hundred tasks that waited for something of their own, one run of the garbage
collector destroyed a hundred. Its exception is reported only when it is collected, if at all; of what `gather`
started not even that it was lost.

## Instead of

```python
import asyncio


async def refresh() -> None:
    await asyncio.sleep(60)


async def start() -> None:
    asyncio.create_task(refresh())
    await asyncio.sleep(0)
```

## Write

```python
import asyncio

tasks: set[asyncio.Task[None]] = set()


async def refresh() -> None:
    await asyncio.sleep(60)


async def start() -> None:
    task = asyncio.create_task(refresh())
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    await asyncio.sleep(0)
```

`asyncio.TaskGroup` keeps its tasks, awaits them and passes their exceptions on: prefer it where the tasks end with
the block.

## When not to use it

With an event loop that keeps strong references to its tasks.

## Known misses and false alarms

A task that adds itself to a registry is reported when the registry is out of sight. A variable that nobody uses is
fine where its function lives as long as the program (`yield` in a lifespan, `while True`, `await server.serve()`).
A variable that is only asked once for the task's state (`if task.done()`) or written into a log keeps nothing; one that
a loop asks again and again (`while not task.done()`) is waited for.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked
from async_guard.model.findings import Finding, Severity
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.tasks import tasks_not_kept

META = RuleMeta(code="AG303", name="task-not-kept", since="0.1.0", severity=Severity.WARNING)


def check(linked: Linked) -> Iterator[Finding]:
    """Findings of this rule."""
    return tasks_not_kept(linked, META)
