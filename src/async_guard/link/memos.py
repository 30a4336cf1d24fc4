"""What runs only the first time because its result is kept: ``if self._client is None: self._client = connect()``, or the same in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Union

from async_guard.link import attributes, narrowing
from async_guard.link.callers import is_call, parts
from async_guard.link.program import Class, Fn, Module
from async_guard.link.values import CLASS, CONST, INST, VS, V, has_unknown
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator
    from async_guard.link.frames import Frame

Once = Union[Class, "Frame", bool, None]
"""For whom something runs only once: for the process (True), each object of a class, each run of a function, or nobody (None)."""

_ENDING: Final = (
    "close",
    "aclose",
    "stop",
    "shutdown",
    "disconnect",
    "dispose",
    "reset",
    "clear",
    "teardown",
    "cleanup",
    "__exit__",
    "__aexit__",
    "__del__",
)
"""How methods begin that take a kept result away at the end of an object's life."""
_BEGINNING: Final = ("__init__", "__post_init__", "__new__", "init", "setup", "set_up")
"""How methods begin that give an object its life."""
_THINNING: Final = frozenset(("pop", "popitem", "clear"))
"""Methods that take something out of a table."""


def inside(ev: Evaluator, test: Any, truth: bool, body: list[Any], fr: Frame) -> Once:
    """For whom ``body`` runs only once, which stands where ``test`` has the outcome ``truth``."""
    tag: int = test[0]
    if truth and (tag == F.E_ATTR or (tag == F.E_CALL and not _asked_of(test, fr))) and not _ended(test, truth):
        return None  # what is true is there, and these ask nothing of a table or of a variable
    missing = _missing(test, truth, fr)
    for path in _unset(test, truth, fr):
        for kept in (path, _copied(path, fr)):
            once = _keeper(ev, kept, fr) if kept is not None else None
            if once is not None and (
                _fills(body, kept) or _called_fills(ev, body, kept, fr) or _noted_behind(kept, fr)
            ):
                return once
        missing += _looked_up(path, fr)
    counted = _first_time(test, truth)
    if counted is not None and _noted_behind(counted, fr) and (once := _keeper(ev, counted, fr)) is not None:
        return once
    for flag, kept in _asked_before(test, truth, fr):
        once = _keeper(ev, kept, fr)
        if once is not None and (_fills(body, kept) or _filled_beside(flag, truth, kept, fr)):
            return once
    for key, table in missing:
        once = _table_keeper(ev, table, fr)
        if once is not None and not _is_given(key, fr) and any(_puts(stmt, table) for stmt in body):
            return once
    return None


def _first_time(test: Any, truth: bool) -> Any:
    """The attribute or global of which a test says that it counts nothing yet: ``self.times == 0``."""
    if (
        test[0] != F.E_CMP
        or len(test[2]) != 1
        or test[3][0][:2] != [F.E_CONST, 0]
        or test[1][0] not in (F.E_NAME, F.E_ATTR)
    ):
        return None
    return test[1] if _COUNTS.get(test[2][0]) is truth else None


def _noted_behind(path: Any, fr: Frame) -> bool:
    """Whether the function itself, whatever its conditions say, goes on to note that it ran: ``self.is_ready = True``, ``self.times += 1``."""
    if fr.fn is None or (path[0] == F.E_ATTR and path[1][0] != F.E_NAME):
        return False
    base, name = (None, path[1]) if path[0] == F.E_NAME else (path[1][1], path[2])
    return any(
        _is(stmt[1] if stmt[0] == F.S_AUG else stmt[1][0], base, name)
        for stmt in fr.fn.body["body"]
        if (stmt[0] == F.S_AUG and stmt[2] == "+" and _is_true_constant(stmt[3]))
        or (stmt[0] == F.S_ASSIGN and len(stmt[1]) == 1 and _is_true_constant(stmt[2]))
    )


def _is_true_constant(e: Any) -> bool:
    return bool(e[0] == F.E_CONST and e[1])


def without_worker(stmt: Any, number: int | None) -> Once:
    """Whether an arm of an ``if`` does itself what another arm hands over to a thread, if that is alive: only before it is started, and at the end.

    Args:
        stmt: the statement.
        number: the arm; None for what stands in ``else``, or behind the statement.
    """
    if len(stmt[1]) != 1:
        return None
    test, body = stmt[1][0]
    is_alive = True
    while test[0] == F.E_UNARY and test[1] == "not":
        test, is_alive = test[2], not is_alive
    asks = test[0] == F.E_CALL and test[1][0] == F.E_ATTR and test[1][2] == "is_alive" and not test[2]
    if not asks or is_alive is not (number is None):
        return None
    other = body if number is None else stmt[2]
    return True if any(_hands_over(node) for node in parts([other])) else None


def _hands_over(node: Any) -> bool:
    return is_call(node) and node[1][0] == F.E_ATTR and node[1][2] in _HANDING


