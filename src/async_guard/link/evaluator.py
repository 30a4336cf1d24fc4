"""Reads frames: statements in order, expressions to value sets, calls to events.

The reader is flow-sensitive inside a frame (branches are read apart and joined), context-sensitive between frames (a function is read
once per distinct set of argument values, up to a limit) and never runs anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from async_guard.catalogue.load import Catalogue
from async_guard.link import (
    agreed,
    attributes,
    callers,
    calls,
    containers,
    hints,
    left_out,
    library,
    memos,
    names,
    narrowing,
    options,
    patterns,
    picked,
    preset,
    refusals,
    surely,
    texts,
    vouched,
)
from async_guard.link.frames import CALL, KEEPS, RESULT, YIELDS, Args, Event, Filling, Frame, Lazy, Site
from async_guard.link.program import Class, Fn, Module, Program, ends_program, unpacking
from async_guard.link.values import (
    AWAITABLE,
    BOUND,
    CLASS,
    CONST,
    CORO,
    DICT,
    EXTINST,
    FUNC,
    GEN,
    INST,
    LACKS,
    MARK,
    MORE,
    NOTHING,
    PARTIAL,
    SEQ,
    STATIC,
    UNKNOWN,
    VS,
    WRAP,
    V,
    Values,
    has_key,
    has_unknown,
    interned,
    is_constant,
    key_of,
    known,
    same,
    union,
    without_none,
    without_unknown,
)  # fmt: skip
from async_guard.model import facts as F
from async_guard.model.catalogue import Effect
from async_guard.model.findings import Defect, Severity, defect_in

if TYPE_CHECKING:
    from async_guard.link.entries import Frameworks

DEPTH_LIMIT: Final = 70
"""Frames read inside each other; what lies deeper is read later, and its result is unknown to whoever asked first."""
LEVELS: Final = 2000
"""Expressions and calls read inside each other, many times as many as large applications have: for compiled code nothing else says where its
stack ends."""
_TOO_DEEP: Final = "nested too deeply"
REFRESH_LIMIT: Final = 1
"""Times that a frame is read again because something it needed was still being read."""
CONTEXT_LIMIT: Final = 5
"""Argument sets that one function is read under; further calls share the reading with declared types only."""
LIBRARY_CONTEXT_LIMIT: Final = 2
"""The same for a function of a library."""
UNDECIDED_LIMIT: Final = 3
"""Times that a function is left open because its decorators could not be read yet; then it is taken as it is written."""
CALLABLE_CONTEXT_LIMIT: Final = 600
"""The same for functions that are handed callables and make functions of them, or that import what a text names: decorators, locators; and for
brief ones that are handed one, in which the readings of all their callers would be one place where everybody's calls begin: runners."""
CHOSEN_CONTEXT_LIMIT: Final = 60
"""The same for functions that are handed one class or callable, and for long ones that are handed the name of one."""
SUBCLASS_CONTEXT_LIMIT: Final = 20
"""Contexts of one method, over the classes of its receivers, after which each class gets one only."""
ALL_CONTEXTS_LIMIT: Final = 130
"""Contexts of one function over all enclosing frames."""
WRAPPER_CONTEXTS_LIMIT: Final = 2000
"""The same for functions that other functions make, one for each function they decorate: joining them would mix up whom they call."""
FLAGS_LIMIT: Final = 12
"""Sets of flags that a function is read under when it has no more argument sets to give."""
_TEXTS: Final = 6
"""Texts that one f-string may be, told apart."""
_TEXT: Final = 200
"""Length of a text that is known."""
_FLAGS: Final = ("bool", "NoneType")
_HANDED: Final = frozenset((FUNC, BOUND, PARTIAL, WRAP, STATIC))
_CHOSEN: Final = frozenset((CLASS, FUNC, BOUND, PARTIAL))
_CUT_DOWN: Final = frozenset((UNKNOWN, CONST, INST, SEQ, DICT))
"""Of what values less may be kept where they are arguments; see `Evaluator.limited`."""
_NAMED: Final = 24
"""Texts that name code of the project in a list that is kept as an argument."""
_ROW: Final = 4
"""Items of a tuple that is kept as an argument."""
CALLER_LIMIT: Final = 25
"""Scopes looked at to learn what callers pass for an unannotated parameter."""

_LIVE_LOOPS: Final = 2
"""Loops inside each other whose bodies are read twice, because a name holds something that can be called or can block after them."""
_LOOPS: Final = 4
"""The same because a flag that decides a condition in them changes."""
_STATES: Final = 8
"""Times more that the body of an outermost loop is read while what decides its conditions goes on to change: a machine with that many states."""

Env = dict[str, VS] | None
Asked = dict[tuple[int, Frame, str], VS]
"""Questions, by what is asked and of whom, and the answers."""


def _no_answers() -> Asked | None:
    """No answers yet. Declared as what the place for them may hold: while a frame is read, others may put nothing there, and compiled code
    takes an attribute for what the same function has assigned to it last.
    """
    return {}


def _is_tested(caller: Module, fn: Fn) -> bool:
    """Whether a call there is one of a function of the application by a test."""
    return caller.is_test and not fn.module.is_test


def _contexts(fn: Fn) -> int:
    """Argument sets that a function is read under: long ones say the same under most, and cost most."""
    if fn.module.library:
        return LIBRARY_CONTEXT_LIMIT
    lines = fn.head.end_line - fn.head.line
    return CONTEXT_LIMIT if lines < F.LONG else 3 if lines < F.VERY_LONG else 1


def _is_joint(frame: Frame, params: list[Any], given: dict[str, VS]) -> bool:
    """Whether a reading stands for calls of which nobody says what they pass: not all parameters are given."""
    own = 1 if frame.self_value is not None else 0
    return any(p[0] not in given for p in params[own:])


def _is_over(e: Any, fr: Frame) -> bool:
    """Whether an expression is the call, awaited or not, of a function that always raises."""
    call = e[1] if e[0] == F.E_AWAIT else e
    return bool(call[0] == F.E_CALL and fr.ended == call[4] and fr.fn is not None)


def _is_yield(stmt: Any) -> bool:
    """Whether a statement gives an item and asks for nothing."""
    return bool(stmt[0] == F.S_EXPR and stmt[1][0] == F.E_YIELD)


def _is_wrapper(fn: Fn, v: V) -> bool:
    """Whether an object stands for the function that it was made with, as a decorator written as a class makes one for each."""
    return fn.name in _CALLED and v.b is not None and any(x.k in _HANDED for _, value in v.b for x in value)


_CALLED: Final = ("__call__", "__get__")


class _Begun:
    """What is known where a loop begins another round of being read."""

    __slots__ = ("attrs", "decided", "env", "rounds")

    def __init__(self, env: dict[str, VS], fr: Frame, decided: int | None = None) -> None:
        self.env = env
        self.attrs: Mapping[str, VS] = dict(fr.attrs)
        self.decided: int = fr.decided if decided is None else decided
        self.rounds = 1


def _is_flag_changed(old: VS, new: VS) -> bool:
    """Whether something that was a constant for sure, or a mapping with known keys, may be something else."""
    return (
        bool(old)
        and old != new
        and all(is_constant(v) or (v.k == DICT and bool(v.a) and not v.b) for v in old)
        and any(v not in old for v in new)
    )


def _rounds(e: Any) -> int:
    """For how many items a comprehension is read one by one: more where it at most makes an object of each class that it comes by."""
    targets: list[Any] = []
    for target, _, conditions, is_async, *_ in e[2]:
        if is_async or not all(_is_cheap(part, None) for part in conditions):
            return 0
        targets += [part[1] for part in (target[2] if target[0] == F.E_SEQ else [target]) if part[0] == F.E_NAME]
    if all(_is_cheap(part, targets) for part in e[3:5]):
        return _ROUNDS
    return _FEW_ROUNDS if all(_is_cheap(part, None) for part in e[3:5]) else 0


def _is_cheap(e: Any, targets: list[Any] | None) -> bool:
    """Whether an expression only names something or calls one of ``targets``, or whatever if there are none."""
    if e is None or e[0] in (F.E_NAME, F.E_CONST, F.E_OPAQUE):
        return True
    if e[0] == F.E_ATTR:
        return _is_cheap(e[1], targets)
    if e[0] == F.E_SUB:
        return _is_cheap(e[1], targets) and _is_cheap(e[2], targets)
    if e[0] == F.E_CALL:
        if targets is None:
            return _is_cheap(e[1], None) and all(_is_cheap(a, None) for a in (*e[2], *(a for _, a in e[3])))
        return e[1][0] == F.E_NAME and e[1][1] in targets and not e[3] and all(_is_cheap(a, targets) for a in e[2])
    if e[0] in (F.E_CMP, F.E_BOOL, F.E_UNARY) and targets is None:
        parts = e[2] if e[0] == F.E_BOOL else [e[2]] if e[0] == F.E_UNARY else [e[1], *e[3]]
        return all(_is_cheap(part, None) for part in parts)
    return e[0] in (F.E_SEQ, F.E_FSTR, F.E_SLICE) and all(_is_cheap(part, targets) for part in e[-1])


_ROUNDS: Final = 40
"""Items that a comprehension is read for one by one."""
_FEW_ROUNDS: Final = 8
"""The same of one that calls something for each."""


def _walruses(e: Any) -> list[str]:
    if not isinstance(e, (list, tuple)):
        return []
    own = [str(e[1])] if len(e) > 2 and e[0] == F.E_WALRUS and isinstance(e[1], str) else []
    return own + [name for part in e for name in _walruses(part)]


def _ends_after(what: Any, other: Any) -> bool:
    """Whether something that is being read, or that lies too deep to be read yet, is complete later than another such thing."""
    return other is None or other.state == 2 or (what.state == 1 and (other.state == 0 or what.begun < other.begun))


def _telling(bound: dict[str, VS]) -> tuple[Any, ...]:
    """Of arguments, what makes readings differ: things that can be called or block, constants, and that something was given at all.

    Name, values, name, values: without a pair for each, as they are kept for all readings.
    """
    out: list[Any] = []
    for name, value in bound.items():
        out.append(name)
        out.append(_telling_of(value) if value else None)
    return tuple(out)


def _telling_of(value: VS) -> tuple[V | None, ...]:
    told: tuple[V | None, ...] = tuple(
        v
        for v in value
        if v.live
        or v.k == CONST
        or (v.k == SEQ and (v.b or (v.a == "tuple" and v.b is not None)))
        or (v.k == DICT and (not v.b or _has_flag(v)))
        or (v.k == EXTINST and v.c.__class__ is tuple)
    )
    if len(told) == len(value):
        return value
    is_all = all(v is not None and v.live for v in told)
    return told if is_all else (*told, None)  # a constant is not all that it may be


def _has_flag(v: V) -> bool:
    """Whether a mapping, of which not all is known, has True, False or None under a name."""
    return any(len(value) == 1 and _is_plain_flag(value[0]) for _, value in v.a)


def _is_flag(v: V) -> bool:
    if v.k == SEQ:
        return v.a == "tuple" and v.b is not None and len(v.b) <= _ROW and not v.live
    return is_constant(v) if v.k == INST else (v.k == CONST and v.b in _FLAGS) or texts.is_other(v)


def _is_plain_flag(v: V) -> bool:
    return v.k == CONST and v.b in _FLAGS


def _is_object_for_builtin(value: VS, returns: Any) -> bool:
    """Whether an object of the project is among what a function gives that is declared to give a mapping, a list, a text or the like."""
    for v in value:
        if v.k == INST:
            return _says_builtin(returns)
    return False


def _is_singleton(e: Any) -> bool:
    """Whether a pattern asks for identity: ``case None``."""
    return bool(e[0] == F.E_CONST and (e[1] is None or e[1].__class__ is bool))


def _says_nothing(returns: Any) -> bool:
    """Whether an annotation allows anything: what a reading of the function came by is all that is known."""
    return F.last_name(returns) in ("Any", "object")


def _says_builtin(e: Any) -> bool:
    tag: int = e[0]
    if tag == F.E_SUB:
        e = e[1]
        tag = e[0]
    if tag == F.E_NAME:
        return e[1] in _BUILTIN_NAMES
    if tag == F.E_BIN:
        return _says_builtin(e[2]) and _says_builtin(e[3])
    return bool(tag == F.E_CONST and e[1] is None)


_BUILTIN_NAMES: Final = frozenset((
    "dict", "Dict", "Mapping", "MutableMapping", "list", "List", "Sequence", "tuple", "Tuple", "set", "Set", "frozenset", "str", "bytes", "int",
    "float", "bool",
))  # fmt: skip
"""Names of annotations that may allow builtin values alone."""


def _has_made_inside(bound: dict[str, VS], fn: Fn) -> bool:
    """Whether a callable among arguments was made by a call of the function that they are handed to."""
    for value in bound.values():
        for v in value:
            if v.k in _HANDED and _made_inside(v, fn):
                return True
    return False


def _made_inside(v: V, fn: Fn) -> bool:
    """Whether a callable was made by a call of the function that it is handed to: each such call would make another."""
    if v.k == BOUND or v.k == WRAP:
        return isinstance(v.b, V) and _made_inside(v.b, fn)
    if v.k == PARTIAL:
        return isinstance(v.a, V) and _made_inside(v.a, fn)
    outer: Frame | None = v.b if v.k == FUNC else None
    while outer is not None:
        if outer.fn is fn:
            return True
        outer = outer.closure
    return False


