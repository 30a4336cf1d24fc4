"""The judgement behind AG404: a background task that gets something that is closed before it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from async_guard.frameworks.fastapi import ENDS_DEPENDENCIES_EARLY, HAS_SCOPES
from async_guard.link import attributes, hints
from async_guard.link.entries import Entry
from async_guard.link.frames import CALL, CORO, Frame
from async_guard.link.linked import Linked
from async_guard.link.program import Class, Fn
from async_guard.link.values import CLASS, EXT, EXTINST, FUNC, INST, SEQ, V, without_none
from async_guard.model import facts as F
from async_guard.rules.judgement import uses
from async_guard.rules.judgement.background import Task, tasks
from async_guard.rules.judgement.background_fate import dependencies, passed_as
from async_guard.rules.judgement.scopes import handlers_of
from async_guard.rules.judgement.syntax import assignment, callee_name

_CLOSING: Final = frozenset(
    (
        "close",
        "aclose",
        "disconnect",
        "release",
        "shutdown",
        "dispose",
        "quit",
        "cleanup",
        "unlink",
        "terminate",
        "remove",
    )
)
_LEAVING: Final = frozenset((F.S_RETURN, F.S_RAISE, F.S_BREAK, F.S_CONTINUE))
_READABLE: Final = frozenset(("name", "filename", "content_type", "closed", "mode"))
"""Attributes that a closed file still has."""
_OF_PATHS: Final = frozenset((F.E_NAME, F.E_FSTR, F.E_BIN, F.E_ATTR, F.E_CALL))
_TEMPORARY: Final = ("tempfile.TemporaryDirectory", "tempfile.NamedTemporaryFile", "tempfile.TemporaryFile")
_JOINING: Final = frozenset(("join", "Path", "PurePath", "str", "fspath", "joinpath", "abspath", "realpath"))
"""Calls that make a path of others."""
_DEEPEST: Final = 3
"""Dependencies of dependencies that are looked into."""


class Closed(NamedTuple):
    """A task that gets a name whose object is closed by then."""

    task: Task
    name: str
    pos: int
    by: str


def closed(linked: Linked) -> Iterator[Closed]:
    """Every name that a task gets and that is closed before the task runs."""
    handlers = handlers_of(linked)
    done: set[tuple[str, int]] = set()
    for task in tasks(linked):
        fn = task.frame.fn
        if fn is None or (task.frame.module.path, task.site.pos) in done:
            continue
        gone = [found for e in task.arguments() for found in deleted_paths(linked, task.frame, fn, e, task.site.pos)]
        if gone and not _runs_at_once(fn, task):
            done.add((task.frame.module.path, task.site.pos))
            yield Closed(task, *gone[0])
            continue
        given = dict(_given(fn, task))
        makes = any(e[0] == F.E_CALL for e in task.arguments())
        if not (given or makes) or _runs_at_once(fn, task):
            continue
        whole = {name: pos for name, pos in given.items() if not _is_only_read(fn, task, name)}
        entry = handlers.get(fn)
        inside = dict(pair for e in task.arguments() if e[0] == F.E_CALL for pair in _read_names(e))
        by_name = {
            **_closed_behind(fn, task.site.pos, {**inside, **given}),
            **left_before(linked, task.frame, fn, task.site.pos),
        }
        if entry is not None:
            by_name = {**torn_down(linked, entry, handlers), **by_name}
        elif given:
            by_name = {**_handed_down(linked, fn, handlers, 0), **by_name}
        deleted = left_before(linked, task.frame, fn, task.site.pos, deleted=True) if len(whole) < len(given) else {}
        by_name = {name: by for name, by in by_name.items() if name in whole or name in deleted or name not in given}
        if by_name:
            by_name = {**holders(linked, task.frame, fn, by_name), **by_name}
        holding = _made_here(linked, task, by_name)
        for name, pos in [*given.items(), *holding]:
            if name in by_name:
                done.add((task.frame.module.path, task.site.pos))
                yield Closed(task, name, pos, by_name[name])


class _Callers:
    """The calls of the functions of a project, by function, found once."""

    def __init__(self, linked: Linked) -> None:
        self.of: dict[Fn, list[tuple[Fn, Any]]] = {}
        for frame in linked.evaluator.frames:
            for event in frame.events:
                fn = event.target.fn if event.target is not None and event.kind in (CALL, CORO) else None
                if fn is not None and frame.fn is not None and event.node is not None and event.node[0] == F.E_CALL:
                    self.of.setdefault(fn, []).append((frame.fn, event.node))


def _handed_down(linked: Linked, fn: Fn, handlers: Mapping[Fn, Entry], depth: int) -> dict[str, str]:
    """Parameters of a function that no framework calls which some handler gives what its own dependency closes before tasks run."""
    out: dict[str, str] = {}
    for caller, call in linked.once(_Callers).of.get(fn, ()):
        entry = handlers.get(caller)
        if entry is not None:
            closing = {name: f"{by} of `{caller.name}`" for name, by in torn_down(linked, entry, handlers).items()}
        else:
            closing = _handed_down(linked, caller, handlers, depth + 1) if depth < _DEEPEST and caller is not fn else {}
        for name, by in closing.items():
            parameter = passed_as(fn, call, name)
            if parameter and not any(_rebinds(s, parameter) for s in uses.statements(fn.body["body"])):
                out.setdefault(parameter, by)
    return out


def _made_here(linked: Linked, task: Task, closed: Mapping[str, str]) -> list[tuple[str, int]]:
    """Names that objects keep which are made where the task is added: ``add_task(save, Repository(session))``."""
    return [
        (name, e[4])
        for e in task.arguments()
        for name in closed
        if e[0] == F.E_CALL and _keeps(linked, task.frame, e, name)
    ]


def _given(fn: Fn, task: Task) -> Iterator[tuple[str, int]]:
    """Names that a task gets, as an argument or as what its function is bound to."""
    function = task.expression()
    if function is not None and function[0] == F.E_ATTR and function[1][0] == F.E_NAME:
        yield function[1][1], function[1][2]
    for e in task.arguments():
        yield from names_in(fn, e)


def names_in(fn: Fn, e: Any) -> Iterator[tuple[str, int]]:
    """Names that an argument hands over, with their positions: itself, among others, or what a function inside takes from around it."""
    tag: int = e[0]
    if tag == F.E_NAME:
        yield e[1], e[2]
        for inner in fn.module.functions:
            if inner.head.parent == fn.index and inner.name == e[1]:
                yield from ((name, e[2]) for name, _ in _outer_names(inner))
    elif tag == F.E_STAR:
        yield from names_in(fn, e[1])
    elif tag in (F.E_SEQ, F.E_DICT):
        for item in e[2]:
            yield from names_in(fn, item)
    elif tag == F.E_CALL and (e[1][1] if e[1][0] == F.E_NAME else e[1][2] if e[1][0] == F.E_ATTR else "") == "partial":
        for item in [*e[2], *(v for _, v in e[3])]:
            yield from names_in(fn, item)
            if item[0] == F.E_ATTR and item[1][0] == F.E_NAME and item is e[2][0]:
                yield item[1][1], item[1][2]
    elif tag == F.E_LAMBDA:
        yield from _outer_names(fn.module.functions[e[1]])


def deleted_paths(linked: Linked, frame: Frame, fn: Fn, e: Any, pos: int) -> Iterator[tuple[str, int, str]]:
    """Names of temporary files and directories around a position that are deleted with their block, where an argument is a path below one:
    ``f"{directory}/report.pdf"``, ``file.name``, or a local variable with such a path.
    """
    if e[0] not in _OF_PATHS:
        return
    stmts = list(uses.statements(fn.body["body"]))
    found = [(name, at) for name, at in _path_names(stmts, e, 0) if name != e[1]]
    deleted = left_before(linked, frame, fn, pos, deleted=True) if found else {}
    yield from ((name, at, deleted[name]) for name, at in found if name in deleted)


def _path_names(stmts: list[Any], e: Any, depth: int) -> Iterator[tuple[str, int]]:
    """Names that a path is made of, with where they stand."""
    tag: int = e[0]
    if tag == F.E_NAME:
        yield e[1], e[2]
        given = [pair[1] for stmt in stmts if _rebinds(stmt, e[1]) and (pair := assignment(stmt)) is not None]
        if len(given) == 1 and depth < _DEEPEST and given[0][0] != F.E_NAME:
            yield from ((name, e[2]) for name, _ in _path_names(stmts, given[0], depth + 1))
    elif tag == F.E_FSTR:
        for part in e[1]:
            yield from _path_names(stmts, part, depth)
    elif tag == F.E_BIN:
        for part in e[2:4]:
            yield from _path_names(stmts, part, depth)
    elif tag == F.E_ATTR and e[2] == "name":
        yield from _path_names(stmts, e[1], depth)
    elif tag == F.E_CALL and callee_name(e) in _JOINING:
        for part in e[2]:
            yield from _path_names(stmts, part, depth)
        if e[1][0] == F.E_ATTR and e[1][2] == "joinpath":
            yield from _path_names(stmts, e[1][1], depth)


def _outer_names(inner: Fn) -> Iterator[tuple[str, int]]:
    """Names that a nested function or lambda takes from around it."""
    body = inner.body["body"]
    own = {p[0] for p in inner.body["params"]}
    for stmt in uses.statements(body):
        if stmt[0] == F.S_ASSIGN:
            own.update(t[1] for t in stmt[1] if t[0] == F.E_NAME)
        elif stmt[0] in (F.S_ANN, F.S_FOR) and stmt[1][0] == F.E_NAME:
            own.add(stmt[1][1])
        elif stmt[0] == F.S_WITH:
            own.update(item[1][1] for item in stmt[1] if item[1] is not None and item[1][0] == F.E_NAME)
    yield from ((name, pos) for name, pos in _read_names(body) if name not in own)


def _read_names(part: Any) -> Iterator[tuple[str, int]]:
    if part.__class__ is list:
        if len(part) == 3 and part[0] == F.E_NAME and part[1].__class__ is str:
            yield part[1], part[2]
        for p in part:
            yield from _read_names(p)


def _is_only_read(fn: Fn, task: Task, name: str) -> bool:
    """Whether the lambdas and functions that a task gets read nothing of a name but what a closed file still has."""
    function = task.expression()
    parts = [*task.arguments(), *([] if function is None else [function])]
    inside = [body for e in parts for body in _bodies(fn, e)]
    return (
        any(_reads(body, name) for body in inside)
        and not any(_reads(body, name, _READABLE) for body in inside)
        and not any(_reads(e, name) and not _bodies(fn, e) for e in parts)
    )


def _bodies(fn: Fn, e: Any) -> list[Any]:
    """What a lambda, or a function defined inside the one at hand, does."""
    if e[0] == F.E_LAMBDA:
        return [fn.module.functions[e[1]].body["body"]]
    if e[0] == F.E_NAME:
        inside = [f for f in fn.module.functions if f.head.parent == fn.index and f.name == e[1]]
        return [f.body["body"] for f in inside]
    return []


def _reads(part: Any, name: str, but: frozenset[str] = frozenset()) -> bool:
    """Whether a piece of facts reads a name otherwise than for one of these attributes."""
    if part.__class__ is not list:
        return False
    if len(part) == 3 and part[0] == F.E_NAME and part[1] == name:
        return True
    if len(part) > 2 and part[0] == F.E_ATTR and part[1][:2] == [F.E_NAME, name] and part[2] in but:
        return False
    return any(_reads(p, name, but) for p in part)


def _runs_at_once(fn: Fn, task: Task) -> bool:
    """Whether the function itself awaits the tasks that it built."""
    if not task.holder or task.is_injected:
        return False
    return any(
        stmt[0] == F.S_EXPR and stmt[1][0] == F.E_AWAIT and uses.mentions(stmt[1], task.holder)
        for stmt in uses.statements(fn.body["body"])
    )


def left_before(linked: Linked, frame: Frame, fn: Fn, pos: int, *, deleted: bool = False) -> dict[str, str]:
    """Names that ``with`` statements around a position bind to what they close, or (``deleted``) to files that they delete."""
    out: dict[str, str] = {}
    for block, index in uses.path_to(fn.body["body"], pos)[:-1]:
        stmt = block[index]
        if stmt[0] != F.S_WITH:
            continue
        for manager, target, _pos, _end in stmt[1]:
            if deleted and not (_is_temporary(linked, frame, manager) and not _stays(manager)):
                continue
            if target is not None and target[0] == F.E_NAME and _is_closed_by(linked, frame, manager, target[1]):
                out[target[1]] = "`async with`" if stmt[3] else "`with`"
    return out


def _closed_behind(fn: Fn, pos: int, given: Mapping[str, int]) -> dict[str, str]:
    """Names that the function itself closes behind a position, whatever happens: in ``finally``, or in a statement that follows."""
    out: dict[str, str] = {}
    leaves = False
    for block, index in uses.path_to(fn.body["body"], pos)[::-1]:
        stmt = block[index]
        behind: list[Any] = []
        rest: list[Any] = [] if leaves else block[index:]
        for following in rest:
            if following[0] in _LEAVING:
                leaves = True  # what stands behind the blocks around is for others
                break
            if following[0] == F.S_EXPR and following is not stmt:
                behind.append(following)
        if stmt[0] == F.S_TRY and not any(uses.holds(part, pos) for part in stmt[4]):
            behind += stmt[4]
        for name in given:
            if any(_is_closing(part, name, pos) for part in behind):
                out[name] = f"`{fn.name}`"
    return out


def holders(linked: Linked, frame: Frame, fn: Fn, closed: Mapping[str, str]) -> dict[str, str]:
    """Local variables with objects of the project that keep what is closed: ``repository = Repository(session)``."""
    out = dict(closed)
    stmts = list(uses.statements(fn.body["body"]))
    for stmt in stmts:
        given = assignment(stmt)
        if given is None or len(given[0]) != 1 or given[0][0][0] != F.E_NAME:
            continue
        name = given[0][0][1]
        if name not in out and sum(_rebinds(other, name) for other in stmts) == 1:
            kept = [by for each, by in out.items() if _keeps(linked, frame, given[1], each)]
            out.update((name, by) for by in kept[:1])
    return out


def _keeps(linked: Linked, frame: Frame, made: Any, name: str, depth: int = 0) -> bool:
    """Whether an expression makes an object of the project, a list or a mapping that keeps what a name stands for, or another one that does."""
    if made[0] in (F.E_SEQ, F.E_DICT):
        return any(e[:2] == [F.E_NAME, name] or _keeps(linked, frame, e, name, depth + 1) for e in made[2])
    if made[0] != F.E_CALL or depth >= _DEEPEST:
        return False
    kept = [
        e
        for e in (*made[2], *(v for _, v in made[3]))
        if e[:2] == [F.E_NAME, name] or _keeps(linked, frame, e, name, depth + 1)
    ]
    classes = linked.evaluator.ev(made[1], frame) if kept else ()
    return bool(classes) and all(
        v.k == CLASS and any(_keeps_parameter(linked, v.a, made, e) for e in kept) for v in classes
    )


def _keeps_parameter(linked: Linked, cls: Class, made: Any, argument: Any) -> bool:
    found = attributes.class_attribute(linked.evaluator, cls, "__init__")
    if found is None:
        return True  # a dataclass: the arguments are its fields
    functions = [f.a for f in found[1] if f.k == FUNC]
    return bool(functions) and all(_puts_away(init, _parameter(init, made, argument)) for init in functions)


def _parameter(init: Fn, made: Any, argument: Any) -> str:
    """The parameter of a constructor that takes an argument; empty when it is not plain to see."""
    params = [p[0] for p in init.body["params"] if p[1] in ("/", "a")][1:]
    for index, e in enumerate(made[2]):
        if e[0] == F.E_STAR:
            return ""
        if e is argument:
            return str(params[index]) if index < len(params) else ""
    return next((str(keyword) for keyword, e in made[3] if keyword and e is argument), "")


def _puts_away(init: Fn, parameter: str) -> bool:
    """Whether a constructor keeps a parameter in an attribute of the object."""
    kept = [given for stmt in uses.statements(init.body["body"]) if (given := assignment(stmt)) is not None]
    return bool(parameter) and any(
        value[:2] == [F.E_NAME, parameter] and any(target[0] == F.E_ATTR for target in targets)
        for targets, value in kept
    )


def _is_closed_by(linked: Linked, frame: Frame, manager: Any, name: str) -> bool:
    values = frame.vars.get(name, ())
    if values and all(_closes(linked, v) for v in values):
        return True
    return _is_temporary(linked, frame, manager)


def _stays(manager: Any) -> bool:
    """``NamedTemporaryFile(delete=False)``, or with what nobody knows."""
    return any(name is None or (name == "delete" and value[:2] != [F.E_CONST, True]) for name, value in manager[3])


def _is_temporary(linked: Linked, frame: Frame, manager: Any) -> bool:
    if manager[0] != F.E_CALL:
        return False
    made = linked.evaluator.ev(manager[1], frame)
    return bool(made) and all(v.k == EXT and v.a.removeprefix("aiofiles.") in _TEMPORARY for v in made)


def _closes(linked: Linked, v: V) -> bool:
    """Whether an object is one that can be closed."""
    ev = linked.evaluator
    if v.k == EXTINST:
        for word in ("close", "aclose", "disconnect"):
            found = ev.catalogue.method(v.a, word)
            if found is not None and word in found[0].methods:
                return True
        return bool(v.a.startswith(("io.", "tempfile.")))
    return (
        v.k == INST
        and any(attributes.class_attribute(ev, v.a, word) is not None for word in ("close", "aclose"))
        and any(attributes.class_attribute(ev, v.a, word) is not None for word in ("__exit__", "__aexit__"))
    )


def torn_down(
    linked: Linked, entry: Entry, handlers: Mapping[Fn, Entry], depth: int = 0, *, late: bool = False
) -> dict[str, str]:
    """Parameters whose dependency closes what it yielded before background tasks run, or (``late``) ever."""
    early = late or linked.frameworks.does(ENDS_DEPENDENCIES_EARLY)
    have = linked.frameworks.versions.get(ENDS_DEPENDENCIES_EARLY.package)
    scoped = linked.frameworks.does(HAS_SCOPES)
    if not early and not scoped:
        return {}
    out: dict[str, str] = {}
    for name, mark in dependencies(linked, entry):
        for v in mark.b:
            for func, _receiver in linked.frameworks.functions_of(linked.evaluator, v):
                if func.a.head.is_generator and _closes_after_yield(func.a) and (early or mark.c == "function"):
                    why = 'scope="function"' if mark.c == "function" else f"FastAPI {'.'.join(map(str, have or ()))}"
                    out[name] = f"the dependency `{func.a.name}`" + ("" if late else f" ({why})")
                elif depth < _DEEPEST and func.a in handlers:
                    below = torn_down(linked, handlers[func.a], handlers, depth + 1, late=late)
                    out.update((name, by) for each, by in below.items() if _hands_on(linked, handlers[func.a], each))
    if early and depth == 0 and entry.kind == "route":
        version = ".".join(map(str, have or ()))
        when = "" if late else f" (FastAPI {version})"
        out.update((name, f"the form of the request{when}") for name in _uploads(linked, entry))
    body = entry.fn.body["body"]
    return {name: by for name, by in out.items() if not any(_rebinds(s, name) for s in uses.statements(body))}


def _uploads(linked: Linked, entry: Entry) -> Iterator[str]:
    """Parameters that are files of the request, which it closes with its form."""
    ev = linked.evaluator
    scope = ev.definition_frame(entry.fn, entry.frame)
    for name, _kind, annotation, _default in entry.fn.body["params"]:
        declared = without_none(hints.of(ev, annotation, scope)) if annotation is not None else ()
        items = [item for v in declared for item in (v.c if v.k == SEQ else (v,))]
        if items and all(v.k == EXTINST and v.a.endswith(".UploadFile") for v in items):
            yield name


def _hands_on(linked: Linked, entry: Entry, name: str) -> bool:
    """Whether a dependency gives what another one closes, or an object that keeps it."""
    if entry.fn.name == "__init__":
        return _puts_away(entry.fn, name)
    returned = [s[1] for s in uses.statements(entry.fn.body["body"]) if s[0] == F.S_RETURN and s[1] is not None]
    return bool(returned) and all(
        value[:2] == [F.E_NAME, name] or _keeps(linked, entry.frame, value, name) for value in returned
    )


def _rebinds(stmt: Any, name: str) -> bool:
    given = assignment(stmt)
    return given is not None and any(target[:2] == [F.E_NAME, name] for target in given[0])


def _closes_after_yield(fn: Fn) -> bool:
    """Whether a generator closes what it yields, by ``with`` around the ``yield`` or by a call behind it."""
    body = fn.body["body"]
    for pos in uses.yields(body):
        way = uses.path_to(body, pos)
        name = _yielded_name(way)
        for block, index in way[:-1]:
            stmt = block[index]
            if stmt[0] == F.S_WITH and any(
                t is not None and t[0] == F.E_NAME and t[1] == name for _, t, _, _ in stmt[1]
            ):
                return True
        if name and any(_is_closing(part, name, pos) for part in body):
            return True
    return False


def _yielded_name(way: list[tuple[list[Any], int]]) -> str:
    if not way:
        return ""
    stmt = way[-1][0][way[-1][1]]
    value = stmt[1] if stmt[0] == F.S_EXPR else stmt[2] if stmt[0] == F.S_ASSIGN else None
    if value is not None and value[0] == F.E_YIELD and value[1] is not None and value[1][0] == F.E_NAME:
        return str(value[1][1])
    return ""


def _is_closing(part: Any, name: str, after: int) -> bool:
    """Whether ``name.close()`` stands behind a position."""
    if part.__class__ is not list:
        return False
    if len(part) == 6 and part[0] == F.E_CALL and part[1][0] == F.E_ATTR and part[1][2] in _CLOSING and part[4] > after:
        base = part[1][1]
        if base[0] == F.E_NAME and base[1] == name:
            return True
    return any(_is_closing(p, name, after) for p in part)


__all__ = ["Closed", "closed", "deleted_paths", "holders", "left_before", "names_in", "torn_down"]
