"""The settings of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Settings:
    """Everything a project can set. Field names are the configuration keys with ``_`` for ``-``."""

    select: tuple[str, ...] = ()
    """Codes or prefixes to report instead of the default set."""
    extend_select: tuple[str, ...] = ()
    """Codes or prefixes to report beside the default set."""
    ignore: tuple[str, ...] = ()
    """Codes or prefixes not to report."""
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Gitignore-style patterns of files -> codes or prefixes not to report there."""
    exclude: tuple[str, ...] = ()
    """Gitignore-style patterns of files not to read."""
    severity: str = "info"
    """Lowest severity shown."""
    fail_on: str = "warning"
    """Lowest severity that makes a run fail, or ``never``."""
    negligible: bool = False
    """Also show calls that cost microseconds."""
    confidence: str = "probable"
    """Lowest confidence shown."""
    src: tuple[str, ...] = ()
    """Import roots beside ``src``."""
    fastapi_version: str = ""
    """Version in force; empty: read from the project's lock or requirements, else the newest."""
    starlette_version: str = ""
    mcp_version: str = ""
    python: str = ""
    """Interpreter or folder of the environment whose libraries are read where the catalogue does not know them; empty: none are."""
    baseline: str = ""
    """Path of a baseline file."""
    catalogue: Mapping[str, Any] = field(default_factory=dict)
    """The project's own catalogue entries, in the format of the shipped ones."""
    catalogue_files: tuple[str, ...] = ()
    """TOML files with further catalogue entries."""
    blocking: tuple[str, ...] = ()
    """Dotted names of functions that block by the project's word."""
    nonblocking: tuple[str, ...] = ()
    """Dotted names of functions that do not block, whatever they call."""
    runs_in_thread: tuple[str, ...] = ()
    """Dotted names of functions that always run in a worker thread."""
    group: str = "file"
    """How the terminal view groups findings."""

    def selects(self, code: str, on_by_default: bool) -> bool:
        """Whether a rule's findings are wanted. The most specific of the matching selectors decides; at equal length ``ignore`` wins."""
        wanted = max((len(s) for s in (*self.select, *self.extend_select) if code.startswith(s)), default=-1)
        unwanted = max((len(s) for s in self.ignore if code.startswith(s)), default=-1)
        if wanted < 0:
            wanted = 0 if on_by_default and not self.select else -1
        return wanted >= 0 and wanted > unwanted if unwanted >= 0 else wanted >= 0

    def contracts(self) -> dict[str, str]:
        """The project's contracts by dotted function name."""
        out = dict.fromkeys(self.blocking, "blocking")
        out.update(dict.fromkeys(self.nonblocking, "nonblocking"))
        out.update(dict.fromkeys(self.runs_in_thread, "runs-in-thread"))
        return out
