"""Local files read or written on the event loop.

## What it finds

`open` and the methods of file objects, `pathlib.Path` reads and writes, `shutil`, `os` and `tempfile` calls that
touch the disk, and serialisers that are handed a file, in code that runs on the event loop.

## Why it matters

A local disk is usually fast and sometimes not: reading 1 kB from the page cache takes 9 µs, overwriting an existing
1 kB file 3 ms in the median, reading 50 MB up to 54 ms, and on a network file system any of these can wait without
bound. That is why files are a `warning`, while `shutil.rmtree`, `os.walk` and other calls over whole trees are an
`error`. A mere `os.path.exists` or `stat` costs about 1 µs and is only shown with `--negligible`.

## Instead of

```python
from pathlib import Path

from fastapi import FastAPI, UploadFile

app = FastAPI()


@app.post("/avatar")
async def upload(file: UploadFile):
    data = await file.read()
    Path("/srv/avatars/me.png").write_bytes(data)
```

## Write

```python
import asyncio
from pathlib import Path

from fastapi import FastAPI, UploadFile

app = FastAPI()


@app.post("/avatar")
async def upload(file: UploadFile):
    data = await file.read()
    await asyncio.to_thread(Path("/srv/avatars/me.png").write_bytes, data)
```

`anyio.Path` and `aiofiles` do the same hop to a thread for every call; one `to_thread` around several calls is
cheaper.

## When not to use it

When all files are small and local and a stall of a few milliseconds is nothing to you: raise the bar with `severity
= "error"`.

## Known misses and false alarms

`io.StringIO` and `io.BytesIO` are no files and are not reported. A file object that comes from a parameter without
annotation is known only if some caller shows what it is. Files on a RAM disk are reported like others.
"""

from async_guard.model.findings import Severity
from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG104", name="blocking-file-io", since="0.1.0", severity=Severity.WARNING, category="file")
