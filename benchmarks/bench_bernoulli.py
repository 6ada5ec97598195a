"""2e7 zeros and ones in bytes, against the sum of as many float64."""

from __future__ import annotations

import numpy as np

import mlekit

from .harness import at_most
from .yardsticks import Array

WORK = "bernoulli, 2e7 uint8"
GOAL = {"numpy_sum": at_most(0.3)}


def prepare(shrink: int) -> tuple[Array, Array]:
    u = np.random.default_rng(0).random(2 * 10**7 // shrink)
    return (u < 0.3).astype(np.uint8), u


def ours(y: Array, u: Array) -> mlekit.Fit:
    return mlekit.fit(y, family="bernoulli")


def numpy_sum(y: Array, u: Array) -> float:
    return u.sum()
