"""Python texts made at random: odd blanks, ends of lines and parentheses, nested everything. The same seed gives the same text."""

from __future__ import annotations

import random

_NAMES = ("a", "b", "é", "漢", "_", "match", "case", "type", "print", "inn", "ｎ")
_NUMBERS = ("0", "1", "0x_fF", "1_0", "1.", ".5e-3", "2j", "0b1", "1e400")
_STRINGS = ("''", "'é'", '"a\\n"', "r'\\d'", "u'x'", "'''a\n\"b'''", "'\\\n'", "'\\u00e9'", "'# {'")
_BYTES = ("b''", "b'\\xff'", "rb'\\d'", "BR'''\n'''")
_INNER = ("", "", " ", "\n", " # é (\n  ", "\\\n", "\n\n\t")
_TARGETS = ("a", "(a)", "a, b", "a . b", "a[0]", "[a, *b]", "(a, (b, c))", "*a, b")
_PARAMETERS = ("", "a", "a, /, b=1", "*a, b", "*, a=(1), **k", "a, b=2, *c, d, e=3, **f")
_PATTERNS = ("_", "a", "1", "-1", "(-1)", "'a' 'b'", "None", "a.b", "1 - 2j", "{**a}", "[]", "()")


class Generator:
    """Makes texts; `depth` bounds how far they nest."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def _one(self, *texts: str) -> str:
        return self._random.choice(texts)

    def _gap(self) -> str:
        return self._one("", "", "", " ", "  ", "\t")

    def _space(self) -> str:
        return self._one(" ", " ", "  ", "\t ")

    def _inner(self) -> str:
        return self._one(*_INNER)

    # -- expressions

    def expression(self, depth: int) -> str:
        """An expression; it may end lines only inside brackets and long strings."""
        if depth <= 0:
            kinds = [_NAMES, _NUMBERS, _STRINGS, _BYTES]
            return self._one(*self._random.choice(kinds))
        makers = [getattr(self, name) for name in sorted(dir(self)) if name.startswith("_make_")]
        made: str = self._random.choice(makers)(depth - 1)
        return made

    def value(self, depth: int) -> str:
        """An expression that may stand anywhere."""
        if self._random.random() < 0.3:
            return self._one(*_NAMES)
        text = self.expression(depth)
        for _ in range(self._random.choice((1, 1, 1, 2))):
            text = f"({self._inner()}{text}{self._inner()})"
        return text

    def _several(self, items: list[str], behind: bool = True) -> str:
        comma = self._gap() + "," + self._gap()
        return comma.join(items) + (comma if items and behind and self._random.random() < 0.4 else "")

    def _values(self, depth: int, least: int = 0) -> list[str]:
        return [self.value(depth) for _ in range(self._random.randint(least, 3))]

    def _loops(self, depth: int) -> str:
        tests = self._one("", " if a", " if (b) if c", " for x, in y")
        return f" for {self._one(*_NAMES)} in {self.value(depth)}{tests}"

    def _make_binary(self, depth: int) -> str:
        operator = self._one("+", "-", "*", "//", "**", "@", "<<", "|")
        return self.value(depth) + self._gap() + operator + self._gap() + self.value(depth)

    def _make_comparison(self, depth: int) -> str:
        operator = self._one("<", "==", "!=", " in ", " not  in ", " is ", " is not ")
        return f"{self.value(depth)}{operator}{self.value(depth)} >= {self.value(depth)}"

    def _make_boolean(self, depth: int) -> str:
        words = [self._one("and", "or") for _ in range(self._random.randint(1, 4))]
        return self.value(depth) + "".join(f" {word}{self._space()}{self.value(depth)}" for word in words)

    def _make_unary(self, depth: int) -> str:
        return self._one("-", "~", "+ ", "not ") + self.value(depth)

    def _make_attribute(self, depth: int) -> str:
        return self.value(depth) + self._gap() + "." + self._gap() + self._one(*_NAMES)

    def _make_subscript(self, depth: int) -> str:
        slices = []
        for _ in range(self._random.randint(1, 3)):
            bounds = [
                self.value(depth) if self._random.random() < 0.6 else "" for _ in range(self._random.randint(2, 3))
            ]
            slices.append(self._one(self.value(depth), self._gap().join((":", "")).join(bounds)))
        return f"{self.value(depth)}{self._gap()}[{self._inner()}{self._several(slices)}{self._inner()}]"

    def _make_call(self, depth: int) -> str:
        positional = [self._one("", "*") + each for each in self._values(depth)]
        named = [
            f"{self._one(*_NAMES[:5])}{index}{self._gap()}={each}" for index, each in enumerate(self._values(depth))
        ]
        unpacked = ["**" + each for each in self._values(depth)[:1]]
        return f"{self.value(depth)}{self._gap()}({self._inner()}{self._several(positional + named + unpacked)})"

    def _make_generator(self, depth: int) -> str:
        text = f"({self._inner()}{self.value(depth)}{self._loops(depth)}{self._inner()})"
        return self._one(text, f"f{text}", f"f({text}, 1)")

    def _make_comprehension(self, depth: int) -> str:
        loops = self._loops(depth)
        pair = f"{self.value(depth)}{self._gap()}:{self._gap()}{self.value(depth)}"
        return self._one(f"[{self.value(depth)}{loops}]", f"{{{self.value(depth)}{loops}}}", f"{{{pair}{loops}}}")

    def _make_list(self, depth: int) -> str:
        items = self._several([self._one("", "*") + each for each in self._values(depth)])
        return f"[{self._inner()}{items}{self._inner()}]"

    def _make_tuple(self, depth: int) -> str:
        return f"({self._inner()}{self._several(self._values(depth, 2))}{self._inner()})"

    def _make_set(self, depth: int) -> str:
        return f"{{{self._several(self._values(depth, 1))}{self._inner()}}}"

    def _make_dict(self, depth: int) -> str:
        pairs = [f"{each}{self._gap()}:{self._gap()}{self.value(depth)}" for each in self._values(depth)]
        return f"{{{self._inner()}{self._several([*pairs, '**' + self.value(depth)])}{self._inner()}}}"

    def _make_conditional(self, depth: int) -> str:
        return f"{self.value(depth)} if {self.value(depth)} else {self.value(depth)}"

    def _make_lambda(self, depth: int) -> str:
        return f"lambda {self._one(*_PARAMETERS)}{self._gap()}:{self._gap()}{self.value(depth)}"

    def _make_walrus(self, depth: int) -> str:
        return f"({self._one(*_NAMES[:4])}{self._gap()}:={self._gap()}{self.value(depth)})"

    def _make_strings(self, depth: int) -> str:
        if self._random.random() < 0.2:
            return self._space().join(self._one(*_BYTES) for _ in range(3))
        parts = [self._one(*_STRINGS), self._make_formatted(depth), self._one(*_STRINGS), self._make_formatted(depth)]
        return self._space().join(self._random.sample(parts, self._random.randint(2, 4)))

    def _make_formatted(self, depth: int) -> str:
        # What every supported version reads: in fields no quotes, no backslashes, no comments.
        prefix, quote = self._one("f", "F", "rf", "fR"), self._one('"', '"""', "'")
        raw = "r" in prefix.lower()
        pieces = []
        for _ in range(self._random.randint(0, 4)):
            if self._random.random() < 0.5:
                pieces.append(
                    self._one("a", "{{", "}}", "é", "\\n", "\\x41", "\\d" if raw else "\\N{EM DASH}", "\\{{", " ")
                )
                continue
            text = self.value(depth)
            while set(text) & set("\\#'\"\n!{}:=") or "lambda" in text:
                text = self.value(depth - 1)
                depth -= 1
            conversion, specification = self._one("", "!r", "!s"), self._one("", ":", ":>3", ":{a}", ":{a}.{b!r}x")
            pieces.append("{ " + text + self._one("", " ", "=", " = ") + conversion + specification + "}")
        return prefix + quote + "".join(pieces) + quote

    # -- statements

    def module(self, depth: int) -> str:
        """Statements, one block in another."""
        return "\n".join(self.block(depth))

    def block(self, depth: int) -> list[str]:
        """The lines of a block."""
        lines: list[str] = []
        for _ in range(self._random.randint(1, 3)):
            lines += self._compound(depth) if depth > 0 and self._random.random() < 0.6 else self._line()
        return lines

    def _flat(self) -> str:
        while "\n" in (text := self.expression(self._random.randint(0, 2))):
            pass
        return text

    def _simple(self) -> str:
        flat, target = self._flat(), self._one(*_TARGETS)
        return self._one(
            flat,
            f"{target}{self._gap()}={self._gap()}{flat}",
            f"a = {target} = {flat}",
            f"a{self._gap()}:{self._gap()}({flat}) = {flat}",
            f"a.b {self._one('+=', '//=', '@=', '>>=')} {flat}",
            f"del a, (b), c[{flat}]",
            f"assert ({flat}), {flat}",
            f"raise ({flat}) from {self._one(*_NAMES)}",
            self._one(
                "pass", "import a.b as c, d", "from .. import a as b", "from . a import (b, c,)", "from a import *"
            ),
        )

    def _line(self) -> list[str]:
        text = self._simple()
        return self._random.choice(
            [
                [text],
                [f"{text};{self._gap()}{self._simple()} ;"],
                [f"if a: {text}"],
                ["# é", text],
                ["", text],
                ["\x0c", text],
            ]
        )

    def _compound(self, depth: int) -> list[str]:
        def inner() -> list[str]:
            return ["    " + line for line in self.block(depth - 1)]

        flat, name = self._flat(), self._one(*_NAMES)
        kind = self._random.randint(0, 4)
        if kind == 0:
            types = self._one("except:", f"except ({name}, b) as c:", "except a.b:")
            return [
                "try:",
                *inner(),
                types,
                *inner(),
                *self._one("", "else:").split(),
                "    pass",
                "finally:",
                *inner(),
            ]
        if kind == 1:
            return [f"if {flat}:", *inner(), f"elif ({flat}):", *inner(), "else:  # é", *inner()]
        if kind == 2:
            return [f"match ({flat}), :", f"  case {self.pattern(3)} if ({flat}):", *inner(), "  case _: pass", "# end"]
        if kind == 3:
            decorators = [f"@{name}.a({flat})", "", "# é"] if self._random.random() < 0.4 else []
            header = f"{self._one('', 'async  ')}def {name}{self._gap()}({self._one(*_PARAMETERS)}) -> ({flat}):"
            return [*decorators, self._one(header, f"class {name}(a, *b, c=({flat})):"), *inner()]
        heads = (
            f"while {flat}:",
            f"for a, (a.b), *c in ({flat}):",
            f"with ({flat}) as {name}, (b):",
            f"with (a, {name}):",
        )
        return [self._random.choice(heads), *inner()]

    def pattern(self, depth: int) -> str:
        """A pattern of a match statement."""
        if depth == 0:
            return self._one(*_PATTERNS)
        one, other = self.pattern(depth - 1), self.pattern(depth - 1)
        return self._one(
            f"[{one}, *_, ({other})]", f"({one}, {other},)", f"A(({one}), b = {other})", f"(({one}) as x)",
            "{'a': " + one + ", b.c : (_) , }", f"1 | ({one})", *_PATTERNS[:4],
        )  # fmt: skip
