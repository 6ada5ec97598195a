"""No sufficient statistics: the cost of 16 times as many rows."""

from __future__ import annotations

import numpy as np

import mlekit

from .harness import exponent
from .yardsticks import Array

WORK = "weibull, 4e6 values against 2.5e5"
GOAL = {"a_sixteenth": exponent(1.1, grown=16)}


def prepare(shrink: int) -> tuple[Array]:
    return (3.0 * np.random.default_rng(0).weibull(1.7, 4 * 10**6 // shrink),)


def ours(x: Array) -> mlekit.Fit:
    return mlekit.fit(x, family="weibull")


def a_sixteenth(x: Array) -> mlekit.Fit:
    return ours(x[: len(x) // 16])
