"""A client, session or engine is built for every request.

## What it finds

HTTP clients, database engines and vendor clients constructed in a handler, a dependency, a tool of a server for models
(MCP), or what these call, and used for that request only: in a local variable, handed up to a dependency, or on an
object that the request makes itself.

## Why it matters

Each `httpx.AsyncClient()` or `AsyncOpenAI()` parses the CA bundle, 20 to 40 ms of processor time on the event loop,
and starts without open connections, so that every request pays for a new TCP and TLS handshake. An engine per
request means a connection pool per request.

## Instead of

```python
import httpx
from fastapi import FastAPI

app = FastAPI()


@app.get("/rates")
async def rates():
    async with httpx.AsyncClient() as client:
        response = await client.get("https://rates.example/latest")
    return response.json()
```

## Write

```python
import httpx
from fastapi import FastAPI

app = FastAPI()
client = httpx.AsyncClient()


@app.get("/rates")
async def rates():
    response = await client.get("https://rates.example/latest")
    return response.json()
```

Better still, build it in the lifespan and close it there.

## When not to use it

Off by default. When each request needs its own credentials, certificates or cookie jar.

## Known misses and false alarms

Constructors that a cache (`functools.cache`) keeps are not reported, nor clients that are given a transport or connector,
to which the pool belongs, nor one that a websocket endpoint makes once for its connection. Sessions that are meant to live for one
request (`Session(engine)`) are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked
from async_guard.model.findings import Confidence, Finding, Severity
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import per_request, places

META = RuleMeta(code="AG502", name="client-per-request", since="0.1.0", severity=Severity.WARNING, on_by_default=False)


def check(linked: Linked) -> Iterator[Finding]:
    """Clients, sessions and engines that every request makes anew."""
    for frame, site, name in per_request.made(linked):
        if frame.fn is not None and places.allowed(META.code, frame.fn.head.allows):
            continue
        step = places.at(frame, site.pos, site.end, site.node, name)
        yield Finding(
            code=META.code, name=META.name, severity=META.severity, confidence=Confidence.PROBABLE if site.probable else Confidence.CERTAIN,
            message=f"`{name}` makes a pool of connections for every request", place=step.place, function=frame.name, chain=(step,),
            entry_points=linked.shown_entries(frame), help="make it once, in the lifespan or at module level, and share it",
        )  # fmt: skip
