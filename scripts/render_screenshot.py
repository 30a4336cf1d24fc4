"""Renders docs/screenshot.svg from a real run on the bundled example: ``python scripts/render_screenshot.py``."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "screenshot.svg"
ARGUMENTS = ("check", "examples/orders_service", "--select", "AG101,AG102,AG103", "--severity", "error")
"""A selection, because the picture of all findings is too long for a front page."""
WIDTH = 118


def run_output() -> str:
    """What the command prints on a terminal of `WIDTH` columns, with its colours."""
    import fcntl  # these four exist where there are terminals of this kind; the rest of this file is for everybody
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, WIDTH, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    command = [sys.executable, "-m", "async_guard", *ARGUMENTS, "--no-cache"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=theirs) as running:
        os.close(theirs)
        output = b"".join(iter(lambda: _chunk(ours), b""))
    os.close(ours)
    if running.returncode != 1:
        raise SystemExit(f"status {running.returncode}, but the example's mistakes must give 1")
    return output.decode("utf-8").replace("\r\n", "\n")


def _chunk(descriptor: int) -> bytes:
    """What the terminal holds; empty at its end, which Linux reports as an error."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def picture(output: str) -> str:
    """The terminal as SVG."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.assemble(("$ ", "bold green"), " ".join(("async-guard", *ARGUMENTS))))
    console.print(Text.from_ansi(output.rstrip("\n")))
    return console.export_svg(title="async-guard", unique_id="async-guard")


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(picture(run_output()), encoding="utf-8")


if __name__ == "__main__":
    main()
