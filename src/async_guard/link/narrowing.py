"""What a condition says of the values it tests."""

from __future__ import annotations

import builtins
import collections.abc
import numbers
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from async_guard.frameworks.starlette import ASK_FOR_COROUTINES
from async_guard.link import attributes, calls, flags, hints, predicates, texts
from async_guard.link.frames import Args, Frame, Site
from async_guard.link.program import Class, Fn, interpreter_says, mentions_type_checking
from async_guard.link.values import (
    AWAITABLE,
    BOUND,
    CLASS,
    CONST,
    DICT,
    EXT,
    EXTINST,
    FUNC,
    GEN,
    INST,
    MODULE,
    NOTHING,
    PARTIAL,
    SEQ,
    STATIC,
    UNKNOWN,
    VS,
    WRAP,
    V,
    is_constant,
    member_name,
    same,
    union,
    without_none,
)  # fmt: skip
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator
    from async_guard.model.catalogue import FunctionEntry

_ALWAYS_TRUE: Final = frozenset((FUNC, BOUND, CLASS, MODULE, GEN))


def is_type_checking(test: Any) -> bool:
    """A condition that only type checkers take for true."""
    return mentions_type_checking(test)


def outcome(value: VS) -> bool | None:
    """The only outcome a truth test of this value can have, or None."""
    result: bool | None = None
    for v in value:
        if v.k == CONST:
            one = bool(v.a)
        elif v.k in _ALWAYS_TRUE and not _may_stand_for_another(v):
            one = True
        else:
            return None
        if result is None:
            result = one
        elif result != one:
            return None
    return result


def _may_stand_for_another(v: V) -> bool:
    """Whether a method may be what a decorator that nobody knows made of it: some make properties and fields."""
    func = v.b if v.k == BOUND else v
    return func.k == FUNC and func.a.owner is not None and bool(func.a.body["decorators"])


_ORDERS: Final = frozenset((">", "<", ">=", "<="))


def compared(ev: Evaluator, op: str, left: VS, right: VS) -> VS:
    """The value of a comparison: a literal when both sides are."""
    unknown = (ev.values.instance("builtins.bool"),)
    if op == "in" and right == (ev.values.none,):
        return (ev.values.false,)  # which raises: what stands behind it does not run
    if op in ("is", "is not") and len(right) == 1 and right[0].k == CONST and right[0].a is None:
        nones = [v.k == CONST and v.a is None for v in left]
        if not left or any(v.k == UNKNOWN for v in left):
            return unknown
        if all(nones):
            return (ev.values.true if op == "is" else ev.values.false,)
        if not any(nones) and all(
            v.k in (CONST, FUNC, BOUND, CLASS, MODULE) and not _may_stand_for_another(v) for v in left
        ):
            return (ev.values.false if op == "is" else ev.values.true,)
        return unknown
    if (
        op in _EQUAL
        and right
        and any(v.k == INST for v in (*left, *right))
        and all(is_constant(v) for v in (*left, *right))
    ):
        answers = {same(one, other) for one in left for other in right}
        sure = len(answers) == 1 and (False in answers or len(right) == 1)
        return (ev.values.const((True in answers) is _EQUAL[op]),) if sure and None not in answers else unknown
    if op in _EQUAL and left and right and all(v.k == CLASS for v in (*left, *right)):
        is_same = _are_same(left, right)
        return unknown if is_same is None else (ev.values.const(is_same is _EQUAL[op]),)
    if (
        op in _EQUAL
        and len(right) == 1
        and any(texts.is_other(v) for v in left)
        and all(texts.differs(v, right[0]) or same(v, right[0]) is False for v in left)
    ):
        return (ev.values.const(not _EQUAL[op]),)
    if (
        op in _EQUAL
        and len(left) > 1
        and len(right) == 1
        and all(v.k == CONST for v in (*left, *right))
        and all(same(v, right[0]) is False for v in left)
    ):
        return (ev.values.const(not _EQUAL[op]),)
    if len(left) == 1 and len(right) == 1 and left[0].k == CONST and right[0].k == CONST:
        a, b = left[0].a, right[0].a
        try:
            if op in ("==", "is"):
                return (ev.values.const(a == b and left[0].b == right[0].b if op == "is" else a == b),)
            if op in ("!=", "is not"):
                return (ev.values.const(a != b),)
            if op in ("in", "not in") and isinstance(a, str) and isinstance(b, str):
                return (ev.values.const((a in b) == (op == "in")),)
            if op in _ORDERS and a.__class__ is int and b.__class__ is int:
                return (ev.values.const((a > b if op[0] == ">" else a < b) or (len(op) > 1 and a == b)),)
        except TypeError:
            return unknown
    if len(left) == 1 and left[0].k == EXT:
        answer = interpreter_says(left[0].a, op, _literal(right))
        return unknown if answer is None else (ev.values.const(answer),)
    if (
        op in ("in", "not in")
        and len(left) == 1
        and left[0].k == CONST
        and len(right) == 1
        and right[0].k == SEQ
        and right[0].b is not None
    ):
        items = right[0].b
        if all(len(i) == 1 and i[0].k == CONST for i in items):
            return (ev.values.const(any(i[0] is left[0] for i in items) == (op == "in")),)
    if op in ("in", "not in") and len(left) == 1 and len(right) == 1 and texts.is_other(left[0]) and right[0].k == SEQ:
        items = right[0].b
        if items is not None:
            is_out = bool(items) and all(len(i) == 1 and texts.differs(left[0], i[0]) for i in items)
            return (ev.values.const(op == "not in"),) if is_out else unknown
    if op in ("in", "not in") and left and len(right) == 1 and right[0].k == SEQ and right[0].b is not None:
        if all(v.k == CLASS for v in (*left, *(v for item in right[0].b for v in item))):
            answers = {_are_same(left, item) for item in right[0].b}
            is_in = True if True in answers else None if None in answers else False
            return unknown if is_in is None else (ev.values.const(is_in is (op == "in")),)
        among = _among(left, right[0].b)
        return unknown if among is None else (ev.values.const(among is (op == "in")),)
    if op in ("in", "not in") and left and right and all(v.k == DICT and v.a and not v.b for v in right):
        is_out = all(_is_no_key(one, v) for one in left for v in right)
        return (ev.values.const(op == "not in"),) if is_out else unknown
    return unknown


def _is_no_key(v: V, table: V) -> bool:
    """Whether a mapping of which all entries are known has nothing under a key; what it has may be taken out again."""
    if v.k == CONST:
        return not any(key == v.a for key, _ in table.a)
    return texts.is_other(v) and v.c != texts.ROOT and all(key in v.c for key, _ in table.a)


