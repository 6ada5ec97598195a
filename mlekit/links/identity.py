"""z = t."""

from __future__ import annotations

from dataclasses import dataclass

from ._base import Array, Link, Namespace


@dataclass(frozen=True)
class Identity(Link):
    """The parameter itself; the default for real parameters.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.links.get("identity") == mlekit.links.Identity()
    True
    """

    name = "identity"

    def forward(self, xp: Namespace, value: Array) -> Array:
        return value

    def inverse(self, xp: Namespace, z: Array) -> Array:
        return z

    def domain(self, low: float, high: float) -> tuple[float, float]:
        return low, high
