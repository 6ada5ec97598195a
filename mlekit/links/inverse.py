"""z = 1 / t."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from ._base import Array, Link, Namespace


@dataclass(frozen=True)
class Inverse(Link):
    """The reciprocal: the canonical link of a gamma mean, up to its sign.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.links.get("inverse") == mlekit.links.Inverse()
    True
    """

    name = "inverse"

    def forward(self, xp: Namespace, value: Array) -> Array:
        return 1.0 / value

    def inverse(self, xp: Namespace, z: Array) -> Array:
        return 1.0 / z

    def domain(self, low: float, high: float) -> tuple[float, float]:
        return (1.0 / high, inf) if low >= 0 else (-inf, inf)
