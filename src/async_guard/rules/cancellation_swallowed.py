"""A cancelled coroutine goes on as if nothing had happened.

## What it finds

`except asyncio.CancelledError`, `except BaseException` and bare `except` around an `await` whose body neither
raises again nor leaves because of the cancellation; `contextlib.suppress(asyncio.CancelledError)` around one; a
`return` in `finally`, which throws the cancellation away as well, as does an `__aexit__` that can only `return True`; and such handlers
around the `yield` of an `@asynccontextmanager`. A handler that hands the exception to a function of the project which only logs it has not
dealt with it. To answer a cancellation with a result
(`return {"status": "cancelled"}`) is to drop it: whoever cancelled gets that result.

## Why it matters

Cancellation is how time-outs, task groups, shutdown and disconnected clients stop work. A coroutine that swallows
it keeps running: `wait_for` and `timeout` wait for it, task groups hang, and the server does not shut down. Measured: a worker
that drops it was cancelled ten times and still at work, and `wait_for(worker(), timeout=0.05)` around it never came back.

## Instead of

```python
import asyncio


async def worker(queue: asyncio.Queue[str]) -> None:
    while True:
        try:
            print(await queue.get())
        except BaseException:
            continue
```

## Write

```python
import asyncio


async def worker(queue: asyncio.Queue[str]) -> None:
    while True:
        try:
            print(await queue.get())
        except Exception:
            continue
```

To clean up, write `except asyncio.CancelledError:`, clean up, and `raise`.

## When not to use it

In the outermost coroutine of a program that ends right after.

## Known misses and false alarms

Awaiting a task that one has just cancelled, and `contextlib.suppress(asyncio.CancelledError)` around it, are fine
and not reported, nor is an `await` on a task that somebody else may have cancelled, a handler that hands the exception
on, one that takes it down (`cancelled = True`), one that leaves its loop on `CancelledError` or returns nothing where the
function has no result to give (but `return None` for `(CancelledError, ValueError)` is an answer as to any error), or
clean-up in a handler or `finally`. Commands of a command line end with the cancellation, as `main` does, what `asyncio.run` is
given, and a lifespan whose last statement it is. A handler may leave the raising to a function of the project that always does. `except
Exception` does not catch cancellation. Closing something (`await stream.aclose()`), what a shielded scope keeps
cancellation out of, and a `try` right behind which an exception is raised are not reported either. Tests are left
alone: they raise the cancellation themselves to end what they test.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked
from async_guard.model.findings import Finding, Severity
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.cancellation import swallowed

META = RuleMeta(code="AG308", name="cancellation-swallowed", since="0.1.0", severity=Severity.WARNING)


def check(linked: Linked) -> Iterator[Finding]:
    """Findings of this rule."""
    return swallowed(linked, META)
