"""Python's own callables that shape values: ``super``, ``getattr``, ``list``, ``map``, ``property``, ``functools.wraps`` ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import (
    attributes,
    calls,
    containers,
    hints,
    library,
    names,
    namespaces,
    narrowing,
    preset,
    stacks,
    stepped,
    texts,
    threads,
)  # fmt: skip
from async_guard.link.frames import NO_ARGS, Args, Frame, Lazy, Site
from async_guard.link.program import Binding, Class, Module, interpreter_says
from async_guard.link.values import (
    ANY_PART,
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
    MODULE,
    NOTHING,
    PARTIAL,
    PROPERTY,
    SEQ,
    STATIC,
    SUPER,
    UNKNOWN,
    VS,
    WRAP,
    V,
    known,
    pattern_of,
    start_of,
    union,
)  # fmt: skip
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

Handler = Callable[["Evaluator", Args, Site], "VS | None"]


def _first(args: Args) -> VS:
    return args.positional[0] if args.positional else NOTHING


def _super(ev: Evaluator, args: Args, site: Site) -> VS | None:
    fr: Frame | None = site.frame
    if len(args.positional) >= 2:
        start, receiver = args.positional[0], args.positional[1]
        if start and receiver and start[0].k == CLASS:
            return tuple(ev.values.make(SUPER, start[0].a, r) for r in receiver if r.k in (INST, CLASS)) or None
    while fr is not None:
        if fr.fn is not None and fr.fn.owner is not None and fr.self_value is not None:
            return (ev.values.make(SUPER, fr.fn.owner, fr.self_value),)
        fr = fr.closure
    return ev.values.why("super() outside a method")


def _getattr(ev: Evaluator, args: Args, site: Site) -> VS | None:
    if len(args.positional) < 2:
        return None
    names = args.positional[1]
    if len(names) == 1 and (start := start_of(names[0])) is not None:
        found = _starting_with(ev, _first(args), start, site)
        return union(found, *args.positional[2:3]) if found else ev.values.why("getattr with a computed name")
    if not names or not all(n.k == CONST and isinstance(n.a, str) for n in names):
        for v in _first(args):
            if v.k == INST:
                containers.dunder(ev, v, ("__getattribute__", "__getattr__"), site, Args([names], {}))
        maybe = _chosen_among(ev, _first(args), site)
        return (ev.values.make(UNKNOWN, "getattr with a computed name", maybe or None),)
    found = union(*(attributes.get(ev, _first(args), n.a, site) for n in names))
    if len(args.positional) > 2:
        if (
            names[0].a == "__wrapped__"
            and _first(args)
            and all(v.k == FUNC and v.c is None and (v.a, "__wrapped__") not in ev.bags for v in _first(args))
        ):
            return args.positional[2]  # only what wraps another function has it
        if len(names) == 1 and _is_seldom(ev, _first(args), names[0].a):
            found = tuple(attributes.guessed(ev, v) for v in found)
        found = union(found, args.positional[2])
    return found


def _is_seldom(ev: Evaluator, value: VS, name: str) -> bool:
    """Whether a default is given because of many classes that an object may be of only few have the attribute."""
    classes = [v.a for v in value if v.k == INST]
    if len(classes) < _MANY_CLASSES:
        return False
    return _FEW * sum(attributes.class_attribute(ev, cls, name) is not None for cls in classes) <= len(classes)


_MANY_CLASSES: Final = 8
_FEW: Final = 4
"""One in so many classes is few."""


def _new(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return tuple(ev.values.make(INST, v.a, None, False) for v in _first(args) if v.k == CLASS) or None


def _new_type(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``type.__new__(mcs, name, bases, namespace)`` of a metaclass."""
    if ev.announced is None:
        return None
    if ev.announced.a in ev.dressing and len(args.positional) == 4:
        attributes.put_namespace(ev, ev.announced.a, args.positional[3], site.frame)
    return (ev.announced,)


def _members(ev: Evaluator, value: VS) -> list[str]:
    """Names of the methods that objects of project classes have."""
    found = {
        name: None
        for v in value
        if v.k in (INST, CLASS)
        for c in attributes.mro(ev, v.a)
        if isinstance(c, Class)
        for name in c.head.methods
        if not name.startswith("__")
    }
    return list(found)


def _module_members(ev: Evaluator, name: str) -> list[str]:
    """Names of the functions and classes that a module of the project defines or imports from others of it."""
    module = ev.program.modules.get(name)
    if module is None:
        return []
    return [
        word
        for word, bindings in module.bindings.items()
        if not word.startswith("__") and bindings[-1].kind in ("def", "class", "from")
    ]


def module_items(ev: Evaluator, v: V, site: Site) -> VS:
    """``vars(module)`` as a mapping: its functions and classes by name, and whatever else it holds."""
    words = _module_members(ev, v.a)
    if len(words) > attributes.SCANNED:
        return ev.values.why("names of a module")
    found = ((word, attributes.get_one(ev, v, word, site)) for word in words)
    items = tuple((word, value) for word, value in found if any(x.k in (FUNC, CLASS, WRAP) for x in value))
    return (ev.values.dict(items, NOTHING),) if items else ev.values.why("names of a module")


