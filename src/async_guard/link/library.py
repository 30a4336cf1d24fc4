"""Calls into libraries: the catalogue's knowledge applied to one call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes, calls, caught, containers, hints, idle, narrowing, natives, renaming, taken
from async_guard.link.frames import NO_ARGS, Args, Frame, Site
from async_guard.link.program import Class
from async_guard.link.values import (
    AWAITABLE,
    BOUND,
    CLASS,
    CONST,
    CORO,
    DICT,
    EXT,
    EXTINST,
    EXTMETH,
    FUNC,
    GEN,
    INST,
    NOTHING,
    PARTIAL,
    SEQ,
    UNKNOWN,
    VS,
    WRAP,
    V,
    union,
)  # fmt: skip
from async_guard.model import facts as F
from async_guard.model.catalogue import (
    LOOP_BOUND,
    ArgRef,
    ClassEntry,
    Condition,
    Effect,
    FunctionEntry,
    ModuleEntry,
    Run,
    ValueEntry,
)

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_CALLABLE: Final = frozenset((FUNC, BOUND, CLASS, EXT, EXTMETH, PARTIAL, WRAP, INST, EXTINST))


def call_name(ev: Evaluator, v: V, args: Args, site: Site) -> VS:
    """Call something outside the project by its dotted name."""
    name = v.a
    handler = natives.FUNCTIONS.get(name)
    if handler is not None:
        result = handler(ev, args, site)
        if result is not None:
            return result
    taken: VS | None = ev.frameworks.call(ev, name, None, args, site)
    if taken is not None:
        return taken
    entry = ev.catalogue.lookup(name) or ev.catalogue.lookup(ev.frameworks.known_as(name))
    if isinstance(entry, FunctionEntry):
        made = apply(ev, entry, entry.name, None, args, site)
        ev.frameworks.validated(ev, entry.name, made, site)
        return made
    if isinstance(entry, ClassEntry):
        # `async with AsyncClient()`: what is awaited is entering it; it was made before.
        construct(ev, entry.name, args, site.unawaited() if entry.is_async else site)
        if entry.is_async:
            _needs_loop(site, entry.name, LOOP_BOUND)
        return _constructed(ev, entry, args, site)
    if isinstance(entry, ValueEntry):
        return ev.values.unknown
    below = entry if isinstance(entry, ModuleEntry) else ev.catalogue.module_effect(name)
    if below is not None:
        ev.sink(below.effect, name, site)
        return ev.values.why("library value")
    last = name.rpartition(".")[2]
    if last[:1].isupper() and not last.isupper():
        return (ev.values.instance(name),)
    site.frame.leave_open(site.pos, site.end, site.node, f"not in the catalogue: {name}")
    return ev.values.why("library function")


def effect_of(ev: Evaluator, name: str, args: Args, site: Site) -> None:
    """Only the effect of a library function, for a call whose result is known better."""
    entry = ev.catalogue.lookup(name)
    if isinstance(entry, FunctionEntry):
        _judge(ev, entry.effect, entry.name, args, site)


def _constructed(ev: Evaluator, entry: ClassEntry, args: Args, site: Site) -> VS:
    here = (site.frame.module.path, site.pos)
    init = entry.methods.get("__init__")
    if init is not None:
        made = (
            next((case.returns for condition, case in init.cases if holds(ev, condition, args)), None) or init.returns
        )
        if made is not None:
            value = hints.build(ev, made, None, args, site)
            if not (entry.keeps or ev.frameworks.is_tracked(ev.catalogue, entry.name)):
                return value
            return tuple(ev.values.instance(v.a, v.b, here) for v in value)
    keeps = entry.keeps or entry.role or any(base.keeps for base in ev.catalogue.line(entry.name))
    tracked = keeps or ev.frameworks.is_tracked(ev.catalogue, entry.name)
    return (ev.values.instance(entry.name, (), here if tracked else None),)


def construct(ev: Evaluator, cls: str, args: Args, site: Site) -> None:
    """The effect of a library class's constructor."""
    found = ev.catalogue.method(cls, "__init__")
    if found is not None and "__init__" in found[0].methods:
        entry = found[1]
        _run_all(ev, entry, args, site)
        for condition, case in entry.cases:
            if holds(ev, condition, args):
                entry = case
                break
        if entry.iterates:
            _iterate_all(ev, entry, args, site)
        if entry.loop:
            _needs_loop(site, cls, entry.loop)
        if entry.role:
            site.frame.mark((entry.role, site, site.frame.off_loop > 0, cls, None))
        _judge(ev, entry.effect, cls, args, site)


