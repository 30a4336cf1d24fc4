"""Decide for every public callable of Python's standard library whether it blocks.

    python scripts/standard_library.py                                   # what has no verdict yet, in this interpreter
    python scripts/standard_library.py --write --python python3.10 --python python3.12 ...
                                                                         # docs/standard_library.tsv for all versions

The names are those that interpreters have (each is asked in a process of its own) and those that the stubs of the type checker have for a
version that is not installed. What a callable is said to do comes from the catalogue; of the rest, `standard_library.toml` beside this file
says why it does not block. A callable of which neither says anything has no verdict, which a test refuses.
"""

from __future__ import annotations

import argparse
import ast
import fnmatch
import importlib
import importlib.util
import inspect
import itertools
import json
import pkgutil
import subprocess
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from async_guard.catalogue.load import Catalogue

ROOT = Path(__file__).resolve().parent.parent
DECISIONS = Path(__file__).with_suffix(".toml")
LIST = ROOT / "docs" / "standard_library.tsv"
VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")

NOT_PUBLIC = frozenset(
    ("test", "idlelib", "lib2to3", "turtledemo", "antigravity", "this", "__main__", "pydoc_data", "__phello__")
)
"""Tests of Python itself, programs, jokes: nothing that a service calls."""
ONE_OF_MANY = frozenset(("encodings", "lib2to3"))
"""Packages whose modules are all alike: only the package itself is listed."""
SPECIAL = frozenset((
    "__enter__", "__exit__", "__iter__", "__next__", "__call__", "__getitem__", "__setitem__", "__delitem__", "__contains__", "__len__",
))  # fmt: skip
"""Methods that run without being named."""


# -- the names


def inventory() -> dict[str, str]:
    """Every public callable of this interpreter: ``function``, ``class`` or ``method``. Exceptions are left out, making one waits for nothing."""
    warnings.simplefilter("ignore")
    found: dict[str, str] = {}
    for name in _module_names():
        try:
            module = importlib.import_module(name)
        except BaseException:  # noqa: BLE001 - a module of another platform, or one that is a program
            continue
        for member in _public(module, name):
            value = getattr(module, member, None)
            if value is not None and callable(value):
                _enter(found, f"{name}.{member}", value)
    return found


def _enter(found: dict[str, str], dotted: str, value: Any) -> None:
    if not isinstance(value, type):
        found[dotted] = "function"
    elif not issubclass(value, BaseException):
        found[dotted] = "class"
        for member in vars(value):
            if (not member.startswith("_") or member in SPECIAL) and callable(getattr(value, member, None)):
                found[f"{dotted}.{member}"] = "method"


def _module_names() -> Iterator[str]:
    for top in sorted(sys.stdlib_module_names):
        if top.startswith("_") or top in NOT_PUBLIC:
            continue
        yield top
        if top == "os":
            yield "os.path"
        try:
            paths = getattr(importlib.import_module(top), "__path__", None)
        except BaseException:  # noqa: BLE001 - as above
            continue
        if paths and top not in ONE_OF_MANY:
            for info in pkgutil.walk_packages(paths, f"{top}.", onerror=lambda _: None):
                if not any(part.startswith("_") or part in ("test", "tests") for part in info.name.split(".")):
                    yield info.name


def _public(module: Any, name: str) -> list[str]:
    exported = getattr(module, "__all__", None)
    if exported is not None:
        return [member for member in exported if not member.startswith("_")]
    top = name.partition(".")[0]
    return [
        member
        for member, value in vars(module).items()
        if not member.startswith("_")
        and not inspect.ismodule(value)
        and (
            (of := getattr(value, "__module__", None)) is None
            or of.lstrip("_").partition(".")[0] in (top, "builtins", "posix")
        )
    ]


def stub_inventory(folder: Path, version: tuple[int, int]) -> dict[str, str]:
    """The same from stub files (``typeshed/stdlib``), for a version of Python that is not installed."""
    found: dict[str, str] = {}
    there = _stub_versions(folder, version)
    for path in sorted(folder.rglob("*.pyi")):
        parts = path.relative_to(folder).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        name = ".".join(parts)
        if not parts or parts[0] in NOT_PUBLIC or any(part.startswith("_") for part in parts) or not there(name):
            continue
        if parts[0] in ONE_OF_MANY and len(parts) > 1:
            continue
        for node in _live(ast.parse(path.read_text(encoding="utf-8")).body, version):
            _enter_stub(found, name, node, version)
    return found


def _stub_versions(folder: Path, version: tuple[int, int]) -> Any:
    ranges: dict[str, tuple[tuple[int, int], tuple[int, int]]] = {}
    for line in (folder / "VERSIONS").read_text(encoding="utf-8").splitlines():
        name, colon, span = line.partition("#")[0].partition(":")
        if colon:
            first, _, last = span.strip().partition("-")
            ranges[name.strip()] = (_version(first), _version(last) if last.strip() else (9, 9))

    def there(name: str) -> bool:
        while name:
            if name in ranges:
                return ranges[name][0] <= version <= ranges[name][1]
            name = name.rpartition(".")[0]
        return False

    return there


