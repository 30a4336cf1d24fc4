"""Coroutines that a program runs once: ``asyncio.run(main())`` under ``if __name__ == "__main__"`` or in a command, and what they await.

What they do outside a loop happens when the program starts or stops, like what a lifespan does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes, callers, joins, meant, names
from async_guard.link.frames import CORO, LOOP, WORKER, Event, Frame
from async_guard.link.values import EXT
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator
    from async_guard.link.program import Fn, Module

_NAME: Final = "main"
"""What a coroutine is called that is a program and nothing that others may want to await."""


def coroutines(
    ev: Evaluator, holders: Iterable[Frame], entries: Iterable[Frame]
) -> tuple[set[Frame], set[Frame], set[Frame]]:
    """Of the frames that loops run, those that run once in a program, of these the ones that only commands of a command line run, and those
    that begin while nothing else runs on their loop.

    Args:
        ev: has read everything.
        holders: frames that loops run themselves.
        entries: what somebody else runs.
    """
    others = {frame.fn for frame in entries}
    held = [frame for frame in holders if frame.fn is not None and frame.is_async and frame.fn not in others]
    uses = Uses(ev)
    found = {fn: _is_main(ev, fn, uses) for fn in dict.fromkeys(frame.fn for frame in held) if fn is not None}
    first = {fn for fn, begins in found.items() if begins}
    commands = {fn for fn, begins in found.items() if begins == _COMMANDED}
    incoming: dict[Fn, list[tuple[Frame, Event]]] = {}
    for frame in ev.frames:
        for event in frame.events:
            if event.kind in (CORO, LOOP) and event.target is not None and event.target.fn is not None:
                incoming.setdefault(event.target.fn, []).append((frame, event))
    known = first
    alone = _alone(ev, {frame.fn for frame in held if frame.fn is not None}, incoming, first, uses)
    while True:
        left = {frame.fn for frame in held if frame.fn is not None and frame.fn not in known}
        more = {fn for fn in left if _is_begun_once(ev, fn, incoming, known, uses)}
        if not more:
            once = _with_readings(held, {frame for frame in held if frame.fn in known})
            lonely = {frame for frame in held if frame.fn in alone} | _of_scripts(ev, held)
            return once, {frame for frame in once if frame.fn in commands}, lonely
        known |= more
        commands |= {
            fn
            for fn in more
            if all(frame.fn in commands for frame, _ in incoming[fn] if not _is_tested_by(frame.module, fn))
        }


def _alone(
    ev: Evaluator, fns: set[Fn], incoming: dict[Fn, list[tuple[Frame, Event]]], first: set[Fn], uses: Uses
) -> set[Fn]:
    """The coroutines that a program awaits, however often, while nothing else runs on its loop: those that begin it, and what these await."""
    known = set(first)
    others = spawning(ev.frames)
    while True:
        more = {
            fn
            for fn in fns - known
            if fn in incoming
            and all(
                frame.fn in known
                and event.pos in joined_calls(frame)  # awaited at once, and not beside others
                and not is_endless(frame, event)
                and is_alone(frame, _end_of(frame, event), others, event.pos)
                for frame, event in incoming[fn]
            )
            and is_only_called_in(ev, fn, known, uses)
        }
        if not more:
            return known
        known |= more


def _of_scripts(ev: Evaluator, held: list[Frame]) -> set[Frame]:
    """Of the frames that loops run, those of files which are run and which nobody imports, and in which nothing starts a task or waits for long."""
    modules = {frame.module for frame in held if _is_script(ev, frame.module)}
    if not modules:
        return set()
    busy = {frame.module for frame in spawning(ev.frames, starts_tasks) if frame.module in modules}
    busy |= {frame.module for frame in ev.frames if frame.module in modules and _goes_on(frame)}
    return {frame for frame in held if frame.module in modules - busy}


def _goes_on(frame: Frame) -> bool:
    """Whether a scope runs several coroutines at once, or waits for what comes: ``while True``, ``while not stopped.is_set()``."""
    if any(e.kind == LOOP or (e.kind == CORO and _is_comprehended(frame, e)) for e in frame.events):
        return True
    todo = [frame.fn.body["body"]] if frame.fn is not None else []
    while todo:
        for stmt in todo.pop():
            if (
                stmt[0] == F.S_WHILE
                and stmt[1][0] not in (F.E_NAME, F.E_CMP)
                and any(map(callers.is_await, callers.parts([stmt])))
            ):
                return True
            todo += F.blocks(stmt)
    return False


def _is_script(ev: Evaluator, module: Module) -> bool:
    """Whether a file ends with ``if __name__ == "__main__"`` and no other names it."""
    if not any(stmt[0] == F.S_IF and _asks_for_main(stmt[1][0][0]) for stmt in module.body):
        return False
    ending = f'{module.name.rpartition(".")[2]}"'
    return not any(True for other in ev.program if other is not module for _ in other.facts.mentions(ending))


def _asks_for_main(test: Any) -> bool:
    return bool(
        test[0] == F.E_CMP and test[1][:2] == [F.E_NAME, "__name__"] and test[3][0][:2] == [F.E_CONST, "__main__"]
    )


def _end_of(frame: Frame, event: Event) -> int:
    """The position up to which code runs before an event happens, for the last time: the end of the loop that it stands in."""
    if not event.looped:
        return event.pos
    loops = loops_of(frame, event)
    return max((event.pos, *_calls_among(callers.parts(loops[:1]))))


def is_lonely(frame: Frame, event: Event, spawning: set[Frame]) -> bool:
    """Whether something in a coroutine that begins while nothing else runs on its loop happens while that is still so.

    Args:
        frame: the coroutine.
        event: what happens in it.
        spawning: what `spawning` gives.
    """
    return not is_endless(frame, event) and is_alone(frame, _end_of(frame, event), spawning, event.pos)


def _with_readings(held: list[Frame], begun: set[Frame]) -> set[Frame]:
    """The frames that run once, with those readings of other coroutines for which only such frames and commands ask.

    What others ask of the same coroutine, with other arguments, is a reading of its own.
    """
    incoming: dict[Frame, list[tuple[Frame, Event]]] = {}
    for frame in held:
        for event in frame.events:
            if event.kind in (CORO, LOOP) and event.target is not None:
                incoming.setdefault(event.target, []).append((frame, event))
    left = [frame for frame in held if frame not in begun and frame in incoming and _is_own_reading(frame)]
    while True:
        more = {
            frame
            for frame in left
            if all(
                is_command(user.module.path) or (user in begun and not event.looped) for user, event in incoming[frame]
            )
        }
        if not more:
            return begun
        begun = begun | more
        left = [frame for frame in left if frame not in more]


def _is_own_reading(frame: Frame) -> bool:
    """Whether a frame is what a function does with some arguments, and not what it does with any."""
    keys = [key for key, found in frame.fn.contexts.items() if found is frame] if frame.fn is not None else []
    return bool(keys) and all(len(key) == _READING and key[-1] for key in keys)


_READING: Final = 3
"""Parts of the key of a reading with arguments: where the function was defined, the object, the arguments."""


def is_command(path: str) -> bool:
    """Whether a file is of a program's command line: ``cli.py``, ``cli/list.py``, ``__main__.py``."""
    *folders, name = path.split("/")
    return name in _COMMANDS or not _FOLDERS.isdisjoint(folders)


