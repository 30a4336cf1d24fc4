"""The command line. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import gc
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any, NoReturn

import click

from async_guard import __version__
from async_guard.frontends import start

FORMAT_NAMES = ("rich", "concise", "json", "sarif", "github", "gitlab", "junit")
_PYTHON_HELP = (
    "Environment (its folder or its interpreter) whose libraries are read where the catalogue does not know them, "
    "and whose libraries say themselves what of them blocks."
)
_VERSION_HELP = "FastAPI version in force (default: from the project's lock or requirements)."
_EXIT_FINDINGS, _EXIT_USAGE, _EXIT_DEFECT = 1, 2, 3


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="async-guard")
def cli() -> None:
    """Find what blocks the event loop, and the neighbouring async mistakes, in Python services."""
    warnings.showwarning = _show_warning


_warned: list[Warning | str] = []


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    from async_guard.report.shown import plain

    _warned.append(message)
    click.echo(f"async-guard: {plain(str(message))}", err=True)


def _codes(value: str | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    words = (part.strip() for part in value.split(","))
    return tuple(word.upper() if word[:2].upper() == "AG" else word for word in words if word)


@cli.command()
@click.argument("paths", nargs=-1)
@click.option("--format", "format_", type=click.Choice(FORMAT_NAMES), default="rich", help="How to show findings.")
@click.option(
    "--output-file", type=click.Path(dir_okay=False), help="Write the report there instead of to the terminal."
)
@click.option(
    "--select", metavar="CODES", help="Report only these rules; codes, prefixes or names, separated by commas."
)
@click.option("--extend-select", metavar="CODES", help="Report these rules too.")
@click.option("--ignore", metavar="CODES", help="Do not report these rules.")
@click.option("--severity", type=click.Choice(["error", "warning", "info"]), help="Lowest severity shown.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    help="Lowest severity that fails the run (default: warning).",
)
@click.option("--negligible", is_flag=True, default=None, help="Show calls that cost microseconds, too.")
@click.option("--confidence", type=click.Choice(["certain", "probable"]), help="Lowest confidence shown.")
@click.option(
    "--group", type=click.Choice(["file", "root-cause", "route"]), help="How the terminal view groups findings."
)
@click.option("--baseline", type=click.Path(dir_okay=False), help="Show only findings that this file does not hold.")
@click.option(
    "--diff-base", metavar="REV", help="Show only findings whose chain touches lines changed since this revision."
)
@click.option(
    "--report-only", multiple=True, type=click.Path(), help="Check everything, but report only findings in these files."
)
@click.option(
    "--touching",
    is_flag=True,
    help="Read the project around the given files; report findings whose chain passes through them.",
)
@click.option("--jobs", type=click.IntRange(1), help="Processes to use.")
@click.option(
    "--executor",
    metavar="ADDRESS",
    help="Read files on a cluster: dask://host:port (needs the extra async-guard[dask]).",
)
@click.option("--no-cache", is_flag=True, help="Keep nothing and use nothing kept.")
@click.option("--cache-dir", type=click.Path(file_okay=False), help="Where facts are kept between runs.")
@click.option("--statistics", is_flag=True, help="Show counts and seconds.")
@click.option("--unresolved", is_flag=True, help="List calls on the loop that could not be resolved.")
@click.option(
    "--fastapi-version",
    metavar="VERSION",
    help=_VERSION_HELP,
)
@click.option("--python", metavar="PATH", help=_PYTHON_HELP)
def check(paths: tuple[str, ...], format_: str, output_file: str | None, **flags: Any) -> None:
    """Check files and folders (default: the current folder)."""
    paths = paths or (".",)
    command = start.Command(sys.argv[1:])
    if output_file is not None and (kept := command.kept()) is not None:
        _write(str(kept[1], "utf-8"), output_file)
        _leave(kept[0])
    watch = _watch(command) if command.is_kept else None
    settings = _settings(paths, flags)
    for folder in settings.src:
        if not os.path.isdir(folder):
            _beside(f"async-guard: [tool.async-guard] src: {folder!r} is no folder here, so it does nothing")
    if watch is not None:
        for file in settings.catalogue_files:
            watch.file(os.path.abspath(file))
    from async_guard import api
    from async_guard.frontends import project_around

    gc.disable()  # the process ends with the run
    progress = _Progress() if sys.stderr.isatty() else None
    cache: Any = False if flags["no_cache"] else (Path(flags["cache_dir"]) if flags["cache_dir"] else None)
    executor = _executor(flags["executor"])
    try:
        report = api.check_paths(
            project_around.paths_to_read(paths) if flags["touching"] else paths,
            settings,
            jobs=flags["jobs"],
            cache_dir=cache,
            progress=progress,
            unresolved=flags["unresolved"],
            watch=watch,
            executor=executor,
        )
    except api.UsageError as error:
        _usage(str(error))
    finally:
        if progress is not None:
            progress.close()
    if flags["touching"]:
        report = project_around.touching(report, paths)
    report = _narrowed(report, settings, flags)
    text = _rendered(report, settings, format_, flags, output_file)
    _write(text, output_file)
    status = _status(report, settings)
    _name_defects(report)
    if (
        watch is not None and not settings.baseline and not _warned
    ):  # what was said beside the report would not be said again
        from async_guard.cache import outcome

        outcome.keep(command.folder, command.key, watch, status, text)
    _leave(status)


def _executor(address: str | None) -> Any:
    if address is None:
        return None
    from async_guard.frontends import clusters

    try:
        return clusters.executor(address)
    except clusters.ClusterError as error:
        _usage(str(error))


def _watch(command: start.Command) -> Any:
    from async_guard.cache.watch import Watch

    return Watch(command.places)


def _width() -> int | None:
    return os.get_terminal_size(sys.stdout.fileno()).columns or None if sys.stdout.isatty() else None


def _settings(paths: tuple[str, ...], flags: dict[str, Any]) -> Any:
    from async_guard.config import load
    from async_guard.rules.registry import NAMES

    load.CODES = NAMES
    names = ("severity", "fail_on", "negligible", "confidence", "group", "baseline", "fastapi_version", "python")
    overrides: dict[str, Any] = {name: flags.get(name) for name in names}
    for name in ("select", "extend_select", "ignore"):
        overrides[name] = _codes(flags.get(name))
    try:
        return load.load_settings(Path(paths[0]), overrides)
    except load.ConfigError as error:
        _usage(str(error))


def _narrowed(report: Any, settings: Any, flags: dict[str, Any]) -> Any:
    from dataclasses import replace

    findings = report.findings
    if flags.get("report_only"):
        wanted = {os.path.relpath(p).replace(os.sep, "/") for p in flags["report_only"]}
        findings = tuple(f for f in findings if f.place.path in wanted)
        report = replace(report, unreadable=tuple(u for u in report.unreadable if u.path in wanted))
    if settings.baseline:
        from async_guard.policy import baseline
        from async_guard.report.shown import how_many

        try:
            findings, gone = baseline.only_new(findings, baseline.read(Path(settings.baseline)))
        except baseline.BaselineError as error:
            _usage(str(error))
        if gone:
            told = f"{how_many(gone, 'finding')} of the baseline {'is' if gone == 1 else 'are'} gone"
            click.echo(f"{told}; run `async-guard baseline` to tighten it", err=True)
    if flags.get("diff_base"):
        from async_guard.policy import changed

        try:
            findings = changed.touching(findings, changed.lines_changed(flags["diff_base"]))
        except changed.DiffError as error:
            _usage(str(error))
    return replace(report, findings=findings)


def _rendered(report: Any, settings: Any, format_: str, flags: dict[str, Any], output_file: str | None) -> str:
    from async_guard.report import FORMATS
    from async_guard.report.shown import ShowOptions
    from async_guard.rules.registry import RULES

    color = output_file is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    width = _width()
    options = ShowOptions(
        group=settings.group, statistics=flags["statistics"], unresolved=flags["unresolved"], color=color, width=width,
        rules={code: rule.meta for code, rule in RULES.items()}, docs={code: rule.doc for code, rule in RULES.items()},
        source=_source, version=__version__,
    )  # fmt: skip
    text = FORMATS[format_](report, options)
    from async_guard.report.shown import counts, plain, stages

    if flags["unresolved"] and format_ not in ("rich", "json"):  # formats that have no place for it
        for u in report.unresolved:
            _beside(
                f"{plain(u.place.path)}:{u.place.line}:{u.place.column}: unresolved {plain(u.call)}: {plain(u.reason)}"
            )
    if flags["statistics"] and (format_ != "rich" or output_file is not None):
        for name, value in counts(report.statistics) if format_ != "json" else ():
            click.echo(f"{name:44} {value}", err=True)
        click.echo("\n".join(stages(report.statistics.stages)), err=True)
    return text


def _beside(text: str) -> None:
    """Say something beside the report, and that it was said."""
    _warned.append(text)
    click.echo(text, err=True)


_sources: dict[str, str] = {}


def _source(path: str) -> str:
    if path not in _sources:
        from async_guard.engine.extraction import read_source

        try:
            _sources[path] = read_source(path).decode("utf-8", "replace")
        except OSError:
            _sources[path] = ""
    return _sources[path]


def _status(report: Any, settings: Any) -> int:
    if report.unreadable:
        return _EXIT_FINDINGS
    if settings.fail_on == "never":
        return 0
    ranks = {"error": 3, "warning": 2, "info": 1}
    return int(any(f.severity.rank >= ranks[settings.fail_on] for f in report.findings))


def _name_defects(report: Any) -> None:
    """Say which parts of the result a mistake of ours cost, if any, and end with the status that says so."""
    if not report.defects:
        return
    from async_guard.report.shown import plain

    for defect in report.defects:
        click.echo(f"async-guard: {plain(str(defect))}", err=True)
    _leave(_EXIT_DEFECT)


def _write(text: str, output_file: str | None) -> None:
    if output_file is not None:
        try:
            Path(output_file).write_text(text, encoding="utf-8")
        except OSError as error:
            _usage(f"cannot write {output_file}: {error.strerror}")
        return
    start.write(text)


def _usage(message: str) -> NoReturn:
    from async_guard.report.shown import plain

    click.echo(f"async-guard: {plain(message)}", err=True)
    _leave(_EXIT_USAGE)


_leave = start.leave


class _Progress:
    """Progress on stderr, for runs long enough that somebody wonders."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.bar: Any = None
        self.task: Any = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self.bar is None:
            # Linking begins when everything is read: then the number of files tells whether it will take long.
            if time.monotonic() - self.began < _PATIENCE and not (stage == "link" and total > _MANY):
                return
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[counted]}"),
                TimeElapsedColumn(),
            )
            self.bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self.bar.start()
            self.task = self.bar.add_task(stage, total=None, counted="")
        counted = f"{done}/{total} files" if stage == "extract" else f"{total} files"
        self.bar.update(
            self.task, completed=done, total=total if stage == "extract" else None, description=stage, counted=counted
        )

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.stop()


