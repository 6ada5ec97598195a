"""Sentences about rows that are censored or truncated, whatever the family."""

from __future__ import annotations

from ..formatting import many, num
from ..page import Line
from ._words import Parts, Words


class Inexact(Words):
    """The words of a family, without its formulas: those are for rows that were observed exactly."""

    terms = "log densities (log probabilities of censored rows)"

    def __init__(self, own: Words) -> None:
        super().__init__(own.facts)
        self.own = own

    @property
    def distribution(self) -> str:
        return self.own.distribution

    def noun(self, param: str) -> str:
        return self.own.noun(param)

    def assumed(self) -> Parts:
        return [*super().assumed(), self._seen()]

    def each(self) -> str:
        return f"{self.own.each()} {self._seen()}"

    def _seen(self) -> str:
        seen = self.facts.rows.observations.describe()
        return (
            f"The rows were observed as: {seen}. The way in which a row was observed is assumed to say no more about "
            "its value than the bounds do."
        )

    def objective(self) -> Parts:
        names = ", ".join(self.facts.free)
        return [
            (
                "The rows are independent, so the log-likelihood is a sum over them. An exact row adds its log "
                "density, and a censored row the log probability of the interval in which it lies. Where rows are in "
                "the data only because they lie in a window, the log probability of the window is subtracted."
            ),
            Line(f"log L({names}) over {many(self.facts.n, 'row')} = {num(self.facts.fit.llf)}"),
        ]