_COMMANDS: Final = ("cli.py", "_cli.py", "__main__.py")
_FOLDERS: Final = frozenset(("cli", "_cli"))


def is_last(frame: Frame, event: Event) -> bool:
    """Whether something stands in a ``finally`` around what a coroutine that begins a program does: it ends the program, too."""
    if frame.fn is None or event.node is None:
        return False
    endings = [stmt[4] for stmt in frame.fn.body["body"] if stmt[0] == F.S_TRY and stmt[4]]
    return any(part is event.node for part in callers.parts(endings))


def begins_server(frame: Frame, event: Event) -> bool:
    """Whether a coroutine goes on, behind something, with serving as long as it is not stopped: ``await server.serve()``."""
    if frame.fn is None or is_repeated(frame, event):
        return False
    return any(
        callers.is_await(node) and callers.is_call(node[1]) and node[1][4] > event.pos and _serves(node[1])
        for node in callers.parts([frame.fn.body["body"]])
    )


def _serves(call: Any) -> bool:
    callee = call[1]
    if callee[0] != F.E_ATTR or call[2] or call[3]:
        return False
    return bool(callee[2] == "serve_forever" or (callee[2] == "serve" and F.last_name(callee[1]).endswith("server")))


def is_alone(frame: Frame, pos: int, spawning: set[Frame], at: int = 0) -> bool:
    """Whether nothing else runs on the loop at a position of a coroutine that begins a program: no task was started before and is not over.

    Args:
        frame: the coroutine.
        pos: the position.
        spawning: what `spawning` gives.
        at: where it happens, if the position is the end of the loop that it stands in.
    """
    started = [mark[1].pos for mark in frame.marks if mark[0] == "makes-task" and mark[1].pos < pos]
    started += [e.pos for e in frame.events if e.pos < pos and e.kind == LOOP]
    if started:
        joined, over = joined_calls(frame), joins.over(frame.fn)
        started = [
            each for each in started if each not in joined and not _is_over(each, over.get(each, 0), at or pos, pos)
        ]
    started += [e.pos for e in frame.events if e.pos < pos and e.kind != LOOP and e.target in spawning and _is_here(e)]
    if not started or frame.fn is None:
        return not started
    ends = frozenset(
        e.pos for e in frame.events if e.target is not None and e.target.fn is not None and e.target.fn.never_returns()
    )
    return all(_passes_by(frame.fn.body["body"], each, pos, ends) for each in started)