_PATIENCE = 1.0
_MANY = 150


@cli.command()
@click.argument("subject")
@click.option("--python", metavar="PATH", help="Environment whose libraries say themselves what of them blocks.")
def explain(subject: str, python: str | None) -> None:
    """Explain a rule (AG102, blocking-http) or a callable (requests.get)."""
    from async_guard.rules.registry import NAMES, RULES

    for code, rule in RULES.items():
        if subject.upper() == code or subject.lower() == rule.meta.name:
            state = "on by default" if rule.meta.on_by_default else "off by default"
            click.echo(
                f"{code} {rule.meta.name} ({rule.meta.severity.value}, {state}, since {rule.meta.since})\n\n{rule.doc}"
            )
            _leave(0)
    from async_guard.catalogue import describe
    from async_guard.catalogue.tables import CatalogueError
    from async_guard.engine.check import catalogue_for
    from async_guard.engine.environment import NoEnvironment

    try:
        catalogue = catalogue_for(_settings((".",), {"python": python}))
    except (CatalogueError, NoEnvironment) as error:
        _usage(str(error))
    told = describe.describe(catalogue, subject)
    if told is None:
        import difflib

        known = [*RULES, *NAMES.values()] if "." not in subject else []
        written = subject.upper().replace("O", "0") if subject[:2].upper() == "AG" else subject.lower()
        near = difflib.get_close_matches(written, known, 1) or describe.near_misses(catalogue, subject)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        taken = ", so that it is taken not to block" if "." in subject and not near else ""
        _usage(f"nothing is known of {subject!r}{taken}{hint} (a rule's code, a rule's name, or a dotted callable)")
    click.echo(told)
    _leave(0)


