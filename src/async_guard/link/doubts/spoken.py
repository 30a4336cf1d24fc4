"""Texts that a way to a blocking call needs a parameter to be, although a caller on the way writes another one.

``supports(name, "anthropic")`` leads to ``if provider == "huggingface": fetch(name)``. Where the parameter is handed on as it is, the function is
read for that text and the branch is not taken. Here the parameter may have been looked up or made regular in between, by a call that is handed
it and gives it back: ``name, provider = find(name, provider)``, ``provider = found["provider"]``. That it is another text then is a guess, so that
the way is one as well. Asked, as in `given`, of the few chains that would be reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes, callers
from async_guard.link.doubts import given
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Class, Fn
from async_guard.link.values import CONST, FUNC, INST, MIXED, PROPERTY, VS, V
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

Texts = dict[str, frozenset[str]]
"""Parameters -> the texts that they may be."""
_Sources = dict[str, frozenset[str]]
"""Names that stand for something else than a parameter of that name -> what they may stand for: ``$parameter``, ``.attribute`` of the object,
``=text``, ``@Class.member``, or `_OPEN`."""

_OPEN: Final = ""
_ANYTHING: Final = frozenset((_OPEN,))
_CHOOSING: Final = frozenset(
    ("auto", "automatic", "default", "best", "any", "all", "latest", "detect", "guess", "infer", "unknown", "none")
)
"""Texts that ask a function to choose another one."""
_REGULAR: Final = frozenset(("lower", "upper", "strip", "casefold", "title", "removeprefix", "removesuffix"))
"""Methods that make a text regular."""


class Spoken:
    """What one function asks of its parameters where it calls others, once somebody asked."""

    def __init__(self, fn: Fn) -> None:
        self.at: dict[tuple[int, int], tuple[Texts, _Sources]] = {}
        """Call -> the texts that parameters must be there, and what names stand for."""
        self.params = {str(p[0]) for p in fn.body["params"]}
        self.own = given.own(fn)
        self.handed: dict[str, frozenset[str]] = {}
        """Names of what calls gave -> the names that the call was handed."""
        self.latest: _Sources = {}
        self.members: dict[str, Any] = {}
        """Attributes of what other scopes hold, ``Owner.public``, by how they are written."""
        self.block(fn.body["body"], {}, {})

    def block(self, body: list[Any], names: _Sources, needs: Texts) -> bool:
        """Read statements, changing what names stand for; whether the end of the block is reached."""
        needs = dict(needs)
        for stmt in body:
            tag = stmt[0]
            if tag == F.S_IF:
                reaches = self.branches(stmt, names, needs)
            elif tag == F.S_MATCH:
                reaches = self.cases(stmt, names, needs)
            elif tag == F.S_TRY:
                reaches = self.tried(stmt, names, needs)
            elif tag in (F.S_FOR, F.S_WHILE):
                self.renew(given.bound(stmt), names)
                self.visit(stmt[1:3] if tag == F.S_FOR else stmt[1], names, needs)
                for inner in F.blocks(stmt):
                    self.block(inner, dict(names), needs)
                reaches = True
            elif tag == F.S_WITH:
                self.visit(stmt[1], names, needs)
                self.renew(given.bound_by(stmt), names)
                reaches = self.block(stmt[2], names, needs)
            else:
                self.plain(stmt, names, needs)
                reaches = tag not in given.LEAVES
            if not reaches:
                return False
        return True

    def plain(self, stmt: Any, names: _Sources, needs: Texts) -> None:
        """Read a statement without others inside it."""
        tag = stmt[0]
        if tag in (F.S_DEF, F.S_CLASS, F.S_IMPORT, F.S_FROM, F.S_GLOBAL):
            return
        self.visit(stmt[1:], names, needs)
        if tag == F.S_ASSIGN:
            for target in stmt[1]:
                self.assign(target, stmt[2], names)
        elif tag == F.S_ANN and stmt[2] is not None and stmt[3] is not None and stmt[3].__class__ is list:
            self.assign(stmt[1], stmt[3], names)
        else:
            self.renew(given.bound_by(stmt), names)

    def branches(self, stmt: Any, names: _Sources, needs: Texts) -> bool:
        ends: list[_Sources] = []
        after, below = dict(names), dict(needs)
        stays = False
        for test, body in stmt[1]:
            self.visit(test, after, below)
            here, inside = dict(after), dict(below)
            self.note(test, True, here, inside)
            if self.block(body, here, inside):
                ends.append(here)
                stays = True
            self.note(test, False, after, below)
        if self.block(stmt[2], after, below):
            ends.append(after)
        if not stays:
            needs.update(below)  # every branch before leaves the block
        return self.join(ends, names)

    def cases(self, stmt: Any, names: _Sources, needs: Texts) -> bool:
        self.visit(stmt[1], names, needs)
        ends = [dict(names)]
        for patterns, captures, _, body, _ in stmt[2]:
            here, inside = dict(names), dict(needs)
            words = [_word(p[2][0]) if p[0] == F.E_SEQ and len(p[2]) == 1 else "" for p in patterns]
            if words and all(words):
                self.need(stmt[1], frozenset(words), here, inside)
            self.renew([name for name, _ in captures], here)
            if self.block(body, here, inside):
                ends.append(here)
        return self.join(ends, names)

    def tried(self, stmt: Any, names: _Sources, needs: Texts) -> bool:
        before = dict(names)
        reaches = self.block(stmt[1], names, needs) and self.block(stmt[3], names, needs)
        ends = [dict(names)] if reaches else []
        for handler in stmt[2]:
            here: _Sources = {}
            self.join([before, names], here)
            self.renew([handler[1]] if handler[1] else [], here)
            if self.block(handler[2], here, needs):
                ends.append(here)
        reaches = self.join(ends, names)
        return self.block(stmt[4], names, needs) and reaches

    def join(self, ends: list[_Sources], names: _Sources) -> bool:
        """What names stand for behind several ways; whether there is one."""
        if not ends:
            return False
        found = {name: frozenset().union(*(self.stands(name, end) for end in ends)) for end in ends for name in end}
        names.clear()
        names.update(found)
        return True

    def stands(self, name: str, names: _Sources) -> frozenset[str]:
        found = names.get(name)
        if found is None:
            return frozenset((f"${name}",)) if name in self.params else _ANYTHING
        return found

    def snapshot(self, names: _Sources) -> _Sources:
        """What names stand for at a call: one object for several calls in a row."""
        if self.latest != names:
            self.latest = dict(names)
        return self.latest

    def put(self, name: str, sources: frozenset[str], names: _Sources) -> None:
        """A name stands for something; of those that never were parameters only what is known of them is kept."""
        if sources is _ANYTHING and name not in self.params:
            names.pop(name, None)
        else:
            names[name] = sources

    def renew(self, bound: list[str], names: _Sources) -> None:
        """These names stand for something new."""
        for name in bound:
            self.put(name, _ANYTHING, names)
            self.handed.pop(name, None)

    def assign(self, target: Any, value: Any, names: _Sources) -> None:
        value = value[1] if value[0] == F.E_AWAIT else value
        if target[0] == F.E_SEQ:
            parts = value[2] if value[0] == F.E_SEQ and len(value[2]) == len(target[2]) else [value] * len(target[2])
            for each, part in zip(target[2], parts, strict=True):
                self.assign(each, part, names)
        elif target[0] == F.E_NAME:
            name = target[1]
            self.put(name, self.of(value, names, name), names)
            self.handed.pop(name, None)
            if value[0] == F.E_CALL:
                self.handed[name] = _names_handed(value)

    def of(self, e: Any, names: _Sources, target: str = "") -> frozenset[str]:
        """What an expression stands for; one that is given to a name and was made of it by a call stands for the same as before."""
        e = given.without_cast(e)
        tag = e[0]
        if tag == F.E_CONST:
            return frozenset((f"={word}",)) if (word := _word(e)) else _ANYTHING
        if tag == F.E_NAME:
            found = self.stands(e[1], names)
            return self.stands(target, names) if found is _ANYTHING and target in self.handed.get(e[1], ()) else found
        if tag == F.E_BOOL and e[1] == "or":
            return self.of(e[2][0], names, target)  # a text that is known is the first of them
        if tag == F.E_IF:
            return self.of(e[2], names, target) | self.of(e[3], names, target)
        if tag == F.E_CALL and e[1][0] == F.E_ATTR and e[1][2] in _REGULAR:
            return self.of(e[1][1], names, target)
        if tag == F.E_ATTR and e[2] == "value" and e[1][0] == F.E_ATTR:
            e = e[1]  # of a member of an enumeration
        if tag == F.E_ATTR and self.own and e[1][:2] == [F.E_NAME, self.own]:
            return frozenset((f".{e[2]}",))
        if target and (
            (tag == F.E_CALL and (target in _names_handed(e) or self.is_given_back(e[1], e[2], target)))
            or (tag == F.E_SUB and self.is_given_back([F.E_ATTR, e[1], "get"], [e[2]], target))
            or (tag == F.E_ATTR and e[2] == target and e[1][0] == F.E_NAME and target in self.handed.get(e[1][1], ()))
        ):
            return self.stands(target, names)
        if tag == F.E_ATTR and e[1][0] == F.E_NAME and e[1][1] not in self.params and e[1][1] not in names:
            written = f"{e[1][1]}.{e[2]}"
            self.members[written] = e
            return frozenset((f"@{written}",))
        return _ANYTHING

    def is_given_back(self, callee: Any, key: list[Any], target: str) -> bool:
        """``found.get("provider")``, where what was found was made by a call that was handed ``provider``."""
        if callee[0] != F.E_ATTR or callee[2] != "get" or callee[1][0] != F.E_NAME or not key:
            return False
        return key[0][:2] == [F.E_CONST, target] and target in self.handed.get(callee[1][1], ())

    def note(self, test: Any, truth: bool, names: _Sources, needs: Texts) -> None:
        """Enter what the outcome of a condition says."""
        tag = test[0]
        if tag == F.E_UNARY and test[1] == "not":
            self.note(test[2], not truth, names, needs)
        elif tag == F.E_BOOL and (test[1] == "and") is truth:
            for part in test[2]:
                self.note(part, truth, names, needs)
        elif tag == F.E_BOOL:
            several = [_asked(part, truth) for part in test[2]]
            subjects = {str(asked[0][1]) for asked in several if asked is not None}
            if len(subjects) == 1 and None not in several:
                words = frozenset().union(*(asked[1] for asked in several if asked is not None))
                self.need([F.E_NAME, subjects.pop()], words, names, needs)
        elif (asked := _asked(test, truth)) is not None:
            self.need(*asked, names, needs)

    def need(self, subject: Any, words: frozenset[str], names: _Sources, needs: Texts) -> None:
        """A name must be one of some texts."""
        if subject[0] != F.E_NAME:
            return
        sources = self.stands(subject[1], names)
        params = [source[1:] for source in sources if source[:1] == "$"]
        others = [source for source in sources if source[:1] != "$"]
        if len(params) == 1 and all(source[:1] == "=" and source[1:] not in words for source in others):
            needs[params[0]] = needs.get(params[0], words) & words
        elif words and subject[1] not in self.params:
            names[subject[1]] = frozenset(f"={word}" for word in words)

    def visit(self, part: Any, names: _Sources, needs: Texts) -> None:
        """Note the calls in an expression or in several."""
        if part.__class__ is not list or not part:
            return
        if callers.is_call(part):
            self.at[(part[4], part[5])] = (dict(needs), self.snapshot(names))
        if part[0] == F.E_BOOL and len(part) == F.BOOL_PARTS and part[2].__class__ is list:
            needs, names = dict(needs), dict(names)
            for inner in part[2]:
                self.visit(inner, names, needs)
                self.note(inner, part[1] == "and", names, needs)
            return
        if part[0] == F.E_IF and len(part) == F.IF_PARTS and part[1].__class__ is list:
            self.visit(part[1], names, needs)
            for truth, inner in ((True, part[2]), (False, part[3])):
                here, there = dict(needs), dict(names)
                self.note(part[1], truth, there, here)
                self.visit(inner, there, here)
            return
        for inner in part:
            self.visit(inner, names, needs)


def _word(e: Any) -> str:
    """A literal text, in small letters; empty for anything else."""
    return e[1].lower() if e[0] == F.E_CONST and e[1].__class__ is str else ""


def _asked(test: Any, truth: bool) -> tuple[Any, frozenset[str]] | None:
    """The name of which a condition says, where it has this outcome, that it is one of some texts, and these."""
    if test[0] != F.E_CMP or len(test[2]) != 1 or test[1][0] != F.E_NAME:
        return None
    right = test[3][0]
    if test[2][0] == ("==" if truth else "!="):
        words = [_word(right)]
    elif test[2][0] == ("in" if truth else "not in") and right[0] == F.E_SEQ:
        words = [_word(item) for item in right[2]]
    else:
        return None
    return (test[1], frozenset(words)) if words and all(words) else None


def _names_handed(call: Any) -> frozenset[str]:
    """The names that a call is handed; of ``name or other()`` the first."""
    arguments = (
        a[2][0] if a[0] == F.E_BOOL and a[1] == "or" else a for a in (*call[2], *(value for _, value in call[3]))
    )
    return frozenset(a[1] for a in arguments if a[0] == F.E_NAME)


def is_other(ev: Evaluator, links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether some call of a chain is made only where a parameter is a text that is not the one which a call before writes."""
    known: Texts = {}
    for number, (frame, event) in enumerate(links):
        fn = frame.fn
        if fn is None:
            known = {}
            continue
        for param in fn.body["params"]:
            words = _texts(frame.params.get(param[0], ())) or (known.get(param[0]) or _listed(param[2]))
            if words:
                known[param[0]] = words
        possible = _possible(frame, event, known)
        if possible is None:
            return True
        event, needs, names = possible
        target = event.target.fn if event.target is not None and number + 1 < len(links) else None
        if target is None or not callers.is_call(event.node):
            known = {}
            continue
        for name, words in needs.items():  # what the condition in front of the call says of it
            known[name] = known.get(name, words) & words
        passed, left = given.handed(event.node, target)
        known = {
            **_handed_on(event.node, fn, target, known, names),
            **{
                param: words
                for param, argument in passed.items()
                if (words := _words(ev, frame, _spoken(fn).of(argument, names, param), known))
            },
        }
        known.update((p[0], frozenset((word,))) for p in left if p[3] is not None and (word := _word(p[3])))
    return False


