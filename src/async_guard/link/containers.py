"""Implicit calls and builtin containers: iteration, ``with``, subscripts, operators, truth tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import aliases, attributes, callers, calls, derived, lent, library, names, natives, options
from async_guard.link.frames import CALL, CORO, NO_ARGS, Args, Filling, Frame, Lazy, Site
from async_guard.link.program import Class, Fn, Module, Part
from async_guard.link.values import (
    ANY_PART,
    AWAITABLE,
    BOUND,
    CLASS,
    CONST,
    DICT,
    EXT,
    EXTINST,
    FUNC,
    GEN,
    INST,
    MADE,
    MANAGER,
    MARK,
    MODULE,
    NOTHING,
    SEQ,
    STATIC,
    UNKNOWN,
    VS,
    WRAP,
    V,
    has_key,
    has_unknown,
    key_of,
    known,
    pattern_of,
    union,
)  # fmt: skip
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_OPERATORS: Final = {
    "+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__", "%": "__mod__", "|": "__or__", "&": "__and__",
    "^": "__xor__", "//": "__floordiv__", "**": "__pow__", "<<": "__lshift__", ">>": "__rshift__", "@": "__matmul__",
}  # fmt: skip
_BARE: Final = ("lower", "upper", "strip", "title", "capitalize", "lstrip", "rstrip")
_TEXT_TO_TEXT: Final = {
    **dict.fromkeys(_BARE, 0), "strip": 1, "lstrip": 1, "rstrip": 1, "removeprefix": 1, "removesuffix": 1, "replace": 2,
}  # fmt: skip
"""Methods that make another text of a text -> how many texts they are given; those of `_BARE` may be given none."""
_SIGNS: Final = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}
_COMPARISONS: Final = {"==": "__eq__", "!=": "__eq__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}
_TURNED: Final = {
    "__eq__": "__eq__",
    "__ne__": "__ne__",
    "__lt__": "__gt__",
    "__le__": "__ge__",
    "__gt__": "__lt__",
    "__ge__": "__le__",
}
"""What the right operand is asked where the left one knows no answer."""
_OF_STORES: Final = ("__getitem__", "__setitem__")
"""Special methods by which a framework may give what a project put into a library's object."""
_ORDERING: Final = ("__lt__", "__le__", "__gt__", "__ge__")


def dunder(ev: Evaluator, v: V, names: tuple[str, ...], site: Site, args: Args = NO_ARGS) -> VS | None:
    """Call the first of these special methods that the value's class has; None when it has none."""
    if v.k == INST:
        for name in names:
            found = attributes.special(ev, v, name)
            if found:
                return calls.call(ev, found, args, site)
        result = derived.special(ev, v, names, args, site)
        if result is not None:
            return result
        for base in attributes.library_bases(ev, v.a):
            for name in names:
                result = library.special(ev, ev.values.instance(base), name, args, site, v)
                if result is not None:
                    return result
        return None
    if v.k == EXTINST:
        for name in names:
            if name not in _OF_STORES and library.lacks(ev, v.a, name):
                continue
            result = library.special(ev, v, name, args, site)
            if result is not None:
                return result
    if v.k == CLASS and attributes.metaclasses(ev, v.a):
        for name in names:
            found = attributes.of_metaclass(ev, v, name, site)
            if found:
                return calls.call(ev, found, args, site)
    return None


def iterate(ev: Evaluator, value: VS, site: Site, is_async: bool) -> VS:
    """What iterating gives; generators run here."""
    outer = site.choices
    if len(value) > 1:
        site.choices = max(
            outer, len({_walked(v) for v in value if v.k != UNKNOWN and not (v.k == CONST and v.a is None)})
        )
    try:
        return union(*(_iterate_one(ev, v, site, is_async) for v in value)) or ev.values.unknown
    finally:
        site.choices = outer


def is_empty(value: VS) -> bool:
    """Whether something can only be the empty tuple: there is nothing to go through, and nothing can be added."""
    return bool(value) and all(v.k == SEQ and v.a == "tuple" and v.b == () for v in value)


def is_written_empty(e: Any) -> bool:
    """Whether an expression is an empty list, tuple or mapping that nobody else holds: ``for x in []``."""
    return bool((e[0] == F.E_SEQ and not e[2]) or (e[0] == F.E_DICT and not e[1]))


def _walked(v: V) -> Any:
    """What says how something is iterated: its class, or the function that generates the items."""
    if v.k == INST or v.k == EXTINST:
        return v.a
    return v.a.fn if v.k == GEN else v.k


def _iterate_one(ev: Evaluator, v: V, site: Site, is_async: bool, around: tuple[V, ...] = ()) -> VS:
    if v.k == SEQ:
        if v.a.__class__ is Lazy:
            _run_lazy(ev, v.a, site)
        return v.c or NOTHING
    if v.k == DICT:
        return v.c or keys_of(ev, v)
    if v.k == GEN:
        if is_async and not v.b:
            return NOTHING  # `async for` cannot walk a plain generator: something else is meant
        frame: Frame = v.a
        ev.edge(CORO if v.b else CALL, frame, site)
        return ev.yielded(frame)
    if v.k == CONST:
        return (ev.values.instance("builtins.str"),) if v.b == "str" else NOTHING
    if v.k == INST or v.k == EXTINST:
        first = ("__aiter__",) if is_async else ("__iter__",)
        result = dunder(ev, v, first, site)
        if result is None:
            if not is_async and v.k == INST:
                found = dunder(ev, v, ("__getitem__",), site)
                if found is not None:
                    return found
            # The abstract iterators have the other half of the protocol: they give themselves.
            if v.k == INST and attributes.special(ev, v, "__anext__" if is_async else "__next__"):
                return _advance(ev, (v,), (*around, v), site, is_async)
            return ev.values.why("iteration of an opaque object")
        if v.k == EXTINST:
            return result
        return _advance(ev, result, (*around, v), site, is_async)
    if v.k == CLASS and attributes.is_enum(ev, v.a):
        return (ev.values.make(INST, v.a, None, False),)
    if v.k == CLASS and not is_async:
        result = dunder(ev, v, ("__iter__",), site)
        if result is not None:
            return _advance(ev, result, (*around, v), site, is_async)
    if v.k == AWAITABLE:
        return v.a  # type: ignore[no-any-return]
    return ev.values.why("iteration of an unknown object")


def lazily(ev: Evaluator, site: Site, compute: Callable[[], VS]) -> VS:
    """An iterator of what ``compute`` gives, whose events happen where it is iterated."""
    fr = site.frame
    if site.on != "now" or site.node is None:
        return (ev.values.seq("iter", None, compute()),)
    events, seen = fr.events, fr.seen
    fr.events, fr.seen = [], None
    try:
        items = compute()
        made = fr.events
    finally:
        fr.events, fr.seen = events, seen
    if not made:
        return (ev.values.seq("iter", None, items),)
    key = (fr, id(site.node))
    lazy = ev.lazies.get(key)
    if lazy is None:
        lazy = ev.lazies[key] = Lazy(fr, site.node)
        ev.frames.append(lazy)
    for event in made:
        lazy.add(event)
    return (ev.values.seq(lazy, None, items),)


