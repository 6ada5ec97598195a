"""Dirichlet(alpha): log density sum (alpha_l - 1) log p_l - log B(alpha)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..numerics import special
from .base import Array, Prior, positive


@dataclass(frozen=True)
class Dirichlet(Prior):
    """A belief about shares, worth alpha - 1 rows of each level. One number serves every level."""

    alpha: Any
    low = 0.0
    high = 1.0
    many = True

    def __post_init__(self) -> None:
        positive(self.alpha, "alpha", "Dirichlet")

    def log_density(self, xp: Any, value: Any) -> Array:
        alpha = np.broadcast_to(np.asarray(self.alpha, dtype=float), (len(value),))
        normaliser = float(special.gammaln(alpha).sum() - special.gammaln(alpha.sum()))
        return sum((xp.xlogy(float(a) - 1.0, share) for a, share in zip(alpha, value, strict=True)), 0.0) - normaliser

    def fits(self, levels: int) -> bool:
        """Whether it is about so many shares."""
        return np.ndim(self.alpha) == 0 or len(self.alpha) == levels

    def kernel(self) -> dict[str, Any]:
        return {"log": np.asarray(self.alpha, dtype=float) - 1.0}

    @property
    def rows(self) -> Any:
        """Imaginary rows: of all levels, or of each level where one number serves every level."""
        return float(np.sum(np.asarray(self.alpha, dtype=float) - 1.0))
