"""The check of the catalogue against installed libraries, without installing any."""

from __future__ import annotations

import importlib.util
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from async_guard.catalogue.index import build
from async_guard.catalogue.load import Catalogue
from async_guard.catalogue.schema import Document

SCRIPTS = Path(__file__).parents[2] / "scripts"

LIBRARY = """
import contextlib

class Client:
    def get(self): return self.send()
    def send(self): return _socket_send()
    def upload(self): return self.send()
    def update_name(self): self.name = 1
    async def fetch(self): ...
    async def aget(self): ...

class Made:
    def __init__(self): self.send = print

class Sibling(Client):
    def extra(self): ...

class Driver: ...
class OtherDriver:
    def only_mine(self): ...
    def more(self): ...

class Lazy:
    def __getattr__(self, name): ...

def get(): return Client().send()
def post(): return Client().send()
class Base:
    class Made: ...
class Whole(Base):
    class Base:
        def start(self): self.stop = print
        def use(self): self.seek()
def get_name(): return "name"
async def request(): ...
@contextlib.asynccontextmanager
async def stream(): yield
async def each(): yield
def _socket_send(): ...
alias = get
number = 1
"""

CONTENT: dict[str, Any] = {
    "library": "Fake",
    "pypi": "fake",
    "category": "http",
    "distributions": {"other": "other-lib", "fakelib_probed": "fake"},
    "gone": ["fakelib_probed.bygone*"],
    "function": [
        {"names": ["fakelib_probed.get", "fakelib_probed.old.get"], "severity": "error", "because": "b"},
        {"names": ["fakelib_probed.request", "fakelib_probed.gone"], "severity": "error", "because": "b"},
        {"names": ["fakelib_probed.stream"], "severity": "none", "returns": "acm[any]"},
        {"names": ["fakelib_probed.each"], "severity": "none", "returns": "awaitable[any]"},
        {"names": ["other.call"], "severity": "none"},
        {"names": ["fakelib_probed.number"], "severity": "none"},
        {"names": ["fakelib_probed.bygone_call"], "severity": "none"},
    ],
    "class": [
        {"names": ["fakelib_probed.Client", "fakelib_probed.Sibling"], "severity": "error", "because": "b", "blocking": ["get", "fetch"],
         "safe": ["extra", "nowhere"]},
        {"names": ["fakelib_probed._Private"], "safe": ["x"]},
        {"names": ["fakelib_probed.Made"], "safe": ["send"]},
        {"names": ["fakelib_probed.Driver"], "safe": ["only_mine", "nobodys"]},
        {"names": ["fakelib_probed.OtherDriver"], "bases": ["fakelib_probed.Driver"], "safe": ["more"]},
        {"names": ["fakelib_probed.Base", "fakelib_probed.Whole.Base", "fakelib_probed.Whole"], "safe": ["start", "stop", "seek"]},
        {"names": ["fakelib_probed._Hidden", "fakelib_probed.Base.Made"], "safe": ["perhaps"]},
        {"names": ["fakelib_probed.Lazy"], "severity": "error", "because": "b", "blocking": ["anything"]},
    ],
    "value": [{"names": ["fakelib_probed.alias"], "type": "any"}],
}  # fmt: skip


