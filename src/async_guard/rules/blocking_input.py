"""The event loop waits for a person to type.

## What it finds

`input()`, `getpass.getpass()` and reads of `sys.stdin` in code that runs on the event loop.

## Why it matters

Nothing else in the process runs until somebody presses Enter. In a service that has no terminal the call fails or
waits for ever.

## Instead of

```python
async def chat(agent) -> None:
    while True:
        question = input("> ")
        print(await agent.ask(question))
```

## Write

```python
import asyncio


async def chat(agent) -> None:
    while True:
        question = await asyncio.to_thread(input, "> ")
        print(await agent.ask(question))
```

## When not to use it

In a command-line program in which nothing else is to run while the person thinks.

## Known misses and false alarms

A function of the project that is itself named `input` is not the builtin and is not reported. `sys.stdin` that was
replaced by an in-memory buffer at run time is reported.
"""

from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG109", name="blocking-input", since="0.1.0", category="input")
