"""Bytes to text, as Python decides it: byte order mark, encoding declaration, UTF-8 otherwise."""

from __future__ import annotations

import codecs
import re
import warnings

_FIRST_LINES = re.compile(rb"([^\r\n]*)(?:\r\n?|\n|\Z)([^\r\n]*)")
_DECLARATION = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
_BLANK = re.compile(rb"[ \t\f]*(?:#.*)?\Z")
_LINE_END = re.compile(rb"\r\n?|\n")
_TEXT_LINE_END = re.compile(r"\r\n?|\n")
_WITH_SUFFIX = re.compile(r"(utf-8|latin-1|iso-8859-1|iso-latin-1)(?:-.*)?\Z")
_FOREIGN_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_SLOW = frozenset(("idna", "punycode"))
"""Encodings of host names: Python would take them, their time grows with the square of the file's size."""


class UnreadableSource(Exception):
    """A file that no supported version of Python reads.

    Attributes:
        line: where reading ended, 1-based.
        message: why, in plain words.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(line, message)
        self.line = line
        self.message = message

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


def decode(data: bytes) -> str:
    """The text of a source file, without its byte order mark and with its line ends as they are.

    Raises:
        UnreadableSource: unknown or wrong encoding, a null byte, or text that has no UTF-8 form.
    """
    marked = data.startswith(codecs.BOM_UTF8)
    if not marked:
        _refuse_foreign_mark(data)
    name, line = _declared(data[3:] if marked else data)
    if name is None or name in ("utf-8", "utf8"):
        text = _from_utf8(data[3:] if marked else data)
    elif marked:
        raise UnreadableSource(line, f"declares the encoding {name} but starts with the byte order mark of UTF-8")
    else:
        text = _from_declared(data, name, line)
    if "\0" in text:
        raise UnreadableSource(text_line(text, text.index("\0")), "null byte")
    return text


def text_line(text: str, offset: int) -> int:
    """The 1-based line of a place in a text, lines as Python counts them: ended by LF, CR or both, by nothing else."""
    return len(_TEXT_LINE_END.findall(text, 0, offset)) + 1


def _line(data: bytes, offset: int) -> int:
    return len(_LINE_END.findall(data, 0, offset)) + 1


def _refuse_foreign_mark(data: bytes) -> None:
    for mark, name in _FOREIGN_MARKS:
        if data.startswith(mark):
            raise UnreadableSource(1, f"encoded as {name}, which Python does not read")


def _declared(data: bytes) -> tuple[str | None, int]:
    """The declared encoding and its line: the first line's, or the second's where the first is blank or a comment."""
    lines = _FIRST_LINES.match(data)
    assert lines is not None
    first, second = lines.group(1), lines.group(2)
    found = _DECLARATION.match(first)
    if found is not None:
        return _plain(found.group(1)), 1
    if _BLANK.match(first) and (found := _DECLARATION.match(second)) is not None:
        return _plain(found.group(1)), 2
    return None, 0


def _plain(declared: bytes) -> str:
    """An encoding's name without what Python's tokenizer overlooks: ``latin-1-unix`` is ``latin-1``."""
    name = declared[:40].decode("ascii")
    found = _WITH_SUFFIX.match(name.lower().replace("_", "-"))
    return found.group(1) if found is not None else name


def _from_utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableSource(_line(data, error.start), "not valid UTF-8") from None


def _from_declared(data: bytes, name: str, line: int) -> str:
    text = _by_codec(data, name, line)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnreadableSource(text_line(text, error.start), "half of a surrogate pair") from None
    return text


def _by_codec(data: bytes, name: str, line: int) -> str:
    try:
        slow = codecs.lookup(name).name in _SLOW
        # Not the codec's own decode: only the method refuses codecs that are no text encodings, such as zlib.
        text = "" if slow else _quietly(data, name)
    except LookupError:
        raise UnreadableSource(line, f"unknown encoding {name}") from None
    except UnicodeDecodeError as error:
        raise UnreadableSource(_line(data, error.start), f"not valid {name}") from None
    except (ValueError, MemoryError):
        raise UnreadableSource(line, f"not valid {name}") from None
    if slow:
        raise UnreadableSource(line, f"unknown encoding {name}")
    return text


def _quietly(data: bytes, name: str) -> str:
    # unicode_escape warns of doubtful escapes, which is the business of the analysed project alone.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return data.decode(name)
