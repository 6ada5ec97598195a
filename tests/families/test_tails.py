"""Log distribution and survival functions against 120 digits: values, derivatives, tensors, ends of the support."""

from __future__ import annotations

import json
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest
from scipy import stats

import mlekit
from mlekit.errors import OptionError
from mlekit.numerics.arrays import NUMPY, torch_namespace
from mlekit.numerics.derivatives import differentiate

FOLDER = Path(__file__).parents[1] / "references"
CASES = json.loads((FOLDER / "tails.json").read_text(encoding="utf-8"))["cases"]
IDS = [f"{case['family']}-{'-'.join(format(v, 'g') for v in case['params'].values())}" for case in CASES]
BOTH = ("log_cdf", "log_survival")
WITH_CDF = [name for name in mlekit.families.names() if mlekit.families.get(name).has_cdf]


def numbers(column):
    return np.array(column, dtype=float)


def function(case, name):
    return getattr(mlekit.families.get(case["family"]), name)


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_values_have_all_their_digits(case, name):
    """12 digits of the logarithm at any distance from the mean, that of a probability near one included."""
    found = function(case, name)(NUMPY, np.array(case["y"]), **case["params"])
    np.testing.assert_allclose(found, numbers(case[name]), rtol=1e-12, atol=1e-280)


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_derivatives_are_exact(case, name):
    y, params = np.array(case["y"]), case["params"]
    z = [np.full(len(y), v) for v in params.values()]
    formula = function(case, name)
    with np.errstate(all="ignore"):  # of what underflows
        _, score, hessian = differentiate(lambda xp, z: formula(xp, y, **dict(zip(params, z, strict=True))), z, 2)
    found = np.stack([s + 0 * y for s in score], axis=1)
    truth = numbers(case[f"{name}_score"])
    np.testing.assert_allclose(found, truth, rtol=1e-11, atol=1e-300)
    size = np.abs(truth[:, :, None] * truth[:, None, :]) + np.abs(numbers(case[f"{name}_hessian"]))
    found = np.stack([np.stack([h + 0 * y for h in row], axis=1) for row in hessian], axis=1)
    assert (np.abs(found - numbers(case[f"{name}_hessian"])) <= 1e-12 * size + 1e-300).all()


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_tensors_have_the_same_values_and_scores(case, name):
    torch = pytest.importorskip("torch")
    y = torch.tensor(case["y"], dtype=torch.float64)
    params = {p: torch.full_like(y, v, requires_grad=True) for p, v in case["params"].items()}
    found = function(case, name)(torch_namespace(), y, **params)
    found.sum().backward()
    np.testing.assert_allclose(found.detach(), numbers(case[name]), rtol=1e-9, atol=1e-16)
    for place, tensor in enumerate(params.values()):
        truth = numbers(case[f"{name}_score"])[:, place]
        np.testing.assert_allclose(tensor.grad, truth, rtol=1e-8, atol=1e-15 * np.abs(truth).max())


@pytest.mark.parametrize("name", WITH_CDF)
def test_beyond_the_support_there_is_nothing_or_all(name):
    family = mlekit.families.get(name)
    params = dict.fromkeys(family.params, 0.4)
    low = family.support.low - 1.0 if family.support.discrete else family.support.low
    y = np.array([-np.inf, low, np.inf])
    for log_tail, truth in ((family.log_cdf, [-np.inf, -np.inf, 0]), (family.log_survival, [0, 0, -np.inf])):
        value, score, hessian = differentiate(
            lambda xp, z, f=log_tail: f(xp, y, **dict(zip(params, z, strict=True))), [np.full(3, 0.4)] * len(params), 2
        )
        assert value.tolist() == truth
        assert not any(np.any(d) for d in (*score, *(h for row in hessian for h in row)))
    assert np.isnan(family.log_cdf(NUMPY, np.array([np.nan]), **params)).all()


@pytest.mark.parametrize("rate", [1e8, 1e12])
def test_a_huge_poisson_rate_has_tails_too(rate):
    """The logarithm of the normal approximation, to its order."""
    family, k = mlekit.families.get("poisson"), np.floor(rate + np.array([-30.0, 30.0]) * np.sqrt(rate))
    near = stats.norm.logcdf([-30.0, -30.0])
    found = [family.log_cdf(NUMPY, k[0], rate=rate), family.log_survival(NUMPY, k[1], rate=rate)]
    np.testing.assert_allclose(found, near, rtol=30**3 / np.sqrt(rate) / 400)


def test_counts_between_integers_are_those_of_the_integer_below():
    family = mlekit.families.get("poisson")
    assert family.log_cdf(NUMPY, 2.7, rate=1.5) == family.log_cdf(NUMPY, 2.0, rate=1.5)


