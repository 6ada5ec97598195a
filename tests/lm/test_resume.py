"""A run that is killed, stopped or spoilt at any moment, and what becomes of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lm
import mlekit
from lm import checkpoint, train
from mlekit.errors import LoadError

pytest.importorskip("torch")

pytestmark = pytest.mark.slow

WORDS = lm.names()[:120]
NETWORK = "--data words.txt --model gru --width 8 --layers 2 --batch 100 --seed 3".split()
DRIVER = Path(__file__).with_name("driver.py")
posix = pytest.mark.skipif(os.name != "posix", reason="signals and forks")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with words, where commands are typed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("\n".join(WORDS))
    return tmp_path


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """No report at the end: it is tested elsewhere, and takes longer than a few steps."""
    monkeypatch.setattr(train, "show", lambda *_: None)


@pytest.fixture
def keeping(monkeypatch: pytest.MonkeyPatch) -> None:
    """The training is kept at every step."""
    solver = mlekit.solvers.Torch
    monkeypatch.setattr(mlekit.solvers, "Torch", lambda **options: solver(**options, keep_every=0.0))


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def demand_same(one: str, other: str) -> None:
    """Two runs that ended at the same bits, by the same steps."""
    a, b = mlekit.load(one), mlekit.load(other)
    assert a.params.keys() == b.params.keys()
    for name in a.params:
        assert a.params[name].tobytes() == b.params[name].tobytes(), name
    assert a.outcome.history.tobytes() == b.outcome.history.tobytes()
    assert a.outcome.watched.tobytes() == b.outcome.watched.tobytes()
    assert (a.llf, a.words, a.held_out, a.verdict) == (b.llf, b.words, b.held_out, b.verdict)
    assert a.run["finished"]
    assert a.run["taken"]["steps"] == b.run["taken"]["steps"]


class Killed(BaseException):
    """Nothing catches it."""


def killed_at(monkeypatch: pytest.MonkeyPatch, moment: int, *arguments: str) -> bool:
    """Whether a run came to the moment: the n-th call of what touches the disk; it got no further."""
    calls = iter(range(10**6))

    def dying(real: Any) -> Any:
        def call(*given: Any, **how: Any) -> Any:
            if next(calls) >= moment:
                raise Killed
            return real(*given, **how)

        return call

    with monkeypatch.context() as patch:
        for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "unlink"), (Path, "open")):
            patch.setattr(owner, name, dying(getattr(owner, name)))
        try:
            train.main([*arguments])
        except Killed:
            return True
    return False


# -- killed ------------------------------------------------------------------------------------------------------------


@posix
@pytest.mark.slow
def test_twenty_kills_at_random_moments_and_the_end_is_that_of_the_run_never_killed(home: Path):
    ask = [*NETWORK, "--steps", "1500", "--out"]
    line = [sys.executable, str(DRIVER)]
    whole = subprocess.run([*line, "whole", "0", "0", *ask, "whole"], capture_output=True, text=True, check=False)
    assert json.loads(whole.stdout) == {"left": [], "code": 0}, whole.stderr
    ended = subprocess.run([*line, "killed", "20", "1", *ask, "killed"], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    report = json.loads(ended.stdout)
    assert report["code"] == 0
    assert len(report["left"]) == 20
    assert report["left"] == sorted(report["left"])
    assert len(set(report["left"])) > 5
    assert 0 < report["left"][-1] < 1500
    demand_same("whole", "killed")


def test_killed_at_any_touch_of_the_disk_it_goes_on_to_the_same_end(
    home: Path, silent: None, keeping: None, monkeypatch: pytest.MonkeyPatch
):
    ask = [*NETWORK, "--steps", "4", "--out"]
    train.main([*ask, "whole"])
    moments = 0
    while killed_at(monkeypatch, moments, *ask, f"run-{moments}", "--resume"):
        there = (home / f"run-{moments}" / checkpoint.NAME).exists()
        if there:
            mlekit.load(f"run-{moments}")
        train.main([*ask, f"run-{moments}", "--resume"])
        demand_same("whole", f"run-{moments}")
        moments += 1
    assert moments > 20


def test_a_chain_of_kills_comes_to_the_same_end(
    home: Path, silent: None, keeping: None, monkeypatch: pytest.MonkeyPatch
):
    ask = [*NETWORK, "--steps", "12", "--dropout", "0.2", "--lr", "0.02", "--out"]
    train.main([*ask, "whole"])
    kills = 0
    while killed_at(monkeypatch, 17 + kills % 5, *ask, "run", "--resume"):
        kills += 1
        assert kills < 50
    assert kills > 3
    demand_same("whole", "run")


# -- stopped -----------------------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_says_so_and_ends_with_exit_code_0(home: Path, number: int):
    line = [sys.executable, "-m", "lm.train", *NETWORK, "--steps", "1000000", "--out", "run"]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=home)
    assert process.stderr is not None
    while not process.stderr.readline().startswith("step"):
        assert process.poll() is None
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out == ""
    last = "Stopped, and saved in run: python -m lm.train --out run --resume continues it."
    assert err.splitlines()[-1] == last
    fit = mlekit.load("run")
    assert not fit.run["finished"]
    assert fit.run["taken"]["steps"] > 10


@pytest.mark.parametrize("model", ["gru", "mlp", "neural_bigram"])
def test_a_run_that_was_stopped_goes_on_to_the_end_of_the_run_that_was_not(
    home: Path, silent: None, monkeypatch: pytest.MonkeyPatch, model: str
):
    ask = ["--data", "words.txt", "--model", model, "--steps", "30", "--out"]
    train.main([*ask, "whole"])
    stopping(monkeypatch, after=11)
    train.main([*ask, "run"])
    stopped = mlekit.load("run")
    assert stopped.run["taken"]["steps"] == 11
    assert not stopped.run["finished"]
    train.main(["--out", "run", "--resume"])
    whole, run = mlekit.load("whole"), mlekit.load("run")
    assert run.run["finished"]
    for name, array in whole.params.items():
        np.testing.assert_allclose(run.params[name], array, rtol=0, atol=1e-12 if model == "neural_bigram" else 0)


def stopping(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """The next run is interrupted after so many steps."""
    solver = mlekit.solvers.Torch

    def interrupted(**options: Any) -> Any:
        callback_of_run = options["callback"]

        def callback(step: int, loss: float) -> Any:
            if step == after:
                os.kill(os.getpid(), signal.SIGINT)
            return callback_of_run(step, loss)

        monkeypatch.setattr(mlekit.solvers, "Torch", solver)
        return solver(**{**options, "callback": callback})

    monkeypatch.setattr(mlekit.solvers, "Torch", interrupted)


def test_a_signal_after_the_last_step_stops_nothing(home: Path, silent: None, monkeypatch: pytest.MonkeyPatch):
    fit = mlekit.fit

    def late(*arguments: Any, **options: Any) -> Any:
        found = fit(*arguments, **options)
        os.kill(os.getpid(), signal.SIGINT)
        return found

    monkeypatch.setattr(mlekit, "fit", late)
    train.main([*NETWORK, "--steps", "3", "--out", "run"])
    assert mlekit.load("run").run["finished"]


def test_an_unfinished_run_can_be_used_and_moved_and_says_that_it_is_unfinished(
    home: Path, silent: None, monkeypatch: pytest.MonkeyPatch
):
    stopping(monkeypatch, after=7)
    train.main([*NETWORK, "--steps", "20", "--out", "run"])
    (home / "run").rename(home / "moved")
    (home / "words.txt").unlink()
    fit = mlekit.load("moved")
    assert fit.verdict.ok
    assert fit.verdict.codes == ("budget",)
    assert fit.verdict.reasons == ("interrupted at step 7: python -m lm.train --out moved --resume continues it",)
    assert len(fit.sample(5, seed=1)) == 5
    assert fit.llf == pytest.approx(fit.log_prob(fit.words).sum())
    assert fit.nobs == sum(len(word) + 1 for word in fit.words)
    assert "interrupted at step 7" in fit.summary()
    assert np.isfinite(fit.evaluate(fit.held_out["test"]).nll)
    train.main(["--out", "moved", "--resume"])
    ended = mlekit.load("moved")
    assert ended.run["finished"]
    assert ended.run["taken"]["steps"] == 20
    assert len(ended.outcome.history) == 20


def test_a_run_that_goes_on_may_be_given_a_longer_budget(home: Path, silent: None, monkeypatch: pytest.MonkeyPatch):
    stopping(monkeypatch, after=7)
    train.main([*NETWORK, "--steps", "20", "--out", "run"])
    train.main(["--out", "run", "--resume", "--steps", "25"])
    assert len(mlekit.load("run").outcome.history) == 25


def test_a_finished_run_is_left_as_it_is(home: Path, silent: None):
    train.main([*NETWORK, "--steps", "3", "--out", "run"])
    before = content(home / "run")
    for more in ([], ["--steps", "9"], NETWORK):
        train.main([*more, "--out", "run", "--resume"])
        assert content(home / "run") == before


def test_a_finished_run_has_no_state_of_a_training_in_it(home: Path, silent: None, keeping: None):
    train.main([*NETWORK, "--steps", "3", "--out", "run"])
    assert not [name for name in checkpoint.load("run")[1] if name.startswith("training")]
    assert {path.name.partition("-")[0] for path in (home / "run").iterdir()} == {checkpoint.NAME, "arrays", "lock"}


# -- spoilt ------------------------------------------------------------------------------------------------------------


def test_a_file_of_a_training_that_is_damaged_is_an_error_that_says_so(
    home: Path, silent: None, monkeypatch: pytest.MonkeyPatch
):
    stopping(monkeypatch, after=2)
    train.main([*NETWORK, "--steps", "4", "--out", "run"])
    (arrays,) = (home / "run").glob("arrays-*")
    for spoilt in (arrays.read_bytes()[:-9], b"", b"x" + arrays.read_bytes()[1:]):
        shutil.copytree("run", "copy", dirs_exist_ok=True)
        (home / "copy" / arrays.name).write_bytes(spoilt)
        with pytest.raises(LoadError, match=r"damaged"):
            train.main(["--out", "copy", "--resume"])
    (home / "copy" / checkpoint.NAME).write_text("{}")
    with pytest.raises(LoadError, match=r"not written by lm"):
        train.main(["--out", "copy", "--resume"])


@pytest.mark.parametrize("model", ["gru", "mlp", "transformer"])
def test_a_loss_that_is_not_a_number_stops_keeps_good_weights_and_says_what_to_try(
    home: Path, model: str, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as ended:
        train.main(["--data", "words.txt", "--model", model, "--steps", "9", "--lr", "1e30", "--out", "run"])
    assert ended.value.code == 1
    said = capsys.readouterr()
    assert "try a smaller lr" in said.err.splitlines()[-1]
    fit = mlekit.load("run")
    assert not fit.verdict.ok
    assert fit.verdict.codes == ("failed",)
    assert re.search(r"the weights of step \d are kept", fit.verdict.reasons[0])
    assert all(np.isfinite(array).all() for array in fit.params.values())
    assert fit.evaluate(WORDS).nll < 4


# -- together ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_processes_train_as_one_does_and_only_the_first_speaks(home: Path, silent: None):
    ask = [*NETWORK, "--steps", "25", "--out"]
    train.main([*ask, "one"])
    line = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--standalone"]
    line += ["--no-python", sys.executable, "-m", "lm.train", *ask, "two"]
    ended = subprocess.run(line, capture_output=True, text=True, check=False, timeout=100)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("More words:") == 1
    assert ended.stderr.count("gru: words to train") == 1
    one, two = mlekit.load("one"), mlekit.load("two")
    assert two.words == one.words
    assert two.run["finished"]
    assert two.run["taken"]["steps"] == 25
    first, last = two.outcome.history[[0, -1]]
    assert last < first - 0.2
    assert two.llf / two.nobs == pytest.approx(one.llf / one.nobs, abs=1e-4)
    np.testing.assert_allclose(two.outcome.history, one.outcome.history, atol=1e-4)
