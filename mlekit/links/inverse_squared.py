"""z = 1 / t^2."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from ._base import Array, Link, Namespace


@dataclass(frozen=True)
class InverseSquared(Link):
    """The reciprocal of the square: the canonical link of an inverse Gaussian mean, up to its sign.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.links.get("inverse_squared") == mlekit.links.InverseSquared()
    True
    """

    name = "inverse_squared"

    def forward(self, xp: Namespace, value: Array) -> Array:
        return 1.0 / (value * value)

    def inverse(self, xp: Namespace, z: Array) -> Array:
        return 1.0 / xp.sqrt(z)

    def domain(self, low: float, high: float) -> tuple[float, float]:
        return 1.0 / (high * high), inf
