"""The exponential distribution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.stats import Stats
from ..numerics.arrays import Namespace
from ..numerics.deviance import log_excess
from ..numerics.sets import NONNEGATIVE, POSITIVE
from ._base import Alternative, Array, Params
from ._sufficient import SufficientFamily
from ._support import CDF_ENDS, SURVIVAL_ENDS, over_support

if TYPE_CHECKING:
    from ..data.labels import Foreign
    from ..numerics.derivatives import Derivatives
    from ..priors import Prior


def _pseudo(priors: Mapping[str, Prior]) -> Stats | None:
    """A gamma prior on the rate is worth shape - 1 rows that sum to `rate`."""
    kernel = priors["rate"].kernel() if set(priors) == {"rate"} else None
    if kernel is None or not set(kernel) <= {"log", "linear"}:
        return None
    return Stats(np.array([kernel.get("log", 0.0)]), {"y": np.array([-kernel.get("linear", 0.0)])}, np.zeros(1))


def _posterior(stats: Stats) -> Any:
    from scipy.stats import gamma

    return gamma(stats.n + 1, scale=1 / stats["y"])


class Exponential(SufficientFamily):
    """Exponential distribution: times between events that come at a steady rate.

        f(y) = exp(-y / mean) / mean

    for non-negative y and a positive mean. In scipy ``expon(scale=mean)``, in R ``dexp(y, rate)`` with rate = 1 / mean.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit([1.0, 2.0, 6.0], family="exponential")["mean"]
    3.0
    """

    name = "exponential"
    aliases = ("expon", "exp")
    support = NONNEGATIVE
    params = {"mean": POSITIVE}
    derived = {
        "rate": lambda xp, mean: 1 / mean,
        "sd": lambda xp, mean: mean,
        "variance": lambda xp, mean: mean * mean,
        "median": lambda xp, mean: mean * 0.6931471805599453,
    }
    alternatives = (
        Alternative(
            {"rate": POSITIVE},
            lambda xp, rate: {"mean": 1 / rate},
            pseudo=_pseudo,
            posterior=_posterior,
        ),
    )
    unit_powers = {"mean": 1}
    spreads = frozenset({"mean"})

    def log_density(self, xp: Namespace, y: Array, *, mean: Array) -> Array:
        return -xp.log(mean) - y / mean

    def log_cdf(self, xp: Namespace, y: Array, *, mean: Array) -> Array:
        return over_support(xp, y, NONNEGATIVE, lambda y: xp.log1mexpexp(xp.log(y) - xp.log(mean)), CDF_ENDS)

    def log_survival(self, xp: Namespace, y: Array, *, mean: Array) -> Array:
        return over_support(xp, y, NONNEGATIVE, lambda y: -y / mean, SURVIVAL_ENDS)

    def deviance(self, y: Array, *, mean: Array) -> Array:
        return 2 * log_excess(y / mean - 1)

    def frozen(self, *, mean: Array) -> Foreign:
        from scipy import stats

        return stats.expon(scale=mean)

    def statistics(self, xp: Namespace, y: Array) -> dict[str, Array]:
        return {"y": y}

    def log_likelihood(self, xp: Namespace, stats: Stats, *, mean: Array) -> Array:
        return -stats.n * xp.log(mean) - stats["y"] / mean

    def estimate(self, stats: Stats, fixed: Params) -> dict[str, Array] | None:
        return {"mean": stats["y"] / stats.n}

    def degenerate(self, stats: Stats, fixed: Params) -> Array:
        """If all rows are zero, the likelihood has no bound."""
        return stats["y"] <= 0

    def exact_interval(self, param: str, stats: Stats, fixed: Params, level: float) -> tuple[Array, Array] | None:
        """2 sum y / mean is chi-square with 2n degrees of freedom."""
        from scipy import special

        tail, df = (1 - level) / 2, 2 * stats.n
        with np.errstate(divide="ignore"):
            return 2 * stats["y"] / special.chdtri(df, tail), 2 * stats["y"] / special.chdtri(df, 1 - tail)

    def evaluate_free(self, y: Array, z: list[Array], order: int) -> Derivatives:
        u = y * np.exp(-z[0])
        return -z[0] - u, [u - 1], [[-u]]
