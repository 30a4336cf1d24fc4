"""Starlette: routes, endpoints, middleware, background tasks, streams."""

from __future__ import annotations

from async_guard.frameworks.tables import (
    LOOP,
    ONCE,
    STARLETTE,
    WORKER,
    Arg,
    Framework,
    Registration,
    Signals,
    SubclassMethods,
)

_APP = "starlette.applications.Starlette"
_ROUTER = "starlette.routing.Router"
_REQUEST = "starlette.requests.Request"
_NEXT = "starlette.middleware.base.RequestResponseEndpoint"
_SOCKET = "starlette.websockets.WebSocket"
_SCOPE = "starlette.types.Scope"
_MIDDLEWARE_METHODS = (("__init__", ONCE), ("dispatch", LOOP), ("__call__", LOOP))


def _on(classes: tuple[str, ...], method: str) -> tuple[str, ...]:
    return tuple(f"{c}.{method}" for c in classes)


_BOTH = (_APP, _ROUTER)
_ENDPOINTS = ((_APP, "route"), (_ROUTER, "endpoint"))
"""What applications and routers call the callable that they are given."""
_ROUTES = ("Route", "WebSocketRoute", "Mount", "Host")
RESPONSES = (
    "Response",
    "JSONResponse",
    "PlainTextResponse",
    "HTMLResponse",
    "ORJSONResponse",
    "UJSONResponse",
    "RedirectResponse",
    "StreamingResponse",
    "FileResponse",
)
_RENDERED = RESPONSES[:6]
RENDERING = (("__init__", LOOP), ("render", LOOP), ("init_headers", LOOP))
"""What FastAPI runs of a response class that it makes the response with."""
ASK_FOR_COROUTINES = ("is_async_callable", "is_coroutine_callable")
"""Helpers of Starlette and FastAPI that ask whether calling something gives a coroutine, by the names that projects copy as well."""
_NOT_GIVEN: Arg = (None, None)
_HANDLERS = "starlette.applications.ExceptionHandlers"
_EVENTS = "starlette.routing.EventHandlers"
"""The mapping behind `app.exception_handlers` and the lists behind `router.on_startup`: Starlette itself has no classes for them."""
_TEMPLATES = "starlette.templating.Jinja2Templates"
LIFESPAN = (("__init__", LOOP), ("__aenter__", LOOP), ("__aexit__", LOOP))

