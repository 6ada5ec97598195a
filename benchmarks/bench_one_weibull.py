"""One call on a hundred values, its verdict asked for."""

from __future__ import annotations

import numpy as np
from scipy import stats

import mlekit

from .harness import faster
from .yardsticks import Array

WORK = "weibull, one call, n = 100"
GOAL = {"scipy": faster(20)}


def prepare(shrink: int) -> tuple[Array]:
    return (3.0 * np.random.default_rng(0).weibull(1.7, 100),)


def ours(x: Array) -> bool:
    return mlekit.fit(x, family="weibull").verdict.ok


def scipy(x: Array) -> tuple[float, ...]:
    return stats.weibull_min.fit(x, floc=0)