def _vars(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return union(*(_namespace(ev, v, site) for v in _first(args) if v.k in _NAMESPACES)) or None


def _namespace(ev: Evaluator, v: V, site: Site) -> VS:
    if v.k == INST:
        return namespaces.of_object(ev, v, site)
    return attributes.methods_by_name(ev, v) if v.k == CLASS else (v,)


_NAMESPACES: Final = frozenset((CLASS, MODULE, INST))
"""What `vars` is followed for; the names of a module are looked up as its attributes are."""


def _globals(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return (ev.values.make(MODULE, site.frame.module.name),)


def by_name(ev: Evaluator, v: V, name: VS, site: Site) -> VS:
    """What a module has under a name: ``globals()[name]``, ``vars(handlers).get(name)``."""
    return _getattr(ev, Args([(v,), name], {}), site) or ev.values.unknown


def _method_type(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``types.MethodType(f, x)``: the function as a method of the object."""
    if len(args.positional) != 2:
        return None
    functions, receivers = args.positional
    return tuple(ev.values.make(BOUND, r, f) for f in functions if f.k == FUNC for r in receivers) or None


def _chain_map(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``collections.ChainMap(first, second)``: of two values for one key the first."""
    items: dict[Any, VS] = {}
    other: VS = NOTHING
    for v in (v for value in args.positional for v in value):
        for key, value in v.a if v.k == DICT else ():
            items.setdefault(key, value)
        other = union(other, v.b if v.k == DICT else ev.values.why("entry of an unknown mapping"))
    return (ev.values.dict(tuple(items.items()), other),)


def _view(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return _first(args) or None


def _dir(ev: Evaluator, args: Args, site: Site) -> VS | None:
    first = _first(args)
    _asks("__dir__")(ev, args, site)
    is_module = len(first) == 1 and first[0].k == MODULE
    names = _module_members(ev, first[0].a) if is_module else _members(ev, first)
    found = tuple(ev.values.const(name) for name in names[: attributes.SCANNED])
    rows = tuple((name,) for name in found) if len(names) <= attributes.SCANNED else None
    return (ev.values.seq("list", rows, found),) if found else None


def _getmembers(ev: Evaluator, args: Args, site: Site) -> VS | None:
    value = _first(args)
    asked = args.positional[1] if len(args.positional) > 1 else args.keywords.get("predicate", NOTHING)
    kinds = _MEMBERS.get(asked[0].a) if len(asked) == 1 and asked[0].k == EXT else None
    rows: list[VS] = []
    is_module = bool(value) and all(v.k == MODULE for v in value)
    names: list[tuple[VS, str]] = (
        [((v,), text) for v in value for text in _module_members(ev, v.a)]
        if is_module
        else [(value, text) for text in _members(ev, value)]
    )
    methods = NOTHING
    for of, text in names[: attributes.SCANNED]:
        found = attributes.get(ev, of, text, site)
        found = found if kinds is None else tuple(v for v in found if v.k in kinds)
        if is_module and kinds is None:
            found = tuple(v for v in found if v.k in (FUNC, CLASS, WRAP))
        if found:
            name = (ev.values.const(text),)
            rows.append((ev.values.seq("tuple", (name, found), union(name, found)),))
            methods = union(methods, found)
    if not rows:
        return None
    if len(names) <= attributes.SCANNED:
        return (ev.values.seq("list", tuple(rows), union(*rows)),)
    name = (ev.values.instance("builtins.str"),)
    return (ev.values.seq("list", None, (ev.values.seq("tuple", (name, methods), union(name, methods)),)),)


_MEMBERS: Final = {
    "inspect.isclass": frozenset((CLASS,)), "inspect.isfunction": frozenset((FUNC, WRAP)), "inspect.ismethod": frozenset((BOUND,)),
    "inspect.isroutine": frozenset((FUNC, WRAP, BOUND, PARTIAL)), "builtins.callable": frozenset((FUNC, WRAP, BOUND, PARTIAL, CLASS)),
}  # fmt: skip
"""What passes a predicate that a scan over attributes asks for; a property is none of these."""


def _starting_with(ev: Evaluator, value: VS, start: str, site: Site) -> VS:
    """The methods of an object, or the functions of a module, whose names start so: ``getattr(self, f"visit_{kind}")``."""
    out: VS = NOTHING
    for v in value:
        if v.k in (INST, CLASS):
            classes = [c for c in attributes.mro(ev, v.a) if isinstance(c, Class)]
            if v.k == INST and v.c:
                classes += attributes.subclasses(ev, v.a)
            names = {
                name: None
                for c in classes
                for name in c.head.methods
                if name.startswith(start) and (not name.startswith("__") or start.startswith("__"))
            }
        elif v.k == MODULE and v.a in ev.program.modules:
            names = {name: None for name in ev.program.modules[v.a].bindings if name.startswith(start)}
        else:
            continue
        found = union(*(attributes.get(ev, (v,), name, site) for name in list(names)[:_DISPATCHED]))
        # All that is private begins with an underscore: which of it is meant is a guess.
        out = union(out, tuple(attributes.guessed(ev, x) for x in found) if start == "_" else found)
    return out


def _chosen_among(ev: Evaluator, value: VS, site: Site) -> VS:
    """What a name that nobody knows may stand for: the functions of a module that are no business of its own alone, few of them."""
    if len(value) != 1 or value[0].k != MODULE or value[0].a not in ev.program.modules:
        return NOTHING
    bindings = ev.program.modules[value[0].a].bindings
    names = [name for name, b in bindings.items() if b[-1].kind == "def" and name[:1] != "_"]
    if len(names) > _DISPATCHED:
        return NOTHING
    return union(*(attributes.get(ev, value, name, site) for name in names))


_DISPATCHED: Final = 20
"""Methods that one name which is computed may stand for."""


def _hasattr(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """True of what the class of an object has; whether an object has anything else is not known."""
    if len(args.positional) != 2:
        return None
    value, wanted = args.positional
    for v in value:
        for n in wanted if v.k == INST and site.on == "now" else ():
            if n.k == CONST and _is_computed(ev, v, str(n.a)):
                attributes.get_one(ev, v, str(n.a), site)  # a property runs, and what answers for missing attributes
        if v.k != INST or any(n.k != CONST or attributes.class_attribute(ev, v.a, str(n.a)) is None for n in wanted):
            return None
    return (ev.values.true,) if value and wanted else None


def _is_computed(ev: Evaluator, v: V, name: str) -> bool:
    """Whether asking an object for an attribute runs code of its class."""
    found = attributes.class_attribute(ev, v.a, name)
    if found is not None:
        return any(each.k == PROPERTY for each in found[1])
    return attributes.class_attribute(ev, v.a, "__getattr__") is not None


def _callable(ev: Evaluator, args: Args, site: Site) -> VS | None:
    if len(args.positional) == 1 and args.positional[0] and all(v.k == CONST for v in args.positional[0]):
        return (ev.values.const(False),)
    return (ev.values.instance("builtins.bool"),)


def _setattr(ev: Evaluator, args: Args, site: Site) -> VS | None:
    if len(args.positional) == 3:
        given: Any = args.expressions[2] if args.expressions is not None else ()
        # A name that is written here is among those that the file's facts say are assigned.
        written = len(given) == 3 and given[1][0] == F.E_CONST
        for n in args.positional[1]:
            if n.k != CONST:
                for v in _first(args):
                    if v.k == INST:
                        containers.dunder(ev, v, ("__setattr__",), site, Args(args.positional[1:], {}))
            elif isinstance(n.a, str):
                for v in _first(args):
                    if v.k == INST and attributes.runs_setter(ev, v, n.a, args.positional[2], site):
                        continue
                    if v.k == INST and written:
                        attributes.store(ev, v, n.a, args.positional[2], site.frame)
                    elif v.k == INST:
                        attributes.write(ev, (v.a, n.a), args.positional[2])
                    else:
                        attributes.set_on(ev, v, n.a, args.positional[2], site)
    return (ev.values.none,)


def _delattr(ev: Evaluator, args: Args, site: Site) -> VS | None:
    for n in args.positional[1] if len(args.positional) == 2 else ():
        if n.k == CONST and isinstance(n.a, str):
            for v in _first(args):
                if v.k == INST:
                    attributes.delete_one(ev, v, n.a, site)
    return (ev.values.none,)


def _rows(ev: Evaluator, args: Args, site: Site) -> VS:
    """Tuples of one item of each iterable."""
    parts = tuple(containers.iterate(ev, a, site, False) for a in args.positional)
    return (ev.values.seq("tuple", parts, union(*parts)),)


def _longest(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``itertools.zip_longest``: where an iterable is at its end, the filling stands."""
    filling = args.keywords.get("fillvalue", (ev.values.none,))

    def rows() -> VS:
        parts = tuple(union(v, filling) for row in _rows(ev, args, site) for v in row.b)
        return (ev.values.seq("tuple", parts, union(*parts)),)

    return containers.lazily(ev, site, rows)


def _product(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return (ev.values.seq("iter", None, _rows(ev, args, site)),)


def _chained(ev: Evaluator, args: Args, site: Site) -> VS | None:
    def items() -> VS:
        return containers.iterate(ev, containers.iterate(ev, _first(args), site, False), site, False)

    return containers.lazily(ev, site, items)


def _tee(ev: Evaluator, args: Args, site: Site) -> VS | None:
    one = _iter(ev, Args(args.positional[:1], {}, args.expressions), site) or ev.values.unknown
    number = args.get("n", 1)
    exact = (one, one) if number is None else None
    return (ev.values.seq("tuple", exact, one),)


def _counter(ev: Evaluator, args: Args, site: Site) -> VS | None:
    items = union(*(containers.iterate(ev, a, site, False) for a in args.positional[:1]))
    containers.hashed(ev, items, site)
    return (ev.values.dict((), (ev.values.instance("builtins.int"),), items),)


def _from_keys(ev: Evaluator, args: Args, site: Site) -> VS | None:
    keys = union(*(containers.iterate(ev, a, site, False) for a in args.positional[:1]))
    containers.hashed(ev, keys, site)
    value = args.positional[1] if len(args.positional) > 1 else (ev.values.none,)
    return (ev.values.dict((), value, keys),)


def _bytes(ev: Evaluator, args: Args, site: Site) -> VS | None:
    for v in _first(args):
        if v.k in (GEN, SEQ):
            containers.iterate(ev, (v,), site, False)
    return _number("bytes", "__bytes__")(ev, args, site)


def _pushed(position: int) -> Handler:
    """``heapq.heappush(heap, item)``, ``bisect.insort(a, item)``: the item goes into the list."""

    def pushed(ev: Evaluator, args: Args, site: Site) -> VS | None:
        given = args.expressions[2] if args.expressions is not None else []
        if given and len(args.positional) > position:
            containers.put(ev, given[0], None, args.positional[position], site.frame)
            containers.ordered(ev, args.positional[position], site)
        return (ev.values.none,)

    return pushed


def _replaced(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``dataclasses.replace(x, field=value)``: an object with the fields of the other, but for those given; it is constructed anew."""
    return replaced(ev, _first(args), args, site) if _first(args) else None


def replaced(ev: Evaluator, value: VS, args: Args, site: Site) -> VS:
    """Objects with some of their fields replaced by the keyword arguments."""
    out: list[VS] = []
    for v in value:
        if v.k == INST:
            fields = {**dict(v.b or ()), **args.keywords}
            made = calls.instantiate(ev, ev.values.make(CLASS, v.a, None), Args([], fields, args.expressions), site)
            out.append(made if v.b is not None or any(known(x) for x in args.keywords.values()) else (v,))
        else:
            out.append((v,))
    return union(*out)


def _named_tuple(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``collections.namedtuple("Point", "x y")``, ``typing.NamedTuple("Point", [("x", int)])``: a class with these fields."""
    title = _first(args)
    given = args.positional[1] if len(args.positional) > 1 else args.keywords.get("field_names", NOTHING)
    if site.node is None or len(title) != 1 or not containers.is_text(title[0]) or len(given) != 1:
        return None
    names_given: list[str] = []
    if containers.is_text(given[0]):
        names_given = given[0].a.replace(",", " ").split()
    elif given[0].k == SEQ and given[0].b is not None:
        for each in given[0].b:
            first = each[0].b[0] if len(each) == 1 and each[0].k == SEQ and each[0].b else each
            if len(first) != 1 or not containers.is_text(first[0]):
                return None
            names_given.append(first[0].a)
    if not names_given:
        return None
    written = args.expressions[2][1] if args.expressions is not None and len(args.expressions[2]) > 1 else None
    hinted = (
        [part[2][1] if part[0] == F.E_SEQ and len(part[2]) == 2 else None for part in written[2]]
        if (written is not None and written[0] == F.E_SEQ)
        else []
    )
    key = ("namedtuple", site.frame.module, id(site.node))
    cls = ev.made_classes.get(key)
    if cls is None:
        hinted += [None] * (len(names_given) - len(hinted))
        fields = {
            name: [Binding("declared", None, (), hint or [F.E_OPAQUE, "object"])]
            for name, hint in zip(names_given, hinted, strict=False)
        }
        cls = ev.made_classes[key] = Class.made(site.frame.module, title[0].a, fields, "typing.NamedTuple")
    return (ev.values.make(CLASS, cls, None),)


def _made_dataclass(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``dataclasses.make_dataclass("Point", ["x", ("y", int)])``: a class with these fields."""
    title, given = (*args.positional, NOTHING, NOTHING)[:2]
    rows = given[0].b if len(given) == 1 and given[0].k == SEQ else None
    if site.node is None or len(title) != 1 or not containers.is_text(title[0]) or not rows:
        return None
    first = [row[0].b[0] if len(row) == 1 and row[0].k == SEQ and row[0].b else row for row in rows]
    if not all(len(name) == 1 and containers.is_text(name[0]) for name in first):
        return None
    key = ("dataclass", site.frame.module, id(site.node))
    cls = ev.made_classes.get(key)
    if cls is None:
        fields = {name[0].a: [Binding("declared", None, (), [F.E_OPAQUE, "object"])] for name in first}
        cls = ev.made_classes[key] = Class.made(site.frame.module, title[0].a, fields, "builtins.object")
    return (ev.values.make(CLASS, cls, None),)


def _rows_of_lines(item: str) -> Handler:
    """``csv.reader(lines)`` of lines that the project makes itself: it asks for them when it is asked for rows."""

    def rows(ev: Evaluator, args: Args, site: Site) -> VS | None:
        made_here = [v for v in _first(args) if v.k in (GEN, INST) or (v.k == SEQ and v.a.__class__ is Lazy)]
        if not made_here or len(made_here) < len(_first(args)):
            return None

        def read() -> VS:
            containers.iterate(ev, _first(args), site, False)
            text = (ev.values.instance("builtins.str"),)
            return (ev.values.seq("list", None, text) if item == "list" else ev.values.dict((), text),)

        return containers.lazily(ev, site, read)

    return rows


def _absolute(name: str) -> Handler:
    def absolute(ev: Evaluator, args: Args, site: Site) -> VS | None:
        """``os.path.abspath(x)``, ``os.getcwd()``."""
        library.effect_of(ev, name, args, site)
        return (texts.rooted(ev),)

    return absolute


def _at_home(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``os.path.expanduser("~/x")``."""
    value = _first(args)
    is_told = bool(value) and all(v.k == CONST and v.b == "str" and v.a.startswith(("~", "/")) for v in value)
    return (texts.rooted(ev),) if is_told or texts.is_rooted(value) else None


def _joined_path(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``os.path.join(root, x)``."""
    _asks("__fspath__")(ev, args, site)
    is_known = all(len(value) == 1 and value[0].k == CONST for value in args.positional)
    return (texts.rooted(ev),) if texts.is_rooted(_first(args)) and not is_known else None


def _platform(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return (ev.values.ext("platform.system()"),)


def _starts_platform(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``sys.platform.startswith("win")``."""
    answers = {interpreter_says("sys.platform", "startswith", v.a) for v in _first(args) if containers.is_text(v)}
    return (ev.values.const(answers.pop()),) if len(answers) == 1 and None not in answers else None


def _closing(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return (ev.values.make(MANAGER, _first(args), False, "close"),)


def _aclosing(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return (ev.values.make(MANAGER, _first(args), True, "aclose"),)


def _log(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """What is logged is made into text, by the handlers that write it."""
    containers.shown(ev, union(*args.positional), site)
    return None


def _object_set(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``object.__setattr__(x, "name", value)``, ``setattr(x, "name", value)``."""
    if len(args.positional) == 3:
        for n in args.positional[1]:
            if n.k == CONST and isinstance(n.a, str):
                for v in _first(args):
                    if v.k == INST:
                        attributes.store(ev, v, n.a, args.positional[2], site.frame)
    return (ev.values.none,)


def _object_get(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return _getattr(ev, Args(args.positional[:2], {}), site)


_OPERATORS: Final = {
    "add": "+", "iadd": "+", "concat": "+", "sub": "-", "isub": "-", "mul": "*", "imul": "*", "truediv": "/", "mod": "%",
    "or_": "|", "ior": "|", "and_": "&", "iand": "&", "xor": "^", "matmul": "@", "floordiv": "//", "pow": "**",
}  # fmt: skip
_ORDER: Final = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def _binary(op: str) -> Handler:
    def binary(ev: Evaluator, args: Args, site: Site) -> VS | None:
        if len(args.positional) != 2:
            return None
        return containers.binary(ev, op, args.positional[0], args.positional[1], site)

    return binary


def _comparing(op: str) -> Handler:
    def comparing(ev: Evaluator, args: Args, site: Site) -> VS | None:
        if len(args.positional) == 2:
            left, right = args.positional[::-1] if op == "in" else args.positional
            containers.compare(ev, op, left, right, site)
        return (ev.values.instance("builtins.bool"),)

    return comparing


def _get_item(ev: Evaluator, args: Args, site: Site) -> VS | None:
    if len(args.positional) != 2:
        return None
    return containers.item(ev, args.positional[0], args.positional[1], containers.NO_EXPRESSION, site)


def _collect(kind: str) -> Handler:
    def collect(ev: Evaluator, args: Args, site: Site) -> VS | None:
        if not args.positional:
            return (ev.values.seq(kind, () if kind != "set" else None, NOTHING),)
        value = _first(args)
        items = containers.iterate(ev, value, site, False)
        exact = value[0].b if len(value) == 1 and value[0].k == SEQ and kind in ("list", "tuple") else None
        containers.ordered(ev, _key(ev, args, items, site), site)
        if kind == "set":
            containers.hashed(ev, items, site)
        return (ev.values.seq(kind, exact, items),)

    return collect


def _sorted(ev: Evaluator, args: Args, site: Site) -> VS | None:
    result = _collect("list")(ev, args, site)
    for v in result or ():
        _compare_items(ev, args, v.c, site)
    return result


def _reversed(ev: Evaluator, args: Args, site: Site) -> VS | None:
    items: VS = NOTHING
    for v in _first(args):
        step = containers.dunder(ev, v, ("__reversed__",), site) if v.k == INST else None
        if step is None and v.k == INST:
            containers.dunder(ev, v, ("__len__",), site)
            items = union(items, containers.dunder(ev, v, ("__getitem__",), site) or ev.values.unknown)
            continue
        items = union(items, containers.iterate(ev, step if step is not None else (v,), site, False))
    return (ev.values.seq("iter", None, items),)


def _key(ev: Evaluator, args: Args, items: VS, site: Site) -> VS:
    key = args.keywords.get("key")
    return calls.call(ev, key, Args([items], {}), site) if key is not None and site.on != "never" else NOTHING


def _iter(ev: Evaluator, args: Args, site: Site) -> VS | None:
    value = _first(args)
    if all(map(_is_iterator, value)):
        return value
    if len(args.positional) > 1:  # iter(f, sentinel)
        return containers.lazily(ev, site, lambda: calls.call(ev, value, NO_ARGS, site))
    return union(*(_iterator(ev, v, site) for v in value)) or ev.values.unknown


def _is_iterator(v: V) -> bool:
    """Whether something gives itself where it is asked for an iterator, and does nothing by that."""
    return v.k == GEN or (v.k == SEQ and v.a.__class__ is Lazy)


def _iterator(ev: Evaluator, v: V, site: Site) -> VS:
    """``iter(v)``: of a project's object what its ``__iter__`` gives, which does its work for whoever asks it for items."""
    if _is_iterator(v):
        return (v,)
    made = containers.dunder(ev, v, ("__iter__",), site) if v.k == INST else None
    if made and all(m.k == GEN or (m.k == INST and attributes.special(ev, m, "__next__")) for m in made):
        return made
    if v.k == EXTINST and not v.a.startswith("builtins."):  # who asks for its items has them read
        return containers.lazily(ev, site, lambda: containers.iterate(ev, (v,), site, False))
    return (ev.values.seq("iter", None, containers.iterate(ev, (v,), site, False)),)


def _next(ev: Evaluator, args: Args, site: Site) -> VS | None:
    stepping = [(v, attributes.special(ev, v, "__next__") if v.k == INST else NOTHING) for v in _first(args)]
    given = union(*(calls.call(ev, step, NO_ARGS, site) for _, step in stepping if step))
    source = tuple(v for v, step in stepping if not step)
    asked: Any = args.expressions[2] if args.expressions is not None else ()
    is_generator = bool(asked) and any(v.k == GEN for v in source)
    if is_generator and stepped.is_asked_once(site.frame.fn, asked[0], site.pos):
        # `next(get_session())`: nobody can ask the generator for more.
        source = tuple(ev.values.make(GEN, ev.first_step(v.a), v.b) if v.k == GEN else v for v in source)
    items = containers.iterate(ev, source, site, False) if source else NOTHING
    return union(given, items, *args.positional[1:]) or ev.values.unknown


def _compare_items(ev: Evaluator, args: Args, items: VS, site: Site) -> None:
    if "key" not in args.keywords:
        containers.ordered(ev, items, site)


def _consume(result: str) -> Handler:
    def consume(ev: Evaluator, args: Args, site: Site) -> VS | None:
        items = union(*(containers.iterate(ev, a, site, False) for a in args.positional[:1]))
        _key(ev, args, items, site)
        if result == "bool":
            _each_true(ev, items, site)
        return items if result == "item" else (ev.values.instance(f"builtins.{result}"),)

    return consume


def _sum(ev: Evaluator, args: Args, site: Site) -> VS | None:
    items = containers.iterate(ev, _first(args), site, False)
    start = args.positional[1] if len(args.positional) > 1 else args.keywords.get("start", NOTHING)
    if not any(v.k == INST for v in (*items, *start)):
        return (ev.values.instance("builtins.int"),)
    once = containers.binary(ev, "+", start or (ev.values.instance("builtins.int"),), items, site)
    return union(once, containers.binary(ev, "+", once, items, site) if known(once) else NOTHING)


def _min_max(ev: Evaluator, args: Args, site: Site) -> VS | None:
    if len(args.positional) == 1:
        items = containers.iterate(ev, _first(args), site, False)
    else:
        items = union(*args.positional)
    containers.ordered(ev, _key(ev, args, items, site), site)
    _compare_items(ev, args, items, site)
    return union(items, args.keywords.get("default", NOTHING)) or None


def _enumerate(ev: Evaluator, args: Args, site: Site) -> VS | None:
    def numbered() -> VS:
        items = containers.iterate(ev, _first(args), site, False)
        number = (ev.values.instance("builtins.int"),)
        return (ev.values.seq("tuple", (number, items), union(number, items)),)

    return containers.lazily(ev, site, numbered)


def _zip(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return containers.lazily(ev, site, lambda: _rows(ev, args, site))


def _map(ev: Evaluator, args: Args, site: Site) -> VS | None:
    if len(args.positional) < 2:
        return None

    def results() -> VS:
        items = [containers.iterate(ev, a, site, False) for a in args.positional[1:]]
        return calls.call(ev, _first(args), Args(items, {}), site)

    return containers.lazily(ev, site, results)


def _each_true(ev: Evaluator, items: VS, site: Site) -> None:
    for v in items:
        containers.dunder(ev, v, ("__bool__", "__len__"), site)


def _filter(ev: Evaluator, args: Args, site: Site) -> VS | None:
    if len(args.positional) < 2:
        return None

    def kept() -> VS:
        items = containers.iterate(ev, args.positional[1], site, False)
        asked = tuple(v for v in _first(args) if v.k != CONST)
        if asked:
            calls.call(ev, asked, Args([items], {}), site)
        else:  # None: the items that are true
            _each_true(ev, items, site)
        return items

    return containers.lazily(ev, site, kept)


def _length(ev: Evaluator, args: Args, site: Site) -> VS | None:
    for v in _first(args):
        containers.dunder(ev, v, ("__len__",), site)
    return (ev.values.instance("builtins.int"),)


def _truth(ev: Evaluator, args: Args, site: Site) -> VS | None:
    for v in _first(args):
        containers.dunder(ev, v, ("__bool__", "__len__"), site)
    is_true = narrowing.outcome(_first(args))
    return (ev.values.instance("builtins.bool"),) if is_true is None else (ev.values.const(is_true),)


def _text(*names: str) -> Handler:
    def text(ev: Evaluator, args: Args, site: Site) -> VS | None:
        for v in _first(args):
            if v.k == INST:
                containers.dunder(ev, v, names, site)
            elif v.k == SEQ or v.k == DICT:
                containers.items_represented(ev, v, site)
        value = _first(args)
        if len(value) == 1 and value[0].k == CONST and value[0].b == "str":
            return value
        return (ev.values.instance("builtins.str"),)

    return text


def _number(name: str, *dunders: str) -> Handler:
    def number(ev: Evaluator, args: Args, site: Site) -> VS | None:
        for v in _first(args):
            if v.k == INST:
                containers.dunder(ev, v, dunders, site)
        return (ev.values.instance(f"builtins.{name}"),)

    return number


def _asks(*dunders: str) -> Handler:
    """A function that asks each of its arguments for the first of these special methods; the catalogue says the rest."""

    def asks(ev: Evaluator, args: Args, site: Site) -> VS | None:
        for value in args.positional:
            for v in value:
                if v.k == INST:
                    containers.dunder(ev, v, dunders, site)
        return None

    return asks


def _range(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``range(n)``: nothing to go through where the numbers are known and say so."""
    _asks("__index__")(ev, args, site)
    numbers = [value[0].a for value in args.positional if len(value) == 1 and value[0].k == CONST]
    if len(numbers) == len(args.positional) in (1, 2) and all(n.__class__ is int for n in numbers):
        return (ev.values.seq("tuple", (), NOTHING),) if not range(*numbers) else None
    return None


def _pickled(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``pickle.dumps(x)``: an object says how it is made again and what it holds, those inside a container too."""
    for v in _first(args):
        inside = v.c if v.k == SEQ else (*v.b, *containers.flat(value for _, value in v.a)) if v.k == DICT else (v,)
        for each in inside:
            if each.k == INST and containers.dunder(ev, each, ("__reduce_ex__", "__reduce__"), site) is None:
                containers.dunder(ev, each, ("__getstate__",), site)
    return None


def _ordering(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """Functions of `heapq`: the items of a heap, and what is put into it, are compared."""
    if "key" not in args.keywords:
        containers.ordered(ev, union(*(v.c for value in args.positional for v in value if v.k == SEQ)), site)
    return None


def _divided(ev: Evaluator, args: Args, site: Site) -> VS | None:
    if len(args.positional) == 2:
        for v in _first(args):
            containers.dunder(ev, v, ("__divmod__",), site, Args(args.positional[1:], {}))
    return None


def _power(ev: Evaluator, args: Args, site: Site) -> VS | None:
    if len(args.positional) < 2:
        return None
    return containers.binary(ev, "**", args.positional[0], args.positional[1], site)


def _set_item(ev: Evaluator, args: Args, site: Site) -> VS | None:
    for v in _first(args) if len(args.positional) == 3 else ():
        containers.dunder(ev, v, ("__setitem__",), site, Args(args.positional[1:], {}))
    return None


def _same(dunder: str) -> Handler:
    def same(ev: Evaluator, args: Args, site: Site) -> VS | None:
        value = _first(args)
        out = union(*(containers.dunder(ev, v, (dunder,), site) or NOTHING for v in value if v.k == INST))
        return out or tuple(v for v in value if v.k != INST) or ev.values.unknown

    return same


def _printed(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """What is printed is made into text, and given to the object that ``file=`` names."""
    containers.shown(ev, union(*args.positional), site)
    for v in args.keywords.get("file", NOTHING):
        if v.k == INST:
            calls.call(
                ev, attributes.get_one(ev, v, "write", site), Args([(ev.values.instance("builtins.str"),)], {}), site
            )
    return None


def _reduce(ev: Evaluator, args: Args, site: Site) -> VS | None:
    if len(args.positional) < 2:
        return None
    items = containers.iterate(ev, args.positional[1], site, False)
    start = args.positional[2] if len(args.positional) > 2 else items
    once = calls.call(ev, _first(args), Args([start, items], {}), site)
    return calls.call(ev, _first(args), Args([once, items], {}), site) if known(once) else once


def _operator(mode: str) -> Handler:
    """``operator.methodcaller("name", x)`` and its kin: a callable that does one thing to what it is given."""

    def operator(ev: Evaluator, args: Args, site: Site) -> VS | None:
        if mode == "itemgetter" or all(v.k == CONST and isinstance(v.a, str) for v in _first(args)):
            rest = tuple(args.positional[1:])
            return (ev.values.make(WRAP, mode, (_first(args), *rest), tuple(args.keywords.items())),)
        return None

    return operator


def _import_module(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``importlib.import_module("a.b")``: the module itself, after what importing costs; of ``f"app.plugins.{name}"`` all there are."""
    found: VS = NOTHING
    module = site.frame.module
    for v in _first(args):
        if v.k == CONST and isinstance(v.a, str) and v.a:
            dotted = _from_here(ev, v.a, args, module)
            found = union(found, names.module_value_of(ev, dotted, dotted, module))
        elif (pattern := pattern_of(v)) is not None:
            start, _, end = _from_here(ev, pattern, args, module).partition(ANY_PART)
            package = ev.program.find(start.rstrip("."), module)
            below = ev.program.children(package) if package is not None else ()
            several = [name + end for name in below if not end or ev.program.is_ours(name + end)]
            if len(several) <= _LOADED:
                found = union(found, tuple(ev.values.make(MODULE, name) for name in several if name != module.name))
    if not found:
        return None
    library.effect_of(ev, "importlib.import_module", args, site)
    return found


def _from_here(ev: Evaluator, name: str, args: Args, module: Module) -> str:
    """The name of a module without the dots in front of it, which count from the package that a call names."""
    level = len(name) - len(name.lstrip("."))
    if not level:
        return name
    package = names.written_out(ev, args.get("package", 1) or NOTHING, module)
    if package and len(package) == 1 and package[0].k == CONST and package[0].b == "str" and level == 1:
        return f"{package[0].a}{name}"
    return module.absolute(name.lstrip("."), level)


_LOADED: Final = 40
"""Modules of one package that a name which is computed may stand for."""


def _modules_below(name: str) -> Handler:
    """``pkgutil.iter_modules(path, prefix)``: names of modules, which begin with the prefix."""

    def modules_below(ev: Evaluator, args: Args, site: Site) -> VS | None:
        prefix = args.get("prefix", 1) or NOTHING
        start = prefix[0].a if len(prefix) == 1 and prefix[0].k == CONST and prefix[0].b == "str" else ""
        library.effect_of(ev, name, args, site)
        return (ev.values.seq("iter", None, (ev.values.instance("pkgutil.ModuleInfo", ((ev.values.text(start),),)),)),)

    return modules_below


def _context_variable(ev: Evaluator, args: Args, site: Site) -> VS | None:
    default = args.keywords.get("default", NOTHING)
    # Objects that each make one (``self.current = ContextVar(name)``) have one each.
    variable = ev.values.instance(
        "contextvars.ContextVar", (), (site.frame.module.path, site.pos, site.frame.self_value)
    )
    if known(default):
        _set_variable(ev, variable, default)
    return (variable,)


def _set_variable(ev: Evaluator, variable: V, value: VS) -> None:
    for key in ((variable, ""), (variable.c[:2], "")):
        ev.bags[key] = union(ev.bags.get(key, NOTHING), value)


def _variable_values(ev: Evaluator, variable: V) -> VS:
    """What a variable is set to; of one that belongs to nobody knows which object, what any such variable is set to."""
    if variable.c is None:
        return ev.bags.get((variable, ""), NOTHING)
    owner = variable.c[2]
    is_one = owner is None or owner.b is not None
    return ev.bags.get((variable, "") if is_one else (variable.c[:2], ""), NOTHING)


def _dispatching(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return tuple(ev.values.make(WRAP, "dispatch", v) if v.k in (FUNC, WRAP) else v for v in _first(args)) or None


def _made_class(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``type("Name", (Base,), {"run": run})``: a class with these bases and attributes."""
    title, bases, body = args.positional
    rows = bases[0].b if len(bases) == 1 and bases[0].k == SEQ else None
    if site.node is None or rows is None or len(body) != 1 or body[0].k != DICT:
        return None
    own = {name: value for name, value in body[0].a if isinstance(name, str)}
    above = [v for row in rows for v in row]
    key = ("type", site.frame, id(site.node))
    cls = ev.made_classes.get(key)
    if cls is None:
        name = title[0].a if len(title) == 1 and containers.is_text(title[0]) else "type"
        fields = {each: [Binding("declared", None)] for each in own}
        cls = ev.made_classes[key] = Class.made(site.frame.module, name, fields, "builtins.object")
        lines = [
            attributes.mro(ev, v.a) if v.k == CLASS else (ev.catalogue.canonical(v.a),)
            for v in above
            if v.k in (CLASS, EXT)
        ]
        cls.mro_cache = tuple(dict.fromkeys([cls, *(item for line in lines for item in line)]))
    for each, value in own.items():
        cls.values[each] = union(cls.values.get(each, NOTHING), value)
    return (ev.values.make(CLASS, cls, None),)


def _type(ev: Evaluator, args: Args, site: Site) -> VS | None:
    if len(args.positional) == 3:
        return _made_class(ev, args, site)
    if len(args.positional) != 1:
        return None
    out = []
    for v in _first(args):
        if v.k == INST:
            out.append(ev.values.make(CLASS, v.a, None))
            if v.c:
                out.extend(ev.values.why("class below the declared one"))
        elif v.k == EXTINST:
            out.append(ev.values.ext(v.a))
    return union(tuple(out)) or None


def _dict(ev: Evaluator, args: Args, site: Site) -> VS | None:
    items: dict[Any, VS] = {}
    other: VS = args.more_keywords or NOTHING
    keys: VS = NOTHING
    for v in _first(args):
        if v.k == DICT:
            items.update(v.a)
            other, keys = union(other, v.b), union(keys, v.c)
        else:
            for key, value in containers.entries(ev, v, site):
                keys, other = union(keys, key), union(other, value)
    items.update(args.keywords)
    return (ev.values.dict(tuple(items.items()), other, keys),)


def _asks_class(ev: Evaluator, args: Args, name: str, site: Site) -> bool:
    """Whether a class says in its own way what is of its kind: by its metaclass, or by ``__subclasshook__``."""
    found = False
    for v in args.positional[1]:
        if v.k != CLASS:
            continue
        own = attributes.metaclasses(ev, v.a) and attributes.of_metaclass(ev, v, name, site)
        if not own and (hook := attributes.class_attribute(ev, v.a, "__subclasshook__")) is not None:
            own = tuple(ev.values.make(BOUND, v, f.a) for f in hook[1] if f.k == STATIC)
        if own:
            calls.call(ev, own, Args([_first(args)], {}), site)
            found = True
    return found


def _issubclass(ev: Evaluator, args: Args, site: Site) -> VS | None:
    if len(args.positional) == 2:
        _asks_class(ev, args, "__subclasscheck__", site)
    return None


def _isinstance(ev: Evaluator, args: Args, site: Site) -> VS | None:
    if len(args.positional) == 2 and _asks_class(ev, args, "__instancecheck__", site):
        return (ev.values.instance("builtins.bool"),)
    if len(args.positional) == 2:
        wanted = narrowing.flat_classes(args.positional[1])
        answers = {narrowing.is_instance(ev, v, wanted) for v in _first(args)} if wanted else {None}
        if len(answers) == 1 and None not in answers and not any(v.k == UNKNOWN for v in _first(args)):
            return (ev.values.const(answers.pop()),)
    return (ev.values.instance("builtins.bool"),)


def _cast(ev: Evaluator, args: Args, site: Site) -> VS | None:
    if len(args.positional) == 2 and args.expressions is not None:
        declared = hints.of(ev, args.expressions[2][0], site.frame)
        actual = args.positional[1]
        return actual if known(actual) and not any(v.k == UNKNOWN for v in actual) else declared
    return None


def _type_arguments(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``typing.get_args(Base[Item])`` of a base that a class is written with."""
    found = [attributes.alias_arguments(ev, v) for v in _first(args) if v.k == EXTINST and v.a == attributes.ALIAS]
    return union(*found) or None


def _type_origin(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return union(*(v.c or NOTHING for v in _first(args) if v.k == EXTINST and v.a == attributes.ALIAS)) or None


def _written_bases(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return union(*(attributes.original_bases(ev, v.a) for v in _first(args) if v.k == CLASS)) or None


def _wraps(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return (ev.values.make(DECORATOR, ("wraps", _first(args))),)


def _partial(ev: Evaluator, args: Args, site: Site) -> VS | None:
    rest = tuple(args.positional[1:])
    named = tuple(args.keywords.items())
    for v in _first(args):
        preset.note(ev, v, rest, named, site.frame)
    return (
        tuple(ev.values.make(PARTIAL, v, rest, named) for v in _first(args) if v.k not in (UNKNOWN, CONST))
        or ev.values.unknown
    )


def _partial_method(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``functools.partialmethod(f, x)``: a method that calls the other with ``x`` behind the object."""
    more = (tuple(args.positional[1:]), tuple(args.keywords.items()))
    out = []
    for v in _first(args):
        if v.k == STATIC:
            out.append(ev.values.make(STATIC, ev.values.make(WRAP, "partial", v.a, more), v.b))
        elif v.k == FUNC or v.k == WRAP or v.k == PARTIAL:
            out.append(ev.values.make(WRAP, "partial", v, more))
    return tuple(out) or ev.values.unknown


def _cached(ev: Evaluator, args: Args, site: Site) -> VS | None:
    value = _first(args)
    if value and value[0].k in (FUNC, BOUND, WRAP, PARTIAL):
        return calls.wrapped(ev, "cached", value)
    return (ev.values.make(DECORATOR, "cached"),)


def _newtype(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return (ev.values.make(WRAP, "newtype", args.positional[1]),) if len(args.positional) > 1 else None


def _kind_of_function(is_async: bool, is_generator: bool) -> Handler:
    """``iscoroutinefunction(f)`` and its kin: known where all that f may be is of the kind, or all is not."""

    def kind(ev: Evaluator, args: Args, site: Site) -> VS | None:
        answers = set()
        for v in _first(args):
            func = v.b if v.k == BOUND else v
            answers.add(
                (func.a.is_async, func.a.head.is_generator) == (is_async, is_generator) if func.k == FUNC else None
            )
        fr: Frame | None = site.frame
        while fr is not None and not (fr.fn is not None and fr.generic and fr.params):
            fr = fr.closure
        # Where several callers share one reading, not all that they pass is known.
        if len(answers) == 1 and None not in answers and fr is None:
            return (ev.values.const(answers.pop()),)
        return (ev.values.instance("builtins.bool"),)

    return kind


def _super_object(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return (ev.values.instance("builtins.object"),)


def _simple_namespace(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """An object with the attributes given."""
    made = ev.values.instance("types.SimpleNamespace", (), (site.frame.module.path, site.pos))
    for name, value in args.keywords.items():
        ev.bags[(made, name)] = union(ev.bags.get((made, name), NOTHING), value)
    return (made,)


def _made_static(kind: str) -> Handler:
    def static(ev: Evaluator, args: Args, site: Site) -> VS | None:
        return tuple(ev.values.make(STATIC, v, kind) for v in _first(args) if v.k not in (UNKNOWN, CONST)) or None

    return static


def _property(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``property(getter, setter, deleter)``."""
    getter = _first(args) or args.keywords.get("fget") or (ev.values.none,)
    made = (v for v in getter if v.k in (FUNC, WRAP, PARTIAL) or v is ev.values.none)
    others = [
        args.positional[number] if len(args.positional) > number else args.keywords.get(keyword, NOTHING)
        for number, keyword in ((1, "fset"), (2, "fdel"))
    ]
    return tuple(ev.values.make(PROPERTY, v, False, tuple(others)) for v in made) or None


def _cached_property(ev: Evaluator, args: Args, site: Site) -> VS | None:
    return tuple(ev.values.make(PROPERTY, v, True) for v in _first(args) if v.k in (FUNC, WRAP, PARTIAL)) or None


def _defaultdict(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """A mapping that calls what it was given for each key it does not have."""
    makers = tuple(ev.values.make(WRAP, "missing", v) for v in _first(args) if _does_something(v))
    return (ev.values.dict((), (*_default_of(ev, args, site), *makers)),)


def _does_something(maker: V) -> bool:
    """Whether a function makes entries by more than writing down an empty container: ``lambda: {"n": 0}``, ``lambda: defaultdict(list)``."""
    fn = maker.b if maker.k == BOUND else maker
    if fn.k != FUNC or not fn.a.is_lambda:
        return fn.k in (FUNC, PARTIAL)
    body = fn.a.body["body"]
    made = body[0][1] if body and body[0][0] == F.S_RETURN else None
    return made is not None and made[0] == F.E_CALL and F.last_name(made[1]) not in _CONTAINERS


_CONTAINERS: Final = frozenset(("defaultdict", "deque", "Counter", "OrderedDict", "dict", "list", "set", "int"))


def _wait_for(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """A time-out leaves what a pool runs behind: the pool is not idle any more when its block is left."""
    given = args.expressions[2] if args.expressions is not None else []
    inner = given[0] if given else None
    if (
        inner is not None
        and inner[0] == F.E_CALL
        and inner[1][0] == F.E_ATTR
        and inner[1][2] == "run_in_executor"
        and inner[2]
    ):
        for v in ev.ev(inner[2][0], site.frame):
            site.frame.touch(v, "submit")
    return None


_OF_NUMBERS: Final = (
    "sqrt",
    "log",
    "log2",
    "log10",
    "exp",
    "isnan",
    "isclose",
    "isfinite",
    "sin",
    "cos",
    "tan",
    "atan2",
    "fabs",
    "hypot",
    "degrees",
    "radians",
)

FUNCTIONS: Final[dict[str, Handler]] = {
    "asyncio.wait_for": _wait_for,
    "builtins.super": _super, "builtins.getattr": _getattr, "builtins.hasattr": _hasattr, "builtins.dir": _dir, "builtins.object.__new__": _new,
    "builtins.type.__new__": _new_type,
    "inspect.getmembers": _getmembers, "builtins.vars": _vars, "builtins.callable": _callable, "builtins.setattr": _setattr,
    "builtins.delattr": _delattr,
    "builtins.list": _collect("list"), "builtins.tuple": _collect("tuple"), "builtins.set": _collect("set"),
    "builtins.frozenset": _collect("set"), "builtins.sorted": _sorted, "builtins.reversed": _reversed,
    "collections.deque": _collect("list"), "builtins.iter": _iter, "builtins.next": _next, "builtins.sum": _sum,
    "builtins.any": _consume("bool"), "builtins.all": _consume("bool"), "builtins.min": _min_max, "builtins.max": _min_max,
    "builtins.enumerate": _enumerate, "builtins.zip": _zip, "builtins.map": _map, "builtins.filter": _filter,
    "builtins.len": _length, "builtins.bool": _truth, "builtins.str": _text("__str__", "__repr__"),
    "builtins.repr": _text("__repr__"), "builtins.int": _number("int", "__int__", "__index__", "__trunc__"),
    "builtins.float": _number("float", "__float__", "__index__"), "builtins.complex": _number("complex", "__complex__", "__float__", "__index__"),
    **{f"builtins.{name}": _asks("__index__") for name in ("bin", "oct", "hex", "chr")}, "operator.index": _asks("__index__"),
    "builtins.range": _range,
    **{f"math.{name}": _asks(f"__{name}__", "__float__") for name in ("floor", "ceil", "trunc")},
    **{f"math.{name}": _asks("__float__", "__index__") for name in _OF_NUMBERS},
    "builtins.format": _asks("__format__", "__str__", "__repr__"), "builtins.ascii": _asks("__repr__"),
    "builtins.divmod": _divided, "builtins.pow": _power, "builtins.issubclass": _issubclass, "operator.setitem": _set_item,
    "os.fspath": _asks("__fspath__"), "builtins.open": _asks("__fspath__"), "io.open": _asks("__fspath__"),
    **{f"pathlib.{name}": _asks("__fspath__") for name in ("Path", "PurePath")},
    **{f"pickle.{name}": _pickled for name in ("dump", "dumps")},
    **{f"heapq.{name}": _ordering for name in ("heapify", "heappop", "heapreplace", "heappushpop", "nsmallest", "nlargest")},
    "builtins.type": _type, "builtins.dict": _dict, "builtins.isinstance": _isinstance, "typing.cast": _cast,
    **{f"{module}.get_args": _type_arguments for module in ("typing", "typing_extensions")},
    **{f"{module}.get_origin": _type_origin for module in ("typing", "typing_extensions")},
    **{f"{module}.get_original_bases": _written_bases for module in ("types", "typing_extensions")},
    "typing_extensions.cast": _cast, "functools.wraps": _wraps, "functools.partial": _partial, "functools.lru_cache": _cached,
    "functools.cache": _cached, "typing.NewType": _newtype,
    "asyncio.iscoroutinefunction": _kind_of_function(True, False), "inspect.iscoroutinefunction": _kind_of_function(True, False),
    "inspect.isasyncgenfunction": _kind_of_function(True, True), "inspect.isgeneratorfunction": _kind_of_function(False, True),
    "functools.reduce": _reduce, "builtins.abs": _same("__abs__"), "builtins.round": _same("__round__"),
    "builtins.bytes": _bytes, "builtins.print": _printed, "importlib.import_module": _import_module,
    "pkgutil.iter_modules": _modules_below("pkgutil.iter_modules"), "pkgutil.walk_packages": _modules_below("pkgutil.walk_packages"),
    "operator.methodcaller": _operator("methodcaller"), "operator.attrgetter": _operator("attrgetter"),
    "operator.itemgetter": _operator("itemgetter"), "contextvars.ContextVar": _context_variable,
    "functools.singledispatch": _dispatching, "functools.singledispatchmethod": _dispatching,
    "builtins.hash": _number("int", "__hash__"),
    **{name: _absolute(name) for name in ("os.path.abspath", "os.path.realpath", "os.getcwd", "tempfile.gettempdir", "tempfile.mkdtemp")},
    "os.path.expanduser": _at_home, "os.path.join": _joined_path,
    "types.SimpleNamespace": _simple_namespace, "builtins.staticmethod": _made_static("static"), "builtins.classmethod": _made_static("class"),
    "builtins.property": _property, "functools.cached_property": _cached_property,
    "functools.partialmethod": _partial_method,
    "builtins.object": _super_object, "collections.OrderedDict": _dict, "collections.defaultdict": _defaultdict,
    "collections.ChainMap": _chain_map, "types.MappingProxyType": _view, "types.MethodType": _method_type, "builtins.globals": _globals,
    "collections.Counter": _counter, "itertools.zip_longest": _longest, "itertools.product": _product,
    "itertools.chain.from_iterable": _chained, "itertools.tee": _tee, "heapq.heappush": _pushed(1), "bisect.insort": _pushed(1),
    "bisect.insort_left": _pushed(1), "bisect.insort_right": _pushed(1),   "dataclasses.replace": _replaced, "copy.replace": _replaced,
    "dataclasses.make_dataclass": _made_dataclass, "csv.reader": _rows_of_lines("list"), "csv.DictReader": _rows_of_lines("dict"),
    "collections.namedtuple": _named_tuple, "typing.NamedTuple": _named_tuple, "platform.system": _platform,
    "sys.platform.startswith": _starts_platform, "contextlib.closing": _closing, "contextlib.aclosing": _aclosing,
    "builtins.object.__setattr__": _object_set, "builtins.object.__getattribute__": _object_get,
    "operator.contains": _comparing("in"), "operator.getitem": _get_item, "operator.truth": _truth,
    **{f"operator.{name}": _binary(op) for name, op in _OPERATORS.items()},
    **{f"operator.{name}": _comparing(op) for name, op in _ORDER.items()},
    **{f"logging.{name}": _log for name in ("debug", "info", "warning", "error", "exception", "critical", "log")},
}  # fmt: skip


def _enter(is_async: bool) -> Handler:
    def enter(ev: Evaluator, args: Args, site: Site) -> VS | None:
        """``stack.enter_context(cm)``: entered here, left when the stack is."""
        if not is_async:
            site.frame.mark(("stacked", site, site.frame.off_loop > 0, _first(args)))
        value = containers.enter(ev, _first(args), site, is_async)
        if not stacks.is_moved(site):
            containers.leave(ev, _first(args), site, is_async, [])
        return (ev.values.make(AWAITABLE, value),) if is_async else value

    return enter


def _callback(ev: Evaluator, args: Args, site: Site) -> VS | None:
    """``stack.callback(f, x)``: called when the stack is left, in the same thread."""
    if stacks.is_moved(site):
        return _first(args)
    calls.call(ev, _first(args), Args(args.positional[1:], args.keywords), site)
    return _first(args)


def _pushed_exit(is_async: bool) -> Handler:
    def pushed(ev: Evaluator, args: Args, site: Site) -> VS | None:
        """``stack.push(x)``: the exit of an object that was entered elsewhere, or a function called like one."""
        name = "__aexit__" if is_async else "__exit__"
        for v in () if stacks.is_moved(site) else _first(args):
            if v.k in (FUNC, BOUND, PARTIAL, WRAP):
                nothing = union((ev.values.none,), ev.values.unknown)
                result = calls.call_one(ev, v, Args([nothing] * 3, {}), site)
                if is_async:
                    calls.awaited(ev, result, site)
            elif v.k != INST or attributes.class_attribute(ev, v.a, name) is not None:
                containers.leave(ev, (v,), site, is_async, [])
        return _first(args)

    return pushed


METHODS: Final[dict[str, Handler]] = {
    "contextlib.ExitStack.push": _pushed_exit(False), "contextlib.AsyncExitStack.push": _pushed_exit(False),
    "contextlib.AsyncExitStack.push_async_exit": _pushed_exit(True),
    "contextlib.ExitStack.enter_context": _enter(False), "contextlib.AsyncExitStack.enter_context": _enter(False),
    "contextlib.AsyncExitStack.enter_async_context": _enter(True), "contextlib.ExitStack.callback": _callback,
    "contextlib.AsyncExitStack.callback": _callback, "contextlib.AsyncExitStack.push_async_callback": _callback,
    "builtins.dict.fromkeys": _from_keys, "collections.OrderedDict.fromkeys": _from_keys,
}  # fmt: skip
"""Methods of the standard library that run what they are given in ways that types cannot say."""


def _variable_set(ev: Evaluator, variable: V, args: Args, site: Site) -> VS | None:
    if variable.c is not None:
        _set_variable(ev, variable, _first(args))
    else:
        ev.bags[(variable, "")] = union(ev.bags.get((variable, ""), NOTHING), _first(args))
    return None


def _variable_get(ev: Evaluator, variable: V, args: Args, site: Site) -> VS | None:
    """What any code sets a context variable to."""
    callee = args.expressions[1] if args.expressions is not None else None
    holder = callee[1] if callee is not None and callee[0] == F.E_ATTR else None
    if holder is not None and holder[0] in (F.E_NAME, F.E_ATTR):
        containers.read_fillers(ev, holder[1] if holder[0] == F.E_NAME else holder[2], site.frame.module)
    given = _variable_values(ev, variable)
    return union(given, *args.positional[:1]) if known(given) else None


def _logged(ev: Evaluator, logger: V, args: Args, site: Site) -> VS | None:
    return _log(ev, args, site)


OBJECT_METHODS: Final[dict[str, Callable[[Evaluator, V, Args, Site], VS | None]]] = {
    "contextvars.ContextVar.set": _variable_set, "contextvars.ContextVar.get": _variable_get, "threading.Thread.join": threads.joined,
    **{f"logging.Logger.{name}": _logged for name in ("debug", "info", "warning", "error", "exception", "critical", "log")},
}  # fmt: skip
"""The same where the object they are called on remembers something; None: the catalogue says the rest."""


def _default_of(ev: Evaluator, args: Args, site: Site) -> VS:
    return calls.call(ev, _first(args), NO_ARGS, site.running("never")) if _first(args) else NOTHING


_IDENTITY: Final = frozenset((
    "abc.abstractmethod", "typing.overload", "typing.override", "typing.final", "typing_extensions.override", "typing_extensions.final",
    "typing_extensions.overload", "typing.runtime_checkable", "typing_extensions.runtime_checkable", "typing.no_type_check",
    "dataclasses.dataclass", "functools.total_ordering", "enum.unique", "abc.abstractproperty",
))  # fmt: skip


_DECORATORS: Final = frozenset(("contextlib.ContextDecorator", "contextlib.AsyncContextDecorator"))
"""Bases of context managers that can decorate a function: it runs inside them."""


def decorator(ev: Evaluator, d: V, value: VS) -> VS | None:
    """What one of the language's own decorators makes of a definition; None for any other."""
    if d.k == EXT:
        name = d.a
        if name in ("builtins.property", "functools.cached_property", "abc.abstractproperty") or name.endswith(
            ".cached_property"
        ):
            return tuple(ev.values.make(PROPERTY, v, name.endswith("cached_property")) for v in value)
        if name == "builtins.staticmethod":
            return tuple(ev.values.make(STATIC, v, "static") for v in value)
        if name in ("builtins.classmethod", "abc.abstractclassmethod"):
            return tuple(ev.values.make(STATIC, v, "class") for v in value)
        if name in _IDENTITY:
            return value
    if d.k == MANAGER or (d.k == INST and not _DECORATORS.isdisjoint(attributes.library_bases(ev, d.a))):
        return tuple(ev.values.make(WRAP, "within", v, d) if v.k in (FUNC, WRAP, BOUND, PARTIAL) else v for v in value)
    if d.k == DECORATOR and isinstance(d.a, tuple) and d.a[0] == "wraps":
        original = d.a[1]
        return tuple(
            ev.values.make(FUNC, v.a, v.b, original[0] if original else None) if v.k == FUNC else v for v in value
        )
    return None


_COMMON: Final = frozenset((
    "get", "set", "run", "add", "append", "close", "open", "read", "write", "send", "execute", "commit", "update", "create", "delete", "save",
    "load", "start", "stop", "call", "process", "handle", "items", "values", "keys", "pop", "join", "format", "encode", "decode", "split",
    "strip", "replace", "find", "index", "count", "copy", "clear", "insert", "remove", "sort", "result", "done", "cancel", "wait", "put",
    "emit", "publish", "connect", "disconnect", "flush", "filter", "all", "first", "one", "query", "search", "fetch", "invoke", "stream",
    "generate", "predict", "submit", "map", "apply", "register", "exists", "is_set", "acquire", "release", "now", "json", "text", "to_dict",
    "dict", "model_dump", "lower", "upper", "startswith", "endswith", "group", "match", "info", "debug", "warning", "error", "exception",
))  # fmt: skip


def guess(ev: Evaluator, callee: Any, fr: Frame) -> VS:
    """The one project method with this name, for a receiver nobody could type: a heuristic, so whatever follows is only probable."""
    name = callee[2]
    if fr.module.library or name in _COMMON or name.startswith("__") or len(name) < 7 or "_" not in name:
        return NOTHING
    classes = [c for c in ev.program.classes_with_method(name) if not c.module.is_test]
    if len(classes) != 1:
        return NOTHING
    fn = classes[0].own_methods().get(name)
    if fn is None or fn.is_async or fn.body["decorators"]:
        return NOTHING
    receiver = ev.values.make(INST, classes[0], None, False)
    return (ev.values.make(BOUND, receiver, ev.values.make(FUNC, fn, None, None)),)


def _text_of(e: Any) -> str:
    if e[0] == F.E_NAME:
        return str(e[1])
    if e[0] == F.E_ATTR:
        return f"{_text_of(e[1])}.{e[2]}"
    return "()"
