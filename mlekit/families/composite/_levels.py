"""Distributions of a code 0, 1 ... L-1, for one row or for many, with the methods of a frozen scipy distribution.

`labelled` says what the codes stand for. Labels that are numbers are in order, and have a distribution function and
quantiles; others have the probability of each alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import OptionError, nearest
from ...numerics.arrays import Numbers

if TYPE_CHECKING:
    from ...data.labels import Foreign

Array = Numbers


class LevelsDistribution:
    """The distribution of a code, from the probability p of each level; of many rows an array per level.

    Examples
    --------
    >>> LevelsDistribution([0.2, 0.3, 0.5]).cdf([0, 1, 2]).round(6).tolist()
    [0.2, 0.5, 1.0]
    """

    def __init__(self, p: list[Array]) -> None:
        stacked = np.stack(np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in p)), axis=-1)
        self.p = stacked[0] if stacked.shape[:-1] == (1,) else stacked  # [..., L]
        below = np.cumsum(self.p, axis=-1)
        self._below = below / below[..., -1:]
        self._codes = np.arange(len(p))

    def pmf(self, k: Array) -> Array:
        """Return the probability of a code."""
        return (self.p * (_numbers(k)[..., None] == self._codes)).sum(axis=-1)

    def logpmf(self, k: Array) -> Array:
        """Return the log probability."""
        with np.errstate(divide="ignore"):
            return np.log(self.pmf(k))

    def cdf(self, k: Array) -> Array:
        """Return the probability of a code of at most k."""
        return np.minimum((self.p * (_numbers(k)[..., None] >= self._codes)).sum(axis=-1), 1.0)

    def sf(self, k: Array) -> Array:
        """Return the probability of a code above k."""
        return (self.p * (_numbers(k)[..., None] < self._codes)).sum(axis=-1)

    def ppf(self, q: Array) -> Array:
        """Return the least code k with P(X <= k) >= q."""
        q = np.asarray(q, dtype=float)
        codes = (self._below < q[..., None] * (1 - 1e-15)).sum(axis=-1)
        return np.where((q >= 0) & (q <= 1), codes, np.nan)

    def isf(self, q: Array) -> Array:
        """Return the quantiles of the upper tail."""
        return self.ppf(1 - np.asarray(q, dtype=float))

    def rvs(
        self, size: int | tuple[int, ...] | None = None, random_state: int | np.random.Generator | None = None
    ) -> Array:
        """Return draws; of many rows the last axis is theirs."""
        rng = np.random.default_rng(random_state)
        u = rng.random(self.p.shape[:-1] if size is None else size)
        return np.minimum((self._below <= u[..., None]).sum(axis=-1), len(self._codes) - 1)

    def mean(self) -> Array:
        """Return the mean of the code."""
        return self.p @ self._codes

    def var(self) -> Array:
        """Return the variance of the code."""
        return self.p @ self._codes**2 - self.mean() ** 2

    def std(self) -> Array:
        """Return the standard deviation of the code."""
        return np.sqrt(self.var())

    def median(self) -> Array:
        """Return the median code."""
        return self.ppf(0.5)

    def entropy(self) -> Array:
        """Return the entropy in nats."""
        logs = np.log(np.where(self.p > 0, self.p, 1.0))
        return -(self.p * logs).sum(axis=-1)

    def support(self) -> tuple[Array, Array]:
        """Return the first and the last code."""
        return self._codes[0], self._codes[-1]


def _numbers(k: Array) -> Array:
    given = np.asarray(k)
    if given.dtype.kind not in "biuf":
        raise OptionError(f"{k!r} is not a number, and the levels are")
    return given


class Labels:
    """The labels that codes 0, 1 ... stand for, and the way from one to the other.

    Examples
    --------
    >>> Labels(["a", "b"]).codes(["b", "a"]).tolist()
    [1, 0]
    """

    def __init__(self, labels: list[Foreign]) -> None:
        self.labels = labels
        self.ordered = all(isinstance(v, (int, float, np.number)) for v in labels)
        self.own = labels == list(range(len(labels)))  # the codes themselves

    def codes(self, x: Array) -> Array:
        """Return the code of each label; of labels that are not numbers, a code stands for itself."""
        given = np.asarray(x, dtype=object)
        return np.array([self._code(v) for v in given.ravel()], dtype=np.intp).reshape(given.shape)

    def _code(self, value: Any) -> int:
        if value in self.labels:
            return self.labels.index(value)
        if isinstance(value, (int, np.integer)) and not self.ordered and 0 <= value < len(self.labels):
            return int(value)
        if self.ordered and isinstance(value, (int, float, np.number)):
            return -1  # a number that is not a level has no probability
        raise OptionError(f"{value!r} is not one of the labels: {nearest(value, map(str, self.labels))}")

    def up_to(self, x: Array) -> Array:
        """Return the last code whose label is at most x."""
        self.check_order()
        try:
            places = np.asarray(x, dtype=float)
        except (TypeError, ValueError):
            raise OptionError(f"{x!r} is not a number, and the labels are") from None
        order = np.searchsorted(np.asarray(self.labels, dtype=float), places, side="right") - 1
        return np.where(np.isnan(places), np.nan, order)

    def values(self, codes: Array) -> Array:
        """Return the label of each code."""
        codes = np.asarray(codes)
        if self.ordered:
            known = np.asarray([*self.labels, np.nan], dtype=float)
            return known[np.where(np.isfinite(codes), codes, len(self.labels)).astype(int)]
        return np.array(self.labels)[codes.astype(int)]

    def check_order(self) -> None:
        """Raise an OptionError if the labels have no order."""
        if not self.ordered or self.labels != sorted(self.labels):
            raise OptionError(
                "labels have no order, and so no distribution function and no quantiles: their probabilities are in "
                "fit.dist.pmf(label) and fit.predict()"
            )


def labelled(distribution: Any, labels: list[Foreign] | None) -> Any:
    """Return a distribution of codes as one of the labels they stand for.

    >>> labelled(LevelsDistribution([0.2, 0.3, 0.5]), ["a", "b", "c"]).pmf("b").item()
    0.3
    """
    known = None if labels is None else Labels(labels)
    return distribution if known is None or known.own else LabelledDistribution(distribution, known)


class LabelledDistribution:
    """The distribution of a label; moments are those of its code."""

    def __init__(self, distribution: Any, labels: Labels) -> None:
        self.distribution, self.labels = distribution, labels

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # pickle asks before there is a distribution
            raise AttributeError(name)
        return getattr(self.distribution, name)

    def pmf(self, k: Array) -> Array:
        """Return the probability of a label."""
        return self.distribution.pmf(self.labels.codes(k))

    def logpmf(self, k: Array) -> Array:
        """Return the log probability."""
        return self.distribution.logpmf(self.labels.codes(k))

    def cdf(self, k: Array) -> Array:
        """Return the probability of at most a number."""
        return self.distribution.cdf(self.labels.up_to(k))

    def sf(self, k: Array) -> Array:
        """Return the probability of more than a number."""
        return self.distribution.sf(self.labels.up_to(k))

    def ppf(self, q: Array) -> Array:
        """Return the first label k with P(X <= k) >= q."""
        self.labels.check_order()
        return self.labels.values(self.distribution.ppf(q))

    def isf(self, q: Array) -> Array:
        """Return the quantiles of the upper tail."""
        self.labels.check_order()
        return self.labels.values(self.distribution.isf(q))

    def median(self) -> Array:
        """Return the median label."""
        return self.ppf(0.5)

    def rvs(
        self, size: int | tuple[int, ...] | None = None, random_state: int | np.random.Generator | None = None
    ) -> Array:
        """Return draws of labels."""
        return self.labels.values(self.distribution.rvs(size=size, random_state=random_state))
