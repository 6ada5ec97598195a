"""The normal distribution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..data.stats import Stats
from ..numerics.arrays import Namespace
from ..numerics.sets import POSITIVE, REAL
from ._base import Alternative, Array, Params
from ._sufficient import SufficientFamily
from ._support import CDF_ENDS, SURVIVAL_ENDS, over_support

if TYPE_CHECKING:
    from ..data.labels import Foreign
    from ..data.layout import Layout
    from ..numerics.derivatives import Derivatives
    from ..priors import Prior

LOG_2PI = 1.8378770664093453
ROUNDED = 2.3e-16  # relative change of a number that is rounded


class Normal(SufficientFamily):
    """Normal distribution: sums of many small effects. Its likelihood is least squares.

        f(y) = exp(-(y - mean)^2 / (2 sd^2)) / (sd sqrt(2 pi))

    for real y, a real mean and a positive sd. In scipy ``norm(mean, sd)``, in R ``dnorm(y, mean, sd)``.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit([72, 75, 71, 73, 74], family="normal")["mean"]
    73.0
    """

    name = "normal"
    aliases = ("gaussian", "norm")
    support = REAL
    params = {"mean": REAL, "sd": POSITIVE}
    derived = {"variance": lambda xp, mean, sd: sd * sd, "median": lambda xp, mean, sd: mean}
    alternatives = (
        Alternative(
            {"mean": REAL, "variance": POSITIVE},
            lambda xp, mean, variance: {"mean": mean, "sd": xp.sqrt(variance)},
        ),
    )
    location = "mean"
    unit_powers = {"mean": 1, "sd": 1}
    spreads = frozenset({"sd"})
    finite_sums_prove = True
    has_residuals = True
    conjugate: ClassVar = {"mean": ("square", "linear")}

    def log_density(self, xp: Namespace, y: Array, *, mean: Array, sd: Array) -> Array:
        u = (y - mean) / sd
        return -0.5 * u * u - xp.log(sd) - 0.5 * LOG_2PI

    def log_cdf(self, xp: Namespace, y: Array, *, mean: Array, sd: Array) -> Array:
        return over_support(xp, y, REAL, lambda y: xp.log_ndtr((y - mean) / sd), CDF_ENDS)

    def log_survival(self, xp: Namespace, y: Array, *, mean: Array, sd: Array) -> Array:
        return over_support(xp, y, REAL, lambda y: xp.log_ndtr((mean - y) / sd), SURVIVAL_ENDS)

    def deviance(self, y: Array, *, mean: Array, sd: Array) -> Array:
        return ((y - mean) / sd) ** 2

    def frozen(self, *, mean: Array, sd: Array) -> Foreign:
        from scipy import stats

        return stats.norm(mean, sd)

    def statistics(self, xp: Namespace, y: Array) -> dict[str, Array]:
        return {"y": y, "yy": y * y}

    def sums(self, y: Array, weights: Array | None, layout: Layout) -> dict[str, Array]:
        return {"y": layout.collect(y, weights), "yy": layout.collect_product(y, y, weights)}

    def log_likelihood(self, xp: Namespace, stats: Stats, *, mean: Array, sd: Array) -> Array:
        m = mean - stats.origin
        short = stats["y"] / stats.n - xp.value(m)  # of a mean that float64 had to round
        m = m + xp.where(abs(short) <= ROUNDED * abs(xp.value(mean)), short, 0.0)
        return self.residual_log_likelihood(xp, stats.n, stats["yy"] - 2 * m * stats["y"] + stats.n * m * m, sd=sd)

    def residual_log_likelihood(self, xp: Namespace, n: Array, rss: Array, *, sd: Array) -> Array:
        """-n log sd - rss / (2 sd^2) - n log(2 pi) / 2."""
        return -n * (xp.log(sd) + 0.5 * LOG_2PI) - 0.5 * rss / (sd * sd)

    def residual_estimate(self, n: float, rss: float) -> dict[str, float]:
        return {"sd": np.sqrt(rss / n)}

    def estimate(self, stats: Stats, fixed: Params) -> dict[str, Array] | None:
        m = fixed["mean"] - stats.origin if "mean" in fixed else stats["y"] / stats.n
        if "sd" in fixed:
            return {"mean": m + stats.origin, "sd": fixed["sd"]}
        rss = stats["yy"] - m * (2 * stats["y"] - stats.n * m)
        return {"mean": m + stats.origin, "sd": np.sqrt(np.maximum(rss, 0.0) / stats.n)}

    def degenerate(self, stats: Stats, fixed: Params) -> Array:
        mean = stats["y"] / stats.n
        variance = stats["yy"] / stats.n - mean * mean
        if "mean" in fixed:
            variance = variance + (mean + stats.origin - fixed["mean"]) ** 2
        return ~(variance > (4e-16 * (mean + stats.origin)) ** 2)

    def pseudo_stats(self, priors: Mapping[str, Prior], fixed: Params) -> Stats | None:
        if set(priors) != {"mean"} or "sd" not in fixed:
            return None
        kernel = priors["mean"].kernel()
        if kernel is None or "square" not in kernel:
            return None
        # -(mean - m)^2 / (2 s^2) is sd^2 / s^2 rows at m
        variance = np.atleast_1d(np.asarray(fixed["sd"], dtype=float)) ** 2
        n, total = -2 * kernel["square"] * variance, kernel["linear"] * variance
        return Stats(n, {"y": total, "yy": total * total / n}, np.zeros(1))

    def posterior(self, param: str, stats: Stats, fixed: Params) -> Foreign:
        from scipy.stats import norm

        return norm(stats["y"] / stats.n + stats.origin, fixed["sd"] / np.sqrt(stats.n))

    def exact_interval(self, param: str, stats: Stats, fixed: Params, level: float) -> tuple[Array, Array] | None:
        """Student's t for the mean, chi-square for the sd (normal and chi-square if the other is known)."""
        from scipy import special

        n, tail = stats.n, (1 - level) / 2
        if not fixed and np.any(n <= 1):
            return None
        estimate = self.estimate(stats, fixed)
        assert estimate is not None
        rss = estimate["sd"] ** 2 * n
        if param == "mean" and "sd" in fixed:
            half = -special.ndtri(tail) * fixed["sd"] / np.sqrt(n)
        elif param == "mean":
            half = special.stdtrit(n - 1, 1 - tail) * np.sqrt(rss / (n - 1) / n)
        elif param == "sd":
            df = n if "mean" in fixed else n - 1
            return np.sqrt(rss / special.chdtri(df, tail)), np.sqrt(rss / special.chdtri(df, 1 - tail))
        else:
            return None
        return estimate["mean"] - half, estimate["mean"] + half

    def evaluate_sums(self, stats: Stats, z: list[Array], order: int) -> Derivatives:
        mean, log_sd = z
        n, m, precision = stats.n, mean - stats.origin, np.exp(-2 * log_sd)
        q = (stats["yy"] - m * (2 * stats["y"] - n * m)) * precision
        value = -n * (log_sd + 0.5 * LOG_2PI) - 0.5 * q
        s = (stats["y"] - n * m) * precision
        return value, [s, q - n], [[-n * precision, -2 * s], [-2 * s, -2 * q]]

    def evaluate_free(self, y: Array, z: list[Array], order: int) -> Derivatives:
        mean, log_sd = z
        precision = np.exp(-2 * log_sd)
        r = y - mean
        q = r * r * precision
        value = -0.5 * q - log_sd - 0.5 * LOG_2PI
        if order == 0:
            return value, [], []
        s = r * precision
        return value, [s, q - 1], [[-precision, -2 * s], [-2 * s, -2 * q]]
