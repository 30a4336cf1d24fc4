"""Check the catalogue against the newest release of each library.

    python scripts/check_catalogue.py requests redis        # some files of src/async_guard/catalogue/data, by name
    python scripts/check_catalogue.py                       # all of them: takes long and downloads gigabytes

For each file a scratch environment is made, the distributions named in it are installed there, and a process of that environment imports
them and tells (a) whether every named callable exists, (b) whether it is a coroutine function where the catalogue says so and none where
it does not, (c) which public callables that look blocking the catalogue does not know. This environment stays as it is.

Exit status 1 when something named is missing or of another nature, or a library could not be checked.
"""

from __future__ import annotations

import argparse
import fnmatch
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from async_guard.catalogue.compile import compile_files, data_files, read  # noqa: E402
from async_guard.catalogue.load import Catalogue  # noqa: E402
from async_guard.catalogue.schema import Document, parse_document, rows  # noqa: E402
from async_guard.model.catalogue import ClassEntry, FunctionEntry, ValueEntry  # noqa: E402
from catalogue_sources import Sources  # noqa: E402
from catalogue_sources import answer as answer_of_sources  # noqa: E402

PROBE = Path(__file__).with_name("catalogue_probe.py")


@dataclass
class Checked:
    """What a library's check found."""

    library: str
    versions: dict[str, str] = field(default_factory=dict)
    names: int = 0
    missing: list[str] = field(default_factory=list)
    """Named, and under none of its paths there."""
    not_installed: list[str] = field(default_factory=list)
    """Top-level modules that the distributions named in the file do not bring: its `distributions` should say which one does."""
    unimportable: list[str] = field(default_factory=list)
    """In a module that needs something else to be imported: a system library, an optional dependency."""
    gone: list[str] = field(default_factory=list)
    """Of other versions or systems, as the file itself (``gone``) or the stubs of the standard library say, and indeed not there."""
    old_paths: list[str] = field(default_factory=list)
    """Named, and there under another path."""
    nature: list[str] = field(default_factory=list)
    """Sync where the catalogue says async, or the other way round."""
    uncertain: list[str] = field(default_factory=list)
    """There only at run time, or of a nature that cannot be read off."""
    new: list[str] = field(default_factory=list)
    """Public, looks blocking, not in the catalogue."""
    only_read: bool = False
    """Its sources were read, nothing was installed."""
    error: str = ""
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether somebody has to look at it."""
        return bool(self.error or self.missing or self.nature)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the libraries named on the command line, print the table, write the JSON file."""
    options = _options(arguments)
    files = _chosen(options.libraries)
    catalogue = Catalogue(compile_files(data_files()))
    checked = []
    folder = Path(options.sources).resolve() if options.sources else None
    problems = download(files, folder, options.python, options.timeout) if folder else {}
    for number, path in enumerate(files, 1):
        print(f"[{number}/{len(files)}] {path.stem}", file=sys.stderr, flush=True)
        one = check(path, catalogue, options.python, options.timeout, sources=folder)
        one.error = one.error or "; ".join(problems[name] for name in one.versions if name in problems)
        checked.append(one)
        report = {"python": options.python, "libraries": [asdict(one) for one in checked]}
        Path(options.output).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(table(checked))
    if options.document:
        write_document(Path(options.document), checked)
    print(f"written to {options.output}", file=sys.stderr)
    return 1 if any(one.failed for one in checked) else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Check the catalogue against the newest release of each library.")
    parser.add_argument(
        "libraries", nargs="*", help="files of the catalogue without .toml, or library names in them; default all"
    )
    parser.add_argument("--output", default="catalogue-check.json", help="JSON file (default: %(default)s)")
    parser.add_argument(
        "--document",
        help="Markdown file for the outcome; libraries that it holds already and that are not checked now stay",
    )
    parser.add_argument(
        "--sources",
        metavar="FOLDER",
        help="download the newest releases there and read their sources instead of installing them: faster, and for what is too large; "
        "what is made at run time stays unsure, and what is new is not looked for",
    )
    parser.add_argument("--python", default=sys.executable, help="interpreter of the scratch environments")
    parser.add_argument(
        "--timeout", type=float, default=900, help="seconds for one installation (default: %(default)s)"
    )
    return parser.parse_args(arguments)


