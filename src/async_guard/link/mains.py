"""Coroutines that a program runs once: ``asyncio.run(main())`` under ``if __name__ == "__main__"`` or in a command, and what they await.

What they do outside a loop happens when the program starts or stops, like what a lifespan does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from async_guard.link import attributes, callers, names
from async_guard.link.frames import CORO, LOOP, Event, Frame
from async_guard.link.values import EXT
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator
    from async_guard.link.program import Class, Fn, Module

_NAME = "main"
"""What a coroutine is called that is a program and nothing that others may want to await."""


def coroutines(ev: Evaluator, holders: Iterable[Frame], entries: Iterable[Frame]) -> set[Frame]:
    """Of the frames that loops run, those that run once in a program.

    Args:
        ev: has read everything.
        holders: frames that loops run themselves.
        entries: what somebody else runs.
    """
    others = {frame.fn for frame in entries}
    held = [frame for frame in holders if frame.fn is not None and frame.is_async and frame.fn not in others]
    first = {fn for fn in dict.fromkeys(frame.fn for frame in held) if fn is not None and _is_main(ev, fn)}
    incoming: dict[Fn, list[tuple[Frame, Event]]] = {}
    for frame in ev.frames:
        for event in frame.events:
            if event.kind in (CORO, LOOP) and event.target is not None and event.target.fn is not None:
                incoming.setdefault(event.target.fn, []).append((frame, event))
    known = first
    while True:
        left = {frame.fn for frame in held if frame.fn is not None and frame.fn not in known}
        more = {fn for fn in left if _is_begun_once(ev, fn, incoming, known)}
        if not more:
            return _with_readings(held, {frame for frame in held if frame.fn in known})
        known |= more


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


_READING = 3
"""Parts of the key of a reading with arguments: where the function was defined, the object, the arguments."""


def is_command(path: str) -> bool:
    """Whether a file is of a program's command line: ``cli.py``, ``cli/list.py``, ``__main__.py``."""
    *folders, name = path.split("/")
    return name in _COMMANDS or not _FOLDERS.isdisjoint(folders)


_COMMANDS = ("cli.py", "_cli.py", "__main__.py")
_FOLDERS = frozenset(("cli", "_cli"))


def is_last(frame: Frame, event: Event) -> bool:
    """Whether something stands in a ``finally`` around what a coroutine that begins a program does: it ends the program, too."""
    if frame.fn is None or event.node is None:
        return False
    endings = [stmt[4] for stmt in frame.fn.body["body"] if stmt[0] == F.S_TRY and stmt[4]]
    return any(part is event.node for part in callers.parts(endings))


def alone_until(frame: Frame) -> int:
    """The position in a coroutine that begins a program up to which nothing else runs on the loop: no task was started before."""
    until = min((mark[1].pos for mark in frame.marks if mark[0] == "makes-task"), default=_END)
    seen = {frame}
    for event in sorted(frame.events, key=_position):
        if event.pos >= until:
            break
        if event.target is None or event.target in seen:
            continue
        if event.kind == LOOP or not _starts_nothing(event.target, seen):
            return event.pos
    return until


def _position(event: Event) -> int:
    return event.pos


def _starts_nothing(first: Frame, seen: set[Frame]) -> bool:
    """Whether no task is started by a scope or what it calls, as far as that was not looked at yet."""
    seen.add(first)
    queue = [first]
    while queue:
        one = queue.pop()
        if any(mark[0] == "makes-task" for mark in one.marks):
            return False
        for event in one.events:
            target = event.target
            if target is None or target in seen:
                continue
            if event.kind == LOOP or len(seen) > _NEAR:
                return False
            seen.add(target)
            queue.append(target)
    return True


_END = 1 << 62
_NEAR = 3000
"""Scopes looked through for a task that is started."""


def _is_begun_once(ev: Evaluator, fn: Fn, incoming: dict[Fn, list[tuple[Frame, Event]]], known: set[Fn]) -> bool:
    """Whether only coroutines that run once make this one, and not in a loop."""
    made = incoming.get(fn, ())
    if not made or any(event.looped or frame.fn not in known for frame, event in made):
        return False
    scopes = ev.program.callers(fn.name, fn.module)
    return all(index >= 0 and module.functions[index] in known for module, index in scopes)


