"""The process in which libcst reads texts, so that whatever a text does to it ends this process and no other.

Requests and replies are frames: four bytes of length, then so many bytes. A request is the number of the first line, the seconds of
processor time it may take, and the text; a reply is a letter and the rest: the lowered tree, or the name of an unexpected error, or
nothing.
"""

from __future__ import annotations

import contextlib
import math
import signal
import struct
import sys
import threading
import time
from typing import IO

LENGTH = struct.Struct(">I")
HEAD = struct.Struct(">If")
READY, TREE, REFUSED, MEMORY, DEFECT = b"R", b"T", b"N", b"M", b"D"
_MEMORY = 2 << 30
_STACK = 64 << 20
_FRAMES = 20_000


def serve() -> None:
    """Answer requests on standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this process ends it
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    _limit()
    # Nesting that Python allows needs more stack than the main thread has on some systems.
    threading.stack_size(_STACK)
    sys.setrecursionlimit(_FRAMES)
    thread = threading.Thread(target=_loop, args=(requests, replies))
    thread.start()
    thread.join()


def _limit() -> None:
    _limit_to("RLIMIT_AS", _MEMORY)
    _limit_to("RLIMIT_CORE", 0)


def _limit_time(seconds: float) -> None:
    # Processor time, so that a busy machine changes no result; the asker's own patience is longer.
    _limit_to("RLIMIT_CPU", math.ceil(time.process_time() + seconds))


def _limit_to(what: str, limit: int) -> None:
    try:
        import resource
    except ImportError:
        return
    with contextlib.suppress(AttributeError, ValueError, OSError):
        kind = getattr(resource, what)
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _loop(requests: IO[bytes], replies: IO[bytes]) -> None:
    # Before the first request, so that none waits for it, and that an interpreter without libcst says so at once.
    import async_guard.extract.lowering
    import async_guard.extract.tree_json  # noqa: F401

    send(replies, READY)
    while (request := receive(requests)) is not None:
        first_line, seconds = HEAD.unpack_from(request)
        _limit_time(seconds)
        send(replies, answer(request[HEAD.size :].decode("utf-8"), first_line))


def answer(text: str, first_line: int) -> bytes:
    """The reply to a request."""
    import libcst as cst

    from async_guard.extract.lowering import lower
    from async_guard.extract.tree_json import encode

    try:
        return TREE + encode(lower(cst.parse_module(text), text, first_line))
    except (MemoryError, RecursionError):
        return MEMORY
    except (cst.ParserSyntaxError, SyntaxError):
        return REFUSED
    except BaseException as error:  # noqa: BLE001  # a panic of libcst is no Exception; whatever it is, the asker is to know
        return DEFECT + type(error).__name__.encode("utf-8")


def send(pipe: IO[bytes], data: bytes) -> None:
    """Write one frame."""
    pipe.write(LENGTH.pack(len(data)) + data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """Read one frame; None where the other side has gone."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    data = pipe.read(length)
    return data if len(data) == length else None