def call_method(ev: Evaluator, v: V, args: Args, site: Site) -> VS:
    """Call a method of a library object."""
    receiver: V = v.a
    name: str = v.b
    if receiver.k == EXT:  # Class.method(instance, ...)
        cls = ev.catalogue.canonical(receiver.a)
        rest = Args(args.positional[1:], args.keywords, None)
        mine = args.positional[0] if args.positional else NOTHING
        same = (
            len(mine) == 1 and mine[0].k == EXTINST and (mine[0].a == cls or ev.catalogue.is_subclass(mine[0].a, cls))
        )
        receiver = mine[0] if same else ev.values.instance(cls)
        found = ev.catalogue.method(cls, name)
        if found is not None and (
            name.startswith("from_")
            or name in ("cwd", "home", "now", "connect", "create", "build", "open", "get", "fetch", "list")
        ):
            rest = args  # an alternative constructor or a call on the class itself
        args = rest if same or rest is args else args
    taken: VS | None = ev.frameworks.call(ev, name, receiver, args, site)
    if taken is not None:
        return taken

    remembered = natives.OBJECT_METHODS.get(f"{receiver.a}.{name}")
    if remembered is not None:
        result = remembered(ev, receiver, args, site)
        if result is not None:
            return result
    native = natives.METHODS.get(f"{receiver.a}.{name}")
    if native is not None:
        return native(ev, args, site) or ev.values.unknown
    found = ev.catalogue.method(receiver.a, name)
    if found is None:
        if ev.catalogue.class_entry(receiver.a) is None:
            site.frame.leave_open(site.pos, site.end, site.node, f"not in the catalogue: {receiver.a}")
        return ev.values.why("library method")
    if found[0].is_async:
        _needs_loop(site, f"{receiver.a}.{name}", LOOP_BOUND)
    # A class that nobody can import (one case of what a function returns) goes by the name of the one that describes the method.
    shown = found[0].name if receiver.a.rpartition(".")[2].startswith("_") else receiver.a
    made = apply(ev, found[1], f"{shown}.{name}", receiver, args, site, v.c)
    ev.frameworks.validated(ev, f"{found[0].name}.{name}", made, site)
    if v.c is not None:
        ev.frameworks.serialized(ev, f"{found[0].name}.{name}", v.c, site)
    return made


def special(ev: Evaluator, v: V, name: str, args: Args, site: Site, owner: V | None = None) -> VS | None:
    """A special method of a library object; None when the catalogue knows none.

    ``owner``: the project's object whose base class the library object stands for.
    """
    if f"{v.a}.{name}" in ev.frameworks.specs or (
        name in ("__getitem__", "__setitem__") and ev.frameworks.store_of(ev.catalogue, v.a)
    ):
        taken: VS | None = ev.frameworks.call(ev, name, v, args, site)
        return taken
    found = ev.catalogue.method(v.a, name)
    if found is None or name not in found[0].methods:
        return None
    entry = found[1]
    label = v.a if name in ("__iter__", "__enter__", "__next__") else f"{v.a}.{name}"
    if name in ("__aenter__", "__aiter__", "__anext__", "__await__") or entry.is_awaitable:
        return hints.build(ev, entry.returns, v, args, site)
    return apply(ev, entry, label, v, args, site, owner)


