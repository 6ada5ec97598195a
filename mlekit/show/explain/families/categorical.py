"""Sentences about a categorical distribution."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..formatting import columns, combined, label, listed, many, num, percent, span
from ..page import Line
from ._words import Parts, Words

if TYPE_CHECKING:
    from ....data.stats import Stats

SHOWN = 6
RARE = 5


class Categorical(Words):
    """One of several levels."""

    params = ("p",)
    canonical: ClassVar[str] = "softmax"
    residual: ClassVar[str] = "(1 if y is the level, else 0) - p[level]"
    row = "log p[y]"
    exact = "the Clopper-Pearson interval of each level against all others, each at 95% by itself"

    def noun(self, param: str) -> str:
        return f"the probabilities of {self.y}"

    @property
    def levels(self) -> list[tuple[str, float, float]]:
        """(label, count with imaginary rows, estimate), the most frequent first."""
        counts = self._counts(self.facts.problem.form.stats)
        if self.facts.imaginary is not None:
            counts = counts + self._counts(self.facts.imaginary)
        found = zip(self.facts.classes, counts.tolist(), self.facts.value.values(), strict=True)
        return sorted(((label(k), n, p) for k, n, p in found), key=lambda it: -it[1])

    def _counts(self, stats: Stats) -> NDArray[np.float64]:
        return np.atleast_2d(stats["counts"])[0]

    def assumed(self) -> Parts:
        return [
            (
                f"{self.facts.each_row} is one of {many(len(self.facts.classes), 'level')}, with "
                "probabilities that are the same for every row and sum to 1. The rows are independent, and the levels "
                "have no order."
            )
        ]

    def each(self) -> str:
        return f"Each row of {self.y} is one of {len(self.facts.classes)} levels, with its own probabilities."

    def objective(self) -> Parts:
        counts = self._counts(self.facts.problem.form.stats)
        top = np.argsort(-counts, kind="stable")[:SHOWN]
        terms = combined((float(counts[k]), f"log p[{self._plain(int(k))}]") for k in top)
        more = " + ..." if len(counts) > SHOWN else ""
        return [
            (
                "The loss of a row is minus the log probability of its level, whatever the probabilities of the "
                "others. The counts of the levels are the sufficient statistics:"
            ),
            Line(f"log L(p) = {terms}{more}"),
            (
                f"At the estimate the log-likelihood is {num(self.facts.fit.llf)}; equal probabilities for the "
                f"{len(counts)} levels would give {num(-self.facts.n * log(len(counts)))}."
            ),
        ]

    def _plain(self, code: int) -> str:
        return label(self.facts.classes[code]).strip('"')

    def prior_terms(self) -> Parts:
        if self.facts.flat or self.facts.imaginary is None:
            return []
        added = self._counts(self.facts.imaginary)
        each = span(added.min(), added.max()) if np.ptp(added) else num(added.min())
        return [f"The prior adds {many(added.sum(), 'imaginary row')}, {each} per level."]

    def solution(self) -> Parts:
        name, count, p = self.levels[0]
        n = sum(k for _, k, _ in self.levels)
        return [
            (
                "At the maximum the ratios count/p are equal for all observed levels; otherwise the likelihood would "
                "increase if probability moved from one to another. The probabilities are thus proportional to the "
                f"counts, and because they sum to 1, each is its count over {num(n)}:"
            ),
            Line(f"p[{name.strip(chr(34))}] = {num(count)}/{num(n)} = {num(p)}"),
        ]

    def at_boundary(self) -> Parts:
        never = [name for name, n, _ in self.levels if n <= 0]
        return [*self.solution(), f"Never observed: {listed(never[:SHOWN])}. The estimated probability is zero there."]

    def meaning(self) -> Parts:
        levels = self.levels
        shown = [[name, num(n), num(p)] for name, n, p in levels[:SHOWN]]
        rest = len(levels) - SHOWN
        more = [f"The other {many(rest, 'level')} are in fit.params."] if rest > 0 else []
        counted = "count and probability" if self.facts.flat else "count with the prior's, and probability"
        entropy = (
            ", the entropy of the observed proportions: no other probabilities have a lower loss on these rows"
            if self.facts.flat
            else ""
        )
        return [
            f"Level, {counted}, the most frequent first:",
            *map(Line, columns(shown)),
            *more,
            (
                f"The mean loss is {num(-self.facts.fit.llf / self.facts.n)} nats per row{entropy}. Equal "
                f"probabilities would have a loss of log {len(levels)} = {num(log(len(levels)))}."
            ),
        ]

    def information(self) -> Parts:
        name, _, p = self.levels[0]
        n = sum(k for _, k, _ in self.levels)
        if not 0 < p < 1:
            return []
        return [
            (
                "The probability of each level against all others is a binomial proportion, with the standard error "
                f"sqrt(p (1 - p)/n); for {name}:"
            ),
            Line(f"sqrt({num(p)} * {num(1 - p)}/{num(n)}) = {num((p * (1 - p) / n) ** 0.5)}"),
        ]

    def checks(self) -> Parts:
        if not self.facts.identical or self.facts.has_prior:
            return []
        rare, levels = sum(n < RARE for _, n, _ in self.levels), len(self.levels)
        if not rare:
            return []
        occurs, its, it = (
            ("occurs", "its probability is", "it") if rare == 1 else ("occur", "their probabilities are", "them")
        )
        return [
            (
                f"{rare} of {many(levels, 'level')} ({percent(rare / levels)}) {occurs} fewer than {RARE} times, so "
                f"{its} very uncertain. A Dirichlet prior would stabilise {it}: prior=mlekit.priors.Dirichlet(2)."
            )
        ]
