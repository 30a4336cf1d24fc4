"""Texts that the running interpreter refuses because their syntax is newer than itself.

Only the statements of the top level that it refuses go to libcst, which is fifteen times slower; the rest is its own tree.
"""

from __future__ import annotations

import ast
import re
import sys
import time
from dataclasses import dataclass

from async_guard.extract import guard, interpreter
from async_guard.extract.interpreter import TOO_DEEP, TooDeep
from async_guard.extract.skeleton import Skeleton, skeleton
from async_guard.extract.source import UnreadableSource

_SIGNS: tuple[tuple[tuple[int, int], str], ...] = (
    # Starred subscripts and annotations, exception groups.
    ((3, 11), r"[\[,:][ \t\n]*\*|\bexcept[ \t]*\*"),
    # Formatted strings that hold anything; type parameters and aliases.
    ((3, 12), r"(?<!\w)(?:[fF][rR]?|[rR][fF])[\"']|\b(?:def|class)[ \t]+\w+[ \t]*\[|^[ \t]*type[ \t]+\w+[ \t]*[=\[]"),
    # Defaults of type parameters.
    ((3, 13), r"\b(?:def|class|type)[ \t]+\w+[ \t]*\["),
    # Several exceptions without parentheses; template strings.
    ((3, 14), r"\bexcept\b[^:\n]{0,300},|(?<!\w)(?:[tT][rR]?|[rR][tT])[\"']"),
    # Lazy imports, unpacking in comprehensions.
    ((3, 15), r"^[ \t]*lazy[ \t]+(?:from|import)\b|[\[({][ \t\n]*\*[^\n]{0,150}?\bfor\b"),
)
"""Python versions and what of their new syntax can be seen without a parser. It may be seen where it is not: libcst has the last word."""


def may_be_newer(text: str, version: tuple[int, int] = sys.version_info[:2]) -> bool:
    """Whether a text holds anything that looks like syntax of a version after this one."""
    return any(since > version and re.search(sign, text, re.MULTILINE) for since, sign in _SIGNS)


@dataclass(frozen=True, slots=True)
class _Part:
    """A statement of the top level and what stands before the next."""

    text: str
    first_line: int
    offset: int


def read(text: str) -> ast.Module:
    """The tree of a text that ``ast`` refuses.

    Raises:
        UnreadableSource: libcst refuses it too, or a part of it is too deep or too large for libcst.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    seen = skeleton(text)
    if seen.too_deep is not None:
        raise TooDeep(seen.too_deep)
    refused = [part for part in _parts(text, seen) if _error(part) is not None]
    rest = _without(text, refused)
    if rest is None:
        # The parts do not add up: the skeleton took a string or a bracket otherwise than the parser.
        refused = [_Part(text, 1, 0)]
        rest = ast.Module(body=[], type_ignores=[])
    deadline = time.monotonic() + guard.PATIENCE * guard.allowed_seconds(len(text))
    body = list(rest.body)
    for part in refused:
        _refuse_long_lines(part, seen)
        body.extend(_lowered(part, min(guard.allowed_seconds(len(part.text)), deadline - time.monotonic())).body)
    body.sort(key=lambda statement: (statement.lineno, statement.col_offset))
    return ast.Module(body=body, type_ignores=[])


def _parts(text: str, seen: Skeleton) -> list[_Part]:
    starts = sorted({0, *seen.statements})
    parts = []
    line = 1
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        parts.append(_Part(text[start:end], line, start))
        line += text.count("\n", start, end)
    return parts


def _error(part: _Part) -> UnreadableSource | None:
    """Why the interpreter refuses a part, if it does."""
    try:
        interpreter.tree(part.text, part.first_line)
    except TooDeep:
        raise
    except UnreadableSource as error:
        return error
    return None


def _without(text: str, refused: list[_Part]) -> ast.Module | None:
    """The tree of the text with blank lines instead of some parts; None if it is refused still, or again."""
    if not refused:
        return None
    pieces = []
    done = 0
    for part in refused:
        pieces += [text[done : part.offset], "\n" * part.text.count("\n")]
        done = part.offset + len(part.text)
    try:
        return interpreter.tree("".join([*pieces, text[done:]]))
    except TooDeep:
        raise
    except UnreadableSource:
        return None


def _refuse_long_lines(part: _Part, seen: Skeleton) -> None:
    for start in seen.long_lines:
        if part.offset <= start < part.offset + len(part.text):
            raise UnreadableSource(
                part.first_line + part.text.count("\n", 0, start - part.offset), "a logical line of enormous length"
            )


def _lowered(part: _Part, seconds: float) -> ast.Module:
    try:
        return guard.read(part.text, part.first_line, seconds)
    except guard.Refused:
        raise _error(part) or UnreadableSource(part.first_line, "invalid syntax") from None
    except guard.Unread as unread:
        error = _error(part) or UnreadableSource(part.first_line, "invalid syntax")
        reason = unread.reason
        raise UnreadableSource(error.line, reason if reason == TOO_DEEP else f"{error.message} ({reason})") from None
