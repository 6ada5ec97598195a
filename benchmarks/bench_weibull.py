"""A Weibull distribution fitted to 1e6 values: one equation in the shape, against a simplex search."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import stats

import mlekit

from .harness import Row, claim, faster
from .yardsticks import Array

WORK = "weibull, 1e6 values"
GOAL = {"scipy": faster(100)}


def prepare(shrink: int) -> tuple[Array]:
    return (3.0 * np.random.default_rng(0).weibull(1.7, 10**6 // shrink),)


def ours(x: Array) -> mlekit.Fit:
    return mlekit.fit(x, family="weibull")


def scipy(x: Array) -> tuple[float, ...]:
    return stats.weibull_min.fit(x, floc=0)


def gain(x: Array) -> float:
    """Our log-likelihood less scipy's, relative, both by scipy's density."""
    fit = ours(x)
    theirs = stats.weibull_min.logpdf(x, *scipy(x)).sum()
    return (stats.weibull_min.logpdf(x, fit["shape"], scale=fit["scale"]).sum() - theirs) / abs(theirs)


def claims(x: Array) -> Iterator[Row]:
    samples = [x, *(np.random.default_rng(seed).weibull(0.3 * 2.0**seed, 500) for seed in range(6))]
    yield claim("weibull, seven samples", "gain of log-likelihood", min(map(gain, samples)), least=-1e-12)