_EQUAL: Final = {"==": True, "is": True, "!=": False, "is not": False}


def _are_same(left: VS, right: VS) -> bool | None:
    """Whether one of some classes is one of others: ``type(event) is Started``."""
    if len(left) == len(right) == 1:
        return left == right
    return None if set(left) & set(right) else False


def _among(left: VS, items: tuple[VS, ...]) -> bool | None:
    """Whether a member of an enumeration is one of several."""
    if not any(member_name(v) for v in left):
        return None
    answers = {_is_one_of(v, items) for v in left}
    return answers.pop() if len(answers) == 1 else None


def _is_one_of(v: V, items: tuple[VS, ...]) -> bool | None:
    found = [same(v, item[0]) if len(item) == 1 else None for item in items]
    return True if True in found else None if None in found else False


def _literal(value: VS) -> Any:
    """What a value is, as far as it is made of literals alone."""
    if len(value) != 1:
        return None
    v = value[0]
    if v.k == SEQ and v.b is not None:
        return tuple(_literal(part) for part in v.b)
    return v.a if v.k == CONST else None


_ANSWERS: Final = 3
"""Variables behind variables that are followed to an answer about the loop."""


def on_loop(ev: Evaluator, test: Any, fr: Frame, depth: int = 0) -> bool | None:
    """What a condition is where an event loop runs in this thread, as far as the condition asks for that."""
    tag: int = test[0]
    if tag == F.E_UNARY and test[1] == "not":
        inner = on_loop(ev, test[2], fr, depth)
        return None if inner is None else not inner
    if tag == F.E_BOOL:
        parts = [on_loop(ev, part, fr, depth) for part in test[2]]
        decisive = bool(test[1] == "or")
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive
    if tag == F.E_CMP and len(test[2]) == 1 and test[3][0][0] == F.E_CONST and test[3][0][1] is None:
        inner = on_loop(ev, test[1], fr, depth)
        return None if inner is None or test[2][0] not in ("is", "is not") else inner is (test[2][0] == "is not")
    if tag in (F.E_NAME, F.E_ATTR) and fr.env is not None and _is_running_loop(ev, fr.env.get(path(test), NOTHING)):
        return True
    if tag == F.E_NAME:
        answer = _answer(fr, test[1]) if depth < _ANSWERS else None
        return None if answer is None else on_loop(ev, answer, fr, depth + 1)
    if tag == F.E_IF:
        asked = on_loop(ev, test[1], fr, depth)
        if asked is None:
            return _unless_told(ev, test, fr, depth)
        chosen = test[2] if asked else test[3]
        return bool(chosen[1]) if chosen[0] == F.E_CONST else None
    if tag == F.E_WALRUS:
        return on_loop(ev, test[2], fr, depth)
    return _asks_for_loop(ev, test, fr, depth) if tag == F.E_CALL else None


def _unless_told(ev: Evaluator, choice: Any, fr: Frame, depth: int) -> bool | None:
    """``bool(sync) if sync is not None else not on_loop()``: the answer about the loop where no caller says otherwise."""
    decided = outcome(ev.ev(choice[1], fr))
    arms = choice[2:4] if decided is None else (choice[2] if decided else choice[3],)
    answers = [found for arm in arms if (found := on_loop(ev, arm, fr, depth)) is not None]
    return answers[0] if len(answers) == 1 else None


def _answer(fr: Frame, name: str) -> Any:
    """What a local variable is assigned that may be an answer about the loop: once, or besides a False for where nothing could be asked."""
    if fr.fn is None or name not in fr.vars:
        return None
    made = [value for value in assigned(fr.fn, name) if value is None or value[:2] != _FALSE]
    value = made[0] if len(made) == 1 else None
    return value if value is not None and value[0] in (F.E_CALL, F.E_IF, F.E_CMP, F.E_UNARY, F.E_BOOL) else None


_FALSE: Final = [F.E_CONST, False]


def assigned(fn: Fn, name: str) -> Sequence[Any]:
    """The expressions that a local variable of a function is assigned, in their order; none for parameters."""
    found = _assigned(fn).get(name)
    if found is None or any(p[0] == name for p in fn.body["params"]):
        return ()
    return found


def is_bound_anew(fn: Fn, name: str) -> bool:
    """Whether a function assigns one of its parameters."""
    return name in _assigned(fn)


def _assigned(fn: Fn) -> dict[str, list[Any]]:
    if fn.assigned is None:
        fn.assigned = {}
        _assignments(fn.body["body"], fn.assigned)
    return fn.assigned


def _assignments(part: Any, out: dict[str, list[Any]]) -> None:
    """Collect what statements assign to each name; anything but a plain assignment counts as something unknown."""
    for stmt in part:
        tag: int = stmt[0]
        if tag == F.S_ASSIGN:
            for name in {t[1] for t in stmt[1] if t[0] == F.E_NAME}:
                out.setdefault(name, []).append(stmt[2])
        elif tag in (F.S_ANN, F.S_AUG, F.S_FOR) and stmt[1][0] == F.E_NAME:
            out.setdefault(stmt[1][1], []).append(stmt[3] if tag == F.S_ANN else None)
        for inner in F.blocks(stmt):
            _assignments(inner, out)


def _asks_for_loop(ev: Evaluator, call: Any, fr: Frame, depth: int) -> bool | None:
    callee = call[1]
    if callee[0] == F.E_ATTR and callee[2] == "is_running" and not call[2]:
        receiver = value_of(ev, callee[1], fr)
        roles = {role(ev, v) for v in receiver if v.k == EXTINST}
        own = (
            "own-loop" in roles and "running-loop" not in roles
        )  # the running one, or one that is made where none runs
        loops = all(
            v.k == UNKNOWN or (v.k == CONST and v.a is None) or (v.k == EXTINST and _is_loop(ev, v)) for v in receiver
        )
        return True if receiver and loops and not own else None
    if callee[0] not in (F.E_NAME, F.E_ATTR):
        return None
    for v in value_of(ev, callee, fr):
        func = v.b if v.k == BOUND else v
        if func.k == FUNC and not func.a.is_async:
            found = _probe(func.a.body["body"])
            if found is None and depth < _ANSWERS:
                found = _says(ev, func.a, depth + 1)
            if found is not None:
                return found
        elif v.k == EXT and v.a.startswith("asyncio.") and v.a.endswith("._get_running_loop"):
            return True
    return None