def _chosen(wanted: Iterable[str]) -> list[Path]:
    files = {path.stem: path for path in data_files()}
    by_library = {str(read(path).content.get("library", "")).lower(): path for path in files.values()}
    chosen = []
    for name in wanted:
        path = files.get(name) or by_library.get(name.lower())
        if path is None:
            sys.exit(f"no file of the catalogue is called {name!r}; there are {', '.join(files)}")
        chosen.append(path)
    return chosen or list(files.values())


def check(path: Path, catalogue: Catalogue, python: str, timeout: float, *, sources: Path | None = None) -> Checked:
    """Install what a file describes, or read it in the folder of downloads, and compare."""
    start = time.monotonic()
    document = read(path)
    done = Checked(path.stem)
    request = request_for(document, catalogue)
    with tempfile.TemporaryDirectory(prefix="catalogue-", ignore_cleanup_errors=True) as scratch:
        try:
            if sources is not None and request["distributions"]:
                answer, done.only_read = answer_of_sources(sources, request), True
            else:
                answer, problems = _probe(Path(scratch), request, python, timeout)
                done.error = "; ".join(problems)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            done.error = _reason(error)
        else:
            _compare(done, document, answer)
    done.seconds = round(time.monotonic() - start, 1)
    return done


def request_for(document: Document, catalogue: Catalogue) -> dict[str, Any]:
    """What to ask about a document's entries."""
    entries = {name: entry for name, entry in parse_document(document).items() if not _is_private(name)}
    classes = {name: entry for name, entry in entries.items() if isinstance(entry, ClassEntry)}
    modules = {name.rpartition(".")[0] for name, entry in entries.items() if not isinstance(entry, ValueEntry)}
    return {
        "distributions": _distributions(document.content),
        "functions": {name: _expected(entry) for name, entry in entries.items() if isinstance(entry, FunctionEntry)},
        "classes": {name: _asked_of_class(entry, classes) for name, entry in classes.items()},
        "values": [name for name, entry in entries.items() if isinstance(entry, ValueEntry)],
        "modules": sorted(modules),
        "known": sorted(entries),
        "members": {entry.name: _known_members(catalogue, entry) for entry in classes.values() if not entry.is_async},
    }


def _distributions(content: Mapping[str, Any]) -> list[str]:
    named = (content["pypi"], *content.get("distributions", {}).values())
    return list(dict.fromkeys(name for name in named if name != "stdlib"))


def _is_private(name: str) -> bool:
    return any(part.startswith("_") for part in name.split(".")[1:])


def _expected(entry: FunctionEntry) -> str:
    if entry.is_awaitable or (entry.returns is not None and entry.returns[0] == "awaitable"):
        return "async"
    return "sync" if entry.effect is not None and entry.effect.severity is not None else "either"


def _expected_of_methods(entry: ClassEntry) -> dict[str, str]:
    return {
        name: _expected(method) for name, method in entry.methods.items() if name != "*" and not name.startswith("_")
    }


def _asked_of_class(entry: ClassEntry, classes: Mapping[str, ClassEntry]) -> dict[str, str]:
    """Its methods, and those of its bases in the same file: a table of what many drivers share names methods that only one of them has."""
    inherited = [_asked_of_class(classes[base], classes) for base in entry.bases if base in classes]
    return {name: want for methods in (*inherited, _expected_of_methods(entry)) for name, want in methods.items()}


def _heirs(names: Iterable[str], classes: Mapping[str, ClassEntry]) -> list[str]:
    """Classes of a file that have one of these among their bases, at any depth."""
    below = {name for name, entry in classes.items() if not set(names).isdisjoint(entry.bases)}
    return [*below, *_heirs(below, classes)] if below else []


