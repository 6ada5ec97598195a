"""One call on a hundred values, its verdict asked for."""

from __future__ import annotations

import numpy as np
from scipy import stats

import mlekit

from .harness import at_most
from .yardsticks import Array

WORK = "normal, one call, n = 100"
GOAL = {"scipy": at_most(4)}


def prepare(shrink: int) -> tuple[Array]:
    return (np.random.default_rng(0).standard_normal(100),)


def ours(x: Array) -> bool:
    return mlekit.fit(x, family="normal").verdict.ok


def scipy(x: Array) -> tuple[float, ...]:
    return stats.norm.fit(x)
