"""The contract of every distribution: a density of one, derivatives of its formula, overrides that never differ."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from contracts.distributions import bound, distribution, draw, example, free, names, whole
from scipy import integrate

import mlekit
from mlekit.data.layout import ONE, Ragged
from mlekit.data.sums import summarise
from mlekit.families.composite._reparametrised import Reparametrised
from mlekit.numerics.arrays import NUMPY, torch_namespace
from mlekit.numerics.derivatives import differentiate

NAMES = names()


@pytest.fixture(params=NAMES)
def family(request):
    return distribution(request.param)


def rows_of(family, values):
    """Plain observations as the family sees them."""
    return bound(family, [family.levels("p")[int(v)] for v in values] if family.codes else np.asarray(values))[1]


def test_density_sums_or_integrates_to_one(family):
    params = example(family)
    if family.support.discrete:
        high = family.support.high
        values = np.arange(family.support.low, 400 if np.isinf(high) else high + 1)
        total = np.exp(family.log_density(NUMPY, rows_of(family, values), **params)).sum()
    else:

        def density(y):
            return float(np.exp(family.log_density(NUMPY, np.float64(y), **params)))

        low, high, middle = family.support.low, family.support.high, float(family.frozen(**params).median())
        total = sum(integrate.quad(density, a, b, epsabs=1e-12)[0] for a, b in ((low, middle), (middle, high)))
    assert total == pytest.approx(1, abs=1e-9)


def test_log_density_is_that_of_scipy(family):
    params, frozen = example(family), family.frozen(**example(family))
    values = frozen.rvs(size=50, random_state=np.random.default_rng(3))
    theirs = frozen.logpmf(values) if family.support.discrete else frozen.logpdf(values)
    ours = family.log_density(NUMPY, rows_of(family, values), **params)
    np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", [n for n in NAMES if not distribution(n).codes])
def test_derived_moments_are_those_of_scipy(name):
    family = distribution(name)
    params, frozen = example(family), whole(family).frozen(**example(family))
    found = {"mean": frozen.mean(), "sd": frozen.std(), "variance": frozen.var()}
    if not family.support.discrete:
        found["median"] = frozen.median()
    checked = 0
    for name, value in found.items():
        if name in family.derived:
            assert family.derived[name](NUMPY, **params) == pytest.approx(value, rel=1e-9), name
            checked += 1
        else:
            assert name in family.params, f"{family.name} lacks the derived {name}"
    assert checked


def test_evaluate_is_the_formula_and_its_derivatives(family):
    family, y = bound(family, draw(family, 40))
    z = free(family, len(y))
    z = [v + 0.1 for v in z]
    value, score, hessian = family.evaluate(y, z, 2)
    plain = differentiate(lambda xp, c: family.log_density(xp, y, **family.to_params(xp, c)), z, 2)
    np.testing.assert_allclose(value, plain[0], rtol=1e-11, atol=1e-11)
    for i in range(len(z)):
        np.testing.assert_allclose(score[i] + 0 * value, plain[1][i] + 0 * value, rtol=1e-9, atol=1e-9)
        for j in range(i, len(z)):
            np.testing.assert_allclose(hessian[i][j] + 0 * value, plain[2][i][j] + 0 * value, rtol=1e-8, atol=1e-8)


def test_score_is_the_slope_of_the_log_density(family):
    family, y = bound(family, draw(family, 20))
    z, h = free(family, len(y)), 1e-4
    _, score, _ = family.evaluate(y, z, 1)
    for i in range(len(z)):

        def at(step, i=i):
            return family.evaluate(y, [v + step * (j == i) for j, v in enumerate(z)], 0)[0]

        slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
        np.testing.assert_allclose(score[i] + 0 * slope, slope, rtol=1e-7, atol=1e-8)


def test_numpy_and_torch_give_the_same_density_and_score(family):
    torch = pytest.importorskip("torch")
    family, y = bound(family, draw(family, 30))
    z = free(family)
    tensors = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in z]
    xp = torch_namespace()
    total = family.log_density(xp, torch.as_tensor(y), **family.to_params(xp, tensors)).sum()
    total.backward()
    value, score, _ = family.evaluate(y, z, 1)
    assert float(total.detach()) == pytest.approx(float(np.sum(value)), rel=1e-10)
    for s, t in zip(score, tensors, strict=True):
        assert float(t.grad) == pytest.approx(float(np.sum(s + 0 * value)), rel=1e-7, abs=1e-7)


def with_cdf():
    return [name for name in NAMES if distribution(name).has_cdf]


@pytest.mark.parametrize("name", with_cdf())
def test_the_distribution_function_is_the_sum_or_integral_of_the_density(name):
    family, params = distribution(name), example(distribution(name))
    low, high = float(family.support.low), float(family.support.high)
    points = family.frozen(**params).ppf([0.1, 0.5, 0.9])

    def density(y):
        return float(np.exp(family.log_density(NUMPY, np.float64(y), **params)))

    for y in points:
        if family.support.discrete:
            below, above = density_of(density, low, y), density_of(density, y + 1, min(high, y + 400))
        else:
            below, above = (integrate.quad(density, a, b, epsabs=1e-12)[0] for a, b in ((low, y), (y, high)))
        assert float(family.log_cdf(NUMPY, y, **params)) == pytest.approx(np.log(below), abs=1e-9)
        if above:
            assert float(family.log_survival(NUMPY, y, **params)) == pytest.approx(np.log(above), abs=1e-9)


def density_of(density, low, high):
    return sum(density(k) for k in np.arange(low, high + 1))


@pytest.mark.parametrize("name", with_cdf())
def test_distribution_and_survival_function_are_complementary(name):
    """To both sides, also far out, and those of scipy in the body."""
    family, params = distribution(name), example(distribution(name))
    frozen = family.frozen(**params)
    y = np.unique(np.concatenate([frozen.ppf([1e-9, 0.01, 0.3, 0.5]), frozen.isf([0.2, 1e-3, 1e-9])]))
    cdf, survival = family.log_cdf(NUMPY, y, **params), family.log_survival(NUMPY, y, **params)
    np.testing.assert_allclose(np.exp(cdf) + np.exp(survival), 1, rtol=1e-14)
    np.testing.assert_allclose(cdf, frozen.logcdf(y), rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(survival, frozen.logsf(y), rtol=1e-9, atol=1e-13)
    assert (np.diff(cdf) >= 0).all()
    assert (np.diff(survival) <= 0).all()


@pytest.mark.parametrize("tail", ["log_cdf", "log_survival"])
@pytest.mark.parametrize("name", with_cdf())
def test_tails_have_the_derivatives_of_their_values(name, tail):
    """The score is the slope of the value, and the Hessian that of the score; tensors have the same score."""
    torch = pytest.importorskip("torch")
    family, y = bound(distribution(name), draw(distribution(name), 20))
    y, z, h = y[(y > family.support.low) & (y < family.support.high)], free(family), 1e-4
    log_tail = getattr(family, tail)

    def at(coordinates, order):
        return family.differentiated(
            lambda xp, z: log_tail(xp, y, **family.to_params(xp, z)), [v + 0 * y for v in coordinates], order
        )

    value, score, hessian = at(z, 2)
    np.testing.assert_allclose(value, log_tail(NUMPY, y, **family.to_params(NUMPY, z)), rtol=1e-14, atol=1e-16)
    for i in range(len(z)):
        steps = [at([v + s * h * (j == i) for j, v in enumerate(z)], 1) for s in (-2, -1, 1, 2)]
        for found, parts in [(score[i], [s[0] for s in steps])] + [
            (hessian[i][j], [s[1][j] for s in steps]) for j in range(len(z))
        ]:
            slope = (8 * (parts[2] - parts[1]) - (parts[3] - parts[0])) / (12 * h)
            np.testing.assert_allclose(found + 0 * y, slope + 0 * y, rtol=1e-7, atol=1e-8)
    tensors = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in z]
    xp = torch_namespace()
    total = log_tail(xp, torch.as_tensor(y), **family.to_params(xp, tensors)).sum()
    total.backward()
    assert float(total.detach()) == pytest.approx(float(np.sum(value)), rel=1e-10)
    for s, t in zip(score, tensors, strict=True):
        assert float(t.grad) == pytest.approx(float(np.sum(s + 0 * y)), rel=1e-7, abs=1e-9)


COPIES = {"pickle": lambda thing: pickle.loads(pickle.dumps(thing)), "deepcopy": copy.deepcopy}


@pytest.mark.parametrize("copied", [*COPIES.values()], ids=[*COPIES])
def test_a_copy_is_the_same_distribution(family, copied):
    """A family, one bound to rows with a link, each of its other parametrizations, and the frozen distribution."""
    bound_one, y = bound(family, draw(family, 20))
    first = next(iter(family.params))
    linked = bound_one if family.params[first].many else bound_one.with_links({first: family.params[first].link})
    others = [Reparametrised(linked, [*a.params]) for a in family.alternatives]
    for one in (family, linked, *others):
        new = copied(one)
        assert (repr(new), new.params, list(new.derived)) == (repr(one), one.params, list(one.derived))
        assert new.given_links == one.given_links
        z = [np.array([0.3])] * len(one.coordinates())
        params = one.to_params(NUMPY, z)
        np.testing.assert_array_equal(new.log_density(NUMPY, y, **params), one.log_density(NUMPY, y, **params))
        for name, function in one.derived.items():
            np.testing.assert_array_equal(new.derived[name](NUMPY, **params), function(NUMPY, **params))
    frozen = family.frozen(**example(family))
    np.testing.assert_array_equal(copied(frozen).cdf([0, 1, 2]), frozen.cdf([0, 1, 2]))


@pytest.mark.parametrize("copied", [*COPIES.values()], ids=[*COPIES])
def test_a_fit_survives_being_copied(family, copied):
    fit = mlekit.fit(draw(family), family=family)
    new = copied(fit)
    assert new.params.equals(fit.params)
    assert new.bse.equals(fit.bse)
    assert new.llf == fit.llf


def sufficient():
    return [name for name in NAMES if distribution(name).sufficient]


@pytest.mark.parametrize("name", sufficient())
def test_log_likelihood_of_sums_is_that_of_rows(name):
    family, y = bound(distribution(name), draw(distribution(name)))
    params = example(family)
    rows = family.log_density(NUMPY, y, **params).sum()
    assert float(family.log_likelihood(NUMPY, summarise(family, y), **params)) == pytest.approx(float(rows), rel=1e-11)


@pytest.mark.parametrize("name", sufficient())
def test_merged_statistics_are_those_of_the_whole(name):
    family, y = bound(distribution(name), draw(distribution(name)))
    merged, whole = summarise(family, y[:150]) + summarise(family, y[150:]), summarise(family, y)
    whole = whole.about(merged.origin)
    assert float(merged.n) == float(whole.n)
    for key, value in whole.sums.items():
        np.testing.assert_allclose(merged[key], value, rtol=1e-11, atol=1e-9)


@pytest.mark.parametrize("name", sufficient())
def test_sums_by_group_are_the_sums_of_each_group(name):
    family, y = bound(distribution(name), draw(distribution(name)))
    codes = np.arange(len(y)) % 3
    weights = np.random.default_rng(1).uniform(0.5, 2, len(y))
    grouped = summarise(family, y, weights, Ragged(codes, 3))
    for g in range(3):
        origin = np.ravel(grouped.origin)[g % np.size(grouped.origin)]
        one = summarise(family, y[codes == g], weights[codes == g], ONE).about(origin)
        assert float(grouped.n[g]) == pytest.approx(float(one.n), rel=1e-13)
        for key, value in one.sums.items():
            np.testing.assert_allclose(grouped[key][g], value, rtol=1e-10, atol=1e-9)
