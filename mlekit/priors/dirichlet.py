"""Dirichlet(alpha): log density sum (alpha_l - 1) log p_l - log B(alpha)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..numerics import special
from ._base import Array, Prior, positive


@dataclass(frozen=True)
class Dirichlet(Prior):
    """A belief about shares, worth alpha - 1 rows of each level. One number serves every level.

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

    def log_density(self, xp: Any, value: Any) -> Array:
        rows = self.counts(len(value))
        told = sum((xp.xlogy(float(n), share) for n, share in zip(rows, value, strict=True)), 0.0)
        return told + self.constant(len(value))

    def counts(self, levels: int) -> Array:
        """The imaginary rows of each level, alpha - 1."""
        return np.full(levels, np.asarray(self.alpha, dtype=float) - 1.0)

    def constant(self, levels: int) -> float:
        """log Gamma(sum of alpha) - sum of log Gamma(alpha), of the log density."""
        alpha = np.full(levels, np.asarray(self.alpha, dtype=float))
        return float(special.gammaln(alpha.sum()) - special.gammaln(alpha).sum())

    def fits(self, levels: int) -> bool:
        """Whether it is about so many shares."""
        return np.ndim(self.alpha) == 0 or len(self.alpha) == levels

    def kernel(self) -> dict[str, Any]:
        return {"log": np.asarray(self.alpha, dtype=float) - 1.0}

    @property
    def rows(self) -> Any:
        """Imaginary rows: of all levels, or of each level where one number serves every level."""
        return float(np.sum(np.asarray(self.alpha, dtype=float) - 1.0))
