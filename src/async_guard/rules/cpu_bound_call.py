"""A library call that burns milliseconds to seconds of processor time on the event loop.

## What it finds

Password hashing and key derivation, image and document processing, dataframes, model inference, compression and
similar calls of known cost, in code that runs on the event loop.

## Why it matters

The loop cannot switch to another task while a call computes. `bcrypt.checkpw` takes 220 ms at its default strength,
so a handful of logins per second saturates the server; decoding a 12 megapixel image takes 120 ms, saving a PNG 170
ms, extracting the text of a 20-page PDF 60 ms.

## Instead of

```python
import bcrypt
from fastapi import FastAPI

app = FastAPI()


def verify_password(password: str, hashed: bytes) -> bool:
    return bcrypt.checkpw(password.encode(), hashed)


@app.post("/login")
async def login(password: str):
    return {"ok": verify_password(password, b"$2b$12$...")}
```

## Write

```python
import asyncio

import bcrypt
from fastapi import FastAPI

app = FastAPI()


def verify_password(password: str, hashed: bytes) -> bool:
    return bcrypt.checkpw(password.encode(), hashed)


@app.post("/login")
async def login(password: str):
    return {"ok": await asyncio.to_thread(verify_password, password, b"$2b$12$...")}
```

A thread helps when the call releases the interpreter lock, as hashing, image and numeric libraries do. Pure Python
work and single calls that hold the lock (parsing 20 MB of JSON, a runaway regular expression, sorting) need a
process.

## When not to use it

When the inputs are always so small that the call takes microseconds.

## Known misses and false alarms

The cost of many calls depends on the size of the data, which is not known here; what is reported are calls that are
slow on ordinary input. Loops written in Python belong to AG309, which knows those of a million rounds and more.
"""

from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG110", name="cpu-bound-call", since="0.1.0", category="cpu")