_HANDING = frozenset(("put", "put_nowait", "append", "appendleft", "send", "submit", "call_soon_threadsafe"))
"""Methods by which work is handed over to a thread."""


def behind(ev: Evaluator, stmt: Any, rest: list[Any], fr: Frame) -> Once:
    """The same of what follows ``if self._client is not None: return self._client``, or a handler that does nothing."""
    if stmt[0] == F.S_TRY:
        alone = len(stmt[2]) == 1 and not stmt[3] and not stmt[4] and _returns(stmt[1])
        passes = alone and all(inner[0] == F.S_PASS for inner in stmt[2][0][2])
        return handling(ev, stmt[1], stmt[2][0][0], rest, fr) if passes else None
    if not stmt[2] and len(stmt[1]) == 1 and _returns(stmt[1][0][1]) and without_worker(stmt, None):
        return True
    if stmt[2] or len(stmt[1]) != 1 or not (_returns(stmt[1][0][1]) or any(map(_keeps_unchanged, stmt[1][0][1]))):
        return None
    return inside(ev, stmt[1][0][0], False, rest, fr)


def handling(ev: Evaluator, body: list[Any], kind: Any, rest: list[Any], fr: Frame) -> Once:
    """The same of ``rest``, which runs where ``body`` fails to find what is kept: ``try: return self._one ... except AttributeError``.

    Args:
        ev: the evaluator.
        body: what is tried.
        kind: the class of exception of the handler.
        rest: the handler, or what follows a handler that does nothing.
        fr: the scope.
    """
    sought = _sought(body)
    if sought is None or kind is None:
        return None
    kinds = {F.last_name(each) for each in F.handled(kind)}
    if sought[0] != F.E_SUB:
        is_deleted = _is_thinned(fr.module, _DELETED + F.last_name(sought))
        once = _keeper(ev, sought, fr) if _LACKING[sought[0]] in kinds and not is_deleted else None
        return once if once is not None and (_fills(rest, sought) or _called_fills(ev, rest, sought, fr)) else None
    table = sought[1]
    if kinds.isdisjoint(_LACKS_KEY) or table[0] not in (F.E_NAME, F.E_ATTR) or _is_given(sought[2], fr):
        return None
    once = _table_keeper(ev, table, fr)
    return once if once is not None and any(_puts(stmt, table) for stmt in rest) else None


_DELETED: Final = "del "
"""What stands before the names and attributes that code of a module deletes, among the tables that it takes something out of."""
_LACKING: Final = {F.E_ATTR: "AttributeError", F.E_NAME: "NameError"}
_LACKS_KEY: Final = frozenset(("KeyError", "LookupError"))
"""What is raised where a table has no such key."""


def _sought(body: list[Any]) -> Any:
    """The name, attribute or entry of a table that is all that a block looks for."""
    if len(body) != 1 or body[0][0] not in (F.S_EXPR, F.S_RETURN, F.S_ASSIGN):
        return None
    value = body[0][2] if body[0][0] == F.S_ASSIGN else body[0][1]
    return value if value is not None and value[0] in (F.E_NAME, F.E_ATTR, F.E_SUB) else None


def _returns(body: list[Any]) -> bool:
    return bool(body) and body[-1][0] == F.S_RETURN


def _keeps_unchanged(stmt: Any) -> bool:
    """Whether a statement leaves the function if a file is as it was when it was read: ``if read_at == mtime: return _config``."""
    if stmt[0] != F.S_IF or stmt[2] or len(stmt[1]) != 1 or not _returns(stmt[1][0][1]):
        return False
    return any(_is_of_file(part, True) for part in _parts_of(stmt[1][0][0], "and"))


def _parts_of(test: Any, word: str) -> list[Any]:
    return list(test[2]) if test[0] == F.E_BOOL and test[1] == word else [test]


def _is_of_file(test: Any, same: bool) -> bool:
    """Whether a comparison says that a file is as it was when it was read (or, without ``same``, that it is not), by when it was changed."""
    if test[0] != F.E_CMP or len(test[2]) != 1:
        return False
    if test[2][0] not in (("==", "<=", ">=") if same else ("!=", "<", ">")):
        return False
    return any(_CHANGED in F.last_name(side).lower() for side in (test[1], test[3][0]))


_CHANGED: Final = "mtime"
"""What the time is called at which a file was changed: what was read of one is kept for as long as nobody edits it."""


def outcome(ev: Evaluator, test: Any, fr: Frame) -> bool | None:
    """What a condition is that asks whether the object has what its constructor always gives it: ``if self._client is None``."""
    own = fr.self_value
    if own is None or own.k != INST or fr.fn is None or fr.fn.name == "__init__":
        return None
    for truth in (True, False):
        for path, is_none in _wanting(test, truth):
            if path[1][0] == F.E_NAME and fr.env is not None and fr.env.get(path[1][1]) == (own,):
                there = _always_there(ev, own, path[2])
                if there is not None and (is_none or all(_is_true(ev, v) for v in there)):
                    return not truth
    return None


