"""Which files a run reads, and what their modules are called."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_NEVER = frozenset((
    ".git", ".hg", ".svn", ".tox", ".nox", ".venv", "venv", "env", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache",
    ".pytest_cache", ".async_guard_cache", ".eggs", "__pypackages__", "site-packages", ".ipynb_checkpoints", ".idea", ".vscode",
))  # fmt: skip


@dataclass(frozen=True)
class SourceFile:
    """One file to check. ``path`` is relative to the working directory where it lies below it, with ``/``."""

    path: str
    location: str
    size: int
    mtime_ns: int


class MissingPath(Exception):
    """A path that does not exist; the message names it."""


def discover(paths: Iterable[str], exclude: Iterable[str] = (), cwd: str | None = None) -> list[SourceFile]:
    """Python files below the given paths, sorted, each once.

    Files that ``.gitignore`` files or ``exclude`` (the same patterns) leave out are skipped, unless named directly.

    Raises:
        MissingPath: a given path does not exist.
    """
    base = cwd or os.getcwd()
    found: dict[str, SourceFile] = {}
    patterns = _Patterns(base, tuple(exclude))
    for path in paths:
        full = os.path.normpath(os.path.join(base, path))
        if os.path.isfile(full):
            _add(found, base, full, os.stat(full))
        elif os.path.isdir(full):
            for location, stat in _walk(full, patterns):
                _add(found, base, location, stat)
        else:
            raise MissingPath(path)
    return [found[key] for key in sorted(found)]


def _add(found: dict[str, SourceFile], base: str, location: str, stat: os.stat_result) -> None:
    relative = (
        os.path.relpath(location, base) if os.path.splitdrive(location)[0] == os.path.splitdrive(base)[0] else location
    )
    shown = location if relative.startswith("..") else relative
    shown = shown.replace(os.sep, "/")
    found.setdefault(shown, SourceFile(shown, location, stat.st_size, stat.st_mtime_ns))


def _walk(top: str, patterns: _Patterns) -> Iterator[tuple[str, os.stat_result]]:
    stack: list[tuple[str, tuple[tuple[str, Any], ...]]] = [(top, patterns.above(top))]
    while stack:
        folder, ignores = stack.pop()
        try:
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda e: e.name)
        except OSError:
            continue
        if any(e.name == ".gitignore" for e in entries):
            own = patterns.load(os.path.join(folder, ".gitignore"))
            if own is not None:
                ignores = (*ignores, (folder, own))
        for entry in entries:
            name = entry.name
            try:
                is_dir = entry.is_dir(follow_symlinks=False)
                if is_dir:
                    if (
                        name in _NEVER
                        or (name.startswith(".") and name != ".")
                        or patterns.ignored(entry.path, True, ignores)
                    ):
                        continue
                    stack.append((entry.path, ignores))
                elif name.endswith(".py") and entry.is_file() and not patterns.ignored(entry.path, False, ignores):
                    yield entry.path, entry.stat()
            except OSError:
                continue


class _Patterns:
    """Gitignore files on the way, and the project's own excludes."""

    def __init__(self, base: str, exclude: tuple[str, ...]) -> None:
        self.base = base
        self.exclude = self._compile(exclude) if exclude else None

    def _compile(self, lines: Iterable[str]) -> Any:
        from pathspec import GitIgnoreSpec  # imported only where a pattern exists

        return GitIgnoreSpec.from_lines(lines)

    def load(self, location: str) -> Any:
        try:
            with open(location, encoding="utf-8", errors="replace") as handle:
                lines = [line.rstrip("\n") for line in handle]
        except OSError:
            return None
        lines = [line for line in lines if line.strip() and not line.startswith("#")]
        if not lines:
            return None
        try:
            return self._compile(lines)
        except ValueError:
            return None

    def above(self, top: str) -> tuple[tuple[str, Any], ...]:
        """Gitignore files between the repository's root and ``top``."""
        out: list[tuple[str, Any]] = []
        folder = os.path.dirname(top)
        inner = top
        while folder != inner:
            if os.path.exists(os.path.join(inner, ".git")):
                break
            location = os.path.join(folder, ".gitignore")
            if os.path.isfile(location):
                own = self.load(location)
                if own is not None:
                    out.append((folder, own))
            folder, inner = os.path.dirname(folder), folder
        else:
            return ()  # no repository above: stray gitignore files do not count
        return tuple(reversed(out))

    def ignored(self, location: str, is_dir: bool, ignores: tuple[tuple[str, Any], ...]) -> bool:
        suffix = "/" if is_dir else ""
        if self.exclude is not None:
            relative = os.path.relpath(location, self.base).replace(os.sep, "/") + suffix
            if not relative.startswith("..") and self.exclude.match_file(relative):
                return True
        verdict = False
        for folder, spec in ignores:
            relative = os.path.relpath(location, folder).replace(os.sep, "/") + suffix
            result = spec.check_file(relative).include
            if result is not None:
                verdict = bool(result)
        return verdict


def module_names(files: Iterable[SourceFile], sources: Iterable[str] = ()) -> dict[str, tuple[str, bool]]:
    """Module name and whether it is a package's ``__init__``, by shown path.

    Files are named from the working directory, less a leading ``src``; imports that start deeper are matched by the linker. A working directory
    inside a package contributes the package's name. Files outside the working directory are named from their topmost package.
    """
    inside = _packages_above(os.getcwd())
    first: dict[str, str] = {}
    for file in files:
        if os.path.isabs(file.path):
            first[file.path] = _from_packages(file.location)
        else:
            first[file.path] = ".".join([*inside, _from_path(file.path, tuple(sources))])
    counts: dict[str, int] = {}
    for name in first.values():
        counts[name] = counts.get(name, 0) + 1
    return {
        path: (
            name if counts[name] == 1 else _dotted([p for p in path.split("/")[:-1] if p], path),
            os.path.basename(path) == "__init__.py",
        )
        for path, name in first.items()
    }


def _packages_above(folder: str) -> list[str]:
    """Names of the packages that a folder lies in, itself included."""
    parts: list[str] = []
    while os.path.isfile(os.path.join(folder, "__init__.py")) and os.path.dirname(folder) != folder:
        parts.insert(0, os.path.basename(folder))
        folder = os.path.dirname(folder)
    return parts


def _from_packages(location: str) -> str:
    return _dotted(_packages_above(os.path.dirname(location)), location)


def _from_path(path: str, sources: tuple[str, ...]) -> str:
    parts = [p for p in path.split("/") if p not in ("", ".", "..")]
    for source in (*sources, "src"):
        lead = [p for p in source.split("/") if p not in ("", ".")]
        if parts[: len(lead)] == lead and len(parts) > len(lead):
            parts = parts[len(lead) :]
            break
    return _dotted(parts[:-1], path)


def _dotted(folders: list[str], path: str) -> str:
    stem = os.path.basename(path)[:-3]
    return ".".join(folders if stem == "__init__" and folders else [*folders, stem])
