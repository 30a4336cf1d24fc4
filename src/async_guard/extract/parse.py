"""Bytes to a syntax tree, the same on every Python."""

from __future__ import annotations

import ast
import warnings

from async_guard.extract.source import UnreadableSource, decode


def parse(data: bytes) -> ast.Module:
    """The syntax tree of a file: ``ast`` nodes with positions, columns in UTF-8 bytes of the decoded line.

    Raises:
        UnreadableSource: the bytes are no text, or no Python that any supported version reads.
    """
    text = decode(data)
    try:
        return parse_text(text)
    except SyntaxError as error:
        raise UnreadableSource(max(error.lineno or 1, 1), error.msg or "invalid syntax") from None
    except ValueError as error:
        raise UnreadableSource(1, str(error)) from None
    except (RecursionError, MemoryError):
        raise UnreadableSource(1, "nested too deeply") from None


def parse_text(text: str) -> ast.Module:
    """``ast.parse`` without the warnings that Python prints about doubtful escapes and comparisons."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)
