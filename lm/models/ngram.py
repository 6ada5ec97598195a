"""Ngram: the distribution of the next character given the few before it, from smoothed counts.

p(c | ab) = kept(abc) / total(ab) + gamma(ab) p(c | b),    ... down to 1 / V for V characters
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from math import inf
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

import mlekit
from lm.aliases import Codes, Floats, Settings
from lm.fit import Fit
from lm.grams import SMOOTHINGS, Grams, Level, grams_of, smoothed
from lm.model import AnyPrior, CountedModel, single_prior
from lm.outcome import SavedOutcome
from lm.predictor import Predictor
from lm.vocabulary import Vocabulary
from lm.words import Words
from mlekit.errors import NoStandardError, OptionError, UnknownName, nearest
from mlekit.priors import Dirichlet

if TYPE_CHECKING:
    import pandas as pd

    from lm.checkpoint import Arrays
    from lm.explain.counted import BackoffPage

METHODS = {"kneser_ney": "Kneser-Ney discounts", "witten_bell": "Witten-Bell smoothing"}  # instead of a prior
REASONS = {
    "kneser_ney": "modified Kneser-Ney, discounts in closed form from counts of counts; not a maximum of a likelihood",
    "witten_bell": "Witten-Bell, in closed form from the distinct characters after a context; not a maximum of a "
    "likelihood",
    "add": "the maximum is given by a formula",
}


@dataclass(frozen=True)
class Ngram(CountedModel):
    """N-gram model: the distribution of the next character given the `order` - 1 before it.

    Weights of words may be fractions: between integers, discounts and numbers of distinct characters are interpolated.

    Parameters
    ----------
    order : int, default 6
        Length of the longest n-grams; 2 are pairs.
    smoothing : {"kneser_ney", "witten_bell", "add"}, default "kneser_ney"
        Method that gives probability to what never came:

        - "kneser_ney": modified Kneser-Ney, interpolated; each count gives a discount to the next shorter context
        - "witten_bell": a context gives weight 1 for each distinct character that came after it
        - "add": `add` is added to every count, as by `prior=mlekit.priors.Dirichlet(1 + add)`; with order 2 this is
          the bigram
    add : float, default 1
        Number added to every count with smoothing "add"; 0 gives the maximum likelihood estimate, which is uniform
        after a context that never came.
    prior : Dirichlet, optional
        With smoothing "add", the prior that says what is added.
    vocabulary : Vocabulary, optional
        The vocabulary to use; by default that of the words.
    unit : {"char", "byte", "word"}, default "char"
        Unit of the tokens.

    Raises
    ------
    OptionError
        If an argument is out of range.

    Examples
    --------
    >>> import lm, mlekit
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Ngram(3))
    >>> round(fit.next_probs("av")["a"], 4)
    0.8258
    """

    order: int = 6
    smoothing: str = "kneser_ney"
    add: float = 1
    prior: AnyPrior = field(default=None, kw_only=True)
    vocabulary: Vocabulary | None = field(default=None, kw_only=True)
    unit: str = field(default="char", kw_only=True)
    words: Words | None = field(default=None, repr=False, kw_only=True)  # after `bind`

    def __post_init__(self) -> None:
        if self.smoothing not in SMOOTHINGS:
            raise UnknownName(f"smoothing={self.smoothing!r}: {nearest(self.smoothing, SMOOTHINGS)}")
        if not (isinstance(self.order, Integral) and self.order >= 1):
            raise OptionError(f"order={self.order!r}: give a positive integer, such as 6 to look five characters back")
        if not (isinstance(self.add, Real) and 0 <= self.add < inf):
            raise OptionError(f"add={self.add!r}: give the number added to each count, which must not be negative")

    def bind(self, rows: Words) -> Ngram:
        """Return the model for these words."""
        return replace(self, words=rows)

    def problem(self, priors: AnyPrior, fixed: Mapping[str, float], tied: Mapping[str, str]) -> NoReturn:
        """Raise an error: the estimates are counts."""
        raise OptionError("an n-gram is estimated from counts, so there is no objective to maximise")

    def fitted(self, estimator: mlekit.Estimator[object]) -> Fit:
        """Return the fit to the words."""
        assert self.words is not None
        if estimator.solver not in ("auto", "closed") or estimator.fixed:
            raise OptionError("an n-gram is estimated from counts: leave out solver= and fixed=")
        prior = self._dirichlet(single_prior(self.prior, estimator.prior))
        grams = grams_of(self.words, self.order)
        levels = smoothed(grams, self.smoothing, 0 if prior is None else prior.alpha - 1)
        settings = {"order": int(self.order), "smoothing": self.smoothing}
        predictor = BackoffPredictor(self.words.vocabulary, settings, levels)
        outcome = Likelihood(grams, levels).outcome(prior, REASONS[self.smoothing])
        said = METHODS.get(self.smoothing) if prior is None else repr(prior)
        return Fit(predictor, outcome, self.words.words, said)

    def _dirichlet(self, prior: object) -> Any:
        """Return the prior that adds to each count."""
        if prior is None:
            return Dirichlet(1 + self.add) if self.smoothing == "add" and self.add else None
        match prior:
            case Dirichlet(alpha=int() | float() as alpha) if alpha >= 1 and self.smoothing == "add":
                return prior
            case _:
                raise OptionError(
                    f"prior={prior!r}: with smoothing='add', Dirichlet(a) with one number a of at least 1 adds a - 1 "
                    "to every count; the other smoothings take no prior: leave it out"
                )

    @classmethod
    def restore(cls, vocabulary: Vocabulary, settings: Settings, arrays: Arrays) -> BackoffPredictor:
        """Return the tables that were saved."""
        lengths = sum(name.startswith("keys") for name in arrays)
        levels = [Level(*(arrays[f"{part.name}{k}"] for part in fields(Level))) for k in range(1, lengths + 1)]
        return BackoffPredictor(vocabulary, settings, levels)


class Likelihood:
    """Likelihood of the counts: of each character after the longest context that is used.

    Parameters
    ----------
    grams : list of Grams
    levels : list of Level
    """

    def __init__(self, grams: list[Grams], levels: list[Level]) -> None:
        self.size = len(grams[0].keys)
        self.levels = [(g, g.counts * g.whole, level) for g, level in zip(grams, levels, strict=True)]

    def outcome(self, prior: Any, reason: str) -> SavedOutcome:
        """Return the outcome of the fit, with V - 1 free parameters per context that came.

        Parameters
        ----------
        prior : Dirichlet or None
        reason : str
            Reason of the verdict.

        Returns
        -------
        SavedOutcome
        """
        llf = sum(float(n[n > 0] @ np.log(level.p[n > 0])) for _, n, level in self.levels)
        return SavedOutcome(
            llf=llf,
            log_posterior=llf if prior is None else llf + self.log_prior(prior),
            nobs=sum(float(n.sum()) for _, n, _ in self.levels),
            n_params=(self.size - 1) * sum(int(np.count_nonzero(g.sums(n))) for g, n, _ in self.levels),
            verdict=mlekit.Verdict(True, ("closed_form",), (reason,)),
            solver="closed",
        )

    def log_prior(self, prior: Any) -> float:
        """Return the log prior density of the distributions after all contexts that came.

        Parameters
        ----------
        prior : Dirichlet

        Returns
        -------
        float
        """
        total = 0.0
        for g, n, level in self.levels:
            came = g.sums(n) > 0
            never = self.size - np.bincount(g.context, minlength=g.contexts)[came]
            logs = np.log(level.p[came[g.context]]).sum() + never @ np.log(level.gamma[:-1][came] / self.size)
            total += came.sum() * prior.constant(self.size) + (prior.alpha - 1) * float(logs)
        return total


class BackoffPredictor(Predictor):
    """Sorted tables of n-grams, with the weight that each context gives to the next shorter one.

    Parameters
    ----------
    vocabulary : Vocabulary
    settings : mapping
        Order and smoothing.
    levels : list of Level
    """

    name = "ngram"

    def __init__(self, vocabulary: Vocabulary, settings: Settings, levels: list[Level]) -> None:
        self.vocabulary, self.levels, self._settings = vocabulary, levels, dict(settings)

    @property
    def title(self) -> str:
        order = self._settings["order"]
        return "bigram" if order == 2 else f"{order}-gram"

    @property
    def method(self) -> str | None:
        return METHODS.get(self._settings["smoothing"])

    @property
    def memory(self) -> float:
        return len(self.levels) - 1

    def next_logits(self, contexts: Codes) -> Floats:
        size, before = len(self.vocabulary), min(len(self.levels) - 1, contexts.shape[1])
        p = np.tile(self.levels[0].p, (len(contexts), 1))
        context = last = contexts[:, contexts.shape[1] - before :]
        for length, level in enumerate(self.levels[1 : before + 1], 1):
            level.interpolate(p, context[:, -1])
            context = level.find(context[:, :-1], last[:, length:], size)
        with np.errstate(divide="ignore"):
            return np.log(p)

    def token_log_prob(self, words: list[str]) -> Floats:
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
        """Numbers of distinct contexts and n-grams by length, with the discounts."""
        import pandas as pd

        size = len(self.vocabulary)
        rows = [[len(np.unique(m.keys // size)), len(m.keys), *m.discounts] for m in self.levels]
        columns = ["contexts", "grams", "D1", "D2", "D3+"][: len(rows[0])]
        return pd.DataFrame(rows, pd.RangeIndex(1, len(rows) + 1, name="order"), columns)

    @property
    def bse(self) -> NoReturn:
        raise NoStandardError(
            "a smoothed n-gram has no standard errors; the uncertainty of its predictions is measured by "
            "fit.evaluate(held_out)"
        )

    def arrays(self) -> Arrays:
        tables = {k: {part.name: getattr(m, part.name) for part in fields(m)} for k, m in enumerate(self.levels, 1)}
        return {f"{name}{k}": array for k, table in tables.items() for name, array in table.items()}

    def settings(self) -> Settings:
        return self._settings

    def page(self, fit: Fit) -> BackoffPage:
        from lm.explain.counted import BackoffPage

        return BackoffPage(fit, self)
