"""Whatever lies in a project, every readable file is checked, the others are named with a reason, and no terminal is steered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
import schemas

SOURCE = Path(__file__).parent.parent.parent / "src"
GOOD = b"import time\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\nasync def f():\n    time.sleep(1)\n"
FORMATS = ("rich", "concise", "json", "sarif", "github", "gitlab", "junit")


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """``async-guard`` in a folder, ended if it hangs."""
    return subprocess.run(
        [sys.executable, "-m", "async_guard", *arguments],
        cwd=folder, capture_output=True, check=False, timeout=120, env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
    )  # fmt: skip


UNREADABLE: dict[str, tuple[bytes, int, str]] = {
    "syntax.py": (b"x = 1\ndef (:\n", 2, "invalid syntax"),
    "encoding.py": (b"x = 1\ny = '\xff'\n", 2, "not valid UTF-8"),
    "codec.py": (b"# coding: klingon\n", 1, "unknown encoding klingon"),
    "utf16.py": ("x = 1\n".encode("utf-16"), 1, "encoded as UTF-16, which Python does not read"),
    "null.py": (b"x = 1\n\0y = 2\n", 2, "null byte"),
    "parentheses.py": (b"\nx = " + b"(" * 2000 + b"1" + b")" * 2000, 2, "nested too deeply"),
    "brackets.py": (b"\n\nx = " + b"[" * 200_000, 3, "nested too deeply"),
    "chain.py": (b"x = a" + b".b()" * 20_000, 1, "nested too deeply"),
    "sum.py": (b"x = " + b" + ".join([b"a"] * 50_000), 1, "nested too deeply"),
    "nots.py": (b"x = " + b"not " * 5000 + b"a", 1, "nested too deeply"),
    "huge.py": (b"x = 1\n" * 2_000_000, 0, "larger than 10 MB"),
}
READABLE: dict[str, bytes] = {
    "mark.py": b"\xef\xbb\xbf" + GOOD,
    "form_feed.py": b"\x0c\n" + GOOD.replace(b"\n", b"\n\x0c\n", 1),
    "crlf.py": GOOD.replace(b"\n", b"\r\n"),
    "cr.py": GOOD.replace(b"\n", b"\r"),
    "folder.py/inner.py": GOOD,
    "surrogate.py": b"x = '\\ud800'\n" + GOOD,
    "long_chain.py": GOOD.replace(b"time.sleep(1)", b"time.sleep(1); q" + b".b()" * 400),
    "many_elifs.py": GOOD + b"if a:\n    pass\n" + b"elif a:\n    pass\n" * 500,
    "large_table.py": GOOD + b"x = {" + b"".join(b"%d: [%d],\n" % (i, i) for i in range(20_000)) + b"}\n",
}


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of everything that goes wrong."""
    root = tmp_path_factory.mktemp("bad")
    for name, (data, _, _) in UNREADABLE.items():
        (root / name).write_bytes(data)
    for name, data in READABLE.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(data)
    (root / "loop.py").symlink_to("loop.py")
    (root / "nowhere.py").symlink_to("missing")
    (root / ".#locked.py").symlink_to("user@host.1")
    (root / "sub").mkdir()
    (root / "sub" / "up").symlink_to("..")
    os.mkfifo(root / "pipe.py")
    (root / "forbidden.py").write_bytes(GOOD)
    (root / "forbidden.py").chmod(0)
    return root


