"""A normal distribution of 1e8 values: two passes of memory are one too many, and sums about zero would cancel."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

import mlekit

from .harness import Row, at_most, claim, extra_memory
from .yardsticks import Array

WORK = "normal, 1e8 values"
GOAL = {"numpy_sum": at_most(2.1)}


def prepare(shrink: int) -> tuple[Array]:
    return (np.random.default_rng(0).normal(3.0, 1.0, 10**8 // shrink),)


def ours(x: Array) -> mlekit.Fit:
    return mlekit.fit(x, family="normal")


def numpy_sum(x: Array) -> float:
    return x.sum()


def exact_variance(steps: Array, step: float) -> Fraction:
    """The variance of whole multiples of `step`, in integers."""
    whole = steps.tolist()
    n = len(whole)
    return Fraction(n * sum(k * k for k in whole) - sum(whole) ** 2, n * n) * Fraction(step) ** 2


def variance_error() -> float:
    """Relative error at mean 1e9, sd 1e-3: every value there is a whole multiple of 2^-23 away from 1e9."""
    x = np.random.default_rng(1).normal(1e9, 1e-3, 10**6)
    truth = exact_variance(((x - 1e9) * 2**23).astype(np.int64), 2.0**-23)
    return abs(float(Fraction(ours(x)["variance"]) / truth - 1))


def claims(x: Array) -> Iterator[Row]:
    yield claim(WORK, "extra memory, MB", extra_memory(lambda: ours(x)) / 1e6, most=2)
    yield claim("normal, mean 1e9, sd 1e-3", "error of the variance", variance_error(), most=1e-12)
