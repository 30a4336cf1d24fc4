"""Calls: what is called, under which arguments, in which thread, and what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import (
    agreed,
    attributes,
    containers,
    derived,
    factories,
    fields,
    given_back,
    handed_later,
    hints,
    keys,
    later,
    lent,
    library,
    memos,
    names,
    narrowing,
    natives,
    refusals,
    surely,
    texts,
    vouched,
    wrappers,
)
from async_guard.link.frames import CALL, NO_ARGS, Args, Frame, Site
from async_guard.link.frames import CORO as E_CORO
from async_guard.link.program import Binding, Class, Fn
from async_guard.link.values import (
    AWAITABLE,
    BOUND,
    CLASS,
    CONST,
    CORO,
    DECORATOR,
    DICT,
    EXT,
    EXTINST,
    EXTMETH,
    FUNC,
    GEN,
    INST,
    LACKS,
    MADE,
    MANAGER,
    MARK,
    MODULE,
    MORE,
    NOTHING,
    PARTIAL,
    PROPERTY,
    SEQ,
    SLOT,
    STATIC,
    SURE,
    UNKNOWN,
    VS,
    WRAP,
    V,
    known,
    union,
)  # fmt: skip
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator


def expression(ev: Evaluator, e: Any, fr: Frame, is_awaited: bool) -> VS:
    """A call as written."""
    callee_e = e[1]
    tag: int = callee_e[0]
    callee = ev.ev(callee_e, fr)
    alone = callee[0] if len(callee) == 1 else None
    args = arguments(
        ev, e, fr, alone if alone is not None and alone.k in _OURS else None,
        lazily=alone is not None and ev.frameworks.pulls_items(alone),
    )  # fmt: skip
    site = Site(fr, e[4], e[5], e, awaited=is_awaited)
    for v in callee:
        if v.k == EXTMETH:
            fr.touch(v.a, v.b)
    if _all_unknown(callee):
        guessed = natives.guess(ev, callee_e, fr) if tag == F.E_ATTR else callee[0].b if callee else NOTHING
        if guessed:
            site.probable = True
            return call(ev, guessed, args, site)
        fr.leave_open(e[4], e[5], e, str(callee[0].a) if callee else "unknown")
        return ev.frameworks.unknown_call(ev, e, callee_e, args, site) or ev.values.why("result of an unresolved call")
    if ev.bound_when and len(callee) > 1:
        site.conditions = names.conditions(ev, callee_e, fr)
    if not is_awaited and len(callee) > 1 and _differ(ev, callee):
        site.later = later.is_awaited(fr.fn, e)
    since = len(fr.events)
    result = call(ev, callee, args, site)
    if fr.env is not None and (e[2] or e[3]) and _has_own(callee):
        _open_filled(ev, e, callee, fr)
        lent.give_back(ev, e, since, fr)
    if tag == F.E_SUB and any(v.k == CLASS for v in callee):
        result = hints.parametrized(ev, result, hints.of(ev, callee_e, fr))
    if is_awaited:
        if result and result[0].k == GEN and all(v.k == GEN and v.b for v in result):
            fr.mark(("async-generator", site, result))
    elif result:
        if len(callee) > 1:
            result = _sure(ev, callee_e, callee, result, fr)
        first = result[0]
        kind = first.k
        if kind == GEN:
            if all(v.k == GEN and v.b for v in result):
                fr.mark(("async-generator", site, result))
        elif kind == EXTINST or kind in _LAZY:  # nearly all others: nothing to await
            if (kind != EXTINST or narrowing.role(ev, first) == "awaitable") and all(
                v.k in _LAZY or (v.k == EXTINST and narrowing.role(ev, v) == "awaitable") for v in result
            ):
                fr.mark(("coroutine", site, result))
            elif kind == EXTINST and first.a in _FUTURES and all(v.k == EXTINST and v.a in _FUTURES for v in result):
                fr.mark(("future", site, result))
    return result


def _differ(ev: Evaluator, callee: VS) -> bool:
    """Whether some of what is called is asynchronous, and some a plain function."""
    return any(map(_is_synchronous, callee)) and any(_is_asynchronous(ev, v) for v in callee)


def _open_filled(ev: Evaluator, e: Any, callee: VS, fr: Frame) -> None:
    """Mappings handed to a function that puts something into them have entries that nobody can list from then on."""
    for number, a in enumerate(e[2]):
        tag: int = a[0]
        if tag == F.E_NAME:
            _open_if_filled(ev, a[1], None, number, callee, fr)
    for number, (keyword, a) in enumerate(e[3], start=len(e[2])):
        if a[0] == F.E_NAME:
            _open_if_filled(ev, a[1], keyword, number, callee, fr)


def _has_own(callee: VS) -> bool:
    """Whether a function of the project is among what is called: most calls are of libraries and builtins."""
    for v in callee:  # noqa: SIM110 - asked of every call
        if v.k == FUNC or v.k == BOUND:
            return True
    return False


def _open_if_filled(ev: Evaluator, name: str, keyword: str | None, number: int, callee: VS, fr: Frame) -> None:
    value: VS = fr.env.get(name, NOTHING)
    if _has_listed(value) and any(_fills(v, keyword, number) for v in callee):
        fr.env[name] = tuple(
            ev.values.dict(v.a, ev.values.unknown, v.c) if v.k == DICT and not v.b else v for v in value
        )


def _has_listed(value: VS) -> bool:
    """Whether a mapping is among the values whose entries are all known."""
    for v in value:  # noqa: SIM110 - a generator for every argument of every call is felt
        if v.k == DICT and v.a and not v.b:
            return True
    return False


def _fills(v: V, keyword: str | None, number: int) -> bool:
    """Whether a function puts something into the mapping that it is handed by a keyword or at a position."""
    func = v.b if v.k == BOUND else v
    if func.k != FUNC:
        return False
    fn: Fn = func.a
    if keyword is None:
        names = [p[0] for p in fn.body["params"] if p[1] in ("/", "a")][v.k == BOUND :]
        if number >= len(names):
            return False
        keyword = names[number]
    return fn.index in fn.module.facts.item_writes.get(keyword, ())


def _sure(ev: Evaluator, callee_e: Any, callee: VS, result: VS, fr: Frame) -> VS:
    """What a call gives, without what objects give that have no such method: the call raises for those."""
    missing = [v for v in callee if v.k == UNKNOWN]
    if (
        not missing
        or any(v.a != "attribute not found" for v in missing)
        or not all(_is_asynchronous(ev, v) for v in callee if v.k != UNKNOWN)
    ):
        return result
    if callee_e[0] != F.E_ATTR or callee_e[1][0] not in (F.E_NAME, F.E_ATTR):
        return result
    receivers = ev.ev(callee_e[1], fr)
    if not all(v.k == INST and _is_plain_class(ev, v.a) for v in receivers if not (v.k == CONST and v.a is None)):
        return result
    return tuple(v for v in result if v.k != UNKNOWN)


def _is_plain_class(ev: Evaluator, cls: Class) -> bool:
    """Whether a class has what its own body and those of its bases say, and nothing that a decorator or a metaclass may add."""
    return all(
        isinstance(c, Class) and not c.body["keywords"] and all(_word(d) in _ADDING_NONE for d in c.body["decorators"])
        for c in attributes.mro(ev, cls)
        if c not in ("builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "pydantic.BaseModel")
    )


_ADDING_NONE: Final = frozenset(("dataclass", "final", "runtime_checkable", "total_ordering"))


def _word(e: Any) -> str:
    """The last name of a decorator."""
    return F.last_name(e[1] if e[0] == F.E_CALL else e)


_FUTURES: Final = frozenset(("asyncio.Future", "asyncio.Task"))
_LAZY: Final = frozenset((CORO, AWAITABLE))
"""Values whose body runs only when somebody awaits them."""


def _all_unknown(callee: VS) -> bool:
    for v in callee:  # noqa: SIM110 - asked of every call
        if v.k != UNKNOWN:
            return False
    return True


def arguments(ev: Evaluator, e: Any, fr: Frame, callee: V | None = None, *, lazily: bool = False) -> Args:
    """Arguments in the order of evaluation.

    Args:
        ev: the evaluator.
        e: the call.
        fr: the frame it stands in.
        callee: the function of the project that is called, if it is known to be one.
        lazily: the callee pulls the items of iterators off the loop, later.
    """
    args = Args([], {}, e)
    for number, a in enumerate(e[2]):
        tag: int = a[0]
        if lazily and _is_lazy(a):
            fr.off_loop += 1
            args.positional.append(ev.ev(a, fr))
            fr.off_loop -= 1
        elif tag == F.E_STAR:
            value = ev.ev(a[1], fr)
            if len(value) == 1 and value[0].k == SEQ and value[0].b is not None:
                args.positional.extend(value[0].b)
            else:
                items = containers.iterate(ev, value, Site(fr, e[4], e[5], a[1]), False)
                args.more_positional = union(args.more_positional or NOTHING, items)
        elif tag == F.E_CALL and callee is not None and _takes_awaitable(callee, number, None):
            args.positional.append(expression(ev, a, fr, True))
        else:
            args.positional.append(ev.ev(a, fr))
    for name, a in e[3]:
        if a[0] == F.E_CALL and callee is not None and name is not None and _takes_awaitable(callee, 0, name):
            value = expression(ev, a, fr, True)
        else:
            value = ev.ev(a, fr)
        if name is not None:
            args.keywords[name] = value
            continue
        exact = bool(value) and all(v.k == DICT for v in value)
        if exact:
            for key, item in _by_name(ev, value).items():
                args.keywords.setdefault(key, item)
        other = union(*(v.b for v in value)) if exact else ev.values.unknown
        for v in value:
            if v.k == INST and (spread := containers.spread_out(ev, v, Site(fr, e[4], e[5], a))):
                other = union(tuple(x for x in other if x.k != UNKNOWN), spread)
        if other:
            args.more_keywords = union(args.more_keywords or NOTHING, other)
    return args


def _by_name(ev: Evaluator, value: VS) -> dict[str, VS]:
    """What a mapping, which may be one of several, gives the parameters of each name."""
    found: dict[str, VS] = {}
    for v in value:
        for key, item in v.a:
            if isinstance(key, str):
                found[key] = union(found.get(key, NOTHING), item)
    if len(value) > 1:
        for key, item in found.items():
            if any(all(key != other for other, _ in v.a) for v in value):
                found[key] = union(item, ev.values.unknown)  # one of them may leave it out
    return found


_OURS = frozenset((FUNC, BOUND))
_AWAITABLES = frozenset(("Awaitable", "Coroutine", "Future", "Task"))
"""Annotations of parameters for something to await."""


def _takes_awaitable(callee: V, number: int, name: str | None) -> bool:
    """Whether a function says that it takes something to await, by a name or at a position: a call there gives that, whatever else it may give."""
    func = callee.b if callee.k == BOUND else callee
    if func.k != FUNC:
        return False
    params = func.a.body["params"]
    if name is None:
        number += callee.k == BOUND
        positional = [p for p in params if p[1] in ("/", "a")]
        row = positional[number] if number < len(positional) else None
    else:
        row = next((p for p in params if p[0] == name), None)
    annotation = row[2] if row is not None else None
    return annotation is not None and annotation[0] == F.E_SUB and F.last_name(annotation[1]) in _AWAITABLES


def _is_lazy(e: Any) -> bool:
    """An iterator that computes its items when they are asked for."""
    if e[0] == F.E_COMP:
        return e[1] == "gen" and not any(generator[3] for generator in e[2])
    return e[0] == F.E_CALL and e[1][0] == F.E_NAME and e[1][1] in ("map", "filter")


def call(ev: Evaluator, callee: VS, args: Args, site: Site, *, lowered: bool = False) -> VS:
    """Call every alternative; what comes back is the union."""
    if len(callee) == 1:
        return call_one(ev, callee[0], args, site, lowered)
    if site.awaited and any(_is_asynchronous(ev, v) for v in callee):
        # Awaited where some alternatives are asynchronous: the synchronous ones are not what is called here.
        callee = tuple(
            v for v in callee if _is_asynchronous(ev, v) or not _is_synchronous(v) or _overrides_coroutine(ev, v)
        )
    if args.more_positional is None and args.more_keywords is None:
        # Of several, those that take what is passed: the others would raise and are not what is meant.
        callee = tuple(v for v in callee if _fits(ev, v, args)) or callee
    outer, site.choices = site.choices, max(site.choices, _targets(callee))
    try:
        return _call_each(ev, callee, args, site, lowered)
    finally:
        site.choices = outer


def _targets(callee: VS) -> int:
    """How many functions and classes of the project several alternatives are."""
    return len({_target(v) for v in callee if v.k != UNKNOWN and not (v.k == CONST and v.a is None)})


def _target(v: V) -> Any:
    while v.k in (BOUND, PARTIAL, WRAP) and isinstance(v.b if v.k != PARTIAL else v.a, V):
        v = v.b if v.k != PARTIAL else v.a
    return v.a if v.k in (FUNC, CLASS) else v


def _call_each(ev: Evaluator, callee: VS, args: Args, site: Site, lowered: bool) -> VS:
    if not site.conditions:
        return union(*(call_one(ev, v, args, site, lowered) for v in callee)) or ev.values.unknown
    out: VS = NOTHING
    conditions, site.conditions = site.conditions, {}
    for v in callee:
        receiver = v.a if v.k in (BOUND, EXTMETH) else v
        site.when = conditions.get(receiver, "")
        if not site.when and receiver.k == INST:
            site.when = conditions.get(ev.values.make(CLASS, receiver.a, None), "")
        out = union(out, call_one(ev, v, args, site, lowered))
    site.when = ""
    return out or ev.values.unknown


def _fits(ev: Evaluator, v: V, args: Args) -> bool:
    """Whether a function or class of the project can be called with these arguments; True where that is not known."""
    is_bound = v.k == BOUND
    func = v.b if is_bound else v
    if func.k == CLASS:
        found = attributes.class_attribute(ev, func.a, "__init__")
        if (
            found is None
            or attributes.class_attribute(ev, func.a, "__new__") is not None
            or attributes.is_enum(ev, func.a)
        ):
            return True
        func, is_bound = found[1][0], True
    while func.k == FUNC and isinstance(func.c, V) and wrappers.hands_all_on(func.a):
        func = func.c  # what it takes is what the function takes that it wraps
    if func.k != FUNC or func.c is not None:
        return True
    params = func.a.body["params"]
    if is_bound and params and params[0][1] in ("/", "a"):
        params = params[1:]
    kinds = [kind for _, kind, _, _ in params]
    positional = [p for p in params if p[1] in ("/", "a")]
    if len(args.positional) > len(positional) and "*" not in kinds:
        return False
    named = {p[0] for p in params if p[1] in ("a", "k")}
    if "**" not in kinds and not args.keywords.keys() <= named:
        return False
    left = [p for p in positional[len(args.positional) :] + [p for p in params if p[1] == "k"] if p[3] is None]
    return all(p[0] in args.keywords for p in left)


def _never_yields(v: V) -> bool:
    """Whether a function gives no generator, so that it is none of those that `contextmanager` is put on, where a call may mean several."""
    fn = v.b.a if v.k == BOUND and v.b.k == FUNC else v.a if v.k == FUNC else None
    if not isinstance(fn, Fn) or fn.is_lambda or fn.head.is_generator or fn.body["decorators"]:
        return False
    if fn.is_async:
        return True
    declared = F.last_name(fn.body["returns"]) if fn.body["returns"] is not None else ""
    if fn.body["returns"] is not None and fn.body["returns"][0] == F.E_SUB:
        declared = F.last_name(fn.body["returns"][1])
    return bool(declared) and not any(word in declared for word in _GENERATORS)


_GENERATORS: Final = ("Any", "object", "Generator", "Iter", "Manager", "Callable")
"""Words in what is declared to be given where it may be a generator."""


def _is_asynchronous(ev: Evaluator, v: V) -> bool:
    """Whether calling a value surely gives an awaitable."""
    if v.k == FUNC:
        return bool(v.a.is_async)
    if v.k == BOUND:
        return _is_asynchronous(ev, v.b)
    if v.k == PARTIAL:
        return _is_asynchronous(ev, v.a)
    if v.k == EXTMETH:
        found = ev.catalogue.method(v.a.a, v.b)
        return found is not None and (found[1].is_awaitable or (found[1].returns or ("",))[0] == "awaitable")
    return v.k == WRAP and v.a == "offload"


def _is_synchronous(v: V) -> bool:
    """Whether a value is a plain function of the project."""
    if v.k == BOUND:
        return _is_synchronous(v.b)
    if v.k == PARTIAL:
        return _is_synchronous(v.a)
    return v.k == FUNC and not v.a.is_async


def _overrides_coroutine(ev: Evaluator, v: V) -> bool:
    """Whether a plain method stands for a coroutine function of a base class: by mistake, whoever awaits the one calls the other."""
    fn: Fn | None = v.b.a if v.k == BOUND and v.b.k == FUNC else None
    if fn is None or fn.owner is None:
        return False
    inherited = [c.own_methods().get(fn.name) for c in attributes.mro(ev, fn.owner)[1:] if isinstance(c, Class)]
    return any(base is not None and base.is_async for base in inherited)


def call_one(ev: Evaluator, v: V, args: Args, site: Site, lowered: bool = False) -> VS:
    """Call one value."""
    ev.level += 1
    if ev.level > ev.levels:
        ev.too_deep()
    found = _call_one(ev, v, args, site, lowered)
    ev.level -= 1
    return found


def _call_one(ev: Evaluator, v: V, args: Args, site: Site, lowered: bool) -> VS:
    k = v.k
    if k == FUNC:
        return _function(ev, v, None, args, site, lowered)
    if k == BOUND:
        return _bound(ev, v, args, site if v.c is None else site.doubtful(), lowered)
    if k == CLASS:
        return instantiate(ev, v, args, site)
    if k == EXT:
        return library.call_name(ev, v, args, site)
    if k == EXTMETH:
        if v.b == "startswith" and v.a.c.__class__ is tuple and (told := texts.starts(ev, v.a, args)) is not None:
            return told
        return library.call_method(ev, v, args, site)
    if k == SLOT:
        return _slot(ev, v, args, site)
    if k == PARTIAL:
        merged = Args([*v.b, *args.positional], {**dict(v.c), **args.keywords}, args.expressions)
        merged.more_positional, merged.more_keywords = args.more_positional, args.more_keywords
        return call_one(ev, v.a, merged, site, lowered)
    if k == WRAP:
        return _wrap(ev, v, args, site, lowered)
    if k == STATIC and v.b == "static":
        return call_one(ev, v.a, args, site, lowered)
    if k == INST:
        found = attributes.special(ev, v, "__call__")
        if found:
            return call(ev, found, args, site)
        result = containers.dunder(ev, v, ("__call__",), site, args)
        return result if result is not None else ev.values.why("call of an object")
    if k == EXTINST:
        result = library.special(ev, v, "__call__", args, site)
        return result if result is not None else ev.values.why("call of a library object")
    if k == DECORATOR and isinstance(v.a, tuple) and v.a[0] == "implementation":
        return register_implementation(ev, v.a[1], v.a[2], args.positional[0] if args.positional else NOTHING)
    if k == DECORATOR:
        target = args.positional[0] if args.positional else NOTHING
        return ev.frameworks.decorated(ev, v, target, site) if isinstance(v.a, tuple) else wrapped(ev, v.a, target)
    if k == CONST and v.a is None:
        return NOTHING
    return ev.values.why(str(v.a) if k == UNKNOWN else "call of a value")


def _function(ev: Evaluator, v: V, self_value: V | None, args: Args, site: Site, lowered: bool) -> VS:
    fn: Fn = v.a
    if self_value is None and fn.owner is not None and (args.positional or args.more_positional):
        self_value, args = _explicit_self(ev, fn, args)
    contract = fn.head.contract or ev.contracts.get(fn.dotted, "")
    if contract == "runs-in-thread":
        site = site.running("worker")
    if fn.module.library:
        if ev.library_frames >= LIBRARY_LIMIT:
            return ev.values.why("library too large")
        if not site.frame.module.library:
            site = site.doubtful()
    same = args.expressions is not None and args.expressions is site.node
    told = agreed.told(site.frame.fn, site.node, fn) if same else ()
    if same and surely.optional(fn):
        values = ev.bound(fn, self_value, args)
        told = (*told, *((name, True) for name in surely.passed(site.frame, site.node, fn, values)))
    frame = ev.frame(v, self_value, args, told, site.frame)
    if frame.only_tested and not site.frame.module.is_test:
        frame.only_tested = False
    is_over = site.awaited if fn.is_async else site.on == "now"
    if same and site.choices == 1 and is_over and not site.probable and vouched.checks(fn):
        site.frame.vouched = (site.node, fn, self_value is not None)
    if fn.head.is_generator:
        return (ev.values.make(GEN, frame, fn.is_async),)
    if fn.is_async:
        if site.on == "worker" and not site.awaited:
            site.frame.mark(("offloaded-coroutine", site, frame))
        ev.edge(E_CORO, frame, site)
        if site.awaited and fn.never_returns():
            _ends(site)
        coroutine: VS = (ev.values.make(CORO, frame),)
        return (ev.values.make(AWAITABLE, ev.result(frame)),) if contract == "runs-in-thread" else coroutine
    if (site.awaited and _cannot_be_awaited(ev, v, frame, site)) or (site.later and _is_not_meant(ev, frame, site)):
        return ev.values.why("awaited value")
    if contract == "blocking":
        ev.sink(ev.contract_effect(fn.dotted), fn.dotted, site)
    elif (contract != "nonblocking" and not fn.head.allows) or fn.head.allows:
        ev.edge(CALL, frame, site, lowered=lowered)
    if fn.never_returns():
        _ends(site)
    if site.on == "now" and site.choices <= 1 and refusals.refuses_loop(fn):
        site.frame.refused = site.node
    result = given_back.only_own(fn, args, self_value is not None, ev.result(frame))
    on_loop = site.awaited or (site.frame.fn is not None and site.frame.fn.is_async)
    if frame.asks_for_loop and not on_loop and any(v.k == CORO for v in result):
        # `return coroutine() if loop_runs() else plain()`: whoever calls it off the loop has no coroutine to forget.
        result = union(result, ev.values.why("depends on whether a loop runs"))
    return _from_library(ev, result) if fn.module.library and not site.frame.module.library else result


def _ends(site: Site) -> None:
    """The code behind a call does not run if the one function that is called always raises."""
    if site.choices == 1 and site.on == "now" and not site.probable:
        site.frame.ended = site.pos


def _from_library(ev: Evaluator, result: VS) -> VS:
    """What a library's function gives as far as the project may rely on it: which objects, not which answers.

    A constant would decide the project's conditions, by one reading of code that was not written to be read with it.
    """
    kept = tuple(v for v in result if v.k != CONST)
    return kept if len(kept) == len(result) else union(kept, ev.values.why("answer of a library"))


LIBRARY_LIMIT = 8_000  # not `Final`: compiled code would keep the number, whatever a test sets
"""Functions of libraries that are read under some arguments in one run; calls of further ones stay open."""
_NEVER_AWAITABLE: Final = frozenset((CONST, SEQ, DICT, FUNC, BOUND, CLASS, GEN))


def _cannot_be_awaited(ev: Evaluator, v: V, frame: Frame, site: Site) -> bool:
    """Whether awaiting what a handed-over plain function returns must fail: then another function is meant at this place."""
    callee = site.node[1] if site.node is not None and site.node[0] == F.E_CALL else None
    if callee is None:
        return False
    result = ev.result(frame)
    if callee[0] == F.E_NAME and callee[1] in site.frame.handed():
        return not any(
            r.k in (CORO, AWAITABLE)
            or (r.k == INST and _has_await(ev, r))
            or (r.k == EXTINST and not r.a.startswith("builtins."))
            for r in result
        )
    stored = callee[0] in (F.E_ATTR, F.E_SUB) and v.a.owner is None
    return stored and all(r.k in _NEVER_AWAITABLE or (r.k == INST and _is_only_made(ev, r, _AWAITED)) for r in result)


def _is_not_meant(ev: Evaluator, frame: Frame, site: Site) -> bool:
    """Whether a plain function gives nothing that a later statement could await or go through by ``async for``, where others called here do."""
    result = ev.result(frame)
    if site.node[1][0] == F.E_NAME:
        return not any(
            r.k in (CORO, AWAITABLE) or (r.k == GEN and r.b) or (r.k == INST and not _is_only_made(ev, r, _USED_LATER))
            or (r.k == EXTINST and not r.a.startswith("builtins."))
            for r in result
        )  # fmt: skip
    return all(
        (r.k in _NEVER_AWAITABLE and not (r.k == GEN and r.b)) or (r.k == INST and _is_only_made(ev, r, _USED_LATER))
        for r in result
    )


_AWAITED: Final = ("__await__", "__aenter__", "__getattr__")
"""What an object has of which something stands behind ``await`` or ``async with``."""
_USED_LATER: Final = (*_AWAITED, "__aiter__")
"""What one has that a later statement awaits, enters, or goes through by ``async for``."""


def _is_only_made(ev: Evaluator, v: V, special: tuple[str, ...]) -> bool:
    """Whether an object of the project has none of some special methods, as far as all its bases are known."""
    return all(attributes.class_attribute(ev, v.a, name) is None for name in special) and all(
        base in attributes.PLAIN_BASES for base in attributes.library_bases(ev, v.a)
    )


def _has_await(ev: Evaluator, v: V) -> bool:
    """Whether an object of the project can be awaited."""
    return attributes.class_attribute(ev, v.a, "__await__") is not None or any(
        ev.catalogue.method(base, "__await__") is not None for base in attributes.library_bases(ev, v.a)
    )


def _explicit_self(ev: Evaluator, fn: Fn, args: Args) -> tuple[V | None, Args]:
    """``Class.method(instance, ...)``, or a wrapper that several methods share: only an instance of the class can be ``self``."""
    owner = fn.owner
    subject = args.positional[0] if args.positional else args.more_positional or NOTHING
    params = fn.body["params"]
    if owner is None or not params or params[0][1] not in ("/", "a"):
        return None, args
    nobody_knows = all(x.k == UNKNOWN for x in subject)
    if not nobody_knows and not any(x.k == INST or x.k == CLASS for x in subject):
        return None, args
    decorators = {_decorator_name(d) for d in fn.body["decorators"]}
    if "staticmethod" in decorators:
        return None, args
    kept = tuple(x for x in subject if x.k == INST and owner in attributes.mro(ev, x.a))
    if len(subject) == 1 and subject[0].k == CLASS:  # what decorates a class method hands its class on
        is_own = "classmethod" in decorators and owner in attributes.mro(ev, subject[0].a)
        receiver = subject[0] if is_own else None
    elif nobody_knows:  # a wrapper that is read before anybody is known to call it
        receiver = None if "classmethod" in decorators else ev.own_self(fn)
    else:
        receiver = kept[0] if len(kept) == 1 else ev.values.make(INST, owner, None, True) if len(subject) > 1 else None
    if receiver is None:
        return None, args
    rest = Args(args.positional[1:], args.keywords, args.expressions)
    rest.more_positional, rest.more_keywords = args.more_positional, args.more_keywords
    return receiver, rest


def _decorator_name(e: Any) -> str:
    return str(e[1]) if e[0] == F.E_NAME else ""


def _bound(ev: Evaluator, v: V, args: Args, site: Site, lowered: bool) -> VS:
    receiver, func = v.a, v.b
    if func.k == WRAP and func.a == "dispatch":
        return _dispatched(ev, func, receiver, args, site)
    if func.k == WRAP:
        inner = ev.values.make(BOUND, receiver, func.b) if isinstance(func.b, V) else func.b
        return call_one(ev, ev.values.make(WRAP, func.a, inner, func.c), args, site, lowered)
    if func.k != FUNC:
        return call_one(ev, func, _with_first(receiver, args), site, lowered)
    params = func.a.body["params"]
    if func.a.owner is not None and params and params[0][1] in ("/", "a"):
        return _function(ev, func, receiver, args, site, lowered)
    return _function(ev, func, None, _with_first(receiver, args), site, lowered)


def _with_first(receiver: V, args: Args) -> Args:
    out = Args([(receiver,), *args.positional], args.keywords, args.expressions)
    out.more_positional, out.more_keywords = args.more_positional, args.more_keywords
    return out


def _slot(ev: Evaluator, v: V, args: Args, site: Site) -> VS:
    receiver: V = v.b
    if receiver.k in (SEQ, DICT, CONST):
        node = args.expressions[1] if args.expressions is not None else None
        base = node[1] if node is not None and node[0] == F.E_ATTR else [F.E_OPAQUE, ""]
        return containers.native_method(ev, receiver, v.a, args, base, site)
    if receiver.k == MODULE and v.a != "get":
        return call(ev, attributes.get(ev, natives.module_items(ev, receiver, site), v.a, site), args, site)
    if receiver.k == MODULE:
        return natives.by_name(ev, receiver, args.positional[0] if args.positional else NOTHING, site)
    if receiver.k == INST:
        return derived.method(ev, receiver, v.a, args, site)
    if receiver.k == WRAP and receiver.a == "dispatch":
        first = args.positional[0] if args.positional else NOTHING
        if len(args.positional) > 1:
            return register_implementation(ev, receiver.b, first, args.positional[1])
        if first and all(x.k in (CLASS, EXT) for x in first):
            return (ev.values.make(DECORATOR, ("implementation", receiver.b, first)),)
        return register_implementation(ev, receiver.b, NOTHING, first)
    if receiver.k == GEN:
        if v.a in ("send", "__next__", "throw"):
            return containers.iterate(ev, (receiver,), site, False)
        if v.a in ("asend", "__anext__", "athrow"):
            if not receiver.b:
                return ev.values.unknown  # a plain generator has none of these
            return (ev.values.make(AWAITABLE, containers.iterate(ev, (receiver,), site, True)),)
        return ev.values.unknown
    if receiver.k == MANAGER:
        if v.a in ("__enter__", "__aenter__"):
            inner = containers.enter(ev, (receiver,), site, v.a == "__aenter__")
            return (ev.values.make(AWAITABLE, inner),) if v.a == "__aenter__" else inner
        return ev.values.unknown
    return ev.values.why("method of an opaque value")


def _wrap(ev: Evaluator, v: V, args: Args, site: Site, lowered: bool) -> VS:
    mode = v.a
    if mode == "returns":
        if v.c is not None:
            provide(ev, v, site, lowered)
        return v.b  # type: ignore[no-any-return]
    if mode == "missing":  # only reading an entry that is not there calls it
        return NOTHING
    if mode == "made":
        if v.b.a in ev.dressing and len(args.positional) == 4:
            attributes.put_namespace(ev, v.b.a, args.positional[3], site.frame)
        return (v.b,)
    if mode in ("methodcaller", "attrgetter", "itemgetter"):
        return _operated(ev, v, args, site)
    if mode == "dispatch":
        return _dispatched(ev, v, None, args, site)
    if mode == "replaced":
        return natives.replaced(ev, (v.b,), args, site)
    if mode in ("around", "around-call"):
        # A library's decorator that makes decorators: what they decorate is handed to the wrapper whenever it is called.
        return tuple(ev.values.make(WRAP, "adapted", f, (mode, v.b)) for f in (args.positional or [NOTHING])[0])
    inner: Any = v.b
    if mode == "partial":
        merged = Args([*v.c[0], *args.positional], {**dict(v.c[1]), **args.keywords}, args.expressions)
        merged.more_positional, merged.more_keywords = args.more_positional, args.more_keywords
        return call_one(ev, inner, merged, site, lowered)
    if mode == "adapted":
        return _adapted(ev, v, args, site)
    if mode == "within":
        is_async = not bool(v.c.k == MANAGER) and attributes.class_attribute(ev, v.c.a, "__aenter__") is not None
        is_async = is_async or bool(v.c.k == MANAGER and v.c.b)
        containers.enter(ev, (v.c,), site, is_async)
        result = call_one(ev, inner, args, site, lowered)
        containers.leave(ev, (v.c,), site, is_async, [])
        return result
    if mode == "newtype":
        return args.positional[0] if args.positional else ev.values.unknown
    if mode == "offload":
        result = call_one(ev, inner, args, site.running("worker"))
        return (ev.values.make(AWAITABLE, result),)
    if mode == "started":
        call_one(ev, inner, args, site.running("loop" if _is_asynchronous(ev, inner) else "worker"))
        return ev.values.why("work that was started")
    if mode == "sync":
        name = "async_to_sync" if v.c is None else v.c
        site.frame.mark(("runs-loop", site, site.frame.off_loop > 0, name, None, NOTHING))
        inner_site = Site(site.frame, site.pos, site.end, site.node, awaited=True, on=site.on, probable=site.probable)
        return awaited(ev, call_one(ev, inner, args, inner_site), site)
    if mode in ("manager", "amanager"):
        if _never_yields(inner):
            return ev.values.why("what is no generator and is entered as one")
        result = call_one(ev, inner, args, site)
        return tuple(ev.values.make(MANAGER, g, mode == "amanager") if g.k == GEN else g for g in result)
    if mode == "cached":
        return _cached(ev, inner, args, site, lowered)
    return call_one(ev, inner, args, site, lowered)


def provide(ev: Evaluator, provider: V, site: Site, lowered: bool = False) -> None:
    """Somebody asks a container's provider for an object: what makes it runs, and what makes that which it is made of."""
    keeps, makers, inner = provider.c
    fr = site.frame
    outer = fr.once
    fr.once = memos.wider(outer, True) if keeps else outer
    try:
        for each in inner:
            provide(ev, each, site, lowered)
        for maker in makers:
            call_one(ev, maker, NO_ARGS, site, lowered)
    finally:
        fr.once = outer


