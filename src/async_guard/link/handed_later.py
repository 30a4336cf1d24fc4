"""Parts of an object that only a method hands over, and that this one is never given: ``cache.attach(store)`` is said of other caches.

Objects of one class are told apart by what their constructors were given. A part left out there, ``None`` so far, may be handed over later by a
method (``def attach(self, store): self.store = store``), or be written by anybody. For an object that a module, a class or another object keeps
under a name, what the project does with things of that name says whether that ever happens: nothing is handed over where it is only asked
(``cache.get(key)``), compared, or kept under another name or handed to functions that do the same with it (`whereabouts`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from async_guard.link import attributes, callers, whereabouts
from async_guard.link.frames import Site
from async_guard.link.program import Class, Fn, Module
from async_guard.link.values import FUNC, LACKS, MORE, VS, V
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator


def missing(ev: Evaluator, cls: Class, given: tuple[tuple[str, VS], ...], site: Site) -> tuple[str, ...]:
    """The parts that an object which is being made never gets."""
    late = _late(ev, cls)
    if not late:
        return ()
    left = {name: methods for name, (param, methods) in late.items() if not any(key == param for key, _ in given)}
    kept_as = _kept_as(site) if left else ""
    return tuple(name for name, methods in left.items() if kept_as and not _is_handed(ev, kept_as, name, methods))


def _late(ev: Evaluator, cls: Class) -> dict[str, tuple[str, frozenset[str]]]:
    """The parts that a constructor may be left without and methods hand over -> the constructor's parameter, and what the methods are called."""
    found: dict[str, tuple[str, frozenset[str]]] | None = cls.cache.get("late parts")
    if found is None:
        cls.cache["late parts"] = {}
        init = attributes.class_attribute(ev, cls, "__init__")
        maker: Fn | None = init[1][0].a if init is not None and init[1] and init[1][0].k == FUNC else None
        found = _late_of(ev, cls, maker) if maker is not None else {}
        if found and _is_let_out(ev, cls, {name for _, methods in found.values() for name in methods}):
            found = {}
        cls.cache["late parts"] = found
    return found


def _late_of(ev: Evaluator, cls: Class, maker: Fn) -> dict[str, tuple[str, frozenset[str]]]:
    optional = {p[0] for p in maker.body["params"] if p[3] is not None and p[3][0] == F.E_CONST and p[3][1] is None}
    out: dict[str, tuple[str, frozenset[str]]] = {}
    for stmt in maker.body["body"]:
        name, value = _own_assignment(stmt, maker)
        if not name or value is None or value[0] != F.E_NAME or value[1] not in optional:
            continue
        others = [
            fn for c in attributes.mro(ev, cls) if isinstance(c, Class) for fn in attributes.writers(c, name) if fn is not maker
        ]  # fmt: skip
        if not all(_hands_over(fn, name) for fn in others):
            continue  # it makes the part itself, when that is first asked for
        if others or ev.program.attribute_writers(name, cls.module):
            out[name] = (value[1], frozenset(fn.name for fn in others))
    return out


def _own_assignment(stmt: Any, fn: Fn) -> tuple[str, Any]:
    """The attribute of its own object that a statement assigns, and the value."""
    target, value = None, None
    if stmt[0] == F.S_ASSIGN and len(stmt[1]) == 1:
        target, value = stmt[1][0], stmt[2]
    elif stmt[0] == F.S_ANN:
        target, value = stmt[1], stmt[3]
    own = fn.body["params"][0][0] if fn.body["params"] else ""
    if target is None or target[0] != F.E_ATTR or target[1][0] != F.E_NAME or target[1][1] != own:
        return "", None
    return str(target[2]), value


def _hands_over(fn: Fn, name: str) -> bool:
    """Whether a method gives its object a part that it is handed itself."""
    params = {p[0] for p in fn.body["params"][1:]}
    written = [node for node in callers.parts([fn.body["body"]]) if _is_write(node, name)]
    return bool(written) and fn.name != "__init__" and all(_value(node) in params for node in written)


def _is_write(node: Any, name: str) -> bool:
    if node[0] == F.S_ASSIGN and len(node) == F.ASSIGN_PARTS and node[1].__class__ is list:
        return any(target[0] == F.E_ATTR and target[2] == name for target in node[1])
    return bool(
        node[0] == F.S_ANN and len(node) == F.ANN_PARTS and node[1].__class__ is list and node[1][:1] == [F.E_ATTR]
        and node[1][2] == name
    )  # fmt: skip


