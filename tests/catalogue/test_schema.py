"""Catalogue documents as frozen entries, and what is said of those that do not follow the format."""

from __future__ import annotations

import sys
from textwrap import dedent
from typing import Any

import pytest

from async_guard.catalogue.schema import CatalogueError, Document, parse_document
from async_guard.model.catalogue import (
    ArgRef,
    ClassEntry,
    Condition,
    Effect,
    Entry,
    FunctionEntry,
    ModuleEntry,
    Run,
    ValueEntry,
)
from async_guard.model.findings import Severity

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HEADER = 'library = "pkg"\npypi = "pkg"\ndocs = "https://docs"\ncategory = "http"\n'


def entries(toml: str) -> dict[str, Entry]:
    """The entries of a document, its header given."""
    return parse_document(Document("pkg.toml", tomllib.loads(HEADER + dedent(toml))))


def function(toml: str) -> FunctionEntry:
    """The entry ``pkg.f`` of a function table without names."""
    entry = entries('[[function]]\nnames = ["pkg.f"]\n' + dedent(toml))["pkg.f"]
    assert isinstance(entry, FunctionEntry)
    return entry


def a_class(toml: str) -> ClassEntry:
    """The entry ``pkg.C`` of a class table without names."""
    entry = entries('[[class]]\nnames = ["pkg.C"]\n' + dedent(toml))["pkg.C"]
    assert isinstance(entry, ClassEntry)
    return entry


def message(toml: str) -> str:
    """What is said of a wrong document."""
    with pytest.raises(CatalogueError) as caught:
        entries(toml)
    return str(caught.value)


def test_a_function_carries_all_that_its_table_says() -> None:
    """Every key arrives."""
    entry = function("""
        severity = "error"
        because = "waits"
        instead = "pkg.g"
        cost = "9 ms"
        proof = "verified:pkg.f"
        unless = ["timeout@1 == 0"]
        only_if = ["x"]
        returns = "pkg.R"
        runs = [{ arg = "func@0", on = "worker", pass = "rest" }, { arg = "cb", on = "caller", pass = "items@1" },
                { arg = "t@1", on = "worker", pass = "args@3" }, { arg = "t", on = "never", pass = "args:rest@2" }]
        consumes = ["coro@0", "*"]
    """)
    assert entry == FunctionEntry(
        "pkg.f",
        Effect(
            Severity.ERROR, "waits", "http", "pkg.g", "9 ms", "verified:pkg.f", docs="https://docs",
            unless=(Condition("eq", ArgRef("timeout", 1), 0),), only_if=(Condition("given", ArgRef("x", None)),),
        ),
        ("inst", "pkg.R", ()),
        (
            Run(ArgRef("func", 0), "worker", "rest"), Run(ArgRef("cb", None), "caller", "items", ArgRef(None, 1)),
            Run(ArgRef("t", 1), "worker", "args", ArgRef("args", 3)), Run(ArgRef("t", None), "never", "args", ArgRef("rest", 2)),
        ),
        (ArgRef("coro", 0), ArgRef("*", None)),
    )  # fmt: skip


def test_a_function_says_what_it_iterates_and_when() -> None:
    """And a class what its methods iterate, call, keep and say of their object."""
    entry = function("""
        severity = "none"
        lazy = true
        iterates = ["rows@0", "*"]
        runs = [{ arg = "cls", on = "caller", method = "default" }, { arg = "f@0", on = "caller", pass = "spread@1" }]
        returns = "iter[items:rows@0 | items:*]"
    """)
    assert entry.lazy
    assert entry.iterates == (ArgRef("rows", 0), ArgRef("*", None))
    assert entry.runs[0] == Run(ArgRef("cls", None), "caller", method="default")
    assert entry.runs[1] == Run(ArgRef("f", 0), "caller", "spread", ArgRef(None, 1))
    assert entry.returns == (
        "inst",
        "iter",
        (("union", (("items", ArgRef("rows", 0)), ("items", ArgRef("*", None)))),),
    )
    found = entries("""
[[class]]
names = ["pkg.C"]
iterates = { update = ["rows@0"] }
uses = { getitem = ["__missing__"], get = ["__getitem__"] }
puts = { put = "item@0" }
becomes = { done = "pkg._Done" }
returns = { get = "used:__getitem__" }

[class.methods.hurry]
cases = [{ when = "patient@0 == False", turns = "pkg._Hasty" }]
""")["pkg.C"]
    assert isinstance(found, ClassEntry)
    assert found.keeps
    assert found.methods["update"].iterates == (ArgRef("rows", 0),)
    assert found.methods["__getitem__"].uses == ("__missing__",)
    assert found.methods["get"].uses == ("__getitem__",)
    assert found.methods["get"].returns == ("used", ArgRef("__getitem__", None))
    assert found.methods["put"].puts == ArgRef("item", 0)
    assert found.methods["done"].becomes == "pkg._Done"
    assert [(case.turns, found.methods["hurry"].turns) for _, case in found.methods["hurry"].cases] == [
        ("pkg._Hasty", "")
    ]