def _says(ev: Evaluator, fn: Fn, depth: int) -> bool | None:
    """What a function gives where a loop runs, if all it does is to give the answer to a condition: ``return in_main_thread() and not on_loop()``."""
    body = [stmt for stmt in fn.body["body"] if stmt[0] != F.S_EXPR or stmt[1][0] not in (F.E_CONST, F.E_OPAQUE)]
    if len(body) != 1 or body[0][0] != F.S_RETURN or body[0][1] is None:
        return None
    return on_loop(ev, body[0][1], fn.module.frame, depth)


def _probe(body: list[Any]) -> bool | None:
    """Whether a function tells its callers that a loop runs: true or a loop where one does (True), or the other way round (False)."""
    for position, stmt in enumerate(body):
        tried = _tried(stmt)
        if tried is None or not calls.probes_running_loop(tried):
            for inner in F.blocks(stmt):
                found = _probe(inner)
                if found is not None:
                    return found
            continue
        for answer in (*tried, *(stmt[3] if stmt[0] == F.S_TRY else ()), *body[position + 1 :]):
            if answer[0] == F.S_RETURN and answer[1] is not None:
                if answer[1][0] == F.E_CMP and answer[1][2] == ["is"]:
                    return False
                return bool(answer[1][1]) if answer[1][0] == F.E_CONST else True
    return None


def _tried(stmt: Any) -> list[Any] | None:
    """What a statement does whose exceptions go no further: ``try`` with handlers, ``with suppress(RuntimeError)``; None for any other."""
    if stmt[0] == F.S_TRY and stmt[2]:
        found: list[Any] = stmt[1]
        return found
    suppresses = stmt[0] == F.S_WITH and any(
        item[0][0] == F.E_CALL and F.last_name(item[0][1]) == "suppress" for item in stmt[1]
    )
    return list(stmt[2]) if suppresses else None


def _is_running_loop(ev: Evaluator, value: VS) -> bool:
    loops = [v for v in value if v.k == EXTINST and role(ev, v) == "running-loop"]
    return bool(loops) and all(v in loops or (v.k == CONST and v.a is None) for v in value)


def _is_loop(ev: Evaluator, v: V) -> bool:
    return v.a == "asyncio.AbstractEventLoop" or ev.catalogue.is_subclass(v.a, "asyncio.AbstractEventLoop")


def role(ev: Evaluator, v: V) -> str:
    """The catalogue's role of a library object's class or the nearest of its bases; empty where it has none."""
    if v.k != EXTINST:
        return ""
    found = ev.roles.get(v.a)
    if found is None:
        found = ev.roles[v.a] = next((entry.role for entry in ev.catalogue.line(v.a) if entry.role), "")
    return found


def narrow(ev: Evaluator, test: Any, truth: bool, fr: Frame) -> None:
    """Keep, for the names a condition tests, the values that agree with its outcome. Marks the point unreachable when none do."""
    if fr.env is None:
        return
    tag: int = test[0]
    kinds = _kinds_asked(test) if tag == F.E_CALL or tag == F.E_BOOL else None
    if kinds is None and tag == F.E_CALL and len(test[2]) == 1 and F.last_name(test[1]).lstrip("_").startswith("is"):
        kinds = _kinds_asked_by(ev, test, fr)
    if kinds is not None:
        _keep_kinds(ev, kinds[0], kinds[1], truth, fr)
    elif tag == F.E_UNARY and test[1] == "not":
        narrow(ev, test[2], not truth, fr)
    elif tag == F.E_BOOL:
        if (test[1] == "and") is truth:
            for part in test[2]:
                narrow(ev, part, truth, fr)
    elif (
        tag == F.E_CALL
        and test[1][0] == F.E_NAME
        and test[1][1] in ("isinstance", "issubclass", "callable", "hasattr")
        and test[2]
    ):
        name = path(test[2][0])
        if name and test[1][1] == "isinstance" and len(test[2]) == 2:
            keep_instances(ev, test[2][0], ev.ev(test[2][1], fr), truth, fr)
        elif name and test[1][1] == "issubclass" and len(test[2]) == 2:
            value = value_of(ev, test[2][0], fr)
            kept = _classes_below(ev, value, ev.ev(test[2][1], fr), truth)
            _keep(fr, name, kept, may_end=all(v.k == CLASS for v in value))
        elif name and test[1][1] == "hasattr" and len(test[2]) == 2 and not truth:
            value = value_of(ev, test[2][0], fr)
            if len(value) > 1:  # of one object the condition itself is known
                _keep(fr, name, _without(ev, value, ev.ev(test[2][1], fr)))
    elif tag == F.E_CALL and test[1][0] == F.E_ATTR:
        _keep_told(ev, test, truth, fr)
        if not test[2] and not test[3]:
            _keep_flagged(ev, test, test[1][1], outcome, truth, fr)
    elif tag == F.E_CALL and (owner := flags.asks(test)):
        _keep_flagged(ev, test, owner, outcome, truth, fr)
    elif tag == F.E_CMP and len(test[2]) == 1 and (whose := _whose_class(test[1])):
        _keep_exactly(ev, whose, test[2][0], test[3][0], truth, fr)
    elif tag == F.E_CMP and len(test[2]) == 1 and (method := _method_asked(test)):
        _keep_overriding(ev, method, test[3][0], _EQUAL[test[2][0]] is truth, fr)
    elif tag == F.E_CMP and len(test[2]) == 1 and (more := _more_than_none(test)) is not None:
        _keep_told(ev, test[1], more is truth, fr)
    elif tag == F.E_CMP and len(test[2]) == 1 and (gave := _gave_something(test)) is not None:
        _keep_told(ev, test[1], gave is truth, fr)
    elif tag == F.E_CMP and len(test[2]) == 1:
        op = test[2][0]
        name = path(test[1])
        right = test[3][0]
        if name and op in ("is", "is not") and right[0] == F.E_CONST and right[1] is None:
            value = value_of(ev, test[1], fr)
            is_none = (op == "is") is truth
            kept = (
                tuple(v for v in value if v.k == UNKNOWN or (v.k == CONST and v.a is None))
                if is_none
                else without_none(value)
            )
            _keep(
                fr, name, kept if kept or not is_none else (ev.values.none,), may_end=not is_none or _never_none(value)
            )
        elif name and op in _EQUAL and right[0] in (F.E_NAME, F.E_ATTR) and _keep_named(ev, test, truth, fr):
            pass
        elif name and op in _EQUAL and right[0] == F.E_ATTR:
            wanted = value_of(ev, right, fr)
            if len(wanted) == 1 and member_name(wanted[0]):
                _keep_members(ev, name, value_of(ev, test[1], fr), wanted[0], _EQUAL[op] is truth, fr)
        elif name and op in ("==", "!=") and right[0] == F.E_CONST:
            value = value_of(ev, test[1], fr)
            equal = (op == "==") is truth
            constant = ev.values.const(right[1])
            if equal:
                _keep(fr, name, (constant,))
            else:
                _keep(fr, name, tuple(v for v in value if v is not constant))
    else:
        name = path(test)
        if tag == F.E_WALRUS:
            name = test[1]
        if name:
            value = fr.env.get(name, NOTHING) if tag == F.E_WALRUS else value_of(ev, test, fr)
            if value:
                _keep(fr, name, tuple(v for v in value if outcome((v,)) is not (not truth)))
            if tag == F.E_ATTR:
                _keep_flagged(ev, test, test[1], outcome, truth, fr)
            asked = _kinds_asked(_stands_for(ev, test, fr))
            if asked is not None:
                _keep_kinds(ev, asked[0], asked[1], truth, fr)

    if tag == F.E_CALL and kinds is None:
        predicates.keep(ev, test, truth, fr)
    if tag == F.E_CMP and len(test[2]) == 1 and fr.env is not None and flags.asks(test[1]):
        right = value_of(ev, test[3][0], fr)
        if right and all(v.k in _TOLD_APART for v in right):

            def comes_to(answer: VS) -> bool | None:
                return outcome(compared(ev, test[2][0], answer, right))

            _keep_flagged(ev, test[1], flags.asks(test[1]), comes_to, truth, fr)


