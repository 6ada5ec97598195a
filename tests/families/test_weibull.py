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


def test_groups_are_fitted_from_sums_of_four_features():
    rng = np.random.default_rng(0)
    g, y = np.repeat(np.arange(300), 10), 2 * rng.weibull(1.5, 3000)
    fits = mlekit.fit({"y": y, "g": g}, "y", family="weibull", by="g")
    for k in (0, 17, 299):
        rows = y[g == k]
        assert fits.params["shape"][k] == pytest.approx(root(rows, np.ones(10)), rel=1e-7)
    family = mlekit.families.get("weibull")
    z = [np.log(2.0), np.log(1.4)]
    value, score, hessian = family.combine([3000.0, *(f.sum() for f in family.features(y, z, 2))], z, 2)
    by_row = family.evaluate(y, z, 2)
    assert value == pytest.approx(by_row[0].sum(), rel=1e-12)
    np.testing.assert_allclose(score, [s.sum() for s in by_row[1]], rtol=1e-10)
    np.testing.assert_allclose(hessian, [[h.sum() for h in row] for row in by_row[2]], rtol=1e-10)
