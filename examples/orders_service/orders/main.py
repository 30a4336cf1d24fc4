"""The application."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse

from orders.database import engine
from orders.models import Base
from orders.routers import customers, orders
from orders.services import maintenance, notifications, prices


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Blocks too, but nobody is served yet: reported one level lower."""
    Base.metadata.create_all(engine)
    app.state.prices = prices.load()
    yield
    await notifications.client.aclose()


app = FastAPI(title="Orders", lifespan=lifespan)
app.include_router(orders.router)
app.include_router(customers.router)


@app.middleware("http")
async def refuse_during_maintenance(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    """Mistake: every request reads a file on the loop."""
    notice = maintenance.notice()
    if notice is not None:
        return PlainTextResponse(notice, status_code=503)
    return await call_next(request)


@app.get("/health")
async def health() -> dict[str, str]:
    """Correct: it awaits nothing and does nothing slow, so the loop is the cheapest place for it."""
    return {"status": "ok"}
