"""Libraries that the catalogue does not know are read as data where an environment is given, and found to block by what they do."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from async_guard import api
from async_guard.config.settings import Settings
from async_guard.engine import environment
from async_guard.frontends import cli
from async_guard.link import calls
from async_guard.model.findings import Confidence, Finding

CLIENT = """
import requests
from urllib.request import urlopen
from .transport import Transport


class Client:
    def __init__(self, key):
        self._transport = Transport(key)

    def search(self, query):
        return self._transport.send("GET", query)

    async def asearch(self, query):
        return self._transport.send("GET", query)


def load_all():
    return urlopen("https://acme.example").read()


def harmless(text):
    return text.strip()


async def forgotten(text):
    return text


async def polls():
    open("x").read()
"""
TRANSPORT = """
import requests


class Transport:
    def __init__(self, key):
        self.session = requests.Session()

    def send(self, method, query):
        return self.session.request(method, query)
"""
APP = """
from fastapi import FastAPI
import acme
from acme import Client

app = FastAPI()
client = Client("k")


@app.get("/search")
async def search(q: str):
    return client.search(q)


@app.get("/later")
async def later(q: str):
    return await client.asearch(q)


@app.get("/all")
async def everything():
    return acme.load_all()


@app.get("/threads")
def threads(q: str):
    return client.search(q)


@app.get("/harmless")
async def harmless(q: str):
    return acme.harmless(q), await asyncio.sleep(0)
"""


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an environment's libraries, with an SDK in it that nobody listed; the project is the working directory."""
    _write(tmp_path / "project", {"app.py": APP, "pyproject.toml": ""})
    (tmp_path / "env" / "bin").mkdir(parents=True)
    (tmp_path / "env" / "bin" / "python").symlink_to(sys.executable)
    folder = tmp_path / "env" / "lib" / "python3.12" / "site-packages"
    _write(
        folder,
        {
            "acme/__init__.py": "from .client import Client, forgotten, harmless, load_all, polls\n",
            "acme/client.py": CLIENT,
            "acme/transport.py": TRANSPORT,
        },
    )
    monkeypatch.chdir(tmp_path / "project")
    return folder


def _check(python: str = "../env", *, cache: Path | None = None) -> tuple[Finding, ...]:
    return api.check_paths(["."], Settings(python=python), cache_dir=cache or False, jobs=1).findings


def _blocking(findings: tuple[Finding, ...]) -> dict[int, str]:
    return {f.place.line: f.chain[-1].call for f in findings if f.code == "AG102"}


def test_what_blocks_in_a_library_is_found_where_the_project_calls_it(libraries: Path) -> None:
    """With the chain into the library, and only as likely."""
    assert _check("") == ()
    found = [f for f in _check() if f.code == "AG102"]
    assert {f.place.line: f.chain[-1].call for f in found} == {
        12: "requests.Session.request",
        17: "requests.Session.request",
        22: "urllib.request.urlopen",
    }
    assert {f.place.path for f in found} == {"app.py"}
    assert {f.confidence for f in found} == {Confidence.PROBABLE}
    search = next(f for f in found if f.place.line == 12)
    assert [(s.place.path, s.function, s.call) for s in search.chain] == [
        ("app.py", "app.search", "client.search"),
        ("site-packages/acme/client.py", "acme.client.Client.search", "self._transport.send"),
        ("site-packages/acme/transport.py", "acme.transport.Transport.send", "requests.Session.request"),
    ]


@pytest.mark.parametrize("path", ["../env/bin/python", "../env", "../env/"])
def test_an_environment_is_named_by_its_folder_or_its_interpreter(libraries: Path, path: str) -> None:
    """The interpreter may be a link to one that lies elsewhere."""
    assert len(_blocking(_check(path))) == 3


