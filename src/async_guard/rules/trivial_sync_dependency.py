"""A plain `def` dependency or handler that does nothing slow pays a thread hop on each request.

## What it finds

Dependencies and route handlers written as `def` that block nowhere and burn no processor time.

## Why it matters

FastAPI sends each of them through a worker thread. Three trivial `def` dependencies cost 255 µs per request against
81 µs as `async def`, and under load they queue for the same 40 threads as handlers that really block.

## Instead of

```python
from fastapi import Depends, FastAPI

app = FastAPI()


def page(limit: int = 50, offset: int = 0) -> tuple[int, int]:
    return min(limit, 200), offset


@app.get("/items")
async def items(window: tuple[int, int] = Depends(page)):
    return window
```

## Write

```python
from fastapi import Depends, FastAPI

app = FastAPI()


async def page(limit: int = 50, offset: int = 0) -> tuple[int, int]:
    return min(limit, 200), offset


@app.get("/items")
async def items(window: tuple[int, int] = Depends(page)):
    return window
```

## When not to use it

Off by default: the cost only shows in services that answer thousands of requests per second. Leave a `def` alone
when plain code calls it as well.

## Known misses and false alarms

Classes used as dependencies always run in a thread, whatever they do, and are not reported. Slow work that the
catalogue does not know makes a dependency look trivial, and moving it to the loop would then hurt: look before you
change.
"""

from async_guard.model.findings import Severity
from async_guard.model.rules import RuleMeta

META = RuleMeta(
    code="AG204", name="trivial-sync-dependency", since="0.1.0", severity=Severity.INFO, on_by_default=False
)
