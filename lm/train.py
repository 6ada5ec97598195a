"""Train a language model, evaluate it on words it has not seen, and draw new words.

    python -m lm.train                                      a GRU on the shipped names, in half a minute
    python -m lm.train --model bigram                       counts of pairs, in a second
    python -m lm.train --data words.txt --model transformer --seconds 300 --out runs/mine
    python -m lm.train --out runs/mine --resume             continue a run that was stopped

A tenth of the distinct words is held out to test, and a tenth of the rest to watch the loss during the training; the
model is fitted to the others. Results go to standard output, messages to standard error. Ctrl-C saves the state.
Several processes train one network together: torchrun --nproc-per-node 2 -m lm.train ...
"""

from __future__ import annotations

import os
import signal
import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import mlekit
from lm import find, runs
from lm.command import Parser, positive_integer, report, run
from lm.fit import Fit
from lm.models.ngram import Ngram
from lm.sampling import fraction_known
from lm.tables import table
from lm.training import fit_run
from mlekit.errors import OptionError

NEW, DRAWS = 20, 1000


def main(arguments: list[str] | None = None) -> None:
    """Run `python -m lm.train`.

    Parameters
    ----------
    arguments : list of str, optional
        Arguments of the command; by default those of the process.
    """
    asked = parse(arguments)
    with (
        signals() as stopped,
        process_group() as first,
        runs.open_run(asked) if first else nullcontext((Path(), runs.shared_run(asked))) as (folder, this),
    ):
        fit = this.before
        if fit is None or not this.finished:
            fit = fit_run(this, folder if first else None, asked.device, stopped)
    if not first:
        return
    if not fit.run["finished"]:
        report(f"Stopped, and saved in {folder}: python -m lm.train --out {folder} --resume continues it.")
        return
    if this.finished:
        report(f"{folder} is finished: nothing to do.")
    show(fit, folder)
    if not fit.verdict.ok:
        report(fit.complaint())
        sys.exit(1)


# -- options ----------------------------------------------------------------------------------------------------------


def parse(arguments: list[str] | None) -> Namespace:
    """Return the options of the command; those that were not given are None."""
    parser = Parser("train", (__doc__ or "").partition("\n\nA tenth")[0])
    words = parser.add_argument_group("the words")
    words.add_argument("--data", metavar="FILE", help="words, one per line; by default the shipped list of names")
    words.add_argument("--encoding", metavar="NAME", help="encoding of the file (utf-8)")
    words.add_argument("--lowercase", action="store_true", default=None, help="convert the words to lower case")
    words.add_argument("--unit", choices=("char", "byte", "word"), help="unit of the tokens that are predicted (char)")
    model = parser.add_argument_group("the model")
    model.add_argument("--model", metavar="NAME", help=f"one of {', '.join(find.names())} (gru)")
    model.add_argument("--width", type=positive_integer, metavar="N", help="number of units of a network")
    model.add_argument("--layers", type=positive_integer, metavar="N", help="number of layers of a network")
    model.add_argument("--heads", type=positive_integer, metavar="N", help="attention heads of a transformer")
    model.add_argument("--context", type=positive_integer, metavar="N", help="characters that a network looks back")
    model.add_argument("--dropout", type=fraction, metavar="P", help="dropout probability of a network")
    model.add_argument("--order", type=positive_integer, metavar="N", help="length of n-grams: 2 are pairs")
    model.add_argument("--smoothing", metavar="NAME", help="smoothing of n-grams: kneser_ney, witten_bell or add")
    model.add_argument(
        "--prior", type=float, metavar="A", help="Dirichlet(A) on the next character; default 2 for tables, else none"
    )
    model.add_argument("--weight-sd", type=float, metavar="S", help="Normal(0, S) on network weights: weight decay")
    training = parser.add_argument_group("training")
    budget = training.add_mutually_exclusive_group()
    budget.add_argument("--steps", type=positive_integer, metavar="N", help="budget of a network in steps")
    budget.add_argument("--seconds", type=float, metavar="S", help=f"or in seconds ({runs.SECONDS:.0f})")
    training.add_argument("--batch", type=positive_integer, metavar="N", help="characters per step")
    training.add_argument("--lr", type=float, metavar="X", help="step size (learning rate)")
    training.add_argument("--device", default="auto", metavar="NAME", help="cpu, cuda or mps; by default the fastest")
    training.add_argument("--seed", type=int, metavar="N", help="seed of the split, the training and the samples (0)")
    where = parser.add_argument_group("the run")
    where.add_argument("--out", type=Path, metavar="DIR", help="its folder; by default a new one under runs/")
    where.add_argument("--resume", action="store_true", help="continue the run in --out")
    return parser.parse_args(arguments)


def fraction(text: str) -> float:
    """Return the number from 0 to below 1 that an option was given.

    Parameters
    ----------
    text : str

    Returns
    -------
    float

    Raises
    ------
    argparse.ArgumentTypeError
        If the number is outside this range.

    Examples
    --------
    >>> fraction("0.1")
    0.1
    """
    value = float(text)
    if not 0 <= value < 1:
        raise ArgumentTypeError(f"{text!r} is not a number from 0 to below 1")
    return value


@contextmanager
def process_group() -> Generator[bool]:
    """Join the processes that torchrun has started, and yield True in the first of them, or in a single process."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield True
        return
    import torch
    import torch.distributed as dist

    cuda = torch.cuda.is_available()
    if cuda:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("cpu:gloo,cuda:nccl" if cuda else "gloo")
    try:
        yield dist.get_rank() == 0
    finally:
        dist.destroy_process_group()


@contextmanager
def signals() -> Generator[Callable[[], bool]]:
    """Catch SIGINT and SIGTERM, and yield a function that returns True after the first; a second ends the process."""
    came: list[int] = []

    def note(number: int, _: object) -> None:
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
    """Print the losses of the model and of counted models, new words, and the folder.

    Parameters
    ----------
    fit : Fit
    folder : Path
    """
    losses = {part: fit.evaluate(words) for part, words in {"train": fit.words, **fit.held_out}.items()}
    for counted in (Ngram(2, "add", vocabulary=fit.vocabulary), Ngram(vocabulary=fit.vocabulary)):
        other: Fit = mlekit.fit(fit.words, family=counted)
        if other.predictor.title != fit.predictor.title:
            losses[f"test, {other.predictor.title}"] = other.evaluate(fit.held_out["test"])
    print(table(losses, len(fit.vocabulary)), "", *fit.notes, *fit.verdict.reasons, sep="\n")
    try:
        new = fit.sample(NEW, seed=fit.run["seed"], only_new=True)
    except OptionError:
        print("\nAll words that it draws are in the list.")
    else:
        drawn = fit.sample(DRAWS, seed=fit.run["seed"])
        known = fraction_known(drawn, {*fit.words, *fit.held_out["watch"], *fit.held_out["test"]})
        print(
            f"\nOf {DRAWS:,} words that it draws, {known:.1%} are in the list. Twenty that are not:\n",
            *(word or "(nothing)" for word in new),
            sep="\n",
        )
    print(f"\nMore words: python -m lm.sample {folder}")


if __name__ == "__main__":
    run(main)
