"""Reading tables of TOML or JSON so that whatever is wrong is named with its file, entry and key."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from async_guard.catalogue.expressions import (
    ExpressionError,
    is_dotted,
    nearest,
    parse_argument,
    parse_condition,
    parse_type,
)
from async_guard.model.catalogue import ArgRef, Condition, TypeExpr

_T = TypeVar("_T")


class CatalogueError(ValueError):
    """A catalogue document that does not follow docs/catalogue.md."""


@dataclass(frozen=True)
class Table:
    """A table as read, which checks what is asked of it. ``path`` is where it stands within its entry."""

    data: Mapping[str, Any]
    source: str
    entry: str
    path: str = ""

    def error(self, key: str, what: str) -> CatalogueError:
        """An error about a key of this table."""
        where = ": ".join(part for part in (self.source, self.entry) if part)
        return CatalogueError(f"{where}: {self.path}{key}: {what}")

    def named(self, entry: str) -> Table:
        """The same table, called by another entry name in messages."""
        return Table(self.data, self.source, entry)

    def only(self, keys: Collection[str]) -> None:
        """Refuse keys that are not among these."""
        for key in self.data:
            if key not in keys:
                raise self.error(key, f"unknown key{nearest(str(key), keys)}")

    def require(self, *keys: str) -> None:
        """Refuse a table without these keys."""
        for key in keys:
            if key not in self.data:
                raise self.error(key, "is missing")

    def choice(self, key: str, value: str, choices: Collection[str]) -> str:
        """A value that must be one of some."""
        if value not in choices:
            raise self.error(key, f"unknown {key} {value!r}{nearest(value, choices)}")
        return value

    def _typed(self, key: str, expected: type[_T], shown: str, default: _T) -> _T:
        value = self.data.get(key, default)
        if not isinstance(value, expected):
            raise self.error(key, f"must be {shown}, not {_shown_type(value)}")
        return value

    def text(self, key: str) -> str:
        """A string; empty when absent."""
        return self._typed(key, str, "a string", "")

    def flag(self, key: str) -> bool:
        """A boolean; false when absent."""
        return self._typed(key, bool, "true or false", False)

    def texts(self, key: str) -> list[str]:
        """A list of strings; empty when absent."""
        items: list[Any] = self._typed(key, list, "a list of strings", [])
        for item in items:
            if not isinstance(item, str):
                raise self.error(key, f"must be a list of strings, not of {_shown_type(item)}")
        return items

    def names(self, key: str) -> list[str]:
        """A list of dotted names; empty when absent."""
        found = self.texts(key)
        for name in found:
            if not is_dotted(name):
                raise self.error(key, f"{name!r} is no dotted name")
        return found

    def table(self, key: str) -> Table:
        """A table inside this one; empty when absent."""
        value = self.data.get(key, {})
        if not isinstance(value, Mapping):
            raise self.error(key, f"must be a table, not {_shown_type(value)}")
        return Table(value, self.source, self.entry, f"{self.path}{key}.")

    def tables(self, key: str) -> list[Table]:
        """A list of tables; empty when absent."""
        items: list[Any] = self._typed(key, list, "a list of tables", [])
        for item in items:
            if not isinstance(item, Mapping):
                raise self.error(key, f"must be a list of tables, not of {_shown_type(item)}")
        return [
            Table(item, self.source, self.entry, f"{self.path}{key}[{number}].") for number, item in enumerate(items)
        ]

    def type(self, key: str, params: Collection[str] = ()) -> TypeExpr:
        """A type expression."""
        try:
            return parse_type(self.text(key), params)
        except ExpressionError as error:
            raise self.error(key, str(error)) from None

    def type_in(self, key: str, name: str, params: Collection[str]) -> TypeExpr:
        """A type expression in a table inside this one."""
        return self.table(key).type(name, params)

    def argument(self, key: str, text: str) -> ArgRef:
        """The argument that a text names."""
        try:
            return parse_argument(text)
        except ExpressionError as error:
            raise self.error(key, str(error)) from None

    def arguments(self, key: str) -> list[ArgRef]:
        """A list of arguments; empty when absent."""
        return [self.argument(key, text) for text in self.texts(key)]

    def condition(self, key: str, text: str) -> Condition:
        """The condition that a text states."""
        try:
            return parse_condition(text)
        except ExpressionError as error:
            raise self.error(key, str(error)) from None

    def conditions(self, key: str) -> list[Condition]:
        """A list of conditions; empty when absent."""
        return [self.condition(key, text) for text in self.texts(key)]


def _shown_type(value: object) -> str:
    names = {
        str: "a string",
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), type(value).__name__)
