"""What the comments of one file silence."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Suppressions:
    """What one file's comments silence, by 1-based line."""

    blanket: set[int] = field(default_factory=set)
    codes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    spans: dict[int, int] = field(default_factory=dict)
    """Line inside a multi-line string -> line whose comment speaks for it."""
    mistakes: list[tuple[int, str, str]] = field(default_factory=list)
    """Comments after ``async-guard:`` that mean nothing where they are: line, what is wrong, what to write."""

    def silences(self, line: int, code: str) -> int:
        """The line of the comment that silences a code on a line, or 0."""
        for at in (line, self.spans.get(line, 0)):
            if at in self.blanket:
                return at
            if any(code.upper().startswith(word) for word in self.codes.get(at, ())):
                return at
        return 0
