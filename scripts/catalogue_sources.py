"""Answers what `catalogue_probe.py` answers, from the sources in downloaded archives: nothing is installed or imported.

For what is too large to install, or cannot be imported here. What is made at run time, or lies in an extension module without stubs or in
a distribution that was not downloaded, is ``uncertain``.
"""

from __future__ import annotations

import ast
import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PLAIN = frozenset(("staticmethod", "classmethod", "overload", "abstractmethod", "override"))
"""Decorators that leave a function what it is."""
_LAZY = re.compile(
    r"def __getattr__|globals\(\)|sys\.modules|lazy_loader|LazyModule|lazy_import|LazyImporter|setattr\(|import_module\("
)
"""A module whose names may be made at run time."""
_DEEPEST = 40

Found = tuple[str, Any, str]
"""What a name is: ("module", name, ""), ("class" or "function" or "other", node, its module), ("uncertain", None, "") or ("missing", …)."""
_MISSING: Found = ("missing", None, "")
_WITHOUT_MEMBERS = frozenset(("object", "ABC", "Generic", "Protocol"))
"""Bases from which a class has no public methods."""
_ADDING_NO_MEMBERS = frozenset(("dataclass", "total_ordering", "final", "runtime_checkable", "deprecated"))
_MAKING_CLASSES = frozenset(("__new__", "__init__", "__call__", "__prepare__", "__getattr__", "__getattribute__"))
"""Methods by which a metaclass may give its classes what their bodies do not say."""
_UNCERTAIN: Found = ("uncertain", None, "")


@dataclass
class _Module:
    name: str
    package: str
    names: dict[str, list[ast.AST | tuple[str, str]]] = field(default_factory=dict)
    """Definitions, and (module, name) of what is imported: ("a.b", "") is a module."""
    stars: list[str] = field(default_factory=list)
    members: dict[tuple[str, str], ast.expr] = field(default_factory=dict)
    """What the module sets on a class of its own (``Client.directions = made(directions)``)."""
    dynamic: bool = False
    sets: bool = False
    """It has a ``setattr``: its classes may get methods so (a decorator that enters functions)."""


