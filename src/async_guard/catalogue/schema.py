"""From the tables of a catalogue document (docs/catalogue.md) to the frozen entries of `async_guard.model.catalogue`, strictly.

Whatever the format does not know raises `CatalogueError`, whose text names the file, the entry, the key and the nearest valid choice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from async_guard.catalogue.expressions import is_dotted
from async_guard.catalogue.tables import CatalogueError, Table
from async_guard.model.catalogue import (
    ClassEntry,
    Condition,
    Effect,
    Entry,
    FunctionEntry,
    Idle,
    ModuleEntry,
    Run,
    TypeExpr,
    ValueEntry,
)  # fmt: skip
from async_guard.model.findings import Severity

KINDS = ("function", "class", "value", "module")
"""The arrays of tables a document may hold."""

HEADER_KEYS = ("library", "pypi", "docs", "category")
TOP_KEYS = (*HEADER_KEYS, "distributions", "documentation", "gone", "overridden", *KINDS)
OVERRIDDEN_KEYS = ("names", "methods")

SEVERITIES: Mapping[str, Severity | None] = {**{s.value: s for s in Severity}, "none": None}

CATEGORIES = ("sleep", "http", "database", "file", "subprocess", "network", "sdk", "wait", "input", "cpu", "contract")
"""``contract`` is what a project's own entries are without a category of their own."""

GIL = ("", "held", "released")
"""What a call does with the interpreter lock while it computes, where that is known."""

PROOF_KINDS = ("verified", "cost", "test", "recipe", "through")

TEXT_KEYS = ("severity", "because", "instead", "cost", "category", "proof", "unproven", "docs", "gil", "raises_instead")
EFFECT_KEYS = (*TEXT_KEYS, "unless", "only_if")
RESULT_KEYS = (
    "returns",
    "runs",
    "consumes",
    "iterates",
    "lazy",
    "uses",
    "becomes",
    "turns",
    "prepares",
    "loop",
    "role",
)
CALL_KEYS = (*EFFECT_KEYS, *RESULT_KEYS, "cases")
CASE_KEYS = (*EFFECT_KEYS, *RESULT_KEYS, "when")
ROLES = ("", "makes-task", "runs-loop", "waits", "acquires", "releases", "pools", "callback", "takes-data")
CLASS_ROLES = (
    "",
    "lock",
    "reentrant-lock",
    "slots",
    "file-lock",
    "loop-future",
    "running-loop",
    "own-loop",
    "awaitable",
    "suppresses",
    "over",
    "begins",
    "begins-without-loop",
)
"""What calls and classes are to the rules that are not about blocking."""
RUN_KEYS = ("arg", "on", "pass", "method")
RUNS_ON = ("worker", "loop", "caller", "decorated", "greenlet", "never")
PASSES = ("rest", "args", "items", "spread", "self")

SPECIAL = {
    "construct": "__init__", "enter": "__enter__", "exit": "__exit__", "iterate": "__iter__", "next": "__next__",
    "getitem": "__getitem__", "setitem": "__setitem__", "delitem": "__delitem__", "contains": "__contains__", "len": "__len__",
    "bool": "__bool__", "call": "__call__", "eq": "__eq__", "ne": "__ne__", "lt": "__lt__", "le": "__le__", "gt": "__gt__",
    "ge": "__ge__", "hash": "__hash__", "add": "__add__", "sub": "__sub__", "mul": "__mul__", "truediv": "__truediv__",
    "and": "__and__", "or": "__or__", "xor": "__xor__", "lshift": "__lshift__", "rshift": "__rshift__", "matmul": "__matmul__",
    "str": "__str__", "repr": "__repr__", "format": "__format__", "int": "__int__", "float": "__float__", "reversed": "__reversed__",
    "descriptor": "__get__",
}  # fmt: skip
"""Key of a class table -> the special method that it describes."""

RESULT_OF_SPECIAL = {"iterate": "item", **{key: f"{key}_returns" for key in SPECIAL if key not in ("iterate", "exit")}}
"""Key of a class table -> the key that says what the special method gives."""

CLASS_KEYS = (
    "names", "bases", "params", "async", "sync", *TEXT_KEYS, "blocking", "safe", "returns", "iterates", "uses", "puts", "becomes",
    "attributes", "property", "methods", "await_returns", "role", *SPECIAL, *RESULT_OF_SPECIAL.values(),
)  # fmt: skip
KEYS: Mapping[str, tuple[str, ...]] = {
    "function": ("names", *CALL_KEYS), "class": CLASS_KEYS, "value": ("names", "type"), "module": ("name", *EFFECT_KEYS),
}  # fmt: skip