def _cached(ev: Evaluator, inner: V, args: Args, site: Site, lowered: bool) -> VS:
    """A function that keeps its results: it runs only the first time that it is asked for the same."""
    if lowered or not (args.positional or args.keywords):
        return call_one(ev, inner, args, site, True)
    for value in (*args.positional, *args.keywords.values()):
        containers.hashed(ev, value, site)
    fr = site.frame
    outer, kept = fr.once, keys.kept_for(ev, inner, args, fr)
    fr.once = memos.wider(outer, kept)
    try:
        return call_one(ev, inner, args, site, kept is True)
    finally:
        fr.once = outer


def _adapted(ev: Evaluator, v: V, args: Args, site: Site) -> VS:
    """A function that a library's decorator wrapped: the wrapper gets the function, and its arguments as a library hands them on."""
    how, wrapper = v.c
    if how == "around-call":
        return call_one(ev, wrapper, _with_first(v.b, args), site)
    instance = (v.b.a,) if v.b.k == BOUND else (ev.values.none,)
    exact = tuple(args.positional) if args.more_positional is None else None
    rest = ev.values.seq("tuple", exact, union(*args.positional, args.more_positional or NOTHING))
    named = ev.values.dict(tuple(args.keywords.items()), args.more_keywords or NOTHING)
    return call_one(ev, wrapper, Args([(v.b,), instance, (rest,), (named,)], {}), site)


