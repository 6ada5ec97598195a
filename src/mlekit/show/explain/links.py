"""What a coefficient does on the scale of its link: it adds, it multiplies, or it multiplies odds."""

from __future__ import annotations

from math import exp, log

from .say import num, span


class Scale:
    """Any link: what can be said is that terms add up on its scale."""

    def __init__(self, link: str) -> None:
        self.link = link

    def left(self, param: str) -> str:
        """The left side of the formula."""
        return f"{self.link}({param})"

    def how(self, noun: str) -> str:
        """What adding up on this scale does."""
        return f"Terms add up on the {self.link} scale; how far that moves {noun} depends on where it stands."

    def sentence(self, subject: str, noun: str, b: float, low: float, high: float) -> str:
        """What a coefficient says, in a sentence without its end."""
        return f"{subject} goes with {num(b)} more on the {self.link} scale of {noun}{_ends(low, high)}"

    def short(self, b: float) -> str:
        """The same in a cell."""
        return f"{num(b)}"

    def ends(self, low: float, high: float) -> str:
        """An interval in a cell."""
        return span(low, high) if low == low else ""

    def start(self, noun: str, b: float) -> str:
        """What an intercept says."""
        return f"the {self.link} of {noun} is {num(b)}"

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
        ends = _ends(*sorted((-low, -high))) if b < 0 and low == low else _ends(low, high)
        return f"{subject} goes with {noun} being {num(abs(b))} {way}{ends}"

    def short(self, b: float) -> str:
        return f"{'+' if b > 0 else ''}{num(b)}"

    def start(self, noun: str, b: float) -> str:
        return f"{noun} is {num(b)}"


class Multiplies(Scale):
    """The logarithm of the parameter."""

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

    def how(self, noun: str) -> str:
        return (
            "Terms add up on the logit scale, log(p/(1 - p)), so e to the power of each multiplies the odds p/(1 - "
            f"p) of {noun.removeprefix('the probability of ')}."
        )

    def sentence(self, subject: str, noun: str, b: float, low: float, high: float) -> str:
        what = noun.removeprefix("the probability of ")
        return f"{subject} goes with {num(_exp(b))} times the odds of {what}{_ends(_exp(low), _exp(high))}"

    def start(self, noun: str, b: float) -> str:
        return f"{noun} is 1/(1 + e^{num(-b)}) = {num(1 / (1 + _exp(-b)))}"

    def at(self, b: float, average: float | None) -> str:
        told = "Odds are not probabilities: a factor of 2 is far from twice as probable unless p is small."
        if average is None or not 0 < average < 1:
            return told
        after = 1 / (1 + _exp(-(log(average / (1 - average)) + b)))
        return (
            f"Odds are not probabilities: from the average of these rows, p = {num(average)}, that step leads to "
            f"p = {num(after)}; from p = 0.95 to {num(1 / (1 + _exp(-(log(19) + b))))}."
        )


class Ratios(Multiplies):
    """The logarithm of one level's probability over that of the first."""

    def left(self, param: str) -> str:
        return f"log({param} / {param} of the first level)"

    def how(self, noun: str) -> str:
        return (
            "Each level but the first has a formula of its own, for the logarithm of its probability over that of "
            "the first. A coefficient compares these two alone; what happens to the probability itself depends on "
            "all levels."
        )

    def sentence(self, subject: str, noun: str, b: float, low: float, high: float) -> str:
        return f"{subject} multiplies {noun} by {num(_exp(b))}{_ends(_exp(low), _exp(high))}"


WORDS: dict[str, type[Scale]] = {"identity": Adds, "log": Multiplies, "logit": Odds, "softmax": Ratios}


def get(link: str) -> Scale:
    """The words of a link."""
    return WORDS.get(link, Scale)(link)


def _ends(low: float, high: float) -> str:
    return f" (95% interval {span(low, high)})" if low == low and high == high else ""


def _exp(value: float) -> float:
    return exp(value) if value < 700 else float("inf")
