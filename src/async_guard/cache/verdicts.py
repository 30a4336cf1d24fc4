"""Verdicts kept between runs: what linking and judging said of the files, for every command that asks of the same state.

Linking is nine tenths of a cold run, and its outcome depends on the facts of all files at once. It holds for other formats and selections, for
the list of routes and for a baseline, and for files that were formatted or commented only. Content is data, checked when read; any failure is a
miss. What a hostile file can do is tell wrong verdicts of the project that it lies in.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from async_guard.cache import folder as cache_folder
from async_guard.model.findings import Confidence, EntryPoint, Finding, Place, Severity, Step, Unresolved
from async_guard.model.verdicts import Allowance, Verdicts

_MAGIC = b"async-guard verdicts 1"
_PREFIX = "verdicts-"
_LARGEST = 500_000_000
_MOST = 6
"""Kept in one folder; the oldest go."""


@dataclass(frozen=True)
class KeptVerdicts:
    """Verdicts and the state that they are about."""

    verdicts: Verdicts
    files: Mapping[str, str]
    """Shown path -> digest, of every file whose facts were linked."""


def find(folder: str, identity: str) -> KeptVerdicts | None:
    """The last verdicts under an identity, which is everything that decides besides the content of files."""
    if not cache_folder.is_usable(folder):
        return None
    data = cache_folder.read(os.path.join(folder, _name(identity)), _LARGEST)
    if data is None or not data.startswith(_MAGIC):
        return None
    try:
        head, _, rest = data.partition(b"\n")
        if int(head[len(_MAGIC) :]) != crc32(rest):
            return None
        document = json.loads(rest)
        if document["identity"] != identity:
            return None
        files = {str(path): str(digest) for path, digest in document["files"].items()}
        return KeptVerdicts(_Reading(document).verdicts(), files)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


def keep(folder: str, identity: str, kept: KeptVerdicts) -> None:
    """Keep verdicts, unless a part of them was lost to a mistake of our own."""
    if kept.verdicts.defects or any(f.fix is not None for f in kept.verdicts.findings):
        return
    if not cache_folder.prepare(folder):
        return
    document = {"identity": identity, "files": dict(kept.files), **_Writing().document(kept.verdicts)}
    data = json.dumps(document, separators=(",", ":"), check_circular=False).encode("ascii")
    name = _name(identity)
    if cache_folder.write(folder, name, [b"%s %d\n" % (_MAGIC, crc32(data)), data]):
        cache_folder.thin_out(folder, _PREFIX, _MOST)


def _name(identity: str) -> str:
    return f"{_PREFIX}{crc32(identity.encode('utf-8', 'surrogatepass')):08x}"


class _Table:
    """Values told once and referred to by number: steps, entry points and their rows repeat a thousand times."""

    def __init__(self, row: Callable[[Any], Any]) -> None:
        self.rows: list[Any] = []
        self._row = row
        self._numbers: dict[Any, int] = {}

    def number(self, value: Any) -> int:
        found = self._numbers.get(value)
        if found is None:
            row = self._row(value)
            found = self._numbers[value] = len(self.rows)
            self.rows.append(row)
        return found


class _Writing:
    def __init__(self) -> None:
        self.texts = _Table(str)
        self.places = _Table(self._place)
        self.steps = _Table(self._step)
        self.entries = _Table(self._entry)
        self.groups = _Table(lambda group: [self.entries.number(e) for e in group])

    def document(self, verdicts: Verdicts) -> dict[str, Any]:
        findings = [self._finding(f) for f in verdicts.findings]
        unresolved = [
            [self.places.number(u.place), *self._texts(u.function, u.call, u.reason)] for u in verdicts.unresolved
        ]
        return {
            "findings": findings, "unresolved": unresolved, "entry_points": self.groups.number(verdicts.entries),
            "asked": sorted(verdicts.asked), "entry_kinds": dict(verdicts.entry_kinds), "reasons": dict(verdicts.reasons),
            "unresolved_sites": verdicts.unresolved_sites, "on_loop": verdicts.on_loop, "problems": list(verdicts.problems),
            "allowances": [[a.path, a.line, a.codes, sorted(a.used)] for a in verdicts.allowances],
            "groups": self.groups.rows, "entries": self.entries.rows, "steps": self.steps.rows, "places": self.places.rows,
            "texts": self.texts.rows,
        }  # fmt: skip

    def _texts(self, *texts: str) -> list[int]:
        return [self.texts.number(t) for t in texts]

    def _place(self, place: Place) -> list[int]:
        return [self.texts.number(place.path), place.line, place.column, place.end_line, place.end_column]

    def _step(self, step: Step) -> list[int]:
        return [self.places.number(step.place), *self._texts(step.function, step.call)]

    def _entry(self, entry: EntryPoint) -> list[int]:
        texts = self._texts(entry.kind, entry.label, entry.path, entry.function, entry.runs_on)
        return [entry.line, *texts]

    def _finding(self, f: Finding) -> list[Any]:
        return [
            self._texts(f.code, f.name, f.severity.value, f.confidence.value, f.message, f.function, f.help),
            self.places.number(f.place), [self.steps.number(s) for s in f.chain], self.groups.number(f.entry_points), self._texts(*f.notes),
        ]  # fmt: skip


class _Reading:
    def __init__(self, document: Any) -> None:
        self.document = document
        self.texts = [_text(t) for t in document["texts"]]
        self.places = [Place(self._text(row[0]), *(_count(n) for n in row[1:5])) for row in document["places"]]
        self.steps = [
            Step(self._at(self.places, row[0]), self._text(row[1]), self._text(row[2])) for row in document["steps"]
        ]
        self.entries = [self._entry(row) for row in document["entries"]]
        self.groups = [tuple(self._at(self.entries, number) for number in row) for row in document["groups"]]

    def verdicts(self) -> Verdicts:
        document = self.document
        return Verdicts(
            findings=tuple(self._finding(row) for row in document["findings"]),
            asked=frozenset(_text(code) for code in document["asked"]),
            entries=self._at(self.groups, document["entry_points"]),
            entry_kinds={_text(kind): _count(number) for kind, number in document["entry_kinds"].items()},
            unresolved=tuple(
                Unresolved(self._at(self.places, row[0]), *(self._text(n) for n in row[1:4]))
                for row in document["unresolved"]
            ),
            reasons={_text(reason): _count(number) for reason, number in document["reasons"].items()},
            unresolved_sites=_count(document["unresolved_sites"]),
            on_loop=_count(document["on_loop"]),
            allowances=tuple(
                Allowance(_text(path), _count(line), _text(codes), frozenset(map(_text, used)))
                for path, line, codes, used in document["allowances"]
            ),
            problems=tuple(map(_text, document["problems"])),
        )

    @staticmethod
    def _at(table: list[Any], number: Any) -> Any:
        return table[_count(number)]

    def _text(self, number: Any) -> str:
        return self.texts[_count(number)]

    def _entry(self, row: Any) -> EntryPoint:
        kind, label, path, function, runs_on = (self._text(n) for n in row[1:6])
        return EntryPoint(kind, label, path, _count(row[0]), function, runs_on)

    def _finding(self, row: Any) -> Finding:
        code, name, severity, confidence, message, function, help_ = (self._text(n) for n in row[0])
        chain = tuple(self._at(self.steps, n) for n in row[2])
        if not chain:
            raise ValueError("a finding without evidence")
        return Finding(
            code, name, Severity(severity), Confidence(confidence), message, self._at(self.places, row[1]), function, chain,
            self._at(self.groups, row[3]), help_, tuple(self._text(n) for n in row[4]),
        )  # fmt: skip


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _count(value: Any) -> int:
    if value.__class__ is not int or value < 0:
        raise TypeError("no count")
    return int(value)
