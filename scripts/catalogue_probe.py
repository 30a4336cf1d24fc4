"""Runs inside a scratch environment: imports libraries and reports what of the catalogue is there. Needs nothing but the standard library.

Usage: ``python -I catalogue_probe.py REQUEST.json ANSWER.json``. `check_catalogue.py` writes the one and reads the other.
"""

from __future__ import annotations

import dis
import importlib
import importlib.metadata
import inspect
import json
import re
import sys
import types
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_WAITING = frozenset((
    "acquire", "authenticate", "call", "commit", "complete", "connect", "consume", "copy", "create", "delete", "describe", "download", "dump",
    "embed", "execute", "executemany", "fetch", "flush", "generate", "get", "head", "insert", "invoke", "join", "list", "load", "login", "lookup",
    "move", "options", "patch", "ping", "poll", "post", "predict", "publish", "pull", "push", "put", "query", "read", "receive", "recv",
    "request", "resolve", "retrieve", "rollback", "run", "save", "scan", "search", "send", "sleep", "start", "stop", "stream", "submit", "sync",
    "transcribe", "transform", "update", "upload", "upsert", "wait", "write",
))  # fmt: skip
"""First words of names of callables that may block."""

_DOING = frozenset((
    "acquire", "commit", "communicate", "connect", "execute", "fetch", "fsync", "getresponse", "invoke", "open", "patch", "perform", "poll",
    "popen", "post", "publish", "put", "query", "read", "recv", "request", "rmtree", "run", "send", "sendall", "sleep", "urlopen",
    "urlretrieve", "wait", "write",
))  # fmt: skip
"""Words of the names in the code of a function that does wait, not only sound like it."""

_MISSING = object()
_MOST_NEW = 60


def main(request_file: str, answer_file: str) -> None:
    """Answer one request."""
    warnings.simplefilter("ignore")
    request = json.loads(Path(request_file).read_text(encoding="utf-8"))
    answer: dict[str, Any] = {
        "versions": _versions(request["distributions"]),
        "functions": {},
        "classes": {},
        "values": {},
    }
    for name, expected in request["functions"].items():
        found, why = resolve(name)
        answer["functions"][name] = _state(found, expected) if why == "" else why
    for name, methods in request["classes"].items():
        found, why = resolve(name)
        answer["classes"][name] = {"state": why or "ok", "methods": _methods(found, methods) if why == "" else {}}
    for name in request["values"]:
        answer["values"][name] = resolve(name)[1] or "ok"
    answer["new"] = sorted({*_new_functions(request), *_new_methods(request)})[:_MOST_NEW]
    Path(answer_file).write_text(json.dumps(answer), encoding="utf-8")


def _versions(names: list[str]) -> dict[str, str]:
    return {name: _version(name) for name in names}


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


_modules: dict[str, Any] = {}


def _module(name: str) -> tuple[Any, str]:
    """A module, or why there is none: "" when the name is none, else what importing it raised."""
    if name not in _modules:
        try:
            _modules[name] = (importlib.import_module(name), "")
        except ModuleNotFoundError as error:
            missing = error.name or ""
            own = name == missing or name.startswith(f"{missing}.") or missing.startswith(f"{name}.")
            _modules[name] = (_MISSING, "" if own else f"cannot be imported: needs {missing}")
        except BaseException as error:  # noqa: BLE001 - libraries raise anything while they are imported, SystemExit included
            _modules[name] = (_MISSING, f"cannot be imported: {type(error).__name__}: {error}"[:200])
    return _modules[name]  # type: ignore[no-any-return]


def resolve(dotted: str) -> tuple[Any, str]:
    """An object by its dotted name, or why there is none."""
    parts = dotted.split(".")
    refused = ""
    # The module of a whole name is imported last: a function may have the name of the submodule that it comes from.
    for end in (*range(len(parts) - 1, 0, -1), len(parts)):
        found, why = _module(".".join(parts[:end]))
        refused = refused or why
        if found is _MISSING:
            continue
        for part in parts[end:]:
            found = _member(found, part)
        if found is not _MISSING:
            return found, ""
    return _MISSING, refused or ("not installed" if _module(parts[0])[0] is _MISSING else "missing")


def _member(of: Any, name: str) -> Any:
    try:
        return getattr(of, name, _MISSING) if of is not _MISSING else _MISSING
    except Exception:  # noqa: BLE001 - lazy modules import on access and raise what they like
        return _MISSING


