"""Attributes: methods by MRO, properties, instance attributes assigned in any method, attributes of library objects."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import (
    callers,
    calls,
    containers,
    derived,
    factories,
    handed_later,
    hints,
    lazily,
    library,
    names,
    namespaces,
    surely,
)  # fmt: skip
from async_guard.link.frames import NO_ARGS, Args, Filling, Frame, Site
from async_guard.link.program import Binding, Class, Fn
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
    MANAGER,
    MARK,
    MEMBER,
    MIXED,
    MODULE,
    MORE,
    NOTHING,
    PARTIAL,
    PROPERTY,
    SEQ,
    SLOT,
    STATIC,
    SUPER,
    UNKNOWN,
    VS,
    WRAP,
    V,
    has_unknown,
    is_constant,
    known,
    member_name,
    union,
    without_none,
    without_unknown,
)  # fmt: skip
from async_guard.model import facts as F
from async_guard.model.catalogue import ClassEntry, FunctionEntry, TypeExpr, ValueEntry

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

GUESSED: Final = 3
"""Classes that override a method, above which it is a guess that an object is of one of them, also where their base's own calls nothing."""
SCANNED: Final = 24
"""Methods that a scan over all of a class's attributes comes by."""
IMPLEMENTATION_LIMIT: Final = 24
"""Subclasses or implementers that one declared receiver is taken for."""


def get(ev: Evaluator, base: VS, name: str, site: Site) -> VS:
    """``base.name``. Reading a property or descriptor runs it."""
    if len(base) > 1 and not name.startswith("__"):
        base = without_none(base)  # which has no attributes: the code would raise
    if len(base) == 1:
        return get_one(ev, base[0], name, site) or ev.values.unknown
    return union(*[get_one(ev, v, name, site) for v in base]) or ev.values.unknown


def get_one(ev: Evaluator, v: V, name: str, site: Site) -> VS:
    """The attribute of one value."""
    values = ev.values
    k = v.k
    if k == INST:
        return _instance(ev, v, name, site)
    if k == EXTINST:
        return _library_instance(ev, v, name, site)
    if name == "__call__" and (k in _CALLED_AS_THEY_ARE or (k == EXT and _is_function(ev, v))):
        return (v,)
    if k == EXT:
        return _library_name(ev, v, name, site)
    if k == MODULE:
        if name == "__dict__":
            return (v,)
        if name == "__name__":
            return (values.const(v.a),)
        found = names.member(ev, v.a, name, site)
        if found is None and name in ("get", "items", "values", "keys"):  # of `globals()`
            return (values.make(SLOT, name, v),)
        return found or values.why("name not found in module")
    if k == CLASS:
        return _class(ev, v, name, site)
    if k == SUPER:
        return _super(ev, v, name, site)
    if k in (SEQ, DICT) or k == CONST:
        return (values.make(SLOT, name, v),)
    if k == FUNC:
        if name == "__wrapped__" and v.c is not None:
            return (v.c,)
        if name == "__name__" and (v.a, name) not in ev.bags and not v.a.is_lambda:
            return (values.const(v.a.name),) if v.c is None else get_one(ev, v.c, name, site)
        return ev.bags.get((v.a, name)) or values.why("function attribute")
    if k == BOUND and name == "__self__":
        return (v.a,)
    if k == BOUND and name == "__name__":
        return get_one(ev, v.b, name, site)
    if k == BOUND and name == "__func__":
        return (v.b,)
    if k == PARTIAL and name == "func":
        return (v.a,)
    if k == WRAP and v.a == "dispatch" and name == "register":
        return (values.make(SLOT, name, v),)
    if k == WRAP and v.a in ("cached", "wrap"):
        if name == "__wrapped__":
            return (v.b,)
        return values.why("function attribute")
    if k in (GEN, AWAITABLE, MANAGER):
        return (values.make(SLOT, name, v),)
    return values.why(str(v.a) if k == UNKNOWN else "attribute of an opaque value")


# -- classes


def mro(ev: Evaluator, cls: Class) -> tuple[Any, ...]:
    """The class and its bases in lookup order: project classes, and dotted names of library classes."""
    if cls.mro_cache is not None:
        if cls in ev.lining:
            ev.lines_missed += 1
        return cls.mro_cache  # type: ignore[no-any-return]
    missed = ev.lines_missed
    ev.lining.add(cls)
    cls.mro_cache = (cls,)
    out: list[Any] = [cls]
    frame = names.class_frame(ev, cls)
    scope = frame.closure if frame.closure is not None else cls.module.frame
    is_whole = True
    for base in cls.body["bases"]:
        if base[0] == F.E_SUB:
            base = base[1]
        hits, known_before = ev.cycles, len(out)
        for v in ev.ev(base, scope):
            if v.k == CLASS:
                out.extend(mro(ev, v.a))
            elif v.k == EXT:
                out.append(ev.catalogue.canonical(v.a))
            elif v.k == EXTINST:
                out.append(v.a)
        is_whole = is_whole and (len(out) > known_before or ev.cycles == hits)
    # A base reached by two ways stands where it was reached last, as in the language's own linearisation.
    last = {item: position for position, item in enumerate(out)}
    line = tuple(item for position, item in enumerate(out) if last[item] == position)
    ev.lining.discard(cls)
    if not is_whole:
        ev.lines_missed += 1
    # What a class has whose bases are being read is asked again, once they are known.
    cls.mro_cache = line if is_whole and (ev.lines_missed == missed or not ev.lining) else None
    return line


def library_bases(ev: Evaluator, cls: Class) -> list[str]:
    """Dotted names of the library classes that a class derives from."""
    line = mro(ev, cls)
    found = cls.library
    if found is None or found[0] is not line:  # the line grows while a class is being defined
        found = cls.library = (line, [item for item in line if isinstance(item, str)])
    return found[1]  # type: ignore[no-any-return]


_NEVER_ASKED: Final[Any] = object()


def class_attribute(ev: Evaluator, cls: Class, name: str, after: Class | None = None) -> tuple[Class, VS] | None:
    """The first project class in lookup order that binds the name, and the value."""
    key: Any = name if after is None else (name, after)
    cache = cls.values_found
    found = cache.get(key, _NEVER_ASKED)
    if found is not _NEVER_ASKED:
        return found  # type: ignore[no-any-return]
    skipping = after is not None
    missed = ev.lines_missed
    line = mro(ev, cls)
    is_whole = ev.lines_missed == missed
    for item in line:
        if skipping:
            skipping = item is not after
            continue
        if isinstance(item, Class) and name in item.bindings:
            value = names.class_value(ev, item, name)
            if value is not None:
                if name in item.values:  # complete: not asked for in the middle of its own definition
                    cache[key] = (item, value)
                return item, value
    if is_whole:
        cache[key] = None
    return None


def metaclasses(ev: Evaluator, cls: Class) -> tuple[Class, ...]:
    """The project's metaclasses of a class, the nearest first: what it is an object of itself."""
    found: tuple[Class, ...] | None = cls.cache.get("metaclasses")
    if found is None:
        cls.cache["metaclasses"] = ()
        found = tuple(
            v.a
            for c in mro(ev, cls)
            if isinstance(c, Class)
            for keyword, value in c.body["keywords"]
            if keyword == "metaclass"
            for v in ev.ev(value, c.module.frame)
            if v.k == CLASS
        )
        cls.cache["metaclasses"] = found = tuple(dict.fromkeys(found))
    return found


def of_metaclass(ev: Evaluator, v: V, name: str, site: Site) -> VS:
    """What a class has from its metaclass: methods, which get the class, properties, and what all its classes share."""
    for meta in metaclasses(ev, v.a):
        found = class_attribute(ev, meta, name)
        if found is not None:
            return _bound(ev, containers.filled(ev, found[0], name, found[1]), v, site)
    return NOTHING


def original_bases(ev: Evaluator, cls: Class) -> VS:
    """``cls.__orig_bases__``: the bases as written, with their arguments; a class that says none has those of its base."""
    for c in mro(ev, cls):
        if not isinstance(c, Class) or not any(base[0] == F.E_SUB for base in c.body["bases"]):
            continue
        frame = names.class_frame(ev, c)
        scope = frame.closure if frame.closure is not None else c.module.frame
        items = tuple(_written_base(ev, base, scope) for base in c.body["bases"])
        return (ev.values.seq("tuple", items, union(*items)),)
    return NOTHING


def _written_base(ev: Evaluator, base: Any, scope: Frame) -> VS:
    if base[0] != F.E_SUB:
        return ev.ev(base, scope)
    given = base[2][2] if base[2][0] == F.E_SEQ else [base[2]]
    return (ev.values.instance(ALIAS, tuple(ev.ev(part, scope) for part in given), ev.ev(base[1], scope)),)


def alias_arguments(ev: Evaluator, v: V) -> VS:
    """The type arguments of ``Base[Item]``."""
    return (ev.values.seq("tuple", v.b, union(*v.b)),)


