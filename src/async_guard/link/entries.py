"""Framework tables applied to a project: registrations seen while reading, and the entry points they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from async_guard.frameworks.fastapi import JUDGES_BY_CALL, SEES_THROUGH_WRAPS, STREAMS_GENERATORS
from async_guard.frameworks.pydantic import FILLED_FROM_OUTSIDE
from async_guard.frameworks.tables import (
    FASTAPI,
    GREENLET,
    LOOP,
    NEVER,
    ONCE,
    RETURNED,
    STARLETTE,
    WORKER,
    Arg,
    Framework,
    LazyAttributes,
    Loaded,
    Registration,
    Release,
    Settings,
    Signals,
    SubclassMethods,
    Version,
)
from async_guard.link import (
    around,
    attached,
    attributes,
    by_name,
    callers,
    calls,
    containers,
    hints,
    hooks,
    names,
    paths,
    preset,
    settings,
    signals,
    stores,
)
from async_guard.link.frames import CALL, NO_ARGS, Args, Frame, Site
from async_guard.link.program import Class, Fn, Module
from async_guard.link.values import (
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
    PROPERTY,
    SEQ,
    STATIC,
    UNKNOWN,
    VS,
    WRAP,
    V,
    union,
    without_unknown,
)  # fmt: skip
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.catalogue.load import Catalogue
    from async_guard.link.evaluator import Evaluator

_MOUNTING: Final = ("include_router", "mount", "host")
_MOST_PREFIXES: Final = 8
_MOST_WRITERS: Final = 60
_MOST_ROWS: Final = 80
_LONGEST_PATH: Final = 200
_TELLING: Final = frozenset((
    "add_api_route", "add_route", "add_api_websocket_route", "add_websocket_route", "include_router", "mount", "add_tool", "add_resource",
    "add_prompt", "add_event_handler", "add_exception_handler", "Route", "WebSocketRoute", "Mount", "APIRoute", "APIWebSocketRoute",
))  # fmt: skip
"""Calls that register something wherever they stand."""
_ENTERING: Final = ("__enter__", "__exit__", "__aenter__", "__aexit__")
_PASSING_ON: Final = ("lifespan_context", "lifespan", "startup", "enter_async_context")
"""Calls by which a project may run the lifespan of a mounted application itself."""
_ANY: Final = 10_000
"""A part of a version from here on stands for any: the highest release below a bound."""
_DEPENDENCY: Final = Registration(("Depends",), "dependency", FASTAPI)
_WITH_DEPENDENCIES: Final = ("route", "websocket", "dependency", "subscriber")
"""Kinds of functions whose parameters say what else the framework runs; tasks of a queue do that where the queue itself is asynchronous."""
_HTTP: Final = ("get", "post", "put", "patch", "delete", "head", "options")
_VERBS: Final = frozenset(("get", "post", "put", "patch", "delete", "head", "options", "websocket", "api_route"))


@dataclass
class Seen:
    """One registration as it stands in the project."""

    spec: Registration
    site: Site
    receiver: V | None
    path: str
    methods: tuple[str, ...]
    targets: VS
    passed: Args | None = None
    probable: bool = False
    args: Args | None = None

    @property
    def where(self) -> tuple[Any, ...]:
        """The place in the source, and what is registered there."""
        return self.spec.names[0], self.spec.arg, self.site.frame.module.path, self.site.pos

    @property
    def is_generic(self) -> bool:
        """Seen in a function as somebody unknown calls it: says nothing new where callers are known."""
        return self.site.frame.fn is not None and self.site.frame.generic and self.spec.kind == "route"


@dataclass
class Entry:
    """An entry point: a callable that a framework runs."""

    kind: str
    label: str
    fn: Fn
    frame: Frame
    runs: str
    """``loop`` or ``worker``."""
    path: str = ""
    receiver: V | None = None
    probable: bool = False
    notes: tuple[str, ...] = ()
    once: bool = False
    """Runs only when the application starts."""
    hops: bool = False
    """Whether the framework would run it in a worker thread if it were a plain ``def``."""
    alone: bool = False
    """Whether it is a coroutine that has a loop to itself."""
    main_thread: bool = False
    """Whether it is the main thread of a process that runs it."""
    dropped_at: Site | None = None
    """Where a coroutine function was handed to who calls it and drops the coroutine."""
    shown: Fn | None = None
    """What the project wrote there, if decorators made ``fn`` of it."""
    wraps: bool = False
    """The decorators say so (``functools.wraps``): the framework reads the signature of what they wrap."""
    greenlet: bool = False
    """Its database calls give the loop back while they wait."""
    depends: str = ""
    """The version that puts it where it runs, in words, if versions differ."""
    preset: bool = False
    """Comes with arguments of its own (``functools.partial``), or is registered with some."""
    shown_runs: str = ""
    """Where ``shown`` itself runs, if its decorators move it to another thread."""
    askers: set[Fn | None] = field(default_factory=set)
    """Of a dependency: the functions whose parameters ask for it, and None where something else does, such as the list of a router."""

    @property
    def origin(self) -> Fn:
        """The function as the project names it."""
        return self.shown or self.fn


@dataclass
class Mounting:
    """A router included in another under a prefix."""

    parent: V
    child: V
    prefix: str
    dependencies: VS = field(default=())
    where: tuple[str, int] = ("", 0)
    generic: bool = False
    """Seen in a function as somebody unknown calls it: counts only where no caller is known."""
    unknown: bool = False
    """Under a path that only the run decides: says nothing where another statement says one."""
    perhaps: bool = False
    """Behind a condition, in a function that gives the mounted application back where it is not mounted."""


def _is_decorated(ev: Evaluator, v: V) -> bool:
    """Whether what stands alone in the call of a decorator is what it decorates: a function, or an object that is called like one."""
    if v.k == PARTIAL:
        return _is_decorated(ev, v.a)
    if v.k == INST:
        return attributes.class_attribute(ev, v.a, "__call__") is not None
    return v.k in (FUNC, BOUND, CLASS, STATIC, WRAP, PROPERTY)


def _is_given_back(site: Site) -> bool:
    """Whether a call mounts an application behind a condition, while another branch of the function returns it as it is."""
    fn = site.frame.fn
    if fn is None or not site.frame.forks or site.node is None or site.node[0] != F.E_CALL:
        return False
    mounted = {e[1] for e in (*site.node[2], *(value for _, value in site.node[3])) if e[0] == F.E_NAME}
    return any(e is not None and e[0] == F.E_NAME and e[1] in mounted for e in F.returned(fn.body["body"]))


def _as_called(targets: VS) -> VS:
    """Of functions that a factory makes, those of calls that are known; of a call by nobody known only if there are no others."""
    known_calls = {v.a for v in targets if v.k == FUNC and v.b is not None and not v.b.generic}
    return tuple(v for v in targets if v.k != FUNC or v.b is None or not v.b.generic or v.a not in known_calls)


def _is_declared(seen: Seen) -> bool:
    return seen.receiver is not None and seen.receiver.k == EXTINST and seen.receiver.c is None


def _flat(ev: Evaluator, value: VS) -> VS:
    """A value that goes into a mapping whole: what is nested deep is left out, not the mapping with it."""
    return value if all(v.depth <= 1 for v in value) else ev.values.unknown


def _is_static(ev: Evaluator, fn: Fn) -> bool:
    """Whether a method takes no object: a static one, or one whose decorators a framework has seen before ``staticmethod``."""
    found = attributes.class_attribute(ev, fn.owner, fn.name) if fn.owner is not None else None
    return found is not None and any(v.k == STATIC for v in found[1])


def _stands_in_for(func: V) -> V | None:
    """The function around which a decorator made this one to register it, where it leaves the definition as it is (``return func``)."""
    around = func.b
    if around is None or around.fn is None or around.fn.owner is not None or len(around.ret) != 1:
        return None
    given: V = around.ret[0]
    is_given = given.k == FUNC and given is not func and any(value == around.ret for value in around.params.values())
    return given if is_given else None


def _is_open(seen: Seen) -> bool:
    """Whether only the run decides the path, all of it."""
    return seen.path[:1] == "{" and seen.path.find("}") == len(seen.path) - 1


def _sets_by_name(part: Any) -> bool:
    """Whether a loop's body says ``setattr(cls, name, ...)``: each row says another name."""
    if callers.is_call(part) and part[1][:2] == [F.E_NAME, "setattr"]:
        return len(part[2]) == 3 and part[2][1][0] != F.E_CONST
    return any(_sets_by_name(inner) for inner in part if type(inner) is list)


def _fills_by_name(body: list[Any]) -> bool:
    """Whether a loop's body says ``table[name] = ...``: each row says another key."""
    for stmt in body:
        if stmt[0] == F.S_IF and any(_fills_by_name(inner) for inner in (*(b for _, b in stmt[1]), stmt[2])):
            return True
        if stmt[0] == F.S_ASSIGN and any(t[0] == F.E_SUB and t[2][0] in (F.E_NAME, F.E_ATTR) for t in stmt[1]):
            return True
    return False


def _is_registered(row: VS) -> bool:
    """Whether a row of a table reads like a path and its handler."""
    parts = [v for part in row[0].b for v in part] if len(row) == 1 and row[0].k == SEQ and row[0].b else []
    return any(v.k == CONST and v.b == "str" and v.a.startswith("/") for v in parts) and any(
        v.k in (FUNC, BOUND, CLASS, PARTIAL, INST, EXTINST) for v in parts
    )


