"""What a caller has asked before it calls: ``if is_local(name): return load(name)``, where ``load`` asks ``is_local(name)`` again.

Conditions that caller and callee share are one condition: the branch that the caller's answer closes in the callee is not taken on this way.
They are compared by their words, in terms of the callee's parameters, names followed through plain assignments. A name that a branch or a
loop may give another value, or that is handed to a call whose result nobody takes, stands for something new from there on.
"""

from __future__ import annotations

import builtins
import re
from typing import Any, Final

from async_guard.link import callers
from async_guard.link.program import Fn
from async_guard.model import facts as F

Told = tuple[tuple[int | str, bool], ...]
"""Conditions of a callee, by number, and what the caller knows of them; and parameters, by name, for which it surely gives an object."""

_LONGEST: Final = 300
"""Characters of a condition that is compared."""
_PARAMETER: Final = re.compile(r"\$(\w+)")
_BUILTIN: Final = frozenset(dir(builtins))


class Asked:
    """What one function asks and knows, once somebody needed it."""

    def __init__(self, fn: Fn) -> None:
        self.tests: list[tuple[Any, Any]] = []
        """Conditions on parameters: the expression, and its parts in words."""
        self.calls: dict[tuple[int, int], tuple[dict[str, bool], Any, list[str | None], dict[str, str | None]]] = {}
        """Calls behind conditions, by place: what is known there, the words of the receiver and of the arguments."""
        walk = _Walk(fn, self)
        walk.block(fn.body["body"], {})


def told(caller: Fn | None, call: Any, callee: Fn) -> Told:
    """What a call, as it is written, tells the function it calls of the conditions that both ask for."""
    if caller is None or not _has_tests(callee) or F.last_name(call[1]) != callee.name or not _has_tests(caller):
        return ()
    tests = _asked(callee).tests
    here = _asked(caller).calls.get((call[4], call[5])) if tests else None
    if here is None:
        return ()
    known, receiver, positional, keywords = here
    given: dict[str, str | None] = dict(keywords)
    params = [p for p in callee.body["params"] if p[1] in ("/", "a")]
    if callee.owner is not None and params:
        given[params[0][0]] = receiver
        params = params[1:]
    given.update((p[0], words) for p, words in zip(params, positional, strict=False))
    found = ((number, _outcome(parts, given, known)) for number, (_, parts) in enumerate(tests))
    return tuple((number, answer) for number, answer in found if answer is not None)


def answers(fn: Fn, what: Told) -> dict[int, bool]:
    """The same by the identity of the callee's conditions."""
    return {id(_asked(fn).tests[number][0]): answer for number, answer in what if number.__class__ is int}


def sure(what: Told) -> frozenset[str]:
    """Of what a caller tells, the parameters for which it surely gives an object."""
    return frozenset(name for name, _ in what if name.__class__ is str) if what else _NOBODY


_NOBODY: Final[frozenset[str]] = frozenset()


def _asked(fn: Fn) -> Asked:
    if fn.shares is None:
        fn.shares = Asked(fn)
    return fn.shares  # type: ignore[no-any-return]


def _has_tests(fn: Fn) -> bool:
    """Whether some condition of a function calls something: most have none, and need not be looked at closely."""
    if fn.calls_in_tests is None:
        fn.calls_in_tests = any(_calls_in_test(stmt) for stmt in fn.body["body"])
    return fn.calls_in_tests


def _calls_in_test(stmt: Any) -> bool:
    if stmt[0] == F.S_IF and any(_calls(test) for test, _ in stmt[1]):
        return True
    return any(_calls_in_test(inner) for block in F.blocks(stmt) for inner in block)


def _calls(test: Any) -> bool:
    tag: int = test[0]
    if tag == F.E_CALL:
        return bool(test[2] or test[3])
    if tag == F.E_UNARY:
        return _calls(test[2])
    return tag == F.E_BOOL and any(_calls(part) for part in test[2])


def _outcome(parts: Any, given: dict[str, str | None], known: dict[str, bool]) -> bool | None:
    """What a condition is where some others are known."""
    if parts is None:
        return None
    if parts.__class__ is str:
        if any(given.get(name) is None for name in _PARAMETER.findall(parts)):
            return None
        return known.get(_PARAMETER.sub(lambda m: str(given[m[1]]), parts))
    if parts[0] == "not":
        inner = _outcome(parts[1], given, known)
        return None if inner is None else not inner
    several = [_outcome(part, given, known) for part in parts[1]]
    decisive: bool = parts[0] == "or"
    if decisive in several:
        return decisive
    return None if None in several else not decisive