def _wanting(test: Any, truth: bool) -> list[tuple[Any, bool]]:
    """The attributes that must be without a value where a test has this outcome, each with whether it is asked for None."""
    tag: int = test[0]
    if tag == F.E_ATTR:
        return [] if truth else [(test, False)]
    if tag == F.E_UNARY and test[1] == "not":
        return _wanting(test[2], not truth)
    if tag == F.E_BOOL:
        return [found for part in test[2] for found in _wanting(part, truth)] if (test[1] == "and") is truth else []
    if tag == F.E_CMP and len(test[2]) == 1 and test[1][0] == F.E_ATTR and test[3][0][:2] == [F.E_CONST, None]:
        is_none = test[2][0] in ("is", "==")
        return [(test[1], True)] if is_none is truth and (is_none or test[2][0] in ("is not", "!=")) else []
    return []


def _is_true(ev: Evaluator, v: V) -> bool:
    """Whether an object is true whatever it holds."""
    return v.k == INST and all(attributes.class_attribute(ev, v.a, name) is None for name in ("__bool__", "__len__"))


def _always_there(ev: Evaluator, own: V, name: str) -> VS | None:
    """What an attribute holds that every constructor fills and nobody takes away; None where it may hold nothing."""
    key = f"there {name}"
    cls: Class = own.a
    if key not in cls.cache:
        classes = [cls, *attributes.subclasses(ev, cls)] if own.c else [cls]
        makers = [_maker(ev, each, name) for each in classes]
        cls.cache[key] = None not in makers and not _is_emptied(ev, cls, name)
    if not cls.cache[key]:
        return None
    held = attributes.stored(ev, own, name)
    return held if held and not has_unknown(held) and not any(v.k == CONST and v.a is None for v in held) else None


def _maker(ev: Evaluator, cls: Class, name: str) -> Fn | None:
    """The constructor that gives all objects of a class a new value for an attribute, before it lets any other method work."""
    for c in attributes.mro(ev, cls):
        fn = c.own_methods().get("__init__") if isinstance(c, Class) else None
        if fn is None:
            continue
        own = fn.body["params"][0][0] if fn.body["params"] else ""
        for stmt in fn.body["body"]:
            if assigns(stmt, own, name, empty=False):
                is_plain = stmt[0] in (F.S_ASSIGN, F.S_ANN)
                return fn if is_plain and _is_new(stmt[2] if stmt[0] == F.S_ASSIGN else stmt[3]) else None
            if stmt[0] not in (F.S_ASSIGN, F.S_ANN, F.S_EXPR, F.S_IF) or any(
                _uses(node, own) for node in parts([stmt])
            ):
                return None
        return None
    return None


def _is_new(e: Any) -> bool:
    """Whether an expression makes something: a call, or ``given or made()``."""
    if e is None:
        return False
    if e[0] == F.E_BOOL and e[1] == "or":
        return _is_new(e[2][-1])
    return bool(e[0] == F.E_CALL)


def _uses(node: Any, own: str) -> bool:
    """Whether a node calls a method of the object."""
    if node[0] != F.E_CALL or node[1].__class__ is not list or not node[1] or node[1][0] != F.E_ATTR:
        return False
    base = node[1][1]
    return bool(base.__class__ is list and base[:2] == [F.E_NAME, own])


def _is_emptied(ev: Evaluator, cls: Class, name: str) -> bool:
    """Whether anything in the project takes an attribute of this name away, or gives it what is not seen here."""
    line = attributes.mro(ev, cls)
    for module, user in ev.program.attribute_writers(name, cls.module):
        fn = module.functions[user] if user >= 0 else None
        owner = fn.owner if fn is not None else None
        # What a method of a class that has nothing to do with this one does to its own object is no matter.
        apart = owner is not None and owner not in line and cls not in attributes.mro(ev, owner)
        own = fn.body["params"][0][0] if fn is not None and apart and fn.body["params"] else ""
        if _takes_away(fn.body["body"] if fn is not None else module.body, name, own):
            return True
    return False


def _takes_away(body: list[Any], name: str, apart: str) -> bool:
    for stmt in body:
        if stmt[0] in (F.S_ASSIGN, F.S_ANN):
            targets, value = (stmt[1], stmt[2]) if stmt[0] == F.S_ASSIGN else ([stmt[1]], stmt[3])
            gives = value is not None and not (value[0] == F.E_CONST and not value[1])
            if any(_is_of(t, name, apart) and (t[0] != F.E_ATTR or not gives) for t in targets):
                return True
        elif stmt[0] == F.S_DEL and any(_is_of(t, name, apart) for t in stmt[1]):
            return True
        if any(_takes_away(block, name, apart) for block in F.blocks(stmt)):
            return True
    return False