def test_none_is_known_not_to_block() -> None:
    """Which differs from a function that has no entry."""
    effect = function('severity = "none"').effect
    assert effect is not None
    assert effect.severity is None


def test_a_name_with_the_same_last_part_is_an_alias_and_any_other_a_sibling() -> None:
    """So that a finding names what was called."""
    found = entries('[[function]]\nnames = ["pkg.get", "pkg.api.get", "pkg.post"]\nseverity = "none"')
    assert {name: entry.name for name, entry in found.items()} == {
        "pkg.get": "pkg.get",
        "pkg.api.get": "pkg.get",
        "pkg.post": "pkg.post",
    }


def test_a_case_is_a_complete_entry_with_some_keys_replaced() -> None:
    """What the case does not say stays, except for proof of something else."""
    entry = function("""
        severity = "error"
        because = "waits"
        proof = "verified:pkg.f"
        returns = "pkg.R"
        unless = ["x"]
        cases = [{ when = "stream == True", returns = "pkg.S" }, { when = "lazy", severity = "none" },
                 { when = "y", unproven = "no account" }]
    """)
    effect = entry.effect
    assert effect is not None
    first, second, third = entry.cases
    assert first == (
        Condition("eq", ArgRef("stream", None), True),
        FunctionEntry("pkg.f", effect, ("inst", "pkg.S", ())),
    )
    assert second[1].effect is not None
    assert second[1].effect.severity is None
    assert second[1].returns == ("inst", "pkg.R", ())
    assert third[1].effect is not None
    assert (third[1].effect.proof, third[1].effect.unproven) == ("", "no account")


def test_blocking_methods_take_their_effect_from_the_class_and_safe_ones_have_none() -> None:
    """With the results given for either."""
    entry = a_class("""
        severity = "error"
        because = "waits"
        cost = "1 RTT"
        proof = "verified:get"
        blocking = ["get"]
        safe = ["close"]
        returns = { get = "pkg.R", build = "self" }
    """)
    effect = Effect(Severity.ERROR, "waits", "http", cost="1 RTT", proof="verified:get", docs="https://docs")
    assert entry.methods == {
        "get": FunctionEntry("pkg.C.get", effect, ("inst", "pkg.R", ())),
        "close": FunctionEntry("pkg.C.close"),
        "build": FunctionEntry("pkg.C.build", None, ("self",)),
    }


def test_the_long_form_of_a_method_wins_and_keeps_what_the_class_says() -> None:
    """A method in ``blocking`` with a long form inherits the severity too; one that is not there is harmless unless it says otherwise."""
    entry = a_class("""
        severity = "error"
        because = "waits"
        proof = "verified:get"
        blocking = ["get", "acquire"]
        returns = { get = "str" }
        [class.methods.get]
        unless = ["block@0 == False"]
        [class.methods.acquire]
        unproven = "same wait"
        [class.methods.peek]
        returns = "bool"
        [class.methods.slow]
        severity = "warning"
        because = "reads"
        category = "file"
    """)
    get, acquire, peek, slow = (entry.methods[name] for name in ("get", "acquire", "peek", "slow"))
    assert get.effect is not None
    assert get.effect.severity is Severity.ERROR
    assert get.effect.proof == "verified:get"
    assert get.effect.unless == (Condition("eq", ArgRef("block", 0), False),)
    assert get.returns == ("inst", "str", ())
    assert acquire.effect is not None
    assert (acquire.effect.proof, acquire.effect.unproven) == ("", "same wait")
    assert peek.effect is not None
    assert peek.effect.severity is None
    assert slow.effect is not None
    assert (slow.effect.severity, slow.effect.because, slow.effect.category) == (Severity.WARNING, "reads", "file")


