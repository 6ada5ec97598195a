"""Modes of posteriors against high-precision arithmetic: conjugate, ridge, lasso, and priors that are neither."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import mlekit

CASES = json.loads((Path(__file__).parents[1] / "references" / "priors.json").read_text(encoding="utf-8"))["cases"]


def prior_of(spec):
    return getattr(mlekit.priors, spec["name"])(**spec["args"])


def fit(case, **options):
    family = mlekit.families.Binomial(**case["options"]) if case["options"] else case["family"]
    if "formula" in case:
        prior = prior_of(case["prior"])
        return mlekit.fit(case["data"], case["formula"], family=family, prior=prior, fixed=case["fixed"], **options)
    priors = {name: prior_of(spec) for name, spec in case["priors"].items()}
    weights = case["weights"]
    return mlekit.fit(case["data"], family=family, prior=priors, fixed=case["fixed"], weights=weights, **options)


def close(fitted, case, rel):
    for name, value in case["params"].items():
        assert fitted[name] == pytest.approx(value, rel=rel, abs=1e-12), name
    assert fitted.llf == pytest.approx(case["llf"], rel=1e-9, abs=1e-9)
    assert fitted.log_posterior == pytest.approx(case["log_posterior"], rel=1e-9)


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_mode_is_that_of_high_precision_arithmetic(case):
    fitted = fit(case)
    close(fitted, case, 1e-8)
    assert fitted.verdict.ok


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_errors_are_the_curvature_of_the_log_posterior(case):
    fitted = fit(case)
    for name, value in case["bse"].items():
        if value is None:
            assert np.isnan(fitted.bse[name]), name
        else:
            assert fitted.bse[name] == pytest.approx(value, rel=1e-6), name


@pytest.mark.parametrize("case", [c for c in CASES if "score_over_pull" in c], ids=lambda c: c["name"])
def test_lasso_coefficients_below_the_pull_are_exactly_zero(case):
    fitted = fit(case)
    for name, pull in case["score_over_pull"].items():
        assert (fitted[name] == 0.0) == (abs(pull) < 1), name


SMOOTH = [c for c in CASES if "Laplace" not in json.dumps(c.get("prior") or c.get("priors"))]


@pytest.mark.parametrize("case", SMOOTH, ids=lambda c: c["name"])
def test_newton_alone_finds_the_same_mode(case):
    if any(value in (0.0, 1.0) for value in case["params"].values()):
        with pytest.warns(mlekit.errors.ConvergenceWarning, match="infinity"):
            fit(case, solver="newton")
        return
    close(fit(case, solver="newton"), case, 1e-7)


def test_a_conjugate_prior_says_what_it_is_worth_in_rows():
    priors = mlekit.priors
    assert priors.Beta(10, 10).rows == 18
    assert priors.Gamma(shape=3, rate=2).rows == 2
    assert priors.Dirichlet([2, 3, 1]).rows == 3


@pytest.mark.parametrize(
    ("prior", "outside"),
    [
        (mlekit.priors.HalfNormal(2), [-1.0, -1e-9]),
        (mlekit.priors.Gamma(shape=2, rate=1), [-1.0, -1e-9]),
        (mlekit.priors.Beta(2, 3), [-0.5, 1.5]),
    ],
    ids=str,
)
def test_the_density_is_zero_outside_its_set(prior, outside):
    from mlekit.numerics.arrays import NUMPY, jets
    from mlekit.numerics.jets import variables

    with np.errstate(invalid="ignore"):
        assert (prior.log_density(NUMPY, np.array(outside)) == -np.inf).all()
        assert (prior.log_density(jets(), variables([np.array(outside)], 2)[0]).value == -np.inf).all()


@pytest.mark.parametrize(
    "prior", [mlekit.priors.HalfNormal(1), mlekit.priors.Gamma(shape=2, rate=1), mlekit.priors.Beta(2, 2)], ids=str
)
@pytest.mark.parametrize(("family", "param"), [("normal", "mean"), ("student_t", "loc")])
def test_a_belief_about_positive_numbers_is_refused_of_a_real_parameter(prior, family, param):
    with pytest.raises(mlekit.errors.OptionError, match=f"is about numbers from 0 .*, but {param} may be negative"):
        mlekit.fit([-1.0, -2.0, -4.0, 0.5], family=family, prior={param: prior})


def test_a_belief_about_positive_numbers_is_refused_of_a_coefficient():
    from scipy import stats

    data = {"y": [1.0, 3.0, 2.0, 5.0], "x": [4.0, 2.0, 3.0, 1.0]}
    for prior in (mlekit.priors.HalfNormal(1), stats.halfnorm()):
        with pytest.raises(mlekit.errors.OptionError, match="numbers from 0 up, but x may be negative: use Normal"):
            mlekit.fit(data, "y ~ x", family="normal", prior={"x": prior})


def test_a_belief_about_a_share_of_a_positive_number_stays_inside_its_set():
    fitted = mlekit.fit([1.0, 2.0, 4.0, 3.0, 7.0, 2.5], family="weibull", prior={"shape": mlekit.priors.Beta(2, 2)})
    assert 0 < fitted["shape"] < 1


def test_aic_of_a_map_fit_is_refused():
    fitted = mlekit.fit([1, 0, 1], family="bernoulli", prior=mlekit.priors.Beta(2, 2))
    with pytest.raises(mlekit.errors.OptionError, match="prior"):
        _ = fitted.aic


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: mlekit.priors.Beta(0, 1), "a is 0"),
        (lambda: mlekit.priors.Normal(0, -1), "sd is -1"),
        (lambda: mlekit.priors.Gamma(shape=1, rate=0), "rate is 0"),
        (lambda: mlekit.priors.Dirichlet([1, -1]), "alpha is"),
        (lambda: mlekit.priors.Laplace(float("nan"), 1), "loc is nan"),
    ],
)
def test_hyperparameters_outside_their_sets_are_refused(make, words):
    with pytest.raises(mlekit.errors.OptionError, match=words):
        make()


def test_a_laplace_prior_has_its_kink_at_the_same_value_in_every_group():
    rng = np.random.default_rng(0)
    keys = np.arange(400) % 2
    y = np.where(keys == 1, 50 + 20 * rng.standard_t(4, 400), 3 + rng.standard_t(4, 400))
    prior = {"loc": mlekit.priors.Laplace(50.0, 0.02)}
    grouped = mlekit.fit({"y": y, "k": keys}, "y", family="student_t", by="k", prior=prior)
    for key in (0, 1):
        one = mlekit.fit(y[keys == key], family="student_t", prior=prior)
        np.testing.assert_allclose(grouped.params.loc[key], one.params, rtol=1e-6)
    assert grouped.params.loc[1, "loc"] == 50.0


def test_an_intercept_can_rest_on_a_kink_beside_columns_far_from_zero():
    rng = np.random.default_rng(0)
    x = rng.normal(105, 1, 300)
    y = rng.poisson(np.exp(0.02 * (x - 100)))
    prior = {"Intercept": mlekit.priors.Laplace(0, 0.001)}
    fitted = mlekit.fit({"x": x, "y": y}, "y ~ x", family="poisson", prior=prior)
    assert fitted["Intercept"] == 0.0
    alone = mlekit.fit({"x": x, "y": y}, "y ~ x - 1", family="poisson")
    assert fitted["x"] == pytest.approx(alone["x"], rel=1e-7)
