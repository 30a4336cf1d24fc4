"""Background tasks are collected and never run, because no response carries them.

## What it finds

A `BackgroundTasks()` or `BackgroundTask(...)` that the code builds itself and neither returns with a response nor
awaits, tasks added in a websocket endpoint, and tasks added in a place where they are dropped, such as after the
`yield` of a dependency.

## Why it matters

Only a response runs its background tasks. A hand-made collection that no response refers to never runs; setting
`response.background` on the injected response parameter is ignored; tasks of a websocket endpoint never run; tasks
added in the teardown of a dependency only ran in FastAPI 0.106 to 0.117.

## Instead of

```python
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


def clean_up(job: str) -> None:
    print("cleaning", job)


@app.delete("/jobs/{job}")
async def delete(job: str):
    tasks = BackgroundTasks()
    tasks.add_task(clean_up, job)
    return {"deleted": job}
```

## Write

```python
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


def clean_up(job: str) -> None:
    print("cleaning", job)


@app.delete("/jobs/{job}")
async def delete(job: str, tasks: BackgroundTasks):
    tasks.add_task(clean_up, job)
    return {"deleted": job}
```

Or attach them: `return JSONResponse({"deleted": job}, background=tasks)`.

## When not to use it

When the collection is handed to code that the project does not contain.

## Known misses and false alarms

A collection that is passed to another function or stored is taken for attached.
"""

from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG402", name="background-tasks-not-attached", since="0.1.0")
