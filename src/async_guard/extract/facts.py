"""One file's syntax tree to facts.

Written over ``ast`` nodes only; where the running interpreter refuses a file, ``parse`` supplies the same nodes by another way.
"""

from __future__ import annotations

import ast
import json
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from async_guard.extract.parse import parse
from async_guard.extract.source import UnreadableSource
from async_guard.model import facts as F
from async_guard.model.facts import ClassHead, FileFacts, FunctionHead

_LONGEST_STRING = 300
"""Strings beyond this are data, not names, keys or annotations."""
_LONGEST_LITERAL = 400
"""Items kept of one literal container: registries are shorter, tables of data are longer."""
_LONGEST_SUM = 60
"""Terms of an operator chain kept as nested operations; longer ones build text or data."""
_SPECIAL_CALLS = frozenset((
    "cast", "setattr", "__setattr__", "heappush", "heappushpop", "insort", "insort_left", "insort_right",
))  # fmt: skip
_FILLERS = frozenset((
    "append", "add", "insert", "extend", "setdefault", "update", "appendleft", "register", "set", "put", "put_nowait",
))  # fmt: skip
_LONGEST_WORDS = 40
"""Characters of a formatted string's constant part that facts keep."""
_HELD = frozenset((ast.Attribute, ast.Subscript, ast.Call))
"""What may be a container, or give what is in one."""
_CONTRACT = re.compile(r"#\s*async-guard:\s*(.*)")
_NAMED_CODES = re.compile(rb"#\s*noqa:[^\n]*\bAG\d", re.IGNORECASE)
_COLUMN_LIMIT = 4095
_LINE_ENDS = re.compile(rb"\r\n?|\n")
_BIN_OPS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%", ast.BitOr: "|", ast.BitAnd: "&",
    ast.BitXor: "^", ast.FloorDiv: "//", ast.Pow: "**", ast.LShift: "<<", ast.RShift: ">>", ast.MatMult: "@",
}  # fmt: skip
_CMP_OPS: dict[type, str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_dumps = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), check_circular=False).encode
_quote = json.encoder.encode_basestring_ascii
Json = str
"""A record as JSON text. Records are written as text at once: lists that are encoded afterwards cost twice the time of the parser."""


def _opening(tag: int) -> str:
    return f"[{tag},"


_CONST, _OPAQUE, _NAME, _ATTR, _CALL, _AWAIT = map(
    _opening, (F.E_CONST, F.E_OPAQUE, F.E_NAME, F.E_ATTR, F.E_CALL, F.E_AWAIT)
)
_SUB, _BIN, _BOOL, _CMP, _IF, _LAMBDA = map(_opening, (F.E_SUB, F.E_BIN, F.E_BOOL, F.E_CMP, F.E_IF, F.E_LAMBDA))
_SEQ, _DICT, _COMP, _FSTR, _YIELD = map(_opening, (F.E_SEQ, F.E_DICT, F.E_COMP, F.E_FSTR, F.E_YIELD))
_YIELD_FROM, _WALRUS, _STAR, _UNARY, _SLICE = map(
    _opening, (F.E_YIELD_FROM, F.E_WALRUS, F.E_STAR, F.E_UNARY, F.E_SLICE)
)
_S_EXPR, _S_ASSIGN, _S_ANN, _S_AUG, _S_RETURN = map(_opening, (F.S_EXPR, F.S_ASSIGN, F.S_ANN, F.S_AUG, F.S_RETURN))
_S_IF, _S_FOR, _S_WHILE, _S_WITH, _S_TRY, _S_RAISE = map(
    _opening, (F.S_IF, F.S_FOR, F.S_WHILE, F.S_WITH, F.S_TRY, F.S_RAISE)
)
_S_IMPORT, _S_FROM, _S_DEF, _S_CLASS, _S_GLOBAL = map(_opening, (F.S_IMPORT, F.S_FROM, F.S_DEF, F.S_CLASS, F.S_GLOBAL))
_S_DEL, _S_MATCH, _S_ASSERT = map(_opening, (F.S_DEL, F.S_MATCH, F.S_ASSERT))
_S_BREAK, _S_CONTINUE = f"[{F.S_BREAK}]", f"[{F.S_CONTINUE}]"
_OPAQUE_TEXT = f'{_OPAQUE}"str"]'
_REPRESENTATION = f'{_OPAQUE}"{F.REPRESENTATION}"]'
_REPRESENTED = frozenset(map(ord, "ra"))
"""Conversions of a replacement field that ask for what represents its value."""
_UNMARKED = _REPRESENTED | {-1}
_UNARY_OPS: dict[type, str] = {ast.Not: "not", ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}


