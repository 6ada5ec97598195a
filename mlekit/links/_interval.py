"""The default link of an open interval. Each is imported when a set first asks for it: a coin needs one of six."""

from __future__ import annotations

from math import isinf

from . import get
from ._base import Link

STANDARD = {(-float("inf"), float("inf")): "identity", (0.0, float("inf")): "log", (0.0, 1.0): "logit"}


def interval_link(low: float, high: float) -> Link:
    """Return the link of the open interval from low to high, either of which may be infinite."""
    if (low, high) in STANDARD:
        return get(STANDARD[low, high])
    from ._shifted import LogAbove, LogBelow, LogitBetween

    return LogAbove(low) if isinf(high) else LogBelow(high) if isinf(low) else LogitBetween(low, high)
