"""The Poisson distribution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..data.layout import Ragged, blocks
from ..data.stats import Stats
from ..numerics.arrays import NUMPY, Namespace
from ..numerics.deviance import excess, log_poisson, poisson_tilt
from ..numerics.sets import INTEGERS, POSITIVE
from ._base import Array, Params
from ._sufficient import SufficientFamily

if TYPE_CHECKING:
    from ..data.labels import Foreign
    from ..data.layout import Layout
    from ..numerics.derivatives import Derivatives
    from ..priors import Prior

LARGE = 1e5  # a count whose factorial takes digits from the likelihood


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
        return log_poisson(xp, y, rate)

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
        origin = stats.origin
        return stats["constant"] + poisson_tilt(xp, _total(stats), stats.n, origin, rate)

    def refined(self, stats: Stats, y: Array, weights: Array | None, layout: Layout) -> Stats:
        """Sum large counts about their mean, where the terms of their likelihood are small."""
        with np.errstate(invalid="ignore"):
            mean = stats["y"] / stats.n
        if not np.any(mean > LARGE):
            return stats
        if isinstance(layout, Ragged):
            origin = np.where(mean > 0, mean, 1.0)
            return Stats(stats.n, self._sums_about(y, weights, layout, origin), origin)
        origin, sums = float(np.mean(mean)), {"y": 0.0, "constant": 0.0}
        for start, stop in blocks(len(y)):
            w = None if weights is None else weights[..., start:stop]
            part = self._sums_about(y[start:stop], w, layout, origin)
            sums = {name: total + part[name] for name, total in sums.items()}
        return Stats(stats.n, sums, origin)

    def _sums_about(self, y: Array, weights: Array | None, layout: Layout, origin: Array) -> dict[str, Array]:
        rate = layout.spread(origin) if np.ndim(origin) else origin
        y = np.asarray(y, dtype=float)
        return {
            "y": layout.collect(y - rate, weights),
            "constant": layout.collect(log_poisson(NUMPY, y, rate), weights),
        }

    def estimate(self, stats: Stats, fixed: Params) -> dict[str, Array] | None:
        return {"rate": np.maximum(_total(stats), 0.0) / stats.n}

    def pseudo_stats(self, priors: Mapping[str, Prior], fixed: Params) -> Stats | None:
        kernel = priors["rate"].kernel() if set(priors) == {"rate"} else None
        if kernel is None or not set(kernel) <= {"log", "linear"}:
            return None
        events, rows = kernel.get("log", 0.0), -kernel.get("linear", 0.0)
        return Stats(np.array([rows]), {"y": np.array([events]), "constant": np.zeros(1)})

    def posterior(self, param: str, stats: Stats, fixed: Params) -> Foreign:
        from scipy.stats import gamma

        return gamma(_total(stats) + 1, scale=1 / stats.n)

    def exact_interval(self, param: str, stats: Stats, fixed: Params, level: float) -> tuple[Array, Array] | None:
        """Garwood's: the rates at which so many, or so few, events have probability (1 - level) / 2."""
        from scipy import special

        tail, y = (1 - level) / 2, _total(stats)
        low = np.where(y > 0, special.gammaincinv(np.maximum(y, 1e-300), tail), 0.0)
        return low / stats.n, special.gammaincinv(y + 1, 1 - tail) / stats.n

    def evaluate_free(self, y: Array, z: list[Array], order: int) -> Derivatives:
        from ..numerics.special import log_factorial

        rate = np.exp(z[0])
        large = np.size(y) and np.max(y) > LARGE
        value = log_poisson(NUMPY, y, rate) if large else y * z[0] - rate - log_factorial(y)
        return value, [y - rate], [[-rate]]


def _total(stats: Stats) -> Array:
    """The sum of the counts, whatever the origin."""
    return stats["y"] + stats.n * stats.origin
