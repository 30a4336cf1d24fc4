"""String literals: plain, formatted and template strings, and what stands side by side."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import libcst as cst

from async_guard.extract.lowering.cursor import Cursor, known

_PIECES = re.compile(r'\\N\{[^}]*\}|\\[^{}]|\\|\{\{|\}\}|"', re.DOTALL)
_COMMENT = re.compile(r"""('[^'\n]*'|"[^"\n]*")|#[^\n]*""")
_TEMPLATE: Any = getattr(ast, "TemplateStr", None)
_INTERPOLATION: Any = getattr(ast, "Interpolation", None)
_NO_CONVERSION = -1

_TEXT = known("FormattedStringText", "TemplatedStringText")
_FIELD = known("FormattedStringExpression", "TemplatedStringExpression")
_PARTED = known("FormattedString", "TemplatedString")
_TEMPLATE_FIELD = known("TemplatedStringExpression")
_TEMPLATE_STRING = known("TemplatedString")

if TYPE_CHECKING:
    _Field = cst.FormattedStringExpression | cst.TemplatedStringExpression
    _Parted = cst.FormattedString | cst.TemplatedString


class Strings(Cursor):
    """Lowers strings. A concatenation is one node; its parts' neighbouring texts are one constant, as in CPython."""

    def simple_string(self, node: cst.SimpleString, start: int, _context: ast.expr_context) -> ast.expr:
        """A string without replacement fields."""
        return self._joined([self._constant(node)], start)

    def parted_string(self, node: _Parted, start: int, _context: ast.expr_context) -> ast.expr:
        """A formatted or template string."""
        return self._joined(self._parted(node), start, node)

    def concatenated_string(self, node: cst.ConcatenatedString, start: int, _context: ast.expr_context) -> ast.expr:
        """Strings side by side."""
        pieces: list[ast.expr] = []
        parted: _Parted | None = None
        rest: cst.BaseExpression = node
        while True:
            part = rest.left if isinstance(rest, cst.ConcatenatedString) else rest
            if isinstance(part, cst.SimpleString):
                pieces.append(self._constant(part))
            elif isinstance(part, _PARTED):
                parted = cast("_Parted", part)
                pieces.extend(self._parted(parted))
            if not isinstance(rest, cst.ConcatenatedString):
                return self._joined(pieces, start, parted)
            rest = rest.right

    # -- parts

    def _constant(self, node: cst.SimpleString) -> ast.Constant:
        start = self.take(node.value)
        return self._text(start, ast.literal_eval(node.value), "u" if node.value[0] in "uU" else None)

    def _text(self, start: int, value: Any, kind: str | None = None) -> ast.Constant:
        if kind is None:
            return self.node(ast.Constant, start, value=value)
        return self.node(ast.Constant, start, value=value, kind=kind)

    def _parted(self, node: _Parted) -> list[ast.expr]:
        self.take(node.start)
        values = self._contents(node.parts, raw="r" in node.start.lower())
        self._take_exactly(node.end)
        return values

    def _contents(self, parts: Sequence[cst.CSTNode], raw: bool) -> list[ast.expr]:
        values: list[ast.expr] = []
        for part in parts:
            if isinstance(part, _TEXT):
                text = cast("cst.FormattedStringText", part).value
                start = self.at
                self.at += len(text)
                values.append(self._text(start, _unescaped(text, raw)))
            elif isinstance(part, _FIELD):
                values.extend(self._field(cast("_Field", part), raw))
        return values

    def _take_exactly(self, token: str) -> None:
        # Inside a string nothing is a gap.
        self.at += len(token)

    def _field(self, node: _Field, raw: bool) -> list[ast.expr]:
        """One replacement field: the value, and before it the text that ``=`` asks for."""
        start = self.at
        self._take_exactly("{")
        value = self.expression(node.expression)
        written_end = self.at
        debug: ast.Constant | None = None
        if node.equal is not None:
            self.take("=")
            end = self.next()
            debug = self.spanning(ast.Constant, start + 1, end, value=_without_comments(self.text[start + 1 : end]))
        conversion = self._conversion(node)
        spec = None
        if node.format_spec is not None:
            colon = self.take(":")
            spec = self._format_spec(node.format_spec, colon, raw)
        if debug is not None and conversion == _NO_CONVERSION and spec is None:
            conversion = ord("r")
        self.take("}") if spec is None else self._take_exactly("}")
        field = self._formatted(node, start, value, self.text[start + 1 : written_end], conversion, spec)
        return [field] if debug is None else [debug, field]

    def _conversion(self, node: _Field) -> int:
        if node.conversion is None:
            return _NO_CONVERSION
        self.take("!")
        self.take(node.conversion)
        return ord(node.conversion)

    def _format_spec(self, parts: Sequence[cst.CSTNode], colon: int, raw: bool) -> ast.JoinedStr:
        values = _folded(self._contents(parts, raw))
        return self.node(ast.JoinedStr, colon, values=values)

    def _formatted(
        self, node: _Field, start: int, value: ast.expr, written: str, conversion: int, spec: ast.JoinedStr | None
    ) -> ast.expr:
        fields: dict[str, Any] = {"value": value, "conversion": conversion}
        if spec is not None:
            fields["format_spec"] = spec
        if isinstance(node, _TEMPLATE_FIELD) and _INTERPOLATION is not None:
            interpolation: ast.expr = self.node(_INTERPOLATION, start, **fields, str=written.strip())
            return interpolation
        return self.node(ast.FormattedValue, start, **fields)

    # -- the whole

    def _joined(self, pieces: list[ast.expr], start: int, parted: _Parted | None = None) -> ast.expr:
        """One node for strings side by side, where only one string stands too."""
        if parted is None:
            first = pieces[0]
            if len(pieces) == 1:
                return first
            constants = [piece.value for piece in pieces if isinstance(piece, ast.Constant)]
            empty: Any = b"" if isinstance(constants[0], bytes) else ""
            return self._text(start, empty.join(constants), getattr(first, "kind", None))
        kind: Any = ast.JoinedStr
        if isinstance(parted, _TEMPLATE_STRING) and _TEMPLATE is not None:
            kind = _TEMPLATE
        whole: ast.expr = self.node(kind, start, values=_folded(pieces))
        return whole


