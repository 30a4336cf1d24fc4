"""What the running interpreter's own parser makes of a text."""

from __future__ import annotations

import ast
import re
import sys
import threading
import unicodedata
import warnings

from async_guard.extract.skeleton import skeleton
from async_guard.extract.source import UnreadableSource, text_line

TOO_DEEP = "nested too deeply"
_SHALLOW = 16_000
"""Characters that hold no chain too deep for a stack of 1 MB."""
_DEEP = 800_000
"""Characters of a logical line that hold none too deep for the stack below."""
_STACK = 64 << 20
_NAMED_CHARACTER = re.compile(r"\\N\{([^{}\n]*)\}")


class TooDeep(UnreadableSource):
    """A text that nests deeper than this interpreter's parser can follow, and than any other should be asked to."""

    def __init__(self, line: int) -> None:
        super().__init__(line, TOO_DEEP)


def tree(text: str, first_line: int = 1) -> ast.Module:
    """The tree of a text by ``ast.parse``, without the warnings that Python prints about doubtful escapes and comparisons.

    Args:
        text: the text.
        first_line: the number of its first line, for errors only.

    Raises:
        UnreadableSource: the interpreter refuses the text.
    """
    before = first_line - 1
    try:
        return _parse(text)
    except SyntaxError as error:
        line = max(error.lineno or 1, 1) + before
        if error.msg == "too many nested parentheses":
            raise TooDeep(line) from None
        raise UnreadableSource(line, error.msg or "invalid syntax") from None
    except (RecursionError, MemoryError):
        seen = skeleton(text.replace("\r\n", "\n").replace("\r", "\n"))
        raise TooDeep((seen.too_deep or seen.longest_line) + before) from None
    except ValueError as error:
        raise UnreadableSource(_unnamed_character(text) + before, _words(error)) from None


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if sys.version_info < (3, 11) and len(text) > _SHALLOW:
            return _parse_on_a_deep_stack(text)
        return ast.parse(text)


def _parse_on_a_deep_stack(text: str) -> ast.Module:
    # Python 3.10 builds the nodes of a chain such as `a.b.c.d` by recursion that it does not count: a line of 100,000 terms would end
    # the process. A thread may have a stack for them all.
    if len(text) > _DEEP and skeleton(text.replace("\r\n", "\n").replace("\r", "\n")).longest > _DEEP:
        raise RecursionError
    outcome: list[ast.Module | BaseException] = []

    def parse() -> None:
        try:
            outcome.append(ast.parse(text))
        except BaseException as error:  # noqa: BLE001  # raised again below
            outcome.append(error)

    before = threading.stack_size(_STACK)
    try:
        thread = threading.Thread(target=parse)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    (result,) = outcome
    if isinstance(result, BaseException):
        raise result
    return result


def _unnamed_character(text: str) -> int:
    """The line of the first character name that does not exist, which Python 3.13 does not tell in formatted strings."""
    wrong = (found.start() for found in _NAMED_CHARACTER.finditer(text) if not _is_name(found.group(1)))
    return text_line(text, next(wrong, 0))


def _is_name(name: str) -> bool:
    try:
        unicodedata.lookup(name)
    except KeyError:
        return False
    return True


def _words(error: ValueError) -> str:
    return error.reason if isinstance(error, UnicodeError) and hasattr(error, "reason") else str(error)
