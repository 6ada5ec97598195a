"""A gamma distribution fitted to 1e7 values, against the least that it needs: their logarithms and two sums."""

from __future__ import annotations

import numpy as np

import mlekit

from .harness import at_most
from .yardsticks import Array

WORK = "gamma, 1e7 values"
GOAL = {"log_and_two_sums": at_most(1.25)}


def prepare(shrink: int) -> tuple[Array, Array]:
    x = np.random.default_rng(0).gamma(2.0, 3.0, 10**7 // shrink)
    return x, np.empty_like(x)


def ours(x: Array, buffer: Array) -> mlekit.Fit:
    return mlekit.fit(x, family="gamma")


def log_and_two_sums(x: Array, buffer: Array) -> tuple[float, float]:
    np.log(x, out=buffer)
    return buffer.sum(), x.sum()
