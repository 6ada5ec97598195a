"""z = log(t / (1 - t))."""

from __future__ import annotations

from dataclasses import dataclass

from ._base import Array, Link, Namespace


@dataclass(frozen=True)
class Logit(Link):
    """The log odds; the default for probabilities. Effects multiply the odds.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.links.get("logit") == mlekit.links.Logit()
    True
    """

    name = "logit"

    def forward(self, xp: Namespace, value: Array) -> Array:
        return xp.logit(value)

    def inverse(self, xp: Namespace, z: Array) -> Array:
        return xp.expit(z)
