"""lm.Ngram: counted by hand, smoothed by the book, and the same from every side."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from itertools import product
from math import inf, lgamma, log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lm
import mlekit
from lm.fit import Fit
from lm.grams import discounts, grams_of
from lm.predictor import Predictor
from lm.vocabulary import Vocabulary
from lm.words import read
from mlekit.errors import DataError, NoStandardError, OptionError, UnknownName
from mlekit.priors import Dirichlet

SMOOTHINGS = ["kneser_ney", "witten_bell", "add"]
FEW = lm.names()[:400]


def fitted(words: Any, order: int = 6, smoothing: str = "kneser_ney", add: float = 1, **options: Any) -> Fit:
    return mlekit.fit(words, family=lm.Ngram(order, smoothing, add), **options)


def by_the_book(words: list[str], order: int, smoothing: str, add: float = 1) -> Any:
    """The log-probability of a word, by recursion over counts in dictionaries; "^" starts a word, "$" ends it."""
    came = Counter(f"^{w}$"[i : j + 1] for w in words for j in range(1, len(w) + 2) for i in range(j + 1))
    symbols = sorted({*"".join(words), "$"})
    before = defaultdict[str, set[str]](set)
    for gram in came:
        before[gram[1:]].add(gram[0])

    @cache
    def counts(length: int) -> dict[str, float]:
        """Of all grams of a length: the symbol and length - 1 before it."""
        raw = {g: n for g, n in came.items() if len(g) == length and g != "^"}
        if smoothing == "kneser_ney" and length < order:
            return {g: n if g[0] == "^" else len(before[g]) for g, n in raw.items()}
        return {g: n for g, n in raw.items() if smoothing != "add" or length == order or g[0] == "^"}

    @cache
    def discount(length: int) -> list[float]:
        n = [sum(c == r for c in counts(length).values()) for r in range(5)]
        if 0 in n[1:]:
            return [0, 0.5, 1, 1.5]
        d = [r - (r + 1) * n[1] / (n[1] + 2 * n[2]) * n[r + 1] / n[r] for r in (1, 2, 3)]
        return [0, *(x if 0 < x <= r else r / 2 for r, x in enumerate(d, 1))]

    def p(c: str, context: str) -> float:
        length, lower = len(context) + 1, p(c, context[1:]) if context else 1 / len(symbols)
        after = {s: counts(length)[context + s] for s in symbols if context + s in counts(length)}
        total, n = sum(after.values()), after.get(c, 0)
        if not total:
            return lower
        if smoothing == "kneser_ney":
            d = discount(length)
            return (n - d[min(n, 3)] + sum(d[min(m, 3)] for m in after.values()) * lower) / total
        new = len(after) if smoothing == "witten_bell" else add * len(symbols)
        return (n + new * lower) / (total + new)

    return lambda word: sum(
        log(p(f"{word}$"[t], f"^{word}"[: t + 1][max(t + 2 - order, 0) :])) for t in range(len(word) + 1)
    )


@pytest.mark.parametrize(("order", "smoothing"), [*product([1, 2, 3, 6], SMOOTHINGS), (30, "kneser_ney")])
def test_probabilities_are_those_of_the_book(order: int, smoothing: str):
    book, fit = by_the_book(FEW, order, smoothing, 0.5), fitted(FEW, order, smoothing, 0.5)
    words = ["emma", "zzz", "", "emmalynnxq", "iaa", *FEW[:20]]
    np.testing.assert_allclose(fit.log_prob(words), [book(word) for word in words], rtol=1e-12)


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@pytest.mark.parametrize(
    ("text", "unit"),
    [
        (["a"], "char"),
        (["ab", "b"], "char"),
        (["aa", ""], "char"),
        (["👩\u200d👧", "é", "東京"], "byte"),
        (["to be or not to be", "or", ""], "word"),
        (FEW, "char"),
        (["ab" * 5_000], "char"),
    ],
    ids=["one", "two", "empty", "bytes", "words", "names", "long"],
)
def test_what_may_come_next_adds_up_to_one(text: list[str], unit: str, smoothing: str, rng: np.random.Generator):
    for order in (1, 2, 4, 6):
        fit = mlekit.fit(text, family=lm.Ngram(order, smoothing, unit=unit))
        contexts = rng.integers(1, len(fit.vocabulary), (50, 7))
        contexts[:, 0] = 0
        for t in range(1, 8):
            p = np.exp(fit.predictor.next_logits(contexts[:, :t]))
            assert (p > 0).all()
            np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-13)
        assert fit.predictor.token_log_prob(text).sum() == pytest.approx(fit.llf, rel=1e-12)


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_a_word_is_scored_as_it_is_predicted(smoothing: str):
    fit, words = fitted(FEW, 4, smoothing), ["emma", "", "xq", "bartholomew"]
    np.testing.assert_array_equal(fit.predictor.token_log_prob(words), Predictor.token_log_prob(fit.predictor, words))
    p = [fit.next_probs("")["a"], fit.next_probs("a")["b"], fit.next_probs("ab")[""]]
    assert fit.log_prob(["ab"])[0] == pytest.approx(sum(map(log, p)), rel=1e-13)


def test_order_two_with_add_is_the_bigram():
    words = lm.names()
    for add in (1, 0.5, 0):
        bigram = mlekit.fit(words, family=lm.Bigram(), prior=Dirichlet(1 + add) if add else None)
        ngram = fitted(words, 2, "add", add)
        assert ngram.prior == bigram.prior
        for name in ("llf", "log_posterior", "nobs", "n_params"):
            assert getattr(ngram, name) == pytest.approx(getattr(bigram, name), rel=1e-13), name
        np.testing.assert_allclose(ngram.log_prob(words), bigram.log_prob(words), rtol=1e-13)
    assert ngram.aic == pytest.approx(bigram.aic, rel=1e-13)


def test_a_dirichlet_prior_says_what_is_added():
    one, other = fitted(FEW, 3, "add", 0.5), fitted(FEW, 3, "add", prior=Dirichlet(1.5))
    own = mlekit.fit(FEW, family=lm.Ngram(3, "add", prior=Dirichlet(1.5)))
    assert one.llf == other.llf == own.llf
    assert one.prior == other.prior == own.prior == "Dirichlet(alpha=1.5)"
    density = one.log_posterior - one.llf
    size, rows = len(one.vocabulary), one.n_params // (len(one.vocabulary) - 1)
    prefixes = {(word[:t] if t < 2 else word[t - 2 : t], t < 2) for word in FEW for t in range(len(word) + 1)}
    assert rows == len(prefixes)
    flat = rows * (lgamma(1.5 * size) - size * lgamma(1.5))
    logs = sum(log(p) for text, start in prefixes for p in _row(one, text, start))
    assert density == pytest.approx(flat + 0.5 * logs, rel=1e-10)


def _row(fit: Fit, text: str, start: bool) -> list[float]:
    """What comes after a context of a trigram that begins the word, or does not."""
    return list(fit.next_probs(text if start else f"q{text}").values())


def test_without_smoothing_it_is_relative_frequencies_and_an_unknown_context_is_an_even_guess():
    fit = fitted(["aab", "ab"], 3, "add", 0)
    assert fit.next_probs("a") == {"": 0, "a": 0.5, "b": 0.5}
    assert fit.next_probs("ba") == pytest.approx({"": 1 / 3, "a": 1 / 3, "b": 1 / 3})
    assert fit.log_prob(["aab", "b"]).tolist() == [pytest.approx(log(0.5)), -inf]
    assert fit.prior is None
    assert fit.bic > 0


def test_discounts_are_in_closed_form_and_have_something_to_fall_back_on():
    y = 40 / (40 + 2 * 20)
    found = discounts(np.repeat([1.0, 2, 3, 4, 9], [40, 20, 10, 5, 7]))
    assert found == pytest.approx([1 - 2 * y * 20 / 40, 2 - 3 * y * 10 / 20, 3 - 4 * y * 5 / 10])
    for none in ([0.0], [2.0, 5], [1 + 1e-15, 3, 4], np.repeat([1.0, 2, 3, 4], [1, 0, 1, 1]), np.zeros(0)):
        assert discounts(np.array(none)).tolist() == [0.5, 1, 1.5]
    assert discounts(np.repeat([1.0, 2, 3, 4], [10, 10, 1, 9]))[2] == 1.5  # the formula gives -9
    table = fitted(FEW, 3).params
    assert list(table.columns) == ["contexts", "grams", "D1", "D2", "D3+"]
    assert table.loc[1, "contexts"] == 1
    assert table.loc[2, "contexts"] == len({c for w in FEW for c in f"^{w}"})
    assert table.loc[3, "grams"] == len({f"^{w}$"[i : i + 3] for w in FEW for i in range(len(w))})
    assert list(fitted(FEW, 3, "add").params.columns) == ["contexts", "grams"]


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_a_weight_is_how_often_a_word_came(smoothing: str):
    words, counts, known = FEW[:50], np.arange(50) % 4, Vocabulary.of(FEW)
    model = lm.Ngram(4, smoothing, vocabulary=known)
    twice = mlekit.fit([w for w, n in zip(words, counts, strict=True) for _ in range(n)], family=model)
    weighted = mlekit.fit(words, family=model, weights=counts)
    assert (weighted.nobs, weighted.n_params) == (twice.nobs, twice.n_params)
    np.testing.assert_allclose(weighted.log_prob(FEW), twice.log_prob(FEW), rtol=1e-12)
    near = mlekit.fit(words, family=model, weights=counts + (counts > 0) * 1e-7)
    np.testing.assert_allclose(near.log_prob(FEW), weighted.log_prob(FEW), rtol=1e-5)
    for weight in (1e-9, 0.3, 1e9):
        p = list(fitted(words, 4, smoothing, weights=np.full(50, weight)).next_probs("em").values())
        assert min(p) > 0
        assert sum(p) == pytest.approx(1)


def test_a_word_of_no_weight_keeps_its_characters_and_a_vocabulary_may_have_more():
    fit = fitted(["ab", "xy"], 3, weights=[1, 0])
    assert fit.vocabulary.symbols == ("", "a", "b", "x", "y")
    assert fit.nobs == 3
    assert np.isfinite(fit.log_prob(["xy", "yx"])).all()
    more = mlekit.fit(["ab"], family=lm.Ngram(3, vocabulary=Vocabulary("abcd")))
    assert np.isfinite(more.log_prob(["dcd"])).all()


def test_the_verdict_says_what_it_is_and_a_smoothed_fit_has_no_aic():
    for smoothing, said in zip(SMOOTHINGS, ["Kneser-Ney", "Witten-Bell", "formula"], strict=True):
        fit = fitted(FEW, 3, smoothing)
        assert fit.verdict.ok
        assert fit.verdict.codes == ("closed_form",)
        assert said in str(fit.verdict)
        assert fit.solver == "closed"
        with pytest.raises(OptionError, match="AIC"):
            _ = fit.aic
        with pytest.raises(NoStandardError):
            _ = fit.bse


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_what_was_saved_is_read_bit_for_bit(smoothing: str, tmp_path: Path):
    fit = fitted(FEW, 4, smoothing)
    fit.save(tmp_path / "run")
    again = mlekit.load(tmp_path / "run")
    np.testing.assert_array_equal(again.predictor.token_log_prob(FEW), fit.predictor.token_log_prob(FEW))
    assert again.params.equals(fit.params)
    assert (again.llf, again.prior, again.predictor.settings()) == (fit.llf, fit.prior, fit.predictor.settings())
    assert again.sample(5, seed=1) == fit.sample(5, seed=1)


def test_tables_are_no_larger_than_the_text(rng: np.random.Generator):
    tokens = rng.integers(0, 5_000, 20_000).astype(str)
    texts = [" ".join(tokens[i : i + 10]) for i in range(0, 20_000, 10)]
    fit = mlekit.fit(texts, family=lm.Ngram(12, unit="word"))
    assert sum(array.size for array in fit.predictor.arrays().values()) < 12 * 5 * 22_000
    assert np.isfinite(fit.predictor.token_log_prob(texts)).all()
    assert all((np.diff(g.keys) > 0).all() for g in grams_of(read(texts, unit="word"), 12))


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({"order": 0}, OptionError, "order=0"),
        ({"order": 2.5}, OptionError, "order=2.5"),
        ({"smoothing": "kneser"}, UnknownName, "kneser_ney"),
        ({"add": -1}, OptionError, "add=-1"),
        ({"add": inf}, OptionError, "add=inf"),
        ({"prior": Dirichlet(2)}, OptionError, "prior=Dirichlet"),
        ({"prior": Dirichlet(0.5), "smoothing": "add"}, OptionError, "at least 1"),
        ({"prior": mlekit.priors.Normal(0, 1), "smoothing": "add"}, OptionError, "Dirichlet"),
    ],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, Any], kind: type[Exception], said: str):
    with pytest.raises(kind, match=said):
        mlekit.fit(["ab"], family=lm.Ngram(**options))


def test_a_search_and_bad_weights_are_refused():
    with pytest.raises(OptionError, match="solver="):
        fitted(FEW, solver="newton")
    with pytest.raises(OptionError, match="another to fit"):
        mlekit.fit(["ab"], family=lm.Ngram(2, "add", prior=Dirichlet(2)), prior=Dirichlet(2))
    with pytest.raises(OptionError, match="estimated from counts"):
        lm.Ngram().problem(None, {}, {})
    for weights, said in (([1, -2], "is -2"), ([0, 0], "weights are zero")):
        with pytest.raises(DataError, match=said):
            fitted(["a", "b"], weights=weights)
    with pytest.raises(DataError, match="never seen"):
        fitted(["ab"]).log_prob(["c"])


def test_the_6_gram_reaches_its_goal_on_the_split_of_makemore(shared: Path):
    torch = pytest.importorskip("torch")
    words = lm.read(shared / "names.txt")
    order = torch.randperm(len(words), generator=torch.Generator().manual_seed(3407)).tolist()
    fit = fitted([words[i] for i in order[:-1000]])
    assert fit.evaluate([words[i] for i in order[-1000:]]).nll == pytest.approx(1.9373, abs=5e-5)
