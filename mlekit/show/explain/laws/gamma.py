"""The words of positive amounts."""

from __future__ import annotations

from math import log, sqrt

import numpy as np

from ..page import Line
from ..say import num, percent
from ._words import Parts, Words
from .normal import scores, steady


class Gamma(Words):
    """A mean, and a shape that is the steadiness of the amounts."""

    params = ("mean", "shape")
    row = "k log(k y/mean) - k y/mean - log y - log Gamma(k), with k the shape"

    def noun(self, param: str) -> str:
        return f"the {param} of {self.y}"

    def assumed(self) -> Parts:
        return [
            (
                f"{self.v.each_row} is a positive amount from one gamma law. Its spread is in proportion "
                "to its size: the sd is mean/sqrt(shape). Shape 1 is the exponential law, a large shape nearly a "
                "bell. The rows are independent."
            )
        ]

    def each(self) -> str:
        return (
            f"Each row of {self.y} is a positive amount from a gamma law with a mean of its own and an sd in "
            "proportion to that mean."
        )

    def objective(self) -> Parts:
        n, y, logs = self.data("n"), self.data("y"), self.data("log")
        return [
            (
                "Of the rows only their sum and the sum of their logarithms are left, which say where they are and "
                "how far they are apart; with k for the shape:"
            ),
            Line(f"log L = {num(n)} (k log k - log Gamma(k) - k log mean)"),
            Line(f"        + (k - 1) * {_in(logs)} - k * {num(y)}/mean"),
            f"At the estimate it is {num(self.v.fit.llf)}.",
        ]

    def solution(self) -> Parts:
        n, y, logs = self.total("n"), self.total("y"), self.total("log")
        gap = log(y / n) - logs / n
        said = [Line(f"mean: {num(y)}/{num(n)} = {num(self['mean'])}")]
        if "shape" in self.v.free:
            said.append(
                Line(
                    f"shape: log k - digamma(k) = log(mean of y) - mean of log y = {num(gap)}, k = {num(self['shape'])}"
                )
            )
        told = "The mean has a formula; the shape is the root of one equation, whose left side only falls in k:"
        return [told if len(said) > 1 else "The mean has a formula:", *said]

    def meaning(self) -> Parts:
        mean, k = self["mean"], self["shape"]
        return [
            (
                f"mean = {num(mean)}, in the units of {self.y}. shape = {num(k)}: the sd is "
                f"{num(mean)}/sqrt({num(k)}) = {num(mean / sqrt(k))}, so amounts scatter by {percent(k**-0.5)} of "
                "their mean."
            )
        ]

    def information(self) -> Parts:
        if self.v.believed or not {"mean", "shape"} <= set(self.v.free):
            return []
        n, mean, k = self.total("n"), self["mean"], self["shape"]
        value = n * k / mean**2
        return [
            "The information about the mean is n k/mean^2; steadier amounts tell more:",
            Line(f"{num(n)} * {num(k)}/{num(mean)}^2 = {num(value)}    1/sqrt({num(value)}) = {num(value**-0.5)}"),
        ]

    def doubts(self) -> Parts:
        if self.v.designs:
            return [*scores(self.v), *steady(self.v, 'a formula for the shape too, {"mean": ..., "shape": "~ x"}')]
        y = self.v.y
        if y is None or not self.v.plain or not (y > 0).all():
            return []
        share = float(self.v.weights[y <= 0.05 * self["mean"]].sum() / self.v.n)
        law = self.frozen()
        expected = float(law.cdf(0.05 * self["mean"])) if law is not None else np.nan
        if not np.isfinite(expected):
            return []
        return [
            *scores(self.v),
            (
                f"Very small amounts pull hard, as their logarithm is far down: {percent(share)} of the rows are "
                f"below a twentieth of the mean, and the law expects {percent(expected)}. A zero has no place in it."
            ),
        ]


def _in(value: float) -> str:
    return f"({num(value)})" if value < 0 else num(value)
