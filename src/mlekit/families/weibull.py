"""The Weibull law: with t = k log(y / scale), log f = log k - log y + t - exp t."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ..numerics.supports import POSITIVE
from .base import Array, Family


class Weibull(Family):
    """Times to failure, with a hazard that rises (shape above 1) or falls (below 1).

    >>> import mlekit
    >>> round(mlekit.fit([1.0, 2.0, 3.0, 4.0], family="weibull")["scale"], 3)
    2.821
    """

    name = "weibull"
    aliases = ("weibull_min",)
    support = POSITIVE
    params = {"scale": POSITIVE, "shape": POSITIVE}
    derived: ClassVar = {
        "mean": lambda xp, scale, shape: scale * xp.exp(xp.gammaln(1 + 1 / shape)),
        "median": lambda xp, scale, shape: scale * xp.exp(-0.36651292058166435 / shape),
        "variance": lambda xp, scale, shape: _variance(xp, scale, shape),
        "sd": lambda xp, scale, shape: xp.sqrt(_variance(xp, scale, shape)),
    }
    spreads = frozenset({"shape"})
    moves = {"scale": 1, "shape": 0}

    def log_density(self, xp: Any, y: Array, *, scale: Array, shape: Array) -> Array:
        t = shape * xp.log(y / scale)
        return xp.log(shape) - xp.log(y) + t - xp.exp(t)

    def frozen(self, *, scale: Array, shape: Array) -> Any:
        from scipy import stats

        return stats.weibull_min(shape, scale=scale)

    def start(self, summary: Any) -> dict[str, Array]:
        """log y is a Gumbel law: its sd is pi / (sqrt(6) k), its mean log scale - 0.5772 / k."""
        shape = 1.2825498301618641 / np.maximum(summary.log_sd, 1e-8)
        return {"scale": np.exp(summary.log_mean + 0.5772156649015329 / shape), "shape": shape}

    def evaluate_free(self, y: Array, z: list[Array], order: int) -> Any:
        log_scale, log_shape = z
        k = np.exp(log_shape)
        log_y = np.log(y)
        t = k * (log_y - log_scale)
        e = np.exp(t)
        value = log_shape - log_y + t - e
        if order == 0:
            return value, [], []
        te = t * e
        cross = k * (e - 1 + te)
        return value, [k * (e - 1), 1 + t - te], [[-k * k * e, cross], [cross, t - te - t * te]]


def _variance(xp: Any, scale: Array, shape: Array) -> Array:
    first = xp.exp(xp.gammaln(1 + 1 / shape))
    return scale * scale * (xp.exp(xp.gammaln(1 + 2 / shape)) - first * first)
