"""Executors by address."""

from __future__ import annotations

import re
from concurrent.futures import Executor

_ADDRESS = re.compile(r"dask://(?P<place>\[[0-9A-Fa-f:.]+\]:\d{1,5}|[^\s/:@]+:\d{1,5})")
_SECONDS_TO_CONNECT = 10


class ClusterError(ValueError):
    """An executor that cannot be had; the message says why."""


def executor(address: str) -> Executor:
    """An executor on a running cluster, from ``dask://host:port``. Raises `ClusterError`."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ClusterError(f"--executor {address!r}: no address of a cluster; write dask://host:port")
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError(
            f"--executor {address}: the package distributed is missing; install async-guard[dask]"
        ) from None
    try:
        client = Client(f"tcp://{found['place']}", timeout=_SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"--executor {address}: no scheduler answers: {error}") from None
    # Every task is new work, and none is tried again by the cluster: what is lost, the engine hands out again.
    made: Executor = client.get_executor(pure=False, retries=0)
    return made
