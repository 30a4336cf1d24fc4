"""Mappings whose entries are picked out of another under their own keys: ``{name: tools[name] for name in wanted}``.

What is picked stays under its key: who is called with ``**picked`` gets for each parameter what has its name, not just anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from async_guard.link import containers, narrowing
from async_guard.link.values import DICT, NOTHING, VS, V, has_key, union
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator
    from async_guard.link.frames import Frame


def comprehended(ev: Evaluator, e: Any, fr: Frame) -> V | None:
    """What a comprehension gives that picks entries of a mapping, some of which may be left out; None for any other comprehension."""
    source = _source(e)
    rows, other = _entries(ev, source, fr) if source is not None else ((), NOTHING)
    return ev.values.dict(rows, union(other, ev.values.unknown)) if rows else None


def assign(ev: Evaluator, stmt: Any, fr: Frame) -> bool:
    """``picked[name] = tools[name]`` for a name that nobody knows, into a mapping that a variable holds; False for any other statement."""
    target, value = stmt[1][0], stmt[2]
    is_entry = len(stmt[1]) == 1 and target[0] == F.E_SUB and value[0] == F.E_SUB
    if not is_entry or target[1][0] != F.E_NAME or target[2][0] != F.E_NAME or target[2][:2] != value[2][:2]:
        return False
    held = narrowing.value_of(ev, target[1], fr)
    if not held or any(v.k != DICT for v in held):
        return False  # what else takes entries does so by code of its own
    if any(has_key(v) for v in narrowing.value_of(ev, target[2], fr)):
        return False
    rows, other = _entries(ev, value[1], fr)
    for key, entry in rows:
        containers.put(ev, target[1], (key if isinstance(key, V) else ev.values.const(key),), entry, fr)
    if rows and other:
        containers.put(ev, target[1], ev.values.unknown, other, fr)
    return bool(rows)


def _source(e: Any) -> Any:
    """The mapping whose entries a comprehension keeps under their keys, as it is written."""
    if e[1] != "dict" or len(e[2]) != 1 or e[3][0] != F.E_NAME:
        return None
    target, iterable, key, value = e[2][0][0], e[2][0][1], e[3][1], e[4]
    if value[0] == F.E_SUB:
        is_picked = target[:2] == [F.E_NAME, key] and value[2][:2] == [F.E_NAME, key]
        return value[1] if is_picked else None
    if target[0] != F.E_SEQ or [each[:2] for each in target[2]] != [[F.E_NAME, key], value[:2]]:
        return None
    is_items = iterable[0] == F.E_CALL and iterable[1][0] == F.E_ATTR and iterable[1][2] == "items"
    return iterable[1][1] if is_items else None


def _entries(ev: Evaluator, source: Any, fr: Frame) -> tuple[tuple[tuple[Any, VS], ...], VS]:
    """The entries of a mapping by their keys, and what it holds besides; none where it may be anything else."""
    held = narrowing.value_of(ev, source, fr)
    return (held[0].a, held[0].b) if len(held) == 1 and held[0].k == DICT else ((), NOTHING)


__all__ = ["assign", "comprehended"]