def _is_over(started: int, over: int, at: int, pos: int) -> bool:
    """Whether what was started is waited for before something happens at a place, and before a loop around both begins again."""
    if not over or over > pos:
        return False
    return over < at or at < started


def spawning(frames: Iterable[Frame], own: Callable[[Frame], bool] | None = None) -> set[Frame]:
    """Of all scopes, those that leave tasks running, or call what does.

    Args:
        frames: the scopes.
        own: what tells a scope that does so itself, if that is not `leaves_tasks`.
    """
    users: dict[Frame, list[Frame]] = {}
    found: set[Frame] = set()
    does = leaves_tasks if own is None else own
    for frame in frames:
        for event in frame.events:
            if event.kind != LOOP and event.target is not None and _is_here(event):
                users.setdefault(event.target, []).append(frame)
        if does(frame):
            found.add(frame)
    queue = list(found)
    while queue:
        for user in users.get(queue.pop(), ()):
            if user not in found:
                found.add(user)
                queue.append(user)
    return found


def starts_tasks(frame: Frame) -> bool:
    """Whether a scope itself starts a task or has a loop run something, without waiting for it at once."""
    return bool(_started(frame))


def leaves_tasks(frame: Frame) -> bool:
    """Whether a scope itself starts a task or has a loop run something that may still run when it is left."""
    started = _started(frame)
    if not started:
        return False
    over = joins.over(frame.fn)
    return any(pos not in over for pos in started)


def _started(frame: Frame) -> list[int]:
    started = [mark[1].pos for mark in frame.marks if mark[0] == "makes-task"]
    started += [event.pos for event in frame.events if event.kind == LOOP]
    if not started:
        return started
    joined = joined_calls(frame)
    return [pos for pos in started if pos not in joined]


def _is_here(event: Event) -> bool:
    """Whether something happens on the loop of the code that makes it happen: another thread has a loop of its own, if it has any."""
    return event.kind != WORKER and not event.off_loop


def joined_calls(frame: Frame) -> frozenset[int]:
    """The positions of calls whose result is awaited at once: what ``await asyncio.gather(...)`` starts is over behind it."""
    fn = frame.fn
    if fn is None:
        return frozenset()
    if fn.joined is None:
        awaited = [part[1] for part in callers.parts([fn.body["body"]]) if callers.is_await(part)]
        fn.joined = _calls_among(awaited)
    return fn.joined


def _calls_among(nodes: Iterable[Any]) -> frozenset[int]:
    return frozenset(node[4] for node in nodes if callers.is_call(node))


