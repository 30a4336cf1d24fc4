"""Bytes to a tree."""
import ast, warnings
from async_guard.extract.source import UnreadableSource
def parse(data: bytes) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
        raise UnreadableSource(getattr(e, "lineno", 1) or 1, str(e)) from None
