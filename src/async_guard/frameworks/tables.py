"""The shape of framework knowledge: which callables of a project a framework runs, and in which execution context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Arg = tuple[str | None, int | None]
"""An argument by keyword and by position (from 0)."""

FASTAPI = "fastapi"
"""Runs on: ``def`` in a worker thread, ``async def`` on the loop; sees through partial and ``__wrapped__`` (by version)."""
STARLETTE = "starlette"
"""Runs on: ``def`` in a worker thread, ``async def`` on the loop; sees through partial, never through ``__wrapped__``."""
LOOP = "loop"
GREENLET = "greenlet"
"""On the loop, in a greenlet whose database calls give the loop back."""
ONCE = "once"
"""On the loop, but only when the application starts."""
WORKER = "worker"
NEVER = "never"
RETURNED = "returned"
"""Called when routes are registered; what it returns is a handler of its own, placed as STARLETTE."""


@dataclass(frozen=True)
class Version:
    """A placement that holds for some releases: ``package`` in [since, until)."""

    package: str
    runs: str
    since: tuple[int, ...] = ()
    until: tuple[int, ...] = ()


@dataclass(frozen=True)
class Release:
    """What a framework does in some releases: those of ``package`` in [since, until), the newest ones where ``until`` is empty."""

    package: str
    since: tuple[int, ...]
    until: tuple[int, ...] = ()

    @property
    def first(self) -> str:
        """The first of the releases, as written."""
        return ".".join(str(part) for part in self.since)

    def holds(self, versions: Mapping[str, tuple[int, ...]]) -> bool:
        """Whether the release in force does it; the newest is assumed of a package that ``versions`` does not name."""
        have = versions.get(self.package)
        if have is None:
            return not self.until
        return have >= self.since and (not self.until or have < self.until)


@dataclass(frozen=True)
class Drops:
    """Whoever is handed a coroutine function calls it like any other and drops the coroutine, with exceptions."""

    unless_given: tuple[str, ...] = ()
    """Not where one of these keywords is given."""
    unless_imported: tuple[str, ...] = ()
    """Not in projects that import one of these modules."""
    unless_calls: str = ""
    """Not in projects where a class of their own with a base of this name says what calling does (``__call__``)."""


@dataclass(frozen=True)
class Registration:
    """A call or decorator through which a project hands callables to a framework."""

    names: tuple[str, ...]
    """Functions (``pkg.func``), constructors (``pkg.Class``) or methods (``pkg.Class.method``)."""
    kind: str
    runs: str
    arg: Arg | None = None
    """The callable's argument; None: the call is a decorator (or used as one without parentheses)."""
    path: Arg | None = None
    methods: tuple[str, ...] = ()
    methods_arg: Arg | None = None
    passes_rest: bool = False
    """Arguments behind the callable are handed to it (``add_task(f, x)``)."""
    passes_as: tuple[Arg, Arg] | None = None
    """The arguments with a row and a mapping of what the callable is called with (``add_job(f, args=[x], kwargs={"y": z})``)."""
    class_methods: tuple[tuple[str, str], ...] = ()
    """When a class is registered: its methods that the framework runs, and where (``("dispatch", "loop")``)."""
    class_passes: tuple[str, ...] = ()
    """One of these methods, and the classes of what the framework passes to it."""
    versions: tuple[Version, ...] = ()
    gives: str = ""
    """Class of what a decorator makes of what it decorates, which can be called as before (a task with ``delay``)."""
    returns_given: bool = True
    """A decorator gives back what it decorates, a constructor an object; else nothing is known of the result."""
    beside: bool = False
    """The catalogue says what the call itself does and gives."""
    bare: bool = True
    """A decorator may stand without parentheses (``@mcp.tool``); its one argument is what it decorates then."""
    object_methods: tuple[tuple[str, str], ...] = ()
    """When an object is registered: its methods that the library runs, and where (``("emit", "loop")``)."""
    unless: tuple[Arg, str, tuple[str, ...]] | None = None
    """Not where an argument is this attribute of something, or an object of these classes."""
    unless_given: tuple[str, ...] = ()
    """Not where one of these keywords is given."""
    imports: str = ""
    """Only in projects that import this module."""
    calls: str = ""
    """Only in projects that call a method of this name."""
    probable: bool = False
    """Somebody calls it who may not be on a loop: what it does there is likely, in a project that has coroutines."""
    loosely: bool = False
    """The name of the method says enough where nobody knows what object it is called on."""
    configures: bool = False
    """The argument is a mapping that says which classes are made (`logging.config.dictConfig`)."""
    row: tuple[int, int, str] | None = None
    """The argument holds rows: where in a row stands a class, where what one of its methods gets by name, and which method."""
    keeps: str = ""
    """The store in which the other keywords of the call are found again."""
    replaces: Arg | None = None
    """The argument with what is asked for, where the callable is run instead of it; the keys of a mapping that is handed over whole."""
    hops: bool = False
    """What a decorator makes of a plain function hands it to a worker thread when it is called."""
    thread_if: str = ""
    """A keyword by which the project asks that plain functions go to a worker thread."""
    once_if: tuple[str, str] = ("", "")
    """A keyword, or an attribute of the class around a decorated method, with the last name of a value with which it runs only once."""
    alone: bool = False
    """A worker process runs one after the other: where it is a coroutine function, on a loop of its own that nobody else is on."""
    main_thread: bool = False
    """It runs plain functions in the main thread of a process of its own, to which `asyncio.get_event_loop` gives a loop."""
    drops: Drops | None = None
    """Nothing of a coroutine function ever runs there."""
    starts: bool = False
    """What a decorator makes of a function starts it when it is called, in a thread or as a task of the loop: nobody awaits that."""
    label: str = ""
    templates: tuple[Version, ...] = ()
    """Where it runs when the path has parameters (``users://{user_id}``), if that is not where others do."""
    templates_unless: str = ""
    """Unless it has a parameter declared as this class: then it runs where others do."""
    of: tuple[Arg, str] | None = None
    """Only where an argument is this attribute of something, as written (``engine.sync_engine``)."""
    instances: str = ""
    """Where an object with ``__call__`` runs, if not where a function would: some take it for an application of its own."""
    passes: tuple[str, ...] = ()
    """Classes of what the framework passes by position; empty text for what nobody needs to know."""
    outweighs: bool = False
    """An application that is constructed with it runs nothing else of this kind that is registered with the application itself."""
    yields_state: bool = False
    """The keys of the mapping that it yields are attributes of every bag."""
    yields_to: str = ""
    """What it yields is this attribute (``pkg.Class.attribute``) of what handlers are given."""

    @property
    def conditional(self) -> bool:
        """Whether the call registers something only under certain circumstances."""
        return self.of is not None or self.unless is not None or bool(self.imports or self.unless_given or self.calls)


