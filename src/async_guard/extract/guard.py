"""libcst at arm's length: one text at a time, in a process that may crash, hang or run out of memory without taking the run along."""

from __future__ import annotations

import ast
import atexit
import contextlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from async_guard.extract import tree_json
from async_guard.extract.lowering_worker import HEAD, MEMORY, READY, REFUSED, TREE, receive, send

LARGEST = 1_000_000
"""Bytes of a text beyond which libcst is not asked."""
SECONDS_TO_START = 60.0
SECONDS = 5.0
SECONDS_PER_MEGABYTE = 25.0
PATIENCE = 4.0
"""Seconds of waiting for a second of processor time: on a busy machine, and where processor time has no limit."""
_TOO_LONG = "takes too long to read"
_OUT_OF_TIME = -getattr(signal, "SIGXCPU", 0)
_BOOT = """
import json, sys
folders = json.loads(sys.argv[1])
place = next((i for i, path in enumerate(sys.path) if "-packages" in path), len(sys.path))
sys.path[place:place] = folders
from async_guard.extract.lowering_worker import serve
serve()
"""


class Refused(Exception):
    """libcst reads the text neither."""


class Unread(Exception):
    """libcst could not be asked, or did not survive it.

    Attributes:
        reason: why, in plain words.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def allowed_seconds(size: int) -> float:
    """The processor time that a text of so many bytes may take."""
    return SECONDS + SECONDS_PER_MEGABYTE * size / 1e6


def read(text: str, first_line: int = 1, seconds: float | None = None) -> ast.Module:
    """The tree of a text by way of libcst.

    Args:
        text: the text, lines ended by LF.
        first_line: the number of its first line.
        seconds: the processor time it may take; by default what the text's size allows.

    Raises:
        Refused: the text is wrong.
        Unread: the text is too much for libcst or for this machine.
    """
    data = text.encode("utf-8")
    if len(data) > LARGEST:
        raise Unread("too large")
    if seconds is None:
        seconds = allowed_seconds(len(data))
    if seconds <= 0:
        raise Unread(_TOO_LONG)
    reply = _worker().ask(HEAD.pack(first_line, seconds) + data, seconds * PATIENCE)
    kind, rest = reply[:1], reply[1:]
    if kind == REFUSED:
        raise Refused
    if kind == MEMORY:
        raise Unread("nested too deeply")
    if kind != TREE:
        raise Unread(f"the reader of newer syntax fails: {rest[:80].decode('utf-8', 'replace')}")
    try:
        return tree_json.decode(rest)
    except ValueError as error:
        raise Unread(str(error)) from None


class _Worker:
    """A process that reads texts, started with the first of them and again after it died."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: bytes, seconds: float) -> bytes:
        """Send a request and wait for its reply.

        Raises:
            Unread: no process could be started, or it died or was ended over this request.
        """
        with self._lock:
            process = self._process
            if process is None or process.poll() is not None:
                process = self._start()
            reply, late = _exchange(process, request, seconds)
            if reply is None:
                self.stop()
                raise Unread(_TOO_LONG if late or process.returncode == _OUT_OF_TIME else "nested too deeply")
            return reply

    def _start(self) -> subprocess.Popen[bytes]:
        self.stop()
        # Isolated: nothing of the working directory or the environment is imported, both may belong to the analysed project.
        command = [sys.executable or "python3", "-I", "-B", "-W", "ignore", "-c", _BOOT, json.dumps(_folders())]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise Unread(f"the reader of newer syntax does not start: {error.strerror}") from None
        self._process = process
        ready, _ = _exchange(process, None, SECONDS_TO_START)
        if ready != READY:
            self.stop()
            raise Unread("the reader of newer syntax does not start")
        return process

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()


def _exchange(process: subprocess.Popen[bytes], request: bytes | None, seconds: float) -> tuple[bytes | None, bool]:
    """Write a request and read a reply within a time; None if the process died, and whether its time was up."""
    assert process.stdin is not None
    assert process.stdout is not None
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        if request is not None:
            send(process.stdin, request)
        return receive(process.stdout), late.is_set()
    except (OSError, ValueError):
        return None, late.is_set()
    finally:
        timer.cancel()


def _folders() -> list[str]:
    """Where this package and libcst are imported from, for an interpreter that starts with nothing but its own paths."""
    folders = [str(Path(__file__).resolve().parents[2])]
    found = importlib.util.find_spec("libcst")
    if found is not None and found.origin is not None:
        folders.append(str(Path(found.origin).resolve().parents[1]))
    return list(dict.fromkeys(folders))


_current: list[_Worker] = []


def _worker() -> _Worker:
    """The worker of this process. A forked process has its own: two must not write into one pipe."""
    if not _current or _current[0].pid != os.getpid():
        _current[:] = [_Worker()]
    return _current[0]


def stop() -> None:
    """End this process's worker; the next text starts another."""
    if _current and _current[0].pid == os.getpid():
        _current[0].stop()


atexit.register(stop)