def _is_of(target: Any, name: str, apart: str) -> bool:
    """Whether a target is, or has in it, an attribute of a name on anything but the object called ``apart``."""
    if target[0] == F.E_SEQ:
        return any(_is_of(t, name, apart) for t in target[2])
    return bool(target[0] == F.E_ATTR and target[2] == name and target[1][:2] != [F.E_NAME, apart])


def wider(one: Once, other: Once) -> Once:
    """For whom something runs only once that stands in two such places."""
    return True if one is True or other is True else one or other


def is_singleton(ev: Evaluator, cls: Class) -> bool:
    """Whether making an object of a class gives the same one again: ``__new__``, or the metaclass, keeps the first."""
    found: bool | None = cls.cache.get("singleton")
    if found is None:
        line = [c for c in attributes.mro(ev, cls) if isinstance(c, Class)]
        makers = [c.own_methods().get("__new__") for c in line]
        metas = [
            c for meta in attributes.metaclasses(ev, cls) for c in attributes.mro(ev, meta) if isinstance(c, Class)
        ]
        makers += [c.own_methods().get("__call__") for c in metas]
        found = cls.cache["singleton"] = any(fn is not None and keeps_on_class(fn) for fn in makers)
    return found


def keeps_on_class(fn: Fn) -> bool:
    """Whether a function puts something on its first parameter, the class: ``cls._instance = ...``, ``cls._instances[cls] = ...``."""
    params = fn.body["params"]
    if not params:
        return False
    for node in parts([fn.body["body"]]):
        if node[0] != F.S_ASSIGN or node[1].__class__ is not list:
            continue
        for target in node[1]:
            kept = target[1] if target[0] == F.E_SUB else target
            if kept[0] == F.E_ATTR and kept[1][0] == F.E_NAME and kept[1][1] == params[0][0]:
                return True
    return False


def _unset(test: Any, truth: bool, fr: Frame) -> list[Any]:
    """The names and attributes that hold nothing yet where a test has this outcome."""
    tag: int = test[0]
    ended = _ended(test, truth)
    if tag == F.E_NAME or tag == F.E_ATTR:
        return ended if truth else [test, *ended]
    if ended:
        return ended
    if tag == F.E_UNARY and test[1] == "not":
        return _unset(test[2], not truth, fr)
    if tag == F.E_BOOL:
        parts_of = test[2]
        if (test[1] == "and") is not truth:
            # Of `found and not force` one part is false: where `force` is known, that is the other.
            parts_of = [part for part in parts_of if _decided(part, fr) is not (not truth)]
            if len(parts_of) > 1:  # that a file has changed meanwhile is seldom
                parts_of = [part for part in parts_of if not _is_of_file(part, same=not truth)] or parts_of
                parts_of = _without_ends(parts_of, _unset(parts_of[0], truth, fr))
            if len(parts_of) > 1:
                return _same([_unset(part, truth, fr) for part in parts_of])
        return [path for part in parts_of for path in _unset(part, truth, fr)]
    if tag == F.E_CMP and len(test[2]) == 1 and test[3][0][0] == F.E_CONST and test[3][0][1] is None:
        is_none = test[2][0] in ("is", "==")
        return [test[1]] if is_none is truth and test[1][0] in (F.E_NAME, F.E_ATTR) else []
    if tag == F.E_CMP and len(test[2]) == 1 and test[3][0][:2] == [F.E_CONST, 0]:  # `len(_entries) == 0`
        counted = _counted(test[1], fr)
        return [counted] if counted is not None and _COUNTS.get(test[2][0]) is truth else []
    if not truth and (counted := _counted(test, fr)) is not None:
        return [counted]
    if _is_of_file(test, same=not truth):
        return [side for side in (test[1], test[3][0]) if side[0] in (F.E_NAME, F.E_ATTR)]
    if tag == F.E_CALL and not truth and test[1][0] == F.E_NAME and test[1][1] == "hasattr" and len(test[2]) == 2:
        return [[F.E_ATTR, test[2][0], test[2][1][1]]] if test[2][1][0] == F.E_CONST else []
    if tag == F.E_CALL and (asked := _asked_of(test, fr)):
        return [asked] if _says_missing(fr.module, test[1][1], truth) else []
    return []


def _ended(test: Any, truth: bool) -> list[Any]:
    """What is as good as not there where a test has this outcome, because it has ended: ``self._client`` of ``self._client.is_closed``.

    It is kept until somebody closes it, which is seldom: who uses it again and again has it opened once.
    """
    asked = test[1] if test[0] == F.E_CALL and not test[2] and not test[3] else test
    if asked[0] != F.E_ATTR or asked[1][0] not in (F.E_NAME, F.E_ATTR):
        return []
    word = asked[2].lstrip("_").removeprefix("is_")
    return [asked[1]] if word in _ENDS and (word in _OVER) is truth else []