def part(ev: Evaluator, v: V, site: Site) -> VS:
    """What each part of a record of a library is, taken apart like a tuple; nothing where asking for its items does something."""
    found = ev.catalogue.method(v.a, "__iter__")
    if found is None or "__iter__" not in found[0].methods or found[1].effect is not None:
        return NOTHING
    return hints.build(ev, found[1].returns, v, NO_ARGS, site)


def lacks(ev: Evaluator, cls: str, name: str) -> bool:
    """Whether nothing is known of a special method of a library's class that is not one of subscripts: the answer of `special` is None."""
    found = ev.lacking.get((cls, name))
    if found is None:
        method = ev.catalogue.method(cls, name)
        found = (method is None or name not in method[0].methods) and f"{cls}.{name}" not in ev.frameworks.specs
        ev.lacking[cls, name] = found
    return found


def leave(ev: Evaluator, v: V, site: Site, touched: set[str]) -> None:
    """Leaving ``with`` on a library object."""
    found = ev.catalogue.method(v.a, "__exit__")
    if found is None or "__exit__" not in found[0].methods:
        return
    effect = found[1].effect
    if effect is None or (effect.after and not touched & set(effect.after)):
        return
    if effect.untaken and site.block is not None and taken.all_taken(*site.block, frozenset(effect.after)):
        return
    if effect.idle and site.block is not None and idle.is_idle(ev, *site.block, effect.idle, site.frame):
        return
    shown = found[0].name if v.a.rpartition(".")[2].startswith("_") else v.a
    _judge(ev, effect, f"{shown}.__exit__", NO_ARGS, site)


def apply(
    ev: Evaluator, entry: FunctionEntry, name: str, receiver: V | None, args: Args, site: Site, owner: V | None = None
) -> VS:
    """One call of a known callable: its effect, what it runs, what it returns.

    ``owner``: the project's object whose base class the library object stands for.
    """
    for condition, case in entry.cases:
        if holds(ev, condition, args, site.frame):
            entry = case
            break
    # Where it calls methods of a class of the project, it does what they do.
    used = bool(entry.uses) and not entry.lazy and owner is not None and _use_all(ev, entry, owner, args, site)
    if not entry.is_awaitable and not used:
        _judge(ev, entry.effect, name, args, site)
    if entry.loop:
        _needs_loop(site, name, entry.loop)
    if entry.role and not (entry.effect is not None and any(holds(ev, c, args) for c in entry.effect.unless)):
        first = args.positional[0] if args.positional else NOTHING
        site.frame.mark((entry.role, site, site.frame.off_loop > 0, name, receiver, first, site.frame.once))
    if entry.lazy:
        return containers.lazily(ev, site, lambda: _items_of(ev, entry, receiver, args, site, owner))
    if entry.iterates:
        _iterate_all(ev, entry, args, site)
    if entry.puts is not None and receiver is not None:
        containers.keep(ev, receiver, argument(args, entry.puts) or NOTHING)
    if entry.becomes and site.awaited and receiver is None:
        narrowing.awaited(ev, entry.becomes, args, site.frame)
    if entry.turns and receiver is not None:
        narrowing.turned(ev, entry, site)
    _run_all(ev, entry, args, site, owner, receiver)
    own = owner if owner is not None and attributes.mentions_self(entry.returns) else receiver
    result = hints.build(ev, entry.returns, own, args, site)
    if entry.is_awaitable:
        return (ev.values.make(AWAITABLE, result),)
    return result


def takes_callback(ev: Evaluator, v: V, name: str, value: VS, site: Site) -> None:
    """A library's object gets an attribute: a callback that its method of this name takes as well (``client.on_message = handle``)."""
    found = ev.catalogue.method(v.a, name)
    if found is not None and name in found[0].methods and found[1].role == "callback" and site.node is not None:
        call = [F.E_CALL, site.node, [], [], site.pos, site.end]
        apply(ev, found[1], f"{v.a}.{name}", v, Args([value], {}), Site(site.frame, site.pos, site.end, call))


