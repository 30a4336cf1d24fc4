"""The judgement behind AG308: cancellation that code catches and drops."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from async_guard.frameworks.aiohttp import CONNECTIONS
from async_guard.link import attributes
from async_guard.link.frames import CALL, CORO, Frame
from async_guard.link.linked import Linked, text
from async_guard.link.program import Class, Fn, Module
from async_guard.link.values import BOUND, EXT, EXTINST, EXTMETH, FUNC, SEQ, UNKNOWN, VS
from async_guard.model import facts as F
from async_guard.model.findings import Finding
from async_guard.model.rules import RuleMeta
from async_guard.rules.judgement.background_fate import always_raises
from async_guard.rules.judgement.coroutines import parameter_for
from async_guard.rules.judgement.mistakes import mistake, unique
from async_guard.rules.judgement.places import at
from async_guard.rules.judgement.scopes import body_of
from async_guard.rules.judgement.syntax import (
    blocks,
    callee_name,
    expressions,
    mentions,
    shares,
    statements,
    suspends,
    uses,
    walk,
    yields,
)

_CANCELLED: Final = frozenset((
    "asyncio.CancelledError", "asyncio.exceptions.CancelledError", "asyncio.futures.CancelledError", "anyio.get_cancelled_exc_class",
    "trio.Cancelled",
))  # fmt: skip
_EVERYTHING: Final = frozenset(("builtins.BaseException",))
_ENDING: Final = frozenset(("exit", "_exit", "quit", "abort", "execv", "execve", "uncancel", "cancelling"))
"""Calls that end the process, or deal with cancellation themselves."""
_ENDINGS: Final = frozenset(("builtins.KeyboardInterrupt", "builtins.SystemExit", "builtins.GeneratorExit"))
_STOPPING: Final = frozenset(("stop", "shutdown", "disconnect", "terminate"))
"""Methods that end what their object does, its tasks included."""
_MAIN: Final = ("main", "amain", "async_main", "main_async")
_COMMANDS: Final = ("command", "default")
"""Decorators by which libraries for command lines register a function: ``@app.command()``."""
_TELLING: Final = frozenset((
    "debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "str", "repr", "type", "format", "echo", "isinstance",
    "print_exc", "format_exc", "print_exception", "format_exception", "capture_exception", "getattr", "hasattr", "write", "bool", "len",
))  # fmt: skip
"""Calls that tell of an exception and do not hand it on."""
_MANAGING: Final = frozenset(("contextlib.asynccontextmanager",))
_LOOKING: Final = frozenset(("test", "compare", "operand", "attribute", "statement"))
"""Uses of an exception that do nothing with it."""
_DEEPEST: Final = 3
"""Functions that tell of an exception, followed from one to the next."""
_WAITING: Final = frozenset(("gather", "wait", "wait_for", "shield", "wrap_future"))
_FOR_NO_RESULT: Final = frozenset(("websocket", "socketio", "lifespan", "stream"))
"""Kinds of entry points of whose result nobody makes anything."""
_TASKS: Final = frozenset(("create_task", "ensure_future", "start_soon", "spawn", "gather"))
"""Functions and methods that make a task of a coroutine."""
_STARTING: Final = frozenset(("run", "run_until_complete"))
"""Functions that are given the outermost coroutine of a program."""
_ABORTING: Final = ("cancel", "abort")
"""What the names of functions say that are there to cancel something."""
_NONE: Final = [F.E_CONST, None]
_HELP: Final = "catch `Exception` instead, or clean up and `raise`"


def swallowed(linked: Linked, meta: RuleMeta) -> Iterator[Finding]:
    """Handlers around an await that catch cancellation and neither raise again nor leave because of it."""
    return unique(_swallowed(linked, meta))


def _swallowed(linked: Linked, meta: RuleMeta) -> Iterator[Finding | None]:
    for module in linked.program:
        calls = module.facts.calls
        cancelling = {user for name in calls if "cancel" in name for user in calls[name]}
        # Tests raise the cancellation themselves, to end what would run for ever.
        for fn in () if module.is_test else module.functions:
            if fn.is_async and (fn.head.has_await or fn.head.is_generator or fn.name == "__aexit__"):
                for pos, end, words in _in_function(linked, fn, fn.index in cancelling):
                    frame = linked.evaluator.generic_frame(fn)
                    message = f"`{words}` drops the cancellation: the coroutine goes on as if nothing had happened"
                    yield mistake(meta, linked, frame, at(frame, pos, end, None, words), message, help=_HELP)


def _in_function(linked: Linked, fn: Fn, may_cancel: bool) -> Iterator[tuple[int, int, str]]:
    if fn.name == "__aexit__":
        yield from _in_exit(fn)
    every = list(statements(body_of(fn)))
    if not any(stmt[0] in (F.S_TRY, F.S_WITH) for stmt in every):
        return
    cancels = False
    handling = _before_raise(body_of(fn))
    around = _is_manager(linked, fn)
    for stmt in every:
        if stmt[0] == F.S_WITH and any(_shields(item[0]) for item in stmt[1]):
            handling.add(id(stmt))
            handling.update(id(inner) for inner in statements(stmt[2]))
        if stmt[0] == F.S_TRY:
            handling.update(_tidying(stmt))
        if stmt[0] == F.S_TRY and not cancels:
            yield from _in_finally(stmt)
        if id(stmt) in handling:
            continue  # cleaning up, mostly with a cancellation on its way already
        if stmt[0] == F.S_TRY and stmt[2] and not cancels:
            yield from _in_try(linked, fn, stmt, around)
        elif stmt[0] == F.S_WITH and not stmt[3] and not cancels:
            yield from _in_suppress(linked, fn, stmt)
        cancels = cancels or (may_cancel and _cancels_itself(stmt))


def _tidying(stmt: Any) -> Iterator[int]:
    """The statements of a ``try`` that tidy up behind a cancellation: ``finally``, and handlers that may catch one."""
    for body in (*(handler[2] for handler in stmt[2] if _may_catch(handler[0])), stmt[4]):
        yield from (id(inner) for inner in statements(body))


def _only_tidies(linked: Linked, fn: Fn) -> bool:
    """Whether all calls of a function, by its name, stand where something is tidied up: it is to end its work whatever happens."""
    found = False
    for module in linked.program:
        for index in module.facts.calls.get(fn.name, ()):
            body = body_of(module.functions[index] if index >= 0 else module)
            tidying = {each for stmt in statements(body) if stmt[0] == F.S_TRY for each in _tidying(stmt)}
            for stmt in statements(body):
                if any(callee_name(part) == fn.name for e, _ in expressions(stmt) for part, _ in walk(e)):
                    if id(stmt) not in tidying:
                        return False
                    found = True
    return found


def _before_raise(body: list[Any]) -> set[int]:
    """Statements behind which nothing but an exception comes: it leaves the block, whatever they caught."""
    out: set[int] = set()
    for number, stmt in enumerate(body):
        if _only_raises(body[number + 1 :]):
            out |= _last_ones([stmt])
        for inner in blocks(stmt):
            out |= _before_raise(inner)
    return out


def _only_raises(rest: list[Any]) -> bool:
    """Whether statements end in ``raise`` and neither wait nor leave in another way before."""
    return (
        bool(rest)
        and rest[-1][0] == F.S_RAISE
        and not any(inner[0] in _LEAVING or suspends(inner) for inner in statements(rest[:-1]))
    )


def _last_ones(body: list[Any]) -> set[int]:
    """The last statement of a block, and those of the branches in it behind which nothing else of the block comes."""
    if not body:
        return set()
    last = body[-1]
    branches = blocks(last) if last[0] in (F.S_IF, F.S_WITH) else ()
    return {id(last)}.union(*(_last_ones(list(branch)) for branch in branches))


_LEAVING: Final = (F.S_RETURN, F.S_BREAK, F.S_CONTINUE)


def _shields(manager: Any) -> bool:
    """Whether a context manager keeps cancellation out: ``CancelScope(shield=True)``, ``move_on_after(5, shield=True)``."""
    return bool(manager[0] == F.E_CALL and any(name == "shield" and value[1:] == [True] for name, value in manager[3]))


def _in_exit(fn: Fn) -> Iterator[tuple[int, int, str]]:
    """``return True`` at the end of ``__aexit__``, which throws away whatever exception leaves the block, cancellation included."""
    ends = [stmt for stmt in statements(body_of(fn)) if stmt[0] in (F.S_RETURN, F.S_RAISE)]
    last = body_of(fn)[-1] if ends else None
    if last is not None and ends == [last] and last[0] == F.S_RETURN and last[1] and last[1][:2] == [F.E_CONST, True]:
        yield last[2], last[2] + len("return"), "return True in __aexit__"


def _is_manager(linked: Linked, fn: Fn) -> bool:
    """Whether a function is made an asynchronous context manager, so that what leaves the block is raised at its ``yield``."""
    if not fn.head.is_generator:
        return False
    scope = linked.evaluator.definition_frame(fn, linked.evaluator.generic_frame(fn))
    return any(v.k == EXT and v.a in _MANAGING for d in fn.body["decorators"] for v in linked.evaluator.ev(d, scope))


def _in_try(linked: Linked, fn: Fn, stmt: Any, around: bool) -> Iterator[tuple[int, int, str]]:
    if not _awaits(stmt[1]) and not (around and any(yields(s) for s in statements(stmt[1]))):
        return
    frame = linked.evaluator.generic_frame(fn)
    for kind, name, body, pos in stmt[2]:
        caught = _caught(linked, frame, kind)
        if not caught:
            continue
        explicit = caught == "cancellation"
        if explicit and _ends_with(body_of(fn), stmt) and _loops(stmt[1]):
            return  # the cancellation ends the loop, and with it the coroutine
        leaving = _Leaving(explicit, _is_alone(linked, frame, kind), _gives_results(linked, fn))
        over = _winds_up(body_of(fn), stmt) or (_has_loop(stmt[1]) and _says_goodbye(body_of(fn), stmt))
        if explicit and over and _is_whole_task(linked, fn):
            return  # the task is over with it, and nobody asks for its result
        is_last = not explicit and _ends_with(body_of(fn), stmt) and not _awaits(body)
        if is_last and _is_task_of_project(linked, fn):
            return
        others = [inner for handler in stmt[2] if handler[2] is not body for inner in handler[2]]
        if explicit and _cancels([*others, *stmt[3]]):
            return  # what the other branches cancel may be what this one hears of
        deals = _deals_with_it(linked, frame, body, name, leaving) or any(
            _always_raises(linked, frame, s) for s in statements(body)
        )
        if not deals and not _is_expected(frame, fn, kind, stmt[1], explicit) and not _only_tidies(linked, fn):
            words = f"except {_shown(kind)}".strip()
            yield pos, pos + len("except"), words
        return  # later handlers never see it


def _in_finally(stmt: Any) -> Iterator[tuple[int, int, str]]:
    """A ``return`` in ``finally`` throws away whatever exception is on its way, cancellation included."""
    if _awaits(stmt[1]) or any(_awaits(handler[2]) for handler in stmt[2]):
        for inner in statements(stmt[4]):
            if inner[0] == F.S_RETURN:
                yield inner[2], inner[2] + len("return"), "return in finally"
                return


def _may_catch(kind: Any) -> bool:
    return "ancel" in _shown(kind) or "BaseException" in _shown(kind) or kind is None


def _in_suppress(linked: Linked, fn: Fn, stmt: Any) -> Iterator[tuple[int, int, str]]:
    for manager, _target, pos, end in stmt[1]:
        if callee_name(manager) != "suppress" or not _awaits(stmt[2]):
            continue
        frame = linked.evaluator.generic_frame(fn)
        caught = [_caught(linked, frame, kind) for kind in manager[2]]
        if not any(caught) or _is_expected(frame, fn, None, stmt[2], True):
            continue
        if not (_ends_with(body_of(fn), stmt) and _is_task_of_project(linked, fn)):
            yield pos, end, f"{text(manager)}({', '.join(map(_shown, manager[2]))})"


def _loops(body: list[Any]) -> bool:
    """Whether all that a block awaits, it awaits in a loop."""
    return all(stmt[0] in (F.S_WHILE, F.S_FOR) or not _awaits([stmt]) for stmt in body)


def _awaits(body: list[Any]) -> bool:
    return any(suspends(stmt) for stmt in statements(body))


def _caught(linked: Linked, frame: Frame, kind: Any) -> str:
    """``cancellation`` or ``everything`` when a handler of this type catches cancellation; empty when it does not."""
    if kind is None:
        return "everything"
    names = {name for part in F.handled(kind) for name in _exceptions(linked, frame, part)}
    if names & _CANCELLED:
        return "cancellation"
    return "everything" if names & _EVERYTHING else ""


def _exceptions(linked: Linked, frame: Frame, kind: Any) -> set[str]:
    if kind[0] == F.E_CALL:
        return {"anyio.get_cancelled_exc_class"} if callee_name(kind) == "get_cancelled_exc_class" else set()
    if kind[0] not in (F.E_NAME, F.E_ATTR):
        return set()
    named = set(_dotted(linked.evaluator.ev(kind, frame)))
    # `type[BaseException]`, which an attribute or a parameter may be declared to be, says nothing of what it is.
    is_declared = kind[0] == F.E_ATTR or (
        frame.fn is not None and any(p[0] == kind[1] for p in frame.fn.body["params"])
    )
    return named - _EVERYTHING if is_declared and text(kind).rpartition(".")[2] != "BaseException" else named


def _dotted(value: VS) -> Iterator[str]:
    for v in value:
        if v.k == EXT:
            yield v.a
        elif v.k == SEQ:
            yield from _dotted(v.c)


def _shown(kind: Any) -> str:
    if kind is None:
        return ""
    if kind[0] == F.E_SEQ:
        return f"({', '.join(map(_shown, kind[2]))})"
    return f"{text(kind)}()" if kind[0] == F.E_CALL else text(kind)


# -- what is done about it


class _Leaving(NamedTuple):
    """What leaving a function means in a handler."""

    explicit: bool
    """The handler names cancellation, it does not catch everything."""
    alone: bool
    """It catches no ordinary errors as well, which the same lines answer."""
    results: bool
    """The function has a result to give, for which its callers take what the handler returns."""

    def by(self, stmt: Any) -> bool:
        """Whether a statement ends the work without a result, as a cancellation wants it."""
        if not self.explicit or stmt[0] not in (F.S_BREAK, F.S_RETURN):
            return False
        if stmt[0] == F.S_BREAK:
            return True
        return not self.results and (stmt[1] is None or (self.alone and stmt[1] == _NONE))


def _gives_results(linked: Linked, fn: Fn, depth: int = _DEEPEST) -> bool:
    """Whether a function returns something of which its callers may make anything."""
    returned = _returned(fn)
    if not returned:
        return False
    frame = linked.evaluator.generic_frame(fn)
    linked.evaluator.read(frame)
    return not all(_is_nothing(linked, frame, value, depth) for value in returned)


def _is_nothing(linked: Linked, frame: Frame, value: Any, depth: int) -> bool:
    """Whether a result is none: that of a function of the project that returns nothing, or a connection that is closed by then."""
    call = value[1] if value[0] == F.E_AWAIT else value
    events = [event for event in frame.events if event.node is call] if call[0] == F.E_CALL and depth else []
    if events:
        kind = CORO if value[0] == F.E_AWAIT else CALL
        targets = [event.target.fn for event in events if event.kind == kind and event.target is not None]
        return len(targets) == len(events) and not any(
            fn is None or fn.is_stub() or fn.head.is_generator or _gives_results(linked, fn, depth - 1)
            for fn in targets
        )
    found = linked.evaluator.ev(value, frame)
    return bool(found) and all(v.k == EXTINST and v.a in CONNECTIONS for v in found)


def _is_whole_task(linked: Linked, fn: Fn, depth: int = _DEEPEST) -> bool:
    """Whether a function is what a framework or a program runs as a task of its own, for no result: an endpoint of sockets, a lifespan."""
    if _gives_results(linked, fn):
        return False
    kinds = {entry.kind for entry in linked.entries if entry.fn is fn or entry.origin is fn}
    if not kinds:
        return _is_started(linked, fn) or _is_own_task(linked, fn, depth)
    # A route that returns nothing but its connection is one of sockets: aiohttp has no other kind.
    return kinds <= _FOR_NO_RESULT or (kinds <= {*_FOR_NO_RESULT, "route"} and bool(_returned(fn)))


def _is_task_of_project(linked: Linked, fn: Fn) -> bool:
    """Whether code of the project makes a task of every call of a function, which no framework runs, for no result."""
    is_entry = any(entry.fn is fn or entry.origin is fn for entry in linked.entries)
    return not is_entry and not _gives_results(linked, fn) and _is_own_task(linked, fn, _DEEPEST)


def _returned(fn: Fn) -> list[Any]:
    """What a function returns other than nothing."""
    return [value for value in F.returned(body_of(fn)) if value is not None and value != _NONE]


def _is_own_task(linked: Linked, fn: Fn, depth: int) -> bool:
    """Whether all code that calls a function, by its name, makes a task of it, or ends a task with it: nothing comes after it that could go on."""
    found = False
    for module in linked.program:
        for index in sorted(set(module.facts.calls.get(fn.name, ()))):
            user = module.functions[index] if index >= 0 else module
            everything = list(uses(body_of(user)))
            for e, (how, detail) in everything:
                if callee_name(e) != fn.name or not _may_mean(linked, user, e, fn):
                    continue
                # `gather(*(run(x) for x in xs))`: what makes the tasks gets the whole comprehension.
                around = [(o, u) for o, u in everything if o[0] == F.E_COMP and o[3] is e]
                holders = around or [(e, (how, detail))]
                if how == "assign":
                    holders = [
                        (o, u)
                        for o, u in everything
                        if o[:2] == [F.E_NAME, detail] and u[0] not in ("statement", "attribute")
                    ]
                makes_task = holders and all(
                    u[0] == "argument" and _takes_over(fn, callee_name(u[1])) for _, u in holders
                )
                if not makes_task and not (depth and _ends_task(linked, user, e, how, depth - 1)):
                    return False
                found = True
    return found


def _takes_over(fn: Fn, name: str) -> bool:
    """Whether a function makes a task of a coroutine, or a response of a stream, by its name."""
    return _makes_task(name) or (fn.head.is_generator and name.endswith("Response"))


def _ends_task(linked: Linked, user: Fn | Module, call: Any, how: str, depth: int) -> bool:
    """Whether a function that is a task of its own returns what a call gives: ``return await self.handle()``."""
    if how != "await" or not isinstance(user, Fn):
        return False
    is_returned = any(
        stmt[0] == F.S_RETURN and stmt[1] is not None and stmt[1][0] == F.E_AWAIT and stmt[1][1] is call
        for stmt in statements(body_of(user))
    )
    return is_returned and _is_whole_task(linked, user, depth)


def _makes_task(name: str) -> bool:
    """Whether a function makes a task of a coroutine, by its name: ``create_task``, a project's ``create_logged_task``."""
    words = set(name.split("_"))
    return name in _TASKS or ("task" in words and not words.isdisjoint(_MAKING))


