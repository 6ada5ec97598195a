"""How well a model predicts words that it has not seen.

The loss is the mean of -log p(character | all before it) in nats, the end of each word counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from math import exp, inf, isfinite, isinf, isnan, log, nan, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lm.vocabulary import UNITS, Codes
from lm.words import Floats
from mlekit.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Loss:
    """A mean loss in nats, with its standard error.

    >>> from lm.evaluation import Loss
    >>> Loss(nll=2.0, std_error=0.1)
    Loss(nll=2.0, std_error=0.1)
    """

    nll: float
    std_error: float

    @property
    def bits(self) -> float:
        """nll / log 2.

        >>> from lm.evaluation import Loss
        >>> round(Loss(nll=0.693147, std_error=0.1).bits, 3)
        1.0
        """
        return self.nll / log(2)

    @property
    def perplexity(self) -> float:
        """exp(nll): as unsure as a fair choice among that many.

        >>> from lm.evaluation import Loss
        >>> round(Loss(nll=0.693147, std_error=0.1).perplexity, 3)
        2.0
        """
        return exp(self.nll) if self.nll < 700 else inf


@dataclass(frozen=True)
class Evaluation(Loss):
    """Mean loss a character, in nats, the end of each word counted; `per_word` has it a word.

    `std_error` takes the words as drawn independently, not their characters. It is nan for one word, and where words
    are impossible (`impossible` of them have probability 0), for then `nll` is infinite and has no error. Where a
    vocabulary is of bytes or of words, these are what `n` counts.

    >>> import lm, mlekit
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
    >>> print(fit.evaluate(["ava", "mava"]))
    0.7382 ± 0.0400 nats a character (1.0650 bits, perplexity 2.092) over 2 words, 9 characters
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
        """Mean loss a word: the loss of its characters and its end, added up.

        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> round(fit.evaluate(["ava"]).per_word.nll, 3)
        2.773
        """
        return Loss(*_ratio(-self.log_probs, np.ones(self.words)))

    def worst(self, n: int = 10) -> pd.DataFrame:
        """The `n` words with the largest loss a character: word, characters, log_prob, nll.

        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.evaluate(["ava", "mia"]).worst(1)["word"].tolist()
        ['ava']
        """
        return self._ranked(n, -1)

    def best(self, n: int = 10) -> pd.DataFrame:
        """The `n` words with the smallest loss a character, and the same columns.

        >>> import lm, mlekit
        >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
        >>> fit.evaluate(["ava", "mia"]).best(1)["word"].tolist()
        ['mia']
        """
        return self._ranked(n, 1)

    def _ranked(self, n: int, sign: int) -> pd.DataFrame:
        import pandas as pd

        rows = pd.DataFrame(self.ranked(n, sign), columns=["word", "characters", "log_prob", "nll"], dtype=object)
        return rows.astype({"characters": int, "log_prob": float, "nll": float})

    def ranked(self, n: int, sign: int = 1) -> list[tuple[str, int, float, float]]:
        """The rows of `best`, or with sign -1 of `worst`: each word once.

        >>> from lm.evaluation import evaluation
        >>> evaluation([-2.0, -8.0], [2, 4], ["a", "bob"]).ranked(1)
        [('a', 2, -2.0, 1.0)]
        """
        if not self.text:
            raise OptionError("the words themselves were not given to this evaluation: take fit.evaluate(words)")
        loss = 0.0 - self.log_probs / self.lengths
        first: dict[str, int] = {}
        for i in np.argsort(sign * loss, kind="stable").tolist():
            first.setdefault(self.text[i], i)
        rows = list(first.values())[: max(n, 0)]
        return [(self.text[i], int(self.lengths[i]), float(self.log_probs[i]), float(loss[i])) for i in rows]

    def versus(self, other: Evaluation) -> Difference:
        """A paired test of two models on the same words: which has the smaller loss, and how sure that is.

        >>> from lm.evaluation import evaluation
        >>> one, two = (evaluation(l, [2, 4, 3], ["a", "bcd", "ef"]) for l in ([-2, -6, -3], [-2.5, -6.5, -4]))
        >>> print(one.versus(two))
        0.2222 ± 0.0701 nats a character less than the other over 3 words (t = -3.17, p = 0.0868)
        """
        if self.text != other.text or self.words != other.words:
            raise OptionError(
                f"versus: {self.words:,} words here and {other.words:,} there are not the same ones in the same order: "
                "evaluate both models on one list of words"
            )
        if not np.array_equal(self.lengths, other.lengths):
            kinds = " and ".join(UNITS[e.unit].token + "s" for e in (self, other))
            raise OptionError(f"versus: the losses are of {kinds}, of which the words have different numbers")
        with np.errstate(invalid="ignore"):
            worse = other.log_probs - self.log_probs
        return Difference(*_ratio(worse, self.lengths), self.words, self.unit)

    def __str__(self) -> str:
        kind = UNITS[self.unit]
        return (
            f"{measured(self.nll, self.std_error)} nats a {kind.token} ({self.bits:.4f} bits, perplexity "
            f"{self.perplexity:.3f}) over {plural(self.words, kind.text)}, {plural(self.n, kind.token)}"
            + (f"; {impossible(self)}" if self.impossible else "")
        )


