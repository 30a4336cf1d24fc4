"""Findings about one call or statement, or about code that on-loop code reaches through plain functions."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from async_guard.link.frames import CALL, Event, Frame
from async_guard.link.linked import Linked, step
from async_guard.model.findings import Confidence, Finding, Severity, Step
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.places import allowed, at

Way = tuple[tuple[Frame, Event], ...]
"""Calls that lead from a frame on the loop to another frame; empty where both are one."""


def mistake(
    meta: RuleMeta, linked: Linked, frame: Frame, last: Step, message: str, *, way: Way = (), severity: Severity | None = None,
    probable: bool = False, help: str = "", notes: tuple[str, ...] = (),  # noqa: A002 - the field of a finding that it becomes
) -> Finding | None:  # fmt: skip
    """A finding, or None where a comment on one of the functions allows it.

    Args:
        meta: the rule.
        linked: the project.
        frame: where the last step stands.
        last: what is wrong.
        message: said of it.
        way: the calls that lead there from code on the loop.
        severity: where it is not the rule's own.
        probable: whether some step is a heuristic.
        help: what to write instead.
        notes: further facts.
    """
    holder = way[0][0] if way else frame
    for each in (*(f for f, _ in way), frame):
        if each.fn is not None and each.fn.head.allows and allowed(meta.code, each.fn.head.allows):
            linked.allowed.setdefault(each.fn, set()).add(meta.code)
            return None
    chain = (*(step(f, event) for f, event in way), last)
    uncertain = probable or any(event.probable for _, event in way)
    confidence = Confidence.PROBABLE if uncertain else Confidence.CERTAIN
    return Finding(
        code=meta.code, name=meta.name, severity=(severity or meta.severity).believed(confidence), message=message,
        confidence=confidence, place=chain[0].place, function=holder.name, chain=chain,
        entry_points=linked.shown_entries(holder), help=help, notes=notes,
    )  # fmt: skip


def at_site(mark: tuple[Any, ...], words: str = "") -> Step:
    """The step of a mark's place."""
    site = mark[1]
    return at(site.frame, site.pos, site.end, site.node, words)


_MOST: Final = 20
"""Places reported for one cause, the nearest first: with the cause mended, the others are gone."""


def ways_to(linked: Linked, frames: Iterable[Frame]) -> Iterator[tuple[Frame, Way]]:
    """Shortest ways from frames that the loop itself runs to frames of interest, one for each place where on-loop code sets out.

    A plain function may be both: a callback of the loop, and what other on-loop code calls.
    """
    wanted = [f for f in frames if f in linked.on_loop]
    callers: Mapping[Frame, list[tuple[Frame, Event]]] = {}
    if any(f not in linked.holders or not f.is_async for f in wanted):
        callers = _callers(linked)
    for frame in wanted:
        if frame in linked.holders:
            yield frame, ()
        if frame not in linked.holders or not frame.is_async:
            for way in islice(_ways_back(linked, frame, callers), _MOST):
                yield frame, way


def _callers(linked: Linked) -> Mapping[Frame, list[tuple[Frame, Event]]]:
    found: dict[Frame, list[tuple[Frame, Event]]] = {}
    for frame in linked.on_loop:
        for event in frame.events:
            if (
                event.kind == CALL
                and event.target is not None
                and not event.off_loop
                and not (event.target.is_async and event.target in linked.holders)
            ):
                found.setdefault(event.target, []).append((frame, event))
    return found


def _ways_back(linked: Linked, frame: Frame, callers: Mapping[Frame, list[tuple[Frame, Event]]]) -> Iterator[Way]:
    onward: dict[Frame, Way] = {frame: ()}
    queue = deque([frame])
    while queue:
        current = queue.popleft()
        for caller, event in callers.get(current, ()):
            if caller in linked.holders:
                yield ((caller, event), *onward[current])
            elif caller not in onward:
                onward[caller] = ((caller, event), *onward[current])
                queue.append(caller)


def unique(findings: Iterable[Finding | None]) -> Iterator[Finding]:
    """One finding per place and root cause: of several the certain ones win, then the shortest chain."""
    best: dict[Any, Finding] = {}
    for finding in findings:
        if finding is None:
            continue
        root = finding.root_cause.place
        key = (finding.place, root)
        other = best.get(key)
        if other is None or _rank(finding) < _rank(other):
            best[key] = finding
    yield from best.values()


def _rank(finding: Finding) -> tuple[bool, int, int]:
    return finding.confidence is Confidence.PROBABLE, -finding.severity.rank, len(finding.chain)


__all__ = ["Way", "at_site", "mistake", "unique", "ways_to"]
