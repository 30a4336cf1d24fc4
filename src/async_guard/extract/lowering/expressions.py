"""Expressions, parameters and type parameters."""

from __future__ import annotations

import ast
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any, ClassVar

import libcst as cst

from async_guard.extract.lowering.cursor import known
from async_guard.extract.lowering.strings import Strings

LOAD = ast.Load()
STORE = ast.Store()
DEL = ast.Del()
_SINGLETONS = {"None": None, "True": True, "False": False}
_ENCLOSED = frozenset((cst.Tuple, cst.GeneratorExp))
"""Expressions whose innermost parentheses are part of them."""

BINARY: dict[type, tuple[str, type[ast.operator]]] = {
    cst.Add: ("+", ast.Add), cst.Subtract: ("-", ast.Sub), cst.Multiply: ("*", ast.Mult), cst.Divide: ("/", ast.Div),
    cst.FloorDivide: ("//", ast.FloorDiv), cst.Modulo: ("%", ast.Mod), cst.Power: ("**", ast.Pow),
    cst.LeftShift: ("<<", ast.LShift), cst.RightShift: (">>", ast.RShift), cst.BitOr: ("|", ast.BitOr),
    cst.BitAnd: ("&", ast.BitAnd), cst.BitXor: ("^", ast.BitXor), cst.MatrixMultiply: ("@", ast.MatMult),
}  # fmt: skip
_BOOLEAN: dict[type, tuple[str, type[ast.boolop]]] = {cst.And: ("and", ast.And), cst.Or: ("or", ast.Or)}
_UNARY: dict[type, tuple[str, type[ast.unaryop]]] = {
    cst.Plus: ("+", ast.UAdd), cst.Minus: ("-", ast.USub), cst.BitInvert: ("~", ast.Invert), cst.Not: ("not", ast.Not),
}  # fmt: skip
_COMPARISONS: dict[type, tuple[tuple[str, ...], type[ast.cmpop]]] = {
    cst.LessThan: (("<",), ast.Lt), cst.GreaterThan: ((">",), ast.Gt), cst.Equal: (("==",), ast.Eq),
    cst.LessThanEqual: (("<=",), ast.LtE), cst.GreaterThanEqual: ((">=",), ast.GtE), cst.NotEqual: (("!=",), ast.NotEq),
    cst.In: (("in",), ast.In), cst.NotIn: (("not", "in"), ast.NotIn), cst.Is: (("is",), ast.Is),
    cst.IsNot: (("is", "not"), ast.IsNot),
}  # fmt: skip


