"""The words of labels."""

from __future__ import annotations

from math import log
from typing import ClassVar

import numpy as np

from ..page import Line
from ..say import columns, combined, label, listed, many, num, percent, span
from ._words import Parts, Words

SHOWN = 6


class Categorical(Words):
    """One of several levels."""

    params = ("p",)
    canonical: ClassVar[str] = "softmax"
    left: ClassVar[str] = "(1 if y is the level, else 0) - p[level]"
    row = "log p[y]"
    exact = "Clopper and Pearson's, of each level against all others"

    def noun(self, param: str) -> str:
        return f"the probabilities of {self.y}"

    @property
    def shares(self) -> list[tuple[str, float, float]]:
        """(label, count with imaginary rows, estimate), the most frequent first."""
        counts = self._counts(self.v.base.stats)
        counts = counts + (0 if self.v.extra is None else self._counts(self.v.extra))
        found = zip(self.v.family.classes(), counts.tolist(), self.v.value.values(), strict=True)
        return sorted(((label(k), n, p) for k, n, p in found), key=lambda it: -it[1])

    def _counts(self, stats: object) -> np.ndarray:
        return np.atleast_2d(stats["counts"])[0]  # type: ignore[index]

    def assumed(self) -> Parts:
        levels = self.v.family.classes()
        return [
            (
                f"{self.v.each_row} is one of {many(len(levels), 'level')}, each with a probability of its "
                "own, the same for every row; these add up to 1. The levels are names: no order among them, and no "
                "two nearer to one another than others."
            )
        ]

    def each(self) -> str:
        return f"Each row of {self.y} is one of {len(self.v.family.classes())} levels, with probabilities of its own."

    def objective(self) -> Parts:
        seen = self._counts(self.v.base.stats)
        top = np.argsort(-seen, kind="stable")[:SHOWN]
        terms = combined((float(seen[k]), f"log p[{_plain(self, k)}]") for k in top)
        more = " + ..." if len(seen) > SHOWN else ""
        return [
            (
                "A row costs minus the log of the probability that its own level was given; what the others were given "
                "does not matter. Only the count of each level is left of the data:"
            ),
            Line(f"log L(p) = {terms}{more}"),
            (
                f"At the estimate it is {num(self.v.fit.llf)}; an even guess among {len(seen)} would have "
                f"{num(-self.v.n * log(len(seen)))}."
            ),
        ]

    def belief(self) -> Parts:
        if self.v.flat:
            return []
        extra = self._counts(self.v.extra)
        each = span(extra.min(), extra.max()) if np.ptp(extra) else num(extra.min())
        return [f"The prior adds {many(extra.sum(), 'imaginary row')}, {each} a level."]

    def solution(self) -> Parts:
        name, count, p = self.shares[0]
        n = sum(k for _, k, _ in self.shares)
        return [
            (
                "All pulls count/p must be equal, or a little probability moved from one level to another would gain. "
                f"So p is proportional to the counts, and with a sum of 1 it is the count over {num(n)}:"
            ),
            Line(f"p[{name.strip(chr(34))}] = {num(count)}/{num(n)} = {num(p)}"),
        ]

    def end(self) -> Parts:
        never = [name for name, n, _ in self.shares if n <= 0]
        return [*self.solution(), f"Never seen: {listed(never[:SHOWN])}, so the estimate calls that impossible."]

    def meaning(self) -> Parts:
        shown = [[name, num(n), num(p)] for name, n, p in self.shares[:SHOWN]]
        rest = len(self.shares) - SHOWN
        loss = -self.v.fit.llf / self.v.n
        more = [f"The other {many(rest, 'level')} are in fit.params."] if rest > 0 else []
        counted = "count and probability" if self.v.flat else "count with the prior's, and probability"
        entropy = "" if not self.v.flat else ", which is the entropy of the frequencies: no other shares do better"
        return [
            f"Level, {counted}, the most frequent first:",
            *map(Line, columns(shown)),
            *more,
            (
                f"A row costs {num(loss)} nats on average{entropy}. An even guess would cost log {len(self.shares)} = "
                f"{num(log(len(self.shares)))}."
            ),
        ]

    def information(self) -> Parts:
        name, _, p = self.shares[0]
        n = sum(k for _, k, _ in self.shares)
        if not 0 < p < 1:
            return []
        return [
            f"Each level against all others is a coin, with the error sqrt(p (1 - p)/n); for {name}:",
            Line(f"sqrt({num(p)} * {num(1 - p)}/{num(n)}) = {num((p * (1 - p) / n) ** 0.5)}"),
        ]

    def doubts(self) -> Parts:
        if not self.v.plain or self.v.believed:
            return []
        rare = [(name, n) for name, n, _ in self.shares if n < 5]
        if not rare:
            return []
        return [
            (
                f"Levels that came fewer than 5 times: {len(rare)} of {len(self.shares)} "
                f"({percent(len(rare) / len(self.shares))}). Their probabilities are little more than whether one of "
                "them happened to come. A Dirichlet prior steadies them: prior=mlekit.priors.Dirichlet(2)."
            )
        ]


def _plain(words: Words, code: int) -> str:
    return label(words.v.family.classes()[code]).strip('"')
