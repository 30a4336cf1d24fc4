"""Abstract values: what an expression may be at run time, as far as the source tells.

Values are interned: equal values are one object, so that comparing and hashing them costs nothing however deeply they nest.
A value set is a tuple without duplicates in order of discovery (order makes the output the same on every run).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

UNKNOWN: Final = 0  # a: reason, b: value set of what it may be, of which somebody chooses by name | None
CONST: Final = 1  # a: value, b: type name
MODULE: Final = 2  # a: dotted name of a module of the project
EXT: Final = 3  # a: dotted name of something outside the project (module, class or function)
EXTINST: Final = (
    4  # a: dotted name of its class, b: type arguments (tuple of value sets), c: token of the creating call or None
)
EXTMETH: Final = (
    5  # a: receiver (EXTINST or EXT class), b: method name, c: the project's object whose inherited method it is | None
)
FUNC: Final = 6  # a: Fn, b: enclosing Frame | None, c: wrapped value | None
BOUND: Final = 7  # a: receiver value, b: FUNC value, c: "guessed" where the receiver only may be of the class | None
CLASS: Final = 8  # a: Class, b: enclosing Frame | None
INST: Final = 9  # a: Class, b: constructor arguments (tuple of (name, value set)) | None, c: True when only declared (may be a subclass)
SUPER: Final = 10  # a: Class whose MRO is continued, b: receiver
PARTIAL: Final = 11  # a: callee, b: positional value sets, c: ((keyword, value set), ...)
CORO: Final = 12  # a: Frame of the coroutine
AWAITABLE: Final = 13  # a: value set that awaiting gives
GEN: Final = 14  # a: Frame of the generator, b: True when asynchronous
MANAGER: Final = (
    15  # a: value that yields (GEN) or value set, b: True when asynchronous, c: the method called on leaving | None
)
SEQ: Final = 16  # a: "list" | "tuple" | "set" | "iter" or the Lazy of an iterator that runs code, b: value sets by position | None, c: any item
DICT: Final = 17  # a: ((constant key, value set), ...), b: value set of any other value, c: value set of keys
WRAP: Final = 18  # a: mode (offload, sync, cached, manager, amanager, returns), b: wrapped value or value set
PROPERTY: Final = 19  # a: getter value, b: True when cached, c: value sets that ``property(...)`` was given to set and to delete | None
STATIC: Final = 20  # a: function value, b: "static" | "class"
MARK: Final = 21  # a: dotted name of the marker, b: value set of its argument, c: extra (tuple)
SLOT: Final = 22  # a: native operation name, b: receiver value (methods of builtin containers)
DECORATOR: Final = 23  # a: mode

MADE: Final = "<made>"
"""Among the constructor arguments of an INST that is told apart by it: where it was made."""

SURE: Final = "<sure>"
"""The same of one whose constructor was surely given an object for some parameters that may be None: their names."""

LACKS: Final = "<lacks>"
"""The same, last of all, of one that nobody ever gives some of its parts: their names."""

MEMBER: Final = "<member>"
"""The same of a member of an enumeration: its name, and behind it the literal that it equals (`MIXED`)."""

MIXED: Final = "<mixed>"
"""The literal of a member whose class derives from ``str`` or ``int`` as well."""

MORE: Final = "<more>"
"""The same of one that was also given arguments which nobody knows."""

LIMIT: Final = 24
"""Alternatives kept in one value set."""


ANY_PART: Final = "*"
"""What stands for the part of a module's name that is not known."""

DEPTH: Final = 4
"""Containers kept inside containers; what lies deeper is only "a list" or "a dict"."""
_CONTAINERS: Final = frozenset((SEQ, DICT))
_PLAIN: Final = frozenset((UNKNOWN, CONST))


