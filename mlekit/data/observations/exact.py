"""Exact observations: the value of each row itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import numpy as np

from ._base import Observations
from ._plain import Plain
from ._types import Array, Column, F, Numbers, Rows, Scale, State
from .columns import Columns


class Exact(Plain):
    """One value per row: numbers or, before `bind`, labels.

    The array stays as it was given, integers and bytes included, because sums are fastest in the column's own type. The
    formulas of a family get float64; `floats` converts once.
    """

    def __init__(self, array: Array, discrete: bool = False, codes: bool = False) -> None:
        self.array, self.discrete, self.codes = array, discrete, codes

    def take(self, rows: Rows) -> Self:
        return type(self)(self.array[rows], self.discrete, self.codes)

    def mapped(self, function: Callable[[Array], Array]) -> Self:
        return type(self)(function(self.numbers), self.discrete, self.codes)

    def bind(self, family: F, column: Callable[[str], Array]) -> tuple[F, Observations]:
        bound, y = family.bind(self.array, column)
        if y.ndim > 1:
            return bound, Columns(y, bound.support.discrete, given=self.array)
        discrete, codes = bound.support.discrete, bound.codes
        if y is self.array and (discrete, codes) == (self.discrete, self.codes):
            return bound, self
        return bound, Exact(y, discrete, codes)

    def rescaled(self, origin: Scale, unit: Scale) -> Self:
        moved = self.numbers - origin
        return type(self)(np.divide(moved, unit, out=moved), self.discrete, self.codes)

    def floats(self) -> Observations:
        numbers = self.numbers
        return self if numbers is self.array else Exact(numbers, self.discrete, self.codes)

    @property
    def numbers(self) -> Array:
        array = self.array
        return np.asarray(array, dtype=np.float64) if isinstance(array, np.ndarray) and not self.codes else array

    @property
    def values(self) -> Numbers:
        return self.array

    def as_columns(self, name: str) -> dict[str, Column]:
        return {name: self.array}

    def parts(self) -> State:
        return {"array": self.array, "discrete": self.discrete, "codes": self.codes}
