"""The mean loss as what the data leave open and what the model adds.

    loss = - sum q log p        entropy = - sum q log q        kl = sum q log(q / p)        loss = entropy + kl

with q the relative frequencies of the data, a row. Terms of frequency zero add nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.observations.exact import Exact
from ..errors import OptionError
from ..models.posterior import LogPosterior
from ..solvers._base import Array
from .likelihood_at import place_at

ROUNDING = 1e-15  # a logarithm of a ratio that rounding alone could leave


@dataclass(frozen=True)
class Decomposition:
    """Nats a row.

    >>> import mlekit
    >>> parts = mlekit.fit([1, 0], family="bernoulli").decompose({"p": 0.9})
    >>> round(parts.loss, 6), round(parts.entropy, 6), round(parts.kl, 6)
    (1.203973, 0.693147, 0.510826)
    """

    loss: float
    entropy: float
    kl: float


def decompose(problem: LogPosterior, vector: Array) -> Decomposition:
    """The three at any parameters of a discrete law."""
    family = problem.family
    if not family.support.discrete:
        raise OptionError(
            f"{family.name} is continuous: rows that never come twice have no entropy to speak of; use fit.loglike()"
        )
    if problem.coefficients.designs or problem.rows.offset is not None:
        raise OptionError("decompose is for a law that is the same for all rows; of a regression use fit.evaluate(new)")
    y, share, q = cells(problem)
    place = place_at(problem, vector)
    log_p, log_q = place.log_density(Exact(y, codes=family.codes), place.etas(0, 0)), np.log(q)
    log_p = np.where(np.isnan(log_p), -np.inf, log_p)
    with np.errstate(invalid="ignore"):
        ratio = np.where(np.abs(log_q - log_p) <= ROUNDING * np.maximum(1.0, np.abs(log_q)), 0.0, log_q - log_p)
    return Decomposition(float(-(share @ log_p)) + 0.0, float(-(share @ log_q)) + 0.0, max(0.0, float(share @ ratio)))


def cells(problem: LogPosterior) -> tuple[Array, Array, Array]:
    """The distinct observations, their shares of all rows, and their shares among those of as many tries."""
    rows = problem.rows
    y = rows.observations.floats().plain
    weights = np.ones(len(y)) if rows.weights is None else rows.weights
    keep = weights > 0
    distinct, code = np.unique(y[keep], axis=0, return_inverse=True)
    counts = np.bincount(code.ravel(), weights[keep])
    share = counts / counts.sum()
    tries = problem.family.trials(distinct)
    if tries is None:
        return distinct, share, share
    kind = np.unique(tries, return_inverse=True)[1]
    return distinct, share, counts / np.bincount(kind, counts)[kind]