ALIAS: Final = "types.GenericAlias"
"""``Base[Item]`` as an object: its type arguments, and as token what they are given to."""
SOMETHING: Final = "something"
"""Whose attributes those are that code puts on an object of which nothing is known."""
_TESTS: Final = "tests"
"""Marks what tests put on the application's objects."""


def is_enum(ev: Evaluator, cls: Class) -> bool:
    """Whether a class derives from the standard library's enumerations."""
    for base in library_bases(ev, cls):  # noqa: SIM110 - asked for every attribute of every object
        if base.startswith("enum."):
            return True
    return False


def member_values(ev: Evaluator, cls: Class) -> list[VS]:
    """What the members of an enumeration stand for, in order."""
    out = []
    for name, bindings in cls.bindings.items():
        if name.startswith("_") or bindings[-1].kind != "value":
            continue
        value = member_value(ev, cls, name)
        if value:
            out.append(value)
    return out[:MEMBER_LIMIT]


def member_value(ev: Evaluator, cls: Class, name: str) -> VS:
    """What one member of an enumeration stands for."""
    value = names.class_value(ev, cls, name) or NOTHING
    if not _is_numbered(cls, name) or class_attribute(ev, cls, "_generate_next_value_") is not None:
        return value
    if "enum.StrEnum" in library_bases(ev, cls):
        return (ev.values.const(name.lower()),)
    members = [n for n, bindings in cls.bindings.items() if not n.startswith("_") and bindings[-1].kind == "value"]
    return (ev.values.const(members.index(name) + 1),) if all(_is_numbered(cls, n) for n in members) else value


def _is_numbered(cls: Class, name: str) -> bool:
    """Whether a member is written as ``auto()``."""
    binding = cls.bindings[name][-1] if name in cls.bindings else None
    if binding is None or binding.kind != "value" or binding.data is None:  # of a method the facts keep a number
        return False
    return bool(binding.data[0] == F.E_CALL and F.last_name(binding.data[1]) == "auto")


def member_of(ev: Evaluator, cls: Class, name: str) -> V:
    """One member of an enumeration; any, where members can be joined (flags) or compared in a way of their own."""
    known_members: dict[str, V] | None = cls.cache.get("members")
    if known_members is None:
        cls.cache["members"] = known_members = {}
    found = known_members.get(name)
    if found is not None:
        return found
    bases = library_bases(ev, cls)
    if any(b.endswith("Flag") for b in bases) or class_attribute(ev, cls, "__eq__") is not None:
        return ev.values.make(INST, cls, None, False)
    value = member_value(ev, cls, name)
    first = name
    if len(value) == 1 and value[0].k == CONST:
        for other, bindings in cls.bindings.items():  # of two names for one value the second is an alias
            if other == name:
                break
            if bindings[-1].kind == "value" and names.class_value(ev, cls, other) == value:
                first = other
                break
    is_mixed = any(b in _MIXED_IN or b in ("enum.StrEnum", "enum.IntEnum") for b in bases)
    told: tuple[tuple[str, VS], ...] = ((MEMBER, (ev.values.const(first),)),)
    made = ev.values.make(INST, cls, (*told, (MIXED, value)) if is_mixed else told, False)
    known_members[name] = made
    return made


def member_equal(ev: Evaluator, cls: Class, value: VS) -> VS | None:
    """What ``Kind("one")`` gives: the members that stand for a value; None where that is not known."""
    by_value = _by_value(ev, cls)
    found = [v if v.k == INST and v.a is cls else by_value.get(v) for v in value]
    members = tuple(dict.fromkeys(v for v in found if v is not None))
    return members if members and None not in found else None


def _by_value(ev: Evaluator, cls: Class) -> dict[V, V]:
    """The members of an enumeration by the literals that they stand for; none where making one is written out."""
    found: dict[V, V] | None = cls.cache.get("members by value")
    if found is None:
        cls.cache["members by value"] = found = {}
        if class_attribute(ev, cls, "__new__") is None:
            for name, bindings in cls.bindings.items():
                if name.startswith("_") or bindings[-1].kind != "value":
                    continue
                value = member_value(ev, cls, name)
                if len(value) == 1 and value[0].k == CONST:
                    found.setdefault(value[0], member_of(ev, cls, name))
    return found


_MIXED_IN: Final = frozenset(("builtins.str", "builtins.int", "builtins.float", "builtins.bytes", "builtins.tuple"))


MEMBER_LIMIT: Final = 40
"""Members of an enumeration that are looked at."""


def tuple_fields(ev: Evaluator, v: V) -> list[str] | None:
    """The fields of a named tuple in order; None for any other object."""
    if not any(b in ("typing.NamedTuple", "typing_extensions.NamedTuple") for b in library_bases(ev, v.a)):
        return None
    fields: dict[str, None] = {}
    for cls in mro(ev, v.a)[::-1]:
        if isinstance(cls, Class):
            fields.update(
                (name, None) for name, bindings in cls.bindings.items() if bindings[-1].annotation is not None
            )
    return list(fields)


def is_typed_dict(ev: Evaluator, cls: Class) -> bool:
    """Whether a class describes the keys of a mapping."""
    return any(b.endswith(".TypedDict") for b in library_bases(ev, cls))


def is_dataclass(ev: Evaluator, cls: Class) -> bool:
    """Whether a class or one of its bases is decorated as a dataclass."""
    return any(
        isinstance(c, Class) and any(_last(d, c) == "dataclass" for d in c.body["decorators"]) for c in mro(ev, cls)
    )


def _last(e: Any, cls: Class) -> str:
    """The last name of a decorator, by the name that it has where it was imported from."""
    if e[0] == F.E_CALL:
        e = e[1]
    if e[0] != F.E_NAME:
        return str(e[2]) if e[0] == F.E_ATTR else ""
    imported = [b.data[2] for b in cls.module.bindings.get(e[1], ()) if b.kind == "from"]
    return str(imported[-1] if imported else e[1])


def is_protocol(cls: Class) -> bool:
    """Whether a class is a typing Protocol."""
    return "Protocol" in cls.head.bases


def is_example_path(path: str) -> bool:
    """Whether a file lies in a folder of examples, which show how the project is used and are no part of what runs."""
    folders = path.split("/")[:-1]
    return any(p in _EXAMPLES or p.startswith("example_") or p.endswith(("_example", "_examples")) for p in folders)


_EXAMPLES: Final = frozenset((
    "example", "examples", "sample", "samples", "cookbook", "cookbooks", "tutorial", "tutorials", "demo", "demos",
))  # fmt: skip


def subclasses(ev: Evaluator, cls: Class) -> list[Class]:
    """All known classes below a class; for a Protocol, the classes that have its methods."""
    found: list[Class] | None = cls.cache.get("subclasses")
    if found is None:
        cls.cache["subclasses"] = []
        queue = [cls]
        out: dict[Class, None] = {}
        while queue:
            current = queue.pop(0)
            for candidate in ev.program.classes_naming_base(current.name, cls.module):
                if candidate not in out and candidate is not cls and current in mro(ev, candidate):
                    out[candidate] = None
                    queue.append(candidate)
        if is_protocol(cls):
            for candidate in _implementers(ev, cls):
                out.setdefault(candidate)
        found = list(out)
        if not cls.module.is_test:
            found = [c for c in found if not c.module.is_test]
        if not is_example_path(cls.module.path):
            found = [c for c in found if not is_example_path(c.module.path)]
        cls.cache["subclasses"] = found
    return found


def _implementers(ev: Evaluator, protocol: Class) -> list[Class]:
    methods = dict.fromkeys(protocol.head.methods)  # an overloaded one stands there several times
    wanted = [m for m in methods if not m.startswith("__") or m in ("__call__", "__enter__", "__aenter__", "__iter__")]
    if not wanted or wanted == ["__iter__"]:  # what can be iterated is a list before it is anything of the project
        return []
    if _is_of_builtins(protocol, wanted):
        return []
    candidates = min((ev.program.classes_with_method(m, protocol.module) for m in wanted), key=len)
    out = []
    for candidate in candidates:
        if candidate is protocol or is_protocol(candidate):
            continue
        if all(_same_shape(ev, protocol, candidate, m) for m in protocol.head.methods):
            out.append(candidate)
    return out


def _is_of_builtins(protocol: Class, wanted: list[str]) -> bool:
    """Whether a protocol describes what builtin mappings, lists or texts have: parameters without names, as theirs are."""
    own = protocol.own_methods()
    params = {m: own[m].body["params"][1:] for m in wanted if m in own}
    if len(params) < len(wanted) or any(p[1] != "/" for taken in params.values() for p in taken):
        return False
    return any(all(_can_be_called(kind, m, len(taken)) for m, taken in params.items()) for kind in _BUILTINS)