def _known_members(catalogue: Catalogue, entry: ClassEntry) -> list[str]:
    line = catalogue.line(entry.name)
    return sorted({name for one in line for name in (*one.methods, *one.attributes, *one.properties)})


def download(files: Iterable[Path], folder: Path, python: str, timeout: float) -> dict[str, str]:
    """Bring the newest releases of all that files describe into a folder; why some are not there, by distribution."""
    folder.mkdir(parents=True, exist_ok=True)
    names = list(dict.fromkeys(name for path in files for name in _distributions(read(path).content)))
    problems: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="catalogue-", ignore_cleanup_errors=True) as scratch:
        environment = _environment(Path(scratch))
        pip = [python, "-m", "pip", "download", "-q", "--no-deps", "--cache-dir", f"{scratch}/pip", "-d", str(folder)]
        for start in range(0, len(names), _AT_ONCE):
            print(f"downloading {start} of {len(names)}", file=sys.stderr, flush=True)
            wanted, without_wheel = names[start : start + _AT_ONCE], list[str]()
            while wanted:  # pip names the one that has no wheel, and stops there
                why = _install([*pip, "--only-binary", ":all:", *wanted], Path(scratch), environment, timeout)
                if not why:
                    break
                named = [name for name in wanted if re.search(rf"for {re.escape(name)}\b", why)] or wanted
                without_wheel += named
                wanted = [name for name in wanted if name not in named]
            for name in without_wheel:
                why = _install([*pip, "--no-build-isolation", name], Path(scratch), environment, timeout)
                if why:
                    problems[name] = why
    return problems


_AT_ONCE = 20
"""How many distributions one call of pip downloads."""


