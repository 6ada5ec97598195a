"""Losses of models on words, with standard errors, and paired tests between models.

The loss is the mean of -log p(token | all tokens before it) in nats, where the end of each word is a token.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from math import exp, inf, isinf, isnan, log, nan, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from lm.aliases import Codes, Floats
from lm.difference import Difference
from lm.text import measured, plural
from lm.units import UNITS
from mlekit.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Loss:
    """Mean negative log-likelihood in nats, with its standard error.

    Attributes
    ----------
    nll : float
    std_error : float

    Examples
    --------
    >>> from lm.evaluation import Loss
    >>> Loss(nll=2.0, std_error=0.1)
    Loss(nll=2.0, std_error=0.1)
    """

    nll: float
    std_error: float

    @property
    def bits(self) -> float:
        """The loss in bits: nll / log 2.

        Examples
        --------
        >>> from lm.evaluation import Loss
        >>> round(Loss(nll=0.693147, std_error=0.1).bits, 3)
        1.0
        """
        return self.nll / log(2)

    @property
    def perplexity(self) -> float:
        """exp(nll): the number of equally probable tokens that are as uncertain.

        Examples
        --------
        >>> from lm.evaluation import Loss
        >>> round(Loss(nll=0.693147, std_error=0.1).perplexity, 3)
        2.0
        """
        return exp(self.nll) if self.nll < 700 else inf


@dataclass(frozen=True)
class Evaluation(Loss):
    """Mean loss per token in nats, the end of each word included; `per_word` has the loss per word.

    The standard error treats the words, and not their tokens, as independent. It is NaN for one word, and if some
    words are impossible: then `nll` is infinite.

    Attributes
    ----------
    nll : float
    std_error : float
    n : int
        Number of tokens.
    words : int
        Number of words.
    impossible : int
        Number of words with probability zero.
    unit : str
        Unit of the tokens: "char", "byte" or "word".

    Examples
    --------
    >>> import lm, mlekit
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
    >>> print(fit.evaluate(["ava", "mava"]))
    0.7382 ± 0.0400 nats per character (1.0650 bits, perplexity 2.092) over 2 words, 9 characters
    """

    n: int
    words: int
    impossible: int
    unit: str = "char"
    text: tuple[str, ...] = field(default=(), repr=False)
    log_probs: Floats = field(default_factory=lambda: np.zeros(0), repr=False, compare=False)
    lengths: Codes = field(default_factory=lambda: np.zeros(0, np.int64), repr=False, compare=False)

    @cached_property
    def per_word(self) -> Loss:
        """Mean loss per word: the sum over its tokens and its end.

        Examples
        --------
        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> round(fit.evaluate(["ava"]).per_word.nll, 3)
        2.773
        """
        return Loss(*_ratio(-self.log_probs, np.ones(self.words)))

    def worst(self, n: int = 10) -> pd.DataFrame:
        """Return the words with the largest loss per token.

        Parameters
        ----------
        n : int, default 10
            Number of words.

        Returns
        -------
        DataFrame
            Columns word, characters, log_prob and nll; each word once.

        Raises
        ------
        OptionError
            If the evaluation was made without the words.

        Examples
        --------
        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.evaluate(["ava", "mia"]).worst(1)["word"].tolist()
        ['ava']
        """
        return self._frame(n, -1)

    def best(self, n: int = 10) -> pd.DataFrame:
        """Return the words with the smallest loss per token.

        Parameters
        ----------
        n : int, default 10
            Number of words.

        Returns
        -------
        DataFrame
            Columns word, characters, log_prob and nll; each word once.

        Raises
        ------
        OptionError
            If the evaluation was made without the words.

        Examples
        --------
        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.evaluate(["ava", "mia"]).best(1)["word"].tolist()
        ['mia']
        """
        return self._frame(n, 1)

    def _frame(self, n: int, sign: int) -> pd.DataFrame:
        import pandas as pd

        rows = pd.DataFrame(self.ranked(n, sign), columns=["word", "characters", "log_prob", "nll"], dtype=object)
        return rows.astype({"characters": int, "log_prob": float, "nll": float})

    def ranked(self, n: int, sign: int = 1) -> list[tuple[str, int, float, float]]:
        """Return the rows of `best`, or with sign -1 those of `worst`.

        Parameters
        ----------
        n : int
            Number of words.
        sign : {1, -1}, default 1

        Returns
        -------
        list of (word, number of tokens, log-probability, loss per token)

        Raises
        ------
        OptionError
            If the evaluation was made without the words.

        Examples
        --------
        >>> from lm.evaluation import evaluation
        >>> evaluation([-2.0, -8.0], [2, 4], ["a", "bob"]).ranked(1)
        [('a', 2, -2.0, 1.0)]
        """
        if not self.text:
            raise OptionError("this evaluation was made without the words: use fit.evaluate(words)")
        loss = 0.0 - self.log_probs / self.lengths
        first: dict[str, int] = {}
        for i in np.argsort(sign * loss, kind="stable").tolist():
            first.setdefault(self.text[i], i)
        rows = list(first.values())[: max(n, 0)]
        return [(self.text[i], int(self.lengths[i]), float(self.log_probs[i]), float(loss[i])) for i in rows]

    def versus(self, other: Evaluation) -> Difference:
        """Compare the losses of two models on the same words by a paired test.

        Parameters
        ----------
        other : Evaluation
            Evaluation of the other model on the same words in the same order.

        Returns
        -------
        Difference
            This loss minus the other one, with its standard error and p-value.

        Raises
        ------
        OptionError
            If the words are not the same, or are cut into different numbers of tokens.

        Examples
        --------
        >>> from lm.evaluation import evaluation
        >>> one, two = (evaluation(l, [2, 4, 3], ["a", "bcd", "ef"]) for l in ([-2, -6, -3], [-2.5, -6.5, -4]))
        >>> print(one.versus(two))
        0.2222 ± 0.0701 nats per character less than the other over 3 words (t = -3.17, p = 0.0868)
        """
        if self.text != other.text or self.words != other.words:
            raise OptionError(
                f"versus: {self.words:,} words here and {other.words:,} there are not the same ones in the same order: "
                "evaluate both models on one list of words"
            )
        if not np.array_equal(self.lengths, other.lengths):
            kinds = " and ".join(UNITS[e.unit].token + "s" for e in (self, other))
            raise OptionError(f"versus: the losses are per {kinds}, and the numbers of these differ: use one unit")
        with np.errstate(invalid="ignore"):
            differences = other.log_probs - self.log_probs
        return Difference(*_ratio(differences, self.lengths), self.words, self.unit)

    def __str__(self) -> str:
        kind = UNITS[self.unit]
        return (
            f"{measured(self.nll, self.std_error)} nats per {kind.token} ({self.bits:.4f} bits, perplexity "
            f"{self.perplexity:.3f}) over {plural(self.words, kind.text)}, {plural(self.n, kind.token)}"
            + (f"; {impossible(self)}" if self.impossible else "")
        )


def evaluation(log_probs: ArrayLike, lengths: ArrayLike, words: Iterable[str] = (), unit: str = "char") -> Evaluation:
    """Evaluate words from their log-probabilities l and numbers of tokens m, for W words.

        nll       = - sum l / sum m
        std_error = sqrt( W / (W - 1) * sum (l + nll m)^2 ) / sum m

    The standard error is that of a ratio of two sums over words: a long word adds to both.

    Parameters
    ----------
    log_probs : array_like [W]
    lengths : array_like of int [W]
        Number of tokens of each word, its end included.
    words : iterable of str, default ()
        The words themselves, for `best`, `worst` and `versus`.
    unit : {"char", "byte", "word"}, default "char"

    Returns
    -------
    Evaluation

    Examples
    --------
    >>> evaluation([-2.0, -6.0], [2, 4]).nll
    1.3333333333333333
    """
    log_prob, length = np.asarray(log_probs, np.float64), np.asarray(lengths, np.int64)
    zero, counts = int(np.isneginf(log_prob).sum()), (int(length.sum()), len(length))
    return Evaluation(*_ratio(-log_prob, length), *counts, zero, unit, tuple(words), log_prob, length)


def _ratio(value: Floats, size: Floats | Codes) -> tuple[float, float]:
    """Return sum(value) / sum(size) and its standard error, for independent pairs."""
    count, total = len(value), float(size.sum())
    with np.errstate(invalid="ignore"):
        ratio = (0.0 + float(value.sum())) / total
    if count < 2 or isinf(ratio) or isnan(ratio):
        return ratio, nan
    return ratio, sqrt(count / (count - 1) * float(np.square(value - ratio * size).sum())) / total


def impossible(e: Evaluation, label: str = "") -> str:
    """Return a sentence with the number of impossible words.

    Parameters
    ----------
    e : Evaluation
    label : str, default ""
        Name of the words, such as "test".

    Returns
    -------
    str

    Examples
    --------
    >>> impossible(evaluation([-inf, -2.0], [3, 4]), "test")
    '1 word of test is impossible under the model'
    """
    count = plural(e.impossible, UNITS[e.unit].text) + (f" of {label}" if label else "")
    return f"{count} {'is' if e.impossible == 1 else 'are'} impossible under the model"
