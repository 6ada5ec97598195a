"""The log-likelihood at any parameters: a number, at the ends of sets the limit, never nan."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..data.layout import blocks
from ..models.posterior import LogPosterior
from .points import Point, observations, point_at

NEAR, NEARER = 1e-50, 1e-100  # the distances from an end at which a limit is taken


def log_likelihood_at(problem: LogPosterior, vector: ArrayLike) -> float:
    """The log-likelihood; at an end of a set its limit or minus infinity, never nan."""
    point, coefficients = point_at(problem, vector), problem.coefficients
    if coefficients.constant and problem.form.summed:
        return float(problem.log_likelihood(coefficients.from_vector(np.asarray(vector)[None]))[0])
    height = _total(point)
    return height if not np.isnan(height) else _limit(point)


def _total(point: Point) -> float:
    rows = point.problem.rows
    total = 0.0
    for start, stop in blocks(len(rows)):
        seen = observations(point.problem, start, stop)
        value = np.broadcast_to(point.log_density(seen, point.etas(start, stop)), (stop - start,))
        if rows.weights is None:
            total += value.sum()
        else:
            w = rows.weights[start:stop]
            total += (w * value)[w > 0].sum()
    return float(total)


def _limit(point: Point) -> float:
    """The limit of the log-likelihood as parameters go to their ends."""
    near, nearer = _total(point.inwards(NEAR)), _total(point.inwards(NEARER))
    if np.isnan(near) or np.isnan(nearer) or nearer < near - 1:
        return -np.inf
    return nearer if nearer <= near + 1 else np.inf
