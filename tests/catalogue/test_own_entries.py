"""A project's own entries, those of a shared file and those of a library, as people meet them: on the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"

MAIN = """\
import corp_sdk
import library
from corp_shared import thing


async def handler():
    corp_sdk.call()
    thing.wait()
    library.slow()
"""
CONFIGURATION = """\
[tool.async-guard]
catalogue-files = ["../shared/blocking.toml"]

[[tool.async-guard.catalogue.function]]
names = ["corp_sdk.call"]
severity = "error"
because = "waits for the mainframe"
instead = "corp_sdk.aio.call"
"""
SHARED = """\
[[class]]
names = ["corp_shared.Thing"]
severity = "warning"
because = "waits for the lock"
blocking = ["wait"]

[[value]]
names = ["corp_shared.thing"]
type = "corp_shared.Thing"
"""
LIBRARY = """\
[[function]]
names = ["library.slow"]
severity = "error"
because = "waits for the other"
"""


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """A folder with a project, what projects share, and a library."""
    files = {
        "app/main.py": MAIN,
        "app/pyproject.toml": CONFIGURATION,
        "shared/blocking.toml": SHARED,
        "site/library/__init__.py": "raise SystemExit('imported')\n",
        "site/library/blocks.toml": LIBRARY,
        "site/library-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: library\nVersion: 1.0\n",
        "site/library-1.0.dist-info/entry_points.txt": "[async_guard.catalogue]\nlibrary = library:blocks.toml\n",
        "site/library-1.0.dist-info/RECORD": "library/__init__.py,,\nlibrary/blocks.toml,,\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def async_guard(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with the library beside it installed."""
    site = next(folder / "site" for folder in (cwd, *cwd.parents) if (folder / "site").is_dir())
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(SOURCE), str(site)))}
    return subprocess.run(
        [sys.executable, "-m", "async_guard", *arguments],
        cwd=cwd, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("cwd", "path"), [("app", "."), (".", "app")])
def test_all_three_are_reported_from_wherever_the_run_starts(company: Path, cwd: str, path: str) -> None:
    """Shared files are named relative to the configuration, not to the working directory."""
    done = async_guard(company / cwd, "check", path, "--format", "concise", "--no-cache")
    assert [line.partition(": ")[2] for line in done.stdout.splitlines()] == [
        "AG111 `corp_sdk.call` waits for the mainframe, on the event loop",
        "AG111 `corp_shared.Thing.wait` waits for the lock, on the event loop",
        "AG111 `library.slow` waits for the other, on the event loop",
    ]
    assert (done.returncode, done.stderr) == (1, "")


def test_they_are_explained_like_any_other_callable(company: Path) -> None:
    """``explain`` knows what ``check`` knows."""
    told = async_guard(company / "app", "explain", "corp_sdk.call").stdout
    assert "blocks (error): waits for the mainframe" in told
    assert "corp_sdk.aio.call" in told
    assert "waits for the lock" in async_guard(company / "app", "explain", "corp_shared.Thing.wait").stdout
    assert "waits for the other" in async_guard(company / "app", "explain", "library.slow").stdout


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("app/pyproject.toml", "because", "becuase", "pyproject.toml [tool.async-guard.catalogue]: function corp_sdk.call: becuase: unknown key"),
        ("app/pyproject.toml", '"error"', '"eror"', "function corp_sdk.call: severity: unknown severity 'eror'; did you mean 'error'?"),
        ("shared/blocking.toml", '"warning"', '"wraning"', "blocking.toml: class corp_shared.Thing: severity: unknown severity 'wraning'"),
    ],
)  # fmt: skip
def test_a_mistake_in_own_words_names_file_entry_key_and_choice(
    company: Path, file: str, old: str, new: str, message: str
) -> None:
    """It is an error of usage, for ``check`` and ``explain`` alike."""
    path = company / file
    path.write_text(path.read_text().replace(old, new))
    for arguments in (["check", ".", "--no-cache"], ["explain", "time.sleep"]):
        done = async_guard(company / "app", *arguments)
        assert message in done.stderr
        assert done.returncode == 2


def test_a_mistake_of_a_library_is_told_and_the_rest_is_checked(company: Path) -> None:
    """Who uses the library cannot mend it."""
    path = company / "site" / "library" / "blocks.toml"
    path.write_text(LIBRARY.replace("error", "eror"))
    done = async_guard(company / "app", "check", ".", "--format", "concise", "--no-cache")
    assert "library.slow: severity: unknown severity 'eror'; did you mean 'error'?" in done.stderr
    assert len(done.stdout.splitlines()) == 2
    assert done.returncode == 1


def test_a_method_is_explained_through_the_function_that_makes_its_object(company: Path) -> None:
    """``boto3.client(...)`` and ``redis.from_url(...)`` are what people know the clients by."""
    told = async_guard(company, "explain", "boto3.client.get_object").stdout
    assert "blocks (error): waits for AWS" in told
    assert "blocks (error): waits for Redis" in async_guard(company, "explain", "redis.from_url.get").stdout


@pytest.fixture
def apart(company: Path) -> Path:
    """The same project and library where async-guard is installed apart from them: the library lies in an environment of its own."""
    folder = company / "env" / "lib" / "python3.12" / "site-packages"
    folder.parent.mkdir(parents=True)
    (company / "site").rename(folder)
    (company / "site").mkdir()
    return company


def test_a_library_of_the_environment_named_says_what_of_it_blocks(apart: Path) -> None:
    """Hooks and tools that are installed apart know nothing else of a project's libraries."""
    told = ("check", ".", "--format", "concise", "--no-cache")
    assert "library.slow" not in async_guard(apart / "app", *told).stdout
    done = async_guard(apart / "app", *told, "--python", "../env")
    assert "`library.slow` waits for the other" in done.stdout
    assert (done.returncode, done.stderr) == (1, "")
    assert "waits for the other" in async_guard(apart / "app", "explain", "library.slow", "--python", "../env").stdout
    assert "no such file or folder" in async_guard(apart / "app", "explain", "x.y", "--python", "../no").stderr


def test_a_kept_outcome_depends_on_what_a_library_says(apart: Path) -> None:
    """A library that is developed beside the project changes what it says without being installed again."""
    arguments = ("check", ".", "--format", "concise", "--cache-dir", str(apart / "cache"), "--python", "../env")
    assert "waits for the other" in async_guard(apart / "app", *arguments).stdout
    path = apart / "env" / "lib" / "python3.12" / "site-packages" / "library" / "blocks.toml"
    path.write_text(LIBRARY.replace("waits for the other", "waits for another"))
    assert "waits for another" in async_guard(apart / "app", *arguments).stdout


def test_what_an_installer_left_in_pieces_declares_nothing(apart: Path) -> None:
    """Nobody who checks a project can mend it."""
    folder = apart / "env" / "lib" / "python3.12" / "site-packages" / "library-1.0.dist-info"
    (folder / "entry_points.txt").write_bytes(b"[async_guard.catalogue]\nlibrary = \xff\xfe")
    done = async_guard(apart / "app", "check", ".", "--format", "concise", "--no-cache", "--python", "../env")
    assert (done.returncode, done.stderr) == (1, "")
    assert len(done.stdout.splitlines()) == 2