def _possible(frame: Frame, event: Event, known: Texts) -> tuple[Event, Texts, _Sources] | None:
    """A call of a chain, or another of the same reading in its place, that is made for what is known of the parameters; None where there is none."""
    fn = frame.fn
    others = (
        [e for e in frame.events if e.target is event.target and e is not event] if event.target is not None else []
    )
    for each in (event, *others):
        if each.off_loop != event.off_loop or each.kind != event.kind or (each.probable and not event.probable):
            continue
        needs, names = _spoken(fn).at.get((each.pos, each.end), _NOTHING) if fn is not None else _NOTHING
        if all(name not in known or not words.isdisjoint(known[name]) for name, words in needs.items()):
            return each, needs, names
    return None


def _handed_on(call: Any, fn: Fn, target: Fn, known: Texts, names: _Sources) -> Texts:
    """What is known of what a function collects and hands on: ``def search(*args, **kwargs): return query(*args, **kwargs)``."""
    rest = next((str(p[0]) for p in fn.body["params"] if p[1] == "**"), "")
    if not rest or rest in names or not any(keyword is None and e[:2] == [F.E_NAME, rest] for keyword, e in call[3]):
        return {}
    named = {given.option(rest, str(p[0])): str(p[0]) for p in target.body["params"] if p[1] in ("a", "k")}
    return {named[name]: words for name, words in known.items() if name in named}


