"""The nodes of facts: their tags, and what is asked of them a hundred thousand times. It is compiled where the linker is.

Expressions and statements are lists whose first item is one of the tags below. A position is one integer: ``line << 12 | column``, line 1-based,
column 0-based in characters (columns beyond 4095 are cut to it).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

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
E_FSTR: Final = 15  # values; behind one that is converted by `!r` or `!a` an opaque `REPRESENTATION`
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


# How many items such a node has: what tells it from a list of words that happens to begin with the same number.
ANN_PARTS: Final = 5
ASSIGN_PARTS: Final = 4
ATTR_PARTS: Final = 5
BOOL_PARTS: Final = 3
CALL_PARTS: Final = 6
CMP_PARTS: Final = 6
COMP_PARTS: Final = 7
FOR_PARTS: Final = 8
FROM_PARTS: Final = 5
IF_PARTS: Final = 4
NAME_PARTS: Final = 3
STAR_PARTS: Final = 2
WITH_PARTS: Final = 5

REPRESENTATION: Final = "repr"
"""What an opaque part of a formatted string is named that says how the part before it is shown."""

HOLDERS: Final = frozenset(("setdefault", "get"))
"""Methods of containers that give what is in them: what goes into that goes into the container."""


def last_name(e: Any) -> str:
    """``c`` of the expressions ``c`` and ``a.b.c``; empty for any other.

    >>> last_name([E_ATTR, [E_NAME, "a", 0], "c", 0, 3]), last_name([E_CONST, 1])
    ('c', '')
    """
    return str(e[1] if e[0] == E_NAME else e[2] if e[0] == E_ATTR else "")


def handled(kind: Any) -> list[Any]:
    """The classes that a handler names: one, several in a tuple, or none in a bare ``except``."""
    if kind is None:
        return []
    found: list[Any] = kind[2] if kind[0] == E_SEQ else [kind]
    return found


def blocks(stmt: Any) -> list[list[Any]]:
    """The statement lists inside a statement, without those of definitions."""
    tag: int = stmt[0]
    if tag < S_IF:  # expressions, assignments and returns, as most are
        return []
    if tag == S_IF:
        return [*[body for _, body in stmt[1]], stmt[2]]
    if tag == S_FOR:
        return [stmt[3], stmt[4]]
    if tag == S_WHILE:
        return [stmt[2], stmt[3]]
    if tag == S_WITH:
        return [stmt[2]]
    if tag == S_TRY:
        return [stmt[1], *[handler[2] for handler in stmt[2]], stmt[3], stmt[4]]
    if tag == S_MATCH:
        return [case[3] for case in stmt[2]]
    return []


def statements(body: list[Any]) -> Iterator[Any]:
    """Every statement of a scope in the order of the source, without those of definitions inside."""
    for stmt in body:
        yield stmt
        for inner in blocks(stmt):
            yield from statements(inner)


def returned(body: list[Any]) -> Iterator[Any]:
    """What the ``return`` statements of a function's body give, in their order; None for those that give nothing."""
    for stmt in body:
        if stmt[0] == S_RETURN:
            yield stmt[1]
        for inner in blocks(stmt):
            yield from returned(inner)
