"""Rewards are weights: a weighted fit is REINFORCE, and preferences are a logistic regression."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

import lm
import mlekit
from mlekit.errors import DataError

torch = pytest.importorskip("torch")

Torch = mlekit.solvers.Torch
WORDS = ["emma", "ava", "mia", "ella", "amelia", "ava", "eve"]
REWARDS = [1.0, -0.5, 0.0, 2.0, -1.25, 0.75, -2.0]
MODELS = {
    "words": lm.GRU(width=6, layers=1, seed=4),
    "windows": lm.MLP(context=3, width=8, embedding=4, dropout=0.0, seed=4),
}


def bound(model, weights=None):
    """The model with these words, in double precision."""
    bound_model = model.bind(model.read(WORDS, None, weights=weights))
    bound_model.network.double()
    return bound_model


def log_p(bound_model, word):
    """The log-probability of a word, a character at a time, as a tensor that knows its slope."""
    codes = [0, *bound_model.words.vocabulary.encode([word])]
    context = bound_model.options.get("context")
    total = torch.zeros((), dtype=torch.float64)
    for t in range(1, len(codes)):
        seen = codes[:t] if context is None else ([0] * context + codes[:t])[-context:]
        logits = bound_model.network(torch.tensor([seen]))
        total = total + torch.log_softmax(logits.reshape(-1, logits.shape[-1])[-1], 0)[codes[t]]
    return total


def by_hand(bound_model, weights):
    """REINFORCE: the sum of w_i times the slope of log p_i, a character."""
    value = sum(w * log_p(bound_model, word) for w, word in zip(weights, WORDS, strict=True))
    slopes = torch.autograd.grad(value, bound_model.network.parameters())
    return [slope / sum(len(word) + 1 for word in WORDS) for slope in slopes]


def of_the_library(bound_model):
    stream = bound_model.problem(None, {}, {}).stream()
    leaves = stream.begin("cpu")
    return [-slope for slope in torch.autograd.grad(stream.loss(None, None), list(leaves.values()))]


def close(one, two):
    for a, b in zip(one, two, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("reads", MODELS)
def test_the_slope_of_a_weighted_likelihood_is_the_reinforce_estimator(reads):
    bound_model = bound(MODELS[reads], REWARDS)
    close(of_the_library(bound_model), by_hand(bound_model, REWARDS))


@pytest.mark.parametrize("reads", MODELS)
def test_a_baseline_is_taken_from_the_weights(reads):
    gain = np.array(REWARDS) - np.mean(REWARDS)
    bound_model = bound(MODELS[reads], gain)
    plain = bound(MODELS[reads])
    base = [np.mean(REWARDS) * slope for slope in by_hand(plain, np.ones(len(WORDS)))]
    rewards = of_the_library(bound(MODELS[reads], REWARDS))
    close(of_the_library(bound_model), [r - b for r, b in zip(rewards, base, strict=True)])


@pytest.mark.parametrize("reads", MODELS)
def test_rewards_of_one_are_the_plain_likelihood(reads):
    close(of_the_library(bound(MODELS[reads], np.ones(len(WORDS)))), of_the_library(bound(MODELS[reads])))
    fits = [
        mlekit.fit(WORDS, family=MODELS[reads], weights=weights, solver=Torch("adam", steps=5, lr=0.01))
        for weights in (None, [1] * len(WORDS))
    ]
    np.testing.assert_allclose(fits[0].log_prob(WORDS), fits[1].log_prob(WORDS), rtol=1e-5)
    assert fits[0].nobs == fits[1].nobs


def test_one_step_of_a_fit_goes_the_way_of_the_estimator():
    model = MODELS["words"]
    bound_model = model.bind(model.read(WORDS, None))
    start = {name: p.detach().numpy().copy() for name, p in bound_model.network.named_parameters()}
    fit = mlekit.fit(
        WORDS,
        family=lm.GRU(width=6, layers=1, start=start, vocabulary=bound_model.words.vocabulary),
        weights=REWARDS,
        solver=Torch("sgd", steps=1, lr=0.1, batch=10_000),
    )
    moved = np.concatenate([(fit.params[name] - start[name]).ravel() for name in start])
    slope = np.concatenate([s.numpy().ravel() for s in by_hand(bound(model), REWARDS)])
    assert moved @ slope / np.linalg.norm(moved) / np.linalg.norm(slope) == pytest.approx(1, abs=1e-4)


@pytest.fixture(scope="module")
def first():
    return mlekit.fit(
        lm.names()[:2000], family=lm.GRU(width=24, layers=1), solver=Torch("adam", steps=120, lr=0.02, batch=2048)
    )


def vowel(words):
    return np.array([word.endswith(tuple("aeiou")) for word in words], float)


def taught(first, beta, rounds=12):
    """REINFORCE with a baseline and a leash, as the page of docs has it."""
    fit = first
    for seed in range(rounds):
        words = fit.sample(400, seed=seed)
        gain = vowel(words) - beta * (fit.log_prob(words) - first.log_prob(words))
        fit = mlekit.fit(
            words,
            family=lm.GRU(width=24, layers=1, start=fit.params, vocabulary=fit.vocabulary),
            weights=gain - gain.mean(),
            solver=Torch("adam", steps=4, lr=0.003, batch=100_000),
        )
    words = fit.sample(2000, seed=99)
    return vowel(words).mean(), (fit.log_prob(words) - first.log_prob(words)).mean()


@pytest.mark.slow
def test_after_a_few_rounds_the_reward_has_risen_and_a_leash_holds_the_model_near(first):
    before = vowel(first.sample(2000, seed=99)).mean()
    loose, far = taught(first, beta=0.0)
    tied, near = taught(first, beta=0.2)
    assert before < 0.6
    assert tied > before + 0.25
    assert loose > before + 0.25
    assert 0 < near < far
    s, q = tied, before
    assert near > s * np.log(s / q) + (1 - s) * np.log((1 - s) / (1 - q)) - 0.1  # no model that far is nearer


def test_weights_of_which_none_is_left_leave_the_model_where_it_was(first):
    again = mlekit.fit(
        WORDS,
        family=lm.GRU(width=24, layers=1, start=first.params, vocabulary=first.vocabulary),
        weights=[0] * len(WORDS),
        solver=Torch("adam", steps=3, lr=0.01),
    )
    np.testing.assert_array_equal(again.log_prob(WORDS), first.log_prob(WORDS))


@pytest.mark.parametrize("model", [lm.Bigram(), lm.Ngram(3), lm.Mixture(lm.Bigram(), lm.Ngram(3))])
def test_a_count_cannot_be_negative(model):
    with pytest.raises(DataError, match=r"weights\[1\] is -0\.5: the weight of a count must not be negative"):
        mlekit.fit(WORDS, family=model, weights=REWARDS)


def test_bradley_terry_is_a_logistic_regression_on_differences():
    rng = np.random.default_rng(6)
    a, b = rng.normal(size=(2, 300, 3))
    x = a - b
    wins = rng.random(300) < 1 / (1 + np.exp(-x @ [1.0, -0.5, 0.25]))
    fit = mlekit.fit(x, wins.astype(int), family="bernoulli", intercept=False)
    better = np.where(wins[:, None], x, -x)  # winner minus loser

    def loss(theta):
        return np.logaddexp(0, -better @ theta).sum()

    def slope(theta):
        return -better.T @ (1 / (1 + np.exp(better @ theta)))

    found = minimize(loss, np.zeros(3), jac=slope, method="BFGS", options={"gtol": 1e-10})
    np.testing.assert_allclose(fit.params, found.x, atol=1e-6)
    assert fit.llf == pytest.approx(-found.fun, rel=1e-10)
    p = 1 / (1 + np.exp(-x @ found.x))
    np.testing.assert_allclose(fit.bse, np.sqrt(np.diag(np.linalg.inv((x.T * (p * (1 - p))) @ x))), rtol=1e-5)


def test_who_is_named_first_does_not_matter():
    rng = np.random.default_rng(7)
    x, wins = rng.normal(size=(200, 2)), rng.integers(0, 2, 200)
    turned = rng.integers(0, 2, 200).astype(bool)
    one = mlekit.fit(x, wins, family="bernoulli", intercept=False)
    other = mlekit.fit(
        np.where(turned[:, None], -x, x), np.where(turned, 1 - wins, wins), family="bernoulli", intercept=False
    )
    np.testing.assert_allclose(one.params, other.params, rtol=1e-9)
    assert one.llf == pytest.approx(other.llf, rel=1e-12)


def test_weights_that_add_up_to_nothing_make_a_fit_that_can_be_shown():
    solver = mlekit.solvers.Torch(steps=2)
    fit = mlekit.fit(["ab", "ba"], family=lm.RNN(width=4, layers=1), weights=[1, -1], solver=solver)
    assert "nan" in repr(fit)
    assert "VERDICT: ok" in fit.summary()


def test_a_prior_of_the_weights_takes_the_place_of_the_decay():
    solver, prior = mlekit.solvers.Torch(steps=2), mlekit.priors.Normal(0, 1)
    plain = mlekit.fit(["ab", "ba"], family=lm.GRU(width=4, layers=1), solver=solver)
    with_prior = mlekit.fit(["ab", "ba"], family=lm.GRU(width=4, layers=1), solver=solver, prior=prior)
    assert any("without a prior" in note for note in plain.notes)
    assert [note for note in with_prior.notes if "decay" in note.lower()] == [
        "Weight decay: lambda = 0.0833 per character."
    ]