def _asked_of(test: Any, fr: Frame) -> Any:
    """The name or attribute that a function of the module is asked of: ``_is_closed(_client)``; nothing where it is another call."""
    if test[0] != F.E_CALL or test[1][0] != F.E_NAME or len(test[2]) != 1 or test[3]:
        return None
    return test[2][0] if test[2][0][0] in (F.E_NAME, F.E_ATTR) and _function(fr.module, test[1][1]) else None


def _function(module: Module, name: str) -> Fn | None:
    """The one function at module level that has a name."""
    found = module.bindings.get(name, ())
    if len(found) != 1 or found[0].kind != "def":
        return None
    return next((fn for fn in module.functions if fn.name == name and fn.owner is None and fn.parent is None), None)


def _says_missing(module: Module, name: str, truth: bool) -> bool:
    """Whether a function has this outcome where its argument is missing, and hardly where it is not: only once it has ended.

    ``return client is None``, or ``if client is None: return True`` where the name says the rest: ``def is_closed(client)``.
    """
    fn = _function(module, name)
    params, body = (fn.body["params"], fn.body["body"]) if fn is not None else ([], [])
    body = [stmt for stmt in body if stmt[0] != F.S_EXPR or stmt[1][0] != F.E_CONST]
    if len(params) != 1 or not body:
        return False
    asked = params[0][0]
    first = body[0]
    if first[0] == F.S_RETURN and first[1] is not None:
        return _asks_for_missing(first[1], truth, asked)
    if first[0] != F.S_IF or len(first[1]) != 1 or len(first[1][0][1]) != 1:
        return False
    test, (given,) = first[1][0]
    outcome_there = (
        given[1][1] if given[0] == F.S_RETURN and given[1] is not None and given[1][0] == F.E_CONST else None
    )
    if outcome_there is not truth or not _asks_for_missing(test, True, asked):
        return False
    return not _ENDS.isdisjoint(name.split("_"))


def _asks_for_missing(test: Any, truth: bool, name: str) -> bool:
    """Whether a test has an outcome where a variable is None, and besides only where what it holds has ended."""
    while test[0] == F.E_UNARY and test[1] == "not":
        test, truth = test[2], not truth
    if test[0] == F.E_BOOL and (test[1] == "or") is truth:
        return _asks_for_missing(test[2][0], truth, name) and all(_asks_for_end(p, None, name) for p in test[2][1:])
    if test[0] == F.E_NAME:
        return not truth and test[1] == name
    if test[0] != F.E_CMP or len(test[2]) != 1 or test[1][:2] != [F.E_NAME, name]:
        return False
    return test[3][0][:2] == [F.E_CONST, None] and test[2][0] in (("is", "==") if truth else ("is not", "!="))


def _without_ends(questions: list[Any], kept: list[Any]) -> list[Any]:
    """Of questions for what is kept, those that do not ask whether it has ended: ``_loop is None or not _loop.thread.is_alive()``."""
    if len(kept) != 1 or kept[0][0] not in (F.E_NAME, F.E_ATTR):
        return questions
    base, name = _named(kept[0])
    return [questions[0], *(each for each in questions[1:] if not _asks_for_end(each, base, name))]


def _asks_for_end(test: Any, base: str | None, name: str) -> bool:
    """Whether a condition asks a thing, or a part of it, whether it has ended."""
    while test[0] == F.E_UNARY and test[1] == "not":
        test = test[2]
    asked = test[1] if test[0] == F.E_CALL and not test[2] and not test[3] else test
    if asked[0] != F.E_ATTR or asked[2].lstrip("_").removeprefix("is_") not in _ENDS:
        return False
    asked = asked[1]
    while asked[0] == F.E_ATTR and not _is(asked, base, name):
        asked = asked[1]
    return _is(asked, base, name)


def _named(path: Any) -> tuple[str | None, str]:
    """What a path is an attribute of, if it is one, and its name."""
    return (None, str(path[1])) if path[0] == F.E_NAME else (F.last_name(path[1]), str(path[2]))


_ENDS: Final = frozenset(("alive", "running", "closed", "closing", "connected", "open", "stopped", "dead"))
"""How it is asked whether something that is kept has ended, as it seldom has: it is used again and again."""
_OVER: Final = frozenset(("closed", "closing", "stopped", "dead"))
"""Those of them of which a yes says so."""


def _same(found: list[list[Any]]) -> list[Any]:
    """The path that each of several questions asks for: ``not hasattr(Store, "_one") or Store._one is None``."""
    first = found[0][0] if found[0] else None
    if first is None or first[0] != F.E_ATTR or first[1][0] != F.E_NAME:
        return []
    return [first] if all(any(_is(path, first[1][1], first[2]) for path in paths) for paths in found) else []


_COUNTS: Final = {"==": True, "!=": False, ">": False, "<=": True}
"""How a number is compared with 0 -> whether it is 0 where that holds."""