def _run_lazy(ev: Evaluator, lazy: Lazy, site: Site) -> None:
    if site.on == "never":
        return
    lazy.taken = True
    if site.frame is lazy.maker and site.on == "now":
        in_place(lazy)
    else:
        ev.edge(CALL, lazy, site)


def pulled(ev: Evaluator, value: VS, site: Site) -> None:
    """A server asks a plain iterator for its items in worker threads."""
    for v in value:
        if v.k == SEQ and v.a.__class__ is Lazy and not any(event.kind == CORO for event in v.a.events):
            _run_lazy(ev, v.a, site.running("worker"))


def is_dropped(lazy: Lazy) -> bool:
    """Whether an iterator is made for nothing: it is a statement of its own, or a local variable that at most a truth test looks at."""
    fn = lazy.maker.fn
    if fn is None:
        return False
    bound: list[str] = []
    names: list[Any] = []
    tested: list[Any] = []
    for node in callers.parts([fn.body["body"]]):
        if node[0] == F.S_EXPR and len(node) > 1 and node[1] is lazy.node:
            return True
        if node[0] == F.S_ASSIGN and len(node) > 2 and node[2] is lazy.node and len(node[1]) == 1:
            bound += [target[1] for target in node[1] if target[0] == F.E_NAME]
        elif node[0] == F.E_NAME:
            names.append(node)
        elif callers.is_call(node) and F.last_name(node[1]) in _TESTS:
            tested += node[2]
    if len(bound) != 1 or any(inner.parent is fn for inner in fn.module.functions):
        return False
    used = [node for node in names if node[1:2] == bound]
    return len(used) == 1 + sum(any(a is node for a in tested) for node in used)


_TESTS: Final = ("bool", "type", "id", "callable")
"""Calls that ask nothing of an iterator."""


def in_place(lazy: Lazy) -> bool:
    """Let what an iterator does happen in the scope that makes it, at the point being read; whether that is news."""
    fr = lazy.maker
    before = len(fr.events)
    for event in list(lazy.events):
        fr.add(event.elsewhere() if fr.off_loop and not event.off_loop else event)
    return len(fr.events) > before


_ITERATORS: Final = 5
"""Objects asked for their iterator one after the other, because none of them says what comes next."""


def _advance(ev: Evaluator, iterators: VS, around: tuple[V, ...], site: Site, is_async: bool) -> VS:
    """What iterators give that the objects ``around`` gave, each one asked by the one before it."""
    out: list[VS] = []
    for it in iterators:
        if it.k == INST:
            step = dunder(ev, it, ("__anext__",) if is_async else ("__next__",), site)
            if step is not None:
                out.append(calls.awaited(ev, step, site) if is_async else step)
            elif it not in around and len(around) < _ITERATORS:
                out.append(_iterate_one(ev, it, site, is_async, around))
        else:
            out.append(_iterate_one(ev, it, site, is_async))
    return union(*out)


def unpacked(ev: Evaluator, value: VS, part: Part, site: Site) -> VS:
    """One target of a tuple assignment."""
    out: list[VS] = []
    for v in value:
        if v.k == SEQ and v.b is not None:
            out.append(_part(ev, v.b, part))
        elif v.k == SEQ:
            out.append(v.c if isinstance(part, int) else (ev.values.seq("list", None, v.c),))
        elif v.k == INST and (fields := attributes.tuple_fields(ev, v)) is not None:
            own = fields[part : part + 1 or None] if isinstance(part, int) else fields[slice(*part)]
            read = [attributes.get_one(ev, v, name, site) for name in own]
            out.append((ev.values.seq("list", tuple(read), union(*read)),) if isinstance(part, tuple) else union(*read))
        elif v.k in (INST, GEN):
            items = _iterate_one(ev, v, site, False) if site.pos else _yielded_alone(ev, value)
            out.append(items if isinstance(part, int) else (ev.values.seq("list", None, items),))
        elif v.k == EXTINST:
            out.append(library.part(ev, v, site) or ev.values.unknown)
        else:
            out.append(ev.values.unknown)
    return union(*out) or ev.values.unknown


def _yielded_alone(ev: Evaluator, value: VS) -> VS:
    """What a plain generator gives that is taken apart; where it may be something else as well, that is what is meant."""
    alone = len(value) == 1 and value[0].k == GEN and not value[0].b
    return (ev.yielded(value[0].a) if alone else NOTHING) or ev.values.unknown


def _part(ev: Evaluator, items: Sequence[VS], part: Part) -> VS:
    if isinstance(part, int):
        return items[part] if -len(items) <= part < len(items) else NOTHING
    rest = tuple(items[part[0] : part[1]])
    return (ev.values.seq("list", rest, union(*rest)),)


def enter(ev: Evaluator, value: VS, site: Site, is_async: bool) -> VS:
    """What ``with value as x`` binds; entering runs code."""
    return union(*(_enter_one(ev, v, site, is_async) for v in value)) or ev.values.unknown


def _enter_one(ev: Evaluator, v: V, site: Site, is_async: bool) -> VS:
    if v.k == MANAGER:
        inner = v.a
        if isinstance(inner, V) and inner.k == GEN:
            frame: Frame = inner.a
            ev.edge(CORO if inner.b else CALL, frame, site)
            return ev.yielded(frame)
        return inner if isinstance(inner, tuple) else NOTHING
    if v.k in (INST, EXTINST):
        result = dunder(ev, v, ("__aenter__",) if is_async else ("__enter__",), site)
        if result is None:
            return (v,) if v.k == EXTINST else ev.values.unknown
        return calls.awaited(ev, result, site) if is_async and v.k == INST else calls.unwrapped(result)
    if v.k == AWAITABLE:
        return enter(ev, v.a, site, is_async)
    if v.k == SEQ:
        return (v,)
    return ev.values.why("with an unknown object")


def leave(ev: Evaluator, value: VS, site: Site, is_async: bool, touched: Sequence[tuple[V, str]]) -> bool:
    """Leaving ``with value``, where ``touched`` are the methods called inside it, by receiver; gives whether ``__exit__`` may say true."""
    ends = False
    for v in value:
        if v.k == INST:
            name = "__aexit__" if is_async else "__exit__"
            found = attributes.special(ev, v, name)
            if found:
                blank = [union((ev.values.none,), ev.values.unknown)] * 3  # of an exception, or of none
                result = calls.call(ev, found, Args(list(blank), {}), site)
                if is_async:
                    result = calls.awaited(ev, result, site)
                ends = ends or any(_is_true(x) for x in result)
            elif not is_async:
                for base in attributes.library_bases(ev, v.a):
                    library.leave(ev, ev.values.instance(base), site, {n for r, n in touched if r is v})
        elif v.k == EXTINST and not is_async:
            library.leave(ev, v, site, {n for r, n in touched if r is v})
        elif v.k == MANAGER and v.c is not None:
            for inner in v.a:
                if inner.k == INST and attributes.class_attribute(ev, inner.a, v.c) is not None:
                    result = calls.call(ev, attributes.get_one(ev, inner, v.c, site), NO_ARGS, site)
                    if is_async:
                        calls.awaited(ev, result, site)
    return ends


def _is_true(v: V) -> bool:
    """Whether what ``__exit__`` gives is or may be true."""
    return (v.k == CONST and bool(v.a)) or (v.k == EXTINST and v.a == "builtins.bool")


