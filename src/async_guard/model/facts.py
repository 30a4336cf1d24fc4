"""Facts: what one file says, as written, in nested lists that JSON can hold.

Facts are a pure function of a file's bytes. They know no library and resolve nothing. A file's facts are a header (definitions, names called,
attributes written: what the linker needs to find its way) and one body per scope (module, class or function), each encoded by itself so
that a body is decoded only when somebody asks for it.

Expressions and statements are lists whose first item is one of the tags below. A position is one integer: ``line << 12 | column``, line 1-based,
column 0-based in characters (columns beyond 4095 are cut to it).
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

FACTS_VERSION = 9
"""Changes whenever the shape of facts or the meaning of a tag changes; facts of another version are thrown away."""

SHORT = 8
LONG = 40
VERY_LONG = 160
LENGTHS = (SHORT, LONG, VERY_LONG)
"""Lines from which the linker treats a function differently; no other length tells two functions apart."""

Expr = list[Any]
Stmt = list[Any]

# Expressions: [tag, ...]
E_CONST: Final = 0  # value (str, int, float, bool, None)
E_OPAQUE: Final = 1  # name of the builtin type of a constant that is not kept ("bytes", "str", "ellipsis", "complex")
E_NAME: Final = 2  # id, pos
E_ATTR: Final = 3  # base, attribute, pos, end
E_CALL: Final = 4  # callee, args, [[keyword | None, value], ...], pos, end
E_AWAIT: Final = 5  # value, pos, end
E_SUB: Final = 6  # base, index, pos, end
E_BIN: Final = 7  # operator, left, right, pos, end
E_BOOL: Final = 8  # "and" | "or", values
E_CMP: Final = 9  # left, operators, rights, pos, end
E_IF: Final = 10  # test, then, else
E_LAMBDA: Final = 11  # function index
E_SEQ: Final = 12  # "list" | "tuple" | "set", items
E_DICT: Final = 13  # keys (None for **), values
E_COMP: Final = 14  # "list" | "set" | "dict" | "gen", generators, element, value | None, pos, end
E_FSTR: Final = 15  # values
E_YIELD: Final = 16  # value | None, pos, end
E_YIELD_FROM: Final = 17  # value, pos, end
E_WALRUS: Final = 18  # name, value
E_STAR: Final = 19  # value
E_UNARY: Final = 20  # operator, value
E_SLICE: Final = 21  # parts

# One generator of a comprehension: [target, iterable, conditions, is_async, pos, end]

# One capture of a pattern: [name, [step from the subject, ...]]
# Steps: ["is", class] | ["attribute", name] | ["field", number] | ["item", number | [start, stop | None]] | ["key", expression]

# Statements: [tag, ...]
S_EXPR: Final = 0  # value, pos, end
S_ASSIGN: Final = 1  # targets, value, pos
S_ANN: Final = 2  # target, annotation, value | None, pos
S_AUG: Final = 3  # target, operator, value, pos, end
S_RETURN: Final = 4  # value | None, pos
S_IF: Final = 5  # [[test, body], ...] (if, elif, ...), orelse, pos
S_FOR: Final = 6  # target, iterable, body, orelse, is_async, pos, end (of the iterable)
S_WHILE: Final = 7  # test, body, orelse, pos, end (of the test)
S_WITH: Final = 8  # [[manager, target | None, pos, end], ...], body, is_async, pos
S_TRY: Final = 9  # body, [[type | None, name | None, body, pos], ...], orelse, finalbody, pos
S_RAISE: Final = 10  # exception | None, cause | None, pos
S_IMPORT: Final = 11  # [[bound name, module, module loaded], ...], pos
S_FROM: Final = 12  # module, level, [[name, bound name], ...], pos
S_DEF: Final = 13  # function index
S_CLASS: Final = 14  # class index
S_GLOBAL: Final = 15  # names
S_DEL: Final = 16  # targets
S_BREAK: Final = 17
S_CONTINUE: Final = 18
S_MATCH: Final = (
    19  # subject, [[classes and values (tuples of one), captures, guard | None, body, irrefutable], ...], pos
)
S_ASSERT: Final = 20  # test, pos
S_PASS: Final = 21


def last_name(e: Any) -> str:
    """``c`` of the expressions ``c`` and ``a.b.c``; empty for any other.

    >>> last_name([E_ATTR, [E_NAME, "a", 0], "c", 0, 3]), last_name([E_CONST, 1])
    ('c', '')
    """
    return str(e[1] if e[0] == E_NAME else e[2] if e[0] == E_ATTR else "")


def blocks(stmt: Any) -> list[list[Any]]:
    """The statement lists inside a statement, without those of definitions."""
    tag = stmt[0]
    if tag == S_IF:
        return [*(body for _, body in stmt[1]), stmt[2]]
    if tag == S_FOR:
        return [stmt[3], stmt[4]]
    if tag == S_WHILE:
        return [stmt[2], stmt[3]]
    if tag == S_WITH:
        return [stmt[2]]
    if tag == S_TRY:
        return [stmt[1], *(handler[2] for handler in stmt[2]), stmt[3], stmt[4]]
    if tag == S_MATCH:
        return [case[3] for case in stmt[2]]
    return []


def returned(body: list[Any]) -> Iterator[Any]:
    """What the ``return`` statements of a function's body give, in their order; None for those that give nothing."""
    for stmt in body:
        if stmt[0] == S_RETURN:
            yield stmt[1]
        for inner in blocks(stmt):
            yield from returned(inner)


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

    def _body(self, slot: int) -> dict[str, Any]:
        if self.bodies:
            text = self.bodies[slot]
        else:
            text = self.encoded[self.starts[slot] : self.starts[slot + 1]].decode("ascii")
        decoded: dict[str, Any] = _parse(text)[0]
        return decoded


_parse = json.JSONDecoder().raw_decode
