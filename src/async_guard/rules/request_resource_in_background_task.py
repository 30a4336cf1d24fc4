"""A background task uses a session, file or client that is closed before the task runs.

## What it finds

`add_task` with an argument that a `with` block of the handler closes, or that a dependency with `yield` closes
before background tasks run. When that happens depends on the FastAPI version: 0.106 to 0.117 close dependencies
before the response is sent; older and newer versions after the tasks; with `Depends(..., scope="function")` always
before.

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

A resource that is hidden inside another object is missed. A dependency whose teardown closes nothing is not
reported.
"""

from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG404", name="request-resource-in-background-task", since="0.1.0")
