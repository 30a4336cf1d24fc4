"""Writes the tables of README.md that follow from the code: ``python scripts/readme_tables.py``. A test fails while they are stale."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from async_guard.rules.registry import RULES, Rule

README = Path(__file__).parent.parent / "README.md"

FAMILIES = {
    "AG1": "Calls that block the event loop",
    "AG2": "Where code runs",
    "AG3": "Coroutines, tasks and locks",
    "AG4": "Background tasks of FastAPI and Starlette",
    "AG5": "Speed",
    "AG9": "The check itself",
}
"""First characters of the codes -> what these rules are about."""


def rules_table() -> str:
    """All rules by family, in Markdown."""
    lines = ["| code | name | on | finds |", "|---|---|---|---|"]
    for family, title in FAMILIES.items():
        lines.append(f"| **{family}** | **{title}** | | |")
        lines.extend(_row(rule) for code, rule in RULES.items() if code.startswith(family))
    return "\n".join(lines)


def _row(rule: Rule) -> str:
    on = "yes" if rule.meta.on_by_default else "no"
    return f"| {rule.meta.code} | {rule.meta.name} | {on} | {rule.summary.replace('|', chr(92) + '|')} |"


def with_tables(readme: str) -> str:
    """The text of the README with its tables as they must be."""
    block = re.compile(r"(<!-- rules: .* -->\n).*?(<!-- /rules -->)", re.DOTALL)
    if len(block.findall(readme)) != 1:
        raise ValueError("README.md needs one block between <!-- rules: ... --> and <!-- /rules -->")
    return block.sub(lambda match: f"{match[1]}{rules_table()}\n{match[2]}", readme)


def main() -> int:
    """Rewrite README.md if it is stale."""
    text = README.read_text(encoding="utf-8")
    README.write_text(with_tables(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
