"""Statements and blocks."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, ClassVar

import libcst as cst

from async_guard.extract.lowering.cursor import known
from async_guard.extract.lowering.expressions import BINARY, DEL, STORE
from async_guard.extract.lowering.patterns import Patterns

_AUGMENTED: dict[type, tuple[str, type[ast.operator]]] = {
    cst.AddAssign: BINARY[cst.Add], cst.SubtractAssign: BINARY[cst.Subtract], cst.MultiplyAssign: BINARY[cst.Multiply],
    cst.DivideAssign: BINARY[cst.Divide], cst.FloorDivideAssign: BINARY[cst.FloorDivide],
    cst.ModuloAssign: BINARY[cst.Modulo], cst.PowerAssign: BINARY[cst.Power], cst.LeftShiftAssign: BINARY[cst.LeftShift],
    cst.RightShiftAssign: BINARY[cst.RightShift], cst.BitOrAssign: BINARY[cst.BitOr],
    cst.BitAndAssign: BINARY[cst.BitAnd], cst.BitXorAssign: BINARY[cst.BitXor],
    cst.MatrixMultiplyAssign: BINARY[cst.MatrixMultiply],
}  # fmt: skip
_TRY_STAR: Any = getattr(ast, "TryStar", ast.Try)
_TYPE_ALIAS: Any = getattr(ast, "TypeAlias", None)
_HAS_TYPE_PARAMETERS = "type_params" in ast.FunctionDef._fields
_LAZY = known("LazyImport", "LazyImportFrom")


class Statements(Patterns):
    """Lowers statements. A compound statement ends where its last block ends."""

    def body(self, nodes: Sequence[cst.BaseStatement | cst.BaseSmallStatement]) -> list[ast.stmt]:
        """A sequence of statements, lines of small ones laid flat."""
        lowered: list[ast.stmt] = []
        for node in nodes:
            if isinstance(node, cst.SimpleStatementLine):
                lowered.extend(self._small(node.body))
            else:
                lowered.append(self._LOWER_STATEMENTS[type(node)](self, node, self.next()))
        return lowered

    def _small(self, nodes: Sequence[cst.BaseSmallStatement]) -> list[ast.stmt]:
        lowered: list[ast.stmt] = []
        for node in nodes:
            lowered.append(self._LOWER_STATEMENTS[type(node)](self, node, self.next()))
            if isinstance(node.semicolon, cst.Semicolon):
                self.take(";")
        return lowered

    def _block(self, suite: cst.BaseSuite) -> list[ast.stmt]:
        """A colon and the statements behind it."""
        self.take(":")
        if isinstance(suite, cst.SimpleStatementSuite):
            return self._small(suite.body)
        assert isinstance(suite, cst.IndentedBlock)
        return self.body(suite.body)

    # -- simple statements

    def _expression_statement(self, node: cst.Expr, start: int) -> ast.stmt:
        value = self.expression(node.value)
        return self.node(ast.Expr, start, value=value)

    def _assign(self, node: cst.Assign, start: int) -> ast.stmt:
        targets = []
        for target in node.targets:
            targets.append(self.expression(target.target, STORE))
            self.take("=")
        value = self.expression(node.value)
        return self.node(ast.Assign, start, targets=targets, value=value)

    def _annotated_assign(self, node: cst.AnnAssign, start: int) -> ast.stmt:
        simple = int(isinstance(node.target, cst.Name) and not node.target.lpar)
        target = self.expression(node.target, STORE)
        self.take(":")
        fields: dict[str, Any] = {"annotation": self.expression(node.annotation.annotation)}
        if node.value is not None:
            self.take("=")
            fields["value"] = self.expression(node.value)
        return self.node(ast.AnnAssign, start, target=target, simple=simple, **fields)

    def _augmented_assign(self, node: cst.AugAssign, start: int) -> ast.stmt:
        token, operator = _AUGMENTED[type(node.operator)]
        target = self.expression(node.target, STORE)
        self.take(token + "=")
        value = self.expression(node.value)
        return self.node(ast.AugAssign, start, target=target, op=operator(), value=value)

    def _type_alias(self, node: cst.TypeAlias, start: int) -> ast.stmt:
        self.take("type")
        name = self.expression(node.name, STORE)
        parameters = self.type_parameters(node.type_parameters)
        self.take("=")
        value = self.expression(node.value)
        if _TYPE_ALIAS is None:
            return self.node(ast.Assign, start, targets=[name], value=value)
        alias: ast.stmt = self.node(_TYPE_ALIAS, start, name=name, type_params=parameters, value=value)
        return alias

    def _delete(self, node: cst.Del, start: int) -> ast.stmt:
        self.take("del")
        target = node.target
        if isinstance(target, cst.Tuple) and not target.lpar:
            targets = self.elements(target.elements, DEL)
        else:
            targets = [self.expression(target, DEL)]
        return self.node(ast.Delete, start, targets=targets)

    def _return(self, node: cst.Return, start: int) -> ast.stmt:
        self.take("return")
        if node.value is None:
            return self.node(ast.Return, start)
        value = self.expression(node.value)
        return self.node(ast.Return, start, value=value)

    def _raise(self, node: cst.Raise, start: int) -> ast.stmt:
        self.take("raise")
        fields = {}
        if node.exc is not None:
            fields["exc"] = self.expression(node.exc)
        if node.cause is not None:
            self.take("from")
            fields["cause"] = self.expression(node.cause.item)
        return self.node(ast.Raise, start, **fields)

    def _assert(self, node: cst.Assert, start: int) -> ast.stmt:
        self.take("assert")
        fields = {"test": self.expression(node.test)}
        if node.msg is not None:
            self.take(",")
            fields["msg"] = self.expression(node.msg)
        return self.node(ast.Assert, start, **fields)

    def _pass(self, _node: cst.Pass, start: int) -> ast.stmt:
        self.take("pass")
        return self.node(ast.Pass, start)

    def _break(self, _node: cst.Break, start: int) -> ast.stmt:
        self.take("break")
        return self.node(ast.Break, start)

    def _continue(self, _node: cst.Continue, start: int) -> ast.stmt:
        self.take("continue")
        return self.node(ast.Continue, start)

    def _global(self, node: cst.Global, start: int) -> ast.stmt:
        self.take("global")
        names = self._names(node.names)
        return self.node(ast.Global, start, names=names)

    def _nonlocal(self, node: cst.Nonlocal, start: int) -> ast.stmt:
        self.take("nonlocal")
        names = self._names(node.names)
        return self.node(ast.Nonlocal, start, names=names)

    def _names(self, items: Sequence[cst.NameItem]) -> list[str]:
        names = []
        for item in items:
            names.append(self.identifier(item.name))
            if isinstance(item.comma, cst.Comma):
                self.take(",")
        return names

    # -- names from other modules

    def _import(self, node: cst.Import | cst.LazyImport, start: int) -> ast.stmt:
        fields = self._laziness(node)
        self.take("import")
        names = self._aliases(node.names)
        return self.node(ast.Import, start, names=names, **fields)

    def _import_from(self, node: cst.ImportFrom | cst.LazyImportFrom, start: int) -> ast.stmt:
        fields = self._laziness(node)
        self.take("from")
        self.take_all(".", len(node.relative))
        if node.module is not None:
            fields["module"] = self._dotted(node.module)
        self.take("import")
        names = self._imported(node)
        return self.node(ast.ImportFrom, start, names=names, level=len(node.relative), **fields)

    def _imported(self, node: cst.ImportFrom | cst.LazyImportFrom) -> list[ast.alias]:
        if isinstance(node.names, cst.ImportStar):
            start = self.take("*")
            return [self.node(ast.alias, start, name="*")]
        if node.lpar is not None:
            self.take("(")
        names = self._aliases(node.names)
        if node.rpar is not None:
            self.take(")")
        return names

    def _laziness(self, node: cst.CSTNode) -> dict[str, Any]:
        if not isinstance(node, _LAZY):
            return {}
        self.take("lazy")
        return {"is_lazy": 1} if "is_lazy" in ast.Import._fields else {}

    def _aliases(self, nodes: Sequence[cst.ImportAlias]) -> list[ast.alias]:
        names = []
        for node in nodes:
            start = self.next()
            fields = {"name": self._dotted(node.name)}
            if node.asname is not None:
                self.take("as")
                assert isinstance(node.asname.name, cst.Name)
                fields["asname"] = self.identifier(node.asname.name)
            names.append(self.node(ast.alias, start, **fields))
            if isinstance(node.comma, cst.Comma):
                self.take(",")
        return names

    def _dotted(self, node: cst.BaseExpression) -> str:
        if isinstance(node, cst.Name):
            return self.identifier(node)
        assert isinstance(node, cst.Attribute)
        before = self._dotted(node.value)
        self.take(".")
        return f"{before}.{self.identifier(node.attr)}"

    # -- blocks

    def _if(self, node: cst.If, start: int) -> ast.stmt:
        self.take("elif" if self.text.startswith("elif", start) else "if")
        test = self.expression(node.test)
        body = self._block(node.body)
        if isinstance(node.orelse, cst.If):
            orelse = [self._if(node.orelse, self.next())]
        else:
            orelse = self._else(node.orelse)
        return self.node(ast.If, start, test=test, body=body, orelse=orelse)

    def _else(self, node: cst.Else | None) -> list[ast.stmt]:
        if node is None:
            return []
        self.take("else")
        return self._block(node.body)

    def _while(self, node: cst.While, start: int) -> ast.stmt:
        self.take("while")
        test = self.expression(node.test)
        body = self._block(node.body)
        orelse = self._else(node.orelse)
        return self.node(ast.While, start, test=test, body=body, orelse=orelse)

    def _for(self, node: cst.For, start: int) -> ast.stmt:
        kind = ast.For if node.asynchronous is None else ast.AsyncFor
        self._async(node.asynchronous)
        self.take("for")
        target = self.expression(node.target, STORE)
        self.take("in")
        iterated = self.expression(node.iter)
        body = self._block(node.body)
        orelse = self._else(node.orelse)
        return self.node(kind, start, target=target, iter=iterated, body=body, orelse=orelse)

    def _async(self, asynchronous: cst.Asynchronous | None) -> None:
        if asynchronous is not None:
            self.take("async")

    def _with(self, node: cst.With, start: int) -> ast.stmt:
        kind = ast.With if node.asynchronous is None else ast.AsyncWith
        self._async(node.asynchronous)
        self.take("with")
        parentheses = isinstance(node.lpar, cst.LeftParen)
        if parentheses:
            self.take("(")
        items = [self._with_item(item) for item in node.items]
        if parentheses:
            self.take(")")
        body = self._block(node.body)
        return self.node(kind, start, items=items, body=body)

    def _with_item(self, node: cst.WithItem) -> ast.withitem:
        fields = {"context_expr": self.expression(node.item)}
        if node.asname is not None:
            self.take("as")
            fields["optional_vars"] = self.expression(node.asname.name, STORE)
        if isinstance(node.comma, cst.Comma):
            self.take(",")
        return ast.withitem(**fields)

    def _try(self, node: cst.Try | cst.TryStar, start: int) -> ast.stmt:
        kind = ast.Try if isinstance(node, cst.Try) else _TRY_STAR
        self.take("try")
        body = self._block(node.body)
        handlers = [self._handler(handler) for handler in node.handlers]
        orelse = self._else(node.orelse)
        finalbody = []
        if node.finalbody is not None:
            self.take("finally")
            finalbody = self._block(node.finalbody.body)
        lowered: ast.stmt = self.node(kind, start, body=body, handlers=handlers, orelse=orelse, finalbody=finalbody)
        return lowered

    def _handler(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> ast.ExceptHandler:
        start = self.take("except")
        if isinstance(node, cst.ExceptStarHandler):
            self.take("*")
        fields: dict[str, Any] = {}
        if node.type is not None:
            fields["type"] = self.expression(node.type)
        if node.name is not None:
            self.take("as")
            assert isinstance(node.name.name, cst.Name)
            fields["name"] = self.identifier(node.name.name)
        body = self._block(node.body)
        return self.node(ast.ExceptHandler, start, body=body, **fields)

    def _match(self, node: cst.Match, start: int) -> ast.stmt:
        self.take("match")
        subject = self.expression(node.subject)
        self.take(":")
        cases = [self._case(case) for case in node.cases]
        return self.node(ast.Match, start, subject=subject, cases=cases)

    def _case(self, node: cst.MatchCase) -> ast.match_case:
        self.take("case")
        fields: dict[str, Any] = {"pattern": self.pattern(node.pattern)}
        if node.guard is not None:
            self.take("if")
            fields["guard"] = self.expression(node.guard)
        body = self._block(node.body)
        return ast.match_case(body=body, **fields)

    # -- definitions

    def _function(self, node: cst.FunctionDef, _start: int) -> ast.stmt:
        kind = ast.FunctionDef if node.asynchronous is None else ast.AsyncFunctionDef
        decorators = self._decorators(node.decorators)
        start = self.next()
        self._async(node.asynchronous)
        self.take("def")
        fields: dict[str, Any] = {"name": self.identifier(node.name), **self._type_parameters(node)}
        self.take("(")
        parameters = self.parameters(node.params)
        self.take(")")
        if node.returns is not None:
            self.take("->")
            fields["returns"] = self.expression(node.returns.annotation)
        body = self._block(node.body)
        return self.node(kind, start, args=parameters, body=body, decorator_list=decorators, **fields)

    def _class(self, node: cst.ClassDef, _start: int) -> ast.stmt:
        decorators = self._decorators(node.decorators)
        start = self.take("class")
        fields: dict[str, Any] = {"name": self.identifier(node.name), **self._type_parameters(node)}
        bases: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        if isinstance(node.lpar, cst.LeftParen):
            self.take("(")
            bases, keywords = self.arguments([*node.bases, *node.keywords])
            self.take(")")
        body = self._block(node.body)
        return self.node(
            ast.ClassDef, start, bases=bases, keywords=keywords, body=body, decorator_list=decorators, **fields
        )

    def _decorators(self, nodes: Sequence[cst.Decorator]) -> list[ast.expr]:
        lowered = []
        for node in nodes:
            self.take("@")
            lowered.append(self.expression(node.decorator))
        return lowered

    def _type_parameters(self, node: cst.FunctionDef | cst.ClassDef) -> dict[str, Any]:
        lowered = self.type_parameters(node.type_parameters)
        return {"type_params": lowered} if _HAS_TYPE_PARAMETERS else {}

    _LOWER_STATEMENTS: ClassVar[dict[type, Any]] = {
        cst.AnnAssign: _annotated_assign,
        cst.Assert: _assert,
        cst.Assign: _assign,
        cst.AugAssign: _augmented_assign,
        cst.Break: _break,
        cst.ClassDef: _class,
        cst.Continue: _continue,
        cst.Del: _delete,
        cst.Expr: _expression_statement,
        cst.For: _for,
        cst.FunctionDef: _function,
        cst.Global: _global,
        cst.If: _if,
        cst.Import: _import,
        cst.ImportFrom: _import_from,
        cst.Match: _match,
        cst.Nonlocal: _nonlocal,
        cst.Pass: _pass,
        cst.Raise: _raise,
        cst.Return: _return,
        cst.Try: _try,
        cst.TryStar: _try,
        cst.TypeAlias: _type_alias,
        cst.While: _while,
        cst.With: _with,
    }
    _LOWER_STATEMENTS.update(dict.fromkeys(known("LazyImport"), _import))
    _LOWER_STATEMENTS.update(dict.fromkeys(known("LazyImportFrom"), _import_from))
