"""What annotations and the catalogue's type expressions say values are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes, calls, containers, injection, library, names
from async_guard.link.frames import NO_ARGS, Args, Frame, Site
from async_guard.link.program import Class, Fn
from async_guard.link.values import (
    AWAITABLE,
    BOUND,
    CLASS,
    CONST,
    DECORATOR,
    DICT,
    EXT,
    EXTINST,
    FUNC,
    GEN,
    INST,
    MANAGER,
    MARK,
    NOTHING,
    PARTIAL,
    SEQ,
    UNKNOWN,
    VS,
    WRAP,
    V,
    has_unknown,
    hollow,
    is_constant,
    known,
    refined,
    union,
    without_none,
    without_unknown,
)  # fmt: skip
from async_guard.model import facts as F
from async_guard.model.catalogue import ArgRef, ClassEntry, FunctionEntry, TypeExpr

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_LISTS: Final = frozenset((
    "list", "List", "Sequence", "MutableSequence", "Collection", "deque", "Deque",
))  # fmt: skip
_SETS: Final = frozenset(("set", "Set", "FrozenSet", "frozenset", "AbstractSet", "MutableSet"))
_ITERS: Final = frozenset(("Iterable", "Iterator", "Generator", "Reversible", "KeysView", "ValuesView"))
_DICTS: Final = frozenset(
    (
        "dict",
        "Dict",
        "Mapping",
        "MutableMapping",
        "defaultdict",
        "DefaultDict",
        "OrderedDict",
        "WeakValueDictionary",
        "ChainMap",
    )
)
_TRANSPARENT: Final = frozenset(
    (
        "Final",
        "ClassVar",
        "Required",
        "NotRequired",
        "ReadOnly",
        "Unpack",
        "InitVar",
        "SkipValidation",
        "Mapped",
        "Concatenate",
    )
)
_TYPING: Final = (
    "typing.",
    "typing_extensions.",
    "collections.abc.",
    "collections.",
    "contextlib.",
    "types.CoroutineType",
    "types.AsyncGeneratorType",
    "builtins.",
    "types.",
    "dataclasses.",
)
_ANY: Final = frozenset(("Any", "object", "TypeVar", "ParamSpec", "Hashable", "Never", "NoReturn"))


def of(ev: Evaluator, e: Any, fr: Frame) -> VS:
    """Values that an annotation allows; unknown where it says nothing."""
    tag: int = e[0]
    if tag == F.E_CONST:
        return (ev.values.none,) if e[1] is None else ev.values.unknown
    if tag == F.E_BIN and e[1] == "|":
        return union(of(ev, e[2], fr), of(ev, e[3], fr))
    if tag == F.E_NAME or tag == F.E_ATTR:
        return _named(ev, e, fr)
    if tag == F.E_SUB:
        return _subscripted(ev, e, fr)
    return ev.values.unknown


def _named(ev: Evaluator, e: Any, fr: Frame) -> VS:
    if ev.type_variables and e[0] == F.E_NAME and e[1] in ev.type_variables:
        return ev.type_variables[e[1]]
    alias = _alias(ev, e, fr)
    if alias is not None:
        return alias
    found = ev.ev(e, fr)
    if ev.type_variables and _ANY_VARIABLE in ev.type_variables and _may_be_variable(found):
        return ev.type_variables[_ANY_VARIABLE]
    if (
        e[0] == F.E_NAME
        and found
        and found[0].k == UNKNOWN
        and found[0].a == "undefined name"
        and names.are_stars_ours(ev, fr.module)
    ):
        meant = ev.program.only_class(e[1])  # never evaluated, so that nobody noticed that it is not imported
        if meant is not None:
            found = (ev.values.make(CLASS, meant, None),)
    return instances(ev, found)


def _may_be_variable(found: VS) -> bool:
    """Whether a name in an annotation is a type variable, or the parameter of a class, which nothing defines."""
    return len(found) == 1 and (
        (found[0].k == UNKNOWN and found[0].a == "undefined name")
        or (found[0].k == EXTINST and found[0].a.endswith(".TypeVar"))
    )


def _alias(ev: Evaluator, e: Any, fr: Frame) -> VS | None:
    """A name bound to a type expression (``DbDep = Annotated[Session, Depends(get_db)]``), read as the annotation it is."""
    found = _binding(ev, e, fr)
    if found is None:
        return None
    module, expression = found
    key = ("alias", module, id(expression))
    if key in ev.shared:
        return ev.values.unknown
    ev.shared.add(key)
    try:
        return of(ev, expression, module.frame)
    finally:
        ev.shared.discard(key)


def _binding(ev: Evaluator, e: Any, fr: Frame) -> Any:
    if e[0] == F.E_NAME:
        module: Any = fr.module
        name = e[1]
        if fr.env is not None and name in fr.env and fr.fn is not None:
            return None
        scope: Frame | None = fr
        while scope is not None:
            if scope.owner is not None and scope.fn is None and name in scope.owner.bindings:
                return None
            if scope.fn is not None and name in scope.vars:
                return None
            scope = scope.closure
    elif e[0] != F.E_ATTR:
        return None
    else:
        base = ev.ev(e[1], fr)
        if len(base) != 1 or base[0].k != 2:
            return None
        module = ev.program.modules.get(base[0].a)
        name = e[2]
    for _ in range(12):
        if module is None:
            return None
        bindings = module.bindings.get(name)
        if not bindings:
            return None
        b = bindings[-1]
        if b.kind == "from":
            base_name = module.absolute(b.data[0], b.data[1])
            ours = base_name if b.data[1] and ev.program.is_ours(base_name) else ev.program.find(base_name, module)
            if ours is None:
                return None
            module, name = ev.program.modules.get(ours), b.data[2]
            continue
        if b.kind == "value" and b.data[0] in (F.E_SUB, F.E_BIN, F.E_NAME, F.E_ATTR) and not b.path:
            return module, b.data
        return None
    return None


_ANY_VARIABLE: Final = ""
"""Stands for the variables of ``class Box[T]``, whose order nobody wrote down."""

TYPE_ARGUMENT: Final = "~"
"""Stands before the position of a type argument among an instance's known constructor arguments."""


