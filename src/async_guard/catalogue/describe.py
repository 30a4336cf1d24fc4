"""What is known of one callable, in words (``async-guard explain requests.get``), and of all with their proof (``async-guard catalogue``)."""

from __future__ import annotations

import builtins
import difflib
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from async_guard.catalogue.expressions import show_condition, show_type
from async_guard.catalogue.load import Catalogue
from async_guard.catalogue.schema import PROOF_KINDS, Row
from async_guard.model.catalogue import ClassEntry, Effect, Entry, FunctionEntry, ModuleEntry, Run, TypeExpr, ValueEntry
from async_guard.model.findings import Severity

_IMPLICIT = {
    "__init__": "creating one", "__enter__": "with", "__exit__": "leaving with", "__iter__": "iterating", "__next__": "next()",
    "__getitem__": "x[k]", "__setitem__": "x[k] = v", "__delitem__": "del x[k]", "__contains__": "k in x", "__len__": "len()",
    "__bool__": "truth test", "__call__": "calling it", "__await__": "await", "__eq__": "==", "__ne__": "!=", "__lt__": "<",
    "__le__": "<=", "__gt__": ">", "__ge__": ">=",
}  # fmt: skip
"""Special method -> how people write the call."""

_RUN_PLACES = {
    "worker": "in a worker thread or process", "loop": "later on the event loop", "caller": "at once in the calling thread",
    "decorated": "wherever what it decorates runs",
    "greenlet": "at once, on the loop, with a driver that awaits", "never": "not by this library",
}  # fmt: skip

_ALIKE = 0.75
"""How alike names must be, from 0 to 1, for one to be meant by the other."""

_REPORTED = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True)
class Members:
    """Methods, properties or implicit calls of a class that cost the same."""

    labels: tuple[str, ...]
    severity: str
    because: str
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Description:
    """What is known of one dotted name. ``str()`` renders it for a terminal, without control characters."""

    name: str
    """Canonical name; of a member, the path by which it was asked for."""
    kind: str
    """function, method, class, property, attribute, value or module."""
    library: str
    verdict: str
    """blocks, negligible, does not block, or awaitable."""
    severity: str = ""
    because: str = ""
    category: str = ""
    cost: str = ""
    instead: str = ""
    conditions: tuple[str, ...] = ()
    """When it does not block, or only does; and what is different in which case."""
    runs: tuple[str, ...] = ()
    returns: str = ""
    proof: str = ""
    unproven: str = ""
    aliases: tuple[str, ...] = ()
    docs: str = ""
    described_as: str = ""
    """Of a member: the class and member that the catalogue describes, where they have another name than the one asked for."""
    source: str = ""
    """The document that says so."""
    members: tuple[Members, ...] = ()
    """Of a class: what costs something, inherited members included."""

    def __str__(self) -> str:
        lines = [f"{self.name}  ({self.kind} of {self.library})" if self.library else f"{self.name}  ({self.kind})"]
        lines.extend(f"  {label:12} {text}" for label, text in self._facts() if text)
        return "".join(_plain(line) + "\n" for line in lines).rstrip("\n")

    def _facts(self) -> Iterator[tuple[str, str]]:
        yield "verdict", _verdict(self.verdict, self.severity, self.because)
        yield from (("", condition) for condition in self.conditions)
        yield "category", self.category
        yield "cost", self.cost
        yield "instead", self.instead
        yield from (("runs", run) for run in self.runs)
        yield "gives", "" if self.returns == "any" else self.returns
        for number, group in enumerate(self.members):
            yield "members" if number == 0 else "", f"{group.severity}: {group.because}"
            yield from (("", f"  {condition}") for condition in group.conditions)
            yield from (("", f"  {line}") for line in textwrap.wrap(", ".join(group.labels), 96))
        yield "proof", self.proof
        yield "unproven", self.unproven
        yield "same as", self.described_as
        yield "also as", ", ".join(self.aliases)
        yield "docs", self.docs
        yield "said by", self.source


@dataclass(frozen=True)
class TableRow:
    """One entry of the catalogue: a function, or the members of a class with the same effect."""

    name: str
    more: int
    """How many further names the entry describes."""
    library: str
    severity: str
    category: str
    proof: str
    """Kind of proof: verified, cost, test, recipe, through; or unproven (with a reason), or none."""
    evidence: str
    """The proof itself, or why there is none."""


# -- one name