def _folded(pieces: Sequence[ast.expr]) -> list[ast.expr]:
    """The pieces with neighbouring texts as one, from the start of the first to the end of the last, and without empty ones."""
    folded: list[ast.expr] = []
    run: list[ast.Constant] = []
    for piece in [*pieces, None]:
        if isinstance(piece, ast.Constant):
            run.append(piece)
            continue
        if any(part.value for part in run):
            folded.append(_one_text(run))
        run = []
        if piece is not None:
            folded.append(piece)
    return folded


def _one_text(run: list[ast.Constant]) -> ast.Constant:
    if len(run) == 1:
        return run[0]
    first, last = run[0], run[-1]
    whole = ast.copy_location(ast.Constant("".join(str(part.value) for part in run)), first)
    whole.end_lineno, whole.end_col_offset = last.end_lineno, last.end_col_offset
    if first.kind is not None:
        whole.kind = first.kind
    return whole


def _without_comments(text: str) -> str:
    return text if "#" not in text else _COMMENT.sub(lambda found: found.group(1) or "", text)


def _unescaped(text: str, raw: bool) -> str:
    """The value of a text between replacement fields."""
    if raw:
        return text.replace("{{", "{").replace("}}", "}")
    if "\\" not in text:
        return text.replace("{{", "{").replace("}}", "}")
    value: str = ast.literal_eval('"""' + _PIECES.sub(_literal_piece, text) + '"""')
    return value


def _literal_piece(found: re.Match[str]) -> str:
    piece = found.group()
    if piece in ("{{", "}}"):
        return piece[0]
    if piece == '"':
        return '\\"'
    if piece == "\\":  # before a brace or at the end: no escape
        return "\\\\"
    return piece