def said(ev: Evaluator, value: VS, annotation: Any, fr: Frame) -> VS:
    """A value that is assigned, together with what the annotation of its name adds to it."""
    if not known(value) or has_unknown(value) or hollow(value):
        allowed = of(ev, annotation, fr)
        if has_unknown(allowed) and not known(allowed):
            return (
                union(value, without_unknown(allowed)) if value else allowed
            )  # `Thing | None` of a class that nobody knows
        return refined(value, without_unknown(allowed))
    is_subscripted = annotation[0] == F.E_SUB or (annotation[0] == F.E_CONST and "[" in str(annotation[1]))
    if is_subscripted and any(v.k == INST for v in value):
        return parametrized(ev, value, of(ev, annotation, fr))
    return value


def is_builtin(declared: VS) -> bool:
    """Whether an annotation allows mappings, lists, texts and the like alone."""
    return all(
        v.k in (DICT, SEQ) or (v.k == CONST and v.a is None) or (v.k == EXTINST and v.a in _PLAIN) for v in declared
    )


_PLAIN: Final = frozenset(("builtins.str", "builtins.bytes", "builtins.int", "builtins.float", "builtins.bool"))


def may_be_builtin(ev: Evaluator, v: V) -> bool:
    """Whether an object of the project may stand where a mapping or the like is declared: it has items, or a library's class as its base."""
    if any(
        attributes.class_attribute(ev, v.a, name) is not None for name in ("__getitem__", "__iter__", "__getattr__")
    ):
        return True
    return is_constant(v) or any(b not in attributes.PLAIN_BASES for b in attributes.library_bases(ev, v.a))


def of_builtins(ev: Evaluator, value: VS, declared: VS) -> VS:
    """Of several values those that an annotation allows, where it allows mappings, lists, texts and the like alone and some are that.

    What is looked up under a name that nobody knows (``fields: dict | None = self.__dict__.get(name)``) may be anything that is kept there.
    """
    if not known(declared) or not is_builtin(declared) or not any(v.k == DICT or v.k == SEQ for v in value):
        return value
    return tuple(
        v
        for v in value
        if v.k != INST or any(b not in attributes.PLAIN_BASES for b in attributes.library_bases(ev, v.a))
    )


