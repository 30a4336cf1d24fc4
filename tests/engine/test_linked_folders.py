"""A folder that services share is linked into the package of each: its files are read once, and found under both names."""

from __future__ import annotations

from pathlib import Path

import pytest

from async_guard.config.settings import Settings
from async_guard.engine.check import run_paths
from async_guard.engine.discover import discover, module_names, other_names

MAIN = """
from orders.common.waits import wait as again

from . import common
from .common.deep.inner import rest
from .common.waits import wait


async def one():
    wait()


async def two():
    rest()


async def three():
    again()


async def four():
    common.waits.wait()
"""
FILES = {
    "common/src/common/__init__.py": "",
    "common/src/common/waits.py": "import time\n\nfrom .base import SECONDS\n\n\ndef wait():\n    time.sleep(SECONDS)\n",
    "common/src/common/base.py": "SECONDS = 1\n",
    "common/src/common/deep/inner.py": "import time\n\n\ndef rest():\n    time.sleep(1)\n",
    "services/orders/src/orders/__init__.py": "",
    "services/orders/src/orders/main.py": MAIN,
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shared package and a service."""
    for name, text in FILES.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


def link(project: Path) -> None:
    """Link the shared package into the service."""
    (project / "services/orders/src/orders/common").symlink_to("../../../../common/src/common")


def names(project: Path) -> dict[str, str]:
    """The further names of the project as it is."""
    links: dict[str, str] = {}
    files = discover(["."], links=links)
    return other_names(files, module_names(files), links)


def found() -> list[str]:
    """The functions that are found to sleep."""
    run, _ = run_paths(["."], Settings())
    return [f.function.rpartition(".")[2] for f in run.verdicts.findings if f.code == "AG101"]


def test_what_is_linked_is_found(project: Path) -> None:
    """Relative and absolute imports, and a package that is imported whole."""
    assert found() == []
    link(project)
    assert found() == ["one", "two", "three", "four"]


def test_files_are_read_once(project: Path) -> None:
    """By their own path."""
    link(project)
    assert [f.path for f in discover(["."])] == sorted(FILES)


def test_names(project: Path) -> None:
    """Modules and folders."""
    link(project)
    assert names(project) == {
        "services.orders.src.orders.common": "common.src.common",
        "services.orders.src.orders.common.base": "common.src.common.base",
        "services.orders.src.orders.common.deep": "common.src.common.deep",
        "services.orders.src.orders.common.deep.inner": "common.src.common.deep.inner",
        "services.orders.src.orders.common.waits": "common.src.common.waits",
    }


def test_links_around_and_out_say_nothing(project: Path, tmp_path: Path) -> None:
    """To nowhere, out of the project, and to a folder that holds the link."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/far.py").write_text("")
    (project / "services/out").symlink_to(tmp_path / "elsewhere")
    (project / "services/orders/up").symlink_to("..")
    (project / "services/gone").symlink_to("nowhere")
    assert names(project) == {}
