"""The family's own interval: Clopper-Pearson, Garwood, Student's t and chi-square of the normal."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import OptionError
from ...models.solution import Solution
from ..conjugate import exact_interval
from ._base import Array, IntervalMethod


class Exact(IntervalMethod):
    """An interval that has at least its nominal coverage at every n."""

    title = "exact"

    def ends(self, solution: Solution, names: list[str], level: float, **options: Any) -> tuple[Array, Array]:
        problem = solution.problem
        if problem.priors:
            raise OptionError("an exact interval is about the likelihood alone: with a prior use method='auto'")
        found: list[tuple[Array, Array]] = []
        for name in names:
            interval = exact_interval(problem, name, level)
            if interval is None:
                raise OptionError(
                    f"{problem.family.name} has no exact interval for {name}: method='profile' is the one to use"
                )
            found.append(interval)
        low, high = (np.stack([np.atleast_1d(ends[k]) for ends in found], axis=1) for k in (0, 1))
        return low, high
