"""Test loss in nats per character and CPU seconds of lm and of makemore (commit 988aa59).

    python -m benchmarks.makemore --words FILE                  makemore's figures as recorded
    python -m benchmarks.makemore --words FILE --makemore DIR   makemore's steps timed in the same run
    ... --quick: nothing that takes a minute or more; --distinct: every word once, so that no word is on both sides

FILE is makemore's names.txt. The split is that of makemore: torch.manual_seed(3407), a random order, the last 1,000
lines as test; settings were chosen on words held out from the rest. CPU time on one thread: for lm of everything from a
list of words to a fit, for makemore of the training steps only, in its fastest mode (no loader processes).
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
TIMED = 300  # steps of makemore that are timed; its time is proportional to their number
START = 0.15  # seconds of a budget for encoding and the first evaluation


@dataclass(frozen=True)
class Goal:
    """A loss to reach within some CPU seconds, or within a fraction of the time of makemore."""

    work: str
    model: Callable[[], Any]
    loss: float | None
    seconds: float
    against: str | None = None  # a makemore model: then `seconds` is a fraction, and the loss that of makemore
    trained: bool = True


def _best(*parts: Any) -> Any:
    return lm.Mixture(lm.Ngram(6), *parts)


def _networks() -> list[Any]:
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
    Goal("mixture of 6-gram and six networks", lambda: _best(*_networks()), 1.885, 600.0),
]


@dataclass(frozen=True)
class Line:
    """Result of one goal."""

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
        """Cells of the table."""
        other = ["", ""]
        if self.makemore_loss is not None and self.makemore_seconds is not None:
            ratio = self.makemore_seconds / self.seconds
            other = [f"{self.makemore_loss:.3f} in {self.makemore_seconds:.1f} s", f"{ratio:.1f} × faster"]
        goal = f"≤ {self.goal_loss:.3f} in {self.goal_seconds:.3g} s"
        loss = f"{self.loss:.3f} ± {self.std_error:.3f}"
        return [self.work, loss, f"{self.seconds:.3g} s", goal, *other, "met" if self.met else "**missed**"]


HEADS = ["model", "test loss", "CPU time", "goal", "makemore", "", ""]


def split(words: list[str], distinct: bool) -> tuple[list[str], list[str]]:
    """Return training and test words as in makemore, or with every word once."""
    words = sorted(set(words)) if distinct else words
    with torch.random.fork_rng():
        torch.manual_seed(3407)
        order = torch.randperm(len(words)).tolist()
    return [words[i] for i in order[:-1000]], [words[i] for i in order[-1000:]]


def measured(goal: Goal, train: list[str], test: list[str], makemore: dict[str, tuple[float, int, float]]) -> Line:
    """Fit the model of a goal and time it."""
    other = None if goal.against is None else makemore[goal.against]
    seconds = goal.seconds * (1.0 if other is None else other[2])
    loss = goal.loss if goal.loss is not None or other is None else other[0]
    assert loss is not None
    solver = mlekit.solvers.Torch(seconds=0.97 * seconds - START, device="cpu") if goal.trained else "auto"
    begun = process_time()
    fit = mlekit.fit(train, family=goal.model(), solver=solver)
    took = process_time() - begun
    found = fit.evaluate(test)
    makemore_figures = (other[0], other[2]) if other else ()
    return Line(goal.work, found.nll, found.std_error, took, loss, seconds, *makemore_figures)


# -- makemore itself --------------------------------------------------------------------------------------------------


def timed(folder: Path, words: Path) -> dict[str, tuple[float, int, float]]:
    """Return makemore's recorded losses, with the CPU seconds that its steps take here."""
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
        seconds = {
            name: seconds_per_step(kind(config), theirs.InfiniteDataLoader, data) for name, kind in kinds.items()
        }
    return {name: (loss, step, seconds[name] * step) for name, (loss, step, _) in RECORDED.items()}


def seconds_per_step(model: Any, loader: Any, data: Any) -> float:
    """Return the CPU seconds of one training step of makemore."""
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
    """Yield the lines of a table in Markdown."""
    yield from ("| " + " | ".join(cells) + " |" for cells in [HEADS, ["---"] * len(HEADS), *rows])


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.makemore", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--words", type=Path, required=True, metavar="FILE", help="makemore's names.txt")
    parser.add_argument("--makemore", type=Path, metavar="DIR", help="the folder of makemore.py, to be timed as well")
    parser.add_argument("--only", nargs="+", default=[""], metavar="NAME", help="models with this text in their name")
    parser.add_argument("--quick", action="store_true", help="nothing that takes a minute or more")
    parser.add_argument("--distinct", action="store_true", help="every word once")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results to this file")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    train, test = split(lm.read(asked.words), asked.distinct)
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
        versions = {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "timed": asked.makemore is not None,
        }
        rows = [{**asdict(line), "met": line.met, "cells": line.cells} for line in lines]
        asked.json.write_text(json.dumps({**versions, "distinct": asked.distinct, "lines": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
