"""Logarithms of tail probabilities with their derivatives, to the last digits however small the probability is.

Normal:  d log Phi(u) / du = h(u), the hazard phi(u) / Phi(u), and h'(u) = -h (u + h).

Exponential: log(1 - exp(-exp t)) with t the log of a cumulative hazard; its slope is exp(t) / (exp(exp t) - 1).

Poisson: with F(k) = P(Y <= k), S(k) = P(Y > k) and f the probabilities, at rate m

    dF/dm = -f(k)        dS/dm = f(k)

In the body F and S are scipy's incomplete gamma functions. In a tail they are f times an integral of a function that is
nearly exponential, which a Gauss-Laguerre rule of few points gives with all its digits:

    F(k) / f(k) = integral of exp(-s) (1 + s/m)^k over s > 0                                    (k below m)
    S(k) / f(k) = m  integral of exp(-(k + 1) y + m (1 - exp(-y))) over y > 0                    (k above m)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .deviance import excess
from .special import HALF_LOG_2PI, gammaln, gammaln_minus_stirling, log1mexp, log_ndtr

Array = Any
Floats: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
Slopes: TypeAlias = tuple[Floats, Floats, Floats]  # value, first and second derivative

FAR = 12.0  # the squared distance from the mean, in variances, from which the integrals are used
NODES = 24
LEVELS = 40  # of the continued fraction of the normal hazard
NEGLIGIBLE = -37.0  # a logarithm: exp(-37) is less than half a unit in the last place of one


# ---- normal ---------------------------------------------------------------------------------------------------------


def normal_hazard(u: Array) -> tuple[Floats, Floats]:
    """Return h(u) = phi(u) / Phi(u) and u + h(u).

    >>> hazard, rest = normal_hazard(-1e8)
    >>> round(float(hazard)), round(float(rest) * 1e8, 12)
    (100000000, 1.0)
    """
    from scipy.special import erfcx

    u = np.asarray(u, dtype=float)
    with np.errstate(all="ignore"):
        near = np.sqrt(2 / np.pi) / erfcx(-np.minimum(u, 10.0) / np.sqrt(2))
        hazard = np.where(u > 10.0, np.exp(-0.5 * u * u) / np.sqrt(2 * np.pi), near)
        # u + h = 1/(x + 2/(x + 3/(x + ...))) with x = -u
        x = np.maximum(-u, 10.0)
        fraction = x
        for level in range(LEVELS, 1, -1):
            fraction = x + level / fraction
        return hazard, np.where(u < -10.0, 1 / fraction, u + hazard)


def log_ndtr_slopes(u: Array) -> Slopes:
    """Return log Phi(u) and its first and second derivative.

    >>> [float(v) for v in log_ndtr_slopes(np.inf)][1:]
    [0.0, 0.0]
    """
    hazard, above = normal_hazard(u)
    with np.errstate(all="ignore"):
        return log_ndtr(u), hazard, np.where(hazard > 0, -hazard * above, 0.0)


# ---- exponential ----------------------------------------------------------------------------------------------------


def log1mexpexp(t: Array) -> Floats:
    """Return log(1 - exp(-exp t)), the log probability of an event when the cumulative hazard is exp(t).

    >>> float(log1mexpexp(-2000.0))
    -2000.0
    """
    return log1mexpexp_slopes(t)[0]


def log1mexpexp_slopes(t: Array) -> Slopes:
    """Return log(1 - exp(-exp t)) and its first and second derivative."""
    t = np.asarray(t, dtype=float)
    with np.errstate(all="ignore"):
        a = np.exp(t)
        value = np.where(t < NEGLIGIBLE, t, log1mexp(a))
        slope = np.where(t < NEGLIGIBLE, 1.0, np.where(a < 700, a / np.expm1(a), 0.0))
        series = -a * (1 / 2 + a * (1 / 12 - a * a * (1 / 720 - a * a / 30240)))
        return value, slope, slope * np.where(a < 0.05, series, np.where(a < 700, 1 + a / np.expm1(-a), 0.0))


# ---- Poisson --------------------------------------------------------------------------------------------------------


def log_poisson_cdf(k: Array, rate: Array) -> Floats:
    """Return log P(Y <= k) of a Poisson count.

    >>> float(log_poisson_cdf(0, 1000.0))
    -1000.0
    """
    return log_poisson_cdf_slopes(k, rate)[0]


def log_poisson_survival(k: Array, rate: Array) -> Floats:
    """Return log P(Y > k) of a Poisson count.

    >>> round(float(log_poisson_survival(0, 1e-300)), 6)
    -690.775528
    """
    return log_poisson_survival_slopes(k, rate)[0]


def log_poisson_cdf_slopes(k: Array, rate: Array) -> Slopes:
    """Return log P(Y <= k) with its first and second derivative in the rate."""
    from scipy.special import gammainc, gammaincc

    at = Places(k, rate)
    with np.errstate(all="ignore"):
        value = _log_of(gammaincc(at.count + 1, at.rate), gammainc(at.count + 1, at.rate))
        value[at.high] = np.log1p(-np.exp(_upper_tail(*at.within(at.high))[0]))
        ratio = np.exp(_log_probability(at.count, at.rate) - value)
        slopes = value, -ratio, -ratio * (at.count / at.rate - 1 + ratio)
        return at.finished(slopes, at.low, _lower_tail, impossible=at.k < 0, certain=at.k == np.inf)


def log_poisson_survival_slopes(k: Array, rate: Array) -> Slopes:
    """Return log P(Y > k) with its first and second derivative in the rate."""
    from scipy.special import gammainc, gammaincc

    at = Places(k, rate)
    with np.errstate(all="ignore"):
        value = _log_of(gammainc(at.count + 1, at.rate), gammaincc(at.count + 1, at.rate))
        value[at.low] = np.log1p(-np.exp(_lower_tail(*at.within(at.low))[0]))
        ratio = np.exp(_log_probability(at.count, at.rate) - value)
        slopes = value, ratio, ratio * (at.count / at.rate - 1 - ratio)
        return at.finished(slopes, at.high, _upper_tail, impossible=at.k == np.inf, certain=at.k < 0)


class Places:
    """Counts k and rates of one shape, and which lie in the lower and in the upper tail."""

    def __init__(self, k: Array, rate: Array) -> None:
        self.k, self.rate = np.broadcast_arrays(np.asarray(k, dtype=float), np.asarray(rate, dtype=float))
        self.count = np.clip(np.floor(self.k), 0.0, 1e300)
        usual = (self.rate > 0) & (self.rate < np.inf)
        below, above = self.rate - self.count, self.count + 1 - self.rate
        with np.errstate(all="ignore"):
            self.low: Mask = usual & (below > 1) & (below**2 > FAR * self.count)
            self.high: Mask = usual & (above > 0) & (above**2 > FAR * self.rate)

    def within(self, mask: Mask) -> tuple[Floats, Floats]:
        """The counts and rates of a mask."""
        return self.count[mask], self.rate[mask]

    def finished(
        self,
        slopes: Slopes,
        tail: Mask,
        of_tail: Callable[[Floats, Floats], Slopes],
        impossible: Mask,
        certain: Mask,
    ) -> Slopes:
        """The slopes with those of the tail in their places, and log 0 or log 1 where k lies outside the counts."""
        parts = [np.array(part) for part in slopes]
        if tail.any():
            for part, values in zip(parts, of_tail(*self.within(tail)), strict=True):
                part[tail] = values
        ends = np.logical_or(impossible, certain)
        value, first, second = (np.where(ends, 0.0, part) for part in parts)
        return np.where(impossible, -np.inf, value), first, second


def _log_of(p: Floats, rest: Floats) -> Floats:
    """log p, from 1 - p where that is the smaller."""
    return np.array(np.where(p < 0.5, np.log(p), np.log1p(-rest)))


def _log_probability(count: Floats, rate: Floats) -> Floats:
    """log f(k) = k log m - m - log k!; near the mean by the deviance, in which nothing cancels."""
    near = (count > 0.5 * rate) & (count < 2 * rate) & (count > 0)
    some = np.where(near, count, 1.0)
    by_deviance = -excess(some, rate) - 0.5 * np.log(some) - HALF_LOG_2PI - gammaln_minus_stirling(some)
    powers = np.where(count > 0, count * np.log(rate), 0.0)
    return np.where(near, by_deviance, powers - rate - gammaln(count + 1))


@cache
def _laguerre() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.laguerre.laggauss(NODES)
    return nodes, weights


def _lower_tail(count: Floats, rate: Floats) -> Slopes:
    """log F = log f + log u with u = integral of exp(-s) (1 + s/m)^k; d log u = E[g], g = -k s / (m (m + s))."""
    nodes, weights = _laguerre()
    k, m = count[:, None], rate[:, None]
    delta = 1 - k / m
    s = nodes / delta
    density = weights * np.exp(-k * (s / m - np.log1p(s / m)))
    g = -k * s / (m * (m + s))
    change = k * s * (2 * m + s) / (m * (m + s)) ** 2  # dg / dm
    total, mean, spread = _moments(density, g)
    value = _log_probability(count, rate) + np.log(total / delta[:, 0])
    return value, count / rate - 1 + mean, -count / rate**2 + (density * change).sum(axis=1) / total + spread


def _upper_tail(count: Floats, rate: Floats) -> Slopes:
    """log S = log f + log m + log u, u = integral of exp(-(k + 1) y + m (1 - exp(-y))); d log u = E[1 - exp(-y)]."""
    nodes, weights = _laguerre()
    m, delta = rate[:, None], (count + 1 - rate)[:, None]
    y = nodes / delta
    total, mean, spread = _moments(weights * np.exp(-m * (y + np.expm1(-y))), -np.expm1(-y))
    value = _log_probability(count, rate) + np.log(rate * total / delta[:, 0])
    return value, (count + 1) / rate - 1 + mean, -(count + 1) / rate**2 + spread


def _moments(density: Floats, g: Floats) -> tuple[Floats, Floats, Floats]:
    """The total of a density on the nodes, and mean and variance of g under it."""
    total = density.sum(axis=1)
    mean = (density * g).sum(axis=1) / total
    return total, mean, (density * (g - mean[:, None]) ** 2).sum(axis=1) / total
