"""lm.evaluate: how well words are predicted."""

from __future__ import annotations

import re
from math import exp, inf, isnan, log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import lm
import mlekit
from lm.difference import Difference
from lm.evaluate import main
from lm.evaluation import evaluation
from lm.tables import extremes, table, table_of_words
from mlekit.errors import DataError, LoadError, OptionError

WORDS = lm.names()[:400]


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
        "1.3333 ± 0.2222 nats per character (1.9236 bits, perplexity 3.794) over 2 words, 6 characters"
    )


def random_words(rng: np.random.Generator, count: int, seed: int) -> tuple[list[str], Any, Any]:
    """Words, with log-probabilities under two models of which the second is worse by 0.1 a character."""
    words = ["x" * size for size in rng.integers(1, 9, count)]
    size = np.array([len(word) + 1 for word in words])
    one = -rng.gamma(2.0 * size)
    return words, one, one - rng.normal(0.1 * size, 0.5)


def test_per_word_figures_are_the_mean_over_words_with_its_error():
    e = evaluation([-2.0, -6.0, -1.0], [2, 4, 1])
    assert e.per_word.nll == 3
    assert e.per_word.std_error == pytest.approx(np.std([2, 6, 1], ddof=1) / sqrt(3), rel=1e-14)
    assert e.per_word.bits == pytest.approx(3 / log(2), rel=1e-15)
    assert e.per_word.perplexity == pytest.approx(exp(3), rel=1e-15)


def test_one_word_prints_a_dash_for_its_error():
    e = evaluation([-2.0], [2], ["a"])
    assert str(e) == "1.0000 ± - nats per character (1.4427 bits, perplexity 2.718) over 1 word, 2 characters"
    for drawn in (table({"test": e}, 27), table_of_words({"test": e})):
        assert "nan" not in drawn
        assert "± -" in drawn


def test_an_evaluation_keeps_its_words_to_itself():
    assert repr(evaluation([-2.0, -4.0], [2, 4], ["a", "bob"])) == (
        "Evaluation(nll=1.0, std_error=0.0, n=6, words=2, impossible=0, unit='char')"
    )


def test_worst_and_best_are_by_loss_a_character_and_name_a_word_once():
    e = evaluation([-2.0, -9.0, -inf, -2.0, -3.9], [2, 3, 5, 2, 4], ["a", "bo", "cccc", "a", "ddd"])
    assert e.worst(2)["word"].tolist() == ["cccc", "bo"]
    assert e.best()["word"].tolist() == ["ddd", "a", "bo", "cccc"]
    assert e.worst()["word"].tolist() == ["cccc", "bo", "a", "ddd"]
    assert e.worst(3).to_dict("list") == {
        "word": ["cccc", "bo", "a"],
        "characters": [5, 3, 2],
        "log_prob": [-inf, -9.0, -2.0],
        "nll": [inf, 3.0, 1.0],
    }
    assert e.best(0).empty
    with pytest.raises(OptionError, match="made without the words"):
        evaluation([-2.0], [2]).worst()


def test_the_extremes_put_the_word_last_however_wide_it_is():
    lines = extremes(evaluation([-2.0, -8.0], [2, 3], ["a", "美咲"]), 5, -1).splitlines()
    assert [line.split()[-1] for line in lines] == ["word", "美咲", "a"]


def test_versus_is_the_paired_t_test_where_words_are_equally_long():
    rng = np.random.default_rng(0)
    one, two = rng.normal(-9, 3, (2, 40))
    words, size = [f"{i:03}" for i in range(40)], np.full(40, 4)
    found = evaluation(one, size, words).versus(evaluation(two, size, words))
    expected = stats.ttest_rel(-one / 4, -two / 4)
    assert found.statistic == pytest.approx(expected.statistic, rel=1e-12)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-10)
    assert found.difference == pytest.approx((two.mean() - one.mean()) / 4, rel=1e-12)


def test_versus_is_the_difference_of_the_losses_and_changes_its_sign_with_its_sides():
    words, *log_probs = random_words(np.random.default_rng(1), 300, 0)
    size = [len(word) + 1 for word in words]
    one, two = (evaluation(log_prob, size, words) for log_prob in log_probs)
    there, back = one.versus(two), two.versus(one)
    assert there.difference == pytest.approx(one.nll - two.nll, rel=1e-10)
    assert there.difference < 0
    assert (back.difference, back.std_error, back.p_value) == pytest.approx(
        (-there.difference, there.std_error, there.p_value), rel=1e-12
    )
    assert "less than the other over 300 words" in str(there)
    assert "more than the other" in str(back)


