"""What a name means: imports, module and class scope, closures, builtins."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes, calls, containers, hints
from async_guard.link.frames import NO_ARGS, Args, Filling, Frame, Site
from async_guard.link.program import Binding, Class, Fn, Module, words
from async_guard.link.values import (
    BOUND,
    CLASS,
    CONST,
    DICT,
    EXT,
    EXTMETH,
    FUNC,
    INST,
    MODULE,
    NOTHING,
    PARTIAL,
    PROPERTY,
    SEQ,
    STATIC,
    UNKNOWN,
    VS,
    WRAP,
    V,
    is_constant,
    known,
    member_name,
    union,
    without_none,
    without_unknown,
)
from async_guard.model import facts as F
from async_guard.model.catalogue import ValueEntry

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_BUILTINS: Final = frozenset(dir(builtins))


def lookup(ev: Evaluator, name: str, fr: Frame) -> VS:
    """A name that the frame itself has not bound at this point."""
    if fr.owner is not None and fr.fn is None:
        found = class_value(ev, fr.owner, name)
        if found:
            return found
    outer, inner = fr.closure, fr.fn
    while outer is not None:
        if outer.captured is not None and inner in outer.captured and name in outer.captured[inner]:
            return outer.captured[inner][name]
        value = outer.vars.get(name)
        if value is not None:
            if outer.state == 1 and outer.hints is not None and name in outer.hints and not known(value):
                return hints.said(ev, value, outer.hints[name], outer)  # what it will hold once the scope is read
            return value
        inner = outer.fn
        outer = outer.closure
    value = fr.vars.get(name) if fr.fn is not None else None
    if value is not None:
        return value
    value = module_value(ev, fr.module, name)
    if value is not None:
        return value
    builtin = ev.builtins.get(name)
    if builtin is not None:
        return builtin
    if name in _BUILTINS:
        builtin = ev.builtins[name] = (ev.values.ext(f"builtins.{name}"),)
        return builtin
    return ev.values.why("undefined name")


def written_out(ev: Evaluator, value: VS, module: Module) -> VS:
    """``__name__`` and ``__package__`` as texts, for what builds a text of them: what else asks for them asks whether a module is the program."""
    if len(value) == 1 and value[0].k == EXT:
        if value[0].a == "builtins.__name__":
            return (ev.values.const(module.name),)
        if value[0].a == "builtins.__package__":
            return (ev.values.const(module.package),)
    return value


def module_value(ev: Evaluator, module: Module, name: str) -> VS | None:
    """A module-level name, joined over every statement that binds it; None when the module does not bind it."""
    found: VS | None = module.values.get(name)
    if found is not None:
        return found
    if name in module.unbound:
        return None
    bindings = module.bindings.get(name)
    writers = module.facts.global_writes.get(name)
    if bindings is None and writers is None:
        if not module.stars:
            module.unbound.add(name)
            return None
        return _from_stars(ev, module, name)
    hits = ev.cycles
    if bindings is not None and len(bindings) > 1:
        bindings = _without_overloads(bindings, module)
    values = [_binding_value(ev, b, module.frame, module, (name, number)) for number, b in enumerate(bindings or ())]
    if bindings and len(bindings) > 1 and any(known(value) and value[0].k != EXT for value in values):
        missing = [_is_missing_sibling(ev, b, module) for b in bindings]
        values = [NOTHING if gone else value for gone, value in zip(missing, values, strict=True)]
    out = union(*values)
    if len(without_none(out)) > 1:
        _note_conditions(ev, module, name, bindings or [], values)
    unread = False
    if writers:
        if name not in module.running:
            module.running.add(name)
            try:
                for index in writers:
                    ev.read_somehow(module.functions[index])
            finally:
                module.running.discard(name)
        out = union(out, ev.global_values.get((module.name, name), NOTHING))
        # Asked for in the middle of a function that writes it, or too deep to read that: what it begins with must not decide.
        unread = all(is_constant(v) for v in out) and any(
            all(frame.state != 2 for frame in module.functions[index].contexts.values()) for index in writers
        )
    asked = bindings is not None and not module.library and (not known(out) or is_flag(out))
    if asked and ev.program.attribute_writers(name):
        out = union(out, attributes.written_elsewhere(ev, module.name, name))
    if unread:
        out = union(out, ev.values.why("written by a function that is still being read"))
    out = containers.filled(ev, module, name, out)
    if not unread and (ev.cycles == hits or (known(out) and not any(v.k in (SEQ, DICT) for v in out))):
        module.values[name] = out
    return out or ev.values.why("recursive definition")


def _without_overloads(bindings: list[Binding], module: Module) -> list[Binding]:
    """Of several statements that bind a name those that are no overloads of what is implemented behind them; all of them if there is none."""
    return [b for b in bindings if b.kind != "def" or not _is_overload(module.functions[b.data])] or bindings


def _is_overload(fn: Fn) -> bool:
    return any(F.last_name(d) == "overload" for d in fn.body["decorators"])


def _is_missing_sibling(ev: Evaluator, b: Binding, module: Module) -> bool:
    """Whether a name is imported from a module of the same package that is not among the files: another import stands in for it."""
    if b.kind != "from" or not b.data[1]:
        return False
    base = module.absolute(b.data[0], b.data[1])
    return bool(base) and not ev.program.is_ours(base) and ev.program.find(base, module) is None


def is_flag(value: VS) -> bool:
    """Whether all that is known of a name is True or False, or a member of an enumeration: somebody may set it, and conditions depend on it."""
    return all((v.k == CONST and v.b == "bool") or member_name(v) for v in value)


def _note_conditions(ev: Evaluator, module: Module, name: str, bindings: list[Binding], values: list[VS]) -> None:
    """Remember under which condition a name bound in several branches stands for which value."""
    if ("when", name) in module.running:
        return  # `X = X["a"] if isinstance(X, dict) else X`: a branch names what is being looked at
    module.running.add(("when", name))
    try:
        _conditions_of(ev, module, name, bindings, values)
    finally:
        module.running.discard(("when", name))


def _conditions_of(ev: Evaluator, module: Module, name: str, bindings: list[Binding], values: list[VS]) -> None:
    found: dict[V, str] = {}
    branches = [(b.when, value) for b, value in zip(bindings, values, strict=True)]
    for b in bindings:
        if b.kind == "value" and not b.path and b.data[0] == F.E_IF and (when := words(b.data[1])):
            branches += [(when, ev.ev(b.data[2], module.frame)), (f"not ({when})", ev.ev(b.data[3], module.frame))]
    for when, value in branches:
        for v in value:
            if when and v.k not in (CONST, UNKNOWN):
                found[v] = "" if v in found and found[v] != when else when
    if found:
        ev.bound_when[(module.name, name)] = found


def conditions(ev: Evaluator, callee: Any, fr: Frame) -> dict[V, str]:
    """What is known of the conditions under which the module-level name that a callee starts with stands for its values."""
    e = callee
    while e[0] in (F.E_ATTR, F.E_SUB, F.E_CALL):
        if e[0] == F.E_ATTR and e[1][0] == F.E_NAME:
            for v in ev.ev(e[1], fr):
                if v.k == MODULE and (v.a, e[2]) in ev.bound_when:
                    return ev.bound_when[(v.a, e[2])]
        e = e[1]
    if e[0] != F.E_NAME:
        return {}
    home = containers.home(ev, fr.module, e[1])
    return ev.bound_when.get((home[0].name, home[1]), {})


def _from_stars(ev: Evaluator, module: Module, name: str) -> VS | None:
    if not module.stars or name.startswith("_") or ("*", name) in module.running:
        return None
    module.running.add(("*", name))
    try:
        for base, level in module.stars:
            absolute = module.absolute(base, level)
            ours = absolute if level and ev.program.is_ours(absolute) else ev.program.find(absolute, module)
            if ours is not None:
                inner = ev.program.modules.get(ours)
                value = module_value(ev, inner, name) if inner is not None else None
                if value is not None:
                    return value
            elif ev.catalogue.lookup(f"{absolute}.{name}") is not None:
                return external(ev, f"{absolute}.{name}")
    finally:
        module.running.discard(("*", name))
    return None


def are_stars_ours(ev: Evaluator, module: Module) -> bool:
    """Whether all that ``from ... import *`` brings into a module comes from modules of the project, so that a name it lacks is defined nowhere."""
    seen = {module.name}
    left = [module]
    while left:
        importer = left.pop()
        for base, level in importer.stars:
            absolute = importer.absolute(base, level)
            ours = absolute if level and ev.program.is_ours(absolute) else ev.program.find(absolute, importer)
            inner = ev.program.modules.get(ours) if ours is not None else None
            if inner is None:
                return False
            if inner.name not in seen:
                seen.add(inner.name)
                left.append(inner)
    return True


def _binding_value(ev: Evaluator, b: Binding, fr: Frame, module: Module, key: object) -> VS:
    running = module.running
    if (key, fr.owner) in running:
        ev.missed(ev.binding[module, key, fr.owner])
        return NOTHING
    kind = b.kind
    if kind == "import":
        return module_value_of(ev, b.data[0], b.data[1], module)
    running.add((key, fr.owner))
    begun = ev.binding[module, key, fr.owner] = Filling(ev.tick())
    try:
        if kind == "from":
            return import_from(ev, module.absolute(b.data[0], b.data[1]), b.data[2], module, relative=bool(b.data[1]))
        if kind == "def":
            return ev.decorated(module.functions[b.data], fr)
        if kind == "class":
            return class_binding(ev, module.classes[b.data], fr)
        if kind == "declared":
            return hints.of(ev, b.annotation, fr)
        # The scope has been read and is closed; the parts of an expression are read all the same.
        closed = fr.env is None
        if closed:
            fr.env = {}
        try:
            value = ev.ev(b.data, fr)
        finally:
            if closed:
                fr.env = None
        site = Site(fr, 0, 0, b.data)
        if kind == "item":
            value = containers.iterate(ev, value, site, False)
        elif kind == "enter":
            value = containers.enter(ev, value, site, False)
        for step in b.path:
            value = containers.unpacked(ev, value, step, site)
        if b.annotation is not None:
            value = hints.said(ev, value, b.annotation, fr)
        return value
    finally:
        running.discard((key, fr.owner))
        begun.state = 2
        del ev.binding[module, key, fr.owner]


def module_value_of(ev: Evaluator, dotted: str, loaded: str, importer: Module) -> VS:
    """``import a.b`` binds ``a``; ``import a.b as c`` binds the module itself."""
    ours = ev.program.find(loaded, importer)
    if ours is not None:
        if dotted != loaded:
            ours = ours[: len(ours) - len(loaded)] + dotted
            if not ev.program.is_ours(ours):
                return (ev.values.ext(dotted),)  # a folder that several libraries share
        return (ev.values.make(MODULE, ours),)
    if ev.program.find(dotted, importer) == dotted:
        return (ev.values.make(MODULE, dotted),)
    return (ev.values.ext(dotted),)


def import_from(ev: Evaluator, base: str, name: str, importer: Module, *, relative: bool = False) -> VS:
    """``from base import name``."""
    ours = base if relative and ev.program.is_ours(base) else ev.program.find(base, importer)
    if ours is None:
        if relative and not base:
            return ev.values.why("import beyond the project")
        return external(ev, f"{base}.{name}")
    if ours == importer.name and ev.program.is_ours(f"{ours}.{name}"):
        # A package that imports from itself: the name is only bound by this very statement, from the module of that name.
        return (ev.values.make(MODULE, f"{ours}.{name}"),)
    found = member(ev, ours, name)
    if found is None and ev.frameworks.is_generated(name):
        return external(ev, f"{ours}.{name}")
    if found is None and not relative and ours not in ev.program.modules:
        return external(ev, f"{base}.{name}")  # a mere folder (`google`), of which other distributions have parts too
    if not found or not known(found):
        holder = ev.program.modules.get(ours)
        if holder is not None and holder.library:
            return external(ev, f"{base}.{name}")
    return found or ev.values.why("name not found in module")


def external(ev: Evaluator, dotted: str) -> VS:
    """Something outside the project by its name: a known object of a library, or just the name."""
    entry = ev.catalogue.lookup(dotted)
    if isinstance(entry, ValueEntry):
        return hints.build(ev, entry.type, None, NO_ARGS, Site(next(iter(ev.program)).frame, 0, 0, None, on="never"))
    return (ev.values.ext(dotted),)


def member(ev: Evaluator, dotted: str, name: str, at: Site | None = None) -> VS | None:
    """An attribute of a project module: a name it binds, or a submodule. ``at``: where it is read, if not when importing."""
    module = ev.program.modules.get(dotted)
    if module is not None:
        value = module_value(ev, module, name)
        if value is not None:
            return value if at is None else _replaced(ev, module, name, value)
    inner = f"{dotted}.{name}"
    if ev.program.is_ours(inner):
        return (ev.values.make(MODULE, inner),)
    if inner in ev.program.other_names:
        return (ev.values.make(MODULE, ev.program.other_names[inner]),)
    if module is not None:
        written = ev.bags.get((dotted, name))
        if written:
            return written
        maker = module_value(ev, module, "__getattr__") if "__getattr__" in module.bindings else None
        if maker is not None:
            return _made_by_module(ev, module, maker, name, at)
    return None


def _replaced(ev: Evaluator, module: Module, name: str, value: VS) -> VS:
    """A function of a module, together with what other code puts in its place (``client.send = traced(client.send)``)."""
    if module.library or not all(v.k == FUNC for v in value):
        return value
    writers = ev.program.attribute_writers(name, module)
    if not writers or len(writers) > _MOST_REPLACING:
        return value
    for other, user in writers:
        scope = other.functions[user].body["body"] if user >= 0 else other.body
        if not other.is_test and _puts_on_import(scope, other, name):
            if user < 0:
                run_module(ev, other)
            else:
                ev.read_somehow(other.functions[user])
    return union(value, tuple(v for v in ev.bags.get((module.name, name), NOTHING) if v.k in _CALLABLE))


def _puts_on_import(body: list[Any], module: Module, name: str) -> bool:
    """Whether statements assign an attribute of something that is imported."""
    for stmt in body:
        for target in stmt[1] if stmt[0] == F.S_ASSIGN else ():
            base = target[1] if target[0] == F.E_ATTR and target[2] == name else None
            if base is not None and base[0] == F.E_NAME:
                return any(b.kind in ("import", "from") for b in module.bindings.get(base[1], ()))
        if any(_puts_on_import(block, module, name) for block in F.blocks(stmt)):
            return True
    return False


_MOST_REPLACING: Final = 12
"""Scopes that write an attribute of a name; one that more of them write is that of many objects."""
_CALLABLE: Final = frozenset((FUNC, BOUND, PARTIAL, WRAP, EXT, EXTMETH))


def _made_by_module(ev: Evaluator, module: Module, maker: VS, name: str, at: Site | None) -> VS:
    """What a module's own ``__getattr__`` gives for a name that the module does not bind."""
    key = ("made", module, name)
    if key in ev.shared or name.startswith("__"):
        return ev.values.why("module __getattr__")
    ev.shared.add(key)
    try:
        site = at if at is not None else Site(module.frame, 0, 0, None, on="never")
        found = calls.call(ev, maker, Args([(ev.values.const(name),)], {}), site)
    finally:
        ev.shared.discard(key)
    return without_unknown(found) or ev.values.why("module __getattr__")