_EVIDENCE = ("cost", "proof", "unproven")


@dataclass(frozen=True)
class Document:
    """One catalogue document as read: ``source`` is what messages call it (a file name), ``content`` the tables."""

    source: str
    content: Mapping[str, Any]


Overridden = tuple[tuple[str, ...], tuple[str, ...]]
"""Names of classes, and of their methods that the library calls without awaiting what comes back."""


@dataclass(frozen=True)
class Header:
    """What the top of a document says of all its entries."""

    source: str
    library: str = ""
    pypi: str = ""
    docs: str = ""
    category: str = ""
    distributions: tuple[tuple[str, str], ...] = ()
    """Names of packages -> the distribution that brings them, where that is not ``pypi``."""
    documentation: tuple[tuple[str, str], ...] = ()
    """Distributions, or names of modules -> where each is documented, where that is not ``docs``."""

    def distribution_of(self, name: str) -> str:
        """The distribution that brings a dotted name: of the packages named that hold it, the innermost says so."""
        return _innermost(self.distributions, name) or self.pypi

    def docs_of(self, name: str) -> str:
        """Where the library or module that a dotted name belongs to is documented."""
        if not self.documentation:
            return self.docs
        found = dict(self.documentation).get(self.distribution_of(name))
        return found or _innermost(self.documentation, name) or self.docs

    def library_of(self, name: str) -> str:
        """What users know the library by: a file that describes several has each by its distribution."""
        found = self.distribution_of(name) if self.distributions else self.pypi
        return self.library if found == self.pypi else found


def _innermost(texts: tuple[tuple[str, str], ...], name: str) -> str:
    """What is said of the longest of several prefixes that holds a dotted name; empty where none does."""
    fitting = [(len(prefix), text) for prefix, text in texts if f"{name}.".startswith(f"{prefix}.")]
    return max(fitting)[1] if fitting else ""


@dataclass(frozen=True)
class Row:
    """One entry table as written, with the document it stands in."""

    kind: str
    header: Header
    table: Mapping[str, Any]

    @property
    def names(self) -> tuple[str, ...]:
        """The dotted names that the table describes."""
        return (self.table["name"],) if self.kind == "module" else tuple(self.table["names"])

    def canonical(self, name: str) -> str:
        """The name that ``name`` is another path to: the first of the table's names with the same last part.

        One table may describe functions that several libraries have under one name (``zlib.compress`` and ``bz2.compress``): such a function is
        another path only within its package, or to what a private module has.
        """
        package, last = name.partition(".")[0], name.rpartition(".")[2]
        for other in self.names:
            if other.rpartition(".")[2] != last:
                continue
            if self.kind != "function" or other.partition(".")[0] == package or package.startswith("_"):
                return other
        return name


def rows(document: Document, *, own: bool = False) -> Iterator[Row]:
    """The entry tables of a document, their names checked, the rest unread. ``own``: a project's own entries, which need no header."""
    source = document.source
    top = Table(document.content, source, "")
    top.only(TOP_KEYS)
    library, pypi, docs, category = (top.text(key) for key in HEADER_KEYS)
    top.texts("gone")
    named = [_texts_of(top.table(key)) for key in ("distributions", "documentation")]
    header = Header(source, library, pypi, docs, category, *named)
    if not own:
        top.require("library", "category")
    if header.category:
        top.choice("category", header.category, CATEGORIES)
    elif own:
        header = replace(header, category="contract")
    for kind in KINDS:
        for number, table in enumerate(top.tables(kind), 1):
            _check_names(kind, table.named(f"{kind} {number}"))
            yield Row(kind, header, table.data)


def _texts_of(table: Table) -> tuple[tuple[str, str], ...]:
    return tuple((key, table.text(key)) for key in table.data)


def overridden(document: Document) -> Iterator[Overridden]:
    """The tables of a document that name methods which a library calls as plain functions where subclasses override them."""
    top = Table(document.content, document.source, "")
    for number, part in enumerate(top.tables("overridden"), 1):
        table = part.named(f"overridden {number}")
        table.only(OVERRIDDEN_KEYS)
        table.require(*OVERRIDDEN_KEYS)
        _check_names("class", table)
        yield tuple(table.texts("names")), tuple(table.texts("methods"))