class V:
    """One abstract value. Compare with ``is``; the meaning of a, b and c depends on the kind ``k`` (see the table above)."""

    __slots__ = ("a", "alone", "b", "c", "depth", "k", "live")

    def __init__(self, k: int, a: Any, b: Any, c: Any, depth: int, live: bool) -> None:
        self.k = k
        self.a = a
        self.b = b
        self.c = c
        self.depth = depth
        """Levels of containers."""
        self.live = live
        """Whether it is or holds something that can be called or whose use can block: everything but plain data."""
        self.alone: VS | None = None
        """The value set of nothing else; see `interned`."""

    def __repr__(self) -> str:
        return f"V{self.k}({self.a!r}, {self.b!r}, {self.c!r})"


VS = tuple[V, ...]
NOTHING: Final[VS] = ()


class Values:
    """The intern table of one run."""

    def __init__(self) -> None:
        global _active  # noqa: PLW0603 - one table at a time: joining containers needs it wherever value sets meet
        self._table: dict[tuple[Any, ...], V] = {}
        self._literals: dict[tuple[type, Any], V] = {}
        self._names: dict[str, V] = {}
        self.held: dict[V, VS] = {}
        """Mappings that were asked for anything they hold -> that."""
        self.joined: dict[VS, VS] = {}
        """Alternatives with several containers of one kind -> with one of each; branches meet in the same ones again and again."""
        self.unknown: VS = (self.make(UNKNOWN, "unknown"),)
        self.none = self.const(None)
        self.true = self.const(True)
        self.false = self.const(False)
        _active = self

    def make(self, k: int, a: Any = None, b: Any = None, c: Any = None) -> V:
        """The one value of this shape. Parts must be hashable."""
        key = (k, a, b, c)
        found = self._table.get(key)
        if found is None:
            if k in _CONTAINERS:
                return self._container(key)
            live = k not in _PLAIN and not (k == EXTINST and a.startswith("builtins."))
            found = self._table[key] = V(k, a, b, c, 0, live)
        return found

    def _container(self, key: tuple[Any, ...]) -> V:
        k, a, b, c = key
        members = _members(k, a, b, c)
        depth = 1 + max((v.depth for v in members), default=0)
        if depth > DEPTH:
            flat: tuple[int, Any, Any, Any] = (
                (SEQ, a, None, self.unknown) if k == SEQ else (DICT, (), self.unknown, NOTHING)
            )
            found = self._table.get(flat)
            if found is None:
                found = self._table[flat] = V(*flat, 1, k == SEQ and a.__class__ is not str)
            self._table[key] = found
            return found
        runs_code = k == SEQ and a.__class__ is not str
        found = self._table[key] = V(k, a, b, c, depth, runs_code or any(v.live for v in members))
        return found

    def forget(self) -> None:
        """Drop what can be made again."""
        self.joined.clear()
        self.held.clear()

    def const(self, value: Any) -> V:
        """A literal; True and 1 stay apart."""
        key = (value.__class__, value)
        found = self._literals.get(key)
        if found is None:
            found = self._literals[key] = self.make(CONST, value, type(value).__name__)
        return found

    def literal(self, value: Any) -> VS:
        """The value set of a literal alone."""
        found = self._literals.get((value.__class__, value))
        if found is None:
            found = self.const(value)
        alone = found.alone
        return alone if alone is not None else interned((found,))

    def why(self, reason: str) -> VS:
        """An unknown value, with the reason it is unknown."""
        return (self.make(UNKNOWN, reason),)

    def ext(self, dotted: str) -> V:
        """Something outside the project, by name."""
        found = self._names.get(dotted)
        if found is None:
            found = self._names[dotted] = self.make(EXT, dotted)
        return found

    def instance(self, dotted: str, args: tuple[VS, ...] = (), token: Any = None) -> V:
        """An instance of a class outside the project."""
        return self.make(EXTINST, dotted, args, token)

    def text(self, start: str = "", end: str = "") -> V:
        """A text that is not known but for what it starts with, where that can be the start of a name (``visit_``).

        Of one that can be the name of a module it is also known how it ends: ``app.plugins.*.routes``.
        """
        if start.endswith("_") and start.isidentifier():
            return self.make(EXTINST, "builtins.str", (), start)
        is_dotted = (
            start.endswith(".") and _is_dotted(start[:-1]) and (not end or (end[0] == "." and _is_dotted(end[1:])))
        )
        return self.make(EXTINST, "builtins.str", (), f"{start}{ANY_PART}{end}" if is_dotted else None)

    def seq(self, kind: Any, items: tuple[VS, ...] | None, any_item: VS) -> V:
        """A builtin sequence or iterator; ``kind`` is a word, or the `Lazy` of an iterator that runs code."""
        return self.make(SEQ, kind, items, any_item)

    def dict(self, items: tuple[tuple[Any, VS], ...], other: VS, keys: VS = ()) -> V:
        """A builtin mapping."""
        return self.make(DICT, items, other, keys)