def _keep_flagged(ev: Evaluator, asked: Any, whose: Any, comes_to: flags.Asked, truth: bool, fr: Frame) -> None:
    """Keep the objects of whose flag such a condition can be so."""
    name = path(whose)
    if name and fr.env is not None:
        value = value_of(ev, whose, fr)
        left = flags.agreeing(ev, asked, value, comes_to, truth)
        if left != value:
            _keep(fr, name, left)


def ended(ev: Evaluator, test: Any, fr: Frame) -> None:
    """Keep what an object says of itself where a loop ends that asks it: ``while process.poll() is None``."""
    asked = test
    while asked[0] == F.E_UNARY and asked[1] == "not":
        asked = asked[2]
    if asked[0] == F.E_CMP and len(asked[2]) == 1 and asked[1][0] == F.E_CALL and asked[3][0][0] == F.E_CONST:
        asked = asked[1]
    if asked[0] == F.E_CALL and asked[1][0] == F.E_ATTR:
        narrow(ev, test, False, fr)


def _whose_class(e: Any) -> Any:
    """``x`` of ``type(x)`` and of ``x.__class__``, where x is a name or an attribute of one; None for anything else."""
    is_type = e[0] == F.E_CALL and e[1][:2] == [F.E_NAME, "type"] and len(e[2]) == 1 and not e[3]
    whose = e[2][0] if is_type else e[1] if e[0] == F.E_ATTR and e[2] == "__class__" else None
    return whose if whose is not None and path(whose) else None


def _keep_exactly(ev: Evaluator, whose: Any, op: str, right: Any, truth: bool, fr: Frame) -> None:
    """``type(x) is A``, ``type(x) in (A, B)``: what is of such a class and of none below it, or what is not."""
    if op not in _EQUAL and op not in ("in", "not in"):
        return
    is_one = (op in ("is", "==", "in")) is truth
    wanted = flat_classes(value_of(ev, right, fr))
    value = value_of(ev, whose, fr)
    if not wanted or any(w.k != CLASS for w in wanted) or any(v.k not in (INST, CONST) for v in value):
        return
    classes = {w.a for w in wanted}
    if not is_one:
        _keep(fr, path(whose), tuple(v for v in value if v.k != INST or v.c or v.a not in classes))
        return
    kept = [ev.values.make(INST, v.a, v.b, False) for v in value if v.k == INST and v.a in classes] or [
        ev.values.make(INST, w.a, None, False)
        for w in wanted
        if any(v.k == INST and v.c and v.a in attributes.mro(ev, w.a) for v in value)
    ]
    _keep(fr, path(whose), tuple(dict.fromkeys(kept)))


def _method_asked(test: Any) -> Any:
    """``type(x).f`` of ``type(x).f is not Base.f``, which asks whether the class of x has its own f; None for anything else."""
    left, right = test[1], test[3][0]
    is_method = left[0] == F.E_ATTR and right[0] == F.E_ATTR and left[2] == right[2]
    return left if is_method and test[2][0] in _EQUAL and _whose_class(left[1]) is not None else None


def _keep_overriding(ev: Evaluator, method: Any, base: Any, same_one: bool, fr: Frame) -> None:
    """Keep the objects whose class has the same method as another class, or one of its own."""
    whose = _whose_class(method[1])
    value = value_of(ev, whose, fr)
    classes = value_of(ev, base[1], fr)
    if len(classes) != 1 or classes[0].k != CLASS or not all(v.k == INST for v in value):
        return
    wanted = attributes.class_attribute(ev, classes[0].a, method[2])
    kept: list[V] = []
    for v in value if wanted is not None else ():
        below = attributes.subclasses(ev, v.a) if v.c else []
        others = [c for c in below if (attributes.class_attribute(ev, c, method[2]) == wanted) is not same_one]
        is_one = (attributes.class_attribute(ev, v.a, method[2]) == wanted) is same_one
        if is_one and not others:
            kept.append(v)
        elif is_one:
            kept.append(ev.values.make(INST, v.a, v.b, (*(v.c if isinstance(v.c, tuple) else ()), method[2])))
        else:
            kept += [ev.values.make(INST, c, None, False) for c in below if c not in others]
    # Where no class is known that would do, one is meant that nobody knows.
    _keep(fr, path(whose), tuple(dict.fromkeys(kept)) or (ev.values.unknown if wanted is not None else value))


def _keep_named(ev: Evaluator, test: Any, truth: bool, fr: Frame) -> bool:
    """``kind is Json``, ``handler == default``: of several classes or functions the one that is named, or the others."""
    value = value_of(ev, test[1], fr)
    if len(value) < 2 or not any(v.k in (CLASS, FUNC) for v in value):
        return False
    named = value_of(ev, test[3][0], fr)
    if len(named) != 1 or named[0].k not in (CLASS, FUNC):
        return False
    wanted = named[0]
    same_one = [v for v in value if v is wanted or (v.k == wanted.k and v.a is wanted.a)]
    if _EQUAL[test[2][0]] is truth:
        # One that nobody sees among the others may be what is passed there: then it is this one.
        kept = tuple(same_one) or (wanted,)
    else:
        kept = tuple(v for v in value if v not in same_one) or value
    _keep(fr, path(test[1]), kept)
    return True