@cli.command()
def rules() -> None:
    """List all rules."""
    from async_guard.rules.registry import RULES

    for code, rule in RULES.items():
        state = "on " if rule.meta.on_by_default else "off"
        click.echo(f"{code}  {state}  {rule.meta.severity.value:8} {rule.meta.name:34} {rule.summary}")


@cli.command()
@click.argument("paths", nargs=-1)
@click.option(
    "--format", "format_", type=click.Choice(["rich", "concise", "json"]), default="rich", help="How to show them."
)
@click.option("--kind", help="Only entry points of this kind.")
@click.option("--jobs", type=click.IntRange(1), help="Processes to use.")
@click.option("--fastapi-version", metavar="VERSION", help=_VERSION_HELP)
@click.option("--python", metavar="PATH", help=_PYTHON_HELP)
@click.option("--no-cache", is_flag=True, help="Keep nothing and use nothing kept.")
@click.option("--cache-dir", type=click.Path(file_okay=False), help="Where facts are kept between runs.")
def routes(
    paths: tuple[str, ...], format_: str, kind: str | None, jobs: int | None, fastapi_version: str | None, no_cache: bool,
    cache_dir: str | None, python: str | None,
) -> None:  # fmt: skip
    """List every entry point: where it runs and what blocks it."""
    paths = paths or (".",)
    settings = _settings(paths, {"fastapi_version": fastapi_version, "python": python})
    from async_guard import api

    try:
        kept_in: Any = False if no_cache else (Path(cache_dir) if cache_dir else None)
        rows = api.routes(paths, settings, jobs=jobs, cache_dir=kept_in)
    except api.UsageError as error:
        _usage(str(error))
    if kind:
        kinds = sorted({row.entry.kind for row in rows})
        rows = tuple(row for row in rows if row.entry.kind == kind)
        if not rows:
            told = f"those here are {', '.join(kinds)}" if kinds else "there are none here"
            click.echo(f"async-guard: no entry point is of kind {kind!r}; {told}", err=True)
    if format_ == "json":
        from async_guard.report import json_v1

        _write(json_v1.routes(rows), None)
    elif format_ == "concise":
        _write("".join(map(_route_line, rows)), None)
    else:
        from async_guard.report import terminal

        color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        width = os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else None
        _write(terminal.routes(rows, color=color, width=width), None)
    _leave(_EXIT_DEFECT if any(isinstance(each, api.DefectWarning) for each in _warned) else 0)


