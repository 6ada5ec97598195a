"""Quantiles as roots of the logarithm of a tail probability, for many levels and parameters at once.

Of a continuous distribution the search is in t, the value on the scale of the default link of its support, where tails
are close to straight lines: Newton's steps, kept within a bracket. Of integers it is a bisection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...links._interval import interval_link
from ...numerics.arrays import NUMPY, Floats
from ...numerics.derivatives import differentiate
from .._base import Family

Params: TypeAlias = Mapping[str, Floats]
Tail: TypeAlias = Callable[[Floats, Params], Floats]  # of values and parameters, row by row

STEPS, BISECTIONS, LARGEST = 200, 2200, 1e300
SLACK = 2e-15  # relative; so that the quantile of P(X <= k) is k


def continuous_quantile(family: Family, params: Params, log_q: Floats, upper: bool) -> Floats:
    """Return x with log P(X <= x) = log_q or, of the upper tail, log P(X > x) = log_q; nan where log_q is no level."""
    low, high = family.support.low, family.support.high
    shape, log_q, rows = _flat(params, log_q)
    ends = (high, low) if upper else (low, high)
    out = np.where(log_q == -np.inf, ends[0], np.where(log_q == 0, ends[1], np.nan))
    inside = (log_q < 0) & (log_q > -np.inf)
    if inside.any():
        t = solved(family, {p: v[inside] for p, v in rows.items()}, log_q[inside], upper)
        with np.errstate(all="ignore"):
            out[inside] = np.clip(interval_link(low, high).inverse(NUMPY, t), low, high)
    return out.reshape(shape)[()]


def solved(family: Family, params: Params, log_q: Floats, upper: bool) -> Floats:
    """Return the quantiles on the scale of the link, row by row."""
    link = interval_link(family.support.low, family.support.high)
    log_tail: Callable[..., Floats] = family.log_survival if upper else family.log_cdf
    sign = -1.0 if upper else 1.0

    def at(t: Floats, rows: Any) -> tuple[Floats, Floats]:
        """A rising function of t that is zero at the quantile, and its slope."""
        mine = {p: v[rows] for p, v in params.items()}
        x, slope, _ = differentiate(lambda xp, z: link.inverse(xp, z[0]), [t], 1)
        tail = log_tail(NUMPY, x, **mine)
        density = family.log_density(NUMPY, x, **mine)
        return sign * (tail - log_q[rows]), np.exp(density - tail) * slope[0]

    with np.errstate(all="ignore"):
        return _roots(at, len(log_q))


def _roots(at: Callable[[Floats, Any], tuple[Floats, Floats]], count: int) -> Floats:
    """Return the root of each row of a rising function: a bracket by doubling, then Newton's steps within it."""
    low, high = _bracket(at, count)
    t = 0.5 * (low + high)
    active = np.arange(count)
    for step in range(STEPS):
        value, slope = at(t[active], active)
        low[active] = np.where(value < 0, t[active], low[active])
        high[active] = np.where(value < 0, high[active], t[active])
        new = t[active] - value / slope
        good = (new > low[active]) & (new < high[active]) & (step % 4 != 3)
        new = np.where(good, new, 0.5 * (low[active] + high[active]))
        done = np.abs(new - t[active]) <= 4e-16 * np.abs(t[active]) + 1e-300
        done |= (value == 0) | (high[active] - low[active] <= 4e-16 * np.abs(t[active]))
        t[active] = np.where(value == 0, t[active], new)
        active = active[~done]
        if not len(active):
            break
    return t


def _bracket(at: Callable[[Floats, Any], tuple[Floats, Floats]], count: int) -> tuple[Floats, Floats]:
    """Return points below and above the roots."""
    ends = []
    for sign in (-1.0, 1.0):
        end = np.zeros(count)
        active, step = np.arange(count), 1.0
        while len(active) and step < LARGEST:
            short = sign * at(end[active], active)[0] < 0  # not yet beyond the root
            active = active[short]
            end[active] += sign * step
            step *= 2.0
        ends.append(end)
    return ends[0], ends[1]


def discrete_quantile(family: Family, params: Params, log_q: Floats, upper: bool) -> Floats:
    """Return the least k with log P(X <= k) >= log_q or, of the upper tail, log P(X > k) <= log_q."""
    low, high = float(family.support.low), float(family.support.high)
    shape, log_q, rows = _flat(params, log_q)
    ends = (high, low - 1) if upper else (low - 1, high)
    out = np.where(log_q == -np.inf, ends[0], np.where(log_q == 0, ends[1], np.nan))
    inside = (log_q < 0) & (log_q > -np.inf)
    if inside.any():
        mine, level = {p: v[inside] for p, v in rows.items()}, log_q[inside]
        limit = level + (SLACK if upper else -SLACK) * (1 - level)
        log_tail: Callable[..., Floats] = family.log_survival if upper else family.log_cdf

        def reached(k: Floats) -> NDArray[np.bool_]:
            tail = log_tail(NUMPY, k, **mine)
            return tail <= limit if upper else tail >= limit

        with np.errstate(all="ignore"):
            out[inside] = _bisected(reached, *_integers_about(reached, low, high, len(limit)))
    return out.reshape(shape)[()]


def _bisected(reached: Callable[[Floats], NDArray[np.bool_]], below: Floats, above: Floats) -> Floats:
    """Return the least integers that are reached."""
    for _ in range(BISECTIONS):
        middle = np.floor(0.5 * (below + above))
        if not (apart := (middle > below) & (middle < above)).any():
            break
        beyond = reached(np.where(apart, middle, above))
        above, below = np.where(apart & beyond, middle, above), np.where(apart & ~beyond, middle, below)
    return above


def _integers_about(
    reached: Callable[[Floats], NDArray[np.bool_]], low: float, high: float, count: int
) -> tuple[Floats, Floats]:
    """Return integers below and at or above the quantiles."""
    below = np.full(count, low - 1 if np.isfinite(low) else min(high, 0.0) - 1)
    above, step = np.full(count, high if np.isfinite(high) else max(low, 0.0)), 1.0
    while not np.isfinite(low) and step < LARGEST and (there := reached(below)).any():
        below, step = np.where(there, below - step, below), 2 * step
    step = 1.0
    while not np.isfinite(high) and step < LARGEST and not (there := reached(above)).all():
        below, above, step = np.where(there, below, above), np.where(there, above, above + step), 2 * step
    return below, above


def _flat(params: Params, log_q: Floats) -> tuple[tuple[int, ...], Floats, dict[str, Floats]]:
    """The common shape of levels and parameters, and both as rows."""
    shape = np.broadcast_shapes(np.shape(log_q), *(np.shape(v) for v in params.values()))
    rows = {p: np.broadcast_to(v, shape).reshape(-1) for p, v in params.items()}
    return shape, np.array(np.broadcast_to(log_q, shape), dtype=float).reshape(-1), rows
