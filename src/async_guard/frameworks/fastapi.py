"""FastAPI: path operations, dependencies, lifespan, and everything it takes over from Starlette."""

from __future__ import annotations

from async_guard.frameworks.starlette import LIFESPAN, RENDERING, RESPONSES
from async_guard.frameworks.tables import (
    FASTAPI,
    LOOP,
    NEVER,
    RETURNED,
    STARLETTE,
    Framework,
    Registration,
    Release,
    SubclassMethods,
    Version,
)

_APP = "fastapi.FastAPI"
_ROUTER = "fastapi.APIRouter"
_BOTH = (_APP, _ROUTER)
_OVERRIDES = "fastapi.applications.DependencyOverrides"
"""The mapping behind `app.dependency_overrides`: FastAPI itself has no class for it."""
_WEBHOOKS = "fastapi.applications.Webhooks"
"""The router behind `app.webhooks`, which has no class of its own: its functions describe requests and are never called."""
_NOT_GIVEN = (None, None)
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")

STREAMS_GENERATORS = Release("fastapi", (0, 134))
"""Worker threads fetch the items of a plain generator that handles a route, through `wraps` too; before, the encoder iterated it on the loop."""
SEES_THROUGH_WRAPS = Release("fastapi", (0, 123, 5))
"""A handler is placed as the function below its ``__wrapped__``."""
JUDGES_BY_CALL = Release("fastapi", (0, 123, 6), (0, 123, 10))
"""A class is placed as the ``__call__`` of its objects."""
ENDS_DEPENDENCIES_EARLY = Release("fastapi", (0, 106), (0, 118))
"""The code behind the ``yield`` of a dependency runs before the response is sent and background tasks are run."""
HAS_SCOPES = Release("fastapi", (0, 121))
"""A dependency may say that it ends with its function (``Depends(..., scope="function")``)."""


def _on(method: str) -> tuple[str, ...]:
    return tuple(f"{c}.{method}" for c in _BOTH)


