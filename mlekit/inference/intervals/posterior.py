"""Quantiles of the conjugate posterior."""

from __future__ import annotations

import numpy as np

from ...errors import OptionError
from ...models.posterior import Fitted
from ...numerics.arrays import Floats
from ..conjugate import posterior_distributions
from ._base import IntervalMethod, Option


class Posterior(IntervalMethod):
    """An equal-tailed credible interval, if the prior is conjugate."""

    title = "posterior"

    def ends(self, solution: Fitted, names: list[str], level: float, **options: Option) -> tuple[Floats, Floats]:
        known = [found for found in posterior_distributions(solution.problem, names) if found is not None]
        if not solution.problem.priors or len(known) < len(names):
            raise OptionError("method='posterior' needs a conjugate prior: use method='profile'")
        tails = (1 - level) / 2, (1 + level) / 2
        low, high = (np.stack([np.atleast_1d(m.ppf(tail)) for m in known], axis=1) for tail in tails)
        return low, high
