"""2e7 integers of 27 levels, against the sum of as many float64."""

from __future__ import annotations

import numpy as np

import mlekit

from .harness import at_most
from .yardsticks import Array

WORK = "categorical, 2e7 int64 of 27 levels"
GOAL = {"numpy_sum": at_most(4.5)}


def prepare(shrink: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    u = rng.random(2 * 10**7 // shrink)
    return np.searchsorted(np.cumsum(rng.dirichlet(np.full(27, 2.0)))[:-1], u), u


def ours(y: Array, u: Array) -> mlekit.Fit:
    return mlekit.fit(y, family="categorical")


def numpy_sum(y: Array, u: Array) -> float:
    return u.sum()
