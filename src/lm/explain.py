"""A language model in words: `fit.explain()`. What differs from model to model is a class each, by the model's name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import exp, inf, isfinite, log
from typing import TYPE_CHECKING

import numpy as np

from lm.vocabulary import pairs
from mlekit.errors import MlekitError
from mlekit.show import Explanation, Line, explanation, listed, many, num

if TYPE_CHECKING:
    from lm.fit import Fit

DRAWN, SHOWN, LIKELY = 100, 6, 3
LONGEST = 12  # letters of the word that serves as an example
Parts = list[str]


def explain(fit: Fit) -> Explanation:
    """The page of a language model.

    >>> import lm, mlekit
    >>> page = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram()).explain()
    >>> page.sections[0].heading
    'What was assumed'
    """
    words = WORDS.get(fit.predictor.name, Net)(fit)
    sections = [
        ("What was assumed", words.assumed()),
        ("What was maximised", words.maximised()),
        ("How it was solved", words.solved()),
        ("What the numbers mean", words.meaning()),
        ("How sure it is, and why", words.sure()),
        ("What would make it wrong", words.wrong()),
    ]
    size = many(len(fit.words), words.things[:-1]) if fit.words else f"{num(fit.nobs)} {words.mark}s"
    alarm = () if fit.verdict.ok else fit.verdict.reasons
    return explanation(f"{fit.predictor.title}: a language model of {size}, explained", sections, alarm)


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


class Table(Words):
    """The bigram: counted pairs."""

    def looks(self) -> Parts:
        return [
            (
                f"This one looks back a single {self.mark}: the next depends on the one before it, and on nothing "
                f"earlier. All that it knows is a table of {self.size} by {self.size} probabilities, a row for each "
                f"{self.mark} and one for the start."
            )
        ]

    def solved(self) -> Parts:
        said = [
            "Every row of the table is a categorical law of its own, and its maximum is a formula: count, and divide."
        ]
        pair = self._pair
        if pair is None:
            return said
        (a, b), together, alone, p = pair
        if self.fit.prior is None:
            return [
                *said,
                Line(f"p({b} | {a}) = count({self.joined(a, b)})/count({a}) = {num(together)}/{num(alone)} = {num(p)}"),
            ]
        return [
            *said,
            (
                f'The prior adds its imaginary pairs to every cell. "{self.joined(a, b)}" came {num(together)} times, '
                f'and "{a}" {num(alone)} times:'
            ),
            Line(f"p({b} | {a}) = {num(p)}, where the counts alone would say {num(together / alone)}"),
        ]

    def joined(self, a: str, b: str) -> str:
        """Two marks in a row."""
        return f"{a}{b}" if self.mark == "character" else f"{a} {b}"

    @cached_property
    def _pair(self) -> tuple[tuple[str, str], float, float, float] | None:
        """The most frequent pair: its marks, how often it and its first came, and what the table says."""
        if not self.fit.words or float(self.fit.vocabulary.lengths(self.fit.words).sum()) != self.fit.nobs:
            return None
        previous, following = pairs(self.fit.words, self.fit.vocabulary)
        inner = (previous > 0) & (following > 0)
        if not inner.any():
            return None
        code = np.bincount(previous[inner] * self.size + following[inner]).argmax()
        a, b = divmod(int(code), self.size)
        together, alone = float(((previous == a) & (following == b)).sum()), float((previous == a).sum())
        marks = self.fit.vocabulary.symbols[a], self.fit.vocabulary.symbols[b]
        return marks, together, alone, float(self.fit.params.to_numpy()[a, b])

    def errors(self) -> Parts:
        pair = self._pair
        if pair is None:
            return ["Each cell has an error, sqrt(p (1 - p)/n) with the n of its row: fit.bse."]
        (a, b), _, alone, _ = pair
        error = float(self.fit.bse.to_numpy()[*map(self.fit.vocabulary.symbols.index, (a, b))])
        told = f"that is {num(error)}" if error > 0 else "there is none, as nothing else came,"
        visits = many(alone, "visit") + (" and those that the prior imagines" if self.fit.prior is not None else "")
        return [
            (
                "A cell is a coin that was tossed as often as its row was visited: its error is sqrt(p (1 - p)/n). "
                f"For p({b} | {a}) {told} after {visits}. Rows of rare {self.mark}s were "
                "visited seldom, and are guesses."
            ),
        ]

    @property
    def checked(self) -> Sequence[str]:
        return self.fit.verdict.reasons[:1]

    def doubts(self) -> Parts:
        table = np.asarray(self.fit.params, dtype=float)
        never = int(np.count_nonzero(table == 0))
        if not never:
            why = "No pair is impossible, thanks to the prior; what never came is judged by that alone."
            return [f"{self.ratio}. {why if self.fit.prior is not None else 'Every pair came.'}"]
        return [
            (
                f"{num(never)} of {num(table.size)} pairs never came, and are impossible here: a new "
                f"{self.things[:-1]} with one of them has probability zero, and the loss of a list with such a "
                f"{self.things[:-1]} is infinite. prior=mlekit.priors.Dirichlet(2) adds one imaginary pair to each "
                "cell and mends that."
            ),
            f"{self.ratio}.",
        ]


class Backoff(Words):
    """Counted contexts of several lengths."""

    def looks(self) -> Parts:
        if not self.predictor.reach:
            return [f"This one looks at nothing before: every {self.mark} is drawn from the same law."]
        looks = f"This one looks at {_before(self.predictor.reach, self.mark)}, and counts what came after them."
        if self.predictor.aim is None:
            return [f"{looks} Shorter contexts are not asked."]
        return [
            (
                f"{looks} Few contexts that long came often, so it mixes what it counted there with what it counted in "
                "shorter ones, down to an even guess."
            )
        ]

    def solved(self) -> Parts:
        table = self.fit.params
        rows = [
            f"{order} {'mark' if order == 1 else 'marks'}: {num(row['grams'])} different"
            for order, row in table.iterrows()
        ]
        return [
            (
                f"Counted in one pass, and then smoothed by a formula: {'; '.join(self.fit.verdict.reasons)}. "
                "Sequences that came, by their length:"
            ),
            *[Line(row) for row in rows[: SHOWN + 2]],
        ]

    def doubts(self) -> Parts:
        if self.predictor.reach < 2:
            return [f"{self.ratio}."]
        return [
            (
                f"{self.ratio}: most contexts of full length came once or twice, so its loss on its own words is "
                "close to remembering them. Only held-out words can choose the order and the smoothing."
            )
        ]


class Mixed(Words):
    """Parts and weights."""

    def looks(self) -> Parts:
        weights = listed(f"{num(weight)} of {name}" for name, weight in self.fit.params.items())
        return [
            f"This one asks {many(len(self.fit.params), 'model')} and averages their probabilities: {weights}.",
            Line("p(next | before) = sum of weight times p of the part"),
        ]

    def solved(self) -> Parts:
        return [
            (
                "Each part was fitted by itself. The weights were then chosen to make words likely that no part had "
                "learned from; on its own words the part that knows them by heart would have taken all the weight."
            ),
            *[f"{reason[0].upper()}{reason[1:]}." for reason in self.fit.verdict.reasons],
        ]

    def doubts(self) -> Parts:
        best = max(self.fit.params)
        one = "One part has nearly all of the weight, so the others are of little use here. " if best > 0.95 else ""
        return [
            (
                f"{one}On the words that chose the weights a mixture is at least as good as its best part; it has the "
                "faults that its parts have in common."
            )
        ]


class Net(Words):
    """Weights that were trained."""

    def looks(self) -> Parts:
        far = _before(self.predictor.reach, self.mark)
        return [
            (
                f"This one is a net, {self.predictor.name}: it reads {far} and answers with {self.size} numbers, "
                f"which e^x and a division turn into probabilities. {num(self.fit.n_params)} weights say how, the "
                "same at every place."
            )
        ]

    def solved(self) -> Parts:
        history, watched = self.fit.found.history, self.fit.found.watched
        said = [
            f"There is no formula: the solver {self.fit.solver} went downhill step by step.",
        ]
        if history is not None and len(history):
            said.append(
                f"{num(len(history))} steps took the loss from {num(history[0])} to {num(history[-1])} nats a "
                f"{self.mark}."
            )
        if watched is not None and len(watched):
            step, least = min(watched, key=lambda it: it[1])
            said.append(f"On words that were held out it was least at step {num(step)}, {num(least)}.")
        return [*said, f"Why it ended: {'; '.join(self.fit.verdict.reasons)}. Another seed may end at other weights."]

    def errors(self) -> Parts:
        return [
            (
                "Its weights have no standard errors: they can be changed together without any change in what it says, "
                "so none has a value of its own. What can be unsure is a prediction; nets trained from several seeds "
                "show how much."
            )
        ]

    def doubts(self) -> Parts:
        return [
            (
                f"{self.ratio}. A net with so many learns its list by heart if it is trained for long: watch held-out "
                "words while it learns, and stop where their loss is least."
            )
        ]


WORDS: dict[str, type[Words]] = {"bigram": Table, "ngram": Backoff, "mixture": Mixed}


def _both(loss: float) -> str:
    return f"{num(loss)} nats = {many(loss / log(2), 'bit')}"


def _before(reach: float, mark: str) -> str:
    """How far back a model looks."""
    if reach == 1:
        return f"the {mark} before"
    return f"the {many(reach, mark)} before" if isfinite(reach) else f"all {mark}s before"


def _shown(mark: str) -> str:
    return f'"{mark}"' if mark else "the end"
