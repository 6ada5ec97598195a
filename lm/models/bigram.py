"""Models of words that are counted: exact, in one pass, with nothing to train.

    p(b | a) = (n(ab) + alpha - 1) / sum over c of (n(ac) + alpha - 1)

The table of pairs is mlekit's own categorical of the next character, grouped by the previous one, in closed form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import fsum
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

import mlekit
from lm import words as text
from lm.checkpoint import Arrays
from lm.fit import Fit, Predictor
from lm.vocabulary import Codes, Vocabulary, pairs
from lm.words import Floats, Words, countable, the_one
from mlekit.errors import OptionError
from mlekit.models import Bound, Model

if TYPE_CHECKING:
    import pandas as pd

MANY = 1_000  # tokens of which a table of all pairs is made


@dataclass(frozen=True)
class Bigram(Model):
    """The next character, given the one before it.

    Nothing said is the MLE: a pair that never came is impossible. `prior=mlekit.priors.Dirichlet(a)`, here or in `fit`,
    adds a - 1 to every pair, those with the start and the end of a word too. A `vocabulary` may hold characters that
    the words do not have.

    >>> import lm, mlekit
    >>> fit = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram())
    >>> fit.next_probs("av")
    {'': 0.0, 'a': 1.0, 'e': 0.0, 'i': 0.0, 'm': 0.0, 'v': 0.0}
    """

    alpha: ClassVar[float] = 2.0  # of the Dirichlet prior that lm.train gives it

    prior: Any = None
    vocabulary: Vocabulary | None = None
    unit: str = "char"
    words: Words | None = field(default=None, repr=False)  # these two after `bind`
    pairs: Any = field(default=None, repr=False)

    def read(self, data: Any, target: Any, **how: Any) -> Words:
        return countable(text.read(data, target, self.vocabulary, unit=self.unit, **how))

    def bind(self, rows: Words) -> Bigram:
        if len(rows.vocabulary) > MANY:
            raise OptionError(
                f"lm.Bigram is a table of all pairs, and of {len(rows.vocabulary):,} tokens these are too many: "
                "lm.Ngram(2, 'add') keeps those that came, and is the same model under Dirichlet(2)"
            )
        previous, following, weights = rows.pairs(every=True)
        model = mlekit.Estimator("categorical").model()
        how = {"by": [previous], "weights": weights, "offset": None, "missing": "error", "intercept": True}
        return replace(self, words=rows, pairs=model.bind(model.read(following, None, **how)))

    def problem(self, priors: Any, fixed: Mapping[str, Any], tied: Mapping[str, str]) -> Bound:
        prior = the_one(self.prior, priors)
        problem = self.pairs.problem(prior, fixed, tied)
        if prior is not None and np.min(prior.kernel()["log"]) < 0:
            raise OptionError(f"prior={prior!r}: below one, what never came is endlessly likely: say 1 or more")
        return bound

    def answer(self) -> Callable[..., Fit]:
        return self._fit

    def _fit(self, estimator: Any, problem: Any, solution: Any) -> Fit:
        assert self.words is not None
        prior = the_one(self.prior, estimator.prior)
        counted = Counted(self.words.vocabulary, mlekit.GroupedFit(estimator, solution), prior)
        predictor = Table(counted.vocabulary, counted.probabilities, lambda: counted.std_errors)
        return Fit(predictor, counted, self.words.words, None if prior is None else repr(prior))

    @classmethod
    def restore(cls, vocabulary: Vocabulary, settings: Mapping[str, Any], arrays: Arrays) -> Table:
        """What `Table.kept` gave, as a table again."""
        return Table(vocabulary, arrays["probabilities"], lambda: arrays["std_errors"])


class Table(Predictor):
    """Probabilities of the next character, [V, V]: a row for each previous one, the first the start of a word."""

    name = "bigram"

    def __init__(self, vocabulary: Vocabulary, probabilities: Floats, errors: Callable[[], Floats]) -> None:
        self.vocabulary, self.probabilities, self._errors = vocabulary, probabilities, errors

    @cached_property
    def logits(self) -> Floats:
        with np.errstate(divide="ignore"):
            return np.log(np.nan_to_num(self.probabilities))

    def next_logits(self, contexts: Codes) -> Floats:
        return self.logits[contexts[:, -1]]

    def scores(self, words: list[str]) -> Floats:
        return self.logits[pairs(words, self.vocabulary)]

    @property
    def params(self) -> pd.DataFrame:
        return self._frame(self.probabilities)

    @property
    def bse(self) -> pd.DataFrame:
        return self._frame(self._errors())

    def conf_int(self, level: float) -> pd.DataFrame:
        """Wald's intervals, a row a pair."""
        import pandas as pd

        pairs = pd.MultiIndex.from_product([self.vocabulary.symbols] * 2, names=["previous", "next"])
        middle, reach = self.probabilities.ravel(), NormalDist().inv_cdf(0.5 + level / 2) * self._errors().ravel()
        return pd.DataFrame({"lower": middle - reach, "upper": middle + reach}, index=pairs)

    @property
    def reach(self) -> float:
        return 1

    def after(self, codes: Codes) -> Floats:
        return self.probabilities[codes]

    def kept(self) -> Arrays:
        return {"probabilities": self.probabilities, "std_errors": self._errors()}

    def _frame(self, values: Floats) -> pd.DataFrame:
        import pandas as pd

        previous, following = (pd.Index(self.vocabulary.symbols, object, name=name) for name in ("previous", "next"))
        return pd.DataFrame(np.array(values), previous, following)


