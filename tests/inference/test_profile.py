"""Profile intervals against 100-digit arithmetic, at boundaries, with priors, for groups, fixed and tied values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from inference.cases import REGRESSIONS, SAMPLES, regression, sample
from scipy import stats
from scipy.optimize import brentq, minimize_scalar
from scipy.special import xlog1py, xlogy

import mlekit
from mlekit.errors import OptionError

HALF = 1.9207294103470288  # half the 95% quantile of chi-square with one degree of freedom


def ends(fit, name, **options):
    return fit.conf_int([name], method="profile", **options).loc[name].tolist()


def matches(fit, case, rel=1e-10):
    """To ten digits of the interval's width, or of the end itself where that is all a float can hold."""
    found = fit.conf_int(method="profile")
    for name, (low, high) in case["conf_int"]["profile"].items():
        width = float(high) - float(low)
        width = width if np.isfinite(width) else float(low)
        for got, expected in zip(found.loc[name], (float(low), float(high)), strict=True):
            assert got == pytest.approx(expected, rel=1e-14, abs=rel * width), name


# floats around a mean of 1e9 are 6e-4 standard errors apart; terms of 3e8 round a log-likelihood by 3e-8
COARSE = {"normal shifted": 1e-7, "poisson large": 1e-7}


@pytest.mark.parametrize("name", SAMPLES)
def test_ends_are_those_of_high_precision_arithmetic(name):
    matches(*sample(name), rel=COARSE.get(name, 1e-10))


@pytest.mark.parametrize("name", REGRESSIONS)
def test_ends_of_coefficients_are_those_of_high_precision_arithmetic(name):
    matches(*regression(name))


@pytest.mark.parametrize(
    ("data", "low", "high"), [([1] * 20, np.exp(-HALF / 20), 1), ([0] * 20, 0, 1 - np.exp(-HALF / 20))]
)
def test_all_heads_or_all_tails_have_an_interval_up_to_the_end(data, low, high):
    assert ends(mlekit.fit(data, family="bernoulli"), "p") == pytest.approx([low, high], rel=1e-12)


def test_no_counts_have_an_interval_from_zero():
    assert ends(mlekit.fit([0] * 7, family="poisson"), "rate") == pytest.approx([0, HALF / 7], rel=1e-12)


def test_degrees_of_freedom_of_normal_data_go_up_to_infinity(rng):
    with pytest.warns(mlekit.errors.ConvergenceWarning, match="df"):
        fit = mlekit.fit(rng.normal(size=60), family="student_t")
    normal = mlekit.fit(fit.problem.rows.y, family="normal")
    low, high = ends(fit, "df")
    assert high == np.inf
    assert fit.loglike({"df": low}) < fit.llf
    # with infinite df the others have the profiles of the normal
    assert ends(fit, "loc") == pytest.approx(ends(normal, "mean"), rel=1e-8)
    assert ends(fit, "scale")[1] == pytest.approx(ends(normal, "sd")[1], rel=1e-8)


def test_separated_column_has_an_interval_up_to_infinity():
    data = {"x": [-3.0, -2, -1, 1, 2, 3], "y": [0, 0, 0, 1, 1, 1]}
    with pytest.warns(mlekit.errors.ConvergenceWarning, match="x"):
        fit = mlekit.fit(data, "y ~ x", family="bernoulli")
    low, high = ends(fit, "x")
    # fixed at b, and by symmetry without an intercept: -2 sum log(1 + exp(-b |x|)) = -HALF
    root = brentq(lambda b: 2 * np.log1p(np.exp(-b * np.arange(1, 4))).sum() - HALF, 0.1, 3, xtol=1e-14)
    assert low == pytest.approx(root, rel=1e-8)
    assert high == np.inf


