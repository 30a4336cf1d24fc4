"""Room for deep recursion on the interpreter's own stack of Python frames."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])

SLOTS = 1 << 20
"""Values that the frame of a roomy function claims to need: 8 MB, of which no page is touched."""


def roomy(function: _F) -> _F:
    """Have a function's frame ask for so much room at once that the frames of all it calls lie behind it in the same piece of memory.

    CPython 3.11 and newer take room for frames in pieces of 16 KB and give a piece back as soon as its last frame ends. A recursion that goes
    up and down across the end of a piece asks the operating system for memory and returns it at each step: a tenth of all processor time where
    expressions of nested calls are read. A frame that is too large for a piece gets one of twice its size, and the rest of that is for others.

    >>> @roomy
    ... def answer():
    ...     return 42
    >>> answer()
    42
    """
    if isinstance(function, FunctionType):
        function.__code__ = function.__code__.replace(co_stacksize=SLOTS)
    return function
