"""Walks what is written: the statements and expressions of one function's facts, with what becomes of each value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from async_guard.link.program import Fn
from async_guard.model import facts as F
from async_guard.model.facts import blocks, statements

_CONSUMING: Final = frozenset(("any", "all", "sum", "min", "max", "sorted"))
"""Builtins that use each item of what they are given as a result."""

_OF_TEXTS: Final = frozenset(("headers", "cookies", "session", "environ"))
"""Attributes in which requests, responses and processes keep texts by name."""

Use = tuple[str, Any]
"""What becomes of a value: ``statement`` (nothing), ``test``, ``compare``, ``operand`` (of an operator, a subscript, a format),
``attribute`` (with the name), ``iterate``, ``enter``, ``assign`` (with the name), ``return``, ``part`` (of a returned container),
``await``, ``argument`` (with the call), ``within`` (a container that a call is given, however deep: with the call and its argument),
``value`` (anything else)."""

_STATEMENT: Final[Use] = ("statement", None)
_TEST: Final[Use] = ("test", None)
_COMPARE: Final[Use] = ("compare", None)
_OPERAND: Final[Use] = ("operand", None)
_VALUE: Final[Use] = ("value", None)
_UNPACK: Final[Use] = ("iterate", False)
_PART: Final[Use] = ("part", None)


def expressions(stmt: Any) -> list[tuple[Any, Use]]:
    """The expressions of a statement itself, without those of the statements inside it, in the order of the source."""
    tag: int = stmt[0]
    if tag == F.S_EXPR:
        return [(stmt[1], _STATEMENT)]
    if tag == F.S_ASSIGN:
        if is_pairwise(stmt[1], stmt[2]):
            pairs = list(zip(stmt[1][0][2], stmt[2][2], strict=True))
            return [*((part, _assigned([to])) for to, part in pairs), *(u for to, _ in pairs for u in _target(to))]
        return [(stmt[2], _assigned(stmt[1])), *(u for target in stmt[1] for u in _target(target))]
    if tag == F.S_ANN:
        return [] if stmt[3] is None else [(stmt[3], _assigned([stmt[1]])), *_target(stmt[1])]
    if tag == F.S_AUG:
        return [(stmt[3], _OPERAND), (stmt[1], _OPERAND)]
    if tag == F.S_RETURN:
        return [] if stmt[1] is None else [(stmt[1], ("return", None))]
    if tag == F.S_IF:
        return [(test, _TEST) for test, _ in stmt[1]]
    if tag == F.S_FOR:
        return [(stmt[2], ("iterate", bool(stmt[5]))), *_target(stmt[1])]
    if tag == F.S_WHILE:
        return [(stmt[1], _TEST)]
    if tag == F.S_WITH:
        return [(item[0], ("enter", bool(stmt[3]))) for item in stmt[1]]
    if tag == F.S_TRY:
        return [(handler[0], _VALUE) for handler in stmt[2] if handler[0] is not None]
    if tag == F.S_RAISE:
        return [(part, _VALUE) for part in stmt[1:3] if part is not None]
    if tag == F.S_DEL:
        return [(target, _VALUE) for target in stmt[1] if target[0] != F.E_NAME]
    if tag == F.S_MATCH:
        return [(stmt[1], _COMPARE), *((case[2], _TEST) for case in stmt[2] if case[2] is not None)]
    if tag == F.S_ASSERT:
        return [(stmt[1], _TEST)]
    return []


def is_pairwise(targets: list[Any], value: Any) -> bool:
    """Whether an assignment gives each of several targets an expression of its own: ``a, b = f(), g()``."""
    if len(targets) != 1 or targets[0][0] != F.E_SEQ or value[0] != F.E_SEQ:
        return False
    to, parts = targets[0][2], value[2]
    return len(to) == len(parts) and not any(part[0] == F.E_STAR for part in (*to, *parts))


def assignment(stmt: Any) -> tuple[list[Any], Any] | None:
    """The targets and the value of an assignment, annotated or not; None for other statements."""
    if stmt[0] == F.S_ASSIGN:
        return stmt[1], stmt[2]
    return ([stmt[1]], stmt[3]) if stmt[0] == F.S_ANN and stmt[3] is not None else None


def _assigned(targets: list[Any]) -> Use:
    if len(targets) == 1 and targets[0][0] == F.E_NAME:
        return ("assign", targets[0][1])
    if any(target[0] == F.E_SEQ for target in targets):
        return ("iterate", False)
    if all(t[0] == F.E_SUB and t[1][0] == F.E_ATTR and t[1][2] in _OF_TEXTS for t in targets):
        return _OPERAND
    return _VALUE


def _target(target: Any) -> list[tuple[Any, Use]]:
    return [] if target[0] == F.E_NAME else [(target, _VALUE)]


def walk(e: Any, use: Use = _VALUE) -> Iterator[tuple[Any, Use]]:
    """An expression and all expressions in it, each with what becomes of its value; lambdas are scopes of their own and not entered."""
    todo = [(e, use)]
    while todo:  # a generator inside a generator for each level would cost more than all else
        here = todo.pop()
        yield here
        if here[0][0] > F.E_NAME:  # names and literals, two thirds of all, have nothing inside
            todo += _parts(*here)[::-1]


def _parts(e: Any, use: Use) -> list[tuple[Any, Use]]:
    tag: int = e[0]
    if tag == F.E_CALL:
        argument = ("argument", e)
        callee = [(e[1], _VALUE)]
        if is_dict(e) and use[0] in ("return", "part", "argument", "within"):
            return [*callee, *((a, argument) for a in e[2]), *((v, _inside(e, use)) for _, v in e[3])]
        return [
            *callee,
            *((a[1] if a[0] == F.E_STAR else a, argument) for a in e[2]),
            *((v, argument if name is not None else _UNPACK) for name, v in e[3]),
        ]
    if tag == F.E_ATTR:
        return [(e[1], ("attribute", e[2]))]
    if tag == F.E_BOOL:
        # The last operand is what the whole gives; of `or` any operand may be.
        before = _TEST if e[1] == "and" or use == _TEST else use
        return [*((part, before) for part in e[2][:-1]), (e[2][-1], use)]
    if tag == F.E_UNARY:
        return [(e[2], _TEST if e[1] == "not" else _OPERAND)]
    if tag == F.E_CMP:
        return [(e[1], _COMPARE), *((right, _COMPARE) for right in e[3])]
    if tag == F.E_BIN:
        return [(e[2], _OPERAND), (e[3], _OPERAND)]
    if tag == F.E_SUB:
        return [(e[1], _OPERAND), (e[2], _VALUE)]
    if tag == F.E_FSTR:
        return [(part, _OPERAND) for part in e[1]]
    if tag == F.E_IF:
        return [(e[1], _TEST), (e[2], use), (e[3], use)]
    if tag == F.E_AWAIT:
        return [(e[1], ("await", None))]
    if tag == F.E_COMP:
        return _comprehension(e, use)
    if tag == F.E_WALRUS:
        return [(e[2], ("assign", e[1]) if use != _TEST else _TEST)]
    if tag in (F.E_SEQ, F.E_DICT):
        use = _inside(e, use)
        unpacked = [(v, _UNPACK) for k, v in zip(e[1], e[2], strict=True) if k is None] if tag == F.E_DICT else []
        taken = {id(v) for v, _ in unpacked}
        return [*unpacked, *((part, use) for part in _items(e) if id(part) not in taken)]
    if tag == F.E_STAR:
        return [(e[1], _UNPACK)]
    return [(part, _VALUE) for part in _items(e)]


def _inside(e: Any, use: Use) -> Use:
    """What becomes of what a container holds, by what becomes of the container."""
    if use[0] == "argument":
        return ("within", (use[1], e))
    return use if use == _STATEMENT or use[0] == "within" else _PART if use[0] in ("return", "part") else _VALUE


def is_dict(call: Any) -> bool:
    """``dict(name=value)``."""
    return bool(call[0] == F.E_CALL and call[1][:2] == [F.E_NAME, "dict"] and call[3])


def _comprehension(e: Any, use: Use) -> list[tuple[Any, Use]]:
    inner = _STATEMENT if use == _STATEMENT and e[1] != "gen" else _VALUE
    if use[0] in ("return", "part", "within", "argument") and e[1] != "gen":
        inner = _inside(e, use)
    elif use[0] == "argument" and use[1][1][0] == F.E_NAME and use[1][1][1] in _CONSUMING:
        inner = use
    out: list[tuple[Any, Use]] = []
    for target, iterable, conditions, is_async, _, _ in e[2]:
        out.append((iterable, ("iterate", bool(is_async))))
        out.extend(_target(target))
        out.extend((condition, _TEST) for condition in conditions)
    out.append((e[3], inner))
    if e[4] is not None:
        out.append((e[4], inner))
    return out


def _items(e: Any) -> list[Any]:
    tag: int = e[0]
    if tag == F.E_SEQ:
        return list(e[2])
    if tag == F.E_DICT:
        return [part for part in (*e[1], *e[2]) if part is not None]
    if tag in (F.E_YIELD, F.E_YIELD_FROM):
        return [] if e[1] is None else [e[1]]
    if tag == F.E_SLICE:
        return [part for part in e[1] if part is not None]
    return []


def uses(body: list[Any]) -> Iterator[tuple[Any, Use]]:
    """Every expression of a scope with what becomes of its value."""
    for stmt in statements(body):
        for e, use in expressions(stmt):
            yield from walk(e, use)


def suspends(stmt: Any) -> bool:
    """Whether a statement itself (not those inside it) lets other code run on the loop: await, async for, async with, async comprehension."""
    if stmt[0] in (F.S_FOR, F.S_WITH) and stmt[5 if stmt[0] == F.S_FOR else 3]:
        return True
    return any(waits(e) for e, _ in expressions(stmt))


def waits(e: Any) -> bool:
    """Whether evaluating an expression awaits something."""
    return any(
        part[0] == F.E_AWAIT or (part[0] == F.E_COMP and any(generator[3] for generator in part[2]))
        for part, _ in walk(e)
    )


def yields(stmt: Any) -> bool:
    """Whether a statement itself hands a value out of a generator."""
    return any(part[0] in (F.E_YIELD, F.E_YIELD_FROM) for e, _ in expressions(stmt) for part, _ in walk(e))


def inner_functions(fn: Fn) -> Iterator[Fn]:
    """Functions and lambdas defined inside a function, however deep."""
    for other in fn.module.functions:
        if other.head.parent == fn.index:
            yield other
            yield from inner_functions(other)


def shares(fn: Fn, name: str) -> bool:
    """Whether a function or lambda inside another reads a variable of the outer one, and has no parameter of that name."""
    return any(
        mentions(inner.body["body"], name) and all(param[0] != name for param in inner.body["params"])
        for inner in inner_functions(fn)
    )


def mentions(node: Any, name: str) -> bool:
    """Whether facts mention a name anywhere."""
    if not isinstance(node, list):
        return False
    if node and node[0] == F.E_NAME and len(node) > 1 and node[1] == name:
        return True
    return any(mentions(part, name) for part in node)


def takes_attribute(part: Any, name: str) -> bool:
    """Whether facts take an attribute of this name anywhere."""
    if part.__class__ is not list:
        return False
    if len(part) > 2 and part[0] == F.E_ATTR and part[2] == name:
        return True
    return any(takes_attribute(p, name) for p in part)


def callee_name(e: Any) -> str:
    """The last name of what a call expression calls; empty for anything else."""
    if e[0] != F.E_CALL:
        return ""
    callee = e[1]
    return str(callee[2]) if callee[0] == F.E_ATTR else str(callee[1]) if callee[0] == F.E_NAME else ""


__all__ = [
    "Use", "assignment", "blocks", "callee_name", "expressions", "inner_functions", "is_pairwise", "mentions", "shares",
    "statements", "suspends", "takes_attribute", "uses", "waits", "walk", "yields",
]  # fmt: skip
