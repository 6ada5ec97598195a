"""Sentences about a Student t distribution."""

from __future__ import annotations

import numpy as np

from ..formatting import many, num, percent
from ._words import Parts, Words
from .normal import scores

NOUNS = {"loc": "location", "df": "degrees of freedom"}


class StudentT(Words):
    """Location, scale, and degrees of freedom that say how heavy the tails are."""

    title = "Student t"
    params = ("loc", "scale", "df")
    row = "-(df + 1)/2 log(1 + u^2/df) - log scale + c(df), with u = (y - loc)/scale"

    def noun(self, param: str) -> str:
        return f"the {NOUNS.get(param, param)} of {self.y}"

    def assumed(self) -> Parts:
        tails = "" if "df" in self.facts.fixed else " The degrees of freedom, df, which say how heavy, were estimated."
        return [
            (
                f"{self.facts.each_row} is a location plus an error from a t distribution, which resembles the normal "
                f"distribution in the middle but has heavier tails.{tails} The errors are independent and symmetric "
                "about zero."
            )
        ]

    def each(self) -> str:
        return (
            f"Each row of {self.y} is its own location plus an error from a t distribution, which allows for outliers."
        )

    def objective(self) -> Parts:
        return [
            (
                f"The log density of a row is {self.row}. Far from the location the loss grows like a logarithm, not "
                "like a square, so an outlier has little influence on the location. The log-likelihood of the "
                f"{many(self.facts.n, 'row')} is {num(self.facts.fit.llf)}."
            )
        ]

    def meaning(self) -> Parts:
        loc, scale, df = (self[p] for p in ("loc", "scale", "df"))
        tails = "no finite variance" if df <= 2 else f"an sd of {num(scale * (df / (df - 2)) ** 0.5)}"
        estimates = (
            f"loc = {num(loc)}: the centre of {self.y}. scale = {num(scale)}: the spread of the middle, which is not "
            f"the sd. df = {num(df)}: {'heavy tails' if df < 10 else 'nearly normal tails'}; the fitted distribution "
            f"has {tails}."
        )
        y = self.facts.y
        if y is None:
            return [estimates]
        u = np.abs(y - loc) / scale
        weight = (df + 1) / (df + u * u)
        least = int(np.argmin(np.where(self.facts.weights > 0, weight, np.inf)))
        return [
            estimates,
            (
                "In the estimate of the location each row has the weight (df + 1)/(df + u^2). The farthest row, "
                f"{num(y[least])}, has {percent(weight[least] / ((df + 1) / df))} of the weight of a row at the "
                f"centre. Beyond a distance of {num(scale * df**0.5)} from the centre, the influence of a row "
                f"decreases with its distance. The plain mean would be {num(self.facts.mean(y))}."
            ),
        ]

    def checks(self) -> Parts:
        tails = "" if "df" in self.facts.fixed else "Few rows are in the tails, so df is the least certain estimate. "
        return [
            (
                f"{tails}The likelihood of a t distribution can have several local maxima, so the search was started "
                "from two points; this does not prove that there is no third."
            ),
            *scores(self.facts),
        ]
