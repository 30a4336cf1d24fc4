"""What a way to a blocking call needs to be left out, although a caller on the way gives it: ``if client is None: client = connect()``.

The same the other way round: what it needs to be given, although the caller leaves it out or gives an empty list: ``if files: upload(files)``.

Asked of the few chains that would be reported, not while functions are read: telling readings apart by it would multiply them. Only what is
written counts: something that is never None where it stands (a literal, what a class makes), or that the caller has asked before it calls.
"""

from __future__ import annotations

from typing import Any, Final

from async_guard.link.callers import is_call, parts
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Fn
from async_guard.model import facts as F

NOT_NONE: Final = 1
TRUE: Final = 2
OPEN: Final = 0
"""A name that stands for something new."""
_NONE: Final = -1
FALSE: Final = -2
NULL: Final = -3
"""It is None, and not false in another way: known of what is handed over, never asked for (`_NONE`)."""
_EMPTY: Final = -4
"""False, and no None: ``[]``; likewise never asked for."""
_EMPTIED: Final = "if None, empty: "
"""Before the name of a parameter: it is false if it was passed as None, as behind ``if files is None: files = []``."""

Known = dict[str, int]
"""Names and attributes of names -> what conditions say of them: `TRUE`, `NOT_NONE`, that they are None (`NULL` where that is known), or false."""


