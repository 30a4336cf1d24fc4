"""Attributes of records that ask the database when they are first read, where a framework reads them on the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.frameworks.tables import LazyAttributes
from async_guard.link import attached, attributes, callers, names
from async_guard.link.frames import Frame, Site
from async_guard.link.program import Class
from async_guard.link.values import CONST, EXT, V
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_EVERY: Final = "*"
"""A loader's argument that stands for all attributes."""


def read(ev: Evaluator, record: V, fields: list[str], frame: Frame) -> None:
    """Enter that these attributes of a record are read after a function returned it, in the function's thread."""
    if frame.fn is None:
        return
    for table in ev.frameworks.lazy:
        if attached.imported(ev, table.unless_imported):
            continue
        for name in fields:
            if _asks_when_read(ev, table, record.a, name) and not _loaded(ev, table).intersection((name, _EVERY)):
                _enter(ev, table, f"{record.a.name}.{name}", frame)


def asked(ev: Evaluator, record: V, owner: Class, name: str, site: Site) -> None:
    """Enter that code reads an attribute of a record which the project's code has not made itself: that may ask the database."""
    made = owner.bindings[name][-1].data
    if made.__class__ is not list or made[0] != F.E_CALL or record.b is not None or site.node is None:
        return
    word = F.last_name(made[1])
    for table in ev.frameworks.lazy:
        if not any(maker.endswith(f".{word}") for maker in table.makers) or attached.imported(
            ev, table.unless_imported
        ):
            continue
        found = ev.catalogue.method(table.attribute, "__get__")
        if (
            found is not None
            and found[1].effect is not None
            and _asks_when_read(ev, table, record.a, name)
            and not _loaded(ev, table).intersection((name, _EVERY))
        ):
            probable = site.doubtful()
            ev.sink(found[1].effect, f"{record.a.name}.{name}", probable)


def _enter(ev: Evaluator, table: LazyAttributes, name: str, frame: Frame) -> None:
    found = ev.catalogue.method(table.attribute, "__get__")
    if found is None or found[1].effect is None or frame.fn is None:
        return
    head = frame.fn.head
    start = head.line << 12 | head.column - 1
    end = start + len("async def " if head.is_async else "def ") + len(frame.fn.name)
    ev.sink(found[1].effect, name, Site(frame, start, end, None, probable=True))


def _asks_when_read(ev: Evaluator, table: LazyAttributes, cls: Class, name: str) -> bool:
    for owner in attributes.mro(ev, cls):
        if isinstance(owner, Class) and name in owner.bindings:
            made = owner.bindings[name][-1].data
            frame = names.class_frame(ev, owner)
            return (
                isinstance(made, list)
                and made[0] == F.E_CALL
                and any(v.k == EXT and v.a in table.makers for v in ev.ev(made[1], frame))
                and _mode(ev, table, made, frame) in table.when_read
            )
    return False


def _mode(ev: Evaluator, table: LazyAttributes, made: Any, frame: Frame) -> str:
    """How an attribute is loaded, as its definition says; the first of the modes that ask late if it says nothing."""
    for keyword, e in made[3]:
        if keyword == table.mode:
            return next((str(v.a) for v in ev.ev(e, frame) if v.k == CONST), "")
        if keyword == table.options:
            said = e[0] == F.E_DICT and [v for k, v in zip(e[1], e[2], strict=True) if k and k[1] == table.mode]
            if said:
                return next((str(v.a) for v in ev.ev(said[0], frame) if v.k == CONST), "")
    return table.when_read[0]


def _loaded(ev: Evaluator, table: LazyAttributes) -> frozenset[str]:
    """Names of attributes that some query of the project loads together with the record."""
    found: frozenset[str] | None = ev.frameworks.loaded.get(table)
    if found is None:
        out: set[str] = set()
        for module in ev.program:
            for loader in table.loaders:
                for index in module.facts.calls.get(loader, ()):
                    _named(module.functions[index].body if index >= 0 else module.body, table.loaders, out)
        found = ev.frameworks.loaded[table] = frozenset(out)
    return found


def _named(part: Any, loaders: tuple[str, ...], out: set[str]) -> None:
    """Collect what the arguments of calls of loaders name, however deep in a statement they stand."""
    if isinstance(part, dict):
        part = list(part.values())
    if not isinstance(part, (list, tuple)) or not part:
        return
    if callers.is_call(part):
        callee = part[1]
        last = callee[2] if callee[0] == F.E_ATTR else callee[1] if callee[0] == F.E_NAME else ""
        if last in loaders:
            out.update(str(a[2] if a[0] == F.E_ATTR else a[1]) for a in part[2] if a[0] in (F.E_ATTR, F.E_CONST))
    for inner in part:
        if isinstance(inner, (list, tuple, dict)):
            _named(inner, loaders, out)
