"""Literate case files: Markdown whose fenced blocks are the files of a small project and whose comments say what must be found.

A file holds cases, one per ``## Heading``. A fence names its file (```` ```python path=app/routes.py ````; without a path it is ``main.py``).
A comment ``# error: AG101 "time.sleep"`` expects a finding of that severity and code on its line whose root cause or message contains the
words; ``probable`` in front of the words expects a heuristic finding. Lines without a comment must have no finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from async_guard.model.findings import Confidence, Report

DEFAULT_PATH = "main.py"

_EXPECTATION = re.compile(
    r'# (?P<severity>error|warning|info|negligible): (?P<code>AG\d{3}) (?P<probable>probable )?"(?P<words>[^"]*)"'
)
_ANY_EXPECTATION = re.compile(r"# (?:error|warning|info|negligible):")


_COMPANIONS = {"AG901": ("AG101", "AG102")}


def selection(code: str) -> tuple[str, ...]:
    """What to select for the cases of a rule: the rule alone, or with those whose suppressions it judges."""
    return (code, *_COMPANIONS.get(code, ()))


class CaseFileError(Exception):
    """A case file that cannot mean what its author wanted."""


@dataclass(frozen=True, order=True)
class Mark:
    """One finding, expected or actual, as far as cases compare them."""

    path: str
    line: int
    code: str
    severity: str
    probable: bool
    words: str = field(compare=False)

    def __str__(self) -> str:
        confidence = "probable " if self.probable else ""
        return f'{self.path}:{self.line}: {self.severity}: {self.code} {confidence}"{self.words}"'


@dataclass
class Case:
    """One small project and what must be found in it."""

    origin: str
    heading: str
    files: dict[str, str] = field(default_factory=dict)

    @property
    def expected(self) -> list[Mark]:
        """The marks that the comments ask for."""
        return sorted(mark for path, text in self.files.items() for mark in _marks_of(path, text))


def read_cases(path: Path) -> list[Case]:
    """All cases of one file. Raises `CaseFileError` for a heading without files, files before a heading, or a comment that nearly is a mark."""
    cases: list[Case] = []
    fence: list[str] | None = None
    fence_path = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if fence is not None:
            if line.strip() == "```":
                _add_file(cases, fence_path, "\n".join(fence) + "\n", f"{path.name}:{number}")
                fence = None
            else:
                fence.append(line)
        elif line.startswith("```"):
            fence, fence_path = [], _path_of(line)
        elif line.startswith("## "):
            cases.append(Case(path.stem, line[3:].strip()))
    if fence is not None:
        raise CaseFileError(f"{path.name}: the last fence is open")
    for case in cases:
        if not case.files:
            raise CaseFileError(f"{path.name}: {case.heading!r} has no files")
        list(case.expected)
    return cases


def _path_of(fence_line: str) -> str:
    words = dict(word.partition("=")[::2] for word in fence_line.strip("`").split()[1:])
    return words.get("path", DEFAULT_PATH)


def _add_file(cases: list[Case], path: str, text: str, where: str) -> None:
    if not cases:
        raise CaseFileError(f"{where}: a file before the first heading")
    if path in cases[-1].files:
        raise CaseFileError(f"{where}: {path} twice in one case")
    cases[-1].files[path] = text


def _marks_of(path: str, text: str) -> Iterator[Mark]:
    for number, line in enumerate(text.splitlines(), start=1):
        found = list(_EXPECTATION.finditer(line))
        if len(found) != len(_ANY_EXPECTATION.findall(line)):
            raise CaseFileError(f"{path}:{number}: cannot read the expectation in {line.strip()!r}")
        for match in found:
            yield Mark(path, number, match["code"], match["severity"], bool(match["probable"]), match["words"])


def actual_marks(report: Report) -> list[Mark]:
    """The findings of a report as marks, unreadable files as AG900 where no finding says so already."""
    marks = [
        Mark(
            finding.place.path,
            finding.place.line,
            finding.code,
            finding.severity.value,
            finding.confidence is Confidence.PROBABLE,
            f"{finding.root_cause.call} | {finding.message}",
        )
        for finding in report.findings
    ]
    said = {mark.path for mark in marks if mark.code == "AG900"}
    marks += [
        Mark(unreadable.path, unreadable.line, "AG900", "error", False, unreadable.message)
        for unreadable in report.unreadable
        if unreadable.path not in said
    ]
    return sorted(marks)


def difference(expected: list[Mark], actual: list[Mark]) -> str:
    """What is missing and what is too much, for a person to read; empty when the two agree."""
    partner: dict[int, int] = {}
    missing = [want for number, want in enumerate(expected) if not _pair(number, expected, actual, partner, set())]
    unexpected = [have for number, have in enumerate(actual) if number not in partner]
    return "".join([*(f"\nmissing:    {mark}" for mark in missing), *(f"\nunexpected: {mark}" for mark in unexpected)])


def _pair(number: int, expected: list[Mark], actual: list[Mark], partner: dict[int, int], tried: set[int]) -> bool:
    """Give an expected mark an actual one of its own, moving others where that helps (augmenting paths): words may fit several."""
    want = expected[number]
    for index, have in enumerate(actual):
        if index in tried or have != want or want.words not in have.words:
            continue
        tried.add(index)
        if index not in partner or _pair(partner[index], expected, actual, partner, tried):
            partner[index] = number
            return True
    return False
