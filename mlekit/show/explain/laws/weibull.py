"""The words of times to failure."""

from __future__ import annotations

from math import exp, gamma

import numpy as np

from ..page import Line
from ..say import many, num, span
from ._words import Parts, Words
from .normal import scores


class Weibull(Words):
    """A scale, and a shape that says whether the risk rises or falls."""

    params = ("scale", "shape")
    row = "log k - log y + t - exp t, with t = k log(y/scale) and k the shape"

    def noun(self, param: str) -> str:
        return f"the {param} of {self.y}"

    def assumed(self) -> Parts:
        return [
            (
                f"{self.v.each_row} is a time until something fails, from one Weibull law: the "
                "risk in the next moment goes with age as age^(shape - 1). One failure tells nothing of another."
            )
        ]

    def each(self) -> str:
        return f"Each row of {self.y} is a time to failure from a Weibull law with a scale of its own."

    def objective(self) -> Parts:
        return [
            (
                f"The log density of a row is {self.row}. There are no sums that stand for the rows: each is looked at "
                f"again for every shape that is tried. At the estimate the {many(self.v.n, 'row')} have log-likelihood "
                f"{num(self.v.fit.llf)}."
            )
        ]

    def solution(self) -> Parts:
        if self.v.y is None or not {"scale", "shape"} <= set(self.v.free):
            return []
        y, k = self.v.y, self["shape"]
        logs = np.log(y)
        mean = self.v.mean(logs)
        powers = np.exp(k * (logs - logs.max()))
        weighted = float((self.v.weights * logs * powers).sum() / (self.v.weights * powers).sum())
        return [
            (
                "Given the shape, the scale has a formula. Put in, it leaves one equation for the shape k, whose "
                "left side only rises in k:"
            ),
            Line("sum of y^k log y / sum of y^k - 1/k = mean of log y"),
            Line(f"{num(weighted)} - 1/{num(k)} = {num(weighted - 1 / k)}, and the mean of log y is {num(mean)}"),
            Line(f"scale = (mean of y^{num(k)})^(1/{num(k)}) = {num(self['scale'])}"),
        ]

    def meaning(self) -> Parts:
        scale, k = self["scale"], self["shape"]
        return [
            (
                f"scale = {num(scale)}, in the units of {self.y}: the age by which 63 in 100 have failed, whatever the "
                f"shape. shape = {num(k)}: the risk {_trend(k)}."
            ),
            (
                f"Half have failed by {num(scale * exp(-0.36651292058166435 / k))}; the mean is "
                f"{num(scale * gamma(1 + 1 / k)) if k > 0.01 else 'very large'}."
            ),
        ]

    def remarks(self) -> Parts:
        if not self.v.plain or "shape" in self.v.held or self.v.believed:
            return []
        low, high = self.v.intervals[0]["shape"]
        if low <= 1 <= high:
            return [
                (
                    f"The interval of the shape, {span(low, high)}, holds 1: these rows cannot tell a rising risk "
                    "from a falling or a steady one, which is the exponential law."
                )
            ]
        return []

    def doubts(self) -> Parts:
        return [
            *scores(self.v),
            (
                f"Every row has to be a failure that was seen. Where {self.y} stops because nobody looked any longer, "
                "the true time is longer, and the scale comes out too small."
            ),
        ]


def _trend(k: float) -> str:
    """What the risk does as age^(k - 1)."""
    if k == 1:
        return "is the same at every age"
    way = "rises with age, as with wear" if k > 1 else "falls with age, as when the weak go first"
    with np.errstate(over="ignore"):
        factor = float(np.exp2(k - 1))
    return f"{way}; doubling the age multiplies it by 2^{num(k - 1)} = {num(factor)}"