def may_suppress(ev: Evaluator, v: V) -> bool:
    """Whether a manager of a library, or one made of a generator, may end an exception that is raised inside it."""
    if v.k != MANAGER:
        return v.k == EXTINST and any(entry.role == "suppresses" for entry in ev.catalogue.line(v.a))
    if isinstance(v.a, V):
        return v.a.k == GEN and bool(v.a.a.fn is not None and v.a.a.fn.suppresses())
    return any(may_suppress(ev, inner) for inner in v.a if inner.k == EXTINST)


def item(ev: Evaluator, base: VS, index: VS, node: Any, site: Site) -> VS:
    """``base[index]``."""
    out: list[VS] = []
    for v in base:
        if v.k == SEQ:
            numbered(ev, index, site)
            out.append(_sequence_item(ev, v, index, node))
        elif v.k == DICT:
            hashed(ev, index, site)
            kept = _memo(ev, node[1], site.frame)
            if kept is not None and not kept and len(base) == 1:
                return NOTHING
            out.append(mapping_item(v, index) if kept is None else kept)
            if any(maker.k == WRAP for maker in v.b):
                _make_missing(ev, v, index, site)
        elif v.k == INST and (fields := attributes.tuple_fields(ev, v)) is not None:
            numbers = [i.a for i in index if i.k == CONST and type(i.a) is int and -len(fields) <= i.a < len(fields)]
            out.extend(attributes.get_one(ev, v, fields[number], site) for number in numbers)
        elif v.k == INST and attributes.is_typed_dict(ev, v.a):
            fields = [i.a for i in index if i.k == CONST and isinstance(i.a, str)]
            out.extend(attributes.get_one(ev, v, field, site) for field in fields)
        elif v.k in (INST, EXTINST):
            result = dunder(ev, v, ("__getitem__",), site, Args([index], {}))
            out.append(result if result is not None else ev.values.why("item of an opaque object"))
        elif v.k == CLASS:
            own = attributes.class_attribute(ev, v.a, "__class_getitem__")
            if attributes.is_enum(ev, v.a):
                out.append((_member_named(ev, v.a, index),))
            elif own is not None:
                functions = (f.a if f.k == STATIC else f for f in own[1])
                found = tuple(ev.values.make(BOUND, v, f) for f in functions if f.k == FUNC)
                out.append(calls.call(ev, found, Args([index], {}), site) if found else (v,))
            else:
                result = dunder(ev, v, ("__getitem__",), site, Args([index], {}))
                out.append((v,) if result is None else result)
        elif v.k == MODULE:
            out.append(natives.by_name(ev, v, index, site))
        elif v.k == EXT and v.a == "sys.modules":
            out.append(_loaded(ev, index, site.frame.module))
        elif v.k == EXT and v.a in ev.frameworks.item_markers:
            out.append((ev.values.make(MARK, v.a, index, None),))
        elif v.k == EXT:
            out.append((v,))
        elif v.k == CONST:
            out.append((ev.values.instance("builtins.str"),))
        else:
            out.append(ev.values.why("item of an unknown object"))
    return union(*out) or ev.values.unknown


NO_EXPRESSION: Final[Any] = [F.E_SUB, [F.E_OPAQUE, ""], [F.E_OPAQUE, ""]]
"""Stands for ``base[index]`` where a function takes the item, such as `operator.getitem`."""


def _loaded(ev: Evaluator, index: VS, module: Module) -> VS:
    """``sys.modules[__name__]``, ``sys.modules["app.handlers"]``."""
    own = [module.name for i in index if i.k == EXT and i.a == "builtins.__name__"]
    found = [*own, *(ev.program.find(i.a, module) for i in index if is_text(i))]
    return tuple(ev.values.make(MODULE, dotted) for dotted in found if dotted)


_MEMO: Final = "[]"
"""Before the name of a module's mapping, among a frame's attributes: what this reading of the function put into it."""


def _is_given(ev: Evaluator, args: Args, container: Any, fr: Frame) -> bool:
    """Whether ``options.pop("run", default)`` asks for an argument that the caller is known to pass: its ``**options`` hold it."""
    key = args.positional[0] if args.positional else NOTHING
    if container[0] != F.E_NAME or fr.fn is None or len(key) != 1 or key[0].k != CONST:
        return False
    if not any(p[0] == container[1] and p[1] == "**" for p in fr.fn.body["params"]):
        return False
    given = fr.params.get(container[1], NOTHING) if not fr.generic else NOTHING
    is_known = bool(given) and all(
        v.k == DICT and any(k == key[0].a and known(value) and not has_unknown(value) for k, value in v.a)
        for v in given
    )
    return is_known or options.is_always_given(ev, fr.fn, key[0].a)


def _memo(ev: Evaluator, container: Any, fr: Frame) -> VS | None:
    """What a function finds in a module's mapping that nobody but itself fills: what it put there for the same arguments.

    ``if key in MADE: return MADE[key]`` before ``MADE[key] = make(kind)``: another kind stands under another key.
    """
    if container[0] != F.E_NAME or fr.fn is None or fr.fn.parent is not None or container[1] in fr.vars:
        return None
    name: str = container[1]
    alone = fr.module.memos.get(name)
    if alone is None:
        place = home(ev, fr.module, name)
        writers = [(m, user) for m, user in ev.program.item_writers(name, fr.module) if home(ev, m, name) == place]
        alone = fr.module.memos[name] = writers if len(writers) == 1 and name in fr.module.bindings else []
    return fr.attrs.get(_MEMO + name, NOTHING) if alone == [(fr.module, fr.fn.index)] else None


def _member_named(ev: Evaluator, cls: Class, index: VS) -> V:
    """``Kind["ONE"]``."""
    name = index[0].a if len(index) == 1 and index[0].k == CONST else None
    if isinstance(name, str) and name in cls.bindings:
        return attributes.member_of(ev, cls, name)
    return ev.values.make(INST, cls, None, False)


def _sequence_item(ev: Evaluator, v: V, index: VS, node: Any) -> VS:
    if node[2][0] == F.E_SLICE:
        return (ev.values.seq(v.a, None, v.c),)
    if v.b is not None and len(index) == 1 and index[0].k == CONST and type(index[0].a) is int:
        number = index[0].a
        if -len(v.b) <= number < len(v.b):
            return v.b[number]  # type: ignore[no-any-return]
    return v.c or ev.values.unknown


def exact_items(ev: Evaluator, value: VS) -> list[VS] | None:
    """The items of a container that are known one by one; None where they are not."""
    if len(value) != 1:
        return None
    v = value[0]
    if v.k == SEQ and v.b is not None and v.a.__class__ is str:
        return list(v.b)
    if v.k == DICT and v.a and not v.b:
        return [(key,) for key in keys_of(ev, v)]
    return None


def each_of(value: VS) -> list[VS] | None:
    """What a list that was filled elsewhere holds, in some order and maybe more than once; None where not all of it is known."""
    if len(value) != 1 or value[0].k != SEQ or value[0].b is not None or value[0].a.__class__ is not str:
        return None
    held = value[0].c
    return [(v,) for v in held] if held and all(v.k in _TOLD_APART for v in held) else None


_TOLD_APART: Final = frozenset((FUNC, CLASS, BOUND))