FRAMEWORK = Framework(
    name="fastapi",
    classes={
        _APP: ("starlette.applications.Starlette",), _ROUTER: ("starlette.routing.Router",),
        "fastapi.BackgroundTasks": ("starlette.background.BackgroundTasks",), "fastapi.routing.APIRoute": (),
        "fastapi.routing.APIWebSocketRoute": (), _OVERRIDES: (), _WEBHOOKS: (),
    },
    aliases={
        "fastapi.applications.FastAPI": _APP, "fastapi.routing.APIRouter": _ROUTER,
        "fastapi.background.BackgroundTasks": "fastapi.BackgroundTasks", "fastapi.param_functions.Depends": "fastapi.Depends",
        "fastapi.params.Depends": "fastapi.Depends", "fastapi.param_functions.Security": "fastapi.Security",
        "fastapi.params.Security": "fastapi.Security",
        "fastapi.middleware.Middleware": "starlette.middleware.Middleware", "fastapi.Request": "starlette.requests.Request",
        "fastapi.requests.Request": "starlette.requests.Request", "fastapi.requests.HTTPConnection": "starlette.requests.HTTPConnection",
        "fastapi.WebSocket": "starlette.websockets.WebSocket", "fastapi.websockets.WebSocket": "starlette.websockets.WebSocket",
        "fastapi.sse.EventSourceResponse": "sse_starlette.EventSourceResponse",
        "fastapi.Response": "starlette.responses.Response", **{f"fastapi.responses.{n}": f"starlette.responses.{n}" for n in RESPONSES},
        "fastapi.middleware.wsgi.WSGIMiddleware": "starlette.middleware.wsgi.WSGIMiddleware",
        "fastapi.templating.Jinja2Templates": "starlette.templating.Jinja2Templates",
        "fastapi.staticfiles.StaticFiles": "starlette.staticfiles.StaticFiles",
    },
    registrations=(
        *(Registration(_on(verb), "route", FASTAPI, path=("path", 0), methods=(verb.upper(),)) for verb in _VERBS),
        Registration(_on("api_route"), "route", FASTAPI, path=("path", 0), methods_arg=("methods", None)),
        Registration(_on("add_api_route"), "route", FASTAPI, arg=("endpoint", 1), path=("path", 0), methods_arg=("methods", None)),
        Registration(("fastapi.routing.APIRoute",), "route", FASTAPI, arg=("endpoint", 1), path=("path", 0), methods_arg=("methods", None)),
        Registration(("fastapi.routing.APIWebSocketRoute",), "websocket", LOOP, arg=("endpoint", 1), path=("path", 0)),
        Registration((*_on("websocket"), *_on("websocket_route")), "websocket", LOOP, path=("path", 0)),
        Registration(_on("add_api_websocket_route"), "websocket", LOOP, arg=("endpoint", 1), path=("path", 0)),
        Registration(_on("on_event"), "lifespan", LOOP, label="{path}", path=("event_type", 0)),
        Registration(_on("add_event_handler"), "lifespan", LOOP, arg=("func", 1), label="{path}", path=("event_type", 0)),
        Registration(_BOTH, "lifespan", LOOP, arg=("on_startup", None), label="startup"),
        Registration(_BOTH, "lifespan", LOOP, arg=("on_shutdown", None), label="shutdown"),
        Registration((_APP,), "lifespan", LOOP, arg=("lifespan", None), label="lifespan", passes=(_APP,), yields_state=True,
                     outweighs=True, class_methods=LIFESPAN),
        # An application enters the lifespans of the routers that it includes from 0.112.2 on (run: 0.110.3, 0.115.14).
        Registration((_ROUTER,), "lifespan", LOOP, arg=("lifespan", None), label="lifespan", passes=(_APP,), yields_state=True,
                     class_methods=LIFESPAN, versions=(Version("fastapi", NEVER, until=(0, 112, 2)),)),
        Registration((_APP,), "exception_handler", STARLETTE, arg=("exception_handlers", None), passes=("starlette.requests.Request",)),
        Registration(_BOTH, "response", LOOP, arg=("default_response_class", None), class_methods=RENDERING),
        Registration(_on("include_router"), "response", LOOP, arg=("default_response_class", None), class_methods=RENDERING),
        Registration(tuple(f"{_WEBHOOKS}.{name}" for name in (*_VERBS, "api_route")), "webhook", NEVER, path=("path", 0)),
        Registration((f"{_WEBHOOKS}.add_api_route",), "webhook", NEVER, arg=("endpoint", 1), path=("path", 0)),
        Registration((f"{_OVERRIDES}.__setitem__",), "dependency", FASTAPI, arg=(None, 1), replaces=(None, 0)),
        Registration((f"{_OVERRIDES}.update",), "dependency", FASTAPI, arg=(None, 0), replaces=(None, 0)),
    ),
    subclasses=(
        SubclassMethods(_APP, "hook", (("openapi", LOOP), ("__call__", LOOP))),
        SubclassMethods("fastapi.routing.APIRoute", "route_class", (("get_route_handler", RETURNED), ("matches", LOOP), ("handle", LOOP))),
    ),
    assigned={f"{_APP}.openapi": ("hook", LOOP, ""), f"{_APP}.dependency_overrides": ("dependency", FASTAPI, "")},
    routers={
        _APP: (_NOT_GIVEN, ("routes", None), _NOT_GIVEN), _ROUTER: (("prefix", None), ("routes", None), _NOT_GIVEN),
    },
    markers=("fastapi.Depends", "fastapi.Security"),
    registers=("add_api_route", "add_api_websocket_route", "include_router", "FastAPI", "APIRouter"),
    attributes={"fastapi.FastAPI.state": "starlette.datastructures.State", "fastapi.FastAPI.router": _ROUTER, f"{_APP}.webhooks": _WEBHOOKS,
                f"{_APP}.dependency_overrides": _OVERRIDES},
)  # fmt: skip
