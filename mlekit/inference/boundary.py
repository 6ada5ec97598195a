"""The covariance where some values are at an end of their set: they stay there, and the others vary.

The information is that of the values themselves, A its inverse. Shares add up to one, which takes a direction away:

    cov = A - A 1 1'A / 1'A 1
"""

from __future__ import annotations

import numpy as np

from ..models.base import Bound
from ..numerics.arrays import jets
from ..numerics.jets import Jet, variables
from ..numerics.linalg import inverse_positive
from ..solvers._base import Array
from .information import by_param


def covariance(bound: Bound, values: Array, held: Array) -> Array:
    """[G, U, U] from values [G, U]; nan in the rows of values at an end, and of `held` ones [U]."""
    family = bound.model.family
    sets = [s for param, s in family.params.items() for _ in family.names(param)]
    inside = np.stack([(s.low < v) & (v < s.high) for s, v in zip(sets, values.T, strict=True)], axis=1) & ~held
    pairs = inside[:, :, None] & inside[:, None, :]
    inverse, ok = inverse_positive(np.where(pairs, _information(bound, values), np.eye(values.shape[1])))
    cov = np.where(pairs & ok[:, None, None], inverse, 0.0)
    at = 0
    for param, s in family.params.items():
        width = len(family.names(param))
        if s.many:
            a = cov[:, :, at : at + width].sum(axis=2)
            total = a[:, at : at + width].sum(axis=1)
            cov -= a[:, :, None] * a[:, None, :] / np.where(total > 0, total, 1.0)[:, None, None]
        at += width
    return np.where(pairs, cov, np.nan)


def _information(bound: Bound, values: Array) -> Array:
    """Minus the second derivatives of the log posterior by the values, [G, U, U]."""
    family, xp = bound.model.family, jets()
    natural = by_param(family, variables(list(values.T)))
    with np.errstate(all="ignore"):
        height = family.log_likelihood(xp, bound.base.stats, **natural)
        for belief in bound.base.beliefs.beliefs:
            height = height + belief.prior.log_density(xp, natural[belief.param])
    out = np.zeros((*values.shape, values.shape[1]))
    for (i, j), d in height.hessian.items() if isinstance(height, Jet) else ():
        out[:, i, j] = out[:, j, i] = -d
    return out