def _items_of(ev: Evaluator, entry: FunctionEntry, receiver: V | None, args: Args, site: Site, owner: V | None) -> VS:
    """What the iterator gives that a lazy callable returns, and what it does for that."""
    if entry.uses and owner is not None:
        _use_all(ev, entry, owner, args, site)
    _iterate_all(ev, entry, args, site)
    _run_all(ev, entry, args, site, owner, receiver)
    made = hints.build(ev, entry.returns, receiver, args, site)
    return union(*(v.c if v.k == SEQ else ev.values.unknown for v in made))


def _iterate_all(ev: Evaluator, entry: FunctionEntry, args: Args, site: Site) -> None:
    for ref in entry.iterates:
        value = argument(args, ref)
        if value:
            containers.iterate(ev, value, site, False)


def _use_all(ev: Evaluator, entry: FunctionEntry, owner: V, args: Args, site: Site) -> bool:
    """Methods that a class of the project has of its own, where a method that it inherits from a library calls them."""
    any_used = False
    for name in _with_prefixes(ev, entry.uses, owner):
        if attributes.class_attribute(ev, owner.a, name) is None and not owner.c:
            continue
        if name.startswith("__"):
            found = attributes.special(ev, owner, name)
        else:
            found = attributes.get_one(ev, owner, name, site)
        passed = Args(args.positional[:1] if name in _BY_KEY else [], {})
        passed.more_positional = ev.values.unknown
        if not any(v.k == BOUND for v in found):
            continue
        any_used = True
        result = calls.call(ev, tuple(v for v in found if v.k == BOUND), passed, site)
        if name == "__iter__" or any(v.k == GEN and not v.b for v in result):
            result = containers.iterate(ev, result, site, False)
        ev.call_results[(id(site.node), name)] = result
    return any_used


def _with_prefixes(ev: Evaluator, uses: tuple[str, ...], owner: V) -> list[str]:
    """Names of methods; `visit_*` stands for all that begin so, which the classes of an object have of their own."""
    out: dict[str, None] = {}
    for name in uses:
        if name.endswith("*"):
            classes = [cls for cls in attributes.mro(ev, owner.a) if isinstance(cls, Class)]
            out.update(dict.fromkeys(m for cls in classes for m in cls.head.methods if m.startswith(name[:-1])))
        else:
            out[name] = None
    return list(out)


_BY_KEY: Final = frozenset(("__getitem__", "__delitem__", "__contains__", "__missing__"))
"""Special methods that get what the method that calls them got first."""


def _needs_loop(site: Site, name: str, how: str) -> None:
    """Note that a call looks for the running loop or makes something that belongs to it."""
    site.frame.mark(("needs-loop", site, name, how, site.frame.off_loop > 0))


def _judge(ev: Evaluator, effect: Effect | None, name: str, args: Args, site: Site) -> None:
    if effect is None or effect.severity is None:
        return
    if any(holds(ev, c, args) for c in effect.unless):
        return
    if effect.only_if and not any(holds(ev, c, args) for c in effect.only_if):
        return
    if effect.raises_instead and caught.is_caught(site, effect.raises_instead):
        return
    ev.sink(effect, name, site)


