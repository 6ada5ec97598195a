"""Mean loss = entropy of the data + divergence of the model."""

from __future__ import annotations

import numpy as np
import pytest

import mlekit
from mlekit.errors import OptionError

COIN = [1] * 14 + [0] * 6


def test_fourteen_of_twenty_at_two_fifths():
    parts = mlekit.fit(COIN, family="bernoulli").decompose({"p": 0.4})
    assert (round(parts.loss, 6), round(parts.entropy, 6), round(parts.kl, 6)) == (0.794651, 0.610864, 0.183787)
    assert parts.loss == pytest.approx(parts.entropy + parts.kl, abs=1e-15)


@pytest.mark.parametrize("data", [COIN, COIN[::-1], mlekit.counted([0, 1], [6, 14])])
def test_order_and_form_of_the_data_change_nothing(data):
    fit = mlekit.fit(data, family="bernoulli")
    assert fit.decompose({"p": 0.4}) == mlekit.fit(COIN, family="bernoulli").decompose({"p": 0.4})


@pytest.mark.parametrize(
    ("data", "family"),
    [
        (COIN, "bernoulli"),
        ([1] * 3 + [0] * 7, "bernoulli"),
        (list("aabbbcccccd"), "categorical"),
        ([1, 1, 1], "bernoulli"),
    ],
)
def test_nothing_is_lost_at_the_relative_frequencies(data, family):
    parts = mlekit.fit(data, family=family).decompose()
    assert parts.kl == 0.0
    assert parts.loss == pytest.approx(parts.entropy, abs=1e-15)


def test_every_coin_has_no_divergence_at_its_own_proportion_and_some_elsewhere():
    for n in range(1, 60, 7):
        for s in range(n + 1):
            fit = mlekit.fit(mlekit.counted([0, 1], [n - s, s]), family="bernoulli")
            assert fit.decompose().kl == 0.0
            assert fit.decompose({"p": 0.98 * s / n + 0.01}).kl > 0 or 2 * s == n


def test_what_the_model_holds_impossible_makes_loss_and_divergence_infinite():
    parts = mlekit.fit(COIN, family="bernoulli").decompose({"p": 0.0})
    assert (parts.loss, parts.kl) == (np.inf, np.inf)
    assert parts.entropy == pytest.approx(0.610864, abs=5e-7)


def test_the_loss_is_minus_the_log_likelihood_a_row(rng):
    y, w = rng.poisson(3.0, size=50), rng.integers(0, 4, size=50)
    fit = mlekit.fit(y, family="poisson", weights=w)
    parts = fit.decompose({"rate": 2.5})
    assert parts.loss == pytest.approx(-fit.loglike({"rate": 2.5}) / w.sum(), rel=1e-13)
    assert parts.kl == pytest.approx(parts.loss - parts.entropy, rel=1e-12)
    assert parts.kl > fit.decompose().kl > 0


def test_rows_are_compared_with_those_of_as_many_trials():
    family = mlekit.families.Binomial(n="n")
    fit = mlekit.fit({"y": [1, 0, 2, 2], "n": [1, 1, 2, 2]}, "y", family=family)
    parts = fit.decompose({"p": 0.5})
    assert parts.entropy == pytest.approx(0.5 * np.log(2), rel=1e-15)
    assert parts.loss == pytest.approx(0.5 * np.log(2) + 0.5 * np.log(4), rel=1e-15)


def test_continuous_distributions_and_regressions_have_no_such_parts():
    with pytest.raises(OptionError, match="continuous"):
        mlekit.fit([1.0, 2.0], family="normal").decompose()
    with pytest.raises(OptionError, match="evaluate"):
        mlekit.fit({"y": [0, 1, 1, 0], "x": [1, 2, 3, 4]}, "y ~ x", family="bernoulli").decompose()
    whole = mlekit.merge(mlekit.fit([1, 0], family="bernoulli"), mlekit.fit([1, 1], family="bernoulli"))
    with pytest.raises(OptionError, match="rows"):
        whole.decompose()
