"""The contract of every fit: one answer by every solver, in every unit, from all forms of the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from contracts.distributions import LEVELS, TRUNCATED, bound, distribution, draw, example, names

import mlekit
from mlekit.registry import Registry

NAMES = names()
SOLVERS = [name for name in Registry("mlekit.solvers", "solver").names if name != "closed"]  # most have no formula


def fit(family, data, **options):
    return mlekit.fit(data, family=family, **options)


def same(a, b, rel=1e-6, llf=1e-9, errors=1e-5):
    """Two fits of one likelihood: parameters, log-likelihood and standard errors."""
    np.testing.assert_allclose(a.params.to_numpy(), b.params.to_numpy(), rtol=rel, atol=1e-12)
    assert a.llf == pytest.approx(b.llf, rel=llf)
    np.testing.assert_allclose(a.bse.to_numpy(), b.bse.to_numpy(), rtol=errors)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("name", NAMES)
def test_every_solver_reaches_the_same_maximum(name, solver):
    if solver == "torch":
        pytest.importorskip("torch")
    family = distribution(name)
    same(fit(family, draw(family), solver=solver), fit(family, draw(family)))


@pytest.mark.parametrize("name", NAMES)
def test_score_is_zero_and_neighbours_are_lower(name):
    answer = fit(distribution(name), draw(distribution(name)))
    assert answer.verdict.ok
    scores = answer.score_obs().sum()
    step = answer.bse.to_numpy()
    if not distribution(name).codes:
        assert np.abs(scores.to_numpy() * step).max() < 1e-5
        for i in range(len(step)):
            for sign in (-1, 1):
                moved = answer.params.to_numpy().copy()
                moved[i] += 0.3 * sign * step[i]
                assert answer.loglike(moved) < answer.llf


@pytest.mark.parametrize("name", NAMES)
def test_a_weight_of_two_is_a_row_twice(name):
    data = draw(distribution(name), 300)
    weights = np.where(np.arange(300) % 3 == 0, 2.0, 1.0)
    twice = [v for v, w in zip(data, weights, strict=True) for _ in range(int(w))]
    twice = twice if distribution(name).codes else np.asarray(twice)
    weighted, repeated = fit(distribution(name), data, weights=weights), fit(distribution(name), twice)
    same(weighted, repeated, rel=1e-9, errors=1e-7)
    assert weighted.nobs == repeated.nobs == 400


@pytest.mark.parametrize("name", NAMES)
def test_order_of_rows_does_not_matter(name):
    data = draw(distribution(name), 80)
    order = np.random.default_rng(2).permutation(80)
    same(fit(distribution(name), data), fit(distribution(name), [data[i] for i in order]), rel=1e-9, errors=1e-7)


@pytest.mark.parametrize("scale", [1e-9, 1e9])
@pytest.mark.parametrize("name", [n for n in NAMES if distribution(n).unit_powers])
def test_scaled_data_give_the_scaled_fit(name, scale):
    family, data = distribution(name), draw(distribution(name))
    plain, scaled = fit(family, data), fit(family.rescaled(0.0, 1 / scale), data * scale)
    power = np.array([family.unit_powers[p] for p in plain.params.index], dtype=float)
    np.testing.assert_allclose(scaled.params / scale**power, plain.params, rtol=1e-8)
    np.testing.assert_allclose(scaled.bse / scale**power, plain.bse, rtol=1e-6)
    assert scaled.llf == pytest.approx(plain.llf - len(data) * np.log(scale), rel=1e-9)


@pytest.mark.parametrize("name", [n for n in NAMES if distribution(n).location])
def test_shifted_data_give_the_shifted_fit(name):
    family, data = distribution(name), np.round(draw(distribution(name)), 6)
    plain, moved = fit(family, data), fit(family.rescaled(-(2.0**20), 1.0), data + 2.0**20)
    shift = np.array([2.0**20 * (p == family.location) for p in plain.params.index])
    np.testing.assert_allclose(moved.params - shift, plain.params, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(moved.bse, plain.bse, rtol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_sampled_data_recover_the_parameters(name):
    """Five standard errors: a false alarm once in 1.7 million."""
    family = distribution(name)
    answer = fit(family, draw(family, 20_000, seed=11))
    truth = np.concatenate([np.ravel(v) for v in example(family).values()])
    assert (np.abs(answer.params.to_numpy() - truth) < 5 * answer.bse.to_numpy()).all()


@pytest.mark.parametrize("name", NAMES)
def test_grouped_is_one_by_one(name):
    family, data = distribution(name), draw(distribution(name), 300)
    keys = np.array(["x", "y", "z"])[np.arange(300) % 3]
    grouped = mlekit.fit(pd.DataFrame({"v": data, "k": keys}), "v", family=family, by="k")
    for key in "xyz":
        one = fit(family, [v for v, k in zip(data, keys, strict=True) if k == key])
        np.testing.assert_allclose(grouped.params.loc[key], one.params, rtol=1e-8)
        np.testing.assert_allclose(grouped.bse.loc[key], one.bse, rtol=1e-6)
        assert grouped.llf.loc[key] == pytest.approx(one.llf, rel=1e-9)
        same(grouped[key], one, rel=1e-8, errors=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_an_intercept_alone_is_the_fit_without_columns(name):
    family, data = distribution(name), draw(distribution(name), 200)
    first = next(iter(family.params))
    plain = fit(family, data)
    regression = mlekit.fit(pd.DataFrame({"v": data}), "v ~ 1", family=family)
    assert regression.llf == pytest.approx(plain.llf, rel=1e-10)
    if not family.params[first].many:
        linked = family.link(first).inverse(_numpy(), np.float64(regression["Intercept"]))
        assert float(linked) == pytest.approx(plain[first], rel=1e-7)


def _numpy():
    from mlekit.numerics.arrays import NUMPY

    return NUMPY


@pytest.mark.parametrize("name", NAMES)
def test_regression_of_the_first_parameter_has_a_zero_score(name):
    rng = np.random.default_rng(5)
    family = distribution(name)
    frame = pd.DataFrame({"v": draw(family, 300), "x": rng.normal(size=300), "g": rng.choice(["a", "b"], 300)})
    answer = mlekit.fit(frame, "v ~ x + g", family=family)
    assert answer.verdict.ok
    assert np.abs(answer.score_obs().sum().to_numpy() * answer.bse.to_numpy()).max() < 1e-5


PRIORS = {
    "beta": (mlekit.priors.Beta(3, 4), (0, 1)),
    "gamma": (mlekit.priors.Gamma(shape=3, rate=2), (0, np.inf)),
    "half_normal": (mlekit.priors.HalfNormal(0.5), (0, np.inf)),
    "normal": (mlekit.priors.Normal(0.5, 0.3), (-np.inf, np.inf)),
    "laplace": (mlekit.priors.Laplace(0.1, 0.05), (-np.inf, np.inf)),
    "flat": (mlekit.priors.Flat(), (-np.inf, np.inf)),
    "scipy": ("frozen", (-np.inf, np.inf)),
}


def pairs():
    """Every prior with every parameter it suits; a peaked one may leave a truncated one no maximum."""
    for name in NAMES:
        for param, s in distribution(name).params.items():
            for kind, (_, (low, high)) in PRIORS.items():
                if kind == "laplace" and name.startswith(TRUNCATED):
                    continue
                if not s.many and (low, high) in [(s.low, s.high), (-np.inf, np.inf)]:
                    yield name, param, kind


@pytest.mark.parametrize(("name", "param", "kind"), list(pairs()))
def test_map_is_where_likelihood_and_prior_balance(name, param, kind):
    """The slope of log-likelihood plus log prior is zero in the parameter as named: no Jacobian."""
    from scipy import stats

    prior = PRIORS[kind][0] if kind != "scipy" else stats.norm(0.5, 0.3)
    log_prior = prior.logpdf if kind == "scipy" else lambda v: prior.log_density(_numpy(), np.float64(v))
    answer = fit(distribution(name), draw(distribution(name), 300), prior={param: prior})
    assert answer.verdict.ok
    at, h = answer[param], 1e-5 * max(abs(answer[param]), answer.bse[param] if answer.bse[param] > 0 else 1e-3)

    def posterior(v):
        return answer.loglike({param: v}) + float(log_prior(v))

    if kind == "laplace" and abs(at - 0.1) < 1e-9:
        assert posterior(at) > max(posterior(at - h), posterior(at + h))
        return
    slope = (posterior(at + h) - posterior(at - h)) / (2 * h)
    assert abs(slope) * answer.bse[param] < 1e-4


@pytest.mark.parametrize("name", [n for n in NAMES if distribution(n).sufficient and distribution(n).conjugate])
def test_conjugate_map_is_the_optimised_map(name):
    family = distribution(name)
    (param, kernel), *_ = family.conjugate.items()
    prior = {
        ("log", "log1m"): mlekit.priors.Beta(3, 4),
        ("log", "linear"): mlekit.priors.Gamma(shape=3, rate=2),
        ("log",): mlekit.priors.Dirichlet(3),
        ("square", "linear"): mlekit.priors.Normal(0.5, 0.3),
    }[kernel]
    fixed = {p: v for p, v in example(family).items() if p != param}
    data = draw(family, 50)
    closed = fit(family, data, prior={param: prior}, fixed=fixed, solver="closed")
    searched = fit(family, data, prior={param: prior}, fixed=fixed, solver="newton")
    np.testing.assert_allclose(closed.params, searched.params, rtol=1e-8)
    assert closed.log_posterior == pytest.approx(searched.log_posterior, rel=1e-10)


@pytest.mark.parametrize("name", [n for n in NAMES if len(distribution(n).params) > 1])
def test_fixed_at_the_maximum_changes_nothing_else(name):
    family, data = distribution(name), draw(distribution(name))
    whole = fit(family, data)
    last = list(family.params)[-1]
    fixed = fit(family, data, fixed={last: whole[last]})
    np.testing.assert_allclose(fixed.params, whole.params, rtol=1e-7)
    assert fixed.n_params == whole.n_params - 1
    assert fixed[last] == whole[last]
    assert np.isnan(fixed.bse[last])


@pytest.mark.parametrize("name", NAMES)
def test_data_and_global_generators_are_left_alone(name):
    data = draw(distribution(name), 300)
    before = list(data)
    fit(distribution(name), data)
    assert list(data) == before
    assert bound(distribution(name), data)[1].shape[0] == 300
    assert LEVELS == ["ant", "bee", "cow"]
