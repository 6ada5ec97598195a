"""lm against makemore (commit 988aa59): test loss in nats a character, and the CPU seconds that it took.

    python -m benchmarks.makemore --words FILE                  makemore's figures as they were recorded
    python -m benchmarks.makemore --words FILE --makemore DIR   its steps timed in this run, beside ours
    ... --quick: nothing that takes a minute or more; --distinct: every word once, so that none is on two sides

FILE is makemore's names.txt. The split is makemore's: torch.manual_seed(3407), a random order, the last 1,000 lines as
test; settings were chosen on words held out from the rest. One thread, CPU time: ours counts everything from a list of
words to a fit, makemore's its training steps alone, in its cheapest mode (no loader processes).
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import json
import platform
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

import torch

import lm
import mlekit

RECORDED = {  # (loss, step, CPU seconds) on two cores, one thread
    "bigram": (2.669, 2500, 1.4),
    "bow": (2.256, 2000, 3.0),
    "rnn": (2.171, 2000, 4.0),
    "gru": (2.148, 2000, 9.4),
    "mlp": (2.119, 3000, 13.7),
    "transformer": (1.976, 9000, 156.0),
}
TIMED = 300  # steps of makemore that are timed; its time grows with their number
START = 0.15  # seconds of a budget for what is not a step: encoding, the first look


@dataclass(frozen=True)
class Goal:
    """A loss to reach within so many CPU seconds, or within a share of what makemore takes to its own."""

    work: str
    model: Callable[[], Any]
    loss: float | None
    seconds: float
    against: str | None = None  # the makemore model: then `seconds` is a share, and the loss is makemore's
    trained: bool = True


def _best(*parts: Any) -> Any:
    return lm.Mixture(lm.Ngram(6), *parts)


def _nets() -> list[Any]:
    return [lm.GRU(), lm.GRU(seed=1), lm.GRU(seed=2), lm.LSTM(), lm.LSTM(seed=1), lm.Transformer()]


GOALS = [
    Goal("bigram, closed form", lambda: lm.Bigram(prior=mlekit.priors.Dirichlet(1.1)), 2.46, 0.5, trained=False),
    Goal("6-gram, Kneser-Ney", lambda: lm.Ngram(6), 1.938, 2.0, trained=False),
    Goal("bag of words", lambda: lm.BagOfWords(), None, 1 / 3, "bow"),
    Goal("bag of words", lambda: lm.BagOfWords(), 2.13, 8.0),
    Goal("RNN", lambda: lm.RNN(), None, 1 / 3, "rnn"),
    Goal("RNN", lambda: lm.RNN(), 2.03, 12.0),
    Goal("MLP", lambda: lm.MLP(), None, 1 / 5, "mlp"),
    Goal("MLP", lambda: lm.MLP(), 2.03, 12.0),
    Goal("CNN", lambda: lm.CNN(), None, 1 / 4, "mlp"),
    Goal("CNN", lambda: lm.CNN(), 2.02, 12.0),
    Goal("GRU", lambda: lm.GRU(), None, 1 / 4, "gru"),
    Goal("GRU", lambda: lm.GRU(), 1.975, 12.0),
    Goal("LSTM", lambda: lm.LSTM(), None, 1 / 4, "gru"),
    Goal("LSTM", lambda: lm.LSTM(), 1.965, 12.0),
    Goal("mixture of 6-gram and GRU", lambda: _best(lm.GRU()), 1.925, 45.0),
    Goal("Transformer", lambda: lm.Transformer(), None, 0.3, "transformer"),
    Goal("Transformer", lambda: lm.Transformer(), 1.955, 60.0),
    Goal("Transformer", lambda: lm.Transformer(layers=3, hide=0.1), 1.92, 600.0),
    Goal("mixture of 6-gram and six nets", lambda: _best(*_nets()), 1.885, 600.0),
]


@dataclass(frozen=True)
class Line:
    """What came of a goal."""

    work: str
    loss: float
    std_error: float
    seconds: float
    goal_loss: float
    goal_seconds: float
    makemore_loss: float | None = None
    makemore_seconds: float | None = None

    @property
    def met(self) -> bool:
        return self.loss <= self.goal_loss and self.seconds <= self.goal_seconds

    @property
    def cells(self) -> list[str]:
        """As in the table."""
        beside = ["", ""]
        if self.makemore_loss is not None and self.makemore_seconds is not None:
            ratio = self.makemore_seconds / self.seconds
            beside = [f"{self.makemore_loss:.3f} in {self.makemore_seconds:.1f} s", f"{ratio:.1f} × faster"]
        goal = f"≤ {self.goal_loss:.3f} in {self.goal_seconds:.3g} s"
        loss = f"{self.loss:.3f} ± {self.std_error:.3f}"
        return [self.work, loss, f"{self.seconds:.3g} s", goal, *beside, "met" if self.met else "**missed**"]


HEADS = ["model", "test loss", "CPU time", "goal", "makemore", "", ""]


def parted(words: list[str], distinct: bool) -> tuple[list[str], list[str]]:
    """Train and test as makemore has them, or every word once."""
    words = sorted(set(words)) if distinct else words
    with torch.random.fork_rng():
        torch.manual_seed(3407)
        order = torch.randperm(len(words)).tolist()
    return [words[i] for i in order[:-1000]], [words[i] for i in order[-1000:]]


def measured(goal: Goal, train: list[str], test: list[str], makemore: dict[str, tuple[float, int, float]]) -> Line:
    """One fit, timed."""
    beside = None if goal.against is None else makemore[goal.against]
    seconds = goal.seconds * (1.0 if beside is None else beside[2])
    loss = goal.loss if goal.loss is not None or beside is None else beside[0]
    assert loss is not None
    solver = mlekit.solvers.Torch(seconds=0.97 * seconds - START, device="cpu") if goal.trained else "auto"
    begun = process_time()
    fit = mlekit.fit(train, family=goal.model(), solver=solver)
    took = process_time() - begun
    told = fit.evaluate(test)
    return Line(goal.work, told.nll, told.std_error, took, loss, seconds, *((beside[0], beside[2]) if beside else ()))


# -- makemore itself --------------------------------------------------------------------------------------------------


def timed(folder: Path, words: Path) -> dict[str, tuple[float, int, float]]:
    """Makemore's recorded losses, with the CPU seconds that its steps take here."""
    writer = types.ModuleType("torch.utils.tensorboard")
    writer.SummaryWriter = object  # type: ignore[attr-defined]
    sys.modules.setdefault("torch.utils.tensorboard", writer)
    sys.path.insert(0, str(folder))
    theirs = importlib.import_module("makemore")
    config = theirs.ModelConfig(vocab_size=27, block_size=16, n_layer=4, n_head=4, n_embd=64, n_embd2=64)
    kinds = {
        "bigram": theirs.Bigram,
        "bow": theirs.BoW,
        "rnn": lambda c: theirs.RNN(c, cell_type="rnn"),
        "gru": lambda c: theirs.RNN(c, cell_type="gru"),
        "mlp": theirs.MLP,
        "transformer": theirs.Transformer,
    }
    with contextlib.redirect_stdout(io.StringIO()):
        data, _ = theirs.create_datasets(str(words))
        seconds = {name: a_step(kind(config), theirs.InfiniteDataLoader, data) for name, kind in kinds.items()}
    return {name: (loss, step, seconds[name] * step) for name, (loss, step, _) in RECORDED.items()}