def _is_comprehended(frame: Frame, event: Event) -> bool:
    """Whether a call stands in a comprehension, which makes it for each of what it goes through."""
    fn = frame.fn
    if fn is None:
        return False
    if fn.comprehended is None:
        whole = [
            part[3:5] for part in callers.parts([fn.body["body"]]) if part[0] == F.E_COMP and len(part) == F.COMP_PARTS
        ]
        fn.comprehended = _calls_among(callers.parts(whole))
    return event.pos in fn.comprehended


def _passes_by(body: list[Any], pos: int, later: int, ends: frozenset[int]) -> bool:
    """Whether a call stands in a branch that leaves the function, and a later place does not stand there.

    Args:
        body: the statements.
        pos: the call.
        later: the later place.
        ends: the calls of functions that always raise.
    """
    for stmt in body:
        for block in F.blocks(stmt):
            if stmt[0] == F.S_IF and _leaves(block, ends):
                places = {part[4] for part in callers.parts([block]) if callers.is_call(part)}
                if pos in places and not any(place >= later for place in places):
                    return True
            if _passes_by(block, pos, later, ends):
                return True
    return False


def _leaves(block: list[Any], ends: frozenset[int]) -> bool:
    """Whether a block leaves the function at its end: by ``return``, ``raise``, ``sys.exit()``, or either way of an ``if``."""
    if not block:
        return False
    stmt = block[-1]
    if stmt[0] == F.S_EXPR and stmt[1][0] == F.E_CALL:
        return F.last_name(stmt[1][1]) in ("exit", "_exit") or stmt[1][4] in ends
    if stmt[0] == F.S_IF:
        return all(_leaves(inner, ends) for inner in (*(branch for _, branch in stmt[1]), stmt[2]))
    return stmt[0] in (F.S_RETURN, F.S_RAISE)


def is_statement(frame: Frame, event: Event) -> bool:
    """Whether a call is a statement of its own, so that nobody takes what it gives."""
    todo = [frame.fn.body["body"]] if frame.fn is not None else [frame.module.body]
    while todo:
        for stmt in todo.pop():
            if stmt[0] == F.S_EXPR and stmt[1] is event.node:
                return True
            todo += F.blocks(stmt)
    return False


def is_repeated(frame: Frame, event: Event) -> bool:
    """Whether something in a coroutine happens again and again, and not only for each of a few things that are written down."""
    if not event.looped:
        return _is_comprehended(frame, event)
    loops = loops_of(frame, event)
    return not loops or any(
        loop[0] != F.S_FOR or loop[5] or not _is_written_down(frame.module, loop[2]) for loop in loops
    )


def is_endless(frame: Frame, event: Event) -> bool:
    """Whether something stands in a loop that may wait for what comes: ``while`` with an ``await`` in it, ``async for``."""
    return event.looped and any(
        loop[5] if loop[0] == F.S_FOR else len(loop) == 1 or any(map(callers.is_await, callers.parts([loop])))
        for loop in loops_of(frame, event)
    )


def loops_of(frame: Frame, event: Event) -> list[Any]:
    """The loops of a scope around an event that stands in some, none for what a comprehension repeats."""
    found = _loops_around(frame.fn.body["body"], event.node) if frame.fn is not None else None
    return [[F.S_WHILE]] if found is None else found


def _loops_around(body: list[Any], node: Any) -> list[Any] | None:
    """The loops that a node stands in; None where it does not stand in a body."""
    for stmt in body:
        if not any(part is node for part in callers.parts([stmt])):
            continue
        inside = next((found for block in F.blocks(stmt) if (found := _loops_around(block, node)) is not None), None)
        if stmt[0] in (F.S_FOR, F.S_WHILE) and (inside is not None or stmt[0] == F.S_WHILE):
            return [stmt, *(inside or ())]
        return inside or []
    return None


def _is_row(bound: Any) -> bool:
    return bool(bound.kind == "value" and not bound.path and bound.data[0] in (F.E_SEQ, F.E_DICT))


