"""asyncio itself: protocols, whose methods the loop calls when data arrives."""

from __future__ import annotations

from async_guard.frameworks.tables import LOOP, Framework, Registration, SubclassMethods

_BASE = ("connection_made", "connection_lost", "pause_writing", "resume_writing")
_PROTOCOLS: dict[str, tuple[str, ...]] = {
    "Protocol": (*_BASE, "data_received", "eof_received"),
    "BufferedProtocol": (*_BASE, "get_buffer", "buffer_updated", "eof_received"),
    "DatagramProtocol": (*_BASE, "datagram_received", "error_received"),
    "SubprocessProtocol": (*_BASE, "pipe_data_received", "pipe_connection_lost", "process_exited"),
}

_SERVERS = tuple(
    f"asyncio.{module}{name}" for module in ("", "streams.") for name in ("start_server", "start_unix_server")
)

FRAMEWORK = Framework(
    name="asyncio",
    classes={},
    aliases={f"asyncio.protocols.{name}": f"asyncio.{name}" for name in _PROTOCOLS},
    # Called once for each connection; a plain function too, on the loop.
    registrations=(Registration(_SERVERS, "handler", LOOP, arg=("client_connected_cb", 0), beside=True),),
    marks=("inspect.markcoroutinefunction", "asgiref.sync.markcoroutinefunction"),
    subclasses=tuple(
        SubclassMethods(f"asyncio.{name}", "protocol", tuple((method, LOOP) for method in methods))
        for name, methods in _PROTOCOLS.items()
    ),
    registers=("Thread",),
    schedules=(
        "call_soon", "call_soon_threadsafe", "call_later", "call_at", "add_reader", "add_writer", "create_server", "create_unix_server",
    ),
)  # fmt: skip
