"""A density of one's own is called with numbers, and errors of its code are explained."""

from __future__ import annotations

import copy
import functools
import math
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import gammaln

import mlekit
from mlekit.errors import OptionError

Y = [0.5, 2.0, 1.0, 0.25, 4.0]
RATE = len(Y) / sum(Y)


def masked(y: Any, rate: Any) -> Any:
    out = np.full(len(y), -np.inf)
    out[y >= 0] = math.log(rate) - rate * y[y >= 0]
    return out


def listed(y: Any, rate: Any) -> Any:
    return [math.log(rate) - rate * v for v in y]


def series(y: Any, rate: Any) -> Any:
    return pd.Series(math.log(rate) - rate * y)


@pytest.mark.parametrize("log_density", [masked, listed, series])
def test_code_for_numbers_is_fitted_like_the_formula(log_density: Any) -> None:
    fit = mlekit.fit(Y, family=mlekit.custom(log_density, params={"rate": "positive"}))
    assert fit["rate"] == pytest.approx(RATE, rel=1e-8)
    assert fit.bse["rate"] == pytest.approx(RATE / math.sqrt(len(Y)), rel=1e-6)
    assert fit.verdict.ok


def test_code_for_numbers_serves_intervals_of_many_fits_at_once() -> None:
    by_hand = mlekit.fit(Y, family=mlekit.custom(masked, params={"rate": "positive"})).conf_int(method="profile")
    formula = mlekit.custom(lambda y, rate: np.log(rate) - rate * y, params={"rate": "positive"})
    by_rule = mlekit.fit(Y, family=formula).conf_int(method="profile")
    np.testing.assert_allclose(by_hand[["lower", "upper"]], by_rule[["lower", "upper"]], rtol=1e-7)


def test_an_exception_of_the_code_is_explained() -> None:
    family = mlekit.custom(lambda y, rate: y.nothing * rate, params={"rate": "positive"})
    with pytest.raises(OptionError, match=r"custom: log_density failed: AttributeError: .*nothing"):
        mlekit.fit(Y, family=family)


def test_a_log_density_of_words_is_explained() -> None:
    family = mlekit.custom(lambda y, rate: ["a"] * len(y), params={"rate": "positive"})
    with pytest.raises(OptionError, match="custom: log_density failed: ValueError"):
        mlekit.fit(Y, family=family)


def test_a_log_density_that_is_nan_everywhere_names_the_first_row_and_the_parameters() -> None:
    family = mlekit.custom(lambda y, rate: np.log(-rate) + 0 * y, params={"rate": "positive"})
    with pytest.raises(OptionError, match=r"nan in every row; in row 0, y = 0\.5 with rate = "):
        mlekit.fit(Y, family=family)


def exponential(y: Any, rate: Any) -> Any:
    return np.log(rate) - rate * y


def test_a_fit_of_a_function_of_a_module_survives_pickle() -> None:
    fit = mlekit.fit(Y, family=mlekit.custom(exponential, params={"rate": "positive"}))
    new = pickle.loads(pickle.dumps(fit))
    assert new["rate"] == fit["rate"]
    assert new.log_prob([1.0]) == fit.log_prob([1.0])


def test_a_lambda_cannot_be_pickled_and_the_error_names_it() -> None:
    family = mlekit.custom(lambda y, rate: np.log(rate) - rate * y, params={"rate": "positive"})
    with pytest.raises(OptionError, match=r"custom: .*<lambda>.* cannot be pickled.*def log_density at the top level"):
        pickle.dumps(mlekit.fit(Y, family=family))
    bound = mlekit.custom(functools.partial(lambda scale, y, rate: rate * scale * y, 2.0), params={"rate": "positive"})
    with pytest.raises(OptionError, match="cannot be pickled"):
        pickle.dumps(bound)