def _is_written_down(module: Module, iterable: Any) -> bool:
    """Whether what a loop goes through stands in the code: a row of constants, a variable of the module that is one."""
    if iterable[0] in (F.E_SEQ, F.E_DICT):
        return True
    if iterable[0] == F.E_NAME:
        bound = module.bindings.get(iterable[1], ())
        return bool(bound) and all(_is_row(b) for b in bound)
    if iterable[0] != F.E_CALL or iterable[1].__class__ is not list:
        return False
    if iterable[1][0] == F.E_ATTR:
        return iterable[1][2] in ("items", "keys", "values") and _is_written_down(module, iterable[1][1])
    return iterable[1][1] in ("enumerate", "sorted", "reversed", "zip", "list", "tuple") and all(
        _is_written_down(module, each) for each in iterable[2]
    )


class Uses:
    """Which calls may mean a function: what a call was found to mean elsewhere does not count."""

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self._readings: dict[Any, list[Frame]] | None = None
        self._open: dict[Any, set[int]] = {}
        self._wanted: dict[Fn, callers.Wanted] = {}

    def of(self, fn: Fn, module: Module, scope: Fn | None, *, known_only: bool) -> Iterator[Any]:
        """The calls in a scope that may call a function; with ``known_only`` only those that are known to."""
        wanted = self._wanted.get(fn)
        if wanted is None:
            wanted = self._wanted[fn] = callers.Wanted(self.ev, fn, fn.name)
        found = callers.sites(self.ev.program, scope if scope is not None else module)
        for node in (node for name in wanted.names for node in found.get(name, ())):
            if _is_library_call(self.ev, node, module) or not meant.may_mean(self.ev, node, fn, module, scope):
                continue
            if fn.owner is not None and scope is not None and not wanted.means(node, scope):
                continue
            if self._may_mean(node, fn, module, scope, known_only=known_only):
                yield node

    def is_made_where(self, fn: Fn, known: set[Fn]) -> bool:
        """Whether the objects of a method's class are only made where a program begins: nobody else has one to call it on."""
        if fn.owner is None:
            return False
        below = (fn.owner, *attributes.subclasses(self.ev, fn.owner))
        makers = {frame for cls in below for frame in self.ev.makers.get(cls, ())}
        return bool(makers) and all(frame.fn in known or _is_begin(self.ev, frame.module, frame.fn) for frame in makers)

    def _may_mean(self, node: Any, fn: Fn, module: Module, scope: Fn | None, *, known_only: bool) -> bool:
        """Whether a call in a scope may call a function: it does in some reading, or nobody knows what it calls."""
        if self._readings is None:
            self._readings = {}
            for frame in self.ev.frames:
                if frame.fn is not None:  # a generator expression has a frame, but no function
                    self._readings.setdefault(frame.fn, []).append(frame)
        key = scope if scope is not None else module
        readings = [frame for frame in self._readings.get(key, ()) if frame.state == _READ]
        if not readings:
            return not known_only
        if key not in self._open:
            self._open[key] = {id(one[2]) for frame in readings for one in frame.unresolved}
        if id(node) in self._open[key] and not known_only:
            return True
        return any(
            e.node is node and e.target is not None and e.target.fn is fn for frame in readings for e in frame.events
        )


_READ: Final = 2
"""The state of a frame that was read to its end."""


def _is_begun_once(
    ev: Evaluator, fn: Fn, incoming: dict[Fn, list[tuple[Frame, Event]]], known: set[Fn], uses: Uses
) -> bool:
    """Whether only coroutines that run once make this one, and not in a loop."""
    made = [(frame, event) for frame, event in incoming.get(fn, ()) if not _is_tested_by(frame.module, fn)]
    if not made or any(frame.fn not in known or is_repeated(frame, event) for frame, event in made):
        return False
    return is_only_called_in(ev, fn, known, uses)


def scopes_that_call(ev: Evaluator, fn: Fn) -> Iterator[tuple[Module, Fn | None]]:
    """Scopes that call something of a function's name, but for those of tests; None stands for the body of the module."""
    for module, index in ev.program.callers(fn.name, fn.module):
        if not _is_tested_by(module, fn):
            yield module, module.functions[index] if index >= 0 else None


