"""Sets in which parameters and observations live, and the default link of each.

    real: x        positive: log x        unit: log(x / (1 - x))        simplex: log(p_l / p_0), l = 1 .. L-1

The same map serves the optimizer's coordinates and the regression's linear predictor.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, TypeAlias

import numpy as np

from ..errors import OptionError
from ..links._base import Link
from ..links._interval import interval_link

Array = Any
Namespace = Any

LARGEST = float(np.finfo(float).max)
FEW = 16  # integers that are summed one by one


@cache
def _legendre() -> tuple[Array, Array]:
    return np.polynomial.legendre.leggauss(6)


@dataclass(frozen=True)
class Interval:
    """An open interval of real numbers: a set for a parameter, or (with `closed` ends) for observations."""

    low: float
    high: float
    closed: tuple[bool, bool] = (False, False)

    size = 1
    many = False
    discrete = False

    @cached_property
    def link(self) -> Link:
        """The default link of a parameter in this set."""
        return interval_link(self.low, self.high)

    @cached_property
    def words(self) -> str:
        """The members of the set, as in "requires positive numbers"."""
        return self._described("", "numbers")

    @cached_property
    def one(self) -> str:
        """A member of the set, as in "has to be a positive number"."""
        return self._described("a ", "number")

    def _described(self, article: str, noun: str) -> str:
        if np.isinf(self.low) and np.isinf(self.high):
            return f"{article}finite real {noun}"
        if self.low == 0 and np.isinf(self.high):
            return f"{article}{'non-negative' if self.closed[0] else 'positive'} {noun}"
        if np.isinf(self.high):
            return f"{article}{noun} {'of at least' if self.closed[0] else 'above'} {self.low:g}"
        if np.isinf(self.low):
            return f"{article}{noun} {'of at most' if self.closed[1] else 'below'} {self.high:g}"
        return f"{article}{noun} between {self.low:g} and {self.high:g}"

    @property
    def middle(self) -> float:
        """A value well inside."""
        if np.isfinite(self.low) and np.isfinite(self.high):
            return 0.5 * (self.low + self.high)
        return self.low + 1.0 if np.isfinite(self.low) else self.high - 1.0 if np.isfinite(self.high) else 0.0

    def starts_above(self, value: float) -> bool:
        """Return True if no observation is at or below the value."""
        return value <= self.low

    def contains(self, value: Array) -> Array:
        low = value >= self.low if self.closed[0] else value > self.low
        high = value <= self.high if self.closed[1] else value < self.high
        return low & high

    def covers(self, values: Array) -> bool:
        """Return True if the least and the greatest value are in the set."""
        return bool(self.contains(values.min()) & self.contains(values.max()))

    def has(self, value: Array) -> Array:
        """Return True inside and at the ends: the values an estimate may take."""
        return (value >= self.low) & (value <= self.high)

    def inside(self, value: Array) -> Array:
        """Return True away from both ends."""
        return (value > self.low) & (value < self.high)

    def summable(self, below: Array, upper: Array) -> bool:
        """Return True if `rule` serves this interval."""
        return True

    def rule(self, xp: Namespace, below: Array, upper: Array) -> Iterator[tuple[Array, Array]]:
        """Points and weights of Gauss and Legendre's, with which a density is integrated over an interval."""
        width = upper - below
        for node, weight in zip(*_legendre(), strict=True):
            yield below + (0.5 + 0.5 * node) * width, 0.5 * weight * width

    def within(self, lower: float, upper: float) -> Interval | None:
        """Return the part between two bounds, which belong to it; None if it is at most a point."""
        low, high = max(self.low, lower), min(self.high, upper)
        closed = self.closed[0] if self.low >= lower else True, self.closed[1] if self.high <= upper else True
        return Interval(low, high, closed) if low < high else None

    def tally(self, y: Array, weights: Array | None) -> None:
        return None


REAL = Interval(-np.inf, np.inf)
POSITIVE = Interval(0.0, np.inf)
NONNEGATIVE = Interval(0.0, np.inf, (True, False))
UNIT = Interval(0.0, 1.0)


def interval(low: float, high: float) -> Interval:
    """Return the set low < x < high; its link is the logit of the relative position between the ends."""
    low, high = float(low), float(high)
    if not low < high:
        raise OptionError(f"the interval ({low:g}, {high:g}) is empty: the first end must be below the second")
    return Interval(low, high)


@dataclass(frozen=True)
class Simplex:
    """The probabilities of L levels, which sum to one; the first level is the reference of the link."""

    levels: int = 0

    many = True
    low, high = 0.0, 1.0
    words = one = "probabilities that sum to one"

    @cached_property
    def link(self) -> Link:
        from ..links._softmax import Softmax

        return Softmax()

    @property
    def size(self) -> int:
        return self.levels - 1

    def has(self, value: Array) -> Array:
        return (value >= 0) & (value <= 1)

    def inside(self, value: Array) -> Array:
        """Return True if no probability is zero."""
        return np.all(np.asarray(value) > 0, axis=0)


ParameterSet: TypeAlias = Interval | Simplex
SetLike: TypeAlias = str | tuple[float, float] | ParameterSet  # as a user writes it


