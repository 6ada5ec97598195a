"""lm.Mixture: weights that no search can better, of parts that saw the words they should."""

from __future__ import annotations

from math import inf, log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_softmax

import lm
import mlekit
from lm.fit import Fit
from lm.models._weights import maximum
from lm.predictor import Predictor
from lm.vocabulary import Vocabulary
from mlekit.errors import ConvergenceWarning, DataError, OptionError
from mlekit.priors import Dirichlet, Normal

WORDS = lm.names()[:2000]
REST, ASIDE = lm.split(WORDS, 0.1, 0)
KNOWN = Vocabulary.of(WORDS)
PARTS = (lm.Ngram(2), lm.Ngram(5), lm.Bigram(prior=Dirichlet(5)), lm.Ngram(4, "add"))


def mixed(*parts: Any, words: list[str] = WORDS, weights: Any = None, **options: Any) -> Fit:
    return mlekit.fit(words, family=lm.Mixture(*parts, **options), weights=weights)


def parts_of(words: list[str], *parts: Any) -> list[Fit]:
    return [mlekit.fit([*words, "".join(KNOWN.tokens)], family=p, weights=[1] * len(words) + [0]) for p in parts]


@pytest.fixture(scope="module")
def fit() -> Fit:
    return mixed(*PARTS)


def test_the_weights_are_those_of_a_search_over_held_out_words(fit: Fit):
    scores = np.stack([part.predictor.token_log_prob(ASIDE) for part in parts_of(REST, *PARTS)])

    def loss(z: Any) -> float:
        return -np.logaddexp.reduce(scores + log_softmax(z)[:, None]).mean()

    found = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-9})
    weights = fit.params.to_numpy()
    with np.errstate(divide="ignore"):
        assert -np.logaddexp.reduce(scores + np.log(weights)[:, None]).mean() <= found.fun + 1e-12
    np.testing.assert_allclose(weights, np.exp(log_softmax(found.x)), atol=1e-4)
    assert weights.sum() == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize("kind", ["smooth", "sharp", "alike", "twins", "holes"])
@pytest.mark.parametrize("parts", [1, 2, 7])
def test_the_weights_satisfy_the_conditions_of_a_maximum(kind: str, parts: int, rng: np.random.Generator):
    p = np.exp(-{"sharp": 6, "alike": 0.01}.get(kind, 1) * rng.random((500, parts)))
    if kind == "twins":
        p[:, 0] = p[:, -1]
    if kind == "holes":
        p[rng.random(p.shape) < 0.4] = 0
        p[:, 0] = np.maximum(p[:, 0], 1e-6)
    counts = rng.random(500)
    w, gap = maximum(p, counts)
    g = counts @ (p / (p @ w)[:, None]) / counts.sum()
    assert (w >= 0).all()
    assert w.sum() == pytest.approx(1, abs=1e-15)
    assert g.max() <= 1 + 1e-10
    np.testing.assert_allclose(g[w > 0], 1, atol=1e-10)
    assert gap <= 1e-10


def test_a_part_that_does_not_help_has_no_weight_at_all():
    assert maximum(np.array([[0.5, 0.4], [0.5, 0.1]]), np.ones(2))[0].tolist() == [1, 0]
    assert mixed(lm.Ngram(1), lm.Ngram(3)).params.tolist() == [0, 1]


