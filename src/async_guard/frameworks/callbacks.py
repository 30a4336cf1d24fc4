"""Libraries that call objects a project hands to them, in the thread that uses them: loggers, databases, HTTP clients."""

from __future__ import annotations

from async_guard.frameworks.tables import GREENLET, LOOP, Arg, Framework, Registration, SubclassMethods

_HANDLERS = ("Handler", "StreamHandler", "FileHandler", "NullHandler")
_ROTATING = ("RotatingFileHandler", "TimedRotatingFileHandler", "WatchedFileHandler")
_ALL_HANDLERS = (*(f"logging.{name}" for name in _HANDLERS), *(f"logging.handlers.{name}" for name in _ROTATING))
_EMITS = (("emit", LOOP), ("handle", LOOP))
_FILTERS = (("filter", LOOP),)
_FORMATS = tuple((name, LOOP) for name in ("format", "formatException", "formatMessage", "formatStack", "formatTime"))

_AUTH = (("auth_flow", LOOP), ("async_auth_flow", LOOP))
_REQUESTS = ("get", "post", "put", "patch", "delete", "head", "options", "request", "send", "stream")

_TARGET: Arg = ("target", 0)
_OTHER_ENGINES = (_TARGET, "sync_engine", ("sqlalchemy.engine.Engine", "sqlalchemy.orm.sessionmaker"))

_COLUMNS = ("sqlalchemy.orm.mapped_column", "sqlalchemy.Column", "sqlalchemy.schema.Column")
_OF_VALUES = tuple((name, LOOP) for name in ("process_bind_param", "process_result_value", "process_literal_param"))

FRAMEWORK = Framework(
    name="callbacks",
    classes={},
    aliases={},
    registrations=(
        # A handler works in the thread that logs. Behind a QueueListener it works in another: that is no `addHandler`.
        Registration(("logging.Logger.addHandler",), "logging", LOOP, arg=("hdlr", 0), object_methods=_EMITS, probable=True, loosely=True),
        Registration(("logging.Logger.addFilter", *(f"{cls}.addFilter" for cls in _ALL_HANDLERS)), "logging", LOOP, arg=("filter", 0),
                     object_methods=_FILTERS, probable=True, loosely=True),
        Registration(("logging.Logger.setFormatter", *(f"{cls}.setFormatter" for cls in _ALL_HANDLERS)), "logging", LOOP, arg=("fmt", 0),
                     object_methods=_FORMATS, probable=True, loosely=True),
        Registration(("logging.basicConfig",), "logging", LOOP, arg=("handlers", None), object_methods=_EMITS, probable=True, beside=True),
        Registration(("logging.config.dictConfig",), "logging", LOOP, arg=("config", 0), object_methods=(*_EMITS, *_FILTERS, *_FORMATS),
                     probable=True, configures=True, beside=True),
        Registration(("loguru.logger.add",), "logging", LOOP, arg=("sink", 0), object_methods=(("write", LOOP), *_EMITS), probable=True,
                     unless_given=("enqueue",), beside=True),
        Registration(("structlog.configure",), "logging", LOOP, arg=("processors", 0), object_methods=(("__call__", LOOP),), probable=True,
                     beside=True),
        # Whatever the target is: in a project with an asynchronous engine or session its listeners run in a greenlet of the loop's thread.
        Registration(("sqlalchemy.event.listens_for",), "listener", GREENLET, unless=_OTHER_ENGINES, imports="sqlalchemy.ext.asyncio",
                     probable=True),
        Registration(("sqlalchemy.event.listen",), "listener", GREENLET, arg=("fn", 2), unless=_OTHER_ENGINES,
                     imports="sqlalchemy.ext.asyncio", probable=True),
        # With an asynchronous engine, what makes values of columns runs in the loop's thread, and so does what looks at each new value.
        *(
            Registration(_COLUMNS, "hook", GREENLET, arg=(name, None), imports="sqlalchemy.ext.asyncio", probable=True, beside=True)
            for name in ("default", "onupdate", "insert_default")
        ),
        Registration(("sqlalchemy.orm.validates",), "hook", LOOP, imports="sqlalchemy.ext.asyncio", probable=True, bare=False),
        Registration(("beanie.before_event", "beanie.after_event"), "hook", LOOP, bare=False),
        Registration(("httpx.AsyncClient", *(f"httpx.AsyncClient.{name}" for name in _REQUESTS)), "auth", LOOP, arg=("auth", None),
                     object_methods=_AUTH, beside=True),
    ),
    subclasses=tuple(
        SubclassMethods(base, "hook", _OF_VALUES, imports="sqlalchemy.ext.asyncio", probable=True)
        for base in ("sqlalchemy.types.TypeDecorator", "sqlalchemy.TypeDecorator")
    ),
    registers=("addHandler", "addFilter", "setFormatter", "basicConfig", "dictConfig"),
)  # fmt: skip
