"""Questions to the catalogue."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from async_guard.catalogue.index import build, read_compiled
from async_guard.catalogue.load import Catalogue
from async_guard.catalogue.schema import CatalogueError, Document
from async_guard.model.catalogue import ClassEntry, FunctionEntry, ModuleEntry
from async_guard.model.findings import Severity

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SAMPLE = """
library = "pkg"
category = "http"

[[function]]
names = ["pkg.get", "pkg.api.get", "pkg.post"]
severity = "error"
because = "waits"

[[class]]
names = ["pkg.Base", "pkg.inner.Base"]
bases = ["builtins.dict"]
severity = "error"
because = "waits"
blocking = ["send"]
attributes = { "*" = "pkg.Any", name = "str" }
property = { text = { severity = "error", because = "downloads" } }
enter_returns = "self"

[[class]]
names = ["pkg.Client"]
bases = ["pkg.Loop", "pkg.inner.Base"]
severity = "warning"
because = "reads"
blocking = ["*"]
safe = ["close"]
attributes = { headers = "dict" }

[[class]]
names = ["pkg.Loop"]
bases = ["pkg.Client"]
safe = ["spin"]

[[module]]
name = "data"
severity = "error"
because = "asks a web service"

[[module]]
name = "data.local"
severity = "none"
"""


def document(toml: str, source: str = "pkg.toml") -> Document:
    """A document from its text."""
    return Document(source, tomllib.loads(dedent(toml)))


@pytest.fixture
def sample() -> Catalogue:
    """A catalogue of one small library."""
    return Catalogue(build([document(SAMPLE)]))


def test_any_path_to_a_callable_finds_its_entry(sample: Catalogue) -> None:
    """Aliases share it with the canonical name; siblings and strangers do not."""
    entry = sample.lookup("pkg.get")
    assert isinstance(entry, FunctionEntry)
    assert sample.lookup("pkg.api.get") is entry
    assert sample.canonical("pkg.api.get") == "pkg.get"
    assert sample.canonical("pkg.post") == "pkg.post"
    post = sample.lookup("pkg.post")
    assert post is not None
    assert post.name == "pkg.post"
    assert sample.lookup("pkg.put") is None
    assert sample.canonical("pkg.put") == "pkg.put"


def test_members_are_found_in_bases_and_stars_come_last(sample: Catalogue) -> None:
    """An exact name far up wins over ``"*"`` nearby; a cycle of bases ends."""
    holder, method = sample.method("pkg.Client", "send") or (None, None)
    assert holder is sample.class_entry("pkg.Base")
    assert method is not None
    assert method.name == "pkg.Base.send"
    spin = sample.method("pkg.Client", "spin")
    assert spin is not None
    assert spin[0].name == "pkg.Loop"
    star = sample.method("pkg.Client", "anything")
    assert star is not None
    assert star[1].name == "pkg.Client.*"
    assert sample.method("pkg.Client", "__len__") is None
    assert sample.method("pkg.Client", "__enter__") is not None
    assert sample.method("pkg.Base", "anything") is None
    assert sample.method("pkg.Unknown", "send") is None


def test_attributes_and_properties_are_inherited(sample: Catalogue) -> None:
    """Exact names before ``"*"``."""
    assert sample.attribute("pkg.Client", "headers") == ("inst", "dict", ())
    assert sample.attribute("pkg.Client", "name") == ("inst", "str", ())
    assert sample.attribute("pkg.Client", "other") == ("inst", "pkg.Any", ())
    assert sample.attribute("pkg.get", "other") is None
    effect = sample.property("pkg.Client", "text")
    assert effect is not None
    assert effect.because == "downloads"
    assert sample.property("pkg.Client", "name") is None


def test_subclasses_are_known_through_aliases_and_beyond_the_catalogue(sample: Catalogue) -> None:
    """``builtins.dict`` has no entry here."""
    assert sample.is_subclass("pkg.Client", "pkg.inner.Base")
    assert sample.is_subclass("pkg.inner.Base", "pkg.Base")
    assert sample.is_subclass("pkg.Client", "builtins.dict")
    assert sample.is_subclass("other.X", "other.X")
    assert not sample.is_subclass("pkg.Base", "pkg.Client")


def test_the_nearest_module_counts(sample: Catalogue) -> None:
    """For what has no entry of its own."""
    whole = sample.module_effect("data.web.fetch")
    assert isinstance(whole, ModuleEntry)
    assert whole.name == "data"
    local = sample.module_effect("data.local.read")
    assert local is not None
    assert local.effect.severity is None
    assert sample.module_effect("database.read") is None
    assert sample.lookup("data") is whole


def test_prefixes_are_what_entries_lie_below(sample: Catalogue) -> None:
    """Classes' own members are no entries."""
    assert sample.is_module_prefix("pkg")
    assert sample.is_module_prefix("pkg.inner")
    assert sample.is_module_prefix("data")
    assert not sample.is_module_prefix("pkg.get")
    assert not sample.is_module_prefix("pk")


def test_entries_are_parsed_when_asked_for() -> None:
    """A mistake in one entry leaves the others usable."""
    catalogue = Catalogue(build([document(SAMPLE + '[[function]]\nnames = ["pkg.bad"]\nseverity = "x"\n')]))
    assert catalogue.lookup("pkg.get") is not None
    with pytest.raises(CatalogueError, match=r"pkg\.bad"):
        catalogue.lookup("pkg.bad")


