"""Which versions of the frameworks a project uses: from its settings, its lock files or its requirements."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence

from async_guard.config.settings import Settings

_PACKAGES = ("fastapi", "starlette", "mcp", "fastmcp")
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")
_LOCKED = re.compile(r'^name = "(?P<name>[A-Za-z0-9._-]+)"\s*\nversion = "(?P<version>[^"]+)"', re.MULTILINE)
_PINNED = re.compile(
    r"(?:^|[\[,])\s*[\"']?(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*\(?\s*(?P<spec>(?:[<>=!~]=?=?\s*[0-9][^,;#\s\"')]*\s*,?\s*)+)",
    re.MULTILINE,
)
_POETRY = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)\s*=\s*(?:\{[^}\n]*?version\s*=\s*)?[\"'](?P<spec>[\^~<>=!0-9][^\"']*)[\"']",
    re.MULTILINE,
)
"""``fastapi = "^0.110"`` and ``fastapi = {version = "^0.110", extras = ["all"]}``."""
_CARET = re.compile(r"(?P<op>\^|~(?!=))\s*(?P<version>[0-9][0-9A-Za-z.]*)")
_BARE = re.compile(r"(?P<version>[0-9][0-9A-Za-z.]*)(?:\.\*)?$")
_DEEPEST = 2
"""Folders below the one that is checked in which a project may keep its requirements (``backend/``)."""
_SKIPPED = frozenset(("node_modules", "site-packages", "venv", "env", "tests", "docs", "examples"))
_PART = re.compile(r"(?P<op>[<>=!~]=?=?)\s*(?P<version>[0-9][0-9A-Za-z]*(?:\.[0-9A-Za-z]+)*)(?P<any>\.\*)?")
_LARGEST = 20_000_000
_MOST_FOLDERS = 40


def versions_in_force(paths: Sequence[str], settings: Settings) -> dict[str, tuple[int, ...]]:
    """Versions by distribution; a missing one means the newest.

    An exact pin or lock counts as it is; of a range the highest release it admits below an upper bound; a lower bound alone means the newest.
    """
    found: dict[str, tuple[int, ...]] = {}
    for folder in _candidates(paths):
        for name, version in _from_folder(folder):
            found.setdefault(name, version)
        if found:
            break
    return _with_settings(found, settings)


def _candidates(paths: Sequence[str]) -> Iterable[str]:
    """Where a project may say its versions: the folders above the paths, nearest first, then those just below them."""
    yield from _folders(paths)
    for path in paths:
        if os.path.isdir(path):
            yield from _below_folder(os.path.abspath(path), _DEEPEST)


def _below_folder(folder: str, depth: int) -> Iterable[str]:
    try:
        inner = sorted(
            e.path for e in os.scandir(folder)
            if e.is_dir(follow_symlinks=False) and not e.name.startswith((".", "_")) and e.name not in _SKIPPED
        )[:_MOST_FOLDERS]  # fmt: skip
    except OSError:
        return
    yield from inner
    if depth > 1:
        for each in inner:
            yield from _below_folder(each, depth - 1)


def files_that_name_versions(paths: Sequence[str]) -> list[str]:
    """Every file that `versions_in_force` may read for these paths."""
    out = []
    for folder in _candidates(paths):
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue
        out += [
            os.path.join(folder, n)
            for n in names
            if n in _LOCKS or n == "pyproject.toml" or (n.startswith("requirements") and n.endswith((".txt", ".in")))
        ]
    return out


def versions_in_sources(sources: Mapping[str, bytes], settings: Settings) -> dict[str, tuple[int, ...]]:
    """The same for files in memory: lock files and requirements at their top level."""
    found: dict[str, tuple[int, ...]] = {}
    for name in sorted(sources, key=lambda n: (n not in _LOCKS, n)):
        text = sources[name].decode("utf-8", "replace")
        if name in _LOCKS:
            pairs: Iterable[tuple[str, tuple[int, ...]]] = _locked(text)
        elif name == "pyproject.toml" or (name.startswith("requirements") and name.endswith((".txt", ".in"))):
            pairs = [*_ranges(text), *(_tables(text) if name == "pyproject.toml" else ())]
        else:
            continue
        for package, version in pairs:
            found.setdefault(package, version)
    return _with_settings(found, settings)


def _with_settings(found: dict[str, tuple[int, ...]], settings: Settings) -> dict[str, tuple[int, ...]]:
    for package, own in (
        ("fastapi", settings.fastapi_version),
        ("starlette", settings.starlette_version),
        ("mcp", settings.mcp_version),
    ):
        if own:
            found[package] = numbers(own)
    return found


def _locked(content: str) -> Iterable[tuple[str, tuple[int, ...]]]:
    for match in _LOCKED.finditer(content):
        if match["name"].lower() in _PACKAGES:
            yield match["name"].lower(), numbers(match["version"])


def numbers(version: str) -> tuple[int, ...]:
    """``"0.115.0"`` -> ``(0, 115, 0)``; suffixes such as ``rc1`` are cut."""
    return tuple(int(part) for part in re.findall(r"\d+", version.split("+", maxsplit=1)[0])[:4])


def _folders(paths: Sequence[str]) -> Iterable[str]:
    seen = set()
    for path in paths:
        folder = os.path.abspath(path)
        if os.path.isfile(folder):
            folder = os.path.dirname(folder)
        for _ in range(12):
            if folder not in seen:
                seen.add(folder)
                yield folder
            if os.path.exists(os.path.join(folder, ".git")) or os.path.dirname(folder) == folder:
                break
            folder = os.path.dirname(folder)


def _from_folder(folder: str) -> Iterable[tuple[str, tuple[int, ...]]]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in _LOCKS:
        if name in names:
            yield from _locked(_read(os.path.join(folder, name)))
    for name in [n for n in names if n.startswith("requirements") and n.endswith((".txt", ".in"))] + ["pyproject.toml"]:
        if name in names:
            text = _read(os.path.join(folder, name))
            yield from _ranges(text)
            if name == "pyproject.toml":
                yield from _tables(text)


def _ranges(content: str) -> Iterable[tuple[str, tuple[int, ...]]]:
    for match in _PINNED.finditer(content):
        yield from _highest(match["name"], match["spec"])


def _tables(content: str) -> Iterable[tuple[str, tuple[int, ...]]]:
    """Versions that stand as values in tables of pyproject.toml."""
    for match in _POETRY.finditer(content):
        name, spec = match["name"], match["spec"].strip()
        bare = _BARE.match(spec)
        if bare is not None:
            spec = f"=={spec}"
        for part in _CARET.finditer(spec):
            version = numbers(part["version"])
            leading = next((n for n, number in enumerate(version) if number), len(version) - 1)
            kept = version[: leading + 1] if part["op"] == "^" else version[:2]
            yield from _highest(name, f"<{'.'.join(map(str, (*kept[:-1], kept[-1] + 1)))}")
        yield from _highest(name, spec)


def _highest(name: str, spec: str) -> Iterable[tuple[str, tuple[int, ...]]]:
    """The highest release that a range admits, where it has an upper bound."""
    package = name.lower().replace("_", "-")
    if package not in _PACKAGES:
        return
    for part in _PART.finditer(spec):
        version = numbers(part["version"])
        if part["op"] in ("==", "===") and part["any"]:
            yield package, (*version, 10_000)
        elif part["op"] in ("==", "===", "<="):
            yield package, version
        elif part["op"] == "<":
            yield package, _below(version)
        elif part["op"] == "~=" and len(version) > 2:
            yield package, (*version[:-1], 10_000)


def _below(version: tuple[int, ...]) -> tuple[int, ...]:
    """A release just below a version: ``0.116.0`` -> ``0.115.10000``."""
    parts = list(version)
    while parts and parts[-1] == 0:
        parts.pop()
    if not parts:
        return (0,)
    parts[-1] -= 1
    return (*parts, 10_000)


def _read(path: str) -> str:
    try:
        if os.path.getsize(path) > _LARGEST:
            return ""
        with open(path, encoding="utf-8", errors="replace") as handle:
            return handle.read()
    except OSError:
        return ""
