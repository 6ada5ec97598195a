"""Censored observations: a value between two bounds, either of which may be open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Self

import numpy as np

from ...errors import DataError
from ._base import Observations, first_column, outside, refuse_missing_rows
from ._censored import Censored
from ._probability import Sort, sorted_by_bounds
from ._types import Array, Column, F, FamilyLike, Floats, Frozen, Mask, Numbers, Rows, Scale, State

WORDS = {
    Sort.EXACT: "exact",
    Sort.LEFT: "left-censored",
    Sort.RIGHT: "right-censored",
    Sort.BETWEEN: "interval-censored",
    Sort.ANYWHERE: "without bounds",
}


class Interval(Censored):
    """Each row lies between `lower` and `upper`, both included; equal bounds are an exact value.

    A bound of -inf or inf is open, and so is one at an end of the family's support. The log-likelihood of a row is its
    log density where the bounds are equal, else log P(lower <= Y <= upper).
    """

    usual_names = ("lower", "upper")

    def __init__(
        self,
        lower: Array,
        upper: Array,
        names: Iterable[str] = ("", ""),
        *,
        below: Array = None,
        sort: Array = None,
        discrete: bool = False,
    ) -> None:
        self.lower, self.upper, self.discrete = lower, upper, discrete
        self.names = tuple(name or usual for name, usual in zip(names, self.usual_names, strict=True))
        if sort is None:
            _refuse_turned(lower, upper)
        self.sort = sorted_by_bounds(lower, upper) if sort is None else sort
        self.below = lower if below is None else below  # lower, or of integers the one before it: P(below < Y <= upper)

    def _with(self, lower: Array, upper: Array, below: Array, sort: Array) -> Self:
        return type(self)(lower, upper, self.names, below=below, sort=sort, discrete=self.discrete)

    def __len__(self) -> int:
        return len(self.sort)

    def take(self, rows: Rows) -> Self:
        return self.mapped(lambda array: array[rows])

    def mapped(self, function: Callable[[Array], Array]) -> Self:
        lower = function(self.lower)
        below = lower if self.below is self.lower else function(self.below)
        return self._with(lower, function(self.upper), below, function(self.sort))

    def missing(self) -> Mask | None:
        gone = np.isnan(first_column(self.lower)) | np.isnan(first_column(self.upper))
        return gone if gone.any() else None

    # -- a family -------------------------------------------------------------------------------------------------

    def bind(self, family: F, column: Callable[[str], Array]) -> tuple[F, Interval]:
        if family.codes:
            raise DataError(f"{family.name} is a family of labels, and only numbers can be censored or truncated")
        bound, lower = family.bind(self.lower, column)
        upper = np.array(family.bind(self.upper, column)[1], dtype=np.float64)
        lower = np.array(lower, dtype=np.float64)
        below = lower
        if bound.support.discrete:
            first, last = first_column(lower), first_column(upper)
            np.ceil(first, out=first)
            np.floor(last, out=last)
            below = lower.copy()
            first_column(below)[...] -= 1.0
        trials = bound.trials(lower)
        sort = sorted_by_bounds(
            first_column(lower),
            first_column(upper),
            bound.support.low,
            bound.support.high if trials is None else trials,
        )
        new = self._with(lower, upper, below, sort)
        new.discrete = bound.support.discrete
        return bound, new

    def check(self, family: FamilyLike) -> None:
        refuse_missing_rows(self.missing(), "the bounds")
        lower, upper = first_column(self.lower), first_column(self.upper)
        support, trials = family.support, family.trials(self.lower)
        high = support.high if trials is None else trials
        meets = ((upper > support.low) | support.contains(upper)) & ((lower < high) | support.contains(lower))
        inside = support.contains(upper) & (upper <= high)
        wrong = ~np.where(self.sort == Sort.EXACT, inside, meets & (lower <= upper))
        if wrong.any():
            row = int(np.argmax(wrong))
            outside(row, spelled(float(lower[row]), float(upper[row])), family)

    def rescaled(self, origin: Scale, unit: Scale) -> Self:
        lower, upper = (self.lower - origin) / unit, (self.upper - origin) / unit
        below = lower if self.below is self.lower else (self.below - origin) / unit
        return self._with(lower, upper, below, self.sort)

    def within(self, lower: Floats, upper: Floats) -> Observations:
        apart = (self.upper < lower) | (self.lower > upper)
        if apart.any():
            row = int(np.argmax(apart))
            raise DataError(
                f"row {row} is {spelled(float(self.lower[row]), float(self.upper[row]))}, outside its window from"
                f" {lower[row]:g} to {upper[row]:g}: such a row would not have been seen, so drop it or correct the"
                " window"
            )
        narrower = np.maximum(self.lower, lower), np.minimum(self.upper, upper)
        empty = (narrower[0] == narrower[1]) & (self.lower < self.upper)
        if empty.any():
            row = int(np.argmax(empty))
            raise DataError(
                f"row {row} is {spelled(float(self.lower[row]), float(self.upper[row]))}, of which its window from"
                f" {lower[row]:g} to {upper[row]:g} leaves one point: drop the row or correct the window"
            )
        return self._clipped(*narrower)

    def _clipped(self, lower: Floats, upper: Floats) -> Observations:
        """The same rows with narrower bounds."""
        return Interval(lower, upper, self.names)

    # -- values -----------------------------------------------------------------------------------------------------

    @property
    def plain(self) -> Array:
        return self.upper if self.exact else super().plain

    def stand_in(self) -> Numbers:
        if self.lower.ndim == 1:
            return self.values
        rows = self.lower.copy()
        rows[:, 0] = self.values
        return rows

    @property
    def bounds(self) -> tuple[Numbers, Numbers]:
        return first_column(self.lower), first_column(self.upper)

    @property
    def values(self) -> Numbers:
        """The exact value, the middle of an interval or the one bound; the median of these for a row without bounds."""
        lower, upper, sort = first_column(self.lower), first_column(self.upper), self.sort
        with np.errstate(invalid="ignore"):
            middle = 0.5 * (lower + upper)
        middle = np.floor(middle) if self.discrete else middle
        values = np.where(sort == Sort.LEFT, upper, np.where(sort == Sort.RIGHT, lower, middle))
        free = sort == Sort.ANYWHERE
        if free.any():
            values[free] = 1.0 if free.all() else np.median(values[~free])
        return values

    def cdf_range(self, dist: Frozen) -> tuple[Floats, Floats]:
        return self._range(dist.cdf, 0.0, 1.0)

    def tail_range(self, dist: Frozen) -> tuple[Floats, Floats]:
        return self._range(dist.sf, 1.0, 0.0)

    def _range(self, function: Callable[[Array], Array], least: float, greatest: float) -> tuple[Floats, Floats]:
        """A function at both bounds of each row, with its limits at those that are open."""
        at = self.values
        left = (self.sort == Sort.LEFT) | (self.sort == Sort.ANYWHERE)
        right = (self.sort == Sort.RIGHT) | (self.sort == Sort.ANYWHERE)
        lower = function(np.where(left, at, first_column(self.below)))
        upper = function(np.where(right, at, first_column(self.upper)))
        return np.where(left, least, lower), np.where(right, greatest, upper)

    def known(self, family: FamilyLike) -> dict[str, Array]:
        trials = family.trials(self.lower)
        return {} if trials is None else {"n": trials}

    # -- tables and files ---------------------------------------------------------------------------------------------

    def as_columns(self, name: str) -> dict[str, Column]:
        return {self.names[0]: first_column(self.lower), self.names[1]: first_column(self.upper)}

    def parts(self) -> State:
        fields = {"lower": self.lower, "upper": self.upper, "names": list(self.names)}
        below = None if self.below is self.lower else self.below
        return {**fields, "below": below, "sort": self.sort, "discrete": self.discrete}

    @classmethod
    def from_state(cls, state: Mapping[str, Array]) -> Self:
        return cls(**state)

    def equals(self, other: Observations) -> bool:
        if self.exact or not isinstance(other, Interval):
            return self.exact and other.exact and np.array_equal(self.plain, other.plain)
        return np.array_equal(self.lower, other.lower) and np.array_equal(self.upper, other.upper)

    def describe(self) -> str:
        if self.exact:
            return ""
        counts = np.bincount(np.asarray(self.sort, dtype=np.intp), minlength=len(Sort))
        return ", ".join(f"{count} {WORDS[sort]}" for sort, count in zip(Sort, counts.tolist(), strict=True) if count)


def spelled(lower: float, upper: float) -> str:
    """The bounds of a row in words."""
    if lower == upper:
        return f"{lower:g}"
    if np.isinf(lower):
        return f"at most {upper:g}"
    return f"at least {lower:g}" if np.isinf(upper) else f"between {lower:g} and {upper:g}"


def _refuse_turned(lower: Floats, upper: Floats) -> None:
    """Raise a DataError if a lower bound is above the upper one."""
    turned = lower > upper
    if turned.any():
        row = int(np.argmax(turned))
        raise DataError(
            f"row {row} has the lower bound {lower[row]:g} above the upper bound {upper[row]:g}: exchange them, or drop"
            " the row"
        )