def describe(catalogue: Catalogue, dotted: str) -> Description | None:
    """What is known of a function, class, method, property, attribute, value or module; None when nothing is."""
    dotted = dotted.strip().removesuffix("()")
    first, _, rest = dotted.partition(".")
    if catalogue.lookup(dotted) is None and (not rest or hasattr(builtins, first)):  # open, str.join
        dotted = f"builtins.{dotted}"
    entry = catalogue.lookup(dotted)
    if entry is not None:
        return _described(catalogue, dotted, entry)
    head, *members = _split(catalogue, dotted)
    if members:
        told = _member(catalogue, head, members)
        if told is not None and told.name != dotted:
            return replace(told, name=dotted, described_as=told.name)
        return told
    below = catalogue.module_effect(dotted)
    return _described(catalogue, below.name, below) if below is not None else None


def near_misses(catalogue: Catalogue, dotted: str, limit: int = 5) -> list[str]:
    """Known names that somebody who asked for ``dotted`` may have meant, the best first."""
    wanted = dotted.strip().removesuffix("()")
    head, _, last = wanted.rpartition(".")
    public = [name for name in catalogue.names() if "._" not in name]
    ends = [name for name in public if name.endswith(f".{wanted}")]
    if head:  # a method without its module: Session.post
        ends += [
            f"{name}.{last}"
            for name in public
            if name.endswith(f".{head}") and catalogue.method(name, last) is not None
        ]
    alike = [f"{head}.{name}" for name in _member_names(catalogue, head)]
    alike += [name for name in public if name.startswith(f"{wanted.partition('.')[0]}.")]
    matcher = difflib.SequenceMatcher(b=wanted.lower())
    ranked = []
    for name in dict.fromkeys(alike or public):
        matcher.set_seq1(name.lower())
        if matcher.real_quick_ratio() > _ALIKE and matcher.quick_ratio() > _ALIKE:
            ranked.append((-matcher.ratio(), name))
    close = [name for ratio, name in sorted(ranked) if -ratio > _ALIKE]
    return list(dict.fromkeys([*sorted(ends, key=lambda name: (len(name), name)), *close]))[:limit]


def _member_names(catalogue: Catalogue, class_name: str) -> list[str]:
    return [
        name
        for entry in catalogue.line(class_name)
        for name in (*entry.methods, *entry.attributes, *entry.properties)
        if name[0] not in "_*"
    ]


def _split(catalogue: Catalogue, dotted: str) -> list[str]:
    """The longest known name in front, and the parts behind it; the whole when nothing in front is known."""
    parts = dotted.split(".")
    for end in range(len(parts) - 1, 0, -1):
        head = ".".join(parts[:end])
        entry = catalogue.lookup(head)
        if isinstance(entry, ClassEntry):
            return [entry.name, *parts[end:]]
        made = (
            entry.type if isinstance(entry, ValueEntry) else entry.returns if isinstance(entry, FunctionEntry) else None
        )
        if made is not None and made[0] == "inst":  # boto3.client.get_object: a method of what the function gives
            return [catalogue.canonical(made[1]), *parts[end:]]
    return [dotted]


def _member(catalogue: Catalogue, class_name: str, parts: list[str]) -> Description | None:
    """A member of a class, reached through attributes: ``openai.OpenAI`` and ``chat.completions.create``."""
    name, *rest = parts
    if not rest:
        return _last_member(catalogue, class_name, name)
    kind = catalogue.attribute(class_name, name)
    if kind is None or kind[0] != "inst":
        return None
    return _member(catalogue, catalogue.canonical(kind[1]), rest)


def _last_member(catalogue: Catalogue, class_name: str, name: str) -> Description | None:
    effect = catalogue.property(class_name, name)
    kind = catalogue.attribute(class_name, name)
    if effect is not None:
        return _of_effect(catalogue, class_name, f"{class_name}.{name}", "property", effect, kind)
    found = catalogue.method(class_name, name)
    if found is not None and (name in found[0].methods or kind is None):
        holder, method = found
        shown = f"{holder.name}.{name}"
        told = _of_function(catalogue, holder.name, shown, "method", method)
        unlisted = () if name in holder.methods else (f"as every method of {holder.name} that its entry does not name",)
        return replace(told, conditions=(*told.conditions, *unlisted))
    if kind is not None:
        return _of_effect(catalogue, class_name, f"{class_name}.{name}", "attribute", None, kind)
    return None


def _described(catalogue: Catalogue, dotted: str, entry: Entry) -> Description:
    name = entry.name
    aliases = tuple(catalogue.aliases(name))
    if isinstance(entry, FunctionEntry):
        return replace(_of_function(catalogue, dotted, name, "function", entry), aliases=aliases)
    if isinstance(entry, ClassEntry):
        return replace(_of_class(catalogue, entry), aliases=aliases)
    if isinstance(entry, ModuleEntry):
        told = _of_effect(catalogue, dotted, f"{name}.*", "module", entry.effect, None)
        return replace(told, conditions=("every callable below it that has no entry of its own", *told.conditions))
    return replace(_of_effect(catalogue, dotted, name, "value", None, entry.type), aliases=aliases)


