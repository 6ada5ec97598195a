"""Train a language model, see how well it predicts words it has not seen, and draw new ones.

    python -m lm.train                                      the shipped names; pairs counted, under Dirichlet(2)
    python -m lm.train --data words.txt --model neural_bigram --steps 500 --out runs/mine
    python -m lm.train ... --out runs/mine --resume         go on where it was stopped

A tenth of the distinct words is kept aside as test, and a tenth of the rest to watch; the model is fitted to what is
left. Results go to standard output, messages to standard error. Ctrl-C saves what there is.
"""

from __future__ import annotations

import hashlib
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import Any

import mlekit
from lm import checkpoint, files, find
from lm.command import Parser, run, tell
from lm.corpus import Vocabulary, names, read, split
from lm.evaluate import table
from lm.fit import Fit
from mlekit.errors import OptionError

Plan = dict[str, Any]
Parts = dict[str, list[str]]
COUNTED = "bigram"  # what stands beside every net
EVERY = 2.0  # seconds between messages
SAME = ("model", "data", "seed", "prior")  # what a run that goes on has in common with what was begun


def main(arguments: list[str] | None = None) -> None:
    """`python -m lm.train`."""
    with stops() as stopped:
        asked = parsed(arguments)
        words = names() if asked.data is None else read(asked.data)
        plan, parts = planned(asked, words), parted(words, asked.seed)
        folder, fit = claimed(asked, plan)
        if fit is None or not fit.run["finished"]:
            fit = trained(plan, parts, fit, stopped)
            fit.save(folder)
    if not fit.run["finished"]:
        tell(f"Stopped, and saved in {folder}: the same command with --out {folder} --resume goes on.")
        return
    show(fit, folder)
    if not fit.verdict.ok:
        tell(fit.complaint())
        sys.exit(1)


# -- what is asked for ------------------------------------------------------------------------------------------------


def parsed(arguments: list[str] | None) -> Namespace:
    """The options."""
    parser = Parser("train", (__doc__ or "").partition("\n\nA tenth")[0])
    add = parser.add_argument
    add("--data", metavar="FILE", help="words, one a line; without it the shipped list of names")
    add("--model", default="bigram", metavar="NAME", help=f"one of {', '.join(find.names())} (bigram)")
    add("--prior", type=float, default=2.0, metavar="A", help="Dirichlet(A): adds A - 1 to the count of each pair (2)")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--steps", type=int, metavar="N", help="how long a net is trained, in steps")
    budget.add_argument("--seconds", type=float, metavar="S", help="how long a net is trained, in seconds")
    add("--out", type=Path, metavar="DIR", help="the folder of the run; without it a new one under runs/")
    add("--resume", action="store_true", help="go on with the run in --out")
    add("--seed", type=int, default=0, metavar="N", help="of the split, the training and the new words (0)")
    return parser.parse_args(arguments)


def planned(asked: Namespace, words: list[str]) -> Plan:
    """What the run is, as its folder records it."""
    options = {name: getattr(asked, name) for name in ("seed", "prior", "steps", "seconds")}
    data = hashlib.sha256("\n".join(words).encode("utf-8", "surrogatepass")).hexdigest()
    plan = {"model": find.snake(find.model(asked.model).__name__), "data": data, **options}
    belief(plan)  # refuses a number that cannot be one
    return plan


def parted(words: list[str], seed: int) -> Parts:
    """The words to train on, those to watch on the way, and those to test with at the end."""
    rest, test = split(words, seed=seed)
    train, watch = split(rest, seed=seed)
    return {"train": train, "watch": watch, "test": test}


# -- where it goes ----------------------------------------------------------------------------------------------------


def claimed(asked: Namespace, plan: Plan) -> tuple[Path, Fit | None]:
    """The folder of the run, and what an earlier one left in it."""
    if asked.out is None:
        if asked.resume:
            raise OptionError("--resume needs --out DIR: which run is to go on?")
        return new_folder(plan["model"]), None
    if not (asked.out / checkpoint.NAME).exists():
        return made(asked.out), None
    if not asked.resume:
        raise OptionError(f"--out {asked.out} holds a run: go on with it by --resume, or name another folder")
    before = files.load(asked.out)
    for name in SAME:
        if before.run.get(name) != plan[name]:
            what = "other words" if name == "data" else f"--{name} {before.run.get(name)}, not {plan[name]}"
            raise OptionError(f"--resume: the run in {asked.out} is of {what}; name another folder for a new run")
    return asked.out, before


