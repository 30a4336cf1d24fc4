"""A child process that the event loop waits for.

## What it finds

`subprocess.run`, `check_output`, `call`, `Popen(...).wait()` and `communicate()`, `os.system`, `os.popen`,
`os.waitpid` and libraries that run a program for you, in code that runs on the event loop.

## Why it matters

The loop stands still until the program has finished: a two-second `ffmpeg` is a two-second outage for every other
request. Starting a process alone costs 0.5 to 15 ms, because the parent waits for the child's `exec`.

## Instead of

```python
import subprocess


async def duration(path: str) -> str:
    result = subprocess.run(["ffprobe", path], capture_output=True, text=True)
    return result.stdout
```

## Write

```python
import asyncio


async def duration(path: str) -> str:
    process = await asyncio.create_subprocess_exec("ffprobe", path, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    return output.decode()
```

## When not to use it

In a command-line program whose loop has nothing else to do meanwhile.

## Known misses and false alarms

`Popen.poll`, `terminate` and `kill` return at once and are not reported; nor is `os.waitpid(pid, os.WNOHANG)`. A
program started through a library that the catalogue does not know is missed.
"""

from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG105", name="blocking-subprocess", since="0.1.0", category="subprocess")
