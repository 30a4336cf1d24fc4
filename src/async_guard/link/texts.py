"""What functions ask of the texts they are given: ``name.startswith("oidc/")``, ``mode == "slow"``.

Of a path that code has made absolute is known that it starts with a slash, so that it is no address of a bucket or of another machine.

A function that is called with hundreds of texts cannot be read once for each. Those that it asks for are kept as they are; all others
are one value, a text that is none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes, callers, names
from async_guard.link.frames import Args, Frame
from async_guard.link.program import Fn
from async_guard.link.values import CLASS, CONST, DICT, EXTINST, FUNC, VS, V, key_of, member_name
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_HANDED_ON: Final = 3
"""Functions followed that a text is handed on to."""
_ASKED: Final = 40
"""Texts that a function may ask for."""
_SPELLINGS: Final = ("lower", "upper", "casefold", "capitalize")
"""Methods that give the same text in other letters."""
_NOTED: Final = 2000
"""Texts of one parameter that are noted."""
ROOT: Final = ("", "/")
"""What stands for the texts that a path is not of which is known only that it is absolute."""
RARE: Final = 10
"""Texts that callers pass, none of which a function asks for, from which on it is a guess that another caller's text is one of those."""

MANY: Final = 40
"""Branches of one ``if`` for texts from which on it is a guess that a text which nobody knows is one of those for any of them."""


def distinguished(ev: Evaluator, fn: Fn, name: str, v: V) -> V | None:
    """A text given for a parameter, as far as the function tells it from others; None where it asks for none."""
    words = asked(ev, fn, name)
    if not words:
        return v if _names_attribute(ev, fn, name) else None
    is_none = not any(v.a == word or v.a.startswith(word) for word in words)
    return ev.values.make(EXTINST, "builtins.str", (), words) if is_none else v


def _names_attribute(ev: Evaluator, fn: Fn, name: str, depth: int = 0) -> bool:
    """Whether a function looks up an attribute by a parameter, ``getattr(self.client, method)``: each text is another one then.

    Or a method of its own class does that it hands the parameter on to. What stands for another object (``__getattr__``) is asked for all that
    has, more than can be read apart.
    """
    if not fn.module.facts.calls.get("getattr") or depth > _HANDED_ON or fn.name.startswith("__"):
        return False
    found = fn.naming.get(name)
    if found is None:
        fn.naming[name] = False
        sites = callers.sites(ev.program, fn)
        found = fn.naming[name] = any(
            len(site[2]) > 1 and _is_name(site[2][1], name) for site in sites.get("getattr", ())
        ) or any(_names_attribute(ev, inner, given, depth + 1) for inner, given in _handed_to_own(fn, sites, name))
    return found


def _handed_to_own(fn: Fn, sites: dict[str, list[Any]], name: str) -> Iterator[tuple[Fn, str]]:
    """The methods of its own class that a method hands a parameter on to by position, with the parameter that gets it."""
    if fn.owner is None:
        return
    for called, inner in fn.owner.own_methods().items():
        for site in sites.get(called, ()):
            if site[1][0] == F.E_ATTR and site[1][1][:2] == [F.E_NAME, "self"]:
                params = [p[0] for p in inner.body["params"]][1:]
                yield from ((inner, given) for given, e in zip(params, site[2], strict=False) if _is_name(e, name))


def is_other(v: V) -> bool:
    """Whether a value is a text of which only is known what it is not."""
    return v.k == EXTINST and v.c.__class__ is tuple and v.a == "builtins.str"


def differs(v: V, other: V) -> bool:
    """Whether a text of which is known what it is not can not be another one."""
    if not is_other(v):
        return False
    text = other.a if other.k == CONST else key_of(other) if member_name(other) else None
    if text.__class__ is not str:
        return False
    return text in v.c if v.c != ROOT else not text.startswith("/")


def rooted(ev: Evaluator) -> V:
    """Some absolute path."""
    return ev.values.make(EXTINST, "builtins.str", (), ROOT)


def is_rooted(value: VS, more: str = "") -> bool:
    """Whether a text, with more behind it, is an absolute path for sure."""
    return bool(value) and all(
        v.c == ROOT if is_other(v) else v.k == CONST and v.b == "str" and (v.a or more).startswith("/") for v in value
    )


def starts(ev: Evaluator, v: V, args: Args) -> VS | None:
    """``text.startswith("x")`` for a text that is known not to; None where that is not known."""
    only = args.positional[0] if len(args.positional) == 1 and not args.keywords else ()
    return (ev.values.false,) if len(only) == 1 and differs(v, only[0]) else None


def is_one_of_many(branches: list[Any]) -> bool:
    """Whether an ``if`` has branches for so many texts that it is a guess that any of them is taken, where nobody knows the text."""
    return len(branches) >= MANY and sum(_compares_text(test) for test, _ in branches) >= MANY