def _version(text: str) -> tuple[int, int]:
    major, minor = text.strip().split(".")[:2]
    return int(major), int(minor)


def _live(body: Iterable[ast.stmt], version: tuple[int, int]) -> Iterator[ast.stmt]:
    """Statements that hold for a version on Linux."""
    for node in body:
        if isinstance(node, ast.If):
            yield from _live(node.body if _holds(node.test, version) else node.orelse, version)
        else:
            yield node


def _holds(test: ast.expr, version: tuple[int, int]) -> bool:
    names = {"sys": argparse.Namespace(version_info=version, platform="linux"), "TYPE_CHECKING": True}
    try:
        return bool(eval(compile(ast.Expression(test), "stub", "eval"), {"__builtins__": {}}, names))
    except (NameError, AttributeError, TypeError):
        return False


def _enter_stub(found: dict[str, str], owner: str, node: ast.stmt, version: tuple[int, int]) -> None:
    name = getattr(node, "name", "_")
    if name.startswith("_") and name not in SPECIAL:
        return
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        if not any(
            getattr(d, "id", getattr(d, "attr", "")) in ("property", "setter", "cached_property")
            for d in node.decorator_list
        ):
            found[f"{owner}.{name}"] = "function"
    elif isinstance(node, ast.ClassDef) and not name.endswith(("Error", "Exception", "Warning")):
        found[f"{owner}.{name}"] = "class"
        inner: dict[str, str] = {}
        for member in _live(node.body, version):
            if not isinstance(member, ast.ClassDef):
                _enter_stub(inner, f"{owner}.{name}", member, version)
        found.update(dict.fromkeys(inner, "method"))


def _told_by_stubs(stubs: Path, names: Mapping[str, str], before: str, version: str) -> dict[str, str]:
    """The callables of a version that is not installed: those of the one before it, less and more what stubs say has changed."""
    old, new = (stub_inventory(stubs, _version(one)) for one in (before, version))
    return {name: kind for name, kind in names.items() if name not in old or name in new} | {
        name: kind for name, kind in new.items() if name not in old
    }


def of_interpreter(python: str) -> tuple[str, dict[str, str]]:
    """An interpreter's version and its callables."""
    done = subprocess.run(
        [python, "-I", __file__, "--inventory"], check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )  # fmt: skip
    answer = json.loads(done.stdout.splitlines()[-1])
    return answer["version"], answer["names"]


# -- the verdicts


@dataclass(frozen=True)
class Verdict:
    """What is decided of a callable."""

    word: str
    """``error``, ``warning``, ``info``, ``negligible`` (it blocks, so badly), ``no``, ``passes`` (it blocks if what it is given blocks), ``?``."""
    why: str