def test_the_error_of_a_difference_is_its_spread_over_repeated_samples_and_under_that_of_unpaired_ones():
    rng = np.random.default_rng(2)
    found: list[Difference] = []
    for _ in range(1000):
        words, *log_probs = random_words(rng, 200, 0)
        size = [len(word) + 1 for word in words]
        one, two = (evaluation(log_prob, size, words) for log_prob in log_probs)
        found.append(one.versus(two))
        assert found[-1].std_error < 0.5 * one.std_error
    spread = np.std([each.difference for each in found], ddof=1)
    assert spread / np.mean([each.std_error for each in found]) == pytest.approx(1, abs=4 / sqrt(2 * 1000))


def test_p_values_are_uniform_where_there_is_no_difference():
    rng = np.random.default_rng(3)
    found: list[float] = []
    for _ in range(600):
        words, one, _ = random_words(rng, 60, 0)
        size = np.array([len(word) + 1 for word in words])
        two = one + rng.normal(0, 1, 60)
        found.append(evaluation(one, size, words).versus(evaluation(two, size, words)).p_value)
    assert stats.kstest(found, "uniform").pvalue > 0.001


def test_versus_of_other_words_or_other_units_is_refused():
    e = evaluation([-2.0, -6.0], [2, 4], ["a", "bob"])
    for words, size in [(["bob", "a"], [4, 2]), (["a"], [2]), (["a", "eve"], [2, 4])]:
        with pytest.raises(OptionError, match="not the same ones in the same order"):
            e.versus(evaluation(-np.array(size), size, words))
    of_bytes = evaluation([-2.0, -6.0], [3, 4], ["a", "bob"], "byte")
    with pytest.raises(OptionError, match="characters and bytes"):
        e.versus(of_bytes)


def test_versus_without_an_error_or_a_difference_says_so_without_nan():
    size, words = [2, 4], ["a", "bob"]
    e, same = evaluation([-2.0, -6.0], size, words), evaluation([-2.0, -6.0], size, words)
    assert str(e.versus(same)) == "no difference over 2 words"
    assert (e.versus(same).statistic, e.versus(same).p_value) == (0, 1)
    worse = evaluation([-3.0, -8.0], size, words).versus(e)
    assert (worse.statistic, worse.p_value) == (inf, 0)
    impossible = evaluation([-inf, -6.0], size, words)
    assert impossible.versus(e).difference == inf
    assert str(impossible.versus(e)) == "inf nats per character more than the other over 2 words"
    assert e.versus(impossible).difference == -inf
    assert "a word is impossible under both models" in str(impossible.versus(impossible))
    one = evaluation([-2.0], [2], ["a"]).versus(evaluation([-3.0], [2], ["a"]))
    assert isnan(one.p_value)
    assert str(one) == "0.5000 ± - nats per character less than the other over 1 word"


def test_units_are_called_what_they_are():
    e = evaluation([-2.0, -6.0], [2, 4], ["to", "to be or"], "word")
    assert "nats per word (" in str(e)
    assert "2 texts, 6 words" in str(e)
    assert table({"test": e}, 5).startswith("               nats per word ")
    assert table_of_words({"test": e}).startswith("      nats per text ")
    assert "nats per byte" in table({"test": evaluation([-1.0], [2], ["a"], "byte")}, 5)


def test_a_fit_evaluates_with_its_own_unit():
    for unit, size in [("char", 6), ("byte", 8), ("word", 3)]:
        fit = mlekit.fit(["zoë é", "a b"], family=lm.Bigram(unit=unit), prior=mlekit.priors.Dirichlet(2))
        e = fit.evaluate(["zoë é"])
        assert (e.n, e.unit, e.text) == (size, unit, ("zoë é",))
        assert e.per_word.nll == -fit.log_prob(["zoë é"])[0]


# -- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A run in the folder that commands are typed in, beside another of a poorer model and a file of words."""
    monkeypatch.chdir(tmp_path)
    for name, prior in [("run", 2), ("poor", 200)]:
        fit = mlekit.fit(WORDS[:300], family=lm.Bigram(), prior=mlekit.priors.Dirichlet(prior))
        fit.held_out = {"watch": WORDS[300:350], "test": WORDS[350:]}
        fit.save(name)
    (tmp_path / "words.txt").write_text("Ava\nZOË\nnoël\nZedekiah\n", "utf-8")
    return "run"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    main(list(arguments))
    return capsys.readouterr().out