class Frameworks:
    """What the linker asks about frameworks while it reads."""

    def __init__(self, tables: tuple[Framework, ...], versions: dict[str, tuple[int, ...]]) -> None:
        self.versions = versions
        self.bases: dict[str, tuple[str, ...]] = {}
        self.lines: dict[str, tuple[str, ...]] = {}
        """Classes -> themselves and what they inherit from, of those that somebody asked for."""
        self.aliases: dict[str, str] = {}
        self.specs: dict[str, list[Registration]] = {}
        self.registers = tuple(dict.fromkeys(name for table in tables for name in table.registers))
        self.schedules = tuple(dict.fromkeys(name for table in tables for name in table.schedules))
        self.commands = frozenset(name for table in tables for name in table.commands)
        self.command_lines = frozenset(name for table in tables for name in table.command_lines)
        self.markers: set[str] = set()
        self.calling: set[str] = set()
        self.item_markers: set[str] = set()
        self.marks: set[str] = set()
        self.marked: set[Fn] = set()
        """Plain functions that are called like coroutine functions because the project says so."""
        self.after_response: set[str] = set()
        self.transparent: set[str] = set()
        self.bags: set[str] = set()
        self.outermost: set[str] = set()
        self.lazy: list[LazyAttributes] = []
        self.loaded: dict[LazyAttributes, frozenset[str]] = {}
        """Names of attributes that queries of the project load with the record."""
        self.stores: set[str] = set()
        self.stores_of: dict[str, str] = {}
        self.generated: dict[str, dict[str, str]] = {}
        self.signals: dict[str, Signals] = {}
        self.relays: dict[str, str] = {}
        self.hooked: dict[str, list[Fn]] = {}
        """Names of hooks -> decorated functions of the name."""
        self.attributes: dict[str, str] = {}
        self.subclass_methods: list[SubclassMethods] = []
        self.settings: list[Settings] = []
        self.seen: dict[Any, Seen] = {}
        self.places: dict[tuple[Any, ...], list[Seen]] = {}
        self.outweighed: dict[tuple[V, str], bool] = {}
        """Applications and a kind -> whether they run nothing of it but what they are constructed with, wherever they are constructed."""
        self.yielding: list[Seen] = []
        self.yielding_to: dict[str, list[Seen]] = {}
        """Attributes of what handlers are given -> what yields the value of each."""
        """Of these, lifespans: what they yield is an attribute of the state of every request."""
        self.mountings: dict[V, list[Mounting]] = {}
        """Routers and applications -> where they stand below others."""
        self.prefixes: dict[V, str] = {}
        self.blanket: list[tuple[V, VS]] = []
        self.loaders: dict[str, Loaded] = {}
        self.plain: frozenset[str] | None = None
        self.loading: dict[Loaded, Class | None] = {}
        """What loads modules by functions of a name -> the project's only class of such applications."""
        self.handed: dict[Fn, tuple[str, ...]] = {}
        """Registered functions -> classes of what the framework passes to them by position."""
        self.routers: dict[str, tuple[Arg, Arg, Arg]] = {}
        self.tracked_bases: dict[Class, str] = {}
        self.instances: dict[Class, dict[V, None]] = {}
        """Objects of the project's own routers and applications, by class."""
        self.responses: set[str] = set()
        self.validating: set[str] = set()
        self.serializing: set[str] = set()
        self.parsed: dict[str, tuple[str, ...]] = {}
        self.loose: dict[str, list[Registration]] = {}
        """Methods that register something whatever they are called on."""
        self.packages: frozenset[str] | None = None
        """Packages and modules that the tables name, once somebody asked."""
        self.imports: dict[str, bool] = {}
        """Modules of libraries -> whether the project imports them; under no name: whether it has coroutines."""
        self.registering: dict[int, tuple[bool, bool, bool, Any]] = {}
        self.helpers: dict[Fn, bool] = {}
        self.may_register: dict[Module, set[int]] = {}
        """Modules -> their functions that call anything by a name that registers, or have functions inside."""
        self.holders: dict[Fn, bool] = {}
        self.loops: list[tuple[Frame, Any]] = []
        """Loops over tables whose bodies register something."""
        self.idle: set[Fn] = set()
        """Functions that are registered where nothing runs them, and nowhere else."""
        self.described: set[V] = set()
        """Routers whose routes only describe what others are asked (``callbacks=``): nothing runs them."""
        self.methods = {
            name.rpartition(".")[2] for table in tables for spec in table.registrations for name in spec.names
        }
        for table in tables:
            self.bases.update(table.classes)
            self.aliases.update(table.aliases)
            self.markers.update(table.markers)
            self.calling.update(table.calling)
            self.item_markers.update(table.item_markers)
            self.marks.update(table.marks)
            self.after_response.update(table.after_response)
            self.bags.update(table.bags)
            self.outermost.update(table.outermost)
            self.lazy.extend(table.lazy)
            self.stores.update(table.stores)
            self.generated.update(table.generated or {})
            self.relays.update(table.hooks or {})
            for one in table.signals:
                self.signals.update(dict.fromkeys((*one.classes, *one.makers), one))
            self.transparent.update(table.transparent)
            self.attributes.update(table.attributes or {})
            self.subclass_methods.extend(table.subclasses)
            self.settings.extend(table.settings)
            self.loaders.update({each.name: each for each in table.loaded})
            self.routers.update(table.routers or {})
            self.responses.update(table.responses)
            self.validating.update(table.validating)
            self.serializing.update(table.serializing)
            self.parsed.update(table.parsed or {})
            for spec in table.registrations if any(s.loosely for s in table.registrations) else ():
                for method in {name.rpartition(".")[2] for name in spec.names if spec.loosely}:
                    self.loose.setdefault(method, []).append(spec)
            for spec in table.registrations:
                for name in spec.names:
                    self.specs.setdefault(name, []).append(spec)
        self.pulling = frozenset(
            name for name, specs in self.specs.items() if any(spec.kind == "stream" for spec in specs)
        )
        """Callables that take the items of an iterator later, in worker threads."""
        self.replaced: dict[V, VS] = {}
        """What is asked for -> what runs instead."""
        self.replacements_read = False
        replacing = {
            name.rpartition(".")[0]
            for specs in self.specs.values()
            for spec in specs
            if spec.replaces
            for name in spec.names
        }
        self.replacing = {path: path.rpartition(".")[2] for path, cls in self.attributes.items() if cls in replacing}
        """Attributes that hold what runs instead of what, with their last names."""
        self.assigned: dict[str, tuple[str, str, str]] = {}
        self.constructed: dict[str, tuple[str, ...]] = {}
        self.models: set[str] = set()
        self.originals: dict[V, Fn | None] = {}
        """What decorators made -> the function they were given; None where one value was made of several."""
        self.hooks: dict[tuple[Class, str], list[V]] = {}
        """Validators and serialisers of a model class, by kind."""
        for table in tables:
            self.assigned.update(table.assigned or {})
            self.constructed.update(table.constructed or {})
            self.models.update(table.models)

    # -- classes

    def canonical(self, catalogue: Catalogue, dotted: str) -> str:
        """The name a framework class goes by."""
        found = self.aliases.get(dotted)
        if found is not None:
            return found
        if dotted in self.bases:
            return dotted
        other = catalogue.canonical(dotted)
        return str(self.aliases.get(other, other))

    def linear(self, catalogue: Catalogue, dotted: str) -> tuple[str, ...]:
        """A framework class and its bases."""
        line = self.lines.get(dotted)
        if line is None:
            queue = [self.canonical(catalogue, dotted)]
            done: dict[str, None] = {}
            while queue:
                name = queue.pop(0)
                if name in done:
                    continue
                done[name] = None
                queue.extend(self.bases.get(name, ()))
                entry = catalogue.class_entry(name)
                if entry is not None:
                    queue.extend(self.canonical(catalogue, b) for b in entry.bases)
            line = self.lines[dotted] = tuple(done)
        return line

    def knows_method(self, catalogue: Catalogue, cls: str, name: str) -> bool:
        """Whether a framework gives meaning to this method or attribute."""
        return any(
            f"{c}.{name}" in self.specs
            or f"{c}.{name}" in self.attributes
            or (c in self.bases and (name == "state" or name in _MOUNTING))
            or (c in self.stores and name in stores.METHODS)
            or (c in self.signals and (name in self.signals[c].connects or name in self.signals[c].sends))
            for c in self.linear(catalogue, cls)
        )

    def is_bag(self, catalogue: Catalogue, cls: str) -> bool:
        """Whether a project sets and reads attributes freely on objects of this class."""
        return cls in self.bags or (bool(self.bags) and catalogue.canonical(cls) in self.bags)

    def is_generated(self, module: str) -> bool:
        """Whether a module that is not there is one that people generate."""
        return any(fnmatchcase(module, pattern) for pattern in self.generated)

    def known_as(self, dotted: str) -> str:
        """What the catalogue knows a name of a generated module as; empty for any other name."""
        module, _, name = dotted.rpartition(".")
        for pattern, known in self.generated.items():
            if fnmatchcase(module, pattern):
                return next((entry for wanted, entry in known.items() if fnmatchcase(name, wanted)), "")
        return ""

    def store_of(self, catalogue: Catalogue, cls: str) -> str:
        """The class under which a library object keeps what a project puts into it; empty for any other object."""
        found = self.stores_of.get(cls)
        if found is None:
            found = self.stores_of[cls] = next((c for c in self.linear(catalogue, cls) if c in self.stores), "")
        return found

    def is_tracked(self, catalogue: Catalogue, cls: str) -> bool:
        """Whether two objects of this class must be told apart (applications, routers)."""
        return any(c in self.bases for c in self.linear(catalogue, cls))

    def attribute(self, catalogue: Catalogue, cls: str, name: str) -> str | None:
        """The class of a framework object's attribute."""
        for c in self.linear(catalogue, cls):
            found = self.attributes.get(f"{c}.{name}")
            if found is not None:
                return found
        return None

    # -- calls

    def pulls_items(self, callee: V) -> bool:
        """Whether a callee takes the items of an iterator it is given later, in worker threads."""
        return callee.k == EXT and self.aliases.get(callee.a, callee.a) in self.pulling

    def rows(self, iterable: VS, body: list[Any], fr: Frame, loop: Any = None) -> tuple[VS, ...]:
        """The items of a literal table, if a loop over it registers something: each row says another path or handler."""
        known_here = without_unknown(iterable)
        table = known_here[0] if len(known_here) == 1 and known_here[0].k == SEQ else None
        items: tuple[VS, ...] = table.b or () if table is not None else ()
        if table is not None and table.b is None and loop is not None and table.a.__class__ is str:
            items = tuple(containers.each_of(iterable) or ())
        is_short = 1 < len(items) <= _MOST_ROWS
        if loop is None and not is_short:
            return ()
        part_of_facts = body if loop is not None else body[0]  # an expression comes in a list of its own each time
        found = self.registering.get(id(part_of_facts))
        if found is None:
            functions = fr.module.functions
            made = frozenset(functions[part[1]].name for part in body if part[0] == F.S_DEF and len(part) == 2)
            registers = any(self._registers(part, fr, made) for part in body)
            says = loop is not None and "setattr" in fr.module.facts.calls
            is_told = registers or (says and _sets_by_name(body))
            fills = loop is not None and not is_told and _fills_by_name(body)
            found = self.registering[id(part_of_facts)] = registers, is_told, fills, part_of_facts
        registers, is_told, fills = found[:3]
        is_told = is_told or (fills and table is not None and table.live)
        if registers and loop is not None and loop[2][0] != F.E_SEQ and not any(one is loop for _, one in self.loops):
            self.loops.append((fr, loop))
        return items if is_short and (is_told or all(map(_is_registered, items))) else ()

    def is_registering(self, ev: Evaluator, fn: Fn) -> bool:
        """Whether a short function registers what it is given, or makes a router: each call of it says another path or handler."""
        found = self.helpers.get(fn)
        if found is None:
            makes = fn.owner is not None and fn.name == "__init__" and bool(self.tracked_base(ev, fn.owner))
            found = self.helpers[fn] = fn.head.end_line - fn.head.line < F.LONG and (
                makes
                or (
                    self._may_register(fn)
                    and any(self._registers(part, fn.module.frame) for part in self._with_inner(fn))
                )
            )
        return found

    def _may_register(self, fn: Fn) -> bool:
        """Whether a function has functions inside, or calls anything by a name that registers: most have neither, and need not be gone through."""
        found = self.may_register.get(fn.module)
        if found is None:
            facts = fn.module.facts
            found = {index for name in (*_TELLING, *self.methods) for index in facts.calls.get(name, ())}
            found.update(head.parent for head in facts.functions)
            self.may_register[fn.module] = found
        return fn.index in found

    def defines_handlers(self, fn: Fn) -> bool:
        """Whether a function holds handlers that it registers (``@router.get(...)``): they know what it was given."""
        found = self.holders.get(fn)
        if found is None:
            found = self.holders[fn] = any(
                part[0] == F.S_DEF and self._registers(part, fn.module.frame) for part in fn.body["body"]
            )
        return found

    def _with_inner(self, fn: Fn) -> Iterator[Any]:
        """The statements of a function, and of the decorator that it makes (``def get(self, path): def decorator(f): self.add_route(...)``)."""
        yield from fn.body["body"]
        for part in fn.body["body"]:
            if part[0] == F.S_DEF and len(part) == 2 and isinstance(part[1], int):
                yield from fn.module.functions[part[1]].body["body"]

    def telling(self, ev: Evaluator, fn: Fn, args: Args) -> dict[str, VS]:
        """Arguments of a function that registers something, with the texts and methods that are left out of those of others."""
        out: dict[str, VS] = {}
        if not self.is_registering(ev, fn):
            return out
        names_of = [p[0] for p in fn.body["params"] if p[1] in ("/", "a")][
            1 if fn.owner is not None and not _is_static(ev, fn) else 0 :
        ]
        given = {**dict(zip(names_of, args.positional, strict=False)), **args.keywords}
        for name, kind, *_ in fn.body["params"]:
            value = given.get(name)
            if value and all(v.k == CONST and v.b == "str" and len(v.a) <= _LONGEST_PATH for v in value):
                out[name] = value
            elif kind == "**" and args.keywords:
                rest = tuple((key, _flat(ev, value)) for key, value in args.keywords.items() if key not in names_of)
                out[name] = (ev.values.dict(rest, args.more_keywords or NOTHING),)
        return out

    def read_loops(self, ev: Evaluator) -> None:
        """Read the loops that register something once more: not all that fills the table had been read when they were."""
        for frame, loop in list(self.loops):
            frame.env = {}
            try:
                ev.s_for(loop, frame)
            except Exception as error:  # noqa: BLE001 - what the rest of the loop registers is lost, and the user told so
                ev.level = 0
                ev.broke(frame.module, frame.fn, error)
            finally:
                frame.env = None
                frame.exits.clear()
                frame.nexts.clear()

    def _registers(self, part: Any, fr: Frame, made: frozenset[str] = frozenset()) -> bool:
        """Whether a statement or expression registers something: ``app.mount(...)``, ``app.get(...)(f)``, ``@app.get(...)``."""
        todo = [part]
        while todo:
            node = todo.pop()
            if not node:
                continue
            if node[0] == F.S_DEF and len(node) == 2 and isinstance(node[1], int):
                decorators = fr.module.functions[node[1]].body["decorators"]
                if any(d[0] == F.E_CALL and d[1][0] == F.E_ATTR and d[1][2] in self.methods for d in decorators):
                    return True
                continue
            if callers.is_call(node):
                callee = node[1]
                if callee[0] in (F.E_ATTR, F.E_NAME) and callee[2 if callee[0] == F.E_ATTR else 1] in _TELLING:
                    return True
                if callee[0] == F.E_CALL and callee[1][0] == F.E_ATTR and callee[1][2] in self.methods:
                    return True
                if (
                    callee[0] == F.E_ATTR
                    and callee[2] in self.methods
                    and any(a[0] == F.E_NAME and a[1] in made for a in node[2])
                ):
                    return True  # a function that the loop's body defines is handed over: `server.on(event, handler)`
            todo += [inner for inner in node if type(inner) is list]
        return False

    def call(self, ev: Evaluator, name: str, receiver: V | None, args: Args, site: Site) -> VS | None:
        """A call that a framework gives meaning to; None for any other."""
        if receiver is None:
            dotted = self.aliases.get(name, name)
            if dotted in self.marks and args.positional:
                self.marked.update(v.a for v in args.positional[0] if v.k == FUNC)
                return args.positional[0]
            if dotted in self.markers:
                return (
                    ev.values.make(
                        MARK, dotted, args.get("dependency", 0) or NOTHING, self._literal(args, ("scope", None)) or None
                    ),
                )
            if dotted in self.signals and dotted in self.signals[dotted].makers:
                return signals.of_name(ev, self.signals[dotted], args)
            specs = self.specs.get(dotted)
            if specs is not None and specs[0].conditional:
                specs = [spec for spec in specs if attached.applies(ev, spec, args)] or None
            if specs and specs[0].beside:
                self._register(ev, specs, None, args, site)
                return None
            if dotted in self.bases or (specs and not self._is_decorating(specs)):
                return self._construct(ev, dotted, specs or [], args, site)
            if specs is None:
                return None
            return self._register(ev, specs, None, args, site)
        if receiver.a in self.relays:
            return hooks.call(ev, self.relays[receiver.a], name, args, site)
        if name in stores.METHODS and (store := self.store_of(ev.catalogue, receiver.a)):
            return stores.access(ev, store, name, args, site)
        mounts = name in _MOUNTING and self.is_tracked(ev.catalogue, receiver.a)
        if mounts:
            self._mount(ev, name, receiver, args, site)
        for cls in self.linear(ev.catalogue, receiver.a):
            sent = signals.call(ev, self.signals[cls], name, receiver, args, site) if cls in self.signals else None
            if sent is not None:
                return sent
            specs = self.specs.get(f"{cls}.{name}")
            if specs is not None:
                made = self._register(ev, specs, receiver, args, site)
                return None if specs[0].beside else made
        if mounts:
            return (ev.values.none,)
        if name == "__init__" and self.is_tracked(ev.catalogue, receiver.a):
            self._contents(ev, receiver, args, site)
        return None

    def _is_decorating(self, specs: list[Registration]) -> bool:
        return any(s.arg is None for s in specs)

    def _construct(self, ev: Evaluator, dotted: str, specs: list[Registration], args: Args, site: Site) -> VS:
        own = self.routers.get(dotted)
        prefix = paths.written(ev, args, own[0], site) if own is not None else ""
        # One statement makes several routers when a function or loop around it runs several times: the prefix tells them apart,
        # and the class of the object for which a method of a base class makes one.
        me = site.frame.self_value
        owner = (me.a,) if me is not None and me.k == INST and dotted in self.routers else ()
        instance = ev.values.instance(dotted, (), (site.frame.module.path, site.pos, prefix, *owner))
        if specs and dotted not in self.bases:
            instance = ev.values.instance(dotted)
        table = self.signals.get(dotted)
        if table is not None and table.given is not None:
            signals.connected(ev, instance, signals.ANY, self._callables(ev, args.get(*table.given) or NOTHING), site)
        if dotted in self.after_response:
            site.frame.mark(("background-made", site, instance))
        for spec in specs:
            assert spec.arg is not None
            value = args.get(*spec.arg)
            if spec.row is not None:
                attached.hand_rows(ev, spec, args)
                continue
            if spec.passes_rest:
                site.frame.mark(("background", site, instance, value or NOTHING))
            if spec.outweighs:
                surely = bool(value) and all(v.k not in (CONST, UNKNOWN) for v in value or ())
                self.outweighed[instance, spec.kind] = surely and self.outweighed.get((instance, spec.kind), True)
            if value:
                if spec.kind == "stream":
                    containers.pulled(ev, value, site)
                self._enter(ev, spec, instance, args, site, self._callables(ev, value))
        self._contents(ev, instance, args, site)
        return (instance,) if all(spec.returns_given for spec in specs) else ev.values.unknown

    def _contents(self, ev: Evaluator, instance: V, args: Args, site: Site) -> None:
        """What a router or application is constructed with: its path, routes and dependencies."""
        for cls in self.linear(ev.catalogue, instance.a):
            if cls not in self.routers:
                continue
            path, routes, below = self.routers[cls]
            prefix = paths.written(ev, args, path, site)
            if prefix:
                self.prefixes[instance] = prefix
            for children in (args.get(*routes), args.get(*below)):
                for child in self._callables(ev, children or NOTHING):
                    self._below_router(ev, instance, child, "", site)
            break
        dependencies = args.get("dependencies", None)
        if dependencies:
            self.blanket.append((instance, dependencies))

    def stand_in(self, ev: Evaluator, base: str, v: V) -> V:
        """The framework object that an object of the project's own subclass is; those constructed differently are kept apart."""
        if not self.is_tracked(ev.catalogue, base):
            return ev.values.instance(base)
        made = ev.values.instance(base, (), v if v.k == INST and v.b else v.a)
        if v.k == INST and v.b:
            self.instances.setdefault(v.a, {})[made] = None
        return made

    def fills_from_outside(self, ev: Evaluator, cls: Class) -> bool:
        """Whether fields of a class's objects get values that no constructor call shows."""
        return any(base in FILLED_FROM_OUTSIDE for base in attributes.library_bases(ev, cls))

    def tracked_base(self, ev: Evaluator, cls: Class) -> str:
        """The framework's class of which objects are told apart that a project class derives from; empty for others."""
        found = self.tracked_bases.get(cls)
        if found is None:
            bases = (self.canonical(ev.catalogue, b) for b in attributes.library_bases(ev, cls))
            found = self.tracked_bases[cls] = next((b for b in bases if self.is_tracked(ev.catalogue, b)), "")
        return found

    def built(self, ev: Evaluator, v: V, args: Args, site: Site) -> None:
        """An object of a project class derived from a framework's is constructed."""
        base = self.tracked_base(ev, v.a)
        if base:
            self._contents(ev, self.stand_in(ev, base, v), args, site)

    def _below_router(
        self,
        ev: Evaluator,
        parent: V,
        child: V,
        prefix: str,
        site: Site,
        dependencies: VS = NOTHING,
        *,
        unknown: bool = False,
    ) -> None:
        if child.k == INST:
            base = self.tracked_base(ev, child.a)
            child = self.stand_in(ev, base, child) if base else child
        where = (site.frame.module.path, site.pos)
        mounting = Mounting(
            parent, child, prefix, dependencies, where, site.frame.fn is not None and site.frame.generic, unknown,
            _is_given_back(site),
        )  # fmt: skip
        known = self.mountings.setdefault(child, [])
        if mounting not in known:
            known.append(mounting)
        if child.k in (FUNC, BOUND, INST, PARTIAL):
            spec = Registration(
                (f"{parent.a}.mount",), "mount", LOOP, label=f"MOUNT {prefix or self.prefixes.get(parent) or '/'}"
            )
            self._enter(ev, spec, parent, NO_ARGS, site, (child,))

    def _callables(self, ev: Evaluator, value: VS) -> VS:
        """What is handed over: a callable, or all that a list or mapping holds, however many (no union, which keeps but a few)."""
        out: dict[V, None] = {}
        for v in value:
            if v.k == SEQ:
                out.update(dict.fromkeys(x for part in (v.b or ()) for x in part) or dict.fromkeys(v.c))
            elif v.k == DICT:
                out.update(dict.fromkeys(x for _, part in v.a for x in part))
                out.update(dict.fromkeys(v.b))
            else:
                out[v] = None
        return tuple(out)

    def _register(self, ev: Evaluator, specs: list[Registration], receiver: V | None, args: Args, site: Site) -> VS:
        pending: list[Registration] = []
        for spec in specs:
            if spec.arg is not None:
                value = args.get(*spec.arg)
                if spec.row is not None:
                    attached.hand_rows(ev, spec, args)
                    continue
                if spec.passes_rest:
                    site.frame.mark(("background", site, receiver, value or NOTHING))
                if value and spec.configures:
                    value = attached.configured(ev, value, site)
                if value and spec.replaces is not None:
                    self._replace(args.get(*spec.replaces) or NOTHING, value, site)
                if value and any(v.k not in (CONST, UNKNOWN) for v in value):
                    self._enter(ev, spec, receiver, args, site, self._callables(ev, value))
                continue
            first = args.positional[0] if args.positional else NOTHING
            if first and spec.bare and all(_is_decorated(ev, v) for v in first) and len(args.positional) == 1:
                self._enter(ev, spec, receiver, Args([], {}), site, first)
                return self._decorated_with(ev, specs, first)
            pending.append(spec)
        self._note_described(ev, args, site)
        dependencies = args.keywords.get("dependencies")
        if dependencies and receiver is not None:
            self.blanket.append((receiver, dependencies))
        if pending:
            return (self._decorator(ev, pending, receiver, args, site),)
        return (ev.values.none,)

    def _path(self, ev: Evaluator, spec: Registration, args: Args, site: Site) -> str:
        path = paths.written(ev, args, spec.path, site)
        if not path and spec.kind in ("route", "websocket") and spec.path is not None:
            return paths.named(args, spec.path)
        return path

    def _note_described(self, ev: Evaluator, args: Args, site: Site) -> None:
        """``callbacks=router.routes``: a description of requests that the application makes."""
        for name, e in args.expressions[3] if args.expressions is not None else ():
            if name == "callbacks" and e[0] == F.E_ATTR and e[2] == "routes":
                self.described.update(v for v in ev.ev(e[1], site.frame) if v.k in (EXTINST, INST))

    def _decorator(self, ev: Evaluator, specs: list[Registration], receiver: V | None, args: Args, site: Site) -> V:
        """The value of ``app.get("/x")``: waits for the definition it is applied to."""
        keywords = {**args.keywords, **around.declared(ev, args, site)}
        path = self._path(ev, specs[0], args, site)
        what = (
            "register",
            tuple(specs),
            tuple(args.positional),
            tuple(keywords.items()),
            site.frame.module.path,
            site.pos,
            path,
        )
        return ev.values.make(DECORATOR, what, receiver)

    def decorated(self, ev: Evaluator, v: V, target: VS, site: Site) -> VS:
        """``@app.get("/")`` applied to a definition."""
        if v.a[0] == "wraps":
            original = v.a[1]
            return tuple(
                ev.values.make(FUNC, t.a, t.b, original[0] if original else None) if t.k == FUNC else t for t in target
            )
        if v.a[0] == "connect":
            return signals.connected(ev, v.a[1], v.a[2], target, site)
        _, specs, positional, keywords, _path, _pos, path = v.a
        for spec in specs:
            given = Args(list(positional), dict(keywords))
            self._enter(ev, spec, v.c if v.c is not None else v.b, given, site, target, path)
        return self._decorated_with(ev, specs, target)

    def _decorated_with(self, ev: Evaluator, specs: Iterable[Registration], target: VS) -> VS:
        """What decorators leave of a definition: itself, and the object that some make of it; or what starts it when it is called, or
        hands it to a thread.
        """
        if any(spec.hops for spec in specs):
            return tuple(ev.values.make(WRAP, "offload", t) if t.k == FUNC and not t.a.is_async else t for t in target)
        if any(spec.starts for spec in specs):
            return tuple(ev.values.make(WRAP, "started", t) if t.k == FUNC else t for t in target)
        made = tuple(ev.values.instance(ev.catalogue.canonical(spec.gives)) for spec in specs if spec.gives)
        return union(target, made) if made else target

    def _enter(
        self, ev: Evaluator, spec: Registration, receiver: V | None, args: Args, site: Site, targets: VS, path: str = ""
    ) -> None:
        if spec.kind in around.OF_MODELS:
            owner = site.frame.owner if spec.arg is not None else None
            # An alias of a module (`Link = Annotated[str, PlainSerializer(signed)]`) belongs to no class: what it names is run for every model.
            is_alias = owner is None and spec.arg is not None and spec.kind in around.OF_ALIASES
            if not is_alias:
                self._hook(spec.kind, targets, owner)
                return
        if spec.passes:
            for v in targets:
                own = preset.given(v)
                passes = (*("" for _ in own.positional), *spec.passes) if own is not None else spec.passes
                for func, _ in self.functions_of(ev, v):
                    self.handed.setdefault(func.a, passes)
        if spec.class_passes:
            for v in targets:
                found = attributes.class_attribute(ev, v.a, spec.class_passes[0]) if v.k == CLASS else None
                for f in found[1] if found is not None else ():
                    if f.k == FUNC:
                        self.handed.setdefault(f.a, spec.class_passes[1:])
        if not path and spec.kind in ("route", "websocket"):
            several = paths.alternatives(ev, args, spec.path, site)[:_MOST_PREFIXES]
            if len(several) > 1 and len(targets) > 1 and spec.path is not None:
                path = paths.named(args, spec.path)  # which of them goes with which handler is not known
            elif len(several) > 1:
                for one in several:
                    self._enter(ev, spec, receiver, args, site, targets, one)
                return
        path = path or self._path(ev, spec, args, site)
        methods = spec.methods or self._strings(args, spec.methods_arg)
        passed = (
            self._rest(spec, args)
            if spec.passes_rest
            else preset.listed(args, *spec.passes_as)
            if spec.passes_as
            else None
        )
        if passed is not None and spec.runs == STARLETTE:
            # What a library does there may run what it is handed: a coroutine on a loop of the worker's own (`asyncio.run`).
            for v in targets:
                if v.k == EXT:
                    calls.call_one(ev, v, passed, site.running("worker"))
        key = (
            spec.names[0],
            spec.arg,
            site.frame.module.path,
            site.pos,
            path,
            methods,
            id(receiver),
            id(site.frame.fn) if passed else 0,
        )
        old = self.seen.get(key)
        if old is not None:
            old.targets = union(old.targets, targets)
            return
        seen = self.seen[key] = Seen(spec, site, receiver, path, methods, targets, passed, args=args)
        self.places.setdefault(seen.where, []).append(seen)
        if spec.yields_state:
            self.yielding.append(seen)
        if spec.yields_to:
            self.yielding_to.setdefault(spec.yields_to, []).append(seen)

    def given(self, ev: Evaluator, fn: Fn, name: str) -> VS:
        """What the framework that runs a function passes for a parameter that says nothing itself."""
        classes = self.handed.get(fn, ())
        if not classes and fn.owner is not None:
            bases = attributes.library_bases(ev, fn.owner)
            for table in self.subclass_methods:
                if table.passes and table.base in bases and not fn.name.startswith("__"):
                    classes = table.passes
        if not classes:
            return self._loading(ev, fn, name) if fn.name in self.loaders else NOTHING
        params = [p[0] for p in fn.body["params"] if p[1] in ("/", "a")][1 if fn.owner is not None else 0 :]
        position = params.index(name) if name in params else len(classes)
        return (ev.values.instance(classes[position]),) if position < len(classes) and classes[position] else NOTHING

    def plain_methods(self, ev: Evaluator) -> frozenset[str]:
        """Methods of applications that are plain in the release that the project uses, as its plain functions show that load its modules."""
        if self.plain is None:
            found: set[str] = set()
            for table in self.loaders.values():
                for module, user in ev.program.callers(table.calls) if table.plain else ():
                    fn = module.functions[user] if user >= 0 else None
                    if fn is not None and fn.name == table.name and fn.owner is None and not fn.is_async:
                        found.update(table.plain)
            self.plain = frozenset(found)
        return self.plain

    def _loading_functions(self, ev: Evaluator) -> Iterator[Fn]:
        """The coroutine functions by which an application loads modules: ``async def setup(bot): await bot.add_cog(...)``."""
        for table in self.loaders.values():
            libraries = dict.fromkeys(base.partition(".")[0] for base in table.bases)
            is_used = table.calls and any(attached.imported(ev, library) for library in libraries)
            for module, user in ev.program.callers(table.calls) if is_used else ():
                fn = module.functions[user] if user >= 0 else None
                if (
                    fn is None
                    or fn.name != table.name
                    or fn.owner is not None
                    or fn.parent is not None
                    or not fn.is_async
                ):
                    continue
                if len(fn.body["params"]) == 1 and not fn.body["decorators"]:
                    yield fn

    def _loading(self, ev: Evaluator, fn: Fn, name: str) -> VS:
        """The application that loads a module, for the parameter of the function by which it does so: the project's own class, if it has one."""
        table = self.loaders[fn.name]
        params = fn.body["params"]
        if fn.owner is not None or fn.parent is not None or len(params) != 1 or params[0][0] != name:
            return NOTHING
        if table.calls and fn.index not in fn.module.facts.calls.get(table.calls, ()):
            return NOTHING
        if table not in self.loading:
            found: dict[Class, None] = {}
            for base in dict.fromkeys(base.rpartition(".")[2] for base in table.bases):
                for cls in ev.program.classes_naming_base(base):
                    if not cls.module.is_test and any(b in table.bases for b in attributes.library_bases(ev, cls)):
                        found.update(dict.fromkeys((cls, *attributes.subclasses(ev, cls))))
            last = [cls for cls in found if not attributes.subclasses(ev, cls)]
            self.loading[table] = last[0] if len(last) == 1 else None
        bot = self.loading[table]
        if bot is None and table.gives:
            return (ev.values.instance(table.gives),)
        return (ev.values.make(INST, bot, None, False),) if bot is not None else NOTHING

    def yielded_state(self, ev: Evaluator, name: str) -> VS:
        """What a lifespan yields under this key: an attribute of the state of every request."""
        yields = self._yielded(ev, self.yielding)
        return union(*(value for d in yields if d.k == DICT for key, value in d.a if key == name))

    def yielded_as(self, ev: Evaluator, attribute: str) -> VS | None:
        """What lifespans yield that is this attribute of what handlers are given; None where it is none of these."""
        yielding = self.yielding_to.get(attribute)
        return self._yielded(ev, yielding) if yielding is not None else None

    def _yielded(self, ev: Evaluator, yielding: list[Seen]) -> VS:
        out: VS = NOTHING
        for seen in list(yielding):
            for v in seen.targets:
                for func, receiver in self.functions_of(ev, v):
                    frame = ev.frame(func, receiver, seen.passed)
                    ev.read(frame)
                    out = union(out, frame.yields)
        return out

    def _hook(self, kind: str, targets: VS, owner: Class | None) -> None:
        """A method of a model class that validation or serialisation runs, or a function that a field of it names."""
        kind = "serializer" if kind == "serializer" else "validator"
        for v in targets:
            while v.k in (STATIC, PROPERTY, BOUND) or (v.k == WRAP and isinstance(v.b, V)):
                v = v.b if v.k in (WRAP, BOUND) else v.a
            if v.k == FUNC and (owner is not None or v.a.owner is not None):
                known = self.hooks.setdefault((owner or v.a.owner, kind), [])
                if v not in known:
                    known.append(v)

    def assign(self, ev: Evaluator, v: V, name: str, value: VS, site: Site) -> None:
        """``app.openapi = f``: attributes of framework objects that the framework calls."""
        for cls in self.linear(ev.catalogue, v.a):
            found = self.assigned.get(f"{cls}.{name}")
            if found is not None:
                kind, runs, called = found
                spec = Registration((f"{cls}.{name}",), kind, runs, label=name if kind == "hook" else "", calls=called)
                if attached.applies(ev, spec, NO_ARGS):
                    self._enter(ev, spec, v, Args([], {}), site, self._callables(ev, value))
                if f"{cls}.{name}" in self.replacing:
                    self._replace(NOTHING, value, site)

    def _replace(self, asked: VS, given: VS, site: Site) -> None:
        """From now on what is given runs instead of what is asked for, unless tests say so."""
        if site.frame.module.is_test:
            return
        pairs: list[tuple[VS, VS]] = [
            ((key,), value) for v in given if v.k == DICT for key, value in v.a if isinstance(key, V)
        ]
        for keys, values in pairs or [(asked, given)]:
            for key in keys:
                if key.k in (FUNC, BOUND, CLASS):
                    self.replaced[key] = union(self.replaced.get(key, NOTHING), values)

    def replacements(self, ev: Evaluator, v: V) -> VS:
        """What the project has a framework run instead of a callable or class that is asked for."""
        if not self.replacements_read:
            self.replacements_read = True
            for name in self.replacing.values():
                containers.read_fillers(ev, name)
                for module, user in ev.program.attribute_writers(name)[:_MOST_WRITERS]:
                    if user >= 0:
                        ev.read_somehow(module.functions[user])
        return self.replaced.get(v, NOTHING)

    def _rest(self, spec: Registration, args: Args) -> Args:
        assert spec.arg is not None
        start = (spec.arg[1] or 0) + 1
        out = Args(list(args.positional[start:]), {k: v for k, v in args.keywords.items() if k != spec.arg[0]})
        out.more_positional, out.more_keywords = args.more_positional, args.more_keywords
        return out

    def _literal(self, args: Args, ref: Arg | None) -> str:
        value = args.get(*ref) if ref is not None else None
        if value and value[0].k == CONST and isinstance(value[0].a, str):
            return value[0].a
        return ""

    def _strings(self, args: Args, ref: Arg | None) -> tuple[str, ...]:
        value = args.get(*ref) if ref is not None else None
        if value and value[0].k == SEQ:
            return tuple(sorted({v.a.upper() for v in value[0].c if v.k == CONST and isinstance(v.a, str)}))
        return ()

    def _mount(self, ev: Evaluator, name: str, receiver: V, args: Args, site: Site) -> None:
        included = name == "include_router"
        children = args.get("router", 0) if included else args.get("app", 1)
        given = args.keywords.get("dependencies", NOTHING)
        where: Arg = ("prefix", None) if included else ("path", 0)
        prefixes = paths.alternatives(ev, args, where, site) if name != "host" else []
        unknown = not prefixes and name != "host" and args.get(*where) is not None
        for child in children or ():
            for prefix in prefixes[:_MOST_PREFIXES] or [""]:
                self._below_router(ev, receiver, child, prefix.rstrip("/"), site, given, unknown=unknown)
        if args.keywords.get("dependencies"):
            self.blanket.append((receiver, args.keywords["dependencies"]))

    # -- what nobody could resolve

    def unknown_call(self, ev: Evaluator, e: Any, callee: Any, args: Args, site: Site) -> VS | None:
        """A call on an object of unknown type that reads like a registration (``@router.get("/x")``)."""
        if callee[0] == F.E_ATTR and callee[2] in self.loose:
            return self._register(ev, self.loose[callee[2]], None, args, site)
        if callee[0] != F.E_ATTR or callee[2] not in _VERBS or not args.positional:
            return None
        first = args.positional[0]
        if not (len(first) == 1 and first[0].k == CONST and isinstance(first[0].a, str) and first[0].a.startswith("/")):
            return None
        specs = self.specs.get(f"fastapi.APIRouter.{callee[2]}")
        if not specs or len(args.positional) > 1:
            return None
        return (self._decorator(ev, [spec for spec in specs if spec.arg is None], None, args, site),)

    def unknown_decorator(self, ev: Evaluator, decorator: Any, value: VS, site: Site) -> None:
        """A decorator nobody could resolve leaves the definition as it is."""

    def construction_hooks(self, ev: Evaluator, cls: Class) -> list[V]:
        """Methods that constructing an object runs: a model's validators, a response's rendering."""
        out: list[V] = []
        for item in attributes.mro(ev, cls):
            if isinstance(item, Class):
                out += self.hooks.get((item, "validator"), ())
        for base in attributes.library_bases(ev, cls):
            for ancestor in self.linear(ev.catalogue, base):
                for name in self.constructed.get(ancestor, ()):
                    found = attributes.class_attribute(ev, cls, name)
                    if found is not None:
                        out += [f for f in found[1] if f.k == FUNC and f not in out]
        return out

    def validated(self, ev: Evaluator, name: str, made: VS, site: Site) -> None:
        """A library call made something of data: if that was by validating it, the validators of the models in it ran."""
        if name in self.validating:
            for entry in around.of_models(ev, made, "validator", "", "loop"):
                ev.edge(CALL, entry.frame, site)

    def serialized(self, ev: Evaluator, name: str, model: V, site: Site) -> None:
        """A library method was called on an object of the project: if that turned a model into data, its serialisers ran."""
        if name in self.serializing:
            for entry in around.of_models(ev, (model,), "serializer", "", "loop"):
                ev.edge(CALL, entry.frame, site)

    def is_about(self, library: str) -> bool:
        """Whether some framework's table names what a package or module holds."""
        if self.packages is None:
            named = (
                *self.specs,
                *self.bases,
                *(table.base for table in self.subclass_methods),
                *self.signals,
                *self.aliases,
            )
            self.packages = frozenset(".".join(n.split(".")[:end]) for n in named for end in range(1, n.count(".") + 1))
        return library in self.packages

    # -- entry points

    def entries(self, ev: Evaluator) -> list[Entry]:
        """Every entry point of the project, after all modules were read."""
        out: dict[Any, Entry] = {}
        done = 0
        queue = list(self.seen.values())
        while done < len(queue):
            seen = queue[done]
            done += 1
            if self._runs_nothing(ev, seen):
                self.idle.update(func.a for v in seen.targets for func, _ in self.functions_of(ev, v))
                continue
            if self._says_nothing(seen) or (seen.spec.probable and not attached.counts(ev, seen.site.frame.module)):
                continue
            for v in _as_called(seen.targets):
                if v.k == CLASS and seen.spec.kind == "dependency":
                    self._fields(ev, v.a, out, always=True)
                for entry in self._entries_of(ev, seen, v):
                    self._keep(out, entry)
                    self._dependencies(ev, entry, out)
                    if seen.spec.runs == FASTAPI and entry.kind == "route":
                        for more in around.entries(ev, seen.args or NO_ARGS, entry):
                            self._keep(out, more)
            if len(self.seen) > len(queue):  # what was seen stays where it is: only what came to it is added
                queue += list(self.seen.values())[len(queue) :]
        for _, values in self.blanket:
            self._marks(ev, self._callables(ev, values), out)
        for mounting in [m for places in self.mountings.values() for m in places]:
            self._marks(ev, self._callables(ev, mounting.dependencies), out)
        registered = {(entry.kind, entry.origin) for entry in out.values()}
        self.idle.difference_update(entry.fn for entry in out.values())
        for table in self.subclass_methods:
            if table.imports and not attached.imported(ev, table.imports):
                continue
            for cls in self._below(ev, table.base, table.base.rpartition(".")[2]):
                if table.probable and not attached.counts(ev, cls.module):
                    continue
                for entry in self._methods_of(ev, table, cls, cls.own_methods()):
                    if (entry.kind, entry.origin) not in registered:
                        self._keep(out, entry)
        for fn in self._loading_functions(ev):
            self._keep(
                out,
                Entry(
                    "lifespan",
                    title(fn),
                    fn,
                    ev.frame(ev.values.make(FUNC, fn, None, None), None, None),
                    "loop",
                    once=True,
                ),
            )
        for kind, v in settings.callables(ev, self.settings):
            for func, receiver in self.functions_of(ev, v):
                for entry in self._method(ev, kind, func, receiver, LOOP, ""):
                    self._keep(out, entry)
        return sorted(out.values(), key=lambda e: (e.fn.module.path, e.fn.head.line, e.kind, e.label))

    def _is_mounted(self, ev: Evaluator, app: V | None) -> bool:
        """Whether an application stands below another: only the outermost is told of start-up, unless the project passes it on."""
        if app is None or app.k != EXTINST or not any(c in self.outermost for c in self.linear(ev.catalogue, app.a)):
            return False
        return not all(mounting.perhaps for mounting in self.mountings.get(app, ())) and not any(
            name in module.facts.calls for module in ev.program for name in _PASSING_ON
        )

    def _runs_nothing(self, ev: Evaluator, seen: Seen) -> bool:
        """Whether nothing runs what is registered: it describes what others are asked, or start-up that nobody hears of."""
        if self._runs(seen.spec) == NEVER or seen.path.startswith("{$"):
            return True
        if seen.receiver and self.outweighed.get((seen.receiver, seen.spec.kind)) and not seen.spec.outweighs:
            return True
        if seen.spec.kind == "lifespan" and self._is_mounted(ev, seen.receiver):
            return True
        return seen.receiver in self.described and seen.receiver not in self.mountings

    def _says_nothing(self, seen: Seen) -> bool:
        """Whether another reading of the same place knows better."""
        others = self.places.get(seen.where, ())
        if _is_open(seen):
            said = {v for other in others if not _is_open(other) for v in other.targets}
            if said.issuperset(seen.targets):
                return True
        if seen.is_generic and any(not other.is_generic for other in others):
            return True
        # An application that is only declared (`app: FastAPI`) is one of those that were seen being made.
        return _is_declared(seen) and any(
            not _is_declared(other) and other.receiver is not None and other.receiver.a == seen.receiver.a  # type: ignore[union-attr]
            for other in others
        )

    def _keep(self, out: dict[Any, Entry], entry: Entry) -> None:
        # A function that a factory makes is an entry point for each call of the factory: each hands it something else.
        if entry.fn.module.library:
            return
        own = entry.frame if entry.kind == "background" or entry.preset else entry.frame.closure
        # A method that a class inherits is one for each class that is registered: it may call what that class overrides.
        me = entry.frame.self_value
        heir = me.a if me is not None and me.k == INST and me.a is not entry.fn.owner else None
        key = (entry.kind, entry.label, entry.origin, id(own) if own is not None else 0, heir)
        out.setdefault(key, entry)

    def _entries_of(self, ev: Evaluator, seen: Seen, v: V) -> Iterator[Entry]:
        runs = self._runs(seen.spec)
        if (
            seen.spec.thread_if
            and seen.args is not None
            and seen.args.keywords.get(seen.spec.thread_if) == (ev.values.const(True),)
        ):
            runs = STARLETTE
        if seen.spec.object_methods and v.k in (INST, CLASS):
            for f, made, place in attached.methods(ev, seen.spec, v):
                yield self._entry(ev, seen, f, made, place)
            return
        if v.k == CLASS and seen.spec.class_methods:
            receiver, given = self._made(ev, seen, v)
            for name, place in seen.spec.class_methods:
                found = attributes.class_attribute(ev, v.a, name)
                for made in found[1] if found is not None else ():
                    f, own = _as_method(ev, made, receiver, v)
                    if f.k == FUNC:
                        entry = self._entry(ev, seen, f, own, LOOP if place == ONCE else place)
                        entry.once = place == ONCE
                        if name == "__init__" and given is not None:
                            entry.frame = ev.frame(f, receiver, given)
                        yield entry
            return
        if v.k == CLASS and seen.spec.kind in ("route", "websocket"):
            table = next(
                (t for t in self.subclass_methods if t.kind == seen.spec.kind and self._is_below(ev, v.a, t.base)), None
            )
            if table is not None:
                for label in self.labels(ev, seen, v.a.name):
                    yield from self._methods_of(ev, table, v.a, [name for name, _ in table.methods], label)
                return
        if v.k == INST and seen.spec.kind == "stream":
            # Only the items are fetched in a worker thread, and those of a generator with it: the iterator itself is made on the loop.
            is_async = bool(attributes.special(ev, v, "__aiter__"))
            for name in ("__aiter__", "__anext__") if is_async else ("__iter__", "__next__"):
                for bound in attributes.special(ev, v, name):
                    for func, owner in self.functions_of(ev, bound):
                        is_pulled = name == "__next__" or (func.a.head.is_generator and not func.a.is_async)
                        yield self._entry(ev, seen, func, owner, STARLETTE if is_pulled else LOOP)
            return
        if v.k == GEN:
            frame: Frame = v.a
            if frame.fn is not None:
                yield Entry(seen.spec.kind, title(frame.fn), frame.fn, frame, "loop" if v.b else "worker")
            return
        if seen.spec.templates and "{" in seen.path and not self._takes(ev, v, seen.spec.templates_unless):
            runs = self._in_releases(seen.spec.templates, runs)
        if seen.spec.instances and (v.a if v.k == PARTIAL else v).k == INST:
            runs = seen.spec.instances
        around_it = {func for func, _ in self._around(ev, v)}
        for func, owner in self.functions_of(ev, v):
            place = self.placement(ev, v, runs)
            beside = func in around_it
            if (
                func.a.head.is_generator
                and not beside
                and not func.a.is_async
                and runs == FASTAPI
                and seen.spec.kind == "route"
                and not self.does(STREAMS_GENERATORS)
            ):
                place = LOOP  # the encoder iterated it on the loop
            elif (
                func.c is not None
                and runs == FASTAPI
                and seen.spec.kind == "route"
                and self._wraps_generator(func)
                and not self.does(STREAMS_GENERATORS)
            ):
                place = WORKER  # called like any other function; the encoder iterates what it gives
            shown = self.originals.get(v) or self.origin(func)
            comes_with = preset.given(v)
            for label in self.labels(ev, seen, title(shown)):
                entry = self._entry(ev, seen, func, owner, place, label, func.a if beside else shown, comes_with)
                if beside:
                    entry.kind = "decorator"
                yield entry

    def _wraps_generator(self, func: V) -> bool:
        return func.c is not None and func.c.k == FUNC and func.c.a.head.is_generator and not func.a.is_async

    def _takes(self, ev: Evaluator, v: V, cls: str) -> bool:
        """Whether a function has a parameter declared as an object of a class."""
        for func, owner in self.functions_of(ev, v) if cls else ():
            scope = ev.definition_frame(func.a, ev.frame(func, owner, None))
            for _name, _kind, annotation, _default in func.a.body["params"]:
                if annotation is not None and any(
                    d.k == EXTINST and self.canonical(ev.catalogue, d.a) == cls for d in hints.of(ev, annotation, scope)
                ):
                    return True
        return False

    def _made(self, ev: Evaluator, seen: Seen, v: V) -> tuple[V, Args | None]:
        """The object that a framework makes of a registered class, with the arguments that it hands on (``add_middleware(cls, hook=f)``)."""
        own = seen.spec.arg[0] if seen.spec.arg is not None else None
        keywords = (
            {name: value for name, value in seen.args.keywords.items() if name != own} if seen.args is not None else {}
        )
        if not any(value.live for values in keywords.values() for value in values):
            return ev.values.make(INST, v.a, None, False), None
        given = Args([ev.values.unknown], keywords)
        site = Site(seen.site.frame, seen.site.pos, seen.site.end, seen.site.node, on="never")
        return next(
            (made for made in calls.instantiate(ev, v, given, site) if made.k == INST),
            ev.values.make(INST, v.a, None, False),
        ), given

    def does(self, what: Release) -> bool:
        """Whether the release in force does something that other releases do not."""
        return what.holds(self.versions)

    def decorates(self, definition: VS, result: VS) -> None:
        """A decorator made one value of another."""
        if len(definition) != 1:
            return
        start = self.originals.get(definition[0], definition[0].a if definition[0].k == FUNC else None)
        for v in result:
            if v not in definition and v.k in (FUNC, INST):
                self.originals[v] = start if self.originals.get(v, start) is start else None

    def origin(self, func: V) -> Fn:
        """The function that decorators started from."""
        while func.c is not None and func.c.k == FUNC:
            func = func.c
        fn: Fn = func.a
        around = _stands_in_for(func)
        return self.originals.get(func) or (self.origin(around) if around is not None else fn)

    def _entry(
        self,
        ev: Evaluator,
        seen: Seen,
        func: V,
        receiver: V | None,
        runs: str,
        label: str | None = None,
        shown: Fn | None = None,
        own: Args | None = None,
    ) -> Entry:
        fn: Fn = func.a
        shown = shown or self.origin(func)
        if label is None:
            label = self.labels(ev, seen, title(shown))[0]
        hops = self._runs(seen.spec) in (FASTAPI, STARLETTE)
        if runs in (FASTAPI, STARLETTE):
            runs = "loop" if fn.is_async else "worker"
        if receiver is None and fn.owner is not None and not _is_static(ev, fn):
            receiver = ev.values.make(INST, fn.owner, None, False)
        passed = seen.passed if seen.passed is not None or not hops else by_name.handed(ev, func)
        if own is not None and seen.passed is not None:
            passed = preset.behind(own, seen.passed)
        elif own is not None:
            passed = preset.arguments(ev, func, receiver, own, seen.spec.passes)
        frame = ev.frame(func, receiver, passed)
        return Entry(
            seen.spec.kind,
            label,
            fn,
            frame,
            runs,
            seen.path,
            seen.receiver,
            seen.probable or (seen.spec.probable and not fn.is_async),  # whoever awaits a coroutine does so on a loop
            hops=hops,
            greenlet=seen.spec.runs == GREENLET,
            alone=seen.spec.alone and fn.is_async,
            main_thread=seen.spec.main_thread,
            dropped_at=seen.site if self._is_dropped(ev, seen, func) else None,
            shown=shown if shown is not fn else None,
            wraps=func.c is not None,
            depends=self._depends(seen.spec, func),
            once=bool(seen.spec.once_if[0]) and self._runs_once(ev, seen, fn.owner),
            preset=own is not None or seen.passed is not None,
        )

    @staticmethod
    def _is_dropped(ev: Evaluator, seen: Seen, func: V) -> bool:
        """Whether a registration gets a coroutine function that nobody there awaits."""
        fn: Fn = func.a
        is_coroutine = fn.is_async and not fn.head.is_generator and not fn.head.contract and func.c is None
        return is_coroutine and not seen.probable and attached.drops(ev, seen.spec, seen.args)

    def _runs_once(self, ev: Evaluator, seen: Seen, owner: Class | None) -> bool:
        """Whether the registration, or the class that a method stands in, says that one result is kept for all."""
        name, last = seen.spec.once_if
        said = seen.args.keywords.get(name) if seen.args is not None else None
        if said is None and owner is not None:
            said = names.class_value(ev, owner, name)
        return bool(said) and all(v.k == EXT and v.a.rpartition(".")[2] == last for v in said or ())

    def _depends(self, spec: Registration, func: V) -> str:
        """Why the version matters for where this runs, if it does."""
        for version in spec.versions:
            if not func.a.is_async and version.until and version.runs == LOOP:
                bound = ".".join(map(str, version.until))
                return (
                    f"plain functions run on the loop before {version.package} {bound}{self._in_force(version.package)}"
                )
        if self._runs(spec) != FASTAPI:
            return ""
        if (
            func.c is not None
            and func.c.k == FUNC
            and not func.a.is_async
            and (func.c.a.is_async or func.c.a.head.is_generator)
        ):
            since = SEES_THROUGH_WRAPS
            return f"FastAPI looks through `functools.wraps` from {since.first} on{self._in_force(since.package)}"
        if func.a.head.is_generator and not func.a.is_async and spec.kind == "route":
            since = STREAMS_GENERATORS
            return (
                f"FastAPI before {since.first} iterates a generator handler on the loop{self._in_force(since.package)}"
            )
        return ""

    def _in_force(self, package: str) -> str:
        have = self.versions.get(package)
        if have is None:
            return "; the project names no version, the newest is assumed"
        return f"; the project's version is {'.'.join(str(n) if n < _ANY else 'x' for n in have)}"

    def _runs(self, spec: Registration) -> str:
        return self._in_releases(spec.versions, spec.runs)

    def _in_releases(self, versions: tuple[Version, ...], newest: str) -> str:
        """Where something runs in the releases in force, and in the newest where the project names none."""
        for version in versions:
            have = self.versions.get(version.package)
            if have is not None and have >= version.since and (not version.until or have < version.until):
                return version.runs
        return newest

    def functions_of(self, ev: Evaluator, v: V, depth: int = 0) -> Iterator[tuple[V, V | None]]:
        """The project functions that calling a value runs."""
        if depth > 6:
            return
        if v.k == FUNC:
            yield v, None
        elif v.k == BOUND:
            inner = v.b
            if inner.k == FUNC:
                yield inner, v.a
            else:
                for func, _ in self.functions_of(ev, inner, depth + 1):
                    yield func, v.a
        elif v.k == PARTIAL:
            yield from self.functions_of(ev, v.a, depth + 1)
        elif v.k == WRAP and isinstance(v.b, V):
            yield from self._around(ev, v)
            yield from self.functions_of(ev, v.b, depth + 1)
        elif v.k == STATIC:
            yield from self.functions_of(ev, v.a, depth + 1)
        elif v.k == INST:
            for bound in attributes.special(ev, v, "__call__"):
                yield from self.functions_of(ev, bound, depth + 1)
        elif v.k == CLASS:
            found = attributes.class_attribute(ev, v.a, "__init__")
            receiver = ev.values.make(INST, v.a, None, False)
            for f in found[1] if found is not None else ():
                if f.k == FUNC:
                    yield f, receiver

    def _around(self, ev: Evaluator, v: V) -> Iterator[tuple[V, V | None]]:
        """What runs around a decorated function, before and after it or in its place."""
        if v.k == WRAP and v.a == "adapted":
            yield from self.functions_of(ev, v.c[1])
        elif v.k == WRAP and v.a == "within":
            yield from self._entered(ev, v.c)

    def _entered(self, ev: Evaluator, manager: V) -> Iterator[tuple[V, V | None]]:
        """What entering and leaving a context manager runs that decorates a function."""
        if manager.k == MANAGER:
            if manager.a.k == GEN and manager.a.a.fn is not None:
                yield ev.values.make(FUNC, manager.a.a.fn, manager.a.a.closure), manager.a.a.self_value
            return
        for name in _ENTERING:
            for bound in attributes.special(ev, manager, name) if manager.k == INST else ():
                yield from self.functions_of(ev, bound)

    def _enters_async(self, ev: Evaluator, manager: V) -> bool:
        if manager.k == MANAGER:
            return bool(manager.b)
        return manager.k == INST and not attributes.special(ev, manager, "__enter__")

    def _sees_through_wraps(self) -> bool:
        return self.does(SEES_THROUGH_WRAPS)

    def _taken_for_its_objects(self, ev: Evaluator, cls: V) -> bool:
        """Whether a class is judged by the ``__call__`` of its objects."""
        if not self.does(JUDGES_BY_CALL):
            return False
        found = attributes.class_attribute(ev, cls.a, "__call__")
        return any(self.placement(ev, f, FASTAPI) == "loop" for f in (found[1] if found is not None else ()))

    def _wrapped_by(self, v: V) -> VS:
        """What an object was made of, if its constructor copies the name and ``__wrapped__`` of a function (``update_wrapper(self, f)``)."""
        found = v.a.own_methods().get("__init__")
        if found is None or not v.b or found.index not in v.a.module.facts.calls.get("update_wrapper", ()):
            return NOTHING
        return tuple(w for _, values in v.b for w in values if w.k in (FUNC, BOUND))

    def placement(self, ev: Evaluator, v: V, runs: str) -> str:
        """``loop`` or ``worker`` for one registered value under a framework's rule."""
        if v.k == WRAP and v.a == "offload":
            return "worker"  # whoever calls it, and wherever
        if runs in (LOOP, GREENLET):
            return "loop"
        if runs in (WORKER, NEVER):
            return "worker"
        if v.k == PARTIAL:
            return self.placement(ev, v.a, runs)
        if v.k == WRAP:
            if v.a == "sync":
                return "worker"
            if (
                v.a == "within"
                and not self._enters_async(ev, v.c)
                and not (runs == FASTAPI and self._sees_through_wraps())
            ):
                return "worker"  # a plain function stands around it, and nobody looks through that
            return self.placement(ev, v.b, runs) if isinstance(v.b, V) else "worker"
        if v.k == BOUND:
            return self.placement(ev, v.b, runs)
        if v.k == STATIC:
            return self.placement(ev, v.a, runs)
        if v.k == CLASS:
            return "loop" if runs == FASTAPI and self._taken_for_its_objects(ev, v) else "worker"
        if v.k == INST:
            bound = attributes.special(ev, v, "__call__")
            if (
                runs == FASTAPI
                and self._sees_through_wraps()
                and any(self.placement(ev, w, runs) == "loop" for w in self._wrapped_by(v))
            ):
                return "loop"
            return self.placement(ev, bound[0], runs) if bound else "worker"
        if v.k == FUNC:
            if v.a.is_async or v.a in self.marked:
                return "loop"
            # FastAPI 0.123.5 and newer looks through __wrapped__; older ones and Starlette judge the outermost callable only.
            if runs == FASTAPI and v.c is not None and self._sees_through_wraps():
                inner = v.c
                while (
                    inner.k == FUNC and inner.c is not None
                ):  # what lies between the outermost and the innermost does not count
                    inner = inner.c
                if inner.k == FUNC and inner.a.head.is_generator and not v.a.head.is_generator:
                    return "loop"  # the wrapper is called on the loop to build the generator
                return self.placement(ev, inner, runs)
        return "worker"

    def labels(self, ev: Evaluator, seen: Seen, name: str) -> list[str]:
        """What a person calls the entry point, once for every prefix it is reached under: ``GET /users/{user_id}``."""
        spec = seen.spec
        if spec.label:
            return [spec.label.replace("{path}", seen.path) or name]
        if spec.kind not in ("route", "websocket"):
            return [name]
        prefixes = self._prefixes(ev, seen.receiver) if seen.receiver is not None else [""]
        verb = "WEBSOCKET" if spec.kind == "websocket" else ",".join(seen.methods) or "GET"
        return [f"{verb} {prefix}{seen.path}" if prefix or seen.path else name for prefix in prefixes]

    def _prefixes(self, ev: Evaluator, router: V, depth: int = 0) -> list[str]:
        """Path prefixes under which a router's routes are reached."""
        own = self.prefixes.get(router, "").rstrip("/")
        if depth > 6:
            return [own]
        if router.k == EXTINST and isinstance(router.c, Class) and router.c in self.instances:
            every = (self._prefixes(ev, v, depth + 1) for v in self.instances[router.c] if v.a == router.a)
            return sorted({prefix for prefixes in every for prefix in prefixes})[:_MOST_PREFIXES]
        parents = self.mountings.get(router, [])
        called = {m.where for m in parents if not m.generic}
        parents = [m for m in parents if not m.generic or m.where not in called]
        said = {part for m in parents if not m.unknown for part in (m.parent, m.where)}
        parents = [m for m in parents if not m.unknown or not said.intersection((m.parent, m.where))]
        if not parents:
            every = (self._prefixes(ev, v, depth + 1) for v in self._of_heirs(ev, router))
            return sorted({prefix for prefixes in every for prefix in prefixes})[:_MOST_PREFIXES] or [own]
        return sorted(
            {f"{outer}{m.prefix}{own}" for m in parents for outer in self._prefixes(ev, m.parent, depth + 1)}
        )[:_MOST_PREFIXES]

    def _of_heirs(self, ev: Evaluator, router: V) -> list[V]:
        """Routers that the same statement makes for objects of derived classes: what a base class registers is in each of them."""
        token = router.c
        if token.__class__ is not tuple or not isinstance(token[-1], Class):
            return []
        return [
            v
            for v in self.mountings
            if v.a == router.a
            and v is not router
            and v.c.__class__ is tuple
            and v.c[:-1] == token[:-1]
            and isinstance(v.c[-1], Class)
            and token[-1] in attributes.mro(ev, v.c[-1])
        ]

    # -- dependencies

    def _dependencies(self, ev: Evaluator, entry: Entry, out: dict[Any, Entry]) -> None:
        if entry.kind not in _WITH_DEPENDENCIES and not (entry.kind == "worker_task" and entry.hops):
            return
        self._param_marks(ev, *around.signature(ev, entry), out, entry.label if entry.kind == "route" else "")

    def _param_marks(self, ev: Evaluator, fn: Fn, frame: Frame, out: dict[Any, Entry], label: str = "") -> None:
        """What the parameters of a function that a framework calls make it run before: dependencies and the validation of models."""
        scope = ev.definition_frame(fn, frame)
        for name, _kind, annotation, default in fn.body["params"]:
            marks: VS = NOTHING
            declared: VS = NOTHING
            if annotation is not None:
                declared = hints.of(ev, annotation, scope)
                marks = tuple(v for v in declared if v.k == MARK and v.a in self.markers)
            if default is not None and default[0] == F.E_CALL:
                marks += tuple(v for v in ev.ev(default, scope) if v.k == MARK and v.a in self.markers)
            self._marks(ev, marks, out, declared, fn)
            if not marks and declared and name != "self":
                for entry in around.of_models(ev, declared, "validator", label or title(fn), "loop"):
                    self._keep(out, entry)

    def _marks(
        self, ev: Evaluator, marks: VS, out: dict[Any, Entry], declared: VS = NOTHING, asker: Fn | None = None
    ) -> None:
        for mark in marks:
            if mark.k != MARK:
                continue
            targets = mark.b or tuple(ev.values.make(CLASS, v.a, None) for v in declared if v.k == INST)
            on_loop = mark.a in self.calling
            for v in targets:
                runs = self.placement(ev, v, LOOP if on_loop else FASTAPI)
                around_it = {func for func, _ in self._around(ev, v)}
                for func, receiver in self.functions_of(ev, v):
                    kind = "decorator" if func in around_it else "dependency"
                    shown = func.a if func in around_it else self.originals.get(v) or self.origin(func)
                    own = preset.given(v)
                    given = preset.arguments(ev, func, receiver, own) if own is not None else None
                    frame = ev.frame(func, receiver, given)
                    key = (kind, title(shown), shown, id(frame) if own is not None else 0)
                    if key in out:
                        out[key].askers.add(asker)
                        continue
                    entry = Entry(kind, title(shown), func.a, frame, runs, hops=not on_loop, askers={asker})
                    entry.preset = own is not None
                    entry.depends = "" if on_loop else self._depends(_DEPENDENCY, func)
                    # What a cache keeps of a call without arguments, later requests get as well.
                    entry.once = v.k == WRAP and v.a == "cached" and not func.a.body["params"]
                    entry.shown, entry.wraps = shown if shown is not func.a else None, func.c is not None
                    out[key] = entry
                    self._dependencies(ev, entry, out)
                if v.k == CLASS:
                    if not any(attributes.class_attribute(ev, v.a, name) for name in ("__init__", "__new__")):
                        entry = self._implied(v.a)
                        out.setdefault(("dependency", entry.label, entry.fn, 0), entry)
                    self._fields(ev, v.a, out)

    def _implied(self, cls: Class) -> Entry:
        """The constructor that a class does not write, which a framework calls all the same to get what a function depends on."""
        found: Entry | None = cls.cache.get("implied")
        if found is None:
            fn = Fn.implied(cls)
            frame = Frame(cls.module, fn, None)
            frame.state = 2
            found = cls.cache["implied"] = Entry("dependency", cls.name, fn, frame, "worker", hops=True)
        return found

    def _fields(self, ev: Evaluator, cls: Class, out: dict[Any, Entry], *, always: bool = False) -> None:
        """A class whose constructor is generated is a dependency: its fields are the parameters; ``always``: of any class-based view."""
        if not always and attributes.class_attribute(ev, cls, "__init__") is not None:
            return
        for base in attributes.mro(ev, cls):
            if not isinstance(base, Class):
                continue
            scope = names.class_frame(ev, base)
            for name, bindings in base.bindings.items():
                if bindings[-1].annotation is None:
                    continue
                declared = hints.of(ev, bindings[-1].annotation, scope)
                value = names.class_value(ev, base, name) or NOTHING
                self._marks(
                    ev, tuple(v for v in (*declared, *value) if v.k == MARK and v.a in self.markers), out, declared
                )
        for entry in around.of_models(ev, (ev.values.make(INST, cls, None, False),), "validator", cls.name, "worker"):
            self._keep(out, entry)

    def _methods_of(
        self, ev: Evaluator, table: SubclassMethods, cls: Class, methods: Iterable[str], label: str = ""
    ) -> Iterator[Entry]:
        """The methods that a framework runs on a class derived from one of its own."""
        receiver = ev.values.make(INST, cls, None, False)
        for pattern, runs in table.methods:
            for name in methods:
                if runs == NEVER or not _is_named(ev, table, cls, pattern, name) or _has_instead(ev, table, cls, name):
                    continue
                found = attributes.class_attribute(ev, cls, name)
                for made in found[1] if found is not None else ():
                    f, own = _as_method(ev, made, receiver) if pattern != "*" else (made, receiver)
                    if f.k == FUNC and not _is_handed_to_threads(f.a) and not (pattern == "*" and _is_static(ev, f.a)):
                        for entry in self._method(ev, table.kind, f, own, runs, label):
                            entry.probable = entry.probable or (table.probable and not entry.fn.is_async)
                            yield entry

    def _method(self, ev: Evaluator, kind: str, f: V, receiver: V | None, runs: str, label: str) -> Iterator[Entry]:
        frame = ev.frame(f, receiver, None)
        fn: Fn = f.a
        shown = self.origin(f)
        if runs == RETURNED:
            ev.read(frame)
            for v in frame.ret:
                for func, owner in self.functions_of(ev, v):
                    place = self.placement(ev, v, STARLETTE)
                    yield Entry(kind, title(shown), func.a, ev.frame(func, owner, None), place)
            return
        place = "loop" if runs in (LOOP, ONCE) or (runs == STARLETTE and fn.is_async) else "worker"
        if label and fn.name in _HTTP and kind == "route":
            label = f"{fn.name.upper()} {label.partition(' ')[2]}"
        yield Entry(
            kind, label or title(shown), fn, frame, place, once=runs == ONCE, hops=runs == STARLETTE,
            shown=shown if shown is not fn else None,
        )  # fmt: skip

    def _is_below(self, ev: Evaluator, cls: Class, base: str) -> bool:
        return any(self.canonical(ev.catalogue, b) == base for b in attributes.library_bases(ev, cls))

    def _below(self, ev: Evaluator, base: str, last: str) -> list[Class]:
        out: dict[Class, None] = {}
        queue = [last]
        while queue:
            for cls in ev.program.classes_naming_base(queue.pop()):
                if cls not in out and any(
                    self.canonical(ev.catalogue, b) == base or b == base for b in attributes.library_bases(ev, cls)
                ):
                    out[cls] = None
                    queue.append(cls.name)
        return list(out)