_BUILTINS: Final[tuple[type, ...]] = (dict, list, set, str, bytes)


def _can_be_called(kind: type, method: str, arguments: int) -> bool:
    try:
        inspect.signature(getattr(kind, method)).bind(*[None] * (arguments + 1))
    except (AttributeError, TypeError, ValueError):
        return False
    return True


def _same_shape(ev: Evaluator, protocol: Class, candidate: Class, method: str) -> bool:
    """Whether a class has a protocol's method with the parameters that callers of the protocol pass by name."""
    found = class_attribute(ev, candidate, method)
    if found is None:
        return False
    wanted, have = protocol.own_methods().get(method), found[0].own_methods().get(method)
    if wanted is None or have is None:
        return True
    if wanted.is_async != have.is_async:
        return False
    params = have.body["params"]
    if any(p[1] == "**" for p in params):
        return method != "__call__"  # whoever takes anything fits every callback and is meant by none
    names_there = {p[0] for p in params}
    return all(p[0] in names_there for p in wanted.body["params"][1:] if p[1] in ("a", "k")) and _takes_as_many(
        have, wanted
    )


def _takes_as_many(have: Fn, wanted: Fn) -> bool:
    """Whether a method can be called with as many positional arguments as the method of a protocol."""
    if have.body["decorators"]:
        return True
    taken, given = ([p for p in fn.body["params"][1:] if p[1] in ("/", "a")] for fn in (have, wanted))
    more = any(p[1] == "*" for p in have.body["params"])
    always = sum(p[3] is None for p in given)
    return sum(p[3] is None for p in taken) <= len(given) and (more or always <= len(taken))


def special(ev: Evaluator, v: V, name: str) -> VS:
    """A special method of an instance's class, bound; nothing when no project class has it."""
    found = class_attribute(ev, v.a, name)
    out = _bound(ev, found[1], v, Site(found[0].module.frame, 0, 0, None, on="never")) if found is not None else NOTHING
    if v.c:
        for sub in subclasses(ev, v.a)[:IMPLEMENTATION_LIMIT]:
            if name in sub.bindings:
                value = names.class_value(ev, sub, name)
                if value is not None:
                    receiver = ev.values.make(INST, sub, None, False)
                    out = union(out, _bound(ev, value, receiver, Site(sub.module.frame, 0, 0, None, on="never")))
    return tuple(b for b in out if not (b.k == BOUND and b.b.k == FUNC and b.b.a.is_stub() and len(out) > 1))


def _as_declared(ev: Evaluator, held: VS, declared: VS) -> VS:
    """Of objects put into an attribute, those that are of the declared kind (``store: Store[Row]``), with its type arguments."""
    generic = [d for d in declared if d.k == INST and d.b]
    if not generic:
        return held
    kept = tuple(
        v
        for v in held
        if v.k != INST or not any(hints.of_other_kind(ev, v.a, d) for d in generic if d.a in mro(ev, v.a))
    )
    return hints.parametrized(ev, kept, declared) if known(kept) else declared


def _bound(ev: Evaluator, value: VS, receiver: V, site: Site) -> VS:
    """A class attribute as an instance sees it."""
    out: list[VS] = []
    for v in value:
        if v.k == FUNC or (v.k in (WRAP, PARTIAL) and v.a != "returns"):
            out.append((ev.values.make(BOUND, receiver, v),))
        elif v.k == PROPERTY:
            bound = ev.values.make(BOUND, receiver, v.a) if v.a.k in (FUNC, WRAP) else v.a
            given = calls.call(ev, (bound,), NO_ARGS, site, lowered=bool(v.b))
            if given and site.node is not None and site.node[0] == F.E_ATTR and all(g.k == CORO for g in given):
                site.frame.mark(("coroutine", site, given))
            out.append(given)
        elif v.k == STATIC:
            if v.b == "static":
                out.append((v.a,))
            else:
                owner = ev.values.make(CLASS, receiver.a, None) if receiver.k == INST else receiver
                out.append((ev.values.make(BOUND, owner, v.a),))
        elif v.k == INST and (descriptor := class_attribute(ev, v.a, "__get__")) is not None:
            getter = _bound(ev, descriptor[1], v, site)
            owner = ev.values.make(CLASS, receiver.a, None) if receiver.k == INST else receiver
            out.append(calls.call(ev, getter, Args([(receiver,), (owner,)], {}), site))
        else:
            out.append((v,))
    return union(*out)


def _instance(ev: Evaluator, v: V, name: str, site: Site) -> VS:
    cls: Class = v.a
    if name == "__class__":
        own = (ev.values.make(CLASS, cls, None),)
        return union(own, ev.values.why("class below the declared one")) if v.c else own
    if name == "__dict__":
        return namespaces.of_object(ev, v, site)
    if name == "__orig_bases__":
        return original_bases(ev, cls) or ev.values.why("attribute not found")
    put = _put(ev, cls, name, site.frame.fn) if ev.methods_put else None
    if put is not None:
        return _bound(ev, put, v, site)
    return _own(ev, v, name, site)


def _of_class(ev: Evaluator, v: V, name: str, value: VS) -> VS:
    """Routers that a field's factory makes: each object has its own, which those of one class share here."""
    if not any(field == name for field, _ in factories.of(ev, v.a)):
        return value
    return tuple(ev.values.make(EXTINST, x.a, x.b, (x.c, v.a)) if x.k == EXTINST else x for x in value)


def _runs_or_binds(ev: Evaluator, value: VS) -> bool:
    """Whether what a class has is bound to the object that it is asked of, or runs where it is asked for."""
    for x in value:
        if x.k in _BOUND_WHEN_ASKED:
            return True
        if x.k == WRAP and x.a != "returns":  # which stands for a field that is declared to hold some callable
            return True
        if x.k == INST and class_attribute(ev, x.a, "__get__"):
            return True
    return False


_BOUND_WHEN_ASKED: Final = frozenset((FUNC, PROPERTY, STATIC))


def _is_field_of_functions(b: Binding, value: VS) -> bool:
    """Whether a class has a function of another scope under a declared name: ``load: Callable[[str], str] = same``."""
    return b.kind == "value" and b.annotation is not None and not b.path and all(x.k == FUNC for x in value)


def _function_given(ev: Evaluator, v: V, name: str, default: VS) -> VS:
    """What an object has in a field whose default is a function: its own, so that nothing binds it. Nothing where it is no field."""
    cls: Class = v.a
    if class_attribute(ev, cls, "__init__") is not None:
        return NOTHING
    given = _field(ev, v, name)
    if given:
        return given
    if not is_dataclass(ev, cls) and all(b in PLAIN_BASES for b in library_bases(ev, cls)):
        return NOTHING
    return default if v.b is not None else union(default, ev.made_with.get((cls, name), NOTHING))


def _has_named(value: VS, kind: int, wanted: Any) -> bool:
    """Whether something of a kind is among the values whose name is one of those wanted."""
    for x in value:  # noqa: SIM110 - asked for every attribute of every object
        if x.k == kind and x.a in wanted:
            return True
    return False


