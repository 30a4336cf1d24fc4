"""Every public callable of the standard library has a verdict, and the list of them says what the catalogue says."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "standard_library.py"
WORDS = {"error", "warning", "info", "negligible", "no", "passes"}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that makes the list."""
    spec = importlib.util.spec_from_file_location("standard_library", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["standard_library"] = module
    spec.loader.exec_module(module)
    return module


def test_nothing_in_this_interpreter_is_undecided(script: ModuleType) -> None:
    """A module that a new version of Python brings fails here until somebody says what its callables do."""
    version, names = script.of_interpreter(sys.executable)
    judge = script.judge()
    assert [name for name, kind in names.items() if judge.verdict(name, kind).word not in WORDS] == []
    listed = script.read_list()
    # Releases of one version differ by a few names; modules that this machine lacks are in the list all the same.
    assert len([name for name in names if name not in listed]) < 60
    assert len(names) > 8000
    assert version in script.VERSIONS


def test_the_list_says_what_the_catalogue_says(script: ModuleType) -> None:
    """Made from the catalogue and the decisions as they are now: ``python scripts/standard_library.py --write`` after a change."""
    judge = script.judge()
    listed = script.read_list()
    assert len(listed) > 12000
    wrong = []
    for name, (word, _, _, is_class) in listed.items():
        owner = name.rpartition(".")[0]
        kind = "class" if is_class else "method" if listed.get(owner, ("", "", "", False))[3] else "function"
        now = judge.verdict(name, kind).word
        if now != word and not {now, word} <= {"no", "passes"}:
            wrong.append((name, word, now))
    assert wrong == []
    assert {word for word, *_ in listed.values()} == WORDS
    assert all(why for _, why, *_ in listed.values())


@pytest.mark.parametrize(
    ("name", "word", "versions"),
    [
        ("time.sleep", "error", ""),
        ("subprocess.Popen.wait", "error", ""),
        ("pathlib.Path.read_text", "warning", ""),
        ("os.path.join", "no", ""),
        ("functools.reduce", "passes", ""),
        ("json.dumps", "negligible", ""),
        ("asyncore.loop", "error", "3.10-3.11"),
        ("pathlib.Path.walk", "error", "3.12-3.14"),
        ("compression.zstd.compress", "warning", "3.14"),
    ],
)
def test_some_verdicts_that_everybody_knows(script: ModuleType, name: str, word: str, versions: str) -> None:
    """The list is read as it is meant, versions included."""
    found = script.read_list()[name]
    assert (found[0], found[2]) == (word, versions)


def test_a_callable_that_nobody_decided_has_no_verdict(script: ModuleType) -> None:
    """The checks above can fail."""
    judge = script.Judge(script.judge()._catalogue, {"no": {"computes": ["a.*"]}, "passes": {"runs it": ["a.b.*"]}})
    assert judge.verdict("a.x", "function") == script.Verdict("no", "computes")
    assert judge.verdict("a.b.c", "function") == script.Verdict("passes", "runs it")
    assert judge.verdict("b.x", "function").word == "?"
    assert judge.verdict("time.sleep", "function").word == "error"
    assert judge.unused(["a.x"]) == ["a.b.*"]
