"""Profile: the values at which twice the log-likelihood has fallen by less than a chi-square quantile.

The other values are fitted anew at each of them; with a prior it is the log posterior that falls.
"""

from __future__ import annotations

import numpy as np

from ...models.posterior import Fitted
from ...numerics.arrays import Floats
from ..profile import fallen
from ..profile_curves import curves
from ._base import IntervalMethod, Option


class Profile(IntervalMethod):
    """A likelihood-ratio interval, which exists at a boundary too; its coverage is approximate.

    Examples
    --------
    >>> import mlekit
    >>> fit = mlekit.fit([1] * 20, family="bernoulli")
    >>> fit.conf_int(method="profile").round(3).values.tolist()
    [[0.908, 1.0]]
    """

    title = "profile"

    def ends(self, solution: Fitted, names: list[str], level: float, **options: Option) -> tuple[Floats, Floats]:
        ends = np.full((2, solution.problem.count, len(names)), np.nan)
        for some, curve in curves(solution, names):
            column = np.array([names.index(name) for name in some])[curve.column]
            everyone = np.arange(len(curve.side))
            ends[(curve.side > 0).astype(int), curve.group, column] = curve.named(fallen(curve, level), everyone)
        falls = ends[0] > ends[1]  # through a link that falls the sides change places
        return np.where(falls, ends[1], ends[0]), np.where(falls, ends[0], ends[1])
