"""Terms: the sum on the right-hand side, and the two sides of a formula.

A term is a product of factors; the intercept has no factor. Two terms with the same factors in any order are one term:
a:b + b:a is a:b.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

import numpy as np

from mlekit.data.formula.arithmetic import Column, Node, columns
from mlekit.data.formula.responses import observations
from mlekit.data.formula.text import fault
from mlekit.data.labels import Array, Labels
from mlekit.data.observations import Observations
from mlekit.errors import DataError, nearest

Term = tuple[Node, ...]
Terms = dict[frozenset[str], Term]

INTERCEPT: Terms = {frozenset(): ()}
MOST_TERMS, MOST_FACTORS = 100_000, 10


class Table(Protocol):
    """Columns by name: numbers as an array (NaN where missing), text and categories as Labels."""

    @property
    def names(self) -> Sequence[str]: ...
    @property
    def rows(self) -> int: ...
    def column(self, name: str) -> Array | Labels: ...
    def take(self, rows: Array) -> Table: ...


class Part(Protocol):
    """A part of a right-hand side, which has terms once the columns of `.` are known."""

    def terms(self, names: Sequence[str]) -> Terms: ...


@dataclass(frozen=True, slots=True)
class Leaf:
    """One factor."""

    factor: Node

    def terms(self, names: Sequence[str]) -> Terms:
        return {frozenset({self.factor.text}): (self.factor,)}


@dataclass(frozen=True, slots=True)
class Constant:
    """1, the intercept; 0 is the same with the other sign before it."""

    value: int

    def terms(self, names: Sequence[str]) -> Terms:
        return INTERCEPT


@dataclass(frozen=True, slots=True)
class Dot:
    """Every column but the response."""

    at: int

    def terms(self, names: Sequence[str]) -> Terms:
        return {frozenset({factor.text}): (factor,) for factor in (Column(name, self.at) for name in names)}


@dataclass(frozen=True, slots=True)
class Cross:
    """a:b:c, or with `mains` a*b*c."""

    items: list[Part]
    mains: bool
    text: str  # the whole formula
    at: int

    def terms(self, names: Sequence[str]) -> Terms:
        return reduce(self._cross, (item.terms(names) for item in self.items))

    def _cross(self, left: Terms, right: Terms) -> Terms:
        if len(left) * len(right) > MOST_TERMS:
            raise fault(self.text, self.at, f"this makes more than {MOST_TERMS:,} interactions")
        both = {
            a | b: (*first, *(f for f in second if f.text not in a))
            for a, first in left.items()
            for b, second in right.items()
        }
        if max(map(len, both), default=0) > MOST_FACTORS:
            raise fault(self.text, self.at, f"this makes an interaction of more than {MOST_FACTORS} factors")
        return {**left, **right, **both} if self.mains else both


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms together, and terms taken away, from left to right."""

    items: list[tuple[int, Part]]

    def terms(self, names: Sequence[str], start: Terms | None = None) -> Terms:
        """Return the terms that are left at the end, in the order in which they came."""
        found: Terms = dict(start or {})
        for sign, item in self.items:
            more = item.terms(names)
            if sign > 0:
                found |= {key: term for key, term in more.items() if key not in found}
            else:
                found = {key: term for key, term in found.items() if key not in more}
        return found


@dataclass(frozen=True, slots=True)
class Response:
    """The left-hand side: one piece of arithmetic, or those that Surv, censored, windowed or cbind take.

    >>> from mlekit.data.formula import parse
    >>> parse("cbind(yes, n - yes) ~ x").response.names
    ['yes', 'n']
    """

    text: str  # the whole formula
    function: str  # of responses.py, or "" for plain arithmetic
    arguments: tuple[Node, ...]
    spelling: str  # as it was written

    @property
    def columns(self) -> list[Column]:
        """The columns in it, with their places in the text."""
        return [column for argument in self.arguments for column in columns(argument)]

    @property
    def names(self) -> list[str]:
        """Their names, each once."""
        return list(dict.fromkeys(column.column for column in self.columns))

    def values(self, table: Table) -> list[Array | Labels]:
        """Return one column per argument: a bare name as the table has it, arithmetic as float64."""
        known(self.columns, table.names, self.text)
        with np.errstate(all="ignore"):
            return [self._values(argument, table) for argument in self.arguments]

    def observations(self, table: Table) -> Observations:
        """Return the observations in the columns of a table."""
        names = ["" if not columns(argument) else argument.name for argument in self.arguments]
        return observations(self.function, names, self.values(table))

    def _values(self, argument: Node, table: Table) -> Array | Labels:
        if isinstance(argument, Column):
            return table.column(argument.column)
        return argument.values(lambda name: numeric(table, name, argument.text), {})


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read: its response, and its terms once the columns are known."""

    text: str
    response: Response | None
    right: Sum
    columns: list[Column]  # all that are named on the right, those that are removed among them
    dotted: bool

    def terms(self, names: Sequence[str] = (), *, intercept: bool = True) -> list[Term]:
        """Return the terms, ordered by the number of factors; `names` are the columns of `.`.

        >>> from mlekit.data.formula import parse
        >>> [":".join(factor.name for factor in term) or "1" for term in parse("y ~ a*b + x").terms()]
        ['1', 'a', 'b', 'x', 'a:b']
        """
        return sorted(self.right.terms(names, INTERCEPT if intercept else None).values(), key=len)

    def dot(self, names: Iterable[str], exclude: Iterable[str] = ()) -> list[str]:
        """Return the columns of `.`, if the formula has one: all but the response and those excluded."""
        without = {*exclude, *(self.response.names if self.response else ())}
        return [name for name in names if name not in without] if self.dotted else []


def known(named: Iterable[Column], names: Sequence[str], text: str) -> None:
    """Raise a FormulaError at the first column that the table lacks."""
    have = set(names)
    for column in named:
        if column.column not in have:
            raise fault(text, column.at, f"there is no column {column.column!r}; {nearest(column.column, names)}")


def numeric(table: Table, name: str, use: str) -> Array:
    """Return a column of numbers; a DataError that names its use if it holds labels."""
    values = table.column(name)
    if not isinstance(values, Labels):
        return values
    such = f" (such as {values.levels[0]!r})" if values.levels else ""
    raise DataError(f"column {name!r} holds labels{such}, but {use} needs numbers: write C({name}) for labels")