def mapping(ev: Evaluator, pairs: list[tuple[VS, VS]]) -> V:
    """A mapping that is made of keys and values; of two values for one key the last."""
    made = ev.values.dict((), NOTHING)
    for key, value in pairs:
        made = grown(ev, made, key, value)
    return made


def keys_of(ev: Evaluator, v: V) -> VS:
    """The keys that a mapping is followed by: literals, and classes as they are."""
    return tuple(key if isinstance(key, V) else ev.values.const(key) for key, _ in v.a)


def mapping_item(v: V, index: VS) -> VS:
    """The values a mapping may hold under a key."""
    others = _without_makers(v.b)
    if index and all(has_key(i) for i in index):
        keys = [key_of(i) for i in index]
        found = [value for key, value in v.a for wanted in keys if wanted == key and type(wanted) is type(key)]
        return union(*found, others) if found else others
    return union(*(value for _, value in v.a), others)


def _make_missing(ev: Evaluator, v: V, index: VS, site: Site) -> None:
    """Call what a ``defaultdict`` makes its entries with, unless the key is one that was put into it."""
    if index and all(has_key(i) for i in index) and all(any(key_of(i) == key for key, _ in v.a) for i in index):
        return
    for maker in v.b:
        if maker.k == WRAP and maker.a == "missing":
            calls.call_one(ev, maker.b, NO_ARGS, site)


def _without_makers(value: VS) -> VS:
    """Entries of a mapping without what makes those that are missing."""
    return tuple(v for v in value if v.k != WRAP or v.a != "missing") if any(v.k == WRAP for v in value) else value


def assign_item(ev: Evaluator, target: Any, value: VS, fr: Frame) -> None:
    """``base[index] = value``: builtin containers held by a name learn the value; other objects run ``__setitem__``."""
    base = ev.ev(target[1], fr)
    index = ev.ev(target[2], fr)
    site = Site(fr, target[3], target[4], target)
    for v in base:
        if v.k in (INST, EXTINST, CLASS):
            dunder(ev, v, ("__setitem__",), site, Args([index, value], {}))
        elif v.k == DICT:
            hashed(ev, index, site)
    if target[2][0] == F.E_SLICE:  # `base[:] = items`
        if any(v.k == SEQ for v in base):
            put(ev, target[1], None, iterate(ev, value, site, False), fr)
        return
    put(ev, target[1], index, value, fr)


def members(e: Any, value: VS) -> tuple[VS, ...] | None:
    """What is in a set that is written out as constants; a set keeps no list of what is in it, which may be taken out again."""
    if e[0] != F.E_SEQ or e[1] != "set" or any(item[0] != F.E_CONST for item in e[2]) or len(value) != 1:
        return None
    return tuple((v,) for v in value[0].c)


def put(ev: Evaluator, container: Any, index: VS | None, value: VS, fr: Frame) -> None:
    """Something goes into the container that an expression names."""
    tag = container[0]
    extra: VS = (ev.values.seq("list", None, value),) if index is None else (entry(ev, index, value),)
    if tag == F.E_NAME:
        name = container[1]
        current = fr.env.get(name) if fr.env is not None else None
        if current is not None:
            more = tuple(grown(ev, v, index, value) for v in current)
            if fr.fn is None or name in fr.vars or name in fr.params:
                fr.bind(name, more)
                if fr.fn is not None:
                    if name in fr.params:
                        lent.put(fr, name, extra)
                    whole = aliases.stands_for(fr.fn, name)
                    if whole is not None:
                        seen = len(fr.events)
                        put(ev, whole, index, value, fr)
                        del fr.events[seen:]  # where it was named it was read before
                    return
            elif fr.env is not None:
                # A condition has told more of what is bound elsewhere: `if key in ITEMS: ITEMS[key].append(item)`.
                fr.env[name] = more
        outer = fr.closure
        while outer is not None and name not in outer.vars:
            outer = outer.closure
        if outer is not None:
            outer.vars[name] = union(*((grown(ev, v, index, value),) for v in outer.vars[name]))
            return
        place = home(ev, fr.module, name)
        _contain(ev, (place[0].name, place[1]), extra)
        if fr.fn is not None and index is not None:
            fr.keep_attribute(_MEMO + name, value)
    elif tag == F.E_ATTR:
        path = f"{container[1][1]}.{container[2]}" if container[1][0] == F.E_NAME else ""
        held = fr.env.get(path) if fr.env is not None else None
        if held is not None and fr.env is not None:
            fr.env[path] = tuple(grown(ev, v, index, value) for v in held)
        for v in ev.ev(container[1], fr):
            if container[2] == "__dict__":
                for key in index or NOTHING:
                    if v.k in (INST, CLASS) and key.k == CONST and isinstance(key.a, str):
                        attributes.write(ev, (v.a, key.a), value)
            elif v.k == INST and derived.is_data(ev, v.a, container[2]):
                derived.contain(ev, v, extra, fr)
            elif v.k == INST and _is_own(ev, v.a, container[2]):
                contain_own(ev, v, container[2], extra, fr)
            elif v.k in (INST, CLASS):
                _contain(ev, (_keeper(ev, v.a, container[2]), container[2]), extra)
            elif v.k == MODULE:
                _contain(ev, (v.a, container[2]), extra)
    elif tag == F.E_SUB:
        put(ev, container[1], ev.ev(container[2], fr), extra, fr)
    elif tag == F.E_CALL and container[1][0] == F.E_ATTR and container[1][2] in F.HOLDERS and container[2]:
        put(ev, container[1][1], ev.ev(container[2][0], fr), extra, fr)


def _contain(ev: Evaluator, key: Any, extra: VS) -> None:
    ev.contents[("in", key)] = union(ev.contents.get(("in", key), NOTHING), extra)


def _keeper(ev: Evaluator, cls: Class, name: str) -> Class:
    """The class that an attribute's container belongs to: the furthest base that binds or assigns it, or else a metaclass that binds it."""
    for c in attributes.mro(ev, cls)[::-1]:
        if isinstance(c, Class) and (name in c.bindings or attributes.assigns(c, name) or (c, name) in ev.bags):
            return c
    for meta in attributes.metaclasses(ev, cls):
        for c in attributes.mro(ev, meta)[::-1]:
            if isinstance(c, Class) and name in c.bindings:
                return c
    return cls


def _is_own(ev: Evaluator, cls: Class, name: str) -> bool:
    """Whether each object makes the container for itself: methods assign it, and no class has one that its objects share."""
    key = f"own {name}"
    found = cls.cache.get(key)
    if found is None:
        classes = [c for c in attributes.mro(ev, cls) if isinstance(c, Class)]
        found = cls.cache[key] = any(attributes.assigns(c, name) for c in classes) and not any(
            v.k in (SEQ, DICT) for c in classes for v in names.class_value(ev, c, name) or NOTHING
        )
    return bool(found)


def fills_its_own(ev: Evaluator, cls: Class) -> bool:
    """Whether methods of a class put something into containers that each object has for itself: registries, buses, pools."""
    found = cls.cache.get("fills its own")
    if found is None:
        cls.cache["fills its own"] = False
        found = cls.cache["fills its own"] = bool(derived.kind_of(ev, cls)) or any(
            _is_own(ev, cls, name)
            for c in attributes.mro(ev, cls)
            if isinstance(c, Class)
            for name, users in c.module.facts.item_writes.items()
            if any(user >= 0 and class_around(c.module.functions[user]) is c for user in users)
        )
    return bool(found)