_MAKING: Final = frozenset(("create", "start", "spawn", "schedule", "launch"))


def _may_mean(linked: Linked, user: Fn | Module, call: Any, fn: Fn) -> bool:
    """Whether a call may mean a function of its name: one of something that has nothing to do with the function's class cannot."""
    ours, owner = user.owner if isinstance(user, Fn) else None, fn.owner
    if call[1][0] != F.E_ATTR or call[1][1][:2] != [F.E_NAME, "self"]:
        return not _means_others(linked, user, call, fn)
    if ours is None or owner is None:
        return True
    return _are_related(linked, owner, ours)


def _are_related(linked: Linked, owner: Class, ours: Class) -> bool:
    """Whether an object of one class may have the methods of the other."""
    ev = linked.evaluator
    if owner in attributes.mro(ev, ours) or ours in attributes.mro(ev, owner):
        return True
    # Parts of one class (`class Client(Updates, Messages)`) call each other.
    return any(owner in attributes.mro(ev, below) for below in attributes.subclasses(ev, ours))


def _means_others(linked: Linked, user: Fn | Module, call: Any, fn: Fn) -> bool:
    """Whether all that a call is known to mean are functions of libraries, or of classes that have nothing to do with a function's."""
    frame = linked.evaluator.generic_frame(user) if isinstance(user, Fn) else user.frame
    found = [v.b if v.k == BOUND else v for v in linked.evaluator.ev(call[1], frame)]
    return bool(found) and all(
        v.k in (EXT, EXTMETH) or (v.k == FUNC and v.a is not fn and not _is_kin(linked, v.a, fn)) for v in found
    )


