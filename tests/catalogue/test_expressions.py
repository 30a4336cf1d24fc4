"""The catalogue's type expressions and conditions."""

from __future__ import annotations

from typing import Any

import pytest

from async_guard.catalogue.expressions import (
    ExpressionError,
    parse_argument,
    parse_condition,
    parse_type,
    show_condition,
    show_type,
)
from async_guard.model.catalogue import ArgRef, Condition, TypeExpr

FUNC = ArgRef("func", 0)
STR: TypeExpr = ("inst", "str", ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pkg.Class", ("inst", "pkg.Class", ())),
        ("self", ("self",)),
        ("any", ("any",)),
        ("None", ("none",)),
        ("T", ("param", "T")),
        ("list[T]", ("inst", "list", (("param", "T"),))),
        ("dict[str, list[pkg.Item]]", ("inst", "dict", (STR, ("inst", "list", (("inst", "pkg.Item", ()),))))),
        ("pkg.Page[T, str]", ("inst", "pkg.Page", (("param", "T"), STR))),
        ("pkg.A | pkg.B|None", ("union", (("inst", "pkg.A", ()), ("inst", "pkg.B", ()), ("none",)))),
        ("list[str | None]", ("inst", "list", (("union", (STR, ("none",))),))),
        ("type[pkg.Class]", ("class", "pkg.Class")),
        ("awaitable[call:func@0]", ("awaitable", ("call", FUNC))),
        ("acm[awaitable[str]]", ("acm", ("awaitable", STR))),
        ("cm[thing@0]", ("cm", ("arg", ArgRef("thing", 0)))),
        ("callable[str]", ("callable", STR)),
        ("@1", ("arg", ArgRef(None, 1))),
        ("instance:cls@1", ("instance", ArgRef("cls", 1))),
        ("wrap:@0", ("wrap", ArgRef(None, 0))),
        ("offload:function", ("offload", ArgRef("function", None))),
        ("decorator:offload", ("decorator", "offload")),
        ("iter[tuple[str, any]]", ("inst", "iter", (("inst", "tuple", (STR, ("any",))),))),
    ],
)
def test_a_type_is_read_as_its_form(text: str, expected: TypeExpr) -> None:
    """Each form of the documentation, nested and joined; shown, it reads the same again."""
    assert parse_type(text, ("T",)) == expected
    assert parse_type(show_type(expected), ("T",)) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "ends too early"),
        ("list[", "ends too early"),
        ("list[str", "']' is missing"),
        ("list[str]]", "unexpected ']'"),
        ("list[]", "unexpected ']'"),
        ("pkg.A pkg.B", "unexpected 'pkg.B'"),
        ("|pkg.A", "unexpected '|'"),
        ("awaitable", "takes one type in brackets"),
        ("awaitable[str, int]", "takes one type in brackets"),
        ("self[str]", "takes nothing in brackets"),
        ("type[list[str] | None]", "takes the name of a class"),
        ("calls:func@0", "did you mean 'call'?"),
        ("decorator:ofload", "did you mean 'offload'?"),
        ("Response", "unknown type 'Response' (classes are written with their module)"),
        ("lst[str]", "did you mean 'list'?"),
        ("U", "unknown type 'U'"),
        ("pkg.A & pkg.B", "unexpected '&'"),
    ],
)
def test_a_mistake_in_a_type_is_named(text: str, why: str) -> None:
    """The message quotes the expression and says what is wrong."""
    with pytest.raises(ExpressionError) as caught:
        parse_type(text, ("T",))
    assert why in str(caught.value)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "op", "ref", "value"),
    [
        ("timeout@1 == 0", "eq", ArgRef("timeout", 1), 0),
        ("blocking@0 == False", "eq", ArgRef("blocking", 0), False),
        ("mode@1 == 'r b'", "eq", ArgRef("mode", 1), "r b"),
        ("sheet@1 == None", "eq", ArgRef("sheet", 1), None),
        ("delay == -1", "eq", ArgRef("delay", None), -1),
        ("interval@0", "given", ArgRef("interval", 0), None),
        ("transport", "given", ArgRef("transport", None), None),
        ("not interval@0", "not", ArgRef("interval", 0), None),
        ("fp@0 is io.StringIO", "is", ArgRef("fp", 0), "io.StringIO"),
        ("flags@1 mentions LOCK_NB", "mentions", ArgRef("flags", 1), "LOCK_NB"),
        ("text@0 starts '<'", "starts", ArgRef("text", 0), "<"),
        ("src@0 beside dst", "beside", ArgRef("src", 0), "dst"),
        ("@2 == 1", "eq", ArgRef(None, 2), 1),
    ],
)
def test_a_condition_is_read(text: str, op: str, ref: ArgRef, value: Any) -> None:
    """Each operator of the documentation; shown, it reads the same again."""
    assert parse_condition(text) == Condition(op, ref, value)
    assert parse_condition(show_condition(Condition(op, ref, value))) == Condition(op, ref, value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("timeout@1 != 0", "'!=' is no operator"),
        ("timeout@1 menions X", "did you mean 'mentions'?"),
        ("text@0 starts <", "no text in quotes"),
        ("timeout@1 == zero", "no Python literal"),
        ("fp@0 is io.StringIO()", "no name"),
        ("timeout@x", "no argument"),
        ("", "no argument"),
        ("not a b", "no argument"),
    ],
)
def test_a_mistake_in_a_condition_is_named(text: str, why: str) -> None:
    """Nothing unknown is taken for a condition that never holds."""
    with pytest.raises(ExpressionError) as caught:
        parse_condition(text)
    assert why in str(caught.value)


def test_a_star_stands_for_all_positional_arguments() -> None:
    """As `gather` takes them."""
    assert parse_argument("*") == ArgRef("*", None)
