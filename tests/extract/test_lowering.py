"""Lowered concrete trees equal the interpreter's own trees, positions included."""

from __future__ import annotations

import ast
import os
import sysconfig
import warnings
from pathlib import Path

import libcst as cst
import pytest

from async_guard.extract.lowering import LoweringError, lower
from async_guard.extract.source import UnreadableSource, decode
from extract.tree_difference import comparable, difference

EXPRESSIONS = """
x
(x)
((x))
1
1_000
0xFF_ff
0o17
0b1
1.5e-3
.5
1e999
3j
None
True
...
__debug__
ünïcode.ﬁeld
'a'
r'\\d'
b'a' b'\\x00'
u'a' 'b'
'a' u'b'
'é' + x
"é", "漢字", x
(1,)
1,
1, 2,
(1, 2)
((1, 2))
()
[]
[1, *a, 2,]
{1, *a}
{}
{1: 2, **a, 3: (4)}
{ 'a' : [1][0] , }
a.b.c
(a).b
(a . b) . c
a [ 1 ]
a[1:2]
a[:]
a[::]
a[1:2:3]
a[::2]
a[1:]
a[:1, ::2, (x)]
a[1,]
a[(1, 2)]
a[(x):(y)]
f()
f(a, *b, c=1, **d)
f(*a, b, *c, d=1, *e, **g, h=2)
f(a,)
f((a), *(b), c=(d), **(e))
f(x for x in y)
f((x for x in y))
f(((x for x in y)))
f((x for x in y), 1)
f ( x for x in y )
f(a := 1)
(a := 1)
[y := f(x), y ** 2]
f(a)(b)(c).d[e](f)
(f)(x)
-x
- (x)
+x
~x
not x
not (x)
not not x
-1
-(1)
- - x
a + b - c
a + (b + c)
(a + b) * c
(a) + b
a + (b)
a ** -b
a // b % c @ d << e >> f & g | h ^ i
a and b
a and b and c
a and (b and c)
(a and b) and c
a or b and c or d
a or (b or c) or d
a and b or c and d
a < b
a < b <= (c) != d
a is not b
a not in b
a is  not b not  in c
a if b else c
(a) if (b) else (c)
a if b else c if d else e
lambda: 0
lambda x: x
lambda x, /, y=1, *z, w, v=2, **k: (x, y)
lambda *, x: x
lambda *a: a
lambda **k: k
lambda x=(1), *, y=lambda: 2: 3
[x for x in y]
[x for x in y if x if (y) for z in w]
{x for x in y}
{x: y for x, y in z}
(x for x in y)
[x async for x in y]
[(x) for (x) in (y)]
[x for x, in y]
[x for (x, y), *z in w]
[[x for x in y] for y in z]
{**a}
x if y else(z)
""".strip("\n")

