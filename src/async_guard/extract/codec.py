"""Facts as bytes: one JSON line for the header, then one JSON line per body. Safe to read from anywhere: nothing in it can run."""

from __future__ import annotations

import json
from typing import Any

from async_guard.model.facts import FACTS_VERSION, ClassHead, FileFacts, FunctionHead


class StaleFacts(ValueError):
    """The bytes hold no facts of this version."""


def encode(facts: FileFacts) -> bytes:
    """Facts to bytes; bodies must be encoded already (as `extract` leaves them)."""
    header = {
        "v": FACTS_VERSION,
        "f": [astuple_fast(f) for f in facts.functions],
        "c": [[c.qualname, c.line, c.parent, c.owner, c.bases, c.methods] for c in facts.classes],
        "calls": facts.calls, "aw": facts.attribute_writes, "gw": facts.global_writes, "iw": facts.item_writes,
        "al": facts.aliases, "n": facts.call_sites, "s": facts.names_codes,
    }  # fmt: skip
    lines = [json.dumps(header, separators=(",", ":"), ensure_ascii=True), *facts.bodies]
    return "\n".join(lines).encode("ascii")


def astuple_fast(head: FunctionHead) -> list[Any]:
    """A function's header as a list, in the order of its fields."""
    return [
        head.qualname, head.line, head.end_line, head.is_async, head.is_generator, head.has_await, head.parent, head.owner,
        head.contract, head.allows, head.has_inner, head.column,
    ]  # fmt: skip


def decode(data: bytes) -> FileFacts:
    """Bytes to facts; bodies stay encoded. Raises `StaleFacts` for anything that is not facts of this version."""
    try:
        first, *bodies = data.decode("ascii").split("\n")
        header = json.loads(first)
        if not isinstance(header, dict) or header.get("v") != FACTS_VERSION:
            raise StaleFacts("another version")
        facts = FileFacts(
            functions=[FunctionHead(*f) for f in header["f"]],
            classes=[ClassHead(*c) for c in header["c"]],
            calls=header["calls"], attribute_writes=header["aw"], global_writes=header["gw"], item_writes=header["iw"],
            aliases=header["al"], call_sites=header["n"], names_codes=header["s"], bodies=bodies,
        )  # fmt: skip
    except (ValueError, TypeError, KeyError) as error:
        raise StaleFacts(str(error)) from None
    if len(bodies) != 1 + len(facts.functions) + len(facts.classes):
        raise StaleFacts("bodies missing")
    return facts


__all__ = ["StaleFacts", "decode", "encode"]
