"""What a run reports: findings with their evidence, and what could not be read.

Everything here is frozen and imports nothing of the project, so that any stage may build it and any format may show it.
Lines and columns are 1-based; columns count characters, not bytes. Paths are relative to the working directory, with ``/``.
"""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass, field


class Severity(str, enum.Enum):
    """How much one call hurts, from its measured cost (never from taste)."""

    ERROR = "error"
    """Network, database, process, sleep, unbounded wait, or 10 ms of CPU and more."""
    WARNING = "warning"
    """Local disk, or 1 to 10 ms of CPU."""
    INFO = "info"
    """Worth knowing, breaks nothing."""
    NEGLIGIBLE = "negligible"
    """Microseconds: known, shown on request only."""

    @property
    def rank(self) -> int:
        """0 for negligible up to 3 for error."""
        return _RANK[self]

    def lowered(self) -> Severity:
        """One level lower, as for work that runs only at start-up or shutdown."""
        return _LOWERED[self]

    def believed(self, confidence: Confidence) -> Severity:
        """At most a warning where some step is a heuristic: an error is certain."""
        return Severity.WARNING if self is Severity.ERROR and confidence is Confidence.PROBABLE else self


_RANK = {Severity.NEGLIGIBLE: 0, Severity.INFO: 1, Severity.WARNING: 2, Severity.ERROR: 3}
_LOWERED = {
    Severity.ERROR: Severity.WARNING,
    Severity.WARNING: Severity.INFO,
    Severity.INFO: Severity.NEGLIGIBLE,
    Severity.NEGLIGIBLE: Severity.NEGLIGIBLE,
}


class Confidence(str, enum.Enum):
    """How a finding was proven."""

    CERTAIN = "certain"
    """Every step was resolved through definitions."""
    PROBABLE = "probable"
    """One step is a heuristic."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A range in one file. ``end_line``/``end_column`` point just behind the last character."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Step:
    """One link of a chain: ``function`` calls ``call`` at ``place``."""

    place: Place
    function: str
    call: str


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A callable that somebody else runs: a route, dependency, middleware, lifespan, background task, ..."""

    kind: str
    label: str
    path: str
    line: int
    function: str
    runs_on: str = "loop"

    @property
    def sort_key(self) -> tuple[str, int, str, str, str]:
        """Path, line, kind, label, function."""
        return (self.path, self.line, self.kind, self.label, self.function)


class Safety(str, enum.Enum):
    """Whether a fix can change what the program does."""

    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True)
class Edit:
    """Replace the text of ``place`` with ``text``."""

    place: Place
    text: str


@dataclass(frozen=True)
class Fix:
    """A mechanical change that removes the finding."""

    safety: Safety
    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake at one place, with the chain that proves it.

    ``chain`` starts at the primary place (``chain[0].place == place``) and its last step is the root cause.
    """

    code: str
    name: str
    severity: Severity
    confidence: Confidence
    message: str
    place: Place
    function: str
    chain: tuple[Step, ...]
    entry_points: tuple[EntryPoint, ...] = ()
    help: str = ""
    """What to write instead, in one line."""
    notes: tuple[str, ...] = ()
    """Further facts: the condition a path depends on, the library version, an offload that does not help."""
    fix: Fix | None = None

    @property
    def root_cause(self) -> Step:
        """The step that does the harm."""
        return self.chain[-1]

    @property
    def fingerprint(self) -> str:
        """Identity across edits: rule, primary place's function, root cause's callable. 16 hex digits.

        Line numbers and the path taken are no part of it, so that baselines survive edits.
        """
        identity = f"{self.code}\0{self.place.path}\0{self.function}\0{self.root_cause.call}"
        return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def sort_key(self) -> tuple[str, int, int, str, int, int, str, int, int, str]:
        """Path, line, column, code, then whatever makes the order total."""
        root = self.root_cause
        return (
            self.place.path, self.place.line, self.place.column, self.code,
            self.place.end_line, self.place.end_column,
            root.place.path, root.place.line, root.place.column, root.call,
        )  # fmt: skip


@dataclass(frozen=True, order=True)
class Unreadable:
    """A file that could not be checked, and why. ``line`` is 1-based, 0 when no line can be named."""

    path: str
    line: int
    message: str


@dataclass(frozen=True)
class Statistics:
    """Counts of a run. ``seconds`` is the wall time per stage."""

    files: int = 0
    functions: int = 0
    call_sites: int = 0
    resolved_call_sites: int = 0
    entry_points: dict[str, int] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    unresolved: dict[str, int] = field(default_factory=dict)
    """Calls reachable on the loop that could not be resolved, counted by reason."""
    stages: dict[str, dict[str, float]] = field(default_factory=dict)
    """What each stage took and did: ``seconds`` and counts, stages in the order in which they run."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """One call on the loop that could not be resolved: never guessed, never hidden."""

    place: Place
    function: str
    call: str
    reason: str


@dataclass(frozen=True)
class Defect:
    """A mistake of async-guard's own that cost a part of the result: a function that was not read, or a rule that was not asked."""

    path: str
    """The file that was being read; empty when a rule broke."""
    line: int
    part: str
    """The function or the code of the rule."""
    message: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}: " if self.path else ""
        return f"{where}a defect of async-guard itself in {self.part}: {self.message}; the rest was checked, please report it"


def defect_in(error: BaseException) -> str:
    """What a mistake of our own was and where: for a report of it."""
    import os
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{error!r} at {os.path.basename(last.filename)}:{last.lineno}"


@dataclass(frozen=True)
class Report:
    """The outcome of a run, as formats show it."""

    root: str
    findings: tuple[Finding, ...]
    unreadable: tuple[Unreadable, ...] = ()
    entry_points: tuple[EntryPoint, ...] = ()
    statistics: Statistics = field(default_factory=Statistics)
    unresolved: tuple[Unresolved, ...] = ()
    suppressed: int = 0
    """Findings that comments or configuration silenced."""
    defects: tuple[Defect, ...] = ()
