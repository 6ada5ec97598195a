"""The words of waiting times without memory."""

from __future__ import annotations

from ..page import Line
from ..say import combined, many, num, span
from ._words import ENOUGH, Parts, Words


class Exponential(Words):
    """Times between events that come at a steady rate."""

    params = ("mean",)
    row = "-log mean - y/mean"
    exact = "from the chi-square law that twice the total over the mean has"

    def noun(self, param: str) -> str:
        return f"the mean of {self.y}"

    def assumed(self) -> Parts:
        return [
            (
                f"{self.v.each_row} is a wait for something that comes at a steady rate. Such "
                "waits have no memory: however long it has been, the rest of the wait is as long as a new one. "
                "No wait tells anything of another."
            )
        ]

    def each(self) -> str:
        return f"Each row of {self.y} is a wait without memory, with a mean of its own."

    def objective(self) -> Parts:
        n, y = self.data("n"), self.data("y")
        return [
            f"A wait y has the log density {self.row}. The rows together took {num(y)}:",
            Line(f"log L(mean) = {combined([(-n, 'log(mean)'), (-1, f'{num(y)}/mean')])}"),
            f"The total is all that is left of the rows. At the estimate it is {num(self.v.fit.llf)}.",
        ]

    def solution(self) -> Parts:
        n, y = self.total("n"), self.total("y")
        return [
            "The first term pulls the mean down, the second up:",
            Line(f"-{num(n)}/mean + {num(y)}/mean^2 = 0, so mean = {num(y)}/{num(n)} = {num(self['mean'])}"),
        ]

    def meaning(self) -> Parts:
        mean = self["mean"]
        return [
            (
                f"mean = {num(mean)}: the average wait, in the units of {self.y}. Events come at a rate of "
                f"1/{num(mean)} = {num(1 / mean)} a unit. Half of all waits are over by "
                f"{num(0.6931471805599453 * mean)}, and 5 in 100 last longer than {num(2.995732273553991 * mean)}."
            )
        ]

    def information(self) -> Parts:
        n, mean = self.total("n"), self["mean"]
        value = n / mean**2
        return [
            "The curvature at the top is the information:",
            Line(f"{num(n)}/{num(mean)}^2 = {num(value)}    1/sqrt({num(value)}) = {num(value**-0.5)}"),
            f"The error is always the mean over sqrt(n): the relative error depends on the {many(n, 'row')} alone.",
        ]

    def doubts(self) -> Parts:
        y, mean = self.v.y, self["mean"] if "mean" in self.v.value else None
        if y is None or mean is None:
            return []
        if self.v.n < ENOUGH:
            return [f"With {many(self.v.n, 'row')} nobody can see whether waits have a memory: it is a belief here."]
        ratio = self.v.mean((y - mean) ** 2) ** 0.5 / mean
        usual = 2 / self.v.n**0.5
        told = f"Memoryless waits have an sd equal to their mean; here it is {num(ratio, 3)} times the mean"
        if abs(ratio - 1) <= usual:
            return [f"{told} ({span(1 - usual, 1 + usual)} is usual)."]
        kind = "more even, as with wear" if ratio < 1 else "more uneven, as when some wait far longer than others"
        return [
            (
                f"{told}, {kind}: the gamma and weibull laws have a shape for that, "
                "and fit.aic of fits to the same rows says whether it pays."
            )
        ]
