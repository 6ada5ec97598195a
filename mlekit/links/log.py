"""z = log t."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log

from ._base import Array, Link, Namespace


@dataclass(frozen=True)
class Log(Link):
    """The logarithm; the default for positive parameters. Effects multiply the parameter.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.links.get("log") == mlekit.links.Log()
    True
    """

    name = "log"

    def forward(self, xp: Namespace, value: Array) -> Array:
        return xp.log(value)

    def inverse(self, xp: Namespace, z: Array) -> Array:
        return xp.exp(z)

    def domain(self, low: float, high: float) -> tuple[float, float]:
        return (log(low) if low > 0 else -inf), (log(high) if high < inf else inf)
