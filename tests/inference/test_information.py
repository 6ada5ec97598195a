"""Standard errors and covariances against 100-digit arithmetic; a value without one says so."""

from __future__ import annotations

import numpy as np
import pytest
from inference.cases import REGRESSIONS, SAMPLES, regression, sample
from scipy import stats

import mlekit

DERIVED = [
    (name, d) for name in SAMPLES for d in sample(name)[1].get("derived", {}) if d in sample(name)[0].family.derived
]


def numbers(values):
    return np.array([[np.nan if v is None else v for v in row] for row in values], dtype=float)


def same_covariance(fit, case, rel):
    found, expected = fit.cov_params().to_numpy(), numbers(case["cov"])
    assert (np.isnan(found) == np.isnan(expected)).all()
    errors = np.sqrt(np.diag(expected))
    room = np.outer(errors, errors)
    assert np.nan_to_num((found - expected) / room) == pytest.approx(np.zeros(found.shape), abs=rel)


# the mean of 1e9 is a float 6e-4 standard errors from its neighbours, and so is its score
@pytest.mark.parametrize("name", SAMPLES)
def test_covariance_is_that_of_high_precision_arithmetic(name):
    same_covariance(*sample(name), rel=1e-4 if name == "normal shifted" else 2e-8)


@pytest.mark.parametrize("name", REGRESSIONS)
def test_covariance_of_coefficients_is_that_of_high_precision_arithmetic(name):
    same_covariance(*regression(name), rel=2e-8)


@pytest.mark.parametrize(("name", "derived"), DERIVED)
def test_derived_parameters_have_the_errors_of_the_delta_method(name, derived):
    fit, case = sample(name)
    estimate, expected = fit.estimate(derived, method="wald"), case["derived"][derived]
    assert estimate.value == pytest.approx(expected["value"], rel=1e-9)
    assert estimate.std_error == pytest.approx(expected["std_error"], rel=1e-8)


def test_coin_has_the_textbook_error():
    fit = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli")
    assert fit.bse["p"] == pytest.approx(np.sqrt(0.21 / 10), rel=1e-14)
    assert round(fit.bse["p"], 6) == 0.144914
    openings = mlekit.fit(mlekit.counted([0, 1], [880, 120]), family="bernoulli")
    assert round(openings.bse["p"], 6) == 0.010276


def test_derived_values_are_had_by_name():
    fit = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli")
    assert fit["odds"] == pytest.approx(7 / 3, rel=1e-14)
    assert mlekit.fit([1, 1, 1], family="bernoulli")["odds"] == np.inf
    assert mlekit.fit([3.0, 5.0, 4.0], family="normal", fixed={"sd": 2.0})["variance"] == 4


def test_no_error_at_an_end_of_the_set():
    for data, family in [([1] * 9, "bernoulli"), ([0] * 9, "bernoulli"), ([0] * 9, "poisson")]:
        fit = mlekit.fit(data, family=family)
        assert fit.bse.isna().all()
        assert fit.cov_params().isna().all(axis=None)


def test_fixed_value_has_no_error_and_takes_none_away():
    free = mlekit.fit([3.0, 5.0, 4.0, 8.0], family="normal")
    fixed = mlekit.fit([3.0, 5.0, 4.0, 8.0], family="normal", fixed={"sd": free["sd"]})
    assert fixed.bse["mean"] == pytest.approx(free.bse["mean"], rel=1e-12)
    assert np.isnan(fixed.bse["sd"])
    assert fixed["sd"] == free["sd"]


def test_tied_values_have_one_error(rng):
    x = rng.normal(size=(50, 2))
    fit = mlekit.fit(x, rng.poisson(np.exp(x.sum(axis=1) / 2)), family="poisson", tied={"x1": "x0"})
    cov = fit.cov_params()
    assert cov.loc["x0", "x1"] == pytest.approx(cov.loc["x0", "x0"], rel=1e-12)


def test_map_error_is_the_curvature_of_the_log_posterior():
    fit = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", prior=mlekit.priors.Beta(10, 10))
    p = 16 / 28
    assert fit.bse["p"] == pytest.approx(1 / np.sqrt(16 / p**2 + 12 / (1 - p) ** 2), rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("y", [[72.0, 75, 71, 73, 47], [0.0, 1, 5], list(np.random.default_rng(3).laplace(size=101))])
def test_a_corner_has_no_standard_error_though_differences_see_a_bend(y):
    fit = mlekit.fit(y, family=stats.laplace)
    assert fit["loc"] == pytest.approx(np.median(y), abs=1e-6)
    assert np.isnan(fit.bse["loc"])
    assert fit.bse["scale"] == pytest.approx(fit["scale"] / np.sqrt(len(y)), rel=1e-5)
    low, high = fit.conf_int("loc").to_numpy()[0]
    assert low < fit["loc"] < high
    assert "loc: no standard error" in fit.summary()


@pytest.mark.parametrize("name", ["norm", "gumbel_r", "logistic", "gamma", "rayleigh"])
def test_a_smooth_likelihood_of_few_rows_keeps_its_errors(name):
    y = [2.0, 3.5, 1.0, 7.0]
    fit = mlekit.fit(y, family=getattr(stats, name), on_failure="ignore")
    assert np.isfinite(fit.bse).all()
