"""The shape of many rows is found in one pass that keeps nothing of them."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from scipy.optimize import brentq

import mlekit


def root(y, weights):
    logs = np.log(y) - np.average(np.log(y), weights=weights)

    def score(k):
        e = weights * np.exp(k * logs - (k * logs).max())
        return (e @ logs) / e.sum() - 1 / k

    about = 1.28 / logs.std()
    return brentq(score, about / 5, about * 5, rtol=1e-15)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape", [0.02, 0.7, 1.7, 60.0])
@pytest.mark.parametrize("n", [19_999, 60_001])
def test_the_shape_of_many_rows_is_the_root_of_the_score(n, shape, weighted):
    rng = np.random.default_rng(n)
    y = 3e4 * rng.weibull(shape, n)
    y = np.maximum(y, 1e-250)
    weights = rng.integers(0, 3, n) * 1.0 if weighted else np.ones(n)
    fit = mlekit.fit(y, family="weibull", weights=weights if weighted else None)
    k = root(y, weights)
    assert fit["shape"] == pytest.approx(k, rel=1e-11)
    top = np.log(y).max()
    scale = np.exp(top + np.log(np.average(np.exp(k * (np.log(y) - top)), weights=weights)) / k)
    assert fit["scale"] == pytest.approx(scale, rel=1e-10 + 2e-11 / shape)  # log scale has the error of 1 / shape


def test_many_rows_take_less_memory_than_a_twentieth_of_a_copy():
    y = np.random.default_rng(0).weibull(1.7, 10**6)
    mlekit.fit(y[:50_000], family="weibull")
    tracemalloc.start()
    try:
        mlekit.fit(y, family="weibull")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1.5e6
