"""What there is to say of any model of words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import exp, inf, isfinite, log
from typing import TYPE_CHECKING

from mlekit.errors import MlekitError
from mlekit.show import Line, listed, many, num

if TYPE_CHECKING:
    from lm.fit import Fit

DRAWN, SHOWN, LIKELY = 100, 6, 3
LONGEST = 12  # letters of the word that serves as an example
Parts = list[str]


class Words:
    """What there is to say of any model of words."""

    def __init__(self, fit: Fit) -> None:
        self.fit, self.predictor = fit, fit.predictor
        self.mark = fit.vocabulary.kind.token
        self.size = len(fit.vocabulary)
        self.loss = -fit.llf / fit.nobs if fit.nobs > 0 else inf

    # -- what every model assumes ----------------------------------------------------------------------------

    def assumed(self) -> Parts:
        return [*self.chain(), *self.looks(), *self.believed()]

    def chain(self) -> Parts:
        """The chain rule, on a word of the list."""
        said = (
            f"The probability of a text is that of its first {self.mark}, times that of the second given the first, "
            "and so on to the end, which is a mark like any other. That much is true of every text; a model is what "
            "it says of one factor. Texts are independent of one another."
        )
        return [said, *([Line(self._factors(self.example))] if self.example is not None else [])]

    def _factors(self, tokens: list[str]) -> str:
        """p(ava) = p(a | ) p(v | a) ... with what this model looks at."""
        whole = "".join(tokens)
        back = int(min(self.predictor.reach, len(tokens)))
        marks = [*tokens, "end"]
        factors = []
        for k, mark in enumerate(marks):
            before = "".join(tokens[max(0, k - back) : k]) if back else ""
            start = "start" if k < back and k == 0 else before
            factors.append(f"p({mark} | {start})" if start else f"p({mark})")
        return f"p({whole}) = {' '.join(factors)}"

    @cached_property
    def example(self) -> list[str] | None:
        """A short text of the list, in tokens."""
        if self.mark != "character":
            return None
        return next((list(w) for w in self.fit.words if 2 <= len(w) <= LONGEST and w.isalnum()), None)

    def looks(self) -> Parts:
        """How far back it looks."""
        return []

    def believed(self) -> Parts:
        said = self.fit.prior is not None and self.predictor.aim is None
        return [f"The prior, what was believed before the words, is {self.fit.prior}."] if said else []

    # -- what was sought -------------------------------------------------------------------------------------

    def maximised(self) -> Parts:
        n, guess = self.fit.nobs, log(self.size)
        if not isfinite(self.loss):
            return ["No word counted, so there is no likelihood to speak of."]
        return [
            (
                f"A {self.mark} costs minus the log of the probability that it was given. The mean over {num(n)} "
                f"{self.mark}s, ends counted, is the loss; to bring it down is to make the likelihood of all "
                f"{self.things} large."
            ),
            Line(f"loss = {num(-self.fit.llf)}/{num(n)} = {_both(self.loss)}"),
            f"An even guess among {self.size} marks would cost log {self.size} = {_both(guess)}.",
            *self.aim(),
        ]

    @property
    def things(self) -> str:
        return "words" if self.mark == "character" else "texts"

    def aim(self) -> Parts:
        """What was sought beside the likelihood."""
        if self.predictor.aim is not None:
            return [f"It is no maximum of the likelihood of these words, and is not meant to be: {self.predictor.aim}."]
        if self.fit.prior is not None:
            return ["With a prior the log posterior was maximised: the likelihood, and what the prior adds to it."]
        return []

    # -- how -------------------------------------------------------------------------------------------------

    def solved(self) -> Parts:
        return [f"By {self.fit.solver}: {'; '.join(self.fit.verdict.reasons)}."]

    # -- what it means ---------------------------------------------------------------------------------------

    def meaning(self) -> Parts:
        return [*self._perplexity(), *self._first(), *self._draws()]

    def _perplexity(self) -> Parts:
        if not isfinite(self.loss):
            return []
        if self.loss == 0:
            return [f"Perplexity e^0 = 1: on these words it is never in doubt about the next {self.mark}."]
        return [
            (
                f"Perplexity e^{num(self.loss)} = {num(exp(self.loss))}: on these words it is as unsure of the next "
                f"{self.mark} as between {num(exp(self.loss))} equally likely ones, of {self.size}."
            )
        ]

    def _first(self) -> Parts:
        probabilities = self.fit.next_probs("")
        likely = sorted((it for it in probabilities.items() if it[1] > 0), key=lambda it: -it[1])[:LIKELY]
        told = listed((f"{_shown(mark)} ({num(p)})" for mark, p in likely), "or")
        return [f"Most probably it begins with {told}; what comes next is in fit.next_probs(prefix)."]

    def _draws(self) -> Parts:
        try:
            drawn = self.fit.sample(DRAWN, seed=0, max_length=40)
        except MlekitError:
            return []
        shown = ", ".join(word or "(nothing)" for word in drawn[:SHOWN])
        said = [
            (
                f"To sample is to draw a {self.mark}, take it as given, draw the next, and so on until the end is "
                "drawn. Six such draws:"
            ),
            Line(shown),
        ]
        known = set(map(self.fit.vocabulary.plain, self.fit.words))
        if not known:
            return said
        old = sum(self.fit.vocabulary.plain(word) in known for word in drawn)
        return [
            *said,
            (
                f"Of {DRAWN} draws {num(old) if old else 'none'} came that it was fitted to. A few are chance, as "
                f"short {self.things} are common; many would be learning by heart. fit.sample(20, only_new=True) "
                "leaves them out."
            ),
        ]

    # -- how sure --------------------------------------------------------------------------------------------

    def sure(self) -> Parts:
        return [*self.errors(), *self.held_out()]

    def errors(self) -> Parts:
        return ["It has no standard errors: how sure it is shows in how well it does on words that it has not seen."]

    def held_out(self) -> Parts:
        """The loss on words it has not seen, where a run kept some."""
        kept = {name: words for name, words in self.fit.held_out.items() if words}
        if not kept:
            return [
                (
                    "The loss above is of the words it learned from, and as a rule too low. Ask for that of others, "
                    "fit.evaluate(held_out): it comes with its error, and a difference of less than about two of these "
                    "errors means little."
                )
            ]
        name, words = list(kept.items())[-1]
        found = self.fit.evaluate(words)
        return [
            (
                f"On {many(len(words), 'word')} that it has not seen ({name}) the loss is {num(found.nll)} with an "
                f"error of {num(found.std_error)}, against {num(self.loss)} on its own. The difference "
                "is what it has learned of its list alone, give or take that error."
            )
        ]

    # -- doubts ----------------------------------------------------------------------------------------------

    def wrong(self) -> Parts:
        return [
            f"The verdict: {'; '.join(self.checked)}."
            if self.fit.verdict.ok
            else "The answer is not proved, as the top says.",
            *self.doubts(),
            *self.fit.notes,
            (
                f"A {self.mark} that it has never seen has no probability at all: asked for one it says so, and does "
                "not guess. And a list of another kind or another language is another law: the loss above says "
                "nothing of it."
            ),
        ]

    @property
    def checked(self) -> Sequence[str]:
        """What the verdict says."""
        return self.fit.verdict.reasons

    def doubts(self) -> Parts:
        return []

    @property
    def ratio(self) -> str:
        """Numbers beside what they were learned from."""
        return (
            f"{num(self.fit.n_params)} free numbers stand against {num(self.fit.nobs)} {self.mark}s, "
            f"{num(self.fit.nobs / max(self.fit.n_params, 1), 3)} for each"
        )


def before(reach: float, mark: str) -> str:
    """How far back a model looks."""
    if reach == 1:
        return f"the {mark} before"
    return f"the {many(reach, mark)} before" if isfinite(reach) else f"all {mark}s before"


def _both(loss: float) -> str:
    return f"{num(loss)} nats = {many(loss / log(2), 'bit')}"


def _shown(mark: str) -> str:
    return f'"{mark}"' if mark else "the end"