def _counted(e: Any, fr: Frame) -> Any:
    """``_entries`` of ``len(_entries)``, if nothing is taken out of it again."""
    if e[0] != F.E_CALL or e[1][0] != F.E_NAME or e[1][1] != "len" or len(e[2]) != 1:
        return None
    counted = e[2][0]
    is_kept = counted[0] in (F.E_NAME, F.E_ATTR) and not _is_thinned(fr.module, F.last_name(counted))
    return counted if is_kept else None


def _asked_before(test: Any, truth: bool, fr: Frame) -> list[tuple[str, Any]]:
    """A local variable that was worked out before, and what holds nothing yet where a test of it has this outcome.

    ``is_first = _store is None``, ``found = load() if not _entries else []``.
    """
    while test[0] == F.E_UNARY and test[1] == "not":
        test, truth = test[2], not truth
    made = narrowing.assigned(fr.fn, test[1]) if test[0] == F.E_NAME and fr.fn is not None else ()
    value = made[0] if len(made) == 1 else None
    if value is None:
        return []
    asked: list[Any] = []
    if value[0] == F.E_IF:
        empty = [_is_empty(arm) for arm in value[2:4]]
        if truth and empty[0] is not empty[1]:
            asked = _unset(value[1], empty[1], fr)
    elif value[0] in (F.E_CMP, F.E_UNARY, F.E_BOOL):
        asked = _unset(value, truth, fr)
    return [(test[1], path) for path in asked]


def _is_empty(e: Any) -> bool:
    """Whether an expression is false for sure: nothing, or an empty container."""
    return bool((e[0] == F.E_CONST and not e[1]) or (e[0] == F.E_SEQ and not e[2]) or (e[0] == F.E_DICT and not e[2]))


def _filled_beside(flag: str, truth: bool, path: Any, fr: Frame) -> bool:
    """Whether another condition of the function that asks for the same variable gives a path a value."""
    if fr.fn is None:
        return False
    todo = [fr.fn.body["body"]]
    while todo:
        for stmt in todo.pop():
            for test, body in stmt[1] if stmt[0] == F.S_IF else ():
                if truth and test[0] == F.E_NAME and test[1] == flag and _fills(body, path):
                    return True
            todo += F.blocks(stmt)
    return False


def _decided(test: Any, fr: Frame) -> bool | None:
    """The outcome of a flag that is asked for by its name, where it is known."""
    if test[0] == F.E_UNARY and test[1] == "not":
        inner = _decided(test[2], fr)
        return None if inner is None else not inner
    if test[0] != F.E_NAME or fr.env is None:
        return None
    held = fr.env.get(test[1], ())
    return bool(held[0].a) if len(held) == 1 and held[0].k == CONST else None


def _copied(path: Any, fr: Frame) -> Any:
    """What a local variable was copied from: the global of ``found = _found``, the attribute of ``client = getattr(self, "_client", None)``."""
    if path[0] != F.E_NAME or fr.fn is None or path[1] in fr.declared_global:
        return None
    made = narrowing.assigned(fr.fn, path[1])
    value = made[0] if made else None  # what is assigned later is what was missing
    if value is None or value[0] in (F.E_NAME, F.E_ATTR):
        return value
    if value[0] != F.E_CALL or value[1][0] != F.E_NAME or value[1][1] != "getattr" or len(value[2]) < 2:
        return None
    subject, name = value[2][0], value[2][1]
    return [F.E_ATTR, subject, name[1]] if name[0] == F.E_CONST and isinstance(name[1], str) else None


def _missing(test: Any, truth: bool, fr: Frame) -> list[tuple[Any, Any]]:
    """The keys that tables do not have yet where a test has this outcome: ``if key not in TABLE``."""
    tag: int = test[0]
    if tag == F.E_UNARY and test[1] == "not":
        return _missing(test[2], not truth, fr)
    if tag == F.E_BOOL:
        parts_of = test[2]
        if (test[1] == "and") is not truth:
            # Of `key in TABLE and not force` one part is false: where `force` is known, that is the other.
            parts_of = [part for part in parts_of if _decided(part, fr) is not (not truth)]
            if len(parts_of) > 1:
                return []
        return [found for part in parts_of for found in _missing(part, truth, fr)]
    if tag == F.E_CMP and len(test[2]) == 1 and test[2][0] == ("not in" if truth else "in"):
        return [(test[1], test[3][0])] if test[3][0][0] in (F.E_NAME, F.E_ATTR) else []
    return []


def _looked_up(path: Any, fr: Frame) -> list[tuple[Any, Any]]:
    """The key and the table that a local variable was looked up in: ``found = TABLE.get(key)``."""
    made = narrowing.assigned(fr.fn, path[1]) if path[0] == F.E_NAME and fr.fn is not None else ()
    value = made[0] if made else None  # what is assigned later is what the table lacked
    if value is None or value[0] != F.E_CALL or value[1][0] != F.E_ATTR or value[1][2] != "get" or not value[2]:
        return []
    table = value[1][1]
    return [(value[2][0], table)] if table[0] in (F.E_NAME, F.E_ATTR) else []


