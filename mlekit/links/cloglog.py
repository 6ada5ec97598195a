"""z = log(-log(1 - t))."""

from __future__ import annotations

from dataclasses import dataclass

from ._base import Array, Link, Namespace


@dataclass(frozen=True)
class Cloglog(Link):
    """The complementary log-log: proportional hazards of a probability.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.links.get("cloglog") == mlekit.links.Cloglog()
    True
    """

    name = "cloglog"

    def forward(self, xp: Namespace, value: Array) -> Array:
        return xp.log(-xp.log1p(-value))

    def inverse(self, xp: Namespace, z: Array) -> Array:
        return -xp.expm1(-xp.exp(z))
