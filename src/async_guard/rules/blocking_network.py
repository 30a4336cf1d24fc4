"""Sockets, name look-ups, mail, file transfer, remote shells or message brokers used synchronously on the event loop.

## What it finds

`socket` and `ssl` calls that wait for the other side, DNS look-ups (`socket.getaddrinfo`, `gethostbyname`),
`smtplib`, `ftplib`, `imaplib`, SSH libraries, and clients of message brokers, in code that runs on the event loop.
Some constructors connect: `smtplib.SMTP(host)`, `pika.BlockingConnection(...)`, `kafka.KafkaProducer(...)`.

## Why it matters

One mail through `SMTP.sendmail` takes five round trips. A `KafkaProducer` whose broker does not answer stops the
loop for 30 seconds, the first `.delay()` of a Celery task takes 22 round trips, and a name server that is down
costs its whole time-out per look-up. Nobody is served meanwhile.

## Instead of

```python
import smtplib
from email.message import EmailMessage


async def send_welcome(message: EmailMessage) -> None:
    with smtplib.SMTP("mail.example") as server:
        server.send_message(message)
```

## Write

```python
import aiosmtplib
from email.message import EmailMessage


async def send_welcome(message: EmailMessage) -> None:
    await aiosmtplib.send(message, hostname="mail.example")
```

A mail that the client need not wait for belongs in a background task written as a plain `def`: it runs in a worker
thread.

## When not to use it

When the other side is on the same machine and answers within microseconds, such as a local agent over a Unix
socket.

## Known misses and false alarms

Sockets after `setblocking(False)` or `settimeout(0)` raise instead of waiting and are not reported where the call
is visible. `smtplib.SMTP()` and `ftplib.FTP()` without a host connect later and are not reported at the
constructor.
"""

from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG106", name="blocking-network", since="0.1.0", category="network")
