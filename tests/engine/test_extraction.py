"""Extraction gives the same facts wherever it runs, and outlives whoever does the work."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from async_guard import api
from async_guard.config.settings import Settings
from async_guard.engine import extraction
from async_guard.engine.discover import SourceFile, discover
from async_guard.engine.extraction import Outcome, WorkersDiffer, WorkersLost, extract_files, extract_one

linux_only = pytest.mark.skipif(
    sys.platform != "linux", reason="a process that forks inherits what the test has replaced"
)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[SourceFile]:
    """Some files, one of them no Python."""
    for number in range(30):
        (tmp_path / f"m{number:02}.py").write_text(
            f"import time\n\nasync def f{number}():\n    time.sleep({number})\n" * (1 + number % 5)
        )
    (tmp_path / "broken.py").write_text("def (:\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(extraction, "PARALLEL_FROM", 0)
    monkeypatch.setattr(extraction, "_TASK", 300)
    return discover(["."])


def outcome(files: list[SourceFile], jobs: int = 1, executor: Executor | None = None) -> tuple[Any, ...]:
    """Everything that extraction finds out."""
    out = extract_files(files, jobs, executor=executor)
    facts = {path: (f.encoded, f.starts) for path, f in sorted(out.facts.items())}
    return facts, out.unreadable, dict(sorted(out.digests.items()))


def test_one_process_two_and_any_executor_agree(files: list[SourceFile]) -> None:
    """Byte for byte."""
    expected = outcome(files)
    assert len(expected[0]) == 30
    assert [(u.path, u.line) for u in expected[1]] == [("broken.py", 1)]
    assert outcome(files, jobs=2) == expected
    with ThreadPoolExecutor(3) as threads:
        assert outcome(files, executor=threads) == expected
    with ProcessPoolExecutor(2) as processes:
        assert outcome(files, executor=processes) == expected


class Losing(Executor):
    """Loses every so many tasks together with their worker, for good or not."""

    def __init__(self, loses: Callable[[int, Any], bool]) -> None:
        self.loses = loses
        self.submitted = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it, or fail as an executor does whose worker is gone."""
        self.submitted += 1
        future: Future[Any] = Future()
        if self.loses(self.submitted, args[0]):
            future.set_exception(BrokenExecutor("the worker is gone"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_lost_work_is_done_again(files: list[SourceFile]) -> None:
    """Every task is lost twice but one, and nothing is missing."""
    tries: dict[str, int] = {"broken.py": 2}

    def loses(_: int, task: Any) -> bool:
        first = min(path for path, _ in task)
        tries[first] = tries.get(first, 0) + 1
        return tries[first] < 3

    executor = Losing(loses)
    assert outcome(files, executor=executor) == outcome(files)
    assert executor.submitted > 2 * len(tries)


def test_a_file_that_no_worker_survives_is_named(files: list[SourceFile]) -> None:
    """All others are read."""
    executor = Losing(lambda _, task: any(path == "m07.py" for path, _ in task))
    facts, unreadable, _ = outcome(files, executor=executor)
    assert sorted(facts) == sorted(f.path for f in files if f.path not in ("m07.py", "broken.py"))
    assert [(u.path, u.message) for u in unreadable if u.path != "broken.py"] == [
        ("m07.py", "no worker survives reading it")
    ]


def test_an_executor_that_only_fails_is_an_error(files: list[SourceFile]) -> None:
    """Not a list of unreadable files."""
    with pytest.raises(WorkersLost, match="the worker is gone"):
        outcome(files, executor=Losing(lambda *_: True))
    with pytest.raises(api.UsageError, match="the worker is gone"):
        api.check_paths(["."], Settings(), executor=Losing(lambda *_: True), cache_dir=False)


class Older(Losing):
    """Its workers run another version."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it, under another stamp."""
        future = super().submit(fn, *args, **kwargs)
        _, outcomes = future.result()
        other: Future[Any] = Future()
        other.set_result((("0.0.1", 1, (3, 10)), outcomes))
        return other


def test_workers_of_another_version_are_refused(files: list[SourceFile]) -> None:
    """Their facts would not be those of a local run."""
    with pytest.raises(WorkersDiffer, match=r"async-guard 0\.0\.1 .* on Python 3\.10"):
        outcome(files, executor=Older(lambda *_: False))


@linux_only
def test_a_process_that_dies_costs_its_file_only(files: list[SourceFile], monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that it dies over is named, all others are read."""
    expected = outcome(files)

    def deadly(path: str, data: bytes) -> Any:
        if path == "m11.py":
            os._exit(9)
        return extract_one(path, data)

    monkeypatch.setattr(extraction, "extract_one", deadly)
    facts, unreadable, _ = outcome(files, jobs=2)
    assert facts == {path: found for path, found in expected[0].items() if path != "m11.py"}
    assert [(u.path, u.message) for u in unreadable if u.path != "broken.py"] == [
        ("m11.py", "the process that reads it dies")
    ]


@linux_only
def test_a_process_that_dies_once_costs_nothing(
    files: list[SourceFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when memory was short for a moment."""
    expected = outcome(files)

    def deadly(path: str, data: bytes) -> Any:
        if path == "m11.py" and not (tmp_path / "died").exists():
            (tmp_path / "died").touch()
            os._exit(9)
        return extract_one(path, data)

    monkeypatch.setattr(extraction, "extract_one", deadly)
    assert outcome(files, jobs=2) == expected


def test_without_processes_it_goes_on_in_this_one(files: list[SourceFile], monkeypatch: pytest.MonkeyPatch) -> None:
    """Some systems allow no semaphores."""
    expected = outcome(files)

    def none(jobs: int) -> None:
        return None

    monkeypatch.setattr(extraction, "_pool", none)
    assert outcome(files, jobs=2) == expected


def test_what_changes_between_listing_and_reading_is_told(files: list[SourceFile]) -> None:
    """A file gone, and one that is a pipe now, which must not be waited for."""
    Path("m01.py").unlink()
    Path("m02.py").unlink()
    os.mkfifo("m02.py")
    for executor in (None, Losing(lambda *_: False)):
        _, unreadable, _ = outcome(files, executor=executor)
        assert [(u.path, u.message) for u in unreadable if u.path != "broken.py"] == [
            ("m01.py", "cannot be read: No such file or directory"),
            ("m02.py", "no regular file"),
        ]


def test_tasks_are_handed_out_as_they_are_done() -> None:
    """A client that sends files holds only so many of them in memory."""
    taken = 0

    def tasks() -> Iterator[list[tuple[str, bytes]]]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield [(f"{number}.py", b"")]

    waiting: list[Future[Any]] = []

    class Slow(Executor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_result(fn(*args))
            waiting.append(future)
            return future

    outcomes: Iterator[Outcome] = extraction.elsewhere(Slow(), tasks())
    next(outcomes)
    assert taken <= extraction._IN_FLIGHT
    assert len(list(outcomes)) == 999