def class_around(fn: Fn) -> Class | None:
    """The class whose method a function is, or is made by."""
    outer: Fn | None = fn
    while outer is not None and outer.owner is None:
        outer = outer.parent
    return outer.owner if outer is not None else None


def contain_own(ev: Evaluator, v: V, name: str, extra: VS, fr: Frame) -> None:
    """Something goes into the container that an object has for itself: by what was known of the object, and where."""
    method: Frame | None = fr
    while method is not None and method.self_value is not v:
        method = method.closure
    if method is not None and method.generic and method.fn is not None and method.fn.owner is v.a:
        known_as = _SOME_OBJECT
    else:
        known_as = _DECLARED if v.c else _OBJECT
    places = ev.own_contents.setdefault((v.a, name), {})
    place = (fr.fn, known_as, made_at(v))
    places[place] = union(places.get(place, NOTHING), extra)


_OBJECT: Final = 0
"""The class of an object was known."""
_DECLARED: Final = 1
"""The object is of the class or of one below it."""
_SOME_OBJECT: Final = 2
"""Nobody is known who calls the method: the object is of whichever class has it."""


def made_at(v: V) -> VS | None:
    """Where an object was made, of those that are told apart by it."""
    for name, value in v.b or ():
        if name == MADE:
            return value  # type: ignore[no-any-return]
    return None


def own_contents(ev: Evaluator, v: V, name: str) -> VS:
    """What an object holds in a container that each has for itself: any of its class or, if it is only declared, of one below that.

    A method that nobody was seen calling tells nothing where the same method was read for an object of the class.
    """
    told: dict[Any, VS] = {}
    vague: dict[Any, VS] = {}
    cls: Class = v.a
    made = made_at(v)
    bases = [c for c in attributes.mro(ev, cls) if isinstance(c, Class)]
    for c in (*bases, *(attributes.subclasses(ev, cls) if v.c else ())):
        for (writer, known_as, where), value in ev.own_contents.get((c, name), {}).items():
            if known_as == _OBJECT and c is not cls and c in bases:
                continue
            if made is not None and where is not None and made != where:
                continue
            into = vague if known_as == _SOME_OBJECT else told
            into[writer] = union(into.get(writer, NOTHING), value)
    return union(*told.values(), *(value for writer, value in vague.items() if writer not in told))


def entry(ev: Evaluator, index: VS, value: VS) -> V:
    if len(index) == 1 and has_key(index[0]):
        return ev.values.dict(((key_of(index[0]), value),), NOTHING, index)
    return ev.values.dict((), value, index)


def home(ev: Evaluator, module: Module, name: str) -> tuple[Module, str]:
    """Where a module-level name is bound, behind the imports that pass it on."""
    for _ in range(8):
        bindings = module.bindings.get(name)
        if not bindings or bindings[-1].kind != "from":
            break
        level = bindings[-1].data[1]
        absolute = module.absolute(bindings[-1].data[0], level)
        ours = absolute if level and ev.program.is_ours(absolute) else ev.program.find(absolute, module)
        inner = ev.program.modules.get(ours) if ours else None
        if inner is None:
            break
        module, name = inner, bindings[-1].data[2]
    return module, name


def grown(ev: Evaluator, v: V, index: VS | None, value: VS) -> V:
    """A builtin container after something was put into it."""
    if v.k == SEQ:
        return ev.values.seq(v.a, None, union(v.c, value))
    if v.k == DICT:
        if index is not None and len(index) == 1 and has_key(index[0]) and len(v.a) < 60:
            items = dict(v.a)
            items[key_of(index[0])] = value
            return ev.values.dict(tuple(items.items()), v.b, union(v.c, index))
        told = tuple(item for item in v.a if item[1])  # what was taken out may be put in again
        return ev.values.dict(told, union(v.b, value), union(v.c, index or NOTHING))
    return v


def _holds_container(value: VS) -> bool:
    for v in value:  # noqa: SIM110 - asked for every name of a module
        if v.k == SEQ or v.k == DICT:
            return True
    return False


def filled(ev: Evaluator, owner: Module | Class, name: str, value: VS, receiver: V | None = None) -> VS:
    """A container of a module, a class or an object (``receiver``) together with what functions anywhere put into it."""
    if len(value) > 3 or not _holds_container(value):
        return value
    within = owner.module if isinstance(owner, Class) else owner
    writers = ev.program.item_writers(name, within)
    lenders = lent.scopes(ev, owner, name, anywhere=not writers) if lent.is_bare(value) else []
    if not (writers or lenders) or len(writers) > FILLER_LIMIT:
        return value
    read_fillers(ev, name, within)
    if lenders:
        lent.read(ev, owner, name, lenders)
    if receiver is not None and _is_own(ev, receiver.a, name):
        return with_contents(ev, value, own_contents(ev, receiver, name))
    holder: Any = _keeper(ev, owner, name) if isinstance(owner, Class) else owner.name
    return with_contents(ev, value, ev.contents.get(("in", (holder, name)), NOTHING))


FILLER_LIMIT: Final = 60
"""Scopes read to learn what goes into one container; a name that more of them use says nothing."""


def keep(ev: Evaluator, v: V, value: VS) -> None:
    """Something is put into a library's object, such as a queue; whoever took things out of it before is to be read again."""
    key = (v, "")
    before = ev.bags.get(key, NOTHING)
    now = union(before, value)
    if len(now) != len(before) or any(a is not b for a, b in zip(now, before, strict=True)):
        ev.bags[key] = now
        if any(x.live for x in value):
            ev.stale.update(dict.fromkeys(ev.takers.get(v, ())))


def kept(ev: Evaluator, v: V, site: Site) -> VS:
    """What is put anywhere into a library's object."""
    if v.c is None or not any(entry.keeps for entry in ev.catalogue.line(v.a)):
        return NOTHING
    node = site.node
    holder = node[1] if node is not None and node[0] in (F.E_CALL, F.E_SUB) else node  # which is iterated
    if holder is not None and node[0] == F.E_CALL:
        holder = holder[1] if holder[0] == F.E_ATTR else None
    if holder is not None and holder[0] in (F.E_NAME, F.E_ATTR):
        read_fillers(ev, holder[1] if holder[0] == F.E_NAME else holder[2], site.frame.module)
    if site.frame.fn is not None:
        ev.takers.setdefault(v, {})[site.frame] = None
    return ev.bags.get((v, ""), NOTHING)


def read_fillers(ev: Evaluator, name: str, within: Module | None = None) -> None:
    """Read the scopes that put something into a container of this name, and those that call them."""
    key = (name, within.library) if within is not None and within.library else name
    begun = ev.filling.get(key)
    if begun is not None:
        ask_again(ev, begun)
        return
    writers = ev.program.item_writers(name, within)
    if len(writers) > FILLER_LIMIT:
        return
    filling = ev.filling[key] = Filling(ev.tick())
    read_writers(ev, writers, filling)