def register_implementation(ev: Evaluator, generic: V, classes: VS, value: VS) -> VS:
    """``@generic.register(Class)``: one more implementation, by the class given or the annotation of its first parameter."""
    for f in value:
        if f.k == FUNC:
            wanted = classes
            if not wanted:
                params = [p for p in f.a.body["params"] if p[1] in ("/", "a")][1 if f.a.owner is not None else 0 :]
                hint = params[0][2] if params else None
                declared = (
                    hints.of(ev, hint, ev.definition_frame(f.a, f.a.module.frame)) if hint is not None else NOTHING
                )
                wanted = tuple(
                    ev.values.make(CLASS, d.a, None) if d.k == INST else ev.values.ext(d.a)
                    for d in declared
                    if d.k in (INST, EXTINST)
                )
            ev.implementations.setdefault(generic, {})[(wanted, f)] = None
    return value


def _operated(ev: Evaluator, v: V, args: Args, site: Site) -> VS:
    """Calling what ``operator.methodcaller`` and its kin gave."""
    subject = args.positional[0] if args.positional else NOTHING
    if v.a == "itemgetter":
        return containers.item(ev, subject, v.b[0], containers.NO_EXPRESSION, site)
    found = subject
    for n in v.b[0][:1]:
        for part in n.a.split("."):
            found = attributes.get(ev, found, part, site)
    if v.a == "attrgetter":
        return found
    return call(ev, found, Args(list(v.b[1:]), dict(v.c)), site)


