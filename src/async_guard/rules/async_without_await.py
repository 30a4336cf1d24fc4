"""An `async def` handler, dependency or background task that awaits nothing and blocks: `def` would move it off the event loop.

## What it finds

Route handlers, exception handlers, dependencies and background tasks written as `async def` whose body needs no event loop (no `await`, `async for`,
`async with`, no call such as `asyncio.create_task`) but blocks or burns processor time (library calls of known cost,
loops of a million rounds and more). The finding sits on the `async def` line and names what blocks.

## Why it matters

FastAPI runs `async def` on the event loop and plain `def` in a worker thread. With `time.sleep(2)` in it, five
requests to the `async def` form take 10 seconds and everybody else waits; forty requests to the `def` form take 2
seconds and nobody else notices. Deleting one word is the whole fix.

## Instead of

```python
import requests
from fastapi import FastAPI

app = FastAPI()


@app.get("/rates")
async def rates():
    return requests.get("https://rates.example/latest").json()
```

## Write

```python
import requests
from fastapi import FastAPI

app = FastAPI()


@app.get("/rates")
def rates():
    return requests.get("https://rates.example/latest").json()
```

If the work is short and frequent, an asynchronous client is better still: worker threads are limited to 40 at a
time.

## When not to use it

When the handler will soon await something, or when it touches state that only the event loop's thread may touch.

## Known misses and false alarms

Not reported: functions that other code awaits by name, overrides of a method that must be `async`, handlers that
need the running loop, and start-up code, for all of which `def` would break something. Whether the body relies on
running without interruption between two lines cannot be seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.entries import Entry
from async_guard.link.frames import Frame
from async_guard.link.linked import Chain, Linked, entry_point, step
from async_guard.link.program import Fn
from async_guard.model.findings import Confidence, Finding, Severity
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import places, without_await
from async_guard.rules.judgement.long_loops import Long

META = RuleMeta(code="AG201", name="async-without-await", since="0.1.0", severity=Severity.WARNING)


def check(linked: Linked) -> Iterator[Finding]:
    """Handlers and dependencies for which a plain ``def`` would help."""
    for fn, entries, work in without_await.candidates(linked, META.code, without_await.BLOCKING):
        if linked.only_at_startup(entries):
            continue
        if work.heavy:
            yield _finding(fn, entries, work.heavy)
        elif work.loops:
            yield _busy(fn, entries, *work.loops[0])


def _finding(fn: Fn, entries: list[Entry], heavy: list[Chain]) -> Finding:
    first = heavy[0]
    effect = first.sink.effect
    names = list(dict.fromkeys(c.sink.name for c in heavy))
    place = places.definition(fn)
    notes = [f"cost of `{names[0]}`: {effect.cost}"] if effect.cost else []
    if len(names) > 1:
        notes.append(
            "also: "
            + ", ".join(f"`{name}`" for name in names[1:6])
            + (f" and {len(names) - 6} more" if len(names) > 6 else "")
        )
    confidence = Confidence.PROBABLE if first.probable else Confidence.CERTAIN
    return Finding(
        code=META.code, name=META.name, severity=META.severity.believed(confidence), confidence=confidence,
        message=f"`{fn.name}` awaits nothing, and `{names[0]}` {effect.because or 'blocks'} on the event loop: a plain `def` runs in a worker thread",
        place=place, function=fn.dotted, chain=tuple(step(f, e) for f, e in first.links),
        entry_points=tuple(sorted({entry_point(e) for e in entries}, key=lambda e: e.sort_key)),
        help=f"write `def {fn.name}` instead of `async def {fn.name}`", notes=tuple(notes),
    )  # fmt: skip


def _busy(fn: Fn, entries: list[Entry], frame: Frame, loop: Long) -> Finding:
    return Finding(
        code=META.code, name=META.name, severity=META.severity, confidence=Confidence.CERTAIN,
        message=f"`{fn.name}` awaits nothing, and its loop runs {loop.rounds:,} times on the event loop: a plain `def` runs in a worker thread",
        place=places.definition(fn), function=fn.dotted, chain=(places.at(frame, loop.pos, loop.end, None, loop.words),),
        entry_points=tuple(sorted({entry_point(e) for e in entries}, key=lambda e: e.sort_key)),
        help=f"write `def {fn.name}` instead of `async def {fn.name}`",
        notes=("a round costs 10 ns and more; in a worker thread the event loop gets its turn every few milliseconds",),
    )  # fmt: skip