def test_a_replacement_may_name_what_is_called() -> None:
    """One table then serves many functions or methods; calls without a name get the class alone."""
    found = entries("""
        [[function]]
        names = ["pkg.get", "pkg.post"]
        severity = "error"
        because = "waits"
        instead = "apkg.Client.{name}"
    """)
    assert [entry.effect.instead for entry in found.values() if isinstance(entry, FunctionEntry) and entry.effect] == [
        "apkg.Client.get", "apkg.Client.post",
    ]  # fmt: skip
    methods = a_class("""
        severity = "error"
        because = "waits"
        instead = "apkg.Client.{name}"
        blocking = ["get", "*"]
        exit = { severity = "error" }
    """).methods
    assert {name: method.effect.instead for name, method in methods.items() if method.effect} == {
        "get": "apkg.Client.get", "*": "apkg.Client", "__exit__": "apkg.Client",
    }  # fmt: skip


def test_implicit_calls_become_special_methods() -> None:
    """With what they give, and with after for leaving."""
    entry = a_class("""
        construct = { severity = "error", because = "connects", unless = ["lazy"] }
        enter = { severity = "warning", because = "locks" }
        exit = { severity = "error", because = "waits", after = ["submit"] }
        iterate = { severity = "error", because = "reads" }
        item = "pkg.Item"
        getitem = { severity = "error", because = "asks" }
        getitem_returns = "str"
        call = { severity = "error", because = "calls", returns = "int" }
        await_returns = "pkg.X"
    """)
    methods = entry.methods
    severities = {name: method.effect.severity for name, method in methods.items() if method.effect is not None}
    error = Severity.ERROR
    assert severities == {
        "__init__": error, "__enter__": Severity.WARNING, "__exit__": error, "__iter__": error, "__getitem__": error, "__call__": error,
    }  # fmt: skip
    exit_effect = methods["__exit__"].effect
    assert exit_effect is not None
    assert exit_effect.after == ("submit",)
    assert {name: method.returns for name, method in methods.items()} == {
        "__init__": None, "__enter__": ("self",), "__exit__": None, "__iter__": ("inst", "pkg.Item", ()),
        "__aiter__": ("inst", "pkg.Item", ()), "__getitem__": ("inst", "str", ()), "__call__": ("inst", "int", ()),
        "__await__": ("inst", "pkg.X", ()),
    }  # fmt: skip


def test_what_an_implicit_call_gives_needs_no_effect() -> None:
    """``enter_returns``, ``item`` and ``getitem_returns`` alone make entries that block nothing."""
    methods = a_class('enter_returns = "pkg.Y"\nitem = "T"\ngetitem_returns = "T"\nparams = ["T"]').methods
    assert {name: (method.effect, method.returns, method.is_awaitable) for name, method in methods.items()} == {
        "__enter__": (None, ("inst", "pkg.Y", ()), False),
        "__aenter__": (None, ("inst", "pkg.Y", ()), True),
        "__iter__": (None, ("param", "T"), False),
        "__aiter__": (None, ("param", "T"), False),
        "__getitem__": (None, ("param", "T"), False),
    }


def test_methods_of_async_classes_give_awaitables_unless_they_are_plain_calls() -> None:
    """Listed or not."""
    entry = a_class("""
        async = true
        severity = "error"
        because = "waits"
        sync = ["pipeline"]
        blocking = ["reload"]
        returns = { get = "str", pipeline = "pkg.P" }
        enter_returns = "self"
        [class.methods.run]
        runs = [{ arg = "func@0", on = "caller" }]
    """)
    assert entry.is_async
    awaitable = {name for name, method in entry.methods.items() if method.is_awaitable}
    assert awaitable == {"get", "run", "*", "__aenter__"}
    assert all(entry.methods[name].effect is None for name in awaitable)
    assert entry.methods["get"].returns == ("inst", "str", ())
    assert entry.methods["reload"].effect is not None


