"""Sentences about a gamma distribution."""

from __future__ import annotations

from math import log, sqrt

import numpy as np

from ..formatting import num, percent
from ..page import Line
from ._words import Parts, Words
from .normal import equal_spread, scores


class Gamma(Words):
    """Mean, and a shape that fixes the coefficient of variation."""

    params = ("mean", "shape")
    row = "k log(k y/mean) - k y/mean - log y - log Gamma(k), with k the shape"

    def noun(self, param: str) -> str:
        return f"the {param} of {self.y}"

    def assumed(self) -> Parts:
        return [
            (
                f"{self.facts.each_row} is a positive amount from the same gamma distribution, whose sd is "
                "proportional to its mean: mean/sqrt(shape). Shape 1 is the exponential distribution, and a large "
                "shape is nearly normal. The rows are independent."
            )
        ]

    def each(self) -> str:
        return (
            f"Each row of {self.y} is a positive amount from a gamma distribution with its own mean and an sd "
            "proportional to that mean."
        )

    def objective(self) -> Parts:
        n, y, logs = self.data("n"), self.data("y"), self.data("log")
        return [
            "The sum of the rows and the sum of their logarithms are the sufficient statistics; with k for the shape:",
            Line(f"log L = {num(n)} (k log k - log Gamma(k) - k log mean)"),
            Line(f"        + (k - 1) * {_in_brackets(logs)} - k * {num(y)}/mean"),
            f"At the estimate the log-likelihood is {num(self.facts.fit.llf)}.",
        ]

    def solution(self) -> Parts:
        n, y, logs = self.total("n"), self.total("y"), self.total("log")
        gap, k = num(log(y / n) - logs / n), num(self["shape"])
        mean = Line(f"mean: {num(y)}/{num(n)} = {num(self['mean'])}")
        if "shape" not in self.facts.free:
            return ["The mean has a closed form:", mean]
        return [
            "The mean has a closed form; the shape was found by a search, as the root of an equation that falls in k:",
            mean,
            Line(f"shape: log k - digamma(k) = log(mean of y) - mean of log y = {gap}, k = {k}"),
        ]

    def meaning(self) -> Parts:
        mean, k = self["mean"], self["shape"]
        return [
            (
                f"mean = {num(mean)}, in the units of {self.y}. shape = {num(k)}: the sd is "
                f"{num(mean)}/sqrt({num(k)}) = {num(mean / sqrt(k))}, a coefficient of variation of "
                f"{percent(k**-0.5)}."
            )
        ]

    def information(self) -> Parts:
        if self.facts.has_prior or not {"mean", "shape"} <= set(self.facts.free):
            return []
        n, mean, k = self.total("n"), self["mean"], self["shape"]
        value = n * k / mean**2
        return [
            (
                "The observed information about the mean is n k/mean^2, and its standard error is one over the square "
                "root:"
            ),
            Line(f"{num(n)} * {num(k)}/{num(mean)}^2 = {num(value)}    1/sqrt({num(value)}) = {num(value**-0.5)}"),
        ]

    def checks(self) -> Parts:
        if self.facts.designs:
            remedy = 'a formula for the shape too, {"mean": ..., "shape": "~ x"}'
            return [*scores(self.facts), *equal_spread(self.facts, remedy)]
        y, fitted = self.facts.y, self.fitted()
        if y is None or not self.facts.identical or not (y > 0).all():
            return []
        observed = float(self.facts.weights[y <= 0.05 * self["mean"]].sum() / self.facts.n)
        expected = float(fitted.cdf(0.05 * self["mean"])) if fitted is not None else np.nan
        if not np.isfinite(expected):
            return []
        return [
            *scores(self.facts),
            (
                "Very small amounts are influential, because their logarithms are far from the others: "
                f"{percent(observed)} of the rows are below a twentieth of the mean, and the fitted distribution "
                f"expects {percent(expected)}. Zeros are impossible under it."
            ),
        ]


def _in_brackets(value: float) -> str:
    return f"({num(value)})" if value < 0 else num(value)