def new_folder(model: str) -> Path:
    """The first of runs/MODEL-1, runs/MODEL-2, ... that is not there yet."""
    number, runs = 1, made(Path("runs"))
    while (runs / f"{model}-{number}").exists():
        number += 1
    return made(runs / f"{model}-{number}")


def made(folder: Path) -> Path:
    """The folder, there now."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OptionError(f"--out {folder}: {error.strerror}; name a new folder in one that exists") from error
    return folder


# -- training ---------------------------------------------------------------------------------------------------------


def trained(plan: Plan, parts: Parts, before: Fit | None, stopped: Callable[[], bool]) -> Fit:
    """The fit of the words to train on, with the others beside it; a net goes on from what it learned before."""
    tell(f"{plan['model']}: words to " + ", ".join(f"{part} {len(words):,}" for part, words in parts.items()))
    progress = Progress(plan, stopped, {} if before is None else before.run["taken"])
    options, solver = {"vocabulary": Vocabulary.of(chain(*parts.values()))}, "auto"
    if plan["model"] in find.nets():
        options |= {"seed": plan["seed"], "start": None if before is None else before.predictor.kept()}
        solver = mlekit.solvers.Torch(seed=plan["seed"], callback=progress, **progress.left())
    elif progress.budget:
        tell(f"a {plan['model']} is counted at once: --steps and --seconds are for nets")
    model = find.model(plan["model"])(**options)
    fit: Fit = mlekit.fit(parts["train"], family=model, prior=belief(plan), solver=solver, on_failure="ignore")
    tell(f"{fit.n_params:,} numbers in {progress.seconds:.2f} seconds")
    fit.held_out = {part: words for part, words in parts.items() if part != "train"}
    fit.run = {**plan, "finished": not (stopped() and "budget" in fit.verdict.codes), "taken": progress.taken()}
    return fit


def belief(plan: Plan) -> Any:
    """The prior of a run."""
    return mlekit.priors.Dirichlet(plan["prior"])


class Progress:
    """How far the training of a run is, told now and then; it ends when somebody asks."""

    def __init__(self, plan: Plan, stopped: Callable[[], bool], before: dict[str, Any]) -> None:
        self.budget = {unit: plan[unit] for unit in ("steps", "seconds") if plan[unit] is not None}
        self.before = {unit: before.get(unit, 0) for unit in self.budget}
        self.stopped, self.steps, self.begun, self.told = stopped, 0, perf_counter(), 0.0

    def __call__(self, step: int, loss: float) -> bool:
        self.steps = step
        if self.seconds > self.told + EVERY:
            self.told = self.seconds
            tell(f"step {step:,}, {self.seconds:.0f} seconds")
        return self.stopped()

    @property
    def seconds(self) -> float:
        return perf_counter() - self.begun

    def taken(self) -> dict[str, Any]:
        """What is used of the budget, before an interruption and after it."""
        return {unit: used + getattr(self, unit) for unit, used in self.before.items()}

    def left(self) -> dict[str, Any]:
        """What is left of it, at least a step."""
        return {unit: max(most - self.before[unit], 1) for unit, most in self.budget.items()}


@contextmanager
def stops() -> Generator[Callable[[], bool]]:
    """Whether SIGINT or SIGTERM came: the first asks the training to end, a second ends everything."""
    came: list[int] = []

    def note(number: int, _: Any) -> None:
        came.append(number)
        if len(came) > 1:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# -- results ----------------------------------------------------------------------------------------------------------


def show(fit: Fit, folder: Path) -> None:
    """The loss on each part of the words, beside that of counted pairs; twenty new words, and where it all is."""
    losses = {part: fit.evaluate(words) for part, words in {"train": fit.words, **fit.held_out}.items()}
    if fit.run["model"] != COUNTED:
        bigram = find.model(COUNTED)(vocabulary=fit.vocabulary, prior=belief(fit.run))
        losses["test, counted"] = mlekit.fit(fit.words, family=bigram).evaluate(fit.held_out["test"])
    print(table(losses, len(fit.vocabulary)))
    try:
        new = fit.sample(20, seed=fit.run["seed"], only_new=True)
    except OptionError:
        print("\nIt knows no word that is not in the list.")
    else:
        print("\nTwenty new words:\n", *new, sep="\n")
    print(f"\nMore words: python -m lm.sample {folder}")


if __name__ == "__main__":
    run(main)
