"""Bytes to text: what Python reads, and a line and a reason for what it does not."""

from __future__ import annotations

import ast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from async_guard.extract.source import UnreadableSource, decode, text_line

READABLE = [
    b"",
    b"x = 1",
    b"\xef\xbb\xbfx = 1",
    b"\xef\xbb\xbf# coding: utf-8\nx = '\xc3\xa9'",
    b"# coding: latin-1\nx = '\xe9'",
    b"#!/usr/bin/env python\n# -*- coding: cp1252 -*-\nx = '\x80'",
    b"# vim: set fileencoding=latin1 :\nx = '\xe9'",
    b"# encoding:latin-1 coding: utf-8\nx = '\xe9'",
    b"# coding: utf-8-sig\nx = 1",
    b"# coding: UTF_8\nx = '\xc3\xa9'",
    b"# coding: latin-1-unix\nx = '\xe9'",
    b"# coding: iso-8859-15\nx = '\xa4'",
    b"\x0c# coding: latin-1\nx = '\xe9'",
    b"\r# coding: latin-1\rx = '\xe9'",
    b"'''\n# coding: zlib\n'''",
    b"\x0cx = 1\r\ry = 2\r\nz = 3",
]

UNREADABLE = [
    (b"x = 1\ny = '\xe9'\n", 2, "not valid UTF-8"),
    (b"a\nb\r\nc\rd\xff", 4, "not valid UTF-8"),
    (b"x = 1\n# coding: latin-1\ny = '\xe9'", 3, "not valid UTF-8"),
    (b"\n\n# coding: latin-1\n'\xe9'", 4, "not valid UTF-8"),
    (b"# coding: ascii\n\nx = '\xe9'", 3, "not valid ascii"),
    (b"#!/x\n# coding: nonsense\n", 2, "unknown encoding nonsense"),
    (b"# coding: zlib\n", 1, "unknown encoding zlib"),
    (b"# coding: punycode\n", 1, "unknown encoding punycode"),
    (b"# coding: undefined\n", 1, "not valid undefined"),
    (
        b"\xef\xbb\xbf# coding: latin-1\nx",
        1,
        "declares the encoding latin-1 but starts with the byte order mark of UTF-8",
    ),
    (b"\xff\xfex\0 \0=\0", 1, "encoded as UTF-16, which Python does not read"),
    (b"x = 1\r\n\0", 2, "null byte"),
    (b"# coding: utf-7\nx = '+2AA-'", 2, "half of a surrogate pair"),
    (b"# coding: raw_unicode_escape\nx = '\\ud800'", 2, "half of a surrogate pair"),
]


@pytest.mark.parametrize("data", READABLE)
def test_text_is_what_python_reads(data: bytes) -> None:
    """Decoding first and parsing the text gives the tree that Python gives for the bytes."""
    expected = ast.dump(ast.parse(data), include_attributes=True)
    assert ast.dump(ast.parse(decode(data)), include_attributes=True) == expected


@pytest.mark.parametrize(("data", "line", "message"), UNREADABLE)
def test_unreadable_bytes_name_line_and_reason(data: bytes, line: int, message: str) -> None:
    """Each way of being no text has its own words."""
    with pytest.raises(UnreadableSource) as caught:
        decode(data)
    assert (caught.value.line, caught.value.message) == (line, message)


@settings(max_examples=200, deadline=None)
@example(b"# coding: hex\n00")
@example(b"# coding: idna\n" + b"a" * 5000)
@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: b"# coding: utf-7\n" + tail))
def test_any_bytes_are_text_or_unreadable(data: bytes) -> None:
    """No bytes raise anything else, and what comes back is text that has bytes again."""
    unreadable = None
    try:
        text = decode(data)
    except UnreadableSource as error:
        unreadable = error
    else:
        assert "\0" not in text
        text.encode("utf-8")
    if unreadable is not None:
        assert 1 <= unreadable.line <= len(data) + 1
        assert unreadable.message


def test_lines_end_as_in_python() -> None:
    """Form feeds, vertical tabs and Unicode separators end no line."""
    text = "a\x0cb\x0bc\x85d\u2028e\r\nf\rg\nh"
    assert [text_line(text, text.index(letter)) for letter in "aefgh"] == [1, 1, 2, 3, 4]
