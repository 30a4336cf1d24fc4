"""A coroutine is made and thrown away, so its body never runs.

## What it finds

Calls of coroutine functions as a statement of their own, without `await`: functions and methods of the project
wherever they are defined, factories that return coroutines, and asynchronous methods of known libraries. Likewise
calls of asynchronous generators, of which nothing runs until somebody iterates them, and coroutine functions given to
the loop as plain callbacks (`call_soon`, `call_later`, `add_signal_handler`, `add_done_callback`), which it calls and
whose coroutines it drops, or to `signal.signal`, `atexit.register` and `weakref.finalize`, and `async def` methods that
override what a library calls as plain ones (`logging.Handler.emit`, `threading.Thread.run`,
`CORSMiddleware.is_allowed_origin`). Likewise a list of coroutines that a function of the project gives and a statement drops,
and of `list(map(send, users))`, and `await start()` where `start` only gives another coroutine. A method of an object whose class nobody
knows (`self.device.set_point(1)`) is `probable`, where every function of that name in the project is a coroutine function that takes such arguments.
So is a call of a parameter that nobody could type where the same function awaits another call of it (`await say(a)` and `say(b)`).

## Why it matters

Calling an `async def` runs nothing; it only builds an object. The mail is not sent, the row is not written: measured, of a hundred such
calls none ran its body. All that Python says is `RuntimeWarning: coroutine 'send' was never awaited`, at some later time, in a log.
The request succeeds.

## Instead of

```python
import asyncio


async def audit(event: str) -> None:
    await asyncio.sleep(0.1)


async def delete_user(user_id: int) -> None:
    audit(f"deleted {user_id}")
```

## Write

```python
import asyncio


async def audit(event: str) -> None:
    await asyncio.sleep(0.1)


async def delete_user(user_id: int) -> None:
    await audit(f"deleted {user_id}")
```

## When not to use it

In tests that check for the very warning.

## Known misses and false alarms

Not reported: coroutines given to `gather`, `create_task`, a task group or any other call, stored in a container, or
returned. A decorator that schedules the call by itself is recognised when its body is visible.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.coroutines import discarded

META = RuleMeta(code="AG301", name="coroutine-never-awaited", since="0.1.0")


def check(linked: Linked) -> Iterator[Finding]:
    """Findings of this rule."""
    return discarded(linked, META)