def _run_all(
    ev: Evaluator, entry: FunctionEntry, args: Args, site: Site, owner: V | None = None, receiver: V | None = None
) -> None:
    for run in entry.runs:
        targets = _run_by(ev, run, args, owner, receiver, site)
        if not targets:
            continue
        if run.on == "decorated":
            ev.beside += [v for v in _each(targets) if v.k in (FUNC, BOUND, PARTIAL, INST)]
            continue
        if run.method:
            targets = _methods_of(ev, run, targets, site)
        passed = (
            Args([(receiver,)], {}) if run.passes == "self" and receiver is not None else _passed(ev, run, args, site)
        )
        inner = site if run.on == "caller" else site.running(run.on)
        if run.on == "worker" and len(targets) > 1:
            site.frame.mark(("offloaded-one-of", site, targets))
        for v in targets:
            if v.k in _CALLABLE:
                result = calls.call_one(ev, v, passed, inner)
                if entry.role == "callback" and result and all(r.k == CORO for r in result):
                    site.frame.mark(("callback-coroutine", site, v, result, run.on))
                if run.on == "worker" and any(r.k == CORO for r in result):
                    site.frame.mark(("offloaded-result", site, v, result))
                elif run.on == "worker" and v.k in (EXT, EXTMETH, PARTIAL) and _is_library_coroutine(v, result):
                    site.frame.mark(("offloaded-awaitable", site, v))
                ev.call_results[(id(site.node), v)] = _awaited(ev, result) if run.on == "loop" else result
            elif v.k in (CORO, GEN, AWAITABLE):
                if run.on == "worker":
                    site.frame.mark(("offloaded-call", site, v))
                ev.call_results[(id(site.node), v)] = (
                    v.a if v.k == AWAITABLE else (ev.result(v.a) if v.k == CORO else NOTHING)
                )
            elif run.on == "worker" and v.k != UNKNOWN:
                site.frame.mark(("offloaded-value", site, v))


def _is_library_coroutine(v: V, result: VS) -> bool:
    """Whether what was called is a coroutine function of a library, maybe with some arguments given before."""
    while v.k == PARTIAL:
        v = v.a
    return v.k in (EXT, EXTMETH) and bool(result) and all(r.k == AWAITABLE for r in result)


def _run_by(ev: Evaluator, run: Run, args: Args, owner: V | None, receiver: V | None, site: Site) -> VS | None:
    """What a call is given to run: an argument, all of them, what the object was made with, or the project's object that it is called on."""
    if run.arg.keyword == "*":
        return union(*args.positional)
    if run.arg.keyword == "self" and owner is not None:
        return (owner,)
    if run.made_with:
        return hints.type_argument(ev, run.arg.keyword or "", receiver, site)
    return args.get(run.arg.keyword, run.arg.position)


def _each(value: VS) -> Iterator[V]:
    """What is given, or what a list that is given holds."""
    for v in value:
        yield from v.c if v.k == SEQ else (v,)


def _methods_of(ev: Evaluator, run: Run, targets: VS, site: Site) -> VS:
    """The method of an object, or of what a class makes, that a call runs."""
    objects = tuple(ev.values.make(INST, v.a, None, False) if v.k == CLASS else v for v in targets)
    return union(
        *(
            attributes.get_one(ev, v, run.method, site)
            for v in objects
            if v.k == INST and attributes.class_attribute(ev, v.a, run.method) is not None
        )
    )


def _awaited(ev: Evaluator, result: VS) -> VS:
    """What a loop that runs a callable makes of what it returns."""
    return union(*(ev.result(v.a) if v.k == CORO else v.a if v.k == AWAITABLE else (v,) for v in result))


def called_before(ev: Evaluator, value: VS, site: Site) -> VS:
    """What the callables of an argument returned when this call ran them."""
    out: list[VS] = []
    for v in value:
        found = ev.call_results.get((id(site.node), v))
        if found is not None:
            out.append(found)
        elif v.k == CORO:
            out.append(ev.result(v.a))
        elif v.k == AWAITABLE:
            out.append(v.a)
        elif v.k in _CALLABLE:
            out.append(calls.call_one(ev, v, NO_ARGS, site.running("never")))
    return union(*out)