def is_only_called_in(ev: Evaluator, fn: Fn, known: set[Fn], uses: Uses) -> bool:
    """Whether no scope but some known ones has a call that may mean a function."""
    known_only = uses.is_made_where(fn, known)
    for module, scope in scopes_that_call(ev, fn):
        if scope not in known and any(True for _ in uses.of(fn, module, scope, known_only=known_only)):
            return False
    return True


def _is_called(ev: Evaluator, fn: Fn, uses: Uses) -> bool:
    """Whether any scope has a call that may mean a function."""
    for module, index in ev.program.callers(fn.name, fn.module):
        scope = module.functions[index] if index >= 0 else None
        if any(True for _ in uses.of(fn, module, scope, known_only=False)):
            return True
    return False


def _is_tested_by(module: Module, fn: Fn) -> bool:
    """Whether a module is a test of what a function is part of: what it calls happens there and stalls nobody else."""
    return module.is_test and not fn.module.is_test


def _is_main(ev: Evaluator, fn: Fn, uses: Uses) -> int:
    """Whether all that is ever done with a coroutine function is that a call runs a loop for it, where the program or a command begins."""
    if fn.head.is_generator:
        return _NO
    decorators = [each for each in fn.body["decorators"] if each[:2] != [F.E_NAME, "staticmethod"]]
    if decorators:
        # Whatever else decorates a command only runs it: `@cli.command()` above the project's own `@run_async`.
        if not any(_is_of_command_line(ev, fn.module, each) for each in decorators):
            return _NO
        return _NO if _is_called(ev, fn, uses) else _COMMANDED
    is_named = fn.owner is None and _NAME in fn.name.split("_")
    is_private = is_named or (fn.parent is not None and not fn.parent.is_async) or fn.name.startswith("_")
    begins: list[int] = []
    is_step = True
    known_only = uses.is_made_where(fn, set())
    for module, index in ev.program.callers(fn.name, fn.module):
        if _is_tested_by(module, fn):
            continue
        scope = module.functions[index] if index >= 0 else None
        found = list(uses.of(fn, module, scope, known_only=known_only))
        if not found:
            continue
        written = callers.sites(ev.program, scope if scope is not None else module)
        wanted = set(map(id, found))
        holding = _holding(scope.body["body"] if scope is not None else module.body, wanted)
        run: set[int] = set()
        for node in (node for calls in written.values() for node in calls if node[2]):
            given = _unwrapped(node[2][0])
            made = wanted.intersection((id(given), *map(id, holding.get(given[1], ()) if given[0] == F.E_NAME else ())))
            if made and _runs_a_loop(ev, node, module, scope):
                run |= made
        if wanted - run:
            return _NO
        begins.append(_is_begin(ev, module, scope))
        is_step = is_step and _is_step(run, scope)
    if is_private and begins:
        return min(max(each, _BEGUN) for each in begins)
    begun = min((each for each in begins if each), default=_NO)
    return _BEGUN if is_step and begins and not begun and not _is_offered(ev, fn) else begun


def _unwrapped(given: Any) -> Any:
    """The coroutine that a loop is run for, without what waits for it alone: ``main()`` of ``asyncio.wait_for(main(), 10)``."""
    while given[0] == F.E_CALL and given[2] and F.last_name(given[1]) in _WAITING_FOR_ONE:
        given = given[2][0]
    return given


_WAITING_FOR_ONE: Final = ("shield", "wait_for")


def _holding(body: list[Any], wanted: set[int]) -> dict[str, list[Any]]:
    """Variables that hold some coroutines and are used once, as ``task = main()`` of ``loop.run_until_complete(task)``, with all they hold."""
    held = {
        stmt[1][0][1]
        for stmt in F.statements(body)
        if stmt[0] == F.S_ASSIGN and id(stmt[2]) in wanted and stmt[1] and stmt[1][0][0] == F.E_NAME
    }
    found: dict[str, list[Any]] = {}
    for name in held:
        target = [F.E_NAME, name]
        made = [s[2] for s in F.statements(body) if s[0] == F.S_ASSIGN and s[1] and s[1][0][:2] == target]
        used = sum(1 for part in callers.parts([body]) if part[0] == F.E_NAME and callers.is_use(part, name))
        if used == len(made) + 1:
            found[name] = made
    return found


