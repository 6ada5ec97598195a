"""Residuals against 100-digit references; quantile residuals are standard normal if the model is right."""

from __future__ import annotations

import numpy as np
import pytest
from inference.cases import REGRESSIONS, regression
from scipy import stats
from scipy.special import ndtr, ndtri

import mlekit
from mlekit.errors import OptionError

KNOWN = [
    (name, kind)
    for name, case in REGRESSIONS.items()
    for kind in ("response", "pearson", "deviance")
    if kind in case.get("residuals", {})
]


@pytest.mark.parametrize(("name", "kind"), KNOWN)
def test_residuals_agree_with_100_digits(name, kind):
    fit, case = regression(name)
    truth = np.array(case["residuals"][kind], dtype=float)  # NaN if the distribution has no variance
    assert fit.residuals(kind) == pytest.approx(
        truth, rel=1e-9, abs=1e-11 * np.nanmax(np.abs(truth), initial=0), nan_ok=True
    )


def test_of_a_normal_distribution_all_kinds_are_one():
    fit, _ = regression("linear")
    for kind in ("quantile", "deviance"):
        assert fit.residuals(kind) == pytest.approx(fit.residuals("pearson"), abs=1e-9)


def test_deviances_add_up_to_twice_what_the_log_likelihood_lacks_to_a_fit_of_each_row():
    fit, case = regression("poisson_years")
    y = np.array(case["data"]["y"])
    assert (fit.residuals("deviance") ** 2).sum() == pytest.approx(
        2 * (stats.poisson(y).logpmf(y).sum() - fit.llf), rel=1e-10
    )


@pytest.mark.parametrize("name", ["gamma", "exponential", "weibull", "student_t"])
def test_quantile_residuals_are_normal_scores_of_the_distribution_function(name):
    fit, case = regression(name)
    assert fit.residuals() == pytest.approx(ndtri(fit.dist().cdf(np.array(case["data"]["y"]))), rel=1e-9)


@pytest.mark.parametrize("name", ["poisson_offset", "logistic", "logistic_cbind"])
def test_of_a_count_they_are_drawn_within_its_step(name):
    fit, _ = regression(name)
    family, y = fit.family, np.asarray(fit.problem.rows.y, dtype=float)
    known = {} if family.trials(y) is None else {"n": family.trials(y)}
    count = y if y.ndim == 1 else y[:, 0]
    p = fit.predict(which=next(iter(family.params)))
    dist = family.frozen(**{next(iter(family.params)): p}, **known)
    for seed in range(3):
        u = ndtr(fit.residuals(seed=seed))
        assert (u <= dist.cdf(count) + 1e-12).all()
        assert (u >= dist.cdf(count - 1) - 1e-12).all()


def test_quantile_residuals_are_standard_normal_if_the_model_is_right(rng):
    for family, y in {
        "poisson": rng.poisson(0.7, size=4000),
        "bernoulli": rng.random(4000) < 0.2,
        "categorical": rng.choice(["a", "b", "c"], p=[0.1, 0.6, 0.3], size=4000),
        "gamma": rng.gamma(0.5, size=4000),
    }.items():
        residuals = mlekit.fit(y, family=family).residuals(seed=3)
        assert stats.kstest(residuals, "norm").pvalue > 0.01


def test_the_seed_says_which_draws():
    fit, _ = regression("poisson_years")
    assert np.array_equal(fit.residuals(seed=4), fit.residuals(seed=np.random.default_rng(4)))
    assert not np.array_equal(fit.residuals(seed=4), fit.residuals(seed=5))
    assert np.array_equal(fit.residuals("pearson", seed=4), fit.residuals("pearson", seed=5))


def test_a_far_row_keeps_its_digits():
    fit = mlekit.fit([-1.0, 1.0, 0.0], family="normal", fixed={"mean": 0.0, "sd": 0.05})
    assert fit.residuals() == pytest.approx([-20.0, 20.0, 0.0], rel=1e-12)


def test_at_an_end_of_a_set_every_row_is_as_it_had_to_be():
    fit = mlekit.fit([1, 1], family="bernoulli")
    assert fit.residuals("response").tolist() == [0.0, 0.0]
    assert fit.residuals("deviance").tolist() == [0.0, 0.0]
    assert np.isfinite(fit.residuals()).all()


def test_residuals_are_one_row_an_input_row_and_do_not_know_of_weights():
    data = {"y": [1.0, 2.0, 4.0, 9.0], "w": [1, 0, 2, 1]}
    fit = mlekit.fit(data, "y", family="normal", weights="w")
    assert fit.residuals("response") == pytest.approx(np.array(data["y"]) - fit["mean"], rel=1e-14)


def test_kinds_that_a_family_does_not_have_are_refused_with_those_it_has():
    fit, _ = regression("weibull")
    with pytest.raises(OptionError, match="'pearson'"):
        fit.residuals("deviance")
    with pytest.raises(OptionError, match="quantile, response, pearson, deviance"):
        fit.residuals("studentized")
    softmax, _ = regression("softmax")
    with pytest.raises(OptionError, match="kind='quantile'"):
        softmax.residuals("response")


def test_a_scipy_distribution_has_residuals_through_its_own_functions(rng):
    y = rng.gumbel(size=100)
    fit = mlekit.fit(y, family=stats.gumbel_r)
    dist = stats.gumbel_r(fit["loc"], fit["scale"])
    assert fit.residuals("pearson") == pytest.approx((y - dist.mean()) / dist.std(), rel=1e-12)
    assert fit.residuals() == pytest.approx(ndtri(dist.cdf(y)), rel=1e-9)
