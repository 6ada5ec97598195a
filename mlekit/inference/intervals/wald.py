"""Wald's interval: estimate -+ z SE on the parameter's own scale, its ends not cut."""

from __future__ import annotations

from ...models.posterior import Fitted
from ...numerics.arrays import Floats
from ..information import critical, standard_errors
from ._base import IntervalMethod, Option


class Wald(IntervalMethod):
    """Estimate plus or minus a multiple of the standard error."""

    title = "Wald"
    from_errors = True

    def ends(self, solution: Fitted, names: list[str], level: float, **options: Option) -> tuple[Floats, Floats]:
        at = [solution.problem.coefficients.names.index(name) for name in names]
        estimate, half = solution.values[:, at], critical(solution, level) * standard_errors(solution)[:, at]
        return estimate - half, estimate + half
