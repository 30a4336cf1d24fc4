"""What is said of one callable, and of all."""

from __future__ import annotations

import sys

import pytest

from async_guard.catalogue.describe import Description, TableRow, describe, near_misses, proof_share, table, table_rows
from async_guard.catalogue.index import build
from async_guard.catalogue.load import Catalogue
from async_guard.catalogue.schema import Document

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SAMPLE = """
library = "Package"
pypi = "pkg"
docs = "https://docs"
category = "http"

[[function]]
names = ["pkg.get", "pkg.api.get", "pkg.post"]
severity = "error"
because = "waits for the server"
instead = "apkg.{name}"
cost = "one round trip"
returns = "pkg.Reply"
unless = ["timeout@1 == 0", "lazy"]
cases = [{ when = "stream == True", returns = "pkg.Stream" }, { when = "dry", severity = "none", because = "sends nothing" }]
proof = "verified:pkg.get(url)"

[[function]]
names = ["pkg.run"]
severity = "none"
runs = [{ arg = "func@0", on = "worker", pass = "rest" }, { arg = "@1", on = "caller" }]
consumes = ["*"]

[[function]]
names = ["pkg.chain"]
severity = "none"
lazy = true
iterates = ["*", "rows@0"]

[[function]]
names = ["pkg.size", "builtins.tiny"]
severity = "negligible"
because = "takes 2 us"

[[class]]
names = ["pkg.Base"]
severity = "error"
because = "waits for the server"
blocking = ["send", "*"]
safe = ["close"]
property = { text = { severity = "error", unproven = "depends on the server" } }
attributes = { api = "pkg._Api", name = "str" }
exit = { severity = "warning", because = "flushes", after = ["send"] }

[[class]]
names = ["pkg.Client", "pkg.inner.Client"]
bases = ["pkg.Base"]
construct = { severity = "warning", because = "parses certificates", only_if = ["verify"] }

[[class]]
names = ["pkg._Api"]
severity = "info"
because = "asks"
blocking = ["ask"]
proof = "cost:ask"

[[class]]
names = ["pkg.AsyncClient"]
async = true

[[value]]
names = ["pkg.client"]
type = "pkg.Client"

[[module]]
name = "data"
severity = "error"
because = "downloads"
unproven = "no account"
"""


@pytest.fixture(scope="module")
def sample() -> Catalogue:
    """A catalogue of one small library."""
    return Catalogue(build([Document("pkg.toml", tomllib.loads(SAMPLE))]))


def told(catalogue: Catalogue, dotted: str) -> Description:
    """The description of something that is known."""
    found = describe(catalogue, dotted)
    assert found is not None
    return found


def test_a_function_is_described_in_full(sample: Catalogue) -> None:
    """Everything that its table says, and nothing else."""
    assert str(told(sample, "pkg.api.get")).splitlines() == [
        "pkg.get  (function of Package)",
        "  verdict      blocks (error): waits for the server",
        "               not if timeout@1 == 0 or lazy",
        "               if stream == True: gives pkg.Stream",
        "               if dry: does not block: sends nothing",
        "  category     http",
        "  cost         one round trip",
        "  instead      apkg.get",
        "  gives        pkg.Reply",
        "  proof        verified:pkg.get(url)",
        "  also as      pkg.api.get",
        "  docs         https://docs",
        "  said by      pkg.toml",
    ]


def test_a_class_lists_what_blocks_inherited_members_included(sample: Catalogue) -> None:
    """Members that cost the same together; creating one is the class's own verdict."""
    found = told(sample, "pkg.inner.Client")
    assert (found.kind, found.verdict, found.severity, found.conditions) == (
        "class",
        "blocks",
        "warning",
        ("only if verify",),
    )
    assert [(group.severity, group.labels, group.conditions) for group in found.members] == [
        ("error", ("send()", "any other method", "text"), ()),
        ("warning", ("leaving with",), ("only after send",)),
    ]
    assert "  members      error: waits for the server\n                 send(), any other method, text\n" in str(found)


@pytest.mark.parametrize(
    ("dotted", "kind", "verdict", "described_as"),
    [
        ("pkg.Base.send", "method", "blocks", ""),
        ("pkg.Base.send()", "method", "blocks", ""),
        ("pkg.Client.send", "method", "blocks", "pkg.Base.send"),
        ("pkg.Client.close", "method", "does not block", "pkg.Base.close"),
        ("pkg.Client.unheard_of", "method", "blocks", "pkg.Base.unheard_of"),
        ("pkg.Base.text", "property", "blocks", ""),
        ("pkg.Base.name", "attribute", "does not block", ""),
        ("pkg.Client.api.ask", "method", "blocks", "pkg._Api.ask"),
        ("pkg.client.send", "method", "blocks", "pkg.Base.send"),
        ("pkg.client", "value", "does not block", ""),
        ("pkg.AsyncClient.get", "method", "awaitable", ""),
        ("pkg.size", "function", "negligible", ""),
        ("tiny", "function", "negligible", ""),
        ("data.web.fetch", "module", "blocks", ""),
        ("data", "module", "blocks", ""),
    ],
)
def test_members_values_and_modules_are_described_too(
    sample: Catalogue, dotted: str, kind: str, verdict: str, described_as: str
) -> None:
    """By the path that people write."""
    found = told(sample, dotted)
    assert (found.kind, found.verdict, found.described_as) == (kind, verdict, described_as)


