"""z = sqrt(t)."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from ._base import Array, Link, Namespace


@dataclass(frozen=True)
class Sqrt(Link):
    """The square root: stabilizes the variance of counts.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.links.get("sqrt") == mlekit.links.Sqrt()
    True
    """

    name = "sqrt"

    def forward(self, xp: Namespace, value: Array) -> Array:
        return xp.sqrt(value)

    def inverse(self, xp: Namespace, z: Array) -> Array:
        return z * z

    def domain(self, low: float, high: float) -> tuple[float, float]:
        return -sqrt(high), sqrt(high)