class Judge:
    """Looks up verdicts."""

    def __init__(self, catalogue: Catalogue, decisions: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self._catalogue = catalogue
        self._patterns = sorted(
            ((pattern, Verdict(word, why)) for word, reasons in decisions.items() for why, names in reasons.items() for pattern in names),
            key=lambda item: (item[0].count("*"), -len(item[0])),
        )  # fmt: skip

    def verdict(self, name: str, kind: str) -> Verdict:
        """The catalogue's word, else the decision whose pattern says most."""
        return self._of_catalogue(name, kind) or self._decided(name)

    def _decided(self, name: str) -> Verdict:
        fitting = [(pattern, verdict) for pattern, verdict in self._patterns if fnmatch.fnmatchcase(name, pattern)]
        return max(fitting, key=lambda item: len(item[0].rstrip("*")))[1] if fitting else Verdict("?", "")

    def unused(self, names: Iterable[str]) -> list[str]:
        """Patterns that decide nothing."""
        names = list(names)
        return [
            pattern for pattern, _ in self._patterns if not any(fnmatch.fnmatchcase(name, pattern) for name in names)
        ]

    def _of_catalogue(self, name: str, kind: str) -> Verdict | None:
        from async_guard.model.catalogue import ClassEntry, FunctionEntry

        catalogue = self._catalogue
        entry = catalogue.lookup(name)
        if isinstance(entry, FunctionEntry):
            return self._said(entry)
        if isinstance(entry, ClassEntry):
            found = catalogue.method(entry.name, "__init__")
            return (
                self._said(found[1])
                if found is not None and "__init__" in found[0].methods
                else Verdict("no", "makes an object")
            )
        owner = catalogue.lookup(name.rpartition(".")[0]) if kind == "method" else None
        if isinstance(owner, ClassEntry):
            found = catalogue.method(owner.name, name.rpartition(".")[2])
            if found is not None:
                return Verdict("no", "gives an awaitable") if found[1].is_awaitable else self._said(found[1])
        module = catalogue.module_effect(name)
        return (
            Verdict(module.effect.severity.name.lower(), module.effect.because)
            if module is not None and module.effect.severity
            else None
        )

    def _said(self, entry: Any) -> Verdict:
        if entry.effect is not None and entry.effect.severity is not None:
            return Verdict(entry.effect.severity.name.lower(), entry.effect.because or "costs microseconds")
        if entry.runs or (entry.returns is not None and entry.returns[0] in ("call", "partial")):
            return Verdict("passes", "runs what it is given")
        if entry.returns is not None and entry.returns[0] == "inst":
            found = self._catalogue.method(entry.returns[1], "__iter__")
            if (
                found is not None
                and "__iter__" in found[0].methods
                and (effect := found[1].effect) is not None
                and effect.severity
            ):
                return Verdict(effect.severity.name.lower(), f"when iterated: {effect.because}")
        return Verdict("no", "known not to block")


def judge() -> Judge:
    """The judge with the shipped catalogue and the decisions beside this file."""
    sys.path.insert(0, str(ROOT / "src"))
    from async_guard.catalogue.load import Catalogue
    from async_guard.config.load import parse_toml

    return Judge(Catalogue(), parse_toml(DECISIONS.read_bytes(), DECISIONS.name))


# -- the list


def lines(by_version: Mapping[str, Mapping[str, str]], judging: Judge) -> list[str]:
    """One line per module or class and verdict; a name that not every version has says which have it."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    kinds: dict[str, str] = {}
    for names in by_version.values():
        kinds.update(names)
    for name in sorted(kinds):
        verdict = judging.verdict(name, kinds[name])
        owner, _, last = name.rpartition(".")
        groups.setdefault((owner, verdict.word, verdict.why), []).append(
            last + _span(name, by_version) + ("()" if kinds[name] == "class" else "")
        )
    return ["\t".join((owner, word, why, " ".join(names))) for (owner, word, why), names in sorted(groups.items())]


def _span(name: str, by_version: Mapping[str, Mapping[str, str]]) -> str:
    having = [version for version in VERSIONS if name in by_version.get(version, {})]
    if len(having) == len(by_version):
        return ""
    return f"[{having[0]}-{having[-1]}]" if len(having) > 1 else f"[{having[0]}]"


def read_list(path: Path = LIST) -> dict[str, tuple[str, str, str, bool]]:
    """The list as written: verdict, reason, versions ("" for all) and whether it is a class, by dotted name."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        owner, word, why, names = line.split("\t")
        for shown in names.split(" "):
            name, _, versions = shown.removesuffix("()").partition("[")
            found[f"{owner}.{name}"] = (word, why, versions.rstrip("]"), shown.endswith("()"))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what has no verdict, or write the list."""
    parser = argparse.ArgumentParser(
        description="Decide for every public callable of the standard library whether it blocks."
    )
    parser.add_argument("--inventory", action="store_true", help="print this interpreter's callables as JSON")
    parser.add_argument("--write", action="store_true", help=f"write {LIST.relative_to(ROOT)}")
    parser.add_argument("--python", action="append", default=[], help="further interpreters")
    options = parser.parse_args(arguments)
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if options.inventory:
        print(json.dumps({"version": here, "names": inventory()}))
        return 0
    by_version = dict(of_interpreter(python) for python in [*options.python, sys.executable])
    stubs = _stub_folder()
    for before, version in itertools.pairwise(VERSIONS):
        if version not in by_version and before in by_version and stubs is not None and options.write:
            by_version[version] = _told_by_stubs(stubs, by_version[before], before, version)
    by_version = {version: by_version[version] for version in VERSIONS if version in by_version}
    judging = judge()
    kinds = {name: kind for names in by_version.values() for name, kind in names.items()}
    undecided = sorted(name for name, kind in kinds.items() if judging.verdict(name, kind).word == "?")
    for name in undecided:
        print(f"{name}: no verdict")
    for pattern in judging.unused(kinds) if options.write else ():
        print(f"{pattern}: decides nothing")
    if options.write:
        head = "module or class\tblocks\twhy\tcallables (() a class that is made; [versions] where not 3.10 to 3.14 all have it)"
        LIST.write_text("\n".join([head, *lines(by_version, judging)]) + "\n", encoding="utf-8")
        print(f"{len(kinds)} callables of {', '.join(by_version)} written to {LIST.relative_to(ROOT)}")
    return 1 if undecided else 0


def _stub_folder() -> Path | None:
    found = importlib.util.find_spec("mypy")
    return Path(found.origin).parent / "typeshed" / "stdlib" if found is not None and found.origin else None


if __name__ == "__main__":
    sys.exit(main())
