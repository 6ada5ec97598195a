"""Wald and exact intervals against references, the table of `auto`, coverage, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from inference.cases import REGRESSIONS, SAMPLES, regression, sample
from scipy import stats

import mlekit
from mlekit.errors import OptionError, UnknownName

EXACT = [name for name in SAMPLES if "exact" in sample(name)[1]["conf_int"]]


def agree(fit, expected, method, rel):
    found = fit.conf_int(method=method)
    for name, (low, high) in expected.items():
        width = high - low
        assert found.loc[name].tolist() == pytest.approx([low, high], rel=1e-14, abs=rel * width), name


@pytest.mark.parametrize("name", SAMPLES)
def test_wald_is_that_of_high_precision_arithmetic(name):
    fit, case = sample(name)
    agree(fit, case["conf_int"].get("wald", {}), "wald", 2e-8)


@pytest.mark.parametrize("name", REGRESSIONS)
def test_wald_of_coefficients_is_that_of_high_precision_arithmetic(name):
    fit, case = regression(name)
    agree(fit, case["conf_int"]["wald"], "wald", 2e-8)


@pytest.mark.parametrize("name", EXACT)
def test_exact_is_that_of_high_precision_arithmetic(name):
    fit, case = sample(name)
    agree(fit, case["conf_int"]["exact"], "exact", 1e-7 if name == "normal shifted" else 1e-10)


def test_wald_ends_are_not_cut():
    fit = mlekit.fit([1, 0, 0, 0, 0, 0, 0, 0, 0, 0], family="bernoulli")
    assert fit.conf_int(method="wald").loc["p", "lower"] < 0


def test_wald_at_an_end_is_nan_and_exact_is_there():
    fit = mlekit.fit([1] * 10, family="bernoulli")
    assert fit.conf_int(method="wald").isna().all(axis=None)
    assert fit.conf_int(method="exact").loc["p"].tolist() == pytest.approx([0.025**0.1, 1], rel=1e-13)


# -- the table of auto ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fit", "method"),
    [
        (lambda: mlekit.fit([1, 0, 1], family="bernoulli"), "exact"),
        (lambda: mlekit.fit([1.0, 2.0, 4.0], family="normal"), "exact"),
        (lambda: mlekit.fit(list("aab"), family="categorical"), "exact"),
        (lambda: mlekit.fit([1.0, 2.0, 4.0], family="gamma"), "profile"),
        (lambda: mlekit.fit({"x": [1.0, 2, 3, 4], "y": [1.0, 3, 2, 5]}, "y ~ x", family="normal"), "wald"),
        (lambda: mlekit.fit({"g": [1, 1, 2, 2], "y": [1, 0, 3, 2]}, "y", family="poisson", by="g"), "wald"),
        (lambda: mlekit.fit([1, 0, 1], family="bernoulli", prior=mlekit.priors.Beta(2, 2)), "posterior"),
        (lambda: mlekit.fit([1.0, 2.0, 4.0], family="normal", prior={"mean": mlekit.priors.Normal(0, 9)}), "profile"),
    ],
)
def test_auto_is_exact_else_profile_and_wald_for_regressions_and_groups(fit, method):
    fit = fit()
    found = fit.conf_int()
    if method == "posterior":
        low, high = stats.beta(4, 3).ppf([0.025, 0.975])
        assert found.loc["p"].tolist() == pytest.approx([low, high], rel=1e-12)
    else:
        pd.testing.assert_frame_equal(found, fit.conf_int(method=method), check_exact=True)


def test_table_says_which_method_was_taken():
    assert mlekit.fit([1, 0, 1], family="bernoulli").conf_int().attrs["method"] == "exact"


def test_robust_errors_make_auto_wald():
    data = {"x": [1.0, 2, 3, 4, 5], "y": [1, 3, 2, 5, 9]}
    fit = mlekit.fit(data, "y ~ x", family="poisson").with_cov("hc0")
    found = fit.conf_int()
    assert found["lower"].to_numpy() == pytest.approx((fit.params - 1.959963984540054 * fit.bse).to_numpy(), rel=1e-12)


def test_conjugate_posterior_gives_quantiles():
    fit = mlekit.fit(list("aabbbc"), family="categorical", prior=mlekit.priors.Dirichlet(2))
    assert fit.conf_int(level=0.9).loc["p[a]"].tolist() == pytest.approx(stats.beta(4, 8).ppf([0.05, 0.95]), rel=1e-12)


# -- coverage ------------------------------------------------------------------------------------------------------

GROUPS, SIZE = 4000, 20


def covered(table, truth):
    return ((table["lower"] <= truth) & (truth <= table["upper"])).mean()


def grouped(family, draws):
    data = pd.DataFrame({"g": np.repeat(np.arange(GROUPS), SIZE), "y": draws.ravel()})
    return mlekit.fit(data, "y", family=family, by="g")


def within_chance(proportion, expected):
    """Four standard errors of a proportion of 4000: one correct run in 16,000 would fail."""
    return abs(proportion - expected) < 4 * np.sqrt(expected * (1 - expected) / GROUPS)


def test_intervals_cover_as_often_as_they_should(rng):
    fits = grouped("normal", rng.normal(5, 2, size=(GROUPS, SIZE)))
    # twice the fall is n log(1 + t^2 / (n - 1)): both intervals have a known coverage at every n
    student = stats.t(SIZE - 1)
    profile = 2 * student.cdf(np.sqrt((SIZE - 1) * np.expm1(stats.chi2.ppf(0.95, 1) / SIZE))) - 1
    wald = 2 * student.cdf(stats.norm.ppf(0.975) * np.sqrt((SIZE - 1) / SIZE)) - 1
    assert within_chance(covered(fits.conf_int("mean", method="profile"), 5), profile)
    assert within_chance(covered(fits.conf_int("mean", method="wald"), 5), wald)
    assert within_chance(covered(fits.conf_int("mean", method="exact"), 5), 0.95)
    assert within_chance(covered(fits.conf_int("sd", method="exact"), 2), 0.95)


def test_exact_intervals_of_counts_cover_at_least_as_often(rng):
    fits = grouped("poisson", rng.poisson(0.2, size=(GROUPS, SIZE)))
    counts = stats.poisson(0.2 * SIZE)
    k = np.arange(60)
    low = np.where(k > 0, stats.chi2.ppf(0.025, 2 * k) / 2, 0.0)
    inside = (low <= 4) & (stats.chi2.ppf(0.975, 2 * k + 2) / 2 >= 4)
    exact = counts.pmf(k[inside]).sum()
    assert exact >= 0.95
    assert within_chance(covered(fits.conf_int("rate", method="exact"), 0.2), exact)


# -- what is asked -------------------------------------------------------------------------------------------------


def test_names_are_answered_in_the_order_asked_also_twice():
    fit = mlekit.fit([1.0, 2.0, 4.0, 3.0], family="gamma")
    table = fit.conf_int(["shape", "mean", "shape"])
    assert table.index.tolist() == ["shape", "mean", "shape"]
    assert table.iloc[0].tolist() == table.iloc[2].tolist() == fit.conf_int("shape").iloc[0].tolist()


@pytest.mark.parametrize(
    ("how", "error", "words"),
    [
        ({"level": 0.05}, OptionError, "level=0.95"),
        ({"level": 1.0}, OptionError, "from 0.5 to 1"),
        ({"level": "95"}, OptionError, "'95'"),
        ({"method": "profil"}, OptionError, "did you mean 'profile'"),
        ({"method": "wald", "n": 10}, OptionError, "bootstrap"),
        ({"method": "bootstrap", "draws": 10}, OptionError, "draws"),
        ({"params": "q"}, UnknownName, "no parameter 'q'"),
    ],
)
def test_what_cannot_be_had_is_refused_in_words(how, error, words):
    with pytest.raises(error, match=words):
        mlekit.fit([1, 0, 1], family="bernoulli").conf_int(**how)


def test_exact_refuses_families_without_and_priors():
    with pytest.raises(OptionError, match="method='profile'"):
        mlekit.fit([1.0, 2.0, 4.0], family="gamma").conf_int(method="exact")
    with pytest.raises(OptionError, match="prior"):
        mlekit.fit([1, 0, 1], family="bernoulli", prior=mlekit.priors.Beta(2, 2)).conf_int(method="exact")


def test_fixed_value_has_no_interval_by_any_method():
    fit = mlekit.fit([3.0, 5.0, 4.0, 8.0], family="normal", fixed={"sd": 2.0})
    for method in ("auto", "wald", "exact", "profile", "bootstrap"):
        table = fit.conf_int(method=method)
        assert table.loc["sd"].isna().all(), method
        assert table.loc["mean"].notna().all(), method
