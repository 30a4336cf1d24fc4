"""What a way to a blocking call needs to be missing, although something before it has made it: ``await job.wait()``, then ``job.state``.

``state`` asks for what ``wait`` keeps: ``if self._state: return self._state``. The same of a function that keeps its results by what it is
asked for, and is asked for the same again: ``load(name)``, then ``check(name)``, which begins with ``load(name)``.

Asked of the few chains that would be reported, as in `given`. What is found before counts by its name and by the methods of the object's class;
that it has worked is likely, not sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes
from async_guard.link.callers import is_call, parts
from async_guard.link.doubts import given
from async_guard.link.frames import Event, Frame
from async_guard.link.memos import assigns
from async_guard.link.program import Class, Fn
from async_guard.link.values import INST
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

Lack = tuple[str, str]
"""What is missing at a place: an attribute of the own object (``"", name``), or an entry of a table (its words, the words of the key)."""
Links = Sequence[tuple[Frame, Event]]


def is_filled(ev: Evaluator, links: Links, awaiting: Mapping[Frame, list[tuple[Frame, Event]]]) -> bool:
    """Whether some call of a chain happens only where something is missing that an earlier call on the way has made.

    Args:
        ev: has read everything.
        links: the chain.
        awaiting: the frames that await a frame, each with where.
    """
    for number in range(1, len(links)):
        frame, event = links[number]
        for table, name in lacks_at(frame.fn, event):
            if table:
                found = _is_asked_before(links, number, (table, name))
            else:
                found = _is_made_before(ev, links, number, name, awaiting)
            if found:
                return True
    return False


# -- what is missing at a place


def lacks_at(fn: Fn | None, event: Event) -> tuple[Lack, ...]:
    """What is missing where something happens in a function."""
    if fn is None:
        return ()
    if fn.lacks is None:
        fn.lacks = Lacks(fn).at
    return fn.lacks.get((event.pos, event.end), ())  # type: ignore[no-any-return]


class Lacks:
    """What is missing at each place of one function, once somebody asked."""

    def __init__(self, fn: Fn) -> None:
        self.at: dict[tuple[int, int], tuple[Lack, ...]] = {}
        self.own = given.own(fn)
        self.made: dict[str, Any] = {}
        """Local names -> what they were given last."""
        self.block(fn.body["body"], ())

    def block(self, body: list[Any], lacks: tuple[Lack, ...]) -> bool:
        """Read statements in order; whether the end of the block is reached."""
        for stmt in body:
            tag = stmt[0]
            if tag == F.S_IF:
                after, stays = lacks, False
                for test, branch in stmt[1]:
                    self.note(test, after)
                    stays |= self.block(branch, (*after, *self.missing(test, True)))
                    after = (*after, *self.missing(test, False))
                ends = self.block(stmt[2], after)
                if not (stays or ends):
                    return False
                lacks = lacks if stays else after
                continue
            self.note(_head(stmt), lacks)
            lacks = tuple(lack for lack in lacks if not _gives(stmt, self.own, lack))
            if tag == F.S_ASSIGN and len(stmt[1]) == 1 and stmt[1][0][0] == F.E_NAME:
                self.made[stmt[1][0][1]] = stmt[2]
            inner = F.blocks(stmt)
            reached = [self.block(each, lacks) for each in inner]
            if tag in given.LEAVES or (tag == F.S_WITH and not reached[0]):
                return False
        return True

    def note(self, part: Any, lacks: tuple[Lack, ...]) -> None:
        """Enter what is missing at the calls and attributes of an expression."""
        if lacks:
            for node in parts([part]):
                if is_call(node) or (node[0] == F.E_ATTR and len(node) == F.ATTR_PARTS):
                    self.at[(node[-2], node[-1])] = lacks

    def missing(self, test: Any, truth: bool) -> list[Lack]:
        """What a condition with this outcome says to be missing."""
        tag = test[0]
        if tag == F.E_UNARY and test[1] == "not":
            return self.missing(test[2], not truth)
        if tag == F.E_BOOL:
            return (
                [lack for part in test[2] for lack in self.missing(part, truth)] if (test[1] == "and") is truth else []
            )
        if tag == F.E_CMP and len(test[2]) == 1:
            operator, other = test[2][0], test[3][0]
            if other[:2] == [F.E_CONST, None] and operator in ("is", "is not"):
                return self.named(test[1]) if (operator == "is") is truth else []
            if operator in ("in", "not in") and (operator == "in") is not truth:
                return [(table, key)] if (table := words(other)) and (key := words(test[1])) else []
            return []
        return [] if truth else self.named(test)

    def named(self, e: Any) -> list[Lack]:
        """What is missing where an expression gives nothing."""
        if e[0] == F.E_WALRUS:
            e = e[2]
        elif e[0] == F.E_NAME:
            e = self.made.get(e[1], e)
        if e[0] == F.E_ATTR and e[1][:2] == [F.E_NAME, self.own]:
            return [("", e[2])]
        if e[0] != F.E_CALL or not e[2]:
            return []
        if e[1][:2] == [F.E_NAME, "getattr"] and len(e[2]) > 1 and e[2][0][:2] == [F.E_NAME, self.own]:
            return [("", str(e[2][1][1]))] if e[2][1][0] == F.E_CONST else []
        if e[1][0] == F.E_ATTR and e[1][2] == "get" and (table := words(e[1][1])) and (key := words(e[2][0])):
            return [(table, key)]
        return []


def _head(stmt: Any) -> Any:
    """The expressions of a statement without the statements inside."""
    tag = stmt[0]
    if tag in (F.S_FOR, F.S_WITH, F.S_WHILE, F.S_MATCH):
        return stmt[2] if tag == F.S_FOR else stmt[1]
    return [] if tag in (F.S_TRY, F.S_DEF, F.S_CLASS, F.S_IMPORT, F.S_FROM, F.S_GLOBAL) else stmt[1:]


def _gives(stmt: Any, own: str, lack: Lack) -> bool:
    """Whether a statement makes what is missing."""
    table, name = lack
    return assigns(stmt, own, name, empty=False) if not table else _puts(stmt, table, name)


def _puts(stmt: Any, table: str, key: str) -> bool:
    """Whether a statement, or one inside it, puts something into a table under a key."""
    if stmt[0] == F.S_ASSIGN:
        targets = [t for t in stmt[1] if t[0] == F.E_SUB]
        if any(words(t[1]) == table and words(t[2]) == key for t in targets):
            return True
    return any(
        node[1][0] == F.E_ATTR
        and node[1][2] in _PUTTING
        and len(node[2]) > 1
        and words(node[1][1]) == table
        and words(node[2][0]) == key
        for node in parts([stmt])
        if is_call(node)
    )


_PUTTING: Final = frozenset(("set", "put", "add", "setdefault", "store", "save", "insert", "__setitem__"))
"""Methods of tables and caches that put something under a key."""


# -- what was made before


def _is_made_before(
    ev: Evaluator, links: Links, number: int, name: str, awaiting: Mapping[Frame, list[tuple[Frame, Event]]]
) -> bool:
    """Whether an earlier call on the way is of a method of the same object that gives it an attribute."""
    own = links[number][0].self_value
    if own is None or own.k != INST:
        return False
    level = number - 1
    while level >= 0:
        frame, event = links[level]
        found = _is_made_in(ev, own.a, frame.fn, event, name)
        if found is not None:
            return found
        level -= 1
    users = awaiting.get(links[0][0], ())
    return bool(users) and all(_is_made_in(ev, own.a, frame.fn, event, name) for frame, event in users)


def _is_made_in(ev: Evaluator, cls: Class, fn: Fn | None, event: Event, name: str) -> bool | None:
    """The same of what a function has called before an event that asks the object; None where its callers may have."""
    receiver = _receiver(event.node)
    if fn is None or not receiver:
        return False
    made = False
    for asked in surely_before(fn, event.node, properties=True):
        method = asked[1] if is_call(asked) else asked
        if (
            method[0] == F.E_ATTR
            and words(method[1]) == receiver
            and (is_call(asked) or _is_property(ev, cls, method[2]))
        ):
            made = (made or _fills(ev, cls, method[2], name)) and not _empties(ev, cls, method[2], name)
    return made or (None if receiver == given.own(fn) and _is_kept(fn, receiver) else False)


def _receiver(node: Any) -> str:
    """The words of the object whose method or property a node asks."""
    if node.__class__ is not list or not node:
        return ""
    asked = node[1] if is_call(node) else node
    return words(asked[1]) if asked[0] == F.E_ATTR and asked[1].__class__ is list else ""


def _methods(ev: Evaluator, cls: Class, name: str) -> list[Fn]:
    """The methods of a name that an object may have which is of a class or of one below it, without those that do nothing."""
    found: dict[Fn, None] = {}
    for each in (cls, *attributes.subclasses(ev, cls)):
        for c in attributes.mro(ev, each):
            fn = c.own_methods().get(name) if isinstance(c, Class) else None
            if fn is not None:
                found[fn] = None
                break
    return [fn for fn in found if not fn.is_stub()]


def _is_property(ev: Evaluator, cls: Class, name: str) -> bool:
    """Whether asking an object for an attribute runs a method: ``self.headers``."""
    methods = _methods(ev, cls, name)
    return bool(methods) and all(
        any(F.last_name(each) in _PROPERTIES for each in fn.body["decorators"]) for fn in methods
    )


_PROPERTIES: Final = frozenset(("property", "cached_property"))


def _fills(ev: Evaluator, cls: Class, method: str, name: str, depth: int = 2) -> bool:
    """Whether the methods of a name give their object an attribute, or call one of its methods that does."""
    methods = _methods(ev, cls, method) if depth else []
    return bool(methods) and all(
        any(assigns(stmt, given.own(fn), name, empty=False) for stmt in fn.body["body"])
        or any(_fills(ev, cls, called, name, depth - 1) for called in _own_calls(fn) if called != method)
        for fn in methods
    )


def _empties(ev: Evaluator, cls: Class, method: str, name: str) -> bool:
    """Whether a method of a name takes the attribute away again."""
    return any(
        any(assigns(stmt, given.own(fn), name, empty=True) for stmt in fn.body["body"])
        for fn in _methods(ev, cls, method)
    )


def _own_calls(fn: Fn) -> list[str]:
    """The methods of its own object that a method calls."""
    own = given.own(fn)
    calls = (node for node in parts([fn.body["body"]]) if is_call(node))
    return [node[1][2] for node in calls if node[1][0] == F.E_ATTR and node[1][1][:2] == [F.E_NAME, own]]


# -- what was asked before


def _is_asked_before(links: Links, number: int, lack: Lack) -> bool:
    """Whether an earlier call on the way is of the same function with the same arguments, which keeps its results in a table."""
    fn = links[number][0].fn
    if fn is None or not any(_puts(stmt, *lack) for stmt in fn.body["body"]):
        return False
    wanted = _passed(links[number - 1][1].node, fn)
    level = number - 1
    while wanted is not None:
        frame, event = links[level]
        if frame.fn is None:
            return False
        for call in surely_before(frame.fn, event.node):
            if F.last_name(call[1]) == fn.name and _passed(call, fn) == wanted and _means(frame, call, fn):
                return True
        if level == 0:
            return False
        level -= 1
        wanted = _from_outside(wanted, frame.fn, links[level][1].node)
    return False


def _means(frame: Frame, call: Any, fn: Fn) -> bool:
    """Whether a call in a frame is of a function."""
    return any(
        event.pos == call[4] and event.end == call[5] and event.target is not None and event.target.fn is fn
        for event in frame.events
    )


def _passed(call: Any, fn: Fn) -> dict[str, str] | None:
    """The words of what a call passes for each parameter; None where some have none."""
    if not is_call(call) or any(a[0] == F.E_STAR for a in call[2]) or any(keyword is None for keyword, _ in call[3]):
        return None
    params = fn.body["params"]
    out: dict[str, str] = {}
    if fn.owner is not None and params:
        if call[1][0] != F.E_ATTR:
            return None
        out[params[0][0]] = words(call[1][1])
        params = params[1:]
    out.update((p[0], words(a)) for p, a in zip([p for p in params if p[1] in ("/", "a")], call[2], strict=False))
    out.update((keyword, words(a)) for keyword, a in call[3])
    return out if all(out.values()) else None


def _from_outside(passed: dict[str, str], fn: Fn, call: Any) -> dict[str, str] | None:
    """What is passed, in words of the function that makes a call of ``fn``; None where it is not all known there."""
    outer = _passed(call, fn)
    if outer is None:
        return None
    out: dict[str, str] = {}
    for param, said in passed.items():
        name, dot, rest = said.partition(".")
        if name in outer and _is_kept(fn, name):
            out[param] = outer[name] + dot + rest
        elif not said.startswith(("'", '"')):
            return None
        else:
            out[param] = said
    return out


def _is_kept(fn: Fn, name: str) -> bool:
    """Whether a parameter is what was passed throughout a function."""
    return not any(name in given.bound(stmt) for stmt in fn.body["body"])


# -- what happens before a place


def surely_before(fn: Fn, node: Any, *, properties: bool = False) -> list[Any]:
    """The calls of a function that are over when it comes to a node, in their order; of objects that are others by then none.

    With ``properties`` also the attributes that it has asked for.
    """
    out: list[Any] = []
    _collect(fn.body["body"], node, out, properties)
    return out


def _collect(body: list[Any], node: Any, out: list[Any], properties: bool) -> bool:
    """Collect the calls that surely happen before a node; whether it stands here."""
    for stmt in body:
        here = any(part is node for part in parts([stmt]))
        if here:
            for block in F.blocks(stmt):
                inner: list[Any] = []
                if _collect(block, node, inner, properties):
                    out += inner
                    break
            else:
                if stmt[0] not in (F.S_IF, F.S_MATCH):
                    out += _beside(_head(stmt), node, properties)
            return True
        if stmt[0] in (F.S_IF, F.S_FOR, F.S_WHILE, F.S_MATCH):
            changed = given.bound(stmt)
        else:
            if stmt[0] != F.S_TRY or all(leaves(handler[2]) for handler in stmt[2]):
                out += _surely(stmt, properties)
            changed = given.bound(stmt)
        if changed:
            out[:] = [call for call in out if not any(_is_about(call, name) for name in changed)]
    return False


def _surely(stmt: Any, properties: bool) -> Iterator[Any]:
    """The calls that happen whenever a statement is done."""
    blocks = [stmt[1], stmt[4]] if stmt[0] == F.S_TRY else [stmt[2]] if stmt[0] == F.S_WITH else []
    yield from _sure_calls(_head(stmt), properties)
    for block in blocks:
        for inner in block:
            if inner[0] not in (F.S_IF, F.S_FOR, F.S_WHILE, F.S_MATCH):
                yield from _surely(inner, properties)


def _sure_calls(part: Any, properties: bool) -> Iterator[Any]:
    """The calls of an expression, without those that a condition or a loop decides."""
    if part.__class__ is not list or not part:
        return
    tag = part[0]
    if tag in (F.E_COMP, F.E_LAMBDA) and len(part) in (2, 7):
        return
    if tag == F.E_BOOL and len(part) == 3 and part[2].__class__ is list:
        yield from _sure_calls(part[2][0], properties)
        return
    if tag == F.E_IF and len(part) == 4 and part[1].__class__ is list:
        yield from _sure_calls(part[1], properties)
        return
    for inner in part:
        yield from _sure_calls(inner, properties)
    if is_call(part) or (properties and _is_attribute(part)):
        yield part


def _is_attribute(part: Any) -> bool:
    return bool(part[0] == F.E_ATTR and len(part) == F.ATTR_PARTS and part[1].__class__ is list)


def _beside(part: Any, node: Any, properties: bool) -> Iterator[Any]:
    """The calls of an expression that are over when it comes to a node in it: arguments are made one after the other."""
    if part.__class__ is not list or part is node or not part:
        return
    tag = part[0]
    if tag in (F.E_COMP, F.E_LAMBDA) and len(part) in (2, 7):
        return
    is_choice = tag == F.E_IF and len(part) == 4 and part[1].__class__ is list
    for number, inner in enumerate(part):
        if inner.__class__ is list and any(each is node for each in parts([inner])):
            yield from _beside(inner, node, properties)
            return
        if not is_choice or number == 1:
            yield from _sure_calls(inner, properties)


def _is_about(call: Any, name: str) -> bool:
    """Whether a call, or an attribute, names something that has another value now."""
    if not is_call(call):
        return words(call).startswith(f"{name}.")
    said = [words(call[1][1]) if call[1][0] == F.E_ATTR else "", *map(words, call[2]), *(words(a) for _, a in call[3])]
    return any(each == name or each.startswith(f"{name}.") for each in said)


def leaves(body: list[Any]) -> bool:
    """Whether a block ends with leaving the function."""
    return bool(body) and body[-1][0] in (F.S_RETURN, F.S_RAISE)


def words(e: Any) -> str:
    """A name, an attribute of one, or a literal as it is written; empty for anything else."""
    tag = e[0]
    if tag == F.E_NAME:
        return str(e[1])
    if tag == F.E_CONST:
        return repr(e[1]) if isinstance(e[1], str) else f"'{e[1]!r}'"
    if tag == F.E_ATTR:
        base = words(e[1])
        return f"{base}.{e[2]}" if base else ""
    return ""


__all__ = ["is_filled", "lacks_at", "leaves", "surely_before", "words"]
