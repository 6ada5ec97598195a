"""lm.compare: runs side by side."""

from __future__ import annotations

import re
from math import isnan
from pathlib import Path
from typing import Any

import pytest

import lm
import mlekit
from lm.compare import main, runs
from lm.fit import Fit
from mlekit.errors import DataError, LoadError

WORDS = lm.names()[:400]


def saved(folder: str, prior: float = 2, words: list[str] = WORDS[:300], **more: Any) -> Fit:
    """A run in a folder, with its test words and what it took."""
    fit = mlekit.fit(words, family=lm.Bigram(unit=more.pop("unit", "char")), prior=mlekit.priors.Dirichlet(prior))
    fit.held_out = {"test": more.pop("test", WORDS[350:])}
    fit.run = more
    fit.save(folder)
    return fit


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    main(list(arguments))
    return capsys.readouterr().out


def test_the_best_run_is_first_and_the_others_have_their_paired_difference_to_it():
    fits = {f"a{prior}": saved(f"a{prior}", prior) for prior in (50, 2, 10)}
    table = runs(["a50", "a2", "a10"])
    assert table["run"].tolist() == ["a2", "a10", "a50"]
    losses = {name: fit.evaluate(WORDS[350:]) for name, fit in fits.items()}
    for row in table.to_dict("records"):
        loss = losses[row["run"]]
        assert (row["nll"], row["std_error"], row["bits"]) == (loss.nll, loss.std_error, loss.bits)
        assert (row["perplexity"], row["words"], row["parameters"]) == (loss.perplexity, 50, fits["a2"].n_params)
        if row["run"] == "a2":
            assert isnan(row["difference"])
            assert isnan(row["p_value"])
            continue
        paired = loss.versus(losses["a2"])
        assert (row["difference"], row["difference_error"]) == (paired.difference, paired.std_error)
        assert row["p_value"] == paired.p_value
        assert row["difference"] == pytest.approx(loss.nll - losses["a2"].nll, rel=1e-9)


def test_what_training_took_is_what_the_run_says(capsys: pytest.CaptureFixture[str]):
    saved("one", taken={"steps": 9000, "seconds": 61.25})
    saved("two", 3)
    table = runs(["one", "two"]).set_index("run")
    assert table.loc["one", ["steps", "seconds"]].tolist() == [9000, 61.25]
    assert table.loc["two", ["steps", "seconds"]].isna().all()
    shown = said(capsys, "one", "two")
    assert re.search(r"^one +bigram +\d+ +9,000 +61\.2 +ok: closed_form$", shown, re.MULTILINE)
    assert re.search(r"^two +bigram +\d+ +- +- +ok: closed_form$", shown, re.MULTILINE)


def test_runs_on_other_words_are_shown_last_and_not_compared(capsys: pytest.CaptureFixture[str]):
    saved("one")
    saved("other", test=WORDS[340:])
    saved("poor", 50)
    table = runs(["poor", "other", "one"])
    assert table["run"].tolist() == ["one", "poor", "other"]
    assert table["difference"].isna().tolist() == [True, False, True]
    shown = said(capsys, "poor", "other", "one")
    assert "other: its 60 test words differ, so it is not compared" in shown
    assert re.search(r"^other .* - *$", shown, re.MULTILINE)


def test_a_file_of_words_is_the_same_for_all(home: Path, capsys: pytest.CaptureFixture[str]):
    saved("one")
    saved("other", 5, test=WORDS[340:])
    (home / "words.txt").write_text("\n".join(WORDS[300:340]).upper())
    shown = said(capsys, "one", "other", "--data", "words.txt", "--lowercase")
    assert "not compared" not in shown
    assert runs(["one", "other"], WORDS[300:340])["difference"].notna().sum() == 1


def test_a_run_that_was_fitted_to_the_test_words_is_called_out(capsys: pytest.CaptureFixture[str]):
    saved("one")
    saved("cheat", words=WORDS)
    shown = said(capsys, "one", "cheat")
    assert "cheat: fitted to 50 of the 50 words, so its loss is too small" in shown
    assert "one: fitted" not in shown