def _environment(scratch: Path) -> dict[str, str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return environment | {"HOME": str(scratch), "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def _probe(scratch: Path, request: Mapping[str, Any], python: str, timeout: float) -> tuple[dict[str, Any], list[str]]:
    """The answer of a process in a new environment, and which distributions could not be installed there."""
    environment = _environment(scratch)
    own = scratch / "venv"
    _run([python, "-m", "venv", "--without-pip", str(own)], scratch, environment, timeout)
    interpreter = str(own / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    pip = [
        python,
        "-m",
        "pip",
        "--python",
        interpreter,
        "install",
        "-q",
        "--no-compile",
        "--cache-dir",
        str(scratch / "pip"),
    ]
    problems = _install_all(pip, request["distributions"], scratch, environment, timeout)
    (scratch / "request.json").write_text(json.dumps(request), encoding="utf-8")
    _run([interpreter, "-I", str(PROBE), "request.json", "answer.json"], scratch, environment, min(timeout, 300))
    answer: dict[str, Any] = json.loads((scratch / "answer.json").read_text(encoding="utf-8"))
    return answer, problems


def _install_all(
    pip: list[str], names: Sequence[str], scratch: Path, environment: Mapping[str, str], timeout: float
) -> list[str]:
    """Install distributions together; where that fails, one by one, so that one that cannot be built here leaves the others."""
    if not names or not _install([*pip, *names], scratch, environment, timeout):
        return []
    return [why for name in names if (why := _install([*pip, name], scratch, environment, timeout))]


def _install(command: list[str], scratch: Path, environment: Mapping[str, str], timeout: float) -> str:
    """Run an installation; why it failed, if it did."""
    try:
        _run(command, scratch, environment, timeout)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        return f"{command[-1]}: {_reason(error)}"
    return ""


def _run(command: list[str], cwd: Path, environment: Mapping[str, str], timeout: float) -> None:
    subprocess.run(
        command, cwd=cwd, env=dict(environment), check=True, capture_output=True, text=True, errors="replace", timeout=timeout
    )  # fmt: skip


def _reason(error: subprocess.CalledProcessError | subprocess.TimeoutExpired) -> str:
    """What a process said last when it failed, its own word "error" preferred."""
    if isinstance(error, subprocess.TimeoutExpired):
        return f"took longer than {error.timeout:.0f} s"
    lines = [line.strip() for line in str(error.stderr or "").splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"(ERROR|error|\w*Error)\b", line)]
    return (named or lines or [f"exit status {error.returncode}"])[-1]


@cache
def _stubs() -> Sources | None:
    """The type checker's stubs of the standard library: what all its versions have on all systems."""
    found = importlib.util.find_spec("mypy")
    return (
        Sources.of_stubs(Path(found.origin).parent / "typeshed" / "stdlib")
        if found is not None and found.origin
        else None
    )


def _in_another_python(name: str) -> bool:
    """Whether another version of Python than this one, or the same one on another system, has a name."""
    stubs = _stubs()
    return stubs is not None and stubs.resolve(name)[0] in ("module", "class", "function", "other")


def _compare(done: Checked, document: Document, answer: Mapping[str, Any]) -> None:
    done.versions = answer["versions"]
    done.new = answer["new"]
    classes = {name: found["state"] for name, found in answer["classes"].items()}
    states = {**answer["functions"], **answer["values"], **classes}
    done.names = len(states)
    said = [str(pattern) for pattern in document.content.get("gone", ())]

    def other_versions(name: str) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in said) or _in_another_python(name)

    absent = {name for name, state in states.items() if state == "not installed"}
    done.gone = [name for name in absent if other_versions(name)]
    done.not_installed = sorted({name.partition(".")[0] for name in absent.difference(done.gone)})
    entries = {name: entry for name, entry in parse_document(document).items() if isinstance(entry, ClassEntry)}
    methods = {name: found["methods"] for name, found in answer["classes"].items()}
    for row in rows(document):
        names = [name for name in row.names if name in states and name not in absent]
        canonical = {name: row.canonical(name) for name in names}
        _compare_names(done, {name: states[name] for name in names}, canonical, other_versions)
        of_row = {
            name: {method: methods[name][method] for method in _expected_of_methods(entries[name])}
            for name in names
            if methods.get(name)
        }
        heirs = _heirs(row.names, entries)
        inherited = [methods[name] for name in heirs if methods.get(name)]
        unread = any(
            states.get(name, "_").startswith(_UNREAD) or (states[name] == "ok" and methods.get(name) == {})
            for name in (*row.names, *heirs)
        )
        _compare_methods(done, of_row, canonical, other_versions, inherited, unread=unread)
    for found in (done.missing, done.nature, done.uncertain, done.old_paths, done.unimportable, done.gone):
        found.sort()


_UNREAD = ("_", "uncertain", "not installed", "cannot be imported")
"""States of classes that could not be looked into, besides those that are there and are no classes; the first for those that nobody can
import, which are not asked for."""


def _compare_names(
    done: Checked, states: Mapping[str, str], canonical: Mapping[str, str], other_versions: Callable[[str], bool]
) -> None:
    there = {canonical[name] for name, state in states.items() if state in ("ok", "uncertain")}
    for name, state in states.items():
        if state.startswith("is "):
            done.nature.append(f"{name} {state}")
        elif state == "uncertain":
            done.uncertain.append(name)
        elif state.startswith("cannot be imported"):
            done.unimportable.append(f"{name} ({state})")
        elif state != "ok":
            shown = name if state == "missing" else f"{name} ({state})"
            if canonical[name] in there:
                done.old_paths.append(shown)
            else:
                (done.gone if other_versions(shown) else done.missing).append(shown)


def _compare_methods(
    done: Checked,
    found: Mapping[str, Mapping[str, str]],
    canonical: Mapping[str, str],
    other_versions: Callable[[str], bool],
    inherited: Sequence[Mapping[str, str]],
    *,
    unread: bool,
) -> None:
    """Of the classes that one table describes: a method may be missing in some of them, not in all; so too of the paths to one class.

    ``inherited``: what was found in classes that inherit from them; ``unread``: some class could not be looked into, and may have it.
    """
    for method in dict.fromkeys(method for methods in found.values() for method in methods):
        states: dict[str, str] = {}
        for name, methods in found.items():
            if states.get(canonical[name], "missing") == "missing":
                states[canonical[name]] = methods[method]
        done.names += len(states)
        below = {methods.get(method, "missing") for methods in inherited}
        if {*states.values(), *below} == {"missing"}:
            elsewhere = any(other_versions(f"{name}.{method}") for name in (*found, *states))
            where = done.gone if elsewhere else done.uncertain if unread else done.missing
            where.append(f"{next(iter(states))}.{method}")
        for name, state in states.items():
            if state.startswith("is "):
                done.nature.append(f"{name}.{method} {state}")
            elif state not in ("ok", "missing"):
                done.uncertain.append(f"{name}.{method}")


def table(checked: Sequence[Checked]) -> str:
    """The numbers of all libraries, then what somebody has to look at."""
    lines = [
        f"{'library':26} {'version':28} {'names':>6} {'missing':>8} {'gone':>5} {'old path':>9} {'nature':>7} {'unsure':>7} {'new':>5}  error"
    ]
    for one in checked:
        version = ", ".join(number or f"no {name}" for name, number in one.versions.items()) or "stdlib"
        lists = (one.missing, one.gone, one.old_paths, one.nature, one.uncertain, one.new)
        numbers = f"{one.names:>6} " + " ".join(
            f"{len(names):>{width}}" for names, width in zip(lists, (8, 5, 9, 7, 7, 5), strict=True)
        )
        lines.append(f"{one.library:26} {version[:28]:28} {numbers}  {one.error[:100]}".rstrip())
    for one in checked:
        for label, listed in (
            ("missing", one.missing),
            ("nature", one.nature),
            ("not installed", one.not_installed),
            ("cannot be imported", one.unimportable),
            ("new", one.new),
        ):
            if listed:
                lines += ["", f"{one.library}, {label}:", *(f"  {text}" for text in listed)]
    return "\n".join(lines)


_DOCUMENT_HEAD = """\
# The catalogue against the newest releases

Made by `python scripts/check_catalogue.py --document docs/freshness.md [FILES]`: for each file of the catalogue the newest release of its
libraries was installed in a scratch environment, and every name asked for. *missing*: named by the catalogue and not there; *gone*: not
there, and the file, or the type checker's stubs of the standard library, say that only other versions or systems have it; *elsewhere*: there
under another path; *nature*: synchronous where the catalogue says asynchronous, or the other way round; *unsure*: made at run time; *not
imported*: in a module that needs something else; *new*: public, looks blocking, not described. *(sources)*: with `--sources`, nothing was
installed; the sources of the newest releases were read instead. *Not asked for*: modules of distributions that the file does not name yet.

| file | versions | checked | names | missing | gone | elsewhere | nature | unsure | not imported | new | |
|---|---|---|---|---|---|---|---|---|---|---|---|
"""


def write_document(path: Path, checked: Sequence[Checked]) -> None:
    """Enter what was found into the Markdown table, one line a file of the catalogue, by name."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = {
        line.split("|")[1].strip(): line for line in lines if line.startswith("| ") and not line.startswith("| file ")
    }
    kept.update({one.library: _document_line(one) for one in checked})
    path.write_text(_DOCUMENT_HEAD + "\n".join(line for _, line in sorted(kept.items())) + "\n", encoding="utf-8")


def _document_line(one: Checked) -> str:
    versions = (
        ", ".join(f"{name} {number or '(not installed)'}" for name, number in one.versions.items())
        or "standard library"
    ) + (" (sources)" if one.only_read else "")
    found = (one.missing, one.gone, one.old_paths, one.nature, one.uncertain, one.unimportable, one.new)
    note = one.error or (", ".join(one.missing[:6]) + (" …" if len(one.missing) > 6 else ""))
    if one.not_installed:
        note = "; ".join([*([note] if note else []), "not asked for: " + ", ".join(one.not_installed)])
    cells = (
        one.library,
        versions,
        time.strftime("%Y-%m-%d"),
        one.names,
        *(len(names) for names in found),
        note.replace("|", "/")[:240],
    )
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
