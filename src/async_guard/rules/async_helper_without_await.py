"""An `async def` that no framework calls awaits nothing.

## What it finds

Any `async def` other than a handler or dependency whose body needs no event loop: no `await`, `async for`, `async
with`, asynchronous comprehension, no `yield` of an asynchronous generator, no call that needs the running loop.

## Why it matters

Callers must await it and believe that it gives way to others; it never does: measured, a thousand awaits of such a
function in a row let another task run not once, and one costs 0.09 µs where calling a `def` costs 0.03 µs. If it blocks, the `async` hides that
from the reader; if it does not, each call pays for a coroutine object.

## Instead of

```python
async def full_name(user) -> str:
    return f"{user.first} {user.last}"


async def greet(user, channel) -> None:
    await channel.send(await full_name(user))
```

## Write

```python
def full_name(user) -> str:
    return f"{user.first} {user.last}"


async def greet(user, channel) -> None:
    await channel.send(full_name(user))
```

## When not to use it

Off by default. In code bases with interfaces that are asynchronous by convention it finds little of use.

## Known misses and false alarms

Not reported: overrides and implementations of an interface that is `async`, abstract methods and stubs, functions
handed to others as a callback or called without `await` (`gather(f(), g())`, `f() if x else g()`), decorated functions whose
decorator awaits them, methods of a class that awaits what it finds by a computed name (`getattr(self, f"{name}_one")`), hooks that only
give back what they get, functions that several modules have by the same name (one module may stand for the other), methods that only return
`None`, `True` or `False` (for subclasses to replace), methods of a class with `__getattr__` (it stands for another object),
functions that nothing in the project calls and that get an object of a library (`async def async_setup(hass: HomeAssistant)`),
tests. Any other function that nothing in the project calls is reported, though a framework that this tool does not know may call and await it.
"""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.linked import Linked, step
from async_guard.model.findings import Confidence, Finding, Severity, Step
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement import places, without_await

META = RuleMeta(
    code="AG203", name="async-helper-without-await", since="0.1.0", severity=Severity.INFO, on_by_default=False
)


def check(linked: Linked) -> Iterator[Finding]:
    """Coroutine functions, other than handlers and dependencies, that await nothing."""
    for fn, work in without_await.helpers(linked, META.code):
        place = places.definition(fn)
        heavy = work.heavy
        blocks = f", and `{heavy[0].sink.name}` in it blocks the event loop" if heavy else ""
        yield Finding(
            code=META.code, name=META.name, severity=META.severity, confidence=Confidence.CERTAIN,
            message=f"`{fn.name}` is `async def` and awaits nothing{blocks}", place=place, function=fn.dotted,
            chain=tuple(step(f, e) for f, e in heavy[0].links) if heavy else (Step(place, fn.dotted, fn.name),),
            help=f"write `def {fn.name}` and drop the `await` of its callers",
        )  # fmt: skip