def star_names(ev: Evaluator, base: str, importer: Module) -> list[tuple[str, VS]]:
    """Every public name of a project module (for ``import *`` inside a function)."""
    ours = ev.program.find(base, importer)
    module = ev.program.modules.get(ours) if ours else None
    if module is None:
        return []
    return [(n, module_value(ev, module, n) or NOTHING) for n in list(module.bindings) if not n.startswith("_")]


def class_frame(ev: Evaluator, cls: Class) -> Frame:
    """The scope that a class body is read in."""
    frame: Frame | None = cls.cache.get("frame")
    if frame is None:
        closure = None
        if cls.head.parent >= 0:
            closure = ev.generic_frame(cls.module.functions[cls.head.parent])
        elif cls.head.owner >= 0:
            closure = class_frame(ev, cls.module.classes[cls.head.owner])
        frame = Frame(cls.module, None, closure, cls)
        frame.state = 2
        frame.env = None
        cls.cache["frame"] = frame
    return frame


def class_binding(ev: Evaluator, cls: Class, fr: Frame) -> VS:
    """A class statement's value. Decorators keep the class, unless they are the project's own and give something else."""
    if fr.fn is not None and "frame" not in cls.cache:
        frame = Frame(cls.module, None, fr, cls)
        frame.state = 2
        frame.env = None
        cls.cache["frame"] = frame
    value: VS = (ev.values.make(CLASS, cls, None),)
    key = ("decorated", cls)
    if key in ev.shared:
        return value
    ev.shared.add(key)
    ev.dressing.append(cls)
    for decorator in cls.body["decorators"][::-1]:
        result = calls.decorate(ev, decorator, value, fr)
        if result and all(v.k in (CLASS, FUNC) for v in result):
            value = result
    ev.dressing.pop()
    ev.shared.discard(key)
    return value


