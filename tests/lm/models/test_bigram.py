"""lm.Bigram: the bigram is a grouped categorical, exact, with or without a Dirichlet prior."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import fsum, inf, log
from typing import Any

import numpy as np
import pytest
from scipy.special import gammaln

import lm
import mlekit
from lm.fit import Fit
from lm.predictor import Predictor
from lm.vocabulary import Vocabulary
from mlekit.errors import ConvergenceWarning, DataError, OptionError
from mlekit.priors import Dirichlet

SYMBOLS = ["", *"abcdefghijklmnopqrstuvwxyz"]


def tally(words: Sequence[str]) -> Counter[tuple[str, str]]:
    """How often each pair comes, counted by hand; "" stands before and after each word."""
    return Counter(pair for word in words for pair in pairwise(["", *word, ""]))


def fitted(words: Any, prior: Any = None, **options: Any) -> Fit:
    return mlekit.fit(words, family=lm.Bigram(), prior=prior, **options)


@pytest.fixture(scope="module")
def words() -> list[str]:
    return lm.names()


@pytest.mark.parametrize("a", [1.0, 2.0, 1.5], ids="Dirichlet({})".format)
def test_the_table_is_that_of_an_independent_count(words: list[str], a: float):
    counts = tally(words)
    params = fitted(words, Dirichlet(a)).params
    assert list(params.index) == list(params.columns) == SYMBOLS
    for previous in SYMBOLS:
        row = np.array([counts[previous, following] + a - 1 for following in SYMBOLS])
        np.testing.assert_allclose(params.loc[previous], row / fsum(row), rtol=0, atol=1e-15)


def test_without_a_prior_the_table_holds_relative_frequencies_and_llf_is_their_likelihood(words: list[str]):
    counts = tally(words)
    before = Counter[str]()
    for (previous, _), n in counts.items():
        before[previous] += n
    fit = fitted(words)
    assert fit.params.loc["q", "u"] == pytest.approx(counts["q", "u"] / before["q"], abs=1e-15)
    assert fit.llf == pytest.approx(fsum(n * log(n / before[pair[0]]) for pair, n in counts.items()), rel=1e-14)


def test_llf_is_without_the_prior_and_log_posterior_with_its_density(words: list[str]):
    counts = tally(words)
    fit = fitted(words, Dirichlet(2))
    logs = np.log(fit.params)
    assert fit.llf == pytest.approx(fsum(n * logs.loc[pair] for pair, n in counts.items()), rel=1e-14)
    density = fsum(logs.to_numpy().ravel()) + 27 * (gammaln(54) - 27 * gammaln(2))
    assert fit.log_posterior == pytest.approx(fit.llf + density, rel=1e-14)


def test_a_prior_of_a_million_million_words_leaves_an_even_guess(words: list[str]):
    assert fitted(words, Dirichlet(1e12)).evaluate(words).nll == pytest.approx(3.295837, abs=1e-6)


def test_nobs_counts_characters_and_ends_and_n_params_what_was_free(words: list[str]):
    fit = fitted(words)
    assert fit.nobs == sum(len(word) + 1 for word in words)
    assert fit.n_params == 27 * 26


def test_a_prior_of_the_model_and_a_prior_of_fit_are_the_same():
    words = ["emma", "ava"]
    one, other = mlekit.fit(words, family=lm.Bigram(prior=Dirichlet(2))), fitted(words, Dirichlet(2))
    assert one.params.equals(other.params)
    assert (one.llf, one.log_posterior, one.prior) == (other.llf, other.log_posterior, other.prior)
    with pytest.raises(OptionError, match="prior"):
        mlekit.fit(words, family=lm.Bigram(prior=Dirichlet(2)), prior=Dirichlet(2))


def test_the_prior_reaches_the_cells_of_start_and_end_and_of_pairs_never_seen():
    params = fitted(["ab"], Dirichlet(2)).params
    assert params.to_numpy() == pytest.approx(np.array([[1, 2, 1], [1, 1, 2], [2, 1, 1]]) / 4, abs=1e-15)


def test_a_pair_never_seen_is_impossible_without_a_prior_and_possible_with_one():
    words = ["emma", "ava"]
    assert fitted(words).log_prob(["emma", "ave", "vvv", ""]).tolist()[1:] == [-inf, -inf, -inf]
    assert np.isfinite(fitted(words, Dirichlet(2)).log_prob(["ave", "vvv", ""])).all()
    assert fitted(words).evaluate(["ave", "ava"]).nll == inf
    assert fitted(words).evaluate(["ave", "ava"]).impossible == 1


def test_the_verdict_says_that_a_formula_gave_it_and_what_is_impossible():
    assert fitted(["ab"], Dirichlet(2)).verdict.codes == ("closed_form",)
    verdict = fitted(["ab", "b"]).verdict
    assert verdict.ok
    assert verdict.codes == ("boundary",)
    assert "5 of 9 pairs never came" in str(verdict)


@pytest.mark.parametrize("solver", ["newton", "scipy"])
def test_a_search_finds_what_the_formula_gives(solver: str):
    words = ["emma", "ava", "mia", "amelia"]
    exact, sought = fitted(words, Dirichlet(2)), fitted(words, Dirichlet(2), solver=solver)
    np.testing.assert_allclose(sought.params, exact.params, rtol=0, atol=1e-6)
    assert sought.llf == pytest.approx(exact.llf, rel=1e-9)
    assert sought.verdict.ok


def test_standard_errors_are_those_of_proportions_and_intervals_are_walds():
    words = ["ab", "b", "ba", "abba"]
    fit, counts = fitted(words), tally(words)
    p, n = 3 / 4, counts["b", ""] + counts["b", "a"] + counts["b", "b"]
    p = counts["b", ""] / n
    assert fit.bse.loc["b", ""] == pytest.approx((p * (1 - p) / n) ** 0.5, rel=1e-10)
    interval = fit.conf_int(level=0.95).loc["b", ""]
    assert interval["upper"] - p == pytest.approx(1.959963984540054 * fit.bse.loc["b", ""], rel=1e-12)
    assert interval["lower"] + interval["upper"] == pytest.approx(2 * p, rel=1e-12)
    assert np.isnan(fit.bse.loc["a", ""]) == (counts["a", ""] == 0)
    with pytest.raises(OptionError, match=r"level=0\.05"):
        fit.conf_int(level=0.05)


def test_a_weight_of_two_is_a_word_twice_and_of_none_keeps_its_characters():
    twice = fitted(["ab", "ab", "b"], Dirichlet(2))
    weighted = fitted(["ab", "b"], Dirichlet(2), weights=[2, 1])
    assert weighted.params.equals(twice.params)
    assert (weighted.llf, weighted.nobs) == (pytest.approx(twice.llf, rel=1e-15), twice.nobs)
    none = fitted(["ab", "b", "c"], Dirichlet(2), weights=[2, 1, 0])
    assert list(none.params) == ["", "a", "b", "c"]
    assert none.nobs == twice.nobs


def test_a_vocabulary_may_have_characters_that_no_word_has():
    known = Vocabulary("abc")
    fit = mlekit.fit(["ab"], family=lm.Bigram(vocabulary=known), prior=Dirichlet(2))
    assert fit.vocabulary == known
    assert fit.params.loc["c"].tolist() == [0.25] * 4
    assert fit.nobs == 3
    with pytest.warns(ConvergenceWarning, match=r"no word with positive weight has 'c'.* give a prior"):
        bare = mlekit.fit(["ab"], family=lm.Bigram(vocabulary=known))
    assert not bare.verdict.ok
    assert bare.llf == 0
    assert bare.log_prob(["ab", "ac", "cab"]).tolist() == [0, -inf, -inf]
    with pytest.raises(DataError, match="'d'"):
        mlekit.fit(["abd"], family=lm.Bigram(vocabulary=known), prior=Dirichlet(2))


@pytest.mark.parametrize("text", [["a"], ["a", ""], ["👩\u200d👧", "é", "\ud800"], ["ab" * 50_000]])
@pytest.mark.parametrize("prior", [None, Dirichlet(2)], ids=["MLE", "MAP"])
def test_any_words_can_be_counted(text: list[str], prior: Any):
    fit = fitted(text, prior)
    assert fit.nobs == sum(len(word) + 1 for word in text)
    np.testing.assert_allclose(fit.params.sum(axis=1), 1, atol=1e-15)
    assert fit.evaluate(text).nll * fit.nobs == pytest.approx(-fit.llf, rel=1e-12)


@pytest.mark.parametrize(
    ("data", "options", "said"),
    [
        ([], {}, "no words"),
        (["", ""], {}, "no characters"),
        (["a", 1], {}, r"words\[1\] is 1"),
        (b"ab", {}, "single string"),
        (5, {}, "list of words"),
        (["a", "b"], {"weights": [1]}, "2 words need as many"),
        (["a", "b"], {"weights": [1, -2]}, r"weights\[1\] is -2"),
        (["a", "b"], {"weights": [np.nan, 1]}, r"weights\[0\] is nan"),
        (["a", "b"], {"weights": [0, 0]}, "weights are zero"),
    ],
)
def test_bad_words_and_weights_are_data_errors(data: Any, options: Any, said: str):
    with pytest.raises(DataError, match=said):
        fitted(data, **options)


@pytest.mark.parametrize("option", [{"target": ["a"]}, {"by": ["x"]}, {"offset": [1.0]}])
def test_what_has_no_meaning_for_words_is_refused_by_name(option: dict[str, Any]):
    with pytest.raises(OptionError, match=next(iter(option))):
        fitted(["ab"], **option)


@pytest.mark.parametrize("prior", [mlekit.priors.Beta(2, 2), 2, Dirichlet([1, 2])])
def test_a_prior_that_does_not_suit_a_table_is_an_option_error(prior: Any):
    with pytest.raises(OptionError, match=r"(?i)prior"):
        fitted(["ab"], prior)


@pytest.mark.parametrize(("unit", "tokens"), [("byte", 4), ("word", 3)])
def test_other_units_than_characters_can_be_counted(unit: str, tokens: int):
    text = ["é e", "e"] if unit == "byte" else ["to be", "be not"]
    fit = mlekit.fit(text, family=lm.Bigram(unit=unit), prior=Dirichlet(2))
    assert len(fit.vocabulary) == 1 + tokens
    assert fit.nobs == fit.vocabulary.lengths(text).sum()
    np.testing.assert_allclose(fit.params.sum(axis=1), 1, atol=1e-15)
    assert fit.log_prob(text).sum() == pytest.approx(fit.llf, rel=1e-14)


@pytest.mark.parametrize("prior", [None, Dirichlet(2)])
def test_scores_are_those_of_the_table_one_by_one(prior: Any):
    fit = fitted(["emma", "ava"], prior)
    words = ["ava", "", "vem"]
    np.testing.assert_array_equal(fit.predictor.token_log_prob(words), Predictor.token_log_prob(fit.predictor, words))


def test_words_are_not_changed_and_may_be_any_iterable():
    words = ["emma", "ava"]
    assert fitted(iter(words)).llf == fitted(tuple(words)).llf == fitted(np.array(words)).llf == fitted(words).llf
    assert words == ["emma", "ava"]


@pytest.mark.parametrize("prior", [None, mlekit.priors.Dirichlet(2), mlekit.priors.Dirichlet([1.5, 1, 2, 3, 1.25])])
def test_errors_are_those_of_the_grouped_categorical(prior):
    fit = mlekit.fit(["emma", "ava", "aa", "a"] * 3, family=lm.Bigram(), prior=prior)
    np.testing.assert_allclose(fit.bse, fit.outcome.rows.bse, rtol=1e-12)
