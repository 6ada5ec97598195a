"""Runs: their folders, their words, and what may go on as which."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

import lm
import mlekit
from lm import checkpoint, lock, runs, train
from mlekit.errors import DataError, LoadError, OptionError

WORDS = lm.names()[:60]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("\n".join(WORDS))
    return tmp_path


def asked(*arguments: str) -> Namespace:
    return train.parse(["--data", "words.txt", *arguments])


def test_no_word_is_in_two_parts_and_none_is_lost():
    parts = runs.split_words([*WORDS, *WORDS[:9]], seed=1)
    assert sorted(word for part in parts.values() for word in part) == sorted([*WORDS, *WORDS[:9]])
    assert sum(len(set(part)) for part in parts.values()) == len(set(WORDS))
    assert list(parts) == ["fitted", "watch", "test"]
    with pytest.raises(DataError, match="three distinct words"):
        runs.split_words(["a", "b", "a"], seed=0)


def test_every_list_of_words_has_a_fingerprint_of_its_own():
    lists = [["a", "b"], ["b", "a"], ["ab"], ["a", "b", ""], ["a", "\ud800"]]
    assert len({runs.fingerprint(words) for words in lists}) == len(lists)


def test_a_network_without_a_budget_is_trained_for_a_while(home: Path):
    assert runs.new_run(asked()).plan["seconds"] == runs.SECONDS
    assert runs.new_run(asked("--steps", "5")).plan["seconds"] is None
    assert runs.new_run(asked("--model", "Bigram")).plan["seconds"] is None
    assert runs.new_run(asked("--model", "NeuralBigram", "--steps", "3")).plan["model"] == "neural_bigram"


def test_the_vocabulary_has_the_letters_of_all_parts(home: Path):
    run = runs.new_run(asked())
    assert set(run.vocabulary.symbols) == {"", *"".join(WORDS)}


def test_a_folder_is_there_and_locked_while_it_lasts(home: Path):
    for number in (1, 2):
        with runs.open_run(asked("--model", "Bigram")) as (folder, _):
            assert folder == Path(f"runs/bigram-{number}")
            with pytest.raises(OptionError, match="another process"), lock.locked(folder):
                pass


def test_a_mistake_takes_away_the_folder_that_was_made_for_it_and_nothing_else(home: Path):
    with pytest.raises(OptionError), runs.open_run(asked()):
        raise OptionError("no")
    assert not (home / "runs").exists()
    (home / "run").mkdir()
    (home / "run" / "notes.txt").write_text("mine")
    with pytest.raises(OptionError), runs.open_run(asked("--out", "run")):
        raise OptionError("no")
    assert (home / "run" / "notes.txt").exists()
    (home / "empty").mkdir()
    with pytest.raises(OptionError), runs.open_run(asked("--out", "empty")):
        raise OptionError("no")
    assert (home / "empty").is_dir()


def test_what_another_process_saved_between_two_looks_is_not_overwritten(home: Path, monkeypatch: pytest.MonkeyPatch):
    begun = runs.new_run

    def slowly(ask: Namespace) -> runs.Run:
        mlekit.fit(WORDS, family=lm.Bigram()).save("run")
        return begun(ask)

    monkeypatch.setattr(runs, "new_run", slowly)
    with pytest.raises(OptionError, match="run has a run"), runs.open_run(asked("--out", "run")):
        pass
    assert (home / "run" / checkpoint.NAME).exists()


def test_where_nothing_was_saved_a_run_begins_and_says_so(home: Path, capsys: pytest.CaptureFixture[str]):
    with runs.open_run(asked("--out", "run", "--resume")) as (_, run):
        assert run.before is None
    assert capsys.readouterr().err == "nothing was saved in run: this is a new run\n"


def test_a_model_that_was_saved_by_a_fit_is_not_a_run(home: Path):
    mlekit.fit(WORDS, family=lm.Bigram()).save("fit")
    with pytest.raises(LoadError, match=r"fit has a model that was saved by fit\.save"):
        train.main(["--out", "fit", "--resume"])


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("--seed 1", "with --seed 0, not 1"),
        ("--model mlp", "with --model gru, not mlp"),
        ("--width 9", "with --width 8, not 9"),
        ("--layers 2", "without --layers, not 2"),
        ("--unit byte", "with --unit char, not byte"),
        ("--lr 0.5", "without --lr, not 0.5"),
        ("--weight-sd 1", "without --weight-sd, not 1.0"),
        ("--data others.txt", "has other words"),
    ],
)
def test_another_run_is_refused_and_the_same_is_not(home: Path, other: str, said: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(train, "show", lambda *_: None)
    (home / "others.txt").write_text("\n".join(WORDS[1:]))
    train.main(["--data", "words.txt", "--model", "gru", "--width", "8", "--steps", "1", "--out", "run"])
    with (
        pytest.raises(OptionError, match=said),
        runs.open_run(train.parse(["--out", "run", "--resume", *other.split()])),
    ):
        pass
    same = ["--model", "GRU", "--width", "8", "--seed", "0", "--data", "words.txt"]
    with runs.open_run(train.parse(["--out", "run", "--resume", *same])) as (_, run):
        assert run.finished


@pytest.mark.parametrize("option", [("--lr", "0.1"), ("--batch", "7")])
def test_what_is_counted_takes_no_option_of_a_search(home: Path, option: tuple[str, str]):
    with pytest.raises(OptionError, match="estimated from counts"):
        runs.new_run(asked("--model", "bigram", *option))
