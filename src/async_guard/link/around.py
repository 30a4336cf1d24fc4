"""What a framework runs around a handler: validation of what comes in, reading and encoding what goes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from async_guard.frameworks.fastapi import STREAMS_GENERATORS
from async_guard.frameworks.pydantic import MADE_OF, OWN_SCHEMA
from async_guard.frameworks.starlette import RENDERING
from async_guard.link import attributes, hints, lazily, names
from async_guard.link.frames import Args, Frame, Site
from async_guard.link.program import Class, Fn
from async_guard.link.values import CLASS, CONST, DICT, FUNC, GEN, INST, NOTHING, PROPERTY, SEQ, UNKNOWN, VS, V, union
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.entries import Entry
    from async_guard.link.evaluator import Evaluator

OF_PARAMETERS: Final = "parameter_validator"
OF_MODELS: Final = ("validator", "serializer", OF_PARAMETERS)
"""Kinds of registrations that belong to a model class rather than to an application."""
OF_ALIASES: Final = ("serializer", OF_PARAMETERS)
"""Those of them that an annotation outside a class names too."""
_MOST: Final = 200
_RESPONSE_MODEL: Final = "response_model"


def declared(ev: Evaluator, args: Args, site: Site) -> dict[str, VS]:
    """The argument ``response_model`` read as a type, so that ``list[Item]`` says what is in the list."""
    if args.expressions is None:
        return {}
    for name, e in args.expressions[3]:
        if name == _RESPONSE_MODEL and e[0] not in (F.E_CONST, F.E_CALL):
            return {name: hints.of(ev, e, site.frame)}
    return {}


def signature(ev: Evaluator, entry: Entry) -> tuple[Fn, Frame]:
    """The function whose parameters and result a framework reads (it looks through ``wraps``), in the frame to read them in."""
    if entry.shown is not None and entry.wraps:
        return entry.shown, ev.generic_frame(entry.shown)
    return entry.fn, entry.frame


def entries(ev: Evaluator, args: Args, entry: Entry) -> Iterator[Entry]:
    """What FastAPI runs after a handler: serialisers, the response class, the encoder over what the handler returned."""
    from async_guard.link.entries import Entry

    fn, frame = signature(ev, entry)
    scope = ev.definition_frame(fn, frame)
    given = args.get(_RESPONSE_MODEL, None)
    model = union(*(hints.instance_of(ev, v) if v.k == CLASS else (v,) for v in given or ()))
    switched_off = bool(given) and all(v.k == CONST for v in given or ())
    if not model and fn.body["returns"] is not None:
        model = hints.of(ev, fn.body["returns"], scope)
    handlers_thread = "loop" if entry.runs == "loop" else "worker"
    # The lines that a plain generator yields are written where it runs; events and everything else are encoded on the loop.
    in_lines = fn.head.is_generator and not fn.is_async and not args.get("response_class", None)
    yield from of_models(ev, model, "serializer", entry.label, handlers_thread if in_lines else "loop")
    yield from of_models(ev, model, "validator", entry.label, handlers_thread)
    for v in args.get("response_class", None) or NOTHING:
        if v.k == CLASS:
            yield from _methods(ev, v.a, tuple(name for name, _ in RENDERING), entry.label)
    ev.read(entry.frame)
    # A handler that is a generator is streamed, through `wraps` too: a worker thread fetches its items.
    streamed = entry.wraps and fn.head.is_generator and ev.frameworks.does(STREAMS_GENERATORS)
    for v in _flat(entry.frame.ret):
        if v.k == GEN and not v.b and v.a.fn is not None and not streamed:
            yield Entry("response", entry.label, v.a.fn, v.a, "loop")
        elif v.k == INST and not _is_response(ev, v.a):
            fields = (
                []
                if switched_off
                else [name for m in _flat(model) if m.k == INST and is_model(ev, m.a) for name in _fields(ev, m.a)]
            )
            if fields and handlers_thread == "loop":
                lazily.read(ev, v, fields, entry.frame)
            if is_model(ev, v.a):
                yield from of_models(ev, (v,), "serializer", entry.label, "loop")
            elif fields:
                yield from _read(ev, v, fields, entry, handlers_thread)
            else:
                yield from _methods(ev, v.a, ("keys", "__iter__", "__getitem__"), entry.label)


def of_models(ev: Evaluator, types: VS, kind: str, label: str, runs: str) -> Iterator[Entry]:
    """The validators or serialisers of every model that these types hold, however deep."""
    from async_guard.link.entries import Entry

    queue = list(types)
    done: set[V] = set()
    while queue:
        v = queue.pop()
        if v in done or len(done) > _MOST:
            continue
        done.add(v)
        if v.k == SEQ:
            queue += v.c
        elif v.k == DICT:
            queue += union(v.b, *(value for _, value in v.a))
        elif v.k == INST and kind == "validator" and (parsing := _parsing(ev, v.a)):
            receiver = ev.values.make(INST, v.a, None, False)
            for f in parsing:
                yield Entry(kind, label, f.a, ev.frame(f, receiver, None), runs)
        elif v.k == INST and is_model(ev, v.a):
            receiver = ev.values.make(INST, v.a, None, False)
            for cls in attributes.mro(ev, v.a):
                if not isinstance(cls, Class):
                    continue
                hooks = list(ev.frameworks.hooks.get((cls, kind), ()))
                if kind == "validator":
                    hooks += [f for name in MADE_OF for f in names.class_value(ev, cls, name) or () if f.k == FUNC]
                for hook in hooks:
                    yield Entry(kind, label, hook.a, ev.frame(hook, receiver, None), runs)
                queue += _field_types(ev, cls)


def _field_types(ev: Evaluator, cls: Class) -> list[V]:
    """What the annotations in the body of a model allow; looked up once where all is known, else as long as nothing more is read meanwhile."""
    found = ev.field_types.get(cls)
    if found is not None and (found[0] == _SETTLED or found[0] == ev.moments):
        return found[1]
    hits = ev.cycles
    out: list[V] = []
    for bindings in cls.bindings.values():
        if bindings[-1].annotation is not None:
            out += hints.of(ev, bindings[-1].annotation, names.class_frame(ev, cls))
    if ev.cycles == hits:
        ev.field_types[cls] = (_SETTLED if _is_settled(out) else ev.moments, out)
    return out


_SETTLED: Final = -1
"""Instead of the moment at which something was looked up: it is the same at any."""


def _is_settled(values: Iterable[V]) -> bool:
    """Whether values, and what containers among them hold, are all known."""
    for v in values:
        if v.k == UNKNOWN:
            return False
        if v.k == SEQ and not _is_settled(v.c):
            return False
        if v.k == DICT and not (_is_settled(v.b) and all(_is_settled(value) for _, value in v.a)):
            return False
    return True


def _parsing(ev: Evaluator, cls: Class) -> list[V]:
    """What of a class that is no model runs where an object of it is made of one value of a request."""
    out: list[V] = []
    for base in attributes.library_bases(ev, cls):
        for name in ev.frameworks.parsed.get(base, ()):
            out += _own(ev, cls, name)
    says_how = False
    for name in OWN_SCHEMA:
        for f in _own(ev, cls, name):
            says_how = True
            frame = ev.frame(f, ev.values.make(CLASS, cls, None), None)
            ev.read(frame)
            out += [f for v in frame.yields for f, _ in ev.frameworks.functions_of(ev, v)]
    for c in attributes.mro(ev, cls):
        if isinstance(c, Class) and says_how and not is_model(ev, cls):
            out += ev.frameworks.hooks.get((c, "validator"), ())
    return out


def _own(ev: Evaluator, cls: Class, name: str) -> list[V]:
    found = attributes.class_attribute(ev, cls, name)
    return [f for v in (found[1] if found is not None else ()) for f, _ in ev.frameworks.functions_of(ev, v)]


def is_model(ev: Evaluator, cls: Class) -> bool:
    """Whether objects of a class are made of requests field by field."""
    frameworks = ev.frameworks
    return attributes.is_dataclass(ev, cls) or any(
        base in frameworks.models or frameworks.aliases.get(base) in frameworks.models
        for base in attributes.library_bases(ev, cls)
    )


def _is_response(ev: Evaluator, cls: Class) -> bool:
    frameworks = ev.frameworks
    return any(
        frameworks.canonical(ev.catalogue, base) in frameworks.responses or base.endswith("Response")
        for base in attributes.library_bases(ev, cls)
    )


def _flat(values: VS) -> VS:
    """The values, and what lists among them hold."""
    return union(*(v.c if v.k == SEQ else (v,) for v in values))


def _fields(ev: Evaluator, cls: Class) -> list[str]:
    return [
        name
        for c in attributes.mro(ev, cls)
        if isinstance(c, Class)
        for name, bindings in c.bindings.items()
        if bindings[-1].annotation is not None
    ]


def _read(ev: Evaluator, v: V, fields: list[str], entry: Entry, runs: str) -> Iterator[Entry]:
    """Properties of a returned object that the response model names."""
    from async_guard.link.entries import Entry

    for name in dict.fromkeys(fields):
        found = attributes.class_attribute(ev, v.a, name)
        for p in found[1] if found is not None else ():
            if p.k == PROPERTY and p.a.k == FUNC:
                yield Entry("response", entry.label, p.a.a, ev.frame(p.a, v, None), runs)


def _methods(ev: Evaluator, cls: Class, methods: tuple[str, ...], label: str) -> Iterator[Entry]:
    from async_guard.link.entries import Entry

    receiver = ev.values.make(INST, cls, None, False)
    for name in methods:
        found = attributes.class_attribute(ev, cls, name)
        for f in found[1] if found is not None else ():
            if f.k == FUNC:
                yield Entry("response", label, f.a, ev.frame(f, receiver, None), "loop")