def may_be_mapping(ev: Evaluator, v: V) -> bool:
    """Whether an object of a library may stand where a mapping is declared: not one of a class without items that is known otherwise."""
    line = ev.catalogue.line(v.a)
    has_items = any(ev.catalogue.method(v.a, name) is not None for name in ("__getitem__", "__iter__", "__contains__"))
    return v.a.startswith("builtins.") or not line or has_items


def parametrized(ev: Evaluator, made: VS, declared: VS) -> VS:
    """Objects of generic classes, with the type arguments of a declaration that names the same class (``box: Box[int, Device] = Box()``)."""
    arguments = {d.a: given for d in declared if d.k == INST and (given := _type_arguments(d))}
    if not arguments:
        return made
    return tuple(
        ev.values.make(INST, v.a, (*_made_with(v), *arguments[v.a]), v.c)
        if v.k == INST and v.a in arguments and not any(known(value) for _, value in _type_arguments(v))
        else v
        for v in made
    )


def _made_with(v: V) -> tuple[tuple[str, VS], ...]:
    return tuple(part for part in v.b or () if not part[0].startswith(TYPE_ARGUMENT))


def _type_arguments(v: V) -> tuple[tuple[str, VS], ...]:
    return tuple(part for part in v.b or () if part[0].startswith(TYPE_ARGUMENT))


def argument(ev: Evaluator, v: V | None, owner: Class | None, annotation: Any, fr: Frame) -> VS:
    """What an annotation with type variables says of an object whose class, or whose declaration, says what they stand for.

    ``context: T`` of a ``Request[tuple[Device]]``, ``models: list[M]`` of a ``class Users(Base[User])``.
    """
    if (
        v is None
        or v.k != INST
        or owner is None
        or annotation is None
        or annotation[0] == F.E_CONST
        or ev.type_variables
    ):
        return NOTHING
    stand = _standing(ev, v, owner)
    if not stand:
        return NOTHING
    ev.type_variables = stand
    try:
        return of(ev, annotation, fr)
    finally:
        ev.type_variables = {}


def is_open(value: VS) -> bool:
    """Whether nothing is known of a value, or only that it is a list or the like of something."""
    told = without_none(value)
    return not known(told) or all(v.k == SEQ and v.b is None and bool(v.c) and not known(v.c) for v in told)


def _standing(ev: Evaluator, v: V, owner: Class) -> dict[str, VS]:
    """What the type variables of a class stand for on an object of it or of a class below it, as far as that is known."""
    own = _type_arguments(v)
    given = dict(own) if v.a is owner else _arguments_of_base(ev, v.a, owner)
    order = _type_variables(owner)
    declared = union(*(value for _, value in own))
    if not order and known(told := union(*given.values())):
        return {_ANY_VARIABLE: told}
    found: dict[str, VS] = {}
    for number, value in given.items():
        place = int(number[len(TYPE_ARGUMENT) :])
        meant = value if known(value) else declared
        if known(meant) and place < len(order):
            found[order[place]] = meant
    return found


def _type_variables(cls: Class) -> list[str]:
    """The type variables of a class in the order in which they are given."""
    written = [base for base in cls.body["bases"] if base[0] == F.E_SUB]
    declaring = [
        base for base in written if base[1][0] in (F.E_NAME, F.E_ATTR) and _last(base[1]) in ("Generic", "Protocol")
    ]
    found: dict[str, None] = {}
    for base in declaring or written:
        for item in base[2][2] if base[2][0] == F.E_SEQ else [base[2]]:
            if item[0] == F.E_NAME:
                found[item[1]] = None
    return list(found)


def _last(e: Any) -> str:
    return str(e[1] if e[0] == F.E_NAME else e[2])


def of_other_kind(ev: Evaluator, cls: Class, declared: V) -> bool:
    """Whether a class is below a generic one, but with other type arguments: ``class Local(Store[File])`` is no ``Store[Row]``."""
    given = _type_arguments(declared)
    if not given:
        return False
    own = _arguments_of_base(ev, cls, declared.a)
    return any(number in own and not _may_meet(ev, value, own[number]) for number, value in given)


