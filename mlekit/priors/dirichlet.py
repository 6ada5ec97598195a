"""The Dirichlet prior of the probabilities of levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..numerics import special
from ..numerics.arrays import Namespace
from ._base import Array, Prior, positive


@dataclass(frozen=True)
class Dirichlet(Prior):
    """Dirichlet prior of the probabilities of levels, worth alpha - 1 rows of each level.

        log density = sum (alpha_l - 1) log p_l - log B(alpha)

    Parameters
    ----------
    alpha : float or sequence of float
        Positive: one number for every level, or one per level.

    Examples
    --------
    >>> import mlekit
    >>> prior = mlekit.priors.Dirichlet(2)
    >>> mlekit.fit(["mat", "hat", "mat"], family="categorical", prior=prior)["p[mat]"]
    0.6
    """

    alpha: Any
    low = 0.0
    high = 1.0
    many = True

    def __post_init__(self) -> None:
        positive(self.alpha, "alpha", "Dirichlet")

    def log_density(self, xp: Namespace, value: Array) -> Array:
        rows = self.counts(len(value))
        terms = (xp.xlogy(float(n), p) for n, p in zip(rows, value, strict=True))
        return sum(terms, 0.0) + self.constant(len(value))

    def counts(self, levels: int) -> Array:
        """Return the imaginary rows of each level, alpha - 1."""
        return np.full(levels, np.asarray(self.alpha, dtype=float) - 1.0)

    def constant(self, levels: int) -> float:
        """Return log Gamma(sum of alpha) - sum of log Gamma(alpha), of the log density."""
        alpha = np.full(levels, np.asarray(self.alpha, dtype=float))
        return float(special.gammaln(alpha.sum()) - special.gammaln(alpha).sum())

    def fits(self, levels: int) -> bool:
        return np.ndim(self.alpha) == 0 or len(self.alpha) == levels

    def kernel(self) -> dict[str, Array]:
        return {"log": np.asarray(self.alpha, dtype=float) - 1.0}

    @property
    def rows(self) -> Array:
        """Imaginary rows: of all levels, or of each level if one number serves every level."""
        return float(np.sum(np.asarray(self.alpha, dtype=float) - 1.0))
