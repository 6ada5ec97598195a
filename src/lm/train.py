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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mlekit
from lm import checkpoint, files, find
from lm.command import Parser, run, tell
from lm.corpus import Vocabulary, names, read, split
from lm.evaluate import Evaluation, table
from lm.fit import Fit
from mlekit.errors import OptionError

SAME = ("model", "data", "seed", "prior")  # what a run that goes on has in common with itself


def main(arguments: list[str] | None = None) -> None:
    """`python -m lm.train`."""
    asked = parsed(arguments)
    words = names() if asked.data is None else read(asked.data)
    plan = planned(asked, words)
    folder, before = claimed(asked, plan)
    with stops() as stopped:
        if before is None or not before.run["finished"]:
            fit = trained(plan, words, before, stopped)
            fit.save(folder)
        else:
            fit = before
    if not fit.run["finished"]:
        tell(f"stopped, and saved in {folder}: --out {folder} --resume goes on")
        return
    show(fit, folder)
    if not fit.verdict.ok:
        tell(fit.complaint())
        sys.exit(1)


def parsed(arguments: list[str] | None) -> Namespace:
    parser = Parser("train", (__doc__ or "").partition("\n\nA tenth")[0])
    add = parser.add_argument
    add("--data", metavar="FILE", help="words, one a line; without it the shipped list of names")
    add("--model", default="bigram", metavar="NAME", help=f"{', '.join(find.names())} (bigram)")
    add("--prior", type=float, default=2.0, metavar="A", help="Dirichlet(A): A - 1 is added to every count (2)")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--steps", type=int, metavar="N", help="of training, for a net")
    budget.add_argument("--seconds", type=float, metavar="S", help="of training, for a net")
    add("--out", type=Path, metavar="DIR", help="the folder of the run; without it a new one under runs/")
    add("--resume", action="store_true", help="go on with the run in --out")
    add("--seed", type=int, default=0, metavar="N", help="of the split, the training and the samples (0)")
    return parser.parse_args(arguments)


def planned(asked: Namespace, words: list[str]) -> dict[str, Any]:
    """What the run is asked for, as its folder records it."""
    model = find.snake(find.model(asked.model).__name__)
    data = hashlib.sha256("\n".join(words).encode("utf-8", "surrogatepass")).hexdigest()
    options = {name: getattr(asked, name) for name in ("seed", "prior", "steps", "seconds")}
    return {"model": model, "data": data, **options}


# -- the folder -------------------------------------------------------------------------------------------------------


def claimed(asked: Namespace, plan: dict[str, Any]) -> tuple[Path, Fit | None]:
    """The folder of the run, and what an earlier one left in it."""
    if asked.out is None:
        if asked.resume:
            raise OptionError("--resume needs --out DIR: which run is to go on?")
        return new_folder(plan["model"]), None
    if not (asked.out / checkpoint.NAME).exists():
        made(asked.out)
        return asked.out, None
    if not asked.resume:
        raise OptionError(f"--out {asked.out} holds a run: add --resume to go on with it, or name another folder")
    before = files.load(asked.out)
    for name in SAME:
        if before.run.get(name) != plan[name]:
            what = "other words" if name == "data" else f"--{name} {before.run.get(name)}"
            raise OptionError(f"--resume: the run in {asked.out} is of {what}: give the same, or name another folder")
    return asked.out, before


def new_folder(model: str) -> Path:
    """The first of runs/MODEL-1, -2, ... that is not there yet."""
    made(Path("runs"))
    number = 1
    while (folder := Path("runs", f"{model}-{number}")).exists():
        number += 1
    made(folder)
    return folder


def made(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OptionError(f"--out {folder}: {error.strerror}; name a new folder in one that exists") from error


# -- training ---------------------------------------------------------------------------------------------------------


def trained(plan: dict[str, Any], words: list[str], before: Fit | None, stopped: Callable[[], bool]) -> Fit:
    """The fit of most of the words, with the others beside it."""
    rest, test = split(words, seed=plan["seed"])
    seen, watch = split(rest, seed=plan["seed"])
    model = find.model(plan["model"])(vocabulary=Vocabulary.of(words))
    fit = mlekit.fit(seen, family=model, prior=mlekit.priors.Dirichlet(plan["prior"]), on_failure="ignore")
    fit.held_out, fit.run = {"watch": watch, "test": test}, {**plan, "finished": True}
    return fit


@contextmanager
def stops() -> Iterator[Callable[[], bool]]:
    """Whether SIGINT or SIGTERM came: the first asks training to end, a second ends everything."""
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
    """The loss on each part of the words, twenty new ones, and where it all is."""
    losses: dict[str, Evaluation] = {part: fit.evaluate(words) for part, words in {"train": fit.words, **fit.held_out}.items()}
    print(table(losses, len(fit.vocabulary)))
    print()
    print(*fit.sample(20, seed=fit.run["seed"], only_new=True), sep="\n")
    print()
    print(folder)


if __name__ == "__main__":
    run(main)
