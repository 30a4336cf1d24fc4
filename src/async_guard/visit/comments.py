"""Suppressions written in a file's comments."""

from __future__ import annotations

import difflib
import io
import re
import tokenize

from async_guard.model.suppressions import Suppressions

_NOQA = re.compile(
    r"#\s*noqa(?::[\s]?(?P<codes>[A-Z][0-9]+(?:[,\s]+[A-Z]*[0-9]+|[,\s]+[A-Z]+[0-9]+)*|[A-Z]+[0-9]*(?:[,\s]+[A-Z]+[0-9]*)*))?",
    re.IGNORECASE,
)
_WORDS = re.compile(r"#\s*async-guard:\s*(?P<word>[\w-]*)(?P<codes>\s*\[[^\]#]*\])?")
KNOWN_WORDS = ("blocking", "nonblocking", "runs-in-thread", "allow")
_CALM = frozenset((tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT))


def read(text: str) -> Suppressions:
    """The suppressions in a file's text. A file that cannot be split into tokens is read as far as it goes."""
    out = Suppressions()
    if not _may_say_something(text):
        return out
    header = _Header()
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            header.take(token)
            if token.type == tokenize.COMMENT:
                _comment(out, token.start[0], token.string, header.is_open)
            elif token.type == tokenize.STRING and token.start[0] != token.end[0]:
                for line in range(token.start[0], token.end[0]):
                    out.spans[line] = token.end[0]
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass
    return out


def _may_say_something(text: str) -> bool:
    """Whether comments may concern a code of ours: splitting a file into tokens costs more than all else about it."""
    if "async-guard:" in text:
        return True
    return any(
        codes is None or any(code[:2].upper() in ("A", "AG") for code in _split(codes))
        for codes in (found.group("codes") for found in _NOQA.finditer(text))
    )


def _split(codes: str) -> list[str]:
    return [code for code in re.split(r"[,\s]+", codes) if code]


class _Header:
    """Whether a comment belongs to the header of a function: from its first decorator to its first statement."""

    def __init__(self) -> None:
        self.is_open = False
        self._starts = True
        """The next token that is not layout begins a statement."""

    def take(self, token: tokenize.TokenInfo) -> None:
        """Look at the next token."""
        if token.type == tokenize.NEWLINE:
            self._starts = True
        elif token.type not in _CALM and self._starts:
            self._starts = False
            self.is_open = token.string in ("def", "async", "@")


def _comment(out: Suppressions, line: int, text: str, in_header: bool) -> None:
    found = _NOQA.search(text)
    if found:
        codes = found.group("codes")
        if codes is None:
            out.blanket.add(line)
        else:
            out.codes[line] = tuple(c.upper() for c in _split(codes))
    word = _WORDS.search(text)
    if word and (problem := _problem(word.group("word"), word.group("codes"), in_header)):
        out.mistakes.append((line, *problem))


def _problem(word: str, codes: str | None, in_header: bool) -> tuple[str, str] | None:
    """What is wrong with a comment of ours, and what to write; None for nothing."""
    if word not in KNOWN_WORDS:
        near = difflib.get_close_matches(word.lower().replace("_", "-"), KNOWN_WORDS, 1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        valid = "write blocking, nonblocking, runs-in-thread or allow[CODE] reason"
        return f"`async-guard: {word}` means nothing{hint}", valid
    if word == "allow" and not (codes or "").strip(" []"):
        return "`async-guard: allow` names no codes and allows nothing", "write allow[CODE] reason"
    if not in_header:
        instead = f"`# noqa: {codes.strip(' []')}`" if word == "allow" and codes else "the line of the `def`"
        return (
            f"`async-guard: {word}` means nothing here: it belongs to the `def` line of a function",
            f"write {instead}",
        )
    return None