def _is_dotted(name: str) -> bool:
    return not name or name.lstrip(".").replace(".", "_").isidentifier()


def start_of(v: V) -> str | None:
    """What a text starts with that may be the name of an attribute; None where nothing is known of it."""
    return v.c if v.k == EXTINST and v.a == "builtins.str" and v.c.__class__ is str and ANY_PART not in v.c else None


def pattern_of(v: V) -> str | None:
    """What a text looks like that may be the name of a module: ``app.plugins.*``; None of any other."""
    return v.c if v.k == EXTINST and v.a == "builtins.str" and v.c.__class__ is str and ANY_PART in v.c else None


_active: Values


def _members(k: int, a: Any, b: Any, c: Any) -> list[V]:
    if k == SEQ:
        return [*c, *(v for item in b or () for v in item)]
    return [*b, *(v for _, value in a for v in value)]


def interned(value: VS) -> VS:
    """A value set as it is to be kept: one object for all sets of one and the same value, which is what most names are."""
    if len(value) != 1:
        return value
    alone = value[0].alone
    if alone is None:
        value[0].alone = value
        return value
    return alone


def union(*sets: VS) -> VS:
    """All alternatives, first seen first, at most `LIMIT` of them; builtin containers of one kind become one."""
    first: VS = NOTHING
    for one in sets:
        if not one or one is first:
            continue
        if not first:
            first = one
            continue
        if len(one) == 1:
            if one[0] in first:
                continue
            fresh = list(one)
        else:
            fresh = [v for v in dict.fromkeys(one) if v not in first]
            if not fresh:
                continue
        joins = False
        for v in fresh:
            if v.k in _CONTAINERS:
                joins = True
                break
        first = (*first, *fresh)
        if joins and len([v for v in first if v.k in _CONTAINERS]) > 1:
            joined = _active.joined.get(first)
            if joined is None:
                joined = _active.joined[first] = _joined(first)
            first = joined
        if len(first) > LIMIT:
            first = _cut(first)
    return first


def _cut(values: VS) -> VS:
    """As many alternatives as are kept, and that there are more: what is left out must not count as what a value cannot be."""
    first = values[:LIMIT]
    for v in first:
        if v.k == UNKNOWN:
            return first
    return (*first, _active.make(UNKNOWN, "more alternatives than are kept"))


def _joined(values: VS) -> VS:
    """One container per kind: lists of A and lists of B become lists of A or B."""
    groups: dict[Any, list[V]] = {}
    for v in values:
        if v.k in _CONTAINERS:
            groups.setdefault((v.k, v.a if v.k == SEQ else None), []).append(v)
        else:
            groups[v] = [v]
    return tuple(group[0] if len(group) == 1 else _join(group) for group in groups.values())


