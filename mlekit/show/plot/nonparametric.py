"""Nonparametric estimates of a survival function from censored rows.

    Kaplan and Meier    S(t) = product over event times s <= t of 1 - d(s) / r(s)
    Turnbull            p(j) = mean over the rows of P(row lies in interval j, given that it lies in its own)

d(s) is the weight of the events at s, and r(s) that of the rows at risk: under observation before s, and neither gone
nor censored by then. A row censored at s is at risk at s. The interval of a row is open below and closed above, so that
intervals which only touch have nothing in common; an exact value is an interval of one point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...numerics.arrays import Floats

NORMAL = 1.959963984540054  # quantile of the normal distribution for 95%
STEPS, ENOUGH = 2000, 1e-6  # of the self-consistent iteration; a change that ends it, as a part of the lightest row
NONE = 1e-3  # mass that vanishes in the limit, as such a part
# Order of points that share a value: an exact row begins just below it, an interval ends at it or begins just above it
POINT, END, BEGIN = 0, 1, 2


@dataclass(frozen=True)
class Curve:
    """A survival function that falls between `left` and `right` of each interval, and nowhere else.

    `survival` is its value from the right end of each interval on; the two ends of a single point are equal. How it
    falls inside an interval the rows do not tell. `low` and `high` are pointwise 95% limits, where there are any.
    """

    left: Floats
    right: Floats
    survival: Floats
    low: Floats | None = None
    high: Floats | None = None


def kaplan_meier(time: Floats, event: NDArray[np.bool_], weights: Floats, entry: Floats | None = None) -> Curve:
    """Return the product-limit estimate, with limits from Greenwood's variance on the scale of log(-log S).

    The first weeks of 21 patients under 6-mercaptopurine (Klein and Moeschberger): three relapsed in week 6.

    >>> week, relapse = np.array([6.0, 6, 6, 6, 7, 9] + [10] * 15), np.array([1, 1, 1, 0, 1, 0] + [0] * 15)
    >>> kaplan_meier(week, relapse == 1, np.ones(21)).survival.round(4).tolist()
    [0.8571, 0.8067]

    Rows that enter late are not at risk before; here two rows enter at 2, after the event at 1.

    >>> late = kaplan_meier(np.array([1.0, 3, 4, 5]), np.ones(4) == 1, np.ones(4), np.array([0.0, 0, 2, 2]))
    >>> late.survival.round(4).tolist()
    [0.5, 0.3333, 0.1667, 0.0]
    """
    at = np.unique(time[event & (weights > 0)])
    died = np.bincount(np.searchsorted(at, time[event]).clip(max=len(at) - 1), weights[event], len(at))
    risk = _at_least(time, weights, at)
    if entry is not None:
        risk = risk - _at_least(entry, weights, at)
    survival = np.cumprod(1 - died / risk, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(died / (risk * (risk - died)))
        width = NORMAL * np.sqrt(variance) / np.log(survival)
        low, high = (np.asarray(survival ** np.exp(w), dtype=np.float64) for w in (-width, width))
    return Curve(at, at, survival, low, high)


def _at_least(values: Floats, weights: Floats, at: Floats) -> Floats:
    """The weight of the values that are not below each of these."""
    order = np.argsort(values, kind="stable")
    below = np.concatenate([[0.0], np.cumsum(weights[order])])
    return below[-1] - below[np.searchsorted(values[order], at, side="left")]


def turnbull(lower: Floats, upper: Floats, weights: Floats) -> Curve:
    """Return the self-consistent estimate for rows in (lower, upper]; equal bounds are an exact value.

    The rows (0, 1], (0, 1], (0, 2], (1, 2] leave p for (0, 1] and 1 - p for (1, 2]: p^2 (1 - p) is largest at 2/3.

    >>> curve = turnbull(np.array([0.0, 0, 0, 1]), np.array([1.0, 1, 2, 2]), np.ones(4))
    >>> curve.left.tolist(), curve.right.tolist(), curve.survival.round(6).tolist()
    ([0.0, 1.0], [1.0, 2.0], [0.333333, 0.0])
    """
    counted = weights > 0
    (lower, upper), weights = _distinct(lower[counted], upper[counted], weights[counted])
    first, last, left, right = _innermost(lower, upper)
    p, lightest = np.full(len(left), 1 / len(left)), weights.min() / weights.sum()
    for _ in range(STEPS):
        below = np.concatenate([[0.0], np.cumsum(p)])
        per_row = weights / (below[last] - below[first])
        step = np.zeros(len(p) + 1)
        np.add.at(step, first, per_row)
        np.add.at(step, last, -per_row)
        new = p * np.cumsum(step)[:-1] / weights.sum()
        done = np.abs(new - p).max() < ENOUGH * lightest
        p = new
        if done:
            break
    kept = p > NONE * lightest
    return Curve(left[kept], right[kept], np.maximum(1 - np.cumsum(p[kept]) / p[kept].sum(), 0.0))


def _distinct(lower: Floats, upper: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """(Distinct pairs of bounds [2, n], the weight of each)."""
    pairs, place = np.unique(np.stack([lower, upper]), axis=1, return_inverse=True)
    return pairs, np.bincount(np.ravel(place), weights).astype(np.float64, copy=False)


def _innermost(lower: Floats, upper: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats, Floats]:
    """Return the intervals that can have mass, and for each row the first and one past the last of those inside it.

    They lie between a lower bound and an upper one with no other bound in between (Peto, 1973).
    """
    bounds = [(lower, np.where(lower == upper, POINT, BEGIN)), (upper, np.full(len(upper), END))]
    (values, kinds), keys = np.unique(np.hstack(bounds), axis=1, return_inverse=True)
    inner = np.flatnonzero((kinds[:-1] != END) & (kinds[1:] == END))
    first, last = np.searchsorted(inner, np.ravel(keys).reshape(2, -1))
    return first, last, values[inner], values[inner + 1]