def _own(ev: Evaluator, v: V, name: str, site: Site) -> VS:
    """An attribute of an object without the methods that were put on its class."""
    cls: Class = v.a
    if v.b and handed_later.lacks(v, name):
        return (ev.values.none,)
    found = class_attribute(ev, cls, name)
    out: VS = NOTHING
    if found is not None:
        value = found[1]
        if _runs_or_binds(ev, value):
            if _is_field_of_functions(found[0].bindings[name][-1], value) and (
                held := _function_given(ev, v, name, value)
            ):
                return union(held, stored(ev, v, name)) if _rebound(ev, v, name) else held
            out = _methods(ev, v, name, value, site)
            if ev.program.attribute_writers(name) and all(b.kind == "value" for b in found[0].bindings[name]):
                out = union(out, written_elsewhere(ev, cls, name))  # `on_done = nothing`, until somebody sets it
            if known(out) or any(x.k != UNKNOWN for x in out):
                return (
                    union(out, stored(ev, v, name))
                    if any(x.k == FUNC for x in value) and _rebound(ev, v, name)
                    else out
                )
            return out
        if _has_named(value, MARK, ev.frameworks.markers):
            # What a framework fills before a method runs: `db: Session = Depends(get_db)` in a class-based view.
            declared = found[0].bindings[name][-1]
            value = hints.parameter(ev, declared.annotation, declared.data, names.class_frame(ev, found[0]))
        if not known(value):
            value = factories.made(ev, v, name, site) or value
        if hints.is_open(value):
            declared = found[0].bindings[name][-1]
            value = union(value, hints.argument(ev, v, found[0], declared.annotation, names.class_frame(ev, found[0])))
        if ev.frameworks.lazy and found[0].bindings[name][-1].kind == "value":
            lazily.asked(ev, v, found[0], name, site)
        if (default := _left_out(ev, v, found[0], name)) is not None:
            return default
        out = _of_class(ev, v, name, value) if _has_named(value, EXTINST, ev.frameworks.routers) else value
        if is_enum(ev, cls) and not name.startswith("_") and found[0].bindings[name][-1].kind != "def":
            return (member_of(ev, cls, name),)
        if v.c and out and all(is_constant(x) for x in out):
            # What classes below say instead.
            own = (s for s in known_below(ev, v)[:IMPLEMENTATION_LIMIT] if name in s.bindings)
            out = union(out, *(names.class_value(ev, s, name) or NOTHING for s in own))
        if out and all(is_constant(x) for x in out) and _is_filled(ev, v, found[0], name):
            out = union(out, ev.values.why("field of an object made elsewhere"))
        elif out and all(is_constant(x) for x in out) and found[1] == value and _sets_by_name(ev, cls):
            out = union(out, ev.values.why("may be set by name"))
        elif any(_is_made_here(x) for x in out) and _is_filled(ev, v, found[0], name):
            # `limits: Limits = Limits()` of a model that is read from a file: another object of the class, of which nothing is known.
            out = tuple(dict.fromkeys(ev.values.make(INST, x.a, None, x.c) if _is_made_here(x) else x for x in out))
    if name in ("value", "_value_") and is_enum(ev, cls):
        if member_name(v) and known(value := member_value(ev, cls, member_name(v))):
            return value
        return union(*member_values(ev, cls)) or ev.values.why("value of an enumeration")
    held = stored(ev, ev.values.make(INST, cls, None, False) if member_name(v) else v, name)
    given = _field(ev, v, name) if not held or not known(held) else NOTHING
    if known(held):
        told = without_unknown(held)
        if out and found is not None:
            told = _as_declared(ev, told, out)
        if all(is_constant(x) for x in told):
            # A constant is all that is known, not all that it may be: until a method assigns it, the class's own holds.
            by_name = ev.values.why("may be set by name") if _sets_by_name(ev, cls) else NOTHING
            return union(held, out, by_name or _put_up_by_others(ev, cls, name, told))
        return union(told, without_none(out) if not known(without_none(held)) else NOTHING)
    if known(given):
        return given
    if given and has_unknown(given) and out and all(is_constant(x) for x in out):
        return union(out, given)  # the object was made with something else than the default
    if given and all(x.k == CONST for x in given) and _stays_none(ev, v, name):
        return given
    if v.c and not known(out):
        for sub in known_below(ev, v)[:IMPLEMENTATION_LIMIT]:
            below = class_attribute(ev, sub, name)
            receiver = ev.values.make(INST, sub, None, False)
            if below is not None:
                out = union(out, _bound(ev, below[1], receiver, site))
            else:
                out = union(out, stored(ev, receiver, name))
    if known(out):
        if v.b is None and any(x.k == INST and x.c and is_protocol(x.a) for x in out):
            return _as_made(ev, cls, name, out)
        return union(out, written_elsewhere(ev, cls, name)) if names.is_flag(out) else out
    if derived.is_method(ev, cls, name):
        return (ev.values.make(SLOT, name, v),)
    if derived.is_data(ev, cls, name):
        return derived.held(ev, v, None, site.frame)
    for base in library_bases(ev, cls):
        result = _library_member(ev, ev.frameworks.stand_in(ev, base, v), name, site, v)
        if result is not None:
            return _inherited(ev, result, v)
    if name == "_replace" and tuple_fields(ev, v) is not None:
        return (ev.values.make(WRAP, "replaced", v),)
    written = written_elsewhere(ev, cls, name)
    if found is None and ev.methods_put and (put := _put(ev, cls, name, site.frame.fn)) is not None:
        return union(written, _bound(ev, put, v, site))
    if known(written):
        if all(is_constant(x) for x in written) and any(b not in PLAIN_BASES for b in library_bases(ev, cls)):
            return union(written, ev.values.why("attribute that a library may set"))
        return written
    getter = class_attribute(ev, cls, "__getattr__") or class_attribute(ev, cls, "__getattribute__")
    if getter is not None and not name.startswith("__"):
        bound = _bound(ev, getter[1], v, site)
        return calls.call(ev, bound, Args([(ev.values.const(name),)], {}), site)
    if held and not out and _is_left_none(ev, cls, name):
        held = union(held, ev.values.why("attribute that only others set"))
    return union(out, held) or ev.values.why("attribute not found")


def _as_made(ev: Evaluator, cls: Class, name: str, declared: VS) -> VS:
    """What a field is declared to hold; of what has the shape of a protocol, only what objects of the class are made with."""
    are_read = (cls, name) in ev.made_with or _read_makers(ev, cls)
    made = ev.made_with.get((cls, name), NOTHING)
    if are_read and (not known(made) or has_unknown(made)):
        return declared
    # What is being read, or is left for later, may come to what it makes: it is asked again then.
    return union(tuple(x for x in declared if x.k != INST or not is_protocol(x.a)), made)


def _read_makers(ev: Evaluator, cls: Class) -> bool:
    """Read the class methods of a class that make objects of it, as ``from_request`` does; whether all of them are read to the end."""
    frames: list[Frame] | None = cls.cache.get("makers")
    if frames is None:
        made = ev.values.make(CLASS, cls, None)
        makers = [
            fn
            for fn in cls.own_methods().values()
            if fn.is_class_method and callers.sites(ev.program, fn).get(fn.body["params"][0][0])
        ]
        frames = cls.cache["makers"] = [ev.joined_frame(ev.values.make(FUNC, fn, None, None), made) for fn in makers]
    for frame in frames:
        if frame.state != 2:
            ev.settle(frame)
    return all(frame.state == 2 for frame in frames)


