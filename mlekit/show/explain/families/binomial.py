"""Sentences about a binomial distribution."""

from __future__ import annotations

import numpy as np

from ..formatting import many, num, span
from ..page import Line
from ._coin import Coin
from ._words import Parts


class Binomial(Coin):
    """Numbers of successes in numbers of trials."""

    row = "log C(n, y) + y log p + (n - y) log(1 - p)"
    trials_statistic = "trials"
    trials = "trials"
    unit = ("trial", "trials")
    residual = "y - n p"

    def assumed(self) -> Parts:
        trials = self.data(self.trials_statistic)
        return [
            (
                f"{self.facts.each_row} is the number of successes in independent trials, {many(trials, 'trial')} in "
                "all, and every trial has the same probability of success p."
            )
        ]

    def each(self) -> str:
        return f"Each row of {self.y} is the number of successes in its trials, with its own probability of success p."

    def objective(self) -> Parts:
        s, f = self.counts
        constant = num(self.data("constant"))
        return [
            (
                f"In all, {many(s, 'trial')} succeeded and {num(f)} failed. The number of orders in which y successes "
                f"can occur, C(n, y), adds {constant} to the log-likelihood whatever p is, so it does not move the "
                "maximum:"
            ),
            Line(f"log L(p) = {self.kernel()} + {constant}"),
            f"Without that constant the log-likelihood at the estimate is {self.beside_even()}.",
        ]

    def meaning(self) -> Parts:
        s, f = self.counts
        observed = f" This is the proportion of all trials that succeeded, {num(s)} of {num(s + f)}."
        return [f"{self.expected()}{observed if self.facts.flat else ''}"]

    def size(self) -> float:
        rows = self.facts.rows
        return float(self.facts.weights @ np.asarray(rows.y)[:, 1]) if rows.kept else self.data(self.trials_statistic)

    def checks(self) -> Parts:
        found = self.dispersion()
        if found is None:
            return []
        ratio, low, high = found
        variance = f"The counts of successes vary {num(ratio, 3)} times as much as a binomial distribution implies"
        if ratio > high:
            remedy = (
                "The standard errors above allow for this."
                if self.facts.robust
                else f"The true standard errors are about {num(ratio**0.5, 3)} times those above: model p by a column, "
                'or use fit.with_cov("robust").'
            )
            return [
                (
                    f"{variance}, more than chance explains ({span(low, high)} is usual): p varies in a way that was "
                    f"not modelled, or trials of the same row are dependent. {remedy}"
                )
            ]
        chance = "less than chance explains" if ratio < low else "which chance explains"
        return [f"{variance}, {chance} ({span(low, high)} is usual)."]
