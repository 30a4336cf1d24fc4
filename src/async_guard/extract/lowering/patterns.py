"""Patterns of match statements."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, ClassVar

import libcst as cst

from async_guard.extract.lowering.expressions import Expressions


class Patterns(Expressions):
    """Lowers patterns."""

    def pattern(self, node: cst.MatchPattern) -> ast.pattern:
        """The next pattern, whose tree this is."""
        kind = type(node)
        lower = self._LOWER_PATTERNS[kind]
        # A sequence in parentheses owns the innermost pair; the parentheses of a value are also its expression's.
        owned = {cst.MatchTuple: 1, cst.MatchValue: len(node.lpar), cst.MatchSingleton: len(node.lpar)}.get(kind, 0)
        outer = max(len(node.lpar) - owned, 0)
        self.take_all("(", outer)
        lowered: ast.pattern = lower(self, node, self.next())
        self.take_all(")", outer)
        return lowered

    def _value(self, node: cst.MatchValue, _start: int) -> ast.pattern:
        value = self.expression(node.value)
        return ast.copy_location(ast.MatchValue(value=value), value)

    def _singleton(self, node: cst.MatchSingleton, _start: int) -> ast.pattern:
        value = self.expression(node.value)
        assert isinstance(value, ast.Constant)
        assert value.value is None or isinstance(value.value, bool)
        return ast.copy_location(ast.MatchSingleton(value=value.value), value)

    def _list_sequence(self, node: cst.MatchList, start: int) -> ast.pattern:
        if node.lbracket is not None:
            self.take("[")
        patterns = self._sequence(node.patterns)
        if node.rbracket is not None:
            self.take("]")
        return self.node(ast.MatchSequence, start, patterns=patterns)

    def _tuple_sequence(self, node: cst.MatchTuple, start: int) -> ast.pattern:
        if node.lpar:
            self.take("(")
        patterns = self._sequence(node.patterns)
        if node.rpar:
            self.take(")")
        return self.node(ast.MatchSequence, start, patterns=patterns)

    def _sequence(self, nodes: Sequence[cst.MatchSequenceElement | cst.MatchStar]) -> list[ast.pattern]:
        patterns = []
        for node in nodes:
            patterns.append(self._star(node) if isinstance(node, cst.MatchStar) else self.pattern(node.value))
            self.took(",")
        return patterns

    def _star(self, node: cst.MatchStar) -> ast.pattern:
        start = self.take("*")
        if node.name is None:
            self.take("_")
            return self.node(ast.MatchStar, start)
        name = self.identifier(node.name)
        return self.node(ast.MatchStar, start, name=name)

    def _mapping(self, node: cst.MatchMapping, start: int) -> ast.pattern:
        keys = []
        patterns = []
        self.take("{")
        for element in node.elements:
            keys.append(self.expression(element.key))
            self.take(":")
            patterns.append(self.pattern(element.pattern))
            self.took(",")
        rest: dict[str, str] = {}
        if node.rest is not None:
            self.take("**")
            rest["rest"] = self.identifier(node.rest)
            self.took(",")
        self.take("}")
        return self.node(ast.MatchMapping, start, keys=keys, patterns=patterns, **rest)

    def _instance(self, node: cst.MatchClass, start: int) -> ast.pattern:
        cls = self.expression(node.cls)
        self.take("(")
        patterns = self._sequence(node.patterns)
        names = []
        values = []
        for element in node.kwds:
            names.append(self.identifier(element.key))
            self.take("=")
            values.append(self.pattern(element.pattern))
            self.took(",")
        self.take(")")
        return self.node(ast.MatchClass, start, cls=cls, patterns=patterns, kwd_attrs=names, kwd_patterns=values)

    def _capture(self, node: cst.MatchAs, start: int) -> ast.pattern:
        fields: dict[str, Any] = {}
        if node.pattern is not None:
            fields["pattern"] = self.pattern(node.pattern)
            self.take("as")
        if node.name is None:
            self.take("_")
        else:
            fields["name"] = self.identifier(node.name)
        return self.node(ast.MatchAs, start, **fields)

    def _alternatives(self, node: cst.MatchOr, start: int) -> ast.pattern:
        patterns = []
        for index, element in enumerate(node.patterns):
            if index:
                self.take("|")
            patterns.append(self.pattern(element.pattern))
        return self.node(ast.MatchOr, start, patterns=patterns)

    _LOWER_PATTERNS: ClassVar[dict[type, Any]] = {
        cst.MatchAs: _capture,
        cst.MatchClass: _instance,
        cst.MatchList: _list_sequence,
        cst.MatchMapping: _mapping,
        cst.MatchOr: _alternatives,
        cst.MatchSingleton: _singleton,
        cst.MatchTuple: _tuple_sequence,
        cst.MatchValue: _value,
    }
