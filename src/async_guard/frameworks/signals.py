"""Libraries of signals and events inside one process: blinker, pyee, Django's."""

from __future__ import annotations

from async_guard.frameworks.tables import Framework, Signals

FRAMEWORK = Framework(
    name="signals",
    classes={
        "blinker.Signal": (), "blinker.NamedSignal": (), "blinker.Namespace": (), "django.dispatch.Signal": (),
        "pyee.asyncio.AsyncIOEventEmitter": (), "pyee.EventEmitter": (), "pyee.trio.TrioEventEmitter": (),
    },
    aliases={
        "blinker.base.Signal": "blinker.Signal", "blinker.base.NamedSignal": "blinker.NamedSignal", "blinker.base.Namespace": "blinker.Namespace",
        "blinker.base.signal": "blinker.signal", "django.dispatch.dispatcher.Signal": "django.dispatch.Signal",
        "pyee.AsyncIOEventEmitter": "pyee.asyncio.AsyncIOEventEmitter", "pyee.base.EventEmitter": "pyee.EventEmitter",
        "pyee.BaseEventEmitter": "pyee.EventEmitter",
    },
    signals=(
        Signals(("blinker.Signal", "blinker.NamedSignal", "blinker.Namespace"), connects=("connect", "connect_via"), decorates=("connect_via",),
                sends=("send", "send_async"), asynchronous=("send_async",), named=("signal",), makers=("blinker.signal",)),
        Signals(("django.dispatch.Signal",), connects=("connect",), sends=("send", "send_robust", "asend", "asend_robust"),
                asynchronous=("asend", "asend_robust")),
        Signals(("pyee.asyncio.AsyncIOEventEmitter", "pyee.EventEmitter", "pyee.trio.TrioEventEmitter"),
                connects=("on", "once", "add_listener", "listens_to"), callable_name="f", sends=("emit",), has_topics=True),
    ),
)  # fmt: skip
