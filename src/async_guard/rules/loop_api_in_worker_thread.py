"""A call that needs the running event loop or its thread, made in a worker thread.

## What it finds

`asyncio.create_task`, `get_running_loop`, `get_event_loop`, `ensure_future`, `gather` and other calls that look for
the running loop, in code that a framework runs in a worker thread: plain `def` handlers, dependencies, background
tasks, functions given to `to_thread`, and what these call. Also calls of a loop, a queue, an event or a future of
asyncio that only the loop's own thread may make, from a worker thread: `loop.call_soon`, `loop.create_task`,
`queue.put_nowait`, `event.set`, `future.set_result`.

## Why it matters

They raise. `create_task` in a `def` handler gives `RuntimeError: no running event loop`; `get_event_loop`,
`ensure_future` and `gather` give `RuntimeError: There is no current event loop in thread 'AnyIO worker thread'.`
Every request to that handler fails with status 500.

`loop.call_soon` and what is built upon it lock nothing and do not wake the loop: who waits is told whenever something else
happens, or never, and two threads that change the same table may spoil it. In debug mode asyncio raises
`RuntimeError: Non-thread-safe operation invoked on an event loop other than the current one`.

## Instead of

```python
import asyncio

from fastapi import FastAPI

app = FastAPI()


async def notify(user_id: int) -> None:
    await asyncio.sleep(1)


@app.post("/users/{user_id}")
def create(user_id: int):
    asyncio.create_task(notify(user_id))
    return {"id": user_id}
```

## Write

```python
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


async def notify(user_id: int) -> None:
    ...


@app.post("/users/{user_id}")
def create(user_id: int, background_tasks: BackgroundTasks):
    background_tasks.add_task(notify, user_id)
    return {"id": user_id}
```

`loop.call_soon_threadsafe(queue.put_nowait, item)` may be called from anywhere. Inside a worker thread
`anyio.from_thread.run(notify, user_id)` runs a coroutine function on the server's loop and
waits for it.

## When not to use it

When the function is also called on the loop and asks for the loop only there, in a way that the code does not show.

## Known misses and false alarms

Guarded forms (`try: asyncio.get_running_loop()` with `except RuntimeError`) are not reported, nor are loops that
the function makes for itself with `asyncio.run` or `new_event_loop`, nor `get_event_loop` in tasks of Celery and RQ, whose workers run them in
the main thread of a process: it gives a loop there before Python 3.14.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked
from async_guard.model.findings import Confidence, Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import loop_in_worker, places

META = RuleMeta(code="AG205", name="loop-api-in-worker-thread", since="0.1.0")

_INSTEAD = (
    "`anyio.from_thread.run(...)` runs a coroutine function on the server's loop; or make the handler `async def`"
)

_SAFELY = "`loop.call_soon_threadsafe(...)` hands a call to the loop from any thread, and `asyncio.run_coroutine_threadsafe(...)` a coroutine"


def check(linked: Linked) -> Iterator[Finding]:
    """Calls for the running loop that a worker thread makes, told at the function that the thread runs."""
    best: dict[object, Finding] = {}
    found = linked.once(loop_in_worker.Failing)
    told = [(*each[:3], f"needs the running event loop, and a worker thread runs `{each[0].fn.name}`: RuntimeError: {each[3]}", _INSTEAD)
            for each in found.calls if each[0].fn is not None]  # fmt: skip
    told += [(*each, f"may only be called by the event loop's own thread, and a worker thread runs `{each[0].fn.name}`", _SAFELY)
             for each in found.unsafe if each[0].fn is not None]  # fmt: skip
    for root, way, name, why, advice in told:
        if any(f.fn is not None and places.allowed(META.code, f.fn.head.allows) for f, *_ in way):
            continue
        chain = (*(places.at(*link) for link in way[:-1]), places.at(*way[-1], name))
        key = (chain[0].place, chain[-1].place, name)
        old = best.get(key)
        if old is None or len(chain) < len(old.chain):
            best[key] = Finding(
                code=META.code, name=META.name, severity=META.severity, confidence=Confidence.CERTAIN,
                message=f"`{name}` {why}", place=chain[0].place, function=root.name, chain=chain,
                entry_points=linked.shown_entries(root), help=advice,
            )  # fmt: skip
    yield from best.values()