def _as_method(ev: Evaluator, v: V, receiver: V, cls: V | None = None) -> tuple[V, V | None]:
    """The function of a method and what it is called on: an object, or the class itself (``classmethod``)."""
    if v.k != STATIC:
        return v, receiver
    of_class = cls if cls is not None else ev.values.make(CLASS, receiver.a, None)
    return v.a, of_class if v.b == "class" else None


def _is_named(ev: Evaluator, table: SubclassMethods, cls: Class, pattern: str, name: str) -> bool:
    """Whether a framework runs a method of this name."""
    if pattern == "*":
        return not name.startswith("_")
    if pattern.endswith("*"):
        return name.startswith(pattern[:-1])
    if not pattern.endswith("{}"):
        return name == pattern
    about = name[len(pattern) - 2 :]
    return name.startswith(pattern[:-2]) and (
        about in table.attributes or attributes.class_attribute(ev, cls, about) is not None
    )


def _has_instead(ev: Evaluator, table: SubclassMethods, cls: Class, name: str) -> bool:
    """Whether the class has another method that is called instead of this one."""
    return any(one == name and attributes.class_attribute(ev, cls, other) is not None for one, other in table.instead)


def _is_handed_to_threads(fn: Fn) -> bool:
    """Whether tornado's own decorator hands every call of a method to an executor."""
    decorators = (d[1] if d[0] == F.E_CALL else d for d in fn.body["decorators"])
    return any("run_on_executor" in d[1:3] for d in decorators if d[0] in (F.E_NAME, F.E_ATTR))


def title(fn: Fn) -> str:
    """What a person calls a function: methods with their class."""
    return f"{fn.owner.name}.{fn.name}" if fn.owner is not None else fn.name