def read_writers(ev: Evaluator, writers: list[tuple[Module, int]], filling: Filling) -> None:
    """Read the scopes that put something into a container."""
    for writer, user in writers:
        if user >= 0:
            read_filler(ev, writer.functions[user], filling)
        else:
            names.run_module(ev, writer)
    filling.state = 2


def read_filler(ev: Evaluator, fn: Fn, filling: Filling) -> None:
    """Read a function that puts something into a container, under all that its callers pass."""
    ev.read_somehow(fn)
    ev.read_callers(fn)
    for frame in list(fn.contexts.values()):
        ev.read(frame)
        if frame.state == 1:
            ev.missed(frame)  # it is being read, and has not yet come to where it puts something in
            filling.pending.append(frame)


def ask_again(ev: Evaluator, begun: Filling) -> None:
    """Somebody asks once more for what goes into containers: the answer is not complete while something that fills them is being read."""
    if begun.state != 2:
        ev.missed(begun)
    elif begun.pending:
        begun.pending = [frame for frame in begun.pending if frame.state == 1]
        if begun.pending:
            ev.missed(begun.pending[0])


def with_contents(ev: Evaluator, value: VS, extra: VS) -> VS:
    """A container value with more values in it."""
    if not extra:
        return value
    told = _told_how(extra)
    out = []
    for v in value:
        if told:
            v = _without_untold(ev, v, told)
        for x in extra:
            if v.k == DICT and x.k == DICT:
                items = dict(v.a)
                for k, val in x.a:
                    items[k] = union(items.get(k, NOTHING), val)
                v = ev.values.dict(tuple(items.items())[:80], union(v.b, x.b), union(v.c, x.c))
            elif v.k == SEQ:
                v = ev.values.seq(v.a, None, union(v.c, x.c if x.k == SEQ else NOTHING))
            elif v.k == DICT and x.k == SEQ:
                v = ev.values.dict(v.a, union(v.b, x.c), v.c)
        out.append(v)
    return tuple(dict.fromkeys(out))


def _told_how(contents: VS) -> set[Class]:
    """The classes of which all objects that are put into a container are known by how they are made."""
    put = [v for x in contents for v in _all_of(x)]
    if any(v.k == UNKNOWN for v in put):
        return set()
    return {v.a for v in put if v.k == INST and v.b is not None} - {v.a for v in put if v.k == INST and v.b is None}


def _all_of(v: V) -> VS:
    """What is in a container."""
    if v.k == DICT:
        return union(v.b, *(value for _, value in v.a))
    return union(v.c) if v.k == SEQ else NOTHING


def _without_untold(ev: Evaluator, v: V, told: set[Class]) -> V:
    """A declared container (``clients: dict[str, Client]``) without objects of which only the class is known, where all put in is known better."""
    if v.k == DICT and any(_is_untold(x, told) for x in v.b):
        return ev.values.dict(v.a, tuple(x for x in v.b if not _is_untold(x, told)), v.c)
    if v.k == SEQ and v.b is None and any(_is_untold(x, told) for x in v.c):
        return ev.values.seq(v.a, None, tuple(x for x in v.c if not _is_untold(x, told)))
    return v


def _is_untold(v: V, told: set[Class]) -> bool:
    return v.k == INST and v.b is None and bool(v.c) and v.a in told


def binary(ev: Evaluator, op: str, left: VS, right: VS, site: Site, *, in_place: bool = False) -> VS:
    """An operator."""
    values = ev.values
    out: list[VS] = []
    if op == "+":
        left = names.written_out(ev, left, site.frame.module)
    for v in left:
        if v.k in (INST, EXTINST):
            name = _OPERATORS.get(op)
            tried = () if name is None else (f"__i{name[2:]}", name) if in_place else (name,)
            result = dunder(ev, v, tried, site, Args([right], {})) if tried else None
            if result is not None:
                out.append(result)
            elif turned := _turned(ev, op, right, (v,), site):
                out.append(turned)
            elif v.k == EXTINST and v.a.startswith("builtins."):
                out.append((_continued(ev, v, right) if op == "+" else v,))
            else:
                out.append(values.unknown)
        elif any(r.k == EXTINST for r in right) and (made := _of_right(ev, op, v, right, site)):
            out.append(made)
        elif not (op == "%" and v.k == CONST and v.b == "str") and (turned := _turned(ev, op, right, (v,), site)):
            out.append(turned)
        elif v.k == SEQ and op in ("+", "|", "&", "-"):
            if in_place:
                more = union(*(iterate(ev, (r,), site, False) for r in right if r.k in (SEQ, GEN, DICT, INST)))
            else:
                more = union(*(r.c for r in right if r.k == SEQ))
            exact = (
                v.b + right[0].b
                if op == "+" and v.b is not None and len(right) == 1 and right[0].k == SEQ and right[0].b is not None
                else None
            )
            out.append((values.seq(v.a, exact, union(v.c, more)),))
        elif v.k == DICT and op == "|":
            merged = dict(v.a)
            more = NOTHING
            for r in right:
                if r.k == DICT:
                    merged.update(r.a)
                    more = union(more, r.b)
                elif in_place and r.k == INST and (spread := spread_out(ev, r, site)) is not None:
                    more = union(more, spread)
                elif r.k != CONST:
                    more = union(more, values.why("entry of an unknown mapping"))
            out.append((values.dict(tuple(merged.items()), union(v.b, more), v.c),))
        elif v.k == SEQ and op == "*":
            out.append((values.seq(v.a, None, v.c),))
        elif v.k == CONST and v.b == "str":
            if (
                op == "+"
                and len(right) == 1
                and right[0].k == CONST
                and right[0].b == "str"
                and len(v.a) + len(right[0].a) < 200
            ):
                out.append((values.const(v.a + right[0].a),))
            elif op == "%" or op == "+":
                if op == "%" and "%(" in v.a:
                    for r in right:
                        dunder(ev, r, ("__getitem__",), site, Args([(values.instance("builtins.str"),)], {}))
                elif op == "%":
                    inside = union(*(r.c if r.k == SEQ else (r,) for r in right))
                    if "%r" in v.a and "%s" not in v.a:
                        represented(ev, inside, site)
                    else:
                        shown(ev, inside, site)
                start, hole, end = v.a.partition("%s")
                out.append((values.text(v.a if op == "+" else start if hole else v.a.partition("%")[0], end),))
            else:
                out.append(values.unknown)
        elif v.k in (CLASS, EXT) and op == "|":
            out.append((values.seq("tuple", ((v,), right), union((v,), right)),))
        else:
            plain = (values.instance("builtins.float" if op == "/" else f"builtins.{v.b}"),) if v.k == CONST else None
            out.append(plain or values.unknown)
    return union(*out) or values.unknown


def _continued(ev: Evaluator, v: V, right: VS) -> V:
    """A text of which is known how it begins, and perhaps ends, with another one behind it."""
    pattern = pattern_of(v)
    if pattern is None:
        return v
    more = right[0].a if len(right) == 1 and right[0].k == CONST and right[0].b == "str" else "?"
    start, _, end = pattern.partition(ANY_PART)
    return ev.values.text(start, end + more)


