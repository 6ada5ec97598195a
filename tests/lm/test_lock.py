"""One process at a time in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lm import lock, train
from lm.lock import locked
from mlekit.errors import OptionError

HOLD = "import sys, time; from pathlib import Path; from lm.lock import locked\nwith locked(Path(sys.argv[1])):\n"
HOLD += "    print('mine', flush=True); time.sleep(60)"


def test_it_is_held_by_one_and_free_again_after(tmp_path: Path):
    with locked(tmp_path), pytest.raises(OptionError, match="another process is using this folder"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [lock.NAME]


def test_an_error_inside_gives_it_back(tmp_path: Path):
    with pytest.raises(ZeroDivisionError), locked(tmp_path):
        raise ZeroDivisionError
    with locked(tmp_path):
        pass


def test_a_file_that_was_left_there_locks_nobody_out_and_is_not_changed(tmp_path: Path):
    (tmp_path / lock.NAME).write_text("mine")
    with locked(tmp_path):
        pass
    assert (tmp_path / lock.NAME).read_text() == "mine"


def test_a_folder_that_cannot_be_locked_is_one_sentence(tmp_path: Path):
    (tmp_path / lock.NAME).mkdir()
    with pytest.raises(OptionError, match=r"lock: Is a directory; name a folder"), locked(tmp_path):
        pass


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_another_process_is_refused_until_the_first_has_ended_however_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("ava\nemma\nmia\neva\nmila\n")
    (tmp_path / "run").mkdir()
    other = subprocess.Popen([sys.executable, "-c", HOLD, "run"], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "mine\n"
    ask = ["--data", "words.txt", "--model", "bigram", "--out", "run"]
    for more in ([], ["--resume"]):
        line = [sys.executable, "-m", "lm.train", *ask, *more]
        refused = subprocess.run(line, capture_output=True, text=True, check=False)
        assert refused.returncode == 2
        assert refused.stdout == ""
        said = "run: another process is using this folder; wait until it ends, or name another folder\n"
        assert refused.stderr == said
    assert [path.name for path in (tmp_path / "run").iterdir()] == [lock.NAME]
    other.kill()
    other.communicate()
    train.main(ask)
    assert len(list((tmp_path / "run").iterdir())) == 3
