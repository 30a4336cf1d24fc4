"""What README.md, CHANGELOG.md and docs/architecture.md claim about the code."""

from __future__ import annotations

import dataclasses
import html
import json
import re

import pytest

import async_guard
from async_guard.api import check_paths
from async_guard.config.settings import Settings
from async_guard.rules.registry import RULES
from readme_tables import FAMILIES, with_tables
from render_screenshot import ARGUMENTS, PICTURE, ROOT

DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/*.md", "examples/*/*.md", "changelog.d/*.md")
    for path in ROOT.glob(pattern)
)

_LINK = re.compile(r"(?<!`)\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def test_the_rule_table_is_fresh() -> None:
    """If this fails: ``python scripts/readme_tables.py``."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert with_tables(text) == text


def test_every_rule_belongs_to_a_family() -> None:
    """No rule is left out of the table."""
    assert {code[:3] for code in RULES} == set(FAMILIES)


def test_the_settings_table_lists_every_key_and_its_default() -> None:
    """The keys of ``[tool.async-guard]`` in the README are those that the code accepts."""
    block = (
        (ROOT / "README.md")
        .read_text(encoding="utf-8")
        .partition("<!-- settings:")[2]
        .partition("<!-- /settings -->")[0]
    )
    told = re.findall(r"^\| `([\w-]+)` \| `(.*?)` \|", block, re.MULTILINE)
    defaults = dataclasses.asdict(Settings())
    assert dict(told) == {key.replace("_", "-"): json.dumps(value) for key, value in defaults.items()}
    assert len(told) == len(defaults)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    """Relative links and pictures exist."""
    path = ROOT / document
    for target in _LINK.findall(path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{document} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_named_rules_exist(document: str) -> None:
    """Every code that a document names is a rule."""
    named = set(re.findall(r"\bAG\d{3}\b", (ROOT / document).read_text(encoding="utf-8")))
    assert named <= set(RULES)


def test_the_changelog_knows_this_version() -> None:
    """The version in the package has a section."""
    assert f"\n## {async_guard.__version__} " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_room_is_on_the_map() -> None:
    """docs/architecture.md lists exactly the packages and modules that exist."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = text.partition("## Rooms")[2].partition("## Where to go")[0]
    listed = set(re.findall(r"^\| `(\w+)` \|", rooms, re.MULTILINE))
    package = ROOT / "src" / "async_guard"
    there = {path.stem for path in package.glob("*.py") if not path.stem.startswith("__")}
    there |= {path.parent.name for path in package.glob("*/__init__.py")}
    assert listed == there


def test_the_picture_shows_todays_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails: ``python scripts/render_screenshot.py``."""
    shown = re.sub(r"<[^>]+>", "", PICTURE.read_text(encoding="utf-8"))
    selected = ARGUMENTS[ARGUMENTS.index("--select") + 1].split(",")
    settings = Settings(select=tuple(selected), severity="error")
    monkeypatch.chdir(ROOT)
    report = check_paths([ARGUMENTS[1]], settings, cache_dir=False)
    places = [f"{finding.place.path}:{finding.place.line}:{finding.place.column}" for finding in report.findings]
    assert places
    words = html.unescape(shown).replace("\N{NO-BREAK SPACE}", " ")
    assert [place for place in places if place not in words] == []
    assert f"{len(places)} findings" in words
