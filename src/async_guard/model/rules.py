"""What a rule says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from async_guard.model.findings import Severity


@dataclass(frozen=True)
class RuleMeta:
    """Identity of a rule; its documentation is the docstring of the module that holds it.

    ``category`` is the catalogue category that the rule reports (AG101 to AG111), empty for the others.
    """

    code: str
    name: str
    since: str
    severity: Severity = Severity.ERROR
    category: str = ""
    on_by_default: bool = True
