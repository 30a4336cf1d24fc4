"""A background task is called instead of being passed.

## What it finds

`background_tasks.add_task(send(user))` and `BackgroundTask(send(user))` where the argument is the result of calling
a function of the project, a blocking call of a library (`add_task(requests.post(url))`) or a coroutine, and `add_task(lambda: coroutine())`.

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

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from async_guard.link.linked import Linked, text
from async_guard.link.values import BOUND, CORO, FUNC, PARTIAL
from async_guard.model import facts as F
from async_guard.model.findings import Confidence, Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import background, places

META = RuleMeta(code="AG401", name="background-task-called", since="0.1.0")

_WHY = {
    background.RESULT: "`{name}` runs here and now, and its result is added as the task: TypeError after the response",
    background.COROUTINE: "`{name}` gives a coroutine, which is added as the task and never runs: TypeError after the response",
    background.BUILDS: "the task only builds the coroutine of `{name}`, which nobody awaits",
}


def check(linked: Linked) -> Iterator[Finding]:
    """Tasks whose function is called instead of passed."""
    for task, e, verdict in background.wrong_functions(linked):
        if task.frame.fn is not None and places.allowed(META.code, task.frame.fn.head.allows):
            continue
        call = e[1] if e[0] == F.E_AWAIT else e
        name = _built(task) if verdict == background.BUILDS else text(call)
        is_there = call[0] == F.E_CALL and any(e is given for given in task.arguments())
        at = (call[4], call[5]) if is_there else (task.site.pos, task.site.end)
        step = places.at(task.frame, at[0], at[1], call, name)
        yield Finding(
            code=META.code, name=META.name, severity=META.severity, confidence=Confidence.CERTAIN,
            message=_WHY[verdict].format(name=name), place=step.place, function=task.frame.name, chain=(step,),
            entry_points=linked.shown_entries(task.frame), help=_help(task, call, verdict, name),
        )  # fmt: skip


def _built(task: background.Task) -> str:
    """The coroutine function that a lambda calls."""
    for v in task.func:
        while v.k in (PARTIAL, BOUND):
            v = v.a if v.k == PARTIAL else v.b
        if v.k == FUNC:
            for frame in v.a.contexts.values():
                for made in frame.ret:
                    if made.k == CORO and made.a.fn is not None:
                        return str(made.a.fn.name)
    return "lambda"


def _help(task: background.Task, call: Any, verdict: str, name: str) -> str:
    adding = "add_task" if task.is_added else F.last_name(task.site.node[1]) or "BackgroundTask"
    if verdict == background.BUILDS:
        return f"pass the coroutine function itself: `{adding}({name}, ...)`"
    return f"pass the function and its arguments: `{adding}({name}{', ...' if call[2] or call[3] else ''})`"
