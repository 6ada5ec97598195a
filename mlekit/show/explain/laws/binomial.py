"""The words of successes among tries."""

from __future__ import annotations

import numpy as np

from ..page import Line
from ..say import many, num, span
from ._coin import Coin
from ._words import Parts


class Binomial(Coin):
    """Tries of one probability, counted in rows."""

    row = "log C(n, y) + y log p + (n - y) log(1 - p)"
    tries_in = "trials"
    tries = "tries"
    unit = ("try", "tries")
    left = "y - n p"

    def assumed(self) -> Parts:
        tries = self.total("trials") - self.added("trials")
        return [
            (
                f"{self.v.each_row} counts the successes among its tries, {many(tries, *self.unit)} in "
                "all. Every try succeeds with the same probability p, whichever row it is in, and none is swayed by "
                "another."
            )
        ]

    def each(self) -> str:
        return f"Each row of {self.y} counts successes among its tries, and has a probability p of its own."

    def objective(self) -> Parts:
        s, f = self.counts
        return [
            (
                f"In all {num(s)} tries succeeded and {num(f)} failed. A count of successes can come about in C(n, y) "
                f"orders, which adds {num(self.data('constant'))} to the log-likelihood at every p and so never moves "
                "its top:"
            ),
            Line(f"log L(p) = {self.kernel()} + {num(self.data('constant'))}"),
            f"Without that constant it is {self.against()}.",
        ]

    def meaning(self) -> Parts:
        s, f = self.counts
        seen = (
            ""
            if not self.v.flat
            else f" It is the share of all tries, {num(s)} of {num(s + f)}; a row counts by its tries."
        )
        return [f"{self.share()}{seen}"]

    def size(self) -> float:
        rows = self.v.rows
        return float(self.v.weights @ np.asarray(rows.y)[:, 1]) if rows.kept else self.data("trials")

    def doubts(self) -> Parts:
        found = self.dispersion()
        if found is None:
            return []
        ratio, low, high = found
        held = "tries of the fitted p" if self.v.designs else "tries of one p"
        told = f"The successes of the rows vary {num(ratio, 3)} times as much as {held} would"
        if ratio > high:
            mend = (
                "the errors above allow for that."
                if self.v.robust
                else f"true errors are about {num(ratio**0.5, 3)} times those above. Model p by a column, or take "
                'robust errors: fit.with_cov("robust").'
            )
            return [
                (
                    f"{told}: more than chance ({span(low, high)} is usual). p differs in a way that was not modelled, "
                    f"or tries in a row go together, and {mend}"
                )
            ]
        even = "less than chance allows" if ratio < low else "which is within chance"
        return [f"{told}, {even} ({span(low, high)} is usual)."]
