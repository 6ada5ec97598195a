"""Only a special case is tested against the larger model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mlekit
from mlekit.errors import OptionError

RATE = {"fixed": {"rate": 2.0}}


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(120, 3)), columns=["x", "t", "e"])
    frame["z"] = rng.choice(list("abc"), 120)
    return frame.assign(n=rng.poisson(2, 120), y=rng.gamma(2, 1, 120))


@pytest.mark.parametrize(
    ("small", "large", "df"),
    [
        ("n ~ x", "n ~ x + C(z)", 2),
        ("n ~ x", "n ~ poly(x, 2)", 1),
        ("n ~ C(z) - 1", "n ~ C(z) + x", 1),
        ("n ~ I(2 * x + 3)", "n ~ x + t", 1),
        ("n ~ x + offset(e)", "n ~ x + e", 1),
        ("n ~ x + offset(e)", "n ~ x + t + offset(e)", 1),
        ("z ~ x", "z ~ x + t", 2),
    ],
)
def test_columns_that_span_those_of_the_smaller_are_enough(data, small, large, df):
    family = "poisson" if small[0] == "n" else "categorical"
    a, b = (mlekit.fit(data, formula, family=family) for formula in (small, large))
    assert b.lr_test(a).df == df
    assert b.lr_test(a).statistic == pytest.approx(2 * (b.llf - a.llf), rel=1e-10)


@pytest.mark.parametrize(
    ("small", "large", "words"),
    [
        ("n ~ t", "n ~ x + C(z)", "'t' of the smaller"),
        ("n ~ 1", "n ~ 0 + x + t", "'Intercept' of the smaller"),
        ("n ~ x + offset(e)", "n ~ x + t", "offset"),
        ("z ~ t", "z ~ x + e", "'b: t' of the smaller"),
    ],
)
def test_a_column_that_the_larger_lacks_is_named(data, small, large, words):
    family = "poisson" if small[0] == "n" else "categorical"
    a, b = (mlekit.fit(data, formula, family=family) for formula in (small, large))
    with pytest.raises(OptionError, match=words):
        a.lr_test(b)


@pytest.mark.parametrize("restriction", [{"fixed": {"x": 0.1}}, {"tied": {"x": "t"}}, {"fixed": {"shape": 2.0}}])
def test_fixed_and_tied_values_are_special_cases(data, restriction):
    free = mlekit.fit(data, "y ~ x + t", family="gamma")
    assert free.lr_test(mlekit.fit(data, "y ~ x + t", family="gamma", **restriction)).df == 1


def test_a_value_fixed_in_the_larger_fit_has_to_be_that_of_the_smaller(data):
    large = mlekit.fit(data, "y ~ x + t", family="gamma", fixed={"t": 0.5})
    with pytest.raises(OptionError, match="given with fixed="):
        large.lr_test(mlekit.fit(data, "y ~ 1", family="gamma"))


def test_a_constant_is_within_a_formula_with_an_intercept(data):
    small = mlekit.fit(data, "y ~ t", family="gamma")
    large = mlekit.fit(data, {"mean": "y ~ t", "shape": "x"}, family="gamma")
    assert large.lr_test(small).df == 1
    with pytest.raises(OptionError, match="'shape' of the smaller"):
        mlekit.fit(data, {"mean": "y ~ t", "shape": "0 + x + e"}, family="gamma").lr_test(small)


@pytest.mark.parametrize("larger", ["gamma", "weibull"])
def test_the_exponential_distribution_is_one_of_shape_one(data, larger):
    small = mlekit.fit(data, "y ~ x", family="exponential")
    assert mlekit.fit(data, "y ~ x + t", family=larger).lr_test(small).df == 2
    with pytest.raises(OptionError, match="'x' of the smaller"):
        mlekit.fit(data, "y ~ t", family=larger).lr_test(small)


def test_other_parameters_of_one_family_are_that_family(data):
    free, fixed = mlekit.fit(data["y"], family="gamma"), mlekit.fit(data["y"], family="gamma", fixed={"rate": 2.0})
    assert free.lr_test(fixed).df == 1


def test_other_parameters_of_a_special_case_are_that_case(data):
    free, given = (mlekit.fit(data["y"], family=name, **o) for name, o in (("gamma", {}), ("exponential", RATE)))
    assert free.lr_test(given).df == 2
    assert free.lr_test(given).statistic == pytest.approx(2 * (free.llf - given.llf), rel=1e-10)
    rate = mlekit.fit(data["y"], family="gamma", **RATE)  # by shape and rate, and shape 1 is the exponential
    assert rate.lr_test(given).df == 1
    with pytest.raises(OptionError, match=r"not known to be a special case.*AIC"):
        mlekit.fit(data["y"], family="gamma", fixed={"shape": 2.0}).lr_test(given)


def test_nothing_free_is_a_special_case_too():
    coin, fair = (mlekit.fit([1, 0, 1, 1], family="bernoulli", fixed=fixed) for fixed in ({}, {"p": 0.5}))
    assert coin.lr_test(fair).df == 1


def test_other_families_and_links_are_refused(data):
    normal = mlekit.fit(data, "y ~ x", family="normal")
    with pytest.raises(OptionError, match=r"not known to be a special case.*AIC"):
        mlekit.fit(data, "y ~ x", family="student_t", on_failure="ignore").lr_test(normal)
    family = mlekit.families.get("poisson")
    one, two = (
        mlekit.fit(data, "n ~ x", family=family),
        mlekit.fit(data, "n ~ x + t", family=family.with_links({"rate": "sqrt"})),
    )
    with pytest.raises(OptionError, match=r"link.*AIC"):
        one.lr_test(two)


def test_a_saved_fit_is_known_by_the_names_of_its_columns(data, tmp_path):
    small, large = (mlekit.fit(data, f"y ~ {terms}", family="normal") for terms in ("x", "x + t"))
    small.save(tmp_path / "fit.json")
    loaded = mlekit.load(tmp_path / "fit.json")
    assert large.lr_test(loaded) == large.lr_test(small)
    with pytest.raises(OptionError, match="'x' of the smaller"):
        loaded.lr_test(mlekit.fit(data, "y ~ t + e", family="normal"))