def _dispatched(ev: Evaluator, v: V, receiver: V | None, args: Args, site: Site) -> VS:
    """A generic function: the implementations registered for what the first argument may be, or all of them."""
    subject = args.positional[0] if args.positional else NOTHING
    plain: list[V] = [v.b]
    chosen: list[V] = []
    sure = bool(subject) and all(s.k != UNKNOWN for s in subject)
    for classes, function in ev.implementations.get(v.b, {}):
        answers = [narrowing.is_instance(ev, s, classes) for s in subject] if classes else [None]
        if True in answers or None in answers or not sure:
            chosen.append(function)
        if answers and all(a is True for a in answers):
            plain = []
    bound = [ev.values.make(BOUND, receiver, f) if receiver is not None else f for f in (*plain, *chosen)]
    return call(ev, tuple(dict.fromkeys(bound)), args, site)


def instantiate(ev: Evaluator, v: V, args: Args, site: Site) -> VS:
    """Call a project class."""
    cls: Class = v.a
    if attributes.is_enum(ev, cls):
        is_look_up = len(args.positional) == 1 and not args.keywords
        member = attributes.member_equal(ev, cls, args.positional[0] if is_look_up else NOTHING)
        if member is not None:
            return member
        missing = attributes.class_attribute(ev, cls, "_missing_") if args.positional else None
        for f in missing[1] if missing is not None else ():
            if f.k == STATIC and f.a.k == FUNC:
                call_one(ev, ev.values.make(BOUND, v, f.a), args, site)
        return (ev.values.make(INST, cls, None, False),)
    init = attributes.class_attribute(ev, cls, "__init__")
    init_fn = init[1][0] if init is not None and init[1] and init[1][0].k == FUNC else None
    blank = ev.values.make(INST, cls, None, False)
    if init_fn is not None:
        given, is_telling = _handed(ev, init_fn.a, ev.bound(init_fn.a, blank, args))
    else:
        given, is_telling = (
            factories.converted(ev, cls, fields.lasting(ev, cls, _fields(ev, cls, args), site), site),
            True,
        )
    if ev.frameworks.tracked_base(ev, cls) or (_makes_parts(site.frame) and containers.fills_its_own(ev, cls)):
        # Routers and applications of the project's own, and registries of modules and of classes, are told apart by where they are made.
        given = (*given, (MADE, (ev.values.const(f"{site.frame.module.path}:{site.pos}"),)))
    if init_fn is not None and args.expressions is site.node and site.node is not None and surely.optional(init_fn.a):
        objects = surely.passed(site.frame, site.node, init_fn.a, dict(given))
        if objects:
            given = (*given, (SURE, tuple(ev.values.const(name) for name in objects)))
    if init_fn is not None and (never := handed_later.missing(ev, cls, given, site)):
        given = (*given, (LACKS, tuple(ev.values.const(name) for name in never)))
    if init_fn is None:
        for field, value in given:
            ev.made_with[(cls, field)] = union(ev.made_with.get((cls, field), NOTHING), value)
    has_fields = init_fn is None and any(b[-1].annotation is not None for b in cls.bindings.values())
    instance = ev.values.make(INST, cls, given if given or (is_telling and (init_fn or has_fields)) else None, False)
    instance = ev.shallow(instance, 2)
    if site.frame.once is not True and site.on == "now" and not memos.is_singleton(ev, cls):
        makers = ev.makers.setdefault(cls, {})
        once = site.frame.once
        makers[site.frame] = once if makers.get(site.frame, once) is once else None
    maker = attributes.class_attribute(ev, cls, "__new__")
    if maker is not None and maker[1][0].k in (FUNC, STATIC):
        func = maker[1][0] if maker[1][0].k == FUNC else maker[1][0].a
        if func.k == FUNC:
            made = _function(ev, func, v, args, site, False)
            others = tuple(m for m in made if m.k == INST and m.a is not cls and cls in attributes.mro(ev, m.a))
            if others:
                return others  # it chooses which subclass the object is of
    for meta in attributes.metaclasses(ev, cls):
        caller = attributes.class_attribute(ev, meta, "__call__")
        for func in caller[1] if caller is not None else ():
            if func.k == FUNC:
                _function(ev, func, v, args, site, False)
    if init_fn is not None:
        _function(ev, init_fn, instance, args, site, False)
        for put in attributes.put_constructors(ev, cls) if ev.methods_replaced else ():
            _function(ev, put, instance, args, site, False)
    else:
        for base in attributes.library_bases(ev, cls):
            library.construct(ev, base, args, site)
        if derived.kind_of(ev, cls):
            derived.method(ev, instance, "__init__", args, site)
        factories.run(ev, instance, given, site)
        factories.check(ev, instance, given, site)
        post = attributes.class_attribute(ev, cls, "__post_init__") if attributes.is_dataclass(ev, cls) else None
        post = (
            post
            or attributes.class_attribute(ev, cls, "model_post_init")
            or attributes.class_attribute(ev, cls, "__attrs_post_init__")
        )
        if post is not None:
            call(ev, tuple(ev.values.make(BOUND, instance, f) for f in post[1] if f.k == FUNC), NO_ARGS, site)
    for hook in ev.frameworks.construction_hooks(ev, cls):
        if init_fn is None and (fields.is_left_out(ev, cls, hook, args) or factories.is_spared(ev, cls, hook, args)):
            continue
        ev.edge(CALL, ev.frame(hook, instance, None), site)
    ev.frameworks.built(ev, instance, args, site)
    return (instance,)


