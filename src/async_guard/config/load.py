"""Settings from ``[tool.async-guard]`` in pyproject.toml, or from async-guard.toml."""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from async_guard.config.settings import Settings

SEVERITIES = ("error", "warning", "info")
_CHOICES = {
    "severity": SEVERITIES,
    "fail-on": (*SEVERITIES, "never"),
    "confidence": ("certain", "probable"),
    "group": ("file", "root-cause", "route"),
}
_CODE_KEYS = ("select", "extend-select", "ignore")
_VERSION = re.compile(r"\d+(\.\d+)*")


class ConfigError(ValueError):
    """A setting that cannot be used; the message names file and key and says what would be valid."""


def load_settings(start: Path, overrides: Mapping[str, Any] | None = None) -> Settings:
    """Settings in force for a path: the nearest configuration file above it, then ``overrides`` (flags) on top.

    Raises:
        ConfigError: unknown key, wrong type, unknown code or value.
    """
    settings = Settings()
    found = find_configuration(start)
    if found is not None:
        settings = read_settings(found)
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    for key in ("select", "extend_select", "ignore"):
        if key in given:
            given[key] = _codes(f"command line: {key.replace('_', '-')}", given[key])
    return replace(settings, **given)


def find_configuration(start: Path) -> Path | None:
    """The nearest async-guard.toml, or pyproject.toml with a ``[tool.async-guard]`` table, at or above a path."""
    try:
        folder = start.resolve()
    except OSError:
        return None
    for place in ([folder] if folder.is_dir() else []) + list(folder.parents):
        own = place / "async-guard.toml"
        if own.is_file():
            return own
        project = place / "pyproject.toml"
        if project.is_file():
            if b"tool.async-guard" in project.read_bytes():
                return project
            return None
    return None


def read_settings(path: Path) -> Settings:
    """Settings of one configuration file. The files that it names lie beside it, wherever the run was started."""
    name = _shown(path)
    settings = settings_from(parse(path.read_bytes(), name), name)
    if settings.python:
        settings = replace(settings, python=os.path.normpath(path.parent / settings.python))
    if settings.catalogue_files:
        beside = tuple(os.path.relpath(path.parent / file) for file in settings.catalogue_files)
        settings = replace(settings, catalogue_files=beside)
    return settings


def _shown(path: Path) -> str:
    """A file as messages name it: from where the run was started, if that is not longer."""
    with contextlib.suppress(ValueError):  # another drive
        return min(os.path.relpath(path), str(path), key=len)
    return str(path)


def parse(data: bytes, name: str) -> dict[str, Any]:
    """The settings table in a TOML document."""
    document = parse_toml(data, name)
    if name.endswith("async-guard.toml"):
        if "async-guard" in document.get("tool", ()):
            raise ConfigError(f"{name}: [tool.async-guard]: only pyproject.toml has this heading; leave it out here")
        return document
    table = document.get("tool", {}).get("async-guard", {})
    if not isinstance(table, dict):
        raise ConfigError(f"{name}: [tool.async-guard] must be a table")
    return table


def parse_toml(data: bytes, name: str) -> dict[str, Any]:
    """A TOML document. Raises `ConfigError` that names it."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        document: dict[str, Any] = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name}: not valid TOML: {error}") from None
    return document


def settings_from(table: Mapping[str, Any], name: str) -> Settings:
    """Validated settings from a table; ``name`` stands in messages."""
    known = {f.name.replace("_", "-"): f for f in fields(Settings)}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise ConfigError(f"{_where(name, key)}: unknown key{_nearest(key, known)}")
        values[key.replace("-", "_")] = _validated(name, key, value, getattr(Settings(), key.replace("-", "_")))
    return Settings(**values)


def _where(name: str, key: str) -> str:
    return f"{name}: {key}" if name.endswith("async-guard.toml") else f"{name}: [tool.async-guard] {key}"


def _validated(name: str, key: str, value: Any, default: Any) -> Any:
    where = _where(name, key)
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise ConfigError(f"{where}: expected true or false, found {value!r}")
        return value
    if isinstance(default, str):
        if not isinstance(value, str):
            raise ConfigError(f"{where}: expected a text in quotes, found {value!r}")
        if key in _CHOICES and value not in _CHOICES[key]:
            raise ConfigError(
                f"{where}: {value!r} is none of {', '.join(_CHOICES[key])}{_nearest(value, _CHOICES[key])}"
            )
        if key.endswith("-version") and value and not _VERSION.fullmatch(value):
            raise ConfigError(f"{where}: {value!r} is no version; write one such as '0.115.0'")
        return value
    if isinstance(default, tuple):
        return _texts(where, value, f"{name}: {key}" if key in _CODE_KEYS else "")
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: expected a table, found {value!r}")
    if key == "per-file-ignores":
        where = f"{name}: {key}"
        return {p: _texts(f"{where} {p!r}", codes, f"{where}: {p!r}") for p, codes in value.items()}
    return value


def _texts(where: str, value: Any, of_codes: str) -> tuple[str, ...]:
    """A list of texts; of rules if ``of_codes`` says where those stand."""
    if isinstance(value, str) and of_codes:
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{where}: expected a list of texts, found {value!r}")
    return _codes(of_codes, tuple(value)) if of_codes else tuple(value)


CODES: Mapping[str, str] = {}
"""Known rule codes with the names of the rules; filled by whoever loads the rules (settings know none)."""


def _codes(where: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Codes and prefixes as they are, and the codes of rules that are called by name."""
    by_name = {name: code for code, name in CODES.items()}
    out = []
    for given in codes:
        code = by_name.get(given.lower(), given)
        if not re.fullmatch(r"AG\d{0,3}", code) or (CODES and not any(known.startswith(code) for known in CODES)):
            hint = _nearest(given.replace("O", "0").upper(), CODES) or _nearest(given.lower(), by_name)
            raise ConfigError(f"{where}: unknown rule {given!r}{hint}")
        out.append(code)
    return tuple(out)


def _nearest(word: str, choices: Any) -> str:
    found = difflib.get_close_matches(word, list(choices), 1, 0.5)
    return f"; did you mean {found[0]!r}?" if found else ""