def _arguments_of_base(ev: Evaluator, cls: Class, generic: Class) -> dict[str, VS]:
    """With what a class, or one between the two, subscripts a generic base of it: position -> values."""
    key = f"type arguments of {generic.dotted}"
    found: dict[str, VS] | None = cls.cache.get(key)
    if found is None:
        found = cls.cache[key] = {}
        for c in attributes.mro(ev, cls):
            if c is generic or not isinstance(c, Class):
                continue
            frame = names.class_frame(ev, c)
            scope = frame.closure if frame.closure is not None else c.module.frame
            for base in c.body["bases"]:
                if base[0] == F.E_SUB and any(v.k == CLASS and v.a is generic for v in ev.ev(base[1], scope)):
                    for v in _subscripted(ev, base, scope):
                        found.update(_type_arguments(v))
    return found


def _may_meet(ev: Evaluator, one: VS, other: VS) -> bool:
    """Whether something may be both of what two annotations say."""
    return any(_may_be_same(ev, v, w) for v in one for w in other)


def _may_be_same(ev: Evaluator, v: V, w: V) -> bool:
    if v.k == INST and w.k == INST:
        is_below = v.a in attributes.mro(ev, w.a) or w.a in attributes.mro(ev, v.a)
        return is_below or attributes.is_protocol(v.a) or attributes.is_protocol(w.a)
    if v.k != EXTINST or w.k != EXTINST or "builtins.object" in (v.a, w.a):
        return True  # a type variable, or nobody knows
    # Of two classes of one library the one may be below the other.
    return bool(v.a == w.a or (v.a.partition(".")[0] == w.a.partition(".")[0] != "builtins"))


def _subscripted(ev: Evaluator, e: Any, fr: Frame) -> VS:
    values = ev.values
    base = e[1]
    index = e[2]
    items = index[2] if index[0] == F.E_SEQ else [index]
    last = base[1] if base[0] == F.E_NAME else base[2] if base[0] == F.E_ATTR else ""
    value = ev.ev(base, fr)
    dotted = value[0].a if len(value) == 1 and value[0].k == EXT else ""
    if dotted.startswith(_TYPING):
        last = dotted.rpartition(".")[2]
        return _typing_form(ev, last, items, fr)
    if value and value[0].k == UNKNOWN and last in ("Optional", "Union", "List", "Dict", "Annotated"):
        return _typing_form(ev, last, items, fr)
    if dotted in ev.frameworks.transparent:
        return of(ev, items[0], fr)
    if dotted:
        args = tuple(of(ev, i, fr) for i in items)
        name = ev.catalogue.canonical(dotted)
        if last in _TRANSPARENT and len(args) == 1:
            return args[0]
        if last.endswith(("DynamicMapped", "WriteOnlyMapped")):
            return ev.values.unknown
        return (ev.values.instance(name, args),)
    alias = _alias(ev, base, fr)
    if alias is not None:
        return alias
    given = tuple((f"{TYPE_ARGUMENT}{number}", of(ev, i, fr)) for number, i in enumerate(items))
    return (
        union(*((values.make(INST, v.a, given, True),) if v.k == CLASS else instance_of(ev, v) for v in value))
        or values.unknown
    )