class Expressions(Strings):
    """Lowers expressions. A node's own parentheses are outside it, its operands' parentheses inside."""

    def expression(self, node: cst.BaseExpression, context: ast.expr_context | None = None) -> ast.expr:
        """Lower the next expression, whose tree this is; the context is that of an assignment's target."""
        kind = type(node)
        lower = self._LOWER_EXPRESSIONS[kind]
        if not node.lpar:
            return lower(self, node, self.next(), context or LOAD)  # type: ignore[no-any-return]
        own = 1 if kind in _ENCLOSED else 0
        self.take_all("(", len(node.lpar) - own)
        lowered: ast.expr = lower(self, node, self.next(), context or LOAD)
        self.take_all(")", len(node.rpar) - own)
        return lowered

    def identifier(self, node: cst.Name) -> str:
        """Step over a name that is no expression."""
        self.take(node.value)
        return self.normal(node.value)

    @staticmethod
    def normal(name: str) -> str:
        """A name as Python compares it."""
        return name if name.isascii() else unicodedata.normalize("NFKC", name)

    # -- atoms

    def _name(self, node: cst.Name, start: int, context: ast.expr_context) -> ast.expr:
        self.take(node.value)
        if node.value in _SINGLETONS:
            return self.node(ast.Constant, start, value=_SINGLETONS[node.value])
        return self.node(ast.Name, start, id=self.normal(node.value), ctx=context)

    def _number(
        self, node: cst.Integer | cst.Float | cst.Imaginary, start: int, _context: ast.expr_context
    ) -> ast.expr:
        self.take(node.value)
        return self.node(ast.Constant, start, value=ast.literal_eval(node.value))

    def _ellipsis(self, _node: cst.Ellipsis, start: int, _context: ast.expr_context) -> ast.expr:
        self.take("...")
        return self.node(ast.Constant, start, value=...)

    # -- containers

    def _tuple(self, node: cst.Tuple, start: int, context: ast.expr_context) -> ast.expr:
        if node.lpar:
            self.take("(")
        elements = self.elements(node.elements, context)
        if node.rpar:
            self.take(")")
        return self.node(ast.Tuple, start, elts=elements, ctx=context)

    def _list(self, node: cst.List, start: int, context: ast.expr_context) -> ast.expr:
        self.take("[")
        elements = self.elements(node.elements, context)
        self.take("]")
        return self.node(ast.List, start, elts=elements, ctx=context)

    def _set(self, node: cst.Set, start: int, _context: ast.expr_context) -> ast.expr:
        self.take("{")
        elements = self.elements(node.elements, LOAD)
        self.take("}")
        return self.node(ast.Set, start, elts=elements)

    def elements(self, nodes: Sequence[cst.BaseElement], context: ast.expr_context) -> list[ast.expr]:
        """Elements with a comma behind each but perhaps the last."""
        lowered = []
        for element in nodes:
            if isinstance(element, cst.StarredElement):
                lowered.append(self.expression(element, context))
            else:
                lowered.append(self.expression(element.value, context))
            self.took(",")
        return lowered

    def _starred(self, node: cst.StarredElement, start: int, context: ast.expr_context) -> ast.expr:
        self.take("*")
        value = self.expression(node.value, context)
        return self.node(ast.Starred, start, value=value, ctx=context)

    def _dict(self, node: cst.Dict, start: int, _context: ast.expr_context) -> ast.expr:
        keys: list[ast.expr | None] = []
        values = []
        self.take("{")
        for element in node.elements:
            if isinstance(element, cst.DictElement):
                keys.append(self.expression(element.key))
                self.take(":")
            else:
                keys.append(None)
                self.take("**")
            values.append(self.expression(element.value))
            self.took(",")
        self.take("}")
        return self.node(ast.Dict, start, keys=keys, values=values)

    # -- comprehensions

    def _generator(self, node: cst.GeneratorExp, start: int, _context: ast.expr_context) -> ast.expr:
        if node.lpar:
            self.take("(")
        element, generators = self._simple_comprehension(node)
        if node.rpar:
            self.take(")")
        return self.node(ast.GeneratorExp, start, elt=element, generators=generators)

    def _list_comprehension(self, node: cst.ListComp, start: int, _context: ast.expr_context) -> ast.expr:
        self.take("[")
        element, generators = self._simple_comprehension(node)
        self.take("]")
        return self.node(ast.ListComp, start, elt=element, generators=generators)

    def _set_comprehension(self, node: cst.SetComp, start: int, _context: ast.expr_context) -> ast.expr:
        self.take("{")
        element, generators = self._simple_comprehension(node)
        self.take("}")
        return self.node(ast.SetComp, start, elt=element, generators=generators)

    def _dict_comprehension(self, node: cst.DictComp, start: int, _context: ast.expr_context) -> ast.expr:
        self.take("{")
        key = self.expression(node.key)
        self.take(":")
        value = self.expression(node.value)
        generators = self._clauses(node.for_in)
        self.take("}")
        return self.node(ast.DictComp, start, key=key, value=value, generators=generators)

    def _unpacking_comprehension(self, node: cst.StarredDictComp, start: int, _context: ast.expr_context) -> ast.expr:
        # Python 3.15 puts the unpacked dict into `key` and nothing into `value`; before, `value` must be there.
        self.take("{")
        stars = self.take("**")
        none = self.node(ast.Constant, stars, value=None)
        unpacked = self.expression(node.value)
        generators = self._clauses(node.for_in)
        self.take("}")
        if sys.version_info >= (3, 15):
            return self.node(ast.DictComp, start, key=unpacked, generators=generators)
        return self.node(ast.DictComp, start, key=none, value=unpacked, generators=generators)

    def _simple_comprehension(self, node: cst.BaseSimpleComp) -> tuple[ast.expr, list[ast.comprehension]]:
        element = self.expression(node.elt)
        return element, self._clauses(node.for_in)

    def _clauses(self, first: cst.CompFor) -> list[ast.comprehension]:
        clauses = []
        clause: cst.CompFor | None = first
        while clause is not None:
            if clause.asynchronous is not None:
                self.take("async")
            self.take("for")
            target = self.expression(clause.target, STORE)
            self.take("in")
            iterated = self.expression(clause.iter)
            tests = []
            for test in clause.ifs:
                self.take("if")
                tests.append(self.expression(test.test))
            is_async = int(clause.asynchronous is not None)
            clauses.append(ast.comprehension(target=target, iter=iterated, ifs=tests, is_async=is_async))
            clause = clause.inner_for_in
        return clauses

    # -- operators

    def _unary(self, node: cst.UnaryOperation, start: int, _context: ast.expr_context) -> ast.expr:
        token, operator = _UNARY[type(node.operator)]
        self.take(token)
        operand = self.expression(node.expression)
        return self.node(ast.UnaryOp, start, op=operator(), operand=operand)

    def _binary(self, node: cst.BinaryOperation, start: int, _context: ast.expr_context) -> ast.expr:
        # Chains are deep to the left: walked down and up again, not by recursion.
        chain = [node]
        while isinstance(chain[-1].left, cst.BinaryOperation) and not chain[-1].left.lpar:
            chain.append(chain[-1].left)
        lowered = self.expression(chain[-1].left)
        for part in reversed(chain):
            token, operator = BINARY[type(part.operator)]
            self.take(token)
            right = self.expression(part.right)
            lowered = self.node(ast.BinOp, start, left=lowered, op=operator(), right=right)
        return lowered

    def _boolean(self, node: cst.BooleanOperation, start: int, _context: ast.expr_context) -> ast.expr:
        chain = [node]
        while isinstance(chain[-1].left, cst.BooleanOperation) and not chain[-1].left.lpar:
            chain.append(chain[-1].left)
        values = [self.expression(chain[-1].left)]
        for index in range(len(chain) - 1, -1, -1):
            token, operator = _BOOLEAN[type(chain[index].operator)]
            self.take(token)
            values.append(self.expression(chain[index].right))
            if index == 0 or type(chain[index - 1].operator) is not type(chain[index].operator):
                values = [self.node(ast.BoolOp, start, op=operator(), values=values)]
        return values[0]

    def _comparison(self, node: cst.Comparison, start: int, _context: ast.expr_context) -> ast.expr:
        left = self.expression(node.left)
        operators = []
        comparators = []
        for part in node.comparisons:
            tokens, operator = _COMPARISONS[type(part.operator)]
            for token in (part.operator.value,) if isinstance(part.operator, cst.NotEqual) else tokens:
                self.take(token)
            operators.append(operator())
            comparators.append(self.expression(part.comparator))
        return self.node(ast.Compare, start, left=left, ops=operators, comparators=comparators)

    def _conditional(self, node: cst.IfExp, start: int, _context: ast.expr_context) -> ast.expr:
        body = self.expression(node.body)
        self.take("if")
        test = self.expression(node.test)
        self.take("else")
        orelse = self.expression(node.orelse)
        return self.node(ast.IfExp, start, test=test, body=body, orelse=orelse)

    def _walrus(self, node: cst.NamedExpr, start: int, _context: ast.expr_context) -> ast.expr:
        target = self.expression(node.target, STORE)
        self.take(":=")
        value = self.expression(node.value)
        return self.node(ast.NamedExpr, start, target=target, value=value)

    def _awaited(self, node: cst.Await, start: int, _context: ast.expr_context) -> ast.expr:
        self.take("await")
        value = self.expression(node.expression)
        return self.node(ast.Await, start, value=value)

    def _yielded(self, node: cst.Yield, start: int, _context: ast.expr_context) -> ast.expr:
        self.take("yield")
        if node.value is None:
            return self.node(ast.Yield, start)
        if isinstance(node.value, cst.From):
            self.take("from")
            value = self.expression(node.value.item)
            return self.node(ast.YieldFrom, start, value=value)
        value = self.expression(node.value)
        return self.node(ast.Yield, start, value=value)

    # -- trailers

    def _attribute(self, node: cst.Attribute, start: int, context: ast.expr_context) -> ast.expr:
        value = self.expression(node.value)
        self.take(".")
        attr = self.identifier(node.attr)
        return self.node(ast.Attribute, start, value=value, attr=attr, ctx=context)

    def _subscript(self, node: cst.Subscript, start: int, context: ast.expr_context) -> ast.expr:
        value = self.expression(node.value)
        self.take("[")
        inner = self.next()
        elements = []
        comma = False
        for element in node.slice:
            elements.append(self._slice(element.slice))
            comma = self.took(",")
        if len(elements) > 1 or comma or isinstance(elements[0], ast.Starred):
            elements = [self.node(ast.Tuple, inner, elts=elements, ctx=LOAD)]
        self.take("]")
        return self.node(ast.Subscript, start, value=value, slice=elements[0], ctx=context)

    def _slice(self, node: cst.BaseSlice) -> ast.expr:
        start = self.next()
        if isinstance(node, cst.Index):
            if node.star is None:
                return self.expression(node.value)
            self.take("*")
            value = self.expression(node.value)
            return self.node(ast.Starred, start, value=value, ctx=LOAD)
        assert isinstance(node, cst.Slice)
        bounds: dict[str, ast.expr] = {}
        if node.lower is not None:
            bounds["lower"] = self.expression(node.lower)
        self.take(":")
        if node.upper is not None:
            bounds["upper"] = self.expression(node.upper)
        self.took(":")
        if node.step is not None:
            bounds["step"] = self.expression(node.step)
        return self.node(ast.Slice, start, **bounds)

    def _call(self, node: cst.Call, start: int, _context: ast.expr_context) -> ast.expr:
        function = self.expression(node.func)
        opening = self.take("(")
        arguments, keywords = self.arguments(node.args)
        self.take(")")
        if len(node.args) == 1 and isinstance(node.args[0].value, cst.GeneratorExp) and not node.args[0].value.lpar:
            # `f(x for x in y)`: the call's parentheses are the generator's too.
            only = arguments[0]
            only.lineno, only.col_offset = self.place(opening)
            only.end_lineno, only.end_col_offset = self.place(self.at)
        return self.node(ast.Call, start, func=function, args=arguments, keywords=keywords)

    def arguments(self, nodes: Sequence[cst.Arg]) -> tuple[list[ast.expr], list[ast.keyword]]:
        """Arguments of a call or a class, up to the closing parenthesis."""
        arguments: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        for node in nodes:
            start = self.next()
            if node.keyword is not None:
                name = self.identifier(node.keyword)
                self.take("=")
                value = self.expression(node.value)
                keywords.append(self.node(ast.keyword, start, arg=name, value=value))
            elif node.star == "**":
                self.take("**")
                value = self.expression(node.value)
                keywords.append(self.node(ast.keyword, start, value=value))
            elif node.star == "*":
                self.take("*")
                value = self.expression(node.value)
                arguments.append(self.node(ast.Starred, start, value=value, ctx=LOAD))
            else:
                arguments.append(self.expression(node.value))
            self.took(",")
        return arguments, keywords

    # -- parameters

    def _lambda(self, node: cst.Lambda, start: int, _context: ast.expr_context) -> ast.expr:
        self.take("lambda")
        parameters = self.parameters(node.params)
        self.take(":")
        body = self.expression(node.body)
        return self.node(ast.Lambda, start, args=parameters, body=body)

    def parameters(self, node: cst.Parameters) -> ast.arguments:
        """Parameters, up to the closing parenthesis or colon."""
        positional: list[tuple[ast.arg, ast.expr | None]] = [self._parameter(each) for each in node.posonly_params]
        count = len(positional)
        if isinstance(node.posonly_ind, cst.ParamSlash):
            self.take("/")
            self.took(",")
        positional.extend(self._parameter(each) for each in node.params)
        fields: dict[str, Any] = {}
        if isinstance(node.star_arg, cst.Param):
            self.take("*")
            fields["vararg"] = self._parameter(node.star_arg)[0]
        elif isinstance(node.star_arg, cst.ParamStar):
            self.take("*")
            self.take(",")
        named = [self._parameter(each) for each in node.kwonly_params]
        if node.star_kwarg is not None:
            self.take("**")
            fields["kwarg"] = self._parameter(node.star_kwarg)[0]
        plain = [arg for arg, _ in positional]
        return ast.arguments(
            **fields,
            posonlyargs=plain[:count],
            args=plain[count:],
            defaults=[default for _, default in positional if default is not None],
            kwonlyargs=[arg for arg, _ in named],
            kw_defaults=[default for _, default in named],
        )

    def _parameter(self, node: cst.Param) -> tuple[ast.arg, ast.expr | None]:
        start = self.next()
        fields: dict[str, Any] = {"arg": self.identifier(node.name)}
        if node.annotation is not None:
            self.take(":")
            fields["annotation"] = self.expression(node.annotation.annotation)
        parameter = self.node(ast.arg, start, **fields)
        default = None
        if node.default is not None:
            self.take("=")
            default = self.expression(node.default)
        self.took(",")
        return parameter, default

    def type_parameters(self, node: cst.TypeParameters | None) -> list[ast.AST]:
        """Type parameters in brackets, if there are any. Stepped over and dropped where Python has no nodes for them."""
        lowered: list[ast.AST] = []
        if node is None:
            return lowered
        self.take("[")
        for each in node.params:
            lowered.append(self._type_parameter(each))
            self.took(",")
        self.take("]")
        return lowered if hasattr(ast, "TypeVar") else []

    def _type_parameter(self, node: cst.TypeParam) -> ast.AST:
        param = node.param
        stars = {cst.TypeVarTuple: "*", cst.ParamSpec: "**"}.get(type(param), "")
        start = self.next()
        if stars:
            self.take(stars)
        fields: dict[str, Any] = {"name": self.identifier(param.name)}
        if isinstance(param, cst.TypeVar) and param.bound is not None:
            self.take(":")
            fields["bound"] = self.expression(param.bound)
        if node.default is not None:
            self.take("=")
            default = self._type_default(node)
            if sys.version_info >= (3, 13):
                fields["default_value"] = default
        # Before 3.12 any node will do: it is dropped.
        kind: type[ast.AST] = getattr(ast, type(param).__name__, None) or ast.Tuple
        if kind is ast.Tuple:
            fields = {"elts": [], "ctx": LOAD}
        return self.node(kind, start, **fields)

    def _type_default(self, node: cst.TypeParam) -> ast.expr:
        assert node.default is not None
        if node.star != "*":
            return self.expression(node.default)
        start = self.take("*")
        value = self.expression(node.default)
        return self.node(ast.Starred, start, value=value, ctx=LOAD)

    _LOWER_EXPRESSIONS: ClassVar[dict[type, Any]] = {
        cst.Attribute: _attribute,
        cst.Await: _awaited,
        cst.BinaryOperation: _binary,
        cst.BooleanOperation: _boolean,
        cst.Call: _call,
        cst.Comparison: _comparison,
        cst.ConcatenatedString: Strings.concatenated_string,
        cst.Dict: _dict,
        cst.DictComp: _dict_comprehension,
        cst.Ellipsis: _ellipsis,
        cst.Float: _number,
        cst.FormattedString: Strings.parted_string,
        cst.GeneratorExp: _generator,
        cst.IfExp: _conditional,
        cst.Imaginary: _number,
        cst.Integer: _number,
        cst.Lambda: _lambda,
        cst.List: _list,
        cst.ListComp: _list_comprehension,
        cst.Name: _name,
        cst.NamedExpr: _walrus,
        cst.Set: _set,
        cst.SetComp: _set_comprehension,
        cst.SimpleString: Strings.simple_string,
        cst.StarredElement: _starred,
        cst.Subscript: _subscript,
        cst.Tuple: _tuple,
        cst.UnaryOperation: _unary,
        cst.Yield: _yielded,
    }
    _LOWER_EXPRESSIONS.update(dict.fromkeys(known("StarredDictComp"), _unpacking_comprehension))
    _LOWER_EXPRESSIONS.update(dict.fromkeys(known("TemplatedString"), Strings.parted_string))
