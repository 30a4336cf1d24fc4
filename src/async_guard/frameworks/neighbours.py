"""Libraries beside FastAPI that run a project's callables: GraphQL, sockets, schedulers, workers."""

from __future__ import annotations

from async_guard.frameworks.tables import (
    FASTAPI,
    GREENLET,
    LOOP,
    STARLETTE,
    WORKER,
    Drops,
    Framework,
    Registration,
    SubclassMethods,
)

_SIO = ("socketio.AsyncServer", "socketio.AsyncNamespace", "socketio.AsyncClient")
_THREADED = (
    "apscheduler.schedulers.background.BackgroundScheduler",
    "apscheduler.schedulers.blocking.BlockingScheduler",
)
_TORNADO = ("get", "post", "put", "delete", "patch", "head", "options", "prepare", "on_finish", "initialize")
"""Methods of a request handler, all of which tornado calls on its loop."""
_TORNADO_HANDLERS = (
    "tornado.web.RequestHandler", "tornado.web.StaticFileHandler", "jupyter_server.base.handlers.JupyterHandler",
    "jupyter_server.base.handlers.APIHandler",
)  # fmt: skip
_ARIADNE_HTTP = (
    "ariadne.asgi.handlers.GraphQLHTTPHandler",
    "ariadne.asgi.handlers.http.GraphQLHTTPHandler",
    "ariadne.asgi.GraphQLHTTPHandler",
)
_ARIADNE_EXTENSION = tuple(
    (name, LOOP) for name in ("resolve", "request_started", "request_finished", "has_errors", "format")
)
_AIOCACHE = tuple(
    f"{room}.{name}"
    for room in ("aiocache", "aiocache.decorators")
    for name in ("cached", "cached_stampede", "multi_cached")
)
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_RESOURCES = ("fastapi_restful.Resource", "fastapi_utils.Resource")
_TASKIQ = (
    "taskiq.InMemoryBroker", "taskiq.ZeroMQBroker", "taskiq_redis.ListQueueBroker", "taskiq_redis.RedisStreamBroker",
    "taskiq_redis.PubSubBroker", "taskiq_aio_pika.AioPikaBroker", "taskiq_nats.NatsBroker", "taskiq_nats.PullBasedJetStreamBroker",
)  # fmt: skip
_TASKIQ_DEPENDS = ("taskiq.TaskiqDepends", "taskiq_dependencies.Depends")
_TASKIQ_MIDDLEWARE = tuple(
    (name, LOOP) for name in ("startup", "shutdown", "pre_send", "post_send", "pre_execute", "post_execute", "post_save", "on_error")
)  # fmt: skip
_GRAPHENE = (
    ("ObjectType", "resolve_*"), ("Interface", "resolve_*"), ("Mutation", "mutate"), ("relay.ClientIDMutation", "mutate_and_get_payload"),
)  # fmt: skip
_FEDERATED = ("strawberry.federation.field", "strawberry.federation.mutation")
_CELERY = Drops(("base",), ("celery_aio_pool", "celery_pool_asyncio"), "Task")
"""Its workers await nothing, unless a pool or a class of tasks does."""
_RQ_NOW = ("rq.Queue.enqueue", "rq.Queue.enqueue_call")
_RQ_LATER = ("rq.Queue.enqueue_at", "rq.Queue.enqueue_in")
_JOB = (("args", 2), ("kwargs", 3))
"""Where a scheduler is told what to call a job with."""
_SCHEDULERS = ("apscheduler.schedulers.asyncio.AsyncIOScheduler",)

