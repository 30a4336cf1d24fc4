"""A second event loop is started on the thread of a running one.

## What it finds

`asyncio.run`, `loop.run_until_complete` and `run_forever`, `asyncio.Runner().run`, `uvloop.run`, `anyio.run`,
`asgiref.sync.async_to_sync(...)()` and `anyio.from_thread.run` in code that runs on the event loop, directly or inside
a synchronous helper, property or decorator.

## Why it matters

They raise: `RuntimeError: asyncio.run() cannot be called from a running event loop`, `This event loop is already
running`, `You cannot use AsyncToSync in the same thread as an async event loop`. The helper works in scripts and in
worker threads and fails in every `async def` handler.

## Instead of

```python
import asyncio


async def load() -> list[str]:
    await asyncio.sleep(0.1)
    return []


def load_sync() -> list[str]:
    return asyncio.run(load())


async def show() -> list[str]:
    return load_sync()
```

## Write

```python
import asyncio


async def load() -> list[str]:
    await asyncio.sleep(0.1)
    return []


async def show() -> list[str]:
    return await load()
```

## When not to use it

When `nest_asyncio` is applied on purpose, as in notebooks. Nothing is reported of modules that import one which applies it, however
indirectly, and of what such a module of the application imports; nor of applications whose framework applies it (Chainlit).

## Known misses and false alarms

Guarded forms (`try: asyncio.get_running_loop()` and starting a loop only in `except RuntimeError`) and loops
started in a thread of their own are not reported, nor is an iterator that runs a loop where other things may be iterated as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.loops import nested_loops

META = RuleMeta(code="AG304", name="nested-event-loop", since="0.1.0")


def check(linked: Linked) -> Iterator[Finding]:
    """Findings of this rule."""
    return nested_loops(linked, META)
