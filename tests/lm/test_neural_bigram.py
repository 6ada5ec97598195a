"""The thesis: a bigram by counting and a bigram by gradient, on one Estimator, are the same model."""

from __future__ import annotations

import time

import numpy as np
import pytest

import lm
import mlekit
from lm.vocabulary import Vocabulary
from mlekit.errors import DataError, NoStandardError, OptionError

torch = pytest.importorskip("torch")

P, Torch = mlekit.priors, mlekit.solvers.Torch
WORDS = ["emma", "ava", "mia", "ella", "amelia", "ava", "eve"]


def probabilities(fit):
    """The table [V, V] of a neural bigram."""
    return np.exp(fit.predictor.next_logits(np.arange(len(fit.vocabulary))[:, None]))


def same(neural, counted, p=1e-6):
    np.testing.assert_allclose(probabilities(neural), counted.params.to_numpy(), atol=p)
    assert neural.llf == pytest.approx(counted.llf, rel=1e-6)
    assert neural.log_posterior == pytest.approx(counted.log_posterior, rel=1e-9)
    assert neural.nobs == counted.nobs


def test_trained_by_gradient_it_is_the_counted_bigram_on_all_the_names():
    names, prior = lm.names(), P.Dirichlet(2)
    begun = time.perf_counter()
    neural = mlekit.fit(names, family=lm.NeuralBigram(), prior=prior, solver=Torch("lbfgs"))
    assert time.perf_counter() - begun < 30
    same(neural, mlekit.fit(names, family=lm.Bigram(), prior=prior))
    assert neural.verdict.codes == ("converged",)
    held = ["zoe", "quentin", "xanthippe"]
    np.testing.assert_allclose(
        neural.log_prob(held), mlekit.fit(names, family=lm.Bigram(), prior=prior).log_prob(held), atol=1e-5
    )


@pytest.mark.parametrize("alpha", [1.5, 2, 5])
def test_every_dirichlet_prior_is_imaginary_rows_of_every_pair(alpha):
    neural = mlekit.fit(WORDS, family=lm.NeuralBigram(), prior=P.Dirichlet(alpha))
    same(neural, mlekit.fit(WORDS, family=lm.Bigram(), prior=P.Dirichlet(alpha)))


def test_one_value_a_character_is_a_prior_too():
    alpha = np.linspace(1.5, 4.0, 1 + len(set("".join(WORDS))))
    neural = mlekit.fit(WORDS, family=lm.NeuralBigram(prior=P.Dirichlet(alpha)))
    same(neural, mlekit.fit(WORDS, family=lm.Bigram(prior=P.Dirichlet(alpha))))


def test_characters_that_no_word_has_follow_the_prior():
    vocabulary = Vocabulary("aelmivxyz")
    neural = mlekit.fit(WORDS, family=lm.NeuralBigram(vocabulary=vocabulary), prior=P.Dirichlet(2))
    same(neural, mlekit.fit(WORDS, family=lm.Bigram(vocabulary=vocabulary), prior=P.Dirichlet(2)))
    assert neural.next_probs("x")["a"] == pytest.approx(1 / 10, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["descent", "sgd", "adam"])
def test_other_solvers_come_near(method):
    options = {"descent": {"steps": 3000}, "sgd": {"lr": 0.5, "batch": 60}, "adam": {"lr": 0.05, "batch": 60}}
    solver = Torch(method, **options[method])
    neural = mlekit.fit(WORDS, family=lm.NeuralBigram(), prior=P.Dirichlet(2), solver=solver)
    np.testing.assert_allclose(
        probabilities(neural), mlekit.fit(WORDS, family=lm.Bigram(), prior=P.Dirichlet(2)).params.to_numpy(), atol=0.02
    )


def test_weights_are_words_that_come_so_often_and_may_be_negative():
    prior = P.Dirichlet(2)
    twice = mlekit.fit([*WORDS, "eve"], family=lm.NeuralBigram(), prior=prior)
    weighted = mlekit.fit(WORDS, family=lm.NeuralBigram(), prior=prior, weights=[1, 1, 1, 1, 1, 1, 2])
    taken_back = mlekit.fit(
        [*WORDS, "eve", "mia", "mia"], family=lm.NeuralBigram(), prior=prior, weights=[*np.ones(7), 1, 1, -1]
    )
    np.testing.assert_allclose(probabilities(weighted), probabilities(twice), atol=1e-7)
    np.testing.assert_allclose(probabilities(taken_back), probabilities(twice), atol=1e-7)
    assert weighted.llf == pytest.approx(twice.llf, rel=1e-9)
    assert weighted.nobs == twice.nobs == taken_back.nobs


def test_without_a_prior_logits_diverge_and_the_likelihood_is_that_of_counting():
    neural = mlekit.fit(WORDS, family=lm.NeuralBigram(), on_failure="ignore")
    table = mlekit.fit(WORDS, family=lm.Bigram())
    assert neural.llf == pytest.approx(table.llf, rel=1e-5)
    np.testing.assert_allclose(probabilities(neural), table.params.to_numpy(), atol=1e-3)


def test_a_normal_prior_is_on_all_logits_and_counts_once():
    from scipy import stats

    neural = mlekit.fit(WORDS, family=lm.NeuralBigram(), prior=P.Normal(0, 1))
    (logits,) = neural.params.values()
    assert neural.log_posterior == pytest.approx(neural.llf + stats.norm(0, 1).logpdf(logits).sum(), rel=1e-9)


def test_it_draws_and_scores_like_every_model_of_words():
    fit = mlekit.fit(WORDS, family=lm.NeuralBigram(), prior=P.Dirichlet(2))
    assert fit.sample(4, seed=1) == fit.sample(4, seed=1)
    assert sum(fit.next_probs("av").values()) == pytest.approx(1.0, rel=1e-12)
    assert fit.evaluate(WORDS).nll == pytest.approx(-fit.llf / fit.nobs, rel=1e-9)
    assert fit.n_params == 49
    assert list(fit.params) == ["table"]
    with pytest.raises(NoStandardError, match="neural_bigram"):
        _ = fit.bse
    with pytest.raises(DataError, match="'q'"):
        fit.log_prob(["queen"])
    assert "Dirichlet" in str(fit)


def test_a_saved_network_comes_back_to_the_last_bit(tmp_path):
    fit = mlekit.fit(WORDS, family=lm.NeuralBigram(), prior=P.Dirichlet(2))
    fit.save(tmp_path / "network")
    loaded = mlekit.load(tmp_path / "network")
    np.testing.assert_array_equal(loaded.log_prob(WORDS), fit.log_prob(WORDS))
    assert (loaded.llf, loaded.log_posterior, loaded.sample(5, seed=0)) == (
        fit.llf,
        fit.log_posterior,
        fit.sample(5, seed=0),
    )


def test_two_priors_are_one_too_many():
    with pytest.raises(OptionError, match=r"lm\.NeuralBigram"):
        mlekit.fit(WORDS, family=lm.NeuralBigram(prior=P.Dirichlet(2)), prior=P.Dirichlet(2))
