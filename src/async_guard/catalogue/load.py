"""The catalogue as the linker asks it: entries by dotted name, parsed when first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from async_guard.catalogue.index import Index, read_compiled
from async_guard.catalogue.schema import Document, Overridden, Row, overridden, parse_row, rows
from async_guard.model.catalogue import ClassEntry, Effect, Entry, FunctionEntry, ModuleEntry, TypeExpr

_HERE: Final = Path(__file__).parent


class Catalogue:
    """Entries of the libraries that async-guard knows, and of those that a project describes itself.

    Every question takes dotted names under any path by which people import the thing, and answers None for what is not known.
    ``Catalogue()`` is the shipped catalogue; `with_extra` extends it.
    """

    def __init__(self, index: Index | None = None) -> None:
        self._index = index if index is not None else shipped_index()
        self._entries: dict[str, Entry | None] = {}
        self._lines: dict[str, tuple[ClassEntry, ...]] = {}
        self._methods: dict[tuple[str, str], tuple[ClassEntry, FunctionEntry] | None] = {}
        self._prefixes: frozenset[str] | None = None
        self._mentioned: frozenset[str] | None = None

    def with_extra(self, documents: Iterable[Document | Mapping[str, Any]]) -> Catalogue:
        """This catalogue and the entries of a project's own documents, which win over the shipped ones and over earlier documents.

        All of them are parsed here, so that a mistake shows at once as `CatalogueError`.
        """
        index = self._index.copy()
        own = tuple(d if isinstance(d, Document) else Document("catalogue", d) for d in documents)
        for document in own:
            for row in rows(document, own=True):
                for name in row.names:
                    parse_row(row, name)
                index.override(row)
            index.overridden += overridden(document)
        return Catalogue(index)

    @property
    def overridden(self) -> Sequence[Overridden]:
        """Classes with the methods that the library calls as plain functions where subclasses override them."""
        return self._index.overridden

    # -- entries

    def lookup(self, dotted: str) -> Entry | None:
        """The entry of a function, class, value or module, by any of its names."""
        try:
            return self._entries[dotted]
        except KeyError:
            return self._parsed(dotted)

    def _parsed(self, dotted: str) -> Entry | None:
        index = self._index
        number = index.names.get(dotted)
        if number is None:
            number = index.modules.get(dotted)
        entry: Entry | None = None
        if number is not None:
            canonical = index.canonical.get(dotted, dotted)
            entry = self._entries.get(canonical)
            if entry is None:
                entry = self._entries[canonical] = parse_row(index.row(number), canonical)
        self._entries[dotted] = entry
        return entry

    def canonical(self, dotted: str) -> str:
        """The name under which findings show it; names that are not known stay as they are."""
        return self._index.canonical.get(dotted, dotted)

    def class_entry(self, dotted: str) -> ClassEntry | None:
        """The entry of a class."""
        entry = self.lookup(dotted)
        return entry if isinstance(entry, ClassEntry) else None

    def module_effect(self, dotted: str) -> ModuleEntry | None:
        """The nearest module above a name that is described as a whole."""
        modules = self._index.modules
        while dotted and modules:
            if dotted in modules:
                entry = self.lookup(dotted)
                return entry if isinstance(entry, ModuleEntry) else None
            dotted = dotted.rpartition(".")[0]
        return None

    def is_module_prefix(self, dotted: str) -> bool:
        """Whether something in the catalogue lies below this dotted path."""
        if self._prefixes is None:
            self._prefixes = frozenset(_prefixes((*self._index.names, *(f"{name}.*" for name in self._index.modules))))
        return dotted in self._prefixes

    # -- members of classes, inherited ones included

    def method(self, class_name: str, method_name: str) -> tuple[ClassEntry, FunctionEntry] | None:
        """A method and the class that describes it: by name in the class and its bases, else the nearest ``"*"`` (never for private ones)."""
        key = (class_name, method_name)
        try:
            return self._methods[key]
        except KeyError:
            found = self._methods[key] = self._method(class_name, method_name)
            return found

    def _method(self, class_name: str, method_name: str) -> tuple[ClassEntry, FunctionEntry] | None:
        line = self.line(class_name)
        for wanted in (method_name,) if method_name.startswith("_") else (method_name, "*"):
            for entry in line:
                found = entry.methods.get(wanted)
                if found is not None:
                    return entry, found
        return None

    def attribute(self, class_name: str, attr: str) -> TypeExpr | None:
        """What a plain attribute is; methods win over it, which is for the caller to ask first."""
        line = self.line(class_name)
        for wanted in (attr,) if attr.startswith("_") else (attr, "*"):
            for entry in line:
                found = entry.attributes.get(wanted)
                if found is not None:
                    return found
        return None

    def property(self, class_name: str, attr: str) -> Effect | None:
        """What reading an attribute costs, where it costs anything."""
        for entry in self.line(class_name):
            found = entry.properties.get(attr)
            if found is not None:
                return found
        return None

    def is_subclass(self, dotted: str, dotted_base: str) -> bool:
        """Whether a class is or inherits from another; the other may be one that the catalogue only knows as a base."""
        canonical, base = self.canonical(dotted), self.canonical(dotted_base)
        if canonical == base:
            return True
        return any(self.canonical(b) == base for entry in self.line(canonical) for b in entry.bases)

    def line(self, class_name: str) -> tuple[ClassEntry, ...]:
        """A class and all it inherits from, depth first, each once."""
        line = self._lines.get(class_name)
        if line is None:
            found: dict[str, ClassEntry] = {}
            pending = [class_name]
            while pending:
                entry = self.class_entry(pending.pop())
                if entry is not None and entry.name not in found:
                    found[entry.name] = entry
                    pending.extend(reversed(entry.bases))
            line = self._lines[class_name] = tuple(found.values())
        return line

    def mentions(self, name: str) -> bool:
        """Whether some library has a function or method of this last name."""
        if self._mentioned is None:
            found = {each.rpartition(".")[2] for each in self._index.names}
            for row in self.rows():
                if row.kind == "class":
                    _gather(row.table, found)
            self._mentioned = frozenset(found)
        return name in self._mentioned

    # -- the whole

    def names(self) -> list[str]:
        """Every canonical name, sorted; modules included."""
        index = self._index
        return sorted({name for name in (*index.names, *index.modules) if name not in index.canonical})

    def rows(self) -> list[Row]:
        """Every table as written, in the order of files; tables that others replace are left out."""
        index = self._index
        used = {*index.names.values(), *index.modules.values()}
        return [index.row(number) for number in sorted(used)]

    def aliases(self, dotted: str) -> list[str]:
        """The other paths to a canonical name."""
        return sorted(alias for alias, canonical in self._index.canonical.items() if canonical == dotted)

    def row(self, dotted: str) -> Row | None:
        """The table that describes a name, as written, with its document's header."""
        index = self._index
        number = index.names.get(dotted, index.modules.get(dotted, -1))
        return index.row(number) if number >= 0 else None


def _gather(part: Any, found: set[str]) -> None:
    """Every word in a table: names of methods among them."""
    if isinstance(part, str):
        found.add(part)
    elif isinstance(part, Mapping):
        found.update(part)
        for each in part.values():
            _gather(each, found)
    elif isinstance(part, (list, tuple)):
        for each in part:
            _gather(each, found)


def _prefixes(names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        above = name.rpartition(".")[0]
        while above and above not in found:
            found.add(above)
            above = above.rpartition(".")[0]
    return found


@lru_cache(maxsize=1)
def shipped_index() -> Index:
    """The index of the shipped files: compiled, or in a source checkout where somebody is editing them, from the files themselves."""
    index = read_compiled(_HERE / "compiled.json")
    if index is not None and not _is_checkout():
        return index
    from async_guard.catalogue.compile import compile_files, data_files, digest

    files = data_files()
    if index is not None and index.digest == digest(files):
        return index
    return compile_files(files)


def _is_checkout() -> bool:
    return (_HERE.parents[2] / "pyproject.toml").is_file() and _HERE.parents[1].name == "src"


__all__ = ["Catalogue", "shipped_index"]
