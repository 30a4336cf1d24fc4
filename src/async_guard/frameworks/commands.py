"""Command lines: click, Typer and what follows them."""

from __future__ import annotations

from async_guard.frameworks.tables import Framework

FRAMEWORK = Framework(
    name="commands", classes={}, aliases={}, commands=("command",),
    command_lines=("click", "typer", "cyclopts", "asyncclick", "rich_click", "asyncer", "async_typer", "aiocli", "sayer", "arguably"),
)  # fmt: skip