STATEMENTS = [
    "",
    "('a'\n  'b'  # why\n  'c')",
    "\n\n# nothing\n",
    "x",
    "(x)",
    "x; y;z",
    "x;",
    "x = 1",
    "x = y = z",
    "(x) = (y)",
    "x, y = y, x",
    "x, *y = z",
    "[x, (y, z)] = w",
    "x.a, x[b], (c) = d",
    "x = 1,",
    "x = yield_",
    "x: int",
    "x: int = 1",
    "x.y: int = 1",
    "x[0]: (int)",
    "x: tuple[int, ...] = 1, 2",
    "x += 1",
    "x.y -= 1; x[0] *= 2; x /= 1; x //= 1; x %= 1; x **= 1; x >>= 1; x <<= 1; x &= 1; x ^= 1; x |= 1; x @= 1",
    "x += 1, 2",
    "del x",
    "del (x)",
    "del x, y",
    "del (x, y)",
    "del x.a, x[0], [y, z],",
    "pass; pass",
    "assert x",
    "assert x, 'y'",
    "assert (x, y)",
    "raise",
    "raise x",
    "raise x from y",
    "raise (x) from (y)",
    "import a",
    "import a.b.c as d, e , f . g",
    "from a import b",
    "from a.b import c as d, e",
    "from . import a",
    "from .. a import b",
    "from ... import a",
    "from .... a . b import c",
    "from a import *",
    "from a import (b, c as d,)",
    "from a import (\n    b,  # why\n    c,\n)",
    "global_ = 1\ndef f():\n    global x, y\n    def g():\n        nonlocal z , w",
    "if x: pass",
    "if x: pass;",
    "if (x): a; b",
    "if x:\n    a\nelif y:\n    b\nelif z: c\nelse:\n    d\n# end",
    "if x:\n  a\nelse:\n  if y:\n    b",
    "while x:\n    break\nelse:\n    continue_",
    "for x in y: pass",
    "for x, y in a, b:\n    continue\nelse:\n    pass",
    "for (x) in (y): pass",
    "for x, in y: pass",
    "for x in *a, b: pass",
    "for x.y in z: pass",
    "for x[0], *y in z: pass",
    "async def f():\n    async for x in y: pass\n    async with a as b, c: await d\n    return [x async for x in y]",
    "async  def f(): await (x)",
    "with a: pass",
    "with a as b: pass",
    "with a as b, c as (d, e): pass",
    "with (a): pass",
    "with (a) as b: pass",
    "with (a, b): pass",
    "with (a as b): pass",
    "with (a as b, c,): pass",
    "with (\n    a as b,\n    c,  # why\n): pass",
    "with (a, b) as c: pass",
    "with a() as b.c, d() as e[0]: pass",
    "try: a\nexcept: b",
    "try:\n    a\nexcept A:\n    b\nexcept (B, C) as d:\n    e\nelse:\n    f\nfinally:\n    g",
    "try: a\nfinally: b",
    "try: a\nexcept(A): b",
    "def f(): pass",
    "def f(a, b=1, /, c: int = 2, *d: int, e, f=3, **g: str) -> int: return a",
    "def f(*, a, b=1): pass",
    "def f(a,): return",
    "def f(a, /): return 1,",
    "def f(a, /,): return *a, b",
    "def f(\n    a,  # why\n    b,\n): yield",
    "def f():\n    x = yield y\n    yield from z\n    (yield)\n    await_ = yield 1, 2\n    return (yield x)",
    "def f():\n    '''doc'''\n",
    "def f():\n\n    # comment\n    pass\n\n    # trailing\n",
    "@a\n@b.c(d)\n@(e)\ndef f(): pass",
    "@a\n\n# between\nasync def f(): pass",
    "@a\nclass C: pass",
    "class C: pass",
    "class C(): pass",
    "class C(A, *d, b=1, **e):\n    x: int = 1\n    def f(self): pass",
    "class C(A,): x; y",
    "class C(metaclass=M, **k): pass",
    "match x:\n    case 1: pass",
    "match = 1\ncase = match\nmatch[case]\ntype = 1\ntype(x)\n_ = 1",
    "match x, y:\n    case _: pass",
    "match x,:\n    case _: pass",
    "match (x):\n    case _ if y: pass\n    case (z) if (w):\n        pass\n",
    "x = \\\n    1 + \\\n  2",
    "if x and \\\n   y:\n    pass",
    "x = (  # a\n  1  # b\n  # c\n  +\n\n  2\n)",
    "\x0cx = 1\n\x0c\ndef f():\n\x0c    pass\n",
    "if x:\n\tif y:\n\t\tpass\n",
    "x = '''\na\\\nb\n''' # end",
    "é = 'ü'; x = f(é, 'ö', y)",
    "def f(é='ü', *, ö: 'ä' = y): pass",
    "class A:\n  def f(self): return 'é', self\n\n\n\nx",
    "'doc'\nx",
    "x = 1 if y else 2; z",
    "print(*a, sep='')",
    "print(a, file=(b), *c)",
]

PATTERNS = """
({0:1},)
({-0-0j:1},)
list([({0: 1},)])
[({0:1},)]
[(1,)]
(1,)
((1,))
((1,2))
([1])
((a))
((a|b))
(a)|((b) as c)
({0:1})
(A())
((A()))
int(a) | (1) as z
{0: int(a) | (1) as z}
{-0-0j: int(real=0+0j, imag=0-0j) | (1) as z}
-1
-1.5
-0-0j
(-1)
((-1))
(-1-1j)
None
(None)
True | False
a.b
((a.b))
a.b.c(d=e.f)
'a' 'b'
('a' 'b')
b'x'
(a,*_)
*a,b
*_,
[*rest]
[a]
a, b
()
[]
((),)
{}
{**rest}
{'a':1,**rest,}
{'a': (b), c.d: _}
A(1,x=2,)
A(1, (b), x=(2), y=_)
_
x
x as y
(x as y)
1 | 2 | 3
(1 | 2) | 3
[1, (2 | 3) as x, *_]
""".strip("\n")