def _keep_members(ev: Evaluator, name: str, value: VS, wanted: V, is_it: bool, fr: Frame) -> None:
    """Keep what is, or is not, a certain member of an enumeration."""
    if not is_it:
        _keep(fr, name, tuple(v for v in value if v is not wanted))
    elif all(v.k == UNKNOWN or v is wanted or (v.k == INST and v.a is wanted.a and not member_name(v)) for v in value):
        _keep(fr, name, (wanted,))
    else:
        _keep(fr, name, tuple(v for v in value if same(v, wanted) is not False))


def _kinds_asked(test: Any) -> tuple[Any, list[tuple[int, ...]]] | None:
    """What a test asks of which expression: ``iscoroutinefunction(f)``, ``iscoroutinefunction(f) or isasyncgenfunction(f)``."""
    if test is None:
        return None
    if test[0] == F.E_CALL:
        if F.last_name(test[1]) not in _KINDS or len(test[2]) != 1:
            return None
        asked = test[2][0]
        if asked[0] == F.E_CALL and asked[1][:2] == [F.E_NAME, "getattr"] and asked[2][1:2]:
            named = asked[2][1][:2] == [F.E_CONST, "__call__"]
            asked = [F.E_ATTR, asked[2][0], "__call__", asked[4], asked[5]] if named else asked
        # What a function's own `__call__` is says nothing; that of an object is what calling it does.
        whose = asked[1] if asked[0] == F.E_ATTR and asked[2] == "__call__" else asked
        return whose, [_KINDS[F.last_name(test[1])]]
    if test[0] == F.E_BOOL and test[1] == "and":
        left = [part for part in test[2] if not _asks_for_call(part)]
        return _kinds_asked(left[0]) if len(left) == 1 else None
    if test[0] != F.E_BOOL or test[1] != "or":
        return None
    parts = [_kinds_asked(part) for part in test[2]]
    paths = {path(part[0]) for part in parts if part is not None}
    if None in parts or len(paths) != 1:
        return None
    return parts[0][0], [kind for part in parts if part is not None for kind in part[1]]  # type: ignore[index]


def _kinds_asked_by(ev: Evaluator, test: Any, fr: Frame) -> tuple[Any, list[tuple[int, ...]]] | None:
    """What a call of a function of the project asks of its argument, if that is all the function does: ``is_async_callable(f)``."""
    if test[1][0] not in (F.E_NAME, F.E_ATTR):
        return None
    called = value_of(ev, test[1], fr)
    func = called[0].b if len(called) == 1 and called[0].k == BOUND else called[0] if len(called) == 1 else None
    if func is None or func.k != FUNC:
        return None
    fn = func.a
    if not any(fn.index in fn.module.facts.calls.get(name, ()) for name in _KINDS) or not fn.body["params"]:
        return None
    parameter = fn.body["params"][-1][0]
    returned = [stmt[1] for stmt in fn.body["body"] if stmt[0] == F.S_RETURN]
    others = [
        stmt
        for stmt in fn.body["body"]
        if stmt[0] not in (F.S_RETURN, F.S_ASSIGN, F.S_EXPR) and not _unwraps_partial(stmt, parameter)
    ]
    asked = _kinds_asked(returned[0]) if len(returned) == 1 and not others else None
    return (test[2][0], asked[1]) if asked is not None and asked[0][:2] == [F.E_NAME, parameter] else None


def _unwraps_partial(stmt: Any, name: str) -> bool:
    """``if isinstance(f, functools.partial): f = f.func``, or ``while``: what comes after asks of the function that was wrapped."""
    if stmt[0] == F.S_IF and len(stmt[1]) == 1 and not stmt[2]:
        test, body = stmt[1][0]
    elif stmt[0] == F.S_WHILE:
        test, body = stmt[1], stmt[2]
    else:
        return False
    return bool(
        test[0] == F.E_CALL
        and test[1][:2] == [F.E_NAME, "isinstance"]
        and len(test[2]) == 2
        and test[2][0][:2] == [F.E_NAME, name]
        and F.last_name(test[2][1]) == "partial"
        and len(body) == 1
        and body[0][0] == F.S_ASSIGN
        and [target[:2] for target in body[0][1]] == [[F.E_NAME, name]]
        and body[0][2][0] == F.E_ATTR
        and body[0][2][2] == "func"
        and body[0][2][1][:2] == [F.E_NAME, name]
    )


def _asks_for_call(test: Any) -> bool:
    """Whether a test asks whether something can be called: ``hasattr(f, "__call__")``, ``callable(f)``."""
    if test[0] != F.E_CALL or test[1][0] != F.E_NAME:
        return False
    is_attribute = test[1][1] == "hasattr" and len(test[2]) == 2 and test[2][1][:2] == [F.E_CONST, "__call__"]
    return bool(is_attribute or test[1][1] == "callable")


def _keep_kinds(ev: Evaluator, e: Any, kinds: list[tuple[int, ...]], truth: bool, fr: Frame) -> None:
    name = path(e)
    if not name:
        if e[0] == F.E_ATTR and path(e[1]):
            _keep_owners(ev, e, kinds, truth, fr)
        return
    answers = [(v, [_is_kind(v, kind) for kind in kinds]) for v in value_of(ev, e, fr)]
    if truth:
        kept = tuple(v for v, known in answers if any(answer is not False for answer in known))
    else:
        kept = tuple(v for v, known in answers if not any(answer is True for answer in known))
        if _COROUTINE_FUNCTION in kinds:
            kept = tuple(v for v in kept if not _is_declared_asynchronous(v))
    # None of those that are known: some other callable is meant where the code is run at all.
    _keep(fr, name, kept or ev.values.unknown)


def _is_declared_asynchronous(v: V) -> bool:
    """Whether a callable is known by a declaration alone, which says that what it gives is awaited."""
    while v.k in (BOUND, PARTIAL):
        v = v.b if v.k == BOUND else v.a
    return v.k == WRAP and v.a == "returns" and bool(v.b) and all(given.k == AWAITABLE for given in v.b)