class Evaluator:
    """All frames of a run and the operations that read them."""

    def __init__(
        self, program: Program, catalogue: Catalogue, frameworks: Frameworks, contracts: Mapping[str, str] | None = None
    ) -> None:
        self.program = program
        self.catalogue = catalogue
        self.frameworks = frameworks
        self.values = Values()
        self.builtins: dict[str, VS] = {}
        """Builtins that were asked for, by name."""
        self.field_types: dict[Class, tuple[int, list[V]]] = {}
        """What the fields of models are declared to hold, and at which moment that was looked up."""
        self.roles: dict[str, str] = {}
        """Classes of libraries -> the role that the catalogue gives their objects, of those that were asked for."""
        self.lacking: dict[tuple[str, str], bool] = {}
        """Classes of libraries and names of special methods -> whether nothing is known of such a method."""
        self.depth = 0
        self.level = 0
        """Expressions and calls being read inside of each other, those of other scopes too."""
        self.levels = LEVELS
        self.joining = 0
        self.cycles = 0
        """How often a definition was asked for while it was being read."""
        self.decorations = CALLABLE_CONTEXT_LIMIT
        """Functions that one decorator is read for; it is taken to change nothing of any further one."""
        self.hit: Any = None
        """Of what was asked for in the middle of its own definition by the frame being read, whichever ends last."""
        self.asked: Asked | None = None
        """What the frame being read was told by what is not complete. None where it also came by something of which nobody can say later whether
        it is the same."""
        self.announced: V | None = None
        """The class that a metaclass is making."""
        self.moments = 0
        self.assigning: dict[int, tuple[Any, tuple[str, ...]]] = {}
        """Expressions of several tests, by identity -> the names they assign."""
        self.defects: list[Defect] = []
        """What broke while reading."""
        self.binding: dict[tuple[Module, object, Class | None], Filling] = {}
        """Names whose values are being read: the module, the statement that binds it, and the class whose body it stands in."""
        self.filling: dict[Any, Filling] = {}
        """Modules, names of containers and of attributes, whose writers are being or were read."""
        self.registrations: list[Any] = []
        self.presets: dict[tuple[Fn, str], VS] = {}
        """Parameters of coroutine functions -> what ``functools.partial`` was handed for them."""
        self.partials: dict[str, dict[tuple[Module, int], None]] | None = None
        """Names of what ``functools.partial`` is called with -> the scopes that do so, unless those were read; once somebody asked."""
        self.bags: dict[tuple[Any, str], VS] = {}
        """Attributes written on objects other than ``self``: (class, module or library class, name) -> values."""
        self.methods_put: dict[tuple[Class, str], dict[Fn | None, VS]] = {}
        """Functions put on a class after its body: (class, name) -> by which function, in order -> values."""
        self.methods_replaced: set[tuple[Class, str]] = set()
        """Of those, what decorators of the class and its bases put there: they stand for what the body says."""
        self.dressing: list[Class] = []
        """Classes that are finished, whose decorators and bases have not yet had them."""
        self.lining: set[Class] = set()
        """Classes whose bases are being looked for."""
        self.lines_missed = 0
        """How often the bases of a class were not all known, because they were being read."""
        self.listing: list[Class] = []
        """Classes whose objects' attributes are being listed."""
        self.takers: dict[V, dict[Frame, None]] = {}
        """Library objects that something is put into, such as queues -> the frames that take things out of them."""
        self.settled: dict[tuple[Fn, str], bool] = {}
        """Parameters of functions -> whether all that is passed for them is the same for the whole process, once somebody asked."""
        self.makers: dict[Class, dict[Frame, memos.Once]] = {}
        """Classes -> the frames that make objects of them, again and again."""
        self.made_with: dict[tuple[Class, str], VS] = {}
        """Classes with a generated constructor and their fields -> what objects are made with."""
        self.made_classes: dict[Any, Class] = {}
        """Classes that calls make (``namedtuple``): (what, module, expression) -> class."""
        self.stale: dict[Frame, None] = {}
        """Frames that took something out of an object before all was put into it."""
        self.contents: dict[tuple[str, Any], VS] = {}
        """Values put into module-level or attribute containers."""
        self.own_contents: dict[tuple[Class, str], dict[Any, VS]] = {}
        """Values put into containers that each object has for itself: (class, name) -> (function, how the object was known) -> values."""
        self.global_values: dict[tuple[str, str], VS] = {}
        self.shared: set[Any] = set()
        self.frames: list[Frame] = []
        self.lazies: dict[Any, Lazy] = {}
        """Iterators whose items are computed when they are asked for: (scope, expression) -> what that runs."""
        self.joins: set[Any] = set()
        self.decorated_cache: dict[Any, VS] = {}
        self.decorating: dict[Any, Filling] = {}
        """Functions whose decorators are being read, by what they are kept under once that is done."""
        self.lenders: dict[tuple[Module | Class, str], list[tuple[Module, int]]] = {}
        """Containers, by whose they are and their names -> the scopes that hand them to what fills a parameter."""
        self.fillers: dict[Fn, bool] = {}
        """Whether functions put something into their parameters."""
        self.decorated_early = False
        """Whether a decorator of the function that is decorated now says nothing since something was still being read, or lies too deep."""
        self.undecided: dict[Any, int] = {}
        """Functions -> how often that was so."""
        self.call_results: dict[Any, VS] = {}
        self.beside: list[V] = []
        """Callables that the decorator which is read now has run wherever what it decorates runs."""
        self.companions: dict[Fn, dict[int, tuple[Site, tuple[V, ...]]]] = {}
        """Functions -> where they are decorated -> what the decorator runs beside them."""
        """What callables handed to a library call returned: (call expression, callable) -> values."""
        self.stored: dict[tuple[V, str], VS] = {}
        """What methods assign to an attribute of an instance, once all of them were read."""
        self.implementations: dict[V, dict[tuple[VS, V], None]] = {}
        """Generic functions (`functools.singledispatch`) -> what was registered: classes and function."""
        self.bound_when: dict[tuple[str, str], dict[V, str]] = {}
        """Module-level names bound in branches: (module, name) -> value -> the words of the branch's condition."""
        self.type_variables: dict[str, VS] = {}
        """What type variables stand for in the annotation that is read now."""
        self.contracts: dict[str, str] = dict(contracts or {})
        for module in program:
            self._enter(module)
        program.enter = self._enter
        self.library_frames = 0
        """Functions of libraries that are read under some arguments."""

    def _enter(self, module: Module) -> None:
        module.frame = Frame(module, None, None)
        module.frame.state = 2

    # -- frames

    def frame(
        self,
        func: V,
        self_value: V | None,
        args: Args | None,
        told: agreed.Told = (),
        caller: Frame | None = None,
    ) -> Frame:
        """The frame of a function under these arguments; read later, when somebody asks for its result.

        Contexts are limited per enclosing frame; a function that is handed callables (a decorator) keeps its contexts apart much longer,
        because joining them would mix up what it was handed. What tests call with their doubles takes none from what the application calls.
        """
        fn: Fn = func.a
        closure: Frame | None = func.b
        origin: Any = (closure, told) if told else closure  # what callers have asked already tells readings apart
        if self_value is not None and self_value.k == INST and self_value.c:
            self_value = self.exact(self_value)
        bound = self.bound(fn, self_value, args) if args is not None else None
        if bound is not None and fn.makes_functions:
            # `self.load = cached(self.load)`: what it made before and what it is handed now stand in one attribute.
            for name, value in bound.items():
                if len(value) > 1 and any(_made_inside(v, fn) for v in value):
                    bound[name] = tuple(v for v in value if not _made_inside(v, fn)) or value
        key: Any = (origin, self_value) if bound is None else (origin, self_value, _telling(bound))
        found = fn.contexts.get(key)
        if found is not None:
            return found  # type: ignore[no-any-return]
        # A method of a base class is read apart for each class below it.
        place: Any = origin
        if self_value is not None and self_value.k == INST:
            place = (origin, self_value if _is_wrapper(fn, self_value) else self_value.a)
        if caller is not None and _is_tested(caller.module, fn):
            place = (place, "tests")
        known_here = fn.counts.get(place, 0)
        limit = _contexts(fn)
        if bound is not None and not _has_made_inside(bound, fn):
            handed = (
                tuple(v for value in bound.values() for v in value if self._is_callable(v))
                if fn.makes_functions
                else ()
            )
            if handed:
                # What it was handed is kept apart; of the other arguments as many sets as of any function.
                place = (place, handed)
                known_here = fn.counts.get(place, 0)
                limit = CALLABLE_CONTEXT_LIMIT
                if known_here >= CONTEXT_LIMIT:
                    bound = {name: value for name, value in bound.items() if any(self._is_callable(v) for v in value)}
                    key = (origin, self_value, _telling(bound))
                    found = fn.contexts.get(key)
                    if found is not None:
                        return found  # type: ignore[no-any-return]
            elif (runs := fn.is_brief and any(_is_called(value) for value in bound.values())) or any(
                _is_chosen(value) for value in bound.values()
            ):
                limit = CALLABLE_CONTEXT_LIMIT if runs or _pairs(bound) else CHOSEN_CONTEXT_LIMIT
            elif known_here >= limit and fn.chooses_by_name and any(_is_text(value) for value in bound.values()):
                is_long = fn.head.end_line - fn.head.line >= F.VERY_LONG
                limit = CHOSEN_CONTEXT_LIMIT if is_long else CALLABLE_CONTEXT_LIMIT
            elif (fn.is_short and all(_is_path(value) for value in bound.values())) or (
                known_here >= limit and self.frameworks.is_registering(self, fn)
            ):
                limit = CALLABLE_CONTEXT_LIMIT
            elif limit <= known_here < CONTEXT_LIMIT and self.frameworks.defines_handlers(fn):
                limit = CONTEXT_LIMIT  # long only for what it holds
            elif (
                known_here >= limit
                and fn.chooses_by_class
                and (exact := self._of_classes_asked(fn, bound))
                and not any(v.k in _HANDED for value in bound.values() for v in value)
            ):
                # Of what class something is decides: each class apart, whatever else is passed.
                bound = exact
                key = (origin, self_value, _telling(bound))
                found = fn.contexts.get(key)
                if found is not None:
                    return found  # type: ignore[no-any-return]
                place = (place, "classes")
                known_here = fn.counts.get(place, 0)
                limit = CALLABLE_CONTEXT_LIMIT
        if bound is None:
            if known_here >= 3 * limit and not self.joining:
                return self.joined_frame(func, self_value)
        elif (
            self_value is not None
            and self_value.k == INST
            and known_here
            and len(fn.contexts) >= SUBCLASS_CONTEXT_LIMIT
            and limit <= CONTEXT_LIMIT
        ):
            return self._flagged_frame(func, self_value, bound, told)
        elif known_here >= limit:
            # Flags are kept, and that an argument is left out: conditions ask for them.
            bound = {
                name: wide for name, value in bound.items() if (wide := self._widened(fn, name, value)) or not value
            }
            key = (origin, self_value, _telling(bound))
            found = fn.contexts.get(key)
            if found is not None:
                return found  # type: ignore[no-any-return]
            if known_here >= 2 * limit:
                return self._flagged_frame(func, self_value, bound, told)
        if len(fn.contexts) >= ALL_CONTEXTS_LIMIT and not self.joining:
            wraps = closure is not None and closure.fn is not None and known_here < limit
            if (not wraps and limit != CALLABLE_CONTEXT_LIMIT) or len(fn.contexts) >= WRAPPER_CONTEXTS_LIMIT:
                if bound is not None and self._receiver(func, bound):
                    return self._flagged_frame(func, self_value, bound, told)
                return self.joined_frame(func, self_value)
        fn.counts[place] = known_here + 1
        frame = Frame(fn.module, fn, closure)
        frame.only_tested = caller is not None and _is_tested(caller.module, fn)
        if told:
            frame.told, frame.sure = agreed.answers(fn, told), agreed.sure(told)
        self.library_frames += bool(fn.module.library)
        frame.generic = bound is None
        frame.self_value = self_value
        if bound is not None:
            frame.params = bound
        fn.contexts[key] = frame
        self.frames.append(frame)
        return frame

    def _is_callable(self, v: V) -> bool:
        """Whether a decorator may have been handed this to make a function of it: a function, or an object that can be called like one."""
        return v.k in _HANDED or (v.k == INST and attributes.class_attribute(self, v.a, "__call__") is not None)

    def _of_classes_asked(self, fn: Fn, bound: dict[str, VS]) -> dict[str, VS]:
        """Of arguments, the objects of known classes whose class the function asks for (``type(event)``)."""
        asked = [site[2][0] for site in callers.sites(self.program, fn).get("type", ()) if len(site[2]) == 1]
        names_asked = {e[1] for e in asked if e[0] == F.E_NAME}
        return {
            name: (self._wide(value[0]),)
            for name, value in bound.items()
            if name in names_asked and len(value) == 1 and value[0].k == INST and not value[0].c
        }

    def _flagged_frame(self, func: V, self_value: V | None, bound: dict[str, VS], told: agreed.Told) -> Frame:
        """One frame for all further calls with the same flags; a limited number of those.

        Flags are True, False, None, members of enumerations, short rows of texts, texts that the function asks for, and what is left out.
        """
        fn: Fn = func.a
        rows = {name: tuple(self._flag_row(v) for v in value) for name, value in bound.items()}
        flags = {name: value for name, value in rows.items() if all(self._is_flag(fn, name, v) for v in value)}
        flags |= (receiver := self._receiver(func, bound))
        if not flags and not told:
            return self.joined_frame(func, self_value)
        if self_value is not None and self_value.k == INST and not _is_wrapper(fn, self_value):
            self_value = self._plain(self_value)
        place = (func.b, self_value, "flags", told)
        found = fn.contexts.get((place, tuple(flags.items())))
        if found is None and fn.counts.get(place, 0) >= FLAGS_LIMIT:
            # One that a member of an enumeration names anew in every call leaves no room for what conditions ask most.
            flags = {name: value for name, value in flags.items() if all(_is_plain_flag(v) for v in value)} | receiver
            place = (func.b, self_value, "plain flags", told)
            found = fn.contexts.get((place, tuple(flags.items())))
            if found is None and ((not flags and not told) or fn.counts.get(place, 0) >= FLAGS_LIMIT):
                return self.joined_frame(func, self_value)
        if found is not None:
            return found  # type: ignore[no-any-return]
        fn.counts[place] = fn.counts.get(place, 0) + 1
        frame = Frame(fn.module, fn, func.b)
        if told:
            frame.told, frame.sure = agreed.answers(fn, told), agreed.sure(told)
        frame.self_value = self_value
        frame.params = flags
        fn.contexts[(place, tuple(flags.items()))] = frame
        self.frames.append(frame)
        return frame

    def _receiver(self, func: V, bound: dict[str, VS]) -> dict[str, VS]:
        """What a function that another makes around a method is handed first, if it is known of what class: what it calls on the object
        means nothing of the classes whose methods others of its kind stand around.
        """
        fn: Fn = func.a
        params = fn.body["params"]
        if func.b is None or func.b.fn is None or fn.owner is not None or not params or params[0][1] not in ("/", "a"):
            return {}
        name: str = params[0][0]
        value = bound.get(name) or NOTHING
        return {name: (self._plain(value[0]),)} if len(value) == 1 and value[0].k == INST else {}

    def _flag_row(self, v: V) -> V:
        """A short row without the objects in it, where a text beside them says of what kind it is: ``("server", name)``."""
        if v.k != SEQ or v.a != "tuple" or v.b is None or not v.live or not any(_is_text(item) for item in v.b):
            return v
        items = tuple(item if all(i.k == CONST for i in item) else self.values.unknown for item in v.b)
        return self.values.seq("tuple", items, union(*items))

    def _is_flag(self, fn: Fn, name: str, v: V) -> bool:
        if texts.is_other(v):
            return True  # none of the texts that the function asks for
        return _is_flag(v) or (v.k == CONST and v.b == "str" and texts.distinguished(self, fn, name, v) is v)

    def joined_frame(self, func: V, self_value: V | None) -> Frame:
        """One frame for all further calls on receivers of one class, or on one class."""
        if self_value is None or (self_value.k != INST and self_value.k != CLASS):
            return self.generic_frame(func.a, func.b)
        self.joining += 1
        try:
            if self_value.k == INST and not _is_wrapper(func.a, self_value):
                self_value = self._plain(self_value)
            return self.frame(func, self_value, None)
        finally:
            self.joining -= 1

    def first_step(self, frame: Frame) -> Frame:
        """The frame of a generator that is asked for its first item and thrown away: behind the ``yield`` only a ``finally`` runs."""
        fn = frame.fn
        if fn is None or frame.is_step:
            return frame
        key = (frame, "first step")
        found: Frame | None = fn.contexts.get(key)
        if found is None:
            found = Frame(fn.module, fn, frame.closure)
            found.is_step = True
            found.generic, found.self_value, found.params = frame.generic, frame.self_value, frame.passed()
            found.told, found.sure = frame.told, frame.sure
            fn.contexts[key] = found
            self.frames.append(found)
        return found

    def generic_frame(self, fn: Fn, closure: Frame | None = None) -> Frame:
        """The frame of a function that somebody unknown calls."""
        self_value = self.own_self(fn)
        if closure is None and fn.parent is not None:
            closure = self.generic_frame(fn.parent)
            self.read(closure)
        self.joining += 1
        try:
            return self.frame(self.values.make(FUNC, fn, closure, None), self_value, None)
        finally:
            self.joining -= 1

    def own_self(self, fn: Fn) -> V | None:
        """Whom a method belongs to where nobody says it."""
        owner = fn.owner
        if owner is None or fn.is_static_method:
            return None
        # Whoever runs it is of no class below that has its own.
        overridden = any(fn.name in sub.bindings for sub in attributes.subclasses(self, owner))
        return self.values.make(INST, owner, None, (fn.name,) if overridden else True)

    def read_somehow(self, fn: Fn) -> None:
        """Read a function for what it does to others (writes, passes, registers), unless somebody's call had it read already."""
        if not any(frame.state == 2 for frame in fn.contexts.values()):
            self.read(self.generic_frame(fn))

    def _widened(self, fn: Fn, name: str, value: VS) -> VS:
        out: dict[V, None] = {}
        lost = False
        for v in value:
            if v.k == CONST and v.b == "str":
                told = texts.distinguished(self, fn, name, v)
                lost = lost or told is None
                if told is not None:
                    out[told] = None
            elif v.k == UNKNOWN or (v.k == CONST and v.b not in _FLAGS):
                lost = True
            else:
                out[self._wide(v)] = None
        if lost and all(is_constant(v) or texts.is_other(v) for v in out):
            return NOTHING  # None, or a text: the None alone would decide
        return tuple(out)

    def _wide(self, v: V) -> V:
        """An object, or one whose method is handed over, without what it was made with; members of enumerations stay what they are."""
        if is_constant(v):
            return v
        if v.k == INST:
            return self._plain(v)
        if v.k == BOUND and v.a.k == INST:
            return self.values.make(BOUND, self._wide(v.a), v.b)
        return v

    def _plain(self, v: V) -> V:
        """An object without what it was made with, but for the parts that it never gets."""
        told = ((MORE, NOTHING), v.b[-1]) if v.b and v.b[-1][0] == LACKS else None
        return self.values.make(INST, v.a, told, v.c)

    def bound(self, fn: Fn, self_value: V | None, args: Args) -> dict[str, VS]:
        """Arguments by parameter name, kept as far as they say something."""
        out: dict[str, VS] = {}
        params = fn.body["params"]
        positional = args.positional
        position = 0
        first = self_value is not None
        used: set[str] = set()
        for name, kind, _annotation, _default in params:
            value: VS | None = None
            if kind in ("/", "a"):
                if first:
                    first = False
                    continue
                if position < len(positional):
                    value = positional[position]
                    position += 1
                elif kind == "a" and name in args.keywords:
                    value = args.keywords[name]
                    used.add(name)
                elif args.more_positional is not None and name not in args.keywords:
                    value = args.more_positional
                elif args.more_keywords is not None:
                    value = args.more_keywords
                else:
                    value = None
                    out[name] = NOTHING
                    continue
            elif kind in ("*", "**") and name in args.keywords and all(v.k in (SEQ, DICT) for v in args.keywords[name]):
                value = args.keywords[name]  # as an object remembers what its constructor was handed
                used.add(name)
            elif kind == "*":
                rest = tuple(positional[position:])
                value = (
                    self.values.seq(
                        "tuple",
                        rest if args.more_positional is None else None,
                        union(*rest, args.more_positional or NOTHING),
                    ),
                )
                if args.more_positional is None and len(rest) <= _ROW:
                    out[name] = self._counted(value, len(rest))
                    continue
            elif kind == "k":
                if name in args.keywords:
                    value = args.keywords[name]
                    used.add(name)
                elif args.more_keywords is not None:
                    value = args.more_keywords
                else:
                    out[name] = NOTHING
                    continue
            else:
                rest_kw = [(k, v) for k, v in args.keywords.items() if k not in used]
                exact = options.given(self, fn, rest_kw, args.more_keywords)
                if exact is not None:
                    out[name] = exact
                    continue
                value = (self.values.dict(tuple(rest_kw), args.more_keywords or NOTHING),)
            # What was taken out of a mapping that is spread is left out.
            out[name] = interned(self.limited(value)) if value or name not in args.keywords else NOTHING
            for v in value:
                if v.k == CONST and v.b == "str":
                    texts.note(fn, name, v.a)
        # What a project's own `add_api_route(path, *args, **options)` hands on says paths and methods: plain data, but telling.
        out.update(self.frameworks.telling(self, fn, args))
        return out

    def _counted(self, value: VS, count: int) -> VS:
        """What ``*args`` collects: how many there are says which parameters of another function are left out when it is handed on."""
        kept = interned(self.limited(value))
        if kept[0].b is not None or kept[0].live:
            return kept
        return (self.values.seq("tuple", (self.values.unknown,) * count, self.values.unknown if count else NOTHING),)

    def _limited_row(self, v: V) -> V:
        """A short tuple with texts in it, such as a kind and a name, is kept: what is in it decides."""
        if v.a != "tuple" or v.b is None or len(v.b) > _ROW or not any(len(i) == 1 and i[0].k == CONST for i in v.b):
            return self.values.seq(v.a, None, self.values.unknown)
        items = tuple(self.limited(item) for item in v.b)
        return self.values.seq(v.a, items, union(*items))

    def limited(self, value: VS, *, spreads: bool = False) -> VS:
        """Values as they may stand in a context key: without long texts, not nested without end.

        What is unknown stays only beside constants, which would be taken for all that the value may be.
        """
        if len(value) == 1 and value[0].k not in _CUT_DOWN:
            return value
        out = []
        for v in value:
            if v.k == CONST and ((type(v.a) is str and len(v.a) > 60) or type(v.a) in (int, float)):
                v = self.values.instance(f"builtins.{v.b}") if v.a not in (0, 1, -1) else v
            elif v.k == UNKNOWN:
                continue
            elif v.k == INST:
                if v.c:
                    v = self.exact(v)
                if v.b is not None:
                    v = self.shallow(v, 2)
            elif (v.k == DICT or v.k == SEQ) and not v.live and self._names_code(v):
                pass
            elif v.k == DICT and not v.live:
                v = self.values.dict((), self.values.unknown)
            elif v.k == SEQ and not v.live:
                v = self._limited_row(v) if not spreads else self.values.seq(v.a, None, self.values.unknown)
            out.append(v)
        return self._open_like(value, tuple(dict.fromkeys(out))) or self.values.unknown

    def _names_code(self, v: V) -> bool:
        """Whether a short list or mapping of texts names something of the project (``["app.plugins.geo.GeoPlugin"]``), to be imported."""
        items = [value for _, value in v.a] if v.k == DICT else v.b
        if not items or len(items) > _NAMED:
            return False
        for value in items:
            if len(value) == 1 and value[0].k == CONST and value[0].b == "str" and "." in value[0].a:
                dotted = value[0].a.replace(":", ".")
                if dotted in self.program.modules or dotted.rpartition(".")[0] in self.program.modules:
                    return True
        return False

    def _open_like(self, value: VS, kept: VS) -> VS:
        """What is kept of a value; where only constants are and something else was left out, with the fact that there is more."""
        if len(kept) < len(value) and kept and all(is_constant(v) for v in kept) and _has_more(value, kept):
            return (*kept, *self.values.unknown)
        return kept

    def exact(self, v: V) -> V:
        """An object that is only declared to be of a class below which there is none is as good as one that was made."""
        cls: Class = v.a
        if self.program.classes_naming_base(cls.name, cls.module) or attributes.is_protocol(cls):
            return v
        return self.values.make(INST, cls, v.b, False)

    def shallow(self, v: V, levels: int) -> V:
        if v.k != INST or v.b is None:
            return v
        if levels == 0:
            return self.values.make(INST, v.a, None, v.c)
        parts = tuple((name, tuple(self.shallow(x, levels - 1) for x in value)) for name, value in v.b)
        return v if parts == v.b else self.values.make(INST, v.a, parts, v.c)

    def broke(self, module: Module, fn: Fn | None, error: Exception) -> None:
        """Note that reading a scope ended in a mistake of our own; in a library it costs no more than not having read it."""
        if module.library:
            return
        line = fn.head.line if fn is not None else 1
        defect = Defect(module.path, line, fn.dotted if fn is not None else module.name, defect_in(error))
        if defect not in self.defects:
            self.defects.append(defect)

    def tick(self) -> int:
        """The next moment."""
        self.moments += 1
        return self.moments

    def read(self, frame: Frame) -> None:
        """Read a frame's body, once. Too deep inside other frames it is left for later."""
        if frame.state or self.depth >= DEPTH_LIMIT:
            return
        frame.state = 1
        frame.begun = self.tick()
        self._read_noting(frame)

    def _read_noting(self, frame: Frame) -> None:
        """Read a frame, and note what it must wait for before another reading says more."""
        self.depth += 1
        frame.is_open = True
        level = self.level
        outer, self.hit = self.hit, None
        outer_asked, self.asked = self.asked, _no_answers()
        try:
            self._read(frame)
        except Exception as error:  # noqa: BLE001 - one function is lost, and the user told so, not the whole run
            self.level = level
            self.broke(frame.module, frame.fn, error)
        finally:
            self.depth -= 1
            frame.state = 2
            frame.is_open = False
            frame.env = None
            frame.close()
            hit = self.hit
            if hit is not None and (hit.state != 2 or hit is frame):
                frame.waits = hit
                frame.asked = self.asked
                if hit is not frame and self.depth:
                    outer_asked = None
                    if _ends_after(hit, outer):
                        outer = hit  # whoever asked for this frame waits for the same
            self.hit = outer if self.depth else None
            self.asked = outer_asked

    def refresh(self, frame: Frame) -> None:
        """Read a frame once more that had to do without something still being read, once that is complete.

        What it found the first time stays; what was missing then is added.
        """
        waits = frame.waits
        if waits is None:
            return
        is_too_early = waits.state == 1 or (waits.state == 0 and self.depth > DEPTH_LIMIT // 2)
        if self.depth >= DEPTH_LIMIT or is_too_early or frame.is_open:
            self.missed(waits)
            return
        frame.waits = None
        asked, frame.asked = frame.asked, None
        if frame.refreshed >= REFRESH_LIMIT:
            return
        if asked is not None and self._is_told_the_same(frame, asked):
            frame.refreshed += 1
            return
        self._read_once_more(frame)

    def _is_told_the_same(self, frame: Frame, asked: Asked) -> bool:
        """Whether all that a frame asked of what was not complete has the same answer now: reading it again would say nothing new."""
        self.depth += 1
        frame.is_open = True
        level = self.level
        outer, self.hit = self.hit, None
        outer_asked, self.asked = self.asked, _no_answers()
        try:
            for (what, other, name), answer in asked.items():
                if what == KEEPS:
                    now = self.attribute(other, name)
                else:
                    now = self.result(other) if what == RESULT else self.yielded(other)
                if now != answer or self.hit is not None:
                    return False
            return self._has_same_parameters(frame) and self.hit is None
        except Exception:  # noqa: BLE001 - reading it again comes by the same, and notes it
            self.level = level
            return False
        finally:
            self.depth -= 1
            frame.is_open = False
            self.hit, self.asked = outer, outer_asked

    def _has_same_parameters(self, frame: Frame) -> bool:
        """Whether the parameters of a frame that was read are still what they were: more callers may be known by now."""
        fn = frame.fn
        assert fn is not None
        given = frame.passed()
        first = frame.self_value is not None
        for name, kind, annotation, default in fn.body["params"]:
            if first and kind in ("/", "a"):
                first = False
            elif self._param(frame, fn, name, kind, annotation, default, given.get(name)) != frame.params[name]:
                return False
        return True

    def _read_once_more(self, frame: Frame) -> None:
        frame.refreshed += 1
        frame.unresolved = ()
        frame.marks = ()
        frame.touched = ()
        self._read_noting(frame)

    def reread_stale(self) -> list[Frame]:
        """Read frames again for which more comes out of a queue than was known when they were read; gives those that were."""
        again = [frame for frame in self.stale if frame.state == 2 and frame.refreshed <= REFRESH_LIMIT]
        self.stale.clear()
        for frame in again:
            self._read_once_more(frame)
        return again

    def _read(self, frame: Frame) -> None:
        fn = frame.fn
        assert fn is not None
        body = fn.body
        frame.env = {}
        frame.tries.clear()
        given = frame.begin()
        try:
            self._read_params(frame, fn, body["params"], given)
        finally:
            frame.learned(given)
        for site, beside in self.companions.get(fn, {}).values() if self.companions else ():
            for v in beside:
                given_by_library = Args([], {})
                given_by_library.more_positional = self.values.unknown
                calls.call_one(self, v, given_by_library, Site(frame, site.pos, site.end, site.node))
        self.block(body["body"], frame)
        ends: Env = frame.env
        if ends is not None and any(v.k in (CORO, AWAITABLE) for v in frame.ret):
            frame.ret = union(frame.ret, (self.values.none,))  # not every path gives something to await
        if (
            ends is None
            and not frame.ret
            and not frame.yields
            and _is_joint(frame, body["params"], given)
            and not fn.never_returns()
        ):
            # It raises for what some callers are known to pass, which says nothing of the others that share this reading.
            frame.ret = self.values.why("parameter")

    def _read_params(self, frame: Frame, fn: Fn, params: list[Any], given: dict[str, VS]) -> None:
        first = frame.self_value is not None
        for name, kind, annotation, default in params:
            if first and kind in ("/", "a"):
                first = False
                assert frame.self_value is not None
                value: VS = interned((frame.self_value,))
            else:
                value = self._param(frame, fn, name, kind, annotation, default, given.get(name))
            frame.params[name] = value
            frame.bind(name, value)

    def _param(self, frame: Frame, fn: Fn, name: str, kind: str, annotation: Any, default: Any, given: VS | None) -> VS:
        if kind in ("*", "**"):
            if given:
                return given
            item = self.annotated(annotation, frame) if annotation is not None else self.values.unknown
            anything = self.values.seq("tuple", None, item) if kind == "*" else self.values.dict((), item)
            return self._gathered(fn, name, frame, item) or (anything,)
        if given is not None and given:
            if not known(given) and (annotation is not None or (default is not None and default[0] == F.E_CALL)):
                # A wrapper hands on what it was given by whoever fills the parameter: the marker says what that is.
                marked = annotation is not None and any(
                    v.k == MARK and v.a in self.frameworks.markers for v in self.annotated(annotation, frame)
                )
                if not marked and default is not None and default[0] == F.E_CALL:
                    marked = any(v.k == MARK for v in self.ev(default, self.definition_frame(fn, frame)))
                told = hints.parameter(self, annotation, default, frame) if marked else NOTHING
                if known(told):
                    return told
            if known(given) or annotation is None:
                if annotation is not None and (len(given) > 1 or given[0].k == INST):
                    given = self._agreeing(given, annotation, frame)
                return (
                    given
                    if not has_unknown(given) or annotation is None
                    else union(given, self._declared(annotation, frame))
                )
            declared = self._declared(annotation, frame)
            if all(v in declared for v in given):
                return given  # None, which the annotation allows
            return union(declared, given) if known(declared) else given
        # Not given: by a caller who leaves it out (given is NOTHING), or nobody knows the caller (given is None).
        if given is not None and default is not None:
            value = self.ev(default, self.definition_frame(fn, frame))
            # A marker for injection says what the parameter is for, also where the project itself calls and leaves it out.
            return value if all(v.k != MARK for v in value) else hints.parameter(self, annotation, default, frame)
        declared = hints.parameter(self, annotation, default, frame)
        if not known(declared):
            scope = self.definition_frame(fn, frame)
            declared = hints.argument(self, frame.self_value, fn.owner, annotation, scope) or declared
        if known(declared) and not (
            len(declared) == 1 and declared[0].k == EXTINST and declared[0].a == "builtins.object"
        ):
            if all((v.k == WRAP and v.a == "returns") or v.k == CONST for v in declared):
                # "Some callable": which one, only those know who pass it.
                handed_over = self._passed_by_callers(fn, name, frame)
                return handed_over if any(v.k in _HANDED for v in handed_over) else declared
            return declared
        handed: VS = self.frameworks.given(self, fn, name) if annotation is None else NOTHING
        if handed:
            return handed
        joined = self._passed_by_callers(fn, name, frame)
        if not known(joined) and fn.is_async:
            joined = preset.by_partial(self, fn, name) or joined
        if known(joined):
            # Where a function asks for a text, those that some callers pass are not all that may be passed.
            if all(not v.live for v in joined) and texts.asked(self, fn, name):
                return union(joined, self.values.why("parameter"))
            return joined
        if default is not None:
            return union(self.ev(default, self.definition_frame(fn, frame)), self.values.why("parameter"))
        return declared or self.values.why("parameter")

    def _gathered(self, fn: Fn, name: str, frame: Frame, item: VS) -> VS:
        """What callers pass for ``*name`` or ``**name`` besides plain data: of that what some pass says nothing of the others."""
        out: VS = NOTHING
        for v in self._passed_by_callers(fn, name, frame) if not known(item) else NOTHING:
            if v.k == DICT and v.live:
                told = tuple((key, value) for key, value in v.a if any(x.live for x in value))
                out = union(out, (self.values.dict(told, union(v.b, item), v.c),))
            elif v.k == SEQ and v.live:
                out = union(out, (self.values.seq("tuple", None, union(v.c, item)),))
        return out

    def _agreeing(self, given: VS, annotation: Any, frame: Frame) -> VS:
        """Of several things that callers pass (several calls may share one reading), those that the annotation allows."""
        declared = self._declared(annotation, frame)
        if known(declared) and hints.is_builtin(declared):
            kept = tuple(v for v in given if v.k != INST or hints.may_be_builtin(self, v))
            given = kept if known(kept) else declared
            return self._mappings(given) if all(v.k == DICT for v in declared) else given
        if len(given) == 1 or not known(declared):
            return given
        if all(v.k == INST and attributes.is_typed_dict(self, v.a) for v in declared):
            given = self._mappings(given)
        if any(v.k == CLASS for v in declared):
            kept = tuple(v for v in given if v.k != CLASS or hints.allows_class(self, declared, v))
            return kept if known(kept) else declared
        if not all(v.k in (CONST, INST, EXTINST) for v in declared):
            return given
        kept = tuple(v for v in given if v.k != INST or hints.allows(self, declared, v))
        return kept if known(kept) else declared

    def _mappings(self, given: VS) -> VS:
        """Of several things that are handed over where a mapping is declared, those that may be one; all of them if none may."""
        return tuple(v for v in given if v.k != EXTINST or hints.may_be_mapping(self, v)) or given

    def _declared(self, annotation: Any, frame: Frame) -> VS:
        return without_unknown(self.annotated(annotation, frame))

    def annotated(self, annotation: Any, frame: Frame) -> VS:
        """What an annotation says a value is."""
        return hints.of(self, annotation, self.definition_frame(frame.fn, frame) if frame.fn is not None else frame)

    def definition_frame(self, fn: Fn, frame: Frame) -> Frame:
        if fn.owner is not None:
            return names.class_frame(self, fn.owner)
        module_frame: Frame = fn.module.frame
        return frame.closure if frame.closure is not None else module_frame

    def _passed_by_callers(self, fn: Fn, param: str, frame: Frame) -> VS:
        """What the project's callers pass for a parameter that nobody annotated."""
        self.read_callers(fn)
        readings = [f for f in fn.contexts.values() if f is not frame and not f.generic and param in f.params]
        told = [f for f in readings if not f.only_tested]
        if len(told) < len(readings):
            # What tests hand over instead says nothing where the application hands something over.
            passed = self._passed_in(told, param, frame.self_value)
            if passed:
                return passed
        return self._passed_in(readings, param, frame.self_value)

    def _passed_in(self, readings: list[Frame], param: str, self_value: V | None) -> VS:
        """What is handed over for a parameter in some of a function's readings."""
        if self_value is not None and self_value.k == INST:
            # Of a method, what callers pass to objects of the same class says more than what they pass to others.
            own = [f for f in readings if f.self_value is not None and f.self_value.a is self_value.a]
            passed = without_none(without_unknown(union(*(f.params[param] for f in own))))
            if passed:
                return passed
        passed = without_none(without_unknown(union(*(f.params[param] for f in readings))))
        return tuple(v for v in passed if not texts.is_other(v))

    def read_callers(self, fn: Fn) -> None:
        """Read the scopes that call a function by its name, so that what they pass is known."""
        if fn in self.joins:
            return
        self.joins.add(fn)
        name = fn.owner.name if fn.name == "__init__" and fn.owner is not None else fn.name
        if fn.name == "__init__" and fn.owner is not None:
            if attributes.is_enum(self, fn.owner):
                func, member = self.values.make(FUNC, fn, None, None), self.values.make(INST, fn.owner, None, False)
                for value in attributes.member_values(self, fn.owner):
                    exact = len(value) == 1 and value[0].k == SEQ and value[0].b is not None
                    self.frame(func, member, Args(list(value[0].b) if exact else [value], {}))
            for cls in attributes.subclasses(self, fn.owner)[:CALLER_LIMIT]:
                maker = cls.own_methods().get("__init__")
                if maker is not None:
                    self.read(self.generic_frame(maker))
        if name and not fn.is_lambda and not (name.startswith("__") and name.endswith("__")):
            wanted = callers.Wanted(self, fn, name)
            left = CALLER_LIMIT
            for module, user in self.program.callers(name, fn.module):
                if user >= 0 and not wanted.by(module, user):
                    continue
                left -= 1
                if left < 0:
                    break
                if user >= 0:
                    self.read_somehow(module.functions[user])
                else:
                    names.run_module(self, module)

    def missed(self, what: Any) -> None:
        """Somebody asked for something (with a ``state``) in the middle of its own definition."""
        self.cycles += 1
        self.asked = None
        if self.depth and _ends_after(what, self.hit):
            self.hit = what

    def too_deep(self) -> None:
        """Give up what is being read: whoever reads the scope loses that scope only."""
        raise RecursionError(_TOO_DEEP)

    def settle(self, frame: Frame) -> None:
        """Read a frame as far as it can be read now; note it where something is missing."""
        self.read(frame)
        if frame.state != 2:
            self.missed(frame)  # whoever asked must not remember an answer that is not complete
        elif frame.waits is not None:
            self.refresh(frame)

    def attribute(self, frame: Frame, name: str) -> VS:
        """What a method puts into an attribute of its own object."""
        asked = self.asked
        self.settle(frame)
        kept = frame.attrs.get(name, NOTHING)
        if self.asked is not asked:
            self.note_answer(asked, (KEEPS, frame, name), kept)
        return kept

    def yielded(self, frame: Frame) -> VS:
        """What a generator gives to whoever iterates it, or enters it as a manager."""
        asked = self.asked
        self.settle(frame)
        is_told = self.asked is asked
        self.asked = asked
        value = self._yielded(frame)
        if not is_told:
            self.note_answer(self.asked, (YIELDS, frame, ""), value)
        return value

    def _yielded(self, frame: Frame) -> VS:
        """What a generator gives, with what its annotation says (`-> AsyncIterator[Session]`) in place of what nobody knows."""
        value = frame.yields
        fn = frame.fn
        if fn is None or not value or not has_unknown(value) or fn.body["returns"] is None:
            return value
        allowed = hints.of(self, fn.body["returns"], self.definition_frame(fn, frame))
        declared = without_unknown(union(*(v.c or NOTHING for v in allowed if v.k == SEQ)))
        return union(without_unknown(value), declared) if declared else value

    def result(self, frame: Frame) -> VS:
        """What calling gives (for a coroutine: what awaiting it gives)."""
        asked = self.asked
        self.settle(frame)
        is_told = self.asked is asked
        self.asked = asked
        value = self._result(frame)
        if not is_told:
            self.note_answer(self.asked, (RESULT, frame, ""), value)
        return value

    def note_answer(self, asked: Asked | None, question: tuple[int, Frame, str], answer: VS) -> None:
        """Keep for the frame being read what it was told by something that is not complete, instead of the fact that it was."""
        if asked is not None and asked.setdefault(question, answer) != answer:
            asked = None
        self.asked = asked

    def _result(self, frame: Frame) -> VS:
        """What calling a frame gives that was read as far as it can be now."""
        value = frame.ret
        fn = frame.fn
        if fn is not None and (not known(value) or has_unknown(value)):
            returns = fn.body["returns"]
            if returns is not None and not self._gives_none(frame, fn) and not _says_nothing(returns):
                allowed = hints.of(self, returns, self.definition_frame(fn, frame))
                declared = without_unknown(allowed)
                if frame.self_value is not None:
                    declared = self._self_type(fn, declared, frame.self_value)
                if len(declared) < len(allowed) and (
                    any(v.k == AWAITABLE for v in declared) or all(is_constant(v) for v in declared)
                ):
                    # A result or something to await, `Optional[T]` of a T that nobody knows: neither is sure.
                    declared = union(declared, self.values.unknown)
                value = union(without_unknown(value), declared) if declared else value
            if returns is not None and hints.is_open(value):
                # Declared with a type variable: what the receiver, or its class, was declared with (`Box[Device]`).
                told = hints.argument(self, frame.self_value, fn.owner, returns, self.definition_frame(fn, frame))
                if known(told) and frame.state == 2 and frame.waits is None:
                    # What was put there says more than its class alone; whoever asks before all was read, asks again.
                    there = {v.a for v in value if v.k == INST}
                    value = union(without_unknown(value), tuple(t for t in told if t.k != INST or t.a not in there))
        if fn is not None and fn.body["returns"] is not None and any(map(_has_open_part, value)):
            scope = self.definition_frame(fn, frame)
            told = hints.argument(self, frame.self_value, fn.owner, fn.body["returns"], scope)
            declared = told or hints.of(self, fn.body["returns"], scope)
            value = tuple(self._parts_declared(v, declared) if _has_open_part(v) else v for v in value)
        if fn is not None and len(value) > 1 and fn.body["returns"] is not None:
            value = hints.of_declared_library(self, value, fn.body["returns"], self.definition_frame(fn, frame))
        if fn is not None and fn.body["returns"] is not None and hints.are_mixed(value, fn.body["returns"]):
            declared = hints.of(self, fn.body["returns"], self.definition_frame(fn, frame))
            if frame.self_value is not None:
                declared = self._self_type(fn, declared, frame.self_value)
            value = hints.of_declared_class(self, value, declared)
        elif fn is not None and hints.are_found(value, fn):
            declared = hints.of(self, fn.body["returns"], self.definition_frame(fn, frame))
            value = hints.of_declared_class(self, value, declared)
        if fn is not None and fn.body["returns"] is not None and _is_object_for_builtin(value, fn.body["returns"]):
            declared = hints.of(self, fn.body["returns"], self.definition_frame(fn, frame))
            if known(declared) and hints.is_builtin(declared):
                kept = tuple(v for v in value if v.k != INST or hints.may_be_builtin(self, v))
                value = kept if known(kept) else union(kept, declared)
        if frame.fn is not None and frame.fn.body["returns"] is not None and frame.params:
            value = hints.by_class_given(self, frame, value)
        return value or ((self.values.none,) if frame.state == 2 else self.values.why("recursion"))

    def _parts_declared(self, v: V, declared: VS) -> V:
        """A tuple of which some part is not known, with what an annotation says of that part: ``-> tuple[Database, str]``."""
        same = [d.b for d in declared if d.k == SEQ and d.a == v.a and d.b is not None and len(d.b) == len(v.b)]
        if len(same) != 1:
            return v
        parts = tuple(
            union(without_unknown(part), said) if has_unknown(part) and known(said) else part
            for part, said in zip(v.b, same[0], strict=True)
        )
        return self.values.seq(v.a, parts, union(*parts))

    def _gives_none(self, frame: Frame, fn: Fn) -> bool:
        """Whether all that a reading of a function came by is ``return None``, whatever more its annotation allows."""
        is_read = frame.state == 2 and frame.waits is None and not frame.returns_more
        return is_read and frame.ret == (self.values.none,) and not frame.yields and not fn.is_stub()

    def _self_type(self, fn: Fn, declared: VS, self_value: V) -> VS:
        """What an annotation says of the receiver: a class method that is declared to give its own class gives one of the class it is called on."""
        own, base = self_value, None
        if self_value.k == CLASS:
            own, base = self.values.make(INST, self_value.a, None, True), fn.owner
        return tuple(
            own if (v.k == MARK and v.a == "typing.Self") or (base is not None and v.k == INST and v.a is base) else v
            for v in declared
        )

    # -- statements

    def block(self, body: list[Any], fr: Frame) -> None:
        """Read statements in order; what follows a return or raise is unreachable and not read."""
        table = _STATEMENTS
        off_loop, once, forks = fr.off_loop, fr.once, fr.forks
        for number, stmt in enumerate(body, start=1):
            if fr.env is None:
                break
            tag: int = stmt[0]
            table[tag](self, stmt, fr)
            if fr.refused is not None:
                fr.off_loop += refusals.comes_first(stmt, fr.refused)
                fr.refused = None
            if (tag == F.S_IF or tag == F.S_TRY) and once is not True:
                fr.once = memos.wider(fr.once, memos.behind(self, stmt, body[number:], fr))
        fr.off_loop, fr.once, fr.forks = off_loop, once, forks

    def s_expr(self, s: Any, fr: Frame) -> None:
        e = s[1]
        fr.ended = 0
        self.ev(e, fr)
        if (fr.ended and _is_over(e, fr)) or (fr.fn is not None and ends_program(s)):
            fr.env = None  # the function that was called always raises
            return
        if fr.is_step and _is_yield(s):
            fr.env = None
            return
        if e[0] == F.E_CALL and e[1][0] == F.E_ATTR and e[1][1][0] == F.E_NAME:
            _forget(fr, f"{e[1][1][1]}.")
        if fr.vouched is not None:
            vouched.keep(self, e, fr)
        left_out.popped(self, e, fr)

    def s_assign(self, s: Any, fr: Frame) -> None:
        fr.ended = 0
        value = self.ev(s[2], fr)
        if fr.ended and _is_over(s[2], fr):
            fr.env = None
            return
        if fr.vouched is not None:
            vouched.keep(self, s[2], fr)
        left_out.popped(self, s[2], fr)
        if picked.assign(self, s, fr):
            return
        for target in s[1]:
            if target[0] == F.E_SEQ and any(self._is_walked(v) for v in value):
                rows = tuple(v for v in value if v.k == SEQ and not self._is_walked(v))
                if rows:
                    value = rows  # of several, what has a place for each name is what is taken apart
                else:
                    site = Site(fr, *_position(s[2]), s[2], probable=len(value) > 1)
                    containers.iterate(self, value, site, False)
            self.assign(target, value, fr)

    def _is_walked(self, v: V) -> bool:
        """Whether taking a value apart runs code."""
        if v.k == INST:
            return attributes.tuple_fields(self, v) is None
        return v.k == GEN or (v.k == SEQ and v.a.__class__ is Lazy)

    def s_ann(self, s: Any, fr: Frame) -> None:
        value = self.ev(s[3], fr) if s[3] is not None else NOTHING
        if fr.fn is not None and s[1][0] == F.E_NAME and value == (self.values.none,) and self._is_own(s[1][1], fr):
            # `found: Thing | None = None`: None it is until something is assigned, all of which is read here.
            fr.hints = {**(fr.hints or {}), s[1][1]: s[2]}
        else:
            is_none = s[1][0] == F.E_ATTR and value == (self.values.none,)
            if not is_none or s[3][0] != F.E_IF:  # `Lock() if shared else None` says which it is
                value = hints.said(self, value, s[2], fr)
            if len(value) > 1 and s[1][0] == F.E_NAME and _is_object_for_builtin(value, s[2]):
                value = hints.of_builtins(self, value, self.annotated(s[2], fr))
            if is_none and any(v.k == INST and v.c for v in value):
                # `self.found: Thing | None = None`: an object of a class below it only where nobody sees what is assigned.
                fr.announce(s[1][2], tuple(v for v in value if v.k == INST and v.c))
                value = tuple(v for v in value if v.k != INST or not v.c)
        if value or s[3] is not None:
            self.assign(s[1], value or self.values.unknown, fr)

    def _is_own(self, name: str, fr: Frame) -> bool:
        """Whether a name is a variable of the scope itself, not declared ``global`` or ``nonlocal``."""
        return name not in fr.declared_global and (fr.outer_names is None or name not in fr.outer_names)

    def _hinted(self, name: str, value: VS, holder: Frame) -> VS:
        """What is assigned to a variable that began as None, with what its annotation says where nobody knows what is assigned."""
        if holder.hints is None or name not in holder.hints or (known(value) and not has_unknown(value)):
            return value
        return value if value == (self.values.none,) else hints.said(self, value, holder.hints[name], holder)

    def s_aug(self, s: Any, fr: Frame) -> None:
        left = self.ev(s[1], fr)
        right = self.ev(s[3], fr)
        value = containers.binary(self, s[2], left, right, Site(fr, s[4], s[5], s[1]), in_place=True)
        self.assign(s[1], value, fr)

    def s_return(self, s: Any, fr: Frame) -> None:
        value = self.ev(s[1], fr) if s[1] is not None else (self.values.none,)
        fr.returns_more = fr.returns_more or (s[1] is not None and s[1][:2] != _NONE)
        fr.ret = union(fr.ret, value)
        fr.env = None

    def s_if(self, s: Any, fr: Frame) -> None:
        out: Env = None
        off_loop = fr.off_loop
        forks = fr.forks
        left_early = False
        left = True
        many = texts.is_one_of_many(s[1])
        for test, body in s[1]:
            if fr.env is None:
                break
            outcome = self.test(test, fr)
            if outcome is None and fr.told is not None:
                outcome = fr.told.get(id(test))
            if outcome is None and fr.self_value is not None:
                outcome = memos.outcome(self, test, fr)
            on_loop = narrowing.on_loop(self, test, fr) if outcome is None else None
            fr.asks_for_loop = fr.asks_for_loop or on_loop is not None
            env = fr.env
            after_false: Env
            if outcome is True:
                narrowing.narrow(self, test, True, fr)
                once = fr.once
                fr.once = memos.wider(once, memos.inside(self, test, True, body, fr))
                self.block(body, fr)
                fr.once = once
                out = self.merged(out, fr.env)
                fr.env = None
                break
            if outcome is False:
                narrowing.narrow(self, test, False, fr)
                continue
            after_false = dict(env)
            narrowing.narrow(self, test, True, fr)
            if fr.env is not None:
                once, rare = fr.once, fr.rare
                fr.once = memos.wider(once, memos.inside(self, test, True, body, fr) or memos.without_worker(s, 0))
                # What the condition says of its names is in the environment by now: what was known before it counts.
                fr.rare = rare or texts.wanted(fr, after_false, test)
                if many and not texts.is_passed(after_false, test):
                    fr.rare = texts.ONE_OF_MANY
                fr.off_loop += on_loop is False
                for_tests = texts.is_for_tests(test, True)
                fr.unlikely += for_tests
                fr.forks += 1
                self.block(body, fr)
                fr.forks -= 1
                left_early = left_early or (fr.env is None and body[-1][0] != F.S_RAISE)
                fr.unlikely -= for_tests
                fr.off_loop -= on_loop is False
                fr.once, fr.rare = once, rare
            if on_loop is True:
                fr.off_loop += 1  # whatever comes instead of this branch is for code off the loop
            left = left and fr.env is None
            out = self.merged(out, fr.env)
            fr.env = after_false
            narrowing.narrow(self, test, False, fr)
            fr.forks = forks + 1
        if fr.env is not None and s[2]:
            once = fr.once
            fr.once = memos.wider(once, memos.without_worker(s, None))
            for test, _ in s[1]:
                fr.once = memos.wider(fr.once, memos.inside(self, test, False, s[2], fr))
            for_tests = texts.is_for_tests(s[1][0][0], False)
            fr.unlikely += for_tests
            self.block(s[2], fr)
            fr.unlikely -= for_tests
            fr.once = once
        fr.env = self.merged(out, fr.env)
        fr.forks = forks + left_early
        if not left:
            fr.off_loop = off_loop

    def test(self, test: Any, fr: Frame) -> bool | None:
        """Read a condition; True or False when it can have only that outcome."""
        if narrowing.is_type_checking(test):
            return False
        value = self.ev(test, fr)
        self.truth(value, fr, test)
        outcome = narrowing.outcome(value)
        if outcome is None and fr.sure and surely.is_object(self, test, value, fr, true=True):
            outcome = True
        if outcome is not None and test[0] != F.E_CONST:
            fr.decided += 1
        return outcome

    def truth(self, value: VS, fr: Frame, node: Any) -> None:
        """A truth test calls ``__bool__`` or ``__len__``."""
        for v in value:
            if v.k == INST or (
                v.k == EXTINST and not (library.lacks(self, v.a, "__bool__") and library.lacks(self, v.a, "__len__"))
            ):
                pos, end = _position(node)
                containers.dunder(self, v, ("__bool__", "__len__"), Site(fr, pos, end, node))

    def s_for(self, s: Any, fr: Frame) -> None:
        iterable = self.ev(s[2], fr)
        site = Site(fr, s[6], s[7], s[2], awaited=bool(s[5]))
        if containers.is_written_empty(s[2]) or (not fr.exits and containers.is_empty(iterable)):
            self.block(s[4], fr)
            return
        items = containers.iterate(self, iterable, site, bool(s[5]))
        rows = self.frameworks.rows(iterable, s[3], fr, s) if not fr.exits else ()
        before = dict(fr.env or {})
        begun = _Begun(before, fr)
        fr.open_loop()
        self._rows(s, rows or (items,), before, fr)
        while self._again(begun, fr):
            self._rows(s, rows or (items,), before, fr)
        fr.env = self.merged(self.merged(before, fr.env), fr.nexts.pop())
        self.block(s[4], fr)  # which a ``break`` leaves out
        fr.env = self.merged(fr.env, fr.exits.pop())

    def _rows(self, s: Any, rows: Sequence[VS], before: dict[str, VS], fr: Frame) -> None:
        """The body of a loop, once for each of ``rows``."""
        fr.row += len(rows) > 1
        for number, row in enumerate(rows):
            if number:
                fr.env = self.merged(before, fr.env)
                for stmt in s[3]:
                    if stmt[0] == F.S_DEF:  # its decorators say something else for every row
                        closure = fr if fr.fn is not None else fr.closure
                        self.decorated_cache.pop((fr.module.functions[stmt[1]], closure), None)
            self.assign(s[1], row, fr)
            self.block(s[3], fr)
        fr.row -= len(rows) > 1

    def s_while(self, s: Any, fr: Frame) -> None:
        decided = fr.decided
        outcome = self.test(s[1], fr)
        if outcome is False:
            self.block(s[3], fr)
            return
        before = dict(fr.env or {})
        begun = _Begun(before, fr, decided)
        narrowing.narrow(self, s[1], True, fr)
        fr.open_loop()
        self.block(s[2], fr)
        while self._again(begun, fr):
            if self.test(s[1], fr) is not True:
                outcome = None
            self.block(s[2], fr)
        ended = self.merged(fr.env, fr.nexts.pop())
        fr.env = None if outcome is True else self.merged(before, ended)
        narrowing.ended(self, s[1], fr)
        self.block(s[3], fr)  # which a ``break`` leaves out
        fr.env = self.merged(fr.env, fr.exits.pop())

    def _again(self, begun: _Begun, fr: Frame) -> bool:
        """Whether a loop's body says more in another round, which starts from what the ones before leave."""
        after = self.merged(self.merged(fr.env, fr.nexts[-1]), fr.exits[-1])
        depth = len(fr.exits)
        if after is None or begun.rounds > (_STATES if depth == 1 else 1):
            return False
        flags = fr.decided > begun.decided and depth <= _LOOPS
        changed = flags and any(
            is_constant(v) and v not in begun.attrs.get(name, NOTHING)
            for name, value in fr.attrs.items()
            for v in value
        )
        for name, old in begun.env.items() if not changed else ():
            value = after.get(name)
            if value is None or value is old:
                continue
            begins_live = depth <= _LIVE_LOOPS and any(v.live for v in value) and not any(v.live for v in old)
            if (begins_live and begun.rounds == 1) or (flags and _is_flag_changed(old, value)):
                changed = True
                break
        if changed:
            fr.env = self.merged(begun.env, after)
            begun.rounds += 1
            begun.env, begun.attrs = dict(fr.env or {}), dict(fr.attrs)
        return changed

    def s_with(self, s: Any, fr: Frame) -> None:
        leaving = []
        for manager, target, pos, end in s[1]:
            value = (
                calls.expression(self, manager, fr, True) if s[3] and manager[0] == F.E_CALL else self.ev(manager, fr)
            )
            site = Site(fr, pos, end, manager, awaited=bool(s[3]))
            leaving.append((value, site, len(fr.touched)))
            if not s[3]:
                fr.mark(("with", site, fr.off_loop > 0, value, s))
            elif value and all(v.k == CORO for v in value):
                fr.mark(("coroutine", site, value))
            inner = containers.enter(self, value, site, bool(s[3]))
            if target is not None:
                self.assign(target, inner, fr)
                if target[0] == F.E_NAME:
                    site.block = (s[2], target[1])
        before = dict(fr.env or {})
        fr.open_try()
        self.block(s[2], fr)
        inside = fr.close_try()
        ends = False
        for value, site, since in reversed(leaving):
            ends = containers.leave(self, value, site, bool(s[3]), fr.touched[since:]) or ends
        if fr.env is None and (ends or any(containers.may_suppress(self, v) for value, _, _ in leaving for v in value)):
            fr.env = interrupted(before, inside)  # an exception may have ended here

    def s_try(self, s: Any, fr: Frame) -> None:
        before = dict(fr.env or {})
        fr.open_try()
        self.block(s[1], fr)
        raised_in = dict(fr.tries[-1])
        if fr.env is not None:
            self.block(s[3], fr)
        after = fr.env
        behind: Env = None
        for kind, name, body, _pos in () if fr.is_step and _is_yield(s[1][0]) else s[2]:
            fr.env = interrupted(self.merged(before, after), raised_in)
            for var, value in fr.vars.items():
                if var not in before and fr.env is not None:
                    fr.env.setdefault(var, value)
            if kind is not None:
                raised = self.ev(kind, fr)
                if name:
                    fr.bind(name, hints.instances(self, raised))
            if calls.probes_running_loop(s[1], kind):
                # On a loop `get_running_loop()` does not raise: this branch belongs to code off the loop.
                fr.off_loop += 1
                self.block(body, fr)
                fr.off_loop -= 1
                behind = self.merged(behind, fr.env)
                continue
            if self._cannot_lack(s[1], kind, before, fr):
                continue
            self._keep_unimplemented(s[1], kind, fr)
            self._keep_lacking(s[1], kind, fr)
            once = fr.once
            fr.once = memos.wider(once, memos.handling(self, s[1], kind, body, fr))
            fr.handling += 1
            self.block(body, fr)
            fr.handling -= 1
            fr.once = once
            after = self.merged(after, fr.env)
        if after is None and behind is not None:
            after = behind
            fr.off_loop += 1  # on a loop nothing gets behind this statement
        inside = fr.close_try()
        fr.env = after
        if s[4]:
            self._finally(s[4], before, inside, fr)

    def _finally(self, body: list[Any], before: dict[str, VS], inside: dict[str, VS], fr: Frame) -> None:
        """Read a ``finally``: it begins wherever the statement was left, and what is behind it follows only on its normal end."""
        after = fr.env
        fr.env = interrupted(self.merged(before, after), inside)
        fr.open_try()
        self.block(body, fr)
        written = fr.close_try()
        if fr.env is None or after is None:
            fr.env = None
            return
        kept = {name: value for name, value in after.items() if "." not in name or name in fr.env}
        kept.update((name, fr.env[name]) for name in written if name in fr.env)
        fr.env = kept

    def _keep_unimplemented(self, body: list[Any], kind: Any, fr: Frame) -> None:
        """In the handler of ``try: x.get_one() ... except NotImplementedError`` x is of a class that does not implement the method."""
        callee = _only_method(body) if _is_named(kind, "NotImplementedError") else None
        name = narrowing.path(callee[1]) if callee is not None else ""
        if callee is None or not name or fr.env is None:
            return
        found = without_none(narrowing.value_of(self, callee[1], fr))
        objects = without_unknown(found)
        if not objects or not all(v.k == INST for v in objects):
            return
        kept: list[V] = []
        for v in objects:
            for cls in (v.a, *attributes.known_below(self, v)) if v.c else (v.a,):
                own = attributes.class_attribute(self, cls, callee[2])
                plain = [x.a if x.k == STATIC else x for x in own[1]] if own is not None else []
                if any(x.k == FUNC and x.a.is_stub() for x in plain):
                    kept.append(v if cls is v.a and not v.c else self.values.make(INST, cls, None, False))
        if kept:
            fr.env[name] = union(tuple(kept), tuple(v for v in found if v.k == UNKNOWN))

    def _cannot_lack(self, body: list[Any], kind: Any, before: dict[str, VS], fr: Frame) -> bool:
        """Whether a handler waits for a method to be missing that the object has: ``try: x.get_one() ... except AttributeError``."""
        value = _only_method(body) if _is_named(kind, "AttributeError") else None
        if value is None:
            return False
        after, fr.env = fr.env, dict(before)
        found = narrowing.value_of(self, value[1], fr)
        fr.env = after
        return bool(found) and all(
            v.k == INST and attributes.class_attribute(self, v.a, value[2]) is not None for v in found
        )

    def _keep_lacking(self, body: list[Any], kind: Any, fr: Frame) -> None:
        """In the handler of ``try: x.get_one() ... except AttributeError`` x is none of the objects that have the method."""
        callee = _only_method(body) if _is_named(kind, "AttributeError") else None
        name = narrowing.path(callee[1]) if callee is not None else ""
        if callee is None or not name or fr.env is None:
            return
        found = narrowing.value_of(self, callee[1], fr)
        kept = tuple(v for v in found if v.k != INST or attributes.class_attribute(self, v.a, callee[2]) is None)
        if kept and len(kept) < len(found):
            fr.env[name] = kept

    def s_raise(self, s: Any, fr: Frame) -> None:
        if s[1] is not None:
            self.ev(s[1], fr)
        fr.env = None

    def s_import(self, s: Any, fr: Frame) -> None:
        for bound, module, loaded in s[1]:
            fr.bind(bound, names.module_value_of(self, module, loaded, fr.module))

    def s_from(self, s: Any, fr: Frame) -> None:
        base = fr.module.absolute(s[1], s[2])
        for name, bound in s[3]:
            if name != "*":
                fr.bind(bound, names.import_from(self, base, name, fr.module, relative=bool(s[2])))
            else:
                for each, value in names.star_names(self, base, fr.module):
                    fr.bind(each, value)

    def s_def(self, s: Any, fr: Frame) -> None:
        fn = fr.module.functions[s[1]]
        self._make_defaults(fn, fr)
        self.capture(fn, fr)
        if fr.fn is not None:
            self.share(fn, fr)
        value = self.decorated(fn, fr)
        fr.bind(fn.name, self._with_defaults(fn, value, fr) if fr.row else value)

    def _make_defaults(self, fn: Fn, fr: Frame) -> None:
        """Defaults are made when a function is defined, not when it is called."""
        for param in fn.body["params"]:
            if param[3] is not None and param[3][0] == F.E_CALL:
                self.ev(param[3], fr)

    def _with_defaults(self, fn: Fn, value: VS, fr: Frame) -> VS:
        """A function that is defined for each item of a loop, with what its defaults are for this one: ``def call(self, original=original)``."""
        own = tuple(
            (name, fr.env[default[1]])
            for name, _, _, default in fn.body["params"]
            if default is not None and default[0] == F.E_NAME and default[1] in (fr.env or ()) and default[1] in fr.vars
        )
        if not own:
            return value
        return tuple(self.values.make(PARTIAL, v, (), own) if v.k == FUNC and v.a is fn else v for v in value)

    def share(self, fn: Fn, fr: Frame) -> None:
        """From here on the variables that a function inside declares ``nonlocal`` may be something else than what this scope gives them."""
        for stmt in fn.body["body"]:
            if stmt[0] == F.S_GLOBAL and not stmt[2]:
                for name in stmt[1]:
                    holder = fr.holder(name)
                    if holder is not None:
                        holder.rebind(name, self._hinted(name, self.values.why("rebound inside"), holder))

    def capture(self, fn: Fn, fr: Frame) -> None:
        """Remember what conditions around a definition say of the parameters that the function defined there sees."""
        if fr.env is None or fr.fn is None:
            return
        for name, given in fr.params.items():
            here = fr.env.get(name)
            if here is not None and here != given and fr.vars.get(name) == given:
                if fr.captured is None:
                    fr.captured = {}
                seen = fr.captured.setdefault(fn, {})
                seen[name] = union(seen.get(name, NOTHING), here)

    def s_class(self, s: Any, fr: Frame) -> None:
        cls = fr.module.classes[s[1]]
        fr.bind(cls.name, names.class_binding(self, cls, fr))
        names.run_class(self, cls)
        if fr.fn is not None:  # the body of a class runs where the statement stands
            for event in list(names.class_frame(self, cls).events):
                fr.add(event.elsewhere() if fr.off_loop and not event.off_loop else event)

    def s_global(self, s: Any, fr: Frame) -> None:
        if s[2]:
            fr.declared_global = fr.declared_global.union(s[1])
        elif fr.closure is not None:
            found = {name: holder for name in s[1] if (holder := fr.closure.holder(name)) is not None}
            fr.outer_names = {**(fr.outer_names or {}), **found}

    def s_delete(self, s: Any, fr: Frame) -> None:
        for target in s[1]:
            if target[0] == F.E_NAME and fr.fn is not None and fr.env is not None:
                # Where nobody else holds the object, this is its end.
                held = fr.env.get(target[1], NOTHING)
                site = Site(fr, target[2], target[2] + len(target[1]), target, probable=True)
                for v in held if len(held) == 1 and target[1] not in fr.params else ():
                    if v.k == INST:
                        containers.dunder(self, v, ("__del__",), site)
            elif target[0] == F.E_SUB:
                base = self.ev(target[1], fr)
                self.ev(target[2], fr)
                for v in base:
                    containers.dunder(self, v, ("__delitem__",), Site(fr, target[3], target[4], target))
                left_out.taken(self, target[1], target[2], fr)
            elif target[0] == F.E_ATTR:
                attributes.delete(self, target, fr)

    def s_jump(self, s: Any, fr: Frame) -> None:
        # The code behind a break or continue in the same block is unreachable; what is known here joins behind the loop or at its end.
        if fr.exits:
            ways = fr.exits if s[0] == F.S_BREAK else fr.nexts
            ways[-1] = self.merged(ways[-1], fr.env)
            fr.env = None

    def s_match(self, s: Any, fr: Frame) -> None:
        subject = self.ev(s[1], fr)
        out: Env = None
        name = s[1][1] if s[1][0] == F.E_NAME else None
        env = fr.env
        site = Site(fr, *_position(s[1]), s[1])
        for classes, captures, guard, body, irrefutable in s[2]:
            fr.env = dict(env) if env is not None else None
            values = flat_values(self.ev(c[2][0], fr) for c in classes if c[0] == F.E_SEQ)
            if any(c[0] == F.E_SEQ and not _is_singleton(c[2][0]) for c in classes):
                containers.equated(
                    self, subject, values, site
                )  # `case Point(x=0)` compares what the object has, not the object
            if s[1][0] not in (F.E_NAME, F.E_ATTR) and not all(is_constant(v) for v in subject):
                values = NOTHING  # whether a call gives the same every time is not known
            kinds = flat_values(self.ev(c, fr) for c in classes if c[0] != F.E_SEQ)
            narrowed = narrowing.to_pattern(self, subject, kinds, values)
            if classes and not narrowed:
                fr.decided += 1
                continue  # nothing that the subject may be is one of these
            if name and classes:
                fr.bind(name, narrowed)
            found: dict[str, VS] = {}
            for each, way in captures:
                found[each] = union(
                    found.get(each, NOTHING), patterns.captured(self, narrowed if classes else subject, way, site)
                )
            for each, value in found.items():
                if each:
                    fr.bind(each, value)
            if guard is not None:
                self.test(guard, fr)
            self.block(body, fr)
            out = self.merged(out, fr.env)
            if values and guard is None and all(is_constant(v) for v in subject):
                subject = tuple(v for v in subject if all(same(v, w) is not True for w in values))
                irrefutable = not subject
                fr.decided += irrefutable
            if irrefutable:
                fr.env = out
                return
        fr.env = self.merged(out, env)

    def s_assert(self, s: Any, fr: Frame) -> None:
        self.test(s[1], fr)
        before = fr.env
        narrowing.narrow(self, s[1], True, fr)
        if fr.env is None and before is not None:
            fr.env = before
            if not narrowing.told_below(self, s[1], fr):
                fr.env = None

    def s_pass(self, s: Any, fr: Frame) -> None:
        return

    def merged(self, one: Env, other: Env) -> Env:
        """The environment after two branches meet."""
        if one is None:
            return other
        if other is None:
            return one
        out = dict(one)
        if one == other:
            return out
        if one.keys() != other.keys():
            for name in one:
                if "." in name and name not in other:
                    del out[name]  # what one branch says of an attribute does not hold behind the other
        for name, value in other.items():
            mine = out.get(name)
            if mine is None:
                if "." not in name:
                    out[name] = value
            elif mine is not value and mine != value:
                out[name] = union(mine, value)
        return out

    def assign(self, target: Any, value: VS, fr: Frame) -> None:
        """Bind a target."""
        tag: int = target[0]
        if tag == F.E_NAME:
            name = target[1]
            if name in fr.declared_global:
                key = (fr.module.name, name)
                self.global_values[key] = union(self.global_values.get(key, NOTHING), value)
                fr.module.values.pop(name, None)
            elif fr.outer_names is not None and name in fr.outer_names:
                value = self._hinted(name, value, fr.outer_names[name])
                fr.outer_names[name].rebind(name, value)
            elif fr.hints is not None:
                value = self._hinted(name, value, fr)
            fr.bind(name, value)
        elif tag == F.E_ATTR:
            attributes.assign(self, target, value, fr)
        elif tag == F.E_SEQ:
            for item, part in zip(target[2], unpacking(target[2]), strict=True):
                self.assign(item, containers.unpacked(self, value, part, Site(fr, 0, 0, target)), fr)
        elif tag == F.E_STAR:
            self.assign(target[1], value, fr)
        elif tag == F.E_SUB:
            containers.assign_item(self, target, value, fr)

    # -- expressions

    def ev(self, e: Any, fr: Frame) -> VS:
        """What an expression may be. Reads every call in it."""
        tag: int = e[0]
        if tag == F.E_NAME:  # names and literals are two thirds of all, and nothing stands inside them
            env: dict[str, VS] | None = fr.env
            if env is not None and fr.fn is not None and fr.rebound is None:
                held = env.get(e[1])
                if held is not None:
                    return held
        elif tag == F.E_CONST:
            return self.values.literal(e[1])
        self.level += 1
        if self.level > self.levels:
            self.too_deep()
        value: VS = _EXPRESSIONS[tag](self, e, fr)
        self.level -= 1
        return value

    def x_const(self, e: Any, fr: Frame) -> VS:
        return self.values.literal(e[1])

    def x_opaque(self, e: Any, fr: Frame) -> VS:
        return (self.values.instance(f"builtins.{e[1]}"),)

    def x_name(self, e: Any, fr: Frame) -> VS:
        env: dict[str, VS] | None = fr.env
        if env is not None:
            found = env.get(e[1])
            if found is not None:
                if fr.fn is None and found and (found[0].k == SEQ or found[0].k == DICT) and fr.owner is None:
                    found = containers.filled(self, fr.module, e[1], found)  # by what its decorators run, too
                return found if fr.rebound is None else union(found, fr.rebound.get(e[1], NOTHING))
        return names.lookup(self, e[1], fr)

    def x_attr(self, e: Any, fr: Frame) -> VS:
        inner: list[Any] = e[1]
        base = self.ev(inner, fr)
        tag: int = inner[0]
        if tag == F.E_NAME:
            env: dict[str, VS] | None = fr.env
            if env is not None:
                found = env.get(f"{inner[1]}.{e[2]}")
                if found is not None:
                    return found
        return attributes.get(self, base, e[2], Site(fr, e[3], e[4], e))

    def x_call(self, e: Any, fr: Frame) -> VS:
        return calls.expression(self, e, fr, False)

    def x_await(self, e: Any, fr: Frame) -> VS:
        value = self._to_await(e[1], fr)
        found = calls.awaited(self, value, Site(fr, e[2], e[3], e, awaited=True))
        _forget(fr)
        return found

    def _to_await(self, e: Any, fr: Frame) -> VS:
        """What is awaited: of ``await (f() if x else g())`` either call is."""
        if e[0] == F.E_CALL:
            return calls.expression(self, e, fr, True)
        return self._chosen(e, fr, self._to_await) if e[0] == F.E_IF else self.ev(e, fr)

    def x_sub(self, e: Any, fr: Frame) -> VS:
        base = self.ev(e[1], fr)
        index = self.ev(e[2], fr)
        if fr.exits and e[2][0] != F.E_CONST and base and base[0].k == DICT and len(base[0].a) > 1 and index:
            fr.decided += is_constant(index[0])  # which entry it is depends on what a loop makes of the key
        return containers.item(self, base, index, e, Site(fr, e[3], e[4], e))

    def x_bin(self, e: Any, fr: Frame) -> VS:
        left = self.ev(e[2], fr)
        right = self.ev(e[3], fr)
        return containers.binary(self, e[1], left, right, Site(fr, e[4], e[5], e))

    def x_bool(self, e: Any, fr: Frame) -> VS:
        out: VS = NOTHING
        saved = dict(fr.env) if fr.env is not None else None
        last = len(e[2]) - 1
        walrus: dict[str, VS] = {}
        for number, part in enumerate(e[2]):
            value = self.ev(part, fr)
            if fr.env is not None:
                # What a part binds stays; what it says of names and attributes holds for the parts behind it only.
                for name in self._assigned_within(part):
                    if name in fr.env:
                        walrus[name] = fr.env[name]
            if number < last:
                self.truth(value, fr, part)
                outcome = narrowing.outcome(value)
                if outcome is None and fr.sure and surely.is_object(self, part, value, fr, true=True):
                    outcome = True
                if outcome is (e[1] == "or"):
                    fr.decided += 1
                    out = union(out, value)
                    break
                narrowing.narrow(self, part, e[1] == "and", fr)
                if e[1] == "or":
                    out = union(out, self._truthy(value))
                else:
                    out = union(out, self._falsy(value))
                if fr.env is None:
                    break
            else:
                out = union(out, value)
        fr.env = saved
        if saved is not None:
            for name, bound in walrus.items():
                saved[name] = union(saved.get(name, NOTHING), bound)
        return out or self.values.unknown

    def _assigned_within(self, e: Any) -> tuple[str, ...]:
        """Names that an expression assigns: ``(name := value)``."""
        found = self.assigning.get(id(e))
        if found is None:
            found = self.assigning[id(e)] = (e, tuple(dict.fromkeys(_walruses(e))))
        return found[1]

    def _falsy(self, value: VS) -> VS:
        """What a truth test that fails leaves of a value; an object of unknown truth leaves only that it failed."""
        kept = tuple(v for v in value if narrowing.outcome((v,)) is not True and v.k in (CONST, UNKNOWN, SEQ, DICT))
        unsure = any(v.k in (INST, EXTINST) for v in value)
        return union(kept, (self.values.false,)) if unsure else kept

    def _truthy(self, value: VS) -> VS:
        """What a truth test that holds leaves of a value."""
        kept = tuple(v for v in value if narrowing.outcome((v,)) is not False)
        if not any(v.k == EXTINST and v.a == "builtins.bool" for v in kept):
            return kept
        return union(tuple(v for v in kept if not (v.k == EXTINST and v.a == "builtins.bool")), (self.values.true,))

    def x_cmp(self, e: Any, fr: Frame) -> VS:
        left = self.ev(e[1], fr)
        for op, right_e in zip(e[2], e[3], strict=True):
            right = self.ev(right_e, fr)
            if op != "is" and op != "is not":
                containers.compare(self, op, left, right, Site(fr, e[4], e[5], e))
            if len(e[2]) == 1:
                if op in ("in", "not in") and options.is_own(fr, right_e):
                    return options.has(self, op, left, right) or (self.values.instance("builtins.bool"),)
                if fr.sure and right == (self.values.none,) and surely.is_object(self, e[1], left, fr):
                    return (self.values.false if op in ("is", "==") else self.values.true,)
                if right_e[0] == F.E_SEQ and right_e[1] == "set":
                    right = self._written_out(right_e, right, fr)
                return narrowing.compared(self, op, left, right)
            left = right
        return (self.values.instance("builtins.bool"),)

    def _written_out(self, e: Any, value: VS, fr: Frame) -> VS:
        """A set that is written out where something is looked for in it, with what is in it one by one."""
        items = containers.members(e, value)
        if items is None and all(item[0] in (F.E_CONST, F.E_NAME, F.E_ATTR) for item in e[2]):
            items = tuple(self.ev(item, fr) for item in e[2])
        return value if items is None else (self.values.seq("tuple", items, union(*items)),)

    def x_if(self, e: Any, fr: Frame) -> VS:
        return self._chosen(e, fr, self.ev)

    def _chosen(self, e: Any, fr: Frame, read: Callable[[Any, Frame], VS]) -> VS:
        """A conditional expression, whose arms ``read`` reads."""
        outcome = self.test(e[1], fr)
        saved = dict(fr.env) if fr.env is not None else None
        out: VS = NOTHING
        on_loop = narrowing.on_loop(self, e[1], fr) if outcome is None else None
        fr.asks_for_loop = fr.asks_for_loop or on_loop is not None
        fr.forks += outcome is None
        if outcome is not False:
            narrowing.narrow(self, e[1], True, fr)
            if fr.env is not None:
                fr.off_loop += on_loop is False
                out = read(e[2], fr)
                fr.off_loop -= on_loop is False
            fr.env = dict(saved) if saved is not None else None
        if outcome is not True:
            narrowing.narrow(self, e[1], False, fr)
            if fr.env is not None:
                fr.off_loop += on_loop is True
                other = read(e[3], fr)
                fr.off_loop -= on_loop is True
                if on_loop is not None and any(v.k in _HANDED for v in (out if on_loop else other)):
                    out = out if on_loop else other  # what is chosen is called later: keep what a loop is given
                else:
                    out = union(out, other)
            fr.env = saved
        fr.forks -= outcome is None
        return out or self.values.unknown

    def x_lambda(self, e: Any, fr: Frame) -> VS:
        fn = fr.module.functions[e[1]]
        self._make_defaults(fn, fr)
        made: VS = (self.values.make(FUNC, fn, fr, None),)
        return self._with_defaults(fn, made, fr) if fr.row else made

    def x_seq(self, e: Any, fr: Frame) -> VS:
        items: list[VS] = []
        exact = True
        for item in e[2]:
            if item[0] == F.E_STAR:
                spread = self.ev(item[1], fr)
                if len(spread) == 1 and spread[0].k == SEQ and spread[0].b is not None:
                    items.extend(spread[0].b)
                    continue
                exact = False
                items.append(containers.iterate(self, spread, Site(fr, *_position(item[1]), item), False))
            else:
                items.append(self.ev(item, fr))
        if e[1] == "set":
            for member, item in zip(e[2], items, strict=False):
                containers.hashed(self, item, Site(fr, *_position(member), member))
        known_items = tuple(items) if exact and len(items) <= 40 and e[1] != "set" else None
        return (self.values.seq(e[1], known_items, union(*items)),)

    def x_dict(self, e: Any, fr: Frame) -> VS:
        items: dict[Any, VS] = {}
        other: VS = NOTHING
        keys: VS = NOTHING
        for key, value_e in zip(e[1], e[2], strict=True):
            value = self.ev(value_e, fr)
            if key is None:
                for v in value:
                    if v.k == DICT:
                        items.update(v.a)
                        other = union(other, v.b)
                        keys = union(keys, v.c)
                    elif v.k == INST and (
                        spread := containers.spread_out(self, v, Site(fr, *_position(value_e), value_e))
                    ):
                        other = union(other, spread)
                    elif v.k != CONST:
                        other = union(other, self.values.why("entry of an unknown mapping"))
                continue
            key_value = self.ev(key, fr)
            if len(key_value) != 1 or key_value[0].k == INST:
                containers.hashed(self, key_value, Site(fr, *_position(key), key))
            keys = union(keys, key_value)
            if len(key_value) == 1 and key_value[0].k == CONST and len(items) < 60:
                items[(key_value[0].b, key_value[0].a)] = value
            elif len(key_value) == 1 and has_key(key_value[0]) and len(items) < 60:
                key = key_of(key_value[0])
                items[key if isinstance(key, V) else (key_value[0].b[1][1][0].b, key)] = value
            else:
                other = union(other, value)
        named = tuple((k[1] if k.__class__ is tuple and len(k) == 2 else k, v) for k, v in items.items())
        return (self.values.dict(named, other, keys),)

    def x_comp(self, e: Any, fr: Frame) -> VS:
        if e[1] != "gen":
            return self._comprehended(e, fr, None)
        first = self.ev(e[2][0][1], fr)  # of a generator expression the only part that is evaluated where it stands
        return containers.lazily(self, Site(fr, e[5], e[6], e), lambda: self._comprehended(e, fr, first))

    def _comprehended(self, e: Any, fr: Frame, first: VS | None) -> VS:
        """What a comprehension gives; of a generator expression its items."""
        saved = dict(fr.env) if fr.env is not None else None
        rounds = _rounds(e) if fr.env is not None and e[1] != "gen" else 0
        if self.announced is not None and fr.env is not None and e[1] != "gen" and not e[2][0][2] and not e[2][0][3]:
            rounds = _ROUNDS  # a metaclass goes through the body of a class
        if rounds:
            pairs: list[tuple[VS, VS]] = []
            found = self._each(e, 0, fr, pairs, rounds)
            fr.env = dict(saved) if saved is not None else None
            if e[1] == "dict" or e[1] == "set":
                containers.hashed(self, flat_values(item for item, _ in pairs), Site(fr, *_position(e[3]), e[3]))
            if found is not None and e[1] == "dict":
                return (containers.mapping(self, pairs),)
            if found is not None:
                made = tuple(item for item, _ in pairs)
                return (self.values.seq(e[1], made if e[1] == "list" and found else None, union(*made)),)
        for target, iterable, conditions, is_async, pos, end in e[2]:
            value = self.ev(iterable, fr) if first is None else first
            first = None
            items = containers.iterate(
                self, value, Site(fr, pos, end, iterable, awaited=bool(is_async)), bool(is_async)
            )
            if fr.env is None:
                break
            if containers.is_written_empty(iterable) or (not fr.exits and containers.is_empty(value)):
                fr.env = None
                break
            rows = self.frameworks.rows(value, [e[3]], fr) if len(e[2]) == 1 and e[1] != "dict" else ()
            if rows and not conditions:
                each = []
                for row in rows:
                    self.assign(target, row, fr)
                    each.append(self.ev(e[3], fr))
                fr.env = saved
                return (self.values.seq("iter" if e[1] == "gen" else e[1], tuple(each), union(*each)),)
            self.assign(target, items, fr)
            for condition in conditions:
                self.test(condition, fr)
                narrowing.narrow(self, condition, True, fr)
        element: VS = NOTHING
        value = NOTHING
        if fr.env is not None:
            element = self.ev(e[3], fr)
            value = self.ev(e[4], fr) if e[4] is not None else NOTHING
        if saved is not None and fr.env is not None:
            for name in self._assigned_within(
                e
            ):  # `[total := total + x for x in items]` belongs to the scope around it
                saved[name] = union(saved.get(name, NOTHING), fr.env.get(name, NOTHING))
        fr.env = saved
        if e[1] == "dict" or e[1] == "set":
            containers.hashed(self, element, Site(fr, *_position(e[3]), e[3]))
        found_under_keys = picked.comprehended(self, e, fr)
        if found_under_keys is not None:
            return (found_under_keys,)
        if e[1] == "dict":
            return (self.values.dict((), value, element),)
        return element if e[1] == "gen" else (self.values.seq(e[1], None, element),)

    def _each(self, e: Any, level: int, fr: Frame, out: list[tuple[VS, VS]], rounds: int) -> bool | None:
        """Read a comprehension once for each item, where all that is iterated is known.

        Returns:
            whether it is known of each item that it passes the conditions; None where the items are not known, or too many.
        """
        if level == len(e[2]):
            out.append((self.ev(e[3], fr), self.ev(e[4], fr) if e[4] is not None else NOTHING))
            return True
        target, iterable, conditions = e[2][level][:3]
        value = self.ev(iterable, fr)
        items = containers.exact_items(self, value)
        is_sure = items is not None
        if items is None:
            items = containers.each_of(value)
        if items is None or len(items) > rounds:
            return None
        before = dict(fr.env or {})
        for item in items:
            if conditions:
                fr.env = dict(before)
            self.assign(target, item, fr)
            passes = self._passes(conditions, fr)
            if passes is False:
                continue
            found = self._each(e, level + 1, fr, out, rounds)
            if found is None or len(out) > rounds:
                return None
            is_sure = is_sure and found and passes is True
        return is_sure

    def _passes(self, conditions: list[Any], fr: Frame) -> bool | None:
        """Whether an item of a comprehension passes its conditions."""
        result: bool | None = True
        for condition in conditions:
            outcome = self._of_row(condition, fr)
            if outcome is False:
                return False
            if outcome is None:
                result = None
                narrowing.narrow(self, condition, True, fr)
                if fr.env is None:
                    return False
        return result

    def _of_row(self, test: Any, fr: Frame) -> bool | None:
        """The outcome of a condition on one item that is known: classes are told from others."""
        if test[0] == F.E_BOOL:
            stops = test[1] == "or"
            parts = [self._of_row(part, fr) for part in test[2]]
            return stops if stops in parts else None if None in parts else not stops
        if test[0] == F.E_UNARY and test[1] == "not":
            inner = self._of_row(test[2], fr)
            return None if inner is None else not inner
        if test[0] == F.E_CMP and test[2] in (["is"], ["is not"], ["=="], ["!="]):
            left, right = self.ev(test[1], fr), self.ev(test[3][0], fr)
            if len(left) == 1 and len(right) == 1 and left[0].k == CLASS and right[0].k == CLASS:
                return (left[0].a is right[0].a) == (test[2][0] in ("is", "=="))
        if test[0] == F.E_CALL and F.last_name(test[1]) == "issubclass" and len(test[2]) == 2:
            one, kinds = self.ev(test[2][0], fr), self.ev(test[2][1], fr)
            if len(one) == 1 and one[0].k == CLASS and len(kinds) == 1 and kinds[0].k == CLASS:
                return kinds[0].a in attributes.mro(self, one[0].a)
        return self.test(test, fr)

    def x_fstr(self, e: Any, fr: Frame) -> VS:
        words: list[str] | None = [""]  # the texts that it may be so far
        start = ""
        behind_hole: list[Any] = []
        first: VS = NOTHING
        for number, part in enumerate(e[1]):
            value = names.written_out(self, self.ev(part, fr), fr.module)
            if number == 0:
                first = value
            if any(v.k == INST or v.k == SEQ for v in value):
                is_represented = e[1][number + 1 : number + 2] == [[F.E_OPAQUE, F.REPRESENTATION]]
                (containers.represented if is_represented else containers.shown)(
                    self, value, Site(fr, *_position(part), part)
                )
            if words is None:
                continue
            is_told = (
                bool(value) and len(value) * len(words) <= _TEXTS and all(v.k == CONST and v.b == "str" for v in value)
            )
            if not is_told or len(words[0]) > _TEXT:
                start = words[0] if len(words) == 1 else start
                behind_hole = e[1][number + 1 :]
                words = None
            else:
                words = [word + v.a for word in words for v in value]
                start = words[0] if len(words) == 1 else start
        if words is not None and all(len(word) < _TEXT for word in words):
            return tuple(self.values.const(word) for word in dict.fromkeys(words))
        behind = e[1][1] if len(e[1]) > 1 and e[1][1][0] == F.E_CONST else None
        if texts.is_rooted(first, behind[1] if behind is not None and behind[1].__class__ is str else ""):
            return (texts.rooted(self),)
        return (self.values.text(start, _written(behind_hole)),)

    def x_yield(self, e: Any, fr: Frame) -> VS:
        fr.yields = union(fr.yields, self.ev(e[1], fr) if e[1] is not None else (self.values.none,))
        return self.values.why("sent value")

    def x_yield_from(self, e: Any, fr: Frame) -> VS:
        value = self.ev(e[1], fr)
        fr.yields = union(fr.yields, containers.iterate(self, value, Site(fr, e[2], e[3], e[1]), False))
        return self.values.unknown

    def x_walrus(self, e: Any, fr: Frame) -> VS:
        value = self.ev(e[2], fr)
        fr.bind(e[1], value)
        return value

    def x_star(self, e: Any, fr: Frame) -> VS:
        return self.ev(e[1], fr)

    def x_unary(self, e: Any, fr: Frame) -> VS:
        value = self.ev(e[2], fr)
        if e[1] == "not":
            self.truth(value, fr, e[2])
            outcome = narrowing.outcome(value)
            if outcome is None and fr.sure and surely.is_object(self, e[2], value, fr, true=True):
                outcome = True
            if outcome is not None:
                return (self.values.false if outcome else self.values.true,)
            return (self.values.instance("builtins.bool"),)
        if e[1] == "-" and len(value) == 1 and value[0].k == CONST and type(value[0].a) in (int, float):
            return (self.values.const(-value[0].a),)
        if any(v.k in (INST, EXTINST) for v in value):
            return containers.unary(self, e[1], value, Site(fr, *_position(e[2]), e[2])) or value
        return value

    def x_slice(self, e: Any, fr: Frame) -> VS:
        for part in e[1]:
            self.ev(part, fr)
        return (self.values.instance("builtins.slice"),)

    # -- definitions

    def decorated(self, fn: Fn, fr: Frame) -> VS:
        """A function as its decorators leave it."""
        closure = fr if fr.fn is not None else fr.closure
        key = (fn, closure)
        found = self.decorated_cache.get(key)
        if found is not None:
            return found
        value: VS = (self.values.make(FUNC, fn, closure, None),)
        if fn.body["decorators"]:
            begun = self.decorating.get(key)
            if begun is not None:  # asked for by what its decorators have read: what they leave of it is not known yet
                self.missed(begun)
                return NOTHING
            value = self._decorate(fn, value, key, fr)
        if value:
            self.decorated_cache[key] = value
        return value

    def _decorate(self, fn: Fn, value: VS, key: Any, fr: Frame) -> VS:
        """What the decorators of a function leave of it; nothing while that cannot be known: as it is written it may be what nobody calls."""
        begun = self.decorating[key] = Filling(self.tick())
        early, self.decorated_early = self.decorated_early, False
        try:
            for decorator in fn.body["decorators"][::-1]:
                value = calls.decorate(self, decorator, value, fr)
            tries = self.undecided.get(key, 0)
            if self.decorated_early and tries < UNDECIDED_LIMIT:
                self.undecided[key] = tries + 1
                return NOTHING
        finally:
            self.decorated_early = early
            begun.state = 2
            del self.decorating[key]
        return value

    def contract_effect(self, name: str) -> Effect:
        """The effect of a function that the project itself calls blocking."""
        return Effect(
            Severity.ERROR,
            "is marked as blocking by the project",
            "contract",
            instead=f"asyncio.to_thread({name.rpartition('.')[2]}, ...)",
        )

    def edge(self, kind: str, target: Frame, site: Site, *, notes: tuple[str, ...] = (), lowered: bool = False) -> None:
        """Enter that the code at ``site`` runs ``target``."""
        if site.on == "never":
            return
        if site.on == "worker":
            kind = "worker"
        elif site.on == "loop" and kind == CALL:
            kind = "loop"
        fr = site.frame
        greenlet = site.on == "greenlet"
        fr.add_chosen(
            site.choices,
            Event(
                kind,
                site.pos,
                site.end,
                site.node,
                target=target,
                probable=site.probable,
                notes=notes,
                lowered=lowered,
                greenlet=greenlet,
                when=site.when,
            ),
        )

    def sink(self, effect: Any, name: str, site: Site, *, notes: tuple[str, ...] = ()) -> None:
        """Enter that the call at ``site`` blocks."""
        if site.on in ("worker", "never") or (site.awaited and site.on != "greenlet"):
            return
        if site.on == "greenlet" and effect.category == "database":
            return
        site.frame.add_chosen(
            site.choices,
            Event(
                "sink",
                site.pos,
                site.end,
                site.node,
                effect=effect,
                name=shown(name, site.node) if "._" in name.replace(".__", "") else name,
                probable=site.probable,
                notes=notes,
                when=site.when,
            ),
        )


_NONE: Final = [F.E_CONST, None]


def shown(name: str, node: Any) -> str:
    """What a call of something is called whose class nobody can import: as the code writes it, or else the module and the method.

    >>> shown("pathlib._Tree", None)
    'pathlib'
    """
    if node is not None and node[0] == F.E_CALL and node[1][0] == F.E_NAME and node[1][1] in _CONSUMERS and node[2]:
        return shown(name, node[2][0])
    if node is not None and node[0] in (F.E_CALL, F.E_ATTR):
        text = _text(node[1] if node[0] == F.E_CALL else node)
        if text and len(text) <= _SHOWN:
            return text
    return ".".join(part for part in name.split(".") if not part.startswith("_"))


_CONSUMERS: Final = frozenset((
    "list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "any", "all", "min", "max", "next", "iter", "enumerate",
))  # fmt: skip
"""Builtins that run the iterator they are given: that is what the work belongs to."""
_SHOWN: Final = 60
"""Characters of code that stand in a message."""


def _text(node: Any) -> str:
    tag: int = node[0]
    if tag == F.E_NAME:
        return str(node[1])
    if tag == F.E_ATTR:
        base = _text(node[1])
        return f"{base}.{node[2]}" if base else str(node[2])
    if tag == F.E_CALL:
        return f"{_text(node[1])}()"
    if tag == F.E_SUB:
        return f"{_text(node[1])}[...]"
    return _text(node[1]) if tag == F.E_AWAIT else ""


def interrupted(env: Env, inside: dict[str, VS]) -> Env:
    """What is known where a statement may have been left in the middle, after which ``inside`` got a value in it or did not yet."""
    out = dict(env or {})
    for name, value in inside.items():
        old = out.get(name)
        if "." not in name:
            out[name] = value if old is None else union(old, value)
        elif old is not None:
            out[name] = union(old, value)
    return out


def _forget(fr: Frame, start: str = "") -> None:
    """Attributes that were found to be a constant may be another after other tasks ran, or a method of the object."""
    if fr.env is not None:
        for name in [
            n for n, v in fr.env.items() if "." in n and n.startswith(start) and v and all(is_constant(x) for x in v)
        ]:
            del fr.env[name]


def _is_named(kind: Any, name: str) -> bool:
    return kind is not None and kind[0] == F.E_NAME and bool(kind[1] == name)


def _only_method(body: list[Any]) -> Any:
    """``x.method`` where all that a block does is to call it."""
    if len(body) != 1:
        return None
    value = body[0][2] if body[0][0] == F.S_ASSIGN else body[0][1] if body[0][0] in (F.S_EXPR, F.S_RETURN) else None
    while value is not None and value[0] == F.E_AWAIT:
        value = value[1]
    return value[1] if value is not None and value[0] == F.E_CALL and value[1][0] == F.E_ATTR else None


def _has_more(value: VS, kept: VS) -> bool:
    """Whether some alternative is not among those that were kept."""
    return any(v not in kept for v in value)


def _is_chosen(value: VS) -> bool:
    """Whether a value is one class or callable, or one method of an object that may be of several classes."""
    if len(value) == 1:
        return value[0].k in _CHOSEN
    return bool(value) and all(v.k == BOUND and v.b.k == FUNC and v.b.a.name == value[0].b.a.name for v in value)


def _is_called(value: VS) -> bool:
    """Whether a value is a function, lambda or method, or one of a few, which hardly anybody takes but to call it."""
    return 0 < len(value) <= _FEW and all(v.k in _HANDED for v in value)


_FEW: Final = 3
"""Functions of which one is handed over, depending on what it is made for: a plain one, a coroutine, a generator."""


def _pairs(bound: dict[str, VS]) -> bool:
    """Whether a class and a callable are handed over together: a registration, and mixing two up would mix up all."""
    kinds = {value[0].k for value in bound.values() if len(value) == 1}
    return CLASS in kinds and not kinds.isdisjoint(_HANDED)


def _is_text(value: VS) -> bool:
    return len(value) == 1 and value[0].k == CONST and value[0].b == "str"


def _is_path(value: VS) -> bool:
    return len(value) == 1 and value[0].k == CONST and value[0].b == "str" and value[0].a.startswith("/")


def flat_values(sets: Any) -> VS:
    """Union of an iterable of value sets."""
    return union(*sets)


def _has_open_part(v: V) -> bool:
    """Whether a value is a tuple some part of which is not known."""
    return v.k == SEQ and v.a == "tuple" and v.b is not None and any(map(has_unknown, v.b))


def _written(parts: list[Any]) -> str:
    """What parts of a text say that are all written down; else something that no name holds."""
    return "".join(part[1] if part[0] == F.E_CONST and part[1].__class__ is str else "?" for part in parts)


def _position(node: Any) -> tuple[int, int]:
    tag: int = node[0]
    if tag in (F.E_CALL, F.E_BIN, F.E_CMP):
        return node[4], node[5]
    if tag in (F.E_ATTR, F.E_SUB):
        return node[3], node[4]
    if tag in (F.E_AWAIT, F.E_YIELD, F.E_YIELD_FROM):
        return node[2], node[3]
    if tag == F.E_NAME:
        return node[2], node[2] + len(node[1])
    if tag == F.E_COMP:
        return node[5], node[6]
    for part in node[1:]:
        if isinstance(part, list) and part:
            if isinstance(part[0], int) and not isinstance(part[0], bool):
                found = _position(part)
                if found[0]:
                    return found
            elif isinstance(part[0], list) and part[0] and isinstance(part[0][0], int):
                found = _position(part[0])
                if found[0]:
                    return found
    return 0, 0


_EXPRESSIONS: list[Callable[[Evaluator, Any, Frame], VS]] = [
    Evaluator.x_const, Evaluator.x_opaque, Evaluator.x_name, Evaluator.x_attr, Evaluator.x_call, Evaluator.x_await,
    Evaluator.x_sub, Evaluator.x_bin, Evaluator.x_bool, Evaluator.x_cmp, Evaluator.x_if, Evaluator.x_lambda,
    Evaluator.x_seq, Evaluator.x_dict, Evaluator.x_comp, Evaluator.x_fstr, Evaluator.x_yield, Evaluator.x_yield_from,
    Evaluator.x_walrus, Evaluator.x_star, Evaluator.x_unary, Evaluator.x_slice,
]  # fmt: skip
_STATEMENTS: list[Callable[[Evaluator, Any, Frame], None]] = [
    Evaluator.s_expr, Evaluator.s_assign, Evaluator.s_ann, Evaluator.s_aug, Evaluator.s_return, Evaluator.s_if,
    Evaluator.s_for, Evaluator.s_while, Evaluator.s_with, Evaluator.s_try, Evaluator.s_raise, Evaluator.s_import,
    Evaluator.s_from, Evaluator.s_def, Evaluator.s_class, Evaluator.s_global, Evaluator.s_delete, Evaluator.s_jump,
    Evaluator.s_jump, Evaluator.s_match, Evaluator.s_assert, Evaluator.s_pass,
]  # fmt: skip
