"""All entry tables of many documents under the names they describe, unparsed; and the one file that the shipped ones are compiled to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any, Final

from async_guard.catalogue.schema import CatalogueError, Document, Header, Overridden, Row, overridden, rows

FORMAT: Final = 3
"""Changes when compiled files of another shape must not be read."""


@dataclass
class Index:
    """Entry tables by name. Aliases lead to their row like canonical names do."""

    headers: list[Header] = field(default_factory=list)
    rows: list[Row | list[Any]] = field(default_factory=list)
    """As compiled: [kind, number of the header, table]."""
    names: dict[str, int] = field(default_factory=dict)
    """Any name of a function, class or value -> its row."""
    modules: dict[str, int] = field(default_factory=dict)
    canonical: dict[str, str] = field(default_factory=dict)
    """Alias -> canonical name; names that are canonical are left out."""
    overridden: list[Overridden] = field(default_factory=list)
    digest: str = ""
    """Of the documents that the index was compiled from."""

    def row(self, number: int) -> Row:
        """One entry table with its header."""
        row = self.rows[number]
        return row if isinstance(row, Row) else Row(row[0], self.headers[row[1]], row[2])

    def copy(self) -> Index:
        """An index that can grow without this one."""
        return Index(
            self.headers,
            list(self.rows),
            dict(self.names),
            dict(self.modules),
            dict(self.canonical),
            list(self.overridden),
            self.digest,
        )

    def add(self, row: Row) -> None:
        """Take in one row, whose names must be new."""
        number = len(self.rows)
        self.rows.append(row)
        table = self.modules if row.kind == "module" else self.names
        for name in row.names:
            if table.setdefault(name, number) != number:
                other = self.row(table[name]).header.source
                raise CatalogueError(f"{row.header.source}: {row.kind} {name}: is described already, in {other}")
            canonical = row.canonical(name)
            if canonical != name:
                self.canonical[name] = canonical

    def override(self, row: Row) -> None:
        """Take in one row that wins over what is there, under every path to the callables it names."""
        number = len(self.rows)
        self.rows.append(row)
        if row.kind == "module":
            self.modules[row.table["name"]] = number
            return
        described = {self.canonical.get(name, name) for name in row.names}
        for alias, canonical in self.canonical.items():
            if canonical in described:
                self.names[alias] = number
        for name in (*row.names, *described):
            if name not in self.names and row.canonical(name) != name:
                self.canonical[name] = self.canonical.get(row.canonical(name), row.canonical(name))
            self.names[name] = number

    def to_json(self) -> str:
        """The compiled file: JSON with one row a line, so that versions can be compared."""
        headers: dict[Header, int] = {}
        lines = []
        for number in range(len(self.rows)):
            row = self.row(number)
            at = headers.setdefault(row.header, len(headers))
            lines.append(_dump([row.kind, at, row.table]))
        parts = {
            "format": _dump(FORMAT),
            "digest": _dump(self.digest),
            "headers": "[\n" + ",\n".join(_dump(astuple(header)) for header in headers) + "\n]",
            "rows": "[\n" + ",\n".join(lines) + "\n]",
            "names": _dump(self.names),
            "modules": _dump(self.modules),
            "canonical": _dump(self.canonical),
            "overridden": "[\n" + ",\n".join(map(_dump, self.overridden)) + "\n]",
        }
        return "{\n" + ",\n".join(f'"{key}": {text}' for key, text in parts.items()) + "\n}\n"


def _dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)


def build(documents: Iterable[Document], digest: str = "") -> Index:
    """The index of shipped documents, in the order given. No name may be described twice."""
    index = Index(digest=digest)
    for document in documents:
        for row in rows(document):
            index.add(row)
        index.overridden += overridden(document)
    return index


def _header(
    source: str,
    library: str,
    pypi: str,
    docs: str,
    category: str,
    brought: list[list[str]],
    documented: list[list[str]],
) -> Header:
    pairs = [tuple((key, text) for key, text in found) for found in (brought, documented)]
    return Header(source, library, pypi, docs, category, *pairs)


def read_compiled(path: Path) -> Index | None:
    """The index in a compiled file; None if there is none of this format."""
    try:
        raw = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    if raw.get("format") != FORMAT:
        return None
    headers = [_header(*header) for header in raw["headers"]]
    found = [(tuple(names), tuple(methods)) for names, methods in raw["overridden"]]
    return Index(headers, raw["rows"], raw["names"], raw["modules"], raw["canonical"], found, raw["digest"])
