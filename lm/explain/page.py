"""Explanation of any language model: the answers to six questions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import exp, inf, isfinite, log
from typing import TYPE_CHECKING

from mlekit.errors import MlekitError
from mlekit.show import Line, listed, many, num

if TYPE_CHECKING:
    from lm.fit import Fit

DRAWS, SHOWN, LIKELY = 100, 6, 3
LONGEST = 12  # characters of the word that serves as an example
Parts = list[str]


class Page:
    """Explanation of a language model.

    Parameters
    ----------
    fit : Fit

    Attributes
    ----------
    token, text : str
        Nouns for a token and for what tokens make: "character" and "word", or "word" and "text".
    spelled : bool
        True if tokens are characters, which are written without blanks between them.
    size : int
        Number of tokens of the vocabulary, the end included.
    loss : float
        Mean loss per token on the words of the fit.
    """

    def __init__(self, fit: Fit) -> None:
        self.fit, self.predictor = fit, fit.predictor
        self.token = fit.vocabulary.kind.token
        self.spelled = fit.vocabulary.unit == "char"
        self.text = "word" if self.spelled else "text"
        self.size = len(fit.vocabulary)
        self.loss = -fit.llf / fit.nobs if fit.nobs > 0 else inf

    # -- what was assumed ------------------------------------------------------------------------------------

    def assumed(self) -> Parts:
        """Return the assumptions: the chain rule, the dependence on previous tokens, and the prior."""
        return [*self.chain_rule(), *self.dependence(), *self.prior()]

    def chain_rule(self) -> Parts:
        """Return the chain rule, with a word of the list as an example."""
        rule = (
            f"The probability of a {self.text} is that of its first {self.token}, times that of the second given the "
            f"first, and so on to the end, which counts as a {self.token}. This holds for any distribution; models "
            f"differ in the factors. The {self.text}s are assumed to be independent of one another."
        )
        return [rule, *([Line(self._factors(self.example))] if self.example is not None else [])]

    def _factors(self, tokens: list[str]) -> str:
        """Return p(ava) = p(a | start) p(v | a) ... with the tokens that this model depends on."""
        whole = "".join(tokens)
        back = int(min(self.predictor.memory, len(tokens)))
        factors = []
        for k, token in enumerate([*tokens, "end"]):
            before = "".join(tokens[max(0, k - back) : k]) if back else ""
            start = "start" if k < back and k == 0 else before
            factors.append(f"p({token} | {start})" if start else f"p({token})")
        return f"p({whole}) = {' '.join(factors)}"

    @cached_property
    def example(self) -> list[str] | None:
        """Tokens of a short word of the list; None without such a word."""
        if not self.spelled:
            return None
        return next((list(w) for w in self.fit.words if 2 <= len(w) <= LONGEST and w.isalnum()), None)

    def dependence(self) -> Parts:
        """Return the dependence of the next token on the previous ones."""
        return []

    def prior(self) -> Parts:
        """Return the prior, if there is one."""
        shown = self.fit.prior is not None and self.predictor.method is None
        return [f"The prior is {self.fit.prior}."] if shown else []

    # -- what was maximised ----------------------------------------------------------------------------------

    def maximised(self) -> Parts:
        """Return the objective with its value."""
        n, guess = self.fit.nobs, log(self.size)
        if not isfinite(self.loss):
            return ["No word has a positive weight, so there is no likelihood to maximise."]
        return [
            (
                f"The loss of a {self.token} is minus the log of its probability. The loss of the model is the mean "
                f"over {num(n)} {self.token}s, ends included; its minimum is the maximum of the likelihood."
            ),
            Line(f"loss = {num(-self.fit.llf)}/{num(n)} = {_in_both_units(self.loss)}"),
            f"A uniform guess among {self.size} {self.token}s has the loss log {self.size} = {_in_both_units(guess)}.",
            *self.objective(),
        ]

    def objective(self) -> Parts:
        """Return what was maximised instead of the likelihood."""
        if self.predictor.method is not None:
            return [f"The estimate is not a maximum of the likelihood of these words: {self.predictor.method}."]
        if self.fit.prior is not None:
            return ["With a prior, the log posterior was maximised: the log-likelihood plus the log prior density."]
        return []

    # -- how it was solved -----------------------------------------------------------------------------------

    def solved(self) -> Parts:
        """Return the method of solution."""
        return [f"Solver {self.fit.solver}: {'; '.join(self.fit.verdict.reasons)}."]

    # -- what the numbers mean -------------------------------------------------------------------------------

    def meaning(self) -> Parts:
        """Return the perplexity, the first token, and some draws."""
        return [*self._perplexity(), *self._first(), *self._draws()]

    def _perplexity(self) -> Parts:
        if not isfinite(self.loss):
            return []
        if self.loss == 0:
            return [f"Perplexity e^0 = 1: on these words the next {self.token} is certain."]
        return [
            (
                f"Perplexity e^{num(self.loss)} = {num(exp(self.loss))}: on these words the next {self.token} is as "
                f"uncertain as a draw from {num(exp(self.loss))} equally likely ones, of {self.size}."
            )
        ]

    def _first(self) -> Parts:
        probabilities = self.fit.next_probs("")
        likely = sorted((it for it in probabilities.items() if it[1] > 0), key=lambda it: -it[1])[:LIKELY]
        shown = listed((f"{_quoted(token)} ({num(p)})" for token, p in likely), "or")
        return [f"The most probable beginnings are {shown}; fit.next_probs(prefix) gives what comes next."]

    def _draws(self) -> Parts:
        try:
            drawn = self.fit.sample(DRAWS, seed=0, max_length=40)
        except MlekitError:
            return []
        said = [
            (
                f"To sample a {self.text}, draw a {self.token}, take it as given, draw the next, until the end is "
                "drawn. Six samples:"
            ),
            Line(", ".join(word or "(nothing)" for word in drawn[:SHOWN])),
        ]
        known = set(map(self.fit.vocabulary.plain, self.fit.words))
        if not known:
            return said
        old = sum(self.fit.vocabulary.plain(word) in known for word in drawn)
        return [
            *said,
            (
                f"Of {DRAWS} samples {num(old) if old else 'none'} came from the list it was fitted to. A few are due "
                f"to chance, since short {self.text}s are common; many would mean that it has memorised the list. "
                "fit.sample(20, only_new=True) leaves them out."
            ),
        ]

    # -- how sure it is --------------------------------------------------------------------------------------

    def sure(self) -> Parts:
        """Return the uncertainty of the estimates and of the predictions."""
        return [*self.errors(), *self.held_out()]

    def errors(self) -> Parts:
        """Return the standard errors."""
        return ["There are no standard errors: the loss on words it has not seen measures its uncertainty."]

    def held_out(self) -> Parts:
        """Return the loss on held-out words, if a run has some."""
        kept = {name: words for name, words in self.fit.held_out.items() if words}
        if not kept:
            return [
                (
                    "The loss above is on the words it was fitted to, and is usually too small. For new words use "
                    "fit.evaluate(held_out): the loss has a standard error, and differences of less than about two of "
                    "these are not significant."
                )
            ]
        name, words = list(kept.items())[-1]
        found = self.fit.evaluate(words)
        return [
            (
                f"On {many(len(words), 'word')} that it has not seen ({name}) the loss is {num(found.nll)} with a "
                f"standard error of {num(found.std_error)}, against {num(self.loss)} on its own words. The difference "
                "measures overfitting, up to that error."
            )
        ]

    # -- what would make it wrong ----------------------------------------------------------------------------

    def wrong(self) -> Parts:
        """Return the verdict, doubts and notes."""
        return [
            f"The verdict: {'; '.join(self.checked)}."
            if self.fit.verdict.ok
            else "The answer is not proved, as stated at the top.",
            *self.doubts(),
            *self.fit.notes,
            (
                f"A {self.token} that was never seen has no probability: asking for it is an error. Lists of another "
                "kind or in another language have another distribution, so the loss above does not apply to them."
            ),
        ]

    @property
    def checked(self) -> Sequence[str]:
        """Reasons of the verdict."""
        return self.fit.verdict.reasons

    def doubts(self) -> Parts:
        """Return reasons for doubt."""
        return []

    @property
    def ratio(self) -> str:
        """Numbers of parameters and of tokens."""
        return (
            f"It has {num(self.fit.n_params)} parameters for {num(self.fit.nobs)} {self.token}s, "
            f"{num(self.fit.nobs / max(self.fit.n_params, 1), 3)} per parameter"
        )


def before(memory: float, token: str) -> str:
    """Return the previous tokens that a model depends on, in words.

    Parameters
    ----------
    memory : float
        Number of tokens; infinite for all.
    token : str
        Noun for a token.

    Returns
    -------
    str

    Examples
    --------
    >>> before(1, "character"), before(3, "character"), before(inf, "word")
    ('the character before', 'the 3 characters before', 'all words before')
    """
    if memory == 1:
        return f"the {token} before"
    return f"the {many(memory, token)} before" if isfinite(memory) else f"all {token}s before"


def _in_both_units(loss: float) -> str:
    return f"{num(loss)} nats = {many(loss / log(2), 'bit')}"


def _quoted(token: str) -> str:
    return f'"{token}"' if token else "the end"
