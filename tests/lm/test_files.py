"""A Fit in a folder: writing, reading, and folders that are not a Fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import lm
import mlekit
from lm import checkpoint, files, record
from lm.record import Record
from lm.vocabulary import Vocabulary
from mlekit.errors import LoadError

WORDS = ["ava", "emma", "mia", "ада", "👩\u200d👧"]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A training of a bigram that is not at its end, as it were."""
    fit = mlekit.fit(WORDS, family=lm.Bigram(), prior=mlekit.priors.Dirichlet(2))
    parts = {"fitted": WORDS, "watch": ["eva"], "test": []}
    run = {"model": "bigram", "finished": False, "taken": {"steps": 1234}}
    training = {"now/w": np.arange(3.0), "told": np.frombuffer(b"{}", np.uint8)}
    kept = fit.predictor.arrays()
    Record(
        "bigram", {}, fit.vocabulary, kept, record.encoded(fit.vocabulary, parts), "Dirichlet(2)", None, run, training
    ).save(tmp_path / "run")
    return tmp_path / "run"


def test_a_training_that_is_not_at_its_end_is_a_fit_that_says_so(saved: Path):
    fit = mlekit.load(saved)
    assert fit.words == WORDS
    assert fit.held_out == {"watch": ["eva"], "test": []}
    assert fit.verdict.codes == ("budget",)
    assert fit.verdict.reasons == (
        f"interrupted at step 1,234: python -m lm.train --out {saved} --resume continues it",
    )
    assert fit.llf == pytest.approx(fit.log_prob(WORDS).sum())
    assert fit.nobs == sum(len(word) + 1 for word in WORDS)
    assert fit.prior == "Dirichlet(2)"
    assert len(fit.sample(3, seed=0)) == 3


def test_its_state_comes_back_to_the_last_bit(saved: Path):
    state = files.load_state(saved)[1]
    assert list(state) == ["now/w", "told"] or set(state) == {"now/w", "told"}
    np.testing.assert_array_equal(state["now/w"], [0, 1, 2])
    assert bytes(state["told"]) == b"{}"


def test_a_finished_fit_has_no_state(tmp_path: Path):
    mlekit.fit(WORDS, family=lm.Bigram()).save(tmp_path / "run")
    assert files.load_state(tmp_path / "run")[1] == {}


@pytest.mark.parametrize("unit", ["char", "byte", "word"])
def test_words_of_any_script_come_back_in_every_unit(tmp_path: Path, unit: str):
    words = [*WORDS, "a b  c".replace("  ", " ")]
    fit = mlekit.fit(words, family=lm.Bigram(unit=unit))
    fit.save(tmp_path / "run")
    assert mlekit.load(tmp_path / "run").words == words


@pytest.mark.parametrize(
    "spoil",
    [
        lambda config: config.pop("words"),
        lambda config: config.pop("model"),
        lambda config: config.update(model="nosuch"),
        lambda config: config.update(vocabulary=None),
        lambda config: config.update(words=["nosuch"]),
        lambda config: config.update(found={"verdict": 3}),
    ],
)
def test_a_folder_that_lm_wrote_and_cannot_read_is_a_load_error(saved: Path, spoil):
    config, arrays = checkpoint.load(saved)
    spoil(config)
    checkpoint.save(saved, config, arrays)
    with pytest.raises(LoadError) as caught:
        mlekit.load(saved)
    assert "\n" not in str(caught.value)


def test_a_vocabulary_of_every_size_holds_its_words(tmp_path: Path):
    letters = [chr(0x4E00 + k) for k in range(300)]
    fit = mlekit.fit(letters, family=lm.Ngram(2))
    assert isinstance(fit.vocabulary, Vocabulary)
    fit.save(tmp_path / "run")
    assert mlekit.load(tmp_path / "run").words == letters
