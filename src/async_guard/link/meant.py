"""Whether a call, as it is written, may mean a function of a module, where nobody has read the scope that it stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import names
from async_guard.link.values import EXT, FUNC, MODULE, VS, known
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator
    from async_guard.link.program import Fn, Module


def may_mean(ev: Evaluator, node: Any, fn: Fn, module: Module, scope: Fn | None) -> bool:
    """Whether a call of something of a function's name may mean the function.

    Args:
        ev: has read everything.
        node: the call.
        fn: the function.
        module: where the call stands.
        scope: the function that it stands in, None for the body of the module.
    """
    callee = node[1]
    if fn.owner is not None:
        return bool(callee[0] != F.E_NAME)
    if callee[0] == F.E_NAME:
        if module is fn.module:
            return True
        bound = module.bindings.get(callee[1], ())
        if not all(b.kind == "from" for b in bound):
            return False
        return not bound or _may_be(names.module_value(ev, module, callee[1]), fn)
    return callee[0] != F.E_ATTR or _may_be_of_module(ev, callee, fn, module, scope)


def _may_be(values: VS | None, fn: Fn) -> bool:
    """Whether one of some values may be a function: it is, may be what wraps it, or nobody knows what it is."""
    if not values or not known(values):
        return True
    return any(v.k != EXT and (v.k != FUNC or v.a is fn or _may_wrap(v.a)) for v in values)


def _may_wrap(fn: Fn) -> bool:
    """Whether a function is one that another function or a decorator has made, which may stand for any."""
    return fn.parent is not None or bool(fn.body["decorators"])


def _may_be_of_module(ev: Evaluator, callee: Any, fn: Fn, module: Module, scope: Fn | None) -> bool:
    """Whether an attribute may be a function at module level: where its base may be a module, or others are given such an attribute."""
    if ev.program.attribute_writers(callee[2]):
        return True
    base = callee[1]
    root = base
    while root[0] == F.E_ATTR:
        root = root[1]
    if root[0] != F.E_NAME:
        return False  # what a call gives
    bound = module.bindings.get(root[1], ())
    if not bound or not all(b.kind in ("import", "from") for b in bound):
        return _loads_modules(module) or (scope is not None and root[1] in _imported(scope.body["body"]))
    if base is not root:
        return True
    values = names.module_value(ev, module, root[1])
    if not values or not known(values):
        return True
    modules = [v.a for v in values if v.k == MODULE]
    return any(_may_be(names.member(ev, each, callee[2]), fn) for each in modules)


def _loads_modules(module: Module) -> bool:
    """Whether a file loads modules by names that it makes up, so that variables hold some."""
    return not _LOADERS.isdisjoint(module.facts.calls)


def _imported(body: list[Any]) -> set[str]:
    """The names that imports inside a function bind."""
    found: set[str] = set()
    for stmt in F.statements(body):
        if stmt[0] == F.S_IMPORT:
            found.update(each[0] for each in stmt[1])
        elif stmt[0] == F.S_FROM:
            found.update(each[1] for each in stmt[3])
    return found


_LOADERS: Final = frozenset(("import_module", "module_from_spec", "__import__", "load_module", "run_path"))

__all__ = ["may_mean"]
