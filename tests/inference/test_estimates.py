"""One estimate: of a parameter, a derived one, a function: its error by the delta method, and its interval."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from scipy import special, stats

import mlekit
from mlekit.errors import NoStandardError, OptionError, UnknownName

COIN = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli")
AMOUNTS = np.array([30.76, 15.64, 24.7, 23.27, 9.849, 31.7, 35.63, 20.06, 15.33, 12.5, 7.788, 20.21])
GAMMA = mlekit.fit(AMOUNTS, family="gamma")


def test_parameter_is_what_the_fit_says_of_it():
    found = COIN.estimate("p")
    assert (found.value, found.std_error) == (COIN["p"], COIN.bse["p"])
    assert [found.lower, found.upper] == COIN.conf_int("p").loc["p"].tolist()
    assert (found.name, found.method, found.level) == ("p", "exact", 0.95)
    assert float(found) == found.value


def test_estimate_is_frozen_and_prints_itself():
    found = COIN.estimate("p")
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.value = 1.0
    assert str(found) == "p = 0.7, standard error 0.144914, exact 95% interval 0.347547 to 0.93326"


def test_odds_and_logit_of_seven_in_ten():
    odds, logit = COIN.estimate("odds"), COIN.estimate("logit", method="wald")
    assert odds.value == pytest.approx(7 / 3, rel=1e-14)
    assert odds.std_error == pytest.approx(np.sqrt(0.021) / 0.09, rel=1e-13)
    assert logit.value == pytest.approx(0.847298, abs=1e-6)
    assert logit.std_error == pytest.approx(np.sqrt(1 / 7 + 1 / 3), rel=1e-13)
    assert logit.upper - logit.value == pytest.approx(stats.norm.ppf(0.975) * logit.std_error, rel=1e-13)


@pytest.mark.parametrize("method", ["exact", "profile"])
def test_interval_goes_through_a_rising_and_a_falling_function(method):
    p = COIN.estimate("p", method=method)
    rising, falling = COIN.estimate("odds", method=method), COIN.estimate(lambda p: -np.log(p), method=method)
    assert [rising.lower, rising.upper] == pytest.approx([p.lower / (1 - p.lower), p.upper / (1 - p.upper)], rel=1e-13)
    assert [falling.lower, falling.upper] == pytest.approx([-np.log(p.upper), -np.log(p.lower)], rel=1e-13)
    assert rising.method == falling.method == method


def test_variance_of_a_normal_has_the_exact_interval_of_its_sd():
    fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
    found = fit.estimate("variance")
    assert found.value == pytest.approx(2, rel=1e-14)
    assert [found.lower, found.upper] == pytest.approx([10 / stats.chi2.ppf(q, 4) for q in (0.975, 0.025)], rel=1e-12)


def test_function_that_turns_round_falls_back_on_wald():
    found = COIN.estimate("variance")
    assert found.method == "wald"
    with pytest.raises(OptionError, match="no exact interval"):
        COIN.estimate("variance", method="exact")


def test_derived_parameter_has_the_profile_of_the_family_fitted_in_it():
    found = GAMMA.estimate("rate")
    assert found.method == "profile"
    shapes = np.linspace(0.5, 40, 40001)
    for rate in (found.lower, found.upper):
        heights = stats.gamma(shapes[:, None], scale=1 / rate).logpdf(AMOUNTS).sum(axis=1)
        assert heights.max() == pytest.approx(GAMMA.llf - stats.chi2.ppf(0.95, 1) / 2, abs=1e-6)


def test_scale_and_rate_have_one_interval_turned_over():
    scale, rate = GAMMA.estimate("scale"), GAMMA.estimate("rate")
    assert [scale.lower, scale.upper] == pytest.approx([1 / rate.upper, 1 / rate.lower], rel=1e-9)


def test_function_of_several_has_the_delta_method():
    found = GAMMA.estimate(lambda mean, shape: mean / np.sqrt(shape))
    sd = GAMMA.estimate("sd", method="wald")
    assert found.method == "wald"
    assert [found.value, found.std_error, found.lower] == pytest.approx([sd.value, sd.std_error, sd.lower], rel=1e-12)
    with pytest.raises(OptionError, match="mean and shape"):
        GAMMA.estimate(lambda mean, shape: mean / shape, method="profile")


def test_function_may_take_one_mapping_of_all_values():
    by_name = GAMMA.estimate(lambda mean, shape: mean * shape)
    by_mapping = GAMMA.estimate(lambda q: q["mean"] * q["shape"])
    assert by_mapping.std_error == by_name.std_error
    categorical = mlekit.fit(list("aabbbc"), family="categorical")
    assert categorical.estimate(lambda q: q["p[a]"] / q["p[b]"]).value == pytest.approx(2 / 3, rel=1e-14)
    assert categorical.estimate(lambda p: p[0] / p[1]).value == pytest.approx(2 / 3, rel=1e-14)


def test_function_without_rules_is_differentiated_by_differences():
    found = GAMMA.estimate(lambda mean, shape: math.exp(mean / 10) + math.lgamma(shape))
    mean, shape = GAMMA.params
    gradient = np.array([np.exp(mean / 10) / 10, special.digamma(shape)])
    expected = np.sqrt(gradient @ GAMMA.cov_params().to_numpy() @ gradient)
    assert found.std_error == pytest.approx(expected, rel=1e-8)
    one = COIN.estimate(lambda p: math.log(p))
    assert one.std_error == pytest.approx(COIN.bse["p"] / 0.7, rel=1e-8)
    assert one.method == "exact"


def test_coefficients_are_asked_by_name():
    data = {"x": [0.5, -1.0, 2.0, 0.1, 1.5, -0.7, 0.9, -1.8], "y": [1, 0, 1, 0, 0, 1, 1, 0]}
    fit = mlekit.fit(data, "y ~ x", family="bernoulli")
    ratio = fit.estimate(lambda x: np.exp(x))
    assert ratio.method == "wald"
    assert ratio.std_error == pytest.approx(np.exp(fit["x"]) * fit.bse["x"], rel=1e-12)
    low, high = fit.conf_int("x", method="profile").loc["x"]
    profiled = fit.estimate(lambda x: np.exp(x), method="profile")
    assert [profiled.lower, profiled.upper] == pytest.approx([np.exp(low), np.exp(high)], rel=1e-13)
    middle = fit.estimate(lambda Intercept, x: -Intercept / x)
    gradient = np.array([-1 / fit["x"], fit["Intercept"] / fit["x"] ** 2])
    assert middle.std_error == pytest.approx(np.sqrt(gradient @ fit.cov_params().to_numpy() @ gradient), rel=1e-12)


def test_bootstrap_of_a_function_is_the_function_of_the_draws():
    found = COIN.estimate("odds", method="bootstrap")
    p = COIN.conf_int("p", method="bootstrap").loc["p"]
    assert found.lower == pytest.approx(p["lower"] / (1 - p["lower"]), rel=1e-13)
    assert found.upper == np.inf
    assert p["upper"] == 1


# -- at the end of a set -------------------------------------------------------------------------------------------

HEADS = mlekit.fit([1] * 20, family="bernoulli")


def test_estimate_at_the_end_has_no_error_but_an_interval():
    found = HEADS.estimate("p")
    assert found.value == 1
    assert np.isnan(found.std_error)
    assert [found.lower, found.upper] == pytest.approx([0.025 ** (1 / 20), 1], rel=1e-13)
    assert "no standard error" in str(found)


@pytest.mark.parametrize("what", ["p", "odds", lambda p: p * p])
def test_wald_at_the_end_is_an_error_that_names_an_interval(what):
    with pytest.raises(NoStandardError, match=r"p = 1 is at an end.*method='exact'"):
        HEADS.estimate(what, method="wald")


@pytest.mark.parametrize("what", ["p", "odds", lambda p: p * p])
def test_bootstrap_at_the_end_is_refused(what):
    with pytest.raises(OptionError, match=r"p is at an end.*method='exact'"):
        HEADS.estimate(what, method="bootstrap")
    with pytest.raises(OptionError, match=r"p is at an end.*method='exact'"):
        HEADS.conf_int(method="bootstrap")


def test_odds_without_end_have_an_interval_up_to_infinity():
    found = HEADS.estimate("odds")
    low = 0.025 ** (1 / 20)
    assert found.value == np.inf
    assert [found.lower, found.upper] == pytest.approx([low / (1 - low), np.inf], rel=1e-12)


def test_fixed_value_has_neither_error_nor_interval():
    fit = mlekit.fit([3.0, 5.0, 4.0], family="normal", fixed={"sd": 2.0})
    for name in ("sd", "variance"):
        found = fit.estimate(name)
        assert np.isnan([found.std_error, found.lower, found.upper]).all()
        with pytest.raises(NoStandardError, match=r"fixed=|free"):
            fit.estimate(name, method="wald")


def test_flat_spot_of_a_function_has_no_delta_error():
    even = mlekit.fit([1, 0, 1, 0], family="bernoulli")
    with pytest.raises(NoStandardError, match="derivative of zero"):
        even.estimate("variance", method="wald")


# -- what is asked -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "error", "words"),
    [
        ("odd", UnknownName, "did you mean 'odds'"),
        (3, OptionError, "a name or a function"),
        (np.log, OptionError, "lambda p"),
        (lambda a, b: a, OptionError, "'a'"),
        (lambda p: [p, p], OptionError, "one number"),
        (lambda p: "a", OptionError, "one number, not 'a'"),
        (lambda p: None, OptionError, "one number, not None"),
        (lambda values: values["pp"], UnknownName, "'pp'.*did you mean 'p'"),
    ],
)
def test_what_cannot_be_estimated_is_refused_in_words(what, error, words):
    with pytest.raises(error, match=words):
        COIN.estimate(what)


def test_derived_parameters_of_a_regression_are_not_one_number():
    fit = mlekit.fit({"x": [1.0, 2, 3, 4], "y": [1.0, 3, 2, 5]}, "y ~ x", family="normal")
    with pytest.raises(UnknownName, match="variance"):
        fit.estimate("variance")
