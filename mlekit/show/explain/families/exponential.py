"""Sentences about an exponential distribution."""

from __future__ import annotations

from math import log

from ..formatting import combined, many, num, span
from ..page import Line
from ._words import ENOUGH, Parts, Words


class Exponential(Words):
    """Times between events that occur at a constant rate."""

    params = ("mean",)
    row = "-log mean - y/mean"
    exact = "exact, from the chi-squared distribution of twice the total over the mean"

    def noun(self, param: str) -> str:
        return f"the mean of {self.y}"

    def assumed(self) -> Parts:
        return [
            (
                f"{self.facts.each_row} is the waiting time for an event that occurs at a constant rate. Such waiting "
                "times are memoryless: however long the wait has been, the remaining time has the same distribution "
                "as a new one. The rows are independent."
            )
        ]

    def each(self) -> str:
        return f"Each row of {self.y} is a memoryless waiting time with its own mean."

    def objective(self) -> Parts:
        n, y = self.data("n"), self.data("y")
        return [
            f"The log density of a waiting time y is {self.row}. The total of the {many(n, 'row')} is {num(y)}:",
            Line(f"log L(mean) = {combined([(-n, 'log(mean)'), (-1, f'{num(y)}/mean')])}"),
            (
                "The number of rows and their total are the sufficient statistics. At the estimate the log-likelihood "
                f"is {num(self.facts.fit.llf)}."
            ),
        ]

    def solution(self) -> Parts:
        n, y = self.total("n"), self.total("y")
        return [
            f"At the maximum the derivative of the {self.curve} is zero:",
            Line(f"-{num(n)}/mean + {num(y)}/mean^2 = 0, so mean = {num(y)}/{num(n)} = {num(self['mean'])}"),
        ]

    def meaning(self) -> Parts:
        mean = self["mean"]
        return [
            (
                f"mean = {num(mean)}: the mean waiting time, in the units of {self.y}. Events occur at a rate of "
                f"1/{num(mean)} = {num(1 / mean)} per unit. Half of all waiting times are shorter than "
                f"{num(log(2) * mean)}, and 5% are longer than {num(log(20) * mean)}."
            )
        ]

    def information(self) -> Parts:
        n, mean = self.total("n"), self["mean"]
        value = n / mean**2
        return [
            self.information_is,
            Line(f"{num(n)}/{num(mean)}^2 = {num(value)}    1/sqrt({num(value)}) = {num(value**-0.5)}"),
            f"The standard error is always the mean over sqrt(n): the relative error depends on n = {num(n)} alone.",
        ]

    def checks(self) -> Parts:
        y, mean = self.facts.y, self.facts.value.get("mean")
        if y is None or mean is None:
            return []
        if self.facts.n < ENOUGH:
            return [
                (
                    f"With {many(self.facts.n, 'row')} it cannot be checked whether waiting times are memoryless: "
                    "this is an assumption."
                )
            ]
        ratio = self.facts.mean((y - mean) ** 2) ** 0.5 / mean
        usual = 2 / self.facts.n**0.5
        text = f"Memoryless waiting times have an sd equal to their mean; here the sd is {num(ratio, 3)} times the mean"
        if abs(ratio - 1) <= usual:
            return [f"{text} ({span(1 - usual, 1 + usual)} is usual)."]
        kind = (
            "less variable, as with wear"
            if ratio < 1
            else "more variable, as when some waits are much longer than others"
        )
        return [
            (
                f"{text}. The waiting times are {kind}: the families gamma and weibull have a shape for this, and "
                "fit.aic of fits to the same rows shows whether it improves the fit."
            )
        ]