def test_spread_of_a_normal_seen_through_a_narrow_window_has_no_upper_end(rng):
    y = rng.weibull(1.5, 60) * 10
    y = y[(y > 2) & (y < 12)]
    fit = mlekit.fit(mlekit.windowed(y, 2, 12), family="normal")

    def height(sd):
        def minus(mean):
            seen = stats.norm.cdf(12, mean, sd) - stats.norm.cdf(2, mean, sd)
            return len(y) * np.log(seen) - stats.norm.logpdf(y, mean, sd).sum()

        return -minimize_scalar(minus, bounds=(-10, 10), options={"xatol": 1e-10}).fun

    # as the spread grows the density in the window becomes that of an exponential distribution, rising or falling
    flat = -minimize_scalar(lambda r: r * (y - 2).sum() + len(y) * np.log(-np.expm1(-10 * r) / r), bounds=(1e-6, 9)).fun
    assert fit.llf - flat < HALF
    low = brentq(lambda sd: height(sd) - fit.llf + HALF, 1, fit["sd"], xtol=1e-12)
    table = fit.conf_int(method="profile")
    assert table.loc["sd"].tolist() == pytest.approx([low, np.inf], rel=1e-7)
    assert table.loc["mean"].tolist() == [-np.inf, np.inf]


def test_end_is_nan_where_the_likelihood_has_no_bound():
    # as the scale shrinks onto one of five rows, and df to zero, the likelihood of a t rises for ever
    fit = mlekit.fit([-0.4, 2.1, -0.39, 0.6, -1.1], family="student_t", on_failure="ignore")
    low, high = ends(fit, "df")
    assert np.isnan(low)
    assert high == np.inf
    assert ends(fit, "loc")[0] < fit["loc"] < ends(fit, "loc")[1]


def test_link_that_falls_changes_the_sides(rng):
    y = rng.gamma(2, size=30)
    through = ends(mlekit.fit(y, family="gamma", link={"mean": "inverse"}), "mean")
    assert through == pytest.approx(ends(mlekit.fit(y, family="gamma"), "mean"), rel=1e-9)


def test_level_widens_the_interval_by_the_quantile():
    fit = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli")
    for level, quantile in [(0.5, 0.454936423119573), (0.999, 10.827566170662733)]:
        low, high = ends(fit, "p", level=level)
        for end in (low, high):
            assert 7 * np.log(end) + 3 * np.log1p(-end) == pytest.approx(fit.llf - quantile / 2, rel=1e-12)


# -- priors: the profile of the posterior --------------------------------------------------------------------------


def test_prior_profile_is_that_of_the_posterior():
    fit = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", prior=mlekit.priors.Beta(10, 10))

    def above(p):
        return 16 * np.log(p * 28 / 16) + 12 * np.log((1 - p) * 28 / 12) + HALF

    roots = [brentq(above, 0.1, 16 / 28, xtol=1e-15), brentq(above, 16 / 28, 0.99, xtol=1e-15)]
    assert ends(fit, "p") == pytest.approx(roots, rel=1e-10)


def test_profile_with_a_kink_passes_through_it():
    # the posterior of the mean with known sd 1 is -n (m - ybar)^2 / 2 - |m| / b, for m of either sign
    y = np.array([-0.5, 0.4, 0.3, 0.2])
    fit = mlekit.fit(y, family="normal", prior={"mean": mlekit.priors.Laplace(0, 0.5)}, fixed={"sd": 1.0})
    assert fit["mean"] == 0

    def above(m):
        return 2 * y.mean() ** 2 - 2 * (m - y.mean()) ** 2 - 2 * abs(m) + HALF

    roots = [brentq(above, -5, 0, xtol=1e-15), brentq(above, 0, 5, xtol=1e-15)]
    assert ends(fit, "mean") == pytest.approx(roots, rel=1e-10)


def test_lasso_coefficients_that_are_zero_have_an_interval_about_it(rng):
    x = rng.normal(size=(80, 2))
    y = 2 * x[:, 0] + rng.normal(size=80)
    fit = mlekit.fit(x, y, family="normal", prior=mlekit.priors.Laplace(0, 0.05))
    assert fit["x1"] == 0
    table = fit.conf_int(method="profile")
    assert table.loc["x1", "lower"] < 0 < table.loc["x1", "upper"]
    assert (table["lower"] < fit.params).all()
    assert (fit.params < table["upper"]).all()


