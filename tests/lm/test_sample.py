"""lm.sample and lm.evaluate: drawing words, and how well they are predicted."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import exp, inf, isnan, log, sqrt
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lm.corpus import Vocabulary
from lm.evaluate import evaluation
from lm.sample import draw, shaped
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
    assert np.isfinite(shaped(logits, top_k=2)).tolist() == [[True, True, False, False, False]] * 2
    assert np.isfinite(shaped(logits, top_k=9)).all()


@pytest.mark.parametrize(("top_p", "kept"), [(0.1, 1), (0.49, 1), (0.51, 2), (0.79, 2), (0.81, 3), (1.0, 3)])
def test_top_p_keeps_the_fewest_characters_that_together_reach_it(top_p: float, kept: int):
    logits = np.log([[0.2, 0.5, 0.3]])
    left = shaped(logits, top_p=top_p)[0]
    assert np.flatnonzero(np.isfinite(left)).tolist() == sorted([1, 2, 0][:kept])
    np.testing.assert_allclose(np.diff(left[np.isfinite(left)]), np.diff(logits[0][np.isfinite(left)]), rtol=1e-12)


def test_top_p_is_a_share_of_what_top_k_left():
    logits = np.log([[0.4, 0.3, 0.3]])
    assert np.isfinite(shaped(logits, top_k=2, top_p=0.55)).sum() == 1
    assert np.isfinite(shaped(logits, top_p=0.55)).sum() == 2


def test_temperature_divides_the_logits_and_nothing_overflows():
    logits = np.array([[0.0, log(2), -inf]])
    p = np.exp(shaped(logits, temperature=0.5))
    np.testing.assert_allclose(p / p.sum(), [[0.2, 0.8, 0.0]], rtol=1e-12)
    assert shaped(logits, temperature=5e-324).tolist() == [[-inf, 0.0, -inf]]
    assert shaped(logits, temperature=1e300)[0, 2] == -inf
    assert np.array_equal(logits, [[0.0, log(2), -inf]])


def test_a_low_temperature_is_the_likeliest_character_each_time():
    assert set(draw(chain, AB, 50, seed=0, temperature=1e-300)) == {"ab"}


def test_impossible_characters_never_come():
    assert all(word != "" for word in draw(chain, AB, 2000, seed=3, temperature=1e6, max_length=3))


def test_only_new_words_are_none_of_the_known_and_keep_their_law():
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


def test_evaluation_is_the_mean_loss_a_character_with_its_units():
    e = evaluation([-2.0, -6.0, -1.0], [2, 4, 1])
    assert e.nll == 9 / 7
    assert (e.n, e.words, e.impossible) == (7, 3, 0)
    assert e.bits == pytest.approx(9 / 7 / log(2), rel=1e-15)
    assert e.perplexity == pytest.approx(exp(9 / 7), rel=1e-15)
    residuals = [-2 + 18 / 7, -6 + 36 / 7, -1 + 9 / 7]
    assert e.std_error == pytest.approx(sqrt(1.5 * sum(r * r for r in residuals)) / 7, rel=1e-12)


def test_std_error_is_the_spread_of_the_loss_over_repeated_samples():
    rng = np.random.default_rng(0)
    length = rng.integers(2, 12, size=(2000, 400))
    log_prob = -rng.gamma(length * 2.0)
    evaluations = [evaluation(*sample) for sample in zip(log_prob, length, strict=True)]
    spread = np.std([e.nll for e in evaluations], ddof=1)
    assert spread / np.mean([e.std_error for e in evaluations]) == pytest.approx(1, abs=4 / sqrt(2 * 2000))


def test_impossible_words_make_the_loss_infinite_and_are_counted():
    e = evaluation([-2.0, -inf, -inf], [2, 4, 1])
    assert (e.nll, e.bits, e.perplexity, e.impossible) == (inf, inf, inf, 2)
    assert isnan(e.std_error)
    assert "2 words are impossible" in str(e)


def test_one_word_has_no_standard_error():
    assert isnan(evaluation([-2.0], [2]).std_error)


def test_an_evaluation_prints_its_figures():
    assert str(evaluation([-2.0, -6.0], [2, 4])) == (
        "1.3333 ± 0.2222 nats a character (1.9236 bits, perplexity 3.794) over 2 words, 6 characters"
    )