def _value(node: Any) -> str:
    value = node[2] if node[0] == F.S_ASSIGN else node[3]
    return str(value[1]) if value is not None and value[0] == F.E_NAME else ""


def _is_let_out(ev: Evaluator, cls: Class, methods: set[str]) -> bool:
    """Whether a method of the class gives its own object to somebody else, or hands parts over to it itself."""
    for c in attributes.mro(ev, cls):
        for fn in c.module.functions if isinstance(c, Class) else ():
            outer: Fn = fn
            while outer.owner is None and outer.parent is not None:
                outer = outer.parent
            params = outer.body["params"] if outer.owner is c and not _is_of_class(outer) else ()
            if not params or params[0][1] not in ("/", "a"):
                continue
            if _is_given_away([fn.body["body"], fn.body["params"]], params[0][0], frozenset(methods)):
                return True
    return False


def _is_of_class(fn: Fn) -> bool:
    """Whether a function in a class is handed no object of it."""
    return any(F.last_name(d) in ("staticmethod", "classmethod") for d in fn.body["decorators"])


def _kept_as(site: Site) -> str:
    """The name that a module, a class or an object keeps what a call makes under; empty where that is not written at once."""
    module = site.frame.module
    kept: dict[int, str] | None = module.kept_as
    if kept is None:
        kept = module.kept_as = {}
        for body, is_outer in _bodies(module):
            for node in callers.parts([body]):
                target, value = _stored(node)
                if target is not None and value[0] == F.E_CALL and (is_outer or target[0] == F.E_ATTR):
                    kept[value[4]] = F.last_name(target)
    return kept.get(site.pos, "")


def _bodies(module: Module) -> list[tuple[Any, bool]]:
    outer = [module.body, *(cls.body["body"] for cls in module.classes)]
    return [*((body, True) for body in outer), *((fn.body["body"], False) for fn in module.functions)]


def _stored(node: Any) -> tuple[Any, Any]:
    """The one target of an assignment and its value."""
    if node[0] == F.S_ASSIGN and len(node) == F.ASSIGN_PARTS and node[1].__class__ is list and len(node[1]) == 1:
        return node[1][0], node[2]
    if node[0] == F.S_ANN and len(node) == F.ANN_PARTS and node[1].__class__ is list and node[3] is not None:
        return node[1], node[3]
    return None, None


def _is_handed(ev: Evaluator, name: str, part: str, methods: frozenset[str]) -> bool:
    """Whether somebody may hand a part to what is kept under a name, or gives that away so that nobody can tell."""
    key = (name, part, methods)
    found: bool | None = ev.program.handed.get(key)
    if found is None:
        found = ev.program.handed[key] = whereabouts.is_handed(ev, name, part, methods)
    return found


def _is_given_away(body: list[Any], own: str, methods: frozenset[str]) -> bool:
    """Whether code gives what has a local name to somebody else, or hands a part to it.

    Args:
        body: statements.
        own: the name.
        methods: those that hand a part over.
    """
    used: dict[int, None] = {}
    harmless: dict[int, None] = {}
    for node in callers.parts(body):
        tag, size = node[0], len(node)
        if _is_named(node, own):
            used[id(node)] = None
        elif tag == F.E_ATTR and size == F.ATTR_PARTS and node[1].__class__ is list and _is_named(node[1], own):
            if node[2] in methods:
                return True
            harmless[id(node[1])] = None
        elif tag == F.E_CMP and size == F.CMP_PARTS and node[2].__class__ is list:
            harmless.update((id(e), None) for e in (node[1], *node[3]) if e.__class__ is list)
    return any(use not in harmless for use in used)


def _is_named(e: Any, name: str) -> bool:
    return bool(e[0] == F.E_NAME and len(e) == F.NAME_PARTS and e[1] == name and e[2].__class__ is int)


def is_told(v: V) -> bool:
    """Whether it is known what an object was made with."""
    return v.b is not None and not (v.b and v.b[0][0] == MORE and v.b[-1][0] == LACKS)


def lacks(v: V, name: str) -> bool:
    """Whether an object is known never to get this part."""
    if not v.b or v.b[-1][0] != LACKS:
        return False
    return any(part.a == name for part in v.b[-1][1])


__all__ = ["is_told", "lacks", "missing"]
