"""A vendor's synchronous client (cloud, language model, payment, chat) called on the event loop.

## What it finds

Calls through synchronous vendor libraries such as boto3, OpenAI, Anthropic, Stripe or Twilio in code that runs on
the event loop, and clients whose construction itself is slow.

## Why it matters

Every operation is at least one request to the vendor: a language model answers after seconds, `waiter.wait()` of
boto3 sleeps up to 97 seconds with its defaults, and the first `boto3.client()` of a process costs 120 to 190 ms
before any request is made. All other requests of the process wait.

## Instead of

```python
import boto3

s3 = boto3.client("s3")


async def save(key: str, body: bytes) -> None:
    s3.put_object(Bucket="uploads", Key=key, Body=body)
```

## Write

```python
import asyncio

import boto3

s3 = boto3.client("s3")


async def save(key: str, body: bytes) -> None:
    await asyncio.to_thread(s3.put_object, Bucket="uploads", Key=key, Body=body)
```

Many vendors ship an asynchronous twin (`AsyncOpenAI`, `AsyncAnthropic`, `stripe.Customer.create_async`,
`aioboto3`): prefer it.

## When not to use it

When the client talks to an emulator in the same process, as in tests.

## Known misses and false alarms

Calls that only compute (`generate_presigned_url`, `stripe.Webhook.construct_event`) are not reported. Vendors that
the catalogue does not know are missed; add them to `[tool.async-guard.catalogue]`.
"""

from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG107", name="blocking-sdk", since="0.1.0", category="sdk")