def _makes_parts(frame: Frame) -> bool:
    """Whether what a scope makes is there once in a module, or is a part of each object of a class: nobody else's is made there."""
    fn = frame.fn
    return fn is None or (fn.name == "__init__" and fn.owner is not None)


def _handed(ev: Evaluator, init: Fn, bound: dict[str, VS]) -> tuple[tuple[tuple[str, VS], ...], bool]:
    """What a constructor is handed, by parameter, and whether it tells something that arguments with constant defaults are left out.

    An argument that nobody knows is kept where its parameter has a default: the default is not what the object has.
    """
    given: list[tuple[str, VS]] = []
    is_telling = False
    for name, kind, _annotation, default in init.body["params"]:
        value = bound.get(name)
        if value is None:
            continue
        if not value:
            is_telling = is_telling or (default is not None and default[0] == F.E_CONST and kind not in ("*", "**"))
        elif known(value) or default is not None:
            given.append((name, value))
    return tuple(given), is_telling


def _fields(ev: Evaluator, cls: Class, args: Args) -> tuple[tuple[str, VS], ...]:
    """Arguments of a generated constructor, by field."""
    declared: list[str] = []
    for c in attributes.mro(ev, cls)[::-1]:
        if isinstance(c, Class):
            declared.extend(name for name, b in c.bindings.items() if b[-1].annotation is not None or _is_field(b[-1]))
    given = dict(zip(declared, args.positional, strict=False))
    given.update(args.keywords)
    for name in declared:
        if name[:1] == "_" and (shown := name.lstrip("_")) in given:
            given[name] = given.pop(shown)  # attrs names the parameter of a private field without its underscores
    out = tuple((name, ev.limited(value)) for name, value in given.items() if value)
    open_ended = args.more_positional is not None or args.more_keywords is not None
    return (*out, (MORE, NOTHING)) if open_ended else out


