"""Facts as bytes: one line of JSON for the header, then the bodies, one after the other. Safe to read from anywhere: nothing in it can run."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import Any
from zlib import crc32

from async_guard.model.facts import FACTS_VERSION, ClassHead, FileFacts, FunctionHead


class StaleFacts(ValueError):
    """The bytes hold no facts of this version."""


_dumps = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), check_circular=False).encode


def encode(facts: FileFacts) -> bytes:
    """Facts, as `extract` leaves them, to bytes."""
    header = {
        "v": FACTS_VERSION,
        "f": [_function(f) for f in facts.functions],
        "c": [[c.qualname, c.line, c.parent, c.owner, c.bases, c.methods] for c in facts.classes],
        "calls": facts.calls, "aw": facts.attribute_writes, "gw": facts.global_writes, "iw": facts.item_writes,
        "al": facts.aliases, "n": facts.call_sites, "a": facts.has_async, "s": facts.names_codes,
        "b": [len(body) for body in facts.bodies],
    }  # fmt: skip
    return "".join([_dumps(header), "\n", *facts.bodies]).encode("ascii")


def _function(head: FunctionHead) -> list[Any]:
    """A function's header as a list, in the order of its fields."""
    return [
        head.qualname, head.line, head.end_line, head.is_async, head.is_generator, head.has_await, head.parent, head.owner,
        head.contract, head.allows, head.has_inner, head.column,
    ]  # fmt: skip


def decode(data: bytes, start: int = 0, end: int | None = None, check: int | None = None) -> FileFacts:
    """Bytes to facts; bodies stay encoded, and ``data`` stays in memory for them.

    Args:
        data: bytes that hold facts.
        start: where in ``data`` the facts start.
        end: where they end.
        check: the checksum of bytes from elsewhere, whose header is then looked at more closely.

    Raises:
        StaleFacts: they are not facts of this version.
    """
    if end is None:
        end = len(data)
    try:
        if check is not None and crc32(memoryview(data)[start:end]) != check:
            raise StaleFacts("damaged")
        first = data.index(b"\n", start, end)
        header = json.loads(data[start:first].decode("ascii"))
        if not isinstance(header, dict) or header.get("v") != FACTS_VERSION:
            raise StaleFacts("another version")
        if check is not None:
            _refuse_cycles(header["f"], header["c"])
        facts = FileFacts(
            functions=[FunctionHead(*f) for f in header["f"]],
            classes=[ClassHead(*c) for c in header["c"]],
            calls=header["calls"], attribute_writes=header["aw"], global_writes=header["gw"], item_writes=header["iw"],
            aliases=header["al"], call_sites=header["n"], has_async=header["a"], names_codes=header["s"],
            encoded=data, starts=list(accumulate(header["b"], initial=first + 1)),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise StaleFacts(str(error)) from None
    if len(facts.starts) != 2 + len(facts.functions) + len(facts.classes) or facts.starts[-1] != end:
        raise StaleFacts("bodies missing")
    return facts


def _refuse_cycles(functions: list[list[Any]], classes: list[list[Any]]) -> None:
    """Whoever is inside something comes after it; facts that say otherwise would have the linker walk in circles."""
    for number, function in enumerate(functions):
        if not -1 <= function[6] < number or not -1 <= function[7] < len(classes):
            raise StaleFacts("a function inside itself")
    for number, found in enumerate(classes):
        if not -1 <= found[2] < len(functions) or not -1 <= found[3] < number:
            raise StaleFacts("a class inside itself")


__all__ = ["StaleFacts", "decode", "encode"]