def test_no_name_is_described_twice() -> None:
    """In whatever files."""
    with pytest.raises(CatalogueError, match=r"b\.toml: function pkg\.get: is described already, in a\.toml"):
        build([document(SAMPLE, "a.toml"), document(SAMPLE, "b.toml")])


def test_a_compiled_index_answers_like_its_sources(sample: Catalogue, tmp_path: Path) -> None:
    """Written and read back."""
    path = tmp_path / "compiled.json"
    path.write_text(build([document(SAMPLE)], "d").to_json(), encoding="utf-8")
    index = read_compiled(path)
    assert index is not None
    assert index.digest == "d"
    again = Catalogue(index)
    assert again.names() == sample.names()
    assert [again.lookup(name) for name in again.names()] == [sample.lookup(name) for name in sample.names()]
    assert again.canonical("pkg.api.get") == "pkg.get"


@pytest.mark.parametrize("content", ["", "{", '{"format": 0}'])
def test_a_damaged_or_foreign_compiled_file_is_not_used(content: str, tmp_path: Path) -> None:
    """The sources are then read instead."""
    path = tmp_path / "compiled.json"
    path.write_text(content, encoding="utf-8")
    assert read_compiled(path) is None
    assert read_compiled(tmp_path / "missing.json") is None


def own(*functions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A project's own document."""
    return {"function": list(functions), **more}


def test_own_entries_win_under_every_path(sample: Catalogue) -> None:
    """Who describes one path to a function means all of them; siblings stay as they are."""
    mine = sample.with_extra([own({"names": ["pkg.api.get"], "severity": "none"})])
    for name in ("pkg.get", "pkg.api.get"):
        entry = mine.lookup(name)
        assert isinstance(entry, FunctionEntry)
        assert entry.name == "pkg.get"
        assert entry.effect is not None
        assert entry.effect.severity is None
    post = mine.lookup("pkg.post")
    assert isinstance(post, FunctionEntry)
    assert post.effect is not None
    assert post.effect.severity is Severity.ERROR
    before = sample.lookup("pkg.get")
    assert isinstance(before, FunctionEntry)
    assert before.effect is not None
    assert before.effect.severity is Severity.ERROR


def test_own_entries_may_be_new_and_later_documents_win(sample: Catalogue) -> None:
    """With aliases and inheritance from shipped classes."""
    first = own({"names": ["corp.slow", "corp.inner.slow"], "severity": "error", "because": "waits"})
    second = own(
        {"names": ["corp.slow"], "severity": "none"}, **{"class": [{"names": ["corp.C"], "bases": ["pkg.Base"]}]}
    )
    mine = sample.with_extra([first]).with_extra([second])
    entry = mine.lookup("corp.inner.slow")
    assert isinstance(entry, FunctionEntry)
    assert entry.name == "corp.slow"
    assert entry.effect is not None
    assert entry.effect.severity is None
    found = mine.method("corp.C", "send")
    assert found is not None
    assert found[0].name == "pkg.Base"
    assert mine.is_module_prefix("corp.inner")


def test_own_modules_win(sample: Catalogue) -> None:
    """For everything below."""
    mine = sample.with_extra([{"module": [{"name": "data", "severity": "none"}]}])
    found = mine.module_effect("data.web.fetch")
    assert found is not None
    assert found.effect.severity is None


def test_a_mistake_in_own_entries_shows_at_once(sample: Catalogue) -> None:
    """With the document's name."""
    wrong = Document("shared.toml", own({"names": ["corp.f"], "severity": "eror"}))
    with pytest.raises(
        CatalogueError,
        match=r"shared\.toml: function corp\.f: severity: unknown severity 'eror'; did you mean 'error'\?",
    ):
        sample.with_extra([wrong])


def test_the_shipped_catalogue_knows_requests() -> None:
    """Functions, classes through aliases, methods and what they give."""
    catalogue = Catalogue()
    entry = catalogue.lookup("requests.get")
    assert isinstance(entry, FunctionEntry)
    assert entry.returns == ("inst", "requests._LoadedResponse", ())
    assert catalogue.is_subclass("requests._LoadedResponse", "requests.models.Response")
    session = catalogue.class_entry("requests.sessions.Session")
    assert isinstance(session, ClassEntry)
    assert session.name == "requests.Session"
    found = catalogue.method("requests.sessions.Session", "post")
    assert found is not None
    assert found[1].effect is not None
    assert found[1].effect.severity is Severity.ERROR


def test_methods_that_a_library_calls_plainly_are_read_and_kept(tmp_path: Path) -> None:
    """From a document, from the compiled file, and beside them from a project's own document."""
    text = f'{SAMPLE}\n[[overridden]]\nnames = ["pkg.Handler"]\n'
    index = build([document(f'{text}methods = ["emit"]\n')], "d")
    path = tmp_path / "compiled.json"
    path.write_text(index.to_json(), encoding="utf-8")
    compiled = read_compiled(path)
    assert compiled is not None
    assert compiled.overridden == index.overridden == [(("pkg.Handler",), ("emit",))]
    extended = Catalogue(compiled).with_extra([{"overridden": [{"names": ["own.Handler"], "methods": ["handle"]}]}])
    assert extended.overridden == [*index.overridden, (("own.Handler",), ("handle",))]
    with pytest.raises(CatalogueError, match="methods"):
        build([document(text)])