def _is_kin(linked: Linked, other: Fn, fn: Fn) -> bool:
    """Whether one function may stand where the other is seen: both are methods of classes that have to do with each other."""
    return other.owner is not None and fn.owner is not None and _are_related(linked, fn.owner, other.owner)


def _is_started(linked: Linked, fn: Fn) -> bool:
    """Whether some code hands a call of a function to ``asyncio.run``, as the whole of a program."""
    for module in linked.program:
        facts = module.facts
        scopes = set(facts.calls.get(fn.name, ())) & {user for n in _STARTING for user in facts.calls.get(n, ())}
        for index in sorted(scopes):
            user = module.functions[index] if index >= 0 else module
            for e, (how, detail) in uses(body_of(user)):
                if how != "argument" or callee_name(detail) not in _STARTING or callee_name(e) != fn.name:
                    continue
                frame = linked.evaluator.generic_frame(user) if isinstance(user, Fn) else module.frame
                if any(
                    (v.b if v.k == BOUND else v).a is fn
                    for v in linked.evaluator.ev(e[1], frame)
                    if v.k in (FUNC, BOUND)
                ):
                    return True
    return False


def _always_raises(linked: Linked, frame: Frame, stmt: Any) -> bool:
    """Whether a statement calls a function of the project that raises whatever happens: ``fail(error)``."""
    value = stmt[1] if stmt[0] in (F.S_EXPR, F.S_RETURN) else None
    return value is not None and always_raises(linked, frame, value)


