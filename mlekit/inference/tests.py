"""The likelihood ratio: twice what the larger of two nested fits gains, chi-square where the smaller law is true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data.unsaved import UnsavedRows
from ..errors import OptionError
from ..models.base import Bound
from ..solvers._base import Solution
from .information import log_likelihood
from .nested import refuse_not_nested

BELOW = 1e-6  # how far the larger fit may be below the smaller one: rounding


@dataclass(frozen=True)
class Test:
    """A statistic, its degrees of freedom, and the chance of one so large if the smaller law were true.

    >>> import mlekit
    >>> free = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli")
    >>> fair = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", fixed={"p": 0.5})
    >>> test = free.lr_test(fair)
    >>> round(test.statistic, 3), test.df, round(test.p_value, 3)
    (1.646, 1, 0.2)
    """

    __test__ = False  # no test of pytest's

    statistic: float
    p_value: float
    df: int
    words: str = ""

    def __str__(self) -> str:
        return f"{self.words}: chi-square {self.statistic:.6g} on {self.df} df, p = {self.p_value:.4g}"


def lr_test(bound: Bound, solution: Solution, other: Bound, other_solution: Solution) -> Test:
    """The likelihood ratio of two nested fits of the same rows, in either order."""
    _same_rows(bound, other)
    small, large = sorted([(bound, solution), (other, other_solution)], key=lambda fit: fit[0].problem.size)
    df = large[0].problem.size - small[0].problem.size
    if not df:
        raise OptionError(
            f"{_law(small[0])} and {_law(large[0])} have equally many: a likelihood ratio needs one law that is a "
            "special case of the other; compare their AIC, fit.aic"
        )
    if bound.base.beliefs or other.base.beliefs:
        raise OptionError("a likelihood ratio compares maxima of likelihoods, and a fit with a prior is not at one")
    refuse_not_nested(small[0], large[0])
    statistic = 2 * float(log_likelihood(*large)[0] - log_likelihood(*small)[0])
    if statistic < -BELOW * (1 + abs(float(log_likelihood(*small)[0]))):
        raise OptionError(
            f"{_law(large[0])} has more free numbers but a lower likelihood than {_law(small[0])}: "
            "the smaller law is no special case of the larger, or a fit is not at its maximum"
        )
    from scipy.special import chdtrc

    statistic = max(statistic, 0.0)
    words = f"{_law(small[0])} within {_law(large[0])}"
    return Test(statistic, float(chdtrc(df, statistic)), df, words)


def _law(bound: Bound) -> str:
    count = bound.problem.size
    return f"{bound.model.family!r} ({count} free number{'s' * (count != 1)})"


def _same_rows(a: Bound, b: Bound) -> None:
    one: Any = a.model.rows
    two: Any = b.model.rows
    same = bool(np.array_equal(one.nobs(), two.nobs()))
    if same and not isinstance(one, UnsavedRows) and not isinstance(two, UnsavedRows):
        same = np.array_equal(one.y, two.y) and _equal(one.weights, two.weights)
    if not same:
        raise OptionError("the fits are of different rows: a likelihood ratio compares laws of the same data")


def _equal(a: Any, b: Any) -> bool:
    return a is b or (a is not None and b is not None and np.array_equal(a, b))
