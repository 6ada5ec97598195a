"""Percentiles of refits of resampled rows."""

from __future__ import annotations

from typing import Any

from ...models.solution import Solution
from ..bootstrap import bootstrap, percentiles, refuse_ends
from ._base import Array, IntervalMethod


class Bootstrap(IntervalMethod):
    """The percentile interval of the bootstrap."""

    title = "bootstrap"
    options = ("n", "seed")

    def ends(
        self, solution: Solution, names: list[str], level: float, *, n: int = 999, seed: Any = 0
    ) -> tuple[Array, Array]:
        at = [solution.problem.coefficients.names.index(name) for name in names]
        refuse_ends(solution, names)
        low, high = percentiles(bootstrap(solution, n, seed).values[:, at], level)
        return low[None], high[None]
