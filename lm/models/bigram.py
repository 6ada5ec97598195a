"""Bigram: the distribution of the next character given the previous one, from counts of pairs in closed form.

    p(b | a) = (n(ab) + alpha - 1) / sum over c of (n(ac) + alpha - 1)

The table of pairs is mlekit's categorical distribution of the next character, grouped by the previous one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from math import fsum
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar

import numpy as np

import mlekit
from lm.aliases import Codes, Floats, Settings
from lm.fit import Fit
from lm.model import AnyPrior, CountedModel, single_prior
from lm.predictor import Predictor
from lm.vocabulary import Vocabulary, pairs
from lm.words import Words
from mlekit.errors import OptionError
from mlekit.models import LogPosterior, Model, Solution

if TYPE_CHECKING:
    import pandas as pd

    from lm.checkpoint import Arrays
    from lm.explain.counted import TablePage

MANY = 1_000  # largest number of tokens for which a table of all pairs is made


@dataclass(frozen=True)
class Bigram(CountedModel):
    """Bigram model: the distribution of the next character given the previous one.

    Without a prior it is the maximum likelihood estimate, under which pairs that never came are impossible.

    Parameters
    ----------
    prior : Prior, optional
        `mlekit.priors.Dirichlet(a)` adds a - 1 to the count of every pair, those with the start and the end of a word
        included. It may be given to `fit` instead.
    vocabulary : Vocabulary, optional
        The vocabulary to use, which may have characters that the words do not have; by default that of the words.
    unit : {"char", "byte", "word"}, default "char"
        Unit of the tokens.

    Examples
    --------
    >>> import lm, mlekit
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
    >>> fit.next_probs("av")
    {'': 0.0, 'a': 1.0, 'e': 0.0, 'i': 0.0, 'm': 0.0, 'v': 0.0}
    """

    default_alpha: ClassVar[float | None] = 2.0

    prior: AnyPrior = None
    vocabulary: Vocabulary | None = None
    unit: str = "char"
    words: Words | None = field(default=None, repr=False)  # these two after `bind`
    pairs: Model[mlekit.GroupedFit] | None = field(default=None, repr=False)

    def bind(self, rows: Words) -> Bigram:
        """Return the model for these words."""
        if len(rows.vocabulary) > MANY:
            raise OptionError(
                f"lm.Bigram is a table of all pairs, which is too large for {len(rows.vocabulary):,} tokens: "
                "use lm.Ngram(2, 'add'), the same model under Dirichlet(2), which keeps the observed pairs only"
            )
        previous, following, weights = rows.pairs(every=True)
        model = mlekit.Estimator("categorical").model()
        how = {"by": [previous], "weights": weights, "offset": None, "missing": "error", "intercept": True}
        return replace(self, words=rows, pairs=model.bind(model.read(following, None, **how)))

    def problem(self, priors: AnyPrior, fixed: Mapping[str, float], tied: Mapping[str, str]) -> LogPosterior:
        """Return the log posterior of the table."""
        prior = single_prior(self.prior, priors)
        assert self.pairs is not None
        problem = self.pairs.problem(prior, fixed, tied)
        assert isinstance(problem, LogPosterior)
        if np.min(_added(prior)) < 0:
            raise OptionError(
                f"prior={prior!r}: the density is infinite where a probability is zero; give an alpha of at least 1"
            )
        return problem

    def answer(self) -> Callable[..., Fit]:
        """Return the function that makes the fit."""
        return self._fit

    def _fit(self, estimator: mlekit.Estimator[object], solution: Solution) -> Fit:
        assert self.words is not None
        prior = single_prior(self.prior, estimator.prior)
        vocabulary = self.words.vocabulary
        imaginary = float(np.broadcast_to(_added(prior), len(vocabulary)).sum())
        outcome = TableOutcome(vocabulary, mlekit.GroupedFit(estimator, solution), imaginary)
        predictor = TablePredictor(vocabulary, outcome.probabilities, partial(getattr, outcome, "std_errors"))
        return Fit(predictor, outcome, self.words.words, None if prior is None else repr(prior))

    @classmethod
    def restore(cls, vocabulary: Vocabulary, settings: Settings, arrays: Arrays) -> TablePredictor:
        """Return the table that was saved."""
        return TablePredictor(vocabulary, arrays["probabilities"], partial(arrays.__getitem__, "std_errors"))


def _added(prior: object) -> Floats:
    """Return what a prior adds to the counts of each row: one number, or one per token."""
    kernel = None if prior is None else mlekit.priors.get(prior).kernel()
    return np.asarray((kernel or {}).get("log", 0.0), float)


class TablePredictor(Predictor):
    """Table of probabilities of the next token.

    Parameters
    ----------
    vocabulary : Vocabulary
    probabilities : ndarray [V, V]
        One row per previous token, the first for the start of a word.
    std_errors : callable
        Function without arguments that returns the standard errors [V, V].
    """

    name = "bigram"

    def __init__(self, vocabulary: Vocabulary, probabilities: Floats, std_errors: Callable[[], Floats]) -> None:
        self.vocabulary, self.probabilities, self._std_errors = vocabulary, probabilities, std_errors

    @cached_property
    def logits(self) -> Floats:
        """Logarithms of the probabilities; -inf in rows without observations."""
        with np.errstate(divide="ignore"):
            return np.log(np.nan_to_num(self.probabilities))

    def next_logits(self, contexts: Codes) -> Floats:
        return self.logits[contexts[:, -1]]

    def token_log_prob(self, words: list[str]) -> Floats:
        return self.logits[pairs(words, self.vocabulary)]

    @property
    def params(self) -> pd.DataFrame:
        return self._frame(self.probabilities)

    @property
    def bse(self) -> pd.DataFrame:
        return self._frame(self._std_errors())

    def conf_int(self, level: float) -> pd.DataFrame:
        """Return Wald intervals, one row per pair."""
        import pandas as pd

        pairs = pd.MultiIndex.from_product([self.vocabulary.symbols] * 2, names=["previous", "next"])
        middle, half = self.probabilities.ravel(), NormalDist().inv_cdf(0.5 + level / 2) * self._std_errors().ravel()
        return pd.DataFrame({"lower": middle - half, "upper": middle + half}, index=pairs)

    @property
    def memory(self) -> float:
        return 1

    def transitions(self, codes: Codes) -> Floats:
        return self.probabilities[codes]

    def arrays(self) -> Arrays:
        return {"probabilities": self.probabilities, "std_errors": self._std_errors()}

    def page(self, fit: Fit) -> TablePage:
        from lm.explain.counted import TablePage

        return TablePage(fit, self)

    def _frame(self, values: Floats) -> pd.DataFrame:
        import pandas as pd

        previous, following = (pd.Index(self.vocabulary.symbols, object, name=name) for name in ("previous", "next"))
        return pd.DataFrame(np.array(values), previous, following)


class TableOutcome:
    """Outcome of mlekit's fits of all rows of the table together.

    Parameters
    ----------
    vocabulary : Vocabulary
    rows : mlekit.GroupedFit
        One fit per previous token.
    imaginary : float, default 0
        Number of imaginary observations of each row that the prior stands for.
    """

    history, watched = None, None
    notes: tuple[str, ...] = ()
    decay = 0.0

    def __init__(self, vocabulary: Vocabulary, rows: mlekit.GroupedFit, imaginary: float = 0.0) -> None:
        self.vocabulary, self.rows, self.imaginary = vocabulary, rows, imaginary
        self.solver, self.quick_ok = rows.solution.solver, bool(rows.quick_ok)

    @property
    def probabilities(self) -> Floats:
        """The table [V, V]."""
        natural = self.rows.solution.params
        return self.rows.params.to_numpy() if natural is None else np.asarray(natural["p"]).T

    @cached_property
    def std_errors(self) -> Floats:
        """sqrt(p (1 - p) / n) of each pair, with the imaginary observations in n; NaN where p is 0 or 1."""
        p, n = self.probabilities, np.asarray(self.rows.nobs) + self.imaginary
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where((p > 0) & (p < 1), np.sqrt(p * (1 - p) / n[:, None]), np.nan)

    @property
    def llf(self) -> float:
        return self._llf

    @cached_property
    def _llf(self) -> float:
        return fsum(self.rows.llf[self.rows.nobs > 0])

    @property
    def log_posterior(self) -> float:
        return self._log_posterior

    @cached_property
    def _log_posterior(self) -> float:
        return fsum(self.rows.log_posterior)

    @property
    def nobs(self) -> float:
        return fsum(self.rows.nobs)

    @property
    def n_params(self) -> int:
        return self.rows.n_params * len(self.rows)

    @property
    def verdict(self) -> mlekit.Verdict:
        return self._verdict

    @cached_property
    def _verdict(self) -> mlekit.Verdict:
        codes = tuple(dict.fromkeys(self.rows.status.astype(str)))
        if not self.rows.verdict_ok:
            return mlekit.Verdict(False, codes, (self._unknown() or self.rows.complaint(),))
        proof = "the maximum is given by a formula" if self.rows.quick_ok else "each row is proved to be a maximum"
        never = np.count_nonzero(self.probabilities == 0)
        impossible = f"{never:,} of {self.probabilities.size:,} pairs never came, and are impossible"
        return mlekit.Verdict(True, codes, (proof, *([impossible] if never else [])))

    def _unknown(self) -> str:
        """Return a sentence about the tokens that nothing follows; empty if there are none."""
        alone = [self.vocabulary.symbols[row] for row in np.flatnonzero(np.isnan(self.probabilities).any(axis=1))]
        shown = ", ".join(map(repr, alone[:5])) + (", ..." if len(alone) > 5 else "")
        return f"no word with positive weight has {shown}, so what follows is unknown: give a prior" if alone else ""
