"""The law of a code 0, 1 ... L-1, for one row or for many, with the methods of a frozen scipy distribution."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any


class LevelsLaw:
    """Shares p of each level; of many rows an array a level.

    >>> LevelsLaw([0.2, 0.3, 0.5]).cdf([0, 1, 2]).round(6).tolist()
    [0.2, 0.5, 1.0]
    """

    def __init__(self, p: list[Array]) -> None:
        shares = np.stack(np.broadcast_arrays(*(np.asarray(share, dtype=float) for share in p)), axis=-1)
        self.p = shares[0] if shares.shape[:-1] == (1,) else shares  # [..., L]
        below = np.cumsum(self.p, axis=-1)
        self._below = below / below[..., -1:]
        self._codes = np.arange(len(p))

    def pmf(self, k: Array) -> Array:
        """The probability of a code."""
        return (self.p * (np.asarray(k)[..., None] == self._codes)).sum(axis=-1)

    def logpmf(self, k: Array) -> Array:
        """Its logarithm."""
        with np.errstate(divide="ignore"):
            return np.log(self.pmf(k))

    def cdf(self, k: Array) -> Array:
        """The probability of a code of at most k."""
        return np.minimum((self.p * (np.asarray(k)[..., None] >= self._codes)).sum(axis=-1), 1.0)

    def sf(self, k: Array) -> Array:
        """The probability of a code above k."""
        return (self.p * (np.asarray(k)[..., None] < self._codes)).sum(axis=-1)

    def ppf(self, q: Array) -> Array:
        """The first code with a probability of at least q up to it."""
        q = np.asarray(q, dtype=float)
        codes = (self._below < q[..., None] * (1 - 1e-15)).sum(axis=-1)
        return np.where((q >= 0) & (q <= 1), codes, np.nan)

    def isf(self, q: Array) -> Array:
        """The same from above."""
        return self.ppf(1 - np.asarray(q, dtype=float))

    def rvs(self, size: Any = None, random_state: Any = None) -> Array:
        """Draws; of many rows the last axis is theirs."""
        rng = np.random.default_rng(random_state)
        u = rng.random(self.p.shape[:-1] if size is None else size)
        return np.minimum((self._below <= u[..., None]).sum(axis=-1), len(self._codes) - 1)

    def mean(self) -> Array:
        """The mean code."""
        return self.p @ self._codes

    def var(self) -> Array:
        """The variance of the code."""
        return self.p @ self._codes**2 - self.mean() ** 2

    def std(self) -> Array:
        """Its root."""
        return np.sqrt(self.var())

    def median(self) -> Array:
        """The first code with half the probability up to it."""
        return self.ppf(0.5)

    def entropy(self) -> Array:
        """The mean loss under the law itself."""
        logs = np.log(np.where(self.p > 0, self.p, 1.0))
        return -(self.p * logs).sum(axis=-1)

    def support(self) -> tuple[Array, Array]:
        """The first and the last code."""
        return self._codes[0], self._codes[-1]