def _words(ev: Evaluator, frame: Frame, sources: frozenset[str], known: Texts) -> frozenset[str]:
    """The texts that an argument may be, where those of the caller's own parameters are known; none where it may be anything else."""
    found: set[str] = set()
    for source in sources:
        kind, name = source[:1], source[1:]
        words = frozenset((name,)) if kind == "=" else known.get(name) if kind == "$" else None
        if kind == ".":
            words = _of_object(ev, frame.self_value, name)
        elif kind == "@":
            words = _of_member(ev, frame, name)
        if not words:
            return frozenset()
        found |= words
    return frozenset(found) if found.isdisjoint(_CHOOSING) else frozenset()


def _of_member(ev: Evaluator, frame: Frame, written: str) -> frozenset[str]:
    """The text of a member of an enumeration of texts; none of anything else."""
    if frame.fn is None:
        return frozenset()
    found = [_member(v) for v in ev.ev(_spoken(frame.fn).members[written], frame.module.frame)]
    return frozenset(found) if found and all(found) else frozenset()


def _of_object(ev: Evaluator, v: V | None, name: str) -> frozenset[str]:
    """The texts that an attribute of an object may be, by what its class and those below say; none where one of them says something else."""
    if v is None or v.k != INST:
        return frozenset()
    found: set[str] = set()
    for cls in (v.a, *attributes.known_below(ev, v)) if v.c else (v.a,):
        words = _of_class(ev, cls, name, _PROPERTIES)
        if not words:
            return frozenset()
        found |= words
    return frozenset(found)


