"""The mean loss as the entropy of the data plus the divergence of the model from them.

With q the relative frequencies of the data, per row,

    loss = - sum q log p        entropy = - sum q log q        kl = sum q log(q / p)        loss = entropy + kl

and terms of frequency zero add nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..data.observations.exact import Exact
from ..errors import OptionError
from ..models.posterior import LogPosterior
from ..numerics.arrays import Floats, Numbers
from .points import point_at

ROUNDING = 1e-15  # a logarithm of a ratio that rounding alone could leave


@dataclass(frozen=True)
class Decomposition:
    """The mean loss of a model and its two parts, in nats per row.

    Attributes
    ----------
    loss : float
        Minus the mean log probability.
    entropy : float
        The least loss of any model of these frequencies.
    kl : float
        The Kullback-Leibler divergence of the model from the data: ``loss - entropy``.

    Examples
    --------
    >>> import mlekit
    >>> parts = mlekit.fit([1, 0], family="bernoulli").decompose({"p": 0.9})
    >>> round(parts.loss, 6), round(parts.entropy, 6), round(parts.kl, 6)
    (1.203973, 0.693147, 0.510826)
    """

    loss: float
    entropy: float
    kl: float


def decompose(problem: LogPosterior, vector: ArrayLike) -> Decomposition:
    """The three at any parameters of a discrete distribution."""
    family = problem.family
    if not family.support.discrete:
        raise OptionError(
            f"{family.name} is continuous: the entropy of rows that never repeat is not defined; use fit.loglike()"
        )
    if problem.coefficients.designs or problem.rows.offset is not None:
        raise OptionError(
            "decompose is for a distribution that is the same for all rows; of a regression use fit.evaluate(new)"
        )
    y, frequency, q = cells(problem)
    point = point_at(problem, vector)
    log_p, log_q = point.log_density(Exact(y, codes=family.codes), point.etas(0, 0)), np.log(q)
    log_p = np.where(np.isnan(log_p), -np.inf, log_p)
    with np.errstate(invalid="ignore"):
        ratio = np.where(np.abs(log_q - log_p) <= ROUNDING * np.maximum(1.0, np.abs(log_q)), 0.0, log_q - log_p)
    loss, entropy, kl = float(-(frequency @ log_p)) + 0.0, float(-(frequency @ log_q)) + 0.0, float(frequency @ ratio)
    return Decomposition(loss, entropy, max(0.0, kl))


def cells(problem: LogPosterior) -> tuple[Numbers, Floats, Floats]:
    """The distinct observations, their frequencies among all rows, and those among rows of as many trials."""
    rows = problem.rows
    y = rows.observations.floats().plain
    weights = np.ones(len(y)) if rows.weights is None else rows.weights
    keep = weights > 0
    distinct, code = np.unique(y[keep], axis=0, return_inverse=True)
    counts = np.bincount(code.ravel(), weights[keep])
    frequency = counts / counts.sum()
    trials = problem.family.trials(distinct)
    if trials is None:
        return distinct, frequency, frequency
    group = np.unique(trials, return_inverse=True)[1]
    return distinct, frequency, counts / np.bincount(group, counts)[group]
