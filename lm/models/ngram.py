"""The next character, given the few before it: counted, and smoothed.

p(c | ab) = kept(abc) / total(ab) + gamma(ab) p(c | b)      and so on, down to an even guess among the V characters
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from math import inf
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np

import mlekit
from lm import words as text
from lm.fit import Fit, Found
from lm.grams import SMOOTHINGS, Grams, Level, grams_of, smoothed
from lm.predictor import Predictor
from lm.vocabulary import Codes, Vocabulary
from lm.words import Floats, Words, countable, the_one
from mlekit.errors import NoStandardError, OptionError, UnknownName, nearest
from mlekit.models import Model
from mlekit.priors import Dirichlet

if TYPE_CHECKING:
    import pandas as pd

    from lm.checkpoint import Arrays

BELIEFS = {"kneser_ney": "Kneser-Ney discounts", "witten_bell": "Witten-Bell smoothing"}  # in the place of a prior
PROOFS = {
    "kneser_ney": "modified Kneser-Ney, discounts in closed form from counts of counts; no maximum of a likelihood",
    "witten_bell": "Witten-Bell, in closed form from how many kinds followed a context; no maximum of a likelihood",
    "add": "the maximum is given by a formula",
}


@dataclass(frozen=True)
class Ngram(Model[Fit]):
    """The next character, given the `order` - 1 before it.

    `smoothing` says where the probability of what never came is from:

        kneser_ney    modified Kneser-Ney, interpolated: each count gives a discount to the context that is one shorter
        witten_bell   a context gives 1 for each different character that came after it
        add           `add` to every count, as `prior=mlekit.priors.Dirichlet(1 + add)` does; with order 2 the bigram.
                      0 is the MLE; after a context that never came it is an even guess

    Weights of words may be fractions: between whole numbers, discounts and numbers of kinds are interpolated.

    >>> import lm, mlekit
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Ngram(3))
    >>> round(fit.next_probs("av")["a"], 4)
    0.8258
    """

    order: int = 6
    smoothing: str = "kneser_ney"
    add: float = 1
    prior: Any = field(default=None, kw_only=True)
    vocabulary: Vocabulary | None = field(default=None, kw_only=True)
    unit: str = field(default="char", kw_only=True)
    words: Words | None = field(default=None, repr=False, kw_only=True)  # after `bind`

    def __post_init__(self) -> None:
        if self.smoothing not in SMOOTHINGS:
            raise UnknownName(f"smoothing={self.smoothing!r}: {nearest(self.smoothing, SMOOTHINGS)}")
        if not (isinstance(self.order, Integral) and self.order >= 1):
            raise OptionError(f"order={self.order!r}: give a whole number from 1, such as 6: five characters back")
        if not (isinstance(self.add, Real) and 0 <= self.add < inf):
            raise OptionError(f"add={self.add!r}: give what is added to each count, a number from 0")

    def read(self, data: Any, target: Any, **how: Any) -> Words:
        return countable(text.read(data, target, self.vocabulary, unit=self.unit, **how))

    def bind(self, rows: Words) -> Ngram:
        return replace(self, words=rows)

    def problem(self, priors: Any, fixed: Mapping[str, Any], tied: Mapping[str, str]) -> Any:
        raise OptionError("an n-gram is counted: there is nothing to search for")

    def fitted(self, estimator: Any) -> Fit:
        assert self.words is not None
        if estimator.solver not in ("auto", "closed") or estimator.fixed:
            raise OptionError("an n-gram is counted: leave out solver= and fixed=, which are for a search")
        prior = self._prior(the_one(self.prior, estimator.prior))
        grams = grams_of(self.words, self.order)
        levels = smoothed(grams, self.smoothing, 0 if prior is None else prior.alpha - 1)
        predictor = Backoff(self.words.vocabulary, {"order": int(self.order), "smoothing": self.smoothing}, levels)
        found = Counted(grams, levels).found(prior, PROOFS[self.smoothing])
        belief = BELIEFS.get(self.smoothing) if prior is None else repr(prior)
        return Fit(predictor, found, self.words.words, belief)

    def _prior(self, prior: Any) -> Any:
        """What is added to each count, as the prior that it is."""
        if prior is None:
            return Dirichlet(1 + self.add) if self.smoothing == "add" and self.add else None
        match prior:
            case Dirichlet(alpha=int() | float() as alpha) if alpha >= 1 and self.smoothing == "add":
                return prior
            case _:
                raise OptionError(
                    f"prior={prior!r}: with smoothing='add', Dirichlet(a) with one a from 1 adds a - 1 to every count; "
                    "the other smoothings find in the counts what they believe: leave it out"
                )

    @classmethod
    def restore(cls, vocabulary: Vocabulary, settings: Mapping[str, Any], arrays: Arrays) -> Backoff:
        """What `Backoff.kept` gave, as tables again."""
        lengths = sum(name.startswith("keys") for name in arrays)
        levels = [Level(*(arrays[f"{part.name}{k}"] for part in fields(Level))) for k in range(1, lengths + 1)]
        return Backoff(vocabulary, settings, levels)


class Counted:
    """The likelihood of what was counted: of each character after the longest context that is looked at."""

    def __init__(self, grams: list[Grams], levels: list[Level]) -> None:
        self.size = len(grams[0].keys)
        self.levels = [(g, g.counts * g.whole, level) for g, level in zip(grams, levels, strict=True)]

    def found(self, prior: Any, reason: str) -> Found:
        """What is known of the answer; V - 1 numbers were free after each context that came."""
        llf = sum(float(n[n > 0] @ np.log(level.p[n > 0])) for _, n, level in self.levels)
        return Found(
            llf=llf,
            log_posterior=llf if prior is None else llf + self.log_prior(prior),
            nobs=sum(float(n.sum()) for _, n, _ in self.levels),
            n_params=(self.size - 1) * sum(int(np.count_nonzero(g.sums(n))) for g, n, _ in self.levels),
            verdict=mlekit.Verdict(True, ("closed_form",), (reason,)),
            solver="closed",
        )

    def log_prior(self, prior: Any) -> float:
        """The log density of what comes after each context that came."""
        total = 0.0
        for g, n, level in self.levels:
            came = g.sums(n) > 0
            never = self.size - np.bincount(g.context, minlength=g.contexts)[came]
            logs = np.log(level.p[came[g.context]]).sum() + never @ np.log(level.gamma[:-1][came] / self.size)
            total += came.sum() * prior.constant(self.size) + (prior.alpha - 1) * float(logs)
        return total


class Backoff(Predictor):
    """Tables of grams, sorted, and what goes from each context to the one that is shorter."""

    name = "ngram"

    @property
    def title(self) -> str:
        order = self._settings["order"]
        return "bigram" if order == 2 else f"{order}-gram"

    @property
    def aim(self) -> str | None:
        return BELIEFS.get(self._settings["smoothing"])

    def __init__(self, vocabulary: Vocabulary, settings: Mapping[str, Any], levels: list[Level]) -> None:
        self.vocabulary, self.levels, self._settings = vocabulary, levels, dict(settings)

    @property
    def reach(self) -> float:
        return len(self.levels) - 1

    def next_logits(self, contexts: Codes) -> Floats:
        size, before = len(self.vocabulary), min(len(self.levels) - 1, contexts.shape[1])
        p = np.tile(self.levels[0].p, (len(contexts), 1))
        context = last = contexts[:, contexts.shape[1] - before :]
        for length, level in enumerate(self.levels[1 : before + 1], 1):
            level.over(p, context[:, -1])
            context = level.find(context[:, :-1], last[:, length:], size)
        with np.errstate(divide="ignore"):
            return np.log(p)

    def scores(self, words: list[str]) -> Floats:
        y = self.vocabulary.encode(words)
        starts, context, p = np.roll(y, 1) == 0, np.zeros_like(y), np.full(len(y), 1 / len(self.vocabulary))
        for length, level in enumerate(self.levels):
            gram = level.find(context, y, len(self.vocabulary))
            p = np.where(gram >= 0, level.p[gram], level.gamma[context] * p)
            context = np.roll(gram, 1)
            context[starts] = -1 if length else 0
        with np.errstate(divide="ignore"):
            return np.log(p)

    @property
    def params(self) -> pd.DataFrame:
        """Of each length how many contexts and grams came, and its discounts."""
        import pandas as pd

        size = len(self.vocabulary)
        rows = [[len(np.unique(m.keys // size)), len(m.keys), *m.discounts] for m in self.levels]
        columns = ["contexts", "grams", "D1", "D2", "D3+"][: len(rows[0])]
        return pd.DataFrame(rows, pd.RangeIndex(1, len(rows) + 1, name="order"), columns)

    @property
    def bse(self) -> Any:
        raise NoStandardError(
            "a smoothed n-gram has no standard errors; how sure its predictions are is told by fit.evaluate(held_out)"
        )

    def kept(self) -> Arrays:
        tables = {k: {part.name: getattr(m, part.name) for part in fields(m)} for k, m in enumerate(self.levels, 1)}
        return {f"{name}{k}": array for k, table in tables.items() for name, array in table.items()}

    def settings(self) -> Mapping[str, Any]:
        return self._settings
