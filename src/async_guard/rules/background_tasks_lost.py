"""Background tasks are added and then lost: the response brings its own, or an exception follows.

## What it finds

Handlers that add to the injected `BackgroundTasks` and return a response with a `background=` of its own, or that
add a task and then raise on the same path, themselves or through helpers.

## Why it matters

A response that has background work of its own replaces what was injected; the injected tasks are dropped without a
word. After an `HTTPException` or any other exception the tasks that were added before never run.

## Instead of

```python
from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask

app = FastAPI()


def log(event: str) -> None:
    print(event)


@app.post("/orders")
async def order(tasks: BackgroundTasks):
    tasks.add_task(log, "ordered")
    return JSONResponse({"ok": True}, background=BackgroundTask(log, "answered"))
```

## Write

```python
from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import JSONResponse

app = FastAPI()


def log(event: str) -> None:
    print(event)


@app.post("/orders")
async def order(tasks: BackgroundTasks):
    tasks.add_task(log, "ordered")
    tasks.add_task(log, "answered")
    return JSONResponse({"ok": True})
```

## When not to use it

When losing the tasks of a failed request is what you want.

## Known misses and false alarms

A function that the handler calls is followed when it raises whatever happens, and when it adds the tasks; one that may
raise is not. A path on which a task runs silences the rule, even where another path loses it.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked, text
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import background_fate, places
from async_guard.rules.judgement.mistakes import mistake

META = RuleMeta(code="AG403", name="background-tasks-lost", since="0.1.0")


def check(linked: Linked) -> Iterator[Finding]:
    """Tasks that were added to the injected ones and never run, on every path."""
    for task, way, why in background_fate.lost(linked):
        words = f"{task.holder}.add_task"
        last = places.at(task.frame, task.site.pos, task.site.end, task.site.node, words)
        message = f"the task of this `{words}` is lost: {why}"
        if way:
            message = f"the task that `{text(way[0][1].node)}` adds is lost: {why}"
        finding = mistake(
            META, linked, task.frame, last, message, way=way,
            help="hand the injected tasks to the response (`background=...`), or do the work before the exception",
        )  # fmt: skip
        if finding is not None:
            yield finding
