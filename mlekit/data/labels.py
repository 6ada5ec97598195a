"""The two forms of a column, and the helpers that all readers of columns share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mlekit.errors import DataError

Array: TypeAlias = NDArray[Any]  # of numbers of any dtype
Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]
Level: TypeAlias = Any  # a value of a category, of whatever type a user has
Foreign: TypeAlias = Any  # an object of another library, or whatever else a user passes


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """A column of categories: `levels[codes[i]]` is the value of row i, and a code of -1 is a missing one."""

    codes: Integers
    levels: list[Level]  # the user's values, in order
    ordered_by: str  # "category": the caller's order; "sorted"; "time": dates, sorted

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: Array | slice) -> Labels:
        """Return the rows of a mask, an index or a slice; every level stays."""
        return Labels(self.codes[rows], self.levels, self.ordered_by)

    __getitem__ = take

    def tolist(self) -> list[Level]:
        """Return the user's values, None if one is missing."""
        values = [*self.levels, None]
        return [values[code] for code in self.codes.tolist()]

    def used(self) -> Labels:
        """Return the same rows without levels that none of them has; an order that the caller gave stays whole."""
        present = np.zeros(len(self.levels) + 1, dtype=bool)
        present[self.codes] = True  # the last place is the one that a code of -1 takes
        if self.ordered_by == "category" or present[:-1].all():
            return self
        present[-1] = False
        rank = np.where(present, np.cumsum(present) - 1, -1)
        return Labels(rank[self.codes], [self.levels[i] for i in np.flatnonzero(present)], self.ordered_by)


Column: TypeAlias = Array | Labels
Reader: TypeAlias = Callable[[Foreign, str], Column]  # (data, the name that messages give them) -> column


def lineage(kind: type) -> list[str]:
    """Return a type and its bases as "library.Name", nearest first: `lineage(type(series))[0] == "pandas.Series"`."""
    return [f"{base.__module__.partition('.')[0]}.{base.__qualname__}" for base in kind.__mro__]


def dtype_of(data: Foreign) -> str:
    """Return the name of the type of data for a message: their dtype, or the type of the object."""
    return str(getattr(data, "dtype", None) or getattr(data, "type", None) or type(data).__name__)


def missing_of(values: Column) -> Mask | None:
    """Return a mask of the rows without a value; None if there are none."""
    if isinstance(values, Labels):
        gone = values.codes < 0
    elif values.dtype.kind == "f":
        gone = np.isnan(values).reshape(len(values), -1).any(axis=1) if values.ndim > 1 else np.isnan(values)
    else:
        return None
    return np.asarray(gone) if gone.any() else None


def encoded(codes: Array, values: Sequence[Level], what: str, ordered_by: str = "sorted") -> Labels:
    """Return labels with sorted levels, from codes (-1: missing) into distinct values in any order."""
    try:
        order = sorted(range(len(values)), key=values.__getitem__)
    except TypeError as wrong:
        raise DataError(f"{what}: the values cannot be put in order ({wrong}): make them of one type") from None
    rank = np.full(len(values) + 1, -1)  # the last place is the one that a code of -1 takes
    rank[order] = np.arange(len(values))
    return Labels(rank[codes], [values[i] for i in order], ordered_by)


def with_missing(values: Array, missing: Mask, what: str) -> Floats:
    """Return float64 with NaN where missing; a DataError if an integer would not survive it."""
    floats = values.astype(np.float64)
    for row in np.flatnonzero((np.abs(floats) >= 2.0**53) & ~missing) if values.dtype.kind in "iu" else ():
        exact_float(int(values[row]), int(row), what)
    floats[missing] = np.nan
    return floats


def exact_float(value: Level, row: int, what: str) -> float:
    """Return a number as a float; a DataError if that is another integer, or infinity."""
    try:
        number = float(value)
    except (OverflowError, ValueError):  # beyond 1e308; a signalling NaN of Decimal
        number = np.inf
    if number != value and (type(value) is int or np.isinf(number)):
        raise DataError(
            f"{what}: row {row} is {value}, which no float64 can hold: subtract an origin, divide by a unit,"
            " or pass floats if rounding is meant"
        )
    return number


def refuse_dtype(data: Foreign, what: str) -> Column:
    """Raise the DataError of a dtype that is neither numbers nor labels."""
    raise DataError(f"{what} has the dtype {dtype_of(data)}: pass numbers, booleans, text or categories")
