"""The total probability of a density or of integer probabilities, by quadrature or summation at two resolutions.

The points follow the rows that were seen: Gauss-Legendre between their quantiles, where most of the probability is, and
double-exponential rules beyond, which reach 1e100 and the singularities of ends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...numerics.arrays import Floats
from ...numerics.sets import POSITIVE, UNIT

Density = Callable[[Floats], Floats]
Support = Any  # an interval of numbers
KNOTS, REACH = 24, 4.5  # pieces of the body; range of t in exp(pi/2 sinh t)
ROWS = 4096  # of which quantiles are taken
TERMS = 4096  # summands of probabilities
WIDEST = 1e5  # range of integers whose probabilities are summed
WRONG, HUGE = 0.02, 2.0  # distance of an integral from 1; an integral that is wrong however it converges


def totals(density: Density, support: Support, seen: Floats) -> float | None:
    """Return 1 if a density integrates to one or integer probabilities sum to one, else the integral.

    The support may be any that holds the rows, as users seldom say that it is a half-line. None: it is not known.
    """
    others = [s for s in (POSITIVE, UNIT) if s.low <= seen.min() and seen.max() <= s.high]
    supports = [support, *others]
    first = _settled(*integrals(density, support, seen))
    if first == 1 or any(_settled(*integrals(density, s, seen)) == 1 for s in others):
        return 1.0
    whole = (seen == np.floor(seen)).all() and np.ptp(seen) <= WIDEST
    return 1.0 if whole and any(_settled(*sums(density, s, seen)) == 1 for s in supports) else first


def _settled(coarse: float, fine: float) -> float | None:
    """The integral on which two resolutions agree, 1 if it is near; None if they do not."""
    if min(coarse, fine) > HUGE:
        return fine
    if not abs(coarse - fine) <= WRONG * abs(fine):
        return None
    return 1.0 if abs(fine - 1) <= WRONG else fine


def integrals(density: Density, support: Support, seen: Floats) -> tuple[float, float]:
    """Return the integral over the support, with some points and with twice as many."""
    few = seen[:: len(seen) // ROWS + 1]
    knots = np.unique(np.quantile(few, np.linspace(0, 1, KNOTS + 1)))
    low, high = knots[0], knots[-1]
    spread = (high - low) or max(1.0, abs(low))
    coarse, fine = (
        [
            _body(knots, points),
            _tail(low, support.low, -spread, 1 / points),
            _tail(high, support.high, spread, 1 / points),
        ]
        for points in (8, 16)
    )
    sizes = []
    for pieces in (coarse, fine):
        y, weight = (np.concatenate(part) for part in zip(*pieces, strict=True))
        sizes.append(float(np.sum(weight * np.nan_to_num(density(y), nan=0.0, posinf=np.inf))))
    return sizes[0], sizes[1]


def _body(knots: Floats, points: int) -> tuple[Floats, Floats]:
    """Points and weights of Gauss and Legendre between neighbouring knots."""
    x, w = np.polynomial.legendre.leggauss(points)
    half = 0.5 * np.diff(knots)[:, None]
    return (knots[:-1, None] + half * (1 + x)).ravel(), (half * w).ravel()


def _tail(start: float, end: float, scale: float, step: float) -> tuple[Floats, Floats]:
    """Points and weights from a point to an end of the support, finite or not."""
    if start == end:
        return np.zeros(0), np.zeros(0)
    t = np.arange(-REACH, REACH, step)
    u, slope = 0.5 * np.pi * np.sinh(t), 0.5 * np.pi * np.cosh(t)
    if np.isinf(end):
        return start + scale * np.exp(u), abs(scale) * np.exp(u) * slope * step
    position = 1 / (1 + np.exp(2 * u))  # of the distance to the end that is left
    weight = abs(end - start) * 2 * position * (1 - position) * slope * step
    return end + (start - end) * position, weight


def sums(probability: Density, support: Support, seen: Floats) -> tuple[float, float]:
    """Return the sum over integers of the support near those seen, and over a range twice as wide."""
    low, high = np.floor(seen.min()), np.ceil(seen.max())
    found = []
    for reach in (TERMS // 4, TERMS // 2):
        k = np.arange(max(low - reach, np.ceil(support.low)), min(high + reach, support.high) + 1)
        found.append(float(np.sum(np.nan_to_num(probability(k), nan=0.0, posinf=np.inf))))
    return found[0], found[1]
