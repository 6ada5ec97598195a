"""The Poisson distribution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..data.stats import Stats
from ..numerics.arrays import Namespace
from ..numerics.deviance import excess
from ..numerics.sets import INTEGERS, POSITIVE
from ._base import Array, Params
from ._sufficient import SufficientFamily

if TYPE_CHECKING:
    from ..data.labels import Foreign
    from ..numerics.derivatives import Derivatives
    from ..priors import Prior


class Poisson(SufficientFamily):
    """Poisson distribution: counts of events that happen independently at a steady rate.

        f(y) = rate^y exp(-rate) / y!

    for y = 0, 1, 2, ... and a positive rate. In scipy ``poisson(rate)``, in R ``dpois(y, lambda)``.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit([2, 0, 1, 5], family="poisson")["rate"]
    2.0
    """

    name = "poisson"
    support = INTEGERS
    params = {"rate": POSITIVE}
    derived = {
        "mean": lambda xp, rate: rate,
        "variance": lambda xp, rate: rate,
        "sd": lambda xp, rate: xp.sqrt(rate),
    }
    conjugate: ClassVar = {"rate": ("log", "linear")}

    def log_density(self, xp: Namespace, y: Array, *, rate: Array) -> Array:
        return xp.xlogy(y, rate) - rate - xp.log_factorial(y)

    def log_cdf(self, xp: Namespace, y: Array, *, rate: Array) -> Array:
        return xp.log_poisson_cdf(y, rate)

    def log_survival(self, xp: Namespace, y: Array, *, rate: Array) -> Array:
        return xp.log_poisson_survival(y, rate)

    def deviance(self, y: Array, *, rate: Array) -> Array:
        return 2 * excess(y, rate)

    def frozen(self, *, rate: Array) -> Foreign:
        from scipy import stats

        return stats.poisson(rate)

    def statistics(self, xp: Namespace, y: Array) -> dict[str, Array]:
        return {"y": y, "constant": -xp.log_factorial(y)}

    def log_likelihood(self, xp: Namespace, stats: Stats, *, rate: Array) -> Array:
        return xp.xlogy(stats["y"], rate) - stats.n * rate + stats["constant"]

    def estimate(self, stats: Stats, fixed: Params) -> dict[str, Array] | None:
        return {"rate": np.maximum(stats["y"], 0.0) / stats.n}

    def pseudo_stats(self, priors: Mapping[str, Prior], fixed: Params) -> Stats | None:
        kernel = priors["rate"].kernel() if set(priors) == {"rate"} else None
        if kernel is None or not set(kernel) <= {"log", "linear"}:
            return None
        events, rows = kernel.get("log", 0.0), -kernel.get("linear", 0.0)
        return Stats(np.array([rows]), {"y": np.array([events]), "constant": np.zeros(1)})

    def posterior(self, param: str, stats: Stats, fixed: Params) -> Foreign:
        from scipy.stats import gamma

        return gamma(stats["y"] + 1, scale=1 / stats.n)

    def exact_interval(self, param: str, stats: Stats, fixed: Params, level: float) -> tuple[Array, Array] | None:
        """Garwood's: the rates at which so many, or so few, events have probability (1 - level) / 2."""
        from scipy import special

        tail, y = (1 - level) / 2, stats["y"]
        low = np.where(y > 0, special.gammaincinv(np.maximum(y, 1e-300), tail), 0.0)
        return low / stats.n, special.gammaincinv(y + 1, 1 - tail) / stats.n

    def evaluate_free(self, y: Array, z: list[Array], order: int) -> Derivatives:
        from ..numerics.special import log_factorial

        rate = np.exp(z[0])
        value = y * z[0] - rate - log_factorial(y)
        return value, [y - rate], [[-rate]]
