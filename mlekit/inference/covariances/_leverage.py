"""Leverages: the weight of each row in its own fitted value.

    h = u x' (sum w u x x')^-1 x        u = (d mean / d eta)^2 / variance

That of the first parameter's coefficients, of one of the rows for which a weighted row stands.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import OptionError
from ...models.solution import Solution
from ...numerics.arrays import NUMPY
from ...numerics.derivatives import differentiate
from ..predictors import Predictors, fitted

Array = Any


def inflated(solution: Solution, power: float) -> Array:
    """The weights of the rows, times (1 - h) to this power."""
    if solution.problem.count > 1:
        raise OptionError("hc2 and hc3 are of one fit: use 'hc1', or fit[key].with_cov('hc3') for one group")
    rows, weights = fitted(solution), solution.problem.rows.weights
    inflation = (1 - leverages(rows)) ** power
    return inflation if weights is None else inflation * weights


def leverages(rows: Predictors) -> Array:
    """The leverage of each row."""
    family = rows.family
    if family.deviance(np.asarray(rows.problem.rows.y), **rows.params, **rows.known) is None:
        raise OptionError(f"hc2 and hc3 need leverages, which {family.name} does not have: use 'hc1'")
    u = np.broadcast_to(_pull(rows), (rows.count,))
    weights = rows.problem.rows.weights
    w = u if weights is None else u * weights
    free, first = rows.problem.restriction, rows.runs[0]
    x = np.concatenate([np.broadcast_to(a[0], (part.stop - part.start, a[0].shape[1])) for part, a in _blocks(rows)])
    x = x if free is None else x @ free.matrix[first.where]
    h = u * ((x @ np.linalg.pinv((x * w[:, None]).T @ x, hermitian=True)) * x).sum(axis=1)
    alone = h > 1 - 1e-10
    if alone.any():
        raise OptionError(
            f"row {int(np.argmax(alone))} alone determines a coefficient (its leverage is 1), "
            "where hc2 and hc3 do not exist: use 'hc1'"
        )
    return h


def _blocks(rows: Predictors) -> Any:
    """Blocks of rows with the columns there; a family without formulas has the same for all."""
    if rows.designs:
        return rows.columns()
    return [(slice(0, rows.count), next(iter(rows.columns()))[1])]


def _pull(rows: Predictors) -> Array:
    """(d mean / d eta)^2 / variance: the working weight of least squares."""
    family, known = rows.family, rows.known
    slope = differentiate(lambda xp, etas: family.mean(xp, **family.to_params(xp, etas), **known), rows.etas, 1)[1][0]
    return slope**2 / family.variance(NUMPY, **rows.params, **known)
