"""How well a model predicts words that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, isinf, log, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike


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
    nll = -float(log_prob.sum()) / characters
    if words < 2 or isinf(nll):
        return Evaluation(nll, nan, characters, words, impossible)
    squares = float(np.square(log_prob + nll * length).sum())
    return Evaluation(nll, sqrt(words / (words - 1) * squares) / characters, characters, words, impossible)
