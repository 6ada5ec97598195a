"""lm.sample: drawing words."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise, product
from math import inf, log, sqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import lm
import mlekit
from lm.fit import Fit
from lm.sample import main
from lm.sampling import BATCH, draw, filtered, fraction_known, log_prob_drawn
from lm.vocabulary import Vocabulary
from mlekit.errors import DataError, OptionError

AB = Vocabulary("ab")
TABLE = np.array([[0.0, 0.75, 0.25], [0.4, 0.1, 0.5], [0.5, 0.3, 0.2]])


def chain(contexts: NDArray[np.int64]) -> NDArray[np.float64]:
    """A bigram over the mark, a and b."""
    with np.errstate(divide="ignore"):
        return np.log(TABLE)[contexts[:, -1]]


def probability(word: str) -> float:
    codes = [0, *("ab".index(c) + 1 for c in word), 0]
    return float(np.prod([TABLE[a, b] for a, b in pairwise(codes)]))


def test_words_come_with_the_probability_that_the_model_gives_them():
    n = 40_000
    counts = Counter(draw(chain, AB, n, seed=0))
    for word in ["a", "b", "ab", "ba", "aba", "abb"]:
        p = probability(word)
        assert abs(counts[word] / n - p) < 4 * sqrt(p * (1 - p) / n)
    assert counts[""] == 0


def test_words_come_in_random_order_not_by_length():
    lengths = np.array([len(word) for word in draw(chain, AB, 4000, seed=1)])
    assert abs(lengths[:2000].mean() - lengths[2000:].mean()) < 4 * lengths.std() * sqrt(2 / 2000)


def test_contexts_begin_with_the_start_mark_and_hold_every_character_so_far():
    seen: list[NDArray[np.int64]] = []

    def recorded(contexts: NDArray[np.int64]) -> NDArray[np.float64]:
        seen.append(contexts)
        return chain(contexts)

    draw(recorded, AB, 50, seed=0, prompt="ab")
    assert [contexts.shape[1] for contexts in seen] == list(range(3, 3 + len(seen)))
    assert all((contexts[:, :3] == [0, 1, 2]).all() and (contexts[:, 1:] > 0).all() for contexts in seen)


def test_a_seed_fixes_the_words_and_a_generator_goes_on():
    first = draw(chain, AB, 20, seed=7)
    assert first == draw(chain, AB, 20, seed=7) == draw(chain, AB, 20, seed=np.random.default_rng(7))
    assert first != draw(chain, AB, 20, seed=8)
    rng = np.random.default_rng(7)
    assert draw(chain, AB, 20, seed=rng) != draw(chain, AB, 20, seed=rng)


def test_every_word_begins_with_the_prompt_which_counts_in_the_length():
    words = draw(chain, AB, 200, seed=0, prompt="aab", max_length=5)
    assert all(word.startswith("aab") for word in words)
    assert {len(word) for word in words} == {3, 4, 5}
    assert draw(chain, AB, 2, prompt="aab", max_length=3) == ["aab", "aab"]


def test_a_prompt_with_an_unknown_letter_or_too_long_is_an_error():
    with pytest.raises(DataError, match="'x'"):
        draw(chain, AB, 1, prompt="ax")
    with pytest.raises(OptionError, match=r"prompt='aab': give at most .* max_length=2"):
        draw(chain, AB, 1, prompt="aab", max_length=2)


def test_a_word_that_never_ends_is_cut_at_max_length():
    assert draw(chain, AB, 3, top_k=1, max_length=4) == ["ab"] * 3
    endless = lambda contexts: np.tile([-inf, 0.0, -inf], (len(contexts), 1))  # noqa: E731
    assert draw(endless, AB, 2, max_length=4) == ["aaaa", "aaaa"]
    assert len(draw(endless, AB)[0]) == 100


def test_the_end_counts_among_top_k():
    assert set(draw(chain, AB, 300, seed=0, top_k=1)) == {"ab"}
    with_two = set(draw(chain, AB, 3000, seed=0, top_k=2))
    assert {"a", "b", "ab", "ba"} <= with_two
    assert not any("aa" in word or "bb" in word for word in with_two)


def test_top_k_keeps_exactly_k_also_among_equals():
    logits = np.zeros((2, 5))
    assert np.isfinite(filtered(logits, top_k=2)).tolist() == [[True, True, False, False, False]] * 2
    assert np.isfinite(filtered(logits, top_k=9)).all()


@pytest.mark.parametrize(("top_p", "kept"), [(0.1, 1), (0.49, 1), (0.51, 2), (0.79, 2), (0.81, 3), (1.0, 3)])
def test_top_p_keeps_the_fewest_characters_that_together_reach_it(top_p: float, kept: int):
    logits = np.log([[0.2, 0.5, 0.3]])
    left = filtered(logits, top_p=top_p)[0]
    assert np.flatnonzero(np.isfinite(left)).tolist() == sorted([1, 2, 0][:kept])
    np.testing.assert_allclose(np.diff(left[np.isfinite(left)]), np.diff(logits[0][np.isfinite(left)]), rtol=1e-12)


def test_top_p_is_a_proportion_of_what_top_k_left():
    logits = np.log([[0.4, 0.3, 0.3]])
    assert np.isfinite(filtered(logits, top_k=2, top_p=0.55)).sum() == 1
    assert np.isfinite(filtered(logits, top_p=0.55)).sum() == 2


def test_temperature_divides_the_logits_and_nothing_overflows():
    logits = np.array([[0.0, log(2), -inf]])
    p = np.exp(filtered(logits, temperature=0.5))
    np.testing.assert_allclose(p / p.sum(), [[0.2, 0.8, 0.0]], rtol=1e-12)
    assert filtered(logits, temperature=5e-324).tolist() == [[-inf, 0.0, -inf]]
    assert filtered(logits, temperature=1e300)[0, 2] == -inf
    assert np.array_equal(logits, [[0.0, log(2), -inf]])


def test_a_low_temperature_is_the_likeliest_character_each_time():
    assert set(draw(chain, AB, 50, seed=0, temperature=1e-300)) == {"ab"}


def test_impossible_characters_never_come():
    assert all(word != "" for word in draw(chain, AB, 2000, seed=3, temperature=1e6, max_length=3))


def test_new_words_are_not_known_ones_and_keep_their_distribution():
    known = {"a", "b", "ab"}
    words = draw(chain, AB, 20_000, seed=0, only_new=known)
    assert len(words) == 20_000
    assert not known & set(words)
    p = probability("ba") / (1 - sum(map(probability, known)))
    assert abs(words.count("ba") / 20_000 - p) < 4 * sqrt(p * (1 - p) / 20_000)


def test_only_new_that_cannot_be_met_is_an_error_not_an_endless_loop():
    with pytest.raises(OptionError, match=r"only_new: 0 of 2 new words"):
        draw(chain, AB, 2, top_k=1, only_new=["ab"])


def test_ten_thousand_and_one_words_and_none():
    assert len(draw(chain, AB, 10_001, seed=0)) == 10_001
    assert draw(chain, AB, 0) == []
    assert all(type(word) is str for word in draw(chain, AB, 3, seed=0))


@pytest.mark.parametrize(
    "option",
    [
        *(("n", value) for value in [-1, 2.5]),
        *(("temperature", value) for value in [0, -1, inf, np.nan, "1"]),
        *(("top_k", value) for value in [0, 2.5, "3"]),
        *(("top_p", value) for value in [0, 1.1, "x"]),
        *(("max_length", value) for value in [0, None]),
        *(("seed", value) for value in [-1, "x"]),
    ],
)
def test_an_option_out_of_range_is_an_error_that_names_it(option: tuple[str, Any]):
    name, value = option
    with pytest.raises(OptionError, match=f"{name}={value!r}"):
        draw(chain, AB, **{name: value})


@pytest.mark.parametrize("value", [np.nan, -inf])
def test_a_context_without_a_next_character_is_an_error_that_names_it(value: float):
    def stuck(contexts: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.where(contexts[:, -1:] == 2, value, [[0.0, 1.0, 1.0]])

    with pytest.raises(DataError, match="after 'ab'"):
        draw(stuck, AB, 1, prompt="ab")


def test_prompt_and_length_count_tokens_of_the_unit():
    words = Vocabulary.of(["to be or not"], "word")
    even = lambda contexts: np.zeros((len(contexts), 5))  # noqa: E731
    texts = draw(even, words, 200, seed=0, prompt="to  be", max_length=4)
    assert {len(text.split()) for text in texts} == {2, 3, 4}
    assert all(text.startswith("to be") for text in texts)
    with pytest.raises(OptionError, match="at most as many words as max_length=1"):
        draw(even, words, 1, prompt="to be", max_length=1)
    with pytest.raises(OptionError, match="at most as many bytes as max_length=1"):
        draw(even, Vocabulary.of(["é"], "byte"), 1, prompt="é", max_length=1)


def test_drawn_bytes_that_are_no_text_are_replaced_and_score_minus_infinity():
    letters = Vocabulary.of(["é"], "byte")
    first = lambda contexts: np.tile([-inf, -inf, 0.0], (len(contexts), 1))  # noqa: E731
    words = draw(first, letters, 2, max_length=1)
    assert words == ["\ufffd"] * 2
    scores = log_prob_drawn(["é", *words], letters, lambda known: np.full(3 * len(known), -0.5))
    assert scores.tolist() == [-1.5, -inf, -inf]


def test_the_scores_of_all_that_may_be_drawn_add_up_to_one():
    def scores(words: list[str]) -> list[float]:
        codes = [[0, *("ab".index(c) + 1 for c in word), 0] for word in words]
        return [log(TABLE[a, b]) if TABLE[a, b] else -inf for word in codes for a, b in pairwise(word)]

    every = ["".join(word) for size in range(4) for word in product("ab", repeat=size)]
    p = np.exp(log_prob_drawn(every, AB, scores, max_length=3))
    assert p.sum() == pytest.approx(1, rel=1e-14)
    assert p[every.index("ab")] == pytest.approx(probability("ab"), rel=1e-14)
    assert log_prob_drawn([], AB, scores).tolist() == []


@pytest.mark.slow
def test_a_step_never_asks_for_more_logits_than_memory_has_room_for():
    sizes: list[int] = []

    def recorded(contexts: NDArray[np.int64]) -> NDArray[np.float64]:
        sizes.append(len(contexts))
        return np.where(np.arange(100_001) == 0, 0.0, np.full((len(contexts), 1), -inf))

    assert draw(recorded, Vocabulary([f"w{i}" for i in range(100_000)], "word"), 100, seed=0) == [""] * 100
    assert max(sizes) < 100 < BATCH


def test_the_fraction_of_known_words():
    assert fraction_known(["a", "b", "a", "c"], ["a", "z"]) == 0.5
    assert fraction_known([], ["a"]) == 0


def test_ten_thousand_words_are_drawn_in_a_moment_where_the_model_takes_none():
    begun = perf_counter()
    draw(chain, AB, 10_000, seed=0)
    assert perf_counter() - begun < 1


@pytest.fixture(scope="module")
def fit() -> Fit:
    return mlekit.fit(["emma", "ava", "mia", "mae"], family=lm.Bigram(), prior=mlekit.priors.Dirichlet(1.2))


def test_a_table_of_samples_has_their_log_probability_and_whether_they_are_known(fit: Fit):
    fit.held_out = {"test": ["ma"]}
    found = fit.sample_table(400, seed=1, temperature=0.7, prompt="m")
    assert found["word"].tolist() == fit.sample(400, 1, temperature=0.7, prompt="m")
    assert found["log_prob"].tolist() == pytest.approx(fit.log_prob(found["word"]).tolist(), rel=1e-13)
    assert found["known"].tolist() == [word in {"emma", "ava", "mia", "mae", "ma"} for word in found["word"]]
    assert 0 < found["known"].mean() < 1
    assert fit.sample_table(0).empty


def test_without_the_words_nothing_is_known_of_samples(fit: Fit):
    assert Fit(fit.predictor, fit.outcome, []).sample_table(3, seed=0)["known"].isna().all()


def test_a_text_is_known_however_its_words_are_set_apart():
    texts = mlekit.fit(["to  be\tor", "not"], family=lm.Bigram(unit="word"))
    assert texts.sample_table(20, seed=0)["known"].all()
    with pytest.raises(OptionError, match="only_new"):
        texts.sample(1, only_new=True)


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["char", "byte", "word"])
@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(st.characters(codec=None), min_size=1, max_size=5), min_size=1, max_size=5))
def test_any_text_in_any_unit_is_fitted_drawn_scored_and_kept(unit: str, words: list[str]):
    if unit == "word":  # JSON joins a high and a low surrogate, which no file of text has, within a token
        words = ["a", *(word.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for word in words)]
    fit = mlekit.fit(words, family=lm.Bigram(unit=unit), prior=mlekit.priors.Dirichlet(2))
    assert fit.evaluate(words).nll * fit.nobs == pytest.approx(-fit.llf, rel=1e-9)
    assert np.isfinite(fit.log_prob(words)).all()
    found = fit.sample_table(30, seed=0, max_length=8)
    assert (fit.vocabulary.lengths(found["word"])[np.isfinite(found["log_prob"])] <= 9).all()
    assert unit == "byte" or np.isfinite(found["log_prob"]).all()
    assert fit.sample(3, seed=0, prompt=words[0], max_length=30)[0].startswith(fit.vocabulary.plain(words[0]))
    with TemporaryDirectory() as home:
        fit.save(f"{home}/run")
        again = mlekit.load(f"{home}/run")
    assert again.vocabulary == fit.vocabulary
    assert again.words == [fit.vocabulary.plain(word) for word in words]
    assert again.sample(5, 1) == fit.sample(5, 1)


def test_texts_of_white_space_alone_have_no_words():
    with pytest.raises(DataError, match="nothing to model"):
        mlekit.fit([" ", "\t"], family=lm.Bigram(unit="word"))


def test_words_that_no_terminal_shows_fit_in_a_table():
    odd = mlekit.fit(["\ud800", "\0é"], family=lm.Bigram())
    assert set(odd.sample_table(50, seed=0)["word"]) <= {"\ud800", "\0é"}


def test_the_command_prints_the_log_probability_after_a_tab(
    fit: Fit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    fit.save(tmp_path / "run")
    main([str(tmp_path / "run"), "-n", "5", "--seed", "3", "--log-prob"])
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    words = fit.sample(5, 3)
    assert rows == [[word, f"{score:.4f}"] for word, score in zip(words, fit.log_prob(words), strict=True)]
