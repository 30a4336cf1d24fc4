"""The libraries of an environment as data: which file a module is, and its facts.

Nothing of an environment is imported and nothing in it is run, its interpreter least of all: where its libraries lie follows from the layout
of its folders. Files named ``*.pth`` are not looked at, links that lead out of the folder are not followed, and what cannot be read is left
out without a word: nobody who checks a project can mend a library.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable

from async_guard.cache.store import Fresh, Kept, Store
from async_guard.cache.watch import Watch, digest
from async_guard.engine.extraction import extract_one, read_source
from async_guard.extract.codec import StaleFacts, decode
from async_guard.model.facts import FileFacts

SHOWN = "site-packages"
"""The folder that findings show the files of libraries in."""
MOST_MODULES = 600
"""Files of libraries that one run reads; calls of what lies in further ones stay open."""
MOST_OF_ONE = 150
"""Those of one library."""
MOST_BYTES = 30_000_000
"""Bytes of all of them together."""
LARGEST = 1_000_000
"""Bytes of a library's file beyond which it is a table or generated, and costs more than it tells."""
_TESTS = frozenset(("tests", "test", "testing", "conftest"))
_UNREADABLE = (OSError, ValueError)

Known = Callable[[str], bool]


class NoEnvironment(ValueError):
    """A path that names no environment; the message says what was looked for."""


class Environment:
    """The pure-Python libraries of one environment.

    Args:
        folders: its ``site-packages`` folders.
        store: facts kept by earlier runs.
        watch: takes down what the outcome depends on.
    """

    def __init__(self, folders: list[str], store: Store | None = None, watch: Watch | None = None) -> None:
        self.folders = folders
        self.store = store
        self.watch = watch
        self.read: dict[str, int] = {}
        """Libraries by the name they are imported by -> how many of their files were read."""
        self.bytes = 0
        """Bytes of these files."""
        self.kept = 0
        """Files whose facts are those of an earlier run."""
        self._real = [os.path.join(os.path.realpath(folder), "") for folder in folders]
        self._fresh: list[Fresh] = []
        self._roots: dict[str, str] = {}
        self._seen: dict[str, tuple[str, FileFacts, bool] | None] = {}
        if watch is not None:
            for folder in folders:
                watch.file(os.path.join(folder, ""))  # what is installed later may be what an import means

    def module(self, dotted: str, known: Known) -> tuple[str, FileFacts, bool] | None:
        """Shown path and facts of a module, and whether it is a package; None where it is no readable Python file.

        Args:
            dotted: its absolute name.
            known: whether everything below a dotted name is judged by other means.
        """
        if dotted not in self._seen:
            self._seen[dotted] = self._read(dotted, known)
        return self._seen[dotted]

    def root(self, dotted: str) -> str:
        """The topmost package or module that a name lies in, folders without code left out; empty where there is none."""
        parts = dotted.split(".")
        if parts[0] in sys.stdlib_module_names or parts[0] in _TESTS:
            return ""
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            if name not in self._roots:
                found = self._located(name)
                self._roots[name] = "" if found is not None else "/" if self._is_folder(name) else "-"
            if self._roots[name] != "/":
                return "" if self._roots[name] == "-" else name
        return ""

    def keep(self) -> None:
        """Keep the facts that this run read anew."""
        if self.store is not None and self._fresh:
            self.store.keep(self._fresh)
            self._fresh = []

    def _read(self, dotted: str, known: Known) -> tuple[str, FileFacts, bool] | None:
        parts = dotted.split(".")
        if not all(part.isidentifier() for part in parts) or not _TESTS.isdisjoint(parts):
            return None
        root = self.root(dotted)
        if not root or known(root):
            return None
        if self.read.get(root, 0) >= MOST_OF_ONE or sum(self.read.values()) >= MOST_MODULES:
            return None
        found = self._located(dotted)
        if found is None:
            return None
        path, location, status, is_package = found
        self.bytes += status.st_size
        if self.bytes > MOST_BYTES:
            return None
        facts = self._facts(location, (status.st_size, status.st_mtime_ns, status.st_ctime_ns))
        if facts is None:
            return None
        self.read[root] = self.read.get(root, 0) + 1
        return f"{SHOWN}/{path}", facts, is_package

    def _facts(self, location: str, state: tuple[int, int, int]) -> FileFacts | None:
        try:
            kept = self.store.unchanged(location, state) if self.store is not None else None
            if kept is not None and (facts := _decoded(kept)) is not None:
                return self._taken(location, kept.digest, facts)
            data = read_source(location)
            found = digest(data)
            kept = self.store.of_content(found) if self.store is not None else None
            if kept is not None and (facts := _decoded(kept)) is not None:
                self._fresh.append(Fresh(location, state, found, kept.pack[kept.start : kept.end]))
                return self._taken(location, found, facts)
            self._watched(location, found)
            encoded, _ = extract_one(location, data)
            if encoded is None:
                return None
            self._fresh.append(Fresh(location, state, found, encoded))
            return decode(encoded)
        except _UNREADABLE:
            return None

    def _taken(self, location: str, found: str, facts: FileFacts) -> FileFacts:
        self.kept += 1
        self._watched(location, found)
        return facts

    def _watched(self, location: str, found: str) -> None:
        if self.watch is not None:
            self.watch.file(location)
            self.watch.digests[location] = found

    def _located(self, dotted: str) -> tuple[str, str, os.stat_result, bool] | None:
        """Path below its folder, location and status of a module's file, and whether it is a package's."""
        path = dotted.replace(".", "/")
        for folder, real in zip(self.folders, self._real, strict=True):
            for relative, is_package in ((f"{path}/__init__.py", True), (f"{path}.py", False)):
                location = os.path.join(folder, *relative.split("/"))
                try:
                    status = os.stat(location)
                    inside = os.path.realpath(location).startswith(real)
                except _UNREADABLE:
                    continue
                if inside and stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST:
                    return relative, location, status, is_package
        return None

    def _is_folder(self, dotted: str) -> bool:
        return any(os.path.isdir(os.path.join(folder, *dotted.split("."))) for folder in self.folders)


def _decoded(kept: Kept) -> FileFacts | None:
    try:
        return decode(kept.pack, kept.start, kept.end, kept.check)
    except StaleFacts:
        return None


def site_packages(python: str) -> list[str]:
    """The folders that hold the libraries of an environment, named by its folder or by its interpreter.

    Raises:
        NoEnvironment: there are none.
    """
    path = os.path.abspath(python)
    if os.path.isfile(path):
        # The interpreter of an environment is a link to another one: its own place counts, not where the link leads.
        root = os.path.dirname(os.path.dirname(path))
    elif os.path.isdir(path):
        root = path
    else:
        raise NoEnvironment(f"--python: no such file or folder: {python}")
    found = [os.path.join(root, "Lib", SHOWN)]
    for lib in ("lib", "lib64"):
        try:
            names = sorted(os.listdir(os.path.join(root, lib)))
        except _UNREADABLE:
            continue
        found += [os.path.join(root, lib, n, SHOWN) for n in names if n.startswith(("python3", "pypy3"))]
    folders: dict[str, str] = {}
    for folder in found:
        if os.path.isdir(folder):
            folders.setdefault(os.path.realpath(folder), folder)
    if not folders:
        raise NoEnvironment(
            f"--python: {python} is no environment: neither lib/python3.*/{SHOWN} nor Lib/{SHOWN} is in {root}; "
            "name the folder of a virtual environment or the interpreter in it"
        )
    return list(folders.values())