def extract(data: bytes) -> FileFacts:
    """The facts of a file, from its bytes.

    Raises:
        UnreadableSource: the bytes are no Python that any supported version reads.
    """
    tree = parse(data)
    try:
        return _Reader(data).read(tree)
    except RecursionError:
        raise UnreadableSource(1, "nested too deeply") from None


class _Scope:
    __slots__ = ("has_await", "has_inner", "held", "index", "is_class", "is_generator", "names_global", "owner")

    def __init__(self, index: int, owner: int, is_class: bool = False) -> None:
        self.index = index
        self.owner = owner
        self.is_class = is_class
        self.names_global: set[str] = set()
        self.held: dict[str, str] = {}
        """Names that stand for a container, or what is in one -> the container's last name: ``items = self.items``."""
        self.has_await = False
        self.is_generator = False
        self.has_inner = False


class _Reader:
    """Walks a tree once. Expression and statement methods are looked up by node type in two tables."""

    def __init__(self, data: bytes) -> None:
        self.facts = FileFacts()
        self.scope = _Scope(-1, -1)
        self.prefix = ""
        self.calls: dict[str, dict[int, None]] = defaultdict(dict)
        self.attribute_writes: dict[str, dict[int, None]] = {}
        self.global_writes: dict[str, dict[int, None]] = {}
        self.item_writes: dict[str, dict[int, None]] = {}
        self.function_bodies: list[Json] = []
        self.class_bodies: list[Json] = []
        self.data = data
        self.wide: dict[int, bytes] = {}
        self.comments: dict[int, str] = {}
        self.odd_lines: list[int] = []
        self._find_odd_lines()
        self.plain = not self.odd_lines
        """Whether columns are what the parser says, in the statement that is being read."""
        self.facts.names_codes = b"noqa" in data.lower() and _NAMED_CODES.search(data) is not None
        if b"async-guard:" in data:
            self._find_contracts()

    def _find_odd_lines(self) -> None:
        # The parser counts bytes; facts count characters, and no more of them than fit.
        all_plain = self.data.isascii()
        lines = _LINE_ENDS.split(self.data)
        if all_plain and max(map(len, lines)) <= _COLUMN_LIMIT:
            return
        for number, line in enumerate(lines, 1):
            if len(line) > _COLUMN_LIMIT or not (all_plain or line.isascii()):
                self.odd_lines.append(number)
                if not line.isascii():
                    self.wide[number] = line

    def _find_contracts(self) -> None:
        for number, line in enumerate(self.data.decode("utf-8", "replace").splitlines(), 1):
            if "async-guard:" in line and (found := _CONTRACT.search(line)):
                self.comments[number] = found.group(1).strip()

    # -- positions

    def at(self, line: int, column: int) -> int:
        if line in self.wide:
            column = len(self.wide[line][:column].decode("utf-8", "replace"))
        return line << 12 | (min(_COLUMN_LIMIT, column))

    def start(self, node: Any) -> int:
        if self.plain:
            return node.lineno << 12 | node.col_offset  # type: ignore[no-any-return]
        return self.at(node.lineno, node.col_offset)

    def span(self, node: Any) -> str:
        """Start and end as they stand in a record: ``,start,end]``."""
        if self.plain:
            return f",{node.lineno << 12 | node.col_offset},{node.end_lineno << 12 | node.end_col_offset}]"
        return f",{self.at(node.lineno, node.col_offset)},{self.at(node.end_lineno, node.end_col_offset)}]"

    # -- the file

    def read(self, tree: ast.Module) -> FileFacts:
        body = self.block(tree.body)
        facts = self.facts
        facts.bodies = [f'{{"body":{body}}}', *self.function_bodies, *self.class_bodies]
        facts.calls = {name: list(users) for name, users in self.calls.items()}
        facts.attribute_writes = {name: list(users) for name, users in self.attribute_writes.items()}
        facts.item_writes = {name: list(users) for name, users in self.item_writes.items()}
        facts.global_writes = {name: list(users) for name, users in self.global_writes.items()}
        return facts

    # -- statements

    def block(self, nodes: list[ast.stmt]) -> Json:
        if not self.odd_lines:
            return f"[{','.join([stmt for node in nodes if (stmt := _STATEMENTS[type(node)](self, node))])}]"
        before = self.plain
        out = []
        for node in nodes:
            # Decorators stand before the line that a definition is said to begin on.
            decorators = getattr(node, "decorator_list", None)
            first = decorators[0].lineno if decorators else node.lineno
            following = bisect_left(self.odd_lines, first)
            self.plain = following == len(self.odd_lines) or self.odd_lines[following] > (node.end_lineno or first)
            stmt = _STATEMENTS[type(node)](self, node)
            if stmt:
                out.append(stmt)
        self.plain = before
        return f"[{','.join(out)}]"

    def s_expr(self, node: ast.Expr) -> Json:
        if type(node.value) is ast.Constant:
            return ""
        return f"{_S_EXPR}{self.expr(node.value)}{self.span(node)}"

    def s_assign(self, node: ast.Assign) -> Json:
        value = self.expr(node.value)
        first = node.targets[0]
        if type(first) is ast.Name and type(node.value) in _HELD:
            held = _last_name(_container(node.value))
            if held:
                self.scope.held[first.id] = held
        return f"{_S_ASSIGN}[{','.join([self.target(t) for t in node.targets])}],{value},{self.start(node)}]"

    def s_ann(self, node: ast.AnnAssign) -> Json:
        # `x: T = ...` says what `x` will be, as `x: T` does.
        is_placeholder = type(node.value) is ast.Constant and node.value.value is ...
        value = self.optional(None if is_placeholder else node.value)
        return f"{_S_ANN}{self.target(node.target)},{self.annotation(node.annotation)},{value},{self.start(node)}]"

    def s_aug(self, node: ast.AugAssign) -> Json:
        target = self.target(node.target)
        return f'{_S_AUG}{target},"{_BIN_OPS.get(type(node.op), "?")}",{self.expr(node.value)}{self.span(node)}'

    def s_return(self, node: ast.Return) -> Json:
        return f"{_S_RETURN}{self.optional(node.value)},{self.start(node)}]"

    def s_if(self, node: ast.If) -> Json:
        # A chain of elif is nested in the tree: unrolled here, so that a chain of hundreds costs no recursion.
        chain = [node]
        while len(chain[-1].orelse) == 1 and type(chain[-1].orelse[0]) is ast.If:
            chain.append(chain[-1].orelse[0])
        branches = ",".join([f"[{self.expr(part.test)},{self.block(part.body)}]" for part in chain])
        return f"{_S_IF}[{branches}],{self.block(chain[-1].orelse)},{self.start(node)}]"

    def s_for(self, node: ast.For | ast.AsyncFor) -> Json:
        is_async = type(node) is ast.AsyncFor
        if is_async:
            self.scope.has_await = True
        iterable = self.expr(node.iter)
        target = self.target(node.target)
        body = self.block(node.body)
        return f"{_S_FOR}{target},{iterable},{body},{self.block(node.orelse)},{int(is_async)}{self.span(node.iter)}"

    def s_while(self, node: ast.While) -> Json:
        test = self.expr(node.test)
        return f"{_S_WHILE}{test},{self.block(node.body)},{self.block(node.orelse)}{self.span(node.test)}"

    def s_with(self, node: ast.With | ast.AsyncWith) -> Json:
        is_async = type(node) is ast.AsyncWith
        if is_async:
            self.scope.has_await = True
        items = []
        for item in node.items:
            manager = self.expr(item.context_expr)
            target = self.target(item.optional_vars) if item.optional_vars is not None else "null"
            items.append(f"[{manager},{target}{self.span(item.context_expr)}")
        return f"{_S_WITH}[{','.join(items)}],{self.block(node.body)},{int(is_async)},{self.start(node)}]"

    def s_try(self, node: Any) -> Json:
        body = self.block(node.body)
        handlers = ",".join([
            f"[{self.optional(h.type)},{_quote(h.name) if h.name is not None else 'null'},{self.block(h.body)},{self.start(h)}]"
            for h in node.handlers
        ])  # fmt: skip
        orelse = self.block(node.orelse)
        return f"{_S_TRY}{body},[{handlers}],{orelse},{self.block(node.finalbody)},{self.start(node)}]"

    def s_raise(self, node: ast.Raise) -> Json:
        return f"{_S_RAISE}{self.optional(node.exc)},{self.optional(node.cause)},{self.start(node)}]"

    def s_import(self, node: ast.Import) -> Json:
        names = []
        for alias in node.names:
            top = alias.name.partition(".")[0]
            names.append([alias.asname, alias.name, alias.name] if alias.asname else [top, top, alias.name])
        return f"{_S_IMPORT}{_dumps(names)},{self.start(node)}]"

    def s_from(self, node: ast.ImportFrom) -> Json:
        names = [[a.name, a.asname or a.name] for a in node.names]
        for name, bound in names:
            if name != bound:
                self.facts.aliases.setdefault(name, []).append(bound)
        return f"{_S_FROM}{_quote(node.module or '')},{node.level},{_dumps(names)},{self.start(node)}]"

    def s_global(self, node: ast.Global | ast.Nonlocal) -> Json:
        if type(node) is ast.Global and self.scope.index >= 0:
            self.scope.names_global.update(node.names)
            for name in node.names:
                self.global_writes.setdefault(name, {})[self.scope.index] = None
        return f"{_S_GLOBAL}{_dumps(list(node.names))},{int(type(node) is ast.Global)}]"

    def s_delete(self, node: ast.Delete) -> Json:
        return f"{_S_DEL}[{self.exprs(node.targets)}]]"

    def s_break(self, node: ast.Break) -> Json:
        return _S_BREAK

    def s_continue(self, node: ast.Continue) -> Json:
        return _S_CONTINUE

    def s_pass(self, node: ast.Pass) -> Json:
        return ""

    def s_assert(self, node: ast.Assert) -> Json:
        return f"{_S_ASSERT}{self.expr(node.test)},{self.start(node)}]"

    def s_type_alias(self, node: Any) -> Json:
        return f"{_S_ASSIGN}[{self.target(node.name)}],{self.expr(node.value)},{self.start(node)}]"

    def s_match(self, node: ast.Match) -> Json:
        cases = []
        for case in node.cases:
            classes: list[Json] = []
            captures: list[Json] = []
            irrefutable = self._pattern(case.pattern, [], classes, captures)
            guard = self.optional(case.guard)
            body = self.block(case.body)
            matches = int(irrefutable and case.guard is None)
            cases.append(f"[[{','.join(classes)}],[{','.join(captures)}],{guard},{body},{matches}]")
        return f"{_S_MATCH}{self.expr(node.subject)},[{','.join(cases)}],{self.start(node)}]"

    def _pattern(self, pattern: ast.pattern, way: list[Json], classes: list[Json], captures: list[Json]) -> bool:
        """Collect the classes and values (as tuples of one) a pattern names at its top and every name it binds. True when it matches anything.

        Args:
            pattern: the pattern.
            way: the steps from the subject to what it is matched with.
            classes: gets the classes and values.
            captures: gets the names, each with its way, and without a name the ways to what is compared with a value.
        """
        if isinstance(pattern, ast.MatchAs):
            matches = pattern.pattern is None or self._pattern(pattern.pattern, way, classes, captures)
            if pattern.name is not None:
                named = pattern.pattern.cls if way and isinstance(pattern.pattern, ast.MatchClass) else None
                self._capture(pattern.name, way if named is None else [*way, self._step("is", named)], captures)
            return matches
        if isinstance(pattern, ast.MatchClass):
            classes.append(self.expr(pattern.cls))
            here = [*way, self._step("is", pattern.cls)]
            for number, inner in enumerate(pattern.patterns):
                self._pattern(inner, [*here, f'["field",{number}]'], [], captures)
            for name, inner in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
                self._pattern(inner, [*here, f'["attribute",{_dumps(name)}]'], [], captures)
        elif isinstance(pattern, (ast.MatchValue, ast.MatchSingleton)):
            value = pattern.value if isinstance(pattern, ast.MatchValue) else ast.Constant(pattern.value)
            classes.append(self.expr(ast.Tuple([value])))
            if way:
                self._capture("", way, captures)
        elif isinstance(pattern, ast.MatchOr):
            outcomes = [
                self._pattern(p, way, classes, captures) for p in pattern.patterns
            ]  # all of them: each binds names
            return any(outcomes)
        elif isinstance(pattern, ast.MatchSequence):
            self._sequence_pattern(pattern, way, captures)
        elif isinstance(pattern, ast.MatchMapping):
            for key, inner in zip(pattern.keys, pattern.patterns, strict=True):
                self._pattern(inner, [*way, self._step("key", key)], [], captures)
            if pattern.rest is not None:
                self._capture(pattern.rest, way, captures)
        elif isinstance(pattern, ast.MatchStar) and pattern.name is not None:
            self._capture(pattern.name, way, captures)
        return False

    def _sequence_pattern(self, pattern: ast.MatchSequence, way: list[Json], captures: list[Json]) -> None:
        size = len(pattern.patterns)
        star = next((n for n, inner in enumerate(pattern.patterns) if isinstance(inner, ast.MatchStar)), size)
        for number, inner in enumerate(pattern.patterns):
            part: Any = number if number < star else number - size if number > star else [star, star + 1 - size or None]
            self._pattern(inner, [*way, f'["item",{_dumps(part)}]'], [], captures)

    def _step(self, kind: str, e: ast.expr) -> Json:
        return f'["{kind}",{self.expr(e)}]'

    @staticmethod
    def _capture(name: str, way: list[Json], captures: list[Json]) -> None:
        captures.append(f"[{_dumps(name)},[{','.join(way)}]]")

    # -- definitions

    def s_def(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Json:
        decorators = [self.expr(d) for d in node.decorator_list]
        if decorators and self.scope.index >= 0:
            self.scope.has_inner = True
        index = self._function(node, node.name, decorators, node.body, type(node) is ast.AsyncFunctionDef)
        return f"{_S_DEF}{index}]"

    def _function(self, node: Any, name: str, decorators: list[Json], body: list[ast.stmt], is_async: bool) -> int:
        params = ",".join(self._params(node.args))
        returns = self.annotation(node.returns) if getattr(node, "returns", None) is not None else "null"
        outer, outer_prefix = self.scope, self.prefix
        index = len(self.facts.functions)
        head = FunctionHead(
            qualname=self.prefix + name, line=node.lineno, end_line=node.end_lineno, is_async=is_async,
            is_generator=False, has_await=False, parent=outer.index, owner=outer.owner if outer.is_class else -1,
            column=(self.start(node) & 4095) + 1,
        )  # fmt: skip
        self._contracts(head, node, body)
        self.facts.functions.append(head)
        self.function_bodies.append("")
        self.scope = _Scope(index, -1)
        self.prefix = f"{head.qualname}."
        if type(node) is ast.Lambda:
            statements = f"[{_S_RETURN}{self.expr(node.body)},{self.start(node.body)}]]"
        else:
            statements = self.block(body)
        head.is_generator, head.has_await, head.has_inner = (
            self.scope.is_generator,
            self.scope.has_await,
            self.scope.has_inner,
        )
        if head.has_inner and outer.index >= 0:
            outer.has_inner = True
        self.scope, self.prefix = outer, outer_prefix
        self.function_bodies[index] = (
            f'{{"params":[{params}],"returns":{returns},"decorators":[{",".join(decorators)}],"body":{statements}}}'
        )
        return index

    def _contracts(self, head: FunctionHead, node: Any, body: list[ast.stmt]) -> None:
        if not self.comments or type(node) is ast.Lambda:
            return
        first = min((d.lineno for d in node.decorator_list), default=node.lineno)
        for line in range(first, max(node.lineno + 1, body[0].lineno if body else 0)):
            word = self.comments.get(line, "")
            if word.startswith("allow["):
                head.allows = word[6:].partition("]")[0].replace(" ", "")
            elif word:
                head.contract = word.split()[0]

    def _params(self, args: ast.arguments) -> list[Json]:
        positional = [*args.posonlyargs, *args.args]
        defaults: list[Any] = [None] * (len(positional) - len(args.defaults)) + list(args.defaults)
        out = []
        for number, (arg, default) in enumerate(zip(positional, defaults, strict=True)):
            out.append(self._param(arg, "/" if number < len(args.posonlyargs) else "a", default))
        if args.vararg is not None:
            out.append(self._param(args.vararg, "*", None))
        out += [self._param(arg, "k", default) for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)]
        if args.kwarg is not None:
            out.append(self._param(args.kwarg, "**", None))
        return out

    def _param(self, arg: ast.arg, kind: str, default: ast.expr | None) -> Json:
        annotation = self.annotation(arg.annotation) if arg.annotation is not None else "null"
        return f'[{_quote(arg.arg)},"{kind}",{annotation},{self.optional(default)}]'

    def s_class(self, node: ast.ClassDef) -> Json:
        decorators = self.exprs(node.decorator_list)
        bases = self.exprs(node.bases)
        keywords = self.keywords(node.keywords)
        index = len(self.facts.classes)
        outer, outer_prefix = self.scope, self.prefix
        methods = [n.name for n in node.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
        head = ClassHead(
            qualname=self.prefix + node.name, line=node.lineno, parent=outer.index,
            owner=outer.owner if outer.is_class else -1, bases=[_last_name(b) for b in node.bases], methods=methods,
        )  # fmt: skip
        self.facts.classes.append(head)
        self.class_bodies.append("")
        inner = _Scope(outer.index, index, is_class=True)
        self.scope = inner
        self.prefix = f"{head.qualname}."
        body = self.block(node.body)
        self.scope, self.prefix = outer, outer_prefix
        outer.has_inner = outer.has_inner or inner.has_inner
        self.class_bodies[index] = (
            f'{{"bases":[{bases}],"keywords":[{keywords}],"decorators":[{decorators}],"body":{body}}}'
        )
        return f"{_S_CLASS}{index}]"

    # -- expressions

    def expr(self, node: ast.expr) -> Json:
        return _EXPRESSIONS[type(node)](self, node)  # type: ignore[no-any-return]

    def exprs(self, nodes: Sequence[ast.expr]) -> str:
        if len(nodes) == 1:
            return _EXPRESSIONS[type(nodes[0])](self, nodes[0])  # type: ignore[no-any-return]
        return ",".join([_EXPRESSIONS[type(node)](self, node) for node in nodes])

    def optional(self, node: ast.expr | None) -> Json:
        return _EXPRESSIONS[type(node)](self, node) if node is not None else "null"

    def keywords(self, keywords: list[ast.keyword]) -> str:
        return ",".join([
            f"[{_quote(k.arg) if k.arg is not None else 'null'},{_EXPRESSIONS[type(k.value)](self, k.value)}]" for k in keywords
        ])  # fmt: skip

    def annotation(self, node: ast.expr) -> Json:
        """An annotation; names inside strings are read as the names they will be."""
        return self.expr(_unquoted(node, 0))

    def target(self, node: ast.expr) -> Json:
        """An assignment target: like an expression, but attribute writes are entered in the header."""
        kind = type(node)
        if kind is ast.Attribute:
            self.attribute_writes.setdefault(node.attr, {})[self.scope.index] = None  # type: ignore[attr-defined]
        elif kind is ast.Subscript:
            self._filled(node.value)  # type: ignore[attr-defined]
        elif kind in (ast.Tuple, ast.List):
            name = "tuple" if kind is ast.Tuple else "list"
            return f'{_SEQ}"{name}",[{",".join([self.target(e) for e in node.elts])}]]'  # type: ignore[attr-defined]
        elif kind is ast.Starred:
            return f"{_STAR}{self.target(node.value)}]"  # type: ignore[attr-defined]
        return self.expr(node)

    def e_constant(self, node: ast.Constant) -> Json:
        value: Any = node.value
        kind = type(value)
        if kind is str:
            return f"{_CONST}{_quote(value)}]" if len(value) <= _LONGEST_STRING else _OPAQUE_TEXT
        if value is None:
            return f"{_CONST}null]"
        if kind is bool:
            return f"{_CONST}true]" if value else f"{_CONST}false]"
        if (kind is int and -(1 << 53) < value < 1 << 53) or (kind is float and abs(value) < 1e300):  # NaN is not
            return f"{_CONST}{value!r}]"
        return f'{_OPAQUE}"{kind.__name__}"]'

    def e_name(self, node: ast.Name) -> Json:
        return f"{_NAME}{_quote(node.id)},{node.lineno << 12 | node.col_offset if self.plain else self.start(node)}]"

    def e_attribute(self, node: ast.Attribute) -> Json:
        base = node.value
        if self.plain and type(base) is ast.Name:  # a third of all expressions: written without two further calls
            start = node.lineno << 12 | node.col_offset
            end = node.end_lineno << 12 | node.end_col_offset  # type: ignore[operator]
            at = base.lineno << 12 | base.col_offset
            return f"{_ATTR}{_NAME}{_quote(base.id)},{at}],{_quote(node.attr)},{start},{end}]"
        return f"{_ATTR}{_EXPRESSIONS[type(base)](self, base)},{_quote(node.attr)}{self.span(node)}"

    def e_call(self, node: ast.Call) -> Json:
        self.facts.call_sites += 1
        func = node.func
        kind = type(func)
        name = func.attr if kind is ast.Attribute else func.id if kind is ast.Name else ""  # type: ignore[attr-defined]
        if name:
            self.calls[name][self.scope.index] = None
            if name in _FILLERS and kind is ast.Attribute:
                self._filled(func.value)  # type: ignore[attr-defined]
            elif name in _SPECIAL_CALLS:
                self._special_call(name, node)
        callee = _EXPRESSIONS[kind](self, func)
        args = self.exprs(node.args) if node.args else ""
        return f"{_CALL}{callee},[{args}],[{self.keywords(node.keywords) if node.keywords else ''}]{self.span(node)}"

    def _special_call(self, name: str, node: ast.Call) -> None:
        """Calls of functions that do what other code writes as a statement or an annotation."""
        args = node.args
        if not args:
            return
        if name == "cast":
            args[0] = _unquoted(args[0], 0)
        elif name in ("setattr", "__setattr__"):
            named = args[1] if len(args) == 3 else None
            if type(named) is ast.Constant and type(named.value) is str:
                self.attribute_writes.setdefault(named.value, {})[self.scope.index] = None
        else:
            self._filled(args[0])

    def _filled(self, container: ast.expr) -> None:
        # What goes into `held.setdefault(key, [])` goes into `held`, as it does with `held[key]`.
        name = _last_name(_container(container))
        if name:
            self.item_writes.setdefault(name, {})[self.scope.index] = None
            held = self.scope.held.get(name)
            if held is not None:
                self.item_writes.setdefault(held, {})[self.scope.index] = None

    def e_await(self, node: ast.Await) -> Json:
        self.scope.has_await = True
        self.facts.has_async = True
        return f"{_AWAIT}{self.expr(node.value)}{self.span(node)}"

    def e_subscript(self, node: ast.Subscript) -> Json:
        return f"{_SUB}{self.expr(node.value)},{self.expr(node.slice)}{self.span(node)}"

    def e_binop(self, node: ast.BinOp) -> Json:
        # Left-nested chains (a + b + c ...) are unrolled: thousands of terms cost no recursion.
        chain: list[ast.BinOp] = [node]
        while type(chain[-1].left) is ast.BinOp:
            chain.append(chain[-1].left)
        left = self.expr(chain[-1].left)
        if len(chain) > _LONGEST_SUM:
            rights = [self.expr(part.right) for part in reversed(chain)]
            return f"{_FSTR}[{','.join([left, *rights])}]]"
        for part in reversed(chain):
            right = self.expr(part.right)
            if not (left.startswith(_OPAQUE) and right.startswith((_CONST, _OPAQUE))):
                left = f'{_BIN}"{_BIN_OPS.get(type(part.op), "?")}",{left},{right}{self.span(part)}'
        return left

    def e_boolop(self, node: ast.BoolOp) -> Json:
        return f'{_BOOL}"{"and" if type(node.op) is ast.And else "or"}",[{self.exprs(node.values)}]]'

    def e_compare(self, node: ast.Compare) -> Json:
        rights = self.exprs(node.comparators)
        operators = '","'.join([_CMP_OPS[type(o)] for o in node.ops])
        return f'{_CMP}{self.expr(node.left)},["{operators}"],[{rights}]{self.span(node)}'

    def e_ifexp(self, node: ast.IfExp) -> Json:
        return f"{_IF}{self.expr(node.test)},{self.expr(node.body)},{self.expr(node.orelse)}]"

    def e_lambda(self, node: ast.Lambda) -> Json:
        return f"{_LAMBDA}{self._function(node, '<lambda>', [], [], False)}]"

    def e_sequence(self, node: Any) -> Json:
        name = "list" if type(node) is ast.List else "tuple" if type(node) is ast.Tuple else "set"
        items = node.elts if len(node.elts) <= _LONGEST_LITERAL else node.elts[:_LONGEST_LITERAL]
        return f'{_SEQ}"{name}",[{self.exprs(items)}]]'

    def e_dict(self, node: ast.Dict) -> Json:
        keys = ",".join([self.optional(k) for k in node.keys[:_LONGEST_LITERAL]])
        return f"{_DICT}[{keys}],[{self.exprs(node.values[:_LONGEST_LITERAL])}]]"

    def e_comprehension(self, node: Any) -> Json:
        generators = []
        for gen in node.generators:
            if gen.is_async:
                self.scope.has_await = True
            iterable = self.expr(gen.iter)
            target = self.target(gen.target)
            generators.append(f"[{target},{iterable},[{self.exprs(gen.ifs)}],{gen.is_async}{self.span(gen.iter)}")
        kind = _COMPREHENSIONS[type(node)]
        element = self.expr(node.key if kind == "dict" else node.elt)
        value = self.expr(node.value) if kind == "dict" else "null"
        return f'{_COMP}"{kind}",[{",".join(generators)}],{element},{value}{self.span(node)}'

    def e_fstring(self, node: Any) -> Json:
        # The words between the values are kept where they are short: `f"app.{name}"` may name a module.
        values: list[Json] = []
        varies = False
        for part in node.values:
            if type(part) is ast.Constant:
                text: Any = part.value
                short = type(text) is str and len(text) <= _LONGEST_WORDS
                if short or (type(text) is str and not values):  # how a text begins says what it is for: `SELECT ...`
                    values.append(f"{_CONST}{_quote(text[:_LONGEST_WORDS])}]")
                if not short:
                    values.append(_OPAQUE_TEXT)
                continue
            varies = True
            values.append(self.expr(part.value))
            spec = getattr(part, "format_spec", None)
            conversion = getattr(part, "conversion", -1)
            if conversion in _REPRESENTED:
                values.append(_REPRESENTATION)
            if spec is not None and any(type(p) is not ast.Constant for p in spec.values):
                values.append(self.expr(spec))
            elif spec is not None or conversion not in _UNMARKED:
                values.append(_OPAQUE_TEXT)
        return f"{_FSTR}[{','.join(values)}]]" if varies else _OPAQUE_TEXT

    def e_yield(self, node: ast.Yield) -> Json:
        self.scope.is_generator = True
        return f"{_YIELD}{self.optional(node.value)}{self.span(node)}"

    def e_yield_from(self, node: ast.YieldFrom) -> Json:
        self.scope.is_generator = True
        return f"{_YIELD_FROM}{self.expr(node.value)}{self.span(node)}"

    def e_walrus(self, node: ast.NamedExpr) -> Json:
        return f"{_WALRUS}{_quote(node.target.id)},{self.expr(node.value)}]"

    def e_star(self, node: ast.Starred) -> Json:
        return f"{_STAR}{self.expr(node.value)}]"

    def e_unary(self, node: ast.UnaryOp) -> Json:
        return f'{_UNARY}"{_UNARY_OPS[type(node.op)]}",{self.expr(node.operand)}]'

    def e_slice(self, node: ast.Slice) -> Json:
        return f"{_SLICE}[{self.exprs([p for p in (node.lower, node.upper, node.step) if p is not None])}]]"


_COMPREHENSIONS: dict[type, str] = {
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.DictComp: "dict",
    ast.GeneratorExp: "gen",
}
_EXPRESSIONS: dict[type, Callable[..., Any]] = {
    ast.Constant: _Reader.e_constant, ast.Name: _Reader.e_name, ast.Attribute: _Reader.e_attribute,
    ast.Call: _Reader.e_call, ast.Await: _Reader.e_await, ast.Subscript: _Reader.e_subscript,
    ast.BinOp: _Reader.e_binop, ast.BoolOp: _Reader.e_boolop, ast.Compare: _Reader.e_compare,
    ast.IfExp: _Reader.e_ifexp, ast.Lambda: _Reader.e_lambda, ast.Tuple: _Reader.e_sequence,
    ast.List: _Reader.e_sequence, ast.Set: _Reader.e_sequence, ast.Dict: _Reader.e_dict,
    ast.ListComp: _Reader.e_comprehension, ast.SetComp: _Reader.e_comprehension,
    ast.DictComp: _Reader.e_comprehension, ast.GeneratorExp: _Reader.e_comprehension,
    ast.JoinedStr: _Reader.e_fstring, ast.Yield: _Reader.e_yield, ast.YieldFrom: _Reader.e_yield_from,
    ast.NamedExpr: _Reader.e_walrus, ast.Starred: _Reader.e_star, ast.UnaryOp: _Reader.e_unary,
    ast.Slice: _Reader.e_slice,
}  # fmt: skip
_STATEMENTS: dict[type, Callable[..., Any]] = {
    ast.Expr: _Reader.s_expr, ast.Assign: _Reader.s_assign, ast.AnnAssign: _Reader.s_ann, ast.AugAssign: _Reader.s_aug,
    ast.Return: _Reader.s_return, ast.If: _Reader.s_if, ast.For: _Reader.s_for, ast.AsyncFor: _Reader.s_for,
    ast.While: _Reader.s_while, ast.With: _Reader.s_with, ast.AsyncWith: _Reader.s_with, ast.Try: _Reader.s_try,
    ast.Raise: _Reader.s_raise, ast.Import: _Reader.s_import, ast.ImportFrom: _Reader.s_from,
    ast.FunctionDef: _Reader.s_def, ast.AsyncFunctionDef: _Reader.s_def, ast.ClassDef: _Reader.s_class,
    ast.Global: _Reader.s_global, ast.Nonlocal: _Reader.s_global, ast.Delete: _Reader.s_delete,
    ast.Break: _Reader.s_break, ast.Continue: _Reader.s_continue, ast.Pass: _Reader.s_pass,
    ast.Assert: _Reader.s_assert, ast.Match: _Reader.s_match,
}  # fmt: skip
for _name, _table, _method in (
    ("TryStar", _STATEMENTS, _Reader.s_try), ("TypeAlias", _STATEMENTS, _Reader.s_type_alias),
    ("TemplateStr", _EXPRESSIONS, _Reader.e_fstring),
):  # fmt: skip
    if hasattr(ast, _name):  # nodes of newer interpreters
        _table[getattr(ast, _name)] = _method


def _unquoted(node: ast.expr, depth: int) -> ast.expr:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and depth < 6:
        if len(node.value) > _LONGEST_STRING:
            return node
        try:
            inner = ast.parse(node.value.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return node
        for part in ast.walk(inner):  # positions inside the string mean nothing in the file
            if hasattr(part, "lineno"):
                ast.copy_location(part, node)
        return _unquoted(inner, depth + 1)
    if isinstance(node, ast.Subscript):
        name = _last_name(node.value)
        if name == "Literal":
            return node
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        kept = items[1:] if name == "Annotated" else []
        read = [_unquoted(i, depth + 1) for i in (items[:1] if name == "Annotated" else items)]
        new = [*read, *kept]
        index = (
            ast.copy_location(ast.Tuple(new, ast.Load()), node.slice) if isinstance(node.slice, ast.Tuple) else new[0]
        )
        return ast.copy_location(ast.Subscript(node.value, index, ast.Load()), node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left, right = _unquoted(node.left, depth + 1), _unquoted(node.right, depth + 1)
        return ast.copy_location(ast.BinOp(left, node.op, right), node)
    return node


def _container(node: ast.expr) -> ast.expr:
    while type(node) is ast.Call and type(node.func) is ast.Attribute and node.func.attr in F.HOLDERS:
        node = node.func.value
    return node


def _last_name(node: ast.expr) -> str:
    while type(node) is ast.Subscript:
        node = node.value
    if type(node) is ast.Attribute:
        return node.attr
    return node.id if type(node) is ast.Name else ""