def _compares_text(test: Any) -> bool:
    if test[0] == F.E_BOOL:
        return any(_compares_text(part) for part in test[2])
    if test[0] != F.E_CMP or test[2] not in (["=="], ["in"]):
        return False
    words: dict[str, None] = {}
    for item in test[3][0][2] if test[3][0][0] == F.E_SEQ else test[3]:
        _add(item, words)
    return bool(words)


def is_passed(env: dict[str, VS], test: Any) -> bool:
    """Whether what a condition tests is known to be one of the texts for which it holds."""
    if test[0] == F.E_BOOL:
        return any(is_passed(env, part) for part in test[2])
    if test[0] != F.E_CMP or test[1][0] != F.E_NAME:
        return False
    words: dict[str, None] = {}
    for item in test[3][0][2] if test[3][0][0] == F.E_SEQ else test[3]:
        _add(item, words)
    return any(v.k == CONST and v.a in words for v in env.get(test[1][1], ()))


def note(fn: Fn, name: str, text: str) -> None:
    """Enter that some caller passes a text for a parameter."""
    found = fn.texts.setdefault(name, set())
    if len(found) < _NOTED:
        found.add(text)


ONE_OF_MANY: Final[tuple[str, tuple[str, ...]]] = ("", ())
"""Stands for parameter and texts where a branch is one of many."""


def wanted(fr: Frame, env: dict[str, VS], test: Any) -> tuple[str, tuple[str, ...]] | None:
    """The parameter that a condition tests and the texts for which alone it holds, where nobody knows what text it is."""
    words: dict[str, None] = {}
    if test[0] == F.E_CALL and test[1][0] == F.E_ATTR and test[1][2] == "startswith" and len(test[2]) == 1:
        subject = test[1][1]
        _add(test[2][0], words)
    elif test[0] == F.E_CMP and test[2] in (["=="], ["in"]):
        subject = test[1]
        for item in test[3][0][2] if test[3][0][0] == F.E_SEQ else test[3]:
            _add(item, words)
    else:
        return None
    if (
        not words
        or subject[0] != F.E_NAME
        or fr.fn is None
        or not any(p[0] == subject[1] for p in fr.fn.body["params"])
    ):
        return None
    is_known = any(v.k == CONST and v.a.__class__ is str and _is_one(v.a, words) for v in env.get(subject[1], ()))
    return None if is_known else (subject[1], tuple(words))


def is_rare(fn: Fn, name: str, words: tuple[str, ...]) -> bool:
    """Whether many texts are known that callers pass, and none of them is one of these; or a branch is one of many."""
    if (name, words) == ONE_OF_MANY:
        return True
    known: set[str] = set()
    sources = {(fn, name): None}
    queue = list(sources)
    while queue:
        source, parameter = queue.pop()
        known |= source.texts.get(parameter, set())
        for further in source.text_sources.get(parameter, ()):
            if further not in sources:
                sources[further] = None
                queue.append(further)
    return len(known) >= RARE and not any(_is_one(text, words) for text in known)


def is_for_tests(test: Any, truth: bool) -> bool:
    """Whether a condition has this outcome only while tests run: ``if is_testing():``, ``if "PYTEST_CURRENT_TEST" in os.environ:``."""
    tag: int = test[0]
    if tag == F.E_UNARY and test[1] == "not":
        return is_for_tests(test[2], not truth)
    if tag == F.E_BOOL:
        whole = (test[1] == "and") is truth  # where all parts must hold, one that says it is enough
        return (any if whole else all)(is_for_tests(part, truth) for part in test[2])
    if not truth:
        return False
    if tag == F.E_CMP:
        is_in = test[2] == ["in"] and test[1][0] == F.E_CONST
        return (is_in and str(test[1][1]).lower().startswith("pytest")) or (
            test[2] in (["is"], ["=="]) and test[3][0][:2] == [F.E_CONST, True] and is_for_tests(test[1], True)
        )
    if tag == F.E_CALL:
        if any(a[0] == F.E_CONST and str(a[1]).startswith("PYTEST_") for a in test[2]):
            return True
        callee = test[1]
        asked = callee[1] if callee[0] == F.E_ATTR and callee[2] in _VALUE else callee
        return _FOR_TESTS.search(F.last_name(asked).lower()) is not None
    return _FOR_TESTS.search(F.last_name(test).lower()) is not None


_VALUE: Final = ("get", "value")
"""Methods that give the value of a setting."""
_FOR_TESTS: Final = re.compile(r"(^|_)(testing|tests?_mode|(in|under|running)_tests?|is_test)($|_)")
"""What names of settings say that are on in tests only."""


def _is_one(text: str, words: Any) -> bool:
    return any(text.startswith(word) for word in words)


def asked(ev: Evaluator, fn: Fn, name: str, depth: int = 0) -> tuple[str, ...]:
    """The texts that a function, or one it hands the parameter on to, compares a parameter with."""
    found = fn.asked.get(name)
    if found is None:
        fn.asked[name] = ()
        words: dict[str, None] = {}
        _collect(ev, fn, fn.body["body"], name, words, depth)
        found = tuple(words) if len(words) <= _ASKED else ()
        if depth == 0 or found:
            fn.asked[name] = found
        else:
            del fn.asked[name]
    return found


