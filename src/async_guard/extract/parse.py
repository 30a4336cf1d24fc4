"""Bytes to a syntax tree, the same on every Python."""

from __future__ import annotations

import ast

from async_guard.extract import interpreter
from async_guard.extract.source import UnreadableSource, decode


def parse(data: bytes) -> ast.Module:
    """The syntax tree of a file: ``ast`` nodes with positions, columns in UTF-8 bytes of the decoded line.

    What the running interpreter refuses may be newer than it. Then libcst reads it, in a process of its own, and its tree is lowered to
    the same nodes.

    Raises:
        UnreadableSource: the bytes are no text, or no Python that any supported version reads.
    """
    text = decode(data)
    try:
        return interpreter.tree(text)
    except interpreter.TooDeep:
        raise
    except UnreadableSource:
        # Imported only here: most runs read no such file.
        from async_guard.extract import newer_syntax

        if not newer_syntax.may_be_newer(text):
            raise
        return newer_syntax.read(text)