class Discrete(ABC):
    """A set of integers, for observations."""

    discrete = True
    low: float
    high: float
    words: str

    def starts_above(self, value: float) -> bool:
        """Return True if no observation is at or below the value."""
        return value < self.low

    @property
    def middle(self) -> float:
        """A value well inside."""
        return self.low if np.isfinite(self.low) else self.high if np.isfinite(self.high) else 0.0

    def summable(self, below: Array, upper: Array) -> Array:
        """Return True if `rule` serves this interval: it holds few integers."""
        return upper - below <= FEW

    def rule(self, xp: Namespace, below: Array, upper: Array) -> Iterator[tuple[Array, Array]]:
        """Integers k and weights, zero beyond the upper bound, with which probabilities are summed over an interval."""
        first = xp.floor(below) + 1.0
        for k in range(FEW + 1):
            yield xp.where(first + k <= upper, first + k, first), 1.0 * (first + k <= upper)

    def within(self, lower: float, upper: float) -> Discrete | None:
        """Return the integers between two bounds, which belong to them; None if there are fewer than two."""
        if lower <= self.low and upper >= self.high:
            return self
        low, high = max(self.low, np.ceil(lower)), min(self.high, np.floor(upper))
        return Integers(float(low), float(high)) if low < high else None

    @abstractmethod
    def tally(self, y: Array, weights: Array | None) -> tuple[Array, Array] | None:
        """Return (distinct values, their counts), or None where counting would not pay."""

    def contains(self, value: Array) -> Array:
        return (value >= self.low) & (value <= min(self.high, LARGEST)) & (value == np.floor(value))

    def covers(self, values: Array) -> bool:
        """Return True if all values are in the set."""
        return bool(self.contains(values).all())


@dataclass(frozen=True)
class Integers(Discrete):
    """The integers from low to high."""

    low: float = 0
    high: float = np.inf

    @property
    def words(self) -> str:  # type: ignore[override]
        """The members of the set, as in "requires non-negative integers"."""
        named = {0: "non-negative integers", 1: "positive integers"}
        if np.isinf(self.high):
            return named.get(int(self.low), f"integers of at least {self.low:g}") if self.low > -np.inf else "integers"
        return f"integers from {self.low:g} to {self.high:g}"

    def tally(self, y: Array, weights: Array | None) -> tuple[Array, Array] | None:
        if y.dtype.kind not in "iub" or len(y) < 64:
            return None
        low, high = int(y.min()), int(y.max())
        if low < self.low or high > self.high or high - low > 4 * len(y) + 1000:
            return None
        counts = np.bincount(y.astype(np.intp, copy=False) - low if low else y, weights)
        (seen,) = np.nonzero(np.bincount(y - low if low else y) if weights is not None else counts)
        return (seen + low).astype(float), counts[seen].astype(float)


@dataclass(frozen=True)
class Binary(Discrete):
    """Zero and one."""

    low, high, words = 0.0, 1.0, "0 or 1"

    def covers(self, values: Array) -> bool:
        return bool(np.count_nonzero(values == 0) + np.count_nonzero(values == 1) == values.size)

    def tally(self, y: Array, weights: Array | None) -> tuple[Array, Array] | None:
        """Count the ones in the column's own dtype: a byte is read as it is, never cast to eight."""
        if weights is not None or y.ndim != 1:
            return None
        if y.dtype == np.uint8 and y.flags.c_contiguous:
            if y.max(initial=0) > 1:
                return None
            ones = np.count_nonzero(y.view(bool))
        elif y.dtype == bool:
            ones = np.count_nonzero(y)
        else:
            ones = np.count_nonzero(y == 1)
            if ones + np.count_nonzero(y == 0) != len(y):
                return None
        return np.array([0.0, 1.0]), np.array([len(y) - ones, ones], dtype=float)


@dataclass(frozen=True)
class Levels(Discrete):
    """The codes 0 .. L-1 of a column of labels."""

    count: int = 0
    counted: tuple[Array, Array] | None = field(default=None, repr=False, compare=False)  # (a column, its counts)

    low = 0.0

    @property
    def high(self) -> float:  # type: ignore[override]
        return self.count - 1.0

    @property
    def words(self) -> str:  # type: ignore[override]
        """The members of the set."""
        return f"one of {self.count} levels" if self.count else "labels"

    def tally(self, y: Array, weights: Array | None) -> tuple[Array, Array] | None:
        if weights is None and self.counted is not None and self.counted[0] is y:
            return np.arange(self.count), self.counted[1]
        return np.arange(self.count), np.bincount(y, weights, minlength=self.count).astype(float)


INTEGERS = Integers()
BINARY = Binary()

SETS = {"real": REAL, "positive": POSITIVE, "unit": UNIT}


def parameter_set(name: Any) -> Any:
    """Return the set that a user's text means ("real", "positive", "unit") or interval (low, high)."""
    if isinstance(name, tuple) and len(name) == 2:
        return interval(*name)
    if isinstance(name, (Interval, Simplex)):
        return name
    if name in SETS:
        return SETS[name]
    raise OptionError(f"there is no set {name!r}: use 'real', 'positive', 'unit' or an interval such as (0, 10)")
