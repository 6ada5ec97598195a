"""What is left of each row when the fitted law is taken away.

response    y - mean
pearson     (y - mean) / sd
deviance    the root of twice the log density that the row lacks to a fit of its own, with the sign of y - mean
quantile    the normal score of the row's place in its law; of a discrete law of a random place within its step
            (Dunn and Smyth): standard normal where the law is right
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import OptionError
from ..numerics.arrays import NUMPY
from ..numerics.special import ndtri
from ..solvers._base import Array, Solution
from .predictors import Predictors, fitted


def residuals(solution: Solution, kind: str = "quantile", seed: Any = 0) -> Array:
    """One number a row, without weights."""
    if kind not in KINDS:
        raise OptionError(f"there are no residuals of the kind {kind!r}: use {', '.join(KINDS)}")
    rows = fitted(solution)
    y = np.asarray(solution.problem.rows.y)
    with np.errstate(all="ignore"):
        return np.broadcast_to(KINDS[kind](rows, y, seed), (rows.count,))


def response(rows: Predictors, y: Array, seed: Any = None) -> Array:
    """y - mean."""
    return numbers(rows, y) - moment(rows, "mean")


def pearson(rows: Predictors, y: Array, seed: Any = None) -> Array:
    """(y - mean) / sd; NaN where the law has no variance."""
    variance = moment(rows, "variance")
    return response(rows, y) / np.sqrt(np.where(np.isfinite(variance), variance, np.nan))


def deviance(rows: Predictors, y: Array, seed: Any = None) -> Array:
    """sign(y - mean) sqrt(deviance of the row)."""
    lack = rows.family.deviance(y, **rows.params, **rows.known)
    if lack is None:
        raise OptionError(f"{rows.family.name} has no deviance: use kind='quantile', 'pearson' or 'response'")
    return np.sign(response(rows, y)) * np.sqrt(lack) + 0.0


def quantile(rows: Predictors, y: Array, seed: Any) -> Array:
    """From the nearer end of the law, so that a far row keeps its digits."""
    law, y = rows.dist, y if rows.family.codes else numbers(rows, y)
    if not rows.family.support.discrete:
        return score(law.cdf(y), law.sf(y))
    v = np.random.default_rng(seed).random(rows.count)
    step = law.pmf(y)
    return score(law.cdf(y) - (1 - v) * step, law.sf(y) + (1 - v) * step)


def score(below: Array, above: Array) -> Array:
    """The normal quantile, given the probabilities to either side."""
    return np.where(below < above, ndtri(np.asarray(below, dtype=float)), -ndtri(np.asarray(above, dtype=float)))


def numbers(rows: Predictors, y: Array) -> Array:
    """Observations as numbers; labels of more than two levels are none."""
    if rows.family.codes:
        raise OptionError("labels are no numbers to take a mean from: use kind='quantile'")
    return np.asarray(y if y.ndim == 1 else y[:, 0], dtype=float)


def moment(rows: Predictors, name: str) -> Array:
    """The mean or variance of the law of each row."""
    value = getattr(rows.family, name)(NUMPY, **rows.params, **rows.known)
    if value is None:
        value = rows.dist.mean() if name == "mean" else rows.dist.var()
    return np.asarray(value, dtype=float)


KINDS = {"quantile": quantile, "response": response, "pearson": pearson, "deviance": deviance}
