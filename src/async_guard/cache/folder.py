"""The cache folder: made once, marked as a cache, and never a way to other places.

The folder may come with the analysed project, so that nothing in it is trusted: links in it are not followed, files in it are replaced and
never written into, and whatever is no plain file is left alone.
"""

from __future__ import annotations

import os
import stat

FOLDER = ".async_guard_cache"
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of async-guard and may be deleted at any time.\n"
_MARKS = ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG))
_SAFELY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def is_usable(folder: str) -> bool:
    """Whether a folder is there and may be read: a link is, unless it stands where the default folder does."""
    try:
        found = os.lstat(folder)
    except (OSError, ValueError):
        return False
    if stat.S_ISLNK(found.st_mode):
        return folder != FOLDER and os.path.isdir(folder)
    return stat.S_ISDIR(found.st_mode)


def prepare(folder: str) -> bool:
    """Make the folder and its marks; whether it can be used."""
    try:
        os.makedirs(folder, exist_ok=True)
    except (OSError, ValueError):
        return False
    if not is_usable(folder):
        return False
    for name, content in _MARKS:
        path = os.path.join(folder, name)
        if not os.path.lexists(path):
            write(folder, name, [content.encode("ascii")])
    return True


def names(folder: str, prefix: str) -> list[str]:
    """Names of the plain files in the folder that start with a prefix, sorted."""
    try:
        with os.scandir(folder) as scan:
            return sorted(e.name for e in scan if e.name.startswith(prefix) and e.is_file(follow_symlinks=False))
    except OSError:
        return []


def open_plain(path: str, largest: int) -> int | None:
    """A descriptor of a plain file of no more than so many bytes; None for anything else."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _SAFELY)
    except (OSError, ValueError):
        return None
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and found.st_size <= largest:
        return descriptor
    os.close(descriptor)
    return None


def read(path: str, largest: int) -> bytes | None:
    """The content of a plain file; None for anything else."""
    descriptor = open_plain(path, largest)
    if descriptor is None:
        return None
    try:
        with open(descriptor, "rb", buffering=0) as handle:
            return handle.read()
    except OSError:
        return None


def write(folder: str, name: str, parts: list[bytes]) -> bool:
    """Put a file in place at once, whatever stood there; another process sees the old file or the new one, never a part."""
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFELY, 0o666)
    except (OSError, ValueError):
        return False
    try:
        with open(descriptor, "wb") as handle:
            handle.writelines(parts)
        os.replace(temporary, os.path.join(folder, name))
    except OSError:
        remove(temporary)
        return False
    return True


def remove(path: str) -> None:
    """Take a file away, if that can be done."""
    try:
        os.unlink(path)
    except OSError:
        return


def thin_out(folder: str, prefix: str, most: int) -> None:
    """Take away the oldest plain files of a prefix beyond so many."""
    found = names(folder, prefix)
    if len(found) <= most:
        return
    paths = [os.path.join(folder, name) for name in found]
    try:
        paths.sort(key=lambda path: os.lstat(path).st_mtime_ns)
    except OSError:
        return
    for path in paths[: len(paths) - most]:
        remove(path)
