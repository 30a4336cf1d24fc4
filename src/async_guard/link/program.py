"""The project's modules, classes and functions as objects, and the indexes that find them."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterable, Iterator
from sys import intern
from typing import Any, Final

from async_guard.model import facts as F
from async_guard.model.facts import ClassHead, FileFacts, FunctionHead, Stmt

_EMPTY: Final[list[Any]] = []
"""What stands for every empty list in decoded facts, which nobody changes."""
_CACHED: Final = 256
"""Integers up to this one are one object each in CPython."""


def _compact(decoded: dict[str, Any]) -> tuple[Any, ...]:
    """Give a decoded body the least room: a word and a position that come again are one object, a list has no slack, empty lists are one.

    Bodies are half of the memory of a run, and this takes a third off them. Comparing words that are one object is faster, too.

    Returns:
        the calls written in parameters, decorators and statements: whoever asks for them need not walk through all of it again.
    """
    positions: dict[int, int] = {}
    same = positions.setdefault
    written: list[Any] = []
    todo: list[list[Any]] = [part for key, part in decoded.items() if part.__class__ is list and key not in _CALLING]
    _compact_lists(todo, same, written)
    written.clear()
    todo += [part for key in _CALLING if (part := decoded.get(key)).__class__ is list]
    _compact_lists(todo, same, written)
    return tuple(written)


_CALLING: Final = ("body", "decorators", "params")


def _compact_lists(todo: list[list[Any]], same: Callable[[int, int], int], written: list[Any]) -> None:
    following, later = todo.pop, todo.append
    while todo:
        node = following()
        if (
            node and node[0] == F.E_CALL and len(node) == F.CALL_PARTS and node[1].__class__ is list
        ):  # `return` has the same number
            written.append(node)
        number = -1
        for part in node:
            number += 1
            kind = part.__class__
            if kind is int:
                if part > _CACHED:
                    node[number] = same(part, part)
            elif kind is str:
                node[number] = intern(part)
            elif kind is list:
                length = len(part)
                if length == 3 and part[0] == F.E_NAME and part[1].__class__ is str:  # a quarter of all
                    part[1] = intern(part[1])
                    part[2] = same(part[2], part[2])
                elif length:
                    if 0 < length & 3 < 3:
                        node[number] = part = part[:]  # was made for a multiple of four
                    later(part)
                else:
                    node[number] = _EMPTY


def is_test_path(path: str) -> bool:
    """Whether a file belongs to tests."""
    parts = path.split("/")
    return (
        any(
            p in ("tests", "_tests", "test", "testing") or p.startswith("test_") or p.endswith("_tests")
            for p in parts[:-1]
        )
        or parts[-1].startswith(("test_", "conftest"))
        or parts[-1].endswith("_test.py")
    )


class Module:
    """One file of the project, or of a library that it uses."""

    __slots__ = (
        "_bindings",
        "_body",
        "_by_name",
        "classes",
        "facts",
        "frame",
        "functions",
        "is_package",
        "is_test",
        "kept_as",
        "library",
        "memos",
        "name",
        "path",
        "running",
        "stars",
        "thinned",
        "unbound",
        "values",
        "written",
    )

    def __init__(self, name: str, path: str, facts: FileFacts, is_package: bool, library: str = "") -> None:
        self.name = name
        self.path = path
        self.facts = facts
        self.is_package = is_package
        self.is_test = is_test_path(path)
        """Whether it belongs to tests."""
        self.library = library
        """The library that it belongs to, by the name that is imported; empty for the project's own."""
        self.classes = [Class(self, index, head) for index, head in enumerate(facts.classes)]
        self.functions = [Fn(self, index, head) for index, head in enumerate(facts.functions)]
        self._body: list[Stmt] | None = None
        self.written: tuple[Any, ...] = ()
        """The calls in its body, once that was asked for."""
        self._bindings: dict[str, list[Binding]] | None = None
        self.stars: list[tuple[str, int]] = []
        self.values: dict[str, Any] = {}
        self.unbound: set[str] = set()
        """Names that were asked for and that it surely does not bind: builtins."""
        self.running: set[Any] = set()
        self.memos: dict[str, list[Any]] = {}
        self._by_name: frozenset[int] | None = None
        self.kept_as: dict[int, str] | None = None
        """Where calls stand whose results are kept at once -> the last name of what keeps them, once somebody asked."""
        self.thinned: set[str] | None = None
        """Last names of the tables that code of the module takes something out of, once somebody asked."""
        """Names of mappings -> the one scope that fills each; empty for others."""
        self.frame: Any = None

    def __repr__(self) -> str:
        return f"<module {self.name}>"

    @property
    def package(self) -> str:
        """The package that relative imports start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def body(self) -> list[Stmt]:
        """Statements at module level."""
        if self._body is None:
            decoded = self.facts.module_body()
            self.written = _compact(decoded)
            self._body = decoded["body"]
        return self._body

    @property
    def by_name(self) -> frozenset[int]:
        """Its functions that import what a text names, by index, and those that call one of them."""
        if self._by_name is None:
            calls = self.facts.calls
            own = {index for name in _BY_NAME for index in calls.get(name, ())}
            beside = {self.functions[index].name for index in own if index >= 0 and self.functions[index].owner is None}
            self._by_name = frozenset(own.union(*(calls.get(name, ()) for name in beside)))
        return self._by_name

    @property
    def bindings(self) -> dict[str, list[Binding]]:
        """Module-level names and the statements that bind them."""
        if self._bindings is None:
            self._bindings = {}
            collect_bindings(self.body, self._bindings, self.stars)
            name_definitions(self._bindings, self)
        return self._bindings

    def mentioning(self, name: str) -> Iterator[list[Any]]:
        """The parts of each of its scopes that a name stands in, in whatever sense."""
        for slot in self.facts.mentions(f'"{name}"'):
            yield self.scope(slot)

    def scope(self, slot: int) -> list[Any]:
        """The parts of one of its scopes, by the number that its facts give it: the body of the module, functions, then classes."""
        if slot == 0:
            return [self.body]
        if slot <= len(self.functions):
            body = self.functions[slot - 1].body
            return [body["params"], body["decorators"], body["body"]]
        body = self.classes[slot - 1 - len(self.functions)].body
        return [body["keywords"], body["decorators"], body["body"]]

    def release(self) -> None:
        """Nobody asks what it holds any more."""
        self._body = self._bindings = None
        self.written = ()
        self.values.clear()
        for fn in self.functions:
            fn.release()
        for cls in self.classes:
            cls.release()

    def absolute(self, module: str, level: int) -> str:
        """The dotted name that ``from <dots>module import`` means in this file; empty when the dots leave the tree."""
        if not level:
            return module
        parts = self.package.split(".") if self.package else []
        if level - 1 > len(parts):
            return module
        base = parts[: len(parts) - (level - 1)]
        return ".".join([*base, module] if module else base)


class Fn:
    """One function, method or lambda."""

    __slots__ = (
        "_body",
        "asked",
        "assigned",
        "awaits",
        "calls_in_tests",
        "compared",
        "comprehended",
        "contexts",
        "counts",
        "given_back",
        "head",
        "index",
        "is_async",
        "joined",
        "joins",
        "kept",
        "kinds",
        "lacks",
        "later",
        "module",
        "name",
        "naming",
        "optional",
        "options",
        "owner",
        "places",
        "pushed",
        "raises",
        "refuses_loop",
        "shares",
        "spoken",
        "tells",
        "text_sources",
        "texts",
        "undoes",
        "vouches",
        "written",
    )  # fmt: skip

    def __init__(self, module: Module, index: int, head: FunctionHead) -> None:
        self.module = module
        self.index = index
        self.head = head
        self.name = intern(head.qualname.rpartition(".")[2])
        """The bare name."""
        self.is_async = head.is_async
        """``async def``."""
        self.owner: Class | None = module.classes[head.owner] if head.owner >= 0 else None
        """The class whose body defines it."""
        self._body: dict[str, Any] | None = None
        self.written: tuple[Any, ...] = ()
        """The calls in its parameters, decorators and body, once that was asked for."""
        self.contexts: dict[Any, Any] = {}
        self.counts: dict[Any, int] = {}
        """Contexts by enclosing frame."""
        self.assigned: dict[str, list[Any]] | None = None
        """What plain assignments give to each local name, once somebody asked."""
        self.asked: dict[str, tuple[str, ...]] = {}
        """Parameters -> the texts that they are compared with, once somebody asked."""
        self.naming: dict[str, bool] = {}
        """Parameters -> whether attributes are looked up by them, once somebody asked."""
        self.texts: dict[str, set[str]] = {}
        """Parameters -> texts that callers are known to pass."""
        self.text_sources: dict[str, dict[tuple[Fn, str], None]] = {}
        """Parameters -> functions that hand one of theirs on to it."""
        self.calls_in_tests: bool | None = None
        """Whether some condition in it calls something, once somebody asked."""
        self.comprehended: frozenset[int] | None = None
        """The positions of calls in its comprehensions, once somebody asked."""
        self.raises: bool | None = None
        """Whether it always raises, once somebody asked."""
        self.given_back: int | None = None
        """Which parameter it gives back whenever it gives anything, -1 for none, once somebody asked."""
        self.refuses_loop: bool | None = None
        """Whether it raises where an event loop runs, once somebody asked."""
        self.joined: frozenset[int] | None = None
        """The positions of calls whose result it awaits at once, once somebody asked."""
        self.joins: dict[int, int] | None = None
        """The positions of calls whose results later statements wait for, and where that is over, once somebody asked."""
        self.later: frozenset[int] | None = None
        """The positions of calls whose result a later statement awaits, once somebody asked."""
        self.optional: tuple[str, ...] | None = None
        """Its parameters that are None where they are left out, once somebody asked."""
        self.options: str | None = None
        """Its ``**`` parameter, if it asks for some of it by name and nothing else is done to it, once somebody asked."""
        self.shares: Any = None
        """The conditions that it may share with functions that it calls or that call it, once somebody asked."""
        self.places: Any = None
        """What is known at each of its calls of what is None and what is not, once somebody asked."""
        self.compared: Any = None
        """How names compare with numbers around its calls, once somebody asked."""
        self.kept: Any = None
        """Its calls that are made only the first time for what is passed for a parameter, once somebody asked."""
        self.kinds: Any = None
        """Of what classes names must be at each of its calls, and what they are made of, once somebody asked."""
        self.spoken: Any = None
        """Which texts its parameters must be at each of its calls, once somebody asked."""
        self.lacks: Any = None
        """What is missing at places of it that run only where something is, once somebody asked."""
        self.awaits: dict[tuple[int, int], int] | None = None
        """Its calls whose result it awaits, or asks whether it can be awaited, once somebody asked."""
        self.undoes: dict[tuple[int, int], Any] | None = None
        """Its calls in handlers that raise again what they handle, each with what was tried, once somebody asked."""
        self.tells: tuple[Any, ...] | None = None
        """What it tells of the class of an argument by giving True or False, once somebody asked."""
        self.vouches: Any = None
        """What it has asked of its parameters once it gives back, once somebody asked."""
        self.pushed: dict[tuple[int, int], Any] | None = None
        """Its calls that are made only where a table was full, once somebody asked: for each None, or the call that tells whether it was."""

    def __repr__(self) -> str:
        return f"<fn {self.dotted}>"

    @classmethod
    def implied(cls, owner: Class) -> Fn:
        """The constructor of a class that writes none: it goes by the name and line of the class, and does nothing that anybody wrote."""
        line = owner.head.line
        fn = cls(owner.module, -1, FunctionHead(owner.head.qualname, line, line, False, False, False, -1, -1))
        fn._body = {"params": [], "returns": None, "decorators": [], "body": []}
        return fn

    def release(self) -> None:
        """Nobody asks what it holds any more."""
        self._body = self.assigned = None
        self.shares = self.places = self.kept = self.kinds = self.compared = self.spoken = self.lacks = self.pushed = (
            self.awaits
        ) = self.undoes = self.vouches = None
        self.written = ()
        self.contexts.clear()
        self.counts.clear()

    @property
    def body(self) -> dict[str, Any]:
        """``params``, ``returns``, ``decorators``, ``body``."""
        if self._body is None:
            self._body = self.module.facts.function_body(self.index)
            self.written = _compact(self._body)
        return self._body

    @property
    def dotted(self) -> str:
        """Module and qualified name."""
        return f"{self.module.name}.{self.head.qualname}" if self.module.name else self.head.qualname

    @property
    def makes_functions(self) -> bool:
        """Whether functions are defined inside it."""
        following = self.module.functions[self.index + 1 : self.index + 2]
        return bool(following) and following[0].head.parent == self.index and self.head.owner < 0

    @property
    def chooses_by_name(self) -> bool:
        """Whether it imports what a text names, or is a function beside one that does and calls that."""
        return self.index in self.module.by_name

    @property
    def chooses_by_class(self) -> bool:
        """Whether it asks of what class something is: ``type(event)``."""
        return self.index in self.module.facts.calls.get("type", ())

    @property
    def is_short(self) -> bool:
        """A function of a few lines, such as those that put paths together."""
        return self.head.end_line - self.head.line < F.SHORT and self.head.owner < 0

    @property
    def is_brief(self) -> bool:
        """A function or method that costs little to read."""
        return self.head.end_line - self.head.line < F.LONG

    @property
    def parent(self) -> Fn | None:
        """The function it is nested in."""
        return self.module.functions[self.head.parent] if self.head.parent >= 0 else None

    @property
    def is_class_method(self) -> bool:
        """Whether a decorator says that it gets its class and no object of it."""
        return any(d[0] == F.E_NAME and d[1] == "classmethod" for d in self.body["decorators"])

    @property
    def is_static_method(self) -> bool:
        """Whether a decorator says that it gets neither."""
        return any(d[0] == F.E_NAME and d[1] == "staticmethod" for d in self.body["decorators"])

    def is_stub(self) -> bool:
        """Abstract in effect: the body does nothing, or only raises NotImplementedError."""
        body = self.body["body"]
        for stmt in body:
            if stmt[0] == F.S_RAISE:
                return _names_not_implemented(stmt[1])
            value = stmt[1] if stmt[0] == F.S_RETURN else None
            return bool(value is not None and value[0] == F.E_NAME and value[1] == "NotImplemented")
        return not self.is_lambda

    def never_returns(self) -> bool:
        """Whether all that it does ends in ``raise`` or ends the program; not of a method that others are to implement."""
        if self.raises is None:
            body = self.body["body"]
            self.raises = bool(
                body
                and (ends_program(body[-1]) or (body[-1][0] == F.S_RAISE and not self._is_for_others()))
                and not self.head.is_generator
                and not any(True for _ in F.returned(body))
            )
        return self.raises

    def _is_for_others(self) -> bool:
        """Whether it raises because others implement it: a method, or what a decorator makes something else of."""
        last: Any = self.body["body"][-1]
        if not _names_not_implemented(last[1]) and not self.is_stub():
            return False
        return self.head.owner >= 0 or bool(self.body["decorators"])

    def suppresses(self) -> bool:
        """Whether a generator yields inside a ``try`` that has a handler which does not raise again: as a manager it ends exceptions."""
        return _suppresses(self.body["body"])

    @property
    def is_lambda(self) -> bool:
        """A lambda expression."""
        return self.head.qualname.endswith("<lambda>")


_BY_NAME: Final = ("import_module", "__import__", "import_string")
"""Callables that import something by its name."""


def _names_not_implemented(exc: Any) -> bool:
    if exc is None:
        return False
    if exc[0] == F.E_CALL:
        exc = exc[1]
    return bool(exc[0] == F.E_NAME and exc[1] == "NotImplementedError")


def ends_program(stmt: Any) -> bool:
    """``sys.exit()`` or ``os._exit()`` as a statement."""
    callee = stmt[1][1] if stmt[0] == F.S_EXPR and stmt[1][0] == F.E_CALL else None
    if callee is None or callee[0] != F.E_ATTR or callee[1][0] != F.E_NAME:
        return False
    return (callee[1][1], callee[2]) in _ENDING


_ENDING: Final = frozenset((("sys", "exit"), ("os", "_exit"), ("os", "abort")))


class Class:
    """One class statement."""

    __slots__ = (
        "_bindings", "_body", "base_values", "cache", "head", "index", "library", "method_index", "module", "mro_cache", "name", "running", "values",
        "values_found",
    )  # fmt: skip

    def __init__(self, module: Module, index: int, head: ClassHead) -> None:
        self.module = module
        self.index = index
        self.head = head
        self.name = head.qualname.rpartition(".")[2]
        self._body: dict[str, Any] | None = None
        self._bindings: dict[str, list[Binding]] | None = None
        self.base_values: Any = None
        self.mro_cache: Any = None
        self.library: Any = None
        """The line of its bases, and which of them are classes of libraries, once somebody asked."""
        self.values: dict[Any, Any] = {}
        self.values_found: dict[Any, Any] = {}
        self.running: set[Any] = set()
        self.cache: dict[str, Any] = {}
        self.method_index: dict[str, Fn] | None = None

    @classmethod
    def made(cls, module: Module, name: str, fields: dict[str, list[Binding]], base: str) -> Class:
        """A class that a call makes, such as ``namedtuple``: no class statement holds its body."""
        made = cls(module, -2, ClassHead(name, 1, -1, -1, [base.rpartition(".")[2]], []))
        made._body = {"bases": [], "keywords": [], "decorators": [], "body": []}
        made._bindings = fields
        made.mro_cache = (made, base)
        return made

    def __repr__(self) -> str:
        return f"<class {self.dotted}>"

    @property
    def dotted(self) -> str:
        """Module and qualified name."""
        return f"{self.module.name}.{self.head.qualname}" if self.module.name else self.head.qualname

    def release(self) -> None:
        """Nobody asks what it holds any more."""
        self._body = self._bindings = None
        self.values.clear()
        self.values_found.clear()

    @property
    def body(self) -> dict[str, Any]:
        """``bases``, ``keywords``, ``decorators``, ``body``."""
        if self._body is None:
            self._body = self.module.facts.class_body(self.index)
            _compact(self._body)
        return self._body

    @property
    def bindings(self) -> dict[str, list[Binding]]:
        """Names bound in the class body."""
        if self._bindings is None:
            self._bindings = {}
            collect_bindings(self.body["body"], self._bindings, [])
            name_definitions(self._bindings, self.module)
        return self._bindings

    def own_methods(self) -> dict[str, Fn]:
        """Functions defined directly in the body; of several with one name the last."""
        if self.method_index is None:
            self.method_index = {}
            for fn in self.module.functions:
                if fn.head.owner == self.index:
                    self.method_index[fn.name] = fn
        return self.method_index


Part = int | tuple[int, int | None]
"""What a target of a tuple assignment takes: the item at an index, or those of a starred one between two."""


class Binding:
    """One statement that binds a name: kind ``import``, ``from``, ``def``, ``class``, ``value``, ``item`` (loop), ``enter`` (with), ``declared``."""

    __slots__ = ("annotation", "data", "kind", "path", "when")

    def __init__(self, kind: str, data: Any, path: tuple[Part, ...] = (), annotation: Any = None) -> None:
        self.kind = kind
        self.data = data
        self.path = path
        self.annotation = annotation
        self.when = ""
        """The words of the condition under which the statement runs; empty where it has none, or none that is short."""


def collect_bindings(body: list[Stmt], out: dict[str, list[Binding]], stars: list[tuple[str, int]]) -> None:
    """Enter every name that statements of one scope bind, whatever branch they stand in."""
    for stmt in body:
        tag: int = stmt[0]
        if tag == F.S_ASSIGN:
            for target in stmt[1]:
                _bind(target, Binding("value", stmt[2]), out)
        elif tag == F.S_ANN:
            _bind(stmt[1], Binding("value" if stmt[3] is not None else "declared", stmt[3], (), stmt[2]), out)
        elif tag == F.S_DEF or tag == F.S_CLASS:
            out.setdefault("\0defs", []).append(Binding("def" if tag == F.S_DEF else "class", stmt[1]))
        elif tag == F.S_IMPORT:
            for bound, module, loaded in stmt[1]:
                out.setdefault(bound, []).append(Binding("import", (module, loaded)))
        elif tag == F.S_FROM:
            for name, bound in stmt[3]:
                if name == "*":
                    stars.append((stmt[1], stmt[2]))
                else:
                    out.setdefault(bound, []).append(Binding("from", (stmt[1], stmt[2], name)))
        elif tag == F.S_IF:
            answer = settled(stmt[1][0][0])
            if answer is True:
                collect_bindings(stmt[1][0][1], out, stars)
                continue
            if answer is False and len(stmt[1]) > 1:
                collect_bindings([[F.S_IF, stmt[1][1:], *stmt[2:]]], out, stars)
                continue
            if answer is False or always_false(stmt[1][0][0]):
                if mentions_type_checking(stmt[1][0][0]):
                    typing_only: dict[str, list[Binding]] = {}
                    collect_bindings(stmt[1][0][1], typing_only, stars)
                    out.setdefault("\0typing", []).append(Binding("typing", typing_only))
                collect_bindings(stmt[2], out, stars)
                continue
            _collect_branches(stmt, out, stars)
        elif tag == F.S_FOR:
            _bind(stmt[1], Binding("item", stmt[2]), out)
            collect_bindings(stmt[3], out, stars)
            collect_bindings(stmt[4], out, stars)
        elif tag == F.S_WHILE:
            collect_bindings(stmt[2], out, stars)
        elif tag == F.S_WITH:
            for manager, target, _, _ in stmt[1]:
                if target is not None:
                    _bind(target, Binding("enter", manager), out)
            collect_bindings(stmt[2], out, stars)
        elif tag == F.S_TRY:
            collect_bindings(stmt[1], out, stars)
            for handler in stmt[2]:
                collect_bindings(handler[2], out, stars)
            collect_bindings(stmt[3], out, stars)
            collect_bindings(stmt[4], out, stars)
        elif tag == F.S_MATCH:
            for case in stmt[2]:
                collect_bindings(case[3], out, stars)


def _suppresses(body: list[Stmt]) -> bool:
    for stmt in body:
        tag: int = stmt[0]
        if tag == F.S_TRY:
            if any(not h[2] or h[2][-1][0] != F.S_RAISE for h in stmt[2]) and _yields(stmt[1]):
                return True
            parts = [stmt[1], stmt[4]]
        elif tag == F.S_WITH:
            parts = [stmt[2]]
        elif tag == F.S_IF:
            parts = [*(branch for _, branch in stmt[1]), stmt[2]]
        else:
            continue
        if any(_suppresses(part) for part in parts):
            return True
    return False


def _yields(part: Any) -> bool:
    """Whether a ``yield`` stands anywhere in statements or expressions."""
    if not isinstance(part, list):
        return False
    return (bool(part) and part[0] == F.E_YIELD and len(part) == 4) or any(_yields(p) for p in part)


def _collect_branches(stmt: Stmt, out: dict[str, list[Binding]], stars: list[tuple[str, int]]) -> None:
    tests = [words(test) for test, _ in stmt[1]]
    otherwise = f"not {tests[0]}" if len(tests) == 1 and tests[0].isidentifier() else ""
    if not otherwise and all(tests):
        otherwise = f"not ({tests[0]})" if len(tests) == 1 else f"none of {', '.join(tests)}"
    for when, inner in [*zip(tests, (inner for _, inner in stmt[1]), strict=True), (otherwise, stmt[2])]:
        found: dict[str, list[Binding]] = {}
        collect_bindings(inner, found, stars)
        for name, bindings in found.items():
            for binding in bindings:
                binding.when = binding.when or when
            out.setdefault(name, []).extend(bindings)


_LONGEST_CONDITION: Final = 70


def words(e: Any) -> str:
    """A short condition as it was written; empty for anything long or unusual."""
    text = _words(e)
    return text if 0 < len(text) <= _LONGEST_CONDITION else ""


def _words(e: Any) -> str:
    tag: int = e[0]
    if tag == F.E_NAME:
        return str(e[1])
    if tag == F.E_CONST:
        return repr(e[1])
    if tag == F.E_ATTR:
        base = _words(e[1])
        return f"{base}.{e[2]}" if base else ""
    if tag == F.E_UNARY and e[1] == "not":
        inner = _words(e[2])
        return f"not {inner}" if inner else ""
    if tag == F.E_CMP and len(e[2]) == 1:
        left, right = _words(e[1]), _words(e[3][0])
        return f"{left} {e[2][0]} {right}" if left and right else ""
    if tag == F.E_BOOL:
        parts = [_words(part) for part in e[2]]
        return f" {e[1]} ".join(parts) if all(parts) else ""
    if tag == F.E_CALL and not e[3]:
        callee, arguments = _words(e[1]), [_words(a) for a in e[2]]
        return f"{callee}({', '.join(arguments)})" if callee and all(arguments) else ""
    if tag == F.E_SUB:
        base, index = _words(e[1]), _words(e[2])
        return f"{base}[{index}]" if base and index else ""
    return ""


def name_definitions(bindings: dict[str, list[Binding]], module: Module) -> None:
    """Enter definitions under their names: a statement knows only their index."""
    typing_only = bindings.pop("\0typing", ())
    for binding in bindings.pop("\0defs", ()):
        name = module.functions[binding.data].name if binding.kind == "def" else module.classes[binding.data].name
        bindings.setdefault(name, []).append(binding)
    for group in typing_only:  # what only type checkers see counts where nothing else binds the name
        name_definitions(group.data, module)
        for name, found in group.data.items():
            bindings.setdefault(name, found)


def _bind(target: Any, binding: Binding, out: dict[str, list[Binding]]) -> None:
    tag: int = target[0]
    if tag == F.E_NAME:
        out.setdefault(target[1], []).append(binding)
    elif tag == F.E_SEQ:
        for item, part in zip(target[2], unpacking(target[2]), strict=True):
            _bind(item, Binding(binding.kind, binding.data, (*binding.path, part), None), out)
    elif tag == F.E_STAR:
        _bind(target[1], binding, out)


def unpacking(targets: list[Any]) -> list[Part]:
    """Which item each target of ``a, *b, c = ...`` takes: from the front, those between, from the end."""
    star = next((number for number, target in enumerate(targets) if target[0] == F.E_STAR), len(targets))
    return [
        number if number < star else number - len(targets) if number > star else (star, star + 1 - len(targets) or None)
        for number in range(len(targets))
    ]


def always_false(test: Any) -> bool:
    """A condition that is false in every run: ``False``, ``0``, ``TYPE_CHECKING``."""
    if test[0] == F.E_CONST:
        return not test[1]
    return mentions_type_checking(test)


_ELSEWHERE: Final = (
    "win32",
    "cygwin",
    "emscripten",
    "wasi",
    "aix",
    "android",
    "ios",
    "sunos5",
    "nt",
    "java",
    "Windows",
    "Java",
)
"""Platforms that code on an event loop is not taken to run on. Linux is what servers run, macOS what many are written on."""
_FACTS: Final = frozenset(
    ("sys.version_info", "sys.version_info.major", "sys.platform", "os.name", "platform.system()")
)


def interpreter_says(name: str, op: str, value: Any) -> bool | None:
    """What a comparison of ``sys.version_info``, ``sys.platform`` and their kin with a literal is; None where that is left open.

    The newest Python is taken to run, newer than any that code asks for; the platform is not Windows nor another rare one.

    >>> interpreter_says("sys.version_info", "<", (3, 9)), interpreter_says("sys.platform", "==", "win32")
    (False, False)
    """
    if name not in _FACTS:
        return None
    if name.startswith("sys.version_info"):
        return _newest_is(op, value)
    if op in ("in", "not in"):
        answers = {interpreter_says(name, "==", each) for each in value} if isinstance(value, tuple) else {None}
        return (op == "not in") if answers == {False} else None
    if not isinstance(value, str):
        return None
    if op == "startswith":
        return False if value and any(each.startswith(value) for each in _ELSEWHERE) else None
    if value == "posix" and op in ("==", "!="):
        return op == "=="
    if value in _ELSEWHERE and op in ("==", "!=", "is"):
        return op == "!="
    return None


_MAJOR: Final = 3
_SPARE: Final = frozenset((
    "test", "tests", "_tests", "testing", "fixtures", "data", "docs", "example", "examples", "samples", "cookbook", "templates", "build", "dist",
    "vendor", "_vendor", "vendored", "third_party",
))  # fmt: skip
"""Folders that hold packages which nobody installs beside the project."""
_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge, ">": operator.gt, "<": operator.lt, "<=": operator.le, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


def _newest_is(op: str, value: Any) -> bool | None:
    """How the newest Python compares with a version: with its first number alone, or with as many as are written."""
    if op not in _ORDER:
        return None
    if isinstance(value, tuple) and value and type(value[0]) is int:
        return _ORDER[op](1 if value[0] <= _MAJOR else -1, 0)
    # Any other number may be compared with another part than the first.
    return _ORDER[op](_MAJOR, value) if type(value) is int and abs(value - _MAJOR) <= 1 else None


def settled(test: Any) -> bool | None:
    """What a condition on the interpreter or the platform is, as far as it can be told from its words alone."""
    tag: int = test[0]
    if tag == F.E_UNARY and test[1] == "not":
        inner = settled(test[2])
        return None if inner is None else not inner
    if tag == F.E_BOOL:
        answers = [settled(part) for part in test[2]]
        decisive = bool(test[1] == "or")
        if decisive in answers:
            return decisive
        return None if None in answers else not decisive
    if tag == F.E_CALL and test[1][0] == F.E_ATTR and test[1][2] == "startswith" and len(test[2]) == 1:
        value = test[2][0]
        return interpreter_says(_words(test[1][1]), "startswith", value[1]) if value[0] == F.E_CONST else None
    if tag != F.E_CMP or len(test[2]) != 1:
        return None
    subject = test[1]
    if subject[0] == F.E_SUB:
        if subject[2][0] == F.E_CONST and subject[2][1] != 0:
            return None
        subject = subject[1]
    return interpreter_says(_words(subject), test[2][0], _literal(test[3][0]))


def _literal(e: Any) -> Any:
    if e[0] == F.E_SEQ:
        return tuple(_literal(part) for part in e[2])
    return e[1] if e[0] == F.E_CONST else None


def mentions_type_checking(test: Any) -> bool:
    """``TYPE_CHECKING`` or ``typing.TYPE_CHECKING``."""
    position = 1 if test[0] == F.E_NAME else 2 if test[0] == F.E_ATTR else 0
    return bool(position and test[position] == "TYPE_CHECKING")


def _parents(dotted: str) -> list[str]:
    """The packages that a dotted name lies in.

    >>> _parents("a.b.c")
    ['a', 'a.b']
    """
    parts = dotted.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def _is_distribution(folders: list[str], top: str) -> bool:
    """Whether folders end in one that a distribution keeps its packages in: ``src``, or one that is called after the namespace.

    >>> _is_distribution(["acme-db", "src"], "acme"), _is_distribution(["acme_db"], "acme"), _is_distribution(["mails"], "acme")
    (True, True, False)
    """
    return bool(folders) and (folders[-1] == "src" or folders[-1].startswith((f"{top}-", f"{top}_")))


Libraries = Callable[[str, Callable[[str], bool]], "Module | None"]
"""Gives the module of a library by its dotted name; the second argument says of a library whether it is judged by other means."""


class Program:
    """Every module of the project and the indexes over their headers.

    Modules of libraries are found by name and nowhere else: who asks for all modules, or for who uses a name, gets those of the project, and
    for an object of a library those of the library besides.
    """

    def __init__(self, modules: Iterable[Module], libraries: Callable[[str], Module | None] | None = None) -> None:
        self._open = libraries
        self.libraries: dict[str, Program] = {}
        """What was read of each library."""
        self.library_paths: set[str] = set()
        self.enter: Callable[[Module], None] | None = None
        """Told of each module that is read later than the project."""
        self.modules: dict[str, Module] = {}
        self.by_path: dict[str, Module] = {}
        self.packages: set[str] = set()
        self.other_names: dict[str, str] = {}
        """Names of modules and packages under which links between folders show them, and their own ones."""
        for module in modules:
            self.by_path[module.path] = module
            if module.name not in self.modules or module.is_package:
                self.modules[module.name] = module
            parts = module.name.split(".")
            for end in range(1, len(parts)):
                self.packages.add(".".join(parts[:end]))
        self._suffixes: dict[str, list[str]] | None = None
        self._imported: dict[str, set[str]] | None = None
        self._bare: dict[str, list[tuple[Module, str, str]]] | None = None
        self._within: dict[tuple[str, str], bool] = {}
        self._installed: dict[str, str | None] = {}
        self._portions: dict[str, list[str]] = {}
        """Namespaces that distributions of this repository share -> where their parts stand."""
        self.is_known: Callable[[str], bool] = bool
        """Whether something is known of a library of this name; who links a project says so."""
        self.forget_indexes()
        self._own = frozenset(name.partition(".")[0] for name in self.modules) if libraries is not None else frozenset()
        self.handed: dict[tuple[str, str, frozenset[str]], bool] = {}
        """Names, parts and the methods that hand these over -> whether they ever do, for what has the name."""
        self._named: dict[str, tuple[list[Fn], list[Class]]] | None = None
        self.always_given: dict[Fn, dict[Any, bool]] = {}
        """Functions -> the options that every call passes, or not, of those that somebody asked for."""
        self.sites: dict[Fn | Module, dict[str, list[Any]]] = {}
        """Functions -> the calls written in them by name, of those that somebody asked for."""
        self.puts: dict[Fn, Any] = {}
        """Functions -> what they put into attributes, as `callers.Puts`, of those that somebody asked for."""

    def __iter__(self) -> Iterator[Module]:
        return iter(self.by_path.values())

    def forget_indexes(self) -> None:
        """Make the indexes anew when somebody asks next."""
        self._callers: dict[str, list[tuple[Module, int]]] | None = None
        self._writers: dict[str, list[tuple[Module, int]]] | None = None
        self._fillers: dict[str, list[tuple[Module, int]]] | None = None
        self._methods: dict[str, list[Class]] | None = None
        self._subclasses: dict[str, list[Class]] | None = None
        self._tops: dict[str, Class | None] | None = None
        self._aliases: dict[str, list[str]] | None = None
        self._children: dict[str, tuple[str, ...]] | None = None

    def called(self, name: str) -> tuple[list[Fn], list[Class]]:
        """The functions and the classes of the project that have a name."""
        if self._named is None:
            self._named = {}
            for module in self:
                for fn in module.functions:
                    self._named.setdefault(fn.name, ([], []))[0].append(fn)
                for cls in module.classes:
                    self._named.setdefault(cls.name, ([], []))[1].append(cls)
        return self._named.get(name, ([], []))

    def children(self, package: str) -> tuple[str, ...]:
        """The modules and packages directly in a package of the project, in order."""
        if self._children is None:
            below: dict[str, dict[str, None]] = {}
            for name in sorted({*self.modules, *self.packages}):
                below.setdefault(name.rpartition(".")[0], {})[name] = None
            self._children = {name: tuple(inner) for name, inner in below.items()}
        return self._children.get(package, ())

    def is_ours(self, dotted: str) -> bool:
        """Whether a dotted name is a module or (namespace) package of the project, or a module of a library that is read."""
        return dotted in self.modules or dotted in self.packages or self._in_library(dotted)

    def _in_library(self, dotted: str) -> bool:
        """Whether a name is a module of a library that can be read; it is read now, if it was not before."""
        if self._open is None or dotted.partition(".")[0] in self._own:
            return False
        if dotted in self.modules:
            return True
        module = self._open(dotted)
        if module is None:
            return False
        self.modules[dotted] = module
        of_library = self.libraries.setdefault(module.library, Program(()))
        of_library.by_path[module.path] = module
        of_library.forget_indexes()
        self.library_paths.add(module.path)
        if self.enter is not None:
            self.enter(module)
        return True

    def find(self, dotted: str, importer: Module) -> str | None:
        """The module or package that an absolute import means, or None when nothing is known of it but its name.

        A project read from above its import root (``server/app/...`` imported as ``app``) is matched by the end of the name. What the
        project does not hold may be a library that is read.
        """
        found = self._find(dotted, importer) if not importer.library else None
        if found is not None:
            found = self.other_names.get(found, found)
        return found if found is not None or not self._in_library(dotted) else dotted

    def _find(self, dotted: str, importer: Module) -> str | None:
        if dotted in self.modules or dotted in self.other_names:
            return dotted
        # A mere folder may be the one that the project was unpacked into, with the package of that name in it.
        folder = dotted if dotted in self.packages else None
        top = dotted.partition(".")[0]
        if top in sys.stdlib_module_names or not dotted:
            return folder
        if self._suffixes is None:
            self._suffixes = {}
            for name in [*self.modules, *sorted(self.packages - self.modules.keys()), *self.other_names]:
                parts = name.split(".")
                for start in range(1, len(parts)):
                    self._suffixes.setdefault(".".join(parts[start:]), []).append(name)
        # The first component must be found where the importer could have it on its path: beside one of its own packages.
        found = self._suffixes.get(top)
        if not found:
            return folder
        # Inside a package a bare name means a sibling only where the package is run from within.
        roots = [name[: -len(top)] for name in found]
        roots = [root for root in roots if importer.name.startswith(root) and root + top != importer.name]
        inside = [root for root in roots if root[:-1] not in self.modules and not self._is_imported(root[:-1])]
        for root in sorted(inside, key=len, reverse=True):
            full = root + dotted
            if full in self.modules or (self._holds(full) and folder is None):
                return full
        if folder is None:
            for root in sorted(roots, key=len, reverse=True):
                full = root + dotted
                if self._holds(full) and self._is_run_within(root, top):
                    return full
            beside = self._installed_root(top, found)
            if beside is None:
                beside = self._portion(dotted, top, found)
            if beside is None or beside + dotted == importer.name:
                return None  # a folder that wraps a library of its own name
            if self._holds(beside + dotted):
                return beside + dotted
        return folder

    def _holds(self, dotted: str) -> bool:
        """Whether a name is a module or a package of the project, also one that a link shows."""
        return dotted in self.modules or dotted in self.packages or dotted in self.other_names

    def _installed_root(self, top: str, found: list[str]) -> str | None:
        """Where the one package of a name stands that lies in no package itself: another distribution of the same repository.

        ``libs/core/src/core`` is installed beside the service that imports it. With two of them, in a folder for tests, or where a
        known library is called so, the name says too little. A folder without ``__init__.py`` or a module alone, which only a search path that
        is set elsewhere makes importable, must hold whatever the project asks of the name.
        """
        if top not in self._installed:
            apart = [
                name
                for name in found
                if not _SPARE.intersection(name.split("."))
                and not any(parent in self.modules for parent in _parents(name))
            ]
            packages = [name for name in apart if name in self.modules and self.modules[name].is_package]
            one = packages or apart
            is_meant = len(one) == 1 and not self.is_known(top)
            root = one[0][: -len(top)] if is_meant else ""
            is_meant = is_meant and (bool(packages) or self._holds_what_is_asked(root, top, True, everywhere=True))
            self._installed[top] = root if is_meant else None
        return self._installed[top]

    def _portion(self, dotted: str, top: str, found: list[str]) -> str | None:
        """Where the one distribution stands that gives this part of a namespace which several of the same repository share (PEP 420).

        ``acme-db/src/acme/db`` and ``acme-logic/src/acme/logic``: installed, both are parts of ``acme``, which has no ``__init__`` itself.
        """
        if top not in self._portions:
            places = [
                name[: -len(top)]
                for name in found
                if name not in self.modules
                and _is_distribution(name.split(".")[:-1], top)
                and not _SPARE.intersection(name.split("."))
                and not any(parent in self.modules for parent in _parents(name))
            ]
            self._portions[top] = places if len(places) > 1 and not self.is_known(top) else []
        given = [
            root for root in self._portions[top] if root + dotted in self.modules or root + dotted in self.packages
        ]
        return given[0] if len(given) == 1 else None

    def _is_run_within(self, root: str, top: str) -> bool:
        """Whether modules of a package mean this neighbour by its bare name, as they do where a program is started in the package's folder.

        What they import from it by name is there, it is no known library, and it does not import from a library of its own name itself. In
        a mere folder, which others name too (tests that are started elsewhere), the neighbour itself is enough.
        """
        key = (root, top)
        if key not in self._within:
            is_package = root[:-1] in self.modules
            self._within[key] = (
                (is_package or root[:-1] in self.packages)
                and not self.is_known(top)
                and self._holds_what_is_asked(root, top, is_package)
            )
        return self._within[key]

    def _holds_what_is_asked(self, root: str, top: str, is_package: bool, *, everywhere: bool = False) -> bool:
        if self._bare is None:
            self._bare = {}
            for module in self:
                for bindings in module.bindings.values():
                    for b in bindings:
                        if b.kind == "import" or (b.kind == "from" and not b.data[1]):
                            base, name = (b.data[1], "") if b.kind == "import" else (b.data[0], b.data[2])
                            self._bare.setdefault(str(base).partition(".")[0], []).append(
                                (module, str(base), str(name))
                            )
        asked = False
        for module, base, name in self._bare.get(top, ()):
            if not everywhere and not module.name.startswith(root):
                continue
            of, full = self.modules.get(root + base), f"{root}{base}.{name}" if name else root + base
            if module.name == root + top or (of is None and root + base not in self.packages):
                return False
            bound = of is not None and (name in of.bindings or bool(of.stars))
            if not bound and full not in self.modules and full not in self.packages:
                return False
            asked = asked or bool(name) or not is_package
        return asked

    def _is_imported(self, package: str) -> bool:
        """Whether the project itself imports what a folder holds by a dotted path: a package, no place where imports start.

        A folder that only has the name of the package in it (``shop/shop/api.py``, ``import shop.api``) holds no ``api`` itself.
        """
        if self._imported is None:
            self._imported = {}
            for module in self:
                for bindings in module.bindings.values():
                    for b in bindings:
                        if b.kind == "import" or (b.kind == "from" and not b.data[1]):
                            dotted = b.data[1] if b.kind == "import" else f"{b.data[0]}.{b.data[2]}"
                            parts = str(dotted).split(".")
                            for end in range(1, len(parts)):
                                self._imported.setdefault(".".join(parts[:end]), set()).add(parts[end])
        parts = package.split(".")
        found = {name for start in range(len(parts)) for name in self._imported.get(".".join(parts[start:]), ())}
        return any(f"{package}.{name}" in self.modules or f"{package}.{name}" in self.packages for name in found)

    def _index(self, table: str) -> dict[str, list[tuple[Module, int]]]:
        out: dict[str, list[tuple[Module, int]]] = {}
        for module in self:
            for name, users in getattr(module.facts, table).items():
                out.setdefault(name, []).extend((module, user) for user in users)
        return out

    def of_library(self, within: Module | None) -> Program | None:
        """What was read of the library that a module belongs to; None for the project's own."""
        return self.libraries.get(within.library) if within is not None and within.library else None

    def callers(self, name: str, within: Module | None = None) -> list[tuple[Module, int]]:
        """Scopes that call something whose last name is this (or an import alias of it).

        Args:
            name: the last name.
            within: where the thing is that is asked for. What uses a library's things by name is looked for in the library only (as below):
                the project says what it passes where it calls, and reading half of it because it calls some ``get`` would cost too much.
        """
        library = self.of_library(within)
        if library is not None:
            return library.callers(name)
        if self._callers is None:
            self._callers = self._index("calls")
        found = list(self._callers.get(name, ()))
        for alias in self.aliases(name):
            found += self._callers.get(alias, ())
        return found

    def aliases(self, name: str) -> list[str]:
        """Other names under which something of this name is imported."""
        if self._aliases is None:
            self._aliases = {}
            for module in self:
                for original, bound in module.facts.aliases.items():
                    self._aliases.setdefault(original, []).extend(bound)
        return list(dict.fromkeys(self._aliases.get(name, ())))

    def attribute_writers(self, name: str, within: Module | None = None) -> list[tuple[Module, int]]:
        """Scopes that assign an attribute of this name on some object."""
        library = self.of_library(within)
        if library is not None:
            return library.attribute_writers(name)
        if self._writers is None:
            self._writers = self._index("attribute_writes")
        return self._writers.get(name, [])

    def item_writers(self, name: str, within: Module | None = None) -> list[tuple[Module, int]]:
        """Scopes that put something into a container whose last name is this."""
        library = self.of_library(within)
        if library is not None:
            return library.item_writers(name)
        if self._fillers is None:
            self._fillers = self._index("item_writes")
        return self._fillers.get(name, [])

    def classes_with_method(self, name: str, within: Module | None = None) -> list[Class]:
        """Classes that define a method of this name themselves."""
        library = self.of_library(within)
        if library is not None:
            return self.classes_with_method(name) + library.classes_with_method(name)
        if self._methods is None:
            self._methods = {}
            for module in self:
                for cls in module.classes:
                    for method in cls.head.methods:
                        self._methods.setdefault(method, []).append(cls)
        return self._methods.get(name, [])

    def only_class(self, name: str) -> Class | None:
        """The class of this name that stands at the top of a module, where the project has one such and no more."""
        if self._tops is None:
            self._tops = {}
            for module in self:
                for cls in module.classes:
                    if cls.head.qualname == cls.name:
                        self._tops[cls.name] = None if cls.name in self._tops else cls
        return self._tops.get(name)

    def classes_naming_base(self, name: str, within: Module | None = None) -> list[Class]:
        """Classes one of whose bases is written with this last name (or an import alias of it)."""
        library = self.of_library(within)
        if library is not None:
            return self.classes_naming_base(name) + library.classes_naming_base(name)
        if self._subclasses is None:
            self._subclasses = {}
            for module in self:
                for cls in module.classes:
                    for base in dict.fromkeys(cls.head.bases):
                        self._subclasses.setdefault(base, []).append(cls)
                aliases = module.facts.aliases
                for original, bound in aliases.items():
                    for alias in bound:
                        for cls in module.classes:
                            if alias in cls.head.bases:
                                self._subclasses.setdefault(original, []).append(cls)
        return self._subclasses.get(name, [])