def _ends_with(body: list[Any], stmt: Any) -> bool:
    """Whether a function is at its end behind a statement: it is the last one, of the last one's branches or not."""
    last = body[-1] if body else None
    if last is stmt:
        return True
    if last is None or last[0] not in (F.S_IF, F.S_WITH, F.S_TRY):
        return False
    inside = [last[3] or last[1], *(handler[2] for handler in last[2])] if last[0] == F.S_TRY else blocks(last)
    return any(_ends_with(block, stmt) for block in inside)


def _winds_up(body: list[Any], stmt: Any) -> bool:
    """Whether a function comes to its end behind a statement: it only waits for tasks there, which it may have cancelled."""
    if _ends_with(body, stmt):
        return True
    index = next((i for i, each in enumerate(body) if each is stmt), len(body))
    rest = list(statements(body[index + 1 :]))
    return bool(rest) and all(inner[0] not in (F.S_WHILE, F.S_FOR) and _waits_for_tasks(inner) for inner in rest)


def _has_loop(body: list[Any]) -> bool:
    return any(inner[0] == F.S_WHILE and _awaits(inner[2]) for inner in statements(body))


def _says_goodbye(body: list[Any], stmt: Any) -> bool:
    """Whether little comes behind a statement of a function, nothing of it again and again: a last message, a flag."""
    index = next((i for i, each in enumerate(body) if each is stmt), len(body))
    rest = list(statements(body[index + 1 :]))
    loops = any(inner[0] in (F.S_WHILE, F.S_FOR) for inner in rest)
    return bool(rest) and not loops and sum(map(suspends, rest)) == 1


