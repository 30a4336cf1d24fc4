"""What is kept between runs: facts by file, and the last output of a command whose input has not changed.

One SQLite file in a folder that ignores and marks itself as a cache. Its content is data, checked when read and thrown away when it does not
fit; nothing in it can run. Any failure of the cache is a cache miss, never a failure of the run.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import time
from collections.abc import Iterable, Sequence

FOLDER = ".async_guard_cache"
_SCHEMA = 1
_RACY_NS = 2_000_000_000
"""A file changed this shortly before it was read may change again without a new time stamp: it is read again next time."""
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of async-guard and may be deleted at any time.\n"
_LONGEST_OUTPUT = 200_000_000


class Store:
    """The cache of one folder."""

    def __init__(self, folder: str, version: str) -> None:
        self.folder = folder
        self.version = f"{_SCHEMA}:{version}:{sys.version_info[0]}.{sys.version_info[1]}"
        self._database: sqlite3.Connection | None = None

    def _open(self, *, create: bool) -> sqlite3.Connection | None:
        if self._database is not None:
            return self._database
        path = os.path.join(self.folder, "cache.sqlite")
        try:
            if not os.path.exists(path):
                if not create:
                    return None
                self._prepare()
            database = sqlite3.connect(path, timeout=2.0, isolation_level=None)
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=OFF")
            database.execute(
                "CREATE TABLE IF NOT EXISTS facts (path TEXT PRIMARY KEY, version TEXT, size INTEGER, mtime INTEGER, data BLOB)"
            )
            database.execute(
                "CREATE TABLE IF NOT EXISTS output (key TEXT PRIMARY KEY, status INTEGER, digest TEXT, text TEXT, at INTEGER)"
            )
        except (sqlite3.Error, OSError):
            return None
        self._database = database
        return database

    def _prepare(self) -> None:
        os.makedirs(self.folder, exist_ok=True)
        for name, content in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
            path = os.path.join(self.folder, name)
            if not os.path.exists(path):
                with open(path, "w", encoding="utf-8") as handle:
                    handle.write(content)

    def facts(self, files: Iterable[tuple[str, int, int]]) -> dict[str, bytes]:
        """Encoded facts of the files that have not changed: (location, size, mtime in ns) -> facts by location."""
        database = self._open(create=False)
        if database is None:
            return {}
        wanted = {location: (size, mtime) for location, size, mtime in files}
        out: dict[str, bytes] = {}
        try:
            for path, size, mtime, data in database.execute(
                "SELECT path, size, mtime, data FROM facts WHERE version = ?", (self.version,)
            ):
                if wanted.get(path) == (size, mtime) and isinstance(data, bytes):
                    out[path] = data  # noqa: PERF403 - what was read before a damaged row must not be lost
        except (sqlite3.Error, OverflowError):
            return {}
        return out

    def keep_facts(self, facts: Sequence[tuple[str, int, int, bytes]]) -> None:
        """Keep facts: (location, size, mtime in ns, facts)."""
        now = time.time_ns()
        rows = [(path, self.version, size, mtime, data) for path, size, mtime, data in facts if now - mtime > _RACY_NS]
        self._write("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?, ?)", rows)

    def output(self, key: str) -> tuple[int, str] | None:
        """Exit status and text of the last run under a key."""
        database = self._open(create=False)
        if database is None:
            return None
        try:
            row = database.execute("SELECT status, digest, text FROM output WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error:
            return None
        if row is None or not isinstance(row[0], int) or not isinstance(row[2], str) or row[1] != _digest(row[2]):
            return None
        return row[0], row[2]

    def keep_output(self, key: str, status: int, text: str) -> None:
        """Keep the outcome of a run; only a few are kept."""
        if len(text) > _LONGEST_OUTPUT:
            return
        self._write(
            "INSERT OR REPLACE INTO output VALUES (?, ?, ?, ?, ?)", [(key, status, _digest(text), text, time.time_ns())]
        )
        self._write("DELETE FROM output WHERE key NOT IN (SELECT key FROM output ORDER BY at DESC LIMIT 8)", [()])

    def _write(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        database = self._open(create=True) if rows else None
        if database is None:
            return
        try:
            database.execute("BEGIN")
            database.executemany(statement, rows)
            database.execute("COMMIT")
        except (sqlite3.Error, OverflowError, UnicodeError):
            try:
                database.execute("ROLLBACK")
            except sqlite3.Error:
                return

    def close(self) -> None:
        """Let go of the file."""
        if self._database is not None:
            self._database.close()
            self._database = None


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def state_key(
    version: str, command: Sequence[str], files: Iterable[tuple[str, int, int]], others: Iterable[str]
) -> str | None:
    """A key for a command over a state of files; None when a file is too young for its time stamp to be trusted.

    Args:
        version: of the program.
        command: everything that decides the output besides the files.
        files: (path, size, mtime in ns) of every file read.
        others: further files whose content decides (configuration, lock files); missing ones count as missing.
    """
    now = time.time_ns()
    digest = hashlib.blake2b(digest_size=20)
    digest.update(repr((_SCHEMA, version, sys.version_info[:2], tuple(command))).encode("utf-8", "surrogatepass"))
    for path, size, mtime in files:
        if now - mtime <= _RACY_NS:
            return None
        digest.update(f"{path}\0{size}\0{mtime}\n".encode("utf-8", "surrogatepass"))
    for path in others:
        digest.update(_content(path))
    return digest.hexdigest()


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as handle:
            return handle.read()
    except OSError:
        return b"\0missing"
