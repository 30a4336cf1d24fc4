"""A background task uses a session, file or client that is closed before the task runs.

## What it finds

`add_task` with an argument that a `with` block of the handler, its `finally` or a later `close()` closes, or that a dependency with `yield` closes
before background tasks run. When that happens depends on the FastAPI version: 0.106 to 0.117 close dependencies
before the response is sent; older and newer versions after the tasks; with `Depends(..., scope="function")` always
before. The form of a request, and the uploads in it, are closed when dependencies are. And `asyncio.create_task(...)`, with any version, of a
coroutine that gets such a thing, where nothing in the function waits for the task.

## Why it matters

The task meets a closed session or file, after the client got its status 200: work is lost and only the log knows,
or, with SQLAlchemy, a closed session quietly takes a new connection that nobody gives back.

## Instead of

```python
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


def store(stream, name: str) -> None:
    print(name, len(stream.read()))


@app.post("/import")
def load(name: str, tasks: BackgroundTasks):
    with open(name, "rb") as stream:
        tasks.add_task(store, stream, name)
    return {"queued": name}
```

## Write

```python
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


def store(name: str) -> None:
    with open(name, "rb") as stream:
        print(name, len(stream.read()))


@app.post("/import")
def load(name: str, tasks: BackgroundTasks):
    tasks.add_task(store, name)
    return {"queued": name}
```

Let the task open what it needs, and pass ids instead of objects that belong to the request.

## When not to use it

On FastAPI 0.118 and newer the rule is silent about ordinary dependencies, because they live until the tasks are
done.

## Known misses and false alarms

Objects of the project that keep the resource are followed (`Service(Repository(session))`), as are lists and mappings
(`{"file": stream}`); what is put into them later is missed.
A dependency whose teardown closes nothing is not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked
from async_guard.model.findings import Confidence, Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import closed_resources, places
from async_guard.rules.judgement.mistakes import mistake
from async_guard.rules.judgement.outlived import outlived

META = RuleMeta(code="AG404", name="request-resource-in-background-task", since="0.1.0")


def check(linked: Linked) -> Iterator[Finding]:
    """Tasks that get a session, file or client that is closed before they run."""
    for task, name, pos, by in closed_resources.closed(linked):
        if task.frame.fn is not None and places.allowed(META.code, task.frame.fn.head.allows):
            continue
        step = places.at(task.frame, pos, pos + len(name), None, name)
        yield Finding(
            code=META.code, name=META.name, severity=META.severity, confidence=Confidence.CERTAIN,
            message=f"`{name}` is closed by {by} before the background task runs", place=step.place, function=task.frame.name, chain=(step,),
            entry_points=linked.shown_entries(task.frame), help=f"open what the task needs inside the task: pass an identifier instead of `{name}`",
        )  # fmt: skip
    for frame, name, pos, by, probable in outlived(linked):
        yield from filter(None, (
            mistake(
                META, linked, frame, places.at(frame, pos, pos + len(name), None, name),
                f"`{name}` is closed by {by} while the task that gets it still runs: nobody waits for the task",
                probable=probable, help=f"open what the task needs inside the task: pass an identifier instead of `{name}`",
            ),
        ))  # fmt: skip
