"""Independent awaits stand in a row although they could wait together.

## What it finds

Two or more neighbouring awaits of I/O whose arguments do not depend on each other's results, and loops that await
one item after another.

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

Awaits on the same session, connection, transaction or websocket are not reported. Effects that make the order
matter cannot always be seen.
"""

from async_guard.model.findings import Severity
from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG501", name="sequential-awaits", since="0.1.0", severity=Severity.INFO, on_by_default=False)
