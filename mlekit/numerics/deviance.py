"""Deviances: the log-likelihood that a value lacks to a fit of its own, with no digit lost if the two are near.

The log probability of a Poisson count is minus its deviance and Stirling's error (Loader's saddle-point form).

log_excess(d) = d - log(1 + d)                      near d^2 / 2
excess(y, m)  = y log(y / m) - (y - m)              y log(y / m) + m - y, and m at y = 0
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any
Namespace = Any
LOG_2PI = 1.8378770664093453
NEAR = 0.5  # relative distance below which a ratio is taken from the difference
SMALL = 1e-3  # where the series is right to the last digits


def log_excess(d: Array) -> Array:
    """d - log(1 + d), for d above -1.

    >>> float(log_excess(1e-20))
    5e-41
    """
    d = np.asarray(d, dtype=float)
    series = d * d * (1 / 2 - d * (1 / 3 - d * (1 / 4 - d * (1 / 5 - d * (1 / 6 - d / 7)))))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.abs(d) < SMALL, series, d - np.log1p(d))


def excess(y: Array, m: Array) -> Array:
    """y log(y / m) - (y - m), for y from 0 up: half the deviance of a Poisson count."""
    y, m = np.broadcast_arrays(np.asarray(y, dtype=float), np.asarray(m, dtype=float))
    some = np.where(y > 0, y, 1.0)
    return np.where(y > 0, y * log_excess((m - y) / some), m)


def log_poisson(xp: Namespace, y: Array, rate: Array) -> Array:
    """Return the log probability of a count, with no digit lost if it is large.

    >>> from mlekit.numerics.arrays import NUMPY
    >>> round(float(log_poisson(NUMPY, 1e15, 1e15)), 6)
    -18.188327
    """
    some = xp.where(y > 0, y, 1.0)
    of_some = xp.where(y > 0, rate, some)
    saddle = (
        y * log_ratio(xp, of_some, some)
        - (of_some - some)
        - 0.5 * (xp.log(some) + LOG_2PI)
        - xp.gammaln_minus_stirling(some)
    )
    return xp.where(y > 0, saddle, -rate)


def log_ratio(xp: Namespace, a: Array, b: Array) -> Array:
    """Return log(a / b), for a from 0 up and positive b, with all digits if they are near."""
    d = (a - b) / b
    near = abs(xp.value(d)) < NEAR
    return xp.where(near, xp.log1p(xp.where(near, d, 0.0)), xp.log(xp.where(near, 1.0, a / b)))


def poisson_tilt(xp: Namespace, total: Array, n: Array, origin: Array, rate: Array) -> Array:
    """Return the log-likelihood of n counts at a rate less that at another, the origin, from the sum of the counts.

    An origin of zero stands for the sum of -log y!, to which total log(rate) - n rate are added.
    """
    reference = xp.where(origin > 0, origin, 1.0)
    ratio = log_ratio(xp, xp.where(total == 0, reference, rate), reference)
    return total * ratio - n * (rate - origin)
