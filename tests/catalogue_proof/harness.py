"""Runs one call on an event loop beside a task that counts, and tells for how long that task stood still. Needs nothing but Python.

    python harness.py RECIPE.json        # {"prepare": "...", "call": "..."}; prints {"gap": milliseconds, "raised": "..."}

The code of a recipe may use what `names` below gives it: servers that keep a client waiting, named pipes that fill late, numbers.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

WAIT = 0.3
"""Seconds that servers and pipes keep a caller waiting."""


async def largest_gap(call: Callable[[], object]) -> tuple[float, str]:
    """The longest time in seconds that a task beside the call could not run, and what the call raised."""
    gaps: list[float] = []

    async def heartbeat() -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.001)
            now = time.monotonic()
            gaps.append(now - last)
            last = now

    task = asyncio.create_task(heartbeat())
    await asyncio.sleep(0.05)
    gaps.clear()
    raised = ""
    try:
        call()
    except BaseException as error:  # noqa: BLE001 - how long it took counts, not how it ended
        raised = f"{type(error).__name__}: {error}"[:200]
    await asyncio.sleep(0.01)
    task.cancel()
    return max(gaps), raised


def server(talk: Callable[[socket.socket], None]) -> int:
    """The port of a server on this machine that talks so with everybody who connects, each in a thread of its own."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)

    def serve() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_talk, args=(talk, connection), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return int(listener.getsockname()[1])


def _talk(talk: Callable[[socket.socket], None], connection: socket.socket) -> None:
    with contextlib.suppress(OSError), connection:
        talk(connection)


def silent(greeting: bytes = b"") -> int:
    """A server that lets everybody wait, says its greeting, and hangs up."""

    def talk(connection: socket.socket) -> None:
        time.sleep(WAIT)
        connection.sendall(greeting)

    return server(talk)


def answering(*answers: bytes, late: int = 1, greeting: bytes = b"") -> int:
    """A server that answers each message with the next of these; from answer number ``late`` on it lets the client wait before."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(greeting)
        for number, answer in enumerate(answers, 1):
            if not connection.recv(65536):
                return
            if number >= late:
                time.sleep(WAIT)
            connection.sendall(answer)
        time.sleep(WAIT)

    return server(talk)


def http(body: bytes = b"{}", kind: str = "application/json") -> str:
    """The address of a web server that sends its headers at once and the body late."""

    def talk(connection: socket.socket) -> None:
        while connection.recv(65536):
            head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode())
            time.sleep(WAIT)
            connection.sendall(body)

    return f"http://127.0.0.1:{server(talk)}"


def redirect() -> None:
    """From now on every connection of this process goes to a silent server, whatever its address: for clients of services that nobody runs here."""
    port = silent()
    connect = socket.socket.connect

    def elsewhere(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            address = ("127.0.0.1", port) if self.family == socket.AF_INET else ("::ffff:127.0.0.1", port)
        connect(self, address)

    socket.socket.connect = elsewhere  # type: ignore[method-assign, assignment]
    found = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    socket.getaddrinfo = lambda _, port, *__, **___: [(*found, ("127.0.0.1", int(port or 0)))]


def fifo(content: bytes, name: str = "late", after: bytes = b"") -> str:
    """The path of a named pipe into which somebody writes late: all of it, or what comes after the first part."""
    path = str(Path(tempfile.mkdtemp()) / name)
    os.mkfifo(path)

    def write() -> None:
        if not after:
            time.sleep(WAIT)
        with open(path, "wb") as pipe:
            pipe.write(content)
            pipe.flush()
            if after:
                time.sleep(WAIT)
                pipe.write(after)

    threading.Thread(target=write, daemon=True).start()
    return path


def late_pipe(content: bytes) -> int:
    """The reading end of a pipe into which somebody writes late."""
    here, there = os.pipe()

    def write() -> None:
        time.sleep(WAIT)
        os.write(there, content)
        os.close(there)

    threading.Thread(target=write, daemon=True).start()
    return here


def full_pipe() -> int:
    """The writing end of a pipe that is full, and that somebody empties late."""
    here, there = os.pipe()
    os.set_blocking(there, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(there, b"x" * 65536)
    os.set_blocking(there, True)

    def read() -> None:
        time.sleep(WAIT)
        while os.read(here, 65536):
            pass

    threading.Thread(target=read, daemon=True).start()
    return there


def later(function: Callable[..., object], *arguments: object) -> None:
    """Call it when the others have waited long enough."""
    timer = threading.Timer(WAIT, function, arguments)
    timer.daemon = True
    timer.start()


names: dict[str, Any] = {
    "WAIT": WAIT, "silent": silent, "answering": answering, "server": server, "http": http, "redirect": redirect, "fifo": fifo,
    "late_pipe": late_pipe, "full_pipe": full_pipe, "later": later, "Path": Path, "os": os, "socket": socket, "threading": threading, "time": time,
}  # fmt: skip
"""What the code of a recipe may use."""


def run(prepare: str, call: str) -> dict[str, Any]:
    """One recipe: prepare it off the loop, then call on it."""
    scope = dict(names)
    os.chdir(tempfile.mkdtemp())
    exec(compile(prepare, "prepare", "exec"), scope)
    code = compile(call, "call", "exec")
    gap, raised = asyncio.run(largest_gap(lambda: exec(code, scope)))
    return {"gap": round(gap * 1000, 1), "raised": raised}


if __name__ == "__main__":
    out = os.dup(1)  # recipes may turn standard output elsewhere
    recipe = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    answer = json.dumps(run(recipe.get("prepare", ""), recipe["call"]))
    os.write(out, f"\n{answer}\n".encode())
    os._exit(0)  # threads that still wait keep nobody
