"""Where an object that a name stands for gets to in the project, as it is written: other names, parameters, attributes and results of functions.

Nothing is resolved: a call may mean every function of the project that has the name it is called by, and an attribute may be one of any object.
So the question whether something ever happens to the object has a sure answer only where it is no. What goes into a container or to a library, and
what is handed to more functions than can be looked at, may be anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes, callers
from async_guard.link.program import Fn
from async_guard.link.values import FUNC
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_NAME: Final = 0
"""What has a last name, wherever it stands."""
_ATTRIBUTE: Final = 1
"""The attribute of any object."""
_LOCAL: Final = 2
"""A name in one function and those inside it."""
_RESULT: Final = 3
"""What calls of a name give."""

_PLACES: Final = 400
"""Names, parameters and results that one object is followed to."""
_MEANT: Final = 200
"""Functions that one call may mean."""
_HARMLESS: Final = frozenset(
    ("bool", "callable", "getattr", "hasattr", "hash", "id", "isinstance", "len", "print", "repr", "str", "type")
)
"""Builtins that keep nothing of what they are handed."""
_KEEPERS: Final = frozenset((
    "add", "append", "appendleft", "extend", "insert", "partial", "put", "put_nowait", "set", "setdefault", "update",
))  # fmt: skip
"""What is called like methods of containers."""
_RETURN_PARTS: Final = 3
_STATEMENT_PARTS: Final = 4
_WHILE_PARTS: Final = 6

_Place = tuple[int, Any, str]


def is_handed(ev: Evaluator, name: str, part: str, methods: frozenset[str]) -> bool:
    """Whether somebody may write a part of what is kept under a name, or call one of the methods that do."""
    return not _Search(ev, part, methods).is_clear(name)


class _Search:
    """One object on its way."""

    def __init__(self, ev: Evaluator, part: str, methods: frozenset[str]) -> None:
        self.ev = ev
        self.part = part
        self.methods = methods
        self.todo: list[_Place] = []
        self.done: set[_Place] = set()

    def is_clear(self, name: str) -> bool:
        """Whether all places are known that the object gets to, and nothing happens to it there."""
        self.follow((_NAME, None, name))
        while self.todo:
            kind, fn, current = self.todo.pop()
            scopes = _inside(fn) if kind == _LOCAL else _mentioning(self.ev, current)
            for scope, body in scopes:
                if not self.scan(body, scope, kind, current):
                    return False
            if len(self.done) > _PLACES:
                return False
        return True

    def follow(self, place: _Place) -> None:
        """Look at a place later."""
        if place not in self.done:
            self.done.add(place)
            self.todo.append(place)

    def scan(self, body: list[Any], scope: Fn | None, kind: int, name: str) -> bool:
        """Whether one scope does nothing to the object, and says where it gets to.

        Args:
            body: the parts of the scope.
            scope: the function, None for the body of a module or a class.
            kind: what the name means.
            name: what stands for the object.
        """
        used: dict[int, None] = {}
        settled: dict[int, None] = {}
        for node in callers.parts(body):
            if _is_it(node, kind, name):
                used[id(node)] = None
                settled.update((id(e), None) for e in _same(node) if _is_it(e, kind, name))
            if kind == _RESULT and callers.is_use(node, name):
                used[id(node)] = None  # the function itself: somebody else may call it
            if callers.is_call(node):
                settled[id(node[1])] = None
                for number, argument in enumerate(node[2]):
                    if _is_it(argument, kind, name):
                        settled[id(argument)] = None
                        if not self.pass_on(node, number, ""):
                            return False
                for keyword, argument in node[3]:
                    if _is_it(argument, kind, name):
                        settled[id(argument)] = None
                        if keyword is None or not self.pass_on(node, -1, str(keyword)):
                            return False
            elif node[0] == F.E_ATTR and len(node) == F.ATTR_PARTS and _is_it(node[1], kind, name):
                if node[2] in self.methods:
                    return False
                settled[id(node[1])] = None
            elif node[0] == F.S_FROM and len(node) == F.FROM_PARTS and kind in (_NAME, _RESULT):
                if node[1].__class__ is str:
                    for original, bound in node[3]:
                        if original == name and bound != name:
                            self.follow((kind, None, str(bound)))
            elif node[0] == F.S_RETURN and len(node) == _RETURN_PARTS and _is_it(node[1], kind, name):
                if scope is None or not scope.name.isidentifier():
                    return False
                settled[id(node[1])] = None
                is_property = any("property" in F.last_name(d) for d in scope.body["decorators"])
                self.follow((_ATTRIBUTE if is_property else _RESULT, None, scope.name))
            elif not self.keep(node, scope, kind, name, settled):
                return False
            settled.update((id(e), None) for e in _asked(node))
        return all(use in settled for use in used)

    def keep(self, node: Any, scope: Fn | None, kind: int, name: str, settled: dict[int, None]) -> bool:
        """Whether an assignment does nothing to the object, and under which names it keeps it."""
        targets, value = _assignment(node)
        for target in targets:
            settled[id(target)] = None
            if target[0] == F.E_ATTR and target[2] == self.part and _is_it(target[1], kind, name):
                return False
            if value is None or not _is_it(value, kind, name):
                continue
            settled[id(value)] = None
            if target[0] == F.E_ATTR:
                self.follow((_ATTRIBUTE, None, str(target[2])))
            elif target[0] == F.E_NAME:
                is_local = scope is not None and not _is_global(scope, target[1])
                self.follow((_LOCAL if is_local else _NAME, scope if is_local else None, str(target[1])))
            else:
                return False
        return True

    def pass_on(self, call: Any, number: int, keyword: str) -> bool:
        """Follow an argument to the functions that a call may mean; False where they cannot be told."""
        called = F.last_name(call[1])
        if call[1][0] == F.E_NAME and called in _HARMLESS:
            return True
        if not called or called in _KEEPERS or (called == "cast" and call[1][0] == F.E_NAME):
            return called == "cast"
        functions, classes = self.ev.program.called(called)
        is_sent = False
        for cls in classes:
            init = attributes.class_attribute(self.ev, cls, "__init__")
            if init is not None and init[1] and init[1][0].k == FUNC:
                functions = [*functions, init[1][0].a]
            elif keyword:
                self.follow((_ATTRIBUTE, None, keyword))
                is_sent = True
            else:
                return False
        if len(functions) > _MEANT:
            return False
        for fn in functions:
            params = _params(fn, call, number, keyword)
            if params is None:
                return False
            for param in params:
                self.follow((_LOCAL, fn, param))
                is_sent = True
        return is_sent


def _is_it(e: Any, kind: int, name: str) -> bool:
    """Whether an expression gives the object, or may do so."""
    if e.__class__ is not list or not e:
        return False
    tag, size = e[0], len(e)
    if tag == F.E_NAME and size == F.NAME_PARTS:
        return bool(kind in (_NAME, _LOCAL) and e[1] == name and e[2].__class__ is int)
    if tag == F.E_ATTR and size == F.ATTR_PARTS and e[1].__class__ is list and e[2].__class__ is str:
        return bool(kind in (_NAME, _ATTRIBUTE) and e[2] == name)
    if callers.is_call(e) and kind == _RESULT and F.last_name(e[1]) == name:
        return True
    return any(_is_it(inner, kind, name) for inner in _same(e))


def _same(e: Any) -> list[Any]:
    """The parts of an expression one of which is what it gives."""
    tag, size = e[0], len(e)
    if tag == F.E_BOOL and size == F.BOOL_PARTS and e[1].__class__ is str and e[2].__class__ is list:
        return list(e[2])
    if tag == F.E_IF and size == F.IF_PARTS and all(part.__class__ is list for part in e[1:]):
        return [e[2], e[3]]
    if tag == F.E_AWAIT and callers.is_await(e):
        return [e[1]]
    if callers.is_call(e) and F.last_name(e[1]) == "cast":
        return list(e[2][1:])
    return []


def _asked(node: Any) -> list[Any]:
    """The parts of a node that are only asked, shown or dropped."""
    tag, size = node[0], len(node)
    if tag == F.E_CMP and size == F.CMP_PARTS and node[2].__class__ is list and node[3].__class__ is list:
        return [node[1], *node[3]]
    if tag == F.S_IF and size == _STATEMENT_PARTS and node[1].__class__ is list and node[1][0].__class__ is list:
        return [test for test, _ in node[1]]
    if tag == F.E_IF and size == F.IF_PARTS:
        return [node[1]]
    if tag == F.S_WHILE and size == _WHILE_PARTS:
        return [node[1]]
    if tag == F.E_UNARY and size == F.NAME_PARTS:  # `not cache`, and `assert cache`
        return [node[1], node[2]]
    if tag == F.E_FSTR and size == F.STAR_PARTS and node[1].__class__ is list:
        return list(node[1])
    return [node[1]] if tag == F.S_EXPR and size == _STATEMENT_PARTS else []


def _assignment(node: Any) -> tuple[list[Any], Any]:
    """The targets of an assignment and its value; nothing for anything else."""
    if node[0] == F.S_ASSIGN and len(node) == F.ASSIGN_PARTS and node[1].__class__ is list:
        return [t for t in node[1] if t.__class__ is list and t], node[2]
    if node[0] == F.S_ANN and len(node) == F.ANN_PARTS and node[1].__class__ is list and node[1]:
        return [node[1]], node[3]
    return [], None


def _is_global(fn: Fn, name: str) -> bool:
    """Whether a function says of a name that it is none of its own."""
    return any(stmt[0] == F.S_GLOBAL and name in stmt[1] for stmt in F.statements(fn.body["body"]))


def _inside(fn: Fn) -> Iterator[tuple[Fn, list[Any]]]:
    """The scopes of a function and of those inside it."""
    yield fn, [fn.body["body"]]
    for other in fn.module.functions:
        outer = other.parent
        while outer is not None and outer is not fn:
            outer = outer.parent
        if outer is fn:
            yield other, [other.body["params"], other.body["decorators"], other.body["body"]]


def _mentioning(ev: Evaluator, name: str) -> Iterator[tuple[Fn | None, list[Any]]]:
    """The scopes of the project that a name stands in."""
    for module in ev.program:
        for slot in module.facts.mentions(f'"{name}"'):
            yield (module.functions[slot - 1] if 0 < slot <= len(module.functions) else None), module.scope(slot)


def _params(fn: Fn, call: Any, number: int, keyword: str) -> list[str] | None:
    """The parameters that an argument may be, none where the function cannot be meant; None where it goes to one of any number."""
    params = fn.body["params"]
    if keyword:
        if any(p[0] == keyword and p[1] in ("a", "k") for p in params):
            return [keyword]
        return None if any(p[1] == "**" for p in params) else []
    if any(e[0] == F.E_STAR for e in call[2][:number]):
        return None
    numbers = [number]
    if fn.owner is not None and "staticmethod" not in {F.last_name(d) for d in fn.body["decorators"]}:
        is_unbound = call[1][0] == F.E_ATTR and F.last_name(call[1][1])[:1].isupper()
        numbers = [number, number + 1] if is_unbound else [number + 1]
    placed = [p[0] for p in params if p[1] in ("/", "a")]
    if any(n >= len(placed) for n in numbers) and any(p[1] == "*" for p in params):
        return None
    return [placed[n] for n in numbers if n < len(placed)]


__all__ = ["is_handed"]