# -- probabilities ------------------------------------------------------------------------------------------------


def test_probability_is_profiled_as_its_level_against_the_rest():
    fit = mlekit.fit(list("aabbbccccc"), family="categorical")
    coin = mlekit.fit([1] * 3 + [0] * 7, family="bernoulli")
    assert ends(fit, "p[b]") == pytest.approx(ends(coin, "p"), rel=1e-11)


def test_level_without_rows_has_an_interval_from_zero_also_where_it_is_the_reference():
    family = mlekit.families.Categorical(["a", "b", "c"])
    for empty, data in [("a", "bbbc"), ("c", "aaab")]:
        fit = mlekit.fit(list(data), family=family)
        assert ends(fit, f"p[{empty}]") == pytest.approx([0, 1 - np.exp(-HALF / 4)], rel=1e-11)


def test_probability_of_one_has_an_interval_up_to_one():
    fit = mlekit.fit(list("bbbb"), family=mlekit.families.Categorical(["a", "b"]))
    assert ends(fit, "p[b]") == pytest.approx([np.exp(-HALF / 4), 1], rel=1e-11)


def test_dirichlet_prior_counts_in_a_probability():
    fit = mlekit.fit(list("aabbbc"), family="categorical", prior=mlekit.priors.Dirichlet([2, 3, 1]))
    coin = mlekit.fit([1] * 5 + [0] * 4, family="bernoulli")
    assert ends(fit, "p[b]") == pytest.approx(ends(coin, "p"), rel=1e-11)


# -- fixed, tied, weights, groups ----------------------------------------------------------------------------------


def test_fixed_value_has_no_interval_and_the_others_depend_on_it():
    y = [3.0, 5.0, 4.0, 8.0]
    fit = mlekit.fit(y, family="normal", fixed={"sd": 2.0})
    half = np.sqrt(2 * HALF) * 2 / np.sqrt(4)
    assert ends(fit, "mean") == pytest.approx([5 - half, 5 + half], rel=1e-12)
    assert np.isnan(ends(fit, "sd")).all()


def test_tied_coefficients_have_one_interval(rng):
    x = rng.normal(size=(60, 2))
    y = rng.poisson(np.exp(0.5 + 0.3 * x.sum(axis=1)))
    fit = mlekit.fit(x, y, family="poisson", tied={"x1": "x0"})
    sums = mlekit.fit(x.sum(axis=1, keepdims=True), y, family="poisson")
    assert ends(fit, "x0") == pytest.approx(ends(sums, "x0"), rel=1e-9)
    assert ends(fit, "x1") == pytest.approx(ends(sums, "x0"), rel=1e-9)


@pytest.mark.parametrize("family", ["normal", "gamma", "weibull", "poisson", "categorical"])
def test_groups_have_the_intervals_of_single_fits(family, rng):
    y = rng.poisson(4, size=90) if family in ("poisson", "categorical") else rng.gamma(3, 2, size=90)
    data = pd.DataFrame({"g": np.arange(90) % 3, "y": y * (1 + 99 * (np.arange(90) % 3)) if family == "gamma" else y})
    if family == "categorical":
        data["y"] = np.clip(data["y"], 2, 5)
    groups = mlekit.fit(data, "y", family=family, by="g").conf_int(method="profile")
    for g in range(3):
        own = mlekit.fit(data[data.g == g], "y", family=family).conf_int(method="profile")
        row = groups.loc[g].to_numpy().reshape(-1, 2)
        assert row == pytest.approx(own.to_numpy(), rel=1e-8)