def _join(group: list[V]) -> V:
    if group[0].k == SEQ:
        items = None
        sizes = {len(v.b) if v.b is not None else -1 for v in group}
        if len(sizes) == 1 and -1 not in sizes:
            items = tuple(union(*parts) for parts in zip(*(v.b for v in group), strict=True))
        return _active.seq(group[0].a, items, union(*(v.c for v in group)))
    named: dict[Any, VS] = {}
    for v in group:
        for key, value in v.a:
            named[key] = union(named[key], value) if key in named else value
    other = union(*(v.b for v in group))
    if len(named) > KEYS:
        other = union(other, *named.values())
        named = {}
    return _active.dict(tuple(named.items()), other, union(*(v.c for v in group)))


KEYS: Final = 40
"""Constant keys that one mapping is followed by; larger ones are mappings of anything they hold."""


def member_name(v: V) -> str:
    """The name of a member of an enumeration that is known; empty for anything else."""
    return v.b[0][1][0].a if v.k == INST and v.b and v.b[0][0] is MEMBER else ""


def key_of(v: V) -> Any:
    """What a mapping is keyed by that is indexed with a value: a literal, or a class, function or member as it is; None where that is open."""
    if v.k == CONST:
        return v.a
    if v.k == CLASS or v.k == FUNC:
        return v
    if not member_name(v):
        return None
    if len(v.b) == 1:
        return v
    literal = v.b[1][1]
    return literal[0].a if len(literal) == 1 and literal[0].k == CONST else None


def has_key(v: V) -> bool:
    """Whether `key_of` a value is known."""
    return (v.k == CONST and v.a is None) or key_of(v) is not None


def same(one: V, other: V) -> bool | None:
    """Whether two constants are equal; None where that is not known."""
    if one.k == CONST and other.k == CONST:
        return bool(one.a == other.a)
    if not (is_constant(one) and is_constant(other)):
        return None
    if one is other:
        return True
    if one.k == INST and other.k == INST and one.a is other.a:
        return False
    if (one.k == INST and len(one.b) == 1) or (other.k == INST and len(other.b) == 1):
        return False if one.k == other.k else None
    mine, its = key_of(one), key_of(other)
    return None if mine is None or its is None else bool(mine == its)


def is_constant(v: V) -> bool:
    """Whether a value is a literal or a certain member of an enumeration: what conditions compare with others."""
    return v.k == CONST or (v.k == INST and bool(v.b) and v.b[0][0] is MEMBER)


def known(values: VS) -> bool:
    """Whether any alternative says something (not unknown, not None)."""
    for v in values:  # noqa: SIM110 - asked a million times, a generator would double it
        if v.k != UNKNOWN and not (v.k == CONST and v.a is None):
            return True
    return False


def hollow(values: VS) -> bool:
    """Whether all that is known is an empty builtin container, or a library object without its type arguments: a declaration says more."""
    return bool(values) and all(
        (v.k == SEQ and not v.c and not v.b) or (v.k == DICT and not v.a and not v.b) or (v.k == EXTINST and not v.b)
        for v in values
    )


def refined(values: VS, declared: VS) -> VS:
    """A value together with what its declaration says."""
    if not declared:
        return values
    if hollow(values):
        classes = {d.a for d in declared if d.k == EXTINST and d.b}
        return (
            union(tuple(v for v in values if not (v.k == EXTINST and v.a in classes and v.c is None)), declared)
            if any(v.k != EXTINST for v in values) or any(v.a in classes for v in values)
            else values
        )
    return union(without_unknown(values), declared)


def has_unknown(values: VS) -> bool:
    """Whether some alternative is unknown (or nothing is known at all)."""
    for v in values:
        if v.k == UNKNOWN:
            return True
    return not values


def without_unknown(values: VS) -> VS:
    """The alternatives that are known."""
    return tuple(v for v in values if v.k != UNKNOWN)


def without_none(values: VS) -> VS:
    """The alternatives that are not the literal None."""
    return tuple(v for v in values if not (v.k == CONST and v.a is None))


def flat(sets: Iterable[VS]) -> VS:
    """Union of many sets."""
    return union(*sets)