_PROPERTIES: Final = 3
"""Properties behind properties that are followed to a text."""


def _of_class(ev: Evaluator, cls: Class, name: str, depth: int) -> frozenset[str]:
    """The texts that an attribute of objects of one class may be; none where it may be anything else."""
    own = attributes.class_attribute(ev, cls, name) if depth else None
    if own is None or attributes.assigns(own[0], name):
        return frozenset()
    found = [_said(ev, cls, value, depth) for value in own[1]]
    return frozenset().union(*found) if found and all(found) else frozenset()


def _said(ev: Evaluator, cls: Class, v: V, depth: int) -> frozenset[str]:
    """A text, a member of an enumeration that is one, or what a property gives; none for anything else."""
    if v.k == CONST and v.b == "str":
        return frozenset((str(v.a).lower(),))
    getter = v.a if v.k == PROPERTY else None
    given_back = list(F.returned(getter.a.body["body"])) if getter is not None and getter.k == FUNC else []
    if getter is None or len(given_back) != 1 or given_back[0] is None:
        return frozenset()
    chosen = given_back[0][2] if given_back[0][0] == F.E_BOOL and given_back[0][1] == "or" else given_back
    found = [_given_back(ev, cls, getter.a, e, depth) for e in chosen if e[:2] != [F.E_CONST, None]]
    return frozenset().union(*found) if found and all(found) else frozenset()


