"""The table of the execution model names proofs: each of them is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROOFS = Path(__file__).parent / "execution_model"
PLACES = (PROOFS / "applications" / "{}.py.txt", PROOFS / "{}.py", PROOFS.parent / "effects" / "{}.md")
PROOF = re.compile(r"(\w+): ((?:`[^`]+`(?:, )?)+)")


def rows() -> list[tuple[str, str]]:
    """What each row is about, and its last cell."""
    text = (ROOT / "docs" / "execution_model.md").read_text("utf-8").partition("## Row by row")[2]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [(row[0], row[-1]) for row in cells if row[-1] != "proof"]


def proofs(cell: str) -> list[tuple[str, str]]:
    """``file: `name`, `name`; file: `name` `` -> pairs."""
    return [(file, name) for file, names in PROOF.findall(cell) for name in re.findall(r"`([^`]+)`", names)]


def is_there(file: str, name: str) -> bool:
    """Whether a file has a mark, function, constant, parameter or case of a name."""
    path = next((p for place in PLACES if (p := Path(str(place).format(file))).exists()), None)
    if path is None:
        return False
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        return f"\n## {name}\n" in text
    words = (f'mark("{name}")', f"def {name}(", f"\n{name} = ", f"\n{name}: ")
    return any(word in text for word in words) or (path.suffix == ".py" and f'"{name}"' in text)


@pytest.mark.parametrize(("what", "cell"), rows(), ids=[what[:60] for what, _ in rows()])
def test_every_row_has_proofs_that_are_there(what: str, cell: str) -> None:
    """Files, and what they are said to hold."""
    found = proofs(cell)
    assert found, what
    assert "".join(re.sub(PROOF, "", cell).split(";")).strip() == ""
    assert [pair for pair in found if not is_there(*pair)] == []


def test_a_proof_that_is_not_there_is_noticed() -> None:
    """A file, a mark, a case."""
    assert is_there("handlers", "handler_def")
    assert is_there("servers", "AG403: lost")
    assert not is_there("nowhere", "handler_def")
    assert not is_there("handlers", "handler")
    assert not is_there("servers", "AG403: los")


def test_the_table_is_whole() -> None:
    """Losing half of it would leave nothing to fail."""
    assert len(rows()) > 95
