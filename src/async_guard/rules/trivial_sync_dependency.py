"""A plain `def` dependency or handler that does nothing slow pays a thread hop on each request.

## What it finds

Dependencies and route handlers written as `def` that block nowhere and burn no processor time.

## Why it matters

FastAPI sends each of them through a worker thread. Three trivial `def` dependencies cost 255 µs per request against
81 µs as `async def`, and under load they queue for the same 40 threads as handlers that really block.

## Instead of

```python
from fastapi import Depends, FastAPI

app = FastAPI()


def page(limit: int = 50, offset: int = 0) -> tuple[int, int]:
    return min(limit, 200), offset


@app.get("/items")
async def items(window: tuple[int, int] = Depends(page)):
    return window
```

## Write

```python
from fastapi import Depends, FastAPI

app = FastAPI()


async def page(limit: int = 50, offset: int = 0) -> tuple[int, int]:
    return min(limit, 200), offset


@app.get("/items")
async def items(window: tuple[int, int] = Depends(page)):
    return window
```

## When not to use it

Off by default: the cost only shows in services that answer thousands of requests per second. Leave a `def` alone
when plain code calls it as well.

## Known misses and false alarms

Classes used as dependencies always run in a thread, whatever they do, and are not reported. Slow work that the
catalogue does not know makes a dependency look trivial, and moving it to the loop would then hurt: look before you
change.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked, entry_point
from async_guard.model.findings import Confidence, Finding, Severity, Step
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import places, without_await

META = RuleMeta(
    code="AG204", name="trivial-sync-dependency", since="0.1.0", severity=Severity.INFO, on_by_default=False
)


def check(linked: Linked) -> Iterator[Finding]:
    """Plain handlers and dependencies that do nothing slow."""
    for fn, entries in without_await.hopping(linked, META.code):
        place = places.definition(fn)
        yield Finding(
            code=META.code, name=META.name, severity=META.severity, confidence=Confidence.CERTAIN,
            message=f"`{fn.name}` does nothing slow, and as a plain `def` it goes through a worker thread on every request",
            place=place, function=fn.dotted, chain=(Step(place, fn.dotted, fn.name),),
            entry_points=tuple(sorted({entry_point(e) for e in entries}, key=lambda e: e.sort_key)),
            help=f"write `async def {fn.name}`", notes=("a thread hop costs about 0.1 ms per request",),
        )  # fmt: skip
