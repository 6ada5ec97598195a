"""The likelihood ratio: twice the gain of the larger of two nested fits, chi-square where the smaller model is true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data.unsaved import UnsavedRows
from ..errors import OptionError
from ..models.posterior import LogPosterior
from ..solvers._base import Solution
from .information import log_likelihood
from .nested import refuse_not_nested

BELOW = 1e-6  # how far the larger fit may be below the smaller one: rounding


@dataclass(frozen=True)
class Test:
    """A statistic, its degrees of freedom, and its p-value if the smaller model is true.

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


def lr_test(one: Solution, other: Solution) -> Test:
    """The likelihood ratio of two nested fits of the same rows, in either order."""
    _same_rows(one.problem, other.problem)
    small, large = sorted([one, other], key=lambda solution: solution.problem.size)
    a, b = _described(small.problem), _described(large.problem)
    df = large.problem.size - small.problem.size
    if not df:
        raise OptionError(
            f"{a} and {b} have equally many: a likelihood ratio needs one model that is a special case of the other; "
            "compare their AIC, fit.aic"
        )
    if one.problem.priors or other.problem.priors:
        raise OptionError("a likelihood ratio compares maxima of likelihoods, and a fit with a prior is not at one")
    refuse_not_nested(small.problem, large.problem)
    lower, higher = (float(log_likelihood(solution)[0]) for solution in (small, large))
    statistic = 2 * (higher - lower)
    if statistic < -BELOW * (1 + abs(lower)):
        raise OptionError(
            f"{b} has more parameters but a lower likelihood than {a}: "
            "the smaller model is not a special case of the larger, or a fit is not at its maximum"
        )
    from scipy.special import chdtrc

    statistic = max(statistic, 0.0)
    return Test(statistic, float(chdtrc(df, statistic)), df, f"{a} within {b}")


def _described(problem: LogPosterior) -> str:
    return f"{problem.family!r} ({problem.size} parameter{'s' * (problem.size != 1)})"


def _same_rows(a: LogPosterior, b: LogPosterior) -> None:
    one, two = a.rows, b.rows
    same = bool(np.array_equal(one.nobs(), two.nobs()))
    if same and not isinstance(one, UnsavedRows) and not isinstance(two, UnsavedRows):
        same = one.observations.equals(two.observations) and _equal(one.weights, two.weights)
    if not same:
        raise OptionError("the fits are of different rows: a likelihood ratio compares models of the same data")


def _equal(a: Any, b: Any) -> bool:
    return a is b or (a is not None and b is not None and np.array_equal(a, b))
