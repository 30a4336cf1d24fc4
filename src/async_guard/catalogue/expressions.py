"""The two little languages of the catalogue: type expressions (``awaitable[list[pkg.Class]]``) and conditions (``timeout@1 == 0``)."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Collection, Iterable
from typing import Final

from async_guard.model.catalogue import ArgRef, Condition, TypeExpr

ARGUMENT_FORMS: Final = (
    "instance", "declares", "call", "items", "used", "wrap", "cached", "offload", "started", "sync", "back", "partial", "provider", "keeper",
    "cmfactory", "acmfactory", "around", "around_call", "property",
)  # fmt: skip
"""Forms written ``form:argument``."""

DECORATORS: Final = ("wrap", "cached", "offload", "started", "hop", "sync", "around")
"""What may follow ``decorator:``."""

WRAPPERS: Final = ("awaitable", "cm", "acm", "callable")
"""Forms written ``form[type]``."""

BUILTIN_TYPES: Final = frozenset((
    "bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "iter", "list", "memoryview", "object", "range", "set",
    "slice", "str", "tuple",
))  # fmt: skip
"""Types written without a dot; ``iter`` is any lazy iterator."""

_TOKEN: Final = re.compile(r"\s*(?:([A-Za-z_][\w.]*|\*)?(@\d+)|([A-Za-z_][\w.]*)(:)?|([\[\],|*]))")
_PUNCTUATION: Final = frozenset("[],|")
_ARGUMENT: Final = re.compile(r"([A-Za-z_]\w*)?(?:@(\d+))?")
_NAME: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_CONDITION: Final = re.compile(r"([A-Za-z_@]\S*)\s+(==|is|mentions|starts|beside)\s+(.+)", re.DOTALL)


class ExpressionError(ValueError):
    """An expression that does not follow docs/catalogue.md; the text says what is wrong with it."""


def nearest(word: str, choices: Iterable[str]) -> str:
    """``"; did you mean 'x'?"`` for the closest choice, else ``"; valid are ..."``, else nothing."""
    known = sorted(set(choices))
    close = difflib.get_close_matches(word, known, 1, 0.6)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; valid are {', '.join(known)}" if known else ""


def is_dotted(text: str) -> bool:
    """Whether a text is an identifier or several joined by dots."""
    return _NAME.fullmatch(text) is not None


def parse_argument(text: str) -> ArgRef:
    """``keyword@position``, ``keyword``, ``@position``, or ``*`` (all positional ones)."""
    if text.strip() == "*":
        return ArgRef("*", None)
    match = _ARGUMENT.fullmatch(text.strip())
    if match is None or not match.group(0):
        raise ExpressionError(f"{text!r} is no argument: write 'keyword@position', 'keyword' or '@position'")
    return ArgRef(match.group(1), int(match.group(2)) if match.group(2) else None)


def parse_condition(text: str) -> Condition:
    """A condition of ``unless``, ``only_if`` or ``when``."""
    stripped = text.strip()
    match = _CONDITION.fullmatch(stripped)
    if match is not None and match.group(1) != "not":
        return _comparison(text, *match.groups())
    if stripped.startswith("not "):
        return Condition("not", parse_argument(stripped[4:]))
    words = stripped.split()
    if len(words) > 2:
        raise ExpressionError(
            f"unknown condition {text!r}: {words[1]!r} is no operator{nearest(words[1], ('==', 'is', 'mentions', 'starts', 'beside'))}"
        )
    return Condition("given", parse_argument(stripped))


def _comparison(text: str, argument: str, operator: str, right: str) -> Condition:
    ref = parse_argument(argument)
    if operator == "==":
        try:
            return Condition("eq", ref, ast.literal_eval(right))
        except (ValueError, SyntaxError):
            raise ExpressionError(f"condition {text!r}: {right!r} is no Python literal") from None
    if operator == "starts":
        if len(right) < 3 or right[0] not in "'\"" or right[-1] != right[0]:
            raise ExpressionError(f"condition {text!r}: {right!r} is no text in quotes")
        return Condition("starts", ref, right[1:-1])
    if not is_dotted(right):
        raise ExpressionError(f"condition {text!r}: {right!r} is no name")
    return Condition(operator, ref, right)


def parse_type(text: str, params: Collection[str] = ()) -> TypeExpr:
    """A type expression as the tuple that `async_guard.model.catalogue.TypeExpr` describes.

    ``params`` are the names of the class's type parameters; any other name without a dot must be a builtin type.
    """
    return _TypeParser(text, params).parse()


class _TypeParser:
    """Recursive descent over ``union := atom ("|" atom)*`` and ``atom := name ["[" union ("," union)* "]"] | form ":" argument``."""

    def __init__(self, text: str, params: Collection[str]) -> None:
        self.text = text
        self.params = params
        self.tokens = self._tokens()
        self.position = 0

    def parse(self) -> TypeExpr:
        result = self._union()
        if self.position < len(self.tokens):
            raise self._error(f"unexpected {self.tokens[self.position]!r}")
        return result

    def _tokens(self) -> list[str]:
        found, position = [], 0
        text = self.text.rstrip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise self._error(f"unexpected {text[position:].strip()[:1]!r}")
            found.append(match.group(0).strip())
            position = match.end()
        return found

    def _error(self, why: str) -> ExpressionError:
        return ExpressionError(f"type {self.text!r}: {why}")

    def _next(self) -> str:
        if self.position >= len(self.tokens):
            raise self._error("ends too early")
        self.position += 1
        return self.tokens[self.position - 1]

    def _takes(self, token: str) -> bool:
        if self.position < len(self.tokens) and self.tokens[self.position] == token:
            self.position += 1
            return True
        return False

    def _union(self) -> TypeExpr:
        parts = [self._atom()]
        while self._takes("|"):
            parts.append(self._atom())
        return parts[0] if len(parts) == 1 else ("union", tuple(parts))

    def _atom(self) -> TypeExpr:
        word = self._next()
        if word.endswith(":"):
            return self._argument_form(word[:-1])
        if "@" in word:
            return ("arg", parse_argument(word))
        if word in _PUNCTUATION:
            raise self._error(f"unexpected {word!r}")
        return self._named(word, self._arguments())

    def _arguments(self) -> tuple[TypeExpr, ...]:
        if not self._takes("["):
            return ()
        items = [self._union()]
        while self._takes(","):
            items.append(self._union())
        if not self._takes("]"):
            raise self._error("a ']' is missing")
        return tuple(items)

    def _argument_form(self, form: str) -> TypeExpr:
        if form == "decorator":
            word = self._next()
            if word not in DECORATORS:
                raise self._error(f"unknown decorator {word!r}{nearest(word, DECORATORS)}")
            return ("decorator", word)
        if form not in ARGUMENT_FORMS:
            raise self._error(f"unknown form '{form}:'{nearest(form, (*ARGUMENT_FORMS, 'decorator'))}")
        return (form, parse_argument(self._next()))

    def _named(self, name: str, arguments: tuple[TypeExpr, ...]) -> TypeExpr:
        if name in WRAPPERS or name == "type":
            if len(arguments) != 1:
                raise self._error(f"{name!r} takes one type in brackets")
            return self._class_itself(arguments[0]) if name == "type" else (name, arguments[0])
        if name in ("self", "any", "None") or name in self.params:
            if arguments:
                raise self._error(f"{name!r} takes nothing in brackets")
            return ("param", name) if name in self.params else ("none",) if name == "None" else (name,)
        if "." not in name and name not in BUILTIN_TYPES:
            known = (*BUILTIN_TYPES, *WRAPPERS, *self.params, "self", "any", "None", "type")
            raise self._error(f"unknown type {name!r} (classes are written with their module){nearest(name, known)}")
        return ("inst", name, arguments)

    def _class_itself(self, of: TypeExpr) -> TypeExpr:
        if of[0] == "any":
            return ("any",)
        if of[0] != "inst":
            raise self._error("'type' takes the name of a class in brackets")
        return ("class", of[1])


def show_argument(ref: ArgRef) -> str:
    """`parse_argument` backwards."""
    return (ref.keyword or "") + (f"@{ref.position}" if ref.position is not None else "")


def show_condition(condition: Condition) -> str:
    """`parse_condition` backwards."""
    argument = show_argument(condition.arg)
    if condition.op == "given":
        return argument
    if condition.op == "not":
        return f"not {argument}"
    if condition.op in ("eq", "starts"):
        return f"{argument} {'==' if condition.op == 'eq' else condition.op} {condition.value!r}"
    return f"{argument} {condition.op} {condition.value}"


def show_type(expression: TypeExpr) -> str:
    """`parse_type` backwards."""
    form, *rest = expression
    if form == "inst":
        arguments = ", ".join(show_type(argument) for argument in rest[1])
        return f"{rest[0]}[{arguments}]" if arguments else str(rest[0])
    if form == "union":
        return " | ".join(show_type(part) for part in rest[0])
    if form in WRAPPERS:
        return f"{form}[{show_type(rest[0])}]"
    if form == "class":
        return f"type[{rest[0]}]"
    if form == "arg":
        return show_argument(rest[0])
    if form in ARGUMENT_FORMS:
        return f"{form}:{show_argument(rest[0])}"
    if form == "decorator":
        return f"decorator:{rest[0]}"
    return "None" if form == "none" else str(rest[0]) if form == "param" else str(form)
