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

from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG403", name="background-tasks-lost", since="0.1.0")