def _of_function(catalogue: Catalogue, known_as: str, name: str, kind: str, entry: FunctionEntry) -> Description:
    told = _of_effect(catalogue, known_as, name, kind, entry.effect, entry.returns)
    cases = tuple(f"if {show_condition(when)}: {_difference(entry, case)}" for when, case in entry.cases)
    consumed = tuple(f"awaits what is given as {_argument(ref.keyword, ref.position)}" for ref in entry.consumes)
    return replace(
        told, verdict="awaitable" if entry.is_awaitable else told.verdict, conditions=(*told.conditions, *cases),
        runs=(*(_run(run) for run in entry.runs), *consumed, *_pulled(entry)),
    )  # fmt: skip


def _pulled(entry: FunctionEntry) -> Iterator[str]:
    when = ", when what it gives is iterated" if entry.lazy else ""
    for ref in entry.iterates:
        yield f"iterates what is given as {_argument(ref.keyword, ref.position)}{when}"
    if entry.uses:
        yield f"calls {', '.join(entry.uses)} of the object{when}"


def _of_class(catalogue: Catalogue, entry: ClassEntry) -> Description:
    init = catalogue.method(entry.name, "__init__")
    effect = init[1].effect if init is not None else None
    if effect is not None and effect.severity is None and _is_of_methods(entry, effect):
        effect = replace(effect, because="", cost="", proof="", unproven="")
    return replace(
        _of_effect(catalogue, entry.name, entry.name, "class", effect, None),
        members=tuple(_members(catalogue, entry)),
        runs=("its methods give awaitables and block nothing",) if entry.is_async else (),
    )


def _is_of_methods(entry: ClassEntry, effect: Effect) -> bool:
    """Whether the reason of a constructor that does not block is only the one that its class gives for its methods."""
    others = (method.effect for name, method in entry.methods.items() if name != "__init__")
    return any(other is not None and other.severity is not None and other.because == effect.because for other in others)


def _members(catalogue: Catalogue, entry: ClassEntry) -> list[Members]:
    effects: dict[str, Effect | None] = {}
    for holder in catalogue.line(entry.name):
        for name, method in holder.methods.items():
            effects.setdefault(_label(name), method.effect)
        for name, effect in holder.properties.items():
            effects.setdefault(name, effect)
    effects.pop(_label("__init__"), None)
    groups: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for label, found in effects.items():
        if found is not None and found.severity is not None:
            groups.setdefault((found.severity.value, found.because, tuple(_conditions(found))), []).append(label)
    return [Members(tuple(labels), *key) for key, labels in groups.items()]


def _label(method: str) -> str:
    return _IMPLICIT.get(method, "any other method" if method == "*" else f"{method}()")


def _of_effect(
    catalogue: Catalogue, known_as: str, name: str, kind: str, effect: Effect | None, returns: TypeExpr | None
) -> Description:
    row = catalogue.row(known_as)
    header = row.header if row is not None else None
    severity = effect.severity if effect is not None else None
    blocks = severity in _REPORTED
    return Description(
        name=name, kind=kind, library=header.library_of(known_as) if header else "", source=header.source if header else "",
        verdict="blocks" if blocks else "negligible" if severity is not None else "does not block",
        severity=severity.value if severity is not None else "",
        because=effect.because if effect else "", category=effect.category if effect and severity is not None else "",
        cost=effect.cost if effect else "", instead=effect.instead if effect and severity is not None else "",
        conditions=tuple(_conditions(effect)) if effect else (), returns=show_type(returns) if returns is not None else "",
        proof=effect.proof if effect else "", unproven=effect.unproven if effect else "",
        docs=effect.docs if effect else header.docs_of(known_as) if header else "",
    )  # fmt: skip


def _conditions(effect: Effect) -> Iterator[str]:
    if effect.severity is None:
        return
    if effect.unless:
        yield f"not if {' or '.join(show_condition(c) for c in effect.unless)}"
    if effect.only_if:
        yield f"only if {' or '.join(show_condition(c) for c in effect.only_if)}"
    if effect.after:
        yield f"only after {' or '.join(effect.after)}"
    if effect.idle:
        yield f"not if all that is executed begins with {' or '.join(effect.idle.begins)}"


def _difference(entry: FunctionEntry, case: FunctionEntry) -> str:
    changes = []
    if case.effect != entry.effect and case.effect is not None:
        severity = case.effect.severity
        changes.append(
            _verdict(
                "blocks" if severity in _REPORTED else "does not block",
                severity.value if severity else "",
                case.effect.because,
            )
        )
    if case.returns != entry.returns and case.returns is not None:
        changes.append(f"gives {show_type(case.returns)}")
    if case.runs != entry.runs:
        changes.append("; ".join(f"runs {_run(run)}" for run in case.runs) or "runs nothing")
    return ", ".join(changes) or "the same"


