"""Arguments that are surely objects, for parameters that may be left out: ``Store(Memory())`` where ``Store`` makes its own if it is given None.

What a variable or an attribute may be is known, not what it is at that moment: None is seldom among it, so an object there closes no condition.
It does where the call itself is written with an object that is made there, or with a name that stands for such a one and nothing else. Readings
are told apart by it, like those whose callers have asked the same before (`agreed`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import agreed, attributes, callers, derived
from async_guard.link.doubts import given
from async_guard.link.frames import Frame
from async_guard.link.program import Fn
from async_guard.link.values import EXTINST, INST, SURE, VS, V
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator


def optional(fn: Fn) -> tuple[str, ...]:
    """The parameters of a function that are None where they are left out, and for which it makes an object then."""
    if fn.optional is None:
        named = {p[0] for p in fn.body["params"] if p[3] is not None and p[3][:2] == [F.E_CONST, None]}
        made = set(_made_for(fn)) if named else set()
        fn.optional = tuple(sorted(named & made))
    return fn.optional


def _made_for(fn: Fn) -> Iterator[str]:
    """The names that a function asks for before it makes an object: ``x or Client()``, ``if x is None: x = Client()``."""
    body = fn.body["body"]
    for stmt in F.statements(body):
        if stmt[0] == F.S_IF and any(s[0] == F.S_ASSIGN and _makes(s[2]) for _, inner in stmt[1] for s in inner):
            yield from (name for test, _ in stmt[1] for name in _names(test))
    for node in fn.written:
        if F.last_name(node[1]) == "__init__":  # the constructor of the base makes it
            yield from (part[1] for part in (*node[2], *(v for _, v in node[3])) if part[0] == F.E_NAME)
    # Most functions have neither of these, and need not be gone through.
    for node in callers.parts([body]) if fn.module.facts.holds(1 + fn.index, *_CHOOSING) else ():
        if node[0] == F.E_BOOL and len(node) == F.BOOL_PARTS and node[1] == "or":
            if any(_makes(part) for part in node[2][1:]):
                yield from _names(node[2][0])
        elif (
            node[0] == F.E_IF
            and len(node) == F.IF_PARTS
            and all(part.__class__ is list for part in node[1:])
            and (_makes(node[2]) or _makes(node[3]))
        ):
            yield from _names(node[1])


def _names(test: Any) -> list[str]:
    """The name of which a condition asks whether it is None, or true."""
    if test[0] == F.E_UNARY:
        return _names(test[2])
    if test[0] == F.E_CMP:
        return _names(test[1])
    return [test[1]] if test[0] == F.E_NAME else []


def _makes(e: Any) -> bool:
    name = F.last_name(e[1]) if callers.is_call(e) else ""
    return (name[:1].isupper() and not name.isupper()) or name.startswith(_MAKERS)


_CHOOSING: Final = (f'[{F.E_BOOL},"or"', f"[{F.E_IF},")
"""How ``x or y`` and ``x if y else z`` begin where facts are encoded."""
_MAKERS: Final = ("make", "create", "build", "connect", "open", "default", "new", "get_")
"""How functions begin that make an object."""


def passed(fr: Frame, call: Any, fn: Fn, values: dict[str, VS]) -> tuple[str, ...]:
    """The optional parameters of a function for which a call, as it is written, surely gives an object, which is known."""
    if call[0] != F.E_CALL or not any(_is_exact(values.get(name, ())) for name in optional(fn)):
        return ()
    known: given.Known = dict.fromkeys(fr.sure, given.NOT_NONE)
    for argument in (*call[2], *(value for _, value in call[3])):
        if argument[0] == F.E_NAME and (made := _made_by_module(fr, argument[1])):
            known[argument[1]] = made
    says = given.arguments(fr.fn, call, fn, known)
    return tuple(
        name for name in optional(fn) if says.get(name, 0) >= given.NOT_NONE and _is_exact(values.get(name, ()))
    )


def _is_exact(value: VS) -> bool:
    """Whether all that something may be is objects of known classes."""
    return bool(value) and all(
        (v.k == INST and not v.c) or (v.k == EXTINST and not v.a.startswith("builtins.")) for v in value
    )


def _made_by_module(fr: Frame, name: str) -> int:
    """What is known of a name of the module that is bound once, to what a class makes."""
    if fr.fn is not None and (name in fr.vars or name in fr.params or fr.closure is not None):
        return 0
    bindings = fr.module.bindings.get(name, ())
    if len(bindings) != 1 or bindings[0].kind != "value" or bindings[0].path:
        return 0
    data = bindings[0].data
    return given.strength(data, {}, {}) if data[0] == F.E_CALL else 0


def of(v: V) -> agreed.Told:
    """What an object remembers of how its constructor was called."""
    for name, value in v.b or ():
        if name == SURE:
            return tuple((each.a, True) for each in value)
    return ()


def is_object(ev: Evaluator, e: Any, value: VS, fr: Frame, *, true: bool = False) -> bool:
    """Whether an expression is a parameter that still is the object which the caller surely gave; ``true``: and its truth is never asked of it."""
    if e[0] != F.E_NAME or e[1] not in fr.sure or value != fr.params.get(e[1]) or not _is_exact(value):
        return False
    return not true or all(_is_always_true(ev, v) for v in value)


def _is_always_true(ev: Evaluator, v: V) -> bool:
    if v.k == EXTINST:
        return _is_client(ev, v.a)
    return (
        not derived.kind_of(ev, v.a)
        and all(base in attributes.PLAIN_BASES for base in attributes.library_bases(ev, v.a))
        and not any(attributes.class_attribute(ev, v.a, name) for name in ("__bool__", "__len__"))
    )


def _is_client(ev: Evaluator, cls: str) -> bool:
    """Whether a library's class is one that talks to others or waits, and is no container: nothing is known that would make it false."""
    line = ev.catalogue.line(ev.catalogue.canonical(cls))
    return not any(name in entry.methods for entry in line for name in _OF_CONTAINERS) and any(
        entry.is_async or any(method.effect is not None for method in entry.methods.values()) for entry in line
    )


_OF_CONTAINERS: Final = ("__bool__", "__len__", "__getitem__", "__iter__", "__contains__")

__all__ = ["is_object", "of", "optional", "passed"]
