"""Links of intervals with other ends than 0 and 1: logarithms of the distance to an end, the logit of the position."""

from __future__ import annotations

from dataclasses import dataclass

from ._base import Array, Link, Namespace


@dataclass(frozen=True)
class LogAbove(Link):
    """z = log(t - low)."""

    name = "log"
    low: float

    def forward(self, xp: Namespace, value: Array) -> Array:
        return xp.log(value - self.low)

    def inverse(self, xp: Namespace, z: Array) -> Array:
        return self.low + xp.exp(z)


@dataclass(frozen=True)
class LogBelow(Link):
    """z = -log(high - t)."""

    name = "log"
    high: float

    def forward(self, xp: Namespace, value: Array) -> Array:
        return -xp.log(self.high - value)

    def inverse(self, xp: Namespace, z: Array) -> Array:
        return self.high - xp.exp(-z)


@dataclass(frozen=True)
class LogitBetween(Link):
    """z = logit((t - low) / (high - low))."""

    name = "logit"
    low: float
    high: float

    def forward(self, xp: Namespace, value: Array) -> Array:
        return xp.logit((value - self.low) / (self.high - self.low))

    def inverse(self, xp: Namespace, z: Array) -> Array:
        return self.low + (self.high - self.low) * xp.expit(z)