class _Walk:
    """One reading of a function's statements in order."""

    def __init__(self, fn: Fn, out: Asked) -> None:
        self.fn = fn
        self.out = out
        self.names: dict[str, str | None] = {p[0]: f"${p[0]}" for p in fn.body["params"]}
        self.versions = 0

    def block(self, body: list[Any], known: dict[str, bool]) -> bool:
        """Read statements; whether the end of the block is reached."""
        for stmt in body:
            tag: int = stmt[0]
            if tag in (F.S_RETURN, F.S_RAISE, F.S_BREAK, F.S_CONTINUE):
                self.calls(stmt, known)
                return False
            if tag == F.S_IF:
                if not self.branches(stmt, known):
                    return False
            elif tag in (F.S_FOR, F.S_WHILE, F.S_TRY, F.S_MATCH):
                self.renew(_bound(stmt))
                if tag != F.S_TRY:
                    self.calls(stmt[2] if tag == F.S_FOR else stmt[1], known)
                for inner in F.blocks(stmt):
                    self.block(inner, dict(known))
                    self.renew(_bound(stmt))
            elif tag == F.S_WITH:
                self.calls(stmt[1], known)
                self.renew(_bound_by(stmt))
                if not self.block(stmt[2], known):
                    return False
            else:
                self.plain(stmt, known)
        return True

    def plain(self, stmt: Any, known: dict[str, bool]) -> None:
        tag: int = stmt[0]
        if tag not in (F.S_DEF, F.S_CLASS, F.S_IMPORT, F.S_FROM, F.S_GLOBAL):
            self.calls(stmt[1:], known)
        if tag == F.S_FROM:
            base = self.fn.module.absolute(stmt[1], stmt[2])
            self.names.update((bound, f"{base}.{name}") for name, bound in stmt[3])
        elif tag == F.S_ASSIGN and len(stmt[1]) == 1 and stmt[1][0][0] == F.E_NAME:
            self.assign(stmt[1][0][1], stmt[2])
        elif tag == F.S_ANN and stmt[1][0] == F.E_NAME:
            if stmt[3] is not None:
                self.assign(stmt[1][1], stmt[3])
        elif tag == F.S_EXPR:
            self.renew(_handed(stmt[1]))
        else:
            self.renew(_bound_by(stmt))

    def branches(self, stmt: Any, known: dict[str, bool]) -> bool:
        ends: list[dict[str, str | None]] = []
        after = dict(known)
        for test, body in stmt[1]:
            parts = self.parts(test)
            if _is_telling(parts):
                self.out.tests.append((test, parts))
            self.calls(test, after)
            here = dict(after)
            _note(parts, True, here)
            names = dict(self.names)
            if self.block(body, here):
                ends.append(self.names)
            self.names = names
            _note(parts, False, after)
        if self.block(stmt[2], dict(after)):
            ends.append(self.names)
            if len(ends) == 1:
                known.update(after)  # every branch before leaves the block
        if not ends:
            return False
        self.names = ends[0]
        self.renew({name for end in ends[1:] for name, _ in self.names.items() ^ end.items()})
        return True

    def assign(self, name: str, value: Any) -> None:
        words = self.words(value)
        if words is None:
            self.renew((name,))
        else:
            self.names[name] = words

    def renew(self, names: Any) -> None:
        """These names stand for something new."""
        for name in names:
            self.versions += 1
            self.names[name] = f"{name}@{self.versions}"

    def calls(self, part: Any, known: dict[str, bool]) -> None:
        """Note the calls in an expression or statement, where something is known."""
        todo = [part] if known and part.__class__ is list else []
        while todo:
            node = todo.pop()
            if not node or (node[0] == F.E_COMP and len(node) == 7):
                continue  # in a comprehension names of its own may hide those of the function
            if callers.is_call(node):
                receiver = self.words(node[1][1]) if node[1][0] == F.E_ATTR else None
                starred = any(a[0] == F.E_STAR for a in node[2])
                positional = [] if starred else [self.words(a) for a in node[2]]
                named = {k: self.words(a) for k, a in node[3] if k is not None}
                self.out.calls[(node[4], node[5])] = (dict(known), receiver, positional, named)
            todo += [inner for inner in node if inner.__class__ is list]

    def parts(self, test: Any) -> Any:
        """The words of a condition, ``and``, ``or`` and ``not`` taken apart."""
        if test[0] == F.E_BOOL:
            return (test[1], tuple(self.parts(part) for part in test[2]))
        if test[0] == F.E_UNARY and test[1] == "not":
            return ("not", self.parts(test[2]))
        return self.words(test) if test[0] == F.E_CALL else None

    def words(self, e: Any) -> str | None:
        """An expression in words that mean the same in every function; None where there are none."""
        found = self._words(e)
        return found if found is not None and len(found) <= _LONGEST else None

    def _words(self, e: Any) -> str | None:
        tag: int = e[0]
        if tag == F.E_CONST:
            return repr(e[1])
        if tag == F.E_NAME:
            return self.names[e[1]] if e[1] in self.names else self._outer(e[1])
        if tag == F.E_ATTR:
            base = self.words(e[1])
            return None if base is None else f"{base}.{e[2]}"
        if tag == F.E_SUB:
            several = [self.words(e[1]), self.words(e[2])]
            return None if None in several else f"{several[0]}[{several[1]}]"
        if tag == F.E_CALL:
            several = [self.words(a) for a in (e[1], *e[2], *(a for _, a in e[3]))]
            if None in several or any(k is None for k, _ in e[3]):
                return None
            split = 1 + len(e[2])
            named = [f"{k}={words}" for (k, _), words in zip(e[3], several[split:], strict=True)]
            return f"{several[0]}({', '.join([*map(str, several[1:split]), *named])})"
        return None

    def _outer(self, name: str) -> str | None:
        """A name that the function does not bind: of its module, or builtin."""
        module = self.fn.module
        bindings = module.bindings.get(name)
        if bindings is None:
            return name if name in _BUILTIN else None
        last = bindings[-1]
        if last.kind == "from":
            return f"{module.absolute(last.data[0], last.data[1])}.{last.data[2]}"
        return str(last.data[0]) if last.kind == "import" and last.data[0] == name else f"{module.name}.{name}"


