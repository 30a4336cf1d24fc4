"""Other frameworks that serve requests: Litestar, Quart, Sanic, BlackSheep, Ravyn, FastHTML, Falcon."""

from __future__ import annotations

from async_guard.frameworks.tables import LOOP, STARLETTE, Framework, Registration, SubclassMethods

_VERBS = ("get", "post", "put", "patch", "delete", "head")
_ALL_VERBS = (*_VERBS, "options")
_THREAD = "sync_to_thread"
"""Litestar runs plain functions on the loop unless this keyword asks for a thread."""
_LITESTAR = "litestar.Litestar"
_LAYERS = (_LITESTAR, "litestar.Router", "litestar.route", *(f"litestar.{verb}" for verb in _VERBS))
"""What takes handlers of exceptions and encoders, each for what is below it."""
_QUART = ("quart.Quart", "quart.Blueprint")
_SANIC = ("sanic.Sanic", "sanic.Blueprint")
_SANIC_REQUEST = "sanic.Request"
_OF_REQUEST = (_SANIC_REQUEST,)
_OF_APP = ("sanic.Sanic",)
_SANIC_CONTEXTS = ("sanic.Sanic.ctx", "sanic.Sanic.shared_ctx", "sanic.Request.ctx")
"""What an application and a request have for the project's own things, called as the attributes that hold it."""
_QUART_G = "quart.ctx._AppCtxGlobals"
_QUART_STORES = ("quart.Quart.config", "quart.Quart.extensions")
_LITESTAR_STATE = "litestar.datastructures.State"
_LITESTAR_CONNECTIONS = ("litestar.Request", "litestar.WebSocket", "litestar.connection.ASGIConnection")
_SANIC_EVENTS = (
    "main_process_start", "main_process_stop", "before_server_start", "after_server_start", "before_server_stop", "after_server_stop",
)  # fmt: skip
_BLACKSHEEP = "blacksheep.Application"
_BLACKSHEEP_ROUTER = "blacksheep.Router"
_RAVYN = ("ravyn", "esmerald")
"""Esmerald is called Ravyn now."""
_APPS_OF_RAVYN = ("ravyn.Ravyn", "ravyn.ChildRavyn", "esmerald.Esmerald", "esmerald.ChildEsmerald")
_FASTHTML = "fasthtml.FastHTML"
_FALCON = ("falcon.asgi.App",)
_RESPONDERS = tuple((f"on_{verb}", LOOP) for verb in (*_ALL_VERBS, "websocket"))


def _on(classes: tuple[str, ...], *methods: str) -> tuple[str, ...]:
    return tuple(f"{cls}.{method}" for cls in classes for method in methods)


