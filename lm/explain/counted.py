"""Explanations of models that are estimated from counts: the bigram, n-grams, and mixtures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lm.explain.page import SHOWN, Page, Parts, before
from lm.vocabulary import pairs
from mlekit.show import Line, listed, many, num

if TYPE_CHECKING:
    from lm.fit import Fit
    from lm.models.bigram import TablePredictor
    from lm.models.mixture import MixturePredictor
    from lm.models.ngram import BackoffPredictor


class TablePage(Page):
    """Explanation of a bigram.

    Parameters
    ----------
    fit : Fit
    predictor : TablePredictor
    """

    def __init__(self, fit: Fit, predictor: TablePredictor) -> None:
        super().__init__(fit)
        self.table = predictor

    def dependence(self) -> Parts:
        return [
            (
                f"This model looks back one {self.token}: the next {self.token} depends on the one before it only. Its "
                f"parameters are a table of {self.size} by {self.size} probabilities, with one row per {self.token} "
                "and one for the start."
            )
        ]

    def solved(self) -> Parts:
        said = [
            "Each row of the table is a categorical distribution; the maximum has a closed form: relative frequencies."
        ]
        if self._pair is None:
            return said
        (a, b), together, alone, p = self._pair
        if self.fit.prior is None:
            return [
                *said,
                Line(f"p({b} | {a}) = count({self.joined(a, b)})/count({a}) = {num(together)}/{num(alone)} = {num(p)}"),
            ]
        return [
            *said,
            (
                f'The prior adds imaginary pairs to every cell. "{self.joined(a, b)}" came {num(together)} times, '
                f'and "{a}" {num(alone)} times:'
            ),
            Line(f"p({b} | {a}) = {num(p)}, against {num(together / alone)} from the counts alone"),
        ]

    def joined(self, a: str, b: str) -> str:
        """Return two tokens in a row."""
        return f"{a}{b}" if self.spelled else f"{a} {b}"

    @cached_property
    def _pair(self) -> tuple[tuple[str, str], float, float, float] | None:
        """The most frequent pair: its tokens, the counts of the pair and of its first token, and its probability."""
        if not self.fit.words or float(self.fit.vocabulary.lengths(self.fit.words).sum()) != self.fit.nobs:
            return None
        previous, following = pairs(self.fit.words, self.fit.vocabulary)
        inner = (previous > 0) & (following > 0)
        if not inner.any():
            return None
        code = np.bincount(previous[inner] * self.size + following[inner]).argmax()
        a, b = divmod(int(code), self.size)
        together, alone = float(((previous == a) & (following == b)).sum()), float((previous == a).sum())
        tokens = self.fit.vocabulary.symbols[a], self.fit.vocabulary.symbols[b]
        return tokens, together, alone, float(self.table.probabilities[a, b])

    def errors(self) -> Parts:
        if self._pair is None:
            return ["Each cell has a standard error, sqrt(p (1 - p)/n) with the n of its row: fit.bse."]
        (a, b), _, alone, _ = self._pair
        error = float(self.table.bse.to_numpy()[*map(self.fit.vocabulary.symbols.index, (a, b))])
        value = f"it is {num(error)}" if error > 0 else "there is no error, since nothing else came,"
        n = many(alone, "observation") + (" and those that the prior imagines" if self.fit.prior is not None else "")
        return [
            (
                "Each cell is a proportion among the observations of its row: its standard error is "
                f"sqrt(p (1 - p)/n). For p({b} | {a}) {value} with {n}. Rows of rare {self.token}s have few "
                "observations and are uncertain."
            ),
        ]

    @property
    def checked(self) -> Sequence[str]:
        return self.fit.verdict.reasons[:1]

    def doubts(self) -> Parts:
        table = self.table.probabilities
        never = int(np.count_nonzero(table == 0))
        if not never:
            prior = "No pair is impossible because of the prior, which alone determines pairs that never came."
            return [f"{self.ratio}. {prior if self.fit.prior is not None else 'Every pair came.'}"]
        return [
            (
                f"{num(never)} of {num(table.size)} pairs never came, and are impossible here: a new {self.text} with "
                f"one of them has probability zero, and the loss of a list with such a {self.text} is infinite. With "
                "prior=mlekit.priors.Dirichlet(2), which adds one imaginary pair to each cell, all are possible."
            ),
            f"{self.ratio}.",
        ]


class BackoffPage(Page):
    """Explanation of an n-gram model.

    Parameters
    ----------
    fit : Fit
    predictor : BackoffPredictor
    """

    def __init__(self, fit: Fit, predictor: BackoffPredictor) -> None:
        super().__init__(fit)
        self.tables = predictor

    def dependence(self) -> Parts:
        if not self.predictor.memory:
            return [f"This model looks at nothing before: all {self.token}s have the same distribution."]
        counts = f"This model looks at {before(self.predictor.memory, self.token)}, and counts what came after them."
        if self.predictor.method is None:
            return [f"{counts} Shorter contexts are not used."]
        return [
            (
                f"{counts} Few contexts of that length came often, so their frequencies are averaged with those of "
                "shorter contexts, down to the uniform distribution."
            )
        ]

    def solved(self) -> Parts:
        rows = [
            f"{order} {self.token}{'' if order == 1 else 's'}: {num(len(level.keys))} distinct"
            for order, level in enumerate(self.tables.levels, 1)
        ]
        return [
            (
                f"Counted in one pass, and then smoothed by a formula: {'; '.join(self.fit.verdict.reasons)}. "
                "Observed sequences by length:"
            ),
            *[Line(row) for row in rows[: SHOWN + 2]],
        ]

    def doubts(self) -> Parts:
        if self.predictor.memory < 2:
            return [f"{self.ratio}."]
        return [
            (
                f"{self.ratio}: most contexts of full length came once or twice, so the loss on its own words is "
                "nearly that of a memorised list. Choose the order and the smoothing by held-out words."
            )
        ]


class MixturePage(Page):
    """Explanation of a mixture.

    Parameters
    ----------
    fit : Fit
    predictor : MixturePredictor
    """

    def __init__(self, fit: Fit, predictor: MixturePredictor) -> None:
        super().__init__(fit)
        self.mixture = predictor

    def dependence(self) -> Parts:
        weights = self.mixture.weights.tolist()
        shown = listed(f"{num(weight)} of {name}" for name, weight in zip(self.mixture.names, weights, strict=True))
        return [
            f"This model is a weighted mean of the probabilities of {many(len(weights), 'model')}: {shown}.",
            Line("p(next | before) = sum of weight times p of the part"),
        ]

    def solved(self) -> Parts:
        return [
            (
                "Each part was fitted by itself. The weights were then chosen to maximise the likelihood of words that "
                "no part was fitted to; on its own words a part that has memorised them would have all the weight."
            ),
            *[f"{reason[0].upper()}{reason[1:]}." for reason in self.fit.verdict.reasons],
        ]

    def doubts(self) -> Parts:
        most = max(self.mixture.weights)
        one = "One part has nearly all of the weight, so the others contribute little here. " if most > 0.95 else ""
        return [
            (
                f"{one}On the words that determined the weights a mixture is at least as good as its best part; it has "
                "the faults that its parts have in common."
            )
        ]