def _given_back(ev: Evaluator, cls: Class, getter: Fn, e: Any, depth: int) -> frozenset[str]:
    """The texts that an expression in a property of a class may be."""
    if word := _word(e):
        return frozenset((word,))
    if e[0] != F.E_ATTR:
        return frozenset()
    if e[1][:2] == [F.E_NAME, given.own(getter)]:
        return _of_class(ev, cls, e[2], depth - 1)
    found = [_member(v) for v in ev.ev(e, getter.module.frame)] if e[1][0] == F.E_NAME else []
    return frozenset(found) if found and all(found) else frozenset()


def _member(v: V) -> str:
    """The text of a member of an enumeration."""
    rows = dict(v.b) if v.k == INST and v.b else {}
    values = rows.get(MIXED, ())
    return str(values[0].a).lower() if len(values) == 1 and values[0].k == CONST and values[0].b == "str" else ""


def _listed(annotation: Any) -> frozenset[str]:
    """The texts that an annotation lists: ``Literal["a", "b"]``."""
    if annotation is None or annotation[0] != F.E_SUB or F.last_name(annotation[1]) != "Literal":
        return frozenset()
    words = [_word(item) for item in (annotation[2][2] if annotation[2][0] == F.E_SEQ else [annotation[2]])]
    return frozenset(words) if words and all(words) and _CHOOSING.isdisjoint(words) else frozenset()


def _texts(value: VS) -> frozenset[str]:
    """The texts that a value may be; none where it may be anything else."""
    if not value or not all(v.k == CONST and v.b == "str" and v.a for v in value):
        return frozenset()
    words = frozenset(v.a.lower() for v in value)
    return words if words.isdisjoint(_CHOOSING) else frozenset()


def _spoken(fn: Fn) -> Spoken:
    if fn.spoken is None:
        fn.spoken = Spoken(fn)
    return fn.spoken  # type: ignore[no-any-return]


_NOTHING: Final[tuple[Texts, _Sources]] = ({}, {})

__all__ = ["is_other"]
