"""Hooks: one call by name runs every function of that name that the project marked as an implementation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from async_guard.frameworks.plugins import FIRST_RESULT
from async_guard.link import calls, containers
from async_guard.link.frames import Args, Site
from async_guard.link.program import Fn
from async_guard.link.values import BOUND, EXTINST, FUNC, GEN, INST, VS, union
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator


def call(ev: Evaluator, marker: str, name: str, args: Args, site: Site) -> VS:
    """What calling a hook runs and gives: a list of what each implementation gives, or one of that if the hook says so."""
    given: list[VS] = []
    is_one = False
    for fn in _named(ev, name):
        is_one = is_one or any(
            d[0] == F.E_CALL and any(k == FIRST_RESULT for k, _ in d[3]) for d in fn.body["decorators"]
        )
        if not _is_marked(ev, fn, marker) or (fn.module.is_test and not site.frame.module.is_test):
            continue
        v = ev.values.make(FUNC, fn, None, None)
        if fn.owner is not None:
            v = ev.values.make(BOUND, ev.values.make(INST, fn.owner, None, False), v)
        # An implementation names those of the arguments that it wants.
        wanted = {p[0] for p in fn.body["params"]}
        passed = Args([], {key: value for key, value in args.keywords.items() if key in wanted})
        result = calls.call_one(ev, v, passed, site.unawaited())
        if any(x.k == GEN for x in result):
            containers.iterate(ev, result, site, False)  # one around all others
        else:
            given.append(result)
    results = union(*given) or ev.values.unknown
    return results if is_one else (ev.values.seq("list", None, results),)


def _named(ev: Evaluator, name: str) -> list[Fn]:
    """Decorated functions and methods of a name."""
    found: list[Fn] | None = ev.frameworks.hooked.get(name)
    if found is None:
        found = [fn for module in ev.program for fn in module.functions if fn.name == name and fn.body["decorators"]]
        ev.frameworks.hooked[name] = found
    return found


def _is_marked(ev: Evaluator, fn: Fn, marker: str) -> bool:
    return any(v.k == EXTINST and v.a == marker for d in fn.body["decorators"] for v in _decorator(ev, d, fn))


def _decorator(ev: Evaluator, e: Any, fn: Fn) -> VS:
    return ev.ev(e[1] if e[0] == F.E_CALL else e, fn.module.frame)