def test_weights_that_were_not_found_in_time_are_not_called_a_maximum(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lm.models._weights.STEPS", 1)
    with pytest.warns(ConvergenceWarning, match="not yet at the maximum"):
        fit = mixed(*PARTS)
    assert not fit.verdict.ok
    assert "steps" in fit.verdict.codes


def test_it_says_what_its_parts_say_times_their_weights(fit: Fit):
    parts, w = parts_of(WORDS, *PARTS), fit.params.to_numpy()
    words = ["emma", "", "jo", "xqz"]
    np.testing.assert_allclose(
        np.exp(fit.predictor.token_log_prob(words)),
        w @ np.exp([p.predictor.token_log_prob(words) for p in parts]),
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        fit.predictor.token_log_prob(words), Predictor.token_log_prob(fit.predictor, words), rtol=1e-12
    )
    p = np.array(list(fit.next_probs("em").values()))
    np.testing.assert_allclose(p, w @ [list(part.next_probs("em").values()) for part in parts], rtol=1e-12)
    assert p.sum() == pytest.approx(1)
    assert len(set(fit.sample(20, seed=0))) > 10


def test_its_fit_counts_all_the_words_and_all_the_numbers(fit: Fit):
    parts = parts_of(WORDS, *PARTS)
    assert fit.nobs == sum(len(word) + 1 for word in WORDS)
    assert fit.llf == pytest.approx(fit.log_prob(WORDS).sum(), rel=1e-12)
    assert fit.n_params == sum(part.n_params for part in parts) + 3
    assert fit.params.index.tolist() == ["ngram", "ngram-2", "bigram", "ngram-3"]
    assert fit.prior == "ngram, ngram-2: Kneser-Ney discounts; bigram: Dirichlet(alpha=5); ngram-3: Dirichlet(alpha=2)"
    assert fit.verdict.codes == ("closed_form", "converged")
    assert "the weights are the maximum on 200 held-out words" in str(fit.verdict)
    with pytest.raises(OptionError, match="AIC"):
        _ = fit.aic


@pytest.mark.parametrize("refit", [True, False])
def test_counted_parts_are_counted_again_on_all_words(refit: bool):
    fit = mixed(*PARTS, refit=refit)
    for part, expected in zip(fit.predictor.parts, parts_of(WORDS if refit else REST, *PARTS), strict=True):
        np.testing.assert_allclose(part.token_log_prob(WORDS), expected.predictor.token_log_prob(WORDS), rtol=1e-12)


def test_words_to_watch_are_for_the_weights_alone():
    watched, kept = mixed(*PARTS, words=REST, watch=ASIDE, vocabulary=KNOWN), mixed(*PARTS, refit=False)
    np.testing.assert_allclose(watched.params, kept.params, rtol=1e-10)
    assert watched.log_prob(["emma"]) == pytest.approx(kept.log_prob(["emma"]), rel=1e-12)
    other = mixed(*PARTS, seed=1)
    assert np.abs(other.params - watched.params).max() > 1e-3
    few = mixed(*PARTS, held_out=0.02)
    assert "40 held-out words" in str(few.verdict)
    with pytest.raises(DataError, match="never seen"):
        mixed(*PARTS, words=["ab", "ba"], watch=["c"])


def test_a_weight_of_two_is_a_word_twice():
    counts = np.arange(len(WORDS)) % 2 + 1
    twice = mixed(*PARTS, words=[word for word, n in zip(WORDS, counts, strict=True) for _ in range(n)])
    weighted = mixed(*PARTS, weights=counts)
    np.testing.assert_allclose(weighted.params, twice.params, rtol=1e-8)
    assert weighted.llf == pytest.approx(twice.llf, rel=1e-10)
    assert weighted.nobs == twice.nobs


def test_a_mixture_may_be_a_part_of_one():
    nested = mixed(
        lm.Mixture(lm.Ngram(2), lm.Ngram(3), watch=ASIDE), lm.Ngram(6), watch=ASIDE, words=REST, vocabulary=KNOWN
    )
    flat = mixed(lm.Ngram(2), lm.Ngram(3), lm.Ngram(6), watch=ASIDE, words=REST, vocabulary=KNOWN)
    assert nested.params.index.tolist() == ["mixture", "ngram"]
    inner = nested.predictor.parts[0]
    expected = nested.params["mixture"] * np.exp(inner.token_log_prob(["emma"])) + nested.params["ngram"] * np.exp(
        nested.predictor.parts[1].token_log_prob(["emma"])
    )
    np.testing.assert_allclose(np.exp(nested.predictor.token_log_prob(["emma"])), expected, rtol=1e-12)
    assert nested.log_prob(ASIDE).sum() <= flat.log_prob(ASIDE).sum()


def test_what_is_impossible_for_one_part_is_possible_if_another_allows_it():
    words = ["ab", "ba", "aab", "abb"] * 3 + ["bab"]
    fit = mixed(lm.Bigram(), lm.Ngram(2), words=words, watch=["ab", "ba", "aab"] * 10 + [""])
    bigram, ngram = fit.predictor.parts
    assert fit.params.min() > 0
    assert bigram.log_prob([""]).tolist() == [-inf]
    assert fit.log_prob([""])[0] == pytest.approx(log(fit.params["ngram"]) + ngram.log_prob([""])[0])
    with pytest.raises(DataError, match="impossible"):
        mixed(lm.Bigram(), words=["a"], watch=["b"], vocabulary=Vocabulary("ab"))


def test_what_was_saved_is_read_bit_for_bit(tmp_path: Path):
    fit = mixed(lm.Mixture(lm.Ngram(2), lm.Bigram()), lm.Ngram(4, "witten_bell"))
    fit.save(tmp_path / "run")
    again = mlekit.load(tmp_path / "run")
    np.testing.assert_array_equal(again.predictor.token_log_prob(ASIDE), fit.predictor.token_log_prob(ASIDE))
    assert again.params.equals(fit.params)
    assert (again.llf, again.prior, again.sample(5, seed=1)) == (fit.llf, fit.prior, fit.sample(5, seed=1))


def test_networks_share_the_time_and_counted_parts_need_none():
    pytest.importorskip("torch")

    class Shared(mlekit.solvers.Solver):
        name = "shared"

        def __init__(self, asked: list[int]) -> None:
            self.asked = asked

        def shared(self, parts: int) -> mlekit.solvers.Solver:
            self.asked.append(parts)
            return self

        def solve(self, problem: Any) -> Any:
            self.asked.append(0)
            return mlekit.solvers.Torch(steps=20, seed=0).solve(problem)

    asked = list[int]()
    networks = lm.NeuralBigram(prior=Normal(0, 2)), lm.NeuralBigram(seed=1)
    fit = mlekit.fit(WORDS, family=lm.Mixture(*networks, lm.Ngram(3)), solver=Shared(asked), on_failure="ignore")
    assert asked.count(0) == 2
    assert set(asked) == {0, 2}
    assert fit.params.index.tolist() == ["neural_bigram", "neural_bigram-2", "ngram"]
    assert fit.predictor.parts[0].log_prob(["emma"]) == pytest.approx(
        mlekit.fit(REST, family=networks[0], solver=Shared([]), on_failure="ignore").log_prob(["emma"]), rel=1e-6
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"prior": Dirichlet(2)}, "each part its own"),
        ({"family": lm.Mixture(lm.Ngram(2), prior=Dirichlet(2))}, "each part its own"),
        ({"family": lm.Mixture(lm.Ngram(2, vocabulary=Vocabulary("abcd")))}, "share"),
        ({"family": lm.Mixture(lm.Ngram(2, unit="byte"))}, "share"),
        ({"family": lm.Mixture(lm.Ngram(2), held_out=1.5)}, "test=1.5"),
    ],
)
def test_options_that_belong_to_a_part_are_refused(options: dict[str, Any], said: str):
    with pytest.raises(OptionError, match=said):
        mlekit.fit(["ab", "ba", "b"], **{"family": lm.Mixture(lm.Ngram(2)), **options})


def test_one_word_cannot_be_held_out_and_there_is_no_one_problem():
    with pytest.raises(DataError, match="two distinct words"):
        mixed(lm.Ngram(2), words=["ab", "ab"])
    with pytest.raises(OptionError, match="part by part"):
        lm.Mixture(lm.Ngram(2)).problem(None, {}, {})
    assert len(lm.Mixture().parts) > 1
    assert lm.Mixture().trains
    assert not lm.Mixture(lm.Ngram(2), lm.Ngram(3)).trains
    assert not lm.Mixture(lm.Ngram(2), lm.Bigram()).trains
