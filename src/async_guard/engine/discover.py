"""Which files a run reads, and what their modules are called."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from async_guard.cache.watch import NEVER, Watch, entry_item, is_linked_folder, item, left_out_item, link_item
from async_guard.link.program import is_test_path
from async_guard.model.facts import FileFacts

LARGEST = 10_000_000
"""Bytes of a file beyond which it is data, whatever its name says: a syntax tree takes fifty times its memory."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to check. ``path`` is relative to the working directory where it lies below it, with ``/``."""

    path: str
    location: str
    size: int = 0
    mtime_ns: int = 0
    ctime_ns: int = 0
    trouble: str = ""
    """Why it cannot be read, where that is known from the outside."""

    @property
    def state(self) -> tuple[int, int, int]:
        """What it looks like from the outside."""
        return (self.size, self.mtime_ns, self.ctime_ns)


class MissingPath(Exception):
    """A path that does not exist; the message names it."""


def discover(
    paths: Iterable[str], exclude: Iterable[str] = (), cwd: str | None = None, watch: Watch | None = None,
    links: dict[str, str] | None = None,
) -> list[SourceFile]:  # fmt: skip
    """Python files below the given paths, sorted, each once.

    Files that ``.gitignore`` files or ``exclude`` (the same patterns) leave out are skipped, unless named directly. ``watch`` takes down what
    was seen, ``links`` the symbolic links to folders, which are not followed, and where they lead.

    Raises:
        MissingPath: a given path does not exist.
    """
    base = cwd or os.getcwd()
    found: dict[str, SourceFile] = {}
    patterns = _Patterns(base, tuple(exclude))
    for path in paths:
        full = os.path.normpath(os.path.join(base, path))
        try:
            status = os.stat(full)
        except (OSError, ValueError):
            if "\0" not in full and os.path.lexists(full):
                _add(found, base, full, _trouble_of(full))
                continue
            raise MissingPath(path) from None
        if stat.S_ISDIR(status.st_mode):
            for location, outcome in _walk(full, patterns, watch, links if links is not None else {}):
                _add(found, base, location, outcome)
        else:
            _add(found, base, full, status if stat.S_ISREG(status.st_mode) else _trouble_of(full))
            if watch is not None:
                watch.file(full)
    return [found[key] for key in sorted(found)]


def _trouble_of(location: str) -> str:
    """Why something that is named like a Python file is not read."""
    try:
        return "no regular file" if not stat.S_ISREG(os.stat(location).st_mode) else ""
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"


def _add(found: dict[str, SourceFile], base: str, location: str, outcome: os.stat_result | str) -> None:
    shown = _shown(base, location)
    if isinstance(outcome, str):
        file = SourceFile(shown, location, trouble=outcome)
    else:
        trouble = f"larger than {LARGEST // 1_000_000} MB" if outcome.st_size > LARGEST else ""
        file = SourceFile(shown, location, outcome.st_size, outcome.st_mtime_ns, outcome.st_ctime_ns, trouble)
    found.setdefault(shown, file)


def _shown(base: str, location: str) -> str:
    return location.removeprefix(os.path.join(base, "")).replace(os.sep, "/")


def _walk(
    top: str, patterns: _Patterns, watch: Watch | None, links: dict[str, str]
) -> Iterator[tuple[str, os.stat_result | str]]:
    stack: list[tuple[str, tuple[tuple[str, Any], ...]]] = [(top, patterns.above(top))]
    while stack:
        folder, ignores = stack.pop()
        items: list[str] = []
        left_out: list[str] = []
        try:
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda e: e.name)
        except OSError:
            if watch is not None:
                watch.folder(folder, [], ["!///"])
            continue
        for entry in entries:
            if entry.name == ".gitignore":
                own = patterns.load(entry.path)
                ignores = (*ignores, (folder, own)) if own is not None else ignores
                items.append(entry_item(entry))
        for entry in entries:
            name = entry.name
            if entry.is_dir(follow_symlinks=False):
                if name[0] != "." and name not in NEVER:
                    items.append(f"d///{name}")
                    if not patterns.ignored(entry.path, True, ignores):
                        stack.append((entry.path, ignores))
            elif name.endswith(".py"):
                outcome = _seen(entry) if not patterns.ignored(entry.path, False, ignores) else ""
                if isinstance(outcome, str):
                    left_out.append(name)
                    items.append(left_out_item(entry))
                else:
                    items.append(item(name, outcome))
                if outcome:
                    yield entry.path, outcome
        _note_links(entries, items, links)
        if watch is not None:
            watch.folder(folder, left_out, items)


def _note_links(entries: list[os.DirEntry[str]], items: list[str], links: dict[str, str]) -> None:
    for entry in entries:
        if is_linked_folder(entry):
            items.append(link_item(entry))
            links[entry.path] = os.path.realpath(entry.path)