def _run(run: Run) -> str:
    if run.made_with:
        return f"what the object was made with {_RUN_PLACES[run.on]}"
    return f"{_argument(run.arg.keyword, run.arg.position)} {_RUN_PLACES[run.on]}"


def _argument(keyword: str | None, position: int | None) -> str:
    return "every positional argument" if keyword == "*" else f"`{keyword}`" if keyword else f"argument {position}"


def _verdict(verdict: str, severity: str, because: str) -> str:
    if verdict == "awaitable":
        return "gives an awaitable: waits without blocking"
    reason = f": {because}" if because else ""
    if verdict == "blocks":
        return f"blocks ({severity}){reason}"
    return f"costs microseconds{reason}" if verdict == "negligible" else f"does not block{reason}"


def _plain(text: str) -> str:
    """Text with what could steer a terminal written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


# -- all names


def table_rows(catalogue: Catalogue) -> list[TableRow]:
    """Every entry that costs something, by library and name. One entry is one effect as written, whatever number of names share it."""
    found = [made for row in catalogue.rows() for made in _table_rows(catalogue, row)]
    return sorted(found, key=lambda row: (row.library.lower(), row.name))


def proof_share(rows: Sequence[TableRow]) -> float:
    """The share, from 0 to 1, of the reported entries (severity info and up) that point to a proof."""
    reported = [row for row in rows if row.severity != Severity.NEGLIGIBLE.value]
    return sum(row.proof in PROOF_KINDS for row in reported) / len(reported) if reported else 1.0


def table(catalogue: Catalogue, *, unproven: bool = False) -> str:
    """All entries that cost something as text, one a line, or the reported ones without proof; and how many of them are proven."""
    rows = table_rows(catalogue)
    shown = (
        [r for r in rows if r.proof not in PROOF_KINDS and r.severity != Severity.NEGLIGIBLE.value]
        if unproven
        else rows
    )
    cells = [("name", "library", "severity", "category", "proof")]
    cells += [
        (r.name + (f" (+{r.more})" if r.more else ""), r.library, r.severity, r.category, _evidence(r)) for r in shown
    ]
    widths = [min(max(len(line[column]) for line in cells), 64) for column in range(4)]
    lines = ["  ".join([*(text.ljust(width) for text, width in zip(line, widths)), line[4]]).rstrip() for line in cells]  # noqa: B905 - the last has no width
    reported = [row for row in rows if row.severity != Severity.NEGLIGIBLE.value]
    kinds = Counter(row.proof for row in reported)
    summary = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    through = (
        f", {kinds['through'] / len(reported):.0%} through another call that is proven" if kinds["through"] else ""
    )
    lines += ["", f"{len(reported)} reported entries ({summary}); {proof_share(rows):.0%} of them with proof{through}"]
    return "".join(_plain(line) + "\n" for line in lines)


def _evidence(row: TableRow) -> str:
    return row.evidence if row.proof in PROOF_KINDS else f"{row.proof}: {row.evidence}" if row.evidence else row.proof


def _table_rows(catalogue: Catalogue, row: Row) -> Iterator[TableRow]:
    names = list(dict.fromkeys(row.canonical(name) for name in row.names))
    entry = catalogue.lookup(names[0])
    if isinstance(entry, ClassEntry):
        for labels, effect in _effects_of_class(entry):
            yield _table_row(labels[0], len(labels) * len(names) - 1, row.header.library_of(names[0]), effect)
    elif (
        isinstance(entry, (FunctionEntry, ModuleEntry))
        and entry.effect is not None
        and entry.effect.severity is not None
    ):
        name = f"{entry.name}.*" if isinstance(entry, ModuleEntry) else entry.name
        yield _table_row(name, len(names) - 1, row.header.library_of(names[0]), entry.effect)


def _effects_of_class(entry: ClassEntry) -> list[tuple[list[str], Effect]]:
    """What the members of a class do, those with the same effect together."""
    groups: dict[tuple[object, ...], tuple[list[str], Effect]] = {}
    effects = [(name, method.effect) for name, method in entry.methods.items()] + list(entry.properties.items())
    for name, effect in effects:
        if effect is not None and effect.severity is not None:
            key = (effect.severity, effect.because, effect.category, effect.proof, effect.unproven)
            label = entry.name if name == "__init__" else f"{entry.name}.{name}"
            groups.setdefault(key, ([], effect))[0].append(label)
    return list(groups.values())


def _table_row(name: str, more: int, library: str, effect: Effect) -> TableRow:
    proof = effect.proof.partition(":")[0] if effect.proof else "unproven" if effect.unproven else "none"
    severity = effect.severity.value if effect.severity is not None else ""
    return TableRow(name, more, library, severity, effect.category, proof, effect.proof or effect.unproven)