def class_value(ev: Evaluator, cls: Class, name: str) -> VS | None:
    """A name bound in a class body; None when the body does not bind it."""
    if name in cls.values:
        return cls.values[name]  # type: ignore[no-any-return]
    bindings = cls.bindings.get(name)
    if bindings is None:
        return None
    fr = class_frame(ev, cls)
    hits = ev.cycles
    if len(bindings) > 1:
        bindings = _without_overloads(bindings, fr.module)
    defs = [b for b in bindings if b.kind == "def"]
    if len(defs) == len(bindings) and len(defs) > 1:
        # A property and its setters, overloads and their implementation: the last definition, unless one is a property.
        values = [_binding_value(ev, b, fr, cls.module, (cls, name, n)) for n, b in enumerate(bindings)]
        properties = [v for v in values if v and v[0].k == PROPERTY]
        out = properties[0] if properties else values[-1]
    else:
        out = union(*(_binding_value(ev, b, fr, cls.module, (cls, name, n)) for n, b in enumerate(bindings)))
    if ev.cycles == hits or known(out):
        out = containers.filled(ev, cls, name, out)
        if ev.cycles == hits or not any(v.k in (SEQ, DICT) for v in out):
            cls.values[name] = out
    return out


def run_class(ev: Evaluator, cls: Class) -> None:
    """Read a class body for what it registers."""
    if cls.cache.get("run"):
        return
    cls.cache["run"] = True
    frame = class_frame(ev, cls)
    frame.env = {}
    try:
        ev.block(cls.body["body"], frame)
    finally:
        frame.env = None
    _announce(ev, cls, frame)