FRAMEWORK = Framework(
    name="servers",
    classes={
        _LITESTAR: (), "litestar.Router": (), **dict.fromkeys(_QUART, ()), **dict.fromkeys(_SANIC, ()), _BLACKSHEEP: (),
        _BLACKSHEEP_ROUTER: (), _FASTHTML: ("starlette.applications.Starlette",), **dict.fromkeys(_FALCON, ()),
    },
    aliases={
        "litestar.app.Litestar": _LITESTAR, "litestar.router.Router": "litestar.Router",
        **{f"litestar.handlers.{verb}": f"litestar.{verb}" for verb in (*_VERBS, "route")},
        "quart.app.Quart": "quart.Quart", "quart.blueprints.Blueprint": "quart.Blueprint",
        "litestar.datastructures.state.State": _LITESTAR_STATE, "litestar.connection.Request": "litestar.Request",
        "litestar.connection.WebSocket": "litestar.WebSocket", "sanic.request.Request": _SANIC_REQUEST,
        "sanic.app.Sanic": "sanic.Sanic", "sanic.blueprints.Blueprint": "sanic.Blueprint",
        "blacksheep.server.application.Application": _BLACKSHEEP, "blacksheep.server.Application": _BLACKSHEEP,
        "blacksheep.server.routing.Router": _BLACKSHEEP_ROUTER,
        **{f"blacksheep.server.controllers.{verb}": f"blacksheep.{verb}" for verb in _ALL_VERBS},
        **{f"{name}.routing.gateways.Gateway": f"{name}.Gateway" for name in _RAVYN},
        **{f"fasthtml.{room}.FastHTML": _FASTHTML for room in ("common", "core", "fastapp")},
    },
    registrations=(
        # Litestar (measured: 2.25): hooks before and after a request, guards and tasks of a response go to a thread by themselves.
        *(
            Registration((f"litestar.{verb}",), "route", LOOP, path=("path", 0), methods=(verb.upper(),), thread_if=_THREAD)
            for verb in _VERBS
        ),
        Registration(("litestar.route",), "route", LOOP, path=("path", 0), methods_arg=("http_method", None), thread_if=_THREAD),
        Registration(("litestar.di.Provide",), "dependency", LOOP, arg=("dependency", 0), thread_if=_THREAD),
        Registration(_LAYERS, "exception_handler", LOOP, arg=("exception_handlers", None)),
        Registration(_LAYERS, "encoder", LOOP, arg=("type_encoders", None)),
        Registration((_LITESTAR,), "lifespan", LOOP, arg=("on_startup", None), label="startup", passes=(_LITESTAR,)),
        Registration((_LITESTAR,), "lifespan", LOOP, arg=("on_shutdown", None), label="shutdown", passes=(_LITESTAR,)),
        *(Registration((_LITESTAR,), "hook", STARLETTE, arg=(name, None)) for name in ("before_request", "after_request", "after_response")),
        # Quart (measured: 0.22): whatever is a plain function goes to a thread.
        *(
            Registration(_on(_QUART, verb), "route", STARLETTE, path=("rule", 0), methods=(verb.upper(),))
            for verb in ("get", "post", "put", "patch", "delete")
        ),
        Registration(_on(_QUART, "route"), "route", STARLETTE, path=("rule", 0), methods_arg=("methods", None)),
        Registration(_on(_QUART, "add_url_rule"), "route", STARLETTE, arg=("view_func", 2), path=("rule", 0), methods_arg=("methods", None)),
        Registration(_on(_QUART, "websocket"), "websocket", STARLETTE, path=("rule", 0)),
        Registration(_on(_QUART, "before_request", "after_request", "teardown_request", "before_app_request", "after_app_request"), "hook",
                     STARLETTE),
        Registration(_on(_QUART, "template_filter", "template_global", "template_test", "app_template_filter", "app_template_global",
                         "app_template_test"), "hook", LOOP, bare=False),
        Registration(_on(_QUART, "before_serving", "after_serving", "while_serving"), "lifespan", STARLETTE),
        Registration(_on(_QUART, "errorhandler", "app_errorhandler"), "exception_handler", STARLETTE, bare=False),
        # Sanic (measured: 25.12): everything on the loop.
        *(Registration(_on(_SANIC, verb), "route", LOOP, path=("uri", 0), methods=(verb.upper(),), passes=_OF_REQUEST) for verb in _ALL_VERBS),
        Registration(_on(_SANIC, "route"), "route", LOOP, path=("uri", 0), methods_arg=("methods", None), passes=_OF_REQUEST),
        Registration(_on(_SANIC, "add_route"), "route", LOOP, arg=("handler", 0), path=("uri", 1), methods_arg=("methods", None),
                     passes=_OF_REQUEST),
        Registration(_on(_SANIC, "websocket"), "websocket", LOOP, path=("uri", 0), passes=_OF_REQUEST),
        Registration(_on(_SANIC, "middleware", "on_request", "on_response"), "middleware", LOOP, passes=_OF_REQUEST),
        Registration(_on(_SANIC, "register_middleware"), "middleware", LOOP, arg=("middleware", 0), passes=_OF_REQUEST),
        Registration(_on(_SANIC, *_SANIC_EVENTS), "lifespan", LOOP, passes=_OF_APP),
        Registration(_on(_SANIC, "listener"), "lifespan", LOOP, label="{path}", path=("listener_or_event", 0), passes=_OF_APP),
        Registration(_on(_SANIC, "register_listener"), "lifespan", LOOP, arg=("listener", 0), label="{path}", path=("event", 1),
                     passes=_OF_APP),
        Registration(_on(_SANIC, "exception"), "exception_handler", LOOP, bare=False, passes=_OF_REQUEST),
        Registration(_on(_SANIC, "signal"), "hook", LOOP),
        # BlackSheep (measured: 2.6): everything on the loop.
        *(
            Registration((f"{_BLACKSHEEP_ROUTER}.{verb}", f"blacksheep.{verb}"), "route", LOOP, path=("pattern", 0), methods=(verb.upper(),))
            for verb in _ALL_VERBS
        ),
        *(
            Registration((f"{_BLACKSHEEP_ROUTER}.add_{verb}",), "route", LOOP, arg=("handler", 1), path=("pattern", 0), methods=(verb.upper(),))
            for verb in _ALL_VERBS
        ),
        Registration(_on((_BLACKSHEEP,), "on_start", "after_start", "on_stop"), "lifespan", LOOP),
        Registration(_on((_BLACKSHEEP,), "exception_handler"), "exception_handler", LOOP, bare=False),
        # Ravyn (measured: 0.4): everything on the loop but handlers of exceptions.
        *(
            Registration(tuple(f"{name}.{verb}" for name in _RAVYN), "route", LOOP, path=("path", 0), methods=(verb.upper(),))
            for verb in _ALL_VERBS
        ),
        Registration(tuple(f"{name}.route" for name in _RAVYN), "route", LOOP, path=("path", 0), methods_arg=("methods", None)),
        Registration(tuple(f"{name}.websocket" for name in _RAVYN), "websocket", LOOP, path=("path", 0)),
        Registration(tuple(f"{name}.Inject" for name in _RAVYN), "dependency", LOOP, arg=("dependency", 0)),
        Registration(_APPS_OF_RAVYN, "lifespan", LOOP, arg=("on_startup", None), label="startup"),
        Registration(_APPS_OF_RAVYN, "lifespan", LOOP, arg=("on_shutdown", None), label="shutdown"),
        # FastHTML (measured: 0.14): plain functions go to a thread.
        *(
            Registration((f"{_FASTHTML}.{verb}",), "route", STARLETTE, path=("path", 0), methods=(verb.upper(),))
            for verb in _VERBS
        ),
        Registration((f"{_FASTHTML}.route", "fasthtml._Route.__call__"), "route", STARLETTE, path=("path", 0), methods_arg=("methods", 1)),
        Registration((f"{_FASTHTML}.ws",), "websocket", STARLETTE, path=("path", 0)),
        Registration(("fasthtml.common.Beforeware", "fasthtml.core.Beforeware"), "hook", STARLETTE, arg=("f", 0), beside=True),
        # Falcon (measured: 4.4) takes coroutine functions alone.
        Registration(_on(_FALCON, "add_route"), "route", LOOP, arg=("resource", 1), path=("uri_template", 0), object_methods=_RESPONDERS),
        Registration(_on(_FALCON, "add_error_handler"), "exception_handler", LOOP, arg=("handler", 1)),
    ),
    subclasses=(
        *(
            SubclassMethods(f"{name}.permissions.BasePermission", "hook", (("has_permission", LOOP),)) for name in _RAVYN
        ),
        SubclassMethods("sanic.views.HTTPMethodView", "route", tuple((verb, LOOP) for verb in _ALL_VERBS), passes=_OF_REQUEST),
    ),
    bags=(*_SANIC_CONTEXTS, _QUART_G, _LITESTAR_STATE),
    stores=_QUART_STORES,
    attributes={
        f"{_BLACKSHEEP}.router": _BLACKSHEEP_ROUTER, **{name: name for name in (*_SANIC_CONTEXTS, *_QUART_STORES)},
        f"{_SANIC_REQUEST}.app": "sanic.Sanic", f"{_LITESTAR}.state": _LITESTAR_STATE,
        **{f"{cls}.state": _LITESTAR_STATE for cls in _LITESTAR_CONNECTIONS},
        **{f"{cls}.app": _LITESTAR for cls in _LITESTAR_CONNECTIONS},
    },
    registers=("Litestar", "Sanic", "Quart"),
)  # fmt: skip
