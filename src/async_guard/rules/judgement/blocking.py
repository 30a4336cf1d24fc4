"""The judgement behind AG101 to AG111: a blocking call on the loop, told apart by the catalogue's category."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from async_guard.link import idle, literal_keys
from async_guard.link.doubts import (
    asked_again,
    awaited,
    copied,
    filled,
    gathered,
    given,
    handshakes,
    kept_back,
    kinds,
    made_without,
    numbers_said,
    overflowed,
    overriding,
    prefetched,
    put_elsewhere,
    settings,
    spoken,
    undone,
    unfilled,
    unfit,
    wrapped,
)
from async_guard.link.entries import Entry
from async_guard.link.frames import Event, Frame
from async_guard.link.linked import COMBINATIONS, Chain, Linked, Way, awaiting, is_far, seldom, seldom_asked, step
from async_guard.model.findings import Confidence, Finding, Severity, Step
from async_guard.rules.judgement.patched import Patched, is_through_test
from async_guard.rules.registry import RULES

Rank = tuple[int, int, int, int]

_CATEGORIES: Final = {rule.meta.category: rule.meta for rule in RULES.values() if rule.meta.category}


_WITHOUT_WORKER: Final = "done here only while the thread that does it otherwise is not running"
_KEPT: Final = "runs only the first time for what is asked for here: the result is kept"
_HOLDS_THE_LOCK: Final = (
    "holds the interpreter lock: in a worker thread it stalls the loop all the same, in another process it does not"
)
_PER_PLACE: Final = 5
"""Root causes of one category reported for one place, those that hurt most, and of these the nearest; another is reported there only if no
place is nearer to it."""


def blocking_findings(linked: Linked) -> Iterator[Finding]:
    """One finding per place and root cause: of several chains the certain ones win, then the plainest, then the shortest.

    A call that any of several library classes may receive is one root cause, as is all that blocks in a library. Each root cause is reported at
    least where it is nearest.
    """
    best: dict[tuple[object, ...], tuple[Rank, Way]] = {}
    why: dict[tuple[Frame, Event], str] = {}
    for way in linked.blocking_ways():
        last_frame, last = way.sink
        if last.effect.category not in _CATEGORIES:
            continue
        first = way.event
        sink: tuple[object, ...] = (
            last_frame.module.path,
            last.pos,
            last.end,
            last.name.rpartition(".")[2],
            last.effect.category,
        )
        if last_frame.module.library:
            sink = (
                last_frame.module.library,
                last.effect.category,
            )  # where in a library it blocks, is for nobody here to mend
        key = (way.frame.module.path, first.pos, first.end, *sink)
        found = best.get(key)
        try:
            rank = _rank(linked, way, why, found[0] if found is not None else None)
        except Exception as error:  # noqa: BLE001 - told to the user, who gets the other chains, and this one as a doubtful one
            linked.evaluator.level = 0
            linked.evaluator.broke(way.frame.module, way.frame.fn, error)
            way.probable = True
            rank = _first_rank(way) if found is None else None
        if rank is not None:
            best[key] = (rank, way)
    per_place: dict[tuple[object, ...], int] = {}
    shown: set[tuple[object, ...]] = set()
    left_out: dict[tuple[object, ...], int] = {}
    kept = []
    for where, (_, way) in sorted(best.items(), key=_by_weight):
        place: tuple[object, ...] = (*where[:3], where[-1])
        root = where[3:]
        if per_place.get(place, 0) >= _PER_PLACE and root in shown:
            left_out[place] = left_out.get(place, 0) + 1
            continue
        per_place[place] = per_place.get(place, 0) + 1
        shown.add(root)
        kept.append((place, way))
    steps: dict[Event, Step] = {}
    for place, way in kept:
        chain = Chain(way.frame, way.links(), way.probable)
        seldom_why = _why_seldom(linked, way, why) or _at_terminal(linked, way)
        if not seldom_why and not chain.lowered and literal_keys.is_kept(linked, chain.links):
            seldom_why = _KEPT
        finding = _finding(linked, chain, left_out.get(place, 0), seldom_why, steps)
        if finding is not None:
            yield finding


def _first_rank(way: Way) -> Rank:
    """The order of ways to one call from one place: the certain ones first, then what happens every time, and the plainest."""
    return int(way.probable), int(way.lowered), int(way.handled), way.cost


def _rank(linked: Linked, way: Way, why: dict[tuple[Frame, Event], str], best: Rank | None) -> Rank | None:
    """The same once everything is asked that may speak against a way, which is then marked; None where a better one is known."""
    rank = _first_rank(way)
    if best is not None and rank >= best:
        return None
    links = way.links()
    if is_through_test(links) or (way.frame.module.is_test and linked.once(Patched).is_replaced(links)):
        return None
    if not way.lowered and (
        _why_seldom(linked, way, why) or linked.is_asked_by_commands(way.frame) or literal_keys.is_kept(linked, links)
    ):
        rank = (rank[0], 1, *rank[2:])
        if best is not None and rank >= best:
            return None
    if not way.probable and _is_doubted(linked, way):
        way.probable = True
        rank = (1, *rank[1:])
    return rank if best is None or rank < best else None


def _is_doubted(linked: Linked, way: Way) -> bool:
    """Whether a call of a way says that another one of it hardly happens, or has made before what that one needs to be missing."""
    links = way.links()
    if len(links) == 1:
        return awaited.is_either(*links[0]) or settings.is_excluded(links)
    if any(asks(links) for asks in _DOUBTS) or spoken.is_other(linked.evaluator, links):
        return True
    ev = linked.evaluator
    if kept_back.is_kept_back(ev, links) or wrapped.is_another(ev.program, links):
        return True
    if idle.is_idle_where_lent(ev, links) or put_elsewhere.is_anothers(ev, links):
        return True
    if kinds.is_other_kind(ev.program, links):
        return True
    if overriding.is_other_class(ev, links) or awaited.is_other(ev, links) or unfilled.is_empty(ev, links):
        return True
    return filled.is_filled(linked.evaluator, links, linked.once(awaiting))


_DOUBTS: tuple[Callable[[tuple[tuple[Frame, Event], ...]], bool], ...] = (
    asked_again.is_asked_again,
    given.is_given,
    made_without.is_missing,
    prefetched.is_done_before,
    overflowed.is_pushed_out,
    undone.is_undoing,
    handshakes.is_short,
    copied.is_given_to_copies,
    gathered.is_plain,
    numbers_said.is_other_number,
    settings.is_excluded,
    unfit.is_unfit,
)


def _by_weight(item: tuple[tuple[object, ...], tuple[Rank, Way]]) -> tuple[int, ...]:
    """The order in which root causes are reported for a place: what is certain and happens every time, what hurts, what is near."""
    _, (rank, way) = item
    return (*rank[:-1], -way.sink[1].effect.severity.rank, way.length)


def _why_seldom(linked: Linked, way: Way, known: dict[tuple[Frame, Event], str]) -> str:
    """Why a way is taken while hardly anything else waits for the loop; empty where it is not known to be so. Asked once per place."""
    at = (way.frame, way.event)
    found = known.get(at)
    if found is None:
        is_asked = bool(linked.entries_reaching(way.frame))
        found = known[at] = seldom_asked(linked, way.frame) if is_asked else seldom(linked, way.frame, way.event)
    return found


def _at_terminal(linked: Linked, way: Way) -> str:
    """Why nobody minds that a person is waited for: commands alone ask, and who types at their terminal is the one they run for."""
    is_input = way.sink[1].effect.category == "input"
    return _ASKED_BY_COMMANDS if is_input and linked.is_typed_for_commands(way.frame) else ""


_ASKED_BY_COMMANDS: Final = "only commands ask, at their own terminal"


def _finding(linked: Linked, chain: Chain, more: int, why: str, shown: dict[Event, Step]) -> Finding | None:
    effect = chain.sink.effect
    meta = _CATEGORIES[effect.category]
    for frame, _ in chain.links:
        if frame.fn is not None and frame.fn.head.allows and allowed(meta.code, frame.fn.head.allows):
            linked.allowed.setdefault(frame.fn, set()).add(meta.code)
            return None
    entries = linked.entries_reaching(chain.holder)
    severity: Severity = effect.severity
    first = chain.links[0][1]
    once = linked.is_begun_once(chain.holder) and not linked.is_kept_running(chain.holder, first)
    if chain.lowered or why or once:
        severity = severity.lowered()
    confidence = Confidence.PROBABLE if chain.probable else Confidence.CERTAIN
    steps = tuple(_step(frame, event, shown) for frame, event in chain.links)
    return Finding(
        code=meta.code, name=meta.name, severity=severity.believed(confidence), confidence=confidence,
        message=_message(chain, steps[0].call), place=steps[0].place, function=chain.holder.name, chain=steps,
        entry_points=linked.shown_entries(chain.holder),
        help=_help(effect.instead), notes=_notes(chain, entries, more, why),
    )  # fmt: skip


def _step(frame: Frame, event: Event, shown: dict[Event, Step]) -> Step:
    """A link of a chain as it is shown; of chains that come by the same event one and the same."""
    found = shown.get(event)
    if found is None:
        found = shown[event] = step(frame, event)
    return found


def _message(chain: Chain, first: str) -> str:
    effect = chain.sink.effect
    because = effect.because or "blocks"
    when = "".join(f", when `{word}`" for word in dict.fromkeys(event.when for _, event in chain.links if event.when))
    if len(chain.links) == 1:
        return f"`{chain.sink.name}` {because}, on the event loop{when}"
    return f"`{first}` leads to `{chain.sink.name}`, which {because}, on the event loop{when}"


def _help(instead: str) -> str:
    return f"use `{instead}`" if instead and " " not in instead else instead


def _notes(chain: Chain, entries: list[Entry], more: int, why: str) -> tuple[str, ...]:
    notes = [note for _, event in chain.links for note in event.notes]
    if chain.choices > COMBINATIONS:
        notes.append(f"one of {chain.choices:,} combinations of what its calls may mean")
    if is_far(len(chain.links), chain.forks):
        notes.append(
            f"{chain.forks} of its {len(chain.links)} calls depend on conditions: whether all of them can hold is not known"
        )
    if chain.sink.effect.cost:
        notes.append(f"cost: {chain.sink.effect.cost}")
    if chain.sink.effect.gil == "held":
        notes.append(_HOLDS_THE_LOCK)
    if chain.lowered:
        notes.append(_WITHOUT_WORKER if chain.without_worker else "runs only the first time: the result is cached")
    if why:
        notes.append(why)
    if entries and all(entry.depends for entry in entries):
        notes.append(f"depends on the version: {entries[0].depends}")
    if more:
        notes.append(f"leads to {more} more such calls, reported where they are nearer")
    return tuple(dict.fromkeys(notes))


def allowed(code: str, allows: str) -> bool:
    """Whether an ``allow[...]`` comment names a code (or a prefix of it)."""
    return any(word and code.startswith(word) for word in allows.split(","))


__all__ = ["allowed", "blocking_findings"]