def _waits_for_tasks(stmt: Any) -> bool:
    """Whether all that a statement awaits, if anything, is the end of tasks."""
    awaited = [part[1] for e, _ in expressions(stmt) for part, _ in walk(e) if part[0] == F.E_AWAIT]
    return all(callee_name(each) in ("gather", "wait") for each in awaited) and (bool(awaited) or not suspends(stmt))


def _is_alone(linked: Linked, frame: Frame, kind: Any) -> bool:
    """Whether a handler catches nothing but cancellation and what ends the program."""
    if kind is None:
        return False
    return all(_exceptions(linked, frame, part) <= _CANCELLED | _ENDINGS for part in F.handled(kind))


def _deals_with_it(linked: Linked, frame: Frame, body: list[Any], name: str | None, leaving: _Leaving) -> bool:
    """Whether a handler raises again, leaves because of the cancellation, takes it down, ends the process or hands the exception on."""
    unanswered = () if leaving.explicit else _when_used_up(body, name)
    for stmt in statements(body):
        if (stmt[0] == F.S_RAISE and id(stmt) not in unanswered) or leaving.by(stmt) or _takes_down(stmt):
            return True
    for e, (how, detail) in uses(body):
        if callee_name(e) in _ENDING:
            return True
        if name and e[:2] == [F.E_NAME, name]:
            if how in ("assign", "return", "value", "within"):
                return True
            if how == "argument" and not _only_tells(linked, frame, detail, e):
                return True
    return False


