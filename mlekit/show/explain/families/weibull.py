"""Sentences about a Weibull distribution."""

from __future__ import annotations

from math import exp, gamma, log

import numpy as np

from ..formatting import many, num, span
from ..page import Line
from ._words import Parts, Words
from .normal import scores


class Weibull(Words):
    """Scale, and a shape that says whether the hazard increases or decreases."""

    title = "Weibull"
    params = ("scale", "shape")
    row = "log k - log y + t - exp t, with t = k log(y/scale) and k the shape"

    def noun(self, param: str) -> str:
        return f"the {param} of {self.y}"

    def assumed(self) -> Parts:
        return [
            (
                f"{self.facts.each_row} is a time to failure from the same Weibull distribution: the hazard at age t "
                "is proportional to t^(shape - 1). Failures are independent."
            )
        ]

    def each(self) -> str:
        return f"Each row of {self.y} is a time to failure from a Weibull distribution with its own scale."

    def objective(self) -> Parts:
        return [
            (
                f"The log density of a row is {self.row}. There are no sufficient statistics of fixed size, so all "
                "rows are used for every shape that is tried. The log-likelihood of the "
                f"{many(self.facts.n, 'row')} at the estimate is {num(self.facts.fit.llf)}."
            )
        ]

    def solution(self) -> Parts:
        if self.facts.y is None or not {"scale", "shape"} <= set(self.facts.free):
            return []
        y, k = self.facts.y, self["shape"]
        logs = np.log(y)
        mean = self.facts.mean(logs)
        powers = np.exp(k * (logs - logs.max()))
        weighted = float((self.facts.weights * logs * powers).sum() / (self.facts.weights * powers).sum())
        return [
            (
                "For a given shape the scale has a closed form. Substituting it leaves one equation for the shape k, "
                "whose left side increases in k. It was solved by a search:"
            ),
            Line("sum of y^k log y / sum of y^k - 1/k = mean of log y"),
            Line(f"{num(weighted)} - 1/{num(k)} = {num(weighted - 1 / k)}, and the mean of log y is {num(mean)}"),
            Line(f"scale = (mean of y^{num(k)})^(1/{num(k)}) = {num(self['scale'])}"),
        ]

    def meaning(self) -> Parts:
        scale, k = self["scale"], self["shape"]
        mean = num(scale * gamma(1 + 1 / k)) if k > 0.01 else "very large"
        return [
            (
                f"scale = {num(scale)}, in the units of {self.y}: the age by which 63% have failed, whatever the "
                f"shape. shape = {num(k)}: the hazard {_trend(k)}."
            ),
            f"Half have failed by {num(scale * exp(log(log(2)) / k))}; the mean is {mean}.",
        ]

    def remarks(self) -> Parts:
        if not self.facts.identical or "shape" in self.facts.fixed or self.facts.has_prior:
            return []
        low, high = self.facts.intervals[0]["shape"]
        if not low <= 1 <= high:
            return []
        return [
            (
                f"The interval of the shape, {span(low, high)}, contains 1, so these rows cannot tell an increasing "
                "hazard from a decreasing or a constant one, which is the exponential distribution."
            )
        ]

    def checks(self) -> Parts:
        return [
            *scores(self.facts),
            (
                f"Every row has to be an observed failure. Where {self.y} ends because the observation stopped "
                "(censoring), the true time is longer, and the estimated scale is too small."
            ),
        ]


def _trend(k: float) -> str:
    """Clause about the hazard, which is proportional to age^(k - 1)."""
    if k == 1:
        return "is the same at every age"
    trend = "increases with age, as with wear" if k > 1 else "decreases with age, as when weak units fail first"
    with np.errstate(over="ignore"):
        factor = float(np.exp2(k - 1))
    return f"{trend}; doubling the age multiplies it by 2^{num(k - 1)} = {num(factor)}"
