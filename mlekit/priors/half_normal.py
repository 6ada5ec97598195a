"""The half-normal prior of a positive number."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi

from ..numerics.arrays import Namespace
from ._base import Array, Prior, positive


@dataclass(frozen=True)
class HalfNormal(Prior):
    """Half-normal prior of a positive number that is not much larger than `scale`.

        log density = -x^2 / (2 scale^2) + log(2 / pi) / 2 - log scale,  x >= 0

    Parameters
    ----------
    scale : float
        Positive.

    Examples
    --------
    >>> import mlekit
    >>> how = {"family": "normal", "prior": {"sd": mlekit.priors.HalfNormal(1)}}
    >>> round(mlekit.fit([72, 75, 71, 73, 74], **how)["sd"], 3)
    1.237
    """

    scale: float
    low = 0.0

    def __post_init__(self) -> None:
        positive(self.scale, "scale", "HalfNormal")

    def log_density(self, xp: Namespace, value: Array) -> Array:
        u = value / self.scale
        return self.within(xp, value, -0.5 * u * u + (0.5 * log(2 / pi) - log(self.scale)))

    def kernel(self) -> dict[str, Array]:
        return {"square": -0.5 / self.scale**2}

    def start(self) -> float:
        return self.scale
