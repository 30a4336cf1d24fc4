"""What FastAPI, Starlette and uvicorn do themselves for an application, and where: uploads, files, compression, streams that are left, imports.

``applications/watcher.py.txt`` notes it in the running libraries. Of what they do async-guard reports nothing; what a handler does itself with
what it is given it must place as they do.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from async_guard.api import check_sources
from execution_model.environments import COMPANIONS, fastapi_version, shared
from execution_model.test_placement import APPLICATIONS

ALWAYS: dict[str, dict[str, str]] = {
    "/file_sent": {"open": "worker"},
    "/json_decoded": {"decode": "loop"},
    # A plain dependency runs in a copy of the context.
    "/variable": {"not seen": "loop"},
    "/variable_async": {"seen": "worker"},
    # How many of the forty threads are taken: none by the way out of a dependency, which has a thread of its own.
    "/tokens": {"enter": "1", "handler": "1", "stream": "1", "task": "1", "leave": "0"},
    "/lookup": {"exception handler": "1"},
    "/left_async": {"finally": "loop"},
    "module imported by the server": {
        "import": "loop",
        "asyncio.run() cannot be called from a running event loop": "loop",
    },
    "module imported before": {"import": "worker", "prepare": "loop"},
}
BY_THE_HANDLER: dict[str, dict[str, dict[str, str]]] = {
    "upload_awaited": {"small": {"read from memory": "loop"}, "large": {"read from disk": "worker"}},
    "upload_read_in_async": {"small": {"read from memory": "loop"}, "large": {"read from disk": "loop"}},
    "upload_read_in_def": {"small": {"read from memory": "worker"}, "large": {"read from disk": "worker"}},
    "upload_not_awaited": {"small": {}, "large": {}},
}
"""What is read of an upload, by handler and size of the upload."""
ROLLED_OVER = {"0.105.0": "loop", "0.115.14": "loop"}
"""Where an upload goes from memory to disk while it is received: in a worker from Starlette 0.48 on."""
COMPRESSED = {"newest": "worker"}
"""Where 128 KiB are compressed: in a worker from Starlette 1.4 on."""
VERSIONS = {
    "newest": ("fastapi",),
    "starlette 1.3": ("fastapi", "starlette<1.4"),
    "0.118.0": ("fastapi==0.118.0",),
    "0.115.14": ("fastapi==0.115.14",),
    "0.105.0": ("fastapi==0.105.0",),
}

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module", params=VERSIONS, ids=str)
def watched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Any]:
    """One version: its name, its Python, and what was done for which request and where."""
    folder = tmp_path_factory.mktemp("inside")
    python = shared(tmp_path_factory, *VERSIONS[request.param], *COMPANIONS)
    for name in ("inside", "imported", "watcher"):
        (folder / f"{name}.py").write_text((APPLICATIONS / f"{name}.py.txt").read_text("utf-8"), encoding="utf-8")
    run = [str(python), "watcher.py"]
    done = subprocess.run(run, cwd=folder, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-4000:]
    return request.param, python, json.loads(done.stdout.splitlines()[-1])


def test_libraries_work_where_the_table_says(watched: tuple[str, Path, Any]) -> None:
    """Files, bodies, context variables, threads, the import of an application's module."""
    _, _, seen = watched
    assert {path: seen.get(path) for path in ALWAYS} == ALWAYS


def test_compression_is_where_the_table_says(watched: tuple[str, Path, Any]) -> None:
    """Of a body of 128 KiB, and of one that is a byte shorter."""
    version, _, seen = watched
    assert seen["/compressed/large"] == {"compress": COMPRESSED.get(version, "loop")}
    assert seen["/compressed/small"] == {"compress": "loop"}


def test_uploads_are_read_where_the_table_says(watched: tuple[str, Path, Any]) -> None:
    """In memory up to one megabyte, on disk beyond."""
    version, _, seen = watched
    for handler, by_size in BY_THE_HANDLER.items():
        received = {"small": {"write to memory": "loop"}}
        rolled = ROLLED_OVER.get(version, "worker")
        received["large"] = {**received["small"], "roll over": rolled, "write to disk": "worker"}
        assert {size: seen[f"/{handler}/{size}"] for size in by_size} == {
            size: {**received[size], **by_size[size]} for size in by_size
        }


def test_uploads_are_reported_where_the_disk_is_read_on_the_loop(watched: tuple[str, Path, Any]) -> None:
    """A handler leads to a finding if it reads from disk on the loop, and only then; to another one if it reads nothing at all."""
    _, python, seen = watched
    source = (APPLICATIONS / "inside.py.txt").read_text("utf-8")
    configuration = f'[tool.async-guard]\nfastapi-version = "{fastapi_version(python)}"\n'
    report = check_sources({"inside.py": source, "pyproject.toml": configuration}, select=["AG1", "AG3"])
    found = {(f.function.rpartition(".")[2], f.code[:3]) for f in report.findings}
    blocking = {name for name in BY_THE_HANDLER if seen[f"/{name}/large"].get("read from disk") == "loop"}
    assert blocking == {"upload_read_in_async"}
    assert {name for name, code in found if code == "AG1" and name in BY_THE_HANDLER} == blocking
    unread = {name for name in BY_THE_HANDLER if not any("read" in what for what in seen[f"/{name}/large"])}
    assert unread == {"upload_not_awaited"}
    assert {name for name, code in found if code == "AG3"} == unread


def test_what_ends_a_plain_stream_that_is_left_is_a_matter_of_the_collector(watched: tuple[str, Path, Any]) -> None:
    """Its ``finally`` runs when somebody collects garbage, on the loop; in old releases when the program ends."""
    version, _, seen = watched
    assert "/left" not in seen
    if version == "0.105.0":
        assert "finally" not in seen.get("/left/collected", {})
    else:
        assert seen["/left/collected"] == {"finally": "loop"}


def test_a_module_is_not_reported_for_what_it_runs_when_it_is_imported() -> None:
    """Whether a loop runs then is up to who imports it."""
    source = (APPLICATIONS / "imported.py.txt").read_text("utf-8")
    assert not check_sources({"imported.py": source}, select=["AG1", "AG304"]).findings


@pytest.mark.parametrize(("version", "waits"), [("newest", False), ("0.110.3", False), ("0.105.0", True)])
def test_a_task_behind_a_middleware_holds_its_connection_in_old_releases(
    version: str, waits: bool, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """With Starlette 0.27 the next request on the connection waits for the task; the loop does not, and nothing is reported."""
    requirement = VERSIONS.get(version, (f"fastapi=={version}",))
    python = shared(tmp_path_factory, *requirement, *COMPANIONS)
    source = (APPLICATIONS / "keep_alive.py.txt").read_text("utf-8")
    (tmp_path / "keep_alive.py").write_text(source, encoding="utf-8")
    run = [str(python), "-W", "ignore", "keep_alive.py"]
    done = subprocess.run(run, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-4000:]
    assert (float(done.stdout) > 0.7) == waits
    assert not check_sources({"keep_alive.py": source}, select=["AG1"]).findings
