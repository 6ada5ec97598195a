"""Rows and groups: the sums of each group, and what is the same for all of its rows.

A group is a leading axis. Rows are either *shared* (every member of the batch sees all rows: one fit, the copies of a
profile, the resamples of a bootstrap) or *ragged* (each row belongs to one group). No other module asks which.

    spread:  [G] -> something that broadcasts against rows
    collect: rows -> sums [G], weighted; one number where rows are those of one fit
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any  # an array, or a number that is the same for all rows
BLOCK = 32768
_ONES = np.ones(BLOCK)


@dataclass(frozen=True, slots=True)
class Shared:
    """Every member of the batch sees all rows. Weights are [n], or [G, n] when each member has its own."""

    count: int = 1

    def spread(self, values: Array) -> Array:
        return np.asarray(values)[..., None]

    def collect(self, a: Array, weights: Array | None = None) -> Array:
        if weights is None:
            # a product with ones is a sum by several accumulators, faster than any other
            rows = a.shape[-1]
            return a.dot(_ONES[:rows]) if rows <= BLOCK else np.add.reduce(a, axis=-1)
        if a.ndim == 1 or weights.ndim == 1:
            return a @ weights if weights.ndim == 1 else weights @ a
        return np.einsum("gn,gn->g", a, weights)

    def collect_product(self, a: Array, b: Array, weights: Array | None = None) -> Array:
        return a.dot(b) if weights is None else self.collect(a * b, weights)

    def collect_cells(self, codes: Array, cells: int, weights: Array | None = None) -> Array:
        """Return the frequency of each code: [cells], or [G, cells] if each member has its own weights."""
        if weights is not None and weights.ndim > 1:
            return np.stack([np.bincount(codes, w, minlength=cells) for w in weights])
        return np.bincount(codes, weights, minlength=cells).astype(float)

    def total(self, a: Array, weights: Array | None, rows: int) -> Array:
        """Return the weighted sum over rows of values that may be the same for all of them."""
        a = np.asarray(a)
        if a.ndim == 0 or (a.shape[-1] == 1 and rows != 1):
            return (a if a.ndim == 0 else a[..., 0]) * (rows if weights is None else weights.sum(axis=-1))
        return self.collect(a, weights)

    def predict(self, x: Array, b: Array) -> Array:
        """Return the linear predictors x b: [G, n]."""
        return (x @ b[0])[None] if len(b) == 1 else b @ x.T

    def project(self, a: Array, x: Array | None, weights: Array | None, rows: int) -> Array:
        """Return sum_i w_i a_i x_i: [G, p]; no matrix is the constant column."""
        if x is None:
            return np.asarray(self.total(a, weights, rows))[..., None]
        return np.atleast_2d(self._weighted(a, weights, rows) @ x)

    def cross(
        self, a: Array, x: Array | None, z: Array | None, weights: Array | None, rows: int, spent: bool = False
    ) -> Array:
        """Return sum_i w_i a_i x_i z_i': [G, p, q]; a matrix that is spent may be overwritten."""
        if x is None:
            return self.project(a, z, weights, rows)[..., None, :]
        if z is None:
            return self.project(a, x, weights, rows)[..., None]
        a = np.atleast_2d(self._weighted(a, weights, rows))
        if len(a) == 1:
            return _gram(a[0], x, z, spent)[None]
        return np.stack([_gram(row, x, z, False) for row in a])

    def _weighted(self, a: Array, weights: Array | None, rows: int) -> Array:
        a = a if weights is None else a * weights
        return np.broadcast_to(a, (*np.shape(a)[:-1], rows)) if np.shape(a)[-1:] != (rows,) else a

    def block(self, start: int, stop: int) -> Shared:
        return self

    def of_rows(self, rows: Array) -> Shared:
        """Return the layout of some of the rows, by a mask or an index."""
        return self

    def take(self, groups: Array) -> tuple[Shared, None]:
        return Shared(len(groups)), None


@dataclass(frozen=True, slots=True)
class Ragged:
    """Each row belongs to the group of its code; rows are sorted by it where `starts` are given."""

    codes: Array
    count: int

    def spread(self, values: Array) -> Array:
        return np.asarray(values)[self.codes] if len(values) > 1 else np.asarray(values)

    def collect(self, a: Array, weights: Array | None = None) -> Array:
        a = np.broadcast_to(a, self.codes.shape) if np.ndim(a) == 0 or len(a) != len(self.codes) else a
        return np.bincount(self.codes, a if weights is None else a * weights, minlength=self.count)

    def collect_product(self, a: Array, b: Array, weights: Array | None = None) -> Array:
        return self.collect(a * b, weights)

    def collect_cells(self, codes: Array, cells: int, weights: Array | None = None) -> Array:
        """Return the frequency of each code in each group: [G, cells]."""
        both = self.codes * cells + codes
        return np.bincount(both, weights, minlength=self.count * cells).reshape(self.count, cells).astype(float)

    def total(self, a: Array, weights: Array | None, rows: int) -> Array:
        return self.collect(self._rows(a, rows), weights)

    def predict(self, x: Array, b: Array) -> Array:
        """Return the linear predictor of each row under its own group: [n]."""
        return np.einsum("np,np->n", x, b[self.codes])

    def project(self, a: Array, x: Array | None, weights: Array | None, rows: int) -> Array:
        """Return sum_i w_i a_i x_i by group: [G, p]."""
        a = self._rows(a, rows)
        if x is None:
            return self.collect(a, weights)[:, None]
        return np.stack([self.collect(a * column, weights) for column in x.T], axis=1)

    def cross(
        self, a: Array, x: Array | None, z: Array | None, weights: Array | None, rows: int, spent: bool = False
    ) -> Array:
        """Return sum_i w_i a_i x_i z_i' by group: [G, p, q]."""
        if x is None:
            return self.project(a, z, weights, rows)[:, None, :]
        a = self._rows(a, rows)
        return np.stack([self.project(a * column, z, weights, rows) for column in x.T], axis=1).reshape(
            self.count, x.shape[1], -1
        )

    def _rows(self, a: Array, rows: int) -> Array:
        a = np.asarray(a, dtype=float)
        return a if a.shape == (rows,) else np.broadcast_to(np.reshape(a, (-1,)) if a.size == 1 else a, (rows,))

    def block(self, start: int, stop: int) -> Ragged:
        return Ragged(self.codes[start:stop], self.count)

    def of_rows(self, rows: Array) -> Ragged:
        """Return the layout of some of the rows, by a mask or an index: the groups stay."""
        return Ragged(self.codes[rows], self.count)

    def take(self, groups: Array) -> tuple[Ragged, Array]:
        """Return the layout of these groups only, and a mask of their rows."""
        position = np.full(self.count, -1)
        position[groups] = np.arange(len(groups))
        codes = position[self.codes]
        rows = codes >= 0
        return Ragged(codes[rows], len(groups)), rows


def _gram(a: Array, x: Array, z: Array, spent: bool) -> Array:
    """x' diag(a) z; of one matrix with itself as a symmetric product of half the work."""
    if x is z and not (a > 0).any():
        scaled = np.multiply(x, np.sqrt(-a)[:, None], out=x if spent else None)
        return -(scaled.T @ scaled)
    return (x * a[:, None]).T @ z


Layout = Shared | Ragged
ONE = Shared(1)


def blocks(rows: int, size: int = BLOCK) -> list[tuple[int, int]]:
    """Return the ends of consecutive blocks that fit the cache."""
    return [(a, min(a + size, rows)) for a in range(0, rows, size)]
