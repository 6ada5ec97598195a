"""The distribution of codes agrees with scipy's for one row, and serves many rows at once."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mlekit.families.composite._levels import LevelsDistribution

P = [0.1, 0.0, 0.35, 0.55]
CODES = np.arange(-1, 6)


def scipys():
    return stats.rv_discrete(values=(np.arange(4), P))()


@pytest.mark.parametrize("method", ["pmf", "cdf", "sf"])
def test_probabilities_are_those_of_scipy(method):
    assert getattr(LevelsDistribution(P), method)(CODES) == pytest.approx(getattr(scipys(), method)(CODES), abs=1e-15)


def test_quantiles_are_those_of_scipy_and_a_share_that_is_none_is_nan():
    q = np.array([0.001, 0.1, 0.1001, 0.44, 0.46, 0.999, 1.0])
    assert np.array_equal(LevelsDistribution(P).ppf(q), scipys().ppf(q))
    assert np.array_equal(LevelsDistribution(P).isf(1 - q), LevelsDistribution(P).ppf(q))
    assert np.isnan(LevelsDistribution(P).ppf([-0.1, 1.1])).all()


@pytest.mark.parametrize("method", ["mean", "var", "std", "median", "entropy"])
def test_moments_are_those_of_scipy(method):
    assert getattr(LevelsDistribution(P), method)() == pytest.approx(getattr(scipys(), method)(), rel=1e-14)


def test_support_and_log_probabilities():
    dist = LevelsDistribution(P)
    assert dist.support() == (0, 3)
    assert dist.logpmf([0, 1]).tolist() == [np.log(0.1), -np.inf]


def test_many_rows_have_each_their_own_law(rng):
    weights = rng.dirichlet([1, 2, 3], size=5)
    dist, codes = LevelsDistribution(list(weights.T)), np.array([0, 1, 2, 1, 0])
    each = [LevelsDistribution(row) for row in weights]
    assert np.array_equal(dist.pmf(codes), [one.pmf(k) for one, k in zip(each, codes, strict=True)])
    assert np.array_equal(dist.ppf(0.5), [one.ppf(0.5) for one in each])
    assert dist.rvs(size=(7, 5), random_state=1).shape == (7, 5)


def test_draws_have_the_weights_and_a_level_without_a_share_is_never_drawn():
    draws = LevelsDistribution(P).rvs(size=100_000, random_state=0)
    counts = np.bincount(draws, minlength=4)
    assert counts[1] == 0
    assert counts / 1e5 == pytest.approx(P, abs=0.006)
    assert LevelsDistribution(P).rvs(random_state=0).shape == ()
