"""Command lines: click, Typer and what follows them."""

from __future__ import annotations

from async_guard.frameworks.tables import Framework

FRAMEWORK = Framework(name="commands", classes={}, aliases={}, commands=("command",))
