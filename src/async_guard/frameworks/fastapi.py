"""FastAPI: path operations, dependencies, lifespan, and everything it takes over from Starlette."""

from __future__ import annotations

from async_guard.frameworks.tables import FASTAPI, LOOP, NEVER, STARLETTE, Framework, Registration, SubclassMethods

_APP = "fastapi.FastAPI"
_ROUTER = "fastapi.APIRouter"
_BOTH = (_APP, _ROUTER)
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")


def _on(method: str) -> tuple[str, ...]:
    return tuple(f"{c}.{method}" for c in _BOTH)


FRAMEWORK = Framework(
    name="fastapi",
    classes={
        _APP: ("starlette.applications.Starlette",), _ROUTER: ("starlette.routing.Router",),
        "fastapi.BackgroundTasks": ("starlette.background.BackgroundTasks",),
    },
    aliases={
        "fastapi.applications.FastAPI": _APP, "fastapi.routing.APIRouter": _ROUTER,
        "fastapi.background.BackgroundTasks": "fastapi.BackgroundTasks", "fastapi.param_functions.Depends": "fastapi.Depends",
        "fastapi.params.Depends": "fastapi.Depends", "fastapi.param_functions.Security": "fastapi.Security",
        "fastapi.params.Security": "fastapi.Security", "fastapi.responses.StreamingResponse": "starlette.responses.StreamingResponse",
        "fastapi.middleware.Middleware": "starlette.middleware.Middleware", "fastapi.Request": "starlette.requests.Request",
        "fastapi.requests.Request": "starlette.requests.Request", "fastapi.requests.HTTPConnection": "starlette.requests.HTTPConnection",
        "fastapi.WebSocket": "starlette.websockets.WebSocket", "fastapi.websockets.WebSocket": "starlette.websockets.WebSocket",
        "fastapi.sse.EventSourceResponse": "sse_starlette.EventSourceResponse",
        "fastapi.responses.Response": "starlette.responses.Response", "fastapi.Response": "starlette.responses.Response",
        "fastapi.responses.JSONResponse": "starlette.responses.JSONResponse",
    },
    registrations=(
        *(Registration(_on(verb), "route", FASTAPI, path=("path", 0), methods=(verb.upper(),)) for verb in _VERBS),
        Registration(_on("api_route"), "route", FASTAPI, path=("path", 0), methods_arg=("methods", None)),
        Registration(_on("add_api_route"), "route", FASTAPI, arg=("endpoint", 1), path=("path", 0), methods_arg=("methods", None)),
        Registration(("fastapi.routing.APIRoute",), "route", FASTAPI, arg=("endpoint", 1), path=("path", 0), methods_arg=("methods", None)),
        Registration((*_on("websocket"), *_on("websocket_route")), "websocket", LOOP, path=("path", 0)),
        Registration((*_on("add_api_websocket_route"), *_on("add_websocket_route")), "websocket", LOOP, arg=("endpoint", 1), path=("path", 0)),
        Registration(_on("on_event"), "lifespan", LOOP, label="{path}", path=("event_type", 0)),
        Registration(_on("add_event_handler"), "lifespan", LOOP, arg=("func", 1), label="{path}", path=("event_type", 0)),
        Registration(_BOTH, "lifespan", LOOP, arg=("on_startup", None), label="startup"),
        Registration(_BOTH, "lifespan", LOOP, arg=("on_shutdown", None), label="shutdown"),
        Registration(_BOTH, "lifespan", LOOP, arg=("lifespan", None), label="lifespan", passes=(_APP,), yields_state=True),
        Registration((_APP,), "exception_handler", STARLETTE, arg=("exception_handlers", None), passes=("starlette.requests.Request",)),
        Registration(_on("callbacks"), "webhook", NEVER, path=("path", 0)),
    ),
    subclasses=(SubclassMethods("fastapi.routing.APIRoute", "route", (("get_route_handler", NEVER),)),),
    assigned={f"{_APP}.openapi": LOOP},
    markers=("fastapi.Depends", "fastapi.Security"),
    attributes={"fastapi.FastAPI.state": "starlette.datastructures.State", "fastapi.FastAPI.router": _ROUTER},
)  # fmt: skip
