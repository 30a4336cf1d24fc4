"""Objects of a class that a way to a blocking call needs, although a caller on the way passes texts: ``isinstance(part, Picture)`` of ``send("hi")``.

A function that takes anything, looks through it and asks each part of what class it is has one reading for all callers that pass texts, numbers or
lists of them. What a name is made of is followed by what is written: through loops, lists and what callers pass. Asked, as in `given`, of chains
that would be reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link.callers import is_call
from async_guard.link.doubts import given
from async_guard.link.doubts.walked import Walked
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Fn
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.program import Program

_Links = tuple[tuple[Frame, Event], ...]
_Kinds = dict[str, frozenset[str]]
"""Names -> the last names of the classes of one of which what they stand for must be."""


class Kinds(Walked):
    """What one function asks of the classes of names at each of its calls, and what these names are made of, once somebody asked."""

    def __init__(self, fn: Fn) -> None:
        self.made: dict[str, list[Any]] = {}
        """Names -> all that they are given, and that is put into what they hold; None for what is not known."""
        self.params = {str(p[0]): p for p in fn.body["params"]}
        super().__init__(fn)

    def says(self, test: Any, truth: bool) -> _Kinds:
        """The classes of one of which names must be."""
        return _asked(test) if truth else {}

    def sees_call(self, call: Any) -> None:
        """What is put into what a name holds."""
        callee = call[1]
        if callee[0] == F.E_ATTR and callee[1][0] == F.E_NAME and callee[2] in _FILLERS:
            self.made.setdefault(callee[1][1], []).extend(call[2])

    def sees(self, stmt: Any) -> None:
        """What a statement gives names."""
        tag: int = stmt[0]
        if tag == F.S_ASSIGN:
            for target in stmt[1]:
                self.give(target, stmt[2])
        elif tag == F.S_ANN and stmt[2] is not None and stmt[3] is not None and stmt[3].__class__ is list:
            self.give(stmt[1], stmt[3])
        elif tag in (F.S_FOR, F.S_AUG):
            self.give(stmt[1], stmt[2])
        else:
            for name in given.bound_by(stmt):
                self.made.setdefault(name, []).append(None)

    def give(self, target: Any, value: Any) -> None:
        if target[0] == F.E_SEQ:
            for name in given.bound_by([F.S_ASSIGN, [target], value]):
                self.made.setdefault(name, []).append(None)
            return
        whole = target[1] if target[0] == F.E_SUB else target
        if whole[0] == F.E_NAME:
            self.made.setdefault(whole[1], []).append(value)


def is_other_kind(program: Program, links: _Links) -> bool:
    """Whether some call of a chain is made only for an object of a class, where the callers on the way pass texts and the like."""
    for number, (frame, event) in enumerate(links):
        asked = _kinds(frame.fn).at.get((event.pos, event.end)) if frame.fn is not None and number else None
        for name, classes in (asked or {}).items():
            if all(map(_is_of_its_own, classes)) and _Made(program, links).named(number, name, {}, classes) > 0:
                return True
    return False


class _Made:
    """What an expression is made of, followed from a link of a chain to the callers before."""

    def __init__(self, program: Program, links: _Links) -> None:
        self.program = program
        self.links = links
        self.seen: set[tuple[int, str]] = set()

    def count(self, number: int, e: Any, asked: _Kinds, classes: frozenset[str]) -> int:
        """How many texts, numbers and objects of other classes an expression is made of; `_UNKNOWN` where it may be anything else."""
        if e is None:
            return _UNKNOWN
        tag: int = e[0]
        if tag in (F.E_CONST, F.E_FSTR, F.E_CMP) or (tag == F.E_UNARY and e[1] == "not"):
            return 1
        if tag == F.E_NAME:
            return self.named(number, e[1], asked, classes)
        if tag == F.E_CALL:
            return 1 if self.gives_other(number, e, classes) else _UNKNOWN
        if tag == F.E_AWAIT:
            return self.count(number, e[1], asked, classes) if e[1][0] == F.E_CALL else _UNKNOWN
        if tag == F.E_BIN:
            sides = [self.count(number, side, asked, classes) for side in e[2:4]]
            return 1 if e[1] in ("+", "%") and max(sides) > 0 and _is_text(e[2:4]) else _UNKNOWN
        if tag == F.E_STAR:
            return self.count(number, e[1], asked, classes)
        if tag == F.E_COMP:
            is_simple = e[1] != "dict" and e[3][0] in (F.E_FSTR, F.E_CALL)
            return self.count(number, e[3], {}, classes) if is_simple else _UNKNOWN
        parts: list[Any] = []
        if tag == F.E_SEQ or tag == F.E_BOOL:
            parts = e[2]
        elif tag == F.E_IF:
            parts = [e[2], e[3]]
            if (said := _asked(e[1])) and e[2][0] == F.E_NAME and said.get(e[2][1]) == _TEXT:
                parts = [[F.E_CONST, ""], e[3]]
        else:
            return _UNKNOWN
        return self.total([self.count(number, part, asked, classes) for part in parts])

    def total(self, found: list[int]) -> int:
        return _UNKNOWN if _UNKNOWN in found else sum(found)

    def named(self, number: int, name: str, asked: _Kinds, classes: frozenset[str]) -> int:
        """The same of what a name of a link's function stands for."""
        if asked.get(name) == _TEXT:
            return 1
        if (number, name) in self.seen:
            return 0
        self.seen.add((number, name))
        fn = self.links[number][0].fn
        if fn is None:
            return _UNKNOWN
        kinds = _kinds(fn)
        made = kinds.made.get(name, [])
        param = kinds.params.get(name)
        if param is None and not made:
            return _UNKNOWN
        found = [self.count(number, value, {}, classes) for value in made]
        if param is not None:
            found.append(self.passed(number, fn, param, classes))
        return self.total(found)

    def passed(self, number: int, fn: Fn, param: Any, classes: frozenset[str]) -> int:
        """The same of what the caller on the way passes for a parameter."""
        if param[2] is not None and param[2][:2] == [F.E_NAME, "str"]:
            return 1
        if number == 0:
            return _UNKNOWN
        frame, event = self.links[number - 1]
        target = event.target.fn if event.target is not None else None
        if target is not fn or frame.fn is None or not is_call(event.node):
            return _UNKNOWN
        passed, left = given.handed(event.node, fn)
        if param[0] in passed:
            asked = _kinds(frame.fn).at.get((event.pos, event.end), {})
            return self.count(number - 1, passed[param[0]], asked, classes)
        is_left = any(p[0] == param[0] and p[3] is not None for p in left)
        return self.count(number, param[3], {}, classes) if is_left else _UNKNOWN

    def gives_other(self, number: int, call: Any, classes: frozenset[str]) -> bool:
        """Whether a call gives a text, a number, or an object of a class of a library where one of the project's own is asked for."""
        callee = call[1]
        if callee[0] == F.E_ATTR and callee[2] in _OF_TEXTS:
            return True
        frame = self.links[number][0]
        targets = [e.target.fn for e in frame.events if e.node is call and e.target is not None]
        if targets:
            return all(fn is not None and (fn.body["returns"] or [])[:2] == [F.E_NAME, "str"] for fn in targets)
        if callee[0] != F.E_NAME:
            return False
        if callee[1] in _MAKERS:
            return True
        name = str(callee[1])
        return (
            name[:1].isupper() and self.is_foreign(frame, name) and not any(self.is_foreign(frame, c) for c in classes)
        )

    def is_foreign(self, frame: Frame, name: str) -> bool:
        """Whether a name is imported from what the project does not hold."""
        bound = frame.module.bindings.get(name, ())
        return bool(bound) and all(
            b.kind == "from" and not b.data[1] and self.program.find(b.data[0], frame.module) is None for b in bound
        )