def _announce(ev: Evaluator, cls: Class, frame: Frame) -> None:
    """A finished class is handed to ``__init_subclass__`` of its bases and to its metaclass."""
    made = ev.values.make(CLASS, cls, None)
    site = Site(frame.closure or cls.module.frame, 0, 0, None, on="never")
    stated = _stated(cls, frame) or site
    keywords = {name: ev.ev(value, site.frame) for name, value in cls.body["keywords"] if name and name != "metaclass"}
    ev.dressing.append(cls)
    hook = attributes.class_attribute(ev, cls, "__init_subclass__", after=cls)
    for v in hook[1] if hook is not None else ():
        func = v.a if v.k == STATIC else v
        if func.k == FUNC:
            calls.call_one(ev, ev.values.make(BOUND, made, func), Args([], keywords), stated)
    for base in attributes.mro(ev, cls):
        for name, value in base.body["keywords"] if isinstance(base, Class) else ():
            for meta in ev.ev(value, base.module.frame) if name == "metaclass" else ():
                for method in ("__new__", "__init__") if meta.k == CLASS else ():
                    found = attributes.class_attribute(ev, meta.a, method)
                    for func in found[1] if found is not None else ():
                        if func.k == FUNC:
                            passed = [(ev.values.const(cls.name),), _bases(ev, cls), _namespace(ev, cls)]
                            first = meta if method == "__new__" else made
                            outer, ev.announced = ev.announced, made
                            calls.call_one(ev, ev.values.make(BOUND, first, func), Args(passed, keywords), stated)
                            ev.announced = outer  # making one class may read another
    ev.dressing.pop()
    hearing = ev.program.classes_with_method("__set_name__", cls.module)
    if hearing:
        words = {c.name for c in hearing}
        words.update(c.name for word in tuple(words) for c in ev.program.classes_naming_base(word, cls.module))
        _name_descriptors(ev, made, words, site)


