"""Compare runs by their losses on words that none of them has seen.

    python -m lm.compare DIR...                 each on its own held-out test words
    python -m lm.compare DIR... --data FILE     all on the words of a file

Differences are to the best run, word by word, so that their standard errors are smaller
than those of the two losses. Losses on other words than those of the first DIR are
printed, and not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan, nan
from os import PathLike, fspath
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from lm.command import Parser
from lm.command import run as run_command
from lm.corpus import read
from lm.difference import Difference
from lm.evaluation import Evaluation
from lm.files import load
from lm.fit import Fit
from lm.text import columns, formatted_p, measured
from lm.units import UNITS
from mlekit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

WIDTH, LONGEST = 100, 30  # columns of a line, and of a folder in it

Folder = str | PathLike[str]


@dataclass(frozen=True)
class Compared:
    """A run with its loss on the test words.

    Attributes
    ----------
    folder : str
    fit : Fit
    loss : Evaluation
    """

    folder: str
    fit: Fit
    loss: Evaluation

    def comparable(self, other: Compared) -> bool:
        """Return True if both losses are on the same words with the same numbers of tokens.

        Parameters
        ----------
        other : Compared

        Returns
        -------
        bool
        """
        one, two = self.loss, other.loss
        return one.text == two.text and np.array_equal(one.lengths, two.lengths)

    @property
    def seen(self) -> int:
        """Number of test words that the model was fitted to."""
        fitted = frozenset(self.fit.words)
        return sum(word in fitted for word in self.loss.text)

    def taken(self, unit: str) -> float:
        """Return the steps or seconds of the training; NaN if it has none.

        Parameters
        ----------
        unit : {"steps", "seconds"}

        Returns
        -------
        float
        """
        return float(self.fit.run.get("taken", {}).get(unit, nan))

    @property
    def verdict(self) -> str:
        """Verdict on convergence with its codes, or that the run was interrupted."""
        if not self.fit.run.get("finished", True):
            return "interrupted"
        verdict = self.fit.verdict
        return f"{'ok' if verdict.ok else 'NO'}: {', '.join(verdict.codes)}"


def runs(folders: Iterable[Folder], words: Iterable[str] | None = None) -> pd.DataFrame:
    """Compare runs in a table, one row per run, the best first.

    Parameters
    ----------
    folders : iterable of str or path
        Folders of runs of `python -m lm.train`, or of saved fits.
    words : iterable of str, optional
        Words to test all runs on; by default each run's own test words.

    Returns
    -------
    DataFrame
        `nll` and `std_error` are in nats per character. `difference` is the loss minus that of the best run, with its
        `difference_error` and `p_value` by a paired test. A run whose words are not those of the first folder is
        below the others and has no difference.

    Raises
    ------
    DataError
        If a run has no test words, or a character is not in its vocabulary.
    LoadError
        If a folder has no fit.

    Examples
    --------
    >>> import lm, mlekit, pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for order in (1, 2):
    ...     mlekit.fit(["emma", "ava", "mia"], family=lm.Ngram(order, "add")).save(folder / str(order))
    >>> runs([folder / "1", folder / "2"], ["mava"])[["model", "nll"]].round(3).values.tolist()
    [['bigram', 1.357], ['1-gram', 1.608]]
    """
    import pandas as pd

    return pd.DataFrame([_row(run, best) for run, best in ranked(evaluated(folders, words))])


def evaluated(folders: Iterable[Folder], words: Iterable[str] | None = None) -> list[Compared]:
    """Load runs and evaluate them.

    Parameters
    ----------
    folders : iterable of str or path
    words : iterable of str, optional
        Words to test all runs on; by default each run's own test words.

    Returns
    -------
    list of Compared
        In the order of the folders.
    """
    given = None if words is None else list(words)
    fits = [(fspath(folder), load(folder)) for folder in folders]
    return [Compared(folder, fit, _loss(folder, fit, given)) for folder, fit in fits]


def ranked(found: Sequence[Compared]) -> list[tuple[Compared, Compared | None]]:
    """Sort runs by their losses, each with the best one.

    Parameters
    ----------
    found : sequence of Compared

    Returns
    -------
    list of (Compared, Compared or None)
        Runs on other words than the first stand last, with None.
    """
    alike = sorted((run for run in found if run.comparable(found[0])), key=lambda run: run.loss.nll)
    others = [run for run in found if not run.comparable(found[0])]
    return [*((run, alike[0]) for run in alike), *((run, None) for run in others)]


def _loss(folder: str, fit: Fit, words: list[str] | None) -> Evaluation:
    words = fit.held_out.get("test") if words is None else words
    if not words:
        raise DataError(f"{folder} has no held-out test words: name a file of words with --data FILE")
    try:
        return fit.evaluate(words)
    except DataError as error:
        raise DataError(f"{folder}: {error}") from error


def _row(run: Compared, best: Compared | None) -> dict[str, str | float]:
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


def _difference(run: Compared, best: Compared | None) -> Difference:
    return Difference(nan, nan, 0) if best in (None, run) else run.loss.versus(best.loss)


# -- text -------------------------------------------------------------------------------------------------------------


def text(found: Sequence[tuple[Compared, Compared | None]]) -> str:
    """Return the comparison as two tables of at most 100 columns, with notes.

    Parameters
    ----------
    found : sequence of (Compared, Compared or None)
        As `ranked` returns it.

    Returns
    -------
    str
    """
    kind = UNITS[found[0][0].loss.unit]
    losses = [["run", f"nats per {kind.token}", "bits", "perplexity", "above the best", "p"]]
    fits = [["run", "model", "parameters", "steps", "seconds", "verdict"]]
    for run, best in found:
        name, loss, more = _short(run.folder), run.loss, _difference(run, best)
        above = ["best" if best is run else "-", ""] if isnan(more.difference) else _above(more)
        other = "" if loss.unit == found[0][0].loss.unit else f" per {UNITS[loss.unit].token}"
        nats = measured(loss.nll, loss.std_error) + other
        losses.append([name, nats, f"{loss.bits:.4f}", f"{loss.perplexity:.3f}", *above])
        steps, seconds = _number(run.taken("steps"), ",.0f"), _number(run.taken("seconds"), ",.1f")
        fits.append([name, run.fit.predictor.title, f"{run.fit.n_params:,}", steps, seconds, run.verdict])
    lines = "\n".join(fill(note, WIDTH, subsequent_indent="    ") for note in notes(found))
    return "\n\n".join([columns(losses, "<<>><>"), columns(fits, "<<>>><"), *([lines] if lines else [])])


def notes(found: Sequence[tuple[Compared, Compared | None]]) -> Iterable[str]:
    """Yield a sentence for each reason why losses cannot be compared.

    Parameters
    ----------
    found : sequence of (Compared, Compared or None)
    """
    first = found[0][0].loss
    for run, best in found:
        if best is None and run.loss.text != first.text:
            yield f"{run.folder}: its {run.loss.words:,} test words differ, so it is not compared; see --data"
        elif best is None:
            yield f"{run.folder}: its loss is per {UNITS[run.loss.unit].token}, not per {UNITS[first.unit].token}"
        if run.seen:
            yield f"{run.folder}: fitted to {run.seen:,} of the {run.loss.words:,} words, so its loss is too small"


def _above(more: Difference) -> list[str]:
    p = more.p_value
    return [measured(more.difference, more.std_error), "-" if isnan(p) else formatted_p(p).removeprefix("= ")]


def _number(value: float, digits: str) -> str:
    return "-" if isnan(value) else f"{value:{digits}}"


def _short(folder: str) -> str:
    return folder if len(folder) <= LONGEST else "..." + folder[3 - LONGEST :]


def main(arguments: list[str] | None = None) -> None:
    """Run `python -m lm.compare`.

    Parameters
    ----------
    arguments : list of str, optional
        Arguments of the command; by default those of the process.
    """
    parser = Parser("compare", (__doc__ or "").strip())
    parser.add_argument("folders", nargs="+", metavar="DIR", help="runs of lm.train")
    parser.add_words("words to test with, one per line; by default the test words of each run")
    asked = parser.parse_args(arguments)
    words = None if asked.data is None else read(asked.data, asked.encoding, asked.lowercase)
    print(text(ranked(evaluated(asked.folders, words))))


if __name__ == "__main__":
    run_command(main)
