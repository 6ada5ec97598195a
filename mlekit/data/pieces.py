"""Columns of a design, computed for a few rows at a time.

A column is a product of pieces; the intercept has none:

    Plain       the caller's column, of any numeric type
    Values      arithmetic over such columns
    Indicator   where the code of a category is this one
    Field       a column of a stored basis (bs, cr, poly)

A Run is several columns at once: those of the caller's matrix.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from mlekit.data.labels import Array, Integers

if TYPE_CHECKING:
    from mlekit.data.formula.arithmetic import Node

Learned: TypeAlias = dict[str, Any]  # of a factor, by the spelling of it: a dict that JSON can hold


class Store(NamedTuple):
    """The sources of the pieces."""

    numbers: dict[str, Array]  # the caller's columns, by name
    codes: dict[str, Integers]  # -1 if missing, by the spelling of the factor
    bases: dict[str, Array]  # [rows, k], by the spelling of the factor; the caller's matrix by ""
    learned: Learned

    def take(self, rows: Array) -> Store:
        """Return the rows of an index."""
        numbers, codes, bases = ({key: values[rows] for key, values in kept.items()} for kept in self[:3])
        return Store(numbers, codes, bases, self.learned)


class Piece(ABC):
    """A factor of a column."""

    __slots__ = ()
    derived = True  # its values can be wrong although the caller's are right

    @abstractmethod
    def part(self, store: Store, start: int, stop: int) -> Array:
        """Return the values in rows start to stop."""

    def sources(self) -> list[str]:
        """Return the names of the caller's columns that it is computed from."""
        return []


class Plain(Piece):
    """The caller's column."""

    __slots__ = ("name",)
    derived = False

    def __init__(self, name: str) -> None:
        self.name = name

    def part(self, store: Store, start: int, stop: int) -> Array:
        return store.numbers[self.name][start:stop]

    def sources(self) -> list[str]:
        return [self.name]


class Values(Piece):
    """Arithmetic over the caller's columns."""

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node

    def part(self, store: Store, start: int, stop: int) -> Array:
        return self.node.values(lambda name: store.numbers[name][start:stop], store.learned)

    def sources(self) -> list[str]:
        return self.node.names


class Indicator(Piece):
    """One if a category has this code, else zero."""

    __slots__ = ("code", "factor")
    derived = False

    def __init__(self, factor: str, code: int) -> None:
        self.factor, self.code = factor, code

    def part(self, store: Store, start: int, stop: int) -> Array:
        return store.codes[self.factor][start:stop] == self.code


class Field(Piece):
    """A column of a basis."""

    __slots__ = ("factor", "place")

    def __init__(self, factor: str, place: int) -> None:
        self.factor, self.place = factor, place

    def part(self, store: Store, start: int, stop: int) -> Array:
        return store.bases[self.factor][start:stop, self.place]


class Product:
    """One column of the design."""

    __slots__ = ("pieces",)

    def __init__(self, pieces: tuple[Piece, ...] = ()) -> None:
        self.pieces = pieces

    @property
    def derived(self) -> bool:
        """True if it is more than one of the caller's columns."""
        return len(self.pieces) > 1 or any(piece.derived for piece in self.pieces)

    def part(self, store: Store, start: int, stop: int) -> Array:
        """Return the values in rows start to stop: [m], or one number for all of them."""
        if len(self.pieces) == 1:
            return self.pieces[0].part(store, start, stop)
        return reduce(np.multiply, (piece.part(store, start, stop) for piece in self.pieces), np.ones(()))


class Run:
    """The columns of the caller's matrix."""

    __slots__ = ()
    derived = False

    def part(self, store: Store, start: int, stop: int) -> Array:
        """Return the values in rows start to stop: [m, k]."""
        return store.bases[""][start:stop]