class Counted:
    """What was found: mlekit's fits of the rows of the table, taken together."""

    notes, history, watched = (), None, None

    def __init__(self, vocabulary: Vocabulary, rows: mlekit.GroupedFit, prior: Any = None) -> None:
        self.vocabulary, self.rows, self.prior = vocabulary, rows, prior
        self.solver, self.quick_ok = rows.solution.solver, bool(rows.quick_ok)

    @property
    def probabilities(self) -> Floats:
        natural = self.rows.solution.params
        return self.rows.params.to_numpy() if natural is None else np.asarray(natural["p"]).T

    @cached_property
    def std_errors(self) -> Floats:
        """sqrt(p (1 - p) / n) of each pair, imaginary rows among the n; none at the ends of the interval."""
        p, size = self.probabilities, len(self.vocabulary)
        imaginary = 0.0 if self.prior is None else self.prior.counts(size).sum()
        n = np.asarray(self.rows.nobs) + imaginary
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where((p > 0) & (p < 1), np.sqrt(p * (1 - p) / n[:, None]), np.nan)

    @cached_property
    def llf(self) -> float:
        return fsum(self.rows.llf[self.rows.nobs > 0])

    @cached_property
    def log_posterior(self) -> float:
        return fsum(self.rows.log_posterior)

    @property
    def nobs(self) -> float:
        return fsum(self.rows.nobs)

    @property
    def n_params(self) -> int:
        return self.rows.n_params * len(self.rows)

    @cached_property
    def verdict(self) -> mlekit.Verdict:
        codes = tuple(dict.fromkeys(self.rows.status.astype(str)))
        if not self.rows.verdict_ok:
            return mlekit.Verdict(False, codes, (self._unknown() or self.rows.complaint(),))
        proof = "the maximum is given by a formula" if self.rows.quick_ok else "each row is proved to be a maximum"
        never = np.count_nonzero(self.probabilities == 0)
        told = f"{never:,} of {self.probabilities.size:,} pairs never came, and are impossible"
        return mlekit.Verdict(True, codes, (proof, *([told] if never else [])))

    def _unknown(self) -> str:
        """The characters after which nothing came, if there are any."""
        alone = [self.vocabulary.symbols[row] for row in np.flatnonzero(np.isnan(self.probabilities).any(axis=1))]
        shown = ", ".join(map(repr, alone[:5])) + (", ..." if len(alone) > 5 else "")
        return f"no word that counts has {shown}, so what follows is unknown: give a prior" if alone else ""
