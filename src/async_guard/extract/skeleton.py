"""The skeleton of a text: brackets, strings and logical lines, without a parser.

For texts that no parser has accepted yet. It works on any text in linear time and constant depth, and tells what a parser must know
beforehand: how deep brackets nest, which logical lines are enormous, and where the statements of the top level begin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

DEEPEST = 200
"""Levels of brackets beyond which CPython itself refuses a text."""
LONGEST = 256_000
"""Characters of one logical line beyond which it is data or an attack; in real code the longest has 16,000."""

_CODE = re.compile(
    r"""(?P<comment>\#[^\n]*)|(?P<string>(?:(?<!\w)[rRbBuUfFtT]{1,2})?(?:\"\"\"|'''|"|'))"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<joined>\\\n)|(?P<line>\n)|(?P<colon>:)"""
)


def _run(quote: str, stops: str, more: str) -> re.Pattern[str]:
    """What a string holds up to something that stops it: its end, one of some characters, or for short quotes the line's end."""
    first = quote[0]
    long = len(quote) == 3
    plain = rf"[^\\{first}{stops}]*" if long else rf"[^\\{first}{stops}\n]*"
    steps = [*more.split(), *([rf"{first}(?!{first * 2})"] if long else [])]
    return re.compile(rf"{plain}(?:(?:{'|'.join(steps)}){plain})*", re.DOTALL)


_QUOTES = ('"', "'", '"""', "'''")
_PLAIN = {quote: _run(quote, "", r"\\.") for quote in _QUOTES}
# Doubled braces are text, but in a format specification they are two; a backslash before a brace escapes nothing.
_BODY = {quote: _run(quote, "{}", r"\\N\{[^}\n]{0,100}\} \\[^{}] \{\{ \}\}") for quote in _QUOTES}
_RAW_BODY = {quote: _run(quote, "{}", r"\\[^{}] \{\{ \}\}") for quote in _QUOTES}
_SPECIFICATION = {quote: _run(quote, "{}", r"\\[^{}]") for quote in _QUOTES}
_CONTINUES = re.compile(r"(?:else|elif|except|finally)\b")


@dataclass(slots=True)
class Skeleton:
    """What was seen.

    Attributes:
        too_deep: the line where brackets nest deeper than any Python reads, if they do.
        long_lines: offsets at which logical lines begin that are too long.
        longest: the length of the longest logical line.
        longest_line: the line where it begins.
        statements: offsets at which statements of the top level begin, decorators and `else` branches included in theirs.
    """

    too_deep: int | None = None
    long_lines: list[int] = field(default_factory=list)
    longest: int = 0
    longest_line: int = 1
    statements: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Formatted:
    """A formatted string that is open: its quotes, and the depth of brackets in each of its open fields."""

    quote: str
    body: re.Pattern[str]
    fields: list[int] = field(default_factory=list)


def skeleton(text: str) -> Skeleton:
    """Scan a text whose lines end with LF."""
    return _Scan(text).run()


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.open: list[_Formatted] = []
        self.line_start = 0
        self.longest_start = 0
        self.decorated = False
        self.seen = Skeleton()

    def run(self) -> Skeleton:
        self._begin_line(0)
        while (found := _CODE.search(self.text, self.at)) is not None:
            self.at = found.end()
            kind = found.lastgroup
            if kind == "line":
                self._newline()
            elif kind == "string":
                self._string(found.group())
            elif kind == "open":
                self._deeper()
            elif kind == "close":
                self._close()
            elif kind == "colon":
                self._colon()
        self._end_line(len(self.text))
        self.seen.longest_line = self._line(self.longest_start)
        return self.seen

    # -- logical lines

    def _newline(self) -> None:
        if self.depth == 0 and not self.open:
            self._end_line(self.at)
            self._begin_line(self.at)

    def _end_line(self, end: int) -> None:
        length = end - self.line_start
        if length > self.seen.longest:
            self.seen.longest, self.longest_start = length, self.line_start
        if length > LONGEST:
            self.seen.long_lines.append(self.line_start)

    def _begin_line(self, start: int) -> None:
        self.line_start = start
        if start >= len(self.text) or self.text[start] in " \t\f\n\\#":
            return
        if not self.decorated and _CONTINUES.match(self.text, start) is None:
            self.seen.statements.append(start)
        self.decorated = self.text[start] == "@"

    # -- brackets

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST and self.seen.too_deep is None:
            self.seen.too_deep = self._line(self.at)

    def _line(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1

    def _close(self) -> None:
        if self.open and self.open[-1].fields and self.depth == self.open[-1].fields[-1]:
            self._end_field()
            self._text()
        else:
            self.depth = max(self.depth - 1, 0)

    def _colon(self) -> None:
        # Directly in a field of a formatted string: what follows is its format specification.
        if self.open and self.open[-1].fields and self.depth == self.open[-1].fields[-1]:
            self._text()

    # -- strings

    def _string(self, opening: str) -> None:
        quote = opening[-3:] if opening.endswith(('"""', "'''")) else opening[-1]
        prefix = opening[: -len(quote)].lower()
        if "f" in prefix or "t" in prefix:
            self.open.append(_Formatted(quote, (_RAW_BODY if "r" in prefix else _BODY)[quote]))
            self._text()
        elif not self._ends(_PLAIN[quote], quote) and not self.text.startswith("\n", self.at):
            self.at = len(self.text)  # without an end the rest is string: no statement begins there

    def _ends(self, run: re.Pattern[str], quote: str) -> bool:
        """Step over what a string holds, and over its quotes if it ends there."""
        found = run.match(self.text, self.at)
        self.at = found.end() if found is not None else self.at
        if not self.text.startswith(quote, self.at):
            return False
        self.at += len(quote)
        return True

    def _text(self) -> None:
        """On to where code begins again: in the next field of the innermost formatted string, or behind its end."""
        string = self.open[-1]
        while True:
            if self._ends(_SPECIFICATION[string.quote] if string.fields else string.body, string.quote):
                return self._end_string()
            stop = self.text[self.at : self.at + 1]
            self.at += 1
            if stop == "{":
                self._deeper()
                string.fields.append(self.depth)
                return None
            if stop == "}":
                self._end_field()
            elif stop == "\n":
                self.at -= 1
                return self._end_string()
            elif not stop:
                return self.open.clear()

    def _end_field(self) -> None:
        string = self.open[-1]
        if string.fields:
            string.fields.pop()
            self.depth = max(self.depth - 1, 0)

    def _end_string(self) -> None:
        string = self.open.pop()
        if string.fields:
            self.depth = max(string.fields[0] - 1, 0)
