"""How well a model predicts words that it has not seen.

    python -m lm.evaluate DIR                    the words of the run, part by part
    python -m lm.evaluate DIR --data FILE        others, one a line
    python -m lm.evaluate DIR --against OTHER    beside a second run: a paired test

The loss is the mean of -log p(character | all before it) in nats, the end of each word counted.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import permutations
from math import exp, inf, isfinite, isinf, isnan, log, nan, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lm.command import Parser, columns, natural, tell
from lm.corpus import read
from lm.vocabulary import UNITS, Codes, Unit
from lm.words import Floats, known
from mlekit.errors import DataError, OptionError

if TYPE_CHECKING:
    import pandas as pd

FITTED = "train"  # the part that a run was fitted to


@dataclass(frozen=True)
class Loss:
    """A mean loss in nats, with its standard error.

    >>> from lm.evaluate import Loss
    >>> Loss(nll=2.0, std_error=0.1)
    Loss(nll=2.0, std_error=0.1)
    """

    nll: float
    std_error: float

    @property
    def bits(self) -> float:
        """nll / log 2.

        >>> from lm.evaluate import Loss
        >>> round(Loss(nll=0.693147, std_error=0.1).bits, 3)
        1.0
        """
        return self.nll / log(2)

    @property
    def perplexity(self) -> float:
        """exp(nll): as unsure as a fair choice among that many.

        >>> from lm.evaluate import Loss
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

        >>> from lm.evaluate import evaluation
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

        >>> from lm.evaluate import evaluation
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
            f"{self.perplexity:.3f}) over {_many(self.words, kind.text)}, {_many(self.n, kind.token)}"
            + (f"; {_impossible(self)}" if self.impossible else "")
        )


