"""What a coin and a row of tries have in common: s of one kind, f of the other."""

from __future__ import annotations

from typing import ClassVar

from ..page import Line
from ..say import combined, listed, many, num, signed
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
    tries: ClassVar[str] = "rows"

    @property
    def yes(self) -> str:
        """What p is the probability of."""
        return "a success"

    @property
    def kinds(self) -> tuple[str, str]:
        """What many of either kind are called."""
        return "successes", "failures"

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

    def only(self, kind: str) -> str:
        """That nothing else came."""
        return f"All tries were {kind}"

    def more(self, which: int, count: float) -> str:
        """So many more of one kind."""
        return many(count, ("more success", "more failure")[which], f"more {self.kinds[which]}")

    def noun(self, param: str) -> str:
        return f"the probability of {self.yes}"

    def belief(self) -> Parts:
        if self.v.flat:
            return []
        s = self.added("y")
        f = self.added(self.tries_in) - s
        came = listed(self.more(which, k) for which, k in enumerate((s, f)) if k)
        return [
            f"The prior adds terms of the same form{f', as if {came} had come' if min(s, f) >= 0 else ''}:",
            Line(f"log prior(p)     = {_terms(s, f)} + a constant"),
            Line(f"log posterior(p) = {_terms(*self.all)} + a constant"),
        ]

    def solution(self) -> Parts:
        s, f = self.all
        there = f"{num(s)}/p - {num(f)}/(1 - p)" if f >= 0 else f"{num(s)}/p {signed(-f)}/(1 - p)"
        return [
            "A step up in p gains from the first of these counts and loses from the second. At the top both are equal:",
            Line(f"slope: {there} = 0"),
            Line(f"{num(s)}/p = {num(f)}/(1 - p), so p = {num(s)}/{num(s + f)} = {num(self['p'])}"),
        ]

    def end(self) -> Parts:
        (s, f), p = self.all, num(self["p"])
        whole, other = self.kinds if self["p"] else self.kinds[::-1]
        slope = s if self["p"] else -f
        start = f"{self.only(whole)}, so the curve has no top inside: {_terms(s, f)} rises all the way to p = {p}."
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
                f"Taken at its word, p = {p} calls {other} impossible: one of these among new {self.tries} would have "
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
        if not self.v.plain:
            return []
        s, f = self.all
        least = min(s, f)
        if least >= 5 or self.v.believed or self.v.at_end:
            return []
        be = "is" if least == 1 else "are"
        return [
            (
                f"Of the rarer kind there {be} only {num(least)}: the curve is lopsided, and going equally far to "
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
        so_many = {0.0: "none", 1.0: "all"}.get(self["p"], f"about {num(100 * self['p'], 3)}")
        return f"p = {num(self['p'])}: of 100 more {self.tries} like these {so_many} would be {self.kinds[0]}."


def _terms(s: float, f: float) -> str:
    return combined([(s, "log p"), (f, "log(1 - p)")])
