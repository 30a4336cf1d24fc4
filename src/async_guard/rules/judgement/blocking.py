"""The judgement behind AG101 to AG111: a blocking call on the loop, told apart by the catalogue's category."""

from __future__ import annotations

from collections.abc import Iterator

from async_guard.link.entries import Entry
from async_guard.link.linked import Chain, Linked, Way, step
from async_guard.model.findings import Confidence, Finding, Severity
from async_guard.rules.registry import RULES

_CATEGORIES = {rule.meta.category: rule.meta for rule in RULES.values() if rule.meta.category}


_PER_PLACE = 25
"""Root causes of one category reported for one place, the nearest ones: mending them changes what the others are."""


def blocking_findings(linked: Linked) -> Iterator[Finding]:
    """One finding per place and root cause: of several chains the certain ones win, then the shortest."""
    best: dict[tuple[object, ...], tuple[tuple[int, int, int], Way]] = {}
    for way in linked.blocking_ways():
        last_frame, last = way.sink
        if last.effect.category not in _CATEGORIES:
            continue
        first = way.event
        key = (way.frame.module.path, first.pos, first.end, last_frame.module.path, last.pos, last.end, last.name)
        rank = (int(way.probable), int(way.lowered), way.length)
        found = best.get(key)
        if found is None or rank < found[0]:
            best[key] = (rank, way)
    per_place: dict[tuple[object, ...], int] = {}
    for where, (_, way) in sorted(best.items(), key=lambda item: item[1][0]):
        place = (*where[:3], way.sink[1].effect.category)
        per_place[place] = per_place.get(place, 0) + 1
        if per_place[place] > _PER_PLACE:
            continue
        finding = _finding(linked, Chain(way.frame, way.links()))
        if finding is not None:
            yield finding


def _finding(linked: Linked, chain: Chain) -> Finding | None:
    effect = chain.sink.effect
    meta = _CATEGORIES[effect.category]
    for frame, _ in chain.links:
        if frame.fn is not None and frame.fn.head.allows and allowed(meta.code, frame.fn.head.allows):
            linked.allowed.setdefault(frame.fn, set()).add(meta.code)
            return None
    entries = linked.entries_reaching(chain.holder)
    severity: Severity = effect.severity
    if chain.lowered or linked.only_at_startup(entries):
        severity = severity.lowered()
    steps = tuple(step(frame, event) for frame, event in chain.links)
    return Finding(
        code=meta.code, name=meta.name, severity=severity,
        confidence=Confidence.PROBABLE if chain.probable else Confidence.CERTAIN,
        message=_message(chain, steps[0].call), place=steps[0].place, function=chain.holder.name, chain=steps,
        entry_points=linked.shown_entries(chain.holder),
        help=_help(effect.instead), notes=_notes(chain, entries),
    )  # fmt: skip


def _message(chain: Chain, first: str) -> str:
    effect = chain.sink.effect
    because = effect.because or "blocks"
    when = "".join(f", when `{word}`" for word in dict.fromkeys(event.when for _, event in chain.links if event.when))
    if len(chain.links) == 1:
        return f"`{chain.sink.name}` {because}, on the event loop{when}"
    return f"`{first}` leads to `{chain.sink.name}`, which {because}, on the event loop{when}"


def _help(instead: str) -> str:
    return f"use `{instead}`" if instead and " " not in instead else instead


def _notes(chain: Chain, entries: list[Entry]) -> tuple[str, ...]:
    notes = [note for _, event in chain.links for note in event.notes]
    if chain.sink.effect.cost:
        notes.append(f"cost: {chain.sink.effect.cost}")
    if chain.lowered:
        notes.append("runs only the first time: the result is cached")
    if entries and all(entry.depends for entry in entries):
        notes.append(f"depends on the version: {entries[0].depends}")
    return tuple(dict.fromkeys(notes))


def allowed(code: str, allows: str) -> bool:
    """Whether an ``allow[...]`` comment names a code (or a prefix of it)."""
    return any(word and code.startswith(word) for word in allows.split(","))


__all__ = ["allowed", "blocking_findings"]
