"""Which callables of a project a framework runs, and where."""

from __future__ import annotations

from async_guard.frameworks import (
    agents,
    aiohttp,
    asyncio,
    bots,
    callbacks,
    commands,
    containers,
    extensions,
    fastapi,
    graphs,
    grpc,
    homeassistant,
    interfaces,
    mcp,
    neighbours,
    plugins,
    pydantic,
    records,
    servers,
    signals,
    starlette,
    tornado,
    workers,
    wsgi,
)
from async_guard.frameworks.tables import Framework

FRAMEWORKS: tuple[Framework, ...] = (
    starlette.FRAMEWORK,
    fastapi.FRAMEWORK,
    mcp.FRAMEWORK,
    neighbours.FRAMEWORK,
    pydantic.FRAMEWORK,
    containers.FRAMEWORK,
    callbacks.FRAMEWORK,
    aiohttp.FRAMEWORK,
    tornado.FRAMEWORK,
    signals.FRAMEWORK,
    plugins.FRAMEWORK,
    grpc.FRAMEWORK,
    asyncio.FRAMEWORK,
    records.FRAMEWORK,
    servers.FRAMEWORK,
    agents.FRAMEWORK,
    graphs.FRAMEWORK,
    extensions.FRAMEWORK,
    interfaces.FRAMEWORK,
    bots.FRAMEWORK,
    homeassistant.FRAMEWORK,
    commands.FRAMEWORK,
    wsgi.FRAMEWORK,
    workers.FRAMEWORK,
)
"""In the order in which they are asked."""
