"""Catalogue documents of projects and of installed libraries."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from async_guard.catalogue.extra import from_distributions, from_file, load
from async_guard.catalogue.load import Catalogue
from async_guard.catalogue.schema import CatalogueError
from async_guard.model.catalogue import FunctionEntry

SLOW = '[[function]]\nnames = ["corp_sdk.call"]\nseverity = "error"\nbecause = "{because}"\n'


def install(
    site: Path,
    name: str,
    value: str,
    files: dict[str, str],
    *,
    listed: bool = True,
    group: str = "async_guard.catalogue",
) -> None:
    """Put a distribution into a directory as an installer would."""
    info = site / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(
        f"[console_scripts]\nx = a:b\n\n[{group}]\nmain = {value}\n", encoding="utf-8"
    )
    record = [f"{info.name}/METADATA,,", f"{info.name}/entry_points.txt,,"]
    for path, content in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(content, encoding="utf-8")
        record += [f"{path},,"] if listed else []
    (info / "RECORD").write_text("\n".join(record) + "\n", encoding="utf-8")


def because(catalogue: Catalogue, name: str) -> str:
    """Why a function blocks."""
    entry = catalogue.lookup(name)
    assert isinstance(entry, FunctionEntry)
    assert entry.effect is not None
    return entry.effect.because


@pytest.mark.parametrize(
    "value", ["corp_sdk:async_guard.toml", "corp_sdk/async_guard.toml", " corp_sdk : async_guard.toml "]
)
def test_a_library_ships_its_document_as_package_data(tmp_path: Path, value: str) -> None:
    """Which is read and never imported."""
    boom = "raise SystemExit('imported')"
    install(
        tmp_path,
        "corp-sdk",
        value,
        {"corp_sdk/__init__.py": boom, "corp_sdk/async_guard.toml": SLOW.format(because="waits")},
    )
    extra = load({}, search=[str(tmp_path)])
    assert extra.problems == ()
    assert [document.source for document in extra.documents] == ["corp-sdk (main) corp_sdk/async_guard.toml"]
    assert because(Catalogue().with_extra(extra.documents), "corp_sdk.call") == "waits"
    assert "corp_sdk" not in sys.modules


def test_the_project_wins_over_shared_files_and_these_over_libraries(tmp_path: Path) -> None:
    """Whatever the order in which they are found."""
    site = tmp_path / "site"
    install(site, "corp-sdk", "corp_sdk:a.toml", {"corp_sdk/a.toml": SLOW.format(because="library")})
    (tmp_path / "shared.toml").write_text(SLOW.format(because="shared"), encoding="utf-8")
    own = {"function": [{"names": ["corp_sdk.call"], "severity": "error", "because": "project"}]}
    search = [str(site)]
    assert because(Catalogue().with_extra(load({}, search=search).documents), "corp_sdk.call") == "library"
    shared = load({}, ["shared.toml"], root=tmp_path, search=search)
    assert because(Catalogue().with_extra(shared.documents), "corp_sdk.call") == "shared"
    both = load(own, ["shared.toml"], root=tmp_path, search=search)
    assert because(Catalogue().with_extra(both.documents), "corp_sdk.call") == "project"
    assert len(load(own, ["shared.toml"], root=tmp_path, search=search, installed=False).documents) == 2


def test_a_shared_file_may_be_a_configuration_file(tmp_path: Path) -> None:
    """Of another project, for example."""
    path = tmp_path / "other.toml"
    tables = SLOW.format(because="b").replace("[[function", "[[tool.async-guard.catalogue.function")
    path.write_text('[project]\nname = "x"\n' + tables, encoding="utf-8")
    document = from_file(path)
    assert document.source == f"{path} [tool.async-guard.catalogue]"
    assert because(Catalogue().with_extra([document]), "corp_sdk.call") == "b"


def test_a_mistake_of_the_project_is_an_error_that_names_the_place(tmp_path: Path) -> None:
    """File, entry, key and the nearest valid choice."""
    own = {"function": [{"names": ["corp.f"], "severity": "erorr", "because": "b"}]}
    with pytest.raises(CatalogueError) as caught:
        load(own, installed=False)
    assert str(caught.value) == (
        "pyproject.toml [tool.async-guard.catalogue]: function corp.f: severity: unknown severity 'erorr'; did you mean 'error'?"
    )
    with pytest.raises(CatalogueError, match=r"^missing\.toml: cannot be read: No such file"):
        load({}, ["missing.toml"], root=tmp_path, installed=False)
    (tmp_path / "bad.toml").write_text("[[functoin]]\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"^bad\.toml: functoin: unknown key; did you mean 'function'\?"):
        load({}, ["bad.toml"], root=tmp_path, installed=False)


@pytest.mark.parametrize(
    ("value", "files", "problem"),
    [
        ("corp_sdk:a.toml", {"corp_sdk/a.toml": "x = 1"}, "corp-sdk (main) corp_sdk/a.toml: x: unknown key"),
        ("corp_sdk:a.toml", {"corp_sdk/a.toml": "x = = 1"}, "corp-sdk (main) corp_sdk/a.toml: is no TOML"),
        ("corp_sdk:a.toml", {}, "corp-sdk (main): corp_sdk/a.toml is not among the files of the distribution"),
        ("corp_sdk:../../a.toml", {}, "corp-sdk (main): 'corp_sdk:../../a.toml' names no file"),
        ("/etc/a.toml", {}, "names no file: write 'package:file.toml'"),
        ("corp_sdk:catalogue", {}, "names no file"),
    ],
)
def test_a_mistake_of_a_library_leaves_its_document_out(
    tmp_path: Path, value: str, files: dict[str, str], problem: str
) -> None:
    """And is named, as the user cannot mend it."""
    install(tmp_path, "corp-sdk", value, files)
    documents, problems = from_distributions([str(tmp_path)])
    assert documents == []
    assert len(problems) == 1
    assert problem in problems[0]


def test_a_file_beside_the_distribution_is_not_read(tmp_path: Path) -> None:
    """Only what the installer has listed."""
    install(tmp_path, "corp-sdk", "corp_sdk:a.toml", {"corp_sdk/a.toml": SLOW.format(because="b")}, listed=False)
    assert from_distributions([str(tmp_path)])[0] == []


def test_a_distribution_under_development_is_read_from_its_source_tree(tmp_path: Path) -> None:
    """As its list of files has no package data."""
    site, tree = tmp_path / "site", tmp_path / "a tree"
    install(site, "corp-sdk", "corp_sdk:a.toml", {})
    (tree / "src" / "corp_sdk").mkdir(parents=True)
    (tree / "src" / "corp_sdk" / "a.toml").write_text(SLOW.format(because="b"), encoding="utf-8")
    origin = site / "corp_sdk-1.0.dist-info" / "direct_url.json"
    origin.write_text(json.dumps({"url": tree.as_uri(), "dir_info": {"editable": True}}), encoding="utf-8")
    assert len(from_distributions([str(site)])[0]) == 1
    for other in (
        "{",
        "[]",
        json.dumps({"url": tree.as_uri(), "dir_info": {}}),
        json.dumps({"url": "https://x", "dir_info": {"editable": True}}),
    ):
        origin.write_text(other, encoding="utf-8")
        assert from_distributions([str(site)])[0] == []


def test_other_entry_points_are_nobodys_catalogue(tmp_path: Path) -> None:
    """Nor is a distribution without any, or with a damaged list."""
    install(tmp_path, "other", "corp_sdk:a.toml", {"corp_sdk/a.toml": "x"}, group="async_guard.catalogue_of_wines")
    install(tmp_path, "damaged", "x:a.toml", {})
    (tmp_path / "damaged-1.0.dist-info" / "entry_points.txt").write_text(
        "async_guard.catalogue = x\n[", encoding="utf-8"
    )
    (tmp_path / "bare-1.0.dist-info").mkdir()
    assert from_distributions([str(tmp_path)]) == ([], [])


def test_the_first_of_several_copies_counts(tmp_path: Path) -> None:
    """As for imports."""
    for place in ("a", "b"):
        install(tmp_path / place, "corp-sdk", "corp_sdk:a.toml", {"corp_sdk/a.toml": SLOW.format(because=place)})
    documents, _ = from_distributions([str(tmp_path / "a"), str(tmp_path / "b")])
    assert [document.content["function"][0]["because"] for document in documents] == ["a"]
