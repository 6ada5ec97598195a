"""Train a language model, see how well it predicts words it has not seen, and draw new ones.

    python -m lm.train                                      a GRU on the shipped names, in half a minute
    python -m lm.train --model bigram                       pairs counted, in a second
    python -m lm.train --data words.txt --model transformer --seconds 300 --out runs/mine
    python -m lm.train --out runs/mine --resume             go on where it was stopped

A tenth of the distinct words is kept aside as test, and a tenth of the rest to watch; the model is fitted to what is
left. Results go to standard output, messages to standard error. Ctrl-C saves what there is. Several processes train
one net together: torchrun --nproc-per-node 2 -m lm.train ...
"""

from __future__ import annotations

import os
import signal
import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import mlekit
from lm import find, runs
from lm.command import Parser, natural, run, tell
from lm.fit import Fit
from lm.models.ngram import Ngram
from lm.sampling import memorised
from lm.tables import table
from lm.training import trained
from mlekit.errors import OptionError

NEW, DRAWN = 20, 1000


def main(arguments: list[str] | None = None) -> None:
    """`python -m lm.train`."""
    asked = parsed(arguments)
    with (
        stops() as stopped,
        together() as first,
        runs.claimed(asked) if first else nullcontext((Path(), runs.followed(asked))) as (folder, this),
    ):
        fit = this.before
        if fit is None or not this.finished:
            fit = trained(this, folder if first else None, asked.device, stopped)
    if not first:
        return
    if not fit.run["finished"]:
        tell(f"Stopped, and saved in {folder}: python -m lm.train --out {folder} --resume goes on.")
        return
    if this.finished:
        tell(f"{folder} is finished: nothing to do.")
    show(fit, folder)
    if not fit.verdict.ok:
        tell(fit.complaint())
        sys.exit(1)


# -- what is asked for ------------------------------------------------------------------------------------------------


def parsed(arguments: list[str] | None) -> Namespace:
    """The options; what is not said is None."""
    parser = Parser("train", (__doc__ or "").partition("\n\nA tenth")[0])
    what = parser.add_argument_group("the words")
    what.add_argument("--data", metavar="FILE", help="words, one a line; without it the shipped list of names")
    what.add_argument("--encoding", metavar="NAME", help="of the file (utf-8)")
    what.add_argument("--lowercase", action="store_true", default=None, help="make small letters of all")
    what.add_argument("--unit", choices=("char", "byte", "word"), help="what is predicted one after another (char)")
    model = parser.add_argument_group("the model")
    model.add_argument("--model", metavar="NAME", help=f"one of {', '.join(find.names())} (gru)")
    model.add_argument("--width", type=natural, metavar="N", help="numbers that a net keeps of each character")
    model.add_argument("--layers", type=natural, metavar="N", help="of a net, one behind the other")
    model.add_argument("--heads", type=natural, metavar="N", help="of a transformer's attention")
    model.add_argument("--context", type=natural, metavar="N", help="how many characters a net looks back")
    model.add_argument("--dropout", type=share, metavar="P", help="the share of a net that is left out at each step")
    model.add_argument("--order", type=natural, metavar="N", help="of an n-gram: 2 are pairs")
    model.add_argument("--smoothing", metavar="NAME", help="of an n-gram: kneser_ney, witten_bell or add")
    model.add_argument(
        "--prior", type=float, metavar="A", help="Dirichlet(A) on what comes next; of tables 2, else none"
    )
    model.add_argument("--weight-sd", type=float, metavar="S", help="Normal(0, S) on a net's weights: weight decay")
    how = parser.add_argument_group("training")
    budget = how.add_mutually_exclusive_group()
    budget.add_argument("--steps", type=natural, metavar="N", help="how long a net is trained, in steps")
    budget.add_argument("--seconds", type=float, metavar="S", help=f"or in seconds ({runs.SECONDS:.0f})")
    how.add_argument("--batch", type=natural, metavar="N", help="characters that are looked at in each step")
    how.add_argument("--lr", type=float, metavar="X", help="the size of a step")
    how.add_argument("--device", default="auto", metavar="NAME", help="cpu, cuda or mps; without it the fastest")
    how.add_argument("--seed", type=int, metavar="N", help="of the split, the training and the new words (0)")
    where = parser.add_argument_group("the run")
    where.add_argument("--out", type=Path, metavar="DIR", help="its folder; without it a new one under runs/")
    where.add_argument("--resume", action="store_true", help="go on with the run in --out")
    return parser.parse_args(arguments)


def share(text: str) -> float:
    """A number from 0 to below 1, for an option."""
    value = float(text)
    if not 0 <= value < 1:
        raise ArgumentTypeError(f"{text!r} is no share from 0 to below 1")
    return value


@contextmanager
def together() -> Generator[bool]:
    """Whether this process is the first of those that torchrun has started; one alone is."""
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
    """The loss on each part of the words, beside that of counted models; new words, and where it all is."""
    losses = {part: fit.evaluate(words) for part, words in {"train": fit.words, **fit.held_out}.items()}
    for counted in (Ngram(2, "add", vocabulary=fit.vocabulary), Ngram(vocabulary=fit.vocabulary)):
        beside = mlekit.fit(fit.words, family=counted)
        if beside.predictor.title != fit.predictor.title:
            losses[f"test, {beside.predictor.title}"] = beside.evaluate(fit.held_out["test"])
    print(table(losses, len(fit.vocabulary)), "", *fit.notes, *fit.verdict.reasons, sep="\n")
    try:
        new = fit.sample(NEW, seed=fit.run["seed"], only_new=True)
    except OptionError:
        print("\nIt knows no word that is not in the list.")
    else:
        drawn = fit.sample(DRAWN, seed=fit.run["seed"])
        share = memorised(drawn, {*fit.words, *fit.held_out["watch"], *fit.held_out["test"]})
        print(
            f"\nOf {DRAWN:,} words that it draws, {share:.1%} are in the list. Twenty that are not:\n",
            *(word or "(nothing)" for word in new),
            sep="\n",
        )
    print(f"\nMore words: python -m lm.sample {folder}")


if __name__ == "__main__":
    run(main)
