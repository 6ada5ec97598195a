"""Truncated distributions against scipy's, closed forms, and maxima found by brute force."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, special, stats

import mlekit
from mlekit.errors import DataError, OptionError
from mlekit.families.composite._reparametrised import Reparametrised
from mlekit.numerics.arrays import NUMPY
from mlekit.numerics.sets import Integers, Interval

Y = np.array([0.2, 1.4, 0.7, 2.9, 3.6, 1.1, 0.4, 2.2])


def inside(draws, lower, upper=np.inf):
    return draws[(draws >= lower) & (draws <= upper)]


# ---- density --------------------------------------------------------------------------------------------------------

THEIRS = {
    "normal": (mlekit.truncated("normal", 0.1, 4), {"mean": 1.0, "sd": 2.0}, stats.truncnorm(-0.45, 1.5, 1, 2)),
    "one side": (mlekit.truncated("normal", lower=0.1), {"mean": 1.0, "sd": 2.0}, stats.truncnorm(-0.45, np.inf, 1, 2)),
    "exponential": (mlekit.truncated("exponential", upper=4), {"mean": 2.0}, stats.truncexpon(b=2, scale=2)),
    "weibull": (
        mlekit.truncated("weibull", 0.1, 4),
        {"scale": 2.0, "shape": 1.5},
        stats.truncweibull_min(1.5, 0.05, 2.0, scale=2),
    ),
}


@pytest.mark.parametrize(("family", "params", "theirs"), THEIRS.values(), ids=THEIRS)
def test_density_and_tails_are_those_of_scipy(family, params, theirs):
    np.testing.assert_allclose(family.log_density(NUMPY, Y, **params), theirs.logpdf(Y), rtol=1e-9)
    np.testing.assert_allclose(family.log_cdf(NUMPY, Y, **params), theirs.logcdf(Y), rtol=1e-8)
    np.testing.assert_allclose(family.log_survival(NUMPY, Y, **params), theirs.logsf(Y), rtol=1e-8)


def test_a_scipy_distribution_is_divided_by_the_probability_of_the_window():
    family, whole = mlekit.truncated(stats.gumbel_r, 0.1, 4), stats.gumbel_r(1, 2)
    found = np.exp(family.log_density(NUMPY, Y, loc=1.0, scale=2.0))
    np.testing.assert_allclose(found, whole.pdf(Y) / (whole.cdf(4) - whole.cdf(0.1)), rtol=1e-12)
    assert family.log_density(NUMPY, np.array([0.05, 4.1]), loc=1.0, scale=2.0).tolist() == [-np.inf, -np.inf]


def test_counts_from_one_are_those_of_the_textbook():
    k, rate = np.arange(1, 9), 0.7
    family = mlekit.truncated("poisson", lower=1)
    truth = k * np.log(rate) - rate - np.log(np.cumprod(k)) - np.log1p(-np.exp(-rate))
    np.testing.assert_allclose(family.log_density(NUMPY, k, rate=rate), truth, rtol=1e-13)
    dist = family.frozen(rate=rate)
    mean = rate / -np.expm1(-rate)
    assert dist.mean() == pytest.approx(mean, rel=1e-13)
    assert dist.var() == pytest.approx(mean * (1 + rate - mean), rel=1e-12)


def test_windows_of_windows_are_their_intersection():
    twice = mlekit.truncated(mlekit.truncated("normal", lower=0), upper=3)
    once = mlekit.truncated("normal", 0, 3)
    params = {"mean": -1.0, "sd": 2.0}
    for name in ("log_density", "log_cdf", "log_survival"):
        found, truth = (getattr(f, name)(NUMPY, Y[Y < 3], **params) for f in (twice, once))
        np.testing.assert_allclose(found, truth, rtol=1e-12, atol=1e-14)
    assert twice.support == once.support == Interval(0, 3, (True, True))
    a, b = (mlekit.fit(inside(np.random.default_rng(0).normal(1, 1.2, 900), 0, 3), family=f) for f in (twice, once))
    np.testing.assert_allclose(a.params, b.params, rtol=1e-7)
    assert a.llf == pytest.approx(b.llf, rel=1e-11)


def test_no_window_changes_nothing():
    family, plain = mlekit.truncated("weibull"), mlekit.families.get("weibull")
    params = {"scale": 2.0, "shape": 1.5}
    np.testing.assert_array_equal(family.log_density(NUMPY, Y, **params), plain.log_density(NUMPY, Y, **params))
    assert family.support == plain.support


def test_a_window_far_out_keeps_its_digits():
    """Beyond 40 sd the excess over the bound is nearly exponential, with rate 40."""
    dist = mlekit.truncated("normal", lower=40).frozen(mean=0.0, sd=1.0)
    assert dist.mean() - 40 == pytest.approx(0.024968847207264, rel=1e-9)
    assert dist.ppf(0.5) - 40 == pytest.approx(np.log(2) / 40, rel=2e-3)
    assert dist.sf(dist.isf(1e-200)) == pytest.approx(1e-200, rel=1e-10)
    assert mlekit.truncated("poisson", lower=1).frozen(rate=1e-9).pmf(1) == pytest.approx(1 - 0.5e-9, rel=1e-14)


# ---- fits -----------------------------------------------------------------------------------------------------------


def brute(nll, start):
    """The minimum by Nelder and Mead, begun again until it stays."""
    found = optimize.minimize(nll, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    for _ in range(4):
        found = optimize.minimize(nll, found.x, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-13})
    return found


def test_the_maximum_of_a_truncated_normal_is_that_of_brute_force(rng):
    y = inside(rng.normal(1.0, 2.0, 1200), 0.0, 3.5)
    fit = mlekit.fit(y, family=mlekit.truncated("normal", 0, 3.5))

    def nll(t):
        u, ends = (y - t[0]) / np.exp(t[1]), (np.array([0.0, 3.5]) - t[0]) / np.exp(t[1])
        window = special.ndtr(ends[1]) - special.ndtr(ends[0])
        return len(y) * (t[1] + 0.5 * np.log(2 * np.pi) + np.log(window)) + 0.5 * u @ u

    found = brute(nll, [1.5, 0.0])
    found.x[1] = np.exp(found.x[1])
    np.testing.assert_allclose(fit.params, found.x, rtol=1e-5)
    assert fit.llf == pytest.approx(-found.fun, rel=1e-10)
    assert fit.verdict.ok
    assert fit.dist.mean() == pytest.approx(y.mean(), rel=1e-9)  # the likelihood equations of an exponential family
    assert fit.dist.std() == pytest.approx(y.std(), rel=1e-8)
    assert fit["mean"] != pytest.approx(y.mean(), rel=0.01)
    np.testing.assert_allclose(fit.predict(), y.mean(), rtol=1e-9)
    np.testing.assert_allclose(fit.predict(which="sd"), fit["sd"])


def test_counts_from_one_have_the_closed_form_and_its_error(rng):
    y = inside(rng.poisson(1.4, 700), 1)
    fit = mlekit.fit(y, family=mlekit.truncated("poisson", lower=1))
    rate = optimize.brentq(lambda m: m / -np.expm1(-m) - y.mean(), 1e-6, 50, xtol=1e-15)
    assert fit["rate"] == pytest.approx(rate, rel=1e-9)
    information = len(y) * (y.mean() / rate**2 - np.exp(-rate) / np.expm1(-rate) ** 2)
    assert fit.bse["rate"] == pytest.approx(information**-0.5, rel=1e-8)
    assert fit["mean"] == fit["rate"]
    assert fit.dist.mean() == pytest.approx(y.mean(), rel=1e-10)


def test_a_truncated_exponential_by_its_rate(rng):
    """The window may drive the mean to infinity and beyond, so this one is well inside."""
    y = inside(rng.exponential(1.0, 500), 0, 3.0)
    family = mlekit.truncated("exponential", upper=3)
    rate = optimize.brentq(lambda r: 1 / r - 3 / np.expm1(3 * r) - y.mean(), 1e-3, 50, xtol=1e-15)
    assert mlekit.fit(y, family=family)["rate"] == pytest.approx(rate, rel=1e-9)
    begun = mlekit.fit(y, family=family, start={"rate": 2.0})
    assert begun["rate"] == pytest.approx(rate, rel=1e-7)
    assert begun.params.index.tolist() == ["rate"]
    prior = mlekit.priors.Gamma(shape=5, rate=3)
    at_mode = optimize.minimize_scalar(
        lambda r: len(y) * (r * y.mean() - np.log(r) + np.log(-np.expm1(-3 * r))) - 4 * np.log(r) + 3 * r,
        bounds=(0.1, 5),
        method="bounded",
        options={"xatol": 1e-10},
    ).x
    assert mlekit.fit(y, family=family, prior={"rate": prior})["rate"] == pytest.approx(at_mode, rel=1e-6)


def test_a_regression_of_a_truncated_normal_is_that_of_brute_force(rng):
    x = rng.normal(size=900)
    y = 0.5 + 0.8 * x + rng.normal(size=900)
    x, y = x[y > 0], y[y > 0]
    fit = mlekit.fit(pd.DataFrame({"x": x, "y": y}), "y ~ x", family=mlekit.truncated("normal", lower=0))

    def nll(t):
        mean = t[0] + t[1] * x
        return -(stats.norm.logpdf(y, mean, np.exp(t[2])) - stats.norm.logsf(0, mean, np.exp(t[2]))).sum()

    found = brute(nll, [0.3, 0.5, 0.0])
    np.testing.assert_allclose(fit.params, [*found.x[:2], np.exp(found.x[2])], rtol=1e-5)
    assert fit.llf == pytest.approx(-found.fun, rel=1e-10)
    means = fit.predict(which="mean")
    t = fit["Intercept"] + fit["x"] * x
    np.testing.assert_allclose(means, stats.truncnorm(-t / fit["sd"], np.inf, t, fit["sd"]).mean(), rtol=1e-8)
    table = fit.predict(pd.DataFrame({"x": [0.0]}), interval="confidence")
    assert table["lower"].iloc[0] < table["fit"].iloc[0] < table["upper"].iloc[0]


def test_a_regression_of_counts_from_one_is_that_of_brute_force(rng):
    x = rng.normal(size=800)
    y = rng.poisson(np.exp(0.4 + 0.6 * x))
    x, y = x[y > 0], y[y > 0]
    fit = mlekit.fit(pd.DataFrame({"x": x, "y": y}), "y ~ x", family=mlekit.truncated("poisson", lower=1))
    found = brute(
        lambda t: -(stats.poisson.logpmf(y, m := np.exp(t[0] + t[1] * x)) - np.log(-np.expm1(-m))).sum(), [0.3, 0.5]
    )
    np.testing.assert_allclose(fit.params, found.x, rtol=1e-5)
    assert fit.llf == pytest.approx(-found.fun, rel=1e-11)


@pytest.mark.parametrize("solver", ["newton", "scipy", "torch"])
def test_groups_are_fits_of_their_own_by_every_solver(rng, solver):
    if solver == "torch":
        pytest.importorskip("torch")
    frame = pd.DataFrame({"y": rng.normal(3.0, 1.0, 400), "g": rng.choice(["a", "b"], 400)})
    frame.loc[frame.g == "b", "y"] += 1.0
    frame = frame[frame.y > 2.5]
    family = mlekit.truncated("normal", lower=2.5)
    one = mlekit.fit(frame.y[frame.g == "a"], family=family, solver=solver)
    if solver == "newton":
        grouped = mlekit.fit(frame, "y", family=family, by="g")
        np.testing.assert_allclose(grouped.params.loc["a"], one.params, rtol=1e-7)
        assert grouped.llf.loc["a"] == pytest.approx(one.llf, rel=1e-10)
    np.testing.assert_allclose(one.params, mlekit.fit(frame.y[frame.g == "a"], family=family).params, rtol=1e-6)


def test_a_scipy_distribution_is_fitted_in_its_window(rng):
    y = inside(stats.gumbel_r(1.0, 2.0).rvs(900, random_state=rng), 0.0)
    fit = mlekit.fit(y, family=mlekit.truncated(stats.gumbel_r, lower=0))
    found = brute(
        lambda t: -(stats.gumbel_r.logpdf(y, *t) - stats.gumbel_r.logsf(0, *t)).sum() if t[1] > 0 else 1e9, [1.0, 2.0]
    )
    np.testing.assert_allclose(fit.params, found.x, rtol=1e-4)
    assert fit.llf == pytest.approx(-found.fun, rel=1e-9)


# ---- units ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["normal", "weibull", "exponential"])
def test_a_window_goes_with_the_unit_of_its_rows(name):
    family = mlekit.truncated(name, lower=0.5, upper=4.0)
    origin, unit = (0.3, 2.5) if family.location else (0.0, 2.5)
    scaled = family.rescaled(origin, unit)
    assert scaled.settings() == {"lower": (0.5 - origin) / unit, "upper": (4.0 - origin) / unit}
    params = dict.fromkeys(family.params, 1.7)
    own = {p: (v - origin * (p == family.location)) / unit ** family.unit_powers[p] for p, v in params.items()}
    y = np.array([0.5, 0.7, 2.0, 4.0])
    here = family.log_density(NUMPY, y, **params)
    np.testing.assert_allclose(scaled.log_density(NUMPY, (y - origin) / unit, **own) - np.log(unit), here, rtol=1e-12)


def test_links_go_with_a_rescaled_family():
    family = mlekit.truncated("normal", lower=0).with_links({"sd": "identity"})
    assert family.rescaled(0.0, 2.0).link("sd") == mlekit.links.get("identity")
    plain = mlekit.families.get("normal")
    assert plain.rescaled(1.0, 2.0) is plain
    counts = mlekit.truncated("poisson", lower=1)
    assert counts.rescaled(0.0, 1.0).support == counts.support


# ---- words, files, errors -------------------------------------------------------------------------------------------


def test_it_says_what_it_is():
    family = mlekit.truncated("poisson", lower=1)
    assert (repr(family), family.name) == ("truncated(poisson, lower=1)", "truncated poisson")
    assert family.support == Integers(1, np.inf)
    assert family.support.words == "positive integers"
    assert family.state() == {
        "origin": "mlekit",
        "name": "truncated",
        "options": {"family": mlekit.families.get("poisson").state(), "lower": 1.0, "upper": np.inf},
        "links": {},
    }


def test_a_narrower_model_in_the_same_window_is_nested(rng):
    frame = pd.DataFrame({"x": rng.normal(size=300), "y": rng.poisson(1.5, 300)})
    frame = frame[frame.y > 0]
    small, large = (
        mlekit.fit(frame, formula, family=mlekit.truncated("poisson", lower=1)) for formula in ("y ~ 1", "y ~ x")
    )
    assert large.lr_test(small).df == 1
    other = mlekit.fit(frame, "y ~ x", family=mlekit.truncated("poisson", lower=0))
    with pytest.raises(OptionError, match="not known to be a special case"):
        other.lr_test(small)


def test_codes_of_ones_own_are_the_same_family_only_if_the_function_is():
    one, two = (mlekit.custom(lambda y, a: -a * y, params={"a": "positive"}) for _ in range(2))
    assert one.signature() == one.with_links({"a": "identity"}).signature()
    assert one.signature() != two.signature()
    gamma = mlekit.families.get("gamma")
    assert Reparametrised(gamma, ["shape", "rate"]).signature() == gamma.signature()


FAMILIES = {
    "plain": mlekit.truncated("normal", lower=0),
    "nested": mlekit.truncated(mlekit.truncated("normal", lower=0), upper=5),
    "linked": mlekit.truncated(mlekit.families.get("normal").with_links({"mean": "log"}), lower=0),
    "scipy": mlekit.truncated(stats.gumbel_r, lower=0),
}


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_it_survives_pickle_copies_and_files(family, tmp_path):
    for new in (pickle.loads(pickle.dumps(family)), copy.deepcopy(family), mlekit.families.from_state(family.state())):
        assert repr(new) == repr(family)
        assert new.state() == family.state()
        assert new.link(next(iter(new.params))) == family.link(next(iter(family.params)))
    fit = mlekit.fit(inside(np.random.default_rng(0).normal(2, 1, 300), 0, 5), family=family)
    for data in (True, False):
        fit.save(tmp_path / "fit.json", data=data)
        loaded = mlekit.load(tmp_path / "fit.json")
        assert loaded.params.equals(fit.params)
        assert loaded.llf == fit.llf
        assert loaded.dist.mean() == fit.dist.mean()


def test_parameters_of_another_set_come_back_from_a_file(tmp_path):
    fit = mlekit.fit([1.0, 2.0, 4.0], family="gamma", fixed={"rate": 1.0})
    fit.save(tmp_path / "fit.json")
    assert mlekit.load(tmp_path / "fit.json").params.equals(fit.params)


def exponential(y, rate):
    return np.log(rate) - rate * y


def test_code_of_the_callers_own_is_asked_for_by_name():
    family = mlekit.custom(exponential, params={"rate": "positive"})
    with pytest.raises(OptionError, match="custom is a family of your own, whose code no file can hold"):
        mlekit.families.from_state(family.state())
    assert mlekit.families.from_state(family.state(), family) is family


def test_a_row_outside_the_window_is_named():
    with pytest.raises(DataError, match=r"row 2 is 0, outside the window of truncated\(poisson, lower=1\)"):
        mlekit.fit([1, 2, 0, 3], family=mlekit.truncated("poisson", lower=1))
    with pytest.raises(DataError, match=r"row 1 is 3.5, outside the window .*drop the row or correct the window"):
        mlekit.fit([1.0, 3.5], family=mlekit.truncated("normal", 0, 3))
    with pytest.raises(DataError, match=r"row 1 is -1.0, but weibull requires positive numbers"):
        mlekit.fit([1.0, -1.0], family=mlekit.truncated("weibull", upper=3))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("gamma", 0), "gamma has no distribution function in formulas yet"),
        (("normal", 3, 2), "fewer than two values between 3 and 2"),
        (("normal", 2, 2), "fewer than two values"),
        (("weibull", -3, -1), "weibull has fewer than two values between -3 and -1: its observations are positive num"),
        (("poisson", 1.2, 1.8), "fewer than two values"),
        (("poisson", 3, 3), "fewer than two values"),
        (("bernoulli", 1), "fewer than two values"),
        (("normal", "a"), "lower is 'a', but it has to be a number"),
        (("normal", 0, np.nan), "upper is nan, but it has to be a number"),
        (("nosuch", 0), "there is no family 'nosuch'"),
    ],
)
def test_impossible_windows_are_refused(arguments, says):
    with pytest.raises(OptionError, match=says):
        mlekit.truncated(*arguments)
