"""Finds the rules of this package and reads their pages.

A rule is a module named after it, with the page as docstring and a ``META``. Adding one edits nothing else. Importing this module imports the
rules, which is cheap: they hold text, metadata and pure functions.
"""

from __future__ import annotations

import os
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Any

from async_guard.model.rules import RuleMeta

Check = Callable[..., Any]
"""A rule's judgement of a linked program."""

SECTIONS = (
    "What it finds",
    "Why it matters",
    "Instead of",
    "Write",
    "When not to use it",
    "Known misses and false alarms",
)
"""The headings of every rule's page, in this order."""

DEFAULT_EXAMPLE_PATH = "snippet.py"
"""Where an example lives whose fence names no ``path=``."""

_HEADING = re.compile(r"^## (?P<title>.+?) *$", re.MULTILINE)
_FENCE = re.compile(r"^```(?P<info>[^\n`]+)\n(?P<text>.*?)^``` *$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"AG\d{3}")


class RuleDefinitionError(Exception):
    """A rule module breaks the conventions of this package; the message names the module and what to change."""


@dataclass(frozen=True)
class Rule:
    """One rule: identity, page (Markdown) and judgement. ``check`` is None for rules that only a catalogue category tells apart."""

    meta: RuleMeta
    doc: str
    check: Check | None

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return self.doc.partition("\n")[0]


def discover(folder: Iterable[str], package: str) -> dict[str, Rule]:
    """All rules in ``folder``, which is importable as ``package``, by code. Raises `RuleDefinitionError` for a module that is no proper rule."""
    rules: dict[str, Rule] = {}
    for name in sorted(
        info.name for info in pkgutil.iter_modules(folder) if not info.ispkg and info.name != "registry"
    ):
        rule = _rule_of(import_module(f"{package}.{name}"), name)
        code = rule.meta.code
        if code in rules:
            raise RuleDefinitionError(f"{package}.{name}: code {code} belongs to {rules[code].meta.name!r} already")
        rules[code] = rule
    return dict(sorted(rules.items()))


def _rule_of(module: ModuleType, file_name: str) -> Rule:
    meta = getattr(module, "META", None)
    if not isinstance(meta, RuleMeta):
        raise RuleDefinitionError(f"{module.__name__}: a module here is a rule and needs META = RuleMeta(...)")
    if meta.name.replace("-", "_") != file_name:
        raise RuleDefinitionError(f"{module.__name__}: the file must be named after the rule {meta.name!r}")
    if not _CODE.fullmatch(meta.code):
        raise RuleDefinitionError(f"{module.__name__}: code {meta.code!r} is not AG and three digits")
    return Rule(meta, (module.__doc__ or "").strip(), getattr(module, "check", None))


def section(doc: str, title: str) -> str:
    """The text below ``## title`` in a rule's page, without the heading; empty if there is none."""
    headings = list(_HEADING.finditer(doc))
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        if heading["title"] == title:
            return doc[heading.end() : following.start() if following else len(doc)].strip()
    return ""


def bad_example(doc: str) -> dict[str, str]:
    """The example that the rule reports: path -> text."""
    return dict(fenced_files(section(doc, "Instead of")))


def good_example(doc: str) -> dict[str, str]:
    """What to write: path -> text. The rule does not report it."""
    return dict(fenced_files(section(doc, "Write")))


def fenced_files(markdown: str) -> Iterator[tuple[str, str]]:
    """Path and text of each fenced block; the path comes from ``path=...`` behind the language."""
    for fence in _FENCE.finditer(markdown):
        words = dict(word.partition("=")[::2] for word in fence["info"].split()[1:])
        yield words.get("path", DEFAULT_EXAMPLE_PATH), fence["text"]


RULES: Mapping[str, Rule] = MappingProxyType(discover([os.path.dirname(__file__)], __package__))
"""Every rule by code, in the order of codes."""

NAMES: Mapping[str, str] = MappingProxyType({code: rule.meta.name for code, rule in RULES.items()})
"""The rules' names by code."""
