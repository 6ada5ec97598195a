"""z = sqrt(t)."""

from __future__ import annotations

from dataclasses import dataclass

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