def _turned(ev: Evaluator, op: str, right: VS, left: VS, site: Site) -> VS:
    """What the project's objects on the right make of an operator that the left operand does not know (``__radd__``)."""
    name = _OPERATORS.get(op)
    if name is None:
        return NOTHING
    asked = (dunder(ev, r, (f"__r{name[2:]}",), site, Args([left], {})) for r in right if r.k == INST)
    return union(*(result for result in asked if result))


def _of_right(ev: Evaluator, op: str, v: V, right: VS, site: Site) -> VS:
    """What a library's object on the right makes of a builtin container, a constant or a function on the left (``{...} | model``)."""
    name = _OPERATORS.get(op)
    if name is None or v.k not in (SEQ, DICT, CONST, FUNC, BOUND):
        return NOTHING
    return union(*(library.special(ev, r, name, Args([(v,)], {}), site) or NOTHING for r in right if r.k == EXTINST))


def spread_out(ev: Evaluator, v: V, site: Site) -> VS | None:
    """What the entries of a project's object hold that is spread out as a mapping (``f(**x)``, ``{**x}``, ``dict(x)``).

    Its ``keys`` are asked for, then each of its items; None for what is no mapping, or one that is a builtin mapping itself.
    """
    own = attributes.special(ev, v, "keys") if v.k == INST and not derived.kind_of(ev, v.a) else NOTHING
    if own:
        keys = iterate(ev, calls.call(ev, own, NO_ARGS, site), site, False)
    elif v.k == INST and not derived.kind_of(ev, v.a) and not _ABSTRACT.isdisjoint(attributes.library_bases(ev, v.a)):
        keys = iterate(ev, (v,), site, False)
    else:
        return None
    return dunder(ev, v, ("__getitem__",), site, Args([keys], {})) or ev.values.unknown


_ABSTRACT: Final = frozenset(
    f"{module}.{name}" for module in ("collections.abc", "typing") for name in ("Mapping", "MutableMapping")
)


def shown(ev: Evaluator, value: VS, site: Site) -> None:
    """Objects made into text; those inside a builtin container are made into what represents them."""
    for v in value:
        if v.k == INST:
            dunder(ev, v, ("__format__", "__str__", "__repr__"), site)
        elif v.k == SEQ or v.k == DICT:
            items_represented(ev, v, site)


def represented(ev: Evaluator, value: VS, site: Site) -> None:
    """Objects made into what represents them."""
    for v in value:
        if v.k == INST:
            dunder(ev, v, ("__repr__",), site)
        elif v.k == SEQ or v.k == DICT:
            items_represented(ev, v, site)


def items_represented(ev: Evaluator, v: V, site: Site) -> None:
    """The ``repr`` of a builtin container asks each item for its own."""
    for inside in v.c if v.k == SEQ else (*v.b, *flat(value for _, value in v.a)):
        if inside.k == INST:
            dunder(ev, inside, ("__repr__",), site)


def flat(values: Iterable[VS]) -> VS:
    """All values of several sets."""
    return tuple(v for value in values for v in value)


def hashed(ev: Evaluator, value: VS, site: Site) -> None:
    """Objects put into or looked up in a mapping or set."""
    for v in value:
        if v.k == INST:
            dunder(ev, v, ("__hash__",), site)


def numbered(ev: Evaluator, value: VS, site: Site) -> None:
    """Objects that stand where a whole number is wanted."""
    for v in value:
        if v.k == INST:
            dunder(ev, v, ("__index__",), site)


def unary(ev: Evaluator, op: str, value: VS, site: Site) -> VS | None:
    """``-x``, ``+x``, ``~x`` on objects; None where no object says what it gives."""
    out: VS = NOTHING
    for v in value:
        if v.k in (INST, EXTINST):
            out = union(out, dunder(ev, v, (_SIGNS.get(op, ""),), site) or NOTHING)
    return out or None


def compare(ev: Evaluator, op: str, left: VS, right: VS, site: Site) -> None:
    """A comparison runs the special method of an object's class."""
    if op in ("in", "not in"):
        for v in right:
            if v.k == INST or v.k == EXTINST or v.k == CLASS:
                if dunder(ev, v, ("__contains__",), site, Args([left], {})) is None and v.k == INST:
                    equated(ev, iterate(ev, (v,), site, False), left, site)
            elif v.k == GEN or (v.k == SEQ and v.a.__class__ is Lazy):
                equated(ev, iterate(ev, (v,), site, False), left, site)
            elif v.k == DICT:
                hashed(ev, left, site)
            elif v.k == SEQ:
                if v.a == "set":
                    hashed(ev, left, site)
                equated(ev, v.c, left, site)
        return
    name = _COMPARISONS.get(op)
    if name is None:
        return
    tried = ("__ne__", name) if op == "!=" else (name,)
    turned = any(v.k == INST for v in right)
    for v in left:
        if (v.k == INST or v.k == EXTINST) and _compared(ev, v, tried, right, site):
            continue
        if turned:
            for r in right:
                if r.k == INST:
                    _compared(ev, r, tuple(_TURNED[each] for each in tried), (v,), site)
        elif v.k == SEQ and op in ("==", "!="):
            for r in right:
                if r.k == SEQ and r.a == v.a:
                    equated(ev, v.c, r.c, site)


def _compared(ev: Evaluator, v: V, tried: tuple[str, ...], other: VS, site: Site) -> bool:
    """Ask an object how it compares; whether its class says so."""
    args = Args([other], {})
    if dunder(ev, v, tried, site, args) is not None:
        return True
    if v.k != INST or tried[-1] == "__eq__" or not _is_totally_ordered(ev, v.a):
        return False
    return dunder(ev, v, _ORDERING, site, args) is not None


def _is_totally_ordered(ev: Evaluator, cls: Class) -> bool:
    """Whether ``functools.total_ordering`` made the comparisons of a class that it does not write."""
    return any(
        F.last_name(d) == "total_ordering"
        for c in attributes.mro(ev, cls)
        if isinstance(c, Class)
        for d in c.body["decorators"]
    )


def equated(ev: Evaluator, items: VS, wanted: VS, site: Site) -> None:
    """Objects compared with what is looked for among them."""
    if any(v.k == INST for v in items) or any(v.k == INST for v in wanted):
        compare(ev, "==", tuple(v for v in items if v.k != EXTINST or v.a.startswith("builtins.")), wanted, site)


# -- methods of builtin containers and texts


