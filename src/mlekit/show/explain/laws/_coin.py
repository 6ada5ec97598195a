"""What a coin and a row of tries have in common: s of one kind, f of the other."""

from __future__ import annotations

from typing import ClassVar

from ..page import Line
from ..say import num, signed
from ._words import Parts, Words


class Coin(Words):
    """s log p + f log(1 - p)."""

    params = ("p",)
    canonical = "logit"
    left = "y - p"
    exact = (
        "Clopper and Pearson's: it holds each p under which so high a count, and so low a one, each have a chance of "
        "2.5% or more"
    )
    tries_in: ClassVar[str] = "n"  # the sum that counts tries

    @property
    def yes(self) -> str:
        """What p is the probability of."""
        return "a success"

    @property
    def no(self) -> str:
        return "a failure"

    @property
    def counts(self) -> tuple[float, float]:
        """Of the data."""
        s = self.data("y")
        return s, self.data(self.tries_in) - s

    @property
    def all(self) -> tuple[float, float]:
        """With imaginary ones."""
        s = self.total("y")
        return s, self.total(self.tries_in) - s

    def noun(self, param: str) -> str:
        return f"the probability of {self.yes}"

    def belief(self) -> Parts:
        if self.v.flat:
            return []
        s = self.added("y")
        f = self.added(self.tries_in) - s
        both = self.all
        more = f", as if {self.yes} had come {num(s)} times more and {self.no} {num(f)} times"
        return [
            f"The prior adds terms of the same form{more if min(s, f) >= 0 else ''}:",
            Line(f"log prior(p)     = {_terms(s, f)} + a constant"),
            Line(f"log posterior(p) = {_terms(*both)} + a constant"),
        ]

    def solution(self) -> Parts:
        s, f = self.all
        there = f"{num(s)}/p - {num(f)}/(1 - p)" if f >= 0 else f"{num(s)}/p {signed(-f)}/(1 - p)"
        return [
            "A step up in p gains s/p and loses f/(1 - p). At the top both are equal:",
            Line(f"slope: {there} = 0"),
            Line(f"{num(s)}/p = {num(f)}/(1 - p), so p = {num(s)}/{num(s + f)} = {num(self['p'])}"),
        ]

    def end(self) -> Parts:
        (s, f), p = self.all, num(self["p"])
        whole, other = (self.yes, self.no) if self["p"] else (self.no, self.yes)
        power, slope = ("p", s) if self["p"] else ("(1 - p)", -f)
        curve = f"{num(s + f)} log {power}"
        start = f"All that came is {whole}, so the curve has no top inside: {curve} rises all the way to p = {p}."
        if self.v.believed:
            start = (
                f"The log posterior, {_terms(s, f)} + a constant, has no top inside: it rises all the way to p = {p}."
            )
        return [
            f"{start} No p between 0 and 1 attains what is reached there.",
            f"The slope there is {num(slope)} and not zero; the end is the answer because nothing lies beyond it."
            if min(s, f) == 0
            else "",
            (
                f"Taken at its word, p = {p} calls {other} impossible: a single one among new rows would have "
                "probability zero and an infinite loss."
            ),
        ]

    def information(self) -> Parts:
        p, n = self["p"], sum(self.all)
        if not 0 < p < 1:
            return []
        value = n / (p * (1 - p))
        return [
            "How sharply the curve bends at its top is its information, and the error is one over its root:",
            Line(f"{num(n)}/({num(p)} * {num(1 - p)}) = {num(value)}    1/sqrt({num(value)}) = {num(value**-0.5)}"),
        ]

    def remarks(self) -> Parts:
        s, f = self.all
        if min(s, f) >= 5 or self.v.believed or self.v.at_end:
            return []
        return [
            (
                f"Of the rarer kind there is only {num(min(s, f))}: the curve is lopsided, and going equally far to "
                "either side of the estimate, as 1.96 standard errors do, would mislead."
            )
        ]

    def against(self) -> str:
        """The estimate beside an even chance."""
        s, f = self.counts
        even = (s + f) * -0.6931471805599453
        here = self.v.fit.llf - (self.data("constant") if self.tries_in != "n" else 0.0)
        gain = here - even
        return f"{num(here)}, against {num(even)} at p = 1/2: {num(gain)} higher" if gain > 0 else num(here)

    def kernel(self) -> str:
        """What the data say."""
        return _terms(*self.counts)

    def share(self) -> str:
        """The estimate as a frequency."""
        return f"of 100 more of the same kind about {num(100 * self['p'], 3)}" if self["p"] < 1 else "every one"


def _terms(s: float, f: float) -> str:
    """s log p + f log(1 - p), a term that is not there left out."""
    first = [f"{num(s)} log p"] if s else []
    if not f:
        return first[0] if first else "0"
    return f"{first[0]} {signed(f)} log(1 - p)" if first else f"{num(f)} log(1 - p)"
