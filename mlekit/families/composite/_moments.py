"""Mean, variance and entropy of a distribution that is known by its formulas, to ten digits.

Continuous: the trapezoidal rule in a coordinate t in which the density falls off to both sides at least exponentially
(the link of the support; of the whole line the inverse hyperbolic sine of a standard score). There its error falls
exponentially with the number of points, which is doubled until the answer does not change.

Discrete: sums from one quantile to another beyond which less is left than counts; nan if that is too far.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...links._interval import interval_link
from ...numerics.arrays import NUMPY, Floats
from ...numerics.derivatives import differentiate
from .._base import Family
from ._quantiles import discrete_quantile, solved

if TYPE_CHECKING:
    from ._distribution import FormulaDistribution

Rows: TypeAlias = dict[str, Floats]

NEAR, FAR, FARTHEST = -45.0, -100.0, -600.0  # log probabilities that are left out: at an end, towards infinity
LEAST, MOST = 256, 1 << 15  # points of the trapezoidal rule
CLOSE = 1e-12
TAIL, TERMS = -80.0, 1 << 22  # of sums: the log probability that is left out, and the most terms
CELLS = 1 << 20  # of an array


class Moments(NamedTuple):
    """Of each set of parameters; infinite or nan if the integral does not converge."""

    mean: Floats
    variance: Floats
    entropy: Floats


# ---- continuous -----------------------------------------------------------------------------------------------------


def integrated(dist: FormulaDistribution) -> Moments:
    """Return the moments of a continuous distribution by quadrature."""
    rows = _rows(dist)
    blocks = _blocks(len(next(iter(rows.values()))), CELLS // (4 * LEAST))
    parts = [_integrate(dist.family, {p: v[block] for p, v in rows.items()}, FAR) for block in blocks]
    return Moments(*(np.concatenate(column).reshape(dist.shape) for column in zip(*parts, strict=True)))


def _integrate(family: Family, params: Rows, far: float) -> Moments:
    """The moments of rows; tails of log probability `far` are left out, and looked at again if they count."""
    line = Line(family, params, far)
    found, points = line.moments(LEAST), 2 * LEAST
    while True:
        before, found = found, line.moments(points)
        scale = np.stack([np.sqrt(found[1]), found[1], 1 + np.abs(found[2])])
        if points >= MOST or np.all(np.abs(found - before) <= CLOSE * scale):
            break
        points *= 2
    heavy = line.heavy()
    if heavy.any() and far > FARTHEST:
        return _integrate(family, params, FARTHEST)
    below, above = heavy[0]
    mean = np.where(below & above, np.nan, np.where(below, -np.inf, np.where(above, np.inf, line.middle + found[0])))
    variance = np.where(below | above, np.nan, np.where(heavy[1].any(axis=0), np.inf, found[1]))
    return Moments(mean, variance, found[2])


class Line:
    """The coordinate t of each row, from one far quantile to the other."""

    def __init__(self, family: Family, params: Rows, far: float) -> None:
        self.family, self.params = family, params
        low, high = family.support.low, family.support.high
        self.whole, self.link = bool(np.isinf(low) and np.isinf(high)), interval_link(low, high)
        with np.errstate(all="ignore"):
            ends = np.stack(
                [
                    self._quantile(NEAR if np.isfinite(low) else far, upper=False),
                    self._quantile(NEAR if np.isfinite(high) else far, upper=True),
                ]
            )
            quartiles = [self._quantile(np.log(0.25), upper) for upper in (False, True)]
            middle = self._quantile(np.log(0.5), upper=False)
            self.middle: Floats = self.link.inverse(NUMPY, middle)
            self.spread: Floats = 0.5 * np.subtract(*(self.link.inverse(NUMPY, t) for t in quartiles[::-1]))
            self.last: Floats = self.link.inverse(NUMPY, ends + 1e-6 * (middle - ends))  # where tails are not rounded
            self.ends = np.arcsinh((ends - middle) / self.spread) if self.whole else ends

    def _quantile(self, log_q: float, upper: bool) -> Floats:
        count = len(next(iter(self.params.values())))
        return solved(self.family, self.params, np.full(count, log_q), upper)

    def to_x(self, t: Floats) -> tuple[Floats, Floats]:
        """The value at t and its slope."""
        if self.whole:
            return self.middle + self.spread * np.sinh(t), self.spread * np.cosh(t)
        x, slope, _ = differentiate(lambda xp, z: self.link.inverse(xp, z[0]), [t], 1)
        return x, slope[0]

    def moments(self, points: int) -> Floats:
        """Mean about the median, variance and entropy by the trapezoidal rule: [3, rows]."""
        t = self.ends[0] + (self.ends[1] - self.ends[0]) * np.linspace(0.0, 1.0, points + 1)[:, None]
        with np.errstate(all="ignore"):
            x, slope = self.to_x(t)
            log_density = self.family.log_density(NUMPY, x, **self.params)
            weight = np.nan_to_num(np.exp(log_density) * slope, nan=0.0, posinf=0.0)
            weight /= weight.sum(axis=0)
            mean = (weight * (x - self.middle)).sum(axis=0)
            variance = (weight * (x - self.middle - mean) ** 2).sum(axis=0)
            entropy = -np.where(weight > 0, weight * log_density, 0.0).sum(axis=0)
        return np.stack([mean, variance, entropy])

    def heavy(self) -> NDArray[np.bool_]:
        """True if what is left out in a tail counts in the first or second moment: [moment, tail, rows]."""
        moment = np.array([1.0, 2.0])[:, None, None]
        with np.errstate(all="ignore"):
            tails = self.family.log_cdf, self.family.log_survival
            left_out = np.stack([tail(NUMPY, x, **self.params) for tail, x in zip(tails, self.last, strict=True)])
            away = np.abs(self.last - self.middle) / self.spread
            return ~(np.exp(left_out) * away**moment <= CLOSE)


# ---- discrete -------------------------------------------------------------------------------------------------------


def summed(dist: FormulaDistribution) -> Moments:
    """Return the moments of a distribution of integers by summation."""
    family, rows = dist.family, _rows(dist)
    first, last = (
        np.broadcast_to(discrete_quantile(family, dist.params, np.array(TAIL), upper), dist.shape).reshape(-1)
        for upper in (False, True)
    )
    centre = np.broadcast_to(dist.median(), dist.shape).reshape(-1)
    last = np.minimum(last, first + TERMS)
    blocks = _blocks(len(first), 1 << 10)
    parts = [
        _sums(family, {p: v[block] for p, v in rows.items()}, first[block], last[block], centre[block])
        for block in blocks
    ]
    mean, variance, entropy = np.concatenate(parts, axis=1)
    with np.errstate(all="ignore"):
        left_out = np.exp(family.log_survival(NUMPY, last, **rows))
        known = [left_out * (last - centre) ** m <= 1e-10 * np.sqrt(variance) ** m for m in (1, 2)]
    found = np.where(known[0], centre + mean, np.nan), np.where(known[1], variance, np.nan), entropy
    return Moments(*(part.reshape(dist.shape) for part in found))


def _sums(family: Family, params: Rows, first: Floats, last: Floats, centre: Floats) -> Floats:
    """Mean about the centre, variance and entropy: [3, rows]."""
    total = np.zeros((4, len(first)))
    width = int((last - first).max()) + 1
    for start in range(0, width, step := max(1, CELLS // len(first))):
        k = first + np.arange(start, min(start + step, width), dtype=float)[:, None]
        with np.errstate(all="ignore"):
            log_p = np.where(k <= last, family.log_density(NUMPY, k, **params), -np.inf)
            p, away = np.exp(log_p), k - centre
            terms = p, p * away, p * away**2, -np.where(p > 0, p * log_p, 0.0)
        total += np.stack([term.sum(axis=0) for term in terms])
    mean, square, entropy = total[1:] / total[0]
    return np.stack([mean, square - mean**2, entropy])


def _rows(dist: FormulaDistribution) -> Rows:
    """The parameters as rows, one per set."""
    return {p: np.broadcast_to(v, dist.shape).reshape(-1) for p, v in dist.params.items()}


def _blocks(count: int, size: int) -> Iterator[slice]:
    """Consecutive pieces."""
    return (slice(start, min(start + size, count)) for start in range(0, count, size))
