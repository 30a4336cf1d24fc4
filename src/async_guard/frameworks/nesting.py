"""What lets loops run inside loops, and which frameworks apply it before they run an application."""

from __future__ import annotations

from typing import Final

PATCHES: Final = ("nest_asyncio", "nest_asyncio2")
"""Libraries whose ``apply()`` patches asyncio so that ``asyncio.run`` may be called on a running loop.

Source: https://github.com/erdewit/nest_asyncio
"""
HOSTS: Final = frozenset(("chainlit",))
"""Frameworks whose own command runs an application that imports them, and patches asyncio before.

Source: ``chainlit/cli/__init__.py`` calls ``nest_asyncio.apply()`` when it is imported.
"""

__all__ = ["HOSTS", "PATCHES"]