def _keep_owners(ev: Evaluator, e: Any, kinds: list[tuple[int, ...]], truth: bool, fr: Frame) -> None:
    """The objects of whose method it was asked: ``iscoroutinefunction(self.store.get)`` is said of some stores."""
    owners = value_of(ev, e[1], fr)
    seen = len(fr.events)
    kept = []
    for owner in owners:
        methods = attributes.get(ev, (owner,), e[2], Site(fr, e[3], e[4], e)) if owner.k == INST else NOTHING
        answers = [_is_kind(v, kind) for v in methods for kind in kinds]
        denied = all(answer is False for answer in answers) if truth else any(answer is True for answer in answers)
        if not answers or not denied:
            kept.append(owner)
    del fr.events[seen:]
    _keep(fr, path(e[1]), tuple(kept) or ev.values.unknown)


def _stands_for(ev: Evaluator, test: Any, fr: Frame) -> Any:
    """The question whose answer a local name or an attribute of the object keeps: ``self.is_async = iscoroutinefunction(self.f)``."""
    if test[0] == F.E_NAME:
        return _answer(fr, test[1])
    receiver = fr.self_value
    if test[0] != F.E_ATTR or test[1][0] != F.E_NAME or receiver is None or fr.env is None:
        return None
    if receiver.k != INST or fr.env.get(test[1][1]) != (receiver,):
        return None
    for cls in attributes.mro(ev, receiver.a):
        if isinstance(cls, Class):
            key = f"asked {test[2]}"
            if key not in cls.cache:
                cls.cache[key] = _asked_in(cls, test[2])
            if cls.cache[key] is not None:
                return cls.cache[key]
    return None


def _asked_in(cls: Class, name: str) -> Any:
    """What the methods of a class assign to an attribute, once, in terms of the object's attributes; None where that is no question."""
    writers = attributes.writers(cls, name)
    if len(writers) != 1 or not writers[0].body["params"]:
        return None
    own = writers[0].body["params"][0][0]
    made: list[Any] = []
    kept: dict[str, Any] = {}
    for stmt in writers[0].body["body"]:
        if stmt[0] != F.S_ASSIGN or len(stmt[1]) != 1 or not path(stmt[1][0]).startswith(f"{own}."):
            continue
        if stmt[1][0][2] == name:
            made.append(stmt[2])
        elif stmt[2][0] == F.E_NAME:
            kept[stmt[2][1]] = stmt[1][0]
    asked = _kinds_asked(made[0]) if len(made) == 1 else None
    if asked is None:
        return None
    if asked[0][0] == F.E_NAME:  # a parameter that the object keeps
        if asked[0][1] not in kept:
            return None
        calls_made = made[0][2] if made[0][0] == F.E_BOOL else [made[0]]
        renamed = [[*call[:2], [kept[asked[0][1]]], *call[3:]] for call in calls_made]
        return renamed[0] if len(renamed) == 1 else [F.E_BOOL, "or", renamed]
    return made[0]


def awaited(ev: Evaluator, becomes: str, args: Args, fr: Frame) -> None:
    """The first argument of a call that was awaited is of another class from there on."""
    given = args.expressions[2] if args.expressions is not None else ()
    name = path(given[0]) if given else ""
    if name:
        value = tuple(
            ev.values.instance(becomes, v.b, v.c) if v.k == EXTINST and ev.catalogue.is_subclass(becomes, v.a) else v
            for v in args.positional[0]
        )
        _keep(fr, name, value)


def turned(ev: Evaluator, entry: FunctionEntry, site: Site) -> None:
    """The object of a method is of another class after the call (a socket that was told not to wait), `entry` says of which.

    Nothing is known of objects that are called anything but a name or an attribute of one.
    """
    if site.node[0] != F.E_CALL or site.node[1][0] != F.E_ATTR:
        return
    receiver = site.node[1][1]
    name = path(receiver)
    if name:
        value = _turned(ev, entry.turns, value_of(ev, receiver, site.frame))
        _keep(site.frame, name, value)
        if entry.prepares and receiver[0] == F.E_ATTR:
            _prepare(ev, entry.turns, receiver, site.frame)
        elif entry.prepares and name in site.frame.vars:  # functions inside, which run later, find it so
            site.frame.vars[name] = _turned(ev, entry.turns, site.frame.vars[name])


def _turned(ev: Evaluator, turns: str, value: VS) -> VS:
    return tuple(
        ev.values.instance(turns, v.b, v.c) if v.k == EXTINST and _related(ev, turns, v.a) else v for v in value
    )


def _prepare(ev: Evaluator, turns: str, receiver: Any, fr: Frame) -> None:
    """What a method keeps in an attribute of its own object, and prepares for all who use it: ``self.socket.setblocking(False)``."""
    if fr.self_value is not None and value_of(ev, receiver[1], fr) == (fr.self_value,):
        held = fr.attrs.get(receiver[2])
        if held:
            fr.replace_attribute(receiver[2], _turned(ev, turns, held))


def _related(ev: Evaluator, turns: str, known: str) -> bool:
    """Whether an object of a known class may turn into one of another, which is a state of it or of what both derive from."""
    bases = [base for entry in ev.catalogue.line(turns)[:1] for base in entry.bases]
    return ev.catalogue.is_subclass(turns, known) or any(ev.catalogue.is_subclass(known, b) for b in (turns, *bases))


def told(ev: Evaluator, value: VS, method: str, truth: bool) -> VS:
    """Library objects after a method of theirs said that they are in another state (a future that is done, a queue that is not empty)."""
    out = []
    for v in value:
        found = ev.catalogue.method(v.a, method) if v.k == EXTINST else None
        becomes = found[1].becomes if found is not None else ""
        state = becomes.removeprefix(_DENIED)
        if state and truth is (state == becomes):
            v = ev.values.instance(state, v.b, v.c)
        out.append(v)
    return tuple(out)


_DENIED: Final = "not "


def _keep_told(ev: Evaluator, call: Any, truth: bool, fr: Frame) -> None:
    """Keep what an object is once a method gave something true, or something false."""
    name = path(call[1][1])
    if name:
        _keep(fr, name, told(ev, value_of(ev, call[1][1], fr), call[1][2], truth))


def _more_than_none(test: Any) -> bool | None:
    """``x.qsize() > 0`` is the same question as ``x.qsize()``, ``x.qsize() == 0`` the opposite one; None of other comparisons."""
    asked, right = test[1], test[3][0]
    if asked[0] != F.E_CALL or asked[2] or asked[1][0] != F.E_ATTR or right[0] != F.E_CONST or right[1] != 0:
        return None
    return {">": True, "!=": True, "==": False, "<=": False}.get(test[2][0])


