"""Facts kept between runs: by path, size and times, and by content where these leave a doubt.

Facts lie in packs: files that are written once, put in place at once and never changed. A run adds a pack for what it read anew; when there
are many, they become one. Content is data, checked when read and thrown away when it does not fit; nothing in it can run. Any failure of the
cache is a cache miss, never a failure of the run.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

from async_guard.cache import folder as cache_folder
from async_guard.cache.watch import RACY_NS

_SCHEMA = 2
_MAGIC = b"async-guard facts 2"
_LARGEST = 2_000_000_000
_MOST = 6
"""Packs of one version beyond which they are made one."""
_UNUSED_FOR = 30 * 86_400 * 1_000_000_000
"""Packs of other versions that were not written for so long are taken away."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Facts of one file: a part of a pack's bytes."""

    state: tuple[int, int, int]
    """Size, and times of modification and change in ns; times of 0 where they prove nothing."""
    digest: str
    pack: bytes
    start: int
    end: int
    check: int

    def is_whole(self) -> bool:
        """Whether the bytes are those that were written."""
        return crc32(memoryview(self.pack)[self.start : self.end]) == self.check


@dataclass(frozen=True, slots=True)
class Fresh:
    """Facts to keep: where the file lies, what it looked like, and what it says."""

    location: str
    state: tuple[int, int, int]
    digest: str
    data: bytes


class Store:
    """The facts in one cache folder.

    Args:
        folder: the cache folder.
        version: of the program and of facts; others are not read.
    """

    def __init__(self, folder: str, version: str) -> None:
        self.folder = folder
        self.version = f"{_SCHEMA}:{version}:{sys.version_info[0]}.{sys.version_info[1]}"
        self.began = time.time_ns()
        self._prefix = f"facts-{crc32(self.version.encode()):08x}-"
        self._packs = 0
        self._entries: dict[str, Kept] | None = None
        self._by_digest: dict[str, Kept] = {}

    @property
    def entries(self) -> dict[str, Kept]:
        """What is kept, by location."""
        if self._entries is None:
            self._entries = {}
            if cache_folder.is_usable(self.folder):
                for name in cache_folder.names(self.folder, self._prefix):
                    self._packs += 1
                    self._read(os.path.join(self.folder, name))
            self._by_digest = {kept.digest: kept for kept in self._entries.values()}
        return self._entries

    def _read(self, path: str) -> None:
        data = cache_folder.read(path, _LARGEST)
        if data is None or not data.startswith(_MAGIC):
            return
        found: dict[str, Kept] = {}
        try:
            first = data.index(b"\n")
            size, check = (int(part) for part in data[len(_MAGIC) : first].split())
            index = data[first + 1 : first + 1 + size]
            if crc32(index) != check:
                return
            base = first + 1 + size
            version, *rows = index.decode("utf-8", "surrogateescape").split("\0")
            if version != self.version:
                return
            for row in rows:
                length, mtime, ctime, digest, start, end, checked, location = row.split("/", 7)
                state = (int(length), int(mtime), int(ctime))
                found[location] = Kept(state, digest, data, base + int(start), base + int(end), int(checked))
        except ValueError:
            return
        if self._entries is not None:
            self._entries.update(found)

    def unchanged(self, location: str, state: tuple[int, int, int]) -> Kept | None:
        """Facts of a file that looks as it did."""
        kept = self.entries.get(location)
        return kept if kept is not None and kept.state == state else None

    def of_content(self, digest: str) -> Kept | None:
        """Facts of a content, wherever it lay."""
        return self._by_digest.get(digest) if self.entries else None

    def keep(self, fresh: Sequence[Fresh]) -> None:
        """Keep facts that were read in this run."""
        if not fresh or not cache_folder.prepare(self.folder):
            return
        rows = [(f.location, self._proven(f.state), f.digest, memoryview(f.data)) for f in fresh]
        old: list[str] = []
        if self._packs >= _MOST:
            old = cache_folder.names(self.folder, self._prefix)
            new = {f.location for f in fresh}
            rows += [
                (location, kept.state, kept.digest, memoryview(kept.pack)[kept.start : kept.end])
                for location, kept in self.entries.items()
                if location not in new and os.path.exists(location) and kept.is_whole()
            ]
        # Later packs win: the time comes first in the name.
        name = f"{self._prefix}{time.time_ns():020d}-{os.urandom(3).hex()}"
        if cache_folder.write(self.folder, name, self._pack(rows)):
            for path in old:
                cache_folder.remove(os.path.join(self.folder, path))
            self._forget_others()

    def _proven(self, state: tuple[int, int, int]) -> tuple[int, int, int]:
        return state if max(state[1:]) <= self.began - RACY_NS else (state[0], 0, 0)

    def _pack(self, rows: Iterable[tuple[str, tuple[int, int, int], str, memoryview]]) -> list[bytes]:
        at = 0
        lines = [self.version]
        parts: list[bytes] = []
        for location, (size, mtime, ctime), digest, data in rows:
            lines.append(f"{size}/{mtime}/{ctime}/{digest}/{at}/{at + len(data)}/{crc32(data)}/{location}")
            at += len(data)
            parts.append(data)  # type: ignore[arg-type]  # written like bytes
        index = "\0".join(lines).encode("utf-8", "surrogateescape")
        return [b"%s %d %d\n" % (_MAGIC, len(index), crc32(index)), index, *parts]

    def _forget_others(self) -> None:
        for name in cache_folder.names(self.folder, "facts-"):
            if not name.startswith(self._prefix):
                path = os.path.join(self.folder, name)
                try:
                    unused = time.time_ns() - os.lstat(path).st_mtime_ns > _UNUSED_FOR
                except OSError:
                    continue
                if unused:
                    cache_folder.remove(path)
