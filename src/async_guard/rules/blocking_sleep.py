"""A sleep that stops the whole event loop, not only the coroutine that asked for it.

## What it finds

Calls that put the calling thread to sleep (`time.sleep`, retry decorators that sleep between tries, rate limiters
that wait) in code that runs on the event loop: in an `async def`, or in a plain function that one of these calls,
however deep.

## Why it matters

While the loop's thread sleeps, no other request, task, timer or health check of the process moves. Five requests to
an `async def` handler with `time.sleep(2)` take 10 seconds, and an unrelated async endpoint waits 9 seconds
meanwhile. In plain `def` handlers 40 such sleeps run side by side and the async endpoint answers within 2 ms.

## Instead of

```python
import asyncio
import time


async def wait_for_job(job) -> None:
    while not await job.finished():
        time.sleep(0.5)
```

## Write

```python
import asyncio


async def wait_for_job(job) -> None:
    while not await job.finished():
        await asyncio.sleep(0.5)
```

In a helper that threads also use, keep `time.sleep` and call the helper through `await asyncio.to_thread(helper)`.

## When not to use it

When the process runs nothing but this one coroutine, for example a script whose `asyncio.run(main())` has no other
task.

## Known misses and false alarms

`time.sleep(0)` only yields the processor and is not reported. A delay that is always zero but computed elsewhere is
reported. A sleep in a function that the project reaches only through a registry filled at run time may be missed;
`--unresolved` lists such calls.
"""

from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG101", name="blocking-sleep", since="0.1.0", category="sleep")