FRAMEWORK = Framework(
    name="neighbours",
    classes={
        "socketio.AsyncServer": (), "socketio.AsyncClient": (), "apscheduler.schedulers.asyncio.AsyncIOScheduler": (),
        **dict.fromkeys(_THREADED, ()),
        "celery.Celery": (), "ariadne.QueryType": ("ariadne.ObjectType",), "ariadne.MutationType": ("ariadne.ObjectType",),
        "ariadne.ObjectType": (), "ariadne.ScalarType": (), "ariadne.UnionType": (), "ariadne.InterfaceType": ("ariadne.ObjectType",),
        "ariadne.SubscriptionType": ("ariadne.ObjectType",), "typer.Typer": (), "dramatiq.Broker": (), "rq.Queue": (),
        "strawberry.fastapi.GraphQLRouter": ("fastapi.APIRouter",), "taskiq.AsyncBroker": (), **dict.fromkeys(_TASKIQ, ("taskiq.AsyncBroker",)),
        "faststream.FastStream": (), "huey.Huey": (), "click.Group": (),
    },
    aliases={
        "apscheduler.schedulers.asyncio.AsyncIOScheduler": "apscheduler.schedulers.asyncio.AsyncIOScheduler",
        "celery.app.base.Celery": "celery.Celery", "celery.app.Celery": "celery.Celery",
        **{f"ariadne.{room}.{name}": f"ariadne.{name}" for room, name in (
            ("scalars", "ScalarType"), ("unions", "UnionType"), ("interfaces", "InterfaceType"),
        )},
        "strawberry.BasePermission": "strawberry.permission.BasePermission",
        "ariadne.types.ExtensionSync": "ariadne.types.Extension",
        "ariadne.subscriptions.SubscriptionType": "ariadne.SubscriptionType",
        "ariadne.objects.ObjectType": "ariadne.ObjectType",
        "ariadne.objects.QueryType": "ariadne.QueryType", "ariadne.objects.MutationType": "ariadne.MutationType",
        "socketio.async_server.AsyncServer": "socketio.AsyncServer",
    },
    registrations=(
        Registration(tuple(f"{c}.on" for c in _SIO), "socketio", LOOP, path=("event", 0), label="{path}"),
        Registration(tuple(f"{c}.event" for c in _SIO), "socketio", LOOP),
        Registration(tuple(f"{c}.on" for c in _SIO), "socketio", LOOP, arg=("handler", 1), path=("event", 0), label="{path}"),
        Registration(tuple(f"{c}.add_job" for c in _SCHEDULERS), "scheduled", STARLETTE, arg=("func", 0), passes_as=_JOB),
        Registration(tuple(f"{c}.scheduled_job" for c in _SCHEDULERS), "scheduled", STARLETTE),
        Registration(tuple(f"{c}.add_listener" for c in _SCHEDULERS), "listener", LOOP, arg=("callback", 0)),
        Registration(tuple(f"{c}.add_job" for c in _THREADED), "scheduled", WORKER, arg=("func", 0), passes_as=_JOB,
                     drops=Drops()),
        Registration(tuple(f"{c}.scheduled_job" for c in _THREADED), "scheduled", WORKER, drops=Drops()),
        Registration(("celery.Celery.task", "celery.shared_task"), "worker_task", WORKER, gives="celery.app.task.Task",
                     main_thread=True, drops=_CELERY),
        Registration(("dramatiq.actor",), "worker_task", WORKER, gives="dramatiq.Actor"),
        Registration(("rq.decorators.job",), "worker_task", WORKER, gives="rq._DelayedFunction", alone=True,
                     main_thread=True),
        Registration(_RQ_NOW, "worker_task", WORKER, arg=("f", 0), beside=True, alone=True, main_thread=True),
        Registration(_RQ_LATER, "worker_task", WORKER, arg=("f", 1), beside=True, alone=True, main_thread=True),
        Registration(("strawberry.field", "strawberry.mutation", "strawberry.subscription", *_FEDERATED), "resolver", LOOP),
        Registration(("strawberry.field", "strawberry.mutation", *_FEDERATED), "resolver", LOOP, arg=("resolver", None)),
        Registration(("strawberry.input", "strawberry.type"), "resolver", LOOP, class_methods=(("__post_init__", LOOP),)),
        Registration(("strawberry.federation.type", "strawberry.federation.interface"), "resolver", LOOP,
                     class_methods=(("resolve_reference", LOOP), ("__post_init__", LOOP))),
        *(Registration(("strawberry.scalar",), "resolver", LOOP, arg=(name, None)) for name in ("serialize", "parse_value", "parse_literal")),
        Registration(("ariadne.ObjectType.field",), "resolver", LOOP, path=("name", 0), label="{path}"),
        Registration(("ariadne.SubscriptionType.source",), "resolver", LOOP, path=("name", 0), label="{path}"),
        Registration(("ariadne.SubscriptionType.set_source",), "resolver", LOOP, arg=("generator", 1), path=("name", 0), label="{path}"),
        Registration(tuple(f"ariadne.ScalarType.{name}" for name in ("serializer", "value_parser", "literal_parser")), "resolver", LOOP),
        Registration(("ariadne.ScalarType",), "resolver", LOOP, arg=("serializer", None)),
        Registration(("ariadne.ScalarType",), "resolver", LOOP, arg=("value_parser", None)),
        Registration(("ariadne.UnionType.type_resolver", "ariadne.InterfaceType.type_resolver"), "resolver", LOOP),
        Registration(("ariadne.UnionType", "ariadne.InterfaceType"), "resolver", LOOP, arg=("type_resolver", 1)),
        Registration(("ariadne.asgi.GraphQL",), "hook", LOOP, arg=("context_value", None)),
        Registration(("ariadne.asgi.GraphQL",), "hook", LOOP, arg=("root_value", None)),
        Registration(("ariadne.asgi.GraphQL",), "hook", LOOP, arg=("error_formatter", None)),
        Registration(_ARIADNE_HTTP, "resolver", LOOP, arg=("middleware", None)),
        Registration(_ARIADNE_HTTP, "resolver", LOOP, arg=("extensions", None), class_methods=_ARIADNE_EXTENSION),
        Registration(("ariadne.ObjectType.set_field",), "resolver", LOOP, arg=("resolver", 1), path=("name", 0), label="{path}"),
        Registration(("fastapi_utils.tasks.repeat_every", "fastapi_restful.tasks.repeat_every",
                      "fastapi_utilities.repeat_every"), "scheduled", STARLETTE, hops=True),
        Registration(("fastapi_utils.cbv.cbv", "fastapi_restful.cbv.cbv", "fastapi_utils.cbv"), "dependency", FASTAPI),
        Registration(("strawberry.fastapi.GraphQLRouter",), "dependency", FASTAPI, arg=("context_getter", None)),
        Registration(("strawberry.fastapi.GraphQLRouter",), "dependency", FASTAPI, arg=("root_value_getter", None)),
        Registration(("fastapi_cache.decorator.cache", "fastapi_cache.FastAPICache.init"), "hook", LOOP, arg=("key_builder", None), beside=True),
        *(Registration(_AIOCACHE, "hook", LOOP, arg=(name, None), beside=True) for name in ("key_builder", "skip_cache_func")),
        # Asked in the thread of the handler that is limited, or on the loop by the middleware: where that is, each handler says.
        Registration(("slowapi.Limiter", "slowapi.extension.Limiter"), "hook", LOOP, arg=("key_func", 0), probable=True, beside=True),
        # Listeners of an asynchronous engine run in a greenlet of the loop's thread; those of others run wherever the engine is used.
        Registration(("sqlalchemy.event.listens_for",), "listener", GREENLET, of=(("target", 0), "sync_engine")),
        Registration(("sqlalchemy.event.listen",), "listener", GREENLET, arg=("fn", 2), of=(("target", 0), "sync_engine")),
        Registration(("taskiq.AsyncBroker.task", "taskiq.async_shared_broker.task"), "worker_task", STARLETTE),
        # What surrounds a task of taskiq runs on the loop (measured: 0.13).
        Registration(("taskiq.AsyncBroker.on_event",), "lifespan", LOOP),
        Registration(("taskiq.AsyncBroker.add_event_handler",), "lifespan", LOOP, arg=("handler", 1)),
    ),
    subclasses=(
        SubclassMethods("strawberry.permission.BasePermission", "resolver", (("has_permission", LOOP), ("on_unauthorized", LOOP))),
        *(
            SubclassMethods(base, "resolver", (("resolve_node", LOOP), ("resolve_nodes", LOOP), ("resolve_id", LOOP)))
            for base in ("strawberry.relay.Node", "strawberry.relay.types.Node")
        ),
        SubclassMethods("strawberry.extensions.FieldExtension", "resolver", (("resolve", LOOP), ("resolve_async", LOOP))),
        *(SubclassMethods(base, "route", tuple((verb, STARLETTE) for verb in _VERBS)) for base in _RESOURCES),
        SubclassMethods("strawberry.extensions.SchemaExtension", "resolver", tuple(
            (name, LOOP) for name in ("resolve", "on_operation", "on_execute", "on_parse", "on_validate", "get_results")
        )),
        # An application that awaits what resolvers give calls plain ones as they are; elsewhere they run wherever the query does.
        *(
            SubclassMethods(f"graphene.{base}", "resolver", ((method, LOOP),), imports="starlette_graphene3")
            for base, method in _GRAPHENE
        ),
        SubclassMethods("ariadne.types.Extension", "resolver", _ARIADNE_EXTENSION),
        *(SubclassMethods(base, "route", tuple((method, LOOP) for method in _TORNADO)) for base in _TORNADO_HANDLERS),
        SubclassMethods("tornado.websocket.WebSocketHandler", "websocket", tuple(
            (method, LOOP) for method in ("open", "on_message", "on_close", "on_ping", "on_pong", *_TORNADO)
        )),
        SubclassMethods("socketio.AsyncNamespace", "socketio", (("on_*", LOOP),)),
        *(SubclassMethods(base, "middleware", _TASKIQ_MIDDLEWARE) for base in ("taskiq.TaskiqMiddleware", "taskiq.abc.middleware.TaskiqMiddleware")),
    ),
    markers=_TASKIQ_DEPENDS,
    calling=_TASKIQ_DEPENDS,
    registers=("add_job", "listen"),
)  # fmt: skip