def _is_given(key: Any, fr: Frame) -> bool:
    """Whether a key is what the caller passes, such as the name of a user: each of them has the work done for it."""
    return key[0] == F.E_NAME and fr.fn is not None and any(p[0] == key[1] for p in fr.fn.body["params"])


def _table_keeper(ev: Evaluator, table: Any, fr: Frame) -> Once:
    """Who keeps a table that nothing is taken out of again."""
    name = F.last_name(table)
    if table[0] == F.E_ATTR:
        once = _keeper(ev, table, fr)
    else:
        bound = fr.module.bindings.get(name, ())
        made = [b.data for b in bound if b.kind == "value"]
        local = fr.fn is not None and (name in fr.vars or any(p[0] == name for p in fr.fn.body["params"]))
        if not local and _is_of_class_decorator(name, fr):
            return True
        once = True if not local and len(made) == len(bound) == 1 and _is_new_table(made[0]) else None
    return once if once is not None and not _is_thinned(fr.module, name) else None


def _is_of_class_decorator(name: str, fr: Frame) -> bool:
    """Whether a table is a variable of the function around, which decorates a class: it lives as long as that."""
    around = fr.closure.holder(name) if fr.closure is not None else None
    if around is None or around.fn is None:
        return False
    made = narrowing.assigned(around.fn, name)
    decorates = any(v.k == CLASS for value in around.params.values() for v in value)
    return decorates and len(made) == 1 and _is_new_table(made[0])


def _is_new_table(e: Any) -> bool:
    return e is not None and (
        (e[0] == F.E_DICT and not e[1]) or (e[0] == F.E_CALL and e[1][0] == F.E_NAME and e[1][1] == "dict" and not e[2])
    )


def _is_thinned(module: Module, name: str) -> bool:
    """Whether code of a module takes something out of a table of this name, or deletes (``_DELETED``) what is called so."""
    known = module.thinned
    if known is None:
        known = module.thinned = set()
        calls = module.facts.calls
        for index in {index for word in _THINNING for index in calls.get(word, ())}:
            scope = module.functions[index] if index >= 0 else module
            if scope.body:
                known.update(F.last_name(node[1][1]) for node in scope.written if _is_thinning(node[1]))
        for slot in module.facts.mentions(_DELETING):
            if slot <= len(module.functions):
                body = module.functions[slot - 1].body["body"] if slot else module.body
                for node in parts([body]):
                    if node[0] == F.S_DEL and len(node) > 1 and node[1].__class__ is list:
                        known.update(_taken_out(target) for target in node[1] if target.__class__ is list and target)
    return name in known


_DELETING: Final = f"[{F.S_DEL},[["
"""How ``del`` begins where facts are encoded."""


def _taken_out(target: Any) -> str:
    """What is noted of a target of ``del``: the name of the table, or that a name or an attribute itself is deleted."""
    return F.last_name(target[1]) if target[0] == F.E_SUB else _DELETED + F.last_name(target)


def _is_thinning(callee: Any) -> bool:
    return bool(callee[0] == F.E_ATTR and callee[2] in _THINNING)


def _puts(stmt: Any, table: Any) -> bool:
    """Whether a statement puts something into a table."""
    if stmt[0] == F.S_ASSIGN:
        base = table[1][1] if table[0] == F.E_ATTR else None
        name = F.last_name(table)
        return any(target[0] == F.E_SUB and _is(target[1], base, name) for target in stmt[1])
    return any(_puts(inner, table) for block in F.blocks(stmt) for inner in block)


def _keeper(ev: Evaluator, path: Any, fr: Frame) -> Once:
    """Who keeps what a path names: a module or class (True), the object whose method this is (its class), or somebody else."""
    if path[0] == F.E_NAME:
        if path[1] in fr.declared_global:
            return True
        if fr.outer_names is not None and path[1] in fr.outer_names:
            return fr.outer_names[path[1]]
        is_local = fr.fn is None or path[1] in fr.vars or path[1] in fr.params
        return None if is_local or path[1] not in fr.module.facts.global_writes else True
    if path[1][0] != F.E_NAME or fr.env is None:
        return None
    held = fr.env.get(path[1][1])
    if held is None:
        # An object that the function around shares with the functions it defines, or a class of the module, by its name.
        name = path[1][1]
        around = fr.closure.holder(name) if fr.closure is not None else None
        if around is not None and around.fn is not None:
            return around
        return True if any(c.name == name for c in fr.module.classes) and name not in fr.params else None
    own = fr.self_value
    if own is None or len(held) != 1 or held[0] is not own:
        return None
    if own.k == CLASS:
        return True
    return own.a if own.k == INST and not _is_taken_away(ev, own.a, path[2]) else None


