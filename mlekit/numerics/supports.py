"""Sets: where parameters and data live, and how a set maps to the real line.

A link is a constraint. `forward` takes a parameter from its set to the real line, `inverse` brings it back:

    real: x        positive: log x        unit: log(x / (1 - x))        simplex: log(p_l / p_0), l = 1 .. L-1

The same map serves the optimiser's free vector and the regression's link.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import OptionError, nearest

Array = Any
Namespace = Any

LARGEST = float(np.finfo(float).max)


@dataclass(frozen=True, slots=True)
class Link:
    """A smooth map from a set to the real line, and back."""

    name: str
    forward: Callable[[Namespace, Array], Array]
    inverse: Callable[[Namespace, Array], Array]


IDENTITY = Link("identity", lambda xp, t: t, lambda xp, z: z)
LOG = Link("log", lambda xp, t: xp.log(t), lambda xp, z: xp.exp(z))
LOGIT = Link("logit", lambda xp, t: xp.logit(t), lambda xp, z: xp.expit(z))
LINKS: dict[str, Link] = {
    link.name: link
    for link in (
        IDENTITY,
        LOG,
        LOGIT,
        Link("probit", lambda xp, t: xp.ndtri(t), lambda xp, z: xp.ndtr(z)),
        Link("cloglog", lambda xp, t: xp.log(-xp.log1p(-t)), lambda xp, z: -xp.expm1(-xp.exp(z))),
        Link("inverse", lambda xp, t: 1.0 / t, lambda xp, z: 1.0 / z),
        Link("sqrt", lambda xp, t: xp.sqrt(t), lambda xp, z: z * z),
    )
}


def link(name: Any) -> Link:
    """The link of that name; a Link is itself."""
    if isinstance(name, Link):
        return name
    if not isinstance(name, str) or name not in LINKS:
        raise OptionError(f"there is no link {name!r}: {nearest(name, LINKS)}")
    return LINKS[name]


@dataclass(frozen=True, slots=True)
class Interval:
    """An open interval of real numbers: a set for a parameter, or (with `closed` ends) for data."""

    low: float
    high: float
    words: str
    link: Link
    closed: tuple[bool, bool] = (False, False)

    size = 1
    many = False
    discrete = False

    def contains(self, value: Array) -> Array:
        low = value >= self.low if self.closed[0] else value > self.low
        high = value <= self.high if self.closed[1] else value < self.high
        return low & high

    def covers(self, values: Array) -> bool:
        """Whether all are in the set: the least and the greatest of them."""
        return bool(self.contains(values.min()) & self.contains(values.max()))

    def has(self, value: Array) -> Array:
        """Inside or at an end: what an estimate may be."""
        return (value >= self.low) & (value <= self.high)

    def inside(self, value: Array) -> Array:
        """Away from both ends."""
        return (value > self.low) & (value < self.high)

    def tally(self, y: Array, weights: Array | None) -> None:
        return None


REAL = Interval(-np.inf, np.inf, "a finite real number", IDENTITY)
POSITIVE = Interval(0.0, np.inf, "a positive number", LOG)
NONNEGATIVE = Interval(0.0, np.inf, "a number that is zero or above", LOG, (True, False))
UNIT = Interval(0.0, 1.0, "a number between 0 and 1", LOGIT)


def interval(low: float, high: float) -> Interval:
    """The set low < x < high, with the logit of the share of the way."""
    low, high = float(low), float(high)
    if not low < high:
        raise OptionError(f"the interval ({low:g}, {high:g}) is empty: the first end must be below the second")
    if np.isinf(low) and np.isinf(high):
        return REAL
    if np.isinf(high):
        there = Link("log", lambda xp, t: xp.log(t - low), lambda xp, z: low + xp.exp(z))
    elif np.isinf(low):
        there = Link("log", lambda xp, t: -xp.log(high - t), lambda xp, z: high - xp.exp(-z))
    else:
        width = high - low
        there = Link("logit", lambda xp, t: xp.logit((t - low) / width), lambda xp, z: low + width * xp.expit(z))
    return Interval(low, high, f"a number between {low:g} and {high:g}", there)


@dataclass(frozen=True, slots=True)
class Simplex:
    """Shares of L levels that add up to one; the first level is the reference of the link."""

    levels: int = 0

    many = True
    low, high = 0.0, 1.0
    words = "shares between 0 and 1 that add up to one"
    link = Link("softmax", lambda xp, t: t, lambda xp, z: z)

    @property
    def size(self) -> int:
        return self.levels - 1

    def has(self, value: Array) -> Array:
        return (value >= 0) & (value <= 1)

    def inside(self, value: Array) -> Array:
        """No share is zero."""
        return np.all(np.asarray(value) > 0, axis=0)


class Discrete(ABC):
    """A set of whole numbers, for data."""

    discrete = True
    low: float
    high: float
    words: str

    @abstractmethod
    def tally(self, y: Array, weights: Array | None) -> tuple[Array, Array] | None:
        """(distinct values, how often each), or None where counting would not pay."""

    def contains(self, value: Array) -> Array:
        return (value >= self.low) & (value <= min(self.high, LARGEST)) & (value == np.floor(value))

    def covers(self, values: Array) -> bool:
        """Whether all are in the set."""
        return bool(self.contains(values).all())


@dataclass(frozen=True, slots=True)
class Integers(Discrete):
    """The whole numbers from low to high."""

    low: float = 0
    high: float = np.inf

    @property
    def words(self) -> str:  # type: ignore[override]
        top = "up" if np.isinf(self.high) else f"to {self.high:g}"
        return f"a whole number from {self.low:g} {top}"

    def tally(self, y: Array, weights: Array | None) -> tuple[Array, Array] | None:
        if y.dtype.kind not in "iub" or len(y) < 64:
            return None
        low, high = int(y.min()), int(y.max())
        if low < self.low or high > self.high or high - low > 4 * len(y) + 1000:
            return None
        counts = np.bincount(y.astype(np.intp, copy=False) - low if low else y, weights)
        (seen,) = np.nonzero(np.bincount(y - low if low else y) if weights is not None else counts)
        return (seen + low).astype(float), counts[seen].astype(float)


@dataclass(frozen=True, slots=True)
class Binary(Discrete):
    """Nought or one."""

    low, high, words = 0.0, 1.0, "0 or 1"

    def covers(self, values: Array) -> bool:
        return bool(np.count_nonzero(values == 0) + np.count_nonzero(values == 1) == values.size)

    def tally(self, y: Array, weights: Array | None) -> tuple[Array, Array] | None:
        """Counting ones in the column's own dtype: a byte is read as it is, never cast to eight."""
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


@dataclass(frozen=True, slots=True)
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
        return f"one of {self.count} levels" if self.count else "labels"

    def tally(self, y: Array, weights: Array | None) -> tuple[Array, Array] | None:
        if weights is None and self.counted is not None and self.counted[0] is y:
            return np.arange(self.count), self.counted[1]
        return np.arange(self.count), np.bincount(y, weights, minlength=self.count).astype(float)


INTEGERS = Integers()
BINARY = Binary()

SETS = {"real": REAL, "positive": POSITIVE, "unit": UNIT}


def parameter_set(name: Any) -> Any:
    """A set from what a user types: "real", "positive", "unit", "simplex" or an interval (low, high)."""
    if isinstance(name, tuple) and len(name) == 2:
        return interval(*name)
    if isinstance(name, (Interval, Simplex)):
        return name
    if name in SETS:
        return SETS[name]
    raise OptionError(f"there is no set {name!r}: use 'real', 'positive', 'unit' or an interval such as (0, 10)")