def _stated(cls: Class, frame: Frame) -> Site | None:
    """Where a class is made that a function defines: at the first base or keyword, among what its body runs; None for any other class."""
    named = [*cls.body["bases"], *(value for _, value in cls.body["keywords"])]
    named = [e for e in named if e[0] == F.E_NAME or e[0] == F.E_ATTR]
    if not named or cls.head.parent < 0:
        return None
    e = named[0]
    pos, end = (e[3], e[4]) if e[0] == F.E_ATTR else (e[2], e[2] + len(e[1]))
    return Site(frame, pos, end, e)


def _bases(ev: Evaluator, cls: Class) -> VS:
    """The bases of a class, as a metaclass is handed them."""
    written = cls.body["bases"]
    scope = class_frame(ev, cls).closure or cls.module.frame
    items = tuple(ev.ev(base[1] if base[0] == F.E_SUB else base, scope) for base in written)
    return (ev.values.seq("tuple", items, union(*items)),)


def _namespace(ev: Evaluator, cls: Class) -> VS:
    """What the body of a class binds, as a metaclass is handed it; nothing is said of one that binds very much."""
    if len(cls.bindings) > attributes.SCANNED:
        return ev.values.unknown
    items = [(name, class_value(ev, cls, name) or ev.values.unknown) for name in cls.bindings]
    items += [(name, ev.values.unknown) for name in ("__module__", "__qualname__", "__doc__", "__annotations__")]
    return (ev.values.dict(tuple(items), NOTHING),)