def _route_line(row: Any) -> str:
    from async_guard.report.shown import how_many, plain

    entry, counts = row.entry, row.blocking
    told = f"{how_many(counts.get('error', 0), 'error')}, {how_many(counts.get('warning', 0), 'warning')}"
    return f"{plain(entry.path)}:{entry.line}: {entry.kind} {plain(entry.label)} [{entry.runs_on}] {told}\n"


@cli.command()
@click.argument("paths", nargs=-1)
@click.option("--output-file", type=click.Path(dir_okay=False), default="async-guard-baseline.json", show_default=True)
@click.option("--python", metavar="PATH", help=_PYTHON_HELP)
def baseline(paths: tuple[str, ...], output_file: str, python: str | None) -> None:
    """Write today's findings to a file, so that later runs with --baseline show only new ones."""
    paths = paths or (".",)
    settings = _settings(paths, {"python": python})
    from async_guard import api
    from async_guard.policy import baseline as kept
    from async_guard.report.shown import how_many

    try:
        report = api.check_paths(paths, settings)
    except api.UsageError as error:
        _usage(str(error))
    _name_defects(report)  # what a part of the findings would hide later is not written
    _write(kept.document(report.findings), output_file)
    click.echo(f"{how_many(len(report.findings), 'finding')} written to {output_file}")
    _leave(0)


@cli.command()
@click.option("--unproven", is_flag=True, help="Only what is reported without a proof, and why there is none.")
def catalogue(unproven: bool) -> None:
    """List what is known of libraries, with the proof of each entry."""
    from async_guard.catalogue import describe
    from async_guard.engine.check import shipped_catalogue

    _write(describe.table(shipped_catalogue(), unproven=unproven), None)
    _leave(0)


def main() -> None:
    """The console script: a defect of ours is told apart from findings and from wrong usage."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        _leave(130)
    except click.ClickException as error:
        error.show()
        _leave(_EXIT_USAGE)
    except click.exceptions.Exit as error:
        _leave(error.exit_code)
    except RecursionError as error:
        _defect(error)
    except Exception as error:  # noqa: BLE001 - the one place where a defect of ours ends
        _defect(error)


def _defect(error: BaseException) -> NoReturn:
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    click.echo("".join(traceback.format_exception(error)), err=True)
    click.echo(
        f"async-guard: a defect of async-guard itself at {Path(last.filename).name}:{last.lineno}: {error!r}; please report it",
        err=True,
    )
    _leave(_EXIT_DEFECT)
