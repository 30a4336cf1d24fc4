"""A loop on the event loop that waits for something without ever letting go.

## What it finds

`while` loops in on-loop code that wait for a state somebody else must change and contain no `await`; loops without an
`await` that surely take long (a million rounds and more, or until a moment in time); and, as `info`, loops that poll a
state of this process (a flag, a table, a queue, a task) with `await asyncio.sleep(...)` where an event would do.

## Why it matters

Without an `await` in it the loop never ends: whoever should change the state never gets to run, and the server is
dead at full processor load. A loop of a million rounds costs 10 to 100 ms in which no other request is served.
Polling with `asyncio.sleep` works but answers late and wakes the processor for nothing.

## Instead of

```python
import asyncio

ready = False


async def prepare() -> None:
    global ready
    await asyncio.sleep(1)
    ready = True


async def serve() -> None:
    while not ready:
        pass
```

## Write

```python
import asyncio

ready = asyncio.Event()


async def prepare() -> None:
    await asyncio.sleep(1)
    ready.set()


async def serve() -> None:
    await ready.wait()
```

## When not to use it

When the state changes outside the process (a file, a row) and polling is the only way.

## Known misses and false alarms

How often a loop runs is known only from constants: `range(5_000_000)`, `range(N)`, a number that a caller passes. Loops
over data, however much of it, and loops that may end early are not reported. Nor is a loop that polls what other
processes change, such as a file or a row.
"""

from collections.abc import Iterator

from async_guard.link.linked import Linked
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import polling

META = RuleMeta(code="AG309", name="busy-wait", since="0.1.0")


def check(linked: Linked) -> Iterator[Finding]:
    """Loops that wait for a state on the event loop."""
    return polling.busy_waits(linked, META)
