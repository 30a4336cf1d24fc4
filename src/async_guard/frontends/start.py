"""What runs first: a command whose outcome is kept and still holds is answered before anything else is imported."""

from __future__ import annotations

import os
import sys

from async_guard import __version__
from async_guard.cache.folder import FOLDER
from async_guard.cache.outcome import build_identity, find_data

TYPE_CHECKING = False  # the module typing costs more than everything else here
if TYPE_CHECKING:
    from typing import NoReturn

_NOT_KEPT = frozenset((
    "--no-cache", "--statistics", "--baseline", "--diff-base", "--fix", "--unsafe-fixes", "--diff", "--watch", "--executor", "--help", "-h",
))  # fmt: skip
"""Options with which a run does more than tell its findings, or depends on more than is recorded."""
_ENVIRONMENT = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLORTERM", "COLUMNS", "HOME", "PYTHONUTF8", "PYTHONIOENCODING")


class Command:
    """A ``check`` command as it was typed, and where its outcome may be kept.

    Args:
        arguments: what follows the program's name.
    """

    def __init__(self, arguments: list[str]) -> None:
        words = {argument.partition("=")[0] for argument in arguments}
        self.is_kept = arguments[:1] == ["check"] and words.isdisjoint(_NOT_KEPT)
        self.to_file = "--output-file" in words
        self.folder = _value_of("--cache-dir", arguments) or FOLDER
        self._arguments = arguments

    @property
    def places(self) -> list[str]:
        """Absolute paths that may be meant: every word that is no option, values of options included, which does no harm."""
        here = os.getcwd()
        words = [word for word in self._arguments[1:] if not word.startswith("-") and word != self.folder]
        return list(dict.fromkeys([here, *(os.path.normpath(os.path.join(here, word)) for word in words)]))

    @property
    def below(self) -> list[str]:
        """Folders outside of which nothing was listed."""
        places = self.places
        if "--touching" in self._arguments:
            from async_guard.frontends.project_around import project_root

            places += [root for root in map(project_root, places) if root is not None]
        return places

    @property
    def key(self) -> str:
        """Everything that decides the outcome besides files."""
        terminal = sys.stdout is not None and sys.stdout.isatty()
        width = os.get_terminal_size(sys.stdout.fileno()).columns if terminal else 0
        around = [f"{name}={os.environ.get(name)}" for name in _ENVIRONMENT]
        encoding = getattr(sys.stdout, "encoding", "")
        return "\0".join([
            "check", build_identity(__version__), os.getcwd(), str(terminal), str(width), encoding, *around, *self._arguments,
        ])  # fmt: skip

    def kept(self) -> tuple[int, memoryview] | None:
        """Exit status and text (UTF-8) of the same command, if they are kept and nothing has changed."""
        if not self.is_kept:
            return None
        try:
            return find_data(self.folder, self.key, self.places, self.below)
        except (OSError, ValueError):
            return None


def _value_of(option: str, arguments: list[str]) -> str | None:
    value = None
    for number, argument in enumerate(arguments):
        if argument == option:
            value = arguments[number + 1] if number + 1 < len(arguments) else None
        elif argument.startswith(f"{option}="):
            value = argument[len(option) + 1 :]
    return value


def write(text: str | memoryview) -> None:
    """Write to standard output; who reads it may have gone. UTF-8 goes out as it is where that is what the stream would make of it."""
    out = sys.stdout
    is_utf8 = (out.encoding or "").lower() == "utf-8"
    try:
        if isinstance(text, str):
            told = text
        elif is_utf8 and os.linesep == "\n" and hasattr(out, "buffer"):
            out.flush()
            out.buffer.write(text)
            told = ""
        else:
            told = str(text, "utf-8")
        if not is_utf8:
            out.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        out.write(told)
        out.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())


def leave(status: int) -> NoReturn:
    """End at once: taking down a large heap object by object would only cost time."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        pass
    if os.environ.get("ASYNC_GUARD_KEEP_PROCESS"):
        raise SystemExit(status)
    os._exit(status)


def main() -> None:
    """The console script."""
    command = Command(sys.argv[1:])
    if not command.to_file:
        found = command.kept()
        if found is not None:
            write(found[1])
            leave(found[0])
    from async_guard.frontends import cli

    cli.main()
