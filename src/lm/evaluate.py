"""How well a model predicts words that it has not seen.

    python -m lm.evaluate DIR                 the words that the run held out
    python -m lm.evaluate DIR --data FILE     others, one a line

The loss is the mean of -log p(character | all before it) in nats, the end of each word counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, inf, isinf, isnan, log, nan, sqrt
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from mlekit.errors import DataError


@dataclass(frozen=True)
class Evaluation:
    """Mean loss a character, in nats, the end of each word counted.

    `std_error` takes the words as drawn independently, not their characters. It is nan for one word, and where words
    are impossible (`impossible` of them have probability 0), for then `nll` is infinite and has no error.
    """

    nll: float
    std_error: float
    n: int
    words: int
    impossible: int

    @property
    def bits(self) -> float:
        """nll / log 2."""
        return self.nll / log(2)

    @property
    def perplexity(self) -> float:
        """exp(nll): as unsure as a fair choice among that many characters."""
        return exp(self.nll) if self.nll < 700 else inf

    def __str__(self) -> str:
        return (
            f"{self.nll:.4f} ± {self.std_error:.4f} nats a character ({self.bits:.4f} bits, perplexity "
            f"{self.perplexity:.3f}) over {self.words:,} words, {self.n:,} characters"
            + (f"; {self.impossible:,} words are impossible under the model" if self.impossible else "")
        )


def evaluation(log_probs: ArrayLike, lengths: ArrayLike) -> Evaluation:
    """The evaluation of W words with log-probabilities l and lengths m, the end of each counted in m.

        nll       = - sum l / sum m
        std_error = sqrt( W / (W - 1) * sum (l + nll m)^2 ) / sum m

    The second is the error of a ratio of two sums over words: a long word moves both.

    >>> evaluation([-2.0, -6.0], [2, 4]).nll
    1.3333333333333333
    """
    log_prob, length = np.asarray(log_probs, np.float64), np.asarray(lengths, np.int64)
    words, characters = len(length), int(length.sum())
    impossible = int(np.isneginf(log_prob).sum())
    nll = (0.0 - float(log_prob.sum())) / characters
    if words < 2 or isinf(nll):
        return Evaluation(nll, nan, characters, words, impossible)
    squares = float(np.square(log_prob + nll * length).sum())
    return Evaluation(nll, sqrt(words / (words - 1) * squares) / characters, characters, words, impossible)


def table(evaluations: Mapping[str, Evaluation], characters: int) -> str:
    """Evaluations in lines below one another, beside an even guess among the characters.

    >>> print(table({"test": evaluation([-2.0, -6.0], [2, 4])}, 27))
                   nats a character  bits a character  perplexity  words
    an even guess  3.295837          4.754888              27.000
    test           1.3333 ± 0.2222   1.9236 ± 0.3206        3.794      2
    """
    guess = log(characters)
    lines = [["", "nats a character", "bits a character", "perplexity", "words"]]
    lines += [["an even guess", f"{guess:.6f}", f"{guess / log(2):.6f}", f"{characters:.3f}", ""]]
    for label, e in evaluations.items():
        units = [_measured(e.nll / unit, e.std_error / unit) for unit in (1, log(2))]
        lines.append([label, *units, f"{e.perplexity:.3f}", f"{e.words:,}"])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    sides = (str.ljust, str.ljust, str.ljust, str.rjust, str.rjust)
    drawn = [[pad(cell, width) for pad, cell, width in zip(sides, line, widths, strict=True)] for line in lines]
    impossible = {label: e.impossible for label, e in evaluations.items() if e.impossible}
    notes = [f"{count:,} words of {label} are impossible under the model" for label, count in impossible.items()]
    return "\n".join([*("  ".join(cells).rstrip() for cells in drawn), *notes])


def _measured(value: float, error: float) -> str:
    return f"{value:.4f}" if isnan(error) else f"{value:.4f} ± {error:.4f}"


def main(arguments: list[str] | None = None) -> None:
    """`python -m lm.evaluate`."""
    from lm.command import Parser
    from lm.corpus import read
    from lm.files import load

    parser = Parser("evaluate", "How well a trained model predicts words: the mean loss a character, ends counted.")
    parser.add_argument("folder", metavar="DIR", help="a run of lm.train")
    parser.add_argument("--data", metavar="FILE", help="words, one a line; without it the words that the run held out")
    asked = parser.parse_args(arguments)
    fit = load(asked.folder)
    if asked.data is None and not fit.held_out:
        raise DataError(f"{asked.folder} holds no words that were kept aside: name some with --data FILE")
    words = fit.held_out if asked.data is None else {Path(asked.data).name: read(asked.data)}
    print(table({name: fit.evaluate(held_out) for name, held_out in words.items()}, len(fit.vocabulary)))


if __name__ == "__main__":
    from lm.command import run

    run(main)