def _is_taken_away(ev: Evaluator, cls: Class, name: str) -> bool:
    """Whether a method, other than those that make or end an object, empties the attribute again."""
    key = f"emptied {name}"
    if key not in cls.cache:
        cls.cache[key] = any(
            not fn.name.lstrip("_").startswith(tuple(w.lstrip("_") for w in (*_BEGINNING, *_ENDING)))
            and any(_empties(stmt, fn.body["params"][0][0], name) for stmt in fn.body["body"])
            for c in attributes.mro(ev, cls)
            if isinstance(c, Class)
            for fn in attributes.writers(c, name)
            if fn.body["params"]
        )  # fmt: skip
    return bool(cls.cache[key])


def _empties(stmt: Any, own: str, name: str) -> bool:
    """Whether a statement takes an attribute away again; one that declares it (``self._one: One | None = None``) only begins with it."""
    if stmt[0] == F.S_ANN:
        return False
    if stmt[0] in (F.S_IF, F.S_TRY, F.S_FOR, F.S_WHILE, F.S_WITH, F.S_MATCH):
        blocks = [stmt[1], stmt[3], stmt[4]] if stmt[0] == F.S_TRY else F.blocks(stmt)
        return any(_empties(inner, own, name) for block in blocks for inner in block)
    return assigns(stmt, own, name, empty=True)


def _fills(body: list[Any], path: Any) -> bool:
    """Whether statements give a path a value, and do not take it away again."""
    base, name = (None, path[1]) if path[0] == F.E_NAME else (path[1][1], path[2])
    return any(assigns(s, base, name, empty=False) for s in body) and not any(
        assigns(s, base, name, empty=True) for s in body
    )


def _called_fills(ev: Evaluator, body: list[Any], path: Any, fr: Frame) -> bool:
    """Whether statements call a function of the module, or a method of the object, that gives the path a value: ``self.connect()``."""
    base, name = (None, path[1]) if path[0] == F.E_NAME else (path[1][1], path[2])
    for node in parts(list(body)):
        if node[0] != F.E_CALL or node[1].__class__ is not list:
            continue
        callee = node[1]
        fn: Fn | None = None
        if base is None and callee[0] == F.E_NAME:
            fn = _writer(fr.module, callee[1], name)
        elif base is not None and callee[0] == F.E_ATTR and callee[1][0] == F.E_NAME and callee[1][1] == base:
            fn = _own_writer(ev, callee[2], name, fr) or _class_writer(callee[1][1], callee[2], name, fr)
        if fn is None:
            continue
        own = None if base is None else fn.body["params"][0][0] if fn.body["params"] else ""
        for keeper in (own,) if base is None else (own, base):
            said = [assigns(stmt, keeper, name, empty=False) for stmt in fn.body["body"]]
            if any(said) and not assigns(fn.body["body"][-1], keeper, name, empty=True):
                return True
    return False


def _class_writer(cls: str, called: str, name: str, fr: Frame) -> Fn | None:
    """The method of a class of the module that is called by a name and assigns an attribute of another: ``Store.connect()``."""
    for found in fr.module.classes if cls not in fr.params and cls not in fr.vars else ():
        fn = found.own_methods().get(called) if found.name == cls else None
        if fn is not None:
            return fn if fn in attributes.writers(found, name) else None
    return None


def _writer(module: Module, called: str, name: str) -> Fn | None:
    """The function of a module that is called by a name and assigns a global of another."""
    written = (module.functions[index] for index in module.facts.global_writes.get(name, ()) if index >= 0)
    return next((fn for fn in written if fn.name == called and fn.owner is None and fn.parent is None), None)


def _own_writer(ev: Evaluator, called: str, name: str, fr: Frame) -> Fn | None:
    """The method of the object being read that is called by a name and assigns an attribute of another."""
    own = fr.self_value
    if own is None or own.k not in (INST, CLASS):
        return None
    for cls in attributes.mro(ev, own.a):
        fn = cls.own_methods().get(called) if isinstance(cls, Class) else None
        if fn is not None:
            return fn if fn in attributes.writers(cls, name) else None
    return None


def assigns(stmt: Any, base: str | None, name: str, *, empty: bool) -> bool:
    """Whether a statement assigns a name or an attribute of one: something, or (``empty``) nothing."""
    if stmt[0] in (F.S_ASSIGN, F.S_ANN):
        targets, value = (stmt[1], stmt[2]) if stmt[0] == F.S_ASSIGN else ([stmt[1]], stmt[3])
        if any(_is(target, base, name) for target in targets):
            return (value is not None and value[0] == F.E_CONST and not value[1]) is empty
        return False
    blocks = F.blocks(stmt)
    if empty and stmt[0] == F.S_TRY:
        blocks = [stmt[1], stmt[3], stmt[4]]  # a handler takes back what was not finished: the next call tries again
    return any(assigns(inner, base, name, empty=empty) for block in blocks for inner in block)


def _is(target: Any, base: str | None, name: str) -> bool:
    if base is None:
        return bool(target[0] == F.E_NAME and target[1] == name)
    return bool(target[0] == F.E_ATTR and target[2] == name and target[1][0] == F.E_NAME and target[1][1] == base)
