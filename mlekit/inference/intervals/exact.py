"""The family's own interval: Clopper-Pearson, Garwood, Student's t and chi-square of the normal."""

from __future__ import annotations

import numpy as np

from ...errors import OptionError
from ...models.posterior import Fitted
from ...numerics.arrays import Floats
from ..conjugate import exact_intervals
from ._base import IntervalMethod, Option


class Exact(IntervalMethod):
    """An interval that has at least its nominal coverage at every n."""

    title = "exact"

    def ends(self, solution: Fitted, names: list[str], level: float, **options: Option) -> tuple[Floats, Floats]:
        problem = solution.problem
        if problem.priors:
            raise OptionError("an exact interval does not take a prior into account: with a prior use method='auto'")
        found: list[tuple[Floats, Floats]] = []
        for name, interval in zip(names, exact_intervals(problem, names, level), strict=True):
            if interval is None:
                raise OptionError(f"{problem.family.name} has no exact interval for {name}: use method='profile'")
            found.append(interval)
        low, high = (np.stack([np.atleast_1d(ends[k]) for ends in found], axis=1) for k in (0, 1))
        return low, high