FORMATTED = r'''
f"a{{b"
f"{{"
f"}}"
f"x}}y"
f"{{a}}{b}c}}"
f"{x!r:>{w}.{p}}"
f"{x=}"
f"{ x = !r}"
f"{x=:>5}"
f"{x = !s:>5}"
f"{x:}"
"a" f"b{c}" "d" f"{e}"
u"a" f"b"
f""
f"" ""
"" f"{x}" ""
(f"a" "b" f"{c}")
rf"\d{x}\n"
f"\d{x}\n{{"
f"\N{EM DASH}{x}"
f"\{x}"
f"""a"{x}b"c"""
f'{x!r}' 'é' f'é{y}é'
f"é{{{é}"
f"{x:\n}"
f"{x:{{}}}"
f"{ {1:2}[1] }"
f"{(lambda x: 1)}"
f"{x:%Y-%m-%d}"
f"{x:a{y}b{z!r}c}"
f"{x,}"
f"{*a,}"
f"{x!r:^{w}}" rf"{y}\d"
f"{x:\x41{y}}"
f"{x}}}"
f"{{{x}}}"
f"\\N{x}"
f"\'{x}\""
f"{x}{y}"
f"{x:{a}{b}}"
Rf"{x:\d}"
f"{'a' 'b'}"
f"{x:>{w!r}}"
f"{(x)}"
f"{((x,y))}"
f"{x!a}"
f"{x=:{w}}"
f"{x=!r:{w}}"
f"{x  =  }"
f'{"a"=}'
f'{x:=5}'
f'{x:!r}'
f'{x == y}'
f'{x != y}'
f'{x=!r}' f'{y=}'
f"\x7b{x}"
f"\u00e9{x}"
"a" "b" f"c"
u"a" f"{x}"
u"" f"{x}"
f"{x}" u"b"
f"a" u"b"
print(f"a", "b" f"c")
f"{x}" "" "" f"{y}"
f"\N{LEFT CURLY BRACKET}"
f"{f'{x}' + y!r}"
f"{x.y(z)['a'](*b)}"
f"{x[1:2]:>3}"
f"{await_(x)}"
'''.strip("\n")

NEWER = [
    # 3.12
    'f"{a["b"]}"',
    'f"{f"{f"{1}"}"}"',
    "f'''{\nx # c\n}'''",
    'f"{x\n=}"',
    'f"{1+2 = # why\n  }"',
    'f"{x:{y:{z}}}"',
    "type X = int",
    "type X[T: (int, str), *Ts, **P] = dict[T, 'P']",
    "def f[T: int, *Ts, **P](x: T) -> T: pass",
    "class C[T](A[T], b=T): pass",
    "async def f[T](): pass",
    # 3.13
    "def f[T = int, *Ts = *tuple[int], **P = [int]](): pass",
    # 3.11
    "try: a\nexcept* A as b:\n    c\nexcept *(B, C): d",
    "def f(*args: *Ts): pass",
    "a[*b]",
    "a[*b, c]",
    # 3.14
    "try: a\nexcept A, B: b",
    "try: a\nexcept A, B,: b",
    "try: a\nexcept* A, B: b",
    't"a{b!r:>{c}}{d = }"',
    't"a{ b }"',
]


def lowered(text: str) -> ast.Module:
    """The tree by way of libcst."""
    return lower(cst.parse_module(text), text)


