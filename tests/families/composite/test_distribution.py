"""Frozen distributions made of formulas: every method against scipy's, one set of parameters or many."""

from __future__ import annotations

import copy
import pickle

import mpmath as mp
import numpy as np
import pytest
from scipy import integrate, stats

import mlekit
from mlekit.families.composite._distribution import frozen_formulas

Q = [1e-12, 1e-3, 0.2, 0.5, 0.8, 0.999]

# a family by its formulas alone, its parameters, scipy's own distribution
CASES = {
    "normal": (mlekit.families.get("normal"), {"mean": 1e6, "sd": 0.01}, stats.norm(1e6, 0.01)),
    "weibull": (mlekit.families.get("weibull"), {"scale": 3.0, "shape": 0.4}, stats.weibull_min(0.4, scale=3)),
    "exponential": (mlekit.families.get("exponential"), {"mean": 1e-8}, stats.expon(scale=1e-8)),
    "student_t": (mlekit.families.get(stats.t), {"df": 3.5, "loc": 2.0, "scale": 0.5}, stats.t(3.5, 2, 0.5)),
    "gamma": (mlekit.families.get(stats.gamma), {"a": 0.3, "scale": 2.0}, stats.gamma(0.3, scale=2)),
    "truncnorm": (
        mlekit.truncated("normal", -1, 0.5),
        {"mean": 0.0, "sd": 1.0},
        stats.truncnorm(-1, 0.5),
    ),
    "narrow": (mlekit.truncated("normal", 0, 1e6), {"mean": 5e5, "sd": 2.0}, stats.norm(5e5, 2)),
    "poisson": (mlekit.families.get("poisson"), {"rate": 4.3}, stats.poisson(4.3)),
    "large": (mlekit.families.get("poisson"), {"rate": 3e5}, stats.poisson(3e5)),
    "bernoulli": (mlekit.families.get("bernoulli"), {"p": 0.3}, stats.bernoulli(0.3)),
    "geom": (mlekit.families.get(stats.geom), {"p": 0.01}, stats.geom(0.01)),
}


@pytest.fixture(params=CASES.values(), ids=CASES)
def pair(request):
    family, params, theirs = request.param
    return frozen_formulas(family, params), theirs


def test_probabilities_are_those_of_scipy(pair):
    ours, theirs = pair
    x = theirs.ppf(Q[1:])  # beyond, scipy's truncated normal has four digits
    names = ["pmf", "logpmf"] if ours.family.support.discrete else ["pdf", "logpdf"]
    for name in [*names, "cdf", "logcdf", "sf", "logsf"]:
        np.testing.assert_allclose(getattr(ours, name)(x), getattr(theirs, name)(x), rtol=2e-9, atol=1e-15)


def test_quantiles_are_those_of_scipy(pair):
    ours, theirs = pair
    np.testing.assert_allclose(ours.ppf(Q), theirs.ppf(Q), rtol=1e-11)
    np.testing.assert_allclose(ours.isf(Q), theirs.isf(Q), rtol=1e-11)
    assert ours.median() == pytest.approx(theirs.median(), rel=1e-12)
    np.testing.assert_allclose(ours.interval(0.9), theirs.interval(0.9), rtol=1e-11)


def test_quantiles_lead_back(pair):
    """At the ends of the support as well, and nowhere for what is no probability."""
    ours, _ = pair
    low, high = ours.support()
    discrete = ours.family.support.discrete
    np.testing.assert_allclose(ours.ppf([0, 1]), [low - discrete, high])
    np.testing.assert_allclose(ours.isf([0, 1]), [high, low - discrete])
    assert np.isnan(ours.ppf([-0.1, 1.1, np.nan])).all()
    if discrete:
        k = ours.ppf(Q)
        np.testing.assert_array_equal(ours.ppf(ours.cdf(k)), k)
        np.testing.assert_array_equal(ours.isf(ours.sf(k)), k)
        assert (ours.cdf(k) >= np.array(Q) * (1 - 1e-14)).all()
    else:
        spacing = np.abs(ours.pdf(ours.ppf(Q)) * np.spacing(ours.ppf(Q)))
        assert (np.abs(ours.cdf(ours.ppf(Q)) - Q) <= 2 * spacing + 1e-13 * np.array(Q)).all()
        assert ours.sf(ours.isf(1e-100)) == pytest.approx(1e-100, rel=1e-6) or high < np.inf


