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

from ..data.observations import Observations
from ..errors import OptionError
from ..numerics.arrays import NUMPY
from ..numerics.special import ndtri
from ..solvers._base import Array, Solution
from .predictors import Predictors, fitted


def residuals(solution: Solution, kind: str = "quantile", seed: Any = 0) -> Array:
    """One number a row, without weights."""
    if kind not in KINDS:
        raise OptionError(f"there are no residuals of the kind {kind!r}: use {', '.join(KINDS)}")
    rows, seen = fitted(solution), solution.problem.rows.observations
    with np.errstate(all="ignore"):
        return np.broadcast_to(KINDS[kind](rows, seen, seed), (rows.count,))


def response(rows: Predictors, seen: Observations, seed: Any = None) -> Array:
    """y - mean; NaN where y is censored."""
    return numbers(rows, seen) - moment(rows, "mean")


def pearson(rows: Predictors, seen: Observations, seed: Any = None) -> Array:
    """(y - mean) / sd; NaN where the law has no variance."""
    variance = moment(rows, "variance")
    return response(rows, seen) / np.sqrt(np.where(np.isfinite(variance), variance, np.nan))


def deviance(rows: Predictors, seen: Observations, seed: Any = None) -> Array:
    """sign(y - mean) sqrt(deviance of the row)."""
    lack = rows.family.deviance(np.asarray(seen.plain), **rows.params, **rows.known)
    if lack is None:
        raise OptionError(f"{rows.family.name} has no deviance: use kind='quantile', 'pearson' or 'response'")
    return np.sign(response(rows, seen)) * np.sqrt(lack) + 0.0


def quantile(rows: Predictors, seen: Observations, seed: Any) -> Array:
    """The normal score of F at a random place of the step or interval, from the nearer end of the distribution."""
    before, at = seen.cdf_range(rows.dist)
    above, after = seen.tail_range(rows.dist)
    if seen.exact and not rows.family.support.discrete:
        return score(at, after)
    v = np.random.default_rng(seed).random(rows.count)
    return score(before + v * (at - before), after + (1 - v) * (above - after))


def score(below: Array, above: Array) -> Array:
    """The normal quantile, given the probabilities to either side."""
    return np.where(below < above, ndtri(np.asarray(below, dtype=float)), -ndtri(np.asarray(above, dtype=float)))


def numbers(rows: Predictors, seen: Observations) -> Array:
    """Observations as numbers, NaN where they are censored; labels of more than two levels are none."""
    if rows.family.codes:
        raise OptionError("labels are no numbers to take a mean from: use kind='quantile'")
    values, exact = np.asarray(seen.values, dtype=float), seen.density_rows()
    return values if exact is None else np.where(exact, values, np.nan)


def moment(rows: Predictors, name: str) -> Array:
    """The mean or variance of the law of each row."""
    value = getattr(rows.family, name)(NUMPY, **rows.params, **rows.known)
    if value is None:
        value = rows.dist.mean() if name == "mean" else rows.dist.var()
    return np.asarray(value, dtype=float)


KINDS = {"quantile": quantile, "response": response, "pearson": pearson, "deviance": deviance}