def _is_field(b: Binding) -> bool:
    """``x = attr.ib()``, ``x = field()``: a field that no annotation declares."""
    if b.kind != "value" or b.path or b.data[0] != F.E_CALL:
        return False
    callee = b.data[1]
    last = callee[1] if callee[0] == F.E_NAME else callee[2] if callee[0] == F.E_ATTR else ""
    return last in ("ib", "attrib", "field")


def awaited(ev: Evaluator, value: VS, site: Site) -> VS:
    """What ``await value`` gives."""
    out: list[VS] = []
    for v in value:
        if v.k == CORO:
            out.append(ev.result(v.a))
        elif v.k == AWAITABLE:
            out.append(v.a)
        elif v.k in (INST, EXTINST):
            result = containers.dunder(ev, v, ("__await__",), Site(site.frame, site.pos, site.end, site.node))
            if result is None:
                out.append(ev.values.why("awaited object"))
            else:
                generators = [g.a for g in result if g.k == GEN]
                if generators:
                    items = containers.iterate(ev, result, Site(site.frame, site.pos, site.end, site.node), False)
                    result = union(*[g.ret for g in generators]) if items else NOTHING
                out.append(result)
        elif v.k in (MANAGER, GEN, SEQ):
            out.append((v,))
        else:
            out.append(ev.values.why(str(v.a) if v.k == UNKNOWN else "awaited value"))
    return union(*out) or ev.values.unknown


