"""Extraction on a real cluster: a scheduler and two workers on this machine, which see nothing of the project's folder."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from async_guard.engine.discover import discover
from async_guard.engine.extraction import extract_files
from async_guard.frontends import clusters

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "orders_service"


@dataclass
class Cluster:
    """Where the scheduler listens, and the processes of the workers."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Two workers in an empty folder, each of them one process without a guardian that would start it anew."""
    pytest.importorskip("distributed", reason="needs the extra async-guard[dask]")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "nowhere").mkdir()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        # The cluster itself gives up a task with its worker: what is lost must come back by the engine's own means.
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    }

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            cwd=tmp_path / "nowhere",
            env=environment,
            stdout=log,
            stderr=log,
        )

    with (tmp_path / "log").open("wb") as log:
        started = [start("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")]
        try:
            worker = ("worker", f"tcp://127.0.0.1:{port}", "--no-nanny", "--no-dashboard", "--nthreads", "1")
            started += [start(*worker), start(*worker)]
            _wait_for_workers(port, 2)
            yield Cluster(f"dask://127.0.0.1:{port}", started[1:])
        finally:
            for process in started:
                process.kill()
            for process in started:
                process.wait()


def _wait_for_workers(port: int, count: int) -> None:
    from distributed import Client

    with Client(f"tcp://127.0.0.1:{port}", timeout=60, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_worker_killed_midway_changes_nothing(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts are those of a local run, byte for byte."""
    project = tmp_path / "project"
    project.mkdir()
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py")):
        shutil.copy(path, project)
    monkeypatch.chdir(project)
    files = discover(["."])
    assert len(files) > 100
    local = extract_files(files, 1)
    killed: list[int] = []

    def progress(stage: str, done: int, total: int) -> None:
        if not killed and done < total // 2:
            victim = cluster.workers[0]
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            killed.append(done)

    executor = clusters.executor(cluster.address)
    far = extract_files(files, 1, progress, executor=executor)
    assert killed
    assert cluster.workers[1].poll() is None
    assert {path: facts.encoded for path, facts in far.facts.items()} == {
        path: facts.encoded for path, facts in local.facts.items()
    }
    assert far.unreadable == local.unreadable
    assert far.digests == local.digests


@pytest.mark.slow
def test_the_command_line_says_the_same_as_without_a_cluster(cluster: Cluster) -> None:
    """Whole reports, seconds aside."""

    def told(*options: str) -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "-m", "async_guard", "check", ".", "--format", "json", "--no-cache", *options],
            cwd=EXAMPLE, capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )  # fmt: skip
        assert done.returncode == 1, done.stderr
        document: dict[str, object] = json.loads(done.stdout)
        assert isinstance(document["statistics"], dict)
        del document["statistics"]["seconds"]
        return document

    assert told("--executor", cluster.address) == told()


def test_a_wrong_address_is_named() -> None:
    """Before anything is read."""
    for address in ("dask://", "localhost:8786", "dask://a b:1", "tcp://localhost:8786", "dask://localhost"):
        with pytest.raises(clusters.ClusterError, match="write dask://host:port"):
            clusters.executor(address)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(clusters.ClusterError, match=r"install async-guard\[dask\]"):
        clusters.executor("dask://localhost:8786")


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a short wait."""
    pytest.importorskip("distributed", reason="needs the extra async-guard[dask]")
    monkeypatch.setattr(clusters, "_SECONDS_TO_CONNECT", 1)
    with pytest.raises(clusters.ClusterError, match="no scheduler answers"):
        clusters.executor("dask://127.0.0.1:9")
