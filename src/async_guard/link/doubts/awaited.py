"""What a coroutine awaits, or asks whether it can be awaited: ``await self.close()``, ``if isawaitable(found): found = await found``.

A plain function that gives nothing to await is not the one that is awaited there: another one of its name is. And one that gives a coroutine in one
branch (``if is_async: return self.acall()``) and does the work itself behind it gives the coroutine to whoever awaits what it gives: that the work
is done there as well is a guess. Another guess is that a generator which the other branch gives comes where a coroutine is asked for, and one that
what a coroutine function gave is gone through by ``for``, if ``async for`` can do so as well. So is what a call of either of two objects
(``client: Client | AsyncClient``) does with the one whose method is plain, where its result is awaited and the other's is a coroutine. Asked, as in
`given`, of chains that would be reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes
from async_guard.link.callers import is_await, is_call, parts
from async_guard.link.doubts import given
from async_guard.link.frames import CALL, CORO, Event, Frame
from async_guard.link.program import Class, Fn
from async_guard.link.values import AWAITABLE, BOUND, CLASS, CONST, DICT, FUNC, INST, SEQ, VS, V
from async_guard.link.values import CORO as COROUTINE
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

Links = tuple[tuple[Frame, Event], ...]

_AWAITED: Final = 1
_ASKED: Final = 2
_ASKED_AFTER: Final = 3
"""What is awaited gives what is asked then: ``found = await loop.run_in_executor(None, work)``, ``if iscoroutine(found)``."""
_QUESTIONS: Final = frozenset(("isawaitable", "iscoroutine", "isfuture"))
_KINDS: Final = frozenset(("Coroutine", "Awaitable", "CoroutineType", "Future"))
_PLAIN: Final = frozenset((CONST, SEQ, DICT, CLASS, FUNC, BOUND))


def is_other(ev: Evaluator, links: Links) -> bool:
    """Whether some call of a chain is awaited, but gives nothing to await, or does what it does only where it gives no coroutine."""
    for number in range(len(links) - 1):
        frame, event = links[number]
        called = links[number + 1][0]
        if frame.fn is None or not frame.fn.is_async or event.kind != CALL:
            continue
        if called.fn is None or called.fn.is_async:
            continue
        if _is_for_async_for(ev, frame, event, called) or _is_instead_of_coroutine(frame, event, called):
            return True
        if not is_call(event.node):
            continue
        use = _uses(frame.fn).get((event.pos, event.end), 0)
        is_named = F.last_name(event.node[1]) == called.fn.name
        if use in (_AWAITED, _ASKED_AFTER) and is_named and _gives_nothing_to_await(ev, called):
            return True
        if use == _AWAITED and _is_plain_half(ev, links[number:]):
            return True
        if (
            use
            and (is_named or _is_handed(frame.fn, event.node[1]))
            and _is_behind_coroutine(links[number + 1 :], only_flags=use == _ASKED)
        ):
            return True
    return False


def _is_instead_of_coroutine(frame: Frame, event: Event, called: Frame) -> bool:
    """Whether a generator is what comes out of a call that may give a coroutine, and that is asked whether it does."""
    if frame.fn is None or not called.yields:
        return False
    node = event.node[1] if is_await(event.node) else event.node
    if not is_call(node) or _uses(frame.fn).get((node[4], node[5]), 0) not in (_ASKED, _ASKED_AFTER):
        return False
    return any(
        e.target is not None and e.target is not called and _is_awaited(e.target.ret)
        for e in frame.events
        if e.pos in (event.pos, node[4])
    )


def _is_for_async_for(ev: Evaluator, frame: Frame, event: Event, called: Frame) -> bool:
    """Whether a coroutine is said to ask what another one gave it for an item, although that can be asked by ``async for`` as well."""
    twin = _TWINS.get(called.fn.name) if called.fn is not None else None
    made = called.self_value
    if twin is None or frame.fn is None or made is None or made.k != INST:
        return False
    if attributes.class_attribute(ev, made.a, twin) is None:
        return False
    node = event.node
    while is_call(node) and node[1][0] == F.E_NAME and node[1][1] in _GOES_THROUGH and node[2]:
        node = node[2][0]
    given_by = [node]
    if node[0] == F.E_NAME:
        pairs = [pair for each in _assignments(frame.fn.body["body"]) for pair in each]
        given_by = [value for name, value in pairs if name == node[1] and value[:2] != [F.E_CONST, None]]
    return bool(given_by) and all(is_await(value) and _is_of_coroutine(ev, frame, value[1]) for value in given_by)


def _is_of_coroutine(ev: Evaluator, frame: Frame, call: Any) -> bool:
    """Whether what is awaited is a call of something of the project, which no worker thread does."""
    if not is_call(call):
        return False
    base = call[1]
    while base[0] == F.E_ATTR:
        base = base[1]
    bound = frame.module.bindings.get(base[1], ()) if base[0] == F.E_NAME else ()
    sources = [
        b.data[0] if b.kind == "import" else frame.module.absolute(b.data[0], b.data[1])
        for b in bound
        if b.kind in ("import", "from")
    ]
    if sources or call[1][0] == F.E_NAME:
        return all(ev.program.is_ours(source) for source in sources)
    return bool(ev.program.classes_with_method(F.last_name(call[1])))


_TWINS: Final = {"__next__": "__anext__", "__iter__": "__aiter__"}
_GOES_THROUGH: Final = frozenset(("enumerate", "iter", "next", "list", "tuple"))


def _gives_nothing_to_await(ev: Evaluator, called: Frame) -> bool:
    """Whether all that a plain function gives, which may be None alone, is surely nothing that can be awaited."""
    fn = called.fn
    if fn is None or called.state != _READ or called.yields or fn.name.startswith("__") or fn.is_stub():
        return False
    return all(_is_plain(ev, v) for v in called.ret)


def _is_plain_half(ev: Evaluator, links: Links) -> bool:
    """Whether a call, whose result is awaited or handed on to who awaits it, may as well be one that gives a coroutine, and this one gives none."""
    for number, (frame, event) in enumerate(links[:-1]):
        called = links[number + 1][0]
        if frame.fn is None or called.fn is None or called.fn.is_async or not is_call(event.node):
            return False
        if number and not any(node is event.node for node in F.returned(frame.fn.body["body"])):
            return False
        if not _is_awaited(called.ret) and any(
            e.kind == CORO
            and e.pos == event.pos
            and e.target is not None
            and not _is_override(ev, called.fn, e.target.fn)
            for e in frame.events
        ):
            return True
    return False


def _is_override(ev: Evaluator, fn: Fn, other: Fn | None) -> bool:
    """Whether two methods replace one of a common base: then the plain one stands, by mistake, where a coroutine function is declared."""
    if other is None or fn.owner is None or other.owner is None or fn.name != other.name:
        return False
    bases = attributes.mro(ev, other.owner)
    return any(
        isinstance(base, Class) and base in bases and fn.name in base.own_methods()
        for base in attributes.mro(ev, fn.owner)
    )


_READ: Final = 2
"""The state of a frame that was read."""


def _is_handed(fn: Fn, callee: Any) -> bool:
    """Whether what is called is a parameter: its name says nothing of the function."""
    return callee[0] == F.E_NAME and any(param[0] == callee[1] for param in fn.body["params"])


def is_either(frame: Frame, event: Event) -> bool:
    """Whether a coroutine asks if what a blocking call gives can be awaited: then it may be the call of an asynchronous client as well."""
    if frame.fn is None or not frame.fn.is_async or not is_call(event.node):
        return False
    return _uses(frame.fn).get((event.pos, event.end), 0) == _ASKED


def _uses(fn: Fn) -> dict[tuple[int, int], int]:
    """The calls of a coroutine function whose result is awaited, or is asked whether it can be."""
    if fn.awaits is None:
        names: dict[str, int] = {}
        fn.awaits = {}
        for node in parts([fn.body["body"]]):
            if is_await(node):
                if is_call(node[1]):
                    fn.awaits[(node[1][4], node[1][5])] = _AWAITED
                elif node[1][0] == F.E_NAME:
                    names.setdefault(node[1][1], _AWAITED)
            elif is_call(node) and node[2] and node[2][0][0] == F.E_NAME and _is_question(node):
                names[node[2][0][1]] = _ASKED
        for stmt in _assignments(fn.body["body"]):
            for name, value in stmt:
                if name in names and is_call(value):
                    fn.awaits.setdefault((value[4], value[5]), names[name])
                elif names.get(name) == _ASKED and is_await(value) and is_call(value[1]):
                    fn.awaits[(value[1][4], value[1][5])] = _ASKED_AFTER
    return fn.awaits


def _assignments(body: list[Any]) -> list[list[tuple[str, Any]]]:
    found = []
    for stmt in body:
        if stmt[0] == F.S_ASSIGN:
            found.append([(target[1], stmt[2]) for target in stmt[1] if target[0] == F.E_NAME])
        elif stmt[0] == F.S_ANN and stmt[1][0] == F.E_NAME and stmt[3].__class__ is list:
            found.append([(stmt[1][1], stmt[3])])
        for block in F.blocks(stmt):
            found += _assignments(block)
    return found


def _is_question(call: Any) -> bool:
    """Whether a call asks whether its first argument can be awaited."""
    name = F.last_name(call[1])
    if name in _QUESTIONS:
        return True
    return name == "isinstance" and len(call[2]) > 1 and F.last_name(call[2][1]) in _KINDS


def _is_plain(ev: Evaluator, v: V) -> bool:
    """Whether a value is surely none that can be awaited."""
    if v.k in _PLAIN:
        return True
    if v.k != INST or v.c or attributes.class_attribute(ev, v.a, "__await__") is not None:
        return False
    return all(base in attributes.PLAIN_BASES for base in attributes.library_bases(ev, v.a))


def _is_behind_coroutine(links: Links, *, only_flags: bool) -> bool:
    """Whether a way through what a call runs leads through a function that would have given a coroutine before, where its result is handed on."""
    for frame, event in links:
        if frame.fn is None or frame.fn.is_async:
            return False
        ends = {
            e.pos: e
            for e in frame.events
            if is_call(e.node)
            and (e.kind == CORO or (e.kind == CALL and e.target is not None and _is_awaited(e.target.ret)))
        }
        found = _Behind(frame.fn, event, ends, only_flags=only_flags) if ends else None
        if found is not None and found.gives and found.is_past:
            return True
        if not any(node is event.node for node in F.returned(frame.fn.body["body"])):
            return False
    return False


def _is_awaited(value: VS) -> bool:
    return any(v.k in (COROUTINE, AWAITABLE) for v in value)


class _Behind:
    """Where in a plain function an event stands, and where it gives coroutines.

    Args:
        fn: the function.
        event: what happens in it.
        ends: its calls that give coroutines, by their places.
        only_flags: whether only those branches count that a name alone chooses, as a flag does.
    """

    def __init__(self, fn: Fn, event: Event, ends: dict[int, Event], *, only_flags: bool) -> None:
        self.event = event
        self.ends = ends
        self.only_flags = only_flags
        self.gives = False
        """Whether there is a branch that ends with giving a coroutine."""
        self.is_past = True
        """Whether none is given behind the event."""
        self.block(fn.body["body"])

    def block(self, body: list[Any]) -> bool:
        """Read statements; whether the event stands among them and what is behind it may go on."""
        for number, stmt in enumerate(body):
            if self.holds(stmt):
                if self.inside(stmt):
                    self.is_past = self.is_past and not any(self.may_give(each) for each in body[number + 1 :])
                    return not any(each[0] in given.LEAVES for each in body[number + 1 :])
                return False
            self.gives |= self.chooses(stmt)
        return False

    def inside(self, stmt: Any) -> bool:
        """The same of a statement that the event stands in."""
        inner = [block for block in F.blocks(stmt) if any(self.holds(each) for each in block)]
        if not inner:
            self.is_past = self.is_past and not self.may_give(stmt)
            return stmt[0] not in given.LEAVES
        if stmt[0] in (F.S_FOR, F.S_WHILE):
            self.is_past = self.is_past and not self.may_give(stmt)
        elif stmt[0] == F.S_IF:
            for test, branch in stmt[1]:
                if branch is not inner[0] and self.is_chosen(test) and self.ends_so(branch):
                    self.gives = True
        return self.block(inner[0])

    def holds(self, stmt: Any) -> bool:
        return any(part is self.event.node for part in parts([stmt]))

    def chooses(self, stmt: Any) -> bool:
        """Whether a statement is a branch that ends with giving a coroutine, and goes on otherwise."""
        if stmt[0] == F.S_IF:
            return any(
                (self.is_chosen(test) and self.ends_so(branch)) or any(map(self.chooses, branch))
                for test, branch in stmt[1]
            )
        return stmt[0] in (F.S_TRY, F.S_WITH) and any(self.chooses(each) for block in F.blocks(stmt) for each in block)

    def ends_so(self, branch: list[Any]) -> bool:
        return any(self.may_give(stmt) for stmt in branch)

    def is_chosen(self, test: Any) -> bool:
        """Whether a condition is one that the caller's use of the result stands for."""
        if not self.only_flags:
            return True
        asked = test[2] if test[0] == F.E_BOOL else [test]
        return any(
            e[0] == F.E_NAME or (e[0] == F.E_CMP and e[1][0] == F.E_NAME and e[3][0][:2] == [F.E_CONST, True])
            for e in asked
        )

    def may_give(self, stmt: Any) -> bool:
        """Whether a statement may end the function with a coroutine."""
        return any(value is not None and value[0] == F.E_CALL and value[4] in self.ends for value in F.returned([stmt]))


__all__ = ["is_either", "is_other"]
