"""What an outcome depends on besides its command: folders as they were listed, and files as they were found.

Read before anything else in every run, so that it imports next to nothing. A state is a list of items; an item is
``size/mtime/ctime/name``, the two times in nanoseconds. Where times or size differ, or a file was so young that its time stamp proves
nothing, the content's digest decides.
"""

from __future__ import annotations

import os
import stat
import time

NEVER = frozenset((
    ".git", ".hg", ".svn", ".tox", ".nox", ".venv", "venv", "env", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache",
    ".pytest_cache", ".async_guard_cache", ".eggs", "__pypackages__", "site-packages", ".ipynb_checkpoints", ".idea", ".vscode",
))  # fmt: skip
"""Folders whose content is never read."""

PROBED = (
    "pyproject.toml", "async-guard.toml", ".gitignore", ".git", "setup.py", "setup.cfg", "__init__.py", "uv.lock", "poetry.lock", "pdm.lock",
)  # fmt: skip
"""Files that may decide about a path from its own folder or one above it."""

RACY_NS = 2_000_000_000
"""A file changed this shortly before it was looked at may change again without a new time stamp."""

_LARGEST = 100_000_000
_DEEPEST = 64

_Entry = tuple[str, list[str], list[str]]
"""A folder, the names of Python files in it that are not read, and its items."""


class Watch:
    """The state that a run saw.

    Args:
        places: absolute paths that the run was asked for.
    """

    def __init__(self, places: list[str]) -> None:
        self.began = time.time_ns()
        self.folders: list[_Entry] = []
        self.around = surroundings(places)
        self.further: list[str] = []
        """Files that decide and stand in no folder listed here: shared catalogue entries."""
        self.digests: dict[str, str] = {}
        """Digests of the Python files by absolute path, as the run read them."""
        self._places = places

    def folder(self, path: str, left_out: list[str], items: list[str]) -> None:
        """A folder was listed."""
        items.sort()
        self.folders.append((path, left_out, items))

    def file(self, path: str) -> None:
        """A file named directly, or one that decides."""
        self.further.append(path)

    def record(self) -> tuple[str, str] | None:
        """The state and the digests as text; None if it changed while the run went on."""
        if surroundings(self._places) != self.around:
            return None
        fields = [str(len(self.around)), *(self._trusted(item) for item in self.around)]
        fields += [str(len(self.further)), *(self._trusted(probe(path)) for path in self.further)]
        for path, left_out, items in self.folders:
            fields += [path, str(len(left_out)), str(len(items)), *left_out, *map(self._trusted, items)]
        for item in [*self.around, *map(probe, self.further)]:
            size, _, _, path = item.split("/", 3)
            if size.isdigit() and path not in self.digests:
                found = digest_of(path)
                if found is None:
                    return None
                self.digests[path] = found
        return "\0".join(fields), "\0".join(f"{value}/{path}" for path, value in self.digests.items())

    def _trusted(self, item: str) -> str:
        size, mtime, ctime, name = item.split("/", 3)
        if size.isdigit() and max(int(mtime), int(ctime)) > self.began - RACY_NS:
            return f"?/{mtime}/{ctime}/{name}"
        return item


def surroundings(places: list[str]) -> list[str]:
    """Items of everything that may decide about some places from their folders or from above, sorted; installed libraries come along."""
    import sys

    seen: set[str] = set()
    out: list[str] = []
    for place in places:
        folder = place
        for _ in range(_DEEPEST):
            if folder in seen:
                break
            seen.add(folder)
            out += [probe(os.path.join(folder, name)) for name in PROBED]
            out += _requirements(folder)
            above = os.path.dirname(folder)
            if above == folder:
                break
            folder = above
    out += [_times(path) for path in sys.path if path.endswith("-packages")]
    out.sort()
    return out


def _requirements(folder: str) -> list[str]:
    # Only where a project is: listing the system's folders above it could cost more than all the rest.
    if not any(os.path.lexists(os.path.join(folder, name)) for name in PROBED):
        return []
    try:
        found = os.listdir(folder)
    except OSError:
        return []
    return [probe(os.path.join(folder, name)) for name in found if name.startswith("requirements")]


def probe(path: str) -> str:
    """The item of one path, which may be missing or a folder; of a folder with a separator at its end, when something in it was last made."""
    if path.endswith(os.sep):
        return _times(path)
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return f"-///{path}"
    if not stat.S_ISREG(found.st_mode):
        return f"d///{path}"
    return item(path, found)


def item(name: str, found: os.stat_result) -> str:
    """The item of a file that is read."""
    return f"{found.st_size}/{found.st_mtime_ns}/{found.st_ctime_ns}/{name}"


