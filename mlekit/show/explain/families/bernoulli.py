"""Sentences about a Bernoulli distribution."""

from __future__ import annotations

from math import log

from ..formatting import label, many, num
from ..page import Line
from ._coin import Coin
from ._words import Parts


class Bernoulli(Coin):
    """Two labels, which the sentences name."""

    title = "Bernoulli"
    row = "y log p + (1 - y) log(1 - p)"

    @property
    def success(self) -> str:
        return label(self.facts.classes[1])

    @property
    def outcomes(self) -> tuple[str, str]:
        return self.success, label(self.facts.classes[0])

    def only(self, outcome: str) -> str:
        return f"All rows are {outcome}"

    def more(self, which: int, count: float) -> str:
        return f"{many(count, 'more row')} with {self.outcomes[which]}"

    def assumed(self) -> Parts:
        success, failure = self.outcomes
        independent = "" if self.facts.n == 1 else " The rows are independent, and p is the same for all of them."
        return [
            f"{self.facts.each_row} is {success} with probability p and {failure} with probability 1 - p.{independent}"
        ]

    def each(self) -> str:
        return f"Each row of {self.y} is {self.success} with its own probability p, and {self.outcomes[1]} otherwise."

    def objective(self) -> Parts:
        s, f = self.counts
        observed = [
            f"{many(k, 'row') if k else 'no row'} with {kind}" for k, kind in zip((s, f), self.outcomes, strict=True)
        ]
        return [
            (
                f"The probabilities of independent rows multiply. For {observed[0]} and {observed[1]}, in the observed "
                f"order, the likelihood is p^{num(s)} (1 - p)^{num(f)}. Its logarithm has its maximum at the same p:"
            ),
            Line(f"log L(p) = {self.kernel()}"),
            (
                "The two counts are the sufficient statistics: the order of the rows does not matter. At the estimate "
                f"the log-likelihood is {self.beside_even()}."
            ),
        ]

    def meaning(self) -> Parts:
        s, f = self.counts
        llf = self.facts.fit.llf
        observed = f" This is the observed proportion, {num(s)} of {num(s + f)}." if self.facts.flat else ""
        expected = f"{self.expected()}{observed}"
        if llf == 0:
            return [
                expected,
                "A log-likelihood of 0 means that the fitted distribution gives these rows probability 1.",
            ]
        loss = f"The log-likelihood of {num(llf)} is a loss of {num(-llf / self.facts.n)} nats per row"
        if not self.facts.flat:
            return [expected, f"{loss}; maximum likelihood would reach {num(-_entropy(s, f))}."]
        return [
            expected,
            f"{loss}, which is the entropy of the observed proportions; no other p has a lower loss on these rows.",
        ]

    def checks(self) -> Parts:
        if self.facts.designs:
            return self._events()
        return [
            (
                f"The variance of a column of {self.outcomes[1]} and {self.success} is p (1 - p) by definition, so "
                "these rows cannot show whether p varies from row to row. If a column could explain such variation, "
                "fit a "
                f'regression: mlekit.fit(data, "{self.y} ~ column", family="bernoulli").'
            )
        ]

    def _events(self) -> Parts:
        """Of a regression: the number of rows with the less frequent label limits how much can be learned."""
        y, k = self.facts.y, self.facts.problem.size
        if y is None:
            return []
        s = float(self.facts.weights @ y)
        rarer, which = min((s, self.success), (self.facts.n - s, self.outcomes[1]))
        events = (
            f"{which} is the less frequent label, with {num(rarer)} of {many(self.facts.n, 'row')}: "
            f"{num(rarer / k, 3)} per parameter."
        )
        if rarer >= 10 * k:
            return [events]
        remedy = "The prior reduces" if self.facts.has_prior else "A prior such as mlekit.priors.Normal(0, 2.5) reduces"
        return [
            (
                f"{events} With fewer than about 10, maximum-likelihood coefficients are biased away from zero, and "
                f"with a few more columns the labels may be separated perfectly, where no finite maximum exists. "
                f"{remedy} the bias and keeps the coefficients finite."
            )
        ]


def _entropy(s: float, f: float) -> float:
    n = s + f
    return sum(k / n * log(k / n) for k in (s, f) if k)