def _check_names(kind: str, table: Table) -> None:
    key = "name" if kind == "module" else "names"
    table.require(key)
    names = [table.text(key)] if kind == "module" else table.texts(key)
    if not names:
        raise table.error(key, "is empty")
    for name in names:
        if not is_dotted(name) or ("." not in name and kind != "module"):
            raise table.error(key, f"{name!r} is no dotted name of a {kind}")


def parse_row(row: Row, name: str) -> Entry:
    """The entry that a table gives for one of its names (the canonical one)."""
    table = Table(row.table, row.header.source, f"{row.kind} {name}")
    table.only(KEYS[row.kind])
    inherited = {"category": row.header.category, "docs": row.header.docs_of(name)}
    if row.kind == "class":
        return _ClassReader(table, name, inherited).entry()
    if row.kind == "value":
        table.require("type")
        return ValueEntry(name, table.type("type"))
    table.require("severity")
    if row.kind == "module":
        return ModuleEntry(name, _effect(table, inherited))
    return _call(table, name, inherited)


def parse_document(document: Document, *, own: bool = False) -> dict[str, Entry]:
    """Every entry of a document under each of its names."""
    found: dict[str, Entry] = {}
    for row in rows(document, own=own):
        parsed: dict[str, Entry] = {}
        for name in row.names:
            canonical = row.canonical(name)
            if canonical not in parsed:
                parsed[canonical] = parse_row(row, canonical)
            found[name] = parsed[canonical]
    return found


# -- calls: functions, methods, special methods


def _call(
    table: Table, name: str, inherited: Mapping[str, str], params: Collection[str] = (), awaitable: bool = False
) -> FunctionEntry:
    """A callable from its table; with ``awaitable`` what it does happens on the loop and blocks nothing."""
    effect = _effect(table, inherited, name)
    if awaitable and effect.severity is not None:
        raise table.error("severity", "a method of an async class blocks only if it is listed in 'sync'")
    returns = table.type("returns", params) if "returns" in table.data else None
    if awaitable and returns is not None and returns[0] == "awaitable":
        raise table.error("returns", "says what awaiting gives: leave out 'awaitable[...]' in an async class")
    return FunctionEntry(
        name=name, effect=None if awaitable else effect, returns=returns,
        runs=tuple(_run(run) for run in table.tables("runs")), consumes=tuple(table.arguments("consumes")),
        cases=tuple(_case(case, table, name, inherited, params, awaitable) for case in table.tables("cases")), is_awaitable=awaitable,
        iterates=tuple(table.arguments("iterates")), lazy=table.flag("lazy"), uses=tuple(table.texts("uses")),
        becomes=table.text("becomes"), turns=table.text("turns"), prepares=table.flag("prepares"),
        loop=table.text("loop"), role=table.choice("role", table.text("role"), ROLES),
    )  # fmt: skip


def _case(
    case: Table, table: Table, name: str, inherited: Mapping[str, str], params: Collection[str], awaitable: bool
) -> tuple[Condition, FunctionEntry]:
    case.only(CASE_KEYS)
    case.require("when")
    changed = {key: value for key, value in case.data.items() if key != "when"}
    kept = {key: value for key, value in table.data.items() if key != "cases"}
    if any(key in changed for key in _EVIDENCE):
        kept = {key: value for key, value in kept.items() if key not in _EVIDENCE}
    overlaid = Table({**kept, **changed}, case.source, case.entry, case.path)
    return case.condition("when", case.text("when")), _call(overlaid, name, inherited, params, awaitable)


def _effect(table: Table, inherited: Mapping[str, str], name: str = "") -> Effect:
    """What a call of ``name`` costs. ``inherited`` holds the texts that count where the table says nothing."""
    texts = {key: table.text(key) for key in TEXT_KEYS if key in table.data}
    if any(key in texts for key in _EVIDENCE):  # proof of something else proves nothing here
        inherited = {key: value for key, value in inherited.items() if key not in _EVIDENCE}
    texts = {**inherited, **texts}
    severity = SEVERITIES[table.choice("severity", texts.pop("severity", "none"), SEVERITIES)]
    if texts.get("category"):
        table.choice("category", texts["category"], CATEGORIES)
    if severity is not None and severity is not Severity.NEGLIGIBLE and not texts.get("because"):
        raise table.error("because", "is missing: what does the call do while it blocks?")
    table.choice("gil", texts.get("gil", ""), GIL)
    proof = texts.get("proof", "")
    if proof:
        table.choice("proof", proof.partition(":")[0], PROOF_KINDS)
    if "{name}" in texts.get("instead", ""):
        texts["instead"] = _filled(texts["instead"], name.rpartition(".")[2])
    return Effect(
        severity=severity, because=texts.pop("because", ""), category=texts.pop("category", ""), **texts,
        unless=tuple(table.conditions("unless")), only_if=tuple(table.conditions("only_if")), after=tuple(table.texts("after")),
        untaken=table.flag("untaken"), idle=_idle(table.table("idle")) if "idle" in table.data else None,
    )  # fmt: skip


