"""Libraries that call what a project hands to them in a thread of their own: what only the thread of a loop may call fails there."""

from __future__ import annotations

from async_guard.frameworks.tables import WORKER, Framework, Registration, SubclassMethods

_PAHO = "paho.mqtt.client.Client"
_OF_PAHO = (
    "on_connect", "on_connect_fail", "on_disconnect", "on_message", "on_publish", "on_subscribe", "on_unsubscribe", "on_log",
)  # fmt: skip

_OF_FILES = (
    "dispatch", "on_any_event", "on_created", "on_modified", "on_deleted", "on_moved", "on_closed", "on_closed_no_write", "on_opened",
)  # fmt: skip
_HANDLERS = tuple(
    f"watchdog.events.{name}"
    for name in (
        "FileSystemEventHandler",
        "PatternMatchingEventHandler",
        "RegexMatchingEventHandler",
        "LoggingEventHandler",
    )
)

_SOCKET = ("websocket.WebSocketApp", "websocket._app.WebSocketApp")
_OF_SOCKETS = (
    "on_open",
    "on_message",
    "on_error",
    "on_close",
    "on_ping",
    "on_pong",
    "on_data",
    "on_cont_message",
    "on_reconnect",
)

_OF_SERVICES = tuple((name, WORKER) for name in ("add_service", "remove_service", "update_service"))
_KEYS = ("pynput.keyboard.Listener", "pynput.mouse.Listener")
_STREAMS = tuple(f"sounddevice.{raw}{name}Stream" for raw in ("", "Raw") for name in ("Input", "Output", ""))

FRAMEWORK = Framework(
    name="threads",
    classes={},
    aliases={},
    registrations=(
        *(Registration(_SOCKET, "callback", WORKER, arg=(name, None), label=name, beside=True) for name in _OF_SOCKETS),
        Registration(("zeroconf.ServiceBrowser",), "callback", WORKER, arg=("listener", 3), object_methods=_OF_SERVICES, beside=True),
        Registration(("zeroconf.ServiceBrowser",), "callback", WORKER, arg=("handlers", 2), beside=True),
        *(
            Registration(_KEYS, "callback", WORKER, arg=(name, None), beside=True)
            for name in ("on_press", "on_release", "on_move", "on_click", "on_scroll")
        ),
        Registration(_STREAMS, "callback", WORKER, arg=("callback", None), beside=True),
        Registration(("RPi.GPIO.add_event_detect",), "callback", WORKER, arg=("callback", 2), beside=True),
        Registration((f"{_PAHO}.message_callback_add",), "callback", WORKER, arg=("callback", 1), calls="loop_start", beside=True),
    ),
    subclasses=(
        *(SubclassMethods(base, "callback", tuple((name, WORKER) for name in _OF_FILES)) for base in _HANDLERS),
        SubclassMethods("zeroconf.ServiceListener", "callback", _OF_SERVICES),
        SubclassMethods("serial.threaded.Protocol", "callback",
                        tuple((name, WORKER) for name in ("connection_made", "data_received", "connection_lost"))),
    ),
    # Without `loop_start()` the project itself asks for what has come, also on a loop.
    assigned={
        **{f"{_PAHO}.{name}": ("callback", WORKER, "loop_start") for name in _OF_PAHO},
        **{f"{base}.{name}": ("callback", WORKER, "") for base in _HANDLERS for name in _OF_FILES},
        **{f"{base}.{name}": ("callback", WORKER, "") for base in _SOCKET for name in _OF_SOCKETS},
    },
)  # fmt: skip


__all__ = ["FRAMEWORK"]