def _is_step(run: set[int], scope: Fn | None) -> bool:
    """Whether a function runs a loop for each of some coroutines as one of several steps, and not to give back what they give."""
    if scope is None or scope.is_async:
        return False
    body = [stmt for stmt in scope.body["body"] if stmt[0] != F.S_EXPR or stmt[1][0] != F.E_CONST]
    steps = {id(stmt[1][2][0]) for stmt in body if stmt[0] == F.S_EXPR and callers.is_call(stmt[1]) and stmt[1][2]}
    return len(body) > 1 and run <= steps


def _is_offered(ev: Evaluator, fn: Fn) -> bool:
    """Whether a package offers a coroutine function to others, who may await it: by a class, ``__all__``, or an import into a package."""
    if fn.owner is not None or fn.parent is not None or fn.module.is_package or "__all__" in fn.module.bindings:
        return True
    return any(other.is_package and fn.name in other.bindings for other in ev.program)


def _is_library_call(ev: Evaluator, node: Any, module: Module) -> bool:
    """Whether a call names something of a library, whatever functions of the project are called the same: ``subprocess.run(...)``."""
    callee = node[1]
    if callee[0] != F.E_ATTR or callee[1][0] != F.E_NAME:
        return False
    base = names.module_value(ev, module, callee[1][1]) or ()
    return bool(base) and all(v.k == EXT for v in base)


def _runs_a_loop(ev: Evaluator, node: Any, module: Module, scope: Fn | None) -> bool:
    """Whether a call is ``asyncio.run(f())`` or the like, as it is written."""
    if not node[2]:
        return False
    callee, dotted = node[1], ""
    if callee[0] in (F.E_ATTR, F.E_NAME):
        dotted = _written(ev, callee, module)
    entry = ev.catalogue.lookup(dotted) if dotted else None
    if entry is None and callee[0] == F.E_ATTR:  # `loop.run_until_complete(f())`, whatever the loop is called
        method = ev.catalogue.method(_A_LOOP, callee[2])
        if method is None and callee[1][0] == F.E_NAME:
            made = _maker(scope.body["body"] if scope is not None else module.body, callee[1][1])
            method = ev.catalogue.method(_written(ev, made, module), callee[2]) if made is not None else None
        entry = method[1] if method is not None else None
    return getattr(entry, "role", "") == "runs-loop"


def _written(ev: Evaluator, e: Any, module: Module) -> str:
    """The dotted name of something of a library, by how it is written."""
    if e[0] == F.E_ATTR:
        return f"{e[1][1]}.{e[2]}" if e[1][0] == F.E_NAME else ""
    value = names.module_value(ev, module, e[1]) or () if e[0] == F.E_NAME else ()
    return value[0].a if len(value) == 1 and value[0].k == EXT else ""


def _maker(body: list[Any], name: str) -> Any:
    """What is called to make what a local name holds: ``asyncio.Runner`` of ``with asyncio.Runner() as runner``."""
    made = []
    for stmt in body:
        if stmt[0] == F.S_WITH:
            made += [item[0] for item in stmt[1] if item[1] is not None and item[1][:2] == [F.E_NAME, name]]
        elif stmt[0] == F.S_ASSIGN and any(target[:2] == [F.E_NAME, name] for target in stmt[1]):
            made.append(stmt[2])
        for block in F.blocks(stmt):
            inner = _maker(block, name)
            if inner is not None:
                return inner
    return made[0][1] if len(made) == 1 and made[0][0] == F.E_CALL else None