def test_attributes_properties_bases_values_and_modules() -> None:
    """The other things a document may describe."""
    found = entries("""
        [[class]]
        names = ["pkg.C", "pkg.inner.C"]
        bases = ["pkg.B", "dict"]
        attributes = { headers = "dict", "*" = "pkg.D" }
        property = { content = { severity = "error", because = "downloads" } }
        [[value]]
        names = ["pkg.stdin"]
        type = "io.TextIOWrapper"
        [[module]]
        name = "pkg2"
        severity = "error"
        because = "asks a web service"
    """)
    cls = found["pkg.inner.C"]
    assert isinstance(cls, ClassEntry)
    assert cls is found["pkg.C"]
    assert cls.bases == ("pkg.B", "dict")
    assert cls.attributes == {"headers": ("inst", "dict", ()), "*": ("inst", "pkg.D", ())}
    assert cls.properties["content"].because == "downloads"
    assert found["pkg.stdin"] == ValueEntry("pkg.stdin", ("inst", "io.TextIOWrapper", ()))
    assert found["pkg2"] == ModuleEntry(
        "pkg2", Effect(Severity.ERROR, "asks a web service", "http", docs="https://docs")
    )


F = '[[function]]\nnames = ["pkg.f"]\n'
C = '[[class]]\nnames = ["pkg.C"]\n'
SLOW = 'severity = "error"\nbecause = "waits"\n'


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("[[functions]]", "pkg.toml: functions: unknown key; did you mean 'function'?"),
        ("distributions = { a = 1 }", "pkg.toml: distributions.a: must be a string, not a number"),
        ("function = 1", "pkg.toml: function: must be a list of tables, not a number"),
        ("function = ['a']", "pkg.toml: function: must be a list of tables, not of a string"),
        ('[[function]]\nseverity = "none"', "pkg.toml: function 1: names: is missing"),
        ('[[function]]\nnames = "pkg.f"', "pkg.toml: function 1: names: must be a list of strings, not a string"),
        ("[[function]]\nnames = []", "function 1: names: is empty"),
        ('[[function]]\nnames = ["f"]', "function 1: names: 'f' is no dotted name of a function"),
        ('[[function]]\nnames = ["pkg.f()"]', "'pkg.f()' is no dotted name"),
        (F, "pkg.toml: function pkg.f: severity: is missing"),
        (F + 'severty = "none"', "pkg.toml: function pkg.f: severty: unknown key; did you mean 'severity'?"),
        (F + 'severity = "eror"', "pkg.toml: function pkg.f: severity: unknown severity 'eror'; did you mean 'error'?"),
        (F + 'severity = "fatal"', "valid are error, info, negligible, none, warning"),
        (F + "severity = 3", "pkg.toml: function pkg.f: severity: must be a string, not a number"),
        (F + SLOW + 'category = "htpp"', "category: unknown category 'htpp'; did you mean 'http'?"),
        (F + 'severity = "error"', "because: is missing"),
        (F + SLOW + 'proof = "verfied:x"', "proof: unknown proof 'verfied'; did you mean 'verified'?"),
        (F + SLOW + 'unless = "x"', "unless: must be a list of strings, not a string"),
        (F + SLOW + 'unless = ["x != 1"]', "unless: unknown condition 'x != 1'"),
        (F + SLOW + 'after = ["x"]', "after: unknown key"),
        (F + 'severity = "none"\nreturns = "lst[str]"', "returns: type 'lst[str]': unknown type 'lst'"),
        (F + 'severity = "none"\nreturns = "T"', "unknown type 'T'"),
        (F + 'severity = "none"\ncases = [{ returns = "str" }]', "function pkg.f: cases[0].when: is missing"),
        (F + 'severity = "none"\ncases = [{ when = "x", cases = [] }]', "cases[0].cases: unknown key"),
        (F + 'severity = "none"\nruns = [{ arg = "f@0" }]', "runs[0].on: is missing"),
        (
            F + 'severity = "none"\nruns = [{ arg = "f@0", on = "thread" }]',
            "runs[0].on: unknown on 'thread'; valid are caller, decorated, greenlet",
        ),
        (F + 'severity = "none"\nruns = [{ arg = "f@0", on = "loop", pass = "arg@1" }]', "did you mean 'args'?"),
        (
            F + 'severity = "none"\nruns = [{ arg = "f@0", on = "loop", pass = "args" }]',
            "write 'rest', 'self', 'args@1', 'items@1' or 'spread@1'",
        ),
        (C + 'blocking = ["get"]', "pkg.toml: class pkg.C: severity: is missing"),
        (C + SLOW + 'blocking = ["get"]\nsafe = ["get"]', "safe: 'get' is listed in 'blocking' too"),
        (C + 'sync = ["get"]', "sync: counts only with 'async = true'"),
        (C + "async = 1", "async: must be true or false, not a number"),
        (C + 'returns = { get = "Respons" }', "class pkg.C: returns.get: type 'Respons'"),
        (C + 'async = true\nreturns = { get = "awaitable[str]" }', "returns.get: says what awaiting gives"),
        (
            C + "async = true\n[class.methods.get]\n" + SLOW,
            "methods.get.severity: a method of an async class blocks only if",
        ),
        (
            C + "[class.methods.get]\nseverty = 'none'",
            "class pkg.C: methods.get.severty: unknown key; did you mean 'severity'?",
        ),
        (C + 'iterate = { severity = "error" }', "class pkg.C: iterate.because: is missing"),
        (
            C + 'property = { x = { severity = "error", because = "b", returns = "str" } }',
            "property.x.returns: unknown key",
        ),
        (C + "construct = true", "construct: must be a table, not true or false"),
        (C + 'bases = ["a-b"]', "bases: 'a-b' is no dotted name"),
        (C + 'item = "Thing"', "item: type 'Thing'"),
        ('[[value]]\nnames = ["pkg.v"]', "value pkg.v: type: is missing"),
        ('[[module]]\nname = "pkg"', "module pkg: severity: is missing"),
    ],
)
def test_a_mistake_is_named_with_its_file_entry_and_key(toml: str, expected: str) -> None:
    """And with the nearest valid choice."""
    assert expected in message(toml)


