"""Flask: views and hooks of a WSGI application run in the server's worker threads, coroutine functions each on a loop of its own."""

from __future__ import annotations

from async_guard.frameworks.tables import WORKER, Framework, Registration

_APPLICATIONS = ("flask.Flask", "flask.Blueprint")
_HOOKS = (
    "before_request", "after_request", "teardown_request", "context_processor", "url_value_preprocessor", "before_app_request",
    "after_app_request", "teardown_app_request", "app_context_processor", "teardown_appcontext",
)  # fmt: skip


def _on(*methods: str) -> tuple[str, ...]:
    return tuple(f"{cls}.{method}" for cls in _APPLICATIONS for method in methods)


FRAMEWORK = Framework(
    name="wsgi",
    classes=dict.fromkeys(_APPLICATIONS, ()),
    aliases={
        "flask.app.Flask": "flask.Flask",
        "flask.blueprints.Blueprint": "flask.Blueprint",
        "flask.sansio.blueprints.Blueprint": "flask.Blueprint",
    },
    registrations=(
        # Each coroutine function on a loop of its own, for which the thread waits: https://flask.palletsprojects.com/en/stable/async-await/
        Registration(_on("route"), "route", WORKER, path=("rule", 0), methods_arg=("methods", None), bare=False, alone=True),
        *(
            Registration(_on(verb), "route", WORKER, path=("rule", 0), methods=(verb.upper(),), bare=False, alone=True)
            for verb in ("get", "post", "put", "patch", "delete")
        ),
        Registration(_on("add_url_rule"), "route", WORKER, arg=("view_func", 2), path=("rule", 0), methods_arg=("methods", None), alone=True),
        Registration(_on(*_HOOKS), "middleware", WORKER, alone=True),
        Registration(_on("errorhandler", "app_errorhandler"), "exception_handler", WORKER, bare=False, alone=True),
    ),
)  # fmt: skip
