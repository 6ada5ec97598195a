"""A group of a grouped fit is the fit of its own rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mlekit


@pytest.fixture
def data(rng):
    y = rng.gamma(3, 2, size=120)
    g = rng.integers(0, 4, size=120)
    return pd.DataFrame({"g": g, "y": y * 10.0**g, "x": rng.normal(size=120), "w": rng.integers(1, 4, size=120)})


def same(one, own, rel=1e-8):
    assert one.params.to_numpy() == pytest.approx(own.params.to_numpy(), rel=rel)
    assert one.bse.to_numpy() == pytest.approx(own.bse.to_numpy(), rel=rel)
    assert one.llf == pytest.approx(own.llf, rel=1e-11)
    assert (one.nobs, one.n_params) == (own.nobs, own.n_params)
    assert one.verdict.ok == own.verdict.ok
    assert one.conf_int().to_numpy() == pytest.approx(own.conf_int().to_numpy(), rel=rel)
    assert one.conf_int(method="profile").to_numpy() == pytest.approx(
        own.conf_int(method="profile").to_numpy(), rel=rel
    )


@pytest.mark.parametrize("family", ["normal", "gamma", "exponential", "weibull"])
def test_group_is_the_fit_of_its_rows(family, data):
    fits = mlekit.fit(data, "y", family=family, by="g")
    for key in (0, 3):
        same(fits[key], mlekit.fit(data[data.g == key], "y", family=family))


@pytest.mark.parametrize("family", ["normal", "gamma"])
def test_group_of_a_weighted_regression_is_the_fit_of_its_rows(family, data):
    fits = mlekit.fit(data, "y ~ x", family=family, by="g", weights="w")
    same(fits[2], mlekit.fit(data[data.g == 2], "y ~ x", family=family, weights="w"), rel=1e-7)


def test_group_keeps_fixed_values(data):
    fits = mlekit.fit(data, "y", family="gamma", by="g", fixed={"shape": 3.0})
    one = fits[1]
    assert one["shape"] == 3
    same_mean = mlekit.fit(data[data.g == 1], "y", family="gamma", fixed={"shape": 3.0})
    assert one["mean"] == pytest.approx(same_mean["mean"], rel=1e-9)


def test_group_of_probabilities_and_its_boundary():
    data = pd.DataFrame({"g": list("uuuuvvv"), "y": list("aabcbbb")})
    fits = mlekit.fit(data, "y", family="categorical", by="g")
    assert fits["u"].params.tolist() == [0.5, 0.25, 0.25]
    assert fits["v"].verdict.codes == ("boundary",)
    assert fits["v"].bse.isna().all()
    assert fits["v"].estimate("p[b]").upper == 1


def test_failed_group_says_no_for_itself_alone(rng):
    data = pd.DataFrame({"g": [0] * 30 + [1] * 5, "y": np.r_[rng.gamma(2, size=30), np.full(5, 2.0)]})
    with pytest.warns(mlekit.errors.ConvergenceWarning, match="1 of 2"):
        fits = mlekit.fit(data, "y", family="weibull", by="g")
    assert fits[0].verdict.ok
    assert not fits[1].verdict.ok
    assert fits[1].nobs == 5
