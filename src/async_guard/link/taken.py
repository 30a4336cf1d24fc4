"""Whether a block takes all the results of what it hands to a pool: ``with Pool() as pool: return list(pool.map(load, names))``.

By then the work is done, so that leaving the block waits for nothing more. Read as it is written: any other use of the pool, and results that
only some way through the block takes, leave the answer open.
"""

from __future__ import annotations

from typing import Any, Final

from async_guard.link import callers
from async_guard.model import facts as F

_CONSUMERS: Final = frozenset(
    ("list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "min", "max", "deque", "Counter")
)
"""Callables that go through all that they are given."""
_VIEWS: Final = frozenset(("zip", "enumerate", "reversed", "tqdm", "map", "iter"))
"""Callables that hand on what they are given, item by item."""
_OF_MAPPINGS: Final = frozenset(("items", "keys", "values"))
_RESULTS: Final = frozenset(("result", "exception"))
_KEEPING: Final = frozenset(("append", "add", "extend"))


def all_taken(body: list[Any], name: str, methods: frozenset[str]) -> bool:
    """Whether a block takes the results of all calls of these methods of what it knows by a name, and does nothing else with that."""
    found = _Block(name, methods)
    found.read(body)
    return found.is_settled()


class _Block:
    """What one block does with a pool."""

    def __init__(self, name: str, methods: frozenset[str]) -> None:
        self.name = name
        self.methods = methods
        self.made: dict[int, Any] = {}
        """Calls that hand work over, by identity."""
        self.taken: set[int] = set()
        self.kept: dict[int, tuple[str, bool]] = {}
        """Of these calls, the name that the result is kept under, and whether it is what the name stands for or only in it."""
        self.gone_through: set[str] = set()
        self.asked: set[str] = set()
        """Names of futures that are all asked for their results."""
        self.is_only_pool = True

    def read(self, body: list[Any]) -> None:
        uses, harmless = 0, 0
        nodes = list(callers.parts([body]))
        for node in nodes:
            if callers.is_call(node) and node[1][0] == F.E_ATTR and node[1][1][:2] == [F.E_NAME, self.name]:
                harmless += 1
                if node[1][2] in self.methods:
                    self.made[id(node)] = node
            elif node[0] == F.E_NAME and len(node) == F.NAME_PARTS and node[1] == self.name:
                uses += 1
        self.is_only_pool = uses == harmless
        for node in nodes if self.is_only_pool else ():
            self.visit(node)

    def is_settled(self) -> bool:
        return self.is_only_pool and all(self.is_taken(call) for call in self.made)

    def is_taken(self, call: int) -> bool:
        name, is_whole = self.kept.get(call, ("", False))
        return call in self.taken or name in self.asked or (is_whole and name in self.gone_through)

    def visit(self, node: Any) -> None:
        """Note what one node takes or keeps."""
        size = len(node)
        if callers.is_call(node):
            self.call(node)
        elif node[0] == F.E_COMP and size == F.COMP_PARTS and node[1] != "gen":
            self.comprehended(node)
        elif node[0] == F.S_FOR and size == F.FOR_PARTS and not _leaves(node[3]):
            self.through(node[2], node[3])
        elif node[0] == F.E_STAR and size == F.STAR_PARTS and node[1].__class__ is list:
            self.through(node[1], [])
        elif node[0] == F.S_ASSIGN and size == F.ASSIGN_PARTS and node[1].__class__ is list and len(node[1]) == 1:
            target = node[1][0]
            if target[0] == F.E_NAME:
                self.keep(target[1], node[2])
            elif target[0] == F.E_SUB and target[1][0] == F.E_NAME:
                self.keep(target[1][1], [target[2], node[2]])
        elif node[0] == F.S_ANN and size == F.ANN_PARTS and node[1].__class__ is list and node[1][0] == F.E_NAME:
            self.keep(node[1][1], node[3])

    def call(self, node: Any) -> None:
        callee = node[1]
        if callee[0] == F.E_ATTR and callee[2] in _RESULTS:
            self.taken.add(id(callee[1]))
            if callee[1][0] == F.E_NAME:
                self.gone_through.add(callee[1][1])
        elif callee[0] == F.E_ATTR and callee[2] in _KEEPING and callee[1][0] == F.E_NAME:
            self.keep(callee[1][1], node[2])
        elif F.last_name(callee) == "wait":
            self.ask(node[2])
        elif F.last_name(callee) in _CONSUMERS:
            for argument in node[2]:
                self.through(argument, [])

    def comprehended(self, node: Any) -> None:
        for generator in node[2]:
            self.through(generator[1], [node[3], node[4]])

    def through(self, e: Any, body: list[Any]) -> None:
        """All items of an expression are gone through, each by ``body``."""
        if id(e) in self.made:
            self.taken.add(id(e))
        elif e[0] == F.E_NAME:
            self.gone_through.add(e[1])
            if _asks(body):
                self.asked.add(e[1])
        elif e[0] == F.E_COMP:
            self.comprehended(e)
        elif e[0] == F.E_CALL:
            called = F.last_name(e[1])
            if called == "as_completed":
                self.ask(e[2])
            elif e[1][0] == F.E_ATTR and called in _OF_MAPPINGS and not e[2]:
                self.through(e[1][1], body)
            elif called in _CONSUMERS or called in _VIEWS:
                for argument in e[2]:
                    self.through(argument, body)

    def ask(self, arguments: list[Any]) -> None:
        """All futures in some expressions are waited for."""
        for node in callers.parts([arguments]):
            self.taken.add(id(node))
            if node[0] == F.E_NAME and len(node) == F.NAME_PARTS and node[1].__class__ is str:
                self.asked.add(node[1])

    def keep(self, name: str, value: Any) -> None:
        """What calls in an expression give is kept under a name."""
        if value is None:
            return
        if id(value) in self.made:
            self.kept[id(value)] = (name, True)
            return
        for node in callers.parts([value]):
            if id(node) in self.made:
                self.kept[id(node)] = (name, False)


def _asks(body: list[Any]) -> bool:
    return any(
        callers.is_call(node) and node[1][0] == F.E_ATTR and node[1][2] in _RESULTS for node in callers.parts([body])
    )


def _leaves(body: list[Any]) -> bool:
    """Whether statements, or those inside them, leave a loop before its end."""
    return any(stmt[0] in (F.S_BREAK, F.S_RETURN) or any(_leaves(block) for block in F.blocks(stmt)) for stmt in body)


__all__ = ["all_taken"]
