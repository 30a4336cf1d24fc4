"""Tornado: all methods of a handler run on the loop, plain ones too; what an application is made with they read from its settings.

Jupyter's servers are made of it: their extensions add handlers to the server's application when they are loaded.
"""

from __future__ import annotations

from async_guard.frameworks.tables import LOOP, ONCE, Framework, Loaded, Registration, SubclassMethods

_APP = "tornado.web.Application"
_HANDLER = "tornado.web.RequestHandler"
_SOCKET = "tornado.websocket.WebSocketHandler"
_SETTINGS = "tornado.web.Settings"
"""The mapping behind `application.settings`, which has no class of its own."""
_METHODS = (
    "initialize", "prepare", "get", "post", "put", "patch", "delete", "head", "options", "on_finish", "write_error", "set_default_headers",
    "get_current_user", "get_login_url", "get_user_locale", "data_received", "on_connection_close",
)  # fmt: skip
_MESSAGES = ("open", "on_message", "on_close", "on_ping", "on_pong", "check_origin", "select_subprotocol")

_SERVER = "jupyter_server.serverapp.ServerApp"
_EXTENSION = "jupyter_server.extension.application.ExtensionApp"
_OF_JUPYTER = tuple(
    f"{room}.{name}"
    for room, names in (
        ("jupyter_server.base.handlers", ("JupyterHandler", "APIHandler", "AuthenticatedHandler", "MainHandler", "FilesRedirectHandler")),
        ("notebook.base.handlers", ("IPythonHandler", "APIHandler", "AuthenticatedHandler", "AuthenticatedFileHandler")),
        ("jupyterhub.handlers", ("BaseHandler",)), ("jupyterhub.handlers.base", ("BaseHandler",)),
        ("jupyterhub.apihandlers", ("APIHandler",)), ("jupyterhub.apihandlers.base", ("APIHandler",)),
    )
    for name in names
)  # fmt: skip
"""Handlers of Jupyter's servers, from which extensions derive theirs."""

FRAMEWORK = Framework(
    name="tornado",
    classes={_APP: (), _SOCKET: (_HANDLER,), **dict.fromkeys(_OF_JUPYTER, (_HANDLER,)), _SERVER: (), _EXTENSION: ()},
    aliases={},
    registrations=(
        # Rows are `(path, handler class, what its `initialize` gets)`; further keywords are the settings.
        Registration((_APP, f"{_APP}.__init__"), "route", LOOP, arg=("handlers", 0), row=(1, 2, "initialize"), keeps=_SETTINGS),
        Registration((f"{_APP}.add_handlers",), "route", LOOP, arg=("host_handlers", 1), row=(1, 2, "initialize")),
        Registration(("tornado.web.URLSpec", "tornado.web.url", "tornado.routing.URLSpec"), "route", LOOP, arg=("handler", 1),
                     row=(1, 2, "initialize")),
    ),
    subclasses=(
        *(SubclassMethods(base, "handler", tuple((name, LOOP) for name in _METHODS)) for base in (_HANDLER, *_OF_JUPYTER)),
        SubclassMethods(_SOCKET, "handler", tuple((name, LOOP) for name in (*_METHODS, *_MESSAGES))),
        SubclassMethods(_EXTENSION, "lifespan", tuple((name, ONCE) for name in ("initialize", "initialize_settings", "initialize_handlers"))),
    ),
    loaded=tuple(
        Loaded(name, "", (), gives=_SERVER) for name in ("_load_jupyter_server_extension", "load_jupyter_server_extension")
    ),
    attributes={
        f"{_HANDLER}.{name}": cls for name, cls in (("application", _APP), ("settings", _SETTINGS))
    } | {
        f"{_APP}.settings": _SETTINGS, f"{_SERVER}.web_app": _APP, f"{_EXTENSION}.serverapp": _SERVER, f"{_EXTENSION}.settings": _SETTINGS,
    },
    stores=(_SETTINGS,),
    schedules=("add_callback", "add_callback_from_signal", "PeriodicCallback"),
)  # fmt: skip
