"""Which scopes may call a function or write an attribute, told from how they are written, before any of them is read.

Reading a scope costs a thousand times what looking at it costs, and reads what it calls as well: a scope whose ``x.register(1)`` cannot mean
the function that is asked for must not be read for it.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes
from async_guard.link.program import Class, Fn, Module, Program
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_LITERALS: Final = frozenset((F.E_CONST, F.E_OPAQUE, F.E_SEQ, F.E_DICT, F.E_COMP, F.E_FSTR))
_BUILTIN: Final = frozenset(dir(builtins))
_DEFINES: Final = frozenset(("def", "class"))
_PLAIN: Final = frozenset((bool, int, float))


def takes(method: Fn, call: Any) -> bool:
    """Whether a method of an object can be called as a call is written; True where the call spreads its arguments."""
    positional, keywords = call[2], call[3]
    if any(a[0] == F.E_STAR for a in positional) or any(name is None for name, _ in keywords):
        return True
    params = method.body["params"]
    kinds = [kind for _, kind, _, _ in params]
    places = [p for p in params if p[1] in ("/", "a")][1:]
    if len(positional) > len(places) and "*" not in kinds:
        return False
    given = {name for name, _ in keywords}
    if "**" not in kinds and not given <= {p[0] for p in params if p[1] in ("a", "k")}:
        return False
    left = [p for p in places[len(positional) :] + [p for p in params if p[1] == "k"] if p[3] is None]
    return all(p[0] in given for p in left)


class Wanted:
    """What calls of one function look like.

    Args:
        ev: the evaluator.
        fn: the function that callers are looked for.
        name: the name it is called by: its own, or its class's for a constructor.
    """

    def __init__(self, ev: Evaluator, fn: Fn, name: str) -> None:
        self.ev = ev
        self.fn = fn
        self.names = {name, *ev.program.aliases(name)}
        self.owner = fn.owner
        self.makes = fn.name == "__init__" and fn.owner is not None
        self.is_method = fn.owner is not None and not self.makes
        params = fn.body["params"]
        self.most: int | None = sum(1 for p in params if p[1] in ("/", "a"))
        self.least = sum(1 for p in params if p[1] in ("/", "a") and p[3] is None)
        if self.owner is not None:
            self.least = max(0, self.least - 1)
        if any(p[1] == "*" for p in params):
            self.most = None
        self.keywords: frozenset[str] | None = frozenset(p[0] for p in params if p[1] in ("a", "k"))
        if any(p[1] == "**" for p in params):
            self.keywords = None
        # What a decorator leaves of a function may take other arguments than it does itself.
        self.changes = bool(fn.body["decorators"])

    def by(self, module: Module, user: int) -> bool:
        """Whether a function of a module may call it by its name."""
        scope = module.functions[user]
        found = sites(self.ev.program, scope)
        return any(self.means(call, scope) for name in self.names for call in found.get(name, ()))

    def means(self, call: Any, scope: Fn) -> bool:
        """Whether a call in a function may call it."""
        callee = call[1]
        if not (self.changes or self._takes(call)):
            return False
        if callee[0] == F.E_NAME:
            return self._by_name(callee[1], scope)
        return self._of_object(callee[1], scope) if self.is_method else self._of_module(callee[1], callee[2], scope)

    def _takes(self, call: Any) -> bool:
        """Whether the function takes as many arguments, of these names."""
        positional, keywords = call[2], call[3]
        starred = any(a[0] == F.E_STAR for a in positional)
        count = len(positional)
        if self.most is not None and count > self.most + (not starred and self.is_method):
            return False
        if self.keywords is not None and any(k[0] is not None and k[0] not in self.keywords for k in keywords):
            return False
        return starred or any(k[0] is None for k in keywords) or count + len(keywords) >= self.least

    def _by_name(self, name: str, scope: Fn) -> bool:
        module = scope.module
        if module is self.fn.module:
            return True
        if self.fn.parent is not None and not self.is_method:
            return name not in module.bindings
        bound = module.bindings.get(name)
        if bound is None:
            return bool(module.stars) or name not in _BUILTIN
        return any(b.kind not in _DEFINES for b in bound)

    def _of_module(self, base: Any, name: str, scope: Fn) -> bool:
        """Whether an attribute of this base may be a function or class at module level."""
        while base[0] == F.E_ATTR:
            base = base[1]
        if base[0] != F.E_NAME:
            return base[0] not in _LITERALS and self._is_attribute(name)
        bound = scope.module.bindings.get(base[1])
        if bound is not None and any(b.kind in ("import", "from") for b in bound):
            return True
        return (bound is None and not is_parameter(base[1], scope)) or self._is_attribute(name)

    def _is_attribute(self, name: str) -> bool:
        return bool(self.ev.program.attribute_writers(name)) or bool(self.ev.program.classes_with_method(name))

    def _of_object(self, base: Any, scope: Fn) -> bool:
        """Whether an attribute of this base may be a method of the class."""
        if base[0] in _LITERALS:
            return False
        own = scope.owner
        is_self = base[0] == F.E_NAME and own is not None and base[1] == _first(scope)
        if is_self or (base[0] == F.E_CALL and base[1][0] == F.E_NAME and base[1][1] == "super"):
            assert self.owner is not None
            return own is None or related(self.ev, own, self.owner)
        if base[0] == F.E_NAME:
            bound = scope.module.bindings.get(base[1])
            return bound is None or any(b.kind != "import" for b in bound)
        return True


def _first(scope: Fn) -> str:
    params = scope.body["params"]
    return str(params[0][0]) if params else ""


def is_parameter(name: str, scope: Fn | None) -> bool:
    """Whether a name is a parameter of a function, or of one around it."""
    while scope is not None:
        if any(p[0] == name for p in scope.body["params"]):
            return True
        scope = scope.parent
    return False


def related(ev: Evaluator, one: Class, other: Class) -> bool:
    """Whether an object of one class may also be one of another: by descent, or through a class below both."""
    if one is other or other in attributes.mro(ev, one) or one in attributes.mro(ev, other):
        return True
    return any(other in attributes.mro(ev, below) for below in attributes.subclasses(ev, one))


_SETTERS: Final = frozenset(("setattr", "__setattr__"))


class Puts:
    """What a function puts into attributes, as it is written.

    Attributes:
        on_others: names of attributes that are put on another object than ``self``; of no names if any may be put, by ``setattr``.
        constants: the same names with the plain value that is put there.
    """

    __slots__ = ("constants", "on_others")

    def __init__(self, scope: Fn) -> None:
        names: set[str] = set()
        self.constants: set[tuple[str, object]] = set()
        is_any = False
        for node in parts([scope.body["body"]]):
            if node[0] == F.E_ATTR and len(node) == F.ATTR_PARTS:
                if node[2].__class__ is str and not _is_self(node[1]):
                    names.add(node[2])
            elif is_call(node):
                is_any = is_any or F.last_name(node[1]) in _SETTERS
            elif _assigns_constant(node):
                put = [t for t in node[1] if t.__class__ is list and t[0] == F.E_ATTR]
                for name in {t[2] for t in put}:
                    if [t[1][:2] for t in put if t[2] == name] != [[F.E_NAME, "self"]]:
                        self.constants.add((name, node[2][1]))
        self.on_others: set[str] | None = None if is_any else names


def _is_self(base: Any) -> bool:
    return bool(base.__class__ is list and base and base[0] == F.E_NAME and base[1] == "self")


def _assigns_constant(node: Any) -> bool:
    return (
        node[0] == F.S_ASSIGN
        and len(node) == F.ASSIGN_PARTS
        and node[1].__class__ is list
        and node[2].__class__ is list
        and node[2][0] == F.E_CONST
        and node[2][1].__class__ in _PLAIN
    )


def _puts(program: Program, scope: Fn) -> Puts:
    found = program.puts.get(scope)
    if found is None:
        found = program.puts[scope] = Puts(scope)
    return found


def writes_others(program: Program, scope: Fn, name: str) -> bool:
    """Whether a function that assigns an attribute of this name may do so on another object than its own ``self``."""
    names = _puts(program, scope).on_others
    return names is None or name in names


def puts(program: Program, scope: Fn, name: str, value: object) -> bool:
    """Whether a function puts a plain constant into an attribute of another object than its own ``self``."""
    return (name, value) in _puts(program, scope).constants


def parts(todo: list[Any]) -> Iterator[Any]:
    """Every statement, expression and list of them inside some lists; these are used up."""
    while todo:
        node = todo.pop()
        if node:
            yield node
            todo += [part for part in node if type(part) is list]


def is_await(node: Any) -> bool:
    """Whether a part of a statement is an ``await``, and none of the statements that have the same tag."""
    return bool(node[0] == F.E_AWAIT and node[1].__class__ is list and node[1] and node[1][0].__class__ is int)


def is_call(node: Any) -> bool:
    """Whether one of the `parts`, or what an event stands for, is a call: ``return`` begins with the same number."""
    return node.__class__ is list and len(node) == F.CALL_PARTS and node[0] == F.E_CALL and node[1].__class__ is list


def is_use(node: Any, name: str) -> bool:
    """Whether one of the `parts` is a name or an attribute of this name."""
    if node[0] == F.E_NAME and len(node) == F.NAME_PARTS:
        return bool(node[1] == name)
    return bool(node[0] == F.E_ATTR and len(node) == F.ATTR_PARTS and node[2] == name)


def uses(program: Any, name: str) -> Iterator[tuple[Module, Any, Any]]:
    """Every use of a name in the project, with its module and the parts of its scope: the call whose callee it is, or None for any other use."""
    for module in program:
        for scope in module.mentioning(name):
            called: set[int] = set()
            others: list[int] = []
            for node in parts(list(scope)):
                if is_call(node) and F.last_name(node[1]) == name:
                    called.add(id(node[1]))
                    yield module, scope, node
                elif is_use(node, name):
                    others.append(id(node))
            if any(use not in called for use in others):
                yield module, scope, None


def sites(program: Program, scope: Fn | Module) -> dict[str, list[Any]]:
    """The calls written in a function, or in the body of a module, by the last name of what is called."""
    found: dict[str, list[Any]] | None = program.sites.get(scope)
    if found is None:
        found = {}
        program.sites[scope] = found
        if scope.body:  # which is decoded, and the calls in it noted, when somebody asks
            for node in scope.written:
                name = F.last_name(node[1])
                if name:
                    found.setdefault(name, []).append(node)
    return found