FRAMEWORK = Framework(
    name="starlette",
    classes={
        _APP: (), _ROUTER: (), _TEMPLATES: (), _SCOPE: (), "starlette.background.BackgroundTasks": ("starlette.background.BackgroundTask",),
        "starlette.background.BackgroundTask": (), _HANDLERS: (), _EVENTS: (), **{f"starlette.routing.{name}": () for name in _ROUTES},
    },
    aliases={"fastapi.middleware.cors.CORSMiddleware": "starlette.middleware.cors.CORSMiddleware",
             "starlette.background.BackgroundTasks": "starlette.background.BackgroundTasks"},
    registrations=(
        Registration(
            ("starlette.routing.Route",), "route", STARLETTE, arg=("endpoint", 1), path=("path", 0), methods_arg=("methods", None),
            passes=(_REQUEST,), instances=LOOP,
        ),
        Registration(("starlette.routing.WebSocketRoute",), "websocket", LOOP, arg=("endpoint", 1), path=("path", 0), passes=(_SOCKET,)),
        *(
            Registration(_on((cls,), "add_route"), "route", STARLETTE, arg=(name, 1), path=("path", 0), methods_arg=("methods", 2),
                         passes=(_REQUEST,), instances=LOOP)
            for cls, name in _ENDPOINTS
        ),
        Registration(_on(_BOTH, "route"), "route", STARLETTE, path=("path", 0), methods_arg=("methods", 1), passes=(_REQUEST,)),
        *(
            Registration(_on((cls,), "add_websocket_route"), "websocket", LOOP, arg=(name, 1), path=("path", 0), passes=(_SOCKET,))
            for cls, name in _ENDPOINTS
        ),
        Registration(_on(_BOTH, "websocket_route"), "websocket", LOOP, path=("path", 0), passes=(_SOCKET,)),
        Registration(_on(_BOTH, "add_event_handler"), "lifespan", LOOP, arg=("func", 1), label="{path}", path=("event_type", 0)),
        Registration(_on(_BOTH, "on_event"), "lifespan", LOOP, label="{path}", path=("event_type", 0)),
        Registration(_on((_APP,), "middleware"), "middleware", LOOP, passes=(_REQUEST, _NEXT)),
        *(
            Registration(made, "middleware", LOOP, arg=(name, 0), class_methods=_MIDDLEWARE_METHODS, class_passes=("__call__", _SCOPE))
            for made, name in ((_on((_APP,), "add_middleware"), "middleware_class"), (("starlette.middleware.Middleware",), "cls"))
        ),
        Registration(("starlette.middleware.base.BaseHTTPMiddleware",), "middleware", LOOP, arg=("dispatch", 1), passes=(_REQUEST, _NEXT)),
        Registration(_on((_APP,), "exception_handler"), "exception_handler", STARLETTE, bare=False, passes=(_REQUEST,)),
        Registration(_on((_APP,), "add_exception_handler"), "exception_handler", STARLETTE, arg=("handler", 1), passes=(_REQUEST,)),
        Registration(
            (*_on((_APP,), "add_middleware"), "starlette.middleware.Middleware"), "middleware", LOOP, arg=("dispatch", None),
            passes=(_REQUEST, _NEXT),
        ),
        Registration((*_on((_APP,), "add_middleware"), "starlette.middleware.Middleware",
                      "starlette.middleware.authentication.AuthenticationMiddleware"), "authentication", LOOP, arg=("on_error", None)),
        Registration((_APP, _ROUTER), "lifespan", LOOP, arg=("on_startup", None), label="startup"),
        Registration((_APP, _ROUTER), "lifespan", LOOP, arg=("on_shutdown", None), label="shutdown"),
        Registration((_APP, _ROUTER), "lifespan", LOOP, arg=("lifespan", None), label="lifespan", passes=(_APP,), yields_state=True,
                     outweighs=True, class_methods=LIFESPAN),
        Registration((f"{_HANDLERS}.__setitem__",), "exception_handler", STARLETTE, arg=(None, 1), passes=(_REQUEST,)),
        Registration((f"{_HANDLERS}.update",), "exception_handler", STARLETTE, arg=(None, 0), passes=(_REQUEST,)),
        Registration((f"{_EVENTS}.append",), "lifespan", LOOP, arg=(None, 0)),
        Registration((f"{_EVENTS}.insert",), "lifespan", LOOP, arg=(None, 1)),
        Registration((f"{_EVENTS}.extend",), "lifespan", LOOP, arg=(None, 0)),
        Registration((_APP,), "exception_handler", STARLETTE, arg=("exception_handlers", None), passes=(_REQUEST,)),
        Registration(("starlette.background.BackgroundTask",), "background", STARLETTE, arg=("func", 0), passes_rest=True),
        Registration(("starlette.background.BackgroundTasks.add_task",), "background", STARLETTE, arg=("func", 0), passes_rest=True),
        Registration(tuple(f"starlette.responses.{name}" for name in RESPONSES), "background", LOOP, arg=("background", None)),
        Registration(("starlette.middleware.wsgi.WSGIMiddleware", "a2wsgi.WSGIMiddleware"), "wsgi", WORKER, arg=("app", 0)),
        Registration(("starlette.responses.StreamingResponse",), "stream", STARLETTE, arg=("content", 0)),
        Registration(("sse_starlette.sse.EventSourceResponse", "sse_starlette.EventSourceResponse"), "stream", STARLETTE, arg=("content", 0)),
        Registration(("sse_starlette.sse.EventSourceResponse", "sse_starlette.EventSourceResponse"), "hook", LOOP,
                     arg=("ping_message_factory", None)),
    ),
    subclasses=(
        SubclassMethods("starlette.endpoints.HTTPEndpoint", "route", (
            ("get", STARLETTE), ("post", STARLETTE), ("put", STARLETTE), ("patch", STARLETTE), ("delete", STARLETTE),
            ("head", STARLETTE), ("options", STARLETTE), ("__init__", LOOP),
        ), passes=(_REQUEST,)),
        SubclassMethods("starlette.endpoints.WebSocketEndpoint", "websocket", (
            ("on_connect", LOOP), ("on_receive", LOOP), ("on_disconnect", LOOP), ("__init__", LOOP),
        ), passes=(_SOCKET,)),
        SubclassMethods("starlette.middleware.base.BaseHTTPMiddleware", "middleware", (("dispatch", LOOP), ("__init__", ONCE)),
                        passes=(_REQUEST, _NEXT)),
        SubclassMethods("starlette.middleware.cors.CORSMiddleware", "middleware", tuple(
            (name, LOOP) for name in ("__call__", "is_allowed_origin", "preflight_response", "simple_response", "send")
        )),
        SubclassMethods("starlette.authentication.AuthenticationBackend", "authentication", (("authenticate", LOOP),)),
        SubclassMethods("starlette.convertors.Convertor", "convertor", (("convert", LOOP), ("to_string", LOOP))),
        SubclassMethods("starlette.staticfiles.StaticFiles", "static_files", (
            ("lookup_path", WORKER), ("get_response", LOOP), ("file_response", LOOP), ("is_not_modified", LOOP), ("get_path", LOOP),
        )),
        *(SubclassMethods(f"starlette.responses.{name}", "response", (("__call__", LOOP), ("stream_response", LOOP))) for name in RESPONSES),
        SubclassMethods("starlette.routing.Route", "route_class", (("matches", LOOP), ("handle", LOOP))),
    ),
    routers={
        _APP: (_NOT_GIVEN, ("routes", 1), _NOT_GIVEN), _ROUTER: (_NOT_GIVEN, ("routes", 0), _NOT_GIVEN),
        "starlette.routing.Mount": (("path", 0), ("routes", 2), ("app", 1)), "starlette.routing.Host": (_NOT_GIVEN, _NOT_GIVEN, ("app", 1)),
    },
    assigned={f"{_ROUTER}.lifespan_context": ("lifespan", LOOP, "")},
    constructed={f"starlette.responses.{name}": ("render", "init_headers") for name in _RENDERED},
    responses=tuple(f"starlette.responses.{name}" for name in RESPONSES),
    signals=(Signals((_TEMPLATES,), connects=(), sends=("TemplateResponse",), given=("context_processors", 1), beside=True),),
    outermost=(_APP,),
    bags=("starlette.datastructures.State",),
    stores=(_SCOPE,),
    after_response=("starlette.background.BackgroundTask", "starlette.background.BackgroundTasks", "fastapi.BackgroundTasks"),
    attributes={
        f"{_APP}.exception_handlers": _HANDLERS, f"{_ROUTER}.on_startup": _EVENTS, f"{_ROUTER}.on_shutdown": _EVENTS,
        f"{_APP}.state": "starlette.datastructures.State", f"{_APP}.router": _ROUTER,
        "starlette.requests.Request.state": "starlette.datastructures.State",
        "starlette.requests.HTTPConnection.state": "starlette.datastructures.State",
        "starlette.websockets.WebSocket.state": "starlette.datastructures.State",
        **{f"starlette.{name}.scope": _SCOPE for name in ("requests.Request", "requests.HTTPConnection", "websockets.WebSocket")},
        "starlette.requests.Request.app": _APP, "starlette.requests.HTTPConnection.app": _APP,
        "starlette.websockets.WebSocket.app": _APP,
    },
    registers=(
        "add_middleware", "add_event_handler", "add_exception_handler", "add_route", "add_websocket_route", "mount", "exception_handler",
        "Starlette", "Route", "middleware", "on_event", "add_task", "BackgroundTask",
    ),
)  # fmt: skip
