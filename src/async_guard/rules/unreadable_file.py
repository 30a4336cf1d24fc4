"""A file could not be read, so nothing in it was checked.

## What it finds

Files with a syntax error, bytes that do not fit their declared encoding, null bytes, or nesting too deep for any
parser.

## Why it matters

What was not read was not checked, and a run that says nothing about it would look clean. All other files are still
checked; the run fails.

## Instead of

```python
async def show():
    return await (
```

## Write

```python
async def show():
    return await load()


async def load(): ...
```

## When not to use it

For files that are not meant to be Python (templates, fixtures of other tools): list them under `exclude`.

## Known misses and false alarms

Syntax that is newer than the Python that runs async-guard is read all the same, unless it is newer than async-guard
itself.
"""

from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG900", name="unreadable-file", since="0.1.0")
