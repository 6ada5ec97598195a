"""Percentiles of refits of resampled rows."""

from __future__ import annotations

from ...models.posterior import Fitted
from ...numerics.arrays import Floats
from ..bootstrap import bootstrap, percentiles, refuse_ends
from ._base import IntervalMethod, Option


class Bootstrap(IntervalMethod):
    """The percentile interval of the bootstrap; `n` and `seed` are its options."""

    title = "bootstrap"
    options = ("n", "seed")

    def ends(self, solution: Fitted, names: list[str], level: float, **options: Option) -> tuple[Floats, Floats]:
        at = [solution.problem.coefficients.names.index(name) for name in names]
        refuse_ends(solution, names)
        low, high = percentiles(bootstrap(solution, **options).values[:, at], level)
        return low[None], high[None]