def native_method(ev: Evaluator, v: V, name: str, args: Args, node: Any, site: Site) -> VS:
    """A method of a list, tuple, set, dict, iterator or text."""
    values = ev.values
    if v.k == DICT:
        return _dict_method(ev, v, name, args, node, site)
    if v.k == SEQ:
        if v.a == "set" and name in ("add", "discard", "remove"):
            hashed(ev, args.positional[0] if args.positional else NOTHING, site)
        if name in ("append", "add", "insert", "appendleft"):
            put(ev, node, None, args.positional[-1] if args.positional else NOTHING, site.frame)
            return (values.none,)
        if name in ("extend", "update", "extendleft", "intersection_update", "difference_update"):
            more = union(*(iterate(ev, a, site, False) for a in args.positional))
            put(ev, node, None, more, site.frame)
            if v.a == "set":
                hashed(ev, more, site)
            return (values.none,)
        if name in ("pop", "popleft", "__next__", "__getitem__"):
            return iterate(ev, (v,), site, False)
        if name in ("union", "intersection", "difference", "symmetric_difference"):
            more = union(*(iterate(ev, a, site, False) for a in args.positional))
            return (values.seq(v.a, None, union(v.c, more)) if name in ("union", "symmetric_difference") else v,)
        if name in ("copy", "__iter__"):
            return (v,)
        if name in ("index", "count", "remove") and args.positional and v.a != "set":
            equated(ev, v.c, args.positional[0], site)
        if name in ("sort", "reverse", "clear", "remove", "discard"):
            _keys(ev, args, v.c, site)
            if name == "sort" and "key" not in args.keywords:
                ordered(ev, v.c, site)
            return (values.none,)
        return (values.instance("builtins.int"),)
    if v.k == CONST and v.b == "str":
        if name == "format":
            shown(ev, union(*args.positional, *args.keywords.values()), site)
            start, hole, end = v.a.partition("{}")
            if hole and start.endswith("."):
                return (values.text(start, end),)
        elif name == "join":
            for a in args.positional:
                iterate(ev, a, site, False)
        elif name == "format_map":
            for r in args.positional[0] if args.positional else NOTHING:
                dunder(ev, r, ("__getitem__",), site, Args([(values.instance("builtins.str"),)], {}))
        return _text_method(ev, v, name, args)
    return values.why("method of a builtin")


def ordered(ev: Evaluator, items: VS, site: Site) -> None:
    """Objects, or tuples that begin with the same, compared with each other by sorting or choosing."""
    for v in items:
        if v.k == INST:
            dunder(ev, v, ("__lt__", "__gt__"), site, Args([items], {}))
        elif v.k == SEQ and v.b:
            for part in v.b:
                for inside in part:
                    if inside.k == INST:
                        dunder(ev, inside, ("__lt__", "__gt__"), site, Args([part], {}))


def _keys(ev: Evaluator, args: Args, items: VS, site: Site) -> None:
    key = args.keywords.get("key")
    if key is not None:
        ordered(ev, calls.call(ev, key, Args([items], {}), site), site)


def _dict_method(ev: Evaluator, v: V, name: str, args: Args, node: Any, site: Site) -> VS:
    values = ev.values
    found_before = values.held.get(v)
    if found_before is None:
        found_before = values.held[v] = union(*[value for _, value in v.a], _without_makers(v.b))
    everything = found_before
    keys = v.c or keys_of(ev, v)[:20]
    if name in ("get", "pop", "setdefault", "__getitem__"):
        hashed(ev, args.positional[0] if args.positional else NOTHING, site)
        found = mapping_item(v, args.positional[0]) if args.positional else everything
        if not everything:
            is_known = options.is_own(site.frame, node)
            found = NOTHING if is_known else values.why("entry of a mapping that begins empty")
        kept = _memo(ev, node, site.frame) if name == "get" else None
        if kept is not None:
            found = kept
        default = args.positional[1] if len(args.positional) > 1 else args.keywords.get("default", NOTHING)
        if name == "setdefault" and len(args.positional) > 1:
            put(ev, node, args.positional[0], default, site.frame)
        if name == "get" and not default:
            default = (values.none,)
        if args.positional and options.is_passed(site.frame, node, v, args.positional[0]):
            return next(value for key, value in v.a if key == args.positional[0][0].a)
        if default and all(d.live for d in default) and _is_given(ev, args, node, site.frame):
            return found or values.unknown
        return union(found, default) or values.unknown
    if name == "values":
        return (values.seq("iter", None, everything),)
    if name == "keys":
        return (values.seq("iter", None, keys),)
    if name == "items":
        pair = (keys or values.unknown, everything or values.unknown)
        rows = None
        if v.a and not v.b:
            pairs = [((key if isinstance(key, V) else values.const(key),), value) for key, value in v.a]
            rows = tuple((values.seq("tuple", one, union(*one)),) for one in pairs)
        return (values.seq("iter", rows, (values.seq("tuple", pair, union(*pair)),)),)
    if name == "popitem":
        return (values.seq("tuple", (keys, everything), union(keys, everything)),)
    if name == "copy":
        return (v,)
    if name == "update":
        for a in [
            *args.positional,
            *([] if not args.keywords else [(values.dict(tuple(args.keywords.items()), NOTHING),)]),
        ]:
            for other in a:
                if other.k == DICT:
                    for key, value in other.a:
                        put(ev, node, (key if isinstance(key, V) else values.const(key),), value, site.frame)
                    if other.b:
                        put(ev, node, other.c, other.b, site.frame)
                    continue
                for key_value, entry in entries(ev, other, site):
                    put(ev, node, key_value, entry, site.frame)
        return (values.none,)
    return values.unknown


def entries(ev: Evaluator, v: V, site: Site) -> list[tuple[VS, VS]]:
    """Keys and values of something that is copied into a mapping: rows of pairs, or another mapping, whose entries nobody may know."""
    spread = spread_out(ev, v, site)
    if spread is not None:
        return [(ev.values.unknown, spread)]
    rows = iterate(ev, (v,), site, False)
    pairs = [(row.b[0], row.b[1]) for row in rows if row.k == SEQ and row.b is not None and len(row.b) == 2]
    if v.k == CONST or (rows and len(pairs) == len(rows)):
        return pairs
    return [*pairs, (ev.values.unknown, ev.values.why("entry of an unknown mapping"))]


def _text_method(ev: Evaluator, v: V, name: str, args: Args) -> VS:
    values = ev.values
    if name in ("split", "rsplit", "partition", "rpartition") and len(v.a) < 200:
        given = [a[0].a for a in args.positional if len(a) == 1 and a[0].k == CONST]
        if len(given) == len(args.positional) and not args.keywords:
            try:
                parts = tuple((values.const(part),) for part in getattr(v.a, name)(*given))
            except (TypeError, ValueError):
                parts = ()
            if parts:
                return (values.seq("list" if "split" in name else "tuple", parts, union(*parts)),)
    if name in ("split", "rsplit", "splitlines", "partition", "rpartition"):
        return (values.seq("list", None, (values.instance("builtins.str"),)),)
    if name in _TEXT_TO_TEXT and len(v.a) < 200 and not args.keywords and not args.more_positional:
        given = [a[0].a for a in args.positional if len(a) == 1 and a[0].k == CONST and a[0].b == "str"]
        if len(given) == len(args.positional) == _TEXT_TO_TEXT[name] or (not args.positional and name in _BARE):
            return (values.const(getattr(v.a, name)(*given)),)
    if name in ("startswith", "endswith", "isdigit", "isalpha", "isidentifier"):
        only = args.positional[0] if len(args.positional) == 1 else NOTHING
        if name.endswith("with") and len(only) == 1 and only[0].k == CONST and only[0].b == "str":
            return (values.const(getattr(v.a, name)(only[0].a)),)
        return (values.instance("builtins.bool"),)
    if name == "encode":
        return (values.instance("builtins.bytes"),)
    if name in ("find", "index", "count", "rfind"):
        return (values.instance("builtins.int"),)
    return (values.instance("builtins.str"),)


def is_text(v: V) -> bool:
    """A literal text."""
    return v.k == CONST and v.b == "str"


__all__ = ["BOUND", "binary", "compare", "enter", "filled", "item", "iterate", "leave", "unpacked"]
