"""Right-censored times: an event was seen at a time, or none until then."""

from __future__ import annotations

import numpy as np

from ._base import Observations, first_column
from ._probability import Sort
from ._types import Column, Floats
from .interval import Interval


class Survival(Interval):
    """Exact where an event was seen; else the row lies at or beyond its time."""

    usual_names = ("time", "event")

    def _clipped(self, lower: Floats, upper: Floats) -> Observations:
        if np.array_equal(upper, self.upper, equal_nan=True):
            return Survival(lower, upper, self.names)
        return Interval(lower, upper)

    def as_columns(self, name: str) -> dict[str, Column]:
        time, event = self.names
        return {time: first_column(self.lower), event: self.sort == Sort.EXACT}
