"""Quantiles of the conjugate posterior."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import OptionError
from ...models.posterior import Fitted
from ...numerics.arrays import Floats
from ..conjugate import posterior_distribution
from ._base import IntervalMethod


class Posterior(IntervalMethod):
    """An equal-tailed credible interval, if the prior is conjugate."""

    title = "posterior"

    def ends(self, solution: Fitted, names: list[str], level: float, **options: Any) -> tuple[Floats, Floats]:
        known = [posterior_distribution(solution.problem, name) for name in names]
        if not solution.problem.priors or any(marginal is None for marginal in known):
            raise OptionError("method='posterior' needs a conjugate prior: use method='profile'")
        tails = (1 - level) / 2, (1 + level) / 2
        low, high = (np.stack([np.atleast_1d(m.ppf(tail)) for m in known], axis=1) for tail in tails)
        return low, high
