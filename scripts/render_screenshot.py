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
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    done = subprocess.run(
        [sys.executable, "-m", "async_guard", *ARGUMENTS, "--no-cache"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 1:
        raise SystemExit(f"status {done.returncode}, but the example's mistakes must give 1\n{done.stderr}")
    return done.stdout


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
