"""Student's t of 1e5 values, against a simplex search; far from zero the latter stops at a wrong answer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import stats

import mlekit

from .harness import Row, claim, faster
from .yardsticks import Array

WORK = "student_t, 1e5 values"
GOAL = {"scipy": faster(150)}


def prepare(shrink: int) -> tuple[Array]:
    return (1.0 + 2.0 * np.random.default_rng(0).standard_t(4, 10**5 // shrink),)


def ours(x: Array) -> mlekit.Fit:
    return mlekit.fit(x, family="student_t")


def scipy(x: Array) -> tuple[float, ...]:
    return stats.t.fit(x)


def gain(x: Array) -> float:
    """Our log-likelihood less scipy's, relative, both by scipy's density."""
    fit = ours(x)
    theirs = stats.t.logpdf(x, *scipy(x)).sum()
    return (stats.t.logpdf(x, fit["df"], fit["loc"], fit["scale"]).sum() - theirs) / abs(theirs)


def claims(x: Array) -> Iterator[Row]:
    draws = {origin: origin + np.random.default_rng(0).standard_t(4, 2000) for origin in (0.0, 1e3, 1e6)}
    yield claim("student_t, four samples", "gain of log-likelihood", min(map(gain, [x, *draws.values()])), least=-1e-12)
