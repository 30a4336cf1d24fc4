"""The outcome of a command, kept: told again as long as nothing that it depends on has changed.

One file per command. What a hostile file can do is tell a wrong outcome of the project that it lies in; it makes nothing run, is not followed
to other places, and brings no control characters to a terminal but colours.
"""

from __future__ import annotations

import os
import sys
from zlib import crc32

from async_guard.cache import folder as cache_folder
from async_guard.cache.watch import Watch, compare

_MAGIC = b"async-guard outcome 1"
_PREFIX = "outcome-"
_LARGEST = 300_000_000
_MOST = 24
"""Outcomes kept in one folder; the oldest go."""
_PIECE = 1 << 16
_CONTROLS = bytes(c for c in range(32) if c not in (9, 10)) + b"\x7f"


def build_identity(version: str) -> str:
    """Identity of this installation and interpreter: a changed file of the program makes kept outcomes void."""
    newest = count = total = 0
    folders = [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
    while folders:
        with os.scandir(folders.pop()) as scan:
            for entry in scan:
                if entry.is_dir():
                    if entry.name != "__pycache__":
                        folders.append(entry.path)
                    continue
                found = entry.stat()
                newest = max(newest, found.st_mtime_ns)
                total += found.st_size
                count += 1
    return f"{version}:{'.'.join(map(str, sys.version_info[:3]))}:{newest}:{count}:{total}"


def find(folder: str, key: str, places: list[str], below: list[str]) -> tuple[int, str] | None:
    """Exit status and text of the last run under a key, if its state still holds.

    Args:
        folder: the cache folder.
        key: everything that decides besides files.
        places: see `Watch`.
        below: see `compare`.
    """
    found = find_data(folder, key, places, below)
    return (found[0], str(found[1], "utf-8")) if found is not None else None


def find_data(folder: str, key: str, places: list[str], below: list[str]) -> tuple[int, memoryview] | None:
    """The same, with the text as valid UTF-8: a large one is not copied on its way, which took longer than all the rest."""
    if not cache_folder.is_usable(folder):
        return None
    path = os.path.join(folder, _name(key))
    data = cache_folder.read(path, _LARGEST)
    if data is None or not data.startswith(_MAGIC):
        return None
    try:
        end = data.find(b"\n") + 1
        total, keys, states, texts, status = (int(part) for part in data[len(_MAGIC) : end].split())
        rest = memoryview(data)[end:]
        if crc32(rest, status) != total or rest[:keys] != _bytes(key) or not 0 <= status <= 1:
            return None
        text = rest[keys + states : keys + states + texts]
        if not _is_harmless(text):
            return None
        state, digests = _text(rest[keys : keys + states]), _text(rest[keys + states + texts :])
        now = compare(state, digests, places, below)
        if now is None:
            return None
        if now != state:
            _write(folder, key, now, digests, status, bytes(text))
    except (ValueError, IndexError):
        return None
    return status, text


def keep(folder: str, key: str, watch: Watch, status: int, text: str) -> None:
    """Keep an outcome."""
    try:
        recorded = watch.record()
        if recorded is None or len(text) > _LARGEST // 4 or not cache_folder.prepare(folder):
            return
        if _write(folder, key, *recorded, status, text.encode("utf-8")):
            cache_folder.thin_out(folder, _PREFIX, _MOST)
    except ValueError:  # a name or text that has no bytes
        return


def _write(folder: str, key: str, state: str, digests: str, status: int, text: bytes) -> bool:
    parts = [_bytes(key), _bytes(state), text, _bytes(digests)]
    total = status  # the checksum covers it, too
    for part in parts:
        total = crc32(part, total)
    head = b"%s %d %d %d %d %d\n" % (_MAGIC, total, len(parts[0]), len(parts[1]), len(parts[2]), status)
    return cache_folder.write(folder, _name(key), [head, *parts])


def _name(key: str) -> str:
    return f"{_PREFIX}{crc32(_bytes(key)):08x}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(data: memoryview) -> str:
    return str(data, "utf-8", "surrogateescape")


def _is_harmless(text: memoryview) -> bool:
    """Whether a text is UTF-8 and holds no control characters besides colours.

    Raises:
        ValueError: it is no UTF-8.
    """
    for start in range(0, len(text), _PIECE):
        piece = bytes(text[start : start + _PIECE])
        if not piece.isascii() or len(piece.translate(None, _CONTROLS)) != len(piece):
            return _is_harmless_text(bytes(text))
    return True


def _is_harmless_text(text: bytes) -> bool:
    if b"\x1b" in text:
        import re

        text = re.sub(rb"\x1b\[[0-9;]*m", b"", text)
    if len(text.translate(None, _CONTROLS)) != len(text):
        return False
    return not any("\x7f" < c < "\xa0" for c in set(text.decode("utf-8")))
