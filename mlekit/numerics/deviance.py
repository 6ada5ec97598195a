"""Deviances: the log-likelihood that a value lacks to a fit of its own, with no digit lost if the two are near.

log_excess(d) = d - log(1 + d)                      near d^2 / 2
excess(y, m)  = y log(y / m) - (y - m)              y log(y / m) + m - y, and m at y = 0
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any
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
