"""The gamma distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..data.stats import Stats
from ..numerics import special
from ..numerics.arrays import Namespace
from ..numerics.deviance import log_excess
from ..numerics.sets import POSITIVE
from ._base import Alternative, Array, Params
from ._sufficient import SufficientFamily
from .normal import LOG_2PI

if TYPE_CHECKING:
    from ..data.labels import Foreign
    from ..numerics.derivatives import Derivatives


class Gamma(SufficientFamily):
    """Gamma distribution: positive amounts with a constant coefficient of variation 1 / sqrt(shape).

        f(y) = (k / mean)^k y^(k - 1) exp(-k y / mean) / Gamma(k),  k = shape

    for positive y, mean and shape. In scipy ``gamma(shape, scale=mean / shape)``, in R ``dgamma(y, shape, rate)`` with
    rate = shape / mean. The estimate of the mean is the sample mean; the shape solves
    log k - digamma(k) = log(mean of y) - mean of log y.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit([1.0, 2.0, 3.0, 4.0], family="gamma")["mean"]
    2.5
    """

    name = "gamma"
    support = POSITIVE
    params = {"mean": POSITIVE, "shape": POSITIVE}
    derived = {
        "scale": lambda xp, mean, shape: mean / shape,
        "rate": lambda xp, mean, shape: shape / mean,
        "median": lambda xp, mean, shape: mean / shape * xp.gamma_median(shape),
        "sd": lambda xp, mean, shape: mean / xp.sqrt(shape),
        "variance": lambda xp, mean, shape: mean * mean / shape,
    }
    alternatives = (
        Alternative(
            {"shape": POSITIVE, "rate": POSITIVE},
            lambda xp, shape, rate: {"mean": shape / rate, "shape": shape},
        ),
        Alternative(
            {"shape": POSITIVE, "scale": POSITIVE},
            lambda xp, shape, scale: {"mean": shape * scale, "shape": shape},
        ),
        Alternative(
            {"mean": POSITIVE, "sd": POSITIVE},
            lambda xp, mean, sd: {"mean": mean, "shape": (mean / sd) ** 2},
        ),
    )
    unit_powers = {"mean": 1, "shape": 0}
    spreads = frozenset({"shape"})
    nests = {"exponential": {"mean": "mean"}}
    finite_sums_prove = True
    formula = False

    def log_density(self, xp: Namespace, y: Array, *, mean: Array, shape: Array) -> Array:
        # log Gamma(k) = (k - 1/2) log k - k + log(2 pi)/2 + r(k): written with r, nothing cancels at large k
        u = y / mean
        return (
            shape * (1 + xp.log(u) - u) + 0.5 * (xp.log(shape) - LOG_2PI) - xp.gammaln_minus_stirling(shape) - xp.log(y)
        )

    def deviance(self, y: Array, *, mean: Array, shape: Array) -> Array:
        return 2 * shape * log_excess((y - mean) / mean)

    def frozen(self, *, mean: Array, shape: Array) -> Foreign:
        from scipy import stats

        return stats.gamma(shape, scale=np.asarray(mean) / shape)

    def statistics(self, xp: Namespace, y: Array) -> dict[str, Array]:
        return {"y": y, "log": xp.log(y)}

    def log_likelihood(self, xp: Namespace, stats: Stats, *, mean: Array, shape: Array) -> Array:
        n = stats.n
        constant = 0.5 * (xp.log(shape) - LOG_2PI) - xp.gammaln_minus_stirling(shape)
        return shape * (n - n * xp.log(mean) + stats["log"] - stats["y"] / mean) + n * constant - stats["log"]

    def estimate(self, stats: Stats, fixed: Params) -> dict[str, Array] | None:
        mean = stats["y"] / stats.n
        if fixed:
            return {"mean": mean, "shape": fixed["shape"]} if "mean" not in fixed else None
        return {"mean": mean, "shape": special.gamma_shape(np.log(mean) - stats["log"] / stats.n)}

    def degenerate(self, stats: Stats, fixed: Params) -> Array:
        mean_log, mean = stats["log"] / stats.n, stats["y"] / stats.n
        about = fixed.get("mean", mean)
        return ~(np.log(about) + (mean / about - 1) - mean_log > 4e-16 * (1 + np.abs(mean_log)))

    def evaluate_free(self, y: Array, z: list[Array], order: int) -> Derivatives:
        log_mean, log_shape = z
        k = np.exp(log_shape)
        log_u = np.log(y) - log_mean
        u = np.exp(log_u)
        w = 1 + log_u - u
        constant = 0.5 * (log_shape - LOG_2PI) - special.gammaln_minus_stirling(k)
        value = k * w + constant - np.log(y)
        if order == 0:
            return value, [], []
        r1, r2 = special.gammaln_minus_stirling_1(k), special.gammaln_minus_stirling_2(k)
        s_mean, s_shape = k * (u - 1), k * w + 0.5 - k * r1
        return value, [s_mean, s_shape], [[-k * u, s_mean], [s_mean, k * w - k * r1 - k * k * r2]]