def _passed(ev: Evaluator, run: Run, args: Args, site: Site) -> Args:
    if run.passes == "rest":
        start = (run.arg.position if run.arg.position is not None else -1) + 1
        keywords = {k: v for k, v in args.keywords.items() if k != run.arg.keyword}
        out = Args(list(args.positional[start:]), keywords)
        out.more_positional, out.more_keywords = args.more_positional, args.more_keywords
        return out
    if run.passes_arg is not None:
        value = args.get(run.passes_arg.keyword, run.passes_arg.position)
        if value is None:
            return Args([], {})
        if run.passes == "args":
            if len(value) == 1 and value[0].k == SEQ and value[0].b is not None:
                out = Args(list(value[0].b), {})
                named = args.keywords.get("kwargs")
                if named is not None and len(named) == 1 and named[0].k == 17:
                    out.keywords.update({k: v for k, v in named[0].a if isinstance(k, str)})
                return out
            out = Args([], {})
            out.more_positional = union(*(v.c for v in value if v.k == SEQ)) or ev.values.unknown
            return out
        if run.passes == "items":
            return Args([containers.iterate(ev, value, site, False)], {})
        if run.passes == "spread":
            items = containers.iterate(ev, value, site, False)
            if len(items) == 1 and items[0].k == SEQ and items[0].b is not None:
                return Args(list(items[0].b), {})
            out = Args([], {})
            out.more_positional = union(*(v.c for v in items if v.k == SEQ)) or ev.values.unknown
            return out
    return Args([], {})


# -- conditions


def holds(ev: Evaluator, condition: Condition, args: Args, frame: Frame | None = None) -> bool:
    """Whether a condition is known to hold for this call, which stands in a frame."""
    value = argument(args, condition.arg)
    op = condition.op
    if op == "given":
        return value is not None and not (value and all(v.k == CONST and not v.a for v in value))
    if op == "not":
        return (value is None and args.more_keywords is None) or (
            bool(value) and all(v.k == CONST and not v.a for v in value or ())
        )
    if value is None:
        return False
    if op == "eq":
        return bool(value) and all(
            v.k == CONST and v.a == condition.value and (v.a is not True or condition.value is True) for v in value
        )
    if op == "is":
        return bool(value) and any(_is(ev, v, condition.value) for v in value)
    if op == "starts":
        return bool(value) and all(_starts(v, condition.value) for v in value)
    if op == "mentions":
        return _mentions(args, condition.arg, str(condition.value))
    if op == "beside":
        return frame is not None and renaming.are_beside(args, condition.arg, str(condition.value), frame)
    return False


def argument(args: Args, ref: ArgRef) -> VS | None:
    """The value of an argument, or of all positional ones; None when it is not given."""
    if ref.keyword == "*":
        return union(*args.positional, args.more_positional or NOTHING)
    return args.get(ref.keyword, ref.position)


def _starts(v: V, words: str) -> bool:
    """Whether a value is a literal text that begins so, or an object of a library that is made of such a text."""
    if v.k == EXTINST and v.b:
        return bool(v.b[0]) and all(_starts(inner, words) for inner in v.b[0])
    return v.k == CONST and isinstance(v.a, str) and v.a.lstrip().startswith(words)


def _is(ev: Evaluator, v: V, dotted: str) -> bool:
    if v.k in (EXTINST, EXT):
        return (
            v.a == dotted
            or ev.catalogue.canonical(v.a) == ev.catalogue.canonical(dotted)
            or ev.catalogue.is_subclass(v.a, dotted)
        )
    if v.k in (INST, CLASS):
        return any(
            base == dotted or ev.catalogue.is_subclass(base, dotted) for base in attributes.library_bases(ev, v.a)
        )
    if v.k == CONST:
        return dotted == f"builtins.{v.b}"
    if v.k == BOUND:
        return _is(ev, v.b, dotted)
    if v.k == DICT:
        return dotted == "builtins.dict"
    return v.k == FUNC and (dotted == "types.FunctionType" or (bool(v.a.is_async) and dotted == "types.CoroutineType"))


def _mentions(args: Args, ref: ArgRef, word: str) -> bool:
    e = args.expressions
    if e is None:
        return False
    for name, value in e[3]:
        if name == ref.keyword and _names(value, word):
            return True
    if ref.position is not None and ref.position < len(e[2]):
        return _names(e[2][ref.position], word)
    return False


def _names(e: Any, word: str) -> bool:
    if not isinstance(e, list):
        return False
    if e and e[0] == F.E_NAME and e[1] == word:
        return True
    if e and e[0] == F.E_ATTR and e[2] == word:
        return True
    return any(_names(part, word) for part in e)
