"""Residuals of each row.

response    y - mean
pearson     (y - mean) / sd
deviance    the root of twice the log density that the row lacks to a fit of its own, with the sign of y - mean
quantile    the normal score of the distribution function at y; of a discrete distribution or a censored row, of a
            random point within its step or interval (Dunn and Smyth): standard normal if the model is right
"""

from __future__ import annotations

import numpy as np

from ..data.observations import Observations
from ..errors import OptionError
from ..models.posterior import Fitted
from ..numerics.arrays import NUMPY, Floats, Numbers
from ..numerics.seeds import generator
from ..numerics.special import ndtri
from .new_rows import fitted
from .predictors import Predictors

Seed = int | np.random.Generator | None


def residuals(solution: Fitted, kind: str = "quantile", seed: Seed = 0) -> Floats:
    """One number per row, without weights."""
    if kind not in KINDS:
        raise OptionError(f"there are no residuals of the kind {kind!r}: use {', '.join(KINDS)}")
    rows, seen = fitted(solution), solution.problem.rows.observations
    with np.errstate(all="ignore"):
        return np.broadcast_to(KINDS[kind](rows, seen, seed), (rows.count,))


def response(rows: Predictors, seen: Observations, seed: Seed = None) -> Floats:
    """y - mean; NaN if y is censored."""
    return numbers(rows, seen) - moment(rows, "mean")


def pearson(rows: Predictors, seen: Observations, seed: Seed = None) -> Floats:
    """(y - mean) / sd; NaN if the distribution has no variance, or y is censored."""
    variance = moment(rows, "variance")
    return response(rows, seen) / np.sqrt(np.where(np.isfinite(variance), variance, np.nan))


def deviance(rows: Predictors, seen: Observations, seed: Seed = None) -> Floats:
    """sign(y - mean) sqrt(deviance of the row)."""
    lack = rows.family.deviance(np.asarray(seen.plain), **rows.params, **rows.known)
    if lack is None:
        raise OptionError(f"{rows.family.name} has no deviance: use kind='quantile', 'pearson' or 'response'")
    return np.sign(response(rows, seen)) * np.sqrt(lack) + 0.0


def quantile(rows: Predictors, seen: Observations, seed: Seed) -> Floats:
    """The normal score of F at a random point of the step or interval, from the nearer tail."""
    before, at = seen.cdf_range(rows.dist)
    above, after = seen.tail_range(rows.dist)
    if seen.exact and not rows.family.support.discrete:
        return score(at, after)
    v = generator(seed).random(rows.count)
    return score(before + v * (at - before), after + (1 - v) * (above - after))


def score(below: Numbers, above: Numbers) -> Floats:
    """The normal quantile, given the probabilities to either side."""
    return np.where(below < above, ndtri(np.asarray(below, dtype=float)), -ndtri(np.asarray(above, dtype=float)))


def numbers(rows: Predictors, seen: Observations) -> Floats:
    """Observations as numbers, NaN if they are censored; labels of more than two levels are none."""
    if rows.family.codes:
        raise OptionError("labels are not numbers, so they have no mean: use kind='quantile'")
    values, exact = np.asarray(seen.values, dtype=float), seen.density_rows()
    return values if exact is None else np.where(exact, values, np.nan)


def moment(rows: Predictors, name: str) -> Floats:
    """The mean or variance of the distribution of each row."""
    value = getattr(rows.family, name)(NUMPY, **rows.params, **rows.known)
    if value is None:
        value = rows.dist.mean() if name == "mean" else rows.dist.var()
    return np.asarray(value, dtype=float)


KINDS = {"quantile": quantile, "response": response, "pearson": pearson, "deviance": deviance}
