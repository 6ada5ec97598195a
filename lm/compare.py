"""Runs side by side: which predicts words best that none of them has seen.

    python -m lm.compare DIR...                 each on the words that it kept aside as test
    python -m lm.compare DIR... --data FILE     all on the words of a file

A difference is to the best run, word by word, and so its error is smaller than the
errors of the two losses. Losses on other words than those of the first DIR are shown,
and not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from os import PathLike, fspath
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from lm.command import Parser, columns
from lm.command import run as run_command
from lm.corpus import read
from lm.evaluation import Difference, Evaluation, chance, measured
from lm.files import load
from lm.fit import Fit
from lm.vocabulary import UNITS
from mlekit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

WIDTH, LONGEST = 100, 30  # of a line, and of a folder in it

Folder = str | PathLike[str]


@dataclass(frozen=True)
class Run:
    """A run, its loss on the words to test with, and what it took to train it."""

    folder: str
    fit: Fit
    loss: Evaluation

    def beside(self, other: Run) -> bool:
        """Whether the losses are of the same words, counted alike."""
        one, two = self.loss, other.loss
        return one.text == two.text and np.array_equal(one.lengths, two.lengths)

    @property
    def seen(self) -> int:
        """How many of the words to test with it was fitted to."""
        fitted = frozenset(self.fit.words)
        return sum(word in fitted for word in self.loss.text)

    def taken(self, unit: str) -> float:
        """The steps or seconds of its training; nan where it has none."""
        return float(self.fit.run.get("taken", {}).get(unit, np.nan))

    @property
    def verdict(self) -> str:
        """Whether to believe it, and why."""
        if not self.fit.run.get("finished", True):
            return "interrupted"
        verdict = self.fit.verdict
        return f"{'ok' if verdict.ok else 'NO'}: {', '.join(verdict.codes)}"


def runs(folders: Iterable[Folder], words: Iterable[str] | None = None) -> pd.DataFrame:
    """A row a run, the best first; `difference` is in nats a character to the best one, with its paired `p_value`.

    Each run is tested on the words it kept aside as test, or all on `words`. A run whose words are not those of the
    first folder stands below the others, and has no difference.

    >>> import lm, mlekit, pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for order in (1, 2):
    ...     mlekit.fit(["emma", "ava", "mia"], family=lm.Ngram(order, "add")).save(folder / str(order))
    >>> runs([folder / "1", folder / "2"], ["mava"])[["model", "nll"]].round(3).values.tolist()
    [['bigram', 1.357], ['1-gram', 1.608]]
    """
    import pandas as pd

    return pd.DataFrame([_row(run, best) for run, best in ranked(evaluated(folders, words))])


def evaluated(folders: Iterable[Folder], words: Iterable[str] | None = None) -> list[Run]:
    """The runs in the order given, each evaluated."""
    given = None if words is None else list(words)
    fits = [(fspath(folder), load(folder)) for folder in folders]
    return [Run(folder, fit, _loss(folder, fit, given)) for folder, fit in fits]


def ranked(found: Sequence[Run]) -> list[tuple[Run, Run | None]]:
    """The runs, the best first, each with the one that it is compared with; those on other words last, with none."""
    alike = sorted((run for run in found if run.beside(found[0])), key=lambda run: run.loss.nll)
    others = [run for run in found if not run.beside(found[0])]
    return [*((run, alike[0]) for run in alike), *((run, None) for run in others)]


def _loss(folder: str, fit: Fit, words: list[str] | None) -> Evaluation:
    words = fit.held_out.get("test") if words is None else words
    if not words:
        raise DataError(f"{folder} holds no words that were kept aside as test: name some with --data FILE")
    try:
        return fit.evaluate(words)
    except DataError as error:
        raise DataError(f"{folder}: {error}") from error


def _row(run: Run, best: Run | None) -> dict[str, Any]:
    loss, more = run.loss, _difference(run, best)
    return {
        "run": run.folder,
        "model": run.fit.predictor.title,
        "parameters": run.fit.n_params,
        "nll": loss.nll,
        "std_error": loss.std_error,
        "bits": loss.bits,
        "perplexity": loss.perplexity,
        "difference": more.difference,
        "difference_error": more.std_error,
        "p_value": more.p_value,
        "words": loss.words,
        "steps": run.taken("steps"),
        "seconds": run.taken("seconds"),
        "ok": run.fit.verdict.ok,
        "verdict": run.verdict,
    }


def _difference(run: Run, best: Run | None) -> Difference:
    return Difference(np.nan, np.nan, 0) if best in (None, run) else run.loss.versus(best.loss)


# -- for people -------------------------------------------------------------------------------------------------------


def text(found: Sequence[tuple[Run, Run | None]]) -> str:
    """What `ranked` gives, in two tables within 100 columns, and what is to be kept in mind."""
    kind = UNITS[found[0][0].loss.unit]
    losses = [["run", f"nats a {kind.token}", "bits", "perplexity", "above the best", "p"]]
    fits = [["run", "model", "parameters", "steps", "seconds", "verdict"]]
    for run, best in found:
        name, loss, more = _short(run.folder), run.loss, _difference(run, best)
        above = ["best" if best is run else "-", ""] if isnan(more.difference) else _above(more)
        other = "" if loss.unit == found[0][0].loss.unit else f" a {UNITS[loss.unit].token}"
        nats = measured(loss.nll, loss.std_error) + other
        losses.append([name, nats, f"{loss.bits:.4f}", f"{loss.perplexity:.3f}", *above])
        steps, seconds = _number(run.taken("steps"), ",.0f"), _number(run.taken("seconds"), ",.1f")
        fits.append([name, run.fit.predictor.title, f"{run.fit.n_params:,}", steps, seconds, run.verdict])
    said = "\n".join(fill(note, WIDTH, subsequent_indent="    ") for note in notes(found))
    return "\n\n".join([columns(losses, "<<>><>"), columns(fits, "<<>>><"), *([said] if said else [])])


def notes(found: Sequence[tuple[Run, Run | None]]) -> Iterable[str]:
    """What makes a comparison less than it seems."""
    first = found[0][0].loss
    for run, best in found:
        if best is None and run.loss.text != first.text:
            yield f"{run.folder}: its {run.loss.words:,} test words are others, so it is not compared; see --data"
        elif best is None:
            yield f"{run.folder}: its loss is a {UNITS[run.loss.unit].token}, not a {UNITS[first.unit].token}"
        if run.seen:
            yield f"{run.folder}: it was fitted to {run.seen:,} of the {run.loss.words:,} words, so its loss is too low"


def _above(more: Difference) -> list[str]:
    p = more.p_value
    return [measured(more.difference, more.std_error), "-" if isnan(p) else chance(p).removeprefix("= ")]


def _number(value: float, digits: str) -> str:
    return "-" if isnan(value) else f"{value:{digits}}"


def _short(folder: str) -> str:
    return folder if len(folder) <= LONGEST else "..." + folder[3 - LONGEST :]


def main(arguments: list[str] | None = None) -> None:
    """`python -m lm.compare`."""
    parser = Parser("compare", (__doc__ or "").strip())
    parser.add_argument("folders", nargs="+", metavar="DIR", help="runs of lm.train")
    parser.add_words("words to test with, one a line; without it those that each run kept aside")
    asked = parser.parse_args(arguments)
    words = None if asked.data is None else read(asked.data, asked.encoding, asked.lowercase)
    print(text(ranked(evaluated(asked.folders, words))))


if __name__ == "__main__":
    run_command(main)
