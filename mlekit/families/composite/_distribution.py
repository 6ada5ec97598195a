"""Distributions at fixed parameters, made of formulas, with the methods of a frozen scipy.stats distribution.

Everything follows from the log density and the logarithms of the two tail probabilities: quantiles by a search in the
tail that is smaller, moments by quadrature or by summation.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import ArrayLike

from ...numerics.arrays import NUMPY, Floats, Numbers
from .._base import Family, Params
from ._moments import Moments, integrated, summed
from ._quantiles import continuous_quantile, discrete_quantile


def frozen_formulas(family: Family, params: Params) -> FormulaDistribution:
    """Return the distribution of a family at fixed parameters, numbers or arrays that broadcast."""
    kind = DiscreteDistribution if family.support.discrete else ContinuousDistribution
    return kind(family, params)


class FormulaDistribution(ABC):
    """A distribution made of a family's formulas, for one set of parameters or for arrays of them.

    Parameters
    ----------
    family : Family
        A family with `log_density`, `log_cdf` and `log_survival`.
    params : mapping of str to float or array
        The parameters as named. Arguments of methods broadcast against them.

    Examples
    --------
    >>> import mlekit
    >>> half = mlekit.truncated("normal", lower=0).frozen(mean=0.0, sd=1.0)
    >>> float(half.cdf(0.0)), round(float(half.mean()), 12), round(float(half.ppf(0.5)), 12)
    (0.0, 0.797884560803, 0.674489750196)
    """

    def __init__(self, family: Family, params: Params) -> None:
        self.family = family
        self.params = {name: np.asarray(value, dtype=float) for name, value in params.items()}
        self.shape = np.broadcast_shapes(*(value.shape for value in self.params.values()))

    # -- probabilities ------------------------------------------------------------------------------------------------

    def _log_density(self, x: ArrayLike) -> Floats:
        x = np.asarray(x, dtype=float)
        inside = self.family.support.contains(x)
        with np.errstate(all="ignore"):
            value = self.family.log_density(NUMPY, np.where(inside, x, self.family.support.middle), **self.params)
        return np.where(np.isnan(x), np.nan, np.where(inside, value, -np.inf))[()]

    def logcdf(self, x: ArrayLike) -> Floats:
        """Return log P(X <= x)."""
        with np.errstate(all="ignore"):
            value = self.family.log_cdf(NUMPY, np.asarray(x, dtype=float), **self.params)
        return np.broadcast_to(value, np.broadcast_shapes(np.shape(x), self.shape))[()]

    def cdf(self, x: ArrayLike) -> Floats:
        """Return P(X <= x)."""
        return np.exp(self.logcdf(x))

    def logsf(self, x: ArrayLike) -> Floats:
        """Return log P(X > x)."""
        with np.errstate(all="ignore"):
            value = self.family.log_survival(NUMPY, np.asarray(x, dtype=float), **self.params)
        return np.broadcast_to(value, np.broadcast_shapes(np.shape(x), self.shape))[()]

    def sf(self, x: ArrayLike) -> Floats:
        """Return P(X > x)."""
        return np.exp(self.logsf(x))

    # -- quantiles and draws ------------------------------------------------------------------------------------------

    @abstractmethod
    def _quantile(self, log_q: Floats, upper: bool) -> Floats:
        """The values with this log probability below them or, of the upper tail, above."""

    def ppf(self, q: ArrayLike) -> Floats:
        """Return the quantiles: the least x with P(X <= x) >= q."""
        return self._from_both_tails(np.asarray(q, dtype=float), upper=False)

    def isf(self, q: ArrayLike) -> Floats:
        """Return the upper quantiles: the least x with P(X > x) <= q."""
        return self._from_both_tails(np.asarray(q, dtype=float), upper=True)

    @abstractmethod
    def _from_both_tails(self, q: Floats, upper: bool) -> Floats: ...

    def median(self) -> Floats:
        """Return the median."""
        return self.ppf(0.5)

    def interval(self, confidence: ArrayLike) -> tuple[Floats, Floats]:
        """Return the central interval with this probability."""
        tail = (1 - np.asarray(confidence, dtype=float)) / 2
        return self.ppf(tail), self.isf(tail)

    def rvs(
        self, size: int | tuple[int, ...] | None = None, random_state: int | np.random.Generator | None = None
    ) -> Numbers:
        """Return draws; the shape of the parameters has to broadcast to `size`."""
        rng = np.random.default_rng(random_state)
        return self.ppf(rng.random(self.shape if size is None else size))

    def support(self) -> tuple[Floats, Floats]:
        """Return the least and the greatest possible value."""
        low, high = (np.full(self.shape, float(end))[()] for end in (self.family.support.low, self.family.support.high))
        return low, high

    # -- moments ------------------------------------------------------------------------------------------------------

    @abstractmethod
    def _moments(self) -> Moments:
        """Mean, variance and entropy."""

    def mean(self) -> Floats:
        """Return the mean."""
        return self._moments().mean[()]

    def var(self) -> Floats:
        """Return the variance."""
        return self._moments().variance[()]

    def std(self) -> Floats:
        """Return the standard deviation."""
        return np.sqrt(self.var())

    def entropy(self) -> Floats:
        """Return the entropy in nats; of a continuous distribution the differential entropy."""
        return self._moments().entropy[()]


class ContinuousDistribution(FormulaDistribution):
    """A continuous distribution made of formulas."""

    def logpdf(self, x: ArrayLike) -> Floats:
        """Return the log density."""
        return self._log_density(x)

    def pdf(self, x: ArrayLike) -> Floats:
        """Return the density."""
        return np.exp(self._log_density(x))

    def _quantile(self, log_q: Floats, upper: bool) -> Floats:
        return continuous_quantile(self.family, self.params, log_q, upper)

    def _from_both_tails(self, q: Floats, upper: bool) -> Floats:
        small = q <= 0.5
        with np.errstate(all="ignore"):
            near, far = np.log(q), np.log1p(-q)
        q, small, near, far = np.broadcast_arrays(q, small, near, far)
        if small.all() or not small.any():
            return self._quantile(np.array(near if small.all() else far), upper == bool(small.all()))
        shape = np.broadcast_shapes(q.shape, self.shape)
        lower, higher = np.where(small, near, np.nan), np.where(small, np.nan, far)
        found = self._quantile(lower, upper), self._quantile(higher, not upper)
        return np.where(np.broadcast_to(small, shape), *found)

    def _moments(self) -> Moments:
        return integrated(self)


class DiscreteDistribution(FormulaDistribution):
    """A distribution of integers, made of formulas."""

    def logpmf(self, k: ArrayLike) -> Floats:
        """Return the log probability."""
        return self._log_density(k)

    def pmf(self, k: ArrayLike) -> Floats:
        """Return the probability."""
        return np.exp(self._log_density(k))

    def _quantile(self, log_q: Floats, upper: bool) -> Floats:
        return discrete_quantile(self.family, self.params, log_q, upper)

    def _from_both_tails(self, q: Floats, upper: bool) -> Floats:
        with np.errstate(all="ignore"):
            return self._quantile(np.log(q), upper)

    def rvs(
        self, size: int | tuple[int, ...] | None = None, random_state: int | np.random.Generator | None = None
    ) -> Numbers:
        return np.asarray(super().rvs(size, random_state)).astype(np.int64)[()]

    def _moments(self) -> Moments:
        return summed(self)
