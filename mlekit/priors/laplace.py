"""The Laplace prior of a real number."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from ..numerics.arrays import Namespace
from ._base import Array, Prior, finite, positive


@dataclass(frozen=True)
class Laplace(Prior):
    """Laplace prior: most coefficients are `loc`, exactly. It is a lasso with factor 1 / scale.

        log density = -|x - loc| / scale - log(2 scale)

    Parameters
    ----------
    loc : float
        The point at which the density has a kink.
    scale : float
        Positive.

    Examples
    --------
    >>> import mlekit
    >>> data = {"x": [-1, 0, 1], "y": [0.3, 0.1, -0.1]}
    >>> how = {"prior": mlekit.priors.Laplace(0, 0.1), "fixed": {"sd": 1}}
    >>> mlekit.fit(data, "y ~ x", family="normal", **how)["x"]
    0.0
    """

    loc: float
    scale: float

    def __post_init__(self) -> None:
        finite(self.loc, "loc", "Laplace")
        positive(self.scale, "scale", "Laplace")

    @property
    def kink(self) -> float:  # type: ignore[override]
        return self.loc

    @property
    def slope(self) -> float:
        return 1 / self.scale

    def log_density(self, xp: Namespace, value: Array) -> Array:
        return -xp.abs(value - self.loc) / self.scale - log(2 * self.scale)

    def start(self) -> float:
        return self.loc
