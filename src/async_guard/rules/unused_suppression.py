"""A comment suppresses a finding that is not there.

## What it finds

`# noqa: AG...` and `# async-guard: allow[AG...]` comments at which nothing would be reported, codes that no rule has, and
comments after `async-guard:` that mean nothing: an unknown word, `allow` without codes, a contract on another line
than that of a `def`.

## Why it matters

Code changes and comments stay. A suppression that suppresses nothing today will hide a real finding tomorrow. A mistyped
contract does nothing at all: whoever wrote `# async-guard: blockng` believes that callers are warned.

## Instead of

```python
import asyncio


async def wait() -> None:
    await asyncio.sleep(1)  # noqa: AG101
```

## Write

```python
import asyncio


async def wait() -> None:
    await asyncio.sleep(1)
```

## When not to use it

When the same files are checked with several configurations of which each needs other suppressions.

## Known misses and false alarms

Bare `# noqa` comments are not reported, because they may be meant for other tools; nor are codes of rules that are
switched off in this run.
"""

from async_guard.model.findings import Severity
from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG901", name="unused-suppression", since="0.1.0", severity=Severity.WARNING)
