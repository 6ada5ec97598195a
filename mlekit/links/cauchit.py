"""z = tan(pi (t - 1/2)), the quantile function of the standard Cauchy distribution."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

from ._base import Array, Link, Namespace


@dataclass(frozen=True)
class Cauchit(Link):
    """The Cauchy score of a probability: outlying rows weigh less than with a logit.

    Both directions keep the digits of probabilities near zero.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.links.get("cauchit") == mlekit.links.Cauchit()
    True
    """

    name = "cauchit"

    def forward(self, xp: Namespace, value: Array) -> Array:
        smaller = xp.where(value < 0.5, value, 1.0 - value)
        z = xp.cos(pi * smaller) / xp.sin(pi * smaller)
        return xp.where(value < 0.5, -z, z)

    def inverse(self, xp: Namespace, z: Array) -> Array:
        far = xp.where(z < -1.0, z, -1.0)
        return xp.where(z < -1.0, -xp.arctan(1.0 / far) / pi, 0.5 + xp.arctan(z) / pi)