def test_losses_in_other_units_are_compared_only_where_they_count_alike(capsys: pytest.CaptureFixture[str]):
    saved("char")
    saved("byte", 5, unit="byte")
    assert runs(["char", "byte"])["difference"].notna().sum() == 1
    words = ["zoë", "noë", "emma"]
    saved("char", words=words * 2, test=words)
    saved("byte", words=words, test=words, unit="byte")
    assert runs(["char", "byte"])["difference"].isna().all()
    assert "byte: its loss is per byte, not per character" in said(capsys, "char", "byte")


def test_one_run_alone_is_a_table_too(capsys: pytest.CaptureFixture[str]):
    saved("one")
    assert len(runs(["one"])) == 1
    assert re.search(r"^one .* best *$", said(capsys, "one"), re.MULTILINE)


def test_the_same_run_twice_has_no_difference(capsys: pytest.CaptureFixture[str]):
    saved("one")
    assert runs(["one", "one"])["difference"].tolist()[1] == 0
    assert "0.0000 ± 0.0000  1.0000" in said(capsys, "one", "one")


def test_lines_stay_within_100_columns(home: Path, capsys: pytest.CaptureFixture[str]):
    long = "runs/" + "a_very_long_name_" * 5
    (home / "runs").mkdir()
    saved(long, test=WORDS[340:], taken={"steps": 123_456_789, "seconds": 1e6})
    saved("one", words=WORDS[:350] * 100)
    shown = said(capsys, "one", long, "one")
    assert max(map(len, shown.splitlines())) <= 100
    assert "..." in shown
    assert "nan" not in shown


def test_impossible_words_are_an_infinite_loss_that_comes_last(capsys: pytest.CaptureFixture[str]):
    saved("one")
    fit = mlekit.fit(WORDS[:300], family=lm.Bigram())
    fit.held_out = {"test": WORDS[350:]}
    fit.save("bare")
    assert runs(["bare", "one"])["run"].tolist() == ["one", "bare"]
    shown = said(capsys, "bare", "one")
    assert re.search(r"^bare +inf +inf +inf +inf +-$", shown, re.MULTILINE)
    assert "nan" not in shown


def test_a_folder_that_is_not_a_run_is_a_load_error_and_one_without_words_a_data_error(home: Path):
    saved("one")
    for bad in ["nosuch", ".", "one/checkpoint.json"]:
        with pytest.raises(LoadError, match=re.escape(bad)):
            main(["one", bad])
    mlekit.fit(WORDS, family=lm.Bigram()).save("bare")
    with pytest.raises(DataError, match=r"bare has no held-out test words.*--data"):
        main(["one", "bare"])


def test_a_character_that_one_run_has_never_seen_is_named_with_the_run():
    saved("one")
    saved("greek", words=["αβγ", *WORDS[:300]])
    with pytest.raises(DataError, match=r"^one: the character 'α'"):
        runs(["greek", "one"], ["αβ"])
    with pytest.raises(DataError, match="no held-out test words"):
        runs(["one"], [])


def test_a_run_that_was_interrupted_says_so(capsys: pytest.CaptureFixture[str]):
    saved("one", finished=False)
    assert runs(["one"])["verdict"].tolist() == ["interrupted"]
    assert re.search(r"^one +bigram .* interrupted$", said(capsys, "one"), re.MULTILINE)


def test_no_folder_at_all_is_a_sentence_and_exit_code_2(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_loss_in_another_unit_says_which(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for unit in ("char", "word"):
        fit = mlekit.fit(["to be", "not to be", "or not"], family=lm.Ngram(2, unit=unit))
        fit.held_out = {"test": ["to be or not"]}
        fit.save(tmp_path / unit)
    main([str(tmp_path / "char"), str(tmp_path / "word")])
    table = capsys.readouterr().out
    assert "nats per character" in table
    assert re.search(r"word .* per word ", table)
