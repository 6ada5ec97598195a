"""python -m lm.train, lm.sample and lm.evaluate: what they print, where it goes, and how they end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

import lm
import mlekit
from lm import checkpoint, evaluate, runs, sample, train
from mlekit.errors import DataError, LoadError, OptionError, UnknownName

pytestmark = pytest.mark.slow

WORDS = lm.names()[:300]


def command(name: str, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", f"lm.{name}", *map(str, arguments)]
    return subprocess.run(line, cwd=cwd, capture_output=True, text=True, check=False)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file of words in the folder that commands are typed in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("\n".join(WORDS))
    return "words.txt"


def test_with_no_arguments_it_trains_a_gru_on_the_shipped_names_and_names_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    assert 15 <= runs.SECONDS <= 60
    monkeypatch.setattr(runs, "SECONDS", 4.0)
    monkeypatch.setattr(train, "DRAWS", 40)
    train.main([])
    said = capsys.readouterr()
    table, why, words, where = re.split(r"\n\n.* Twenty that are not:\n\n|\n\n", said.out.strip())
    assert re.search(r"^stopped at step [\d,]+, when its budget was spent", why, re.MULTILINE)
    assert "3.295837" in table
    losses = {k: float(v) for k, v in re.findall(r"^(\S.*?)  +(\S+) ± ", table, re.MULTILINE)}
    assert list(losses) == ["train", "watch", "test", "test, bigram", "test, 6-gram"]
    assert losses["test, 6-gram"] < losses["test"] < 3.2
    assert losses["test, bigram"] == pytest.approx(2.46, abs=0.03)
    new = words.split("\n")
    assert len(new) == 20
    assert not set(new) & set(lm.names())
    assert where == "More words: python -m lm.sample runs/gru-1"
    first, *_, last = said.err.splitlines()
    assert first.startswith("gru: words to train 24,227, watch 2,692, test 2,991")
    assert re.match(r"step [\d,]+  train 2\.\d+  held out 2\.\d+  [\d,]+ tokens/s  0 s left", last)
    fit = mlekit.load(tmp_path / "runs" / "gru-1")
    train_words, test = lm.split(lm.names())
    assert fit.held_out["test"] == test
    assert sorted(fit.words + fit.held_out["watch"]) == sorted(train_words)
    assert f"{fit.evaluate(test).nll:.4f} ± {fit.evaluate(test).std_error:.4f}" in table
    assert (fit.run["model"], fit.run["seconds"], fit.run["finished"]) == ("gru", 4.0, True)
    assert 4.0 < fit.run["taken"]["seconds"] < 20


def test_each_run_without_out_goes_to_a_new_folder(data: str, tmp_path: Path):
    for number in (1, 2, 3):
        train.main(["--model", "bigram", "--data", data])
        assert (tmp_path / "runs" / f"bigram-{number}" / checkpoint.NAME).exists()


def test_the_same_command_prints_the_same(data: str, capsys: pytest.CaptureFixture[str]):
    said: list[str] = []
    for seed in ("3", "3", "4"):
        train.main(["--model", "bigram", "--data", data, "--seed", seed])
        said.append(capsys.readouterr().out.rpartition("runs/")[0])
    assert said[0] == said[1] != said[2]


def test_no_word_is_on_two_sides_and_none_is_lost(data: str, tmp_path: Path):
    (tmp_path / data).write_text("\n".join([*WORDS, *WORDS[:50]]))
    train.main(["--model", "bigram", "--data", data, "--out", "run"])
    fit = mlekit.load("run")
    parts = [fit.words, fit.held_out["watch"], fit.held_out["test"]]
    assert sorted(chain(*parts)) == sorted([*WORDS, *WORDS[:50]])
    assert sum(len(set(part)) for part in parts) == 300
    assert [len(set(part)) for part in parts] == [243, 27, 30]


def test_the_fit_is_that_of_the_library_and_the_prior_is_the_one_asked_for(data: str):
    train.main(["--model", "bigram", "--data", data, "--out", "run", "--prior", "1.5"])
    loaded = mlekit.load("run")
    direct = mlekit.fit(loaded.words, family=lm.Bigram(), prior=mlekit.priors.Dirichlet(1.5))
    assert loaded.params.equals(direct.params)
    assert loaded.llf == direct.llf


def test_an_existing_run_is_refused_without_resume_and_left_alone_with_it(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    train.main(["--model", "bigram", "--data", data, "--out", "run"])
    first, before = capsys.readouterr().out, content(tmp_path / "run")
    with pytest.raises(OptionError, match=r"run has a run: .*--resume"):
        train.main(["--model", "bigram", "--data", data, "--out", "run"])
    train.main(["--model", "bigram", "--data", data, "--out", "run", "--resume"])
    assert capsys.readouterr().out == first
    assert content(tmp_path / "run") == before


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"--seed": "1"}, "--seed 0, not 1"),
        ({"--prior": "3"}, "without --prior, not 3.0"),
        ({"--model": "ngram"}, "--model bigram, not ngram"),
        ({"--unit": "byte"}, "--unit char, not byte"),
        ({"--data": "others.txt"}, "other words"),
    ],
)
def test_resume_of_another_run_is_refused(data: str, tmp_path: Path, other: dict[str, str], said: str):
    (tmp_path / "others.txt").write_text("\n".join(WORDS[1:]))
    train.main(["--model", "bigram", "--data", data, "--out", "run"])
    options = {"--model": "bigram", "--data": data, "--out": "run"} | other
    with pytest.raises(OptionError, match=said):
        train.main([*(part for option in options.items() for part in option), "--resume"])


def test_resume_needs_out_and_begins_where_nothing_was_saved_yet(data: str, tmp_path: Path):
    with pytest.raises(OptionError, match="--resume needs --out"):
        train.main(["--model", "bigram", "--data", data, "--resume"])
    (tmp_path / "run").mkdir()
    train.main(["--model", "bigram", "--data", data, "--out", "run", "--resume"])
    assert mlekit.load("run").run["finished"]


def test_resume_of_a_damaged_run_is_a_load_error(data: str, tmp_path: Path):
    train.main(["--model", "bigram", "--data", data, "--out", "run"])
    (tmp_path / "run" / checkpoint.NAME).write_text("{")
    with pytest.raises(LoadError, match=r"checkpoint\.json"):
        train.main(["--model", "bigram", "--data", data, "--out", "run", "--resume"])


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (["--data", "nosuch.txt"], DataError, r"nosuch\.txt"),
        (["--data", "one.txt"], DataError, "three distinct words"),
        (["--model", "bigrma"], UnknownName, "did you mean 'bigram'"),
        (["--out", "no/such/run"], OptionError, "no/such/run"),
        (["--prior", "0"], OptionError, "alpha is 0"),
        (["--seed", "-1"], OptionError, "seed=-1"),
    ],
)
def test_a_mistake_is_an_error_that_leaves_no_folder(
    data: str, tmp_path: Path, arguments: list[str], error: Any, said: str
):
    (tmp_path / "one.txt").write_text("emma\n")
    with pytest.raises(error, match=said):
        train.main(["--model", "bigram", "--data", data, *arguments])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.txt", "words.txt"]


def test_a_mistake_is_one_sentence_and_exit_code_2(tmp_path: Path):
    for name, arguments in [
        ("train", ["--data", "nosuch.txt"]),
        ("train", ["--steps", "5", "--seconds", "5"]),
        ("train", ["--model", "bigram", "--width", "5"]),
        ("sample", ["nosuch"]),
        ("evaluate", []),
    ]:
        ended = command(name, *arguments, cwd=tmp_path)
        assert ended.returncode == 2
        assert ended.stdout == ""
        assert len(ended.stderr.splitlines()) == 1


def test_sample_prints_one_word_a_line_as_the_fit_draws_them(data: str, capsys: pytest.CaptureFixture[str]):
    train.main(["--model", "bigram", "--data", data, "--out", "run"])
    capsys.readouterr()
    fit = mlekit.load("run")
    sample.main(["run", "--seed", "5"])
    assert capsys.readouterr().out.split("\n") == [*fit.sample(20, seed=5), ""]
    flags = "run -n 7 --prompt jo --temperature 0.8 --top-k 5 --top-p 0.9 --max-length 6 --only-new --seed 1"
    sample.main(flags.split())
    options: dict[str, Any] = {"temperature": 0.8, "top_k": 5, "top_p": 0.9, "prompt": "jo", "max_length": 6}
    assert capsys.readouterr().out.split() == fit.sample(7, seed=1, only_new=True, **options)


def test_evaluate_prints_the_parts_that_were_held_out_or_another_file(data: str, capsys: pytest.CaptureFixture[str]):
    train.main(["--model", "bigram", "--data", data, "--out", "run"])
    trained = capsys.readouterr().out.partition("\n\n")[0].splitlines()
    evaluate.main(["run"])
    said = re.sub(" +", " ", capsys.readouterr().out).splitlines()
    for line in trained:
        assert line.startswith("test, ") or re.sub(" +", " ", line) in said, said
    evaluate.main(["run", "--data", data])
    e = mlekit.load("run").evaluate(WORDS)
    assert re.search(rf"words\.txt +{e.nll:.4f} ± {e.std_error:.4f} .* 300$", capsys.readouterr().out, re.MULTILINE)


def test_evaluate_names_a_letter_that_was_never_seen(data: str, tmp_path: Path):
    train.main(["--model", "bigram", "--data", data, "--out", "run"])
    (tmp_path / "more.txt").write_text("zoë\n")
    with pytest.raises(DataError, match="'ë'"):
        evaluate.main(["run", "--data", "more.txt"])


def test_evaluate_of_a_fit_that_held_nothing_out_asks_for_words(tmp_path: Path):
    mlekit.fit(WORDS, family=lm.Bigram()).save(tmp_path / "run")
    with pytest.raises(DataError, match="--data"):
        evaluate.main([str(tmp_path / "run")])


def test_a_closed_pipe_is_silent(data: str, tmp_path: Path):
    train.main(["--model", "bigram", "--data", data, "--out", "run"])
    line = f"{sys.executable} -m lm.sample run -n 20000 | head -1"
    ended = subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert len(ended.stdout.splitlines()) == 1
    assert ended.stderr == ""


def test_words_of_any_script_can_be_printed_anywhere(data: str, tmp_path: Path):
    (tmp_path / "kana.txt").write_text("\n".join(["さくら", "はな", "ゆき", "あおい", "ひまり"] * 3), encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    line = [sys.executable, "-m", "lm.train", "--model", "bigram", "--data", "kana.txt"]
    ended = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)
    assert ended.returncode == 0, ended.stderr
    assert r"\u" in ended.stdout


def test_a_neural_bigram_ends_where_the_counted_one_is_and_draws_the_same_words(
    data: str, capsys: pytest.CaptureFixture[str]
):
    train.main(["--model", "bigram", "--data", data, "--out", "counted"])
    counted = capsys.readouterr().out
    train.main(["--model", "bigram", "--data", data, "--out", "learned", "--model", "neural_bigram"])
    learned = capsys.readouterr().out
    for line in learned.splitlines():
        assert (
            line.startswith(("test, bigram", "the gradient is zero")) or line in counted or "lm.sample learned" in line
        )
    fits = [mlekit.load(folder) for folder in ("counted", "learned")]
    assert fits[1].llf == pytest.approx(fits[0].llf, rel=1e-8)
    assert fits[1].next_probs("a") == pytest.approx(fits[0].next_probs("a"), abs=1e-6)
    assert fits[1].verdict.codes == ("converged",)


def test_a_budget_of_steps_is_spent_and_is_a_success(data: str):
    for folder in ("once", "again"):
        train.main(["--model", "bigram", "--data", data, "--out", folder, "--model", "neural_bigram", "--steps", "5"])
    once, again = mlekit.load("once"), mlekit.load("again")
    assert once.verdict.ok
    assert once.verdict.codes == ("budget",)
    assert once.run["taken"]["steps"] == 5
    assert (once.params["table"] == again.params["table"]).all()


def test_a_fit_that_is_not_proved_is_shown_and_ends_with_exit_code_1(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    own_letters = [f"em{chr(letter)}" for letter in range(0x3B1, 0x3C9)]  # what follows those in test is unknown
    (tmp_path / data).write_text("\n".join(own_letters), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        train.main(["--model", "bigram", "--data", data, "--prior", "1", "--out", "run"])
    assert ended.value.code == 1
    said = capsys.readouterr()
    assert re.search(r"^test +inf +inf +inf +2$", said.out, re.MULTILINE)
    assert "2 words of test are impossible" in said.out
    assert "All words that it draws are in the list." in said.out
    assert "no word with positive weight has" in said.err


def test_steps_of_a_counted_model_change_nothing_and_it_says_so(data: str, capsys: pytest.CaptureFixture[str]):
    train.main(["--model", "bigram", "--data", data, "--out", "run", "--steps", "5"])
    assert "--steps and --seconds are for networks" in capsys.readouterr().err
    assert mlekit.load("run").verdict.codes == ("closed_form",)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_count_still_ends_with_a_run(data: str, number: int, monkeypatch: pytest.MonkeyPatch):
    fit = mlekit.fit

    def interrupted(*arguments: Any, **options: Any) -> Any:
        monkeypatch.setattr(mlekit, "fit", fit)
        os.kill(os.getpid(), number)
        return fit(*arguments, **options)

    monkeypatch.setattr(mlekit, "fit", interrupted)
    handler = signal.getsignal(number)
    train.main(["--model", "bigram", "--data", data, "--out", "run"])
    assert mlekit.load("run").run["finished"]
    assert signal.getsignal(number) is handler


# -- what is asked for -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--model bigram --width 8", "--width: bigram has no such option; it has none of these"),
        ("--model gru --order 3", r"--order: gru has no such option; it has --width, --layers"),
        ("--model ngram --dropout 0.1", "--dropout: ngram has no such option; it has --order, --smoothing"),
        ("--model gru --heads 2", "--heads: gru has no such option"),
        ("--model gru --device nosuch --steps 2", "device='nosuch' is not available"),
        ("--model gru --prior 2 --weight-sd 1 --steps 2", "give one of them"),
        ("--model gru --lr -1 --steps 2", "lr is -1"),
        ("--model gru --seconds -1", "seconds is -1"),
        ("--model transformer --width 10 --heads 3 --steps 2", "heads: a width of 10"),
    ],
)
def test_an_option_that_a_model_lacks_or_cannot_have_is_one_sentence_and_leaves_no_folder(
    data: str, tmp_path: Path, arguments: str, said: str
):
    with pytest.raises(OptionError, match=said) as caught:
        train.main(["--data", data, *arguments.split()])
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == [data]


@pytest.mark.parametrize(
    "arguments",
    [
        "--steps 5 --seconds 5",
        "--steps 0",
        "--width -3",
        "--layers two",
        "--batch 1.5",
        "--dropout 1",
        "--dropout much",
        "--unit letter",
        "--nosuch",
    ],
)
def test_what_no_model_can_have_is_one_line_and_exit_code_2(
    data: str, tmp_path: Path, arguments: str, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as ended:
        train.main(["--data", data, *arguments.split()])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == [data]


def test_a_mistake_with_a_folder_that_was_there_leaves_it_there(data: str, tmp_path: Path):
    (tmp_path / "mine").mkdir()
    with pytest.raises(OptionError, match="device"):
        train.main(["--data", data, "--out", "mine", "--device", "nosuch", "--steps", "1"])
    assert (tmp_path / "mine").is_dir()


def test_the_options_of_a_model_reach_it_and_are_kept(data: str):
    line = "--model transformer --width 8 --layers 1 --heads 2 --context 6 --steps 3 --weight-sd 1 --batch 64"
    train.main(["--data", data, "--out", "run", *line.split()])
    fit = mlekit.load("run")
    assert fit.predictor.settings() == {"width": 8, "layers": 1, "heads": 2, "context": 6}
    assert fit.prior == "Normal(mean=0, sd=1.0)"
    assert len(fit.outcome.history) == 3
    assert fit.run["batch"] == 64
    train.main(["--data", data, "--out", "counted", *"--model ngram --order 3 --smoothing add --prior 1.5".split()])
    assert mlekit.load("counted").predictor.settings()["order"] == 3


def test_dropout_reaches_the_network_and_draws_from_a_generator_of_its_own(data: str):
    train.main(["--data", data, "--out", "run", *"--model gru --width 8 --dropout 0.25 --steps 3".split()])
    assert mlekit.load("run").predictor.settings() == {"width": 8, "dropout": 0.25}


def test_small_letters_units_and_encodings(data: str, tmp_path: Path):
    lines = [f"{a}{b}é" for a in "ÀBC" for b in "defgh"] + ["ÀDÉ", "àdé"]
    (tmp_path / "latin.txt").write_bytes("\n".join(lines).encode("latin-1"))
    ask = ["--model", "bigram", "--data", "latin.txt", "--encoding", "latin-1"]
    train.main([*ask, "--out", "as_it_is"])
    train.main([*ask, "--out", "small", "--lowercase"])
    train.main([*ask, "--out", "bytes", "--unit", "byte"])
    as_it_is, small, by_byte = (mlekit.load(folder) for folder in ("as_it_is", "small", "bytes"))
    assert set(as_it_is.vocabulary.symbols) == {"", *"ÀBCDÉàdefghé"}
    assert set(small.vocabulary.symbols) == {"", *"àbcdefghé"}
    assert by_byte.vocabulary.unit == "byte"
    assert by_byte.nobs == sum(len(word.encode()) + 1 for word in by_byte.words)
    with pytest.raises(DataError, match=r"latin\.txt.*line 1"):
        train.main(["--data", "latin.txt", "--out", "nothing"])


def test_texts_are_learned_word_by_word(data: str, tmp_path: Path):
    (tmp_path / "texts.txt").write_text("\n".join(f"the {a} sees a {b}" for a in ("cat", "dog") for b in "wxyz"))
    train.main(
        ["--data", "texts.txt", "--unit", "word", "--model", "gru", "--width", "8", "--steps", "3", "--out", "run"]
    )
    fit = mlekit.load("run")
    assert {"the", "cat", "dog", "sees", "a", "w"} <= set(fit.vocabulary.symbols)
    assert fit.nobs == 6 * len(fit.words)
