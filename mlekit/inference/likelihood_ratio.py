"""The likelihood ratio: twice the gain of the larger of two nested fits, chi-square if the smaller model is true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.unsaved import UnsavedRows
from ..errors import OptionError
from ..models.posterior import Fitted, LogPosterior
from ..numerics.arrays import Floats
from .information import log_likelihood
from .nested import refuse_not_nested

BELOW = 1e-6  # how far the larger fit may be below the smaller one: rounding


@dataclass(frozen=True)
class Test:
    """A test statistic with its p-value.

    Attributes
    ----------
    statistic : float
        Twice the difference of the log-likelihoods.
    p_value : float
        The probability of at least this statistic if the smaller model is true.
    df : int
        The degrees of freedom of the chi-square distribution.
    words : str
        The two models.

    Examples
    --------
    >>> import mlekit
    >>> free = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli")
    >>> fair = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", fixed={"p": 0.5})
    >>> test = free.lr_test(fair)
    >>> round(test.statistic, 3), test.df, round(test.p_value, 3)
    (1.646, 1, 0.2)
    """

    __test__ = False  # not a test of pytest

    statistic: float
    p_value: float
    df: int
    words: str = ""

    def __str__(self) -> str:
        return f"{self.words}: chi-square {self.statistic:.6g} on {self.df} df, p = {self.p_value:.4g}"


def lr_test(one: Fitted, other: Fitted) -> Test:
    """The likelihood ratio of two nested fits of the same rows, in either order."""
    small, large = sorted([one, other], key=lambda solution: solution.problem.size)
    _refuse(small.problem, large.problem)
    lower, higher = (float(log_likelihood(solution)[0]) for solution in (small, large))
    statistic = 2 * (higher - lower)
    a, b = _described(small.problem), _described(large.problem)
    if statistic < -BELOW * (1 + abs(lower)):
        raise OptionError(
            f"{b} has more parameters but a lower likelihood than {a}: "
            "the smaller model is not a special case of the larger, or a fit is not at its maximum"
        )
    from scipy.special import chdtrc

    statistic, df = max(statistic, 0.0), large.problem.size - small.problem.size
    return Test(statistic, float(chdtrc(df, statistic)), df, f"{a} within {b}")


def _refuse(small: LogPosterior, large: LogPosterior) -> None:
    """Raise the reason why two fits have no likelihood ratio."""
    if not _same_rows(small, large):
        raise OptionError("the fits are of different rows: a likelihood ratio compares models of the same data")
    if small.size == large.size:
        raise OptionError(
            f"{_described(small)} and {_described(large)} have equally many: a likelihood ratio needs one model "
            "that is a special case of the other; compare their AIC, fit.aic"
        )
    if small.priors or large.priors:
        raise OptionError("a likelihood ratio compares maxima of likelihoods, and a fit with a prior is not at one")
    refuse_not_nested(small, large)


def _described(problem: LogPosterior) -> str:
    return f"{problem.family!r} ({problem.size} parameter{'s' * (problem.size != 1)})"


def _same_rows(a: LogPosterior, b: LogPosterior) -> bool:
    one, two = a.rows, b.rows
    same = bool(np.array_equal(one.nobs(), two.nobs()))
    if same and not isinstance(one, UnsavedRows) and not isinstance(two, UnsavedRows):
        return one.observations.equals(two.observations) and _equal(one.weights, two.weights)
    return same


def _equal(a: Floats | None, b: Floats | None) -> bool:
    return a is b or (a is not None and b is not None and np.array_equal(a, b))
