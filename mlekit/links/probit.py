"""z = Phi^-1(t), the quantile function of the standard normal distribution."""

from __future__ import annotations

from dataclasses import dataclass

from ._base import Array, Link, Namespace


@dataclass(frozen=True)
class Probit(Link):
    """The normal score of a probability.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.links.get("probit") == mlekit.links.Probit()
    True
    """

    name = "probit"

    def forward(self, xp: Namespace, value: Array) -> Array:
        return xp.ndtri(value)

    def inverse(self, xp: Namespace, z: Array) -> Array:
        return xp.ndtr(z)
