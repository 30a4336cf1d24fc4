"""The flake8 plugin: the findings of the whole project, handed out file by file.

flake8 asks once per file and in several processes, but chains run through many files. So the project is analysed once, when flake8 has read
its options and before it starts any process. Forked processes inherit the outcome; processes that start afresh read it from a temporary file.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import dataclasses
import json
import logging
import multiprocessing
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from async_guard import __version__
from async_guard.cache import outcome
from async_guard.cache.folder import FOLDER

if TYPE_CHECKING:
    # What does the work is imported only where nothing is kept: every process of flake8 loads this module.
    from async_guard.cache.watch import Watch
    from async_guard.config.settings import Settings
    from async_guard.model.findings import Finding, Report

HAND_OVER = "ASYNC_GUARD_FLAKE8_HAND_OVER"
"""Environment variable that tells a worker process who analysed and where the outcome lies: ``<process id>:<file>``."""

Violation = tuple[int, int, str]
"""Line (from 1), column (from 0), and text that starts with the code."""

_OUR_CODES = re.compile(r"A|AG\d{0,3}")

ByFile = Mapping[str, Sequence[Violation]]
"""Violations by absolute path."""


class Flake8Plugin:
    """What flake8 creates for each file.

    Args:
        tree: The file's syntax tree; asked for because flake8 tells plugins apart by it. The analysis has its own.
        filename: The path as flake8 shows it, or the display name of standard input.
        lines: The file's lines, used for standard input only.
    """

    name = "async-guard"
    version = __version__

    _options: ClassVar[argparse.Namespace] = argparse.Namespace()
    _project: ClassVar[ByFile] = {}

    def __init__(self, tree: Any, filename: str, lines: Sequence[str]) -> None:
        del tree
        self._filename = filename
        self._lines = lines

    @classmethod
    def add_options(cls, manager: Any) -> None:
        """Register the plugin's options with flake8; both can stand in flake8's configuration file as well."""
        for option, choices, text in (
            ("--async-guard-severity", ("error", "warning", "info"), "lowest severity that is reported"),
            ("--async-guard-confidence", ("certain", "probable"), "lowest confidence that is reported"),
        ):
            manager.add_option(option, choices=choices, default=None, parse_from_config=True, help=text)

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Analyse the project around the paths that flake8 was given, or take over what the parent process found."""
        cls._options = options
        cls._project = {}
        if "-" in options.filenames:
            return
        inherited = _inherited()
        cls._project = _kept_or_analysed(options) if inherited is None else inherited
        if inherited is None:
            _hand_over(cls._project)

    def run(self) -> Iterator[tuple[int, int, str, type]]:
        """The violations of this file, as flake8 wants them."""
        if "-" in self._options.filenames:
            found: Sequence[Violation] = _of_text(self._options, self._filename, "".join(self._lines))
        else:
            found = self._project.get(os.path.abspath(self._filename), ())
        for line, column, text in found:
            yield line, column, text, type(self)


def _wanted(options: argparse.Namespace) -> bool:
    """Whether flake8 would show any of our codes: if not, there is nothing to analyse."""
    from flake8.style_guide import Decision, DecisionEngine

    from async_guard.rules.registry import RULES

    engine = DecisionEngine(options)
    return any(engine.decision_for(code) is Decision.Selected for code in RULES)


def _settings(options: argparse.Namespace, start: Path) -> Settings:
    """The project's configuration with flake8's options on top.

    Codes and prefixes that flake8's user names are turned on, as ``--select`` does on the command line; flake8 itself filters what comes out.
    """
    from flake8.exceptions import ExecutionError

    from async_guard.config import load
    from async_guard.rules.registry import NAMES

    load.CODES = NAMES
    overrides = {"severity": options.async_guard_severity, "confidence": options.async_guard_confidence}
    try:
        settings = load.load_settings(start, overrides)
    except load.ConfigError as error:
        raise ExecutionError(f"async-guard: {error}") from error
    named = [*(options.select or ()), *(options.extend_select or ())]
    ours = ("AG" if code == "A" else code for code in named if _OUR_CODES.fullmatch(code))
    return dataclasses.replace(settings, extend_select=(*settings.extend_select, *ours))


_DECIDING = (
    "select",
    "extend_select",
    "ignore",
    "extend_ignore",
    "extended_default_select",
    "extended_default_ignore",
    "enable_extensions",
)
"""flake8's options by which it decides whether a code is shown."""