def _typing_form(ev: Evaluator, last: str, items: list[Any], fr: Frame) -> VS:
    values = ev.values
    if last == "Optional":
        return union(of(ev, items[0], fr), (values.none,))
    if last == "Union":
        return union(*(of(ev, i, fr) for i in items))
    if last == "Annotated":
        marks = tuple(v for i in items[1:] for v in ev.ev(i, fr) if v.k == MARK)
        return union(of(ev, items[0], fr), marks)
    if last in _TRANSPARENT:
        return of(ev, items[0], fr)
    if last in _LISTS:
        return (values.seq("list", None, of(ev, items[0], fr)),)
    if last in _SETS:
        return (values.seq("set", None, of(ev, items[0], fr)),)
    if last in _ITERS:
        return (values.seq("iter", None, of(ev, items[0], fr)),)
    if last in _DICTS:
        return (values.dict((), of(ev, items[-1], fr), of(ev, items[0], fr)),)
    if last in ("tuple", "Tuple"):
        if len(items) == 2 and items[1][0] == F.E_OPAQUE:
            return (values.seq("tuple", None, of(ev, items[0], fr)),)
        parts = tuple(of(ev, i, fr) for i in items)
        return (values.seq("tuple", parts, union(*parts)),)
    if last in ("type", "Type"):
        return tuple(
            values.make(CLASS, v.a, None) if v.k == INST else values.ext(v.a) if v.k == EXTINST else v
            for v in of(ev, items[0], fr)
        )
    if last in ("Awaitable", "Coroutine", "CoroutineType", "Future", "Task"):
        return (values.make(AWAITABLE, of(ev, items[-1], fr)),)
    if last in ("AsyncIterator", "AsyncIterable", "AsyncGenerator", "AsyncGeneratorType"):
        return (values.seq("aiter", None, of(ev, items[0], fr)),)
    if last in ("ContextManager", "AbstractContextManager"):
        return (values.make(MANAGER, of(ev, items[0], fr), False),)
    if last in ("AsyncContextManager", "AbstractAsyncContextManager"):
        return (values.make(MANAGER, of(ev, items[0], fr), True),)
    if last == "Callable" and len(items) > 1:
        return (values.make(WRAP, "returns", of(ev, items[-1], fr)),)
    return values.unknown


def instances(ev: Evaluator, classes: VS) -> VS:
    """Instances of the classes that an expression names."""
    if len(classes) == 1:
        return instance_of(ev, classes[0]) or ev.values.unknown
    return union(*[instance_of(ev, v) for v in classes]) or ev.values.unknown


def instance_of(ev: Evaluator, v: V) -> VS:
    """An instance of one class value, as an annotation declares it (it may be of a subclass)."""
    values = ev.values
    if v.k == CLASS:
        return (values.make(INST, v.a, None, True),)
    if v.k == EXT:
        last = v.a.rpartition(".")[2]
        if v.a.startswith(_TYPING):
            if last in _ANY:
                return values.unknown
            if last == "Self":
                return (values.make(MARK, "typing.Self", NOTHING, None),)
            if last in _LISTS:
                return (values.seq("list", None, values.unknown),)
            if last in _SETS:
                return (values.seq("set", None, values.unknown),)
            if last in ("tuple", "Tuple"):
                return (values.seq("tuple", None, values.unknown),)
            if last in _DICTS:
                return (values.dict((), values.unknown),)
            if last in ("Awaitable", "Coroutine", "CoroutineType"):
                return (values.make(AWAITABLE, values.unknown),)
            if last in _ITERS or last in ("Callable", "type", "Type"):
                return values.unknown
            if last == "None":
                return (values.none,)
        entry = ev.catalogue.lookup(v.a)
        if isinstance(entry, ClassEntry):
            return (values.instance(entry.name),)
        if isinstance(entry, FunctionEntry):  # a factory that people take for a class (``pool: multiprocessing.Pool``)
            made = entry.returns
            if made is not None and made[0] == "inst" and isinstance(ev.catalogue.lookup(made[1]), ClassEntry):
                return (values.instance(ev.catalogue.canonical(made[1])),)
            return values.unknown
        if entry is not None:
            return values.unknown
        return (values.instance(v.a),)
    if v.k == CONST and v.a is None:
        return (v,)
    if v.k == EXTINST and v.a.endswith((".TypeVar", ".ParamSpec", ".TypeVarTuple")):
        return values.unknown
    if v.k in (INST, EXTINST, MARK):
        return (v,)
    if v.k == SEQ and v.b is not None:
        return union(*(instances(ev, i) for i in v.b))
    if v.k == WRAP and v.a == "newtype":
        return instances(ev, v.b)
    return values.unknown


