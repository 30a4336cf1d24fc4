"""Where callables run: a real FastAPI under a real server, against what async-guard says of the very same source.

The applications in ``applications/`` call ``mark("name")`` in every callable that a framework runs. The server notes whether a loop was
running in the thread of each call. async-guard is told that ``mark`` blocks, so that the calls it reports are those it holds to be on the loop.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from async_guard.api import check_sources, routes
from async_guard.config.load import parse, settings_from
from execution_model.environments import COMPANIONS, fastapi_version, observed, shared

APPLICATIONS = Path(__file__).parent / "applications"
EVERYWHERE = (
    "handlers",
    "around",
    "lifespans",
    "parts",
    "registered",
    "dependent",
    "responses",
    "further",
    "plain_lifespan",
    "corners",
    "corners_of_lifespans",
    "managed_lifespan",
    "loops_in_threads",
)
RECENT = (*EVERYWHERE, "pages", "kinds_of_handlers", "kinds_around")
"""What needs the templates, forms and router lifespans of later releases."""
OLD = (*(name for name in EVERYWHERE if name != "responses"), "pydantic_1")
"""What runs with pydantic 1, which FastAPI 0.95 needs."""
IN_WORDS_OF_PYDANTIC_1 = (
    (r"\bfield_validator\((.*)\)\n    @classmethod", r"validator(\1)"),
    (r"\bfield_validator\b", "validator"),
    (r"from pydantic import AfterValidator\n", ""),
    (r"AfterValidator, |, computed_field, field_serializer|computed_field, field_serializer, ", ""),
    (r"    @field_serializer\(.*\)\n|    @computed_field\n", ""),
    (r"Annotated\[str, AfterValidator\(\w+\)\]", "str"),
    (r", AfterValidator\(\w+\)\]", "]"),
    (r", dependencies=\[Depends\(of_websocket_list\)\]", ""),
)
"""What pydantic 1 or its FastAPI calls otherwise, or has no word for."""
BESIDE = ("marker", "shapes")
"""What the applications import."""
MARK = re.compile(r'mark\("(\w+)"\)')

NEVER_RUN = {
    "dependency_overridden_def",
    "dependency_overridden_by_update_def",
    "dependency_overridden_by_assignment_async",
    "on_event_beside_lifespan_def",
    "startup_event_beside_lifespan_def",
    "on_startup_argument_beside_lifespan_def",
    "startup_of_mounted_application",
    "coroutine_of_lambda",
    "async_in_sync_wrapper_without_wraps",
    "async_exception_handler_in_sync_wrapper",
    "async_startup_in_sync_wrapper",
    "async_call_of_class_given_as_class",
    "contextmanager_as_dependency_body",
    "handler_behind_failing_middleware_def",
    "contextmanager_as_lifespan_body",
    "handler_behind_contextmanager_as_lifespan_def",
}
"""An override replaces the first three; events are not sent where there is a lifespan, nor to mounted applications. The coroutines that the next
four make are never awaited, an object that a dependency makes is not called, a context manager that it gives is not entered, nothing is
behind a middleware that fails, and a lifespan that is a plain context manager lets no server start."""
NEVER_RUN_OF_RECENT = {
    "override_target_never_run",
    "override_class_target_never_run",
    "override_gen_target_never_run",
    "sync_over_async_over_def_inner",
    "sync_over_async_over_def_function",
    "webhook_never",
    "openapi_callback_never",
}
"""FastAPI looks at the outermost and the innermost of several wrappers: a coroutine function between two plain ones is never awaited."""
NOT_UNWRAPPED = {
    "dependency_partial_async",
    "generator_in_sync_wrapper",
    "instance_call_async",
    "lru_cache_of_async_handler",
    "async_handler_in_decorator_class",
    "sync_to_async_dependency",
}
"""Before 0.123.5 FastAPI takes these for plain functions: their coroutine or generator is made and never run."""
NOT_UNWRAPPED_OF_RECENT = {
    "async_in_two_sync_wrappers",
    "async_under_contextmanager_decorator",
    "async_dependency_under_contextmanager",
    "decorator_class_async_call",
    "def_in_decorator_class_with_async_call",
    "discriminator_function",
}
"""The same; a union in brackets with a function that discriminates is a query parameter for such a FastAPI."""
ONLY_UNWRAPPED = {
    "async_wrapper_body",
    "def_in_async_wrapper",
    "async_wrapper_of_dependency_body",
    "def_dependency_in_async_wrapper",
    "offloading_wrapper_body",
    "handler_in_offloading_wrapper",
    "sync_to_async_dependency",
    "async_over_sync_over_def_outer",
    "async_over_sync_over_def_inner",
    "async_over_sync_over_def_function",
    "decorator_class_async_call",
    "def_in_decorator_class_with_async_call",
    "def_in_to_thread_decorator",
}
"""0.123.5 looks at the innermost function alone: what a coroutine function around a plain one makes is never awaited, and the answer is a 500."""
GENERATORS_ENCODED = {"handler_that_yields_async"}
"""Before 0.134 a handler that is an asynchronous generator is an error."""
LIST_OF_CHUNKS = {"iter_of_streamed_iterable"}
"""Starlette 0.27 streams only what is an iterator already."""
ROUTERS_ALONE = {
    "plain_lifespan_of_router_before_yield",
    "plain_lifespan_of_router_after_yield",
    "startup_event_of_router_beside_lifespan_def",
}
"""Before 0.112.2 only an application's own lifespan is entered."""
WITHOUT_PYDANTIC_2 = {
    "query_validator",
    "path_validator",
    "cookie_validator",
    "response_field_serializer",
    "response_computed_field",
    "dependency_of_websocket_decorator_def",
}
"""What the words of pydantic 1 leave out."""
REPORTED_ALL_THE_SAME = {
    "async_call_of_class_given_as_class",
    "async_exception_handler_in_sync_wrapper",
    "async_in_sync_wrapper_without_wraps",
    "async_startup_in_sync_wrapper",
    "coroutine_of_lambda",
    "dependency_overridden_by_assignment_async",
    "handler_that_yields_async",
    "sync_over_async_over_def_function",
    "sync_over_async_over_def_inner",
    "async_in_two_sync_wrappers",
    "dependency_partial_async",
    "instance_call_async",
    "lru_cache_of_async_handler",
    "async_handler_in_decorator_class",
    "async_under_contextmanager_decorator",
    "async_dependency_under_contextmanager",
    "decorator_class_async_call",
    "def_in_decorator_class_with_async_call",
    *(ONLY_UNWRAPPED - {"sync_to_async_dependency"}),
    "startup_event_of_router_beside_lifespan_def",
    "discriminator_function",
    "iter_of_streamed_iterable",
    "contextmanager_as_lifespan_body",
}
"""Of what never runs: coroutine functions and what they call, which run on the loop if anybody ever awaits them; what only old releases refuse
(events of routers beside a lifespan, a discriminating function of a body, an iterable that is no iterator); and a lifespan with which no
server starts."""