def check(text: str) -> None:
    """Both ways to the tree give the same."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = ast.parse(text)
        actual = lowered(text)
    assert difference(comparable(actual), comparable(expected)) is None


@pytest.mark.parametrize("text", EXPRESSIONS.split("\n"))
def test_expression(text: str) -> None:
    """An expression alone, as a value, and over several lines in a block."""
    check(text)
    check(f"x = y = {text} # end")
    check(f"async def f():\n    é = (  # ü\n  {text}\n )\n    'ö', (\t({text})  )")


@pytest.mark.parametrize("text", STATEMENTS)
def test_statement(text: str) -> None:
    """Statements alone, with something before, and in a block."""
    check(text)
    check(text + "\n")
    check(f"x = 'é'\n{text}\n\ny")


@pytest.mark.parametrize("text", PATTERNS.split("\n"))
def test_pattern(text: str) -> None:
    """Patterns of match statements."""
    check(f"match x:\n  case {text}:\n    pass\n  case  {text}  if y : pass")


@pytest.mark.parametrize("text", FORMATTED.split("\n"))
def test_formatted_string(text: str) -> None:
    """Formatted strings, alone and among others."""
    check(text)
    check(f"x = ('é',\n {text},\n 'a')")
    if text[0] not in "(p":
        check(f"x = ('é' {text}\n 'a')")
    check(f"def f(): return {text}, 1")


@pytest.mark.parametrize("text", NEWER)
def test_newer_syntax(text: str) -> None:
    """What this interpreter knows is its own tree; what it does not know keeps names, calls and places."""
    try:
        ast.parse(text)
    except SyntaxError:
        tree = lowered(text)
        compile(tree, "newer", "exec", flags=ast.PyCF_ONLY_AST)
    else:
        check(text)


def test_handlers_of_several_types_keep_their_places() -> None:
    """`except A, B:` of Python 3.14 is a tuple without parentheses, on every version."""
    handler = lowered("try: a\nexcept A, b.C: d()").body[0].handlers[0]  # type: ignore[attr-defined]
    assert ast.dump(handler.type) == ast.dump(ast.parse("A, b.C", mode="eval").body)
    assert (handler.type.lineno, handler.type.col_offset, handler.type.end_col_offset) == (2, 7, 13)


def test_names_and_calls_of_template_strings_are_kept() -> None:
    """A template string's fields are there on every version, at their places."""
    tree = lowered("x = t'é{f(y)!r:>{g()}}{z}'")
    calls = {
        node.func.id: node.col_offset
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert calls == {"f": 9, "g": 18}
    assert {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} == {"x", "y", "z", "f", "g"}


def test_type_parameters_and_aliases_keep_what_is_called() -> None:
    """A generic function is a function, and an alias assigns or is one."""
    tree = lowered("def f[T: g()](x: T) -> T:\n    return h(x)\ntype A[T] = B[T]\n")
    function, alias = tree.body
    assert isinstance(function, ast.FunctionDef)
    assert (function.name, function.body[0].col_offset) == ("f", 4)
    target = alias.targets[0] if isinstance(alias, ast.Assign) else alias.name  # type: ignore[attr-defined]
    assert isinstance(target, ast.Name)
    assert (target.id, target.lineno, target.col_offset) == ("A", 3, 5)
    assert ast.dump(alias.value) == ast.dump(ast.parse("B[T]", mode="eval").body)  # type: ignore[attr-defined]


def test_lines_are_numbered_from_where_the_text_begins() -> None:
    """A part of a file is lowered with the file's line numbers."""
    text = "def f():\n    return x"
    expected = ast.parse("\n" * 9 + text)
    assert difference(lower(cst.parse_module(text), text, first_line=10), expected) is None


def test_a_tree_of_another_text_is_refused() -> None:
    """Places are never guessed: the text must be the one that was parsed."""
    with pytest.raises(LoweringError):
        lower(cst.parse_module("x = f(1)"), "x = g(1)")


def _whole_files() -> list[Path]:
    library = Path(sysconfig.get_paths()["stdlib"])
    names = [
        "asyncio/*.py",
        "ast.py",
        "dataclasses.py",
        "contextlib.py",
        "inspect.py",
        "concurrent/**/*.py",
        "json/*.py",
    ]
    return sorted(path for name in names for path in library.glob(name))


@pytest.mark.parametrize("path", _whole_files(), ids=lambda path: path.name)
def test_whole_file_of_the_standard_library(path: Path) -> None:
    """Whole files, as people write them."""
    check(decode(path.read_bytes()))


def _applications() -> list[Path]:
    folder = os.environ.get("ASYNC_GUARD_CORPORA")
    return sorted(Path(folder).rglob("*.py")) if folder else []


@pytest.mark.skipif(
    "ASYNC_GUARD_CORPORA" not in os.environ, reason="ASYNC_GUARD_CORPORA names no folder of applications"
)
def test_whole_applications() -> None:
    """Every file of the applications in a folder that this interpreter reads."""
    wrong = []
    compared = 0
    for path in _applications():
        try:
            text = decode(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n")
            expected = ast.parse(text)
        except (UnreadableSource, SyntaxError, ValueError):
            continue
        compared += 1
        if found := difference(comparable(lowered(text)), comparable(expected)):
            wrong.append(f"{path}: {found}")
    assert compared
    assert not wrong