def test_a_copy_shares_the_function() -> None:
    family = mlekit.custom(lambda y, rate: np.log(rate) - rate * y, params={"rate": "positive"})
    fit = mlekit.fit(Y, family=family)
    for new in (copy.deepcopy(fit), copy.copy(fit)):
        assert new["rate"] == fit["rate"]
        assert new.log_prob([1.0]) == fit.log_prob([1.0])
    assert copy.deepcopy(family).function is family.function


NORMAL = np.random.default_rng(0).normal(3, 1, 50)
WAITS = np.random.default_rng(0).exponential(2, 50)
COUNTS = np.random.default_rng(0).poisson(3, 50).astype(float)


@pytest.mark.parametrize("support", ["real", "positive"])
def test_a_density_in_the_place_of_its_logarithm_is_warned_about(support: str) -> None:
    family = mlekit.custom(lambda y, rate: rate * np.exp(-rate * y), params={"rate": "positive"}, support=support)
    with pytest.warns(mlekit.errors.ConvergenceWarning, match="no finite integral, but a density integrates to 1"):
        mlekit.fit(WAITS, family=family)
    with pytest.raises(mlekit.errors.ConvergenceError, match="return the logarithm of the density"):
        mlekit.fit(WAITS, family=family, on_failure="raise")
    mlekit.fit(WAITS, family=family, on_failure="ignore")


def test_a_log_density_without_its_constants_is_warned_about() -> None:
    family = mlekit.custom(lambda y, m, s: -(((y - m) / s) ** 2) / 2 - np.log(s), params={"m": "real", "s": "positive"})
    with pytest.warns(mlekit.errors.ConvergenceWarning, match=r"the integral 2\.51, but"):
        mlekit.fit(NORMAL, family=family)


RIGHT = {
    "a half-line that is not declared": (lambda y, p: np.log(p) - p * y, {"p": "positive"}, WAITS),
    "a mean far from zero": (lambda y, m: -((y - m) ** 2) / 2 - np.log(2 * np.pi) / 2, {"m": "real"}, NORMAL + 1e7),
    "heavy tails": (lambda y, m: -np.log(np.pi * (1 + (y - m) ** 2)), {"m": "real"}, NORMAL),
    "a corner": (lambda y, m: -np.abs(y - m) - np.log(2), {"m": "real"}, NORMAL),
    "a pole at zero": (lambda y, k: (k - 1) * np.log(y) - y - gammaln(k), {"k": "positive"}, WAITS**3 / 50),
    "counts": (lambda y, m: y * np.log(m) - m - gammaln(y + 1), {"m": "positive"}, COUNTS),
    "counts of trials": (lambda y, p: y * np.log1p(-p) + np.log(p), {"p": "unit"}, COUNTS),
    "the unit interval": (lambda y, a: np.log(a) + (a - 1) * np.log(y), {"a": "positive"}, np.exp(-WAITS)),
    "rows far apart": (lambda y, m: -((y - m) ** 2) / 2 - np.log(2 * np.pi) / 2, {"m": "real"}, NORMAL * 1e3),
}


@pytest.mark.parametrize("name", list(RIGHT))
def test_a_right_log_density_is_not_warned_about(name: str) -> None:
    log_density, params, y = RIGHT[name]
    family = mlekit.custom(log_density, params=params)
    assert mlekit.fit(y, family=family, on_failure="ignore").doubts() == ""  # a corner is not proved by the chain rule


def test_a_regression_with_a_density_for_its_logarithm_is_warned_about() -> None:
    def density(y: Any, mean: Any) -> Any:
        return np.exp(-y / mean) / mean

    x = np.linspace(-1, 1, 50)
    family = mlekit.custom(density, params={"mean": "positive"}, support="positive")
    with pytest.warns(mlekit.errors.ConvergenceWarning):
        mlekit.fit({"y": WAITS, "x": x}, "y ~ x", family=family)
    right = mlekit.custom(lambda y, mean: -y / mean - np.log(mean), params={"mean": "positive"}, support="positive")
    assert mlekit.fit({"y": WAITS, "x": x}, "y ~ x", family=right).verdict.ok