@dataclass(frozen=True)
class Difference:
    """By how much a model's loss a character is above another's on the same words; under 0 it is the better one.

    The test takes the words as drawn independently: t = difference / std_error, with a degree of freedom less than
    there are words. It is nan where no error can be told, as of one word.

    >>> from lm.evaluate import Difference
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

        >>> from lm.evaluate import Difference
        >>> Difference(difference=-0.2, std_error=0.1, words=50).statistic
        -2.0
        """
        if self.difference == 0:
            return 0.0
        return self.difference / self.std_error if self.std_error else self.difference * inf

    @property
    def p_value(self) -> float:
        """How often so large a difference comes by chance, in either direction, if there is none.

        >>> from lm.evaluate import Difference
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
            return f"no difference over {_many(self.words, kind.text)}"
        size, less = measured(abs(self.difference), self.std_error), "less" if self.difference < 0 else "more"
        sure = "" if isnan(self.std_error) else f" (t = {self.statistic:.2f}, p {chance(self.p_value)})"
        return f"{size} nats a {kind.token} {less} than the other over {_many(self.words, kind.text)}{sure}"


def evaluation(log_probs: ArrayLike, lengths: ArrayLike, words: Iterable[str] = (), unit: str = "char") -> Evaluation:
    """The evaluation of W words with log-probabilities l and lengths m, the end of each counted in m.

        nll       = - sum l / sum m
        std_error = sqrt( W / (W - 1) * sum (l + nll m)^2 ) / sum m

    The second is the error of a ratio of two sums over words: a long word moves both.

    >>> evaluation([-2.0, -6.0], [2, 4]).nll
    1.3333333333333333
    """
    log_prob, length = np.asarray(log_probs, np.float64), np.asarray(lengths, np.int64)
    impossible, counts = int(np.isneginf(log_prob).sum()), (int(length.sum()), len(length))
    return Evaluation(*_ratio(-log_prob, length), *counts, impossible, unit, tuple(words), log_prob, length)


def _ratio(value: Floats, size: NDArray[Any]) -> tuple[float, float]:
    """sum(value) / sum(size), and its standard error: the pairs are drawn independently."""
    count, total = len(value), float(size.sum())
    with np.errstate(invalid="ignore"):
        ratio = (0.0 + float(value.sum())) / total
    if count < 2 or isinf(ratio) or isnan(ratio):
        return ratio, nan
    return ratio, sqrt(count / (count - 1) * float(np.square(value - ratio * size).sum())) / total


# -- for people -------------------------------------------------------------------------------------------------------


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
    notes = [_impossible(e, f" of {label}") for label, e in evaluations.items() if e.impossible]
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


def _impossible(e: Evaluation, of: str = "") -> str:
    count = _many(e.impossible, UNITS[e.unit].text)
    return f"{count}{of} {'is' if e.impossible == 1 else 'are'} impossible under the model"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")


# -- the command ------------------------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> None:
    """`python -m lm.evaluate`."""
    from lm.files import load

    asked = parsed(arguments)
    fit, other = load(asked.folder), None if asked.against is None else load(asked.against)
    parts = parted(fit, asked)
    if asked.unknown:
        parts = {label: left(label, words, [fit] if other is None else [fit, other]) for label, words in parts.items()}
    losses = {label: _of(fit, words) for label, words in parts.items()}
    print(table(losses, len(fit.vocabulary)), table_of_words(losses), sep="\n\n")
    last = list(losses)[-1]
    if asked.data is not None and (seen := overlap(parts[last], frozenset(fit.words))):
        print(f"\n{seen} of {last} are among those that the run was fitted to")
    if asked.worst:
        print(f"\nThe worst of {last}:\n", extremes(losses[last], asked.worst, -1), sep="\n")
        print(f"\nThe best of {last}:\n", extremes(losses[last], asked.worst, 1), sep="\n")
    if other is not None:
        print(f"\nBeside {asked.against}:\n")
        fitted = {asked.folder: frozenset(fit.words), str(asked.against): frozenset(other.words)}
        for label, words in parts.items():
            print(f"{label}: {losses[label].versus(_of(other, words))}")
            for note in unfair(words, fitted):
                print(f"    {note}")


def _of(fit: Any, words: list[str]) -> Evaluation:
    try:
        return fit.evaluate(words)
    except DataError as error:
        raise DataError(f"{error} --unknown leaves such words out.") from error


def parsed(arguments: list[str] | None) -> Namespace:
    """The options."""
    parser = Parser("evaluate", (__doc__ or "").rpartition("\n\n")[0])
    add = parser.add_argument
    add("folder", metavar="DIR", help="a run of lm.train")
    parser.add_words("words, one a line; without it those of the run, part by part")
    add("--unknown", action="store_true", help="leave words out that have characters never seen, and say how many")
    add("--worst", type=natural, default=0, metavar="N", help="also show the N worst and the N best words")
    add("--against", metavar="OTHER", help="a second run: which is better on the same words, by a paired test")
    return parser.parse_args(arguments)


def parted(fit: Any, asked: Namespace) -> dict[str, list[str]]:
    """The words, by what they are for."""
    if asked.data is not None:
        return {Path(asked.data).name: read(asked.data, asked.encoding, asked.lowercase)}
    if not fit.held_out:
        raise DataError(f"{asked.folder} holds no words that were kept aside: name some with --data FILE")
    return {label: words for label, words in {FITTED: fit.words, **fit.held_out}.items() if words}


def left(label: str, words: list[str], fits: Sequence[Any]) -> list[str]:
    """The words that all models know, and a message about the others."""
    unknown = 0
    for fit in fits:
        words, more = known(words, fit.vocabulary)
        unknown += more
    if unknown:
        tell(f"{label}: {_many(unknown, 'word')} left out, for characters that were never seen in training")
    if not words:
        raise DataError(f"{label}: every word has a character that was never seen in training")
    return words


def overlap(words: list[str], fitted: frozenset[str]) -> str:
    """How many of the words are among those a model was fitted to, or nothing."""
    count = sum(word in fitted for word in words)
    return f"{count:,} of the {_many(len(words), 'word')}" if count else ""


def unfair(words: list[str], fitted: Mapping[str, frozenset[str]]) -> Iterable[str]:
    """Sentences about words that only one of two models was fitted to."""
    for one, two in permutations(fitted, 2):
        if seen := overlap(words, fitted[one] - fitted[two]):
            yield f"{one} alone was fitted to {seen}: no fair comparison"


if __name__ == "__main__":
    from lm.command import run

    run(main)
