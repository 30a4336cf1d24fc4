"""Facts: what one file says, as written, in nested lists that JSON can hold.

Facts are a pure function of a file's bytes. They know no library and resolve nothing. A file's facts are a header (definitions, names called,
attributes written: what the linker needs to find its way) and one body per scope (module, class or function), each encoded by itself so
that a body is decoded only when somebody asks for it.

The nodes of bodies, expressions and statements, are described in `nodes`, whose names all are names of this module, too.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from async_guard.model.nodes import *  # noqa: F403 - one module for who asks

FACTS_VERSION = 12
"""Changes whenever the shape of facts or the meaning of a tag changes; facts of another version are thrown away."""

SHORT = 8
LONG = 40
VERY_LONG = 160
LENGTHS = (SHORT, LONG, VERY_LONG)
"""Lines from which the linker treats a function differently; no other length tells two functions apart."""

Expr = list[Any]
Stmt = list[Any]


@dataclass(slots=True)
class FunctionHead:
    """What the header says of one function."""

    qualname: str
    line: int
    end_line: int
    is_async: bool
    is_generator: bool
    has_await: bool
    parent: int
    """Index of the enclosing function, -1 at module or class level outside functions."""
    owner: int
    """Index of the class whose body defines it, -1 otherwise."""
    contract: str = ""
    """``blocking``, ``nonblocking`` or ``runs-in-thread`` from a comment on the ``def`` line."""
    allows: str = ""
    """Codes of an ``allow[...]`` comment on the ``def`` line, separated by commas."""
    has_inner: bool = False
    """It defines decorated functions of its own."""
    column: int = 1


@dataclass(slots=True)
class ClassHead:
    """What the header says of one class."""

    qualname: str
    line: int
    parent: int
    owner: int
    bases: list[str]
    """Last name of each base, as written."""
    methods: list[str]


@dataclass(slots=True)
class FileFacts:
    """Facts of one file.

    ``bodies[0]`` is the module's, then the functions', then the classes', each as JSON text; facts that were decoded have ``encoded`` and
    ``starts`` instead, so that a body is a part of bytes that many files may share until somebody asks for it.
    """

    functions: list[FunctionHead] = field(default_factory=list)
    classes: list[ClassHead] = field(default_factory=list)
    calls: dict[str, list[int]] = field(default_factory=dict)
    """Last name of a callee -> functions (-1: module or class level) that call it."""
    attribute_writes: dict[str, list[int]] = field(default_factory=dict)
    """Attribute name -> functions (-1: module level) that assign it on some object."""
    global_writes: dict[str, list[int]] = field(default_factory=dict)
    """Module-level name -> functions that assign it after ``global``."""
    item_writes: dict[str, list[int]] = field(default_factory=dict)
    """Last name of a container -> functions (-1: module or class level) that put something into it."""
    aliases: dict[str, list[str]] = field(default_factory=dict)
    """Original name -> other names it was imported under."""
    call_sites: int = 0
    has_async: bool = False
    names_codes: bool = False
    """Some line looks like a suppression comment that names a code of ours."""
    bodies: list[str] = field(default_factory=list)
    encoded: bytes = b""
    starts: list[int] = field(default_factory=list)
    """Where each body starts in ``encoded``, and where the last one ends."""

    def module_body(self) -> dict[str, Any]:
        """``{"body": [statement, ...]}``."""
        return self._body(0)

    def function_body(self, index: int) -> dict[str, Any]:
        """``{"params": [[name, kind, annotation, default]], "returns", "decorators", "body"}``; kinds: / a * k **."""
        return self._body(1 + index)

    def class_body(self, index: int) -> dict[str, Any]:
        """``{"bases", "keywords", "decorators", "body"}``."""
        return self._body(1 + len(self.functions) + index)

    def mentions(self, text: str) -> Iterator[int]:
        """Which bodies have a text in them as they are encoded: 0 is the module's, then the functions', then the classes'."""
        if self.bodies:
            yield from (slot for slot, body in enumerate(self.bodies) if text in body)
            return
        wanted = text.encode("ascii", "replace")
        found = self.encoded.find(wanted, self.starts[0], self.starts[-1])
        while found >= 0:
            slot = bisect_right(self.starts, found) - 1
            yield slot
            found = self.encoded.find(wanted, self.starts[slot + 1], self.starts[-1])

    def holds(self, slot: int, *texts: str) -> bool:
        """Whether a body has one of some texts in it as it is encoded."""
        if self.bodies:
            return any(text in self.bodies[slot] for text in texts)
        start, end = self.starts[slot], self.starts[slot + 1]
        return any(self.encoded.find(text.encode("ascii"), start, end) >= 0 for text in texts)

    def _body(self, slot: int) -> dict[str, Any]:
        if self.bodies:
            text = self.bodies[slot]
        else:
            text = self.encoded[self.starts[slot] : self.starts[slot + 1]].decode("ascii")
        decoded: dict[str, Any] = _parse(text)[0]
        return decoded


_parse = json.JSONDecoder().raw_decode