def test_an_environment_of_windows(libraries: Path, tmp_path: Path) -> None:
    """Its libraries lie in ``Lib``."""
    (tmp_path / "other").mkdir()
    (tmp_path / "env" / "lib" / "python3.12").rename(tmp_path / "other" / "Lib")
    assert len(_blocking(_check("../other"))) == 3


@pytest.mark.parametrize("path", ["../nothing", ".", "app.py"])
def test_what_is_no_environment_is_wrong_usage(libraries: Path, path: str) -> None:
    """The message says what was looked for."""
    with pytest.raises(api.UsageError, match=r"--python: .*(no such file|is no environment)"):
        _check(path)


def test_the_command_line_and_the_settings(libraries: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path in a configuration file is meant from that file."""
    monkeypatch.setenv("ASYNC_GUARD_KEEP_PROCESS", "1")
    run = CliRunner().invoke
    options = ["check", ".", "--no-cache", "--format", "json"]
    told = json.loads(run(cli.cli, [*options, "--python", "../env"]).stdout)
    assert {f["root_cause"]["path"] for f in told["findings"]} >= {"site-packages/acme/transport.py"}
    assert run(cli.cli, [*options, "--python", "../nothing"]).exit_code == 2
    sarif = run(cli.cli, [*options[:-1], "sarif", "--python", "../env"]).stdout
    assert "site-packages/acme/transport.py" in sarif
    listed = json.loads(run(cli.cli, ["routes", ".", "--no-cache", "--format", "json", "--python", "../env"]).stdout)
    assert {r["label"]: r["blocking"]["warning"] for r in listed["entry_points"]}["GET /search"] == 1
    assert json.loads(run(cli.cli, options).stdout)["findings"] == []
    Path("pyproject.toml").write_text('[tool.async-guard]\npython = "../env"\n')
    monkeypatch.chdir("..")
    assert len(json.loads(run(cli.cli, ["check", "project", *options[2:]]).stdout)["findings"]) == len(told["findings"])


def test_nothing_is_told_in_a_library(libraries: Path) -> None:
    """Not of the neighbouring mistakes either."""
    _write(
        libraries,
        {
            "acme/extra.py": "import asyncio\n\n\nasync def run():\n    asyncio.sleep(1)\n    asyncio.create_task(run())\n"
        },
    )
    _write(Path(), {"more.py": "from acme.extra import run\n\n\nasync def main():\n    await run()\n"})
    assert all(not f.place.path.startswith("site-packages") for f in _check())


def test_a_coroutine_of_a_library_that_nobody_awaits(libraries: Path) -> None:
    """Its body says that there is something to await."""
    _write(Path(), {"more.py": "import acme\n\n\nasync def main():\n    acme.forgotten('x')\n"})
    assert [f.place.line for f in _check() if f.code == "AG301"] == [5]


def test_one_finding_for_each_call_of_a_library(libraries: Path) -> None:
    """However many ways to wait it has; and it neither sets what the project's conditions ask for, nor is read where it is never called."""
    text = "import requests\nimport time\n\n\ndef many():\n    requests.get('x')\n    requests.post('x')\n    return True\n"
    _write(libraries, {"ways.py": text})
    _write(
        Path(),
        {
            "more.py": "import time\nimport ways\n\n\nasync def main():\n    if not ways.many():\n        time.sleep(1)\n"
        },
    )
    found = [f for f in _check() if f.place.path == "more.py"]
    assert [(f.code, f.place.line) for f in found] == [("AG102", 6), ("AG101", 7)]


def test_reading_a_library_changes_nothing_of_the_project(libraries: Path) -> None:
    """What the project sets and passes under names that the library uses, too, is read when the project is, not for the library."""
    _write(
        libraries,
        {
            "names.py": "import os\nflag = False\n\n\ndef ask(text, items={}):\n    return os.environ.get(text).flag or items[text]\n"
        },
    )
    project = "import time\n\nitems = {}\n\n\ndef put(o):\n    o.flag = time.sleep\n    items[o] = time.sleep\n\n\ndef ask(x):\n    put(x)\n"
    _write(Path(), {"more.py": project + "\n\nasync def main():\n    import names\n    names.ask('x')()\n    ask(1)\n"})
    assert [f for f in _check() if f.code == "AG101"] == []


def test_a_library_that_calls_back_runs_the_project(libraries: Path) -> None:
    """The chain goes through the library and back."""
    _write(libraries, {"loops.py": "def each(items, do):\n    for item in items:\n        do(item)\n"})
    text = "import time\nimport loops\n\n\ndef slow(item):\n    time.sleep(item)\n\n\nasync def main():\n    loops.each([1], slow)\n"
    _write(Path(), {"more.py": text})
    found = [f for f in _check() if f.code == "AG101"]
    assert [(f.place.path, f.place.line, f.chain[-1].place.path) for f in found] == [("more.py", 10, "more.py")]


def test_libraries_in_the_catalogue_are_judged_by_it(libraries: Path) -> None:
    """As is the standard library, and the project's own code where a copy of it is installed."""
    body = "import urllib.request\n\n\ndef get(*a):\n    urllib.request.urlopen('x')\n\n\ndef dumps(*a):\n    get()\n"
    _write(libraries, {"cachetools/__init__.py": body, "json/__init__.py": body, "app.py": body, "more.py": body})
    text = (
        "import json, cachetools, app\n\n\nasync def main():\n    json.dumps(1)\n    cachetools.get()\n    app.get()\n"
    )
    _write(Path(), {"more.py": text})
    assert [f for f in _check() if f.place.path == "more.py" and f.code == "AG102"] == []


def test_a_name_that_several_libraries_share(libraries: Path) -> None:
    """A folder without code belongs to nobody."""
    _write(libraries, {"shared/one/__init__.py": "import requests\n\n\ndef get():\n    requests.get('x')\n"})
    _write(
        Path(),
        {
            "more.py": "import shared.two\nfrom shared.one import get\n\n\nasync def main():\n    get()\n    shared.two.get()\n"
        },
    )
    assert [f.place.line for f in _check() if f.place.path == "more.py" and f.code == "AG102"] == [6]


# -- what an environment may hold


def _huge(folder: Path) -> None:
    (folder / "acme" / "transport.py").write_text(TRANSPORT + "#" * environment.LARGEST)


def _broken(folder: Path) -> None:
    (folder / "acme" / "transport.py").write_text("def broken(:\n")


def _deep(folder: Path) -> None:
    (folder / "acme" / "transport.py").write_text("x = " + "(" * 5000 + ")" * 5000)


def _no_text(folder: Path) -> None:
    (folder / "acme" / "transport.py").write_bytes(b"\x00\xff" * 100)


def _leads_out(folder: Path) -> None:
    (folder / "acme" / "transport.py").rename(folder.parents[3] / "outside.py")
    (folder / "acme" / "transport.py").symlink_to(folder.parents[3] / "outside.py")


def _leads_nowhere(folder: Path) -> None:
    (folder / "acme" / "transport.py").unlink()
    (folder / "acme" / "transport.py").symlink_to("transport.py")


def _pipe(folder: Path) -> None:
    (folder / "acme" / "transport.py").unlink()
    os.mkfifo(folder / "acme" / "transport.py")


def _compiled(folder: Path) -> None:
    (folder / "acme" / "transport.py").rename(folder / "acme" / "transport.cpython-312-x86_64-linux-gnu.so")


@pytest.mark.parametrize("change", [_huge, _broken, _deep, _no_text, _leads_out, _leads_nowhere, _pipe, _compiled])
def test_what_cannot_be_read_is_left_out_without_a_word(libraries: Path, change: object) -> None:
    """Nobody who checks a project can mend a library."""
    if change is _pipe and not hasattr(os, "mkfifo"):
        pytest.skip("no pipes")
    assert callable(change)
    change(libraries)
    report = api.check_paths(["."], Settings(python="../env"), cache_dir=False, jobs=1)
    assert _blocking(report.findings) == {22: "urllib.request.urlopen"}
    assert report.unreadable == ()
    assert report.defects == ()


def test_nothing_of_an_environment_is_run(libraries: Path, tmp_path: Path) -> None:
    """Neither its interpreter nor what an interpreter runs when it starts."""
    trap = tmp_path / "sprung"
    spring = f"open({str(trap)!r}, 'w').close()"
    python = tmp_path / "env" / "bin" / "python"
    python.unlink()
    python.write_text(f"#!/bin/sh\ntouch {trap}\n")
    python.chmod(0o755)
    _write(
        libraries,
        {
            "acme.pth": f"import sys; {spring}\n../../../../elsewhere\n",
            "sitecustomize.py": spring,
            "acme.egg-link": "../../../../elsewhere\n",
            "acme-1.0.dist-info/METADATA": "Name: \x00\n" * 1000,
            "acme-1.0.dist-info/RECORD": '"' * 100_000,
            "acme/__main__.py": spring,
        },
    )
    (libraries / "acme" / "__init__.py").write_text(f"{spring}\nfrom .client import Client, load_all, harmless\n")
    _write(tmp_path / "elsewhere", {"hidden.py": "import requests\n\n\ndef get():\n    requests.get('x')\n"})
    _write(Path(), {"more.py": "import hidden\n\n\nasync def main():\n    hidden.get()\n"})
    assert sorted(_blocking(_check("../env/bin/python"))) == [12, 17, 22]
    assert not trap.exists()


def test_what_is_read_is_bounded(libraries: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one library and of all together."""
    with monkeypatch.context() as patched:
        patched.setattr(environment, "MOST_OF_ONE", 2)
        assert _blocking(_check()) == {22: "urllib.request.urlopen"}
    for limit in ("MOST_MODULES", "MOST_BYTES", "LARGEST"):
        with monkeypatch.context() as patched:
            patched.setattr(environment, limit, 0)
            assert _blocking(_check()) == {}
    monkeypatch.setattr(calls, "LIBRARY_LIMIT", 0)
    assert _blocking(_check()) == {}


# -- what is kept


def test_facts_of_libraries_are_kept(libraries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged cache costs no finding."""
    cache = tmp_path / "cache"
    first = _check(cache=cache)
    later = time.time() - 3600
    for path in libraries.rglob("*.py"):
        os.utime(path, (later, later))
    assert _check(cache=cache) == first
    with monkeypatch.context() as patched:
        patched.setattr(environment, "extract_one", lambda *_: (None, None))
        assert _check(cache=cache) == first
    for pack in cache.glob("facts-*"):
        data = bytearray(pack.read_bytes())
        for at in range(len(data) // 2, len(data), 97):
            data[at] ^= 0xFF
        pack.write_bytes(data)
    assert _check(cache=cache) == first


def test_a_kept_outcome_depends_on_the_libraries(libraries: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On those that were read, and on what is installed."""
    monkeypatch.setenv("ASYNC_GUARD_KEEP_PROCESS", "1")
    arguments = ["check", ".", "--format", "concise", "--python", "../env", "--cache-dir", "../cache", "--jobs", "1"]
    monkeypatch.setattr(sys, "argv", ["async-guard", *arguments])

    def told() -> str:
        from async_guard.frontends import start

        kept = start.Command(arguments).kept()
        return str(kept[1], "utf-8") if kept is not None else ""

    CliRunner().invoke(cli.cli, arguments)
    assert "requests.Session.request" in told()
    (libraries / "acme" / "transport.py").write_text(
        TRANSPORT.replace("self.session.request", "__import__('time').sleep(1) or str")
    )
    assert told() == ""
    CliRunner().invoke(cli.cli, arguments)
    assert "acme.load_all" in told()
    assert "requests.Session.request" not in told()
    (libraries / "new").mkdir()
    assert told() == ""