@dataclass(frozen=True)
class Version:
    """A FastAPI to prove the model against: the requirement (none for the newest), and which marks it leaves untouched."""

    requirement: str
    modules: tuple[str, ...]
    untouched: frozenset[str]
    beside: tuple[str, ...] = ()
    """Requirements that pip would not choose by itself."""
    words: tuple[tuple[str, str], ...] = ()
    """What is written otherwise for this version: patterns and replacements."""
    python: str = ""
    """The version of Python, if it is not that of the tests."""


_USUAL = NEVER_RUN | NEVER_RUN_OF_RECENT
_NOT_UNWRAPPED = NOT_UNWRAPPED | NOT_UNWRAPPED_OF_RECENT
VERSIONS = {
    "newest": Version("fastapi", (*RECENT, "newest"), frozenset(_USUAL)),
    "newest, Python 3.13": Version("fastapi", (*RECENT, "newest"), frozenset(_USUAL), python="3.13"),
    "0.134.0": Version("fastapi==0.134.0", RECENT, frozenset(_USUAL)),
    "0.133.1": Version("fastapi==0.133.1", RECENT, frozenset(_USUAL | GENERATORS_ENCODED)),
    "0.123.6": Version("fastapi==0.123.6", RECENT, frozenset(_USUAL | GENERATORS_ENCODED)),
    "0.123.5": Version("fastapi==0.123.5", RECENT, frozenset(_USUAL | GENERATORS_ENCODED | ONLY_UNWRAPPED)),
    "0.123.4": Version(
        "fastapi==0.123.4",
        RECENT,
        frozenset(
            (_USUAL | GENERATORS_ENCODED | _NOT_UNWRAPPED) - {"discriminator_function", "sync_to_async_dependency"}
        ),
    ),
    "0.115.14": Version("fastapi==0.115.14", RECENT, frozenset(_USUAL | GENERATORS_ENCODED | _NOT_UNWRAPPED)),
    "0.110.3": Version(
        "fastapi==0.110.3",
        EVERYWHERE,
        frozenset(NEVER_RUN | NOT_UNWRAPPED | GENERATORS_ENCODED | ROUTERS_ALONE),
    ),
    "0.105.0": Version(
        "fastapi==0.105.0",
        EVERYWHERE,
        frozenset(NEVER_RUN | NOT_UNWRAPPED | GENERATORS_ENCODED | LIST_OF_CHUNKS | ROUTERS_ALONE),
    ),
    "0.95.2": Version(
        "fastapi==0.95.2",
        OLD,
        frozenset(NEVER_RUN | NOT_UNWRAPPED | GENERATORS_ENCODED | LIST_OF_CHUNKS | ROUTERS_ALONE | WITHOUT_PYDANTIC_2),
        beside=("pydantic<2",),
        words=IN_WORDS_OF_PYDANTIC_1,
    ),
}
"""On both sides of every release that changed where something runs: 0.112.2, 0.123.5, 0.123.6, 0.134."""

pytestmark = pytest.mark.proof


