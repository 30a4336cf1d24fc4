"""Classes that only say what a worker runs: ``functions = [job]``, ``on_startup = startup``, whose path is given to a command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from async_guard.frameworks.tables import Settings
from async_guard.link import attached, attributes
from async_guard.link.values import SEQ, VS, V

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator
    from async_guard.link.program import Module


def callables(ev: Evaluator, tables: Iterable[Settings]) -> Iterator[tuple[str, V]]:
    """What the attributes of such classes hold that a worker runs on its loop, with the kind of entry point that it is."""
    for table in tables:
        if not attached.imported(ev, table.package):
            continue
        for module in ev.program:
            if module.library or not module.classes or not any(_mentions(module, name) for name in table.asks):
                continue
            for cls in module.classes:
                if not any(name in cls.bindings for name in table.asks):
                    continue
                for name, kind in table.attributes:
                    found = attributes.class_attribute(ev, cls, name)
                    for v in _held(found[1]) if found is not None else ():
                        yield kind, v


def _mentions(module: Module, name: str) -> bool:
    return any(True for _ in module.facts.mentions(f'"{name}"'))


def _held(value: VS) -> Iterator[V]:
    """A callable, or those in a list."""
    for v in value:
        if v.k == SEQ:
            yield from dict.fromkeys(x for part in (v.b or ()) for x in part) or dict.fromkeys(v.c)
        else:
            yield v


__all__ = ["callables"]