def _is_telling(parts: Any) -> bool:
    """Whether a condition asks something of a parameter."""
    if parts is None or parts.__class__ is str:
        return parts is not None and "$" in parts
    return _is_telling(parts[1]) if parts[0] == "not" else any(_is_telling(part) for part in parts[1])


def _note(parts: Any, truth: bool, known: dict[str, bool]) -> None:
    """Enter what the outcome of a condition says of its parts."""
    if parts is None:
        return
    if parts.__class__ is str:
        known[parts] = truth
    elif parts[0] == "not":
        _note(parts[1], not truth, known)
    elif (parts[0] == "and") is truth:
        for part in parts[1]:
            _note(part, truth, known)


def _targets(target: Any) -> list[str]:
    tag: int = target[0]
    if tag == F.E_NAME:
        return [str(target[1])]
    if tag == F.E_SEQ:
        return [name for item in target[2] for name in _targets(item)]
    return _targets(target[1]) if tag in (F.E_STAR, F.E_ATTR, F.E_SUB) else []


def _bound_by(stmt: Any) -> list[str]:
    """Names that one statement binds, or whose objects it writes to, without those of the statements inside."""
    tag: int = stmt[0]
    if tag == F.S_ASSIGN:
        return [name for target in stmt[1] for name in _targets(target)]
    if tag in (F.S_ANN, F.S_AUG, F.S_FOR):
        return _targets(stmt[1])
    if tag == F.S_WITH:
        return [name for _, target, _, _ in stmt[1] if target is not None for name in _targets(target)]
    if tag == F.S_TRY:
        return [handler[1] for handler in stmt[2] if handler[1]]
    if tag == F.S_IMPORT:
        return [bound for bound, _, _ in stmt[1]]
    if tag == F.S_FROM:
        return [bound for _, bound in stmt[3]]
    if tag == F.S_MATCH:
        return [name for case in stmt[2] for name, _ in case[1]]
    if tag == F.S_DEL:
        return [name for target in stmt[1] for name in _targets(target)]
    return _handed(stmt[1]) if tag == F.S_EXPR else []


def _bound(stmt: Any) -> list[str]:
    """The same with those of the statements inside."""
    return [*_bound_by(stmt), *(name for block in F.blocks(stmt) for inner in block for name in _bound(inner))]


def _handed(e: Any) -> list[str]:
    """Names handed to a call whose result nobody takes: it was made for what it changes."""
    if e[0] == F.E_AWAIT:
        return _handed(e[1])
    if e[0] != F.E_CALL:
        return []
    receiver = _targets(e[1][1]) if e[1][0] == F.E_ATTR else []
    return [*receiver, *(name for a in (*e[2], *(a for _, a in e[3])) for name in _targets(a))]