def _state(found: Any, expected: str) -> str:
    if not callable(found):
        return "not callable"
    nature = _nature(found)
    if nature == "unknown" or expected == "either" or nature == expected:
        return "ok" if nature != "unknown" or expected != "async" else "uncertain"
    if expected == "async" and nature == "sync":
        return "uncertain"  # plain functions give awaitables too
    return f"is {nature}"


def _nature(found: Any) -> str:
    """``async`` (calling gives an awaitable), ``async generator``, ``sync``, or ``unknown`` where annotations leave it open."""
    if isinstance(found, type):
        return "sync"
    function = inspect.unwrap(getattr(found, "__func__", found))
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(found):
        return "async"
    if inspect.isasyncgenfunction(found):  # as written: asynccontextmanager wraps one in a plain function
        return "async generator"
    given = str(getattr(function, "__annotations__", {}).get("return", ""))
    if re.search(r"Awaitable|Coroutine|Future|Response", given):
        return "unknown" if re.search(r"\||Union|Response", given) else "async"
    return "sync"


def _methods(cls: Any, expected: dict[str, str]) -> dict[str, str]:
    if not isinstance(cls, type):
        return {}  # a factory function described as the class that it makes
    found = {}
    for name, state in expected.items():
        member = inspect.getattr_static(cls, name, _MISSING)
        if member is _MISSING:
            found[name] = "dynamic" if hasattr(cls, name) or _is_made_at_run_time(cls, name) else "missing"
        elif isinstance(member, (staticmethod, classmethod)) or inspect.isroutine(member):
            found[name] = _state(getattr(cls, name, member), state)
        else:
            found[name] = "uncertain"
    return found


def _is_made_at_run_time(cls: type, name: str) -> bool:
    """Whether instances may have a member that the class has not: set by one of its methods, or found by ``__getattr__``."""
    for base in cls.__mro__[:-1]:
        made = vars(base)
        if "__getattr__" in made or "__getattribute__" in made:
            return True
        codes = (getattr(value, "__code__", None) for value in made.values())
        if any(code is not None and _sets(code, name) for code in codes):
            return True
    return False


def _sets(code: types.CodeType, name: str) -> bool:
    return name in code.co_names and any(
        step.opname == "STORE_ATTR" and step.argval == name for step in dis.get_instructions(code)
    )


# -- what the catalogue does not know


def _looks_blocking(name: str, value: Any) -> bool:
    if name.startswith("_") or re.split(r"_|(?<=[a-z])(?=[A-Z])", name)[0].lower() not in _WAITING:
        return False
    code = getattr(inspect.unwrap(value), "__code__", None)
    return _nature(value) == "sync" and (
        code is None or any(word in _DOING for used in code.co_names for word in used.lower().split("_"))
    )


def _is_of(value: Any, top: str) -> bool:
    return str(getattr(value, "__module__", "")).partition(".")[0].lstrip("_") == top.lstrip("_")


def _new_functions(request: dict[str, Any]) -> Iterator[str]:
    """Functions in the modules that the catalogue has names of, each under its shortest path."""
    seen = {id(resolve(name)[0]) for name in request["known"]}
    for module_name in sorted(request["modules"], key=lambda name: (name.count("."), name)):
        module, _ = _module(module_name)
        if not inspect.ismodule(module):
            continue
        exported = getattr(module, "__all__", None)
        for name, value in sorted(vars(module).items()):
            public = name in exported if exported else _is_of(value, module_name.partition(".")[0])
            if public and inspect.isroutine(value) and id(value) not in seen and _looks_blocking(name, value):
                seen.add(id(value))
                yield f"{module_name}.{name}"


def _new_methods(request: dict[str, Any]) -> Iterator[str]:
    """Methods of the classes in the catalogue, where it does not know every method, each in the class that defines it."""
    seen: set[int] = set()
    for class_name, known in request["members"].items():
        cls, why = resolve(class_name)
        if why or not isinstance(cls, type) or "*" in known:
            continue
        for base in cls.__mro__:
            for name, value in vars(base).items():
                new = inspect.isroutine(value) and name not in known and id(value) not in seen
                if new and _is_of(value, class_name.partition(".")[0]) and _looks_blocking(name, value):
                    seen.add(id(value))
                    yield f"{class_name}.{name}"


if __name__ == "__main__":
    main(*sys.argv[1:3])