def _idle(table: Table) -> Idle:
    table.only(("calls", "begins", "beside", "ends"))
    table.require("calls", "begins")
    return Idle(
        tuple(table.texts("calls")),
        tuple(table.texts("begins")),
        tuple(table.texts("beside")),
        tuple(table.texts("ends")),
    )


def _filled(instead: str, called: str) -> str:
    """The replacement with the name of what is called, or of its class alone where the call has no name."""
    if called in ("", "*") or called.startswith("__"):
        return instead.replace(".{name}", "").replace("{name}", "").strip()
    return instead.replace("{name}", called)


MADE_WITH: Final = "made_with:"
"""In front of a type parameter: not an argument runs but what the object has there."""


def _run(table: Table) -> Run:
    table.only(RUN_KEYS)
    table.require("arg", "on")
    table.choice("on", table.text("on"), RUNS_ON)
    how, at, position = table.text("pass").partition("@")
    name, colon, keyword = how.partition(":")
    if how:
        table.choice("pass", name, PASSES)
        if (name in ("rest", "self")) == bool(at or colon):
            raise table.error(
                "pass", f"{table.text('pass')!r}: write 'rest', 'self', 'args@1', 'items@1' or 'spread@1'"
            )
    ref = None
    if at or colon:
        # `args` names a keyword by itself, as in threading.Thread(target=f, args=(x,)); items have no usual name.
        ref = table.argument("pass", (keyword or ("args" if name == "args" else "")) + at + position)
    arg = table.text("arg")
    made_with = arg.startswith(MADE_WITH)
    return Run(
        table.argument("arg", arg.removeprefix(MADE_WITH)), table.text("on"), name, ref, table.text("method"), made_with
    )


# -- classes


