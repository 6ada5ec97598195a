"""Models whose numbers are counted: the bigram, n-grams, and mixtures of them with others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from lm.explain.words import SHOWN, Parts, Words, before
from lm.vocabulary import pairs
from mlekit.show import Line, listed, many, num


class Table(Words):
    """The bigram: counted pairs."""

    def looks(self) -> Parts:
        return [
            (
                f"This one looks back a single {self.mark}: the next depends on the one before it, and on nothing "
                f"earlier. All that it knows is a table of {self.size} by {self.size} probabilities, a row for each "
                f"{self.mark} and one for the start."
            )
        ]

    def solved(self) -> Parts:
        said = [
            "Every row of the table is a categorical law of its own, and its maximum is a formula: count, and divide."
        ]
        pair = self._pair
        if pair is None:
            return said
        (a, b), together, alone, p = pair
        if self.fit.prior is None:
            return [
                *said,
                Line(f"p({b} | {a}) = count({self.joined(a, b)})/count({a}) = {num(together)}/{num(alone)} = {num(p)}"),
            ]
        return [
            *said,
            (
                f'The prior adds its imaginary pairs to every cell. "{self.joined(a, b)}" came {num(together)} times, '
                f'and "{a}" {num(alone)} times:'
            ),
            Line(f"p({b} | {a}) = {num(p)}, where the counts alone would say {num(together / alone)}"),
        ]

    def joined(self, a: str, b: str) -> str:
        """Two marks in a row."""
        return f"{a}{b}" if self.mark == "character" else f"{a} {b}"

    @cached_property
    def _pair(self) -> tuple[tuple[str, str], float, float, float] | None:
        """The most frequent pair: its marks, how often it and its first came, and what the table says."""
        if not self.fit.words or float(self.fit.vocabulary.lengths(self.fit.words).sum()) != self.fit.nobs:
            return None
        previous, following = pairs(self.fit.words, self.fit.vocabulary)
        inner = (previous > 0) & (following > 0)
        if not inner.any():
            return None
        code = np.bincount(previous[inner] * self.size + following[inner]).argmax()
        a, b = divmod(int(code), self.size)
        together, alone = float(((previous == a) & (following == b)).sum()), float((previous == a).sum())
        marks = self.fit.vocabulary.symbols[a], self.fit.vocabulary.symbols[b]
        return marks, together, alone, float(self.fit.params.to_numpy()[a, b])

    def errors(self) -> Parts:
        pair = self._pair
        if pair is None:
            return ["Each cell has an error, sqrt(p (1 - p)/n) with the n of its row: fit.bse."]
        (a, b), _, alone, _ = pair
        error = float(self.fit.bse.to_numpy()[*map(self.fit.vocabulary.symbols.index, (a, b))])
        told = f"that is {num(error)}" if error > 0 else "there is none, as nothing else came,"
        visits = many(alone, "visit") + (" and those that the prior imagines" if self.fit.prior is not None else "")
        return [
            (
                "A cell is a coin that was tossed as often as its row was visited: its error is sqrt(p (1 - p)/n). "
                f"For p({b} | {a}) {told} after {visits}. Rows of rare {self.mark}s were "
                "visited seldom, and are guesses."
            ),
        ]

    @property
    def checked(self) -> Sequence[str]:
        return self.fit.verdict.reasons[:1]

    def doubts(self) -> Parts:
        table = np.asarray(self.fit.params, dtype=float)
        never = int(np.count_nonzero(table == 0))
        if not never:
            why = "No pair is impossible, thanks to the prior; what never came is judged by that alone."
            return [f"{self.ratio}. {why if self.fit.prior is not None else 'Every pair came.'}"]
        return [
            (
                f"{num(never)} of {num(table.size)} pairs never came, and are impossible here: a new "
                f"{self.things[:-1]} with one of them has probability zero, and the loss of a list with such a "
                f"{self.things[:-1]} is infinite. prior=mlekit.priors.Dirichlet(2) adds one imaginary pair to each "
                "cell and mends that."
            ),
            f"{self.ratio}.",
        ]


class Backoff(Words):
    """Counted contexts of several lengths."""

    def looks(self) -> Parts:
        if not self.predictor.reach:
            return [f"This one looks at nothing before: every {self.mark} is drawn from the same law."]
        looks = f"This one looks at {before(self.predictor.reach, self.mark)}, and counts what came after them."
        if self.predictor.aim is None:
            return [f"{looks} Shorter contexts are not asked."]
        return [
            (
                f"{looks} Few contexts that long came often, so it mixes what it counted there with what it counted in "
                "shorter ones, down to an even guess."
            )
        ]

    def solved(self) -> Parts:
        table = self.fit.params
        rows = [
            f"{order} {'mark' if order == 1 else 'marks'}: {num(row['grams'])} different"
            for order, row in table.iterrows()
        ]
        return [
            (
                f"Counted in one pass, and then smoothed by a formula: {'; '.join(self.fit.verdict.reasons)}. "
                "Sequences that came, by their length:"
            ),
            *[Line(row) for row in rows[: SHOWN + 2]],
        ]

    def doubts(self) -> Parts:
        if self.predictor.reach < 2:
            return [f"{self.ratio}."]
        return [
            (
                f"{self.ratio}: most contexts of full length came once or twice, so its loss on its own words is "
                "close to remembering them. Only held-out words can choose the order and the smoothing."
            )
        ]


class Mixed(Words):
    """Parts and weights."""

    def looks(self) -> Parts:
        weights = listed(f"{num(weight)} of {name}" for name, weight in self.fit.params.items())
        return [
            f"This one asks {many(len(self.fit.params), 'model')} and averages their probabilities: {weights}.",
            Line("p(next | before) = sum of weight times p of the part"),
        ]

    def solved(self) -> Parts:
        return [
            (
                "Each part was fitted by itself. The weights were then chosen to make words likely that no part had "
                "learned from; on its own words the part that knows them by heart would have taken all the weight."
            ),
            *[f"{reason[0].upper()}{reason[1:]}." for reason in self.fit.verdict.reasons],
        ]

    def doubts(self) -> Parts:
        best = max(self.fit.params)
        one = "One part has nearly all of the weight, so the others are of little use here. " if best > 0.95 else ""
        return [
            (
                f"{one}On the words that chose the weights a mixture is at least as good as its best part; it has the "
                "faults that its parts have in common."
            )
        ]
