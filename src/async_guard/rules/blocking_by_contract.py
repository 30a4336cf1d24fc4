"""A function that your project declares as blocking is called on the event loop.

## What it finds

Calls on the event loop, through any chain, of functions that carry the comment `# async-guard: blocking` on their
`def` line, that `blocking = ["package.module.function"]` in `[tool.async-guard]` names, or that the project's own
catalogue entries describe without a category.

## Why it matters

You know things about your code that no tool can see: that a C extension waits for hardware, that a generated client
speaks to a slow service. One comment at the definition makes every use of it on the loop a finding, however deep it
hides.

## Instead of

```python
def read_sensor(channel: int) -> float:  # async-guard: blocking
    return _driver.read(channel)


async def report() -> dict:
    return {"temperature": read_sensor(3)}
```

## Write

```python
import asyncio


def read_sensor(channel: int) -> float:  # async-guard: blocking
    return _driver.read(channel)


async def report() -> dict:
    return {"temperature": await asyncio.to_thread(read_sensor, 3)}
```

The opposite contracts are `# async-guard: nonblocking` (nothing below this function is reported) and `#
async-guard: runs-in-thread` (the function hands its work to a thread by itself).

## When not to use it

It only speaks where you declared something.

## Known misses and false alarms

A contract holds for the function that carries it, not for overrides in subclasses. An unknown word in such a comment
is reported (AG901), and an unknown key in the configuration is an error that names the nearest valid one. Of a dotted
name in the configuration that no function of the files checked has, a warning on standard error tells, with the nearest
name that one has.
"""

from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG111", name="blocking-by-contract", since="0.1.0", category="contract")
