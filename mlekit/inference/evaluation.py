"""Log densities of rows, and the mean loss on rows that the fit has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from ..models.posterior import Fitted
from ..numerics.arrays import Floats
from .new_rows import fitted, read_new


@dataclass(frozen=True)
class Evaluation:
    """The mean loss on data that the fit has not seen.

    Attributes
    ----------
    nll : float
        Minus the mean log density, in nats per row.
    std_error : float
        Its standard error over rows.
    n : float
        The number of rows: the sum of their weights.

    Examples
    --------
    >>> import mlekit
    >>> seen = mlekit.fit([1, 0], family="bernoulli").evaluate([1, 1, 0])
    >>> round(seen.nll, 6), seen.n
    (0.693147, 3.0)
    """

    nll: float
    std_error: float
    n: float


def log_prob(solution: Fitted, new: object = None, target: object = None) -> Floats:
    """The log density of each row; of the fitted ones if no others are given."""
    if new is None:
        return fitted(solution).log_density(solution.problem.rows.observations)
    rows, seen, _ = read_new(solution, new, target)
    return rows.log_density(seen)


def evaluate(solution: Fitted, new: object, target: object = None) -> Evaluation:
    """The mean of minus the log density, over rows as often as they count."""
    rows, seen, weights = read_new(solution, new, target)
    if not len(seen):
        raise DataError("there are no rows to evaluate on: give at least one")
    loss = -rows.log_density(seen)
    weights = np.ones(len(loss)) if weights is None else weights
    n = weights.sum()
    with np.errstate(all="ignore"):
        nll = (weights * loss)[weights > 0].sum() / n
        variance = (weights * (loss - nll) ** 2)[weights > 0].sum() / (n - 1) if n > 1 else np.nan
        return Evaluation(float(nll), float(np.sqrt(variance / n)), float(n))