def _name_descriptors(ev: Evaluator, made: V, words: set[str], site: Site) -> None:
    """The objects in a class body are told their names (``__set_name__``); ``words`` are what their classes are called."""
    for name, bindings in made.a.bindings.items():
        b = bindings[-1]
        if b.kind == "value" and b.data[0] == F.E_CALL and F.last_name(b.data[1]) in words:
            for v in class_value(ev, made.a, name) or NOTHING:
                hook = attributes.special(ev, v, "__set_name__") if v.k == INST else NOTHING
                calls.call(ev, hook, Args([(made,), (ev.values.const(name),)], {}), site)


def forget_containers(ev: Evaluator) -> None:
    """Look again at what containers hold: while modules were read, not all that fills them had been."""
    for module in ev.program:
        for name in [n for n, value in module.values.items() if any(v.k in (SEQ, DICT) for v in value)]:
            del module.values[name]
        for cls in module.classes:
            for name in [n for n, value in cls.values.items() if any(v.k in (SEQ, DICT) for v in value)]:
                del cls.values[name]
                cls.values_found.clear()
    ev.filling.clear()


def run_module(ev: Evaluator, module: Module) -> None:
    """Read a module's statements for what they register and call."""
    if module in ev.shared:
        begun = ev.filling.get(module)
        if begun is not None and begun.state != 2:
            ev.missed(begun)
        return
    ev.shared.add(module)
    running = ev.filling[module] = Filling(ev.tick())
    frame: Frame = module.frame
    frame.env = {}
    level = ev.level
    try:
        ev.block(module.body, frame)
    except Exception as error:  # noqa: BLE001 - what the rest of the module does is lost, and the user told so
        ev.level = level
        ev.broke(module, None, error)
    finally:
        running.state = 2
        frame.env = None
        frame.exits.clear()
        frame.nexts.clear()
        frame.off_loop = 0
