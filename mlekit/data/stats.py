"""Sums that stand for the data.

`Stats` holds, for each group, the number of rows n (the sum of weights) and the sums of a family's statistics T(y).
Sums of powers, named "y" and "yy", are taken about an origin, so that a mean of 1e9 with a standard deviation of 1e-3
keeps its digits; adding two of them moves the origin first:

    sum (y - o')   = sum (y - o) + n (o - o')
    sum (y - o')^2 = sum (y - o)^2 + 2 (o - o') sum (y - o) + n (o - o')^2

The "constant" of counts is their log-likelihood at the rate of the origin, so that large counts keep their digits, and
at the origin 0 the sum of -log y!; it moves with the origin by the likelihood ratio of the two rates.

They are numbers for one fit, and arrays [G] for a batch; `batch` makes a batch of one.

Chunks of a file, partitions of a cluster, days of a stream and the imaginary rows of a prior are added in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Array = Any  # a number, or [G]


class Stats:
    """The number of rows and the sums of statistics, by group."""

    __slots__ = ("n", "origin", "sums")

    def __init__(self, n: Array, sums: Mapping[str, Array], origin: Array = 0.0) -> None:
        self.n, self.sums, self.origin = n, sums, origin

    def __getitem__(self, name: str) -> Array:
        return self.sums[name]

    def __repr__(self) -> str:
        return f"Stats(n={self.n}, {', '.join(f'{k}={v}' for k, v in self.sums.items())}, origin={self.origin})"

    def about(self, origin: Array) -> Stats:
        """Return the same sums about another origin."""
        if self.origin is origin:
            return self
        d = self.origin - origin
        sums = dict(self.sums)
        if "yy" in sums:
            sums["yy"] = sums["yy"] + 2 * d * sums["y"] + self.n * d * d
        elif "constant" in sums and np.any(d):
            from ..numerics.arrays import NUMPY
            from ..numerics.deviance import poisson_tilt

            total, rate = self.n * self.origin + sums["y"], np.where(np.asarray(origin) > 0, origin, 1.0)
            to_rate = poisson_tilt(NUMPY, total, self.n, np.asarray(self.origin), rate)
            sums["constant"] = sums["constant"] + to_rate + self.n * (rate - origin)
        if "y" in sums:
            sums["y"] = sums["y"] + self.n * d
        return Stats(self.n, sums, origin)

    def __add__(self, other: Stats) -> Stats:
        other = other.about(self.origin)
        names = {**self.sums, **other.sums}
        sums = {k: self.sums.get(k, 0.0) + other.sums.get(k, 0.0) for k in names}
        return Stats(self.n + other.n, sums, self.origin)

    def batch(self) -> Stats:
        """Return the same sums with a leading axis of groups."""
        if np.ndim(self.n):
            return self
        return Stats(
            np.array([self.n]), {k: np.asarray(v)[None] for k, v in self.sums.items()}, np.atleast_1d(self.origin)
        )

    def take(self, groups: Array) -> Stats:
        """Return the sums of the groups of a mask or an index."""
        origin = self.origin[groups] if np.ndim(self.origin) and len(self.origin) > 1 else self.origin
        return Stats(self.n[groups], {k: v[groups] for k, v in self.sums.items()}, origin)