def _kept_or_analysed(options: argparse.Namespace) -> ByFile:
    """Everything that is wrong in the project around the given paths, from the last run if nothing has changed since."""
    from async_guard.frontends.project_around import project_root

    given = [path for path in options.filenames if os.path.exists(path)] if options.filenames else ["."]
    if not given:
        return {}  # flake8 itself complains of paths that do not exist
    places = list(dict.fromkeys(os.path.abspath(path) for path in (".", *given)))
    below = [*places, *(root for root in map(project_root, places) if root is not None)]
    decides = [repr(getattr(options, name, None)) for name in _DECIDING]
    ours = [str(options.async_guard_severity), str(options.async_guard_confidence)]
    key = "\0".join(["flake8", outcome.build_identity(__version__), os.getcwd(), *given, *decides, *ours])
    found = outcome.find(FOLDER, key, places, below)
    if found is not None:
        with contextlib.suppress(ValueError):
            return _checked(json.loads(found[1]))
    from async_guard.cache.watch import Watch

    watch = Watch(places)
    report = _analysed(options, given, watch) if _wanted(options) else None
    project = _by_file(report) if report is not None else {}
    if report is None or not report.defects:  # what is lost, and said beside the violations, would not be said again
        outcome.keep(FOLDER, key, watch, 0, json.dumps(project))
    return project


def _checked(stored: Any) -> ByFile:
    """What was kept, if it has the shape of it. Raises `ValueError` otherwise."""
    if not isinstance(stored, dict):
        raise ValueError("no violations by file")  # noqa: TRY004  # damaged data, no mistake of a caller
    return {
        str(path): [(int(line), int(column), str(text)) for line, column, text in violations]
        for path, violations in stored.items()
    }


_LOG = logging.getLogger(__name__)
"""Errors go to standard error unless somebody has set up logging otherwise."""


def _analysed(options: argparse.Namespace, given: Sequence[str], watch: Watch) -> Report:
    from flake8.exceptions import ExecutionError

    from async_guard.api import UsageError, check_paths
    from async_guard.frontends.project_around import paths_to_read

    settings = _settings(options, Path(given[0]))
    for file in settings.catalogue_files:
        watch.file(os.path.abspath(file))
    try:
        return check_paths(paths_to_read(given), settings, noqa=False, watch=watch)
    except UsageError as error:
        raise ExecutionError(f"async-guard: {error}") from error


def _of_text(options: argparse.Namespace, filename: str, text: str) -> Sequence[Violation]:
    """What is wrong in one text that lies nowhere, such as an unsaved editor buffer. Chains through other files are not seen."""
    from async_guard.api import check_sources

    if not _wanted(options):
        return ()
    path = filename if filename.endswith(".py") else f"{filename}.py"  # flake8 calls a text without a name "stdin"
    report = check_sources({path: text}, _settings(options, Path(path).parent))
    return _by_file(report).get(os.path.abspath(path), ())


def _by_file(report: Report) -> ByFile:
    for defect in report.defects:
        from async_guard.report.shown import plain

        _LOG.error("%s", plain(str(defect)))
    found: dict[str, list[Violation]] = {}
    for finding in report.findings:
        violation = (finding.place.line, finding.place.column - 1, _text(finding))
        found.setdefault(os.path.abspath(finding.place.path), []).append(violation)
    return found


def _text(finding: Finding) -> str:
    """One line; where the chain is longer than one step, with the place of its end, which flake8 has no other way to show.

    File names and the code's own words are not to be trusted: what a terminal would obey is escaped.
    """
    text = f"{finding.code} {finding.message}"
    if len(finding.chain) > 1:
        cause = finding.root_cause.place
        text += f" ({cause.path}:{cause.line})"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _hand_over(project: ByFile) -> None:
    """Leave the outcome for worker processes that do not fork."""
    method = multiprocessing.get_start_method(allow_none=True) or multiprocessing.get_all_start_methods()[0]
    if method == "fork":
        return
    descriptor, path = tempfile.mkstemp(prefix="async-guard-", suffix=".json")
    with open(descriptor, "w", encoding="utf-8") as handle:
        json.dump(project, handle)
    os.environ[HAND_OVER] = f"{os.getpid()}:{path}"
    atexit.register(_take_back, path, os.getpid())


def _take_back(path: str, owner: int) -> None:
    if os.getpid() == owner:
        os.environ.pop(HAND_OVER, None)
        with contextlib.suppress(OSError):
            os.unlink(path)


def _inherited() -> ByFile | None:
    """What the parent process left for this one; None in the process that has to analyse."""
    parent = multiprocessing.parent_process()
    owner, _, path = os.environ.get(HAND_OVER, "").partition(":")
    if parent is None or owner != str(parent.pid):
        return None
    try:
        with open(path, encoding="utf-8") as handle:
            stored: dict[str, list[tuple[int, int, str]]] = json.load(handle)
    except (OSError, ValueError):
        return None
    return stored