def _when_used_up(body: list[Any], name: str | None) -> set[int]:
    """The statements that raise only behind a count of attempts (`if attempt == 3: raise`), whatever was caught."""
    found: set[int] = set()
    for stmt in body:
        if stmt[0] == F.S_IF and all(_counts(test) and not (name and mentions(test, name)) for test, _ in stmt[1]):
            branches = [*(block for _, block in stmt[1]), stmt[2]]
            raising = [block[-1] for block in branches if block and block[-1][0] == F.S_RAISE]
            found.update(map(id, raising if len(raising) < len(branches) else ()))
    return found


def _counts(test: Any) -> bool:
    """Whether a condition does nothing but compare one number with another: `attempt >= self.retries - 1`."""
    if test[0] == F.E_BOOL:
        return bool(all(map(_counts, test[2])))
    if test[0] != F.E_CMP or len(test[2]) != 1 or test[2][0] not in ("<", "<=", ">", ">=", "=="):
        return False
    sides = [test[1], *test[3]]
    return all(_is_number(side) for side in sides) and any(side[0] in (F.E_NAME, F.E_ATTR, F.E_BIN) for side in sides)


def _is_number(e: Any) -> bool:
    """A number, a name or attribute, or what is reckoned from such."""
    if e[0] == F.E_BIN:
        return _is_number(e[2]) and _is_number(e[3])
    return e[0] in (F.E_NAME, F.E_ATTR) or bool(e[0] == F.E_CONST and e[1].__class__ is int)


