"""Framework tables applied to a project: registrations seen while reading, and the entry points they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from async_guard.frameworks.tables import FASTAPI, LOOP, NEVER, ONCE, STARLETTE, WORKER, Arg, Framework, Registration
from async_guard.link import attributes, hints, names
from async_guard.link.frames import Args, Frame, Site
from async_guard.link.program import Class, Fn
from async_guard.link.values import (
    BOUND,
    CLASS,
    CONST,
    DECORATOR,
    DICT,
    FUNC,
    GEN,
    INST,
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
)  # fmt: skip
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_VERBS = frozenset(("get", "post", "put", "patch", "delete", "head", "options", "websocket", "api_route"))


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


@dataclass
class Mounting:
    """A router included in another under a prefix."""

    parent: V
    child: V
    prefix: str
    dependencies: VS = field(default=())


class Frameworks:
    """What the linker asks about frameworks while it reads."""

    def __init__(self, tables: tuple[Framework, ...], versions: dict[str, tuple[int, ...]]) -> None:
        self.versions = versions
        self.bases: dict[str, tuple[str, ...]] = {}
        self.aliases: dict[str, str] = {}
        self.specs: dict[str, list[Registration]] = {}
        self.markers: set[str] = set()
        self.after_response: set[str] = set()
        self.transparent: set[str] = set()
        self.bags: set[str] = set()
        self.attributes: dict[str, str] = {}
        self.subclass_methods: list[Any] = []
        self.seen: dict[Any, Seen] = {}
        self.mountings: list[Mounting] = []
        self.prefixes: dict[V, str] = {}
        self.blanket: list[tuple[V, VS]] = []
        self.handed: dict[Fn, tuple[str, ...]] = {}
        """Registered functions -> classes of what the framework passes to them by position."""
        for table in tables:
            self.bases.update(table.classes)
            self.aliases.update(table.aliases)
            self.markers.update(table.markers)
            self.after_response.update(table.after_response)
            self.bags.update(table.bags)
            self.transparent.update(table.transparent)
            self.attributes.update(table.attributes or {})
            self.subclass_methods.extend(table.subclasses)
            for spec in table.registrations:
                for name in spec.names:
                    self.specs.setdefault(name, []).append(spec)
        self.assigned: dict[str, str] = {}
        self.constructed: dict[str, tuple[str, ...]] = {}
        self.models: set[str] = set()
        self.hooks: dict[tuple[Class, str], list[V]] = {}
        """Validators and serialisers of a model class, by kind."""
        for table in tables:
            self.assigned.update(table.assigned or {})
            self.constructed.update(table.constructed or {})
            self.models.update(table.models)

    # -- classes

    def canonical(self, catalogue: Any, dotted: str) -> str:
        """The name a framework class goes by."""
        found = self.aliases.get(dotted)
        if found is not None:
            return found
        if dotted in self.bases:
            return dotted
        other = catalogue.canonical(dotted)
        return str(self.aliases.get(other, other))

    def linear(self, catalogue: Any, dotted: str) -> Iterator[str]:
        """A framework class and its bases."""
        queue, done = [self.canonical(catalogue, dotted)], set()
        while queue:
            name = queue.pop(0)
            if name in done:
                continue
            done.add(name)
            yield name
            queue.extend(self.bases.get(name, ()))
            entry = catalogue.class_entry(name)
            if entry is not None:
                queue.extend(self.canonical(catalogue, b) for b in entry.bases)

    def knows_method(self, catalogue: Any, cls: str, name: str) -> bool:
        """Whether a framework gives meaning to this method or attribute."""
        return any(
            f"{c}.{name}" in self.specs
            or f"{c}.{name}" in self.attributes
            or (c in self.bases and name in ("include_router", "mount", "state"))
            for c in self.linear(catalogue, cls)
        )

    def is_bag(self, catalogue: Any, cls: str) -> bool:
        """Whether a project sets and reads attributes freely on objects of this class."""
        return cls in self.bags or (bool(self.bags) and catalogue.canonical(cls) in self.bags)

    def is_tracked(self, catalogue: Any, cls: str) -> bool:
        """Whether two objects of this class must be told apart (applications, routers)."""
        return any(c in self.bases for c in self.linear(catalogue, cls))

    def attribute(self, catalogue: Any, cls: str, name: str) -> str | None:
        """The class of a framework object's attribute."""
        for c in self.linear(catalogue, cls):
            found = self.attributes.get(f"{c}.{name}")
            if found is not None:
                return found
        return None

    # -- calls

    def call(self, ev: Evaluator, name: str, receiver: V | None, args: Args, site: Site) -> VS | None:
        """A call that a framework gives meaning to; None for any other."""
        if receiver is None:
            dotted = self.aliases.get(name, name)
            if dotted in self.markers:
                return (
                    ev.values.make(
                        MARK, dotted, args.get("dependency", 0) or NOTHING, self._literal(args, ("scope", None)) or None
                    ),
                )
            specs = self.specs.get(dotted)
            if dotted in self.bases or (specs and not self._is_decorating(specs)):
                return self._construct(ev, dotted, specs or [], args, site)
            if specs is None:
                return None
            return self._register(ev, specs, None, args, site)
        for cls in self.linear(ev.catalogue, receiver.a):
            specs = self.specs.get(f"{cls}.{name}")
            if specs is not None:
                return self._register(ev, specs, receiver, args, site)
        if name in ("include_router", "mount") and self.is_tracked(ev.catalogue, receiver.a):
            self._mount(ev, name, receiver, args)
            return (ev.values.none,)
        return None

    def _is_decorating(self, specs: list[Registration]) -> bool:
        return any(s.arg is None for s in specs)

    def _construct(self, ev: Evaluator, dotted: str, specs: list[Registration], args: Args, site: Site) -> VS:
        instance = ev.values.instance(dotted, (), (site.frame.module.path, site.pos))
        if specs and dotted not in self.bases:
            instance = ev.values.instance(dotted)
        if dotted in self.after_response:
            site.frame.marks.append(("background-made", site, instance))
        for spec in specs:
            assert spec.arg is not None
            value = args.get(*spec.arg)
            if spec.kind == "background":
                site.frame.marks.append(("background", site, instance, value or NOTHING))
            if value:
                self._enter(ev, spec, instance, args, site, self._callables(ev, value))
        prefix = args.get("prefix", None)
        if prefix and prefix[0].k == CONST and isinstance(prefix[0].a, str):
            self.prefixes[instance] = prefix[0].a
        dependencies = args.get("dependencies", None)
        if dependencies:
            self.blanket.append((instance, dependencies))
        return (instance,)

    def _callables(self, ev: Evaluator, value: VS) -> VS:
        out: list[VS] = []
        for v in value:
            if v.k == SEQ:
                out.append(v.c)
            elif v.k == DICT:
                out.append(union(*(x for _, x in v.a), v.b))
            else:
                out.append((v,))
        return union(*out)

    def _register(self, ev: Evaluator, specs: list[Registration], receiver: V | None, args: Args, site: Site) -> VS:
        pending: list[Registration] = []
        for spec in specs:
            if spec.arg is not None:
                value = args.get(*spec.arg)
                if spec.kind == "background":
                    site.frame.marks.append(("background", site, receiver, value or NOTHING))
                if value and any(v.k not in (CONST, UNKNOWN) for v in value):
                    self._enter(ev, spec, receiver, args, site, self._callables(ev, value))
                continue
            first = args.positional[0] if args.positional else NOTHING
            if (
                first
                and all(v.k in (FUNC, BOUND, CLASS, STATIC, WRAP, PROPERTY) for v in first)
                and len(args.positional) == 1
            ):
                self._enter(ev, spec, receiver, Args([], {}), site, first)
                return self._decorated_with(ev, specs, first)
            pending.append(spec)
        dependencies = args.keywords.get("dependencies")
        if dependencies and receiver is not None:
            self.blanket.append((receiver, dependencies))
        if pending:
            keywords = tuple((k, v) for k, v in args.keywords.items())
            return (
                ev.values.make(
                    DECORATOR,
                    ("register", tuple(pending), tuple(args.positional), keywords, site.frame.module.path, site.pos),
                    receiver,
                ),
            )
        return (ev.values.none,)

    def decorated(self, ev: Evaluator, v: V, target: VS, site: Site) -> VS:
        """``@app.get("/")`` applied to a definition."""
        if v.a[0] == "wraps":
            original = v.a[1]
            return tuple(
                ev.values.make(FUNC, t.a, t.b, original[0] if original else None) if t.k == FUNC else t for t in target
            )
        _, specs, positional, keywords, _path, _pos = v.a
        for spec in specs:
            self._enter(ev, spec, v.c if v.c is not None else v.b, Args(list(positional), dict(keywords)), site, target)
        return self._decorated_with(ev, specs, target)

    def _decorated_with(self, ev: Evaluator, specs: Iterable[Registration], target: VS) -> VS:
        """What decorators leave of a definition: itself, and the object that some make of it."""
        made = tuple(ev.values.instance(ev.catalogue.canonical(spec.gives)) for spec in specs if spec.gives)
        return union(target, made) if made else target

    def _enter(
        self, ev: Evaluator, spec: Registration, receiver: V | None, args: Args, site: Site, targets: VS
    ) -> None:
        if spec.kind in ("validator", "serializer"):
            self._hook(spec.kind, targets)
            return
        if spec.passes:
            for v in targets:
                for func, _ in self.functions_of(ev, v):
                    self.handed.setdefault(func.a, spec.passes)
        path = self._literal(args, spec.path)
        methods = spec.methods or self._strings(args, spec.methods_arg)
        passed = self._rest(spec, args) if spec.passes_rest else None
        key = (
            spec.names[0],
            spec.arg,
            site.frame.module.path,
            site.pos,
            path,
            id(receiver),
            id(site.frame.fn) if passed else 0,
        )
        old = self.seen.get(key)
        if old is not None:
            old.targets = union(old.targets, targets)
            return
        self.seen[key] = Seen(spec, site, receiver, path, methods, targets, passed, args=args)

    def given(self, ev: Evaluator, fn: Fn, name: str) -> VS:
        """What the framework that runs a function passes for a parameter that says nothing itself."""
        classes = self.handed.get(fn, ())
        if not classes and fn.owner is not None:
            bases = attributes.library_bases(ev, fn.owner)
            for table in self.subclass_methods:
                if table.passes and table.base in bases and not fn.name.startswith("__"):
                    classes = table.passes
        if not classes:
            return NOTHING
        params = [p[0] for p in fn.body["params"] if p[1] in ("/", "a")][1 if fn.owner is not None else 0 :]
        position = params.index(name) if name in params else len(classes)
        return (ev.values.instance(classes[position]),) if position < len(classes) and classes[position] else NOTHING

    def yielded_state(self, ev: Evaluator, name: str) -> VS:
        """What a lifespan yields under this key: an attribute of the state of every request."""
        out: VS = NOTHING
        for seen in list(self.seen.values()):
            for v in seen.targets if seen.spec.yields_state else ():
                for func, receiver in self.functions_of(ev, v):
                    frame = ev.frame(func, receiver, seen.passed)
                    ev.read(frame)
                    out = union(out, *(value for d in frame.yields if d.k == DICT for key, value in d.a if key == name))
        return out

    def _hook(self, kind: str, targets: VS) -> None:
        """A method of a model class that validation or serialisation runs."""
        for v in targets:
            while v.k in (STATIC, PROPERTY) or (v.k == WRAP and isinstance(v.b, V)):
                v = v.b if v.k == WRAP else v.a
            if v.k == FUNC and v.a.owner is not None:
                known = self.hooks.setdefault((v.a.owner, kind), [])
                if v not in known:
                    known.append(v)

    def assign(self, ev: Evaluator, v: V, name: str, value: VS, site: Site) -> None:
        """``app.openapi = f``: attributes of framework objects that the framework calls."""
        for cls in self.linear(ev.catalogue, v.a):
            runs = self.assigned.get(f"{cls}.{name}")
            if runs is not None:
                spec = Registration((f"{cls}.{name}",), "hook", runs, label=name)
                self._enter(ev, spec, v, Args([], {}), site, value)

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

    def _mount(self, ev: Evaluator, name: str, receiver: V, args: Args) -> None:
        children = args.get("router", 0) if name == "include_router" else args.get("app", 1)
        prefix = self._literal(args, ("prefix", None) if name == "include_router" else ("path", 0))
        for child in children or ():
            self.mountings.append(Mounting(receiver, child, prefix, args.keywords.get("dependencies", NOTHING)))
        if args.keywords.get("dependencies"):
            self.blanket.append((receiver, args.keywords["dependencies"]))

    # -- what nobody could resolve

    def unknown_call(self, ev: Evaluator, e: Any, callee: Any, args: Args, site: Site) -> VS | None:
        """A call on an object of unknown type that reads like a registration (``@router.get("/x")``)."""
        if callee[0] != F.E_ATTR or callee[2] not in _VERBS or not args.positional:
            return None
        first = args.positional[0]
        if not (len(first) == 1 and first[0].k == CONST and isinstance(first[0].a, str) and first[0].a.startswith("/")):
            return None
        specs = self.specs.get(f"fastapi.APIRouter.{callee[2]}")
        if not specs or len(args.positional) > 1:
            return None
        keywords = tuple((k, v) for k, v in args.keywords.items())
        return (
            ev.values.make(
                DECORATOR,
                (
                    "register",
                    tuple(s for s in specs if s.arg is None),
                    tuple(args.positional),
                    keywords,
                    site.frame.module.path,
                    site.pos,
                ),
                None,
            ),
        )

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

    # -- entry points

    def entries(self, ev: Evaluator) -> list[Entry]:
        """Every entry point of the project, after all modules were read."""
        out: dict[Any, Entry] = {}
        done = 0
        queue = list(self.seen.values())
        while done < len(queue):
            seen = queue[done]
            done += 1
            for v in seen.targets:
                for entry in self._entries_of(ev, seen, v):
                    self._keep(out, entry)
                    self._dependencies(ev, entry, out)
                    if seen.spec.runs == FASTAPI and entry.kind == "route":
                        for more in self._around(ev, seen, entry):
                            self._keep(out, more)
            if len(self.seen) > len(queue):  # what was seen stays where it is: only what came to it is added
                queue += list(self.seen.values())[len(queue) :]
        for _, values in self.blanket:
            self._marks(ev, self._callables(ev, values), out)
        for mounting in self.mountings:
            self._marks(ev, self._callables(ev, mounting.dependencies), out)
        for table in self.subclass_methods:
            for entry in self._subclass_entries(ev, table):
                self._keep(out, entry)
        return sorted(out.values(), key=lambda e: (e.fn.module.path, e.fn.head.line, e.kind, e.label))

    def _keep(self, out: dict[Any, Entry], entry: Entry) -> None:
        key = (entry.kind, entry.label, entry.fn, id(entry.frame) if entry.kind == "background" else 0)
        out.setdefault(key, entry)

    def _entries_of(self, ev: Evaluator, seen: Seen, v: V) -> Iterator[Entry]:
        if v.k == CLASS and seen.spec.class_methods:
            for name, runs in seen.spec.class_methods:
                found = attributes.class_attribute(ev, v.a, name)
                for f in found[1] if found is not None else ():
                    if f.k == FUNC:
                        receiver = ev.values.make(INST, v.a, None, False)
                        entry = self._entry(ev, seen, f, receiver, LOOP if runs == ONCE else runs)
                        entry.once = runs == ONCE
                        yield entry
            return
        if v.k == INST and seen.spec.kind == "stream":
            # Only the items are fetched in a worker thread: the iterator itself is made on the loop.
            for bound in attributes.special(ev, v, "__iter__"):
                for func, owner in self.functions_of(ev, bound):
                    yield self._entry(ev, seen, func, owner, LOOP)
            return
        if v.k == GEN:
            frame: Frame = v.a
            if frame.fn is not None:
                yield Entry(seen.spec.kind, frame.fn.name, frame.fn, frame, "loop" if v.b else "worker")
            return
        runs = self._runs(seen.spec)
        if seen.spec.templates and "{" in seen.path:
            runs = seen.spec.templates
        for func, owner in self.functions_of(ev, v):
            place = self.placement(ev, v, runs)
            if (
                func.a.head.is_generator
                and not func.a.is_async
                and runs == FASTAPI
                and self._before("fastapi", (0, 134))
            ):
                place = LOOP  # the encoder iterated it on the loop
            yield self._entry(ev, seen, func, owner, place)

    def _before(self, package: str, version: tuple[int, ...]) -> bool:
        have = self.versions.get(package)
        return have is not None and have < version

    def _around(self, ev: Evaluator, seen: Seen, entry: Entry) -> Iterator[Entry]:
        """What FastAPI runs on the loop around a handler: request models, serialisers, the response class, generators it returns."""
        args = seen.args or Args([], {})
        scope = ev.definition_frame(entry.fn, entry.frame)
        for _name, _kind, annotation, _default in entry.fn.body["params"]:
            if annotation is not None:
                declared = hints.of(ev, annotation, scope)
                if not any(v.k == MARK and v.a in self.markers for v in declared):
                    yield from self._model_entries(ev, entry, declared, "validator")
        response = args.get("response_model", None)
        returned = hints.instances(ev, response) if response else NOTHING
        if not returned and entry.fn.body["returns"] is not None:
            returned = hints.of(ev, entry.fn.body["returns"], scope)
        yield from self._model_entries(ev, entry, returned, "serializer")
        if entry.runs == "loop":
            yield from self._model_entries(ev, entry, returned, "validator")
        for v in args.get("response_class", None) or NOTHING:
            if v.k == CLASS:
                yield from self._methods_on_loop(ev, v.a, ("render",), entry.label, "response")
        ev.read(entry.frame)
        for v in entry.frame.ret:
            if v.k == GEN and not v.b and v.a.fn is not None:
                yield Entry("response", entry.label, v.a.fn, v.a, "loop")

    def _model_entries(self, ev: Evaluator, entry: Entry, declared: VS, kind: str) -> Iterator[Entry]:
        queue = list(declared)
        done: set[V] = set()
        while queue:
            v = queue.pop()
            if v in done or len(done) > 200:
                continue
            done.add(v)
            if v.k == SEQ:
                queue += v.c
            elif v.k == DICT:
                queue += v.b
            elif v.k == INST and self._is_model(ev, v.a):
                for cls in attributes.mro(ev, v.a):
                    if not isinstance(cls, Class):
                        continue
                    for hook in self.hooks.get((cls, kind), ()):
                        yield Entry(
                            kind,
                            entry.label,
                            hook.a,
                            ev.frame(hook, ev.values.make(INST, v.a, None, False), None),
                            "loop",
                        )
                    for bindings in cls.bindings.values():
                        if bindings[-1].annotation is not None:
                            queue += hints.of(ev, bindings[-1].annotation, names.class_frame(ev, cls))

    def _is_model(self, ev: Evaluator, cls: Class) -> bool:
        return any(
            base in self.models or self.aliases.get(base) in self.models for base in attributes.library_bases(ev, cls)
        )

    def _methods_on_loop(
        self, ev: Evaluator, cls: Class, methods: tuple[str, ...], label: str, kind: str
    ) -> Iterator[Entry]:
        receiver = ev.values.make(INST, cls, None, False)
        for name in methods:
            found = attributes.class_attribute(ev, cls, name)
            for f in found[1] if found is not None else ():
                if f.k == FUNC:
                    yield Entry(kind, label, f.a, ev.frame(f, receiver, None), "loop")

    def _entry(self, ev: Evaluator, seen: Seen, func: V, receiver: V | None, runs: str) -> Entry:
        fn: Fn = func.a
        hops = self._runs(seen.spec) in (FASTAPI, STARLETTE)
        if runs in (FASTAPI, STARLETTE):
            runs = "loop" if fn.is_async else "worker"
        frame = ev.frame(func, receiver, seen.passed)
        return Entry(
            seen.spec.kind,
            self.label(ev, seen, fn),
            fn,
            frame,
            runs,
            seen.path,
            seen.receiver,
            seen.probable,
            hops=hops,
        )

    def _runs(self, spec: Registration) -> str:
        for version in spec.versions:
            have = self.versions.get(version.package)
            if have is not None and have >= version.since and (not version.until or have < version.until):
                return version.runs
        return spec.runs

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

    def placement(self, ev: Evaluator, v: V, runs: str) -> str:
        """``loop`` or ``worker`` for one registered value under a framework's rule."""
        if runs == LOOP:
            return "loop"
        if runs in (WORKER, NEVER):
            return "worker"
        if v.k == PARTIAL:
            return self.placement(ev, v.a, runs)
        if v.k == WRAP:
            if v.a in ("offload", "sync"):
                return "worker"
            return self.placement(ev, v.b, runs) if isinstance(v.b, V) else "worker"
        if v.k == BOUND:
            return self.placement(ev, v.b, runs)
        if v.k == STATIC:
            return self.placement(ev, v.a, runs)
        if v.k == CLASS:
            return "worker"
        if v.k == INST:
            bound = attributes.special(ev, v, "__call__")
            return self.placement(ev, bound[0], runs) if bound else "worker"
        if v.k == FUNC:
            if v.a.is_async:
                return "loop"
            # FastAPI 0.123.5 and newer looks through __wrapped__; older ones and Starlette judge the outermost callable only.
            newest = self.versions.get("fastapi")
            if runs == FASTAPI and v.c is not None and (newest is None or newest >= (0, 123, 5)):
                if v.c.k == FUNC and v.c.a.head.is_generator:
                    return "loop"  # the wrapper is called on the loop to build the generator
                return self.placement(ev, v.c, runs)
        return "worker"

    def label(self, ev: Evaluator, seen: Seen, fn: Fn) -> str:
        """What a person calls the entry point: ``GET /users/{user_id}``."""
        spec = seen.spec
        if spec.label:
            return spec.label.replace("{path}", seen.path) or fn.name
        if spec.kind == "route":
            prefixes = self._prefixes(ev, seen.receiver) if seen.receiver is not None else [""]
            methods = ",".join(seen.methods) or "GET"
            return f"{methods} {min(prefixes, default='')}{seen.path}" if seen.path or prefixes != [""] else fn.name
        if spec.kind == "websocket":
            prefixes = self._prefixes(ev, seen.receiver) if seen.receiver is not None else [""]
            return f"WEBSOCKET {min(prefixes, default='')}{seen.path}"
        return fn.name

    def _prefixes(self, ev: Evaluator, router: V, depth: int = 0) -> list[str]:
        """Path prefixes under which a router's routes are reached."""
        own = self.prefixes.get(router, "")
        if depth > 6:
            return [own]
        parents = [m for m in self.mountings if m.child is router]
        if not parents:
            return [own]
        return sorted({f"{outer}{m.prefix}{own}" for m in parents for outer in self._prefixes(ev, m.parent, depth + 1)})

    # -- dependencies

    def _dependencies(self, ev: Evaluator, entry: Entry, out: dict[Any, Entry]) -> None:
        if entry.kind not in ("route", "websocket", "dependency"):
            return
        self._param_marks(ev, entry.fn, entry.frame, out)

    def _param_marks(self, ev: Evaluator, fn: Fn, frame: Frame, out: dict[Any, Entry]) -> None:
        scope = ev.definition_frame(fn, frame)
        for _name, _kind, annotation, default in fn.body["params"]:
            marks: VS = NOTHING
            declared: VS = NOTHING
            if annotation is not None:
                declared = hints.of(ev, annotation, scope)
                marks = tuple(v for v in declared if v.k == MARK)
            if default is not None and default[0] == F.E_CALL:
                marks += tuple(v for v in ev.ev(default, scope) if v.k == MARK)
            self._marks(ev, marks, out, declared)

    def _marks(self, ev: Evaluator, marks: VS, out: dict[Any, Entry], declared: VS = NOTHING) -> None:
        for mark in marks:
            if mark.k != MARK:
                continue
            targets = mark.b or tuple(ev.values.make(CLASS, v.a, None) for v in declared if v.k == INST)
            for v in targets:
                runs = self.placement(ev, v, FASTAPI)
                for func, receiver in self.functions_of(ev, v):
                    key = ("dependency", func.a.name, func.a, 0)
                    if key in out:
                        continue
                    frame = ev.frame(func, receiver, None)
                    out[key] = Entry("dependency", func.a.name, func.a, frame, runs, hops=True)
                    self._param_marks(ev, func.a, frame, out)

    def _subclass_entries(self, ev: Evaluator, table: Any) -> Iterator[Entry]:
        last = table.base.rpartition(".")[2]
        for cls in self._below(ev, table.base, last):
            receiver = ev.values.make(INST, cls, None, False)
            wanted = [
                (method, runs) for pattern, runs in table.methods
                for method in (cls.own_methods() if pattern.endswith("*") else (pattern,)) if method.startswith(pattern.rstrip("*"))
            ]  # fmt: skip
            for name, runs in wanted:
                if name not in cls.own_methods() or runs == NEVER:
                    continue
                value = names.class_value(ev, cls, name) or NOTHING
                for f in value:
                    if f.k != FUNC:
                        continue
                    place = (
                        runs if runs in ("loop", "worker") else ("loop" if f.a.is_async or runs == ONCE else "worker")
                    )
                    label = f"{cls.name}.{name}"
                    yield Entry(
                        table.kind,
                        label,
                        f.a,
                        ev.frame(f, receiver, None),
                        place,
                        once=runs == ONCE,
                        hops=runs == STARLETTE,
                    )

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