class Places:
    """What is known at each call of one function, once somebody asked."""

    def __init__(self, fn: Fn) -> None:
        self.at: dict[tuple[int, int], tuple[Known, Known]] = {}
        """Call -> what is known of names there, and of which parameters, as they were passed, the place needs to be None, false or true."""
        self.params = {p[0] for p in fn.body["params"]}
        self.own = own(fn)
        self.rebound = {name for stmt in fn.body["body"] for name in bound(stmt)} | filled(fn.body["body"])
        self.options = next((str(p[0]) for p in fn.body["params"] if p[1] == "**"), "")
        self.stands_for: dict[str, str] = {}
        """Names that a function gives what it was given in its ``**options`` -> which of them: ``name = options.get("name")``."""
        if self.options:
            names = [name for stmt in fn.body["body"] for name in bound(stmt)]
            self.is_replaced = self.options in names
            self.once = {name for name in names if names.count(name) == 1} if not self.is_replaced else set()
            self.written = {key for stmt in fn.body["body"] for key in _written(stmt, self.options)}
        self.block(fn.body["body"], {}, {})

    def block(self, body: list[Any], known: Known, under: Known) -> bool:
        """Read statements, changing what is known; whether the end of the block is reached."""
        under = dict(under)
        for stmt in body:
            tag: int = stmt[0]
            if tag == F.S_IF:
                if not self.branches(stmt, known, under):
                    return False
            elif tag in (F.S_FOR, F.S_WHILE, F.S_TRY, F.S_MATCH):
                before = dict(known)
                self.renew(bound(stmt), known)
                if tag != F.S_TRY:
                    self.visit(stmt[1], known, under)
                if tag == F.S_FOR:
                    self.visit(stmt[2], known, under)
                looped = dict(under)
                if tag == F.S_FOR:
                    self.enter(path(stmt[2]), TRUE, {}, looped)  # nothing is done for what is empty
                for inner in F.blocks(stmt):
                    # What is tried begins with what was known, what deals with it or loops may find anything bound.
                    self.block(
                        inner,
                        before if tag == F.S_TRY and inner is stmt[1] else dict(known),
                        looped if tag == F.S_FOR and inner is stmt[3] else under,
                    )
            elif tag == F.S_WITH:
                self.visit(stmt[1], known, under)
                self.renew(bound_by(stmt), known)
                if not self.block(stmt[2], known, under):
                    return False
            elif tag not in (F.S_DEF, F.S_CLASS, F.S_IMPORT, F.S_FROM, F.S_GLOBAL):
                self.visit(stmt[1:], known, under)
                self.renew(bound_by(stmt), known)
                if self.options and tag in (F.S_ASSIGN, F.S_ANN) and self.is_option(stmt, known):
                    continue
                if tag == F.S_ASSIGN and len(stmt[1]) == 1 and (name := path(stmt[1][0])):
                    known[name] = strength(stmt[2], known, {})
                elif tag == F.S_ASSERT:
                    self.note(stmt[1], True, known, {})
            if tag in LEAVES:
                return False
        return True

    def is_option(self, stmt: Any, known: Known) -> bool:
        """Whether a statement gives a name, which nothing else binds, what the function was given by keyword; enters which."""
        target, value = (stmt[1][-1], stmt[2]) if stmt[0] == F.S_ASSIGN else (stmt[1], stmt[3])
        if (
            (stmt[0] == F.S_ASSIGN and len(stmt[1]) > 1)
            or target[0] != F.E_NAME
            or target[1] not in self.once
            or value is None
        ):
            return False
        read = self.option_read(without_cast(value))
        if read:
            self.stands_for[target[1]] = read
            known.pop(target[1], None)
        return bool(read)

    def option_read(self, value: Any) -> str:
        """Which of the ``**options``, None where it is left out, an expression takes; empty for anything else."""
        if not self.options or value[0] != F.E_CALL or value[1][0] != F.E_ATTR:
            return ""
        if value[1][1][:2] != [F.E_NAME, self.options] or value[1][2] not in ("get", "pop"):
            return ""
        if not value[2] or value[2][0][0] != F.E_CONST or value[2][0][1] in self.written:
            return ""
        if self.is_replaced or any(default[:2] != [F.E_CONST, None] for default in value[2][1:]):
            return ""
        return option(self.options, value[2][0][1])

    def branches(self, stmt: Any, known: Known, under: Known) -> bool:
        """Read the branches of an ``if``; what holds behind all of them that reach their end is known from there on."""
        ends: list[Known] = []
        after, below = dict(known), dict(under)
        stays = False
        for test, body in stmt[1]:
            self.visit(test, after, below)
            here, needs = dict(after), dict(below)
            self.note(test, True, here, needs)
            if self.block(body, here, needs):
                ends.append(here)
                stays = True
            self.note(test, False, after, below)
        if self.block(stmt[2], after, below):
            ends.append(after)
        if not ends:
            return False
        emptied = self.emptied(stmt, known)
        if not stays:
            under.update(below)  # every branch before leaves the block
        known.clear()
        known.update(ends[0])
        for end in ends[1:]:
            for name in (*known, *(name for name in end if name not in known)):
                one, other = known.get(name), end.get(name)
                if one != other:
                    known[name] = min(one, other) if one and other and one > 0 and other > 0 else OPEN
                    if known[name] == OPEN and OPEN not in (one, other) and name in self.params:
                        del known[name]  # asked, not bound: it is what was passed
        if emptied:
            known[_EMPTIED + emptied] = NOT_NONE
        return True

    def emptied(self, stmt: Any, known: Known) -> str:
        """The parameter, as it was passed, that a statement makes an empty one of None: ``if files is None: files = []``."""
        if len(stmt[1]) != 1 or stmt[2] or len(stmt[1][0][1]) != 1:
            return ""
        test, (made,) = stmt[1][0]
        name = path(made[1][0]) if made[0] == F.S_ASSIGN and len(made[1]) == 1 else ""
        if name not in self.params or name in known or not _is_false(made[2], known, {}):
            return ""
        needs: Known = {}
        self.note(test, True, {}, needs)
        return name if list(needs) == [name] else ""

    def note(self, test: Any, truth: bool, known: Known, under: Known) -> None:
        """Enter what the outcome of a condition says."""
        tag: int = test[0]
        if tag == F.E_UNARY and test[1] == "not":
            self.note(test[2], not truth, known, under)
        elif tag == F.E_BOOL:
            if (test[1] == "and") is truth:
                for part in test[2]:
                    self.note(part, truth, known, under)
        elif tag == F.E_CMP and len(test[2]) == 1 and test[2][0] in _NONE_TESTS and test[3][0][:2] == [F.E_CONST, None]:
            is_none = (test[2][0] in ("is", "==")) is truth
            self.enter(path(test[1]), _NONE if is_none else NOT_NONE, known, under)
        elif tag == F.E_CMP and test[2] in (["is"], ["=="]) and test[3][0][:2] == _TRUE and truth:
            self.enter(path(test[1]), TRUE, known, under)
        elif tag == F.E_CALL and truth and test[1][:2] == [F.E_NAME, "isinstance"] and test[2]:
            self.enter(path(test[2][0]), NOT_NONE, known, under)
        elif tag in (F.E_NAME, F.E_ATTR):
            self.enter(path(test), TRUE if truth else FALSE, known, under)
        elif tag == F.E_WALRUS:
            self.enter(str(test[1]), TRUE if truth else FALSE, known, under)
            self.note(test[2], truth, known, under)
        elif tag == F.E_CALL and truth and test[1][0] == F.E_ATTR and test[1][2] in _LOOKS:
            self.enter(path(test[1][1]), TRUE, known, under)  # nothing is found in an empty one

    def enter(self, name: str, says: int, known: Known, under: Known) -> None:
        """One name is known to be something."""
        if not name:
            return
        if says > 0:
            if name in self.stands_for and name not in known:
                self.need(self.stands_for[name], says, under)
            known[name] = max(says, known.get(name, OPEN))
            if name in self.params and name not in self.rebound:
                self.need(name, says, under)
            if self.is_part(name):
                under[name[len(self.own) :]] = TRUE
        elif name in self.params and name not in known and under.get(name) != _NONE:
            under[name] = says
        elif name in self.stands_for and name not in known and under.get(self.stands_for[name]) != _NONE:
            under[self.stands_for[name]] = says
        elif self.is_part(name):
            under[name[len(self.own) :]] = says

    def need(self, name: str, says: int, under: Known) -> None:
        """A place needs a name to be true, or to be no None where nothing else is asked of it."""
        if says == TRUE or name not in under:
            under[name] = says

    def is_part(self, name: str) -> bool:
        """Whether a name is an attribute of the object itself, which the function gives no other value."""
        return bool(self.own) and name.startswith(f"{self.own}.") and name not in self.rebound

    def renew(self, names: list[str], known: Known) -> None:
        """These names stand for something new."""
        for name in names:
            for attribute in [each for each in known if each.startswith(f"{name}.")]:
                del known[attribute]
            known[name] = OPEN
            known.pop(_EMPTIED + name, None)

    def visit(self, part: Any, known: Known, under: Known) -> None:
        """Note the calls in an expression or in several."""
        if part.__class__ is not list or not part:
            return
        tag = part[0]
        if is_call(part):
            self.at[(part[4], part[5])] = (dict(known), dict(under))
            if self.is_part(called := path(part[1])):
                self.at[(part[4], part[5])][1][called[len(self.own) :]] = TRUE  # None cannot be called
            for argument in part[2]:
                known.pop(_EMPTIED + path(argument), None)  # whoever is handed something empty may fill it
        if tag == F.E_BOOL and len(part) == F.BOOL_PARTS and part[2].__class__ is list:
            known, under = dict(known), dict(under)
            for inner in part[2]:
                self.visit(inner, known, under)
                self.note(inner, part[1] == "and", known, under)
            return
        if tag == F.E_IF and len(part) == F.IF_PARTS and part[1].__class__ is list:
            self.visit(part[1], known, under)
            for truth, inner in ((True, part[2]), (False, part[3])):
                here, needs = dict(known), dict(under)
                self.note(part[1], truth, here, needs)
                self.visit(inner, here, needs)
            return
        for inner in part:
            self.visit(inner, known, under)


