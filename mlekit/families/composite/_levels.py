"""The law of a code 0, 1 ... L-1, for one row or for many, with the methods of a frozen scipy distribution.

`labelled` says what the codes stand for. Labels that are numbers are in order, and have a distribution function and
quantiles; others have the probability of each alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import OptionError, nearest

Array = Any


class LevelsDistribution:
    """Shares p of each level; of many rows an array a level.

    >>> LevelsDistribution([0.2, 0.3, 0.5]).cdf([0, 1, 2]).round(6).tolist()
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
        return (self.p * (_numbers(k)[..., None] == self._codes)).sum(axis=-1)

    def logpmf(self, k: Array) -> Array:
        """Its logarithm."""
        with np.errstate(divide="ignore"):
            return np.log(self.pmf(k))

    def cdf(self, k: Array) -> Array:
        """The probability of a code of at most k."""
        return np.minimum((self.p * (_numbers(k)[..., None] >= self._codes)).sum(axis=-1), 1.0)

    def sf(self, k: Array) -> Array:
        """The probability of a code above k."""
        return (self.p * (_numbers(k)[..., None] < self._codes)).sum(axis=-1)

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


def _numbers(k: Array) -> Array:
    given = np.asarray(k)
    if given.dtype.kind not in "biuf":
        raise OptionError(f"{k!r} is not a number, and the levels are")
    return given


class Labels:
    """What the codes 0, 1 ... stand for: encoded on the way in, decoded on the way out.

    >>> Labels(["a", "b"]).codes(["b", "a"]).tolist()
    [1, 0]
    """

    def __init__(self, labels: list[Any]) -> None:
        self.labels = labels
        self.ordered = all(isinstance(v, (int, float, np.number)) for v in labels)
        self.own = labels == list(range(len(labels)))  # the codes themselves

    def codes(self, x: Array) -> Array:
        """The code of each label; of labels that are no numbers a code stands for itself."""
        given = np.asarray(x, dtype=object)
        return np.array([self._code(v) for v in given.ravel()], dtype=np.intp).reshape(given.shape)

    def _code(self, value: Any) -> int:
        if value in self.labels:
            return self.labels.index(value)
        if isinstance(value, (int, np.integer)) and not self.ordered and 0 <= value < len(self.labels):
            return int(value)
        if self.ordered and isinstance(value, (int, float, np.number)):
            return -1  # a number that is no level has no probability
        raise OptionError(f"{value!r} is not one of the labels: {nearest(value, map(str, self.labels))}")

    def up_to(self, x: Array) -> Array:
        """The last code whose label is at most x."""
        self.check_order()
        try:
            places = np.asarray(x, dtype=float)
        except (TypeError, ValueError):
            raise OptionError(f"{x!r} is not a number, and the labels are") from None
        order = np.searchsorted(np.asarray(self.labels, dtype=float), places, side="right") - 1
        return np.where(np.isnan(places), np.nan, order)

    def values(self, codes: Array) -> Array:
        """The label of each code."""
        codes = np.asarray(codes)
        if self.ordered:
            known = np.asarray([*self.labels, np.nan], dtype=float)
            return known[np.where(np.isfinite(codes), codes, len(self.labels)).astype(int)]
        return np.array(self.labels)[codes.astype(int)]

    def check_order(self) -> None:
        """An error for labels that have no order."""
        if not self.ordered or self.labels != sorted(self.labels):
            raise OptionError(
                "labels have no order, and so no distribution function and no quantiles: their probabilities are in "
                "fit.dist.pmf(label) and fit.predict()"
            )


def labelled(law: Any, labels: list[Any] | None) -> Any:
    """A law of codes as one of the labels they stand for.

    >>> labelled(LevelsDistribution([0.2, 0.3, 0.5]), ["a", "b", "c"]).pmf("b").item()
    0.3
    """
    known = None if labels is None else Labels(labels)
    return law if known is None or known.own else LabelledDistribution(law, known)


class LabelledDistribution:
    """A law of labels; moments are those of its codes."""

    def __init__(self, law: Any, labels: Labels) -> None:
        self.law, self.labels = law, labels

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # pickle asks before there is a distribution
            raise AttributeError(name)
        return getattr(self.law, name)

    def pmf(self, k: Array) -> Array:
        """The probability of a label."""
        return self.law.pmf(self.labels.codes(k))

    def logpmf(self, k: Array) -> Array:
        """Its logarithm."""
        return self.law.logpmf(self.labels.codes(k))

    def cdf(self, k: Array) -> Array:
        """The probability of at most a number."""
        return self.law.cdf(self.labels.up_to(k))

    def sf(self, k: Array) -> Array:
        """The probability of more than a number."""
        return self.law.sf(self.labels.up_to(k))

    def ppf(self, q: Array) -> Array:
        """The first label with a probability of at least q up to it."""
        self.labels.check_order()
        return self.labels.values(self.law.ppf(q))

    def isf(self, q: Array) -> Array:
        """The same from above."""
        self.labels.check_order()
        return self.labels.values(self.law.isf(q))

    def median(self) -> Array:
        """The first label with half the probability up to it."""
        return self.ppf(0.5)

    def rvs(self, size: Any = None, random_state: Any = None) -> Array:
        """Draws of labels."""
        return self.labels.values(self.law.rvs(size=size, random_state=random_state))
