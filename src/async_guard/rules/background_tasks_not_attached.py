"""Background tasks are collected and never run, because no response carries them.

## What it finds

A `BackgroundTasks()` or `BackgroundTask(...)` that the code builds itself and neither returns with a response nor
awaits, also where it replaces the injected one (`tasks = BackgroundTasks()`), one that a helper makes and returns and its caller
drops, one that an object makes for itself and that nothing ever takes out of it, tasks added in a websocket endpoint or in a
dependency for which only such endpoints ask, and tasks added in a place where they are dropped, such as after the `yield` of a
dependency.

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

A collection that is passed to a function of the project is followed while that only adds to it; one that is passed to
other code or stored is taken for attached, unless a constructor keeps it in an attribute that the project only adds to. A
dependency in the list of a router or of an application is taken to serve routes as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked
from async_guard.model.findings import Confidence, Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import background_fate, background_helpers, places

META = RuleMeta(code="AG402", name="background-tasks-not-attached", since="0.1.0")


def check(linked: Linked) -> Iterator[Finding]:
    """Background work that no response will ever run."""
    for idle in (*background_fate.unattached(linked), *background_helpers.unattached(linked)):
        if idle.frame.fn is not None and places.allowed(META.code, idle.frame.fn.head.allows):
            continue
        step = places.at(idle.frame, idle.pos, idle.end, idle.node, idle.words)
        yield Finding(
            code=META.code, name=META.name, severity=META.severity, confidence=Confidence.CERTAIN, message=idle.why, place=step.place,
            function=idle.frame.name, chain=(step,), entry_points=linked.shown_entries(idle.frame), help=idle.help,
        )  # fmt: skip