PLAIN_BASES: Final = frozenset(("builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "enum.Enum"))
"""Bases that put no attributes on an object."""


def _is_left_none(ev: Evaluator, cls: Class, name: str) -> bool:
    """Whether all that the project ever does to an attribute is to write that it is None: others set it."""
    makers = [fn for c in mro(ev, cls) if isinstance(c, Class) for fn in writers(c, name)]
    return len(makers) == 1 and any(
        stmt[0] == F.S_ASSIGN and stmt[2][:2] == [F.E_CONST, None] and any(_names(t, name) for t in stmt[1])
        for stmt in makers[0].body["body"]
    )


def _names(target: Any, name: str) -> bool:
    return bool(target[0] == F.E_ATTR and target[2] == name)


def _is_made_here(x: V) -> bool:
    return x.k == INST and x.b is not None and not member_name(x)


def _is_filled(ev: Evaluator, v: V, owner: Class, name: str) -> bool:
    """Whether a default in a class body is that of a field which whoever made this object may have given another value."""
    if owner.bindings[name][-1].annotation is None:
        return False
    if ev.frameworks.fills_from_outside(ev, v.a):
        return True
    bases = library_bases(ev, v.a)
    init = class_attribute(ev, v.a, "__init__")
    if init is not None:
        # `def __init__(self, **data)` of a model hands on whatever it is given.
        hands_on = any(f.k == FUNC and any(p[1] == "**" for p in f.a.body["params"]) for f in init[1])
        return hands_on and any(b not in PLAIN_BASES for b in bases)
    if v.b is not None and not any(key == MORE for key, _ in v.b):
        return False
    return is_dataclass(ev, v.a) or any(b not in ("builtins.object", "abc.ABC") for b in bases)


def _sets_by_name(ev: Evaluator, cls: Class) -> bool:
    """Whether a method sets attributes whose names are not written: ``setattr(self, key, value)``, ``self.__dict__.update(...)``."""
    found: bool | None = cls.cache.get("sets by name")
    if found is None:
        cls.cache["sets by name"] = False
        found = cls.cache["sets by name"] = any(
            _sets(method) for c in mro(ev, cls) if isinstance(c, Class) for method in c.own_methods().values()
        )
    return bool(found)


def _sets(method: Fn) -> bool:
    params = method.body["params"]
    own = params[0][0] if params else ""
    return any(_is_set_by_name(call, own) or _is_update(call[1], own) for call in method.written)


def _is_set_by_name(call: Any, own: str) -> bool:
    if call[1][:2] != [F.E_NAME, "setattr"] or len(call[2]) <= 1:
        return False
    return bool(call[2][0][:2] == [F.E_NAME, own] and call[2][1][0] != F.E_CONST)


def _is_update(callee: Any, own: str) -> bool:
    if callee[0] != F.E_ATTR or callee[2] != "update" or callee[1][0] != F.E_ATTR:
        return False
    return bool(callee[1][2] == "__dict__" and callee[1][1][:2] == [F.E_NAME, own])


def _left_out(ev: Evaluator, v: V, owner: Class, name: str) -> VS | None:
    """The default of a dataclass's field that an object was made without, where it is one that stays: None, a number, an empty tuple."""
    if v.b is None or v.c or any(key in (name, MORE) for key, _ in v.b) or not is_dataclass(ev, v.a):
        return None
    b = owner.bindings[name][-1]
    if b.kind != "value" or b.path or b.annotation is None:
        return None
    written = _written_default(b.data)
    is_plain = written is not None and (
        written[0] == F.E_CONST or (written[:2] == [F.E_SEQ, "tuple"] and not written[2])
    )
    if not is_plain or class_attribute(ev, v.a, "__init__") is not None or _may_be_written(ev, v.a, name):
        return None
    return ev.ev(written, owner.module.frame)


def _may_be_written(ev: Evaluator, cls: Class, name: str) -> bool:
    """Whether somebody may assign an attribute of an object of exactly this class.

    Nobody does who only assigns it on the own object of another class, and a test's doubles are not those of the application.
    """
    if any(isinstance(c, Class) and assigns(c, name) for c in mro(ev, cls)) or _sets_by_name(ev, cls):
        return True
    return any(
        not module.is_test and (user < 0 or callers.writes_others(ev.program, module.functions[user], name))
        for module, user in ev.program.attribute_writers(name, cls.module)
    )


def _stays_none(ev: Evaluator, v: V, name: str) -> bool:
    """Whether a field of a dataclass that an object is made with holds what it was given for good: nobody assigns such an attribute.

    Of typed dictionaries such a field is only kept of those that are given back at once.
    """
    cls: Class = v.a
    if is_typed_dict(ev, cls):
        return not v.c
    if v.c or not is_dataclass(ev, cls) or class_attribute(ev, cls, "__init__") is not None:
        return False
    return class_attribute(ev, cls, "__post_init__") is None and not _may_be_written(ev, cls, name)


def _written_default(e: Any) -> Any:
    """``value`` of ``field(default=value)``, or what stands there itself."""
    if e[0] != F.E_CALL:
        return e
    return next((given for keyword, given in e[3] if keyword == "default"), None)


def _rebound(ev: Evaluator, v: V, name: str) -> bool:
    return any(isinstance(c, Class) and name in c.module.facts.attribute_writes for c in mro(ev, v.a))


def _methods(ev: Evaluator, v: V, name: str, value: VS, site: Site) -> VS:
    """A method or property, and, on a receiver that may be of a subclass, what subclasses make of it."""
    if not v.c:
        return _bound(ev, value, v, site)
    below = [s for s in known_below(ev, v) if name in s.bindings]
    stub = below and all(x.k == FUNC and x.a.is_stub() for x in value)
    is_only_below = bool(below) and not stub and _is_only_below(ev, v, name)
    if below and not stub and not is_only_below and all(x.k == FUNC for x in value):
        # Where the method of the class itself runs, the object is of no subclass that has its own.
        passed = v.c if isinstance(v.c, tuple) else ()
        here = ev.values.make(INST, v.a, v.b, tuple(sorted({*passed, name})))
        out = _bound(ev, value, here, site)
    else:
        out = NOTHING if stub or is_only_below else _bound(ev, value, v, site)
    # Where a class has a method itself, it is a guess that an object is of a class below it that has its own: unless it is there to be overridden.
    is_hook = 0 < len(below) <= GUESSED and all(x.k == FUNC and not callers.sites(ev.program, x.a) for x in value)
    is_sure = stub or is_only_below or is_hook
    for sub in below[:IMPLEMENTATION_LIMIT]:
        put = _put(ev, sub, name, site.frame.fn) if ev.methods_put else None
        own = put if put is not None else names.class_value(ev, sub, name)
        if own is not None and not (len(below) > 1 and all(x.k == FUNC and x.a.is_stub() for x in own)):
            found = _bound(ev, own, ev.values.make(INST, sub, None, False), site)
            out = union(out, found if is_sure else tuple(guessed(ev, x) for x in found))
    return out


def _is_only_below(ev: Evaluator, v: V, name: str) -> bool:
    """Whether there are no objects that have a method as a class says it: it is abstract, and all classes below it that are not have their own."""
    if not _lacking(ev, v.a):
        return False
    complete = [sub for sub in known_below(ev, v) if not _lacking(ev, sub)]
    return bool(complete) and all(overrides(ev, sub, v.a, name) for sub in complete)


def _lacking(ev: Evaluator, cls: Class) -> bool:
    """Whether a class has abstract methods left, so that nobody can make an object of it."""
    found: bool | None = cls.cache.get("lacking")
    if found is None:
        line = [c for c in mro(ev, cls) if isinstance(c, Class)]
        names_left = {name for c in line for name, fn in c.own_methods().items() if _is_abstract(fn)}
        owners = ((name, class_attribute(ev, cls, name)) for name in names_left)
        found = cls.cache["lacking"] = _has_abc(ev, line) and any(
            owner is not None and (fn := owner[0].own_methods().get(name)) is not None and _is_abstract(fn)
            for name, owner in owners
        )
    return found


def _has_abc(ev: Evaluator, line: list[Class]) -> bool:
    return any(
        "abc.ABC" in library_bases(ev, c) or any(F.last_name(value) == "ABCMeta" for _, value in c.body["keywords"])
        for c in line
    )


def _is_abstract(fn: Fn) -> bool:
    return any(F.last_name(d).startswith("abstract") for d in fn.body["decorators"])


def guessed(ev: Evaluator, v: V) -> V:
    """A bound method of which it is a guess that it is the one that is called."""
    return ev.values.make(BOUND, v.a, v.b, "guessed") if v.k == BOUND else v


def known_below(ev: Evaluator, v: V) -> list[Class]:
    """Classes below an object's declared class that it may be of: none that overrides a method that is being run as the class has it."""
    found = subclasses(ev, v.a)
    if isinstance(v.c, tuple):
        found = [sub for sub in found if not any(overrides(ev, sub, v.a, name) for name in v.c)]
    if v.b is not None and found:
        found = [sub for sub in found if not hints.of_other_kind(ev, sub, v)]
    return found


def overrides(ev: Evaluator, sub: Class, cls: Class, name: str) -> bool:
    """Whether a class or one between it and a base of it has its own such method."""
    for c in mro(ev, sub):
        if c is cls:
            return False
        if isinstance(c, Class) and name in c.bindings:
            return True
    return False


def assigns(cls: Class, name: str) -> bool:
    """Whether methods of the class itself assign the attribute."""
    return bool(writers(cls, name))


def writers(cls: Class, name: str) -> list[Fn]:
    """Methods of the class (functions nested in them included) that assign the attribute on some object."""
    out: dict[Fn, None] = {}
    for index in cls.module.facts.attribute_writes.get(name, ()):
        if index < 0:
            continue
        fn = cls.module.functions[index]
        outer: Fn | None = fn
        while outer is not None and outer.head.owner < 0:
            outer = outer.parent
        if outer is not None and outer.head.owner == cls.index:
            out[outer] = None
    return list(out)


def stored(ev: Evaluator, v: V, name: str) -> VS:
    """What methods of an object's class, and code that puts something else there, assign to an attribute of it."""
    key = (v, name)
    found = ev.stored.get(key)
    if found is not None:
        return union(containers.filled(ev, v.a, name, found, v), _replaced(ev, v.a, name, found))
    hits = ev.cycles
    complete = True
    out: VS = NOTHING
    announced: VS = NOTHING
    for cls in mro(ev, v.a):
        if not isinstance(cls, Class):
            continue
        for fn in writers(cls, name):
            func = ev.values.make(FUNC, fn, None, None)
            if fn.is_class_method:  # it writes what it makes
                ev.read(ev.frame(func, ev.values.make(CLASS, cls, None), None))
                continue
            if fn.parent is not None:
                func = ev.values.make(FUNC, fn, names.class_frame(ev, cls).closure, None)
            frames: tuple[Frame, ...] = ()
            if fn.name == "__init__":
                maker = _maker_below(ev, v, fn)
                if maker is not None:
                    ev.attribute(maker, name)
                    complete = _is_settled(maker) and complete
                    frames = tuple(f for f in fn.contexts.values() if f.self_value is v and not f.generic)
                elif handed_later.is_told(v):
                    frames = (ev.frame(func, v, Args([], dict(v.b)), surely.of(v)),)
            for frame in frames or (ev.frame(func, v, None),):
                kept = ev.attribute(frame, name)
                complete = _is_settled(frame) and complete
                out = union(out, kept)
                if frame.announced is not None:
                    announced = union(announced, frame.announced.get(name, NOTHING))
    if announced and not complete:  # whoever is being read may come to what it puts there: it is asked again then
        announced = tuple(d for d in announced if d.k != INST or not is_protocol(d.a))
    if announced:
        out = union(out, _also_announced(ev, v, name, out, announced))
    out = _without_declared(ev, v.a, name, out)
    if complete and ev.cycles == hits:
        ev.stored[key] = out
    return union(containers.filled(ev, v.a, name, out, v), _replaced(ev, v.a, name, out))


def _replaced(ev: Evaluator, cls: Class, name: str, own: VS) -> VS:
    """What code outside its methods puts in place of an object that an object has made or was given (``machine.state = Busy()``)."""
    if any(x.k == INST for x in own) and ev.program.attribute_writers(name, cls.module):
        written_elsewhere(ev, cls, name)
    return ev.bags.get((cls, name), NOTHING)


def _also_announced(ev: Evaluator, v: V, name: str, held: VS, announced: VS) -> VS:
    """Of what ``self.helper: Helper | None = None`` allows, what may be there besides what methods of the class are seen to assign.

    A protocol says what the objects can do, not what they are: where a library's objects are seen there, no class of the project is added
    that happens to have such methods.
    """
    if has_unknown(held) or (v.c and any(assigns(sub, name) for sub in known_below(ev, v))):
        return announced
    made = [x.a for x in held if x.k == INST]
    of_libraries = any(x.k == EXTINST for x in held)
    return tuple(
        d
        for d in announced
        if not any(d.a in mro(ev, c) for c in made) and not (of_libraries and d.k == INST and is_protocol(d.a))
    )


def _without_declared(ev: Evaluator, cls: Class, name: str, held: VS) -> VS:
    """Without the library class that ``self.process: Popen | None = None`` declares, where something more special of it is assigned."""
    found = [x for x in held if x.k == EXTINST]
    general = {entry.name for x in found for entry in ev.catalogue.line(x.a)[1:]}
    wide = [x for x in found if x.a in general]
    if not wide or len(wide) == len(found):
        return held
    makers = [fn for c in mro(ev, cls) if isinstance(c, Class) for fn in writers(c, name)]
    is_declared = any(
        stmt[0] == F.S_ANN and stmt[1][0] == F.E_ATTR and stmt[1][2] == name and stmt[3] == [F.E_CONST, None]
        for fn in makers
        for stmt in callers.parts([fn.body["body"]])
    )
    return tuple(x for x in held if x not in wide) if is_declared else held


def _is_settled(frame: Frame) -> bool:
    """Whether a frame lacks nothing that is still being read, and is not being read again itself."""
    return frame.state == 2 and frame.waits is None and not frame.is_open


def _maker_below(ev: Evaluator, v: V, maker: Fn) -> Frame | None:
    """The constructor of an object's own class where it is not this one of a base class: what it passes on is what the base gets."""
    for cls in mro(ev, v.a):
        if not isinstance(cls, Class):
            continue
        own = cls.own_methods().get("__init__")
        if own is maker:
            return None
        if own is not None:
            func = ev.values.make(FUNC, own, None, None)
            if own.parent is not None:
                func = ev.values.make(FUNC, own, names.class_frame(ev, cls).closure, None)
            is_told = handed_later.is_told(v)
            return ev.frame(func, v, Args([], dict(v.b)) if is_told else None, surely.of(v) if is_told else ())
    return None


def _field(ev: Evaluator, v: V, name: str) -> VS:
    """A field filled by a generated constructor (dataclass, pydantic, NamedTuple)."""
    if v.b is not None:
        for key, value in v.b:
            if key == name:
                return value  # type: ignore[no-any-return]
    return NOTHING


def _put_up_by_others(ev: Evaluator, cls: Class, name: str, told: VS) -> VS:
    """What a flag is where other code puts it up (``self.hub.changed = True``), of which the class's own methods know one value only."""
    if len(told) != 1 or told[0].k != CONST or told[0].b != "bool":
        return NOTHING
    other = ev.values.const(not told[0].a)
    writers = ev.program.attribute_writers(name, cls.module)
    if not any(
        user >= 0 and not m.is_test and callers.puts(ev.program, m.functions[user], name, other.a)
        for m, user in writers
    ):
        return NOTHING  # nobody is read for nothing
    found = union(written_elsewhere(ev, cls, name), ev.bags.get((SOMETHING, name), NOTHING))
    return (other,) if other in found else NOTHING


def written_elsewhere(ev: Evaluator, owner: Any, name: str) -> VS:
    """Attributes that code outside an object's own methods puts on it (``module.x = ...``, ``app.state.x = ...``)."""
    within = owner.module if isinstance(owner, Class) else None
    key = ("written", name) if within is None or not within.library else ("written", name, within.library)
    begun = ev.filling.get(key)
    if begun is None:
        begun = ev.filling[key] = Filling(ev.tick())
        writers = ev.program.attribute_writers(name, within)
        if len(writers) <= 60:
            for module, user in writers:
                if user < 0:
                    names.run_module(ev, module)
                elif callers.writes_others(ev.program, module.functions[user], name):
                    ev.read_somehow(module.functions[user])
        begun.state = 2
    elif begun.state != 2:
        ev.missed(begun)
    return _on_class(ev, owner, name) if isinstance(owner, Class) else ev.bags.get((owner, name), NOTHING)


def _on_class(ev: Evaluator, cls: Class, name: str) -> VS:
    """What code outside puts on a class or one of its bases; what tests put there, if nobody else puts something there."""
    classes = [c for c in mro(ev, cls) if isinstance(c, Class)]
    found = union(*(ev.bags.get((c, name), NOTHING) for c in classes))
    if known(without_none(found)):
        return found
    return union(found, *(ev.bags.get(((_TESTS, c), name), NOTHING) for c in classes))


def _class(ev: Evaluator, v: V, name: str, site: Site) -> VS:
    cls: Class = v.a
    found = class_attribute(ev, cls, name)
    if found is not None:
        if (
            is_enum(ev, cls)
            and found[0].bindings[name][-1].kind != "def"
            and not any(x.k in (FUNC, STATIC, PROPERTY) for x in found[1])
        ):
            return (member_of(ev, found[0], name),)
        out: list[V] = []
        put = _put(ev, cls, name, site.frame.fn) if ev.methods_put else None
        for x in found[1] if put is None else put:
            if x.k == STATIC:
                out.append(x.a if x.b == "static" else ev.values.make(BOUND, v, x.a))
            elif x.k == INST and (descriptor := class_attribute(ev, x.a, "__get__")) is not None:
                getter = _bound(ev, descriptor[1], x, site)
                out.extend(calls.call(ev, getter, Args([(ev.values.none,), (v,)], {}), site))
            else:
                out.append(x)
        written = _on_class(ev, cls, name)
        if not known(tuple(out)) or names.is_flag(tuple(out)):
            written = union(written, written_elsewhere(ev, cls, name))
        return _read_from(ev, union(tuple(out), written), v)
    if name == "__name__":
        return (ev.values.const(cls.name),)
    if name == "__dict__":
        return methods_by_name(ev, v)
    if name == "__orig_bases__":
        return original_bases(ev, cls) or ev.values.why("attribute not found")
    if name == "__subclasses__":
        below = tuple(ev.values.make(CLASS, sub, None) for sub in subclasses(ev, cls))
        return (ev.values.make(WRAP, "returns", (ev.values.seq("list", None, below),)),)
    written = containers.filled(ev, cls, name, written_elsewhere(ev, cls, name))
    if ev.methods_put and (put := _put(ev, cls, name, site.frame.fn)) is not None:
        functions = (x.a if x.k == STATIC and x.b == "static" else x for x in put)
        written = union(written, tuple(ev.values.make(BOUND, v, x.a) if x.k == STATIC else x for x in functions))
    if known(written):
        return _read_from(ev, written, v)
    if metaclasses(ev, cls):
        given = of_metaclass(ev, v, name, site)
        if given:
            return given
        if not name.startswith("__") and (getter := of_metaclass(ev, v, "__getattr__", site)):
            return calls.call(ev, getter, Args([(ev.values.const(name),)], {}), site)
    for base in library_bases(ev, cls):
        if ev.program.attribute_writers(name, cls.module) and known(written := written_elsewhere(ev, base, name)):
            return _read_from(ev, written, v)
        if _is_known_member(ev, base, name):
            if ev.catalogue.method(base, name) is not None:
                return _inherited(ev, (ev.values.make(EXTMETH, ev.values.instance(base), name, None),), v)
            return _library_member(ev, ev.values.instance(base), name, site, _object_of(ev, v)) or ev.values.unknown
    bases = library_bases(ev, cls)
    if bases:
        return (ev.values.make(EXTMETH, ev.values.instance(bases[0]), name, None),)
    return ev.values.why("attribute not found")


def methods_by_name(ev: Evaluator, v: V) -> VS:
    """``vars(cls)``: the plain methods that the body of a class defines; nothing of a class with very many."""
    own = [name for name in v.a.head.methods if not name.startswith("__")]
    if len(own) > SCANNED:
        return ev.values.why("attributes of a class")
    found = ((name, names.class_value(ev, v.a, name) or NOTHING) for name in own)
    plain = tuple((name, value) for name, value in found if value and all(x.k in (FUNC, WRAP, PARTIAL) for x in value))
    return (ev.values.dict(plain, NOTHING),)


def _read_from(ev: Evaluator, value: VS, owner: V) -> VS:
    """What reading an attribute of a class gives: of a library's descriptor, what that makes of the class."""
    if not any(x.k == EXTINST for x in value):
        return value
    out: list[VS] = []
    for x in value:
        found = ev.catalogue.method(x.a, "__get__") if x.k == EXTINST else None
        if found is not None and "__get__" in found[0].methods:
            out.append(
                hints.build(
                    ev, found[1].returns, _object_of(ev, owner), NO_ARGS, Site(owner.a.module.frame, 0, 0, None)
                )
            )
        else:
            out.append((x,))
    return union(*out)


def _super(ev: Evaluator, v: V, name: str, site: Site) -> VS:
    receiver: V = v.b
    cls = receiver.a if receiver.k in (INST, CLASS) else None
    if not isinstance(cls, Class):
        return ev.values.why("super() of an unknown object")
    start = v.a if v.a in mro(ev, cls) else None
    found = class_attribute(ev, cls if start is not None else v.a, name, after=v.a)
    if found is not None:
        return _bound(ev, found[1], receiver, site)
    if receiver.k == INST and derived.is_method(ev, cls, name):
        return (ev.values.make(SLOT, name, receiver),)
    for base in library_bases(ev, cls):
        result = _library_member(ev, ev.frameworks.stand_in(ev, base, receiver), name, site, _object_of(ev, receiver))
        if result is not None:
            return _inherited(ev, result, receiver)
    if name == "__call__" and receiver.k == CLASS:  # of a metaclass: makes an object
        return (ev.values.make(WRAP, "returns", (ev.values.make(INST, cls, None, False),)),)
    if name in ("__init__", "__new__", "__init_subclass__", "__post_init__", "__setattr__", "__exit__"):
        if name == "__new__":
            if ev.announced is None:
                return (ev.values.ext("builtins.object.__new__"),)
            return (ev.values.make(WRAP, "made", ev.announced),)
        return (ev.values.make(WRAP, "returns", (ev.values.none,)),)
    return ev.values.why("attribute not found")


_CALLED_AS_THEY_ARE: Final = frozenset((FUNC, BOUND, PARTIAL, WRAP, EXTMETH))
"""What ``f.__call__`` is ``f`` again of."""


def _is_function(ev: Evaluator, v: V) -> bool:
    """Whether the catalogue knows a name of a library as a function."""
    return isinstance(ev.catalogue.lookup(v.a), FunctionEntry)


# -- library objects


def _library_name(ev: Evaluator, v: V, name: str, site: Site) -> VS:
    dotted = f"{v.a}.{name}"
    entry = ev.catalogue.lookup(dotted)
    if isinstance(entry, ValueEntry):
        return hints.build(ev, entry.type, None, NO_ARGS, site)
    owner = ev.catalogue.lookup(v.a) if entry is None else None
    if isinstance(owner, ClassEntry):
        if any(
            name in one.attributes for one in ev.catalogue.line(owner.name)
        ):  # one that instances share with the class
            return _library_instance(ev, ev.values.instance(owner.name), name, site)
        return (ev.values.make(EXTMETH, v, name, None),)
    return (ev.values.ext(dotted),)


def _is_known_member(ev: Evaluator, cls: str, name: str) -> bool:
    return (
        ev.catalogue.method(cls, name) is not None
        or ev.catalogue.attribute(cls, name) is not None
        or ev.catalogue.property(cls, name) is not None
        or ev.frameworks.knows_method(ev.catalogue, cls, name)
    )


def _library_member(ev: Evaluator, v: V, name: str, site: Site, owner: V | None = None) -> VS | None:
    if not _is_known_member(ev, v.a, name):
        return None
    return _library_instance(ev, v, name, site, owner)


def _object_of(ev: Evaluator, v: V) -> V:
    """An object of a class, for a class."""
    return ev.values.make(INST, v.a, None, False) if v.k == CLASS else v


def _inherited(ev: Evaluator, value: VS, receiver: V) -> VS:
    """A library's method as the project's class has it: where what it gives is of the same class, it remembers that.

    So does one that calls other methods of the object.
    """
    if len(value) == 1 and value[0].k == EXTMETH:
        found = ev.catalogue.method(value[0].a.a, value[0].b)
        runs_more = found is not None and (
            found[1].uses
            or any(run.arg.keyword == "self" for run in found[1].runs)
            or f"{found[0].name}.{value[0].b}" in ev.frameworks.serializing
        )
        if runs_more and receiver.k == INST:
            return (ev.values.make(EXTMETH, value[0].a, value[0].b, receiver),)
        if found is not None and mentions_self(found[1].returns):
            return (ev.values.make(EXTMETH, value[0].a, value[0].b, _object_of(ev, receiver)),)
    return value


def mentions_self(t: TypeExpr | None) -> bool:
    """Whether a type of the catalogue is made of the receiver's own."""
    return t is not None and (t == _SELF or any(isinstance(part, tuple) and mentions_self(part) for part in t))


_SELF: Final = ("self",)


def _library_instance(ev: Evaluator, v: V, name: str, site: Site, owner: V | None = None) -> VS:
    catalogue = ev.catalogue
    if v.a == ALIAS and name in ("__args__", "__origin__"):
        return alias_arguments(ev, v) if name == "__args__" else v.c or ev.values.unknown
    effect = catalogue.property(v.a, name)
    if effect is not None and effect.severity is not None:
        ev.sink(effect, f"{v.a}.{name}", site)
    followed = ev.frameworks.attribute(catalogue, v.a, name)
    if ev.frameworks.yielding_to:
        yielded: VS | None = ev.frameworks.yielded_as(ev, followed or f"{v.a}.{name}")
        if yielded:
            return yielded
    if followed is not None:
        return (ev.values.instance(followed, (), v.c if name == "router" else None),)
    if ev.frameworks.is_bag(catalogue, v.a):
        written = union(written_elsewhere(ev, "bag", name), ev.frameworks.yielded_state(ev, name))
        return _or_not_yet(ev, written) or ev.values.why("attribute set at run time")
    method: tuple[ClassEntry, FunctionEntry] | None = catalogue.method(v.a, name)
    exact = method is not None and name in method[0].methods
    if not exact:
        attribute = catalogue.attribute(v.a, name)
        if attribute is not None:
            own = owner if owner is not None and mentions_self(attribute) else v
            return hints.build(ev, attribute, own, NO_ARGS, site)
    if method is None and not site.frame.module.library and ev.program.attribute_writers(name):
        written = union(ev.bags.get((v, name), NOTHING), written_elsewhere(ev, v.a, name))
        if not known(written):
            written = _of_a_subclass(ev, v.a, name, site)
        if known(written):
            return _or_not_yet(ev, written)
    elif method is None and (v, name) in ev.bags:
        return ev.bags[(v, name)]
    return (ev.values.make(EXTMETH, v, name, None),)


def _or_not_yet(ev: Evaluator, written: VS) -> VS:
    """What was put on a library's object: a flag alone, ``request.seen = True``, says nothing of the time before."""
    return union(written, ev.values.unknown) if len(written) == 1 and is_constant(written[0]) else written


def _of_a_subclass(ev: Evaluator, base: str, name: str, site: Site) -> VS:
    """An attribute that a library's class does not have: of the project's only class below it (``class App(FastAPI)``), if that has it."""
    known_as = (base, *(other for other, bases in ev.frameworks.bases.items() if base in bases))
    below = {
        cls: None
        for word in dict.fromkeys(other.rpartition(".")[2] for other in known_as)
        for cls in ev.program.classes_naming_base(word, site.frame.module)
        if not cls.module.is_test
        and any(ev.frameworks.canonical(ev.catalogue, b) in known_as for b in library_bases(ev, cls))
    }
    having = [cls for cls in below if name in cls.bindings or assigns(cls, name)]
    if len(below) != 1 or not having:
        return NOTHING
    return get_one(ev, ev.values.make(INST, having[0], None, False), name, site)


def assign(ev: Evaluator, target: Any, value: VS, fr: Frame) -> None:
    """``base.name = value``."""
    base = ev.ev(target[1], fr)
    name = target[2]
    site = Site(fr, target[3], target[4], target)
    kept = True
    for v in base:
        if v.k == UNKNOWN:
            write(ev, (SOMETHING, name), value)
        elif v.k != INST:
            set_on(ev, v, name, value, site)
        elif runs_setter(ev, v, name, value, site):
            kept = False  # what reading it gives says the getter
        else:
            _assign_instance(ev, v, name, value, fr, site)
    if kept and target[1][0] == F.E_NAME and fr.env is not None and fr.fn is not None:
        fr.put(f"{target[1][1]}.{name}", value)


def set_on(ev: Evaluator, v: V, name: str, value: VS, site: Site) -> None:
    """A class, a module, a function or an object of a library gets an attribute."""
    fr = site.frame
    if v.k == CLASS:
        put_on_class(ev, v.a, name, value, fr)
    elif v.k == MODULE:
        if fr.module.is_test:  # doubles, which stand for functions there only
            value = tuple(x for x in value if x.k not in _METHODS)
        write(ev, (v.a, name), value)
        module = ev.program.modules.get(v.a)
        if module is not None and name in module.bindings:
            ev.global_values[(module.name, name)] = union(ev.global_values.get((module.name, name), NOTHING), value)
    elif v.k == EXTINST:
        if ev.frameworks.is_bag(ev.catalogue, v.a):
            write(ev, ("bag", name), value)
        else:
            ev.frameworks.assign(ev, v, name, value, site)
            library.takes_callback(ev, v, name, value, site)
            for cls in ev.frameworks.linear(ev.catalogue, v.a):
                write(ev, (cls, name), value)
    elif v.k == FUNC or (v.k == EXT and ev.catalogue.class_entry(v.a) is not None):
        write(ev, (ev.catalogue.canonical(v.a) if v.k == EXT else v.a, name), value)


def write(ev: Evaluator, key: tuple[Any, str], value: VS) -> None:
    """Put an attribute on an object of a class, a class, a module or a library object from outside its own methods."""
    ev.bags[key] = union(ev.bags.get(key, NOTHING), value)


def put_on_class(ev: Evaluator, cls: Class, name: str, value: VS, fr: Frame) -> None:
    """A class gets an attribute after its body: data, or functions, which its objects then have as methods."""
    special = name.startswith("__") and not (name == "__init__" and cls in ev.dressing)
    functions = NOTHING if special else tuple(v for v in value if v.k in _METHODS)
    if len(functions) < len(value):
        write(ev, (cls, name), tuple(v for v in value if v not in functions))
    if functions and (not fr.module.is_test or cls.module.is_test):
        placed = ev.methods_put.setdefault((cls, name), {})
        placed[fr.fn] = union(placed.get(fr.fn, NOTHING), functions)
        if cls in ev.dressing:
            ev.methods_replaced.add((cls, name))


_METHODS: Final = frozenset((FUNC, WRAP, PARTIAL, STATIC, PROPERTY))


def put_namespace(ev: Evaluator, cls: Class, namespace: VS, fr: Frame) -> None:
    """A metaclass makes a class of a namespace: what it holds in place of what the body says."""
    for v in namespace:
        for name, value in v.a if v.k == DICT and len(namespace) == 1 else ():
            if name.__class__ is not str:
                continue
            own = names.class_value(ev, cls, name) if name in cls.bindings else None
            if own is None or any(x not in own for x in value if x.k in _METHODS):
                put_on_class(ev, cls, name, tuple(x for x in value if x.k != UNKNOWN), fr)


def _put(ev: Evaluator, cls: Class, name: str, reader: Fn | None) -> VS | None:
    """The methods that were put on a class or the nearest base: new ones, and those by which its decorators or bases replace its own.

    Whoever puts one there sees what was there before: it wraps that.
    """
    for c in mro(ev, cls):
        if not isinstance(c, Class):
            continue
        out: VS = NOTHING
        sure = (c, name) in ev.methods_replaced
        for writer, value in ev.methods_put.get((c, name), {}).items():
            if writer is reader and reader is not None:
                break
            out = value if sure else union(out, value)
        if out and (sure or name not in c.bindings):
            return out
        if name in c.bindings:
            return None  # what other code puts there instead is a double for tests far more often than not
    return None


def put_constructors(ev: Evaluator, cls: Class) -> VS:
    """What decorators of a class, or of its bases, put in place of its constructor; most of them call that."""
    if not any(isinstance(c, Class) and (c, "__init__") in ev.methods_replaced for c in mro(ev, cls)):
        return NOTHING
    return tuple(v for v in _put(ev, cls, "__init__", None) or NOTHING if v.k == FUNC)


def runs_setter(ev: Evaluator, v: V, name: str, value: VS, site: Site) -> bool:
    """Whether a property or another descriptor of the class gets the value that is assigned; then its code is called."""
    found = class_attribute(ev, v.a, name)
    if found is not None and any(x.k == PROPERTY and not x.b for x in found[1]):
        for func in _given(found[1], 0) or _accessor(ev, found[0], name, "setter"):
            calls.call(ev, (ev.values.make(BOUND, v, func),), Args([value], {}), site)
        return True
    for x in found[1] if found is not None else ():
        if x.k == INST and class_attribute(ev, x.a, "__set__") is not None:
            calls.call(ev, special(ev, x, "__set__"), Args([(v,), value], {}), site)
            return True
    return False


def _assign_instance(ev: Evaluator, v: V, name: str, value: VS, fr: Frame, site: Site) -> None:
    custom = class_attribute(ev, v.a, "__setattr__")
    if custom is not None and fr.fn is not None and fr.fn.name != "__init__":
        calls.call(ev, _bound(ev, custom[1], v, site), Args([(ev.values.const(name),), value], {}), site)
    store(ev, v, name, value, fr)


def store(ev: Evaluator, v: V, name: str, value: VS, fr: Frame) -> None:
    """An object has an attribute from now on: one that a method of it assigns on itself, or any other code."""
    holder: Frame | None = fr
    while holder is not None:
        if holder.self_value is v:
            holder.keep_attribute(name, value)
            return
        holder = holder.closure
    write(ev, ((_TESTS, v.a) if fr.module.is_test and not v.a.module.is_test else v.a, name), value)


def _given(value: VS, which: int) -> VS:
    """The functions that ``property(getter, setter, deleter)`` was given to set (0) or to delete (1)."""
    return tuple(v for x in value if x.k == PROPERTY and x.c is not None for v in x.c[which] if v.k in (FUNC, WRAP))


def _accessor(ev: Evaluator, cls: Class, name: str, role: str) -> VS:
    """What a property runs besides its getter: the function decorated with ``name.setter``, or an argument of ``property(...)``.

    Args:
        cls: the class whose body binds the property; if it only adds to a base's (``@Base.name.setter``), its bases come next.
        name: the property's.
        role: ``setter`` or ``deleter``.
    """
    for owner in mro(ev, cls):
        if not isinstance(owner, Class) or name not in owner.bindings:
            continue
        adds = False
        for fn in owner.module.functions:
            for decorator in fn.body["decorators"] if fn.head.owner == owner.index and fn.name == name else ():
                if decorator[0] == F.E_ATTR and decorator[2] == role:
                    return (ev.values.make(FUNC, fn, None, None),)
                adds |= decorator[0] == F.E_ATTR and decorator[1][0] == F.E_ATTR
        if not adds:
            return _given_to_property(ev, owner, name, role)
    return NOTHING


def _given_to_property(ev: Evaluator, cls: Class, name: str, role: str) -> VS:
    """The function that ``name = property(getter, setter, deleter)`` in a class body says."""
    number, keyword = _ARGUMENTS[role]
    for binding in cls.bindings[name]:
        call = binding.data if binding.kind == "value" else None
        if call is not None and call[0] == F.E_CALL:
            given = call[2][number : number + 1] or [value for key, value in call[3] if key == keyword]
            return tuple(v for e in given for v in ev.ev(e, names.class_frame(ev, cls)) if v.k == FUNC)
    return NOTHING


_ARGUMENTS: Final = {"setter": (1, "fset"), "deleter": (2, "fdel")}
"""Where ``property(...)`` takes each function: position and keyword."""


def delete(ev: Evaluator, target: Any, fr: Frame) -> None:
    """``del base.name``: a property's deleter, a descriptor's ``__delete__``, or the object's ``__delattr__``."""
    name = target[2]
    site = Site(fr, target[3], target[4], target)
    for v in ev.ev(target[1], fr):
        if v.k == INST:
            delete_one(ev, v, name, site)


def delete_one(ev: Evaluator, v: V, name: str, site: Site) -> None:
    """An object of the project loses an attribute."""
    found = class_attribute(ev, v.a, name)
    held = found[1] if found is not None else NOTHING
    if found is not None and any(x.k == PROPERTY for x in held):
        for func in _given(held, 1) or _accessor(ev, found[0], name, "deleter"):
            calls.call(ev, (ev.values.make(BOUND, v, func),), Args([], {}), site)
        return
    descriptors = [x for x in held if x.k == INST and class_attribute(ev, x.a, "__delete__") is not None]
    for x in descriptors:
        calls.call(ev, special(ev, x, "__delete__"), Args([(v,)], {}), site)
    custom = None if descriptors else class_attribute(ev, v.a, "__delattr__")
    if custom is not None:
        calls.call(ev, _bound(ev, custom[1], v, site), Args([(ev.values.const(name),)], {}), site)
