"""Room for deep recursion: on the interpreter's own stack of Python frames, and on the processor's where the linker is compiled."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])

SLOTS = 1 << 20
"""Values that the frame of a roomy function claims to need: 8 MB, of which no page is touched."""
STACKS = (512 << 20, 64 << 20) if sys.maxsize > 1 << 32 else (64 << 20,)
"""Bytes of stack for compiled code, the first that the system grants; only pages that are used take memory."""


def is_compiled() -> bool:
    """Whether the linker is compiled: what it calls stands on the processor's stack then, which no limit of Python's guards."""
    from async_guard.link.evaluator import Evaluator

    return not isinstance(Evaluator.ev, FunctionType)


def roomy(function: _F) -> _F:
    """Give a function, and all that it calls, room to recurse deeply.

    CPython 3.11 and newer take room for frames in pieces of 16 KB and give a piece back as soon as its last frame ends. A recursion that goes
    up and down across the end of a piece asks the operating system for memory and returns it at each step: a tenth of all processor time where
    expressions of nested calls are read. A frame that is too large for a piece gets one of twice its size, and the rest of that is for others.
    Where the linker is compiled, the function runs in a thread with a stack large enough for the deepest recursion that the linker allows itself
    (`LEVELS` in `link/evaluator.py`).

    >>> @roomy
    ... def answer():
    ...     return 42
    >>> answer()
    42
    """
    if isinstance(function, FunctionType):
        function.__code__ = function.__code__.replace(co_stacksize=SLOTS)

    @wraps(function)
    def with_room(*args: Any, **kwargs: Any) -> Any:
        if is_compiled():
            return on_a_large_stack(lambda: function(*args, **kwargs))
        return function(*args, **kwargs)

    return with_room  # type: ignore[return-value]


def on_a_large_stack(work: Callable[[], Any]) -> Any:
    """What ``work`` gives or raises, run in a thread whose stack is as large as the system grants."""
    outcome: list[tuple[bool, Any]] = []

    def run() -> None:
        try:
            outcome.append((True, work()))
        except BaseException as error:  # noqa: BLE001 - raised again below
            outcome.append((False, error))

    thread = _started(run)
    if thread is None:
        return work()
    thread.join()
    (worked, result) = outcome[0]
    if not worked:
        raise result
    return result


def _started(run: Callable[[], None]) -> threading.Thread | None:
    """A thread that runs something; None where the system grants no large stack."""
    return next((thread for thread in (_with_stack(size, run) for size in STACKS) if thread is not None), None)


def _with_stack(size: int, run: Callable[[], None]) -> threading.Thread | None:
    before = threading.stack_size()
    try:
        threading.stack_size(size)
        # A daemon: who interrupts the run is not kept waiting for its end.
        thread = threading.Thread(target=run, name="async-guard", daemon=True)
        thread.start()
    except (ValueError, RuntimeError, MemoryError):
        return None
    finally:
        threading.stack_size(before)
    return thread