@dataclass(frozen=True)
class Difference:
    """By how much a model's loss a character is above another's on the same words; under 0 it is the better one.

    The test takes the words as drawn independently: t = difference / std_error, with a degree of freedom less than
    there are words. It is nan where no error can be told, as of one word.

    >>> from lm.evaluation import Difference
    >>> print(Difference(difference=-0.2, std_error=0.1, words=50))
    0.2000 ± 0.1000 nats a character less than the other over 50 words (t = -2.00, p = 0.0511)
    """

    difference: float
    std_error: float
    words: int
    unit: str = "char"

    @property
    def statistic(self) -> float:
        """difference / std_error; 0 where there is no difference at all.

        >>> from lm.evaluation import Difference
        >>> Difference(difference=-0.2, std_error=0.1, words=50).statistic
        -2.0
        """
        if self.difference == 0:
            return 0.0
        return self.difference / self.std_error if self.std_error else self.difference * inf

    @property
    def p_value(self) -> float:
        """How often so large a difference comes by chance, in either direction, if there is none.

        >>> from lm.evaluation import Difference
        >>> round(Difference(difference=-0.2, std_error=0.1, words=50).p_value, 4)
        0.0511
        """
        from scipy.special import stdtr

        return min(2 * float(stdtr(self.words - 1, -abs(self.statistic))), 1.0) if self.words > 1 else nan

    def __str__(self) -> str:
        kind = UNITS[self.unit]
        if isnan(self.difference):
            return f"both models find a {kind.text} impossible, so that their losses have no difference"
        if self.difference == 0:
            return f"no difference over {plural(self.words, kind.text)}"
        size, less = measured(abs(self.difference), self.std_error), "less" if self.difference < 0 else "more"
        sure = "" if isnan(self.std_error) else f" (t = {self.statistic:.2f}, p {chance(self.p_value)})"
        return f"{size} nats a {kind.token} {less} than the other over {plural(self.words, kind.text)}{sure}"


def evaluation(log_probs: ArrayLike, lengths: ArrayLike, words: Iterable[str] = (), unit: str = "char") -> Evaluation:
    """The evaluation of W words with log-probabilities l and lengths m, the end of each counted in m.

        nll       = - sum l / sum m
        std_error = sqrt( W / (W - 1) * sum (l + nll m)^2 ) / sum m

    The second is the error of a ratio of two sums over words: a long word moves both.

    >>> evaluation([-2.0, -6.0], [2, 4]).nll
    1.3333333333333333
    """
    log_prob, length = np.asarray(log_probs, np.float64), np.asarray(lengths, np.int64)
    never, counts = int(np.isneginf(log_prob).sum()), (int(length.sum()), len(length))
    return Evaluation(*_ratio(-log_prob, length), *counts, never, unit, tuple(words), log_prob, length)


def _ratio(value: Floats, size: NDArray[Any]) -> tuple[float, float]:
    """sum(value) / sum(size), and its standard error: the pairs are drawn independently."""
    count, total = len(value), float(size.sum())
    with np.errstate(invalid="ignore"):
        ratio = (0.0 + float(value.sum())) / total
    if count < 2 or isinf(ratio) or isnan(ratio):
        return ratio, nan
    return ratio, sqrt(count / (count - 1) * float(np.square(value - ratio * size).sum())) / total


# -- for people -------------------------------------------------------------------------------------------------------


def measured(value: float, error: float, digits: str = ".4f") -> str:
    """A value and its error, or a dash where it has none; what is infinite stands alone.

    >>> measured(2.5, 0.25), measured(2.5, nan), measured(inf, nan)
    ('2.5000 ± 0.2500', '2.5000 ± -', 'inf')
    """
    return f"{value:{digits}}" + ("" if isinf(value) else f" ± {_or_dash(error, digits)}")


def chance(p: float) -> str:
    """A p-value behind its p.

    >>> chance(0.04), chance(1e-9)
    ('= 0.0400', '< 0.0001')
    """
    return f"= {p:.4f}" if p >= 1e-4 else "< 0.0001"


def _or_dash(error: float, digits: str) -> str:
    return f"{error:{digits}}" if isfinite(error) else "-"


def impossible(e: Evaluation, of: str = "") -> str:
    """The sentence about words that a model finds impossible."""
    many = plural(e.impossible, UNITS[e.unit].text)
    return f"{many}{of} {'is' if e.impossible == 1 else 'are'} impossible under the model"


def plural(number: int, what: str) -> str:
    """So many of a thing: 1 word, 1,000 words."""
    return f"{number:,} {what}" + ("" if number == 1 else "s")
