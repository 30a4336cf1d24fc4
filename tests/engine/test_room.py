"""Code that is written to be deep costs the scope that it stands in, never the process."""

from __future__ import annotations

import sys
import threading

import pytest

from async_guard import api
from async_guard.engine.room import on_a_large_stack
from async_guard.link.evaluator import LEVELS

BEHIND = "\n\nasync def last():\n    time.sleep(1)\n"
ALIASES = "import time\n\nf0 = time.sleep\n" + "".join(f"f{n} = f{n - 1}\n" for n in range(1, 4 * LEVELS))
CALLS = "import time\n\ndef f0(x=None):\n    return f0\n" + "".join(
    f"\ndef f{n}(x=None):\n    return f{n - 1}{'()' * 400}\n" for n in range(1, 100)
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ALIASES + f"\nasync def first():\n    f{4 * LEVELS - 1}(1)\n", id="names for names"),
        pytest.param(CALLS + "\nasync def first():\n    f99()\n", id="calls of what calls give, in functions that call each other"),
    ],
)  # fmt: skip
def test_what_is_too_deep_is_named_and_the_rest_is_read(text: str) -> None:
    """The depth at which reading ends is the same for the compiled linker, whose stack nothing else guards."""
    report = api.check_sources({"deep.py": text + BEHIND})
    assert [f.function for f in report.findings if f.code == "AG101"][-1:] == ["deep.last"]
    assert all("nested too deeply" in defect.message for defect in report.defects)
    assert report.defects


def test_a_large_stack_gives_and_raises_what_the_work_does() -> None:
    """The work runs in a thread of its own, whose stack size is nobody else's."""
    before = threading.stack_size()
    assert on_a_large_stack(lambda: threading.current_thread().name) == "async-guard"
    assert threading.stack_size() == before
    with pytest.raises(SystemExit, match="7"):
        on_a_large_stack(lambda: sys.exit(7))
