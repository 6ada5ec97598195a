"""Evaluations as tables of text."""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from lm.command import columns
from lm.evaluation import Evaluation, Loss, impossible, measured
from lm.vocabulary import UNITS, Unit


def table(evaluations: Mapping[str, Evaluation], characters: int) -> str:
    """Evaluations in lines below one another, beside an even guess among the characters.

    >>> print(table({"test": evaluation([-2.0, -6.0], [2, 4])}, 27))
                   nats a character  bits a character  perplexity     words
    an even guess  3.295837          4.754888          27.000
    test           1.3333 ± 0.2222   1.9236 ± 0.3206   3.794 ± 0.843      2
    """
    kind, guess = _kind(evaluations), log(characters)
    lines = [["", f"nats a {kind.token}", f"bits a {kind.token}", "perplexity", f"{kind.text}s"]]
    lines += [["an even guess", f"{guess:.6f}", f"{guess / log(2):.6f}", f"{characters:.3f}", ""]]
    lines += [[label, *_units(e, ".3f"), f"{e.words:,}"] for label, e in evaluations.items()]
    notes = [impossible(e, f" of {label}") for label, e in evaluations.items() if e.impossible]
    return "\n".join([columns(lines), *notes])


def table_of_words(evaluations: Mapping[str, Evaluation]) -> str:
    """The same a word.

    >>> print(table_of_words({"test": evaluation([-2.0, -6.0], [2, 4])}))
          nats a word      bits a word      perplexity     characters
    test  4.0000 ± 2.0000  5.7708 ± 2.8854  54.6 ± 109.2            6
    """
    kind = _kind(evaluations)
    lines = [["", f"nats a {kind.text}", f"bits a {kind.text}", "perplexity", f"{kind.token}s"]]
    lines += [[label, *_units(e.per_word, ".4g"), f"{e.n:,}"] for label, e in evaluations.items()]
    return columns(lines)


def extremes(e: Evaluation, n: int, sign: int) -> str:
    """The `n` best words, or with sign -1 the worst, in lines; a word stands last, however wide it is drawn.

    >>> print(extremes(evaluation([-2.0, -8.0], [2, 4], ["a", "bob"]), 1, -1))
    nats a character  log-probability  characters  word
    2.0000            -8.0000          4           bob
    """
    kind = UNITS[e.unit]
    lines = [[f"nats a {kind.token}", "log-probability", f"{kind.token}s", kind.text]]
    lines += [[f"{loss:.4f}", f"{total:.4f}", f"{size:,}", word] for word, size, total, loss in e.ranked(n, sign)]
    return columns(lines, "<<<<")


def _kind(evaluations: Mapping[str, Evaluation]) -> Unit:
    return UNITS[next(iter(evaluations.values())).unit]


def _units(loss: Loss, digits: str) -> list[str]:
    """In nats, in bits, and as a perplexity, whose error is exp'(nll) times that of nll."""
    losses = [measured(loss.nll / unit, loss.std_error / unit) for unit in (1, log(2))]
    return [*losses, measured(loss.perplexity, loss.perplexity * loss.std_error, digits)]