def _only_tells(linked: Linked, frame: Frame, call: Any, argument: Any, depth: int = _DEEPEST) -> bool:
    """Whether what a call is given is only told of: by a logger, or by functions of the project that do nothing else with it."""
    if callee_name(call) in _TELLING:
        return True
    targets = linked.evaluator.ev(call[1], frame)
    functions = [v.b if v.k == BOUND else v for v in targets]
    if not functions or depth == 0 or any(v.k != FUNC or v.a.is_lambda or v.a.head.is_generator for v in functions):
        return False
    for target, v in zip(targets, functions, strict=True):
        found = parameter_for(v.a, call, argument, target.k == BOUND)
        if found is None or v.a.body["decorators"] or not _tells_of(linked, v.a, found[0], depth - 1):
            return False
    return True


def _tells_of(linked: Linked, fn: Fn, name: str, depth: int) -> bool:
    """Whether a function neither keeps nor hands on nor raises what one of its parameters is, nor ends anything because of it."""
    body = body_of(fn)
    if shares(fn, name) or any(stmt[0] == F.S_RAISE or _takes_down(stmt) for stmt in statements(body)):
        return False
    frame = linked.evaluator.generic_frame(fn)
    linked.evaluator.read(frame)
    for e, (how, detail) in uses(body):
        if callee_name(e) in _ENDING:
            return False
        if e[:2] != [F.E_NAME, name] or how in _LOOKING:
            continue
        if how != "argument" or not _only_tells(linked, frame, detail, e, depth):
            return False
    return True


def _takes_down(stmt: Any) -> bool:
    """Whether a statement keeps for later that there was a cancellation: ``cancelled = True``."""
    return bool(stmt[0] == F.S_ASSIGN and stmt[2][:2] == [F.E_CONST, True]) and any(
        any(word in text(target).lower() for word in _ABORTING) for target in stmt[1]
    )


def _is_expected(frame: Frame, fn: Fn, kind: Any, body: list[Any], explicit: bool) -> bool:
    """Whether the cancellation may be that of something else, or the program ends with it."""
    awaited = list(_awaited(body))
    if _cancels(body) or (awaited and all(_is_closing(each, explicit) for each in awaited)):
        return True
    if explicit and (_is_program(fn) or "KeyboardInterrupt" in _shown(kind) or any(w in fn.name for w in _ABORTING)):
        return True  # the program ends with it, or the function is there to cancel something, or to tidy up behind that
    return (
        explicit
        and bool(awaited)
        and all(_is_of_others(frame, each) or _waits_for_kept(frame, each) for each in awaited)
    )


