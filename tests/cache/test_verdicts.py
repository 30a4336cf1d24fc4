"""Verdicts are told again exactly where every file still says the same, at the places where it says it now."""

from __future__ import annotations

import ast
import dataclasses
import json
from pathlib import Path

import pytest

from async_guard.api import routes
from async_guard.cache import folder, verdicts
from async_guard.cache.moved import moves
from async_guard.catalogue.extra import Extra
from async_guard.config.settings import Settings
from async_guard.engine import check
from async_guard.engine.check import CatalogueWarning, Run, run_paths
from async_guard.extract.codec import decode, encode
from async_guard.extract.facts import extract
from async_guard.link import evaluator
from async_guard.model import facts as F
from async_guard.model.facts import LENGTHS
from async_guard.model.findings import Report
from literate import Case, read_cases

FIXTURES = Path(__file__).parent.parent / "fixtures"
CASES = [
    case
    for topic in ("semantics", "resolution", "rules")
    for path in sorted((FIXTURES / topic).glob("*.md"))
    for case in read_cases(path)
]
MAIN = '''"""A service."""
from fastapi import FastAPI
from work import load, once
app = FastAPI()


@app.get("/one")
async def one():
    """Show one."""
    return load(5000)


@app.get("/two")
async def two():
    return once()
'''
WORK = """import time

LIMIT = 4096


def load(seconds):
    time.sleep(seconds)


def once():
    match LIMIT:
        case 5000:
            return None
    with open("a") as handle:
        return handle.read()
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two handlers that block through another file, looked at once."""
    monkeypatch.chdir(tmp_path)
    write({"main.py": MAIN, "work.py": WORK})
    assert not look().told_again
    return tmp_path


