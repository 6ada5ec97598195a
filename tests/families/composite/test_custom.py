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
