"""What a coefficient does on the scale of its link: it adds, it multiplies, or it multiplies odds."""

from __future__ import annotations

from math import exp, log

from ... import links
from ...links import Link
from ...numerics.arrays import NUMPY
from .say import num, span


class Scale:
    """Any link: what can be said is that terms add up on its scale."""

    def __init__(self, link: Link) -> None:
        self.link, self.back = link.name if _usual(link) else "link", link.inverse

    def left(self, param: str) -> str:
        """The left side of the formula."""
        return f"{self.link}({param})"

    def value(self, b: float) -> float:
        """The parameter where its terms add up to b."""
        return float(self.back(NUMPY, b))

    def how(self, noun: str) -> str:
        """What adding up on this scale does."""
        return f"Terms add up on the {self.link} scale; how far that moves {noun} depends on where it stands."

    def sentence(self, subject: str, noun: str, b: float, low: float, high: float) -> str:
        """What a coefficient says, in a sentence without its end."""
        way = "less" if b < 0 else "more"
        return f"{subject} goes with {num(abs(b))} {way} on the {self.link} scale of {noun}{_ends(low, high)}"

    def short(self, b: float) -> str:
        """The same in a cell."""
        return f"{num(b)}"

    def ends(self, low: float, high: float) -> str:
        """An interval in a cell."""
        return span(low, high) if low == low else ""

    def start(self, noun: str, b: float) -> str:
        """What an intercept says."""
        return f"{noun} is {num(self.value(b))}, its {self.link} {num(b)}"

    def at(self, b: float, average: float | None) -> str:
        """What that is at the average of the rows."""
        return ""


class Adds(Scale):
    """The parameter itself."""

    def left(self, param: str) -> str:
        return param

    def how(self, noun: str) -> str:
        return f"Terms add up to {noun} itself."

    def sentence(self, subject: str, noun: str, b: float, low: float, high: float) -> str:
        way = "lower" if b < 0 else "higher"
        return f"{subject} goes with {noun} being {num(abs(b))} {way}{_ends(low, high, ' of the change')}"

    def short(self, b: float) -> str:
        return f"{'+' if b > 0 else ''}{num(b)}"

    def start(self, noun: str, b: float) -> str:
        return f"{noun} is {num(b)}"


class Multiplies(Scale):
    """The logarithm of the parameter."""

    def value(self, b: float) -> float:
        return _exp(b)

    def how(self, noun: str) -> str:
        return f"Terms add up on the log scale, so e to the power of each multiplies {noun}."

    def sentence(self, subject: str, noun: str, b: float, low: float, high: float) -> str:
        return f"{subject} goes with {num(_exp(b))} times {noun}{_ends(_exp(low), _exp(high))}"

    def short(self, b: float) -> str:
        return f"times {num(_exp(b))}"

    def ends(self, low: float, high: float) -> str:
        return span(_exp(low), _exp(high)) if low == low else ""

    def start(self, noun: str, b: float) -> str:
        return f"{noun} is e^{num(b)} = {num(_exp(b))}"


class Odds(Multiplies):
    """The logarithm of p/(1 - p)."""

    def value(self, b: float) -> float:
        return 1 / (1 + _exp(-b))

    def how(self, noun: str) -> str:
        return (
            "Terms add up on the logit scale, log(p/(1 - p)), so e to the power of each multiplies the odds p/(1 - "
            f"p) of {noun.removeprefix('the probability of ')}."
        )

    def sentence(self, subject: str, noun: str, b: float, low: float, high: float) -> str:
        what = noun.removeprefix("the probability of ")
        return f"{subject} goes with {num(_exp(b))} times the odds of {what}{_ends(_exp(low), _exp(high))}"

    def start(self, noun: str, b: float) -> str:
        return f"{noun} is 1/(1 + e^{num(-b)}) = {num(self.value(b))}"

    def at(self, b: float, average: float | None) -> str:
        told = "Odds are not probabilities: a factor of 2 is far from twice as probable unless p is small."
        if average is None or not 0 < average < 1:
            return told
        after, far = (self.value(log(p / (1 - p)) + b) for p in (average, 0.95))
        return (
            f"Odds are not probabilities: from the average of these rows, p = {num(average)}, that step leads to "
            f"p = {num(after)}; from p = 0.95 to {num(far)}."
        )


class Ratios(Multiplies):
    """The logarithm of one level's probability over that of the first."""

    def how(self, noun: str) -> str:
        return (
            "Each level but the first has a formula of its own, for the logarithm of its probability over that of "
            "the first. A coefficient compares these two alone; what happens to the probability itself depends on "
            "all levels."
        )


class Inverts(Scale):
    """One over the parameter."""

    def left(self, param: str) -> str:
        return f"1/{param}"


WORDS: dict[str, type[Scale]] = {
    "identity": Adds,
    "log": Multiplies,
    "logit": Odds,
    "softmax": Ratios,
    "inverse": Inverts,
}


def get(link: Link) -> Scale:
    """The words of a link; that of a set with ends of its own is a logarithm of something else."""
    return (WORDS.get(link.name, Scale) if _usual(link) else Scale)(link)


def _usual(link: Link) -> bool:
    return link.name not in links.names() or links.get(link.name) == link


def _ends(low: float, high: float, what: str = "") -> str:
    return f" (95% interval{what} {span(low, high)})" if low == low and high == high else ""


def _exp(value: float) -> float:
    return exp(value) if value < 700 else float("inf")