def write(files: dict[str, str]) -> None:
    """Write the files of a project."""
    for name, text in files.items():
        path = Path("project", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def look(settings: Settings | None = None, cache: str | None = "cache") -> Run:
    """One run over the project."""
    return run_paths(["project"], settings or Settings(), 1, cache=cache)[0]


def told(run: Run, settings: Settings | None = None) -> Report:
    """What a run reports, without what it took."""
    report = check.report(run, settings or Settings(), "project", unresolved=True)
    statistics = dataclasses.replace(report.statistics, seconds={}, stages={})
    return dataclasses.replace(report, statistics=statistics)


def with_comments(text: str) -> str:
    """A source with a comment above every statement, and other docstrings."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return text
    starts: dict[int, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            decorators = getattr(node, "decorator_list", [])
            first = decorators[0] if decorators else node
            column = first.col_offset - bool(decorators)
            line = text.splitlines()[first.lineno - 1]
            if not line[:column].strip():  # not behind a semicolon or a colon
                starts.setdefault(first.lineno, column)
    lines = text.splitlines(keepends=True)
    return "".join(
        f"{' ' * starts[number]}# a remark\n{line}" if number in starts else line
        for number, line in enumerate(lines, 1)
    )


def same_after_comments(case: Case, folder: Path) -> None:
    """Look at a case, comment all its files, and look again with and without the cache."""
    if not any(path.endswith(".py") for path in case.files):
        return
    for path in case.files:
        (folder / "project" / path).parent.mkdir(parents=True, exist_ok=True)
    write(case.files)
    first = look()
    commented = {path: with_comments(text) if path.endswith(".py") else text for path, text in case.files.items()}
    write(commented)
    again = look()
    assert again.told_again or first.verdicts.defects or length_classes(case.files) != length_classes(commented)
    assert told(again) == told(look(cache=None))


def length_classes(files: dict[str, str]) -> list[int]:
    """Of each function, how many of the lengths it reaches from which functions are read less often."""
    found: list[int] = []
    for text in files.values():
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        found += [
            sum((node.end_lineno or 0) - node.lineno >= limit for limit in LENGTHS)
            for node in ast.walk(tree)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        ]
    return found


@pytest.mark.parametrize("case", CASES[::7], ids=lambda case: f"{case.origin}::{case.heading}")
def test_commented_files_have_their_findings_at_the_new_places(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a run that keeps nothing finds them."""
    monkeypatch.chdir(tmp_path)
    same_after_comments(case, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.origin}::{case.heading}")
def test_the_same_for_every_case(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them."""
    monkeypatch.chdir(tmp_path)
    same_after_comments(case, tmp_path)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("main.py", '"""A service."""', '"""Another service, told in\nmore lines."""'),
        ("main.py", '"""Show one."""', '"""Show."""'),
        ("main.py", "load(5000)", "load( 5000 )"),
        ("main.py", "async def two():\n", "async def two():  # no" + "qa: AG999\n\n"),
        ("main.py", "from work import load, once\n", "from work import (\n    load,\n    once,\n)\n"),
        ("work.py", "def once():", "# how often\n\n\n\n\ndef once():"),
    ],
)
def test_what_changes_no_meaning_is_not_linked_again(project: Path, file: str, old: str, new: str) -> None:
    """And is shown where it is now."""
    text = {"main.py": MAIN, "work.py": WORK}[file]
    assert old in text
    write({file: text.replace(old, new)})
    again = look()
    assert again.told_again
    assert told(again) == told(look(cache=None))
    assert look().told_again


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("main.py", "load(5000)", "load(6000)"),
        ("work.py", "LIMIT = 4096", "LIMIT = 5000"),
        ("work.py", "case 5000", "case 6000"),
        ("work.py", 'open("a")', 'open("b")'),
        ("work.py", "seconds):", "seconds=1):"),
        ("work.py", "import time", "import time as time"),
        ("main.py", "    return once()", "    once()"),
        ("main.py", "async def two", "def two"),
        ("main.py", "async def two():", "async def two():  # async-" + "guard: allow[AG103] small"),
        ("main.py", "import load, once", "import once, load"),
        ("work.py", "    time.sleep(seconds)", "    if seconds:\n        time.sleep(seconds)"),
        ("work.py", "    time.sleep(seconds)", "    time.sleep(seconds)" + "\n\n    # a remark" * 40 + "\n    pass"),
        ("work.py", "def once():\n    match", "def once():" + "\n    # a remark" * 40 + "\n    match"),
    ],
)
def test_what_may_change_the_meaning_is_linked_again(project: Path, file: str, old: str, new: str) -> None:
    """Other constants, names, parameters, orders, contracts; a length from which functions are read less often."""
    text = {"main.py": MAIN, "work.py": WORK}[file]
    assert old in text
    write({file: text.replace(old, new)})
    again = look()
    assert again.told_again is (new == "import time as time")  # which says the same
    assert told(again) == told(look(cache=None))


def test_other_files_and_other_words_are_linked_again(project: Path) -> None:
    """Files that come or go, contracts, entries of the catalogue, versions in force; not what is only shown differently."""
    assert look(Settings(severity="error", ignore=("AG103",))).told_again
    assert not look(Settings(nonblocking=("project.work.load",))).told_again
    assert not look(Settings(negligible=True)).told_again
    assert not look(Settings(fastapi_version="0.100.0")).told_again
    write({"more.py": ""})
    assert not look().told_again
    assert look().told_again
    Path("project", "more.py").unlink()
    assert look().told_again  # as it was before


def test_a_broken_document_of_a_library_is_told_each_time(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With kept verdicts too; and looked for once in a run."""
    asked: list[int] = []

    def broken(*_: object, **__: object) -> Extra:
        asked.append(1)
        return Extra((), ("corp_sdk ships a broken document",))

    monkeypatch.setattr("async_guard.catalogue.extra.load", broken)
    for told_again in (True, True):
        with pytest.warns(CatalogueWarning, match="corp_sdk"):
            assert look().told_again is told_again
    with pytest.warns(CatalogueWarning, match="corp_sdk"):
        look(Settings(negligible=True))
    assert len(asked) == 3


def test_rules_that_were_not_asked_are_asked(project: Path) -> None:
    """Fewer rules than before are told from what is kept."""
    wider = Settings(extend_select=("AG2", "AG5"))
    assert not look(wider).told_again
    assert look(wider).told_again
    narrow = look()
    assert narrow.told_again
    assert told(narrow) == told(look(cache=None))


def test_routes_are_told_from_what_a_check_found(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rows, without linking."""
    rows = routes(["project"], Settings(), cache_dir=False)
    monkeypatch.setattr(check, "linked_project", None)
    assert routes(["project"], Settings(), cache_dir=Path("cache")) == rows
    assert any(row.blocking["error"] for row in rows)


def test_a_lost_part_is_not_kept(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of our own would not be told again."""
    write({"main.py": MAIN + "\nX = 1\n"})
    with monkeypatch.context() as broken:
        broken.setattr(evaluator, "_EXPRESSIONS", evaluator._EXPRESSIONS[: F.E_CALL])
        assert look().verdicts.defects
    run = look()
    assert not run.told_again
    assert not run.verdicts.defects


def _kept_file() -> Path:
    (found,) = Path("cache").glob("verdicts-*")
    return found


@pytest.mark.parametrize(
    "hurt",
    [
        lambda data: data[:-10],
        lambda data: b"",
        lambda data: data.replace(b"AG101", b"AG109"),
        lambda data: signed(b"[]"),
        lambda data: signed(b'{"identity": 1}'),
        lambda data: signed(b"[" * 100_000),
        lambda data: signed(body(data).replace(b'"findings":[[[', b'"findings":[[[-1,')),
        lambda data: signed(body(data).replace(b'"findings":[[[', b'"findings":[[[999999,')),
        lambda data: signed(body(data).replace(b'"texts":["', b'"texts":[7,"')),
        lambda data: signed(body(data).replace(b'"places":[[', b'"places":[[true,')),
        lambda data: signed(body(data).replace(b'"steps":[[', b'"steps":[[{},')),
        lambda data: signed(body(data).replace(b'"files":{', b'"files":[],"x":{')),
    ],
)
def test_a_damaged_or_hostile_file_is_a_miss(project: Path, hurt: object) -> None:
    """Whatever stands in it."""
    found = _kept_file()
    found.write_bytes(hurt(found.read_bytes()))  # type: ignore[operator]
    again = look()
    assert not again.told_again
    assert told(again) == told(look(cache=None))


def body(data: bytes) -> bytes:
    """The document in a kept file."""
    return data.partition(b"\n")[2]


def signed(document: bytes) -> bytes:
    """A kept file with this document."""
    from zlib import crc32

    return b"async-guard verdicts 1 %d\n" % crc32(document) + document


def test_a_link_in_the_folder_is_not_followed(project: Path, tmp_path: Path) -> None:
    """Neither to read nor to write."""
    found = _kept_file()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(found.read_bytes())
    before = elsewhere.read_bytes()
    found.unlink()
    found.symlink_to(elsewhere)
    assert not look().told_again
    assert elsewhere.read_bytes() == before
    assert look().told_again


def test_few_are_kept(project: Path) -> None:
    """The oldest go."""
    for number in range(12):
        look(Settings(fastapi_version=f"0.{100 + number}.0"))
    assert len(folder.names("cache", "verdicts-")) == verdicts._MOST


def test_everything_of_a_report_survives(project: Path) -> None:
    """What is read is what was written."""
    run = look(cache=None)
    kept = verdicts.KeptVerdicts(run.verdicts, {"project/main.py": "1"})
    verdicts.keep("cache", "here", kept)
    assert verdicts.find("cache", "here") == kept
    assert verdicts.find("cache", "elsewhere") is None
    assert json.loads(body(Path("cache", verdicts._name("here")).read_bytes()))["identity"] == "here"


@pytest.mark.parametrize("text", [MAIN, WORK, "", "x = 1\n"])
def test_a_file_says_what_it_says(text: str) -> None:
    """Facts that were kept compare like fresh ones."""
    facts = extract(text.encode())
    assert moves(facts, decode(encode(facts))) is not None
