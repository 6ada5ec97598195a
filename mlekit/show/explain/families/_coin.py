"""Sentences about s successes and f failures, which the Bernoulli and the binomial distribution share."""

from __future__ import annotations

from math import log
from typing import ClassVar

from ..formatting import combined, listed, many, num, signed
from ..page import Line
from ._words import Parts, Words


class Coin(Words):
    """Likelihood s log p + f log(1 - p)."""

    params = ("p",)
    canonical = "logit"
    residual = "y - p"
    exact = (
        "the Clopper-Pearson interval: it contains every p under which a count at least as high as the observed one, "
        "and a count at least as low, each have probability 2.5% or more"
    )
    trials_statistic: ClassVar[str] = "n"  # the sufficient statistic that counts trials
    trials: ClassVar[str] = "rows"

    @property
    def success(self) -> str:
        """The outcome of which p is the probability."""
        return "a success"

    @property
    def outcomes(self) -> tuple[str, str]:
        """Names of success and failure."""
        return "successes", "failures"

    @property
    def counts(self) -> tuple[float, float]:
        """Numbers of successes and failures in the data."""
        s = self.data("y")
        return s, self.data(self.trials_statistic) - s

    @property
    def all_counts(self) -> tuple[float, float]:
        """Numbers of successes and failures, imaginary ones included."""
        s = self.total("y")
        return s, self.total(self.trials_statistic) - s

    def only(self, outcome: str) -> str:
        """Return a clause that says that all outcomes are the same."""
        return f"All trials are {outcome}"

    def more(self, which: int, count: float) -> str:
        """Return a number of additional outcomes of one kind."""
        return many(count, ("more success", "more failure")[which], f"more {self.outcomes[which]}")

    def noun(self, param: str) -> str:
        return f"the probability of {self.success}"

    def prior_terms(self) -> Parts:
        if self.facts.flat:
            return []
        s = self.added("y")
        f = self.added(self.trials_statistic) - s
        added = listed(self.more(which, k) for which, k in enumerate((s, f)) if k)
        return [
            f"The prior adds terms of the same form{f', as if {added} had been observed' if min(s, f) >= 0 else ''}:",
            Line(f"log prior(p)     = {_terms(s, f)} + a constant"),
            Line(f"log posterior(p) = {_terms(*self.all_counts)} + a constant"),
        ]

    def solution(self) -> Parts:
        s, f = self.all_counts
        derivative = f"{num(s)}/p - {num(f)}/(1 - p)" if f >= 0 else f"{num(s)}/p {signed(-f)}/(1 - p)"
        return [
            f"At the maximum the derivative of the {self.curve} is zero:",
            Line(f"{derivative} = 0"),
            Line(f"{num(s)}/p = {num(f)}/(1 - p), so p = {num(s)}/{num(s + f)} = {num(self['p'])}"),
        ]

    def at_boundary(self) -> Parts:
        (s, f), p = self.all_counts, num(self["p"])
        outcome, other = self.outcomes if self["p"] else self.outcomes[::-1]
        derivative = s if self["p"] else -f
        curve = f"the log-likelihood, {_terms(s, f)}, has no stationary point: it increases all the way to p = {p}."
        start = f"{self.only(outcome)}, so {curve}"
        if self.facts.has_prior:
            start = (
                f"The log posterior, {_terms(s, f)} + a constant, has no stationary point: it increases all the way to "
                f"p = {p}."
            )
        return [
            f"{start} No p between 0 and 1 attains this maximum.",
            f"The derivative there is {num(derivative)}, not zero: the maximum is on the boundary because p cannot go "
            "beyond it."
            if min(s, f) == 0
            else "",
            (
                f"Taken literally, p = {p} means that {other} cannot occur: the loss of new {self.trials} with {other} "
                "would be infinite."
            ),
        ]

    def information(self) -> Parts:
        p, n = self["p"], sum(self.all_counts)
        if not 0 < p < 1:
            return []
        value = n / (p * (1 - p))
        return [
            self.information_is,
            Line(f"{num(n)}/({num(p)} * {num(1 - p)}) = {num(value)}    1/sqrt({num(value)}) = {num(value**-0.5)}"),
        ]

    def remarks(self) -> Parts:
        if not self.facts.identical:
            return []
        least = min(self.all_counts)
        if least >= 5 or self.facts.has_prior or self.facts.at_boundary:
            return []
        times = "once" if least == 1 else f"{num(least)} times"
        return [
            (
                f"The less frequent outcome occurs only {times}, so the log-likelihood is not close to quadratic, and "
                "an interval of 1.96 standard errors to either side would be misleading."
            )
        ]

    def beside_even(self) -> str:
        """Return the log-likelihood at the estimate, compared with that at p = 1/2."""
        even = sum(self.counts) * -log(2)
        here = self.facts.fit.llf - (self.data("constant") if self.trials_statistic != "n" else 0.0)
        gain = here - even
        return f"{num(here)}, which is {num(gain)} higher than at p = 1/2 ({num(even)})" if gain > 0 else num(here)

    def kernel(self) -> str:
        """Return the log-likelihood without constants."""
        return _terms(*self.counts)

    def expected(self) -> str:
        """Return the estimate as an expected number of new outcomes."""
        count = {0.0: "none", 1.0: "all"}.get(self["p"], f"about {num(100 * self['p'], 3)}")
        return f"p = {num(self['p'])}: out of 100 new {self.trials} like these, {count} would be {self.outcomes[0]}."


def _terms(s: float, f: float) -> str:
    return combined([(s, "log p"), (f, "log(1 - p)")])
