"""The covariance where some values are at an end of their set: they stay there, and the others vary.

The information is that of the values themselves, A its inverse. Probabilities add up to one, which takes a direction
away:

    cov = A - A 1 1'A / 1'A 1
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..models.posterior import LogPosterior
from ..numerics.arrays import Floats, Mask, Numbers
from ..numerics.linalg import inverse_positive


def covariance(problem: LogPosterior, params: Mapping[str, Numbers], fixed: Mask) -> Floats:
    """[G, U, U] at parameters as named; nan in the rows of values at an end, and of `fixed` ones [U]."""
    family, values = problem.family, problem.values(None, params)
    sets = [s for param, s in family.params.items() for _ in family.names(param)]
    inside = np.stack([(s.low < v) & (v < s.high) for s, v in zip(sets, values.T, strict=True)], axis=1) & ~fixed
    pairs = inside[:, :, None] & inside[:, None, :]
    information = -problem.at_params(problem.coefficients.from_vector(values), 2).hessian
    inverse, ok = inverse_positive(np.where(pairs, information, np.eye(values.shape[1])))
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
