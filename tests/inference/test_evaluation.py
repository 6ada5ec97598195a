"""Log densities of new rows, and the mean loss on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from inference.cases import REGRESSIONS, SAMPLES, regression, sample
from scipy import stats

import mlekit
from mlekit.errors import DataError, OptionError, UnknownName


@pytest.mark.parametrize("name", SAMPLES)
def test_on_the_fitted_rows_log_densities_add_up_to_llf(name):
    fit, case = sample(name)
    w = np.ones(len(case["data"])) if case["weights"] is None else np.array(case["weights"], dtype=float)
    each = fit.log_prob(case["data"])
    digits = 1e-9 if "shifted" in name else 1e-11  # a mean far from zero is a number of 16 digits
    assert w[w > 0] @ each[w > 0] == pytest.approx(case["llf"], rel=digits)
    assert np.array_equal(each, fit.log_prob())


@pytest.mark.parametrize("name", REGRESSIONS)
def test_of_a_regression_too(name):
    fit, case = regression(name)
    w = np.array(case["data"][case["weights"]], dtype=float) if case["weights"] else 1.0
    assert (w * fit.log_prob(case["data"])).sum() == pytest.approx(case["llf"], rel=1e-12)
    assert fit.log_prob() == pytest.approx(fit.log_prob(case["data"]), rel=1e-11)


@pytest.mark.parametrize("form", [dict, pd.DataFrame, pl.DataFrame])
def test_new_data_may_be_in_any_container(form):
    fit, case = regression("logistic")
    found = fit.evaluate(form(case["data"]))
    assert found.nll == pytest.approx(-case["llf"] / 60, rel=1e-12)
    assert found.n == 60
    assert found.std_error == pytest.approx(np.std(fit.log_prob(), ddof=1) / np.sqrt(60), rel=1e-12)


def test_a_column_may_be_given_alone_or_in_a_table():
    fit = mlekit.fit(pd.DataFrame({"t": [72, 75, 71, 73, 74], "u": 1}), "t", family="normal")
    plain = fit.evaluate([70.0, 76.0])
    assert fit.evaluate({"t": [70.0, 76.0], "v": [0, 0]}) == plain
    assert fit.evaluate({"other": [70.0, 76.0]}, "other") == plain
    assert plain.nll == pytest.approx(-stats.norm(73, np.sqrt(2)).logpdf([70, 76]).mean(), rel=1e-14)


def test_a_fit_of_x_and_y_is_evaluated_on_x_and_y(rng):
    X, y = rng.normal(size=(40, 2)), rng.poisson(2.0, size=40)
    fit = mlekit.fit(X[:30], y[:30], family="poisson")
    truth = stats.poisson(fit.predict(X[30:])).logpmf(y[30:])
    assert fit.log_prob(X[30:], y[30:]) == pytest.approx(truth, rel=1e-12)
    assert fit.evaluate(X[30:], y[30:]).nll == pytest.approx(-truth.mean(), rel=1e-12)
    with pytest.raises(OptionError, match=r"evaluate\(X, y\)"):
        fit.evaluate(X[30:])
    with pytest.raises(DataError, match="10 new rows, but y has 9 values"):
        fit.evaluate(X[30:], y[31:])


def test_a_response_that_is_arithmetic_is_worked_out_again(rng):
    data = {"x": rng.normal(size=30), "y": rng.lognormal(size=30)}
    fit = mlekit.fit(data, "log(y) ~ x", family="normal")
    assert fit.log_prob(data) == pytest.approx(fit.log_prob(), rel=1e-12)


def test_counted_rows_count_as_often_as_they_came():
    fit = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli")
    counted, listed = fit.evaluate(mlekit.counted([0, 1], [2, 3])), fit.evaluate([0, 0, 1, 1, 1])
    assert (counted.nll, counted.n) == (pytest.approx(listed.nll, rel=1e-15), 5)
    assert counted.std_error == pytest.approx(listed.std_error, rel=1e-14)


def test_what_the_model_holds_impossible_costs_infinitely_much():
    assert mlekit.fit([1, 1], family="bernoulli").evaluate([1, 0]).nll == np.inf
    assert mlekit.fit([1.0, 2.0], family="exponential").log_prob([-1.0, 1.0])[0] == -np.inf
    assert mlekit.fit([1, 2, 3], family="poisson").log_prob([2.5, -1.0]).tolist() == [-np.inf, -np.inf]
    assert mlekit.fit([5], family=mlekit.families.Binomial(n=10)).log_prob([11])[0] == -np.inf
    assert np.isnan(mlekit.fit([1, 1], family="bernoulli").evaluate([1]).std_error)


def test_labels_are_those_of_the_fit(rng):
    fit = mlekit.fit(["mat", "hat", "mat", "mat"], family="categorical")
    assert fit.log_prob(["hat"]).tolist() == [np.log(0.25)]
    coin = mlekit.fit(["no", "yes", "yes"], family="bernoulli")
    assert coin.log_prob(["yes", "yes"]) == pytest.approx(np.log([2 / 3] * 2))
    for one in (fit, coin):
        with pytest.raises(DataError, match="'dog'"):
            one.log_prob(["dog"])


def test_trials_of_new_rows_are_read_with_them():
    fit = mlekit.fit({"y": [1, 3], "n": [2, 4]}, "y", family=mlekit.families.Binomial(n="n"))
    assert fit.log_prob({"y": [7], "n": [9]}) == pytest.approx(stats.binom(9, 2 / 3).logpmf([7]), rel=1e-13)


def test_missing_columns_and_values_are_named():
    fit, _ = regression("linear")
    with pytest.raises(OptionError, match="no column 'y'"):
        fit.evaluate({"x": [1.0], "z": ["a"]})
    with pytest.raises(DataError, match="first in row 1"):
        fit.evaluate({"x": [1.0, 2.0], "z": ["a", "a"], "y": [1.0, np.nan]})
    plain = mlekit.fit([1.0, 2.0, 4.0], family="normal")
    with pytest.raises(DataError, match="first in row 0"):
        plain.log_prob([np.nan])
    with pytest.raises(DataError, match="at least one"):
        plain.evaluate([])
    with pytest.raises((UnknownName, OptionError)):
        mlekit.fit({"a": [1.0, 2.0], "b": [1, 2]}, "a", family="normal").evaluate({"c": [1.0], "d": [1.0]})


def test_trials_cannot_come_from_rows_without_names():
    fit = mlekit.fit({"y": [1, 3], "n": [2, 4]}, "y", family=mlekit.families.Binomial(n="n"))
    for ask in (lambda: fit.log_prob([1]), lambda: fit.predict([1])):
        with pytest.raises(DataError, match=r"'n' (is|has) to be a column"):
            ask()
