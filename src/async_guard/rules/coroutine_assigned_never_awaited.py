"""A coroutine is put into a variable that nobody awaits.

## What it finds

`result = fetch()` where `fetch` is a coroutine function and `result` is never awaited, returned, passed on or
stored; comparing a coroutine or testing whether it is true, which it always is; using it as if it were the result
(`fetch().name`, `fetch()["id"]`, `for row in fetch()`, `{**fetch()}`); answering a request with it, which FastAPI does not await
(it fails to make JSON of it, with status 500); passing it to a function of the project whose parameter is of another type, or which
uses it as the result, or to a part of the standard library that takes data (`json.loads(request.body())`,
`file.write(upload.read())`); using a future as if it were the result (`gather(...)[0]`,
`if loop.run_in_executor(None, read) == ""`), where nobody awaits or asks it; using what a mapping
gives as the result where its default is a coroutine (`options.get("path", find_path())`);
returning a coroutine or a future from a coroutine function whose caller awaits once only,
that is declared to give something else (`-> bool`), that calls itself, or that overrides the one it calls
(`return super().load()`); iterating an asynchronous generator by a plain `for`, or a coroutine by `async for`; entering by a plain `with`
what only `async with` can enter (`with httpx.AsyncClient()`); and putting a coroutine into an attribute of the object that is read as if it
were the result, or that gets the result of the same call elsewhere (`self.source = await self.load()`).
An `async def` property is such a call as well. So is a coroutine in what only takes data, however deep inside a list or a mapping
(`JSONResponse({"user": load()})`, `json.dumps({"user": load()})`, `raise HTTPException(401, detail=load())`, `logger.info("%s", load())`,
`client.post(url, json={"user": load()})`, f-strings), in a field or variable that is declared as something else (`User(name=load())` of a
model, `name: str = load()`), and a coroutine function of whose results something takes the truth or the order (`filter(is_allowed, users)`,
`sorted(users, key=rank)`). Likewise a list of coroutines that is never used, whose items are taken as results
(`rows[0]["id"]`, `for row in rows: print(row.name)`), or which is the answer to a request. A method of an object that nobody
knows (`self.device.read_point()["value"]`) is `probable`, where every function of that name in the project is a coroutine function that takes
such arguments.

## Why it matters

The body never runs, and what the code works with is a coroutine object instead of a result: `if is_allowed(user):`
lets everybody in, because every object is true; measured, `filter(is_allowed, users)` kept all of them. An answer with a coroutine in it is
status 500, a text with one says `<coroutine object ...>`.

## Instead of

```python
import asyncio


async def is_allowed(user: str) -> bool:
    await asyncio.sleep(0.1)
    return user == "root"


async def remove(user: str) -> str:
    if is_allowed(user):
        return "removed"
    return "forbidden"
```

## Write

```python
import asyncio


async def is_allowed(user: str) -> bool:
    await asyncio.sleep(0.1)
    return user == "root"


async def remove(user: str) -> str:
    if await is_allowed(user):
        return "removed"
    return "forbidden"
```

## When not to use it

In tests that close coroutines by hand.

## Known misses and false alarms

A coroutine that one path awaits and another forgets is reported where a branch leaves the function in between (`if cached: return cached`), not
where both paths go on. Not reported is an attribute that somebody hands on or only tests. Whether a library's
class can be entered by a plain `with` is known of classes that are called asynchronous only.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import defaults, futures
from async_guard.rules.judgement.coroutine_lists import kept_together
from async_guard.rules.judgement.coroutines import forgotten
from async_guard.rules.judgement.mistakes import unique
from async_guard.rules.judgement.unawaitable import unawaitable

META = RuleMeta(code="AG302", name="coroutine-assigned-never-awaited", since="0.1.0")


def check(linked: Linked) -> Iterator[Finding]:
    """Findings of this rule."""
    return unique(
        (
            *forgotten(linked, META),
            *kept_together(linked, META),
            *futures.used(linked, META),
            *defaults.given_instead(linked, META),
            *unawaitable(linked, META),
        )
    )
