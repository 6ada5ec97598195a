"""hc0: V (sum w s s') V, White's estimator, without a correction for few rows."""

from __future__ import annotations

from ._base import Sandwich


class Hc0(Sandwich):
    """Heteroscedasticity-consistent errors."""

    title = "robust (HC0)"
