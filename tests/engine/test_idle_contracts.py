"""Contracts in the configuration that are about no function."""

from __future__ import annotations

import warnings

import pytest

from async_guard.api import check_sources
from async_guard.engine.check import ContractWarning

SOURCE = "class Repository:\n    def load(self):\n        return 1\n\n\ndef read():\n    return 2\n"


@pytest.mark.parametrize(
    ("key", "name", "nearest"),
    [
        ("blocking", "app.Repository.lod", "app.Repository.load"),
        ("nonblocking", "app.Repository", "app.Repository.load"),
        ("runs-in-thread", "app.raed", "app.read"),
    ],
)
def test_a_contract_without_a_function_is_told_with_its_key_and_the_nearest_name(
    key: str, name: str, nearest: str
) -> None:
    """Whoever mistypes a name believes that callers are warned."""
    files = {"app.py": SOURCE, "async-guard.toml": f'{key} = ["{name}"]\n'}
    with pytest.warns(ContractWarning, match=rf"\] {key}: '{name}' .*did you mean '{nearest}'\?"):
        check_sources(files)


def test_a_contract_with_a_function_is_not_told() -> None:
    """Functions and methods go by their dotted names."""
    files = {"app.py": SOURCE, "async-guard.toml": 'blocking = ["app.read"]\nnonblocking = ["app.Repository.load"]\n'}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_sources(files)