def _gave_something(test: Any) -> bool | None:
    """``x.poll() is not None`` asks whether it gave something, ``x.poll() is None`` whether not; None of other comparisons."""
    asked, right = test[1], test[3][0]
    if asked[0] != F.E_CALL or asked[2] or asked[1][0] != F.E_ATTR or right[:2] != [F.E_CONST, None]:
        return None
    return {"is not": True, "!=": True, "is": False, "==": False}.get(test[2][0])


_KINDS: Final = {
    "iscoroutinefunction": (True, False),
    **dict.fromkeys(ASK_FOR_COROUTINES, (True, False)),
    "isasyncgenfunction": (True, True),
    "isgeneratorfunction": (False, True),
    "isclass": (CLASS,),
    "isfunction": (FUNC,),
    "ismethod": (BOUND,),
}
"""What is asked of a callable: whether it is asynchronous and whether a generator, or what kind of value it is."""
_COROUTINE_FUNCTION: Final = (True, False)
_TOLD_APART: Final = frozenset((CLASS, FUNC, BOUND, PARTIAL, INST, CONST, SEQ, DICT, MODULE))


def _is_kind(v: V, kind: tuple[int, ...]) -> bool | None:
    """Whether a callable is of this kind; None where that is not known."""
    if len(kind) == 1:
        return v.k == kind[0] if v.k in _TOLD_APART and not _may_stand_for_another(v) else None
    while v.k in (BOUND, PARTIAL):
        v = v.b if v.k == BOUND else v.a
    return (bool(v.a.is_async), bool(v.a.head.is_generator)) == kind if v.k == FUNC else None


def _never_none(value: VS) -> bool:
    return bool(value) and all(v.k in (FUNC, BOUND, CLASS, MODULE) or (v.k == CONST and v.a is not None) for v in value)


def path(e: Any) -> str:
    if e[0] == F.E_NAME:
        return str(e[1])
    if e[0] == F.E_ATTR and e[1][0] == F.E_NAME:
        return f"{e[1][1]}.{e[2]}"
    return ""


def value_of(ev: Evaluator, e: Any, fr: Frame) -> VS:
    """What an expression is at this point, without entering what evaluating it does once more."""
    if fr.env is not None:
        found: VS | None = fr.env.get(path(e))
        if found is not None:
            return found if fr.rebound is None else union(found, fr.rebound.get(path(e), NOTHING))
    seen = len(fr.events)
    value = ev.ev(e, fr)
    del fr.events[seen:]  # the condition itself was read before
    return value


def _keep(fr: Frame, name: str, value: VS, *, may_end: bool = True) -> None:
    if fr.env is None:
        return
    if value:
        fr.env[name] = value
    elif may_end and name in fr.env and fr.env[name]:
        fr.env = None
        fr.decided += 1


def keep_instances(ev: Evaluator, e: Any, classes: VS, truth: bool, fr: Frame) -> None:
    """Keep, for what an expression names, what is of one of some classes, or of none."""
    _keep(fr, path(e), of_classes(ev, value_of(ev, e, fr), classes, truth))


def of_classes(ev: Evaluator, value: VS, classes: VS, truth: bool) -> VS:
    """The value after ``isinstance(value, classes)`` had this outcome."""
    wanted = flat_classes(classes)
    if not wanted or any(w.k not in (CLASS, EXT) for w in wanted):
        return value
    if not truth:
        return tuple(v for v in value if is_instance(ev, v, wanted) is not True) or (
            value if any(v.k in (EXTINST, UNKNOWN) or (v.k == INST and v.c) for v in value) else NOTHING
        )
    return to_classes(ev, value, wanted)


def _classes_below(ev: Evaluator, value: VS, classes: VS, truth: bool) -> VS:
    """The value after ``issubclass(value, classes)`` had this outcome: of classes of the project those of which it can be so."""
    wanted = flat_classes(classes)

    def is_below(v: V) -> bool | None:
        return is_instance(ev, ev.values.make(INST, v.a, None, False), wanted) if v.k == CLASS and wanted else None

    return tuple(v for v in value if is_below(v) is not (not truth))


def _without(ev: Evaluator, value: VS, wanted: VS) -> VS:
    """Of several values, those that may be without an attribute, by what their classes have: the text may be one of several."""
    if not wanted or any(n.k != CONST or not isinstance(n.a, str) for n in wanted):
        return value
    return tuple(
        v for v in value if v.k != INST or any(attributes.class_attribute(ev, v.a, n.a) is None for n in wanted)
    )


def told_below(ev: Evaluator, test: Any, fr: Frame) -> bool:
    """Whether ``assert isinstance(config, SqlConfig)`` tells of an object that it is of a class below the one that is known.

    What is expected there is likelier than that only what is known gets there: where a class is loaded by its name, nobody sees what is made.
    """
    found = False
    for part in test[2] if test[0] == F.E_BOOL and test[1] == "and" else [test]:
        if part[0] != F.E_CALL or part[1][:2] != [F.E_NAME, "isinstance"] or len(part[2]) != 2 or not path(part[2][0]):
            continue
        known = {v.a for v in value_of(ev, part[2][0], fr) if v.k == INST}
        wanted = flat_classes(ev.ev(part[2][1], fr))
        below = [w for w in wanted if w.k == CLASS and not known.isdisjoint(attributes.mro(ev, w.a)[1:])]
        if below:
            _keep(fr, path(part[2][0]), union(*(hints.instance_of(ev, w) for w in below)))
            found = True
    return found


def to_classes(ev: Evaluator, value: VS, classes: VS) -> VS:
    """The value after a successful ``isinstance`` test or class pattern."""
    wanted = flat_classes(classes)
    kept = tuple(v for v in value if v.k != UNKNOWN and is_instance(ev, v, wanted) is True)
    if kept:
        return union(kept, _others_like(ev, kept)) if any(v.k == UNKNOWN for v in value) else kept

    sure_no = value and all(v.k != UNKNOWN and is_instance(ev, v, wanted) is False for v in value)
    if sure_no and all(v.k in (CONST, SEQ, DICT, FUNC) or (v.k == INST and not v.c) for v in value):
        return NOTHING
    return union(*(hints.instance_of(ev, w) for w in wanted)) or ev.values.unknown


