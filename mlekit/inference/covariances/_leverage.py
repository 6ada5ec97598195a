"""Leverages: the weight of each row in its own fitted value.

    h = u x' (sum w u x x')^-1 x        u = (d mean / d eta)^2 / variance

That of the first parameter's coefficients, of one of the rows for which a weighted row stands.
"""

from __future__ import annotations

import numpy as np

from ...errors import OptionError
from ...models.posterior import Fitted
from ...numerics.arrays import NUMPY, Floats, Namespace, Numbers
from ...numerics.derivatives import differentiate
from ..new_rows import fitted
from ..predictors import Predictors


def inflated(solution: Fitted, power: float) -> Floats:
    """The weights of the rows, times (1 - h) to this power."""
    if solution.problem.count > 1:
        raise OptionError("hc2 and hc3 are of one fit: use 'hc1', or fit[key].with_cov('hc3') for one group")
    rows, weights = fitted(solution), solution.problem.rows.weights
    inflation = (1 - leverages(rows)) ** power
    return inflation if weights is None else inflation * weights


def leverages(rows: Predictors) -> Floats:
    """The leverage of each row."""
    family = rows.family
    if family.deviance(np.asarray(rows.problem.rows.y), **rows.params, **rows.known) is None:
        raise OptionError(f"hc2 and hc3 need leverages, which {family.name} does not have: use 'hc1'")
    u, x = np.broadcast_to(_working_weight(rows), (rows.count,)), _matrix(rows)
    weights = rows.problem.rows.weights
    w = u if weights is None else u * weights
    h = u * ((x @ np.linalg.pinv((x * w[:, None]).T @ x, hermitian=True)) * x).sum(axis=1)
    decisive = h > 1 - 1e-10
    if decisive.any():
        raise OptionError(
            f"row {int(np.argmax(decisive))} determines a coefficient by itself (its leverage is 1), "
            "where hc2 and hc3 do not exist: use 'hc1'"
        )
    return h


def _matrix(rows: Predictors) -> Floats:
    """The columns of the first parameter's free coefficients; a family without formulas has the same for all rows."""
    blocks = list(rows.columns())
    if not rows.designs:
        blocks = [(slice(0, rows.count), blocks[0][1])]
    x = np.concatenate([np.broadcast_to(a[0], (part.stop - part.start, a[0].shape[1])) for part, a in blocks])
    restriction = rows.problem.restriction
    return x if restriction is None else x @ restriction.matrix[rows.runs[0].where]


def _working_weight(rows: Predictors) -> Floats:
    """(d mean / d eta)^2 / variance: the working weight of least squares."""
    family, known = rows.family, rows.known

    def mean(xp: Namespace, etas: list[Numbers]) -> Numbers:
        return family.mean(xp, **family.to_params(xp, etas), **known)

    slope = differentiate(mean, rows.etas, 1)[1][0]
    return slope**2 / family.variance(NUMPY, **rows.params, **known)