def _collect(ev: Evaluator, fn: Fn, part: Any, name: str, words: dict[str, None], depth: int) -> None:
    if not part:
        return
    if part[0] == F.E_CALL and len(part) == 6:
        callee = part[1]
        if _is_name(callee[1], name) if callee[0] == F.E_ATTR else False:
            if callee[2] == "startswith" and len(part[2]) == 1:
                _add(part[2][0], words)
        elif callee[0] == F.E_ATTR and callee[2] == "get" and part[2] and _is_name(part[2][0], name):
            _add_keys(ev, fn, callee[1], words)
        elif depth < _HANDED_ON and callee[0] == F.E_NAME:
            _handed_on(ev, fn, part, name, words, depth)
    elif _is_comparison(part) and _is_name(_as_written(part[1]), name):
        found: dict[str, None] = {}
        for right in part[3]:
            for item in right[2] if right[0] == F.E_SEQ else [right]:
                _add(item, found)
                for v in (*_of_module(ev, fn, item), *_of_member(ev, fn, item)):
                    if v.k == CONST and v.a and v.a.__class__ is str:
                        found[v.a] = None
        words.update(found)
        if part[1][0] == F.E_CALL:
            words.update(
                dict.fromkeys(spelt for word in found for spelt in (word.lower(), word.upper(), word.capitalize()))
            )
    elif part[0] == F.E_SUB and len(part) == 5 and _is_name(part[2], name):
        _add_keys(ev, fn, part[1], words)
    for inner in part:
        if inner.__class__ is list:
            _collect(ev, fn, inner, name, words, depth)


def _handed_on(ev: Evaluator, fn: Fn, call: Any, name: str, words: dict[str, None], depth: int) -> None:
    places: list[tuple[int, str | None]] = [(number, None) for number, a in enumerate(call[2]) if _is_name(a, name)]
    places += [(-1, keyword) for keyword, a in call[3] if keyword is not None and _is_name(a, name)]
    if not places or call[1][1] not in fn.module.bindings:
        return
    for v in names.lookup(ev, call[1][1], fn.module.frame):
        if v.k == CLASS and attributes.is_enum(ev, v.a):
            members = (x for value in attributes.member_values(ev, v.a) for x in value)
            words.update(dict.fromkeys(x.a for x in members if x.k == CONST and x.a and x.a.__class__ is str))
        if v.k != FUNC:
            continue
        params = v.a.body["params"]
        for number, keyword in places:
            target = keyword if keyword is not None else params[number][0] if number < len(params) else None
            if target is not None:
                v.a.text_sources.setdefault(target, {})[(fn, name)] = None
                words.update(dict.fromkeys(asked(ev, v.a, target, depth + 1)))


def _add_keys(ev: Evaluator, fn: Fn, base: Any, words: dict[str, None]) -> None:
    """The keys of a mapping of the module, in which a text is looked up."""
    for v in _of_module(ev, fn, base):
        if v.k == DICT:
            words.update(dict.fromkeys(key for key, _ in v.a if key.__class__ is str and key))


def _of_module(ev: Evaluator, fn: Fn, e: Any) -> VS:
    """What a name of the function's module stands for."""
    is_there = e.__class__ is list and e[0] == F.E_NAME and e[1] in fn.module.bindings
    return names.lookup(ev, e[1], fn.module.frame) if is_there else ()


def _of_member(ev: Evaluator, fn: Fn, e: Any) -> VS:
    """What a member of an enumeration stands for: ``kind == Kind.REDIS`` asks for a text where the members are texts."""
    if e.__class__ is list and e[0] == F.E_ATTR and e[2] == "value":
        e = e[1]
    if e.__class__ is not list or e[0] != F.E_ATTR:
        return ()
    kinds = [v.a for v in _of_module(ev, fn, e[1]) if v.k == CLASS]
    return tuple(x for cls in kinds if attributes.is_enum(ev, cls) for x in names.class_value(ev, cls, e[2]) or ())


def _is_comparison(part: Any) -> bool:
    """Whether a list is a comparison: a list of statements or of values may start with the same number and be as long."""
    return (
        part[0] == F.E_CMP
        and len(part) == 6
        and part[1].__class__ is list
        and bool(part[1])
        and part[2].__class__ is list
        and part[3].__class__ is list
    )


def _as_written(e: Any) -> Any:
    """The text of ``text.lower()``, which is compared whatever its letters; any other expression as it is."""
    is_spelt = e[0] == F.E_CALL and len(e) == 6 and not e[2] and e[1][0] == F.E_ATTR and e[1][2] in _SPELLINGS
    return e[1][1] if is_spelt else e


def _is_name(e: Any, name: str) -> bool:
    return e.__class__ is list and len(e) > 1 and e[0] == F.E_NAME and bool(e[1] == name)


def _add(e: Any, words: dict[str, None]) -> None:
    if e.__class__ is list and e[0] == F.E_CONST and e[1].__class__ is str and e[1]:
        words[e[1]] = None