class Sources:
    """Modules in a folder of wheels and source archives."""

    def __init__(self, folder: Path, distributions: Iterable[str]) -> None:
        self.versions: dict[str, str] = {}
        self._texts: dict[str, tuple[Path, str, bool]] = {}
        self._opaque: set[str] = set()
        self.module = cache(self._module)
        wanted = {_plain(name) for name in distributions}
        for archive in sorted(folder.iterdir()):
            name, version = _named(archive)
            if name not in wanted:
                continue
            self.versions[name] = version
            for member in _members(archive):
                self._enter(archive, member)

    @classmethod
    def of_stubs(cls, folder: Path) -> Sources:
        """Modules in a folder of stub files, with what any version and system has."""
        made = cls(folder, ())
        for path in sorted(folder.rglob("*.pyi")):
            parts = path.relative_to(folder).with_suffix("").parts
            is_package = parts[-1] == "__init__"
            made._texts[".".join(parts[:-1] if is_package else parts)] = (
                folder,
                str(path.relative_to(folder)),
                is_package,
            )
        return made

    def _enter(self, archive: Path, member: str) -> None:
        parts = re.sub(r"^[^/]+\.data/(purelib|platlib)/", "", member).split("/")
        if archive.suffix != ".whl":
            parts = parts[1:]
            while parts and parts[0] in ("src", "lib", "python"):
                parts = parts[1:]
        stem, _, ending = parts[-1].partition(".") if parts else ("", "", "")
        path = [*parts[:-1], stem]
        if not all(part.isidentifier() for part in path):
            return
        is_package = stem == "__init__"
        name = ".".join(path[:-1] if is_package else path)
        if ending == "py" or (ending == "pyi" and name not in self._texts):
            self._texts[name] = (archive, member, is_package)
        elif ending.endswith(("so", "pyd")):
            self._opaque.add(name)

    def has(self, name: str) -> bool:
        """Whether a module or a namespace package of this name is there."""
        return name in self._texts or name in self._opaque or name in self._parents

    @property
    def _parents(self) -> frozenset[str]:
        if not hasattr(self, "_above"):
            self._above = frozenset(
                ".".join(parts[:end])
                for parts in (name.split(".") for name in (*self._texts, *self._opaque))
                for end in range(1, len(parts))
            )
        return self._above

    def _module(self, name: str) -> _Module | None:
        if name not in self._texts:
            return _Module(name, name, dynamic=name in self._opaque) if self.has(name) else None
        archive, member, is_package = self._texts[name]
        text = _read(archive, member)
        made = _Module(
            name,
            name if is_package else name.rpartition(".")[0],
            dynamic=bool(_LAZY.search(text)),
            sets="setattr(" in text,
        )
        try:
            body = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError):
            made.dynamic = True
            return made
        for node in _flat(body):
            _take(made, node)
        return made

    # -- names

    def resolve(self, dotted: str, depth: int = 0) -> Found:
        """What a dotted name stands for."""
        top, *rest = dotted.split(".")
        if not self.has(top):
            return ("absent", None, "")
        found: Found = ("module", top, "")
        for part in rest:
            found = self.member(found, part, depth + 1)
        return found

    def member(self, of: Found, name: str, depth: int = 0) -> Found:
        """What an attribute is."""
        if depth > _DEEPEST:
            return _UNCERTAIN
        kind, node, module = of
        if kind == "module":
            return self._in_module(node, name, depth)
        if kind == "class":
            return self._in_class(node, module, name, depth)
        return _MISSING if kind == "missing" else _UNCERTAIN

    def _in_module(self, name: str, part: str, depth: int) -> Found:
        module = self.module(name)
        if module is None:
            return _MISSING
        below = f"{name}.{part}"
        for made in reversed(module.names.get(part, ())):
            if made == (name, part):  # a package that imports a module of its own
                found = ("module", below, "") if self.has(below) else _MISSING
            elif isinstance(made, tuple):
                found = self._imported(made, depth)
            else:
                found = self._is(made, name, depth)
            if found[0] != "missing":
                return found
        for star in reversed(module.stars):  # the last one wins
            if not self.has(star.partition(".")[0]):
                return _UNCERTAIN
            found = self._in_module(star, part, depth + 1) if depth < _DEEPEST else _UNCERTAIN
            if found[0] != "missing":
                return found
        if self.has(below):
            return ("module", below, "")
        return _UNCERTAIN if module.dynamic or part in module.names else _MISSING

    def _imported(self, made: tuple[str, str], depth: int) -> Found:
        module, name = made
        if not self.has(module.partition(".")[0]):
            return _UNCERTAIN  # of another distribution
        if not name:
            return ("module", module, "")
        return self.member(("module", module, ""), name, depth + 1)

    def _is(self, node: ast.AST, module: str, depth: int) -> Found:
        if isinstance(node, ast.ClassDef):
            return ("class", node, module)
        if isinstance(node, _FUNCTIONS):
            return ("function", node, module)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("staticmethod", "classmethod")
        ):
            node = node.args[0] if node.args else node
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._expression(node, module, depth + 1)
        return ("other", node, module)

    def _expression(self, node: ast.expr, module: str, depth: int) -> Found:
        if depth > _DEEPEST:
            return _UNCERTAIN
        if isinstance(node, ast.Subscript):
            return self._expression(node.value, module, depth + 1)
        if isinstance(node, ast.Name):
            found = self._in_module(module, node.id, depth + 1)
            return _UNCERTAIN if found[0] == "missing" else found
        if isinstance(node, ast.Attribute):
            return self.member(self._expression(node.value, module, depth + 1), node.attr, depth + 1)
        return _UNCERTAIN

    def _in_class(self, node: ast.ClassDef, module: str, name: str, depth: int) -> Found:
        for made in _flat(node.body):
            for target, value in _bound(made):
                if target == name:
                    return self._is(value, module, depth)
        within = self.module(module)
        if within is not None and (node.name, name) in within.members:
            return self._is(within.members[node.name, name], module, depth)
        open_ended = (
            any(not self._adds_nothing(keyword, module, depth) for keyword in node.keywords)
            or any(_last_name(decorator) not in _ADDING_NO_MEMBERS for decorator in node.decorator_list)
            or (within is not None and within.sets)
        )
        for base in node.bases:
            if _last_name(base) in _WITHOUT_MEMBERS:
                continue
            above = self._expression(base, module, depth + 1)
            found = self.member(above, name, depth + 1) if above[0] == "class" else _UNCERTAIN
            if found[0] == "uncertain":
                open_ended = True
            elif found[0] != "missing":
                return found
        return _UNCERTAIN if open_ended or _is_made_at_run_time(node, name) else _MISSING

    def _adds_nothing(self, keyword: ast.keyword, module: str, depth: int) -> bool:
        """Whether what stands behind the bases of a class leaves it as it is written: a metaclass that makes no classes in its own way."""
        if keyword.arg != "metaclass":
            return False
        if _last_name(keyword.value) in ("ABCMeta", "type"):
            return True
        kind, found, where = self._expression(keyword.value, module, depth + 1)
        return kind == "class" and not found.keywords and all(
            _last_name(base) in ("ABCMeta", "type") or self._adds_nothing(ast.keyword("metaclass", base), where, depth + 1)
            for base in found.bases
        ) and not any(isinstance(made, ast.FunctionDef) and made.name in _MAKING_CLASSES for made in found.body)  # fmt: skip


