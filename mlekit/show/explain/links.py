"""Meaning of a coefficient on the scale of its link: it adds, it multiplies, or it multiplies odds."""

from __future__ import annotations

from math import exp, isnan, log

from ... import links
from ...links import Link
from ...numerics.arrays import NUMPY
from .formatting import num, span


class Scale:
    """Any link: terms add up on its scale."""

    def __init__(self, link: Link) -> None:
        self.link, self.inverse = link.name if _usual(link) else "link", link.inverse

    def left(self, param: str) -> str:
        """Return the left side of the formula."""
        return f"{self.link}({param})"

    def value(self, b: float) -> float:
        """Return the parameter where its terms add up to b."""
        return float(self.inverse(NUMPY, b))

    def effect(self, noun: str) -> str:
        """Return a sentence about the effect of terms that add up on this scale."""
        return f"Terms add up on the {self.link} scale; the resulting change in {noun} depends on its level."

    def sentence(self, subject: str, noun: str, b: float, low: float, high: float) -> str:
        """Return the meaning of a coefficient, as a sentence without its full stop."""
        difference = "lower" if b < 0 else "higher"
        change = _interval(low, high, " of the change")
        return f"{subject} is associated with {noun} being {num(abs(b))} {difference} on the {self.link} scale{change}"

    def short(self, b: float) -> str:
        """Return the meaning of a coefficient in a cell of a table."""
        return f"{num(b)}"

    def ends(self, low: float, high: float) -> str:
        """Return an interval in a cell of a table."""
        return "" if isnan(low) else span(low, high)

    def intercept(self, noun: str, b: float) -> str:
        """Return the meaning of an intercept, as a clause."""
        return f"{noun} is {num(self.value(b))}, and its {self.link} is {num(b)}"

    def caution(self, b: float, average: float | None) -> str:
        """Return a warning about misreading a coefficient, at the average of the rows."""
        return ""


class Adds(Scale):
    """Identity link."""

    def left(self, param: str) -> str:
        return param

    def effect(self, noun: str) -> str:
        return f"{noun[:1].upper()}{noun[1:]} is the sum of the terms."

    def sentence(self, subject: str, noun: str, b: float, low: float, high: float) -> str:
        difference = "lower" if b < 0 else "higher"
        change = _interval(low, high, " of the change")
        return f"{subject} is associated with {noun} being {num(abs(b))} {difference}{change}"

    def short(self, b: float) -> str:
        return f"{'+' if b > 0 else ''}{num(b)}"

    def intercept(self, noun: str, b: float) -> str:
        return f"{noun} is {num(b)}"


class Multiplies(Scale):
    """Log link."""

    def value(self, b: float) -> float:
        return _exp(b)

    def effect(self, noun: str) -> str:
        return f"Terms add up on the log scale, so the exponential of a coefficient multiplies {noun}."

    def sentence(self, subject: str, noun: str, b: float, low: float, high: float) -> str:
        return (
            f"{subject} is associated with {noun} being {num(_exp(b))} times as large{_interval(_exp(low), _exp(high))}"
        )

    def short(self, b: float) -> str:
        return f"times {num(_exp(b))}"

    def ends(self, low: float, high: float) -> str:
        return "" if isnan(low) else span(_exp(low), _exp(high))

    def intercept(self, noun: str, b: float) -> str:
        return f"{noun} is exp({num(b)}) = {num(_exp(b))}"


class Odds(Multiplies):
    """Logit link."""

    def value(self, b: float) -> float:
        return 1 / (1 + _exp(-b))

    def effect(self, noun: str) -> str:
        return (
            "Terms add up on the logit scale, log(p/(1 - p)), so the exponential of a coefficient multiplies the odds "
            f"p/(1 - p) of {_outcome(noun)}."
        )

    def sentence(self, subject: str, noun: str, b: float, low: float, high: float) -> str:
        return super().sentence(subject, f"the odds of {_outcome(noun)}", b, low, high)

    def intercept(self, noun: str, b: float) -> str:
        return f"{noun} is 1/(1 + exp({num(-b)})) = {num(self.value(b))}"

    def caution(self, b: float, average: float | None) -> str:
        if average is None or not 0 < average < 1:
            return "Odds are not probabilities: a ratio of odds is not a ratio of probabilities unless p is small."
        after, far = (self.value(log(p / (1 - p)) + b) for p in (average, 0.95))
        return (
            f"Odds are not probabilities: from the average of these rows, p = {num(average)}, this step leads to "
            f"p = {num(after)}; from p = 0.95, to {num(far)}."
        )


class Ratios(Multiplies):
    """Softmax link: the logarithm of the probability of one level over that of the first."""

    def effect(self, noun: str) -> str:
        return (
            "Each level but the first has its own formula, for the logarithm of its probability over that of the first "
            "level. A coefficient compares these two levels only; the change in the probability itself depends on all "
            "levels."
        )


class Inverts(Scale):
    """Inverse link."""

    def left(self, param: str) -> str:
        return f"1/{param}"


SCALES: dict[str, type[Scale]] = {
    "identity": Adds,
    "log": Multiplies,
    "logit": Odds,
    "softmax": Ratios,
    "inverse": Inverts,
}


def get(link: Link) -> Scale:
    """Return the meaning of coefficients under a link; on an interval of its own, a link is not the usual one."""
    return (SCALES.get(link.name, Scale) if _usual(link) else Scale)(link)


def _usual(link: Link) -> bool:
    return link.name not in links.names() or links.get(link.name) == link


def _outcome(noun: str) -> str:
    return noun.removeprefix("the probability of ")


def _interval(low: float, high: float, of: str = "") -> str:
    return "" if isnan(low) or isnan(high) else f" (95% interval{of} {span(low, high)})"


def _exp(value: float) -> float:
    return exp(value) if value < 700 else float("inf")