def test_every_bad_file_is_named_and_every_good_one_checked(bad: Path) -> None:
    """With the line where there is one; in two processes as in one."""
    done = run(bad, "check", ".", "--format", "json", "--no-cache", "--jobs", "1")
    assert done.returncode == 1
    assert done.stderr == b""
    document = json.loads(done.stdout)
    jsonschema.validate(document, schemas.REPORT)
    told = {u["path"]: (u["line"], u["message"]) for u in document["unreadable"]}
    expected = {name: (line, message) for name, (_, line, message) in UNREADABLE.items()}
    if sys.version_info < (3, 11):
        del expected["sum.py"]  # which this version's own parser gets through
    expected["loop.py"] = (0, f"cannot be read: {os.strerror(40)}")
    expected["nowhere.py"] = (0, "cannot be read: No such file or directory")
    expected["pipe.py"] = (0, "no regular file")
    if os.geteuid():
        expected["forbidden.py"] = (0, "cannot be read: Permission denied")
    assert told == expected
    found = {f["path"] for f in document["findings"] if f["code"] == "AG101"}
    assert found == {*READABLE, *(() if os.geteuid() else ("forbidden.py",))}
    assert {f["path"]: f["line"] for f in document["findings"] if f["code"] == "AG900"} == {
        path: max(1, line) for path, (line, _) in told.items()
    }
    two = run(bad, "check", ".", "--format", "concise", "--no-cache", "--jobs", "2")
    assert (
        two.stdout
        == run(bad, "check", ".", "--format", "concise", "--jobs", "1", "--cache-dir", str(bad / "cache")).stdout
    )
    assert (
        two.stdout
        == run(bad, "check", ".", "--format", "concise", "--jobs", "2", "--cache-dir", str(bad / "cache")).stdout
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Names that would steer a terminal, end a line or have no text."""
    root = tmp_path_factory.mktemp("hostile")
    for name in (
        "new\nline.py",
        "esc\x1b[31m\x1b]0;title\x07.py",
        "sur\udcffrogate.py",
        "bidi\u202e.py",
        "odd ~ %41 ?#&<\"'>.py",
        "élève.py",
    ):
        (root / name).write_bytes(GOOD.replace(b"'/'", b"'/\\x1b[31m\\n::error::x'"))
    (root / "broken\x1b[2J.py").write_bytes(b"def (:\n")
    (root / "words.py").write_text(
        "import time\nasync def f():\n    time.sleep(1); s = '\u202e\x1b'  # \u2066\nasync def g():\n    await f()\n"
    )
    return root


def test_nothing_raw_reaches_a_terminal(hostile: Path) -> None:
    """In no format: no escape codes, no changes of direction, no line that the report did not begin."""
    for format_ in FORMATS:
        done = run(hostile, "check", ".", "--format", format_, "--no-cache")
        assert done.returncode == 1, done.stderr
        text = done.stdout.decode("utf-8")
        for character in "\x1b\x07\u202e\u2066\r":
            assert character not in text, format_
        assert not any(line.startswith("line.py") for line in text.splitlines()), format_
    for arguments in (["check", ".", "--group", "route"], ["check", ".", "--group", "root-cause"], ["routes", "."]):
        done = run(hostile, *arguments)
        assert b"\x1b" not in done.stdout
        assert done.stdout
    done = run(hostile, "check", "nowhere\x1b[31m")
    assert b"\x1b" not in done.stderr


def test_machine_formats_stay_valid(hostile: Path) -> None:
    """JSON, SARIF and JUnit, whatever the names are; and the list of entry points."""
    jsonschema.validate(json.loads(run(hostile, "check", ".", "--format", "json", "--no-cache").stdout), schemas.REPORT)
    jsonschema.validate(json.loads(run(hostile, "check", ".", "--format", "sarif", "--no-cache").stdout), schemas.SARIF)
    cases = ET.fromstring(run(hostile, "check", ".", "--format", "junit", "--no-cache").stdout)
    assert len(cases.findall(".//failure")) > 8
    jsonschema.validate(json.loads(run(hostile, "routes", ".", "--format", "json").stdout), schemas.ROUTES)


def test_a_terminal_without_unicode_gets_escapes(hostile: Path) -> None:
    """Instead of a crash."""
    done = run(hostile, "check", ".", "--format", "concise", "--no-cache", PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert b"\\xe9l\\xe8ve.py" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["check", "nowhere/at_all"], "nowhere/at_all"),
        (["check", ".", "nowhere.py"], "nowhere.py"),
        (["check", "--formt", "json"], "--formt"),
        (["check", "--format", "jsn"], "jsn"),
        (["check", "--select", "AG999"], "AG999"),
        (["check", "--jobs", "0"], "--jobs"),
        (["check", "--executor", "cluster"], "cluster"),
        (["check", "--output-file", "no/such/folder/file", "good.py"], "no/such/folder/file"),
        (["chek"], "chek"),
        (["explain", "AG999"], "AG999"),
    ],
)
def test_wrong_usage_is_told_by_name(tmp_path: Path, arguments: list[str], named: str) -> None:
    """Status 2, and no traceback."""
    (tmp_path / "good.py").write_bytes(GOOD)
    done = run(tmp_path, *arguments)
    assert done.returncode == 2
    assert named in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_a_reader_that_goes_away_is_no_error(hostile: Path) -> None:
    """``async-guard check | head -1``."""
    with subprocess.Popen(
        [sys.executable, "-m", "async_guard", "check", ".", "--format", "json", "--no-cache"],
        cwd=hostile, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(SOURCE)},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