def _is_text(sides: list[Any]) -> bool:
    """Whether one of two sides of an operator is a text as it is written."""
    return any(side[0] == F.E_FSTR or (side[0] == F.E_CONST and side[1].__class__ is str) for side in sides)


def _asked(test: Any) -> _Kinds:
    """The classes of one of which a name must be where a condition holds."""
    if test[0] != F.E_CALL or test[1][:2] != [F.E_NAME, "isinstance"] or len(test[2]) != _ASKING:
        return {}
    subject, wanted = test[2]
    words = frozenset(F.last_name(each) for each in _alternatives(wanted))
    return {str(subject[1]): words} if subject[0] == F.E_NAME and "" not in words else {}


def _alternatives(wanted: Any) -> list[Any]:
    """The classes of a tuple or a union."""
    if wanted[0] == F.E_SEQ:
        return [each for item in wanted[2] for each in _alternatives(item)]
    if wanted[0] == F.E_BIN and wanted[1] == "|":
        return [*_alternatives(wanted[2]), *_alternatives(wanted[3])]
    return [wanted]


def _is_of_its_own(name: str) -> bool:
    """Whether no text, number or container is an object of what is called so."""
    return name[:1].isupper() and not name.isupper() and name not in _GENERAL and not name.endswith(_PROTOCOLS)


def _kinds(fn: Fn) -> Kinds:
    if fn.kinds is None:
        fn.kinds = Kinds(fn)
    return fn.kinds  # type: ignore[no-any-return]


_UNKNOWN: Final = -1
_ASKING: Final = 2
"""Arguments of `isinstance`."""
_TEXT: Final = frozenset(("str",))
_FILLERS: Final = frozenset(("append", "extend", "insert", "add", "appendleft", "extendleft"))
_MAKERS: Final = frozenset(("str", "repr", "len", "int", "float", "bool", "round", "ascii", "format"))
_OF_TEXTS: Final = frozenset(
    (
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "title",
        "format",
        "format_map",
        "join",
        "removeprefix",
        "removesuffix",
        "isoformat",
    )
)
_GENERAL: Final = frozenset((
    "Any", "Iterable", "Iterator", "Sequence", "Collection", "Container", "Sized", "Hashable", "Reversible", "Mapping", "MutableMapping",
    "MutableSequence", "Set", "MutableSet", "List", "Dict", "Tuple", "FrozenSet", "Text", "AnyStr", "Number", "Complex", "Real", "Rational",
    "Integral", "Buffer", "ByteString", "Type", "Callable", "NoneType", "Enum", "StrEnum", "Literal", "Union", "Optional",
))  # fmt: skip
"""Classes of which texts, numbers and containers are, or may be, objects, too."""
_PROTOCOLS: Final = ("Like", "Type", "Types", "Str", "String", "Protocol", "able")
"""How classes are called at the end of which anything may be an object."""

__all__ = ["is_other_kind"]