@pytest.mark.slow
def test_moments_are_those_of_scipy_to_ten_digits(pair):
    ours, theirs = pair
    sd = theirs.std()
    assert ours.mean() == pytest.approx(theirs.mean(), rel=1e-10, abs=1e-10 * sd)
    assert ours.var() == pytest.approx(theirs.var(), rel=1e-10)
    assert ours.std() == pytest.approx(sd, rel=1e-10)
    middle, reach = theirs.mean(), 60 * theirs.std()
    k = np.arange(max(0, np.floor(middle - reach)), middle + reach)
    entropy = stats.entropy(theirs.pmf(k)) if ours.family.support.discrete else theirs.entropy()
    assert ours.entropy() == pytest.approx(float(entropy), rel=1e-9, abs=1e-10)


def test_densities_outside_the_support_are_zero(pair):
    ours, _ = pair
    density = ours.logpmf if ours.family.support.discrete else ours.logpdf
    low, high = ours.support()
    for x in (low - 1, high + 1):
        assert density(x) == -np.inf or np.isinf(x)
    assert np.isnan(density(np.nan))
    if ours.family.support.discrete:
        assert ours.pmf(low + 0.5) == 0


@pytest.mark.slow
def test_draws_have_the_distribution_and_a_seed(pair):
    ours, _ = pair
    draws = ours.rvs(size=4000, random_state=np.random.default_rng(1))
    assert np.array_equal(ours.rvs(size=4000, random_state=1), draws)
    spread = ours.std() / np.sqrt(4000)
    assert abs(draws.mean() - ours.mean()) < 5 * spread
    assert ours.rvs(random_state=0).shape == ()
    if ours.family.support.discrete:
        assert draws.dtype.kind == "i"


def test_many_sets_of_parameters_are_worked_out_at_once():
    means, sds = np.array([[0.0], [3.0]]), np.array([0.5, 1.0, 20.0])
    many = mlekit.truncated("normal", lower=1).frozen(mean=means, sd=sds)
    low = (1 - means) / sds
    theirs = stats.truncnorm(low, np.full_like(low, np.inf), means, sds)
    for name in ("mean", "var", "std", "median"):
        np.testing.assert_allclose(getattr(many, name)(), getattr(theirs, name)(), rtol=2e-10)
    x = np.array([1.0, 1.5, 4.0])
    np.testing.assert_allclose(many.cdf(x), theirs.cdf(x), rtol=1e-12)
    np.testing.assert_allclose(many.ppf(0.3), theirs.ppf(0.3), rtol=1e-9)
    assert many.rvs(size=(5, 2, 3), random_state=0).shape == (5, 2, 3)
    assert many.entropy().shape == (2, 3)
    counts = mlekit.truncated("poisson", lower=1).frozen(rate=np.array([0.1, 3.0, 900.0]))
    m = np.array([0.1, 3.0, 900.0])
    np.testing.assert_allclose(counts.mean(), m / -np.expm1(-m), rtol=1e-12)
    np.testing.assert_array_equal(counts.ppf(0.5), [1, 3, 900])


@pytest.mark.slow
@pytest.mark.parametrize(("df", "mean", "variance"), [(0.5, np.nan, np.nan), (1.5, 0.0, np.inf), (9.0, 0.0, 9 / 7)])
def test_moments_that_do_not_exist_are_infinite_or_nan(df, mean, variance):
    dist = frozen_formulas(mlekit.families.get(stats.t), {"df": df, "loc": 0.0, "scale": 1.0})
    assert dist.mean() == pytest.approx(mean, abs=1e-9, nan_ok=True)
    assert dist.var() == pytest.approx(variance, rel=1e-10, nan_ok=True)


def test_moments_far_out_in_a_tail():
    """By mpmath, of a normal distribution beyond 12 sd."""
    dist = mlekit.truncated("normal", lower=12).frozen(mean=0.0, sd=1.0)
    with mp.workdps(40):
        mills = mp.npdf(12) / (mp.erfc(12 / mp.sqrt(2)) / 2)
        variance = 1 + 12 * mills - mills**2
    assert dist.mean() == pytest.approx(float(mills), rel=1e-13)
    assert dist.var() == pytest.approx(float(variance), rel=1e-10)


def test_the_entropy_of_a_window_is_the_integral():
    dist = mlekit.truncated("weibull", 0.2, 3).frozen(scale=1.0, shape=1.7)
    integral = integrate.quad(lambda y: -dist.pdf(y) * dist.logpdf(y), 0.2, 3, epsabs=1e-12)[0]
    assert dist.entropy() == pytest.approx(integral, abs=1e-10)


@pytest.mark.parametrize("copied", [lambda d: pickle.loads(pickle.dumps(d)), copy.deepcopy], ids=["pickle", "deepcopy"])
def test_it_survives_copies(pair, copied):
    ours, _ = pair
    np.testing.assert_array_equal(copied(ours).ppf(Q), ours.ppf(Q))
