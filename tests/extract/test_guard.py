"""libcst may crash, hang or eat memory: one text is lost, and the next is read."""

from __future__ import annotations

import ast
import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from async_guard.extract import guard, lowering_worker
from extract.tree_difference import comparable, difference

TEXT = "async def f(x):\n    return await x['é'].g(1, *y) + 'ü'\n"


@pytest.fixture(autouse=True)
def _no_process_is_left() -> Iterator[None]:
    yield
    guard.stop()


def same_tree(tree: ast.Module) -> bool:
    """Whether this is the tree of the text above."""
    return difference(comparable(tree), comparable(ast.parse(TEXT))) is None


def pid() -> int:
    """The process that reads at present."""
    process = guard._worker()._process
    assert process is not None
    return process.pid


def test_a_text_is_read_in_another_process_and_the_next_in_the_same() -> None:
    """The tree is the interpreter's; starting is paid for once."""
    assert same_tree(guard.read(TEXT))
    first = pid()
    assert first != os.getpid()
    assert same_tree(guard.read(TEXT))
    assert pid() == first


def test_lines_are_counted_from_the_first() -> None:
    """A part of a file keeps its lines."""
    assert guard.read("x\ny", 7).body[1].lineno == 8


@pytest.mark.parametrize("text", ["x = ", "print 'x'", "x = (", "x = t'{a}' t'{'"])
def test_wrong_texts_are_refused(text: str) -> None:
    """An error of the text is an answer: the process goes on."""
    guard.read("x")
    first = pid()
    with pytest.raises(guard.Refused):
        guard.read(text)
    assert pid() == first


BOMBS = {
    "nested parentheses": ("x = " + "(" * 30_000 + ")" * 30_000, None),
    "nested calls": ("x = " + "f(" * 1_600 + ")" * 1_600, None),
    "a long sum": ("x = " + "a + " * 150_000 + "a", 1.5),
    "a long chain": ("x = a" + ".b()" * 20_000, 1.0),
}


@pytest.mark.parametrize(("text", "seconds"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_costs_its_own_text(text: str, seconds: float | None) -> None:
    """Whether the process crashes, aborts or is ended: the reason is told and the next text is read."""
    with pytest.raises(guard.Unread) as caught:
        guard.read(text, 1, seconds or 10.0)
    assert caught.value.reason in ("nested too deeply", "takes too long to read")
    if seconds is not None:
        assert caught.value.reason == "takes too long to read"
    assert same_tree(guard.read(TEXT))


def test_what_python_allows_is_no_bomb() -> None:
    """As deep as CPython goes, libcst goes too, on every system's stack."""
    for text in ("(" * 199 + ")" * 199, "f(" * 150 + ")" * 150, "+".join("a" * 200)):
        tree = guard.read(text)
        assert difference(tree, ast.parse(text)) is None


def test_without_a_limit_of_processor_time_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a system limits no processor time, the waiting ends."""
    boot = "import time\nimport async_guard.extract.lowering as l\nl.lower = lambda *_: time.sleep(60)\nserve()"
    monkeypatch.setattr(guard, "_BOOT", guard._BOOT.replace("serve()", boot))
    monkeypatch.setattr(guard, "PATIENCE", 1.0)
    with pytest.raises(guard.Unread, match="takes too long"):
        guard.read("x", 1, 0.2)


def test_time_is_up_at_once() -> None:
    """A file that has used up its time starts nothing more."""
    with pytest.raises(guard.Unread, match="takes too long"):
        guard.read("x", 1, -1.0)


def test_too_large() -> None:
    """Beyond a size libcst is not asked."""
    with pytest.raises(guard.Unread, match="too large"):
        guard.read("#" * (guard.LARGEST + 1))


def test_a_killed_process_is_replaced() -> None:
    """Somebody else may end the process; the next text starts another."""
    guard.read("x")
    first = pid()
    process = guard._worker()._process
    assert process is not None
    process.kill()
    process.wait()
    assert same_tree(guard.read(TEXT))
    assert pid() != first


def test_an_interpreter_that_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a process nothing is read, and nothing breaks."""
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", "/nonexistent/python")
        with pytest.raises(guard.Unread, match="does not start"):
            guard.read("x")
    monkeypatch.setattr(guard, "_BOOT", "raise SystemExit(3)")
    with pytest.raises(guard.Unread, match="does not start"):
        guard.read("x")


def test_an_unexpected_error_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody foresaw is an answer with its name."""
    boot = "import async_guard.extract.lowering as l\ndef lower(*_): raise KeyError(1)\nl.lower = lower\nserve()"
    monkeypatch.setattr(guard, "_BOOT", guard._BOOT.replace("serve()", boot))
    with pytest.raises(guard.Unread, match="KeyError"):
        guard.read("x")


def test_answers_that_are_no_trees_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes through the pipe is checked."""
    monkeypatch.setattr(guard._Worker, "ask", lambda *_: b'T[["Module", null, 1]]')
    with pytest.raises(guard.Unread, match="no syntax tree"):
        guard.read("x")


def test_nothing_of_the_working_directory_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The analysed project may hold a json.py or a libcst.py: it does not run."""
    for name in ("json", "libcst", "struct", "signal", "ast", "async_guard", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'w').close()\nraise SystemExit\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert same_tree(guard.read(TEXT))
    assert not (tmp_path / "ran").exists()


def test_many_threads() -> None:
    """Threads take turns."""
    trees: dict[int, ast.Module] = {}

    def read(number: int) -> None:
        trees[number] = guard.read(f"x{number} = 1\n" * 50)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {tree.body[0].targets[0].id for tree in trees.values()} == {f"x{n}" for n in range(8)}  # type: ignore[attr-defined]


def _read_here(text: str) -> tuple[int, str]:
    tree = guard.read(text)
    return pid(), ast.dump(tree)


@pytest.mark.parametrize("method", [m for m in ("fork", "spawn") if m in multiprocessing.get_all_start_methods()])
def test_processes_have_their_own(method: str) -> None:
    """In a forked process, which inherits a pipe that is not its own, and in a fresh one."""
    guard.read(TEXT)
    mine = pid()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
        theirs, dumped = pool.submit(_read_here, TEXT).result(timeout=60)
    assert theirs != mine
    assert dumped == ast.dump(ast.parse(TEXT))
    assert same_tree(guard.read(TEXT))
    assert pid() == mine


def test_the_process_ends_with_the_run() -> None:
    """No process is left behind, however the run ends."""
    code = "import os\nfrom async_guard.extract import guard\nguard.read('x')\nprint(guard._worker()._process.pid)\n"
    for ending in ("", "\nos._exit(0)"):
        environment = {**os.environ, "PYTHONPATH": str(Path(guard.__file__).parents[2])}
        done = subprocess.run(
            [sys.executable, "-c", code.strip() + ending.replace("\n", "\nimport sys; sys.stdout.flush()\n")],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert _gone(int(done.stdout))


def _gone(process: int) -> bool:
    if sys.platform == "win32":
        return True
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{process}/stat").exists() and " Z " in Path(f"/proc/{process}/stat").read_text():
            return True
        threading.Event().wait(0.05)
    return False


def test_limits_are_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no resource limits the process runs without."""
    monkeypatch.setitem(sys.modules, "resource", None)
    lowering_worker._limit()
    lowering_worker._limit_time(0.0)
