"""Loops of known length that keep their thread busy: what they cost, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from async_guard.link.evaluator import Evaluator
from async_guard.link.frames import CALL, Event, Frame
from async_guard.link.program import Fn, Module
from async_guard.link.values import CONST, MODULE, VS
from async_guard.model import facts as F
from async_guard.rules.judgement.syntax import blocks, callee_name, expressions, statements, suspends, walk, yields

LONG: Final = 1_000_000
"""Rounds from which a loop surely takes 10 ms and more: an empty one costs 10 to 20 ns on the machines of today."""
_PASSED: Final = 1_000
"""A number worth following into the function that gets it."""
_DEEPEST: Final = 8
_LARGEST_POWER: Final = 64
_EXHAUSTING: Final = frozenset(
    ("sum", "list", "tuple", "set", "frozenset", "dict", "sorted", "max", "min", "join", "Counter", "len")
)
"""Calls that take everything a generator expression gives."""


class Long(NamedTuple):
    """One loop and how often its innermost body runs at least."""

    pos: int
    end: int
    words: str
    rounds: int


class Numbers:
    """The whole numbers that expressions of a function surely are."""

    def __init__(self, ev: Evaluator, frame: Frame, given: Mapping[str, int] | None = None) -> None:
        self.ev = ev
        self.frame = frame
        self.given = given or {}
        """Parameters with the numbers that a caller passes."""

    def of(self, e: Any, depth: int = 0) -> int | None:
        """The number, or None."""
        if e[0] == F.E_CONST:
            return e[1] if type(e[1]) is int else None
        if depth > _DEEPEST:
            return None
        if e[0] == F.E_BIN:
            left, right = self.of(e[2], depth + 1), self.of(e[3], depth + 1)
            return None if left is None or right is None else _computed(e[1], left, right)
        if e[0] == F.E_NAME and e[1] in self.given:
            return self.given[e[1]]
        if e[0] == F.E_NAME and e[1] in self.frame.vars:
            value = self.frame.vars[e[1]]
        else:
            value = self.ev.ev(e, self.frame) if e[0] in (F.E_NAME, F.E_ATTR) else ()
        if len(value) == 1 and value[0].k == CONST:
            return value[0].a if type(value[0].a) is int else None
        if e[0] == F.E_ATTR:
            module = self._module(self.ev.ev(e[1], self.frame))
            return None if module is None else self._of_global(module, e[2], depth)
        is_global = e[0] == F.E_NAME and e[1] not in self.frame.vars
        return self._of_global(self.frame.module, e[1], depth) if is_global else None

    def _module(self, value: VS) -> Module | None:
        """The module of the project that an expression stands for."""
        return self.ev.program.modules.get(value[0].a) if len(value) == 1 and value[0].k == MODULE else None

    def _of_global(self, module: Module, name: str, depth: int) -> int | None:
        imported = [b for b in module.bindings.get(name, ()) if b.kind == "from"]
        if depth <= _DEEPEST and len(imported) == 1 and len(module.bindings[name]) == 1:
            base, level, original = imported[0].data[:3]
            home = self.ev.program.find(module.absolute(base, level), module)
            found = None if home is None else self.ev.program.modules.get(home)
            return None if found is None else self._of_global(found, original, depth + 1)
        made = [s for s in module.body if s[0] == F.S_ASSIGN and any(t[0] == F.E_NAME and t[1] == name for t in s[1])]
        if len(made) != 1 or len(module.bindings.get(name, ())) != 1:
            return None
        return Numbers(self.ev, module.frame).of(made[0][2], depth + 1)


def long_loops(ev: Evaluator, frame: Frame) -> Iterator[Long]:
    """Outermost loops of a function that run a million times and more, and neither await nor yield nor end early."""
    if frame.fn is not None:
        yield from _loops(Numbers(ev, frame), frame.fn)


def long_calls(ev: Evaluator, frame: Frame) -> Iterator[tuple[Event, Long]]:
    """Calls of plain functions whose loops run long because of a number that this call passes."""
    for event in frame.events:
        target = event.target
        if event.kind != CALL or target is None or target.fn is None or target.fn.is_async or event.off_loop:
            continue
        if not _counts(target.fn) or event.node is None or event.node[0] != F.E_CALL:
            continue
        given = _passed(Numbers(ev, frame), target.fn, event.node)
        if given and any(number >= _PASSED for number in given.values()):
            for loop in _loops(Numbers(ev, target, given), target.fn):
                yield event, loop


def _passed(numbers: Numbers, fn: Fn, call: Any) -> dict[str, int]:
    """The numbers that a call passes, by parameter that the function does not change."""
    params = [p[0] for p in fn.body["params"] if p[1] in ("/", "a", "k")]
    if params and params[0] in ("self", "cls"):
        params = params[1:]
    if any(a[0] == F.E_STAR for a in call[2]):
        return {}
    written = {t[1] for s in statements(fn.body["body"]) for t in _targets(s) if t[0] == F.E_NAME}
    pairs = [*zip(params, call[2], strict=False), *((name, value) for name, value in call[3] if name in params)]
    found = {name: numbers.of(e) for name, e in pairs if name not in written}
    return {name: number for name, number in found.items() if number is not None}


def _targets(stmt: Any) -> list[Any]:
    if stmt[0] == F.S_ASSIGN:
        return list(stmt[1])
    return [stmt[1]] if stmt[0] in (F.S_AUG, F.S_ANN, F.S_FOR) else []


def _counts(fn: Fn) -> bool:
    """Whether a function mentions ``range`` at all."""
    return fn.index in fn.module.facts.calls.get("range", ())


def _loops(numbers: Numbers, fn: Fn) -> Iterator[Long]:
    yield from _in_block(numbers, fn.body["body"], _counts(fn))


def _in_block(numbers: Numbers, body: list[Any], counts: bool) -> Iterator[Long]:
    for stmt in body:
        if (stmt[0] == F.S_WHILE or (counts and stmt[0] == F.S_FOR)) and not _gives_way(stmt):
            rounds = _rounds(numbers, stmt)
            if rounds >= LONG:
                first = 6 if stmt[0] == F.S_FOR else 4
                yield Long(stmt[first], stmt[first + 1], "for" if stmt[0] == F.S_FOR else "while", rounds)
                continue
        for e, _ in expressions(stmt) if counts else ():
            yield from _in_expression(numbers, e)
        for inner in blocks(stmt):
            yield from _in_block(numbers, inner, counts)


def _gives_way(loop: Any) -> bool:
    """Whether a loop awaits, yields, or may end before its time."""
    return any(
        suspends(stmt) or yields(stmt) or stmt[0] in (F.S_BREAK, F.S_RETURN, F.S_RAISE) for stmt in statements([loop])
    )


def _rounds(numbers: Numbers, loop: Any) -> int:
    """How often the innermost statement of a loop runs at least; 0 where nobody knows."""
    if loop[0] == F.S_FOR:
        own, body = _length(numbers, loop[2]), loop[3]
    else:
        own, body = _counted(numbers, loop), loop[2]
    inner = max((_rounds(numbers, stmt) for stmt in body if stmt[0] in (F.S_FOR, F.S_WHILE)), default=1)
    return own * max(inner, 1)


def _length(numbers: Numbers, iterable: Any) -> int:
    """The length of ``range(...)`` of known numbers."""
    if iterable[0] != F.E_CALL or iterable[1][0] != F.E_NAME or iterable[1][1] != "range" or iterable[3]:
        return 0
    if "range" in numbers.frame.vars or "range" in numbers.frame.module.bindings:
        return 0
    parts = [numbers.of(e) for e in iterable[2]]
    if not 1 <= len(parts) <= 3 or None in parts or (len(parts) == 3 and parts[2] == 0):
        return 0
    return len(range(*(n for n in parts if n is not None)))


def _counted(numbers: Numbers, loop: Any) -> int:
    """The rounds of ``while n < NUMBER: ... n += STEP``, as if counted from zero."""
    test = loop[1]
    if test[0] != F.E_CMP or test[1][0] != F.E_NAME or test[2] not in (["<"], ["<="]):
        return 0
    limit = numbers.of(test[3][0])
    steps = [
        numbers.of(stmt[3])
        for stmt in statements(loop[2])
        if stmt[0] == F.S_AUG and stmt[1][0] == F.E_NAME and stmt[1][1] == test[1][1]
    ]
    if limit is None or len(steps) != 1 or not steps[0] or steps[0] < 1:
        return 0
    return limit // steps[0]


def _in_expression(numbers: Numbers, e: Any) -> Iterator[Long]:
    """Comprehensions, and generator expressions that a call takes to their end."""
    for part, (how, detail) in walk(e):
        if part[0] != F.E_COMP or any(generator[3] or generator[2] for generator in part[2]):
            continue
        if part[1] == "gen" and not (how == "argument" and callee_name(detail) in _EXHAUSTING):
            continue
        if any(inner[0] == F.E_AWAIT for inner, _ in walk(part[3])):
            continue
        rounds = 1
        for generator in part[2]:
            rounds *= _length(numbers, generator[1])
        if rounds >= LONG:
            yield Long(part[5], part[6], "for", rounds)


def _computed(op: str, left: int, right: int) -> int | None:
    if op == "+":
        return left + right
    if op == "-":
        return left - right
    if op == "*":
        return left * right
    if op == "//":
        return left // right if right else None
    if op == "**":
        return int(left**right) if 0 <= right <= _LARGEST_POWER and abs(left) <= LONG else None
    if op == "<<":
        return left << right if 0 <= right <= _LARGEST_POWER else None
    return None


__all__ = ["LONG", "Long", "long_calls", "long_loops"]
