"""An `async def` handler or dependency that awaits nothing and does nothing slow: fine as it is.

## What it finds

Route handlers, exception handlers and dependencies written as `async def` that neither await nor block. Reported as `info`, so that
nobody "fixes" them into plain `def`.

## Why it matters

Making such a handler a plain `def` sends every request through a worker thread: about 0.1 ms more per request, half
the throughput of a trivial endpoint (8850 against 4300 requests per second), and the chance to queue behind
blocking handlers for one of 40 threads. `async def` is right here.

## Instead of

```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
async def health():
    return {"status": "ok"}
```

## Write

```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
async def health():  # async-guard: allow[AG202] needs no thread
    return {"status": "ok"}
```

Or leave it alone: an `info` never fails a run.

## When not to use it

If your team knows the rule of thumb "nothing slow: `async def`", ignore AG202.

## Known misses and false alarms

Slow work that the catalogue does not know makes a handler look trivial. Of work in pure Python only loops of a known
number of rounds, a million and more, are seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked, entry_point
from async_guard.model.findings import Confidence, Finding, Severity, Step
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import places, polling, without_await

META = RuleMeta(code="AG202", name="trivial-async-without-await", since="0.1.0", severity=Severity.INFO)


def check(linked: Linked) -> Iterator[Finding]:
    """Handlers and dependencies that neither await nor do anything slow."""
    for fn, entries, work in without_await.candidates(linked, META.code, without_await.ANSWERING):
        if work.trivial and not polling.keeps_waiting(linked, fn):
            place = places.definition(fn)
            yield Finding(
                code=META.code, name=META.name, severity=META.severity, confidence=Confidence.CERTAIN,
                message=f"`{fn.name}` awaits nothing and does nothing slow: `async def` is right, a `def` would add a thread hop to each request",
                place=place, function=fn.dotted, chain=(Step(place, fn.dotted, fn.name),),
                entry_points=tuple(sorted({entry_point(e) for e in entries}, key=lambda e: e.sort_key)),
                help="leave it as it is", notes=("a thread hop costs about 0.1 ms per request",),
            )  # fmt: skip