def script(name: str) -> ModuleType:
    """A file of scripts/ as a module."""
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def probed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The report on the library above."""
    path = list(sys.path)
    check, probe = script("check_catalogue"), script("catalogue_probe")
    (tmp_path / "fakelib_probed.py").write_text(LIBRARY, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    document = Document("fake.toml", CONTENT)
    request = check.request_for(document, Catalogue(build([document])))
    (tmp_path / "request.json").write_text(json.dumps(request), encoding="utf-8")
    probe.main(str(tmp_path / "request.json"), str(tmp_path / "answer.json"))
    done = check.Checked("fake")
    check._compare(done, document, json.loads((tmp_path / "answer.json").read_text(encoding="utf-8")))
    yield {"request": request, "done": done, "table": check.table([done])}
    sys.path[:] = path
    for name in ("check_catalogue", "catalogue_probe", "fakelib_probed"):
        sys.modules.pop(name, None)


def test_only_named_distributions_are_installed(probed: dict[str, Any]) -> None:
    """No name is guessed, and the standard library is none."""
    assert probed["request"]["distributions"] == ["fake", "other-lib"]
    assert probed["done"].versions == {"fake": "", "other-lib": ""}


def test_what_is_missing_is_told_from_what_moved_and_what_was_not_installed(probed: dict[str, Any]) -> None:
    """A method that one class of a table has, or another path to the same class, or a class that inherits from it, is not missing; names
    that only the catalogue has are not asked for.
    """
    done = probed["done"]
    assert done.missing == [
        "fakelib_probed.Base.seek",
        "fakelib_probed.Client.nowhere",
        "fakelib_probed.Driver.nobodys",
        "fakelib_probed.gone",
        "fakelib_probed.number (not callable)",
    ]
    assert done.gone == ["fakelib_probed.bygone_call"]
    assert done.old_paths == ["fakelib_probed.old.get"]
    assert done.not_installed == ["other"]
    assert "_Private" not in json.dumps(probed["request"])
    assert done.failed


def test_another_nature_than_stated_is_found(probed: dict[str, Any]) -> None:
    """Coroutine functions listed as blocking, asynchronous generators listed as awaitables."""
    assert probed["done"].nature == [
        "fakelib_probed.Client.fetch is async", "fakelib_probed.Sibling.fetch is async",
        "fakelib_probed.each is async generator", "fakelib_probed.request is async",
    ]  # fmt: skip
    assert probed["done"].uncertain == [
        "fakelib_probed.Base.Made.perhaps", "fakelib_probed.Base.stop", "fakelib_probed.Lazy.anything", "fakelib_probed.Made.send",
    ]  # fmt: skip


def test_public_callables_that_wait_are_offered(probed: dict[str, Any]) -> None:
    """By name and by what their code does; not under a second name, and not what is known."""
    assert probed["done"].new == ["fakelib_probed.Client.send", "fakelib_probed.Client.upload", "fakelib_probed.post"]


def test_the_table_shows_numbers_and_then_names(probed: dict[str, Any]) -> None:
    """One line for each library."""
    lines = probed["table"].splitlines()
    assert lines[0].split()[:3] == ["library", "version", "names"]
    assert lines[1].split()[0] == "fake"
    assert "fake, missing:" in lines
    assert "  fakelib_probed.gone" in lines


@pytest.fixture
def loaded() -> Iterator[tuple[ModuleType, ModuleType]]:
    """The check, and the reading of sources."""
    path = list(sys.path)
    yield script("catalogue_sources"), script("check_catalogue")
    sys.path[:] = path
    for name in ("check_catalogue", "catalogue_sources"):
        sys.modules.pop(name, None)


def test_the_standard_library_of_other_versions_is_known(loaded: tuple[ModuleType, ModuleType]) -> None:
    """From the stubs of the type checker: later versions, other systems; not what nobody has."""
    _, check = loaded
    known = (
        "pathlib.Path.copy",
        "socket.fromshare",
        "select.kqueue",
        "compression.zstd.open",
        "asyncio.Queue.shutdown",
    )
    assert [name for name in known if not check._in_another_python(name)] == []
    unknown = ("pathlib.Path.no_such_method", "os.no_such_function", "requests.get")
    assert [name for name in unknown if check._in_another_python(name)] == []


def test_sources_are_read_as_they_run(loaded: tuple[ModuleType, ModuleType], tmp_path: Path) -> None:
    """The last star wins, a module may set a method on its class, and the ``yield`` of an inner function is not the function's own."""
    sources, _ = loaded
    with zipfile.ZipFile(tmp_path / "starred-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in SOURCES.items():
            wheel.writestr(name, text)
    request = {
        "distributions": ["starred"],
        "functions": {"starred.tools.late": "sync", "starred.outer": "async", "starred.each": "async"},
        "classes": {"starred.Client": {"directions": "sync", "nowhere": "sync", "path": "sync"}},
        "values": [],
    }
    answer = sources.answer(tmp_path, request)
    assert answer["functions"] == {
        "starred.tools.late": "ok",
        "starred.outer": "ok",
        "starred.each": "is async generator",
    }
    assert answer["classes"]["starred.Client"]["methods"] == {
        "directions": "uncertain",
        "nowhere": "missing",
        "path": "ok",
    }


def test_a_metaclass_leaves_a_class_closed_unless_it_makes_classes(
    loaded: tuple[ModuleType, ModuleType], tmp_path: Path
) -> None:
    """Abstract classes, data classes and those whose metaclass only has methods are what they say; one that `__new__` makes may be more."""
    sources, _ = loaded
    with zipfile.ZipFile(tmp_path / "made-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("made/__init__.py", MADE)
    names = ("Abstract", "Record", "Registered", "Generated")
    classes = {f"made.{name}": {"there": "sync", "nowhere": "sync"} for name in names}
    request = {"distributions": ["made"], "functions": {}, "classes": classes, "values": []}
    found = sources.answer(tmp_path, request)["classes"]
    assert {name: found[f"made.{name}"]["methods"] for name in names} == {
        "Abstract": {"there": "ok", "nowhere": "missing"},
        "Record": {"there": "ok", "nowhere": "missing"},
        "Registered": {"there": "ok", "nowhere": "missing"},
        "Generated": {"there": "ok", "nowhere": "uncertain"},
    }


MADE = """
import abc
from dataclasses import dataclass
from typing import Generic, TypeVar
T = TypeVar("T")
class Names(type):
    def by_name(cls, name): ...
class Maker(type):
    def __new__(mcs, name, bases, body): ...
class Abstract(abc.ABC, Generic[T], metaclass=abc.ABCMeta):
    def there(self): ...
@dataclass(frozen=True)
class Record:
    def there(self): ...
class Registered(metaclass=Names):
    def there(self): ...
class Generated(metaclass=Maker):
    def there(self): ...
"""

SOURCES = {
    "starred/__init__.py": """
from starred.early import *
from starred.later import *
def directions(client): ...
class Client:
    path = staticmethod(directions)
Client.directions = print(directions)
async def outer():
    async def inner(): yield
    return inner
async def each(): yield
""",
    "starred/early/__init__.py": "",
    "starred/early/tools.py": "",
    "starred/later/__init__.py": "from starred.later import tools",
    "starred/later/tools.py": "def late(): ...",
}


def test_an_unknown_library_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """With the names that there are."""
    path = list(sys.path)
    check = script("check_catalogue")
    with pytest.raises(SystemExit) as caught:
        check.main(["no_such_library"])
    assert "'no_such_library'; there are " in str(caught.value.code)
    assert "requests" in str(caught.value.code)
    assert [path.stem for path in check._chosen(["Requests", "redis"])] == ["requests", "redis"]
    sys.path[:] = path
    sys.modules.pop("check_catalogue", None)
