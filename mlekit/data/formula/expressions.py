"""Arithmetic, read from left to right: numbers, columns, operators, calls and their options."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from mlekit.data.formula.arithmetic import Binary, Call, Column, Negative, Node, Number, columns
from mlekit.data.formula.functions import FUNCTIONS, LITERALS, Function, Literal, Options
from mlekit.data.formula.responses import RESPONSES
from mlekit.data.formula.text import Token, fault, tokens
from mlekit.errors import FormulaError, nearest

MOST_STEPS, MOST_BRACKETS = 100, 30


class Words:
    """The words of a formula, taken from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens = text, tokens(text)
        self.place, self.steps, self.depth = 0, 0, 0

    @property
    def next(self) -> Token:
        """The word that comes."""
        return self.tokens[self.place]

    def after(self, sign: str) -> bool:
        """Return True if the word after the next is this sign."""
        return self.next.kind != "end" and self.tokens[self.place + 1].is_sign(sign)

    def any(self) -> Token:
        """The next word, taken."""
        self.place += 1
        return self.tokens[self.place - 1]

    def take(self, *signs: str) -> Token | None:
        """The next word, taken if it is one of these signs."""
        return self.any() if self.next.is_sign(*signs) else None

    def expect(self, sign: str, words: str) -> None:
        """Take this sign, or raise the error that names the expected words."""
        if not self.take(sign):
            raise self.unexpected(words)

    def fault(self, what: str, at: int | None = None) -> FormulaError:
        """Return the error at a place, else at the next word."""
        return fault(self.text, self.next.at if at is None else at, what)

    def unexpected(self, expected: str) -> FormulaError:
        """Return the error that names the expected words."""
        found = self.next.text if self.next.kind == "end" else repr(self.next.text)
        return self.fault(f"expected {expected}, not {found}")

    def step(self) -> None:
        """Count one more step of arithmetic within a factor."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise self.fault(f"arithmetic of more than {MOST_STEPS} steps: make it a column first")

    @contextmanager
    def brackets(self) -> Generator[None]:
        """One level deeper."""
        self.depth += 1
        if self.depth > MOST_BRACKETS:
            raise self.fault(f"more than {MOST_BRACKETS} brackets within each other")
        yield
        self.depth -= 1


class Arithmetic(Words):
    """Numbers, columns, operators and calls."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.columns: list[Column] = []
        self.dotted = self.open_ends = False

    def arithmetic(self) -> Node:
        """Products and quotients, added up."""
        node = self.product()
        while sign := self.take("+", "-"):
            self.step()
            node = Binary(sign.text, node, self.product())
        return node

    def product(self) -> Node:
        """Powers, multiplied and divided."""
        node = self.signed()
        while sign := self.take("*", "/"):
            self.step()
            node = Binary(sign.text, node, self.signed())
        return node

    def signed(self) -> Node:
        """A power, which binds more tightly than the sign before it and less than the one in its exponent."""
        self.step()
        if sign := self.take("+", "-"):
            inner = self.signed()
            return Negative(inner) if sign.text == "-" else inner
        base = self.primary()
        if self.next.is_sign("^"):
            raise self.fault("a power is written **")
        return Binary("**", base, self.signed()) if self.take("**") else base

    def primary(self) -> Node:
        """A number, a column, a call, or arithmetic in brackets."""
        if self.take("("):
            with self.brackets():
                inner = self.arithmetic()
            self.expect(")", "an operator or )")
            return inner
        if self.next.kind == "number":
            return Number(self.number())
        if self.next.kind not in ("name", "quoted"):
            raise self.unexpected("a number, a column, a function or (")
        if not self.calls():
            return Number(float(self.any().text)) if self._open_end() else self.column()
        at, call = self.next.at, self.call()
        if call.kind != "number":
            raise self.fault(f"{call.function}() is not a single column of numbers: it stands by itself", at)
        return call

    def _open_end(self) -> bool:
        """Return True if the next word is an infinite bound; a column of that name is written `inf` in backticks."""
        return self.open_ends and self.next.kind == "name" and self.next.text == "inf"

    def number(self) -> float:
        """A number that float64 can hold; integers stay integers, to be spelt as such."""
        token = self.any()
        value = float(token.text)
        if value == float("inf"):
            raise self.fault("a number beyond float64", token.at)
        return int(token.text) if token.text.isdigit() and value < 2**53 else value

    def column(self) -> Column:
        """A name, in backticks or without."""
        if self.next.kind not in ("name", "quoted"):
            raise self.unexpected("a column")
        token = self.any()
        self.columns.append(Column(token.text, token.at))
        return self.columns[-1]

    def calls(self) -> bool:
        """Return True if a function comes."""
        return self.next.kind == "name" and self.after("(")

    def call(self) -> Call:
        """A function with its argument and options."""
        name = self.any()
        if name.text in RESPONSES:
            usage = RESPONSES[name.text].usages[0]
            raise self.fault(f"{name.text}() stands on the left of ~, as in {usage} ~ x", name.at)
        if name.text not in FUNCTIONS:
            known = nearest(name.text, [*FUNCTIONS, *RESPONSES])
            raise self.fault(f"a formula has no function {name.text!r}; {known}", name.at)
        rule = FUNCTIONS[name.text]
        self.place += 1
        with self.brackets():
            argument = self.column() if rule.kind == "levels" else self.arithmetic()
        call = Call(name.text, argument, *self.options(rule))
        self.expect(")", f"{', or' if rule.options else 'an operator or'} ) as in {rule.usage}")
        if not columns(argument):
            raise self.fault(f"{call.text} names no column", name.at)
        return call

    def options(self, rule: Function) -> tuple[dict[str, Literal], tuple[str, ...]]:
        """Literals by the name of their option, and their spelling."""
        options: dict[str, Literal] = {}
        shown: list[str] = []
        while self.take(","):
            at, named = self.next.at, self.next.kind == "name" and self.after("=")
            key = self.named(rule, options) if named else self.placed(rule, options)
            value, text = self.literal(rule)
            words, valid = LITERALS[rule.options[key]]
            if not valid(value) or (isinstance(value, str) and not named):
                raise self.fault(f"{key}= takes {words}: {rule.usage}", at)
            options[key] = value
            shown.append(f"{key}={text}" if named else text)
        return options, tuple(shown)

    def named(self, rule: Function, given: Options) -> str:
        """The option before an equals sign."""
        key = self.next.text
        if key not in rule.options:
            raise self.fault(f"there is no option {key!r}; {nearest(key, rule.options)}")
        if key in given:
            raise self.fault(f"{key}= was given already")
        self.place += 2
        return key

    def placed(self, rule: Function, given: Options) -> str:
        """The option whose turn it is, as long as none was named."""
        order = list(rule.options)
        if list(given) != order[: len(given)] or len(given) == len(order):
            raise self.fault(f"there is no option for what stands here: {rule.usage}")
        return order[len(given)]

    def literal(self, rule: Function) -> tuple[Literal, str]:
        """A number, numbers in brackets, True, False or a text, and how it is spelt."""
        if self.next.kind == "string":
            text = self.any().text
            return text[1:-1], text
        if self.next.kind == "name" and self.next.text in ("True", "False"):
            text = self.any().text
            return text == "True", text
        if self.take("("):
            values = [self.minus(rule)]
            while self.take(",") and not self.next.is_sign(")"):
                values.append(self.minus(rule))
            self.expect(")", ", or )")
            return tuple(values), repr(tuple(values))
        value = self.minus(rule)
        return value, repr(value)

    def minus(self, rule: Function) -> float:
        """A number with its sign."""
        sign = -1 if self.take("-") else 1
        if self.next.kind != "number":
            raise self.unexpected(f"a literal, as in {rule.usage}")
        return sign * self.number()
