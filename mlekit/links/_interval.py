"""Links of intervals with any ends: the logarithm of the distance to an end, the logit of the relative position."""

from __future__ import annotations

from dataclasses import dataclass
from math import isinf

from ._base import Array, Link, Namespace
from .identity import Identity
from .log import Log
from .logit import Logit


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


def interval_link(low: float, high: float) -> Link:
    """Return the link of the open interval from low to high, either of which may be infinite."""
    if isinf(low):
        return Identity() if isinf(high) else LogBelow(high)
    if isinf(high):
        return Log() if low == 0 else LogAbove(low)
    return Logit() if (low, high) == (0, 1) else LogitBetween(low, high)
