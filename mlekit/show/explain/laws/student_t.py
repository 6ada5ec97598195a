"""The words of heavy tails."""

from __future__ import annotations

import numpy as np

from ..say import many, num, percent
from ._words import Parts, Words
from .normal import scores


class StudentT(Words):
    """A centre, a scale, and degrees of freedom that say how heavy the tails are."""

    params = ("loc", "scale", "df")
    row = "-(df + 1)/2 log(1 + u^2/df) - log scale + c(df), with u = (y - loc)/scale"

    def noun(self, param: str) -> str:
        return f"the {'centre' if param == 'loc' else param} of {self.y}"

    def assumed(self) -> Parts:
        left = "" if "df" in self.v.held else "How heavy they are, df, was left to the data. "
        return [
            (
                f"{self.v.each_row} is a centre plus an error from a t law: like a bell in the middle, "
                f"with tails that allow for rows far off. {left}The errors are independent and as often above as below."
            )
        ]

    def each(self) -> str:
        return (
            f"Each row of {self.y} is a centre of its own plus an error from a t law, whose tails allow for far rows."
        )

    def objective(self) -> Parts:
        return [
            (
                f"A row adds {self.row}. Far from the centre that falls like a logarithm and not like a square, so "
                f"one far row can cost only so much. All {many(self.v.n, 'row')} together: {num(self.v.fit.llf)}."
            )
        ]

    def meaning(self) -> Parts:
        loc, scale, df = (self[p] for p in ("loc", "scale", "df"))
        tails = "no variance" if df <= 2 else f"an sd of {num(scale * (df / (df - 2)) ** 0.5)}"
        far = scale * df**0.5
        said = [
            (
                f"loc = {num(loc)}: the centre of {self.y}. scale = {num(scale)}: the size of an ordinary error. df = "
                f"{num(df)}: {'heavy tails' if df < 10 else 'nearly a normal law'}; a law with these has {tails}."
            )
        ]
        y = self.v.y
        if y is None:
            return said
        u = np.abs(y - loc) / scale
        weight = (df + 1) / (df + u * u)
        least = int(np.argmin(np.where(self.v.weights > 0, weight, np.inf)))
        seen = self.v.mean(y)
        return [
            *said,
            (
                f"Each row pulls at the centre with the weight (df + 1)/(df + u^2). The farthest, {num(y[least])}, "
                f"has {percent(weight[least] / ((df + 1) / df))} of the weight of a row in the middle; more than "
                f"{num(far)} from the centre a row pulls less the further off it is. The plain mean would be "
                f"{num(seen)}."
            ),
        ]

    def doubts(self) -> Parts:
        tails = "" if "df" in self.v.held else "Few rows say little of tails: df is the least certain number here. "
        return [
            (
                f"{tails}The likelihood of a t law can have several peaks, so the search was begun from more than one "
                "place."
            ),
            *scores(self.v),
        ]
