"""Background tasks are added and then lost: the response brings its own, or an exception follows.

## What it finds

Handlers that add to the injected `BackgroundTasks` and return a response with a `background=` of its own, or that
add a task and then raise on the same path.

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

A raise inside a function that the handler calls is not followed.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked
from async_guard.model.findings import Confidence, Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import background_fate, places

META = RuleMeta(code="AG403", name="background-tasks-lost", since="0.1.0")


def check(linked: Linked) -> Iterator[Finding]:
    """Tasks that were added to the injected ones and never run, on every path."""
    for task, why in background_fate.lost(linked):
        if task.frame.fn is not None and places.allowed(META.code, task.frame.fn.head.allows):
            continue
        words = f"{task.holder}.add_task"
        step = places.at(task.frame, task.site.pos, task.site.end, task.site.node, words)
        yield Finding(
            code=META.code, name=META.name, severity=META.severity, confidence=Confidence.CERTAIN,
            message=f"the task of this `{words}` is lost: {why}", place=step.place, function=task.frame.name, chain=(step,),
            entry_points=linked.shown_entries(task.frame),
            help="hand the injected tasks to the response (`background=...`), or do the work before the exception",
        )  # fmt: skip