def unwrapped(value: VS) -> VS:
    """The value itself, or what an awaitable gives (entering an asynchronous library context)."""
    return union(*(v.a if v.k == AWAITABLE else (v,) for v in value))


def _defined_at(value: VS) -> tuple[int, int]:
    """Where a definition stands whose decorator has no place of its own, as a lambda has none."""
    for v in value:
        if v.k == FUNC or v.k == CLASS:
            pos = v.a.head.line << 12 | (v.a.head.column - 1 if v.k == FUNC else 0)
            return pos, pos + 1
    return 0, 0


def decorate(ev: Evaluator, decorator: Any, value: VS, fr: Frame) -> VS:
    """A definition after one decorator."""
    if decorator[0] == F.E_ATTR and decorator[2] in ("setter", "deleter", "getter"):
        if decorator[1][0] != F.E_ATTR:
            return value
        inherited = tuple(v for v in ev.ev(decorator[1], fr) if v.k == PROPERTY)  # `@Base.name.setter`
        if decorator[2] == "getter":
            return tuple(ev.values.make(PROPERTY, v, False) for v in value) if inherited else value
        return inherited or value
    beside, ev.beside = ev.beside, []
    hits = ev.cycles
    found = ev.ev(decorator, fr)
    pos, end = _where(decorator)
    if not pos:
        pos, end = _defined_at(value)
    site = Site(fr, pos, end, decorator)
    for v in value if ev.beside else ():
        if v.k == FUNC:
            ev.companions.setdefault(v.a, {})[pos] = (site, tuple(ev.beside))
    ev.beside = beside
    if _all_unknown(found):
        if ev.cycles != hits:
            ev.decorated_early = True
            return value
        ev.frameworks.unknown_decorator(ev, decorator, value, site)
        return value
    out: list[VS] = []
    for d in found:
        special = natives.decorator(ev, d, value)
        if special is not None:
            out.append(special)
            continue
        if d.k == FUNC and d.a.counts.get(d.b, 0) >= ev.decorations:
            out.append(value)  # one reading for all that it decorates would take each for any other
            continue
        result = call_one(ev, d, Args([value], {}), site)
        if not result or _all_unknown(result) or _says_nothing(ev, result):
            ev.decorated_early |= ev.cycles != hits
            result = value
        out.append(result)
    made = _of_its_kind(value, union(*out)) or value
    ev.frameworks.decorates(value, made)
    return made


