"""The line that tells how far a training is: live on a terminal, plain in a pipe."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lm import progress
from lm.progress import Progress

LINE = r"step [\d,]+ of 40  train \d\.\d{3}(  held out \d\.\d{3})?  [\d,]+ tokens/s  \d+ s left"


class Clock:
    """Time as the test says it is."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "perf_counter", clock)
    return clock


def progress_of(steps: Any = None, seconds: Any = None, stop: bool = False, **more: Any) -> Progress:
    return Progress({"steps": steps, "seconds": seconds, **more}, 1000, lambda: stop)


def test_steps_losses_speed_and_time_left(clock: Clock):
    p = progress_of(steps=1000)
    for step in range(1, 201):
        clock.now += 0.01
        p(step, 2.5)
    assert p.line() == "step 200 of 1,000  train 2.500  100,000 tokens/s  8 s left"
    p.watched(200, 2.25)
    assert p.line() == "step 200 of 1,000  train 2.500  held out 2.250  100,000 tokens/s  8 s left"


def test_of_a_budget_in_seconds_those_of_earlier_processes_are_gone(clock: Clock):
    p = progress_of(seconds=60.0, taken={"steps": 500, "seconds": 20.0})
    clock.now += 10
    p(501, 3.0)
    assert p.line() == "step 501  train 3.000  100 tokens/s  30 s left"
    assert p.taken() == {"steps": 501, "seconds": 30.0}


def test_what_was_used_before_is_not_forgotten_where_no_step_is_left(clock: Clock):
    p = progress_of(steps=500, taken={"steps": 500, "seconds": 20.0})
    assert p.taken() == {"steps": 500, "seconds": 20.0}


def test_the_loss_is_a_running_mean(clock: Clock):
    p = progress_of(steps=10)
    p(1, 3.0)
    p(2, 4.0)
    assert p.loss == pytest.approx(3.1)


def test_it_passes_on_who_wants_to_stop():
    assert progress_of(steps=10, stop=True)(1, 3.0)
    assert not progress_of(steps=10)(1, 3.0)


def test_in_a_pipe_there_is_a_line_now_and_then_and_the_last(clock: Clock, capsys: pytest.CaptureFixture[str]):
    p = progress_of(steps=300)
    for step in range(1, 301):
        clock.now += 0.05
        p(step, 2.0)
    p.end()
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert len(lines) == 3
    assert lines[-1].startswith("step 300 of 300")
    assert "\r" not in said.err


def test_a_process_that_is_not_the_first_says_nothing(clock: Clock, capsys: pytest.CaptureFixture[str]):
    p = Progress({"steps": 2, "seconds": None}, 10, lambda: False, quiet=True)
    for step in (1, 2):
        clock.now += 100
        p(step, 2.0)
    p.end()
    assert capsys.readouterr().err == ""


def test_nothing_that_was_trained_is_nothing_to_say(capsys: pytest.CaptureFixture[str]):
    progress_of().end()
    assert capsys.readouterr().err == ""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal")
def test_on_a_terminal_one_line_is_written_over_again_and_the_last_stays(tmp_path: Path):
    import pty

    (tmp_path / "words.txt").write_text("\n".join(f"{a}{b}{c}" for a in "abcd" for b in "efgh" for c in "ijk"))
    ask = "--data words.txt --model gru --width 8 --steps 40 --batch 20 --out run".split()
    code = "import lm.progress, lm.train, lm.command; lm.progress.LIVE = 0; lm.command.run(lm.train.main)"
    ours, its = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", code, *ask], stdout=subprocess.DEVNULL, stderr=its, cwd=tmp_path)
    os.close(its)
    said = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:
            break
        if not part:
            break
        said += part
    os.close(ours)
    assert process.wait() == 0
    first, live, *rest = said.decode().replace("\r\n", "\n").split("\n")
    assert first.startswith("gru: words to train")
    assert rest == [""]
    lines = live.split("\r")[1:]
    assert len(lines) == 41
    for line in lines:
        assert re.fullmatch(LINE + r"\x1b\[K", line), line
    assert lines[-1].startswith("step 40 of 40")
