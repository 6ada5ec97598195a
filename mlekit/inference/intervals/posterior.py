"""Quantiles of the conjugate posterior."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import OptionError
from ...models.solution import Solution
from ..conjugate import posterior_distribution
from ._base import Array, IntervalMethod


class Posterior(IntervalMethod):
    """An equal-tailed credible interval, where the prior is conjugate."""

    title = "posterior"

    def ends(self, solution: Solution, names: list[str], level: float, **options: Any) -> tuple[Array, Array]:
        known = [posterior_distribution(solution.problem, name) for name in names]
        if not solution.problem.priors or any(one is None for one in known):
            raise OptionError("method='posterior' needs a conjugate prior: use method='profile'")
        tails = (1 - level) / 2, (1 + level) / 2
        low, high = (np.stack([np.atleast_1d(one.ppf(tail)) for one in known], axis=1) for tail in tails)
        return low, high