def parameter(ev: Evaluator, annotation: Any, default: Any, fr: Frame) -> VS:
    """A parameter that whoever calls fills: its annotation, and what injection markers in annotation or default give."""
    scope = fr
    if fr.fn is not None:
        scope = ev.definition_frame(fr.fn, fr)
    declared = of(ev, annotation, scope) if annotation is not None else NOTHING
    marks = tuple(v for v in declared if v.k == MARK and v.a != "typing.Self")
    declared = tuple(v for v in declared if v not in marks)
    if default is not None and default[0] in (F.E_CALL, F.E_SUB):
        marks += tuple(v for v in ev.ev(default, scope) if v.k == MARK)
    for mark in marks:
        if fr.fn is not None:
            _provide(ev, mark, default, annotation, fr)
        given = injection.value(ev, mark, declared, fr)
        if known(given):
            return given
    return without_none(declared) if known(declared) else declared


def _provide(ev: Evaluator, mark: V, default: Any, annotation: Any, fr: Frame) -> None:
    """What a container makes for a parameter, where the parameter says so."""
    written = default if default is not None and default[0] in (F.E_CALL, F.E_SUB) else annotation
    if written[0] in (F.E_NAME, F.E_ATTR, F.E_CALL, F.E_SUB):
        site = Site(fr, written[2] if written[0] == F.E_NAME else written[-2], written[-1], written)
        for provider in injection.providers(mark):
            calls.provide(ev, provider, site)


def allows_class(ev: Evaluator, declared: VS, v: V) -> bool:
    """Whether a class of the project can be what an annotation such as ``type[Thing]`` says."""
    line = attributes.mro(ev, v.a)
    return any(
        d.k not in (CLASS, CONST) or d.a in line or attributes.is_protocol(d.a) for d in declared if d.a is not None
    )


def allows(ev: Evaluator, declared: VS, v: V) -> bool:
    """Whether an object of the project can be what an annotation says."""
    line = attributes.mro(ev, v.a)
    for d in declared:
        if d.k == INST and (d.a in line or attributes.is_protocol(d.a)):
            return True
        if d.k == EXTINST and (
            not d.a.startswith("builtins.")
            or d.a == "builtins.object"
            or any(isinstance(base, str) and (base == d.a or base.startswith("enum.")) for base in line)
        ):
            return True
    return False


def of_declared_library(ev: Evaluator, value: VS, returns: Any, fr: Frame) -> VS:
    """Of objects of several libraries that a function may give, those of the library that its annotation names, if any is."""
    if sum(v.k == EXTINST for v in value) < _SEVERAL:
        return value
    declared = of(ev, returns, fr)
    names_declared = {d.a for d in declared if d.k == EXTINST}
    if not names_declared or any(d.k not in (EXTINST, CONST) for d in declared):
        return value
    if not any(v.k == EXTINST and _is_named(ev, v.a, names_declared) for v in value):
        return value
    packages = {name.partition(".")[0] for name in names_declared}
    return tuple(
        v for v in value if v.k != EXTINST or v.a.partition(".")[0] in packages or _is_named(ev, v.a, names_declared)
    )


_SEVERAL: Final = 2


def are_mixed(value: VS, returns: Any) -> bool:
    """Whether what a function may give is a mixture, as what a container shared by many gives, of which its annotation says what is meant.

    So are objects of many classes of the project; where it is declared to give an object of its receiver's class (``Self``), any are.
    """
    if _says_self(returns):
        return any(v.k == INST for v in value)
    return len(value) >= _MANY_CLASSES and len({v.a for v in value if v.k == INST}) >= _MANY_CLASSES


_MANY_CLASSES: Final = 4


def are_found(value: VS, fn: Fn) -> bool:
    """Whether a function is declared to give an object, and gives one of several classes of the project, none of which it makes itself."""
    if len(value) < _SEVERAL or fn.body["returns"] is None or fn.name.startswith("__"):
        return False
    found = {v.a for v in value if v.k == INST}
    return len(found) >= _SEVERAL and not any(fn.index in fn.module.facts.calls.get(cls.name, ()) for cls in found)


def _says_self(e: Any) -> bool:
    """Whether an annotation allows ``Self``: ``Self``, ``Optional[Self]``, ``Self | None``."""
    if e[0] == F.E_SUB:
        return F.last_name(e[1]) == "Optional" and _says_self(e[2])
    if e[0] == F.E_BIN:
        return _says_self(e[2]) or _says_self(e[3])
    return F.last_name(e) == "Self"


