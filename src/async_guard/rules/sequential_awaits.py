"""Independent awaits stand in a row although they could wait together.

## What it finds

Two or more neighbouring awaits of I/O whose arguments do not depend on each other's results, side by side in one
expression as well, and loops and comprehensions that await one item after another.

## Why it matters

Three requests of 100 ms each take 300 ms in a row and 100 ms together.

## Instead of

```python
import httpx

client = httpx.AsyncClient()


async def dashboard() -> tuple[httpx.Response, httpx.Response]:
    orders = await client.get("https://api.example/orders")
    users = await client.get("https://api.example/users")
    return orders, users
```

## Write

```python
import asyncio

import httpx

client = httpx.AsyncClient()


async def dashboard() -> tuple[httpx.Response, httpx.Response]:
    orders, users = await asyncio.gather(
        client.get("https://api.example/orders"),
        client.get("https://api.example/users"),
    )
    return orders, users
```

## When not to use it

Off by default. When the order matters, when the other side limits concurrency, or when both use one database
session (which must not be shared).

## Known misses and false alarms

Methods of the project count where they change nothing of their object and wait only for clients that may be shared. Of
calls whose name does not say that they ask for something (`get_...`, `fetch_...`, `load_...`) only functions count that do
nothing but `get`, `head` or `options` of such clients.
Awaits on the same session, connection, transaction or websocket are not reported. Effects that make the order
matter cannot always be seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked
from async_guard.model.findings import Confidence, Finding, Severity
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import places, sequential

META = RuleMeta(code="AG501", name="sequential-awaits", since="0.1.0", severity=Severity.INFO, on_by_default=False)


def check(linked: Linked) -> Iterator[Finding]:
    """Awaits in a row or in a loop that do not need each other."""
    for frame, node, in_loop in sequential.sequential(linked):
        if frame.fn is not None and places.allowed(META.code, frame.fn.head.allows):
            continue
        step = places.at(frame, node[2], node[3], node)
        what = (
            "each round of the loop waits for the one before" if in_loop else "the next `await` waits for it needlessly"
        )
        yield Finding(
            code=META.code, name=META.name, severity=META.severity, confidence=Confidence.CERTAIN, message=what,
            place=step.place, function=frame.name,
            chain=(step,), entry_points=linked.shown_entries(frame), help="wait for them together: `asyncio.gather(...)` or a `TaskGroup`",
        )  # fmt: skip
