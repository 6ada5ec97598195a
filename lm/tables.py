"""Evaluations as tables of text."""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from lm.evaluation import Evaluation, Loss, impossible
from lm.text import columns, measured
from lm.units import UNITS, Unit


def table(evaluations: Mapping[str, Evaluation], size: int) -> str:
    """Return losses per token as lines of text, below the loss of a uniform guess.

    Parameters
    ----------
    evaluations : mapping of str to Evaluation
        The evaluations by their labels.
    size : int
        Number of tokens of the vocabulary, the end of a word included.

    Returns
    -------
    str

    Examples
    --------
    >>> from lm.evaluation import evaluation
    >>> print(table({"test": evaluation([-2.0, -6.0], [2, 4])}, 27))
                   nats per character  bits per character  perplexity     words
    uniform guess  3.295837            4.754888            27.000
    test           1.3333 ± 0.2222     1.9236 ± 0.3206     3.794 ± 0.843      2
    """
    kind, guess = _unit(evaluations), log(size)
    lines = [["", f"nats per {kind.token}", f"bits per {kind.token}", "perplexity", f"{kind.text}s"]]
    lines += [["uniform guess", f"{guess:.6f}", f"{guess / log(2):.6f}", f"{size:.3f}", ""]]
    lines += [[label, *_cells(e, ".3f"), f"{e.words:,}"] for label, e in evaluations.items()]
    notes = [impossible(e, label) for label, e in evaluations.items() if e.impossible]
    return "\n".join([columns(lines), *notes])


def table_of_words(evaluations: Mapping[str, Evaluation]) -> str:
    """Return losses per word as lines of text.

    Parameters
    ----------
    evaluations : mapping of str to Evaluation
        The evaluations by their labels.

    Returns
    -------
    str

    Examples
    --------
    >>> from lm.evaluation import evaluation
    >>> print(table_of_words({"test": evaluation([-2.0, -6.0], [2, 4])}))
          nats per word    bits per word    perplexity     characters
    test  4.0000 ± 2.0000  5.7708 ± 2.8854  54.6 ± 109.2            6
    """
    kind = _unit(evaluations)
    lines = [["", f"nats per {kind.text}", f"bits per {kind.text}", "perplexity", f"{kind.token}s"]]
    lines += [[label, *_cells(e.per_word, ".4g"), f"{e.n:,}"] for label, e in evaluations.items()]
    return columns(lines)


def extremes(e: Evaluation, n: int, sign: int) -> str:
    """Return the best or the worst words as lines of text; the word stands last, however wide it is displayed.

    Parameters
    ----------
    e : Evaluation
    n : int
        Number of words.
    sign : {1, -1}
        1 for the best words, -1 for the worst.

    Returns
    -------
    str

    Examples
    --------
    >>> from lm.evaluation import evaluation
    >>> print(extremes(evaluation([-2.0, -8.0], [2, 4], ["a", "bob"]), 1, -1))
    nats per character  log-probability  characters  word
    2.0000              -8.0000          4           bob
    """
    kind = UNITS[e.unit]
    lines = [[f"nats per {kind.token}", "log-probability", f"{kind.token}s", kind.text]]
    lines += [[f"{loss:.4f}", f"{total:.4f}", f"{size:,}", word] for word, size, total, loss in e.ranked(n, sign)]
    return columns(lines, "<<<<")


def _unit(evaluations: Mapping[str, Evaluation]) -> Unit:
    return UNITS[next(iter(evaluations.values())).unit]


def _cells(loss: Loss, digits: str) -> list[str]:
    """Return the loss in nats, in bits, and as a perplexity, whose error is exp(nll) times that of nll."""
    losses = [measured(loss.nll / unit, loss.std_error / unit) for unit in (1, log(2))]
    return [*losses, measured(loss.perplexity, loss.perplexity * loss.std_error, digits)]