class _ClassReader:
    """One class table on its way to a `ClassEntry`."""

    def __init__(self, table: Table, name: str, inherited: Mapping[str, str]) -> None:
        self.table = table
        self.name = name
        self.params = tuple(table.texts("params"))
        self.is_async = table.flag("async")
        texts = {key: table.text(key) for key in TEXT_KEYS if key in table.data}
        self.for_blocking = {**inherited, **texts}
        self.for_others = {key: value for key, value in self.for_blocking.items() if key != "severity"}
        self.returns = {name: table.type_in("returns", name, self.params) for name in table.table("returns").data}
        self.blocking = table.texts("blocking")
        self.safe = table.texts("safe")
        self.sync = table.texts("sync")
        self.methods: dict[str, FunctionEntry] = {}

    def entry(self) -> ClassEntry:
        """The whole class."""
        self._check()
        self._short_forms()
        self._long_forms()
        self._special_methods()
        self._what_methods_do()
        table = self.table
        properties = table.table("property")
        return ClassEntry(
            name=self.name, bases=tuple(table.names("bases")), params=self.params, is_async=self.is_async, methods=self.methods,
            attributes={name: table.type_in("attributes", name, self.params) for name in table.table("attributes").data},
            properties={name: self._property(properties.table(name)) for name in properties.data},
            keeps=any(method.puts is not None for method in self.methods.values()),
            role=table.choice("role", table.text("role"), CLASS_ROLES),
        )  # fmt: skip

    def _check(self) -> None:
        for method in self.blocking:
            if method in self.safe:
                raise self.table.error("safe", f"{method!r} is listed in 'blocking' too")
        if self.sync and not self.is_async:
            raise self.table.error("sync", "counts only with 'async = true'")
        if self.blocking and "severity" not in self.table.data:
            raise self.table.error("severity", "is missing: how badly do the methods in 'blocking' block?")
        self.table.choice("severity", self.for_blocking.get("severity", "none"), SEVERITIES)

    def _is_awaitable(self, method: str) -> bool:
        return self.is_async and method not in self.sync and method not in self.blocking and not method.startswith("__")

    def _short_forms(self) -> None:
        names = {
            **dict.fromkeys(self.blocking),
            **dict.fromkeys(self.safe),
            **dict.fromkeys(self.sync),
            **dict.fromkeys(self.returns),
        }
        if self.is_async and "*" not in self.sync:
            names["*"] = None
        for method in names:
            awaitable = self._is_awaitable(method)
            effect = self._effect_of_blocking(method) if method in self.blocking else None
            returns = self.returns.get(method)
            if awaitable and returns is not None and returns[0] == "awaitable":
                raise self.table.error(
                    f"returns.{method}", "says what awaiting gives: leave out 'awaitable[...]' in an async class"
                )
            self.methods[method] = FunctionEntry(f"{self.name}.{method}", effect, returns, is_awaitable=awaitable)

    def _effect_of_blocking(self, method: str) -> Effect:
        return _effect(Table({}, self.table.source, self.table.entry), self.for_blocking, method)

    def _long_forms(self) -> None:
        methods = self.table.table("methods")
        for method in methods.data:
            table = methods.table(method)
            table.only((*CALL_KEYS, "idle"))
            inherited = self.for_blocking if method in self.blocking else self.for_others
            found = _call(table, f"{self.name}.{method}", inherited, self.params, self._is_awaitable(method))
            self.methods[method] = self._with_returns(found, self.returns.get(method))

    def _special_methods(self) -> None:
        for key, dunder in SPECIAL.items():
            result_key = RESULT_OF_SPECIAL.get(key, "")
            returns = self.table.type(result_key, self.params) if result_key in self.table.data else None
            if key in self.table.data:
                table = self.table.table(key)
                table.only((*CALL_KEYS, "after", "untaken", "idle") if key == "exit" else CALL_KEYS)
                found = _call(table, f"{self.name}.{dunder}", self.for_others, self.params)
                self.methods[dunder] = self._with_returns(
                    found, ("self",) if key == "enter" and returns is None else returns
                )
            elif returns is not None:
                self.methods[dunder] = FunctionEntry(f"{self.name}.{dunder}", None, returns)
            if returns is not None and key in ("enter", "iterate"):
                self._plain("__aenter__" if key == "enter" else "__aiter__", returns, awaitable=key == "enter")
        if "await_returns" in self.table.data:
            self._plain("__await__", self.table.type("await_returns", self.params), awaitable=False)

    def _what_methods_do(self) -> None:
        """``iterates``, ``uses``, ``puts`` and ``becomes`` of the class: by method, or by the key of an implicit call."""
        for key in ("iterates", "uses", "puts", "becomes"):
            table = self.table.table(key)
            for name in table.data:
                # Nothing is put into an object by an operator: there `add` is the method of that name.
                method = SPECIAL.get(name, name) if key != "puts" or name == "setitem" else name
                found = self.methods.get(method)
                if found is None:
                    awaitable = self._is_awaitable(method)
                    found = FunctionEntry(f"{self.name}.{method}", is_awaitable=awaitable)
                if key == "iterates":
                    found = replace(found, iterates=tuple(table.arguments(name)))
                elif key == "uses":
                    found = replace(found, uses=tuple(table.texts(name)))
                elif key == "becomes":
                    found = replace(found, becomes=table.text(name))
                else:
                    found = replace(found, puts=table.argument(name, table.text(name)))
                self.methods[method] = found

    def _plain(self, dunder: str, returns: TypeExpr, *, awaitable: bool) -> None:
        self.methods.setdefault(dunder, FunctionEntry(f"{self.name}.{dunder}", None, returns, is_awaitable=awaitable))

    @staticmethod
    def _with_returns(entry: FunctionEntry, returns: TypeExpr | None) -> FunctionEntry:
        """The entry, and its cases, with this result wherever they state none."""
        if returns is None:
            return entry
        cases = tuple((when, _ClassReader._with_returns(case, returns)) for when, case in entry.cases)
        return replace(entry, returns=entry.returns or returns, cases=cases)

    def _property(self, table: Table) -> Effect:
        table.only(EFFECT_KEYS)
        return _effect(table, self.for_others)


__all__ = [
    "CATEGORIES",
    "SEVERITIES",
    "CatalogueError",
    "Document",
    "Header",
    "Row",
    "parse_document",
    "parse_row",
    "rows",
]