def _waits_for_kept(frame: Frame, awaited: Any) -> bool:
    """Whether an await is of a function of the project that waits for a task which it put where others find it, to cancel it."""
    if awaited is None or awaited[0] != F.E_CALL:
        return False
    events = [event for event in frame.events if event.node is awaited]
    targets = [event.target.fn for event in events if event.kind == CORO and event.target is not None]
    return (
        bool(targets)
        and len(targets) == len(events)
        and all(fn is not None and _keeps_what_it_awaits(fn) for fn in targets)
    )


def _keeps_what_it_awaits(fn: Fn) -> bool:
    """``self.waiting.append(task)`` and ``await task``, with a task that the function has made."""
    awaited, kept, made = set(), set(), set()
    for e, (how, detail) in uses(body_of(fn)):
        if e[0] == F.E_AWAIT:
            if e[1][0] != F.E_NAME:
                return False
            awaited.add(e[1][1])
        elif (
            e[0] == F.E_CALL and how == "assign" and (_makes_task(callee_name(e)) or callee_name(e) == "create_future")
        ):
            made.add(detail)
        elif e[0] == F.E_NAME and (how == "value" or (how == "argument" and callee_name(detail) in _PUTTING)):
            kept.add(e[1])
    return bool(awaited) and awaited <= kept & made


_PUTTING: Final = frozenset(("append", "add", "setdefault"))


def _is_program(fn: Fn) -> bool:
    """Whether a function is what a program starts with: ``main``, or a command of a command line."""
    decorators = [d[1] if d[0] == F.E_CALL else d for d in fn.body["decorators"]]
    return fn.name.strip("_") in _MAIN or any(F.last_name(d) in _COMMANDS for d in decorators)


def _is_closing(awaited: Any, explicit: bool) -> bool:
    """Whether an await closes something, which is to end whatever happens, or stops what may tell of its own cancelled tasks."""
    name = callee_name(awaited) if awaited is not None and awaited[0] == F.E_CALL else ""
    return "close" in name or (explicit and name.removeprefix("async_") in _STOPPING)


def _cancels(body: list[Any]) -> bool:
    """Whether statements cancel something (``task.cancel()``, ``await self._cancel_all()``)."""
    return any(_cancels_itself(stmt) for stmt in statements(body))


def _cancels_itself(stmt: Any) -> bool:
    for e, _ in expressions(stmt):
        for part, _ in walk(e):
            name = callee_name(part) if part[0] == F.E_CALL else ""
            if "cancel" in name and name not in ("cancelled", "cancelling", "uncancel", "get_cancelled_exc_class"):
                return True
    return False


def _awaited(body: list[Any]) -> Iterator[Any]:
    """What the statements of a block wait for: operands of await, and None for async with and async for."""
    for stmt in statements(body):
        if stmt[0] in (F.S_FOR, F.S_WITH) and stmt[5 if stmt[0] == F.S_FOR else 3]:
            yield None
        for e, _ in expressions(stmt):
            for part, _ in walk(e):
                if part[0] == F.E_AWAIT:
                    yield part[1]


def _is_of_others(frame: Frame, awaited: Any) -> bool:
    """Whether a cancellation may be that of a task which somebody else cancelled: ``await task``, ``await gather(*tasks)``."""
    if awaited is None:
        return False
    if awaited[0] == F.E_CALL:
        return callee_name(awaited) in _WAITING and all(a[0] == F.E_STAR or _is_task(frame, a) for a in awaited[2][:1])
    return _is_task(frame, awaited)


def _is_task(frame: Frame, e: Any) -> bool:
    if e[0] == F.E_NAME:
        value = frame.vars.get(e[1], ())
        return all(
            v.k == UNKNOWN or (v.k == EXTINST and v.a in ("asyncio.Task", "asyncio.Future")) or v.k != EXTINST
            for v in value
        )
    return bool(e[0] in (F.E_ATTR, F.E_SUB))


__all__ = ["swallowed"]
