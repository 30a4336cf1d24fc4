"""A background task is called instead of being passed.

## What it finds

`background_tasks.add_task(send(user))` and `BackgroundTask(send(user))` where the argument is the result of calling
a function of the project or a coroutine, and `add_task(lambda: coroutine())`.

## Why it matters

The call runs at once, on the event loop in an `async def` handler, before the response. Afterwards the log shows
`TypeError: the first argument must be callable` and the task does nothing. If the argument is a coroutine its body
never runs at all. The client sees status 200 either way.

## Instead of

```python
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


def send_mail(to: str) -> None:
    print("mail to", to)


@app.post("/invite")
async def invite(to: str, background_tasks: BackgroundTasks):
    background_tasks.add_task(send_mail(to))
    return {"invited": to}
```

## Write

```python
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


def send_mail(to: str) -> None:
    print("mail to", to)


@app.post("/invite")
async def invite(to: str, background_tasks: BackgroundTasks):
    background_tasks.add_task(send_mail, to)
    return {"invited": to}
```

## When not to use it

When the called function is a factory that returns the task to run; a visible one is recognised.

## Known misses and false alarms

A factory of another library, whose result is not visible, is not reported.
"""

from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG401", name="background-task-called", since="0.1.0")