def test_one_group_of_rows_is_profiled_like_a_single_fit(rng):
    data = pd.DataFrame({"g": 1, "y": rng.standard_t(3, size=50)})
    grouped = mlekit.fit(data, "y", family="student_t", by="g").conf_int("scale", method="profile")
    assert grouped.loc[1].tolist() == pytest.approx(ends(mlekit.fit(data["y"], family="student_t"), "scale"), rel=1e-8)


# -- the curve -----------------------------------------------------------------------------------------------------


def test_curve_of_the_normal_mean_is_its_formula():
    fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
    table = fit.profile("mean", points=21).to_frame()
    assert list(table) == ["mean", "log_likelihood"]
    assert len(table) == 21
    expected = -2.5 * (np.log(2 * np.pi * (2 + (table["mean"] - 73) ** 2)) + 1)
    assert table["log_likelihood"].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-12)
    assert table["mean"].is_monotonic_increasing
    assert table["log_likelihood"].max() == pytest.approx(-8.827561, abs=1e-6)
    edge = fit.llf - 10.827566170662733 / 2
    assert table["log_likelihood"].iloc[[0, -1]].tolist() == pytest.approx([edge, edge], rel=1e-12)


def test_curve_ends_at_the_end_of_the_set():
    table = mlekit.fit([1] * 20, family="bernoulli").profile("p", points=9, level=0.95).to_frame()
    assert table["p"].tolist() == pytest.approx(np.linspace(np.exp(-HALF / 20), 1, 9), rel=1e-10)
    assert table["log_likelihood"].to_numpy() == pytest.approx(20 * np.log(table["p"].to_numpy()), abs=1e-12)


def test_curve_with_an_infinite_end_goes_on_evenly_in_logs():
    fit, _ = sample("student_t small")
    table = fit.profile("df", points=11, level=0.95).to_frame()
    assert np.isfinite(table.to_numpy()).all()
    above = np.log(table["df"][table["df"] >= fit["df"]])
    assert np.diff(above) == pytest.approx([np.diff(above)[0]] * (len(above) - 1))


def test_curve_of_a_probability_and_of_a_coefficient():
    table = mlekit.fit(list("aabbb"), family="categorical").profile("p[a]", points=5).to_frame()
    p = table["p[a]"].to_numpy()
    assert table["log_likelihood"].to_numpy() == pytest.approx(xlogy(2, p) + xlog1py(3, -p), rel=1e-12)
    fit, case = regression("logistic")
    table = fit.profile("x", points=3, level=0.95).to_frame()
    assert table["x"].iloc[[0, -1]].tolist() == pytest.approx(case["conf_int"]["profile"]["x"], rel=1e-10)


def test_curve_with_a_prior_is_called_what_it_is():
    fit = mlekit.fit([1, 0, 1], family="bernoulli", prior=mlekit.priors.Beta(2, 2))
    table = fit.profile("p", points=3).to_frame()
    assert table["log_posterior"].iloc[1] == pytest.approx(fit.log_posterior, rel=1e-13)
    assert repr(fit.profile("p", points=3)).startswith("<Profile of p: 3 points from 0.0")


@pytest.mark.parametrize(
    ("options", "words"), [({"points": 2}, "points is 2"), ({"level": 0.05}, "level=0.95"), ({"param": "sd"}, "fixed")]
)
def test_curve_refuses_what_it_cannot_draw(options, words):
    fit = mlekit.fit([1.0, 2.0, 4.0], family="normal", fixed={"sd": 1.0})
    with pytest.raises(OptionError, match=words):
        fit.profile(**{"param": "mean", **options})


def test_profile_takes_a_few_evaluations(rng):
    """Not a clock: the rows are looked at fewer than 40 times for both ends of both parameters."""
    fit = mlekit.fit(rng.weibull(2, size=100), family="weibull")
    problem, looks = type(fit.problem), []
    original = problem.at
    try:
        problem.at = lambda self, z, order=2: looks.append(len(z)) or original(self, z, order)
        fit.conf_int(method="profile")
    finally:
        problem.at = original
    assert len(looks) < 40
