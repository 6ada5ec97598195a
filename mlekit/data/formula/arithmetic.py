"""Arithmetic over columns, as a tree that knows its spelling and its values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from mlekit.data.formula.functions import FUNCTIONS, Function, Options, Values
from mlekit.data.labels import Array
from mlekit.data.pieces import Learned
from mlekit.errors import DataError

Getter: TypeAlias = Callable[[str], Array]  # the numbers of a column by its name

RANKS = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}
ARITHMETIC: dict[str, Callable[[Values, Values], Values]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
}


class Node(ABC):
    """A node of arithmetic."""

    __slots__ = ()

    @property
    @abstractmethod
    def text(self) -> str:
        """The one spelling, which is also its identity; it reads back as the same tree."""

    @abstractmethod
    def values(self, column: Getter, learned: Learned) -> Values:
        """Return the numbers, from the columns and from what its functions have learned."""

    @property
    def name(self) -> str:
        """The name of its coefficient."""
        return self.text

    @property
    def kind(self) -> str:
        """Its role as a factor: number, column (numbers or levels, by its data), levels, basis or offset."""
        return "number"

    @property
    def rank(self) -> int:
        """The precedence of its operator."""
        return 9

    @property
    def parts(self) -> tuple[Node, ...]:
        """The nodes below it."""
        return ()

    @property
    def names(self) -> list[str]:
        """The columns in it, each once."""
        return list(dict.fromkeys(column.column for column in columns(self)))

    def learn(self, column: Getter, learned: Learned) -> None:
        """Put what the functions in it keep for new data into `learned`, the inner ones first."""
        for part in self.parts:
            part.learn(column, learned)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number as it was written."""

    value: float

    @property
    def text(self) -> str:
        return repr(self.value)

    def values(self, column: Getter, learned: Learned) -> Values:
        return float(self.value)


@dataclass(frozen=True, slots=True)
class Column(Node):
    """A column, and the place in the text that names it."""

    column: str
    at: int

    @property
    def text(self) -> str:
        return self.column if self.column.isidentifier() else f"`{self.column}`"

    @property
    def name(self) -> str:
        return self.column

    @property
    def kind(self) -> str:
        return "column"

    def values(self, column: Getter, learned: Learned) -> Values:
        return np.asarray(column(self.column), np.float64)


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """left sign right."""

    sign: str
    left: Node
    right: Node

    @property
    def rank(self) -> int:
        return RANKS[self.sign]

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)

    @property
    def text(self) -> str:
        power = self.sign == "**"  # a ** b ** c is a ** (b ** c); the others group to the left
        return f"{_within(self.left, self.rank + power)} {self.sign} {_within(self.right, self.rank + 1 - power)}"

    def values(self, column: Getter, learned: Learned) -> Values:
        return ARITHMETIC[self.sign](self.left.values(column, learned), self.right.values(column, learned))


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """-operand."""

    operand: Node

    @property
    def rank(self) -> int:
        return 3

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.operand,)

    @property
    def text(self) -> str:
        return "-" + _within(self.operand, self.rank)

    def values(self, column: Getter, learned: Learned) -> Values:
        return -self.operand.values(column, learned)


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of one argument, with literal options."""

    function: str
    argument: Node
    options: Options
    shown: tuple[str, ...]  # the options as they were written

    @property
    def rule(self) -> Function:
        """The function itself."""
        return FUNCTIONS[self.function]

    @property
    def kind(self) -> str:
        return self.rule.kind

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.argument,)

    @property
    def text(self) -> str:
        return f"{self.function}({', '.join([self.argument.text, *self.shown])})"

    def values(self, column: Getter, learned: Learned) -> Values:
        text = self.text
        return self.rule.apply(self.argument.values(column, learned), self.options, learned.get(text, {}), text)

    def learn(self, column: Getter, learned: Learned) -> None:
        self.argument.learn(column, learned)
        text = self.text
        if self.rule.learns and text not in learned:
            x = self.argument.values(column, learned)
            x = x[np.isfinite(x)]
            if not len(x):
                raise DataError(f"{self.argument.text} has no finite value that {text} could learn from")
            learned[text] = self.rule.learn(x, self.options, text)


def walk(node: Node) -> Iterator[Node]:
    """Yield all nodes, the inner ones first."""
    for part in node.parts:
        yield from walk(part)
    yield node


def columns(node: Node) -> list[Column]:
    """Return the columns in a node."""
    return [n for n in walk(node) if isinstance(n, Column)]


def learns(node: Node) -> bool:
    """Return True if a function in a node learns from the rows."""
    return any(isinstance(n, Call) and n.rule.learns for n in walk(node))


def _within(node: Node, least: int) -> str:
    return node.text if node.rank >= least else f"({node.text})"
