"""What a function is given beyond its named parameters: ``**options`` of which it asks for some by name.

A call without ``**spread`` says which there are, and that all others are not: a branch for one that nobody passes is not taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import callers
from async_guard.link.frames import Frame
from async_guard.link.program import Fn
from async_guard.link.values import CONST, DICT, VS, V, known
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_READING: Final = frozenset(("get", "pop", "setdefault", "items", "keys", "values", "copy", "update"))
_HARMLESS: Final = frozenset((
    "len", "bool", "dict", "list", "set", "tuple", "sorted", "str", "repr", "print", "debug", "info", "warning", "error", "exception", "isinstance",
    "copy", "deepcopy", "any", "all",
))  # fmt: skip
"""Calls that put nothing into a mapping that they are given."""
_MOST: Final = 12
"""Options of one call that are kept apart."""


def asked_by_name(fn: Fn) -> str:
    """The ``**`` parameter of a function that asks for some of it by name or hands it on, and lets nobody put more into it; else empty."""
    if fn.options is None:
        name = next((str(p[0]) for p in fn.body["params"] if p[1] == "**"), "")
        fn.options = name if name and _Uses(name).are_plain(fn) else ""
    return fn.options


def given(ev: Evaluator, fn: Fn, keywords: list[tuple[str, VS]], more: VS | None) -> VS | None:
    """The ``**`` parameter of a call; None where it is not kept.

    Args:
        ev: the evaluator.
        fn: the function that is called.
        keywords: what the call passes by name, for which it has no parameter of that name.
        more: what the call spreads besides that, which says nothing of those: none that is passed by name may be in it.
    """
    if (
        len(keywords) > _MOST
        or (more is not None and not keywords)
        or not asked_by_name(fn)
        or any(v.k == DICT and v.live for _, value in keywords for v in value)
    ):
        return None
    rows = tuple((key, _kept(ev, value)) for key, value in sorted(keywords, key=lambda pair: pair[0]))
    return (ev.values.dict(rows, ev.limited(more) if more else ()),)


def _kept(ev: Evaluator, value: VS) -> VS:
    out = ev.limited(value)
    return (
        out
        if all(v.live or (v.k == CONST and (v.a is None or v.b in ("bool", "str"))) for v in out)
        else ev.values.unknown
    )


def is_own(fr: Frame, e: Any) -> bool:
    """Whether an expression is the ``**`` parameter of the function being read, of which all is known that it was given."""
    if e[0] != F.E_NAME or fr.fn is None or fr.generic or not fr.params.get(e[1]) or asked_by_name(fr.fn) != e[1]:
        return False
    return all(v.k == DICT and not v.b for v in fr.params[e[1]])


def is_passed(fr: Frame, e: Any, v: V, key: VS) -> bool:
    """Whether an expression is the ``**`` parameter of the function being read, whose caller passes what is asked for by name."""
    if e[0] != F.E_NAME or fr.fn is None or fr.generic or v not in fr.params.get(e[1], ()):
        return False
    return asked_by_name(fr.fn) == e[1] and are_given(v, key)


def has(ev: Evaluator, op: str, left: VS, right: VS) -> VS | None:
    """``"name" in options``; None where that is not known."""
    if len(left) != 1 or left[0].k != CONST or not right or any(v.k != DICT or v.b for v in right):
        return None
    answers = {any(key == left[0].a for key, _ in v.a) for v in right}
    return (ev.values.const(answers.pop() is (op == "in")),) if len(answers) == 1 else None


def are_given(v: V, key: VS) -> bool:
    """Whether a mapping, of which all is known, has what is asked for: a default does not stand for it."""
    return len(key) == 1 and key[0].k == CONST and any(k == key[0].a and known(value) for k, value in v.a)


def is_always_given(ev: Evaluator, fn: Fn, key: Any) -> bool:
    """Whether each call of a function that is written anywhere passes an option by name: ``f(run=task)``, or ``options["run"] = task; f(**options)``.

    A function that is also used in other ways than by calling it may be called by anybody.
    """
    if fn.parent is not None or fn.owner is not None:
        return False
    found: dict[Any, bool] | None = ev.program.always_given.get(fn)
    if found is None:
        found = ev.program.always_given[fn] = {}
    if key not in found:
        found[key] = _is_always_given(ev, fn, key)
    return found[key]


def _is_always_given(ev: Evaluator, fn: Fn, key: Any) -> bool:
    is_called = False
    for _module, scope, call in callers.uses(ev.program, fn.name):
        if call is None or not _passes(scope[-1], call, key):
            return False
        is_called = True
    return is_called


def _passes(body: list[Any], call: Any, key: Any) -> bool:
    """Whether a call passes an option by name, or a mapping into which it was put before."""
    if any(keyword == key for keyword, _ in call[3]):
        return True
    spread = [value[1] for keyword, value in call[3] if keyword is None and value[0] == F.E_NAME]
    return any(_is_put_before(body, call, name, key) for name in spread)


def _is_put_before(body: list[Any], call: Any, name: str, key: Any) -> bool:
    """Whether a statement in front of the one with a call puts something into a mapping under a key, on the same way."""
    is_put = False
    for stmt in body:
        if any(node is call for node in callers.parts([stmt])):
            return is_put or any(_is_put_before(block, call, name, key) for block in F.blocks(stmt))
        if stmt[0] == F.S_ASSIGN:
            is_put = is_put or any(
                t[0] == F.E_SUB and t[1][:2] == [F.E_NAME, name] and t[2][:2] == [F.E_CONST, key] for t in stmt[1]
            )
    return False


class _Uses:
    """How a function uses its ``**`` parameter."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asks = False

    def are_plain(self, fn: Fn) -> bool:
        """Whether it asks for options by name, and nobody else can put any into the mapping."""
        if not all(self.part(stmt) for stmt in fn.body["body"]) or not self.asks:
            return False
        return not any(
            self._is_within(inner, fn) and self._mentions(inner.body["body"])
            for inner in fn.module.functions
            if inner.head.parent >= 0
        )

    def part(self, part: Any) -> bool:
        """Whether one part of the function's facts, and all in it, only reads the mapping."""
        if part.__class__ is not list or not part:
            return True
        tag = part[0]
        if tag == F.E_NAME and len(part) == 3 and part[1] == self.name:
            return False  # what is allowed is not entered
        if tag == F.E_CALL and len(part) == 6:
            return self._call(part)
        if tag == F.E_SUB and len(part) == 5 and self._is_it(part[1]):
            self.asks = True
            return self.part(part[2])
        if tag == F.E_CMP and len(part) == 6 and part[2] in (["in"], ["not in"]) and self._is_it(part[3][0]):
            self.asks = True
            return self.part(part[1])
        return all(self.part(inner) for inner in part)

    def _call(self, call: Any) -> bool:
        callee, arguments, keywords = call[1], call[2], call[3]
        inner = [a for a in arguments if not self._is_it(a)]
        more = [value for name, value in keywords if not (name is None and self._is_it(value))]
        self.asks = self.asks or len(more) < len(keywords)
        if len(inner) < len(arguments) and F.last_name(callee) not in _HARMLESS:
            return False
        if callee[0] == F.E_ATTR and self._is_it(callee[1]):
            if callee[2] not in _READING:
                return False
            self.asks = self.asks or callee[2] in ("get", "pop")
        elif not self.part(callee):
            return False
        return all(self.part(e) for e in (*inner, *more))

    def _is_it(self, e: Any) -> bool:
        return bool(e.__class__ is list and e[:2] == [F.E_NAME, self.name])

    def _is_within(self, inner: Fn, fn: Fn) -> bool:
        up: Fn | None = inner.parent
        while up is not None and up is not fn:
            up = up.parent
        return up is fn

    def _mentions(self, part: Any) -> bool:
        if part.__class__ is not list:
            return False
        return self._is_it(part) or any(self._mentions(inner) for inner in part)