def test_every_part_of_the_run_has_its_line_a_character_and_a_word(run: str, capsys: pytest.CaptureFixture[str]):
    characters, words = said(capsys, run).split("\n\n")
    fit = mlekit.load(run)
    for part, given in {"train": fit.words, **fit.held_out}.items():
        e = fit.evaluate(given)
        assert re.search(rf"^{part} +{e.nll:.4f} ± {e.std_error:.4f} .* {len(given)}$", characters, re.MULTILINE)
        a_word = e.per_word
        assert re.search(rf"^{part} +{a_word.nll:.4f} ± {a_word.std_error:.4f} .* {e.n:,}$", words, re.MULTILINE)
    assert max(map(len, [*characters.splitlines(), *words.splitlines()])) <= 80


def test_words_never_seen_are_an_error_or_left_out_and_counted(run: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(DataError, match=r"'A' .* of the word 'Ava' .*--unknown leaves such words out"):
        main([run, "--data", "words.txt"])
    with pytest.raises(DataError, match=r"'ë' .* of the word 'zoë'"):
        main([run, "--data", "words.txt", "--lowercase"])
    main([run, "--data", "words.txt", "--lowercase", "--unknown"])
    shown = capsys.readouterr()
    assert shown.err == "words.txt: 2 words left out, with characters that were never seen in training\n"
    assert re.search(r"^words\.txt .* 2$", shown.out, re.MULTILINE)
    assert "1 of the 2 words of words.txt are among those that the run was fitted to" in shown.out
    Path("words.txt").write_text("ë\n", "utf-8")
    with pytest.raises(DataError, match=r"words\.txt: every word has a character"):
        main([run, "--data", "words.txt", "--unknown"])


def test_an_encoding_is_taken_and_a_wrong_one_named(run: str, capsys: pytest.CaptureFixture[str]):
    Path("old.txt").write_bytes("josé\nemma\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"line 1, byte 4 .*--encoding latin-1"):
        main([run, "--data", "old.txt"])
    assert "old.txt" in said(capsys, run, "--data", "old.txt", "--encoding", "latin-1", "--unknown")


def test_the_worst_and_the_best_words_are_those_of_the_last_part(run: str, capsys: pytest.CaptureFixture[str]):
    e = mlekit.load(run).evaluate(WORDS[350:])
    shown = said(capsys, run, "--worst", "3")
    _, worst, best = re.split(r"\nThe (?:worst|best) of test:\n", shown)
    assert [line.split()[-1] for line in worst.split("\n")[2:5]] == e.worst(3)["word"].tolist()
    assert [line.split()[-1] for line in best.split("\n")[2:5]] == e.best(3)["word"].tolist()


def test_against_another_run_it_tells_the_paired_difference(run: str, capsys: pytest.CaptureFixture[str]):
    one, two = (mlekit.load(folder).evaluate(WORDS[350:]) for folder in (run, "poor"))
    shown = said(capsys, run, "--against", "poor")
    assert f"test: {one.versus(two)}" in shown.splitlines()
    assert one.versus(two).p_value < 0.001
    assert "fair" not in shown


def test_a_comparison_of_words_that_one_model_has_seen_is_called_unfair(run: str, capsys: pytest.CaptureFixture[str]):
    mlekit.fit(WORDS[350:], family=lm.Bigram(), prior=mlekit.priors.Dirichlet(2)).save("cheat")
    shown = said(capsys, run, "--against", "cheat", "--unknown")
    assert "    only cheat was fitted to 50 of the 50 words: the comparison is not fair" in shown
    assert re.search(
        r"^    only run was fitted to (\d+) of the \1 words: the comparison is not fair", shown, re.MULTILINE
    )


@pytest.mark.parametrize(
    ("arguments", "error", "what"),
    [
        (["nosuch"], LoadError, "nosuch"),
        (["."], LoadError, r"checkpoint\.json"),
        (["run", "--against", "nosuch"], LoadError, "nosuch"),
        (["run", "--data", "nosuch.txt"], DataError, "nosuch"),
        (["run", "--data", "."], DataError, "directory"),
        (["run", "--data", "words.txt", "--encoding", "utf-9"], OptionError, "utf-9"),
    ],
)
def test_a_mistake_is_a_typed_error(run: str, arguments: list[str], error: Any, what: str):
    with pytest.raises(error, match=what):
        main(arguments)


def test_a_run_against_itself_shows_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Ngram(2))
    fit.held_out = {"test": ["eve", "mae"]}
    fit.save(tmp_path / "run")
    main([str(tmp_path / "run"), "--against", str(tmp_path / "run")])
    assert "no difference" in capsys.readouterr().out