def _others_like(ev: Evaluator, kept: VS) -> VS:
    """What a value that nobody knows is where it is of the class of literals that may stand there instead: another text, another number."""
    return tuple(ev.values.instance(f"builtins.{v.b}") for v in kept if v.k == CONST and v.b in _LITERALS)


_LITERALS: Final = frozenset(("str", "bytes", "int", "float", "bool"))


def to_pattern(ev: Evaluator, value: VS, classes: VS, values: VS) -> VS:
    """What is left of a value that a pattern of classes and literal or named values matches."""
    if not values:
        return to_classes(ev, value, classes) if classes else value
    if classes or not value or any(not is_constant(v) for v in (*value, *values)):
        return value
    return tuple(v for v in value if any(same(v, w) is not False for w in values))


def flat_classes(classes: VS) -> VS:
    out: list[V] = []
    for v in classes:
        if v.k == SEQ and v.b is not None:
            for item in v.b:
                out.extend(item)
        elif v.k != UNKNOWN:
            out.append(v)
    return tuple(dict.fromkeys(out))


_SEQ_NAMES: Final = {"list": "list", "tuple": "tuple", "set": "set"}


_SHAPED: Final = frozenset((INST, SEQ, DICT, GEN))
_OF_ITERATORS: Final = frozenset(("__iter__", "__next__"))
_OF_CONTAINERS: Final = frozenset(("__iter__", "__len__", "__contains__", "__getitem__"))


def _has_shape(ev: Evaluator, v: V, protocol: Class) -> bool | None:
    """Whether an object has the methods of a protocol."""
    wanted = protocol.head.methods
    if v.k != INST:
        have = _OF_ITERATORS if v.k == GEN or (v.k == SEQ and v.a not in _SEQ_NAMES) else _OF_CONTAINERS
        return True if have.issuperset(wanted) else None
    if protocol in attributes.mro(ev, v.a) or all(attributes.class_attribute(ev, v.a, m) is not None for m in wanted):
        return True
    return None if v.c or attributes.library_bases(ev, v.a) else False


def is_instance(ev: Evaluator, v: V, wanted: VS) -> bool | None:
    answers: list[bool | None] = []
    for w in wanted:
        if w.k not in (CLASS, EXT):
            answers.append(None)  # nothing that is known to be a class
        elif w.k == CLASS and attributes.is_protocol(w.a) and v.k in _SHAPED:
            answers.append(_has_shape(ev, v, w.a))
        elif v.k == INST:
            if w.k == CLASS:
                answers.append(
                    True if w.a in attributes.mro(ev, v.a) else (None if v.c and _may_be_both(ev, v.a, w.a) else False)
                )
            else:
                bases = [b for b in attributes.mro(ev, v.a) if isinstance(b, str)]
                answers.append(
                    True
                    if any(b == w.a or ev.catalogue.is_subclass(b, w.a) for b in bases)
                    else (None if bases else False)
                )
        elif v.k == EXTINST:
            answers.append(_is_library_instance(ev, v, w))
        elif v.k == CONST:
            answers.append(w.k == EXT and (w.a == f"builtins.{v.b}" or _is_of(v.b, w.a) is True))
        elif v.k == SEQ and v.a in _SEQ_NAMES:
            answers.append(_is_of(v.a, w.a) if w.k == EXT else False)
        elif v.k == DICT:
            answers.append(_is_of("dict", w.a) if w.k == EXT else False)
        elif v.k == UNKNOWN:
            answers.append(None)
        elif w.k == EXT and w.a == "builtins.type" and v.k in (CLASS, FUNC, BOUND):
            answers.append(v.k == CLASS)
        elif w.k == EXT and w.a in _DESCRIPTORS and v.k in (FUNC, BOUND, STATIC):
            answers.append(v.k == STATIC and w.a == f"builtins.{v.b}method")
        else:
            answers.append(False if w.k == CLASS else None)
    if any(a is True for a in answers):
        return True
    return False if answers and all(a is False for a in answers) else None


_DESCRIPTORS: Final = frozenset(("builtins.staticmethod", "builtins.classmethod", "builtins.property"))


def _may_be_both(ev: Evaluator, declared: Class, wanted: Class) -> bool:
    """Whether an object of a class or of one below it may be of another: that is below it, or some class is below both."""
    if declared in attributes.mro(ev, wanted):
        return True
    return any(wanted in attributes.mro(ev, sub) for sub in attributes.subclasses(ev, declared))


def _is_of(kind: str, wanted: str) -> bool | None:
    """Whether a value of a builtin class is one of another, or of an abstract one of the standard library; None of any other library's."""
    own, other = _builtin(f"builtins.{kind}"), _standard(wanted)
    if own is None or other is None:
        return False if wanted.startswith("builtins.") else None
    return issubclass(own, other)


def _is_library_instance(ev: Evaluator, v: V, w: V) -> bool | None:
    own = _builtin(v.a)
    bases = [b for b in attributes.mro(ev, w.a) if isinstance(b, str)] if w.k == CLASS else [w.a]
    if own is None:
        if w.k == CLASS:
            return None if any(b == v.a for b in bases) else False
        same = v.a == w.a or ev.catalogue.canonical(v.a) == ev.catalogue.canonical(w.a)
        return True if same or ev.catalogue.is_subclass(v.a, w.a) else None
    if own is object:
        return True if bases == ["builtins.object"] else None
    others = [_standard(b) for b in bases]
    if w.k == EXT and others[0] is not None and issubclass(own, others[0]):
        return True
    # Whatever derives from what the value is known as may be what it is: `error: Exception` and `RateLimitError`.
    if any(other is not None and other is not object and issubclass(other, own) for other in others):
        return None
    return None if issubclass(own, BaseException) and None in others else False


def _standard(dotted: str) -> type | None:
    """A builtin class, or an abstract one that builtin classes may be of: ``collections.abc.Mapping``, ``numbers.Integral``."""
    module, _, name = dotted.rpartition(".")
    if module not in _ABSTRACT:
        return _builtin(dotted)
    found = getattr(_ABSTRACT[module], name, None)
    return found if isinstance(found, type) else None


_ABSTRACT: Final = {
    "collections.abc": collections.abc,
    "collections": collections.abc,
    "typing": collections.abc,
    "numbers": numbers,
}
"""Modules with abstract classes, and where these are."""


def _builtin(dotted: str) -> type | None:
    if not dotted.startswith("builtins."):
        return None
    found = getattr(builtins, dotted[9:], None)
    return found if isinstance(found, type) else None


__all__ = ["compared", "ended", "is_type_checking", "narrow", "outcome", "to_classes", "to_pattern"]
