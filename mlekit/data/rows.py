"""Rows as models see them: observations, weights, groups and designs, checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from .columns import index_of
from .labels import Array, Column, Floats, Foreign, Integers
from .layout import ONE, Layout, Ragged, Shared
from .observations import Observations

if TYPE_CHECKING:
    from .design import Design
    from .frames import Table
    from .groups import Groups


@dataclass(slots=True)
class Rows:
    """Observations and everything that stands beside them, one entry per row."""

    observations: Observations
    weights: Floats | None = None
    designs: dict[str, Design] = field(default_factory=dict)  # by parameter
    offset: Floats | None = None  # on the first parameter's link
    offset_from: str | None = None  # the column that offset= named; "" if it was an array
    groups: Groups | None = None
    table: Table | None = None  # the source of columns
    target: str = "y"
    dropped: int = 0
    intercept: bool = True
    index: Foreign = None  # of a pandas column; a table has its own
    positions: Integers | None = None  # in the caller's data, where rows were dropped

    def __len__(self) -> int:
        return len(self.observations)

    @property
    def y(self) -> Any:
        """The exact observations as one array, or Labels before a family has bound them.

        Raises
        ------
        OptionError
            If rows are censored or truncated.
        """
        return self.observations.plain

    @property
    def kept(self) -> bool:
        """True if the rows are here, and not left out of a file."""
        return True

    @property
    def weighted(self) -> bool:
        """True if rows have weights."""
        return self.weights is not None

    @property
    def row_index(self) -> Foreign:
        """The pandas index of the rows; None if the data have none."""
        return self.index if self.table is None else index_of(self.table.native)

    @property
    def layout(self) -> Layout:
        """One group of all rows, or a group for each key."""
        return ONE if self.groups is None else Ragged(self.groups.codes, self.groups.count)

    def column(self, name: str) -> Column:
        """Return a column by name, for what a family has to know of each row."""
        if self.table is None:
            raise DataError(f"{name!r} is to be a column, but the data have no columns")
        return self.table.column(name)

    def seen_as(self, observations: Observations) -> Rows:
        """Return the same rows with other observations."""
        if observations is self.observations:
            return self
        return Rows(
            observations,
            self.weights,
            self.designs,
            self.offset,
            self.offset_from,
            self.groups,
            self.table,
            self.target,
            self.dropped,
            self.intercept,
            self.index,
            self.positions,
        )

    def nobs(self) -> Floats:
        """Return the number of rows in each group: the sum of weights."""
        if self.groups is None:
            return np.array([float(len(self)) if self.weights is None else float(self.weights.sum())])
        return np.bincount(self.groups.codes, self.weights, minlength=self.groups.count).astype(float)


def observed(rows: Any) -> tuple[Floats, Floats]:
    """Return (observations as numbers or codes, of trials the successes; the weight of each row)."""
    y = np.asarray(rows.y if rows.y.ndim == 1 else rows.y[:, 0], dtype=float)
    return y, weights_of(rows)


def weights_of(rows: Any) -> Floats:
    """Return the weight of each row, 1 where none were given."""
    return np.ones(len(rows)) if rows.weights is None else np.asarray(rows.weights, dtype=float)


def check_weights(weights: Array, rows: int) -> Floats:
    """Return weights as float64: finite and non-negative numbers, one per row, not all of them zero."""
    w = np.asarray(weights)
    if w.ndim != 1 or w.dtype.kind not in "iufb":
        raise DataError(f"weights are {w.ndim}-dimensional of type {w.dtype}: give one number per row")
    if len(w) != rows:
        raise DataError(f"there are {len(w)} weights, but {rows} rows")
    w = w.astype(float, copy=False)
    bad = ~(np.isfinite(w) & (w >= 0))
    if bad.any():
        row = int(np.argmax(bad))
        raise DataError(
            f"the weight of row {row} is {w[row]:g}: a weight is a non-negative number, how often the row counts"
        )
    if rows and not w.any():
        raise DataError("all weights are zero: there is nothing to fit")
    return w


@dataclass(frozen=True, slots=True)
class Counted:
    """Values and how often each was seen."""

    values: Foreign
    counts: Foreign


class Summary:
    """Moments and quantiles by group, [G]: starting values of a family without sufficient statistics."""

    def __init__(self, y: Array, weights: Floats | None, layout: Layout) -> None:
        self.y, self.weights, self.layout = y, weights, layout

    def _mean(self, a: Array) -> Floats:
        ones = np.ones(len(self.y)) if self.weights is None else self.weights
        return np.atleast_1d(self.layout.collect(a, ones)) / self.n

    def _sd(self, a: Array) -> Floats:
        mean = self._mean(a)
        return np.sqrt(self._mean((a - np.squeeze(self.layout.spread(mean))) ** 2))

    @property
    def n(self) -> Floats:
        """The sum of weights."""
        return np.atleast_1d(self.layout.collect(np.ones(len(self.y)), self.weights))

    @property
    def mean(self) -> Floats:
        """The weighted mean."""
        return self._mean(self.y)

    @property
    def sd(self) -> Floats:
        """The weighted standard deviation."""
        return self._sd(self.y)

    @property
    def log_mean(self) -> Floats:
        """The mean of the logarithms."""
        return self._mean(np.log(self.y))

    @property
    def log_sd(self) -> Floats:
        """The standard deviation of the logarithms."""
        return self._sd(np.log(self.y))

    @property
    def median(self) -> Floats:
        """The weighted median."""
        return self.quantile(0.5)

    def quantile(self, q: float) -> Floats:
        """Return the value below which a fraction q of each group's weight lies."""
        if isinstance(self.layout, Shared):
            if self.weights is None:
                return np.array([np.quantile(self.y, q)])
            order = np.argsort(self.y)
            cumulative = np.cumsum(self.weights[order])
            return np.array([self.y[order][np.searchsorted(cumulative, q * cumulative[-1])]])
        codes = self.layout.codes
        order = np.lexsort((self.y, codes))
        sizes = np.bincount(codes, minlength=self.layout.count)
        ends = np.cumsum(sizes)
        if self.weights is None:  # between two rows, as of one fit
            below, part = np.divmod(np.maximum(sizes - 1, 0) * q, 1.0)
            at = np.minimum(ends - sizes + below.astype(np.intp), len(order) - 1)
            low, high = self.y[order[at]], self.y[order[np.minimum(at + 1, len(order) - 1)]]
            return np.where(part > 0, low + part * (high - low), low)
        weights = self.weights[order]
        cumulative = np.cumsum(weights)
        before = np.concatenate([[0.0], cumulative[ends[:-1] - 1]])
        target = before + q * (cumulative[ends - 1] - before)
        return self.y[order][np.minimum(np.searchsorted(cumulative, target), ends - 1)]