def a_step(model: Any, loader: Any, data: Any) -> float:
    """CPU seconds of one of its training steps, as its loop takes them."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=5e-4, weight_decay=0.01, betas=(0.9, 0.99), eps=1e-8)
    batches, begun = loader(data, batch_size=32, num_workers=0), process_time()
    for _ in range(TIMED):
        x, y = batches.next()
        _, loss = model(x, y)
        model.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
    return (process_time() - begun) / TIMED


# -- the table --------------------------------------------------------------------------------------------------------


def markdown(rows: list[list[str]]) -> Iterator[str]:
    """A table that can be pasted."""
    yield from ("| " + " | ".join(cells) + " |" for cells in [HEADS, ["---"] * len(HEADS), *rows])


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.makemore", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--words", type=Path, required=True, metavar="FILE", help="makemore's names.txt")
    parser.add_argument("--makemore", type=Path, metavar="DIR", help="the folder of makemore.py, to be timed beside")
    parser.add_argument("--only", nargs="+", default=[""], metavar="NAME", help="works with such a word in their name")
    parser.add_argument("--quick", action="store_true", help="nothing that takes a minute or more")
    parser.add_argument("--distinct", action="store_true", help="every word once")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the lines there as well")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    train, test = parted(lm.read(asked.words), asked.distinct)
    makemore = RECORDED if asked.makemore is None else timed(asked.makemore, asked.words)
    print(f"makemore's seconds are {'as recorded' if asked.makemore is None else 'those of its steps in this run'}")
    lines: list[Line] = []
    for text, _ in pairwise([*markdown([]), ""]):
        print(text)
    for goal in GOALS:
        long = goal.against == "transformer" or (goal.against is None and goal.seconds >= 45)
        if any(part in goal.work for part in asked.only) and not (asked.quick and long):
            lines.append(measured(goal, train, test, makemore))
            print(list(markdown([lines[-1].cells]))[-1], flush=True)
    if asked.json:
        told = {"python": platform.python_version(), "torch": torch.__version__, "timed": asked.makemore is not None}
        rows = [{**asdict(line), "met": line.met, "cells": line.cells} for line in lines]
        asked.json.write_text(json.dumps({**told, "distinct": asked.distinct, "lines": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
