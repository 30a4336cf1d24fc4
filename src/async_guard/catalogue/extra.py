"""Catalogue documents that do not come with async-guard: in a project's configuration, in shared files, and shipped by installed libraries.

Everything is read as data. A library declares its document under the entry-point group ``async_guard.catalogue``:

    [project.entry-points."async_guard.catalogue"]
    corp_sdk = "corp_sdk:async_guard.toml"      # the file async_guard.toml in the package corp_sdk

The value names a file and is never imported.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from configparser import ConfigParser
from configparser import Error as ConfigError
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from async_guard.catalogue.compile import read
from async_guard.catalogue.schema import CatalogueError, Document, parse_document

GROUP = "async_guard.catalogue"
"""The entry-point group under which libraries declare their documents."""

CONFIGURATION = "[tool.async-guard.catalogue]"
"""What messages call the entries in a project's configuration, behind the file's name."""

_LARGEST = 8_000_000
"""Bytes of a document; a larger one is a mistake."""


@dataclass(frozen=True)
class Extra:
    """Documents in the order in which they win (the last the most), and what is wrong with those of installed libraries."""

    documents: tuple[Document, ...]
    problems: tuple[str, ...] = ()
    """A user cannot mend a library's document, so that its mistakes are no errors: it is left out and named here."""
    files: tuple[str, ...] = ()
    """The files of installed libraries that were read."""


def load(
    configuration: Mapping[str, Any],
    files: Iterable[str | Path] = (),
    *,
    root: Path | None = None,
    configuration_file: str = "pyproject.toml",
    search: Sequence[str] | None = None,
    installed: bool = True,
) -> Extra:
    """All documents of a project, for `Catalogue.with_extra`.

    ``configuration`` is the table ``[tool.async-guard.catalogue]``, ``files`` the shared TOML files (relative to ``root``), and
    ``search`` the directories in which installed libraries are looked for (those of this interpreter, if None).
    The project's own words win over shared files, and these over libraries. A mistake in either of the first two raises
    `CatalogueError`.
    """
    read_files: list[str] = []
    found, problems = from_distributions(search, read_files) if installed else ([], [])
    own = [from_file(path, root) for path in files]
    if configuration:
        own.append(from_configuration(configuration, configuration_file))
    for document in own:
        parse_document(document, own=True)
    return Extra((*found, *own), tuple(problems), tuple(read_files))


def from_configuration(table: Mapping[str, Any], file: str = "pyproject.toml") -> Document:
    """The entries in a project's configuration file."""
    return Document(f"{file} {CONFIGURATION}", table)


def from_file(path: str | Path, root: Path | None = None) -> Document:
    """A shared TOML file: either a document, or one whose ``[tool.async-guard.catalogue]`` is the document."""
    shown = str(path)
    document = read((root or Path()) / path, shown)
    tool = document.content.get("tool")
    if isinstance(tool, Mapping) and isinstance(tool.get("async-guard"), Mapping):
        return from_configuration(tool["async-guard"].get("catalogue", {}), shown)
    return document


def from_distributions(
    search: Sequence[str] | None = None, files: list[str] | None = None
) -> tuple[list[Document], list[str]]:
    """The documents that installed libraries declare, by distribution and name, and what is wrong with the others.

    ``files`` takes the paths of what was read.
    """
    documents: list[Document] = []
    problems: list[str] = []
    for name, distribution, value in sorted(_declared(search), key=lambda declared: declared[0]):
        read_or_why = _shipped_or_why(name, distribution, value, [] if files is None else files)
        if isinstance(read_or_why, str):
            problems.append(read_or_why)
        else:
            documents.append(read_or_why)
    return documents, problems


def _shipped_or_why(name: str, distribution: Distribution, value: str, files: list[str]) -> Document | str:
    try:
        path, shown = _shipped(name, distribution, value)
        files.append(str(path.absolute()))
        document = read(path, shown)
        parse_document(document, own=True)
    except CatalogueError as error:
        return str(error)
    return document


def _declared(search: Sequence[str] | None) -> Iterator[tuple[str, Distribution, str]]:
    """Each declaration: (distribution and entry-point name, distribution, value). Of several copies on the path the first counts."""
    seen: set[str] = set()
    for distribution in distributions() if search is None else distributions(path=list(search)):
        try:
            text = distribution.read_text("entry_points.txt")
            if (
                not text or GROUP not in text
            ):  # of hundreds of distributions hardly one; parsing them all would cost the start
                continue
            name = distribution.metadata["Name"] or "unknown"
        except (OSError, ValueError, TypeError):  # what an installer has left behind in pieces
            continue
        if name.lower() in seen:
            continue
        seen.add(name.lower())
        for key, value in _entry_points(text):
            yield f"{name} ({key})", distribution, value


def _entry_points(text: str) -> list[tuple[str, str]]:
    parser = ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(text)
    except ConfigError:
        return []
    return parser.items(GROUP) if parser.has_section(GROUP) else []


def _shipped(name: str, distribution: Distribution, value: str) -> tuple[Path, str]:
    """The file that an entry-point value names, and how messages name it."""
    wanted = _file_named(value)
    if wanted is None:
        raise CatalogueError(f"{name}: {value!r} names no file: write 'package:file.toml'")
    path = _listed(distribution, wanted) or _editable(distribution, wanted)
    if path is None:
        raise CatalogueError(f"{name}: {wanted} is not among the files of the distribution")
    if path.stat().st_size > _LARGEST:
        raise CatalogueError(f"{name}: {wanted} is larger than {_LARGEST // 1_000_000} MB")
    return path, f"{name} {wanted}"


def _file_named(value: str) -> PurePosixPath | None:
    """``package.sub:file.toml`` or ``package/sub/file.toml`` as a path inside the distribution."""
    package, colon, file = value.strip().partition(":")
    path = PurePosixPath(*package.strip().split("."), file.strip()) if colon else PurePosixPath(value.strip())
    if path.suffix != ".toml" or path.is_absolute() or ".." in path.parts or "\\" in value or "\0" in value:
        return None
    return path


def _listed(distribution: Distribution, wanted: PurePosixPath) -> Path | None:
    for file in distribution.files or ():
        if PurePosixPath(file.as_posix()) == wanted:
            path = Path(str(distribution.locate_file(file)))
            return path if path.is_file() else None
    return None


def _editable(distribution: Distribution, wanted: PurePosixPath) -> Path | None:
    """The file in the source tree of a distribution that is installed for development, whose list of files does not name it."""
    try:
        origin = json.loads(distribution.read_text("direct_url.json") or "{}")
        url = urlsplit(origin["url"])
        if url.scheme != "file" or not origin["dir_info"]["editable"]:
            return None
    except (ValueError, KeyError, TypeError):
        return None
    root = Path(unquote(url.path))
    for base in (root / "src", root):
        path = base / wanted
        if path.is_file() and root.resolve() in path.resolve().parents:
            return path
    return None


__all__ = ["GROUP", "Extra", "from_configuration", "from_distributions", "from_file", "load"]
