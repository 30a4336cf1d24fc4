"""An `async def` handler or dependency that awaits nothing and blocks: a plain `def` would move it off the event loop.

## What it finds

Route handlers and dependencies written as `async def` whose body needs no event loop (no `await`, `async for`,
`async with`, no call such as `asyncio.create_task`) but blocks or burns processor time. The finding sits on the
`async def` line and names what blocks.

## Why it matters

FastAPI runs `async def` on the event loop and plain `def` in a worker thread. With `time.sleep(2)` in it, five
requests to the `async def` form take 10 seconds and everybody else waits; forty requests to the `def` form take 2
seconds and nobody else notices. Deleting one word is the whole fix.

## Instead of

```python
import requests
from fastapi import FastAPI

app = FastAPI()


@app.get("/rates")
async def rates():
    return requests.get("https://rates.example/latest").json()
```

## Write

```python
import requests
from fastapi import FastAPI

app = FastAPI()


@app.get("/rates")
def rates():
    return requests.get("https://rates.example/latest").json()
```

If the work is short and frequent, an asynchronous client is better still: worker threads are limited to 40 at a
time.

## When not to use it

When the handler will soon await something, or when it touches state that only the event loop's thread may touch.

## Known misses and false alarms

Not reported: functions that other code awaits by name, overrides of a method that must be `async`, handlers that
need the running loop, and start-up code, for all of which `def` would break something. Whether the body relies on
running without interruption between two lines cannot be seen.
"""

from async_guard.model.findings import Severity
from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG201", name="async-without-await", since="0.1.0", severity=Severity.WARNING)