@pytest.mark.parametrize(
    "dotted", ["pkg.put", "pkg.Client.name.upper", "pkg.get.x", "pkg.Client.__len__", "nothing", "", "."]
)
def test_what_is_not_known_is_not_described(sample: Catalogue, dotted: str) -> None:
    """Not even a little."""
    assert describe(sample, dotted) is None


def test_what_runs_other_callables_says_where(sample: Catalogue) -> None:
    """And what it awaits."""
    assert told(sample, "pkg.run").runs == (
        "`func` in a worker thread or process", "argument 1 at once in the calling thread",
        "awaits what is given as every positional argument",
    )  # fmt: skip


def test_what_pulls_the_items_of_others_says_when(sample: Catalogue) -> None:
    """A lazy iterator does so when it is iterated itself."""
    described = describe(sample, "pkg.chain")
    assert described is not None
    assert described.runs == (
        "iterates what is given as every positional argument, when what it gives is iterated",
        "iterates what is given as `rows`, when what it gives is iterated",
    )


@pytest.mark.parametrize(
    ("dotted", "expected"),
    [
        ("get", ["pkg.get"]),
        ("pkg.gett", ["pkg.get"]),
        ("pkg.GET", ["pkg.get"]),
        ("Client.send", ["pkg.Client.send"]),
        ("pkg.Base.snd", ["pkg.Base.send"]),
        ("kpg.post", ["pkg.post"]),
        ("zzz", []),
        ("", []),
    ],
)
def test_near_misses_are_known_names(sample: Catalogue, dotted: str, expected: list[str]) -> None:
    """The best first; names that only the catalogue has are never offered."""
    found = near_misses(sample, dotted)
    assert found[:1] == expected
    assert all("._" not in name and describe(sample, name) is not None for name in found)


def test_the_table_has_one_row_for_each_effect_as_written(sample: Catalogue) -> None:
    """With its kind of proof; what costs nothing is left out."""
    rows = table_rows(sample)
    assert [(row.name, row.more, row.severity, row.category, row.proof) for row in rows] == [
        ("data.*", 0, "error", "http", "unproven"),
        ("pkg.Base.__exit__", 0, "warning", "http", "none"),
        ("pkg.Base.send", 1, "error", "http", "none"),
        ("pkg.Base.text", 0, "error", "http", "unproven"),
        ("pkg.Client", 0, "warning", "http", "none"),
        ("pkg._Api.ask", 0, "info", "http", "cost"),
        ("pkg.get", 1, "error", "http", "verified"),
        ("pkg.size", 1, "negligible", "http", "none"),
    ]
    assert {row.library for row in rows} == {"Package"}
    assert proof_share(rows) == 2 / 7
    text = table(sample).splitlines()
    assert text[0].split() == ["name", "library", "severity", "category", "proof"]
    assert text[-1] == "7 reported entries (3 none, 2 unproven, 1 cost, 1 verified); 29% of them with proof"
    rest = table(sample, unproven=True).splitlines()
    assert len(rest) == 8
    assert all("verified:" not in line and "cost:" not in line for line in rest[:-1])
    assert rest[-1] == text[-1]
    assert any(line.startswith("data.*") and line.endswith("unproven: no account") for line in text)


def test_no_entries_are_all_proven() -> None:
    """Rather than a division by zero."""
    assert proof_share([]) == 1.0
    assert proof_share([TableRow("x", 0, "l", "negligible", "cpu", "none", "")]) == 1.0


def test_texts_of_a_project_cannot_steer_the_terminal(sample: Catalogue) -> None:
    """Neither in a description nor in the table."""
    mine = sample.with_extra(
        [{"function": [{"names": ["corp.f"], "severity": "error", "because": "\x1b[31mred\nline"}]}]
    )
    assert r"\x1b[31mred\nline" in str(told(mine, "corp.f"))
    wrong = sample.with_extra(
        [{"library": "a\x07b", "function": [{"names": ["corp.f"], "severity": "error", "because": "b"}]}]
    )
    assert r"a\x07b" in table(wrong)


def test_the_shipped_catalogue_explains_requests() -> None:
    """The example of the documentation."""
    text = str(told(Catalogue(), "requests.Session.get"))
    assert "blocks (error): waits for the server's reply" in text
    assert "httpx.AsyncClient.get" in text
    assert "requests.Session.post" in near_misses(Catalogue(), "Session.post")


def test_everything_shipped_can_be_described() -> None:
    """Whatever its shape."""
    catalogue = Catalogue()
    for name in catalogue.names():
        found = describe(catalogue, name)
        assert found is not None
        assert found.source
        assert str(found).startswith(name)


def test_methods_of_builtins_need_no_module() -> None:
    """``str.join`` is what people write, as they write ``open``."""
    told = describe(Catalogue(), "str.join")
    assert told is not None
    assert told.name == "builtins.str.join"


def test_a_class_that_is_made_without_waiting_has_not_the_reason_of_its_methods() -> None:
    """What ``get`` waits for is no word about the constructor; what the constructor's own entry says is."""
    session = describe(Catalogue(), "requests.Session")
    assert session is not None
    assert (session.verdict, session.because, session.cost) == ("does not block", "", "")
    redis = describe(Catalogue(), "redis.Redis")
    assert redis is not None
    assert redis.because == "connects when the first command is sent"
