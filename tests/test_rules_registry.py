"""Bookkeeping over the rules: what every rule must have, and what discovery refuses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import async_guard
from async_guard.model.rules import RuleMeta
from async_guard.rules import registry
from async_guard.rules.registry import (
    RULES,
    SECTIONS,
    Rule,
    RuleDefinitionError,
    bad_example,
    discover,
    good_example,
    section,
)

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "async_guard"
CASE_FILES = Path(__file__).parent / "fixtures" / "rules"
BANNED_PREFIXES = ("use-", "avoid-", "prefer-", "no-")
BANNED_MODULES = {"utils", "util", "common", "helpers", "helper", "misc", "core", "base"}

each_rule = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.meta.name)


def test_every_documented_code_exists() -> None:
    """The families that users select by prefix are complete."""
    expected = {
        *(f"AG{n}" for n in range(101, 112)), *(f"AG{n}" for n in range(201, 206)), *(f"AG{n}" for n in range(301, 310)),
        *(f"AG{n}" for n in range(401, 405)), "AG501", "AG502", "AG900", "AG901",
    }  # fmt: skip
    assert set(RULES) == expected


def test_names_are_unique() -> None:
    """A rule can be named instead of its code."""
    names = [rule.meta.name for rule in RULES.values()]
    assert len(set(names)) == len(names)


def test_each_category_belongs_to_one_rule() -> None:
    """A blocking call is reported by exactly one rule."""
    categories = [rule.meta.category for rule in RULES.values() if rule.meta.category]
    assert len(set(categories)) == len(categories)
    assert {code for code, rule in RULES.items() if rule.meta.category} == {
        code for code in RULES if code.startswith("AG1")
    }


@each_rule
def test_the_page_has_a_summary_and_every_section(rule: Rule) -> None:
    """The page reads the same for each rule: a sentence, then the sections in one order, none empty."""
    assert rule.summary.endswith("."), "the first line is a sentence"
    assert re.findall(r"^## (.+)$", rule.doc, re.MULTILINE) == list(SECTIONS)
    assert all(section(rule.doc, title) for title in SECTIONS)


@each_rule
def test_the_page_has_a_bad_and_a_good_example(rule: Rule) -> None:
    """Both are there and differ."""
    assert bad_example(rule.doc)
    assert good_example(rule.doc)
    assert bad_example(rule.doc) != good_example(rule.doc)


@each_rule
def test_the_name_reads_after_allow(rule: Rule) -> None:
    """`allow blocking-sleep` is a sentence, `allow avoid-sleep` is none."""
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.meta.name)
    assert not rule.meta.name.startswith(BANNED_PREFIXES)


@each_rule
def test_the_rule_has_case_files(rule: Rule) -> None:
    """No rule without examples of what it finds and what it leaves alone."""
    text = (CASE_FILES / f"{rule.meta.name.replace('-', '_')}.md").read_text(encoding="utf-8")
    assert f": {rule.meta.code} " in text, "at least one case expects a finding"


@each_rule
def test_since_is_not_in_the_future(rule: Rule) -> None:
    """A page must not promise a rule that no release has."""
    assert _version(rule.meta.since) <= _version(async_guard.__version__)


def test_no_orphan_case_files() -> None:
    """A case file without a rule would never run."""
    names = {rule.meta.name.replace("-", "_") for rule in RULES.values()}
    assert {path.stem for path in CASE_FILES.glob("*.md")} == names


def test_modules_are_named_for_what_they_hold() -> None:
    """`utils` and the like are where unrelated things pile up."""
    refused = [
        str(path.relative_to(ROOT))
        for path in SOURCE.rglob("*")
        if path.stem in BANNED_MODULES and path.suffix in ("", ".py")
    ]
    assert refused == []


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "other_name",
            'META = RuleMeta(code="AG999", name="some-rule", since="0.1.0")',
            "named after the rule 'some-rule'",
        ),
        ("some_rule", 'META = RuleMeta(code="X1", name="some-rule", since="0.1.0")', "'X1' is not AG and three digits"),
        ("some_rule", "", "needs META"),
    ],
)
def test_discovery_says_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, message: str
) -> None:
    """A module that breaks a convention is named with what to change."""
    package = _package(tmp_path, monkeypatch, {name: text})
    with pytest.raises(RuleDefinitionError, match=re.escape(message)):
        discover([str(tmp_path / package)], package)


def test_discovery_refuses_a_code_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rules with one code could not be selected apart."""
    text = 'META = RuleMeta(code="AG999", name="{}", since="0.1.0")'
    package = _package(tmp_path, monkeypatch, {"rule_a": text.format("rule-a"), "rule_b": text.format("rule-b")})
    with pytest.raises(RuleDefinitionError, match="code AG999 belongs to 'rule-a' already"):
        discover([str(tmp_path / package)], package)


def test_discovery_finds_a_new_rule_by_its_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adding a rule edits nothing else."""
    text = (
        '"""Page."""\nMETA = RuleMeta(code="AG999", name="rule-a", since="0.1.0")\n\ndef check() -> int:\n    return 7'
    )
    package = _package(tmp_path, monkeypatch, {"rule_a": text})
    rule = discover([str(tmp_path / package)], package)["AG999"]
    assert rule.meta == RuleMeta(code="AG999", name="rule-a", since="0.1.0")
    assert rule.summary == "Page."
    assert rule.check is not None
    assert rule.check() == 7


def test_importing_the_rules_imports_no_stage_that_is_slow_to_load() -> None:
    """`async-guard rules` and completion must answer at once."""
    heavy = {"libcst", "click", "rich", "flake8"}
    code = f"import sys, async_guard.rules.registry; print(sorted({heavy} & set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"
    assert registry.RULES


def _package(folder: Path, monkeypatch: pytest.MonkeyPatch, modules: dict[str, str]) -> str:
    """An importable package of rule modules, with a name of its own so that no earlier import is found."""
    package = f"rules_{abs(hash(folder))}"
    (folder / package).mkdir()
    (folder / package / "__init__.py").write_text("")
    for name, text in modules.items():
        page, _, rest = text.rpartition('"""\n')
        head = f'{page}"""\n' if page else ""
        (folder / package / f"{name}.py").write_text(f"{head}from async_guard.model.rules import RuleMeta\n{rest}\n")
    monkeypatch.syspath_prepend(str(folder))
    return package


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
