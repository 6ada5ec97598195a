"""lm.fit: what the fit of a language model says, draws and keeps."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from math import exp, log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lm
import mlekit
from lm import find
from lm.aliases import Codes, Floats
from lm.fit import Fit
from lm.outcome import SavedOutcome
from lm.predictor import Predictor
from lm.vocabulary import Vocabulary
from mlekit.errors import DataError, LoadError, NoStandardError, OptionError, UnknownName

WORDS = ["emma", "ava", "mia", "amelia", "mae"]


@pytest.fixture(scope="module")
def fit() -> Fit:
    return mlekit.fit(WORDS, family=lm.Bigram(), prior=mlekit.priors.Dirichlet(2))


class Spelling(Predictor):
    """A network in miniature: the next character depends on how many there were."""

    name = "spelling"

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def next_logits(self, contexts: Codes) -> Floats:
        logits = np.sin(contexts.shape[1] + np.arange(len(self.vocabulary))) + np.zeros((len(contexts), 1))
        return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))

    @property
    def params(self) -> dict[str, Any]:
        return {}

    def arrays(self) -> dict[str, Any]:
        return {}


def network(*codes: str) -> Fit:
    found = SavedOutcome(-10.0, -10.0, 5.0, 3, mlekit.Verdict(True, codes, ("training stopped",)), "torch (adam)")
    return Fit(Spelling(Vocabulary("abc")), found, ["ab"])


def test_the_loss_on_the_words_it_was_fitted_to_is_minus_llf_a_character(fit: Fit):
    everything = mlekit.fit(lm.names(), family=lm.Bigram())
    for known, words in [(fit, WORDS), (everything, lm.names())]:
        evaluation = known.evaluate(words)
        assert evaluation.nll == pytest.approx(-known.llf / known.nobs, rel=1e-13)
        assert (evaluation.n, evaluation.words) == (known.nobs, len(words))


def test_log_prob_is_one_value_a_word_the_product_over_its_pairs(fit: Fit):
    expected = [sum(log(fit.params.loc[pair]) for pair in pairwise(["", *word, ""])) for word in ["mia", "", "vvv"]]
    assert fit.log_prob(["mia", "", "vvv"]) == pytest.approx(expected, rel=1e-14)
    assert fit.log_prob([]).tolist() == []


def test_the_default_log_prob_of_a_predictor_gives_each_context_its_own_length():
    words = ["ab", "", "cab", "b"] * 1000
    predictor = Spelling(Vocabulary("abc"))

    def one(word: str) -> float:
        codes = predictor.vocabulary.encode([word])
        contexts = [np.append(0, codes[:t])[None] for t in range(len(codes))]
        return sum(float(predictor.next_logits(c)[0, codes[t]]) for t, c in enumerate(contexts))

    assert predictor.log_prob(words) == pytest.approx([one(word) for word in words[:4]] * 1000, rel=1e-14)


def test_next_probs_are_the_row_of_the_last_character_and_add_up_to_one(fit: Fit):
    for prefix, row in [("", ""), ("m", "m"), ("amem", "m"), ("vvv", "v")]:
        probabilities = fit.next_probs(prefix)
        assert list(probabilities) == ["", *"aeilmv"]
        assert sum(probabilities.values()) == pytest.approx(1, abs=1e-14)
        assert list(probabilities.values()) == pytest.approx(fit.params.loc[row].tolist(), abs=1e-15)


def test_a_letter_never_seen_is_a_data_error_that_names_it(fit: Fit):
    calls = [fit.next_probs, lambda word: fit.log_prob([word]), lambda word: fit.evaluate([word])]
    calls.append(lambda word: fit.sample(1, prompt=word))
    for call in calls:
        with pytest.raises(DataError, match="'z'"):
            call("mz")


def test_an_evaluation_of_no_words_is_a_data_error(fit: Fit):
    with pytest.raises(DataError, match="no words"):
        fit.evaluate([])


def test_samples_are_reproducible_and_follow_what_is_asked(fit: Fit):
    assert fit.sample(20, seed=3) == fit.sample(20, seed=3) == fit.sample(20, np.random.default_rng(3))
    assert fit.sample(20, seed=3) != fit.sample(20, seed=4)
    assert all(word.startswith("am") and len(word) <= 5 for word in fit.sample(50, 0, prompt="am", max_length=5))
    likely = fit.params.loc[""].idxmax()
    assert {word[:1] for word in fit.sample(50, 0, top_k=1)} == {likely}
    assert len(set(fit.sample(50, 0, temperature=0.01))) < len(set(fit.sample(50, 0)))
    assert len(set(fit.sample(50, 0, top_p=0.3))) < len(set(fit.sample(50, 0)))


def test_sampled_pairs_come_as_often_as_the_table_says(fit: Fit):
    firsts = [word[:1] for word in fit.sample(20_000, seed=0)]
    for letter, p in fit.params.loc[""].items():
        assert firsts.count(letter) / 20_000 == pytest.approx(p, abs=4 * (p * (1 - p) / 20_000) ** 0.5)


def test_only_new_words_are_none_that_it_was_given(fit: Fit):
    assert set(WORDS) & set(fit.sample(2000, seed=0))
    assert not set(WORDS) & set(fit.sample(2000, seed=0, only_new=True))


def test_aic_and_bic_are_of_a_maximum_of_the_likelihood_only(fit: Fit):
    bare = mlekit.fit(WORDS, family=lm.Bigram())
    assert bare.aic == -2 * bare.llf + 2 * bare.n_params
    assert bare.bic == pytest.approx(-2 * bare.llf + bare.n_params * log(bare.nobs), rel=1e-15)
    assert network("converged").aic == 26
    for penalised, why in [(fit, r"prior, Dirichlet\(alpha=2\)"), (network("budget"), "stopped before")]:
        for name in ("aic", "bic"):
            with pytest.raises(OptionError, match=f"{name.upper()} .*{why}.*fit.evaluate"):
                getattr(penalised, name)


def test_a_network_has_no_standard_errors_and_says_why():
    with pytest.raises(NoStandardError, match="a spelling has no standard errors"):
        _ = network("budget").bse
    with pytest.raises(NoStandardError, match="no standard errors"):
        network("budget").conf_int()


def test_the_summary_fits_80_columns_and_ends_with_the_verdict(fit: Fit):
    for one in (fit, network("budget"), mlekit.fit(WORDS, family=lm.Bigram())):
        lines = str(one).splitlines()
        assert max(map(len, lines)) <= 80
        assert any(line.startswith("VERDICT: ok") for line in lines[-2:])
    text = str(fit)
    figures = [f"{fit.llf:.2f}", f"{log(7):.4f}", f"{exp(-fit.llf / fit.nobs):.4f}"]
    for said in ["posterior mode (MAP)", "Dirichlet(alpha=2)", *figures]:
        assert said in text
    assert "AIC" not in text
    assert "stopped early" in str(network("budget"))
    assert repr(fit) == f"<lm.Fit bigram: 24 characters, {-fit.llf / 24:.4f} nats per character; ok>"


def test_html_escapes_what_it_is_given(fit: Fit):
    html = Fit(fit.predictor, fit.outcome, fit.words, "<script>")._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_save_and_load_give_the_fit_back_to_the_last_bit(fit: Fit, tmp_path: Path):
    fit.save(tmp_path / "run")
    loaded = mlekit.load((tmp_path / "run").rename(tmp_path / "moved"))
    assert (loaded.llf, loaded.log_posterior, loaded.nobs) == (fit.llf, fit.log_posterior, fit.nobs)
    assert (loaded.n_params, loaded.verdict, loaded.solver, loaded.prior) == (42, fit.verdict, "closed", fit.prior)
    assert loaded.params.equals(fit.params)
    assert loaded.bse.equals(fit.bse)
    assert loaded.words == fit.words
    assert loaded.sample(30, 1, only_new=True) == fit.sample(30, 1, only_new=True)
    assert (str(loaded), repr(loaded)) == (str(fit), repr(fit))
    loaded.save(tmp_path / "again")
    once, twice = ((tmp_path / folder / "checkpoint.json").read_bytes() for folder in ("moved", "again"))
    assert once == twice


def test_a_fit_saved_without_its_words_does_all_but_know_what_is_new(fit: Fit, tmp_path: Path):
    fit.save(tmp_path / "run", data=False)
    loaded = mlekit.load(tmp_path / "run")
    assert loaded.evaluate(WORDS) == fit.evaluate(WORDS)
    with pytest.raises(OptionError, match="only_new"):
        loaded.sample(1, only_new=True)


def test_a_folder_that_is_damaged_or_of_no_known_model_is_a_load_error(fit: Fit, tmp_path: Path):
    fit.save(tmp_path / "run")
    (tmp_path / "run" / "checkpoint.json").write_text("{}")
    with pytest.raises(LoadError, match=r"checkpoint\.json"):
        mlekit.load(tmp_path / "run")
    Fit(Spelling(fit.vocabulary), fit.outcome, WORDS).save(tmp_path / "other")
    with pytest.raises(LoadError, match="spelling"):
        mlekit.load(tmp_path / "other")


def test_a_model_is_found_by_either_of_its_names():
    assert find.model("bigram") is find.model("Bigram") is lm.Bigram
    for name in find.names():
        assert find.label(find.model(name).__name__) == name
    with pytest.raises(UnknownName, match="did you mean 'bigram'"):
        find.model("bigrm")
    for name in ("os", "lm.files", "../counts", "fit"):
        with pytest.raises(UnknownName):
            find.model(name)


def test_the_public_names_are_sorted_importable_and_documented():
    assert list(lm.__all__) == sorted(set(lm.__all__))
    assert set(lm.__all__) <= set(dir(lm))
    for name in lm.__all__:
        assert getattr(lm, name).__doc__
    for name in ("nosuch", "Bigrm"):
        with pytest.raises(AttributeError, match=name):
            getattr(lm, name)


@pytest.mark.slow
def test_a_bigram_is_fitted_saved_and_loaded_without_torch(tmp_path: Path):
    code = (
        "import sys, lm, mlekit\n"
        f"mlekit.fit(['ab'], family=lm.Bigram(), prior=mlekit.priors.Dirichlet(2)).save({str(tmp_path / 'run')!r})\n"
        f"print(mlekit.load({str(tmp_path / 'run')!r}).sample(2, 0), 'torch' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).endswith("False\n")


def test_lengths_count_the_end_of_each_word():
    assert Vocabulary("ab").lengths(["ab", ""]).tolist() == [3, 1]


def test_a_table_a_class_and_a_string_are_not_words():
    import pandas as pd

    for table in (pd.DataFrame({"name": ["ab"]}), {"name": ["ab"]}):
        with pytest.raises(DataError, match="one column"):
            mlekit.fit(table, family=lm.Bigram())
    assert mlekit.fit(pd.Series(["ab", "b"]), family=lm.Bigram()).nobs == 5
    with pytest.raises(OptionError, match=r"give one of it, Bigram\(\)"):
        mlekit.fit(["ab"], family=lm.Bigram)
    with pytest.raises(DataError, match="is a single string"):
        mlekit.fit("ab", family=lm.Bigram())


def test_a_prior_whose_density_is_infinite_at_zero_is_refused():
    with pytest.raises(OptionError, match="density is infinite where a probability is zero"):
        mlekit.fit(["ab", "b"], family=lm.Bigram(), prior=mlekit.priors.Dirichlet(0.5))


def test_a_mixture_has_no_aic():
    fit = mlekit.fit(["emma", "ava", "mia", "eve"], family=lm.Mixture(lm.Ngram(1, "add", 0), lm.Ngram(2, "add")))
    with pytest.raises(OptionError, match="AIC"):
        _ = fit.aic
