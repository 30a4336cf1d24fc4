"""What is known of a library's callables, as the catalogue hands it to the linker. The format is described in docs/catalogue.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from async_guard.model.findings import Severity

TypeExpr = tuple[Any, ...]
"""A parsed type. First item is the form:

``("inst", "pkg.Class", (args, ...))``, ``("self",)``, ``("param", "T")``, ``("union", (a, b))``, ``("none",)``, ``("any",)``,
``("class", "pkg.Class")``, ``("awaitable", t)``, ``("cm", t)``, ``("acm", t)``, ``("callable", t)``, ``("decorator", "wrap")``,
and with an `ArgRef`: ``("arg", ref)``, ``("instance", ref)``, ``("declares", ref)``, ``("call", ref)``, ``("wrap", ref)``, ``("offload", ref)``,
``("started", ref)``, ``("sync", ref)``, ``("items", ref)``, ``("used", ref)``, ``("partial", ref)``, ``("provider", ref)``, ``("keeper", ref)``,
``("cmfactory", ref)``, ``("acmfactory", ref)``, ``("around", ref)``, ``("around_call", ref)``, ``("property", ref)``.
Builtin containers are ``("inst", "list", (t,))``; a lazy iterator is ``("inst", "iter", (t,))``.
"""


LOOP_BOUND = "bound"
"""It makes or touches what belongs to the running loop, without an error in another thread."""


@dataclass(frozen=True)
class ArgRef:
    """An argument of a call: by keyword, by position (from 0, without ``self``), or either. ``keyword == "*"`` means all positional ones."""

    keyword: str | None
    position: int | None


@dataclass(frozen=True)
class Condition:
    """A predicate on an argument. ``op``: ``eq``, ``given``, ``not``, ``is`` (instance or subclass of the dotted name), ``mentions``,
    ``starts`` (a literal text that begins so), ``beside`` (a path in the folder of the argument behind it, which has this name).
    """

    op: str
    arg: ArgRef
    value: Any = None


@dataclass(frozen=True)
class Idle:
    """What may be done with an object inside of a ``with`` block so that leaving it has nothing to do."""

    calls: tuple[str, ...]
    """Methods that are handed a text: of the object itself, and of what its methods give."""
    begins: tuple[str, ...]
    """What such a text begins with, in capitals."""
    beside: tuple[str, ...]
    """Methods that are called whatever they are handed."""
    ends: tuple[str, ...] = ()
    """Methods after which nothing is left to do, whatever was done before."""


@dataclass(frozen=True)
class Effect:
    """What a call costs the calling thread, and why."""

    severity: Severity | None
    """None: known not to block."""
    because: str
    category: str
    instead: str = ""
    cost: str = ""
    proof: str = ""
    unproven: str = ""
    docs: str = ""
    gil: str = ""
    """``held`` or ``released``: what it does with the interpreter lock while it computes, where that is known."""
    raises_instead: str = ""
    """The exception that it raises instead of waiting where its object was told not to wait: whoever catches it has told it so."""
    unless: tuple[Condition, ...] = ()
    only_if: tuple[Condition, ...] = ()
    after: tuple[str, ...] = ()
    """For leaving a ``with`` block: only if one of these methods was called on the object inside it."""
    untaken: bool = False
    """The same: only if not all the results of those methods were taken inside it."""
    idle: Idle | None = None
    """The same: not if this is all that was done with the object inside it."""


@dataclass(frozen=True)
class Run:
    """A callable (or coroutine) argument that the callable runs. ``on``: worker, loop, caller, never. ``passes``: rest, args, items, spread,
    self or ''.
    """

    arg: ArgRef
    on: str
    passes: str = ""
    passes_arg: ArgRef | None = None
    method: str = ""
    """The argument is an object, or a class that an object is made of, and this method of it is what runs."""
    made_with: bool = False
    """``arg`` names a type parameter of the object's class, and what the object has there is what runs."""


@dataclass(frozen=True)
class FunctionEntry:
    """A module-level callable or a method."""

    name: str
    """Canonical dotted name."""
    effect: Effect | None = None
    returns: TypeExpr | None = None
    runs: tuple[Run, ...] = ()
    consumes: tuple[ArgRef, ...] = ()
    cases: tuple[tuple[Condition, FunctionEntry], ...] = ()
    """Complete replacement entries; the first whose condition holds wins."""
    is_awaitable: bool = False
    """Calling it gives an awaitable (methods of ``async = true`` classes); then ``returns`` is what awaiting gives."""
    loop: str = ""
    """What it needs of the running event loop: `LOOP_BOUND`, or the words of the error that it raises in a thread without one."""
    iterates: tuple[ArgRef, ...] = ()
    """Arguments whose items it asks for, in the calling thread."""
    lazy: bool = False
    """It gives an iterator, and what it runs, iterates and uses happens when that is iterated."""
    uses: tuple[str, ...] = ()
    """Methods of the object it is called on that it calls, as far as a class of the project has its own."""
    becomes: str = ""
    """The class that its object is of from where it gave something true, or from where it was awaited."""
    turns: str = ""
    """The class that its object is of after the call, in the function that calls it."""
    prepares: bool = False
    """What it turns its object into it is for all who have it: what `turns` says holds for the attribute that the object is kept in."""
    puts: ArgRef | None = None
    """What it puts into the object it is called on; what the object's type parameter stands for comes out again."""
    role: str = ""
    """``makes-task``, ``runs-loop``, ``waits``, ``acquires``, ``releases`` or ``pools``: see docs/catalogue.md."""


@dataclass(frozen=True)
class ClassEntry:
    """A class of a library."""

    name: str
    """Canonical dotted name."""
    bases: tuple[str, ...] = ()
    params: tuple[str, ...] = ()
    is_async: bool = False
    methods: dict[str, FunctionEntry] = field(default_factory=dict)
    """By name; ``"*"`` is any method not listed. Constructor: ``"__init__"`` (its effect); dunders by their Python names:
    ``__enter__``, ``__exit__``, ``__iter__`` (effect of iterating; returns = item type),
    ``__getitem__``, ``__setitem__``, ``__contains__``, ``__len__``, ``__eq__``,
    ``__bool__``, ``__call__``, ``__await__``, ``__aenter__`` ..."""
    attributes: dict[str, TypeExpr] = field(default_factory=dict)
    """By name; ``"*"`` is any attribute not listed (methods win over it)."""
    properties: dict[str, Effect] = field(default_factory=dict)
    """Attributes whose read blocks."""
    keeps: bool = False
    """Whether a method puts something into objects of the class: then they are told apart by where they are made."""
    role: str = ""
    """``lock``, ``reentrant-lock``, ``slots``, ``loop-future``, ``running-loop`` or ``own-loop``: see docs/catalogue.md."""


@dataclass(frozen=True)
class ValueEntry:
    """A module-level object of a library."""

    name: str
    type: TypeExpr


@dataclass(frozen=True)
class ModuleEntry:
    """A whole module: every callable below it that has no entry of its own."""

    name: str
    effect: Effect


Entry = FunctionEntry | ClassEntry | ValueEntry | ModuleEntry
