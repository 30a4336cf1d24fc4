"""Suppressions written in a file's comments."""

from __future__ import annotations

import io
import re
import tokenize

from async_guard.model.suppressions import Suppressions

_NOQA = re.compile(
    r"#\s*noqa(?::[\s]?(?P<codes>[A-Z][0-9]+(?:[,\s]+[A-Z]*[0-9]+|[,\s]+[A-Z]+[0-9]+)*|[A-Z]+[0-9]*(?:[,\s]+[A-Z]+[0-9]*)*))?",
    re.IGNORECASE,
)
_WORDS = re.compile(r"#\s*async-guard:\s*(?P<word>[A-Za-z-]+)(?P<rest>.*)")
KNOWN_WORDS = ("blocking", "nonblocking", "runs-in-thread", "allow")


def read(text: str) -> Suppressions:
    """The suppressions in a file's text. A file that cannot be split into tokens is read as far as it goes."""
    out = Suppressions()
    if "noqa" not in text.lower() and "async-guard:" not in text:
        return out
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                _comment(out, token.start[0], token.string)
            elif token.type == tokenize.STRING and token.start[0] != token.end[0]:
                for line in range(token.start[0], token.end[0]):
                    out.spans[line] = token.end[0]
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass
    return out


def _comment(out: Suppressions, line: int, text: str) -> None:
    found = _NOQA.search(text)
    if found:
        codes = found.group("codes")
        if codes is None:
            out.blanket.add(line)
        else:
            out.codes[line] = tuple(c.upper() for c in re.split(r"[,\s]+", codes) if c)
    word = _WORDS.search(text)
    if word and word.group("word") not in KNOWN_WORDS:
        out.unknown.append((line, word.group("word")))
