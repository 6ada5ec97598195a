"""Resampled rows, refitted: repeatable, in proportion to weights, for sums, rows and cross-products."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import mlekit
from mlekit.errors import ConvergenceError, ConvergenceWarning, OptionError
from mlekit.inference.bootstrap import percentiles


def test_draws_of_a_coin_are_binomial():
    draws = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").bootstrap(2000, seed=1).draws["p"]
    assert set(np.round(draws * 10, 9)) <= set(range(11))
    counts = np.bincount(np.round(draws * 10).astype(int), minlength=11)[3:]
    expected = 2000 * stats.binom(10, 0.7).pmf(np.arange(3, 11))
    assert stats.chi2(7).sf(((counts - expected) ** 2 / expected).sum()) > 1e-4


@pytest.mark.parametrize("family", ["normal", "gamma", "weibull", "student_t"])
def test_draws_are_fits_of_resampled_rows(family, rng):
    y = rng.gamma(3, 2, size=50)
    boot = mlekit.fit(y, family=family).bootstrap(3, seed=5)
    generator = np.random.default_rng(5)
    for draw in boot.values:
        refit = mlekit.fit(y[generator.integers(50, size=50)], family=family, on_failure="ignore")
        assert draw[:2] == pytest.approx(refit.params.to_numpy()[:2], rel=1e-6)


@pytest.mark.parametrize("family", ["normal", "poisson"])
def test_draws_of_a_regression_are_fits_of_resampled_rows(family, rng):
    x = rng.normal(size=40)
    y = rng.poisson(np.exp(1 + 0.3 * x)).astype(float)
    boot = mlekit.fit({"x": x, "y": y}, "y ~ x", family=family).bootstrap(3, seed=5)
    generator = np.random.default_rng(5)
    for draw in boot.values:
        rows = generator.integers(40, size=40)
        refit = mlekit.fit({"x": x[rows], "y": y[rows]}, "y ~ x", family=family)
        assert draw == pytest.approx(refit.params.to_numpy(), rel=1e-8)


def test_same_seed_gives_the_same_draws_and_a_generator_goes_on():
    fit = mlekit.fit([1.0, 2.0, 4.0, 3.0, 2.5], family="gamma")
    first, again = fit.bootstrap(20, seed=3).draws, fit.bootstrap(20, seed=3).draws
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    generator = np.random.default_rng(3)
    pd.testing.assert_frame_equal(fit.bootstrap(20, seed=generator).draws, first, check_exact=True)
    assert not fit.bootstrap(20, seed=generator).draws.equals(first)


def test_weights_are_drawn_in_proportion():
    counted = mlekit.fit(mlekit.counted([0, 1], [880, 120]), family="bernoulli").bootstrap(2000, seed=2).draws["p"]
    assert counted.mean() == pytest.approx(0.12, abs=4 * 0.010276 / np.sqrt(2000))
    assert counted.std() == pytest.approx(0.010276, rel=4 / np.sqrt(2 * 2000))
    assert (np.abs(counted * 1000 - np.round(counted * 1000)) < 1e-9).all()


def test_weighted_rows_of_a_regression_keep_their_total(rng):
    x, w = rng.normal(size=30), rng.integers(1, 5, size=30)
    fit = mlekit.fit({"x": x, "y": 2 * x + rng.normal(size=30), "w": w}, "y ~ x", family="normal", weights="w")
    draws = fit.bootstrap(300, seed=1).draws
    assert draws["x"].std() == pytest.approx(fit.bse["x"], rel=0.35)


def test_interval_is_that_of_ordered_draws(rng):
    fit = mlekit.fit(rng.gamma(2, size=30), family="gamma")
    ordered = np.sort(fit.bootstrap(999, seed=4).draws["mean"])
    table = fit.conf_int("mean", method="bootstrap", seed=4)
    assert table.loc["mean"].tolist() == pytest.approx([ordered[24], ordered[974]], rel=1e-13)
    assert fit.bootstrap(999, seed=4).conf_int().loc["mean"].tolist() == table.loc["mean"].tolist()


def test_draws_at_infinity_stay_in_the_interval():
    draws = np.array([[1.0], [2.0], [np.inf]])
    low, high = percentiles(draws, 0.9)
    assert (low[0], high[0]) == (1.0, np.inf)


def test_failed_refits_are_counted_and_reported():
    # three rows: often all drawn rows are the same one, and a spread has no maximum
    boot = mlekit.fit([1.0, 2.0, 4.0], family="weibull").bootstrap(200, seed=0)
    proportion = boot.failed / 200
    assert 0.03 < proportion < 0.25  # 1 in 9 on average
    assert str(boot) == f"200 refits of resampled rows; {boot.failed} found no maximum and are left out"
    with pytest.warns(ConvergenceWarning, match=f"{boot.failed} of 200 refits"):
        boot.conf_int()
    with pytest.raises(ConvergenceError, match="no refit"):
        percentiles(np.full((3, 1), np.nan), 0.95)


def test_columns_that_a_resample_does_not_identify_are_failures(rng):
    data = {"x": [0.0, 0, 0, 0, 0, 1], "y": rng.normal(size=6)}
    boot = mlekit.fit(data, "y ~ x", family="normal").bootstrap(60, seed=0)
    assert 0 < boot.failed < 60  # the one row with x = 1 is left out of a third of the resamples
    assert str(mlekit.fit([1, 0, 1], family="bernoulli").bootstrap(5)).endswith("all found a maximum")


def test_prior_fixed_and_tied_hold_in_every_refit(rng):
    y = rng.normal(3, 2, size=30)
    draws = mlekit.fit(y, family="normal", fixed={"sd": 2.0}, prior={"mean": mlekit.priors.Normal(0, 1)}).bootstrap(50)
    assert (draws.draws["sd"] == 2).all()
    assert draws.draws["mean"].mean() == pytest.approx(y.mean() * 30 / (30 + 4), rel=0.1)
    x = rng.normal(size=(60, 2))
    tied = mlekit.fit(x, rng.poisson(np.exp(x.sum(axis=1) / 3)), family="poisson", tied={"x1": "x0"}).bootstrap(20)
    assert tied.draws["x0"].to_numpy() == pytest.approx(tied.draws["x1"].to_numpy(), rel=1e-12)


def test_many_rows_are_drawn_in_pieces(rng, monkeypatch):
    fit = mlekit.fit(rng.gamma(2, size=100), family="gamma")
    whole = fit.bootstrap(30, seed=1).values
    monkeypatch.setattr("mlekit.inference.bootstrap.CELLS", 700)
    assert fit.bootstrap(30, seed=1).values == pytest.approx(whole, rel=1e-12)


def test_groups_are_resampled_one_by_one():
    fits = mlekit.fit({"g": [1, 1, 2, 2], "y": [1.0, 2, 4, 7]}, "y", family="exponential", by="g")
    with pytest.raises(OptionError, match=r"fit\[key\]"):
        fits.conf_int(method="bootstrap")
    assert fits[2].bootstrap(10).draws["mean"].between(4, 7).all()


@pytest.mark.parametrize("n", [0, 2.5, "many"])
def test_number_of_refits_is_checked(n):
    with pytest.raises(OptionError, match="n is"):
        mlekit.fit([1, 0, 1], family="bernoulli").bootstrap(n)
