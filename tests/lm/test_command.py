"""lm.command: how the commands speak, and how they end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import lm
import mlekit
from lm import compare, evaluate, sample
from lm.command import Parser, positive_integer, run
from lm.text import columns
from mlekit.errors import MlekitError, OptionError

NASTY = {
    "empty.txt": b"",
    "blank.txt": b"\n \r\n\t\n",
    "latin.txt": "josé\n".encode("latin-1"),
    "nul.txt": b"em\0ma\n",
    "utf16.txt": "emma\n".encode("utf-16"),
    "binary.bin": bytes(range(256)),
    "cyrillic.txt": "Илья\n".encode(),
    "emoji.txt": "👩\u200d👩\u200d👧\n".encode(),
    "line.txt": b"emma " * 200_000,
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a run, and files of every kind beside it."""
    monkeypatch.chdir(tmp_path)
    fit = mlekit.fit(lm.names()[:200], family=lm.Bigram(), prior=mlekit.priors.Dirichlet(2))
    fit.held_out = {"test": lm.names()[200:220]}
    fit.save("run")
    for name, content in NASTY.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.mark.parametrize("name", [*NASTY, "run", "nosuch.txt", "run/nosuch/words.txt"])
def test_a_file_of_any_kind_is_one_sentence(home: Path, name: str):
    for command in (evaluate.main, compare.main):
        with pytest.raises(MlekitError) as caught:
            command(["run", "--data", name])
        said = str(caught.value)
        assert len(said) < 400
        assert "\n" not in said


def test_a_file_however_it_was_written_gives_the_same(home: Path, capsys: pytest.CaptureFixture[str]):
    said: set[str] = set()
    for content in [b"emma\nava\n", b"\xef\xbb\xbfemma\nava", b"emma\r\nava\r\n", b"emma\rava", b"\n\nemma \n\tava"]:
        (home / "words.txt").write_bytes(content)
        evaluate.main(["run", "--data", "words.txt"])
        said.add(capsys.readouterr().out)
    assert len(said) == 1


def test_a_mistake_is_one_sentence_and_exit_code_2_from_a_shell(home: Path):
    for line in (["lm.evaluate", "run", "--data", "latin.txt"], ["lm.compare", "run", "nosuch"]):
        ended = subprocess.run([sys.executable, "-m", *line], capture_output=True, text=True, check=False)
        assert ended.returncode == 2
        assert ended.stdout == ""
        assert len(ended.stderr.splitlines()) == 1


def test_a_prompt_that_the_run_does_not_know_is_named(home: Path):
    for prompt in ["É", "👧", "\ud800"]:
        with pytest.raises(MlekitError, match="never seen"):
            sample.main(["run", "--prompt", prompt])


@pytest.mark.parametrize("command", [evaluate, sample, compare])
def test_help_is_for_people(command: object, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        command.main(["--help"])  # type: ignore[attr-defined]
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 100
    assert "DIR" in shown


def test_a_number_of_words_is_a_positive_integer(capsys: pytest.CaptureFixture[str]):
    parser = Parser("test", "A test.")
    parser.add_argument("--worst", type=positive_integer)
    assert parser.parse_args(["--worst", "12"]).worst == 12
    for bad in ["0", "-1", "2.5", "x", "²", ""]:
        with pytest.raises(SystemExit):
            parser.parse_args([f"--worst={bad}"])
        assert f"{bad!r} is not a positive integer" in capsys.readouterr().err


def test_columns_stand_below_one_another_without_blanks_behind():
    drawn = columns([["a", "bb", "1"], ["ccc", "", "22"]], "<>>")
    assert drawn == "a    bb   1\nccc      22"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [(OptionError("two\n lines"), 2, "two lines\n"), (KeyboardInterrupt(), 130, "")],
)
def test_a_command_ends_with_its_code(error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]):
    def main() -> None:
        raise error

    with pytest.raises(SystemExit) as ended:
        run(main)
    assert ended.value.code == code
    assert capsys.readouterr().err == said