def answer(folder: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    """What `catalogue_probe.py` writes, without what is new."""
    sources = Sources(folder, request["distributions"])
    classes = {}
    for name, methods in request["classes"].items():
        found = sources.resolve(name)
        of_class = found[0] == "class"
        members = {method: _state(sources.member(found, method), want) for method, want in methods.items()}
        classes[name] = {"state": _there(found), "methods": members if of_class else {}}
    return {
        "versions": {name: sources.versions.get(_plain(name), "") for name in request["distributions"]},
        "functions": {name: _state(sources.resolve(name), want) for name, want in request["functions"].items()},
        "classes": classes,
        "values": {name: _there(sources.resolve(name)) for name in request["values"]},
        "new": [],
    }


def _last_name(node: ast.AST) -> str:
    """The last part of a dotted name, of what is called or what has type parameters."""
    while isinstance(node, (ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _there(found: Found) -> str:
    return {"missing": "missing", "absent": "not installed", "uncertain": "uncertain"}.get(found[0], "ok")


def _state(found: Found, expected: str) -> str:
    kind, node, _ = found
    if kind in ("missing", "absent"):
        return _there(found)
    if kind == "class":
        return "ok" if expected != "async" else "uncertain"
    if kind != "function":
        return "uncertain"
    if expected == "either" or any(_decorator(one) not in _PLAIN for one in node.decorator_list):
        return "ok" if expected != "async" or isinstance(node, ast.AsyncFunctionDef) else "uncertain"
    if not isinstance(node, ast.AsyncFunctionDef):
        return "ok" if expected == "sync" else "uncertain"
    if _yields(node):
        return "is async generator"
    return "ok" if expected == "async" else "is async"


def _yields(node: ast.AST) -> bool:
    """Whether a function has a ``yield`` of its own, not one of a function inside it."""
    return any(
        isinstance(inner, (ast.Yield, ast.YieldFrom))
        or (not isinstance(inner, (*_FUNCTIONS, ast.Lambda)) and _yields(inner))
        for inner in ast.iter_child_nodes(node)
    )


def _decorator(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


def _is_made_at_run_time(node: ast.ClassDef, name: str) -> bool:
    for inner in ast.walk(node):
        if isinstance(inner, _FUNCTIONS) and inner.name in ("__getattr__", "__getattribute__"):
            return True
        if isinstance(inner, ast.Attribute) and inner.attr == name and isinstance(inner.ctx, ast.Store):
            return True
    return False


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a body and of the branches in it."""
    for node in body:
        if isinstance(node, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
            for part in ("body", "orelse", "finalbody"):
                yield from _flat(getattr(node, part, ()))
            for handler in getattr(node, "handlers", ()):
                yield from _flat(handler.body)
        else:
            yield node


def _bound(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, (ast.ClassDef, *_FUNCTIONS)):
        yield node.name, node
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            for one in target.elts if isinstance(target, ast.Tuple) else (target,):
                if isinstance(one, ast.Name):
                    yield one.id, node if isinstance(target, ast.Tuple) else node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, node.value or node


def _take(module: _Module, node: ast.stmt) -> None:
    if isinstance(node, ast.Import):
        for one in node.names:
            bound = one.asname or one.name.partition(".")[0]
            module.names.setdefault(bound, []).append((one.name if one.asname else bound, ""))
    elif isinstance(node, ast.ImportFrom):
        above = module.package.split(".")
        base = above[: len(above) - node.level + 1] if node.level else []
        source = ".".join([*base, *([node.module] if node.module else [])])
        for one in node.names:
            if one.name == "*":
                module.stars.append(source)
            else:
                module.names.setdefault(one.asname or one.name, []).append((source, one.name))
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                module.members[target.value.id, target.attr] = node.value
    for name, value in _bound(node):
        module.names.setdefault(name, []).append(value)


def _members(archive: Path) -> list[str]:
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as opened:
            return opened.namelist()
    with tarfile.open(archive) as packed:
        return packed.getnames()


@cache
def _opened(archive: Path) -> zipfile.ZipFile | tarfile.TarFile:
    return zipfile.ZipFile(archive) if archive.suffix in (".whl", ".zip") else tarfile.open(archive)


def _read(archive: Path, member: str) -> str:
    if archive.is_dir():
        return (archive / member).read_text(encoding="utf-8")
    opened = _opened(archive)
    if isinstance(opened, zipfile.ZipFile):
        data = opened.read(member)
    else:
        handle = opened.extractfile(member)
        data = handle.read() if handle is not None else b""
    return data.decode("utf-8", "replace")


def _named(archive: Path) -> tuple[str, str]:
    if archive.suffix == ".whl":
        name, version = archive.name.split("-")[:2]
    else:
        name, _, version = re.sub(r"\.(tar\.\w+|tgz|zip)$", "", archive.name).rpartition("-")
    return _plain(name), version


def _plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()
