"""The words of a coin."""

from __future__ import annotations

from math import log

from ..page import Line
from ..say import label, many, num
from ._coin import Coin
from ._words import Parts


class Bernoulli(Coin):
    """Yes or no, in the words of the labels."""

    row = "y log p + (1 - y) log(1 - p)"

    @property
    def yes(self) -> str:
        return label(self.v.family.classes()[1])

    @property
    def kinds(self) -> tuple[str, str]:
        return self.yes, label(self.v.family.classes()[0])

    def only(self, kind: str) -> str:
        return f"All rows came out as {kind}"

    def more(self, which: int, count: float) -> str:
        return f"{many(count, 'more row')} of {self.kinds[which]}"

    def assumed(self) -> Parts:
        return [
            (
                f"{self.v.each_row} came out as {self.yes} with one probability p, and as "
                f"{self.kinds[1]} with 1 - p. The p is the same for all of them, and no row is swayed by another."
            )
        ]

    def each(self) -> str:
        return f"Each row of {self.y} came out as {self.yes} with a probability p of its own, else as {self.kinds[1]}."

    def objective(self) -> Parts:
        s, f = self.counts
        (yes, no), came = self.kinds, [num(k) if k else "none" for k in (s, f)]
        return [
            (
                f"Independent rows multiply: {came[0]} came out as {yes} and {came[1]} as {no}, and in the order in "
                f"which they came that has the probability p^{num(s)} (1 - p)^{num(f)}. Its logarithm is a sum with "
                "its top at the same p:"
            ),
            Line(f"log L(p) = {self.kernel()}"),
            (
                f"Of the data only these two counts are left. The order is not in the formula. At the estimate it is "
                f"{self.against()}."
            ),
        ]

    def meaning(self) -> Parts:
        s, f = self.counts
        llf = self.v.fit.llf
        said = [self.share()]
        if self.v.flat:
            said[0] += f" It is the share that was seen, {num(s)} of {num(s + f)}."
        if llf == 0:
            return [*said, "A log-likelihood of 0 means that the law calls these rows certain: their probability is 1."]
        loss = -llf / self.v.n
        told = f"The log-likelihood {num(llf)} is {num(loss)} nats a row"
        if not self.v.flat:
            return [*said, f"{told}; maximum likelihood would reach {num(-_entropy(s, f))}."]
        return [*said, f"{told}: the entropy of these shares, and no other p comes below it on these rows."]

    def doubts(self) -> Parts:
        if self.v.designs:
            return self._events()
        return [
            (
                f"A column of {self.kinds[1]} and {self.yes} has the variance p (1 - p) whatever its rows are like, so "
                "it cannot show whether p differed from row to row. If you know something of the rows, ask: "
                f'mlekit.fit(data, "{self.y} ~ column", family="bernoulli").'
            )
        ]

    def _events(self) -> Parts:
        """Of a regression: the rarer label is what coefficients are learned from."""
        y, k = self.v.y, self.v.problem.size
        if y is None:
            return []
        s = float(self.v.weights @ y)
        rarer, which = min((s, self.yes), (self.v.n - s, self.kinds[1]))
        each = (
            f"{which} is the rarer label: {num(rarer)} of {num(self.v.n)} rows, {num(rarer / k, 3)} for each number "
            "of the formula."
        )
        if rarer >= 10 * k:
            return [each]
        return [
            (
                f"{each} Below about 10 the coefficients come out too far from zero, and with a few more columns the "
                "labels can be told apart without error, where no finite maximum is left. "
                + (
                    "The prior holds them."
                    if self.v.believed
                    else "A prior holds them: prior=mlekit.priors.Normal(0, 2.5)."
                )
            )
        ]


def _entropy(s: float, f: float) -> float:
    n = s + f
    return sum(k / n * log(k / n) for k in (s, f) if k)