def _is_main(ev: Evaluator, fn: Fn) -> bool:
    """Whether all that is ever done with a coroutine function is that a call runs a loop for it, where the program begins."""
    if fn.body["decorators"] or fn.head.is_generator:
        return False
    is_named = fn.owner is None and _NAME in fn.name.split("_")
    is_private = is_named or (fn.parent is not None and not fn.parent.is_async) or fn.name.startswith("_")
    begins = False
    made_at = _made_by_commands(ev, fn.owner) if fn.owner is not None else ()
    for module, index in ev.program.callers(fn.name, fn.module):
        if made_at and (module, index) not in made_at:
            continue  # what is called there is a method of another class
        scope = module.functions[index] if index >= 0 else None
        written = callers.sites(ev.program, scope if scope is not None else module)
        named = written.get(fn.name, ())
        found = [node for node in named if _means(node, fn, module) and not _is_library_call(ev, node, module)]
        if not found:
            continue
        run = [id(node[2][0]) for calls in written.values() for node in calls if _runs_a_loop(ev, node, module)]
        if any(id(node) not in run for node in found):
            return False
        begins = begins or is_private or _is_begin(ev, module, scope)
    return begins


def _made_by_commands(ev: Evaluator, cls: Class) -> tuple[tuple[Module, int], ...]:
    """The scopes that make objects of a class, if each of them is a command or the like: such an object is that command's work."""
    users = tuple(ev.program.callers(cls.name, cls.module))
    if len(users) > _COMMANDS_OF_CLASS or attributes.subclasses(ev, cls):
        return ()
    scopes = [(module, module.functions[index] if index >= 0 else None) for module, index in users]
    are_commands = all(
        scope is not None and (is_command(module.path) or any(_makes_command(ev, d) for d in scope.body["decorators"]))
        for module, scope in scopes
    )
    return users if are_commands else ()


_COMMANDS_OF_CLASS = 3
"""Commands that work with objects of one class."""


def _means(node: Any, fn: Fn, module: Module) -> bool:
    """Whether a call of something of a function's name may mean the function."""
    is_name = node[1][0] == F.E_NAME
    if fn.owner is not None:
        return not is_name
    return not is_name or module is fn.module or all(b.kind == "from" for b in module.bindings.get(fn.name, ()))


def _is_library_call(ev: Evaluator, node: Any, module: Module) -> bool:
    """Whether a call names something of a library, whatever functions of the project are called the same: ``subprocess.run(...)``."""
    callee = node[1]
    if callee[0] != F.E_ATTR or callee[1][0] != F.E_NAME:
        return False
    base = names.module_value(ev, module, callee[1][1]) or ()
    return bool(base) and all(v.k == EXT for v in base)


def _runs_a_loop(ev: Evaluator, node: Any, module: Module) -> bool:
    """Whether a call is ``asyncio.run(f())`` or the like."""
    if not node[2]:
        return False
    callee, dotted = node[1], ""
    if callee[0] == F.E_ATTR:
        dotted = f"{callee[1][1]}.{callee[2]}" if callee[1][0] == F.E_NAME else ""
    elif callee[0] == F.E_NAME:
        value = names.module_value(ev, module, callee[1]) or ()
        dotted = value[0].a if len(value) == 1 and value[0].k == EXT else ""
    else:
        return False
    entry = ev.catalogue.lookup(dotted) if dotted else None
    if entry is None and callee[0] == F.E_ATTR:  # `loop.run_until_complete(f())`, whatever the loop is called
        method = ev.catalogue.method(_A_LOOP, callee[2])
        entry = method[1] if method is not None else None
    return getattr(entry, "role", "") == "runs-loop"


def _is_begin(ev: Evaluator, module: Module, scope: Fn | None, depth: int = 0) -> bool:
    """Whether a scope is where a program begins: the body of a module, a command, or a function that only such scopes call."""
    if scope is None or is_command(module.path) or any(_makes_command(ev, each) for each in scope.body["decorators"]):
        return True
    if scope.owner is not None or scope.parent is not None or scope.is_async or depth > _COMMAND_CALLS:
        return False
    users = list(ev.program.callers(scope.name, module))
    here = [index for other, index in users if other is module]
    if here and all(index < 0 for index in here):
        return True
    return bool(users) and all(
        _is_begin(ev, other, other.functions[index] if index >= 0 else None, depth + 1) for other, index in users
    )


def _makes_command(ev: Evaluator, decorator: Any) -> bool:
    """Whether a decorator makes a command of a command line: ``@app.command()``, ``@cli.command``."""
    named = decorator[1] if decorator[0] == F.E_CALL else decorator
    return bool(named[0] == F.E_ATTR and named[2] in ev.frameworks.commands)


_COMMAND_CALLS = 3
"""Calls from a command to the function that runs the loop."""
_A_LOOP = "asyncio.AbstractEventLoop"

__all__ = ["alone_until", "coroutines", "is_command", "is_last"]