def is_given(links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether some call of a chain is made only where an argument is None or false of which the call before says that it is not."""
    given: Known = {}
    for number, (frame, event) in enumerate(links):
        fn = frame.fn
        if fn is None:
            given = {}
            continue
        known, under = _places(fn).at.get((event.pos, event.end), _NOTHING)
        if given and any(_contradicts(_of(given, name), needs) for name, needs in under.items()):
            return True
        call = event.node
        target = event.target.fn if event.target is not None and number + 1 < len(links) else None
        if target is None or not is_call(call):
            given = {}
            continue
        places = _places(fn)
        stands = {each: _of(given, key) for each, key in places.stands_for.items()} if given else {}
        if call[1][0] == F.E_NAME and call[1][1] != target.name and _is_method(fn, call[1][1], target):
            call = [call[0], [F.E_NAME, target.name, *call[1][2:]], *call[2:]]
        read = {
            param: _of(given, key)
            for param, e in (handed(call, target)[0] if given and places.options else {}).items()
            if (key := places.option_read(without_cast(e)))
        }
        given = _arguments(call, target, known, {**_declared(fn), **_parts(fn, call), **given}, stands)
        given.update((param, says) for param, says in read.items() if says)
    return False


def _is_method(fn: Fn, name: str, target: Fn) -> bool:
    """Whether all that a function gives a name is a method of an object: ``run = self.engine.run``, ``run = getattr(engine, "run", None)``."""
    found = [node for node in parts([fn.body["body"]]) if node[0] == F.S_ASSIGN and len(node) == F.ASSIGN_PARTS]
    made = [node[2] for node in found if node[1].__class__ is list and [F.E_NAME, name] in [t[:2] for t in node[1]]]
    if target.owner is None or len(made) != 1 or [n for s in fn.body["body"] for n in bound(s)].count(name) != 1:
        return False
    e = made[0]
    if e[0] == F.E_CALL and e[1][:2] == [F.E_NAME, "getattr"] and len(e[2]) > 1:
        return bool(e[2][1][:2] == [F.E_CONST, target.name])
    return bool(e[0] == F.E_ATTR and e[2] == target.name and not _is_class(F.last_name(e[1])))


def _parts(fn: Fn, call: Any) -> Known:
    """What is known of the parts of its object that a method passes on: what the constructor makes, and nobody replaces."""
    name, maker = own(fn), fn.owner.own_methods().get("__init__") if fn.owner is not None else None
    if not name or maker is None or maker is fn:
        return {}
    passed = [
        e for e in (*call[2], *(value for _, value in call[3])) if e[0] == F.E_ATTR and e[1][:2] == [F.E_NAME, name]
    ]
    return {path(e): says for e in passed if (says := _made(maker, e[2]))}


def _made(maker: Fn, name: str) -> int:
    """What is known of an attribute that a constructor assigns once, whatever it is handed, and that no other method or function assigns."""
    target = f"{own(maker)}.{name}"
    body = maker.body["body"]
    if [each for stmt in body for each in bound(stmt)].count(target) != 1:
        return OPEN
    for index in maker.module.facts.attribute_writes.get(name, ()):
        writer = maker.module.functions[index] if index >= 0 else None
        if writer is not maker and (writer is None or writer.owner is None or writer.owner is maker.owner):
            return OPEN
    made = next((s[2] for s in body if s[0] == F.S_ASSIGN and target in bound_by(s)), None)
    if made is None:
        return OPEN
    called = F.last_name(made[1]) if made[0] == F.E_CALL else ""
    return TRUE if called.startswith(_MAKING) else strength(made, {}, {})


_MAKING: Final = ("make_", "create_", "build_", "new_", "open_")
"""How functions begin that give what they have made."""


def is_denied(fn: Fn, event: Event, parts: Known) -> bool:
    """Whether an event of a function needs attributes of its object, by ``.name``, to be something else than they are known to be."""
    needs = _places(fn).at.get((event.pos, event.end), _NOTHING)[1]
    return any(_contradicts(parts.get(name, OPEN), says) for name, says in needs.items())


def own(fn: Fn) -> str:
    """What a method calls its object; empty for a function."""
    params = fn.body["params"]
    return str(params[0][0]) if fn.owner is not None and params and params[0][1] in ("/", "a") else ""


def arguments(caller: Fn | None, call: Any, fn: Fn, given: Known) -> Known:
    """What a call says of the parameters of the function it calls, where ``given`` is known of the caller's own."""
    known = _places(caller).at.get((call[4], call[5]), _NOTHING)[0] if caller is not None else {}
    return _arguments(call, fn, known, given, {})


def _of(given: Known, name: str) -> int:
    """What is known of a parameter, or of one of the ``**options``: those that a call does not name are left out."""
    found = given.get(name)
    return given.get(name.partition("[")[0] + _OTHERS, OPEN) if found is None and "[" in name else found or OPEN


def _places(fn: Fn) -> Places:
    if fn.places is None:
        fn.places = Places(fn)
    return fn.places  # type: ignore[no-any-return]


def _contradicts(is_known: int, needs: int) -> bool:
    if needs == _NONE:
        return is_known >= NOT_NONE or is_known == _EMPTY
    if needs > 0:
        return is_known == NULL or (needs == TRUE and is_known in (FALSE, _EMPTY))
    return is_known == TRUE


def _arguments(call: Any, fn: Fn, known: Known, given: Known, stands: Known) -> Known:
    """What a call says of the parameters of the function that it calls.

    Args:
        call: the call as it is written.
        fn: the function.
        known: what is known of names there.
        given: what is known of the caller's own parameters.
        stands: what is known of names that stand for something in its ``**options``.
    """
    passed, left = handed(call, fn)
    given = {**given, **stands}
    out = {name: _said(argument, known, given) for name, argument in passed.items()}
    out.update((p[0], _said(p[3], {}, {})) for p in left if p[3] is not None and _is_false(p[3], {}, {}))
    rest = next((p[0] for p in left if p[1] == "**"), "")
    if rest:
        out[rest + _OTHERS] = NULL
    return {param: says for param, says in out.items() if says or "[" in param}


def handed(call: Any, fn: Fn) -> tuple[dict[str, Any], list[Any]]:
    """What a call is written with for each parameter of the function it calls, and the parameters that it leaves out, as far as that is sure.

    What goes to ``**options`` goes by `option`; that parameter is among those left out where nothing but what is named goes there.
    """
    name = F.last_name(call[1])
    if name != fn.name and fn.name != "__init__":
        return {}, []
    params = fn.body["params"]
    kinds = {F.last_name(d) for d in fn.body["decorators"]}
    if fn.owner is not None and "staticmethod" not in kinds:
        base = call[1][1] if call[1][0] == F.E_ATTR else None
        if base is not None and name == fn.name and "classmethod" not in kinds and _is_class(F.last_name(base)):
            return {}, []  # `Base.method(self, ...)`
        params = params[1:]
    out: dict[str, Any] = {}
    is_whole = all(keyword is not None for keyword, _ in call[3])
    for argument, param in zip(call[2], [p for p in params if p[1] in ("/", "a")], strict=False):
        if argument[0] == F.E_STAR:
            is_whole = False
            break
        out[param[0]] = argument
    named = {p[0] for p in params if p[1] in ("a", "k")}
    rest = next((p[0] for p in params if p[1] == "**"), "")
    for keyword, argument in call[3]:
        if keyword in named:
            out[keyword] = argument
        elif rest and keyword is not None:
            out[option(rest, keyword)] = argument
    return out, [p for p in params if p[0] not in out] if is_whole else []


def _said(argument: Any, known: Known, given: Known) -> int:
    if argument[:2] == [F.E_CONST, None]:
        return NULL
    if not _is_false(argument, known, given):
        return strength(argument, known, given)
    if argument[0] != F.E_NAME:
        return _EMPTY
    is_told = argument[1] not in known and given.get(argument[1]) in (NULL, _EMPTY)
    return given[argument[1]] if is_told else FALSE


def is_nothing(e: Any) -> bool:
    """Whether an expression is None, false or empty whatever else is known."""
    return _is_false(e, {}, {})


def _is_false(e: Any, known: Known, given: Known) -> bool:
    """Whether an expression is None, false or empty for sure; as a parameter that was passed so, or has become empty of None."""
    tag: int = e[0]
    if tag == F.E_NAME:
        is_off = given.get(e[1], OPEN) in (FALSE, NULL, _EMPTY)
        return is_off and (e[1] not in known or known.get(_EMPTIED + e[1]) == NOT_NONE)
    return bool((tag == F.E_CONST and not e[1]) or (tag == F.E_SEQ and not e[2]) or (tag == F.E_DICT and not e[1]))


def _written(stmt: Any, options: str) -> list[Any]:
    """The keys under which a statement, or one inside it, puts something into a mapping of this name."""
    targets = stmt[1] if stmt[0] == F.S_ASSIGN else ()
    own = [t[2][1] for t in targets if t[0] == F.E_SUB and t[1][:2] == [F.E_NAME, options] and t[2][0] == F.E_CONST]
    return own + [key for block in F.blocks(stmt) for inner in block for key in _written(inner, options)]


_OTHERS: Final = "[]"
"""Behind the name of ``**options``: all of them that a call does not name."""
_TRUE: Final = [F.E_CONST, True]


def without_cast(e: Any) -> Any:
    """``x`` of ``cast(T, x)``."""
    return e[2][1] if e[0] == F.E_CALL and F.last_name(e[1]) == "cast" and len(e[2]) == _CAST_ARGS else e


_CAST_ARGS: Final = 2


def option(options: str, keyword: Any) -> str:
    """How one of the ``**options`` of a function goes by: ``options["name"]``, as no name is written."""
    return f"{options}[{keyword!r}]"


def _declared(fn: Fn) -> Known:
    """Parameters whose annotation says that they are no None."""
    return {
        name: NOT_NONE
        for name, _, annotation, default in fn.body["params"]
        if annotation is not None
        and annotation[0] == F.E_NAME
        and annotation[1] in _PLAIN
        and (default is None or default[:2] != [F.E_CONST, None])
    }


def strength(e: Any, known: Known, given: Known) -> int:
    """What is known of an expression as it is written: that it is true, or no None."""
    tag: int = e[0]
    if tag in (F.E_NAME, F.E_ATTR):
        name = path(e)
        found = known.get(name)
        return max(given.get(name, OPEN) if found is None else found, OPEN)
    if tag == F.E_CONST:
        return OPEN if e[1] is None else TRUE if e[1] else NOT_NONE
    if tag == F.E_SEQ:
        return TRUE if any(item[0] != F.E_STAR for item in e[2]) else NOT_NONE
    if tag == F.E_DICT:
        return TRUE if any(key is not None for key in e[1]) else NOT_NONE
    if tag == F.E_BOOL:
        return strength(e[2][-1], known, given) if e[1] == "or" else min(strength(p, known, given) for p in e[2])
    if tag == F.E_IF:
        return min(strength(e[2], known, given), strength(e[3], known, given))
    if tag == F.E_CALL:
        called = F.last_name(e[1])
        if _is_class(called):
            return NOT_NONE if called.endswith(_SIZED) else TRUE
        return NOT_NONE if called in (_MAKERS if e[1][0] == F.E_NAME else _OF_TEXTS) else OPEN
    return NOT_NONE if tag in _NEVER_NONE else OPEN


def _is_class(name: str) -> bool:
    """Whether something is called like a class."""
    return name[:1].isupper() and not name.isupper()


def path(e: Any) -> str:
    """``x`` and ``x.y`` as they are written; empty for anything else."""
    if e[0] == F.E_NAME:
        return str(e[1])
    return f"{e[1][1]}.{e[2]}" if e[0] == F.E_ATTR and e[1][0] == F.E_NAME else ""


def _targets(target: Any) -> list[str]:
    tag: int = target[0]
    if tag in (F.E_NAME, F.E_ATTR):
        return [name] if (name := path(target)) else []
    if tag == F.E_SEQ:
        return [name for item in target[2] for name in _targets(item)]
    return _targets(target[1]) if tag == F.E_STAR else []


def bound_by(stmt: Any) -> list[str]:
    """Names that one statement binds, without those of the statements inside."""
    tag: int = stmt[0]
    if tag == F.S_ASSIGN:
        return [name for target in stmt[1] for name in _targets(target)]
    if tag in (F.S_ANN, F.S_AUG, F.S_FOR):
        return _targets(stmt[1]) if tag != F.S_ANN or stmt[2] is not None else []
    if tag == F.S_WITH:
        return [name for _, target, _, _ in stmt[1] if target is not None for name in _targets(target)]
    if tag == F.S_TRY:
        return [handler[1] for handler in stmt[2] if handler[1]]
    if tag == F.S_MATCH:
        return [name for case in stmt[2] for name, _ in case[1]]
    return [name for target in stmt[1] for name in _targets(target)] if tag == F.S_DEL else []


def bound(stmt: Any) -> list[str]:
    """The same with those of the statements inside."""
    return [*bound_by(stmt), *(name for block in F.blocks(stmt) for inner in block for name in bound(inner))]


def filled(body: list[Any]) -> set[str]:
    """Names of things that something is put into: ``files.append(...)``, ``files[name] = ...``."""
    found = set()
    for node in parts(list(body)):
        if is_call(node) and node[1][0] == F.E_ATTR:
            if node[1][2] in _FILLERS:
                found.add(path(node[1][1]))
        elif node[0] == F.S_ASSIGN and len(node) == F.ASSIGN_PARTS and node[1].__class__ is list:
            found.update(path(t[1]) for t in node[1] if t.__class__ is list and t and t[0] == F.E_SUB)
    return found


_NOTHING: Final[tuple[Known, Known]] = ({}, {})
LEAVES: Final = frozenset((F.S_RETURN, F.S_RAISE, F.S_BREAK, F.S_CONTINUE))
_NONE_TESTS: Final = frozenset(("is", "is not", "==", "!="))
_LOOKS: Final = frozenset(("get", "items", "keys", "values"))
"""Methods of a mapping that give nothing where nothing is in it."""
_FILLERS: Final = frozenset(("append", "extend", "insert", "add", "update", "setdefault", "appendleft", "extendleft"))
_SIZED: Final = (
    "List",
    "Dict",
    "dict",
    "Set",
    "Tuple",
    "Collection",
    "Counter",
    "Queue",
    "Map",
    "Mapping",
    "Frame",
    "Array",
    "Series",
    "Buffer",
    "Store",
)
"""What classes are called at the end whose objects may be false because nothing is in them."""
_PLAIN: Final = frozenset(("str", "bytes", "int", "float", "bool", "list", "dict", "set", "tuple"))
_MAKERS: Final = frozenset((
    "str", "bytes", "bytearray", "int", "float", "bool", "list", "dict", "set", "frozenset", "tuple", "len", "repr", "sorted", "range", "zip",
    "enumerate", "map", "filter", "sum", "abs", "round", "type", "super", "open", "vars",
))  # fmt: skip
_OF_TEXTS: Final = frozenset((
    "strip", "lstrip", "rstrip", "lower", "upper", "title", "format", "join", "encode", "decode", "split", "rsplit", "splitlines", "removeprefix",
    "removesuffix", "hexdigest", "isoformat", "as_posix",
))  # fmt: skip
_NEVER_NONE: Final = frozenset((F.E_OPAQUE, F.E_LAMBDA, F.E_COMP, F.E_FSTR, F.E_CMP, F.E_BIN, F.E_UNARY))

__all__ = [
    "FALSE",
    "LEAVES",
    "NOT_NONE",
    "OPEN",
    "arguments",
    "bound",
    "bound_by",
    "filled",
    "handed",
    "is_denied",
    "is_given",
    "is_nothing",
    "own",
    "path",
    "strength",
    "without_cast",
]
