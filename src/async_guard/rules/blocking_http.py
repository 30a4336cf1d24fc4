"""An HTTP request made with a synchronous client on the event loop.

## What it finds

Requests through `requests`, synchronous `httpx`, `urllib`, `urllib3`, `http.client` and other synchronous HTTP
clients in code that runs on the event loop, directly or through any chain of calls: behind a helper, a repository,
an injected client or an attribute of `self`. Reading a streamed body (`iter_content`, `iter_lines`) counts too,
because every chunk waits for the server.

## Why it matters

The whole process waits for one remote server. A request costs at least one round trip, and until the answer or the
time-out arrives no other request is served: with a remote that answers after 3 seconds, every client of the service
waits 3 seconds. A synchronous call from an async handler to the same server can never be answered at all before it
times out.

## Instead of

```python path=app/weather.py
import requests


class Weather:
    def __init__(self) -> None:
        self.session = requests.Session()

    def today(self, city: str) -> dict:
        return self.session.get(f"https://weather.example/{city}").json()
```

```python path=app/main.py
from fastapi import FastAPI

from app.weather import Weather

app = FastAPI()
weather = Weather()


@app.get("/weather/{city}")
async def show(city: str):
    return weather.today(city)
```

## Write

```python path=app/main.py
import httpx
from fastapi import FastAPI

app = FastAPI()
client = httpx.AsyncClient()


@app.get("/weather/{city}")
async def show(city: str):
    response = await client.get(f"https://weather.example/{city}")
    return response.json()
```

Where the synchronous client must stay, make the handler a plain `def` (it then runs in a worker thread) or write
`await asyncio.to_thread(weather.today, city)`. Keep one client: building one parses the CA bundle, about 20 ms of
processor time each.

## When not to use it

In programs whose loop serves nobody while the request is under way.

## Known misses and false alarms

`requests.Session()` opens nothing and is not reported. Responses of mock transports and of in-process ASGI
transports are reported like others when the transport is not visible at the constructor. Clients that come out of
untyped third-party factories are missed unless the catalogue describes the factory.
"""

from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG102", name="blocking-http", since="0.1.0", category="http")