def of_declared_class(ev: Evaluator, value: VS, declared: VS) -> VS:
    """Of objects of classes of the project that a function may give, those of the class that its annotation names, if any is.

    Of an object that may be of any class below a base of that class no more is known than the annotation says.
    """
    wanted = {d.a: d for d in declared if d.k == INST}
    if (
        not wanted
        or any(attributes.is_protocol(cls) for cls in wanted)
        or any(d.k not in (INST, CONST) for d in declared)
    ):
        return value
    above = {c: wanted[cls] for cls in wanted for c in attributes.mro(ev, cls) if c not in wanted}
    kept: VS = NOTHING
    for v in value:
        if v.k != INST or not wanted.keys().isdisjoint(attributes.mro(ev, v.a)):
            kept = union(kept, (v,))
        elif v.c and v.a in above:
            kept = union(kept, (ev.values.make(INST, above[v.a].a, None, True),))
    return kept if any(v.k == INST for v in kept) else value


def _is_named(ev: Evaluator, dotted: str, names_declared: set[str]) -> bool:
    return dotted in names_declared or any(entry.name in names_declared for entry in ev.catalogue.line(dotted))


def by_class_given(ev: Evaluator, frame: Frame, value: VS) -> VS:
    """``def get(kind: type[T]) -> T``: an instance of the class that was passed, whatever else the body may give."""
    fn = frame.fn
    assert fn is not None
    returns = fn.body["returns"]
    if returns[0] != F.E_NAME:
        return value
    for name, _kind, annotation, _default in fn.body["params"]:
        if (
            annotation is None
            or annotation[0] != F.E_SUB
            or annotation[2][0] != F.E_NAME
            or annotation[2][1] != returns[1]
        ):
            continue
        base = annotation[1]
        if (base[1] if base[0] == F.E_NAME else base[2] if base[0] == F.E_ATTR else "") not in ("type", "Type"):
            continue
        given = frame.params.get(name, NOTHING)
        if not given or not all(v.k in (CLASS, EXT) for v in given):
            return value
        if any(v.k == EXT for v in given):
            return without_unknown(value) or union(*(instance_of(ev, v) for v in given))

        wanted = {v.a for v in given}
        kept = tuple(v for v in value if v.k == INST and not wanted.isdisjoint(attributes.mro(ev, v.a)))
        return kept or union(*(instance_of(ev, v) for v in given))
    return value


# -- the catalogue's types


def build(ev: Evaluator, t: TypeExpr | None, receiver: V | None, args: Args, site: Site) -> VS:
    """A catalogue type as values, for one call with these arguments on this receiver."""
    values = ev.values
    if t is None:
        return values.unknown
    form = t[0]
    if form == "inst":
        return _catalogue_instance(ev, t, receiver, args, site)
    if form == "self":
        return (receiver,) if receiver is not None else values.unknown
    if form == "none":
        return (values.none,)
    if form == "any":
        return values.why("library value")
    if form == "union":
        return union(*(build(ev, part, receiver, args, site) for part in t[1]))
    if form == "param":
        return type_argument(ev, t[1], receiver, site)
    if form == "class":
        return (values.ext(t[1]),)
    if form == "awaitable":
        return (values.make(AWAITABLE, build(ev, t[1], receiver, args, site)),)
    if form in ("cm", "acm"):
        return (values.make(MANAGER, build(ev, t[1], receiver, args, site), form == "acm"),)
    if form == "callable":
        return (values.make(WRAP, "returns", build(ev, t[1], receiver, args, site)),)
    if form == "decorator":
        return (values.make(DECORATOR, t[1]),)
    if form == "used":
        return ev.call_results.get((id(site.node), t[1].keyword), values.unknown)
    value = library.argument(args, t[1])
    if value is None:
        return values.unknown
    if form == "declares":
        return _declares(ev, t[1], value, args, site)
    if form == "items":
        return containers.iterate(ev, value, site.running("never"), False)
    if form == "arg":
        return value
    if form == "instance":
        return without_none(instances(ev, value))
    if form == "call":
        return library.called_before(ev, value, site) or values.unknown
    if form in ("provider", "keeper"):
        return _provider(ev, t[1].position or 0, value, args, site, form == "keeper")
    if form == "partial":
        position = t[1].position or 0
        rest = tuple(args.positional[position + 1 :])
        named = tuple(args.keywords.items())
        return tuple(values.make(PARTIAL, v, rest, named) for v in value)
    return calls.wrapped(ev, form, value)