def _seen(entry: os.DirEntry[str]) -> os.stat_result | str:
    """A file's status, why it cannot be read, or an empty text if nobody expects it to be."""
    try:
        if entry.is_file():
            return entry.stat()
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    # Editors mark files that they have open with hidden links that lead nowhere.
    return "" if entry.name.startswith(".") else _trouble_of(entry.path)


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
        if self.exclude is None and not ignores:
            return False
        suffix = "/" if is_dir else ""
        if self.exclude is not None:
            relative = os.path.relpath(location, self.base).replace(os.sep, "/") + suffix
            if not relative.startswith("..") and self.exclude.match_file(relative):
                return True
        verdict = False
        for folder, spec in ignores:
            relative = location[len(os.path.join(folder, "")) :].replace(os.sep, "/") + suffix
            result = spec.check_file(relative).include
            if result is not None:
                verdict = bool(result)
        return verdict


def module_names(
    files: Iterable[SourceFile], sources: Iterable[str] = (), facts: Mapping[str, FileFacts] | None = None
) -> dict[str, tuple[str, bool]]:
    """Module name and whether it is a package's ``__init__``, by shown path.

    Files are named from the working directory, less a leading ``src``, unless the project itself imports that by its name (``from src.core
    import Store``), as the facts say; imports that start deeper are matched by the linker. A working directory inside a package contributes
    the package's name. Files outside the working directory are named from their topmost package.
    """
    inside = _packages_above(os.getcwd())
    leading = [*sources, *(() if _imports_src(facts or {}) else ("src",))]
    first: dict[str, str] = {}
    for file in files:
        if os.path.isabs(file.path):
            first[file.path] = _from_packages(file.location)
        else:
            first[file.path] = ".".join([*inside, _from_path(file.path, leading)])
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


def other_names(
    files: Sequence[SourceFile], names: Mapping[str, tuple[str, bool]], links: Mapping[str, str],
    sources: Iterable[str] = (), facts: Mapping[str, FileFacts] | None = None,
) -> dict[str, str]:  # fmt: skip
    """Names under which modules and packages are found by symbolic links to folders of the project, and what they are called otherwise.

    A folder that several services share is often linked into the package of each (``orders/common`` to ``common/src/common``). Its files are
    read once; links that lead out of the project, or to a folder around them, say nothing.
    """
    real = {os.path.realpath(file.location): file for file in files} if links else {}
    others: dict[str, str] = {}
    for link, target in sorted(links.items()):
        inside = os.path.join(target, "")
        if link.startswith(inside):
            continue
        found = {
            os.path.join(link, location[len(inside) :]): (file, location[len(inside) :].count(os.sep))
            for location, file in real.items()
            if location.startswith(inside)
        }
        shown = {_shown(os.getcwd(), location): location for location in found}
        linked = module_names([SourceFile(path, location) for path, location in shown.items()], sources, facts)
        for path, (name, is_package) in linked.items():
            file, depth = found[shown[path]]
            mine, its = name.split("."), names[file.path][0].split(".")
            for up in range(depth + (1 if is_package else 2)):
                left, right = mine[: len(mine) - up], its[: len(its) - up]
                if left and right and (up == depth + (not is_package) or left[-1] == right[-1]):
                    others.setdefault(".".join(left), ".".join(right))
    known = {name for name, _ in names.values()}
    return {name: other for name, other in others.items() if name not in known and name != other}


def _packages_above(folder: str) -> list[str]:
    """Names of the packages that a folder lies in, itself included."""
    parts: list[str] = []
    while os.path.isfile(os.path.join(folder, "__init__.py")) and os.path.dirname(folder) != folder:
        parts.insert(0, os.path.basename(folder))
        folder = os.path.dirname(folder)
    return parts


def _from_packages(location: str) -> str:
    return _dotted(_packages_above(os.path.dirname(location)), location)


_OF_SRC: Final = re.compile(rb'\[12,"src(?:\.[^"]*)?",0,|\[11,\[\["[^"]*","src[."]')
"""``from src.core import Store``, ``from src import core`` and ``import src.core`` as they are encoded."""


def _imports_src(facts: Mapping[str, FileFacts]) -> bool:
    """Whether the project imports its folder ``src`` by name; tests, which may be started elsewhere, do not say so."""
    if not any(path.startswith("src/") for path in facts):
        return False
    return any(_OF_SRC.search(each.encoded) is not None for path, each in facts.items() if not is_test_path(path))


def _from_path(path: str, sources: Sequence[str]) -> str:
    parts = [p for p in path.split("/") if p not in ("", ".", "..")]
    for source in sources:
        lead = [p for p in source.split("/") if p not in ("", ".")]
        if parts[: len(lead)] == lead and len(parts) > len(lead):
            parts = parts[len(lead) :]
            break
    return _dotted(parts[:-1], path)


def _dotted(folders: list[str], path: str) -> str:
    stem = os.path.basename(path)[:-3]
    return ".".join(folders if stem == "__init__" and folders else [*folders, stem])