def test_the_probability_of_an_interval_keeps_its_digits_in_both_tails():
    family = mlekit.families.get("normal")
    ends = np.array([[-41.0, -40.0], [40.0, 41.0], [-1.0, 2.0], [-np.inf, -40.0], [40.0, np.inf], [-np.inf, np.inf]])
    with np.errstate(all="ignore"):
        found = family.log_between(NUMPY, ends[:, 0], ends[:, 1], mean=0.0, sd=1.0)
    far = stats.norm.logcdf(-40.0)
    within = np.log1p(-np.exp(stats.norm.logcdf(-41.0) - far))
    truth = [far + within, far + within, np.log(stats.norm.cdf(2) - stats.norm.cdf(-1)), far, far, 0.0]
    np.testing.assert_allclose(found, truth, rtol=1e-14, atol=1e-15)
    with np.errstate(all="ignore"):
        _, score, _ = differentiate(
            lambda xp, z: family.log_between(xp, *ends.T, mean=z[0], sd=z[1]), [np.zeros(6), np.ones(6)], 2
        )
    assert np.isfinite(score[0] + score[1]).all()
    np.testing.assert_allclose(score[0][0], -score[0][1], rtol=1e-12)


@pytest.mark.parametrize("width", [1e-12, 1e-6, 0.01, 0.1])
@pytest.mark.parametrize("start", [-30.0, 0.3, 5.0])
def test_the_probability_of_a_narrow_interval_keeps_its_digits(start, width):
    """With its derivatives: a truncated distribution that is nearly uniform depends on them."""
    family = mlekit.families.get("normal")
    with mp.workdps(50):
        a, b = mp.mpf(start), mp.mpf(start + width)

        def truth(mean, sd):
            return mp.log(mp.quad(lambda y: mp.npdf(y, mean, sd), [a, b]))

        exact = [truth(0, 1), mp.diff(truth, (0, 1), (1, 0)), mp.diff(truth, (0, 1), (0, 1))]
    value, score, _ = differentiate(
        lambda xp, z: family.log_between(xp, start, start + width, mean=z[0], sd=z[1]), [np.zeros(1), np.ones(1)], 2
    )
    np.testing.assert_allclose([value[0], score[0][0], score[1][0]], [float(v) for v in exact], rtol=2e-11)
    torch = pytest.importorskip("torch")
    mean, sd = (torch.tensor([v], dtype=torch.float64, requires_grad=True) for v in (0.0, 1.0))
    family.log_between(torch_namespace(), start, start + width, mean=mean, sd=sd).sum().backward()
    np.testing.assert_allclose([mean.grad[0], sd.grad[0]], [float(v) for v in exact[1:]], rtol=1e-10)


def test_a_few_counts_of_a_huge_rate_are_summed():
    family, rate = mlekit.families.get("poisson"), 1e8
    found = float(family.log_between(NUMPY, 1e8 - 2, 1e8 + 1, rate=rate))
    with mp.workdps(50):
        truth = mp.log(
            sum(mp.exp(k * mp.log(rate) - mp.mpf(rate) - mp.loggamma(k + 1)) for k in range(10**8 - 1, 10**8 + 2))
        )
    assert found == pytest.approx(float(truth), abs=1e-6)  # the formula of the density has so many digits there


def test_the_probability_of_counts_between_two_bounds():
    family = mlekit.families.get("poisson")
    with np.errstate(all="ignore"):
        found = family.log_between(NUMPY, np.array([-1.0, 0.0, 3.0]), np.array([0.0, 2.0, np.inf]), rate=1.5)
    pmf = stats.poisson(1.5).pmf
    np.testing.assert_allclose(np.exp(found), [pmf(0), pmf(1) + pmf(2), stats.poisson(1.5).sf(3)], rtol=1e-14)


def test_a_family_without_formulas_says_which_have_them():
    family = mlekit.families.get("gamma")
    assert not family.has_cdf
    assert WITH_CDF == ["bernoulli", "exponential", "normal", "poisson", "weibull"]
    with pytest.raises(OptionError, match=r"gamma has no distribution function in formulas yet.*normal, poisson, weib"):
        family.log_cdf(NUMPY, 1.0, mean=1.0, shape=2.0)
    with pytest.raises(OptionError, match="so rows cannot be censored or truncated"):
        mlekit.custom(lambda y, a: -a * y, params={"a": "positive"}).log_survival(NUMPY, 1.0, a=1.0)


def test_a_scipy_family_has_those_of_scipy():
    family, y = mlekit.families.get(stats.gumbel_r), np.array([-1.0, 0.0, 30.0])
    assert family.has_cdf
    np.testing.assert_array_equal(
        family.log_cdf(NUMPY, y, loc=0.1, scale=2.0), stats.gumbel_r.logcdf(y, loc=0.1, scale=2.0)
    )
    np.testing.assert_array_equal(
        family.log_survival(NUMPY, y, loc=0.1, scale=2.0), stats.gumbel_r.logsf(y, loc=0.1, scale=2.0)
    )
    value, score, _ = family.differentiated(lambda xp, z: family.log_survival(xp, y, loc=z[0], scale=2.0), [0 * y], 2)
    np.testing.assert_allclose(value, stats.gumbel_r.logsf(y, scale=2.0))
    np.testing.assert_allclose(score[0], np.exp(stats.gumbel_r.logpdf(y, scale=2.0) - value), rtol=1e-7)