def _is_begin(ev: Evaluator, module: Module, scope: Fn | None, depth: int = 0) -> int:
    """Whether a scope is where a program begins: the body of a module, a command, or a function that only such scopes call."""
    if scope is None:
        return _COMMANDED if is_command(module.path) else _BEGUN
    if is_command(module.path) or any(_makes_command(ev, each) for each in scope.body["decorators"]):
        return _COMMANDED
    if not scope.is_async and _is_subcommand(ev, scope):
        return _COMMANDED
    if scope.parent is not None or scope.is_async or depth > _COMMAND_CALLS:
        return _NO
    users = list(ev.program.callers(scope.name, module))
    if not users and _is_of_process(ev, scope):
        return _BEGUN
    if scope.owner is not None:
        return _NO
    here = [index for other, index in users if other is module]
    if (here and all(index < 0 for index in here)) or (not users and _NAME in scope.name.split("_")):
        return _BEGUN  # called by the module, or by what installs a script for it
    return min(
        (_is_begin(ev, other, other.functions[index] if index >= 0 else None, depth + 1) for other, index in users),
        default=_NO,
    )


def _is_subcommand(ev: Evaluator, fn: Fn) -> bool:
    """Whether a parser of a command line is told to run a function of its module: ``parser.set_defaults(func=lambda args: ...)``."""
    for index in fn.module.facts.calls.get("set_defaults", ()):
        scope = fn.module.functions[index] if index >= 0 else None
        for call in callers.sites(ev.program, scope if scope is not None else fn.module)["set_defaults"]:
            for _, value in call[3]:
                if value[0] == F.E_LAMBDA and value[1] == fn.index:
                    return True
                if value[:2] == [F.E_NAME, fn.name] and fn.owner is None and fn.parent in (None, scope):
                    return True
    return False


def _is_of_process(ev: Evaluator, fn: Fn) -> bool:
    """Whether a process is started to run a function of its module: ``Process(target=serve)``, ``Process(target=self._serve)``."""
    for module, index in ev.program.callers("Process", fn.module):
        scope = module.functions[index] if module is fn.module and index >= 0 else None
        for call in callers.sites(ev.program, scope)["Process"] if scope is not None else ():
            for keyword, value in call[3]:
                kind = F.E_NAME if fn.owner is None else F.E_ATTR
                if keyword == "target" and value[0] == kind and F.last_name(value) == fn.name:
                    return True
    return False


_NO, _BEGUN, _COMMANDED = 0, 1, 2
"""Whether a program begins somewhere, and whether that is a command of a command line."""


def _makes_command(ev: Evaluator, decorator: Any) -> bool:
    """Whether a decorator makes a command of a command line: ``@app.command()``, ``@cli.command``."""
    named = decorator[1] if decorator[0] == F.E_CALL else decorator
    return bool(named[0] == F.E_ATTR and named[2] in ev.frameworks.commands)


def _is_of_command_line(ev: Evaluator, module: Module, decorator: Any) -> bool:
    """Whether a decorator of a package for command lines makes a command: ``@app.command()`` where ``app = cyclopts.App()``.

    Bots have commands, too, which run on the loop of the bot.
    """
    named = decorator[1] if decorator[0] == F.E_CALL else decorator
    is_command = F.last_name(named) in ev.frameworks.commands
    return is_command and _package(module, named) in ev.frameworks.command_lines


def _package(module: Module, e: Any, depth: int = 0) -> str:
    """The package that an expression at module level comes from, as it is written; empty where that does not show."""
    while e[0] in (F.E_ATTR, F.E_CALL) and e[1].__class__ is list:
        e = e[1]
    bound = module.bindings.get(e[1], ()) if e[0] == F.E_NAME else ()
    if len(bound) != 1 or depth > _COMMAND_CALLS:
        return ""
    one = bound[0]
    if one.kind == "import":
        return str(one.data[0]).partition(".")[0]
    if one.kind == "from":
        return "" if one.data[1] else str(one.data[0]).partition(".")[0]
    return (
        _package(module, one.data, depth + 1) if one.kind == "value" and not one.path and one.data is not None else ""
    )


_COMMAND_CALLS: Final = 3
"""Calls from a command to the function that runs the loop."""
_A_LOOP: Final = "asyncio.AbstractEventLoop"

__all__ = [
    "Uses",
    "begins_server",
    "coroutines",
    "is_alone",
    "is_command",
    "is_endless",
    "is_last",
    "is_lonely",
    "is_only_called_in",
    "is_repeated",
    "spawning",
    "starts_tasks",
]
