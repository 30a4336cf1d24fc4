"""What a test puts something else in place of, by `unittest.mock` or pytest: the call that would block is not made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from async_guard.link.callers import is_call, parts
from async_guard.link.frames import CALL, Event, Frame
from async_guard.link.linked import Linked, text
from async_guard.link.program import Fn
from async_guard.link.values import CLASS, CONST, EXT, MODULE, V
from async_guard.model import facts as F
from async_guard.rules.judgement.scopes import body_of
from async_guard.rules.judgement.syntax import assignment, statements

_PATCHING: Final = frozenset(("patch", "object", "multiple", "setattr"))
"""The last names of calls that put something else in place."""
_SHORTEST: Final = 2
"""Parts of a dotted name that say what is meant, whatever stands before them."""


def is_through_test(links: Sequence[tuple[Frame, Any]]) -> bool:
    """Whether a way begins in the application and comes through what only a test hands over: a double that sleeps, a runner of its own."""
    return not links[0][0].module.is_test and any(frame.module.is_test for frame, _ in links)


class Patched:
    """What tests patch, by their functions."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.by_fn: dict[Fn, frozenset[str]] = {}

    def is_replaced(self, links: tuple[tuple[Frame, Event], ...]) -> bool:
        """Whether something that a chain calls is replaced by the test that the chain starts in."""
        fn = links[0][0].fn
        targets = self.of(fn) if fn is not None else frozenset()
        return bool(targets) and any(_means(target, name) for name in _called(links) for target in targets)

    def of(self, fn: Fn) -> frozenset[str]:
        """Dotted names that a test patches: in its body or decorators, those of its class, or in fixtures of its module."""
        found = self.by_fn.get(fn)
        if found is None:
            found = self.by_fn[fn] = frozenset(self._find(fn))
        return found

    def _find(self, fn: Fn) -> Iterator[str]:
        if not any(name in fn.module.facts.calls for name in _PATCHING):
            return
        frame = fn.module.frame
        up: Fn | None = fn
        while up is not None:
            yield from self._in(frame, [up.body["body"], up.body["decorators"]])
            up = up.parent
        if fn.owner is not None:
            yield from self._in(frame, [fn.owner.body["decorators"]])
        given = {param[0] for param in fn.body["params"]}
        for other in fn.module.functions:
            if other is not fn and (other.name in given or _is_for_all(other)) and _is_fixture(other):
                yield from self._in(frame, [other.body["body"]])

    def _in(self, frame: Frame, pieces: list[Any]) -> Iterator[str]:
        for node in parts(pieces):
            if is_call(node) and F.last_name(node[1]) in _PATCHING and node[2]:
                yield from self._targets(frame, node)

    def _targets(self, frame: Frame, call: Any) -> Iterator[str]:
        kind, first = F.last_name(call[1]), call[2][0]
        whole = [v.a for v in self.linked.evaluator.ev(first, frame) if v.k == CONST and v.a.__class__ is str]
        if whole and kind != "object":
            yield from (str(name) for name in whole if "." in name)
            return
        attribute = call[2][1] if len(call[2]) > 1 else None
        if kind == "patch" or attribute is None or attribute[0] != F.E_CONST or attribute[1].__class__ is not str:
            return
        owners = [_dotted(v) for v in self.linked.evaluator.ev(first, frame)]
        yield from (f"{owner}.{attribute[1]}" for owner in owners or [text(first)] if owner)


def _dotted(v: V) -> str:
    if v.k == MODULE:
        return str(v.a)
    return str(v.a.dotted) if v.k == CLASS else str(v.a) if v.k == EXT else ""


def _called(links: tuple[tuple[Frame, Event], ...]) -> Iterator[str]:
    """Dotted names under which what a chain calls is found: as the calling module writes it, where it is defined, and in the library."""
    for frame, event in links:
        if event.node is not None and is_call(event.node):
            yield f"{frame.module.name}.{text(event.node[1])}"
        if event.kind == CALL and event.target is not None and event.target.fn is not None:
            yield event.target.fn.dotted
    yield links[-1][1].name
    yield from _makers(*links[-1])


def _makers(frame: Frame, event: Event) -> Iterator[str]:
    """What gave the object whose method blocks, where a variable of the function holds it."""
    if frame.fn is None or event.node is None or not is_call(event.node) or event.node[1][0] != F.E_ATTR:
        return
    base = event.node[1][1]
    while base[0] == F.E_ATTR:
        base = base[1]
    for stmt in statements(body_of(frame.fn)) if base[0] == F.E_NAME else ():
        given = assignment(stmt)
        pairs = [(given[0][0], given[1])] if given is not None else []
        if stmt[0] == F.S_WITH:
            pairs = [(item[1], item[0]) for item in stmt[1] if item[1] is not None]
        for target, value in pairs:
            if target[:2] == base[:2] and is_call(value):
                name = text(value[1])
                yield from (f"{frame.module.name}.{name}", name if "." in name else f"builtins.{name}")


def _means(target: str, name: str) -> bool:
    """Whether what is patched is what is called or holds it: `app.service.requests` holds `app.service.requests.get`."""
    if f"{name}.".startswith(f"{target}."):
        return True
    # The folder in which imports start may be another one than that in which the project was looked at.
    return target.count(".") >= _SHORTEST and f".{target}." in f".{name}."


def _is_fixture(fn: Fn) -> bool:
    return any(F.last_name(d[1] if d[0] == F.E_CALL else d) == "fixture" for d in fn.body["decorators"])


def _is_for_all(fn: Fn) -> bool:
    """``@pytest.fixture(autouse=True)``."""
    return any(
        d[0] == F.E_CALL and any(name == "autouse" and value[1:2] == [True] for name, value in d[3])
        for d in fn.body["decorators"]
    )


__all__ = ["Patched", "is_through_test"]
