"""Conjugate posteriors are those of the textbook; a fit without one says so."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import mlekit
from mlekit.errors import OptionError, UnknownName

priors = mlekit.priors


def test_beta_prior_of_a_coin():
    post = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", prior=priors.Beta(10, 10)).posterior()
    assert post.exact
    assert post["p"].mean() == pytest.approx(17 / 30, rel=1e-14)
    assert post["p"].args == (17, 13)
    more = mlekit.fit(mlekit.counted([0, 1], [300, 700]), family="bernoulli", prior=priors.Beta(10, 10))
    assert more.posterior()["p"].args == (710, 310)
    assert more["p"] == pytest.approx(709 / 1018, rel=1e-14)


def test_flat_prior_makes_the_likelihood_a_posterior():
    # the likelihood of 7 in 10 has an area of B(8, 4) = 1/1320; the posterior is Beta(8, 4)
    assert mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", prior=priors.Flat()).posterior()["p"].args == (8, 4)


def test_gamma_prior_of_a_rate():
    marginal = mlekit.fit([2, 0, 3], family="poisson", prior={"rate": priors.Gamma(shape=2, rate=1)}).posterior()[
        "rate"
    ]
    assert [marginal.mean(), marginal.var()] == pytest.approx([7 / 4, 7 / 16], rel=1e-13)


def test_normal_prior_of_a_mean_with_known_sd():
    fit = mlekit.fit([3.0, 5.0, 4.0], family="normal", prior={"mean": priors.Normal(0, 1)}, fixed={"sd": 2.0})
    marginal = fit.posterior()["mean"]
    assert [marginal.mean(), marginal.std()] == pytest.approx([12 / 4 / (1 + 3 / 4), 1 / np.sqrt(1 + 3 / 4)], rel=1e-13)
    with pytest.raises(UnknownName, match="'sd'"):
        fit.posterior()["sd"]


def test_samples_follow_the_posterior_and_repeat():
    post = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", prior=priors.Beta(10, 10)).posterior()
    draws = post.sample(2000, seed=1)
    assert stats.kstest(draws["p"], stats.beta(17, 13).cdf).pvalue > 1e-3
    assert draws.equals(post.sample(2000, seed=1))


def test_sampled_probabilities_add_up_to_one():
    fit = mlekit.fit(list("aabbbc"), family="categorical", prior=priors.Dirichlet(2))
    post = fit.posterior()
    draws = post.sample(2000, seed=0)
    assert list(draws) == ["p[a]", "p[b]", "p[c]"]
    assert draws.sum(axis=1).to_numpy() == pytest.approx(np.ones(2000), abs=1e-12)
    for name in draws:
        assert stats.kstest(draws[name], post[name].cdf).pvalue > 1e-3


@pytest.mark.parametrize(
    ("fit", "words"),
    [
        (lambda: mlekit.fit([1, 0, 1], family="bernoulli"), "prior="),
        (
            lambda: mlekit.fit([1.0, 2.0, 4.0], family="gamma", prior={"mean": priors.Normal(0, 5)}),
            "not known by formula",
        ),
        (
            lambda: mlekit.fit([1.0, 2.0, 4.0], family="weibull", prior={"shape": priors.Normal(1, 5)}),
            "not known by formula",
        ),
        (
            lambda: mlekit.fit([1.0, 2.0, 4.0], family="normal", prior={"mean": priors.Normal(0, 5)}),
            "not known by formula",
        ),
    ],
)
def test_posterior_that_is_not_known_by_formula_is_refused(fit, words):
    with pytest.raises(OptionError, match=words):
        fit().posterior()
