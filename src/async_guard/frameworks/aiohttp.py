"""aiohttp's server: handlers, and what a project keeps in an application or request."""

from __future__ import annotations

from async_guard.frameworks.tables import LOOP, Framework, Registration, SubclassMethods

_APP = "aiohttp.web.Application"
_REQUEST = "aiohttp.web.Request"
_ROUTER = "aiohttp.web.UrlDispatcher"
_TABLE = "aiohttp.web.RouteTableDef"
_SIGNAL = "aiohttp.web.Signal"
"""The list behind `app.on_startup` and its kin."""
CONNECTIONS = ("aiohttp.web.WebSocketResponse", "aiohttp.web_ws.WebSocketResponse")
"""What a handler of a connection returns when the connection is over: nobody gets that as an answer.

Source: https://docs.aiohttp.org/en/stable/web_quickstart.html#websockets
"""
_KEYS = ("aiohttp.web.AppKey", "aiohttp.web.RequestKey")
"""Each of these is another key, whatever it is declared for."""
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_PASSED = (_REQUEST,)
_SIGNALS = ("on_startup", "on_shutdown", "on_cleanup", "on_response_prepare", "cleanup_ctx")

_LOGGERS = ("aiohttp.abc.AbstractAccessLogger", "aiohttp.web_log.AccessLogger", "aiohttp.web.AccessLogger")
"""What writes a line for each request."""

FRAMEWORK = Framework(
    name="aiohttp",
    classes={_APP: (), _TABLE: (), **dict.fromkeys(_KEYS, ())},
    aliases={
        "aiohttp.web_app.Application": _APP, "aiohttp.web_request.Request": _REQUEST, "aiohttp.web.BaseRequest": _REQUEST,
        "aiohttp.web_urldispatcher.UrlDispatcher": _ROUTER, "aiohttp.web_routedef.RouteTableDef": _TABLE,
    },
    registrations=(
        *(
            Registration((f"{_ROUTER}.add_{verb}", f"aiohttp.web.{verb}"), "route", LOOP, arg=("handler", 1), path=("path", 0),
                         methods=(verb.upper(),), passes=_PASSED, returns_given=False)
            for verb in _VERBS
        ),
        Registration((f"{_ROUTER}.add_route", "aiohttp.web.route"), "route", LOOP, arg=("handler", 2), path=("path", 1), passes=_PASSED,
                     returns_given=False),
        *(Registration((f"{_TABLE}.{verb}",), "route", LOOP, path=("path", 0), methods=(verb.upper(),), passes=_PASSED) for verb in _VERBS),
        Registration((f"{_TABLE}.route",), "route", LOOP, path=("path", 1), passes=_PASSED),
        Registration(("aiohttp.web.middleware",), "middleware", LOOP, passes=(_REQUEST, "")),
        Registration((_APP,), "middleware", LOOP, arg=("middlewares", None), passes=(_REQUEST, "")),
        Registration((f"{_SIGNAL}.append",), "lifespan", LOOP, arg=(None, 0), passes=(_APP,)),
        Registration((f"{_SIGNAL}.extend",), "lifespan", LOOP, arg=(None, 0), passes=(_APP,)),
    ),
    subclasses=(
        SubclassMethods("aiohttp.web.View", "route", tuple((verb, LOOP) for verb in _VERBS)),
        *(SubclassMethods(base, "hook", (("log", LOOP),)) for base in _LOGGERS),
    ),
    attributes={
        **{f"{_APP}.{name}": _SIGNAL for name in _SIGNALS}, f"{_APP}.router": _ROUTER, f"{_REQUEST}.app": _APP,
        f"{_REQUEST}.config_dict": _APP, "aiohttp.web.View.request": _REQUEST,
    },
    stores=(_APP, _REQUEST),
    registers=("Application",),
)  # fmt: skip