@dataclass(frozen=True)
class SubclassMethods:
    """Methods that a framework runs on classes derived from one of its own."""

    base: str
    kind: str
    methods: tuple[tuple[str, str], ...]
    """Method name (``*`` suffix: any with that prefix; ``*`` alone: any that is called on an object and begins with no underscore; ``{}``:
    an attribute that the class has, or one of `attributes`) and where it runs."""
    passes: tuple[str, ...] = ()
    """Classes of what the framework passes to these methods by position, after ``self``."""
    attributes: frozenset[str] = frozenset()
    """Attributes of the framework's own classes that methods are named after."""
    instead: tuple[tuple[str, str], ...] = ()
    """Methods that nobody calls where the class has the other one (``("before_model", "abefore_model")``)."""
    probable: bool = False
    """Somebody calls them who may not be on a loop: as `probable` of a registration."""
    imports: str = ""
    """Only in projects that import this module."""


@dataclass(frozen=True)
class Loaded:
    """Functions of modules that an application calls with itself when it loads them: extensions, which it often finds by their file names."""

    name: str
    calls: str
    """A method of the application that such a function calls; empty: the name alone says enough."""
    bases: tuple[str, ...]
    """Classes of applications that do so."""
    plain: tuple[str, ...] = ()
    """Methods of the application that are no coroutine functions in those releases and relatives that call plain functions of the name."""
    gives: str = ""
    """What the application is where no class of the project is meant."""


@dataclass(frozen=True)
class Signals:
    """Objects that call what a project connects to them, in the thread of whoever sends something through them."""

    classes: tuple[str, ...]
    connects: tuple[str, ...]
    """Methods that take a callable, or decorate one."""
    sends: tuple[str, ...]
    decorates: tuple[str, ...] = ()
    """Of those that connect, the ones that are always called first and applied then."""
    asynchronous: tuple[str, ...] = ()
    """Of those that send, the ones to await."""
    has_topics: bool = False
    """The first argument says which event it is about."""
    callable_name: str = "receiver"
    named: tuple[str, ...] = ()
    """Methods that give the one object of a name."""
    makers: tuple[str, ...] = ()
    """Functions that do."""
    given: Arg | None = None
    """The argument of the constructor with callables to connect."""
    beside: bool = False
    """The catalogue says what sending itself does and gives."""


