"""Facts are taken from the cache exactly where the content is the same, and a cache can do no harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from async_guard import api
from async_guard.cache.store import Fresh, Store
from async_guard.config.settings import Settings
from async_guard.engine.discover import discover
from async_guard.engine.extraction import extract_files
from async_guard.extract.codec import StaleFacts, decode, encode
from async_guard.extract.facts import extract

SOURCE = Path(__file__).parent.parent.parent / "src"
OLD = time.time_ns() - 3_600_000_000_000
HANDLER = "from fastapi import FastAPI\nfrom work import load\napp = FastAPI()\n\n@app.get('/')\nasync def show():\n    return load()\n"
WORK = "import time\n\ndef load():\n    time.sleep(1)\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A handler that blocks through another file."""
    (tmp_path / "main.py").write_text(HANDLER)
    (tmp_path / "work.py").write_text(WORK)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(version: str = "1") -> tuple[int, int]:
    """Files read anew and files whose facts were kept."""
    files = discover(["."])
    extracted = extract_files(files, 1, store=Store("cache", version))
    assert sorted(extracted.facts) == [f.path for f in files]
    return len(files) - extracted.kept, extracted.kept


def codes() -> list[str]:
    """Codes that a run with the cache finds."""
    report = api.check_paths(["main.py", "work.py"], Settings(), jobs=1, cache_dir=Path("cache"))
    return [f.code for f in report.findings]


def test_only_what_changed_is_read(project: Path) -> None:
    """By time stamps, by content, under a new name, and not after an edit that restores size and time."""
    assert read() == (2, 0)
    assert read() == (0, 2)
    os.utime(project / "work.py", ns=(OLD, OLD))
    assert read() == (0, 2)
    (project / "work.py").rename(project / "moved.py")
    assert read() == (0, 2)
    (project / "moved.py").write_text(WORK.replace("1", "2"))
    os.utime(project / "moved.py", ns=(OLD, OLD))
    assert read() == (1, 1)
    assert read("2") == (2, 0)


def test_packs_are_joined(project: Path) -> None:
    """Many edits leave few files, and facts of files that are gone go with them."""
    for number in range(20):
        (project / "work.py").write_text(f"x = {number}\n")
        read()
    (project / "main.py").unlink()
    for number in range(20, 28):
        (project / "work.py").write_text(f"x = {number}\n")
        read()
    store = Store("cache", "1")
    assert [os.path.basename(path) for path in store.entries] == ["work.py"]
    assert len(list((project / "cache").glob("facts-*"))) <= 7


def test_damage_costs_nothing_but_time(project: Path) -> None:
    """Every damaged byte is a miss, never a crash or another finding."""
    expected = codes()
    assert "AG101" in expected
    (pack,) = (project / "cache").glob("facts-*")
    whole = pack.read_bytes()
    for at in range(0, len(whole), 101):
        for damaged in (whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], whole[:at]):
            for path in (project / "cache").glob("facts-*"):
                path.unlink()
            pack.write_bytes(damaged)
            assert read(f"{api.__name__}") is not None
    for path in (project / "cache").glob("facts-*"):
        path.unlink()
    pack.write_bytes(whole[:-40] + b"!" * 40)
    assert codes() == expected


FORGED = {
    "a circle": lambda header: header["f"][0].__setitem__(6, 0),
    "an index of nothing": lambda header: header["f"][0].__setitem__(7, 7),
    "another version": lambda header: header.__setitem__("v", -1),
    "a part missing": lambda header: header.pop("calls"),
    "a text for a list": lambda header: header.__setitem__("f", "functions"),
    "too many fields": lambda header: header["f"][0].append(1),
    "bodies elsewhere": lambda header: header["b"].__setitem__(0, 10**9),
}


@pytest.mark.parametrize("forgery", FORGED)
def test_forged_facts_are_refused(forgery: str) -> None:
    """Right checksum, wrong content."""
    from zlib import crc32

    first, _, bodies = encode(extract(WORK.encode())).partition(b"\n")
    header = json.loads(first)
    FORGED[forgery](header)
    data = json.dumps(header).encode() + b"\n" + bodies
    with pytest.raises(StaleFacts):
        decode(data, 0, len(data), crc32(data))


def test_bodies_of_the_wrong_shape_are_read_again(project: Path) -> None:
    """What a header cannot tell comes to light when the body is used."""
    expected = codes()
    store = Store("cache", _version())
    forged = []
    for location, kept in store.entries.items():
        data = kept.pack[kept.start : kept.end]
        first, _, bodies = data.partition(b"\n")
        forged.append(Fresh(location, kept.state, kept.digest, first + b"\n" + b"[" * len(bodies)))
    store.keep(forged)
    assert Store("cache", _version()).entries
    assert codes() == expected


def _version() -> str:
    from async_guard.engine.check import facts_identity

    return facts_identity()


def test_links_are_not_followed(project: Path) -> None:
    """A pack that is a link is neither read nor written through."""
    read()
    (pack,) = (project / "cache").glob("facts-*")
    pack.rename(project / "elsewhere")
    pack.symlink_to(project / "elsewhere")
    before = (project / "elsewhere").read_bytes()
    assert read() == (2, 0)
    assert (project / "elsewhere").read_bytes() == before


def test_two_processes_at_once(project: Path) -> None:
    """Neither fails, both say the same, and the cache is whole afterwards."""
    command = [sys.executable, "-m", "async_guard", "check", ".", "--format", "concise"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    started = [
        subprocess.Popen(command, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    told = [process.communicate() for process in started]
    assert len({out for out, _ in told}) == 1
    assert [error for _, error in told] == [b""] * 3
    assert b"AG101" in told[0][0]
    again = subprocess.run(
        [sys.executable, "-X", "importtime", *command[1:]],
        cwd=project,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert again.stdout == told[0][0]
    assert again.returncode == 1
    assert b"click" not in again.stderr  # answered before the command line was even read
    assert not list((project / ".async_guard_cache").glob(".*.*"))