@dataclass(frozen=True)
class Comparison:
    """One version: the sources, what was observed, what async-guard says, and all marks by file and line."""

    seen: dict[str, str]
    said: dict[str, str]
    entry_points: dict[str, set[str]]
    """Where ``routes`` says that the callable around a mark runs, for callables that are entry points themselves."""


def marks(source: str) -> dict[int, str]:
    """The names by line."""
    lines = enumerate(source.splitlines(), start=1)
    return {number: found[1] for number, line in lines if (found := MARK.search(line))}


def marks_by_def(source: str) -> dict[int, list[str]]:
    """The names by the line of the innermost ``def`` or ``lambda`` around them."""
    functions = [
        n for n in ast.walk(ast.parse(source)) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
    ]
    found: dict[int, list[str]] = {}
    for line, name in marks(source).items():
        around = [n for n in functions if n.lineno <= line <= (n.end_lineno or n.lineno)]
        if around:
            found.setdefault(max(n.lineno for n in around), []).append(name)
    return found


def write_applications(
    folder: Path, modules: tuple[str, ...], words: tuple[tuple[str, str], ...] = ()
) -> dict[str, str]:
    """The sources, by file name; they are kept as text, as they import what the project does not."""
    sources = {f"{name}.py": (APPLICATIONS / f"{name}.py.txt").read_text("utf-8") for name in (*modules, *BESIDE)}
    for pattern, replacement in words:
        sources = {path: re.sub(pattern, replacement, source) for path, source in sources.items()}
    runners = {
        f"{name}.py": (APPLICATIONS / f"{name}.py.txt").read_text("utf-8")
        for name in ("server", "runner", "over_http", "alone")
    }
    for path, source in {**sources, **runners}.items():
        (folder / path).write_text(source, encoding="utf-8")
    return sources


def said_by_findings(sources: dict[str, str], configuration: str) -> dict[str, str]:
    """Every mark is on the loop if it is reported as blocking, else in a worker."""
    report = check_sources({**sources, "pyproject.toml": configuration}, select=["AG111"])
    named = {path: marks(source) for path, source in sources.items()}
    said = {name: "worker" for by_line in named.values() for name in by_line.values()}
    for finding in report.findings:
        place = finding.root_cause.place
        said[named[place.path][place.line]] = "loop"
    return said


def said_by_routes(folder: Path, sources: dict[str, str], configuration: str) -> dict[str, set[str]]:
    """Where the entry points run that call a mark themselves."""
    files = [str(folder / path) for path in sources]
    by_def = {str(folder / path): marks_by_def(source) for path, source in sources.items()}
    settings = settings_from(parse(configuration.encode(), "pyproject.toml"), "pyproject.toml")
    said: dict[str, set[str]] = {}
    for row in routes(files, settings, jobs=1):
        path = next(name for name in by_def if Path(name).name == Path(row.entry.path).name)
        for name in by_def[path].get(row.entry.line, ()):
            said.setdefault(name, set()).add(row.entry.runs_on)
    return said


@pytest.fixture(scope="module", params=VERSIONS, ids=str)
def compared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Version, Comparison]:
    """One version of FastAPI, run and read."""
    version = VERSIONS[request.param]
    folder = tmp_path_factory.mktemp("applications")
    python = shared(tmp_path_factory, version.requirement, *version.beside, *COMPANIONS, under=version.python)
    applications = folder / "code"
    applications.mkdir()
    sources = write_applications(applications, version.modules, version.words)
    configuration = f'[tool.async-guard]\nblocking = ["marker.mark"]\nfastapi-version = "{fastapi_version(python)}"\n'
    return version, Comparison(
        observed(python, applications, list(version.modules)),
        said_by_findings(sources, configuration),
        said_by_routes(applications, sources, configuration),
    )


def test_every_callable_ran(compared: tuple[Version, Comparison]) -> None:
    """A mark that nobody touches proves nothing; those that this version never calls are known by name."""
    version, comparison = compared
    assert set(comparison.said) - set(comparison.seen) == version.untouched
    assert len(comparison.seen) > 250
    assert set(comparison.seen.values()) == {"loop", "worker"}


def test_what_never_runs_is_not_reported(compared: tuple[Version, Comparison]) -> None:
    """But for coroutine functions: whoever awaits them does so on the loop."""
    version, comparison = compared
    reported = {name for name in version.untouched if comparison.said[name] == "loop"}
    assert reported <= REPORTED_ALL_THE_SAME


def test_findings_are_where_the_loop_is(compared: tuple[Version, Comparison]) -> None:
    """A call is reported if it ran on the loop, and only then."""
    _, comparison = compared
    different = {n: where for n, where in comparison.seen.items() if comparison.said[n] != where}
    assert not different


def test_routes_says_where_entry_points_run(compared: tuple[Version, Comparison]) -> None:
    """The column ``runs_on`` of ``async-guard routes``."""
    _, comparison = compared
    both = set(comparison.entry_points) & set(comparison.seen)
    assert len(both) > 200
    different = {n: comparison.seen[n] for n in both if comparison.entry_points[n] != {comparison.seen[n]}}
    assert not different