@dataclass(frozen=True)
class LazyAttributes:
    """Attributes of records that ask the database when they are first read, if the query did not load them."""

    makers: tuple[str, ...]
    """Functions whose result stands for such an attribute in the body of a class."""
    attribute: str
    """The catalogue's class for it: the effect of its `descriptor` is that of reading it."""
    mode: str
    """The keyword that says when it is loaded."""
    options: str
    """A keyword with a mapping that may say so too."""
    when_read: tuple[str, ...]
    """The modes that load it late; the first is what counts where none is given."""
    loaders: tuple[str, ...]
    """Functions and methods by which a query loads the attributes that they name."""
    unless_imported: str
    """Not in projects that import this module."""


@dataclass(frozen=True)
class Settings:
    """Classes of a project's own that a worker of a package reads by their attributes."""

    package: str
    asks: tuple[str, ...]
    """Attributes of which such a class has one."""
    attributes: tuple[tuple[str, str], ...]
    """Attribute with a coroutine function, or a list of them, and the kind of entry point that it is."""


@dataclass(frozen=True)
class Framework:
    """Everything known of one framework."""

    name: str
    classes: dict[str, tuple[str, ...]]
    """Its classes whose objects are followed, with their bases."""
    aliases: dict[str, str]
    """Other import paths of its names."""
    registrations: tuple[Registration, ...] = ()
    subclasses: tuple[SubclassMethods, ...] = ()
    markers: tuple[str, ...] = ()
    """Functions whose result in a default or annotation means "call this and pass the result" (``Depends``)."""
    calling: tuple[str, ...] = ()
    """Of these, the ones that call plain functions on the loop; the others have worker threads do that."""
    marks: tuple[str, ...] = ()
    """Functions that mark what they are given as a coroutine function, whatever it is."""
    item_markers: tuple[str, ...] = ()
    """The same, written with brackets (``Provide[Container.service]``)."""
    bags: tuple[str, ...] = ()
    """Classes whose attributes a project sets and reads freely (``app.state``)."""
    generated: dict[str, dict[str, str]] | None = None
    """Patterns of names of generated modules -> patterns of names in them -> what the catalogue knows them as."""
    outermost: tuple[str, ...] = ()
    """Classes of applications that hear of start-up and shutdown only where they are mounted in no other."""
    signals: tuple[Signals, ...] = ()
    loaded: tuple[Loaded, ...] = ()
    hooks: dict[str, str] | None = None
    """Classes every method of which calls the functions of its name that are marked as its implementations -> class of the marker."""
    lazy: tuple[LazyAttributes, ...] = ()
    stores: tuple[str, ...] = ()
    """Classes in whose objects a project keeps things under keys, to read them elsewhere (``app["db"]``)."""
    attributes: dict[str, str] | None = None
    """``pkg.Class.attribute`` -> class of its value."""
    assigned: dict[str, tuple[str, str, str]] | None = None
    """``pkg.Class.attribute`` -> kind of entry point, where it runs, and ``calls`` of a registration, for the callables that a project
    assigns to it.
    """
    routers: dict[str, tuple[Arg, Arg, Arg]] | None = None
    """Class -> arguments of its constructor: the path its routes are under, the routes, an application below it."""
    constructed: dict[str, tuple[str, ...]] | None = None
    """Class -> methods that its constructor calls."""
    after_response: tuple[str, ...] = ()
    """Classes whose objects hold work that runs after a response was sent, once they are attached to it."""
    models: tuple[str, ...] = ()
    """Classes whose subclasses a framework validates and serialises."""
    validating: tuple[str, ...] = ()
    """Functions and methods (``pkg.Class.method``) that make models of data and so run their validators."""
    serializing: tuple[str, ...] = ()
    """Methods (``pkg.Class.method``) that turn a model into data and so run its serialisers."""
    parsed: dict[str, tuple[str, ...]] | None = None
    """Classes whose objects a framework makes of one value of a request -> methods that this may call."""
    transparent: tuple[str, ...] = ()
    """Generic forms in annotations that mean their argument (``FromContainer[Service]``)."""
    responses: tuple[str, ...] = ()
    """Classes of responses: an object of any other class that a handler returns is encoded on the loop."""
    registers: tuple[str, ...] = ()
    """Last names of calls that hand something over: functions with such a call are read before anything that the framework runs is looked for."""
    schedules: tuple[str, ...] = ()
    """Last names of calls that hand a callback to a loop: plain functions with such a call are read though nothing is known to run them."""
    settings: tuple[Settings, ...] = ()
    commands: tuple[str, ...] = ()
    """Methods that decorate the commands of a command line."""
    command_lines: tuple[str, ...] = ()
    """Packages whose commands are programs: a coroutine function that one of them decorates has a loop of its own."""
