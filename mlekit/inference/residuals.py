"""Residuals of each row.

response    y - mean
pearson     (y - mean) / sd
deviance    the root of twice the log density that the row lacks to a fit of its own, with the sign of y - mean
quantile    the normal score of the distribution function at y; of a discrete distribution, of a random point within its
            step (Dunn and Smyth): standard normal if the model is right
"""

from __future__ import annotations

import numpy as np

from ..errors import OptionError
from ..models.posterior import Fitted
from ..numerics.arrays import NUMPY, Floats, Numbers
from ..numerics.special import ndtri
from .new_rows import fitted
from .predictors import Predictors

Seed = int | np.random.Generator | None


def residuals(solution: Fitted, kind: str = "quantile", seed: Seed = 0) -> Floats:
    """One number per row, without weights."""
    if kind not in KINDS:
        raise OptionError(f"there are no residuals of the kind {kind!r}: use {', '.join(KINDS)}")
    rows = fitted(solution)
    y = np.asarray(solution.problem.rows.y)
    with np.errstate(all="ignore"):
        return np.broadcast_to(KINDS[kind](rows, y, seed), (rows.count,))


def response(rows: Predictors, y: Numbers, seed: Seed = None) -> Floats:
    """y - mean."""
    return numbers(rows, y) - moment(rows, "mean")


def pearson(rows: Predictors, y: Numbers, seed: Seed = None) -> Floats:
    """(y - mean) / sd; NaN if the distribution has no variance."""
    variance = moment(rows, "variance")
    return response(rows, y) / np.sqrt(np.where(np.isfinite(variance), variance, np.nan))


def deviance(rows: Predictors, y: Numbers, seed: Seed = None) -> Floats:
    """sign(y - mean) sqrt(deviance of the row)."""
    lack = rows.family.deviance(y, **rows.params, **rows.known)
    if lack is None:
        raise OptionError(f"{rows.family.name} has no deviance: use kind='quantile', 'pearson' or 'response'")
    return np.sign(response(rows, y)) * np.sqrt(lack) + 0.0


def quantile(rows: Predictors, y: Numbers, seed: Seed) -> Floats:
    """From the nearer tail, so that a far row keeps its digits."""
    dist, y = rows.dist, y if rows.family.codes else numbers(rows, y)
    if not rows.family.support.discrete:
        return score(dist.cdf(y), dist.sf(y))
    v = np.random.default_rng(seed).random(rows.count)
    step = dist.pmf(y)
    return score(dist.cdf(y) - (1 - v) * step, dist.sf(y) + (1 - v) * step)


def score(below: Numbers, above: Numbers) -> Floats:
    """The normal quantile, given the probabilities to either side."""
    return np.where(below < above, ndtri(np.asarray(below, dtype=float)), -ndtri(np.asarray(above, dtype=float)))


def numbers(rows: Predictors, y: Numbers) -> Floats:
    """Observations as numbers, which labels of more than two levels are not."""
    if rows.family.codes:
        raise OptionError("labels are not numbers, so they have no mean: use kind='quantile'")
    return np.asarray(y if y.ndim == 1 else y[:, 0], dtype=float)


def moment(rows: Predictors, name: str) -> Floats:
    """The mean or variance of the distribution of each row."""
    value = getattr(rows.family, name)(NUMPY, **rows.params, **rows.known)
    if value is None:
        value = rows.dist.mean() if name == "mean" else rows.dist.var()
    return np.asarray(value, dtype=float)


KINDS = {"quantile": quantile, "response": response, "pearson": pearson, "deviance": deviance}