def test_each_distribution_and_module_of_a_file_has_documentation_of_its_own() -> None:
    """What the file says of a distribution, or of a module; else what it says of all."""
    found = parse_document(
        Document(
            "a.toml",
            {
                "library": "Tools", "pypi": "main", "docs": "https://main", "category": "cpu",
                "distributions": {"one": "one-dist", "one.inner": "inner-dist"},
                "documentation": {"one-dist": "https://one", "inner-dist": "https://inner", "main.part": "https://part"},
                "function": [
                    {"names": ["main.f", "main.part.g", "one.f", "one.inner.g", "onerous.h"], "severity": "none"},
                    {"names": ["one.own"], "severity": "none", "docs": "https://own"},
                ],
            },
        )
    )  # fmt: skip
    places = {
        name: entry.effect.docs for name, entry in found.items() if isinstance(entry, FunctionEntry) and entry.effect
    }
    assert places == {
        "main.f": "https://main", "main.part.g": "https://part", "one.f": "https://one", "one.inner.g": "https://inner",
        "onerous.h": "https://main", "one.own": "https://own",
    }  # fmt: skip


def test_a_shipped_document_says_what_library_it_is_about() -> None:
    """A project's own entries need not, and are contracts unless they say otherwise."""
    content: dict[str, Any] = {"function": [{"names": ["corp.f"], "severity": "error", "because": "waits"}]}
    with pytest.raises(CatalogueError, match=r"x\.toml: library: is missing"):
        parse_document(Document("x.toml", content))
    entry = parse_document(Document("x.toml", content), own=True)["corp.f"]
    assert isinstance(entry, FunctionEntry)
    assert entry.effect is not None
    assert entry.effect.category == "contract"