def _of_its_kind(value: VS, made: VS) -> VS:
    """Of the wrappers that a decorator may make, some asynchronous and some not, those that are what the function is: its code asks for that."""
    kinds = {v.a.is_async for v in value if v.k == FUNC}
    wrappers = {v: v.a.is_async for v in made if v.k == FUNC and v.b is not None and v not in value}
    if len(kinds) != 1 or len(set(wrappers.values())) != 2:
        return made
    return tuple(v for v in made if v not in wrappers or wrappers[v] in kinds)


def _says_nothing(ev: Evaluator, value: VS) -> bool:
    """Whether a decorator's result is nothing that is known, or only declared to be something that can be called."""
    return all(
        (v.k == CONST and v.a is None)
        or v.k == UNKNOWN
        or (v.k == EXTINST and ev.catalogue.method(v.a, "__call__") is None)
        or (v.k == WRAP and v.a == "returns")
        for v in value
    )


def _where(node: Any) -> tuple[int, int]:
    if node[0] == F.E_CALL:
        return node[4], node[5]
    if node[0] == F.E_ATTR:
        return node[3], node[4]
    return (node[2], node[2] + len(node[1])) if node[0] == F.E_NAME else (0, 0)


def probes_running_loop(body: list[Any], handler: Any = None) -> bool:
    """Whether a ``try`` body asks for the running loop, so that its handlers run only off the loop.

    Args:
        body: the statements.
        handler: the exceptions that a handler names; `get_event_loop` tells nothing but by ``RuntimeError``.
    """
    names = _PROBES
    if handler is not None and handler[0] == F.E_NAME and handler[1] == "RuntimeError":
        names = _PROBES | {"get_event_loop"}
    for stmt in body:
        value = stmt[1] if stmt[0] in (F.S_EXPR, F.S_RETURN) else stmt[2] if stmt[0] == F.S_ASSIGN else None
        if stmt[0] == F.S_ANN:
            value = stmt[3]
        if value is not None and value[0] == F.E_CMP:
            value = value[1]
        while value is not None and value[0] == F.E_CALL:
            callee = value[1]
            value = callee[1] if callee[0] == F.E_ATTR else None  # get_running_loop().is_running()
            name = callee[2] if callee[0] == F.E_ATTR else callee[1] if callee[0] == F.E_NAME else ""
            if name in names:
                return True
    return False


_PROBES: Final = frozenset(("get_running_loop", "current_task", "current_async_library", "get_current_task"))


def wrapped(ev: Evaluator, form: str, value: VS) -> VS:
    """Callables under a wrapper that the catalogue names."""
    if form == "property":
        return tuple(ev.values.make(PROPERTY, v, False) if v.k in (FUNC, WRAP, BOUND) else v for v in value)
    modes = {
        "offload": "offload", "sync": "sync", "back": "sync", "cmfactory": "manager", "acmfactory": "amanager", "cached": "cached",
        "around": "around", "around_call": "around-call", "started": "started",
    }  # fmt: skip
    if form == "hop":  # only what is no coroutine function goes to a thread
        plain = tuple(v for v in value if v.k == FUNC and not v.a.is_async)
        return (*wrapped(ev, "offload", plain), *(v for v in value if v not in plain))
    mode = modes.get(form)
    if mode is None:
        return value
    name = "from_thread.run" if form == "back" else None
    return tuple(
        ev.values.make(WRAP, mode, v, name) if v.k in (FUNC, BOUND, EXT, EXTMETH, PARTIAL, WRAP, CLASS, INST) else v
        for v in value
    )


__all__ = [
    "MARK",
    "PROPERTY",
    "arguments",
    "awaited",
    "call",
    "call_one",
    "decorate",
    "expression",
    "instantiate",
    "wrapped",
]
