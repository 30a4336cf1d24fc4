"""What a function that keeps its results is asked for: the same for the whole process, or something new with each request.

``load(settings.uri)`` behind ``lru_cache`` runs once, ``load(user)`` once for each user. An expression is settled if all of it is: literals, what
modules hold, attributes of these, and what the project's functions make of such parts, unless they ask a context variable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import names, narrowing
from async_guard.link.callers import is_call, parts, uses
from async_guard.link.doubts import given
from async_guard.link.memos import Once
from async_guard.link.program import Fn, Module
from async_guard.link.values import BOUND, CLASS, CONST, EXT, EXTINST, EXTMETH, FUNC, INST, MODULE, VS, WRAP, V
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator
    from async_guard.link.frames import Args, Frame

_FIXED: Final = frozenset((CONST, CLASS, FUNC, MODULE, EXT))
_OF_THE_PROCESS: Final = ("os.", "builtins.", "pathlib.")
"""Libraries whose functions give the same again where their arguments are the same."""
_OF_THE_REQUEST: Final = frozenset(("contextvars.ContextVar", "threading.local"))
_FUNCTIONS: Final = 40
"""Functions looked through for a context variable; who calls more of them is not taken to be settled."""
_DEPTH: Final = 6


def kept_for(ev: Evaluator, inner: V, args: Args, fr: Frame) -> Once:
    """For whom a call of a function that keeps its results runs only once."""
    receiver = inner.a if inner.k == BOUND else None
    found: Once = receiver.a if receiver is not None and receiver.k == INST else True
    e = args.expressions
    if e is None or args.more_positional is not None or args.more_keywords is not None or fr.fn is None:
        return None
    for part in (*e[2], *(value for _, value in e[3])):
        found = _both(found, _settled(ev, part, fr, 0))
        if found is None:
            return None
    return found


def _both(one: Once, other: Once) -> Once:
    """For whom something runs only once that needs two things to stay the same."""
    if one is True or one is other:
        return other
    return one if other is True else None


def _settled(ev: Evaluator, e: Any, fr: Frame, depth: int) -> Once:
    tag: int = e[0]
    if tag == F.E_CONST or tag == F.E_OPAQUE:
        return True
    if depth > _DEPTH:
        return None
    if tag == F.E_NAME:
        return _name(ev, e[1], fr, depth)
    if tag == F.E_ATTR:
        own = fr.self_value
        if own is not None and own.k == INST and e[1][0] == F.E_NAME and _is_self(fr, e[1][1]):
            return own.a  # type: ignore[no-any-return]
        return _settled(ev, e[1], fr, depth + 1)
    if tag == F.E_CALL:
        return _call(ev, e, fr, depth)
    if tag == F.E_BOOL or tag == F.E_SEQ:
        return _all(ev, e[2], fr, depth)
    if tag == F.E_FSTR:
        return _all(ev, e[1], fr, depth)
    if tag == F.E_IF:
        return _all(ev, e[1:4], fr, depth)
    return None


def _all(ev: Evaluator, several: Any, fr: Frame, depth: int) -> Once:
    found: Once = True
    for part in several:
        found = _both(found, _settled(ev, part, fr, depth + 1))
        if found is None:
            break
    return found


def _is_self(fr: Frame, name: str) -> bool:
    params: list[Any] = fr.fn.body["params"] if fr.fn is not None else []
    return bool(params) and params[0][0] == name and fr.env is not None and fr.env.get(name) == (fr.self_value,)


def _name(ev: Evaluator, name: str, fr: Frame, depth: int) -> Once:
    here = fr.env.get(name) if fr.env is not None else None
    if here and all(v.k in _FIXED for v in here):
        return True
    if name in fr.vars or fr.fn is None:
        made = narrowing.assigned(fr.fn, name) if fr.fn is not None else ()
        if not made and fr.fn is not None and _is_imported(fr.fn, name):
            return True  # what another module holds, by an import inside the function
        if not made and fr.fn is not None and _is_passed_settled(ev, fr.fn, name, depth):
            return True
        if not made or any(value is None for value in made):
            return None
        return _all(ev, made, fr, depth)
    return True if fr.holder(name) is None else None


def _is_passed_settled(ev: Evaluator, fn: Fn, name: str, depth: int) -> bool:
    """Whether every call of a function that is written anywhere passes something settled for a parameter, and nothing else uses the function."""
    if depth > _DEPTH or fn.owner is not None or fn.parent is not None or fn.body["decorators"]:
        return False
    if narrowing.is_bound_anew(fn, name) or not any(
        p[0] == name and p[1] in ("/", "a", "k") for p in fn.body["params"]
    ):
        return False
    key = (fn, name)
    found: bool | None = ev.settled.get(key)
    if found is None:
        ev.settled[key] = False  # while it is asked for: a function that calls itself
        found = ev.settled[key] = _is_settled_everywhere(ev, fn, name, depth)
    return found


def _is_settled_everywhere(ev: Evaluator, fn: Fn, name: str, depth: int) -> bool:
    if ev.program.aliases(fn.name):
        return False
    is_called = False
    for module, scope, call in uses(ev.program, fn.name):
        passed = _argument(fn, name, call) if call is not None else None
        by = _function_of(module, scope)
        if passed is None or by is None or not _is_settled_in(ev, passed, by, depth + 1):
            return False
        is_called = True
    return is_called


def _function_of(module: Module, scope: Any) -> Fn | None:
    """The function whose body is the last of the parts of a scope; None for the body of a module."""
    return next((fn for fn in module.functions if fn.body["body"] is scope[-1]), None)


def _argument(fn: Fn, name: str, call: Any) -> Any:
    """What a call passes for a parameter, as it is written; None where it spreads its arguments or passes none."""
    if any(a[0] == F.E_STAR for a in call[2]) or any(keyword is None for keyword, _ in call[3]):
        return None
    named = next((value for keyword, value in call[3] if keyword == name), None)
    places = [p[0] for p in fn.body["params"] if p[1] in ("/", "a")]
    at = places.index(name) if name in places else len(call[2])
    return call[2][at] if named is None and at < len(call[2]) else named


def _is_settled_in(ev: Evaluator, e: Any, fn: Fn, depth: int) -> bool:
    """The same as `_settled` for a function that may not have been read: by what is written alone."""
    tag: int = e[0]
    if tag == F.E_CONST:
        return True
    if tag == F.E_ATTR:
        return _is_settled_in(ev, e[1], fn, depth)
    if tag != F.E_NAME or depth > _DEPTH:
        return False
    name = e[1]
    if any(p[0] == name for p in fn.body["params"]):
        return _is_passed_settled(ev, fn, name, depth)
    if _is_imported(fn, name):
        return True
    is_local = any(name in given.bound(stmt) for stmt in fn.body["body"]) or fn.parent is not None
    return not is_local and name in fn.module.bindings


def _is_imported(fn: Fn, name: str) -> bool:
    """Whether all that a function binds a name to is what it imports by it; assignments are looked for elsewhere."""
    if any(p[0] == name for p in fn.body["params"]):
        return False
    todo, found = [fn.body["body"]], False
    while todo:
        for stmt in todo.pop():
            if stmt[0] == F.S_FROM:
                found = found or any(bound == name for _, bound in stmt[3])
            elif stmt[0] == F.S_WITH and any(item[1] is not None and F.last_name(item[1]) == name for item in stmt[1]):
                return False
            todo += F.blocks(stmt)
    return found


def _call(ev: Evaluator, e: Any, fr: Frame, depth: int) -> Once:
    if e[1][0] not in (F.E_NAME, F.E_ATTR):
        return None
    found = _all(ev, (*([e[1]] if e[1][0] == F.E_ATTR else []), *e[2], *(value for _, value in e[3])), fr, depth)
    if found is None:
        return None
    callee = narrowing.value_of(ev, e[1], fr)
    return found if callee and all(_gives_the_same(ev, v) for v in callee) else None


def _gives_the_same(ev: Evaluator, v: V) -> bool:
    """Whether a callable gives the same again for the same arguments, as long as the process lives."""
    while v.k == WRAP and isinstance(v.b, V):
        v = v.b
    if v.k == BOUND:
        return _gives_the_same(ev, v.b)
    if v.k == FUNC:
        return not v.a.is_async and not _asks_the_context(ev, v.a)
    if v.k == EXTMETH:
        return bool(v.a.a.startswith(_OF_THE_PROCESS))
    return v.k == CLASS or (v.k == EXT and bool(v.a.startswith(_OF_THE_PROCESS)))


def _asks_the_context(ev: Evaluator, fn: Fn) -> bool:
    """Whether a function, or one that it calls by name, asks for something that each request has of its own."""
    todo, seen = [fn], {fn}
    while todo:
        one = todo.pop()
        for node in parts([one.body["body"]]):
            if not is_call(node):
                continue
            callee = node[1]
            value = _of_module(ev, callee, one.module)
            if callee[0] == F.E_ATTR and any(
                v.k == EXTINST and v.a in _OF_THE_REQUEST for v in _of_module(ev, callee[1], one.module)
            ):
                return True
            for v in value:
                if v.k == FUNC and v.a not in seen:
                    seen.add(v.a)
                    todo.append(v.a)
        if len(seen) > _FUNCTIONS:
            return True
    return False


def _of_module(ev: Evaluator, e: Any, module: Module) -> VS:
    """What a name, or an attribute of a module, is where a module's functions use it."""
    if e.__class__ is not list:
        return ()
    if e[0] == F.E_NAME:
        return names.module_value(ev, module, e[1]) or ()
    if e[0] == F.E_ATTR and e[1][0] == F.E_NAME:
        base = names.module_value(ev, module, e[1][1]) or ()
        others = (ev.program.modules.get(v.a) for v in base if v.k == MODULE)
        return tuple(x for other in others if other is not None for x in names.module_value(ev, other, e[2]) or ())
    return ()
