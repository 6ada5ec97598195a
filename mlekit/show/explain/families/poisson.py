"""Sentences about a Poisson distribution."""

from __future__ import annotations

from math import exp

from ..formatting import combined, many, num, percent, span
from ..page import Line
from ._words import Parts, Words


class Poisson(Words):
    """Counts of events that occur at a constant rate."""

    title = "Poisson"
    params = ("rate",)
    canonical = "log"
    residual = "y - rate"
    row = "y log rate - rate - log y!"
    exact = (
        "Garwood's exact interval: it contains every rate under which a total at least as high as the observed one, "
        "and a total at least as low, each have probability 2.5% or more"
    )

    def noun(self, param: str) -> str:
        return f"the mean of {self.y}"

    def assumed(self) -> Parts:
        return [
            (
                f"{self.facts.each_row} counts events that occur independently, at the same constant rate. Such counts "
                "follow a Poisson distribution, whose variance equals its mean."
            )
        ]

    def each(self) -> str:
        return (
            f"Each row of {self.y} counts events that occur independently at its own rate. The count has a Poisson "
            "distribution, with that rate as its mean and as its variance."
        )

    def objective(self) -> Parts:
        n, y = self.data("n"), self.data("y")
        if not y:
            return [
                f"A row without events has probability e^-rate, and there are {many(n, 'such row')}:",
                Line(f"log L(rate) = {combined([(-n, 'rate')])}"),
            ]
        return [
            (
                f"The log probability of a count y is {self.row}. In all rows together there "
                f"{'is' if y == 1 else 'are'} {many(y, 'event')}:"
            ),
            Line(f"log L(rate) = {combined([(y, 'log(rate)'), (-n, 'rate'), (self.data('constant'), '')])}"),
            (
                "How the events are distributed over the rows matters only for log y!, which does not depend on the "
                f"rate. At the estimate the log-likelihood is {num(self.facts.fit.llf)}."
            ),
        ]

    def prior_terms(self) -> Parts:
        y, n = self.added("y"), self.added("n")
        terms = [(self.total("y"), "log(rate)"), (-self.total("n"), "rate")]
        return [
            f"The prior adds {many(y, 'imaginary event')} in {many(n, 'imaginary row')}:",
            Line(f"log posterior(rate) = {combined(terms)} + a constant"),
        ]

    def solution(self) -> Parts:
        n, y = self.total("n"), self.total("y")
        return [
            f"At the maximum the derivative of the {self.curve} is zero:",
            Line(f"{num(y)}/rate - {num(n)} = 0, so rate = {num(y)}/{num(n)} = {num(self['rate'])}"),
        ]

    def at_boundary(self) -> Parts:
        n = self.total("n")
        return [
            (
                f"There are no events, so the {self.curve} is {combined([(-n, 'rate')])}, which decreases in the "
                "rate. Its maximum is on the boundary of the parameter space, at rate = 0, and no positive rate "
                "attains it."
            ),
            (
                f"The derivative there is -{num(n)}, not zero. The interval gives the largest rate that is compatible "
                "with no events."
            ),
        ]

    def meaning(self) -> Parts:
        rate = self["rate"]
        if not rate:
            return ["rate = 0: taken literally, no event can ever occur, and a first one would have an infinite loss."]
        return [
            (
                f"rate = {num(rate)}: the mean number of events per row. At this rate {percent(exp(-rate))} of rows "
                f"have no event, and the sd of the counts is sqrt({num(rate)}) = {num(rate**0.5)}."
            )
        ]

    def information(self) -> Parts:
        rate, n = self["rate"], self.total("n")
        if not rate > 0:
            return []
        value = n / rate
        return [
            self.information_is,
            Line(f"{num(n)}/{num(rate)} = {num(value)}    1/sqrt({num(value)}) = {num(value**-0.5)}"),
        ]

    def checks(self) -> Parts:
        found = self.dispersion()
        if found is None:
            return []
        ratio, low, high = found
        text = (
            "The variance of a Poisson distribution equals its mean. Here "
            f"{self.y} varies {num(ratio, 3)} times as much as that"
        )
        if ratio > high:
            over = f"{text}, more than chance explains ({span(low, high)} is usual): the counts are over-dispersed."
            return [f"{over} The mean is still estimated well, {self._remedy(ratio)}"]
        less = ": the counts are under-dispersed" if ratio < low else ""
        return [f"{text} ({span(low, high)} is usual){less}."]

    def _remedy(self, ratio: float) -> str:
        if self.facts.robust:
            return "and the standard errors above allow for this."
        return (
            f"but the true standard errors are about sqrt({num(ratio, 3)}) = {num(ratio**0.5, 3)} times those above: "
            "use "
            'fit.with_cov("robust"), or look for a column that explains the rest.'
        )
