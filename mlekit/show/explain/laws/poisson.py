"""The words of counts."""

from __future__ import annotations

from math import exp

from ..page import Line
from ..say import combined, many, num, span
from ._words import Parts, Words

MENDED = "The mean is still estimated well, and the errors above allow for it."


class Poisson(Words):
    """Events at a steady rate."""

    params = ("rate",)
    canonical = "log"
    left = "y - rate"
    row = "y log rate - rate - log y!"
    exact = (
        "Garwood's: it holds each rate under which so high a total, and so low a one, each have a chance of 2.5% or "
        "more"
    )

    def noun(self, param: str) -> str:
        return f"the mean of {self.y}"

    def assumed(self) -> Parts:
        return [
            (
                f"{self.v.each_row} counts events that come one by one, at one steady rate, "
                "and no event makes another likelier. Such counts follow a Poisson law, whose variance equals its mean."
            )
        ]

    def each(self) -> str:
        return (
            f"Each row of {self.y} counts events that come independently, at a rate of its own. The Poisson law of a "
            "row has that rate as its mean and as its variance too."
        )

    def objective(self) -> Parts:
        n, y = self.data("n"), self.data("y")
        if not y:
            return [
                f"A row without an event has the probability e^-rate. There are {num(n)} of them and no other:",
                Line(f"log L(rate) = {combined([(-n, 'rate')])}"),
            ]
        return [
            f"A count y has the log-probability {self.row}. Over all rows there are {num(y)} events:",
            Line(f"log L(rate) = {combined([(y, 'log(rate)'), (-n, 'rate'), (self.data('constant'), '')])}"),
            (
                "How the events are shared out among the rows is only in log y!, which no rate changes. At the "
                f"estimate it is {num(self.v.fit.llf)}."
            ),
        ]

    def belief(self) -> Parts:
        y, n = self.added("y"), self.added("n")
        terms = [(self.total("y"), "log(rate)"), (-self.total("n"), "rate")]
        return [
            f"The prior adds {many(y, 'imaginary event')} in {many(n, 'imaginary row')}:",
            Line(f"log posterior(rate) = {combined(terms)} + a constant"),
        ]

    def solution(self) -> Parts:
        n, y = self.total("n"), self.total("y")
        return [
            "The logarithm pulls the rate up, each row pulls it down by one. At the top the pulls are equal:",
            Line(f"{num(y)}/rate = {num(n)}, so rate = {num(y)}/{num(n)} = {num(self['rate'])}"),
        ]

    def end(self) -> Parts:
        n = self.total("n")
        return [
            (
                f"No event came, so the log-likelihood is {combined([(-n, 'rate')])}: it falls from the start, "
                "and its top is the end of the set, rate = 0. No rate above 0 attains it."
            ),
            f"The slope there is -{num(n)} and not zero. The interval says how large a rate could still have hidden.",
        ]

    def meaning(self) -> Parts:
        rate = self["rate"]
        if not rate:
            return ["rate = 0: taken at its word, no event ever comes, and a first one would be an infinite surprise."]
        none = exp(-rate)
        return [
            (
                f"rate = {num(rate)}: so many events a row on average. Under it {num(100 * none, 3)} rows in 100 would "
                f"have none, and counts would spread about the mean with an sd of sqrt({num(rate)}) = {num(rate**0.5)}."
            )
        ]

    def information(self) -> Parts:
        rate, n = self["rate"], self.total("n")
        if not rate > 0:
            return []
        value = n / rate
        return [
            "The curvature at the top is the information; more rows or a smaller rate make it sharper:",
            Line(f"{num(n)}/{num(rate)} = {num(value)}    1/sqrt({num(value)}) = {num(value**-0.5)}"),
        ]

    def doubts(self) -> Parts:
        found = self.dispersion()
        if found is None:
            return []
        ratio, low, high = found
        told = (
            f"A Poisson law ties the variance to the mean. Here {self.y} varies {num(ratio, 3)} times as much as that"
        )
        if ratio > high:
            found = f"{told}, more than chance allows ({span(low, high)} is usual): the counts are over-dispersed. "
            return [found + (MENDED if self.v.robust else self._mend(ratio))]
        less = ": the counts are more even than chance" if ratio < low else ""
        return [f"{told} ({span(low, high)} is usual){less}."]

    def _mend(self, ratio: float) -> str:
        return (
            f"The mean is still estimated well, but true errors are about sqrt({num(ratio, 3)}) = {num(ratio**0.5, 3)} "
            'times those above: fit.with_cov("robust") has such errors, and a column may explain the rest.'
        )
