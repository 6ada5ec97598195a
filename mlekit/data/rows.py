"""Rows as the models see them: observations, weights, groups and designs, checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import DataError
from .layout import ONE, Layout, Ragged, Shared
from .observations import Observations

Array = Any


@dataclass(slots=True)
class Rows:
    """Observations and everything that stands beside them, one entry per row."""

    observations: Observations
    weights: Array | None = None
    designs: dict[str, Any] = field(default_factory=dict)  # parameter -> Design
    offset: Array | None = None  # on the first parameter's link
    offset_from: str | None = None  # the column that offset= named; "" where it was an array
    groups: Any = None  # Groups
    table: Any = None  # where columns come from
    target: str = "y"
    dropped: int = 0
    intercept: bool = True
    index: Any = None  # of a pandas column; a table has its own

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
        """Whether they are here, and not left out of a file."""
        return True

    @property
    def weighted(self) -> bool:
        """Whether rows count as often as a weight says."""
        return self.weights is not None

    @property
    def row_index(self) -> Any:
        """What pandas calls the rows; None where the data have no such names."""
        from .columns import index_of

        return self.index if self.table is None else index_of(self.table.native)

    @property
    def layout(self) -> Layout:
        return ONE if self.groups is None else Ragged(self.groups.codes, self.groups.count)

    def column(self, name: str) -> Array:
        """A column by name, for what a law wants to know of each row."""
        if self.table is None:
            raise DataError(f"{name!r} is to be a column, but the data have no columns")
        return self.table.column(name)

    def seen_as(self, observations: Observations) -> Rows:
        """The same rows with other observations."""
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
        )

    def nobs(self) -> Array:
        """The number of rows in each group: the sum of weights."""
        if self.groups is None:
            return np.array([float(len(self)) if self.weights is None else float(self.weights.sum())])
        return np.bincount(self.groups.codes, self.weights, minlength=self.groups.count).astype(float)


def observed(rows: Any) -> tuple[Array, Array]:
    """(observations as numbers or codes, of tries the successes; how often each row counts)."""
    y = np.asarray(rows.y if rows.y.ndim == 1 else rows.y[:, 0], dtype=float)
    return y, np.ones(len(y)) if rows.weights is None else np.asarray(rows.weights, dtype=float)


def check_weights(weights: Any, rows: int) -> Array:
    """Frequencies: a finite number from 0 up for each row, not all of them zero."""
    w = np.asarray(weights)
    if w.ndim != 1 or w.dtype.kind not in "iufb":
        raise DataError(f"weights must be one number a row, but they are {w.ndim}-dimensional of type {w.dtype}")
    if len(w) != rows:
        raise DataError(f"there are {len(w)} weights, but {rows} rows")
    w = w.astype(float, copy=False)
    bad = ~(np.isfinite(w) & (w >= 0))
    if bad.any():
        row = int(np.argmax(bad))
        raise DataError(f"the weight of row {row} is {w[row]:g}: a weight is how often a row counts, from 0 up")
    if rows and not w.any():
        raise DataError("all weights are zero: there is nothing to fit")
    return w


@dataclass(frozen=True, slots=True)
class Counted:
    """Values and how often each was seen."""

    values: Any
    counts: Any


class Summary:
    """What a law without sufficient statistics may ask to begin: moments and quantiles by group, [G]."""

    def __init__(self, y: Array, weights: Array | None, layout: Layout) -> None:
        self.y, self.weights, self.layout = y, weights, layout

    def _mean(self, a: Array) -> Array:
        ones = np.ones(len(self.y)) if self.weights is None else self.weights
        return np.atleast_1d(self.layout.collect(a, ones)) / self.n

    def _sd(self, a: Array) -> Array:
        mean = self._mean(a)
        return np.sqrt(self._mean((a - np.squeeze(self.layout.spread(mean))) ** 2))

    @property
    def n(self) -> Array:
        return np.atleast_1d(self.layout.collect(np.ones(len(self.y)), self.weights))

    @property
    def mean(self) -> Array:
        return self._mean(self.y)

    @property
    def sd(self) -> Array:
        return self._sd(self.y)

    @property
    def log_mean(self) -> Array:
        return self._mean(np.log(self.y))

    @property
    def log_sd(self) -> Array:
        return self._sd(np.log(self.y))

    @property
    def median(self) -> Array:
        return self.quantile(0.5)

    def quantile(self, q: float) -> Array:
        """The value below which a share q of a group's weight lies."""
        if isinstance(self.layout, Shared):
            if self.weights is None:
                return np.array([np.quantile(self.y, q)])
            order = np.argsort(self.y)
            cumulative = np.cumsum(self.weights[order])
            return np.array([self.y[order][np.searchsorted(cumulative, q * cumulative[-1])]])
        codes = self.layout.codes
        order = np.lexsort((self.y, codes))
        weights = np.ones(len(order)) if self.weights is None else self.weights[order]
        ends = np.cumsum(np.bincount(codes, minlength=self.layout.count))
        cumulative = np.cumsum(weights)
        before = np.concatenate([[0.0], cumulative[ends[:-1] - 1]])
        target = before + q * (cumulative[ends - 1] - before)
        return self.y[order][np.minimum(np.searchsorted(cumulative, target), ends - 1)]