def _declares(ev: Evaluator, ref: ArgRef, value: VS, args: Args, site: Site) -> VS:
    """What an argument that is a type says: read as the annotation it is where it is written out (``list[Item]``)."""
    e = args.expressions
    written = next((a for name, a in e[3] if name == ref.keyword), None) if e is not None and ref.keyword else None
    if written is None and e is not None and ref.position is not None and ref.position < len(e[2]):
        written = e[2][ref.position]
    if written is not None and written[0] in (F.E_SUB, F.E_BIN, F.E_NAME, F.E_ATTR):
        declared = of(ev, written, site.frame)
        if known(declared):
            return declared
    return instances(ev, value)


def _provider(ev: Evaluator, position: int, value: VS, args: Args, site: Site, keeps: bool) -> VS:
    """A provider of what ``value`` makes from the arguments behind it; arguments that are providers give what they provide.

    It remembers what to call when somebody calls it, the first time only if it ``keeps`` what it made.
    """

    def provided(given: VS) -> VS:
        return union(*(v.b if v.k == WRAP and v.a == "returns" else (v,) for v in given))

    positional = [provided(given) for given in args.positional[position + 1 :]]
    passed = Args(positional, {name: provided(given) for name, given in args.keywords.items()})
    inner = tuple(
        v
        for given in (*args.positional[position + 1 :], *args.keywords.values())
        for v in given
        if v.k == WRAP and v.a == "returns" and v.c is not None
    )
    makers: list[V] = []
    out: list[VS] = []
    for v in value:
        made = calls.call_one(ev, v, passed, site.running("never")) if v.k not in (UNKNOWN, CONST) else NOTHING
        if v.k in (FUNC, CLASS, BOUND):
            makers.append(ev.values.make(PARTIAL, v, tuple(positional), tuple(passed.keywords.items())))
        out.extend(ev.yielded(each.a) if each.k == GEN else (each,) for each in made)
    calling = (keeps, tuple(makers), inner) if makers or inner else None
    return (ev.values.make(WRAP, "returns", union(*out) or ev.values.unknown, calling),)


def _catalogue_instance(ev: Evaluator, t: TypeExpr, receiver: V | None, args: Args, site: Site) -> VS:
    values = ev.values
    name = t[1]
    parts = tuple(build(ev, part, receiver, args, site) for part in t[2])
    if name in ("list", "set", "iter", "frozenset"):
        return (values.seq("set" if name == "frozenset" else name, None, parts[0] if parts else values.unknown),)
    if name == "tuple":
        return (values.seq("tuple", parts or None, union(*parts) or values.unknown),)
    if name == "dict":
        return (values.dict((), parts[1] if len(parts) > 1 else values.unknown, parts[0] if parts else NOTHING),)
    if name in ("str", "int", "float", "bool", "bytes", "object"):
        return (values.instance(f"builtins.{name}"),)
    return (values.instance(ev.catalogue.canonical(name), parts),)


def type_argument(ev: Evaluator, param: str, receiver: V | None, site: Site) -> VS:
    """What a library's object has for a type parameter of its class."""
    if receiver is None or receiver.k != EXTINST:
        return ev.values.unknown
    if not receiver.b:
        return containers.kept(ev, receiver, site) or ev.values.unknown
    entry = ev.catalogue.class_entry(receiver.a)
    if entry is not None and param in entry.params:
        index = entry.params.index(param)
        if index < len(receiver.b):
            return receiver.b[index]  # type: ignore[no-any-return]
    return receiver.b[0] if len(receiver.b) == 1 else ev.values.unknown


__all__ = ["GEN", "NO_ARGS", "Class", "build", "instance_of", "instances", "of", "parameter", "type_argument"]