def entry_item(entry: os.DirEntry[str]) -> str:
    """The item of a file that is read, if it can be looked at."""
    try:
        return item(entry.name, entry.stat())
    except OSError:
        return f"o///{entry.name}"


def _times(path: str) -> str:
    try:
        return f"m/{os.stat(path).st_mtime_ns}//{path}"
    except (OSError, ValueError):
        return f"-///{path}"


def listing(folder: str, left_out: set[str]) -> list[str]:
    """The items of a folder: folders that may be read, Python files (those that are not read by name and kind only), ignore files."""
    out = []
    try:
        with os.scandir(folder) as scan:
            for entry in scan:
                name = entry.name
                if entry.is_dir(follow_symlinks=False):
                    if name[0] != "." and name not in NEVER:
                        out.append(f"d///{name}")
                elif name.endswith(".py"):
                    out.append(left_out_item(entry) if name in left_out else entry_item(entry))
                elif name == ".gitignore":
                    out.append(entry_item(entry))
                elif is_linked_folder(entry):
                    out.append(link_item(entry))
    except OSError:
        out.append("!///")
    out.sort()
    return out


def is_linked_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a symbolic link to a folder, such as a package that several services share."""
    try:
        if entry.is_symlink() and entry.name[0] != "." and not entry.name.endswith(".py"):
            return entry.name not in NEVER and entry.is_dir()
    except OSError:
        pass
    return False


def link_item(entry: os.DirEntry[str]) -> str:
    """The item of a link to a folder, with where it leads."""
    return f"l///{entry.name}/{os.path.realpath(entry.path)}"


def left_out_item(entry: os.DirEntry[str]) -> str:
    """The item of a Python file that is not read."""
    try:
        return f"{'f' if entry.is_file() else 'o'}///{entry.name}"
    except OSError:
        return f"o///{entry.name}"


def compare(text: str, digests: str, places: list[str], below: list[str]) -> str | None:
    """Whether a recorded state is still that of the file system.

    Args:
        text: a recorded state.
        digests: its digests.
        places: absolute paths that the command names, as in the run that recorded.
        below: folders outside of which no recorded folder is looked at.

    Returns:
        The state as it is now, which differs from the text at most in times; None if something has changed.

    Raises:
        ValueError, IndexError: the text is no state.
    """
    fields = text.split("\0")
    known: dict[str, str] = {}
    at = 0
    changed = False
    now: list[str] = []
    for expect in (surroundings(places), None):
        count = int(fields[at])
        before = fields[at + 1 : at + 1 + count]
        found = expect if expect is not None else [probe(item.split("/", 3)[3]) for item in before]
        if found != before:
            known = known or _parsed(digests)
            if not _same(before, found, "", known):
                return None
            changed = True
        now += [str(count), *found]
        at += 1 + count
    prefixes = tuple(os.path.join(folder, "") for folder in below)
    while at < len(fields):
        path, left, count = fields[at], int(fields[at + 1]), int(fields[at + 2])
        left_out = fields[at + 3 : at + 3 + left]
        before = fields[at + 3 + left : at + 3 + left + count]
        at += 3 + left + count
        if path not in below and (not path.startswith(prefixes) or os.pardir in path.split(os.sep)):
            return None
        found = listing(path, set(left_out))
        if found != before:
            known = known or _parsed(digests)
            if not _same(before, found, path, known):
                return None
            changed = True
        now += [path, str(left), str(count), *left_out, *found]
    return "\0".join(now) if changed else text


def _parsed(digests: str) -> dict[str, str]:
    out = {}
    for item in digests.split("\0"):
        value, _, path = item.partition("/")
        out[path] = value
    return out


def _same(before: list[str], now: list[str], folder: str, digests: dict[str, str]) -> bool:
    """Whether two states differ in nothing but times: the contents of all files that may have changed are what they were."""
    old = {item.split("/", 3)[3]: item for item in before}
    if len(before) != len(now):
        return False
    for item in now:
        size, _, _, name = item.split("/", 3)
        was = old.get(name)
        if was is None:
            return False
        if was == item:
            continue
        path = os.path.join(folder, name) if folder else name
        if not size.isdigit() or path not in digests or digest_of(path) != digests[path]:
            return False
    return True


def digest_of(path: str) -> str | None:
    """The digest of a plain file's content; None if there is none."""
    from async_guard.cache.folder import open_plain

    try:
        descriptor = open_plain(os.path.realpath(path), _LARGEST)
        if descriptor is None:
            return None
        with open(descriptor, "rb", buffering=0) as handle:
            return digest(handle.read())
    except OSError:
        return None


def digest(data: bytes) -> str:
    """The digest of a content."""
    from hashlib import blake2b

    return blake2b(data, digest_size=16).hexdigest()
